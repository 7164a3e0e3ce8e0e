/*
 * Planes that can't be: refused before the driver sees them, with the plane and the number in the
 * sentence.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "contract/plane_images.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

TestSuite(planes_refused, .init = contract_begin, .fini = contract_end);

#define TILED MODEL_MODIFIER_TILED

static void expect_import_refused(VxmDevice device, VxmShared *shared, VkResult result,
                                  VxmErrorReason reason, const char *word)
{
    size_t images = model_call_count("vkCreateImage");
    size_t open = backend_handle_count();
    VxmShared before = *shared;
    VxmMemory memory;
    VxmPlan plan;

    fill(memory);
    fill(plan);
    expect_error(vxmCheckShared(device, shared), result, reason, word);
    expect_error(vxmImportMemory(device, shared, NULL, &memory), result, reason, word);
    expect_error(vxmPlanImport(device, shared, NULL, &plan), result, reason, word);
    expect_untouched(memory);
    expect_untouched(plan);
    cr_expect_eq(memcmp(&before, shared, sizeof(before)), 0, "the description was changed");
    cr_expect_eq(backend_handle_count(), open);
    cr_expect_eq(model_call_count("vkCreateImage"), images, "the driver was asked for an image");
    cr_expect_eq(model_call_count("vkAllocateMemory"), 0);
}

/* What is wrong by itself, whoever imports it: a 64x64 frame of NV12 in 65536 bytes. */
#define EXPECT_ARGUMENT(change, word)                                                              \
    do {                                                                                           \
        VxmShared shared = frame.shared;                                                           \
        change;                                                                                    \
        contract_note("%s", #change);                                                              \
        expect_error(vxmCheckDescription(&shared), VK_ERROR_VALIDATION_FAILED_EXT,                 \
                     VXM_ERROR_REASON_ARGUMENT, word);                                             \
        expect_import_refused(device, &shared, VK_ERROR_VALIDATION_FAILED_EXT,                     \
                              VXM_ERROR_REASON_ARGUMENT, word);                                    \
    } while (0)

Test(planes_refused, count_of_planes_is_not_the_modifiers)
{
    VxmDevice device = contract_device();
    struct frame frame;

    frame_open(&frame, NV12, 64, 64, 1, 65536);
    EXPECT_ARGUMENT(shared.image.planeCount = 5, "planeCount is 5");
    EXPECT_ARGUMENT(shared.image.planeCount = UINT32_MAX, "planeCount");
    EXPECT_ARGUMENT(shared.image.planeCount = 0, "planeCount is 0");
    EXPECT_ARGUMENT(shared.image.planeCount = 1, "planeCount is 1");
    EXPECT_ARGUMENT(shared.image.planeCount = 3, "planeCount is 3");
    frame_close(&frame);
    /* Only the device knows of a vendor's modifier. */
    frame_open(&frame, VK_FORMAT_R8G8B8A8_UNORM, 64, 64, 1, 65536);
    frame.shared.image.drmFormatModifier = MODEL_MODIFIER_COMPRESSED;
    frame.shared.image.planes[0].rowPitch = 512;
    expect_import_refused(device, &frame.shared, VK_ERROR_VALIDATION_FAILED_EXT,
                          VXM_ERROR_REASON_ARGUMENT, "planeCount is 1");
    frame.shared.image.planeCount = 3;
    frame.shared.image.planes[1] = (VxmPlaneLayout){.offset = 32768, .rowPitch = 512};
    frame.shared.image.planes[2] = (VxmPlaneLayout){.offset = 49152, .rowPitch = 512};
    expect_import_refused(device, &frame.shared, VK_ERROR_VALIDATION_FAILED_EXT,
                          VXM_ERROR_REASON_ARGUMENT, "has 2 memory planes");
    frame_close(&frame);
    vxmDestroyDevice(device);
}

Test(planes_refused, pitch)
{
    VxmDevice device = contract_device();
    VxmMemory memory = NULL;
    struct frame frame;

    frame_open(&frame, NV12, 64, 64, 1, 65536);
    EXPECT_ARGUMENT(shared.image.planes[0].rowPitch = 63, "planes[0]");
    EXPECT_ARGUMENT(shared.image.planes[0].rowPitch = 63, "63");
    EXPECT_ARGUMENT(shared.image.planes[1].rowPitch = 62, "planes[1]");
    EXPECT_ARGUMENT(shared.image.planes[1].rowPitch = 1, "64");
    EXPECT_ARGUMENT(shared.image.planes[1].rowPitch = 0, "planes[1]");
    /* Two bytes are one texel of the second plane. */
    EXPECT_ARGUMENT(shared.image.planes[1].rowPitch = 65, "planes[1]");
    EXPECT_ARGUMENT(shared.image.planes[1].rowPitch = 65, "65");
    frame_close(&frame);
    frame_open(&frame, VK_FORMAT_R8G8B8A8_UNORM, 64, 64, 1, 65536);
    EXPECT_ARGUMENT(shared.image.planes[0].rowPitch = 258, "258");
    EXPECT_ARGUMENT(shared.image.planes[0].rowPitch = 252, "252");
    /* Of one layer and one slice these mean nothing, and the driver is told nothing (02268, 02269).
     */
    frame.shared.image.planes[0].arrayPitch = 16384;
    frame.shared.image.planes[0].depthPitch = 16384;
    require(vxmImportMemory(device, &frame.shared, NULL, &memory));
    vxmDestroyMemory(memory);
    frame_close(&frame);
    vxmDestroyDevice(device);
}

/* Layers and slices of one plane, whose rows may take turns or stand side by side. */
Test(planes_refused, layers_overlap)
{
    static const struct {
        uint64_t rowPitch, pitch;
        bool overlap;
    } cases[] = {
        {256, 1, true},
        {256, 255, true},
        {256, 256, true},
        {256, 64 * 256 - 256, true},
        {256, 64 * 256 - 1, true},
        {256, 64 * 256, false},
        {512, 255, true},
        {512, 256, false},
        {512, 257, true},
        {512, 512 + 256, false},
        {512, 512 + 255, true},
        {512, 63 * 512 + 255, true},
        {512, 63 * 512 + 256, false},
        {512, 63 * 512 + 300, false},
    };
    struct frame frame;

    frame_open(&frame, VK_FORMAT_R8G8B8A8_UNORM, 64, 64, 1, 1 << 20);
    for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
        const size_t row = i / 2;
        const bool slices = i % 2 != 0;
        VxmShared shared = frame.shared;
        VxmPlaneLayout *plane = &shared.image.planes[0];

        contract_note("rowPitch %llu, %s %llu", (unsigned long long)cases[row].rowPitch,
                      slices ? "depthPitch" : "arrayPitch", (unsigned long long)cases[row].pitch);
        shared.image.imageType = slices ? VK_IMAGE_TYPE_3D : VK_IMAGE_TYPE_2D;
        *(slices ? &shared.image.extent.depth : &shared.image.arrayLayers) = 2;
        plane->rowPitch = cases[row].rowPitch;
        *(slices ? &plane->depthPitch : &plane->arrayPitch) = cases[row].pitch;
        if (cases[row].overlap) {
            expect_error(vxmCheckDescription(&shared), VK_ERROR_VALIDATION_FAILED_EXT,
                         VXM_ERROR_REASON_ARGUMENT, slices ? "next slice" : "next layer");
        } else {
            require(vxmCheckDescription(&shared));
        }
    }
    frame_close(&frame);
}

