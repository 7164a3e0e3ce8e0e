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
    struct plane planes[3];
} formats[] = {
    {VK_FORMAT_R8_UNORM, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{1, 1}}},
    {VK_FORMAT_R8G8_UNORM, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{2, 1}}},
    {VK_FORMAT_R10X6_UNORM_PACK16, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{2, 1}}},
    {VK_FORMAT_R10X6G10X6_UNORM_2PACK16, VK_IMAGE_ASPECT_COLOR_BIT, 1, {{4, 1}}},
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
    {VK_FORMAT_G10X6_B10X6R10X6_2PLANE_420_UNORM_3PACK16,
     VK_IMAGE_ASPECT_COLOR_BIT | VK_IMAGE_ASPECT_PLANE_0_BIT | VK_IMAGE_ASPECT_PLANE_1_BIT,
     2,
     {{2, 1}, {4, 2}}},
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

VkFormatFeatureFlags model__format_features(VkFormat format)
{
    VkFormatFeatureFlags features = VK_FORMAT_FEATURE_TRANSFER_SRC_BIT |
                                    VK_FORMAT_FEATURE_TRANSFER_DST_BIT |
                                    VK_FORMAT_FEATURE_SAMPLED_IMAGE_BIT;
    VkImageAspectFlags aspects = model__format_aspects(format);

    if (!aspects)
        return 0;
    if (aspects & (VK_IMAGE_ASPECT_DEPTH_BIT | VK_IMAGE_ASPECT_STENCIL_BIT))
        features |= VK_FORMAT_FEATURE_DEPTH_STENCIL_ATTACHMENT_BIT;
    else
        features |= VK_FORMAT_FEATURE_COLOR_ATTACHMENT_BIT | VK_FORMAT_FEATURE_STORAGE_IMAGE_BIT;
    if (model__format_planes(format) > 1)
        features |= VK_FORMAT_FEATURE_DISJOINT_BIT;
    return features;
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

/* Bytes of a row and rows of the first level; those of a compressed image are followed by as many
 * planes again, which say how each block is compressed. */
static void measure(const struct model_image *image, uint32_t index, uint64_t *rowBytes,
                    uint64_t *rows)
{
    const struct format *format = find_format(image->format);
    const struct plane *plane = &format->planes[index % format->planeCount];

    *rowBytes =
        (image->extent.width + plane->divisor - 1u) / plane->divisor * (uint64_t)plane->bytes;
    *rows = (image->extent.height + plane->divisor - 1u) / plane->divisor;
    if (index >= format->planeCount) {
        *rowBytes = (*rowBytes + 15) / 16;
        *rows = (*rows + 7) / 8;
    }
}

bool model__plane_layout(struct model_image *image, uint32_t index,
                         const VkSubresourceLayout *given)
{
    struct model_plane *plane = &image->planes[index];
    uint64_t rowBytes, rows, levels = 0, slices = image->extent.depth;

    measure(image, index, &rowBytes, &rows);
    plane->offset = given->offset;
    plane->rowPitch = given->rowPitch;
    plane->depthPitch = slices > 1 ? given->depthPitch : plane->rowPitch * rows;
    if (plane->rowPitch < rowBytes || plane->depthPitch < plane->rowPitch * rows)
        return false;
    for (uint32_t level = 0; level < image->mipLevels; level++)
        levels += (plane->depthPitch >> level) * (slices >> level ? slices >> level : 1);
    plane->arrayPitch = image->arrayLayers > 1 ? given->arrayPitch : levels;
    plane->size = plane->arrayPitch * (image->arrayLayers - 1) + levels;
    return plane->arrayPitch >= levels;
}

void model__format_layout(const ModelDeviceConfig *config, struct model_image *image)
{
    const struct format *format = find_format(image->format);
    const ModelModifier *modifier = model__find_modifier(config, image->modifier);
    bool drm = image->tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    uint64_t pitchAlignment = image->tiling == VK_IMAGE_TILING_OPTIMAL ? 512 : 256;
    uint64_t offset = 0;

    if (drm && modifier->rowPitchAlignment > pitchAlignment)
        pitchAlignment = modifier->rowPitchAlignment;
    image->planeCount = drm ? model__modifier_planes(modifier, image->format) : format->planeCount;
    for (uint32_t i = 0; i < image->planeCount; i++) {
        struct model_plane *plane = &image->planes[i];
        uint64_t rowBytes, rows, size = 0;

        measure(image, i, &rowBytes, &rows);
        for (uint32_t level = 0; level < image->mipLevels; level++) {
            uint64_t w = rowBytes >> level ? rowBytes >> level : 1;
            uint64_t h = rows >> level ? rows >> level : 1;
            uint64_t d = image->extent.depth >> level ? image->extent.depth >> level : 1;

            size += align_up(w, pitchAlignment) * h * d;
        }
        plane->rowPitch = align_up(rowBytes, pitchAlignment);
        plane->depthPitch = plane->rowPitch * rows;
        plane->arrayPitch = align_up(size * image->samples, config->sizeGranularity);
        plane->size = plane->needs = plane->arrayPitch * image->arrayLayers;
        if (drm)
            offset = align_up(offset, modifier->offsetAlignment);
        plane->offset = image->flags & VK_IMAGE_CREATE_DISJOINT_BIT ? 0 : offset;
        offset += plane->size;
    }
    image->totalSize = offset;
}
