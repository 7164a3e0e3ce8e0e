/*
 * Vulkan's part of pipewire_producer.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef DRAW_H_
#define DRAW_H_ 1

#include <vulkan/vulkan.h>
#include <vxm/vxm.h>

#define WIDTH   640u
#define HEIGHT  360u
#define DMA_BUF VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT

struct drawer {
    VxmDevice vxm;
    VxmDeviceInfo gpu;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VxmMemory input;          /* a buffer that the CPU fills */
    uint32_t *pixels;         /* the input's */
    VxmSemaphore free, drawn; /* the dma-buf's own order, as Vulkan knows it */
};

struct frame {
    VxmMemory image;
    VxmShared shared;
};

void check(VkResult result, const char *call);
#define CHECK(call) check(call, #call)

void drawer_open(struct drawer *drawer);
void drawer_close(struct drawer *drawer);

/* Fills a frame: byte by byte the column, the row, its number. The GPU may still be at it when this
 * returns, for which the others wait by themselves. */
void drawer_draw(struct drawer *drawer, const struct frame *frame, uint64_t number);

#endif /* DRAW_H_ */
