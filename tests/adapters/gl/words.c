/*
 * Vulkan's formats and layouts in OpenGL's words.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/fixture.h"

TestSuite(words, .init = gl_begin, .fini = gl_end);

static GLenum format_of(VkFormat format)
{
    GLenum found = 0;

    REQUIRE(vxmGlGetFormat(format, &found));
    return found;
}

Test(words, formats)
{
    cr_assert_eq(format_of(VK_FORMAT_R8G8B8A8_UNORM), GL_RGBA8);
    cr_assert_eq(format_of(VK_FORMAT_A8B8G8R8_UNORM_PACK32), GL_RGBA8);
    cr_assert_eq(format_of(VK_FORMAT_R8G8B8A8_SRGB), GL_SRGB8_ALPHA8);
    cr_assert_eq(format_of(VK_FORMAT_R16G16_SNORM), GL_RG16_SNORM);
    cr_assert_eq(format_of(VK_FORMAT_R32G32B32A32_SINT), GL_RGBA32I);
    cr_assert_eq(format_of(VK_FORMAT_A2B10G10R10_UNORM_PACK32), GL_RGB10_A2);
    cr_assert_eq(format_of(VK_FORMAT_D24_UNORM_S8_UINT), GL_DEPTH24_STENCIL8);
    cr_assert_eq(format_of(VK_FORMAT_BC7_SRGB_BLOCK), GL_COMPRESSED_SRGB_ALPHA_BPTC_UNORM);
    cr_assert_eq(format_of(VK_FORMAT_EAC_R11G11_SNORM_BLOCK), GL_COMPRESSED_SIGNED_RG11_EAC);
}

Test(words, formats_of_astc)
{
    cr_assert_eq(format_of(VK_FORMAT_ASTC_4x4_UNORM_BLOCK), GL_COMPRESSED_RGBA_ASTC_4x4_KHR);
    cr_assert_eq(format_of(VK_FORMAT_ASTC_4x4_SRGB_BLOCK), GL_COMPRESSED_SRGB8_ALPHA8_ASTC_4x4_KHR);
    cr_assert_eq(format_of(VK_FORMAT_ASTC_8x6_UNORM_BLOCK), GL_COMPRESSED_RGBA_ASTC_8x6_KHR);
    cr_assert_eq(format_of(VK_FORMAT_ASTC_10x5_SRGB_BLOCK),
                 GL_COMPRESSED_SRGB8_ALPHA8_ASTC_10x5_KHR);
    cr_assert_eq(format_of(VK_FORMAT_ASTC_12x12_UNORM_BLOCK), GL_COMPRESSED_RGBA_ASTC_12x12_KHR);
    cr_assert_eq(format_of(VK_FORMAT_ASTC_12x12_SRGB_BLOCK),
                 GL_COMPRESSED_SRGB8_ALPHA8_ASTC_12x12_KHR);
}

/* No two formats share one of OpenGL's, but for the packed names of the same bytes. */
Test(words, formats_are_told_apart)
{
    unsigned found = 0;

    for (int a = 0; a <= VK_FORMAT_ASTC_12x12_SRGB_BLOCK; a++) {
        GLenum left, right;

        if (vxmGlGetFormat((VkFormat)a, &left) != VK_SUCCESS) {
            continue;
        }
        found++;
        for (int b = a + 1; b <= VK_FORMAT_ASTC_12x12_SRGB_BLOCK; b++) {
            const bool packed =
                b >= VK_FORMAT_A8B8G8R8_UNORM_PACK32 && b <= VK_FORMAT_A8B8G8R8_SRGB_PACK32;

            if (!packed && vxmGlGetFormat((VkFormat)b, &right) == VK_SUCCESS) {
                cr_expect_neq(left, right, "VkFormat %d and %d are both 0x%04x", a, b, left);
            }
        }
    }
    cr_assert_eq(found, 107, "%u formats", found);
}

Test(words, formats_without_equivalent)
{
    static const VkFormat formats[] = {
        VK_FORMAT_UNDEFINED,
        VK_FORMAT_R8G8B8_UNORM,
        VK_FORMAT_B8G8R8A8_SRGB,
        VK_FORMAT_R32G32B32_SFLOAT,
        VK_FORMAT_R64_SFLOAT,
        VK_FORMAT_A2R10G10B10_UNORM_PACK32,
        VK_FORMAT_R8_USCALED,
        VK_FORMAT_D16_UNORM_S8_UINT,
        VK_FORMAT_G8_B8R8_2PLANE_420_UNORM,
        VK_FORMAT_R4G4B4A4_UNORM_PACK16,
    };
    GLenum found;

    FILL(found);
    for (unsigned i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        EXPECT_ERROR(vxmGlGetFormat(formats[i], &found), VK_ERROR_FORMAT_NOT_SUPPORTED,
                     VXM_ERROR_REASON_UNSUPPORTED, "no internal format");
    }
    EXPECT_UNTOUCHED(found);
    EXPECT_ERROR(vxmGlGetFormat(VK_FORMAT_R8_UNORM, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "internalFormat");
}

Test(words, layouts)
{
    static const struct {
        VkImageLayout layout;
        GLenum glLayout;
    } rows[] = {
        {VK_IMAGE_LAYOUT_UNDEFINED, 0},
        {VK_IMAGE_LAYOUT_GENERAL, 0x958D},
        {VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, 0x958E},
        {VK_IMAGE_LAYOUT_DEPTH_STENCIL_ATTACHMENT_OPTIMAL, 0x958F},
        {VK_IMAGE_LAYOUT_DEPTH_STENCIL_READ_ONLY_OPTIMAL, 0x9590},
        {VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, 0x9591},
        {VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, 0x9592},
        {VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 0x9593},
        {VK_IMAGE_LAYOUT_DEPTH_READ_ONLY_STENCIL_ATTACHMENT_OPTIMAL, 0x9530},
        {VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_STENCIL_READ_ONLY_OPTIMAL, 0x9531},
    };
    GLenum found;

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        REQUIRE(vxmGlGetLayout(rows[i].layout, &found));
        cr_assert_eq(found, rows[i].glLayout, "VkImageLayout %d", rows[i].layout);
    }
    FILL(found);
    EXPECT_ERROR(vxmGlGetLayout(VK_IMAGE_LAYOUT_PRESENT_SRC_KHR, &found),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "GENERAL");
    EXPECT_UNTOUCHED(found);
    EXPECT_ERROR(vxmGlGetLayout(VK_IMAGE_LAYOUT_GENERAL, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "glLayout");
}
