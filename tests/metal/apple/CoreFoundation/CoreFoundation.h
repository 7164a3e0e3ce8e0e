/*
 * What src/metal uses of Core Foundation, declared as Apple documents it. A test header: on Apple's
 * systems their own is used.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_COREFOUNDATION_H_
#define VXM_TESTS_COREFOUNDATION_H_ 1

typedef const void *CFTypeRef;
typedef unsigned long CFTypeID;

extern CFTypeRef CFRetain(CFTypeRef cf);
extern void CFRelease(CFTypeRef cf);
extern CFTypeID CFGetTypeID(CFTypeRef cf);

#endif /* VXM_TESTS_COREFOUNDATION_H_ */
