/*
 * Shared images as textures.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/fixture.h"

TestSuite(image, .init = gl_begin, .fini = gl_end);

/* A description to start from; the payload is large enough for whatever it is made to say. */
static VxmShared large_image(VxmDevice device)
{
    const VkImageCreateInfo info = gl_image_info(VK_FORMAT_R8G8B8A8_UNORM, 512, 512);

    return gl_share_image(device, &info);
}

/* What the image is, what it becomes, and what of that the storage is told. */
struct row {
    VkImageType type;
    uint32_t width, height, depth, layers, mips, samples;
    VkImageCreateFlags flags;
    GLenum wanted;
    GLenum target;
    GLint storage[5]; /* width, height, depth, levels, samples */
};

#define CUBE VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT
static const struct row rows[] = {
    {VK_IMAGE_TYPE_1D, 99, 1, 1, 1, 3, 1, 0, 0, GL_TEXTURE_1D, {99, 0, 0, 3, 0}},
    {VK_IMAGE_TYPE_1D, 99, 1, 1, 5, 1, 1, 0, 0, GL_TEXTURE_1D_ARRAY, {99, 5, 0, 1, 0}},
    {VK_IMAGE_TYPE_2D, 99, 55, 1, 1, 4, 1, 0, 0, GL_TEXTURE_2D, {99, 55, 0, 4, 0}},
    {VK_IMAGE_TYPE_2D, 99, 55, 1, 7, 1, 1, 0, 0, GL_TEXTURE_2D_ARRAY, {99, 55, 7, 1, 0}},
    {VK_IMAGE_TYPE_2D, 64, 64, 1, 6, 1, 1, CUBE, 0, GL_TEXTURE_CUBE_MAP, {64, 64, 0, 1, 0}},
    {VK_IMAGE_TYPE_2D, 64, 64, 1, 6, 1, 1, 0, 0, GL_TEXTURE_2D_ARRAY, {64, 64, 6, 1, 0}},
    {VK_IMAGE_TYPE_2D, 64, 64, 1, 12, 1, 1, CUBE, 0, GL_TEXTURE_CUBE_MAP_ARRAY, {64, 64, 12, 1, 0}},
    {VK_IMAGE_TYPE_2D, 64, 64, 1, 7, 1, 1, CUBE, 0, GL_TEXTURE_2D_ARRAY, {64, 64, 7, 1, 0}},
    {VK_IMAGE_TYPE_2D, 64, 32, 1, 1, 1, 4, 0, 0, GL_TEXTURE_2D_MULTISAMPLE, {64, 32, 0, 0, 4}},
    {VK_IMAGE_TYPE_2D,
     64,
     32,
     1,
     3,
     1,
     2,
     0,
     0,
     GL_TEXTURE_2D_MULTISAMPLE_ARRAY,
     {64, 32, 3, 0, 2}},
    {VK_IMAGE_TYPE_3D, 32, 16, 8, 1, 2, 1, 0, 0, GL_TEXTURE_3D, {32, 16, 8, 2, 0}},
    /* what the caller may want instead */
    {VK_IMAGE_TYPE_2D,
     99,
     55,
     1,
     1,
     1,
     1,
     0,
     GL_TEXTURE_RECTANGLE,
     GL_TEXTURE_RECTANGLE,
     {99, 55, 0, 1, 0}},
    {VK_IMAGE_TYPE_2D,
     99,
     55,
     1,
     1,
     1,
     1,
     0,
     GL_TEXTURE_2D_ARRAY,
     GL_TEXTURE_2D_ARRAY,
     {99, 55, 1, 1, 0}},
    {VK_IMAGE_TYPE_2D,
     64,
     64,
     1,
     6,
     1,
     1,
     CUBE,
     GL_TEXTURE_2D_ARRAY,
     GL_TEXTURE_2D_ARRAY,
     {64, 64, 6, 1, 0}},
    /* what it can't be */
    {VK_IMAGE_TYPE_2D, 99, 55, 1, 1, 2, 1, 0, GL_TEXTURE_RECTANGLE, 0, {0}},
    {VK_IMAGE_TYPE_2D, 99, 55, 1, 2, 1, 1, 0, GL_TEXTURE_2D, 0, {0}},
    {VK_IMAGE_TYPE_2D, 64, 64, 1, 6, 1, 1, 0, GL_TEXTURE_CUBE_MAP, 0, {0}},
    {VK_IMAGE_TYPE_2D, 64, 64, 1, 1, 1, 4, 0, GL_TEXTURE_2D, 0, {0}},
    {VK_IMAGE_TYPE_2D, 64, 64, 1, 1, 1, 1, 0, GL_TEXTURE_2D_MULTISAMPLE, 0, {0}},
    {VK_IMAGE_TYPE_3D, 32, 16, 8, 1, 1, 1, 0, GL_TEXTURE_2D_ARRAY, 0, {0}},
    {VK_IMAGE_TYPE_2D, 64, 64, 1, 1, 1, 1, 0, GL_TEXTURE_BUFFER, 0, {0}},
};

