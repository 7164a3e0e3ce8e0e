/*
 * The models of libgbm and libdrm: configuration, faults, breaches, and the loader.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/drm/model_internal.h"

#include <stdarg.h>

static struct {
    struct drm_model_config config;
    unsigned callCount;
    struct {
        const char *name;
        unsigned count;
    } calls[32];
    unsigned failAt;
    int failError;
    const char *failed;
    size_t breachCount;
    char breaches[2048];
} state;

struct drm_model_config drm_model_default_config(void)
{
    return (struct drm_model_config){
        .nodeType = DRM_NODE_PRIMARY,
        .formatCount = 3,
        .formats = {DRM_FORMAT_XRGB8888, DRM_FORMAT_ARGB8888, DRM_FORMAT_NV12},
        .modifierCount = 2,
        .modifiers = {{DRM_MODEL_TILED, 0, 3}, {DRM_FORMAT_MOD_LINEAR, 0, 7}},
    };
}

void drm_model_reset(const struct drm_model_config *config)
{
    drm_model__reset_gbm();
    drm_model__reset_kms();
    drm_model__reset_properties();
    memset(&state, 0, sizeof(state));
    state.config = config != NULL ? *config : drm_model_default_config();
}

struct drm_model_config *drm_model_config(void)
{
    return &state.config;
}

bool drm_model__enter(const char *name)
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
        errno = state.failError;
        return false;
    }
    return true;
}

void drm_model_fail(unsigned nth, int error)
{
    state.failAt = nth;
    state.failError = error;
    state.failed = NULL;
}

const char *drm_model_failed(void)
{
    return state.failed;
}

unsigned drm_model_calls(const char *name)
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

void drm_model__breach(const char *format, ...)
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

size_t drm_model_problems(char *text, size_t size)
{
    size_t count = state.breachCount;

    snprintf(text, size, "%s", state.breaches);
    count += drm_model__live_gbm(text + strlen(text), size - strlen(text));
    count += drm_model__live_kms(text + strlen(text), size - strlen(text));
    count += drm_model__live_properties(text + strlen(text), size - strlen(text));
    return count;
}

bool drm_model__same(int a, int b)
{
    struct stat left, right;

    return fstat(a, &left) == 0 && fstat(b, &right) == 0 && left.st_dev == right.st_dev &&
           left.st_ino == right.st_ino;
}

/* ---- the loader ---- */

void *drm_model__find(const struct drm_model_function *rows, size_t count, const char *name)
{
    void *found = NULL;

    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            memcpy(&found, &rows[i].function, sizeof(found));
        }
    }
    return found;
}

static bool is_missing(const char *prefix, const char *name)
{
    return prefix != NULL && strncmp(name, prefix, strlen(prefix)) == 0;
}

void *drm_model_get_proc(void *user, const char *name)
{
    void *found = drm_model__gbm_function(name);

    if (user != &state.config) {
        drm_model__breach("the loader was given another user pointer");
    }
    if (is_missing(state.config.missing, name) || is_missing(state.config.alsoMissing, name)) {
        return NULL;
    }
    if (found == NULL) {
        found = drm_model__kms_function(name);
    }
    if (found == NULL) {
        found = drm_model__property_function(name);
    }
    if (found == NULL) {
        drm_model__breach("the loader was asked for %s, which is not modelled", name);
    }
    return found;
}
