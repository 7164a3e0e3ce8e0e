/*
 * The planes of an image: which memory each has, where it lies, by which modifier.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <string.h>

static bool is_by_modifier(const VxmImageDescription *image)
{
    return image->tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
}

bool vxm__is_disjoint(const VxmImageDescription *image)
{
    return (image->flags & VK_IMAGE_CREATE_DISJOINT_BIT) != 0;
}

uint32_t vxm__memory_count(const VxmImageDescription *image)
{
    if (!vxm__is_disjoint(image)) {
        return 1;
    }
    return is_by_modifier(image) ? image->planeCount : vxm__format_plane_count(image->format);
}

VkImageAspectFlagBits vxm__plane_aspect(const VxmImageDescription *image, uint32_t plane)
{
    static const VkImageAspectFlagBits format[] = {
        VK_IMAGE_ASPECT_PLANE_0_BIT,
        VK_IMAGE_ASPECT_PLANE_1_BIT,
        VK_IMAGE_ASPECT_PLANE_2_BIT,
    };
    static const VkImageAspectFlagBits memory[VXM_MAX_PLANES] = {
        VK_IMAGE_ASPECT_MEMORY_PLANE_0_BIT_EXT,
        VK_IMAGE_ASPECT_MEMORY_PLANE_1_BIT_EXT,
        VK_IMAGE_ASPECT_MEMORY_PLANE_2_BIT_EXT,
        VK_IMAGE_ASPECT_MEMORY_PLANE_3_BIT_EXT,
    };

    return is_by_modifier(image)                        ? memory[plane]
           : vxm__format_plane_count(image->format) > 1 ? format[plane]
                                                        : VK_IMAGE_ASPECT_COLOR_BIT;
}

/* Lavapipe (Mesa 26.2) tells of every plane what is the first one's, and of a LINEAR image's planes
 * nothing until it is bound: in a description that would be other pixels. */
static VkResult check_answer(const char *caller, const VxmImageDescription *image)
{
    for (uint32_t i = 1; i < image->planeCount; i++) {
        for (uint32_t j = 0; j < i; j++) {
            const VxmPlaneLayout *a = &image->planes[j];
            const VxmPlaneLayout *b = &image->planes[i];

            if (a->memoryIndex == b->memoryIndex && a->offset == b->offset) {
                return vxm__fail(
                    VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_DRIVER, 0,
                    "%s: the driver says (vkGetImageSubresourceLayout) that planes %u and %u of "
                    "the image, of format %s, both begin at byte %llu of its memory. Nobody could "
                    "find the second there. If the image is yours, bind it first; otherwise %s, "
                    "or share each plane as an image of its own.",
                    caller, j, i, vxm__format_name(image->format).text,
                    (unsigned long long)b->offset,
                    is_by_modifier(image) ? "use LINEAR tiling" : "use a DRM format modifier");
            }
        }
    }
    return VK_SUCCESS;
}

VkResult vxm__read_planes(const char *caller, VxmDevice device, VkImage image,
                          const VkDeviceSize *offsets, VxmImageDescription *description)
{
    const bool disjoint = vxm__is_disjoint(description);

    if (!is_by_modifier(description)) {
        description->planeCount =
            description->tiling == VK_IMAGE_TILING_LINEAR &&
                    vxm__format_aspects(description->format, false) == VK_IMAGE_ASPECT_COLOR_BIT
                ? vxm__format_plane_count(description->format)
                : 0;
    }
    for (uint32_t i = 0; i < description->planeCount; i++) {
        const VkImageSubresource subresource = {
            .aspectMask = (VkImageAspectFlags)vxm__plane_aspect(description, i),
        };
        VkSubresourceLayout layout = {0};

        device->vk.GetImageSubresourceLayout(device->device, image, &subresource, &layout);
        /* The driver counts from where the image, or the plane, is bound. */
        description->planes[i] = (VxmPlaneLayout){
            .memoryIndex = disjoint ? i : 0,
            .offset = offsets[disjoint ? i : 0] + layout.offset,
            .rowPitch = layout.rowPitch,
            .arrayPitch = description->arrayLayers > 1 ? layout.arrayPitch : 0,
            .depthPitch = description->extent.depth > 1 ? layout.depthPitch : 0,
        };
    }
    return check_answer(caller, description);
}

/* ---- modifiers ---- */

