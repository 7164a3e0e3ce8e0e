/*
 * The table of OpenGL's functions, and whether the context is of Vulkan's GPU.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/fixture.h"

TestSuite(load, .init = gl_begin, .fini = gl_end);

static VkResult load(VxmGl *gl)
{
    return vxmGlLoad(gl_model_get_proc, gl_model_config(), gl);
}

static void drop_extension(const char *name)
{
    const char **const extensions = gl_model_config()->extensions;
    unsigned kept = 0;

    for (unsigned i = 0; extensions[i] != NULL; i++) {
        if (strcmp(extensions[i], name) != 0) {
            extensions[kept++] = extensions[i];
        }
    }
    extensions[kept] = NULL;
}

Test(load, says_what_the_context_offers)
{
    VxmGl gl = gl_load();

    cr_assert(gl.memoryFd && gl.memoryWin32 && gl.semaphoreFd && gl.semaphoreWin32 &&
              gl.timelineSemaphore);
    cr_assert_eq(gl.GetError(), GL_NO_ERROR);
}

Test(load, memory_alone_is_enough)
{
    VxmGl gl;

    drop_extension("GL_EXT_semaphore");
    gl = gl_load();
    cr_assert(gl.memoryFd && !gl.semaphoreFd && !gl.semaphoreWin32 && !gl.timelineSemaphore);

    gl_model_reset(NULL);
    drop_extension("GL_EXT_semaphore_fd");
    drop_extension("GL_EXT_semaphore_win32");
    drop_extension("GL_EXT_memory_object_win32");
    gl = gl_load();
    cr_assert(gl.memoryFd && !gl.memoryWin32 && !gl.semaphoreFd && !gl.timelineSemaphore);

    gl_model_reset(NULL);
    drop_extension("GL_EXT_memory_object_fd");
    gl = gl_load();
    cr_assert(!gl.memoryFd && gl.memoryWin32);
}

Test(load, without_the_extension_it_is_refused)
{
    VxmGl gl;

    FILL(gl);
    drop_extension("GL_EXT_memory_object");
    EXPECT_ERROR(load(&gl), VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 "the model of OpenGL can't share memory");
    gl_model_reset(NULL);
    drop_extension("GL_EXT_memory_object_fd");
    drop_extension("GL_EXT_memory_object_win32");
    EXPECT_ERROR(load(&gl), VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 "GL_EXT_memory_object_fd and");
    EXPECT_UNTOUCHED(gl);
}

/* Each function that isn't optional is missed by its name. */
Test(load, a_missing_function_is_named)
{
    static const char *const names[] = {
        "glGetError",
        "glGetString",
        "glGetStringi",
        "glGetIntegerv",
        "glFlush",
        "glGenBuffers",
        "glDeleteBuffers",
        "glBindBuffer",
        "glGenTextures",
        "glDeleteTextures",
        "glBindTexture",
        "glTexParameteri",
        "glGetUnsignedBytevEXT",
        "glGetUnsignedBytei_vEXT",
        "glCreateMemoryObjectsEXT",
        "glDeleteMemoryObjectsEXT",
        "glMemoryObjectParameterivEXT",
        "glBufferStorageMemEXT",
        "glTexStorageMem2DEXT",
        "glTexStorageMem2DMultisampleEXT",
        "glTexStorageMem3DEXT",
        "glTexStorageMem3DMultisampleEXT",
        "glImportMemoryFdEXT",
        "glImportMemoryWin32HandleEXT",
        "glImportMemoryWin32NameEXT",
        "glGenSemaphoresEXT",
        "glDeleteSemaphoresEXT",
        "glSemaphoreParameterui64vEXT",
        "glWaitSemaphoreEXT",
        "glSignalSemaphoreEXT",
        "glImportSemaphoreFdEXT",
        "glImportSemaphoreWin32HandleEXT",
        "glImportSemaphoreWin32NameEXT",
        "glCreateSemaphoresNV",
        "glSemaphoreParameterivNV",
    };
    VxmGl gl;

    FILL(gl);
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        gl_model_config()->missing = names[i];
        EXPECT_ERROR(load(&gl), VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED,
                     names[i]);
    }
    EXPECT_UNTOUCHED(gl);
}

