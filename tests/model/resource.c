/*
 * Buffers and images, and what memory they ask for.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "metal/vulkan.h"

#include "internal.h"

#include <string.h>

static uint64_t align_up(uint64_t value, uint64_t alignment)
{
    return (value + alignment - 1) / alignment * alignment;
}

/* FNV-1a, to tell whether two resources were created alike. */
static void mix(uint64_t *hash, uint64_t value)
{
    for (int i = 0; i < 8; i++) {
        *hash ^= value >> (8 * i) & 0xff;
        *hash *= 0x100000001b3ull;
    }
}

static bool any_dedicated_only(const ModelDeviceConfig *config, uint32_t handleTypes,
                               const ModelExternal *rows)
{
    bool only = config->requiresDedicated && handleTypes;

    for (size_t i = 0; i < MODEL_MAX_EXTERNAL && rows[i].handleType; i++) {
        if ((rows[i].handleType & handleTypes) &&
            (rows[i].features & VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT))
            only = true;
    }
    return only;
}

static void check_sharing(const ModelDeviceConfig *config, VkSharingMode mode, uint32_t count,
                          const uint32_t *families, const char *rule)
{
    if (mode != VK_SHARING_MODE_CONCURRENT)
        return;
    if (count < 2 || !families) {
        model__breach(rule, "CONCURRENT with %u queue families", count);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        bool twice = false;

        for (uint32_t j = 0; j < i; j++)
            twice = twice || families[i] == families[j];
        if (twice || families[i] >= config->queueFamilyCount)
            model__breach("01419 01420", "queue family %u, of %u, is %s", families[i],
                          config->queueFamilyCount, twice ? "named twice" : "not there");
    }
}

/* ---- buffers ---- */

/* Without a breach; `buffer` is a blank. */
static void describe_buffer(const struct model_device *device, const VkBufferCreateInfo *info,
                            struct model_buffer *buffer)
{
    const ModelDeviceConfig *config = model__device_config(device);
    const VkExternalMemoryBufferCreateInfo *external =
        model__find_struct(info, VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO);

    buffer->size = info->size;
    buffer->sharingMode = info->sharingMode;
    buffer->handleTypes = external ? external->handleTypes : 0;
    buffer->requirements.size = align_up(info->size, config->sizeGranularity);
    buffer->requirements.alignment = config->alignment;
    buffer->requirements.memoryTypeBits =
        buffer->handleTypes ? config->externalBufferTypeBits : config->bufferTypeBits;
    buffer->requiresDedicated = any_dedicated_only(config, buffer->handleTypes, config->buffers);
    buffer->hash = 0xcbf29ce484222325ull;
    mix(&buffer->hash, 'b');
    mix(&buffer->hash, info->flags);
    mix(&buffer->hash, info->size);
    mix(&buffer->hash, info->usage);
    mix(&buffer->hash, (uint64_t)info->sharingMode);
    mix(&buffer->hash, buffer->handleTypes);
}

static bool check_buffer(struct model_device *device, const VkBufferCreateInfo *info)
{
    static const VkStructureType allowed[] = {VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO};
    const ModelDeviceConfig *config = model__device_config(device);
    const VkExternalMemoryBufferCreateInfo *external;
    bool fine = true;

    if (!model__check_chain(device, info, VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, allowed, 1))
        return false;
    external = model__find_struct(info, VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO);
    if (info->size == 0) {
        model__breach("00912", "a buffer of 0 bytes");
        fine = false;
    }
    if (info->usage == 0)
        model__breach("usage-requiredbitmask", "the usage is 0");
    check_sharing(config, info->sharingMode, info->queueFamilyIndexCount, info->pQueueFamilyIndices,
                  "00914");
    if (external && external->handleTypes &&
        !model__check_types(device, external->handleTypes,
                            VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT |
                                VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT,
                            config->buffers, "00920", "a buffer"))
        fine = false;
    return fine;
}

