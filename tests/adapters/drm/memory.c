/*
 * Images of this process, with the model Vulkan driver: to GBM and KMS, and from GBM.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/drm/fixture.h"

TestSuite(memory, .init = drm_begin, .fini = drm_end);

static VxmMemory make_image(VxmDevice device, VkExternalMemoryHandleTypeFlags handleTypes)
{
    const VkImageCreateInfo image = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
        .imageType = VK_IMAGE_TYPE_2D,
        .format = VK_FORMAT_B8G8R8A8_UNORM,
        .extent = {64, 32, 1},
        .mipLevels = 1,
        .arrayLayers = 1,
        .samples = VK_SAMPLE_COUNT_1_BIT,
        .tiling = VK_IMAGE_TILING_LINEAR,
        .usage = VK_IMAGE_USAGE_TRANSFER_DST_BIT,
    };
    const VxmMemoryCreateInfo info = {.handleTypes = handleTypes};
    VxmMemory memory;

    REQUIRE(vxmCreateImage(device, &image, &info, &memory));
    return memory;
}

Test(memory, to_gbm_and_kms)
{
    VxmDevice device = drm_device();
    VxmMemory image = make_image(device, DMA_BUF);
    struct drm_model_framebuffer made;
    const VxmDrm drm = drm_load();
    uint32_t framebuffer;
    struct gbm_bo *bo = NULL;

    REQUIRE(vxmDrmImportBo(&drm, drm_model_gbm(), image, NULL, &bo));
    cr_expect_eq(drm_model_bo(bo)->fourcc, DRM_FORMAT_ARGB8888);
    cr_expect_eq(drm_model_bo(bo)->modifier, DRM_FORMAT_MOD_LINEAR);
    cr_expect_geq(drm_model_bo(bo)->planes[0].stride, 256);
    REQUIRE(vxmDrmAddFramebuffer(&drm, drm_model_node(), image, NULL, &framebuffer));
    cr_assert(drm_model_framebuffer(framebuffer, &made));
    cr_expect_eq(made.pitches[0], drm_model_bo(bo)->planes[0].stride);
    /* They keep the payload. */
    vxmDestroyMemory(image);
    vxmDestroyDevice(device);
    vxmDrmRemoveFramebuffer(&drm, drm_model_node(), &framebuffer);
    drm_model_destroy_bo(bo);
}

Test(memory, not_made_for_dma_bufs)
{
    VxmDevice device = drm_device();
    VxmMemory image = make_image(device, VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT);
    const VxmDrm drm = drm_load();
    uint32_t framebuffer;
    struct gbm_bo *bo;

    FILL(framebuffer);
    FILL(bo);
    EXPECT_REFUSED(vxmDrmImportBo(&drm, drm_model_gbm(), image, NULL, &bo),
                   VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "as DMA_BUF");
    EXPECT_REFUSED(vxmDrmAddFramebuffer(&drm, drm_model_node(), image, NULL, &framebuffer),
                   VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "as DMA_BUF");
    EXPECT_REFUSED(vxmDrmImportBo(&drm, NULL, image, NULL, &bo), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "gbm must not");
    EXPECT_REFUSED(vxmDrmImportBo(&drm, drm_model_gbm(), image, NULL, NULL),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "bo must not");
    EXPECT_REFUSED(vxmDrmAddFramebuffer(&drm, drm_model_node(), image, NULL, NULL),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "framebuffer must");
    EXPECT_UNTOUCHED(framebuffer);
    EXPECT_UNTOUCHED(bo);
    vxmDestroyMemory(image);
    vxmDestroyDevice(device);
}

Test(memory, from_gbm)
{
    const struct drm_model_bo facts = drm_bo_info(DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR);
    const VxmDrmShareInfo info = {.usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT};
    struct gbm_bo *const bo = drm_model_create_bo(&facts);
    VxmDevice device = drm_device();
    const VxmDrm drm = drm_load();
    VxmMemoryInfo imported;
    VxmShared shared;
    VxmMemory image;

    REQUIRE(vxmDrmShareBo(&drm, bo, &info, &shared));
    REQUIRE(vxmImportMemory(device, &shared, NULL, &image));
    REQUIRE(vxmGetMemoryInfo(image, &imported));
    cr_expect_eq(imported.drmFormatModifier, DRM_FORMAT_MOD_LINEAR);
    cr_expect_eq(imported.planes[0].rowPitch, 256);
    vxmCloseShared(&shared);
    drm_model_destroy_bo(bo);
    vxmDestroyMemory(image);
    vxmDestroyDevice(device);
}
