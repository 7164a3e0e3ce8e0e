/*
 * One device of the probe's: copies patterns to and from what is shared.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "probe_gpu.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool gpu_failed(struct gpu *gpu, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(gpu->why, gpu->whySize, format, arguments);
    va_end(arguments);
    return false;
}

bool gpu_failed_vxm(struct gpu *gpu)
{
    VxmError error;

    vxmGetLastError(&error);
    return gpu_failed(gpu, "%s", error.message);
}

static bool answered(struct gpu *gpu, const char *command, VkResult result)
{
    if (result == VK_SUCCESS) {
        return true;
    }
    return gpu_failed(gpu, "%s answered %s.", command, vxmResultName(result));
}
/* Calls a command of the device's; false after an error. */
#define CALL(gpu, name, ...) answered(gpu, "vk" #name, (gpu)->name(__VA_ARGS__))

/* ---- opening ---- */

static bool load(struct gpu *gpu)
{
    bool complete = true;

#define LOAD(name)                                                                                 \
    gpu->name = (PFN_vk##name)gpu->info.getDeviceProcAddr(gpu->info.device, "vk" #name);           \
    if (gpu->name == NULL) {                                                                       \
        complete = gpu_failed(gpu, "the driver does not have vk" #name ".");                       \
    }
    GPU_COMMANDS(LOAD)
#undef LOAD
    return complete;
}

static bool make_commands(struct gpu *gpu)
{
    const VkCommandPoolCreateInfo pool = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
        .queueFamilyIndex = gpu->info.queueFamilyIndex,
    };
    VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};

    if (!CALL(gpu, CreateCommandPool, gpu->info.device, &pool, NULL, &gpu->pool)) {
        return false;
    }
    commands.commandPool = gpu->pool;
    return CALL(gpu, AllocateCommandBuffers, gpu->info.device, &commands, &gpu->commands) &&
           CALL(gpu, CreateFence, gpu->info.device, &fence, NULL, &gpu->fence);
}

/* Every buffer can have memory of such a type. */
static uint32_t choose_visible(struct gpu *gpu, uint32_t bits)
{
    const VkMemoryPropertyFlags wanted =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    PFN_vkGetPhysicalDeviceMemoryProperties get =
        (PFN_vkGetPhysicalDeviceMemoryProperties)gpu->info.getInstanceProcAddr(
            gpu->info.instance, "vkGetPhysicalDeviceMemoryProperties");
    VkPhysicalDeviceMemoryProperties properties;
    uint32_t index = 0;

    get(gpu->info.physicalDevice, &properties);
    while (index + 1 < properties.memoryTypeCount &&
           ((bits & 1u << index) == 0 ||
            (properties.memoryTypes[index].propertyFlags & wanted) != wanted)) {
        index++;
    }
    return index;
}

static bool make_staging(struct gpu *gpu)
{
    const VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = STAGING_SIZE,
        .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
    };
    VkBufferMemoryRequirementsInfo2 question = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_REQUIREMENTS_INFO_2};
    VkMemoryRequirements2 needs = {.sType = VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2};
    VkMemoryAllocateInfo allocate = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO};
    VkBindBufferMemoryInfo bind = {.sType = VK_STRUCTURE_TYPE_BIND_BUFFER_MEMORY_INFO};
    void *data = NULL;

    if (!CALL(gpu, CreateBuffer, gpu->info.device, &info, NULL, &gpu->staging)) {
        return false;
    }
    question.buffer = gpu->staging;
    gpu->GetBufferMemoryRequirements2(gpu->info.device, &question, &needs);
    allocate.allocationSize = needs.memoryRequirements.size;
    allocate.memoryTypeIndex = choose_visible(gpu, needs.memoryRequirements.memoryTypeBits);
    bind.buffer = gpu->staging;
    if (!CALL(gpu, AllocateMemory, gpu->info.device, &allocate, NULL, &gpu->stagingMemory)) {
        return false;
    }
    bind.memory = gpu->stagingMemory;
    if (!CALL(gpu, BindBufferMemory2, gpu->info.device, 1, &bind) ||
        !CALL(gpu, MapMemory, gpu->info.device, bind.memory, 0, VK_WHOLE_SIZE, 0, &data)) {
        return false;
    }
    gpu->data = data;
    return true;
}

