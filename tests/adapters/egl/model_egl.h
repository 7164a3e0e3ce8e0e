/*
 * A model of EGL: the functions that vxm/egl.h calls, in the test process, and the glFlush() of an
 * OpenGL beneath. It keeps the rules of EGL_EXT_image_dma_buf_import and _modifiers,
 * EGL_MESA_image_dma_buf_export, EGL_ANDROID_native_fence_sync and EGL_KHR_wait_sync, answers
 * errors through eglGetError(), takes a reference of a dma-buf and the descriptor of a fence, and
 * tells who did what EGL leaves undefined.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_EGL_MODEL_EGL_H_
#define VXM_TESTS_ADAPTERS_EGL_MODEL_EGL_H_ 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vxm/egl.h"

/* DRM's codes, as <drm/drm_fourcc.h> has them. */
#define FOURCC(a, b, c, d)                                                                         \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
#define XRGB8888 FOURCC('X', 'R', '2', '4')
#define ARGB8888 FOURCC('A', 'R', '2', '4')
#define ABGR8888 FOURCC('A', 'B', '2', '4')
#define NV12     FOURCC('N', 'V', '1', '2')
#define NV21     FOURCC('N', 'V', '2', '1')
#define YUV420   FOURCC('Y', 'U', '1', '2')
#define YUYV     FOURCC('Y', 'U', 'Y', 'V')
/* Modifiers of the model Vulkan driver's. */
#define TILED      UINT64_C(0x7f00000000000002)
#define COMPRESSED UINT64_C(0x7f00000000000001) /* with a plane more than the format has */

#define EGL_MODEL_MAX     32
#define EGL_MODEL_DISPLAY ((EGLDisplay)(uintptr_t)0x1000)

/* What a display imports a format with. */
struct egl_model_modifier {
    uint64_t modifier;
    uint32_t planeCount;
    bool externalOnly;
};
struct egl_model_format {
    uint32_t fourcc;
    uint32_t planeCount;
    uint32_t modifierCount;
    struct egl_model_modifier modifiers[100];
};

/* What the display is like. */
struct egl_model_config {
    const char *extensions;       /* NULL: the display isn't initialised */
    const char *clientExtensions; /* NULL: EGL has none */
    const char *deviceExtensions; /* of the display's device */
    const char *renderNode;       /* its paths; NULL: not told */
    const char *primaryNode;
    uint32_t formatCount;
    struct egl_model_format formats[8];
    uint32_t pitchAlignment;     /* otherwise EGL_BAD_ACCESS */
    const char *missing;         /* a function that the loader doesn't find */
    bool answersAnything;        /* the loader has an address for every name */
    bool noContext;              /* OpenGL has none that is current */
    bool setsExternalOnlyIfTrue; /* a habit of Mesa's software renderer */
    bool exportsWithoutCloexec;
    bool exportsNothing;       /* true is answered, and no descriptor given: a habit of Mesa's */
    bool exportsFirstPlane;    /* ... and nothing is said of the others: another one */
    bool exportsEachPlane;     /* a descriptor for each plane, of one dma-buf or several */
    bool exportsSameNumber;    /* one descriptor's number for all planes of a dma-buf */
    void (*refusedFd)(int fd); /* what it does with a fence's descriptor that it refuses */
};

/* A display with every extension, that imports XRGB8888, ARGB8888, ABGR8888, NV12 and YUV420. */
void egl_model_default_config(struct egl_model_config *config);
/* Puts the default one to use, and forgets everything else. */
void egl_model_reset(void);
struct egl_model_config *egl_model_config(void);
struct egl_model_format *egl_model_format(uint32_t fourcc);
void egl_model_drop_extension(const char *name);

/* For vxmEglLoad(). */
VxmEglFunction egl_model_get_proc(void *user, const char *name);

/* The nth call (1: the next one) of any function but eglGetError() and glFlush() fails with this
 * error, and does nothing else. */
void egl_model_fail(unsigned nth, EGLint error);
/* The name of the function that was failed so; NULL: none was. */
const char *egl_model_failed(void);

/* Calls of a function since egl_model_reset(), by its name. */
unsigned egl_model_calls(const char *name);

/* ---- a look inside ---- */

struct egl_model_plane {
    int fd; /* the model's own */
    EGLint offset, pitch;
};
struct egl_model_image {
    EGLImageKHR image;
    EGLint width, height;
    uint32_t fourcc;
    uint64_t modifier;
    bool modifierTold;
    EGLint colorSpace, sampleRange, sitingX, sitingY; /* 0: not told */
    uint32_t planeCount;
    struct egl_model_plane planes[4];
};
/* NULL: there is none of that name. Its planes may be changed. */
struct egl_model_image *egl_model_image(EGLImageKHR image);

/* An image of OpenGL's own, to be exported; the descriptors are duplicated. End it with
 * egl_model_end_image(). */
EGLImageKHR egl_model_make_image(const struct egl_model_image *image);
void egl_model_end_image(EGLImageKHR image);

/* The sync files that the GPU waits for: how many waits there were, and whether the last one was
 * for that file. */
unsigned egl_model_waits(void);
bool egl_model_waited_for(int fd);
/* What the last fence's descriptors stand for is signalled. */
void egl_model_finish(void);

/* Breaches of rules and live objects since egl_model_reset(), in words. */
size_t egl_model_problems(char *text, size_t size);

#endif /* VXM_TESTS_ADAPTERS_EGL_MODEL_EGL_H_ */
