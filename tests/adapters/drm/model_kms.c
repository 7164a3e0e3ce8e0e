/*
 * The model of libdrm: nodes, GEM handles and framebuffers.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/drm/model_internal.h"

#include <unistd.h>

#include "model/model.h"

static struct {
    int node; /* plus 1 */
    struct {
        int fd; /* plus 1; the buffer */
        bool used, open;
        bool held; /* by somebody else too */
    } handles[DRM_MODEL_MAX];
    struct {
        bool live;
        struct drm_model_framebuffer info;
        int fds[4]; /* plus 1 */
    } framebuffers[DRM_MODEL_MAX];
} state;

int drm_model_node(void)
{
    if (state.node == 0) {
        state.node = open("/dev/null", O_RDWR | O_CLOEXEC) + 1;
    }
    return state.node - 1;
}

static bool is_node(int fd)
{
    if (state.node == 0 || fd != state.node - 1) {
        errno = EBADF;
        return false;
    }
    return true;
}

/* A number from 1 on; 0: none. */
static uint32_t find_handle(int fd)
{
    for (uint32_t i = 0; i < DRM_MODEL_MAX; i++) {
        if (state.handles[i].open && drm_model__same(state.handles[i].fd - 1, fd)) {
            return i + 1;
        }
    }
    return 0;
}

static uint32_t open_handle(int fd)
{
    uint32_t number = find_handle(fd);

    for (uint32_t i = 0; i < DRM_MODEL_MAX && number == 0; i++) {
        /* Numbers aren't used again, so that a second close is noticed. */
        if (!state.handles[i].used) {
            state.handles[i].fd = fcntl(fd, F_DUPFD_CLOEXEC, 0) + 1;
            state.handles[i].used = true;
            state.handles[i].open = true;
            number = i + 1;
        }
    }
    return number;
}

static void close_handle(uint32_t handle)
{
    close(state.handles[handle - 1].fd - 1);
    state.handles[handle - 1].fd = 0;
    state.handles[handle - 1].held = false;
    state.handles[handle - 1].open = false;
}

static bool is_open(uint32_t handle)
{
    return handle >= 1 && handle <= DRM_MODEL_MAX && state.handles[handle - 1].open;
}

/* ---- what vxm/drm.h calls ---- */

static int drmGetNodeTypeFromFd_(int fd)
{
    if (!is_node(fd) || !drm_model__enter("drmGetNodeTypeFromFd")) {
        return -1;
    }
    return drm_model_config()->nodeType;
}

static int drmGetCap_(int fd, uint64_t capability, uint64_t *value)
{
    if (!is_node(fd) || !drm_model__enter("drmGetCap")) {
        return -1;
    }
    if (capability != DRM_CAP_ADDFB2_MODIFIERS) {
        drm_model__breach("drmGetCap of 0x%llx", (unsigned long long)capability);
    }
    *value = drm_model_config()->noFramebufferModifiers ? 0 : 1;
    return 0;
}

static int drmPrimeFDToHandle_(int fd, int prime, uint32_t *handle)
{
    if (!is_node(fd) || !drm_model__enter("drmPrimeFDToHandle")) {
        return -1;
    }
    if (!model_is_payload(prime) || drm_model_config()->noImport) {
        errno = EINVAL;
        return -1;
    }
    *handle = open_handle(prime);
    return 0;
}

static int drmIoctl_(int fd, unsigned long request, void *argument)
{
    const struct drm_gem_close *const close_request = argument;

    if (!is_node(fd)) {
        return -1;
    }
    if (request != DRM_IOCTL_GEM_CLOSE) {
        drm_model__breach("drmIoctl 0x%lx", request);
        errno = EINVAL;
        return -1;
    }
    if (!is_open(close_request->handle)) {
        drm_model__breach("GEM handle %u is closed, but was not open", close_request->handle);
        errno = EINVAL;
        return -1;
    }
    if (state.handles[close_request->handle - 1].held) {
        drm_model__breach("GEM handle %u is closed, but is somebody else's too",
                          close_request->handle);
    }
    close_handle(close_request->handle);
    return 0;
}

/* Whether the plane shows a format with a modifier. */
static bool is_shown(uint32_t fourcc, uint64_t modifier)
{
    const struct drm_model_config *const config = drm_model_config();

    for (uint32_t f = 0; f < config->formatCount; f++) {
        for (uint32_t m = 0; m < config->modifierCount && config->formats[f] == fourcc; m++) {
            const struct drm_model_modifier *const row = &config->modifiers[m];

            if (row->modifier == modifier && f >= row->offset && f - row->offset < 64 &&
                (row->formats >> (f - row->offset) & 1) != 0) {
                return true;
            }
        }
    }
    return false;
}

