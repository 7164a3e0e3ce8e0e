/*
 * The modifiers of a KMS plane.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/drm/fixture.h"

TestSuite(modifiers, .init = drm_begin, .fini = drm_end);

static VxmDrmModifiers list(uint32_t fourcc)
{
    const VxmDrm drm = drm_load();
    VxmDrmModifiers modifiers;

    REQUIRE(vxmDrmGetModifiers(&drm, drm_model_node(), DRM_MODEL_PLANE, fourcc, &modifiers));
    return modifiers;
}

Test(modifiers, of_each_format)
{
    VxmDrmModifiers modifiers = list(DRM_FORMAT_ARGB8888);

    cr_assert_eq(modifiers.modifierCount, 2);
    cr_expect_eq(modifiers.modifiers[0], DRM_MODEL_TILED);
    cr_expect_eq(modifiers.modifiers[1], DRM_FORMAT_MOD_LINEAR);
    cr_expect_eq(modifiers.leftOut, 0);
    cr_expect_str_empty(modifiers.reason);
    modifiers = list(DRM_FORMAT_NV12);
    cr_assert_eq(modifiers.modifierCount, 1);
    cr_expect_eq(modifiers.modifiers[0], DRM_FORMAT_MOD_LINEAR);
}

Test(modifiers, of_a_format_that_is_not_shown)
{
    const VxmDrmModifiers modifiers = list(DRM_FORMAT_ABGR8888);

    cr_expect_eq(modifiers.modifierCount, 0);
    cr_expect_not_null(strstr(modifiers.reason, "Plane 40 doesn't show AB24."), "%s",
                       modifiers.reason);
}

/* A mask covers 64 formats from its offset on. */
Test(modifiers, beyond_the_first_64_formats)
{
    struct drm_model_config config = drm_model_default_config();
    VxmDrmModifiers modifiers;

    config.formatCount = 130;
    for (uint32_t i = 0; i < 130; i++) {
        config.formats[i] = 1000 + i;
    }
    config.modifierCount = 4;
    config.modifiers[0] = (struct drm_model_modifier){11, 0, UINT64_C(1) << 63};
    config.modifiers[1] = (struct drm_model_modifier){22, 64, 1};
    config.modifiers[2] = (struct drm_model_modifier){33, 3, UINT64_C(1) << 61};
    config.modifiers[3] = (struct drm_model_modifier){44, 128, 3};
    drm_model_reset(&config);
    modifiers = list(1063);
    cr_assert_eq(modifiers.modifierCount, 1);
    cr_expect_eq(modifiers.modifiers[0], 11);
    modifiers = list(1064);
    cr_assert_eq(modifiers.modifierCount, 2);
    cr_expect_eq(modifiers.modifiers[0], 22);
    cr_expect_eq(modifiers.modifiers[1], 33);
    modifiers = list(1129);
    cr_assert_eq(modifiers.modifierCount, 1);
    cr_expect_eq(modifiers.modifiers[0], 44);
    cr_expect_eq(list(1065).modifierCount, 0);
}

Test(modifiers, more_than_the_list_holds)
{
    struct drm_model_config config = drm_model_default_config();
    VxmDrmModifiers modifiers;

    config.modifierCount = 100;
    for (uint32_t i = 0; i < 100; i++) {
        config.modifiers[i] = (struct drm_model_modifier){i == 98 ? 0 : 500 + i, 0, 1};
    }
    drm_model_reset(&config);
    modifiers = list(DRM_FORMAT_XRGB8888);
    cr_assert_eq(modifiers.modifierCount, VXM_MAX_MODIFIERS);
    cr_expect_eq(modifiers.modifiers[0], 500);
    cr_expect_eq(modifiers.modifiers[VXM_MAX_MODIFIERS - 2], 500 + VXM_MAX_MODIFIERS - 2);
    cr_expect_eq(modifiers.modifiers[VXM_MAX_MODIFIERS - 1], DRM_FORMAT_MOD_LINEAR);
    cr_expect_eq(modifiers.leftOut, 100 - VXM_MAX_MODIFIERS);
    drm_model_config()->modifierCount = VXM_MAX_MODIFIERS;
    cr_expect_eq(list(DRM_FORMAT_XRGB8888).leftOut, 0);
}

