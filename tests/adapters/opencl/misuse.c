/*
 * vxm/opencl.h: descriptions that can't be, tables without platform or functions, an identity of
 * nobody: a sentence, and OpenCL makes nothing.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "support/test.h"

#include <string.h>

#include "model_opencl.h"

TestSuite(opencl_misuse, .init = mcl_begin, .fini = mcl_end);

#define EXPECT_REFUSED(change, words)                                                              \
    do {                                                                                           \
        VxmShared shared = good;                                                                   \
        change;                                                                                    \
        expect_error(vxmOpenClImportShared(&fixture.cl, &shared, &fixture.import, &memory),        \
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, words);            \
        cr_expect_eq(mcl.imports, 0, "%s", #change);                                               \
        cr_expect_null(memory.mem);                                                                \
    } while (0)

Test(opencl_misuse, image_that_cant_be)
{
    const VkImageCreateInfo info = mcl_image_info();
    struct mcl_fixture fixture;
    VxmOpenClMemory memory = {0};
    VxmMemory image;
    VxmShared good;

    mcl_open(&fixture);
    image = mcl_image(&fixture, &info);
    require(vxmExportMemory(image, MCL_MEMORY_TYPE, &good));
    EXPECT_REFUSED(shared.image.extent.width = 0, "extent");
    EXPECT_REFUSED(shared.image.extent.height = 0, "extent");
    EXPECT_REFUSED(shared.image.extent.depth = 0, "extent");
    EXPECT_REFUSED(shared.image.extent.depth = 2, "extent");
    EXPECT_REFUSED(shared.image.mipLevels = 0, "mipLevels");
    EXPECT_REFUSED(shared.image.arrayLayers = 0, "arrayLayers");
    EXPECT_REFUSED(shared.image.samples = (VkSampleCountFlagBits)0, "samples");
    EXPECT_REFUSED(shared.image.imageType = (VkImageType)3, "imageType");
    EXPECT_REFUSED(shared.image.imageType = (VkImageType)-1, "imageType");
    EXPECT_REFUSED((shared.image.imageType = VK_IMAGE_TYPE_3D, shared.image.arrayLayers = 2),
                   "arrayLayers");
    EXPECT_REFUSED(shared.resourceType = (VxmResourceType)3, "resourceType");
    EXPECT_REFUSED(shared.resourceType = VXM_RESOURCE_TYPE_MAX_ENUM, "resourceType");

    /* Rows that the device would take at their word. */
    mcl.devices[1].assumeLinear[0] = MCL_CL_TYPE;
    good.image.tiling = VK_IMAGE_TILING_LINEAR;
    EXPECT_REFUSED(shared.image.planeCount = 0, "rowPitch");
    good.image.planeCount = 1;
    EXPECT_REFUSED(shared.image.planes[0].rowPitch = 0, "rowPitch");
    EXPECT_REFUSED(shared.image.planes[0].rowPitch = UINT64_MAX, "rowPitch");
    EXPECT_REFUSED(shared.image.planes[0].rowPitch = shared.memories[0].allocationSize, "rowPitch");
    vxmCloseShared(&good);
    vxmDestroyMemory(image);
    mcl_close(&fixture);
}

Test(opencl_misuse, buffer_that_cant_be)
{
    struct mcl_fixture fixture;
    VxmOpenClMemory memory = {0};
    VxmMemory buffer;
    VxmShared good;

    mcl_open(&fixture);
    buffer = mcl_buffer(&fixture, 5000);
    require(vxmExportMemory(buffer, MCL_MEMORY_TYPE, &good));
    EXPECT_REFUSED(shared.buffer.size = 0, "size");
    EXPECT_REFUSED(shared.buffer.size = UINT64_MAX, "size");
    EXPECT_REFUSED(
        (shared.dedicated = VK_FALSE, shared.memories[0].offset = 8, shared.buffer.size = 0),
        "size");
    EXPECT_REFUSED((shared.dedicated = VK_FALSE, shared.memories[0].offset = UINT64_MAX), "offset");
    EXPECT_REFUSED(shared.dedicated = 5, "dedicated");
    EXPECT_REFUSED(shared.memories[0].name = L"name", "name");
    vxmCloseShared(&good);
    vxmDestroyMemory(buffer);
    mcl_close(&fixture);
}

