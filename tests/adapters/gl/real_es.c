/*
 * OpenGL ES, whose functions are the same.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/real_gl.h"

#include <stdlib.h>
#include <string.h>

#include <EGL/eglext.h>

TestSuite(real_es, .init = gl_real_begin, .fini = gl_real_end);

#define SIZE 128

static VxmGlFunction get_proc(void *user, const char *name)
{
    (void)user;
    return eglGetProcAddress(name);
}

/* What Vulkan wrote, read through a framebuffer: OpenGL ES has no glGetTexImage. */
static void share_image(const VxmGl *gl)
{
    VkImageCreateInfo info = gpu_image_info(SIZE, SIZE, VK_IMAGE_TILING_OPTIMAL);
    unsigned char *const wanted = malloc(4 * SIZE * SIZE), *const found = malloc(4 * SIZE * SIZE);
    struct gl_part parts[16];
    VxmHandover handover;
    VxmGlMemory texture;
    GLuint framebuffer;
    VxmMemory memory;

    info.usage |= VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT;
    memory = gl_new_image(&info, VXM_DEDICATED_AUTO);
    (void)gl_parts(&info, 4, 0, parts);
    gpu_pattern(5, wanted, parts[0].size);
    gl_upload(memory, &info, parts, 1, wanted, &handover);
    VXM(vxmGlImportMemory(gl, memory, NULL, &texture));
    glGenFramebuffers(1, &framebuffer);
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture.texture, 0);
    cr_assert_eq(glCheckFramebufferStatus(GL_FRAMEBUFFER), GL_FRAMEBUFFER_COMPLETE);
    glReadPixels(0, 0, SIZE, SIZE, GL_RGBA, GL_UNSIGNED_BYTE, found);
    GL_CLEAN();
    cr_assert_eq(memcmp(wanted, found, parts[0].size), 0, "OpenGL ES sees something else");
    glDeleteFramebuffers(1, &framebuffer);
    vxmGlDestroyMemory(gl, &texture);
    vxmDestroyMemory(memory);
    free(found);
    free(wanted);
}

Test(real_es, image)
{
    static const EGLint attributes[] = {EGL_CONTEXT_MAJOR_VERSION, 3, EGL_NONE};
    const EGLDisplay display = gl_context.display;
    EGLContext context;
    VxmGl gl = {0};

    eglBindAPI(EGL_OPENGL_ES_API);
    context = eglCreateContext(display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attributes);
    if (context == EGL_NO_CONTEXT) {
        cr_skip_test("EGL makes no context of OpenGL ES 3 here");
    }
    cr_assert(eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context));
    cr_assert_not_null(strstr((const char *)glGetString(GL_VERSION), "OpenGL ES"));
    VXM(vxmGlLoad(get_proc, NULL, &gl));
    VXM(vxmGlCheckDevice(&gl, gl_gpu.info.identity));
    share_image(&gl);
    eglBindAPI(EGL_OPENGL_API);
    cr_assert(eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, gl_context.context));
    eglDestroyContext(display, context);
}
