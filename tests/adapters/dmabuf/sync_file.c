/*
 * Sync fds out of a dma-buf and into it, and waiting for either on the CPU.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/dmabuf/fixture.h"

#include "support/resources.h"

TestSuite(sync_file, .init = dmabuf_begin, .fini = dmabuf_end);

/* Who reads waits for writers, who writes for everybody. */
Test(sync_file, export_stands_for_what_the_access_waits_for)
{
    VxmHandle buffer = dmabuf_handle(4096);
    struct kernel_work *const works[] = {kernel_begin_work(buffer.fd, WRITE),
                                         kernel_begin_work(buffer.fd, READ)};
    const uint32_t accesses[] = {READ, WRITE, READ | WRITE};

    for (unsigned i = 0; i < 3; i++) {
        VxmHandle syncFd;

        REQUIRE(vxmDmaBufExportSyncFile(&buffer, accesses[i], &syncFd));
        cr_expect_eq(syncFd.kind, VXM_HANDLE_KIND_SEMAPHORE);
        cr_expect_eq(syncFd.type, SYNC_FD);
        cr_expect(support_is_cloexec(syncFd.fd));
        cr_expect(kernel_stands_for(syncFd.fd, i == 0 ? 1 : 2, works), "access %u", accesses[i]);
        cr_expect(!kernel_is_done(syncFd.fd));
        vxmCloseHandle(&syncFd);
    }
    vxmCloseHandle(&buffer);
}

Test(sync_file, export_of_an_idle_buffer_is_signalled)
{
    VxmHandle buffer = dmabuf_handle(4096);
    VxmHandle syncFd;

    REQUIRE(vxmDmaBufExportSyncFile(&buffer, WRITE, &syncFd));
    cr_expect(kernel_is_done(syncFd.fd));
    REQUIRE(vxmDmaBufWaitSyncFile(&syncFd, 0));
    vxmCloseHandle(&syncFd);
    vxmCloseHandle(&buffer);
}

Test(sync_file, import_is_what_others_wait_for)
{
    VxmHandle syncFd = dmabuf_sync_fd(false);
    struct kernel_work *waited;

    for (unsigned write = 0; write < 2; write++) {
        VxmHandle buffer = dmabuf_handle(4096);

        REQUIRE(vxmDmaBufImportSyncFile(&buffer, write ? WRITE : READ, &syncFd));
        cr_expect_eq(kernel_waits(buffer.fd, READ, &waited), write ? 1 : 0);
        cr_expect_eq(kernel_waits(buffer.fd, WRITE, &waited), 1);
        cr_expect_eq(waited, kernel_work_of(syncFd.fd));
        vxmCloseHandle(&buffer);
    }
    vxmCloseHandle(&syncFd);
}

Test(sync_file, minus_one_leaves_nothing)
{
    const VxmHandle minusOne = {.kind = VXM_HANDLE_KIND_SEMAPHORE, .type = SYNC_FD, .fd = -1};
    VxmHandle buffer = dmabuf_handle(4096);

    REQUIRE(vxmDmaBufImportSyncFile(&buffer, WRITE, &minusOne));
    REQUIRE(vxmDmaBufWaitSyncFile(&minusOne, 0));
    cr_expect_eq(kernel_calls(NULL), 0);
    vxmCloseHandle(&buffer);
}

Test(sync_file, kernel_before_6_0)
{
    VxmHandle buffer = dmabuf_handle(4096);
    VxmHandle syncFd = dmabuf_sync_fd(false);
    VxmHandle out;

    FILL(out);
    kernel_config()->noSyncFiles = true;
    EXPECT_ERROR(vxmDmaBufExportSyncFile(&buffer, WRITE, &out), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "from 6.0 on");
    EXPECT_UNTOUCHED(out);
    EXPECT_ERROR(vxmDmaBufImportSyncFile(&buffer, WRITE, &syncFd), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "DMA_BUF_IOCTL_IMPORT_SYNC_FILE");
    vxmCloseHandle(&syncFd);
    vxmCloseHandle(&buffer);
}

