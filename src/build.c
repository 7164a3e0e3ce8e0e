/*
 * Creates, allocates and binds everything of a plan; what vxmCreate* and vxmImportMemory() share.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "plan.h"

static VkResult create_resource(const char *caller, const VxmPlan *plan, VxmMemory memory)
{
    const VxmDevice device = plan->state.device;
    VkResult result;

    if (vxm__plan_creates_buffer(plan)) {
        result = device->vk.CreateBuffer(device->device, &plan->bufferCreateInfo, device->allocator,
                                         &memory->buffer);
        if (result != VK_SUCCESS) {
            memory->buffer = VK_NULL_HANDLE;
            return vxm__plan_fail(result, "vkCreateBuffer", caller, plan);
        }
    } else if (vxm__plan_creates_image(plan)) {
        result = device->vk.CreateImage(device->device, &plan->imageCreateInfo, device->allocator,
                                        &memory->image);
        if (result != VK_SUCCESS) {
            memory->image = VK_NULL_HANDLE;
            return vxm__plan_fail_image(result, caller, plan);
        }
    }
    return VK_SUCCESS;
}

static VkResult allocate(const char *caller, const VxmPlan *plan, VxmMemory memory)
{
    const VxmDevice device = plan->state.device;

    for (uint32_t i = 0; i < plan->memoryCount; i++) {
        const VxmPlanMemory *planned = &plan->memories[i];
        struct vxm_memory_part *part = &memory->memories[i];
        VkResult result = device->vk.AllocateMemory(device->device, &planned->allocateInfo,
                                                    device->allocator, &part->memory);

        if (result != VK_SUCCESS) {
            part->memory = VK_NULL_HANDLE;
            return vxm__plan_fail(result, "vkAllocateMemory", caller, plan);
        }
        memory->memoryCount = i + 1;
        part->allocationSize = planned->allocateInfo.allocationSize;
        part->memoryTypeIndex = planned->allocateInfo.memoryTypeIndex;
        part->offset = planned->offset;
    }
    return VK_SUCCESS;
}

/* All planes of a disjoint image in one call (02858). */
static VkResult bind_image(const VxmPlan *plan, VxmMemory memory)
{
    VkBindImagePlaneMemoryInfo planes[VXM_MAX_PLANES];
    VkBindImageMemoryInfo infos[VXM_MAX_PLANES];

    for (uint32_t i = 0; i < memory->memoryCount; i++) {
        const VkImageAspectFlagBits planeAspect = plan->memories[i].planeAspect;

        planes[i] = (VkBindImagePlaneMemoryInfo){
            .sType = VK_STRUCTURE_TYPE_BIND_IMAGE_PLANE_MEMORY_INFO,
            .planeAspect = planeAspect,
        };
        infos[i] = (VkBindImageMemoryInfo){
            .sType = VK_STRUCTURE_TYPE_BIND_IMAGE_MEMORY_INFO,
            .pNext = planeAspect != 0 ? &planes[i] : NULL,
            .image = memory->image,
            .memory = memory->memories[i].memory,
            .memoryOffset = memory->memories[i].offset,
        };
    }
    return memory->device->vk.BindImageMemory2(memory->device->device, memory->memoryCount, infos);
}

static VkResult bind_resource(const char *caller, const VxmPlan *plan, VxmMemory memory)
{
    const VxmDevice device = memory->device;
    const VkBindBufferMemoryInfo bufferInfo = {
        .sType = VK_STRUCTURE_TYPE_BIND_BUFFER_MEMORY_INFO,
        .buffer = memory->buffer,
        .memory = memory->memories[0].memory,
        .memoryOffset = memory->memories[0].offset,
    };
    VkResult result = VK_SUCCESS;

    if (memory->buffer != VK_NULL_HANDLE) {
        result = device->vk.BindBufferMemory2(device->device, 1, &bufferInfo);
        if (result != VK_SUCCESS) {
            return vxm__plan_fail(result, "vkBindBufferMemory2", caller, plan);
        }
    } else if (memory->image != VK_NULL_HANDLE) {
        result = bind_image(plan, memory);
        if (result != VK_SUCCESS) {
            return vxm__plan_fail(result, "vkBindImageMemory2", caller, plan);
        }
    }
    return VK_SUCCESS;
}

/* Some drivers take an import that is also to be exported for a new allocation (NVIDIA 580), so
 * that the type of the import itself is left to no driver. */
static VkResult keep_handles(const VxmPlan *plan, VxmMemory memory)
{
    VkResult result = VK_SUCCESS;

    for (uint32_t i = 0;
         plan->state.keptHandleTypes != 0 && result == VK_SUCCESS && i < memory->memoryCount; i++) {
        result = vxm__keep_duplicate(&memory->memories[i].kept, &plan->state.source[i].handle);
    }
    return result;
}

VkResult vxm__plan_build(const char *caller, VxmPlan *plan, VxmMemory *memory)
{
    const bool imported = plan->state.givenHandleType != 0;
    VxmMemory made;
    VkResult result;

    made = vxm__allocate(plan->state.device->allocator, sizeof *made);
    if (made == NULL) {
        vxm__plan_release(plan, 0, false);
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    made->device = plan->state.device;
    made->ownsObjects = true;
    made->importHandleType = plan->state.givenHandleType;
    made->exportHandleTypes = plan->handleTypes;
    made->bufferDescription = plan->state.buffer;
    if (vxm__plan_creates_buffer(plan) || vxm__plan_creates_image(plan)) {
        made->resourceType = plan->resourceType;
        made->resourceHandleTypes = plan->state.externalBuffer.handleTypes;
    }
    result = create_resource(caller, plan, made);
    if (result == VK_SUCCESS) {
        result = vxm__plan_settle(caller, plan, made->buffer, made->image);
    }
    if (plan->resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        made->imageDescription = plan->state.image;
    }
    if (result == VK_SUCCESS) {
        made->dedicated = plan->dedicated;
        result = allocate(caller, plan, made);
    }
    if (result == VK_SUCCESS) {
        result = bind_resource(caller, plan, made);
    }
    if (result == VK_SUCCESS && made->image != VK_NULL_HANDLE) {
        result = vxm__plan_settle_planes(caller, plan, made->image, &made->imageDescription);
    }
    if (result == VK_SUCCESS) {
        result = keep_handles(plan, made);
    }
    vxm__plan_release(plan, made->memoryCount, result == VK_SUCCESS && imported);
    if (result == VK_SUCCESS) {
        *memory = made;
    } else {
        vxmDestroyMemory(made);
    }
    return result;
}
