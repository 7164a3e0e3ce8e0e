/*
 * vxm/cuda.h: images as mipmapped arrays.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/cuda/model_cuda.h"

TestSuite(cuda_array, .init = cuda_model_begin, .fini = cuda_model_end);

/* A description by hand: 2D, RGBA8, one level and layer. */
static VxmShared described(uint32_t width, uint32_t height)
{
    VxmShared shared = {.resourceType = VXM_RESOURCE_TYPE_IMAGE,
                        .handleType = backend_opaque_type()->type,
                        .memoryCount = 1};

    shared.image.imageType = VK_IMAGE_TYPE_2D;
    shared.image.format = VK_FORMAT_R8G8B8A8_UNORM;
    shared.image.extent = (VkExtent3D){width, height, 1};
    shared.image.mipLevels = 1;
    shared.image.arrayLayers = 1;
    shared.image.samples = VK_SAMPLE_COUNT_1_BIT;
    shared.image.tiling = VK_IMAGE_TILING_OPTIMAL;
    shared.image.usage = VK_IMAGE_USAGE_SAMPLED_BIT;
    return shared;
}

static void expect_array(const VxmShared *shared, unsigned flags, size_t width, size_t height,
                         size_t depth, unsigned expected, const char *what)
{
    CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC desc;

    fill(desc);
    contract_note("%s", what);
    require(vxmCudaDescribeArray(shared, flags, &desc));
    cr_expect_eq(desc.arrayDesc.Width, width, "%s", what);
    cr_expect_eq(desc.arrayDesc.Height, height, "%s", what);
    cr_expect_eq(desc.arrayDesc.Depth, depth, "%s", what);
    cr_expect_eq(desc.arrayDesc.Flags, expected, "%s: flags %x", what, desc.arrayDesc.Flags);
    cr_expect_eq(desc.numLevels, shared->image.mipLevels, "%s", what);
    cr_expect_eq(desc.offset, shared->memories[0].offset, "%s", what);
    for (size_t i = 0; i < sizeof(desc.reserved) / sizeof(desc.reserved[0]); i++) {
        cr_expect_eq(desc.reserved[i], 0, "%s", what);
    }
    contract_note(NULL);
}

Test(cuda_array, extents_layers_and_flags)
{
    VxmShared shared = described(64, 48);

    expect_array(&shared, 0, 64, 48, 0, 0, "2D");
    expect_array(&shared, CUDA_ARRAY3D_TEXTURE_GATHER, 64, 48, 0, CUDA_ARRAY3D_TEXTURE_GATHER,
                 "a flag of the caller's");
    shared.image.mipLevels = 7;
    shared.memories[0].offset = 4096;
    expect_array(&shared, 0, 64, 48, 0, 0, "mip levels, at an offset");
    shared.image.arrayLayers = 6;
    expect_array(&shared, 0, 64, 48, 6, CUDA_ARRAY3D_LAYERED, "six layers");

    shared = described(64, 64);
    shared.image.flags = VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT;
    shared.image.arrayLayers = 6;
    expect_array(&shared, 0, 64, 64, 6, CUDA_ARRAY3D_CUBEMAP, "a cube");
    shared.image.arrayLayers = 12;
    expect_array(&shared, 0, 64, 64, 12, CUDA_ARRAY3D_CUBEMAP | CUDA_ARRAY3D_LAYERED, "two cubes");
    shared.image.arrayLayers = 7;
    expect_array(&shared, 0, 64, 64, 7, CUDA_ARRAY3D_LAYERED, "a cube and a layer");

    shared = described(64, 1);
    shared.image.imageType = VK_IMAGE_TYPE_1D;
    expect_array(&shared, 0, 64, 0, 0, 0, "1D");
    shared.image.arrayLayers = 3;
    expect_array(&shared, 0, 64, 0, 3, CUDA_ARRAY3D_LAYERED, "1D with layers");

    shared = described(16, 8);
    shared.image.imageType = VK_IMAGE_TYPE_3D;
    shared.image.extent.depth = 4;
    expect_array(&shared, 0, 16, 8, 4, 0, "3D");
    shared.image.extent.depth = 1;
    expect_array(&shared, 0, 16, 8, 1, 0, "3D of one slice");

    shared = described(64, 48);
    shared.image.usage |= VK_IMAGE_USAGE_STORAGE_BIT;
    expect_array(&shared, 0, 64, 48, 0, CUDA_ARRAY3D_SURFACE_LDST, "storage");
    shared.image.usage |= VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT;
    expect_array(&shared, 0, 64, 48, 0, CUDA_ARRAY3D_SURFACE_LDST | CUDA_ARRAY3D_COLOR_ATTACHMENT,
                 "storage and attachment");
}

