/*
 * What both examples need of plain Vulkan: one command buffer, memory that the CPU sees, and a
 * clock.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef DIRECT3D_GPU_H_
#define DIRECT3D_GPU_H_ 1

#include <stddef.h>
#include <stdint.h>

#include <vulkan/vulkan.h>
#include <vxm/vxm.h>

#define TIME_LIMIT UINT64_C(10000000000) /* nanoseconds that anybody waits for the other side */

/* Prints what was called and why it failed, and ends the program. */
void check(VkResult result, const char *call); /* of vxm, or of Vulkan */
void check_d3d(long result, const char *call); /* an HRESULT */
#define CHECK(call) check(call, #call)
#define D3D(call)   check_d3d(call, #call)

struct gpu {
    VxmDevice vxm;
    VxmDeviceInfo info;
    VkDevice device;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VkFence fence;
};

/* A buffer of Vulkan's alone. */
struct buffer {
    VkBuffer buffer;
    VkDeviceMemory memory;
    void *data; /* NULL for one that the CPU doesn't see */
};

/* On the GPU with that LUID, and ends the program if it can't import that type of handle: for a
 * buffer, or for an image. */
void gpu_open(struct gpu *gpu, const uint8_t *luid, VkExternalMemoryHandleTypeFlagBits type,
              const VkBufferCreateInfo *buffer, const VkImageCreateInfo *image);
void gpu_close(struct gpu *gpu);

void gpu_create_buffer(struct gpu *gpu, VkDeviceSize size, VkMemoryPropertyFlags flags,
                       struct buffer *buffer);
void gpu_destroy_buffer(struct gpu *gpu, struct buffer *buffer);

void gpu_begin(struct gpu *gpu);
/* Ends the command buffer and submits it; next: the submission's chain, or NULL. */
void gpu_submit(struct gpu *gpu, const void *next, VkSemaphore wait, VkSemaphore signal);
/* Until the submission is done. */
void gpu_wait(struct gpu *gpu);

/* How Vulkan uses what it shares here: by copies. */
VxmUse gpu_use(const struct gpu *gpu);

/* Seconds since some moment. */
double seconds(void);

/* The pattern that Direct3D writes, and how many of its numbers are wrong. */
void write_pattern(uint32_t *data, size_t count);
size_t compare_pattern(const uint32_t *data, size_t count);

/* Prints the results; the program's exit status. */
int report(const struct gpu *gpu, const char *order, size_t size, size_t wrong, double share,
           double copy);

#endif /* DIRECT3D_GPU_H_ */
