/*
 * The example's plain OpenGL, as any app has it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define GL_GLEXT_PROTOTYPES 1
#include "example.h"

/* Four squares, each a quarter of the framebuffer; the i-th is turned by i times 90 degrees. */
static const char *const vertex_source =
    "#version 330 core\n"
    "out vec2 place;\n"
    "void main()\n"
    "{\n"
    "    vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);\n"
    "    vec2 square = vec2(gl_InstanceID & 1, gl_InstanceID >> 1);\n"
    "    vec2 turned = corner - 0.5;\n"
    "    int turns = int[](0, 1, 3, 2)[gl_InstanceID];\n"
    "    for (int i = 0; i < turns; i++) {\n"
    "        turned = vec2(turned.y, -turned.x);\n"
    "    }\n"
    "    place = turned + 0.5;\n"
    "    gl_Position = vec4(square + corner - 1.0, 0.0, 1.0);\n"
    "}\n";

static const char *const fragment_source = "#version 330 core\n"
                                           "uniform sampler2D image;\n"
                                           "in vec2 place;\n"
                                           "out vec4 colour;\n"
                                           "void main()\n"
                                           "{\n"
                                           "    colour = texture(image, place);\n"
                                           "}\n";

static void check_opengl(const char *where)
{
    const GLenum error = glGetError();

    if (error != GL_NO_ERROR) {
        fail("%s: OpenGL answered 0x%04x", where, error);
    }
}

static void attach(GLuint program, GLenum stage, const char *source)
{
    const GLuint shader = glCreateShader(stage);
    GLint compiled = GL_FALSE;
    char log[1024] = "";

    glShaderSource(shader, 1, &source, NULL);
    glCompileShader(shader);
    glGetShaderiv(shader, GL_COMPILE_STATUS, &compiled);
    if (!compiled) {
        glGetShaderInfoLog(shader, sizeof(log), NULL, log);
        fail("The shader doesn't compile:\n%s", log);
    }
    glAttachShader(program, shader);
    glDeleteShader(shader);
}

static GLuint create_texture(uint32_t size)
{
    GLuint texture;

    glGenTextures(1, &texture);
    glBindTexture(GL_TEXTURE_2D, texture);
    glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, (GLsizei)size, (GLsizei)size);
    return texture;
}

void canvas_open(struct canvas *canvas, uint32_t size)
{
    GLint linked = GL_FALSE;

    canvas->size = size;
    canvas->program = glCreateProgram();
    attach(canvas->program, GL_VERTEX_SHADER, vertex_source);
    attach(canvas->program, GL_FRAGMENT_SHADER, fragment_source);
    glLinkProgram(canvas->program);
    glGetProgramiv(canvas->program, GL_LINK_STATUS, &linked);
    if (!linked) {
        fail("The program doesn't link.");
    }
    glGenVertexArrays(1, &canvas->vertexArray);
    canvas->texture = create_texture(size);
    glGenFramebuffers(1, &canvas->framebuffer);
    glBindFramebuffer(GL_FRAMEBUFFER, canvas->framebuffer);
    glFramebufferTexture2D(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, canvas->texture, 0);
    if (glCheckFramebufferStatus(GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE) {
        fail("The framebuffer isn't complete.");
    }
    check_opengl("canvas_open");
}

void canvas_close(struct canvas *canvas)
{
    glDeleteFramebuffers(1, &canvas->framebuffer);
    glDeleteTextures(1, &canvas->texture);
    glDeleteVertexArrays(1, &canvas->vertexArray);
    glDeleteProgram(canvas->program);
}

void canvas_draw(const struct canvas *canvas, GLuint texture)
{
    glViewport(0, 0, (GLsizei)canvas->size, (GLsizei)canvas->size);
    glUseProgram(canvas->program);
    glBindVertexArray(canvas->vertexArray);
    glActiveTexture(GL_TEXTURE0);
    glBindTexture(GL_TEXTURE_2D, texture);
    /* One texel to one pixel, so that every pixel can be compared. */
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
    glTexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
    glDrawArraysInstanced(GL_TRIANGLE_STRIP, 0, 4, 4);
    check_opengl("canvas_draw");
}

void canvas_read(const struct canvas *canvas, void *data)
{
    glReadPixels(0, 0, (GLsizei)canvas->size, (GLsizei)canvas->size, GL_RGBA, GL_UNSIGNED_BYTE,
                 data);
    check_opengl("canvas_read");
}

GLuint canvas_copy_open(uint32_t size)
{
    return create_texture(size);
}

void canvas_copy(GLuint copy, uint32_t size, const void *data)
{
    glBindTexture(GL_TEXTURE_2D, copy);
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, (GLsizei)size, (GLsizei)size, GL_RGBA, GL_UNSIGNED_BYTE,
                    data);
    glFinish();
    check_opengl("canvas_copy");
}
