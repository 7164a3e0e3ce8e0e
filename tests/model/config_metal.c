/*
 * What a device of Metal's systems offers by default. Its IOSurfaces and shared events don't stand
 * in any table, since Vulkan can't be asked for them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "metal/vulkan.h"

#include "internal.h"

enum {
    BUFFER = VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLBUFFER_BIT_EXT,
    TEXTURE = VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLTEXTURE_BIT_EXT,
    HEAP = VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLHEAP_BIT_EXT,
    HOST = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT,
    FOREIGN = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT,
    BOTH_WAYS =
        VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT | VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT,
    IMPORT_ONLY = VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT,
    DEDICATED = VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT
};

static const char *const extensions[] = {
    "VK_EXT_external_memory_metal",
    "VK_EXT_metal_objects",
    "VK_KHR_portability_subset",
    NULL,
};

static void adjust(ModelDeviceConfig *device, uint32_t index)
{
    (void)index;
    device->driverID = VK_DRIVER_ID_MOLTENVK;
}

const struct model_system model__system = {
    .extensions = extensions,
    .buffers =
        {
            {BUFFER, BOTH_WAYS, BUFFER, BUFFER, false},
            {HEAP, BOTH_WAYS, HEAP, HEAP, false},
            {HOST, IMPORT_ONLY, 0, HOST, false},
            {FOREIGN, IMPORT_ONLY, 0, FOREIGN, false},
        },
    .images =
        {
            {TEXTURE, BOTH_WAYS | DEDICATED, TEXTURE, TEXTURE, false},
            {HEAP, BOTH_WAYS, HEAP, HEAP, false},
            {HOST, IMPORT_ONLY, 0, HOST, true},
            {FOREIGN, IMPORT_ONLY, 0, FOREIGN, true},
        },
    .adjust = adjust,
    .nativeDevice = model__native_device,
};
