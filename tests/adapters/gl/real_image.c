/*
 * Images as textures, between real drivers: kinds of textures, tilings, formats.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/real_gl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(real_image, .init = gl_real_begin, .fini = gl_real_end);

static VkImageCreateInfo image_info(uint32_t width, uint32_t height)
{
    VkImageCreateInfo info = gpu_image_info(width, height, VK_IMAGE_TILING_OPTIMAL);

    info.usage |= VK_IMAGE_USAGE_SAMPLED_BIT;
    return info;
}

static bool can_share(const VkImageCreateInfo *info)
{
    const VxmQueryInfo question = {.handleType = REAL_TYPE, .image = info};
    VxmQueryResult answer;

    VXM(vxmQuery(gl_gpu.device, &question, &answer));
    return answer.exportable == VK_TRUE;
}

/* A format as OpenGL's transfers name it, and which bits of random data it keeps. */
struct format {
    VkFormat format;
    GLenum transfer, type; /* type 0: compressed */
    size_t size;           /* of a texel or block */
    uint32_t keep, set;    /* of each word: no NaN, and no second encoding of a value */
};

static void read_texture(const VxmGlMemory *texture, const struct format *format,
                         const struct gl_part *parts, unsigned partCount, unsigned char *data)
{
    const bool cube = texture->target == GL_TEXTURE_CUBE_MAP;

    glPixelStorei(GL_PACK_ALIGNMENT, 1);
    glBindTexture(texture->target, texture->texture);
    for (unsigned i = 0; i < partCount; i++) {
        const size_t faceSize = parts[i].size / (cube ? 6 : 1);

        for (unsigned face = 0; face < (cube ? 6 : 1); face++) {
            const GLenum target = cube ? GL_TEXTURE_CUBE_MAP_POSITIVE_X + face : texture->target;
            unsigned char *const place = data + parts[i].offset + face * faceSize;

            if (format->type != 0) {
                glGetTexImage(target, (GLint)parts[i].level, format->transfer, format->type, place);
            } else {
                glGetCompressedTexImage(target, (GLint)parts[i].level, place);
            }
        }
    }
}

/* True if OpenGL sees exactly what Vulkan wrote; if not, why, in words. */
static bool share_image(const VkImageCreateInfo *info, const struct format *format,
                        VxmDedicated dedicated, GLenum target, char words[1024])
{
    VxmMemory memory = gl_new_image(info, dedicated);
    struct gl_part parts[16];
    const unsigned count =
        gl_parts(info, format->size, format->type == 0 ? format->size : 0, parts);
    const size_t size = parts[count - 1].offset + parts[count - 1].size;
    unsigned char *const wanted = malloc(size + 4), *const found = calloc(1, size);
    VxmHandover handover;
    VxmGlMemory texture;
    bool same = false;

    gpu_pattern(11, wanted, size);
    for (size_t i = 0; i < size; i += 4) {
        uint32_t word;

        memcpy(&word, wanted + i, 4);
        word = (word & format->keep) | format->set;
        memcpy(wanted + i, &word, 4);
    }
    gl_upload(memory, info, parts, count, wanted, &handover);
    if (vxmGlImportMemory(&gl_context.gl, memory, NULL, &texture) != VK_SUCCESS) {
        VxmError error;

        vxmGetLastError(&error);
        snprintf(words, 1024, "%s", error.message);
    } else {
        cr_expect(target == 0 || texture.target == target);
        read_texture(&texture, format, parts, count, found);
        same = memcmp(wanted, found, size) == 0;
        snprintf(words, 1024, "%s contents (glGetError: 0x%04x)", same ? "the same" : "other",
                 glGetError());
        vxmGlDestroyMemory(&gl_context.gl, &texture);
    }
    GL_CLEAN();
    vxmDestroyMemory(memory);
    free(found);
    free(wanted);
    return same;
}

static const struct format rgba8 = {
    VK_FORMAT_R8G8B8A8_UNORM, GL_RGBA, GL_UNSIGNED_BYTE, 4, UINT32_MAX, 0};

#define EXPECT_SHARED(info, dedicated, target)                                                     \
    do {                                                                                           \
        char words_[1024];                                                                         \
        cr_expect(share_image(info, &rgba8, dedicated, target, words_), "line %d: %s", __LINE__,   \
                  words_);                                                                         \
    } while (0)

Test(real_image, optimal_2d)
{
    const VkImageCreateInfo info = image_info(300, 200);

    EXPECT_SHARED(&info, VXM_DEDICATED_AUTO, GL_TEXTURE_2D);
}

