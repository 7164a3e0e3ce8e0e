/*
 * The model of OpenGL: the context, its errors, what it says of itself, and the loader.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/model_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct {
    struct gl_model_config config;
    GLenum error;
    unsigned callCount;
    struct {
        const char *name;
        unsigned count;
    } calls[64];
    unsigned failAt;
    GLenum failError;
    const char *failed;
    GLuint lastName;
    size_t breachCount;
    char breaches[2048];
} state;

struct gl_model_config gl_model_default_config(void)
{
    const ModelConfig vulkan = model_default_config();
    struct gl_model_config config = {
        .extensions = {"GL_EXT_memory_object", "GL_EXT_memory_object_fd",
                       "GL_EXT_memory_object_win32", "GL_EXT_semaphore", "GL_EXT_semaphore_fd",
                       "GL_EXT_semaphore_win32", "GL_NV_timeline_semaphore"},
        .deviceCount = 1,
        .tellsTilings = true,
        .readsLinear = true,
    };

    memcpy(config.deviceUUIDs[0], vulkan.devices[0].deviceUUID, VK_UUID_SIZE);
    memcpy(config.driverUUID, vulkan.devices[0].driverUUID, VK_UUID_SIZE);
    memcpy(config.deviceLUID, vulkan.devices[0].deviceLUID, VK_LUID_SIZE);
    return config;
}

void gl_model_reset(const struct gl_model_config *config)
{
    gl_model__reset_objects();
    gl_model__reset_semaphores();
    memset(&state, 0, sizeof(state));
    state.config = config != NULL ? *config : gl_model_default_config();
}

struct gl_model_config *gl_model_config(void)
{
    return &state.config;
}

/* ---- errors, calls, breaches ---- */

bool gl_model__enter(const char *name)
{
    unsigned i = 0;

    state.callCount++;
    while (state.calls[i].name != NULL && strcmp(state.calls[i].name, name) != 0) {
        i++;
    }
    state.calls[i].name = name;
    state.calls[i].count++;
    if (state.failAt != 0 && --state.failAt == 0) {
        state.failed = name;
        gl_model__error(state.failError);
        return false;
    }
    return !state.config.noContext;
}

void gl_model__error(GLenum error)
{
    if (state.error == GL_NO_ERROR) {
        state.error = error;
    }
}

void gl_model__breach(const char *format, ...)
{
    const size_t length = strlen(state.breaches);
    va_list arguments;

    state.breachCount++;
    va_start(arguments, format);
    vsnprintf(state.breaches + length, sizeof(state.breaches) - length, format, arguments);
    va_end(arguments);
    if (strlen(state.breaches) + 2 < sizeof(state.breaches)) {
        strcat(state.breaches, "\n");
    }
}

GLuint gl_model__new_name(void)
{
    return 100 + ++state.lastName;
}

void gl_model_fail(unsigned nth, GLenum error)
{
    state.failAt = nth;
    state.failError = error;
    state.failed = NULL;
}

const char *gl_model_failed(void)
{
    return state.failed;
}

void gl_model_raise(GLenum error)
{
    gl_model__error(error);
}

unsigned gl_model_calls(const char *name)
{
    if (name == NULL) {
        return state.callCount;
    }
    for (unsigned i = 0; state.calls[i].name != NULL; i++) {
        if (strcmp(state.calls[i].name, name) == 0) {
            return state.calls[i].count;
        }
    }
    return 0;
}

size_t gl_model_problems(char *text, size_t size)
{
    size_t count = state.breachCount;

    snprintf(text, size, "%s", state.breaches);
    count += gl_model__live_objects(text + strlen(text), size - strlen(text));
    count += gl_model__live_semaphores(text + strlen(text), size - strlen(text));
    return count;
}

/* ---- natives ---- */

static bool read_payload(uint32_t kind, GLenum handleType, struct gl_payload *payload)
{
    if (!model__native_read(payload->native, &payload->info, payload->identity) ||
        payload->info.kind != kind) {
        gl_model__error(GL_INVALID_VALUE);
        return false;
    }
    if (memcmp(payload->info.deviceUUID, state.config.deviceUUIDs[0], VK_UUID_SIZE) != 0 &&
        (state.config.deviceCount < 2 ||
         memcmp(payload->info.deviceUUID, state.config.deviceUUIDs[1], VK_UUID_SIZE) != 0)) {
        gl_model__breach("an import of what another device has made (handle type 0x%04x)",
                         handleType);
    }
    return true;
}

