/*
 * An app's own device: what it should enable, and how the library uses it then.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/types.h"

TestSuite(device_wrap, .init = contract_begin, .fini = contract_end);

#define OPAQUE (backend_opaque_type()->type)

/* An app's own instance and device. */
struct app {
    VkInstance instance;
    VkPhysicalDevice physicalDevice;
    VkDevice device;
    VkQueue queue;
    VxmRequiredExtensions required;
    VxmDeviceWrapInfo wrap;
    VkPhysicalDeviceTimelineSemaphoreFeatures timeline;
    VkPhysicalDeviceSynchronization2Features synchronization2;
};

static PFN_vkVoidFunction command(const struct app *app, const char *name)
{
    PFN_vkVoidFunction found = model_vkGetInstanceProcAddr(app->instance, name);

    cr_assert_not_null(found, "%s", name);
    return found;
}

static void make_instance(struct app *app, uint32_t version)
{
    VkApplicationInfo application = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                     .apiVersion = version};
    VkInstanceCreateInfo create = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                   .pApplicationInfo = &application};
    VkPhysicalDevice all[MODEL_DEVICE_COUNT];
    uint32_t count = MODEL_DEVICE_COUNT;

    require(vxmGetRequiredExtensions(model_vkGetInstanceProcAddr, VK_NULL_HANDLE, VK_NULL_HANDLE,
                                     &app->required));
    cr_expect_eq(app->required.deviceExtensionCount, 0);
    create.flags = app->required.instanceFlags;
    create.enabledExtensionCount = app->required.instanceExtensionCount;
    create.ppEnabledExtensionNames = app->required.instanceExtensions;
    cr_assert_eq(
        ((PFN_vkCreateInstance)command(app, "vkCreateInstance"))(&create, NULL, &app->instance),
        VK_SUCCESS);
    cr_assert_geq(((PFN_vkEnumeratePhysicalDevices)command(app, "vkEnumeratePhysicalDevices"))(
                      app->instance, &count, all),
                  0);
    app->physicalDevice = all[0];
}

/* Enables all that the library lists, and what of the features the device has. */
static void app_open(struct app *app, uint32_t version)
{
    const float priority = 1.0f;
    VkDeviceQueueCreateInfo queue = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                     .queueFamilyIndex = 1,
                                     .queueCount = 1,
                                     .pQueuePriorities = &priority};
    VkDeviceCreateInfo create = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                 .queueCreateInfoCount = 1,
                                 .pQueueCreateInfos = &queue};

    memset(app, 0, sizeof(*app));
    make_instance(app, version);
    require(vxmGetRequiredExtensions(model_vkGetInstanceProcAddr, app->instance,
                                     app->physicalDevice, &app->required));
    app->timeline = (VkPhysicalDeviceTimelineSemaphoreFeatures){
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
        .timelineSemaphore = app->required.timelineSemaphore};
    app->synchronization2 = (VkPhysicalDeviceSynchronization2Features){
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES,
        .pNext = &app->timeline,
        .synchronization2 = app->required.synchronization2};
    create.pNext = &app->synchronization2;
    create.enabledExtensionCount = app->required.deviceExtensionCount;
    create.ppEnabledExtensionNames = app->required.deviceExtensions;
    cr_assert_eq(((PFN_vkCreateDevice)command(app, "vkCreateDevice"))(app->physicalDevice, &create,
                                                                      NULL, &app->device),
                 VK_SUCCESS);
    ((PFN_vkGetDeviceQueue)command(app, "vkGetDeviceQueue"))(app->device, 1, 0, &app->queue);
    app->wrap = (VxmDeviceWrapInfo){
        .getInstanceProcAddr = model_vkGetInstanceProcAddr,
        .instance = app->instance,
        .physicalDevice = app->physicalDevice,
        .device = app->device,
        .apiVersion = version,
        .enabledExtensionCount = app->required.deviceExtensionCount,
        .enabledExtensions = app->required.deviceExtensions,
        .deviceNext = &app->synchronization2,
        .queue = app->queue,
        .queueFamilyIndex = 1,
    };
}

