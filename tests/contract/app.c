/*
 * An app that does with plain Vulkan what a plan says.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/app.h"

static VkResult create(VxmDevice device, const VxmPlan *plan, struct made *made)
{
    VkDevice vk = contract_vk_device(device);

    if (plan->resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        PFN_vkCreateBuffer command = (PFN_vkCreateBuffer)contract_command(device, "vkCreateBuffer");

        return command(vk, &plan->bufferCreateInfo, NULL, &made->buffer);
    }
    if (plan->resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        PFN_vkCreateImage command = (PFN_vkCreateImage)contract_command(device, "vkCreateImage");

        return command(vk, &plan->imageCreateInfo, NULL, &made->image);
    }
    return VK_SUCCESS;
}

static VkResult bind(VxmDevice device, struct made *made)
{
    VkDevice vk = contract_vk_device(device);

    if (made->buffer != VK_NULL_HANDLE) {
        PFN_vkBindBufferMemory command =
            (PFN_vkBindBufferMemory)contract_command(device, "vkBindBufferMemory");

        return command(vk, made->buffer, made->memory, made->boundAt);
    }
    if (made->image != VK_NULL_HANDLE) {
        PFN_vkBindImageMemory command =
            (PFN_vkBindImageMemory)contract_command(device, "vkBindImageMemory");

        return command(vk, made->image, made->memory, made->boundAt);
    }
    return VK_SUCCESS;
}

VkResult app_make(VxmDevice device, VxmPlan *plan, struct made *made)
{
    PFN_vkAllocateMemory allocate =
        (PFN_vkAllocateMemory)contract_command(device, "vkAllocateMemory");
    VkMemoryAllocateInfo info;
    VkResult result;

    made->buffer = VK_NULL_HANDLE;
    made->image = VK_NULL_HANDLE;
    made->memory = VK_NULL_HANDLE;
    result = create(device, plan, made);
    if (result != VK_SUCCESS) {
        made->buffer = VK_NULL_HANDLE;
        made->image = VK_NULL_HANDLE;
        return result;
    }
    result = vxmSetPlanResource(plan, made->buffer, made->image);
    if (result == VK_SUCCESS) {
        info = plan->memories[0].allocateInfo;
        info.allocationSize += made->extraSize;
        result = allocate(contract_vk_device(device), &info, NULL, &made->memory);
        if (result != VK_SUCCESS) {
            made->memory = VK_NULL_HANDLE;
        }
    }
    if (result == VK_SUCCESS) {
        cr_assert(model_last_allocation(&made->allocation));
        made->boundAt = made->offset != 0 ? made->offset : plan->memories[0].offset;
        result = bind(device, made);
    }
    if (result != VK_SUCCESS) {
        app_unmake(device, made);
    }
    return result;
}

void app_unmake(VxmDevice device, struct made *made)
{
    PFN_vkDestroyBuffer destroyBuffer =
        (PFN_vkDestroyBuffer)contract_command(device, "vkDestroyBuffer");
    PFN_vkDestroyImage destroyImage =
        (PFN_vkDestroyImage)contract_command(device, "vkDestroyImage");
    PFN_vkFreeMemory release = (PFN_vkFreeMemory)contract_command(device, "vkFreeMemory");
    VkDevice vk = contract_vk_device(device);

    destroyBuffer(vk, made->buffer, NULL);
    destroyImage(vk, made->image, NULL);
    release(vk, made->memory, NULL);
    made->buffer = VK_NULL_HANDLE;
    made->image = VK_NULL_HANDLE;
    made->memory = VK_NULL_HANDLE;
}

void made_result(const struct made *made, VxmPlanResult *result)
{
    result->result = VK_SUCCESS;
    result->buffer = made->buffer;
    result->image = made->image;
    result->memoryCount = 1;
    result->memories[0] = (VxmWrappedMemory){
        .memory = made->memory,
        .allocationSize = made->allocation.allocationSize,
        .offset = made->boundAt,
        .memoryTypeIndex = made->allocation.memoryTypeIndex,
    };
}
