/*
 * The demo's plain Vulkan, as any app has it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "gpu.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(EXIT_FAILURE);
}

void check_vxm(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error);
        fail("%s\n%s: %s", call, vxmResultName(result), error.message);
    }
}

void check_vulkan(VkResult result, const char *call)
{
    if (result != VK_SUCCESS) {
        fail("%s\nanswered %s", call, vxmResultName(result));
    }
}

void gpu_open(struct gpu *gpu)
{
    VXM(vxmCreateDevice(NULL, &gpu->vxm));
    VXM(vxmGetDeviceInfo(gpu->vxm, &gpu->info));
    gpu->device = gpu->info.device;

    const VkCommandPoolCreateInfo pool = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
        .queueFamilyIndex = gpu->info.queueFamilyIndex,
    };
    VK(vkCreateCommandPool(gpu->device, &pool, NULL, &gpu->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = gpu->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    VK(vkAllocateCommandBuffers(gpu->device, &commands, &gpu->commands));
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    VK(vkCreateFence(gpu->device, &fence, NULL, &gpu->fence));
}

void gpu_close(struct gpu *gpu)
{
    vkDestroyFence(gpu->device, gpu->fence, NULL);
    vkDestroyCommandPool(gpu->device, gpu->pool, NULL);
    vxmDestroyDevice(gpu->vxm);
}

void gpu_begin(struct gpu *gpu)
{
    const VkCommandBufferBeginInfo begin = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
    };
    VK(vkBeginCommandBuffer(gpu->commands, &begin));
}

void gpu_submit(struct gpu *gpu, VxmSemaphore timeline, uint64_t wait, uint64_t signal)
{
    const VkSemaphore semaphore = vxmGetVkSemaphore(timeline);
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    const VkTimelineSemaphoreSubmitInfo values = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .waitSemaphoreValueCount = 1,
        .pWaitSemaphoreValues = &wait,
        .signalSemaphoreValueCount = 1,
        .pSignalSemaphoreValues = &signal,
    };
    VkSubmitInfo submit = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .commandBufferCount = 1,
        .pCommandBuffers = &gpu->commands,
    };

    VK(vkEndCommandBuffer(gpu->commands));
    if (timeline != NULL) {
        submit.pNext = &values;
        submit.waitSemaphoreCount = wait > 0 ? 1 : 0;
        submit.pWaitSemaphores = &semaphore;
        submit.pWaitDstStageMask = &stage;
        submit.signalSemaphoreCount = 1;
        submit.pSignalSemaphores = &semaphore;
    }
    VK(vkQueueSubmit(gpu->info.queue, 1, &submit, gpu->fence));
}

void gpu_wait(struct gpu *gpu)
{
    VK(vkWaitForFences(gpu->device, 1, &gpu->fence, VK_TRUE, TIME_LIMIT));
    VK(vkResetFences(gpu->device, 1, &gpu->fence));
}

void gpu_barrier(struct gpu *gpu)
{
    const VkMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT,
        .dstAccessMask =
            VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_HOST_READ_BIT,
    };
    vkCmdPipelineBarrier(gpu->commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                         VK_PIPELINE_STAGE_TRANSFER_BIT | VK_PIPELINE_STAGE_HOST_BIT, 0, 1,
                         &barrier, 0, NULL, 0, NULL);
}

void gpu_change_layout(struct gpu *gpu, VkImage image, VkImageLayout from, VkImageLayout to)
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
        .subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1},
    };
    vkCmdPipelineBarrier(gpu->commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                         VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, NULL, 0, NULL, 1, &barrier);
}

static bool find_memory_type(struct gpu *gpu, uint32_t bits, VkMemoryPropertyFlags flags,
                             uint32_t *index)
{
    VkPhysicalDeviceMemoryProperties properties;

    vkGetPhysicalDeviceMemoryProperties(gpu->info.physicalDevice, &properties);
    for (*index = 0; *index < properties.memoryTypeCount; ++*index) {
        if ((bits & 1u << *index) != 0 &&
            (properties.memoryTypes[*index].propertyFlags & flags) == flags) {
            return true;
        }
    }
    return false;
}

static VkDeviceMemory allocate(struct gpu *gpu, const VkMemoryRequirements *needs,
                               VkMemoryPropertyFlags required, VkMemoryPropertyFlags preferred)
{
    VkMemoryAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                 .allocationSize = needs->size};
    VkDeviceMemory memory;

    if (!find_memory_type(gpu, needs->memoryTypeBits, required | preferred,
                          &info.memoryTypeIndex) &&
        !find_memory_type(gpu, needs->memoryTypeBits, required, &info.memoryTypeIndex)) {
        fail("The device has no memory of the kind that the demo needs.");
    }
    VK(vkAllocateMemory(gpu->device, &info, NULL, &memory));
    return memory;
}

void gpu_create_staging(struct gpu *gpu, VkDeviceSize size, struct staging *staging)
{
    const VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = size,
        .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
    };
    VkMemoryRequirements needs;

    VK(vkCreateBuffer(gpu->device, &info, NULL, &staging->buffer));
    vkGetBufferMemoryRequirements(gpu->device, staging->buffer, &needs);
    /* Cached: the CPU reads the whole of it for a checksum. */
    staging->memory = allocate(
        gpu, &needs, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
        VK_MEMORY_PROPERTY_HOST_CACHED_BIT);
    VK(vkBindBufferMemory(gpu->device, staging->buffer, staging->memory, 0));
    VK(vkMapMemory(gpu->device, staging->memory, 0, VK_WHOLE_SIZE, 0, &staging->data));
    staging->size = size;
}

