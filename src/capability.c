/*
 * What the driver answers when it is asked whether a resource can be shared.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

static void ask_buffer(VxmDevice device, const VxmBufferDescription *buffer, uint32_t handleType,
                       struct vxm_capability *capability)
{
    VkPhysicalDeviceExternalBufferInfo info = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_BUFFER_INFO,
        .flags = buffer->flags,
        .usage = buffer->usage,
        .handleType = (VkExternalMemoryHandleTypeFlagBits)handleType,
    };
    VkExternalBufferProperties properties = {
        .sType = VK_STRUCTURE_TYPE_EXTERNAL_BUFFER_PROPERTIES,
    };

    device->vk.GetPhysicalDeviceExternalBufferProperties(device->physicalDevice, &info,
                                                         &properties);
    capability->features = properties.externalMemoryProperties.externalMemoryFeatures;
    capability->compatible = properties.externalMemoryProperties.compatibleHandleTypes;
    capability->exportFromImported =
        properties.externalMemoryProperties.exportFromImportedHandleTypes;
}

static bool within(const VxmImageDescription *image, const VkImageFormatProperties *limits)
{
    return image->extent.width <= limits->maxExtent.width &&
           image->extent.height <= limits->maxExtent.height &&
           image->extent.depth <= limits->maxExtent.depth &&
           image->mipLevels <= limits->maxMipLevels &&
           image->arrayLayers <= limits->maxArrayLayers &&
           (limits->sampleCounts & image->samples) != 0;
}

/* A description has no queue families, so a CONCURRENT image is asked about as everybody's. */
#define MAX_FAMILIES 8
static const uint32_t families[MAX_FAMILIES] = {0, 1, 2, 3, 4, 5, 6, 7};

static VkPhysicalDeviceImageDrmFormatModifierInfoEXT modifier_info(VxmDevice device,
                                                                   const VxmImageDescription *image)
{
    const bool concurrent =
        image->sharingMode == VK_SHARING_MODE_CONCURRENT && device->queueFamilyCount > 1;
    const uint32_t count =
        device->queueFamilyCount < MAX_FAMILIES ? device->queueFamilyCount : MAX_FAMILIES;

    return (VkPhysicalDeviceImageDrmFormatModifierInfoEXT){
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_IMAGE_DRM_FORMAT_MODIFIER_INFO_EXT,
        .drmFormatModifier = image->drmFormatModifier,
        .sharingMode = concurrent ? VK_SHARING_MODE_CONCURRENT : VK_SHARING_MODE_EXCLUSIVE,
        .queueFamilyIndexCount = concurrent ? count : 0,
        .pQueueFamilyIndices = concurrent ? families : NULL,
    };
}

static VkResult ask_image(VxmDevice device, const VxmImageDescription *image, uint32_t handleType,
                          struct vxm_capability *capability)
{
    VkPhysicalDeviceImageDrmFormatModifierInfoEXT modifier = modifier_info(device, image);
    VkImageStencilUsageCreateInfo stencilUsage = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_STENCIL_USAGE_CREATE_INFO,
        .stencilUsage = image->stencilUsage,
    };
    VkImageFormatListCreateInfo formatList = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO,
        .viewFormatCount = image->viewFormatCount,
        .pViewFormats = image->viewFormats,
    };
    VkPhysicalDeviceExternalImageFormatInfo external = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_IMAGE_FORMAT_INFO,
        .handleType = (VkExternalMemoryHandleTypeFlagBits)handleType,
    };
    VkPhysicalDeviceImageFormatInfo2 info = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_IMAGE_FORMAT_INFO_2,
        /* Without a type: whether there can be such an image at all. */
        .pNext = handleType != 0 ? &external : NULL,
        .format = image->format,
        .type = image->imageType,
        .tiling = image->tiling,
        .usage = image->usage,
        .flags = image->flags,
    };
    VkExternalImageFormatProperties answer = {
        .sType = VK_STRUCTURE_TYPE_EXTERNAL_IMAGE_FORMAT_PROPERTIES,
    };
    VkImageFormatProperties2 properties = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_FORMAT_PROPERTIES_2,
        .pNext = &answer,
    };
    VkResult result;

    if (image->tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT) {
        if (!device->drmFormatModifier) {
            return VK_ERROR_FORMAT_NOT_SUPPORTED;
        }
        /* The struct and the tiling go together (02249). */
        modifier.pNext = info.pNext;
        info.pNext = &modifier;
    }
    if (image->stencilUsage != 0) {
        stencilUsage.pNext = info.pNext;
        info.pNext = &stencilUsage;
    }
    if (image->viewFormatCount != 0) {
        formatList.pNext = info.pNext;
        info.pNext = &formatList;
    }
    result = device->vk.GetPhysicalDeviceImageFormatProperties2(device->physicalDevice, &info,
                                                                &properties);
    if (result != VK_SUCCESS) {
        return result;
    }
    if (!within(image, &properties.imageFormatProperties)) {
        return VK_ERROR_FORMAT_NOT_SUPPORTED;
    }
    capability->features = answer.externalMemoryProperties.externalMemoryFeatures;
    capability->compatible = answer.externalMemoryProperties.compatibleHandleTypes;
    capability->exportFromImported = answer.externalMemoryProperties.exportFromImportedHandleTypes;
    capability->maxExtent = properties.imageFormatProperties.maxExtent;
    return VK_SUCCESS;
}

