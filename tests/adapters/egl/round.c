/*
 * There and back: a modifier that both have, an image made with it, EGL's image of it, and that as
 * an image of Vulkan's again.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/egl/fixture.h"

TestSuite(round, .init = egl_begin, .fini = egl_end);

static const VkImageCreateInfo plain = {
    .sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
    .imageType = VK_IMAGE_TYPE_2D,
    .format = VK_FORMAT_R8G8B8A8_UNORM,
    .extent = {64, 32, 1},
    .mipLevels = 1,
    .arrayLayers = 1,
    .samples = VK_SAMPLE_COUNT_1_BIT,
    .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
    .usage = VK_IMAGE_USAGE_TRANSFER_DST_BIT,
};

/* Makes it with the best of those that both have. */
static VxmMemory make_common(VxmDevice device, const VxmEgl *egl, uint64_t *modifier)
{
    VkImageDrmFormatModifierListCreateInfoEXT list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT};
    const VxmMemoryCreateInfo create = {.handleTypes = DMA_BUF};
    const uint32_t fourcc = vxmGetFormatFourcc(plain.format, VK_FALSE);
    VkImageCreateInfo info = plain;
    VxmModifierChoice choice;
    VxmEglModifiers theirs;
    VxmModifiers ours;
    VxmMemory memory;

    REQUIRE(vxmGetModifiers(device, &plain, DMA_BUF, &ours));
    REQUIRE(vxmEglGetModifiers(egl, fourcc, VK_FALSE, &theirs));
    REQUIRE(vxmChooseModifiers(&ours, VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT,
                               theirs.modifierCount, theirs.modifiers, &choice));
    cr_assert_geq(choice.modifierCount, 1, "%s", choice.reason);
    list.drmFormatModifierCount = choice.modifierCount;
    list.pDrmFormatModifiers = choice.modifiers;
    info.pNext = &list;
    REQUIRE(vxmCreateImage(device, &info, &create, &memory));
    *modifier = choice.modifiers[0];
    return memory;
}

static void there_and_back(uint64_t wanted)
{
    const VxmEglExportInfo back = {.extent = {64, 32}, .usage = VK_IMAGE_USAGE_TRANSFER_DST_BIT};
    VxmDevice device = egl_device(), other = egl_device();
    const VxmEgl egl = egl_load();
    uint64_t modifier = 0;
    VxmMemory memory = make_common(device, &egl, &modifier), again;
    VxmMemoryInfo one, two;
    VxmFourccFormat format;
    VxmEglImage image = {0};
    VxmShared shared;

    cr_expect(modifier == wanted);
    REQUIRE(vxmEglImportMemory(&egl, memory, NULL, &image));
    cr_expect(image.modifier == wanted);
    REQUIRE(vxmEglExportImage(&egl, image.image, &back, &shared, &format));
    cr_expect(shared.image.drmFormatModifier == wanted);
    REQUIRE(vxmImportMemory(other, &shared, NULL, &again));
    REQUIRE(vxmGetMemoryInfo(memory, &one));
    REQUIRE(vxmGetMemoryInfo(again, &two));
    cr_assert_eq(one.planeCount, two.planeCount);
    cr_expect_eq(memcmp(one.planes, two.planes, sizeof(one.planes)), 0);
    vxmCloseShared(&shared);
    vxmEglDestroyImage(&egl, &image);
    vxmDestroyMemory(again);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(other);
    vxmDestroyDevice(device);
}

Test(round, with_a_plane_of_the_modifiers_own)
{
    *egl_model_format(ABGR8888) =
        (struct egl_model_format){ABGR8888, 1, 2, {{0, 1, false}, {COMPRESSED, 2, false}}};
    there_and_back(COMPRESSED);
}

Test(round, tiled)
{
    *egl_model_format(ABGR8888) = (struct egl_model_format){
        ABGR8888, 1, 3, {{0, 1, false}, {COMPRESSED, 2, true}, {TILED, 1, false}}};
    there_and_back(TILED);
}

Test(round, linear_as_the_last_resort)
{
    there_and_back(VXM_DRM_FORMAT_MOD_LINEAR);
}
