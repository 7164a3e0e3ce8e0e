/*
 * Vulkan draws, OpenGL textures from it: what the parts of the example have in common.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VULKAN_GL_EXAMPLE_H_
#define VULKAN_GL_EXAMPLE_H_ 1

#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

#include <vxm/gl.h>

#include "egl.h"

/* Prints and exits. */
void fail(const char *format, ...);
void check_vxm(VkResult result, const char *call);
void check_vulkan(VkResult result, const char *call);
#define VXM(call) check_vxm((call), #call)
#define VK(call)  check_vulkan((call), #call)

/* ---- vulkan.c: a device that draws into an image with a compute shader ---- */

struct gpu {
    VxmDevice vxm;
    VxmDeviceInfo info;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VkFence fence;
    VkDescriptorSetLayout setLayout;
    VkDescriptorPool sets;
    VkDescriptorSet set;
    VkPipelineLayout layout;
    VkPipeline pipeline;
    VkImageView view;
    VkBuffer pixels; /* where the CPU reads the image */
    VkDeviceMemory pixelsMemory;
    void *data;
};

void gpu_open(struct gpu *gpu);
/* What drawing into this RGBA8 image needs. */
void gpu_prepare(struct gpu *gpu, VkImage image, uint32_t size);
void gpu_close(struct gpu *gpu);

void gpu_begin(struct gpu *gpu);
void gpu_draw(struct gpu *gpu, VkImage image, uint32_t size, float time);
/* The image, in GENERAL, into gpu->data. */
void gpu_read(struct gpu *gpu, VkImage image, uint32_t size);
/* Either semaphore may be NULL; the values are for timelines. */
void gpu_submit(struct gpu *gpu, VxmSemaphore wait, uint64_t waitValue, VxmSemaphore signal,
                uint64_t signalValue);
void gpu_wait(struct gpu *gpu);

/* ---- opengl.c: four textured squares in a framebuffer ---- */

struct canvas {
    GLuint program, vertexArray, texture, framebuffer;
    uint32_t size;
};

void canvas_open(struct canvas *canvas, uint32_t size);
void canvas_close(struct canvas *canvas);
/* The texture four times, each turned by another 90 degrees. */
void canvas_draw(const struct canvas *canvas, GLuint texture);
void canvas_read(const struct canvas *canvas, void *data);
/* A texture of OpenGL's own, filled from the CPU: the copy that sharing saves. */
GLuint canvas_copy_open(uint32_t size);
void canvas_copy(GLuint copy, uint32_t size, const void *data);

#endif /* VULKAN_GL_EXAMPLE_H_ */
