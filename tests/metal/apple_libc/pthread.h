/*
 * What the library uses of Apple's <pthread.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_PTHREAD_H_
#define VXM_TESTS_PTHREAD_H_ 1

typedef struct {
    long __sig;
    char __opaque[8];
} pthread_once_t;
#define PTHREAD_ONCE_INIT                                                                          \
    {                                                                                              \
        0x30B1BCBA,                                                                                \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }

extern int pthread_once(pthread_once_t *once, void (*function)(void));

#endif /* VXM_TESTS_PTHREAD_H_ */
