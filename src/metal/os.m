/*
 * What Metal's systems do with handles, which are references to Metal objects and IOSurfaces here:
 * retain, release, compare, ask. Channels are sockets, and stand in src/posix.
 *
 * The same source is right with automatic and with manual reference counting, on Apple's runtime
 * and on others: what a handle holds is counted by CFRetain() and CFRelease() alone.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#import <CoreFoundation/CoreFoundation.h>
#import <Foundation/Foundation.h>
#import <IOSurface/IOSurface.h>
#import <Metal/Metal.h>
#import <objc/runtime.h>

#include "metal/metal.h"
#include "metal/vulkan.h"

/* An object of a handle, and a handle of a new object, which is the caller's to release. */
#if VXM_METAL_ARC
#define OBJECT(type, handle) ((__bridge type)(handle)->ptr)
#define GIVE(object)         ((__bridge_retained void *)(object))
#define DROP(object)         ((void)(object))
#else
#define OBJECT(type, handle) ((type)(handle)->ptr)
#define GIVE(object)         ((void *)(object))
#define DROP(object)         [(object) release]
#endif

#define MEMORY_TYPE(name) ((uint32_t)VK_EXTERNAL_MEMORY_HANDLE_TYPE_##name##_BIT_EXT)

static const uint32_t surface_type = (uint32_t)VXM_EXTERNAL_MEMORY_HANDLE_TYPE_IOSURFACE_BIT;
static const uint32_t shared_texture_type =
    (uint32_t)VXM_EXTERNAL_MEMORY_HANDLE_TYPE_MTL_SHARED_TEXTURE_BIT;

/* ---- handles --------------------------------------------------------------------------------- */

static bool is_channel(const VxmHandle *handle)
{
    return handle->kind == VXM_HANDLE_KIND_CHANNEL;
}

static bool is_memory(const VxmHandle *handle, uint32_t type)
{
    return handle->kind == VXM_HANDLE_KIND_MEMORY && handle->type == type;
}

/* No object lies at such an address, so nothing may be sent to it. */
static bool is_no_address(const void *object)
{
    return object == NULL || (uintptr_t)object % sizeof(void *) != 0;
}

static VkResult check_address(const VxmHandle *handle)
{
    if (is_no_address(handle->ptr)) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "A handle of type %s is %p, where no object can be. Give the object that "
                         "the exporter made.",
                         vxmHandleTypeName(handle->kind, handle->type), handle->ptr);
    }
    return VK_SUCCESS;
}

bool vxm__os_is_value(const VxmHandle *handle, uint64_t *value)
{
    (void)handle;
    (void)value;
    return false;
}

bool vxm__os_value(VxmHandleKind kind, uint32_t type, uint64_t value, VxmHandle *handle)
{
    (void)value;
    *handle = (VxmHandle){.kind = kind, .type = type};
    return false;
}

void vxm__os_close(const VxmHandle *handle)
{
    /* What arrives through a socket is a descriptor, and has no type yet. */
    if (is_channel(handle) || handle->type == 0) {
        vxm__posix_close(handle->fd);
    } else if (!is_no_address(handle->ptr)) {
        CFRelease(handle->ptr);
    }
}

VkResult vxm__os_duplicate(const VxmHandle *handle, VxmHandle *duplicate)
{
    VkResult result;

    if (is_channel(handle)) {
        return vxm__posix_duplicate(handle, duplicate);
    }
    result = check_address(handle);
    if (result == VK_SUCCESS) {
        (void)CFRetain(handle->ptr);
        *duplicate = *handle;
    }
    return result;
}

VkResult vxm__os_duplicate_to(const VxmHandle *handle, uint64_t process, VxmHandle *duplicate)
{
    (void)process;
    (void)duplicate;
    return vxm__fail(
        VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
        "This system has no call that puts handles of type %s into another process. Send an "
        "IOSURFACE or MTL_SHARED_TEXTURE through an XPC connection.",
        vxmHandleTypeName(handle->kind, handle->type));
}

