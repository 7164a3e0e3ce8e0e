/*
 * The example's plain Vulkan, as any app has it: one compute shader, two submissions,
 * and staging memory to measure the copy through the host with.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VULKAN_OPENCL_GPU_H_
#define VULKAN_OPENCL_GPU_H_ 1

#include <vulkan/vulkan.h>
#include <vxm/vxm.h>

#define TIME_LIMIT 10000000000u /* 10 s, in nanoseconds */

struct mapped {
    VkBuffer buffer;
    VkDeviceMemory memory;
    void *data; /* host visible and coherent */
};

/* One submission. */
struct step {
    VkCommandBuffer commands;
    VkFence fence;
};

struct gpu {
    VxmDevice vxm;
    VxmDeviceInfo info;
    VkDevice device;
    VkCommandPool pool;
    struct step before, after; /* OpenCL's turn */
    VkDescriptorSetLayout setLayout;
    VkPipelineLayout layout;
    VkPipeline pipeline;
    VkDescriptorPool sets;
    VkDescriptorSet set;
    struct mapped wrong; /* one number: the values that are not as they should be */
    struct mapped staging;
};

/* What the shader is told. */
struct push {
    uint32_t count;
    uint32_t round;
    uint32_t check; /* 0: compute, 1: check */
};

/* Prints what failed, with the library's sentence, and ends the program. */
void check(VkResult result, const char *call);
#define CHECK(call) check(call, #call)

/* Everything but the device, which gpu->vxm is already. */
void gpu_open(struct gpu *gpu, VkBuffer field, VkDeviceSize size);
void gpu_close(struct gpu *gpu);

void gpu_begin(const struct step *step);
void gpu_dispatch(const struct gpu *gpu, const struct step *step, struct push push);
/* Ends and submits; VK_NULL_HANDLE where there is nothing to wait for or to signal. */
void gpu_submit(const struct gpu *gpu, const struct step *step, VkSemaphore wait,
                VkSemaphore signal);
/* Waits for the submission. */
void gpu_wait(const struct gpu *gpu, const struct step *step);

#endif /* VULKAN_OPENCL_GPU_H_ */