Test(modifiers, of_a_driver_that_tells_none)
{
    VxmDrmModifiers modifiers;

    drm_model_config()->noInFormats = true;
    modifiers = list(DRM_FORMAT_NV12);
    cr_assert_eq(modifiers.modifierCount, 1);
    cr_expect_eq(modifiers.modifiers[0], VXM_DRM_FORMAT_MOD_INVALID);
    cr_expect_not_null(strstr(modifiers.reason, "no IN_FORMATS"), "%s", modifiers.reason);
    modifiers = list(DRM_FORMAT_ABGR8888);
    cr_expect_eq(modifiers.modifierCount, 0);
    cr_expect_not_null(strstr(modifiers.reason, "doesn't show AB24"), "%s", modifiers.reason);
}

/* ---- blobs that aren't what they should be ---- */

static void spoil_length(struct drm_format_modifier_blob *header, uint32_t *length)
{
    (void)header;
    *length = sizeof(*header) - 1;
}
static void spoil_version(struct drm_format_modifier_blob *header, uint32_t *length)
{
    (void)length;
    header->version = 0;
}
static void spoil_formats_offset(struct drm_format_modifier_blob *header, uint32_t *length)
{
    header->formats_offset = *length + 1;
}
static void spoil_formats(struct drm_format_modifier_blob *header, uint32_t *length)
{
    header->count_formats = (*length - header->formats_offset) / 4 + 1;
}
static void spoil_modifiers_offset(struct drm_format_modifier_blob *header, uint32_t *length)
{
    header->modifiers_offset = *length + 1;
}
static void spoil_modifiers(struct drm_format_modifier_blob *header, uint32_t *length)
{
    (void)length;
    header->count_modifiers = 161;
}
static void spoil_counts(struct drm_format_modifier_blob *header, uint32_t *length)
{
    (void)length;
    header->count_formats = UINT32_MAX;
    header->count_modifiers = UINT32_MAX;
}

Test(modifiers, of_a_blob_that_is_cut_short)
{
    static void (*const spoilers[])(struct drm_format_modifier_blob *, uint32_t *) = {
        spoil_length,           spoil_version,   spoil_formats_offset, spoil_formats,
        spoil_modifiers_offset, spoil_modifiers, spoil_counts};
    const VxmDrm drm = drm_load();
    VxmDrmModifiers modifiers;

    FILL(modifiers);
    for (unsigned i = 0; i < sizeof(spoilers) / sizeof(spoilers[0]); i++) {
        drm_model_config()->spoil = spoilers[i];
        EXPECT_ERROR(vxmDrmGetModifiers(&drm, drm_model_node(), DRM_MODEL_PLANE,
                                        DRM_FORMAT_XRGB8888, &modifiers),
                     VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_FOREIGN, "cut short");
    }
    EXPECT_UNTOUCHED(modifiers);
}

Test(modifiers, of_no_plane)
{
    const VxmDrm drm = drm_load();
    VxmDrmModifiers modifiers;

    FILL(modifiers);
    EXPECT_ERROR(vxmDrmGetModifiers(&drm, drm_model_node(), 7, DRM_FORMAT_XRGB8888, &modifiers),
                 VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_FOREIGN,
                 "drmModeObjectGetProperties failed with errno 2");
    EXPECT_ERROR(vxmDrmGetModifiers(&drm, -1, 7, DRM_FORMAT_XRGB8888, &modifiers),
                 VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_FOREIGN, "errno 9");
    EXPECT_REFUSED(vxmDrmGetModifiers(&drm, drm_model_node(), 7, DRM_FORMAT_XRGB8888, NULL),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "modifiers");
    EXPECT_UNTOUCHED(modifiers);
}

/* The list is one side of vxmChooseModifiers(). */
Test(modifiers, common_with_vulkans)
{
    const VxmDrmModifiers theirs = list(DRM_FORMAT_XRGB8888);
    VxmModifiers ours = {.modifierCount = 2};
    VxmModifierChoice choice;

    ours.modifiers[0].drmFormatModifier = DRM_FORMAT_MOD_LINEAR;
    ours.modifiers[0].exportable = VK_TRUE;
    ours.modifiers[1].drmFormatModifier = DRM_MODEL_TILED;
    ours.modifiers[1].exportable = VK_TRUE;
    REQUIRE(vxmChooseModifiers(&ours, VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT,
                               theirs.modifierCount, theirs.modifiers, &choice));
    cr_assert_eq(choice.modifierCount, 2);
    cr_expect_eq(choice.modifiers[0], DRM_MODEL_TILED);
    cr_expect_eq(choice.modifiers[1], DRM_FORMAT_MOD_LINEAR);
}
