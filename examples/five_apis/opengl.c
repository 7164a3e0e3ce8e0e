/*
 * OpenGL's part: a context of EGL's without a window, and a compute shader.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "five.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <EGL/egl.h>
#include <EGL/eglext.h>
#define GL_GLEXT_PROTOTYPES 1
#include <vxm/gl.h>

#define MAX_DEVICES 16

/* How the shader sees the picture. */
static const char *const as_buffer =
    "#version 430\n"
    "layout(binding = 0) buffer Picture { uint pixels[]; };\n"
    "uint load(uint row, uint column, uint width) { return pixels[row * width + column]; }\n"
    "void store(uint row, uint column, uint width, uint pixel)\n"
    "{\n"
    "    pixels[row * width + column] = pixel;\n"
    "}\n";
static const char *const as_texture = "#version 430\n"
                                      "layout(binding = 0, r32ui) uniform uimage2D pixels;\n"
                                      "uint load(uint row, uint column, uint width) { return "
                                      "imageLoad(pixels, ivec2(column, row)).r; }\n"
                                      "void store(uint row, uint column, uint width, uint pixel)\n"
                                      "{\n"
                                      "    imageStore(pixels, ivec2(column, row), uvec4(pixel));\n"
                                      "}\n";

/* As disc.comp. */
static const char *const source =
    "layout(local_size_x = 64) in;\n"
    "layout(location = 0) uniform uint disc[6];\n"
    "uint add(uint a, uint b)\n"
    "{\n"
    "    uint even = (a & 0x00ff00ffu) + (b & 0x00ff00ffu);\n"
    "    uint odd = (a >> 8 & 0x00ff00ffu) + (b >> 8 & 0x00ff00ffu);\n"
    "    even |= (even >> 8 & 0x00010001u) * 255u;\n"
    "    odd |= (odd >> 8 & 0x00010001u) * 255u;\n"
    "    return (even & 0x00ff00ffu) | (odd & 0x00ff00ffu) << 8;\n"
    "}\n"
    "void main()\n"
    "{\n"
    "    uint row = gl_GlobalInvocationID.y, column = gl_GlobalInvocationID.x;\n"
    "    int dx = int(column) - int(disc[2]), dy = int(row) - int(disc[3]);\n"
    "    if (column < disc[0] && row < disc[1] && dx * dx + dy * dy < int(disc[4] * disc[4])) {\n"
    "        store(row, column, disc[0], add(load(row, column, disc[0]), disc[5]));\n"
    "    }\n"
    "}\n";

struct own {
    EGLDisplay display;
    EGLContext context;
    VxmGl gl;
    GLuint program;
    VxmGlMemory picture;
};

static VxmGlFunction get_proc(void *user, const char *name)
{
    (void)user;
    return eglGetProcAddress(name);
}

static void check_gl(const char *where)
{
    const GLenum error = glGetError();

    if (error != GL_NO_ERROR) {
        fail("%s: OpenGL answered 0x%04x", where, error);
    }
}

/* An OpenGL 4.3 of this display, if it is of that GPU. */
static bool try_display(struct own *own, EGLDisplay display, struct visit *visit)
{
    static const EGLint attributes[] = {EGL_CONTEXT_MAJOR_VERSION, 4, EGL_CONTEXT_MINOR_VERSION, 3,
                                        EGL_NONE};
    EGLContext context = EGL_NO_CONTEXT;
    VxmError error;

    if (display == EGL_NO_DISPLAY || !eglInitialize(display, NULL, NULL)) {
        return false;
    }
    if (eglBindAPI(EGL_OPENGL_API)) {
        context = eglCreateContext(display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attributes);
    }
    if (context != EGL_NO_CONTEXT &&
        eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context)) {
        if (vxmGlLoad(get_proc, NULL, &own->gl) == VK_SUCCESS &&
            vxmGlCheckDevice(&own->gl, visit->identity) == VK_SUCCESS) {
            own->display = display;
            own->context = context;
            return true;
        }
        vxmGetLastError(&error);
        snprintf(visit->why, sizeof(visit->why), "%s", error.message);
    }
    eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    if (context != EGL_NO_CONTEXT) {
        eglDestroyContext(display, context);
    }
    eglTerminate(display);
    return false;
}

static bool find_context(struct own *own, struct visit *visit)
{
    const char *const extensions = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
    EGLDeviceEXT devices[MAX_DEVICES];
    PFNEGLQUERYDEVICESEXTPROC queryDevices;
    EGLint count = 0;

    snprintf(visit->why, sizeof(visit->why), "EGL gives no OpenGL 4.3 without a window.");
    if (extensions != NULL && strstr(extensions, "EGL_EXT_platform_device") != NULL &&
        strstr(extensions, "EGL_EXT_device_enumeration") != NULL) {
        queryDevices = (PFNEGLQUERYDEVICESEXTPROC)eglGetProcAddress("eglQueryDevicesEXT");
        if (!queryDevices(MAX_DEVICES, devices, &count)) {
            count = 0;
        }
        for (EGLint i = 0; i < count; i++) {
            if (try_display(own, eglGetPlatformDisplay(EGL_PLATFORM_DEVICE_EXT, devices[i], NULL),
                            visit)) {
                return true;
            }
        }
    }
    return extensions != NULL && strstr(extensions, "EGL_MESA_platform_surfaceless") != NULL &&
           try_display(
               own, eglGetPlatformDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL),
               visit);
}

