/*
 * What the library uses of Apple's <stdio.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_STDIO_H_
#define VXM_TESTS_STDIO_H_ 1

#include <stdarg.h>
#include <stddef.h>

extern int snprintf(char *text, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
extern int vsnprintf(char *text, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

#endif /* VXM_TESTS_STDIO_H_ */
