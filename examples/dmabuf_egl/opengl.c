/*
 * The example's OpenGL ES: a context without a window, and one square.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "example.h"

#include <stdio.h>
#include <string.h>

#include <GLES3/gl3.h>

#include <GLES2/gl2ext.h>

#define MAX_DEVICES 16

static const char *const vertex_source =
    "#version 300 es\n"
    "void main()\n"
    "{\n"
    "    gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0);\n"
    "}\n";

static const char *const fragment_source = "#version 300 es\n"
                                           "precision highp float;\n"
                                           "uniform sampler2D image;\n"
                                           "out vec4 colour;\n"
                                           "void main()\n"
                                           "{\n"
                                           "    ivec2 place = ivec2(gl_FragCoord.xy);\n"
                                           "    place.x = textureSize(image, 0).x - 1 - place.x;\n"
                                           "    colour = texelFetch(image, place, 0).bgra;\n"
                                           "}\n";

static VxmEglFunction get_proc(void *user, const char *name)
{
    (void)user;
    return eglGetProcAddress(name);
}

static void check_opengl(const char *where)
{
    const GLenum error = glGetError();

    if (error != GL_NO_ERROR) {
        fail("%s: OpenGL ES answered 0x%04x", where, error);
    }
}

/* ---- the context ---- */

/* OpenGL ES on this device, if it is Vulkan's GPU; for a software Vulkan, a software EGL. */
static bool try_device(struct canvas *canvas, EGLDeviceEXT device, const VxmIdentity *identity)
{
    static const EGLint attributes[] = {EGL_CONTEXT_MAJOR_VERSION, 3, EGL_NONE};
    const PFNEGLQUERYDEVICESTRINGEXTPROC queryString =
        (PFNEGLQUERYDEVICESTRINGEXTPROC)eglGetProcAddress("eglQueryDeviceStringEXT");
    const char *const extensions = queryString(device, EGL_EXTENSIONS);
    const bool software =
        extensions != NULL && strstr(extensions, "EGL_MESA_device_software") != NULL;
    const bool wanted = !identity->drmRenderValid && !identity->drmPrimaryValid;

    canvas->display = eglGetPlatformDisplay(EGL_PLATFORM_DEVICE_EXT, device, NULL);
    if (software != wanted || !eglInitialize(canvas->display, NULL, NULL)) {
        return false;
    }
    if (vxmEglLoad(get_proc, NULL, canvas->display, &canvas->egl) == VK_SUCCESS &&
        (software || vxmEglCheckDevice(&canvas->egl, identity) == VK_SUCCESS) &&
        eglBindAPI(EGL_OPENGL_ES_API)) {
        canvas->context =
            eglCreateContext(canvas->display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attributes);
        if (canvas->context != EGL_NO_CONTEXT &&
            eglMakeCurrent(canvas->display, EGL_NO_SURFACE, EGL_NO_SURFACE, canvas->context)) {
            return true;
        }
    }
    eglTerminate(canvas->display); /* with its context */
    return false;
}

/* ---- what it draws with ---- */

static void attach(GLuint program, GLenum stage, const char *source)
{
    const GLuint shader = glCreateShader(stage);

    glShaderSource(shader, 1, &source, NULL);
    glCompileShader(shader);
    glAttachShader(program, shader);
    glDeleteShader(shader);
}

/* A framebuffer object for a texture, bound. */
static GLuint bind_framebuffer(GLuint texture)
{
    GLuint framebuffer;

    glGenFramebuffers(1, &framebuffer);
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
    if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) {
        fail("The framebuffer isn't complete.");
    }
    return framebuffer;
}

void canvas_open(struct canvas *canvas, const VxmIdentity *identity)
{
    const PFNEGLQUERYDEVICESEXTPROC queryDevices =
        (PFNEGLQUERYDEVICESEXTPROC)eglGetProcAddress("eglQueryDevicesEXT");
    const PFNEGLCREATEIMAGEKHRPROC createImage =
        (PFNEGLCREATEIMAGEKHRPROC)eglGetProcAddress("eglCreateImageKHR");
    EGLDeviceEXT devices[MAX_DEVICES];
    EGLint count = 0, i = 0;

    if (queryDevices == NULL || !queryDevices(MAX_DEVICES, devices, &count)) {
        fail("This EGL has no EGL_EXT_device_enumeration.");
    }
    while (i < count && !try_device(canvas, devices[i], identity)) {
        i++;
    }
    if (i == count) {
        fail("No display of EGL's imports dma-bufs on %s.", identity->deviceName);
    }
    printf("OpenGL ES on %s\n", (const char *)glGetString(GL_RENDERER));

    const GLuint program = glCreateProgram();
    attach(program, GL_VERTEX_SHADER, vertex_source);
    attach(program, GL_FRAGMENT_SHADER, fragment_source);
    glLinkProgram(program);
    glUseProgram(program); /* an error, if it isn't linked */
    glGenTextures(1, &canvas->texture);
    glBindTexture(GL_TEXTURE_2D, canvas->texture);
    glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, SIZE, SIZE);
    canvas->image =
        createImage(canvas->display, canvas->context, EGL_GL_TEXTURE_2D_KHR,
                    (EGLClientBuffer)(uintptr_t)canvas->texture, (const EGLint[]){EGL_NONE});
    if (canvas->image == EGL_NO_IMAGE_KHR) {
        fail("eglCreateImageKHR answered 0x%04x", eglGetError());
    }
    check_opengl("canvas_open");
}

void canvas_close(struct canvas *canvas)
{
    const PFNEGLDESTROYIMAGEKHRPROC destroyImage =
        (PFNEGLDESTROYIMAGEKHRPROC)eglGetProcAddress("eglDestroyImageKHR");

    destroyImage(canvas->display, canvas->image);
    eglMakeCurrent(canvas->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    eglDestroyContext(canvas->display, canvas->context); /* with all that was made in it */
    eglTerminate(canvas->display);
}

/* ---- what it draws ---- */

static GLuint create_texture(EGLImageKHR image)
{
    const PFNGLEGLIMAGETARGETTEXTURE2DOESPROC imageTargetTexture =
        (PFNGLEGLIMAGETARGETTEXTURE2DOESPROC)eglGetProcAddress("glEGLImageTargetTexture2DOES");
    GLuint texture;

    glGenTextures(1, &texture);
    glBindTexture(GL_TEXTURE_2D, texture);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    imageTargetTexture(GL_TEXTURE_2D, image);
    return texture;
}

void canvas_draw(const struct canvas *canvas, EGLImageKHR image)
{
    const GLuint framebuffer = bind_framebuffer(canvas->texture);
    const GLuint texture = create_texture(image);

    glViewport(0, 0, SIZE, SIZE);
    glDrawArrays(GL_TRIANGLES, 0, 3);
    glDeleteFramebuffers(1, &framebuffer);
    glDeleteTextures(1, &texture);
    check_opengl("canvas_draw");
}

void canvas_read(EGLImageKHR image, uint32_t *pixels)
{
    const GLuint texture = create_texture(image);
    const GLuint framebuffer = bind_framebuffer(texture);

    glReadPixels(0, 0, SIZE, SIZE, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
    glDeleteFramebuffers(1, &framebuffer);
    glDeleteTextures(1, &texture);
    check_opengl("canvas_read");
}

void canvas_finish(void)
{
    glFinish();
}
