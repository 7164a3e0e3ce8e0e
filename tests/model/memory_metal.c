/*
 * VK_EXT_external_memory_metal: import and export of Metal objects, and questions about them. A
 * handle is a counted reference: the getter gives none of its own, and an import takes its own.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "metal/vulkan.h"

#include "internal.h"

#include <string.h>

static void read_info(const void *item, uint32_t *handleType, union model_native *native)
{
    const VkImportMemoryMetalHandleInfoEXT *info = item;

    *handleType = (uint32_t)info->handleType;
    *native = model__native_of_pointer(info->handle);
}

static void check_texture(const struct model_rule *rule, const struct model_payload_info *payload,
                          const struct model_image *image)
{
    const ModelImageFacts *facts = &payload->image;

    if (rule->handleType != VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLTEXTURE_BIT_EXT)
        return;
    if (!image)
        model__breach("10395", "an import of an MTLTEXTURE that is not dedicated to an image");
    else if (facts->width != image->extent.width || facts->height != image->extent.height ||
             facts->arrayLayers != image->arrayLayers || facts->mipLevels != image->mipLevels)
        model__breach("10396",
                      "the texture has %ux%u texels, %u layers and %u mips, the image %ux%u, %u "
                      "and %u",
                      facts->width, facts->height, facts->arrayLayers, facts->mipLevels,
                      image->extent.width, image->extent.height, image->arrayLayers,
                      image->mipLevels);
    else if (facts->format != image->format)
        model__breach("format", "the texture has format %d, the image %d", (int)facts->format,
                      (int)image->format);
}

const struct model_import model__import_metal = {
    .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_METAL_HANDLE_INFO_EXT,
    .what = "Metal object",
    .read = read_info,
    .check = check_texture,
    .vuidType = "10410",
    .vuidFeature = "10408",
    .vuidHandle = "10409",
    .vuidDevice = "device",
    .vuidGetType = "10414",
    .vuidGetExport = "10413",
};

ModelImageFacts model__image_facts(const struct model_image *image)
{
    return (ModelImageFacts){.width = image->extent.width,
                             .height = image->extent.height,
                             .depth = image->extent.depth,
                             .mipLevels = image->mipLevels,
                             .arrayLayers = image->arrayLayers,
                             .samples = image->samples,
                             .format = image->format};
}

static VKAPI_ATTR VkResult VKAPI_CALL get_memory_handle(
    VkDevice device, const VkMemoryGetMetalHandleInfoEXT *pGetMetalHandleInfo, void **pHandle)
{
    VkResult result = model__enter("vkGetMemoryMetalHandleEXT", pGetMetalHandleInfo);
    struct model_device *owner = model__device(device);
    const struct model_rule *rule;
    struct model_memory *memory = NULL;

    if (result == VK_SUCCESS) {
        if (owner && model__require_extension(owner, "VK_EXT_external_memory_metal") &&
            model__check_chain(owner, pGetMetalHandleInfo,
                               VK_STRUCTURE_TYPE_MEMORY_GET_METAL_HANDLE_INFO_EXT, NULL, 0))
            memory =
                model__exported_memory(owner, &model__import_metal, pGetMetalHandleInfo->memory,
                                       (uint32_t)pGetMetalHandleInfo->handleType, &rule);
        result = memory ? VK_SUCCESS : VK_ERROR_UNKNOWN;
    }
    if (memory)
        *pHandle = model_config()->habits.exportNull ? NULL : memory->native.pointer;
    model__garbage(result, pHandle, sizeof *pHandle);
    return model__leave(result);
}

static VkResult do_properties(struct model_device *device, uint32_t handleType, const void *handle,
                              VkMemoryMetalHandlePropertiesEXT *pProperties)
{
    struct model_payload_info info;
    uint64_t identity[2];

    if (!model__queried_type(device, &model__import_metal, handleType))
        return VK_ERROR_UNKNOWN;
    if (!model__native_read(model__native_of_pointer(handle), &info, identity) ||
        info.kind != MODEL_PAYLOAD_MEMORY || !(info.handleTypes & handleType)) {
        model__breach("10416", "the properties of what is no object of that class");
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    }
    device->queriedPayloads[device->queriedPayloadCount++ % MODEL_MAX_QUERIES] = identity[0];
    pProperties->memoryTypeBits =
        model_config()->habits.unlikelyTypeBits ? 0 : model__device_config(device)->dmaBufTypeBits;
    return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL
get_properties(VkDevice device, VkExternalMemoryHandleTypeFlagBits handleType, const void *pHandle,
               VkMemoryMetalHandlePropertiesEXT *pMemoryMetalHandleProperties)
{
    VkResult result =
        model__enter("vkGetMemoryMetalHandlePropertiesEXT", pMemoryMetalHandleProperties);
    struct model_device *owner = model__device(device);

    if (result == VK_SUCCESS) {
        if (owner && model__require_extension(owner, "VK_EXT_external_memory_metal") &&
            model__check_chain(owner, pMemoryMetalHandleProperties,
                               VK_STRUCTURE_TYPE_MEMORY_METAL_HANDLE_PROPERTIES_EXT, NULL, 0))
            result =
                do_properties(owner, (uint32_t)handleType, pHandle, pMemoryMetalHandleProperties);
        else
            result = VK_ERROR_UNKNOWN;
    }
    return model__leave(result);
}

const struct model_command model__memory_metal_commands[] = {
    MODEL_COMMAND("GetMemoryMetalHandleEXT", get_memory_handle, MODEL_OF_DEVICE, 0,
                  "VK_EXT_external_memory_metal"),
    MODEL_COMMAND("GetMemoryMetalHandlePropertiesEXT", get_properties, MODEL_OF_DEVICE, 0,
                  "VK_EXT_external_memory_metal"),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};

/* ---- for tests ---- */

/* More than any format of the model's needs for that many texels. */
static uint64_t size_of(const ModelImageFacts *image)
{
    return (uint64_t)image->width * image->height * image->depth * image->arrayLayers * 16 * 2 +
           65536;
}

bool model_make_foreign_image(uint32_t handleType, uint32_t deviceIndex,
                              const ModelImageFacts *image, union model_native *native)
{
    const ModelDeviceConfig *device = &model_config()->devices[deviceIndex];
    struct model_payload_info info = {0};
    bool made;

    info.kind = MODEL_PAYLOAD_MEMORY;
    info.handleTypes = handleType;
    info.size = size_of(image);
    info.foreign = true;
    info.image = *image;
    memcpy(info.deviceUUID, device->deviceUUID, VK_UUID_SIZE);
    memcpy(info.driverUUID, device->driverUUID, VK_UUID_SIZE);
    model__lock();
    made = model__native_create(&info, native) == VK_SUCCESS;
    model__unlock();
    return made;
}
