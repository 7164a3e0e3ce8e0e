/*
 * The Win32 back end as the suites see it: NT handles, KMT numbers and host pointers. The handles
 * are those of natives_win32.h.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/backend.h"

#include "contract/natives_win32.h"
#include "model/model.h"
#include "support/test.h"
#include "win32/vulkan.h"

#define MEMORY_BIT(name)    VK_EXTERNAL_MEMORY_HANDLE_TYPE_##name
#define SEMAPHORE_BIT(name) VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_##name

const struct backend_type backend_types[] = {
    {
        .type = MEMORY_BIT(OPAQUE_WIN32_BIT),
        .name = "OPAQUE_WIN32",
        .extension = VK_KHR_EXTERNAL_MEMORY_WIN32_EXTENSION_NAME,
        .exportable = true,
        .closable = true,
        .singleExport = true,
        .names = true,
        .exact = true,
        .sameDevice = true,
        .sameDriver = true,
        .sameDedicated = true,
        .dedicated = true,
    },
    {
        .type = MEMORY_BIT(OPAQUE_WIN32_KMT_BIT),
        .name = "OPAQUE_WIN32_KMT",
        .extension = VK_KHR_EXTERNAL_MEMORY_WIN32_EXTENSION_NAME,
        .exportable = true,
        .value = true,
        .exact = true,
        .sameDevice = true,
        .sameDriver = true,
        .sameDedicated = true,
        .dedicated = true,
    },
    {
        .type = MEMORY_BIT(D3D11_TEXTURE_BIT),
        .name = "D3D11_TEXTURE",
        .extension = VK_KHR_EXTERNAL_MEMORY_WIN32_EXTENSION_NAME,
        .exportable = true,
        .closable = true,
        .singleExport = true,
        .names = true,
        .sameDevice = true,
        .sameDriver = true,
        .byLuid = true,
        .sizeIgnored = true,
        .dedicated = true,
        .dedicatedRequired = true,
        .imageOnly = true,
        .general = true,
        .keyedMutex = true,
    },
    {
        .type = MEMORY_BIT(D3D11_TEXTURE_KMT_BIT),
        .name = "D3D11_TEXTURE_KMT",
        .extension = VK_KHR_EXTERNAL_MEMORY_WIN32_EXTENSION_NAME,
        .exportable = true,
        .value = true,
        .sameDevice = true,
        .sameDriver = true,
        .byLuid = true,
        .sizeIgnored = true,
        .dedicated = true,
        .dedicatedRequired = true,
        .imageOnly = true,
        .general = true,
        .keyedMutex = true,
    },
    {
        .type = MEMORY_BIT(D3D12_HEAP_BIT),
        .name = "D3D12_HEAP",
        .sameDedicated = true,
        .extension = VK_KHR_EXTERNAL_MEMORY_WIN32_EXTENSION_NAME,
        .exportable = true,
        .closable = true,
        .singleExport = true,
        .names = true,
        .sameDevice = true,
        .sameDriver = true,
        .byLuid = true,
    },
    {
        .type = MEMORY_BIT(D3D12_RESOURCE_BIT),
        .name = "D3D12_RESOURCE",
        .extension = VK_KHR_EXTERNAL_MEMORY_WIN32_EXTENSION_NAME,
        .exportable = true,
        .closable = true,
        .singleExport = true,
        .names = true,
        .sameDevice = true,
        .sameDriver = true,
        .byLuid = true,
        .sizeIgnored = true,
        .dedicated = true,
        .dedicatedRequired = true,
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
    MEMORY_BIT(OPAQUE_FD_BIT),
    MEMORY_BIT(DMA_BUF_BIT_EXT),
    MEMORY_BIT(ZIRCON_VMO_BIT_FUCHSIA),
    0x00010000, /* MTLBUFFER, which older headers don't have */
    0x80000000, /* nobody's */
};
const uint32_t backend_other_type_count =
    sizeof(backend_other_types) / sizeof(backend_other_types[0]);

const struct backend_semaphore_type backend_semaphore_types[] = {
    {
        .type = SEMAPHORE_BIT(OPAQUE_WIN32_BIT),
        .name = "OPAQUE_WIN32",
        .extension = VK_KHR_EXTERNAL_SEMAPHORE_WIN32_EXTENSION_NAME,
        .getCommand = "vkGetSemaphoreWin32HandleKHR",
        .importCommand = "vkImportSemaphoreWin32HandleKHR",
        .timeline = true,
        .singleExport = true,
        .names = true,
    },
    {
        .type = SEMAPHORE_BIT(OPAQUE_WIN32_KMT_BIT),
        .name = "OPAQUE_WIN32_KMT",
        .extension = VK_KHR_EXTERNAL_SEMAPHORE_WIN32_EXTENSION_NAME,
        .getCommand = "vkGetSemaphoreWin32HandleKHR",
        .importCommand = "vkImportSemaphoreWin32HandleKHR",
        .timeline = true,
        .value = true,
    },
    {
        .type = SEMAPHORE_BIT(D3D12_FENCE_BIT),
        .name = "D3D12_FENCE",
        .extension = VK_KHR_EXTERNAL_SEMAPHORE_WIN32_EXTENSION_NAME,
        .getCommand = "vkGetSemaphoreWin32HandleKHR",
        .importCommand = "vkImportSemaphoreWin32HandleKHR",
        .timeline = true,
        .noBinary = true,
        .singleExport = true,
        .names = true,
    },
};
const uint32_t backend_semaphore_type_count =
    sizeof(backend_semaphore_types) / sizeof(backend_semaphore_types[0]);

