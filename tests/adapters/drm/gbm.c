/*
 * Buffer objects of GBM's as descriptions, and the other way round.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/drm/fixture.h"

#include "support/resources.h"

TestSuite(share, .init = drm_begin, .fini = drm_end);
TestSuite(import, .init = drm_begin, .fini = drm_end);

#define NV12 VK_FORMAT_G8_B8R8_2PLANE_420_UNORM

/* ---- GBM's buffer objects for Vulkan ---- */

Test(share, one_plane)
{
    const struct drm_model_bo facts = drm_bo_info(DRM_FORMAT_XRGB8888, DRM_MODEL_TILED);
    const VxmDrmShareInfo info = {.usage = VK_IMAGE_USAGE_SAMPLED_BIT};
    struct gbm_bo *const bo = drm_model_create_bo(&facts);
    const VxmDrm drm = drm_load();
    VxmShared shared;

    REQUIRE(vxmDrmShareBo(&drm, bo, &info, &shared));
    cr_expect_eq(shared.resourceType, VXM_RESOURCE_TYPE_IMAGE);
    cr_expect_eq(shared.handleType, DMA_BUF);
    cr_expect_eq(shared.handleTypes, DMA_BUF);
    cr_expect_eq(shared.image.imageType, VK_IMAGE_TYPE_2D);
    cr_expect_eq(shared.image.format, VK_FORMAT_B8G8R8A8_UNORM);
    cr_expect_eq(shared.image.extent.width, 64);
    cr_expect_eq(shared.image.extent.height, 32);
    cr_expect_eq(shared.image.extent.depth, 1);
    cr_expect_eq(shared.image.mipLevels, 1);
    cr_expect_eq(shared.image.arrayLayers, 1);
    cr_expect_eq(shared.image.samples, VK_SAMPLE_COUNT_1_BIT);
    cr_expect_eq(shared.image.tiling, VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT);
    cr_expect_eq(shared.image.usage, VK_IMAGE_USAGE_SAMPLED_BIT);
    cr_expect_eq(shared.image.flags, 0);
    cr_expect_eq(shared.image.drmFormatModifier, DRM_MODEL_TILED);
    cr_expect_eq(shared.image.planeCount, 1);
    cr_expect_eq(shared.image.planes[0].rowPitch, 256);
    cr_expect_eq(shared.memoryCount, 1);
    cr_expect_eq(shared.memories[0].handle.kind, VXM_HANDLE_KIND_MEMORY);
    cr_expect(drm_model_bo_has(bo, 0, shared.memories[0].handle.fd));
    /* The handles stand without the buffer object. */
    drm_model_destroy_bo(bo);
    REQUIRE(vxmCheckDescription(&shared));
    cr_expect(model_is_payload(shared.memories[0].handle.fd));
    vxmCloseShared(&shared);
}

Test(share, what_gbm_cannot_tell)
{
    const struct drm_model_bo facts = drm_bo_info(DRM_FORMAT_XRGB8888, DRM_MODEL_TILED);
    struct gbm_bo *const bo = drm_model_create_bo(&facts);
    VxmDrmShareInfo info = {.usage = VK_IMAGE_USAGE_SAMPLED_BIT,
                            .flags = VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT,
                            .format = VK_FORMAT_B8G8R8A8_SRGB};
    const VxmDrm drm = drm_load();
    VxmShared shared;

    REQUIRE(vxmDrmShareBo(&drm, bo, &info, &shared));
    cr_expect_eq(shared.image.usage, VK_IMAGE_USAGE_SAMPLED_BIT);
    cr_expect_eq(shared.image.flags, VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT);
    cr_expect_eq(shared.image.format, VK_FORMAT_B8G8R8A8_SRGB);
    vxmCloseShared(&shared);
    /* What DRM has no code for. */
    info.format = VK_FORMAT_B8G8R8A8_UINT;
    REQUIRE(vxmDrmShareBo(&drm, bo, &info, &shared));
    cr_expect_eq(shared.image.format, VK_FORMAT_B8G8R8A8_UINT);
    vxmCloseShared(&shared);

    FILL(shared);
    info.format = VK_FORMAT_R8G8B8A8_SRGB;
    EXPECT_REFUSED(vxmDrmShareBo(&drm, bo, &info, &shared), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT,
                   "info->format is 43, which has the bytes of AB24, but the image has those of "
                   "XR24: VkFormat 44.");
    EXPECT_UNTOUCHED(shared);
    drm_model_destroy_bo(bo);
}

