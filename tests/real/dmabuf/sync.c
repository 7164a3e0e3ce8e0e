/*
 * Sync fds and implicit synchronisation, on the kernel's own fences.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "real/dmabuf/dmabuf.h"

#include <stdatomic.h>
#include <stdio.h>

#include "real/dmabuf/vgem.h"
#include "real/validation.h"
#include "support/thread.h"

TestSuite(sync, .init = real_begin, .fini = real_end);

/* ---- sync fds ---- */

Test(sync, fd_of_a_submission)
{
    VxmSharedSemaphore minusOne = {
        .handleType = SYNC_FD,
        .handle = {.kind = VXM_HANDLE_KIND_SEMAPHORE, .type = SYNC_FD, .fd = -1}};
    struct gpu gpu;
    VxmSemaphore signalled;
    VxmSemaphore waited;
    VxmSharedSemaphore shared;

    dmabuf_need_sync_fd();
    gpu_open(&gpu);
    signalled = dmabuf_semaphore(&gpu);
    waited = dmabuf_semaphore(&gpu);
    for (int i = 0; i < 3; i++) {
        gpu_begin(&gpu);
        gpu_submit(&gpu, NULL, 0, signalled, 0);
        VXM(vxmExportSemaphore(signalled, SYNC_FD, &shared));
        cr_expect(shared.handle.fd == -1 || support_is_cloexec(shared.handle.fd));
        VXM(vxmDmaBufWaitSyncFile(&shared.handle, TIME_LIMIT));
        gpu_wait(&gpu);
        /* A copy: it can be imported any number of times, and stays the caller's. */
        for (int j = 0; j < 2; j++) {
            VXM(vxmImportSemaphorePayload(waited, &shared, VXM_IMPORT_TEMPORARY_BIT));
            gpu_begin(&gpu);
            gpu_submit(&gpu, waited, 0, NULL, 0);
            gpu_wait(&gpu);
        }
        vxmCloseSharedSemaphore(&shared);
    }
    vxmDestroySemaphore(waited);
    vxmDestroySemaphore(signalled);

    /* -1 stands for what is done already. */
    FAILS(vxmImportSemaphore(gpu.device, &minusOne, 0, 0, &waited), VK_ERROR_VALIDATION_FAILED_EXT,
          "VXM_IMPORT_TEMPORARY_BIT");
    VXM(vxmImportSemaphore(gpu.device, &minusOne, VXM_IMPORT_TEMPORARY_BIT, 0, &waited));
    gpu_begin(&gpu);
    gpu_submit(&gpu, waited, 0, NULL, 0);
    gpu_wait(&gpu);
    vxmDestroySemaphore(waited);
    gpu_close(&gpu);
}

/* ---- a buffer that somebody uses ---- */

/* Others' use of one or two buffers, which ends one after the other, 50 ms apart, whatever this
 * thread does: a driver may wait for them in vkQueueSubmit() already, as lavapipe does. */
struct others {
    struct vgem *vgems[2];
    uint32_t fences[2];
    unsigned count;
    atomic_bool over;
    bool inTime;
    struct support_thread thread;
};

static void end_them(void *argument)
{
    const struct timespec pause = {.tv_nsec = 50 * 1000 * 1000};
    struct others *const others = argument;

    others->inTime = true;
    for (unsigned i = 0; i < others->count; i++) {
        nanosleep(&pause, NULL);
        if (i + 1 == others->count) {
            atomic_store(&others->over, true);
        }
        others->inTime = vgem_end(others->vgems[i], others->fences[i]) && others->inTime;
    }
}

static void begin_others(struct others *others, struct vgem *vgems, unsigned count, bool write)
{
    *others = (struct others){.count = count};
    for (unsigned i = 0; i < count; i++) {
        others->vgems[i] = &vgems[i];
        others->fences[i] = vgem_begin(&vgems[i], write);
    }
}