static bool can_be(const VxmHandle *handle)
{
    id<NSObject> object = OBJECT(id<NSObject>, handle);

    if (handle->kind == VXM_HANDLE_KIND_SEMAPHORE) {
        return [object conformsToProtocol:@protocol(MTLSharedEvent)];
    }
    switch (handle->type) {
    case MEMORY_TYPE(MTLBUFFER):
        return [object conformsToProtocol:@protocol(MTLBuffer)];
    case MEMORY_TYPE(MTLTEXTURE):
        return [object conformsToProtocol:@protocol(MTLTexture)];
    case MEMORY_TYPE(MTLHEAP):
        return [object conformsToProtocol:@protocol(MTLHeap)];
    default:
        return handle->type == surface_type ? CFGetTypeID(handle->ptr) == IOSurfaceGetTypeID()
                                            : [object isKindOfClass:[MTLSharedTextureHandle class]];
    }
}

VkResult vxm__os_check(const VxmHandle *handle)
{
    VkResult result;

    if (is_channel(handle)) {
        return vxm__os_check_channel(handle);
    }
    result = check_address(handle);
    if (result == VK_SUCCESS && !can_be(handle)) {
        result = vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                           "The object at %p is of class %s, and so can't be a handle of type %s. "
                           "Give the object that the exporter made.",
                           handle->ptr, object_getClassName(OBJECT(id, handle)),
                           vxmHandleTypeName(handle->kind, handle->type));
    }
    return result;
}

bool vxm__os_same_object(const VxmHandle *a, const VxmHandle *b)
{
    return is_channel(a) ? a->fd == b->fd : a->ptr == b->ptr;
}

bool vxm__os_same_payload(const VxmHandle *a, const VxmHandle *b)
{
    return vxm__os_same_object(a, b);
}

/* Each reference of an object is given back on its own. */
bool vxm__os_same_number(const VxmHandle *a, const VxmHandle *b)
{
    return is_channel(a) && a->fd == b->fd;
}

uint64_t vxm__os_payload_size(const VxmHandle *handle)
{
    return is_memory(handle, MEMORY_TYPE(MTLBUFFER)) ? [OBJECT(id<MTLBuffer>, handle) length]
           : is_memory(handle, MEMORY_TYPE(MTLHEAP)) ? [OBJECT(id<MTLHeap>, handle) size]
                                                     : 0;
}

uint64_t vxm__os_semaphore_value(const VxmHandle *handle)
{
    return [OBJECT(id<MTLSharedEvent>, handle) signaledValue];
}

/* ---- facts ----------------------------------------------------------------------------------- */

static VkResult check_device(const VxmHandle *handle, const void *nativeDevice)
{
    const VxmHandle native = {.ptr = (void *)(uintptr_t)nativeDevice};
    id<MTLDevice> ours = OBJECT(id<MTLDevice>, &native);
    id<MTLDevice> theirs = [OBJECT(id<MTLBuffer>, handle) device];

    /* Tools wrap a device in objects of their own; the registry knows it by one number. */
    if (theirs == ours || [theirs registryID] == [ours registryID]) {
        return VK_SUCCESS;
    }
    return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, 0,
                     "The %s at %p was made on the Metal device \"%s\" (registry ID %llu), but "
                     "this VkDevice is on \"%s\" (registry ID %llu). Choose the device that it "
                     "was made on.",
                     vxmHandleTypeName(handle->kind, handle->type), handle->ptr,
                     [[theirs name] UTF8String], (unsigned long long)[theirs registryID],
                     [[ours name] UTF8String], (unsigned long long)[ours registryID]);
}

struct figure {
    const char *name;
    uint64_t native;
    uint64_t described;
};

static VkResult check_figures(const VxmHandle *handle, const struct figure *figures, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (figures[i].native != figures[i].described) {
            return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, 0,
                             "The %s at %p has a %s of %llu, but the image is described with %llu, "
                             "and both must be the same "
                             "(VUID-VkMemoryAllocateInfo-pNext-10396).",
                             vxmHandleTypeName(handle->kind, handle->type), handle->ptr,
                             figures[i].name, (unsigned long long)figures[i].native,
                             (unsigned long long)figures[i].described);
        }
    }
    return VK_SUCCESS;
}

