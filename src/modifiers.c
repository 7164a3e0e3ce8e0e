/*
 * DRM format modifiers: which a device has for an image, and which two sides have in common.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <stdio.h>

/* ---- what the device has ---- */

struct modifier_list {
    uint32_t count;
    uint32_t leftOut; /* more than there is room for */
    struct vxm_modifier modifiers[VXM_MAX_MODIFIERS];
};

static uint32_t room_for(uint32_t count)
{
    return count < VXM_MAX_MODIFIERS ? count : VXM_MAX_MODIFIERS;
}

static void list_features2(VxmDevice device, VkFormat format, struct modifier_list *list)
{
    VkDrmFormatModifierProperties2EXT answers[VXM_MAX_MODIFIERS] = {{0}};
    VkDrmFormatModifierPropertiesList2EXT info = {
        .sType = VK_STRUCTURE_TYPE_DRM_FORMAT_MODIFIER_PROPERTIES_LIST_2_EXT,
        .drmFormatModifierCount = VXM_MAX_MODIFIERS,
        .pDrmFormatModifierProperties = answers,
    };
    VkFormatProperties2 properties = {
        .sType = VK_STRUCTURE_TYPE_FORMAT_PROPERTIES_2,
        .pNext = &info,
    };

    device->vk.GetPhysicalDeviceFormatProperties2(device->physicalDevice, format, &properties);
    if (answers[0].drmFormatModifierPlaneCount == 0) {
        return; /* the driver doesn't know the struct: lavapipe in Mesa 25.0 */
    }
    list->count = room_for(info.drmFormatModifierCount);
    for (uint32_t i = 0; i < list->count; i++) {
        list->modifiers[i] = (struct vxm_modifier){
            .modifier = answers[i].drmFormatModifier,
            .planeCount = answers[i].drmFormatModifierPlaneCount,
            .features = answers[i].drmFormatModifierTilingFeatures,
        };
    }
    if (list->count == VXM_MAX_MODIFIERS) {
        info.pDrmFormatModifierProperties = NULL; /* how many there are in all */
        device->vk.GetPhysicalDeviceFormatProperties2(device->physicalDevice, format, &properties);
        list->leftOut = info.drmFormatModifierCount - room_for(info.drmFormatModifierCount);
    }
}

static void list_features1(VxmDevice device, VkFormat format, struct modifier_list *list)
{
    VkDrmFormatModifierPropertiesEXT answers[VXM_MAX_MODIFIERS] = {{0}};
    VkDrmFormatModifierPropertiesListEXT info = {
        .sType = VK_STRUCTURE_TYPE_DRM_FORMAT_MODIFIER_PROPERTIES_LIST_EXT,
        .drmFormatModifierCount = VXM_MAX_MODIFIERS,
        .pDrmFormatModifierProperties = answers,
    };
    VkFormatProperties2 properties = {
        .sType = VK_STRUCTURE_TYPE_FORMAT_PROPERTIES_2,
        .pNext = &info,
    };

    device->vk.GetPhysicalDeviceFormatProperties2(device->physicalDevice, format, &properties);
    if (answers[0].drmFormatModifierPlaneCount == 0) {
        return;
    }
    list->count = room_for(info.drmFormatModifierCount);
    for (uint32_t i = 0; i < list->count; i++) {
        list->modifiers[i] = (struct vxm_modifier){
            .modifier = answers[i].drmFormatModifier,
            .planeCount = answers[i].drmFormatModifierPlaneCount,
            .features = answers[i].drmFormatModifierTilingFeatures,
        };
    }
    if (list->count == VXM_MAX_MODIFIERS) {
        info.pDrmFormatModifierProperties = NULL; /* how many there are in all */
        device->vk.GetPhysicalDeviceFormatProperties2(device->physicalDevice, format, &properties);
        list->leftOut = info.drmFormatModifierCount - room_for(info.drmFormatModifierCount);
    }
}

/* Those that the device has, in its order; none if it can't be asked. */
static void list_modifiers(VxmDevice device, VkFormat format, struct modifier_list *list)
{
    list->count = 0;
    list->leftOut = 0;
    if (!device->drmFormatModifier) {
        return;
    }
    if (device->formatFeatures2) {
        list_features2(device, format, list);
    }
    if (list->count == 0) {
        list_features1(device, format, list);
    }
}

bool vxm__find_modifier(VxmDevice device, VkFormat format, uint64_t modifier,
                        struct vxm_modifier *found)
{
    struct modifier_list list;

    list_modifiers(device, format, &list);
    for (uint32_t i = 0; i < list.count; i++) {
        if (list.modifiers[i].modifier == modifier) {
            *found = list.modifiers[i];
            return true;
        }
    }
    return false;
}

