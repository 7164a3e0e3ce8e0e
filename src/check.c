/*
 * Create-infos and descriptions that can be shared at all, on whatever device.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <string.h>

/* Structs that vxm itself chains, or that would have to travel to the importer and don't. */
static VkResult refuse_next(const char *caller, const VkBaseInStructure *next, const char *travels)
{
    if (next->sType == VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO ||
        next->sType == VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO) {
        return vxm__fail_argument(
            "%s: the create-info's pNext holds a VkExternalMemory*CreateInfo, "
            "which the library chains itself. Leave it out and give "
            "handleTypes.",
            caller);
    }
    return vxm__fail_argument("%s: the create-info's pNext holds a struct with sType %d, which "
                              "would have to travel to the importer (creation data must be "
                              "identical there, VUID 01878) and doesn't. %s",
                              caller, (int)next->sType, travels);
}

VkResult vxm__describe_buffer(const char *caller, const VkBufferCreateInfo *info, bool exists,
                              VxmBufferDescription *description)
{
    const VkBufferCreateFlags refused =
        VK_BUFFER_CREATE_SPARSE_BINDING_BIT | VK_BUFFER_CREATE_SPARSE_RESIDENCY_BIT |
        VK_BUFFER_CREATE_SPARSE_ALIASED_BIT | VK_BUFFER_CREATE_PROTECTED_BIT |
        VK_BUFFER_CREATE_DEVICE_ADDRESS_CAPTURE_REPLAY_BIT;
    VkResult result;

    if (info->sType != VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO) {
        return vxm__fail_argument("%s: sType of the VkBufferCreateInfo is %d, not "
                                  "VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO.",
                                  caller, (int)info->sType);
    }
    result = vxm__check_chain(caller, "the create-info's pNext", info->pNext);
    if (result != VK_SUCCESS) {
        return result;
    }
    for (const VkBaseInStructure *base = info->pNext; base != NULL; base = base->pNext) {
        if (!exists || base->sType != VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO) {
            return refuse_next(caller, base, "No struct does for a buffer.");
        }
    }
    if ((info->flags & refused) != 0) {
        return vxm__fail_argument("%s: flags 0x%x of the buffer ask for sparse, protected or "
                                  "capture-replay memory, which can't be shared here. Leave those "
                                  "flags out.",
                                  caller, info->flags);
    }
    if (info->size == 0) {
        return vxm__fail_argument(
            "%s: size of the buffer is 0 (VUID-VkBufferCreateInfo-size-00912).", caller);
    }
    if (info->usage == 0) {
        return vxm__fail_argument("%s: usage of the buffer is 0.", caller);
    }
    if (info->sharingMode != VK_SHARING_MODE_EXCLUSIVE &&
        (info->sharingMode != VK_SHARING_MODE_CONCURRENT || info->queueFamilyIndexCount < 2 ||
         info->pQueueFamilyIndices == NULL)) {
        return vxm__fail_argument("%s: sharingMode of the buffer is neither EXCLUSIVE nor "
                                  "CONCURRENT with at least two queue families.",
                                  caller);
    }
    *description = (VxmBufferDescription){
        .flags = info->flags,
        .size = info->size,
        .usage = info->usage,
        .sharingMode = info->sharingMode,
    };
    return VK_SUCCESS;
}

/* What goes together whatever the device. Its own limits are for the largest of images, so that a
 * driver does not say these when it is asked, and takes them for granted afterwards. */
