/*
 * DRM format modifiers that two sides have in common. No device has a part in it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/common.h"

TestSuite(modifiers_choice, .init = contract_begin, .fini = contract_end);

#define EXPORTABLE VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT
#define IMPORTABLE VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT
#define INTEL      UINT64_C(0x0100000000000002)
#define AMD        UINT64_C(0x0200000000000901)
#define NVIDIA     UINT64_C(0x0300000000606010)
#define ARM        UINT64_C(0x0800000000000051)
#define LINEAR     VXM_DRM_FORMAT_MOD_LINEAR
#define INVALID    VXM_DRM_FORMAT_MOD_INVALID

static VxmModifiers have(uint32_t count, const uint64_t *modifiers)
{
    VxmModifiers have = {.modifierCount = count};

    for (uint32_t i = 0; i < count; i++) {
        have.modifiers[i] = (VxmModifierProperties){
            .drmFormatModifier = modifiers[i],
            .planeCount = 1,
            .exportable = VK_TRUE,
            .importable = VK_TRUE,
        };
    }
    return have;
}

static VxmModifierChoice choose(const VxmModifiers *ours, VkExternalMemoryFeatureFlags features,
                                uint32_t count, const uint64_t *theirs)
{
    VxmModifierChoice choice;

    fill(choice);
    require(vxmChooseModifiers(ours, features, count, theirs, &choice));
    cr_assert_leq(choice.modifierCount, VXM_MAX_MODIFIERS);
    cr_assert_not_null(memchr(choice.reason, 0, sizeof(choice.reason)));
    cr_expect_eq(choice.modifierCount == 0, choice.reason[0] != '\0', "%u, reason \"%s\"",
                 choice.modifierCount, choice.reason);
    return choice;
}

static void expect_none(const VxmModifiers *ours, VkExternalMemoryFeatureFlags features,
                        uint32_t count, const uint64_t *theirs, const char *word)
{
    VxmModifierChoice choice = choose(ours, features, count, theirs);
    size_t length = strlen(choice.reason);

    cr_expect_eq(choice.modifierCount, 0);
    cr_expect(strstr(choice.reason, word) != NULL, "\"%s\" is not in: %s", word, choice.reason);
    cr_expect(length > 20 && choice.reason[length - 1] == '.', "\"%s\" is no sentence",
              choice.reason);
}

Test(modifiers_choice, ours_in_our_order_and_linear_last)
{
    const uint64_t mine[] = {LINEAR, INTEL, AMD, NVIDIA};
    const uint64_t theirs[] = {NVIDIA, INVALID, LINEAR, ARM, INTEL, INTEL};
    VxmModifiers ours = have(4, mine);
    VxmModifierChoice choice = choose(&ours, 0, 6, theirs);

    cr_assert_eq(choice.modifierCount, 3);
    cr_expect_eq(choice.modifiers[0], INTEL);
    cr_expect_eq(choice.modifiers[1], NVIDIA);
    cr_expect_eq(choice.modifiers[2], LINEAR);

    choice = choose(&ours, EXPORTABLE | IMPORTABLE, 1, &theirs[2]);
    cr_assert_eq(choice.modifierCount, 1);
    cr_expect_eq(choice.modifiers[0], LINEAR);
}

Test(modifiers_choice, what_this_side_must_be_able_to_do)
{
    const uint64_t all[] = {INTEL, AMD, LINEAR};
    VxmModifiers ours = have(3, all);

    ours.modifiers[0].exportable = VK_FALSE;
    ours.modifiers[1].importable = VK_FALSE;
    cr_expect_eq(choose(&ours, 0, 3, all).modifierCount, 3);
    cr_expect_eq(choose(&ours, EXPORTABLE, 3, all).modifiers[0], AMD);
    cr_expect_eq(choose(&ours, EXPORTABLE, 3, all).modifierCount, 2);
    cr_expect_eq(choose(&ours, IMPORTABLE, 3, all).modifiers[0], INTEL);
    cr_expect_eq(choose(&ours, IMPORTABLE, 3, all).modifierCount, 2);
    cr_expect_eq(choose(&ours, EXPORTABLE | IMPORTABLE, 3, all).modifiers[0], LINEAR);
    cr_expect_eq(choose(&ours, EXPORTABLE | IMPORTABLE, 3, all).modifierCount, 1);
    cr_expect_eq(choose(&ours, EXPORTABLE, 1, all).modifierCount, 0);
}

/* Vulkan can't be told of it, not even where both sides name it. */
Test(modifiers_choice, unknown_is_never_chosen)
{
    const uint64_t both[] = {INVALID, INTEL};
    VxmModifiers ours = have(2, both);

    cr_expect_eq(choose(&ours, 0, 2, both).modifierCount, 1);
    expect_none(&ours, 0, 1, both, "INVALID only");
    expect_none(&ours, 0, 1, both, "LINEAR");
}

