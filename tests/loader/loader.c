/*
 * The model driver in the place of the Vulkan loader: a library under the loader's name, so that a
 * program that knows nothing of it, such as the demo, runs on the model driver.
 *
 * It has the commands that the demo and the suites for real drivers call, and no more.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader/habits.h"
#include "loader/pixels.h"

#ifdef _WIN32
#define EXPORT __declspec(dllexport)
#else
#define EXPORT __attribute__((visibility("default")))
#endif

#define MAX_INSTANCES 8
#define MAX_QUEUES    16
#define MAX_TIMELINES 16
#define TIME_LIMIT    UINT64_C(60000000000)

static VkInstance instances[MAX_INSTANCES]; /* NULL: free */
static struct {
    VkQueue queue;
    VkDevice device;
} queues[MAX_QUEUES];
static size_t queue_count;
static VkSemaphore timelines[MAX_TIMELINES];
static size_t timeline_count;

/* The place of an instance, or of NULL. */
static VkInstance *find_instance(VkInstance instance)
{
    for (size_t i = 0; i < MAX_INSTANCES; i++) {
        if (instances[i] == instance) {
            return &instances[i];
        }
    }
    fprintf(stderr, "model driver: more instances than there is room for\n");
    abort();
}

/* Commands are the same for all instances, so any that there is will do. */
static VkInstance any_instance(void)
{
    for (size_t i = 0; i < MAX_INSTANCES; i++) {
        if (instances[i] != VK_NULL_HANDLE) {
            return instances[i];
        }
    }
    return VK_NULL_HANDLE;
}

static PFN_vkVoidFunction of_model(const char *name)
{
    PFN_vkVoidFunction function = model_vkGetInstanceProcAddr(any_instance(), name);

    if (function == NULL) {
        fprintf(stderr, "model driver: it has no %s\n", name);
        abort();
    }
    return function;
}
#define MODEL(name) ((PFN_##name)of_model(#name))

/* A command that the model driver has: exported, and passed on; `give` is return, or nothing. */
#define PASS_AS(give, result, name, parameters, arguments)                                         \
    EXPORT VKAPI_ATTR result VKAPI_CALL name parameters;                                           \
    VKAPI_ATTR result VKAPI_CALL name parameters                                                   \
    {                                                                                              \
        give MODEL(name) arguments;                                                                \
    }
#define PASS(name, parameters, arguments)      PASS_AS(return, VkResult, name, parameters, arguments)
#define PASS_VOID(name, parameters, arguments) PASS_AS(, void, name, parameters, arguments)
/* One that is told here: declared, and its body follows. */
#define OWN(result, name, parameters)                                                              \
    EXPORT VKAPI_ATTR result VKAPI_CALL name parameters;                                           \
    VKAPI_ATTR result VKAPI_CALL name parameters

/* ---- instance ---- */

OWN(VkResult, vkCreateInstance,
    (const VkInstanceCreateInfo *info, const VkAllocationCallbacks *allocator,
     VkInstance *instance))
{
    habits_begin();
    VkResult result = MODEL(vkCreateInstance)(info, allocator, instance);

    if (result == VK_SUCCESS) {
        *find_instance(VK_NULL_HANDLE) = *instance;
    }
    return result;
}

/* The last that is heard of the program: whether it kept the rules. */
OWN(void, vkDestroyInstance, (VkInstance instance, const VkAllocationCallbacks *allocator))
{
    static char problems[8192];

    MODEL(vkDestroyInstance)(instance, allocator);
    *find_instance(instance) = VK_NULL_HANDLE;
    if (any_instance() == VK_NULL_HANDLE && model_problems(problems, sizeof(problems)) != 0) {
        fprintf(stderr, "model driver: rules were broken, or objects left:\n%s\n", problems);
        exit(EXIT_FAILURE);
    }
}

PASS_VOID(vkGetPhysicalDeviceMemoryProperties,
          (VkPhysicalDevice device, VkPhysicalDeviceMemoryProperties *properties),
          (device, properties))

/* It has none. */
PASS(vkEnumerateInstanceLayerProperties, (uint32_t * count, VkLayerProperties *properties),
     (count, properties))

/* ---- memory, buffers, images ---- */

OWN(VkResult, vkAllocateMemory,
    (VkDevice device, const VkMemoryAllocateInfo *info, const VkAllocationCallbacks *allocator,
     VkDeviceMemory *memory))
{
    VkResult result = habits_allocate(info);

    if (result == VK_SUCCESS) {
        result = MODEL(vkAllocateMemory)(device, info, allocator, memory);
    }
    if (result == VK_SUCCESS && habits_other(info)) {
        pixels_divert(*memory, info->allocationSize);
    }
    return result;
}

