/*
 * The app's own device and allocator, as it has them anyway.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "app.h"

#include <cstdio>
#include <cstdlib>

void check(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error); /* empty if it was a call of Vulkan's own that failed */
        std::fprintf(stderr, "%s\n%s: %s\n", call, vxmResultName(result), error.message);
        std::exit(EXIT_FAILURE);
    }
}

static void openInstance(App &app, uint32_t version)
{
    VxmRequiredExtensions extensions;
    uint32_t count = 1;
    VkApplicationInfo application = {};
    VkInstanceCreateInfo info = {};

    CHECK(vxmGetRequiredExtensions(vkGetInstanceProcAddr, VK_NULL_HANDLE, VK_NULL_HANDLE,
                                   &extensions));
    application.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO;
    application.apiVersion = version;
    info.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO;
    info.pApplicationInfo = &application;
    info.enabledExtensionCount = extensions.instanceExtensionCount;
    info.ppEnabledExtensionNames = extensions.instanceExtensions;
    CHECK(vkCreateInstance(&info, nullptr, &app.instance));
    const VkResult result = vkEnumeratePhysicalDevices(app.instance, &count, &app.physicalDevice);
    if ((result != VK_SUCCESS && result != VK_INCOMPLETE) || count == 0) {
        std::fprintf(stderr, "There is no Vulkan device.\n");
        std::exit(EXIT_FAILURE);
    }
}

/* What the library says there is to enable, the app enables; and it says what it has enabled. */
static void openDevice(App &app, uint32_t version)
{
    const float priority = 1.0f;
    VxmRequiredExtensions extensions;
    VkPhysicalDeviceSamplerYcbcrConversionFeatures ycbcr = {};
    VkDeviceQueueCreateInfo queue = {};
    VkDeviceCreateInfo info = {};
    VxmDeviceWrapInfo wrap = {};

    CHECK(vxmGetRequiredExtensions(vkGetInstanceProcAddr, app.instance, app.physicalDevice,
                                   &extensions));
    ycbcr.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SAMPLER_YCBCR_CONVERSION_FEATURES;
    ycbcr.samplerYcbcrConversion = extensions.samplerYcbcrConversion;
    queue.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO;
    queue.queueCount = 1;
    queue.pQueuePriorities = &priority;
    info.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO;
    info.pNext = &ycbcr;
    info.queueCreateInfoCount = 1;
    info.pQueueCreateInfos = &queue;
    info.enabledExtensionCount = extensions.deviceExtensionCount;
    info.ppEnabledExtensionNames = extensions.deviceExtensions;
    CHECK(vkCreateDevice(app.physicalDevice, &info, nullptr, &app.device));
    vkGetDeviceQueue(app.device, 0, 0, &app.queue);

    wrap.getInstanceProcAddr = vkGetInstanceProcAddr;
    wrap.instance = app.instance;
    wrap.physicalDevice = app.physicalDevice;
    wrap.device = app.device;
    wrap.apiVersion = version;
    wrap.enabledExtensionCount = info.enabledExtensionCount;
    wrap.enabledExtensions = info.ppEnabledExtensionNames;
    wrap.deviceNext = info.pNext;
    CHECK(vxmWrapDevice(&wrap, &app.vxm));
}

static void openCommands(App &app)
{
    VkCommandPoolCreateInfo pool = {};
    VkCommandBufferAllocateInfo commands = {};

    pool.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO;
    pool.flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT;
    CHECK(vkCreateCommandPool(app.device, &pool, nullptr, &app.pool));
    commands.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO;
    commands.commandPool = app.pool;
    commands.commandBufferCount = 1;
    CHECK(vkAllocateCommandBuffers(app.device, &commands, &app.commands));
}

static void openAllocator(App &app, uint32_t version, VkDeviceSize stagingSize)
{
    VmaAllocatorCreateInfo info = {};
    VkBufferCreateInfo buffer = {};
    VmaAllocationCreateInfo how = {};
    VmaAllocationInfo made;

    info.instance = app.instance;
    info.physicalDevice = app.physicalDevice;
    info.device = app.device;
    info.vulkanApiVersion = version;
    CHECK(vmaCreateAllocator(&info, &app.allocator));
    buffer.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
    buffer.size = stagingSize;
    buffer.usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
    how.flags = VMA_ALLOCATION_CREATE_MAPPED_BIT | VMA_ALLOCATION_CREATE_HOST_ACCESS_RANDOM_BIT;
    how.usage = VMA_MEMORY_USAGE_AUTO_PREFER_HOST;
    how.requiredFlags = VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    CHECK(
        vmaCreateBuffer(app.allocator, &buffer, &how, &app.staging, &app.stagingAllocation, &made));
    app.bytes = static_cast<uint8_t *>(made.pMappedData);
}

void openApp(App &app, VkDeviceSize stagingSize)
{
    const uint32_t version = VK_API_VERSION_1_1;

    openInstance(app, version);
    openDevice(app, version);
    openCommands(app);
    openAllocator(app, version, stagingSize);
}

void begin(App &app)
{
    VkCommandBufferBeginInfo info = {};
    info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO;
    CHECK(vkBeginCommandBuffer(app.commands, &info));
}

void finish(App &app)
{
    VkMemoryBarrier toHost = {};
    VkSubmitInfo info = {};

    toHost.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER;
    toHost.srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
    toHost.dstAccessMask = VK_ACCESS_HOST_READ_BIT;
    vkCmdPipelineBarrier(app.commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT,
                         0, 1, &toHost, 0, nullptr, 0, nullptr);
    CHECK(vkEndCommandBuffer(app.commands));
    info.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO;
    info.commandBufferCount = 1;
    info.pCommandBuffers = &app.commands;
    CHECK(vkQueueSubmit(app.queue, 1, &info, VK_NULL_HANDLE));
    CHECK(vkQueueWaitIdle(app.queue));
}

void closeApp(App &app)
{
    vxmDestroyDevice(app.vxm);
    vmaDestroyBuffer(app.allocator, app.staging, app.stagingAllocation);
    vmaDestroyAllocator(app.allocator);
    vkDestroyCommandPool(app.device, app.pool, nullptr);
    vkDestroyDevice(app.device, nullptr);
    vkDestroyInstance(app.instance, nullptr);
}
