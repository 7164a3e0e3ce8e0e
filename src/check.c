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

    if ((image->flags & refused) != 0) {
        return vxm__fail_argument("%s: flags 0x%x of the image ask for sparse, protected or "
                                  "subsampled memory, which can't be shared here. Leave those "
                                  "flags out.",
                                  caller, image->flags);
    }
    if ((image->flags & VK_IMAGE_CREATE_DISJOINT_BIT) != 0) {
        return vxm__fail_argument("%s: flags of the image have DISJOINT, which this version of the "
                                  "library can't share yet. Use one allocation for all planes.",
                                  caller);
    }
    if (image->format == VK_FORMAT_UNDEFINED) {
        return vxm__fail_argument("%s: format of the image is UNDEFINED.", caller);
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
    if (image->tiling != VK_IMAGE_TILING_OPTIMAL && image->tiling != VK_IMAGE_TILING_LINEAR) {
        return vxm__fail_argument("%s: tiling %d of the image is neither OPTIMAL nor LINEAR. DRM "
                                  "format modifiers can't be shared by this version of the library "
                                  "yet: use LINEAR for a dma-buf.",
                                  caller, (int)image->tiling);
    }
    if (image->usage == 0) {
        return vxm__fail_argument("%s: usage of the image is 0.", caller);
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

static VkResult read_image_next(const char *caller, const void *next, bool exists,
                                VxmImageDescription *description)
{
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
        } else if (!exists || !is_of_creation(base->sType)) {
            return refuse_next(caller, base,
                               "Only VkImageFormatListCreateInfo and "
                               "VkImageStencilUsageCreateInfo do.");
        }
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
    if (result == VK_SUCCESS) {
        *description = image;
    }
    return result;
}

static VkResult check_planes(const char *caller, const VxmShared *shared)
{
    const VxmImageDescription *image = &shared->image;

    if (image->planeCount > VXM_MAX_PLANES) {
        return vxm__fail_argument("%s: image.planeCount is %u; at most %u planes can be.", caller,
                                  image->planeCount, VXM_MAX_PLANES);
    }
    if (image->planeCount > 1) {
        return vxm__fail_argument("%s: image.planeCount is %u, but this version of the library "
                                  "shares images of one plane only.",
                                  caller, image->planeCount);
    }
    for (uint32_t i = 0; i < image->planeCount; i++) {
        const VxmPlaneLayout *plane = &image->planes[i];

        if (plane->memoryIndex >= shared->memoryCount) {
            return vxm__fail_argument("%s: image.planes[%u].memoryIndex is %u, but memoryCount is "
                                      "%u.",
                                      caller, i, plane->memoryIndex, shared->memoryCount);
        }
    }
    return VK_SUCCESS;
}

static VkResult check_memories(const char *caller, const VxmShared *shared)
{
    if (shared->memoryCount == 0 || shared->memoryCount > VXM_MAX_PLANES) {
        return vxm__fail_argument("%s: memoryCount is %u, but must be 1 to %u.", caller,
                                  shared->memoryCount, VXM_MAX_PLANES);
    }
    if (shared->memoryCount > 1) {
        return vxm__fail_argument("%s: memoryCount is %u, but only disjoint images have several "
                                  "memories, and this version of the library can't share those "
                                  "yet.",
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
        return result == VK_SUCCESS ? check_planes(caller, shared) : result;
    }
    return vxm__fail_argument("%s: resourceType %d is none of MEMORY, BUFFER and IMAGE.", caller,
                              (int)shared->resourceType);
}

/* Whether the rows, layers and slices of the one plane lie within the memory, as far as both are
 * known. In compressed formats a row is of several texels; no step is taken there. */
static bool plane_fits(const VxmShared *shared)
{
    const VxmImageDescription *image = &shared->image;
    const VxmPlaneLayout *plane = &image->planes[0];
    const uint64_t allocationSize = shared->memories[0].allocationSize;
    const bool rowsAreTexels = image->format < VK_FORMAT_BC1_RGB_UNORM_BLOCK;
    const struct {
        uint64_t steps, pitch;
    } steps[] = {
        {rowsAreTexels ? image->extent.height - 1 : 0, plane->rowPitch},
        {image->arrayLayers - 1, plane->arrayPitch},
        {image->extent.depth - 1, plane->depthPitch},
    };
    uint64_t rest = allocationSize - 1;

    if (rowsAreTexels && plane->rowPitch != 0 && plane->rowPitch < image->extent.width) {
        return false;
    }
    if (allocationSize == 0) {
        return true;
    }
    if (plane->offset > rest) {
        return false;
    }
    rest -= plane->offset;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (steps[i].steps != 0 && steps[i].pitch > rest / steps[i].steps) {
            return false;
        }
        rest -= steps[i].steps * steps[i].pitch;
    }
    return true;
}

VkResult vxmCheckDescription(const VxmShared *shared)
{
    const char *const caller = "vxmCheckDescription";
    VxmShared copy;
    VkResult result;

    if (shared == NULL) {
        return vxm__fail_argument("%s: shared must not be NULL.", caller);
    }
    copy = *shared;
    copy.buffer.usage |= copy.buffer.usage == 0 ? VK_BUFFER_USAGE_TRANSFER_SRC_BIT : 0u;
    copy.image.usage |= copy.image.usage == 0 ? VK_IMAGE_USAGE_TRANSFER_SRC_BIT : 0u;
    result = vxm__check_description(caller, &copy);
    /* An import into Vulkan compares with what the driver says. */
    if (result == VK_SUCCESS && shared->resourceType == VXM_RESOURCE_TYPE_IMAGE &&
        shared->image.planeCount > 0 && !plane_fits(shared)) {
        const VxmPlaneLayout *plane = &shared->image.planes[0];

        return vxm__fail_argument(
            "%s: image.planes[0] begins at %llu, with a rowPitch of %llu, arrayPitch of %llu and "
            "depthPitch of %llu: %ux%ux%u texels in %u layers don't fit into an allocationSize of "
            "%llu like that.",
            caller, (unsigned long long)plane->offset, (unsigned long long)plane->rowPitch,
            (unsigned long long)plane->arrayPitch, (unsigned long long)plane->depthPitch,
            shared->image.extent.width, shared->image.extent.height, shared->image.extent.depth,
            shared->image.arrayLayers, (unsigned long long)shared->memories[0].allocationSize);
    }
    return result;
}
