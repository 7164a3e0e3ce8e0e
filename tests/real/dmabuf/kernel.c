/*
 * What the kernel does with dma-bufs, without Vulkan: implicit synchronisation, CPU access, heaps.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "real/dmabuf/dmabuf.h"
#include "real/dmabuf/vgem.h"

#define SIZE ((VkDeviceSize)1 << 16)

TestSuite(kernel, .init = support_begin, .fini = support_end);

/* Everything that the CPU can ask about a buffer while somebody reads it. */
Test(kernel, cpu_waits_for_others)
{
    bool inTime = false;
    struct vgem vgem;

    vgem_open(&vgem);
    const VxmHandle *const buffer = &vgem.shared.memories[0].handle;

    VXM(vxmDmaBufWait(buffer, WRITE, 0));
    for (int attempt = 0; !inTime && attempt < VGEM_ATTEMPTS; attempt++) {
        const uint32_t fence = vgem_begin(&vgem, false);
        VxmHandle readers;
        VxmHandle writers;

        VXM(vxmDmaBufWait(buffer, READ, 0));
        VXM(vxmDmaBufExportSyncFile(buffer, READ, &readers));
        VXM(vxmDmaBufWaitSyncFile(&readers, 0));
        VXM(vxmDmaBufBeginCpuAccess(buffer, READ, 0));
        VXM(vxmDmaBufEndCpuAccess(buffer, READ));
        VXM(vxmDmaBufExportSyncFile(buffer, WRITE, &writers));
        cr_expect(support_is_cloexec(writers.fd));
        const VkResult results[] = {
            vxmDmaBufWait(buffer, WRITE, 20 * MILLISECOND),
            vxmDmaBufWaitSyncFile(&writers, 20 * MILLISECOND),
            vxmDmaBufBeginCpuAccess(buffer, READ | WRITE, 20 * MILLISECOND),
        };
        inTime = vgem_end(&vgem, fence);
        for (int i = 0; inTime && i < 3; i++) {
            cr_expect_eq(results[i], VK_TIMEOUT, "%d: %s", i, vxmResultName(results[i]));
        }
        VXM(vxmDmaBufWaitSyncFile(&writers, TIME_LIMIT));
        VXM(vxmDmaBufBeginCpuAccess(buffer, READ | WRITE, TIME_LIMIT));
        VXM(vxmDmaBufEndCpuAccess(buffer, READ | WRITE));
        vxmCloseHandle(&writers);
        vxmCloseHandle(&readers);
    }
    cr_expect(inTime, "never faster than vgem");
    vgem_close(&vgem);
}

/* A fence of one buffer's put into another. */
Test(kernel, fences_travel)
{
    bool inTime = false;
    struct vgem vgem;

    vgem_open(&vgem);
    VxmHandle buffer = dmabuf_allocate(4096);
    for (int attempt = 0; !inTime && attempt < VGEM_ATTEMPTS; attempt++) {
        const uint32_t fence = vgem_begin(&vgem, true);
        VxmHandle syncFd;

        VXM(vxmDmaBufExportSyncFile(&vgem.shared.memories[0].handle, READ, &syncFd));
        VXM(vxmDmaBufImportSyncFile(&buffer, WRITE, &syncFd));
        vxmCloseHandle(&syncFd);
        const VkResult result = vxmDmaBufWait(&buffer, READ, 20 * MILLISECOND);
        inTime = vgem_end(&vgem, fence);
        cr_expect(!inTime || result == VK_TIMEOUT);
        VXM(vxmDmaBufWait(&buffer, WRITE, TIME_LIMIT));
    }
    cr_expect(inTime, "never faster than vgem");
    vxmCloseHandle(&buffer);
    vgem_close(&vgem);
}

Test(kernel, what_is_no_dma_buf)
{
    const int memfd = memfd_create("test", MFD_CLOEXEC);
    VxmHandle wrong = {.kind = VXM_HANDLE_KIND_MEMORY, .type = DMA_BUF, .fd = memfd};
    VxmHandle buffer = dmabuf_allocate(4096);
    VxmHandle out;

    cr_assert_geq(memfd, 0);
    FAILS(vxmDmaBufExportSyncFile(&wrong, READ, &out), VK_ERROR_INVALID_EXTERNAL_HANDLE, "DMA_BUF");
    FAILS(vxmDmaBufWait(&wrong, READ, 0), VK_ERROR_INVALID_EXTERNAL_HANDLE, "DMA_BUF");
    wrong.kind = VXM_HANDLE_KIND_SEMAPHORE;
    wrong.type = SYNC_FD;
    FAILS(vxmDmaBufImportSyncFile(&buffer, READ, &wrong), VK_ERROR_INVALID_EXTERNAL_HANDLE,
          "EINVAL");
    FAILS(vxmDmaBufWaitSyncFile(&wrong, 0), VK_ERROR_INVALID_EXTERNAL_HANDLE, "no sync fd");
    vxmCloseHandle(&buffer);
    close(memfd);
}

/* ---- buffers without a GPU ---- */

/* A memfd's pages as a dma-buf: what is written to one is in the other. */
Test(kernel, memfd)
{
    const int memfd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    VxmDmaBufMapping mapping = {0};
    VxmHandle buffer;
    VxmError error;
    char text[6];

    cr_assert_geq(memfd, 0);
    cr_assert_eq(ftruncate(memfd, (off_t)SIZE), 0);
    if (access("/dev/udmabuf", R_OK | W_OK) != 0) {
        close(memfd);
        cr_skip_test("/dev/udmabuf is not there, or not ours to use");
    }
    FAILS(vxmDmaBufFromMemfd(memfd, 0, SIZE, &buffer), VK_ERROR_INVALID_EXTERNAL_HANDLE,
          "F_SEAL_SHRINK");
    vxmGetLastError(&error);
    cr_expect_eq(error.code, EINVAL);
    cr_assert_eq(fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
    VXM(vxmDmaBufFromMemfd(memfd, 4096, 8192, &buffer));
    cr_expect(support_is_cloexec(buffer.fd));
    VXM(vxmDmaBufMap(&buffer, READ | WRITE, &mapping));
    cr_expect_eq(mapping.size, 8192);
    VXM(vxmDmaBufBeginCpuAccess(&buffer, WRITE, TIME_LIMIT));
    memcpy(mapping.data, "hello", 6);
    VXM(vxmDmaBufEndCpuAccess(&buffer, WRITE));
    cr_assert_eq(pread(memfd, text, sizeof(text), 4096), (ssize_t)sizeof(text));
    cr_expect_str_eq(text, "hello");
    vxmDmaBufUnmap(&mapping);
    vxmCloseHandle(&buffer);
    close(memfd);
}

Test(kernel, heap)
{
    VxmDmaBufMapping mapping = {0};
    VxmHandle buffer;
    VxmError error;

    if (vxmDmaBufAllocate(NULL, 5000, &buffer) != VK_SUCCESS) {
        vxmGetLastError(&error);
        cr_skip_test("%s", error.message);
    }
    cr_expect(support_is_cloexec(buffer.fd));
    VXM(vxmDmaBufMap(&buffer, READ, &mapping));
    cr_expect_eq(mapping.size, 8192);
    cr_expect_eq(((const unsigned char *)mapping.data)[4999], 0);
    vxmDmaBufUnmap(&mapping);
    vxmCloseHandle(&buffer);
    FAILS(vxmDmaBufAllocate("no such heap", 4096, &buffer), VK_ERROR_FEATURE_NOT_PRESENT, "ENOENT");
}
