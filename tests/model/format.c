/*
 * The formats that the model driver has, and where the planes of an image lie.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

struct plane {
    uint8_t bytes; /* of a texel */
    uint8_t divisor;
};

static const struct format {
    VkFormat format;
    VkImageAspectFlags aspects;
    uint32_t planeCount;
    struct plane planes[MODEL_MAX_PLANES];
} formats[] = {
    {VK_FORMAT_R8_UNORM, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{1, 1}}},
    {VK_FORMAT_R8G8_UNORM, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{2, 1}}},
    {VK_FORMAT_R16_UNORM, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{2, 1}}},
    {VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{4, 1}}},
    {VK_FORMAT_R8G8B8A8_SRGB, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{4, 1}}},
    {VK_FORMAT_R8G8B8A8_UINT, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{4, 1}}},
    {VK_FORMAT_B8G8R8A8_UNORM, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{4, 1}}},
    {VK_FORMAT_B8G8R8A8_SRGB, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{4, 1}}},
    {VK_FORMAT_A2B10G10R10_UNORM_PACK32, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{4, 1}}},
    {VK_FORMAT_R32_UINT, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{4, 1}}},
    {VK_FORMAT_R32_SFLOAT, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{4, 1}}},
    {VK_FORMAT_R16G16B16A16_SFLOAT, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{8, 1}}},
    {VK_FORMAT_R32G32B32A32_SFLOAT, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{16, 1}}},
    {VK_FORMAT_D16_UNORM, VK_IMAGE_ASPECT_DEPTH_BIT, 1, {{2, 1}}},
    {VK_FORMAT_D32_SFLOAT, VK_IMAGE_ASPECT_DEPTH_BIT, 1, {{4, 1}}},
    {VK_FORMAT_S8_UINT, VK_IMAGE_ASPECT_STENCIL_BIT, 1, {{1, 1}}},
    {VK_FORMAT_D24_UNORM_S8_UINT,
     VK_IMAGE_ASPECT_DEPTH_BIT | VK_IMAGE_ASPECT_STENCIL_BIT,
     1,
     {{4, 1}}},
    {VK_FORMAT_D32_SFLOAT_S8_UINT,
     VK_IMAGE_ASPECT_DEPTH_BIT | VK_IMAGE_ASPECT_STENCIL_BIT,
     1,
     {{8, 1}}},
    {VK_FORMAT_G8_B8R8_2PLANE_420_UNORM,
     VK_IMAGE_ASPECT_COLOR_BIT | VK_IMAGE_ASPECT_PLANE_0_BIT | VK_IMAGE_ASPECT_PLANE_1_BIT,
     2,
     {{1, 1}, {2, 2}}},
    {VK_FORMAT_G8_B8_R8_3PLANE_420_UNORM,
     VK_IMAGE_ASPECT_COLOR_BIT | VK_IMAGE_ASPECT_PLANE_0_BIT | VK_IMAGE_ASPECT_PLANE_1_BIT |
         VK_IMAGE_ASPECT_PLANE_2_BIT,
     3,
     {{1, 1}, {1, 2}, {1, 2}}},
};

static const struct format *find_format(VkFormat format)
{
    for (size_t i = 0; i < MODEL_COUNT(formats); i++) {
        if (formats[i].format == format)
            return &formats[i];
    }
    return NULL;
}

bool model__format_known(VkFormat format)
{
    return find_format(format) != NULL;
}

VkImageAspectFlags model__format_aspects(VkFormat format)
{
    const struct format *found = find_format(format);

    return found ? found->aspects : 0;
}

uint32_t model__format_planes(VkFormat format)
{
    const struct format *found = find_format(format);

    return found ? found->planeCount : 0;
}

static uint64_t align_up(uint64_t value, uint64_t alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

void model__format_layout(const ModelDeviceConfig *config, struct model_image *image)
{
    const struct format *format = find_format(image->format);
    uint64_t pitchAlignment = image->tiling == VK_IMAGE_TILING_OPTIMAL ? 512 : 256;
    uint64_t offset = 0;

    image->planeCount = format->planeCount;
    for (uint32_t i = 0; i < format->planeCount; i++) {
        const struct plane *plane = &format->planes[i];
        uint64_t width = (image->extent.width + plane->divisor - 1u) / plane->divisor;
        uint64_t height = (image->extent.height + plane->divisor - 1u) / plane->divisor;
        uint64_t size = 0;

        image->planeOffsets[i] = offset;
        image->planePitches[i] = align_up(width * plane->bytes, pitchAlignment);
        for (uint32_t level = 0; level < image->mipLevels; level++) {
            uint64_t w = width >> level ? width >> level : 1;
            uint64_t h = height >> level ? height >> level : 1;
            uint64_t d = image->extent.depth >> level ? image->extent.depth >> level : 1;

            size += align_up(w * plane->bytes, pitchAlignment) * h * d;
        }
        image->planeSizes[i] =
            align_up(size * image->arrayLayers * image->samples, config->sizeGranularity);
        offset += image->planeSizes[i];
    }
    image->totalSize = offset;
}
