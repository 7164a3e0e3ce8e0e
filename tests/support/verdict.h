/*
 * What both runners have in common: the choice of the driver before the first test, and the one
 * line at the end that scripts read.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_SUPPORT_VERDICT_H_
#define VXM_TESTS_SUPPORT_VERDICT_H_ 1

#include <stdbool.h>

struct verdict {
    unsigned passed;
    unsigned failed; /* crashed and timed out ones included */
    unsigned skipped;
};

/* Before anything else in main(). Points the Vulkan loader at lavapipe, so that the same driver is
 * tested everywhere. With VXM_TEST_DRIVER set to anything but "lavapipe" ("any", "nvidia") the
 * loader's own choice stands, and so it does where VK_DRIVER_FILES or VK_ICD_FILENAMES is set
 * already. */
void verdict_begin(void);

/* VXM_TEST_DRIVER, or "lavapipe". */
const char *verdict_driver_name(void);

/* A skipped test is named with its reason, so that nobody takes it for a passed one. */
void verdict_report_skip(const char *suite, const char *name, const char *reason);

/* Prints "LABEL: 12 passed, 0 failed, 0 skipped"; "{driver}" in the label becomes the driver that
 * was selected. Returns the exit status: not 0 if a test failed or if none ran. */
int verdict_print(const char *label, const struct verdict *verdict);

/* The runner, Criterion's or the stand-in's; each test program's main() calls it. */
int verdict_run(int argc, char **argv, const char *label);

#endif /* VXM_TESTS_SUPPORT_VERDICT_H_ */
