/*
 * How the plan of an image comes to its modifier and its memories.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "plan.h"

static bool is_by_modifier(const VxmPlan *plan)
{
    return plan->resourceType == VXM_RESOURCE_TYPE_IMAGE &&
           plan->state.image.tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
}

bool vxm__plan_is_disjoint(const VxmPlan *plan)
{
    return plan->resourceType == VXM_RESOURCE_TYPE_IMAGE && vxm__is_disjoint(&plan->state.image);
}

/* ---- before the image exists ---- */

VkResult vxm__plan_check_disjoint(const char *caller, const VxmPlan *plan, uint32_t handleTypes)
{
    const uint32_t single = VXM_TYPE_AT_CREATION | VXM_TYPE_NATIVE_FIRST;
    const uint32_t wrong = vxm__types_with(VXM_HANDLE_KIND_MEMORY, handleTypes, single);
    char names[128];

    if (wrong == 0 || !vxm__plan_is_disjoint(plan)) {
        return VK_SUCCESS;
    }
    vxm__type_names(VXM_HANDLE_KIND_MEMORY, wrong, names, sizeof names);
    return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                     "%s: the image is DISJOINT, but a %s is one object with all planes. Leave the "
                     "flag out.",
                     caller, names);
}

/* Whether the image with this modifier can be exported as all the types, in one allocation
 * (00656). */
static VkResult can_be_all(const char *caller, VxmPlan *plan, uint64_t modifier,
                           VkExternalMemoryHandleTypeFlags handleTypes, bool *can)
{
    *can = true;
    plan->state.image.drmFormatModifier = modifier;
    for (uint32_t rest = handleTypes; *can && rest != 0; rest &= rest - 1) {
        const uint32_t bit = rest & (~rest + 1u);
        struct vxm_capability capability;
        VkResult result = vxm__ask_memory(plan->state.device, plan->resourceType, NULL,
                                          &plan->state.image, bit, &capability);

        if (result != VK_SUCCESS && result != VK_ERROR_FORMAT_NOT_SUPPORTED) {
            return vxm__fail_driver(result, "vkGetPhysicalDeviceImageFormatProperties2", caller,
                                    NULL);
        }
        *can = (capability.features & VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT) != 0 &&
               (handleTypes & ~(capability.compatible | bit)) == 0;
    }
    return VK_SUCCESS;
}

static VkResult fail_to_offer(const char *caller, const VxmPlan *plan, uint32_t handleTypes,
                              const VxmModifiers *found)
{
    char name[VXM_MODIFIER_NAME_SIZE];
    char types[128];
    char why[512];

    why[0] = '\0';
    for (uint32_t i = 0; i < found->modifierCount && i < 4; i++) {
        vxm__modifier_name(found->modifiers[i].drmFormatModifier, name);
        vxm__append(why, sizeof why, "%s%s can be %s", i == 0 ? "" : ", ", name,
                    found->modifiers[i].exportable ? "exported, but not as all of these together"
                                                   : "imported, but not exported");
    }
    vxm__append(why, sizeof why, "%s",
                found->modifierCount == 0 ? found->reason
                                          : ". Ask vxmGetModifiers() for those that can.");
    vxm__type_names(VXM_HANDLE_KIND_MEMORY, handleTypes, types, sizeof types);
    return vxm__fail(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                     "%s: no DRM format modifier is left with which this image (format %s, usage "
                     "0x%x, %ux%u) can be exported as %s. %s",
                     caller, vxm__format_name(plan->state.image.format).text,
                     plan->state.image.usage, plan->state.image.extent.width,
                     plan->state.image.extent.height, types, why);
}

/* A modifier in an app's list that can't be exported here is for some other device: the rest is
 * offered (each in a list must be possible, 02263). */