static void describe(VxmShared *shared, const struct row *row)
{
    VxmImageDescription *const image = &shared->image;

    image->imageType = row->type;
    image->extent = (VkExtent3D){row->width, row->height, row->depth};
    image->arrayLayers = row->layers;
    image->mipLevels = row->mips;
    image->samples = (VkSampleCountFlagBits)row->samples;
    image->flags = row->flags;
}

Test(image, targets_and_storage)
{
    VxmDevice device = gl_device(0);
    VxmShared shared = large_image(device);
    const VxmGl gl = gl_load();

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *const row = &rows[i];
        const VxmGlImportInfo info = {.target = row->wanted};
        struct gl_model_texture storage;
        VxmGlMemory memory;

        describe(&shared, row);
        if (row->target == 0) {
            FILL(memory);
            EXPECT_REFUSED(vxmGlImportShared(&gl, &shared, &info, &memory),
                           VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                           "is no texture of target");
            EXPECT_UNTOUCHED(memory);
            continue;
        }
        REQUIRE(vxmGlImportShared(&gl, &shared, &info, &memory));
        cr_assert_eq(memory.target, row->target, "row %u", i);
        cr_assert_eq(memory.internalFormat, GL_RGBA8);
        cr_assert_eq(memory.buffer, 0);
        cr_assert(gl_model_texture(memory.texture, &storage));
        cr_assert_eq(storage.target, row->target);
        cr_assert_eq(storage.format, GL_RGBA8);
        cr_assert_eq(storage.tiling, GL_OPTIMAL_TILING_EXT);
        cr_assert(storage.width == row->storage[0] && storage.height == row->storage[1] &&
                      storage.depth == row->storage[2] && storage.levels == row->storage[3] &&
                      storage.samples == row->storage[4],
                  "row %u: %d x %d x %d, %d levels, %d samples", i, storage.width, storage.height,
                  storage.depth, storage.levels, storage.samples);
        vxmGlDestroyMemory(&gl, &memory);
    }
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

Test(image, of_this_process)
{
    const VkImageCreateInfo info = gl_image_info(VK_FORMAT_R16G16B16A16_SFLOAT, 40, 30);
    VxmDevice device = gl_device(0);
    VxmMemory image = gl_make_image(device, &info);
    const VxmGl gl = gl_load();
    VxmGlMemory memory;

    REQUIRE(vxmGlImportMemory(&gl, image, NULL, &memory));
    cr_assert_eq(memory.target, GL_TEXTURE_2D);
    cr_assert_eq(memory.internalFormat, GL_RGBA16F);
    vxmGlDestroyMemory(&gl, &memory);
    vxmDestroyMemory(image);
    vxmDestroyDevice(device);
}

