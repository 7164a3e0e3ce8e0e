/*
 * What every test file includes: Criterion's macros, from Criterion itself or, with
 * VXM_TEST_STANDIN, from the small stand-in for systems and sanitizers where Criterion can't run.
 *
 * Only the macros that standin.h has may be used, so that every test runs in both.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_SUPPORT_TEST_H_
#define VXM_TESTS_SUPPORT_TEST_H_ 1

/* TEST_AT_START(name) { ... } is a function that runs before main(). */
#ifdef VXM_TEST_STANDIN
#include "support/standin.h"
#define TEST_AT_START(name) STANDIN_AT_START_(name)
#else
#include <criterion/criterion.h>
#include <criterion/logging.h>
#define TEST_AT_START(name) __attribute__((constructor)) static void name(void)
#endif

/* A program with the word CHILD in vxm_add_test_program() defines this function. Its tests start
 * the program again with the arguments "--child", "anything"; the function gets what follows
 * "--child", and its value is the process's exit status. */
int test_child(int argc, char **argv);

#endif /* VXM_TESTS_SUPPORT_TEST_H_ */