VkResult vxm__require_modifiers(const char *caller, VxmDevice device)
{
    if (device->drmFormatModifier) {
        return VK_SUCCESS;
    }
    return vxm__fail(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                     "%s: the image has tiling DRM_FORMAT_MODIFIER, but "
                     "VK_EXT_image_drm_format_modifier is not enabled on this device. Enable it, "
                     "or use LINEAR tiling.",
                     caller);
}

VkResult vxm__read_modifier(const char *caller, VxmDevice device, VkImage image,
                            VxmImageDescription *description)
{
    VkImageDrmFormatModifierPropertiesEXT properties = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_PROPERTIES_EXT,
    };
    char name[VXM_MODIFIER_NAME_SIZE];
    struct vxm_modifier found;
    VkResult result = vxm__require_modifiers(caller, device);

    if (result != VK_SUCCESS) {
        return result;
    }
    result = device->vk.GetImageDrmFormatModifierPropertiesEXT(device->device, image, &properties);
    if (result != VK_SUCCESS) {
        return vxm__fail_driver(result, "vkGetImageDrmFormatModifierPropertiesEXT", caller, NULL);
    }
    if (!vxm__find_modifier(device, description->format, properties.drmFormatModifier, &found) ||
        found.planeCount > VXM_MAX_PLANES) {
        vxm__modifier_name(properties.drmFormatModifier, name);
        return vxm__fail(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_DRIVER, 0,
                         "%s: the driver says that the image has the modifier %s, which it doesn't "
                         "list for format %s.",
                         caller, name, vxm__format_name(description->format).text);
    }
    description->drmFormatModifier = found.modifier;
    description->planeCount = found.planeCount;
    return VK_SUCCESS;
}

static VkFormatFeatureFlags2 features_of_tiling(VxmDevice device, const VxmImageDescription *image)
{
    VkFormatProperties2 properties = {.sType = VK_STRUCTURE_TYPE_FORMAT_PROPERTIES_2};

    device->vk.GetPhysicalDeviceFormatProperties2(device->physicalDevice, image->format,
                                                  &properties);
    return image->tiling == VK_IMAGE_TILING_LINEAR
               ? properties.formatProperties.linearTilingFeatures
               : properties.formatProperties.optimalTilingFeatures;
}

static VkResult check_modifier(const char *caller, VxmDevice device,
                               const struct vxm_layout_words *words,
                               const VxmImageDescription *image, VkFormatFeatureFlags2 *features)
{
    VkResult result = vxm__require_modifiers(caller, device);
    char name[VXM_MODIFIER_NAME_SIZE];
    struct vxm_modifier found;
    char ours[400];

    if (result != VK_SUCCESS) {
        return result;
    }
    vxm__modifier_name(image->drmFormatModifier, name);
    if (!vxm__find_modifier(device, image->format, image->drmFormatModifier, &found)) {
        vxm__modifier_names(device, image->format, ours, sizeof ours);
        return vxm__fail(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: %s is %s, but for format %s this device has %s "
                         "(VUID-VkImageDrmFormatModifierExplicitCreateInfoEXT-drmFormatModifier-"
                         "02264). %s",
                         caller, words->modifier, name, vxm__format_name(image->format).text, ours,
                         words->otherModifier);
    }
    if (found.planeCount != image->planeCount) {
        return vxm__fail_argument("%s: %s is %u, but on this device an image of "
                                  "format %s with the modifier %s has %u memory planes "
                                  "(VUID-VkImageDrmFormatModifierExplicitCreateInfoEXT-"
                                  "drmFormatModifierPlaneCount-02265). Give the layout of each.",
                                  caller, words->count, image->planeCount,
                                  vxm__format_name(image->format).text, name, found.planeCount);
    }
    *features = found.features;
    return VK_SUCCESS;
}

VkResult vxm__check_layout(const char *caller, VxmDevice device,
                           const struct vxm_layout_words *words, const VxmImageDescription *image)
{
    VkFormatFeatureFlags2 features = 0;
    VkResult result = VK_SUCCESS;

    if (is_by_modifier(image)) {
        result = check_modifier(caller, device, words, image, &features);
    } else if (vxm__is_disjoint(image)) {
        features = features_of_tiling(device, image);
    }
    if (result == VK_SUCCESS && vxm__is_disjoint(image) &&
        (features & VK_FORMAT_FEATURE_2_DISJOINT_BIT) == 0) {
        result = vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                           "%s: the image's planes have a memory each, but this device has no "
                           "disjoint images of format %s with this tiling and modifier (no "
                           "VK_FORMAT_FEATURE_DISJOINT_BIT, VUID-VkImageCreateInfo-"
                           "imageCreateFormatFeatures-02260). Keep all planes in one memory, or "
                           "share each as an image of its own (vxmDescribePlane).",
                           caller, vxm__format_name(image->format).text);
    }
    return result;
}

