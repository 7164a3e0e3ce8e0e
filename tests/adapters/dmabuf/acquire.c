/*
 * Acquire and release: the buffer's fences as semaphores, and semaphores as its fences.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/dmabuf/fixture.h"

#include "support/resources.h"

TestSuite(acquire, .init = dmabuf_begin, .fini = dmabuf_end);

static bool signalled(VxmSemaphore semaphore)
{
    return model_semaphore_signalled(vxmGetVkSemaphore(semaphore));
}

Test(acquire, semaphore_waits_for_the_others)
{
    VxmDevice device = dmabuf_device();
    VxmSemaphore before = dmabuf_semaphore(device);
    VxmShared shared = dmabuf_shared(1);

    for (unsigned i = 0; i < 3; i++) {
        struct kernel_work *const writer = kernel_begin_work(shared.memories[0].handle.fd, WRITE);

        REQUIRE(vxmDmaBufAcquire(&shared, READ, 0, before));
        cr_expect(!signalled(before));
        kernel_finish(writer);
        cr_expect(signalled(before));
        dmabuf_submit(device, before, NULL);
        cr_expect(!signalled(before));
    }
    vxmDestroySemaphore(before);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

Test(acquire, idle_buffer_is_there_at_once)
{
    VxmDevice device = dmabuf_device();
    VxmSemaphore before = dmabuf_semaphore(device);
    VxmShared shared = dmabuf_shared(1);
    struct kernel_work *const reader = kernel_begin_work(shared.memories[0].handle.fd, READ);

    REQUIRE(vxmDmaBufAcquire(&shared, READ, 0, before));
    cr_expect(signalled(before));
    dmabuf_submit(device, before, NULL);
    kernel_finish(reader);
    vxmDestroySemaphore(before);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

/* One semaphore for all the planes' buffers. */
Test(acquire, every_memory_counts)
{
    VxmDevice device = dmabuf_device();
    VxmSemaphore before = dmabuf_semaphore(device);
    VxmShared shared = dmabuf_shared(4);
    struct kernel_work *writers[4];

    for (unsigned i = 0; i < 4; i++) {
        writers[i] = kernel_begin_work(shared.memories[i].handle.fd, WRITE);
    }
    REQUIRE(vxmDmaBufAcquire(&shared, READ, 0, before));
    for (unsigned i = 0; i < 4; i++) {
        cr_expect(!signalled(before), "after %u of 4", i);
        kernel_finish(writers[3 - i]);
    }
    cr_expect(signalled(before));
    vxmDestroySemaphore(before);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

Test(acquire, others_wait_for_the_release)
{
    VxmDevice device = dmabuf_device();
    VxmSemaphore gate = dmabuf_semaphore(device);
    VxmSemaphore after = dmabuf_semaphore(device);
    VxmShared shared = dmabuf_shared(2);
    struct kernel_work *const writer = kernel_begin_work(shared.memories[1].handle.fd, WRITE);
    struct kernel_work *waited = NULL;
    struct kernel_work *work = NULL;

    REQUIRE(vxmDmaBufAcquire(&shared, WRITE, 0, gate));
    dmabuf_submit(device, gate, after);
    REQUIRE(vxmDmaBufRelease(&shared, READ, 0, after));
    cr_expect_eq(kernel_waits(shared.memories[0].handle.fd, READ, &waited), 0);
    cr_expect_eq(kernel_waits(shared.memories[0].handle.fd, WRITE, &work), 1);
    /* The GPU goes on when the writer is done, and with it whoever waits for the GPU. */
    kernel_finish(writer);
    REQUIRE(vxmDmaBufAcquire(&shared, READ, 0, gate));
    cr_expect_eq(kernel_waits(shared.memories[0].handle.fd, WRITE, &waited), 0);
    cr_expect_eq(kernel_waits(shared.memories[1].handle.fd, WRITE, &waited), 0);

    /* The semaphore can be signalled again, and this side's writing is waited for by readers. */
    VxmHandle syncFd = dmabuf_sync_fd(false);
    VxmSharedSemaphore blocked = {.handleType = SYNC_FD, .handle = syncFd};
    REQUIRE(vxmImportSemaphorePayload(gate, &blocked, VXM_IMPORT_TEMPORARY_BIT));
    dmabuf_submit(device, gate, after);
    REQUIRE(vxmDmaBufRelease(&shared, WRITE, 0, after));
    cr_expect_eq(kernel_waits(shared.memories[1].handle.fd, READ, &waited), 1);
    cr_expect_neq(waited, work);
    model_signal_sync_fd(syncFd.fd);
    vxmCloseHandle(&syncFd);
    cr_expect(!signalled(after));
    vxmDestroySemaphore(after);
    vxmDestroySemaphore(gate);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

Test(acquire, what_is_done_already_leaves_nothing)
{
    VxmDevice device = dmabuf_device();
    VxmSemaphore after = dmabuf_semaphore(device);
    VxmShared shared = dmabuf_shared(1);

    model_config()->habits.syncFdMinusOne = true;
    dmabuf_submit(device, NULL, after);
    REQUIRE(vxmDmaBufRelease(&shared, WRITE, 0, after));
    cr_expect_eq(kernel_calls("IMPORT"), 0);
    vxmDestroySemaphore(after);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

/* ---- before Linux 6.0 ---- */

Test(acquire, cpu_waits_on_an_old_kernel)
{
    VxmDevice device = dmabuf_device();
    VxmSemaphore before = dmabuf_semaphore(device);
    VxmShared shared = dmabuf_shared(2);

    kernel_config()->noSyncFiles = true;
    for (unsigned i = 0; i < 2; i++) {
        struct kernel_work *const reader = kernel_begin_work(shared.memories[i].handle.fd, READ);
        const uint64_t begun = kernel_now();

        REQUIRE(vxmDmaBufAcquire(&shared, READ, 0, before));
        cr_expect(signalled(before));
        dmabuf_submit(device, before, NULL);
        EXPECT_ERROR(vxmDmaBufAcquire(&shared, WRITE, SECOND, before), VK_TIMEOUT,
                     VXM_ERROR_REASON_TIMEOUT, "time limit");
        cr_expect(!signalled(before));
        cr_expect_eq(kernel_now() - begun, SECOND);
        kernel_finish_after(reader, SECOND);
        REQUIRE(vxmDmaBufAcquire(&shared, WRITE, SECOND, before));
        cr_expect(signalled(before));
        dmabuf_submit(device, before, NULL);
    }
    vxmDestroySemaphore(before);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

/* A release that runs out of time leaves the signal where it was. */
Test(acquire, release_waits_on_an_old_kernel)
{
    VxmDevice device = dmabuf_device();
    VxmSemaphore gate = dmabuf_semaphore(device);
    VxmSemaphore after = dmabuf_semaphore(device);
    VxmShared shared = dmabuf_shared(1);
    VxmHandle syncFd = dmabuf_sync_fd(false);
    VxmSharedSemaphore blocked = {.handleType = SYNC_FD, .handle = syncFd};

    kernel_config()->noSyncFiles = true;
    REQUIRE(vxmImportSemaphorePayload(gate, &blocked, VXM_IMPORT_TEMPORARY_BIT));
    dmabuf_submit(device, gate, after);
    for (unsigned i = 0; i < 2; i++) {
        EXPECT_ERROR(vxmDmaBufRelease(&shared, WRITE, SECOND, after), VK_TIMEOUT,
                     VXM_ERROR_REASON_TIMEOUT, "vxmDmaBufRelease");
    }
    model_signal_sync_fd(syncFd.fd);
    REQUIRE(vxmDmaBufRelease(&shared, WRITE, SECOND, after));
    cr_expect(!signalled(after));
    vxmCloseHandle(&syncFd);
    vxmDestroySemaphore(after);
    vxmDestroySemaphore(gate);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

/* ---- the question ---- */

Test(acquire, query)
{
    VxmHandle buffer = dmabuf_handle(4096);
    VxmDmaBufSync sync;
    VxmDevice device;

    device = dmabuf_device();
    dmabuf_forget_error();
    REQUIRE(vxmDmaBufQuerySync(device, &buffer, &sync));
    cr_expect(sync.acquire && sync.release);
    cr_expect_str_eq(sync.reason, "");
    REQUIRE(vxmDmaBufQuerySync(NULL, &buffer, &sync));
    cr_expect(sync.acquire && sync.release);
    kernel_config()->noSyncFiles = true;
    REQUIRE(vxmDmaBufQuerySync(device, &buffer, &sync));
    cr_expect(!sync.acquire && !sync.release);
    cr_expect_not_null(strstr(sync.reason, "from 6.0 on"), "%s", sync.reason);
    kernel_config()->noSyncFiles = false;
    vxmDestroyDevice(device);

    model_external(model_config()->devices[0].binarySemaphores, SYNC_FD)->features =
        VK_EXTERNAL_SEMAPHORE_FEATURE_EXPORTABLE_BIT;
    device = dmabuf_device();
    REQUIRE(vxmDmaBufQuerySync(device, &buffer, &sync));
    cr_expect(!sync.acquire && sync.release);
    cr_expect_not_null(strstr(sync.reason, "SYNC_FD"), "%s", sync.reason);
    vxmDestroyDevice(device);

    model_external(model_config()->devices[0].binarySemaphores, SYNC_FD)->features =
        VK_EXTERNAL_SEMAPHORE_FEATURE_IMPORTABLE_BIT;
    device = dmabuf_device();
    REQUIRE(vxmDmaBufQuerySync(device, &buffer, &sync));
    cr_expect(sync.acquire && !sync.release);
    vxmDestroyDevice(device);
    /* A "no" is no failure. */
    dmabuf_expect_no_error();
    cr_expect_eq(kernel_calls("EXPORT"), kernel_calls("IMPORT"));
    vxmCloseHandle(&buffer);
}
