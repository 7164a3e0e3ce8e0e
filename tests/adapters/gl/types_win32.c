/*
 * What Windows has beside an NT handle of opaque memory: names, KMT numbers, Direct3D's types.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/fixture.h"

#include <windows.h>

#include <vulkan/vulkan_win32.h>

TestSuite(types, .init = gl_begin, .fini = gl_end);

/* One import of a buffer that was made for that type alone, and what OpenGL was told of it. */
static void import_as(VkExternalMemoryHandleTypeFlagBits type, GLenum wanted)
{
    const VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                     .size = 4096,
                                     .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    const VxmMemoryCreateInfo create = {.handleTypes = type};
    VxmDevice device = gl_device(0);
    const VxmGl gl = gl_load();
    struct gl_model_memory facts;
    VxmGlMemory memory;
    VxmMemory buffer;

    REQUIRE(vxmCreateBuffer(device, &info, &create, &buffer));
    REQUIRE(vxmGlImportMemory(&gl, buffer, NULL, &memory));
    cr_assert(gl_model_memory(memory.memory, &facts));
    cr_assert_eq(facts.handleType, wanted);
    vxmGlDestroyMemory(&gl, &memory);
    vxmDestroyMemory(buffer);
    vxmDestroyDevice(device);
}

Test(types, each_has_its_own_name_in_opengl)
{
    import_as(VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT, GL_HANDLE_TYPE_OPAQUE_WIN32_EXT);
    import_as(VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT,
              GL_HANDLE_TYPE_OPAQUE_WIN32_KMT_EXT);
    import_as(VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT, GL_HANDLE_TYPE_D3D12_TILEPOOL_EXT);
    import_as(VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT, GL_HANDLE_TYPE_D3D12_RESOURCE_EXT);
}

/* A name stands in the place of the handle. */
Test(types, by_name)
{
    static const wchar_t name[] = L"vxm-adapter-gl";
    const VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                     .size = 4096,
                                     .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    const VkExportMemoryWin32HandleInfoKHR named = {
        .sType = VK_STRUCTURE_TYPE_EXPORT_MEMORY_WIN32_HANDLE_INFO_KHR,
        .dwAccess = GENERIC_ALL,
        .name = name,
    };
    const VxmMemoryCreateInfo create = {.handleTypes = NATIVE_MEMORY, .next = &named};
    VxmDevice device = gl_device(0);
    const VxmGl gl = gl_load();
    VxmGlMemory memory;
    VxmMemory buffer;
    VxmShared shared;

    REQUIRE(vxmCreateBuffer(device, &info, &create, &buffer));
    REQUIRE(vxmExportMemory(buffer, NATIVE_MEMORY, &shared));
    vxmCloseHandle(&shared.memories[0].handle);
    shared.memories[0].name = name;
    REQUIRE(vxmGlImportShared(&gl, &shared, NULL, &memory));
    cr_assert_eq(gl_model_calls("ImportMemoryWin32NameEXT"), 1);
    vxmGlDestroyMemory(&gl, &memory);
    shared.memories[0].name = L"vxm-adapter-gl-nobody";
    EXPECT_ERROR(vxmGlImportShared(&gl, &shared, NULL, &memory), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_FOREIGN, "glImportMemoryWin32NameEXT failed");
    vxmDestroyMemory(buffer);
    vxmDestroyDevice(device);
}

/* A fence of Direct3D 12's is a timeline, and no extension but the import's is needed. */
Test(types, fence)
{
    const VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                         .handleTypes =
                                             VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT};
    VxmDevice device = gl_device(0);
    VxmGl gl = gl_load();
    struct gl_model_semaphore facts;
    VxmSharedSemaphore shared;
    VxmGlSemaphore imported;
    VxmSemaphore semaphore;

    gl.timelineSemaphore = VK_FALSE;
    REQUIRE(vxmCreateSemaphore(device, &info, &semaphore));
    REQUIRE(vxmGlImportSemaphore(&gl, semaphore, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT,
                                 &imported));
    REQUIRE(vxmGlSignalSemaphore(&gl, &imported, 77, 0, NULL));
    cr_assert(gl_model_semaphore(imported.semaphore, &facts));
    cr_assert_eq(facts.handleType, GL_HANDLE_TYPE_D3D12_FENCE_EXT);
    cr_assert_eq(facts.value, 77);
    vxmGlDestroySemaphore(&gl, &imported);

    /* Whatever the description says. */
    REQUIRE(
        vxmExportSemaphore(semaphore, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT, &shared));
    shared.semaphoreType = VK_SEMAPHORE_TYPE_BINARY;
    REQUIRE(vxmGlImportSharedSemaphore(&gl, &shared, &imported));
    cr_assert_eq(imported.semaphoreType, VK_SEMAPHORE_TYPE_TIMELINE);
    REQUIRE(vxmGlSignalSemaphore(&gl, &imported, 78, 0, NULL));
    cr_assert(gl_model_semaphore(imported.semaphore, &facts));
    cr_assert_eq(facts.value, 78);
    vxmGlDestroySemaphore(&gl, &imported);
    vxmCloseSharedSemaphore(&shared);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}
