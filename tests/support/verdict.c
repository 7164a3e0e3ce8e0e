/*
 * The closing line of a test program.
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
    return driver != NULL && driver[0] != '\0' ? driver : "lavapipe";
}

void verdict_report_skip(const char *suite, const char *name, const char *reason)
{
    printf("SKIPPED %s/%s: %s\n", suite, name,
           reason != NULL && reason[0] != '\0' ? reason : "no reason given");
}

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
    fflush(stdout);
    if (verdict->passed + verdict->failed + verdict->skipped == 0) {
        fprintf(stderr, "No test ran: nothing matches the filter.\n");
        return 2;
    }
    return verdict->failed == 0 ? 0 : 1;
}