/* ---- waiting ---- */

Test(sync_file, wait_for_a_buffer)
{
    VxmHandle buffer = dmabuf_handle(4096);
    struct kernel_work *const reader = kernel_begin_work(buffer.fd, READ);

    REQUIRE(vxmDmaBufWait(&buffer, READ, 0));
    EXPECT_ERROR(vxmDmaBufWait(&buffer, WRITE, 0), VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT,
                 "time limit");
    kernel_finish_after(reader, 3 * SECOND);
    EXPECT_ERROR(vxmDmaBufWait(&buffer, READ | WRITE, 2 * SECOND), VK_TIMEOUT,
                 VXM_ERROR_REASON_TIMEOUT, "fd ");
    REQUIRE(vxmDmaBufWait(&buffer, READ | WRITE, 2 * SECOND));
    vxmCloseHandle(&buffer);
}

Test(sync_file, wait_for_a_sync_fd)
{
    VxmHandle syncFd = dmabuf_sync_fd(false);

    EXPECT_ERROR(vxmDmaBufWaitSyncFile(&syncFd, SECOND), VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT,
                 "time limit");
    kernel_finish_after(kernel_work_of(syncFd.fd), SECOND);
    REQUIRE(vxmDmaBufWaitSyncFile(&syncFd, SECOND));
    vxmCloseHandle(&syncFd);
}

/* Milliseconds are all that poll() knows: a limit is never cut short, nor gone beyond for long. */
Test(sync_file, limits_are_kept)
{
    VxmHandle syncFd = dmabuf_sync_fd(false);
    const uint64_t limits[] = {1, 999999, 1000000, 1000001, 1500 * SECOND};

    for (unsigned i = 0; i < 5; i++) {
        const uint64_t before = kernel_now();

        cr_expect_eq(vxmDmaBufWaitSyncFile(&syncFd, limits[i]), VK_TIMEOUT);
        cr_expect_geq(kernel_now() - before, limits[i]);
        cr_expect_leq(kernel_now() - before, limits[i] + 999999, "%llu waited for %llu",
                      (unsigned long long)limits[i], (unsigned long long)(kernel_now() - before));
    }
    /* Longer than poll() can count, and for ever. */
    kernel_finish_after(kernel_work_of(syncFd.fd), 10000000 * SECOND);
    REQUIRE(vxmDmaBufWaitSyncFile(&syncFd, UINT64_MAX));
    vxmCloseHandle(&syncFd);
}

Test(sync_file, interrupted_calls_go_on)
{
    VxmHandle buffer = dmabuf_handle(4096);
    struct kernel_work *const writer = kernel_begin_work(buffer.fd, WRITE);
    VxmHandle syncFd;

    kernel_config()->interrupts = true;
    REQUIRE(vxmDmaBufExportSyncFile(&buffer, READ, &syncFd));
    REQUIRE(vxmDmaBufImportSyncFile(&buffer, READ, &syncFd));
    kernel_finish_after(writer, SECOND);
    REQUIRE(vxmDmaBufWaitSyncFile(&syncFd, SECOND));
    REQUIRE(vxmDmaBufBeginCpuAccess(&buffer, WRITE, 0));
    REQUIRE(vxmDmaBufEndCpuAccess(&buffer, WRITE));
    vxmCloseHandle(&syncFd);
    vxmCloseHandle(&buffer);
}

Test(sync_file, work_that_failed_is_no_success)
{
    VxmHandle syncFd = dmabuf_sync_fd(false);

    kernel_break(kernel_work_of(syncFd.fd), EIO);
    EXPECT_ERROR(vxmDmaBufWaitSyncFile(&syncFd, SECOND), VK_ERROR_DEVICE_LOST,
                 VXM_ERROR_REASON_SYSTEM, "ended with EIO");
    vxmCloseHandle(&syncFd);
}
