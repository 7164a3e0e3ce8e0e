/*
 * What the files of the example have in common.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef NV12_H_
#define NV12_H_ 1

#define _GNU_SOURCE 1 /* memfd_create(), and POSIX for vxm/dmabuf.h: before the first header */

#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vulkan.h>
#include <vxm/dmabuf.h>
#include <vxm/vxm.h>

/* Decoders pad rows: the pitch is longer than a row. */
#define WIDTH         500u
#define HEIGHT        288u
#define PITCH         512u
#define CHROMA_OFFSET (PITCH * HEIGHT)
#define BUFFER_SIZE   (CHROMA_OFFSET + PITCH * HEIGHT / 2)

/* Greatest difference of a channel, of 255, between the GPU's conversion and the CPU's: both round
 * once at the end, and texture units may calculate in fixed point with few bits more than eight. */
#define TOLERANCE 2

#define TIME_LIMIT 10000000000u /* nanoseconds */
#define DMA_BUF    VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define NV12       VK_FORMAT_G8_B8R8_2PLANE_420_UNORM

/* ---- decoder.c: what stands for a decoder ---- */

/* A dma-buf of BUFFER_SIZE bytes. */
struct frame {
    VxmHandle handle;
    VxmDmaBufMapping mapping;
};

void frame_allocate(struct frame *frame);
void frame_decode(const struct frame *frame, uint32_t number);
/* The greatest difference of a channel between the frame, converted by the CPU, and RGBA pixels. */
uint32_t frame_compare(const struct frame *frame, const uint8_t *pixels);
/* Whether bytes, rows of WIDTH without padding, are what the frame has in a plane. */
bool frame_has_plane(const struct frame *frame, uint32_t plane, const uint8_t *bytes);
void frame_free(struct frame *frame);

/* ---- gpu.c ---- */

struct gpu {
    VxmDevice vxm;
    VxmDeviceInfo info;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VxmMemory output; /* a buffer that the CPU sees: RGBA, WIDTH * HEIGHT */
    uint8_t *pixels;  /* the output's */
    VkSamplerYcbcrConversion conversion;
    VkSampler sampler;
    VkDescriptorSetLayout setLayout;
    VkDescriptorPool sets;
    VkPipelineLayout layout;
    VkPipeline pipeline;
};

/* An imported frame, ready to be sampled. */
struct texture {
    VxmMemory memory;
    VkImageView view;
    VkDescriptorSet set;
};

void fail(const char *format, ...);
void check(VkResult result, const char *call);
#define CHECK(call) check(call, #call)

void gpu_open(struct gpu *gpu);
void gpu_begin(struct gpu *gpu);
void gpu_finish(struct gpu *gpu); /* submits, and waits */
void gpu_close(struct gpu *gpu);

/* ---- convert.c ---- */

void convert_open(struct gpu *gpu, uint32_t textures);
void convert_prepare(struct gpu *gpu, struct texture *texture);
void convert_record(struct gpu *gpu, const struct texture *texture);
void convert_close(struct gpu *gpu);

#endif /* NV12_H_ */