Test(load, optional_functions_may_be_missing)
{
    VxmGl gl;

    gl_model_config()->missing = "glTexStorageMem1DEXT";
    gl = gl_load();
    cr_assert(gl.TexStorageMem1DEXT == NULL);
    gl_model_config()->missing = "glGetInternalformativ";
    gl = gl_load();
    cr_assert(gl.GetInternalformativ == NULL);
}

/* EGL may answer any name with an address: what isn't in the list of extensions isn't there. */
Test(load, an_address_is_no_extension)
{
    VxmGl gl;

    gl_model_config()->answersAnything = true;
    gl_model_config()->missing = "glCreateSemaphoresNV";
    drop_extension("GL_NV_timeline_semaphore");
    gl = gl_load();
    cr_assert(!gl.timelineSemaphore);
    cr_assert(gl.CreateSemaphoresNV == NULL);
}

Test(load, needs_a_context)
{
    VxmGl gl;

    FILL(gl);
    gl_model_config()->noContext = true;
    EXPECT_ERROR(load(&gl), VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_FOREIGN, "context");
    EXPECT_ERROR(vxmGlLoad(NULL, NULL, &gl), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "getProc");
    EXPECT_ERROR(load(NULL), VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "gl must not be NULL");
    EXPECT_UNTOUCHED(gl);
}

/* ---- the same GPU and driver ---- */

TestSuite(same_device, .init = gl_begin, .fini = gl_end);

static VxmIdentity identity_of(uint32_t index)
{
    VxmDevice device = gl_device(index);
    VxmIdentity identity;
    VxmDeviceInfo info;

    REQUIRE(vxmGetDeviceInfo(device, &info));
    identity = *info.identity;
    vxmDestroyDevice(device);
    return identity;
}

Test(same_device, by_uuid)
{
    const VxmGl gl = gl_load();
    VxmIdentity identity = identity_of(0);
    const VxmIdentity other = identity_of(1);

    REQUIRE(vxmGlCheckDevice(&gl, &identity));
    EXPECT_ERROR(vxmGlCheckDevice(&gl, &other), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "of the device UUID");
    identity.driverUUID[3] ^= 1;
    EXPECT_ERROR(vxmGlCheckDevice(&gl, &identity), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "of the driver UUID");
}

Test(same_device, linked_gpus_have_several)
{
    const VxmGl gl = gl_load();
    const VxmIdentity second = identity_of(1);

    memcpy(gl_model_config()->deviceUUIDs[1], second.deviceUUID, VK_UUID_SIZE);
    gl_model_config()->deviceCount = 2;
    REQUIRE(vxmGlCheckDevice(&gl, &second));
}

/* Direct3D tells its LUID and no UUID. */
Test(same_device, by_luid)
{
    const VxmGl gl = gl_load();
    VxmIdentity identity = {.deviceLUIDValid = VK_TRUE};

    memset(identity.deviceLUID, 0x7e, VK_LUID_SIZE);
    memset(gl_model_config()->deviceLUID, 0x7e, VK_LUID_SIZE);
    REQUIRE(vxmGlCheckDevice(&gl, &identity));
    identity.deviceLUID[0] = 1;
    EXPECT_ERROR(vxmGlCheckDevice(&gl, &identity), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "of the device LUID 017e");
    identity.deviceLUIDValid = VK_FALSE;
    EXPECT_ERROR(vxmGlCheckDevice(&gl, &identity), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "unknown");
}

Test(same_device, needs_a_table_and_an_identity)
{
    const VxmIdentity identity = identity_of(0);
    const VxmGl gl = gl_load(), empty = {0};

    EXPECT_ERROR(vxmGlCheckDevice(&gl, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "identity");
    EXPECT_ERROR(vxmGlCheckDevice(NULL, &identity), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "gl is NULL");
    EXPECT_ERROR(vxmGlCheckDevice(&empty, &identity), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "not loaded");
    gl_model_config()->errorsWithoutEnd = true;
    EXPECT_ERROR(vxmGlCheckDevice(&gl, &identity), VK_ERROR_DEVICE_LOST, VXM_ERROR_REASON_FOREIGN,
                 "lost");
}