Test(planes_refused, planes_overlap)
{
    VxmDevice device = contract_device();
    struct frame frame;

    frame_open(&frame, NV12, 64, 64, 1, 65536);
    EXPECT_ARGUMENT(shared.image.planes[1].offset = 0, "planes[0] and [1] overlap");
    EXPECT_ARGUMENT(shared.image.planes[1].offset = 4032, "overlap");
    EXPECT_ARGUMENT(shared.image.planes[0].offset = 6080, "overlap");
    /* Side by side is fine; so are planes in another order. */
    frame.shared.image.planes[0].offset = 2048;
    frame.shared.image.planes[1].offset = 0;
    require(vxmCheckDescription(&frame.shared));
    require(vxmCheckShared(device, &frame.shared));
    frame_close(&frame);
    /* And what overlaps in numbers only, being two payloads. */
    frame_open(&frame, NV12, 64, 64, 2, 65536);
    require(vxmCheckDescription(&frame.shared));
    require(vxmCheckShared(device, &frame.shared));
    frame_close(&frame);
    /* Two handles of one payload don't hide it. */
    frame_open(&frame, NV12, 64, 64, 1, 65536);
    frame_spread(&frame);
    frame.shared.image.planes[1].offset = 64;
    expect_import_refused(device, &frame.shared, VK_ERROR_VALIDATION_FAILED_EXT,
                          VXM_ERROR_REASON_ARGUMENT, "overlap");
    frame_close(&frame);
    vxmDestroyDevice(device);
}