/* Whether the type is of resources of this kind. */
static bool suits(const struct vxm_handle_type *type, VxmResourceType resourceType)
{
    const uint32_t excluding = resourceType == VXM_RESOURCE_TYPE_IMAGE
                                   ? (uint32_t)VXM_TYPE_BUFFER_ONLY
                                   : (uint32_t)VXM_TYPE_IMAGE_ONLY;

    return (type->flags & excluding) == 0;
}

/* Types that Vulkan has no bit for. */
static VkResult ask_at_creation(VxmDevice device, const VxmImageDescription *image,
                                const struct vxm_handle_type *type,
                                struct vxm_capability *capability)
{
    VkResult result = ask_image(device, image, 0, capability);

    *capability = (struct vxm_capability){0};
    if (result == VK_SUCCESS && (image->imageType != VK_IMAGE_TYPE_2D || image->mipLevels != 1 ||
                                 image->arrayLayers != 1 || image->samples != 1)) {
        result = VK_ERROR_FORMAT_NOT_SUPPORTED;
    }
    if (result == VK_SUCCESS) {
        capability->features =
            VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT | VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT;
        capability->compatible = type->type;
        capability->exportFromImported = type->type;
    }
    return result;
}

static VkResult ask_native_first(VxmDevice device, const VxmImageDescription *image,
                                 const struct vxm_handle_type *type,
                                 struct vxm_capability *capability)
{
    VkResult result = ask_image(device, image, type->importAs, capability);

    /* Metal shares 2D textures of one layer and sample, in a layout of its own. */
    if (result == VK_SUCCESS && (image->imageType != VK_IMAGE_TYPE_2D || image->arrayLayers != 1 ||
                                 image->samples != 1 || image->tiling != VK_IMAGE_TILING_OPTIMAL)) {
        *capability = (struct vxm_capability){0};
        return VK_ERROR_FORMAT_NOT_SUPPORTED;
    }
    if (result == VK_SUCCESS &&
        (capability->features & VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT) != 0) {
        capability->features |= VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT;
        capability->compatible = type->type | type->importAs;
        /* As what it is, it is kept; as the other, the driver has to give it. */
        capability->exportFromImported =
            type->type | (capability->exportFromImported & type->importAs);
    } else {
        *capability = (struct vxm_capability){0};
    }
    return result;
}

VkResult vxm__ask_memory(VxmDevice device, VxmResourceType resourceType,
                         const VxmBufferDescription *buffer, const VxmImageDescription *image,
                         uint32_t handleType, struct vxm_capability *capability)
{
    /* Vulkan can't be asked about raw memory; a buffer for transfers is the plainest resource. */
    static const VxmBufferDescription raw = {
        .size = 1,
        .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
    };

    const struct vxm_handle_type *type = vxm__find_type(VXM_HANDLE_KIND_MEMORY, handleType);
    VkResult result = VK_SUCCESS;

    *capability = (struct vxm_capability){0};
    if (!suits(type, resourceType)) {
        return VK_SUCCESS;
    }
    if ((type->flags & VXM_TYPE_AT_CREATION) != 0) {
        return ask_at_creation(device, image, type, capability);
    }
    if ((type->flags & VXM_TYPE_NATIVE_FIRST) != 0) {
        return ask_native_first(device, image, type, capability);
    }
    if (resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        result = ask_image(device, image, handleType, capability);
    } else {
        ask_buffer(device, resourceType == VXM_RESOURCE_TYPE_BUFFER ? buffer : &raw, handleType,
                   capability);
    }
    if ((type->flags & VXM_TYPE_HOST_POINTER) != 0) {
        /* Some drivers claim it, but no command of Vulkan's gives one. */
        capability->features &=
            ~(VkExternalMemoryFeatureFlags)VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT;
    }
    return result;
}

