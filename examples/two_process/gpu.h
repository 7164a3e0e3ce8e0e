/*
 * The demo's plain Vulkan: one command buffer, buffers that the CPU can read, and error checks.
 * Nothing in here knows of sharing.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef TWO_PROCESS_GPU_H_
#define TWO_PROCESS_GPU_H_ 1

#include <stdbool.h>

#include <vulkan/vulkan.h>
#include <vxm/vxm.h>

/* Says what failed and why, and ends the process: the peer notices by its channel. */
void check_vxm(VkResult result, const char *call);
void check_vulkan(VkResult result, const char *call);
void fail(const char *format, ...);
#define VXM(call) check_vxm(call, #call)
#define VK(call)  check_vulkan(call, #call)

/* A time limit for everything that depends on the other process, in nanoseconds. */
#define TIME_LIMIT UINT64_C(60000000000)

struct gpu {
    VxmDevice vxm;
    VxmDeviceInfo info;
    VkDevice device;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VkFence fence;
};

void gpu_open(struct gpu *gpu);
void gpu_close(struct gpu *gpu);

/* Begins to record gpu->commands. */
void gpu_begin(struct gpu *gpu);
/* Submits what was recorded. With a timeline, the GPU waits for its value `wait` first (0: doesn't)
 * and sets it to `signal` after. */
void gpu_submit(struct gpu *gpu, VxmSemaphore timeline, uint64_t wait, uint64_t signal);
/* Waits until the GPU is done with it. */
void gpu_wait(struct gpu *gpu);

/* A barrier between two steps of the GPU's on the same memory. */
void gpu_barrier(struct gpu *gpu);
/* The same, with a change of the image's layout. */
void gpu_change_layout(struct gpu *gpu, VkImage image, VkImageLayout from, VkImageLayout to);

/* Memory of this process alone, that the CPU can see. */
struct staging {
    VkBuffer buffer;
    VkDeviceMemory memory;
    VkDeviceSize size;
    void *data;
};
void gpu_create_staging(struct gpu *gpu, VkDeviceSize size, struct staging *staging);
void gpu_destroy_staging(struct gpu *gpu, struct staging *staging);

/* An RGBA8 image of this process alone. */
struct picture {
    VkImage image;
    VkDeviceMemory memory;
};
void gpu_create_picture(struct gpu *gpu, uint32_t width, uint32_t height, struct picture *picture);
void gpu_destroy_picture(struct gpu *gpu, struct picture *picture);

struct area {
    int32_t left, top, right, bottom; /* right and bottom are outside; they may be reversed */
};
void gpu_blit(struct gpu *gpu, VkImage from, VkImageLayout fromLayout, struct area source,
              VkImage to, struct area target, VkFilter filter);
/* The picture, row by row, 4 bytes for each pixel. Both images are in GENERAL. */
void gpu_copy_image(struct gpu *gpu, VkImage from, uint32_t width, uint32_t height, VkBuffer to);

#endif /* TWO_PROCESS_GPU_H_ */
