/*
 * What a physical device says of itself: identity, memory, queues, features.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

static const ModelDeviceConfig *config_of(VkPhysicalDevice physicalDevice)
{
    struct model_physical *physical =
        model__find_object(MODEL_ID(physicalDevice), MODEL_PHYSICAL_DEVICE);

    return physical ? model__physical_config(physical) : NULL;
}

/* ---- properties ---- */

static void fill_properties(const ModelDeviceConfig *config, VkPhysicalDeviceProperties *properties)
{
    memset(properties, 0, sizeof *properties);
    properties->apiVersion = config->apiVersion;
    properties->driverVersion = config->driverVersion;
    properties->vendorID = config->vendorID;
    properties->deviceID = config->deviceID;
    properties->deviceType = VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU;
    memcpy(properties->deviceName, config->name, sizeof properties->deviceName);
    properties->limits.maxImageDimension1D = 16384;
    properties->limits.maxImageDimension2D = 16384;
    properties->limits.maxImageDimension3D = 2048;
    properties->limits.maxImageDimensionCube = 16384;
    properties->limits.maxImageArrayLayers = 2048;
    properties->limits.maxMemoryAllocationCount = config->maxMemoryAllocationCount;
    properties->limits.bufferImageGranularity = 64;
    properties->limits.nonCoherentAtomSize = 64;
    properties->limits.minMemoryMapAlignment = 4096;
}

static void fill_id(const ModelDeviceConfig *config, VkPhysicalDeviceIDProperties *id)
{
    memcpy(id->deviceUUID, config->deviceUUID, VK_UUID_SIZE);
    memcpy(id->driverUUID, config->driverUUID, VK_UUID_SIZE);
    memcpy(id->deviceLUID, config->deviceLUID, VK_LUID_SIZE);
    id->deviceNodeMask = config->deviceNodeMask;
    id->deviceLUIDValid = config->deviceLUIDValid;
}

static void fill_driver(const ModelDeviceConfig *config, VkDriverId *driverID, char *name,
                        char *info, VkConformanceVersion *conformance)
{
    *driverID = config->driverID;
    snprintf(name, VK_MAX_DRIVER_NAME_SIZE, "model");
    snprintf(info, VK_MAX_DRIVER_INFO_SIZE, "the model driver of the tests");
    *conformance = (VkConformanceVersion){1, 3, 0, 0};
}

static void fill_vulkan11(const ModelDeviceConfig *config, VkPhysicalDeviceVulkan11Properties *all)
{
    VkPhysicalDeviceIDProperties id = {0};

    fill_id(config, &id);
    memcpy(all->deviceUUID, id.deviceUUID, VK_UUID_SIZE);
    memcpy(all->driverUUID, id.driverUUID, VK_UUID_SIZE);
    memcpy(all->deviceLUID, id.deviceLUID, VK_LUID_SIZE);
    all->deviceNodeMask = id.deviceNodeMask;
    all->deviceLUIDValid = id.deviceLUIDValid;
    all->maxMemoryAllocationSize = config->heapSizes[0];
    all->maxPerSetDescriptors = 1024;
}

