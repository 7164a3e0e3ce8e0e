/*
 * vxm/gl.h: descriptions that can't be, tables that aren't loaded, arguments left out: a sentence,
 * and OpenGL makes nothing.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/fixture.h"

TestSuite(misuse, .init = gl_begin, .fini = gl_end);

#define EXPECT_ARGUMENT(change, words)                                                             \
    do {                                                                                           \
        VxmShared shared = good;                                                                   \
        change;                                                                                    \
        FILL(memory);                                                                              \
        EXPECT_REFUSED(vxmGlImportShared(&gl, &shared, NULL, &memory),                             \
                       VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, words);          \
        EXPECT_UNTOUCHED(memory);                                                                  \
    } while (0)

Test(misuse, image_that_cant_be)
{
    const VkImageCreateInfo info = gl_image_info(VK_FORMAT_R8G8B8A8_UNORM, 64, 64);
    VxmDevice device = gl_device(0);
    VxmShared good = gl_share_image(device, &info);
    const VxmGl gl = gl_load();
    VxmGlMemory memory;

    /* GLsizei has 31 bits, and OpenGL takes a negative one for what it is. */
    EXPECT_ARGUMENT(shared.image.extent.width = 0x80000000u, "extent");
    EXPECT_ARGUMENT(shared.image.extent.height = UINT32_MAX, "extent");
    EXPECT_ARGUMENT(shared.image.arrayLayers = UINT32_MAX, "arrayLayers");
    EXPECT_ARGUMENT(shared.image.extent.width = 0, "extent");
    EXPECT_ARGUMENT(shared.image.extent.height = 0, "extent");
    EXPECT_ARGUMENT(shared.image.extent.depth = 0, "extent");
    EXPECT_ARGUMENT(shared.image.extent.depth = 7, "extent");
    EXPECT_ARGUMENT(shared.image.mipLevels = 0, "mipLevels");
    EXPECT_ARGUMENT(shared.image.mipLevels = 8, "mipLevels");
    EXPECT_ARGUMENT(shared.image.arrayLayers = 0, "arrayLayers");
    EXPECT_ARGUMENT(
        (shared.image.flags |= VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT, shared.image.arrayLayers = 0),
        "arrayLayers");
    EXPECT_ARGUMENT((shared.image.flags |= VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT,
                     shared.image.arrayLayers = 6, shared.image.extent.width = 63),
                    "CUBE_COMPATIBLE");
    EXPECT_ARGUMENT(shared.image.samples = (VkSampleCountFlagBits)0, "samples");
    EXPECT_ARGUMENT(shared.image.samples = (VkSampleCountFlagBits)3, "samples");
    EXPECT_ARGUMENT(shared.image.samples = (VkSampleCountFlagBits)-1, "samples");
    EXPECT_ARGUMENT(shared.resourceType = (VxmResourceType)3, "resourceType");
    EXPECT_ARGUMENT(shared.resourceType = VXM_RESOURCE_TYPE_MAX_ENUM, "resourceType");
    EXPECT_ARGUMENT((shared.dedicated = VK_FALSE,
                     shared.memories[0].offset = shared.memories[0].allocationSize),
                    "offset");
    EXPECT_ARGUMENT(shared.dedicated = 7, "dedicated");
    vxmCloseShared(&good);
    vxmDestroyDevice(device);
}

Test(misuse, name_beside_a_handle)
{
    VxmDevice device = gl_device(0);
    VxmShared good = gl_share_buffer(device, 5000);
    VxmSharedSemaphore semaphore = gl_share_semaphore(device, VK_SEMAPHORE_TYPE_BINARY);
    const VxmGl gl = gl_load();
    VxmGlSemaphore imported;
    VxmGlMemory memory;

    EXPECT_ARGUMENT(shared.memories[0].name = L"name", "name");
    FILL(imported);
    semaphore.name = L"name";
    EXPECT_REFUSED(vxmGlImportSharedSemaphore(&gl, &semaphore, &imported),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "name");
    semaphore.name = NULL;
    semaphore.semaphoreType = (VkSemaphoreType)2;
    EXPECT_REFUSED(vxmGlImportSharedSemaphore(&gl, &semaphore, &imported),
                   VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "semaphoreType");
    EXPECT_UNTOUCHED(imported);
    vxmCloseSharedSemaphore(&semaphore);
    vxmCloseShared(&good);
    vxmDestroyDevice(device);
}

