/*
 * The table of EGL's functions, whether the display is of Vulkan's GPU, and the modifiers it has.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/egl/fixture.h"

#include <sys/sysmacros.h>

TestSuite(load, .init = egl_begin, .fini = egl_end);

static VkResult load(VxmEgl *egl)
{
    return vxmEglLoad(egl_model_get_proc, egl_model_config(), EGL_MODEL_DISPLAY, egl);
}

Test(load, says_what_the_display_offers)
{
    const VxmEgl egl = egl_load();

    cr_assert(egl.modifiers && egl.exports && egl.waits && egl.signals && egl.devices);
    cr_assert(egl.display == EGL_MODEL_DISPLAY);
}

Test(load, import_alone_is_enough)
{
    VxmEgl egl;

    egl_model_config()->extensions = "EGL_KHR_image_base EGL_EXT_image_dma_buf_import";
    egl_model_config()->clientExtensions = NULL;
    egl = egl_load();
    cr_assert(!egl.modifiers && !egl.exports && !egl.waits && !egl.signals && !egl.devices);
    cr_assert(egl.WaitSyncKHR == NULL && egl.ExportDMABUFImageMESA == NULL);
    egl_model_reset();
    egl_model_drop_extension("EGL_KHR_wait_sync");
    egl = egl_load();
    cr_assert(!egl.waits && egl.signals);
}

/* EGL answers its client extensions for it. */
Test(load, no_display)
{
    VxmEgl egl;

    FILL(egl);
    EXPECT_ERROR(vxmEglLoad(egl_model_get_proc, egl_model_config(), EGL_NO_DISPLAY, &egl),
                 VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_ARGUMENT,
                 "display is EGL_NO_DISPLAY.");
    EXPECT_UNTOUCHED(egl);
}

/* The name of one is a part of the other's. */
Test(load, an_extension_is_a_whole_word)
{
    VxmEgl egl;

    FILL(egl);
    egl_model_drop_extension("EGL_EXT_image_dma_buf_import");
    EXPECT_ERROR(load(&egl), VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 "no EGL_EXT_image_dma_buf_import.");
    egl_model_config()->extensions = "XEGL_EXT_image_dma_buf_import";
    EXPECT_ERROR(load(&egl), VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 "no EGL_EXT_image_dma_buf_import.");
    EXPECT_UNTOUCHED(egl);
    egl_model_config()->extensions =
        "EGL_EXT_image_dma_buf_import_modifiers EGL_EXT_image_dma_buf_import";
    egl = egl_load();
    cr_assert(egl.modifiers);
}

/* Each function that isn't optional is missed by its name. */
Test(load, a_missing_function_is_named)
{
    static const char *const names[] = {
        "eglGetError",
        "eglQueryString",
        "eglCreateImageKHR",
        "eglDestroyImageKHR",
        "eglQueryDmaBufModifiersEXT",
        "eglExportDMABUFImageQueryMESA",
        "eglExportDMABUFImageMESA",
        "eglCreateSyncKHR",
        "eglDestroySyncKHR",
        "eglWaitSyncKHR",
        "eglDupNativeFenceFDANDROID",
        "eglQueryDisplayAttribEXT",
        "eglQueryDeviceStringEXT",
        "glFlush",
    };
    VxmEgl egl;

    FILL(egl);
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        egl_model_config()->missing = names[i];
        EXPECT_ERROR(load(&egl), VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED,
                     names[i]);
    }
    EXPECT_UNTOUCHED(egl);
}

/* EGL may answer any name with an address: what isn't in the list of extensions isn't there. */
Test(load, an_address_is_no_extension)
{
    VxmEgl egl;

    egl_model_config()->answersAnything = true;
    egl_model_config()->missing = "eglExportDMABUFImageMESA";
    egl_model_drop_extension("EGL_MESA_image_dma_buf_export");
    egl = egl_load();
    cr_assert(!egl.exports);
    cr_assert(egl.ExportDMABUFImageMESA == NULL);
}

Test(load, needs_a_display)
{
    VxmEgl egl;

    FILL(egl);
    EXPECT_ERROR(vxmEglLoad(NULL, NULL, EGL_MODEL_DISPLAY, &egl), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "getProc");
    EXPECT_ERROR(load(NULL), VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "egl must not be NULL");
    EXPECT_ERROR(vxmEglLoad(egl_model_get_proc, egl_model_config(), (EGLDisplay)(uintptr_t)7, &egl),
                 VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_FOREIGN,
                 "EGL_BAD_DISPLAY (0x3008)");
    egl_model_config()->extensions = NULL;
    EXPECT_ERROR(load(&egl), VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_FOREIGN,
                 "EGL_NOT_INITIALIZED");
    EXPECT_UNTOUCHED(egl);
}

