/*
 * OpenGL ES without a window, on the GPU that Vulkan uses.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef DMABUF_EGL_EGL_H_
#define DMABUF_EGL_EGL_H_ 1

#include <stdbool.h>

#include <vxm/egl.h>

struct context {
    EGLDisplay display;
    EGLContext context;
    VxmEgl egl;
};

/* Makes a context of OpenGL ES 3 current, on the display of the same GPU, or, for a Vulkan without
 * one, of EGL's software renderer. False: there is no such display that imports dma-bufs. */
bool context_open(struct context *context, const VxmIdentity *identity);
void context_close(struct context *context);

#endif /* DMABUF_EGL_EGL_H_ */
