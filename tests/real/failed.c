/*
 * Imports that fail: the caller keeps its handle, open and the same, also on lavapipe, which closes
 * the descriptor itself when an import fails.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "real/fixture.h"

#define SIZE   ((VkDeviceSize)1 << 20)
#define ROUNDS 100

TestSuite(failed, .init = real_begin, .fini = real_end);

/* A description that is right in all but what the test makes wrong. */
static void describe(struct gpu *gpu, VxmShared *shared)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    VxmMemory memory = NULL;

    VXM(vxmCreateBuffer(gpu->device, &info, &how, &memory));
    real_describe(memory, shared);
    vxmDestroyMemory(memory);
}

/* The wrong descriptor, again and again, with every way to import. */
static void import_wrong_fd(int fd)
{
    struct stat before;
    struct stat after;
    struct gpu gpu;
    VxmShared shared;
    VxmMemory memory = NULL;

    cr_assert_eq(fstat(fd, &before), 0);
    gpu_open(&gpu);
    describe(&gpu, &shared);
    size_t open = support_handle_count();
    for (int i = 0; i < ROUNDS; i++) {
        const VxmImportInfo info = {.flags = i % 2 == 0 ? 0 : VXM_IMPORT_TAKE_HANDLES_BIT};
        shared.memories[0].handle =
            (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = REAL_TYPE, .fd = fd};
        VkResult result = vxmImportMemory(gpu.device, &shared, &info, &memory);
        cr_assert_lt(result, 0, "the driver took it for memory");
        /* Which error it is, is the driver's choice: NVIDIA's says OUT_OF_DEVICE_MEMORY. */
        FAILS(result, result, "");
        cr_assert_null(memory);
        cr_assert_eq(shared.memories[0].handle.fd, fd);
        cr_assert_eq(shared.memories[0].handle.type, REAL_TYPE);
        cr_assert_eq(fstat(fd, &after), 0, "the caller's descriptor was closed");
        cr_assert(before.st_ino == after.st_ino && before.st_dev == after.st_dev);
        cr_assert_eq(support_handle_count(), open, "round %d leaves a descriptor open", i);
    }
    gpu_close(&gpu);
}

Test(failed, dev_null)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    import_wrong_fd(fd);
    close(fd);
}

Test(failed, pipe)
{
    int ends[2];
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    import_wrong_fd(ends[0]);
    close(ends[0]);
    close(ends[1]);
}

Test(failed, directory)
{
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    import_wrong_fd(fd);
    close(fd);
}

/* Blocking, and lavapipe reads from what it is given: the library must not let it get there. */
Test(failed, eventfd_that_would_block)
{
    int fd = eventfd(0, EFD_CLOEXEC);
    import_wrong_fd(fd);
    close(fd);
}

/* The next two could be handles for all that the library can tell: only the driver refuses
 * them. */
Test(failed, device_file)
{
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    import_wrong_fd(fd);
    close(fd);
}

Test(failed, memory_of_another_kind)
{
    int fd = memfd_create("no Vulkan memory", MFD_CLOEXEC);
    cr_assert_eq(ftruncate(fd, 2 * (off_t)SIZE), 0);
    import_wrong_fd(fd);
    close(fd);
}

Test(failed, closed_and_negative)
{
    struct gpu gpu;
    VxmShared shared;
    VxmMemory memory = NULL;
    int numbers[] = {-1, -2, 999, 0};

    gpu_open(&gpu);
    describe(&gpu, &shared);
    /* After the driver has opened its own, or the number would be one of those. */
    numbers[3] = dup(STDERR_FILENO);
    close(numbers[3]);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        shared.memories[0].handle =
            (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = REAL_TYPE, .fd = numbers[i]};
        FAILS(vxmImportMemory(gpu.device, &shared, NULL, &memory), VK_ERROR_INVALID_EXTERNAL_HANDLE,
              "");
        FAILS(vxmCheckShared(gpu.device, &shared), VK_ERROR_INVALID_EXTERNAL_HANDLE, "");
        cr_assert_null(memory);
    }
    gpu_close(&gpu);
}

/* An app that imports by itself: the plan settles what the driver did with the duplicate. */
Test(failed, through_the_plan)
{
    int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    struct gpu gpu;
    VxmShared shared;

    gpu_open(&gpu);
    describe(&gpu, &shared);
    size_t open = support_handle_count();
    for (int i = 0; i < ROUNDS; i++) {
        VxmPlan plan;
        VxmPlanResult done = {.result = VK_SUCCESS};
        VkDeviceMemory none = VK_NULL_HANDLE;
        shared.memories[0].handle =
            (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = REAL_TYPE, .fd = fd};
        VXM(vxmPlanImport(gpu.device, &shared, NULL, &plan));
        VK(vkCreateBuffer(gpu.vk, &plan.bufferCreateInfo, NULL, &done.buffer));
        VXM(vxmSetPlanResource(&plan, done.buffer, VK_NULL_HANDLE));
        done.result = vkAllocateMemory(gpu.vk, &plan.memories[0].allocateInfo, NULL, &none);
        cr_assert_lt(done.result, 0);
        VXM(vxmFinishPlan(&plan, &done, NULL));
        vkDestroyBuffer(gpu.vk, done.buffer, NULL);
        cr_assert(support_is_open(fd), "the caller's descriptor was closed");
        cr_assert_eq(support_handle_count(), open, "round %d leaves a descriptor open", i);
    }
    close(fd);
    gpu_close(&gpu);
}