Test(load, every_call_needs_a_table)
{
    const VxmEgl empty = {0};
    const VxmEglExportInfo info = {.extent = {1, 1}};
    const VxmSharedSemaphore none = {0};
    VxmShared shared = {0};
    VxmSharedSemaphore semaphore;
    VxmEglModifiers modifiers;
    VxmIdentity identity = {0};
    VxmEglImage image = {0};

#define REFUSED(call)                                                                              \
    EXPECT_ERROR(call, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,                  \
                 "egl is not loaded. Fill it with vxmEglLoad() first.")
    REFUSED(vxmEglCheckDevice(&empty, &identity));
    REFUSED(vxmEglGetModifiers(&empty, XRGB8888, VK_FALSE, &modifiers));
    REFUSED(vxmEglImportShared(&empty, &shared, NULL, &image));
    REFUSED(vxmEglImportMemory(&empty, NULL, NULL, &image));
    REFUSED(vxmEglExportImage(&empty, (EGLImageKHR)&image, &info, &shared, NULL));
    REFUSED(vxmEglWaitSharedSemaphore(&empty, &none));
    REFUSED(vxmEglWaitSemaphore(&empty, NULL));
    REFUSED(vxmEglSignalSharedSemaphore(&empty, &semaphore));
    REFUSED(vxmEglSignalSemaphore(&empty, NULL));
    EXPECT_ERROR(vxmEglCheckDevice(NULL, &identity), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "egl is NULL");
    vxmEglDestroyImage(&empty, &image);
    vxmEglDestroyImage(NULL, &image);
}

/* ---- the same GPU ---- */

TestSuite(same_device, .init = egl_begin, .fini = egl_end);

/* Devices that every system has. */
static VxmIdentity identity_of(const char *render, const char *primary)
{
    VxmIdentity identity = {.deviceName = "a GPU"};
    struct stat node;

    if (render != NULL) {
        cr_assert_eq(stat(render, &node), 0);
        identity.drmRenderValid = VK_TRUE;
        identity.drmRenderMajor = (int64_t)major(node.st_rdev);
        identity.drmRenderMinor = (int64_t)minor(node.st_rdev);
    }
    if (primary != NULL) {
        cr_assert_eq(stat(primary, &node), 0);
        identity.drmPrimaryValid = VK_TRUE;
        identity.drmPrimaryMajor = (int64_t)major(node.st_rdev);
        identity.drmPrimaryMinor = (int64_t)minor(node.st_rdev);
    }
    return identity;
}

Test(same_device, by_its_render_node)
{
    const VxmIdentity same = identity_of("/dev/null", "/dev/full");
    const VxmIdentity minorDiffers = identity_of("/dev/zero", "/dev/full");
    const VxmIdentity majorDiffers = identity_of("/dev/tty", NULL);
    const VxmEgl egl = egl_load();

    egl_model_config()->renderNode = "/dev/null";
    egl_model_config()->primaryNode = "/dev/full";
    REQUIRE(vxmEglCheckDevice(&egl, &same));
    EXPECT_ERROR(vxmEglCheckDevice(&egl, &minorDiffers), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "EGL's display is of /dev/null, and Vulkan's a GPU");
    EXPECT_ERROR(vxmEglCheckDevice(&egl, &majorDiffers), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "/dev/null");
}

Test(same_device, or_by_its_primary_node)
{
    const VxmIdentity same = identity_of(NULL, "/dev/full");
    const VxmIdentity other = identity_of("/dev/null", "/dev/zero");
    const VxmEgl egl = egl_load();

    egl_model_config()->deviceExtensions = "EGL_EXT_device_drm";
    egl_model_config()->primaryNode = "/dev/full";
    REQUIRE(vxmEglCheckDevice(&egl, &same));
    EXPECT_ERROR(vxmEglCheckDevice(&egl, &other), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "/dev/full");
}

