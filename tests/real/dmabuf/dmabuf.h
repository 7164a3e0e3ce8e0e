/*
 * What the tests on real dma-bufs have in common.
 *
 *   TestSuite(name, .init = dmabuf_begin, .fini = real_end);
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_REAL_DMABUF_DMABUF_H_
#define VXM_TESTS_REAL_DMABUF_DMABUF_H_ 1

#define _GNU_SOURCE /* memfd_create() */
#include "vxm/dmabuf.h"

#include "real/fixture.h"

#define DMA_BUF     VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define SYNC_FD     VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT
#define READ        DMA_BUF_SYNC_READ
#define WRITE       DMA_BUF_SYNC_WRITE
#define MILLISECOND UINT64_C(1000000)

/* A dma-buf of the system heap or, where that can't be had, of a memfd. Skips the test without
 * either. */
VxmHandle dmabuf_allocate(uint64_t size);

/* Skips the test where the driver has no sync fds. */
void dmabuf_need_sync_fd(void);
/* A semaphore for them. */
VxmSemaphore dmabuf_semaphore(struct gpu *gpu);

#endif /* VXM_TESTS_REAL_DMABUF_DMABUF_H_ */