static VkResult check_image_shape(const char *caller, const VxmImageDescription *image)
{
    const VkExtent3D *extent = &image->extent;
    const bool cube = (image->flags & VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT) != 0;
    const bool only2d = cube || image->samples != VK_SAMPLE_COUNT_1_BIT;
    const VkImageUsageFlags attachments = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT |
                                          VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT |
                                          VK_IMAGE_USAGE_INPUT_ATTACHMENT_BIT;
    const VkImageUsageFlags transient = VK_IMAGE_USAGE_TRANSIENT_ATTACHMENT_BIT;
    const uint32_t largest = extent->width | extent->height | extent->depth;
    const bool multiPlanar = vxm__format_plane_count(image->format) > 1;
    struct vxm_format_plane chroma = {.divideX = 1, .divideY = 1};
    const bool chromaKnown = multiPlanar && vxm__format_plane(image->format, 1, &chroma);
    const struct {
        bool broken;
        const char *rule;
    } rules[] = {
        {image->mipLevels > 32 || largest >> (image->mipLevels - 1) == 0,
         "mipLevels of the image are more than its extent has (00958)"},
        {image->imageType == VK_IMAGE_TYPE_1D && (extent->height > 1 || extent->depth > 1),
         "extent of a 1D image has height and depth 1 (00956)"},
        {image->imageType == VK_IMAGE_TYPE_2D && extent->depth > 1,
         "extent of a 2D image has depth 1 (00957)"},
        {image->imageType == VK_IMAGE_TYPE_3D && image->arrayLayers > 1,
         "arrayLayers of a 3D image are 1 (00961)"},
        {only2d && image->imageType != VK_IMAGE_TYPE_2D,
         "imageType must be 2D with CUBE_COMPATIBLE or more than one of samples (00949, 02257)"},
        {cube && (extent->width != extent->height || image->arrayLayers < 6),
         "CUBE_COMPATIBLE in flags needs a square extent and 6 arrayLayers (08865, 08866)"},
        {image->samples != VK_SAMPLE_COUNT_1_BIT &&
             (cube || image->mipLevels > 1 || image->tiling == VK_IMAGE_TILING_LINEAR),
         "more than one of samples needs 1 of mipLevels, OPTIMAL tiling and no CUBE_COMPATIBLE "
         "(02257)"},
        {(image->flags & VK_IMAGE_CREATE_2D_ARRAY_COMPATIBLE_BIT) != 0 &&
             image->imageType != VK_IMAGE_TYPE_3D,
         "2D_ARRAY_COMPATIBLE in flags needs imageType 3D (00950)"},
        {(image->flags & VK_IMAGE_CREATE_BLOCK_TEXEL_VIEW_COMPATIBLE_BIT) != 0 &&
             (image->flags & VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT) == 0,
         "BLOCK_TEXEL_VIEW_COMPATIBLE in flags needs MUTABLE_FORMAT (01573)"},
        {(image->usage & transient) != 0 && ((image->usage & attachments) == 0 ||
                                             (image->usage & ~(attachments | transient)) != 0),
         "usage with TRANSIENT_ATTACHMENT is that of an attachment and nothing else (00963, "
         "00966)"},
        {(image->stencilUsage & transient) != 0 &&
             (image->stencilUsage & ~(attachments | transient)) != 0,
         "stencilUsage with TRANSIENT_ATTACHMENT is that of an attachment and nothing else "
         "(02539)"},
        {multiPlanar && (image->imageType != VK_IMAGE_TYPE_2D || image->mipLevels > 1 ||
                         image->samples != VK_SAMPLE_COUNT_1_BIT),
         "a multi-planar format needs imageType 2D, 1 of mipLevels and 1 of samples (06410 to "
         "06412)"},
        {chromaKnown &&
             (extent->width % chroma.divideX != 0 || extent->height % chroma.divideY != 0),
         "extent with a 420 or 422 format is of whole chroma texels: an even width, and with 420 "
         "an even height (04712, 04713)"},
        {image->viewFormatCount > 1 && (image->flags & VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT) == 0,
         "several view formats need MUTABLE_FORMAT in flags (04738)"},
    };

    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].broken) {
            return vxm__fail_argument("%s: %s. It is %ux%ux%u with mipLevels %u, arrayLayers %u, "
                                      "samples %u, flags 0x%x and usage 0x%x.",
                                      caller, rules[i].rule, extent->width, extent->height,
                                      extent->depth, image->mipLevels, image->arrayLayers,
                                      (unsigned)image->samples, image->flags, image->usage);
        }
    }
    return VK_SUCCESS;
}

