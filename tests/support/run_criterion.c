/*
 * Runs the tests with Criterion and ends with the verdict's line.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include <criterion/criterion.h>
#include <criterion/hooks.h>
#include <criterion/internal/ordered-set.h>
#include <criterion/options.h>

#include "support/verdict.h"

static struct verdict verdict;

/* A test that a filter leaves out is neither run nor skipped, but Criterion disables it like one
 * that is disabled in its source. */
static bool filtered_out(const struct criterion_test *test)
{
    return criterion_options.pattern != NULL && test->data->disabled;
}

ReportHook(POST_ALL)(struct criterion_global_stats *stats)
{
    for (const struct criterion_suite_stats *suite = stats->suites; suite != NULL;
         suite = suite->next) {
        for (const struct criterion_test_stats *test = suite->tests; test != NULL;
             test = test->next) {
            bool failed = test->crashed || test->timed_out || test->test_status == CR_STATUS_FAILED;
            if (!failed && test->failed_asserts > 0) {
                /* Criterion has passed or skipped it by then: it does not count what fails in a
                 * teardown, which is where the leaks are found. */
                fprintf(stderr, "[FAIL] %s::%s: its teardown failed\n", test->test->category,
                        test->test->name);
                failed = true;
            }
            if (failed) {
                verdict.failed++;
            } else if (test->test_status == CR_STATUS_PASSED) {
                verdict.passed++;
            } else if (!filtered_out(test->test) &&
                       !verdict_left_out(test->test->category, test->test->name)) {
                verdict.skipped++;
                verdict_report_skip(test->test->category, test->test->name,
                                    test->test->data->disabled ? "disabled in its source"
                                                               : test->message);
            }
        }
    }
}

/* A test that hangs fails by itself, long before the whole run's limit. Criterion's own option only
 * shortens limits that a test has. */
#define DEFAULT_TIMEOUT 300.0

static void limit_tests(const struct criterion_suite_set *set)
{
    bool limited = set->suite.data != NULL && set->suite.data->timeout > 0.0;

    FOREACH_SET(struct criterion_test * test, set->tests)
    {
        if (!limited && !(test->data->timeout > 0.0)) {
            test->data->timeout = DEFAULT_TIMEOUT;
        }
    }
}

/* Disabled, a test is not run; Criterion shows no other way. */
static void leave_out(const struct criterion_suite_set *set)
{
    FOREACH_SET(struct criterion_test * test, set->tests)
    {
        if (verdict_left_out(test->category, test->name)) {
            test->data->disabled = true;
        }
    }
}

int verdict_run(int argc, char **argv, const char *label)
{
    struct criterion_test_set *tests = criterion_initialize();
    int status = 0;

    FOREACH_SET(struct criterion_suite_set * set, tests->suites)
    {
        limit_tests(set);
        leave_out(set);
    }
    if (!verdict_print_left_out(label)) {
        return 2;
    }
    if (criterion_handle_args(argc, argv, true)) {
        bool passed = criterion_run_all_tests(tests) != 0;
        status = verdict_print(label, &verdict);
        if (!passed && status == 0) {
            status = 1;
        }
    }
    criterion_finalize(tests);
    return status;
}
