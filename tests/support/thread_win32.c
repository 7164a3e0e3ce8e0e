/*
 * Threads on Windows.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "support/thread.h"

#include <windows.h>

#include "support/test.h"

static DWORD WINAPI run(void *thread)
{
    struct support_thread *own = thread;
    own->function(own->argument);
    return 0;
}

void support_start_thread(struct support_thread *thread, void (*function)(void *argument),
                          void *argument)
{
    thread->function = function;
    thread->argument = argument;
    thread->native = (uintptr_t)CreateThread(NULL, 0, run, thread, 0, NULL);
    cr_assert_neq(thread->native, 0);
}

void support_join_thread(struct support_thread *thread)
{
    cr_assert_eq(WaitForSingleObject((HANDLE)thread->native, INFINITE), WAIT_OBJECT_0);
    CloseHandle((HANDLE)thread->native);
}

static SRWLOCK lock = SRWLOCK_INIT;

void support_lock(void)
{
    AcquireSRWLockExclusive(&lock);
}

void support_unlock(void)
{
    ReleaseSRWLockExclusive(&lock);
}
