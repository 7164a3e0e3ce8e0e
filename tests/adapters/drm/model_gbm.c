/*
 * The model of libgbm.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/drm/model_internal.h"

#include <stdlib.h>
#include <unistd.h>

#include "model/model.h"

/* Of its buffers in the node's file, beyond those of model_kms.c. */
#define GEM_HANDLES 500u

struct gbm_device {
    int nothing;
};

struct gbm_bo {
    bool live;
    struct drm_model_bo info;
    int fds[GBM_MAX_PLANES]; /* of its buffers */
    enum {
        NOT_EXPORTED,
        READ_ONLY,
        WRITABLE
    } exported[GBM_MAX_PLANES];
};

static struct gbm_device device;
static struct gbm_bo bos[DRM_MODEL_MAX];

static struct gbm_bo *new_bo(const struct drm_model_bo *info)
{
    for (unsigned i = 0; i < DRM_MODEL_MAX; i++) {
        if (!bos[i].live) {
            bos[i].live = true;
            bos[i].info = *info;
            memset(bos[i].fds, -1, sizeof(bos[i].fds));
            memset(bos[i].exported, 0, sizeof(bos[i].exported));
            return &bos[i];
        }
    }
    abort();
}

static bool is_live(struct gbm_bo *bo, const char *call)
{
    if (bo < bos || bo >= bos + DRM_MODEL_MAX || !bo->live) {
        drm_model__breach("%s of what is no buffer object", call);
        return false;
    }
    return true;
}

static bool is_plane(struct gbm_bo *bo, int plane, const char *call)
{
    if (!is_live(bo, call)) {
        return false;
    }
    if (plane < 0 || plane >= bo->info.planeCount) {
        drm_model__breach("%s of plane %d, but there are %d", call, plane, bo->info.planeCount);
        return false;
    }
    return true;
}

/* ---- what vxm/drm.h calls ---- */

static int gbm_bo_get_plane_count_(struct gbm_bo *bo)
{
    if (!is_live(bo, "gbm_bo_get_plane_count") || !drm_model__enter("gbm_bo_get_plane_count")) {
        return -1;
    }
    return bo->info.planeCount;
}

static uint32_t gbm_bo_get_width_(struct gbm_bo *bo)
{
    return is_live(bo, "gbm_bo_get_width") ? bo->info.width : 0;
}

static uint32_t gbm_bo_get_height_(struct gbm_bo *bo)
{
    return is_live(bo, "gbm_bo_get_height") ? bo->info.height : 0;
}

static uint32_t gbm_bo_get_format_(struct gbm_bo *bo)
{
    return is_live(bo, "gbm_bo_get_format") ? bo->info.fourcc : 0;
}

static uint64_t gbm_bo_get_modifier_(struct gbm_bo *bo)
{
    return is_live(bo, "gbm_bo_get_modifier") ? bo->info.modifier : DRM_FORMAT_MOD_INVALID;
}

static uint32_t gbm_bo_get_offset_(struct gbm_bo *bo, int plane)
{
    return is_plane(bo, plane, "gbm_bo_get_offset") ? bo->info.planes[plane].offset : 0;
}

static uint32_t gbm_bo_get_stride_for_plane_(struct gbm_bo *bo, int plane)
{
    return is_plane(bo, plane, "gbm_bo_get_stride_for_plane") ? bo->info.planes[plane].stride : 0;
}

static union gbm_bo_handle gbm_bo_get_handle_for_plane_(struct gbm_bo *bo, int plane)
{
    union gbm_bo_handle handle = {.s32 = -1};

    if (is_plane(bo, plane, "gbm_bo_get_handle_for_plane") &&
        drm_model__enter("gbm_bo_get_handle_for_plane")) {
        handle.u32 =
            GEM_HANDLES + bo->info.planes[plane].buffer + GBM_MAX_PLANES * (uint32_t)(bo - bos);
    }
    return handle;
}

static struct gbm_device *gbm_bo_get_device_(struct gbm_bo *bo)
{
    return is_live(bo, "gbm_bo_get_device") ? &device : NULL;
}

static int gbm_device_get_fd_(struct gbm_device *gbm)
{
    return gbm == &device ? drm_model_node() : -1;
}

static int export_buffer(struct gbm_bo *bo, unsigned buffer, int flags)
{
    if (bo->exported[buffer] == NOT_EXPORTED) {
        bo->exported[buffer] = (flags & O_RDWR) != 0 ? WRITABLE : READ_ONLY;
    }
    return fcntl(bo->fds[buffer], (flags & O_CLOEXEC) != 0 ? F_DUPFD_CLOEXEC : F_DUPFD, 0);
}

static int drmPrimeHandleToFD_(int fd, uint32_t handle, uint32_t flags, int *prime)
{
    const uint32_t number = handle - GEM_HANDLES;

    if (fd != drm_model_node() || number / GBM_MAX_PLANES >= DRM_MODEL_MAX ||
        !bos[number / GBM_MAX_PLANES].live) {
        drm_model__breach("drmPrimeHandleToFD of %u, which is no handle of that file", handle);
        errno = ENOENT;
        return -1;
    }
    if (!drm_model__enter("drmPrimeHandleToFD")) {
        return -1;
    }
    *prime = export_buffer(&bos[number / GBM_MAX_PLANES], number % GBM_MAX_PLANES, (int)flags);
    return 0;
}

