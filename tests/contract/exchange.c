/*
 * Objects to import from, and what watches over their handles.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"

/* Large and aligned enough for every alignment that the model driver asks for. */
#define FOREIGN_SIZE 65536u

VkImageCreateInfo exchange_image(const struct backend_type *type)
{
    VkImageCreateInfo image = contract_image_info(64, 48);

    image.tiling = type_tiling(type);
    return image;
}

VxmMemory source_make(VxmDevice device, const struct backend_type *type,
                      VxmResourceType resourceType)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemoryCreateInfo info = contract_mappable_info(type->type);
    VxmMemory memory = NULL;

    if (resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        require(vxmCreateBuffer(device, &buffer, &info, &memory));
    } else if (resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        VkImageCreateInfo image = exchange_image(type);

        info.requiredFlags = 0;
        require(vxmCreateImage(device, &image, &info, &memory));
    } else {
        info.memoryTypeBits = model_config()->devices[0].externalBufferTypeBits;
        require(vxmCreateMemory(device, EXCHANGE_SIZE, &info, &memory));
    }
    return memory;
}

void source_open(VxmDevice device, const struct backend_type *type, VxmResourceType resourceType,
                 struct source *source)
{
    *source = (struct source){0};
    if (!type->exportable) {
        cr_assert(source_open_foreign(type, resourceType, FOREIGN_SIZE, source));
        return;
    }
    source->memory = source_make(device, type, resourceType);
    require(vxmExportMemory(source->memory, type_bit(type), &source->shared));
}

/* What another API knows of the device that it made the payload on: the first. */
static void describe_origin(const struct backend_type *type, VxmShared *shared)
{
    const ModelDeviceConfig *device = &model_config()->devices[0];

    if (type->byLuid) {
        shared->deviceLUIDValid = VK_TRUE;
        shared->deviceNodeMask = device->deviceNodeMask;
        memcpy(shared->deviceLUID, device->deviceLUID, VK_LUID_SIZE);
    } else if (type->sameDevice && !type->facts) {
        memcpy(shared->deviceUUID, device->deviceUUID, VK_UUID_SIZE);
        memcpy(shared->driverUUID, device->driverUUID, VK_UUID_SIZE);
    }
}

bool source_open_foreign(const struct backend_type *type, VxmResourceType resourceType,
                         uint64_t payload, struct source *source)
{
    *source = (struct source){0};
    if (!backend_make_foreign(type->type, payload, &source->foreign)) {
        return false;
    }
    source->shared.resourceType = resourceType;
    source->shared.handleType = type->type;
    source->shared.memoryCount = 1;
    source->shared.memories[0].handle = source->foreign;
    source->shared.memories[0].allocationSize = payload;
    describe_origin(type, &source->shared);
    if (resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);

        source->shared.buffer.size = buffer.size;
        source->shared.buffer.usage = buffer.usage;
    } else if (resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        VkImageCreateInfo image = exchange_image(type);

        source->shared.image = (VxmImageDescription){
            .imageType = image.imageType,
            .format = image.format,
            .extent = image.extent,
            .mipLevels = image.mipLevels,
            .arrayLayers = image.arrayLayers,
            .samples = image.samples,
            .tiling = image.tiling,
            .usage = image.usage,
        };
    }
    return true;
}

void source_close(struct source *source)
{
    if (source->foreign.type == 0) {
        vxmCloseShared(&source->shared);
    } else if (source->shared.memories[0].handle.type != 0) {
        backend_free_foreign(&source->foreign);
    }
    vxmDestroyMemory(source->memory);
    *source = (struct source){0};
}

static bool is_image(VxmMemory memory)
{
    return vxmGetVkImage(memory) != VK_NULL_HANDLE;
}

static unsigned char *map(VxmMemory memory)
{
    void *data = NULL;

    if (is_image(memory)) {
        data = model_memory_data(vxmGetVkDeviceMemory(memory, 0));
    } else {
        require(vxmMapMemory(memory, 0, &data));
    }
    cr_assert_not_null(data);
    return data;
}

static void unmap(VxmMemory memory)
{
    if (!is_image(memory)) {
        vxmUnmapMemory(memory, 0);
    }
}

static void expect_copied(unsigned char *from, const unsigned char *to, size_t at,
                          unsigned char value)
{
    from[at] = value;
    cr_expect_eq(to[at], value, "byte %zu was written as %u and is read as %u", at, value, to[at]);
}

void expect_aliases(VxmMemory a, VxmMemory b)
{
    unsigned char *dataA = map(a);
    unsigned char *dataB = map(b);

    expect_copied(dataA, dataB, 0, 17);
    expect_copied(dataA, dataB, EXCHANGE_SIZE - 1, 18);
    expect_copied(dataB, dataA, 0, 19);
    expect_copied(dataB, dataA, EXCHANGE_SIZE - 1, 20);
    unmap(a);
    unmap(b);
}

/* ---- the caller's handles ---- */

void watch_begin(const VxmHandle *handle, const struct backend_type *type, struct watch *watch)
{
    *watch = (struct watch){.original = *handle, .on = type->closable};
    if (watch->on) {
        watch->kept = backend_keep(handle);
    }
}

void watch_end(const char *file, int line, struct watch *watch, const VxmHandle *now)
{
    cr_expect_eq(memcmp(now, &watch->original, sizeof(*now)), 0,
                 "%s:%d: the caller's handle was changed", file, line);
    if (!watch->on) {
        return;
    }
    if (!backend_is_open(&watch->original)) {
        cr_expect_fail("%s:%d: the caller's handle was closed", file, line);
    } else {
        cr_expect(backend_same(&watch->original, &watch->kept),
                  "%s:%d: the caller's handle is something else by now", file, line);
    }
    backend_close(&watch->kept);
    watch->on = false;
}

/* ---- a driver that closes, and a thread that takes the number ---- */

static struct {
    PFN_vkGetDeviceProcAddr getDeviceProcAddr;
    PFN_vkAllocateMemory allocateMemory;
    VxmHandle unrelated;
} interposed;

static VKAPI_ATTR VkResult VKAPI_CALL allocate_memory(VkDevice device,
                                                      const VkMemoryAllocateInfo *info,
                                                      const VkAllocationCallbacks *allocator,
                                                      VkDeviceMemory *memory)
{
    VkResult result = interposed.allocateMemory(device, info, allocator, memory);
    VxmHandle given;

    if (result != VK_SUCCESS && backend_last_imported(&given) && !backend_is_open(&given)) {
        backend_reuse(&given, &interposed.unrelated);
    }
    return result;
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL get_device_command(VkDevice device,
                                                                   const char *name)
{
    PFN_vkVoidFunction command = interposed.getDeviceProcAddr(device, name);

    if (strcmp(name, "vkAllocateMemory") == 0) {
        interposed.allocateMemory = (PFN_vkAllocateMemory)command;
        return (PFN_vkVoidFunction)allocate_memory;
    }
    return command;
}

PFN_vkVoidFunction VKAPI_PTR interposed_vkGetInstanceProcAddr(VkInstance instance, const char *name)
{
    PFN_vkVoidFunction command = model_vkGetInstanceProcAddr(instance, name);

    if (strcmp(name, "vkGetDeviceProcAddr") == 0) {
        interposed.getDeviceProcAddr = (PFN_vkGetDeviceProcAddr)command;
        return (PFN_vkVoidFunction)get_device_command;
    }
    return command;
}

void interpose_begin(void)
{
    interposed.unrelated = (VxmHandle){0};
}

bool interpose_unrelated(VxmHandle *unrelated)
{
    *unrelated = interposed.unrelated;
    return unrelated->type != 0;
}
