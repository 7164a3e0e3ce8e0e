/*
 * The example's Vulkan: images to and from a buffer that the CPU sees.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "example.h"

#include <stdio.h>

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

static const VkBufferImageCopy region = {
    .imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
    .imageExtent = {SIZE, SIZE, 1},
};

static void create_buffer(struct gpu *gpu)
{
    const VkMemoryPropertyFlags wanted =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    const VkBufferCreateInfo buffer = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = sizeof(uint32_t) * SIZE * SIZE,
        .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
    };
    VkPhysicalDeviceMemoryProperties types;
    VkMemoryRequirements needs;
    uint32_t index = 0;
    void *data;

    VK(vkCreateBuffer(gpu->info.device, &buffer, NULL, &gpu->buffer));
    vkGetBufferMemoryRequirements(gpu->info.device, gpu->buffer, &needs);
    vkGetPhysicalDeviceMemoryProperties(gpu->info.physicalDevice, &types);
    while ((needs.memoryTypeBits >> index & 1u) == 0 ||
           (types.memoryTypes[index].propertyFlags & wanted) != wanted) {
        index++; /* the specification promises that there is one */
    }
    const VkMemoryAllocateInfo memory = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = needs.size,
        .memoryTypeIndex = index,
    };
    VK(vkAllocateMemory(gpu->info.device, &memory, NULL, &gpu->memory));
    VK(vkBindBufferMemory(gpu->info.device, gpu->buffer, gpu->memory, 0));
    VK(vkMapMemory(gpu->info.device, gpu->memory, 0, VK_WHOLE_SIZE, 0, &data));
    gpu->pixels = data;
}

void gpu_open(struct gpu *gpu)
{
    VXM(vxmCreateDevice(NULL, &gpu->vxm));
    VXM(vxmGetDeviceInfo(gpu->vxm, &gpu->info));
    printf("Vulkan on %s\n", gpu->info.identity->deviceName);

    const VkCommandPoolCreateInfo pool = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
        .queueFamilyIndex = gpu->info.queueFamilyIndex,
    };
    VK(vkCreateCommandPool(gpu->info.device, &pool, NULL, &gpu->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = gpu->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    VK(vkAllocateCommandBuffers(gpu->info.device, &commands, &gpu->commands));
    create_buffer(gpu);
}

void gpu_close(struct gpu *gpu)
{
    vkDestroyBuffer(gpu->info.device, gpu->buffer, NULL);
    vkFreeMemory(gpu->info.device, gpu->memory, NULL);
    vkDestroyCommandPool(gpu->info.device, gpu->pool, NULL);
    vxmDestroyDevice(gpu->vxm);
}

static void begin(struct gpu *gpu)
{
    const VkCommandBufferBeginInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
    };
    VK(vkBeginCommandBuffer(gpu->commands, &info));
}

/* Either semaphore may be NULL. */
static void submit(struct gpu *gpu, VxmSemaphore wait, VxmSemaphore signal)
{
    const VkPipelineStageFlags stages = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    const VkSemaphore waits = vxmGetVkSemaphore(wait), signals = vxmGetVkSemaphore(signal);
    const VkSubmitInfo info = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .waitSemaphoreCount = wait != NULL ? 1 : 0,
        .pWaitSemaphores = &waits,
        .pWaitDstStageMask = &stages,
        .commandBufferCount = 1,
        .pCommandBuffers = &gpu->commands,
        .signalSemaphoreCount = signal != NULL ? 1 : 0,
        .pSignalSemaphores = &signals,
    };

    VK(vkEndCommandBuffer(gpu->commands));
    VK(vkQueueSubmit(gpu->info.queue, 1, &info, VK_NULL_HANDLE));
}

void gpu_upload(struct gpu *gpu, VxmMemory image, VxmSemaphore signal)
{
    const VkImageMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
        .dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
        .oldLayout = VK_IMAGE_LAYOUT_UNDEFINED,
        .newLayout = VK_IMAGE_LAYOUT_GENERAL,
        .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .image = vxmGetVkImage(image),
        .subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1},
    };
    const VxmUse written = {.stageMask = VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT,
                            .accessMask = VK_ACCESS_2_TRANSFER_WRITE_BIT,
                            .layout = VK_IMAGE_LAYOUT_GENERAL,
                            .queueFamilyIndex = gpu->info.queueFamilyIndex};
    VxmHandover handover = {0}; /* GENERAL, FOREIGN: what dma-bufs are handed over as */

    begin(gpu);
    vkCmdPipelineBarrier(gpu->commands, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT,
                         VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, NULL, 0, NULL, 1, &barrier);
    vkCmdCopyBufferToImage(gpu->commands, gpu->buffer, barrier.image, VK_IMAGE_LAYOUT_GENERAL, 1,
                           &region);
    VXM(vxmCmdReleaseMemory(gpu->commands, image, &written, &handover));
    submit(gpu, NULL, signal);
    if (signal == NULL) {
        VK(vkQueueWaitIdle(gpu->info.queue));
    }
}

void gpu_download(struct gpu *gpu, VxmMemory image, VxmSemaphore wait)
{
    const VxmHandover handover = {.layout = VK_IMAGE_LAYOUT_GENERAL,
                                  .queueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT};
    const VxmUse reads = {.stageMask = VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT,
                          .accessMask = VK_ACCESS_2_TRANSFER_READ_BIT,
                          .layout = VK_IMAGE_LAYOUT_GENERAL,
                          .queueFamilyIndex = gpu->info.queueFamilyIndex};
    const VkMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_HOST_READ_BIT,
    };

    VK(vkQueueWaitIdle(gpu->info.queue)); /* the one command buffer is free again */
    begin(gpu);
    VXM(vxmCmdAcquireMemory(gpu->commands, image, &handover, &reads));
    vkCmdCopyImageToBuffer(gpu->commands, vxmGetVkImage(image), VK_IMAGE_LAYOUT_GENERAL,
                           gpu->buffer, 1, &region);
    vkCmdPipelineBarrier(gpu->commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT,
                         0, 1, &barrier, 0, NULL, 0, NULL);
    submit(gpu, wait, NULL);
    VK(vkQueueWaitIdle(gpu->info.queue));
}
