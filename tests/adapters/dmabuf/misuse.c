/*
 * What is refused before the kernel is asked.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/dmabuf/fixture.h"

TestSuite(misuse, .init = dmabuf_begin, .fini = dmabuf_end);

#define EVERY_CALL(buffer, access, result, reason, words)                                          \
    do {                                                                                           \
        EXPECT_REFUSED(vxmDmaBufExportSyncFile(buffer, access, &out), result, reason, words);      \
        EXPECT_REFUSED(vxmDmaBufImportSyncFile(buffer, access, &minusOne), result, reason, words); \
        EXPECT_REFUSED(vxmDmaBufWait(buffer, access, 0), result, reason, words);                   \
        EXPECT_REFUSED(vxmDmaBufBeginCpuAccess(buffer, access, 0), result, reason, words);         \
        EXPECT_REFUSED(vxmDmaBufEndCpuAccess(buffer, access), result, reason, words);              \
        EXPECT_REFUSED(vxmDmaBufMap(buffer, access, &mapping), result, reason, words);             \
    } while (0)

static const VxmHandle minusOne = {.kind = VXM_HANDLE_KIND_SEMAPHORE, .type = SYNC_FD, .fd = -1};

Test(misuse, access)
{
    const uint32_t wrong[] = {0, 4, DMA_BUF_SYNC_RW | DMA_BUF_SYNC_END, 1u << 31};
    VxmHandle buffer = dmabuf_handle(4096);
    VxmDmaBufMapping mapping;
    VxmHandle out;

    FILL(out);
    FILL(mapping);
    for (unsigned i = 0; i < 4; i++) {
        EVERY_CALL(&buffer, wrong[i], VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                   "DMA_BUF_SYNC_READ");
    }
    EXPECT_UNTOUCHED(out);
    EXPECT_UNTOUCHED(mapping);
    vxmCloseHandle(&buffer);
}

Test(misuse, handles)
{
    VxmHandle buffer = dmabuf_handle(4096);
    VxmHandle syncFd = dmabuf_sync_fd(true);
    VxmHandle empty = {0};
    VxmHandle opaque = buffer;
    VxmHandle wrongPipe = buffer;
    VxmDmaBufMapping mapping;
    VxmDmaBufSync sync;
    VxmHandle out;
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    FILL(out);
    FILL(mapping);
    FILL(sync);
    opaque.type = OPAQUE_FD;
    wrongPipe.fd = ends[0];
    EVERY_CALL(NULL, READ, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
               "buffer must not be NULL");
    EVERY_CALL(&empty, READ, VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "empty");
    EVERY_CALL(&opaque, READ, VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT,
               "OPAQUE_FD, and must be a DMA_BUF");
    EVERY_CALL(&syncFd, READ, VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT,
               "SYNC_FD, and must be a DMA_BUF");
    EVERY_CALL(&wrongPipe, READ, VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT,
               ": buffer can't be used. fd ");
    EXPECT_REFUSED(vxmDmaBufQuerySync(NULL, &wrongPipe, &sync), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                   VXM_ERROR_REASON_ARGUMENT, "a pipe");
    EXPECT_REFUSED(vxmDmaBufQuerySync(NULL, NULL, &sync), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "buffer must not be NULL");
    wrongPipe = syncFd;
    wrongPipe.fd = ends[0];
    EXPECT_REFUSED(vxmDmaBufImportSyncFile(&buffer, READ, &wrongPipe),
                   VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "a pipe");
    EXPECT_REFUSED(vxmDmaBufWaitSyncFile(&wrongPipe, 0), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                   VXM_ERROR_REASON_ARGUMENT, "a pipe");
    EXPECT_REFUSED(vxmDmaBufImportSyncFile(&buffer, READ, &empty), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                   VXM_ERROR_REASON_ARGUMENT, "syncFd is empty");
    EXPECT_REFUSED(vxmDmaBufWaitSyncFile(&buffer, 0), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                   VXM_ERROR_REASON_ARGUMENT, "DMA_BUF, and must be a SYNC_FD");
    EXPECT_REFUSED(vxmDmaBufImportSyncFile(&buffer, READ, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "syncFd must not be NULL");
    EXPECT_UNTOUCHED(out);
    EXPECT_UNTOUCHED(mapping);
    EXPECT_UNTOUCHED(sync);
    close(ends[0]);
    close(ends[1]);
    vxmCloseHandle(&syncFd);
    vxmCloseHandle(&buffer);
}

/* A memory's descriptor under a sync fd's name, which the kernel alone can tell. */
Test(misuse, sync_fd_that_is_none)
{
    VxmHandle buffer = dmabuf_handle(4096);
    VxmHandle wrong = buffer;

    wrong.kind = VXM_HANDLE_KIND_SEMAPHORE;
    wrong.type = SYNC_FD;
    EXPECT_ERROR(vxmDmaBufImportSyncFile(&buffer, READ, &wrong), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_SYSTEM, "EINVAL (22). It is no sync fd");
    EXPECT_ERROR(vxmDmaBufWaitSyncFile(&wrong, 0), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_SYSTEM, "It is no sync fd");
    vxmCloseHandle(&buffer);
}