PASS_VOID(vkFreeMemory,
          (VkDevice device, VkDeviceMemory memory, const VkAllocationCallbacks *allocator),
          (device, memory, allocator))
PASS(vkMapMemory,
     (VkDevice device, VkDeviceMemory memory, VkDeviceSize offset, VkDeviceSize size,
      VkMemoryMapFlags flags, void **data),
     (device, memory, offset, size, flags, data))
PASS_VOID(vkDestroyBuffer,
          (VkDevice device, VkBuffer buffer, const VkAllocationCallbacks *allocator),
          (device, buffer, allocator))
PASS_VOID(vkDestroyImage, (VkDevice device, VkImage image, const VkAllocationCallbacks *allocator),
          (device, image, allocator))

OWN(VkResult, vkCreateBuffer,
    (VkDevice device, const VkBufferCreateInfo *info, const VkAllocationCallbacks *allocator,
     VkBuffer *buffer))
{
    VkResult result = MODEL(vkCreateBuffer)(device, info, allocator, buffer);

    if (result == VK_SUCCESS) {
        pixels_add_buffer(*buffer, info->size);
    }
    return result;
}

OWN(VkResult, vkCreateImage,
    (VkDevice device, const VkImageCreateInfo *info, const VkAllocationCallbacks *allocator,
     VkImage *image))
{
    VkResult result = habits_create_image(info);

    if (result == VK_SUCCESS) {
        result = MODEL(vkCreateImage)(device, info, allocator, image);
    }
    if (result == VK_SUCCESS) {
        pixels_add_image(*image, info);
    }
    return result;
}

OWN(VkResult, vkBindBufferMemory2,
    (VkDevice device, uint32_t count, const VkBindBufferMemoryInfo *infos))
{
    VkResult result = MODEL(vkBindBufferMemory2)(device, count, infos);

    for (uint32_t i = 0; result == VK_SUCCESS && i < count; i++) {
        pixels_bind_buffer(infos[i].buffer, infos[i].memory, infos[i].memoryOffset);
    }
    return result;
}

OWN(VkResult, vkBindImageMemory2,
    (VkDevice device, uint32_t count, const VkBindImageMemoryInfo *infos))
{
    VkResult result = MODEL(vkBindImageMemory2)(device, count, infos);

    for (uint32_t i = 0; result == VK_SUCCESS && i < count; i++) {
        pixels_bind_image(infos[i].image, infos[i].memory, infos[i].memoryOffset);
    }
    return result;
}

/* The model driver has the newer commands of each pair only. */

OWN(VkResult, vkBindBufferMemory,
    (VkDevice device, VkBuffer buffer, VkDeviceMemory memory, VkDeviceSize offset))
{
    const VkBindBufferMemoryInfo info = {.sType = VK_STRUCTURE_TYPE_BIND_BUFFER_MEMORY_INFO,
                                         .buffer = buffer,
                                         .memory = memory,
                                         .memoryOffset = offset};
    return vkBindBufferMemory2(device, 1, &info);
}

OWN(VkResult, vkBindImageMemory,
    (VkDevice device, VkImage image, VkDeviceMemory memory, VkDeviceSize offset))
{
    const VkBindImageMemoryInfo info = {.sType = VK_STRUCTURE_TYPE_BIND_IMAGE_MEMORY_INFO,
                                        .image = image,
                                        .memory = memory,
                                        .memoryOffset = offset};
    return vkBindImageMemory2(device, 1, &info);
}

OWN(void, vkGetBufferMemoryRequirements,
    (VkDevice device, VkBuffer buffer, VkMemoryRequirements *requirements))
{
    const VkBufferMemoryRequirementsInfo2 info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_REQUIREMENTS_INFO_2, .buffer = buffer};
    VkMemoryRequirements2 answer = {.sType = VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2};

    MODEL(vkGetBufferMemoryRequirements2)(device, &info, &answer);
    *requirements = answer.memoryRequirements;
}

OWN(void, vkGetImageMemoryRequirements,
    (VkDevice device, VkImage image, VkMemoryRequirements *requirements))
{
    const VkImageMemoryRequirementsInfo2 info = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_REQUIREMENTS_INFO_2, .image = image};
    VkMemoryRequirements2 answer = {.sType = VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2};

    MODEL(vkGetImageMemoryRequirements2)(device, &info, &answer);
    *requirements = answer.memoryRequirements;
}

/* ---- commands ---- */

PASS(vkCreateCommandPool,
     (VkDevice device, const VkCommandPoolCreateInfo *info, const VkAllocationCallbacks *allocator,
      VkCommandPool *pool),
     (device, info, allocator, pool))
