/*
 * Which Metal pixel format has the bits of a VkFormat: of those that textures are shared in.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "metal/metal.h"

static const struct {
    VkFormat format;
    MTLPixelFormat pixelFormat;
} formats[] = {
    {VK_FORMAT_R8_UNORM, MTLPixelFormatR8Unorm},
    {VK_FORMAT_R8_SNORM, MTLPixelFormatR8Snorm},
    {VK_FORMAT_R8_UINT, MTLPixelFormatR8Uint},
    {VK_FORMAT_R8_SINT, MTLPixelFormatR8Sint},
    {VK_FORMAT_R8G8_UNORM, MTLPixelFormatRG8Unorm},
    {VK_FORMAT_R8G8_SNORM, MTLPixelFormatRG8Snorm},
    {VK_FORMAT_R8G8_UINT, MTLPixelFormatRG8Uint},
    {VK_FORMAT_R8G8_SINT, MTLPixelFormatRG8Sint},
    {VK_FORMAT_R8G8B8A8_UNORM, MTLPixelFormatRGBA8Unorm},
    {VK_FORMAT_R8G8B8A8_SRGB, MTLPixelFormatRGBA8Unorm_sRGB},
    {VK_FORMAT_R8G8B8A8_SNORM, MTLPixelFormatRGBA8Snorm},
    {VK_FORMAT_R8G8B8A8_UINT, MTLPixelFormatRGBA8Uint},
    {VK_FORMAT_R8G8B8A8_SINT, MTLPixelFormatRGBA8Sint},
    {VK_FORMAT_B8G8R8A8_UNORM, MTLPixelFormatBGRA8Unorm},
    {VK_FORMAT_B8G8R8A8_SRGB, MTLPixelFormatBGRA8Unorm_sRGB},
    {VK_FORMAT_A2B10G10R10_UNORM_PACK32, MTLPixelFormatRGB10A2Unorm},
    {VK_FORMAT_A2B10G10R10_UINT_PACK32, MTLPixelFormatRGB10A2Uint},
    {VK_FORMAT_A2R10G10B10_UNORM_PACK32, MTLPixelFormatBGR10A2Unorm},
    {VK_FORMAT_B10G11R11_UFLOAT_PACK32, MTLPixelFormatRG11B10Float},
    {VK_FORMAT_R16_UNORM, MTLPixelFormatR16Unorm},
    {VK_FORMAT_R16_UINT, MTLPixelFormatR16Uint},
    {VK_FORMAT_R16_SINT, MTLPixelFormatR16Sint},
    {VK_FORMAT_R16_SFLOAT, MTLPixelFormatR16Float},
    {VK_FORMAT_R16G16_UNORM, MTLPixelFormatRG16Unorm},
    {VK_FORMAT_R16G16_UINT, MTLPixelFormatRG16Uint},
    {VK_FORMAT_R16G16_SINT, MTLPixelFormatRG16Sint},
    {VK_FORMAT_R16G16_SFLOAT, MTLPixelFormatRG16Float},
    {VK_FORMAT_R16G16B16A16_UNORM, MTLPixelFormatRGBA16Unorm},
    {VK_FORMAT_R16G16B16A16_UINT, MTLPixelFormatRGBA16Uint},
    {VK_FORMAT_R16G16B16A16_SINT, MTLPixelFormatRGBA16Sint},
    {VK_FORMAT_R16G16B16A16_SFLOAT, MTLPixelFormatRGBA16Float},
    {VK_FORMAT_R32_UINT, MTLPixelFormatR32Uint},
    {VK_FORMAT_R32_SINT, MTLPixelFormatR32Sint},
    {VK_FORMAT_R32_SFLOAT, MTLPixelFormatR32Float},
    {VK_FORMAT_R32G32_UINT, MTLPixelFormatRG32Uint},
    {VK_FORMAT_R32G32_SINT, MTLPixelFormatRG32Sint},
    {VK_FORMAT_R32G32_SFLOAT, MTLPixelFormatRG32Float},
    {VK_FORMAT_R32G32B32A32_UINT, MTLPixelFormatRGBA32Uint},
    {VK_FORMAT_R32G32B32A32_SINT, MTLPixelFormatRGBA32Sint},
    {VK_FORMAT_R32G32B32A32_SFLOAT, MTLPixelFormatRGBA32Float},
};

MTLPixelFormat vxm__metal_pixel_format(VkFormat format)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (formats[i].format == format) {
            return formats[i].pixelFormat;
        }
    }
    return MTLPixelFormatInvalid;
}

bool vxm__metal_knows(MTLPixelFormat pixelFormat)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (formats[i].pixelFormat == pixelFormat) {
            return true;
        }
    }
    return false;
}
