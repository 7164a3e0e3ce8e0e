/*
 * Shared memory as memory objects and buffers of OpenGL's.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/fixture.h"

#include "support/resources.h"

TestSuite(memory, .init = gl_begin, .fini = gl_end);

#define SIZE 5000u

Test(memory, buffer_of_this_process)
{
    VxmDevice device = gl_device(0);
    VxmMemory buffer = gl_make_buffer(device, SIZE);
    const VxmGl gl = gl_load();
    struct gl_model_memory object;
    struct gl_model_buffer storage;
    VxmGlMemory memory;
    VxmMemoryInfo info;

    REQUIRE(vxmGetMemoryInfo(buffer, &info));
    REQUIRE(vxmGlImportMemory(&gl, buffer, NULL, &memory));
    cr_assert_eq(memory.size, info.memories[0].allocationSize);
    cr_assert_eq(memory.texture, 0);
    cr_assert_eq(memory.target, 0);
    cr_assert(gl_model_memory(memory.memory, &object));
    cr_assert_eq(object.size, info.memories[0].allocationSize);
    cr_assert_eq(object.dedicated, info.dedicated == VK_TRUE);
    cr_assert_eq(object.handleType, NATIVE_GL);
    cr_assert(gl_model_buffer(memory.buffer, &storage));
    cr_assert_eq(storage.memory, memory.memory);
    cr_assert_eq(storage.size, SIZE);
    cr_assert_eq(storage.offset, 0);
    vxmGlDestroyMemory(&gl, &memory);
    cr_assert_eq(memory.memory, 0);
    cr_assert_eq(memory.buffer, 0);
    vxmGlDestroyMemory(&gl, &memory);
    vxmGlDestroyMemory(&gl, NULL);
    vxmDestroyMemory(buffer);
    vxmDestroyDevice(device);
}

/* What OpenGL took is its own; the caller's handle is open, and can be imported again. */
Test(memory, import_borrows)
{
    VxmDevice device = gl_device(0);
    VxmShared shared = gl_share_buffer(device, SIZE);
    const size_t before = support_handle_count();
    const VxmHandle handle = shared.memories[0].handle;
    const VxmGl gl = gl_load();
    VxmGlMemory memories[2];

    REQUIRE(vxmGlImportShared(&gl, &shared, NULL, &memories[0]));
    REQUIRE(vxmGlImportShared(&gl, &shared, NULL, &memories[1]));
    cr_assert_eq(memcmp(&handle, &shared.memories[0].handle, sizeof(handle)), 0);
    cr_assert_eq(support_handle_count(), before + 2);
    vxmGlDestroyMemory(&gl, &memories[0]);
    vxmGlDestroyMemory(&gl, &memories[1]);
    cr_assert_eq(support_handle_count(), before);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

Test(memory, raw_memory_is_a_memory_object)
{
    const VxmMemoryCreateInfo info = {.handleTypes = NATIVE_MEMORY};
    VxmDevice device = gl_device(0);
    const VxmGl gl = gl_load();
    VxmMemory raw;
    VxmGlMemory memory;

    REQUIRE(vxmCreateMemory(device, SIZE, &info, &raw));
    REQUIRE(vxmGlImportMemory(&gl, raw, NULL, &memory));
    cr_assert_neq(memory.memory, 0);
    cr_assert_eq(memory.buffer, 0);
    cr_assert_eq(memory.texture, 0);
    vxmGlDestroyMemory(&gl, &memory);
    vxmDestroyMemory(raw);
    vxmDestroyDevice(device);
}

Test(memory, memory_object_only)
{
    const VxmGlImportInfo info = {.memoryOnly = VK_TRUE};
    const VkImageCreateInfo unknown = gl_image_info(VK_FORMAT_R8G8B8A8_UNORM, 64, 64);
    VxmDevice device = gl_device(0);
    VxmShared buffer = gl_share_buffer(device, SIZE);
    VxmShared image = gl_share_image(device, &unknown);
    const VxmGl gl = gl_load();
    VxmGlMemory memory;

    REQUIRE(vxmGlImportShared(&gl, &buffer, &info, &memory));
    cr_assert_eq(memory.buffer, 0);
    vxmGlDestroyMemory(&gl, &memory);
    REQUIRE(vxmGlImportShared(&gl, &image, &info, &memory));
    cr_assert_eq(memory.texture, 0);
    cr_assert_eq(memory.target, 0);
    vxmGlDestroyMemory(&gl, &memory);
    cr_assert_eq(gl_model_calls("GenTextures") + gl_model_calls("GenBuffers"), 0);
    vxmCloseShared(&image);
    vxmCloseShared(&buffer);
    vxmDestroyDevice(device);
}

/* The model notes a breach if the parameter isn't what the allocation is. */
Test(memory, dedicated_or_not)
{
    const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = SIZE,
                                       .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    VxmDevice device = gl_device(0);
    const VxmGl gl = gl_load();

    for (int dedicated = 0; dedicated < 2; dedicated++) {
        const VxmMemoryCreateInfo info = {.handleTypes = NATIVE_MEMORY,
                                          .dedicated =
                                              dedicated ? VXM_DEDICATED_ON : VXM_DEDICATED_OFF};
        struct gl_model_memory object;
        VxmGlMemory memory;
        VxmMemory made;

        REQUIRE(vxmCreateBuffer(device, &buffer, &info, &made));
        REQUIRE(vxmGlImportMemory(&gl, made, NULL, &memory));
        cr_assert(gl_model_memory(memory.memory, &object));
        cr_assert_eq(object.dedicated, dedicated == 1);
        vxmGlDestroyMemory(&gl, &memory);
        vxmDestroyMemory(made);
    }
    vxmDestroyDevice(device);
}

Test(memory, offset_is_the_resources)
{
    const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = SIZE,
                                       .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    const VxmMemoryCreateInfo info = {.handleTypes = NATIVE_MEMORY, .dedicated = VXM_DEDICATED_OFF};
    VxmDevice device = gl_device(0);
    const VxmGl gl = gl_load();
    struct gl_model_buffer storage;
    VxmGlMemory memory;
    VxmMemory source;
    VxmShared shared;

    REQUIRE(vxmCreateBuffer(device, &buffer, &info, &source));
    REQUIRE(vxmExportMemory(source, NATIVE_MEMORY, &shared));
    shared.memories[0].offset = 1024;
    shared.buffer.size = 512;
    REQUIRE(vxmGlImportShared(&gl, &shared, NULL, &memory));
    cr_assert(gl_model_buffer(memory.buffer, &storage));
    cr_assert_eq(storage.offset, 1024);
    cr_assert_eq(storage.size, 512);
    vxmGlDestroyMemory(&gl, &memory);
    vxmCloseShared(&shared);
    vxmDestroyMemory(source);
    vxmDestroyDevice(device);
}

Test(memory, bindings_are_kept)
{
    const VkImageCreateInfo info = gl_image_info(VK_FORMAT_R8G8B8A8_UNORM, 64, 64);
    VxmDevice device = gl_device(0);
    VxmShared buffer = gl_share_buffer(device, SIZE);
    VxmShared image = gl_share_image(device, &info);
    const VxmGl gl = gl_load();
    VxmGlMemory memory;

    gl_model_bind(GL_COPY_WRITE_BUFFER, 7);
    gl_model_bind(GL_TEXTURE_2D, 8);
    REQUIRE(vxmGlImportShared(&gl, &buffer, NULL, &memory));
    vxmGlDestroyMemory(&gl, &memory);
    REQUIRE(vxmGlImportShared(&gl, &image, NULL, &memory));
    vxmGlDestroyMemory(&gl, &memory);
    cr_assert_eq(gl_model_bound(GL_COPY_WRITE_BUFFER), 7);
    cr_assert_eq(gl_model_bound(GL_TEXTURE_2D), 8);
    vxmCloseShared(&image);
    vxmCloseShared(&buffer);
    vxmDestroyDevice(device);
}

/* An error from before is not taken for one of the import's. */
Test(memory, errors_of_the_applications_are_not_ours)
{
    VxmDevice device = gl_device(0);
    VxmShared shared = gl_share_buffer(device, SIZE);
    const VxmGl gl = gl_load();
    VxmGlMemory memory;

    gl_model_raise(GL_INVALID_VALUE);
    REQUIRE(vxmGlImportShared(&gl, &shared, NULL, &memory));
    vxmGlDestroyMemory(&gl, &memory);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

/* ---- refused before OpenGL is asked for anything ---- */

Test(memory, another_gpu)
{
    VxmDevice device = gl_device(1);
    VxmMemory buffer = gl_make_buffer(device, SIZE);
    const VxmGl gl = gl_load();
    VxmGlMemory memory;

    FILL(memory);
    EXPECT_REFUSED(vxmGlImportMemory(&gl, buffer, NULL, &memory), VK_ERROR_INCOMPATIBLE_DRIVER,
                   VXM_ERROR_REASON_MISMATCH, "but the OpenGL context (the model of OpenGL) is");
    EXPECT_UNTOUCHED(memory);
    vxmDestroyMemory(buffer);
    vxmDestroyDevice(device);
}

Test(memory, facts_that_cant_be)
{
    VxmDevice device = gl_device(0);
    VxmShared shared = gl_share_buffer(device, SIZE);
    const VxmGl gl = gl_load();
    VxmGlMemory memory;
    VxmShared wrong;

    FILL(memory);
#define REFUSED(change, result, reason, words)                                                     \
    do {                                                                                           \
        wrong = shared;                                                                            \
        change;                                                                                    \
        EXPECT_REFUSED(vxmGlImportShared(&gl, &wrong, NULL, &memory), result, reason, words);      \
    } while (0)
    REFUSED(wrong.memories[0].allocationSize = 0, VK_ERROR_VALIDATION_FAILED_EXT,
            VXM_ERROR_REASON_ARGUMENT, "allocationSize is 0");
    REFUSED(wrong.buffer.size = 0, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
            "0 bytes");
    REFUSED(wrong.buffer.size = UINT64_MAX, VK_ERROR_VALIDATION_FAILED_EXT,
            VXM_ERROR_REASON_ARGUMENT, "can't be in");
    REFUSED(wrong.memories[0].offset = UINT64_MAX, VK_ERROR_VALIDATION_FAILED_EXT,
            VXM_ERROR_REASON_ARGUMENT, "at offset 18446744073709551615");
    REFUSED(wrong.memories[0].handle.type = 0, VK_ERROR_INVALID_EXTERNAL_HANDLE,
            VXM_ERROR_REASON_ARGUMENT, "the handle is empty");
    REFUSED(wrong.memories[0].handle.kind = VXM_HANDLE_KIND_SEMAPHORE,
            VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "of another kind");
    REFUSED(wrong.memoryCount = 2, VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
            "2 memories");
    REFUSED(wrong.handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "no import of DMA_BUF");
    REFUSED(memset(wrong.deviceUUID, 0, VK_UUID_SIZE); wrong.deviceLUIDValid = VK_FALSE,
                                                       VK_ERROR_VALIDATION_FAILED_EXT,
                                                       VXM_ERROR_REASON_ARGUMENT, "unknown");
#undef REFUSED
    EXPECT_ERROR(vxmGlImportShared(&gl, NULL, NULL, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "shared must not be NULL");
    EXPECT_ERROR(vxmGlImportShared(&gl, &shared, NULL, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "memory must not be NULL");
    EXPECT_ERROR(vxmGlImportMemory(&gl, NULL, NULL, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "memory");
    EXPECT_UNTOUCHED(memory);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

/* The extension of the other system is no help. */
Test(memory, extension_of_the_handle_type_is_missing)
{
    VxmDevice device = gl_device(0);
    VxmShared shared = gl_share_buffer(device, SIZE);
    VxmGl gl = gl_load();
    VxmGlMemory memory;

    gl.memoryFd = shared.handleType != VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT;
    gl.memoryWin32 = !gl.memoryFd;
    EXPECT_REFUSED(vxmGlImportShared(&gl, &shared, NULL, &memory), VK_ERROR_EXTENSION_NOT_PRESENT,
                   VXM_ERROR_REASON_UNSUPPORTED, "no GL_EXT_memory_object_" NATIVE_SUFFIX);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

/* ---- refused by OpenGL ---- */

Test(memory, no_context_makes_nothing)
{
    VxmDevice device = gl_device(0);
    VxmShared shared = gl_share_buffer(device, SIZE);
    const VxmGl gl = gl_load();
    VxmGlMemory memory;

    FILL(memory);
    gl_model_config()->noContext = true;
    EXPECT_ERROR(vxmGlImportShared(&gl, &shared, NULL, &memory), VK_ERROR_INITIALIZATION_FAILED,
                 VXM_ERROR_REASON_FOREIGN, "no context is current");
    EXPECT_UNTOUCHED(memory);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

Test(memory, a_handle_that_is_no_memory)
{
    VxmDevice device = gl_device(0);
    VxmSharedSemaphore semaphore = gl_share_semaphore(device, VK_SEMAPHORE_TYPE_BINARY);
    VxmShared shared = gl_share_buffer(device, SIZE);
    VxmHandle right = shared.memories[0].handle;
    const VxmGl gl = gl_load();
    VxmGlMemory memory;

    FILL(memory);
    shared.memories[0].handle = semaphore.handle;
    shared.memories[0].handle.kind = right.kind;
    shared.memories[0].handle.type = right.type;
    EXPECT_ERROR(vxmGlImportShared(&gl, &shared, NULL, &memory), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_FOREIGN, "gl" NATIVE_IMPORT " failed with GL_INVALID_VALUE");
    EXPECT_UNTOUCHED(memory);
    shared.memories[0].handle = right;
    vxmCloseShared(&shared);
    vxmCloseSharedSemaphore(&semaphore);
    vxmDestroyDevice(device);
}