static void opengl_close(struct visit *visit)
{
    struct own *own = visit->own;

    vxmGlDestroyMemory(&own->gl, &own->picture);
    glDeleteProgram(own->program);
    eglMakeCurrent(own->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    eglDestroyContext(own->display, own->context);
    eglTerminate(own->display);
    free(own);
}

/* Mesa's llvmpipe (22.3) imports textures and no buffers: the same bytes as a texture, whose rows
 * follow each other without a gap if they are a multiple of 64 bytes. */
static VkResult import_texture(struct visit *visit, struct own *own)
{
    VxmShared shared;
    VkResult result;

    VXM(vxmExportMemory(visit->picture, VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, &shared));
    shared.resourceType = VXM_RESOURCE_TYPE_IMAGE;
    shared.image =
        (VxmImageDescription){.imageType = VK_IMAGE_TYPE_2D,
                              .format = VK_FORMAT_R32_UINT,
                              .extent = {visit->disc.width, visit->disc.height, 1},
                              .mipLevels = 1,
                              .arrayLayers = 1,
                              .samples = VK_SAMPLE_COUNT_1_BIT,
                              .tiling = VK_IMAGE_TILING_LINEAR,
                              .usage = VK_IMAGE_USAGE_STORAGE_BIT,
                              .planeCount = 1,
                              .planes = {{.rowPitch = 4 * (VkDeviceSize)visit->disc.width}}};
    result = vxmGlImportShared(&own->gl, &shared, NULL, &own->picture);
    vxmCloseShared(&shared);
    return result;
}

static void create_program(struct own *own)
{
    const char *sources[] = {own->picture.buffer != 0 ? as_buffer : as_texture, source};
    const GLuint shader = glCreateShader(GL_COMPUTE_SHADER);
    GLint linked = GL_FALSE;

    own->program = glCreateProgram();
    glShaderSource(shader, 2, sources, NULL);
    glCompileShader(shader);
    glAttachShader(own->program, shader);
    glDeleteShader(shader);
    glLinkProgram(own->program);
    glGetProgramiv(own->program, GL_LINK_STATUS, &linked);
    if (!linked) {
        fail("OpenGL's compute shader doesn't link.");
    }
    glFinish();
}

static bool opengl_open(struct visit *visit)
{
    struct own *own = calloc(1, sizeof(*own));
    VxmError error;

    if (own == NULL || !find_context(own, visit)) {
        free(own);
        return false;
    }
    visit->own = own;
    visit->sharing = milliseconds();
    if (vxmGlImportMemory(&own->gl, visit->picture, NULL, &own->picture) != VK_SUCCESS &&
        import_texture(visit, own) != VK_SUCCESS) {
        vxmGetLastError(&error);
        snprintf(visit->why, sizeof(visit->why), "%s", error.message);
        opengl_close(visit);
        return false;
    }
    visit->sharing = milliseconds() - visit->sharing;
    create_program(own);
    return true;
}

static void opengl_draw(struct visit *visit)
{
    const struct own *own = visit->own;
    const struct disc *disc = &visit->disc;
    const GLuint parameters[6] = {disc->width, disc->height, disc->x,
                                  disc->y,     disc->radius, disc->colour};

    glUseProgram(own->program);
    glUniform1uiv(0, 6, parameters);
    if (own->picture.buffer != 0) {
        glBindBufferBase(GL_SHADER_STORAGE_BUFFER, 0, own->picture.buffer);
    } else {
        glBindImageTexture(0, own->picture.texture, 0, GL_FALSE, 0, GL_READ_WRITE, GL_R32UI);
    }
    glDispatchCompute((disc->width + 63) / 64, disc->height, 1);
    glMemoryBarrier(GL_ALL_BARRIER_BITS);
    glFinish();
    check_gl("the disc");
}

static double opengl_copy(struct visit *visit)
{
    const GLsizeiptr size = (GLsizeiptr)visit->size;
    GLuint copy = 0;
    double begun;

    glGenBuffers(1, &copy);
    glBindBuffer(GL_COPY_WRITE_BUFFER, copy);
    glBufferData(GL_COPY_WRITE_BUFFER, size, visit->host, GL_DYNAMIC_COPY);
    glFinish();
    begun = milliseconds();
    glBufferSubData(GL_COPY_WRITE_BUFFER, 0, size, visit->host);
    glGetBufferSubData(GL_COPY_WRITE_BUFFER, 0, size, visit->host);
    glFinish();
    begun = milliseconds() - begun;
    glDeleteBuffers(1, &copy);
    check_gl("the copy");
    return begun;
}

const struct visitor visitor_opengl = {"OpenGL", opengl_open, opengl_draw, opengl_copy,
                                       opengl_close};