static VkResult check_texture(const VxmHandle *handle, const VxmImageDescription *image)
{
    id<MTLTexture> texture = OBJECT(id<MTLTexture>, handle);
    const MTLTextureType type = [texture textureType];
    const MTLPixelFormat described = vxm__metal_pixel_format(image->format);
    /* Metal counts cubes, Vulkan their faces. */
    const uint64_t faces = type == MTLTextureTypeCube || type == MTLTextureTypeCubeArray ? 6 : 1;
    const struct figure figures[] = {
        {"width", [texture width], image -> extent.width},
        {"height", [texture height], image -> extent.height},
        {"depth", [texture depth], image -> extent.depth},
        {"number of array layers", [texture arrayLength] * faces, image -> arrayLayers},
        {"number of mip levels", [texture mipmapLevelCount], image -> mipLevels},
        {"sample count", [texture sampleCount], (uint64_t)image -> samples},
    };
    VkResult result = check_figures(handle, figures, sizeof(figures) / sizeof(figures[0]));

    /* Nothing in Vulkan forbids another format in words, but nobody would read the same texels. */
    if (result == VK_SUCCESS && [texture pixelFormat] != described &&
        (described != MTLPixelFormatInvalid || vxm__metal_knows([texture pixelFormat]))) {
        result = vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, 0,
                           "The %s at %p has Metal's pixel format %llu, but the image is described "
                           "with VkFormat %d, which is Metal's %llu.",
                           vxmHandleTypeName(handle->kind, handle->type), handle->ptr,
                           (unsigned long long)[texture pixelFormat], (int)image->format,
                           (unsigned long long)described);
    }
    return result;
}

static VkResult check_surface(const VxmHandle *handle, const VxmImageDescription *image)
{
    IOSurfaceRef surface = (IOSurfaceRef)handle->ptr;
    const struct figure figures[] = {
        {"width", IOSurfaceGetWidth(surface), image->extent.width},
        {"height", IOSurfaceGetHeight(surface), image->extent.height},
    };

    return check_figures(handle, figures, sizeof(figures) / sizeof(figures[0]));
}

VkResult vxm__os_check_facts(const VxmHandle *handle, const void *nativeDevice,
                             const VxmImageDescription *image)
{
    VkResult result = VK_SUCCESS;

    VXM_METAL_BEGIN_POOL
    /* A surface is of no device. */
    if (nativeDevice != NULL && !is_memory(handle, surface_type)) {
        result = check_device(handle, nativeDevice);
    }
    if (result == VK_SUCCESS && image != NULL) {
        result = is_memory(handle, MEMORY_TYPE(MTLTEXTURE)) ? check_texture(handle, image)
                 : is_memory(handle, surface_type)          ? check_surface(handle, image)
                                                            : VK_SUCCESS;
    }
    VXM_METAL_END_POOL
    return result;
}

/* ---- shared textures ------------------------------------------------------------------------- */

static MTLTextureUsage choose_usage(const VxmImageDescription *image)
{
    const VkImageUsageFlags written = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT |
                                      VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT |
                                      VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    MTLTextureUsage usage = MTLTextureUsageShaderRead;

    if ((image->usage & VK_IMAGE_USAGE_STORAGE_BIT) != 0) {
        usage |= MTLTextureUsageShaderWrite;
    }
    /* Clears and scaled blits are drawn. */
    if ((image->usage & written) != 0) {
        usage |= MTLTextureUsageRenderTarget;
    }
    if ((image->flags & VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT) != 0) {
        usage |= MTLTextureUsagePixelFormatView;
    }
    return usage;
}

/* Metal shares textures of one 2D image, in memory that the GPU alone sees. */
static VkResult check_shareable(const VxmImageDescription *image, MTLPixelFormat *format)
{
    if (image->imageType != VK_IMAGE_TYPE_2D || image->arrayLayers != 1 ||
        image->samples != VK_SAMPLE_COUNT_1_BIT || image->tiling != VK_IMAGE_TILING_OPTIMAL) {
        return vxm__fail(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "Metal shares 2D textures of one layer and one sample in optimal tiling, "
                         "but the image has imageType %d, %u layers, %d samples and tiling %d. "
                         "Change that, or share it as MTLTEXTURE within this process.",
                         (int)image->imageType, image->arrayLayers, (int)image->samples,
                         (int)image->tiling);
    }
    *format = vxm__metal_pixel_format(image->format);
    if (*format == MTLPixelFormatInvalid) {
        return vxm__fail(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "The library knows no Metal pixel format for VkFormat %d. Choose a common "
                         "one such as VK_FORMAT_B8G8R8A8_UNORM, or make the MTLTexture yourself "
                         "and import that.",
                         (int)image->format);
    }
    return VK_SUCCESS;
}

