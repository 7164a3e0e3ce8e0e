/*
 * The handle types of this system, in the order of the tables.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "report.h"

#define MEMORY(name)    VK_EXTERNAL_MEMORY_HANDLE_TYPE_##name
#define SEMAPHORE(name) VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_##name

/* Bits that the Vulkan headers of the minimum version don't have yet. */
#define ZIRCON_VMO   0x800
#define ZIRCON_EVENT 0x80
#define MTLBUFFER    0x10000
#define MTLTEXTURE   0x20000
#define MTLHEAP      0x40000

#if defined(_WIN32)

const char system_name[] = "Windows";

const struct handle_type memory_types[] = {
    {MEMORY(OPAQUE_WIN32_BIT), 0},
    {MEMORY(OPAQUE_WIN32_KMT_BIT), 0},
    {MEMORY(D3D11_TEXTURE_BIT), 0},
    {MEMORY(D3D11_TEXTURE_KMT_BIT), 0},
    {MEMORY(D3D12_HEAP_BIT), 0},
    {MEMORY(D3D12_RESOURCE_BIT), 0},
    {MEMORY(HOST_ALLOCATION_BIT_EXT), TYPE_LOCAL | TYPE_HOST},
    {MEMORY(HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT), TYPE_LOCAL | TYPE_HOST | TYPE_FOREIGN},
    {0, 0},
};

const struct handle_type semaphore_types[] = {
    {SEMAPHORE(OPAQUE_WIN32_BIT), 0},
    {SEMAPHORE(OPAQUE_WIN32_KMT_BIT), 0},
    {SEMAPHORE(D3D12_FENCE_BIT), 0},
    {0, 0},
};

#elif defined(__APPLE__)

const char system_name[] = "macOS";

/* What Metal has are objects of one process. Those that can leave it do so by the app's own XPC
 * connection, so that the probe can't follow. */
const struct handle_type memory_types[] = {
    {MTLBUFFER, TYPE_LOCAL},
    {MTLTEXTURE, TYPE_LOCAL},
    {MTLHEAP, TYPE_LOCAL},
    {VXM_EXTERNAL_MEMORY_HANDLE_TYPE_IOSURFACE_BIT, TYPE_LOCAL},
    {VXM_EXTERNAL_MEMORY_HANDLE_TYPE_MTL_SHARED_TEXTURE_BIT, TYPE_LOCAL},
    {MEMORY(HOST_ALLOCATION_BIT_EXT), TYPE_LOCAL | TYPE_HOST},
    {0, 0},
};

const struct handle_type semaphore_types[] = {
    {VXM_EXTERNAL_SEMAPHORE_HANDLE_TYPE_MTL_SHARED_EVENT_BIT, TYPE_LOCAL},
    {0, 0},
};

#elif defined(__Fuchsia__)

const char system_name[] = "Fuchsia";

const struct handle_type memory_types[] = {
    {ZIRCON_VMO, 0},
    {MEMORY(HOST_ALLOCATION_BIT_EXT), TYPE_LOCAL | TYPE_HOST},
    {0, 0},
};

const struct handle_type semaphore_types[] = {
    {ZIRCON_EVENT, 0},
    {0, 0},
};

#else

#if defined(__linux__)
const char system_name[] = "Linux";
#else
const char system_name[] = "POSIX";
#endif

const struct handle_type memory_types[] = {
    {MEMORY(OPAQUE_FD_BIT), 0},
    {MEMORY(DMA_BUF_BIT_EXT), 0},
    {MEMORY(HOST_ALLOCATION_BIT_EXT), TYPE_LOCAL | TYPE_HOST},
    {MEMORY(HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT), TYPE_LOCAL | TYPE_HOST | TYPE_FOREIGN},
    {0, 0},
};

const struct handle_type semaphore_types[] = {
    {SEMAPHORE(OPAQUE_FD_BIT), 0},
    {SEMAPHORE(SYNC_FD_BIT), TYPE_SNAPSHOT},
    {0, 0},
};

#endif
