/*
 * Format codes of DRM's, and the formats of Vulkan's with the same bytes.
 *
 * drm_fourcc.h names channels from the highest bits of a little-endian word on, Vulkan's names
 * without PACK from the first byte on: DRM's XRGB8888 is B8G8R8A8. Vulkan's names with PACK go by
 * the word as DRM's do (a host with Vulkan is little-endian, too).
 *
 * Left out is what has no such format in Vulkan 1.3 (RGBA8888, ABGR1555), and what has the bytes of
 * an RGB format but isn't RGB (AYUV, Y410): nobody would see that from the format.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#define CODE(a, b, c, d)                                                                           \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)

enum {
    OPAQUE = 0x1,  /* an X in place of alpha */
    SWAPPED = 0x2, /* Cr before Cb */
};

/* Of the codes of one format the first without flags is that which it has by itself. */
static const struct code {
    uint32_t fourcc;
    VkFormat format;
    uint32_t flags;
} codes[] = {
    {CODE('R', '8', ' ', ' '), VK_FORMAT_R8_UNORM, 0},
    {CODE('G', 'R', '8', '8'), VK_FORMAT_R8G8_UNORM, 0},
    {CODE('B', 'G', '2', '4'), VK_FORMAT_R8G8B8_UNORM, 0},
    {CODE('R', 'G', '2', '4'), VK_FORMAT_B8G8R8_UNORM, 0},
    {CODE('A', 'B', '2', '4'), VK_FORMAT_R8G8B8A8_UNORM, 0},
    {CODE('X', 'B', '2', '4'), VK_FORMAT_R8G8B8A8_UNORM, OPAQUE},
    {CODE('A', 'R', '2', '4'), VK_FORMAT_B8G8R8A8_UNORM, 0},
    {CODE('X', 'R', '2', '4'), VK_FORMAT_B8G8R8A8_UNORM, OPAQUE},
    {CODE('R', '1', '6', ' '), VK_FORMAT_R16_UNORM, 0},
    {CODE('G', 'R', '3', '2'), VK_FORMAT_R16G16_UNORM, 0},
    {CODE('B', 'G', '4', '8'), VK_FORMAT_R16G16B16_UNORM, 0},
    {CODE('A', 'B', '4', '8'), VK_FORMAT_R16G16B16A16_UNORM, 0},
    {CODE('X', 'B', '4', '8'), VK_FORMAT_R16G16B16A16_UNORM, OPAQUE},
    {CODE('R', ' ', ' ', 'H'), VK_FORMAT_R16_SFLOAT, 0},
    {CODE('G', 'R', ' ', 'H'), VK_FORMAT_R16G16_SFLOAT, 0},
    {CODE('B', 'G', 'R', 'H'), VK_FORMAT_R16G16B16_SFLOAT, 0},
    {CODE('A', 'B', '4', 'H'), VK_FORMAT_R16G16B16A16_SFLOAT, 0},
    {CODE('X', 'B', '4', 'H'), VK_FORMAT_R16G16B16A16_SFLOAT, OPAQUE},
    {CODE('R', ' ', ' ', 'F'), VK_FORMAT_R32_SFLOAT, 0},
    {CODE('G', 'R', ' ', 'F'), VK_FORMAT_R32G32_SFLOAT, 0},
    {CODE('B', 'G', 'R', 'F'), VK_FORMAT_R32G32B32_SFLOAT, 0},
    {CODE('A', 'B', '8', 'F'), VK_FORMAT_R32G32B32A32_SFLOAT, 0},

    {CODE('R', 'G', '1', '6'), VK_FORMAT_R5G6B5_UNORM_PACK16, 0},
    {CODE('B', 'G', '1', '6'), VK_FORMAT_B5G6R5_UNORM_PACK16, 0},
    {CODE('A', 'R', '1', '5'), VK_FORMAT_A1R5G5B5_UNORM_PACK16, 0},
    {CODE('X', 'R', '1', '5'), VK_FORMAT_A1R5G5B5_UNORM_PACK16, OPAQUE},
    {CODE('R', 'A', '1', '5'), VK_FORMAT_R5G5B5A1_UNORM_PACK16, 0},
    {CODE('R', 'X', '1', '5'), VK_FORMAT_R5G5B5A1_UNORM_PACK16, OPAQUE},
    {CODE('B', 'A', '1', '5'), VK_FORMAT_B5G5R5A1_UNORM_PACK16, 0},
    {CODE('B', 'X', '1', '5'), VK_FORMAT_B5G5R5A1_UNORM_PACK16, OPAQUE},
    {CODE('A', 'R', '1', '2'), VK_FORMAT_A4R4G4B4_UNORM_PACK16, 0},
    {CODE('X', 'R', '1', '2'), VK_FORMAT_A4R4G4B4_UNORM_PACK16, OPAQUE},
    {CODE('A', 'B', '1', '2'), VK_FORMAT_A4B4G4R4_UNORM_PACK16, 0},
    {CODE('X', 'B', '1', '2'), VK_FORMAT_A4B4G4R4_UNORM_PACK16, OPAQUE},
    {CODE('R', 'A', '1', '2'), VK_FORMAT_R4G4B4A4_UNORM_PACK16, 0},
    {CODE('R', 'X', '1', '2'), VK_FORMAT_R4G4B4A4_UNORM_PACK16, OPAQUE},
    {CODE('B', 'A', '1', '2'), VK_FORMAT_B4G4R4A4_UNORM_PACK16, 0},
    {CODE('B', 'X', '1', '2'), VK_FORMAT_B4G4R4A4_UNORM_PACK16, OPAQUE},
    {CODE('A', 'R', '3', '0'), VK_FORMAT_A2R10G10B10_UNORM_PACK32, 0},
    {CODE('X', 'R', '3', '0'), VK_FORMAT_A2R10G10B10_UNORM_PACK32, OPAQUE},
    {CODE('A', 'B', '3', '0'), VK_FORMAT_A2B10G10R10_UNORM_PACK32, 0},
    {CODE('X', 'B', '3', '0'), VK_FORMAT_A2B10G10R10_UNORM_PACK32, OPAQUE},
    {CODE('A', 'B', '1', '0'), VK_FORMAT_R10X6G10X6B10X6A10X6_UNORM_4PACK16, 0},

    /* G is luma, B is Cb and R is Cr. */
    {CODE('Y', 'U', 'Y', 'V'), VK_FORMAT_G8B8G8R8_422_UNORM, 0},
    {CODE('Y', 'V', 'Y', 'U'), VK_FORMAT_G8B8G8R8_422_UNORM, SWAPPED},
    {CODE('U', 'Y', 'V', 'Y'), VK_FORMAT_B8G8R8G8_422_UNORM, 0},
    {CODE('V', 'Y', 'U', 'Y'), VK_FORMAT_B8G8R8G8_422_UNORM, SWAPPED},
    {CODE('Y', '2', '1', '0'), VK_FORMAT_G10X6B10X6G10X6R10X6_422_UNORM_4PACK16, 0},
    {CODE('Y', '2', '1', '2'), VK_FORMAT_G12X4B12X4G12X4R12X4_422_UNORM_4PACK16, 0},
    {CODE('Y', '2', '1', '6'), VK_FORMAT_G16B16G16R16_422_UNORM, 0},
    {CODE('N', 'V', '1', '2'), VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, 0},
    {CODE('N', 'V', '2', '1'), VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, SWAPPED},
    {CODE('N', 'V', '1', '6'), VK_FORMAT_G8_B8R8_2PLANE_422_UNORM, 0},
    {CODE('N', 'V', '6', '1'), VK_FORMAT_G8_B8R8_2PLANE_422_UNORM, SWAPPED},
    {CODE('N', 'V', '2', '4'), VK_FORMAT_G8_B8R8_2PLANE_444_UNORM, 0},
    {CODE('N', 'V', '4', '2'), VK_FORMAT_G8_B8R8_2PLANE_444_UNORM, SWAPPED},
    {CODE('P', '0', '1', '0'), VK_FORMAT_G10X6_B10X6R10X6_2PLANE_420_UNORM_3PACK16, 0},
    {CODE('P', '2', '1', '0'), VK_FORMAT_G10X6_B10X6R10X6_2PLANE_422_UNORM_3PACK16, 0},
    {CODE('P', '0', '1', '2'), VK_FORMAT_G12X4_B12X4R12X4_2PLANE_420_UNORM_3PACK16, 0},
    {CODE('P', '0', '1', '6'), VK_FORMAT_G16_B16R16_2PLANE_420_UNORM, 0},
    {CODE('Y', 'U', '1', '2'), VK_FORMAT_G8_B8_R8_3PLANE_420_UNORM, 0},
    {CODE('Y', 'V', '1', '2'), VK_FORMAT_G8_B8_R8_3PLANE_420_UNORM, SWAPPED},
    {CODE('Y', 'U', '1', '6'), VK_FORMAT_G8_B8_R8_3PLANE_422_UNORM, 0},
    {CODE('Y', 'V', '1', '6'), VK_FORMAT_G8_B8_R8_3PLANE_422_UNORM, SWAPPED},
    {CODE('Y', 'U', '2', '4'), VK_FORMAT_G8_B8_R8_3PLANE_444_UNORM, 0},
    {CODE('Y', 'V', '2', '4'), VK_FORMAT_G8_B8_R8_3PLANE_444_UNORM, SWAPPED},
    {CODE('Q', '4', '1', '0'), VK_FORMAT_G10X6_B10X6_R10X6_3PLANE_444_UNORM_3PACK16, 0},
    {CODE('Q', '4', '0', '1'), VK_FORMAT_G10X6_B10X6_R10X6_3PLANE_444_UNORM_3PACK16, SWAPPED},
    {CODE('S', '0', '1', '6'), VK_FORMAT_G16_B16_R16_3PLANE_420_UNORM, 0},
    {CODE('S', '2', '1', '6'), VK_FORMAT_G16_B16_R16_3PLANE_422_UNORM, 0},
    {CODE('S', '4', '1', '6'), VK_FORMAT_G16_B16_R16_3PLANE_444_UNORM, 0},
};

