/*
 * Devices that the library makes: which one, with what, and nothing left after a failure.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/common.h"
#include "contract/types.h"

TestSuite(device, .init = contract_begin, .fini = contract_end);

static VxmDeviceCreateInfo create_info(void)
{
    return (VxmDeviceCreateInfo){.getInstanceProcAddr = model_vkGetInstanceProcAddr};
}

static VxmDeviceInfo info_of(VxmDevice device)
{
    VxmDeviceInfo info;

    require(vxmGetDeviceInfo(device, &info));
    return info;
}

/* A creation that should fail: with that result, reason and words, nothing written, nothing left.
 */
static void expect_refused(const VxmDeviceCreateInfo *info, VkResult result, VxmErrorReason reason,
                           const char *part)
{
    VxmDevice device;

    fill(device);
    expect_error(vxmCreateDevice(info, &device), result, reason, part);
    expect_untouched(device);
    expect_idle();
}

/* ---- what it is made of ---- */

Test(device, default_is_the_first_with_everything)
{
    VxmDeviceCreateInfo create = create_info();
    VxmDevice device = NULL;
    VxmDeviceInfo info;

    require(vxmCreateDevice(&create, &device));
    info = info_of(device);
    cr_expect_not_null(info.instance);
    cr_expect_not_null(info.physicalDevice);
    cr_expect_not_null(info.device);
    cr_expect_not_null(info.queue);
    cr_expect_eq(info.queueFamilyIndex, 1, "family 0 of the model can only copy");
    cr_expect_eq(info.apiVersion, VK_API_VERSION_1_3);
    cr_expect(info.timelineSemaphore);
    cr_expect(info.synchronization2);
    cr_expect(info.samplerYcbcrConversion);
    cr_expect_eq(info.getInstanceProcAddr, model_vkGetInstanceProcAddr);
    cr_expect_not_null((void *)(uintptr_t)info.getDeviceProcAddr);
    cr_expect_eq(model_live_objects(MODEL_INSTANCE), 1);
    cr_expect_eq(model_live_objects(MODEL_DEVICE), 1);
    vxmDestroyDevice(device);
    vxmDestroyDevice(NULL);
}

Test(device, identity_is_the_driver_s)
{
    ModelConfig config = model_default_config();
    ModelDeviceConfig *model = &config.devices[0];
    const VxmIdentity *identity;
    VxmDevice device;

    model->deviceLUIDValid = true;
    memset(model->deviceLUID, 0x1d, VK_LUID_SIZE);
    model->deviceNodeMask = 1;
    model->drmPrimaryValid = true;
    model->drmPrimaryMajor = 226;
    model->drmPrimaryMinor = 7;
    device = contract_device_with(&config);
    identity = info_of(device).identity;
    cr_expect_arr_eq(identity->deviceUUID, model->deviceUUID, VK_UUID_SIZE);
    cr_expect_arr_eq(identity->driverUUID, model->driverUUID, VK_UUID_SIZE);
    cr_expect_arr_eq(identity->deviceLUID, model->deviceLUID, VK_LUID_SIZE);
    cr_expect(identity->deviceLUIDValid);
    cr_expect_eq(identity->deviceNodeMask, 1);
    cr_expect(identity->pciValid);
    cr_expect_eq(identity->pciDomain, model->pciDomain);
    cr_expect_eq(identity->pciBus, model->pciBus);
    cr_expect_eq(identity->pciDevice, model->pciDevice);
    cr_expect_eq(identity->pciFunction, model->pciFunction);
    cr_expect(identity->drmPrimaryValid);
    cr_expect_eq(identity->drmPrimaryMinor, 7);
    cr_expect_eq(identity->drmRenderValid, model->drmRenderValid);
    if (model->drmRenderValid) {
        cr_expect_eq(identity->drmRenderMajor, model->drmRenderMajor);
        cr_expect_eq(identity->drmRenderMinor, model->drmRenderMinor);
    }
    cr_expect_eq(identity->vendorID, model->vendorID);
    cr_expect_eq(identity->deviceID, model->deviceID);
    cr_expect_eq(identity->driverVersion, model->driverVersion);
    cr_expect_eq(identity->driverID, model->driverID);
    cr_expect_str_eq(identity->deviceName, model->name);
    cr_expect_str_not_empty(identity->driverName);
    vxmDestroyDevice(device);
}

