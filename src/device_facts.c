/*
 * What is asked of a device once, at its creation, and kept.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "internal.h"

static bool is_on(const char *name, uint32_t count, const char *const *extensions)
{
    for (uint32_t i = 0; i < count; ++i) {
        if (strcmp(extensions[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_host_pointers(VxmDevice device)
{
    for (uint32_t i = 0; i < vxm__handle_type_count; ++i) {
        const struct vxm_handle_type *type = &vxm__handle_types[i];
        if ((type->flags & VXM_TYPE_HOST_POINTER) != 0 && vxm__is_enabled(device, type)) {
            return true;
        }
    }
    return false;
}

/* The driver doesn't know the extension that enabledExtensions of vxmWrapDevice() names. */
static void forget_host_pointers(VxmDevice device)
{
    for (uint32_t i = 0; i < vxm__handle_type_count; ++i) {
        if ((vxm__handle_types[i].flags & VXM_TYPE_HOST_POINTER) != 0) {
            device->memoryTypes &= ~vxm__handle_types[i].type;
        }
    }
}

void vxm__read_device_facts(VxmDevice device, const struct vxm_extensions *available,
                            uint32_t extensionCount, const char *const *extensions)
{
    const struct vxm_dispatch *vk = &device->vk;
    vxm__read_identity(vk, device->physicalDevice, device->apiVersion, available,
                       &device->identity);
    vk->GetPhysicalDeviceMemoryProperties(device->physicalDevice, &device->memoryProperties);
    vk->GetPhysicalDeviceQueueFamilyProperties(device->physicalDevice, &device->queueFamilyCount,
                                               NULL);

    for (uint32_t i = 0; i < vxm__handle_type_count; ++i) {
        const struct vxm_handle_type *type = &vxm__handle_types[i];
        bool all = true;
        for (uint32_t j = 0; j < VXM_TYPE_MAX_EXTENSIONS && type->extensions[j]; ++j) {
            all = all && is_on(type->extensions[j], extensionCount, extensions);
        }
        if (all && type->kind == VXM_HANDLE_KIND_SEMAPHORE) {
            device->semaphoreTypes |= type->type;
        } else if (all) {
            device->memoryTypes |= type->type;
        }
    }
    device->queueFamilyForeign =
        is_on(VK_EXT_QUEUE_FAMILY_FOREIGN_EXTENSION_NAME, extensionCount, extensions);
    device->drmFormatModifier =
        is_on(VK_EXT_IMAGE_DRM_FORMAT_MODIFIER_EXTENSION_NAME, extensionCount, extensions) &&
        vk->GetImageDrmFormatModifierPropertiesEXT != NULL;
    /* The question is the physical device's: its extension need not be on. */
    device->formatFeatures2 =
        device->apiVersion >= VK_API_VERSION_1_3 ||
        vxm__has_extension(available, VK_KHR_FORMAT_FEATURE_FLAGS_2_EXTENSION_NAME);
    device->keyedMutex = is_on("VK_KHR_win32_keyed_mutex", extensionCount, extensions);
    /* Of any other instance it must not be asked (VUID-VkExportMetalObjectsInfoEXT-pNext-06791). */
    if (device->nativeDeviceDeclared) {
        device->nativeDevice = vxm__backend_native_device(device);
    }

    if (has_host_pointers(device)) {
        VkPhysicalDeviceExternalMemoryHostPropertiesEXT host = {
            .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_MEMORY_HOST_PROPERTIES_EXT};
        VkPhysicalDeviceProperties2 properties = {
            .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
            .pNext = &host,
        };
        vk->GetPhysicalDeviceProperties2(device->physicalDevice, &properties);
        device->minImportedHostPointerAlignment = host.minImportedHostPointerAlignment;
        if (host.minImportedHostPointerAlignment == 0) {
            forget_host_pointers(device);
        }
    }
}
