/*
 * Tests with planted defects: the runner and the counters must catch each. CMakeLists.txt has the
 * line that this program has to end with.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/resources.h"
#include "support/test.h"

TestSuite(planted, .init = support_begin, .fini = support_end);

/* What a compiler may not see through. */
static void *volatile lost;

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
    raise(SIGSEGV);
}

Test(planted, ends_as_expected_by_signal, .signal = SIGABRT)
{
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
}

Test(planted, leaves_a_descriptor_open)
{
    cr_assert_geq(open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
}

Test(planted, closes_a_descriptor_of_others)
{
    cr_assert_eq(close(STDIN_FILENO), 0);
}

Test(planted, exits_in_the_middle)
{
    _exit(3);
}

/* With the stand-in only: when a time limit ends a test, Criterion 2.4.1's own process now and then
 * frees that test's worker twice, which AddressSanitizer then ends it for. */
#ifdef VXM_TEST_STANDIN
Test(planted, hangs, .timeout = 1)
{
    for (;;) {
        pause();
    }
}
#endif

Test(planted, loses_memory)
{
    lost = malloc(77);
    cr_assert_not_null(lost);
    lost = NULL;
}

static int raced;

static void *write_raced(void *unused)
{
    raced++;
    return unused;
}

Test(planted, races)
{
    pthread_t threads[2];

    for (int i = 0; i < 2; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, write_raced, NULL), 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
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
