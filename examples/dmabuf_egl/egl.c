/*
 * OpenGL ES without a window, on the GPU that Vulkan uses.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "egl.h"

#include <string.h>

#define MAX_DEVICES 16

static VxmEglFunction get_proc(void *user, const char *name)
{
    (void)user;
    return eglGetProcAddress(name);
}

/* OpenGL ES on this device, if it is Vulkan's GPU; for a software Vulkan, a software EGL. */
static bool try_device(struct context *context, EGLDeviceEXT device, const VxmIdentity *identity)
{
    static const EGLint attributes[] = {EGL_CONTEXT_MAJOR_VERSION, 3, EGL_NONE};
    const PFNEGLQUERYDEVICESTRINGEXTPROC queryString =
        (PFNEGLQUERYDEVICESTRINGEXTPROC)eglGetProcAddress("eglQueryDeviceStringEXT");
    const char *const extensions = queryString(device, EGL_EXTENSIONS);
    const bool software =
        extensions != NULL && strstr(extensions, "EGL_MESA_device_software") != NULL;
    const bool wanted = !identity->drmRenderValid && !identity->drmPrimaryValid;

    context->display = eglGetPlatformDisplay(EGL_PLATFORM_DEVICE_EXT, device, NULL);
    if (software != wanted || !eglInitialize(context->display, NULL, NULL)) {
        return false;
    }
    if (vxmEglLoad(get_proc, NULL, context->display, &context->egl) == VK_SUCCESS &&
        (software || vxmEglCheckDevice(&context->egl, identity) == VK_SUCCESS) &&
        eglBindAPI(EGL_OPENGL_ES_API)) {
        context->context =
            eglCreateContext(context->display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attributes);
        if (context->context != EGL_NO_CONTEXT &&
            eglMakeCurrent(context->display, EGL_NO_SURFACE, EGL_NO_SURFACE, context->context)) {
            return true;
        }
    }
    eglTerminate(context->display); /* with its context */
    return false;
}

bool context_open(struct context *context, const VxmIdentity *identity)
{
    const PFNEGLQUERYDEVICESEXTPROC queryDevices =
        (PFNEGLQUERYDEVICESEXTPROC)eglGetProcAddress("eglQueryDevicesEXT");
    EGLDeviceEXT devices[MAX_DEVICES];
    EGLint count = 0;

    if (queryDevices == NULL || !queryDevices(MAX_DEVICES, devices, &count)) {
        return false;
    }
    for (EGLint i = 0; i < count; i++) {
        if (try_device(context, devices[i], identity)) {
            return true;
        }
    }
    return false;
}

void context_close(struct context *context)
{
    eglMakeCurrent(context->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    eglDestroyContext(context->display, context->context);
    eglTerminate(context->display);
}