bool gl_model__take_fd(uint32_t kind, GLenum handleType, GLint fd, struct gl_payload *payload)
{
    memset(payload, 0, sizeof(*payload));
    if (handleType != GL_HANDLE_TYPE_OPAQUE_FD_EXT) {
        gl_model__error(GL_INVALID_ENUM);
        return false;
    }
    payload->native = model__native_of_fd(fd);
    payload->held = read_payload(kind, handleType, payload);
    if (!payload->held && state.config.refusedFd != NULL) {
        state.config.refusedFd(fd);
    }
    return payload->held;
}

bool gl_model__take_win32(uint32_t kind, GLenum handleType, void *handle, const void *name,
                          struct gl_payload *payload)
{
    union model_native given = model__native_of_pointer(handle);

    memset(payload, 0, sizeof(*payload));
    if (handleType == GL_HANDLE_TYPE_OPAQUE_FD_EXT) {
        gl_model__error(GL_INVALID_ENUM);
        return false;
    }
    if (name != NULL) {
        payload->held = model__native_open_name(name, &payload->native);
    } else if (handleType == GL_HANDLE_TYPE_OPAQUE_WIN32_KMT_EXT ||
               handleType == GL_HANDLE_TYPE_D3D11_IMAGE_KMT_EXT) {
        payload->held = model__native_open_number((uintptr_t)handle, &payload->native);
    } else {
        payload->held = model__native_duplicate(given, false, &payload->native) == VK_SUCCESS;
    }
    if (!payload->held) {
        gl_model__error(GL_INVALID_VALUE);
        return false;
    }
    if (!read_payload(kind, handleType, payload)) {
        model__native_close(payload->native);
        payload->held = false;
    }
    return payload->held;
}

void gl_model__release(struct gl_payload *payload)
{
    struct model_payload_info info;
    uint64_t identity[2];

    if (!payload->held) {
        return;
    }
    payload->held = false;
    if (!model__native_read(payload->native, &info, identity) ||
        memcmp(identity, payload->identity, sizeof(identity)) != 0) {
        gl_model__breach("a handle that OpenGL owned has been closed by somebody else");
        return;
    }
    model__native_close(payload->native);
}

/* ---- functions ---- */

static GLenum GL_MODEL_CALL get_error(void)
{
    const GLenum error = state.error;

    if (state.config.errorsWithoutEnd) {
        return GL_CONTEXT_LOST;
    }
    state.error = GL_NO_ERROR;
    return state.config.noContext ? GL_NO_ERROR : error;
}

static const GLubyte *GL_MODEL_CALL get_string(GLenum name)
{
    if (!gl_model__enter("GetString")) {
        return NULL;
    }
    if (name != GL_RENDERER) {
        gl_model__error(GL_INVALID_ENUM);
        return NULL;
    }
    return (const GLubyte *)"the model of OpenGL";
}

static const GLubyte *GL_MODEL_CALL get_stringi(GLenum name, GLuint index)
{
    if (!gl_model__enter("GetStringi")) {
        return NULL;
    }
    if (name != GL_EXTENSIONS || index >= GL_MODEL_MAX || state.config.extensions[index] == NULL) {
        gl_model__error(GL_INVALID_VALUE);
        return NULL;
    }
    return (const GLubyte *)state.config.extensions[index];
}

static void GL_MODEL_CALL get_integerv(GLenum name, GLint *data)
{
    if (!gl_model__enter("GetIntegerv")) {
        return;
    }
    switch (name) {
    case GL_NUM_EXTENSIONS:
        *data = 0;
        while (state.config.extensions[*data] != NULL) {
            (*data)++;
        }
        return;
    case GL_NUM_DEVICE_UUIDS_EXT:
        *data = (GLint)state.config.deviceCount;
        return;
    case GL_TEXTURE_BINDING_1D:
        *data = (GLint)gl_model_bound(GL_TEXTURE_1D);
        return;
    case GL_TEXTURE_BINDING_1D_ARRAY:
        *data = (GLint)gl_model_bound(GL_TEXTURE_1D_ARRAY);
        return;
    case GL_TEXTURE_BINDING_2D:
        *data = (GLint)gl_model_bound(GL_TEXTURE_2D);
        return;
    case GL_TEXTURE_BINDING_2D_ARRAY:
        *data = (GLint)gl_model_bound(GL_TEXTURE_2D_ARRAY);
        return;
    case GL_TEXTURE_BINDING_CUBE_MAP:
        *data = (GLint)gl_model_bound(GL_TEXTURE_CUBE_MAP);
        return;
    case GL_TEXTURE_BINDING_CUBE_MAP_ARRAY:
        *data = (GLint)gl_model_bound(GL_TEXTURE_CUBE_MAP_ARRAY);
        return;
    case GL_TEXTURE_BINDING_2D_MULTISAMPLE:
        *data = (GLint)gl_model_bound(GL_TEXTURE_2D_MULTISAMPLE);
        return;
    case GL_TEXTURE_BINDING_2D_MULTISAMPLE_ARRAY:
        *data = (GLint)gl_model_bound(GL_TEXTURE_2D_MULTISAMPLE_ARRAY);
        return;
    case GL_TEXTURE_BINDING_3D:
        *data = (GLint)gl_model_bound(GL_TEXTURE_3D);
        return;
    case GL_TEXTURE_BINDING_RECTANGLE:
        *data = (GLint)gl_model_bound(GL_TEXTURE_RECTANGLE);
        return;
    case GL_COPY_WRITE_BUFFER_BINDING:
        *data = (GLint)gl_model_bound(GL_COPY_WRITE_BUFFER);
        return;
    default:
        gl_model__error(GL_INVALID_ENUM);
    }
}