/* Each is found before the driver sees the handle, and named. */
Test(failed, wrong_descriptions)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    struct gpu gpu;
    VxmMemory memory = NULL;
    VxmMemory none = NULL;
    VxmShared right;
    VxmShared wrong;

    gpu_open(&gpu);
    VXM(vxmCreateBuffer(gpu.device, &info, &how, &memory));
    VXM(vxmExportMemory(memory, REAL_TYPE, &right));

    wrong = right;
    wrong.deviceUUID[3] ^= 0x80;
    FAILS(vxmImportMemory(gpu.device, &wrong, NULL, &none), VK_ERROR_INCOMPATIBLE_DRIVER,
          "deviceUUID");
    FAILS(vxmCheckShared(gpu.device, &wrong), VK_ERROR_INCOMPATIBLE_DRIVER, "deviceUUID");
    wrong = right;
    wrong.driverUUID[15] ^= 1;
    FAILS(vxmImportMemory(gpu.device, &wrong, NULL, &none), VK_ERROR_INCOMPATIBLE_DRIVER,
          "driverUUID");
    wrong = right;
    memset(wrong.deviceUUID, 0, sizeof(wrong.deviceUUID));
    FAILS(vxmImportMemory(gpu.device, &wrong, NULL, &none), VK_ERROR_VALIDATION_FAILED_EXT,
          "deviceUUID");
    wrong = right;
    wrong.memories[0].allocationSize = 0;
    FAILS(vxmImportMemory(gpu.device, &wrong, NULL, &none), VK_ERROR_VALIDATION_FAILED_EXT,
          "allocationSize");
    wrong = right;
    wrong.memories[0].memoryTypeBits = 0;
    FAILS(vxmImportMemory(gpu.device, &wrong, NULL, &none), VK_ERROR_VALIDATION_FAILED_EXT,
          "memoryTypeBits");
    wrong = right;
    wrong.memories[0].memoryTypeBits = 1u << 31;
    FAILS(vxmImportMemory(gpu.device, &wrong, NULL, &none), VK_ERROR_INCOMPATIBLE_DRIVER,
          "memoryTypeBits");
    wrong = right;
    wrong.memories[0].propertyFlags ^= VK_MEMORY_PROPERTY_LAZILY_ALLOCATED_BIT;
    FAILS(vxmImportMemory(gpu.device, &wrong, NULL, &none), VK_ERROR_INCOMPATIBLE_DRIVER,
          "propertyFlags");
    wrong = right;
    wrong.buffer.size = 2 * right.memories[0].allocationSize;
    cr_assert_lt(vxmImportMemory(gpu.device, &wrong, NULL, &none), 0);
    wrong = right;
    wrong.memoryCount = VXM_MAX_PLANES + 1;
    FAILS(vxmImportMemory(gpu.device, &wrong, NULL, &none), VK_ERROR_VALIDATION_FAILED_EXT,
          "memoryCount");
    cr_expect_null(none);

    /* The right one still is. */
    VXM(vxmImportMemory(gpu.device, &right, NULL, &none));
    vxmCloseShared(&right);
    vxmDestroyMemory(none);
    vxmDestroyMemory(memory);
    gpu_close(&gpu);
}

/* A type that this driver does not have at all, or not for this. */
Test(failed, types_that_the_driver_does_not_have)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VkExternalMemoryHandleTypeFlagBits types[] = {
        VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
        VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT,
        VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT,
    };
    struct gpu gpu;
    VxmMemory none = NULL;
    unsigned refused = 0;

    gpu_open(&gpu);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        const VxmQueryInfo question = {.handleType = types[i], .buffer = &info};
        const VxmMemoryCreateInfo how = {.handleTypes = types[i]};
        VxmQueryResult answer;
        VXM(vxmQuery(gpu.device, &question, &answer));
        if (!answer.exportable) {
            cr_assert_str_not_empty(answer.reason);
            cr_assert_lt(vxmCreateBuffer(gpu.device, &info, &how, &none), 0);
            cr_assert_null(none);
            refused++;
        }
    }
    /* No system has Windows' and Linux' types. */
    cr_expect_geq(refused, 1);
    gpu_close(&gpu);
}