static VkResult check_image(const char *caller, const VxmImageDescription *image)
{
    const VkImageCreateFlags refused =
        VK_IMAGE_CREATE_SPARSE_BINDING_BIT | VK_IMAGE_CREATE_SPARSE_RESIDENCY_BIT |
        VK_IMAGE_CREATE_SPARSE_ALIASED_BIT | VK_IMAGE_CREATE_PROTECTED_BIT |
        VK_IMAGE_CREATE_SUBSAMPLED_BIT_EXT;
    const bool byModifier = image->tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;

    if ((image->flags & refused) != 0) {
        return vxm__fail_argument("%s: flags 0x%x of the image ask for sparse, protected or "
                                  "subsampled memory, which can't be shared here. Leave those "
                                  "flags out.",
                                  caller, image->flags);
    }
    if (image->format == VK_FORMAT_UNDEFINED) {
        return vxm__fail_argument("%s: format of the image is UNDEFINED.", caller);
    }
    if (vxm__is_disjoint(image) && vxm__format_plane_count(image->format) == 1) {
        return vxm__fail_argument("%s: flags of the image have DISJOINT, but format %s is not "
                                  "multi-planar (VUID-VkImageCreateInfo-format-01577). Leave the "
                                  "flag out.",
                                  caller, vxm__format_name(image->format).text);
    }
    if ((uint32_t)image->imageType > VK_IMAGE_TYPE_3D) {
        return vxm__fail_argument("%s: imageType %d of the image is none of 1D, 2D and 3D.", caller,
                                  (int)image->imageType);
    }
    if (image->extent.width == 0 || image->extent.height == 0 || image->extent.depth == 0) {
        return vxm__fail_argument("%s: extent of the image is %ux%ux%u, but no side may be 0.",
                                  caller, image->extent.width, image->extent.height,
                                  image->extent.depth);
    }
    if (image->mipLevels == 0 || image->arrayLayers == 0) {
        return vxm__fail_argument("%s: mipLevels %u and arrayLayers %u of the image must not be 0.",
                                  caller, image->mipLevels, image->arrayLayers);
    }
    if (image->samples == 0 || (image->samples & (image->samples - 1)) != 0 ||
        image->samples > VK_SAMPLE_COUNT_64_BIT) {
        return vxm__fail_argument("%s: samples 0x%x of the image is not one "
                                  "VkSampleCountFlagBits.",
                                  caller, (unsigned)image->samples);
    }
    if (image->tiling != VK_IMAGE_TILING_OPTIMAL && image->tiling != VK_IMAGE_TILING_LINEAR &&
        !byModifier) {
        return vxm__fail_argument("%s: tiling %d of the image is none of OPTIMAL, LINEAR and "
                                  "DRM_FORMAT_MODIFIER_EXT.",
                                  caller, (int)image->tiling);
    }
    if (!byModifier && image->drmFormatModifier != 0) {
        return vxm__fail_argument("%s: drmFormatModifier of the image is 0x%llx, but its tiling is "
                                  "%d: a modifier goes with DRM_FORMAT_MODIFIER_EXT.",
                                  caller, (unsigned long long)image->drmFormatModifier,
                                  (int)image->tiling);
    }
    if (image->drmFormatModifier == VXM_DRM_FORMAT_MOD_INVALID) {
        return vxm__fail_argument("%s: drmFormatModifier of the image is DRM_FORMAT_MOD_INVALID, "
                                  "which says that nobody knows how it lies, and Vulkan can't "
                                  "guess. Let the exporter name a modifier; LINEAR is 0.",
                                  caller);
    }
    if (byModifier && vxm__format_aspects(image->format, false) != VK_IMAGE_ASPECT_COLOR_BIT) {
        return vxm__fail_argument(
            "%s: format of the image is %s, of depth or stencil, and where "
            "such an image with a DRM format modifier lies can't be asked "
            "(02271 wants the aspect of a memory plane, 04462 and 04463 those "
            "of depth and stencil). Use OPTIMAL or LINEAR tiling.",
            caller, vxm__format_name(image->format).text);
    }
    if (byModifier && (image->flags & VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT) != 0 &&
        image->viewFormatCount == 0) {
        return vxm__fail_argument("%s: flags of the image have MUTABLE_FORMAT, which with a DRM "
                                  "format modifier needs the formats of its views "
                                  "(VkImageFormatListCreateInfo, VUID-VkImageCreateInfo-tiling-"
                                  "02353).",
                                  caller);
    }
    if (image->usage == 0) {
        return vxm__fail_argument("%s: usage of the image is 0. Say what this side does with it.",
                                  caller);
    }
    if (image->viewFormatCount > VXM_MAX_VIEW_FORMATS) {
        return vxm__fail_argument("%s: the image lists %u view formats; at most %u can travel.",
                                  caller, image->viewFormatCount, VXM_MAX_VIEW_FORMATS);
    }
    return check_image_shape(caller, image);
}

