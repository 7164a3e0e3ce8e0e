/*
 * Tensors of LINEAR images, and the formats that they can have.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "dlpack.h"

TestSuite(dlpack_image, .init = contract_begin, .fini = contract_end);

VxmShared dlpack_image(uint32_t width, uint32_t height)
{
    const VkDeviceSize pitch = 4 * (VkDeviceSize)width + 16;

    return (VxmShared){
        .resourceType = VXM_RESOURCE_TYPE_IMAGE,
        .memoryCount = 1,
        .memories[0] = {.allocationSize = 64 + height * pitch},
        .image = {.imageType = VK_IMAGE_TYPE_2D,
                  .format = VK_FORMAT_R8G8B8A8_UNORM,
                  .extent = {width, height, 1},
                  .mipLevels = 1,
                  .arrayLayers = 1,
                  .samples = VK_SAMPLE_COUNT_1_BIT,
                  .tiling = VK_IMAGE_TILING_LINEAR,
                  .planeCount = 1,
                  .planes[0] = {.offset = 64, .rowPitch = pitch}},
    };
}

static unsigned char bytes[SIZE];
static const DLDevice cuda = {kDLCUDA, 0};

Test(dlpack_image, rows_by_their_pitch)
{
    VxmShared shared = dlpack_image(5, 7);
    DLManagedTensor *tensor = NULL;
    const DLTensor *t;

    require(vxmDlpackWrap(&shared, bytes, cuda, NULL, &tensor));
    t = &tensor->dl_tensor;
    cr_expect_eq(t->data, bytes, "data is the first texel's address");
    cr_expect_eq(t->ndim, 3);
    cr_expect_eq(t->shape[0], 7);
    cr_expect_eq(t->shape[1], 5);
    cr_expect_eq(t->shape[2], 4);
    cr_expect_eq(t->strides[0], 36);
    cr_expect_eq(t->strides[1], 4);
    cr_expect_eq(t->strides[2], 1);
    cr_expect_eq(t->dtype.code, kDLUInt);
    cr_expect_eq(t->dtype.bits, 8);
    tensor->deleter(tensor);
}

/* Strides are in elements, whatever their size. */
Test(dlpack_image, strides_in_elements)
{
    VxmDlpackInfo info = {.dtype = {kDLFloat, 32, 1}};
    VxmShared shared = dlpack_image(8, 4); /* a pitch of 48 bytes */
    DLManagedTensor *tensor = NULL;

    shared.image.format = VK_FORMAT_R32_SFLOAT;
    require(vxmDlpackWrap(&shared, bytes, cuda, &info, &tensor));
    cr_expect_eq(tensor->dl_tensor.strides[0], 12);
    cr_expect_eq(tensor->dl_tensor.strides[1], 1);
    cr_expect_eq(tensor->dl_tensor.shape[2], 1);
    cr_expect_eq(tensor->dl_tensor.dtype.code, kDLFloat);
    tensor->deleter(tensor);
}

