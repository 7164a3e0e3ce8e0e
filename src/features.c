/*
 * The device features that the library makes use of: asked, read from a chain, turned on.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

/* What a struct must be preceded by to be chained: its extension, or its version. */
static bool knows(uint32_t apiVersion, uint32_t coreVersion, const struct vxm_extensions *available,
                  const char *extension)
{
    return apiVersion >= coreVersion || vxm__has_extension(available, extension);
}

void vxm__ask_features(const struct vxm_dispatch *vk, VkPhysicalDevice physicalDevice,
                       uint32_t apiVersion, const struct vxm_extensions *available,
                       struct vxm_features *features)
{
    const struct vxm_features known = {
        .timelineSemaphore = knows(apiVersion, VK_API_VERSION_1_2, available,
                                   VK_KHR_TIMELINE_SEMAPHORE_EXTENSION_NAME),
        .synchronization2 = knows(apiVersion, VK_API_VERSION_1_3, available,
                                  VK_KHR_SYNCHRONIZATION_2_EXTENSION_NAME),
        .samplerYcbcrConversion = true, /* core in 1.1 */
    };
    struct vxm_feature_chain chain;
    VkPhysicalDeviceFeatures2 query = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2};
    /* The structs are filled in: the query wants the same chain, not const. */
    (void)vxm__chain_features(&known, &chain, NULL);
    chain.samplerYcbcrConversion.pNext = NULL;
    query.pNext = &chain.samplerYcbcrConversion;
    if (known.timelineSemaphore) {
        chain.timelineSemaphore.pNext = query.pNext;
        query.pNext = &chain.timelineSemaphore;
    }
    if (known.synchronization2) {
        chain.synchronization2.pNext = query.pNext;
        query.pNext = &chain.synchronization2;
    }
    vk->GetPhysicalDeviceFeatures2(physicalDevice, &query);

    *features = (struct vxm_features){
        .timelineSemaphore = known.timelineSemaphore && chain.timelineSemaphore.timelineSemaphore,
        .synchronization2 = known.synchronization2 && chain.synchronization2.synchronization2,
        .samplerYcbcrConversion = chain.samplerYcbcrConversion.samplerYcbcrConversion != VK_FALSE,
    };
}

const void *vxm__chain_features(const struct vxm_features *features,
                                struct vxm_feature_chain *chain, const void *next)
{
    /* Vulkan reads these chains only, but spells pNext without const. */
    void *first = (void *)(uintptr_t)next;
    chain->timelineSemaphore = (VkPhysicalDeviceTimelineSemaphoreFeatures){
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
        .pNext = first,
        .timelineSemaphore = VK_TRUE,
    };
    if (features->timelineSemaphore) {
        first = &chain->timelineSemaphore;
    }
    chain->synchronization2 = (VkPhysicalDeviceSynchronization2Features){
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES,
        .pNext = first,
        .synchronization2 = VK_TRUE,
    };
    if (features->synchronization2) {
        first = &chain->synchronization2;
    }
    chain->samplerYcbcrConversion = (VkPhysicalDeviceSamplerYcbcrConversionFeatures){
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SAMPLER_YCBCR_CONVERSION_FEATURES,
        .pNext = first,
        .samplerYcbcrConversion = VK_TRUE,
    };
    if (features->samplerYcbcrConversion) {
        first = &chain->samplerYcbcrConversion;
    }
    return first;
}

void vxm__read_features(const void *deviceNext, struct vxm_features *features)
{
    *features = (struct vxm_features){0};
    for (const VkBaseInStructure *in = deviceNext; in; in = in->pNext) {
        const void *structure = in;
        switch ((int)in->sType) {
        case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES: {
            const VkPhysicalDeviceVulkan11Features *core = structure;
            features->samplerYcbcrConversion = core->samplerYcbcrConversion != VK_FALSE;
            break;
        }
        case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES: {
            const VkPhysicalDeviceVulkan12Features *core = structure;
            features->timelineSemaphore = core->timelineSemaphore != VK_FALSE;
            break;
        }
        case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES: {
            const VkPhysicalDeviceVulkan13Features *core = structure;
            features->synchronization2 = core->synchronization2 != VK_FALSE;
            break;
        }
        case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES: {
            const VkPhysicalDeviceTimelineSemaphoreFeatures *one = structure;
            features->timelineSemaphore = one->timelineSemaphore != VK_FALSE;
            break;
        }
        case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES: {
            const VkPhysicalDeviceSynchronization2Features *one = structure;
            features->synchronization2 = one->synchronization2 != VK_FALSE;
            break;
        }
        case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SAMPLER_YCBCR_CONVERSION_FEATURES: {
            const VkPhysicalDeviceSamplerYcbcrConversionFeatures *one = structure;
            features->samplerYcbcrConversion = one->samplerYcbcrConversion != VK_FALSE;
            break;
        }
        default:
            break;
        }
    }
}

const char *vxm__find_feature_struct(const void *deviceNext)
{
    for (const VkBaseInStructure *in = deviceNext; in; in = in->pNext) {
        switch ((int)in->sType) {
        case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES:
            return "VkPhysicalDeviceVulkan11Features";
        case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES:
            return "VkPhysicalDeviceVulkan12Features";
        case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES:
            return "VkPhysicalDeviceVulkan13Features";
        case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES:
            return "VkPhysicalDeviceTimelineSemaphoreFeatures";
        case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES:
            return "VkPhysicalDeviceSynchronization2Features";
        case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SAMPLER_YCBCR_CONVERSION_FEATURES:
            return "VkPhysicalDeviceSamplerYcbcrConversionFeatures";
        default:
            break;
        }
    }
    return NULL;
}