/* Structs of an image's creation that say nothing about what it is, and so need not travel. */
static bool is_of_creation(VkStructureType sType)
{
    return sType == VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO ||
           sType == VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT ||
           sType == VK_STRUCTURE_TYPE_IMPORT_METAL_IO_SURFACE_INFO_EXT;
}

static VkResult read_modifier_list(const char *caller,
                                   const VkImageDrmFormatModifierListCreateInfoEXT *list)
{
    return list->drmFormatModifierCount != 0 && list->pDrmFormatModifiers != NULL
               ? VK_SUCCESS
               : vxm__fail_argument("%s: the VkImageDrmFormatModifierListCreateInfoEXT names no "
                                    "modifier (drmFormatModifierCount %u). Leave it out to offer "
                                    "all that can be shared.",
                                    caller, list->drmFormatModifierCount);
}

/* Layouts that an app chooses itself. Where there is one memory, it begins with the image. */
static VkResult read_layouts(const char *caller, bool exists,
                             const VkImageDrmFormatModifierExplicitCreateInfoEXT *layouts,
                             VxmImageDescription *description)
{
    const bool disjoint = vxm__is_disjoint(description);
    const uint32_t count = layouts->drmFormatModifierPlaneCount;

    if (count == 0 || count > VXM_MAX_PLANES || layouts->pPlaneLayouts == NULL) {
        return vxm__fail_argument("%s: drmFormatModifierPlaneCount of the "
                                  "VkImageDrmFormatModifierExplicitCreateInfoEXT is %u, but must "
                                  "be 1 to %u, with pPlaneLayouts.",
                                  caller, count, VXM_MAX_PLANES);
    }
    description->drmFormatModifier = layouts->drmFormatModifier;
    description->planeCount = count;
    for (uint32_t i = 0; i < count; i++) {
        const VkSubresourceLayout *layout = &layouts->pPlaneLayouts[i];

        if (!exists &&
            (layout->size != 0 || (description->arrayLayers == 1 && layout->arrayPitch != 0) ||
             (description->extent.depth == 1 && layout->depthPitch != 0))) {
            return vxm__fail_argument("%s: pPlaneLayouts[%u] has size %llu, arrayPitch %llu and "
                                      "depthPitch %llu, but size is 0, and so is a pitch of one "
                                      "layer or one slice (02267 to 02269).",
                                      caller, i, (unsigned long long)layout->size,
                                      (unsigned long long)layout->arrayPitch,
                                      (unsigned long long)layout->depthPitch);
        }
        description->planes[i] = (VxmPlaneLayout){
            .memoryIndex = disjoint ? i : 0,
            .offset = layout->offset,
            .rowPitch = layout->rowPitch,
            .arrayPitch = layout->arrayPitch,
            .depthPitch = layout->depthPitch,
        };
    }
    return VK_SUCCESS;
}

