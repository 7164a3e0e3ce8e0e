/*
 * Allocates with the app's own code, on the app's own device: the library only plans.
 *
 *   cc own_allocator.c -o own_allocator $(pkg-config --cflags --libs vxm) -lvulkan
 *   ./own_allocator
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <vulkan/vulkan.h>
#include <vxm/vxm.h>

#ifdef _WIN32
#define TYPE VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT
#elif defined(__APPLE__)
#define TYPE VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLBUFFER_BIT_EXT
#else
#define TYPE VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#endif

static void check(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error); /* empty if it was a call of Vulkan's own that failed */
        fprintf(stderr, "%s\n%s: %s\n", call, vxmResultName(result), error.message);
        exit(EXIT_FAILURE);
    }
}
#define CHECK(call) check(call, #call)

/* The app's own device, as the app makes it anyway; the library says what to enable. */
static VxmDeviceWrapInfo create_app_device(VxmRequiredExtensions *extensions)
{
    const float priority = 1.0f;
    uint32_t count = 1;
    VxmDeviceWrapInfo app = {.getInstanceProcAddr = vkGetInstanceProcAddr,
                             .apiVersion = VK_API_VERSION_1_1};

    CHECK(vxmGetRequiredExtensions(vkGetInstanceProcAddr, VK_NULL_HANDLE, VK_NULL_HANDLE,
                                   extensions));
    const VkApplicationInfo application = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                           .apiVersion = app.apiVersion};
    const VkInstanceCreateInfo instance = {
        .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
        .flags = extensions->instanceFlags,
        .pApplicationInfo = &application,
        .enabledExtensionCount = extensions->instanceExtensionCount,
        .ppEnabledExtensionNames = extensions->instanceExtensions};
    CHECK(vkCreateInstance(&instance, NULL, &app.instance));
    VkResult result = vkEnumeratePhysicalDevices(app.instance, &count, &app.physicalDevice);
    if ((result != VK_SUCCESS && result != VK_INCOMPLETE) || count == 0) {
        fprintf(stderr, "There is no Vulkan device.\n");
        exit(EXIT_FAILURE);
    }

    CHECK(vxmGetRequiredExtensions(vkGetInstanceProcAddr, app.instance, app.physicalDevice,
                                   extensions));
    const VkDeviceQueueCreateInfo queue = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                           .queueCount = 1,
                                           .pQueuePriorities = &priority};
    const VkDeviceCreateInfo device = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                       .queueCreateInfoCount = 1,
                                       .pQueueCreateInfos = &queue,
                                       .enabledExtensionCount = extensions->deviceExtensionCount,
                                       .ppEnabledExtensionNames = extensions->deviceExtensions};
    CHECK(vkCreateDevice(app.physicalDevice, &device, NULL, &app.device));
    app.enabledExtensionCount = extensions->deviceExtensionCount;
    app.enabledExtensions = extensions->deviceExtensions;
    return app;
}

int main(void)
{
    VxmRequiredExtensions extensions;
    const VxmDeviceWrapInfo app = create_app_device(&extensions);
    const VkBufferCreateInfo wanted = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = 1 << 20,
                                       .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT};
    const VxmMemoryCreateInfo info = {.handleTypes = TYPE};
    VxmDevice device;
    VxmPlan plan;
    VxmPlanResult done = {.memoryCount = 1};
    VxmMemory memory;
    VxmMemoryInfo made;
    VxmHandle handle;

    CHECK(vxmWrapDevice(&app, &device));
    CHECK(vxmPlanBuffer(device, &wanted, &info, &plan));

    /* From here on to vxmFinishPlan() it is all the app's: its calls, its pools, its VMA. */
    CHECK(vkCreateBuffer(app.device, &plan.bufferCreateInfo, NULL, &done.buffer));
    CHECK(vxmSetPlanResource(&plan, done.buffer, VK_NULL_HANDLE));
    done.result = vkAllocateMemory(app.device, &plan.memories[0].allocateInfo, NULL,
                                   &done.memories[0].memory);
    done.memoryCount = done.result == VK_SUCCESS ? 1 : 0;
    CHECK(vxmFinishPlan(&plan, &done, &memory)); /* in any case: it settles who owns what */
    CHECK(done.result);
    CHECK(vkBindBufferMemory(app.device, done.buffer, done.memories[0].memory, 0));

    CHECK(vxmGetMemoryInfo(memory, &made));
    CHECK(vxmGetMemoryHandle(memory, 0, TYPE, &handle));
    printf("fd %d stands for the app's own allocation of %" PRIu64 " bytes, memory type %" PRIu32
           ", %s\n",
           handle.fd, (uint64_t)made.memories[0].allocationSize, made.memories[0].memoryTypeIndex,
           made.dedicated ? "dedicated" : "not dedicated");

    vxmCloseHandle(&handle);
    vxmDestroyMemory(memory); /* forgets the app's objects, which the app then destroys */
    vkDestroyBuffer(app.device, done.buffer, NULL);
    vkFreeMemory(app.device, done.memories[0].memory, NULL);
    vxmDestroyDevice(device);
    vkDestroyDevice(app.device, NULL);
    vkDestroyInstance(app.instance, NULL);
    return EXIT_SUCCESS;
}
