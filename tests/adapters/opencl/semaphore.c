/*
 * vxm/opencl.h: semaphores, and a failure at each call of OpenCL's.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "support/test.h"

#include <string.h>

#include "model_opencl.h"

TestSuite(opencl_semaphore, .init = mcl_begin, .fini = mcl_end);

Test(opencl_semaphore, a_binary_one_is_signalled_and_waited_for)
{
    struct mcl_fixture fixture;
    VxmOpenClSemaphore semaphore = {0};
    VxmSemaphore vulkan;

    mcl_open(&fixture);
    vulkan = mcl_semaphore(&fixture, VK_SEMAPHORE_TYPE_BINARY);
    require(vxmOpenClImportSemaphore(&fixture.cl, vulkan, 0, &fixture.import, &semaphore));
    vxmDestroySemaphore(vulkan); /* the import keeps the payload */
    mcl.signalled = true;
    require(vxmOpenClWaitSemaphore(&fixture.cl, &semaphore, fixture.queue));
    cr_expect_eq(mcl.flushes, 0);
    require(vxmOpenClSignalSemaphore(&fixture.cl, &semaphore, fixture.queue));
    cr_expect(mcl.signalled);
    cr_expect_eq(mcl.flushes, 1); /* or Vulkan would wait for what was never submitted */
    vxmOpenClDestroySemaphore(&fixture.cl, &semaphore);
    cr_expect_null(semaphore.semaphore);
    vxmOpenClDestroySemaphore(&fixture.cl, &semaphore);
    vxmOpenClDestroySemaphore(NULL, NULL);
    mcl_close(&fixture);
}

Test(opencl_semaphore, import_borrows)
{
    struct mcl_fixture fixture;
    VxmOpenClSemaphore semaphores[2] = {{0}, {0}};
    VxmSharedSemaphore shared;
    VxmSemaphore vulkan;

    mcl_open(&fixture);
    vulkan = mcl_semaphore(&fixture, VK_SEMAPHORE_TYPE_BINARY);
    require(vxmExportSemaphore(vulkan, MCL_SEMAPHORE_TYPE, &shared));
    for (int i = 0; i < 2; i++) {
        require(
            vxmOpenClImportSharedSemaphore(&fixture.cl, &shared, &fixture.import, &semaphores[i]));
        cr_expect((mcl.lastHandle == (uintptr_t)shared.handle.ptr) == !MCL_TAKES || MCL_TAKES);
        if (MCL_TAKES) {
            cr_expect_neq((int)mcl.lastHandle, shared.handle.fd);
        }
    }
    vxmOpenClDestroySemaphore(&fixture.cl, &semaphores[0]);
    vxmOpenClDestroySemaphore(&fixture.cl, &semaphores[1]);
    vxmCloseSharedSemaphore(&shared);
    vxmDestroySemaphore(vulkan);
    mcl_close(&fixture);
}

Test(opencl_semaphore, a_context_of_several_devices_needs_the_list)
{
    struct mcl_fixture fixture;
    VxmOpenClSemaphore semaphore = {0};
    VxmSemaphore vulkan;

    mcl_open(&fixture);
    vulkan = mcl_semaphore(&fixture, VK_SEMAPHORE_TYPE_BINARY);
    fixture.import.context = mcl_context(1, 2);
    require(vxmOpenClImportSemaphore(&fixture.cl, vulkan, 0, &fixture.import, &semaphore));
    cr_expect_eq(mcl.lastListed, 1);
    vxmOpenClDestroySemaphore(&fixture.cl, &semaphore);
    vxmDestroySemaphore(vulkan);
    mcl_close(&fixture);
}

Test(opencl_semaphore, what_cannot_be_is_refused_before_opencl)
{
    struct mcl_fixture fixture;
    VxmOpenClSemaphore semaphore = {0};
    VxmSharedSemaphore shared, good;
    VxmSemaphore vulkan, timeline;
    /* one that it was not made for */
    const uint32_t other = MCL_TAKES ? VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT
                                     : VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT;
    VxmOpenCl cl;

    mcl_open(&fixture);
    vulkan = mcl_semaphore(&fixture, VK_SEMAPHORE_TYPE_BINARY);
    timeline = mcl_semaphore(&fixture, VK_SEMAPHORE_TYPE_TIMELINE);
    expect_error(vxmOpenClImportSemaphore(&fixture.cl, timeline, 0, &fixture.import, &semaphore),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 "semaphores are binary");
    expect_error(vxmOpenClImportSemaphore(&fixture.cl, vulkan, other, &fixture.import, &semaphore),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "not as");
    require(vxmExportSemaphore(vulkan, MCL_SEMAPHORE_TYPE, &good));
#define REFUSED(result, reason, part)                                                              \
    expect_error(vxmOpenClImportSharedSemaphore(&cl, &shared, &fixture.import, &semaphore),        \
                 result, reason, part);                                                            \
    cr_expect_null(semaphore.semaphore);                                                           \
    shared = good, cl = fixture.cl
    shared = good, cl = fixture.cl;

    shared.handleType = shared.handle.type = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT;
    REFUSED(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "SYNC_FD");
    memset(&shared.handle, 0, sizeof(shared.handle));
    REFUSED(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "no handle of type");
    shared.handle.kind = VXM_HANDLE_KIND_MEMORY;
    REFUSED(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "no handle of type");
    shared.deviceUUID[0]++;
    REFUSED(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, "has another UUID");
    cl.clReleaseSemaphoreKHR = NULL;
    REFUSED(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "clFinish()");
    mcl.devices[1].extensions = "cl_khr_device_uuid cl_khr_external_memory";
    REFUSED(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
            "no cl_khr_external_semaphore_");
    cr_expect_eq(mcl.imports, 0);
    expect_error(vxmOpenClWaitSemaphore(&cl, &semaphore, fixture.queue),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "an empty one");
    expect_error(vxmOpenClSignalSemaphore(&cl, &semaphore, fixture.queue),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "an empty one");
    expect_error(vxmOpenClImportSharedSemaphore(NULL, &shared, &fixture.import, &semaphore),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "cl must not");
    expect_error(vxmOpenClImportSemaphore(&cl, NULL, 0, &fixture.import, &semaphore),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "semaphore must not");
    vxmCloseSharedSemaphore(&good);
    vxmDestroySemaphore(timeline);
    vxmDestroySemaphore(vulkan);
    mcl_close(&fixture);
}

