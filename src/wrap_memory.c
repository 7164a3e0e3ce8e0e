/*
 * Memory that an app has allocated itself: vxmWrapMemory() and the end of a plan.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "plan.h"

static VkResult check_objects(const char *caller, const VxmMemoryWrapInfo *info)
{
    if (info->buffer != VK_NULL_HANDLE && info->image != VK_NULL_HANDLE) {
        return vxm__fail_argument("%s: both buffer and image are given; an object is one or the "
                                  "other.",
                                  caller);
    }
    if (info->buffer != VK_NULL_HANDLE && info->bufferCreateInfo == NULL) {
        return vxm__fail_argument("%s: buffer is given without bufferCreateInfo, which the other "
                                  "side needs to make an identical one.",
                                  caller);
    }
    if (info->image != VK_NULL_HANDLE && info->imageCreateInfo == NULL) {
        return vxm__fail_argument("%s: image is given without imageCreateInfo, which the other "
                                  "side needs to make an identical one.",
                                  caller);
    }
    if (info->memoryCount == 0 || info->memoryCount > VXM_MAX_PLANES ||
        (info->memoryCount > 1 && info->image == VK_NULL_HANDLE)) {
        return vxm__fail_argument("%s: memoryCount is %u, but must be 1, or, for a disjoint image, "
                                  "one for each plane.",
                                  caller, info->memoryCount);
    }
    return VK_SUCCESS;
}

/* Whether the types are of such an object. An import for a resource of the app's own was checked
 * with that, and is raw memory here. */
static VkResult check_types(const char *caller, const VxmMemoryWrapInfo *info,
                            uint32_t importHandleType)
{
    const bool image = info->image != VK_NULL_HANDLE;
    const bool raw = !image && info->buffer == VK_NULL_HANDLE;
    const uint32_t wrong =
        vxm__types_with(VXM_HANDLE_KIND_MEMORY, info->handleTypes,
                        image ? (uint32_t)VXM_TYPE_BUFFER_ONLY : (uint32_t)VXM_TYPE_IMAGE_ONLY);
    char names[128];

    if (wrong == 0 || (raw && importHandleType != 0)) {
        return VK_SUCCESS;
    }
    vxm__type_names(VXM_HANDLE_KIND_MEMORY, wrong, names, sizeof names);
    return vxm__fail_argument("%s: handleTypes has %s, which is of %s only, but the object is %s.",
                              caller, names, image ? "buffers" : "images",
                              image ? "an image"
                              : raw ? "raw memory"
                                    : "a buffer");
}

static VkResult check_memory(const char *caller, VxmDevice device, const VxmMemoryWrapInfo *info,
                             uint32_t index, uint32_t importHandleType)
{
    const VxmWrappedMemory *memory = &info->memories[index];
    /* An import whose allocationSize had to be 0 (10397), and is the whole resource. */
    const bool sized = memory->allocationSize != 0 || memory->offset != 0 ||
                       vxm__types_with(VXM_HANDLE_KIND_MEMORY, importHandleType | info->handleTypes,
                                       VXM_TYPE_SIZE_ZERO) == 0;

    if (memory->memory == VK_NULL_HANDLE) {
        return vxm__fail_argument("%s: memories[%u].memory is VK_NULL_HANDLE.", caller, index);
    }
    if (sized && (memory->allocationSize == 0 || memory->offset >= memory->allocationSize)) {
        return vxm__fail_argument("%s: memories[%u].offset %llu lies outside of allocationSize "
                                  "%llu, which must be exactly what was allocated.",
                                  caller, index, (unsigned long long)memory->offset,
                                  (unsigned long long)memory->allocationSize);
    }
    if (sized && info->buffer != VK_NULL_HANDLE &&
        info->bufferCreateInfo->size > memory->allocationSize - memory->offset) {
        return vxm__fail_argument(
            "%s: memories[%u].allocationSize is %llu, but the buffer takes at "
            "least %llu bytes from offset %llu on.",
            caller, index, (unsigned long long)memory->allocationSize,
            (unsigned long long)info->bufferCreateInfo->size, (unsigned long long)memory->offset);
    }
    if (memory->memoryTypeIndex >= device->memoryProperties.memoryTypeCount) {
        return vxm__fail_argument("%s: memories[%u].memoryTypeIndex is %u, but the device has %u "
                                  "memory types.",
                                  caller, index, memory->memoryTypeIndex,
                                  device->memoryProperties.memoryTypeCount);
    }
    if (info->dedicated && memory->offset != 0) {
        return vxm__fail_argument("%s: memories[%u].offset is %llu, but a dedicated allocation has "
                                  "its resource at 0.",
                                  caller, index, (unsigned long long)memory->offset);
    }
    for (uint32_t i = 0; info->takeObjects && i < index; i++) {
        if (info->memories[i].memory == memory->memory) {
            return vxm__fail_argument("%s: memories[%u] and memories[%u] are one VkDeviceMemory, "
                                      "which can't be freed with each. Keep it (takeObjects "
                                      "VK_FALSE).",
                                      caller, i, index);
        }
    }
    return VK_SUCCESS;
}

