/*
 * vxm/opencl.h: what a descriptor can't be is said before OpenCL sees it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/opencl/model_opencl.h"

#include <unistd.h>

#include "support/test.h"

TestSuite(opencl_posix, .init = mcl_begin, .fini = mcl_end);

Test(opencl_posix, what_is_no_payload_is_refused)
{
    struct mcl_fixture fixture;
    VxmOpenClMemory memory = {0};
    VxmOpenClSemaphore imported = {0};
    VxmSharedSemaphore semaphore;
    VxmSemaphore vulkan;
    VxmShared shared;
    VxmMemory buffer;
    int ends[2];

    mcl_open(&fixture);
    buffer = mcl_buffer(&fixture, 5000);
    vulkan = mcl_semaphore(&fixture, VK_SEMAPHORE_TYPE_BINARY);
    require(vxmExportMemory(buffer, MCL_MEMORY_TYPE, &shared));
    require(vxmExportSemaphore(vulkan, MCL_SEMAPHORE_TYPE, &semaphore));
    cr_assert_eq(pipe(ends), 0);

    VxmShared wrong = shared;
    VxmSharedSemaphore wrongSemaphore = semaphore;
    const unsigned before = mcl.imports;
    wrong.memories[0].handle.fd = ends[0];
    wrongSemaphore.handle.fd = ends[0];
    expect_error(vxmOpenClImportShared(&fixture.cl, &wrong, &fixture.import, &memory),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "a pipe");
    expect_error(
        vxmOpenClImportSharedSemaphore(&fixture.cl, &wrongSemaphore, &fixture.import, &imported),
        VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "a pipe");
    cr_expect_eq(mcl.imports, before);

    close(ends[0]);
    close(ends[1]);
    vxmCloseSharedSemaphore(&semaphore);
    vxmCloseShared(&shared);
    vxmDestroySemaphore(vulkan);
    vxmDestroyMemory(buffer);
    mcl_close(&fixture);
}
