/*
 * The stand-in's runner on POSIX: a test's child is a fork of the runner.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/run_standin.h"

bool standin_system_begin(int argc, char **argv, struct standin_outcome **outcome,
                          const char **test)
{
    sigset_t blocked;
    void *page =
        mmap(NULL, sizeof(**outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    (void)argc;
    (void)argv;
    (void)test; /* a fork knows its test */
    if (page == MAP_FAILED) {
        perror("mmap");
        return false;
    }
    *outcome = page;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    return true;
}

/* Waits for the child; false if it did not end in time and was killed with its children. */
static bool wait_for(pid_t child, double timeout, int *status)
{
    struct timespec now;
    struct timespec end;
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += (time_t)timeout + 1;
    for (;;) {
        struct timespec slice = {1, 0};
        if (waitpid(child, status, WNOHANG) == child) {
            return true;
        }
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec >= end.tv_sec) {
            kill(-child, SIGKILL);
            waitpid(child, status, 0);
            return false;
        }
        sigtimedwait(&signals, NULL, &slice);
    }
}

bool standin_system_run(const struct standin_test *test, const char *full_name, double timeout,
                        struct standin_ending *ending)
{
    int status = 0;
    pid_t child = fork();

    (void)full_name;
    if (child < 0) {
        perror("fork");
        return false;
    }
    if (child == 0) {
        sigset_t none;
        setpgid(0, 0);
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        standin_child(test);
    }
    ending->in_time = wait_for(child, timeout, &status);
    ending->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    ending->status = WIFEXITED(status) ? (unsigned long)WEXITSTATUS(status) : 0;
    ending->signal_words = ending->signal != 0 ? strsignal(ending->signal) : NULL;
    return true;
}

bool standin_system_matches(const char *pattern, const char *full_name)
{
    return fnmatch(pattern, full_name, 0) == 0;
}
