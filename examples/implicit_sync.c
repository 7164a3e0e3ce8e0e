/*
 * Vulkan beside somebody who knows nothing of it: a dma-buf goes back and forth, and the kernel
 * keeps the order. The CPU stands in for a camera or a compositor, which wait in the same way.
 *
 *   cc implicit_sync.c -o implicit_sync $(pkg-config --cflags --libs vxm vulkan)
 *   ./implicit_sync                  as root, or whoever may use /dev/dma_heap/system
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>

#include <vulkan/vulkan.h>
#include <vxm/dmabuf.h>

#define HALF       ((VkDeviceSize)1 << 16) /* bytes */
#define FRAMES     100u
#define TIME_LIMIT UINT64_C(10000000000)

static void check(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error);
        fprintf(stderr, "%s\n%s: %s\n", call, vxmResultName(result), error.message);
        exit(EXIT_FAILURE);
    }
}
#define CHECK(call) check(call, #call)

int main(void)
{
    const VxmSemaphoreCreateInfo syncFd = {.handleTypes =
                                               VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT};
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_TRANSFER_BIT;
    const VkBufferCopy copy = {.srcOffset = 0, .dstOffset = HALF, .size = HALF};
    VxmShared shared = {
        .resourceType = VXM_RESOURCE_TYPE_BUFFER,
        .handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
        .memoryCount = 1,
        .buffer = {.size = 2 * HALF,
                   .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT}};
    VxmHandle *const buffer = &shared.memories[0].handle;
    VxmDmaBufMapping mapping = {0};
    VxmSemaphore before, after;
    VkCommandBuffer commands;
    VkCommandPool pool;
    VxmDevice device;
    VxmDeviceInfo vk;
    VxmMemory memory;
    VxmDmaBufSync sync;
    unsigned wrong = 0;

    CHECK(vxmCreateDevice(NULL, &device));
    CHECK(vxmGetDeviceInfo(device, &vk));
    CHECK(vxmDmaBufAllocate(NULL, 2 * HALF, buffer));
    CHECK(vxmDmaBufQuerySync(device, buffer, &sync));
    printf("the GPU waits for others: %s; others wait for the GPU: %s\n%s%s",
           sync.acquire ? "yes" : "no", sync.release ? "yes" : "no", sync.reason,
           sync.reason[0] != '\0' ? "\n" : "");
    CHECK(vxmDmaBufMap(buffer, DMA_BUF_SYNC_RW, &mapping));
    CHECK(vxmImportMemory(device, &shared, NULL, &memory)); /* the handle stays ours, for below */
    CHECK(vxmCreateSemaphore(device, &syncFd, &before));
    CHECK(vxmCreateSemaphore(device, &syncFd, &after));

    const VkCommandPoolCreateInfo poolInfo = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                              .flags =
                                                  VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                              .queueFamilyIndex = vk.queueFamilyIndex};
    CHECK(vkCreateCommandPool(vk.device, &poolInfo, NULL, &pool));
    const VkCommandBufferAllocateInfo commandsInfo = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = pool,
        .commandBufferCount = 1};
    CHECK(vkAllocateCommandBuffers(vk.device, &commandsInfo, &commands));

    /* Copies the first half to the second, and gives the buffer back to whom it came from. */
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_TRANSFER_BIT,
                        .accessMask = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
                        .queueFamilyIndex = vk.queueFamilyIndex};
    VxmHandover handover = {.queueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT};
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    CHECK(vkBeginCommandBuffer(commands, &begin));
    CHECK(vxmCmdAcquireMemory(commands, memory, &handover, &use));
    vkCmdCopyBuffer(commands, vxmGetVkBuffer(memory), vxmGetVkBuffer(memory), 1, &copy);
    CHECK(vxmCmdReleaseMemory(commands, memory, &use, &handover));
    CHECK(vkEndCommandBuffer(commands));

    const VkSemaphore waited = vxmGetVkSemaphore(before), signalled = vxmGetVkSemaphore(after);
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .waitSemaphoreCount = 1,
                                 .pWaitSemaphores = &waited,
                                 .pWaitDstStageMask = &stage,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &commands,
                                 .signalSemaphoreCount = 1,
                                 .pSignalSemaphores = &signalled};
    uint32_t *const words = mapping.data;
    for (uint32_t frame = 1; frame <= FRAMES; frame++) {
        CHECK(vxmDmaBufBeginCpuAccess(buffer, DMA_BUF_SYNC_WRITE, TIME_LIMIT));
        for (size_t i = 0; i < HALF / 4; i++) {
            words[i] = frame * 1000003u + (uint32_t)i;
        }
        CHECK(vxmDmaBufEndCpuAccess(buffer, DMA_BUF_SYNC_WRITE));

        CHECK(vxmDmaBufAcquire(&shared, DMA_BUF_SYNC_RW, TIME_LIMIT, before));
        CHECK(vkQueueSubmit(vk.queue, 1, &submit, VK_NULL_HANDLE));
        CHECK(vxmDmaBufRelease(&shared, DMA_BUF_SYNC_RW, TIME_LIMIT, after));

        /* No fence, no semaphore: the buffer itself says when the GPU is done. */
        CHECK(vxmDmaBufBeginCpuAccess(buffer, DMA_BUF_SYNC_READ, TIME_LIMIT));
        for (size_t i = 0; i < HALF / 4; i++) {
            wrong += words[HALF / 4 + i] != frame * 1000003u + (uint32_t)i;
        }
        CHECK(vxmDmaBufEndCpuAccess(buffer, DMA_BUF_SYNC_READ));
    }
    printf("%u frames, %u wrong words\n", FRAMES, wrong);

    CHECK(vkDeviceWaitIdle(vk.device));
    vkDestroyCommandPool(vk.device, pool, NULL);
    vxmDestroySemaphore(after);
    vxmDestroySemaphore(before);
    vxmDestroyMemory(memory);
    vxmDmaBufUnmap(&mapping);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
    return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
