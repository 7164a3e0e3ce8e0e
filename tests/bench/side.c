/*
 * A Vulkan device with what copying through host memory needs.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "side.h"

#include <stdlib.h>
#include <string.h>

static uint32_t choose_type(const struct side *side, uint32_t bits, VkMemoryPropertyFlags required,
                            VkMemoryPropertyFlags unwanted)
{
    uint32_t second = UINT32_MAX;

    for (uint32_t i = 0; i < side->memory.memoryTypeCount; i++) {
        const VkMemoryPropertyFlags flags = side->memory.memoryTypes[i].propertyFlags;

        if ((bits & (1u << i)) != 0 && (flags & required) == required) {
            if ((flags & unwanted) == 0) {
                return i;
            }
            second = second == UINT32_MAX ? i : second;
        }
    }
    if (second == UINT32_MAX) {
        fprintf(stderr, "no memory type of 0x%x has the flags 0x%x\n", bits, required);
        exit(EXIT_FAILURE);
    }
    return second;
}

VkResult side_make_buffer(const struct side *side, VkDeviceSize size,
                          VkMemoryPropertyFlags required, VkMemoryPropertyFlags unwanted,
                          VkBuffer *buffer, VkDeviceMemory *memory)
{
    const VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                     .size = size,
                                     .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                              VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    const VkDevice device = side->info.device;
    VkMemoryRequirements needs;
    VkResult result;

    CHECK(vkCreateBuffer(device, &info, NULL, buffer));
    vkGetBufferMemoryRequirements(device, *buffer, &needs);
    const VkMemoryAllocateInfo allocate = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = needs.size,
        .memoryTypeIndex = choose_type(side, needs.memoryTypeBits, required, unwanted)};
    result = vkAllocateMemory(device, &allocate, NULL, memory);
    if (result != VK_SUCCESS) {
        vkDestroyBuffer(device, *buffer, NULL);
        return result;
    }
    CHECK(vkBindBufferMemory(device, *buffer, *memory, 0));
    return VK_SUCCESS;
}

void side_open(struct side *side, VkDeviceSize stagingSize, bool cached)
{
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};

    CHECK(vxmCreateDevice(NULL, &side->device));
    CHECK(vxmGetDeviceInfo(side->device, &side->info));
    vkGetPhysicalDeviceMemoryProperties(side->info.physicalDevice, &side->memory);
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                          .queueFamilyIndex = side->info.queueFamilyIndex};
    CHECK(vkCreateCommandPool(side->info.device, &pool, NULL, &side->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = side->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1};
    CHECK(vkAllocateCommandBuffers(side->info.device, &commands, &side->commands));
    CHECK(vkCreateFence(side->info.device, &fence, NULL, &side->fence));
    CHECK(side_make_buffer(
        side, stagingSize,
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT |
            (cached ? (VkMemoryPropertyFlags)VK_MEMORY_PROPERTY_HOST_CACHED_BIT : 0),
        VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, &side->staging, &side->stagingMemory));
    CHECK(vkMapMemory(side->info.device, side->stagingMemory, 0, VK_WHOLE_SIZE, 0,
                      (void **)&side->mapped));
    memset(side->mapped, 0, stagingSize);
}

void side_close(struct side *side)
{
    vkDestroyBuffer(side->info.device, side->staging, NULL);
    vkFreeMemory(side->info.device, side->stagingMemory, NULL);
    vkDestroyFence(side->info.device, side->fence, NULL);
    vkDestroyCommandPool(side->info.device, side->pool, NULL);
    vxmDestroyDevice(side->device);
}

void side_begin(const struct side *side)
{
    const VkCommandBufferBeginInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                           .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};

    CHECK(vkBeginCommandBuffer(side->commands, &info));
}

void side_submit_and_wait(const struct side *side)
{
    const VkMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                     .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
                                     .dstAccessMask = VK_ACCESS_HOST_READ_BIT |
                                                      VK_ACCESS_TRANSFER_READ_BIT |
                                                      VK_ACCESS_TRANSFER_WRITE_BIT};
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &side->commands};

    vkCmdPipelineBarrier(side->commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                         VK_PIPELINE_STAGE_HOST_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 1,
                         &barrier, 0, NULL, 0, NULL);
    CHECK(vkEndCommandBuffer(side->commands));
    CHECK(vkQueueSubmit(side->info.queue, 1, &submit, side->fence));
    CHECK(vkWaitForFences(side->info.device, 1, &side->fence, VK_TRUE, UINT64_MAX));
    CHECK(vkResetFences(side->info.device, 1, &side->fence));
}

VxmUse side_transfer_use(const struct side *side)
{
    return (VxmUse){.stageMask = VK_PIPELINE_STAGE_2_TRANSFER_BIT,
                    .accessMask = VK_ACCESS_2_TRANSFER_READ_BIT | VK_ACCESS_2_TRANSFER_WRITE_BIT,
                    .queueFamilyIndex = side->info.queueFamilyIndex};
}

void side_must_be(const char *way, uint32_t pattern, const unsigned char *bytes)
{
    uint32_t words[2];

    memcpy(words, bytes, sizeof words);
    if (words[0] != pattern || words[1] != pattern) {
        fprintf(stderr, "%s brought %08x and %08x, not %08x\n", way, words[0], words[1], pattern);
        exit(EXIT_FAILURE);
    }
}

void side_record_touch(const struct side *side, VkBuffer buffer, VkDeviceSize size)
{
    const VkBufferCopy ends[2] = {{.srcOffset = 0, .dstOffset = 0, .size = 4},
                                  {.srcOffset = size - 4, .dstOffset = 4, .size = 4}};

    vkCmdCopyBuffer(side->commands, buffer, side->staging, 2, ends);
}
