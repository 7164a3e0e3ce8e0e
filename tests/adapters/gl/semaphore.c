/*
 * Shared semaphores in OpenGL.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/fixture.h"

#include "support/resources.h"

TestSuite(semaphore, .init = gl_begin, .fini = gl_end);

static const VkSemaphoreType types[] = {VK_SEMAPHORE_TYPE_BINARY, VK_SEMAPHORE_TYPE_TIMELINE};

Test(semaphore, import_borrows)
{
    VxmDevice device = gl_device(0);
    const VxmGl gl = gl_load();

    for (unsigned i = 0; i < 2; i++) {
        VxmSharedSemaphore shared = gl_share_semaphore(device, types[i]);
        const VxmHandle handle = shared.handle;
        const size_t before = support_handle_count();
        struct gl_model_semaphore facts;
        VxmGlSemaphore semaphore;

        REQUIRE(vxmGlImportSharedSemaphore(&gl, &shared, &semaphore));
        cr_assert_eq(semaphore.semaphoreType, types[i]);
        cr_assert(gl_model_semaphore(semaphore.semaphore, &facts));
        cr_assert_eq(facts.timeline, i == 1);
        cr_assert_eq(facts.handleType, NATIVE_GL);
        cr_assert_eq(memcmp(&handle, &shared.handle, sizeof(handle)), 0);
        cr_assert_eq(support_handle_count(), before + 1);
        vxmGlDestroySemaphore(&gl, &semaphore);
        cr_assert_eq(semaphore.semaphore, 0);
        vxmGlDestroySemaphore(&gl, &semaphore);
        vxmGlDestroySemaphore(&gl, NULL);
        cr_assert_eq(support_handle_count(), before);
        vxmCloseSharedSemaphore(&shared);
    }
    vxmDestroyDevice(device);
}

Test(semaphore, of_this_process)
{
    const VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                         .handleTypes = NATIVE_SEMAPHORE};
    VxmDevice device = gl_device(0);
    const VxmGl gl = gl_load();
    VxmSemaphore source;
    VxmGlSemaphore semaphore;

    REQUIRE(vxmCreateSemaphore(device, &info, &source));
    for (unsigned i = 0; i < 2; i++) {
        REQUIRE(vxmGlImportSemaphore(&gl, source, i == 0 ? 0 : NATIVE_SEMAPHORE, &semaphore));
        cr_assert_eq(semaphore.semaphoreType, VK_SEMAPHORE_TYPE_TIMELINE);
        vxmGlDestroySemaphore(&gl, &semaphore);
    }
    vxmDestroySemaphore(source);
    vxmDestroyDevice(device);
}

Test(semaphore, refused_before_opengl_is_asked)
{
    VxmDevice device = gl_device(0), other = gl_device(1);
    VxmSharedSemaphore timeline = gl_share_semaphore(device, VK_SEMAPHORE_TYPE_TIMELINE);
    VxmSharedSemaphore foreign = gl_share_semaphore(other, VK_SEMAPHORE_TYPE_BINARY);
    VxmSharedSemaphore wrong = timeline;
    VxmGl gl = gl_load();
    VxmGlSemaphore semaphore;

    FILL(semaphore);
    EXPECT_REFUSED(vxmGlImportSharedSemaphore(&gl, &foreign, &semaphore),
                   VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, "device UUID");
    wrong.handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT;
    EXPECT_REFUSED(vxmGlImportSharedSemaphore(&gl, &wrong, &semaphore),
                   VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "vxm/egl.h");
    wrong = timeline;
    wrong.handle.type = 0;
    EXPECT_REFUSED(vxmGlImportSharedSemaphore(&gl, &wrong, &semaphore),
                   VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "empty");
    gl.timelineSemaphore = VK_FALSE;
    EXPECT_REFUSED(vxmGlImportSharedSemaphore(&gl, &timeline, &semaphore),
                   VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                   "GL_NV_timeline_semaphore");
    gl.semaphoreFd = gl.semaphoreWin32 = VK_FALSE;
    EXPECT_REFUSED(vxmGlImportSharedSemaphore(&gl, &timeline, &semaphore),
                   VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                   "no GL_EXT_semaphore_" NATIVE_SUFFIX);
    EXPECT_ERROR(vxmGlImportSharedSemaphore(&gl, NULL, &semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "shared must not be NULL");
    EXPECT_ERROR(vxmGlImportSharedSemaphore(&gl, &timeline, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "semaphore must not be NULL");
    EXPECT_UNTOUCHED(semaphore);
    vxmCloseSharedSemaphore(&foreign);
    vxmCloseSharedSemaphore(&timeline);
    vxmDestroyDevice(other);
    vxmDestroyDevice(device);
}

Test(semaphore, a_handle_that_is_no_semaphore)
{
    VxmDevice device = gl_device(0);
    VxmShared memory = gl_share_buffer(device, 4096);
    VxmSharedSemaphore shared = gl_share_semaphore(device, VK_SEMAPHORE_TYPE_BINARY);
    VxmHandle right = shared.handle;
    const VxmGl gl = gl_load();
    VxmGlSemaphore semaphore;

    FILL(semaphore);
    shared.handle = memory.memories[0].handle;
    shared.handle.kind = right.kind;
    shared.handle.type = right.type;
    EXPECT_ERROR(vxmGlImportSharedSemaphore(&gl, &shared, &semaphore),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN,
                 "failed with GL_INVALID_VALUE");
    EXPECT_UNTOUCHED(semaphore);
    shared.handle = right;
    vxmCloseSharedSemaphore(&shared);
    vxmCloseShared(&memory);
    vxmDestroyDevice(device);
}

/* ---- waits and signals ---- */

