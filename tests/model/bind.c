/*
 * Memory requirements of resources, and binding them to memory.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

/* ---- requirements ---- */

static bool answer_dedicated(const struct model_device *device, VkMemoryRequirements2 *requirements,
                             bool external, bool required)
{
    static const VkStructureType allowed[] = {VK_STRUCTURE_TYPE_MEMORY_DEDICATED_REQUIREMENTS};

    if (!model__check_chain(device, requirements, VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2, allowed,
                            1))
        return false;
    if (model_config()->habits.untoldDedicated)
        required = false;
    for (VkBaseOutStructure *item = requirements->pNext; item; item = item->pNext) {
        VkMemoryDedicatedRequirements *dedicated = (VkMemoryDedicatedRequirements *)item;

        dedicated->requiresDedicatedAllocation = required;
        dedicated->prefersDedicatedAllocation =
            required || (external && model__device_config(device)->prefersDedicated);
    }
    return true;
}

static void answer_buffer(const struct model_device *device, const struct model_buffer *buffer,
                          VkMemoryRequirements2 *requirements)
{
    if (answer_dedicated(device, requirements, buffer->handleTypes != 0, buffer->requiresDedicated))
        requirements->memoryRequirements = buffer->requirements;
}

static bool has_modifier(const struct model_image *image)
{
    return image->tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
}

/* The plane of an aspect: the format's, or with a modifier a memory plane; -1: none of this image.
 */
static int plane_of(const struct model_image *image, VkImageAspectFlags aspect)
{
    for (uint32_t i = 0; i < image->planeCount; i++) {
        if (aspect == (VkImageAspectFlags)(has_modifier(image)
                                               ? VK_IMAGE_ASPECT_MEMORY_PLANE_0_BIT_EXT
                                               : VK_IMAGE_ASPECT_PLANE_0_BIT)
                          << i)
            return (int)i;
    }
    return -1;
}

static void answer_image(const struct model_device *device, const struct model_image *image,
                         bool hasAspect, VkImageAspectFlags aspect,
                         VkMemoryRequirements2 *requirements)
{
    bool disjoint = (image->flags & VK_IMAGE_CREATE_DISJOINT_BIT) != 0;
    int plane = -1;

    if (disjoint != hasAspect) {
        model__breach(
            !disjoint             ? "01590"
            : has_modifier(image) ? "02279"
                                  : "01589",
            "VkImagePlaneMemoryRequirementsInfo is for disjoint images, and needed there");
        return;
    }
    if (disjoint && (plane = plane_of(image, aspect)) < 0) {
        model__breach(has_modifier(image) ? "02282" : "02281",
                      "aspect %#x is no plane of the image", aspect);
        return;
    }
    if (!answer_dedicated(device, requirements, image->handleTypes != 0, image->requiresDedicated))
        return;
    requirements->memoryRequirements.size =
        plane < 0 ? image->totalSize : image->planes[plane].needs;
    requirements->memoryRequirements.alignment = image->alignment;
    requirements->memoryRequirements.memoryTypeBits = image->typeBits;
}

