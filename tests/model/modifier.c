/*
 * DRM format modifiers: which a device has for an image, and the layouts that an app brings along.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

const ModelModifier *model__find_modifier(const ModelDeviceConfig *config, uint64_t modifier)
{
    for (uint32_t i = 0; i < config->modifierCount; i++) {
        if (config->modifiers[i].modifier == modifier)
            return &config->modifiers[i];
    }
    return NULL;
}

uint32_t model__modifier_planes(const ModelModifier *modifier, VkFormat format)
{
    uint32_t planes = model__format_planes(format);

    if (modifier->compressed)
        planes *= 2;
    return planes > MODEL_MAX_PLANES ? 0 : planes;
}

VkFormatFeatureFlags model__modifier_features(const ModelModifier *modifier, VkFormat format)
{
    VkFormatFeatureFlags features = model__format_features(format);

    if (model__modifier_planes(modifier, format) == 0)
        return 0;
    if (!modifier->disjoint)
        features &= ~(VkFormatFeatureFlags)VK_FORMAT_FEATURE_DISJOINT_BIT;
    if (modifier->compressed)
        features &= ~(VkFormatFeatureFlags)VK_FORMAT_FEATURE_STORAGE_IMAGE_BIT;
    return features;
}

ModelExternal model__modifier_row(const ModelDeviceConfig *config, const ModelModifier *modifier,
                                  uint32_t handleType)
{
    ModelExternal row =
        model__image_row(config, handleType, VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT);

    row.features &= modifier->features | VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT;
    if (!(row.features & modifier->features))
        row.features = 0;
    return row;
}

/* What 02263 and 02264 ask for: everything that the question about formats would be asked. */
static bool compatible(const ModelDeviceConfig *config, const VkImageCreateInfo *info,
                       uint64_t code)
{
    const VkExternalMemoryImageCreateInfo *external =
        model__find_struct(info, VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO);
    const ModelModifier *modifier = model__find_modifier(config, code);
    VkFormatFeatureFlags features = modifier ? model__modifier_features(modifier, info->format) : 0;

    if (!features || info->samples != VK_SAMPLE_COUNT_1_BIT ||
        info->mipLevels > modifier->maxMipLevels || info->arrayLayers > modifier->maxArrayLayers ||
        (modifier->compressed && info->imageType != VK_IMAGE_TYPE_2D) ||
        ((info->flags & VK_IMAGE_CREATE_DISJOINT_BIT) &&
         !(features & VK_FORMAT_FEATURE_DISJOINT_BIT)) ||
        ((info->usage & VK_IMAGE_USAGE_STORAGE_BIT) &&
         !(features & VK_FORMAT_FEATURE_STORAGE_IMAGE_BIT)))
        return false;
    for (uint32_t bit = 1; bit && external; bit <<= 1) {
        if ((external->handleTypes & bit) &&
            model__modifier_row(config, modifier, bit).features == 0)
            return false;
    }
    return true;
}

static void check_layouts(const VkImageCreateInfo *info,
                          const VkImageDrmFormatModifierExplicitCreateInfoEXT *explicit)
{
    for (uint32_t i = 0; i < explicit->drmFormatModifierPlaneCount; i++) {
        const VkSubresourceLayout *plane = &explicit->pPlaneLayouts[i];

        if (plane->size != 0)
            model__breach("02267", "plane %u has a size; it must be 0", i);
        if (info->arrayLayers == 1 && plane->arrayPitch != 0)
            model__breach("02268", "plane %u of a single layer has an arrayPitch", i);
        if (info->extent.depth == 1 && plane->depthPitch != 0)
            model__breach("02269", "plane %u of depth 1 has a depthPitch", i);
    }
}

