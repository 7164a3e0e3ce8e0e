/*
 * What the library has to know of formats: aspects, and the bytes of their planes.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

/* Formats in a row of Vulkan's numbers whose texel blocks are of one size, but for ASTC's. What has
 * depth and stencil is not here: drivers keep the two apart, or not, so that nothing is known. */
static const struct row {
    VkFormat first, last;
    uint32_t bytes, blockWidth, blockHeight;
} rows[] = {
    {VK_FORMAT_R4G4_UNORM_PACK8, VK_FORMAT_R4G4_UNORM_PACK8, 1, 1, 1},
    {VK_FORMAT_R4G4B4A4_UNORM_PACK16, VK_FORMAT_A1R5G5B5_UNORM_PACK16, 2, 1, 1},
    {VK_FORMAT_R8_UNORM, VK_FORMAT_R8_SRGB, 1, 1, 1},
    {VK_FORMAT_R8G8_UNORM, VK_FORMAT_R8G8_SRGB, 2, 1, 1},
    {VK_FORMAT_R8G8B8_UNORM, VK_FORMAT_B8G8R8_SRGB, 3, 1, 1},
    {VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_A2B10G10R10_SINT_PACK32, 4, 1, 1},
    {VK_FORMAT_R16_UNORM, VK_FORMAT_R16_SFLOAT, 2, 1, 1},
    {VK_FORMAT_R16G16_UNORM, VK_FORMAT_R16G16_SFLOAT, 4, 1, 1},
    {VK_FORMAT_R16G16B16_UNORM, VK_FORMAT_R16G16B16_SFLOAT, 6, 1, 1},
    {VK_FORMAT_R16G16B16A16_UNORM, VK_FORMAT_R16G16B16A16_SFLOAT, 8, 1, 1},
    {VK_FORMAT_R32_UINT, VK_FORMAT_R32_SFLOAT, 4, 1, 1},
    {VK_FORMAT_R32G32_UINT, VK_FORMAT_R32G32_SFLOAT, 8, 1, 1},
    {VK_FORMAT_R32G32B32_UINT, VK_FORMAT_R32G32B32_SFLOAT, 12, 1, 1},
    {VK_FORMAT_R32G32B32A32_UINT, VK_FORMAT_R32G32B32A32_SFLOAT, 16, 1, 1},
    {VK_FORMAT_R64_UINT, VK_FORMAT_R64_SFLOAT, 8, 1, 1},
    {VK_FORMAT_R64G64_UINT, VK_FORMAT_R64G64_SFLOAT, 16, 1, 1},
    {VK_FORMAT_R64G64B64_UINT, VK_FORMAT_R64G64B64_SFLOAT, 24, 1, 1},
    {VK_FORMAT_R64G64B64A64_UINT, VK_FORMAT_R64G64B64A64_SFLOAT, 32, 1, 1},
    {VK_FORMAT_B10G11R11_UFLOAT_PACK32, VK_FORMAT_E5B9G9R9_UFLOAT_PACK32, 4, 1, 1},
    {VK_FORMAT_D16_UNORM, VK_FORMAT_D16_UNORM, 2, 1, 1},
    {VK_FORMAT_X8_D24_UNORM_PACK32, VK_FORMAT_D32_SFLOAT, 4, 1, 1},
    {VK_FORMAT_S8_UINT, VK_FORMAT_S8_UINT, 1, 1, 1},
    {VK_FORMAT_BC1_RGB_UNORM_BLOCK, VK_FORMAT_BC1_RGBA_SRGB_BLOCK, 8, 4, 4},
    {VK_FORMAT_BC2_UNORM_BLOCK, VK_FORMAT_BC3_SRGB_BLOCK, 16, 4, 4},
    {VK_FORMAT_BC4_UNORM_BLOCK, VK_FORMAT_BC4_SNORM_BLOCK, 8, 4, 4},
    {VK_FORMAT_BC5_UNORM_BLOCK, VK_FORMAT_BC7_SRGB_BLOCK, 16, 4, 4},
    {VK_FORMAT_ETC2_R8G8B8_UNORM_BLOCK, VK_FORMAT_ETC2_R8G8B8A1_SRGB_BLOCK, 8, 4, 4},
    {VK_FORMAT_ETC2_R8G8B8A8_UNORM_BLOCK, VK_FORMAT_ETC2_R8G8B8A8_SRGB_BLOCK, 16, 4, 4},
    {VK_FORMAT_EAC_R11_UNORM_BLOCK, VK_FORMAT_EAC_R11_SNORM_BLOCK, 8, 4, 4},
    {VK_FORMAT_EAC_R11G11_UNORM_BLOCK, VK_FORMAT_EAC_R11G11_SNORM_BLOCK, 16, 4, 4},
    {VK_FORMAT_ASTC_4x4_UNORM_BLOCK, VK_FORMAT_ASTC_12x12_SRGB_BLOCK, 16, 0, 0},
    {VK_FORMAT_ASTC_4x4_SFLOAT_BLOCK, VK_FORMAT_ASTC_12x12_SFLOAT_BLOCK, 16, 0, 0},
    {VK_FORMAT_G8B8G8R8_422_UNORM, VK_FORMAT_B8G8R8G8_422_UNORM, 4, 2, 1},
    {VK_FORMAT_R10X6_UNORM_PACK16, VK_FORMAT_R10X6_UNORM_PACK16, 2, 1, 1},
    {VK_FORMAT_R10X6G10X6_UNORM_2PACK16, VK_FORMAT_R10X6G10X6_UNORM_2PACK16, 4, 1, 1},
    {VK_FORMAT_R10X6G10X6B10X6A10X6_UNORM_4PACK16, VK_FORMAT_R10X6G10X6B10X6A10X6_UNORM_4PACK16, 8,
     1, 1},
    {VK_FORMAT_G10X6B10X6G10X6R10X6_422_UNORM_4PACK16,
     VK_FORMAT_B10X6G10X6R10X6G10X6_422_UNORM_4PACK16, 8, 2, 1},
    {VK_FORMAT_R12X4_UNORM_PACK16, VK_FORMAT_R12X4_UNORM_PACK16, 2, 1, 1},
    {VK_FORMAT_R12X4G12X4_UNORM_2PACK16, VK_FORMAT_R12X4G12X4_UNORM_2PACK16, 4, 1, 1},
    {VK_FORMAT_R12X4G12X4B12X4A12X4_UNORM_4PACK16, VK_FORMAT_R12X4G12X4B12X4A12X4_UNORM_4PACK16, 8,
     1, 1},
    {VK_FORMAT_G12X4B12X4G12X4R12X4_422_UNORM_4PACK16,
     VK_FORMAT_B12X4G12X4R12X4G12X4_422_UNORM_4PACK16, 8, 2, 1},
    {VK_FORMAT_G16B16G16R16_422_UNORM, VK_FORMAT_B16G16R16G16_422_UNORM, 8, 2, 1},
    {VK_FORMAT_A4R4G4B4_UNORM_PACK16, VK_FORMAT_A4B4G4R4_UNORM_PACK16, 2, 1, 1},
};