/* Formats with the bytes and bits of another that is in the table. */
static const VkFormat aliases[][2] = {
    {VK_FORMAT_R8_SRGB, VK_FORMAT_R8_UNORM},
    {VK_FORMAT_R8G8_SRGB, VK_FORMAT_R8G8_UNORM},
    {VK_FORMAT_R8G8B8_SRGB, VK_FORMAT_R8G8B8_UNORM},
    {VK_FORMAT_B8G8R8_SRGB, VK_FORMAT_B8G8R8_UNORM},
    {VK_FORMAT_R8G8B8A8_SRGB, VK_FORMAT_R8G8B8A8_UNORM},
    {VK_FORMAT_B8G8R8A8_SRGB, VK_FORMAT_B8G8R8A8_UNORM},
    {VK_FORMAT_A8B8G8R8_UNORM_PACK32, VK_FORMAT_R8G8B8A8_UNORM},
    {VK_FORMAT_A8B8G8R8_SRGB_PACK32, VK_FORMAT_R8G8B8A8_UNORM},
};

VkResult vxmGetFourccFormat(uint32_t fourcc, VxmFourccFormat *format)
{
    char letters[5] = "";

    if (format == NULL) {
        return vxm__fail_argument("vxmGetFourccFormat: format must not be NULL.");
    }
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        const struct code *code = &codes[i];
        const bool opaque = (code->flags & OPAQUE) != 0;
        const bool swapped = (code->flags & SWAPPED) != 0;

        if (code->fourcc == fourcc) {
            *format = (VxmFourccFormat){
                .fourcc = fourcc,
                .format = code->format,
                .planeCount = vxm__format_plane_count(code->format),
                .opaque = opaque,
                .components =
                    {
                        .r = swapped ? VK_COMPONENT_SWIZZLE_B : VK_COMPONENT_SWIZZLE_IDENTITY,
                        .b = swapped ? VK_COMPONENT_SWIZZLE_R : VK_COMPONENT_SWIZZLE_IDENTITY,
                        .a = opaque ? VK_COMPONENT_SWIZZLE_ONE : VK_COMPONENT_SWIZZLE_IDENTITY,
                    },
            };
            return VK_SUCCESS;
        }
    }
    for (uint32_t i = 0; i < 4; i++) {
        const uint32_t letter = fourcc >> (8 * i) & 0xff;

        letters[i] = letter >= ' ' && letter <= '~' ? (char)letter : '?';
    }
    return vxm__fail(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                     "vxmGetFourccFormat: 0x%08x (\"%s\") is no format code of DRM's, or no format "
                     "of Vulkan's has the same bytes. Agree on another format, such as XR24, AB24 "
                     "or NV12.",
                     fourcc, letters);
}

uint32_t vxmGetFormatFourcc(VkFormat format, VkBool32 opaque)
{
    uint32_t fourcc = 0;

    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (aliases[i][0] == format) {
            format = aliases[i][1];
            break;
        }
    }
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        const uint32_t flags = codes[i].flags;

        if (codes[i].format == format && (flags == 0 || (flags == OPAQUE && opaque))) {
            fourcc = codes[i].fourcc;
        }
    }
    return fourcc;
}