static void app_close(struct app *app)
{
    ((PFN_vkDestroyDevice)command(app, "vkDestroyDevice"))(app->device, NULL);
    ((PFN_vkDestroyInstance)command(app, "vkDestroyInstance"))(app->instance, NULL);
}

static bool is_listed(const VxmRequiredExtensions *required, const char *name)
{
    for (uint32_t i = 0; i < required->deviceExtensionCount; i++) {
        if (strcmp(required->deviceExtensions[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- what to enable ---- */

Test(device_wrap, required_extensions_exist_and_hold_what_types_need)
{
    struct app app;

    app_open(&app, VK_API_VERSION_1_3);
    FOR_EACH_TYPE(type)
    {
        cr_expect(is_listed(&app.required, type->extension));
    }
    for (uint32_t i = 0; i < backend_semaphore_type_count; i++) {
        cr_expect(is_listed(&app.required, backend_semaphore_types[i].extension));
    }
    cr_expect(is_listed(&app.required, "VK_EXT_queue_family_foreign"));
    cr_expect(app.required.timelineSemaphore);
    cr_expect(app.required.synchronization2);
    cr_expect(app.required.samplerYcbcrConversion);
    app_close(&app);
}

Test(device_wrap, required_extensions_are_not_those_that_are_missing)
{
    FOR_EACH_TYPE(type)
    {
        ModelConfig config = model_default_config();
        struct app app;

        model_drop_extension(&config.devices[0], type->extension);
        config.devices[0].timelineSemaphore = false;
        model_reset(&config);
        app_open(&app, VK_API_VERSION_1_3);
        cr_expect_not(is_listed(&app.required, type->extension));
        cr_expect_not(app.required.timelineSemaphore);
        app_close(&app);
    }
}

/* Without an entry of the app's, and without a loader. */
Test(device_wrap, required_extensions_need_a_loader)
{
    VxmRequiredExtensions required;

    fill(required);
    backend_fail(backend_loader_fault, 1, true);
    expect_error(vxmGetRequiredExtensions(NULL, VK_NULL_HANDLE, VK_NULL_HANDLE, &required),
                 VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED, "loader");
    cr_expect(backend_failed());
    expect_untouched(required);
}

Test(device_wrap, required_extensions_check_arguments)
{
    VxmRequiredExtensions required;
    struct app app;

    app_open(&app, VK_API_VERSION_1_3);
    fill(required);
    expect_error(vxmGetRequiredExtensions(model_vkGetInstanceProcAddr, VK_NULL_HANDLE,
                                          app.physicalDevice, &required),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "instance");
    expect_error(vxmGetRequiredExtensions(model_vkGetInstanceProcAddr, app.instance,
                                          app.physicalDevice, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "extensions");
    expect_untouched(required);
    model_fail("vkEnumerateDeviceExtensionProperties", 1, VK_ERROR_OUT_OF_HOST_MEMORY, false);
    expect_error(vxmGetRequiredExtensions(model_vkGetInstanceProcAddr, app.instance,
                                          app.physicalDevice, &required),
                 VK_ERROR_OUT_OF_HOST_MEMORY, VXM_ERROR_REASON_DRIVER, "vkEnumerate");
    expect_untouched(required);
    app_close(&app);
}

/* ---- how it is used ---- */

Test(device_wrap, shares_like_a_device_of_the_library_s)
{
    static const uint32_t versions[] = {VK_API_VERSION_1_1, VK_API_VERSION_1_2, VK_API_VERSION_1_3};

    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
        VkBufferCreateInfo buffer = contract_buffer_info(4096);
        VxmMemoryCreateInfo memoryInfo = contract_memory_info(OPAQUE);
        VxmSemaphoreCreateInfo semaphoreInfo = {.semaphoreType = semaphore_counting(),
                                                .handleTypes = semaphore_reference()->type};
        VxmSemaphore semaphore = NULL;
        VxmMemory memory = NULL;
        VxmMemory import = NULL;
        VxmDevice device = NULL;
        VxmDeviceInfo info;
        VxmShared shared;
        struct app app;

        contract_note("version 1.%u", VK_API_VERSION_MINOR(versions[i]));
        app_open(&app, versions[i]);
        require(vxmWrapDevice(&app.wrap, &device));
        require(vxmGetDeviceInfo(device, &info));
        cr_expect_eq(info.instance, app.instance);
        cr_expect_eq(info.physicalDevice, app.physicalDevice);
        cr_expect_eq(info.device, app.device);
        cr_expect_eq(info.queue, app.queue);
        cr_expect_eq(info.queueFamilyIndex, 1);
        cr_expect_eq(info.apiVersion, versions[i]);
        cr_expect(info.timelineSemaphore);
        cr_expect(info.synchronization2);
        cr_expect(info.identity->pciValid);
        require(vxmCreateBuffer(device, &buffer, &memoryInfo, &memory));
        require(vxmExportMemory(memory, type_bit(backend_opaque_type()), &shared));
        require(vxmImportMemory(device, &shared, NULL, &import));
        require(vxmCreateSemaphore(device, &semaphoreInfo, &semaphore));
        if (semaphore_can(VK_SEMAPHORE_TYPE_TIMELINE)) {
            require(vxmSignalSemaphore(semaphore, 3));
        }
        vxmDestroySemaphore(semaphore);
        vxmDestroyMemory(import);
        vxmDestroyMemory(memory);
        vxmCloseShared(&shared);
        vxmDestroyDevice(device);
        cr_expect_eq(model_live_objects(MODEL_DEVICE), 1, "the app's device was destroyed");
        cr_expect_eq(model_live_objects(MODEL_INSTANCE), 1, "the app's instance was destroyed");
        app_close(&app);
        expect_idle();
    }
}

/* The features may be told by any struct that Vulkan has for them; what is not told is off. */
Test(device_wrap, features_are_read_from_the_chain)
{
    VkPhysicalDeviceVulkan13Features core13 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
    VkPhysicalDeviceVulkan12Features core12 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES, .pNext = &core13};
    VkPhysicalDeviceVulkan11Features core11 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES, .pNext = &core12};
    VkPhysicalDeviceSamplerYcbcrConversionFeatures ycbcr = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SAMPLER_YCBCR_CONVERSION_FEATURES};
    VkPhysicalDeviceSynchronization2Features synchronization2 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES, .pNext = &ycbcr};
    VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
        .pNext = &synchronization2};
    const void *const chains[] = {&core11, &timeline};
    struct app app;

    app_open(&app, VK_API_VERSION_1_3);
    for (size_t chain = 0; chain < 3; chain++) {
        for (uint32_t bits = 0; bits < 8; bits++) {
            VxmDevice device = NULL;
            VxmDeviceInfo info;
            uint32_t expected = chain < 2 ? bits : 0;

            timeline.timelineSemaphore = core12.timelineSemaphore = bits & 1;
            synchronization2.synchronization2 = core13.synchronization2 = bits >> 1 & 1;
            ycbcr.samplerYcbcrConversion = core11.samplerYcbcrConversion = bits >> 2 & 1;
            app.wrap.deviceNext = chain < 2 ? chains[chain] : NULL;
            require(vxmWrapDevice(&app.wrap, &device));
            require(vxmGetDeviceInfo(device, &info));
            cr_expect_eq(info.timelineSemaphore, expected & 1);
            cr_expect_eq(info.synchronization2, expected >> 1 & 1);
            cr_expect_eq(info.samplerYcbcrConversion, expected >> 2 & 1);
            vxmDestroyDevice(device);
        }
    }
    app_close(&app);
}

