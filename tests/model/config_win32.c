/*
 * What a device of Windows offers by default.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <string.h>

enum {
    OPAQUE = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT,
    KMT = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT,
    TEXTURE = VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT,
    TEXTURE_KMT = VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT,
    HEAP = VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT,
    RESOURCE = VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT,
    HOST = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT,
    FOREIGN = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT,
    OPAQUES = OPAQUE | KMT,
    BOTH_WAYS =
        VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT | VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT,
    IMPORT_ONLY = VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT,
    DEDICATED = VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT,
    SEM_OPAQUE = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT,
    SEM_KMT = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT,
    SEM_FENCE = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT,
    SEM_BOTH_WAYS =
        VK_EXTERNAL_SEMAPHORE_FEATURE_EXPORTABLE_BIT | VK_EXTERNAL_SEMAPHORE_FEATURE_IMPORTABLE_BIT
};

static const char *const extensions[] = {
    "VK_KHR_external_memory_win32",
    "VK_KHR_external_semaphore_win32",
    "VK_KHR_win32_keyed_mutex",
    NULL,
};

static void adjust(ModelDeviceConfig *device, uint32_t index)
{
    memset(device->deviceLUID, (int)(0xa0 + index), VK_LUID_SIZE);
    device->deviceLUIDValid = true;
    device->deviceNodeMask = 1;
}

const struct model_system model__system = {
    .extensions = extensions,
    .buffers =
        {
            {OPAQUE, BOTH_WAYS, OPAQUES, OPAQUES, false},
            {KMT, BOTH_WAYS, OPAQUES, OPAQUES, false},
            {HEAP, BOTH_WAYS, HEAP, HEAP, false},
            {RESOURCE, BOTH_WAYS | DEDICATED, RESOURCE, RESOURCE, false},
            {HOST, IMPORT_ONLY, 0, HOST, false},
            {FOREIGN, IMPORT_ONLY, 0, FOREIGN, false},
        },
    .images =
        {
            {OPAQUE, BOTH_WAYS, OPAQUES, OPAQUES, false},
            {KMT, BOTH_WAYS, OPAQUES, OPAQUES, false},
            {TEXTURE, BOTH_WAYS | DEDICATED, TEXTURE | TEXTURE_KMT, TEXTURE | TEXTURE_KMT, false},
            {TEXTURE_KMT, BOTH_WAYS | DEDICATED, TEXTURE | TEXTURE_KMT, TEXTURE | TEXTURE_KMT,
             false},
            {HEAP, BOTH_WAYS, HEAP, HEAP, false},
            {RESOURCE, BOTH_WAYS | DEDICATED, RESOURCE, RESOURCE, false},
            {HOST, IMPORT_ONLY, 0, HOST, true},
            {FOREIGN, IMPORT_ONLY, 0, FOREIGN, true},
        },
    .binarySemaphores =
        {
            {SEM_OPAQUE, SEM_BOTH_WAYS, SEM_OPAQUE | SEM_KMT, SEM_OPAQUE | SEM_KMT, false},
            {SEM_KMT, SEM_BOTH_WAYS, SEM_OPAQUE | SEM_KMT, SEM_OPAQUE | SEM_KMT, false},
        },
    .timelineSemaphores =
        {
            {SEM_OPAQUE, SEM_BOTH_WAYS, SEM_OPAQUE | SEM_KMT, SEM_OPAQUE | SEM_KMT, false},
            {SEM_KMT, SEM_BOTH_WAYS, SEM_OPAQUE | SEM_KMT, SEM_OPAQUE | SEM_KMT, false},
            {SEM_FENCE, SEM_BOTH_WAYS, SEM_FENCE, SEM_FENCE, false},
        },
    .adjust = adjust,
};
