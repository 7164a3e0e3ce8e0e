/*
 * Devices: which extensions and features are on, and what is still alive at the end.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

struct model_device *model__device(VkDevice device)
{
    return model__find_object(MODEL_ID(device), MODEL_DEVICE);
}

static bool listed(const struct model_device *device, const char *name)
{
    for (uint32_t i = 0; i < device->extensionCount; i++) {
        if (strcmp(device->extensions[i], name) == 0)
            return true;
    }
    return false;
}

bool model__enabled(const struct model_device *device, const char *extension)
{
    const struct model_extension *known = model__find_extension(extension);

    return (known && known->promoted && device->apiVersion >= known->promoted) ||
           listed(device, extension);
}

bool model__require_extension(const struct model_device *device, const char *extension)
{
    if (model__enabled(device, extension))
        return true;
    model__breach("extension", "%s is not enabled", extension);
    return false;
}

/* ---- vkCreateDevice ---- */

static void enable(VkBool32 wanted, bool *feature)
{
    *feature = *feature || wanted;
}

/* What isn't there is an answer, no breach. */
static VkResult check_features(const struct model_device *device)
{
    const ModelDeviceConfig *config = model__device_config(device);

    if ((device->timelineSemaphore && !config->timelineSemaphore) ||
        (device->synchronization2 && !config->synchronization2) ||
        (device->samplerYcbcrConversion && !config->samplerYcbcrConversion) ||
        (device->maintenance4 && !config->maintenance4))
        return VK_ERROR_FEATURE_NOT_PRESENT;
    return VK_SUCCESS;
}

static void read_feature_struct(struct model_device *device, const VkBaseInStructure *item)
{
    const void *features = item;

    switch ((int)item->sType) {
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES:
        enable(((const VkPhysicalDeviceTimelineSemaphoreFeatures *)features)->timelineSemaphore,
               &device->timelineSemaphore);
        model__require_extension(device, "VK_KHR_timeline_semaphore");
        break;
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES:
        enable(((const VkPhysicalDeviceSynchronization2Features *)features)->synchronization2,
               &device->synchronization2);
        model__require_extension(device, "VK_KHR_synchronization2");
        break;
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SAMPLER_YCBCR_CONVERSION_FEATURES:
        enable(((const VkPhysicalDeviceSamplerYcbcrConversionFeatures *)features)
                   ->samplerYcbcrConversion,
               &device->samplerYcbcrConversion);
        break;
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_FEATURES:
        enable(((const VkPhysicalDeviceMaintenance4Features *)features)->maintenance4,
               &device->maintenance4);
        model__require_extension(device, "VK_KHR_maintenance4");
        break;
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES:
        enable(((const VkPhysicalDeviceVulkan11Features *)features)->samplerYcbcrConversion,
               &device->samplerYcbcrConversion);
        break;
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES:
        enable(((const VkPhysicalDeviceVulkan12Features *)features)->timelineSemaphore,
               &device->timelineSemaphore);
        break;
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES:
        enable(((const VkPhysicalDeviceVulkan13Features *)features)->synchronization2,
               &device->synchronization2);
        enable(((const VkPhysicalDeviceVulkan13Features *)features)->maintenance4,
               &device->maintenance4);
        break;
    default:
        break;
    }
}

/* A promoted struct may not stand beside the version's own (02829 to 06532). */
static void check_promoted(const void *chain)
{
    static const struct {
        VkStructureType all, one;
        const char *rule;
    } pairs[] = {
        {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES,
         VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SAMPLER_YCBCR_CONVERSION_FEATURES, "02829"},
        {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
         VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES, "02830"},
        {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES,
         VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES, "06532"},
        {VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES,
         VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_FEATURES, "06532"},
    };

    for (size_t i = 0; i < MODEL_COUNT(pairs); i++) {
        if (model__find_struct(chain, pairs[i].all) && model__find_struct(chain, pairs[i].one))
            model__breach(pairs[i].rule, "the structs %d and %d are both in the chain",
                          (int)pairs[i].all, (int)pairs[i].one);
    }
}

