/*
 * What the library uses of Apple's <string.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_STRING_H_
#define VXM_TESTS_STRING_H_ 1

#include <stddef.h>

extern void *memcpy(void *to, const void *from, size_t size);
extern void *memmove(void *to, const void *from, size_t size);
extern void *memset(void *to, int value, size_t size);
extern int memcmp(const void *a, const void *b, size_t size);
extern size_t strlen(const char *text);
extern int strcmp(const char *a, const char *b);
extern int strncmp(const char *a, const char *b, size_t size);
extern char *strstr(const char *text, const char *part);
extern char *strerror(int error);

#endif /* VXM_TESTS_STRING_H_ */