/* False: the struct is unknown, or its extension isn't there. */
static bool fill_property_struct(const ModelDeviceConfig *config, VkBaseOutStructure *item)
{
    switch ((int)item->sType) {
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES:
        fill_id(config, (VkPhysicalDeviceIDProperties *)item);
        return true;
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES: {
        VkPhysicalDeviceDriverProperties *driver = (VkPhysicalDeviceDriverProperties *)item;

        fill_driver(config, &driver->driverID, driver->driverName, driver->driverInfo,
                    &driver->conformanceVersion);
        return model__offers(config, "VK_KHR_driver_properties");
    }
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PCI_BUS_INFO_PROPERTIES_EXT: {
        VkPhysicalDevicePCIBusInfoPropertiesEXT *pci =
            (VkPhysicalDevicePCIBusInfoPropertiesEXT *)item;

        pci->pciDomain = config->pciDomain;
        pci->pciBus = config->pciBus;
        pci->pciDevice = config->pciDevice;
        pci->pciFunction = config->pciFunction;
        return model__offers(config, "VK_EXT_pci_bus_info");
    }
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRM_PROPERTIES_EXT: {
        VkPhysicalDeviceDrmPropertiesEXT *drm = (VkPhysicalDeviceDrmPropertiesEXT *)item;

        drm->hasPrimary = config->drmPrimaryValid;
        drm->hasRender = config->drmRenderValid;
        drm->primaryMajor = config->drmPrimaryMajor;
        drm->primaryMinor = config->drmPrimaryMinor;
        drm->renderMajor = config->drmRenderMajor;
        drm->renderMinor = config->drmRenderMinor;
        return model__offers(config, "VK_EXT_physical_device_drm");
    }
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_MEMORY_HOST_PROPERTIES_EXT:
        ((VkPhysicalDeviceExternalMemoryHostPropertiesEXT *)item)->minImportedHostPointerAlignment =
            config->minImportedHostPointerAlignment;
        return model__offers(config, "VK_EXT_external_memory_host");
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES:
        ((VkPhysicalDeviceMaintenance3Properties *)item)->maxPerSetDescriptors = 1024;
        ((VkPhysicalDeviceMaintenance3Properties *)item)->maxMemoryAllocationSize =
            config->heapSizes[0];
        return true;
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_PROPERTIES:
        ((VkPhysicalDeviceTimelineSemaphoreProperties *)item)->maxTimelineSemaphoreValueDifference =
            UINT64_MAX;
        return model__offers(config, "VK_KHR_timeline_semaphore");
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES:
        fill_vulkan11(config, (VkPhysicalDeviceVulkan11Properties *)item);
        return config->apiVersion >= VK_API_VERSION_1_2;
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES: {
        VkPhysicalDeviceVulkan12Properties *all = (VkPhysicalDeviceVulkan12Properties *)item;

        fill_driver(config, &all->driverID, all->driverName, all->driverInfo,
                    &all->conformanceVersion);
        all->maxTimelineSemaphoreValueDifference = UINT64_MAX;
        return config->apiVersion >= VK_API_VERSION_1_2;
    }
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_PROPERTIES:
        ((VkPhysicalDeviceVulkan13Properties *)item)->maxBufferSize = config->heapSizes[0];
        return config->apiVersion >= VK_API_VERSION_1_3;
    default:
        return false;
    }
}

