/*
 * Formats by name, for sentences.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <stdio.h>

#define KINDS 7
static const char *const numbers[KINDS] = {"UNORM", "SNORM", "USCALED", "SSCALED",
                                           "UINT",  "SINT",  "SRGB"};
static const char *const halves[KINDS] = {"UNORM", "SNORM", "USCALED", "SSCALED",
                                          "UINT",  "SINT",  "SFLOAT"};
static const char *const words[KINDS] = {"UINT", "SINT", "SFLOAT"};
static const char *const colours[KINDS] = {"UNORM", "SRGB"};
static const char *const signs[KINDS] = {"UNORM", "SNORM"};
static const char *const floats[KINDS] = {"UFLOAT", "SFLOAT"};

/* Formats in a row whose names differ by the kind of number in the middle. */
static const struct family {
    VkFormat first;
    const char *begin;
    const char *const *kinds;
    uint32_t count;
    const char *end;
} families[] = {
    {VK_FORMAT_R8_UNORM, "R8", numbers, 7, ""},
    {VK_FORMAT_R8G8_UNORM, "R8G8", numbers, 7, ""},
    {VK_FORMAT_R8G8B8_UNORM, "R8G8B8", numbers, 7, ""},
    {VK_FORMAT_B8G8R8_UNORM, "B8G8R8", numbers, 7, ""},
    {VK_FORMAT_R8G8B8A8_UNORM, "R8G8B8A8", numbers, 7, ""},
    {VK_FORMAT_B8G8R8A8_UNORM, "B8G8R8A8", numbers, 7, ""},
    {VK_FORMAT_A8B8G8R8_UNORM_PACK32, "A8B8G8R8", numbers, 7, "_PACK32"},
    {VK_FORMAT_A2R10G10B10_UNORM_PACK32, "A2R10G10B10", numbers, 6, "_PACK32"},
    {VK_FORMAT_A2B10G10R10_UNORM_PACK32, "A2B10G10R10", numbers, 6, "_PACK32"},
    {VK_FORMAT_R16_UNORM, "R16", halves, 7, ""},
    {VK_FORMAT_R16G16_UNORM, "R16G16", halves, 7, ""},
    {VK_FORMAT_R16G16B16_UNORM, "R16G16B16", halves, 7, ""},
    {VK_FORMAT_R16G16B16A16_UNORM, "R16G16B16A16", halves, 7, ""},
    {VK_FORMAT_R32_UINT, "R32", words, 3, ""},
    {VK_FORMAT_R32G32_UINT, "R32G32", words, 3, ""},
    {VK_FORMAT_R32G32B32_UINT, "R32G32B32", words, 3, ""},
    {VK_FORMAT_R32G32B32A32_UINT, "R32G32B32A32", words, 3, ""},
    {VK_FORMAT_R64_UINT, "R64", words, 3, ""},
    {VK_FORMAT_R64G64_UINT, "R64G64", words, 3, ""},
    {VK_FORMAT_R64G64B64_UINT, "R64G64B64", words, 3, ""},
    {VK_FORMAT_R64G64B64A64_UINT, "R64G64B64A64", words, 3, ""},
    {VK_FORMAT_BC1_RGB_UNORM_BLOCK, "BC1_RGB", colours, 2, "_BLOCK"},
    {VK_FORMAT_BC1_RGBA_UNORM_BLOCK, "BC1_RGBA", colours, 2, "_BLOCK"},
    {VK_FORMAT_BC2_UNORM_BLOCK, "BC2", colours, 2, "_BLOCK"},
    {VK_FORMAT_BC3_UNORM_BLOCK, "BC3", colours, 2, "_BLOCK"},
    {VK_FORMAT_BC4_UNORM_BLOCK, "BC4", signs, 2, "_BLOCK"},
    {VK_FORMAT_BC5_UNORM_BLOCK, "BC5", signs, 2, "_BLOCK"},
    {VK_FORMAT_BC6H_UFLOAT_BLOCK, "BC6H", floats, 2, "_BLOCK"},
    {VK_FORMAT_BC7_UNORM_BLOCK, "BC7", colours, 2, "_BLOCK"},
    {VK_FORMAT_ETC2_R8G8B8_UNORM_BLOCK, "ETC2_R8G8B8", colours, 2, "_BLOCK"},
    {VK_FORMAT_ETC2_R8G8B8A1_UNORM_BLOCK, "ETC2_R8G8B8A1", colours, 2, "_BLOCK"},
    {VK_FORMAT_ETC2_R8G8B8A8_UNORM_BLOCK, "ETC2_R8G8B8A8", colours, 2, "_BLOCK"},
    {VK_FORMAT_EAC_R11_UNORM_BLOCK, "EAC_R11", signs, 2, "_BLOCK"},
    {VK_FORMAT_EAC_R11G11_UNORM_BLOCK, "EAC_R11G11", signs, 2, "_BLOCK"},
};

/* The others, but for ASTC. */
#define NAME(name)                                                                                 \
    {                                                                                              \
        VK_FORMAT_##name, #name                                                                    \
    }
