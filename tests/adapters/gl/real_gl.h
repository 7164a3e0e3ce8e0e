/*
 * Both sides of a test on real drivers: Vulkan's (tests/real/gpu.h), and OpenGL's on the same GPU.
 *
 *   TestSuite(name, .init = gl_real_begin, .fini = gl_real_end);
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_GL_REAL_GL_H_
#define VXM_TESTS_ADAPTERS_GL_REAL_GL_H_ 1

#define GL_GLEXT_PROTOTYPES 1
#include "real/fixture.h"
#include "vulkan_gl/egl.h"

/* A device and a context on the same GPU, open during each test. */
extern struct gpu gl_gpu;
extern struct context gl_context;

void gl_real_begin(void);
void gl_real_end(void);

/* No error of OpenGL's is pending. */
#define GL_CLEAN() cr_assert_eq(glGetError(), GL_NO_ERROR, "line %d", __LINE__)

/* An object of the device that can be shared. */
VxmMemory gl_new_buffer(VkDeviceSize size, VxmDedicated dedicated);
VxmMemory gl_new_image(const VkImageCreateInfo *info, VxmDedicated dedicated);

/* One level of an image, all of its layers or slices, tightly packed at that offset. */
struct gl_part {
    uint32_t level, width, height, depth, layers;
    size_t offset, size;
};
/* All of them, one after the other; blocks of 4 x 4 texels if blockSize isn't 0. */
unsigned gl_parts(const VkImageCreateInfo *info, size_t texelSize, size_t blockSize,
                  struct gl_part parts[16]);

/* Writes an image on Vulkan's side, first or again, and hands it over; and takes and reads it. */
void gl_upload(VxmMemory memory, const VkImageCreateInfo *info, const struct gl_part *parts,
               unsigned partCount, const void *data, VxmHandover *handover);
void gl_download(VxmMemory memory, const VkImageCreateInfo *info, const struct gl_part *parts,
                 unsigned partCount, void *data, const VxmHandover *handover);

#endif /* VXM_TESTS_ADAPTERS_GL_REAL_GL_H_ */
