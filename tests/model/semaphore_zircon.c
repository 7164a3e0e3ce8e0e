/*
 * VK_FUCHSIA_external_semaphore: export and import of semaphores as events.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "fuchsia/vulkan.h"

#include "internal.h"

/* ZX_RIGHTS_BASIC and ZX_RIGHT_SIGNAL: to duplicate, transfer, wait for, inspect and signal it. */
#define RIGHTS (0x1u | 0x2u | 0x4000u | 0x8000u | 0x1000u)

const struct model_import model__import_semaphore_zircon = {
    .sType = VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_ZIRCON_HANDLE_INFO_FUCHSIA,
    .what = "Zircon handle",
    .vuidType = "04765",
    .vuidFeature = "importable",
    .vuidHandle = "04766",
    .vuidDevice = "device",
    .vuidPayload = "04768",
    .vuidTemporary = "04768",
    .vuidPending = "pending",
    .vuidGetType = "04762",
    .vuidGetExport = "04758",
    .vuidGetImport = "04759",
    .vuidGetBinary = "04763",
};

static VKAPI_ATTR VkResult VKAPI_CALL get_semaphore_handle(
    VkDevice device, const VkSemaphoreGetZirconHandleInfoFUCHSIA *pGetZirconHandleInfo,
    zx_handle_t *pZirconHandle)
{
    VkResult result = model__enter("vkGetSemaphoreZirconHandleFUCHSIA", pGetZirconHandleInfo);
    struct model_device *owner = model__device(device);
    const struct model_rule *rule;
    struct model_semaphore *semaphore = NULL;
    struct model_semaphore_payload *payload;

    if (result == VK_SUCCESS) {
        if (owner && model__require_extension(owner, "VK_FUCHSIA_external_semaphore") &&
            model__check_chain(owner, pGetZirconHandleInfo,
                               VK_STRUCTURE_TYPE_SEMAPHORE_GET_ZIRCON_HANDLE_INFO_FUCHSIA, NULL, 0))
            semaphore = model__exported_semaphore(
                owner, &model__import_semaphore_zircon, pGetZirconHandleInfo->semaphore,
                (uint32_t)pGetZirconHandleInfo->handleType, &rule);
        result = VK_ERROR_UNKNOWN;
    }
    if (semaphore) {
        payload = model__semaphore_payload(semaphore);
        result = model__give_zircon(payload->native, pZirconHandle);
        if (result == VK_SUCCESS)
            payload->elsewhere = true;
    }
    model__garbage(result, pZirconHandle, sizeof *pZirconHandle);
    return model__leave(result);
}

static VkResult import_event(struct model_device *device,
                             const struct model_semaphore_import *import)
{
    uint32_t rights = model__system.rights ? model__system.rights(import->native) : RIGHTS;

    /* Without any it isn't open, which is an error and no breach. */
    if (rights != 0 && (rights & RIGHTS) != RIGHTS) {
        model__breach("04767", "an event with the rights %#x of %#x", rights, RIGHTS);
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    }
    return model__import_semaphore(device, import);
}

static VKAPI_ATTR VkResult VKAPI_CALL import_semaphore_handle(
    VkDevice device,
    const VkImportSemaphoreZirconHandleInfoFUCHSIA *pImportSemaphoreZirconHandleInfo)
{
    VkResult result =
        model__enter("vkImportSemaphoreZirconHandleFUCHSIA", pImportSemaphoreZirconHandleInfo);
    struct model_device *owner = model__device(device);
    struct model_semaphore_import import = {
        .words = &model__import_semaphore_zircon,
        .semaphore = pImportSemaphoreZirconHandleInfo->semaphore,
        .flags = pImportSemaphoreZirconHandleInfo->flags,
        .handleType = (uint32_t)pImportSemaphoreZirconHandleInfo->handleType,
        .native = model__native_of_zircon(pImportSemaphoreZirconHandleInfo->zirconHandle),
    };

    if (result == VK_SUCCESS) {
        if (owner && model__require_extension(owner, "VK_FUCHSIA_external_semaphore") &&
            model__check_chain(owner, pImportSemaphoreZirconHandleInfo,
                               VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_ZIRCON_HANDLE_INFO_FUCHSIA, NULL,
                               0))
            result = import_event(owner, &import);
        else
            result = VK_ERROR_UNKNOWN;
    }
    if (result != VK_SUCCESS && model_config()->habits.closeFdOnFailedImport)
        model__native_close(import.native);
    return model__leave(result);
}

const struct model_command model__semaphore_zircon_commands[] = {
    MODEL_COMMAND("GetSemaphoreZirconHandleFUCHSIA", get_semaphore_handle, MODEL_OF_DEVICE, 0,
                  "VK_FUCHSIA_external_semaphore"),
    MODEL_COMMAND("ImportSemaphoreZirconHandleFUCHSIA", import_semaphore_handle, MODEL_OF_DEVICE, 0,
                  "VK_FUCHSIA_external_semaphore"),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};