/* An extension that the driver does not have was not enabled, whatever the app says. The alignment
 * of host pointers, by which sizes are divided, is 0 then. */
Test(device_wrap, host_pointers_of_a_driver_without_them)
{
    VxmSharedMemory memory = {.allocationSize = 65536};
    VxmShared shared = {.handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT,
                        .memoryCount = 1};
    const char *const claimed[] = {VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME};
    ModelConfig config = model_default_config();
    VxmDevice device = NULL;
    struct app app;

    model_drop_extension(&config.devices[0], claimed[0]);
    config.devices[0].minImportedHostPointerAlignment = 0; /* a struct that nobody fills in */
    model_reset(&config);
    app_open(&app, VK_API_VERSION_1_3);
    app.wrap.enabledExtensionCount = 1;
    app.wrap.enabledExtensions = claimed;
    require(vxmWrapDevice(&app.wrap, &device));
    memory.handle = (VxmHandle){.type = shared.handleType, .ptr = &memory};
    shared.memories[0] = memory;
    expect_error(vxmCheckShared(device, &shared), VK_ERROR_EXTENSION_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, claimed[0]);
    model_take_breaches();
    vxmDestroyDevice(device);
    app_close(&app);
}

/* What the app has not enabled is not used, and the sentence says what to enable. */
Test(device_wrap, types_need_their_extensions_enabled)
{
    VxmSemaphoreCreateInfo semaphoreInfo = {.semaphoreType = semaphore_plain(),
                                            .handleTypes = semaphore_reference()->type};
    VxmMemoryCreateInfo memoryInfo = contract_memory_info(OPAQUE);
    VxmSemaphore semaphore;
    VxmDevice device = NULL;
    VxmMemory memory;
    struct app app;

    app_open(&app, VK_API_VERSION_1_3);
    app.wrap.enabledExtensionCount = 0;
    require(vxmWrapDevice(&app.wrap, &device));
    fill(memory);
    fill(semaphore);
    expect_error(vxmCreateMemory(device, 4096, &memoryInfo, &memory),
                 VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 backend_opaque_type()->extension);
    expect_error(vxmCreateSemaphore(device, &semaphoreInfo, &semaphore),
                 VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 semaphore_reference()->extension);
    expect_untouched(memory);
    expect_untouched(semaphore);
    vxmDestroyDevice(device);
    app_close(&app);
}