Test(misuse, outputs)
{
    VxmHandle buffer = dmabuf_handle(4096);

    EXPECT_REFUSED(vxmDmaBufExportSyncFile(&buffer, READ, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "syncFd must not be NULL");
    EXPECT_REFUSED(vxmDmaBufMap(&buffer, READ, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "mapping must not be NULL");
    EXPECT_REFUSED(vxmDmaBufQuerySync(NULL, &buffer, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "sync must not be NULL");
    EXPECT_REFUSED(vxmDmaBufAllocate(NULL, 4096, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "buffer must not be NULL");
    EXPECT_REFUSED(vxmDmaBufFromMemfd(0, 0, 4096, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "buffer must not be NULL");
    vxmCloseHandle(&buffer);
}

Test(misuse, descriptions)
{
    VkResult (*const calls[])(const VxmShared *, uint32_t, uint64_t,
                              VxmSemaphore) = {vxmDmaBufAcquire, vxmDmaBufRelease};
    VxmDevice device = dmabuf_device();
    VxmSemaphore semaphore = dmabuf_semaphore(device);
    VxmShared shared = dmabuf_shared(2);

    for (unsigned i = 0; i < 2; i++) {
        VxmShared wrong = shared;

        EXPECT_REFUSED(calls[i](NULL, READ, 0, semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                       VXM_ERROR_REASON_ARGUMENT, "shared must not be NULL");
        EXPECT_REFUSED(calls[i](&shared, READ, 0, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                       VXM_ERROR_REASON_ARGUMENT, "semaphore must not be NULL");
        EXPECT_REFUSED(calls[i](&shared, 0, 0, semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                       VXM_ERROR_REASON_ARGUMENT, "access is 0x0");
        wrong.memoryCount = 0;
        EXPECT_REFUSED(calls[i](&wrong, READ, 0, semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                       VXM_ERROR_REASON_ARGUMENT, "memoryCount is 0");
        wrong.memoryCount = 5;
        EXPECT_REFUSED(calls[i](&wrong, READ, 0, semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                       VXM_ERROR_REASON_ARGUMENT, "memoryCount is 5");
        wrong.memoryCount = 3;
        EXPECT_REFUSED(calls[i](&wrong, READ, 0, semaphore), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                       VXM_ERROR_REASON_ARGUMENT, "memories[2]");
        wrong = shared;
        wrong.memories[1].handle.type = OPAQUE_FD;
        EXPECT_REFUSED(calls[i](&wrong, READ, 0, semaphore), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                       VXM_ERROR_REASON_ARGUMENT, "memories[1]");
        wrong.memories[1].handle = shared.memories[1].handle;
        wrong.memories[1].handle.fd = INT32_MAX;
        EXPECT_REFUSED(calls[i](&wrong, READ, 0, semaphore), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                       VXM_ERROR_REASON_SYSTEM, "memories[1].handle");
    }
    cr_expect_eq(model_call_count("vkGetSemaphoreFdKHR"), 0);
    cr_expect_eq(model_call_count("vkImportSemaphoreFdKHR"), 0);
    vxmCloseShared(&shared);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

/* A semaphore that no sync fd comes out of. */
Test(misuse, semaphores)
{
    const VxmSemaphoreCreateInfo timeline = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                             .handleTypes =
                                                 VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT};
    VxmDevice device = dmabuf_device();
    VxmShared shared = dmabuf_shared(1);
    VxmSemaphore semaphore;

    REQUIRE(vxmCreateSemaphore(device, &timeline, &semaphore));
    EXPECT_REFUSED(vxmDmaBufRelease(&shared, READ, 0, semaphore), VK_ERROR_FEATURE_NOT_PRESENT,
                   VXM_ERROR_REASON_UNSUPPORTED, "SYNC_FD");
    EXPECT_ERROR(vxmDmaBufAcquire(&shared, READ, 0, semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "semaphoreType");
    vxmDestroySemaphore(semaphore);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

/* Another thread may close a descriptor between the check and the wait: poll() then has something
 * to tell, and nobody is done. */
Test(misuse, descriptor_that_goes_away)
{
    const short told[] = {POLLNVAL, POLLERR};
    VxmHandle buffer = dmabuf_handle(4096);
    VxmHandle syncFd = dmabuf_sync_fd(true);

    for (unsigned i = 0; i < 2; i++) {
        const VkResult result = i == 0 ? VK_ERROR_INVALID_EXTERNAL_HANDLE : VK_ERROR_UNKNOWN;
        const char *const name = i == 0 ? "EBADF" : "EIO";

        kernel_config()->told = told[i];
        EXPECT_ERROR(vxmDmaBufWait(&buffer, READ, 0), result, VXM_ERROR_REASON_SYSTEM, name);
        EXPECT_ERROR(vxmDmaBufBeginCpuAccess(&buffer, READ, 0), result, VXM_ERROR_REASON_SYSTEM,
                     name);
        EXPECT_ERROR(vxmDmaBufWaitSyncFile(&syncFd, 0), result, VXM_ERROR_REASON_SYSTEM, name);
    }
    vxmCloseHandle(&syncFd);
    vxmCloseHandle(&buffer);
}
