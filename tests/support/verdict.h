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

/* VXM_TEST_DRIVER, or the default: "lavapipe" on POSIX; on Windows, where the loader's own choice
 * stands, "win32". */
const char *verdict_driver_name(void);
extern const char verdict_default_driver[];

/* A skipped test is named with its reason, so that nobody takes it for a passed one. */
void verdict_report_skip(const char *suite, const char *name, const char *reason);

/* Before verdict_run(), such as in a constructor: a test, as "suite/name", that needs something
 * which not every program has. `lacking` says in words why this one can't have it; NULL: it can. It
 * is neither run nor counted then, but named, and a name that no test has is a failure. */
void verdict_test_needs(const char *test, const char *lacking);

/* For the runners: whether the test is left out, and, when all tests have been asked about, whether
 * every name was a test's; the names of those left out are printed with their reasons. */
bool verdict_left_out(const char *suite, const char *name);
bool verdict_print_left_out(const char *label);

/* Prints "LABEL: 12 passed, 0 failed, 0 skipped"; "{driver}" in the label becomes the driver that
 * was selected. Where tests were left out or could have been, "LABEL: 12 tests run and 3 left out,
 * 15 in all" follows. Returns the exit status: not 0 if a test failed or if none ran. */
int verdict_print(const char *label, const struct verdict *verdict);

/* The runner, Criterion's or the stand-in's; each test program's main() calls it. */
int verdict_run(int argc, char **argv, const char *label);

#endif /* VXM_TESTS_SUPPORT_VERDICT_H_ */
