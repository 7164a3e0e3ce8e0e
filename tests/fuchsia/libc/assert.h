/*
 * Stands in for the C library's header of this name where there is no sysroot: assertions.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_LIBC_ASSERT_H_
#define VXM_TESTS_LIBC_ASSERT_H_ 1

#define static_assert _Static_assert

#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
_Noreturn void vxm_tests_assertion_failed(void);
#define assert(condition) ((condition) ? (void)0 : vxm_tests_assertion_failed())
#endif

#endif /* VXM_TESTS_LIBC_ASSERT_H_ */
