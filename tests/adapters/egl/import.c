/*
 * What is shared as EGL images: each plane with the right descriptor, and everything that is
 * refused.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/egl/fixture.h"

#include <fcntl.h>
#include <unistd.h>

TestSuite(import, .init = egl_begin, .fini = egl_end);

/* Two descriptors of one dma-buf. */
static bool same_file(int a, int b)
{
    struct stat one, other;

    return fstat(a, &one) == 0 && fstat(b, &other) == 0 && one.st_ino == other.st_ino &&
           one.st_dev == other.st_dev;
}

/* EGL has it as it is described. */
static void expect_image(const VxmShared *shared, const VxmEglImage *imported, uint32_t fourcc)
{
    const struct egl_model_image *found = egl_model_image(imported->image);

    cr_assert_not_null(found);
    cr_expect_eq(found->width, (EGLint)shared->image.extent.width);
    cr_expect_eq(found->height, (EGLint)shared->image.extent.height);
    cr_expect_eq(found->fourcc, fourcc);
    cr_expect_eq(imported->fourcc, fourcc);
    cr_expect_eq(found->modifier, imported->modifier);
    cr_assert_eq(found->planeCount, shared->image.planeCount);
    for (uint32_t i = 0; i < found->planeCount; i++) {
        const VxmPlaneLayout *const plane = &shared->image.planes[i];
        const int fd = shared->memories[plane->memoryIndex].handle.fd;

        cr_expect_eq(found->planes[i].offset, (EGLint)plane->offset, "plane %u", i);
        cr_expect_eq(found->planes[i].pitch, (EGLint)plane->rowPitch, "plane %u", i);
        cr_expect(same_file(found->planes[i].fd, fd), "plane %u is in another dma-buf", i);
        cr_expect_neq(found->planes[i].fd, fd);
    }
}

static void import_and_end(VxmShared shared, const VxmEglImportInfo *info, uint32_t fourcc,
                           bool told, bool external)
{
    const VxmEgl egl = egl_load();
    VxmEglImage image = {0};

    REQUIRE(vxmEglImportShared(&egl, &shared, info, &image));
    expect_image(&shared, &image, fourcc);
    cr_expect_eq(egl_model_image(image.image)->modifierTold, told);
    cr_expect_eq(image.externalOnly, (VkBool32)external);
    vxmEglDestroyImage(&egl, &image);
    cr_expect(image.image == EGL_NO_IMAGE_KHR);
    vxmEglDestroyImage(&egl, &image);
    vxmCloseShared(&shared);
}

Test(import, one_plane)
{
    const VxmEglImportInfo opaque = {.opaque = VK_TRUE}, named = {.fourcc = ABGR8888};

    import_and_end(egl_shared_rgb(), NULL, ARGB8888, true, false);
    import_and_end(egl_shared_rgb(), &opaque, XRGB8888, true, false);
    import_and_end(egl_shared_rgb(), &named, ABGR8888, true, false);
    import_and_end(egl_shared(VK_FORMAT_B8G8R8A8_UNORM, TILED, 1, 1), NULL, ARGB8888, true, false);
    import_and_end(egl_shared(VK_FORMAT_B8G8R8A8_SRGB, TILED, 1, 1), NULL, ARGB8888, true, false);
}

Test(import, a_plane_of_the_modifiers_own)
{
    const VxmEglImportInfo opaque = {.opaque = VK_TRUE};

    import_and_end(egl_shared(VK_FORMAT_B8G8R8A8_UNORM, COMPRESSED, 2, 1), NULL, ARGB8888, true,
                   true);
    import_and_end(egl_shared(VK_FORMAT_B8G8R8A8_UNORM, COMPRESSED, 2, 1), &opaque, XRGB8888, true,
                   false);
}

Test(import, planes_in_one_dma_buf_and_in_one_each)
{
    const VkFormat nv12 = VK_FORMAT_G8_B8R8_2PLANE_420_UNORM;
    const VkFormat yuv420 = VK_FORMAT_G8_B8_R8_3PLANE_420_UNORM;

    import_and_end(egl_shared(nv12, VXM_DRM_FORMAT_MOD_LINEAR, 2, 1), NULL, NV12, true, true);
    import_and_end(egl_shared(nv12, VXM_DRM_FORMAT_MOD_LINEAR, 2, 2), NULL, NV12, true, true);
    import_and_end(egl_shared(nv12, TILED, 2, 1), NULL, NV12, true, true);
    import_and_end(egl_shared(yuv420, VXM_DRM_FORMAT_MOD_LINEAR, 3, 1), NULL, YUV420, true, true);
    import_and_end(egl_shared(yuv420, VXM_DRM_FORMAT_MOD_LINEAR, 3, 3), NULL, YUV420, true, true);
}

