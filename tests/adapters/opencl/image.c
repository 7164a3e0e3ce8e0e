/*
 * vxm/opencl.h: images, their formats and tilings.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "support/test.h"

#include <string.h>

#include "model_opencl.h"

TestSuite(opencl_image, .init = mcl_begin, .fini = mcl_end);

/* Imports an image of the library's, and ends both. */
static void import_image(const VkImageCreateInfo *info)
{
    struct mcl_fixture fixture;
    VxmOpenClMemory memory = {0};
    VxmMemory image;

    mcl_open(&fixture);
    image = mcl_image(&fixture, info);
    memset(&mcl.lastDesc, 0xa5, sizeof(mcl.lastDesc));
    require(vxmOpenClImportMemory(&fixture.cl, image, &fixture.import, &memory));
    cr_expect_not_null(memory.mem);
    cr_expect_eq(memory.size, 0);
    require(vxmOpenClAcquireMemory(&fixture.cl, &memory, fixture.queue));
    require(vxmOpenClReleaseMemory(&fixture.cl, &memory, fixture.queue));
    vxmOpenClDestroyMemory(&fixture.cl, &memory);
    vxmDestroyMemory(image);
    mcl_close(&fixture);
}

Test(opencl_image, format_and_extent_are_told)
{
    VkImageCreateInfo info = mcl_image_info();

    import_image(&info);
    cr_expect_eq(mcl.lastFormat.image_channel_order, CL_RGBA);
    cr_expect_eq(mcl.lastFormat.image_channel_data_type, CL_UNORM_INT8);
    cr_expect_eq(mcl.lastDesc.image_type, CL_MEM_OBJECT_IMAGE2D);
    cr_expect_eq(mcl.lastDesc.image_width, 33);
    cr_expect_eq(mcl.lastDesc.image_height, 17);
    cr_expect_eq(mcl.lastDesc.image_depth, 0);
    cr_expect_eq(mcl.lastDesc.image_array_size, 0);
    cr_expect_eq(mcl.lastDesc.image_row_pitch, 0);
    cr_expect_eq(mcl.lastDesc.image_slice_pitch, 0);

    info.arrayLayers = 5;
    import_image(&info);
    cr_expect_eq(mcl.lastDesc.image_type, CL_MEM_OBJECT_IMAGE2D_ARRAY);
    cr_expect_eq(mcl.lastDesc.image_array_size, 5);
    cr_expect_eq(mcl.lastDesc.image_height, 17);
}

/* Descriptions that no driver needs to be asked for. */
static VkResult import_described(void (*change)(VxmShared *shared), VxmOpenClImportInfo more)
{
    struct mcl_fixture fixture;
    const VkImageCreateInfo info = mcl_image_info();
    VxmOpenClMemory memory = {0};
    VxmShared shared;
    VxmMemory image;
    VkResult result;

    mcl_open(&fixture);
    image = mcl_image(&fixture, &info);
    require(vxmExportMemory(image, MCL_MEMORY_TYPE, &shared));
    fixture.import.imageAsBuffer = more.imageAsBuffer;
    change(&shared);
    result = vxmOpenClImportShared(&fixture.cl, &shared, &fixture.import, &memory);
    cr_expect((result == VK_SUCCESS) == (memory.mem != NULL));
    vxmOpenClDestroyMemory(&fixture.cl, &memory);
    vxmCloseShared(&shared);
    vxmDestroyMemory(image);
    mcl_close(&fixture);
    return result;
}

static void make_1d(VxmShared *shared)
{
    shared->image.imageType = VK_IMAGE_TYPE_1D;
    shared->image.extent.height = 1;
}

static void make_1d_array(VxmShared *shared)
{
    make_1d(shared);
    shared->image.arrayLayers = 4;
}

static void make_3d(VxmShared *shared)
{
    shared->image.imageType = VK_IMAGE_TYPE_3D;
    shared->image.extent.depth = 9;
}

static void make_linear(VxmShared *shared)
{
    shared->image.tiling = VK_IMAGE_TILING_LINEAR;
    shared->image.planeCount = 1;
    shared->image.planes[0].rowPitch = 256;
    shared->image.planes[0].arrayPitch = 256 * 17;
    shared->image.planes[0].depthPitch = 256 * 18;
}

static void make_linear_array(VxmShared *shared)
{
    make_linear(shared);
    shared->image.arrayLayers = 2;
}

static void make_linear_3d(VxmShared *shared)
{
    make_linear(shared);
    make_3d(shared);
    shared->image.extent.depth = 2;
}

static void leave(VxmShared *shared)
{
    (void)shared;
}

