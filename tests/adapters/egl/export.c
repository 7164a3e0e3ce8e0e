/*
 * EGL images for Vulkan: descriptors that are closed once, planes where they lie, and what EGL
 * doesn't say.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/egl/fixture.h"

#include "support/resources.h"

#include <unistd.h>

TestSuite(export, .init = egl_begin, .fini = egl_end);

static const VxmEglExportInfo info = {.extent = {64, 32}, .usage = VK_IMAGE_USAGE_SAMPLED_BIT};

/* An image of OpenGL's own: its planes in as many dma-bufs as asked for, the last ones in the last.
 */
static EGLImageKHR make(uint32_t fourcc, uint64_t modifier, uint32_t planeCount,
                        uint32_t memoryCount)
{
    struct egl_model_image image = {.width = 64,
                                    .height = 32,
                                    .fourcc = fourcc,
                                    .modifier = modifier,
                                    .planeCount = planeCount};
    EGLImageKHR made;
    int fds[4];

    for (uint32_t i = 0; i < memoryCount; i++) {
        fds[i] = model_make_dma_buf(65536);
    }
    for (uint32_t i = 0; i < planeCount; i++) {
        image.planes[i].fd = fds[i < memoryCount ? i : memoryCount - 1];
        image.planes[i].offset = (EGLint)i * 8192;
        image.planes[i].pitch = fourcc == NV12 ? 64 : 256;
    }
    made = egl_model_make_image(&image);
    for (uint32_t i = 0; i < memoryCount; i++) {
        close(fds[i]);
    }
    return made;
}

static void export(EGLImageKHR image, uint32_t planeCount, uint32_t memoryCount)
{
    const VxmEgl egl = egl_load();
    const size_t before = support_handle_count();
    VxmShared shared;

    REQUIRE(vxmEglExportImage(&egl, image, &info, &shared, NULL));
    cr_expect_eq(shared.image.planeCount, planeCount);
    cr_assert_eq(shared.memoryCount, memoryCount);
    cr_expect_eq(support_handle_count(), before + memoryCount);
    for (uint32_t i = 0; i < memoryCount; i++) {
        cr_expect_eq(shared.memories[i].handle.type, (uint32_t)DMA_BUF);
        cr_expect_eq(shared.memories[i].handle.kind, VXM_HANDLE_KIND_MEMORY);
        cr_expect(support_is_cloexec(shared.memories[i].handle.fd));
        cr_expect(model_is_payload(shared.memories[i].handle.fd));
    }
    for (uint32_t i = 0; i < planeCount; i++) {
        cr_expect_eq(shared.image.planes[i].offset, (VkDeviceSize)i * 8192);
        cr_expect_eq(shared.image.planes[i].rowPitch, 256);
        cr_expect_eq(shared.image.planes[i].memoryIndex, memoryCount > 1 ? i : 0);
    }
    vxmCloseShared(&shared);
    cr_expect_eq(support_handle_count(), before);
    egl_model_end_image(image);
}

Test(export, describes_the_image)
{
    const EGLImageKHR image = make(XRGB8888, TILED, 1, 1);
    const VxmEglExportInfo all = {.extent = {64, 32},
                                  .usage = VK_IMAGE_USAGE_SAMPLED_BIT,
                                  .flags = VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT,
                                  .format = VK_FORMAT_B8G8R8A8_SRGB};
    const VxmEgl egl = egl_load();
    VxmFourccFormat format;
    VxmShared shared;

    REQUIRE(vxmEglExportImage(&egl, image, &info, &shared, &format));
    cr_expect_eq(format.fourcc, XRGB8888);
    cr_expect(format.opaque);
    cr_expect_eq(shared.resourceType, VXM_RESOURCE_TYPE_IMAGE);
    cr_expect_eq(shared.handleType, (uint32_t)DMA_BUF);
    cr_expect_eq(shared.image.imageType, VK_IMAGE_TYPE_2D);
    cr_expect_eq(shared.image.format, VK_FORMAT_B8G8R8A8_UNORM);
    cr_expect_eq(shared.image.extent.width, 64);
    cr_expect_eq(shared.image.extent.height, 32);
    cr_expect_eq(shared.image.extent.depth, 1);
    cr_expect_eq(shared.image.mipLevels, 1);
    cr_expect_eq(shared.image.arrayLayers, 1);
    cr_expect_eq(shared.image.samples, VK_SAMPLE_COUNT_1_BIT);
    cr_expect_eq(shared.image.tiling, VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT);
    cr_expect_eq(shared.image.usage, VK_IMAGE_USAGE_SAMPLED_BIT);
    cr_expect_eq(shared.image.flags, 0);
    cr_expect(shared.image.drmFormatModifier == TILED);
    REQUIRE(vxmCheckDescription(&shared));
    vxmCloseShared(&shared);

    REQUIRE(vxmEglExportImage(&egl, image, &all, &shared, NULL));
    cr_expect_eq(shared.image.format, VK_FORMAT_B8G8R8A8_SRGB);
    cr_expect_eq(shared.image.flags, VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT);
    vxmCloseShared(&shared);
    egl_model_end_image(image);
}

