/*
 * One side of a test on a real driver: a device with a command buffer, and what tests do with it.
 * Used by the tests and by the peer, the second process; each says how it fails.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_REAL_GPU_H_
#define VXM_TESTS_REAL_GPU_H_ 1

#include <stdbool.h>
#include <stddef.h>

#include <vulkan/vulkan.h>

#include "vxm/vxm.h"

/* The handle types that most tests share by, and how a handle of theirs is called. */
#ifdef _WIN32
#define REAL_TYPE            VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define REAL_SEMAPHORE       VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define REAL_OTHER_SEMAPHORE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT
#define REAL_NAME            "OPAQUE_WIN32"
#define REAL_NATIVE(handle)  ((intptr_t)(handle).ptr)
#elif defined(VXM_REAL_DMA_BUF)
#define REAL_TYPE            VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define REAL_SEMAPHORE       VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT
#define REAL_OTHER_SEMAPHORE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT
#define REAL_NAME            "DMA_BUF"
#define REAL_NATIVE(handle)  ((intptr_t)(handle).fd)
#else
#define REAL_TYPE            VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define REAL_SEMAPHORE       VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT
#define REAL_OTHER_SEMAPHORE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT
#define REAL_NAME            "OPAQUE_FD"
#define REAL_NATIVE(handle)  ((intptr_t)(handle).fd)
#endif

/* No test waits longer for a peer or the GPU, in nanoseconds. */
#define TIME_LIMIT UINT64_C(120000000000)

/* Ends the test, or the peer: in test.c and peer.c. */
void real_fail(const char *file, int line, const char *text);

/* A call that must succeed; the failure's text has the library's own sentence. */
#define VXM(call) gpu_check((call), true, #call, __FILE__, __LINE__)
#define VK(call)  gpu_check((call), false, #call, __FILE__, __LINE__)
void gpu_check(VkResult result, bool library, const char *call, const char *file, int line);

struct gpu {
    VxmDevice device;
    VxmDeviceInfo info;
    VkDevice vk;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VkFence fence;
};

/* The loader's first device, made by the library, with the validation layer. */
void gpu_open(struct gpu *gpu);
/* The same around a device that there is already; it stays the caller's. */
void gpu_open_with(VxmDevice device, struct gpu *gpu);
void gpu_close(struct gpu *gpu);
/* Without vxmDestroyDevice(). */
void gpu_close_keeping_device(struct gpu *gpu);

void gpu_begin(struct gpu *gpu);
void gpu_submit_and_wait(struct gpu *gpu);
/* Waits before, signals after; a semaphore may be NULL, a value is ignored for binary ones. */
void gpu_submit(struct gpu *gpu, VxmSemaphore wait, uint64_t waitValue, VxmSemaphore signal,
                uint64_t signalValue);
void gpu_wait(struct gpu *gpu);
/* From all transfers to all transfers and the CPU. */
void gpu_barrier(struct gpu *gpu);
void gpu_layout(struct gpu *gpu, VkImage image, VkImageLayout from, VkImageLayout to);

/* Transfers on this queue, the image in GENERAL. */
VxmUse gpu_use(const struct gpu *gpu);

/* Memory of this side's own that the CPU sees. */
struct staging {
    VkBuffer buffer;
    VkDeviceMemory memory;
    void *data;
};
void gpu_create_staging(struct gpu *gpu, VkDeviceSize size, struct staging *staging);
void gpu_destroy_staging(struct gpu *gpu, struct staging *staging);

/* The first memory type with these flags out of bits; fails if there is none. */
uint32_t gpu_memory_type(struct gpu *gpu, uint32_t bits, VkMemoryPropertyFlags flags);

/* ---- what is shared in most tests ---- */

VkBufferCreateInfo gpu_buffer_info(VkDeviceSize size);
VkImageCreateInfo gpu_image_info(uint32_t width, uint32_t height, VkImageTiling tiling);
/* Bytes of all levels and layers of an RGBA8 image, tightly packed. */
size_t gpu_content_size(const VxmShared *description);

/* The pattern that a seed stands for: each word differs from its neighbours and from other seeds'
 * words at its place. */
uint32_t gpu_pattern_word(uint32_t seed, size_t index);
void gpu_pattern(uint32_t seed, void *data, size_t size);
uint64_t gpu_hash(const void *data, size_t size);

/* Writes the seed's pattern into a shared buffer or image by a copy on the GPU, and releases it.
 * `shared` describes it. The first writer of an image has `first` set and finds it UNDEFINED;
 * later ones acquire what `handover` says, then release into it. */
void gpu_write(struct gpu *gpu, VxmMemory memory, const VxmShared *shared, uint32_t seed,
               bool first, VxmHandover *handover);
/* Acquires, copies the contents out, releases again. data has gpu_content_size() bytes. */
void gpu_read(struct gpu *gpu, VxmMemory memory, const VxmShared *shared, VxmHandover *handover,
              void *data);
/* Whether the contents are the seed's pattern. Reads as gpu_read() does. */
bool gpu_holds(struct gpu *gpu, VxmMemory memory, const VxmShared *shared, VxmHandover *handover,
               uint32_t seed);

#endif /* VXM_TESTS_REAL_GPU_H_ */