static const VxmOpenClImportInfo as_image;
static const VxmOpenClImportInfo as_buffer = {.imageAsBuffer = VK_TRUE};

Test(opencl_image, every_shape)
{
    require(import_described(make_1d, as_image));
    cr_expect_eq(mcl.lastDesc.image_type, CL_MEM_OBJECT_IMAGE1D);
    cr_expect_eq(mcl.lastDesc.image_height, 0);
    require(import_described(make_1d_array, as_image));
    cr_expect_eq(mcl.lastDesc.image_type, CL_MEM_OBJECT_IMAGE1D_ARRAY);
    cr_expect_eq(mcl.lastDesc.image_array_size, 4);
    require(import_described(make_3d, as_image));
    cr_expect_eq(mcl.lastDesc.image_type, CL_MEM_OBJECT_IMAGE3D);
    cr_expect_eq(mcl.lastDesc.image_height, 17);
    cr_expect_eq(mcl.lastDesc.image_depth, 9);
}

Test(opencl_image, tiling_must_be_what_the_device_reads)
{
    /* In the GPU's own tiling, also where the driver has not heard of the question. */
    require(import_described(leave, as_image));
    expect_error(import_described(make_linear, as_image), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED,
                 "Create it with tiling OPTIMAL, or import its bytes");
    mcl.devices[1].noLinearQuery = true;
    require(import_described(leave, as_image));
    expect_error(import_described(make_linear, as_image), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "tiling is LINEAR");
    mcl.devices[1].noLinearQuery = false;

    /* As linear ones; the type is not the first of the list. */
    mcl.devices[1].assumeLinear[0] = 0x2067;
    expect_error(import_described(make_linear, as_image), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "tiling is LINEAR");
    mcl.devices[1].assumeLinear[1] = MCL_CL_TYPE;
    expect_error(import_described(leave, as_image), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "Create it with tiling LINEAR.");
    require(import_described(make_linear, as_image));
    cr_expect_eq(mcl.lastDesc.image_row_pitch, 256);
    require(import_described(make_linear_array, as_image));
    cr_expect_eq(mcl.lastDesc.image_slice_pitch, 256 * 17);
    require(import_described(make_linear_3d, as_image));
    cr_expect_eq(mcl.lastDesc.image_slice_pitch, 256 * 18);
}

Test(opencl_image, linear_bytes_are_a_buffer_too)
{
    expect_error(import_described(leave, as_buffer), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "imageAsBuffer is for LINEAR");
    require(import_described(make_linear, as_buffer));
    cr_expect_gt(mcl.lastSize, 33 * 17 * 4 - 1);
    cr_expect_eq(mcl.lastDesc.image_width, 0);
}

static void make_mips(VxmShared *shared)
{
    shared->image.mipLevels = 2;
}

static void make_samples(VxmShared *shared)
{
    shared->image.samples = VK_SAMPLE_COUNT_4_BIT;
}

static void make_modifier(VxmShared *shared)
{
    shared->image.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
}

static void make_offset(VxmShared *shared)
{
    shared->memories[0].offset = 256;
}

static void make_three_channels(VxmShared *shared)
{
    shared->image.format = VK_FORMAT_R8G8B8_UNORM;
}

Test(opencl_image, what_opencl_cannot_be_told_is_refused_before)
{
    expect_error(import_described(make_mips, as_image), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "mip levels");
    expect_error(import_described(make_samples, as_image), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "multisampled");
    expect_error(import_described(make_modifier, as_image), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "DRM format modifier");
    expect_error(import_described(make_offset, as_image), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "does not begin where");
    expect_error(import_described(make_three_channels, as_image), VK_ERROR_FORMAT_NOT_SUPPORTED,
                 VXM_ERROR_REASON_UNSUPPORTED, "VkFormat 23");
    cr_expect_eq(mcl.imports, 0);
}

/* Bytes of a texel, by the words of OpenCL's specification. */
static unsigned texel(const cl_image_format *format)
{
    unsigned channels = 0, bytes = 0;

    switch (format->image_channel_order) {
    case CL_R:
        channels = 1;
        break;
    case CL_RG:
        channels = 2;
        break;
    case CL_RGBA:
    case CL_BGRA:
    case CL_sRGBA:
    case CL_sBGRA:
        channels = 4;
        break;
    case CL_RGB:
        channels = 1;
        break;
    default:
        break;
    }
    switch (format->image_channel_data_type) {
    case CL_UNORM_INT8:
    case CL_SNORM_INT8:
    case CL_UNSIGNED_INT8:
    case CL_SIGNED_INT8:
        bytes = 1;
        break;
    case CL_UNORM_SHORT_565:
    case CL_UNORM_INT16:
    case CL_SNORM_INT16:
    case CL_UNSIGNED_INT16:
    case CL_SIGNED_INT16:
    case CL_HALF_FLOAT:
        bytes = 2;
        break;
    case CL_UNSIGNED_INT32:
    case CL_SIGNED_INT32:
    case CL_FLOAT:
        bytes = 4;
        break;
    default:
        break;
    }
    return channels * bytes;
}

