/*
 * Self-test of the rules on memory and on the resources that are bound to it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "selftest.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPAQUE  VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define DMA_BUF VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define HOST    VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT

static void round_trip(void)
{
    VkDeviceMemory memory, imported;
    void *here, *there;
    int fd = -1;

    begin(NULL);
    memory = make_exported(OPAQUE | DMA_BUF, OPAQUE, &fd);
    CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
    CHECK(lseek(fd, 0, SEEK_END) == 4096);
    CHECK(import_fd(context.device, OPAQUE, fd, 4096, 2, NULL, &imported) == VK_SUCCESS);
    CHECK(model_memory_fd(imported) == fd);
    CHECK(DEVICE_CALL(MapMemory)(context.device, memory, 0, VK_WHOLE_SIZE, 0, &here) == VK_SUCCESS);
    CHECK(DEVICE_CALL(MapMemory)(context.device, imported, 16, 64, 0, &there) == VK_SUCCESS);
    memcpy((char *)here + 16, "hello", 6);
    CHECK(strcmp(there, "hello") == 0);
    CHECK(model_chain_contains("vkAllocateMemory", VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR));
    CHECK(!model_chain_contains("vkAllocateMemory",
                                VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO));
    /* The payload outlives its exporter. */
    DEVICE_CALL(UnmapMemory)(context.device, memory);
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
    CHECK(strcmp(there, "hello") == 0);
    CHECK(model_live_objects(MODEL_MEMORY) == 1 && model_live_objects(MODEL_PAYLOAD_NATIVE) == 1);
    DEVICE_CALL(FreeMemory)(context.device, imported, NULL);
    CHECK(close(fd) == -1);
    end();
}

