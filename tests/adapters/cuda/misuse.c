/*
 * vxm/cuda.h: descriptions that can't be, tables that aren't loaded, arguments left out: a
 * sentence, and CUDA is not called.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/cuda/model_cuda.h"

#ifdef _WIN32
#define OPAQUE_SEMAPHORE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT
#else
#define OPAQUE_SEMAPHORE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT
#endif

TestSuite(cuda_misuse, .init = cuda_model_begin, .fini = cuda_model_end);

#define EXPECT_IMPORT_REFUSED(change, words)                                                       \
    do {                                                                                           \
        VxmShared shared = source.shared;                                                          \
        contract_note("%s", #change);                                                              \
        change;                                                                                    \
        fill(memory);                                                                              \
        expect_error(vxmCudaImportShared(&cuda, &shared, &info, &memory),                          \
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, words);            \
        expect_untouched(memory);                                                                  \
        cr_expect_eq(cuda_model_calls("cuImportExternalMemory"), 0, "%s", #change);                \
        contract_note(NULL);                                                                       \
    } while (0)

Test(cuda_misuse, image_that_cant_be)
{
    VxmCudaImportInfo info = {.map = VXM_CUDA_MAP_ARRAY_BIT};
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    VxmCudaMemory memory;
    struct source source;

    source_open(device, type_for(VXM_RESOURCE_TYPE_IMAGE), VXM_RESOURCE_TYPE_IMAGE, &source);
    EXPECT_IMPORT_REFUSED(shared.image.extent.width = 0, "extent");
    EXPECT_IMPORT_REFUSED(shared.image.extent.height = 0, "extent");
    EXPECT_IMPORT_REFUSED(shared.image.extent.depth = 0, "extent");
    EXPECT_IMPORT_REFUSED(shared.image.extent.depth = 2, "extent");
    EXPECT_IMPORT_REFUSED(shared.image.mipLevels = 0, "mipLevels");
    EXPECT_IMPORT_REFUSED(shared.image.mipLevels = 33, "mipLevels");
    EXPECT_IMPORT_REFUSED(shared.image.arrayLayers = 0, "arrayLayers");
    EXPECT_IMPORT_REFUSED((shared.image.imageType = VK_IMAGE_TYPE_3D, shared.image.arrayLayers = 2),
                          "arrayLayers");
    EXPECT_IMPORT_REFUSED((shared.image.flags |= VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT,
                           shared.image.arrayLayers = 6, shared.image.extent.width += 1),
                          "CUBE_COMPATIBLE");
    EXPECT_IMPORT_REFUSED(shared.image.imageType = (VkImageType)3, "imageType");
    EXPECT_IMPORT_REFUSED(shared.image.imageType = VK_IMAGE_TYPE_MAX_ENUM, "imageType");
    EXPECT_IMPORT_REFUSED(shared.image.tiling = (VkImageTiling)7, "tiling");
    EXPECT_IMPORT_REFUSED(shared.image.samples = (VkSampleCountFlagBits)0, "samples");
    EXPECT_IMPORT_REFUSED(shared.dedicated = 2, "dedicated");

    /* Rows that a kernel would take at their word. */
    info.map = VXM_CUDA_MAP_POINTER_BIT;
    source.shared.image.tiling = VK_IMAGE_TILING_LINEAR;
    source.shared.image.planeCount = 1;
    EXPECT_IMPORT_REFUSED(shared.image.planes[0].rowPitch = UINT64_MAX, "rowPitch");
    EXPECT_IMPORT_REFUSED(shared.image.planes[0].rowPitch = 1, "rowPitch");
    EXPECT_IMPORT_REFUSED(shared.image.planes[0].rowPitch = shared.memories[0].allocationSize,
                          "rowPitch");
    EXPECT_IMPORT_REFUSED(shared.image.planes[0].offset = UINT64_MAX, "lies outside");
    EXPECT_IMPORT_REFUSED(shared.image.planes[0].memoryIndex = 1, "memoryIndex");
    EXPECT_IMPORT_REFUSED(shared.image.planeCount = UINT32_MAX, "planeCount");
    source_close(&source);
    vxmDestroyDevice(device);
}