/* Bytes of a texel, and whether it is told by a name that ends so. */
static unsigned bytes_of(CUarray_format format)
{
    switch ((int)format) {
    case CU_AD_FORMAT_UNSIGNED_INT8:
    case CU_AD_FORMAT_SIGNED_INT8:
        return 1;
    case CU_AD_FORMAT_UNSIGNED_INT16:
    case CU_AD_FORMAT_SIGNED_INT16:
    case CU_AD_FORMAT_HALF:
        return 2;
    default:
        return 4;
    }
}

Test(cuda_array, formats)
{
    static const struct {
        VkFormat format;
        CUarray_format array;
        unsigned channels;
        unsigned size;
    } cases[] = {
        {VK_FORMAT_R8_UNORM, CU_AD_FORMAT_UNSIGNED_INT8, 1, 1},
        {VK_FORMAT_R8G8_SNORM, CU_AD_FORMAT_SIGNED_INT8, 2, 2},
        {VK_FORMAT_R8G8B8A8_SRGB, CU_AD_FORMAT_UNSIGNED_INT8, 4, 4},
        {VK_FORMAT_B8G8R8A8_UNORM, CU_AD_FORMAT_UNSIGNED_INT8, 4, 4},
        {VK_FORMAT_A8B8G8R8_SINT_PACK32, CU_AD_FORMAT_SIGNED_INT8, 4, 4},
        {VK_FORMAT_R16_SFLOAT, CU_AD_FORMAT_HALF, 1, 2},
        {VK_FORMAT_R16G16_UINT, CU_AD_FORMAT_UNSIGNED_INT16, 2, 4},
        {VK_FORMAT_R16G16B16A16_SNORM, CU_AD_FORMAT_SIGNED_INT16, 4, 8},
        {VK_FORMAT_R32_SFLOAT, CU_AD_FORMAT_FLOAT, 1, 4},
        {VK_FORMAT_R32G32_SINT, CU_AD_FORMAT_SIGNED_INT32, 2, 8},
        {VK_FORMAT_R32G32B32A32_UINT, CU_AD_FORMAT_UNSIGNED_INT32, 4, 16},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CUarray_format format = CU_AD_FORMAT_HALF;
        unsigned channels = 0;

        require(vxmCudaGetFormat(cases[i].format, &format, &channels));
        cr_expect_eq(format, cases[i].array, "VkFormat %d", (int)cases[i].format);
        cr_expect_eq(channels, cases[i].channels, "VkFormat %d", (int)cases[i].format);
        cr_expect_eq(bytes_of(format) * channels, cases[i].size, "VkFormat %d",
                     (int)cases[i].format);
    }
}

Test(cuda_array, formats_without_equal_are_refused)
{
    static const VkFormat formats[] = {
        VK_FORMAT_UNDEFINED,
        VK_FORMAT_R8G8B8_UNORM,
        VK_FORMAT_R32G32B32_SFLOAT,
        VK_FORMAT_R5G6B5_UNORM_PACK16,
        VK_FORMAT_D32_SFLOAT,
        VK_FORMAT_D24_UNORM_S8_UINT,
        VK_FORMAT_S8_UINT,
        VK_FORMAT_BC7_SRGB_BLOCK,
        VK_FORMAT_R64_SFLOAT,
        VK_FORMAT_E5B9G9R9_UFLOAT_PACK32,
        VK_FORMAT_B10G11R11_UFLOAT_PACK32,
        VK_FORMAT_A2B10G10R10_UNORM_PACK32,
        VK_FORMAT_R8G8B8A8_USCALED,
        VK_FORMAT_G8_B8R8_2PLANE_420_UNORM,
    };
    CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC desc;
    VxmShared shared = described(4, 4);
    CUarray_format format;
    unsigned channels;

    fill(desc);
    fill(format);
    fill(channels);
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        char number[32];

        snprintf(number, sizeof(number), "VkFormat %d ", (int)formats[i]);
        shared.image.format = formats[i];
        expect_error(vxmCudaGetFormat(formats[i], &format, &channels),
                     VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, number);
        expect_error(vxmCudaDescribeArray(&shared, 0, &desc), VK_ERROR_FORMAT_NOT_SUPPORTED,
                     VXM_ERROR_REASON_UNSUPPORTED, number);
    }
    expect_error(vxmCudaGetFormat(VK_FORMAT_R8_UNORM, NULL, &channels),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "array");
    expect_error(vxmCudaGetFormat(VK_FORMAT_R8_UNORM, &format, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "channels");
    expect_untouched(desc);
    expect_untouched(format);
    expect_untouched(channels);
}

