/*
 * Imports that are refused: before EGL sees a handle, where it can be known; otherwise by EGL.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/egl/fixture.h"

#include <fcntl.h>
#include <unistd.h>

TestSuite(refused, .init = egl_begin, .fini = egl_end);

static VxmEgl egl;

/* Refuses it with nothing made, nothing written, and closes its handles. */
static void expect_refused(int line, VxmShared shared, const VxmEglImportInfo *info,
                           VkResult result, VxmErrorReason reason, const char *words)
{
    const unsigned made = egl_made();
    VxmEglImage image;

    FILL(image);
    egl_forget_error();
    egl_expect_error(__FILE__, line, "vxmEglImportShared",
                     vxmEglImportShared(&egl, &shared, info, &image), result, reason, words);
    cr_expect_eq(egl_made(), made, "line %d: EGL was called", line);
    cr_expect(egl_untouched(&image, sizeof(image)), "line %d: image was written", line);
    vxmCloseShared(&shared);
}
#define REFUSE(shared, result, reason, words)                                                      \
    expect_refused(__LINE__, shared, NULL, result, VXM_ERROR_REASON_##reason, words)

Test(refused, what_is_no_image_of_a_dma_buf)
{
    VxmShared shared = egl_shared_rgb();
    VxmEglImage image;

    egl = egl_load();
    EXPECT_REFUSED(vxmEglImportShared(&egl, NULL, NULL, &image), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "shared must not be NULL");
    EXPECT_REFUSED(vxmEglImportShared(&egl, &shared, NULL, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "image must not be NULL");
    shared.resourceType = VXM_RESOURCE_TYPE_BUFFER;
    REFUSE(shared, VK_ERROR_FEATURE_NOT_PRESENT, UNSUPPORTED, "a buffer of type DMA_BUF");
    shared = egl_shared_rgb();
    shared.handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT;
    REFUSE(shared, VK_ERROR_FEATURE_NOT_PRESENT, UNSUPPORTED, "an image of type OPAQUE_FD");
    shared = egl_shared_rgb();
    shared.image.extent.width = 0;
    vxmCloseHandle(&shared.memories[0].handle); /* what can't be has no handles to look at */
    REFUSE(shared, VK_ERROR_VALIDATION_FAILED_EXT, ARGUMENT, "extent");
}

Test(refused, kinds_of_images_that_egl_does_not_have)
{
    VxmShared shared = egl_shared_rgb();

    egl = egl_load();
    shared.image.mipLevels = 2;
    REFUSE(shared, VK_ERROR_FEATURE_NOT_PRESENT, UNSUPPORTED, "2 mips");
    shared = egl_shared_rgb();
    shared.image.arrayLayers = 2;
    shared.image.planes[0].arrayPitch = 8192;
    REFUSE(shared, VK_ERROR_FEATURE_NOT_PRESENT, UNSUPPORTED, "2 layers");
    shared = egl_shared_rgb();
    shared.image.tiling = VK_IMAGE_TILING_OPTIMAL;
    shared.image.drmFormatModifier = 0;
    shared.image.planeCount = 0;
    REFUSE(shared, VK_ERROR_FEATURE_NOT_PRESENT, UNSUPPORTED, "OPTIMAL tiling");
}

Test(refused, planes_that_egl_can_not_be_told)
{
    VxmShared shared = egl_shared_rgb();

    egl = egl_load();
    shared.image.tiling = VK_IMAGE_TILING_LINEAR;
    shared.image.planeCount = 0;
    REFUSE(shared, VK_ERROR_VALIDATION_FAILED_EXT, ARGUMENT, "planeCount is 0");
    shared = egl_shared_rgb();
    shared.image.tiling = VK_IMAGE_TILING_LINEAR;
    shared.image.planes[0].rowPitch = 0;
    REFUSE(shared, VK_ERROR_VALIDATION_FAILED_EXT, ARGUMENT, "planes[0] has rowPitch 0");
    shared = egl_shared_rgb();
    shared.image.planes[0].offset = UINT64_C(1) << 31;
    REFUSE(shared, VK_ERROR_VALIDATION_FAILED_EXT, ARGUMENT, "offset 2147483648");
    shared = egl_shared_rgb();
    shared.image.planes[0].rowPitch = UINT64_C(1) << 31;
    REFUSE(shared, VK_ERROR_VALIDATION_FAILED_EXT, ARGUMENT, "rowPitch 2147483648");
    shared = egl_shared_rgb();
    shared.image.planes[0].memoryIndex = 1;
    REFUSE(shared, VK_ERROR_VALIDATION_FAILED_EXT, ARGUMENT, "memoryIndex");
}

Test(refused, another_number_of_planes_than_the_format_has)
{
    VxmShared shared = egl_shared(VK_FORMAT_B8G8R8A8_UNORM, COMPRESSED, 2, 1);

    egl = egl_load();
    shared.image.drmFormatModifier = VXM_DRM_FORMAT_MOD_LINEAR;
    REFUSE(shared, VK_ERROR_VALIDATION_FAILED_EXT, ARGUMENT, "planeCount is 2");
    shared = egl_shared(VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, TILED, 2, 1);
    shared.image.planeCount = 1;
    REFUSE(shared, VK_ERROR_VALIDATION_FAILED_EXT, ARGUMENT, "planeCount is 1");
}

/* The description is right, and the code that the app names isn't the image's. */
Test(refused, another_number_of_planes_than_the_code_has)
{
    const VxmEglImportInfo one = {.fourcc = ABGR8888}, two = {.fourcc = NV12};

    egl = egl_load();
    expect_refused(__LINE__, egl_shared(VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, 0, 2, 1), &one,
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                   "planeCount is 2, but AB24 has 1 planes");
    expect_refused(__LINE__, egl_shared_rgb(), &two, VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "planeCount is 1, but NV12 has 2 planes");
}

/* The fourth plane came with the modifiers. */
Test(refused, four_planes_without_modifiers)
{
    VxmShared shared = egl_shared(VK_FORMAT_B8G8R8A8_UNORM, COMPRESSED, 4, 1);

    egl_model_drop_extension("EGL_EXT_image_dma_buf_import_modifiers");
    egl = egl_load();
    REFUSE(shared, VK_ERROR_VALIDATION_FAILED_EXT, ARGUMENT, "planeCount is 4");
}

Test(refused, formats_and_modifiers_that_egl_does_not_have)
{
    VxmShared shared = egl_shared_rgb();

    egl = egl_load();
    shared.image.format = VK_FORMAT_R32G32B32A32_UINT;
    shared.image.planes[0].rowPitch = 1024;
    shared.image.extent.height = 8;
    REFUSE(shared, VK_ERROR_FORMAT_NOT_SUPPORTED, UNSUPPORTED, "DRM has no code for VkFormat 107");
    shared = egl_shared_rgb();
    shared.image.format = VK_FORMAT_R5G6B5_UNORM_PACK16;
    REFUSE(shared, VK_ERROR_FORMAT_NOT_SUPPORTED, UNSUPPORTED, "can't import RG16 at all");
    shared = egl_shared(VK_FORMAT_B8G8R8A8_UNORM, TILED + 3, 1, 1);
    REFUSE(shared, VK_ERROR_FORMAT_NOT_SUPPORTED, UNSUPPORTED,
           "the modifier 0x7f00000000000005, which is none of the 3 that EGL's display imports "
           "AR24 with.");
    egl_model_format(ARGB8888)->modifierCount = 2;
    REFUSE(egl_shared_rgb(), VK_ERROR_FORMAT_NOT_SUPPORTED, UNSUPPORTED,
           "modifier 0x0000000000000000, which is none of the 2");
    egl_model_format(ARGB8888)->modifierCount = 0;
    shared = egl_shared(VK_FORMAT_B8G8R8A8_UNORM, TILED, 1, 1);
    REFUSE(shared, VK_ERROR_FORMAT_NOT_SUPPORTED, UNSUPPORTED, "none of the 0");
    egl_model_drop_extension("EGL_EXT_image_dma_buf_import_modifiers");
    egl = egl_load();
    shared = egl_shared(VK_FORMAT_B8G8R8A8_UNORM, TILED, 1, 1);
    REFUSE(shared, VK_ERROR_FORMAT_NOT_SUPPORTED, UNSUPPORTED, "for want of EGL_EXT_image_dma");
}

/* Nobody knows the layout: not a thing to be told to EGL, and never LINEAR by itself. */
Test(refused, the_unknown_modifier)
{
    VxmShared shared = egl_shared(VK_FORMAT_B8G8R8A8_UNORM, VXM_DRM_FORMAT_MOD_INVALID, 1, 1);

    egl = egl_load();
    REFUSE(shared, VK_ERROR_VALIDATION_FAILED_EXT, ARGUMENT, "INVALID");
}

Test(refused, hints_that_are_none)
{
    const VxmEglImportInfo infos[] = {
        {.colorSpace = EGL_YUV_FULL_RANGE_EXT},
        {.sampleRange = EGL_ITU_REC709_EXT},
        {.chromaSitingX = 1},
        {.chromaSitingY = EGL_YUV_NARROW_RANGE_EXT},
    };
    const char *const words[] = {"colorSpace is 0x3282", "sampleRange is 0x3280",
                                 "chromaSitingX is 0x0001", "chromaSitingY is 0x3283"};

    egl = egl_load();
    for (unsigned i = 0; i < 4; i++) {
        expect_refused(__LINE__, egl_shared_rgb(), &infos[i], VK_ERROR_VALIDATION_FAILED_EXT,
                       VXM_ERROR_REASON_ARGUMENT, words[i]);
    }
}

Test(refused, handles_that_are_none)
{
    VxmShared shared = egl_shared(VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, 0, 2, 2);
    const unsigned made = egl_made();
    VxmEglImage image;
    int right, ends[2];

    egl = egl_load();
    vxmCloseHandle(&shared.memories[1].handle);
    REFUSE(shared, VK_ERROR_INVALID_EXTERNAL_HANDLE, ARGUMENT, "memories[1].handle is empty");
    shared = egl_shared_rgb();
    right = shared.memories[0].handle.fd;
    shared.memories[0].handle.kind = VXM_HANDLE_KIND_SEMAPHORE;
    EXPECT_ERROR(vxmEglImportShared(&egl, &shared, NULL, &image), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "of another kind or type");
    shared.memories[0].handle.kind = VXM_HANDLE_KIND_MEMORY;
    cr_assert_eq(pipe(ends), 0);
    shared.memories[0].handle.fd = ends[0];
    EXPECT_ERROR(vxmEglImportShared(&egl, &shared, NULL, &image), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "memories[0].handle can't be used. fd ");
    cr_expect_eq(egl_made(), made);
    close(ends[0]);
    close(ends[1]);
    shared.memories[0].handle.fd = right;
    vxmCloseShared(&shared);
}

/* Sizes are the kernel's to tell, whatever the description says or leaves open. */
Test(refused, planes_that_leave_the_dma_buf)
{
    VxmShared shared = egl_shared_rgb();

    egl = egl_load();
    shared.image.planes[0].offset = 8192 + 4;
    REFUSE(shared, VK_ERROR_VALIDATION_FAILED_EXT, ARGUMENT, "16384");
    shared = egl_shared_rgb();
    shared.image.planes[0].offset = 8192 + 4;
    shared.memories[0].allocationSize = 65536;
    REFUSE(shared, VK_ERROR_VALIDATION_FAILED_EXT, ARGUMENT, "16384");
}

/* ---- by EGL ---- */

Test(refused, by_egl_itself)
{
    const struct {
        EGLint error;
        VkResult result;
        const char *words;
    } rows[] = {
        {EGL_BAD_ALLOC, VK_ERROR_OUT_OF_DEVICE_MEMORY, "EGL_BAD_ALLOC (0x3003). Mesa says so"},
        {EGL_BAD_MATCH, VK_ERROR_FORMAT_NOT_SUPPORTED, "EGL_BAD_MATCH"},
        {EGL_BAD_ATTRIBUTE, VK_ERROR_FORMAT_NOT_SUPPORTED, "EGL_BAD_ATTRIBUTE"},
        {EGL_BAD_ACCESS, VK_ERROR_INVALID_EXTERNAL_HANDLE, "A pitch or an offset"},
        {EGL_BAD_PARAMETER, VK_ERROR_INVALID_EXTERNAL_HANDLE, "EGL_BAD_PARAMETER"},
        {EGL_CONTEXT_LOST, VK_ERROR_DEVICE_LOST, "EGL_CONTEXT_LOST"},
        {EGL_SUCCESS, VK_ERROR_INVALID_EXTERNAL_HANDLE, "no error"},
        {0x4321, VK_ERROR_INVALID_EXTERNAL_HANDLE, "an error unknown here (0x4321)"},
    };
    VxmShared shared = egl_shared_rgb();
    VxmEglImage image;
    VxmError error;

    egl = egl_load();
    FILL(image);
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        egl_model_fail(3, rows[i].error); /* after the two questions for modifiers */
        EXPECT_ERROR(vxmEglImportShared(&egl, &shared, NULL, &image), rows[i].result,
                     VXM_ERROR_REASON_FOREIGN, rows[i].words);
        vxmGetLastError(&error);
        cr_expect_eq(error.code, rows[i].error);
        cr_expect_str_eq(egl_model_failed(), "eglCreateImageKHR");
    }
    EXPECT_UNTOUCHED(image);
    egl_model_config()->pitchAlignment = 512;
    EXPECT_ERROR(vxmEglImportShared(&egl, &shared, NULL, &image), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_FOREIGN, "EGL_BAD_ACCESS");
    vxmCloseShared(&shared);
}