Test(image, linear_only_where_opengl_reads_it)
{
    VxmDevice device = gl_device(0);
    VxmShared shared = large_image(device);
    VxmGl gl = gl_load();
    struct gl_model_texture storage;
    VxmGlMemory memory;

    shared.image.tiling = VK_IMAGE_TILING_LINEAR;
    REQUIRE(vxmGlImportShared(&gl, &shared, NULL, &memory));
    cr_assert(gl_model_texture(memory.texture, &storage));
    cr_assert_eq(storage.tiling, GL_LINEAR_TILING_EXT);
    vxmGlDestroyMemory(&gl, &memory);

    FILL(memory);
    gl_model_config()->readsLinear = false;
    EXPECT_REFUSED(vxmGlImportShared(&gl, &shared, NULL, &memory), VK_ERROR_FORMAT_NOT_SUPPORTED,
                   VXM_ERROR_REASON_UNSUPPORTED,
                   "LINEAR tiling, which this OpenGL can't read for GL_TEXTURE_2D");
    gl_model_config()->tellsTilings = false;
    EXPECT_REFUSED(vxmGlImportShared(&gl, &shared, NULL, &memory), VK_ERROR_FORMAT_NOT_SUPPORTED,
                   VXM_ERROR_REASON_UNSUPPORTED, "doesn't say to read");
    EXPECT_UNTOUCHED(memory);

    /* OPTIMAL is what every context reads. */
    shared.image.tiling = VK_IMAGE_TILING_OPTIMAL;
    REQUIRE(vxmGlImportShared(&gl, &shared, NULL, &memory));
    vxmGlDestroyMemory(&gl, &memory);
    gl.GetInternalformativ = NULL;
    REQUIRE(vxmGlImportShared(&gl, &shared, NULL, &memory));
    vxmGlDestroyMemory(&gl, &memory);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

Test(image, what_opengl_has_nothing_for)
{
    const VxmGlImportInfo named = {.internalFormat = GL_RGBA8};
    VxmDevice device = gl_device(0);
    VxmShared shared = large_image(device);
    VxmGl gl = gl_load();
    VxmGlMemory memory;

    FILL(memory);
    shared.image.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    EXPECT_REFUSED(vxmGlImportShared(&gl, &shared, NULL, &memory), VK_ERROR_FEATURE_NOT_PRESENT,
                   VXM_ERROR_REASON_UNSUPPORTED, "OPTIMAL and LINEAR only");
    shared.image.tiling = VK_IMAGE_TILING_OPTIMAL;
    shared.image.format = VK_FORMAT_B8G8R8A8_UNORM;
    EXPECT_REFUSED(vxmGlImportShared(&gl, &shared, NULL, &memory), VK_ERROR_FORMAT_NOT_SUPPORTED,
                   VXM_ERROR_REASON_UNSUPPORTED, "no internal format");
    EXPECT_UNTOUCHED(memory);

    /* Who knows better may say so. */
    REQUIRE(vxmGlImportShared(&gl, &shared, &named, &memory));
    cr_assert_eq(memory.internalFormat, GL_RGBA8);
    vxmGlDestroyMemory(&gl, &memory);

    /* OpenGL ES */
    FILL(memory);
    shared.image.format = VK_FORMAT_R8G8B8A8_UNORM;
    shared.image.imageType = VK_IMAGE_TYPE_1D;
    gl.TexStorageMem1DEXT = NULL;
    EXPECT_REFUSED(vxmGlImportShared(&gl, &shared, NULL, &memory), VK_ERROR_FEATURE_NOT_PRESENT,
                   VXM_ERROR_REASON_UNSUPPORTED, "one-dimensional");
    EXPECT_UNTOUCHED(memory);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

/* What the driver finds out by itself is passed on, and nothing is left. */
Test(image, storage_that_opengl_refuses)
{
    VxmDevice device = gl_device(0);
    VxmShared shared = large_image(device);
    const VxmGl gl = gl_load();
    VxmGlMemory memory;
    VxmError error;

    FILL(memory);
    gl_model_bind(GL_TEXTURE_2D, 8);
    shared.image.extent.width = 1 << 20;
    EXPECT_ERROR(vxmGlImportShared(&gl, &shared, NULL, &memory), VK_ERROR_FORMAT_NOT_SUPPORTED,
                 VXM_ERROR_REASON_FOREIGN, "glTexStorageMem2DEXT failed with GL_INVALID_VALUE");
    vxmGetLastError(&error);
    cr_assert_eq(error.code, GL_INVALID_VALUE);
    cr_assert_eq(gl_model_bound(GL_TEXTURE_2D), 8);
    EXPECT_UNTOUCHED(memory);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}