bool gpu_open(struct gpu *gpu, const struct request *request, char *why, size_t size)
{
    static const uint8_t any[VK_UUID_SIZE];
    const VxmDeviceCreateInfo create = {.deviceIndex = request->deviceIndex};

    memset(gpu, 0, sizeof(*gpu));
    gpu->limit = request->limit;
    gpu->why = why;
    gpu->whySize = size;
    if (vxmCreateDevice(&create, &gpu->device) != VK_SUCCESS ||
        vxmGetDeviceInfo(gpu->device, &gpu->info) != VK_SUCCESS) {
        return gpu_failed_vxm(gpu);
    }
    if (memcmp(request->deviceUUID, any, VK_UUID_SIZE) != 0 &&
        memcmp(request->deviceUUID, gpu->info.identity->deviceUUID, VK_UUID_SIZE) != 0) {
        return gpu_failed(gpu, "another process is given another device as number %u.",
                          (unsigned)request->deviceIndex);
    }
    return load(gpu) && make_commands(gpu) && make_staging(gpu);
}

void gpu_close(struct gpu *gpu)
{
    if (gpu->device == NULL) {
        return;
    }
    gpu->DestroyBuffer(gpu->info.device, gpu->staging, NULL);
    gpu->FreeMemory(gpu->info.device, gpu->stagingMemory, NULL);
    gpu->DestroyFence(gpu->info.device, gpu->fence, NULL);
    gpu->DestroyCommandPool(gpu->info.device, gpu->pool, NULL);
    vxmDestroyDevice(gpu->device);
}

/* ---- submissions ---- */

static bool submit(struct gpu *gpu, const VkSubmitInfo *info)
{
    if (!CALL(gpu, QueueSubmit, gpu->info.queue, 1, info, gpu->fence)) {
        return false;
    }
    VkResult result = gpu->WaitForFences(gpu->info.device, 1, &gpu->fence, VK_TRUE, gpu->limit);
    if (result == VK_TIMEOUT) {
        return gpu_failed(gpu, "the GPU was not done with it in time.");
    }
    return answered(gpu, "vkWaitForFences", result) &&
           CALL(gpu, ResetFences, gpu->info.device, 1, &gpu->fence);
}

static bool begin(struct gpu *gpu)
{
    const VkCommandBufferBeginInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
    };
    return CALL(gpu, BeginCommandBuffer, gpu->commands, &info);
}

static bool end(struct gpu *gpu)
{
    const VkSubmitInfo info = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .commandBufferCount = 1,
        .pCommandBuffers = &gpu->commands,
    };
    return CALL(gpu, EndCommandBuffer, gpu->commands) && submit(gpu, &info);
}

bool gpu_signal(struct gpu *gpu, VxmSemaphore semaphore, bool timeline, uint64_t value)
{
    const VkSemaphore handle = vxmGetVkSemaphore(semaphore);
    const VkTimelineSemaphoreSubmitInfo values = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .signalSemaphoreValueCount = 1,
        .pSignalSemaphoreValues = &value,
    };
    const VkSubmitInfo info = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .pNext = timeline ? &values : NULL,
        .signalSemaphoreCount = 1,
        .pSignalSemaphores = &handle,
    };
    return submit(gpu, &info);
}

bool gpu_wait(struct gpu *gpu, VxmSemaphore semaphore, bool timeline, uint64_t value)
{
    const VkSemaphore handle = vxmGetVkSemaphore(semaphore);
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    const VkTimelineSemaphoreSubmitInfo values = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .waitSemaphoreValueCount = 1,
        .pWaitSemaphoreValues = &value,
    };
    const VkSubmitInfo info = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .pNext = timeline ? &values : NULL,
        .waitSemaphoreCount = 1,
        .pWaitSemaphores = &handle,
        .pWaitDstStageMask = &stage,
    };
    return submit(gpu, &info);
}

/* ---- patterns ---- */

/* Bytes that no format reads as a number that isn't one, so that copies keep them. */
static unsigned char pattern(uint32_t seed, size_t index)
{
    uint32_t x = seed * 2654435761u + (uint32_t)index;

    x ^= x >> 15;
    x *= 0x85EBCA6Bu;
    x ^= x >> 13;
    return (unsigned char)(0x20 + (x & 0x3F));
}