Test(export, planes_of_one_dma_buf)
{
    export(make(XRGB8888, TILED, 1, 1), 1, 1);
    export(make(XRGB8888, COMPRESSED, 2, 1), 2, 1);
    export(make(XRGB8888, COMPRESSED, 4, 1), 4, 1);
}

Test(export, planes_of_several)
{
    export(make(XRGB8888, COMPRESSED, 2, 2), 2, 2);
    export(make(XRGB8888, COMPRESSED, 4, 4), 4, 4);
}

/* A descriptor for each plane, though they stand for one dma-buf: each is closed. */
Test(export, a_descriptor_for_each_plane)
{
    egl_model_config()->exportsEachPlane = true;
    export(make(XRGB8888, COMPRESSED, 4, 4), 4, 4);
    {
        const EGLImageKHR image = make(XRGB8888, COMPRESSED, 2, 1);
        const VxmEgl egl = egl_load();
        VxmShared shared;

        REQUIRE(vxmEglExportImage(&egl, image, &info, &shared, NULL));
        cr_expect_eq(shared.memoryCount, 2);
        cr_expect_eq(shared.image.planes[1].memoryIndex, 1);
        vxmCloseShared(&shared);
        egl_model_end_image(image);
    }
}

/* One number twice is one descriptor: it is closed once. */
Test(export, the_same_number_twice)
{
    egl_model_config()->exportsSameNumber = true;
    export(make(XRGB8888, COMPRESSED, 3, 1), 3, 1);
}

Test(export, close_on_exec_where_egl_does_not)
{
    egl_model_config()->exportsWithoutCloexec = true;
    export(make(XRGB8888, TILED, 1, 1), 1, 1);
}

