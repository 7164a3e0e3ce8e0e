/*
 * The object: making it, looking into it, mapping it, ending it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "plan.h"

static uint32_t count_bits(uint32_t bits)
{
    uint32_t count = 0;

    for (; bits != 0; bits &= bits - 1) {
        count++;
    }
    return count;
}

VkResult vxm__choose_memory_type(const char *caller, VxmDevice device, uint32_t bits,
                                 VkMemoryPropertyFlags required, VkMemoryPropertyFlags preferred,
                                 uint32_t *memoryTypeIndex)
{
    const VkPhysicalDeviceMemoryProperties *properties = &device->memoryProperties;
    uint32_t best = UINT32_MAX;
    uint32_t most = 0;

    /* The first of equals: Vulkan orders types so that the plainer one comes first. */
    for (uint32_t i = 0; i < properties->memoryTypeCount; i++) {
        const VkMemoryPropertyFlags flags = properties->memoryTypes[i].propertyFlags;
        const uint32_t wanted = count_bits(flags & preferred);

        if ((bits & (1u << i)) != 0 && (flags & required) == required &&
            (best == UINT32_MAX || wanted > most)) {
            best = i;
            most = wanted;
        }
    }
    if (best == UINT32_MAX) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: of the memory types 0x%x that are allowed here, none has the "
                         "required property flags 0x%x. Ask for fewer flags.",
                         caller, bits, required);
    }
    *memoryTypeIndex = best;
    return VK_SUCCESS;
}

static VkResult create(const char *caller, VxmDevice device, const struct vxm_request *request,
                       const VxmMemoryCreateInfo *info, VxmMemory *memory)
{
    VxmPlan plan;
    VkResult result = vxm__plan_begin_export(caller, device, request, info, &plan);

    return result == VK_SUCCESS ? vxm__plan_build(caller, &plan, memory) : result;
}

VkResult vxmCreateBuffer(VxmDevice device, const VkBufferCreateInfo *buffer,
                         const VxmMemoryCreateInfo *info, VxmMemory *memory)
{
    const struct vxm_request request = {.buffer = buffer};

    if (device == NULL || buffer == NULL || info == NULL || memory == NULL) {
        return vxm__fail_argument("vxmCreateBuffer: %s must not be NULL.",
                                  device == NULL   ? "device"
                                  : buffer == NULL ? "buffer"
                                  : info == NULL   ? "info"
                                                   : "memory");
    }
    return create("vxmCreateBuffer", device, &request, info, memory);
}

VkResult vxmCreateImage(VxmDevice device, const VkImageCreateInfo *image,
                        const VxmMemoryCreateInfo *info, VxmMemory *memory)
{
    const struct vxm_request request = {.image = image};

    if (device == NULL || image == NULL || info == NULL || memory == NULL) {
        return vxm__fail_argument("vxmCreateImage: %s must not be NULL.", device == NULL  ? "device"
                                                                          : image == NULL ? "image"
                                                                          : info == NULL
                                                                              ? "info"
                                                                              : "memory");
    }
    return create("vxmCreateImage", device, &request, info, memory);
}

VkResult vxmCreateMemory(VxmDevice device, VkDeviceSize size, const VxmMemoryCreateInfo *info,
                         VxmMemory *memory)
{
    const struct vxm_request request = {.size = size};

    if (device == NULL || info == NULL || memory == NULL) {
        return vxm__fail_argument("vxmCreateMemory: %s must not be NULL.", device == NULL ? "device"
                                                                           : info == NULL
                                                                               ? "info"
                                                                               : "memory");
    }
    return create("vxmCreateMemory", device, &request, info, memory);
}

VkResult vxmImportMemory(VxmDevice device, VxmShared *shared, const VxmImportInfo *info,
                         VxmMemory *memory)
{
    VxmPlan plan;
    VkResult result;

    if (device == NULL || shared == NULL || memory == NULL) {
        return vxm__fail_argument("vxmImportMemory: %s must not be NULL.", device == NULL ? "device"
                                                                           : shared == NULL
                                                                               ? "shared"
                                                                               : "memory");
    }
    result = vxm__plan_begin_import("vxmImportMemory", device, shared, info, &plan);
    return result == VK_SUCCESS ? vxm__plan_build("vxmImportMemory", &plan, memory) : result;
}

void vxmDestroyMemory(VxmMemory memory)
{
    VxmDevice device;

    if (memory == NULL) {
        return;
    }
    device = memory->device;
    for (uint32_t i = 0; i < memory->memoryCount; i++) {
        if (memory->memories[i].mapCount != 0) {
            device->vk.UnmapMemory(device->device, memory->memories[i].memory);
        }
        vxm__drop_kept(&memory->memories[i].kept);
    }
    if (memory->ownsObjects) {
        if (memory->buffer != VK_NULL_HANDLE) {
            device->vk.DestroyBuffer(device->device, memory->buffer, device->allocator);
        }
        if (memory->image != VK_NULL_HANDLE) {
            device->vk.DestroyImage(device->device, memory->image, device->allocator);
        }
        for (uint32_t i = 0; i < memory->memoryCount; i++) {
            device->vk.FreeMemory(device->device, memory->memories[i].memory, device->allocator);
        }
    }
    vxm__free(device->allocator, memory);
}

