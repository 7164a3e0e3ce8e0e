/*
 * Instances, and what is asked before there is one.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "metal/vulkan.h"

#include "internal.h"

#include <stdio.h>
#include <string.h>

static VkResult list_extensions(const char *const *names, uint32_t *pCount,
                                VkExtensionProperties *pProperties)
{
    uint32_t total = 0, wanted = *pCount;

    while (total < MODEL_MAX_EXTENSIONS && names[total])
        total++;
    if (!pProperties) {
        *pCount = total;
        return VK_SUCCESS;
    }
    *pCount = wanted < total ? wanted : total;
    for (uint32_t i = 0; i < *pCount; i++) {
        memset(&pProperties[i], 0, sizeof pProperties[i]);
        snprintf(pProperties[i].extensionName, VK_MAX_EXTENSION_NAME_SIZE, "%s", names[i]);
        pProperties[i].specVersion = 1;
    }
    return *pCount < total ? VK_INCOMPLETE : VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL enumerate_version(uint32_t *pApiVersion)
{
    VkResult result = model__enter("vkEnumerateInstanceVersion", NULL);

    if (result == VK_SUCCESS)
        *pApiVersion = model_config()->instanceVersion;
    model__garbage(result, pApiVersion, sizeof *pApiVersion);
    return model__leave(result);
}

static bool listed(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count && names[i]; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

static VKAPI_ATTR VkResult VKAPI_CALL enumerate_instance_extensions(
    const char *pLayerName, uint32_t *pPropertyCount, VkExtensionProperties *pProperties)
{
    VkResult result = model__enter("vkEnumerateInstanceExtensionProperties", NULL);

    if (result == VK_SUCCESS) {
        if (pLayerName && listed(model_config()->instanceLayers, 8, pLayerName))
            *pPropertyCount = 0;
        else if (pLayerName)
            result = VK_ERROR_LAYER_NOT_PRESENT;
        else
            result =
                list_extensions(model_config()->instanceExtensions, pPropertyCount, pProperties);
    }
    model__garbage(result, pPropertyCount, sizeof *pPropertyCount);
    return model__leave(result);
}

static VKAPI_ATTR VkResult VKAPI_CALL enumerate_layers(uint32_t *pPropertyCount,
                                                       VkLayerProperties *pProperties)
{
    VkResult result = model__enter("vkEnumerateInstanceLayerProperties", NULL);
    const char *const *names = model_config()->instanceLayers;
    uint32_t total = 0, wanted = *pPropertyCount;

    if (result == VK_SUCCESS) {
        while (total < 8 && names[total])
            total++;
        *pPropertyCount = !pProperties || wanted > total ? total : wanted;
        for (uint32_t i = 0; pProperties && i < *pPropertyCount; i++) {
            memset(&pProperties[i], 0, sizeof pProperties[i]);
            snprintf(pProperties[i].layerName, VK_MAX_EXTENSION_NAME_SIZE, "%s", names[i]);
            pProperties[i].specVersion = VK_API_VERSION_1_3;
        }
        if (*pPropertyCount < total)
            result = VK_INCOMPLETE;
    }
    model__garbage(result, pPropertyCount, sizeof *pPropertyCount);
    return model__leave(result);
}

static VkResult do_create_instance(const VkInstanceCreateInfo *info,
                                   const VkAllocationCallbacks *allocator, VkInstance *pInstance)
{
    static const VkStructureType allowed[] = {
        VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT,
    };
    const ModelConfig *config = model_config();
    struct model_instance *instance;

    if (!model__check_chain(NULL, info, VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, allowed,
                            MODEL_COUNT(allowed)) ||
        !model__check_metal(info,
                            VK_EXPORT_METAL_OBJECT_TYPE_METAL_DEVICE_BIT_EXT |
                                VK_EXPORT_METAL_OBJECT_TYPE_METAL_COMMAND_QUEUE_BIT_EXT,
                            "06779"))
        return VK_ERROR_UNKNOWN;
    for (uint32_t i = 0; i < info->enabledLayerCount; i++) {
        if (!listed(config->instanceLayers, 8, info->ppEnabledLayerNames[i]))
            return VK_ERROR_LAYER_NOT_PRESENT;
    }
    for (uint32_t i = 0; i < info->enabledExtensionCount; i++) {
        if (!listed(config->instanceExtensions, MODEL_MAX_EXTENSIONS,
                    info->ppEnabledExtensionNames[i]))
            return VK_ERROR_EXTENSION_NOT_PRESENT;
    }
    if (info->enabledExtensionCount > MODEL_MAX_EXTENSIONS)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    instance = model__new_object(MODEL_INSTANCE, sizeof *instance, NULL, allocator);
    if (!instance)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    instance->apiVersion = VK_API_VERSION_1_0;
    if (info->pApplicationInfo && info->pApplicationInfo->apiVersion)
        instance->apiVersion = info->pApplicationInfo->apiVersion;
    instance->extensionCount = info->enabledExtensionCount;
    for (uint32_t i = 0; i < info->enabledExtensionCount; i++)
        snprintf(instance->extensions[i], VK_MAX_EXTENSION_NAME_SIZE, "%s",
                 info->ppEnabledExtensionNames[i]);
    instance->portability = (info->flags & VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR) != 0;
    instance->metalDevice =
        model__declares_metal(info, VK_EXPORT_METAL_OBJECT_TYPE_METAL_DEVICE_BIT_EXT);
    if (instance->portability && !listed(info->ppEnabledExtensionNames, info->enabledExtensionCount,
                                         "VK_KHR_portability_enumeration"))
        model__breach("06559", "ENUMERATE_PORTABILITY without VK_KHR_portability_enumeration");
    for (uint32_t i = 0; i < config->deviceCount && i < MODEL_DEVICE_COUNT; i++) {
        struct model_physical *physical =
            model__new_object(MODEL_PHYSICAL_DEVICE, sizeof *physical, NULL, NULL);

        if (!physical)
            continue;
        physical->instance = instance;
        physical->index = i;
        instance->physical[i] = physical;
    }
    *pInstance = MODEL_HANDLE(VkInstance, instance);
    return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL create_instance(const VkInstanceCreateInfo *pCreateInfo,
                                                      const VkAllocationCallbacks *pAllocator,
                                                      VkInstance *pInstance)
{
    VkResult result = model__enter("vkCreateInstance", pCreateInfo);

    if (result == VK_SUCCESS)
        result = do_create_instance(pCreateInfo, pAllocator, pInstance);
    model__garbage(result, pInstance, sizeof *pInstance);
    return model__leave(result);
}

static VKAPI_ATTR void VKAPI_CALL destroy_instance(VkInstance instance,
                                                   const VkAllocationCallbacks *pAllocator)
{
    struct model_instance *doomed;
    bool alive = false;

    model__enter_void("vkDestroyInstance", NULL);
    doomed = model__find_doomed(NULL, MODEL_ID(instance), MODEL_INSTANCE, pAllocator);
    if (doomed) {
        for (uint32_t i = 0; i < MODEL_DEVICE_COUNT; i++) {
            struct model_physical *physical = doomed->physical[i];

            if (physical && model__physical_in_use(physical))
                alive = true;
        }
        if (alive) {
            model__breach("00629", "the instance is destroyed while a device of it is alive");
        } else {
            for (uint32_t i = 0; i < MODEL_DEVICE_COUNT; i++) {
                if (doomed->physical[i])
                    model__delete_object(&doomed->physical[i]->object);
            }
            model__delete_object(&doomed->object);
        }
    }
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR VkResult VKAPI_CALL enumerate_devices(VkInstance instance, uint32_t *pCount,
                                                        VkPhysicalDevice *pDevices)
{
    VkResult result = model__enter("vkEnumeratePhysicalDevices", NULL);
    struct model_instance *owner = model__find_object(MODEL_ID(instance), MODEL_INSTANCE);
    uint32_t total = 0;

    if (result == VK_SUCCESS && !owner)
        result = VK_ERROR_UNKNOWN;
    if (result == VK_SUCCESS) {
        for (uint32_t i = 0; i < MODEL_DEVICE_COUNT; i++) {
            struct model_physical *physical = owner->physical[i];

            if (!physical || (!owner->portability && model__offers(model__physical_config(physical),
                                                                   "VK_KHR_portability_subset")))
                continue;
            if (pDevices && total == *pCount) {
                result = VK_INCOMPLETE;
                break;
            }
            if (pDevices)
                pDevices[total] = MODEL_HANDLE(VkPhysicalDevice, physical);
            total++;
        }
        *pCount = total;
    }
    model__garbage(result, pCount, sizeof *pCount);
    return model__leave(result);
}

static VKAPI_ATTR VkResult VKAPI_CALL
enumerate_device_extensions(VkPhysicalDevice physicalDevice, const char *pLayerName,
                            uint32_t *pPropertyCount, VkExtensionProperties *pProperties)
{
    VkResult result = model__enter("vkEnumerateDeviceExtensionProperties", NULL);
    struct model_physical *physical =
        model__find_object(MODEL_ID(physicalDevice), MODEL_PHYSICAL_DEVICE);

    if (result == VK_SUCCESS && !physical)
        result = VK_ERROR_UNKNOWN;
    if (result == VK_SUCCESS) {
        if (pLayerName && listed(model_config()->instanceLayers, 8, pLayerName))
            *pPropertyCount = 0;
        else if (pLayerName)
            result = VK_ERROR_LAYER_NOT_PRESENT;
        else
            result = list_extensions(model__physical_config(physical)->extensions, pPropertyCount,
                                     pProperties);
    }
    model__garbage(result, pPropertyCount, sizeof *pPropertyCount);
    return model__leave(result);
}

const struct model_command model__instance_commands[] = {
    MODEL_COMMAND("EnumerateInstanceVersion", enumerate_version, MODEL_GLOBAL, VK_API_VERSION_1_1,
                  NULL),
    MODEL_COMMAND("EnumerateInstanceExtensionProperties", enumerate_instance_extensions,
                  MODEL_GLOBAL, VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("EnumerateInstanceLayerProperties", enumerate_layers, MODEL_GLOBAL,
                  VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("CreateInstance", create_instance, MODEL_GLOBAL, VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("DestroyInstance", destroy_instance, MODEL_OF_INSTANCE, VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("EnumeratePhysicalDevices", enumerate_devices, MODEL_OF_INSTANCE,
                  VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("EnumerateDeviceExtensionProperties", enumerate_device_extensions,
                  MODEL_OF_INSTANCE, VK_API_VERSION_1_0, NULL),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};
