/*
 * VK_KHR_external_semaphore_win32: export and import of semaphores.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "win32/vulkan.h"

#include "internal.h"

const struct model_import model__import_semaphore_win32 = {
    .sType = VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR,
    .what = "Win32 handle",
    .vuidType = "01140",
    .vuidFeature = "importable",
    .vuidHandle = "01542",
    .vuidDevice = "01542",
    .vuidPayload = "03262",
    .vuidTemporary = "03322",
    .vuidPending = "pending",
    .vuidBoth = "01469",
    .vuidNeither = "01467 01468",
    .vuidName = "01466",
    .vuidGetType = "01131",
    .vuidGetExport = "01126",
    .vuidGetImport = "01128",
    .vuidGetAgain = "01127",
    .vuidGetBinary = "01126",
    .vuidGetPending = "01130",
};

static VkResult do_get_handle(struct model_device *device,
                              const VkSemaphoreGetWin32HandleInfoKHR *info, HANDLE *pHandle)
{
    const struct model_rule *rule;
    struct model_semaphore *semaphore = model__exported_semaphore(
        device, &model__import_semaphore_win32, info->semaphore, (uint32_t)info->handleType, &rule);
    struct model_semaphore_payload *payload;
    VkResult result;

    if (!semaphore)
        return VK_ERROR_UNKNOWN;
    payload = model__semaphore_payload(semaphore);
    result = model__give_win32(rule, payload->native, pHandle);
    if (result == VK_SUCCESS) {
        payload->elsewhere = true;
        payload->exportedTypes |= (uint32_t)info->handleType;
    }
    return result;
}

static VKAPI_ATTR VkResult VKAPI_CALL get_semaphore_handle(
    VkDevice device, const VkSemaphoreGetWin32HandleInfoKHR *pGetWin32HandleInfo, HANDLE *pHandle)
{
    VkResult result = model__enter("vkGetSemaphoreWin32HandleKHR", pGetWin32HandleInfo);
    struct model_device *owner = model__device(device);

    if (result == VK_SUCCESS) {
        if (owner && model__require_extension(owner, "VK_KHR_external_semaphore_win32") &&
            model__check_chain(owner, pGetWin32HandleInfo,
                               VK_STRUCTURE_TYPE_SEMAPHORE_GET_WIN32_HANDLE_INFO_KHR, NULL, 0))
            result = do_get_handle(owner, pGetWin32HandleInfo, pHandle);
        else
            result = VK_ERROR_UNKNOWN;
    }
    model__garbage(result, pHandle, sizeof *pHandle);
    return model__leave(result);
}

static VkResult do_import(struct model_device *device,
                          const VkImportSemaphoreWin32HandleInfoKHR *info)
{
    const struct model_rule *rule = model__semaphore_rule((uint32_t)info->handleType);
    struct model_semaphore_import import = {
        .words = &model__import_semaphore_win32,
        .semaphore = info->semaphore,
        .flags = info->flags,
        .handleType = (uint32_t)info->handleType,
        .native = model__native_of_pointer(info->handle),
    };

    if (rule && rule->import == import.words->sType &&
        !model__open_win32(import.words, rule, info->handle, info->name, &import.native,
                           &import.fresh))
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    return model__import_semaphore(device, &import);
}

static VKAPI_ATTR VkResult VKAPI_CALL import_semaphore_handle(
    VkDevice device, const VkImportSemaphoreWin32HandleInfoKHR *pImportSemaphoreWin32HandleInfo)
{
    VkResult result =
        model__enter("vkImportSemaphoreWin32HandleKHR", pImportSemaphoreWin32HandleInfo);
    struct model_device *owner = model__device(device);

    if (result == VK_SUCCESS) {
        if (owner && model__require_extension(owner, "VK_KHR_external_semaphore_win32") &&
            model__check_chain(owner, pImportSemaphoreWin32HandleInfo,
                               VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR, NULL, 0))
            result = do_import(owner, pImportSemaphoreWin32HandleInfo);
        else
            result = VK_ERROR_UNKNOWN;
    }
    return model__leave(result);
}

const struct model_command model__semaphore_win32_commands[] = {
    MODEL_COMMAND("GetSemaphoreWin32HandleKHR", get_semaphore_handle, MODEL_OF_DEVICE, 0,
                  "VK_KHR_external_semaphore_win32"),
    MODEL_COMMAND("ImportSemaphoreWin32HandleKHR", import_semaphore_handle, MODEL_OF_DEVICE, 0,
                  "VK_KHR_external_semaphore_win32"),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};
