/*
 * Both sides of a test on real devices: Vulkan's (tests/real/gpu.h), and DRM's nodes.
 *
 *   TestSuite(name, .init = drm_real_begin, .fini = drm_real_end);
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_DRM_REAL_DRM_H_
#define VXM_TESTS_ADAPTERS_DRM_REAL_DRM_H_ 1

#include <drm_fourcc.h>

#include "real/fixture.h"
#include "vxm/drm.h"

#define DMA_BUF VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT

/* Open during each test: a Vulkan device, and the table of the libraries that are linked. */
extern struct gpu drm_gpu;
extern VxmDrm drm_table;

/* Skips the test where Vulkan has no dma-bufs, or the system no DRM node. */
void drm_real_begin(void);
void drm_real_end(void);

#define NODE_COUNT 16

/* /dev/dri/cardN, opened anew: no GEM handle is open in it. */
struct drm_node {
    int fd;
    char driver[32];
    bool dumbBuffers;
    uint32_t primaryPlane; /* 0: it has no display */
};
/* False: there is no such node, or this process may not open it. */
bool drm_open_node(unsigned index, struct drm_node *node);
void drm_close_node(struct drm_node *node);

/* An image of XRGB8888's bytes in one plane, as it was told of. */
VkImageCreateInfo drm_image_info(uint32_t width, uint32_t height);
VxmShared drm_describe_image(uint32_t width, uint32_t height, uint32_t pitch, int fd);
/* Imports a node's buffer. False, in words, if Vulkan's device is another GPU, which need not take
 * it; a software renderer and the node's own must. */
bool drm_import(const struct drm_node *node, VxmShared *shared, VxmMemory *memory);
/* The release of whoever wrote it before, and isn't Vulkan. */
VxmHandover drm_foreign_handover(void);

/* ---- real_display.c ---- */

#define DRM_WIDTH  800u
#define DRM_HEIGHT 600u

/* The modifiers that Vulkan and a plane have in common for XRGB8888; LINEAR if the display names
 * none. An image with the best of them. */
VxmModifierChoice drm_choose(const struct drm_node *node, uint32_t width, uint32_t height);
VxmMemory drm_create_image(const VxmModifierChoice *choice, uint32_t width, uint32_t height);

/* The node of a driver; false: there is none. */
bool drm_find_display(const char *driver, struct drm_node *node);
/* The video memory of a PCI display, where its driver copies what is shown. */
void *drm_map_video_memory(const char *driver, size_t size);
/* Sets a display to DRM_WIDTH x DRM_HEIGHT with this framebuffer. */
void drm_show(int fd, uint32_t framebuffer);

/* ---- contents ---- */

/* Rows of a mapped picture, and the pattern of a seed as gpu_write() writes it. */
void drm_fill(void *rows, uint32_t width, uint32_t height, uint32_t pitch, uint32_t seed);
bool drm_holds(const void *rows, uint32_t width, uint32_t height, uint32_t pitch, uint32_t seed);

#endif /* VXM_TESTS_ADAPTERS_DRM_REAL_DRM_H_ */
