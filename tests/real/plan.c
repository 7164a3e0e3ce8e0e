/*
 * The thin layer: the app creates and allocates, with a device of the library's or of its own.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "real/fixture.h"
#include "real/validation.h"

#define SIZE ((VkDeviceSize)1 << 20)

TestSuite(plan, .init = real_begin, .fini = real_end);

/* ---- a device of the app's own ---- */

struct app {
    VkInstance instance;
    VkPhysicalDevice physicalDevice;
    VkDevice device;
    VxmDevice wrapped;
};

static void create_app(struct app *app)
{
    const struct validation_setup *setup = validation_setup();
    const float priority = 1.0f;
    VkQueueFamilyProperties families[16];
    VkPhysicalDeviceVulkan12Features features12 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES};
    VkPhysicalDeviceSynchronization2Features sync2 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES,
        .pNext = &features12};
    VxmRequiredExtensions needs;
    const char *names[VXM_MAX_EXTENSIONS + 2];
    uint32_t nameCount = 0;
    uint32_t count = 1;
    uint32_t family = 0;

    memset(app, 0, sizeof(*app));
    VXM(vxmGetRequiredExtensions(validation_get_instance_proc_addr, NULL, NULL, &needs));
    cr_expect_eq(needs.deviceExtensionCount, 0);
    for (uint32_t i = 0; i < needs.instanceExtensionCount; i++) {
        names[nameCount++] = needs.instanceExtensions[i];
    }
    for (uint32_t i = 0; i < setup->extensionCount; i++) {
        names[nameCount++] = setup->extensions[i];
    }
    const VkApplicationInfo application = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                           .apiVersion = VK_API_VERSION_1_3};
    const VkInstanceCreateInfo instance = {
        .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
        .pNext = setup->next,
        .flags = needs.instanceFlags,
        .pApplicationInfo = &application,
        .enabledLayerCount = setup->layerCount,
        .ppEnabledLayerNames = setup->layers,
        .enabledExtensionCount = nameCount,
        .ppEnabledExtensionNames = names,
    };
    PFN_vkCreateInstance createInstance =
        (PFN_vkCreateInstance)validation_get_instance_proc_addr(NULL, "vkCreateInstance");
    VK(createInstance(&instance, NULL, &app->instance));
    VkResult result = vkEnumeratePhysicalDevices(app->instance, &count, &app->physicalDevice);
    cr_assert((result == VK_SUCCESS || result == VK_INCOMPLETE) && count == 1);

    VXM(vxmGetRequiredExtensions(validation_get_instance_proc_addr, app->instance,
                                 app->physicalDevice, &needs));
    features12.timelineSemaphore = needs.timelineSemaphore;
    sync2.synchronization2 = needs.synchronization2;
    count = 16;
    vkGetPhysicalDeviceQueueFamilyProperties(app->physicalDevice, &count, families);
    while (family < count && (families[family].queueFlags & VK_QUEUE_GRAPHICS_BIT) == 0) {
        family++;
    }
    cr_assert_lt(family, count);
    const VkDeviceQueueCreateInfo queue = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                           .queueFamilyIndex = family,
                                           .queueCount = 1,
                                           .pQueuePriorities = &priority};
    const VkDeviceCreateInfo device = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
        .pNext = &sync2,
        .queueCreateInfoCount = 1,
        .pQueueCreateInfos = &queue,
        .enabledExtensionCount = needs.deviceExtensionCount,
        .ppEnabledExtensionNames = needs.deviceExtensions,
    };
    VK(vkCreateDevice(app->physicalDevice, &device, NULL, &app->device));

    VxmDeviceWrapInfo wrap = {
        .getInstanceProcAddr = validation_get_instance_proc_addr,
        .instance = app->instance,
        .physicalDevice = app->physicalDevice,
        .device = app->device,
        .apiVersion = application.apiVersion,
        .enabledExtensionCount = needs.deviceExtensionCount,
        .enabledExtensions = needs.deviceExtensions,
        .deviceNext = &sync2,
        .queueFamilyIndex = family,
    };
    vkGetDeviceQueue(app->device, family, 0, &wrap.queue);
    VXM(vxmWrapDevice(&wrap, &app->wrapped));
}

