/*
 * The model of EGL: fences, which are sync files.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/egl/model_internal.h"

#include <stdio.h>
#include <string.h>

#include <unistd.h>

static struct sync {
    EGLSyncKHR sync;
    int fd;               /* EGL's own; -1: none yet */
    uint64_t identity[2]; /* of what was imported; 0: the fence is EGL's */
} syncs[EGL_MODEL_MAX];
static unsigned waits;
static uint64_t waitedFor[2];
static int fence = -1; /* the last one that was flushed */

static bool identify(int fd, uint64_t identity[2])
{
    struct model_payload_info info;

    return model__native_read(model__native_of_fd(fd), &info, identity) &&
           info.kind == MODEL_PAYLOAD_SYNC;
}

void egl_model__reset_syncs(void)
{
    for (unsigned i = 0; i < EGL_MODEL_MAX; i++) {
        if (syncs[i].sync != EGL_NO_SYNC_KHR && syncs[i].fd >= 0) {
            close(syncs[i].fd);
        }
    }
    memset(syncs, 0, sizeof(syncs));
    if (fence >= 0) {
        close(fence);
    }
    fence = -1;
    waits = 0;
}

size_t egl_model__live_syncs(char *text, size_t size)
{
    size_t count = 0;

    for (unsigned i = 0; i < EGL_MODEL_MAX; i++) {
        count += syncs[i].sync != EGL_NO_SYNC_KHR;
    }
    if (count != 0) {
        snprintf(text, size, "alive: %zu fences\n", count);
    }
    return count;
}

unsigned egl_model_waits(void)
{
    return waits;
}

bool egl_model_waited_for(int fd)
{
    uint64_t identity[2];

    return identify(fd, identity) && memcmp(identity, waitedFor, sizeof(identity)) == 0;
}

void egl_model_finish(void)
{
    (void)model_signal_sync_fd(fence);
    close(fence);
    fence = -1;
}

static struct sync *find(EGLSyncKHR sync)
{
    for (unsigned i = 0; i < EGL_MODEL_MAX; i++) {
        if (syncs[i].sync == sync) {
            return &syncs[i];
        }
    }
    return NULL;
}

static EGLSyncKHR EGLAPIENTRY create_sync(EGLDisplay display, EGLenum type, const EGLint *list)
{
    struct sync *const made = find(EGL_NO_SYNC_KHR);
    int fd = EGL_NO_NATIVE_FENCE_FD_ANDROID;

    if (!egl_model__enter("eglCreateSyncKHR", display)) {
        return EGL_NO_SYNC_KHR;
    }
    for (; list != NULL && *list != EGL_NONE; list += 2) {
        if (list[0] != EGL_SYNC_NATIVE_FENCE_FD_ANDROID) {
            type = EGL_NONE;
        }
        fd = list[1];
    }
    if (type != EGL_SYNC_NATIVE_FENCE_ANDROID) {
        egl_model__error(EGL_BAD_ATTRIBUTE);
        return EGL_NO_SYNC_KHR;
    }
    if (egl_model_config()->noContext) {
        egl_model__error(EGL_BAD_MATCH);
        return EGL_NO_SYNC_KHR;
    }
    memset(made, 0, sizeof(*made));
    if (fd >= 0 && !identify(fd, made->identity)) {
        memset(made, 0, sizeof(*made));
        if (egl_model_config()->refusedFd != NULL) {
            egl_model_config()->refusedFd(fd);
        }
        egl_model__error(EGL_BAD_PARAMETER);
        return EGL_NO_SYNC_KHR;
    }
    made->sync = egl_model__new_handle();
    made->fd = fd;
    return made->sync;
}

static EGLBoolean EGLAPIENTRY destroy_sync(EGLDisplay display, EGLSyncKHR sync)
{
    struct sync *const found = sync != EGL_NO_SYNC_KHR ? find(sync) : NULL;
    uint64_t identity[2];

    if (!egl_model__enter("eglDestroySyncKHR", display)) {
        return EGL_FALSE;
    }
    if (found == NULL) {
        egl_model__breach("eglDestroySyncKHR of %p, which is none", sync);
        egl_model__error(EGL_BAD_PARAMETER);
        return EGL_FALSE;
    }
    if (found->identity[1] != 0 && (!identify(found->fd, identity) ||
                                    memcmp(identity, found->identity, sizeof(identity)) != 0)) {
        egl_model__breach("a descriptor that EGL owned has been closed by somebody else");
    } else if (found->fd >= 0) {
        close(found->fd);
    }
    memset(found, 0, sizeof(*found));
    return EGL_TRUE;
}

static EGLint EGLAPIENTRY wait_sync(EGLDisplay display, EGLSyncKHR sync, EGLint flags)
{
    const struct sync *const found = sync != EGL_NO_SYNC_KHR ? find(sync) : NULL;

    if (!egl_model__enter("eglWaitSyncKHR", display)) {
        return EGL_FALSE;
    }
    if (found == NULL || flags != 0) {
        egl_model__error(EGL_BAD_PARAMETER);
        return EGL_FALSE;
    }
    if (egl_model_config()->noContext) {
        egl_model__error(EGL_BAD_MATCH);
        return EGL_FALSE;
    }
    if (found->identity[1] == 0) {
        egl_model__breach("OpenGL waits for a fence of its own");
    }
    waits++;
    memcpy(waitedFor, found->identity, sizeof(waitedFor));
    return EGL_TRUE;
}

static EGLint EGLAPIENTRY dup_fence(EGLDisplay display, EGLSyncKHR sync)
{
    const struct sync *const found = sync != EGL_NO_SYNC_KHR ? find(sync) : NULL;
    union model_native copy = model__native_of_fd(-1);

    if (!egl_model__enter("eglDupNativeFenceFDANDROID", display)) {
        return EGL_NO_NATIVE_FENCE_FD_ANDROID;
    }
    if (found == NULL || found->fd < 0) {
        egl_model__error(EGL_BAD_PARAMETER); /* not flushed yet */
        return EGL_NO_NATIVE_FENCE_FD_ANDROID;
    }
    (void)model__native_duplicate(model__native_of_fd(found->fd),
                                  egl_model_config()->exportsWithoutCloexec, &copy);
    return copy.fd;
}

/* OpenGL's: fences that have no native object yet get theirs. */
static void EGLAPIENTRY flush(void)
{
    for (unsigned i = 0; i < EGL_MODEL_MAX; i++) {
        union model_native copy = model__native_of_fd(-1);

        if (syncs[i].sync != EGL_NO_SYNC_KHR && syncs[i].fd < 0) {
            syncs[i].fd = model_make_sync_fd(false);
            if (fence >= 0) {
                close(fence);
            }
            (void)model__native_duplicate(model__native_of_fd(syncs[i].fd), false, &copy);
            fence = copy.fd;
        }
    }
}

VxmEglFunction egl_model__sync_function(const char *name)
{
    static const struct {
        const char *name;
        VxmEglFunction function;
    } functions[] = {
        {"eglCreateSyncKHR", (VxmEglFunction)create_sync},
        {"eglDestroySyncKHR", (VxmEglFunction)destroy_sync},
        {"eglWaitSyncKHR", (VxmEglFunction)wait_sync},
        {"eglDupNativeFenceFDANDROID", (VxmEglFunction)dup_fence},
        {"glFlush", (VxmEglFunction)flush},
    };

    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (strcmp(functions[i].name, name) == 0) {
            return functions[i].function;
        }
    }
    return NULL;
}
