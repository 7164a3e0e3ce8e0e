/*
 * Command pools and buffers, and the barriers that are recorded in them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <string.h>

void model__forget_command_buffer(struct model_command_buffer *commandBuffer)
{
    model__free(commandBuffer->barriers);
    commandBuffer->barriers = NULL;
    commandBuffer->barrierCount = 0;
    commandBuffer->barrierCapacity = 0;
}

void model__execute(struct model_command_buffer *commandBuffer)
{
    for (uint32_t i = 0; i < commandBuffer->barrierCount; i++)
        model__execute_barrier(&commandBuffer->barriers[i]);
}

/* ---- pools ---- */

static VKAPI_ATTR VkResult VKAPI_CALL create_pool(VkDevice device,
                                                  const VkCommandPoolCreateInfo *pCreateInfo,
                                                  const VkAllocationCallbacks *pAllocator,
                                                  VkCommandPool *pCommandPool)
{
    VkResult result = model__enter("vkCreateCommandPool", pCreateInfo);
    struct model_device *owner = model__device(device);
    struct model_pool *pool = NULL;

    if (result == VK_SUCCESS) {
        if (owner && model__check_chain(owner, pCreateInfo,
                                        VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, NULL, 0)) {
            if (pCreateInfo->queueFamilyIndex >= model__device_config(owner)->queueFamilyCount)
                model__breach("01937", "queue family %u", pCreateInfo->queueFamilyIndex);
            else
                pool = model__new_object(MODEL_COMMAND_POOL, sizeof *pool, owner, pAllocator);
        }
        result = pool ? VK_SUCCESS : VK_ERROR_UNKNOWN;
        if (pool) {
            pool->family = pCreateInfo->queueFamilyIndex;
            *pCommandPool = MODEL_HANDLE(VkCommandPool, pool);
        }
    }
    model__garbage(result, pCommandPool, sizeof *pCommandPool);
    return model__leave(result);
}

static void delete_buffers_of(const struct model_pool *pool)
{
    struct model_command_buffer *commands;
    uint64_t cursor = 0;

    while ((commands = model__next_object(MODEL_COMMAND_BUFFER, &cursor)) != NULL) {
        if (commands->pool != pool)
            continue;
        model__forget_command_buffer(commands);
        model__delete_object(&commands->object);
        cursor = 0;
    }
}

