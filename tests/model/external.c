/*
 * The questions about formats and about what can be shared.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <string.h>

static const ModelDeviceConfig *config_of(VkPhysicalDevice physicalDevice)
{
    struct model_physical *physical =
        model__find_object(MODEL_ID(physicalDevice), MODEL_PHYSICAL_DEVICE);

    return physical ? model__physical_config(physical) : NULL;
}

static VkExternalMemoryProperties memory_properties(ModelExternal row)
{
    VkExternalMemoryProperties properties;

    properties.externalMemoryFeatures = row.features;
    properties.exportFromImportedHandleTypes = row.exportFromImported;
    properties.compatibleHandleTypes = row.compatible;
    return properties;
}

static bool one_bit(uint32_t handleType)
{
    if (handleType != 0 && (handleType & (handleType - 1)) == 0)
        return true;
    model__breach("handleType-parameter", "%#x is not one handle type", handleType);
    return false;
}

static VKAPI_ATTR void VKAPI_CALL get_buffer(VkPhysicalDevice physicalDevice,
                                             const VkPhysicalDeviceExternalBufferInfo *pInfo,
                                             VkExternalBufferProperties *pProperties)
{
    const ModelDeviceConfig *config;

    model__enter_void("vkGetPhysicalDeviceExternalBufferProperties", pInfo);
    config = config_of(physicalDevice);
    if (config &&
        model__check_chain(NULL, pInfo, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_BUFFER_INFO,
                           NULL, 0) &&
        model__check_chain(NULL, pProperties, VK_STRUCTURE_TYPE_EXTERNAL_BUFFER_PROPERTIES, NULL,
                           0)) {
        if (pInfo->usage == 0)
            model__breach("usage-requiredbitmask", "the usage is 0");
        memset(&pProperties->externalMemoryProperties, 0,
               sizeof pProperties->externalMemoryProperties);
        if (one_bit((uint32_t)pInfo->handleType))
            pProperties->externalMemoryProperties =
                memory_properties(model__buffer_row(config, (uint32_t)pInfo->handleType));
    }
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR void VKAPI_CALL get_semaphore(VkPhysicalDevice physicalDevice,
                                                const VkPhysicalDeviceExternalSemaphoreInfo *pInfo,
                                                VkExternalSemaphoreProperties *pProperties)
{
    static const VkStructureType allowed[] = {VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO};
    const VkSemaphoreTypeCreateInfo *type;
    const ModelDeviceConfig *config;
    ModelExternal row;

    model__enter_void("vkGetPhysicalDeviceExternalSemaphoreProperties", pInfo);
    config = config_of(physicalDevice);
    if (config &&
        model__check_chain(NULL, pInfo, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_SEMAPHORE_INFO,
                           allowed, 1) &&
        model__check_chain(NULL, pProperties, VK_STRUCTURE_TYPE_EXTERNAL_SEMAPHORE_PROPERTIES, NULL,
                           0) &&
        one_bit((uint32_t)pInfo->handleType)) {
        type = model__find_struct(pInfo, VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO);
        if (type && !model__offers(config, "VK_KHR_timeline_semaphore"))
            model__breach("pNext", "VkSemaphoreTypeCreateInfo, but there are no timelines");
        row = model__semaphore_row(config, (uint32_t)pInfo->handleType,
                                   type ? type->semaphoreType : VK_SEMAPHORE_TYPE_BINARY);
        pProperties->externalSemaphoreFeatures = row.features;
        pProperties->exportFromImportedHandleTypes = row.exportFromImported;
        pProperties->compatibleHandleTypes = row.compatible;
    }
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR void VKAPI_CALL get_fence(VkPhysicalDevice physicalDevice,
                                            const VkPhysicalDeviceExternalFenceInfo *pInfo,
                                            VkExternalFenceProperties *pProperties)
{
    const ModelDeviceConfig *config;

    model__enter_void("vkGetPhysicalDeviceExternalFenceProperties", pInfo);
    config = config_of(physicalDevice);
    if (config &&
        model__check_chain(NULL, pInfo, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_FENCE_INFO, NULL,
                           0) &&
        model__check_chain(NULL, pProperties, VK_STRUCTURE_TYPE_EXTERNAL_FENCE_PROPERTIES, NULL,
                           0)) {
        pProperties->externalFenceFeatures = 0;
        pProperties->exportFromImportedHandleTypes = 0;
        pProperties->compatibleHandleTypes = 0;
        for (size_t i = 0; i < MODEL_MAX_EXTERNAL && config->fences[i].handleType; i++) {
            const ModelExternal *row = &config->fences[i];

            if (row->handleType != (uint32_t)pInfo->handleType || !model__system.fences ||
                !model__offers(config, model__system.fences))
                continue;
            pProperties->externalFenceFeatures = row->features;
            pProperties->exportFromImportedHandleTypes = row->exportFromImported;
            pProperties->compatibleHandleTypes = row->compatible;
        }
    }
    model__leave(VK_SUCCESS);
}

/* ---- formats ---- */

