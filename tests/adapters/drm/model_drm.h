/*
 * Models of libgbm and libdrm: the functions that vxm/drm.h calls, in the test process. Buffers are
 * the model driver's dma-bufs. A GEM handle is one per buffer and open file, not counted, and may
 * be closed once; a framebuffer keeps its buffers without them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_DRM_MODEL_DRM_H_
#define VXM_TESTS_ADAPTERS_DRM_MODEL_DRM_H_ 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <drm_fourcc.h>

#include "vxm/drm.h"

#define DRM_MODEL_MAX   32
#define DRM_MODEL_PLANE 40u /* the number of the one KMS plane */

/* A modifier of the plane's, for the formats of a mask over 64 of them. */
struct drm_model_modifier {
    uint64_t modifier;
    uint32_t offset;
    uint64_t formats;
};

struct drm_model_config {
    const char *missing;         /* functions that begin so aren't found */
    const char *alsoMissing;     /* ... or so */
    int nodeType;                /* what drmGetNodeTypeFromFd answers */
    bool noFramebufferModifiers; /* DRM_CAP_ADDFB2_MODIFIERS is 0 */
    bool noInFormats;            /* the plane has no such property */
    bool noCloexec;              /* GBM's descriptors come without close-on-exec */
    bool noImport;               /* the display's driver can import no dma-buf */

    uint32_t formatCount; /* that the plane shows */
    uint32_t formats[160];
    uint32_t modifierCount;
    struct drm_model_modifier modifiers[160];
    /* Changes the blob before it is given out; NULL: nothing does. */
    void (*spoil)(struct drm_format_modifier_blob *header, uint32_t *length);
};

/* A primary node whose plane shows XR24, AR24 and NV12, all LINEAR, the first two tiled too. */
#define DRM_MODEL_TILED UINT64_C(0x0500000000000001)
struct drm_model_config drm_model_default_config(void);
/* Puts it to use (NULL: the default one), and forgets everything else. */
void drm_model_reset(const struct drm_model_config *config);
struct drm_model_config *drm_model_config(void);

/* For vxmDrmLoad(). */
void *drm_model_get_proc(void *user, const char *name);

/* The nth call (1: the next one) of a function that can fail does so with this errno. */
void drm_model_fail(unsigned nth, int error);
/* The function that was failed so; NULL: none was. */
const char *drm_model_failed(void);
/* Calls of a function; NULL: of all that can fail. */
unsigned drm_model_calls(const char *name);

/* Breaches and live objects, as lines in text. */
size_t drm_model_problems(char *text, size_t size);

/* ---- GBM ---- */

struct drm_model_bo {
    uint32_t width, height, fourcc, flags;
    uint64_t modifier;
    int planeCount;
    struct {
        unsigned buffer; /* which of the bo's buffers; of an import the plane's number */
        uint32_t offset, stride;
    } planes[GBM_MAX_PLANES];
};

struct gbm_device *drm_model_gbm(void);
/* A buffer object of GBM's own, with buffers of 64 KiB. */
struct gbm_bo *drm_model_create_bo(const struct drm_model_bo *info);
void drm_model_destroy_bo(struct gbm_bo *bo);
const struct drm_model_bo *drm_model_bo(struct gbm_bo *bo);
/* Whether the dma-buf of a plane can be mapped for writing: its first export decides. */
bool drm_model_bo_writable(struct gbm_bo *bo, unsigned plane);
/* Whether a plane of it lies in this dma-buf. */
bool drm_model_bo_has(struct gbm_bo *bo, unsigned plane, int fd);

/* ---- KMS ---- */

/* The open primary node: a descriptor of /dev/null, closed by drm_model_reset(). */
int drm_model_node(void);
/* A GEM handle of somebody else's in this file, as GBM's on the same node. */
uint32_t drm_model_hold(int fd);
void drm_model_release(uint32_t handle);
unsigned drm_model_live_handles(void);

struct drm_model_framebuffer {
    uint32_t width, height, fourcc, flags, planeCount;
    uint32_t handles[4], pitches[4], offsets[4];
    uint64_t modifiers[4];
};
/* False: there is none of that number. */
bool drm_model_framebuffer(uint32_t number, struct drm_model_framebuffer *framebuffer);

#endif /* VXM_TESTS_ADAPTERS_DRM_MODEL_DRM_H_ */