static VkResult read_image_next(const char *caller, const void *next, bool exists,
                                VxmImageDescription *description)
{
    uint32_t modifierStructs = 0;
    VkResult result = vxm__check_chain(caller, "the create-info's pNext", next);

    if (result != VK_SUCCESS) {
        return result;
    }
    for (const VkBaseInStructure *base = next; base != NULL; base = base->pNext) {
        if (base->sType == VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO) {
            const VkImageFormatListCreateInfo *list = (const void *)base;

            if (list->viewFormatCount > VXM_MAX_VIEW_FORMATS ||
                (list->viewFormatCount != 0 && list->pViewFormats == NULL)) {
                return vxm__fail_argument("%s: viewFormatCount of the VkImageFormatListCreateInfo "
                                          "is %u; at most %u formats can travel, and pViewFormats "
                                          "must not be NULL.",
                                          caller, list->viewFormatCount, VXM_MAX_VIEW_FORMATS);
            }
            description->viewFormatCount = list->viewFormatCount;
            for (uint32_t i = 0; i < list->viewFormatCount; i++) {
                description->viewFormats[i] = list->pViewFormats[i];
            }
        } else if (base->sType == VK_STRUCTURE_TYPE_IMAGE_STENCIL_USAGE_CREATE_INFO) {
            description->stencilUsage = ((const VkImageStencilUsageCreateInfo *)base)->stencilUsage;
        } else if (base->sType ==
                   VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT) {
            modifierStructs++;
            result = read_modifier_list(caller, (const void *)base);
        } else if (base->sType ==
                   VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_EXPLICIT_CREATE_INFO_EXT) {
            modifierStructs++;
            result = read_layouts(caller, exists, (const void *)base, description);
        } else if (!exists || !is_of_creation(base->sType)) {
            return refuse_next(caller, base,
                               "Only VkImageFormatListCreateInfo, VkImageStencilUsageCreateInfo "
                               "and the modifiers of DRM_FORMAT_MODIFIER_EXT tiling do.");
        }
        if (result != VK_SUCCESS) {
            return result;
        }
    }
    if (modifierStructs > 1 ||
        (modifierStructs != 0 && description->tiling != VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT)) {
        return vxm__fail_argument(
            "%s: the create-info's pNext holds %s (VUID-VkImageCreateInfo-tiling-02261, "
            "pNext-02262).",
            caller,
            modifierStructs > 1 ? "both a list of DRM format modifiers and one with layouts, of "
                                  "which one can be"
                                : "DRM format modifiers, which go with tiling "
                                  "DRM_FORMAT_MODIFIER_EXT only");
    }
    return VK_SUCCESS;
}

VkResult vxm__describe_image(const char *caller, const VkImageCreateInfo *info, bool exists,
                             VxmImageDescription *description)
{
    VxmImageDescription image = {0};
    VkResult result;

    if (info->sType != VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO) {
        return vxm__fail_argument("%s: sType of the VkImageCreateInfo is %d, not "
                                  "VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO.",
                                  caller, (int)info->sType);
    }
    if (info->initialLayout != VK_IMAGE_LAYOUT_UNDEFINED) {
        return vxm__fail_argument("%s: initialLayout of the image is %d, but an external image "
                                  "starts UNDEFINED (VUID-VkImageCreateInfo-pNext-01443).",
                                  caller, (int)info->initialLayout);
    }
    if (info->sharingMode != VK_SHARING_MODE_EXCLUSIVE &&
        (info->sharingMode != VK_SHARING_MODE_CONCURRENT || info->queueFamilyIndexCount < 2 ||
         info->pQueueFamilyIndices == NULL)) {
        return vxm__fail_argument("%s: sharingMode of the image is neither EXCLUSIVE nor "
                                  "CONCURRENT with at least two queue families.",
                                  caller);
    }
    image.flags = info->flags;
    image.imageType = info->imageType;
    image.format = info->format;
    image.extent = info->extent;
    image.mipLevels = info->mipLevels;
    image.arrayLayers = info->arrayLayers;
    image.samples = info->samples;
    image.tiling = info->tiling;
    image.usage = info->usage;
    image.sharingMode = info->sharingMode;
    result = read_image_next(caller, info->pNext, exists, &image);
    if (result == VK_SUCCESS) {
        result = check_image(caller, &image);
    }
    if (result == VK_SUCCESS && !exists && image.planeCount != 0) {
        static const struct vxm_span unknown[VXM_MAX_PLANES];

        result = vxm__check_planes(caller, &vxm__create_words, &image, vxm__memory_count(&image),
                                   unknown);
    }
    if (result == VK_SUCCESS) {
        *description = image;
    }
    return result;
}

