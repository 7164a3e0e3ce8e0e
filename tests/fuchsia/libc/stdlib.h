/*
 * Stands in for the C library's header of this name where there is no sysroot: the heap.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_LIBC_STDLIB_H_
#define VXM_TESTS_LIBC_STDLIB_H_ 1

#include <stddef.h>

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void free(void *memory);

#endif /* VXM_TESTS_LIBC_STDLIB_H_ */