/* What a driver does not tell is not asked, and is said to be unknown. */
Test(device, identity_without_extensions_is_unknown)
{
    static const char *const gone[] = {"VK_EXT_pci_bus_info", "VK_EXT_physical_device_drm",
                                       "VK_KHR_driver_properties"};
    ModelConfig config = model_default_config();
    const VxmIdentity *identity;
    VxmDevice device;

    config.devices[0].apiVersion = VK_API_VERSION_1_1;
    for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
        model_drop_extension(&config.devices[0], gone[i]);
    }
    device = contract_device_with(&config);
    identity = info_of(device).identity;
    cr_expect_not(identity->pciValid);
    cr_expect_eq(identity->pciBus, 0);
    cr_expect_not(identity->drmPrimaryValid);
    cr_expect_not(identity->drmRenderValid);
    cr_expect_eq(identity->driverID, 0);
    cr_expect_str_empty(identity->driverName);
    vxmDestroyDevice(device);
}

static void expect_features(const ModelConfig *config, uint32_t asked, uint32_t version,
                            bool timeline, bool synchronization2)
{
    VxmDeviceCreateInfo create = create_info();
    VxmDevice device = NULL;
    VxmDeviceInfo info;

    model_reset(config);
    create.apiVersion = asked;
    require(vxmCreateDevice(&create, &device));
    info = info_of(device);
    cr_expect_eq(info.apiVersion, version, "asked 0x%x, got 0x%x", asked, info.apiVersion);
    cr_expect_eq(info.timelineSemaphore, timeline, "version 0x%x", version);
    cr_expect_eq(info.synchronization2, synchronization2, "version 0x%x", version);
    vxmDestroyDevice(device);
    expect_idle();
}

Test(device, version_is_what_all_have_in_common)
{
    ModelConfig config = model_default_config();

    expect_features(&config, 0, VK_API_VERSION_1_3, true, true);
    expect_features(&config, VK_API_VERSION_1_2, VK_API_VERSION_1_2, true, true);
    expect_features(&config, VK_API_VERSION_1_1, VK_API_VERSION_1_1, true, true);
    config.instanceVersion = VK_API_VERSION_1_2;
    expect_features(&config, 0, VK_API_VERSION_1_2, true, true);
    config.devices[0].apiVersion = VK_API_VERSION_1_1;
    expect_features(&config, 0, VK_API_VERSION_1_1, true, true);
}

Test(device, features_come_by_version_or_by_extension)
{
    ModelConfig config = model_default_config();

    model_drop_extension(&config.devices[0], "VK_KHR_timeline_semaphore");
    model_drop_extension(&config.devices[0], "VK_KHR_synchronization2");
    expect_features(&config, VK_API_VERSION_1_3, VK_API_VERSION_1_3, true, true);
    expect_features(&config, VK_API_VERSION_1_2, VK_API_VERSION_1_2, true, false);
    expect_features(&config, VK_API_VERSION_1_1, VK_API_VERSION_1_1, false, false);
    config.devices[0].timelineSemaphore = false;
    config.devices[0].synchronization2 = false;
    expect_features(&config, VK_API_VERSION_1_3, VK_API_VERSION_1_3, false, false);
}

/* One extension less at a time: the device can still be made, and says what it lacks. */
Test(device, every_extension_may_be_missing)
{
    ModelConfig full = model_default_config();

    for (size_t i = 0; full.devices[0].extensions[i] != NULL; i++) {
        ModelConfig config = full;
        VxmDevice device;

        for (uint32_t version = VK_API_VERSION_1_1; version <= VK_API_VERSION_1_3;
             version += VK_API_VERSION_1_1 - VK_API_VERSION_1_0) {
            config = full;
            config.devices[0].apiVersion = version;
            model_drop_extension(&config.devices[0], full.devices[0].extensions[i]);
            contract_note("without %s", full.devices[0].extensions[i]);
            device = contract_device_with(&config);
            vxmDestroyDevice(device);
            expect_idle();
        }
    }
}