/* Unknown stays unknown. */
Test(export, the_unknown_modifier)
{
    const EGLImageKHR image = make(XRGB8888, VXM_DRM_FORMAT_MOD_INVALID, 1, 1);
    VxmDevice device = egl_device();
    const VxmEgl egl = egl_load();
    VxmMemory memory;
    VxmShared shared;

    REQUIRE(vxmEglExportImage(&egl, image, &info, &shared, NULL));
    cr_expect(shared.image.drmFormatModifier == VXM_DRM_FORMAT_MOD_INVALID);
    EXPECT_ERROR(vxmImportMemory(device, &shared, NULL, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "INVALID");
    vxmCloseShared(&shared);
    egl_model_end_image(image);
    vxmDestroyDevice(device);
}

/* ---- failures ---- */

#define FAIL(image, result, reason, words)                                                         \
    do {                                                                                           \
        const size_t before_ = support_handle_count();                                             \
        EXPECT_ERROR(vxmEglExportImage(&egl, image, &info, &shared, &format), result,              \
                     VXM_ERROR_REASON_##reason, words);                                            \
        cr_expect_eq(support_handle_count(), before_, "line %d leaves handles", __LINE__);         \
        EXPECT_UNTOUCHED(shared);                                                                  \
        EXPECT_UNTOUCHED(format);                                                                  \
    } while (0)

Test(export, what_egl_does_not_say)
{
    const EGLImageKHR one = make(XRGB8888, TILED, 1, 1), two = make(NV12, 0, 2, 1),
                      mixed = make(XRGB8888, COMPRESSED, 3, 2);
    const VxmEgl egl = egl_load();
    VxmFourccFormat format;
    VxmShared shared;

    FILL(format);
    FILL(shared);
    FAIL(mixed, VK_ERROR_FEATURE_NOT_PRESENT, FOREIGN, "2 descriptors for 3 planes");
    egl_model_config()->exportsFirstPlane = true;
    FAIL(two, VK_ERROR_FEATURE_NOT_PRESENT, FOREIGN,
         "where plane 1 of 2 lies (stride -1, offset -1)");
    egl_model_config()->exportsNothing = true;
    FAIL(one, VK_ERROR_INVALID_EXTERNAL_HANDLE, FOREIGN, "gave no descriptor");
    egl_model_image(one)->planeCount = 0;
    FAIL(one, VK_ERROR_FEATURE_NOT_PRESENT, FOREIGN, "has 0 planes");
    egl_model_image(one)->planeCount = 5;
    FAIL(one, VK_ERROR_FEATURE_NOT_PRESENT, FOREIGN, "has 5 planes");
    egl_model_image(one)->planeCount = 1;
    egl_model_image(one)->fourcc = FOURCC('n', 'o', 'n', 'e');
    FAIL(one, VK_ERROR_FORMAT_NOT_SUPPORTED, UNSUPPORTED, "none");
    egl_model_end_image(one);
    egl_model_end_image(two);
    egl_model_end_image(mixed);
}

/* A format that vxm has no name for is the app's to name, as is one that DRM has no code for. */
Test(export, a_format_of_the_apps_own)
{
    const VxmEglExportInfo own = {.extent = {64, 32}, .format = VK_FORMAT_B8G8R8A8_UNORM},
                           integer = {.extent = {64, 32}, .format = VK_FORMAT_B8G8R8A8_UINT};
    const EGLImageKHR image = make(FOURCC('n', 'o', 'n', 'e'), TILED, 1, 1),
                      known = make(XRGB8888, TILED, 1, 1);
    const VxmEgl egl = egl_load();
    VxmShared shared;

    REQUIRE(vxmEglExportImage(&egl, image, &own, &shared, NULL));
    cr_expect_eq(shared.image.format, VK_FORMAT_B8G8R8A8_UNORM);
    vxmCloseShared(&shared);
    REQUIRE(vxmEglExportImage(&egl, known, &integer, &shared, NULL));
    cr_expect_eq(shared.image.format, VK_FORMAT_B8G8R8A8_UINT);
    vxmCloseShared(&shared);
    egl_model_end_image(known);
    egl_model_end_image(image);
}

Test(export, each_call_fails_once)
{
    const EGLImageKHR image = make(NV12, 0, 2, 2);
    const VxmEgl egl = egl_load();
    VxmFourccFormat format;
    VxmShared shared;
    unsigned failures = 0;

    FILL(format);
    FILL(shared);
    for (unsigned nth = 1; nth <= 3; nth++) {
        egl_model_fail(nth, EGL_BAD_PARAMETER);
        FAIL(image, VK_ERROR_UNKNOWN, FOREIGN, "EGL_BAD_PARAMETER");
        failures += egl_model_failed() != NULL;
    }
    cr_expect_eq(failures, 3);
    REQUIRE(vxmEglExportImage(&egl, image, &info, &shared, &format));
    vxmCloseShared(&shared);
    egl_model_end_image(image);
}

Test(export, misuse)
{
    const EGLImageKHR image = make(XRGB8888, TILED, 1, 1);
    const VxmEglExportInfo flat = {.extent = {64, 0}}, thin = {.extent = {0, 32}},
                           other = {.extent = {64, 32}, .format = VK_FORMAT_R8G8B8A8_SRGB};
    VxmEgl egl = egl_load();
    VxmFourccFormat format;
    VxmShared shared;

    FILL(format);
    FILL(shared);
    FAIL(EGL_NO_IMAGE_KHR, VK_ERROR_VALIDATION_FAILED_EXT, ARGUMENT, "EGL_NO_IMAGE_KHR");
    EXPECT_REFUSED(vxmEglExportImage(&egl, image, NULL, &shared, NULL),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "info must not be");
    EXPECT_REFUSED(vxmEglExportImage(&egl, image, &info, NULL, NULL),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "shared must not be");
    EXPECT_REFUSED(vxmEglExportImage(&egl, image, &flat, &shared, NULL),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "extent is empty");
    EXPECT_REFUSED(vxmEglExportImage(&egl, image, &thin, &shared, NULL),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "extent is empty");
    EXPECT_REFUSED(vxmEglExportImage(&egl, image, &other, &shared, NULL),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                   "info->format is 43, which has the bytes of AB24, but the image has those of "
                   "XR24: VkFormat 44.");
    EXPECT_UNTOUCHED(shared);
    egl_model_drop_extension("EGL_MESA_image_dma_buf_export");
    egl = egl_load();
    FAIL(image, VK_ERROR_EXTENSION_NOT_PRESENT, UNSUPPORTED, "EGL_MESA_image_dma_buf_export");
    egl_model_end_image(image);
}
