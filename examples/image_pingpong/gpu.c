/*
 * The example's Vulkan.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "pingpong.h"

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

void player_open(struct player *player, bool sync_fds)
{
    const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = 2 * FRAME_SIZE + SCRATCH_SIZE,
                                       .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                                VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    /* Nobody shares this one; but made so, the library finds memory for it. */
    const VxmMemoryCreateInfo visible = {.handleTypes = OPAQUE_FD,
                                         .requiredFlags = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                                          VK_MEMORY_PROPERTY_HOST_COHERENT_BIT};
    const VxmQueryInfo question = {.kind = VXM_HANDLE_KIND_SEMAPHORE, .handleType = SYNC_FD};
    const VxmSemaphoreCreateInfo semaphore = {.handleTypes = SYNC_FD};
    VxmQueryResult answer;
    void *data;

    CHECK(vxmCreateDevice(NULL, &player->device));
    CHECK(vxmGetDeviceInfo(player->device, &player->gpu));
    CHECK(vxmCreateBuffer(player->device, &buffer, &visible, &player->buffer));
    CHECK(vxmMapMemory(player->buffer, 0, &data));
    player->pixels = data;
    CHECK(vxmQuery(player->device, &question, &answer));
    if (sync_fds && answer.exportable && answer.importable) {
        CHECK(vxmCreateSemaphore(player->device, &semaphore, &player->ours));
        CHECK(vxmCreateSemaphore(player->device, &semaphore, &player->theirs));
    }

    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                          .queueFamilyIndex = player->gpu.queueFamilyIndex};
    CHECK(vkCreateCommandPool(player->gpu.device, &pool, NULL, &player->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = player->pool,
        .commandBufferCount = 1};
    CHECK(vkAllocateCommandBuffers(player->gpu.device, &commands, &player->commands));
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    CHECK(vkCreateFence(player->gpu.device, &fence, NULL, &player->fence));
}

/* A dma-buf with rows after one another where the driver has that, otherwise what it likes best. */
VkExternalMemoryHandleTypeFlagBits player_create_image(struct player *player)
{
    const uint64_t linear = VXM_DRM_FORMAT_MOD_LINEAR;
    const VkImageDrmFormatModifierListCreateInfoEXT list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
        .drmFormatModifierCount = 1,
        .pDrmFormatModifiers = &linear};
    VkImageCreateInfo image = {.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                               .pNext = &list,
                               .imageType = VK_IMAGE_TYPE_2D,
                               .format = VK_FORMAT_R8G8B8A8_UNORM,
                               .extent = {WIDTH, HEIGHT, 1},
                               .mipLevels = 1,
                               .arrayLayers = 1,
                               .samples = VK_SAMPLE_COUNT_1_BIT,
                               .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                               .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT |
                                        VK_IMAGE_USAGE_TRANSFER_DST_BIT};
    VkExternalMemoryHandleTypeFlagBits type = DMA_BUF;
    VxmModifiers modifiers;

    CHECK(vxmGetModifiers(player->device, &image, type, &modifiers));
    if (modifiers.modifierCount == 0 || !modifiers.modifiers[0].exportable ||
        !modifiers.modifiers[0].importable) {
        image.pNext = NULL;
        image.tiling = VK_IMAGE_TILING_OPTIMAL;
        type = OPAQUE_FD;
    }
    const VxmMemoryCreateInfo info = {.handleTypes = type};
    CHECK(vxmCreateImage(player->device, &image, &info, &player->image));
    return type;
}

void player_close(struct player *player)
{
    vkDestroyFence(player->gpu.device, player->fence, NULL);
    vkDestroyCommandPool(player->gpu.device, player->pool, NULL);
    vxmDestroySemaphore(player->ours);
    vxmDestroySemaphore(player->theirs);
    vxmDestroyMemory(player->buffer);
    vxmDestroyMemory(player->image);
    vxmDestroyDevice(player->device);
}

/* ---- a turn ---- */

/* What came before in this command buffer is done before what follows. */
static void then(VkCommandBuffer commands)
{
    const VkMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                     .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
                                     .dstAccessMask =
                                         VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_HOST_READ_BIT};
    vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                         VK_PIPELINE_STAGE_TRANSFER_BIT | VK_PIPELINE_STAGE_HOST_BIT, 0, 1,
                         &barrier, 0, NULL, 0, NULL);
}

static void record(struct player *player, const struct turn *turn, VxmHandover *handover)
{
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_TRANSFER_BIT,
                        .accessMask = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
                        .layout = VK_IMAGE_LAYOUT_GENERAL,
                        .queueFamilyIndex = player->gpu.queueFamilyIndex};
    const VkImage image = vxmGetVkImage(player->image);
    const VkBuffer buffer = vxmGetVkBuffer(player->buffer);
    const VkImageMemoryBarrier first = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
        .dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
        .newLayout = VK_IMAGE_LAYOUT_GENERAL,
        .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .image = image,
        .subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1}};
    VkBufferImageCopy copy = {.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                              .imageExtent = {WIDTH, HEIGHT, 1}};
    const VkCommandBuffer commands = player->commands;

    CHECK(vkBeginCommandBuffer(commands, &begin));
    if (turn->read) {
        CHECK(vxmCmdAcquireMemory(commands, player->image, handover, &use));
        vkCmdCopyImageToBuffer(commands, image, VK_IMAGE_LAYOUT_GENERAL, buffer, 1, &copy);
    } else { /* its creator owns it at first, and there is nothing in it */
        vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT,
                             VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, NULL, 0, NULL, 1, &first);
    }
    for (uint32_t i = 0; turn->slow && i < FILLS; i++) {
        vkCmdFillBuffer(commands, buffer, (VkDeviceSize)2 * FRAME_SIZE, SCRATCH_SIZE, i);
        then(commands);
    }
    then(commands);
    if (turn->write) {
        copy.bufferOffset = FRAME_SIZE;
        vkCmdCopyBufferToImage(commands, buffer, image, VK_IMAGE_LAYOUT_GENERAL, 1, &copy);
    }
    CHECK(vxmCmdReleaseMemory(commands, player->image, &use, handover));
    CHECK(vkEndCommandBuffer(commands));
}

void player_submit(struct player *player, const struct turn *turn, VxmHandover *handover)
{
    const VkSemaphore theirs = vxmGetVkSemaphore(player->theirs);
    const VkSemaphore ours = vxmGetVkSemaphore(player->ours);
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_TRANSFER_BIT;
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .waitSemaphoreCount = turn->wait && turn->read ? 1 : 0,
                                 .pWaitSemaphores = &theirs,
                                 .pWaitDstStageMask = &stage,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &player->commands,
                                 .signalSemaphoreCount = turn->wait ? 1 : 0,
                                 .pSignalSemaphores = &ours};

    record(player, turn, handover);
    CHECK(vkQueueSubmit(player->gpu.queue, 1, &submit, player->fence));
}

void player_wait(struct player *player)
{
    CHECK(vkWaitForFences(player->gpu.device, 1, &player->fence, VK_TRUE, TIME_LIMIT));
    CHECK(vkResetFences(player->gpu.device, 1, &player->fence));
}