uint32_t vxm__named_modifiers(const void *next, const uint64_t **modifiers)
{
    for (const VkBaseInStructure *base = next; base != NULL; base = base->pNext) {
        if (base->sType == VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT) {
            const VkImageDrmFormatModifierListCreateInfoEXT *list = (const void *)base;

            *modifiers = list->pDrmFormatModifiers;
            return list->drmFormatModifierCount;
        }
        if (base->sType == VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_EXPLICIT_CREATE_INFO_EXT) {
            const VkImageDrmFormatModifierExplicitCreateInfoEXT *one = (const void *)base;

            *modifiers = &one->drmFormatModifier;
            return 1;
        }
    }
    *modifiers = NULL;
    return 0;
}

/* ---- names ---- */

void vxm__modifier_name(uint64_t modifier, char text[VXM_MODIFIER_NAME_SIZE])
{
    /* The top byte, as in drm_fourcc.h. */
    static const char *const vendors[] = {
        NULL,       "Intel", "AMD",       "NVIDIA",  "Samsung",  "Qualcomm", "Vivante",
        "Broadcom", "Arm",   "Allwinner", "Amlogic", "MediaTek", "Apple",
    };
    const uint64_t vendor = modifier >> 56;
    const char *name = vendor < sizeof vendors / sizeof vendors[0] ? vendors[vendor] : NULL;

    if (modifier == VXM_DRM_FORMAT_MOD_LINEAR) {
        snprintf(text, VXM_MODIFIER_NAME_SIZE, "LINEAR");
    } else if (modifier == VXM_DRM_FORMAT_MOD_INVALID) {
        snprintf(text, VXM_MODIFIER_NAME_SIZE, "INVALID");
    } else {
        snprintf(text, VXM_MODIFIER_NAME_SIZE, "0x%016llx%s%s%s", (unsigned long long)modifier,
                 name != NULL ? " (" : "", name != NULL ? name : "", name != NULL ? ")" : "");
    }
}

/* "the modifiers A, B and C", or "no modifier". Of a long list the first are named. */
static void append_names(uint32_t count, const uint64_t *modifiers, char *text, size_t size)
{
    enum {
        NAMED = 5
    };
    const uint32_t named = count > NAMED ? NAMED : count;
    char name[VXM_MODIFIER_NAME_SIZE];

    if (count == 0) {
        vxm__append(text, size, "no modifier");
        return;
    }
    vxm__append(text, size, count == 1 ? "the modifier " : "the modifiers ");
    for (uint32_t i = 0; i < named; i++) {
        vxm__modifier_name(modifiers[i], name);
        vxm__append(text, size, "%s%s", i == 0 ? "" : i + 1 == count ? " and " : ", ", name);
    }
    if (count > named) {
        vxm__append(text, size, " and %u more", count - named);
    }
}

void vxm__modifier_names(VxmDevice device, VkFormat format, char *text, size_t size)
{
    uint64_t modifiers[VXM_MAX_MODIFIERS];
    struct modifier_list list;

    list_modifiers(device, format, &list);
    for (uint32_t i = 0; i < list.count; i++) {
        modifiers[i] = list.modifiers[i].modifier;
    }
    text[0] = '\0';
    append_names(list.count, modifiers, text, size);
}

/* ---- which of them can be shared ---- */

static bool is_named(uint64_t modifier, uint32_t count, const uint64_t *named)
{
    for (uint32_t i = 0; i < count; i++) {
        if (named[i] == modifier) {
            return true;
        }
    }
    return count == 0;
}

/* Why `modifiers` is empty. `fitting`: how many of the device's are among those that are named. */
static void explain_none(VxmDevice device, const VxmImageDescription *image,
                         const struct vxm_handle_type *type, uint32_t nameCount,
                         const uint64_t *named, uint32_t fitting, VxmModifiers *modifiers)
{
    char *const text = modifiers->reason;
    const size_t size = sizeof modifiers->reason;
    char ours[300];

    if (!device->drmFormatModifier) {
        vxm__append(text, size,
                    "This device doesn't have VK_EXT_image_drm_format_modifier, or doesn't have it "
                    "on, so that it knows no modifiers. Share images with LINEAR tiling.");
        return;
    }
    vxm__modifier_names(device, image->format, ours, sizeof ours);
    vxm__append(text, size, "For format %s the device has %s", vxm__format_name(image->format).text,
                ours);
    if (fitting == 0 && nameCount != 0) {
        vxm__append(text, size, ", but the image's creation names ");
        append_names(nameCount, named, text, size);
        vxm__append(text, size, ". Name one that it has.");
    } else if (fitting == 0) {
        vxm__append(text, size, ". Choose another format, or share an image with LINEAR tiling.");
    } else {
        vxm__append(text, size,
                    ", but can't share this image (usage 0x%x, flags 0x%x, %ux%ux%u) as %s with "
                    "%s. Ask for less usage, for another size or format, or share an image with "
                    "LINEAR tiling.",
                    image->usage, image->flags, image->extent.width, image->extent.height,
                    image->extent.depth, type->name,
                    nameCount != 0 ? fitting == 1 ? "the one asked for" : "any of those asked for"
                    : fitting == 1 ? "it"
                                   : "any of them");
    }
}