/* In the order of both rows of ASTC above; UNORM and SRGB take turns in the first. */
static const uint8_t astc[][2] = {{4, 4}, {5, 4},  {5, 5},  {6, 5},  {6, 6},   {8, 5},   {8, 6},
                                  {8, 8}, {10, 5}, {10, 6}, {10, 8}, {10, 10}, {12, 10}, {12, 12}};

/* The multi-planar formats. The first plane has the image's extent, and each texel one channel of
 * `bits`; the others are divided, and have the two chroma channels together or one each. */
static const struct planes {
    VkFormat format;
    uint32_t count, divideX, divideY, bits;
} planes[] = {
    {VK_FORMAT_G8_B8_R8_3PLANE_420_UNORM, 3, 2, 2, 8},
    {VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, 2, 2, 2, 8},
    {VK_FORMAT_G8_B8_R8_3PLANE_422_UNORM, 3, 2, 1, 8},
    {VK_FORMAT_G8_B8R8_2PLANE_422_UNORM, 2, 2, 1, 8},
    {VK_FORMAT_G8_B8_R8_3PLANE_444_UNORM, 3, 1, 1, 8},
    {VK_FORMAT_G8_B8R8_2PLANE_444_UNORM, 2, 1, 1, 8},
    {VK_FORMAT_G10X6_B10X6_R10X6_3PLANE_420_UNORM_3PACK16, 3, 2, 2, 10},
    {VK_FORMAT_G10X6_B10X6R10X6_2PLANE_420_UNORM_3PACK16, 2, 2, 2, 10},
    {VK_FORMAT_G10X6_B10X6_R10X6_3PLANE_422_UNORM_3PACK16, 3, 2, 1, 10},
    {VK_FORMAT_G10X6_B10X6R10X6_2PLANE_422_UNORM_3PACK16, 2, 2, 1, 10},
    {VK_FORMAT_G10X6_B10X6_R10X6_3PLANE_444_UNORM_3PACK16, 3, 1, 1, 10},
    {VK_FORMAT_G10X6_B10X6R10X6_2PLANE_444_UNORM_3PACK16, 2, 1, 1, 10},
    {VK_FORMAT_G12X4_B12X4_R12X4_3PLANE_420_UNORM_3PACK16, 3, 2, 2, 12},
    {VK_FORMAT_G12X4_B12X4R12X4_2PLANE_420_UNORM_3PACK16, 2, 2, 2, 12},
    {VK_FORMAT_G12X4_B12X4_R12X4_3PLANE_422_UNORM_3PACK16, 3, 2, 1, 12},
    {VK_FORMAT_G12X4_B12X4R12X4_2PLANE_422_UNORM_3PACK16, 2, 2, 1, 12},
    {VK_FORMAT_G12X4_B12X4_R12X4_3PLANE_444_UNORM_3PACK16, 3, 1, 1, 12},
    {VK_FORMAT_G12X4_B12X4R12X4_2PLANE_444_UNORM_3PACK16, 2, 1, 1, 12},
    {VK_FORMAT_G16_B16_R16_3PLANE_420_UNORM, 3, 2, 2, 16},
    {VK_FORMAT_G16_B16R16_2PLANE_420_UNORM, 2, 2, 2, 16},
    {VK_FORMAT_G16_B16_R16_3PLANE_422_UNORM, 3, 2, 1, 16},
    {VK_FORMAT_G16_B16R16_2PLANE_422_UNORM, 2, 2, 1, 16},
    {VK_FORMAT_G16_B16_R16_3PLANE_444_UNORM, 3, 1, 1, 16},
    {VK_FORMAT_G16_B16R16_2PLANE_444_UNORM, 2, 1, 1, 16},
};

