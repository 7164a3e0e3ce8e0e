/*
 * The test classes: what Metal's objects tell of themselves, answered from a payload's info.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#import "metal/gnustep/classes.h"

#include "metal/vulkan.h"

#define TEXTURE ((uint32_t)VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLTEXTURE_BIT_EXT)

/* ---- faults ---------------------------------------------------------------------------------- */

static _Thread_local unsigned left;
static _Thread_local bool always, hit;

void objects_fail(unsigned nth, bool forGood)
{
    left = nth;
    always = forGood;
    hit = false;
}

bool objects_failed(void)
{
    const bool failed = hit;

    objects_fail(0, false);
    return failed;
}

static bool fault(void)
{
    if (left == 0 || --left > 0) {
        return false;
    }
    left = always ? 1 : 0;
    hit = true;
    return true;
}

/* ---- payloads -------------------------------------------------------------------------------- */

static const struct object_description *description_of(id object)
{
    return &objects_find(object)->description;
}

@implementation VxmTestObject

- (id)initWithDescription:(const struct object_description *)description
                  payload:(const void *)payload
                     size:(size_t)payloadSize
{
    self = [super init];
    if (self != nil && !objects_add(self, description, payload, payloadSize)) {
        [super dealloc];
        return nil;
    }
    return self;
}

- (void)dealloc
{
    objects_remove(self);
    /* The memory stays, so that no other object is ever at this address. */
    if (0) {
        [super dealloc];
    }
}

- (id<MTLDevice>)device
{
    const uint32_t index = description_of(self)->device;

    return index < MODEL_DEVICE_COUNT ? (id)objects_device(index) : nil;
}

@end

@implementation VxmTestBuffer

- (NSUInteger)length
{
    return (NSUInteger)description_of(self)->size;
}

@end

@implementation VxmTestHeap

- (NSUInteger)size
{
    return (NSUInteger)description_of(self)->size;
}

@end

@implementation VxmTestHeapAndBuffer

- (NSUInteger)length
{
    return (NSUInteger)description_of(self)->size;
}

- (NSUInteger)size
{
    return (NSUInteger)description_of(self)->size;
}

@end

@implementation VxmTestEvent

- (uint64_t)signaledValue
{
    const uint64_t *counter = objects_map(self);

    return counter != NULL ? __atomic_load_n(counter, __ATOMIC_SEQ_CST) : 0;
}

- (void)setSignaledValue:(uint64_t)value
{
    uint64_t *counter = objects_map(self);

    if (counter != NULL) {
        __atomic_store_n(counter, value, __ATOMIC_SEQ_CST);
    }
}

@end

@implementation VxmTestSurface
@end

/* Of the formats that the tests use. */
static const struct {
    VkFormat format;
    MTLPixelFormat pixelFormat;
} formats[] = {
    {VK_FORMAT_R8G8B8A8_UNORM, MTLPixelFormatRGBA8Unorm},
    {VK_FORMAT_B8G8R8A8_UNORM, MTLPixelFormatBGRA8Unorm},
    {VK_FORMAT_R8_UNORM, MTLPixelFormatR8Unorm},
    {VK_FORMAT_R32_SFLOAT, MTLPixelFormatR32Float},
};

@implementation VxmTestTexture

- (MTLPixelFormat)pixelFormat
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (formats[i].format == description_of(self)->image.format) {
            return formats[i].pixelFormat;
        }
    }
    return (MTLPixelFormat)(1000 + description_of(self)->image.format);
}

- (MTLTextureType)textureType
{
    return MTLTextureType2D;
}

- (NSUInteger)width
{
    return description_of(self)->image.width;
}

- (NSUInteger)height
{
    return description_of(self)->image.height;
}

- (NSUInteger)depth
{
    return description_of(self)->image.depth;
}

- (NSUInteger)mipmapLevelCount
{
    return description_of(self)->image.mipLevels;
}

- (NSUInteger)sampleCount
{
    return description_of(self)->image.samples;
}

- (NSUInteger)arrayLength
{
    return description_of(self)->image.arrayLayers;
}