VkResult vxm__os_make_payload(uint32_t type, const void *nativeDevice,
                              const VxmImageDescription *image, VxmHandle *handle)
{
    const VxmHandle native = {.ptr = (void *)(uintptr_t)nativeDevice};
    MTLPixelFormat format = MTLPixelFormatInvalid;
    MTLTextureDescriptor *descriptor;
    id<MTLTexture> texture;
    VkResult result = check_shareable(image, &format);

    if (result != VK_SUCCESS) {
        return result;
    }
    VXM_METAL_BEGIN_POOL
    descriptor = [[MTLTextureDescriptor alloc] init];
    [descriptor setTextureType:MTLTextureType2D];
    [descriptor setPixelFormat:format];
    [descriptor setWidth:image->extent.width];
    [descriptor setHeight:image->extent.height];
    [descriptor setMipmapLevelCount:image->mipLevels];
    [descriptor setStorageMode:MTLStorageModePrivate];
    [descriptor setUsage:choose_usage(image)];
    texture = [OBJECT(id<MTLDevice>, &native) newSharedTextureWithDescriptor:descriptor];
    DROP(descriptor);
    if (texture != nil) {
        *handle = (VxmHandle){
            .kind = VXM_HANDLE_KIND_MEMORY, .type = MEMORY_TYPE(MTLTEXTURE), .ptr = GIVE(texture)};
    } else {
        /* Metal gives no error with it. */
        result = vxm__fail(VK_ERROR_OUT_OF_DEVICE_MEMORY, VXM_ERROR_REASON_UNSUPPORTED, 0,
                           "The Metal device was asked for a %s of %ux%u texels and gave none "
                           "(newSharedTextureWithDescriptor:).",
                           vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, type), image->extent.width,
                           image->extent.height);
    }
    VXM_METAL_END_POOL
    return result;
}

/* The same texture again, of what came from another process. */
static void *open_texture(const VxmHandle *handle, const void *nativeDevice)
{
    const VxmHandle native = {.ptr = (void *)(uintptr_t)nativeDevice};
    MTLSharedTextureHandle *shared = OBJECT(MTLSharedTextureHandle *, handle);
    id<MTLDevice> device = nativeDevice != NULL ? OBJECT(id<MTLDevice>, &native) : [shared device];
    id<MTLTexture> texture = [device newSharedTextureWithHandle:shared];

    return GIVE(texture);
}

static void *share_texture(const VxmHandle *handle)
{
    MTLSharedTextureHandle *shared = [OBJECT(id<MTLTexture>, handle) newSharedTextureHandle];

    return GIVE(shared);
}

VkResult vxm__os_convert(const VxmHandle *handle, const void *nativeDevice, uint32_t type,
                         VxmHandle *converted)
{
    const bool shares = type == shared_texture_type;
    VkResult result = VK_SUCCESS;
    void *made;

    VXM_METAL_BEGIN_POOL
    made = shares ? share_texture(handle) : open_texture(handle, nativeDevice);
    if (made != NULL) {
        *converted = (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = type, .ptr = made};
    } else {
        result = vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, 0,
                           "Metal was asked for the %s of the %s at %p and gave none (%s). %s",
                           vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, type),
                           vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, handle->type), handle->ptr,
                           shares ? "newSharedTextureHandle" : "newSharedTextureWithHandle:",
                           shares ? "Only a texture that was made to be shared has one: create the "
                                    "image as MTL_SHARED_TEXTURE."
                                  : "It can be opened on the device that it was made on only.");
    }
    VXM_METAL_END_POOL
    return result;
}

VkResult vxm__os_settle(VxmHandle *handle)
{
    /* The driver's getters give no reference: the object is gone with the VkDeviceMemory, the image
     * or the semaphore. */
    (void)CFRetain(handle->ptr);
    return VK_SUCCESS;
}

/* ---- one-time initialisation, time ----------------------------------------------------------- */

void vxm__os_once(void (*function)(void))
{
    vxm__posix_once(function);
}

uint64_t vxm__os_deadline(uint64_t timeout)
{
    return vxm__posix_deadline(timeout);
}