Test(semaphore, waits_and_signals_name_what_changes_hands)
{
    const VkImageCreateInfo info = gl_image_info(VK_FORMAT_R8G8B8A8_UNORM, 64, 64);
    VxmDevice device = gl_device(0);
    VxmShared sharedBuffer = gl_share_buffer(device, 4096);
    VxmShared sharedImage = gl_share_image(device, &info);
    const VxmGl gl = gl_load();
    const struct gl_model_submit *const submit = gl_model_last_submit();
    VxmGlMemory buffer, image;

    REQUIRE(vxmGlImportShared(&gl, &sharedBuffer, NULL, &buffer));
    REQUIRE(vxmGlImportShared(&gl, &sharedImage, NULL, &image));
    const VxmGlBarrier barriers[] = {
        {.texture = image.texture, .layout = VK_IMAGE_LAYOUT_GENERAL},
        {.buffer = buffer.buffer},
        {.texture = image.texture, .layout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL},
    };
    for (unsigned i = 0; i < 2; i++) {
        VxmSharedSemaphore shared = gl_share_semaphore(device, types[i]);
        VxmGlSemaphore semaphore;

        REQUIRE(vxmGlImportSharedSemaphore(&gl, &shared, &semaphore));
        REQUIRE(vxmGlWaitSemaphore(&gl, &semaphore, 41, 3, barriers));
        cr_assert(!submit->signal);
        cr_assert_eq(submit->semaphore, semaphore.semaphore);
        cr_assert_eq(submit->value, i == 1 ? 41 : 0);
        cr_assert_eq(submit->bufferCount, 1);
        cr_assert_eq(submit->buffers[0], buffer.buffer);
        cr_assert_eq(submit->textureCount, 2);
        cr_assert_eq(submit->textures[1], image.texture);
        cr_assert_eq(submit->layouts[0], GL_LAYOUT_GENERAL_EXT);
        cr_assert_eq(submit->layouts[1], GL_LAYOUT_TRANSFER_SRC_EXT);

        REQUIRE(vxmGlSignalSemaphore(&gl, &semaphore, 42, 1, barriers));
        cr_assert(submit->signal && submit->flushed);
        cr_assert_eq(submit->value, i == 1 ? 42 : 0);
        cr_assert_eq(submit->textureCount, 1);
        REQUIRE(vxmGlWaitSemaphore(&gl, &semaphore, 43, 0, NULL));
        cr_assert_eq(submit->textureCount + submit->bufferCount, 0);
        vxmGlDestroySemaphore(&gl, &semaphore);
        vxmCloseSharedSemaphore(&shared);
    }
    vxmGlDestroyMemory(&gl, &image);
    vxmGlDestroyMemory(&gl, &buffer);
    vxmCloseShared(&sharedImage);
    vxmCloseShared(&sharedBuffer);
    vxmDestroyDevice(device);
}

Test(semaphore, waits_and_signals_that_cant_be)
{
    VxmDevice device = gl_device(0);
    VxmSharedSemaphore shared = gl_share_semaphore(device, VK_SEMAPHORE_TYPE_TIMELINE);
    const VxmGlBarrier both = {.buffer = 1, .texture = 1, .layout = VK_IMAGE_LAYOUT_GENERAL};
    const VxmGlBarrier neither = {.layout = VK_IMAGE_LAYOUT_GENERAL};
    const VxmGlBarrier present = {.texture = 1, .layout = VK_IMAGE_LAYOUT_PRESENT_SRC_KHR};
    const VxmGlSemaphore empty = {0}, stale = {.semaphore = 4711};
    const VxmGl gl = gl_load();
    VxmGlSemaphore semaphore;

    REQUIRE(vxmGlImportSharedSemaphore(&gl, &shared, &semaphore));
#define REFUSED(which, count, barriers, result, reason, words)                                     \
    do {                                                                                           \
        EXPECT_REFUSED(vxmGlWaitSemaphore(&gl, which, 1, count, barriers), result, reason, words); \
        EXPECT_REFUSED(vxmGlSignalSemaphore(&gl, which, 1, count, barriers), result, reason,       \
                       words);                                                                     \
    } while (0)
    REFUSED(NULL, 0, NULL, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "NULL");
    REFUSED(&empty, 0, NULL, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "empty");
    REFUSED(&semaphore, 1, NULL, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
            "barriers must not be NULL");
    REFUSED(&semaphore, VXM_GL_MAX_BARRIERS + 1, &both, VK_ERROR_VALIDATION_FAILED_EXT,
            VXM_ERROR_REASON_ARGUMENT, "16 at most");
    REFUSED(&semaphore, 1, &both, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
            "a buffer or a texture");
    REFUSED(&semaphore, 1, &neither, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
            "a buffer or a texture");
    REFUSED(&semaphore, 1, &present, VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
            "no layout");
#undef REFUSED
    EXPECT_ERROR(vxmGlWaitSemaphore(&gl, &stale, 1, 0, NULL), VK_ERROR_UNKNOWN,
                 VXM_ERROR_REASON_FOREIGN, "glWaitSemaphoreEXT failed with GL_INVALID_OPERATION");
    EXPECT_ERROR(vxmGlSignalSemaphore(&gl, &stale, 1, 0, NULL), VK_ERROR_UNKNOWN,
                 VXM_ERROR_REASON_FOREIGN, "glSignalSemaphoreEXT failed with GL_INVALID_OPERATION");
    vxmGlDestroySemaphore(&gl, &semaphore);
    vxmCloseSharedSemaphore(&shared);
    vxmDestroyDevice(device);
}
