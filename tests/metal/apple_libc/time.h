/*
 * What the library uses of Apple's <time.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_TIME_H_
#define VXM_TESTS_TIME_H_ 1

typedef long time_t;
typedef enum {
    CLOCK_REALTIME = 0,
    CLOCK_MONOTONIC = 6
} clockid_t;
struct timespec {
    time_t tv_sec;
    long tv_nsec;
};

extern int clock_gettime(clockid_t clock, struct timespec *now);

#endif /* VXM_TESTS_TIME_H_ */
