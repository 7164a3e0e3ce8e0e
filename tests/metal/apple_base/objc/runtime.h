/*
 * What src/metal uses of the Objective-C runtime, as Apple documents it. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_RUNTIME_H_
#define VXM_TESTS_RUNTIME_H_ 1

#include <objc/objc.h>

extern const char *object_getClassName(id obj);

#endif /* VXM_TESTS_RUNTIME_H_ */