static int drmModeAddFB2WithModifiers_(int fd, uint32_t width, uint32_t height, uint32_t fourcc,
                                       const uint32_t *handles, const uint32_t *pitches,
                                       const uint32_t *offsets, const uint64_t *modifiers,
                                       uint32_t *number, uint32_t flags)
{
    const bool told = (flags & DRM_MODE_FB_MODIFIERS) != 0;
    struct drm_model_framebuffer info = {width, height, fourcc, flags, 0, {0}, {0}, {0}, {0}};
    uint32_t index = 0;

    if (!is_node(fd) || !drm_model__enter("drmModeAddFB2WithModifiers")) {
        return -errno;
    }
    if ((flags & ~(uint32_t)DRM_MODE_FB_MODIFIERS) != 0 ||
        (told && drm_model_config()->noFramebufferModifiers)) {
        drm_model__breach("drmModeAddFB2WithModifiers with flags 0x%x", flags);
    }
    for (unsigned i = 0; i < 4; i++) {
        if (handles[i] != 0 && i == info.planeCount) {
            info.planeCount++;
        } else if (handles[i] != 0 || pitches[i] != 0 || offsets[i] != 0 || modifiers[i] != 0) {
            drm_model__breach("drmModeAddFB2WithModifiers: plane %u is not used and not 0", i);
        }
        if (handles[i] != 0 && !is_open(handles[i])) {
            errno = ENOENT;
            return -errno;
        }
        if (i < info.planeCount && modifiers[i] != modifiers[0]) {
            drm_model__breach("drmModeAddFB2WithModifiers: plane %u has another modifier", i);
        }
        info.handles[i] = handles[i];
        info.pitches[i] = pitches[i];
        info.offsets[i] = offsets[i];
        info.modifiers[i] = modifiers[i];
    }
    if (info.planeCount == 0 || !is_shown(fourcc, modifiers[0]) ||
        (fourcc != DRM_FORMAT_NV12 && pitches[0] < 4 * width)) {
        errno = EINVAL;
        return -errno;
    }
    while (state.framebuffers[index].live) {
        index++;
    }
    state.framebuffers[index].live = true;
    state.framebuffers[index].info = info;
    for (unsigned i = 0; i < info.planeCount; i++) {
        state.framebuffers[index].fds[i] =
            fcntl(state.handles[handles[i] - 1].fd - 1, F_DUPFD_CLOEXEC, 0) + 1;
    }
    *number = 70 + index;
    return 0;
}

static int drmModeRmFB_(int fd, uint32_t number)
{
    if (!is_node(fd)) {
        return -errno;
    }
    if (number < 70 || number >= 70 + DRM_MODEL_MAX || !state.framebuffers[number - 70].live) {
        drm_model__breach("drmModeRmFB of %u, which there isn't", number);
        errno = ENOENT;
        return -errno;
    }
    for (unsigned i = 0; i < state.framebuffers[number - 70].info.planeCount; i++) {
        close(state.framebuffers[number - 70].fds[i] - 1);
    }
    memset(&state.framebuffers[number - 70], 0, sizeof(state.framebuffers[0]));
    return 0;
}

/* ---- the test's side ---- */

uint32_t drm_model_hold(int fd)
{
    const uint32_t handle = open_handle(fd);

    state.handles[handle - 1].held = true;
    return handle;
}

void drm_model_release(uint32_t handle)
{
    if (!is_open(handle)) {
        drm_model__breach("GEM handle %u was taken from its owner", handle);
        return;
    }
    close_handle(handle);
}

unsigned drm_model_live_handles(void)
{
    unsigned count = 0;

    for (unsigned i = 0; i < DRM_MODEL_MAX; i++) {
        count += state.handles[i].open;
    }
    return count;
}

bool drm_model_framebuffer(uint32_t number, struct drm_model_framebuffer *framebuffer)
{
    if (number < 70 || number >= 70 + DRM_MODEL_MAX || !state.framebuffers[number - 70].live) {
        return false;
    }
    *framebuffer = state.framebuffers[number - 70].info;
    return true;
}

void drm_model__reset_kms(void)
{
    for (unsigned i = 0; i < DRM_MODEL_MAX; i++) {
        if (state.handles[i].fd != 0) {
            close(state.handles[i].fd - 1);
        }
        if (state.framebuffers[i].live) {
            drmModeRmFB_(state.node - 1, 70 + i);
        }
    }
    if (state.node != 0) {
        close(state.node - 1);
    }
    memset(&state, 0, sizeof(state));
}

size_t drm_model__live_kms(char *text, size_t size)
{
    size_t count = 0;

    for (unsigned i = 0; i < DRM_MODEL_MAX; i++) {
        if (state.handles[i].open) {
            snprintf(text + strlen(text), size - strlen(text), "GEM handle %u is open\n", i + 1);
            count++;
        }
        if (state.framebuffers[i].live) {
            snprintf(text + strlen(text), size - strlen(text), "framebuffer %u is alive\n", 70 + i);
            count++;
        }
    }
    return count;
}

void *drm_model__kms_function(const char *name)
{
    static const struct drm_model_function rows[] = {
        FUNCTION_ROW(drmGetNodeTypeFromFd),
        FUNCTION_ROW(drmGetCap),
        FUNCTION_ROW(drmIoctl),
        FUNCTION_ROW(drmPrimeFDToHandle),
        FUNCTION_ROW(drmModeAddFB2WithModifiers),
        FUNCTION_ROW(drmModeRmFB),
    };

    return drm_model__find(rows, sizeof(rows) / sizeof(rows[0]), name);
}