static VkResult check_memories(const char *caller, const VxmShared *shared)
{
    if (shared->memoryCount == 0 || shared->memoryCount > VXM_MAX_PLANES) {
        return vxm__fail_argument("%s: memoryCount is %u, but must be 1 to %u.", caller,
                                  shared->memoryCount, VXM_MAX_PLANES);
    }
    if (shared->memoryCount > 1 && shared->resourceType != VXM_RESOURCE_TYPE_IMAGE) {
        return vxm__fail_argument("%s: memoryCount is %u, but only images have several memories.",
                                  caller, shared->memoryCount);
    }
    for (uint32_t i = 0; i < shared->memoryCount; i++) {
        const VxmSharedMemory *memory = &shared->memories[i];

        if (memory->allocationSize != 0 && memory->offset >= memory->allocationSize) {
            return vxm__fail_argument("%s: memories[%u].offset %llu lies outside of its "
                                      "allocationSize %llu.",
                                      caller, i, (unsigned long long)memory->offset,
                                      (unsigned long long)memory->allocationSize);
        }
        if (shared->dedicated && memory->offset != 0) {
            return vxm__fail_argument("%s: memories[%u].offset is %llu, but a dedicated allocation "
                                      "has its resource at 0.",
                                      caller, i, (unsigned long long)memory->offset);
        }
    }
    return VK_SUCCESS;
}

/* Which memory is which plane's. Handles of types that say so are counted by their payloads later,
 * once they are there. */
static VkResult check_memory_count(const char *caller, const VxmShared *shared)
{
    const struct vxm_handle_type *type = vxm__find_type(VXM_HANDLE_KIND_MEMORY, shared->handleType);
    const VxmImageDescription *image = &shared->image;
    const uint32_t count = vxm__memory_count(image);

    if (image->planeCount != 0 && type != NULL && (type->flags & VXM_TYPE_ONE_PAYLOAD) != 0) {
        return VK_SUCCESS;
    }
    if (shared->memoryCount != count) {
        return vxm__fail_argument(
            "%s: memoryCount is %u, but this image of format %s %s. Say in image.flags whether "
            "each "
            "plane has a memory (VK_IMAGE_CREATE_DISJOINT_BIT), and give as many.",
            caller, shared->memoryCount, vxm__format_name(image->format).text,
            count > 1 ? "is DISJOINT, with a memory for each plane"
                      : "is not DISJOINT, and has one memory");
    }
    for (uint32_t i = 0; i < image->planeCount; i++) {
        if (image->planes[i].memoryIndex != (count > 1 ? i : 0)) {
            return vxm__fail_argument("%s: image.planes[%u].memoryIndex is %u, but memories[%u] is "
                                      "that plane's.",
                                      caller, i, image->planes[i].memoryIndex, count > 1 ? i : 0);
        }
    }
    if (count > 1 && shared->dedicated) {
        return vxm__fail_argument("%s: dedicated is set, but memory of a disjoint image never is "
                                  "(VUID-VkMemoryDedicatedAllocateInfo-image-01797).",
                                  caller);
    }
    return VK_SUCCESS;
}