Test(share, planes_of_one_buffer_are_one_memory)
{
    struct drm_model_bo facts = drm_bo_info(DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR);
    const VxmDrm drm = drm_load();
    struct gbm_bo *bo;
    VxmShared shared;

    facts.planeCount = 2;
    facts.planes[1].offset = 8192;
    facts.planes[1].stride = 320;
    bo = drm_model_create_bo(&facts);
    REQUIRE(vxmDrmShareBo(&drm, bo, NULL, &shared));
    cr_expect_eq(shared.image.format, NV12);
    cr_expect_eq(shared.memoryCount, 1);
    cr_expect_eq(shared.memories[1].handle.type, 0);
    cr_expect_eq(shared.image.planeCount, 2);
    cr_expect_eq(shared.image.planes[1].memoryIndex, 0);
    cr_expect_eq(shared.image.planes[1].offset, 8192);
    cr_expect_eq(shared.image.planes[1].rowPitch, 320);
    cr_expect_eq(drm_model_calls("gbm_bo_get_fd_for_plane"), 1);
    vxmCloseShared(&shared);
    drm_model_destroy_bo(bo);
}

Test(share, planes_of_two_buffers_are_two_memories)
{
    struct drm_model_bo facts = drm_bo_info(DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR);
    const VxmDrm drm = drm_load();
    struct gbm_bo *bo;
    VxmShared shared;

    facts.planeCount = 2;
    facts.planes[1].buffer = 1;
    facts.planes[1].stride = 256;
    bo = drm_model_create_bo(&facts);
    REQUIRE(vxmDrmShareBo(&drm, bo, NULL, &shared));
    cr_expect_eq(shared.memoryCount, 2);
    cr_expect_eq(shared.image.planes[1].memoryIndex, 1);
    cr_expect(drm_model_bo_has(bo, 0, shared.memories[0].handle.fd));
    cr_expect(drm_model_bo_has(bo, 1, shared.memories[1].handle.fd));
    vxmCloseShared(&shared);
    drm_model_destroy_bo(bo);
}

/* The kernel keeps what the first export of a buffer asked for. */
Test(share, dma_bufs_can_be_mapped_for_writing)
{
    const struct drm_model_bo facts = drm_bo_info(DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR);
    struct gbm_bo *bo = drm_model_create_bo(&facts);
    VxmDrm drm = drm_load();
    VxmShared shared;

    REQUIRE(vxmDrmShareBo(&drm, bo, NULL, &shared));
    cr_expect(drm_model_bo_writable(bo, 0));
    vxmCloseShared(&shared);
    drm_model_destroy_bo(bo);

    drm_model_config()->missing = "drm";
    drm = drm_load();
    bo = drm_model_create_bo(&facts);
    REQUIRE(vxmDrmShareBo(&drm, bo, NULL, &shared));
    cr_expect_not(drm_model_bo_writable(bo, 0));
    vxmCloseShared(&shared);
    drm_model_destroy_bo(bo);
}

Test(share, descriptors_are_close_on_exec)
{
    const struct drm_model_bo facts = drm_bo_info(DRM_FORMAT_ARGB8888, DRM_FORMAT_MOD_LINEAR);
    struct gbm_bo *const bo = drm_model_create_bo(&facts);
    const VxmDrm drm = drm_load();
    VxmShared shared;

    drm_model_config()->noCloexec = true;
    REQUIRE(vxmDrmShareBo(&drm, bo, NULL, &shared));
    cr_expect(support_is_cloexec(shared.memories[0].handle.fd));
    vxmCloseShared(&shared);
    drm_model_destroy_bo(bo);
}

Test(share, an_unknown_layout_is_refused)
{
    const struct drm_model_bo facts = drm_bo_info(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_INVALID);
    struct gbm_bo *const bo = drm_model_create_bo(&facts);
    VxmDrmShareInfo info = {.usage = VK_IMAGE_USAGE_SAMPLED_BIT};
    const VxmDrm drm = drm_load();
    VxmShared shared;

    FILL(shared);
    EXPECT_ERROR(vxmDrmShareBo(&drm, bo, NULL, &shared), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "DRM_FORMAT_MOD_INVALID");
    EXPECT_ERROR(vxmDrmShareBo(&drm, bo, &info, &shared), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "gbm_bo_create_with_modifiers2()");
    EXPECT_UNTOUCHED(shared);
    info.linear = VK_TRUE;
    REQUIRE(vxmDrmShareBo(&drm, bo, &info, &shared));
    cr_expect_eq(shared.image.drmFormatModifier, VXM_DRM_FORMAT_MOD_LINEAR);
    vxmCloseShared(&shared);
    drm_model_destroy_bo(bo);
}

