/*
 * Sync files between Vulkan's semaphores and OpenGL's commands.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/egl/fixture.h"

#include "support/resources.h"

#include <fcntl.h>
#include <unistd.h>

TestSuite(semaphore, .init = egl_begin, .fini = egl_end);

static VxmSharedSemaphore sync_file(int fd)
{
    VxmSharedSemaphore shared = {.handleType = SYNC_FD};

    shared.handle.kind = VXM_HANDLE_KIND_SEMAPHORE;
    shared.handle.type = SYNC_FD;
    shared.handle.fd = fd;
    return shared;
}

static VxmSemaphore make_semaphore(VxmDevice device)
{
    const VxmSemaphoreCreateInfo info = {.handleTypes = SYNC_FD};
    VxmSemaphore semaphore;

    REQUIRE(vxmCreateSemaphore(device, &info, &semaphore));
    return semaphore;
}

/* A submission that waits for one semaphore, or signals it. */
static void submit(VxmDevice device, VxmSemaphore wait, VxmSemaphore signal)
{
    const VkPipelineStageFlags stages = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    const VkSemaphore waits = vxmGetVkSemaphore(wait), signals = vxmGetVkSemaphore(signal);
    const VkSubmitInfo info = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .waitSemaphoreCount = wait != NULL,
        .pWaitSemaphores = &waits,
        .pWaitDstStageMask = &stages,
        .signalSemaphoreCount = signal != NULL,
        .pSignalSemaphores = &signals,
    };
    VxmDeviceInfo facts;
    PFN_vkQueueSubmit queueSubmit;
    PFN_vkQueueWaitIdle queueWaitIdle;

    REQUIRE(vxmGetDeviceInfo(device, &facts));
    queueSubmit = (PFN_vkQueueSubmit)facts.getDeviceProcAddr(facts.device, "vkQueueSubmit");
    queueWaitIdle = (PFN_vkQueueWaitIdle)facts.getDeviceProcAddr(facts.device, "vkQueueWaitIdle");
    REQUIRE(queueSubmit(facts.queue, 1, &info, VK_NULL_HANDLE));
    REQUIRE(queueWaitIdle(facts.queue));
}

Test(semaphore, wait_borrows_the_sync_file)
{
    VxmSharedSemaphore shared = sync_file(model_make_sync_fd(false));
    const VxmEgl egl = egl_load();
    const size_t before = support_handle_count();

    REQUIRE(vxmEglWaitSharedSemaphore(&egl, &shared));
    cr_expect_eq(egl_model_waits(), 1);
    cr_expect(egl_model_waited_for(shared.handle.fd));
    cr_expect_eq(support_handle_count(), before);
    vxmCloseSharedSemaphore(&shared);
}

/* -1 is "signalled already" to Vulkan, and "make a new fence" to EGL. */
Test(semaphore, nothing_is_waited_for_that_is_signalled_already)
{
    const VxmSharedSemaphore shared = sync_file(-1);
    const VxmEgl egl = egl_load();

    REQUIRE(vxmEglWaitSharedSemaphore(&egl, &shared));
    cr_expect_eq(egl_model_calls("eglCreateSyncKHR"), 0);
    cr_expect_eq(egl_model_waits(), 0);
}