static VkResult check_buffer_fits(const char *caller, const VxmShared *shared)
{
    const VxmSharedMemory *memory = &shared->memories[0];

    if (memory->allocationSize != 0 &&
        shared->buffer.size > memory->allocationSize - memory->offset) {
        return vxm__fail_argument("%s: buffer.size %llu at memories[0].offset %llu doesn't fit in "
                                  "memories[0].allocationSize %llu.",
                                  caller, (unsigned long long)shared->buffer.size,
                                  (unsigned long long)memory->offset,
                                  (unsigned long long)memory->allocationSize);
    }
    return VK_SUCCESS;
}

VkResult vxm__check_description(const char *caller, const VxmShared *shared)
{
    VkResult result;

    if (shared->handleType == 0 || (shared->handleType & (shared->handleType - 1)) != 0) {
        return vxm__fail_argument("%s: handleType is 0x%x, but must be one "
                                  "VkExternalMemoryHandleTypeFlagBits.",
                                  caller, shared->handleType);
    }
    if (shared->handleTypes != 0 && (shared->handleTypes & shared->handleType) == 0) {
        return vxm__fail_argument("%s: handleTypes 0x%x doesn't hold handleType 0x%x.", caller,
                                  shared->handleTypes, shared->handleType);
    }
    if (shared->dedicated > VK_TRUE) {
        return vxm__fail_argument("%s: dedicated is %u, but must be VK_TRUE or VK_FALSE.", caller,
                                  shared->dedicated);
    }
    result = check_memories(caller, shared);
    if (result != VK_SUCCESS || shared->resourceType == VXM_RESOURCE_TYPE_MEMORY) {
        return result;
    }
    if (shared->resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        /* A description has no queue families; those of a CONCURRENT resource are the importer's.
         */
        static const uint32_t families[2] = {0, 1};
        VxmBufferDescription ignored;
        VkBufferCreateInfo info = {
            .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
            .flags = shared->buffer.flags,
            .size = shared->buffer.size,
            .usage = shared->buffer.usage,
            .sharingMode = shared->buffer.sharingMode,
            .queueFamilyIndexCount = 2,
            .pQueueFamilyIndices = families,
        };

        result = vxm__describe_buffer(caller, &info, false, &ignored);
        return result == VK_SUCCESS ? check_buffer_fits(caller, shared) : result;
    }
    if (shared->resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        if (shared->image.sharingMode != VK_SHARING_MODE_EXCLUSIVE &&
            shared->image.sharingMode != VK_SHARING_MODE_CONCURRENT) {
            return vxm__fail_argument("%s: image.sharingMode %d is neither EXCLUSIVE nor "
                                      "CONCURRENT.",
                                      caller, (int)shared->image.sharingMode);
        }
        result = check_image(caller, &shared->image);
        if (result == VK_SUCCESS) {
            result = vxm__check_shared_planes(caller, shared, NULL);
        }
        return result == VK_SUCCESS ? check_memory_count(caller, shared) : result;
    }
    return vxm__fail_argument("%s: resourceType %d is none of MEMORY, BUFFER and IMAGE.", caller,
                              (int)shared->resourceType);
}

VkResult vxmCheckDescription(const VxmShared *shared)
{
    const char *const caller = "vxmCheckDescription";
    VxmShared copy;

    if (shared == NULL) {
        return vxm__fail_argument("%s: shared must not be NULL.", caller);
    }
    copy = *shared;
    copy.buffer.usage |= copy.buffer.usage == 0 ? VK_BUFFER_USAGE_TRANSFER_SRC_BIT : 0u;
    copy.image.usage |= copy.image.usage == 0 ? VK_IMAGE_USAGE_TRANSFER_SRC_BIT : 0u;
    return vxm__check_description(caller, &copy);
}
