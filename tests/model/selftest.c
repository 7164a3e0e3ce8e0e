/*
 * The model driver's self-test: each rule is broken once on purpose, to show that it bites.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "selftest.h"

#include <dirent.h>
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

uint32_t open_fds(void)
{
    DIR *folder = opendir("/proc/self/fd");
    uint32_t count = 0;

    if (!folder)
        return 0;
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

VkDevice make_device(VkPhysicalDevice physical, bool features, uint32_t extensionCount,
                     const char *const *extensions)
{
    static const float priority = 1.0f;
    VkPhysicalDeviceSynchronization2Features synchronization = {
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES, NULL, features};
    VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES, &synchronization, features};
    VkDeviceQueueCreateInfo queue = {
        VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, NULL, 0, 1, 1, &priority};
    VkDeviceCreateInfo info = {VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                               &timeline,
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

static uint32_t fdsBefore;

void begin(const ModelConfig *config)
{
    static const char *const extensions[] = {
        "VK_KHR_external_memory_fd",   "VK_EXT_external_memory_dma_buf",
        "VK_EXT_external_memory_host", "VK_KHR_external_semaphore_fd",
        "VK_EXT_queue_family_foreign", "VK_EXT_image_drm_format_modifier",
    };
    VkApplicationInfo application = {
        VK_STRUCTURE_TYPE_APPLICATION_INFO, NULL, NULL, 0, NULL, 0, VK_API_VERSION_1_3};
    VkInstanceCreateInfo info = {
        VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, NULL, 0, &application, 0, NULL, 0, NULL};
    uint32_t count = 2;

    memset(&context, 0, sizeof context);
    model_reset(config);
    fdsBefore = open_fds();
    CHECK(((PFN_vkCreateInstance)model_vkGetInstanceProcAddr(NULL, "vkCreateInstance"))(
              &info, NULL, &context.instance) == VK_SUCCESS);
    CHECK(INSTANCE_CALL(EnumeratePhysicalDevices)(context.instance, &count, context.physical) ==
          VK_SUCCESS);
    CHECK(count == 2);
    context.device = make_device(context.physical[0], true, 6, extensions);
    context.other = make_device(context.physical[1], true, 6, extensions);
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
    CHECK(open_fds() == fdsBefore);
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

VkDeviceMemory make_exported(uint32_t handleTypes, uint32_t handleType, int *fd)
{
    VkExportMemoryAllocateInfo export = {VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO, NULL,
                                         handleTypes};
    VkMemoryGetFdInfoKHR get = {VK_STRUCTURE_TYPE_MEMORY_GET_FD_INFO_KHR, NULL, VK_NULL_HANDLE,
                                (VkExternalMemoryHandleTypeFlagBits)handleType};

    CHECK(allocate(context.device, 4096, 2, &export, &get.memory) == VK_SUCCESS);
    if (fd)
        CHECK(DEVICE_CALL(GetMemoryFdKHR)(context.device, &get, fd) == VK_SUCCESS);
    return get.memory;
}

VkResult import_fd(VkDevice device, uint32_t handleType, int fd, VkDeviceSize size, uint32_t type,
                   const void *next, VkDeviceMemory *memory)
{
    VkImportMemoryFdInfoKHR info = {VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR, next,
                                    (VkExternalMemoryHandleTypeFlagBits)handleType, fd};

    return allocate(device, size, type, &info, memory);
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

VkResult get_semaphore_fd(VkSemaphore semaphore, uint32_t handleType, int *fd)
{
    VkSemaphoreGetFdInfoKHR info = {VK_STRUCTURE_TYPE_SEMAPHORE_GET_FD_INFO_KHR, NULL, semaphore,
                                    (VkExternalSemaphoreHandleTypeFlagBits)handleType};

    return DEVICE_CALL(GetSemaphoreFdKHR)(context.device, &info, fd);
}

VkResult import_semaphore_fd(VkDevice device, VkSemaphore semaphore, uint32_t handleType, int fd,
                             bool temporary)
{
    VkImportSemaphoreFdInfoKHR info = {VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_FD_INFO_KHR,
                                       NULL,
                                       semaphore,
                                       temporary ? VK_SEMAPHORE_IMPORT_TEMPORARY_BIT : 0u,
                                       (VkExternalSemaphoreHandleTypeFlagBits)handleType,
                                       fd};

    return DEVICE_CALL(ImportSemaphoreFdKHR)(device, &info);
}

int main(void)
{
    test_memory();
    test_resources();
    test_semaphores();
    test_handover();
    test_driver();
    model_reset(NULL);
    printf("model self-test: %u checks, %u failed\n", checks, failures);
    return failures != 0;
}
