/*
 * The table of libgbm's and libdrm's functions, and whether a node is of Vulkan's GPU.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/drm/fixture.h"

TestSuite(load, .init = drm_begin, .fini = drm_end);
TestSuite(node, .init = drm_begin, .fini = drm_end);

static VkResult load(VxmDrm *drm)
{
    return vxmDrmLoad(drm_model_get_proc, drm_model_config(), drm);
}

Test(load, both_libraries)
{
    const VxmDrm drm = drm_load();

    cr_assert(drm.gbm && drm.kms);
}

Test(load, one_library_is_enough)
{
    VxmDrmModifiers modifiers;
    VxmShared shared;
    VxmDrm drm;

    drm_model_config()->missing = "gbm";
    drm = drm_load();
    cr_assert(!drm.gbm && drm.kms);
    FILL(shared);
    EXPECT_REFUSED(vxmDrmShareBo(&drm, (struct gbm_bo *)&shared, NULL, &shared),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "libgbm");
    EXPECT_UNTOUCHED(shared);

    drm_model_config()->missing = "drm";
    drm = drm_load();
    cr_assert(drm.gbm && !drm.kms);
    FILL(modifiers);
    EXPECT_REFUSED(vxmDrmGetModifiers(&drm, 0, 1, DRM_FORMAT_XRGB8888, &modifiers),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "libdrm");
    EXPECT_UNTOUCHED(modifiers);
}

/* Half a library is none: its calls would end at the missing function. */
Test(load, an_old_libgbm_counts_as_none)
{
    VxmDrm drm;

    drm_model_config()->missing = "gbm_bo_get_fd_for_plane";
    drm = drm_load();
    cr_assert(!drm.gbm && drm.kms);
    drm_model_config()->missing = "drmModeFreePropertyBlob";
    drm = drm_load();
    cr_assert(drm.gbm && !drm.kms);
}

Test(load, neither_library)
{
    VxmDrm drm;

    FILL(drm);
    drm_model_config()->missing = "gbm_bo_import";
    drm_model_config()->alsoMissing = "drmPrimeFDToHandle";
    EXPECT_ERROR(load(&drm), VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED,
                 "no gbm_bo_import, which libgbm.so.1 of Mesa 21.1 or later has, and no "
                 "drmPrimeFDToHandle,");
    EXPECT_ERROR(vxmDrmLoad(NULL, NULL, &drm), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "getProc");
    EXPECT_ERROR(vxmDrmLoad(drm_model_get_proc, NULL, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "drm must not be NULL");
    EXPECT_UNTOUCHED(drm);
}

/* ---- nodes: /dev/null is 1:3 on every Linux ---- */

Test(node, of_the_same_gpu)
{
    const VxmIdentity identity = {.drmPrimaryValid = VK_TRUE,
                                  .drmPrimaryMajor = 1,
                                  .drmPrimaryMinor = 3,
                                  .drmRenderValid = VK_TRUE,
                                  .drmRenderMajor = 1,
                                  .drmRenderMinor = 5};
    const VxmDrm drm = drm_load();

    REQUIRE(vxmDrmCheckDevice(&drm, drm_model_node(), &identity));
    /* The same number as the other type of node is another node. */
    drm_model_config()->nodeType = DRM_NODE_RENDER;
    EXPECT_ERROR(vxmDrmCheckDevice(&drm, drm_model_node(), &identity), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "render node is 1:3");
}

Test(node, of_another_gpu)
{
    VxmIdentity identity = {.drmPrimaryValid = VK_TRUE,
                            .drmPrimaryMajor = 1,
                            .drmPrimaryMinor = 4,
                            .deviceName = "some GPU"};
    const VxmDrm drm = drm_load();

    EXPECT_ERROR(vxmDrmCheckDevice(&drm, drm_model_node(), &identity), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH,
                 "the open primary node is 1:3, but that of the Vulkan device (some GPU) is 1:4");
    identity.drmPrimaryMajor = 226;
    identity.drmPrimaryMinor = 3;
    EXPECT_ERROR(vxmDrmCheckDevice(&drm, drm_model_node(), &identity), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "226:3");
}

Test(node, that_vulkan_does_not_tell)
{
    VxmIdentity identity = {.deviceName = "software"};
    const VxmDrm drm = drm_load();

    EXPECT_ERROR(vxmDrmCheckDevice(&drm, drm_model_node(), &identity), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "(software) tells no primary node");
    identity.drmRenderValid = VK_TRUE;
    EXPECT_ERROR(vxmDrmCheckDevice(&drm, drm_model_node(), &identity), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "Open the render node");
}

Test(node, that_is_none)
{
    const VxmIdentity identity = {.drmPrimaryValid = VK_TRUE};
    const VxmDrm drm = drm_load();

    EXPECT_ERROR(vxmDrmCheckDevice(&drm, -1, &identity), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_FOREIGN, "drmGetNodeTypeFromFd failed with errno 9");
    EXPECT_REFUSED(vxmDrmCheckDevice(&drm, drm_model_node(), NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "identity");
    EXPECT_REFUSED(vxmDrmCheckDevice(NULL, 0, &identity), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "drm must not be NULL");
}