/* An extension is of no use without those that it builds on, and must not be enabled then. */
Test(device, part_of_a_type_s_extensions_is_none)
{
    FOR_EACH_TYPE(type)
    {
        ModelConfig config = model_default_config();
        VxmDevice device;

        model_drop_extension(&config.devices[0], type->extension);
        device = contract_device_with(&config);
        for (uint32_t i = 0; i < backend_type_count; i++) {
            const struct backend_type *other = &backend_types[i];
            VxmQueryInfo query = {.kind = VXM_HANDLE_KIND_MEMORY, .handleType = other->type};
            VxmQueryResult answer;

            require(vxmQuery(device, &query, &answer));
            if (other == type) {
                cr_expect_not(answer.exportable);
                cr_expect_not(answer.importable);
                cr_expect_not_null(strstr(answer.reason, type->extension));
            } else if (answer.exportable || answer.importable) {
                cr_expect_str_neq(other->extension, type->extension);
            }
        }
        vxmDestroyDevice(device);
        expect_idle();
    }
}

Test(device, portability_is_turned_on_where_it_is_there)
{
    ModelConfig config = model_default_config();
    VxmRequiredExtensions required;
    VxmDeviceInfo info;
    VxmDevice device;
    bool listed = false;

    model_add_extension(&config.devices[0], "VK_KHR_portability_subset");
    device = contract_device_with(&config);
    info = info_of(device);
    require(vxmGetRequiredExtensions(model_vkGetInstanceProcAddr, info.instance,
                                     info.physicalDevice, &required));
    cr_expect_eq(required.instanceFlags, VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR);
    for (uint32_t i = 0; i < required.deviceExtensionCount; i++) {
        listed = listed || strcmp(required.deviceExtensions[i], "VK_KHR_portability_subset") == 0;
    }
    cr_expect(listed);
    vxmDestroyDevice(device);
}

/* The best family wins, wherever it stands. */
Test(device, queue_family_is_the_most_able)
{
    static const struct {
        VkQueueFlags flags[3];
        uint32_t best;
    } cases[] = {
        {{VK_QUEUE_TRANSFER_BIT, VK_QUEUE_COMPUTE_BIT,
          VK_QUEUE_GRAPHICS_BIT | VK_QUEUE_COMPUTE_BIT},
         2},
        {{VK_QUEUE_TRANSFER_BIT, VK_QUEUE_GRAPHICS_BIT, VK_QUEUE_COMPUTE_BIT}, 2},
        {{VK_QUEUE_TRANSFER_BIT, VK_QUEUE_TRANSFER_BIT, VK_QUEUE_GRAPHICS_BIT}, 2},
        {{VK_QUEUE_SPARSE_BINDING_BIT, VK_QUEUE_TRANSFER_BIT, VK_QUEUE_SPARSE_BINDING_BIT}, 1},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ModelConfig config = model_default_config();
        VxmDevice device;

        config.devices[0].queueFamilyCount = 3;
        memcpy(config.devices[0].queueFlags, cases[i].flags, sizeof(cases[i].flags));
        device = contract_device_with(&config);
        cr_expect_eq(info_of(device).queueFamilyIndex, cases[i].best, "case %zu", i);
        vxmDestroyDevice(device);
    }
}

Test(device, no_usable_queue_family_is_refused)
{
    ModelConfig config = model_default_config();
    VxmDeviceCreateInfo create = create_info();

    config.devices[0].queueFamilyCount = 1;
    config.devices[0].queueFlags[0] = VK_QUEUE_SPARSE_BINDING_BIT;
    model_reset(&config);
    expect_refused(&create, VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED,
                   "queue family");
}

/* ---- what the caller asks for ---- */

Test(device, asked_for_layers_and_extensions_must_exist)
{
    const char *const name = "VK_XYZ_thing";
    VxmDeviceCreateInfo create = create_info();

    create.instanceExtensionCount = 1;
    create.instanceExtensions = &name;
    expect_refused(&create, VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, name);
    create = create_info();
    create.deviceExtensionCount = 1;
    create.deviceExtensions = &name;
    expect_refused(&create, VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, name);
    create = create_info();
    create.instanceLayerCount = 1;
    create.instanceLayers = &name;
    expect_refused(&create, VK_ERROR_LAYER_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, name);
}

