/*
 * A dma-buf from Vulkan to OpenGL ES, and one back: what the parts of the example have in common.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef DMABUF_EGL_EXAMPLE_H_
#define DMABUF_EGL_EXAMPLE_H_ 1

#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

#include <vxm/egl.h>

#include "egl.h"

#define DMA_BUF VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define SIZE    256u
#define FORMAT  VK_FORMAT_R8G8B8A8_UNORM

/* Prints and exits. */
void fail(const char *format, ...);
void check_vxm(VkResult result, const char *call);
void check_vulkan(VkResult result, const char *call);
#define VXM(call) check_vxm((call), #call)
#define VK(call)  check_vulkan((call), #call)

/* ---- vulkan.c: images to and from a buffer that the CPU sees ---- */

struct gpu {
    VxmDevice vxm;
    VxmDeviceInfo info;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VkBuffer buffer;
    VkDeviceMemory memory;
    uint32_t *pixels; /* SIZE x SIZE */
};

void gpu_open(struct gpu *gpu);
void gpu_close(struct gpu *gpu);
/* gpu->pixels into the image, which is released to whoever signal is for; NULL: the CPU waits. */
void gpu_upload(struct gpu *gpu, VxmMemory image, VxmSemaphore signal);
/* The image, once wait is signalled (NULL: it is ready), into gpu->pixels. */
void gpu_download(struct gpu *gpu, VxmMemory image, VxmSemaphore wait);

/* ---- opengl.c: what OpenGL ES draws ---- */

struct canvas {
    unsigned program;
    unsigned texture;  /* drawn into */
    EGLImageKHR image; /* of the texture */
};

void canvas_open(struct canvas *canvas);
void canvas_close(struct canvas *canvas);
/* Draws the image mirrored, with red and blue changed over, and reads it as it is, too. */
void canvas_draw(const struct canvas *canvas, EGLImageKHR image);
void canvas_read(EGLImageKHR image, uint32_t *pixels);
/* Waits on the CPU. */
void canvas_finish(void);

#endif /* DMABUF_EGL_EXAMPLE_H_ */
