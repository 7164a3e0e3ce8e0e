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

static VkResult bind(VxmDevice device, const VxmPlan *plan, const struct made *made)
{
    VkBindImagePlaneMemoryInfo planes[VXM_MAX_PLANES];
    VkBindImageMemoryInfo binds[VXM_MAX_PLANES];
    VkDevice vk = contract_vk_device(device);

    if (made->buffer != VK_NULL_HANDLE) {
        PFN_vkBindBufferMemory command =
            (PFN_vkBindBufferMemory)contract_command(device, "vkBindBufferMemory");

        return command(vk, made->buffer, made->memories[0], made->boundAt);
    }
    if (made->image != VK_NULL_HANDLE) {
        PFN_vkBindImageMemory2 command =
            (PFN_vkBindImageMemory2)contract_command(device, "vkBindImageMemory2");

        for (uint32_t i = 0; i < plan->memoryCount; i++) {
            planes[i] = (VkBindImagePlaneMemoryInfo){
                .sType = VK_STRUCTURE_TYPE_BIND_IMAGE_PLANE_MEMORY_INFO,
                .planeAspect = plan->memories[i].planeAspect,
            };
            binds[i] = (VkBindImageMemoryInfo){
                .sType = VK_STRUCTURE_TYPE_BIND_IMAGE_MEMORY_INFO,
                .pNext = plan->memories[i].planeAspect != 0 ? &planes[i] : NULL,
                .image = made->image,
                .memory = made->memories[i],
                .memoryOffset = i == 0 ? made->boundAt : plan->memories[i].offset,
            };
        }
        return command(vk, plan->memoryCount, binds);
    }
    return VK_SUCCESS;
}

static VkResult allocate_all(VxmDevice device, const VxmPlan *plan, struct made *made)
{
    PFN_vkAllocateMemory allocate =
        (PFN_vkAllocateMemory)contract_command(device, "vkAllocateMemory");

    for (uint32_t i = 0; i < plan->memoryCount; i++) {
        VkMemoryAllocateInfo info = plan->memories[i].allocateInfo;
        ModelAllocation allocation;
        VkResult result;

        info.allocationSize += made->extraSize;
        result = allocate(contract_vk_device(device), &info, NULL, &made->memories[i]);
        if (result != VK_SUCCESS) {
            made->memories[i] = VK_NULL_HANDLE;
            return result;
        }
        made->memoryCount = i + 1;
        cr_assert(model_last_allocation(&allocation));
        if (i == 0) {
            made->allocation = allocation;
        }
        made->sizes[i] = allocation.allocationSize;
        made->typeIndices[i] = allocation.memoryTypeIndex;
    }
    return VK_SUCCESS;
}

static void forget(struct made *made)
{
    made->buffer = VK_NULL_HANDLE;
    made->image = VK_NULL_HANDLE;
    made->memoryCount = 0;
    memset(made->memories, 0, sizeof(made->memories));
}

VkResult app_make(VxmDevice device, VxmPlan *plan, struct made *made)
{
    VkResult result;

    forget(made);
    result = create(device, plan, made);
    if (result != VK_SUCCESS) {
        forget(made);
        return result;
    }
    result = vxmSetPlanResource(plan, made->buffer, made->image);
    if (result == VK_SUCCESS) {
        result = allocate_all(device, plan, made);
    }
    if (result == VK_SUCCESS) {
        made->boundAt = made->offset != 0 ? made->offset : plan->memories[0].offset;
        result = bind(device, plan, made);
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
    for (uint32_t i = 0; i < made->memoryCount; i++) {
        release(vk, made->memories[i], NULL);
    }
    forget(made);
}

void made_result(const struct made *made, VxmPlanResult *result)
{
    result->result = VK_SUCCESS;
    result->buffer = made->buffer;
    result->image = made->image;
    result->memoryCount = made->memoryCount;
    for (uint32_t i = 0; i < made->memoryCount; i++) {
        result->memories[i] = (VxmWrappedMemory){
            .memory = made->memories[i],
            .allocationSize = made->sizes[i],
            .offset = i == 0 ? made->boundAt : 0,
            .memoryTypeIndex = made->typeIndices[i],
        };
    }
}
