/*
 * What src/metal and Foundation use of the Objective-C runtime, as Apple documents it. A test
 * header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_OBJC_H_
#define VXM_TESTS_OBJC_H_ 1

typedef _Bool BOOL; /* as on arm64 */
#define nil ((id)0)

@class Protocol;

#endif /* VXM_TESTS_OBJC_H_ */
