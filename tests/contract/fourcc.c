/*
 * Format codes of DRM's. Every row of the library's table is compared with drm_fourcc.h and vk.xml
 * by the test formats-and-registries; here is what a caller relies upon.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/common.h"

TestSuite(fourcc, .init = contract_begin, .fini = contract_end);

static uint32_t code(const char *letters)
{
    return (uint32_t)letters[0] | (uint32_t)letters[1] << 8 | (uint32_t)letters[2] << 16 |
           (uint32_t)letters[3] << 24;
}

/* What programs meet most. */
static const struct {
    const char *letters;
    VkFormat format;
    uint32_t planeCount;
    VkBool32 opaque;
    VkBool32 swapped;
} known[] = {
    {"XR24", VK_FORMAT_B8G8R8A8_UNORM, 1, VK_TRUE, VK_FALSE},
    {"AR24", VK_FORMAT_B8G8R8A8_UNORM, 1, VK_FALSE, VK_FALSE},
    {"XB24", VK_FORMAT_R8G8B8A8_UNORM, 1, VK_TRUE, VK_FALSE},
    {"AB24", VK_FORMAT_R8G8B8A8_UNORM, 1, VK_FALSE, VK_FALSE},
    {"RG24", VK_FORMAT_B8G8R8_UNORM, 1, VK_FALSE, VK_FALSE},
    {"RG16", VK_FORMAT_R5G6B5_UNORM_PACK16, 1, VK_FALSE, VK_FALSE},
    {"XR30", VK_FORMAT_A2R10G10B10_UNORM_PACK32, 1, VK_TRUE, VK_FALSE},
    {"AB30", VK_FORMAT_A2B10G10R10_UNORM_PACK32, 1, VK_FALSE, VK_FALSE},
    {"AB4H", VK_FORMAT_R16G16B16A16_SFLOAT, 1, VK_FALSE, VK_FALSE},
    {"R8  ", VK_FORMAT_R8_UNORM, 1, VK_FALSE, VK_FALSE},
    {"GR88", VK_FORMAT_R8G8_UNORM, 1, VK_FALSE, VK_FALSE},
    {"R16 ", VK_FORMAT_R16_UNORM, 1, VK_FALSE, VK_FALSE},
    {"GR32", VK_FORMAT_R16G16_UNORM, 1, VK_FALSE, VK_FALSE},
    {"NV12", VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, 2, VK_FALSE, VK_FALSE},
    {"NV21", VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, 2, VK_FALSE, VK_TRUE},
    {"NV16", VK_FORMAT_G8_B8R8_2PLANE_422_UNORM, 2, VK_FALSE, VK_FALSE},
    {"P010", VK_FORMAT_G10X6_B10X6R10X6_2PLANE_420_UNORM_3PACK16, 2, VK_FALSE, VK_FALSE},
    {"YU12", VK_FORMAT_G8_B8_R8_3PLANE_420_UNORM, 3, VK_FALSE, VK_FALSE},
    {"YV12", VK_FORMAT_G8_B8_R8_3PLANE_420_UNORM, 3, VK_FALSE, VK_TRUE},
    {"YUYV", VK_FORMAT_G8B8G8R8_422_UNORM, 1, VK_FALSE, VK_FALSE},
    {"UYVY", VK_FORMAT_B8G8R8G8_422_UNORM, 1, VK_FALSE, VK_FALSE},
    {"YVYU", VK_FORMAT_G8B8G8R8_422_UNORM, 1, VK_FALSE, VK_TRUE},
};

Test(fourcc, formats_that_programs_meet)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        const bool swapped = known[i].swapped;
        VxmFourccFormat format;

        contract_note("%s", known[i].letters);
        fill(format);
        require(vxmGetFourccFormat(code(known[i].letters), &format));
        cr_expect_eq(format.fourcc, code(known[i].letters));
        cr_expect_eq(format.format, known[i].format);
        cr_expect_eq(format.planeCount, known[i].planeCount);
        cr_expect_eq(format.opaque, known[i].opaque);
        cr_expect_eq(format.components.a,
                     known[i].opaque ? VK_COMPONENT_SWIZZLE_ONE : VK_COMPONENT_SWIZZLE_IDENTITY);
        cr_expect_eq(format.components.r,
                     swapped ? VK_COMPONENT_SWIZZLE_B : VK_COMPONENT_SWIZZLE_IDENTITY);
        cr_expect_eq(format.components.g, VK_COMPONENT_SWIZZLE_IDENTITY);
        cr_expect_eq(format.components.b,
                     swapped ? VK_COMPONENT_SWIZZLE_R : VK_COMPONENT_SWIZZLE_IDENTITY);
        /* And back: only what the format can tell. */
        if (!swapped) {
            cr_expect_eq(vxmGetFormatFourcc(known[i].format, known[i].opaque), format.fourcc);
        } else {
            cr_expect_neq(vxmGetFormatFourcc(known[i].format, VK_FALSE), format.fourcc);
        }
    }
}

