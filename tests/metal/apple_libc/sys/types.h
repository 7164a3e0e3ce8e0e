/*
 * What the library uses of Apple's <sys/types.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_SYS_TYPES_H_
#define VXM_TESTS_SYS_TYPES_H_ 1

#include <stddef.h>
#include <stdint.h>

typedef long ssize_t;
typedef int pid_t;
typedef uint32_t uid_t;
typedef uint32_t gid_t;
typedef int32_t dev_t;
typedef uint64_t ino_t;
typedef uint16_t mode_t;

#endif /* VXM_TESTS_SYS_TYPES_H_ */