/* A frame's life, up to the first failure. */
struct life {
    struct mcl_fixture fixture;
    VxmMemory buffer, image;
    VxmSemaphore vulkan;
    VxmShared part;
    VxmOpenClMemory inOpenCl, imageInOpenCl, partInOpenCl;
    VxmOpenClSemaphore semaphore;
};

static VkResult live(struct life *life, VxmOpenCl *cl)
{
    const VxmOpenClImportInfo *import = &life->fixture.import;
    const cl_command_queue queue = life->fixture.queue;
    cl_device_id device = NULL;
    VkResult result = vxmOpenClFindDevice(cl, life->fixture.info.identity, &device);

    if (result == VK_SUCCESS) {
        result = vxmOpenClCheckDevice(cl, life->fixture.info.identity, device);
    }
    if (result == VK_SUCCESS) {
        result = vxmOpenClImportMemory(cl, life->buffer, import, &life->inOpenCl);
    }
    if (result == VK_SUCCESS) {
        result = vxmOpenClImportMemory(cl, life->image, import, &life->imageInOpenCl);
    }
    if (result == VK_SUCCESS) {
        result = vxmOpenClImportShared(cl, &life->part, import, &life->partInOpenCl);
    }
    if (result == VK_SUCCESS) {
        result = vxmOpenClImportSemaphore(cl, life->vulkan, 0, import, &life->semaphore);
    }
    if (result == VK_SUCCESS) {
        result = vxmOpenClWaitSemaphore(cl, &life->semaphore, queue);
    }
    if (result == VK_SUCCESS) {
        result = vxmOpenClAcquireMemory(cl, &life->inOpenCl, queue);
    }
    if (result == VK_SUCCESS) {
        result = vxmOpenClReleaseMemory(cl, &life->inOpenCl, queue);
    }
    if (result == VK_SUCCESS) {
        result = vxmOpenClSignalSemaphore(cl, &life->semaphore, queue);
    }
    return result;
}

/* Each call of OpenCL's fails once, with errors that have a VkResult of their own and others: an
 * error comes back, and nothing stays behind, which mcl_end() looks at. */
Test(opencl_semaphore, every_call_may_fail)
{
    static const cl_int errors[] = {
        CL_OUT_OF_RESOURCES,
        CL_OUT_OF_HOST_MEMORY,
        CL_INVALID_PROPERTY,
        CL_INVALID_BUFFER_SIZE,
        999, /* CUDA's, which NVIDIA's driver passes on, and with junk */
    };
    const VkImageCreateInfo image = mcl_image_info();
    struct life life = {0};
    unsigned nth, failures = 0;

    mcl_open(&life.fixture);
    life.buffer = mcl_buffer(&life.fixture, 5000);
    life.image = mcl_image(&life.fixture, &image);
    life.vulkan = mcl_semaphore(&life.fixture, VK_SEMAPHORE_TYPE_BINARY);
    require(vxmExportMemory(life.buffer, MCL_MEMORY_TYPE, &life.part));
    life.part.dedicated = VK_FALSE;
    life.part.memories[0].offset = 256;
    life.part.buffer.size = 256;
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        mcl.junk = errors[i] > 0;
        for (nth = 1; nth < 200; nth++) {
            VxmOpenCl cl = {0};
            VkResult result;
            VxmError error;

            require(vxmOpenClLoad(mcl_get_proc, NULL, &cl));
            mcl.failNth = nth;
            mcl.failWith = errors[i];
            mcl.failed = false;
            mcl.signalled = true;
            result = live(&life, &cl);
            mcl.failNth = 0;
            vxmOpenClDestroySemaphore(&cl, &life.semaphore);
            vxmOpenClDestroyMemory(&cl, &life.inOpenCl);
            vxmOpenClDestroyMemory(&cl, &life.imageInOpenCl);
            vxmOpenClDestroyMemory(&cl, &life.partInOpenCl);
            if (!mcl.failed) {
                cr_expect_eq(result, VK_SUCCESS);
                break;
            }
            if (result == VK_SUCCESS) {
                continue; /* a question whose failure is an answer, such as a device's name */
            }
            failures++;
            vxmGetLastError(&error);
            cr_expect_eq(error.result, result);
            cr_expect(error.reason != VXM_ERROR_REASON_FOREIGN || error.code == errors[i]);
        }
        cr_expect_lt(nth, 200u);
    }
    cr_expect_gt(failures, 5 * 20u);
    vxmCloseShared(&life.part);
    vxmDestroySemaphore(life.vulkan);
    vxmDestroyMemory(life.image);
    vxmDestroyMemory(life.buffer);
    mcl_close(&life.fixture);
}
