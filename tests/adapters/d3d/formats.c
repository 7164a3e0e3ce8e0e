/*
 * The table of formats, both ways.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "model_d3d.h"

TestSuite(formats, .init = d3d_begin, .fini = d3d_end);

#define LAST_DXGI 191 /* A4B4G4R4_UNORM, the last one that there is */
#define LAST_VK   VK_FORMAT_ASTC_12x12_SRGB_BLOCK

/* What there is, and UNDEFINED or UNKNOWN in the place of a refusal. */
static VkFormat to_vk(DXGI_FORMAT format)
{
    VkFormat vk = VK_FORMAT_UNDEFINED;

    return vxmD3DGetVkFormat(format, &vk) == VK_SUCCESS ? vk : VK_FORMAT_UNDEFINED;
}

static DXGI_FORMAT to_dxgi(VkFormat format)
{
    DXGI_FORMAT dxgi = DXGI_FORMAT_UNKNOWN;

    return vxmD3DGetFormat(format, &dxgi) == VK_SUCCESS ? dxgi : DXGI_FORMAT_UNKNOWN;
}

static DXGI_FORMAT to_typeless(DXGI_FORMAT format)
{
    DXGI_FORMAT typeless = DXGI_FORMAT_UNKNOWN;

    return vxmD3DGetTypelessFormat(format, &typeless) == VK_SUCCESS ? typeless
                                                                    : DXGI_FORMAT_UNKNOWN;
}

/* What only pads. */
static bool is_alias(int format)
{
    return format == DXGI_FORMAT_B8G8R8X8_UNORM || format == DXGI_FORMAT_B8G8R8X8_UNORM_SRGB;
}

Test(formats, there_and_back)
{
    unsigned count = 0;

    for (int i = 0; i <= LAST_DXGI; i++) {
        const DXGI_FORMAT format = (DXGI_FORMAT)i;
        const VkFormat vk = to_vk(format);

        if (vk != VK_FORMAT_UNDEFINED && format != to_typeless(format) && !is_alias(i)) {
            cr_expect_eq(to_dxgi(vk), format, "DXGI_FORMAT %d, VkFormat %d", i, vk);
            count++;
        }
    }
    cr_expect_geq(count, 70, "only %u formats are left", count);
}

/* Those that begin with another letter have the same bits in a word of little-endian order. */
Test(formats, back_and_there)
{
    unsigned count = 0;

    for (int i = 0; i <= (int)LAST_VK; i++) {
        const VkFormat vk = (VkFormat)i;
        const DXGI_FORMAT format = to_dxgi(vk);
        const bool packed =
            vk >= VK_FORMAT_A8B8G8R8_UNORM_PACK32 && vk <= VK_FORMAT_A8B8G8R8_SRGB_PACK32;

        if (format != DXGI_FORMAT_UNKNOWN) {
            cr_expect_eq(to_vk(format),
                         packed ? vk - VK_FORMAT_A8B8G8R8_UNORM_PACK32 + VK_FORMAT_R8G8B8A8_UNORM
                                : vk,
                         "VkFormat %d, DXGI_FORMAT %d", i, format);
            cr_expect_neq(format, to_typeless(format), "VkFormat %d is typeless", i);
            count++;
        }
    }
    cr_expect_geq(count, 70, "only %u formats are left", count);
}

/* Order of components, sRGB, and names that mislead. */
Test(formats, pairs_known_by_heart)
{
    static const struct {
        DXGI_FORMAT dxgi;
        VkFormat vk;
    } pairs[] = {
        {DXGI_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_R8G8B8A8_UNORM},
        {DXGI_FORMAT_R8G8B8A8_UNORM_SRGB, VK_FORMAT_R8G8B8A8_SRGB},
        {DXGI_FORMAT_B8G8R8A8_UNORM, VK_FORMAT_B8G8R8A8_UNORM},
        {DXGI_FORMAT_B8G8R8A8_UNORM_SRGB, VK_FORMAT_B8G8R8A8_SRGB},
        {DXGI_FORMAT_R10G10B10A2_UNORM, VK_FORMAT_A2B10G10R10_UNORM_PACK32},
        {DXGI_FORMAT_R11G11B10_FLOAT, VK_FORMAT_B10G11R11_UFLOAT_PACK32},
        {DXGI_FORMAT_R9G9B9E5_SHAREDEXP, VK_FORMAT_E5B9G9R9_UFLOAT_PACK32},
        {DXGI_FORMAT_B5G6R5_UNORM, VK_FORMAT_R5G6B5_UNORM_PACK16},
        {DXGI_FORMAT_B5G5R5A1_UNORM, VK_FORMAT_A1R5G5B5_UNORM_PACK16},
        {DXGI_FORMAT_B4G4R4A4_UNORM, VK_FORMAT_A4R4G4B4_UNORM_PACK16},
        {DXGI_FORMAT_R16G16B16A16_FLOAT, VK_FORMAT_R16G16B16A16_SFLOAT},
        {DXGI_FORMAT_R32_FLOAT, VK_FORMAT_R32_SFLOAT},
        {DXGI_FORMAT_D32_FLOAT, VK_FORMAT_D32_SFLOAT},
        {DXGI_FORMAT_D24_UNORM_S8_UINT, VK_FORMAT_D24_UNORM_S8_UINT},
        {DXGI_FORMAT_D32_FLOAT_S8X24_UINT, VK_FORMAT_D32_SFLOAT_S8_UINT},
        {DXGI_FORMAT_D16_UNORM, VK_FORMAT_D16_UNORM},
        {DXGI_FORMAT_BC1_UNORM_SRGB, VK_FORMAT_BC1_RGBA_SRGB_BLOCK},
        {DXGI_FORMAT_BC6H_SF16, VK_FORMAT_BC6H_SFLOAT_BLOCK},
        {DXGI_FORMAT_BC7_UNORM, VK_FORMAT_BC7_UNORM_BLOCK},
        {DXGI_FORMAT_NV12, VK_FORMAT_G8_B8R8_2PLANE_420_UNORM},
        {DXGI_FORMAT_P010, VK_FORMAT_G10X6_B10X6R10X6_2PLANE_420_UNORM_3PACK16},
        {DXGI_FORMAT_YUY2, VK_FORMAT_G8B8G8R8_422_UNORM},
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        cr_expect_eq(to_vk(pairs[i].dxgi), pairs[i].vk, "pair %zu", i);
        cr_expect_eq(to_dxgi(pairs[i].vk), pairs[i].dxgi, "pair %zu", i);
    }
    cr_expect_eq(to_vk(DXGI_FORMAT_B8G8R8X8_UNORM), VK_FORMAT_B8G8R8A8_UNORM);
}

