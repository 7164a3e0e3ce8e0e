/*
 * The Fuchsia back end as the suites see it: VMOs, events and host pointers, over the modelled
 * calls of Zircon's.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "contract/backend.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fuchsia/vulkan.h"
#include "model/model.h"
#include "modelled/zircon.h"
#include "support/faults.h"
#include "support/test.h"

#define PAGE 4096u

const struct backend_type backend_types[] = {
    {
        .type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_ZIRCON_VMO_BIT_FUCHSIA,
        .name = "ZIRCON_VMO",
        .extension = VK_FUCHSIA_EXTERNAL_MEMORY_EXTENSION_NAME,
        .exportable = true,
        .closable = true,
        .consumed = true,
        .sizeTold = true,
        .sameDedicated = true,
        .foreign = true,
    },
    {
        .type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT,
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
    VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
    VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
    VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT,
    VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT,
    VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT,
    0x00010000, /* MTLBUFFER, which older headers don't have */
    0x80000000, /* nobody's */
};
const uint32_t backend_other_type_count =
    sizeof(backend_other_types) / sizeof(backend_other_types[0]);

const struct backend_semaphore_type backend_semaphore_types[] = {
    {
        .type = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_ZIRCON_EVENT_BIT_FUCHSIA,
        .name = "ZIRCON_EVENT",
        .extension = VK_FUCHSIA_EXTERNAL_SEMAPHORE_EXTENSION_NAME,
        .getCommand = "vkGetSemaphoreZirconHandleFUCHSIA",
        .importCommand = "vkImportSemaphoreZirconHandleFUCHSIA",
        .consumed = true,
        .anyDevice = true,
    },
};
const uint32_t backend_semaphore_type_count =
    sizeof(backend_semaphore_types) / sizeof(backend_semaphore_types[0]);

const uint32_t backend_other_semaphore_types[] = {
    VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT,
    VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT,
    VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT,
    VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT,
    0x80000000, /* nobody's */
};
const uint32_t backend_other_semaphore_type_count =
    sizeof(backend_other_semaphore_types) / sizeof(backend_other_semaphore_types[0]);

const struct backend_type *backend_opaque_type(void)
{
    return &backend_types[0];
}

const struct backend_type *backend_loose_type(void)
{
    return &backend_types[0];
}

const char *const backend_name = "fuchsia";

static struct modelled_taken atBegin;
static struct modelled_taken atEnd;

void backend_begin(void)
{
    modelled_take(&atBegin);
}

void backend_end(void)
{
    static char difference[4096];

    modelled_take(&atEnd);
    cr_expect(modelled_same_taken(&atBegin, &atEnd, difference, sizeof(difference)),
              "handles are not as they were before the test: %s", difference);
    cr_expect_eq(zircon_message_count(), 0, "%zu messages lie in channels that are open still",
                 zircon_message_count());
}

/* ---- foreign and wrong handles ---- */

static bool is_host(const VxmHandle *handle)
{
    return handle->kind == VXM_HANDLE_KIND_MEMORY &&
           handle->type == VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;
}

bool backend_make_foreign(uint32_t type, uint64_t size, VxmHandle *handle)
{
    union model_native native;

    *handle = (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = type};
    if (is_host(handle)) {
        void *memory = NULL;

        cr_assert_eq(posix_memalign(&memory, 65536, (size_t)size), 0);
        handle->ptr = memory;
        return true;
    }
    /* A VMO consists of pages. */
    if (!model_make_foreign(type, (size + PAGE - 1) / PAGE * PAGE, &native)) {
        return false;
    }
    handle->zircon = native.zircon;
    return true;
}

void backend_free_foreign(VxmHandle *handle)
{
    if (is_host(handle)) {
        free(handle->ptr);
    } else if (handle->type != 0) {
        modelled_close(handle->zircon);
    }
    *handle = (VxmHandle){0};
}

static zx_handle_t make_vmo(void)
{
    return zircon_make(ZX_OBJ_TYPE_VMO, 1 << 20);
}

static zx_handle_t make_event(void)
{
    return zircon_make(ZX_OBJ_TYPE_EVENT, 0);
}

static zx_handle_t make_port(void)
{
    return zircon_make(ZX_OBJ_TYPE_PORT, 0);
}

/* A number that was open a moment ago. */
static zx_handle_t make_closed(void)
{
    zx_handle_t handle = make_event();

    zx_handle_close(handle);
    return handle;
}

static zx_handle_t make_none(void)
{
    return ZX_HANDLE_INVALID;
}

static zx_handle_t make_highest(void)
{
    return UINT32_MAX;
}

