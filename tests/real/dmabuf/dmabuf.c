/*
 * What the tests on real dma-bufs have in common.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "real/dmabuf/dmabuf.h"

static char noSyncFd[512];

bool real_need_driver(void)
{
    const VkBufferCreateInfo info = gpu_buffer_info(4096);
    const VxmQueryInfo buffer = {.handleType = DMA_BUF, .buffer = &info};
    const VxmQueryInfo semaphore = {.kind = VXM_HANDLE_KIND_SEMAPHORE, .handleType = SYNC_FD};
    VxmQueryResult answer;
    VxmQueryResult sync;
    struct gpu gpu;

    gpu_open(&gpu);
    VXM(vxmQuery(gpu.device, &buffer, &answer));
    VXM(vxmQuery(gpu.device, &semaphore, &sync));
    gpu_close(&gpu);
    memcpy(noSyncFd, sync.reason, sizeof(noSyncFd));
    if (!answer.exportable || !answer.importable) {
        cr_skip_test("this driver has no dma-bufs here: %s", answer.reason);
    }
    return true;
}

void dmabuf_need_sync_fd(void)
{
    if (noSyncFd[0] != '\0') {
        cr_skip_test("this driver has no sync fds: %s", noSyncFd);
    }
}

VxmHandle dmabuf_allocate(uint64_t size)
{
    VxmHandle handle = {0};
    VxmError error;
    int memfd;

    if (vxmDmaBufAllocate(NULL, size, &handle) == VK_SUCCESS) {
        return handle;
    }
    size = (size + 4095) / 4096 * 4096;
    memfd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    cr_assert_geq(memfd, 0);
    cr_assert_eq(ftruncate(memfd, (off_t)size), 0);
    cr_assert_eq(fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
    const VkResult result = vxmDmaBufFromMemfd(memfd, 0, size, &handle);
    close(memfd);
    if (result != VK_SUCCESS) {
        vxmGetLastError(&error);
        cr_skip_test("no dma-buf of the CPU's can be had: %s", error.message);
    }
    return handle;
}

VxmSemaphore dmabuf_semaphore(struct gpu *gpu)
{
    const VxmSemaphoreCreateInfo info = {.handleTypes = SYNC_FD};
    VxmSemaphore semaphore = NULL;

    VXM(vxmCreateSemaphore(gpu->device, &info, &semaphore));
    return semaphore;
}
