/*
 * Stands in for the C library's header of this name where there is no sysroot: bytes and strings.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_LIBC_STRING_H_
#define VXM_TESTS_LIBC_STRING_H_ 1

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
char *strstr(const char *text, const char *part);

#endif /* VXM_TESTS_LIBC_STRING_H_ */
