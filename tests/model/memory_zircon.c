/*
 * VK_FUCHSIA_external_memory: import and export of VMOs, and questions about them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "fuchsia/vulkan.h"

#include "internal.h"

static void read_info(const void *item, uint32_t *handleType, union model_native *native)
{
    const VkImportMemoryZirconHandleInfoFUCHSIA *info = item;

    *handleType = (uint32_t)info->handleType;
    *native = model__native_of_zircon(info->handle);
}

const struct model_import model__import_zircon = {
    .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_ZIRCON_HANDLE_INFO_FUCHSIA,
    .what = "Zircon handle",
    .read = read_info,
    .vuidType = "04771",
    .vuidFeature = "importable",
    .vuidHandle = "04772",
    .vuidDevice = "device",
    .vuidGetType = "04775",
    .vuidGetExport = "04776",
};

VkResult model__give_zircon(union model_native native, uint32_t *handle)
{
    union model_native given;
    VkResult result;

    if (model_config()->habits.exportNull) {
        *handle = 0;
        return VK_SUCCESS;
    }
    result = model__native_duplicate(native, false, &given);
    if (result == VK_SUCCESS)
        *handle = given.zircon;
    return result;
}

static VKAPI_ATTR VkResult VKAPI_CALL
get_memory_handle(VkDevice device, const VkMemoryGetZirconHandleInfoFUCHSIA *pGetZirconHandleInfo,
                  zx_handle_t *pZirconHandle)
{
    VkResult result = model__enter("vkGetMemoryZirconHandleFUCHSIA", pGetZirconHandleInfo);
    struct model_device *owner = model__device(device);
    const struct model_rule *rule;
    struct model_memory *memory = NULL;

    if (result == VK_SUCCESS) {
        if (owner && model__require_extension(owner, "VK_FUCHSIA_external_memory") &&
            model__check_chain(owner, pGetZirconHandleInfo,
                               VK_STRUCTURE_TYPE_MEMORY_GET_ZIRCON_HANDLE_INFO_FUCHSIA, NULL, 0))
            memory =
                model__exported_memory(owner, &model__import_zircon, pGetZirconHandleInfo->memory,
                                       (uint32_t)pGetZirconHandleInfo->handleType, &rule);
        result = memory ? model__give_zircon(memory->native, pZirconHandle) : VK_ERROR_UNKNOWN;
    }
    model__garbage(result, pZirconHandle, sizeof *pZirconHandle);
    return model__leave(result);
}

static VkResult do_properties(struct model_device *device, uint32_t handleType, uint32_t handle,
                              VkMemoryZirconHandlePropertiesFUCHSIA *pProperties)
{
    struct model_payload_info info;
    uint64_t identity[2];

    if (!model__queried_type(device, &model__import_zircon, handleType))
        return VK_ERROR_UNKNOWN;
    if (!model__native_read(model__native_of_zircon(handle), &info, identity) ||
        info.kind != MODEL_PAYLOAD_MEMORY || !(info.handleTypes & handleType))
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    device->queriedPayloads[device->queriedPayloadCount++ % MODEL_MAX_QUERIES] = identity[0];
    pProperties->memoryTypeBits =
        model_config()->habits.unlikelyTypeBits ? 0 : model__device_config(device)->dmaBufTypeBits;
    return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL get_properties(
    VkDevice device, VkExternalMemoryHandleTypeFlagBits handleType, zx_handle_t zirconHandle,
    VkMemoryZirconHandlePropertiesFUCHSIA *pMemoryZirconHandleProperties)
{
    VkResult result =
        model__enter("vkGetMemoryZirconHandlePropertiesFUCHSIA", pMemoryZirconHandleProperties);
    struct model_device *owner = model__device(device);

    if (result == VK_SUCCESS) {
        if (owner && model__require_extension(owner, "VK_FUCHSIA_external_memory") &&
            model__check_chain(owner, pMemoryZirconHandleProperties,
                               VK_STRUCTURE_TYPE_MEMORY_ZIRCON_HANDLE_PROPERTIES_FUCHSIA, NULL, 0))
            result = do_properties(owner, (uint32_t)handleType, zirconHandle,
                                   pMemoryZirconHandleProperties);
        else
            result = VK_ERROR_UNKNOWN;
    }
    return model__leave(result);
}

const struct model_command model__memory_zircon_commands[] = {
    MODEL_COMMAND("GetMemoryZirconHandleFUCHSIA", get_memory_handle, MODEL_OF_DEVICE, 0,
                  "VK_FUCHSIA_external_memory"),
    MODEL_COMMAND("GetMemoryZirconHandlePropertiesFUCHSIA", get_properties, MODEL_OF_DEVICE, 0,
                  "VK_FUCHSIA_external_memory"),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};