/* The sentence about an image that can't be. */
static VkResult fail_image(const char *caller, VxmDevice device, const VxmImageDescription *image,
                           const char *verb, const struct vxm_handle_type *type)
{
    char name[VXM_MODIFIER_NAME_SIZE], others[400];

    if (image->tiling != VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT) {
        return vxm__fail(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED,
                         VK_ERROR_FORMAT_NOT_SUPPORTED,
                         "%s: the device can't %s this image (format %s, tiling %d, usage 0x%x, "
                         "%ux%ux%u) as %s. Ask vxmQuery() about another format, usage, size or "
                         "handle type.",
                         caller, verb, vxm__format_name(image->format).text, (int)image->tiling,
                         image->usage, image->extent.width, image->extent.height,
                         image->extent.depth, type->name);
    }
    if (!device->drmFormatModifier) {
        return vxm__fail(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: an image with a DRM format modifier needs "
                         "VK_EXT_image_drm_format_modifier, which this device doesn't have or "
                         "doesn't have on. Use LINEAR tiling, without a modifier.",
                         caller);
    }
    vxm__modifier_name(image->drmFormatModifier, name);
    vxm__modifier_names(device, image->format, others, sizeof others);
    return vxm__fail(
        VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, VK_ERROR_FORMAT_NOT_SUPPORTED,
        "%s: the device can't %s this image (format %s, modifier %s, usage 0x%x, "
        "%ux%ux%u) as %s. For the format it has %s. Ask vxmGetModifiers() for those "
        "that it can share such an image with%s.",
        caller, verb, vxm__format_name(image->format).text, name, image->usage, image->extent.width,
        image->extent.height, image->extent.depth, type->name, others,
        vxm__format_plane_count(image->format) > 1
            ? ", or share each plane as an image of its own (vxmDescribePlane)"
            : "");
}

VkResult vxm__require_capability(const char *caller, VxmDevice device, VxmResourceType resourceType,
                                 const VxmBufferDescription *buffer,
                                 const VxmImageDescription *image,
                                 const struct vxm_handle_type *type,
                                 VkExternalMemoryFeatureFlags needed,
                                 struct vxm_capability *capability)
{
    static const char *const nouns[] = {"raw memory", "this buffer", "this image"};
    const char *verb = needed == VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT   ? "export"
                       : needed == VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT ? "import"
                                                                             : "share";
    VkResult result = vxm__ask_memory(device, resourceType, buffer, image, type->type, capability);

    if (!suits(type, resourceType)) {
        return vxm__fail(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: %s can't %s as %s, which is a handle of %s only. Choose another "
            "handle type, or another resource.",
            caller, nouns[resourceType],
            needed == VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT ? "be imported" : "be shared",
            type->name, (type->flags & VXM_TYPE_IMAGE_ONLY) != 0 ? "images" : "buffers");
    }
    if (result == VK_ERROR_FORMAT_NOT_SUPPORTED) {
        return fail_image(caller, device, image, verb, type);
    }
    if (result != VK_SUCCESS) {
        return vxm__fail(result, VXM_ERROR_REASON_DRIVER, result,
                         "%s: vkGetPhysicalDeviceImageFormatProperties2 was asked whether this "
                         "image can be shared as %s and answered %s.",
                         caller, type->name, vxmResultName(result));
    }
    if ((capability->features & needed) == 0) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: the driver answers that it can't %s %s as %s (externalMemoryFeatures "
                         "0x%x). Ask vxmQuery() about another handle type or usage.",
                         caller, verb, nouns[resourceType], type->name, capability->features);
    }
    return VK_SUCCESS;
}
