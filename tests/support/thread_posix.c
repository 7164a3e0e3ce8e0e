/*
 * Threads on POSIX.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "support/thread.h"

#include <pthread.h>

#include "support/test.h"

static void *run(void *thread)
{
    struct support_thread *own = thread;
    own->function(own->argument);
    return NULL;
}

void support_start_thread(struct support_thread *thread, void (*function)(void *argument),
                          void *argument)
{
    pthread_t native;

    thread->function = function;
    thread->argument = argument;
    cr_assert_eq(pthread_create(&native, NULL, run, thread), 0);
    thread->native = (uintptr_t)native;
}

void support_join_thread(struct support_thread *thread)
{
    cr_assert_eq(pthread_join((pthread_t)thread->native, NULL), 0);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void support_lock(void)
{
    pthread_mutex_lock(&mutex);
}

void support_unlock(void)
{
    pthread_mutex_unlock(&mutex);
}
