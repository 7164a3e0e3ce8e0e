/*
 * The model of OpenGL: semaphores.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/model_internal.h"

#include <stdio.h>
#include <string.h>

struct semaphore {
    struct gl_model_semaphore facts;
    bool created; /* by glCreateSemaphoresNV, so that it has parameters before an import */
    struct gl_payload payload;
};

static struct semaphore semaphores[GL_MODEL_MAX];
static struct gl_model_submit last;

void gl_model__reset_semaphores(void)
{
    for (unsigned i = 0; i < GL_MODEL_MAX; i++) {
        gl_model__release(&semaphores[i].payload);
    }
    memset(semaphores, 0, sizeof(semaphores));
    memset(&last, 0, sizeof(last));
}

size_t gl_model__live_semaphores(char *text, size_t size)
{
    size_t count = 0;

    for (unsigned i = 0; i < GL_MODEL_MAX; i++) {
        count += semaphores[i].facts.name != 0;
    }
    if (count != 0) {
        snprintf(text, size, "alive: %zu semaphores\n", count);
    }
    return count;
}

static struct semaphore *find(GLuint name)
{
    for (unsigned i = 0; i < GL_MODEL_MAX; i++) {
        if (semaphores[i].facts.name == name) {
            return &semaphores[i];
        }
    }
    return NULL;
}

bool gl_model_semaphore(GLuint name, struct gl_model_semaphore *semaphore)
{
    const struct semaphore *found = name != 0 ? find(name) : NULL;

    if (found != NULL) {
        *semaphore = found->facts;
    }
    return found != NULL;
}

const struct gl_model_submit *gl_model_last_submit(void)
{
    return &last;
}

void gl_model__note_flush(void)
{
    last.flushed = true;
}

static void make(GLsizei count, GLuint *names, bool created)
{
    for (GLsizei i = 0; i < count; i++) {
        struct semaphore *semaphore = find(0);

        semaphore->facts.name = gl_model__new_name();
        semaphore->created = created;
        names[i] = semaphore->facts.name;
    }
}

static void GL_MODEL_CALL gen_semaphores(GLsizei count, GLuint *names)
{
    if (gl_model__enter("GenSemaphoresEXT")) {
        make(count, names, false);
    }
}

static void GL_MODEL_CALL create_semaphores(GLsizei count, GLuint *names)
{
    if (gl_model__enter("CreateSemaphoresNV")) {
        make(count, names, true);
    }
}

static void GL_MODEL_CALL delete_semaphores(GLsizei count, const GLuint *names)
{
    if (!gl_model__enter("DeleteSemaphoresEXT")) {
        return;
    }
    for (GLsizei i = 0; i < count; i++) {
        struct semaphore *semaphore = names[i] != 0 ? find(names[i]) : NULL;

        if (semaphore == NULL) {
            gl_model__breach("glDeleteSemaphoresEXT of %u, which is none", names[i]);
            continue;
        }
        gl_model__release(&semaphore->payload);
        memset(semaphore, 0, sizeof(*semaphore));
    }
}

static void GL_MODEL_CALL semaphore_parameteriv(GLuint name, GLenum parameter, const GLint *values)
{
    struct semaphore *semaphore = name != 0 ? find(name) : NULL;

    if (!gl_model__enter("SemaphoreParameterivNV")) {
        return;
    }
    if (semaphore == NULL || !semaphore->created || semaphore->facts.handleType != 0) {
        gl_model__error(GL_INVALID_OPERATION);
    } else if (parameter != GL_SEMAPHORE_TYPE_NV) {
        gl_model__error(GL_INVALID_ENUM);
    } else {
        semaphore->facts.timeline = values[0] == GL_SEMAPHORE_TYPE_TIMELINE_NV;
    }
}

static struct semaphore *find_for_import(GLuint name)
{
    struct semaphore *semaphore = name != 0 ? find(name) : NULL;

    if (semaphore == NULL || semaphore->facts.handleType != 0) {
        gl_model__error(GL_INVALID_OPERATION);
        return NULL;
    }
    return semaphore;
}

static void note_import(struct semaphore *semaphore, GLenum handleType)
{
    const bool timeline = semaphore->payload.info.semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE;

    semaphore->facts.handleType = handleType;
    if (handleType == GL_HANDLE_TYPE_D3D12_FENCE_EXT) {
        semaphore->facts.timeline = true;
    } else if (timeline != semaphore->facts.timeline) {
        gl_model__breach("a %s semaphore was imported as a %s one",
                         timeline ? "timeline" : "binary", timeline ? "binary" : "timeline");
    }
}

static void GL_MODEL_CALL import_semaphore_fd(GLuint name, GLenum handleType, GLint fd)
{
    struct semaphore *semaphore;

    if (!gl_model__enter("ImportSemaphoreFdEXT")) {
        return;
    }
    semaphore = find_for_import(name);
    if (semaphore != NULL &&
        gl_model__take_fd(MODEL_PAYLOAD_SEMAPHORE, handleType, fd, &semaphore->payload)) {
        note_import(semaphore, handleType);
    }
}

static void import_win32(GLuint name, GLenum handleType, void *handle, const void *objectName)
{
    struct semaphore *semaphore = find_for_import(name);

    if (semaphore != NULL && gl_model__take_win32(MODEL_PAYLOAD_SEMAPHORE, handleType, handle,
                                                  objectName, &semaphore->payload)) {
        note_import(semaphore, handleType);
    }
}

