/*
 * What a device of Fuchsia offers by default.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include "modelled/table.h"

enum {
    VMO = VK_EXTERNAL_MEMORY_HANDLE_TYPE_ZIRCON_VMO_BIT_FUCHSIA,
    HOST = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT,
    FOREIGN = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT,
    BOTH_WAYS =
        VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT | VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT,
    IMPORT_ONLY = VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT,
    SEM_EVENT = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_ZIRCON_EVENT_BIT_FUCHSIA,
    SEM_BOTH_WAYS =
        VK_EXTERNAL_SEMAPHORE_FEATURE_EXPORTABLE_BIT | VK_EXTERNAL_SEMAPHORE_FEATURE_IMPORTABLE_BIT
};

static const char *const extensions[] = {
    "VK_FUCHSIA_external_memory",
    "VK_FUCHSIA_external_semaphore",
    NULL,
};

static uint32_t rights(union model_native native)
{
    return modelled_rights(native.zircon);
}

const struct model_system model__system = {
    .rights = rights,
    .extensions = extensions,
    .buffers =
        {
            {VMO, BOTH_WAYS, VMO, VMO, false},
            {HOST, IMPORT_ONLY, 0, HOST, false},
            {FOREIGN, IMPORT_ONLY, 0, FOREIGN, false},
        },
    .images =
        {
            {VMO, BOTH_WAYS, VMO, VMO, false},
            {HOST, IMPORT_ONLY, 0, HOST, true},
            {FOREIGN, IMPORT_ONLY, 0, FOREIGN, true},
        },
    .binarySemaphores =
        {
            {SEM_EVENT, SEM_BOTH_WAYS, SEM_EVENT, SEM_EVENT, false},
        },
};