/* ---- memories ---- */

/* Whether all memories are one payload and can be one for Vulkan: with a modifier the planes'
 * offsets say it all; a LINEAR image's planes follow one another as the driver has it, and can't be
 * bound apart. */
static bool are_one(const VxmShared *shared)
{
    for (uint32_t i = 1; i < shared->memoryCount; i++) {
        const VxmSharedMemory *first = &shared->memories[0];
        const VxmSharedMemory *other = &shared->memories[i];

        if (!vxm__os_same_payload(&first->handle, &other->handle) ||
            (!is_by_modifier(&shared->image) && first->offset != other->offset)) {
            return false;
        }
    }
    return true;
}

static void merge(const VxmShared *shared, VxmShared *merged)
{
    VxmSharedMemory *memory = &merged->memories[0];

    *merged = *shared;
    merged->memoryCount = 1;
    merged->image.flags &= ~(VkImageCreateFlags)VK_IMAGE_CREATE_DISJOINT_BIT;
    for (uint32_t i = 0; i < merged->image.planeCount; i++) {
        merged->image.planes[i].memoryIndex = 0;
    }
    for (uint32_t i = 1; i < shared->memoryCount; i++) {
        const VxmSharedMemory *other = &shared->memories[i];

        if (other->allocationSize > memory->allocationSize) {
            memory->allocationSize = other->allocationSize;
        }
        /* Bound where they are, the planes would have to be apart. */
        if (other->offset != memory->offset) {
            memory->offset = 0;
        }
    }
}

static VkResult give_each_its_own(const char *caller, const VxmShared *shared,
                                  const struct vxm_handle_type *type, VxmShared *apart)
{
    if (vxm__format_plane_count(shared->image.format) == 1) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: the %u memories are not one %s, and only images of multi-planar "
                         "formats can have several, which format %s is not "
                         "(VUID-VkImageCreateInfo-format-01577). Let the exporter put all planes "
                         "into one.",
                         caller, shared->memoryCount, type->name,
                         vxm__format_name(shared->image.format).text);
    }
    *apart = *shared;
    apart->memoryCount = shared->image.planeCount;
    apart->image.flags |= VK_IMAGE_CREATE_DISJOINT_BIT;
    for (uint32_t i = 0; i < apart->image.planeCount; i++) {
        apart->memories[i] = shared->memories[shared->image.planes[i].memoryIndex];
        apart->image.planes[i].memoryIndex = i;
    }
    return VK_SUCCESS;
}

/* A hand-filled LINEAR image that doesn't begin with its buffer: no driver can be told so but by
 * binding it there. What the library has exported says where it was bound. */
static bool is_elsewhere(const VxmShared *shared, uint32_t index)
{
    static const uint8_t unknown[VK_UUID_SIZE];

    return shared->image.tiling == VK_IMAGE_TILING_LINEAR && shared->memories[index].offset == 0 &&
           shared->image.planes[index].rowPitch != 0 && shared->image.planes[index].offset != 0 &&
           memcmp(shared->driverUUID, unknown, sizeof unknown) == 0;
}

VkResult vxm__resolve_memories(const char *caller, const VxmShared *shared,
                               const struct vxm_handle_type *type, VxmShared *storage,
                               const VxmShared **resolved)
{
    VkResult result = VK_SUCCESS;

    *resolved = shared;
    if ((type->flags & VXM_TYPE_ONE_PAYLOAD) == 0 ||
        shared->resourceType != VXM_RESOURCE_TYPE_IMAGE || shared->image.planeCount == 0 ||
        (shared->memoryCount == 1 && !vxm__is_disjoint(&shared->image) &&
         !is_elsewhere(shared, 0))) {
        return VK_SUCCESS;
    }
    *resolved = storage;
    if (are_one(shared)) {
        merge(shared, storage);
        result = vxm__check_shared_planes(caller, storage, NULL);
    } else {
        result = give_each_its_own(caller, shared, type, storage);
    }
    for (uint32_t i = 0; result == VK_SUCCESS && i < storage->memoryCount; i++) {
        if (is_elsewhere(storage, i)) {
            storage->memories[i].offset = storage->image.planes[i].offset;
        }
    }
    return result;
}
