/*
 * The example's device, and a buffer that receives what it calculates.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "nv12.h"

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

void check(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error); /* empty if it was a call of Vulkan's own that failed */
        fail("%s\n%s: %s", call, vxmResultName(result), error.message);
    }
}

void gpu_open(struct gpu *gpu)
{
    const VkBufferCreateInfo output = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = 4 * WIDTH * HEIGHT,
                                       .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                                VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    /* Nobody shares this one; but made so, the library finds memory for it. */
    const VxmMemoryCreateInfo visible = {.handleTypes =
                                             VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
                                         .requiredFlags = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                                          VK_MEMORY_PROPERTY_HOST_COHERENT_BIT};
    void *data;

    CHECK(vxmCreateDevice(NULL, &gpu->vxm));
    CHECK(vxmGetDeviceInfo(gpu->vxm, &gpu->info));
    CHECK(vxmCreateBuffer(gpu->vxm, &output, &visible, &gpu->output));
    CHECK(vxmMapMemory(gpu->output, 0, &data));
    gpu->pixels = data;

    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                          .queueFamilyIndex = gpu->info.queueFamilyIndex};
    CHECK(vkCreateCommandPool(gpu->info.device, &pool, NULL, &gpu->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = gpu->pool,
        .commandBufferCount = 1};
    CHECK(vkAllocateCommandBuffers(gpu->info.device, &commands, &gpu->commands));
}

void gpu_begin(struct gpu *gpu)
{
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    CHECK(vkBeginCommandBuffer(gpu->commands, &begin));
}

void gpu_finish(struct gpu *gpu)
{
    const VkMemoryBarrier toHost = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                    .srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT,
                                    .dstAccessMask = VK_ACCESS_HOST_READ_BIT};
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &gpu->commands};

    vkCmdPipelineBarrier(gpu->commands, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
                         VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &toHost, 0, NULL, 0, NULL);
    CHECK(vkEndCommandBuffer(gpu->commands));
    CHECK(vkQueueSubmit(gpu->info.queue, 1, &submit, VK_NULL_HANDLE));
    CHECK(vkQueueWaitIdle(gpu->info.queue));
}

void gpu_close(struct gpu *gpu)
{
    vkDestroyCommandPool(gpu->info.device, gpu->pool, NULL);
    vxmDestroyMemory(gpu->output);
    vxmDestroyDevice(gpu->vxm);
}