/* Metal has one for those textures only that it made to be shared. */
- (MTLSharedTextureHandle *)newSharedTextureHandle
{
    return description_of(self)->shareable && !fault()
               ? [[VxmTestSharedHandle alloc] initWithTexture:self]
               : nil;
}

@end

/* ---- what Metal itself has as classes ----------------------------------------------------------
 */

@implementation MTLSharedTextureHandle

- (id<MTLDevice>)device
{
    return nil;
}

@end

@implementation VxmTestSharedHandle

- (id)initWithTexture:(VxmTestTexture *)given
{
    self = [super init];
    if (self != nil && !objects_add(self, NULL, NULL, 0)) {
        [super dealloc];
        return nil;
    }
    texture = [given retain];
    return self;
}

- (void)dealloc
{
    objects_remove(self);
    [texture release];
    if (0) {
        [super dealloc];
    }
}

- (id<MTLDevice>)device
{
    return [texture device];
}

- (VxmTestTexture *)texture
{
    return texture;
}

@end

@implementation MTLTextureDescriptor

@dynamic textureType, pixelFormat, width, height, mipmapLevelCount, storageMode, usage;

+ (id)alloc
{
    return self == [MTLTextureDescriptor class] ? (id)[VxmTestDescriptor alloc] : [super alloc];
}

@end

@implementation VxmTestDescriptor

@synthesize textureType, pixelFormat, width, height, mipmapLevelCount, storageMode, usage;

- (id)init
{
    self = [super init];
    if (self != nil && !objects_add(self, NULL, NULL, 0)) {
        [super dealloc];
        return nil;
    }
    return self;
}

- (void)dealloc
{
    objects_remove(self);
    if (0) {
        [super dealloc];
    }
}

@end

@implementation VxmTestDevice

- (NSString *)name
{
    return index == 0 ? @"Test device 0" : @"Test device 1";
}

- (uint64_t)registryID
{
    return 0x100 + index;
}

- (id<MTLTexture>)newSharedTextureWithDescriptor:(MTLTextureDescriptor *)descriptor
{
    ModelImageFacts facts = {.width = (uint32_t)[descriptor width],
                             .height = (uint32_t)[descriptor height],
                             .depth = 1,
                             .mipLevels = (uint32_t)[descriptor mipmapLevelCount],
                             .arrayLayers = 1,
                             .samples = 1};
    union model_native native;

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (formats[i].pixelFormat == [descriptor pixelFormat]) {
            facts.format = formats[i].format;
        }
    }
    if (fault() || facts.format == VK_FORMAT_UNDEFINED ||
        [descriptor storageMode] != MTLStorageModePrivate ||
        [descriptor textureType] != MTLTextureType2D ||
        !model_make_foreign_image(TEXTURE, index, &facts, &native)) {
        return nil;
    }
    return native.pointer;
}

- (id<MTLTexture>)newSharedTextureWithHandle:(MTLSharedTextureHandle *)sharedHandle
{
    return [sharedHandle device] == self && !fault()
               ? [[(VxmTestSharedHandle *)sharedHandle texture] retain]
               : nil;
}

@end

const void *objects_device(uint32_t index)
{
    static VxmTestDevice *devices[MODEL_DEVICE_COUNT];

    if (devices[index] == nil) {
        devices[index] = [[VxmTestDevice alloc] init];
        devices[index]->index = index;
    }
    return devices[index];
}

/* ---- making ---------------------------------------------------------------------------------- */

void *objects_make(const struct object_description *description, const void *payload,
                   size_t payloadSize)
{
    const Class made = description->is == OBJECT_TEXTURE           ? [VxmTestTexture class]
                       : description->is == OBJECT_HEAP            ? [VxmTestHeap class]
                       : description->is == OBJECT_HEAP_AND_BUFFER ? [VxmTestHeapAndBuffer class]
                       : description->is == OBJECT_EVENT           ? [VxmTestEvent class]
                       : description->is == OBJECT_SURFACE         ? [VxmTestSurface class]
                                                                   : [VxmTestBuffer class];

    return [[made alloc] initWithDescription:description payload:payload size:payloadSize];
}

void *objects_make_other(void)
{
    return [[VxmTestObject alloc] initWithDescription:NULL payload:NULL size:0];
}