Test(planes_refused, planes_leave_the_buffer)
{
    VxmDevice device = contract_device();
    struct frame frame;

    frame_open(&frame, NV12, 64, 64, 1, 65536);
    /* Told by the description ... */
    frame.shared.memories[0].allocationSize = 65536;
    EXPECT_ARGUMENT(shared.image.planes[1].offset = 65536, "planes[1]");
    EXPECT_ARGUMENT(shared.image.planes[1].offset = 65536 - 2047, "65536");
    EXPECT_ARGUMENT(shared.image.planes[1].offset = UINT64_MAX, "planes[1]");
    EXPECT_ARGUMENT(shared.image.planes[1].offset = UINT64_MAX - 2047, "planes[1]");
    EXPECT_ARGUMENT(shared.image.planes[0].rowPitch = 1ull << 62, "planes[0]");
    EXPECT_ARGUMENT(shared.image.planes[0].rowPitch = UINT64_MAX & ~63ull, "planes[0]");
    EXPECT_ARGUMENT(shared.image.planes[0].rowPitch = 1ull << 58, "planes[0]");
    frame.shared.image.planes[1].offset = 65536 - 2048;
    require(vxmCheckShared(device, &frame.shared));
    /* ... and by the payload. */
    frame.shared.memories[0].allocationSize = 0;
    require(vxmCheckShared(device, &frame.shared));
    frame.shared.image.planes[1].offset = 65536;
    expect_import_refused(device, &frame.shared, VK_ERROR_INVALID_EXTERNAL_HANDLE,
                          VXM_ERROR_REASON_MISMATCH, "planes[1]");
    frame_close(&frame);
    vxmDestroyDevice(device);
}

/* Rows, layers and slices whose bytes together come round to nothing. */
Test(planes_refused, planes_beyond_all_numbers)
{
    VxmDevice device = contract_device();
    struct frame frame;

    frame_open(&frame, VK_FORMAT_R8G8B8A8_UNORM, 64, 65, 1, 65536);
    EXPECT_ARGUMENT(shared.image.planes[0].rowPitch = 1ull << 58, "planes[0]");
    EXPECT_ARGUMENT((shared.image.arrayLayers = 65, shared.image.planes[0].arrayPitch = 1ull << 58),
                    "planes[0]");
    EXPECT_ARGUMENT((shared.image.imageType = VK_IMAGE_TYPE_3D, shared.image.extent.depth = 65,
                     shared.image.planes[0].depthPitch = 1ull << 58),
                    "planes[0]");
    frame_close(&frame);
    vxmDestroyDevice(device);
}

Test(planes_refused, memory_of_a_plane)
{
    VxmDevice device = contract_device();
    struct frame frame;

    frame_open(&frame, NV12, 64, 64, 2, 65536);
    EXPECT_ARGUMENT(shared.image.planes[1].memoryIndex = 2, "planes[1]");
    EXPECT_ARGUMENT(shared.image.planes[0].memoryIndex = UINT32_MAX, "planes[0]");
    EXPECT_ARGUMENT(shared.memoryCount = 0, "memoryCount");
    EXPECT_ARGUMENT(shared.memoryCount = 5, "memoryCount");
    /* A payload that no plane is in. */
    EXPECT_ARGUMENT(shared.image.planes[1].memoryIndex = 0, "memories[1]");
    frame_close(&frame);
    vxmDestroyDevice(device);
}

Test(planes_refused, modifier)
{
    VxmDevice device = contract_device();
    struct frame frame;

    frame_open(&frame, NV12, 64, 64, 1, 65536);
    EXPECT_ARGUMENT(shared.image.drmFormatModifier = VXM_DRM_FORMAT_MOD_INVALID, "MOD_INVALID");
    EXPECT_ARGUMENT(
        (shared.image.tiling = VK_IMAGE_TILING_LINEAR, shared.image.drmFormatModifier = TILED),
        "drmFormatModifier");
    frame.shared.image.drmFormatModifier = MODEL_MODIFIER_STRANGE;
    expect_import_refused(device, &frame.shared, VK_ERROR_FORMAT_NOT_SUPPORTED,
                          VXM_ERROR_REASON_UNSUPPORTED, "0x7f000000000000ff");
    /* One that the device has, and can't import. */
    frame.shared.image.drmFormatModifier = VXM_DRM_FORMAT_MOD_LINEAR;
    model_config()->devices[0].modifiers[3].features = VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT;
    expect_import_refused(device, &frame.shared, VK_ERROR_FEATURE_NOT_PRESENT,
                          VXM_ERROR_REASON_UNSUPPORTED, "import");
    frame_close(&frame);
    vxmDestroyDevice(device);
}

