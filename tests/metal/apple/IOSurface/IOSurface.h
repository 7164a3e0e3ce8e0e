/*
 * What src/metal uses of IOSurface, declared as Apple documents it. A test header: on Apple's
 * systems their own is used.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_IOSURFACE_H_
#define VXM_TESTS_IOSURFACE_H_ 1

#include <stddef.h>

#include <CoreFoundation/CoreFoundation.h>

typedef struct __IOSurface *IOSurfaceRef;

extern CFTypeID IOSurfaceGetTypeID(void);
extern size_t IOSurfaceGetWidth(IOSurfaceRef buffer);
extern size_t IOSurfaceGetHeight(IOSurfaceRef buffer);

#endif /* VXM_TESTS_IOSURFACE_H_ */