static void GL_MODEL_CALL get_internalformativ(GLenum target, GLenum format, GLenum name,
                                               GLsizei count, GLint *data)
{
    const GLint tilings[2] = {GL_OPTIMAL_TILING_EXT, GL_LINEAR_TILING_EXT};
    const GLsizei known = state.config.readsLinear ? 2 : 1;

    (void)target;
    (void)format;
    if (!gl_model__enter("GetInternalformativ")) {
        return;
    }
    if (!state.config.tellsTilings) {
        gl_model__error(GL_INVALID_ENUM);
    } else if (name == GL_NUM_TILING_TYPES_EXT && count >= 1) {
        *data = known;
    } else if (name == GL_TILING_TYPES_EXT) {
        memcpy(data, tilings, (size_t)(count < known ? count : known) * sizeof(GLint));
    } else {
        gl_model__error(GL_INVALID_ENUM);
    }
}

static void GL_MODEL_CALL get_unsigned_bytev(GLenum name, GLubyte *data)
{
    if (!gl_model__enter("GetUnsignedBytevEXT")) {
        return;
    }
    if (name == GL_DRIVER_UUID_EXT) {
        memcpy(data, state.config.driverUUID, VK_UUID_SIZE);
    } else if (name == GL_DEVICE_LUID_EXT) {
        memcpy(data, state.config.deviceLUID, VK_LUID_SIZE);
    } else {
        gl_model__error(GL_INVALID_ENUM);
    }
}

static void GL_MODEL_CALL get_unsigned_bytei_v(GLenum name, GLuint index, GLubyte *data)
{
    if (!gl_model__enter("GetUnsignedBytei_vEXT")) {
        return;
    }
    if (name != GL_DEVICE_UUID_EXT) {
        gl_model__error(GL_INVALID_ENUM);
    } else if (index >= state.config.deviceCount) {
        gl_model__error(GL_INVALID_VALUE);
    } else {
        memcpy(data, state.config.deviceUUIDs[index], VK_UUID_SIZE);
    }
}

static void GL_MODEL_CALL flush(void)
{
    if (gl_model__enter("Flush")) {
        gl_model__note_flush();
    }
}

static void unknown(void)
{
    gl_model__breach("a function that the context doesn't have was called");
}

VxmGlFunction gl_model_get_proc(void *user, const char *name)
{
    static const struct {
        const char *name;
        VxmGlFunction function;
    } functions[] = {
        {"glGetError", (VxmGlFunction)get_error},
        {"glGetString", (VxmGlFunction)get_string},
        {"glGetStringi", (VxmGlFunction)get_stringi},
        {"glGetIntegerv", (VxmGlFunction)get_integerv},
        {"glGetInternalformativ", (VxmGlFunction)get_internalformativ},
        {"glGetUnsignedBytevEXT", (VxmGlFunction)get_unsigned_bytev},
        {"glGetUnsignedBytei_vEXT", (VxmGlFunction)get_unsigned_bytei_v},
        {"glFlush", (VxmGlFunction)flush},
    };
    VxmGlFunction found = NULL;

    if (user != &state.config) {
        gl_model__breach("the loader was called with another user pointer than its own");
    }
    for (unsigned i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (strcmp(functions[i].name, name) == 0) {
            found = functions[i].function;
        }
    }
    found = found != NULL ? found : gl_model__object_function(name);
    found = found != NULL ? found : gl_model__semaphore_function(name);
    if (state.config.missing != NULL && strcmp(state.config.missing, name) == 0) {
        found = NULL;
    }
    return found == NULL && state.config.answersAnything ? unknown : found;
}