VkResult vxmMapMemory(VxmMemory memory, uint32_t memoryIndex, void **data)
{
    struct vxm_memory_part *part;
    VkMemoryPropertyFlags flags;
    VxmDevice device;

    if (memory == NULL || data == NULL) {
        return vxm__fail_argument("vxmMapMemory: %s must not be NULL.",
                                  memory == NULL ? "memory" : "data");
    }
    if (memoryIndex >= memory->memoryCount) {
        return vxm__fail_argument("vxmMapMemory: memoryIndex is %u, but the object has %u "
                                  "memories.",
                                  memoryIndex, memory->memoryCount);
    }
    if (!memory->ownsObjects) {
        return vxm__fail_argument("vxmMapMemory: the allocation is the app's own (wrapped without "
                                  "takeObjects) and may be mapped there already; map it where it "
                                  "was made.");
    }
    device = memory->device;
    part = &memory->memories[memoryIndex];
    flags = device->memoryProperties.memoryTypes[part->memoryTypeIndex].propertyFlags;
    if ((flags & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT) == 0) {
        return vxm__fail_argument("vxmMapMemory: memory type %u is not HOST_VISIBLE "
                                  "(VUID-vkMapMemory-memory-00682). Create with "
                                  "VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT in requiredFlags.",
                                  part->memoryTypeIndex);
    }
    if (part->mapCount == 0) {
        VkResult result =
            device->vk.MapMemory(device->device, part->memory, 0, VK_WHOLE_SIZE, 0, &part->mapped);

        if (result != VK_SUCCESS) {
            part->mapped = NULL;
            return vxm__fail_driver(result, "vkMapMemory", "vxmMapMemory was mapping the memory",
                                    NULL);
        }
    }
    part->mapCount++;
    *data = (unsigned char *)part->mapped + part->offset;
    return VK_SUCCESS;
}

void vxmUnmapMemory(VxmMemory memory, uint32_t memoryIndex)
{
    struct vxm_memory_part *part;

    if (memory == NULL || memoryIndex >= memory->memoryCount ||
        memory->memories[memoryIndex].mapCount == 0) {
        return;
    }
    part = &memory->memories[memoryIndex];
    part->mapCount--;
    if (part->mapCount == 0) {
        memory->device->vk.UnmapMemory(memory->device->device, part->memory);
        part->mapped = NULL;
    }
}

VkResult vxmGetMemoryInfo(VxmMemory memory, VxmMemoryInfo *info)
{
    VxmMemoryInfo answer = {0};

    if (memory == NULL || info == NULL) {
        return vxm__fail_argument("vxmGetMemoryInfo: %s must not be NULL.",
                                  memory == NULL ? "memory" : "info");
    }
    answer.device = memory->device;
    answer.resourceType = memory->resourceType;
    answer.buffer = memory->buffer;
    answer.image = memory->image;
    answer.dedicated = memory->dedicated;
    answer.imported = memory->importHandleType != 0;
    answer.importHandleType = memory->importHandleType;
    answer.exportHandleTypes = memory->exportHandleTypes;
    answer.drmFormatModifier = memory->imageDescription.drmFormatModifier;
    answer.planeCount = memory->imageDescription.planeCount;
    for (uint32_t i = 0; i < answer.planeCount; i++) {
        answer.planes[i] = memory->imageDescription.planes[i];
    }
    answer.memoryCount = memory->memoryCount;
    for (uint32_t i = 0; i < memory->memoryCount; i++) {
        const struct vxm_memory_part *part = &memory->memories[i];

        answer.memories[i].memory = part->memory;
        answer.memories[i].allocationSize = part->allocationSize;
        answer.memories[i].offset = part->offset;
        answer.memories[i].memoryTypeIndex = part->memoryTypeIndex;
        answer.memories[i].propertyFlags =
            memory->device->memoryProperties.memoryTypes[part->memoryTypeIndex].propertyFlags;
    }
    *info = answer;
    return VK_SUCCESS;
}

VkBuffer vxmGetVkBuffer(VxmMemory memory)
{
    return memory != NULL ? memory->buffer : VK_NULL_HANDLE;
}

VkImage vxmGetVkImage(VxmMemory memory)
{
    return memory != NULL ? memory->image : VK_NULL_HANDLE;
}

VkDeviceMemory vxmGetVkDeviceMemory(VxmMemory memory, uint32_t memoryIndex)
{
    return memory != NULL && memoryIndex < memory->memoryCount
               ? memory->memories[memoryIndex].memory
               : VK_NULL_HANDLE;
}