VkResult vxm__shareable_modifiers(VxmDevice device, const VxmImageDescription *image,
                                  const struct vxm_handle_type *type, uint32_t nameCount,
                                  const uint64_t *named, VxmModifiers *modifiers)
{
    const bool disjoint = (image->flags & VK_IMAGE_CREATE_DISJOINT_BIT) != 0;
    struct modifier_list list;
    VxmImageDescription single = *image;
    VxmModifiers found = {0};
    uint32_t fitting = 0;

    list_modifiers(device, image->format, &list);
    found.leftOut = list.leftOut;
    for (uint32_t i = 0; i < list.count; i++) {
        const struct vxm_modifier *modifier = &list.modifiers[i];
        struct vxm_capability capability;
        VkResult result;

        if (!is_named(modifier->modifier, nameCount, named)) {
            continue;
        }
        fitting++;
        single.drmFormatModifier = modifier->modifier;
        result = vxm__ask_memory(device, VXM_RESOURCE_TYPE_IMAGE, NULL, &single, type->type,
                                 &capability);
        if (result != VK_SUCCESS && result != VK_ERROR_FORMAT_NOT_SUPPORTED) {
            return vxm__fail_driver(result, "vkGetPhysicalDeviceImageFormatProperties2",
                                    "asking for a modifier to share an image with", NULL);
        }
        /* The question doesn't cover what 02260 wants of a disjoint image. */
        if ((capability.features & (VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT |
                                    VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT)) == 0 ||
            (disjoint && (modifier->features & VK_FORMAT_FEATURE_2_DISJOINT_BIT) == 0)) {
            continue;
        }
        found.modifiers[found.modifierCount++] = (VxmModifierProperties){
            .drmFormatModifier = modifier->modifier,
            .planeCount = modifier->planeCount,
            .formatFeatures = modifier->features,
            .exportable = (capability.features & VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT) != 0,
            .importable = (capability.features & VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT) != 0,
            .dedicatedOnly =
                (capability.features & VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT) != 0,
            .maxExtent = capability.maxExtent,
        };
    }
    if (found.modifierCount == 0) {
        explain_none(device, image, type, nameCount, named, fitting, &found);
    }
    *modifiers = found;
    return VK_SUCCESS;
}

VkResult vxmGetModifiers(VxmDevice device, const VkImageCreateInfo *image,
                         VkExternalMemoryHandleTypeFlagBits handleType, VxmModifiers *modifiers)
{
    static const char caller[] = "vxmGetModifiers";
    const uint32_t bits = (uint32_t)handleType;
    const struct vxm_handle_type *type = NULL;
    const uint64_t *named;
    VxmImageDescription description;
    VxmModifiers answer = {0};
    VxmError before, why;
    uint32_t nameCount;
    VkResult result;

    if (device == NULL || image == NULL || modifiers == NULL) {
        return vxm__fail_argument("%s: %s must not be NULL.", caller,
                                  device == NULL  ? "device"
                                  : image == NULL ? "image"
                                                  : "modifiers");
    }
    if (bits == 0 || (bits & (bits - 1)) != 0) {
        return vxm__fail_argument("%s: handleType is 0x%x, but must be one bit.", caller, bits);
    }
    if (image->tiling != VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT) {
        return vxm__fail_argument("%s: tiling of the image is %d, but only one with "
                                  "VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT has a modifier.",
                                  caller, (int)image->tiling);
    }
    result = vxm__describe_image(caller, image, false, &description);
    if (result != VK_SUCCESS) {
        return result;
    }
    nameCount = vxm__named_modifiers(image->pNext, &named);
    vxmGetLastError(&before);
    result = vxm__require_type(caller, VXM_HANDLE_KIND_MEMORY, bits, &type);
    if (result == VK_SUCCESS) {
        result = vxm__require_enabled(device, type);
    }
    if (result != VK_SUCCESS) {
        /* The reason of a "no" is an answer, not the thread's last failure. */
        vxmGetLastError(&why);
        vxm__append(answer.reason, sizeof answer.reason, "%s", why.message);
        vxm__fail(before.result, before.reason, before.code, "%s", before.message);
        *modifiers = answer;
        return VK_SUCCESS;
    }
    return vxm__shareable_modifiers(device, &description, type, nameCount, named, modifiers);
}