void gpu_destroy_staging(struct gpu *gpu, struct staging *staging)
{
    vkDestroyBuffer(gpu->device, staging->buffer, NULL);
    vkFreeMemory(gpu->device, staging->memory, NULL);
}

void gpu_create_picture(struct gpu *gpu, uint32_t width, uint32_t height, struct picture *picture)
{
    const VkImageCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
        .imageType = VK_IMAGE_TYPE_2D,
        .format = VK_FORMAT_R8G8B8A8_UNORM,
        .extent = {width, height, 1},
        .mipLevels = 1,
        .arrayLayers = 1,
        .samples = VK_SAMPLE_COUNT_1_BIT,
        .tiling = VK_IMAGE_TILING_OPTIMAL,
        .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
    };
    VkMemoryRequirements needs;

    VK(vkCreateImage(gpu->device, &info, NULL, &picture->image));
    vkGetImageMemoryRequirements(gpu->device, picture->image, &needs);
    picture->memory = allocate(gpu, &needs, 0, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
    VK(vkBindImageMemory(gpu->device, picture->image, picture->memory, 0));
}

void gpu_destroy_picture(struct gpu *gpu, struct picture *picture)
{
    vkDestroyImage(gpu->device, picture->image, NULL);
    vkFreeMemory(gpu->device, picture->memory, NULL);
}

void gpu_blit(struct gpu *gpu, VkImage from, VkImageLayout fromLayout, struct area source,
              VkImage to, struct area target, VkFilter filter)
{
    const VkImageBlit blit = {
        .srcSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
        .srcOffsets = {{source.left, source.top, 0}, {source.right, source.bottom, 1}},
        .dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
        .dstOffsets = {{target.left, target.top, 0}, {target.right, target.bottom, 1}},
    };
    vkCmdBlitImage(gpu->commands, from, fromLayout, to, VK_IMAGE_LAYOUT_GENERAL, 1, &blit, filter);
}

void gpu_copy_image(struct gpu *gpu, VkImage from, uint32_t width, uint32_t height, VkBuffer to)
{
    const VkBufferImageCopy copy = {
        .imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
        .imageExtent = {width, height, 1},
    };
    vkCmdCopyImageToBuffer(gpu->commands, from, VK_IMAGE_LAYOUT_GENERAL, to, 1, &copy);
}
