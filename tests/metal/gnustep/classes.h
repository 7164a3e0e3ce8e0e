/*
 * The test classes themselves.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_METAL_GNUSTEP_CLASSES_H_
#define VXM_TESTS_METAL_GNUSTEP_CLASSES_H_ 1

#import <Foundation/Foundation.h>
#import <Metal/Metal.h>

#include "metal/gnustep/objects.h"

/* A living object. */
struct object_entry {
    id object;
    uint64_t identity[2];
    struct object_description description;
    void *payload;  /* NULL: it is none */
    void *contents; /* of as many bytes as it has, when first asked for */
};

/* NULL for one that isn't in the register. */
struct object_entry *objects_find(const void *object);

/* For -init and -dealloc; description and payload may be NULL. False: there is no room. */
bool objects_add(id object, const struct object_description *description, const void *payload,
                 size_t payloadSize);
void objects_remove(id object);

/* Whatever has a description, and is counted. */
@interface VxmTestObject : NSObject
- (id)initWithDescription:(const struct object_description *)description
                  payload:(const void *)payload
                     size:(size_t)payloadSize;
- (id<MTLDevice>)device;
@end

@interface VxmTestBuffer : VxmTestObject <MTLBuffer>
@end

@interface VxmTestTexture : VxmTestObject <MTLTexture>
@end

@interface VxmTestHeap : VxmTestObject <MTLHeap>
@end

@interface VxmTestHeapAndBuffer : VxmTestObject <MTLHeap, MTLBuffer>
@end

@interface VxmTestEvent : VxmTestObject <MTLSharedEvent>
@end

/* Apple's is a Core Foundation object, and this class's stands in for it. */
@interface VxmTestSurface : VxmTestObject
@end

@interface VxmTestSharedHandle : MTLSharedTextureHandle {
    VxmTestTexture *texture;
}
- (id)initWithTexture:(VxmTestTexture *)given;
- (VxmTestTexture *)texture;
@end

@interface VxmTestDescriptor : MTLTextureDescriptor {
    MTLTextureType textureType;
    MTLPixelFormat pixelFormat;
    NSUInteger width, height, mipmapLevelCount;
    MTLStorageMode storageMode;
    MTLTextureUsage usage;
}
@end

@interface VxmTestDevice : NSObject <MTLDevice> {
  @public
    uint32_t index;
}
@end

#endif /* VXM_TESTS_METAL_GNUSTEP_CLASSES_H_ */