Test(formats, without_equivalent)
{
    static const int dxgi[] = {DXGI_FORMAT_UNKNOWN,
                               DXGI_FORMAT_R1_UNORM,
                               DXGI_FORMAT_R8G8_B8G8_UNORM,
                               DXGI_FORMAT_G8R8_G8B8_UNORM,
                               DXGI_FORMAT_AYUV,
                               DXGI_FORMAT_R10G10B10_XR_BIAS_A2_UNORM,
                               DXGI_FORMAT_P8,
                               12345};
    static const VkFormat vk[] = {
        VK_FORMAT_UNDEFINED,  VK_FORMAT_R8G8B8_UNORM,         VK_FORMAT_S8_UINT,
        VK_FORMAT_R64_SFLOAT, VK_FORMAT_ASTC_4x4_UNORM_BLOCK, VK_FORMAT_R8_SRGB};

    for (size_t i = 0; i < sizeof(dxgi) / sizeof(dxgi[0]); i++) {
        cr_expect_eq(to_vk((DXGI_FORMAT)dxgi[i]), VK_FORMAT_UNDEFINED, "%d", dxgi[i]);
        cr_expect_eq(to_typeless((DXGI_FORMAT)dxgi[i]), DXGI_FORMAT_UNKNOWN, "%d", dxgi[i]);
    }
    for (size_t i = 0; i < sizeof(vk) / sizeof(vk[0]); i++) {
        cr_expect_eq(to_dxgi(vk[i]), DXGI_FORMAT_UNKNOWN, "%d", vk[i]);
    }
}

Test(formats, refusals)
{
    DXGI_FORMAT dxgi;
    VkFormat vk;

    fill(dxgi);
    fill(vk);
    expect_error(vxmD3DGetVkFormat(DXGI_FORMAT_AYUV, &vk), VK_ERROR_FORMAT_NOT_SUPPORTED,
                 VXM_ERROR_REASON_UNSUPPORTED, "DXGI_FORMAT 100 has no equivalent in Vulkan");
    expect_error(vxmD3DGetFormat(VK_FORMAT_S8_UINT, &dxgi), VK_ERROR_FORMAT_NOT_SUPPORTED,
                 VXM_ERROR_REASON_UNSUPPORTED, "VkFormat 127 has no equivalent in Direct3D");
    expect_error(vxmD3DGetTypelessFormat(DXGI_FORMAT_NV12, &dxgi), VK_ERROR_FORMAT_NOT_SUPPORTED,
                 VXM_ERROR_REASON_UNSUPPORTED, "has no typeless format");
    expect_untouched(dxgi);
    expect_untouched(vk);
    expect_error(vxmD3DGetVkFormat(DXGI_FORMAT_NV12, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "out must not be NULL");
    expect_error(vxmD3DGetFormat(VK_FORMAT_R8_UNORM, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "out must not be NULL");
    expect_error(vxmD3DGetTypelessFormat(DXGI_FORMAT_R8_UNORM, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "out must not be NULL");
}

/* A family is one of Vulkan's classes of compatible formats, and its typeless format one of it. */
Test(formats, families)
{
    for (int i = 0; i <= LAST_DXGI; i++) {
        const DXGI_FORMAT typeless = to_typeless((DXGI_FORMAT)i);

        if (typeless != DXGI_FORMAT_UNKNOWN) {
            cr_expect_eq(to_typeless(typeless), typeless, "%d", i);
        }
    }
    cr_expect_eq(to_typeless(DXGI_FORMAT_R8G8B8A8_UNORM_SRGB), DXGI_FORMAT_R8G8B8A8_TYPELESS);
    cr_expect_eq(to_typeless(DXGI_FORMAT_D24_UNORM_S8_UINT), DXGI_FORMAT_R24G8_TYPELESS);
    cr_expect_eq(to_typeless(DXGI_FORMAT_R11G11B10_FLOAT), DXGI_FORMAT_UNKNOWN);
    cr_expect_eq(to_vk(DXGI_FORMAT_R8G8B8A8_TYPELESS), VK_FORMAT_R8G8B8A8_UNORM);
    cr_expect_eq(to_vk(DXGI_FORMAT_R32_TYPELESS), VK_FORMAT_R32_SFLOAT);
    cr_expect_eq(to_vk(DXGI_FORMAT_R24G8_TYPELESS), VK_FORMAT_D24_UNORM_S8_UINT);
}