/* The model driver's entry, with a look at what a device is created with. */
static VkInstance looked_at;
static uint32_t named_twice;
static uint32_t named;

static VKAPI_ATTR VkResult VKAPI_CALL look_at_names(VkPhysicalDevice physicalDevice,
                                                    const VkDeviceCreateInfo *info,
                                                    const VkAllocationCallbacks *allocator,
                                                    VkDevice *device)
{
    named = info->enabledExtensionCount;
    named_twice = 0;
    for (uint32_t i = 0; i < named; i++) {
        for (uint32_t j = 0; j < i; j++) {
            named_twice +=
                strcmp(info->ppEnabledExtensionNames[i], info->ppEnabledExtensionNames[j]) == 0;
        }
    }
    return ((PFN_vkCreateDevice)model_vkGetInstanceProcAddr(looked_at, "vkCreateDevice"))(
        physicalDevice, info, allocator, device);
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL looking(VkInstance instance, const char *name)
{
    if (strcmp(name, "vkCreateDevice") == 0) {
        looked_at = instance;
        return (PFN_vkVoidFunction)look_at_names;
    }
    return model_vkGetInstanceProcAddr(instance, name);
}

/* What the library enables anyway may be asked for too: nothing is named twice. */
Test(device, asked_for_and_own_go_together)
{
    const char *const extensions[] = {backend_opaque_type()->extension, "VK_KHR_maintenance4",
                                      "VK_KHR_maintenance4"};
    static const char *const layers[] = {"VK_LAYER_MODEL_nothing"};
    static const char *const instance[] = {"VK_KHR_portability_enumeration",
                                           "VK_KHR_get_physical_device_properties2"};
    VkPhysicalDeviceMaintenance4Features feature = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_FEATURES,
        .maintenance4 = VK_TRUE,
    };
    ModelConfig config = model_default_config();
    VxmDeviceCreateInfo create = create_info();
    VxmDevice device = NULL;

    config.instanceLayers[0] = layers[0];
    model_reset(&config);
    create.getInstanceProcAddr = looking;
    create.instanceLayerCount = 1;
    create.instanceLayers = layers;
    create.instanceExtensionCount = 2;
    create.instanceExtensions = instance;
    create.deviceExtensionCount = 3;
    create.deviceExtensions = extensions;
    create.deviceNext = &feature;
    require(vxmCreateDevice(&create, &device));
    cr_expect(model_chain_contains("vkCreateDevice",
                                   VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_FEATURES));
    cr_expect(model_chain_contains("vkCreateDevice",
                                   VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES));
    cr_expect_gt(named, 2);
    cr_expect_eq(named_twice, 0);
    vxmDestroyDevice(device);
}

/* The model driver takes no struct there, and says so: thus it has come as far. */
Test(device, instance_chain_of_the_caller_s_reaches_the_driver)
{
    const VkBaseInStructure chained = {.sType =
                                           VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT};
    VxmDeviceCreateInfo create = create_info();
    VxmDevice device;

    fill(device);
    create.instanceNext = &chained;
    expect_failure(vxmCreateDevice(&create, &device));
    cr_expect(model_chain_contains("vkCreateInstance", chained.sType));
    cr_expect_gt(model_take_breaches(), 0);
    expect_untouched(device);
}

Test(device, feature_structs_of_the_library_s_are_refused)
{
    static const VkStructureType types[] = {
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES,
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SAMPLER_YCBCR_CONVERSION_FEATURES,
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES,
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES,
    };

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        VkBaseInStructure second = {.sType = types[i]};
        VkPhysicalDeviceMaintenance4Features first = {
            .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_FEATURES,
            .pNext = &second,
        };
        VxmDeviceCreateInfo create = create_info();

        create.deviceNext = &first;
        expect_refused(&create, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                       "VkPhysicalDevice");
    }
}

