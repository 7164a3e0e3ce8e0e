/*
 * What the library uses of Apple's <stdlib.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_STDLIB_H_
#define VXM_TESTS_STDLIB_H_ 1

#include <stddef.h>

extern void *malloc(size_t size);
extern void *calloc(size_t count, size_t size);
extern void free(void *memory);

#endif /* VXM_TESTS_STDLIB_H_ */