Test(real_image, without_dedicated_memory)
{
    const VkImageCreateInfo info = image_info(300, 200);

    EXPECT_SHARED(&info, VXM_DEDICATED_OFF, GL_TEXTURE_2D);
}

Test(real_image, levels)
{
    VkImageCreateInfo info = image_info(300, 200);

    info.mipLevels = 9;
    EXPECT_SHARED(&info, VXM_DEDICATED_AUTO, GL_TEXTURE_2D);
}

Test(real_image, layers)
{
    VkImageCreateInfo info = image_info(120, 60);

    info.arrayLayers = 5;
    info.mipLevels = 3;
    EXPECT_SHARED(&info, VXM_DEDICATED_AUTO, GL_TEXTURE_2D_ARRAY);
}

Test(real_image, cube)
{
    VkImageCreateInfo info = image_info(64, 64);

    info.flags = VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT;
    info.arrayLayers = 6;
    EXPECT_SHARED(&info, VXM_DEDICATED_AUTO, GL_TEXTURE_CUBE_MAP);
    info.arrayLayers = 12;
    EXPECT_SHARED(&info, VXM_DEDICATED_AUTO, GL_TEXTURE_CUBE_MAP_ARRAY);
}

Test(real_image, three_and_one_dimensions)
{
    VkImageCreateInfo info = image_info(40, 24);

    info.imageType = VK_IMAGE_TYPE_3D;
    info.extent.depth = 12;
    EXPECT_SHARED(&info, VXM_DEDICATED_AUTO, GL_TEXTURE_3D);
    info = image_info(500, 1);
    info.imageType = VK_IMAGE_TYPE_1D;
    EXPECT_SHARED(&info, VXM_DEDICATED_AUTO, GL_TEXTURE_1D);
}

/* What OpenGL reads of several samples only a shader can tell; that it takes the storage is shown.
 */
Test(real_image, samples)
{
    VkImageCreateInfo info = image_info(64, 64);
    VxmGlMemory texture;
    VxmMemory memory;
    GLint samples = 0;

    info.samples = VK_SAMPLE_COUNT_4_BIT;
    info.usage |= VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT;
    if (!can_share(&info)) {
        cr_skip_test("this Vulkan driver shares no image of 4 samples");
    }
    memory = gl_new_image(&info, VXM_DEDICATED_AUTO);
    VXM(vxmGlImportMemory(&gl_context.gl, memory, NULL, &texture));
    cr_expect_eq(texture.target, GL_TEXTURE_2D_MULTISAMPLE);
    glBindTexture(texture.target, texture.texture);
    glGetTexLevelParameteriv(texture.target, 0, GL_TEXTURE_SAMPLES, &samples);
    cr_expect_eq(samples, 4);
    GL_CLEAN();
    vxmGlDestroyMemory(&gl_context.gl, &texture);
    vxmDestroyMemory(memory);
}

/* LINEAR, where OpenGL says that it reads it; otherwise it is refused in words. */
Test(real_image, linear)
{
    VkImageCreateInfo info = image_info(300, 200);
    char words[1024];

    info.tiling = VK_IMAGE_TILING_LINEAR;
    if (!can_share(&info)) {
        cr_skip_test("this Vulkan driver shares no LINEAR image");
    }
    if (!share_image(&info, &rgba8, VXM_DEDICATED_AUTO, GL_TEXTURE_2D, words)) {
        cr_expect_not_null(strstr(words, "LINEAR tiling, which this OpenGL"), "%s", words);
        printf("LINEAR: %s\n", words);
    }
}

/* What OpenGL writes, Vulkan reads. */
Test(real_image, back_to_vulkan)
{
    const VkImageCreateInfo info = image_info(300, 200);
    VxmMemory memory = gl_new_image(&info, VXM_DEDICATED_AUTO);
    struct gl_part parts[16];
    const unsigned count = gl_parts(&info, 4, 0, parts);
    unsigned char *const wanted = malloc(parts[0].size), *const found = malloc(parts[0].size);
    VxmHandover handover;
    VxmGlMemory texture;

    gpu_pattern(1, wanted, parts[0].size);
    gl_upload(memory, &info, parts, count, wanted, &handover);
    VXM(vxmGlImportMemory(&gl_context.gl, memory, NULL, &texture));
    gpu_pattern(2, wanted, parts[0].size);
    glBindTexture(GL_TEXTURE_2D, texture.texture);
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, 300, 200, GL_RGBA, GL_UNSIGNED_BYTE, wanted);
    glFinish();
    GL_CLEAN();
    gl_download(memory, &info, parts, count, found, &handover);
    cr_assert_eq(memcmp(wanted, found, parts[0].size), 0, "Vulkan doesn't see what OpenGL wrote");
    vxmGlDestroyMemory(&gl_context.gl, &texture);
    vxmDestroyMemory(memory);
    free(found);
    free(wanted);
}