Test(modifiers_choice, none_is_told_in_words)
{
    const uint64_t mine[] = {INTEL, LINEAR};
    const uint64_t theirs[] = {AMD, NVIDIA, INVALID};
    VxmModifiers ours = have(2, mine);
    VxmModifiers nothing = {.reason = "The model has none of them."};

    expect_none(&ours, 0, 3, theirs,
                "share the image with the modifiers 0x0100000000000002 (Intel) and LINEAR");
    expect_none(&ours, 0, 3, theirs,
                "has the modifiers 0x0200000000000901 (AMD), 0x0300000000606010 (NVIDIA) and "
                "INVALID");
    expect_none(&ours, EXPORTABLE, 1, theirs, "can export the image");
    expect_none(&ours, IMPORTABLE, 1, theirs, "can import the image");
    expect_none(&ours, EXPORTABLE | IMPORTABLE, 1, theirs, "can both export and import");
    expect_none(&ours, 0, 0, NULL, "offers no modifier");
    expect_none(&nothing, 0, 3, theirs, "The model has none of them.");
    ours.leftOut = 6;
    expect_none(&ours, 0, 3, theirs, "LINEAR (6 of the device's are left out for want of room)");
    ours.modifiers[0].exportable = ours.modifiers[1].exportable = VK_FALSE;
    expect_none(&ours, EXPORTABLE, 3, theirs, "none of its modifiers");
}

/* The vendor's byte, as drm_fourcc.h has it. */
Test(modifiers_choice, vendors_are_named)
{
    static const char *const names[] = {"Intel",     "AMD",     "NVIDIA",   "Samsung",
                                        "Qualcomm",  "Vivante", "Broadcom", "Arm",
                                        "Allwinner", "Amlogic", "MediaTek", "Apple"};
    const uint64_t mine[] = {LINEAR};
    VxmModifiers ours = have(1, mine);

    for (uint64_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const uint64_t theirs[] = {(i + 1) << 56 | 0x123};
        char name[64];

        (void)snprintf(name, sizeof(name), "the modifier 0x%02x00000000000123 (%s).",
                       (unsigned)(i + 1), names[i]);
        expect_none(&ours, 0, 1, theirs, name);
    }
    for (uint64_t vendor = 13; vendor < 256; vendor += 121) {
        const uint64_t theirs[] = {vendor << 56};

        cr_expect(strchr(choose(&ours, 0, 1, theirs).reason, '(') == NULL);
    }
}

/* However many there are, the reason has an end, and tells how many it does not name. */
Test(modifiers_choice, long_lists_are_cut)
{
    uint64_t mine[VXM_MAX_MODIFIERS];
    uint64_t theirs[1000];
    VxmModifiers ours;

    for (uint64_t i = 0; i < 1000; i++) {
        theirs[i] = AMD + i;
    }
    for (uint64_t i = 0; i < VXM_MAX_MODIFIERS; i++) {
        mine[i] = NVIDIA + i;
    }
    ours = have(VXM_MAX_MODIFIERS, mine);
    expect_none(&ours, 0, 1000, theirs, "and 59 more, the other side");
    expect_none(&ours, 0, 1000, theirs, "and 995 more.");
    memcpy(&theirs[500], mine, sizeof(mine));
    cr_expect_eq(choose(&ours, 0, 1000, theirs).modifierCount, VXM_MAX_MODIFIERS);
}

Test(modifiers_choice, arguments)
{
    const uint64_t theirs[] = {LINEAR};
    VxmModifiers ours = have(1, theirs);
    VxmModifierChoice choice;

    fill(choice);
    expect_error(vxmChooseModifiers(&ours, 0x8, 1, theirs, &choice), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "0x8");
    expect_error(vxmChooseModifiers(&ours, VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT, 1, theirs,
                                    &choice),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "EXPORTABLE");
    ours.modifierCount = VXM_MAX_MODIFIERS + 1;
    expect_error(vxmChooseModifiers(&ours, 0, 1, theirs, &choice), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "65");
    expect_untouched(choice);
}

/* A struct that no vxmGetModifiers() has filled in. */
Test(modifiers_choice, reason_without_an_end)
{
    VxmModifiers ours = have(0, NULL);

    memset(ours.reason, 'x', sizeof(ours.reason));
    cr_expect(strstr(choose(&ours, 0, 0, NULL).reason, "xxx") != NULL);
}