Test(device_wrap, timelines_need_their_feature_enabled)
{
    VxmSemaphoreCreateInfo semaphoreInfo = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                            .handleTypes = semaphore_reference()->type};
    VxmSemaphore semaphore;
    VxmDevice device = NULL;
    struct app app;

    app_open(&app, VK_API_VERSION_1_3);
    app.wrap.deviceNext = NULL;
    require(vxmWrapDevice(&app.wrap, &device));
    fill(semaphore);
    expect_error(vxmCreateSemaphore(device, &semaphoreInfo, &semaphore),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "timelineSemaphore");
    expect_untouched(semaphore);
    vxmDestroyDevice(device);
    app_close(&app);
}

Test(device_wrap, version_is_what_both_have)
{
    ModelConfig config = model_default_config();
    VxmDevice device = NULL;
    VxmDeviceInfo info;
    struct app app;

    config.devices[0].apiVersion = VK_API_VERSION_1_1;
    model_reset(&config);
    app_open(&app, VK_API_VERSION_1_3);
    require(vxmWrapDevice(&app.wrap, &device));
    require(vxmGetDeviceInfo(device, &info));
    cr_expect_eq(info.apiVersion, VK_API_VERSION_1_1);
    vxmDestroyDevice(device);
    app_close(&app);
}

/* A driver below 1.1 is refused, and what it may be asked for is answered. */
Test(device_wrap, driver_of_vulkan_1_0_is_refused)
{
    VxmRequiredExtensions required;
    struct app app;
    VxmDevice device;

    app_open(&app, VK_API_VERSION_1_3);
    model_config()->devices[0].apiVersion = VK_API_VERSION_1_0;
    fill(device);
    expect_error(vxmWrapDevice(&app.wrap, &device), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_UNSUPPORTED, "1.0");
    expect_untouched(device);
    require(vxmGetRequiredExtensions(model_vkGetInstanceProcAddr, app.instance, app.physicalDevice,
                                     &required));
    cr_expect_not(required.timelineSemaphore);
    cr_expect_not(required.synchronization2);
    app_close(&app);
}

