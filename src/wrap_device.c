/*
 * What an app enables on a device of its own, and how the library then uses that device.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

static VkResult check_wrap_info(const VxmDeviceWrapInfo *info)
{
    const struct {
        const char *name;
        bool missing;
    } fields[] = {
        {"getInstanceProcAddr", !info->getInstanceProcAddr},
        {"instance", !info->instance},
        {"physicalDevice", !info->physicalDevice},
        {"device", !info->device},
        {"enabledExtensions", info->enabledExtensionCount > 0 && !info->enabledExtensions},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; ++i) {
        if (fields[i].missing) {
            return vxm__fail_argument("vxmWrapDevice: info->%s must not be NULL.", fields[i].name);
        }
    }
    for (uint32_t i = 0; i < info->enabledExtensionCount; ++i) {
        if (!info->enabledExtensions[i]) {
            return vxm__fail_argument("vxmWrapDevice: info->enabledExtensions[%u] is NULL.", i);
        }
    }
    if (info->apiVersion < VK_API_VERSION_1_1) {
        return vxm__fail(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_ARGUMENT, 0,
                         "vxmWrapDevice: info->apiVersion is %u.%u, and the library needs 1.1. "
                         "Make the instance with VkApplicationInfo::apiVersion 1.1 or above, and "
                         "give that here.",
                         VK_API_VERSION_MAJOR(info->apiVersion),
                         VK_API_VERSION_MINOR(info->apiVersion));
    }
    return VK_SUCCESS;
}

/* Lowers apiVersion to what the physical device has. */
static VkResult settle_version(VxmDevice device)
{
    VkPhysicalDeviceProperties core;
    device->vk.GetPhysicalDeviceProperties(device->physicalDevice, &core);
    if (core.apiVersion < VK_API_VERSION_1_1) {
        return vxm__fail(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "vxmWrapDevice: the driver of \"%s\" has Vulkan %u.%u, and the library "
                         "needs 1.1. Update the driver, or choose another device.",
                         core.deviceName, VK_API_VERSION_MAJOR(core.apiVersion),
                         VK_API_VERSION_MINOR(core.apiVersion));
    }
    if (core.apiVersion < device->apiVersion) {
        device->apiVersion = core.apiVersion;
    }
    return VK_SUCCESS;
}

static VkResult build(VxmDevice device, const VxmDeviceWrapInfo *info)
{
    struct vxm_extensions available = {0};
    VkResult result =
        vxm__load_instance_commands(device->getInstanceProcAddr, device->instance, &device->vk);
    if (result == VK_SUCCESS) {
        result = settle_version(device);
    }
    if (result == VK_SUCCESS) {
        result = vxm__load_device_commands(device);
    }
    if (result == VK_SUCCESS) {
        result = vxm__read_device_extensions(&device->vk, device->physicalDevice, 0, NULL,
                                             device->allocator, &available);
    }
    if (result == VK_SUCCESS) {
        vxm__read_device_facts(device, &available, info->enabledExtensionCount,
                               info->enabledExtensions);
    }
    vxm__free_extensions(device->allocator, &available);
    return result;
}

VkResult vxmWrapDevice(const VxmDeviceWrapInfo *info, VxmDevice *device)
{
    VxmDevice made = NULL;
    if (!info || !device) {
        return vxm__fail_argument("vxmWrapDevice: %s must not be NULL.", info ? "device" : "info");
    }
    VkResult result = check_wrap_info(info);
    if (result == VK_SUCCESS) {
        result = vxm__new_device("vxmWrapDevice", info->allocator, &made);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    struct vxm_features features;
    vxm__read_features(info->deviceNext, &features);
    made->nativeDeviceDeclared = vxm__backend_instance_declares(info->instanceNext);
    made->getInstanceProcAddr = info->getInstanceProcAddr;
    made->instance = info->instance;
    made->physicalDevice = info->physicalDevice;
    made->device = info->device;
    made->queue = info->queue;
    made->queueFamilyIndex = info->queue ? info->queueFamilyIndex : 0;
    made->apiVersion = info->apiVersion;
    made->timelineSemaphore = features.timelineSemaphore;
    made->synchronization2 = features.synchronization2;
    made->samplerYcbcrConversion = features.samplerYcbcrConversion;
    result = build(made, info);
    if (result != VK_SUCCESS) {
        vxm__end_device(made);
        return result;
    }
    *device = made;
    return VK_SUCCESS;
}

/* The device's part of vxmGetRequiredExtensions(). */
static VkResult require_of_device(PFN_vkGetInstanceProcAddr getInstanceProcAddr,
                                  VkInstance instance, VkPhysicalDevice physicalDevice,
                                  VxmRequiredExtensions *required)
{
    struct vxm_dispatch vk;
    struct vxm_extensions available = {0};
    VkResult result = vxm__load_instance_commands(getInstanceProcAddr, instance, &vk);
    if (result == VK_SUCCESS) {
        result = vxm__read_device_extensions(&vk, physicalDevice, 0, NULL, NULL, &available);
    }
    if (result == VK_SUCCESS) {
        VkPhysicalDeviceProperties core;
        struct vxm_features features;
        vk.GetPhysicalDeviceProperties(physicalDevice, &core);
        /* The instance's version is not known here, so that what a later core has is listed as an
         * extension too, where the driver lists it. */
        required->deviceExtensionCount =
            vxm__own_device_extensions(&available, VK_API_VERSION_1_1, required->deviceExtensions);
        if (core.apiVersion >= VK_API_VERSION_1_1) {
            vxm__ask_features(&vk, physicalDevice, core.apiVersion, &available, &features);
            required->timelineSemaphore = features.timelineSemaphore;
            required->synchronization2 = features.synchronization2;
            required->samplerYcbcrConversion = features.samplerYcbcrConversion;
        }
    }
    vxm__free_extensions(NULL, &available);
    return result;
}

VkResult vxmGetRequiredExtensions(PFN_vkGetInstanceProcAddr getInstanceProcAddr,
                                  VkInstance instance, VkPhysicalDevice physicalDevice,
                                  VxmRequiredExtensions *extensions)
{
    VxmRequiredExtensions required = {0};
    struct vxm_extensions available = {0};
    VkResult result = VK_SUCCESS;
    if (!extensions) {
        return vxm__fail_argument("vxmGetRequiredExtensions: extensions must not be NULL.");
    }
    if (physicalDevice && !instance) {
        return vxm__fail_argument("vxmGetRequiredExtensions: a physicalDevice was given without "
                                  "its instance. Give both, or neither.");
    }
    if (!getInstanceProcAddr) {
        result = vxm__get_loader(&getInstanceProcAddr);
    }
    if (result == VK_SUCCESS) {
        result = vxm__read_instance_extensions(getInstanceProcAddr, 0, NULL, NULL, &available);
    }
    if (result == VK_SUCCESS) {
        required.instanceExtensionCount = vxm__own_instance_extensions(
            &available, required.instanceExtensions, &required.instanceFlags);
    }
    if (result == VK_SUCCESS && physicalDevice) {
        result = require_of_device(getInstanceProcAddr, instance, physicalDevice, &required);
    }
    vxm__free_extensions(NULL, &available);
    if (result == VK_SUCCESS) {
        *extensions = required;
    }
    return result;
}
