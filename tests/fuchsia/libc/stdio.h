/*
 * Stands in for the C library's header of this name where there is no sysroot: printing into a
 * string.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_LIBC_STDIO_H_
#define VXM_TESTS_LIBC_STDIO_H_ 1

#include <stdarg.h>
#include <stddef.h>

int snprintf(char *restrict text, size_t size, const char *restrict format, ...)
    __attribute__((format(printf, 3, 4)));
int vsnprintf(char *restrict text, size_t size, const char *restrict format, va_list arguments);

#endif /* VXM_TESTS_LIBC_STDIO_H_ */
