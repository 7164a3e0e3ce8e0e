/*
 * Framebuffers: what KMS is told, and that each GEM handle is closed once.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/drm/fixture.h"

TestSuite(kms, .init = drm_begin, .fini = drm_end);

#define NV12 VK_FORMAT_G8_B8R8_2PLANE_420_UNORM

Test(kms, one_plane)
{
    VxmShared shared = drm_describe(VK_FORMAT_B8G8R8A8_UNORM, DRM_MODEL_TILED);
    const VxmDrmFramebufferInfo info = {.fourcc = DRM_FORMAT_XRGB8888};
    struct drm_model_framebuffer made;
    const VxmDrm drm = drm_load();
    uint32_t framebuffer;

    REQUIRE(vxmDrmAddSharedFramebuffer(&drm, drm_model_node(), &shared, &info, &framebuffer));
    cr_assert(drm_model_framebuffer(framebuffer, &made));
    cr_expect_eq(made.width, 64);
    cr_expect_eq(made.height, 32);
    cr_expect_eq(made.fourcc, DRM_FORMAT_XRGB8888);
    cr_expect_eq(made.flags, DRM_MODE_FB_MODIFIERS);
    cr_expect_eq(made.planeCount, 1);
    cr_expect_eq(made.pitches[0], 256);
    cr_expect_eq(made.offsets[0], 0);
    cr_expect_eq(made.modifiers[0], DRM_MODEL_TILED);
    cr_expect_eq(drm_model_live_handles(), 0, "a GEM handle is left over");
    cr_expect(model_is_payload(shared.memories[0].handle.fd));
    vxmDrmRemoveFramebuffer(&drm, drm_model_node(), &framebuffer);
    cr_expect_eq(framebuffer, 0);
    vxmDrmRemoveFramebuffer(&drm, drm_model_node(), &framebuffer);
    vxmDrmRemoveFramebuffer(&drm, drm_model_node(), NULL);
    vxmDrmRemoveFramebuffer(NULL, drm_model_node(), &framebuffer);
    vxmCloseShared(&shared);
}

/* Where the code names the same bytes by itself, and where there is none with an X. */
Test(kms, opaque)
{
    const VxmDrmFramebufferInfo info = {.opaque = VK_TRUE};
    const struct {
        VkFormat format;
        uint32_t fourcc;
    } expected[] = {{VK_FORMAT_B8G8R8A8_SRGB, DRM_FORMAT_XRGB8888}, {NV12, DRM_FORMAT_NV12}};
    const VxmDrm drm = drm_load();

    for (unsigned i = 0; i < 2; i++) {
        VxmShared shared = drm_describe(expected[i].format, DRM_FORMAT_MOD_LINEAR);
        struct drm_model_framebuffer made;
        uint32_t framebuffer;

        REQUIRE(vxmDrmAddSharedFramebuffer(&drm, drm_model_node(), &shared, &info, &framebuffer));
        cr_assert(drm_model_framebuffer(framebuffer, &made));
        cr_expect_eq(made.fourcc, expected[i].fourcc);
        vxmDrmRemoveFramebuffer(&drm, drm_model_node(), &framebuffer);
        vxmCloseShared(&shared);
    }
}

/* Two planes in one buffer with one descriptor, in one with two, and in two buffers. */
Test(kms, each_handle_is_closed_once)
{
    for (int i = 0; i < 3; i++) {
        VxmShared shared = drm_describe(NV12, DRM_FORMAT_MOD_LINEAR);
        struct drm_model_framebuffer made;
        const VxmDrm drm = drm_load();
        uint32_t framebuffer;

        if (i > 0) {
            drm_split(&shared, i == 1);
        }
        REQUIRE(vxmDrmAddSharedFramebuffer(&drm, drm_model_node(), &shared, NULL, &framebuffer));
        cr_assert(drm_model_framebuffer(framebuffer, &made));
        cr_expect_eq(made.fourcc, DRM_FORMAT_NV12);
        cr_expect_eq(made.planeCount, 2);
        cr_expect_eq(made.handles[0] == made.handles[1], i < 2);
        cr_expect_eq(made.offsets[1], 8192);
        cr_expect_eq(made.modifiers[1], DRM_FORMAT_MOD_LINEAR);
        cr_expect_eq(drm_model_live_handles(), 0);
        vxmDrmRemoveFramebuffer(&drm, drm_model_node(), &framebuffer);
        vxmCloseShared(&shared);
    }
}