Test(device_wrap, missing_objects_are_named)
{
    VxmDeviceWrapInfo wrap;
    VxmDevice device;
    struct app app;

    app_open(&app, VK_API_VERSION_1_3);
    fill(device);
#define REFUSED(field, value, result, part)                                                        \
    wrap = app.wrap;                                                                               \
    wrap.field = value;                                                                            \
    expect_error(vxmWrapDevice(&wrap, &device), result, VXM_ERROR_REASON_ARGUMENT, part)
    REFUSED(getInstanceProcAddr, NULL, VK_ERROR_VALIDATION_FAILED_EXT, "getInstanceProcAddr");
    REFUSED(instance, VK_NULL_HANDLE, VK_ERROR_VALIDATION_FAILED_EXT, "instance");
    REFUSED(physicalDevice, VK_NULL_HANDLE, VK_ERROR_VALIDATION_FAILED_EXT, "physicalDevice");
    REFUSED(device, VK_NULL_HANDLE, VK_ERROR_VALIDATION_FAILED_EXT, "device");
    REFUSED(enabledExtensions, NULL, VK_ERROR_VALIDATION_FAILED_EXT, "enabledExtensions");
    REFUSED(apiVersion, 0, VK_ERROR_INCOMPATIBLE_DRIVER, "apiVersion");
    REFUSED(apiVersion, VK_API_VERSION_1_0, VK_ERROR_INCOMPATIBLE_DRIVER, "1.0");
    app.required.deviceExtensions[app.required.deviceExtensionCount - 1] = NULL;
    REFUSED(enabledExtensions, app.required.deviceExtensions, VK_ERROR_VALIDATION_FAILED_EXT,
            "] is NULL");
#undef REFUSED
    expect_error(vxmWrapDevice(NULL, &device), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "info");
    expect_error(vxmWrapDevice(&app.wrap, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "device");
    expect_untouched(device);
    app_close(&app);
}

Test(device_wrap, every_failure_leaves_the_app_s_objects)
{
    struct app app;
    unsigned n;

    app_open(&app, VK_API_VERSION_1_3);
    for (n = 1;; n++) {
        VxmDevice device;
        VkResult result;

        fill(device);
        contract_forget_error();
        backend_fail(0, n, false);
        result = vxmWrapDevice(&app.wrap, &device);
        if (!backend_failed()) {
            require(result);
            vxmDestroyDevice(device);
            break;
        }
        contract_check_error(__FILE__, __LINE__, "vxmWrapDevice", result,
                             VK_ERROR_OUT_OF_HOST_MEMORY, VXM_ERROR_REASON_OUT_OF_MEMORY, NULL);
        expect_untouched(device);
        cr_expect_eq(model_live_objects(MODEL_DEVICE), 1);
    }
    cr_expect_gt(n, 2);
    for (n = 1;; n++) {
        VxmDevice device;
        VkResult result;

        model_clear_failures();
        fill(device);
        contract_forget_error();
        model_fail(NULL, n, VK_ERROR_DEVICE_LOST, false);
        result = vxmWrapDevice(&app.wrap, &device);
        if (model_failures() == 0) {
            require(result);
            vxmDestroyDevice(device);
            break;
        }
        contract_check_error(__FILE__, __LINE__, "vxmWrapDevice", result, VK_ERROR_DEVICE_LOST,
                             VXM_ERROR_REASON_DRIVER, "vk");
        expect_untouched(device);
        cr_expect_eq(model_live_objects(MODEL_DEVICE), 1);
    }
    model_clear_failures();
    cr_expect_gt(n, 1);
    app_close(&app);
}
