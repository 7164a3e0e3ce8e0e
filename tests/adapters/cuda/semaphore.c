/*
 * vxm/cuda.h: semaphores on a stream.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/cuda/model_cuda.h"

TestSuite(cuda_semaphore, .init = cuda_model_begin, .fini = cuda_model_end);

#define SEMAPHORE_BIT(bit) ((VkExternalSemaphoreHandleTypeFlagBits)(bit))

static VxmSemaphore make(VxmDevice device, VkSemaphoreType type, uint32_t handleType)
{
    VxmSemaphoreCreateInfo info = {.semaphoreType = type, .handleTypes = handleType};
    VxmSemaphore semaphore;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    return semaphore;
}

/* What CUDA has for it; 0: nothing. */
static int cuda_type(uint32_t handleType, VkSemaphoreType type)
{
    const bool timeline = type == VK_SEMAPHORE_TYPE_TIMELINE;

    switch (handleType) {
    case VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT:
        return timeline ? 9 : 1;
    case VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT:
        return timeline ? 10 : 2;
    case VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT:
        return timeline ? 0 : 3;
    case VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT:
        return timeline ? 4 : 0;
    default:
        return 0;
    }
}

static void share(VxmDevice device, const VxmCuda *cuda, const struct backend_semaphore_type *type,
                  VkSemaphoreType semaphoreType)
{
    VxmSemaphore semaphore = make(device, semaphoreType, type->type);
    VxmSharedSemaphore shared;
    VxmCudaSemaphore imported = {0};
    VxmHandle kept;
    size_t open;

    require(vxmExportSemaphore(semaphore, SEMAPHORE_BIT(type->type), &shared));
    open = backend_handle_count();
    if (cuda_type(type->type, semaphoreType) == 0) {
        unsigned before = cuda_model_calls("cuImportExternalSemaphore");

        fill(imported);
        expect_error(vxmCudaImportSharedSemaphore(cuda, &shared, &imported),
                     VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, type->name);
        expect_untouched(imported);
        cr_expect_eq(cuda_model_calls("cuImportExternalSemaphore"), before);
    } else {
        kept = shared.handle;
        require(vxmCudaImportSharedSemaphore(cuda, &shared, &imported));
        cr_expect_eq((int)cuda_model.semaphore.type, cuda_type(type->type, semaphoreType));
        cr_expect_eq(imported.semaphoreType, semaphoreType);
        cr_expect(kept.ptr == shared.handle.ptr);
        cr_expect(type->value || backend_is_open(&shared.handle), "the handle was taken");
        require(vxmCudaWaitSemaphore(cuda, &imported, 7, NULL));
        cr_expect_eq(cuda_model.waited, semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE ? 7 : 0);
        require(vxmCudaSignalSemaphore(cuda, &imported, 9, (CUstream)(uintptr_t)16));
        cr_expect_eq(cuda_model.signalled, semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE ? 9 : 0);
        cr_expect_eq(cuda_model.stream, (CUstream)(uintptr_t)16);
        if (semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE) {
            uint64_t value = 0;

            require(vxmGetSemaphoreValue(semaphore, &value));
            cr_expect_eq(value, 9);
        }
        vxmCudaDestroySemaphore(cuda, &imported);
        cr_expect_null(imported.semaphore);
        vxmCudaDestroySemaphore(cuda, &imported); /* empty: nothing */
    }
    cr_expect_eq(backend_handle_count(), open);
    vxmCloseSharedSemaphore(&shared);
    vxmDestroySemaphore(semaphore);
}

Test(cuda_semaphore, each_type_binary_and_timeline)
{
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();

    for (uint32_t i = 0; i < backend_semaphore_type_count; i++) {
        const struct backend_semaphore_type *type = &backend_semaphore_types[i];

        if (type->temporaryOnly) {
            continue; /* it takes a signal to export one: see below */
        }
        contract_note("%s", type->name);
        if (!type->noBinary) {
            share(device, &cuda, type, VK_SEMAPHORE_TYPE_BINARY);
        }
        if (type->timeline) {
            share(device, &cuda, type, VK_SEMAPHORE_TYPE_TIMELINE);
        }
    }
    contract_note(NULL);
    vxmCudaDestroySemaphore(&cuda, NULL);
    vxmDestroyDevice(device);
}

