/*
 * The model driver's self-test: each rule is broken once on purpose, to show that it bites.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "selftest.h"

#include <stdio.h>
#include <string.h>

struct context context;

static uint32_t checks, failures;

void check_at(bool condition, const char *text, const char *file, int line)
{
    checks++;
    if (condition)
        return;
    failures++;
    printf("%s:%d: not so: %s\n", file, line, text);
    for (size_t i = 0; model_breach(i); i++)
        printf("    %s\n", model_breach(i));
}

void expect_at(const char *rule, const char *file, int line)
{
    checks++;
    if (model_breach_count() == 0 || !strstr(model_breach(0), rule)) {
        failures++;
        printf("%s:%d: no breach of %s; %zu others\n", file, line, rule, model_breach_count());
        for (size_t i = 0; model_breach(i); i++)
            printf("    %s\n", model_breach(i));
    }
    model_take_breaches();
}

VkDevice make_device(VkPhysicalDevice physical, bool features, uint32_t extensionCount,
                     const char *const *extensions)
{
    static const float priority = 1.0f;
    VkPhysicalDeviceSynchronization2Features synchronization = {
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES, NULL, features};
    VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES, &synchronization, features};
    VkPhysicalDeviceMaintenance4Features requirements = {
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_FEATURES, &timeline, features};
    VkDeviceQueueCreateInfo queue = {
        VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, NULL, 0, 1, 1, &priority};
    VkDeviceCreateInfo info = {VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                               &requirements,
                               0,
                               1,
                               &queue,
                               0,
                               NULL,
                               extensionCount,
                               extensions,
                               NULL};
    VkDevice device = NULL;

    if (INSTANCE_CALL(CreateDevice)(physical, &info, NULL, &device) != VK_SUCCESS)
        return NULL;
    return device;
}

static uint32_t nativesBefore;

void begin(const ModelConfig *config)
{
    VkApplicationInfo application = {
        VK_STRUCTURE_TYPE_APPLICATION_INFO, NULL, NULL, 0, NULL, 0, VK_API_VERSION_1_3};
    VkInstanceCreateInfo info = {
        VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, NULL, 0, &application, 0, NULL, 0, NULL};
    static const char *const enumeration[] = {"VK_KHR_portability_enumeration"};
    uint32_t count = 2;

    info.pNext = selftest_system.instanceNext;
    if (selftest_system.portability) {
        info.flags = VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR;
        info.enabledExtensionCount = 1;
        info.ppEnabledExtensionNames = enumeration;
    }
    memset(&context, 0, sizeof context);
    model_reset(config);
    nativesBefore = selftest_system.open_natives();
    CHECK(((PFN_vkCreateInstance)model_vkGetInstanceProcAddr(NULL, "vkCreateInstance"))(
              &info, NULL, &context.instance) == VK_SUCCESS);
    CHECK(INSTANCE_CALL(EnumeratePhysicalDevices)(context.instance, &count, context.physical) ==
          VK_SUCCESS);
    CHECK(count == 2);
    context.device = make_device(context.physical[0], true, selftest_system.extensionCount,
                                 selftest_system.extensions);
    context.other = make_device(context.physical[1], true, selftest_system.extensionCount,
                                selftest_system.extensions);
    CHECK(context.device && context.other);
    DEVICE_CALL(GetDeviceQueue)(context.device, 1, 0, &context.queue);
    CHECK(context.queue != NULL && model_breach_count() == 0);
}

void end(void)
{
    char text[4096];

    OTHER_CALL(DestroyDevice)(context.other, NULL);
    DEVICE_CALL(DestroyDevice)(context.device, NULL);
    INSTANCE_CALL(DestroyInstance)(context.instance, NULL);
    if (model_problems(text, sizeof text) != 0)
        printf("%s", text);
    CHECK(model_problems(NULL, 0) == 0);
    CHECK(selftest_system.open_natives() == nativesBefore);
}

/* ---- what most tests need ---- */

VkBuffer make_buffer(VkDevice device, VkDeviceSize size, uint32_t handleTypes)
{
    VkExternalMemoryBufferCreateInfo external = {
        VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO, NULL, handleTypes};
    VkBufferCreateInfo info = {
        VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, handleTypes ? &external : NULL, 0, size,
        VK_BUFFER_USAGE_TRANSFER_DST_BIT,     VK_SHARING_MODE_EXCLUSIVE,      0, NULL};
    VkBuffer buffer = VK_NULL_HANDLE;

    if (DEVICE_CALL(CreateBuffer)(device, &info, NULL, &buffer) != VK_SUCCESS)
        return VK_NULL_HANDLE;
    return buffer;
}

VkImage make_image(VkDevice device, VkImageTiling tiling, uint32_t handleTypes)
{
    VkExternalMemoryImageCreateInfo external = {VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO,
                                                NULL, handleTypes};
    VkImageCreateInfo info = {VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                              handleTypes ? &external : NULL,
                              0,
                              VK_IMAGE_TYPE_2D,
                              VK_FORMAT_R8G8B8A8_UNORM,
                              {64, 64, 1},
                              1,
                              1,
                              VK_SAMPLE_COUNT_1_BIT,
                              tiling,
                              VK_IMAGE_USAGE_TRANSFER_DST_BIT,
                              VK_SHARING_MODE_EXCLUSIVE,
                              0,
                              NULL,
                              VK_IMAGE_LAYOUT_UNDEFINED};
    VkImage image = VK_NULL_HANDLE;

    if (DEVICE_CALL(CreateImage)(device, &info, NULL, &image) != VK_SUCCESS)
        return VK_NULL_HANDLE;
    return image;
}

VkDeviceSize buffer_size(VkBuffer buffer)
{
    VkMemoryRequirements requirements;

    DEVICE_CALL(GetBufferMemoryRequirements)(context.device, buffer, &requirements);
    return requirements.size;
}

VkResult allocate(VkDevice device, VkDeviceSize size, uint32_t type, const void *next,
                  VkDeviceMemory *memory)
{
    VkMemoryAllocateInfo info = {VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, next, size, type};

    *memory = VK_NULL_HANDLE;
    return DEVICE_CALL(AllocateMemory)(device, &info, NULL, memory);
}

VkSemaphore make_semaphore(VkDevice device, bool timeline, uint32_t handleTypes)
{
    VkSemaphoreTypeCreateInfo type = {
        VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO, NULL,
        timeline ? VK_SEMAPHORE_TYPE_TIMELINE : VK_SEMAPHORE_TYPE_BINARY, 0};
    VkExportSemaphoreCreateInfo export = {VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_CREATE_INFO, &type,
                                          handleTypes};
    VkSemaphoreCreateInfo info = {VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, &export, 0};
    VkSemaphore semaphore = VK_NULL_HANDLE;

    if (DEVICE_CALL(CreateSemaphore)(device, &info, NULL, &semaphore) != VK_SUCCESS)
        return VK_NULL_HANDLE;
    return semaphore;
}

int main(void)
{
    for (size_t i = 0; selftest_system.tests[i]; i++)
        selftest_system.tests[i]();
    model_reset(NULL);
    printf("model self-test: %u checks, %u failed\n", checks, failures);
    return failures != 0;
}
