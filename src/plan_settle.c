/*
 * What a plan learns from the resource's requirements: dedicated or not, size, memory type.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "plan.h"

struct requirements {
    VkMemoryRequirements memory;
    bool dedicatedRequired;
    bool dedicatedPreferred;
};

/* Of the whole resource, or of one plane of a disjoint image; planeAspect 0: whole. */
static void ask_requirements(VxmDevice device, VkBuffer buffer, VkImage image,
                             VkImageAspectFlagBits planeAspect, struct requirements *requirements)
{
    VkMemoryDedicatedRequirements dedicated = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_DEDICATED_REQUIREMENTS,
    };
    VkMemoryRequirements2 answer = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2,
        .pNext = &dedicated,
    };

    if (buffer != VK_NULL_HANDLE) {
        const VkBufferMemoryRequirementsInfo2 info = {
            .sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_REQUIREMENTS_INFO_2,
            .buffer = buffer,
        };

        device->vk.GetBufferMemoryRequirements2(device->device, &info, &answer);
    } else {
        const VkImagePlaneMemoryRequirementsInfo plane = {
            .sType = VK_STRUCTURE_TYPE_IMAGE_PLANE_MEMORY_REQUIREMENTS_INFO,
            .planeAspect = planeAspect,
        };
        const VkImageMemoryRequirementsInfo2 info = {
            .sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_REQUIREMENTS_INFO_2,
            .pNext = planeAspect != 0 ? &plane : NULL,
            .image = image,
        };

        device->vk.GetImageMemoryRequirements2(device->device, &info, &answer);
    }
    requirements->memory = answer.memoryRequirements;
    requirements->dedicatedRequired |= dedicated.requiresDedicatedAllocation != VK_FALSE;
    requirements->dedicatedPreferred |= dedicated.prefersDedicatedAllocation != VK_FALSE;
}

/* A dedicated allocation has its resource at 0; what is imported may lie elsewhere. */
static bool at_begin(const VxmPlan *plan)
{
    return plan->state.source[0].offset == 0;
}

static VkResult decide_dedicated(const char *caller, VxmPlan *plan, uint32_t typeFlags,
                                 bool hasResource, const struct requirements *requirements)
{
    const bool required = requirements->dedicatedRequired || plan->state.dedicatedOnly ||
                          (typeFlags & VXM_TYPE_DEDICATED_REQUIRED) != 0;
    const bool disjoint = vxm__plan_is_disjoint(plan);
    const bool forbidden =
        !hasResource || disjoint || (typeFlags & VXM_TYPE_DEDICATED_FORBIDDEN) != 0;

    if (forbidden && plan->state.dedicatedMode == VXM_DEDICATED_ON) {
        return vxm__fail_argument("%s: a dedicated allocation was asked for, but %s. Leave it to "
                                  "VXM_DEDICATED_AUTO.",
                                  caller,
                                  disjoint      ? "memory of a disjoint image never is "
                                                  "(VUID-VkMemoryDedicatedAllocateInfo-image-01797)"
                                  : hasResource ? "this handle type is never dedicated "
                                                  "(VUID-VkMemoryAllocateInfo-pNext-02806)"
                                                : "raw memory has no buffer or image to be "
                                                  "dedicated to");
    }
    /* Also of raw memory that is made to be exported (00639). What is imported as such belongs to
     * a resource of the app's, which may say so by info->dedicatedBuffer or dedicatedImage. */
    if (required && (hasResource || plan->state.importHandleType == 0) &&
        (forbidden || plan->state.dedicatedMode == VXM_DEDICATED_OFF)) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: the driver shares this resource only with a dedicated allocation "
                         "(DEDICATED_ONLY or requiresDedicatedAllocation), but %s.",
                         caller,
                         !hasResource ? "raw memory has no buffer or image to be dedicated to; "
                                        "make one of these"
                         : disjoint   ? "memory of a disjoint image never is (01797); leave "
                                        "DISJOINT out"
                         : forbidden  ? "the handle type forbids that"
                                      : "the allocation is not, by VXM_DEDICATED_OFF or by the "
                                        "exporter's description");
    }
    if (required && !at_begin(plan)) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: the driver shares this resource only with a dedicated allocation, "
                         "which has it at 0 (VUID 02628), but memories[0].offset is %llu.",
                         caller, (unsigned long long)plan->state.source[0].offset);
    }
    plan->dedicated =
        !forbidden && at_begin(plan) && plan->state.dedicatedMode != VXM_DEDICATED_OFF &&
        (plan->state.dedicatedMode == VXM_DEDICATED_ON || required ||
         requirements->dedicatedPreferred || (typeFlags & VXM_TYPE_DEDICATED_WANTED) != 0 ||
         plan->state.dedicatedBuffer != VK_NULL_HANDLE ||
         plan->state.dedicatedImage != VK_NULL_HANDLE);
    return VK_SUCCESS;
}

