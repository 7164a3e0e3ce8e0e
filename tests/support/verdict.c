/*
 * The tests that a program leaves out, and its closing line.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "support/verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *verdict_driver_name(void)
{
    const char *driver = getenv("VXM_TEST_DRIVER");
    return driver != NULL && driver[0] != '\0' ? driver : verdict_default_driver;
}

void verdict_report_skip(const char *suite, const char *name, const char *reason)
{
    printf("SKIPPED %s/%s: %s\n", suite, name,
           reason != NULL && reason[0] != '\0' ? reason : "no reason given");
}

/* ---- tests with needs ---- */

#define MAX_NEEDS 256

static struct {
    const char *test;
    const char *lacking;
    bool found;
} needs[MAX_NEEDS];
static unsigned need_count;

void verdict_test_needs(const char *test, const char *lacking)
{
    if (need_count == MAX_NEEDS) {
        fprintf(stderr, "More tests with needs than %d.\n", MAX_NEEDS);
        abort();
    }
    needs[need_count].test = test;
    needs[need_count].lacking = lacking;
    need_count++;
}

bool verdict_left_out(const char *suite, const char *name)
{
    const size_t length = strlen(suite);
    bool out = false;

    for (unsigned i = 0; i < need_count; i++) {
        if (strncmp(needs[i].test, suite, length) == 0 && needs[i].test[length] == '/' &&
            strcmp(needs[i].test + length + 1, name) == 0) {
            needs[i].found = true;
            out = out || needs[i].lacking != NULL;
        }
    }
    return out;
}

/* A test may have several needs, and is named for the first that isn't met. */
static bool is_first(unsigned index)
{
    for (unsigned i = 0; i < index; i++) {
        if (needs[i].lacking != NULL && strcmp(needs[i].test, needs[index].test) == 0) {
            return false;
        }
    }
    return needs[index].lacking != NULL;
}

static unsigned left_out_count(void)
{
    unsigned count = 0;

    for (unsigned i = 0; i < need_count; i++) {
        count += is_first(i) ? 1u : 0u;
    }
    return count;
}

bool verdict_print_left_out(const char *label)
{
    bool all = true;

    for (unsigned i = 0; i < need_count; i++) {
        if (!needs[i].found) {
            fprintf(stderr, "[FAIL] There is no test %s, which is said to need something.\n",
                    needs[i].test);
            all = false;
        } else if (is_first(i)) {
            printf("NOT FOR %s: %s: %s\n", label, needs[i].test, needs[i].lacking);
        }
    }
    fflush(stdout);
    return all;
}

/* ---- the end ---- */

int verdict_print(const char *label, const struct verdict *verdict)
{
    const char *place = strstr(label, "{driver}");
    if (place != NULL) {
        printf("%.*s%s%s", (int)(place - label), label, verdict_driver_name(),
               place + strlen("{driver}"));
    } else {
        printf("%s", label);
    }
    printf(": %u passed, %u failed, %u skipped\n", verdict->passed, verdict->failed,
           verdict->skipped);
    if (need_count > 0) {
        const unsigned run = verdict->passed + verdict->failed + verdict->skipped;

        printf("%s: %u tests run and %u left out, %u in all\n", label, run, left_out_count(),
               run + left_out_count());
    }
    fflush(stdout);
    if (verdict->passed + verdict->failed + verdict->skipped == 0) {
        fprintf(stderr, "No test ran: nothing matches the filter.\n");
        return 2;
    }
    return verdict->failed == 0 ? 0 : 1;
}