static void GL_MODEL_CALL import_semaphore_win32_handle(GLuint name, GLenum handleType,
                                                        void *handle)
{
    if (gl_model__enter("ImportSemaphoreWin32HandleEXT")) {
        import_win32(name, handleType, handle, NULL);
    }
}

static void GL_MODEL_CALL import_semaphore_win32_name(GLuint name, GLenum handleType,
                                                      const void *objectName)
{
    if (gl_model__enter("ImportSemaphoreWin32NameEXT")) {
        import_win32(name, handleType, NULL, objectName);
    }
}

static void GL_MODEL_CALL semaphore_parameterui64v(GLuint name, GLenum parameter,
                                                   const GLuint64 *values)
{
    struct semaphore *semaphore = name != 0 ? find(name) : NULL;

    if (!gl_model__enter("SemaphoreParameterui64vEXT")) {
        return;
    }
    if (semaphore == NULL || semaphore->facts.handleType == 0) {
        gl_model__error(GL_INVALID_OPERATION);
    } else if (parameter != GL_TIMELINE_SEMAPHORE_VALUE_NV || !semaphore->facts.timeline) {
        gl_model__error(GL_INVALID_ENUM);
    } else {
        semaphore->facts.value = values[0];
    }
}

static void submit(bool signal, GLuint name, GLuint bufferCount, const GLuint *buffers,
                   GLuint textureCount, const GLuint *textures, const GLenum *layouts)
{
    static const GLenum known[] = {GL_NONE,
                                   GL_LAYOUT_GENERAL_EXT,
                                   GL_LAYOUT_COLOR_ATTACHMENT_EXT,
                                   GL_LAYOUT_DEPTH_STENCIL_ATTACHMENT_EXT,
                                   GL_LAYOUT_DEPTH_STENCIL_READ_ONLY_EXT,
                                   GL_LAYOUT_SHADER_READ_ONLY_EXT,
                                   GL_LAYOUT_TRANSFER_SRC_EXT,
                                   GL_LAYOUT_TRANSFER_DST_EXT,
                                   GL_LAYOUT_DEPTH_READ_ONLY_STENCIL_ATTACHMENT_EXT,
                                   GL_LAYOUT_DEPTH_ATTACHMENT_STENCIL_READ_ONLY_EXT};
    const struct semaphore *semaphore = name != 0 ? find(name) : NULL;

    if (semaphore == NULL || semaphore->facts.handleType == 0) {
        gl_model__error(GL_INVALID_OPERATION);
        return;
    }
    memset(&last, 0, sizeof(last));
    last.signal = signal;
    last.semaphore = name;
    last.value = semaphore->facts.value;
    last.bufferCount = bufferCount;
    last.textureCount = textureCount;
    for (GLuint i = 0; i < bufferCount; i++) {
        last.buffers[i] = buffers[i];
        if (!gl_model__has_memory(buffers[i])) {
            gl_model__breach("buffer %u has no shared memory", buffers[i]);
        }
    }
    for (GLuint i = 0; i < textureCount; i++) {
        unsigned k = 0;

        last.textures[i] = textures[i];
        last.layouts[i] = layouts[i];
        while (k < sizeof(known) / sizeof(known[0]) && known[k] != layouts[i]) {
            k++;
        }
        if (k == sizeof(known) / sizeof(known[0]) || !gl_model__has_memory(textures[i])) {
            gl_model__breach("texture %u in layout 0x%04x", textures[i], layouts[i]);
        }
    }
}

static void GL_MODEL_CALL wait_semaphore(GLuint name, GLuint bufferCount, const GLuint *buffers,
                                         GLuint textureCount, const GLuint *textures,
                                         const GLenum *layouts)
{
    if (gl_model__enter("WaitSemaphoreEXT")) {
        submit(false, name, bufferCount, buffers, textureCount, textures, layouts);
    }
}

static void GL_MODEL_CALL signal_semaphore(GLuint name, GLuint bufferCount, const GLuint *buffers,
                                           GLuint textureCount, const GLuint *textures,
                                           const GLenum *layouts)
{
    if (gl_model__enter("SignalSemaphoreEXT")) {
        submit(true, name, bufferCount, buffers, textureCount, textures, layouts);
    }
}

VxmGlFunction gl_model__semaphore_function(const char *name)
{
    static const struct {
        const char *name;
        VxmGlFunction function;
    } functions[] = {
        {"glGenSemaphoresEXT", (VxmGlFunction)gen_semaphores},
        {"glDeleteSemaphoresEXT", (VxmGlFunction)delete_semaphores},
        {"glSemaphoreParameterui64vEXT", (VxmGlFunction)semaphore_parameterui64v},
        {"glWaitSemaphoreEXT", (VxmGlFunction)wait_semaphore},
        {"glSignalSemaphoreEXT", (VxmGlFunction)signal_semaphore},
        {"glImportSemaphoreFdEXT", (VxmGlFunction)import_semaphore_fd},
        {"glImportSemaphoreWin32HandleEXT", (VxmGlFunction)import_semaphore_win32_handle},
        {"glImportSemaphoreWin32NameEXT", (VxmGlFunction)import_semaphore_win32_name},
        {"glCreateSemaphoresNV", (VxmGlFunction)create_semaphores},
        {"glSemaphoreParameterivNV", (VxmGlFunction)semaphore_parameteriv},
    };

    for (unsigned i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (strcmp(functions[i].name, name) == 0) {
            return functions[i].function;
        }
    }
    return NULL;
}