static int gbm_bo_get_fd_for_plane_(struct gbm_bo *bo, int plane)
{
    if (!is_plane(bo, plane, "gbm_bo_get_fd_for_plane") ||
        !drm_model__enter("gbm_bo_get_fd_for_plane")) {
        return -1;
    }
    return export_buffer(bo, bo->info.planes[plane].buffer,
                         drm_model_config()->noCloexec ? 0 : O_CLOEXEC);
}

static struct gbm_bo *gbm_bo_import_(struct gbm_device *gbm, uint32_t type, void *buffer,
                                     uint32_t flags)
{
    const struct gbm_import_fd_modifier_data *const data = buffer;
    struct drm_model_bo info = {.flags = flags};
    struct gbm_bo *bo;

    if (gbm != &device || type != GBM_BO_IMPORT_FD_MODIFIER) {
        drm_model__breach("gbm_bo_import with type 0x%x", type);
        return NULL;
    }
    if (!drm_model__enter("gbm_bo_import")) {
        return NULL;
    }
    if (data->modifier == DRM_FORMAT_MOD_INVALID || data->num_fds < 1 ||
        data->num_fds > GBM_MAX_PLANES) {
        drm_model__breach("gbm_bo_import with %u planes and modifier 0x%llx", data->num_fds,
                          (unsigned long long)data->modifier);
        return NULL;
    }
    for (unsigned i = 0; i < data->num_fds; i++) {
        if (!model_is_payload(data->fds[i])) {
            errno = EINVAL;
            return NULL;
        }
    }
    info.width = data->width;
    info.height = data->height;
    info.fourcc = data->format;
    info.modifier = data->modifier;
    info.planeCount = (int)data->num_fds;
    bo = new_bo(&info);
    for (unsigned i = 0; i < data->num_fds; i++) {
        bo->fds[i] = fcntl(data->fds[i], F_DUPFD_CLOEXEC, 0);
        bo->info.planes[i].buffer = i;
        bo->info.planes[i].offset = (uint32_t)data->offsets[i];
        bo->info.planes[i].stride = (uint32_t)data->strides[i];
    }
    return bo;
}

/* ---- the test's side ---- */

struct gbm_device *drm_model_gbm(void)
{
    return &device;
}

struct gbm_bo *drm_model_create_bo(const struct drm_model_bo *info)
{
    struct gbm_bo *const bo = new_bo(info);

    for (int i = 0; i < info->planeCount && i < GBM_MAX_PLANES; i++) {
        if (bo->fds[info->planes[i].buffer] < 0) {
            bo->fds[info->planes[i].buffer] = model_make_dma_buf(65536);
        }
    }
    return bo;
}

void drm_model_destroy_bo(struct gbm_bo *bo)
{
    if (!is_live(bo, "gbm_bo_destroy")) {
        return;
    }
    for (unsigned i = 0; i < GBM_MAX_PLANES; i++) {
        if (bo->fds[i] >= 0) {
            close(bo->fds[i]);
        }
    }
    bo->live = false;
}

const struct drm_model_bo *drm_model_bo(struct gbm_bo *bo)
{
    return &bo->info;
}

bool drm_model_bo_writable(struct gbm_bo *bo, unsigned plane)
{
    return bo->exported[bo->info.planes[plane].buffer] == WRITABLE;
}

bool drm_model_bo_has(struct gbm_bo *bo, unsigned plane, int fd)
{
    return drm_model__same(bo->fds[bo->info.planes[plane].buffer], fd);
}

void drm_model__reset_gbm(void)
{
    for (unsigned i = 0; i < DRM_MODEL_MAX; i++) {
        if (bos[i].live) {
            drm_model_destroy_bo(&bos[i]);
        }
    }
}

size_t drm_model__live_gbm(char *text, size_t size)
{
    size_t count = 0;

    for (unsigned i = 0; i < DRM_MODEL_MAX; i++) {
        if (bos[i].live) {
            snprintf(text + strlen(text), size - strlen(text), "a buffer object is alive\n");
            count++;
        }
    }
    return count;
}

void *drm_model__gbm_function(const char *name)
{
    static const struct drm_model_function rows[] = {
        FUNCTION_ROW(gbm_bo_get_plane_count),      FUNCTION_ROW(gbm_bo_get_width),
        FUNCTION_ROW(gbm_bo_get_height),           FUNCTION_ROW(gbm_bo_get_format),
        FUNCTION_ROW(gbm_bo_get_modifier),         FUNCTION_ROW(gbm_bo_get_offset),
        FUNCTION_ROW(gbm_bo_get_stride_for_plane), FUNCTION_ROW(gbm_bo_get_handle_for_plane),
        FUNCTION_ROW(gbm_bo_get_fd_for_plane),     FUNCTION_ROW(gbm_bo_get_device),
        FUNCTION_ROW(gbm_device_get_fd),           FUNCTION_ROW(gbm_bo_import),
        FUNCTION_ROW(drmPrimeHandleToFD),
    };

    return drm_model__find(rows, sizeof(rows) / sizeof(rows[0]), name);
}
