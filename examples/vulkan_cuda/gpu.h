/*
 * The Vulkan side: a field in a shared buffer, computed and checked by a shader.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VULKAN_CUDA_GPU_H_
#define VULKAN_CUDA_GPU_H_ 1

#include <vxm/vxm.h>

/* Nobody waits longer for the other side. */
#define TIME_LIMIT 20000000000ull

struct gpu {
    VxmDevice vxm;
    VxmDeviceInfo info;
    uint32_t count;        /* floats in the field */
    VxmMemory field;       /* shared with CUDA */
    VxmSemaphore timeline; /* shared with CUDA */
    VxmHandover handover;
    VkBuffer wrong; /* how many of the field's values the shader found wrong */
    VkDeviceMemory wrongMemory;
    uint32_t *wrongCount;
    VkDescriptorSetLayout setLayout;
    VkDescriptorPool descriptors;
    VkDescriptorSet set;
    VkPipelineLayout layout;
    VkPipeline pipeline;
    VkCommandPool pool;
    VkCommandBuffer commands[2]; /* compute; check */
    VkFence fence;
};

void check_vxm(VkResult result, const char *call);
void check_vulkan(VkResult result, const char *call);
#define VXM(call) check_vxm(call, #call)
#define VK(call)  check_vulkan(call, #call)

double milliseconds(void);

/* deviceName: a part of it; NULL: the first device. */
void gpu_open(struct gpu *gpu, const char *deviceName, uint32_t count);
void gpu_close(struct gpu *gpu);

/* Computes the field, lets CUDA have it, takes it back and looks at it: signals 2 * round + 1,
 * waits for 2 * round + 2. How many values are wrong then. */
uint32_t gpu_run(struct gpu *gpu, uint32_t round);

/* Milliseconds in which Vulkan copies the field to host memory. */
double gpu_copy_time(struct gpu *gpu);

#endif /* VULKAN_CUDA_GPU_H_ */