static VKAPI_ATTR VkResult VKAPI_CALL create_buffer(VkDevice device,
                                                    const VkBufferCreateInfo *pCreateInfo,
                                                    const VkAllocationCallbacks *pAllocator,
                                                    VkBuffer *pBuffer)
{
    VkResult result = model__enter("vkCreateBuffer", pCreateInfo);
    struct model_device *owner = model__device(device);
    struct model_buffer *buffer;

    if (result == VK_SUCCESS) {
        if (!owner || !check_buffer(owner, pCreateInfo)) {
            result = VK_ERROR_UNKNOWN;
        } else if (pCreateInfo->size > model__device_config(owner)->heapSizes[0]) {
            result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
        } else {
            buffer = model__new_object(MODEL_BUFFER, sizeof *buffer, owner, pAllocator);
            result = buffer ? VK_SUCCESS : VK_ERROR_OUT_OF_HOST_MEMORY;
            if (buffer) {
                describe_buffer(owner, pCreateInfo, buffer);
                *pBuffer = MODEL_HANDLE(VkBuffer, buffer);
            }
        }
    }
    model__garbage(result, pBuffer, sizeof *pBuffer);
    return model__leave(result);
}

static VKAPI_ATTR void VKAPI_CALL destroy_buffer(VkDevice device, VkBuffer buffer,
                                                 const VkAllocationCallbacks *pAllocator)
{
    struct model_device *owner;
    struct model_object *doomed;

    model__enter_void("vkDestroyBuffer", NULL);
    owner = model__device(device);
    doomed = model__find_doomed(owner, MODEL_ID(buffer), MODEL_BUFFER, pAllocator);
    if (doomed)
        model__delete_object(doomed);
    model__leave(VK_SUCCESS);
}

/* ---- images ---- */

static uint32_t image_type_bits(const ModelDeviceConfig *config, const struct model_image *image)
{
    if (image->tiling == VK_IMAGE_TILING_OPTIMAL)
        return image->handleTypes ? config->externalImageTypeBits : config->imageTypeBits;
    return image->handleTypes ? config->externalLinearTypeBits : config->linearTypeBits;
}

static void mix_chain(uint64_t *hash, const VkImageCreateInfo *info)
{
    const VkImageFormatListCreateInfo *list =
        model__find_struct(info, VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO);
    const VkImageStencilUsageCreateInfo *stencil =
        model__find_struct(info, VK_STRUCTURE_TYPE_IMAGE_STENCIL_USAGE_CREATE_INFO);

    mix(hash, list ? list->viewFormatCount : 0);
    for (uint32_t i = 0; list && i < list->viewFormatCount; i++)
        mix(hash, (uint64_t)list->pViewFormats[i]);
    mix(hash, stencil ? stencil->stencilUsage : 0);
}

static void describe_image(const struct model_device *device, const VkImageCreateInfo *info,
                           struct model_image *image)
{
    const ModelDeviceConfig *config = model__device_config(device);
    const VkExternalMemoryImageCreateInfo *external =
        model__find_struct(info, VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO);
    const uint64_t facts[] = {
        'i',
        info->flags,
        (uint64_t)info->imageType,
        (uint64_t)info->format,
        info->extent.width,
        info->extent.height,
        info->extent.depth,
        info->mipLevels,
        info->arrayLayers,
        (uint64_t)info->samples,
        (uint64_t)info->tiling,
        info->usage,
        (uint64_t)info->sharingMode,
        external ? external->handleTypes : 0,
    };

    image->flags = info->flags;
    image->imageType = info->imageType;
    image->format = info->format;
    image->tiling = info->tiling;
    image->modifier = model__choose_modifier(config, info);
    image->extent = info->extent;
    image->mipLevels = info->mipLevels;
    image->arrayLayers = info->arrayLayers;
    image->samples = (uint32_t)info->samples;
    image->sharingMode = info->sharingMode;
    image->handleTypes = external ? external->handleTypes : 0;
    image->layout = info->initialLayout;
    model__format_layout(config, image);
    image->typeBits = image_type_bits(config, image);
    image->alignment = config->alignment;
    image->requiresDedicated = !(info->flags & VK_IMAGE_CREATE_DISJOINT_BIT) &&
                               any_dedicated_only(config, image->handleTypes, config->images);
    image->hash = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < MODEL_COUNT(facts); i++)
        mix(&image->hash, facts[i]);
    mix_chain(&image->hash, info);
}