/* ---- formats: vxmGlGetFormat() says that the texels lie alike ---- */

#define ANY   UINT32_MAX, 0
#define HALF  0x83ff83ffu, 0x38003800u /* 0.5 to 1, both signs */
#define FLOAT 0x807fffffu, 0x3f000000u
static const struct format formats[] = {
    {VK_FORMAT_R8_UNORM, GL_RED, GL_UNSIGNED_BYTE, 1, ANY},
    {VK_FORMAT_R8_SNORM, GL_RED, GL_BYTE, 1, 0x7f7f7f7fu, 0},
    {VK_FORMAT_R8_UINT, GL_RED_INTEGER, GL_UNSIGNED_BYTE, 1, ANY},
    {VK_FORMAT_R8_SINT, GL_RED_INTEGER, GL_BYTE, 1, ANY},
    {VK_FORMAT_R8G8_UNORM, GL_RG, GL_UNSIGNED_BYTE, 2, ANY},
    {VK_FORMAT_R8G8_SNORM, GL_RG, GL_BYTE, 2, 0x7f7f7f7fu, 0},
    {VK_FORMAT_R8G8_UINT, GL_RG_INTEGER, GL_UNSIGNED_BYTE, 2, ANY},
    {VK_FORMAT_R8G8_SINT, GL_RG_INTEGER, GL_BYTE, 2, ANY},
    {VK_FORMAT_R8G8B8A8_UNORM, GL_RGBA, GL_UNSIGNED_BYTE, 4, ANY},
    {VK_FORMAT_R8G8B8A8_SNORM, GL_RGBA, GL_BYTE, 4, 0x7f7f7f7fu, 0},
    {VK_FORMAT_R8G8B8A8_UINT, GL_RGBA_INTEGER, GL_UNSIGNED_BYTE, 4, ANY},
    {VK_FORMAT_R8G8B8A8_SINT, GL_RGBA_INTEGER, GL_BYTE, 4, ANY},
    {VK_FORMAT_R8G8B8A8_SRGB, GL_RGBA, GL_UNSIGNED_BYTE, 4, ANY},
    {VK_FORMAT_A8B8G8R8_UNORM_PACK32, GL_RGBA, GL_UNSIGNED_BYTE, 4, ANY},
    {VK_FORMAT_R5G6B5_UNORM_PACK16, GL_RGB, GL_UNSIGNED_SHORT_5_6_5, 2, ANY},
    {VK_FORMAT_A2B10G10R10_UNORM_PACK32, GL_RGBA, GL_UNSIGNED_INT_2_10_10_10_REV, 4, ANY},
    {VK_FORMAT_A2B10G10R10_UINT_PACK32, GL_RGBA_INTEGER, GL_UNSIGNED_INT_2_10_10_10_REV, 4, ANY},
    {VK_FORMAT_B10G11R11_UFLOAT_PACK32, GL_RGB, GL_UNSIGNED_INT_10F_11F_11F_REV, 4, 0x07c1f83fu,
     0x781e03c0u},
    {VK_FORMAT_E5B9G9R9_UFLOAT_PACK32, GL_RGB, GL_UNSIGNED_INT_5_9_9_9_REV, 4, 0x07ffffffu,
     0x78000100u},
    {VK_FORMAT_R16_UNORM, GL_RED, GL_UNSIGNED_SHORT, 2, ANY},
    {VK_FORMAT_R16_SNORM, GL_RED, GL_SHORT, 2, 0x7fff7fffu, 0},
    {VK_FORMAT_R16_UINT, GL_RED_INTEGER, GL_UNSIGNED_SHORT, 2, ANY},
    {VK_FORMAT_R16_SINT, GL_RED_INTEGER, GL_SHORT, 2, ANY},
    {VK_FORMAT_R16_SFLOAT, GL_RED, GL_HALF_FLOAT, 2, HALF},
    {VK_FORMAT_R16G16_UNORM, GL_RG, GL_UNSIGNED_SHORT, 4, ANY},
    {VK_FORMAT_R16G16_SNORM, GL_RG, GL_SHORT, 4, 0x7fff7fffu, 0},
    {VK_FORMAT_R16G16_UINT, GL_RG_INTEGER, GL_UNSIGNED_SHORT, 4, ANY},
    {VK_FORMAT_R16G16_SINT, GL_RG_INTEGER, GL_SHORT, 4, ANY},
    {VK_FORMAT_R16G16_SFLOAT, GL_RG, GL_HALF_FLOAT, 4, HALF},
    {VK_FORMAT_R16G16B16A16_UNORM, GL_RGBA, GL_UNSIGNED_SHORT, 8, ANY},
    {VK_FORMAT_R16G16B16A16_SNORM, GL_RGBA, GL_SHORT, 8, 0x7fff7fffu, 0},
    {VK_FORMAT_R16G16B16A16_UINT, GL_RGBA_INTEGER, GL_UNSIGNED_SHORT, 8, ANY},
    {VK_FORMAT_R16G16B16A16_SINT, GL_RGBA_INTEGER, GL_SHORT, 8, ANY},
    {VK_FORMAT_R16G16B16A16_SFLOAT, GL_RGBA, GL_HALF_FLOAT, 8, HALF},
    {VK_FORMAT_R32_UINT, GL_RED_INTEGER, GL_UNSIGNED_INT, 4, ANY},
    {VK_FORMAT_R32_SINT, GL_RED_INTEGER, GL_INT, 4, ANY},
    {VK_FORMAT_R32_SFLOAT, GL_RED, GL_FLOAT, 4, FLOAT},
    {VK_FORMAT_R32G32_UINT, GL_RG_INTEGER, GL_UNSIGNED_INT, 8, ANY},
    {VK_FORMAT_R32G32_SINT, GL_RG_INTEGER, GL_INT, 8, ANY},
    {VK_FORMAT_R32G32_SFLOAT, GL_RG, GL_FLOAT, 8, FLOAT},
    {VK_FORMAT_R32G32B32A32_UINT, GL_RGBA_INTEGER, GL_UNSIGNED_INT, 16, ANY},
    {VK_FORMAT_R32G32B32A32_SINT, GL_RGBA_INTEGER, GL_INT, 16, ANY},
    {VK_FORMAT_R32G32B32A32_SFLOAT, GL_RGBA, GL_FLOAT, 16, FLOAT},
    {VK_FORMAT_D16_UNORM, GL_DEPTH_COMPONENT, GL_UNSIGNED_SHORT, 2, ANY},
    {VK_FORMAT_D32_SFLOAT, GL_DEPTH_COMPONENT, GL_FLOAT, 4, 0x007fffffu, 0x3f000000u},
    {VK_FORMAT_BC1_RGB_UNORM_BLOCK, GL_NONE, 0, 8, ANY},
    {VK_FORMAT_BC1_RGBA_SRGB_BLOCK, GL_NONE, 0, 8, ANY},
    {VK_FORMAT_BC2_UNORM_BLOCK, GL_NONE, 0, 16, ANY},
    {VK_FORMAT_BC3_UNORM_BLOCK, GL_NONE, 0, 16, ANY},
    {VK_FORMAT_BC4_UNORM_BLOCK, GL_NONE, 0, 8, ANY},
    {VK_FORMAT_BC5_SNORM_BLOCK, GL_NONE, 0, 16, ANY},
    {VK_FORMAT_BC6H_UFLOAT_BLOCK, GL_NONE, 0, 16, ANY},
    {VK_FORMAT_BC7_UNORM_BLOCK, GL_NONE, 0, 16, ANY},
    {VK_FORMAT_ETC2_R8G8B8A8_UNORM_BLOCK, GL_NONE, 0, 16, ANY},
    {VK_FORMAT_ASTC_4x4_UNORM_BLOCK, GL_NONE, 0, 16, ANY},
};

Test(real_image, formats)
{
    unsigned same = 0, absent = 0;

    for (unsigned i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        VkImageCreateInfo info = image_info(64, 48);
        char words[1024];

        info.format = formats[i].format;
        if (!can_share(&info)) {
            absent++;
            continue;
        }
        if (share_image(&info, &formats[i], VXM_DEDICATED_AUTO, GL_TEXTURE_2D, words)) {
            same++;
        } else {
            cr_expect_fail("VkFormat %d: %s", (int)formats[i].format, words);
        }
    }
    printf("%u formats lie alike in Vulkan and OpenGL, %u aren't Vulkan's to share here\n", same,
           absent);
    cr_expect_geq(same, 40);
}
