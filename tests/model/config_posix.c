/*
 * What a device of a POSIX system offers by default.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

enum {
    OPAQUE = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
    DMA_BUF = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
    HOST = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT,
    FOREIGN = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT,
    BOTH_WAYS =
        VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT | VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT,
    IMPORT_ONLY = VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT,
    SEM_OPAQUE = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT,
    SEM_SYNC = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT,
    SEM_BOTH_WAYS =
        VK_EXTERNAL_SEMAPHORE_FEATURE_EXPORTABLE_BIT | VK_EXTERNAL_SEMAPHORE_FEATURE_IMPORTABLE_BIT,
    FENCE_OPAQUE = VK_EXTERNAL_FENCE_HANDLE_TYPE_OPAQUE_FD_BIT,
    FENCE_BOTH_WAYS =
        VK_EXTERNAL_FENCE_FEATURE_EXPORTABLE_BIT | VK_EXTERNAL_FENCE_FEATURE_IMPORTABLE_BIT
};

static const char *const extensions[] = {
    "VK_KHR_external_memory_fd",        "VK_EXT_external_memory_dma_buf",
    "VK_EXT_image_drm_format_modifier", "VK_KHR_external_semaphore_fd",
    "VK_KHR_external_fence_fd",         NULL,
};

const struct model_system model__system = {
    .extensions = extensions,
    .fences = "VK_KHR_external_fence_fd",
    .buffers =
        {
            {OPAQUE, BOTH_WAYS, OPAQUE | DMA_BUF, OPAQUE | DMA_BUF, false},
            {DMA_BUF, BOTH_WAYS, OPAQUE | DMA_BUF, OPAQUE | DMA_BUF, false},
            {HOST, IMPORT_ONLY, 0, HOST, false},
            {FOREIGN, IMPORT_ONLY, 0, FOREIGN, false},
        },
    .images =
        {
            {OPAQUE, BOTH_WAYS, OPAQUE | DMA_BUF, OPAQUE | DMA_BUF, false},
            {DMA_BUF, BOTH_WAYS, OPAQUE | DMA_BUF, OPAQUE | DMA_BUF, true},
            {HOST, IMPORT_ONLY, 0, HOST, true},
            {FOREIGN, IMPORT_ONLY, 0, FOREIGN, true},
        },
    .binarySemaphores =
        {
            {SEM_OPAQUE, SEM_BOTH_WAYS, SEM_OPAQUE | SEM_SYNC, SEM_OPAQUE | SEM_SYNC, false},
            {SEM_SYNC, SEM_BOTH_WAYS, SEM_OPAQUE | SEM_SYNC, SEM_OPAQUE | SEM_SYNC, false},
        },
    .timelineSemaphores =
        {
            {SEM_OPAQUE, SEM_BOTH_WAYS, SEM_OPAQUE, SEM_OPAQUE, false},
        },
    .fenceTypes =
        {
            {FENCE_OPAQUE, FENCE_BOTH_WAYS, FENCE_OPAQUE, FENCE_OPAQUE, false},
        },
};