/* Whether the device can export all of the types at all. */
static VkResult check_enabled(const char *caller, VxmDevice device, const VxmMemoryWrapInfo *info)
{
    if ((info->handleTypes & ~device->memoryTypes) != 0) {
        char names[128];

        vxm__type_names(VXM_HANDLE_KIND_MEMORY, info->handleTypes & ~device->memoryTypes, names,
                        sizeof names);
        return vxm__fail(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: handleTypes has %s, whose extensions are not enabled on this device.",
                         caller, names);
    }
    return VK_SUCCESS;
}

/* The handle that exports of its type will be duplicates of, if the app has given one. */
static VkResult check_given_handle(const char *caller, const VxmMemoryWrapInfo *info,
                                   uint32_t index)
{
    const VxmHandle *handle = &info->memories[index].handle;
    const struct vxm_handle_type *type = vxm__find_type(handle->kind, handle->type);

    if (handle->type == 0) {
        return VK_SUCCESS;
    }
    if (handle->kind != VXM_HANDLE_KIND_MEMORY || (info->handleTypes & handle->type) == 0 ||
        type == NULL || (type->flags & VXM_TYPE_CLOSABLE) == 0) {
        return vxm__fail_argument(
            "%s: memories[%u].handle is of kind %d and type %s, but must be a "
            "memory handle of one of handleTypes that can be duplicated, or "
            "empty.",
            caller, index, (int)handle->kind, vxmHandleTypeName(handle->kind, handle->type));
    }
    return vxm__os_check(handle) == VK_SUCCESS ? VK_SUCCESS : vxm__fail_of_handle(caller, index);
}

/* The types in the chain that a resource was created with. */
static VkExternalMemoryHandleTypeFlags read_types(const void *next)
{
    for (const VkBaseInStructure *base = next; base != NULL; base = base->pNext) {
        if (base->sType == VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO) {
            return ((const VkExternalMemoryBufferCreateInfo *)base)->handleTypes;
        }
        if (base->sType == VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO) {
            return ((const VkExternalMemoryImageCreateInfo *)base)->handleTypes;
        }
    }
    return 0;
}

/* Where the planes lie, and whether there are memories for them. What a driver was told when the
 * image was made is not asked for again. */