/* The metadata goes with the fd into another process. */
static void other_process(void)
{
    VkDeviceMemory memory;
    int fd = -1, status = -1;
    pid_t child;
    char *data;

    begin(NULL);
    memory = make_exported(OPAQUE, OPAQUE, &fd);
    data = model_memory_data(memory);
    memcpy(data, "parent", 7);
    child = fork();
    if (child == 0) {
        VkDeviceMemory imported;
        void *there = NULL;
        bool fine;

        begin(NULL);
        fine = import_fd(context.device, OPAQUE, fd, 8192, 2, NULL, &imported) ==
                   VK_ERROR_INVALID_EXTERNAL_HANDLE &&
               model_breach_contains("01742");
        model_take_breaches();
        fine = fine &&
               import_fd(context.device, OPAQUE, fd, 4096, 2, NULL, &imported) == VK_SUCCESS &&
               DEVICE_CALL(MapMemory)(context.device, imported, 0, VK_WHOLE_SIZE, 0, &there) ==
                   VK_SUCCESS &&
               strcmp(there, "parent") == 0;
        if (there)
            memcpy(there, "child!", 7);
        model_reset(NULL);
        _exit(fine ? 0 : 1);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    CHECK(strcmp(data, "child!") == 0);
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
    close(fd);
    end();
}

static void opaque_rules(void)
{
    VkMemoryFdPropertiesKHR properties = {VK_STRUCTURE_TYPE_MEMORY_FD_PROPERTIES_KHR, NULL, 0};
    VkMemoryDedicatedAllocateInfo dedicated = {VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO,
                                               NULL, VK_NULL_HANDLE, VK_NULL_HANDLE};
    VkDeviceMemory memory, imported;
    int fd = -1;

    begin(NULL);
    memory = make_exported(OPAQUE, OPAQUE, &fd);
    CHECK(import_fd(context.device, OPAQUE, fd, 8192, 2, NULL, &imported) ==
          VK_ERROR_INVALID_EXTERNAL_HANDLE);
    EXPECT_BREACH("01742");
    CHECK(fcntl(fd, F_GETFD) >= 0);
    CHECK(import_fd(context.device, OPAQUE, fd, 4096, 3, NULL, &imported) < 0);
    EXPECT_BREACH("01742");
    CHECK(import_fd(context.other, OPAQUE, fd, 4096, 2, NULL, &imported) < 0);
    EXPECT_BREACH("01746");
    CHECK(DEVICE_CALL(GetMemoryFdPropertiesKHR)(context.device, OPAQUE, fd, &properties) < 0);
    EXPECT_BREACH("00674");
    CHECK(import_fd(context.device, DMA_BUF, fd, 4096, 2, NULL, &imported) < 0);
    EXPECT_BREACH("00668");
    dedicated.buffer = make_buffer(context.device, 4096, OPAQUE);
    CHECK(import_fd(context.device, OPAQUE, fd, 4096, 2, &dedicated, &imported) < 0);
    EXPECT_BREACH("01878");
    CHECK(import_fd(context.device, OPAQUE, fd, 0, 2, NULL, &imported) < 0);
    EXPECT_BREACH("00638");
    CHECK(import_fd(context.device, OPAQUE, model_memory_fd(memory), 4096, 2, NULL, &imported) < 0);
    EXPECT_BREACH("00668");
    DEVICE_CALL(DestroyBuffer)(context.device, dedicated.buffer, NULL);
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
    close(fd);
    end();
}

static void dedicated_on_both_sides(void)
{
    VkExportMemoryAllocateInfo export = {VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO, NULL,
                                         OPAQUE};
    VkMemoryDedicatedAllocateInfo dedicated = {VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO,
                                               &export, VK_NULL_HANDLE, VK_NULL_HANDLE};
    VkMemoryGetFdInfoKHR get = {VK_STRUCTURE_TYPE_MEMORY_GET_FD_INFO_KHR, NULL, VK_NULL_HANDLE,
                                OPAQUE};
    VkBuffer buffer, twin, stranger;
    VkDeviceMemory imported;
    int fd = -1;

    begin(NULL);
    buffer = make_buffer(context.device, 4096, OPAQUE);
    twin = make_buffer(context.device, 4096, OPAQUE);
    stranger = make_buffer(context.device, 4095, OPAQUE);
    dedicated.buffer = buffer;
    CHECK(allocate(context.device, 8192, 2, &dedicated, &get.memory) < 0);
    EXPECT_BREACH("02965");
    CHECK(allocate(context.device, 4096, 2, &dedicated, &get.memory) == VK_SUCCESS);
    CHECK(DEVICE_CALL(GetMemoryFdKHR)(context.device, &get, &fd) == VK_SUCCESS);
    CHECK(import_fd(context.device, OPAQUE, fd, 4096, 2, NULL, &imported) < 0);
    EXPECT_BREACH("01878");
    dedicated.pNext = NULL;
    dedicated.buffer = stranger;
    CHECK(import_fd(context.device, OPAQUE, fd, 4096, 2, &dedicated, &imported) < 0);
    EXPECT_BREACH("01878");
    dedicated.buffer = twin;
    CHECK(import_fd(context.device, OPAQUE, fd, 4096, 2, &dedicated, &imported) == VK_SUCCESS);
    CHECK(DEVICE_CALL(BindBufferMemory)(context.device, stranger, imported, 0) < 0);
    EXPECT_BREACH("01508");
    CHECK(DEVICE_CALL(BindBufferMemory)(context.device, twin, imported, 0) == VK_SUCCESS);
    CHECK(DEVICE_CALL(BindBufferMemory)(context.device, twin, imported, 0) < 0);
    EXPECT_BREACH("01029");
    DEVICE_CALL(FreeMemory)(context.device, imported, NULL);
    DEVICE_CALL(FreeMemory)(context.device, get.memory, NULL);
    DEVICE_CALL(DestroyBuffer)(context.device, buffer, NULL);
    DEVICE_CALL(DestroyBuffer)(context.device, twin, NULL);
    DEVICE_CALL(DestroyBuffer)(context.device, stranger, NULL);
    end();
}

static void dma_buf_rules(void)
{
    VkMemoryFdPropertiesKHR properties = {VK_STRUCTURE_TYPE_MEMORY_FD_PROPERTIES_KHR, NULL, 0};
    VkDeviceMemory imported;
    int fd, plain;

    begin(NULL);
    fd = model_make_dma_buf(10000);
    CHECK(DEVICE_CALL(GetMemoryFdPropertiesKHR)(context.device, DMA_BUF, fd, &properties) ==
          VK_SUCCESS);
    CHECK(properties.memoryTypeBits == 0xc);
    CHECK(import_fd(context.device, DMA_BUF, fd, 10000, 1, NULL, &imported) < 0);
    EXPECT_BREACH("00648");
    CHECK(import_fd(context.device, DMA_BUF, fd, 10001, 2, NULL, &imported) < 0);
    EXPECT_BREACH("allocationSize");
    plain = memfd_create("plain", MFD_CLOEXEC);
    CHECK(import_fd(context.device, DMA_BUF, plain, 10, 2, NULL, &imported) ==
          VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(DEVICE_CALL(GetMemoryFdPropertiesKHR)(context.device, DMA_BUF, plain, &properties) ==
          VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(import_fd(context.device, OPAQUE, fd, 10000, 2, NULL, &imported) ==
          VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(import_fd(context.device, DMA_BUF, -1, 10, 2, NULL, &imported) ==
          VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(model_breach_count() == 0);
    close(plain);
    CHECK(import_fd(context.device, DMA_BUF, fd, 8192, 2, NULL, &imported) == VK_SUCCESS);
    DEVICE_CALL(FreeMemory)(context.device, imported, NULL);
    end();
}

static void host_rules(void)
{
    VkMemoryHostPointerPropertiesEXT properties = {
        VK_STRUCTURE_TYPE_MEMORY_HOST_POINTER_PROPERTIES_EXT, NULL, 0};
    VkImportMemoryHostPointerInfoEXT info = {VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT,
                                             NULL, HOST, NULL};
    VkMemoryDedicatedAllocateInfo dedicated = {VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO,
                                               NULL, VK_NULL_HANDLE, VK_NULL_HANDLE};
    VkImportMemoryFdInfoKHR fd = {VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR, NULL, DMA_BUF, -1};
    VkDeviceMemory memory;
    char *range;

    begin(NULL);
    range = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    info.pHostPointer = range;
    CHECK(allocate(context.device, 8192, 3, &info, &memory) < 0);
    EXPECT_BREACH("01744");
    CHECK(DEVICE_CALL(GetMemoryHostPointerPropertiesEXT)(context.device, HOST, range + 1,
                                                         &properties) < 0);
    EXPECT_BREACH("01753");
    CHECK(DEVICE_CALL(GetMemoryHostPointerPropertiesEXT)(context.device, HOST, range,
                                                         &properties) == VK_SUCCESS);
    CHECK(properties.memoryTypeBits == 0x8);
    CHECK(allocate(context.device, 8192, 2, &info, &memory) < 0);
    EXPECT_BREACH("01744");
    CHECK(allocate(context.device, 8191, 3, &info, &memory) < 0);
    EXPECT_BREACH("01745");
    info.pHostPointer = range + 64;
    CHECK(allocate(context.device, 4096, 3, &info, &memory) < 0);
    EXPECT_BREACH("01749");
    info.pHostPointer = range;
    dedicated.buffer = make_buffer(context.device, 8192, HOST);
    info.pNext = &dedicated;
    CHECK(allocate(context.device, 8192, 3, &info, &memory) < 0);
    EXPECT_BREACH("02806");
    DEVICE_CALL(DestroyBuffer)(context.device, dedicated.buffer, NULL);
    info.pNext = &fd;
    CHECK(allocate(context.device, 8192, 3, &info, &memory) < 0);
    EXPECT_BREACH("06657");
    info.pNext = NULL;
    CHECK(allocate(context.device, 8192, 3, &info, &memory) == VK_SUCCESS);
    CHECK(model_memory_data(memory) == range);
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
    CHECK(allocate(context.device, 8192, 3, &info, &memory) == VK_SUCCESS);
    munmap(range, 8192);
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
    EXPECT_BREACH("ownership");
    end();
}

static void export_rules(void)
{
    VkExportMemoryAllocateInfo export = {VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO, NULL,
                                         OPAQUE | DMA_BUF};
    VkMemoryGetFdInfoKHR get = {VK_STRUCTURE_TYPE_MEMORY_GET_FD_INFO_KHR, NULL, VK_NULL_HANDLE,
                                DMA_BUF};
    ModelConfig config = model_default_config();
    VkDeviceMemory memory, imported;
    int fd = -1, kept;

    config.devices[0].buffers[0].exportFromImported = 0;
    config.devices[0].images[0].exportFromImported = 0;
    begin(&config);
    get.memory = memory = make_exported(OPAQUE, OPAQUE, &kept);
    CHECK(DEVICE_CALL(GetMemoryFdKHR)(context.device, &get, &fd) < 0);
    EXPECT_BREACH("00671");
    CHECK(fd == 0x5e5e5e5e);
    close(model_memory_fd(memory)); /* not ours */
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
    EXPECT_BREACH("ownership");
    close(kept);

    memory = make_exported(OPAQUE, OPAQUE, &fd);
    export.handleTypes = OPAQUE;
    CHECK(import_fd(context.device, OPAQUE, fd, 4096, 2, &export, &imported) < 0);
    EXPECT_BREACH("00671");
    model_config()->devices[0].buffers[0].compatible = OPAQUE;
    export.handleTypes = OPAQUE | DMA_BUF;
    CHECK(allocate(context.device, 4096, 2, &export, &imported) < 0);
    EXPECT_BREACH("00656");
    export.handleTypes = HOST;
    CHECK(allocate(context.device, 4096, 2, &export, &imported) < 0);
    EXPECT_BREACH("00656");
    close(fd);
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
    EXPECT_BREACH("parameter");
    end();
}

static void dedicated_only(void)
{
    VkExportMemoryAllocateInfo export = {VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO, NULL,
                                         OPAQUE};
    VkMemoryDedicatedRequirements answer = {VK_STRUCTURE_TYPE_MEMORY_DEDICATED_REQUIREMENTS, NULL,
                                            0, 0};
    VkMemoryRequirements2 requirements = {
        VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2, &answer, {0, 0, 0}};
    VkBufferMemoryRequirementsInfo2 question = {VK_STRUCTURE_TYPE_BUFFER_MEMORY_REQUIREMENTS_INFO_2,
                                                NULL, VK_NULL_HANDLE};
    ModelConfig config = model_default_config();
    VkDeviceMemory memory;

    model_external(config.devices[0].buffers, OPAQUE)->features |=
        VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT;
    begin(&config);
    question.buffer = make_buffer(context.device, 4096, OPAQUE);
    DEVICE_CALL(GetBufferMemoryRequirements2)(context.device, &question, &requirements);
    CHECK(answer.requiresDedicatedAllocation);
    /* Raw memory could still be for images. */
    CHECK(allocate(context.device, 4096, 2, &export, &memory) == VK_SUCCESS);
    CHECK(DEVICE_CALL(BindBufferMemory)(context.device, question.buffer, memory, 0) < 0);
    EXPECT_BREACH("01444");
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
    model_external(model_config()->devices[0].images, OPAQUE)->features |=
        VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT;
    CHECK(allocate(context.device, 4096, 2, &export, &memory) < 0);
    EXPECT_BREACH("00639");
    DEVICE_CALL(DestroyBuffer)(context.device, question.buffer, NULL);
    end();
}

void test_memory(void)
{
    round_trip();
    other_process();
    opaque_rules();
    dedicated_on_both_sides();
    dma_buf_rules();
    host_rules();
    export_rules();
    dedicated_only();
}

/* ---- resources ---- */

static void binding_rules(void)
{
    VkDeviceMemory exported, plain, small;
    VkBuffer external, internal;
    void *data;

    begin(NULL);
    external = make_buffer(context.device, 4000, OPAQUE);
    internal = make_buffer(context.device, 4000, 0);
    CHECK(buffer_size(external) == 4096);
    exported = make_exported(OPAQUE, OPAQUE, NULL);
    CHECK(allocate(context.device, 8192, 0, NULL, &plain) == VK_SUCCESS);
    CHECK(allocate(context.device, 1024, 1, NULL, &small) == VK_SUCCESS);
    CHECK(DEVICE_CALL(BindBufferMemory)(context.device, internal, exported, 0) < 0);
    EXPECT_BREACH("02726");
    CHECK(DEVICE_CALL(BindBufferMemory)(context.device, external, plain, 0) < 0);
    EXPECT_BREACH("01035");
    CHECK(DEVICE_CALL(BindBufferMemory)(context.device, internal, plain, 8) < 0);
    EXPECT_BREACH("01036");
    CHECK(DEVICE_CALL(BindBufferMemory)(context.device, internal, small, 0) < 0);
    EXPECT_BREACH("01037");
    CHECK(DEVICE_CALL(BindBufferMemory)(context.device, external, exported, 0) == VK_SUCCESS);
    CHECK(DEVICE_CALL(MapMemory)(context.device, small, 0, VK_WHOLE_SIZE, 0, &data) < 0);
    EXPECT_BREACH("00682");
    DEVICE_CALL(UnmapMemory)(context.device, plain);
    EXPECT_BREACH("00689");
    CHECK(DEVICE_CALL(MapMemory)(context.device, plain, 0, VK_WHOLE_SIZE, 0, &data) == VK_SUCCESS);
    CHECK(DEVICE_CALL(MapMemory)(context.device, plain, 0, VK_WHOLE_SIZE, 0, &data) < 0);
    EXPECT_BREACH("00678");
    CHECK(allocate(context.device, 4096, 9, NULL, &small) < 0);
    EXPECT_BREACH("01714");
    OTHER_CALL(DestroyBuffer)(context.other, internal, NULL);
    EXPECT_BREACH("parent");
    DEVICE_CALL(DestroyDevice)(context.device, NULL);
    EXPECT_BREACH("00378");
    model_reset(NULL);
}

static void creation_rules(void)
{
    VkMemoryAllocateInfo strange = {VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, NULL, 0, 0};
    VkExternalMemoryImageCreateInfo external = {VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO,
                                                NULL, OPAQUE};
    VkImageCreateInfo image = {VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                               &external,
                               0,
                               VK_IMAGE_TYPE_2D,
                               VK_FORMAT_R8G8B8A8_UNORM,
                               {64, 64, 1},
                               1,
                               1,
                               VK_SAMPLE_COUNT_1_BIT,
                               VK_IMAGE_TILING_LINEAR,
                               VK_IMAGE_USAGE_TRANSFER_DST_BIT,
                               VK_SHARING_MODE_EXCLUSIVE,
                               0,
                               NULL,
                               VK_IMAGE_LAYOUT_PREINITIALIZED};
    VkExternalMemoryBufferCreateInfo both = {VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO,
                                             NULL, OPAQUE};
    VkBufferCreateInfo buffer = {VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                 &strange,
                                 0,
                                 64,
                                 VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                                 VK_SHARING_MODE_EXCLUSIVE,
                                 0,
                                 NULL};
    VkBuffer madeBuffer;
    VkImage made;

    begin(NULL);
    CHECK(DEVICE_CALL(CreateImage)(context.device, &image, NULL, &made) < 0);
    EXPECT_BREACH("01443");
    image.initialLayout = VK_IMAGE_LAYOUT_UNDEFINED;
    external.handleTypes = OPAQUE | HOST;
    CHECK(DEVICE_CALL(CreateImage)(context.device, &image, NULL, &made) < 0);
    EXPECT_BREACH("00990");
    external.handleTypes = DMA_BUF;
    image.tiling = VK_IMAGE_TILING_OPTIMAL;
    CHECK(DEVICE_CALL(CreateImage)(context.device, &image, NULL, &made) < 0);
    EXPECT_BREACH("00990");
    CHECK(DEVICE_CALL(CreateBuffer)(context.device, &buffer, NULL, &madeBuffer) < 0);
    EXPECT_BREACH("pNext-pNext");
    buffer.pNext = &both;
    buffer.size = 0;
    CHECK(DEVICE_CALL(CreateBuffer)(context.device, &buffer, NULL, &madeBuffer) < 0);
    EXPECT_BREACH("00912");
    buffer.size = 64;
    both.handleTypes = OPAQUE | HOST;
    CHECK(DEVICE_CALL(CreateBuffer)(context.device, &buffer, NULL, &madeBuffer) < 0);
    EXPECT_BREACH("00920");
    buffer.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO;
    CHECK(DEVICE_CALL(CreateBuffer)(context.device, &buffer, NULL, &madeBuffer) < 0);
    EXPECT_BREACH("sType-sType");
    end();
}

void test_resources(void)
{
    binding_rules();
    creation_rules();
}
