/*
 * vxm/opencl.h: buffers and raw memory.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "support/test.h"

#include <string.h>

#include "model_opencl.h"

TestSuite(opencl_memory, .init = mcl_begin, .fini = mcl_end);

#define SIZE 5000u

static bool is_empty(const VxmOpenClMemory *memory)
{
    return memory->mem == NULL && memory->allocation == NULL && memory->size == 0;
}

/* Whether a handle is still open, and OpenCL was given this very one or one of its own. */
static void expect_borrowed(const VxmHandle *handle)
{
    VxmHandle duplicate;

    require(vxmDuplicateHandle(handle, &duplicate));
    vxmCloseHandle(&duplicate);
    if (MCL_TAKES) {
        cr_expect_neq((int)mcl.lastHandle, handle->fd);
    } else {
        cr_expect_eq(mcl.lastHandle, (uintptr_t)handle->ptr);
    }
}

Test(opencl_memory, a_buffer_is_imported_whole)
{
    struct mcl_fixture fixture;
    VxmOpenClMemory memory = {0};
    VxmMemoryInfo info;
    VxmMemory buffer;

    mcl_open(&fixture);
    buffer = mcl_buffer(&fixture, SIZE);
    require(vxmGetMemoryInfo(buffer, &info));
    require(vxmOpenClImportMemory(&fixture.cl, buffer, &fixture.import, &memory));
    cr_expect_not_null(memory.mem);
    cr_expect_null(memory.allocation);
    cr_expect_eq(mcl.lastSize, info.memories[0].allocationSize);
    cr_expect_eq(memory.size, info.memories[0].allocationSize);
    cr_expect_eq(mcl.lastFlags, CL_MEM_READ_WRITE);
    cr_expect_eq(mcl.lastListed, 0);
    vxmDestroyMemory(buffer); /* the import keeps it */
    require(vxmOpenClAcquireMemory(&fixture.cl, &memory, fixture.queue));
    cr_expect_eq(mcl.acquired, 1);
    require(vxmOpenClReleaseMemory(&fixture.cl, &memory, fixture.queue));
    cr_expect_eq(mcl.acquired, 0);
    vxmOpenClDestroyMemory(&fixture.cl, &memory);
    cr_expect(is_empty(&memory));
    vxmOpenClDestroyMemory(&fixture.cl, &memory);
    vxmOpenClDestroyMemory(&fixture.cl, NULL);
    mcl_close(&fixture);
}

Test(opencl_memory, import_borrows)
{
    struct mcl_fixture fixture;
    VxmOpenClMemory memories[2] = {{0}, {0}};
    VxmMemory buffer;
    VxmShared shared;

    mcl_open(&fixture);
    buffer = mcl_buffer(&fixture, SIZE);
    require(vxmExportMemory(buffer, MCL_MEMORY_TYPE, &shared));
    for (int i = 0; i < 2; i++) {
        fixture.import.flags = CL_MEM_READ_ONLY;
        require(vxmOpenClImportShared(&fixture.cl, &shared, &fixture.import, &memories[i]));
        cr_expect_eq(mcl.lastFlags, CL_MEM_READ_ONLY);
        expect_borrowed(&shared.memories[0].handle);
    }
    vxmOpenClDestroyMemory(&fixture.cl, &memories[0]);
    expect_borrowed(&shared.memories[0].handle);
    vxmCloseShared(&shared);
    vxmOpenClDestroyMemory(&fixture.cl, &memories[1]);
    vxmDestroyMemory(buffer);
    mcl_close(&fixture);
}

Test(opencl_memory, raw_memory_is_a_buffer)
{
    const VxmMemoryCreateInfo info = {.handleTypes = MCL_MEMORY_TYPE};
    struct mcl_fixture fixture;
    VxmOpenClMemory memory = {0};
    VxmMemory raw;

    mcl_open(&fixture);
    require(vxmCreateMemory(fixture.device, 8192, &info, &raw));
    require(vxmOpenClImportMemory(&fixture.cl, raw, &fixture.import, &memory));
    cr_expect_eq(memory.size, 8192);
    vxmOpenClDestroyMemory(&fixture.cl, &memory);
    vxmDestroyMemory(raw);
    mcl_close(&fixture);
}

Test(opencl_memory, a_context_of_several_devices_needs_the_list)
{
    struct mcl_fixture fixture;
    VxmOpenClMemory memory = {0};
    VxmMemory buffer;

    mcl_open(&fixture);
    buffer = mcl_buffer(&fixture, SIZE);
    fixture.import.context = mcl_context(1, 2);
    require(vxmOpenClImportMemory(&fixture.cl, buffer, &fixture.import, &memory));
    cr_expect_eq(mcl.lastListed, 1);
    vxmOpenClDestroyMemory(&fixture.cl, &memory);
    vxmDestroyMemory(buffer);
    mcl_close(&fixture);
}

