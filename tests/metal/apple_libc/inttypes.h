/*
 * What the library uses of Apple's <inttypes.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_INTTYPES_H_
#define VXM_TESTS_INTTYPES_H_ 1

#include <stdint.h>

#define PRIu32 "u"
#define PRIx32 "x"
#define PRIu64 "llu"
#define PRIx64 "llx"

#endif /* VXM_TESTS_INTTYPES_H_ */
