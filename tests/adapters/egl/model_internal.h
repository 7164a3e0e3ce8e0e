/*
 * Between the files of the model of EGL.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_EGL_MODEL_INTERNAL_H_
#define VXM_TESTS_ADAPTERS_EGL_MODEL_INTERNAL_H_ 1

#include "adapters/egl/model_egl.h"
#include "model/native.h"

/* Counts the call; false: the display is none of the model's, isn't initialised, or the test wants
 * the call to fail. The error is noted then. */
bool egl_model__enter(const char *name, EGLDisplay display);
/* Notes the error of the call. */
void egl_model__error(EGLint error);
/* Notes what EGL leaves undefined, and no application may do. */
void egl_model__breach(const char *format, ...);
bool egl_model__has(const char *extension);
/* A handle that was never used. */
void *egl_model__new_handle(void);

/* The files' parts: forget everything; count what is alive. */
void egl_model__reset_images(void);
size_t egl_model__live_images(char *text, size_t size);
void egl_model__reset_syncs(void);
size_t egl_model__live_syncs(char *text, size_t size);

/* Loader tables: one entry by name, NULL if it isn't there. */
VxmEglFunction egl_model__image_function(const char *name);
VxmEglFunction egl_model__sync_function(const char *name);

#endif /* VXM_TESTS_ADAPTERS_EGL_MODEL_INTERNAL_H_ */