/* What GBM does name stays, also where the caller says LINEAR. */
Test(share, a_known_layout_is_not_called_linear)
{
    const struct drm_model_bo facts = drm_bo_info(DRM_FORMAT_XRGB8888, DRM_MODEL_TILED);
    struct gbm_bo *const bo = drm_model_create_bo(&facts);
    const VxmDrmShareInfo info = {.linear = VK_TRUE};
    const VxmDrm drm = drm_load();
    VxmShared shared;

    REQUIRE(vxmDrmShareBo(&drm, bo, &info, &shared));
    cr_expect_eq(shared.image.drmFormatModifier, DRM_MODEL_TILED);
    vxmCloseShared(&shared);
    drm_model_destroy_bo(bo);
}

Test(share, what_vulkan_has_nothing_for)
{
    struct drm_model_bo facts = drm_bo_info(DRM_FORMAT_C8, DRM_FORMAT_MOD_LINEAR);
    struct gbm_bo *bo = drm_model_create_bo(&facts);
    const VxmDrmShareInfo own = {.format = VK_FORMAT_R8_UINT};
    const VxmDrm drm = drm_load();
    VxmShared shared;

    /* A format that vxm has no name for is the app's to name. */
    REQUIRE(vxmDrmShareBo(&drm, bo, &own, &shared));
    cr_expect_eq(shared.image.format, VK_FORMAT_R8_UINT);
    vxmCloseShared(&shared);
    FILL(shared);
    EXPECT_REFUSED(vxmDrmShareBo(&drm, bo, NULL, &shared), VK_ERROR_FORMAT_NOT_SUPPORTED,
                   VXM_ERROR_REASON_UNSUPPORTED, "C8");
    EXPECT_REFUSED(vxmDrmShareBo(&drm, NULL, NULL, &shared), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "bo must not be NULL");
    EXPECT_REFUSED(vxmDrmShareBo(&drm, bo, NULL, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "shared must not be NULL");
    drm_model_destroy_bo(bo);

    for (int count = 0; count < 6; count += 5) {
        facts = drm_bo_info(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR);
        facts.planeCount = count;
        bo = drm_model_create_bo(&facts);
        EXPECT_ERROR(vxmDrmShareBo(&drm, bo, NULL, &shared), VK_ERROR_INITIALIZATION_FAILED,
                     VXM_ERROR_REASON_FOREIGN, "gbm_bo_get_plane_count");
        drm_model_destroy_bo(bo);
    }
    EXPECT_UNTOUCHED(shared);
}

/* ---- Vulkan's images for GBM ---- */

Test(import, one_plane)
{
    VxmShared shared = drm_describe(VK_FORMAT_B8G8R8A8_UNORM, DRM_MODEL_TILED);
    const VxmDrmImportInfo info = {.fourcc = DRM_FORMAT_XRGB8888, .flags = GBM_BO_USE_SCANOUT},
                           opaque = {.opaque = VK_TRUE},
                           named = {.fourcc = DRM_FORMAT_ARGB8888, .opaque = VK_TRUE};
    const VxmDrm drm = drm_load();
    const struct drm_model_bo *made;
    struct gbm_bo *bo;

    shared.image.planes[0].offset = 4096;
    REQUIRE(vxmDrmImportSharedBo(&drm, drm_model_gbm(), &shared, NULL, &bo));
    made = drm_model_bo(bo);
    cr_expect_eq(made->width, 64);
    cr_expect_eq(made->height, 32);
    cr_expect_eq(made->fourcc, DRM_FORMAT_ARGB8888);
    cr_expect_eq(made->flags, 0);
    cr_expect_eq(made->modifier, DRM_MODEL_TILED);
    cr_expect_eq(made->planeCount, 1);
    cr_expect_eq(made->planes[0].offset, 4096);
    cr_expect_eq(made->planes[0].stride, 256);
    cr_expect(drm_model_bo_has(bo, 0, shared.memories[0].handle.fd));
    drm_model_destroy_bo(bo);

    REQUIRE(vxmDrmImportSharedBo(&drm, drm_model_gbm(), &shared, &info, &bo));
    cr_expect_eq(drm_model_bo(bo)->fourcc, DRM_FORMAT_XRGB8888);
    cr_expect_eq(drm_model_bo(bo)->flags, GBM_BO_USE_SCANOUT);
    drm_model_destroy_bo(bo);

    REQUIRE(vxmDrmImportSharedBo(&drm, drm_model_gbm(), &shared, &opaque, &bo));
    cr_expect_eq(drm_model_bo(bo)->fourcc, DRM_FORMAT_XRGB8888);
    drm_model_destroy_bo(bo);
    REQUIRE(vxmDrmImportSharedBo(&drm, drm_model_gbm(), &shared, &named, &bo));
    cr_expect_eq(drm_model_bo(bo)->fourcc, DRM_FORMAT_ARGB8888);
    /* The caller's handle is still open, and its own. */
    cr_expect(model_is_payload(shared.memories[0].handle.fd));
    vxmCloseShared(&shared);
    drm_model_destroy_bo(bo);
}

Test(import, linear_tiling_is_the_linear_modifier)
{
    VxmShared shared = drm_describe(VK_FORMAT_R8G8B8A8_SRGB, 0);
    const VxmDrm drm = drm_load();
    struct gbm_bo *bo;

    shared.image.tiling = VK_IMAGE_TILING_LINEAR;
    REQUIRE(vxmDrmImportSharedBo(&drm, drm_model_gbm(), &shared, NULL, &bo));
    cr_expect_eq(drm_model_bo(bo)->modifier, DRM_FORMAT_MOD_LINEAR);
    cr_expect_eq(drm_model_bo(bo)->fourcc, DRM_FORMAT_ABGR8888);
    vxmCloseShared(&shared);
    drm_model_destroy_bo(bo);
}

/* GBM is given a descriptor for each plane, however many memories there are. */
Test(import, two_planes)
{
    for (int i = 0; i < 3; i++) {
        VxmShared shared = drm_describe(NV12, DRM_FORMAT_MOD_LINEAR);
        const VxmDrm drm = drm_load();
        struct gbm_bo *bo;

        if (i > 0) {
            drm_split(&shared, i == 1);
        }
        REQUIRE(vxmDrmImportSharedBo(&drm, drm_model_gbm(), &shared, NULL, &bo));
        cr_expect_eq(drm_model_bo(bo)->fourcc, DRM_FORMAT_NV12);
        cr_expect_eq(drm_model_bo(bo)->planeCount, 2);
        cr_expect_eq(drm_model_bo(bo)->planes[1].offset, 8192);
        cr_expect(drm_model_bo_has(bo, 0, shared.memories[0].handle.fd));
        cr_expect(drm_model_bo_has(bo, 1, shared.memories[i > 0 ? 1 : 0].handle.fd));
        vxmCloseShared(&shared);
        drm_model_destroy_bo(bo);
    }
}

Test(import, what_gbm_refuses)
{
    VxmShared shared = drm_describe(VK_FORMAT_B8G8R8A8_UNORM, DRM_MODEL_TILED);
    const VxmDrm drm = drm_load();
    struct gbm_bo *bo;

    FILL(bo);
    drm_model_fail(1, EINVAL);
    EXPECT_ERROR(vxmDrmImportSharedBo(&drm, drm_model_gbm(), &shared, NULL, &bo),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN,
                 "gbm_bo_import(64x32, AR24, modifier 0x0500000000000001, 1 planes, flags 0x0) "
                 "failed with errno 22");
    EXPECT_REFUSED(vxmDrmImportSharedBo(&drm, NULL, &shared, NULL, &bo),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "gbm must not");
    EXPECT_REFUSED(vxmDrmImportSharedBo(&drm, drm_model_gbm(), NULL, NULL, &bo),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "shared must not");
    EXPECT_REFUSED(vxmDrmImportSharedBo(&drm, drm_model_gbm(), &shared, NULL, NULL),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "bo must not");
    EXPECT_UNTOUCHED(bo);
    vxmCloseShared(&shared);
}