Test(opencl_memory, a_buffer_in_the_middle_is_a_sub_buffer)
{
    struct mcl_fixture fixture;
    VxmOpenClMemory memory = {0};
    VxmMemory buffer;
    VxmShared shared;
    uint64_t whole;

    mcl_open(&fixture);
    buffer = mcl_buffer(&fixture, SIZE);
    require(vxmExportMemory(buffer, MCL_MEMORY_TYPE, &shared));
    whole = shared.memories[0].allocationSize;
    shared.dedicated = VK_FALSE;
    shared.memories[0].offset = 1024;
    shared.buffer.size = 2000;
    require(vxmOpenClImportShared(&fixture.cl, &shared, &fixture.import, &memory));
    cr_expect_not_null(memory.allocation);
    cr_expect_eq(memory.size, 2000);
    require(vxmOpenClAcquireMemory(&fixture.cl, &memory, fixture.queue));
    require(vxmOpenClReleaseMemory(&fixture.cl, &memory, fixture.queue));
    vxmOpenClDestroyMemory(&fixture.cl, &memory);

    shared.memories[0].offset = 1000;
    expect_error(vxmOpenClImportShared(&fixture.cl, &shared, &fixture.import, &memory),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_FOREIGN,
                 "CL_MISALIGNED_SUB_BUFFER_OFFSET (-13). The VkBuffer's offset");
    shared.memories[0].offset = whole - 1999;
    expect_error(vxmOpenClImportShared(&fixture.cl, &shared, &fixture.import, &memory),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "size of the allocation");
    cr_expect(is_empty(&memory));
    vxmCloseShared(&shared);
    vxmDestroyMemory(buffer);
    mcl_close(&fixture);
}

/* One field of a good description or import is wrong: refused before OpenCL sees the handle. */
Test(opencl_memory, wrong_descriptions_are_refused_before_opencl)
{
    struct mcl_fixture fixture;
    VxmOpenClMemory memory = {0};
    VxmOpenClImportInfo import;
    VxmShared shared, good;
    VxmMemory buffer;
    VxmHandle none = {0};
    VxmOpenCl cl;

    mcl_open(&fixture);
    buffer = mcl_buffer(&fixture, SIZE);
    require(vxmExportMemory(buffer, MCL_MEMORY_TYPE, &good));
#define REFUSED(result, reason, part)                                                              \
    expect_error(vxmOpenClImportShared(&cl, &shared, &import, &memory), result, reason, part);     \
    cr_expect(is_empty(&memory));                                                                  \
    shared = good, import = fixture.import, cl = fixture.cl
    shared = good, import = fixture.import, cl = fixture.cl;

    shared.handleType = shared.memories[0].handle.type =
        VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;
    REFUSED(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "HOST_ALLOCATION");
    shared.memoryCount = 2;
    REFUSED(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "2 memories");
    shared.memories[0].handle = none;
    REFUSED(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "no handle of type");
    shared.memories[0].handle = none;
    shared.memories[0].name = L"name";
    REFUSED(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "but a name");
    shared.memories[0].handle.kind = VXM_HANDLE_KIND_SEMAPHORE;
    REFUSED(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "no handle of type");
    shared.deviceUUID[5]++;
    REFUSED(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, "has another UUID");
    shared.driverUUID[5]++;
    REFUSED(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, "by another driver");
    memset(shared.deviceUUID, 0, VK_UUID_SIZE);
    shared.deviceLUIDValid = VK_FALSE;
    REFUSED(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "names no device");
    shared.memories[0].allocationSize = 0;
    REFUSED(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "has 0 bytes");
    import.flags = CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR;
    REFUSED(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "CL_MEM_COPY_HOST_PTR");
    import.context = NULL;
    REFUSED(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "info->context");
    import.device = NULL;
    REFUSED(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "info->device");
    import.device = mcl_device(2);
    REFUSED(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "none of info->context");
    import.device = mcl_device(0);
    import.context = mcl_context(0, 1);
    REFUSED(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "another platform");
    cl.platform = NULL;
    REFUSED(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "no platform yet");
    mcl.devices[1].extensions = "cl_khr_device_uuid cl_khr_external_memory";
    REFUSED(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "has no cl_khr_external");
    cr_expect_eq(mcl.imports, 0);
    cr_expect_eq(mcl.lastHandle, 0);
    expect_error(vxmOpenClImportMemory(&fixture.cl, buffer, &fixture.import, &memory),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "imports none");
    vxmCloseShared(&good);
    vxmDestroyMemory(buffer);
    mcl_close(&fixture);
}