Test(cuda_semaphore, of_this_process)
{
    VxmDevice device = contract_device();
    VxmSemaphore semaphore =
        make(device, VK_SEMAPHORE_TYPE_TIMELINE, backend_semaphore_types[0].type);
    VxmCuda cuda = cuda_model_load();
    VxmCudaSemaphore imported = {0};
    size_t open = backend_handle_count();

    require(vxmCudaImportSemaphore(&cuda, semaphore, 0, &imported));
    vxmCudaDestroySemaphore(&cuda, &imported);
    require(vxmCudaImportSemaphore(&cuda, semaphore, backend_semaphore_types[0].type, &imported));
    vxmCudaDestroySemaphore(&cuda, &imported);
    /* On Windows the library keeps the one handle that a driver gives. */
    cr_expect_leq(backend_handle_count(), open + 1);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

Test(cuda_semaphore, every_failure_leaves_nothing)
{
    VxmDevice device = contract_device();
    VxmSemaphore semaphore =
        make(device, VK_SEMAPHORE_TYPE_TIMELINE, backend_semaphore_types[0].type);
    VxmCuda cuda = cuda_model_load();
    VxmSharedSemaphore shared;
    VxmCudaSemaphore imported = {0};
    VxmError error;
    size_t open;

    require(vxmExportSemaphore(semaphore, SEMAPHORE_BIT(backend_semaphore_types[0].type), &shared));
    open = backend_handle_count();
    fill(imported);
    for (unsigned nth = 1; nth <= 3; nth++) {
        cuda_model_fail(nth, CUDA_ERROR_INVALID_HANDLE);
        expect_error(vxmCudaImportSharedSemaphore(&cuda, &shared, &imported),
                     VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN, "answered");
        cr_expect(cuda_model_failed());
        cr_expect_eq(backend_handle_count(), open);
        cr_expect(backend_is_open(&shared.handle));
    }
    vxmGetLastError(&error);
    cr_expect_not_null(strstr(error.message, "cuImportExternalSemaphore"));
    expect_untouched(imported);
    cuda_model_fail(0, CUDA_SUCCESS);

    require(vxmCudaImportSharedSemaphore(&cuda, &shared, &imported));
    cuda_model_fail(1, CUDA_ERROR_NOT_SUPPORTED);
    expect_error(vxmCudaWaitSemaphore(&cuda, &imported, 1, NULL), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_FOREIGN, "cuWaitExternalSemaphoresAsync");
    cuda_model_fail(1, CUDA_ERROR_NOT_SUPPORTED);
    expect_error(vxmCudaSignalSemaphore(&cuda, &imported, 1, NULL), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_FOREIGN, "cuSignalExternalSemaphoresAsync");
    vxmCudaDestroySemaphore(&cuda, &imported);
    vxmCloseSharedSemaphore(&shared);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

Test(cuda_semaphore, failure_of_a_driver_that_closes)
{
    VxmDevice device = contract_device();
    VxmSemaphore semaphore =
        make(device, VK_SEMAPHORE_TYPE_TIMELINE, backend_semaphore_types[0].type);
    VxmCuda cuda = cuda_model_load();
    VxmSharedSemaphore shared;
    VxmCudaSemaphore imported;

    require(vxmExportSemaphore(semaphore, SEMAPHORE_BIT(backend_semaphore_types[0].type), &shared));
    cuda_model.closesOnFailure = true;
    cuda_model_fail(3, CUDA_ERROR_UNKNOWN);
    fill(imported);
    expect_error(vxmCudaImportSharedSemaphore(&cuda, &shared, &imported), VK_ERROR_UNKNOWN,
                 VXM_ERROR_REASON_FOREIGN, "(999");
    expect_untouched(imported);
    cr_expect(backend_is_open(&shared.handle), "the caller's handle was closed");
    if (backend_semaphore_types[0].consumed) {
        cr_assert_neq(cuda_model.unrelated.type, 0, "the model did not close it");
        cr_expect(backend_is_open(&cuda_model.unrelated), "an unrelated handle was closed");
        backend_close(&cuda_model.unrelated);
    }
    vxmCloseSharedSemaphore(&shared);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

Test(cuda_semaphore, refused_in_words)
{
    VxmDevice device = contract_device();
    VxmSemaphore semaphore =
        make(device, VK_SEMAPHORE_TYPE_TIMELINE, backend_semaphore_types[0].type);
    VxmCuda cuda = cuda_model_load();
    VxmCudaSemaphore empty = {0};
    VxmSharedSemaphore shared;
    VxmSharedSemaphore spoilt;
    VxmCudaSemaphore imported = {0};

    require(vxmExportSemaphore(semaphore, SEMAPHORE_BIT(backend_semaphore_types[0].type), &shared));
    fill(imported);
    spoilt = shared;
    memcpy(spoilt.deviceUUID, model_config()->devices[1].deviceUUID, VK_UUID_SIZE);
    expect_error(vxmCudaImportSharedSemaphore(&cuda, &spoilt, &imported),
                 VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, "GPU");
    spoilt = shared;
    spoilt.handle.type = 0;
    expect_error(vxmCudaImportSharedSemaphore(&cuda, &spoilt, &imported),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "empty");
    spoilt = shared;
    spoilt.handle.kind = VXM_HANDLE_KIND_MEMORY;
    expect_error(vxmCudaImportSharedSemaphore(&cuda, &spoilt, &imported),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "another kind");
    spoilt = shared;
    spoilt.handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT;
    spoilt.semaphoreType = VK_SEMAPHORE_TYPE_BINARY;
    expect_error(vxmCudaImportSharedSemaphore(&cuda, &spoilt, &imported),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "SYNC_FD");
    expect_error(vxmCudaImportSharedSemaphore(NULL, &shared, &imported),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "cuda");
    expect_error(vxmCudaImportSharedSemaphore(&cuda, NULL, &imported),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "shared");
    expect_error(vxmCudaImportSharedSemaphore(&cuda, &shared, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "semaphore");
    expect_error(vxmCudaImportSemaphore(&cuda, NULL, 0, &imported), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "vxmExportSemaphore");
    expect_error(vxmCudaWaitSemaphore(&cuda, &empty, 1, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "empty");
    expect_error(vxmCudaSignalSemaphore(&cuda, NULL, 1, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "NULL");
    expect_error(vxmCudaSignalSemaphore(NULL, &empty, 1, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "cuda");
    cr_expect_eq(cuda_model_calls("cuImportExternalSemaphore"), 0);
    expect_untouched(imported);
    vxmCloseSharedSemaphore(&shared);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}
