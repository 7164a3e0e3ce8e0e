/*
 * Threads, as far as tests that run on every system need them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_SUPPORT_THREAD_H_
#define VXM_TESTS_SUPPORT_THREAD_H_ 1

#include <stdint.h>

struct support_thread {
    void (*function)(void *argument);
    void *argument;
    uintptr_t native; /* the system's own */
};

/* The struct stays where it is until the thread is joined. Both end the test when they fail. */
void support_start_thread(struct support_thread *thread, void (*function)(void *argument),
                          void *argument);
void support_join_thread(struct support_thread *thread);

/* The one lock of the process, held for a moment only. */
void support_lock(void);
void support_unlock(void);

#endif /* VXM_TESTS_SUPPORT_THREAD_H_ */
