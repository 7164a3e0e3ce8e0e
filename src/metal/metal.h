/*
 * What the Metal back end's own Objective-C files share.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_METAL_H_
#define VXM_METAL_H_ 1

#import <Metal/Metal.h>

#include "posix/posix.h"

/* Whether the compiler counts references by itself. */
#define VXM_METAL_ARC 0
#ifdef __has_feature
#if __has_feature(objc_arc)
#undef VXM_METAL_ARC
#define VXM_METAL_ARC 1
#endif
#endif

/* Around what Metal may leave for later release, since the calling thread may have no pool. Nothing
 * returns from between them. */
#ifdef __clang__
#define VXM_METAL_BEGIN_POOL @autoreleasepool {
#define VXM_METAL_END_POOL   }
#else
#define VXM_METAL_BEGIN_POOL                                                                       \
    {                                                                                              \
        NSAutoreleasePool *pool = [[NSAutoreleasePool alloc] init];
#define VXM_METAL_END_POOL                                                                         \
    [pool release];                                                                                \
    }
#endif

/* MTLPixelFormatInvalid for a format that the library knows no equal of. */
MTLPixelFormat vxm__metal_pixel_format(VkFormat format);

/* Whether it is the equal of some VkFormat that the library knows. */
bool vxm__metal_knows(MTLPixelFormat pixelFormat);

#endif /* VXM_METAL_H_ */