const uint32_t backend_other_semaphore_types[] = {
    SEMAPHORE_BIT(OPAQUE_FD_BIT), SEMAPHORE_BIT(SYNC_FD_BIT),
    SEMAPHORE_BIT(ZIRCON_EVENT_BIT_FUCHSIA), 0x80000000, /* nobody's */
};
const uint32_t backend_other_semaphore_type_count =
    sizeof(backend_other_semaphore_types) / sizeof(backend_other_semaphore_types[0]);

const struct backend_type *backend_opaque_type(void)
{
    return &backend_types[0];
}

/* D3D12_HEAP: buffers, images and raw memory, of any origin. */
const struct backend_type *backend_loose_type(void)
{
    return &backend_types[4];
}

const char *const backend_name = "win32";

void backend_begin(void)
{
}

void backend_end(void)
{
}

/* ---- foreign and wrong handles ---- */

static bool is_host(const VxmHandle *handle)
{
    return handle->kind == VXM_HANDLE_KIND_MEMORY &&
           handle->type == MEMORY_BIT(HOST_ALLOCATION_BIT_EXT);
}

static bool is_kmt(VxmHandleKind kind, uint32_t type)
{
    return kind == VXM_HANDLE_KIND_MEMORY
               ? type == MEMORY_BIT(OPAQUE_WIN32_KMT_BIT) ||
                     type == MEMORY_BIT(D3D11_TEXTURE_KMT_BIT)
               : kind == VXM_HANDLE_KIND_SEMAPHORE && type == SEMAPHORE_BIT(OPAQUE_WIN32_KMT_BIT);
}

bool backend_make_foreign(uint32_t type, uint64_t size, VxmHandle *handle)
{
    union model_native native;

    *handle = (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = type};
    if (is_host(handle)) {
        handle->ptr = natives_allocate((size_t)size);
        cr_assert_not_null(handle->ptr);
        return true;
    }
    if (!model_make_foreign(type, size, &native)) {
        return false;
    }
    handle->ptr = native.pointer;
    return true;
}

void backend_free_foreign(VxmHandle *handle)
{
    if (is_host(handle)) {
        natives_free(handle->ptr);
    } else if (is_kmt(handle->kind, handle->type)) {
        model_free_foreign(handle->type, (union model_native){.pointer = handle->ptr});
    } else if (handle->type != 0) {
        cr_expect(natives_close(handle->ptr), "handle %p was closed already", handle->ptr);
    }
    *handle = (VxmHandle){0};
}

bool backend_make_wrong(uint32_t index, VxmHandleKind kind, uint32_t type, VxmHandle *handle,
                        const char **what)
{
    void *native;

    /* Any number may stand for something, but for these. */
    if (is_kmt(kind, type)) {
        static const struct {
            const char *what;
            intptr_t value;
        } numbers[] = {
            {"number 0", 0},
            {"number -1", -1},
        };

        if (index >= sizeof(numbers) / sizeof(numbers[0])) {
            return false;
        }
        *what = numbers[index].what;
        native = (void *)numbers[index].value;
    } else {
        native = natives_make_wrong(index, what);
        if (*what == NULL) {
            return false;
        }
    }
    *handle = (VxmHandle){.kind = kind, .type = type, .ptr = native};
    return true;
}

void backend_free_wrong(VxmHandle *handle)
{
    natives_close(handle->ptr);
    *handle = (VxmHandle){0};
}

/* ---- what is open ---- */

size_t backend_handle_count(void)
{
    return natives_count();
}

bool backend_is_open(const VxmHandle *handle)
{
    return natives_is_open(handle->ptr);
}

bool backend_is_private(const VxmHandle *handle)
{
    return natives_is_private(handle->ptr);
}

bool backend_same(const VxmHandle *a, const VxmHandle *b)
{
    return natives_same(a->ptr, b->ptr);
}

VxmHandle backend_keep(const VxmHandle *handle)
{
    VxmHandle kept = *handle;

    kept.ptr = natives_duplicate(handle->ptr);
    cr_assert_not_null(kept.ptr, "handle %p is not open", handle->ptr);
    return kept;
}

void backend_close(VxmHandle *handle)
{
    cr_expect(natives_close(handle->ptr), "handle %p was closed already", handle->ptr);
    *handle = (VxmHandle){0};
}

bool backend_reuse(const VxmHandle *closed, VxmHandle *unrelated)
{
    *unrelated = *closed;
    return natives_reuse(closed->ptr, &unrelated->ptr);
}

const bool backend_channels_move = false;
const bool backend_has_listeners = true;
const bool backend_has_duplicate_to = true;

uint64_t backend_process(void)
{
    return natives_process();
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
