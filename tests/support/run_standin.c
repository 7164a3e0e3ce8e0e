/*
 * The stand-in's runner: each test in a child process of its own, so that a crash is one failure.
 *
 *   program [--list] [--filter PATTERN] [--fail-fast]
 *
 * PATTERN is the shell's, over "suite/name".
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "support/run_standin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include "support/verdict.h"

#define DEFAULT_TIMEOUT 300.0
#define MAX_FULL_NAME   512

static struct standin_test *tests;
static struct standin_test *suites;
static struct standin_outcome *outcome;
static jmp_buf test_end;

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

void standin_child(const struct standin_test *test)
{
    const struct standin_options *suite = suite_options(test->suite);
    const struct standin_options *own = test->options;

    if (guarded_call(suite->init) && guarded_call(own->init)) {
        guarded_call(test->function);
    }
    guarded_call(own->fini);
    guarded_call(suite->fini);
    fflush(NULL);
    outcome->finished = true;
    /* Not _exit(): the sanitizers have their say at exit. */
    exit(0);
}

static bool judge(const struct standin_test *test, const struct standin_ending *ending,
                  struct verdict *verdict)
{
    int wanted_signal = test->options->signal;
    unsigned long wanted_status = (unsigned long)test->options->exit_code;
    const char *what = NULL;
    bool crashed = false;

    if (!ending->in_time) {
        what = "timed out";
    } else if (ending->signal != wanted_signal) {
        what = ending->signal != 0 ? ending->signal_words : "the expected signal did not come";
        crashed = ending->signal != 0;
    } else if (wanted_signal == 0 && ending->status != wanted_status) {
        what = "it exited with another status than expected (a sanitizer's report does that)";
    } else if (outcome->failures > 0) {
        what = "assertions failed";
    } else if (!outcome->finished && wanted_signal == 0 && wanted_status == 0) {
        what = "the process ended before the test did";
    }

    if (what != NULL) {
        verdict->failed++;
        fprintf(stderr, "[FAIL] %s::%s: %s (exit status %lu, signal %d)\n", test->suite, test->name,
                what, ending->status, ending->signal);
    } else if (outcome->skipped) {
        verdict->skipped++;
        fflush(stderr);
        verdict_report_skip(test->suite, test->name, outcome->skip_reason);
    } else {
        verdict->passed++;
    }
    return crashed;
}

static void full_name(const struct standin_test *test, char name[MAX_FULL_NAME])
{
    snprintf(name, MAX_FULL_NAME, "%s/%s", test->suite, test->name);
}

/* Returns whether it crashed. */
static bool run_one(const struct standin_test *test, struct verdict *verdict)
{
    const struct standin_options *suite = suite_options(test->suite);
    double timeout = test->options->timeout > 0.0 ? test->options->timeout : suite->timeout;
    struct standin_ending ending = {.in_time = false};
    char name[MAX_FULL_NAME];

    if (test->options->disabled || suite->disabled) {
        verdict->skipped++;
        verdict_report_skip(test->suite, test->name, "disabled in its source");
        return false;
    }

    memset(outcome, 0, sizeof(*outcome));
    full_name(test, name);
    fflush(NULL);
    if (!standin_system_run(test, name, timeout > 0.0 ? timeout : DEFAULT_TIMEOUT, &ending)) {
        fprintf(stderr, "[FAIL] %s: no child process\n", name);
        verdict->failed++;
        return false;
    }
    return judge(test, &ending, verdict);
}

static bool matches(const struct standin_test *test, const char *pattern)
{
    char name[MAX_FULL_NAME];

    full_name(test, name);
    return pattern == NULL || standin_system_matches(pattern, name);
}

static int run_child(const char *name)
{
    char candidate[MAX_FULL_NAME];

    for (const struct standin_test *test = tests; test != NULL; test = test->next) {
        full_name(test, candidate);
        if (strcmp(candidate, name) == 0) {
            standin_child(test);
        }
    }
    fprintf(stderr, "%s is none of this program's tests\n", name);
    return 2;
}

int verdict_run(int argc, char **argv, const char *label)
{
    struct verdict verdict = {0, 0, 0};
    unsigned crashed = 0;
    const char *pattern = NULL;
    const char *only = NULL;
    bool list = false;
    bool fail_fast = false;

    if (!standin_system_begin(argc, argv, &outcome, &only)) {
        return 2;
    }
    if (only != NULL) {
        return run_child(only);
    }
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
    for (const struct standin_test *test = tests; test != NULL; test = test->next) {
        (void)verdict_left_out(test->suite, test->name);
    }
    if (!list && !verdict_print_left_out(label)) {
        return 2;
    }
    for (const struct standin_test *test = tests; test != NULL; test = test->next) {
        if (!matches(test, pattern) || verdict_left_out(test->suite, test->name)) {
            continue;
        }
        if (list) {
            printf("%s/%s\n", test->suite, test->name);
        } else {
            crashed += run_one(test, &verdict) ? 1u : 0u;
        }
        if (fail_fast && verdict.failed != 0) {
            break;
        }
    }
    if (list) {
        return 0;
    }
    fprintf(stderr, "[====] Synthesis: Tested: %u | Passing: %u | Failing: %u | Crashing: %u\n",
            verdict.passed + verdict.failed, verdict.passed, verdict.failed, crashed);
    return verdict_print(label, &verdict);
}