PASS_VOID(vkDestroyCommandPool,
          (VkDevice device, VkCommandPool pool, const VkAllocationCallbacks *allocator),
          (device, pool, allocator))
PASS(vkAllocateCommandBuffers,
     (VkDevice device, const VkCommandBufferAllocateInfo *info, VkCommandBuffer *commands),
     (device, info, commands))
PASS(vkEndCommandBuffer, (VkCommandBuffer commands), (commands))
PASS_VOID(vkCmdPipelineBarrier,
          (VkCommandBuffer commands, VkPipelineStageFlags from, VkPipelineStageFlags to,
           VkDependencyFlags flags, uint32_t count, const VkMemoryBarrier *barriers,
           uint32_t bufferCount, const VkBufferMemoryBarrier *buffers, uint32_t imageCount,
           const VkImageMemoryBarrier *images),
          (commands, from, to, flags, count, barriers, bufferCount, buffers, imageCount, images))

OWN(VkResult, vkBeginCommandBuffer,
    (VkCommandBuffer commands, const VkCommandBufferBeginInfo *info))
{
    pixels_begin(commands);
    return MODEL(vkBeginCommandBuffer)(commands, info);
}

OWN(void, vkCmdFillBuffer,
    (VkCommandBuffer commands, VkBuffer buffer, VkDeviceSize offset, VkDeviceSize size,
     uint32_t value))
{
    pixels_fill(commands, buffer, offset, size, value);
}

OWN(void, vkCmdCopyBuffer,
    (VkCommandBuffer commands, VkBuffer from, VkBuffer to, uint32_t count,
     const VkBufferCopy *regions))
{
    pixels_copy_buffer(commands, from, to, count, regions);
}

OWN(void, vkCmdCopyBufferToImage,
    (VkCommandBuffer commands, VkBuffer from, VkImage to, VkImageLayout layout, uint32_t count,
     const VkBufferImageCopy *regions))
{
    pixels_upload(commands, from, to, layout, count, regions);
}

OWN(void, vkCmdCopyImageToBuffer,
    (VkCommandBuffer commands, VkImage from, VkImageLayout layout, VkBuffer to, uint32_t count,
     const VkBufferImageCopy *regions))
{
    pixels_download(commands, from, layout, to, count, regions);
}

OWN(void, vkCmdClearColorImage,
    (VkCommandBuffer commands, VkImage image, VkImageLayout layout, const VkClearColorValue *colour,
     uint32_t count, const VkImageSubresourceRange *ranges))
{
    pixels_clear(commands, image, layout, colour, count, ranges);
}

OWN(void, vkCmdBlitImage,
    (VkCommandBuffer commands, VkImage from, VkImageLayout fromLayout, VkImage to,
     VkImageLayout toLayout, uint32_t count, const VkImageBlit *regions, VkFilter filter))
{
    pixels_blit(commands, from, fromLayout, to, toLayout, count, regions, filter);
}

/* ---- submissions ---- */

PASS(vkCreateFence,
     (VkDevice device, const VkFenceCreateInfo *info, const VkAllocationCallbacks *allocator,
      VkFence *fence),
     (device, info, allocator, fence))
PASS_VOID(vkDestroyFence, (VkDevice device, VkFence fence, const VkAllocationCallbacks *allocator),
          (device, fence, allocator))
PASS(vkResetFences, (VkDevice device, uint32_t count, const VkFence *fences),
     (device, count, fences))
PASS(vkWaitForFences,
     (VkDevice device, uint32_t count, const VkFence *fences, VkBool32 all, uint64_t timeout),
     (device, count, fences, all, timeout))

OWN(void, vkGetDeviceQueue, (VkDevice device, uint32_t family, uint32_t index, VkQueue *queue))
{
    MODEL(vkGetDeviceQueue)(device, family, index, queue);
    if (queue_count == MAX_QUEUES) {
        fprintf(stderr, "model driver: more queues than there is room for\n");
        abort();
    }
    queues[queue_count].queue = *queue;
    queues[queue_count++].device = device;
}

static VkDevice device_of(VkQueue queue)
{
    for (size_t i = 0; i < queue_count; i++) {
        if (queues[i].queue == queue) {
            return queues[i].device;
        }
    }
    fprintf(stderr, "model driver: an unknown queue\n");
    abort();
}

OWN(VkResult, vkCreateSemaphore,
    (VkDevice device, const VkSemaphoreCreateInfo *info, const VkAllocationCallbacks *allocator,
     VkSemaphore *semaphore))
{
    VkResult result = MODEL(vkCreateSemaphore)(device, info, allocator, semaphore);
    const VkBaseInStructure *chained = info->pNext;

    while (chained != NULL && chained->sType != VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO) {
        chained = chained->pNext;
    }
    if (result == VK_SUCCESS && chained != NULL &&
        ((const VkSemaphoreTypeCreateInfo *)chained)->semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE) {
        if (timeline_count == MAX_TIMELINES) {
            fprintf(stderr, "model driver: more timelines than there is room for\n");
            abort();
        }
        timelines[timeline_count++] = *semaphore;
    }
    return result;
}

