/*
 * The seam inside the stand-in's runner: run_standin.c has what all systems share, and
 * run_standin_<system>.c how a child process is made, watched and judged.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_SUPPORT_RUN_STANDIN_H_
#define VXM_TESTS_SUPPORT_RUN_STANDIN_H_ 1

#include "support/standin.h"

/* Written by the child, read by the runner: memory that both have mapped. */
struct standin_outcome {
    bool finished; /* the test's function came to its end, or was ended by an assertion or skip */
    unsigned failures;
    bool skipped;
    char skip_reason[512];
};

/* How the child's process ended. */
struct standin_ending {
    bool in_time; /* false: it was killed, with its own children */
    int signal;   /* 0: none */
    unsigned long status;
    const char *signal_words;
};

/* Before the first test. Gives the memory for outcomes. In a process that is a test's child, `test`
 * becomes that test's full name. False: it can't be done, and why was printed. */
bool standin_system_begin(int argc, char **argv, struct standin_outcome **outcome,
                          const char **test);

/* Runs the test in a child process. False: it can't be started, and why was printed. */
bool standin_system_run(const struct standin_test *test, const char *full_name, double timeout,
                        struct standin_ending *ending);

/* Whether "suite/name" is meant by a pattern of the shell's kind. */
bool standin_system_matches(const char *pattern, const char *full_name);

/* Where a child process calls the test; never returns. */
STANDIN_NORETURN void standin_child(const struct standin_test *test);

#endif /* VXM_TESTS_SUPPORT_RUN_STANDIN_H_ */