Test(opencl_image, formats_have_the_same_bits)
{
    /* Vulkan's numbers are in order: what a run of them takes up. */
    static const struct {
        VkFormat first, last;
        unsigned bytes; /* 0: OpenCL has none of them */
    } runs[] = {
        {VK_FORMAT_UNDEFINED, VK_FORMAT_B4G4R4A4_UNORM_PACK16, 0},
        {VK_FORMAT_R5G6B5_UNORM_PACK16, VK_FORMAT_R5G6B5_UNORM_PACK16, 2},
        {VK_FORMAT_B5G6R5_UNORM_PACK16, VK_FORMAT_A1R5G5B5_UNORM_PACK16, 0},
        {VK_FORMAT_R8_UNORM, VK_FORMAT_R8_SNORM, 1},
        {VK_FORMAT_R8_UINT, VK_FORMAT_R8_SINT, 1},
        {VK_FORMAT_R8G8_UNORM, VK_FORMAT_R8G8_SNORM, 2},
        {VK_FORMAT_R8G8_UINT, VK_FORMAT_R8G8_SINT, 2},
        {VK_FORMAT_R8G8B8_UNORM, VK_FORMAT_B8G8R8_SRGB, 0},
        {VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_R8G8B8A8_SNORM, 4},
        {VK_FORMAT_R8G8B8A8_USCALED, VK_FORMAT_R8G8B8A8_SSCALED, 0},
        {VK_FORMAT_R8G8B8A8_UINT, VK_FORMAT_B8G8R8A8_SNORM, 4},
        {VK_FORMAT_B8G8R8A8_UINT, VK_FORMAT_B8G8R8A8_SRGB, 4},
        {VK_FORMAT_A8B8G8R8_UNORM_PACK32, VK_FORMAT_A2B10G10R10_SINT_PACK32, 0},
        {VK_FORMAT_R16_UNORM, VK_FORMAT_R16_SNORM, 2},
        {VK_FORMAT_R16_UINT, VK_FORMAT_R16_SFLOAT, 2},
        {VK_FORMAT_R16G16_UNORM, VK_FORMAT_R16G16_SNORM, 4},
        {VK_FORMAT_R16G16_UINT, VK_FORMAT_R16G16_SFLOAT, 4},
        {VK_FORMAT_R16G16B16_UNORM, VK_FORMAT_R16G16B16_SFLOAT, 0},
        {VK_FORMAT_R16G16B16A16_UNORM, VK_FORMAT_R16G16B16A16_SNORM, 8},
        {VK_FORMAT_R16G16B16A16_UINT, VK_FORMAT_R16G16B16A16_SFLOAT, 8},
        {VK_FORMAT_R32_UINT, VK_FORMAT_R32_SFLOAT, 4},
        {VK_FORMAT_R32G32_UINT, VK_FORMAT_R32G32_SFLOAT, 8},
        {VK_FORMAT_R32G32B32_UINT, VK_FORMAT_R32G32B32_SFLOAT, 0},
        {VK_FORMAT_R32G32B32A32_UINT, VK_FORMAT_R32G32B32A32_SFLOAT, 16},
        {VK_FORMAT_R64_UINT, VK_FORMAT_ASTC_12x12_SRGB_BLOCK, 0},
    };
    cl_image_format seen[64];
    unsigned count = 0;

    for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
        for (int format = (int)runs[i].first; format <= (int)runs[i].last; format++) {
            cl_image_format clFormat = {0, 0};
            VkResult result = vxmOpenClGetFormat((VkFormat)format, &clFormat);

            cr_expect_eq(result, runs[i].bytes > 0 ? VK_SUCCESS : VK_ERROR_FORMAT_NOT_SUPPORTED,
                         "VkFormat %d", format);
            cr_expect_eq(texel(&clFormat), runs[i].bytes, "VkFormat %d", format);
            if (result != VK_SUCCESS) {
                continue;
            }
            for (unsigned j = 0; j < count; j++) {
                cr_expect_neq(memcmp(&seen[j], &clFormat, sizeof(clFormat)), 0,
                              "VkFormat %d is an earlier one's", format);
            }
            seen[count++] = clFormat;
        }
    }
    cr_expect_eq(count, 43);
    expect_error(vxmOpenClGetFormat(VK_FORMAT_R8_UNORM, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "clFormat");
}
