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

#ifdef VXM_TEST_STANDIN
#include "support/standin.h"
#else
#include <criterion/criterion.h>
#include <criterion/logging.h>
#endif

#endif /* VXM_TESTS_SUPPORT_TEST_H_ */
