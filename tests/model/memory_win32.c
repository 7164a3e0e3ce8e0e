/*
 * VK_KHR_external_memory_win32: import by handle, name or number, export, and questions about
 * natives.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "win32/vulkan.h"

#include "internal.h"

#include <wchar.h>

/* ---- import ---- */

static void read_info(const void *item, uint32_t *handleType, union model_native *native)
{
    const VkImportMemoryWin32HandleInfoKHR *info = item;

    *handleType = (uint32_t)info->handleType;
    *native = model__native_of_pointer(info->handle);
}

bool model__open_win32(const struct model_import *words, const struct model_rule *rule,
                       const void *handle, const wchar_t *name, union model_native *native,
                       bool *fresh)
{
    *native = model__native_of_pointer(handle);
    if (handle && name)
        model__breach(words->vuidBoth, "a handle and a name");
    else if (!handle && !name)
        model__breach(words->vuidNeither, "neither a handle nor a name");
    else if (name && !(rule->flags & MODEL_RULE_NAMES))
        model__breach(words->vuidName, "a name of type %s", rule->name);
    else if (name)
        *fresh = model__native_open_name(name, native);
    else if (rule->flags & MODEL_RULE_NUMBER)
        *fresh = model__native_open_number((uintptr_t)handle, native);
    else
        return true;
    return *fresh;
}

static bool open_info(const struct model_rule *rule, const void *item, union model_native *native,
                      bool *fresh)
{
    const VkImportMemoryWin32HandleInfoKHR *info = item;

    return model__open_win32(&model__import_win32, rule, info->handle, info->name, native, fresh);
}

const struct model_import model__import_win32 = {
    .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR,
    .what = "Win32 handle",
    .read = read_info,
    .open = open_info,
    .vuidType = "00660",
    .vuidFeature = "00658",
    .vuidHandle = "01518",
    .vuidDevice = "00659",
    .vuidBoth = "01441",
    .vuidNeither = "01440 00661",
    .vuidName = "01439",
    .vuidGetType = "00664",
    .vuidGetExport = "00662",
    .vuidGetAgain = "00663",
};

/* ---- export ---- */

bool model__read_export_name(const void *chain, uint32_t kind, uint32_t exportTypes,
                             wchar_t name[MODEL_MAX_NAME])
{
    const VkExportMemoryWin32HandleInfoKHR *memory =
        model__find_struct(chain, VK_STRUCTURE_TYPE_EXPORT_MEMORY_WIN32_HANDLE_INFO_KHR);
    const VkExportSemaphoreWin32HandleInfoKHR *semaphore =
        model__find_struct(chain, VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR);
    const wchar_t *given = NULL;

    name[0] = L'\0';
    if (kind == MODEL_PAYLOAD_MEMORY && memory) {
        if (!(exportTypes & VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT)) {
            model__breach("00657", "VkExportMemoryWin32HandleInfoKHR with the types %#x",
                          exportTypes);
            return false;
        }
        given = memory->name;
    }
    if (kind == MODEL_PAYLOAD_SEMAPHORE && semaphore) {
        if (!(exportTypes & (VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT |
                             VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT))) {
            model__breach("01125", "VkExportSemaphoreWin32HandleInfoKHR with the types %#x",
                          exportTypes);
            return false;
        }
        given = semaphore->name;
    }
    if (given && wcslen(given) >= MODEL_MAX_NAME) {
        model__breach("name", "a name of more than %d characters", MODEL_MAX_NAME - 1);
        return false;
    }
    if (given)
        wcscpy(name, given);
    return true;
}

VkResult model__give_win32(const struct model_rule *rule, union model_native native, void **handle)
{
    union model_native given;
    uintptr_t number;
    VkResult result;

    if (model_config()->habits.exportNull) {
        *handle = NULL;
        return VK_SUCCESS;
    }
    if (rule->flags & MODEL_RULE_NUMBER) {
        number = model__native_number(native);
        if (number)
            *handle = model__native_of_pointer((const void *)number).pointer;
        return number ? VK_SUCCESS : VK_ERROR_TOO_MANY_OBJECTS;
    }
    result = model__native_duplicate(native, false, &given);
    if (result == VK_SUCCESS)
        *handle = given.pointer;
    return result;
}

