/*
 * The Metal back end as the suites see it: Metal objects, IOSurfaces and host pointers. The objects
 * are those of natives_metal.h.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* posix_memalign() */
#include "contract/backend.h"

#include <stdlib.h>
#include <unistd.h>

#include "contract/natives_metal.h"
#include "metal/vulkan.h"
#include "model/model.h"
#include "support/test.h"

#define MEMORY_BIT(name)    VK_EXTERNAL_MEMORY_HANDLE_TYPE_##name
#define SEMAPHORE_BIT(name) VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_##name

const struct backend_type backend_types[] = {
    {
        .type = MEMORY_BIT(MTLBUFFER_BIT_EXT),
        .name = "MTLBUFFER",
        .extension = VK_EXT_EXTERNAL_MEMORY_METAL_EXTENSION_NAME,
        .exportable = true,
        .closable = true,
        .counted = true,
        .local = true,
        .facts = true,
        .sameDevice = true,
        .sizeTold = true,
        .bufferOnly = true,
    },
    {
        .type = MEMORY_BIT(MTLTEXTURE_BIT_EXT),
        .name = "MTLTEXTURE",
        .extension = VK_EXT_EXTERNAL_MEMORY_METAL_EXTENSION_NAME,
        .exportable = true,
        .closable = true,
        .counted = true,
        .local = true,
        .facts = true,
        .sameDevice = true,
        .sizeIgnored = true,
        .sizeZero = true,
        .dedicated = true,
        .dedicatedRequired = true,
        .imageOnly = true,
    },
    {
        .type = MEMORY_BIT(MTLHEAP_BIT_EXT),
        .name = "MTLHEAP",
        .extension = VK_EXT_EXTERNAL_MEMORY_METAL_EXTENSION_NAME,
        .exportable = true,
        .closable = true,
        .counted = true,
        .local = true,
        .facts = true,
        .sameDevice = true,
        .sizeTold = true,
    },
    {
        .type = (uint32_t)VXM_EXTERNAL_MEMORY_HANDLE_TYPE_IOSURFACE_BIT,
        .name = "IOSURFACE",
        .extension = VK_EXT_METAL_OBJECTS_EXTENSION_NAME,
        .exportable = true,
        .closable = true,
        .counted = true,
        .local = true,
        .facts = true,
        .imageOnly = true,
        .atCreation = true,
        .foreign = true,
    },
    {
        .type = (uint32_t)VXM_EXTERNAL_MEMORY_HANDLE_TYPE_MTL_SHARED_TEXTURE_BIT,
        .name = "MTL_SHARED_TEXTURE",
        .extension = VK_EXT_EXTERNAL_MEMORY_METAL_EXTENSION_NAME,
        .exportable = true,
        .closable = true,
        .counted = true,
        .local = true,
        .facts = true,
        .sameDevice = true,
        .sizeIgnored = true,
        .sizeZero = true,
        .dedicated = true,
        .dedicatedRequired = true,
        .imageOnly = true,
        .nativeFirst = true,
    },
    {
        .type = MEMORY_BIT(HOST_ALLOCATION_BIT_EXT),
        .name = "HOST_ALLOCATION",
        .extension = VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME,
        .pointer = true,
        .local = true,
        .neverDedicated = true,
        .linear = true,
    },
};
const uint32_t backend_type_count = sizeof(backend_types) / sizeof(backend_types[0]);

const uint32_t backend_other_types[] = {
    MEMORY_BIT(OPAQUE_FD_BIT),  MEMORY_BIT(DMA_BUF_BIT_EXT),        MEMORY_BIT(OPAQUE_WIN32_BIT),
    MEMORY_BIT(D3D12_HEAP_BIT), MEMORY_BIT(ZIRCON_VMO_BIT_FUCHSIA), 0x80000000, /* nobody's */
};
const uint32_t backend_other_type_count =
    sizeof(backend_other_types) / sizeof(backend_other_types[0]);

const struct backend_semaphore_type backend_semaphore_types[] = {
    {
        .type = (uint32_t)VXM_EXTERNAL_SEMAPHORE_HANDLE_TYPE_MTL_SHARED_EVENT_BIT,
        .name = "MTL_SHARED_EVENT",
        .extension = VK_EXT_METAL_OBJECTS_EXTENSION_NAME,
        .timeline = true,
        .noBinary = true,
        .counted = true,
        .local = true,
        .anyDevice = true,
    },
};
const uint32_t backend_semaphore_type_count =
    sizeof(backend_semaphore_types) / sizeof(backend_semaphore_types[0]);

const uint32_t backend_other_semaphore_types[] = {
    SEMAPHORE_BIT(OPAQUE_FD_BIT),
    SEMAPHORE_BIT(SYNC_FD_BIT),
    SEMAPHORE_BIT(OPAQUE_WIN32_BIT),
    SEMAPHORE_BIT(ZIRCON_EVENT_BIT_FUCHSIA),
    0x80000000, /* nobody's */
};
const uint32_t backend_other_semaphore_type_count =
    sizeof(backend_other_semaphore_types) / sizeof(backend_other_semaphore_types[0]);