static void destroy_app(struct app *app)
{
    PFN_vkDestroyInstance destroyInstance =
        (PFN_vkDestroyInstance)validation_get_instance_proc_addr(app->instance,
                                                                 "vkDestroyInstance");
    vxmDestroyDevice(app->wrapped);
    vkDestroyDevice(app->device, NULL);
    destroyInstance(app->instance, NULL);
}

/* ---- what the app does between plan and finish ---- */

static void carry_out(struct gpu *gpu, VxmPlan *plan, bool takeObjects, VxmPlanResult *done)
{
    memset(done, 0, sizeof(*done));
    done->takeObjects = takeObjects ? VK_TRUE : VK_FALSE;
    cr_assert_eq(plan->memoryCount, 1);
    if (plan->resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        VK(vkCreateBuffer(gpu->vk, &plan->bufferCreateInfo, NULL, &done->buffer));
    } else {
        VK(vkCreateImage(gpu->vk, &plan->imageCreateInfo, NULL, &done->image));
    }
    VXM(vxmSetPlanResource(plan, done->buffer, done->image));
    VK(vkAllocateMemory(gpu->vk, &plan->memories[0].allocateInfo, NULL, &done->memories[0].memory));
    done->memoryCount = 1;
    if (done->buffer != VK_NULL_HANDLE) {
        VK(vkBindBufferMemory(gpu->vk, done->buffer, done->memories[0].memory,
                              plan->memories[0].offset));
    } else {
        VK(vkBindImageMemory(gpu->vk, done->image, done->memories[0].memory,
                             plan->memories[0].offset));
    }
}

static void destroy_objects(struct gpu *gpu, const VxmPlanResult *done)
{
    if (!done->takeObjects) {
        vkDestroyBuffer(gpu->vk, done->buffer, NULL);
        vkDestroyImage(gpu->vk, done->image, NULL);
        vkFreeMemory(gpu->vk, done->memories[0].memory, NULL);
    }
}

/* Both sides through the plan: one makes, the other imports. */
static void share_by_plan(struct gpu *gpu, bool image, bool takeObjects)
{
    const VkBufferCreateInfo buffer = gpu_buffer_info(SIZE);
    const VkImageCreateInfo picture = gpu_image_info(200, 100, VK_IMAGE_TILING_OPTIMAL);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    VxmPlan plan;
    VxmPlanResult made;
    VxmPlanResult imported;
    VxmMemory memories[2] = {NULL, NULL};
    VxmShared shared;
    VxmHandover handover;

    if (image) {
        VXM(vxmPlanImage(gpu->device, &picture, &how, &plan));
    } else {
        VXM(vxmPlanBuffer(gpu->device, &buffer, &how, &plan));
    }
    carry_out(gpu, &plan, takeObjects, &made);
    VXM(vxmFinishPlan(&plan, &made, &memories[0]));
    VXM(vxmExportMemory(memories[0], REAL_TYPE, &shared));

    VXM(vxmPlanImport(gpu->device, &shared, NULL, &plan));
    carry_out(gpu, &plan, takeObjects, &imported);
    VXM(vxmFinishPlan(&plan, &imported, &memories[1]));
    cr_expect(support_is_open(shared.memories[0].handle.fd), "an import borrows");
    vxmCloseShared(&shared);

    gpu_write(gpu, memories[0], &shared, 41, true, &handover);
    cr_expect(gpu_holds(gpu, memories[1], &shared, &handover, 41));
    gpu_write(gpu, memories[1], &shared, 42, false, &handover);
    cr_expect(gpu_holds(gpu, memories[0], &shared, &handover, 42));
    for (int i = 0; i < 2; i++) {
        vxmDestroyMemory(memories[i]);
        destroy_objects(gpu, i == 0 ? &made : &imported);
    }
}

Test(plan, buffer_and_image_on_the_librarys_device)
{
    struct gpu gpu;

    gpu_open(&gpu);
    share_by_plan(&gpu, false, false);
    share_by_plan(&gpu, false, true);
    share_by_plan(&gpu, true, false);
    share_by_plan(&gpu, true, true);
    gpu_close(&gpu);
}

Test(plan, buffer_and_image_on_the_apps_own_device)
{
    struct app app;
    struct gpu gpu;

    create_app(&app);
    gpu_open_with(app.wrapped, &gpu);
    share_by_plan(&gpu, false, false);
    share_by_plan(&gpu, true, true);
    gpu_close_keeping_device(&gpu);
    destroy_app(&app);
}