/* With the app's own layouts, if there are such. They count as the driver's own would. */
static VkResult lay_out(const struct model_device *device, const VkImageCreateInfo *info,
                        struct model_image *image)
{
    VkResult result = model__apply_layouts(model__device_config(device), info, image);

    if (image->tiling != VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT)
        return result;
    mix(&image->hash, image->modifier);
    for (uint32_t i = 0; i < image->planeCount; i++) {
        mix(&image->hash, image->planes[i].offset);
        mix(&image->hash, image->planes[i].rowPitch);
    }
    return result;
}

static bool check_image_external(struct model_device *device, const VkImageCreateInfo *info)
{
    const VkExternalMemoryImageCreateInfo *external =
        model__find_struct(info, VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO);
    bool fine = true;

    if (!external || !external->handleTypes)
        return true;
    if (info->initialLayout != VK_IMAGE_LAYOUT_UNDEFINED) {
        model__breach("01443", "an external image starts in layout %d and not UNDEFINED",
                      (int)info->initialLayout);
        fine = false;
    }
    fine = model__check_types(device, external->handleTypes,
                              VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT |
                                  VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT,
                              model__device_config(device)->images, "00990", "an image") &&
           fine;
    for (uint32_t bit = 1; bit && fine; bit <<= 1) {
        if ((external->handleTypes & bit) &&
            model__image_row(model__device_config(device), bit, info->tiling).features == 0) {
            model__breach("00990", "handle type %#x is not for an image of tiling %d", bit,
                          (int)info->tiling);
            fine = false;
        }
    }
    return fine;
}

/* Formats with planes of their own. */
static bool check_planar(const VkImageCreateInfo *info)
{
    size_t before = model_breach_count();

    if (model__format_planes(info->format) < 2) {
        if (info->flags & VK_IMAGE_CREATE_DISJOINT_BIT)
            model__breach("01577", "DISJOINT with a format of one plane");
        return model_breach_count() == before;
    }
    if (info->mipLevels != 1)
        model__breach("06410", "a multi-planar image with %u mip levels", info->mipLevels);
    if (info->samples != VK_SAMPLE_COUNT_1_BIT)
        model__breach("06411", "a multi-planar image with %d samples", (int)info->samples);
    if (info->imageType != VK_IMAGE_TYPE_2D)
        model__breach("06412", "a multi-planar image that is not 2D");
    if (info->arrayLayers != 1)
        model__breach("06413", "a multi-planar image with %u layers", info->arrayLayers);
    /* All of the model's have half as many of their chroma's rows and columns. */
    if (info->extent.width % 2 != 0)
        model__breach("04712", "a 4:2:0 image with a width of %u", info->extent.width);
    if (info->extent.height % 2 != 0)
        model__breach("04713", "a 4:2:0 image with a height of %u", info->extent.height);
    return model_breach_count() == before;
}

