/*
 * One side of a test on a real driver: plain Vulkan through the system's loader.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "real/gpu.h"

#include <stdio.h>
#include <string.h>

#include "real/validation.h"

void gpu_check(VkResult result, bool library, const char *call, const char *file, int line)
{
    char text[1536];
    VxmError error = {.message = ""};

    if (result == VK_SUCCESS) {
        return;
    }
    if (library) {
        vxmGetLastError(&error);
    }
    snprintf(text, sizeof(text), "%s: %s: %s", call, vxmResultName(result), error.message);
    real_fail(file, line, text);
}

void gpu_open_with(VxmDevice device, struct gpu *gpu)
{
    memset(gpu, 0, sizeof(*gpu));
    gpu->device = device;
    VXM(vxmGetDeviceInfo(gpu->device, &gpu->info));
    gpu->vk = gpu->info.device;
    const VkCommandPoolCreateInfo pool = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
        .queueFamilyIndex = gpu->info.queueFamilyIndex,
    };
    VK(vkCreateCommandPool(gpu->vk, &pool, NULL, &gpu->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = gpu->pool,
        .commandBufferCount = 1,
    };
    VK(vkAllocateCommandBuffers(gpu->vk, &commands, &gpu->commands));
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    VK(vkCreateFence(gpu->vk, &fence, NULL, &gpu->fence));
}

void gpu_open(struct gpu *gpu)
{
    const struct validation_setup *setup = validation_setup();
    const VxmDeviceCreateInfo info = {
        .getInstanceProcAddr = validation_get_instance_proc_addr,
        .instanceLayerCount = setup->layerCount,
        .instanceLayers = setup->layers,
        .instanceExtensionCount = setup->extensionCount,
        .instanceExtensions = setup->extensions,
        .instanceNext = setup->next,
    };
    VxmDevice device = NULL;

    VXM(vxmCreateDevice(&info, &device));
    gpu_open_with(device, gpu);
}

void gpu_close_keeping_device(struct gpu *gpu)
{
    vkDestroyFence(gpu->vk, gpu->fence, NULL);
    vkDestroyCommandPool(gpu->vk, gpu->pool, NULL);
}

void gpu_close(struct gpu *gpu)
{
    gpu_close_keeping_device(gpu);
    vxmDestroyDevice(gpu->device);
}

void gpu_begin(struct gpu *gpu)
{
    const VkCommandBufferBeginInfo begin = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
    };
    VK(vkBeginCommandBuffer(gpu->commands, &begin));
}

void gpu_submit(struct gpu *gpu, VxmSemaphore wait, uint64_t waitValue, VxmSemaphore signal,
                uint64_t signalValue)
{
    const VkSemaphore waitSemaphore = vxmGetVkSemaphore(wait);
    const VkSemaphore signalSemaphore = vxmGetVkSemaphore(signal);
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    const VkTimelineSemaphoreSubmitInfo values = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .waitSemaphoreValueCount = wait != NULL,
        .pWaitSemaphoreValues = &waitValue,
        .signalSemaphoreValueCount = signal != NULL,
        .pSignalSemaphoreValues = &signalValue,
    };
    const VkSubmitInfo submit = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .pNext = &values,
        .waitSemaphoreCount = wait != NULL,
        .pWaitSemaphores = &waitSemaphore,
        .pWaitDstStageMask = &stage,
        .commandBufferCount = 1,
        .pCommandBuffers = &gpu->commands,
        .signalSemaphoreCount = signal != NULL,
        .pSignalSemaphores = &signalSemaphore,
    };

    VK(vkEndCommandBuffer(gpu->commands));
    VK(vkQueueSubmit(gpu->info.queue, 1, &submit, gpu->fence));
}

void gpu_wait(struct gpu *gpu)
{
    VK(vkWaitForFences(gpu->vk, 1, &gpu->fence, VK_TRUE, TIME_LIMIT));
    VK(vkResetFences(gpu->vk, 1, &gpu->fence));
}

void gpu_submit_and_wait(struct gpu *gpu)
{
    const VkSubmitInfo submit = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .commandBufferCount = 1,
        .pCommandBuffers = &gpu->commands,
    };
    VK(vkEndCommandBuffer(gpu->commands));
    VK(vkQueueSubmit(gpu->info.queue, 1, &submit, gpu->fence));
    gpu_wait(gpu);
}

void gpu_barrier(struct gpu *gpu)
{
    const VkMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT,
        .dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT |
                         VK_ACCESS_HOST_READ_BIT | VK_ACCESS_HOST_WRITE_BIT,
    };
    vkCmdPipelineBarrier(gpu->commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                         VK_PIPELINE_STAGE_TRANSFER_BIT | VK_PIPELINE_STAGE_HOST_BIT, 0, 1,
                         &barrier, 0, NULL, 0, NULL);
}

void gpu_layout(struct gpu *gpu, VkImage image, VkImageLayout from, VkImageLayout to)
{
    const VkImageMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT,
        .oldLayout = from,
        .newLayout = to,
        .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .image = image,
        .subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, VK_REMAINING_MIP_LEVELS, 0,
                             VK_REMAINING_ARRAY_LAYERS},
    };
    vkCmdPipelineBarrier(gpu->commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                         VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, NULL, 0, NULL, 1, &barrier);
}

VxmUse gpu_use(const struct gpu *gpu)
{
    return (VxmUse){
        .stageMask = VK_PIPELINE_STAGE_TRANSFER_BIT,
        .accessMask = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
        .layout = VK_IMAGE_LAYOUT_GENERAL,
        .queueFamilyIndex = gpu->info.queueFamilyIndex,
    };
}

uint32_t gpu_memory_type(struct gpu *gpu, uint32_t bits, VkMemoryPropertyFlags flags)
{
    VkPhysicalDeviceMemoryProperties properties;

    vkGetPhysicalDeviceMemoryProperties(gpu->info.physicalDevice, &properties);
    for (uint32_t i = 0; i < properties.memoryTypeCount; i++) {
        if ((bits & 1u << i) != 0 && (properties.memoryTypes[i].propertyFlags & flags) == flags) {
            return i;
        }
    }
    real_fail(__FILE__, __LINE__, "the device has no memory type that the test needs");
    return 0;
}

void gpu_create_staging(struct gpu *gpu, VkDeviceSize size, struct staging *staging)
{
    const VkBufferCreateInfo info = gpu_buffer_info(size);
    VkMemoryRequirements needs;

    VK(vkCreateBuffer(gpu->vk, &info, NULL, &staging->buffer));
    vkGetBufferMemoryRequirements(gpu->vk, staging->buffer, &needs);
    const VkMemoryAllocateInfo allocate = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = needs.size,
        .memoryTypeIndex = gpu_memory_type(gpu, needs.memoryTypeBits,
                                           VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                               VK_MEMORY_PROPERTY_HOST_COHERENT_BIT |
                                               VK_MEMORY_PROPERTY_HOST_CACHED_BIT),
    };
    VK(vkAllocateMemory(gpu->vk, &allocate, NULL, &staging->memory));
    VK(vkBindBufferMemory(gpu->vk, staging->buffer, staging->memory, 0));
    VK(vkMapMemory(gpu->vk, staging->memory, 0, VK_WHOLE_SIZE, 0, &staging->data));
}

void gpu_destroy_staging(struct gpu *gpu, struct staging *staging)
{
    vkDestroyBuffer(gpu->vk, staging->buffer, NULL);
    vkFreeMemory(gpu->vk, staging->memory, NULL);
}