/* MTLHEAP: buffers, images and raw memory, of any origin. */
const struct backend_type *backend_opaque_type(void)
{
    return &backend_types[2];
}

const struct backend_type *backend_loose_type(void)
{
    return &backend_types[2];
}

const char *const backend_name = "metal";

void backend_begin(void)
{
    natives_begin();
}

void backend_end(void)
{
    natives_end();
}

/* ---- foreign and wrong handles ---- */

static bool is_host(const VxmHandle *handle)
{
    return handle->kind == VXM_HANDLE_KIND_MEMORY &&
           handle->type == MEMORY_BIT(HOST_ALLOCATION_BIT_EXT);
}

/* A texture has an extent and no size: system-metal makes those. */
bool backend_make_foreign(uint32_t type, uint64_t size, VxmHandle *handle)
{
    union model_native native;

    *handle = (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = type};
    if (is_host(handle)) {
        cr_assert_eq(posix_memalign(&handle->ptr, 65536, (size_t)size), 0);
        return true;
    }
    if (type == MEMORY_BIT(MTLTEXTURE_BIT_EXT) || !model_make_foreign(type, size, &native)) {
        return false;
    }
    handle->ptr = native.pointer;
    return true;
}

void backend_free_foreign(VxmHandle *handle)
{
    if (is_host(handle)) {
        free(handle->ptr);
    } else if (handle->type != 0) {
        cr_expect(natives_close(handle), "handle %p was closed already", handle->ptr);
    }
    *handle = (VxmHandle){0};
}

bool backend_make_wrong(uint32_t index, VxmHandleKind kind, uint32_t type, VxmHandle *handle,
                        const char **what)
{
    static const char *const names[] = {"NULL", "an address where no object can be",
                                        "an object of another class",
                                        "a Metal object of another class"};
    union model_native native = {.pointer = NULL};

    if (index >= sizeof(names) / sizeof(names[0])) {
        return false;
    }
    if (index == 1) {
        native.pointer = (void *)(intptr_t)-1;
    } else if (index == 2) {
        native.pointer = natives_make_other();
    } else if (index == 3) {
        cr_assert(model_make_foreign(kind == VXM_HANDLE_KIND_MEMORY &&
                                             type == MEMORY_BIT(MTLBUFFER_BIT_EXT)
                                         ? (uint32_t)MEMORY_BIT(MTLHEAP_BIT_EXT)
                                         : (uint32_t)MEMORY_BIT(MTLBUFFER_BIT_EXT),
                                     65536, &native));
    }
    *what = names[index];
    *handle = (VxmHandle){.kind = kind, .type = type, .ptr = native.pointer};
    return true;
}

void backend_free_wrong(VxmHandle *handle)
{
    if (handle->ptr != NULL && handle->ptr != (void *)(intptr_t)-1) {
        const VxmHandle object = {.kind = VXM_HANDLE_KIND_MEMORY, .type = 1, .ptr = handle->ptr};

        (void)natives_close(&object);
    }
    *handle = (VxmHandle){0};
}

/* ---- what is open ---- */

size_t backend_handle_count(void)
{
    return natives_count();
}

bool backend_is_open(const VxmHandle *handle)
{
    return natives_is_open(handle);
}

bool backend_is_private(const VxmHandle *handle)
{
    return natives_is_private(handle);
}

bool backend_same(const VxmHandle *a, const VxmHandle *b)
{
    return natives_same(a, b);
}

VxmHandle backend_keep(const VxmHandle *handle)
{
    VxmHandle kept;

    cr_assert(natives_keep(handle, &kept), "handle %p is not open", handle->ptr);
    return kept;
}

void backend_close(VxmHandle *handle)
{
    cr_expect(natives_close(handle), "handle %p was closed already", handle->ptr);
    *handle = (VxmHandle){0};
}

/* No driver takes a reference away, and addresses are not given out like descriptors. */
bool backend_reuse(const VxmHandle *closed, VxmHandle *unrelated)
{
    (void)closed;
    (void)unrelated;
    return false;
}

const bool backend_channels_move = false;
const bool backend_has_listeners = true;
const bool backend_has_duplicate_to = false;

uint64_t backend_process(void)
{
    return (uint64_t)getpid();
}

const char *backend_channel_name(void)
{
    return natives_channel_name();
}

bool backend_last_imported(VxmHandle *handle)
{
    ModelAllocation allocation;

    if (!model_last_allocation(&allocation) || allocation.importHandleType == 0) {
        return false;
    }
    *handle = (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY,
                          .type = allocation.importHandleType,
                          .ptr = allocation.importNative.pointer};
    return true;
}

/* ---- faults ---- */

const char *backend_fault_name(int kind)
{
    return natives_fault_name(kind);
}

void backend_fail(int kind, unsigned nth, bool forGood)
{
    natives_fail(kind, nth, forGood);
}

bool backend_failed(void)
{
    return natives_failed();
}

void backend_take_handles(void)
{
    natives_take();
}

bool backend_same_handles(char *difference, size_t capacity)
{
    return natives_same_taken(difference, capacity);
}
