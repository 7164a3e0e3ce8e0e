/*
 * The models of libgbm and libdrm, among their own files.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_DRM_MODEL_INTERNAL_H_
#define VXM_TESTS_ADAPTERS_DRM_MODEL_INTERNAL_H_ 1

#include "adapters/drm/model_drm.h"

/* Counts the call of a function that can fail; false: it fails, and errno is set. */
bool drm_model__enter(const char *name);
/* Notes what no application may do. */
void drm_model__breach(const char *format, ...);

/* The same object behind two descriptors. */
bool drm_model__same(int a, int b);

/* The files' parts: forget everything; count what is alive. */
void drm_model__reset_gbm(void);
size_t drm_model__live_gbm(char *text, size_t size);
void drm_model__reset_kms(void);
size_t drm_model__live_kms(char *text, size_t size);

/* Loader tables: one entry by name, NULL if it isn't there. */
void *drm_model__gbm_function(const char *name);
void *drm_model__kms_function(const char *name);
void *drm_model__property_function(const char *name);
void drm_model__reset_properties(void);
size_t drm_model__live_properties(char *text, size_t size);

/* A function as dlsym() has it. The model's own have an underscore more: the headers declare the
 * others. */
#define FUNCTION_ROW(name)                                                                         \
    {                                                                                              \
#name, (void (*)(void))(name##_)                                                           \
    }
struct drm_model_function {
    const char *name;
    void (*function)(void);
};
void *drm_model__find(const struct drm_model_function *rows, size_t count, const char *name);

#endif /* VXM_TESTS_ADAPTERS_DRM_MODEL_INTERNAL_H_ */
