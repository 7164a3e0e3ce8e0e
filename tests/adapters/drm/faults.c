/*
 * Every call of libgbm's and libdrm's fails once: the sentence is there, and nothing is left
 * behind.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/drm/fixture.h"

#include "support/resources.h"

TestSuite(faults, .init = drm_begin, .fini = drm_end);

/* What the sweep's calls work on, and make. */
static struct {
    VxmDrm drm;
    struct gbm_bo *source;
    VxmShared image;
    VxmShared shared;
    struct gbm_bo *bo;
    uint32_t framebuffer;
    VxmDrmModifiers modifiers;
} world;

static VkResult share_bo(void)
{
    return vxmDrmShareBo(&world.drm, world.source, NULL, &world.shared);
}

static VkResult import_bo(void)
{
    return vxmDrmImportSharedBo(&world.drm, drm_model_gbm(), &world.image, NULL, &world.bo);
}

static VkResult add_framebuffer(void)
{
    return vxmDrmAddSharedFramebuffer(&world.drm, drm_model_node(), &world.image, NULL,
                                      &world.framebuffer);
}

static VkResult get_modifiers(void)
{
    return vxmDrmGetModifiers(&world.drm, drm_model_node(), DRM_MODEL_PLANE, DRM_FORMAT_NV12,
                              &world.modifiers);
}

static VkResult check_device(void)
{
    const VxmIdentity identity = {
        .drmPrimaryValid = VK_TRUE, .drmPrimaryMajor = 1, .drmPrimaryMinor = 3};

    return vxmDrmCheckDevice(&world.drm, drm_model_node(), &identity);
}

static void forget_outputs(void)
{
    FILL(world.shared);
    FILL(world.bo);
    FILL(world.framebuffer);
    FILL(world.modifiers);
}

static void end_outputs(void)
{
    if (!drm_untouched(&world.shared, sizeof(world.shared))) {
        vxmCloseShared(&world.shared);
    }
    if (!drm_untouched(&world.bo, sizeof(world.bo))) {
        drm_model_destroy_bo(world.bo);
    }
    if (!drm_untouched(&world.framebuffer, sizeof(world.framebuffer))) {
        vxmDrmRemoveFramebuffer(&world.drm, drm_model_node(), &world.framebuffer);
    }
}

static void expect_failure(const char *name, VkResult result, int error, const char *failed)
{
    VxmError last;

    vxmGetLastError(&last);
    cr_expect_eq(last.result, result);
    cr_expect_eq(last.reason, VXM_ERROR_REASON_FOREIGN, "%s, %s: %s", name, failed, last.message);
    cr_expect_eq(last.code, error, "%s, %s: %s", name, failed, last.message);
    cr_expect_not_null(strstr(last.message, failed), "%s: %s", failed, last.message);
    cr_expect_eq(result == VK_ERROR_OUT_OF_HOST_MEMORY, error == ENOMEM, "%s", last.message);
    cr_expect_eq(result == VK_ERROR_TOO_MANY_OBJECTS, error == EMFILE, "%s", last.message);
    EXPECT_UNTOUCHED(world.shared);
    EXPECT_UNTOUCHED(world.bo);
    EXPECT_UNTOUCHED(world.framebuffer);
    EXPECT_UNTOUCHED(world.modifiers);
    cr_expect_eq(drm_model_live_handles(), 0, "%s: %s failed, and a GEM handle is open", name,
                 failed);
}

static void sweep(const char *name, VkResult (*call)(void), unsigned calls)
{
    static const int errors[] = {EACCES, ENOMEM, EMFILE, 0};
    const size_t before = support_handle_count();

    for (unsigned nth = 1; nth <= calls + 1; nth++) {
        const int error = errors[nth % 4];
        const char *failed;
        VkResult result;

        forget_outputs();
        drm_forget_error();
        drm_model_fail(nth, error);
        result = call();
        failed = drm_model_failed();
        drm_model_fail(0, 0);
        cr_expect_eq(failed == NULL, nth == calls + 1, "%s: call %u of %u", name, nth, calls);
        if (failed == NULL || strcmp(failed, "drmGetCap") == 0 ||
            strcmp(failed, "drmPrimeHandleToFD") == 0) {
            /* An unknown capability counts as none: LINEAR can do without. A dma-buf that can't be
             * mapped for writing is one all the same. */
            REQUIRE(result);
            end_outputs();
        } else {
            cr_expect_neq(result, VK_SUCCESS, "%s succeeded although %s failed", name, failed);
            expect_failure(name, result, error, failed);
        }
        cr_expect_eq(support_handle_count(), before, "%s: %s failed, and %zu handles became %zu",
                     name, failed, before, support_handle_count());
    }
}

Test(faults, each_call_of_theirs)
{
    struct drm_model_bo facts = drm_bo_info(DRM_FORMAT_NV12, DRM_FORMAT_MOD_LINEAR);

    facts.planeCount = 2;
    facts.planes[1].buffer = 1;
    facts.planes[1].stride = 256;
    cr_assert_geq(drm_model_node(), 0);
    world.drm = drm_load();
    world.source = drm_model_create_bo(&facts);
    world.image = drm_describe(VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, DRM_FORMAT_MOD_LINEAR);
    drm_split(&world.image, false);
    sweep("vxmDrmShareBo", share_bo, 7);
    sweep("vxmDrmImportSharedBo", import_bo, 1);
    sweep("vxmDrmAddSharedFramebuffer", add_framebuffer, 4);
    sweep("vxmDrmGetModifiers", get_modifiers, 4);
    drm_model_config()->noInFormats = true;
    sweep("vxmDrmGetModifiers", get_modifiers, 3);
    sweep("vxmDrmCheckDevice", check_device, 1);
    vxmCloseShared(&world.image);
    drm_model_destroy_bo(world.source);
}