static VKAPI_ATTR void VKAPI_CALL destroy_pool(VkDevice device, VkCommandPool commandPool,
                                               const VkAllocationCallbacks *pAllocator)
{
    struct model_pool *doomed;

    model__enter_void("vkDestroyCommandPool", NULL);
    doomed = model__find_doomed(model__device(device), MODEL_ID(commandPool), MODEL_COMMAND_POOL,
                                pAllocator);
    if (doomed) {
        delete_buffers_of(doomed);
        model__delete_object(&doomed->object);
    }
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR VkResult VKAPI_CALL allocate_buffers(
    VkDevice device, const VkCommandBufferAllocateInfo *pAllocateInfo, VkCommandBuffer *pBuffers)
{
    VkResult result = model__enter("vkAllocateCommandBuffers", pAllocateInfo);
    struct model_device *owner = model__device(device);
    struct model_pool *pool = NULL;

    if (result == VK_SUCCESS) {
        if (owner && model__check_chain(owner, pAllocateInfo,
                                        VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, NULL, 0))
            pool =
                model__find_child(owner, MODEL_ID(pAllocateInfo->commandPool), MODEL_COMMAND_POOL);
        result = pool ? VK_SUCCESS : VK_ERROR_UNKNOWN;
        for (uint32_t i = 0; pool && i < pAllocateInfo->commandBufferCount; i++) {
            struct model_command_buffer *commands =
                model__new_object(MODEL_COMMAND_BUFFER, sizeof *commands, owner, NULL);

            pBuffers[i] = NULL;
            if (!commands)
                continue;
            commands->pool = pool;
            pBuffers[i] = MODEL_HANDLE(VkCommandBuffer, commands);
        }
    }
    return model__leave(result);
}

static VKAPI_ATTR void VKAPI_CALL free_buffers(VkDevice device, VkCommandPool commandPool,
                                               uint32_t count, const VkCommandBuffer *pBuffers)
{
    struct model_device *owner;

    (void)commandPool;
    model__enter_void("vkFreeCommandBuffers", NULL);
    owner = model__device(device);
    for (uint32_t i = 0; owner && i < count; i++) {
        struct model_command_buffer *commands =
            pBuffers[i] ? model__find_child(owner, MODEL_ID(pBuffers[i]), MODEL_COMMAND_BUFFER)
                        : NULL;

        if (!commands)
            continue;
        model__forget_command_buffer(commands);
        model__delete_object(&commands->object);
    }
    model__leave(VK_SUCCESS);
}

/* ---- recording ---- */

static struct model_command_buffer *recording(VkCommandBuffer commandBuffer)
{
    struct model_command_buffer *commands =
        model__find_object(MODEL_ID(commandBuffer), MODEL_COMMAND_BUFFER);

    if (commands && commands->state != MODEL_CB_RECORDING) {
        model__breach("commandBuffer-recording", "the command buffer is not being recorded");
        return NULL;
    }
    return commands;
}

static VKAPI_ATTR VkResult VKAPI_CALL begin_buffer(VkCommandBuffer commandBuffer,
                                                   const VkCommandBufferBeginInfo *pBeginInfo)
{
    VkResult result = model__enter("vkBeginCommandBuffer", pBeginInfo);
    struct model_command_buffer *commands =
        model__find_object(MODEL_ID(commandBuffer), MODEL_COMMAND_BUFFER);

    if (result == VK_SUCCESS && !commands)
        result = VK_ERROR_UNKNOWN;
    if (result == VK_SUCCESS) {
        model__check_chain(commands->object.device, pBeginInfo,
                           VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO, NULL, 0);
        if (commands->state == MODEL_CB_RECORDING)
            model__breach("00049", "the command buffer is being recorded already");
        commands->barrierCount = 0;
        commands->state = MODEL_CB_RECORDING;
    }
    return model__leave(result);
}

static VKAPI_ATTR VkResult VKAPI_CALL end_buffer(VkCommandBuffer commandBuffer)
{
    VkResult result = model__enter("vkEndCommandBuffer", NULL);
    struct model_command_buffer *commands = recording(commandBuffer);

    if (result == VK_SUCCESS && !commands)
        result = VK_ERROR_UNKNOWN;
    if (result == VK_SUCCESS)
        commands->state = MODEL_CB_EXECUTABLE;
    return model__leave(result);
}

static VKAPI_ATTR VkResult VKAPI_CALL reset_buffer(VkCommandBuffer commandBuffer,
                                                   VkCommandBufferResetFlags flags)
{
    VkResult result = model__enter("vkResetCommandBuffer", NULL);
    struct model_command_buffer *commands =
        model__find_object(MODEL_ID(commandBuffer), MODEL_COMMAND_BUFFER);

    (void)flags;
    if (result == VK_SUCCESS && commands) {
        model__forget_command_buffer(commands);
        commands->state = MODEL_CB_INITIAL;
    }
    return model__leave(result);
}

static void record(struct model_command_buffer *commands, const ModelBarrier *barrier)
{
    uint32_t capacity = commands->barrierCapacity;
    ModelBarrier *larger;

    model__check_barrier(commands, barrier);
    model__note_barrier(barrier);
    if (commands->barrierCount == capacity) {
        capacity = capacity ? 2 * capacity : 4;
        larger = model__allocate(capacity * sizeof *larger);
        if (!larger)
            return;
        if (commands->barriers)
            memcpy(larger, commands->barriers, commands->barrierCount * sizeof *larger);
        model__free(commands->barriers);
        commands->barriers = larger;
        commands->barrierCapacity = capacity;
    }
    commands->barriers[commands->barrierCount++] = *barrier;
}

static void check_stages(const struct model_command_buffer *commands, uint64_t src, uint64_t dst)
{
    if (!commands->object.device->synchronization2 && (src == 0 || dst == 0))
        model__breach("03937", "a stage mask of 0 without synchronization2");
}

static VKAPI_ATTR void VKAPI_CALL pipeline_barrier(
    VkCommandBuffer commandBuffer, VkPipelineStageFlags srcStageMask,
    VkPipelineStageFlags dstStageMask, VkDependencyFlags dependencyFlags,
    uint32_t memoryBarrierCount, const VkMemoryBarrier *pMemoryBarriers,
    uint32_t bufferMemoryBarrierCount, const VkBufferMemoryBarrier *pBufferMemoryBarriers,
    uint32_t imageMemoryBarrierCount, const VkImageMemoryBarrier *pImageMemoryBarriers)
{
    struct model_command_buffer *commands;

    (void)dependencyFlags;
    model__enter_void("vkCmdPipelineBarrier", NULL);
    commands = recording(commandBuffer);
    if (commands)
        check_stages(commands, srcStageMask, dstStageMask);
    for (uint32_t i = 0; commands && i < memoryBarrierCount; i++) {
        model__record_chain(&pMemoryBarriers[i]);
        model__check_chain(commands->object.device, &pMemoryBarriers[i],
                           VK_STRUCTURE_TYPE_MEMORY_BARRIER, NULL, 0);
    }
    for (uint32_t i = 0; commands && i < bufferMemoryBarrierCount; i++) {
        const VkBufferMemoryBarrier *item = &pBufferMemoryBarriers[i];
        ModelBarrier barrier = {0};

        model__record_chain(item);
        model__check_chain(commands->object.device, item, VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER,
                           NULL, 0);
        barrier.buffer = item->buffer;
        barrier.srcStageMask = srcStageMask;
        barrier.dstStageMask = dstStageMask;
        barrier.srcAccessMask = item->srcAccessMask;
        barrier.dstAccessMask = item->dstAccessMask;
        barrier.srcQueueFamilyIndex = item->srcQueueFamilyIndex;
        barrier.dstQueueFamilyIndex = item->dstQueueFamilyIndex;
        barrier.offset = item->offset;
        barrier.size = item->size;
        record(commands, &barrier);
    }
    for (uint32_t i = 0; commands && i < imageMemoryBarrierCount; i++) {
        const VkImageMemoryBarrier *item = &pImageMemoryBarriers[i];
        ModelBarrier barrier = {0};

        model__record_chain(item);
        model__check_chain(commands->object.device, item, VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
                           NULL, 0);
        barrier.image = item->image;
        barrier.srcStageMask = srcStageMask;
        barrier.dstStageMask = dstStageMask;
        barrier.srcAccessMask = item->srcAccessMask;
        barrier.dstAccessMask = item->dstAccessMask;
        barrier.srcQueueFamilyIndex = item->srcQueueFamilyIndex;
        barrier.dstQueueFamilyIndex = item->dstQueueFamilyIndex;
        barrier.oldLayout = item->oldLayout;
        barrier.newLayout = item->newLayout;
        barrier.subresourceRange = item->subresourceRange;
        record(commands, &barrier);
    }
    model__leave(VK_SUCCESS);
}

static void record_buffer2(struct model_command_buffer *commands,
                           const VkBufferMemoryBarrier2 *item)
{
    ModelBarrier barrier = {0};

    model__record_chain(item);
    model__check_chain(commands->object.device, item, VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER_2,
                       NULL, 0);
    barrier.synchronization2 = true;
    barrier.buffer = item->buffer;
    barrier.srcStageMask = item->srcStageMask;
    barrier.dstStageMask = item->dstStageMask;
    barrier.srcAccessMask = item->srcAccessMask;
    barrier.dstAccessMask = item->dstAccessMask;
    barrier.srcQueueFamilyIndex = item->srcQueueFamilyIndex;
    barrier.dstQueueFamilyIndex = item->dstQueueFamilyIndex;
    barrier.offset = item->offset;
    barrier.size = item->size;
    record(commands, &barrier);
}

static void record_image2(struct model_command_buffer *commands, const VkImageMemoryBarrier2 *item)
{
    ModelBarrier barrier = {0};

    model__record_chain(item);
    model__check_chain(commands->object.device, item, VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER_2,
                       NULL, 0);
    barrier.synchronization2 = true;
    barrier.image = item->image;
    barrier.srcStageMask = item->srcStageMask;
    barrier.dstStageMask = item->dstStageMask;
    barrier.srcAccessMask = item->srcAccessMask;
    barrier.dstAccessMask = item->dstAccessMask;
    barrier.srcQueueFamilyIndex = item->srcQueueFamilyIndex;
    barrier.dstQueueFamilyIndex = item->dstQueueFamilyIndex;
    barrier.oldLayout = item->oldLayout;
    barrier.newLayout = item->newLayout;
    barrier.subresourceRange = item->subresourceRange;
    record(commands, &barrier);
}

static VKAPI_ATTR void VKAPI_CALL pipeline_barrier2(VkCommandBuffer commandBuffer,
                                                    const VkDependencyInfo *pDependencyInfo)
{
    struct model_command_buffer *commands;

    model__enter_void("vkCmdPipelineBarrier2", pDependencyInfo);
    commands = recording(commandBuffer);
    if (commands && !commands->object.device->synchronization2)
        model__breach("03848", "synchronization2 is not enabled");
    if (commands && model__check_chain(commands->object.device, pDependencyInfo,
                                       VK_STRUCTURE_TYPE_DEPENDENCY_INFO, NULL, 0)) {
        for (uint32_t i = 0; i < pDependencyInfo->memoryBarrierCount; i++) {
            model__record_chain(&pDependencyInfo->pMemoryBarriers[i]);
            model__check_chain(commands->object.device, &pDependencyInfo->pMemoryBarriers[i],
                               VK_STRUCTURE_TYPE_MEMORY_BARRIER_2, NULL, 0);
        }
        for (uint32_t i = 0; i < pDependencyInfo->bufferMemoryBarrierCount; i++)
            record_buffer2(commands, &pDependencyInfo->pBufferMemoryBarriers[i]);
        for (uint32_t i = 0; i < pDependencyInfo->imageMemoryBarrierCount; i++)
            record_image2(commands, &pDependencyInfo->pImageMemoryBarriers[i]);
    }
    model__leave(VK_SUCCESS);
}

#define CORE_1_0(name, function)                                                                   \
    MODEL_COMMAND(name, function, MODEL_OF_DEVICE, VK_API_VERSION_1_0, NULL)

const struct model_command model__command_commands[] = {
    CORE_1_0("CreateCommandPool", create_pool),
    CORE_1_0("DestroyCommandPool", destroy_pool),
    CORE_1_0("AllocateCommandBuffers", allocate_buffers),
    CORE_1_0("FreeCommandBuffers", free_buffers),
    CORE_1_0("BeginCommandBuffer", begin_buffer),
    CORE_1_0("EndCommandBuffer", end_buffer),
    CORE_1_0("ResetCommandBuffer", reset_buffer),
    CORE_1_0("CmdPipelineBarrier", pipeline_barrier),
    MODEL_COMMAND("CmdPipelineBarrier2", pipeline_barrier2, MODEL_OF_DEVICE, VK_API_VERSION_1_3,
                  NULL),
    MODEL_COMMAND("CmdPipelineBarrier2KHR", pipeline_barrier2, MODEL_OF_DEVICE, 0,
                  "VK_KHR_synchronization2"),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};