/* Compatible formats of planes with one channel, and with two. */
static const struct channels {
    uint32_t bits;
    VkFormat formats[2];
} channels[] = {
    {8, {VK_FORMAT_R8_UNORM, VK_FORMAT_R8G8_UNORM}},
    {10, {VK_FORMAT_R10X6_UNORM_PACK16, VK_FORMAT_R10X6G10X6_UNORM_2PACK16}},
    {12, {VK_FORMAT_R12X4_UNORM_PACK16, VK_FORMAT_R12X4G12X4_UNORM_2PACK16}},
    {16, {VK_FORMAT_R16_UNORM, VK_FORMAT_R16G16_UNORM}},
};

/* NULL for what isn't multi-planar. */
static const struct planes *find_planes(VkFormat format)
{
    for (size_t i = 0; i < sizeof planes / sizeof planes[0]; i++) {
        if (planes[i].format == format) {
            return &planes[i];
        }
    }
    return NULL;
}

uint32_t vxm__format_plane_count(VkFormat format)
{
    const struct planes *found = find_planes(format);

    return found != NULL ? found->count : 1;
}

VkImageAspectFlags vxm__format_aspects(VkFormat format, bool disjoint)
{
    static const VkImageAspectFlags aspects[] = {
        VK_IMAGE_ASPECT_COLOR_BIT,
        VK_IMAGE_ASPECT_PLANE_0_BIT | VK_IMAGE_ASPECT_PLANE_1_BIT,
        VK_IMAGE_ASPECT_PLANE_0_BIT | VK_IMAGE_ASPECT_PLANE_1_BIT | VK_IMAGE_ASPECT_PLANE_2_BIT,
    };

    switch (format) {
    case VK_FORMAT_D16_UNORM:
    case VK_FORMAT_X8_D24_UNORM_PACK32:
    case VK_FORMAT_D32_SFLOAT:
        return VK_IMAGE_ASPECT_DEPTH_BIT;
    case VK_FORMAT_S8_UINT:
        return VK_IMAGE_ASPECT_STENCIL_BIT;
    case VK_FORMAT_D16_UNORM_S8_UINT:
    case VK_FORMAT_D24_UNORM_S8_UINT:
    case VK_FORMAT_D32_SFLOAT_S8_UINT:
        return VK_IMAGE_ASPECT_DEPTH_BIT | VK_IMAGE_ASPECT_STENCIL_BIT;
    default:
        return aspects[disjoint ? vxm__format_plane_count(format) - 1 : 0];
    }
}

VkFormat vxmGetPlaneFormat(VkFormat format, uint32_t plane)
{
    const struct planes *found = find_planes(format);
    const bool both = found != NULL && found->count == 2 && plane == 1;

    if (found == NULL) {
        return plane == 0 ? format : VK_FORMAT_UNDEFINED;
    }
    for (size_t i = 0; i < sizeof channels / sizeof channels[0]; i++) {
        if (plane < found->count && channels[i].bits == found->bits) {
            return channels[i].formats[both];
        }
    }
    return VK_FORMAT_UNDEFINED;
}

bool vxm__format_plane(VkFormat format, uint32_t plane, struct vxm_format_plane *facts)
{
    const struct planes *found = find_planes(format);
    const VkFormat single = vxmGetPlaneFormat(format, plane);
    const bool divided = found != NULL && plane != 0;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];

        if (single < row->first || single > row->last) {
            continue;
        }
        *facts = (struct vxm_format_plane){
            .bytes = row->bytes,
            .blockWidth = row->blockWidth,
            .blockHeight = row->blockHeight,
            .divideX = divided ? found->divideX : 1,
            .divideY = divided ? found->divideY : 1,
        };
        if (row->blockWidth == 0) {
            uint32_t index = (uint32_t)single - (uint32_t)row->first;

            index /= row->first == VK_FORMAT_ASTC_4x4_UNORM_BLOCK ? 2 : 1;
            facts->blockWidth = astc[index][0];
            facts->blockHeight = astc[index][1];
        }
        return true;
    }
    return false;
}