bool model__check_modifiers(struct model_device *device, const VkImageCreateInfo *info)
{
    const ModelDeviceConfig *config = model__device_config(device);
    const VkImageDrmFormatModifierListCreateInfoEXT *list =
        model__find_struct(info, VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT);
    const VkImageDrmFormatModifierExplicitCreateInfoEXT *explicit = model__find_struct(
        info, VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_EXPLICIT_CREATE_INFO_EXT);
    const VkImageFormatListCreateInfo *views =
        model__find_struct(info, VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO);
    size_t before = model_breach_count();

    if (info->tiling != VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT) {
        if (list || explicit)
            model__breach("02262", "a DRM modifier struct with tiling %d", (int)info->tiling);
        return !list && !explicit;
    }
    if (!model__require_extension(device, "VK_EXT_image_drm_format_modifier"))
        return false;
    if ((list != NULL) == (explicit != NULL)) {
        model__breach("02261", "DRM_FORMAT_MODIFIER tiling needs exactly one modifier struct");
        return false;
    }
    if ((info->flags & VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT) &&
        (!views || views->viewFormatCount == 0))
        model__breach("02353", "MUTABLE_FORMAT with a DRM modifier needs a format list");
    if (list && (list->drmFormatModifierCount == 0 || !list->pDrmFormatModifiers))
        model__breach("drmFormatModifierCount-arraylength", "a list without modifiers");
    for (uint32_t i = 0; list && i < list->drmFormatModifierCount; i++) {
        if (!compatible(config, info, list->pDrmFormatModifiers[i]))
            model__breach("02263", "modifier %#llx is not for this image",
                          (unsigned long long)list->pDrmFormatModifiers[i]);
    }
    if (explicit && !compatible(config, info, explicit->drmFormatModifier)) {
        model__breach("02264", "modifier %#llx is not for this image",
                      (unsigned long long)explicit->drmFormatModifier);
    } else if (explicit) {
        uint32_t planes = model__modifier_planes(
            model__find_modifier(config, explicit->drmFormatModifier), info->format);

        if (explicit->drmFormatModifierPlaneCount != planes)
            model__breach("02265", "%u plane layouts for a modifier with %u planes",
                          explicit->drmFormatModifierPlaneCount, planes);
        else
            check_layouts(info, explicit);
    }
    return model_breach_count() == before;
}

uint64_t model__choose_modifier(const ModelDeviceConfig *config, const VkImageCreateInfo *info)
{
    const VkImageDrmFormatModifierListCreateInfoEXT *list =
        model__find_struct(info, VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT);
    const VkImageDrmFormatModifierExplicitCreateInfoEXT *explicit = model__find_struct(
        info, VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_EXPLICIT_CREATE_INFO_EXT);

    if (explicit)
        return explicit->drmFormatModifier;
    /* The driver's own order, whatever the app's is. */
    for (uint32_t i = 0; list && i < config->modifierCount; i++) {
        for (uint32_t j = 0; j < list->drmFormatModifierCount; j++) {
            if (list->pDrmFormatModifiers[j] == config->modifiers[i].modifier)
                return config->modifiers[i].modifier;
        }
    }
    return 0;
}

/* No layout of a real image has larger numbers, and sums of these don't overflow. */
#define LIMIT (1ull << 48)

static bool overlap(const struct model_image *image, uint32_t a, uint32_t b)
{
    return image->planes[a].offset < image->planes[b].offset + image->planes[b].size &&
           image->planes[b].offset < image->planes[a].offset + image->planes[a].size;
}

VkResult model__apply_layouts(const ModelDeviceConfig *config, const VkImageCreateInfo *info,
                              struct model_image *image)
{
    const VkImageDrmFormatModifierExplicitCreateInfoEXT *explicit = model__find_struct(
        info, VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_EXPLICIT_CREATE_INFO_EXT);
    const ModelModifier *modifier = model__find_modifier(config, image->modifier);
    bool disjoint = (info->flags & VK_IMAGE_CREATE_DISJOINT_BIT) != 0;

    if (!explicit)
        return VK_SUCCESS;
    image->totalSize = 0;
    for (uint32_t i = 0; i < image->planeCount; i++) {
        const VkSubresourceLayout *given = &explicit->pPlaneLayouts[i];
        struct model_plane *plane = &image->planes[i];

        if (given->offset > LIMIT || given->rowPitch > LIMIT || given->arrayPitch > LIMIT ||
            given->depthPitch > LIMIT || given->offset % modifier->offsetAlignment != 0 ||
            given->rowPitch % modifier->rowPitchAlignment != 0 ||
            !model__plane_layout(image, i, given))
            return VK_ERROR_INVALID_DRM_FORMAT_MODIFIER_PLANE_LAYOUT_EXT;
        if (model_config()->habits.ownArrayPitch && plane->arrayPitch != 0)
            plane->arrayPitch -= plane->rowPitch;
        plane->needs = plane->offset +
                       (plane->size + config->sizeGranularity - 1) / config->sizeGranularity *
                           config->sizeGranularity +
                       model_config()->habits.explicitPadding;
        if (plane->needs > image->totalSize)
            image->totalSize = plane->needs;
        for (uint32_t j = 0; j < i && !disjoint; j++) {
            if (overlap(image, i, j))
                return VK_ERROR_INVALID_DRM_FORMAT_MODIFIER_PLANE_LAYOUT_EXT;
        }
    }
    return VK_SUCCESS;
}

