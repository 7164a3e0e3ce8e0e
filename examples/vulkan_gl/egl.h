/*
 * An OpenGL context without a window, on the GPU that Vulkan uses.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VULKAN_GL_EGL_H_
#define VULKAN_GL_EGL_H_ 1

#include <stdbool.h>

#include <EGL/egl.h>

#include <vxm/gl.h>

struct context {
    EGLDisplay display;
    EGLContext context;
    const char *platform; /* for people */
    VxmGl gl;
};

/* Makes a context of OpenGL 3.3 or later current. False: no display of EGL's has one on that GPU
 * and driver; vxm's last error has the sentence about the last one that was tried. */
bool context_open(struct context *context, const VxmIdentity *identity);
void context_close(struct context *context);

#endif /* VULKAN_GL_EGL_H_ */