/* One thing is changed in a description that would do. */
Test(dlpack_image, refused)
{
    enum {
        TILING,
        TYPE,
        MIPS,
        LAYERS,
        SAMPLES,
        PLANES,
        PITCH_0,
        PITCH_SHORT,
        PITCH_ODD,
        SHORT,
        LATE
    };
    static const struct {
        int what;
        VkResult result;
        VxmErrorReason reason;
        const char *part;
    } cases[] = {
        {TILING, VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "LINEAR"},
        {TYPE, VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "2D"},
        {MIPS, VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "2D"},
        {LAYERS, VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "2D"},
        {SAMPLES, VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "2D"},
        {PLANES, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "planes"},
        {PITCH_0, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "row pitch"},
        {PITCH_SHORT, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "row pitch"},
        {PITCH_ODD, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "row pitch"},
        {SHORT, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "within"},
        {LATE, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "plane"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        VxmShared shared = dlpack_image(8, 4);
        DLManagedTensor *tensor;

        contract_note("case %d", cases[i].what);
        switch (cases[i].what) {
        case TILING:
            shared.image.tiling = VK_IMAGE_TILING_OPTIMAL;
            break;
        case TYPE:
            shared.image.imageType = VK_IMAGE_TYPE_3D;
            break;
        case MIPS:
            shared.image.mipLevels = 2;
            break;
        case LAYERS:
            shared.image.arrayLayers = 2;
            break;
        case SAMPLES:
            shared.image.samples = VK_SAMPLE_COUNT_4_BIT;
            break;
        case PLANES:
            shared.image.planeCount = 0;
            break;
        case PITCH_0:
            shared.image.planes[0].rowPitch = 0;
            break;
        case PITCH_SHORT:
            shared.image.planes[0].rowPitch = 28;
            break;
        case PITCH_ODD:
            shared.image.format = VK_FORMAT_R32_SFLOAT;
            shared.image.planes[0].rowPitch = 50;
            break;
        case SHORT:
            shared.memories[0].allocationSize -= 17;
            break; /* into the last row's texels */
        default:
            shared.memories[0].offset = 65;
            break;
        }
        fill(tensor);
        expect_error(vxmDlpackWrap(&shared, bytes, cuda, NULL, &tensor), cases[i].result,
                     cases[i].reason, cases[i].part);
        expect_untouched(tensor);
    }
}

Test(dlpack_image, its_shape_is_its_own)
{
    const int64_t shape[] = {4};
    const VxmDlpackInfo infos[] = {
        {.ndim = 1, .shape = shape}, {.shape = shape}, {.strides = shape}, {.offset = 4}};
    VxmDlpackInfo other = {.dtype = {kDLFloat, 32, 1}};
    VxmShared shared = dlpack_image(8, 4);
    DLManagedTensor *tensor;

    fill(tensor);
    for (size_t i = 0; i < sizeof(infos) / sizeof(infos[0]); i++) {
        expect_error(vxmDlpackWrap(&shared, bytes, cuda, &infos[i], &tensor),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "its own");
    }
    expect_error(vxmDlpackWrap(&shared, bytes, cuda, &other, &tensor),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "dtype");
    shared.image.format = VK_FORMAT_R5G6B5_UNORM_PACK16;
    expect_error(vxmDlpackWrap(&shared, bytes, cuda, NULL, &tensor), VK_ERROR_FORMAT_NOT_SUPPORTED,
                 VXM_ERROR_REASON_UNSUPPORTED, "R8G8B8A8_UNORM");
    expect_untouched(tensor);
}

Test(dlpack_image, formats)
{
    static const struct {
        VkFormat format;
        uint8_t code;
        uint8_t bits;
        uint32_t channels;
    } expected[] = {
        {VK_FORMAT_R8_UNORM, kDLUInt, 8, 1},
        {VK_FORMAT_R8_SRGB, kDLUInt, 8, 1},
        {VK_FORMAT_R8G8_SNORM, kDLInt, 8, 2},
        {VK_FORMAT_R8G8B8_SINT, kDLInt, 8, 3},
        {VK_FORMAT_B8G8R8_UNORM, kDLUInt, 8, 3},
        {VK_FORMAT_R8G8B8A8_UINT, kDLUInt, 8, 4},
        {VK_FORMAT_B8G8R8A8_SRGB, kDLUInt, 8, 4},
        {VK_FORMAT_R16_SSCALED, kDLInt, 16, 1},
        {VK_FORMAT_R16G16_SFLOAT, kDLFloat, 16, 2},
        {VK_FORMAT_R16G16B16_USCALED, kDLUInt, 16, 3},
        {VK_FORMAT_R16G16B16A16_SFLOAT, kDLFloat, 16, 4},
        {VK_FORMAT_R32_UINT, kDLUInt, 32, 1},
        {VK_FORMAT_R32_SINT, kDLInt, 32, 1},
        {VK_FORMAT_R32_SFLOAT, kDLFloat, 32, 1},
        {VK_FORMAT_R32G32B32_SFLOAT, kDLFloat, 32, 3},
        {VK_FORMAT_R32G32B32A32_SFLOAT, kDLFloat, 32, 4},
        {VK_FORMAT_R64_SFLOAT, kDLFloat, 64, 1},
        {VK_FORMAT_R64G64B64A64_SINT, kDLInt, 64, 4},
    };
    static const VkFormat none[] = {
        VK_FORMAT_UNDEFINED,
        VK_FORMAT_R4G4_UNORM_PACK8,
        VK_FORMAT_A1R5G5B5_UNORM_PACK16,
        VK_FORMAT_A8B8G8R8_UNORM_PACK32,
        VK_FORMAT_A2B10G10R10_SINT_PACK32,
        VK_FORMAT_B10G11R11_UFLOAT_PACK32,
        VK_FORMAT_D16_UNORM,
        VK_FORMAT_BC1_RGB_UNORM_BLOCK,
        VK_FORMAT_G8B8G8R8_422_UNORM,
        VK_FORMAT_MAX_ENUM,
    };
    DLDataType dtype;
    uint32_t channels;

    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        contract_note("format %d", (int)expected[i].format);
        require(vxmDlpackGetFormat(expected[i].format, &dtype, &channels));
        cr_expect_eq(dtype.code, expected[i].code, "format %d", (int)expected[i].format);
        cr_expect_eq(dtype.bits, expected[i].bits, "format %d", (int)expected[i].format);
        cr_expect_eq(dtype.lanes, 1);
        cr_expect_eq(channels, expected[i].channels, "format %d", (int)expected[i].format);
    }
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        contract_note("format %d", (int)none[i]);
        fill(dtype);
        fill(channels);
        expect_error(vxmDlpackGetFormat(none[i], &dtype, &channels), VK_ERROR_FORMAT_NOT_SUPPORTED,
                     VXM_ERROR_REASON_UNSUPPORTED, "format");
        expect_untouched(dtype);
        expect_untouched(channels);
    }
    expect_error(vxmDlpackGetFormat(VK_FORMAT_R8_UNORM, NULL, &channels),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "NULL");
    expect_error(vxmDlpackGetFormat(VK_FORMAT_R8_UNORM, &dtype, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "NULL");
}
