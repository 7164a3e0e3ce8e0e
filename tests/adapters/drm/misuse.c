/*
 * Descriptions that GBM and KMS have nothing for are refused before either is called.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/drm/fixture.h"

#include <unistd.h>

TestSuite(misuse, .init = drm_begin, .fini = drm_end);

/* Both ways that a description takes, after one change to a good one. */
#define EXPECT_BOTH(change, result, reason, words)                                                 \
    do {                                                                                           \
        VxmShared shared = good;                                                                   \
                                                                                                   \
        (void)(change);                                                                            \
        EXPECT_REFUSED(vxmDrmImportSharedBo(&drm, drm_model_gbm(), &shared, NULL, &bo), result,    \
                       reason, words);                                                             \
        EXPECT_REFUSED(                                                                            \
            vxmDrmAddSharedFramebuffer(&drm, drm_model_node(), &shared, NULL, &framebuffer),       \
            result, reason, words);                                                                \
    } while (0)
#define EXPECT_UNSUPPORTED(change, words)                                                          \
    EXPECT_BOTH(change, VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, words)
#define EXPECT_ARGUMENT(change, words)                                                             \
    EXPECT_BOTH(change, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, words)

Test(misuse, images_that_are_no_picture)
{
    VxmShared good = drm_describe(VK_FORMAT_B8G8R8A8_UNORM, DRM_FORMAT_MOD_LINEAR);
    const VxmDrm drm = drm_load();
    uint32_t framebuffer;
    struct gbm_bo *bo;

    FILL(framebuffer);
    FILL(bo);
    EXPECT_UNSUPPORTED(shared.handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
                       "the handles are OPAQUE_FD; GBM and KMS take DMA_BUF");
    EXPECT_ARGUMENT(shared.resourceType = VXM_RESOURCE_TYPE_BUFFER, "images only");
    EXPECT_UNSUPPORTED((shared.image.tiling = VK_IMAGE_TILING_OPTIMAL, shared.image.planeCount = 0),
                       "OPTIMAL tiling");
    EXPECT_UNSUPPORTED(shared.image.drmFormatModifier = VXM_DRM_FORMAT_MOD_INVALID,
                       "DRM_FORMAT_MOD_INVALID");
    EXPECT_UNSUPPORTED((shared.image.mipLevels = 2), "2 mip levels");
    EXPECT_UNSUPPORTED((shared.image.arrayLayers = 2, shared.image.planes[0].arrayPitch = 16384),
                       "2 layers");
    EXPECT_UNSUPPORTED((shared.image.imageType = VK_IMAGE_TYPE_1D, shared.image.extent.height = 1),
                       "VkImageType 0");
    EXPECT_BOTH(shared.image.format = VK_FORMAT_R8G8B8A8_UINT, VK_ERROR_FORMAT_NOT_SUPPORTED,
                VXM_ERROR_REASON_UNSUPPORTED, "no format code for VkFormat 41");
    EXPECT_UNTOUCHED(framebuffer);
    EXPECT_UNTOUCHED(bo);
    vxmCloseShared(&good);
}

