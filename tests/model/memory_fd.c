/*
 * VK_KHR_external_memory_fd and VK_EXT_external_memory_host: export, and questions about natives.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

static void read_fd(const void *item, uint32_t *handleType, union model_native *native)
{
    const VkImportMemoryFdInfoKHR *info = item;

    *handleType = (uint32_t)info->handleType;
    *native = model__native_of_fd(info->fd);
}

const struct model_import model__import_fd = {
    .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR,
    .what = "fd",
    .read = read_fd,
    .vuidType = "00669",
    .vuidFeature = "00667",
    .vuidHandle = "00668",
    .vuidDevice = "01746",
    .vuidGetType = "00672",
    .vuidGetExport = "00671",
};

static void read_host_pointer(const void *item, uint32_t *handleType, union model_native *native)
{
    const VkImportMemoryHostPointerInfoEXT *info = item;

    *handleType = (uint32_t)info->handleType;
    *native = model__native_of_pointer(info->pHostPointer);
}

const struct model_import model__import_host_pointer = {
    .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT,
    .what = "host pointer",
    .read = read_host_pointer,
    .hostPointer = true,
    .vuidType = "01748",
    .vuidFeature = "01748",
};

static VkResult do_get_fd(struct model_device *device, const VkMemoryGetFdInfoKHR *info, int *pFd)
{
    const ModelHabits *habits = &model_config()->habits;
    const struct model_rule *rule;
    struct model_memory *memory = model__exported_memory(device, &model__import_fd, info->memory,
                                                         (uint32_t)info->handleType, &rule);
    union model_native native;
    VkResult result;

    if (!memory)
        return VK_ERROR_UNKNOWN;
    if (habits->exportMinusOne) {
        *pFd = -1;
        return VK_SUCCESS;
    }
    result = model__native_duplicate(memory->native, habits->exportWithoutCloexec, &native);
    if (result == VK_SUCCESS)
        *pFd = native.fd;
    return result;
}

static VKAPI_ATTR VkResult VKAPI_CALL get_memory_fd(VkDevice device,
                                                    const VkMemoryGetFdInfoKHR *pGetFdInfo,
                                                    int *pFd)
{
    VkResult result = model__enter("vkGetMemoryFdKHR", pGetFdInfo);
    struct model_device *owner = model__device(device);

    if (result == VK_SUCCESS) {
        if (owner && model__require_extension(owner, "VK_KHR_external_memory_fd") &&
            model__check_chain(owner, pGetFdInfo, VK_STRUCTURE_TYPE_MEMORY_GET_FD_INFO_KHR, NULL,
                               0))
            result = do_get_fd(owner, pGetFdInfo, pFd);
        else
            result = VK_ERROR_UNKNOWN;
    }
    model__garbage(result, pFd, sizeof *pFd);
    return model__leave(result);
}

static VkResult do_fd_properties(struct model_device *device, uint32_t handleType, int fd,
                                 VkMemoryFdPropertiesKHR *pProperties)
{
    struct model_payload_info info;
    uint64_t identity[2];

    if (!model__queried_type(device, &model__import_fd, handleType))
        return VK_ERROR_UNKNOWN;
    if (!model__native_read(model__native_of_fd(fd), &info, identity) ||
        info.kind != MODEL_PAYLOAD_MEMORY || !(info.handleTypes & handleType))
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    pProperties->memoryTypeBits =
        model_config()->habits.unlikelyTypeBits ? 0 : model__device_config(device)->dmaBufTypeBits;
    return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL
get_fd_properties(VkDevice device, VkExternalMemoryHandleTypeFlagBits handleType, int fd,
                  VkMemoryFdPropertiesKHR *pMemoryFdProperties)
{
    VkResult result = model__enter("vkGetMemoryFdPropertiesKHR", pMemoryFdProperties);
    struct model_device *owner = model__device(device);

    if (result == VK_SUCCESS) {
        if (owner && model__require_extension(owner, "VK_KHR_external_memory_fd") &&
            model__check_chain(owner, pMemoryFdProperties,
                               VK_STRUCTURE_TYPE_MEMORY_FD_PROPERTIES_KHR, NULL, 0))
            result = do_fd_properties(owner, (uint32_t)handleType, fd, pMemoryFdProperties);
        else
            result = VK_ERROR_UNKNOWN;
    }
    return model__leave(result);
}

static VkResult do_host_properties(struct model_device *device, uint32_t handleType,
                                   const void *pointer,
                                   VkMemoryHostPointerPropertiesEXT *pProperties)
{
    const ModelDeviceConfig *config = model__device_config(device);
    const struct model_rule *rule = model__memory_rule(handleType);

    if (!rule || rule->import != VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT) {
        model__breach("01752", "handle type %#x is no host pointer", handleType);
        return VK_ERROR_UNKNOWN;
    }
    if ((uintptr_t)pointer % config->minImportedHostPointerAlignment != 0) {
        model__breach("01753", "the pointer is no multiple of %llu",
                      (unsigned long long)config->minImportedHostPointerAlignment);
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    }
    if (!model__range_mapped(pointer, 1))
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    device->queriedPointers[device->queriedPointerCount++ % MODEL_MAX_QUERIES] = pointer;
    pProperties->memoryTypeBits =
        model_config()->habits.unlikelyTypeBits ? 0 : config->hostTypeBits;
    return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL
get_host_properties(VkDevice device, VkExternalMemoryHandleTypeFlagBits handleType,
                    const void *pHostPointer, VkMemoryHostPointerPropertiesEXT *pProperties)
{
    VkResult result = model__enter("vkGetMemoryHostPointerPropertiesEXT", pProperties);
    struct model_device *owner = model__device(device);

    if (result == VK_SUCCESS) {
        if (owner && model__require_extension(owner, "VK_EXT_external_memory_host") &&
            model__check_chain(owner, pProperties,
                               VK_STRUCTURE_TYPE_MEMORY_HOST_POINTER_PROPERTIES_EXT, NULL, 0))
            result = do_host_properties(owner, (uint32_t)handleType, pHostPointer, pProperties);
        else
            result = VK_ERROR_UNKNOWN;
    }
    return model__leave(result);
}

const struct model_command model__memory_fd_commands[] = {
    MODEL_COMMAND("GetMemoryFdKHR", get_memory_fd, MODEL_OF_DEVICE, 0, "VK_KHR_external_memory_fd"),
    MODEL_COMMAND("GetMemoryFdPropertiesKHR", get_fd_properties, MODEL_OF_DEVICE, 0,
                  "VK_KHR_external_memory_fd"),
    MODEL_COMMAND("GetMemoryHostPointerPropertiesEXT", get_host_properties, MODEL_OF_DEVICE, 0,
                  "VK_EXT_external_memory_host"),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};

/* ---- for tests ---- */

int model_make_dma_buf(uint64_t size)
{
    union model_native native;

    if (!model_make_foreign(VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT, size, &native))
        return -1;
    return native.fd;
}

bool model_is_payload(int fd)
{
    return model_is_payload_native(model__native_of_fd(fd));
}

int model_memory_fd(VkDeviceMemory memory)
{
    union model_native native;

    return model_memory_native(memory, &native) ? native.fd : -1;
}
