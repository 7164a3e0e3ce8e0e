/*
 * What both examples need of plain Vulkan.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "gpu.h"

#include <stdio.h>
#include <stdlib.h>

#include <windows.h>

void check(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error); /* empty if it was a call of Vulkan's own that failed */
        fprintf(stderr, "%s\n%s: %s\n", call, vxmResultName(result), error.message);
        exit(EXIT_FAILURE);
    }
}

void check_d3d(long result, const char *call)
{
    if (result < 0) {
        fprintf(stderr, "%s\nanswered 0x%08lx\n", call, (unsigned long)result);
        exit(EXIT_FAILURE);
    }
}

void gpu_open(struct gpu *gpu, const uint8_t *luid, VkExternalMemoryHandleTypeFlagBits type,
              const VkBufferCreateInfo *buffer, const VkImageCreateInfo *image)
{
    const VxmDeviceCreateInfo create = {.deviceLUID = luid};
    const VxmQueryInfo question = {.handleType = (uint32_t)type, .buffer = buffer, .image = image};
    VxmQueryResult answer;

    CHECK(vxmCreateDevice(&create, &gpu->vxm));
    CHECK(vxmGetDeviceInfo(gpu->vxm, &gpu->info));
    CHECK(vxmQuery(gpu->vxm, &question, &answer));
    if (!answer.importable) {
        fprintf(stderr, "%s can't import what Direct3D made: %s\n", gpu->info.identity->deviceName,
                answer.reason);
        exit(EXIT_FAILURE);
    }
    gpu->device = gpu->info.device;

    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                          .queueFamilyIndex = gpu->info.queueFamilyIndex};
    CHECK(vkCreateCommandPool(gpu->device, &pool, NULL, &gpu->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = gpu->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1};
    CHECK(vkAllocateCommandBuffers(gpu->device, &commands, &gpu->commands));
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    CHECK(vkCreateFence(gpu->device, &fence, NULL, &gpu->fence));
}

void gpu_close(struct gpu *gpu)
{
    vkDestroyFence(gpu->device, gpu->fence, NULL);
    vkDestroyCommandPool(gpu->device, gpu->pool, NULL);
    vxmDestroyDevice(gpu->vxm);
}

void gpu_create_buffer(struct gpu *gpu, VkDeviceSize size, VkMemoryPropertyFlags flags,
                       struct buffer *buffer)
{
    const VkBufferCreateInfo create = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = size,
                                       .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                                VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    VkPhysicalDeviceMemoryProperties properties;
    VkMemoryRequirements needs;
    uint32_t type = 0;

    CHECK(vkCreateBuffer(gpu->device, &create, NULL, &buffer->buffer));
    vkGetBufferMemoryRequirements(gpu->device, buffer->buffer, &needs);
    vkGetPhysicalDeviceMemoryProperties(gpu->info.physicalDevice, &properties);
    while (type < properties.memoryTypeCount &&
           ((needs.memoryTypeBits & 1u << type) == 0 ||
            (properties.memoryTypes[type].propertyFlags & flags) != flags)) {
        type++;
    }
    if (type == properties.memoryTypeCount) {
        fprintf(stderr, "The GPU has no memory of the kind that the example needs.\n");
        exit(EXIT_FAILURE);
    }
    const VkMemoryAllocateInfo allocate = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                           .allocationSize = needs.size,
                                           .memoryTypeIndex = type};
    CHECK(vkAllocateMemory(gpu->device, &allocate, NULL, &buffer->memory));
    CHECK(vkBindBufferMemory(gpu->device, buffer->buffer, buffer->memory, 0));
    buffer->data = NULL;
    if ((flags & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT) != 0) {
        CHECK(vkMapMemory(gpu->device, buffer->memory, 0, VK_WHOLE_SIZE, 0, &buffer->data));
    }
}

void gpu_destroy_buffer(struct gpu *gpu, struct buffer *buffer)
{
    vkDestroyBuffer(gpu->device, buffer->buffer, NULL);
    vkFreeMemory(gpu->device, buffer->memory, NULL);
}

void gpu_begin(struct gpu *gpu)
{
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                            .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};

    CHECK(vkBeginCommandBuffer(gpu->commands, &begin));
}

void gpu_submit(struct gpu *gpu, const void *next, VkSemaphore wait, VkSemaphore signal)
{
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .pNext = next,
                                 .waitSemaphoreCount = wait != VK_NULL_HANDLE ? 1 : 0,
                                 .pWaitSemaphores = &wait,
                                 .pWaitDstStageMask = &stage,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &gpu->commands,
                                 .signalSemaphoreCount = signal != VK_NULL_HANDLE ? 1 : 0,
                                 .pSignalSemaphores = &signal};
    /* So that the CPU sees what the copies have written. */
    const VkMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                     .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
                                     .dstAccessMask = VK_ACCESS_HOST_READ_BIT};

    vkCmdPipelineBarrier(gpu->commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT,
                         0, 1, &barrier, 0, NULL, 0, NULL);
    CHECK(vkEndCommandBuffer(gpu->commands));
    CHECK(vkQueueSubmit(gpu->info.queue, 1, &submit, gpu->fence));
}

void gpu_wait(struct gpu *gpu)
{
    CHECK(vkWaitForFences(gpu->device, 1, &gpu->fence, VK_TRUE, TIME_LIMIT));
    CHECK(vkResetFences(gpu->device, 1, &gpu->fence));
}

VxmUse gpu_use(const struct gpu *gpu)
{
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_2_TRANSFER_BIT,
                        .accessMask = VK_ACCESS_2_TRANSFER_READ_BIT,
                        .layout = VK_IMAGE_LAYOUT_GENERAL,
                        .queueFamilyIndex = gpu->info.queueFamilyIndex};

    return use;
}

double seconds(void)
{
    LARGE_INTEGER ticks, frequency;

    QueryPerformanceCounter(&ticks);
    QueryPerformanceFrequency(&frequency);
    return (double)ticks.QuadPart / (double)frequency.QuadPart;
}

static uint32_t pattern_at(size_t i)
{
    return (uint32_t)i * 2654435761u;
}

void write_pattern(uint32_t *data, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        data[i] = pattern_at(i);
    }
}

size_t compare_pattern(const uint32_t *data, size_t count)
{
    size_t wrong = 0;

    for (size_t i = 0; i < count; i++) {
        wrong += data[i] != pattern_at(i);
    }
    return wrong;
}

int report(const struct gpu *gpu, const char *order, size_t size, size_t wrong, double share,
           double copy)
{
    printf("device             %s\n", gpu->info.identity->deviceName);
    printf("order              %s\n", order);
    printf("bytes shared       %lu\n", (unsigned long)size);
    printf("bytes copied       0\n");
    printf("time to share      %.3f ms\n", 1e3 * share);
    printf("time of the copy   %.3f ms through host memory\n", 1e3 * copy);
    printf("result             %s\n", wrong == 0 ? "agrees" : "DIFFERS");
    return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
