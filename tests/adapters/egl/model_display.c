/*
 * The model of EGL: the display, its errors, what it says of itself, and the loader.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/egl/model_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DEVICE ((EGLDeviceEXT)(uintptr_t)0x2000)

static struct {
    struct egl_model_config config;
    char extensions[1024];
    EGLint error;
    struct {
        const char *name;
        unsigned count;
    } calls[EGL_MODEL_MAX];
    unsigned failAt;
    EGLint failError;
    const char *failed;
    uintptr_t lastHandle;
    size_t breachCount;
    char breaches[2048];
} state;

void egl_model_default_config(struct egl_model_config *config)
{
    static const struct egl_model_format formats[] = {
        {XRGB8888, 1, 3, {{TILED, 1, false}, {COMPRESSED, 2, false}, {0, 1, false}}},
        {ARGB8888, 1, 3, {{TILED, 1, false}, {COMPRESSED, 2, true}, {0, 1, false}}},
        {ABGR8888, 1, 1, {{0, 1, false}}},
        {NV12, 2, 2, {{TILED, 2, true}, {0, 2, true}}},
        {YUV420, 3, 1, {{0, 3, true}}},
    };

    memset(config, 0, sizeof(*config));
    config->extensions = "EGL_KHR_image_base EGL_EXT_image_dma_buf_import "
                         "EGL_EXT_image_dma_buf_import_modifiers EGL_MESA_image_dma_buf_export "
                         "EGL_KHR_fence_sync EGL_ANDROID_native_fence_sync EGL_KHR_wait_sync";
    config->clientExtensions = "EGL_EXT_client_extensions EGL_EXT_device_base";
    config->deviceExtensions = "EGL_EXT_device_drm EGL_EXT_device_drm_render_node";
    config->pitchAlignment = 4;
    config->formatCount = sizeof(formats) / sizeof(formats[0]);
    memcpy(config->formats, formats, sizeof(formats));
}

void egl_model_reset(void)
{
    egl_model__reset_images();
    egl_model__reset_syncs();
    memset(&state, 0, sizeof(state));
    state.error = EGL_SUCCESS;
    egl_model_default_config(&state.config);
}

struct egl_model_config *egl_model_config(void)
{
    return &state.config;
}

struct egl_model_format *egl_model_format(uint32_t fourcc)
{
    for (uint32_t i = 0; i < state.config.formatCount; i++) {
        if (state.config.formats[i].fourcc == fourcc) {
            return &state.config.formats[i];
        }
    }
    return NULL;
}

void egl_model_drop_extension(const char *name)
{
    char kept[sizeof(state.extensions)] = "", all[sizeof(state.extensions)];

    snprintf(all, sizeof(all), "%s", state.config.extensions);
    for (char *word = strtok(all, " "); word != NULL; word = strtok(NULL, " ")) {
        if (strcmp(word, name) != 0) {
            strcat(strcat(kept, kept[0] != '\0' ? " " : ""), word);
        }
    }
    strcpy(state.extensions, kept);
    state.config.extensions = state.extensions;
}

bool egl_model__has(const char *extension)
{
    return state.config.extensions != NULL && vxm__egl_has(state.config.extensions, extension);
}

/* ---- errors, calls, breaches ---- */

static void count_call(const char *name)
{
    unsigned i = 0;

    while (state.calls[i].name != NULL && strcmp(state.calls[i].name, name) != 0) {
        i++;
    }
    state.calls[i].name = name;
    state.calls[i].count++;
}

bool egl_model__enter(const char *name, EGLDisplay display)
{
    count_call(name);
    state.error = EGL_SUCCESS;
    if (state.failAt != 0 && --state.failAt == 0) {
        state.failed = name;
        state.error = state.failError;
        return false;
    }
    if (display != EGL_MODEL_DISPLAY) {
        state.error = EGL_BAD_DISPLAY;
    } else if (state.config.extensions == NULL) {
        state.error = EGL_NOT_INITIALIZED;
    }
    return state.error == EGL_SUCCESS;
}

void egl_model__error(EGLint error)
{
    state.error = error;
}

void egl_model__breach(const char *format, ...)
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

void *egl_model__new_handle(void)
{
    return (void *)(0x3000 + 16 * ++state.lastHandle);
}