static VkResult read_extensions(struct model_device *device, const VkDeviceCreateInfo *info)
{
    const ModelDeviceConfig *config = model__device_config(device);

    if (info->enabledExtensionCount > MODEL_MAX_EXTENSIONS)
        return VK_ERROR_EXTENSION_NOT_PRESENT;
    for (uint32_t i = 0; i < info->enabledExtensionCount; i++) {
        const char *name = info->ppEnabledExtensionNames[i];
        bool found = false;

        for (size_t j = 0; j < MODEL_MAX_EXTENSIONS && config->extensions[j]; j++)
            found = found || strcmp(config->extensions[j], name) == 0;
        if (!found)
            return VK_ERROR_EXTENSION_NOT_PRESENT;
        snprintf(device->extensions[device->extensionCount++], VK_MAX_EXTENSION_NAME_SIZE, "%s",
                 name);
    }
    for (uint32_t i = 0; i < device->extensionCount; i++) {
        const struct model_extension *known = model__find_extension(device->extensions[i]);

        for (size_t j = 0; known && j < MODEL_COUNT(known->requires) && known->requires[j]; j++) {
            if (!model__enabled(device, known->requires[j]))
                model__breach("01387", "%s is enabled without %s", known->name, known->requires[j]);
        }
    }
    if (model__offers(config, "VK_KHR_portability_subset") &&
        !listed(device, "VK_KHR_portability_subset"))
        model__breach("04451", "the device has VK_KHR_portability_subset: it must be enabled");
    return VK_SUCCESS;
}

static VkResult read_queues(struct model_device *device, const VkDeviceCreateInfo *info)
{
    const ModelDeviceConfig *config = model__device_config(device);

    if (info->queueCreateInfoCount == 0)
        model__breach("queueCreateInfoCount-arraylength", "no queue is asked for");
    for (uint32_t i = 0; i < info->queueCreateInfoCount; i++) {
        const VkDeviceQueueCreateInfo *queue = &info->pQueueCreateInfos[i];

        model__record_chain(queue);
        if (!model__check_chain(device, queue, VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, NULL, 0))
            continue;
        if (queue->queueFamilyIndex >= config->queueFamilyCount || queue->queueCount != 1 ||
            !queue->pQueuePriorities) {
            model__breach("00381 00382", "%u queues of family %u, of %u families with 1 each",
                          queue->queueCount, queue->queueFamilyIndex, config->queueFamilyCount);
            continue;
        }
        if (device->queues[queue->queueFamilyIndex]) {
            model__breach("02802", "family %u is asked for twice", queue->queueFamilyIndex);
            continue;
        }
        device->queues[queue->queueFamilyIndex] =
            model__new_object(MODEL_QUEUE, sizeof(struct model_queue), device, NULL);
        if (!device->queues[queue->queueFamilyIndex])
            return VK_ERROR_OUT_OF_HOST_MEMORY;
        device->queues[queue->queueFamilyIndex]->family = queue->queueFamilyIndex;
    }
    return VK_SUCCESS;
}

static void delete_device(struct model_device *device)
{
    for (size_t i = 0; i < MODEL_COUNT(device->queues); i++) {
        if (device->queues[i])
            model__delete_object(&device->queues[i]->object);
    }
    model__delete_object(&device->object);
}

