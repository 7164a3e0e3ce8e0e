/*
 * The POSIX back end as the suites see it: file descriptors and host pointers.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "contract/backend.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/model.h"
#include "support/faults.h"
#include "support/resources.h"
#include "support/test.h"

const struct backend_type backend_types[] = {
    {
        .type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
        .name = "OPAQUE_FD",
        .exportable = true,
        .exact = true,
        .sameDevice = true,
        .sameDriver = true,
        .sameDedicated = true,
        .closable = true,
        .consumed = true,
        .dedicated = true,
        .extension = VK_KHR_EXTERNAL_MEMORY_FD_EXTENSION_NAME,
    },
    {
        .type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
        .name = "DMA_BUF",
        .exportable = true,
        .closable = true,
        .consumed = true,
        .sizeTold = true,
        .linear = true,
        .foreign = true,
        .extension = VK_EXT_EXTERNAL_MEMORY_DMA_BUF_EXTENSION_NAME,
    },
    {
        .type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT,
        .name = "HOST_ALLOCATION",
        .pointer = true,
        .local = true,
        .neverDedicated = true,
        .linear = true,
        .extension = VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME,
    },
};
const uint32_t backend_type_count = sizeof(backend_types) / sizeof(backend_types[0]);

const uint32_t backend_other_types[] = {
    VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT,
    VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT,
    VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT,
    VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT,
    VK_EXTERNAL_MEMORY_HANDLE_TYPE_ZIRCON_VMO_BIT_FUCHSIA,
    0x00010000, /* MTLBUFFER, which older headers don't have */
    0x80000000, /* nobody's */
};
const uint32_t backend_other_type_count =
    sizeof(backend_other_types) / sizeof(backend_other_types[0]);

const struct backend_semaphore_type backend_semaphore_types[] = {
    {
        .type = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT,
        .name = "OPAQUE_FD",
        .extension = VK_KHR_EXTERNAL_SEMAPHORE_FD_EXTENSION_NAME,
        .getCommand = "vkGetSemaphoreFdKHR",
        .importCommand = "vkImportSemaphoreFdKHR",
        .timeline = true,
        .consumed = true,
    },
    {
        .type = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT,
        .name = "SYNC_FD",
        .extension = VK_KHR_EXTERNAL_SEMAPHORE_FD_EXTENSION_NAME,
        .getCommand = "vkGetSemaphoreFdKHR",
        .importCommand = "vkImportSemaphoreFdKHR",
        .temporaryOnly = true,
        .consumed = true,
        .anyDevice = true,
    },
};
const uint32_t backend_semaphore_type_count =
    sizeof(backend_semaphore_types) / sizeof(backend_semaphore_types[0]);

const uint32_t backend_other_semaphore_types[] = {
    VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT,
    VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT,
    VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT,
    VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_ZIRCON_EVENT_BIT_FUCHSIA,
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
    return &backend_types[1];
}

void backend_begin(void)
{
}

void backend_end(void)
{
}

/* ---- foreign and wrong handles ---- */

static bool is_host(uint32_t type)
{
    return type == VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;
}

bool backend_make_foreign(uint32_t type, uint64_t size, VxmHandle *handle)
{
    *handle = (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = type};
    if (is_host(type)) {
        void *memory = NULL;

        cr_assert_eq(posix_memalign(&memory, 65536, (size_t)size), 0);
        handle->ptr = memory;
        return true;
    }
    if (type == VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT) {
        handle->fd = model_make_dma_buf(size);
        cr_assert_geq(handle->fd, 0);
        return true;
    }
    return false;
}

void backend_free_foreign(VxmHandle *handle)
{
    if (is_host(handle->type) && handle->kind == VXM_HANDLE_KIND_MEMORY) {
        free(handle->ptr);
    } else if (handle->type != 0) {
        cr_expect_eq(close(handle->fd), 0, "fd %d was closed already", handle->fd);
    }
    *handle = (VxmHandle){0};
}

static int make_pipe(void)
{
    int ends[2];

    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    close(ends[1]);
    return ends[0];
}

static int make_memfd(void)
{
    int fd = memfd_create("not a payload", MFD_CLOEXEC);

    cr_assert_geq(fd, 0);
    cr_assert_eq(ftruncate(fd, 1 << 20), 0);
    return fd;
}