/* Nothing can be ended without the functions; the struct still says what there is to end. */
Test(misuse, table_that_is_empty)
{
    VxmDevice device = gl_device(0);
    VxmMemory buffer = gl_make_buffer(device, 5000);
    const VxmGl empty = {0};
    const VxmGl gl = gl_load();
    VxmGlSemaphore semaphore = {.semaphore = 7};
    VxmGlMemory memory;

    REQUIRE(vxmGlImportMemory(&gl, buffer, NULL, &memory));
    vxmGlDestroyMemory(NULL, &memory);
    cr_assert_neq(memory.memory, 0);
    vxmGlDestroyMemory(&empty, &memory);
    cr_assert_neq(memory.memory, 0);
    vxmGlDestroySemaphore(NULL, &semaphore);
    vxmGlDestroySemaphore(&empty, &semaphore);
    cr_assert_eq(semaphore.semaphore, 7);
    vxmGlDestroyMemory(&gl, &memory);
    vxmDestroyMemory(buffer);
    vxmDestroyDevice(device);
}

/* A semaphore of another context's, where this one has none. */
Test(misuse, semaphores_where_the_context_has_none)
{
    struct gl_model_config config = gl_model_default_config();
    VxmGlSemaphore semaphore = {.semaphore = 7};
    VxmGl gl;

    for (unsigned i = 0; config.extensions[i] != NULL; i++) {
        if (strncmp(config.extensions[i], "GL_EXT_semaphore", 16) == 0) {
            config.extensions[i] = "GL_EXT_nothing";
        }
    }
    gl_model_reset(&config);
    gl = gl_load();
    cr_assert_not(gl.semaphoreFd || gl.semaphoreWin32);
    EXPECT_REFUSED(vxmGlWaitSemaphore(&gl, &semaphore, 1, 0, NULL), VK_ERROR_EXTENSION_NOT_PRESENT,
                   VXM_ERROR_REASON_UNSUPPORTED, "GL_EXT_semaphore");
    EXPECT_REFUSED(vxmGlSignalSemaphore(&gl, &semaphore, 1, 0, NULL),
                   VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                   "GL_EXT_semaphore");
    vxmGlDestroySemaphore(&gl, &semaphore);
    cr_assert_eq(semaphore.semaphore, 7);
}

Test(misuse, each_wrong_argument_has_its_sentence)
{
    const VxmGlBarrier barriers[VXM_GL_MAX_BARRIERS + 1] = {{.buffer = 1}};
    const VxmGlSemaphore empty = {0};
    const VxmGlSemaphore some = {.semaphore = 7};
    const VxmGl gl = gl_load();

#define EXPECT_WORDS(call, words)                                                                  \
    EXPECT_REFUSED(call, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, words)
    EXPECT_WORDS(vxmGlWaitSemaphore(&gl, NULL, 1, 0, NULL), "semaphore is NULL");
    EXPECT_WORDS(vxmGlWaitSemaphore(&gl, &empty, 1, 0, NULL), "semaphore is empty");
    EXPECT_WORDS(vxmGlWaitSemaphore(&gl, &some, 1, 1, NULL), "barriers must not be NULL");
    EXPECT_WORDS(vxmGlSignalSemaphore(&gl, &some, 1, VXM_GL_MAX_BARRIERS + 1, barriers),
                 "barrierCount is 17");
    EXPECT_WORDS(vxmGlSignalSemaphore(&gl, &some, 1, UINT32_MAX, barriers),
                 "barrierCount is 4294967295");
}
