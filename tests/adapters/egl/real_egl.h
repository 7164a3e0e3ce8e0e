/*
 * Both sides of a test on real drivers: Vulkan's (tests/real/gpu.h), and EGL's with OpenGL ES.
 *
 *   TestSuite(name, .init = egl_real_begin, .fini = egl_real_end);
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_EGL_REAL_EGL_H_
#define VXM_TESTS_ADAPTERS_EGL_REAL_EGL_H_ 1

#include "real/fixture.h"

#include <GLES3/gl3.h>

#include <GLES2/gl2ext.h>

#include "dmabuf_egl/egl.h"

#define DMA_BUF VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define SYNC_FD VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT

/* A device and a context, open during each test; without dma-bufs on both sides it is skipped. */
extern struct gpu egl_gpu;
extern struct context egl_context;

void egl_real_begin(void);
void egl_real_end(void);

/* No error of OpenGL's is pending. */
#define GL_CLEAN() cr_assert_eq(glGetError(), GL_NO_ERROR, "line %d", __LINE__)

/* The pixels of an EGL image, as RGBA. */
void egl_read(EGLImageKHR image, GLsizei width, GLsizei height, void *pixels);
/* Fills a rectangle of an EGL image with a colour. */
void egl_fill(EGLImageKHR image, GLsizei width, GLsizei height, const float colour[4]);

#endif /* VXM_TESTS_ADAPTERS_EGL_REAL_EGL_H_ */