/* GBM on the same open node has the same handle. */
Test(kms, a_handle_of_somebody_elses_is_kept)
{
    VxmShared shared = drm_describe(VK_FORMAT_B8G8R8A8_UNORM, DRM_FORMAT_MOD_LINEAR);
    const VxmDrmFramebufferInfo info = {.keepHandles = VK_TRUE};
    const uint32_t theirs = drm_model_hold(shared.memories[0].handle.fd);
    struct drm_model_framebuffer made;
    const VxmDrm drm = drm_load();
    uint32_t framebuffer;

    /* The held handle needs the node. */
    cr_assert_geq(drm_model_node(), 0);
    REQUIRE(vxmDrmAddSharedFramebuffer(&drm, drm_model_node(), &shared, &info, &framebuffer));
    cr_assert(drm_model_framebuffer(framebuffer, &made));
    cr_expect_eq(made.handles[0], theirs);
    drm_model_release(theirs);
    vxmDrmRemoveFramebuffer(&drm, drm_model_node(), &framebuffer);
    vxmCloseShared(&shared);
}

/* A node that takes no modifiers shows what is LINEAR without naming it. */
Test(kms, a_node_without_modifiers)
{
    VxmShared shared = drm_describe(VK_FORMAT_B8G8R8A8_UNORM, DRM_FORMAT_MOD_LINEAR);
    struct drm_model_framebuffer made;
    const VxmDrm drm = drm_load();
    uint32_t framebuffer;

    drm_model_config()->noFramebufferModifiers = true;
    REQUIRE(vxmDrmAddSharedFramebuffer(&drm, drm_model_node(), &shared, NULL, &framebuffer));
    cr_assert(drm_model_framebuffer(framebuffer, &made));
    cr_expect_eq(made.flags, 0);
    vxmDrmRemoveFramebuffer(&drm, drm_model_node(), &framebuffer);

    FILL(framebuffer);
    shared.image.drmFormatModifier = DRM_MODEL_TILED;
    EXPECT_ERROR(vxmDrmAddSharedFramebuffer(&drm, drm_model_node(), &shared, NULL, &framebuffer),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 "0x0500000000000001, but this node takes framebuffers without modifiers only");
    EXPECT_UNTOUCHED(framebuffer);
    cr_expect_eq(drm_model_calls("drmPrimeFDToHandle"), 1);
    vxmCloseShared(&shared);
}

Test(kms, what_the_display_refuses)
{
    VxmShared shared = drm_describe(VK_FORMAT_R8G8B8A8_UNORM, DRM_FORMAT_MOD_LINEAR);
    const VxmDrm drm = drm_load();
    uint32_t framebuffer;

    FILL(framebuffer);
    EXPECT_ERROR(vxmDrmAddSharedFramebuffer(&drm, drm_model_node(), &shared, NULL, &framebuffer),
                 VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_FOREIGN,
                 "drmModeAddFB2WithModifiers(64x32, AB24, modifier 0x0000000000000000, 1 planes, "
                 "pitch 256) failed with errno 22");
    cr_expect_eq(drm_model_live_handles(), 0);
    drm_model_config()->noImport = true;
    EXPECT_ERROR(vxmDrmAddSharedFramebuffer(&drm, drm_model_node(), &shared, NULL, &framebuffer),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN,
                 "drmPrimeFDToHandle of plane 0 failed with errno 22");
    EXPECT_ERROR(vxmDrmAddSharedFramebuffer(&drm, -1, &shared, NULL, &framebuffer),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN, "errno 9");
    EXPECT_REFUSED(vxmDrmAddSharedFramebuffer(&drm, drm_model_node(), NULL, NULL, &framebuffer),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "shared must not");
    EXPECT_REFUSED(vxmDrmAddSharedFramebuffer(&drm, drm_model_node(), &shared, NULL, NULL),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "framebuffer must");
    EXPECT_UNTOUCHED(framebuffer);
    vxmCloseShared(&shared);
}
