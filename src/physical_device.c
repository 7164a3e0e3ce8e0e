/*
 * Which GPU and which of its queue families vxmCreateDevice() takes.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

static const char caller[] = "vxmCreateDevice";

static VkResult list_physical_devices(VxmDevice device, VkPhysicalDevice **devices, uint32_t *count)
{
    VkResult result;
    *devices = NULL;
    do {
        vxm__free(device->allocator, (void *)*devices);
        *devices = NULL;
        *count = 0;
        result = device->vk.EnumeratePhysicalDevices(device->instance, count, NULL);
        if (result == VK_SUCCESS && *count > 0) {
            *devices = vxm__allocate(device->allocator, *count * sizeof **devices);
            if (!*devices) {
                return VK_ERROR_OUT_OF_HOST_MEMORY;
            }
            result = device->vk.EnumeratePhysicalDevices(device->instance, count, *devices);
        }
    } while (result == VK_INCOMPLETE);
    if (result != VK_SUCCESS) {
        return vxm__fail_driver(result, "vkEnumeratePhysicalDevices", "listing the devices", NULL);
    }
    if (*count == 0) {
        return vxm__fail(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: there is a Vulkan loader, but no Vulkan device. Install a driver, "
                         "and look whether this process may open the device.",
                         caller);
    }
    return VK_SUCCESS;
}

/* Below 1.1 a device has neither the command nor UUIDs. */
static void identify(VxmDevice device, VkPhysicalDevice physicalDevice, VxmIdentity *identity)
{
    VkPhysicalDeviceProperties core;
    device->vk.GetPhysicalDeviceProperties(physicalDevice, &core);
    if (core.apiVersion >= VK_API_VERSION_1_1) {
        vxm__read_identity(&device->vk, physicalDevice, VK_API_VERSION_1_1, NULL, identity);
    } else {
        *identity = (VxmIdentity){.apiVersion = core.apiVersion};
        (void)snprintf(identity->deviceName, sizeof identity->deviceName, "%s", core.deviceName);
    }
}

static bool meets(const VxmDeviceCreateInfo *info, const VxmIdentity *identity)
{
    if (info->deviceName && !strstr(identity->deviceName, info->deviceName)) {
        return false;
    }
    if (info->deviceUUID && memcmp(info->deviceUUID, identity->deviceUUID, VK_UUID_SIZE) != 0) {
        return false;
    }
    return !info->deviceLUID || (identity->deviceLUIDValid &&
                                 memcmp(info->deviceLUID, identity->deviceLUID, VK_LUID_SIZE) == 0);
}

static void print_hex(char *text, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; ++i) {
        (void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
}

/* One line of what there is, for the sentence that says that nothing fits. */
static void add_device(char *text, size_t size, uint32_t index, const VxmIdentity *identity)
{
    char uuid[2 * VK_UUID_SIZE + 1];
    char luid[2 * VK_LUID_SIZE + 1] = "none";
    print_hex(uuid, identity->deviceUUID, VK_UUID_SIZE);
    if (identity->deviceLUIDValid) {
        print_hex(luid, identity->deviceLUID, VK_LUID_SIZE);
    }
    vxm__append(text, size, "%s%" PRIu32 " \"%s\" (UUID %s, LUID %s)", text[0] ? ", " : "", index,
                identity->deviceName, uuid, luid);
}

static VkResult fail_to_choose(const VxmDeviceCreateInfo *info, uint32_t met, const char *list)
{
    char asked[256] = "";
    if (info->deviceName) {
        vxm__append(asked, sizeof asked, " with \"%s\" in its name", info->deviceName);
    }
    const struct {
        const char *name;
        const uint8_t *bytes;
        size_t size;
    } ids[] = {{"UUID", info->deviceUUID, VK_UUID_SIZE}, {"LUID", info->deviceLUID, VK_LUID_SIZE}};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; ++i) {
        if (ids[i].bytes) {
            char hex[2 * VK_UUID_SIZE + 1];
            print_hex(hex, ids[i].bytes, ids[i].size);
            vxm__append(asked, sizeof asked, " of %s %s", ids[i].name, hex);
        }
    }
    return vxm__fail(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_ARGUMENT, 0,
                     "%s: device number %" PRIu32 "%s was asked for, counted from 0, and there "
                     "%s %" PRIu32 " such. Those here are %s.",
                     caller, info->deviceIndex, asked, met == 1 ? "is" : "are", met, list);
}

VkResult vxm__choose_physical_device(VxmDevice device, const VxmDeviceCreateInfo *info)
{
    VkPhysicalDevice *devices = NULL;
    uint32_t count = 0;
    uint32_t met = 0;
    char list[700] = "";
    VxmIdentity identity;
    VkResult result = list_physical_devices(device, &devices, &count);
    for (uint32_t i = 0; result == VK_SUCCESS && !device->physicalDevice && i < count; ++i) {
        identify(device, devices[i], &identity);
        add_device(list, sizeof list, i, &identity);
        if (meets(info, &identity) && met++ == info->deviceIndex) {
            device->physicalDevice = devices[i];
        }
    }
    if (result == VK_SUCCESS && !device->physicalDevice) {
        result = fail_to_choose(info, met, list);
    } else if (result == VK_SUCCESS && identity.apiVersion < VK_API_VERSION_1_1) {
        result = vxm__fail(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_UNSUPPORTED, 0,
                           "%s: the driver of \"%s\" has Vulkan %u.%u, and the library needs 1.1. "
                           "Update the driver, or choose another device.",
                           caller, identity.deviceName, VK_API_VERSION_MAJOR(identity.apiVersion),
                           VK_API_VERSION_MINOR(identity.apiVersion));
    } else if (result == VK_SUCCESS && identity.apiVersion < device->apiVersion) {
        device->apiVersion = identity.apiVersion;
    }
    vxm__free(device->allocator, (void *)devices);
    return result;
}

VkResult vxm__choose_queue_family(VxmDevice device)
{
    /* In order of preference. Graphics and compute can copy, too. */
    static const VkQueueFlags wanted[] = {
        VK_QUEUE_GRAPHICS_BIT | VK_QUEUE_COMPUTE_BIT,
        VK_QUEUE_COMPUTE_BIT,
        VK_QUEUE_GRAPHICS_BIT,
        VK_QUEUE_TRANSFER_BIT,
    };
    uint32_t count = 0;
    device->vk.GetPhysicalDeviceQueueFamilyProperties(device->physicalDevice, &count, NULL);
    VkQueueFamilyProperties *families =
        vxm__allocate(device->allocator, (count > 0 ? count : 1) * sizeof *families);
    if (!families) {
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    device->vk.GetPhysicalDeviceQueueFamilyProperties(device->physicalDevice, &count, families);

    bool found = false;
    for (size_t i = 0; !found && i < sizeof wanted / sizeof wanted[0]; ++i) {
        for (uint32_t j = 0; !found && j < count; ++j) {
            if (families[j].queueCount > 0 && (families[j].queueFlags & wanted[i]) == wanted[i]) {
                device->queueFamilyIndex = j;
                found = true;
            }
        }
    }
    vxm__free(device->allocator, families);
    if (!found) {
        return vxm__fail(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: the device has no queue family with graphics, compute or transfer. "
                         "Choose another device.",
                         caller);
    }
    return VK_SUCCESS;
}