bool gpu_compare(struct gpu *gpu, const unsigned char *data, size_t size, uint32_t seed)
{
    size_t differ = 0;
    size_t first = 0;

    for (size_t i = 0; i < size; i++) {
        if (data[i] != pattern(seed, i) && differ++ == 0) {
            first = i;
        }
    }
    if (differ == 0) {
        return true;
    }
    return gpu_failed(gpu,
                      "%lu of %lu bytes are not what was written; byte %lu is 0x%02x and should be "
                      "0x%02x.",
                      (unsigned long)differ, (unsigned long)size, (unsigned long)first, data[first],
                      pattern(seed, first));
}

/* ---- copies ---- */

static size_t size_of(const struct request *request)
{
    return request->column == BUFFER
               ? (size_t)request->bufferSize
               : (size_t)request->width * request->height * request->texelSize;
}

static VxmUse use_of(const struct gpu *gpu)
{
    return (VxmUse){
        .stageMask = VK_PIPELINE_STAGE_TRANSFER_BIT,
        .accessMask = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
        .layout = VK_IMAGE_LAYOUT_GENERAL,
        .queueFamilyIndex = gpu->info.queueFamilyIndex,
    };
}

static VkBufferImageCopy whole_image(const struct request *request)
{
    return (VkBufferImageCopy){
        .imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
        .imageExtent = {request->width, request->height, 1},
    };
}

static void prepare_image(struct gpu *gpu, VkImage image)
{
    const VkImageMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
        .dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
        .oldLayout = VK_IMAGE_LAYOUT_UNDEFINED,
        .newLayout = VK_IMAGE_LAYOUT_GENERAL,
        .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .image = image,
        .subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1},
    };
    gpu->CmdPipelineBarrier(gpu->commands, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT,
                            VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, NULL, 0, NULL, 1, &barrier);
}

bool gpu_write(struct gpu *gpu, const struct request *request, VxmMemory memory, bool fresh,
               uint32_t seed, VxmHandover *handover)
{
    const size_t size = size_of(request);
    const VxmUse use = use_of(gpu);

    for (size_t i = 0; i < size; i++) {
        gpu->data[i] = pattern(seed, i);
    }
    if (!begin(gpu)) {
        return false;
    }
    if (request->column == BUFFER) {
        const VkBufferCopy region = {0, 0, size};
        gpu->CmdCopyBuffer(gpu->commands, gpu->staging, vxmGetVkBuffer(memory), 1, &region);
    } else {
        const VkBufferImageCopy region = whole_image(request);
        if (fresh) {
            prepare_image(gpu, vxmGetVkImage(memory));
        }
        gpu->CmdCopyBufferToImage(gpu->commands, gpu->staging, vxmGetVkImage(memory),
                                  VK_IMAGE_LAYOUT_GENERAL, 1, &region);
    }
    memset(handover, 0, sizeof(*handover));
    if (vxmCmdReleaseMemory(gpu->commands, memory, &use, handover) != VK_SUCCESS) {
        return gpu_failed_vxm(gpu);
    }
    return end(gpu);
}

bool gpu_read(struct gpu *gpu, const struct request *request, VxmMemory memory,
              const VxmHandover *handover, uint32_t seed)
{
    const size_t size = size_of(request);
    const VxmUse use = use_of(gpu);
    const VkMemoryBarrier done = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_HOST_READ_BIT,
    };

    memset(gpu->data, 0, size);
    if (!begin(gpu)) {
        return false;
    }
    if (vxmCmdAcquireMemory(gpu->commands, memory, handover, &use) != VK_SUCCESS) {
        return gpu_failed_vxm(gpu);
    }
    if (request->column == BUFFER) {
        const VkBufferCopy region = {0, 0, size};
        gpu->CmdCopyBuffer(gpu->commands, vxmGetVkBuffer(memory), gpu->staging, 1, &region);
    } else {
        const VkBufferImageCopy region = whole_image(request);
        gpu->CmdCopyImageToBuffer(gpu->commands, vxmGetVkImage(memory), VK_IMAGE_LAYOUT_GENERAL,
                                  gpu->staging, 1, &region);
    }
    gpu->CmdPipelineBarrier(gpu->commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                            VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &done, 0, NULL, 0, NULL);
    return end(gpu) && gpu_compare(gpu, gpu->data, size, seed);
}