static const struct {
    VkFormat format;
    const char *name;
} names[] = {
    NAME(UNDEFINED),
    NAME(R4G4_UNORM_PACK8),
    NAME(R4G4B4A4_UNORM_PACK16),
    NAME(B4G4R4A4_UNORM_PACK16),
    NAME(R5G6B5_UNORM_PACK16),
    NAME(B5G6R5_UNORM_PACK16),
    NAME(R5G5B5A1_UNORM_PACK16),
    NAME(B5G5R5A1_UNORM_PACK16),
    NAME(A1R5G5B5_UNORM_PACK16),
    NAME(B10G11R11_UFLOAT_PACK32),
    NAME(E5B9G9R9_UFLOAT_PACK32),
    NAME(D16_UNORM),
    NAME(X8_D24_UNORM_PACK32),
    NAME(D32_SFLOAT),
    NAME(S8_UINT),
    NAME(D16_UNORM_S8_UINT),
    NAME(D24_UNORM_S8_UINT),
    NAME(D32_SFLOAT_S8_UINT),
    NAME(G8B8G8R8_422_UNORM),
    NAME(B8G8R8G8_422_UNORM),
    NAME(G8_B8_R8_3PLANE_420_UNORM),
    NAME(G8_B8R8_2PLANE_420_UNORM),
    NAME(G8_B8_R8_3PLANE_422_UNORM),
    NAME(G8_B8R8_2PLANE_422_UNORM),
    NAME(G8_B8_R8_3PLANE_444_UNORM),
    NAME(G8_B8R8_2PLANE_444_UNORM),
    NAME(R10X6_UNORM_PACK16),
    NAME(R10X6G10X6_UNORM_2PACK16),
    NAME(R10X6G10X6B10X6A10X6_UNORM_4PACK16),
    NAME(G10X6B10X6G10X6R10X6_422_UNORM_4PACK16),
    NAME(B10X6G10X6R10X6G10X6_422_UNORM_4PACK16),
    NAME(G10X6_B10X6_R10X6_3PLANE_420_UNORM_3PACK16),
    NAME(G10X6_B10X6R10X6_2PLANE_420_UNORM_3PACK16),
    NAME(G10X6_B10X6_R10X6_3PLANE_422_UNORM_3PACK16),
    NAME(G10X6_B10X6R10X6_2PLANE_422_UNORM_3PACK16),
    NAME(G10X6_B10X6_R10X6_3PLANE_444_UNORM_3PACK16),
    NAME(G10X6_B10X6R10X6_2PLANE_444_UNORM_3PACK16),
    NAME(R12X4_UNORM_PACK16),
    NAME(R12X4G12X4_UNORM_2PACK16),
    NAME(R12X4G12X4B12X4A12X4_UNORM_4PACK16),
    NAME(G12X4B12X4G12X4R12X4_422_UNORM_4PACK16),
    NAME(B12X4G12X4R12X4G12X4_422_UNORM_4PACK16),
    NAME(G12X4_B12X4_R12X4_3PLANE_420_UNORM_3PACK16),
    NAME(G12X4_B12X4R12X4_2PLANE_420_UNORM_3PACK16),
    NAME(G12X4_B12X4_R12X4_3PLANE_422_UNORM_3PACK16),
    NAME(G12X4_B12X4R12X4_2PLANE_422_UNORM_3PACK16),
    NAME(G12X4_B12X4_R12X4_3PLANE_444_UNORM_3PACK16),
    NAME(G12X4_B12X4R12X4_2PLANE_444_UNORM_3PACK16),
    NAME(G16B16G16R16_422_UNORM),
    NAME(B16G16R16G16_422_UNORM),
    NAME(G16_B16_R16_3PLANE_420_UNORM),
    NAME(G16_B16R16_2PLANE_420_UNORM),
    NAME(G16_B16_R16_3PLANE_422_UNORM),
    NAME(G16_B16R16_2PLANE_422_UNORM),
    NAME(G16_B16_R16_3PLANE_444_UNORM),
    NAME(G16_B16R16_2PLANE_444_UNORM),
    NAME(A4R4G4B4_UNORM_PACK16),
    NAME(A4B4G4R4_UNORM_PACK16),
};

struct vxm_format_name vxm__format_name(VkFormat format)
{
    struct vxm_format_name name;
    struct vxm_format_plane facts;
    const char *const kind = format >= VK_FORMAT_ASTC_4x4_SFLOAT_BLOCK            ? "SFLOAT"
                             : (format - VK_FORMAT_ASTC_4x4_UNORM_BLOCK) % 2 == 0 ? "UNORM"
                                                                                  : "SRGB";

    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        const struct family *family = &families[i];
        const uint32_t index = (uint32_t)format - (uint32_t)family->first;

        if (index < family->count) {
            snprintf(name.text, sizeof name.text, "%s_%s%s", family->begin, family->kinds[index],
                     family->end);
            return name;
        }
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].format == format) {
            snprintf(name.text, sizeof name.text, "%s", names[i].name);
            return name;
        }
    }
    if (vxm__format_plane(format, 0, &facts) && facts.blockWidth > 1) {
        snprintf(name.text, sizeof name.text, "ASTC_%ux%u_%s_BLOCK", facts.blockWidth,
                 facts.blockHeight, kind);
        return name;
    }
    snprintf(name.text, sizeof name.text, "%d", (int)format);
    return name;
}