/* Larger than the modifier can be, and layers or levels that it hasn't. */
Test(planes_refused, image_that_the_modifier_is_not_for)
{
    VxmDevice device = contract_device();
    struct frame frame;

    frame_open(&frame, VK_FORMAT_R8G8B8A8_UNORM, 64, 64, 1, 1 << 20);
    frame.shared.image.arrayLayers = 2;
    frame.shared.image.planes[0].arrayPitch = 16384;
    expect_import_refused(device, &frame.shared, VK_ERROR_FORMAT_NOT_SUPPORTED,
                          VXM_ERROR_REASON_UNSUPPORTED, "LINEAR");
    frame.shared.image.arrayLayers = 1;
    frame.shared.image.planes[0].arrayPitch = 0;
    frame_close(&frame);
    vxmDestroyDevice(device);
}

/* A layout is level 0's: nobody but the exporter's own driver knows where the others are. */
Test(planes_refused, levels_of_another_driver)
{
    VxmDevice device = contract_device();
    VxmDeviceInfo info;
    struct frame frame;

    require(vxmGetDeviceInfo(device, &info));
    frame_open(&frame, VK_FORMAT_R8G8B8A8_UNORM, 64, 64, 1, 1 << 20);
    frame.shared.image.mipLevels = 2;
    expect_import_refused(device, &frame.shared, VK_ERROR_INCOMPATIBLE_DRIVER,
                          VXM_ERROR_REASON_MISMATCH, "mipLevels");
    memcpy(frame.shared.deviceUUID, info.identity->deviceUUID, VK_UUID_SIZE);
    expect_import_refused(device, &frame.shared, VK_ERROR_INCOMPATIBLE_DRIVER,
                          VXM_ERROR_REASON_MISMATCH, "mipLevels");
    memcpy(frame.shared.driverUUID, info.identity->driverUUID, VK_UUID_SIZE);
    expect_import_refused(device, &frame.shared, VK_ERROR_FORMAT_NOT_SUPPORTED,
                          VXM_ERROR_REASON_UNSUPPORTED, "LINEAR");
    frame_close(&frame);
    vxmDestroyDevice(device);
}

Test(planes_refused, depth_and_stencil)
{
    static const VkFormat formats[] = {VK_FORMAT_D32_SFLOAT, VK_FORMAT_S8_UINT,
                                       VK_FORMAT_D24_UNORM_S8_UINT};
    VxmDevice device = contract_device();
    struct frame frame;

    frame_open(&frame, VK_FORMAT_R8G8B8A8_UNORM, 64, 64, 1, 1 << 20);
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        frame.shared.image.format = formats[i];
        expect_import_refused(device, &frame.shared, VK_ERROR_VALIDATION_FAILED_EXT,
                              VXM_ERROR_REASON_ARGUMENT, "04462");
    }
    frame_close(&frame);
    vxmDestroyDevice(device);
}

/* ---- handles ---- */

Test(planes_refused, descriptor_that_is_no_dma_buf)
{
    VxmDevice device = contract_device();
    char number[32];
    int fds[4];
    int ends[2];

    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    fds[0] = memfd_create("plain", MFD_CLOEXEC);
    cr_assert_eq(ftruncate(fds[0], 65536), 0);
    fds[1] = open("/dev/null", O_RDWR | O_CLOEXEC);
    fds[2] = ends[0];
    fds[3] = ends[1];
    for (int i = 0; i < 4; i++) {
        for (int plane = 0; plane < 2; plane++) {
            struct frame frame;

            contract_note("descriptor %d for plane %d", i, plane);
            frame_open(&frame, NV12, 64, 64, 2, 65536);
            snprintf(number, sizeof(number), "fd %d", fds[i]);
            frame.shared.memories[plane].handle.fd = fds[i];
            expect_import_refused(device, &frame.shared, VK_ERROR_INVALID_EXTERNAL_HANDLE,
                                  VXM_ERROR_REASON_ARGUMENT, number);
            frame_close(&frame);
        }
    }
    for (int i = 0; i < 4; i++) {
        close(fds[i]);
    }
    vxmDestroyDevice(device);
}

Test(planes_refused, handle_that_is_missing_or_closed)
{
    VxmDevice device = contract_device();
    struct frame frame;

    frame_open(&frame, NV12, 64, 64, 2, 65536);
    frame.shared.memories[1].handle = (VxmHandle){0};
    expect_import_refused(device, &frame.shared, VK_ERROR_INVALID_EXTERNAL_HANDLE,
                          VXM_ERROR_REASON_ARGUMENT, "memories[1]");
    frame.shared.memories[1].handle = frame.handles[1];
    frame.shared.memories[1].handle.fd = 1 << 20;
    expect_import_refused(device, &frame.shared, VK_ERROR_INVALID_EXTERNAL_HANDLE,
                          VXM_ERROR_REASON_SYSTEM, "closed");
    frame.shared.memories[1].handle = frame.handles[1];
    frame.shared.memories[1].handle.type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT;
    expect_import_refused(device, &frame.shared, VK_ERROR_INVALID_EXTERNAL_HANDLE,
                          VXM_ERROR_REASON_ARGUMENT, "memories[1]");
    frame_close(&frame);
    vxmDestroyDevice(device);
}

