/*
 * A model of OpenGL: the functions that vxm/gl.h calls, in the test process. It keeps the rules of
 * GL_EXT_memory_object, GL_EXT_semaphore and GL_NV_timeline_semaphore, answers errors through
 * glGetError(), takes a descriptor when an import succeeds, and tells who did what OpenGL leaves
 * undefined.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_GL_MODEL_GL_H_
#define VXM_TESTS_ADAPTERS_GL_MODEL_GL_H_ 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vxm/gl.h"

#define GL_MODEL_MAX 32

/* What the context is like. */
struct gl_model_config {
    const char *extensions[GL_MODEL_MAX]; /* NULL ends the list */
    unsigned deviceCount;                 /* UUIDs below; linked GPUs have more than one */
    uint8_t deviceUUIDs[2][VK_UUID_SIZE];
    uint8_t driverUUID[VK_UUID_SIZE];
    uint8_t deviceLUID[VK_LUID_SIZE];
    bool tellsTilings;         /* glGetInternalformativ knows GL_TILING_TYPES_EXT */
    bool readsLinear;          /* ... and names LINEAR there */
    const char *missing;       /* a function that the loader doesn't find */
    bool answersAnything;      /* the loader has an address for every name, as EGL's may */
    bool noContext;            /* nothing is current: every function does nothing */
    bool errorsWithoutEnd;     /* ... or glGetError() answers one error after the other */
    void (*refusedFd)(int fd); /* a driver's bad habit: what it does with a descriptor that it
                                  refuses; NULL: nothing, as it should */
};

/* A context of the model Vulkan driver's first device, with every extension, on any system. */
struct gl_model_config gl_model_default_config(void);
/* Puts it to use (NULL: the default one), and forgets everything else. */
void gl_model_reset(const struct gl_model_config *config);
struct gl_model_config *gl_model_config(void);

/* For vxmGlLoad(). */
VxmGlFunction gl_model_get_proc(void *user, const char *name);

/* The nth call (1: the next one) of any function but glGetError() fails with this error, and does
 * nothing else. */
void gl_model_fail(unsigned nth, GLenum error);
/* The name of the function that was failed so; NULL: none was. */
const char *gl_model_failed(void);
/* An error of the application's own. */
void gl_model_raise(GLenum error);

/* Calls of a function since gl_model_reset(), by its name without "gl"; NULL: of all but GetError.
 */
unsigned gl_model_calls(const char *name);

/* ---- a look inside ---- */

struct gl_model_texture {
    GLuint name;
    GLenum target, format, tiling;
    GLint levels, samples, width, height, depth; /* 0: the storage has none such */
    GLuint memory;
    uint64_t offset;
};
struct gl_model_buffer {
    GLuint name;
    uint64_t size, offset;
    GLuint memory;
};
struct gl_model_memory {
    GLuint name;
    bool dedicated;
    uint64_t size;
    GLenum handleType; /* 0: nothing imported */
};
struct gl_model_semaphore {
    GLuint name;
    GLenum handleType;
    bool timeline;
    uint64_t value; /* as it was set last */
};
/* False: there is none of that name. */
bool gl_model_texture(GLuint name, struct gl_model_texture *texture);
bool gl_model_buffer(GLuint name, struct gl_model_buffer *buffer);
bool gl_model_memory(GLuint name, struct gl_model_memory *memory);
bool gl_model_semaphore(GLuint name, struct gl_model_semaphore *semaphore);

/* The last wait or signal. */
struct gl_model_submit {
    bool signal, flushed;
    GLuint semaphore;
    uint64_t value;
    unsigned bufferCount, textureCount;
    GLuint buffers[GL_MODEL_MAX], textures[GL_MODEL_MAX];
    GLenum layouts[GL_MODEL_MAX];
};
const struct gl_model_submit *gl_model_last_submit(void);

/* What is bound to a target, and the test's own way to bind. */
GLuint gl_model_bound(GLenum target);
void gl_model_bind(GLenum target, GLuint name);

/* Breaches and live objects, as lines in text. */
size_t gl_model_problems(char *text, size_t size);

#endif /* VXM_TESTS_ADAPTERS_GL_MODEL_GL_H_ */
