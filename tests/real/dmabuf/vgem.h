/*
 * A dma-buf whose use goes on as long as the test wants: vgem, the kernel's GPU without hardware,
 * puts fences into its buffers.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_REAL_DMABUF_VGEM_H_
#define VXM_TESTS_REAL_DMABUF_VGEM_H_ 1

#include <stdbool.h>
#include <stdint.h>

#include "vxm/vxm.h"

struct vgem {
    int card;
    uint32_t object;
    VxmShared shared; /* one dma-buf */
};
/* Skips the test without vgem. */
void vgem_open(struct vgem *vgem);
void vgem_close(struct vgem *vgem);

/* Somebody's use of the buffer, until vgem_end(). vgem ends it by itself after ten seconds, which
 * is soon on an emulated machine: false then, and what was seen in between means nothing. */
uint32_t vgem_begin(struct vgem *vgem, bool writes);
bool vgem_end(struct vgem *vgem, uint32_t fence);

/* How often a test tries to be faster than that. */
#define VGEM_ATTEMPTS 5

#endif /* VXM_TESTS_REAL_DMABUF_VGEM_H_ */