/* The library does it all, but on the app's device. */
Test(plan, shared_between_the_apps_device_and_the_librarys)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    struct app app;
    struct gpu here;
    struct gpu there;
    VxmMemory memory = NULL;
    VxmMemory imported = NULL;
    VxmShared shared;
    VxmHandover handover;

    create_app(&app);
    gpu_open_with(app.wrapped, &here);
    gpu_open(&there);
    VXM(vxmCreateBuffer(here.device, &info, &how, &memory));
    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    VXM(vxmImportMemory(there.device, &shared, NULL, &imported));
    vxmCloseShared(&shared);
    gpu_write(&here, memory, &shared, 43, true, &handover);
    cr_expect(gpu_holds(&there, imported, &shared, &handover, 43));
    vxmDestroyMemory(imported);
    vxmDestroyMemory(memory);
    gpu_close(&there);
    gpu_close_keeping_device(&here);
    destroy_app(&app);
}

/* Given up before and after the resource was made. */
Test(plan, given_up)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    const VxmPlanResult gaveUp = {.result = VK_ERROR_UNKNOWN};
    struct gpu gpu;
    VxmMemory memory = NULL;
    VxmMemory none = NULL;
    VxmShared shared;
    VxmPlan plan;

    gpu_open(&gpu);
    VXM(vxmPlanBuffer(gpu.device, &info, &how, &plan));
    VXM(vxmFinishPlan(&plan, &gaveUp, &none));
    cr_expect_null(none);

    VXM(vxmCreateBuffer(gpu.device, &info, &how, &memory));
    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    size_t open = support_handle_count();
    for (int i = 0; i < 50; i++) {
        VXM(vxmPlanImport(gpu.device, &shared, NULL, &plan));
        VXM(vxmFinishPlan(&plan, &gaveUp, &none));
        cr_assert_null(none);
        cr_assert_eq(support_handle_count(), open);
    }
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    gpu_close(&gpu);
}

/* Memory that the app has made all by itself, adopted. */
Test(plan, wrapped_memory)
{
    const VkExternalMemoryBufferCreateInfo external = {
        .sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO, .handleTypes = REAL_TYPE};
    VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    struct gpu gpu;
    VkMemoryRequirements needs;
    VxmMemoryWrapInfo wrap = {.memoryCount = 1, .handleTypes = REAL_TYPE, .dedicated = VK_TRUE};
    VxmMemory memory = NULL;
    VxmMemory imported = NULL;
    VxmShared shared;
    VxmHandover handover;

    gpu_open(&gpu);
    info.pNext = &external;
    VK(vkCreateBuffer(gpu.vk, &info, NULL, &wrap.buffer));
    vkGetBufferMemoryRequirements(gpu.vk, wrap.buffer, &needs);
    const VkMemoryDedicatedAllocateInfo dedicated = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO, .buffer = wrap.buffer};
    const VkExportMemoryAllocateInfo exported = {.sType =
                                                     VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO,
                                                 .pNext = &dedicated,
                                                 .handleTypes = REAL_TYPE};
    const VkMemoryAllocateInfo allocate = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .pNext = &exported,
        .allocationSize = needs.size,
        .memoryTypeIndex =
            gpu_memory_type(&gpu, needs.memoryTypeBits, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT),
    };
    VK(vkAllocateMemory(gpu.vk, &allocate, NULL, &wrap.memories[0].memory));
    VK(vkBindBufferMemory(gpu.vk, wrap.buffer, wrap.memories[0].memory, 0));
    wrap.bufferCreateInfo = &info;
    wrap.memories[0].allocationSize = needs.size;
    wrap.memories[0].memoryTypeIndex = allocate.memoryTypeIndex;
    VXM(vxmWrapMemory(gpu.device, &wrap, &memory));

    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    VXM(vxmImportMemory(gpu.device, &shared, NULL, &imported));
    vxmCloseShared(&shared);
    gpu_write(&gpu, memory, &shared, 44, true, &handover);
    cr_expect(gpu_holds(&gpu, imported, &shared, &handover, 44));
    vxmDestroyMemory(imported);
    vxmDestroyMemory(memory);
    vkDestroyBuffer(gpu.vk, wrap.buffer, NULL);
    vkFreeMemory(gpu.vk, wrap.memories[0].memory, NULL);
    gpu_close(&gpu);
}
