/*
 * Tests with planted defects: the runner and the counters must catch each. CMakeLists.txt has the
 * line that this program has to end with; planted_<system>.c has those that need a system's calls.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <signal.h>
#include <stdlib.h>

#include "support/resources.h"
#include "support/test.h"

TestSuite(planted, .init = support_begin, .fini = support_end);

/* What a compiler may not see through. */
static void *volatile lost;
static volatile int *volatile nowhere;

Test(planted, passes)
{
    cr_assert(1 + 1 == 2);
}

Test(planted, fails)
{
    cr_assert_eq(1 + 1, 3, "planted: this is to fail");
}

Test(planted, crashes)
{
    *nowhere = 1;
}

Test(planted, ends_as_expected_by_signal, .signal = SIGABRT)
{
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
}

Test(planted, exits_in_the_middle)
{
    _Exit(7);
}

/* With the stand-in only: when a time limit ends a test, Criterion 2.4.1's own process now and then
 * frees that test's worker twice, which AddressSanitizer then ends it for. */
#ifdef VXM_TEST_STANDIN
Test(planted, hangs, .timeout = 1)
{
    static volatile unsigned turns;
    for (;;) {
        turns++;
    }
}
#endif

Test(planted, loses_memory)
{
    lost = malloc(77);
    cr_assert_not_null(lost);
    lost = NULL;
}

Test(planted, overflows)
{
    volatile int most = INT_MAX;
    most = most + 1;
}

Test(planted, skips)
{
    cr_skip_test("planted: this is to be counted as skipped");
}

Test(planted, is_disabled, .disabled = true)
{
    cr_assert_fail("a disabled test ran");
}
