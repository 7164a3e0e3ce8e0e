/*
 * Dma-bufs and the CPU: access, mappings, buffers made without a GPU.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/dmabuf/fixture.h"

#include "support/resources.h"

TestSuite(cpu, .init = dmabuf_begin, .fini = dmabuf_end);

/* The kernel would wait without a limit, so that the library waits before. */
Test(cpu, access_waits_within_its_limit)
{
    VxmHandle buffer = dmabuf_handle(4096);
    struct kernel_work *const reader = kernel_begin_work(buffer.fd, READ);

    REQUIRE(vxmDmaBufBeginCpuAccess(&buffer, READ, 0));
    REQUIRE(vxmDmaBufEndCpuAccess(&buffer, READ));
    EXPECT_ERROR(vxmDmaBufBeginCpuAccess(&buffer, READ | WRITE, SECOND), VK_TIMEOUT,
                 VXM_ERROR_REASON_TIMEOUT, "vxmDmaBufBeginCpuAccess");
    cr_expect_eq(kernel_calls("SYNC"), 2);
    kernel_finish_after(reader, SECOND);
    REQUIRE(vxmDmaBufBeginCpuAccess(&buffer, READ | WRITE, SECOND));
    REQUIRE(vxmDmaBufEndCpuAccess(&buffer, READ | WRITE));
    vxmCloseHandle(&buffer);
}

Test(cpu, mapping)
{
    VxmHandle buffer = dmabuf_handle(12288);
    VxmDmaBufMapping written, read;

    REQUIRE(vxmDmaBufMap(&buffer, READ | WRITE, &written));
    REQUIRE(vxmDmaBufMap(&buffer, READ, &read));
    vxmCloseHandle(&buffer); /* a mapping keeps the memory */
    cr_expect_eq(written.size, 12288);
    memset(written.data, 0x5a, written.size);
    cr_expect_eq(((const unsigned char *)read.data)[12287], 0x5a);
    for (unsigned i = 0; i < 2; i++) {
        vxmDmaBufUnmap(&written);
        vxmDmaBufUnmap(&read);
        cr_expect_null(written.data);
        cr_expect_eq(written.size, 0);
    }
    vxmDmaBufUnmap(NULL);
}

Test(cpu, mapping_that_the_exporter_refuses)
{
    VxmHandle buffer = dmabuf_handle(4096);
    VxmDmaBufMapping mapping = {0};

    kernel_config()->readOnly = true;
    FILL(mapping);
    EXPECT_ERROR(vxmDmaBufMap(&buffer, WRITE, &mapping), VK_ERROR_MEMORY_MAP_FAILED,
                 VXM_ERROR_REASON_SYSTEM, "EACCES (13)");
    EXPECT_UNTOUCHED(mapping);
    REQUIRE(vxmDmaBufMap(&buffer, READ, &mapping));
    vxmDmaBufUnmap(&mapping);
    vxmCloseHandle(&buffer);
}

/* ---- allocation ---- */

Test(cpu, allocation)
{
    const char *const heaps[] = {NULL, "system", "reserved"};

    for (unsigned i = 0; i < 3; i++) {
        VxmDmaBufMapping mapping = {0};
        VxmHandle buffer;

        REQUIRE(vxmDmaBufAllocate(heaps[i], 5000, &buffer));
        cr_expect_eq(buffer.kind, VXM_HANDLE_KIND_MEMORY);
        cr_expect_eq(buffer.type, DMA_BUF);
        cr_expect(support_is_cloexec(buffer.fd));
        REQUIRE(vxmDmaBufMap(&buffer, READ, &mapping));
        cr_expect_eq(mapping.size, 8192);
        vxmDmaBufUnmap(&mapping);
        vxmCloseHandle(&buffer);
    }
}

Test(cpu, allocation_that_is_refused)
{
    char longName[300];
    VxmHandle buffer;

    memset(longName, 'x', sizeof(longName));
    longName[sizeof(longName) - 1] = '\0';
    FILL(buffer);
    EXPECT_REFUSED(vxmDmaBufAllocate(NULL, 0, &buffer), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "size is 0");
    EXPECT_REFUSED(vxmDmaBufAllocate("", 4096, &buffer), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "heap");
    EXPECT_REFUSED(vxmDmaBufAllocate(longName, 4096, &buffer), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "heap");
    longName[255 - 14] = '\0'; /* the longest that there is room for */
    EXPECT_ERROR(vxmDmaBufAllocate(longName, 4096, &buffer), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_SYSTEM, "ENOENT");
    EXPECT_ERROR(vxmDmaBufAllocate("cma", 4096, &buffer), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_SYSTEM, "/dev/dma_heap/cma can't be opened: ENOENT");
    /* Linux' system heap takes page after page, until its caller is killed. */
    for (unsigned i = 45; i < 64; i++) {
        EXPECT_REFUSED(vxmDmaBufAllocate(NULL, UINT64_C(1) << i, &buffer),
                       VK_ERROR_OUT_OF_HOST_MEMORY, VXM_ERROR_REASON_UNSUPPORTED, "machine has");
    }
    EXPECT_REFUSED(vxmDmaBufAllocate(NULL, UINT64_MAX, &buffer), VK_ERROR_OUT_OF_HOST_MEMORY,
                   VXM_ERROR_REASON_UNSUPPORTED, "18446744073709551615");
    /* Whatever else stands in /dev may do something by being opened. */
    EXPECT_REFUSED(vxmDmaBufAllocate("../watchdog", 4096, &buffer), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "'/'");
    kernel_config()->noRight = true;
    EXPECT_ERROR(vxmDmaBufAllocate(NULL, 4096, &buffer), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_SYSTEM, "right");
    EXPECT_UNTOUCHED(buffer);
}

Test(cpu, memfd)
{
    const int memfd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    VxmHandle buffer;

    cr_assert_geq(memfd, 0);
    cr_assert_eq(ftruncate(memfd, 16384), 0);
    FILL(buffer);
    EXPECT_ERROR(vxmDmaBufFromMemfd(memfd, 0, 8192, &buffer), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_SYSTEM, "F_SEAL_SHRINK");
    cr_assert_eq(fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
    EXPECT_ERROR(vxmDmaBufFromMemfd(memfd, 8192, 12288, &buffer), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_SYSTEM, "UDMABUF_CREATE");
    EXPECT_REFUSED(vxmDmaBufFromMemfd(-1, 0, 4096, &buffer), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                   VXM_ERROR_REASON_ARGUMENT, "memfd is -1");
    kernel_config()->noDevices = true;
    EXPECT_ERROR(vxmDmaBufFromMemfd(memfd, 0, 8192, &buffer), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_SYSTEM, "/dev/udmabuf");
    EXPECT_UNTOUCHED(buffer);
    kernel_config()->noDevices = false;
    REQUIRE(vxmDmaBufFromMemfd(memfd, 4096, 8192, &buffer));
    cr_expect_eq(buffer.kind, VXM_HANDLE_KIND_MEMORY);
    cr_expect_eq(buffer.type, DMA_BUF);
    cr_expect(support_is_cloexec(buffer.fd));
    vxmCloseHandle(&buffer);
    close(memfd);
}