Test(device, arguments_are_checked)
{
    static const char *const null_name = NULL;
    VxmDeviceCreateInfo create = create_info();
    VxmDevice device = contract_device();
    VxmDeviceInfo info;

    expect_error(vxmCreateDevice(&create, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "device");
    fill(info);
    expect_error(vxmGetDeviceInfo(NULL, &info), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "device");
    expect_untouched(info);
    expect_error(vxmGetDeviceInfo(device, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "info");
    vxmDestroyDevice(device);
    create.deviceExtensionCount = 1;
    expect_refused(&create, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                   "deviceExtensions");
    create.deviceExtensions = &null_name;
    expect_refused(&create, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                   "deviceExtensions");
}

/* ---- failures inside ---- */

Test(device, no_loader_is_said)
{
    VxmDevice device;

    fill(device);
    backend_fail(backend_loader_fault, 1, true);
    expect_error(vxmCreateDevice(NULL, &device), VK_ERROR_INITIALIZATION_FAILED,
                 VXM_ERROR_REASON_UNSUPPORTED, "loader");
    cr_expect(backend_failed());
    expect_untouched(device);
}

/* A driver may count more extensions than it then gives, or fewer. */
Test(device, incomplete_lists_are_asked_again)
{
    static const char *const commands[] = {
        "vkEnumerateInstanceExtensionProperties",
        "vkEnumerateDeviceExtensionProperties",
        "vkEnumeratePhysicalDevices",
        "vkEnumerateInstanceLayerProperties",
    };
    static const char *const layer = "VK_LAYER_MODEL_nothing";
    ModelConfig config = model_default_config();

    config.instanceLayers[0] = layer;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        VxmDeviceCreateInfo create = create_info();
        VxmDevice device = NULL;

        model_reset(&config);
        create.instanceLayerCount = 1;
        create.instanceLayers = &layer;
        model_fail(commands[i], 2, VK_INCOMPLETE, false);
        require(vxmCreateDevice(&create, &device));
        cr_expect_eq(model_failures(), 1, "%s", commands[i]);
        cr_expect(info_of(device).timelineSemaphore);
        vxmDestroyDevice(device);
        expect_idle();
    }
}

Test(device, every_failing_driver_call_is_undone)
{
    static const char *const layer = "VK_LAYER_MODEL_nothing";
    ModelConfig config = model_default_config();
    uint32_t calls;

    config.instanceLayers[0] = layer;
    for (uint32_t n = 1;; n++) {
        VxmDeviceCreateInfo create = create_info();
        VxmDevice device;
        VkResult result;

        create.instanceLayerCount = 1;
        create.instanceLayers = &layer;
        model_reset(&config);
        model_fail(NULL, n, VK_ERROR_OUT_OF_DEVICE_MEMORY, false);
        fill(device);
        contract_forget_error();
        result = vxmCreateDevice(&create, &device);
        calls = model_result_calls();
        if (model_failures() == 0) {
            require(result);
            vxmDestroyDevice(device);
            cr_expect_gt(n, 8, "the sweep saw %u calls only", calls);
            break;
        }
        contract_check_error(__FILE__, __LINE__, "vxmCreateDevice", result,
                             VK_ERROR_OUT_OF_DEVICE_MEMORY, VXM_ERROR_REASON_DRIVER, "answered");
        expect_untouched(device);
        expect_idle();
    }
}

Test(device, every_failing_allocation_is_undone)
{
    static const char *const layer = "VK_LAYER_MODEL_nothing";
    ModelConfig config = model_default_config();
    unsigned n;

    config.instanceLayers[0] = layer;
    model_reset(&config);
    for (n = 1;; n++) {
        VxmDeviceCreateInfo create = create_info();
        VxmDevice device;
        VkResult result;

        create.instanceLayerCount = 1;
        create.instanceLayers = &layer;
        fill(device);
        contract_forget_error();
        backend_fail(0, n, false);
        result = vxmCreateDevice(&create, &device);
        if (!backend_failed()) {
            require(result);
            vxmDestroyDevice(device);
            break;
        }
        contract_check_error(__FILE__, __LINE__, "vxmCreateDevice", result,
                             VK_ERROR_OUT_OF_HOST_MEMORY, VXM_ERROR_REASON_OUT_OF_MEMORY, "bytes");
        expect_untouched(device);
        expect_idle();
    }
    cr_expect_gt(n, 6);
}
