/*
 * Reads pixels of frames that somebody else draws.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "read.h"

#include <stdio.h>
#include <stdlib.h>

void check(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error); /* empty if it was a call of Vulkan's own that failed */
        fprintf(stderr, "%s\n%s: %s\n", call, vxmResultName(result), error.message);
        exit(EXIT_FAILURE);
    }
}

void reader_open(struct reader *reader)
{
    const VkBufferCreateInfo output = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = 3 * 4,
                                       .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    /* Nobody shares this one; but made so, the library finds memory for it. */
    const VxmMemoryCreateInfo visible = {.handleTypes =
                                             VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
                                         .requiredFlags = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                                          VK_MEMORY_PROPERTY_HOST_COHERENT_BIT};
    void *data;

    CHECK(vxmCreateDevice(NULL, &reader->vxm));
    CHECK(vxmGetDeviceInfo(reader->vxm, &reader->gpu));
    CHECK(vxmCreateBuffer(reader->vxm, &output, &visible, &reader->output));
    CHECK(vxmMapMemory(reader->output, 0, &data));
    reader->bytes = data;
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                          .queueFamilyIndex = reader->gpu.queueFamilyIndex};
    CHECK(vkCreateCommandPool(reader->gpu.device, &pool, NULL, &reader->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = reader->pool,
        .commandBufferCount = 1};
    CHECK(vkAllocateCommandBuffers(reader->gpu.device, &commands, &reader->commands));
}

void reader_read(struct reader *reader, VxmMemory frame, uint32_t width, uint32_t height)
{
    const VkOffset3D places[3] = {{0, 0, 0},
                                  {(int32_t)width / 2, (int32_t)height / 2, 0},
                                  {(int32_t)width - 1, (int32_t)height - 1, 0}};
    VkBufferImageCopy pixels[3];
    VxmHandover handover = {.layout = VK_IMAGE_LAYOUT_GENERAL,
                            .queueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT};
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_TRANSFER_BIT,
                        .accessMask = VK_ACCESS_TRANSFER_READ_BIT,
                        .layout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                        .queueFamilyIndex = reader->gpu.queueFamilyIndex};
    const VkMemoryBarrier toHost = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                    .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
                                    .dstAccessMask = VK_ACCESS_HOST_READ_BIT};
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &reader->commands};

    for (uint32_t i = 0; i < 3; i++) {
        pixels[i] = (VkBufferImageCopy){.bufferOffset = i * 4u,
                                        .imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                                        .imageOffset = places[i],
                                        .imageExtent = {1, 1, 1}};
    }
    CHECK(vkBeginCommandBuffer(reader->commands, &begin));
    CHECK(vxmCmdAcquireMemory(reader->commands, frame, &handover, &use));
    vkCmdCopyImageToBuffer(reader->commands, vxmGetVkImage(frame), use.layout,
                           vxmGetVkBuffer(reader->output), 3, pixels);
    vkCmdPipelineBarrier(reader->commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                         VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &toHost, 0, NULL, 0, NULL);
    CHECK(vxmCmdReleaseMemory(reader->commands, frame, &use, &handover));
    CHECK(vkEndCommandBuffer(reader->commands));
    CHECK(vkQueueSubmit(reader->gpu.queue, 1, &submit, VK_NULL_HANDLE));
    CHECK(vkQueueWaitIdle(reader->gpu.queue));
}

void reader_close(struct reader *reader)
{
    vkDestroyCommandPool(reader->gpu.device, reader->pool, NULL);
    vxmDestroyMemory(reader->output);
    vxmDestroyDevice(reader->vxm);
}
