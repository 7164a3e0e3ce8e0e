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
}

/* A driver of Vulkan 1.1 only, with portability, and with less than the default. */
static void older_device(void)
{
    static const char *const extensions[] = {"VK_KHR_external_memory_fd",
                                             "VK_KHR_timeline_semaphore"};
    static const char *const instanceExtensions[] = {"VK_KHR_portability_enumeration"};
    VkApplicationInfo application = {
        VK_STRUCTURE_TYPE_APPLICATION_INFO, NULL, NULL, 0, NULL, 0, VK_API_VERSION_1_3};
    VkInstanceCreateInfo info = {VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                 NULL,
                                 0,
                                 &application,
                                 0,
                                 NULL,
                                 1,
                                 instanceExtensions};
    VkPhysicalDeviceExternalSemaphoreInfo question = {
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_SEMAPHORE_INFO, NULL,
        VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT};
    VkExternalSemaphoreProperties answer = {VK_STRUCTURE_TYPE_EXTERNAL_SEMAPHORE_PROPERTIES, NULL,
                                            1, 1, 1};
    ModelConfig config = model_default_config();
    uint32_t count = 2;

    config.devices[0].apiVersion = VK_API_VERSION_1_1;
    model_drop_extension(&config.devices[0], "VK_KHR_external_semaphore_fd");
    model_drop_extension(&config.devices[0], "VK_KHR_synchronization2");
    model_add_extension(&config.devices[1], "VK_KHR_portability_subset");
    model_reset(&config);
    CHECK(((PFN_vkCreateInstance)model_vkGetInstanceProcAddr(NULL, "vkCreateInstance"))(
              &info, NULL, &context.instance) == VK_SUCCESS);
    CHECK(INSTANCE_CALL(EnumeratePhysicalDevices)(context.instance, &count, context.physical) ==
          VK_SUCCESS);
    CHECK(count == 1);
    INSTANCE_CALL(GetPhysicalDeviceExternalSemaphoreProperties)
    (context.physical[0], &question, &answer);
    CHECK(answer.externalSemaphoreFeatures == 0 && answer.compatibleHandleTypes == 0);
    context.device = make_device(context.physical[0], false, 1, extensions);
    CHECK(model_breach_contains("VK_KHR_timeline_semaphore"));
    CHECK(model_take_breaches() == 3);
    CHECK(DEVICE_CALL(WaitSemaphores) == NULL && DEVICE_CALL(WaitSemaphoresKHR) == NULL);
    CHECK(DEVICE_CALL(CmdPipelineBarrier2) == NULL && DEVICE_CALL(BindBufferMemory2) != NULL);
    DEVICE_CALL(DestroyDevice)(context.device, NULL);
    context.device = make_device(context.physical[0], false, 2, extensions);
    model_take_breaches();
    CHECK(DEVICE_CALL(WaitSemaphores) == NULL && DEVICE_CALL(WaitSemaphoresKHR) != NULL);
    CHECK(make_semaphore(context.device, true, 0) == VK_NULL_HANDLE);
    EXPECT_BREACH("03252");
    DEVICE_CALL(DestroyDevice)(context.device, NULL);
    INSTANCE_CALL(DestroyInstance)(context.instance, NULL);

    info.flags = VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR;
    CHECK(((PFN_vkCreateInstance)model_vkGetInstanceProcAddr(NULL, "vkCreateInstance"))(
              &info, NULL, &context.instance) == VK_SUCCESS);
    count = 2;
    CHECK(INSTANCE_CALL(EnumeratePhysicalDevices)(context.instance, &count, context.physical) ==
          VK_SUCCESS);
    CHECK(count == 2);
    context.device = make_device(context.physical[1], false, 1, extensions);
    EXPECT_BREACH("04451");
    DEVICE_CALL(DestroyDevice)(context.device, NULL);
    INSTANCE_CALL(DestroyInstance)(context.instance, NULL);
    CHECK(model_problems(NULL, 0) == 0);
}

/* Each question about external images, by handle type and tiling. */
static void image_questions(void)
{
    static const struct {
        VkExternalMemoryHandleTypeFlagBits type;
        VkImageTiling tiling;
        bool fine;
    } cases[] = {
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, VK_IMAGE_TILING_OPTIMAL, true},
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT, VK_IMAGE_TILING_OPTIMAL, false},
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT, VK_IMAGE_TILING_LINEAR, true},
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT, VK_IMAGE_TILING_LINEAR, false},
    };
    VkPhysicalDeviceExternalImageFormatInfo external = {
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_IMAGE_FORMAT_INFO, NULL,
        VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT};
    VkPhysicalDeviceImageFormatInfo2 info = {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_IMAGE_FORMAT_INFO_2,
                                             &external,
                                             VK_FORMAT_R8G8B8A8_UNORM,
                                             VK_IMAGE_TYPE_2D,
                                             VK_IMAGE_TILING_OPTIMAL,
                                             VK_IMAGE_USAGE_SAMPLED_BIT,
                                             0};
    VkExternalImageFormatProperties answer = {
        VK_STRUCTURE_TYPE_EXTERNAL_IMAGE_FORMAT_PROPERTIES, NULL, {0, 0, 0}};
    VkImageFormatProperties2 properties = {
        VK_STRUCTURE_TYPE_IMAGE_FORMAT_PROPERTIES_2, &answer, {{0, 0, 0}, 0, 0, 0, 0}};
    VkPhysicalDeviceExternalBufferInfo buffer = {
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_BUFFER_INFO, NULL, 0, 1,
        (VkExternalMemoryHandleTypeFlagBits)3};
    VkExternalBufferProperties bufferAnswer = {
        VK_STRUCTURE_TYPE_EXTERNAL_BUFFER_PROPERTIES, NULL, {0, 0, 0}};

    begin(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        external.handleType = cases[i].type;
        info.tiling = cases[i].tiling;
        CHECK(INSTANCE_CALL(GetPhysicalDeviceImageFormatProperties2)(context.physical[0], &info,
                                                                     &properties) ==
              (cases[i].fine ? VK_SUCCESS : VK_ERROR_FORMAT_NOT_SUPPORTED));
        CHECK((properties.imageFormatProperties.maxExtent.width != 0) == cases[i].fine);
    }
    CHECK(model_breach_count() == 0);
    info.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    INSTANCE_CALL(GetPhysicalDeviceImageFormatProperties2)(context.physical[0], &info, &properties);
    EXPECT_BREACH("02249");
    INSTANCE_CALL(GetPhysicalDeviceExternalBufferProperties)
    (context.physical[0], &buffer, &bufferAnswer);
    EXPECT_BREACH("handleType");
    end();
}

void test_driver(void)
{
    injection();
    habits();
    devices();
    older_device();
    image_questions();
}