static void check_format_info(const ModelDeviceConfig *config,
                              const VkPhysicalDeviceImageFormatInfo2 *info)
{
    const VkPhysicalDeviceImageDrmFormatModifierInfoEXT *modifier = model__find_struct(
        info, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_IMAGE_DRM_FORMAT_MODIFIER_INFO_EXT);
    bool drm = info->tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;

    if (drm != (modifier != NULL))
        model__breach("02249", "DRM_FORMAT_MODIFIER tiling and its struct go together");
    if (drm && !model__offers(config, "VK_EXT_image_drm_format_modifier"))
        model__breach("extension", "DRM modifiers, but the device has no "
                                   "VK_EXT_image_drm_format_modifier");
    if (drm && (info->flags & VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT) &&
        !model__find_struct(info, VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO))
        model__breach("02313", "MUTABLE_FORMAT with a DRM modifier needs a format list");
    if (info->usage == 0)
        model__breach("usage-requiredbitmask", "the usage is 0");
    if (modifier && modifier->sharingMode == VK_SHARING_MODE_CONCURRENT &&
        modifier->queueFamilyIndexCount < 2)
        model__breach("02315", "CONCURRENT with %u queue families",
                      modifier->queueFamilyIndexCount);
}

static VkResult answer_format(const ModelDeviceConfig *config,
                              const VkPhysicalDeviceImageFormatInfo2 *info,
                              VkImageFormatProperties2 *properties)
{
    const VkPhysicalDeviceImageDrmFormatModifierInfoEXT *modifier = model__find_struct(
        info, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_IMAGE_DRM_FORMAT_MODIFIER_INFO_EXT);
    const VkPhysicalDeviceExternalImageFormatInfo *external =
        model__find_struct(info, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_IMAGE_FORMAT_INFO);
    const ModelModifier *drm =
        modifier ? model__find_modifier(config, modifier->drmFormatModifier) : NULL;
    VkFormatFeatureFlags features =
        drm ? model__modifier_features(drm, info->format) : model__format_features(info->format);
    VkImageFormatProperties *format = &properties->imageFormatProperties;
    VkExternalImageFormatProperties *answer = NULL;
    bool planar = model__format_planes(info->format) > 1;
    bool depth = (model__format_aspects(info->format) &
                  (VK_IMAGE_ASPECT_DEPTH_BIT | VK_IMAGE_ASPECT_STENCIL_BIT)) != 0;

    for (VkBaseOutStructure *item = properties->pNext; item; item = item->pNext) {
        if (item->sType == VK_STRUCTURE_TYPE_EXTERNAL_IMAGE_FORMAT_PROPERTIES)
            answer = (VkExternalImageFormatProperties *)item;
    }
    if (!features || (modifier && !drm) ||
        (depth &&
         (info->usage & (VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_STORAGE_BIT))) ||
        (!depth && (info->usage & VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT)) ||
        ((info->flags & VK_IMAGE_CREATE_DISJOINT_BIT) && !model_config()->habits.untoldDisjoint &&
         !(features & VK_FORMAT_FEATURE_DISJOINT_BIT)) ||
        ((info->usage & VK_IMAGE_USAGE_STORAGE_BIT) &&
         !(features & VK_FORMAT_FEATURE_STORAGE_IMAGE_BIT)) ||
        ((planar || (drm && drm->compressed)) && info->type != VK_IMAGE_TYPE_2D) ||
        (info->flags & (VK_IMAGE_CREATE_SPARSE_BINDING_BIT | VK_IMAGE_CREATE_PROTECTED_BIT)))
        return VK_ERROR_FORMAT_NOT_SUPPORTED;
    memset(format, 0, sizeof *format);
    format->maxExtent = (VkExtent3D){16384, 1, 1};
    if (info->type != VK_IMAGE_TYPE_1D)
        format->maxExtent.height = 16384;
    if (info->type == VK_IMAGE_TYPE_3D)
        format->maxExtent = (VkExtent3D){2048, 2048, 2048};
    format->maxMipLevels = info->tiling == VK_IMAGE_TILING_OPTIMAL ? 15 : 1;
    format->maxArrayLayers =
        info->tiling == VK_IMAGE_TILING_OPTIMAL && info->type != VK_IMAGE_TYPE_3D ? 2048 : 1;
    if (drm) {
        format->maxMipLevels = drm->maxMipLevels;
        format->maxArrayLayers = info->type == VK_IMAGE_TYPE_3D ? 1 : drm->maxArrayLayers;
    }
    if (planar)
        format->maxMipLevels = format->maxArrayLayers = 1;
    format->sampleCounts = VK_SAMPLE_COUNT_1_BIT;
    if (info->tiling == VK_IMAGE_TILING_OPTIMAL && info->type == VK_IMAGE_TYPE_2D && !planar)
        format->sampleCounts |= VK_SAMPLE_COUNT_4_BIT;
    format->maxResourceSize = config->heapSizes[0];
    if (external && external->handleType) {
        ModelExternal row =
            drm ? model__modifier_row(config, drm, (uint32_t)external->handleType)
                : model__image_row(config, (uint32_t)external->handleType, info->tiling);

        one_bit((uint32_t)external->handleType);
        if (row.features == 0)
            return VK_ERROR_FORMAT_NOT_SUPPORTED;
        if (answer)
            answer->externalMemoryProperties = memory_properties(row);
    } else if (answer) {
        memset(&answer->externalMemoryProperties, 0, sizeof answer->externalMemoryProperties);
    }
    return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL
get_image_format(VkPhysicalDevice physicalDevice, const VkPhysicalDeviceImageFormatInfo2 *pInfo,
                 VkImageFormatProperties2 *pProperties)
{
    static const VkStructureType allowed[] = {
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_IMAGE_FORMAT_INFO,
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_IMAGE_DRM_FORMAT_MODIFIER_INFO_EXT,
        VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO,
        VK_STRUCTURE_TYPE_IMAGE_STENCIL_USAGE_CREATE_INFO,
    };
    static const VkStructureType answers[] = {VK_STRUCTURE_TYPE_EXTERNAL_IMAGE_FORMAT_PROPERTIES};
    VkResult result = model__enter("vkGetPhysicalDeviceImageFormatProperties2", pInfo);
    const ModelDeviceConfig *config = config_of(physicalDevice);

    if (result == VK_SUCCESS) {
        if (config &&
            model__check_chain(NULL, pInfo, VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_IMAGE_FORMAT_INFO_2,
                               allowed, MODEL_COUNT(allowed)) &&
            model__check_chain(NULL, pProperties, VK_STRUCTURE_TYPE_IMAGE_FORMAT_PROPERTIES_2,
                               answers, 1)) {
            check_format_info(config, pInfo);
            result = answer_format(config, pInfo, pProperties);
        } else {
            result = VK_ERROR_UNKNOWN;
        }
    }
    /* "If an error is returned, pImageFormatProperties is filled with zeros." */
    if (result != VK_SUCCESS)
        memset(&pProperties->imageFormatProperties, 0, sizeof pProperties->imageFormatProperties);
    return model__leave(result);
}

static void fill_format(VkFormat format, VkFormatProperties *properties)
{
    memset(properties, 0, sizeof *properties);
    properties->linearTilingFeatures = model__format_features(format);
    properties->optimalTilingFeatures = model__format_features(format);
}

static VKAPI_ATTR void VKAPI_CALL get_format(VkPhysicalDevice physicalDevice, VkFormat format,
                                             VkFormatProperties *pProperties)
{
    model__enter_void("vkGetPhysicalDeviceFormatProperties", NULL);
    if (config_of(physicalDevice))
        fill_format(format, pProperties);
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR void VKAPI_CALL get_format2(VkPhysicalDevice physicalDevice, VkFormat format,
                                              VkFormatProperties2 *pProperties)
{
    static const VkStructureType allowed[] = {
        VK_STRUCTURE_TYPE_DRM_FORMAT_MODIFIER_PROPERTIES_LIST_EXT,
        VK_STRUCTURE_TYPE_DRM_FORMAT_MODIFIER_PROPERTIES_LIST_2_EXT,
    };
    const ModelDeviceConfig *config;

    model__enter_void("vkGetPhysicalDeviceFormatProperties2", pProperties);
    config = config_of(physicalDevice);
    if (config && model__check_chain(NULL, pProperties, VK_STRUCTURE_TYPE_FORMAT_PROPERTIES_2,
                                     allowed, MODEL_COUNT(allowed))) {
        fill_format(format, &pProperties->formatProperties);
        for (VkBaseOutStructure *item = pProperties->pNext; item; item = item->pNext) {
            bool wide = item->sType == VK_STRUCTURE_TYPE_DRM_FORMAT_MODIFIER_PROPERTIES_LIST_2_EXT;

            if (!model__offers(config, "VK_EXT_image_drm_format_modifier") ||
                (wide && !model__offers(config, "VK_KHR_format_feature_flags2")))
                model__breach("pNext", "the struct %d, but the device has no such extension",
                              (int)item->sType);
            else if (wide && !model_config()->habits.forgetsModifierList2)
                model__list_modifiers2(config, format,
                                       (VkDrmFormatModifierPropertiesList2EXT *)item);
            else if (!wide)
                model__list_modifiers(config, format, (VkDrmFormatModifierPropertiesListEXT *)item);
        }
    }
    model__leave(VK_SUCCESS);
}

#define PROPERTIES2 "VK_KHR_get_physical_device_properties2"

const struct model_command model__external_commands[] = {
    MODEL_COMMAND("GetPhysicalDeviceExternalBufferProperties", get_buffer, MODEL_OF_INSTANCE,
                  VK_API_VERSION_1_1, NULL),
    MODEL_COMMAND("GetPhysicalDeviceExternalBufferPropertiesKHR", get_buffer, MODEL_OF_INSTANCE, 0,
                  "VK_KHR_external_memory_capabilities"),
    MODEL_COMMAND("GetPhysicalDeviceExternalSemaphoreProperties", get_semaphore, MODEL_OF_INSTANCE,
                  VK_API_VERSION_1_1, NULL),
    MODEL_COMMAND("GetPhysicalDeviceExternalSemaphorePropertiesKHR", get_semaphore,
                  MODEL_OF_INSTANCE, 0, "VK_KHR_external_semaphore_capabilities"),
    MODEL_COMMAND("GetPhysicalDeviceExternalFenceProperties", get_fence, MODEL_OF_INSTANCE,
                  VK_API_VERSION_1_1, NULL),
    MODEL_COMMAND("GetPhysicalDeviceExternalFencePropertiesKHR", get_fence, MODEL_OF_INSTANCE, 0,
                  "VK_KHR_external_fence_capabilities"),
    MODEL_COMMAND("GetPhysicalDeviceImageFormatProperties2", get_image_format, MODEL_OF_INSTANCE,
                  VK_API_VERSION_1_1, NULL),
    MODEL_COMMAND("GetPhysicalDeviceImageFormatProperties2KHR", get_image_format, MODEL_OF_INSTANCE,
                  0, PROPERTIES2),
    MODEL_COMMAND("GetPhysicalDeviceFormatProperties", get_format, MODEL_OF_INSTANCE,
                  VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("GetPhysicalDeviceFormatProperties2", get_format2, MODEL_OF_INSTANCE,
                  VK_API_VERSION_1_1, NULL),
    MODEL_COMMAND("GetPhysicalDeviceFormatProperties2KHR", get_format2, MODEL_OF_INSTANCE, 0,
                  PROPERTIES2),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};