/* Unknown sizes, which dma-bufs allow, and a sum that comes round again. */
Test(opencl_misuse, sum_beyond_64_bits)
{
    struct mcl_fixture fixture;
    VxmOpenClMemory memory = {0};
    VxmMemory buffer;
    VxmShared good;

    mcl_open(&fixture);
    buffer = mcl_buffer(&fixture, 5000);
    require(vxmExportMemory(buffer, MCL_MEMORY_TYPE, &good));
    mcl.devices[1].extensions = "cl_khr_device_uuid cl_khr_external_memory "
                                "cl_khr_external_memory_dma_buf";
    good.handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT;
    good.handleTypes = 0;
    good.dedicated = VK_FALSE;
    good.memories[0].handle.type = good.handleType;
    good.memories[0].allocationSize = 0;
    EXPECT_REFUSED((shared.memories[0].offset = UINT64_MAX - 9, shared.buffer.size = 20), "offset");
    EXPECT_REFUSED((shared.memories[0].offset = 1ull << 63, shared.buffer.size = 1ull << 63),
                   "offset");
    good.memories[0].handle.type = MCL_MEMORY_TYPE; /* that it can be closed */
    vxmCloseShared(&good);
    vxmDestroyMemory(buffer);
    mcl_close(&fixture);
}

/* A table that was loaded and knows no platform yet, one of a platform without semaphores, none. */
Test(opencl_misuse, functions_that_are_not_there)
{
    VxmOpenCl tables[2] = {{0}, {0}};
    struct mcl_fixture fixture;
    VxmOpenClSemaphore semaphore = {.semaphore = (cl_semaphore_khr)(void *)&tables};
    VxmOpenClMemory memory = {0};
    VxmMemory buffer;

    mcl_open(&fixture);
    buffer = mcl_buffer(&fixture, 5000);
    require(vxmOpenClImportMemory(&fixture.cl, buffer, &fixture.import, &memory));
    require(vxmOpenClLoad(mcl_get_proc, NULL, &tables[1]));
    for (int i = 0; i < 2; i++) {
        expect_error(vxmOpenClAcquireMemory(&tables[i], &memory, fixture.queue),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                     "vxmOpenClFindDevice()");
        expect_error(vxmOpenClReleaseMemory(&tables[i], &memory, fixture.queue),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                     "vxmOpenClFindDevice()");
        expect_error(vxmOpenClWaitSemaphore(&tables[i], &semaphore, fixture.queue),
                     VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "semaphores");
        expect_error(vxmOpenClSignalSemaphore(&tables[i], &semaphore, fixture.queue),
                     VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "semaphores");
        vxmOpenClDestroySemaphore(&tables[i], &semaphore);
        cr_expect_not_null(semaphore.semaphore);
    }
    vxmOpenClDestroyMemory(&tables[0], &memory);
    vxmOpenClDestroyMemory(NULL, &memory);
    cr_expect_not_null(memory.mem);
    vxmOpenClDestroyMemory(&fixture.cl, &memory);
    vxmDestroyMemory(buffer);
    mcl_close(&fixture);
}

/* What tells nothing of a GPU, and a name that goes on without end. */
Test(opencl_misuse, identity_of_nobody)
{
    struct mcl_fixture fixture;
    VxmIdentity identity;
    VxmError error;
    cl_device_id device = NULL;

    mcl_open(&fixture);
    memset(&identity, 0, sizeof(identity));
    expect_error(vxmOpenClFindDevice(&fixture.cl, &identity, &device),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "neither");
    expect_error(vxmOpenClCheckDevice(&fixture.cl, &identity, fixture.clDevice),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "neither");
    memset(&identity, 'x', sizeof(identity));
    expect_error(vxmOpenClFindDevice(&fixture.cl, &identity, &device), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "another UUID");
    expect_error(vxmOpenClCheckDevice(&fixture.cl, &identity, fixture.clDevice),
                 VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, "another UUID");
    vxmGetLastError(&error);
    cr_expect_lt(
        strspn(strchr(error.message, 'x') == NULL ? "" : strstr(error.message, "xxxx"), "x"),
        sizeof(identity.deviceName) + 1);
    cr_expect_null(device);
    mcl_close(&fixture);
}

Test(opencl_misuse, semaphore_that_cant_be)
{
    struct mcl_fixture fixture;
    VxmOpenClSemaphore imported = {0};
    VxmSharedSemaphore shared;
    VxmSemaphore semaphore;

    mcl_open(&fixture);
    semaphore = mcl_semaphore(&fixture, VK_SEMAPHORE_TYPE_BINARY);
    require(vxmExportSemaphore(semaphore, MCL_SEMAPHORE_TYPE, &shared));
    shared.semaphoreType = (VkSemaphoreType)2;
    expect_error(vxmOpenClImportSharedSemaphore(&fixture.cl, &shared, &fixture.import, &imported),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "semaphoreType");
    shared.semaphoreType = VK_SEMAPHORE_TYPE_BINARY;
    shared.name = L"name";
    expect_error(vxmOpenClImportSharedSemaphore(&fixture.cl, &shared, &fixture.import, &imported),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "name");
    shared.name = NULL;
    cr_expect_null(imported.semaphore);
    vxmCloseSharedSemaphore(&shared);
    vxmDestroySemaphore(semaphore);
    mcl_close(&fixture);
}