VkResult vxm__plan_offer_modifiers(const char *caller, VxmPlan *plan, const void *next,
                                   VkExternalMemoryHandleTypeFlags handleTypes)
{
    const uint32_t first = handleTypes & (~handleTypes + 1u);
    const uint64_t *named = NULL;
    const uint32_t nameCount = vxm__named_modifiers(next, &named);
    VxmModifiers found;
    VkResult result = vxm__require_modifiers(caller, plan->state.device);

    if (result == VK_SUCCESS && plan->state.image.planeCount != 0) {
        result =
            vxm__check_layout(caller, plan->state.device, &vxm__create_words, &plan->state.image);
    }
    if (result == VK_SUCCESS) {
        result = vxm__shareable_modifiers(plan->state.device, &plan->state.image,
                                          vxm__find_type(VXM_HANDLE_KIND_MEMORY, first), nameCount,
                                          named, &found);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    for (uint32_t i = 0; i < found.modifierCount; i++) {
        const VxmModifierProperties *modifier = &found.modifiers[i];
        bool can = modifier->exportable;

        if (can && handleTypes != first) {
            result = can_be_all(caller, plan, modifier->drmFormatModifier, handleTypes, &can);
        }
        if (result != VK_SUCCESS) {
            return result;
        }
        if (can) {
            const uint32_t index = plan->state.modifierCount++;

            plan->state.modifiers[index] = modifier->drmFormatModifier;
            plan->state.dedicatedOnlyModifiers |= (uint64_t)(modifier->dedicatedOnly ? 1 : 0)
                                                  << index;
        }
    }
    if (plan->state.modifierCount == 0) {
        return fail_to_offer(caller, plan, handleTypes, &found);
    }
    plan->state.image.drmFormatModifier = plan->state.modifiers[0];
    vxm__plan_take_layouts(plan);
    return VK_SUCCESS;
}

void vxm__plan_take_layouts(VxmPlan *plan)
{
    VxmImageDescription *image = &plan->state.image;

    if (!is_by_modifier(plan) || image->planeCount == 0) {
        return;
    }
    plan->state.modifierCount = 1;
    plan->state.modifiers[0] = image->drmFormatModifier;
    /* Layouts are of level 0. Where the others are, each driver has to know. */
    if (image->mipLevels > 1 && plan->state.givenHandleType != 0) {
        return;
    }
    plan->state.modifierLayouts.drmFormatModifierPlaneCount = image->planeCount;
    for (uint32_t i = 0; i < image->planeCount; i++) {
        VxmPlaneLayout *plane = &image->planes[i];

        /* No pitch of what there is one of (02268, 02269). */
        plane->arrayPitch = image->arrayLayers > 1 ? plane->arrayPitch : 0;
        plane->depthPitch = image->extent.depth > 1 ? plane->depthPitch : 0;
        /* Relative to the binding, and without a size (02267). */
        plan->state.planeLayouts[i] = (VkSubresourceLayout){
            .offset = plane->offset - plan->state.source[plane->memoryIndex].offset,
            .rowPitch = plane->rowPitch,
            .arrayPitch = plane->arrayPitch,
            .depthPitch = plane->depthPitch,
        };
    }
}

const void *vxm__plan_link_modifiers(VxmPlan *plan, const void *next)
{
    if (!is_by_modifier(plan)) {
        return next;
    }
    if (plan->state.modifierLayouts.drmFormatModifierPlaneCount != 0) {
        plan->state.modifierLayouts.sType =
            VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_EXPLICIT_CREATE_INFO_EXT;
        plan->state.modifierLayouts.pNext = next;
        plan->state.modifierLayouts.drmFormatModifier = plan->state.modifiers[0];
        plan->state.modifierLayouts.pPlaneLayouts = plan->state.planeLayouts;
        return &plan->state.modifierLayouts;
    }
    plan->state.modifierList = (VkImageDrmFormatModifierListCreateInfoEXT){
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
        .pNext = next,
        .drmFormatModifierCount = plan->state.modifierCount,
        .pDrmFormatModifiers = plan->state.modifiers,
    };
    return &plan->state.modifierList;
}

/* ---- once there is one ---- */

VkResult vxm__plan_fail_image(VkResult result, const char *caller, const VxmPlan *plan)
{
    const VxmImageDescription *image = &plan->state.image;
    char name[VXM_MODIFIER_NAME_SIZE];
    char planes[400] = "";

    if (result != VK_ERROR_INVALID_DRM_FORMAT_MODIFIER_PLANE_LAYOUT_EXT) {
        return vxm__plan_fail(result, "vkCreateImage", caller, plan);
    }
    for (uint32_t i = 0; i < image->planeCount; i++) {
        vxm__append(planes, sizeof planes, "%splane %u at %llu with rowPitch %llu",
                    i == 0 ? "" : ", ", i, (unsigned long long)plan->state.planeLayouts[i].offset,
                    (unsigned long long)plan->state.planeLayouts[i].rowPitch);
        if (plan->state.planeLayouts[i].arrayPitch != 0) {
            vxm__append(planes, sizeof planes, " and arrayPitch %llu",
                        (unsigned long long)plan->state.planeLayouts[i].arrayPitch);
        }
        if (plan->state.planeLayouts[i].depthPitch != 0) {
            vxm__append(planes, sizeof planes, " and depthPitch %llu",
                        (unsigned long long)plan->state.planeLayouts[i].depthPitch);
        }
    }
    vxm__modifier_name(image->drmFormatModifier, name);
    return vxm__fail(result, VXM_ERROR_REASON_DRIVER, result,
                     "%s: vkCreateImage was given a %ux%ux%u image of format %s with the modifier "
                     "%s and %s, and answered VK_ERROR_INVALID_DRM_FORMAT_MODIFIER_PLANE_LAYOUT_"
                     "EXT: this driver can't read such a layout. It may want offsets and pitches "
                     "that are multiples of more (64 or 256 bytes are common): let the exporter "
                     "align them so, or import each plane as a buffer and copy.",
                     caller, image->extent.width, image->extent.height, image->extent.depth,
                     vxm__format_name(image->format).text, name, planes);
}

/* From here on the plan is for the modifier that the driver has taken: another image of the same
 * list need not get the same. */
static VkResult pin_modifier(const char *caller, VxmPlan *plan, VkImage image)
{
    char name[VXM_MODIFIER_NAME_SIZE];
    VkResult result = vxm__read_modifier(caller, plan->state.device, image, &plan->state.image);
    uint32_t index = 0;

    if (result != VK_SUCCESS) {
        return result;
    }
    while (index < plan->state.modifierCount &&
           plan->state.modifiers[index] != plan->state.image.drmFormatModifier) {
        index++;
    }
    if (index == plan->state.modifierCount) {
        vxm__modifier_name(plan->state.image.drmFormatModifier, name);
        return vxm__fail(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_DRIVER, 0,
                         "%s: the driver says that the image has the modifier %s, which it was not "
                         "offered.",
                         caller, name);
    }
    if ((plan->state.dedicatedOnlyModifiers >> index & 1) != 0) {
        plan->state.dedicatedOnly = VK_TRUE;
    }
    plan->state.modifiers[0] = plan->state.modifiers[index];
    plan->state.modifierCount = 1;
    return VK_SUCCESS;
}

/* What the driver was told it must keep to; lavapipe (Mesa 26.2) has its own pitch between layers.
 * Where planes lie it need not say yet. */
static VkResult check_told_pitches(const char *caller, const VxmPlan *plan, VkImage image)
{
    const VxmDevice device = plan->state.device;
    const VkSubresourceLayout *told = &plan->state.planeLayouts[0];
    const VkImageSubresource first = {.aspectMask = VK_IMAGE_ASPECT_MEMORY_PLANE_0_BIT_EXT};
    VkSubresourceLayout layout = {0};

    if (plan->state.modifierLayouts.drmFormatModifierPlaneCount == 0 ||
        (told->arrayPitch == 0 && told->depthPitch == 0)) {
        return VK_SUCCESS;
    }
    device->vk.GetImageSubresourceLayout(device->device, image, &first, &layout);
    if ((told->arrayPitch == 0 || told->arrayPitch == layout.arrayPitch) &&
        (told->depthPitch == 0 || told->depthPitch == layout.depthPitch)) {
        return VK_SUCCESS;
    }
    return vxm__fail(VK_ERROR_INVALID_DRM_FORMAT_MODIFIER_PLANE_LAYOUT_EXT, VXM_ERROR_REASON_DRIVER,
                     0,
                     "%s: the driver was given an image of %u layers and %u slices with arrayPitch "
                     "%llu and depthPitch %llu, took it, and has made them %llu and %llu "
                     "(vkGetImageSubresourceLayout): all but the first would be other pixels. "
                     "Share each layer as an image of its own, or use LINEAR tiling.",
                     caller, plan->state.image.arrayLayers, plan->state.image.extent.depth,
                     (unsigned long long)told->arrayPitch, (unsigned long long)told->depthPitch,
                     (unsigned long long)layout.arrayPitch, (unsigned long long)layout.depthPitch);
}

VkResult vxm__plan_settle_image(const char *caller, VxmPlan *plan, VkImage image)
{
    VkResult result = is_by_modifier(plan) ? pin_modifier(caller, plan, image) : VK_SUCCESS;

    if (result == VK_SUCCESS) {
        result = check_told_pitches(caller, plan, image);
    }
    if (result == VK_SUCCESS) {
        plan->memoryCount = vxm__memory_count(&plan->state.image);
    }
    return result;
}

/* ---- once it is bound ---- */

/* What an import of a LINEAR image that this driver lays out otherwise can be done with instead. */
static const char *advise_on_layout(const VxmPlan *plan)
{
    const VxmDevice device = plan->state.device;
    VxmImageDescription image = plan->state.image;
    struct vxm_capability capability = {0};
    struct vxm_modifier modifier;

    if (image.tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT) {
        return "Only the layout of one level can be told to a driver: share an image with 1 of "
               "mipLevels.";
    }
    image.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    if (vxm__find_modifier(device, image.format, VXM_DRM_FORMAT_MOD_LINEAR, &modifier) &&
        vxm__ask_memory(device, VXM_RESOURCE_TYPE_IMAGE, NULL, &image, plan->state.importHandleType,
                        &capability) == VK_SUCCESS &&
        (capability.features & VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT) != 0) {
        return "Import it with tiling DRM_FORMAT_MODIFIER_EXT and the modifier LINEAR: then the "
               "driver is told how it lies.";
    }
    return vxm__format_plane_count(image.format) > 1 && device->drmFormatModifier
               ? "Import each plane as an image of its own (vxmDescribePlane), with tiling "
                 "DRM_FORMAT_MODIFIER_EXT and the modifier LINEAR: then the driver is told how it "
                 "lies."
               : "Import it as a buffer and copy with the exporter's pitch.";
}

/* With one level of a modifier the driver is told how the image lies, and has nothing to tell. */
static bool is_told(const VxmPlan *plan)
{
    return plan->state.modifierLayouts.drmFormatModifierPlaneCount != 0;
}

/* What is 0 in the exporter's layout is unknown. */
static bool is_other(uint64_t theirs, uint64_t ours)
{
    return theirs != 0 && theirs != ours;
}

VkResult vxm__plan_compare_planes(const char *caller, const VxmPlan *plan,
                                  const VxmImageDescription *image)
{
    const VxmImageDescription *given = &plan->state.image;

    if (plan->state.importHandleType == 0 || is_told(plan)) {
        return VK_SUCCESS;
    }
    for (uint32_t i = 0; i < image->planeCount && i < given->planeCount; i++) {
        const VxmPlaneLayout *theirs = &given->planes[i];
        const VxmPlaneLayout *ours = &image->planes[i];

        if (theirs->rowPitch != 0 &&
            (theirs->rowPitch != ours->rowPitch || theirs->offset != ours->offset ||
             is_other(image->arrayLayers > 1 ? theirs->arrayPitch : 0, ours->arrayPitch) ||
             is_other(image->extent.depth > 1 ? theirs->depthPitch : 0, ours->depthPitch))) {
            return vxm__fail(
                VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, 0,
                "%s: image.planes[%u] says offset %llu, rowPitch %llu, arrayPitch %llu and "
                "depthPitch %llu, but this driver lays such an image out with %llu, %llu, %llu and "
                "%llu. %s",
                caller, i, (unsigned long long)theirs->offset, (unsigned long long)theirs->rowPitch,
                (unsigned long long)theirs->arrayPitch, (unsigned long long)theirs->depthPitch,
                (unsigned long long)ours->offset, (unsigned long long)ours->rowPitch,
                (unsigned long long)ours->arrayPitch, (unsigned long long)ours->depthPitch,
                advise_on_layout(plan));
        }
    }
    return VK_SUCCESS;
}

VkResult vxm__plan_settle_planes(const char *caller, const VxmPlan *plan, VkImage image,
                                 VxmImageDescription *description)
{
    VkDeviceSize offsets[VXM_MAX_PLANES] = {0};
    VkResult result;

    if (is_told(plan)) {
        return VK_SUCCESS;
    }
    for (uint32_t i = 0; i < plan->memoryCount; i++) {
        offsets[i] = plan->memories[i].offset;
    }
    result = vxm__read_planes(caller, plan->state.device, image, offsets, description);
    return result == VK_SUCCESS ? vxm__plan_compare_planes(caller, plan, description) : result;
}
