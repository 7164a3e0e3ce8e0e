/*
 * An OpenGL context without a window, on the GPU that Vulkan uses.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "egl.h"

#include <stdio.h>
#include <string.h>

#include <EGL/eglext.h>

#define MAX_DEVICES 16

static VxmGlFunction get_proc(void *user, const char *name)
{
    (void)user;
    return eglGetProcAddress(name);
}

/* An OpenGL of this display, if it is of that GPU. */
static bool try_display(struct context *context, EGLDisplay display, const VxmIdentity *identity)
{
    static const EGLint attributes[] = {EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 3,
                                        EGL_NONE};
    EGLContext made = EGL_NO_CONTEXT;
    VxmGl gl = {0};
    bool found = false;

    if (display == EGL_NO_DISPLAY || !eglInitialize(display, NULL, NULL)) {
        return false;
    }
    if (eglBindAPI(EGL_OPENGL_API)) {
        made = eglCreateContext(display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attributes);
    }
    if (made != EGL_NO_CONTEXT && eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, made)) {
        found = vxmGlLoad(get_proc, NULL, &gl) == VK_SUCCESS &&
                vxmGlCheckDevice(&gl, identity) == VK_SUCCESS;
    }
    if (!found) {
        eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
        if (made != EGL_NO_CONTEXT) {
            eglDestroyContext(display, made);
        }
        eglTerminate(display);
        return false;
    }
    context->display = display;
    context->context = made;
    context->gl = gl;
    return true;
}

bool context_open(struct context *context, const VxmIdentity *identity)
{
    const char *const extensions = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
    EGLDeviceEXT devices[MAX_DEVICES];
    EGLint count = 0;

    /* One display for each GPU; the function comes with EGL_EXT_device_base, or with
     * EGL_EXT_device_enumeration, which NVIDIA's EGL doesn't list. */
    if (extensions != NULL && strstr(extensions, "EGL_EXT_platform_device") != NULL) {
        PFNEGLQUERYDEVICESEXTPROC queryDevices =
            (PFNEGLQUERYDEVICESEXTPROC)eglGetProcAddress("eglQueryDevicesEXT");

        context->platform = "EGL, a display of the GPU itself (EGL_EXT_platform_device)";
        if (queryDevices == NULL || !queryDevices(MAX_DEVICES, devices, &count)) {
            count = 0;
        }
        for (EGLint i = 0; i < count; i++) {
            if (try_display(context,
                            eglGetPlatformDisplay(EGL_PLATFORM_DEVICE_EXT, devices[i], NULL),
                            identity)) {
                return true;
            }
        }
    }
    /* Mesa's display without any device or window system. */
    if (extensions != NULL && strstr(extensions, "EGL_MESA_platform_surfaceless") != NULL) {
        context->platform = "EGL without a window system (EGL_MESA_platform_surfaceless)";
        return try_display(
            context,
            eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL),
            identity);
    }
    return false;
}

void context_close(struct context *context)
{
    eglMakeCurrent(context->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    eglDestroyContext(context->display, context->context);
    eglTerminate(context->display);
}