/* ---- what is to be created ---- */

static void expect_create_refused(VxmDevice device, const struct modifier_image *image,
                                  VkResult result, VxmErrorReason reason, const char *word)
{
    VxmMemoryCreateInfo create = contract_memory_info(type_modifier()->type);
    VxmMemory memory;
    VxmPlan plan;

    fill(memory);
    fill(plan);
    expect_error(vxmCreateImage(device, &image->info, &create, &memory), result, reason, word);
    expect_error(vxmPlanImage(device, &image->info, &create, &plan), result, reason, word);
    expect_untouched(memory);
    expect_untouched(plan);
    cr_expect_eq(model_call_count("vkCreateImage"), 0);
}

Test(planes_refused, creation)
{
    static const uint64_t invalid[] = {VXM_DRM_FORMAT_MOD_INVALID};
    static const uint64_t strange[] = {MODEL_MODIFIER_STRANGE};
    static const uint64_t importOnly[] = {MODEL_MODIFIER_IMPORT_ONLY};
    static const VkSubresourceLayout layouts[VXM_MAX_PLANES] = {{.rowPitch = 256},
                                                                {.rowPitch = 256}};
    VxmDevice device = contract_device();
    struct modifier_image image;

    modifier_image(&image, VK_FORMAT_R8G8B8A8_UNORM, 64, 64);
    modifier_image_list(&image, 1, invalid);
    expect_create_refused(device, &image, VK_ERROR_FORMAT_NOT_SUPPORTED,
                          VXM_ERROR_REASON_UNSUPPORTED, "modifier");
    modifier_image_list(&image, 1, strange);
    expect_create_refused(device, &image, VK_ERROR_FORMAT_NOT_SUPPORTED,
                          VXM_ERROR_REASON_UNSUPPORTED, "0x7f00000000000001");
    modifier_image_list(&image, 1, importOnly);
    expect_create_refused(device, &image, VK_ERROR_FORMAT_NOT_SUPPORTED,
                          VXM_ERROR_REASON_UNSUPPORTED, "export");
    image.list.drmFormatModifierCount = 0;
    expect_create_refused(device, &image, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                          "drmFormatModifierCount");
    image.list.drmFormatModifierCount = 1;
    image.list.pDrmFormatModifiers = NULL;
    expect_create_refused(device, &image, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                          "names no modifier");
    /* 02261, 02262 */
    modifier_image_explicit(&image, 0, 1, layouts);
    image.explicit.pNext = &image.list;
    modifier_image_list(&image, 1, invalid);
    image.info.pNext = &image.explicit;
    expect_create_refused(device, &image, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                          "02261");
    image.explicit.pNext = NULL;
    image.info.tiling = VK_IMAGE_TILING_LINEAR;
    expect_create_refused(device, &image, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                          "02262");
    /* 02264, 02265, 02267 to 02269 */
    image.info.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    image.explicit.drmFormatModifier = MODEL_MODIFIER_STRANGE;
    expect_create_refused(device, &image, VK_ERROR_FORMAT_NOT_SUPPORTED,
                          VXM_ERROR_REASON_UNSUPPORTED, "0x7f000000000000ff");
    image.explicit.drmFormatModifier = 0;
    image.explicit.drmFormatModifierPlaneCount = 2;
    expect_create_refused(device, &image, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                          "PlaneCount is 2");
    image.explicit.drmFormatModifierPlaneCount = 1;
    image.explicit.pPlaneLayouts = NULL;
    expect_create_refused(device, &image, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                          "pPlaneLayouts");
    image.explicit.pPlaneLayouts = image.layouts;
    image.layouts[0].size = 1;
    expect_create_refused(device, &image, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                          "02267");
    image.layouts[0].size = 0;
    image.layouts[0].arrayPitch = 16384;
    expect_create_refused(device, &image, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                          "02267 to 02269");
    image.layouts[0].arrayPitch = 0;
    image.layouts[0].depthPitch = 16384;
    expect_create_refused(device, &image, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                          "02269");
    image.layouts[0].depthPitch = 0;
    image.layouts[0].rowPitch = 128;
    expect_create_refused(device, &image, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                          "rowPitch");
    vxmDestroyDevice(device);
}