void egl_model_fail(unsigned nth, EGLint error)
{
    state.failAt = nth;
    state.failError = error;
    state.failed = NULL;
}

const char *egl_model_failed(void)
{
    return state.failed;
}

unsigned egl_model_calls(const char *name)
{
    for (unsigned i = 0; state.calls[i].name != NULL; i++) {
        if (strcmp(state.calls[i].name, name) == 0) {
            return state.calls[i].count;
        }
    }
    return 0;
}

size_t egl_model_problems(char *text, size_t size)
{
    size_t count = state.breachCount;

    snprintf(text, size, "%s", state.breaches);
    count += egl_model__live_images(text + strlen(text), size - strlen(text));
    count += egl_model__live_syncs(text + strlen(text), size - strlen(text));
    return count;
}

/* ---- functions ---- */

static EGLint EGLAPIENTRY get_error(void)
{
    const EGLint error = state.error;

    state.error = EGL_SUCCESS;
    return error;
}

static const char *EGLAPIENTRY query_string(EGLDisplay display, EGLint name)
{
    if (display == EGL_NO_DISPLAY && name == EGL_EXTENSIONS) {
        count_call("eglQueryString");
        state.error = state.config.clientExtensions != NULL ? EGL_SUCCESS : EGL_BAD_DISPLAY;
        return state.config.clientExtensions;
    }
    if (!egl_model__enter("eglQueryString", display)) {
        return NULL;
    }
    if (name != EGL_EXTENSIONS) {
        state.error = EGL_BAD_PARAMETER;
        return NULL;
    }
    return state.config.extensions;
}

static EGLBoolean EGLAPIENTRY query_display_attrib(EGLDisplay display, EGLint attribute,
                                                   EGLAttrib *value)
{
    if (!egl_model__enter("eglQueryDisplayAttribEXT", display)) {
        return EGL_FALSE;
    }
    if (attribute != EGL_DEVICE_EXT) {
        state.error = EGL_BAD_ATTRIBUTE;
        return EGL_FALSE;
    }
    *value = (EGLAttrib)DEVICE;
    return EGL_TRUE;
}

static const char *EGLAPIENTRY query_device_string(EGLDeviceEXT device, EGLint name)
{
    static const struct {
        EGLint name;
        const char *extension;
    } nodes[] = {{EGL_DRM_RENDER_NODE_FILE_EXT, "EGL_EXT_device_drm_render_node"},
                 {EGL_DRM_DEVICE_FILE_EXT, "EGL_EXT_device_drm"}};

    if (!egl_model__enter("eglQueryDeviceStringEXT", EGL_MODEL_DISPLAY)) {
        return NULL;
    }
    if (device != DEVICE) {
        state.error = EGL_BAD_DEVICE_EXT;
        return NULL;
    }
    if (name == EGL_EXTENSIONS) {
        return state.config.deviceExtensions;
    }
    for (unsigned i = 0; i < 2; i++) {
        if (nodes[i].name == name &&
            vxm__egl_has(state.config.deviceExtensions, nodes[i].extension)) {
            return i == 0 ? state.config.renderNode : state.config.primaryNode;
        }
    }
    state.error = EGL_BAD_PARAMETER;
    return NULL;
}

/* ---- the loader ---- */

static void nothing(void)
{
    egl_model__breach("a function was called that the display doesn't have");
}

VxmEglFunction egl_model_get_proc(void *user, const char *name)
{
    static const struct {
        const char *name;
        VxmEglFunction function;
    } functions[] = {
        {"eglGetError", (VxmEglFunction)get_error},
        {"eglQueryString", (VxmEglFunction)query_string},
        {"eglQueryDisplayAttribEXT", (VxmEglFunction)query_display_attrib},
        {"eglQueryDeviceStringEXT", (VxmEglFunction)query_device_string},
    };
    VxmEglFunction found = NULL;

    if (user != &state.config) {
        egl_model__breach("the loader's user pointer is another one");
    }
    if (state.config.missing != NULL && strcmp(state.config.missing, name) == 0) {
        return state.config.answersAnything ? nothing : NULL;
    }
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (strcmp(functions[i].name, name) == 0) {
            return functions[i].function;
        }
    }
    found = egl_model__image_function(name);
    return found != NULL ? found : egl_model__sync_function(name);
}
