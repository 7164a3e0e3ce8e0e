/*
 * Every call of the kernel's and of Vulkan's fails once: the sentence is there, and nothing is left
 * behind.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/dmabuf/fixture.h"

#include "support/resources.h"

TestSuite(faults, .init = dmabuf_begin, .fini = dmabuf_end);

/* What the sweep's calls work on. */
static struct {
    VxmDevice device;
    VxmShared shared;
    VxmHandle buffer, signalled;
    VxmSemaphore before, after;
    VxmHandle handle;
    VxmDmaBufMapping mapping;
    VxmDmaBufSync sync;
} world;

static VkResult export_sync_file(void)
{
    return vxmDmaBufExportSyncFile(&world.buffer, WRITE, &world.handle);
}

static VkResult import_sync_file(void)
{
    return vxmDmaBufImportSyncFile(&world.buffer, READ, &world.signalled);
}

static VkResult wait_sync_file(void)
{
    return vxmDmaBufWaitSyncFile(&world.signalled, 0);
}

static VkResult wait_buffer(void)
{
    return vxmDmaBufWait(&world.buffer, WRITE, 0);
}

static VkResult map(void)
{
    return vxmDmaBufMap(&world.buffer, READ, &world.mapping);
}

static VkResult allocate(void)
{
    return vxmDmaBufAllocate(NULL, 4096, &world.handle);
}

static VkResult begin_and_end(void)
{
    VkResult result = vxmDmaBufBeginCpuAccess(&world.buffer, WRITE, 0);

    if (result == VK_SUCCESS) {
        result = vxmDmaBufEndCpuAccess(&world.buffer, WRITE);
        if (result != VK_SUCCESS) {
            VxmError error;

            vxmGetLastError(&error); /* that one END failed is to be told, not the next one's */
            (void)vxmDmaBufEndCpuAccess(&world.buffer, WRITE);
            (void)vxmSetLastError(error.result, error.reason, error.code, "%s", error.message);
        }
    }
    return result;
}

static VkResult acquire(void)
{
    return vxmDmaBufAcquire(&world.shared, READ, 0, world.before);
}

static VkResult release(void)
{
    return vxmDmaBufRelease(&world.shared, WRITE, 0, world.after);
}

/* kept: handles of Vulkan's own that a failure may add. */
static void sweep(const char *name, VkResult (*call)(void), unsigned atLeast, size_t kept)
{
    static const struct {
        int error;
        VkResult result;
    } errors[] = {{EMFILE, VK_ERROR_TOO_MANY_OBJECTS},
                  {ENOMEM, VK_ERROR_OUT_OF_HOST_MEMORY},
                  {EBADF, VK_ERROR_INVALID_EXTERNAL_HANDLE}};
    const size_t before = support_handle_count();
    unsigned failures = 0;

    for (unsigned nth = 1; nth < 100; nth++) {
        const int error = errors[nth % 3].error;
        VkResult result;
        VxmError last;

        FILL(world.handle);
        FILL(world.mapping);
        dmabuf_forget_error();
        kernel_fail(nth, error);
        result = call();
        const char *const failed = kernel_failed();
        kernel_fail(0, 0);
        if (failed == NULL) {
            REQUIRE(result);
            break;
        }
        failures++;
        vxmGetLastError(&last);
        cr_expect_eq(last.reason, VXM_ERROR_REASON_SYSTEM, "%s, %s: %s", name, failed,
                     last.message);
        cr_expect_eq(last.code, error, "%s, %s: %s", name, failed, last.message);
        cr_expect_eq(last.result, result);
        /* What opens a device file says that the device can't be had. */
        if (strcmp(failed, "open") != 0 || error == EMFILE) {
            cr_expect_eq(result, errors[nth % 3].result, "%s, %s: %s", name, failed, last.message);
        }
        EXPECT_UNTOUCHED(world.handle);
        EXPECT_UNTOUCHED(world.mapping);
        cr_expect_eq(support_handle_count(), before + kept,
                     "%s: %s failed, and %zu handles became %zu", name, failed, before,
                     support_handle_count());
    }
    cr_expect_geq(failures, atLeast, "%s: only %u failures", name, failures);
    if (!dmabuf_untouched(&world.handle, sizeof(world.handle))) {
        vxmCloseHandle(&world.handle);
    }
    if (!dmabuf_untouched(&world.mapping, sizeof(world.mapping))) {
        vxmDmaBufUnmap(&world.mapping);
    }
}

Test(faults, each_call_of_the_kernels)
{
    world.device = dmabuf_device();
    world.shared = dmabuf_shared(3);
    world.buffer = dmabuf_handle(4096);
    world.signalled = dmabuf_sync_fd(true);
    world.before = dmabuf_semaphore(world.device);
    world.after = dmabuf_semaphore(world.device);

    sweep("vxmDmaBufExportSyncFile", export_sync_file, 1, 0);
    sweep("vxmDmaBufImportSyncFile", import_sync_file, 1, 0);
    sweep("vxmDmaBufWaitSyncFile", wait_sync_file, 2, 0);
    sweep("vxmDmaBufWait", wait_buffer, 1, 0);
    sweep("vxmDmaBufMap", map, 2, 0);
    sweep("vxmDmaBufAllocate", allocate, 2, 0);
    sweep("vxmDmaBufBeginCpuAccess", begin_and_end, 3, 0);
    sweep("vxmDmaBufAcquire", acquire, 5, 0);
    dmabuf_submit(world.device, world.before, NULL);
    /* After each failure the signal is in the semaphore again, as a sync fd. */
    dmabuf_submit(world.device, NULL, world.after);
    sweep("vxmDmaBufRelease", release, 3, 1);

    vxmDestroySemaphore(world.after);
    vxmDestroySemaphore(world.before);
    vxmCloseHandle(&world.signalled);
    vxmCloseHandle(&world.buffer);
    vxmCloseShared(&world.shared);
    vxmDestroyDevice(world.device);
}

/* An acquire that Vulkan refuses gives its sync fd back. */
Test(faults, vulkan_refuses)
{
    VxmDevice device = dmabuf_device();
    VxmSemaphore semaphore = dmabuf_semaphore(device);
    VxmShared shared = dmabuf_shared(2);
    const size_t before = support_handle_count();

    (void)kernel_begin_work(shared.memories[0].handle.fd, WRITE);
    model_fail("vkImportSemaphoreFdKHR", 1, VK_ERROR_OUT_OF_HOST_MEMORY, false);
    EXPECT_ERROR(vxmDmaBufAcquire(&shared, READ, 0, semaphore), VK_ERROR_OUT_OF_HOST_MEMORY,
                 VXM_ERROR_REASON_DRIVER, "SYNC_FD");
    cr_expect_eq(support_handle_count(), before);
    dmabuf_submit(device, NULL, semaphore);
    model_fail("vkGetSemaphoreFdKHR", 1, VK_ERROR_TOO_MANY_OBJECTS, false);
    EXPECT_ERROR(vxmDmaBufRelease(&shared, READ, 0, semaphore), VK_ERROR_TOO_MANY_OBJECTS,
                 VXM_ERROR_REASON_DRIVER, "SYNC_FD");
    cr_expect_eq(kernel_calls("IMPORT"), 0);
    cr_expect_eq(support_handle_count(), before);
    cr_expect(model_semaphore_signalled(vxmGetVkSemaphore(semaphore)));
    vxmDestroySemaphore(semaphore);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}