/* ---- what two sides have in common ---- */

/* Why nothing has been chosen. `usable`: ours that can do what is asked for. */
static void explain_choice(const VxmModifiers *ours, uint32_t usableCount, const uint64_t *usable,
                           VkExternalMemoryFeatureFlags features, uint32_t theirCount,
                           const uint64_t *theirs, char *text, size_t size)
{
    const char *verb = features == VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT   ? "export"
                       : features == VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT ? "import"
                       : features == 0                                         ? "share"
                                       : "both export and import";
    uint32_t known = 0;

    for (uint32_t i = 0; i < theirCount; i++) {
        known += theirs[i] != VXM_DRM_FORMAT_MOD_INVALID;
    }
    if (ours->modifierCount == 0) {
        vxm__append(text, size, "This side has no modifier. %.*s", (int)sizeof ours->reason,
                    ours->reason);
    } else if (usableCount == 0) {
        vxm__append(text, size,
                    "This side can %s the image with none of its modifiers. Let the other side "
                    "allocate, or ask for less usage.",
                    verb);
    } else if (theirCount == 0) {
        vxm__append(text, size,
                    "The other side offers no modifier. Ask it for those of the format; one that "
                    "knows of none can take LINEAR only, if it agrees to that.");
    } else if (known == 0) {
        vxm__append(
            text, size,
            "The other side offers INVALID only: it has a layout that it can't name, and "
            "Vulkan can't be told of that. Let it allocate with LINEAR (GBM_BO_USE_LINEAR), "
            "or allocate here with LINEAR if it takes that.");
    } else {
        vxm__append(text, size, "This side can %s the image with ", verb);
        append_names(usableCount, usable, text, size);
        if (ours->leftOut != 0) {
            vxm__append(text, size, " (%u of the device's are left out for want of room)",
                        ours->leftOut);
        }
        vxm__append(text, size, ", the other side has ");
        append_names(theirCount, theirs, text, size);
        vxm__append(text, size,
                    ". Offer LINEAR on both sides, or copy by way of a buffer that both can use.");
    }
}

VkResult vxmChooseModifiers(const VxmModifiers *ours, VkExternalMemoryFeatureFlags features,
                            uint32_t theirCount, const uint64_t *theirs, VxmModifierChoice *choice)
{
    static const char caller[] = "vxmChooseModifiers";
    const VkExternalMemoryFeatureFlags both =
        VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT | VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT;
    uint64_t usable[VXM_MAX_MODIFIERS];
    uint32_t usableCount = 0;
    bool linear = false;
    VxmModifierChoice found = {0};

    if (ours == NULL || choice == NULL || (theirs == NULL && theirCount != 0)) {
        return vxm__fail_argument("%s: %s must not be NULL.", caller,
                                  ours == NULL     ? "ours"
                                  : choice == NULL ? "choice"
                                                   : "theirs");
    }
    if (ours->modifierCount > VXM_MAX_MODIFIERS) {
        return vxm__fail_argument("%s: ours->modifierCount is %u; at most %u can be.", caller,
                                  ours->modifierCount, VXM_MAX_MODIFIERS);
    }
    if ((features & ~both) != 0) {
        return vxm__fail_argument("%s: features is 0x%x, but must be made of EXPORTABLE and "
                                  "IMPORTABLE.",
                                  caller, features);
    }
    for (uint32_t i = 0; i < ours->modifierCount; i++) {
        const VxmModifierProperties *mine = &ours->modifiers[i];

        if (((features & VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT) == 0 || mine->exportable) &&
            ((features & VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT) == 0 || mine->importable)) {
            usable[usableCount++] = mine->drmFormatModifier;
        }
    }
    for (uint32_t i = 0; i < usableCount; i++) {
        if (theirCount == 0 || usable[i] == VXM_DRM_FORMAT_MOD_INVALID ||
            !is_named(usable[i], theirCount, theirs)) {
            continue;
        }
        if (usable[i] == VXM_DRM_FORMAT_MOD_LINEAR) {
            linear = true;
        } else {
            found.modifiers[found.modifierCount++] = usable[i];
        }
    }
    if (linear) {
        found.modifiers[found.modifierCount++] = VXM_DRM_FORMAT_MOD_LINEAR;
    }
    if (found.modifierCount == 0) {
        explain_choice(ours, usableCount, usable, features, theirCount, theirs, found.reason,
                       sizeof found.reason);
    }
    *choice = found;
    return VK_SUCCESS;
}
