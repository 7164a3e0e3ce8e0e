/*
 * vxm/cuda.h on Windows: names in place of handles, and Direct3D's types.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/cuda/model_cuda.h"
#include "win32/vulkan.h"

TestSuite(cuda_win32, .init = cuda_model_begin, .fini = cuda_model_end);

#define NT          VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define KMT         VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT
#define TEXTURE     VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT
#define TEXTURE_KMT VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT
#define NT_SEMA     VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT

Test(cuda_win32, memory_by_name)
{
    static const VkExportMemoryWin32HandleInfoKHR named = {
        .sType = VK_STRUCTURE_TYPE_EXPORT_MEMORY_WIN32_HANDLE_INFO_KHR, .name = L"vxm-cuda"};
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemoryCreateInfo info = contract_memory_info(NT);
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    VxmCudaMemory imported = {0};
    VxmMemory memory;
    VxmShared shared;

    info.next = &named;
    require(vxmCreateBuffer(device, &buffer, &info, &memory));
    require(vxmExportMemory(memory, NT, &shared));
    vxmCloseShared(&shared);
    shared.memories[0].name = L"vxm-cuda";
    require(vxmCudaImportShared(&cuda, &shared, NULL, &imported));
    cr_expect(cuda_model.memory.handle.win32.handle == NULL);
    cr_expect(cuda_model.memory.handle.win32.name == shared.memories[0].name);
    vxmCudaDestroyMemory(&cuda, &imported);

    fill(imported);
    shared.memories[0].name = L"vxm-cuda-of-nobody";
    expect_error(vxmCudaImportShared(&cuda, &shared, NULL, &imported),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN, "answered");
    /* A KMT number has no name. */
    shared.handleType = KMT;
    shared.handleTypes = 0;
    expect_error(vxmCudaImportShared(&cuda, &shared, NULL, &imported),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "empty");
    expect_untouched(imported);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(cuda_win32, semaphore_by_name)
{
    static const VkExportSemaphoreWin32HandleInfoKHR named = {
        .sType = VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR,
        .name = L"vxm-cuda-semaphore"};
    VxmSemaphoreCreateInfo info = {
        .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE, .handleTypes = NT_SEMA, .next = &named};
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    VxmSharedSemaphore shared;
    VxmCudaSemaphore imported = {0};
    VxmSemaphore semaphore;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    require(vxmExportSemaphore(semaphore, NT_SEMA, &shared));
    vxmCloseSharedSemaphore(&shared);
    shared.name = L"vxm-cuda-semaphore";
    require(vxmCudaImportSharedSemaphore(&cuda, &shared, &imported));
    cr_expect(cuda_model.semaphore.handle.win32.handle == NULL);
    cr_expect(cuda_model.semaphore.handle.win32.name == shared.name);
    vxmCudaDestroySemaphore(&cuda, &imported);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

/* CUDA wants Direct3D's resources said to be dedicated, whatever the description knows. */
Test(cuda_win32, direct3d_textures_are_dedicated)
{
    static const uint32_t types[] = {TEXTURE, TEXTURE_KMT};
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();

    for (int i = 0; i < 2; i++) {
        VkImageCreateInfo image = contract_image_info(64, 48);
        VxmMemoryCreateInfo info = contract_memory_info(types[i]);
        VxmCudaMemory imported = {0};
        VxmMemory memory;
        VxmShared shared;

        require(vxmCreateImage(device, &image, &info, &memory));
        require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)types[i], &shared));
        shared.dedicated = VK_FALSE;
        require(vxmCudaImportShared(&cuda, &shared, NULL, &imported));
        cr_expect_eq((int)cuda_model.memory.type, 6 + i);
        cr_expect_eq(cuda_model.memory.flags, CUDA_EXTERNAL_MEMORY_DEDICATED);
        cr_expect_not_null(imported.mipmappedArray);
        vxmCudaDestroyMemory(&cuda, &imported);
        vxmCloseShared(&shared);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}