static VKAPI_ATTR void VKAPI_CALL buffer_requirements2(VkDevice device,
                                                       const VkBufferMemoryRequirementsInfo2 *pInfo,
                                                       VkMemoryRequirements2 *pRequirements)
{
    struct model_device *owner;
    struct model_buffer *buffer;

    model__enter_void("vkGetBufferMemoryRequirements2", pInfo);
    owner = model__device(device);
    if (owner && model__check_chain(owner, pInfo,
                                    VK_STRUCTURE_TYPE_BUFFER_MEMORY_REQUIREMENTS_INFO_2, NULL, 0)) {
        buffer = model__find_child(owner, MODEL_ID(pInfo->buffer), MODEL_BUFFER);
        if (buffer)
            answer_buffer(owner, buffer, pRequirements);
    }
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR void VKAPI_CALL image_requirements2(VkDevice device,
                                                      const VkImageMemoryRequirementsInfo2 *pInfo,
                                                      VkMemoryRequirements2 *pRequirements)
{
    static const VkStructureType allowed[] = {
        VK_STRUCTURE_TYPE_IMAGE_PLANE_MEMORY_REQUIREMENTS_INFO};
    const VkImagePlaneMemoryRequirementsInfo *plane;
    struct model_device *owner;
    struct model_image *image;

    model__enter_void("vkGetImageMemoryRequirements2", pInfo);
    owner = model__device(device);
    if (owner &&
        model__check_chain(owner, pInfo, VK_STRUCTURE_TYPE_IMAGE_MEMORY_REQUIREMENTS_INFO_2,
                           allowed, 1)) {
        plane = model__find_struct(pInfo, VK_STRUCTURE_TYPE_IMAGE_PLANE_MEMORY_REQUIREMENTS_INFO);
        image = model__find_child(owner, MODEL_ID(pInfo->image), MODEL_IMAGE);
        if (image)
            answer_image(owner, image, plane != NULL, plane ? plane->planeAspect : 0,
                         pRequirements);
    }
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR void VKAPI_CALL buffer_requirements(VkDevice device, VkBuffer buffer,
                                                      VkMemoryRequirements *pRequirements)
{
    VkBufferMemoryRequirementsInfo2 info = {VK_STRUCTURE_TYPE_BUFFER_MEMORY_REQUIREMENTS_INFO_2,
                                            NULL, buffer};
    VkMemoryRequirements2 all = {VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2, NULL, {0, 0, 0}};

    buffer_requirements2(device, &info, &all);
    *pRequirements = all.memoryRequirements;
}

static VKAPI_ATTR void VKAPI_CALL image_requirements(VkDevice device, VkImage image,
                                                     VkMemoryRequirements *pRequirements)
{
    VkImageMemoryRequirementsInfo2 info = {VK_STRUCTURE_TYPE_IMAGE_MEMORY_REQUIREMENTS_INFO_2, NULL,
                                           image};
    VkMemoryRequirements2 all = {VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2, NULL, {0, 0, 0}};

    image_requirements2(device, &info, &all);
    *pRequirements = all.memoryRequirements;
}

static VKAPI_ATTR void VKAPI_CALL
device_buffer_requirements(VkDevice device, const VkDeviceBufferMemoryRequirements *pInfo,
                           VkMemoryRequirements2 *pRequirements)
{
    struct model_device *owner;
    struct model_buffer blank;

    model__enter_void("vkGetDeviceBufferMemoryRequirements", pInfo);
    owner = model__device(device);
    if (owner && !owner->maintenance4)
        model__breach("feature", "maintenance4 is not enabled");
    if (owner && model__check_chain(owner, pInfo,
                                    VK_STRUCTURE_TYPE_DEVICE_BUFFER_MEMORY_REQUIREMENTS, NULL, 0)) {
        model__record_chain(pInfo->pCreateInfo);
        if (model__blank_buffer(owner, pInfo->pCreateInfo, &blank))
            answer_buffer(owner, &blank, pRequirements);
    }
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR void VKAPI_CALL
device_image_requirements(VkDevice device, const VkDeviceImageMemoryRequirements *pInfo,
                          VkMemoryRequirements2 *pRequirements)
{
    struct model_device *owner;
    struct model_image blank;

    model__enter_void("vkGetDeviceImageMemoryRequirements", pInfo);
    owner = model__device(device);
    if (owner && !owner->maintenance4)
        model__breach("feature", "maintenance4 is not enabled");
    if (owner && model__check_chain(owner, pInfo,
                                    VK_STRUCTURE_TYPE_DEVICE_IMAGE_MEMORY_REQUIREMENTS, NULL, 0)) {
        model__record_chain(pInfo->pCreateInfo);
        if (model__find_struct(
                pInfo->pCreateInfo,
                VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_EXPLICIT_CREATE_INFO_EXT))
            model__breach("06776", "a question about an image with the app's own plane layouts");
        else if (model__blank_image(owner, pInfo->pCreateInfo, &blank))
            answer_image(owner, &blank, (blank.flags & VK_IMAGE_CREATE_DISJOINT_BIT) != 0,
                         pInfo->planeAspect, pRequirements);
    }
    model__leave(VK_SUCCESS);
}

static VKAPI_ATTR void VKAPI_CALL subresource_layout(VkDevice device, VkImage image,
                                                     const VkImageSubresource *pSubresource,
                                                     VkSubresourceLayout *pLayout)
{
    struct model_device *owner;
    struct model_image *found;
    int plane = 0;

    model__enter_void("vkGetImageSubresourceLayout", NULL);
    owner = model__device(device);
    found = owner ? model__find_child(owner, MODEL_ID(image), MODEL_IMAGE) : NULL;
    *pLayout = (VkSubresourceLayout){0, 0, 0, 0, 0};
    if (found && found->tiling == VK_IMAGE_TILING_OPTIMAL)
        model__breach("02270", "an OPTIMAL image has no layout to tell");
    else if (found) {
        if (found->planeCount > 1 || has_modifier(found))
            plane = has_modifier(found) && model_config()->habits.firstPlaneAlways
                        ? 0
                        : plane_of(found, pSubresource->aspectMask);
        else if (!(pSubresource->aspectMask & model__format_aspects(found->format)) ||
                 (pSubresource->aspectMask & (pSubresource->aspectMask - 1)))
            plane = -1;
        if (plane < 0)
            model__breach(has_modifier(found) ? "02271" : "01581 08886",
                          "aspect %#x is none of the image's", pSubresource->aspectMask);
        else if (pSubresource->mipLevel >= found->mipLevels ||
                 pSubresource->arrayLayer >= found->arrayLayers)
            model__breach("01716 01717", "mip level %u, layer %u", pSubresource->mipLevel,
                          pSubresource->arrayLayer);
        else
            /* The last two mean nothing unless there are layers, or slices. */
            *pLayout = (VkSubresourceLayout){found->planes[plane].offset, found->planes[plane].size,
                                             found->planes[plane].rowPitch,
                                             found->planes[plane].arrayPitch,
                                             found->planes[plane].depthPitch};
    }
    model__leave(VK_SUCCESS);
}

/* ---- binding ---- */

struct binding {
    uint64_t size, alignment;
    uint32_t typeBits, handleTypes;
    bool requiresDedicated, isImage;
    uint64_t id;
};

static bool check_binding(const struct binding *what, const struct model_memory *memory,
                          uint64_t offset)
{
    size_t before = model_breach_count();
    uint64_t dedicated = what->isImage ? memory->dedicatedImage : memory->dedicatedBuffer;

    model__check_alive(memory);
    if (!(what->typeBits & 1u << memory->typeIndex))
        model__breach(what->isImage ? "01047 01615" : "01035",
                      "memory type %u, but the resource allows %#x only", memory->typeIndex,
                      what->typeBits);
    if (offset % what->alignment != 0)
        model__breach(what->isImage ? "01048 01616" : "01036",
                      "offset %llu is no multiple of the alignment %llu",
                      (unsigned long long)offset, (unsigned long long)what->alignment);
    if (offset > memory->size || memory->size - offset < what->size)
        model__breach(what->isImage ? "01049 01617" : "01037",
                      "%llu bytes at offset %llu of a memory of %llu bytes",
                      (unsigned long long)what->size, (unsigned long long)offset,
                      (unsigned long long)memory->size);
    if ((memory->dedicatedBuffer || memory->dedicatedImage) &&
        (dedicated != what->id || offset != 0))
        model__breach(what->isImage ? "02628" : "01508",
                      "the memory is dedicated to another resource, or the offset is not 0");
    if (what->requiresDedicated && dedicated != what->id)
        model__breach(what->isImage ? "01445" : "01444",
                      "the resource requires a dedicated allocation");
    if (memory->exportTypes && !(memory->exportTypes & what->handleTypes))
        model__breach(what->isImage ? "02728" : "02726",
                      "memory for export as %#x, and a resource created for %#x",
                      memory->exportTypes, what->handleTypes);
    if (memory->importType && !(memory->importType & what->handleTypes))
        model__breach(what->isImage ? "02989" : "02985",
                      "memory imported as %#x, and a resource created for %#x", memory->importType,
                      what->handleTypes);
    return model_breach_count() == before;
}

static VkResult bind_buffer(struct model_device *device, const VkBindBufferMemoryInfo *info)
{
    struct model_buffer *buffer = model__find_child(device, MODEL_ID(info->buffer), MODEL_BUFFER);
    struct model_memory *memory = model__find_child(device, MODEL_ID(info->memory), MODEL_MEMORY);
    struct binding what;

    if (!buffer || !memory)
        return VK_ERROR_UNKNOWN;
    if (buffer->memory) {
        model__breach("01029 07459", "the buffer is bound already");
        return VK_ERROR_UNKNOWN;
    }
    what.size = buffer->requirements.size;
    what.alignment = buffer->requirements.alignment;
    what.typeBits = buffer->requirements.memoryTypeBits;
    what.handleTypes = buffer->handleTypes;
    what.requiresDedicated = buffer->requiresDedicated;
    what.isImage = false;
    what.id = buffer->object.id;
    if (!check_binding(&what, memory, info->memoryOffset))
        return VK_ERROR_UNKNOWN;
    buffer->memory = memory->object.id;
    return VK_SUCCESS;
}

static VkResult bind_image(struct model_device *device, const VkBindImageMemoryInfo *info)
{
    const VkBindImagePlaneMemoryInfo *plane =
        model__find_struct(info, VK_STRUCTURE_TYPE_BIND_IMAGE_PLANE_MEMORY_INFO);
    struct model_image *image = model__find_child(device, MODEL_ID(info->image), MODEL_IMAGE);
    struct model_memory *memory = model__find_child(device, MODEL_ID(info->memory), MODEL_MEMORY);
    struct binding what;
    int index = 0;

    if (!image || !memory)
        return VK_ERROR_UNKNOWN;
    if (((image->flags & VK_IMAGE_CREATE_DISJOINT_BIT) != 0) != (plane != NULL)) {
        model__breach(plane ? "01618" : "07736",
                      "VkBindImagePlaneMemoryInfo is for disjoint images, and needed there");
        return VK_ERROR_UNKNOWN;
    }
    if (plane && (index = plane_of(image, plane->planeAspect)) < 0) {
        model__breach(has_modifier(image) ? "02284" : "02283",
                      "aspect %#x is no plane of the image", (unsigned)plane->planeAspect);
        return VK_ERROR_UNKNOWN;
    }
    if (image->planes[index].memory) {
        model__breach("01044 07460", "the image, or this plane of it, is bound already");
        return VK_ERROR_UNKNOWN;
    }
    what.size = plane ? image->planes[index].needs : image->totalSize;
    what.alignment = image->alignment;
    what.typeBits = image->typeBits;
    what.handleTypes = image->handleTypes;
    what.requiresDedicated = image->requiresDedicated;
    what.isImage = true;
    what.id = image->object.id;
    if (!check_binding(&what, memory, info->memoryOffset))
        return VK_ERROR_UNKNOWN;
    image->planes[index].memory = memory->object.id;
    image->planes[index].memoryOffset = info->memoryOffset;
    model__bind_surface(image, memory);
    return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL bind_buffers(VkDevice device, uint32_t bindInfoCount,
                                                   const VkBindBufferMemoryInfo *pBindInfos)
{
    VkResult result = model__enter("vkBindBufferMemory2", pBindInfos);
    struct model_device *owner = model__device(device);

    if (result == VK_SUCCESS && !owner)
        result = VK_ERROR_UNKNOWN;
    for (uint32_t i = 0; result == VK_SUCCESS && i < bindInfoCount; i++) {
        if (i > 0)
            model__record_chain(&pBindInfos[i]);
        if (model__check_chain(owner, &pBindInfos[i], VK_STRUCTURE_TYPE_BIND_BUFFER_MEMORY_INFO,
                               NULL, 0))
            result = bind_buffer(owner, &pBindInfos[i]);
        else
            result = VK_ERROR_UNKNOWN;
    }
    return model__leave(result);
}

/* The planes of a disjoint image are bound by one call. */
static void check_all_planes(struct model_device *device, uint32_t count,
                             const VkBindImageMemoryInfo *infos)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct model_image *image =
            model__find_child(device, MODEL_ID(infos[i].image), MODEL_IMAGE);

        for (uint32_t plane = 0;
             image && (image->flags & VK_IMAGE_CREATE_DISJOINT_BIT) && plane < image->planeCount;
             plane++) {
            if (!image->planes[plane].memory)
                model__breach("02858", "plane %u of a disjoint image is left out", plane);
        }
    }
}

static VKAPI_ATTR VkResult VKAPI_CALL bind_images(VkDevice device, uint32_t bindInfoCount,
                                                  const VkBindImageMemoryInfo *pBindInfos)
{
    static const VkStructureType allowed[] = {VK_STRUCTURE_TYPE_BIND_IMAGE_PLANE_MEMORY_INFO};
    VkResult result = model__enter("vkBindImageMemory2", pBindInfos);
    struct model_device *owner = model__device(device);

    if (result == VK_SUCCESS && !owner)
        result = VK_ERROR_UNKNOWN;
    for (uint32_t i = 0; result == VK_SUCCESS && i < bindInfoCount; i++) {
        if (i > 0)
            model__record_chain(&pBindInfos[i]);
        if (model__check_chain(owner, &pBindInfos[i], VK_STRUCTURE_TYPE_BIND_IMAGE_MEMORY_INFO,
                               allowed, 1))
            result = bind_image(owner, &pBindInfos[i]);
        else
            result = VK_ERROR_UNKNOWN;
    }
    if (result == VK_SUCCESS)
        check_all_planes(owner, bindInfoCount, pBindInfos);
    return model__leave(result);
}

static VKAPI_ATTR VkResult VKAPI_CALL bind_one_buffer(VkDevice device, VkBuffer buffer,
                                                      VkDeviceMemory memory,
                                                      VkDeviceSize memoryOffset)
{
    VkBindBufferMemoryInfo info = {VK_STRUCTURE_TYPE_BIND_BUFFER_MEMORY_INFO, NULL, buffer, memory,
                                   memoryOffset};

    return bind_buffers(device, 1, &info);
}

static VKAPI_ATTR VkResult VKAPI_CALL bind_one_image(VkDevice device, VkImage image,
                                                     VkDeviceMemory memory,
                                                     VkDeviceSize memoryOffset)
{
    VkBindImageMemoryInfo info = {VK_STRUCTURE_TYPE_BIND_IMAGE_MEMORY_INFO, NULL, image, memory,
                                  memoryOffset};

    return bind_images(device, 1, &info);
}

#define CORE_1_0(name, function)                                                                   \
    MODEL_COMMAND(name, function, MODEL_OF_DEVICE, VK_API_VERSION_1_0, NULL)
#define SINCE(version, extension, name, function)                                                  \
    MODEL_COMMAND(name, function, MODEL_OF_DEVICE, version, NULL),                                 \
        MODEL_COMMAND(name "KHR", function, MODEL_OF_DEVICE, 0, extension)

const struct model_command model__bind_commands[] = {
    CORE_1_0("GetBufferMemoryRequirements", buffer_requirements),
    CORE_1_0("GetImageMemoryRequirements", image_requirements),
    CORE_1_0("GetImageSubresourceLayout", subresource_layout),
    CORE_1_0("BindBufferMemory", bind_one_buffer),
    CORE_1_0("BindImageMemory", bind_one_image),
    SINCE(VK_API_VERSION_1_1, "VK_KHR_get_memory_requirements2", "GetBufferMemoryRequirements2",
          buffer_requirements2),
    SINCE(VK_API_VERSION_1_1, "VK_KHR_get_memory_requirements2", "GetImageMemoryRequirements2",
          image_requirements2),
    SINCE(VK_API_VERSION_1_1, "VK_KHR_bind_memory2", "BindBufferMemory2", bind_buffers),
    SINCE(VK_API_VERSION_1_1, "VK_KHR_bind_memory2", "BindImageMemory2", bind_images),
    SINCE(VK_API_VERSION_1_3, "VK_KHR_maintenance4", "GetDeviceBufferMemoryRequirements",
          device_buffer_requirements),
    SINCE(VK_API_VERSION_1_3, "VK_KHR_maintenance4", "GetDeviceImageMemoryRequirements",
          device_image_requirements),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};
