/*
 * The stand-in's runner: each test in a child process of its own, so that a crash is one failure.
 *
 *   program [--list] [--filter PATTERN]     PATTERN is the shell's, over "suite/name"
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fnmatch.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/standin.h"
#include "support/verdict.h"

#define DEFAULT_TIMEOUT 300.0

/* Written by the child, read by the runner: a page that both have mapped. */
struct outcome {
    bool finished; /* the test's function came to its end, or was ended by an assertion or skip */
    unsigned failures;
    bool skipped;
    char skip_reason[512];
};

static struct standin_test *tests;
static struct standin_test *suites;
static struct outcome *outcome;
static jmp_buf test_end;
static const struct standin_test *current;

void standin_register(struct standin_test *test)
{
    struct standin_test **place = test->name != NULL ? &tests : &suites;
    while (*place != NULL) {
        place = &(*place)->next;
    }
    *place = test;
}

void standin_fail(const char *file, int line, const char *condition, const char *format, ...)
{
    va_list arguments;

    outcome->failures++;
    fprintf(stderr, "[----] %s:%d: Assertion Failed\n[----]   ", file, line);
    va_start(arguments, format);
    if (format[0] != '\0') {
        vfprintf(stderr, format, arguments);
    } else {
        fputs(condition, stderr);
    }
    va_end(arguments);
    fputc('\n', stderr);
}

void standin_abort_test(void)
{
    longjmp(test_end, 1);
}

void standin_skip(const char *file, int line, const char *format, ...)
{
    va_list arguments;

    (void)file;
    (void)line;
    outcome->skipped = true;
    va_start(arguments, format);
    vsnprintf(outcome->skip_reason, sizeof(outcome->skip_reason), format, arguments);
    va_end(arguments);
    longjmp(test_end, 1);
}

void standin_log(const char *file, int line, const char *level, const char *format, ...)
{
    va_list arguments;

    fprintf(stderr, "[%s] %s:%d: ", level, file, line);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

static const struct standin_options *suite_options(const char *name)
{
    static const struct standin_options none = {.sentinel_ = 0};
    for (const struct standin_test *suite = suites; suite != NULL; suite = suite->next) {
        if (strcmp(suite->suite, name) == 0) {
            return suite->options;
        }
    }
    return &none;
}

/* Calls init, test or fini; an assertion that fails in it comes back here. */
static bool guarded_call(void (*function)(void))
{
    if (function == NULL) {
        return true;
    }
    if (setjmp(test_end) != 0) {
        return false;
    }
    function();
    return true;
}

static void child_main(const struct standin_options *suite)
{
    const struct standin_options *own = current->options;

    if (guarded_call(suite->init) && guarded_call(own->init)) {
        guarded_call(current->function);
    }
    guarded_call(own->fini);
    guarded_call(suite->fini);
    fflush(NULL);
    outcome->finished = true;
    /* Not _exit(): the sanitizers have their say at exit. */
    exit(0);
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

static bool judge(const struct standin_test *test, bool in_time, int status,
                  struct verdict *verdict)
{
    int wanted_signal = test->options->signal;
    int wanted_exit = test->options->exit_code;
    int got_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    int got_exit = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    const char *what = NULL;
    bool crashed = false;

    if (!in_time) {
        what = "timed out";
    } else if (got_signal != wanted_signal) {
        what = got_signal != 0 ? strsignal(got_signal) : "the expected signal did not come";
        crashed = got_signal != 0;
    } else if (got_exit != wanted_exit) {
        what = "it exited with another status than expected (a sanitizer's report does that)";
    } else if (outcome->failures > 0) {
        what = "assertions failed";
    } else if (!outcome->finished && wanted_signal == 0 && wanted_exit == 0) {
        what = "the process ended before the test did";
    }

    if (what != NULL) {
        verdict->failed++;
        fprintf(stderr, "[FAIL] %s::%s: %s (exit status %d, signal %d)\n", test->suite, test->name,
                what, got_exit, got_signal);
    } else if (outcome->skipped) {
        verdict->skipped++;
        fflush(stderr);
        verdict_report_skip(test->suite, test->name, outcome->skip_reason);
    } else {
        verdict->passed++;
    }
    return crashed;
}

/* Returns whether it crashed. */
static bool run_one(const struct standin_test *test, struct verdict *verdict)
{
    const struct standin_options *suite = suite_options(test->suite);
    double timeout = test->options->timeout > 0.0 ? test->options->timeout : suite->timeout;
    int status = 0;

    if (test->options->disabled || suite->disabled) {
        verdict->skipped++;
        verdict_report_skip(test->suite, test->name, "disabled in its source");
        return false;
    }

    memset(outcome, 0, sizeof(*outcome));
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        sigset_t none;
        setpgid(0, 0);
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        current = test;
        child_main(suite);
    }
    if (child < 0) {
        fprintf(stderr, "[FAIL] %s::%s: fork: %s\n", test->suite, test->name, strerror(errno));
        verdict->failed++;
        return false;
    }
    bool in_time = wait_for(child, timeout > 0.0 ? timeout : DEFAULT_TIMEOUT, &status);
    return judge(test, in_time, status, verdict);
}

static bool matches(const struct standin_test *test, const char *pattern)
{
    char full[512];

    snprintf(full, sizeof(full), "%s/%s", test->suite, test->name);
    return pattern == NULL || fnmatch(pattern, full, 0) == 0;
}

int verdict_run(int argc, char **argv, const char *label)
{
    struct verdict verdict = {0, 0, 0};
    unsigned crashed = 0;
    const char *pattern = NULL;
    bool list = false;
    bool fail_fast = false;
    sigset_t blocked;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--list") == 0) {
            list = true;
        } else if (strcmp(argv[i], "--filter") == 0 && i + 1 < argc) {
            pattern = argv[++i];
        } else if (strncmp(argv[i], "--filter=", 9) == 0) {
            pattern = argv[i] + 9;
        } else if (strcmp(argv[i], "--fail-fast") == 0) {
            fail_fast = true;
        } else {
            fprintf(stderr, "usage: %s [--list] [--filter PATTERN] [--fail-fast]\n", argv[0]);
            return 2;
        }
    }
    if (list) {
        for (const struct standin_test *test = tests; test != NULL; test = test->next) {
            if (matches(test, pattern)) {
                printf("%s/%s\n", test->suite, test->name);
            }
        }
        return 0;
    }

    outcome =
        mmap(NULL, sizeof(*outcome), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (outcome == MAP_FAILED) {
        perror("mmap");
        return 2;
    }
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_BLOCK, &blocked, NULL);

    for (const struct standin_test *test = tests; test != NULL; test = test->next) {
        if (matches(test, pattern)) {
            crashed += run_one(test, &verdict) ? 1u : 0u;
        }
        if (fail_fast && verdict.failed != 0) {
            break;
        }
    }
    fprintf(stderr, "[====] Synthesis: Tested: %u | Passing: %u | Failing: %u | Crashing: %u\n",
            verdict.passed + verdict.failed, verdict.passed, verdict.failed, crashed);
    munmap(outcome, sizeof(*outcome));
    return verdict_print(label, &verdict);
}
