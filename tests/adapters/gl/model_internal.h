/*
 * The model of OpenGL, among its own files.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_GL_MODEL_INTERNAL_H_
#define VXM_TESTS_ADAPTERS_GL_MODEL_INTERNAL_H_ 1

#include "adapters/gl/model_gl.h"
#include "model/native.h"

/* A payload that was imported: the context's own native of it. */
struct gl_payload {
    bool held;
    union model_native native;
    struct model_payload_info info;
    uint64_t identity[2];
};

/* Counts the call; false: it does nothing more, for want of a context or since the test wants so.
 */
bool gl_model__enter(const char *name);
/* Notes an error, if none is noted yet. */
void gl_model__error(GLenum error);
/* Notes what OpenGL leaves undefined, and no application may do. */
void gl_model__breach(const char *format, ...);
/* A name that was never used. */
GLuint gl_model__new_name(void);

/* Takes a native as the handle type says: a descriptor is the context's from here on. An error is
 * noted otherwise, and the native is still the caller's. */
bool gl_model__take_fd(uint32_t kind, GLenum handleType, GLint fd, struct gl_payload *payload);
bool gl_model__take_win32(uint32_t kind, GLenum handleType, void *handle, const void *name,
                          struct gl_payload *payload);
/* Ends it, after a look whether it still is what was imported. */
void gl_model__release(struct gl_payload *payload);

/* The files' parts: forget everything; count what is alive. */
void gl_model__reset_objects(void);
size_t gl_model__live_objects(char *text, size_t size);
void gl_model__reset_semaphores(void);
size_t gl_model__live_semaphores(char *text, size_t size);
void gl_model__note_flush(void);
/* Whether a name is a buffer's or a texture's with memory. */
bool gl_model__has_memory(GLuint name);

/* Loader tables: one entry by name, NULL if it isn't there. */
VxmGlFunction gl_model__object_function(const char *name);
VxmGlFunction gl_model__semaphore_function(const char *name);

#define GL_MODEL_CALL VXM__GL_CALL

#endif /* VXM_TESTS_ADAPTERS_GL_MODEL_INTERNAL_H_ */
