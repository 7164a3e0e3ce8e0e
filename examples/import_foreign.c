/*
 * Imports memory that Vulkan knows nothing of, by a description filled in by hand: here an ordinary
 * allocation of the program's own, which the GPU then writes to in place.
 *
 *   cc import_foreign.c -o import_foreign $(pkg-config --cflags --libs vxm) -lvulkan
 *   ./import_foreign
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>

#include <vulkan/vulkan.h>
#include <vxm/vxm.h>

#define TYPE VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT
#define SIZE (1u << 20)

static void check(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error); /* empty if it was a call of Vulkan's own that failed */
        fprintf(stderr, "%s\n%s: %s\n", call, vxmResultName(result), error.message);
        exit(EXIT_FAILURE);
    }
}
#define CHECK(call) check(call, #call)

/* Plain Vulkan: fills the buffer on the GPU, and waits for it. */
static void fill_on_gpu(const VxmDeviceInfo *gpu, VkBuffer buffer, uint32_t value)
{
    const VkCommandPoolCreateInfo poolInfo = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                              .queueFamilyIndex = gpu->queueFamilyIndex};
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    const VkMemoryBarrier toHost = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                    .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
                                    .dstAccessMask = VK_ACCESS_HOST_READ_BIT};
    VkCommandPool pool;
    VkCommandBuffer commands;

    CHECK(vkCreateCommandPool(gpu->device, &poolInfo, NULL, &pool));
    const VkCommandBufferAllocateInfo allocate = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = pool,
        .commandBufferCount = 1};
    CHECK(vkAllocateCommandBuffers(gpu->device, &allocate, &commands));
    CHECK(vkBeginCommandBuffer(commands, &begin));
    vkCmdFillBuffer(commands, buffer, 0, VK_WHOLE_SIZE, value);
    vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT, 0, 1,
                         &toHost, 0, NULL, 0, NULL);
    CHECK(vkEndCommandBuffer(commands));
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &commands};
    CHECK(vkQueueSubmit(gpu->queue, 1, &submit, VK_NULL_HANDLE));
    CHECK(vkQueueWaitIdle(gpu->queue));
    vkDestroyCommandPool(gpu->device, pool, NULL);
}

int main(void)
{
    VxmShared shared = {.resourceType = VXM_RESOURCE_TYPE_BUFFER,
                        .handleType = TYPE,
                        .memoryCount = 1,
                        .buffer = {.size = SIZE, .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT}};
    const VxmImportInfo info = {.requiredFlags = VK_MEMORY_PROPERTY_HOST_COHERENT_BIT};
    VxmDevice device;
    VxmDeviceInfo gpu;
    VxmMemory memory;

    /* No driver may ask for more than 65536 here (minImportedHostPointerAlignment). */
    uint32_t *numbers = aligned_alloc(65536, SIZE);
    if (numbers == NULL) {
        perror("aligned_alloc");
        return EXIT_FAILURE;
    }
    numbers[0] = 0;
    shared.memories[0].handle =
        (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = TYPE, .ptr = numbers};
    shared.memories[0].allocationSize = SIZE;

    CHECK(vxmCreateDevice(NULL, &device));
    CHECK(vxmImportMemory(device, &shared, &info, &memory));
    CHECK(vxmGetDeviceInfo(device, &gpu));
    fill_on_gpu(&gpu, vxmGetVkBuffer(memory), 42);
    printf("%s wrote %u, %u ... %u into the program's own memory\n", gpu.identity->deviceName,
           numbers[0], numbers[1], numbers[SIZE / 4 - 1]);

    vxmDestroyMemory(memory); /* before the memory goes */
    vxmDestroyDevice(device);
    free(numbers);
    return EXIT_SUCCESS;
}
