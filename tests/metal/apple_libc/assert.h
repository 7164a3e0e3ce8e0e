/*
 * What the library uses of Apple's <assert.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ASSERT_H_
#define VXM_TESTS_ASSERT_H_ 1

extern void __assert_rtn(const char *function, const char *file, int line, const char *text);
#define assert(e) ((e) ? (void)0 : __assert_rtn(__func__, __FILE__, __LINE__, #e))
#define static_assert _Static_assert

#endif /* VXM_TESTS_ASSERT_H_ */