bool backend_make_wrong(uint32_t index, VxmHandleKind kind, uint32_t type, VxmHandle *handle,
                        const char **what)
{
    static const struct {
        const char *what;
        int right; /* the kind of which it would be right; -1: none */
        zx_handle_t (*make)(void);
    } wrongs[] = {
        {"ZX_HANDLE_INVALID", -1, make_none},
        {"a closed handle", -1, make_closed},
        {"handle 0xFFFFFFFF", -1, make_highest},
        {"a port", -1, make_port},
        {"a VMO", VXM_HANDLE_KIND_MEMORY, make_vmo},
        {"an event", VXM_HANDLE_KIND_SEMAPHORE, make_event},
    };
    const size_t count = sizeof(wrongs) / sizeof(wrongs[0]);

    for (uint32_t i = 0; i <= index && i < count; i++) {
        index += wrongs[i].right == (int)kind ? 1u : 0u;
    }
    if (index >= count) {
        return false;
    }
    *what = wrongs[index].what;
    *handle = (VxmHandle){.kind = kind, .type = type, .zircon = wrongs[index].make()};
    return true;
}

void backend_free_wrong(VxmHandle *handle)
{
    if (modelled_is_open(handle->zircon)) {
        modelled_close(handle->zircon);
    }
    *handle = (VxmHandle){0};
}

/* ---- what is open ---- */

size_t backend_handle_count(void)
{
    return modelled_open_count();
}

bool backend_is_open(const VxmHandle *handle)
{
    return modelled_is_open(handle->zircon);
}

/* No process inherits handles. */
bool backend_is_private(const VxmHandle *handle)
{
    return backend_is_open(handle);
}

bool backend_same(const VxmHandle *a, const VxmHandle *b)
{
    return modelled_same(a->zircon, b->zircon);
}

VxmHandle backend_keep(const VxmHandle *handle)
{
    VxmHandle kept = *handle;
    modelled_value duplicate = 0;

    cr_assert(modelled_duplicate(handle->zircon, &duplicate), "handle 0x%x is not open",
              handle->zircon);
    kept.zircon = (uint32_t)duplicate;
    return kept;
}

void backend_close(VxmHandle *handle)
{
    modelled_close(handle->zircon);
    *handle = (VxmHandle){0};
}

bool backend_reuse(const VxmHandle *closed, VxmHandle *unrelated)
{
    zx_handle_t other = make_event();

    cr_assert(modelled_put(closed->zircon, other), "handle 0x%x is open still", closed->zircon);
    modelled_close(other);
    *unrelated = *closed;
    return true;
}

const bool backend_channels_move = true;
const bool backend_has_listeners = false;
const bool backend_has_duplicate_to = false;

uint64_t backend_process(void)
{
    return (uint64_t)getpid();
}

const char *backend_channel_name(void)
{
    static char name[64];
    static unsigned count;

    snprintf(name, sizeof(name), "vxm-contract-%u", count++);
    return name;
}

bool backend_last_imported(VxmHandle *handle)
{
    ModelAllocation allocation;

    if (!model_last_allocation(&allocation) || allocation.importHandleType == 0) {
        return false;
    }
    *handle = (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = allocation.importHandleType};
    if (is_host(handle)) {
        handle->ptr = allocation.importNative.pointer;
    } else {
        handle->zircon = allocation.importNative.zircon;
    }
    return true;
}

/* ---- faults ---- */

enum {
    HEAP,
    ZIRCON,
    LOADER,
    KINDS
};

const int backend_loader_fault = LOADER;
/* To look at a handle doesn't fail, and one that a driver gave is right as it is. */
const char *const backend_callless[] = {
    "vxmExportMemory",       "vxmGetMemoryHandle",
    "vxmCheckShared",        "vxmExportSemaphore",
    "vxmGetSemaphoreHandle", "vxmExportChannel",
    "vxmImportChannel",      "vxmGetChannelPeer",
    "vxmCheckHandle",        NULL,
};

const char *backend_fault_name(int kind)
{
    static const char *const names[KINDS] = {"malloc", "a call of Zircon's", "dlopen"};

    return kind < KINDS ? names[kind] : NULL;
}

void backend_fail(int kind, unsigned nth, bool forGood)
{
    if (kind == ZIRCON) {
        modelled_fail(nth, forGood);
    } else {
        faults_arm(kind == HEAP ? FAULT_MALLOC : FAULT_DLOPEN, nth,
                   forGood ? FAULT_FOR_GOOD : FAULT_ONCE, 0);
    }
}

bool backend_failed(void)
{
    bool zircon = modelled_failed();

    return faults_disarm() || zircon;
}

static struct modelled_taken taken;

void backend_take_handles(void)
{
    modelled_take(&taken);
}

bool backend_same_handles(char *difference, size_t capacity)
{
    static struct modelled_taken now;

    modelled_take(&now);
    return modelled_same_taken(&taken, &now, difference, capacity);
}
