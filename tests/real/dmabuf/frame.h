/*
 * Video frames of several planes: what is in them, written and read by the CPU and by Vulkan.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_REAL_DMABUF_FRAME_H_
#define VXM_TESTS_REAL_DMABUF_FRAME_H_ 1

#include "real/dmabuf/dmabuf.h"

#define FRAME_WIDTH  66u
#define FRAME_HEIGHT 34u

/* The planes beyond the first are halved in both directions. */
struct frame_kind {
    const char *name;
    VkFormat format;
    uint32_t planeCount;
    uint32_t bytes[3]; /* of a texel in each */
};
#define FRAME_KINDS 3
extern const struct frame_kind frame_kinds[FRAME_KINDS]; /* NV12, P010, YUV420 */

VkImageCreateInfo frame_image_info(const struct frame_kind *kind, VkImageTiling tiling);

/* Whether the driver shares such an image; says once in words why not. */
bool frame_is_supported(struct gpu *gpu, const struct frame_kind *kind,
                        const VkImageCreateInfo *info);

/* A description with the driver's own layout, and without handles: what an app that fills it by
 * hand would have to know. */
VxmShared frame_describe(struct gpu *gpu, const VkImageCreateInfo *info);

/* Whether the driver takes such frames as one image with the modifier LINEAR, or with a memory for
 * each plane so; says once in words why not. */
bool frame_has_modifier(struct gpu *gpu, const struct frame_kind *kind, VkImageCreateFlags flags);

/* A frame with the modifier LINEAR, in as many dma-bufs of the kernel's as there are memories: 1,
 * or one for each plane. To be ended with vxmCloseShared(). */
VxmShared frame_allocate(const struct frame_kind *kind, uint32_t memoryCount);

/* Writes the frame that a seed stands for into the dma-bufs by the CPU; whether it is there. */
void frame_fill(const struct frame_kind *kind, const VxmShared *shared, uint32_t seed);
bool frame_is_filled(const struct frame_kind *kind, const VxmShared *shared, uint32_t seed);

/* The same for an image by Vulkan, acquired and released with the hand-over. The first writer of an
 * image has `first` set. `single` is the plane that the memory is by itself; -1: it is all of them.
 */
void frame_write(struct gpu *gpu, const struct frame_kind *kind, VxmMemory memory, uint32_t seed,
                 bool first, VxmHandover *handover);
bool frame_holds(struct gpu *gpu, const struct frame_kind *kind, VxmMemory memory, int32_t single,
                 uint32_t seed, VxmHandover *handover);

#endif /* VXM_TESTS_REAL_DMABUF_FRAME_H_ */