static VkResult do_get_handle(struct model_device *device,
                              const VkMemoryGetWin32HandleInfoKHR *info, HANDLE *pHandle)
{
    const struct model_rule *rule;
    struct model_memory *memory = model__exported_memory(device, &model__import_win32, info->memory,
                                                         (uint32_t)info->handleType, &rule);
    VkResult result;

    if (!memory)
        return VK_ERROR_UNKNOWN;
    result = model__give_win32(rule, memory->native, pHandle);
    if (result == VK_SUCCESS)
        memory->exportedTypes |= (uint32_t)info->handleType;
    return result;
}

static VKAPI_ATTR VkResult VKAPI_CALL get_memory_handle(
    VkDevice device, const VkMemoryGetWin32HandleInfoKHR *pGetWin32HandleInfo, HANDLE *pHandle)
{
    VkResult result = model__enter("vkGetMemoryWin32HandleKHR", pGetWin32HandleInfo);
    struct model_device *owner = model__device(device);

    if (result == VK_SUCCESS) {
        if (owner && model__require_extension(owner, "VK_KHR_external_memory_win32") &&
            model__check_chain(owner, pGetWin32HandleInfo,
                               VK_STRUCTURE_TYPE_MEMORY_GET_WIN32_HANDLE_INFO_KHR, NULL, 0))
            result = do_get_handle(owner, pGetWin32HandleInfo, pHandle);
        else
            result = VK_ERROR_UNKNOWN;
    }
    model__garbage(result, pHandle, sizeof *pHandle);
    return model__leave(result);
}

/* ---- questions ---- */

/* A Direct3D handle that Vulkan exported is answered too, beyond 00665: nobody can tell. */
static VkResult do_properties(struct model_device *device, uint32_t handleType, HANDLE handle,
                              VkMemoryWin32HandlePropertiesKHR *pProperties)
{
    const struct model_rule *rule = model__queried_type(device, &model__import_win32, handleType);
    union model_native native = model__native_of_pointer(handle);
    struct model_payload_info info;
    uint64_t identity[2];
    bool fresh = false, fits;

    if (!rule)
        return VK_ERROR_UNKNOWN;
    if (rule->flags & MODEL_RULE_NUMBER)
        fresh = model__native_open_number((uintptr_t)handle, &native);
    fits = model__native_read(native, &info, identity) && info.kind == MODEL_PAYLOAD_MEMORY &&
           (info.handleTypes & handleType);
    if (fresh)
        model__native_close(native);
    if (!fits)
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    pProperties->memoryTypeBits =
        model_config()->habits.unlikelyTypeBits ? 0 : model__device_config(device)->dmaBufTypeBits;
    return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL
get_properties(VkDevice device, VkExternalMemoryHandleTypeFlagBits handleType, HANDLE handle,
               VkMemoryWin32HandlePropertiesKHR *pMemoryWin32HandleProperties)
{
    VkResult result =
        model__enter("vkGetMemoryWin32HandlePropertiesKHR", pMemoryWin32HandleProperties);
    struct model_device *owner = model__device(device);

    if (result == VK_SUCCESS) {
        if (owner && model__require_extension(owner, "VK_KHR_external_memory_win32") &&
            model__check_chain(owner, pMemoryWin32HandleProperties,
                               VK_STRUCTURE_TYPE_MEMORY_WIN32_HANDLE_PROPERTIES_KHR, NULL, 0))
            result =
                do_properties(owner, (uint32_t)handleType, handle, pMemoryWin32HandleProperties);
        else
            result = VK_ERROR_UNKNOWN;
    }
    return model__leave(result);
}

const struct model_command model__memory_win32_commands[] = {
    MODEL_COMMAND("GetMemoryWin32HandleKHR", get_memory_handle, MODEL_OF_DEVICE, 0,
                  "VK_KHR_external_memory_win32"),
    MODEL_COMMAND("GetMemoryWin32HandlePropertiesKHR", get_properties, MODEL_OF_DEVICE, 0,
                  "VK_KHR_external_memory_win32"),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};
