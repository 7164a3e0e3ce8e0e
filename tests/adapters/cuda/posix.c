/*
 * vxm/cuda.h: what a descriptor can't be is said before CUDA sees it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/cuda/model_cuda.h"

#include <unistd.h>

TestSuite(cuda_posix, .init = cuda_model_begin, .fini = cuda_model_end);

Test(cuda_posix, what_is_no_payload_is_refused)
{
    const VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_BINARY,
                                         .handleTypes =
                                             VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT};
    VxmDevice device = contract_device();
    VxmCuda cuda = cuda_model_load();
    VxmSharedSemaphore semaphore;
    VxmSemaphore vulkan;
    VxmCudaMemory memory;
    VxmCudaSemaphore imported;
    struct source source;
    int ends[2];

    source_open(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &source);
    require(vxmCreateSemaphore(device, &info, &vulkan));
    require(
        vxmExportSemaphore(vulkan, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT, &semaphore));
    cr_assert_eq(pipe(ends), 0);

    VxmShared shared = source.shared;
    VxmSharedSemaphore spoiled = semaphore;
    shared.memories[0].handle.fd = ends[0];
    spoiled.handle.fd = ends[0];
    fill(memory);
    expect_error(vxmCudaImportShared(&cuda, &shared, NULL, &memory),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "a pipe");
    expect_untouched(memory);
    expect_error(vxmCudaImportSharedSemaphore(&cuda, &spoiled, &imported),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "a pipe");
    cr_expect_eq(cuda_model_calls("cuImportExternalMemory"), 0);
    cr_expect_eq(cuda_model_calls("cuImportExternalSemaphore"), 0);

    close(ends[0]);
    close(ends[1]);
    vxmCloseSharedSemaphore(&semaphore);
    vxmDestroySemaphore(vulkan);
    source_close(&source);
    vxmDestroyDevice(device);
}
