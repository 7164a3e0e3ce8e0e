/*
 * Memory from the host's side: mapping.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

static VKAPI_ATTR VkResult VKAPI_CALL map_memory(VkDevice device, VkDeviceMemory memory,
                                                 VkDeviceSize offset, VkDeviceSize size,
                                                 VkMemoryMapFlags flags, void **ppData)
{
    VkResult result = model__enter("vkMapMemory", NULL);
    struct model_device *owner = model__device(device);
    struct model_memory *found =
        owner ? model__find_child(owner, MODEL_ID(memory), MODEL_MEMORY) : NULL;
    size_t before = model_breach_count();
    char *data;

    if (result == VK_SUCCESS && !found)
        result = VK_ERROR_UNKNOWN;
    if (result == VK_SUCCESS) {
        if (found->mapped)
            model__breach("00678", "the memory is mapped already");
        if (!(model__device_config(owner)->memoryTypes[found->typeIndex].propertyFlags &
              VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT))
            model__breach("00682", "memory type %u is not HOST_VISIBLE", found->typeIndex);
        model__check_alive(found);
        if (flags != 0)
            model__breach("flags-zerobitmask", "the flags are %#x", flags);
        if (offset >= found->size || size == 0 ||
            (size != VK_WHOLE_SIZE && size > found->size - offset))
            model__breach("00679 00680 00681", "%llu bytes at offset %llu of %llu",
                          (unsigned long long)size, (unsigned long long)offset,
                          (unsigned long long)found->size);
        data = before == model_breach_count() ? model__payload_data(found->payload, &found->native)
                                              : NULL;
        result = data ? VK_SUCCESS : VK_ERROR_MEMORY_MAP_FAILED;
        if (data) {
            found->mapped = true;
            *ppData = data + offset;
        }
    }
    model__garbage(result, ppData, sizeof *ppData);
    return model__leave(result);
}

static VKAPI_ATTR void VKAPI_CALL unmap_memory(VkDevice device, VkDeviceMemory memory)
{
    struct model_device *owner;
    struct model_memory *found;

    model__enter_void("vkUnmapMemory", NULL);
    owner = model__device(device);
    found = owner ? model__find_child(owner, MODEL_ID(memory), MODEL_MEMORY) : NULL;
    if (found && !found->mapped)
        model__breach("00689", "the memory is not mapped");
    if (found)
        found->mapped = false;
    model__leave(VK_SUCCESS);
}

static VkResult touch_ranges(const char *command, VkDevice device, uint32_t count,
                             const VkMappedMemoryRange *ranges)
{
    VkResult result = model__enter(command, ranges);
    struct model_device *owner = model__device(device);

    for (uint32_t i = 0; owner && result == VK_SUCCESS && i < count; i++) {
        struct model_memory *found =
            model__find_child(owner, MODEL_ID(ranges[i].memory), MODEL_MEMORY);

        if (found && !found->mapped)
            model__breach("00684", "the memory is not mapped");
    }
    return model__leave(result);
}

static VKAPI_ATTR VkResult VKAPI_CALL flush_ranges(VkDevice device, uint32_t memoryRangeCount,
                                                   const VkMappedMemoryRange *pMemoryRanges)
{
    return touch_ranges("vkFlushMappedMemoryRanges", device, memoryRangeCount, pMemoryRanges);
}

static VKAPI_ATTR VkResult VKAPI_CALL invalidate_ranges(VkDevice device, uint32_t memoryRangeCount,
                                                        const VkMappedMemoryRange *pMemoryRanges)
{
    return touch_ranges("vkInvalidateMappedMemoryRanges", device, memoryRangeCount, pMemoryRanges);
}

const struct model_command model__memory_map_commands[] = {
    MODEL_COMMAND("MapMemory", map_memory, MODEL_OF_DEVICE, VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("UnmapMemory", unmap_memory, MODEL_OF_DEVICE, VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("FlushMappedMemoryRanges", flush_ranges, MODEL_OF_DEVICE, VK_API_VERSION_1_0,
                  NULL),
    MODEL_COMMAND("InvalidateMappedMemoryRanges", invalidate_ranges, MODEL_OF_DEVICE,
                  VK_API_VERSION_1_0, NULL),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};

/* ---- for tests ---- */

void *model_memory_data(VkDeviceMemory memory)
{
    struct model_memory *found;
    void *data;

    model__lock();
    found = model__peek_object(MODEL_ID(memory), MODEL_MEMORY);
    data = found ? model__payload_data(found->payload, &found->native) : NULL;
    model__unlock();
    return data;
}

bool model_memory_native(VkDeviceMemory memory, union model_native *native)
{
    const struct model_memory *found = model__peek_object(MODEL_ID(memory), MODEL_MEMORY);

    if (!found || !found->hasNative)
        return false;
    *native = found->native;
    return true;
}
