/*
 * What the suites of vxm/dlpack.h share: descriptions to start from, and a release callback that
 * counts.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_DLPACK_H_
#define VXM_TESTS_ADAPTERS_DLPACK_H_ 1

#include "contract/backend.h"
#include "contract/common.h"

#include <stdlib.h>

/* The header's allocation can be made to fail, once. */
extern bool dlpack_no_memory;
void *dlpack_calloc(size_t count, size_t size);
#define calloc dlpack_calloc
#include "vxm/dlpack.h"
#undef calloc

#define SIZE 4096u

/* Buffers and raw memory as they would come from an exporter, without handles. */
VxmShared dlpack_buffer(VkDeviceSize size);
/* A LINEAR image of RGBA8 whose rows are 16 bytes longer than their texels. */
VxmShared dlpack_image(uint32_t width, uint32_t height);

/* For VxmDlpackInfo::release, with an unsigned for user. */
void dlpack_count(void *user);

#endif /* VXM_TESTS_ADAPTERS_DLPACK_H_ */