/* Whether the description says by its planes where the image is to be bound. */
static bool is_of_plane(const VxmPlan *plan, uint32_t index)
{
    const VxmShared *given = plan->state.shared;

    return given != NULL && plan->resourceType == VXM_RESOURCE_TYPE_IMAGE &&
           index < given->image.planeCount &&
           given->memories[given->image.planes[index].memoryIndex].offset !=
               plan->memories[index].offset;
}

static VkResult check_offset(const char *caller, const VxmPlan *plan, uint32_t typeFlags,
                             uint32_t index)
{
    const VxmPlanMemory *memory = &plan->memories[index];
    const VkDeviceSize size = memory->allocateInfo.allocationSize;

    /* The handle has the size that it has (10397), and is the whole resource. */
    if ((typeFlags & VXM_TYPE_SIZE_ZERO) != 0 && size == 0) {
        return memory->offset == 0
                   ? VK_SUCCESS
                   : vxm__fail_argument("%s: memories[%u].offset is %llu, but the handle is of the "
                                        "whole image, which begins at 0 (VUID 02628).",
                                        caller, index, (unsigned long long)memory->offset);
    }
    if (memory->alignment != 0 && memory->offset % memory->alignment != 0) {
        return vxm__fail_argument("%s: %s[%u].offset %llu is not a multiple of the resource's "
                                  "alignment on this device, %llu "
                                  "(VUID-VkBindBufferMemoryInfo-None-10739, "
                                  "VUID-VkBindImageMemoryInfo-pNext-01616).",
                                  caller, is_of_plane(plan, index) ? "image.planes" : "memories",
                                  index, (unsigned long long)memory->offset,
                                  (unsigned long long)memory->alignment);
    }
    if (memory->offset > size || memory->requiredSize > size - memory->offset) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, 0,
                         "%s: the resource takes %llu bytes at memories[%u].offset %llu on this "
                         "device, but the allocation has only %llu.",
                         caller, (unsigned long long)memory->requiredSize, index,
                         (unsigned long long)memory->offset, (unsigned long long)size);
    }
    return VK_SUCCESS;
}

/* What a type's heap has not, no allocation has (VUID-vkAllocateMemory-pAllocateInfo-01713). */
static VkResult check_heap(const char *caller, const VxmPlan *plan, uint32_t index)
{
    const VkPhysicalDeviceMemoryProperties *properties = &plan->state.device->memoryProperties;
    const VkMemoryAllocateInfo *allocate = &plan->memories[index].allocateInfo;
    const uint32_t heap = properties->memoryTypes[allocate->memoryTypeIndex].heapIndex;

    if (allocate->allocationSize > properties->memoryHeaps[heap].size) {
        return vxm__fail(VK_ERROR_OUT_OF_DEVICE_MEMORY, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: the allocation takes %llu bytes, but the heap of memory type %u has "
                         "%llu (VUID-vkAllocateMemory-pAllocateInfo-01713).",
                         caller, (unsigned long long)allocate->allocationSize,
                         allocate->memoryTypeIndex,
                         (unsigned long long)properties->memoryHeaps[heap].size);
    }
    return VK_SUCCESS;
}