Test(cuda_misuse, memory_that_cant_be)
{
    VxmCudaImportInfo info = {0};
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    VxmCudaMemory memory;
    struct source source;

    source_open(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &source);
    EXPECT_IMPORT_REFUSED(shared.resourceType = (VxmResourceType)3, "resourceType");
    EXPECT_IMPORT_REFUSED(shared.resourceType = VXM_RESOURCE_TYPE_MAX_ENUM, "resourceType");
    EXPECT_IMPORT_REFUSED(shared.buffer.size = 0, "size");
    EXPECT_IMPORT_REFUSED(shared.buffer.size = UINT64_MAX, "allocationSize");
    EXPECT_IMPORT_REFUSED((shared.dedicated = VK_FALSE, shared.buffer.size = UINT64_MAX - 1,
                           shared.memories[0].offset = 2),
                          "allocationSize");
    EXPECT_IMPORT_REFUSED(
        (shared.dedicated = VK_TRUE, shared.memories[0].offset = 1, shared.buffer.size = 1),
        "offset");
    EXPECT_IMPORT_REFUSED(shared.memories[0].name = L"name", "name");
    source_close(&source);
    vxmDestroyDevice(device);
}

Test(cuda_misuse, semaphore_that_cant_be)
{
    const VxmSemaphoreCreateInfo info = {.handleTypes = OPAQUE_SEMAPHORE};
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    VxmSharedSemaphore shared;
    VxmCudaSemaphore imported;
    VxmSemaphore semaphore;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    require(vxmExportSemaphore(semaphore, (VkExternalSemaphoreHandleTypeFlagBits)info.handleTypes,
                               &shared));
    fill(imported);
    shared.semaphoreType = (VkSemaphoreType)2;
    expect_error(vxmCudaImportSharedSemaphore(&cuda, &shared, &imported),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "semaphoreType");
    shared.semaphoreType = VK_SEMAPHORE_TYPE_BINARY;
    shared.name = L"name";
    expect_error(vxmCudaImportSharedSemaphore(&cuda, &shared, &imported),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "name");
    shared.name = NULL;
    expect_untouched(imported);
    cr_expect_eq(cuda_model_calls("cuImportExternalSemaphore"), 0);
    vxmCloseSharedSemaphore(&shared);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

/* Nothing can be ended without the functions; the struct still says what there is to end. */
Test(cuda_misuse, ends_with_a_table_that_is_empty)
{
    VxmDevice device = contract_device();
    VxmMemory source = source_make(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER);
    VxmCuda cuda = cuda_model_load();
    VxmCuda empty = {0};
    VxmCudaSemaphore none = {.semaphore = (CUexternalSemaphore)&empty};
    VxmCudaMemory memory = {0};

    require(vxmCudaImportMemory(&cuda, source, NULL, &memory));
    vxmCudaDestroyMemory(NULL, &memory);
    vxmCudaDestroyMemory(&empty, &memory);
    cr_expect_not_null(memory.externalMemory);
    vxmCudaDestroySemaphore(NULL, &none);
    vxmCudaDestroySemaphore(&empty, &none);
    cr_expect_not_null(none.semaphore);
    expect_error(vxmCudaWaitSemaphore(&empty, &none, 1, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "empty");
    expect_error(vxmCudaSignalSemaphore(&empty, &none, 1, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "empty");
    vxmCudaDestroyMemory(&cuda, &memory);
    vxmDestroyMemory(source);
    vxmDestroyDevice(device);
}

/* The argument that is missing is named as the called function names it, before the export. */
Test(cuda_misuse, what_is_left_out_is_named)
{
    const VxmSemaphoreCreateInfo info = {.handleTypes = OPAQUE_SEMAPHORE};
    VxmDevice device = contract_device();
    VxmMemory source = source_make(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER);
    VxmCuda cuda = cuda_model_load();
    VxmCuda empty = {0};
    VxmCudaSemaphore imported;
    VxmSemaphore semaphore;
    VxmCudaMemory memory;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    expect_error(vxmCudaImportMemory(&cuda, source, NULL, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "vxmCudaImportMemory: out");
    expect_error(vxmCudaImportMemory(NULL, source, NULL, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "vxmCudaImportMemory: cuda is NULL");
    expect_error(vxmCudaImportMemory(&empty, source, NULL, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "vxmCudaImportMemory: cuda is empty");
    expect_error(vxmCudaImportSemaphore(&cuda, semaphore, 0, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "vxmCudaImportSemaphore: out");
    expect_error(vxmCudaImportSemaphore(NULL, semaphore, 0, &imported),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "vxmCudaImportSemaphore: cuda is NULL");
    vxmDestroySemaphore(semaphore);
    vxmDestroyMemory(source);
    vxmDestroyDevice(device);
}