Test(cuda_array, images_that_are_no_arrays_are_refused)
{
    CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC desc;
    VxmShared shared = described(4, 4);

    fill(desc);
    shared.image.tiling = VK_IMAGE_TILING_LINEAR;
    expect_error(vxmCudaDescribeArray(&shared, 0, &desc), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "rowPitch");
    shared.image.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    expect_error(vxmCudaDescribeArray(&shared, 0, &desc), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "modifier");
    shared = described(4, 4);
    shared.image.samples = VK_SAMPLE_COUNT_4_BIT;
    expect_error(vxmCudaDescribeArray(&shared, 0, &desc), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "multisampled");
    shared = described(4, 4);
    shared.memoryCount = 2;
    expect_error(vxmCudaDescribeArray(&shared, 0, &desc), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "disjoint");
    shared = described(4, 4);
    shared.handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT;
    expect_error(vxmCudaDescribeArray(&shared, 0, &desc), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "dma-bufs");
    shared = described(4, 4);
    shared.resourceType = VXM_RESOURCE_TYPE_BUFFER;
    expect_error(vxmCudaDescribeArray(&shared, 0, &desc), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "no image");
    expect_error(vxmCudaDescribeArray(NULL, 0, &desc), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "shared");
    expect_error(vxmCudaDescribeArray(&shared, 0, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "desc");
    expect_untouched(desc);
}

/* ---- through an import ---- */

Test(cuda_array, optimal_image_becomes_an_array)
{
    const struct backend_type *type = type_for(VXM_RESOURCE_TYPE_IMAGE);
    const VxmCudaImportInfo both = {.map = VXM_CUDA_MAP_POINTER_BIT | VXM_CUDA_MAP_ARRAY_BIT,
                                    .arrayFlags = CUDA_ARRAY3D_TEXTURE_GATHER};
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    VxmCudaMemory memory;
    struct source source;

    source_open(device, type, VXM_RESOURCE_TYPE_IMAGE, &source);
    require(vxmCudaImportShared(&cuda, &source.shared, NULL, &memory));
    cr_expect_not_null(memory.mipmappedArray);
    cr_expect_not_null(memory.array);
    cr_expect_eq(memory.pointer, 0);
    cr_expect_eq(memory.size, 0);
    cr_expect_eq(cuda_model_calls("cuExternalMemoryGetMappedBuffer"), 0);
    cr_expect_eq(cuda_model.array.arrayDesc.Width, source.shared.image.extent.width);
    cr_expect_eq(cuda_model.array.arrayDesc.Flags, 0);
    vxmCudaDestroyMemory(&cuda, &memory);
    cr_expect_null(memory.array);

    require(vxmCudaImportShared(&cuda, &source.shared, &both, &memory));
    cr_expect_not_null(memory.mipmappedArray);
    cr_expect_neq(memory.pointer, 0);
    cr_expect_eq(memory.size, source.shared.memories[0].allocationSize);
    cr_expect_eq(cuda_model.array.arrayDesc.Flags, CUDA_ARRAY3D_TEXTURE_GATHER);
    vxmCudaDestroyMemory(&cuda, &memory);
    source_close(&source);
    vxmDestroyDevice(device);
}

/* Its rows are read through a pointer, with the pitch that Vulkan's driver chose. */
Test(cuda_array, linear_image_becomes_rows)
{
    const VxmCudaImportInfo array = {.map = VXM_CUDA_MAP_ARRAY_BIT};
    VxmMemoryCreateInfo info = contract_memory_info(backend_opaque_type()->type);
    VkImageCreateInfo image = contract_image_info(64, 48);
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    VxmCudaMemory imported = {0};
    VxmMemory memory;
    VxmShared shared;

    image.tiling = VK_IMAGE_TILING_LINEAR;
    require(vxmCreateImage(device, &image, &info, &memory));
    require(vxmExportMemory(memory, type_bit(backend_opaque_type()), &shared));
    require(vxmCudaImportShared(&cuda, &shared, NULL, &imported));
    cr_expect_null(imported.mipmappedArray);
    cr_expect_neq(imported.pointer, 0);
    cr_expect_geq(imported.rowPitch, 64 * 4);
    cr_expect_eq(imported.rowPitch, shared.image.planes[0].rowPitch);
    cr_expect_eq(imported.size, shared.memories[0].allocationSize - shared.image.planes[0].offset);
    cr_expect_eq(cuda_model.buffer.offset, shared.image.planes[0].offset);
    vxmCudaDestroyMemory(&cuda, &imported);

    fill(imported);
    expect_error(vxmCudaImportShared(&cuda, &shared, &array, &imported),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 "vxmCudaImportShared: this can't be a mipmapped array: its tiling is LINEAR");
    expect_untouched(imported);
    cr_expect_eq(cuda_model_calls("cuImportExternalMemory"), 1);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}
