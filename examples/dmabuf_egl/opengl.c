/*
 * The example's OpenGL ES: one triangle, as large as the picture.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "example.h"

#include <GLES3/gl3.h>

#include <GLES2/gl2ext.h>

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

static void check_opengl(const char *where)
{
    const GLenum error = glGetError();

    if (error != GL_NO_ERROR) {
        fail("%s: OpenGL ES answered 0x%04x", where, error);
    }
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

void canvas_open(struct canvas *canvas)
{
    const PFNEGLCREATEIMAGEKHRPROC createImage =
        (PFNEGLCREATEIMAGEKHRPROC)eglGetProcAddress("eglCreateImageKHR");
    canvas->program = glCreateProgram();
    attach(canvas->program, GL_VERTEX_SHADER, vertex_source);
    attach(canvas->program, GL_FRAGMENT_SHADER, fragment_source);
    glLinkProgram(canvas->program);
    glUseProgram(canvas->program); /* an error, if it isn't linked */
    glGenTextures(1, &canvas->texture);
    glBindTexture(GL_TEXTURE_2D, canvas->texture);
    glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, SIZE, SIZE);
    canvas->image =
        createImage(eglGetCurrentDisplay(), eglGetCurrentContext(), EGL_GL_TEXTURE_2D_KHR,
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

    destroyImage(eglGetCurrentDisplay(), canvas->image);
    glDeleteTextures(1, &canvas->texture);
    glDeleteProgram(canvas->program);
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