static VKAPI_ATTR void VKAPI_CALL get_properties(VkPhysicalDevice physicalDevice,
                                                 VkPhysicalDeviceProperties *pProperties)
{
    const ModelDeviceConfig *config;

    model__enter_void("vkGetPhysicalDeviceProperties", NULL);
    config = config_of(physicalDevice);
    if (config)
        fill_properties(config, pProperties);
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR void VKAPI_CALL get_properties2(VkPhysicalDevice physicalDevice,
                                                  VkPhysicalDeviceProperties2 *pProperties)
{
    const ModelDeviceConfig *config;

    model__enter_void("vkGetPhysicalDeviceProperties2", pProperties);
    config = config_of(physicalDevice);
    if (config) {
        if (pProperties->sType != VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2)
            model__breach("sType-sType", "the struct has sType %d", (int)pProperties->sType);
        fill_properties(config, &pProperties->properties);
        for (VkBaseOutStructure *item = pProperties->pNext; item; item = item->pNext) {
            if (!fill_property_struct(config, item))
                model__breach("pNext-pNext", "the struct %d is unknown or its extension missing",
                              (int)item->sType);
        }
    }
    model__leave(VK_SUCCESS);
}

/* ---- features ---- */

static bool fill_feature_struct(const ModelDeviceConfig *config, VkBaseOutStructure *item)
{
    switch ((int)item->sType) {
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES:
        ((VkPhysicalDeviceTimelineSemaphoreFeatures *)item)->timelineSemaphore =
            config->timelineSemaphore;
        return model__offers(config, "VK_KHR_timeline_semaphore");
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES:
        ((VkPhysicalDeviceSynchronization2Features *)item)->synchronization2 =
            config->synchronization2;
        return model__offers(config, "VK_KHR_synchronization2");
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SAMPLER_YCBCR_CONVERSION_FEATURES:
        ((VkPhysicalDeviceSamplerYcbcrConversionFeatures *)item)->samplerYcbcrConversion =
            config->samplerYcbcrConversion;
        return true;
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_FEATURES:
        ((VkPhysicalDeviceMaintenance4Features *)item)->maintenance4 = config->maintenance4;
        return model__offers(config, "VK_KHR_maintenance4");
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES:
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES:
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES:
        break;
    default:
        return false;
    }
    if (item->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES) {
        ((VkPhysicalDeviceVulkan11Features *)item)->samplerYcbcrConversion =
            config->samplerYcbcrConversion;
        return config->apiVersion >= VK_API_VERSION_1_2;
    }
    if (item->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES) {
        ((VkPhysicalDeviceVulkan12Features *)item)->timelineSemaphore = config->timelineSemaphore;
        return config->apiVersion >= VK_API_VERSION_1_2;
    }
    ((VkPhysicalDeviceVulkan13Features *)item)->synchronization2 = config->synchronization2;
    ((VkPhysicalDeviceVulkan13Features *)item)->maintenance4 = config->maintenance4;
    return config->apiVersion >= VK_API_VERSION_1_3;
}

static VKAPI_ATTR void VKAPI_CALL get_features(VkPhysicalDevice physicalDevice,
                                               VkPhysicalDeviceFeatures *pFeatures)
{
    model__enter_void("vkGetPhysicalDeviceFeatures", NULL);
    if (config_of(physicalDevice))
        memset(pFeatures, 0, sizeof *pFeatures);
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR void VKAPI_CALL get_features2(VkPhysicalDevice physicalDevice,
                                                VkPhysicalDeviceFeatures2 *pFeatures)
{
    const ModelDeviceConfig *config;

    model__enter_void("vkGetPhysicalDeviceFeatures2", pFeatures);
    config = config_of(physicalDevice);
    if (config) {
        if (pFeatures->sType != VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2)
            model__breach("sType-sType", "the struct has sType %d", (int)pFeatures->sType);
        memset(&pFeatures->features, 0, sizeof pFeatures->features);
        for (VkBaseOutStructure *item = pFeatures->pNext; item; item = item->pNext) {
            if (!fill_feature_struct(config, item))
                model__breach("pNext-pNext", "the struct %d is unknown or its extension missing",
                              (int)item->sType);
        }
    }
    model__leave(VK_SUCCESS);
}

/* ---- memory and queues ---- */

static void fill_memory(const ModelDeviceConfig *config, VkPhysicalDeviceMemoryProperties *memory)
{
    memset(memory, 0, sizeof *memory);
    memory->memoryTypeCount = config->memoryTypeCount;
    memcpy(memory->memoryTypes, config->memoryTypes,
           config->memoryTypeCount * sizeof config->memoryTypes[0]);
    memory->memoryHeapCount = 2;
    memory->memoryHeaps[0] = (VkMemoryHeap){config->heapSizes[0], VK_MEMORY_HEAP_DEVICE_LOCAL_BIT};
    memory->memoryHeaps[1] = (VkMemoryHeap){config->heapSizes[1], 0};
}

static VKAPI_ATTR void VKAPI_CALL get_memory(VkPhysicalDevice physicalDevice,
                                             VkPhysicalDeviceMemoryProperties *pProperties)
{
    const ModelDeviceConfig *config;

    model__enter_void("vkGetPhysicalDeviceMemoryProperties", NULL);
    config = config_of(physicalDevice);
    if (config)
        fill_memory(config, pProperties);
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR void VKAPI_CALL get_memory2(VkPhysicalDevice physicalDevice,
                                              VkPhysicalDeviceMemoryProperties2 *pProperties)
{
    const ModelDeviceConfig *config;

    model__enter_void("vkGetPhysicalDeviceMemoryProperties2", pProperties);
    config = config_of(physicalDevice);
    model__check_chain(NULL, pProperties, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2,
                       NULL, 0);
    if (config)
        fill_memory(config, &pProperties->memoryProperties);
    model__leave(VK_SUCCESS);
}

static void fill_queue(const ModelDeviceConfig *config, uint32_t index,
                       VkQueueFamilyProperties *family)
{
    memset(family, 0, sizeof *family);
    family->queueFlags = config->queueFlags[index];
    family->queueCount = 1;
    family->timestampValidBits = 64;
    family->minImageTransferGranularity = (VkExtent3D){1, 1, 1};
}

static VKAPI_ATTR void VKAPI_CALL get_queues(VkPhysicalDevice physicalDevice, uint32_t *pCount,
                                             VkQueueFamilyProperties *pProperties)
{
    const ModelDeviceConfig *config;

    model__enter_void("vkGetPhysicalDeviceQueueFamilyProperties", NULL);
    config = config_of(physicalDevice);
    if (config) {
        if (!pProperties || *pCount > config->queueFamilyCount)
            *pCount = config->queueFamilyCount;
        for (uint32_t i = 0; pProperties && i < *pCount; i++)
            fill_queue(config, i, &pProperties[i]);
    }
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR void VKAPI_CALL get_queues2(VkPhysicalDevice physicalDevice, uint32_t *pCount,
                                              VkQueueFamilyProperties2 *pProperties)
{
    const ModelDeviceConfig *config;

    model__enter_void("vkGetPhysicalDeviceQueueFamilyProperties2", pProperties);
    config = config_of(physicalDevice);
    if (config) {
        if (!pProperties || *pCount > config->queueFamilyCount)
            *pCount = config->queueFamilyCount;
        for (uint32_t i = 0; pProperties && i < *pCount; i++) {
            model__check_chain(NULL, &pProperties[i], VK_STRUCTURE_TYPE_QUEUE_FAMILY_PROPERTIES_2,
                               NULL, 0);
            fill_queue(config, i, &pProperties[i].queueFamilyProperties);
        }
    }
    model__leave(VK_SUCCESS);
}

#define ALIAS "VK_KHR_get_physical_device_properties2"

const struct model_command model__physical_commands[] = {
    MODEL_COMMAND("GetPhysicalDeviceProperties", get_properties, MODEL_OF_INSTANCE,
                  VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("GetPhysicalDeviceProperties2", get_properties2, MODEL_OF_INSTANCE,
                  VK_API_VERSION_1_1, NULL),
    MODEL_COMMAND("GetPhysicalDeviceProperties2KHR", get_properties2, MODEL_OF_INSTANCE, 0, ALIAS),
    MODEL_COMMAND("GetPhysicalDeviceFeatures", get_features, MODEL_OF_INSTANCE, VK_API_VERSION_1_0,
                  NULL),
    MODEL_COMMAND("GetPhysicalDeviceFeatures2", get_features2, MODEL_OF_INSTANCE,
                  VK_API_VERSION_1_1, NULL),
    MODEL_COMMAND("GetPhysicalDeviceFeatures2KHR", get_features2, MODEL_OF_INSTANCE, 0, ALIAS),
    MODEL_COMMAND("GetPhysicalDeviceMemoryProperties", get_memory, MODEL_OF_INSTANCE,
                  VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("GetPhysicalDeviceMemoryProperties2", get_memory2, MODEL_OF_INSTANCE,
                  VK_API_VERSION_1_1, NULL),
    MODEL_COMMAND("GetPhysicalDeviceMemoryProperties2KHR", get_memory2, MODEL_OF_INSTANCE, 0,
                  ALIAS),
    MODEL_COMMAND("GetPhysicalDeviceQueueFamilyProperties", get_queues, MODEL_OF_INSTANCE,
                  VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("GetPhysicalDeviceQueueFamilyProperties2", get_queues2, MODEL_OF_INSTANCE,
                  VK_API_VERSION_1_1, NULL),
    MODEL_COMMAND("GetPhysicalDeviceQueueFamilyProperties2KHR", get_queues2, MODEL_OF_INSTANCE, 0,
                  ALIAS),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};