static int make_null(void)
{
    return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static int make_directory(void)
{
    return open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* A number that was open a moment ago. */
static int make_closed(void)
{
    int fd = make_null();

    close(fd);
    return fd;
}

static int make_minus_one(void)
{
    return -1;
}

static int make_minus_two(void)
{
    return -2;
}

static int make_most_negative(void)
{
    return INT32_MIN;
}

static int make_highest(void)
{
    return INT32_MAX;
}

bool backend_make_wrong(uint32_t index, VxmHandleKind kind, uint32_t type, VxmHandle *handle,
                        const char **what)
{
    static const struct {
        const char *what;
        int (*make)(void);
    } wrongs[] = {
        {"/dev/null", make_null},           {"a pipe", make_pipe},        {"a memfd", make_memfd},
        {"a directory", make_directory},    {"a closed fd", make_closed}, {"fd -1", make_minus_one},
        {"fd INT_MIN", make_most_negative}, {"fd INT_MAX", make_highest}, {"fd -2", make_minus_two},
    };
    const size_t count = sizeof(wrongs) / sizeof(wrongs[0]);

    /* To a sync fd, -1 is right: already signalled. */
    if (kind == VXM_HANDLE_KIND_SEMAPHORE &&
        type == VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT) {
        for (uint32_t i = 0; i <= index && i < count; i++) {
            index += wrongs[i].make == make_minus_one ? 1u : 0u;
        }
    }
    if (index >= count) {
        return false;
    }
    *what = wrongs[index].what;
    *handle = (VxmHandle){.kind = kind, .type = type, .fd = wrongs[index].make()};
    return true;
}

void backend_free_wrong(VxmHandle *handle)
{
    if (handle->fd >= 0) {
        close(handle->fd);
    }
    *handle = (VxmHandle){0};
}

/* ---- what is open ---- */

size_t backend_handle_count(void)
{
    return support_handle_count();
}

bool backend_is_open(const VxmHandle *handle)
{
    return support_is_open(handle->fd);
}

bool backend_is_private(const VxmHandle *handle)
{
    return support_is_cloexec(handle->fd);
}

/* The payloads of the model driver and the files of these tests each have an inode of their own. */
bool backend_same(const VxmHandle *a, const VxmHandle *b)
{
    struct stat fileA;
    struct stat fileB;

    return fstat(a->fd, &fileA) == 0 && fstat(b->fd, &fileB) == 0 && fileA.st_dev == fileB.st_dev &&
           fileA.st_ino == fileB.st_ino;
}

VxmHandle backend_keep(const VxmHandle *handle)
{
    VxmHandle kept = *handle;

    kept.fd = fcntl(handle->fd, F_DUPFD_CLOEXEC, 0);
    cr_assert_geq(kept.fd, 0, "fd %d is not open", handle->fd);
    return kept;
}

void backend_close(VxmHandle *handle)
{
    cr_expect_eq(close(handle->fd), 0, "fd %d was closed already", handle->fd);
    *handle = (VxmHandle){0};
}

bool backend_reuse(const VxmHandle *closed, VxmHandle *unrelated)
{
    int fd = memfd_create("unrelated", MFD_CLOEXEC);

    cr_assert_geq(fd, 0);
    *unrelated = *closed;
    if (fd != closed->fd) {
        cr_assert_not(support_is_open(closed->fd), "fd %d is open still", closed->fd);
        cr_assert_eq(dup3(fd, closed->fd, O_CLOEXEC), closed->fd);
        close(fd);
    }
    return true;
}

const char *const backend_name = "posix";
const bool backend_channels_move = false;
const bool backend_has_listeners = true;
const bool backend_has_duplicate_to = false;

uint64_t backend_process(void)
{
    return (uint64_t)getpid();
}

const char *backend_channel_name(void)
{
    static char name[64];
    static unsigned count;

    snprintf(name, sizeof(name), "@vxm-contract-%ld-%u", (long)getpid(), count++);
    return name;
}

bool backend_last_imported(VxmHandle *handle)
{
    ModelAllocation allocation;

    if (!model_last_allocation(&allocation) || allocation.importHandleType == 0) {
        return false;
    }
    *handle = (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY,
                          .type = allocation.importHandleType,
                          .fd = allocation.importNative.fd};
    return true;
}

/* ---- faults ---- */

const char *backend_fault_name(int kind)
{
    return kind < FAULT_KINDS ? fault_kind_name((enum fault_kind)kind) : NULL;
}

void backend_fail(int kind, unsigned nth, bool forGood)
{
    faults_arm((enum fault_kind)kind, nth, forGood ? FAULT_FOR_GOOD : FAULT_ONCE, 0);
}

bool backend_failed(void)
{
    return faults_disarm();
}

const int backend_loader_fault = FAULT_DLOPEN;
const char *const backend_callless[] = {NULL};

static struct support_handles taken;

void backend_take_handles(void)
{
    support_take_handles(&taken);
}

bool backend_same_handles(char *difference, size_t capacity)
{
    static struct support_handles now;

    support_take_handles(&now);
    return support_same_handles(&taken, &now, difference, capacity);
}