/* Where EGL can't be told a modifier, or names none, LINEAR is imported without. */
Test(import, linear_without_a_modifier)
{
    VxmShared shared = egl_shared_rgb();

    egl_model_drop_extension("EGL_EXT_image_dma_buf_import_modifiers");
    import_and_end(egl_shared_rgb(), NULL, ARGB8888, false, false);
    import_and_end(egl_shared(VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, 0, 2, 2), NULL, NV12, false,
                   true);
    egl_model_reset();
    egl_model_format(ARGB8888)->modifierCount = 0;
    import_and_end(egl_shared_rgb(), NULL, ARGB8888, false, false);
    /* Nobody says so then, and no other target reads it. */
    egl_model_format(ABGR8888)->fourcc = YUYV;
    egl_model_format(YUYV)->modifierCount = 0;
    import_and_end(egl_shared(VK_FORMAT_G8B8G8R8_422_UNORM, 0, 1, 1), NULL, YUYV, false, true);
    egl_model_reset();
    shared.image.tiling = VK_IMAGE_TILING_LINEAR;
    import_and_end(shared, NULL, ARGB8888, true, false);
}

Test(import, hints)
{
    const VxmEglImportInfo info = {.colorSpace = EGL_ITU_REC709_EXT,
                                   .sampleRange = EGL_YUV_NARROW_RANGE_EXT,
                                   .chromaSitingX = EGL_YUV_CHROMA_SITING_0_EXT,
                                   .chromaSitingY = EGL_YUV_CHROMA_SITING_0_5_EXT};
    VxmShared shared = egl_shared(VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, 0, 2, 1);
    const VxmEgl egl = egl_load();
    const struct egl_model_image *found;
    VxmEglImage image = {0};

    REQUIRE(vxmEglImportShared(&egl, &shared, &info, &image));
    found = egl_model_image(image.image);
    cr_expect_eq(found->colorSpace, EGL_ITU_REC709_EXT);
    cr_expect_eq(found->sampleRange, EGL_YUV_NARROW_RANGE_EXT);
    cr_expect_eq(found->sitingX, EGL_YUV_CHROMA_SITING_0_EXT);
    cr_expect_eq(found->sitingY, EGL_YUV_CHROMA_SITING_0_5_EXT);
    vxmEglDestroyImage(&egl, &image);
    vxmCloseShared(&shared);
}

/* The list of 64 is cut: whether EGL has the modifier is for EGL to say. */
Test(import, a_modifier_beyond_the_list)
{
    struct egl_model_format *const format = egl_model_format(ARGB8888);

    for (uint32_t i = 0; i < 70; i++) {
        format->modifiers[i] = (struct egl_model_modifier){TILED + 100 + i, 1, false};
    }
    format->modifiers[69].modifier = TILED;
    format->modifierCount = 70;
    import_and_end(egl_shared(VK_FORMAT_B8G8R8A8_UNORM, TILED, 1, 1), NULL, ARGB8888, true, false);
}

/* ---- of this process ---- */

Test(import, memory_of_this_process)
{
    const VkImageCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
        .imageType = VK_IMAGE_TYPE_2D,
        .format = VK_FORMAT_B8G8R8A8_UNORM,
        .extent = {64, 32, 1},
        .mipLevels = 1,
        .arrayLayers = 1,
        .samples = VK_SAMPLE_COUNT_1_BIT,
        .tiling = VK_IMAGE_TILING_LINEAR,
        .usage = VK_IMAGE_USAGE_TRANSFER_DST_BIT,
    };
    const VxmMemoryCreateInfo create = {.handleTypes = DMA_BUF};
    const VxmMemoryCreateInfo other = {.handleTypes = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT};
    VxmDevice device = egl_device();
    const VxmEgl egl = egl_load();
    VxmMemory memory, opaque;
    VxmEglImage image = {0};

    REQUIRE(vxmCreateImage(device, &info, &create, &memory));
    REQUIRE(vxmEglImportMemory(&egl, memory, NULL, &image));
    cr_expect_eq(egl_model_image(image.image)->fourcc, ARGB8888);
    cr_expect(image.modifier == VXM_DRM_FORMAT_MOD_LINEAR);
    vxmDestroyMemory(memory);
    cr_expect(model_is_payload(egl_model_image(image.image)->planes[0].fd));
    vxmEglDestroyImage(&egl, &image);

    FILL(image);
    REQUIRE(vxmCreateImage(device, &info, &other, &opaque));
    EXPECT_REFUSED(vxmEglImportMemory(&egl, opaque, NULL, &image), VK_ERROR_FEATURE_NOT_PRESENT,
                   VXM_ERROR_REASON_UNSUPPORTED, "DMA_BUF");
    EXPECT_REFUSED(vxmEglImportMemory(&egl, opaque, NULL, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "image must not be NULL");
    EXPECT_UNTOUCHED(image);
    vxmDestroyMemory(opaque);
    vxmDestroyDevice(device);
}