static bool is_timeline(VkSemaphore semaphore)
{
    for (size_t i = 0; i < timeline_count; i++) {
        if (timelines[i] == semaphore) {
            return true;
        }
    }
    return false;
}

static bool is_idle(const VkSubmitInfo *submit)
{
    for (uint32_t i = 0; i < submit->commandBufferCount; i++) {
        if (!pixels_idle(submit->pCommandBuffers[i])) {
            return false;
        }
    }
    return true;
}

/* Until each timeline that the submission waits for has come so far. */
static VkResult wait_for_timelines(VkQueue queue, const VkSubmitInfo *submit)
{
    const VkTimelineSemaphoreSubmitInfo *values = submit->pNext;
    VkResult result = VK_SUCCESS;

    for (uint32_t i = 0; result == VK_SUCCESS && i < submit->waitSemaphoreCount; i++) {
        const VkSemaphoreWaitInfo wait = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
                                          .semaphoreCount = 1,
                                          .pSemaphores = &submit->pWaitSemaphores[i],
                                          .pValues = &values->pWaitSemaphoreValues[i]};
        if (is_timeline(submit->pWaitSemaphores[i])) {
            result = MODEL(vkWaitSemaphores)(device_of(queue), &wait, TIME_LIMIT);
        }
    }
    return result;
}

/* A GPU begins when the timelines that it waits for have come so far, and signals when it is done:
 * so here too, though the caller waits with it where there is something to do. */
OWN(VkResult, vkQueueSubmit,
    (VkQueue queue, uint32_t count, const VkSubmitInfo *submits, VkFence fence))
{
    static const VkSubmitInfo nothing = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO};

    if (habits_lose_signals() && count == 1 && submits->signalSemaphoreCount > 0 &&
        is_idle(submits)) {
        return MODEL(vkQueueSubmit)(queue, 1, &nothing, fence);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (is_idle(&submits[i])) {
            continue;
        }
        if (wait_for_timelines(queue, &submits[i]) != VK_SUCCESS) {
            return VK_ERROR_DEVICE_LOST;
        }
        for (uint32_t j = 0; j < submits[i].commandBufferCount; j++) {
            pixels_execute(submits[i].pCommandBuffers[j]);
        }
    }
    return MODEL(vkQueueSubmit)(queue, count, submits, fence);
}

/* ---- names ---- */

EXPORT VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL vkGetInstanceProcAddr(VkInstance instance,
                                                                      const char *name);

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL of_device(VkDevice device, const char *name);

static PFN_vkVoidFunction own(const char *name)
{
#define NAMED(function)                                                                            \
    {                                                                                              \
#function, (PFN_vkVoidFunction)function                                                    \
    }
    static const struct {
        const char *name;
        PFN_vkVoidFunction function;
    } functions[] = {
        NAMED(vkCreateInstance),
        NAMED(vkDestroyInstance),
        NAMED(vkGetDeviceQueue),
        NAMED(vkCreateBuffer),
        NAMED(vkCreateImage),
        NAMED(vkBindBufferMemory2),
        NAMED(vkBindImageMemory2),
        NAMED(vkBeginCommandBuffer),
        NAMED(vkQueueSubmit),
        NAMED(vkCreateSemaphore),
        NAMED(vkAllocateMemory),
        NAMED(vkCmdFillBuffer),
        NAMED(vkCmdCopyBuffer),
        NAMED(vkCmdCopyBufferToImage),
        NAMED(vkCmdCopyImageToBuffer),
        NAMED(vkCmdClearColorImage),
        NAMED(vkCmdBlitImage),
        NAMED(vkGetInstanceProcAddr),
        {"vkGetDeviceProcAddr", (PFN_vkVoidFunction)of_device},
    };
#undef NAMED

    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (strcmp(name, functions[i].name) == 0) {
            return functions[i].function;
        }
    }
    return NULL;
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL of_device(VkDevice device, const char *name)
{
    PFN_vkVoidFunction function = own(name);

    return function != NULL ? function : MODEL(vkGetDeviceProcAddr)(device, name);
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL vkGetInstanceProcAddr(VkInstance instance,
                                                               const char *name)
{
    PFN_vkVoidFunction function = own(name);

    return function != NULL ? function : model_vkGetInstanceProcAddr(instance, name);
}
