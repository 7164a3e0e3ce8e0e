/*
 * One plane of a multi-planar image as an image of its own.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"

TestSuite(describe_plane, .init = contract_begin, .fini = contract_end);

#define SIZE (128 * 1024)

/* 64 by 32 texels of NV12, with everything in one memory, of a type that need not be of this device
 * and driver. Its handle is `foreign`, to be freed by close_image(). */
static VxmShared open_image(VxmHandle *foreign)
{
    const uint32_t type = backend_loose_type()->type;

    cr_assert(backend_make_foreign(type, SIZE, foreign));
    return (VxmShared){
        .resourceType = VXM_RESOURCE_TYPE_IMAGE,
        .handleType = type,
        .memoryCount = 1,
        .memories[0] = {.handle = *foreign, .allocationSize = SIZE, .memoryTypeBits = 2},
        .deviceUUID = {1, 2, 3},
        .image =
            {
                .imageType = VK_IMAGE_TYPE_2D,
                .format = VK_FORMAT_G8_B8R8_2PLANE_420_UNORM,
                .extent = {64, 32, 1},
                .mipLevels = 1,
                .arrayLayers = 1,
                .samples = VK_SAMPLE_COUNT_1_BIT,
                .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                .usage = VK_IMAGE_USAGE_SAMPLED_BIT,
                .planeCount = 2,
                .planes = {{.offset = 4096, .rowPitch = 256}, {.offset = 65536, .rowPitch = 512}},
            },
    };
}

static void expect_refused(const VxmShared *shared, uint32_t plane, const char *word)
{
    VxmShared single;

    fill(single);
    expect_error(vxmDescribePlane(shared, plane, &single), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, word);
    expect_untouched(single);
}

Test(describe_plane, nv12_is_an_r8_and_an_rg8)
{
    static const VkFormat formats[] = {VK_FORMAT_R8_UNORM, VK_FORMAT_R8G8_UNORM};
    VxmHandle foreign;
    VxmShared shared = open_image(&foreign);
    VxmShared before = shared;

    for (uint32_t i = 0; i < 2; i++) {
        VxmShared single;

        fill(single);
        require(vxmDescribePlane(&shared, i, &single));
        cr_expect_eq(single.resourceType, VXM_RESOURCE_TYPE_IMAGE);
        cr_expect_eq(single.handleType, shared.handleType);
        cr_expect_not(single.dedicated);
        cr_expect_eq(single.deviceUUID[2], 3);
        cr_expect_eq(single.memoryCount, 1);
        cr_expect(backend_same(&single.memories[0].handle, &foreign));
        cr_expect_eq(single.memories[0].allocationSize, SIZE);
        cr_expect_eq(single.memories[0].memoryTypeBits, 2);
        cr_expect_eq(single.memories[0].offset, 0);
        cr_expect_eq(single.image.format, formats[i]);
        cr_expect_eq(single.image.extent.width, i == 0 ? 64 : 32);
        cr_expect_eq(single.image.extent.height, i == 0 ? 32 : 16);
        cr_expect_eq(single.image.extent.depth, 1);
        cr_expect_eq(single.image.tiling, VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT);
        cr_expect_eq(single.image.drmFormatModifier, VXM_DRM_FORMAT_MOD_LINEAR);
        cr_expect_eq(single.image.usage, VK_IMAGE_USAGE_SAMPLED_BIT);
        cr_expect_eq(single.image.planeCount, 1);
        cr_expect_eq(single.image.planes[0].memoryIndex, 0);
        cr_expect_eq(single.image.planes[0].offset, shared.image.planes[i].offset);
        cr_expect_eq(single.image.planes[0].rowPitch, shared.image.planes[i].rowPitch);
        cr_expect_eq(single.image.planes[1].rowPitch, 0);
        require(vxmCheckDescription(&single));
        vxmCloseShared(&single);
    }
    cr_expect_eq(memcmp(&before, &shared, sizeof(before)), 0, "the description was changed");
    cr_expect(backend_is_open(&foreign));
    backend_free_foreign(&foreign);
}

/* A handle for each plane. */
Test(describe_plane, plane_s_own_memory)
{
    VxmHandle foreign[2];
    VxmShared shared = open_image(&foreign[0]);
    VxmShared other = open_image(&foreign[1]);
    VxmShared single;

    shared.image.format = VK_FORMAT_G10X6_B10X6R10X6_2PLANE_422_UNORM_3PACK16;
    shared.image.planes[1] = (VxmPlaneLayout){.memoryIndex = 1, .offset = 512, .rowPitch = 256};
    shared.image.flags = VK_IMAGE_CREATE_DISJOINT_BIT | VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT;
    shared.image.viewFormatCount = 1;
    shared.image.viewFormats[0] = shared.image.format;
    shared.memoryCount = 2;
    shared.memories[1] = other.memories[0];
    shared.memories[1].allocationSize = SIZE / 2;
    fill(single);
    require(vxmDescribePlane(&shared, 1, &single));
    cr_expect_eq(single.memoryCount, 1);
    cr_expect(backend_same(&single.memories[0].handle, &foreign[1]));
    cr_expect_eq(single.memories[0].allocationSize, SIZE / 2);
    cr_expect_eq(single.memories[1].handle.type, 0);
    cr_expect_eq(single.image.flags, 0);
    cr_expect_eq(single.image.viewFormatCount, 0);
    cr_expect_eq(single.image.format, VK_FORMAT_R10X6G10X6_UNORM_2PACK16);
    cr_expect_eq(single.image.extent.width, 32);
    cr_expect_eq(single.image.extent.height, 32);
    cr_expect_eq(single.image.planes[0].memoryIndex, 0);
    cr_expect_eq(single.image.planes[0].offset, 512);
    vxmCloseShared(&single);
    backend_free_foreign(&foreign[0]);
    backend_free_foreign(&foreign[1]);
}