Test(same_device, or_it_cant_be_told)
{
    const VxmIdentity known = identity_of("/dev/null", "/dev/full"), unknown = {0};
    VxmEgl egl = egl_load();

    egl_model_config()->deviceExtensions = "EGL_MESA_device_software";
    EXPECT_ERROR(vxmEglCheckDevice(&egl, &known), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "EGL names no node of DRM");
    egl_model_config()->deviceExtensions = "EGL_EXT_device_drm";
    EXPECT_ERROR(vxmEglCheckDevice(&egl, &known), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "EGL names no node of DRM");
    egl_model_config()->primaryNode = "/dev/full";
    EXPECT_ERROR(vxmEglCheckDevice(&egl, &unknown), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "Vulkan names no node of DRM");
    egl_model_config()->clientExtensions = "EGL_EXT_client_extensions";
    egl = egl_load();
    EXPECT_ERROR(vxmEglCheckDevice(&egl, &known), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "EGL names no node of DRM");
    EXPECT_ERROR(vxmEglCheckDevice(&egl, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "identity");
}

/* ---- modifiers ---- */

TestSuite(modifiers, .init = egl_begin, .fini = egl_end);

Test(modifiers, those_that_any_texture_has)
{
    const VxmEgl egl = egl_load();
    VxmEglModifiers list;

    REQUIRE(vxmEglGetModifiers(&egl, ARGB8888, VK_FALSE, &list));
    cr_assert_eq(list.modifierCount, 2);
    cr_expect_eq(list.modifiers[0], TILED);
    cr_expect_eq(list.modifiers[1], VXM_DRM_FORMAT_MOD_LINEAR);
    cr_expect(!list.externalOnly[0] && !list.externalOnly[1]);
    cr_expect_eq(list.leftOut, 0);
    cr_expect_str_eq(list.reason, "");
}

Test(modifiers, and_those_of_external_ones)
{
    const VxmEgl egl = egl_load();
    VxmEglModifiers list;

    REQUIRE(vxmEglGetModifiers(&egl, ARGB8888, VK_TRUE, &list));
    cr_assert_eq(list.modifierCount, 3);
    cr_expect_eq(list.modifiers[1], COMPRESSED);
    cr_expect(!list.externalOnly[0] && list.externalOnly[1] && !list.externalOnly[2]);
}

Test(modifiers, what_egl_does_not_set_is_false)
{
    const VxmEgl egl = egl_load();
    VxmEglModifiers list;

    egl_model_config()->setsExternalOnlyIfTrue = true;
    REQUIRE(vxmEglGetModifiers(&egl, XRGB8888, VK_FALSE, &list));
    cr_expect_eq(list.modifierCount, 3);
}

/* None is an answer, with the reason in words. */
Test(modifiers, none)
{
    VxmEgl egl = egl_load();
    VxmEglModifiers list;

    REQUIRE(vxmEglGetModifiers(&egl, FOURCC('A', 'B', 'C', 0), VK_TRUE, &list));
    cr_expect_eq(list.modifierCount, 0);
    cr_expect_not_null(strstr(list.reason, "can't import ABC? at all"), "%s", list.reason);
    REQUIRE(vxmEglGetModifiers(&egl, NV12, VK_FALSE, &list));
    cr_expect_eq(list.modifierCount, 0);
    cr_expect_not_null(strstr(list.reason, "NV12 for GL_TEXTURE_EXTERNAL_OES only"), "%s",
                       list.reason);
    egl_model_format(XRGB8888)->modifierCount = 0;
    REQUIRE(vxmEglGetModifiers(&egl, XRGB8888, VK_FALSE, &list));
    cr_expect_eq(list.modifierCount, 0);
    cr_expect_not_null(strstr(list.reason, "names no modifier"), "%s", list.reason);
    egl_model_drop_extension("EGL_EXT_image_dma_buf_import_modifiers");
    egl = egl_load();
    REQUIRE(vxmEglGetModifiers(&egl, XRGB8888, VK_FALSE, &list));
    cr_expect_eq(list.modifierCount, 0);
    cr_expect_not_null(strstr(list.reason, "EGL_EXT_image_dma_buf_import_modifiers"), "%s",
                       list.reason);
}

Test(modifiers, more_than_there_is_room_for)
{
    struct egl_model_format *const format = egl_model_format(XRGB8888);
    const VxmEgl egl = egl_load();
    VxmEglModifiers list;

    format->modifierCount = VXM_MAX_MODIFIERS + 6;
    for (uint32_t i = 0; i < format->modifierCount; i++) {
        format->modifiers[i] = (struct egl_model_modifier){TILED + i, 1, false};
    }
    REQUIRE(vxmEglGetModifiers(&egl, XRGB8888, VK_FALSE, &list));
    cr_expect_eq(list.modifierCount, VXM_MAX_MODIFIERS);
    cr_expect_eq(list.leftOut, 6);
}

Test(modifiers, failures)
{
    const VxmEgl egl = egl_load();
    VxmEglModifiers list;

    FILL(list);
    for (unsigned nth = 1; nth <= 2; nth++) {
        egl_model_fail(nth, EGL_BAD_ALLOC);
        EXPECT_ERROR(vxmEglGetModifiers(&egl, XRGB8888, VK_FALSE, &list),
                     VK_ERROR_OUT_OF_DEVICE_MEMORY, VXM_ERROR_REASON_FOREIGN,
                     "eglQueryDmaBufModifiersEXT failed with EGL_BAD_ALLOC");
    }
    EXPECT_ERROR(vxmEglGetModifiers(&egl, 0, VK_FALSE, &list), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "fourcc is 0");
    EXPECT_ERROR(vxmEglGetModifiers(&egl, XRGB8888, VK_FALSE, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "modifiers must not be NULL");
    EXPECT_UNTOUCHED(list);
}
