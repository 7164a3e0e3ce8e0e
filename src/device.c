/*
 * A device that the library makes itself, and what any device says of itself.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

VkResult vxm__new_device(const char *caller, const VkAllocationCallbacks *allocator,
                         VxmDevice *device)
{
    if (allocator &&
        (!allocator->pfnAllocation || !allocator->pfnReallocation || !allocator->pfnFree ||
         !allocator->pfnInternalAllocation != !allocator->pfnInternalFree)) {
        return vxm__fail_argument("%s: allocator lacks pfnAllocation, pfnReallocation or pfnFree, "
                                  "or has one of the internal notifications without the other "
                                  "(00632 to 00635).",
                                  caller);
    }
    VxmDevice made = vxm__allocate(allocator, sizeof *made);
    if (!made) {
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    if (allocator) {
        made->hasAllocator = true;
        made->allocatorStorage = *allocator;
        made->allocator = &made->allocatorStorage;
    }
    *device = made;
    return VK_SUCCESS;
}

void vxm__end_device(VxmDevice device)
{
    if (device->owned && device->device && device->vk.DestroyDevice) {
        device->vk.DestroyDevice(device->device, device->allocator);
    }
    if (device->owned && device->instance && device->vk.DestroyInstance) {
        device->vk.DestroyInstance(device->instance, device->allocator);
    }
    /* The callbacks stand in the memory that they free. */
    VkAllocationCallbacks callbacks = device->allocatorStorage;
    vxm__free(device->hasAllocator ? &callbacks : NULL, device);
}

static VkResult check_create_info(const VxmDeviceCreateInfo *info)
{
    const struct {
        const char *name;
        uint32_t count;
        const char *const *names;
    } lists[] = {
        {"instanceLayers", info->instanceLayerCount, info->instanceLayers},
        {"instanceExtensions", info->instanceExtensionCount, info->instanceExtensions},
        {"deviceExtensions", info->deviceExtensionCount, info->deviceExtensions},
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; ++i) {
        for (uint32_t j = 0; j < lists[i].count; ++j) {
            if (!lists[i].names || !lists[i].names[j]) {
                return vxm__fail_argument("vxmCreateDevice: %s is NULL or has a NULL among its %u "
                                          "names.",
                                          lists[i].name, lists[i].count);
            }
        }
    }
    const char *known = vxm__find_feature_struct(info->deviceNext);
    if (known) {
        return vxm__fail_argument("vxmCreateDevice: deviceNext has a %s, and the library chains "
                                  "timeline semaphores, synchronization2 and sampler YCbCr "
                                  "conversion itself. Chain the structs of single features "
                                  "instead, or make the device yourself and wrap it.",
                                  known);
    }
    return VK_SUCCESS;
}

/* Chooses the extensions: `names` has room for the library's own and the app's. */
static VkResult choose_extensions(VxmDevice device, const VxmDeviceCreateInfo *info,
                                  const struct vxm_extensions *available, const char **names,
                                  uint32_t *count)
{
    *count = vxm__own_device_extensions(available, device->apiVersion, names);
    return vxm__add_requested("vxmCreateDevice", "deviceExtensions", available,
                              info->deviceExtensionCount, info->deviceExtensions, names, count);
}

static VkResult make_device(VxmDevice device, const VxmDeviceCreateInfo *info,
                            const struct vxm_extensions *available, uint32_t extensionCount,
                            const char *const *extensions)
{
    static const float priority = 1.0f;
    struct vxm_features features;
    struct vxm_feature_chain chain;
    vxm__ask_features(&device->vk, device->physicalDevice, device->apiVersion, available,
                      &features);
    const VkDeviceQueueCreateInfo queue = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
        .queueFamilyIndex = device->queueFamilyIndex,
        .queueCount = 1,
        .pQueuePriorities = &priority,
    };
    const VkDeviceCreateInfo create = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
        .pNext = vxm__chain_features(&features, &chain, info->deviceNext),
        .queueCreateInfoCount = 1,
        .pQueueCreateInfos = &queue,
        .enabledExtensionCount = extensionCount,
        .ppEnabledExtensionNames = extensions,
    };
    /* Not straight into the struct: a failed call may leave anything there. */
    VkDevice made = VK_NULL_HANDLE;
    VkResult result =
        device->vk.CreateDevice(device->physicalDevice, &create, device->allocator, &made);
    if (result != VK_SUCCESS) {
        return vxm__fail_driver(result, "vkCreateDevice", "making a device",
                                "look whether the extensions and structs that were asked for go "
                                "together");
    }
    device->device = made;
    device->timelineSemaphore = features.timelineSemaphore;
    device->synchronization2 = features.synchronization2;
    device->samplerYcbcrConversion = features.samplerYcbcrConversion;
    return VK_SUCCESS;
}

