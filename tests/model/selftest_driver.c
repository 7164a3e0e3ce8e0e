/*
 * Self-test of what the driver offers: injected failures, bad habits, extensions.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "selftest.h"

#include <fcntl.h>

#define MEMORY_TYPE VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT

static void *app_allocation(void *user, size_t size, size_t alignment,
                            VkSystemAllocationScope scope)
{
    (void)size;
    (void)alignment;
    (void)scope;
    ++*(int *)user;
    return user;
}

static void app_free(void *user, void *memory)
{
    CHECK(memory == user || memory == NULL);
    --*(int *)user;
}

static void injection(void)
{
    VkAllocationCallbacks callbacks = {NULL, app_allocation, NULL, app_free, NULL, NULL};
    VkMemoryAllocateInfo info = {VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, NULL, 4096, 0};
    VkDeviceMemory memory;
    int live = 0;

    begin(NULL);
    model_fail("vkAllocateMemory", 2, VK_ERROR_OUT_OF_DEVICE_MEMORY, false);
    CHECK(allocate(context.device, 4096, 0, NULL, &memory) == VK_SUCCESS);
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
    CHECK(allocate(context.device, 4096, 0, NULL, &memory) == VK_ERROR_OUT_OF_DEVICE_MEMORY);
    CHECK(allocate(context.device, 4096, 0, NULL, &memory) == VK_SUCCESS);
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
    CHECK(model_failures() == 1 && model_call_count("vkAllocateMemory") == 3);
    model_fail(NULL, 1, VK_ERROR_DEVICE_LOST, true);
    CHECK(allocate(context.device, 4096, 0, NULL, &memory) == VK_ERROR_DEVICE_LOST);
    CHECK(make_buffer(context.device, 64, 0) == VK_NULL_HANDLE);
    model_clear_failures();

    callbacks.pUserData = &live;
    CHECK(DEVICE_CALL(AllocateMemory)(context.device, &info, &callbacks, &memory) == VK_SUCCESS);
    CHECK(live == 1);
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
    EXPECT_BREACH("allocator");
    CHECK(live == 0);
    end();
}

static void habits(void)
{
    ModelConfig config = model_default_config();
    VkDeviceMemory memory, imported;
    int fd = -1, minus = 0;
    VkMemoryGetFdInfoKHR get = {VK_STRUCTURE_TYPE_MEMORY_GET_FD_INFO_KHR, NULL, VK_NULL_HANDLE,
                                MEMORY_TYPE};

    config.habits.closeFdOnFailedImport = true;
    config.habits.exportWithoutCloexec = true;
    begin(&config);
    memory = make_exported(MEMORY_TYPE, MEMORY_TYPE, &fd);
    CHECK(fcntl(fd, F_GETFD) == 0);
    model_fail("vkAllocateMemory", 1, VK_ERROR_OUT_OF_HOST_MEMORY, false);
    CHECK(import_fd(context.device, MEMORY_TYPE, fd, 4096, 2, NULL, &imported) ==
          VK_ERROR_OUT_OF_HOST_MEMORY);
    CHECK(fcntl(fd, F_GETFD) == -1);
    model_config()->habits.exportMinusOne = true;
    get.memory = memory;
    CHECK(DEVICE_CALL(GetMemoryFdKHR)(context.device, &get, &minus) == VK_SUCCESS && minus == -1);
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
    end();
}

static void devices(void)
{
    static const char *const lonely[] = {"VK_EXT_external_memory_dma_buf"};
    static const char *const missing[] = {"VK_KHR_external_memory_win32"};
    VkPhysicalDeviceIDProperties id[2] = {
        {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES, NULL, {0}, {0}, {0}, 0, 0},
        {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES, NULL, {0}, {0}, {0}, 0, 0}};
    VkPhysicalDeviceProperties2 properties;
    ModelConfig config = model_default_config();
    VkDevice device;

    begin(NULL);
    for (int i = 0; i < 2; i++) {
        properties.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2;
        properties.pNext = &id[i];
        INSTANCE_CALL(GetPhysicalDeviceProperties2)(context.physical[i], &properties);
    }
    CHECK(id[0].deviceUUID[0] != id[1].deviceUUID[0] && id[0].driverUUID[0] == id[1].driverUUID[0]);
    device = make_device(context.physical[0], false, 1, lonely);
    EXPECT_BREACH("01387");
    DEVICE_CALL(DestroyDevice)(device, NULL);
    CHECK(make_device(context.physical[0], false, 1, missing) == NULL);
    CHECK(model_breach_count() == 0);
    CHECK(INSTANCE_CALL(CreateRenderPass) == NULL);
    INSTANCE_CALL(DestroyInstance)(context.instance, NULL);
    EXPECT_BREACH("00629");
    end();

    config.devices[0].apiVersion = VK_API_VERSION_1_1;
    model_drop_extension(&config.devices[0], "VK_KHR_external_semaphore_fd");
    begin(NULL);
    end();
}

void test_driver(void)
{
    injection();
    habits();
    devices();
}
