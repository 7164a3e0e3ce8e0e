/*
 * The instance of vxmCreateDevice(): version, layers, extensions.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "internal.h"

static const char caller[] = "vxmCreateDevice";

/* The version to create the instance with: no more than the loader has. */
static VkResult choose_version(PFN_vkGetInstanceProcAddr getInstanceProcAddr, uint32_t requested,
                               uint32_t *apiVersion)
{
    if (requested != 0 && requested < VK_API_VERSION_1_1) {
        return vxm__fail_argument("%s: apiVersion is %u.%u, but external memory needs 1.1. Ask for "
                                  "that, or leave it 0.",
                                  caller, VK_API_VERSION_MAJOR(requested),
                                  VK_API_VERSION_MINOR(requested));
    }
    /* A loader of Vulkan 1.0 does not have the command. */
    PFN_vkEnumerateInstanceVersion ask =
        (PFN_vkEnumerateInstanceVersion)getInstanceProcAddr(NULL, "vkEnumerateInstanceVersion");
    uint32_t version = VK_API_VERSION_1_0;
    VkResult result = ask ? ask(&version) : VK_SUCCESS;
    if (result != VK_SUCCESS) {
        return vxm__fail_driver(result, "vkEnumerateInstanceVersion", "telling its version", NULL);
    }
    if (version < VK_API_VERSION_1_1) {
        return vxm__fail(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: the Vulkan loader or driver has instance version 1.0, and the "
                         "library needs 1.1. Install a newer one.",
                         caller);
    }
    *apiVersion = requested != 0 ? requested : VK_API_VERSION_1_3;
    if (version < *apiVersion) {
        *apiVersion = version;
    }
    return VK_SUCCESS;
}

/* By name, since vkCreateInstance does not tell which one is missing. */
static VkResult check_layers(PFN_vkGetInstanceProcAddr getInstanceProcAddr,
                             const VxmDeviceCreateInfo *info)
{
    PFN_vkEnumerateInstanceLayerProperties ask =
        (PFN_vkEnumerateInstanceLayerProperties)getInstanceProcAddr(
            NULL, "vkEnumerateInstanceLayerProperties");
    VkLayerProperties *layers = NULL;
    uint32_t count = 0;
    VkResult result = VK_SUCCESS;
    if (info->instanceLayerCount == 0) {
        return VK_SUCCESS;
    }
    do {
        vxm__free(info->allocator, layers);
        layers = NULL;
        count = 0;
        result = ask ? ask(&count, NULL) : VK_SUCCESS;
        if (result == VK_SUCCESS && count > 0) {
            layers = vxm__allocate(info->allocator, count * sizeof *layers);
            if (!layers) {
                return VK_ERROR_OUT_OF_HOST_MEMORY;
            }
            result = ask(&count, layers);
        }
    } while (result == VK_INCOMPLETE);
    if (result != VK_SUCCESS) {
        result = vxm__fail_driver(result, "vkEnumerateInstanceLayerProperties",
                                  "listing the layers", NULL);
    }
    for (uint32_t i = 0; result == VK_SUCCESS && i < info->instanceLayerCount; ++i) {
        bool found = false;
        for (uint32_t j = 0; !found && j < count; ++j) {
            found = strcmp(layers[j].layerName, info->instanceLayers[i]) == 0;
        }
        if (!found) {
            result = vxm__fail(VK_ERROR_LAYER_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the layer %s is not installed here. Install it, or leave it "
                               "out of instanceLayers.",
                               caller, info->instanceLayers[i]);
        }
    }
    vxm__free(info->allocator, layers);
    return result;
}

/* The library's own and the app's, each once. `names` has room for all. */
static VkResult choose_extensions(PFN_vkGetInstanceProcAddr getInstanceProcAddr,
                                  const VxmDeviceCreateInfo *info, const char **names,
                                  uint32_t *count, VkInstanceCreateFlags *flags)
{
    struct vxm_extensions available;
    VkResult result =
        vxm__read_instance_extensions(getInstanceProcAddr, info->instanceLayerCount,
                                      info->instanceLayers, info->allocator, &available);
    if (result == VK_SUCCESS) {
        *count = vxm__own_instance_extensions(&available, names, flags);
        result = vxm__add_requested(caller, "instanceExtensions", &available,
                                    info->instanceExtensionCount, info->instanceExtensions, names,
                                    count);
    }
    vxm__free_extensions(info->allocator, &available);
    return result;
}

VkResult vxm__make_instance(VxmDevice device, const VxmDeviceCreateInfo *info)
{
    PFN_vkGetInstanceProcAddr get = device->getInstanceProcAddr;
    union {
        void *align;
        unsigned char bytes[VXM_CHAIN_SIZE];
    } storage;
    VkApplicationInfo application = {
        .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
        .pEngineName = "vxm",
        .engineVersion = VXM_VERSION,
    };
    VkInstanceCreateInfo create = {
        .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
        .pNext = vxm__backend_instance_chain(storage.bytes, info->instanceNext),
        .pApplicationInfo = &application,
        .enabledLayerCount = info->instanceLayerCount,
        .ppEnabledLayerNames = info->instanceLayers,
    };
    VkResult result = choose_version(get, info->apiVersion, &application.apiVersion);
    if (result == VK_SUCCESS) {
        result = check_layers(get, info);
    }
    if (result != VK_SUCCESS) {
        return result;
    }

    const char **names =
        vxm__allocate(device->allocator,
                      ((size_t)VXM_MAX_EXTENSIONS + info->instanceExtensionCount) * sizeof *names);
    if (!names) {
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    result = choose_extensions(get, info, names, &create.enabledExtensionCount, &create.flags);
    if (result == VK_SUCCESS) {
        PFN_vkCreateInstance createInstance = (PFN_vkCreateInstance)get(NULL, "vkCreateInstance");
        create.ppEnabledExtensionNames = names;
        if (!createInstance) {
            result = vxm__fail(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the vkGetInstanceProcAddr in use does not give "
                               "vkCreateInstance: it is no Vulkan loader's or driver's.",
                               caller);
        } else {
            /* Not straight into the device: a failed call may leave anything there. */
            VkInstance instance = VK_NULL_HANDLE;
            result = createInstance(&create, device->allocator, &instance);
            if (result == VK_SUCCESS) {
                device->instance = instance;
                device->nativeDeviceDeclared = true;
                device->apiVersion = application.apiVersion;
            } else {
                result = vxm__fail_driver(result, "vkCreateInstance", "making an instance",
                                          "look whether a Vulkan driver is installed, and whether "
                                          "this process may open its device");
            }
        }
    }
    vxm__free(device->allocator, (void *)names);
    if (result == VK_SUCCESS) {
        result = vxm__load_instance_commands(get, device->instance, &device->vk);
    }
    return result;
}