#ifndef _WIN32
/* A dma-buf may come from any device, and its size may be unknown. */
Test(opencl_memory, a_dma_buf_needs_no_device)
{
    struct mcl_fixture fixture;
    VxmOpenClMemory memory = {0};
    VxmMemory buffer;
    VxmShared shared;

    mcl_open(&fixture);
    buffer = mcl_buffer(&fixture, SIZE);
    require(vxmExportMemory(buffer, MCL_MEMORY_TYPE, &shared));
    shared.handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT;
    vxmCloseHandle(&shared.memories[0].handle);
    shared.memories[0].handle =
        (VxmHandle){.type = shared.handleType, .fd = model_make_dma_buf(SIZE)};
    shared.handleTypes = 0;
    memset(shared.deviceUUID, 0, VK_UUID_SIZE);
    shared.memories[0].allocationSize = 0;
    require(vxmOpenClImportShared(&fixture.cl, &shared, &fixture.import, &memory));
    cr_expect_eq(mcl.lastSize, SIZE);
    vxmOpenClDestroyMemory(&fixture.cl, &memory);
    vxmCloseShared(&shared);
    vxmDestroyMemory(buffer);
    mcl_close(&fixture);
}

/* OpenCL refuses the duplicate, closes it all the same, and its number is another's by then. */
Test(opencl_memory, a_stranger_with_the_same_number_stays_open)
{
    struct mcl_fixture fixture;
    VxmOpenClMemory memory = {0};
    VxmChannel pair[2];
    VxmHandle probe;
    VxmMemory buffer;
    VxmShared shared;

    mcl_open(&fixture);
    buffer = mcl_buffer(&fixture, SIZE);
    require(vxmExportMemory(buffer, MCL_MEMORY_TYPE, &shared));
    require(vxmCreateChannelPair(pair));
    require(vxmExportChannel(pair[0], &mcl.stranger));
    for (unsigned nth = 1; mcl.unrelated.type == 0 && nth < 100; nth++) {
        mcl.failNth = nth; /* of the calls before the import, then the import itself */
        (void)vxmOpenClImportShared(&fixture.cl, &shared, &fixture.import, &memory);
        vxmOpenClDestroyMemory(&fixture.cl, &memory);
    }
    mcl.failNth = 0;
    cr_assert_neq(mcl.unrelated.type, 0);
    cr_expect_eq(mcl.unrelated.fd, (int)mcl.lastHandle);
    require(vxmDuplicateHandle(&mcl.unrelated, &probe));
    vxmCloseHandle(&probe);
    vxmCloseHandle(&mcl.unrelated);
    vxmCloseHandle(&mcl.stranger);
    vxmCloseChannel(pair[0]);
    vxmCloseChannel(pair[1]);
    vxmCloseShared(&shared);
    vxmDestroyMemory(buffer);
    mcl_close(&fixture);
}
#endif

Test(opencl_memory, nulls_are_refused)
{
    struct mcl_fixture fixture;
    VxmOpenClMemory memory = {0};
    VxmMemory buffer;
    VxmShared shared = {0};

    mcl_open(&fixture);
    buffer = mcl_buffer(&fixture, SIZE);
#define NULL_IN(call, name)                                                                        \
    expect_error(call, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,                  \
                 name " must not be NULL")
    NULL_IN(vxmOpenClImportShared(NULL, &shared, &fixture.import, &memory), "cl");
    NULL_IN(vxmOpenClImportShared(&fixture.cl, NULL, &fixture.import, &memory), "shared");
    NULL_IN(vxmOpenClImportShared(&fixture.cl, &shared, NULL, &memory), "info");
    NULL_IN(vxmOpenClImportShared(&fixture.cl, &shared, &fixture.import, NULL), "memory");
    NULL_IN(vxmOpenClImportMemory(NULL, buffer, &fixture.import, &memory), "cl");
    NULL_IN(vxmOpenClImportMemory(&fixture.cl, NULL, &fixture.import, &memory), "memory");
    NULL_IN(vxmOpenClImportMemory(&fixture.cl, buffer, NULL, &memory), "info");
    NULL_IN(vxmOpenClImportMemory(&fixture.cl, buffer, &fixture.import, NULL), "out");
    NULL_IN(vxmOpenClAcquireMemory(&fixture.cl, &memory, fixture.queue),
            "memory (or an empty one)");
    NULL_IN(vxmOpenClReleaseMemory(&fixture.cl, &memory, NULL), "queue");
    vxmOpenClDestroyMemory(NULL, &memory);
    vxmDestroyMemory(buffer);
    mcl_close(&fixture);
}