Test(misuse, planes_and_handles)
{
    VxmShared good = drm_describe(VK_FORMAT_B8G8R8A8_UNORM, DRM_FORMAT_MOD_LINEAR);
    const VxmDrm drm = drm_load();
    uint32_t framebuffer;
    struct gbm_bo *bo;
    int ends[2];

    FILL(framebuffer);
    FILL(bo);
    EXPECT_ARGUMENT(shared.image.planeCount = 5, "planeCount");
    EXPECT_ARGUMENT(shared.image.planes[0].memoryIndex = 1, "memoryIndex");
    EXPECT_ARGUMENT(shared.memoryCount = 5, "memoryCount");
    EXPECT_ARGUMENT(shared.image.planes[0].rowPitch = 0, "rowPitch");
    EXPECT_ARGUMENT(shared.image.planes[0].rowPitch = UINT64_C(0x80000000),
                    "rowPitch of 2147483648");
    EXPECT_ARGUMENT(shared.image.planes[0].offset = UINT64_C(0x100000000), "offset 4294967296");
    /* 32 rows of 256 bytes in 65536. */
    EXPECT_ARGUMENT(shared.image.planes[0].offset = 57344 + 4, "memories[0] has 65536 bytes");
    EXPECT_ARGUMENT(
        (shared.image.planes[0].rowPitch = 4096, shared.memories[0].allocationSize = 131072),
        "memories[0] has 65536 bytes");
    EXPECT_BOTH(shared.memories[0].handle.type = 0, VK_ERROR_INVALID_EXTERNAL_HANDLE,
                VXM_ERROR_REASON_ARGUMENT, "memories[0].handle, of plane 0, is empty");
    EXPECT_BOTH(shared.memories[0].handle.type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
                VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "no DMA_BUF");
    EXPECT_BOTH(shared.memories[0].handle.fd = -1, VK_ERROR_INVALID_EXTERNAL_HANDLE,
                VXM_ERROR_REASON_SYSTEM, "fd -1");
    cr_assert_eq(pipe(ends), 0);
    EXPECT_BOTH(shared.memories[0].handle.fd = ends[0], VK_ERROR_INVALID_EXTERNAL_HANDLE,
                VXM_ERROR_REASON_ARGUMENT, "memories[0].handle, of plane 0, can't be used. fd ");
    close(ends[0]);
    close(ends[1]);
    EXPECT_UNTOUCHED(framebuffer);
    EXPECT_UNTOUCHED(bo);
    vxmCloseShared(&good);
}

Test(misuse, format_codes_of_other_bytes)
{
    VxmShared shared = drm_describe(VK_FORMAT_B8G8R8A8_UNORM, DRM_FORMAT_MOD_LINEAR);
    const VxmDrmFramebufferInfo framebufferInfo = {.fourcc = 1};
    VxmDrmImportInfo info = {.fourcc = DRM_FORMAT_XBGR8888};
    const VxmDrm drm = drm_load();
    uint32_t framebuffer;
    struct gbm_bo *bo;

    FILL(framebuffer);
    FILL(bo);
    EXPECT_REFUSED(vxmDrmImportSharedBo(&drm, drm_model_gbm(), &shared, &info, &bo),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                   "info->fourcc is XB24 (0x34324258), but VkFormat 44 has other bytes, those of "
                   "AR24");
    EXPECT_REFUSED(
        vxmDrmAddSharedFramebuffer(&drm, drm_model_node(), &shared, &framebufferInfo, &framebuffer),
        VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "???? (0x00000001)");
    EXPECT_UNTOUCHED(framebuffer);
    EXPECT_UNTOUCHED(bo);
    vxmCloseShared(&shared);
}

Test(misuse, a_table_that_is_empty)
{
    const VxmDrm empty = {0};
    uint32_t framebuffer = 7;
    VxmShared shared = {0};
    struct gbm_bo *bo;

    EXPECT_REFUSED(vxmDrmShareBo(&empty, (struct gbm_bo *)&shared, NULL, &shared),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "vxmDrmLoad()");
    EXPECT_REFUSED(vxmDrmImportSharedBo(&empty, drm_model_gbm(), &shared, NULL, &bo),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "vxmDrmLoad()");
    EXPECT_REFUSED(vxmDrmImportBo(&empty, drm_model_gbm(), NULL, NULL, &bo),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "vxmDrmLoad()");
    EXPECT_REFUSED(vxmDrmAddSharedFramebuffer(&empty, 0, &shared, NULL, &framebuffer),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "vxmDrmLoad()");
    EXPECT_REFUSED(vxmDrmAddFramebuffer(&empty, 0, NULL, NULL, &framebuffer),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "vxmDrmLoad()");
    vxmDrmRemoveFramebuffer(&empty, 0, &framebuffer);
    cr_expect_eq(framebuffer, 7);
}