static VkResult do_create_device(VkPhysicalDevice physicalDevice, const VkDeviceCreateInfo *info,
                                 const VkAllocationCallbacks *allocator, VkDevice *pDevice)
{
    static const VkStructureType allowed[] = {
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES,
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SAMPLER_YCBCR_CONVERSION_FEATURES,
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_FEATURES,
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES,
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES,
    };
    struct model_physical *physical =
        model__find_object(MODEL_ID(physicalDevice), MODEL_PHYSICAL_DEVICE);
    struct model_device *device;
    uint32_t offered;
    VkResult result;

    if (!physical || !model__check_chain(NULL, info, VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, allowed,
                                         MODEL_COUNT(allowed)))
        return VK_ERROR_UNKNOWN;
    device = model__new_object(MODEL_DEVICE, sizeof *device, NULL, allocator);
    if (!device)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    device->physical = physical;
    offered = model__physical_config(physical)->apiVersion;
    device->apiVersion =
        physical->instance->apiVersion < offered ? physical->instance->apiVersion : offered;
    result = read_extensions(device, info);
    if (result == VK_SUCCESS) {
        for (const VkBaseInStructure *item = info->pNext; item; item = item->pNext)
            read_feature_struct(device, item);
        check_promoted(info->pNext);
        result = check_features(device);
    }
    if (result == VK_SUCCESS)
        result = read_queues(device, info);
    if (result != VK_SUCCESS) {
        delete_device(device);
        return result;
    }
    *pDevice = MODEL_HANDLE(VkDevice, device);
    return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL create_device(VkPhysicalDevice physicalDevice,
                                                    const VkDeviceCreateInfo *pCreateInfo,
                                                    const VkAllocationCallbacks *pAllocator,
                                                    VkDevice *pDevice)
{
    VkResult result = model__enter("vkCreateDevice", pCreateInfo);

    if (result == VK_SUCCESS)
        result = do_create_device(physicalDevice, pCreateInfo, pAllocator, pDevice);
    model__garbage(result, pDevice, sizeof *pDevice);
    return model__leave(result);
}

static VKAPI_ATTR void VKAPI_CALL destroy_device(VkDevice device,
                                                 const VkAllocationCallbacks *pAllocator)
{
    struct model_device *doomed;
    struct model_object *child;

    model__enter_void("vkDestroyDevice", NULL);
    doomed = model__find_doomed(NULL, MODEL_ID(device), MODEL_DEVICE, pAllocator);
    if (doomed) {
        child = model__any_object(doomed, MODEL_OBJECT_COUNT);
        if (child) {
            /* It stays, so that later calls on its children are told apart. */
            model__breach("00378 05137", "the device is destroyed while a %s of it is alive",
                          model__object_names[child->kind]);
        } else {
            model__run_all();
            if (doomed->pending)
                model__breach("00378 05137", "the device is destroyed with submissions pending");
            model__drop_pending(doomed);
            delete_device(doomed);
        }
    }
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR void VKAPI_CALL get_queue(VkDevice device, uint32_t queueFamilyIndex,
                                            uint32_t queueIndex, VkQueue *pQueue)
{
    struct model_device *owner;

    model__enter_void("vkGetDeviceQueue", NULL);
    owner = model__device(device);
    *pQueue = NULL;
    if (owner && queueFamilyIndex < MODEL_COUNT(owner->queues) && queueIndex == 0 &&
        owner->queues[queueFamilyIndex])
        *pQueue = MODEL_HANDLE(VkQueue, owner->queues[queueFamilyIndex]);
    else if (owner)
        model__breach("00384 00385", "queue %u of family %u was not asked for at vkCreateDevice",
                      queueIndex, queueFamilyIndex);
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR void VKAPI_CALL get_queue2(VkDevice device, const VkDeviceQueueInfo2 *pQueueInfo,
                                             VkQueue *pQueue)
{
    get_queue(device, pQueueInfo->queueFamilyIndex, pQueueInfo->queueIndex, pQueue);
}

const struct model_command model__device_commands[] = {
    MODEL_COMMAND("CreateDevice", create_device, MODEL_OF_INSTANCE, VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("GetDeviceProcAddr", model__get_device_proc_addr, MODEL_OF_DEVICE,
                  VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("DestroyDevice", destroy_device, MODEL_OF_DEVICE, VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("GetDeviceQueue", get_queue, MODEL_OF_DEVICE, VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("GetDeviceQueue2", get_queue2, MODEL_OF_DEVICE, VK_API_VERSION_1_1, NULL),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};