/* ---- questions ---- */

void model__list_modifiers(const ModelDeviceConfig *config, VkFormat format,
                           VkDrmFormatModifierPropertiesListEXT *list)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < config->modifierCount; i++) {
        const ModelModifier *modifier = &config->modifiers[i];
        VkFormatFeatureFlags features = model__modifier_features(modifier, format);

        if (!features)
            continue;
        if (list->pDrmFormatModifierProperties) {
            if (count == list->drmFormatModifierCount)
                break;
            list->pDrmFormatModifierProperties[count] = (VkDrmFormatModifierPropertiesEXT){
                modifier->modifier, model__modifier_planes(modifier, format), features};
        }
        count++;
    }
    list->drmFormatModifierCount = count;
}

void model__list_modifiers2(const ModelDeviceConfig *config, VkFormat format,
                            VkDrmFormatModifierPropertiesList2EXT *list)
{
    VkDrmFormatModifierPropertiesEXT all[MODEL_MAX_MODIFIERS];
    VkDrmFormatModifierPropertiesListEXT narrow = {
        VK_STRUCTURE_TYPE_DRM_FORMAT_MODIFIER_PROPERTIES_LIST_EXT, NULL,
        list->pDrmFormatModifierProperties && list->drmFormatModifierCount < MODEL_MAX_MODIFIERS
            ? list->drmFormatModifierCount
            : MODEL_MAX_MODIFIERS,
        all};

    model__list_modifiers(config, format, &narrow);
    for (uint32_t i = 0; list->pDrmFormatModifierProperties && i < narrow.drmFormatModifierCount;
         i++)
        list->pDrmFormatModifierProperties[i] = (VkDrmFormatModifierProperties2EXT){
            all[i].drmFormatModifier, all[i].drmFormatModifierPlaneCount,
            all[i].drmFormatModifierTilingFeatures};
    list->drmFormatModifierCount = narrow.drmFormatModifierCount;
}

static VKAPI_ATTR VkResult VKAPI_CALL modifier_properties(
    VkDevice device, VkImage image, VkImageDrmFormatModifierPropertiesEXT *pProperties)
{
    VkResult result = model__enter("vkGetImageDrmFormatModifierPropertiesEXT", pProperties);
    struct model_device *owner = model__device(device);
    struct model_image *found =
        owner ? model__find_child(owner, MODEL_ID(image), MODEL_IMAGE) : NULL;

    if (result == VK_SUCCESS &&
        (!found ||
         !model__check_chain(owner, pProperties,
                             VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_PROPERTIES_EXT, NULL, 0)))
        result = VK_ERROR_UNKNOWN;
    if (result == VK_SUCCESS) {
        model__require_extension(owner, "VK_EXT_image_drm_format_modifier");
        if (found->tiling != VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT)
            model__breach("02272", "the image has tiling %d", (int)found->tiling);
        pProperties->drmFormatModifier =
            model_config()->habits.strangeModifier ? MODEL_MODIFIER_STRANGE : found->modifier;
    }
    return model__leave(result);
}

const struct model_command model__modifier_commands[] = {
    MODEL_COMMAND("GetImageDrmFormatModifierPropertiesEXT", modifier_properties, MODEL_OF_DEVICE, 0,
                  "VK_EXT_image_drm_format_modifier"),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};

/* ---- for tests ---- */

bool model_image_planes(VkImage image, ModelImagePlanes *planes)
{
    const struct model_image *found;

    model__lock();
    found = model__peek_object(MODEL_ID(image), MODEL_IMAGE);
    if (found) {
        bool disjoint = (found->flags & VK_IMAGE_CREATE_DISJOINT_BIT) != 0;

        *planes = (ModelImagePlanes){.modifier = found->modifier, .planeCount = found->planeCount};
        for (uint32_t i = 0; i < found->planeCount; i++) {
            const struct model_plane *plane = &found->planes[i];
            const struct model_plane *bound = &found->planes[disjoint ? i : 0];

            planes->planes[i].offset = plane->offset;
            planes->planes[i].rowPitch = plane->rowPitch;
            planes->planes[i].arrayPitch = plane->arrayPitch;
            planes->planes[i].depthPitch = plane->depthPitch;
            planes->planes[i].memory = (VkDeviceMemory)(uintptr_t)bound->memory;
            planes->planes[i].memoryOffset = bound->memoryOffset;
        }
    }
    model__unlock();
    return found != NULL;
}