Test(semaphore, from_vulkan)
{
    VxmDevice device = egl_device();
    VxmSemaphore semaphore = make_semaphore(device);
    const VxmEgl egl = egl_load();
    const size_t before = support_handle_count();

    EXPECT_REFUSED(vxmEglWaitSemaphore(&egl, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "semaphore");
    submit(device, NULL, semaphore);
    REQUIRE(vxmEglWaitSemaphore(&egl, semaphore));
    cr_expect_eq(egl_model_waits(), 1);
    cr_expect_eq(support_handle_count(), before);
    submit(device, NULL, semaphore); /* unsignalled again: to signal it is no breach */
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

Test(semaphore, signal_gives_a_sync_file)
{
    const VxmEgl egl = egl_load();
    VxmSharedSemaphore shared;

    egl_model_config()->exportsWithoutCloexec = true;
    REQUIRE(vxmEglSignalSharedSemaphore(&egl, &shared));
    cr_expect_eq(shared.handleType, (uint32_t)SYNC_FD);
    cr_expect_eq(shared.handle.kind, VXM_HANDLE_KIND_SEMAPHORE);
    cr_expect_eq(shared.handle.type, (uint32_t)SYNC_FD);
    cr_expect_eq(shared.semaphoreType, VK_SEMAPHORE_TYPE_BINARY);
    cr_expect(model_is_payload(shared.handle.fd));
    cr_expect(support_is_cloexec(shared.handle.fd));
    egl_model_finish();
    vxmCloseSharedSemaphore(&shared);
}

Test(semaphore, to_vulkan)
{
    VxmDevice device = egl_device();
    VxmSemaphore semaphore = make_semaphore(device);
    const VxmEgl egl = egl_load();

    REQUIRE(vxmEglSignalSemaphore(&egl, semaphore));
    egl_model_finish();
    submit(device, semaphore, NULL);
    EXPECT_REFUSED(vxmEglSignalSemaphore(&egl, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "semaphore must not be NULL");
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

/* ---- refused ---- */

Test(semaphore, only_sync_files)
{
    const VxmEgl egl = egl_load();
    VxmSharedSemaphore shared = {.handleType = SYNC_FD};
    int ends[2];

    EXPECT_REFUSED(vxmEglWaitSharedSemaphore(&egl, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "shared must not be NULL");
    EXPECT_REFUSED(vxmEglSignalSharedSemaphore(&egl, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "shared must not be NULL");
    EXPECT_REFUSED(vxmEglWaitSharedSemaphore(&egl, &shared), VK_ERROR_FEATURE_NOT_PRESENT,
                   VXM_ERROR_REASON_UNSUPPORTED, "this one is empty");
    cr_assert_eq(pipe(ends), 0);
    shared = sync_file(ends[0]);
    shared.handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT;
    shared.handle.type = shared.handleType;
    EXPECT_REFUSED(vxmEglWaitSharedSemaphore(&egl, &shared), VK_ERROR_FEATURE_NOT_PRESENT,
                   VXM_ERROR_REASON_UNSUPPORTED, "this one is OPAQUE_FD");
    shared = sync_file(ends[0]);
    EXPECT_REFUSED(vxmEglWaitSharedSemaphore(&egl, &shared), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                   VXM_ERROR_REASON_ARGUMENT, "a pipe");
    close(ends[0]);
    close(ends[1]);
}

Test(semaphore, without_the_extensions)
{
    VxmSharedSemaphore shared = sync_file(-1);
    VxmEgl egl;

    egl_model_drop_extension("EGL_KHR_wait_sync");
    egl = egl_load();
    EXPECT_REFUSED(vxmEglWaitSharedSemaphore(&egl, &shared), VK_ERROR_EXTENSION_NOT_PRESENT,
                   VXM_ERROR_REASON_UNSUPPORTED, "EGL_KHR_wait_sync");
    EXPECT_REFUSED(vxmEglWaitSemaphore(&egl, NULL), VK_ERROR_EXTENSION_NOT_PRESENT,
                   VXM_ERROR_REASON_UNSUPPORTED, "EGL_KHR_wait_sync");
    egl_model_drop_extension("EGL_ANDROID_native_fence_sync");
    egl = egl_load();
    EXPECT_REFUSED(vxmEglSignalSharedSemaphore(&egl, &shared), VK_ERROR_EXTENSION_NOT_PRESENT,
                   VXM_ERROR_REASON_UNSUPPORTED, "glFinish");
    EXPECT_REFUSED(vxmEglSignalSemaphore(&egl, NULL), VK_ERROR_EXTENSION_NOT_PRESENT,
                   VXM_ERROR_REASON_UNSUPPORTED, "glFinish");
}

Test(semaphore, without_a_context)
{
    VxmSharedSemaphore shared = sync_file(model_make_sync_fd(true)), made;
    const VxmEgl egl = egl_load();

    FILL(made);
    egl_model_config()->noContext = true;
    EXPECT_ERROR(vxmEglWaitSharedSemaphore(&egl, &shared), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_FOREIGN, "context must be current");
    EXPECT_ERROR(vxmEglSignalSharedSemaphore(&egl, &made), VK_ERROR_INITIALIZATION_FAILED,
                 VXM_ERROR_REASON_FOREIGN, "context must be current");
    EXPECT_UNTOUCHED(made);
    vxmCloseSharedSemaphore(&shared);
}

/* Every call of EGL's fails once: nothing is left behind. */
Test(semaphore, each_call_fails_once)
{
    VxmSharedSemaphore shared = sync_file(model_make_sync_fd(true)), made;
    const VxmEgl egl = egl_load();
    const size_t before = support_handle_count();

    for (unsigned nth = 1; nth <= 2; nth++) {
        egl_model_fail(nth, EGL_BAD_MATCH);
        EXPECT_ERROR(vxmEglWaitSharedSemaphore(&egl, &shared),
                     nth == 1 ? VK_ERROR_INVALID_EXTERNAL_HANDLE : VK_ERROR_UNKNOWN,
                     VXM_ERROR_REASON_FOREIGN, "EGL_BAD_MATCH");
        cr_expect_eq(support_handle_count(), before, "call %u leaves handles", nth);
    }
    FILL(made);
    for (unsigned nth = 1; nth <= 2; nth++) {
        egl_model_fail(nth, EGL_BAD_MATCH);
        EXPECT_ERROR(vxmEglSignalSharedSemaphore(&egl, &made), VK_ERROR_INITIALIZATION_FAILED,
                     VXM_ERROR_REASON_FOREIGN, "EGL_BAD_MATCH");
        EXPECT_UNTOUCHED(made);
    }
    vxmCloseSharedSemaphore(&shared);
}

/* The export takes the signal out, and a submission that waits for it would wait for ever. */
Test(semaphore, signal_survives_a_failed_wait)
{
    VxmDevice device = egl_device();
    VxmSemaphore semaphore = make_semaphore(device);
    const VxmEgl egl = egl_load();
    const size_t before = support_handle_count();

    submit(device, NULL, semaphore);
    for (unsigned nth = 1; nth <= 2; nth++) {
        egl_model_fail(nth, EGL_BAD_MATCH);
        EXPECT_ERROR(vxmEglWaitSemaphore(&egl, semaphore),
                     nth == 1 ? VK_ERROR_INVALID_EXTERNAL_HANDLE : VK_ERROR_UNKNOWN,
                     VXM_ERROR_REASON_FOREIGN, "EGL_BAD_MATCH");
    }
    REQUIRE(vxmEglWaitSemaphore(&egl, semaphore));
    cr_expect_eq(support_handle_count(), before);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

/* ---- a driver that closes what it refuses ---- */

static int taken = -1;

/* Closes it, and opens something that has nothing to do with it under the same number, as another
 * thread could. */
static void close_and_reuse(int fd)
{
    const int other = open("/dev/null", O_RDONLY | O_CLOEXEC);

    cr_assert_geq(other, 0);
    cr_assert_eq(dup2(other, fd), fd);
    close(other);
    taken = fd;
}

Test(semaphore, a_refused_descriptor_is_not_closed_twice)
{
    VxmSharedSemaphore shared = sync_file(model_make_dma_buf(4096)); /* no sync file */
    const VxmEgl egl = egl_load();

    EXPECT_ERROR(vxmEglWaitSharedSemaphore(&egl, &shared), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_FOREIGN, "eglCreateSyncKHR");
    egl_model_config()->refusedFd = close_and_reuse;
    EXPECT_ERROR(vxmEglWaitSharedSemaphore(&egl, &shared), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_FOREIGN, "eglCreateSyncKHR");
    cr_assert_neq(taken, shared.handle.fd, "EGL was given the caller's own descriptor");
    cr_expect(support_is_open(shared.handle.fd), "the caller's descriptor is closed");
    cr_assert(support_is_open(taken), "somebody else's descriptor was closed");
    close(taken);
    vxmCloseSharedSemaphore(&shared);
}