static VkResult settle_memory(const char *caller, VxmPlan *plan, uint32_t typeFlags, uint32_t index,
                              const VkMemoryRequirements *required)
{
    VxmPlanMemory *memory = &plan->memories[index];
    uint32_t allowed = plan->state.allowedTypeBits;
    VkResult result = VK_SUCCESS;

    memory->alignment = required->alignment;
    memory->requiredSize = required->size;
    memory->allocateInfo.allocationSize =
        required->size != 0 ? required->size : plan->state.rawSize;
    if (plan->state.importHandleType != 0) {
        memory->offset = plan->state.source[index].offset;
        result = vxm__plan_import_types(caller, plan, index, &allowed);
        /* Also of a payload that the system made for an export. */
        allowed &= plan->state.allowedTypeBits;
        if (result == VK_SUCCESS) {
            result = vxm__plan_import_size(caller, plan, index, required->size,
                                           &memory->allocateInfo.allocationSize);
        }
    }
    if (result == VK_SUCCESS) {
        result = check_offset(caller, plan, typeFlags, index);
    }
    if (result == VK_SUCCESS && (required->memoryTypeBits & allowed) == 0) {
        result = vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, 0,
                           "%s: the resource may lie in memory types 0x%x, but the %s in 0x%x: "
                           "no type is in both.",
                           caller, required->memoryTypeBits,
                           plan->state.importHandleType == 0 ? "caller's memoryTypeBits are"
                           : plan->state.allowedTypeBits != UINT32_MAX
                               ? "handle's payload and the caller's memoryTypeBits are both"
                               : "handle's payload lies",
                           allowed);
    }
    if (result == VK_SUCCESS) {
        memory->memoryTypeBits = required->memoryTypeBits & allowed;
        result = vxm__choose_memory_type(caller, plan->state.device, memory->memoryTypeBits,
                                         plan->state.requiredFlags, plan->state.preferredFlags,
                                         &memory->allocateInfo.memoryTypeIndex);
    }
    if (result == VK_SUCCESS) {
        result = check_heap(caller, plan, index);
    }
    return result;
}

VkResult vxm__plan_settle(const char *caller, VxmPlan *plan, VkBuffer buffer, VkImage image)
{
    const uint32_t typeFlags = vxm__flags_of_types(
        VXM_HANDLE_KIND_MEMORY, plan->handleTypes | plan->state.importHandleType);
    struct requirements requirements = {.memory.memoryTypeBits = UINT32_MAX};
    VkMemoryRequirements planes[VXM_MAX_PLANES];
    VkResult result = VK_SUCCESS;

    if (image != VK_NULL_HANDLE) {
        result = vxm__plan_settle_image(caller, plan, image);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    if (plan->state.dedicatedBuffer != VK_NULL_HANDLE ||
        plan->state.dedicatedImage != VK_NULL_HANDLE) {
        buffer = plan->state.dedicatedBuffer;
        image = plan->state.dedicatedImage;
    }
    for (uint32_t i = 0; i < plan->memoryCount; i++) {
        plan->memories[i].planeAspect = vxm__plan_is_disjoint(plan)
                                            ? vxm__plane_aspect(&plan->state.image, i)
                                            : (VkImageAspectFlagBits)0;
        if (buffer != VK_NULL_HANDLE || image != VK_NULL_HANDLE) {
            ask_requirements(plan->state.device, buffer, image, plan->memories[i].planeAspect,
                             &requirements);
        }
        planes[i] = requirements.memory;
    }
    result = decide_dedicated(caller, plan, typeFlags,
                              buffer != VK_NULL_HANDLE || image != VK_NULL_HANDLE, &requirements);
    for (uint32_t i = 0; result == VK_SUCCESS && i < plan->memoryCount; i++) {
        result = settle_memory(caller, plan, typeFlags, i, &planes[i]);
        plan->state.dedicatedInfo[i].buffer = buffer;
        plan->state.dedicatedInfo[i].image = image;
    }
    if (result == VK_SUCCESS) {
        vxm__plan_link_memories(plan);
    }
    return result;
}
