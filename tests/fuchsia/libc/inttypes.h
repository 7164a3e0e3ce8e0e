/*
 * Stands in for the C library's header of this name where there is no sysroot: formats.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_LIBC_INTTYPES_H_
#define VXM_TESTS_LIBC_INTTYPES_H_ 1

#include <stdint.h>

#define PRIu32 "u"
#define PRIu64 "lu"
#define PRIx64 "lx"

#endif /* VXM_TESTS_LIBC_INTTYPES_H_ */