static VkResult describe_planes(const char *caller, VxmDevice device, const VxmMemoryWrapInfo *info,
                                VxmImageDescription *image)
{
    const uint32_t toldCount = image->planeCount;
    VkDeviceSize offsets[VXM_MAX_PLANES] = {0};
    VkResult result = VK_SUCCESS;

    if (image->tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT) {
        result = vxm__read_modifier(caller, device, info->image, image);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    if (info->memoryCount != vxm__memory_count(image)) {
        return vxm__fail_argument(
            "%s: memoryCount is %u, but the image %s and has %u.", caller, info->memoryCount,
            vxm__is_disjoint(image) ? "is DISJOINT" : "is not DISJOINT", vxm__memory_count(image));
    }
    if (vxm__is_disjoint(image) && info->dedicated) {
        return vxm__fail_argument("%s: dedicated is set, but memory of a disjoint image never is "
                                  "(VUID-VkMemoryDedicatedAllocateInfo-image-01797).",
                                  caller);
    }
    for (uint32_t i = 0; i < info->memoryCount; i++) {
        offsets[i] = info->memories[i].offset;
    }
    if (toldCount == 0 || toldCount != image->planeCount) {
        return vxm__read_planes(caller, device, info->image, offsets, image);
    }
    for (uint32_t i = 0; i < image->planeCount; i++) {
        VxmPlaneLayout *plane = &image->planes[i];

        plane->offset += offsets[plane->memoryIndex];
        plane->arrayPitch = image->arrayLayers > 1 ? plane->arrayPitch : 0;
        plane->depthPitch = image->extent.depth > 1 ? plane->depthPitch : 0;
    }
    return VK_SUCCESS;
}

static VkResult describe(const char *caller, VxmDevice device, const VxmMemoryWrapInfo *info,
                         VxmMemory memory)
{
    VkResult result = VK_SUCCESS;

    if (info->buffer != VK_NULL_HANDLE) {
        memory->resourceType = VXM_RESOURCE_TYPE_BUFFER;
        result =
            vxm__describe_buffer(caller, info->bufferCreateInfo, true, &memory->bufferDescription);
        memory->resourceHandleTypes = read_types(info->bufferCreateInfo->pNext);
    } else if (info->image != VK_NULL_HANDLE) {
        memory->resourceType = VXM_RESOURCE_TYPE_IMAGE;
        result =
            vxm__describe_image(caller, info->imageCreateInfo, true, &memory->imageDescription);
        memory->resourceHandleTypes = read_types(info->imageCreateInfo->pNext);
        if (result == VK_SUCCESS) {
            result = describe_planes(caller, device, info, &memory->imageDescription);
        }
    }
    return result;
}

static VkResult check_all(const char *caller, VxmDevice device, const VxmMemoryWrapInfo *info,
                          uint32_t importHandleType)
{
    VkResult result = check_objects(caller, info);

    if (result == VK_SUCCESS) {
        result = check_types(caller, info, importHandleType);
    }
    for (uint32_t i = 0; result == VK_SUCCESS && i < info->memoryCount; i++) {
        result = check_memory(caller, device, info, i, importHandleType);
    }
    if (result == VK_SUCCESS) {
        result = check_enabled(caller, device, info);
    }
    for (uint32_t i = 0; result == VK_SUCCESS && i < info->memoryCount; i++) {
        result = check_given_handle(caller, info, i);
    }
    return result;
}

VkResult vxm__wrap_memory(const char *caller, VxmDevice device, const VxmMemoryWrapInfo *info,
                          uint32_t importHandleType, VxmMemory *memory)
{
    VkResult result = check_all(caller, device, info, importHandleType);
    VxmMemory made;

    if (result != VK_SUCCESS) {
        return result;
    }
    made = vxm__allocate(device->allocator, sizeof *made);
    if (made == NULL) {
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    result = describe(caller, device, info, made);
    for (uint32_t i = 0; result == VK_SUCCESS && i < info->memoryCount; i++) {
        const VxmWrappedMemory *wrapped = &info->memories[i];
        struct vxm_memory_part *part = &made->memories[i];

        part->memory = wrapped->memory;
        part->allocationSize = wrapped->allocationSize;
        part->offset = wrapped->offset;
        part->memoryTypeIndex = wrapped->memoryTypeIndex;
        if (wrapped->handle.type != 0) {
            result = vxm__keep_duplicate(&part->kept, &wrapped->handle);
        }
    }
    if (result != VK_SUCCESS) {
        for (uint32_t i = 0; i < info->memoryCount; i++) {
            vxm__drop_kept(&made->memories[i].kept);
        }
        vxm__free(device->allocator, made);
        return result;
    }
    made->device = device;
    made->ownsObjects = info->takeObjects;
    made->dedicated = info->dedicated;
    made->importHandleType = importHandleType;
    made->exportHandleTypes = info->handleTypes;
    made->buffer = info->buffer;
    made->image = info->image;
    made->memoryCount = info->memoryCount;
    *memory = made;
    return VK_SUCCESS;
}

VkResult vxmWrapMemory(VxmDevice device, const VxmMemoryWrapInfo *info, VxmMemory *memory)
{
    if (device == NULL || info == NULL || memory == NULL) {
        return vxm__fail_argument("vxmWrapMemory: %s must not be NULL.", device == NULL ? "device"
                                                                         : info == NULL ? "info"
                                                                                        : "memory");
    }
    return vxm__wrap_memory("vxmWrapMemory", device, info, 0, memory);
}