static bool check_image(struct model_device *device, const VkImageCreateInfo *info)
{
    static const VkStructureType allowed[] = {
        VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO,
        VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO,
        VK_STRUCTURE_TYPE_IMAGE_STENCIL_USAGE_CREATE_INFO,
        VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
        VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_EXPLICIT_CREATE_INFO_EXT,
        VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT,
        VK_STRUCTURE_TYPE_IMPORT_METAL_IO_SURFACE_INFO_EXT,
    };

    if (!model__check_chain(device, info, VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO, allowed,
                            MODEL_COUNT(allowed)) ||
        !model__check_metal(info,
                            VK_EXPORT_METAL_OBJECT_TYPE_METAL_TEXTURE_BIT_EXT |
                                VK_EXPORT_METAL_OBJECT_TYPE_METAL_IOSURFACE_BIT_EXT,
                            "06783"))
        return false;
    if (!model__format_known(info->format)) {
        model__breach("02251", "format %d, which the device does not have", (int)info->format);
        return false;
    }
    if (info->extent.width == 0 || info->extent.height == 0 || info->extent.depth == 0 ||
        info->mipLevels == 0 || info->arrayLayers == 0) {
        model__breach("00944 to 00948", "an image without extent, mip levels or layers");
        return false;
    }
    if (info->extent.width > 16384 || info->extent.height > 16384 || info->extent.depth > 2048 ||
        info->arrayLayers > 2048 || info->mipLevels > 15) {
        model__breach("02252 to 02255", "an image larger than the device has them");
        return false;
    }
    if (info->samples == 0 || ((uint32_t)info->samples & ((uint32_t)info->samples - 1)) != 0) {
        model__breach("samples-parameter", "samples %d", (int)info->samples);
        return false;
    }
    if (info->usage == 0)
        model__breach("usage-requiredbitmask", "the usage is 0");
    if (info->initialLayout != VK_IMAGE_LAYOUT_UNDEFINED &&
        info->initialLayout != VK_IMAGE_LAYOUT_PREINITIALIZED) {
        model__breach("00993", "an image starts in layout %d", (int)info->initialLayout);
        return false;
    }
    check_sharing(model__device_config(device), info->sharingMode, info->queueFamilyIndexCount,
                  info->pQueueFamilyIndices, "00942");
    return check_planar(info) && check_image_external(device, info) &&
           model__check_modifiers(device, info);
}

static VKAPI_ATTR VkResult VKAPI_CALL create_image(VkDevice device,
                                                   const VkImageCreateInfo *pCreateInfo,
                                                   const VkAllocationCallbacks *pAllocator,
                                                   VkImage *pImage)
{
    VkResult result = model__enter("vkCreateImage", pCreateInfo);
    struct model_device *owner = model__device(device);
    struct model_image *image;

    if (result == VK_SUCCESS) {
        if (!owner || !check_image(owner, pCreateInfo)) {
            result = VK_ERROR_UNKNOWN;
        } else {
            image = model__new_object(MODEL_IMAGE, sizeof *image, owner, pAllocator);
            result = image ? VK_SUCCESS : VK_ERROR_OUT_OF_HOST_MEMORY;
            if (image) {
                describe_image(owner, pCreateInfo, image);
                result = lay_out(owner, pCreateInfo, image);
            }
            if (result == VK_SUCCESS)
                result = model__make_surface(owner, pCreateInfo, image);
            if (result == VK_SUCCESS)
                *pImage = MODEL_HANDLE(VkImage, image);
            else if (image)
                model__delete_object(&image->object);
        }
    }
    model__garbage(result, pImage, sizeof *pImage);
    return model__leave(result);
}

static VKAPI_ATTR void VKAPI_CALL destroy_image(VkDevice device, VkImage image,
                                                const VkAllocationCallbacks *pAllocator)
{
    struct model_device *owner;
    struct model_image *doomed;

    model__enter_void("vkDestroyImage", NULL);
    owner = model__device(device);
    doomed = model__find_doomed(owner, MODEL_ID(image), MODEL_IMAGE, pAllocator);
    if (doomed) {
        model__drop_surface(doomed);
        model__delete_object(&doomed->object);
    }
    model__leave(VK_SUCCESS);
}

const struct model_command model__resource_commands[] = {
    MODEL_COMMAND("CreateBuffer", create_buffer, MODEL_OF_DEVICE, VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("DestroyBuffer", destroy_buffer, MODEL_OF_DEVICE, VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("CreateImage", create_image, MODEL_OF_DEVICE, VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("DestroyImage", destroy_image, MODEL_OF_DEVICE, VK_API_VERSION_1_0, NULL),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};

/* ---- for bind.c ---- */

bool model__blank_buffer(struct model_device *device, const VkBufferCreateInfo *info,
                         struct model_buffer *buffer)
{
    memset(buffer, 0, sizeof *buffer);
    if (!check_buffer(device, info))
        return false;
    describe_buffer(device, info, buffer);
    return true;
}

bool model__blank_image(struct model_device *device, const VkImageCreateInfo *info,
                        struct model_image *image)
{
    memset(image, 0, sizeof *image);
    if (!check_image(device, info))
        return false;
    describe_image(device, info, image);
    return lay_out(device, info, image) == VK_SUCCESS;
}