/* From an instance to a device with everything that is asked once. */
static VkResult build(VxmDevice device, const VxmDeviceCreateInfo *info)
{
    struct vxm_extensions available = {0};
    const char **names = NULL;
    uint32_t count = 0;
    VkResult result = vxm__choose_physical_device(device, info);
    if (result == VK_SUCCESS) {
        result = vxm__choose_queue_family(device);
    }
    if (result == VK_SUCCESS) {
        result = vxm__read_device_extensions(&device->vk, device->physicalDevice,
                                             info->instanceLayerCount, info->instanceLayers,
                                             device->allocator, &available);
    }
    if (result == VK_SUCCESS) {
        names = vxm__allocate(device->allocator,
                              ((size_t)VXM_MAX_EXTENSIONS + info->deviceExtensionCount) *
                                  sizeof *names);
        result = names ? choose_extensions(device, info, &available, names, &count)
                       : VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    if (result == VK_SUCCESS) {
        result = make_device(device, info, &available, count, names);
    }
    if (result == VK_SUCCESS) {
        result = vxm__load_device_commands(device);
    }
    if (result == VK_SUCCESS) {
        device->vk.GetDeviceQueue(device->device, device->queueFamilyIndex, 0, &device->queue);
        vxm__read_device_facts(device, &available, count, names);
    }
    vxm__free(device->allocator, (void *)names);
    vxm__free_extensions(device->allocator, &available);
    return result;
}

VkResult vxmCreateDevice(const VxmDeviceCreateInfo *info, VxmDevice *device)
{
    static const VxmDeviceCreateInfo defaults;
    VxmDevice made = NULL;
    if (!info) {
        info = &defaults;
    }
    if (!device) {
        return vxm__fail_argument("vxmCreateDevice: device must not be NULL.");
    }
    VkResult result = check_create_info(info);
    if (result == VK_SUCCESS) {
        result = vxm__new_device("vxmCreateDevice", info->allocator, &made);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    made->owned = true;
    made->getInstanceProcAddr = info->getInstanceProcAddr;
    if (!made->getInstanceProcAddr) {
        result = vxm__get_loader(&made->getInstanceProcAddr);
    }
    if (result == VK_SUCCESS) {
        result = vxm__make_instance(made, info);
    }
    if (result == VK_SUCCESS) {
        result = build(made, info);
    }
    if (result != VK_SUCCESS) {
        vxm__end_device(made);
        return result;
    }
    *device = made;
    return VK_SUCCESS;
}

void vxmDestroyDevice(VxmDevice device)
{
    if (device) {
        vxm__end_device(device);
    }
}

VkResult vxmGetDeviceInfo(VxmDevice device, VxmDeviceInfo *info)
{
    if (!device || !info) {
        return vxm__fail_argument("vxmGetDeviceInfo: %s must not be NULL.",
                                  device ? "info" : "device");
    }
    *info = (VxmDeviceInfo){
        .instance = device->instance,
        .physicalDevice = device->physicalDevice,
        .device = device->device,
        .queue = device->queue,
        .queueFamilyIndex = device->queueFamilyIndex,
        .apiVersion = device->apiVersion,
        .timelineSemaphore = device->timelineSemaphore,
        .synchronization2 = device->synchronization2,
        .samplerYcbcrConversion = device->samplerYcbcrConversion,
        .getInstanceProcAddr = device->getInstanceProcAddr,
        .getDeviceProcAddr = device->vk.GetDeviceProcAddr,
        .identity = &device->identity,
    };
    return VK_SUCCESS;
}