/* What is in the buffers becomes a semaphore that Vulkan really waits for. */
Test(sync, gpu_waits_for_others)
{
    static const struct {
        unsigned buffers;
        bool write;
        uint32_t access;
        bool waits;
    } rows[] = {
        {1, false, READ, false},
        {1, false, WRITE, true},
        {1, true, READ, true},
        {2, true, READ, true}, /* as the planes of one image may be */
    };
    struct gpu gpu;
    struct vgem vgems[2];
    VxmShared shared;
    VxmSemaphore before;
    VxmDmaBufSync sync;

    dmabuf_need_sync_fd();
    vgem_open(&vgems[0]);
    vgem_open(&vgems[1]);
    gpu_open(&gpu);
    before = dmabuf_semaphore(&gpu);
    VXM(vxmDmaBufQuerySync(gpu.device, &vgems[0].shared.memories[0].handle, &sync));
    cr_assert(sync.acquire && sync.release, "%s", sync.reason);
    cr_expect_str_eq(sync.reason, "");
    shared = vgems[0].shared;
    shared.memories[1] = vgems[1].shared.memories[0];
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct others others = {.inTime = false};

        shared.memoryCount = rows[i].buffers;
        for (int attempt = 0; !others.inTime && attempt < VGEM_ATTEMPTS; attempt++) {
            begin_others(&others, vgems, rows[i].buffers, rows[i].write);
            VXM(vxmDmaBufAcquire(&shared, rows[i].access, 0, before));
            if (rows[i].waits) {
                support_start_thread(&others.thread, end_them, &others);
            }
            gpu_begin(&gpu);
            gpu_submit(&gpu, before, 0, NULL, 0);
            gpu_wait(&gpu);
            const bool over = atomic_load(&others.over);
            if (!rows[i].waits) {
                support_start_thread(&others.thread, end_them, &others);
            }
            support_join_thread(&others.thread);
            cr_expect(!others.inTime || over == rows[i].waits, "row %zu", i);
        }
        cr_expect(others.inTime, "row %zu: never faster than vgem", i);
    }
    vgem_close(&vgems[1]);
    vgem_close(&vgems[0]);
    vxmDestroySemaphore(before);
    gpu_close(&gpu);
}

/* What this side submitted is in the buffer for others to wait for. That it goes on for a while is
 * vgem's doing: a submission that waits for one buffer releases another. */
Test(sync, others_wait_for_the_gpu)
{
    static const uint32_t accesses[] = {READ, WRITE};
    struct gpu gpu;
    struct vgem vgem;
    VxmSemaphore before;
    VxmSemaphore after;
    VxmShared shared = {.handleType = DMA_BUF, .memoryCount = 1};

    dmabuf_need_sync_fd();
    vgem_open(&vgem);
    shared.memories[0].handle = dmabuf_allocate(4096);
    const VxmHandle *const buffer = &shared.memories[0].handle;
    gpu_open(&gpu);
    before = dmabuf_semaphore(&gpu);
    after = dmabuf_semaphore(&gpu);

    /* A signal that is pending for every driver: one of vgem's, as the semaphore's payload. */
    bool inTime = false;
    for (int attempt = 0; !inTime && attempt < VGEM_ATTEMPTS; attempt++) {
        const uint32_t fence = vgem_begin(&vgem, true);

        VXM(vxmDmaBufAcquire(&vgem.shared, READ, 0, after));
        VXM(vxmDmaBufRelease(&shared, WRITE, 0, after));
        const VkResult result = vxmDmaBufWait(buffer, READ, 20 * MILLISECOND);
        inTime = vgem_end(&vgem, fence);
        cr_expect(!inTime || result == VK_TIMEOUT, "%s", vxmResultName(result));
        VXM(vxmDmaBufWait(buffer, WRITE, TIME_LIMIT));
    }
    cr_expect(inTime, "never faster than vgem");
    /* The layer (1.4.309) doesn't see that an imported payload has its signal from elsewhere. */
    while (validation_take("VUID-VkSemaphoreGetFdInfoKHR-handleType-03254")) {
    }

    for (size_t i = 0; i < 2; i++) {
        struct others others = {.inTime = false};

        for (int attempt = 0; !others.inTime && attempt < VGEM_ATTEMPTS; attempt++) {
            begin_others(&others, &vgem, 1, true);
            VXM(vxmDmaBufAcquire(&vgem.shared, READ, 0, before));
            support_start_thread(&others.thread, end_them, &others);
            gpu_begin(&gpu);
            gpu_submit(&gpu, before, 0, after, 0);
            VXM(vxmDmaBufRelease(&shared, accesses[i], TIME_LIMIT, after));
            const VkResult reading = vxmDmaBufWait(buffer, READ, 0);
            const VkResult writing = vxmDmaBufWait(buffer, WRITE, 0);
            const bool late = atomic_load(&others.over);
            VXM(vxmDmaBufWait(buffer, WRITE, TIME_LIMIT));
            const bool over = atomic_load(&others.over);
            support_join_thread(&others.thread);
            gpu_wait(&gpu);
            if (!others.inTime) {
                continue;
            }
            cr_expect(over, "the buffer was free before the GPU was done");
            if (late) {
                fprintf(stderr, "LEFT OUT what others see while the GPU is at work: this driver "
                                "waits for them in vkQueueSubmit() already\n");
            } else {
                cr_expect_eq(reading, accesses[i] == READ ? VK_SUCCESS : VK_TIMEOUT);
                cr_expect_eq(writing, VK_TIMEOUT);
            }
        }
        cr_expect(others.inTime, "never faster than vgem");
    }
    vxmCloseShared(&shared);
    vgem_close(&vgem);
    vxmDestroySemaphore(after);
    vxmDestroySemaphore(before);
    gpu_close(&gpu);
}
