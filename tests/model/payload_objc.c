/*
 * Payloads that are Objective-C objects (tests/metal/gnustep): a native is a reference of one.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "metal/vulkan.h"

#include "internal.h"

#include <string.h>

#include "metal/gnustep/objects.h"

#define SURFACE 0x20000000u

const void *model__native_device(uint32_t index)
{
    return objects_device(index);
}

static enum object_class class_of(const struct model_payload_info *info)
{
    const uint32_t buffer = VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLBUFFER_BIT_EXT;
    const uint32_t heap = VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLHEAP_BIT_EXT;

    if (info->kind != MODEL_PAYLOAD_MEMORY)
        return OBJECT_EVENT;
    if (info->handleTypes & heap)
        return info->handleTypes & buffer ? OBJECT_HEAP_AND_BUFFER : OBJECT_HEAP;
    return info->handleTypes == VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLTEXTURE_BIT_EXT ? OBJECT_TEXTURE
           : info->handleTypes == SURFACE                                         ? OBJECT_SURFACE
                                                                                  : OBJECT_BUFFER;
}

VkResult model__native_create(const struct model_payload_info *info, union model_native *native)
{
    struct object_description description = {.is = class_of(info),
                                             .size = info->size,
                                             .device = 0,
                                             .shareable = info->foreign,
                                             .image = info->image};

    while (description.device < MODEL_DEVICE_COUNT &&
           memcmp(model_config()->devices[description.device].deviceUUID, info->deviceUUID,
                  VK_UUID_SIZE) != 0)
        description.device++;
    *native = model__native_of_pointer(objects_make(&description, info, sizeof *info));
    return native->pointer ? VK_SUCCESS : VK_ERROR_OUT_OF_HOST_MEMORY;
}

bool model__native_read(union model_native native, struct model_payload_info *info,
                        uint64_t identity[2])
{
    struct object_facts facts;

    objects_look(native.pointer, &facts);
    if (!facts.payload)
        return false;
    memcpy(info, facts.payload, sizeof *info);
    memcpy(identity, facts.identity, sizeof facts.identity);
    return true;
}

VkResult model__native_duplicate(union model_native native, bool inherited,
                                 union model_native *duplicate)
{
    (void)inherited;
    objects_retain(native.pointer);
    *duplicate = native;
    return VK_SUCCESS;
}

void model__native_close(union model_native native)
{
    if (native.pointer)
        objects_release(native.pointer);
}

void *model__native_map(union model_native native, uint64_t size)
{
    (void)size;
    return objects_map(native.pointer);
}

/* The contents live as long as the object does. */
void model__native_unmap(void *data, uint64_t size)
{
    (void)data;
    (void)size;
}

/* Metal knows neither names nor numbers. */
bool model__native_open_name(const wchar_t *name, union model_native *native)
{
    (void)name;
    (void)native;
    return false;
}

bool model__native_open_number(uintptr_t number, union model_native *native)
{
    (void)number;
    (void)native;
    return false;
}

uintptr_t model__native_number(union model_native native)
{
    (void)native;
    return 0;
}

void model__native_end_number(union model_native native)
{
    (void)native;
}
