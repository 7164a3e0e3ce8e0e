/*
 * Both sides of a test on real drivers.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/egl/real_egl.h"

#include <stdio.h>

#include "real/validation.h"

struct gpu egl_gpu;
struct context egl_context;
static bool opened;

/* Drivers open descriptors of their own at the first object of a kind, and Mesa's keeps what was
 * drawn into last until something else is: so draw into something that is no dma-buf. */
static void settle(void)
{
    GLuint texture, framebuffer;

    glGenTextures(1, &texture);
    glBindTexture(GL_TEXTURE_2D, texture);
    glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, 16, 16);
    glGenFramebuffers(1, &framebuffer);
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, texture, 0);
    glClear(GL_COLOR_BUFFER_BIT);
    glFinish();
    glDeleteFramebuffers(1, &framebuffer);
    glDeleteTextures(1, &texture);
    GL_CLEAN();
}

void egl_real_begin(void)
{
    const VxmQueryInfo question = {.handleType = DMA_BUF};
    VxmQueryResult answer;

    support_keep_drivers_loaded();
    real_need_driver();
    gpu_open(&egl_gpu);
    VXM(vxmQuery(egl_gpu.device, &question, &answer));
    if (!answer.exportable || !answer.importable) {
        gpu_close(&egl_gpu);
        cr_skip_test("Vulkan's driver has no dma-bufs: %s", answer.reason);
    }
    /* One context for the whole process: ending it unloads the driver, whose globals would then
     * look lost. */
    if (!context_open(&egl_context, egl_gpu.info.identity)) {
        gpu_close(&egl_gpu);
        cr_skip_test("no display of EGL's imports dma-bufs beside Vulkan's driver");
    }
    opened = true;
    printf("OpenGL ES: %s, %s\n", (const char *)glGetString(GL_RENDERER),
           (const char *)glGetString(GL_VERSION));
    settle();
    support_begin();
}

void egl_real_end(void)
{
    char text[8192];

    if (!opened) {
        return;
    }
    settle();
    support_end();
    gpu_close(&egl_gpu);
    unsigned problems = validation_problems(text, sizeof(text));
    cr_expect_eq(problems, 0, "the validation layer reported %u problems:\n%s", problems, text);
}

/* A framebuffer of the image, bound; both names are the caller's. */
static GLuint bind_image(EGLImageKHR image, GLuint *texture)
{
    const PFNGLEGLIMAGETARGETTEXTURE2DOESPROC imageTargetTexture =
        (PFNGLEGLIMAGETARGETTEXTURE2DOESPROC)eglGetProcAddress("glEGLImageTargetTexture2DOES");
    GLuint framebuffer;

    glGenTextures(1, texture);
    glBindTexture(GL_TEXTURE_2D, *texture);
    imageTargetTexture(GL_TEXTURE_2D, image);
    glGenFramebuffers(1, &framebuffer);
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, *texture, 0);
    cr_assert_eq(glCheckFramebufferStatus(GL_FRAMEBUFFER), GL_FRAMEBUFFER_COMPLETE);
    return framebuffer;
}

void egl_read(EGLImageKHR image, GLsizei width, GLsizei height, void *pixels)
{
    GLuint texture, framebuffer = bind_image(image, &texture);

    glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, pixels);
    glDeleteFramebuffers(1, &framebuffer);
    glDeleteTextures(1, &texture);
    GL_CLEAN();
}

void egl_fill(EGLImageKHR image, GLsizei width, GLsizei height, const float colour[4])
{
    GLuint texture, framebuffer = bind_image(image, &texture);

    glEnable(GL_SCISSOR_TEST);
    glScissor(0, 0, width, height);
    glClearColor(colour[0], colour[1], colour[2], colour[3]);
    glClear(GL_COLOR_BUFFER_BIT);
    glDisable(GL_SCISSOR_TEST);
    glFinish();
    glDeleteFramebuffers(1, &framebuffer);
    glDeleteTextures(1, &texture);
    GL_CLEAN();
}
