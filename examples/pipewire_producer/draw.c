/*
 * Draws frames into dma-bufs that others read.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "draw.h"

#include <stdio.h>
#include <stdlib.h>

#include <vxm/dmabuf.h>

#define TIME_LIMIT UINT64_C(1000000000) /* nanoseconds */

void check(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error); /* empty if it was a call of Vulkan's own that failed */
        fprintf(stderr, "%s\n%s: %s\n", call, vxmResultName(result), error.message);
        exit(EXIT_FAILURE);
    }
}

void drawer_open(struct drawer *drawer)
{
    const VkBufferCreateInfo input = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                      .size = 4 * WIDTH * HEIGHT,
                                      .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT};
    /* Nobody shares this one; but made so, the library finds memory for it. */
    const VxmMemoryCreateInfo visible = {.handleTypes =
                                             VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
                                         .requiredFlags = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                                          VK_MEMORY_PROPERTY_HOST_COHERENT_BIT};
    const VxmSemaphoreCreateInfo syncFd = {.handleTypes =
                                               VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT};
    void *data;

    CHECK(vxmCreateDevice(NULL, &drawer->vxm));
    CHECK(vxmGetDeviceInfo(drawer->vxm, &drawer->gpu));
    CHECK(vxmCreateBuffer(drawer->vxm, &input, &visible, &drawer->input));
    CHECK(vxmMapMemory(drawer->input, 0, &data));
    drawer->pixels = data;
    CHECK(vxmCreateSemaphore(drawer->vxm, &syncFd, &drawer->free));
    CHECK(vxmCreateSemaphore(drawer->vxm, &syncFd, &drawer->drawn));
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                          .queueFamilyIndex = drawer->gpu.queueFamilyIndex};
    CHECK(vkCreateCommandPool(drawer->gpu.device, &pool, NULL, &drawer->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = drawer->pool,
        .commandBufferCount = 1};
    CHECK(vkAllocateCommandBuffers(drawer->gpu.device, &commands, &drawer->commands));
}

void drawer_draw(struct drawer *drawer, const struct frame *frame, uint64_t number)
{
    const VxmHandover old = {.queueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT,
                             .flags = VXM_HANDOVER_DISCARD_BIT};
    VxmHandover handover = {.layout = VK_IMAGE_LAYOUT_GENERAL,
                            .queueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT};
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_TRANSFER_BIT,
                        .accessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
                        .layout = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
                        .queueFamilyIndex = drawer->gpu.queueFamilyIndex};
    const VkBufferImageCopy all = {.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                                   .imageExtent = {WIDTH, HEIGHT, 1}};
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_TRANSFER_BIT;
    const VkSemaphore waited = vxmGetVkSemaphore(drawer->free);
    const VkSemaphore signalled = vxmGetVkSemaphore(drawer->drawn);
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .waitSemaphoreCount = 1,
                                 .pWaitSemaphores = &waited,
                                 .pWaitDstStageMask = &stage,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &drawer->commands,
                                 .signalSemaphoreCount = 1,
                                 .pSignalSemaphores = &signalled};

    CHECK(vkQueueWaitIdle(drawer->gpu.queue)); /* the input is still the frame before's */
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++) {
        drawer->pixels[i] =
            i % WIDTH % 256 | i / WIDTH % 256 << 8 | (uint32_t)(number % 256) << 16 | 0xff000000u;
    }
    CHECK(vkBeginCommandBuffer(drawer->commands, &begin));
    CHECK(vxmCmdAcquireMemory(drawer->commands, frame->image, &old, &use));
    vkCmdCopyBufferToImage(drawer->commands, vxmGetVkBuffer(drawer->input),
                           vxmGetVkImage(frame->image), use.layout, 1, &all);
    CHECK(vxmCmdReleaseMemory(drawer->commands, frame->image, &use, &handover));
    CHECK(vkEndCommandBuffer(drawer->commands));
    CHECK(vxmDmaBufAcquire(&frame->shared, DMA_BUF_SYNC_WRITE, TIME_LIMIT, drawer->free));
    CHECK(vkQueueSubmit(drawer->gpu.queue, 1, &submit, VK_NULL_HANDLE));
    CHECK(vxmDmaBufRelease(&frame->shared, DMA_BUF_SYNC_WRITE, TIME_LIMIT, drawer->drawn));
}

void drawer_close(struct drawer *drawer)
{
    CHECK(vkQueueWaitIdle(drawer->gpu.queue));
    vkDestroyCommandPool(drawer->gpu.device, drawer->pool, NULL);
    vxmDestroySemaphore(drawer->drawn);
    vxmDestroySemaphore(drawer->free);
    vxmDestroyMemory(drawer->input);
    vxmDestroyDevice(drawer->vxm);
}
