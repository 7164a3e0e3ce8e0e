/*
 * The model of libdrm: the one plane, its formats and properties. What is given out must be freed,
 * once.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/drm/model_internal.h"

#include <stdlib.h>

enum {
    TYPE_PROPERTY = 11,
    IN_FORMATS_PROPERTY = 12,
    IN_FORMATS_BLOB = 13
};

static void *given[DRM_MODEL_MAX];

static void *give(size_t size)
{
    void *const memory = calloc(1, size);

    for (unsigned i = 0; i < DRM_MODEL_MAX; i++) {
        if (given[i] == NULL) {
            given[i] = memory;
            return memory;
        }
    }
    abort();
}

static void take_back(void *memory, const char *call)
{
    for (unsigned i = 0; i < DRM_MODEL_MAX; i++) {
        if (memory != NULL && given[i] == memory) {
            given[i] = NULL;
            free(memory);
            return;
        }
    }
    drm_model__breach("%s of what libdrm hasn't given", call);
}

static bool enter(int fd, const char *name)
{
    if (fd != drm_model_node()) {
        errno = EBADF;
        return false;
    }
    return drm_model__enter(name);
}

/* ---- what vxm/drm.h calls ---- */

static drmModePlanePtr drmModeGetPlane_(int fd, uint32_t number)
{
    const struct drm_model_config *const config = drm_model_config();
    struct {
        drmModePlane plane;
        uint32_t formats[160];
    } * made;

    if (!enter(fd, "drmModeGetPlane")) {
        return NULL;
    }
    if (number != DRM_MODEL_PLANE) {
        errno = ENOENT;
        return NULL;
    }
    made = give(sizeof(*made));
    made->plane.plane_id = number;
    made->plane.count_formats = config->formatCount;
    made->plane.formats = made->formats;
    memcpy(made->formats, config->formats, sizeof(made->formats));
    return &made->plane;
}

static void drmModeFreePlane_(drmModePlanePtr plane)
{
    take_back(plane, "drmModeFreePlane");
}

static drmModeObjectPropertiesPtr drmModeObjectGetProperties_(int fd, uint32_t number,
                                                              uint32_t type)
{
    struct {
        drmModeObjectProperties properties;
        uint32_t numbers[2];
        uint64_t values[2];
    } * made;

    if (!enter(fd, "drmModeObjectGetProperties")) {
        return NULL;
    }
    if (number != DRM_MODEL_PLANE || type != DRM_MODE_OBJECT_PLANE) {
        errno = ENOENT;
        return NULL;
    }
    made = give(sizeof(*made));
    made->properties.count_props = drm_model_config()->noInFormats ? 1 : 2;
    made->properties.props = made->numbers;
    made->properties.prop_values = made->values;
    made->numbers[0] = TYPE_PROPERTY;
    made->values[0] = DRM_PLANE_TYPE_PRIMARY;
    made->numbers[1] = IN_FORMATS_PROPERTY;
    made->values[1] = IN_FORMATS_BLOB;
    return &made->properties;
}

static void drmModeFreeObjectProperties_(drmModeObjectPropertiesPtr properties)
{
    take_back(properties, "drmModeFreeObjectProperties");
}

static drmModePropertyPtr drmModeGetProperty_(int fd, uint32_t number)
{
    drmModePropertyPtr made;

    if (!enter(fd, "drmModeGetProperty")) {
        return NULL;
    }
    made = give(sizeof(*made));
    made->prop_id = number;
    strcpy(made->name, number == IN_FORMATS_PROPERTY ? "IN_FORMATS" : "type");
    return made;
}

static void drmModeFreeProperty_(drmModePropertyPtr property)
{
    take_back(property, "drmModeFreeProperty");
}

static drmModePropertyBlobPtr drmModeGetPropertyBlob_(int fd, uint32_t number)
{
    const struct drm_model_config *const config = drm_model_config();
    struct {
        drmModePropertyBlobRes blob;
        struct drm_format_modifier_blob header;
        uint32_t formats[160];
        struct drm_format_modifier modifiers[160];
    } * made;

    if (!enter(fd, "drmModeGetPropertyBlob")) {
        return NULL;
    }
    if (number != IN_FORMATS_BLOB) {
        errno = ENOENT;
        return NULL;
    }
    made = give(sizeof(*made));
    made->blob.id = number;
    made->blob.length = sizeof(made->header) + sizeof(made->formats) + sizeof(made->modifiers);
    made->blob.data = &made->header;
    made->header.version = FORMAT_BLOB_CURRENT;
    made->header.count_formats = config->formatCount;
    made->header.formats_offset = sizeof(made->header);
    made->header.count_modifiers = config->modifierCount;
    made->header.modifiers_offset = sizeof(made->header) + sizeof(made->formats);
    memcpy(made->formats, config->formats, sizeof(made->formats));
    for (uint32_t i = 0; i < config->modifierCount; i++) {
        made->modifiers[i].formats = config->modifiers[i].formats;
        made->modifiers[i].offset = config->modifiers[i].offset;
        made->modifiers[i].modifier = config->modifiers[i].modifier;
    }
    if (config->spoil != NULL) {
        config->spoil(&made->header, &made->blob.length);
    }
    return &made->blob;
}

static void drmModeFreePropertyBlob_(drmModePropertyBlobPtr blob)
{
    take_back(blob, "drmModeFreePropertyBlob");
}

/* ---- the test's side ---- */

void drm_model__reset_properties(void)
{
    for (unsigned i = 0; i < DRM_MODEL_MAX; i++) {
        free(given[i]);
        given[i] = NULL;
    }
}

size_t drm_model__live_properties(char *text, size_t size)
{
    size_t count = 0;

    for (unsigned i = 0; i < DRM_MODEL_MAX; i++) {
        if (given[i] != NULL) {
            snprintf(text + strlen(text), size - strlen(text), "what libdrm gave is not freed\n");
            count++;
        }
    }
    return count;
}

void *drm_model__property_function(const char *name)
{
    static const struct drm_model_function rows[] = {
        FUNCTION_ROW(drmModeGetPlane),
        FUNCTION_ROW(drmModeFreePlane),
        FUNCTION_ROW(drmModeObjectGetProperties),
        FUNCTION_ROW(drmModeFreeObjectProperties),
        FUNCTION_ROW(drmModeGetProperty),
        FUNCTION_ROW(drmModeFreeProperty),
        FUNCTION_ROW(drmModeGetPropertyBlob),
        FUNCTION_ROW(drmModeFreePropertyBlob),
    };

    return drm_model__find(rows, sizeof(rows) / sizeof(rows[0]), name);
}
