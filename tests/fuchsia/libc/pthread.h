/*
 * Stands in for the C library's header of this name where there is no sysroot: one-time
 * initialisation.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_LIBC_PTHREAD_H_
#define VXM_TESTS_LIBC_PTHREAD_H_ 1

typedef int pthread_once_t;

#define PTHREAD_ONCE_INIT 0

int pthread_once(pthread_once_t *once, void (*function)(void));

#endif /* VXM_TESTS_LIBC_PTHREAD_H_ */