Test(describe_plane, third_plane)
{
    VxmHandle foreign;
    VxmShared shared = open_image(&foreign);
    VxmShared single;

    shared.image.format = VK_FORMAT_G8_B8_R8_3PLANE_420_UNORM;
    shared.image.planeCount = 3;
    shared.image.planes[2] = (VxmPlaneLayout){.offset = 100000, .rowPitch = 64};
    require(vxmDescribePlane(&shared, 2, &single));
    cr_expect_eq(single.image.format, VK_FORMAT_R8_UNORM);
    cr_expect_eq(single.image.extent.width, 32);
    cr_expect_eq(single.image.extent.height, 16);
    cr_expect_eq(single.image.planes[0].offset, 100000);
    cr_expect_eq(single.image.planes[0].rowPitch, 64);
    vxmCloseShared(&single);
    backend_free_foreign(&foreign);
}

/* Without a layout of the app's own, it is where the image is bound that says where it lies. */
Test(describe_plane, linear_plane_begins_where_it_is_bound)
{
    VxmHandle foreign;
    VxmShared shared = open_image(&foreign);
    VxmShared single;

    shared.image.tiling = VK_IMAGE_TILING_LINEAR;
    require(vxmDescribePlane(&shared, 1, &single));
    cr_expect_eq(single.image.tiling, VK_IMAGE_TILING_LINEAR);
    cr_expect_eq(single.memories[0].offset, 65536);
    cr_expect_eq(single.image.planes[0].offset, 65536);
    vxmCloseShared(&single);
    backend_free_foreign(&foreign);
}

Test(describe_plane, usage_may_be_unknown)
{
    VxmHandle foreign;
    VxmShared shared = open_image(&foreign);
    VxmShared single;

    shared.image.usage = 0;
    require(vxmDescribePlane(&shared, 0, &single));
    cr_expect_eq(single.image.usage, 0);
    vxmCloseShared(&single);
    backend_free_foreign(&foreign);
}

Test(describe_plane, what_has_no_such_plane)
{
    VxmHandle foreign;
    const VxmShared good = open_image(&foreign);
    VxmShared shared = good;

    expect_refused(&shared, 2, "plane is 2");
    expect_refused(&shared, UINT32_MAX, "2 planes");
    shared.image.format = VK_FORMAT_R8G8B8A8_UNORM;
    shared.image.planeCount = 1;
    expect_refused(&shared, 0, "multi-planar");
    shared = good;
    shared.resourceType = VXM_RESOURCE_TYPE_MEMORY;
    expect_refused(&shared, 0, "resourceType 0");
    shared = good;
    shared.image.tiling = VK_IMAGE_TILING_OPTIMAL;
    shared.image.planeCount = 0;
    expect_refused(&shared, 0, "LINEAR or DRM_FORMAT_MODIFIER");
    shared = good;
    shared.image.planeCount = 4;
    shared.image.planes[2] = shared.image.planes[3] = shared.image.planes[1];
    expect_refused(&shared, 0, "planes beyond those of the format");
    shared = good;
    shared.image.mipLevels = 2;
    expect_refused(&shared, 0, "mipLevels");
    shared = good;
    shared.image.planes[1].memoryIndex = 1;
    expect_refused(&shared, 1, "memoryIndex");
    backend_free_foreign(&foreign);
}

Test(describe_plane, memory_that_is_the_image_s_alone)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        struct source source;
        VxmHandle foreign;
        VxmShared shared = open_image(&foreign);

        if (!type->exportable || !type->sameDedicated) {
            backend_free_foreign(&foreign);
            continue;
        }
        source_open(device, type, type_resource(type), &source);
        shared.handleType = type->type;
        shared.memories[0].handle = source.shared.memories[0].handle;
        shared.dedicated = VK_TRUE;
        expect_refused(&shared, 1, "dedicated");
        source_close(&source);
        backend_free_foreign(&foreign);
    }
    vxmDestroyDevice(device);
}

Test(describe_plane, handles_that_are_none)
{
    VxmHandle foreign;
    VxmShared shared = open_image(&foreign);
    VxmShared single;

    fill(single);
    shared.memories[0].handle = (VxmHandle){0};
    expect_error(vxmDescribePlane(&shared, 1, &single), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "memories[0]");
    shared.memories[0].handle = foreign;
    shared.handleType = backend_other_types[0];
    expect_error(vxmDescribePlane(&shared, 1, &single), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "system");
    expect_untouched(single);
    backend_free_foreign(&foreign);
}

Test(describe_plane, into_itself)
{
    VxmHandle foreign;
    VxmShared shared = open_image(&foreign);
    VxmShared before = shared;

    expect_error(vxmDescribePlane(&shared, 1, &shared), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "single");
    cr_expect_eq(memcmp(&before, &shared, sizeof(before)), 0);
    backend_free_foreign(&foreign);
}