Test(fourcc, code_of_every_format_leads_back)
{
    unsigned found = 0;

    for (uint32_t i = 0; i < 1000400000; i += i == 1000 ? 1000155000 - 1000 : 1) {
        const VkFormat format = (VkFormat)i;
        const uint32_t plain = vxmGetFormatFourcc(format, VK_FALSE);
        const uint32_t opaque = vxmGetFormatFourcc(format, VK_TRUE);
        VxmFourccFormat back;

        if (i > 1000160000 && i < 1000330000) {
            i = 1000330000;
        } else if (i > 1000341000) {
            break;
        }
        cr_expect_eq(plain == 0, opaque == 0, "format %u", i);
        if (plain == 0) {
            continue;
        }
        found++;
        require(vxmGetFourccFormat(plain, &back));
        cr_expect_not(back.opaque, "format %u", i);
        cr_expect_eq(vxmGetFormatFourcc(back.format, VK_FALSE), plain, "format %u", i);
        require(vxmGetFourccFormat(opaque, &back));
        cr_expect_eq(back.opaque, opaque != plain, "format %u", i);
    }
    cr_expect_gt(found, 50, "only %u formats have a code", found);
}

/* SRGB is no other layout, nor is the packed name of the same bytes. */
Test(fourcc, formats_with_the_same_bytes)
{
    cr_expect_eq(vxmGetFormatFourcc(VK_FORMAT_B8G8R8A8_SRGB, VK_TRUE), code("XR24"));
    cr_expect_eq(vxmGetFormatFourcc(VK_FORMAT_R8G8B8A8_SRGB, VK_FALSE), code("AB24"));
    cr_expect_eq(vxmGetFormatFourcc(VK_FORMAT_R8G8B8_SRGB, VK_FALSE), code("BG24"));
    cr_expect_eq(vxmGetFormatFourcc(VK_FORMAT_A8B8G8R8_UNORM_PACK32, VK_FALSE), code("AB24"));
    cr_expect_eq(vxmGetFormatFourcc(VK_FORMAT_A8B8G8R8_SRGB_PACK32, VK_TRUE), code("XB24"));
    /* There is no X variant. */
    cr_expect_eq(vxmGetFormatFourcc(VK_FORMAT_R8_SRGB, VK_TRUE), code("R8  "));
    cr_expect_eq(vxmGetFormatFourcc(VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, VK_TRUE), code("NV12"));
    /* The same bits, which mean other numbers. */
    cr_expect_eq(vxmGetFormatFourcc(VK_FORMAT_R8G8B8A8_UINT, VK_FALSE), 0);
    cr_expect_eq(vxmGetFormatFourcc(VK_FORMAT_D32_SFLOAT, VK_FALSE), 0);
    cr_expect_eq(vxmGetFormatFourcc(VK_FORMAT_UNDEFINED, VK_FALSE), 0);
    cr_expect_eq(vxmGetFormatFourcc((VkFormat)-1, VK_TRUE), 0);
}

Test(fourcc, codes_without_a_format_are_named)
{
    VxmFourccFormat format;

    fill(format);
    expect_error(vxmGetFourccFormat(code("RA24"), &format), VK_ERROR_FORMAT_NOT_SUPPORTED,
                 VXM_ERROR_REASON_UNSUPPORTED, "0x34324152 (\"RA24\")");
    expect_error(vxmGetFourccFormat(code("NV15"), &format), VK_ERROR_FORMAT_NOT_SUPPORTED,
                 VXM_ERROR_REASON_UNSUPPORTED, "NV15");
    /* Big-endian. */
    expect_error(vxmGetFourccFormat(code("XR24") | 1u << 31, &format),
                 VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, "XR2?");
    expect_error(vxmGetFourccFormat(0, &format), VK_ERROR_FORMAT_NOT_SUPPORTED,
                 VXM_ERROR_REASON_UNSUPPORTED, "????");
    expect_untouched(format);
}

Test(fourcc, formats_of_planes)
{
    static const struct {
        VkFormat format;
        VkFormat planes[4];
    } formats[] = {
        {VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, {VK_FORMAT_R8_UNORM, VK_FORMAT_R8G8_UNORM}},
        {VK_FORMAT_G8_B8_R8_3PLANE_444_UNORM,
         {VK_FORMAT_R8_UNORM, VK_FORMAT_R8_UNORM, VK_FORMAT_R8_UNORM}},
        {VK_FORMAT_G10X6_B10X6R10X6_2PLANE_420_UNORM_3PACK16,
         {VK_FORMAT_R10X6_UNORM_PACK16, VK_FORMAT_R10X6G10X6_UNORM_2PACK16}},
        {VK_FORMAT_G12X4_B12X4R12X4_2PLANE_422_UNORM_3PACK16,
         {VK_FORMAT_R12X4_UNORM_PACK16, VK_FORMAT_R12X4G12X4_UNORM_2PACK16}},
        {VK_FORMAT_G16_B16R16_2PLANE_444_UNORM, {VK_FORMAT_R16_UNORM, VK_FORMAT_R16G16_UNORM}},
        {VK_FORMAT_G16_B16_R16_3PLANE_420_UNORM,
         {VK_FORMAT_R16_UNORM, VK_FORMAT_R16_UNORM, VK_FORMAT_R16_UNORM}},
        {VK_FORMAT_R8G8B8A8_SRGB, {VK_FORMAT_R8G8B8A8_SRGB}},
        {VK_FORMAT_G8B8G8R8_422_UNORM, {VK_FORMAT_G8B8G8R8_422_UNORM}},
        {VK_FORMAT_UNDEFINED, {VK_FORMAT_UNDEFINED}},
    };

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        for (uint32_t plane = 0; plane < 4; plane++) {
            cr_expect_eq(vxmGetPlaneFormat(formats[i].format, plane), formats[i].planes[plane],
                         "plane %u of format %d", plane, (int)formats[i].format);
        }
        cr_expect_eq(vxmGetPlaneFormat(formats[i].format, UINT32_MAX), VK_FORMAT_UNDEFINED);
    }
}
