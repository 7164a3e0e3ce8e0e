/*
 * What POSIX systems put into Vulkan's structs: file descriptors and host pointers. Fills structs
 * and calls device commands only; no system call, so it compiles on every system.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <assert.h>

#include "internal.h"

#define MEMORY_BIT(name)    VK_EXTERNAL_MEMORY_HANDLE_TYPE_##name
#define SEMAPHORE_BIT(name) VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_##name

static const char host_leaving[] =
    "It is an address of this process: share by a type that is a handle, such as OPAQUE_FD.";

const struct vxm_handle_type vxm__handle_types[] = {
    {VXM_HANDLE_KIND_MEMORY,
     MEMORY_BIT(OPAQUE_FD_BIT),
     "OPAQUE_FD",
     VXM_TYPE_IMPORT_CONSUMES | VXM_TYPE_CLOSABLE | VXM_TYPE_SAME_DRIVER | VXM_TYPE_SAME_DEVICE |
         VXM_TYPE_EXACT_ALLOCATION | VXM_TYPE_SAME_DEDICATED | VXM_TYPE_DEDICATED_WANTED,
     {VK_KHR_EXTERNAL_MEMORY_FD_EXTENSION_NAME},
     0,
     NULL},
    {VXM_HANDLE_KIND_MEMORY,
     MEMORY_BIT(DMA_BUF_BIT_EXT),
     "DMA_BUF",
     VXM_TYPE_IMPORT_CONSUMES | VXM_TYPE_CLOSABLE | VXM_TYPE_PROPERTIES_QUERY |
         VXM_TYPE_PAYLOAD_SIZE | VXM_TYPE_ONE_PAYLOAD | VXM_TYPE_FOREIGN,
     {VK_KHR_EXTERNAL_MEMORY_FD_EXTENSION_NAME, VK_EXT_EXTERNAL_MEMORY_DMA_BUF_EXTENSION_NAME},
     0,
     NULL},
    {VXM_HANDLE_KIND_MEMORY,
     MEMORY_BIT(HOST_ALLOCATION_BIT_EXT),
     "HOST_ALLOCATION",
     VXM_TYPE_PROPERTIES_QUERY | VXM_TYPE_HOST_POINTER | VXM_TYPE_LOCAL |
         VXM_TYPE_DEDICATED_FORBIDDEN,
     {VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME},
     0,
     host_leaving},
    {VXM_HANDLE_KIND_MEMORY,
     MEMORY_BIT(HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT),
     "HOST_MAPPED_FOREIGN_MEMORY",
     VXM_TYPE_PROPERTIES_QUERY | VXM_TYPE_HOST_POINTER | VXM_TYPE_LOCAL |
         VXM_TYPE_DEDICATED_FORBIDDEN,
     {VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME},
     0,
     host_leaving},
    {VXM_HANDLE_KIND_SEMAPHORE,
     SEMAPHORE_BIT(OPAQUE_FD_BIT),
     "OPAQUE_FD",
     VXM_TYPE_IMPORT_CONSUMES | VXM_TYPE_CLOSABLE | VXM_TYPE_SAME_DRIVER | VXM_TYPE_SAME_DEVICE,
     {VK_KHR_EXTERNAL_SEMAPHORE_FD_EXTENSION_NAME},
     0,
     NULL},
    {VXM_HANDLE_KIND_SEMAPHORE,
     SEMAPHORE_BIT(SYNC_FD_BIT),
     "SYNC_FD",
     VXM_TYPE_IMPORT_CONSUMES | VXM_TYPE_CLOSABLE | VXM_TYPE_PAYLOAD_COPY | VXM_TYPE_BINARY_ONLY,
     {VK_KHR_EXTERNAL_SEMAPHORE_FD_EXTENSION_NAME},
     0,
     NULL},
};
const uint32_t vxm__handle_type_count = sizeof(vxm__handle_types) / sizeof(vxm__handle_types[0]);

enum {
    GET_MEMORY_FD,
    GET_MEMORY_FD_PROPERTIES,
    GET_MEMORY_HOST_POINTER_PROPERTIES,
    GET_SEMAPHORE_FD,
    IMPORT_SEMAPHORE_FD,
    COMMAND_COUNT
};

const char *const vxm__backend_commands[COMMAND_COUNT] = {
    [GET_MEMORY_FD] = "vkGetMemoryFdKHR",
    [GET_MEMORY_FD_PROPERTIES] = "vkGetMemoryFdPropertiesKHR",
    [GET_MEMORY_HOST_POINTER_PROPERTIES] = "vkGetMemoryHostPointerPropertiesEXT",
    [GET_SEMAPHORE_FD] = "vkGetSemaphoreFdKHR",
    [IMPORT_SEMAPHORE_FD] = "vkImportSemaphoreFdKHR",
};
const uint32_t vxm__backend_command_count = COMMAND_COUNT;

static_assert(COMMAND_COUNT <= VXM_MAX_BACKEND_COMMANDS, "the device has room for every command");
static_assert(sizeof(VkImportMemoryFdInfoKHR) <= VXM_CHAIN_SIZE &&
                  sizeof(VkImportMemoryHostPointerInfoEXT) <= VXM_CHAIN_SIZE,
              "a plan has room for every import struct");

static bool is_host_pointer(uint32_t type)
{
    return type == VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT ||
           type == VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT;
}

const void *vxm__backend_instance_chain(void *storage, const void *next)
{
    (void)storage;
    return next;
}

bool vxm__backend_instance_declares(const void *next)
{
    (void)next;
    return false;
}

const void *vxm__backend_image_chain(uint32_t exportTypes, const VxmHandle *import, void *storage,
                                     const void *next)
{
    (void)exportTypes;
    (void)import;
    (void)storage;
    return next;
}

const void *vxm__backend_semaphore_chain(uint32_t exportTypes, const VxmHandle *import,
                                         void *storage, const void *next)
{
    (void)exportTypes;
    (void)import;
    (void)storage;
    return next;
}

void *vxm__backend_native_device(VxmDevice device)
{
    (void)device;
    return NULL;
}

const char *vxm__backend_misplaced(const VkBaseInStructure *chained, VxmHandleKind kind,
                                   uint32_t types)
{
    (void)chained;
    (void)kind;
    (void)types;
    return NULL;
}

const void *vxm__backend_import_chain(const VxmHandle *handle, const wchar_t *name, void *storage,
                                      const void *next)
{
    (void)name;
    if (is_host_pointer(handle->type)) {
        VkImportMemoryHostPointerInfoEXT *info = storage;

        *info = (VkImportMemoryHostPointerInfoEXT){
            .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT,
            .pNext = next,
            .handleType = (VkExternalMemoryHandleTypeFlagBits)handle->type,
            .pHostPointer = handle->ptr,
        };
    } else {
        VkImportMemoryFdInfoKHR *info = storage;

        *info = (VkImportMemoryFdInfoKHR){
            .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR,
            .pNext = next,
            .handleType = (VkExternalMemoryHandleTypeFlagBits)handle->type,
            .fd = handle->fd,
        };
    }
    return storage;
}

static VkResult ask_fd(VxmDevice device, const VxmHandle *handle, uint32_t *bits)
{
    PFN_vkGetMemoryFdPropertiesKHR get =
        (PFN_vkGetMemoryFdPropertiesKHR)device->backendCommands[GET_MEMORY_FD_PROPERTIES];
    VkMemoryFdPropertiesKHR properties = {.sType = VK_STRUCTURE_TYPE_MEMORY_FD_PROPERTIES_KHR};
    VkResult result;

    if (get == NULL) {
        return VK_ERROR_EXTENSION_NOT_PRESENT;
    }
    result = get(device->device, (VkExternalMemoryHandleTypeFlagBits)handle->type, handle->fd,
                 &properties);
    if (result == VK_SUCCESS) {
        *bits = properties.memoryTypeBits;
    }
    return result;
}

static VkResult ask_host_pointer(VxmDevice device, const VxmHandle *handle, uint32_t *bits)
{
    PFN_vkGetMemoryHostPointerPropertiesEXT get =
        (PFN_vkGetMemoryHostPointerPropertiesEXT)
            device->backendCommands[GET_MEMORY_HOST_POINTER_PROPERTIES];
    VkMemoryHostPointerPropertiesEXT properties = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_HOST_POINTER_PROPERTIES_EXT};
    VkResult result;

    if (get == NULL) {
        return VK_ERROR_EXTENSION_NOT_PRESENT;
    }
    result = get(device->device, (VkExternalMemoryHandleTypeFlagBits)handle->type, handle->ptr,
                 &properties);
    if (result == VK_SUCCESS) {
        *bits = properties.memoryTypeBits;
    }
    return result;
}

VkResult vxm__backend_memory_type_bits(VxmDevice device, const VxmHandle *handle, uint32_t *bits)
{
    return is_host_pointer(handle->type) ? ask_host_pointer(device, handle, bits)
                                         : ask_fd(device, handle, bits);
}

VkResult vxm__backend_get_memory_handle(VxmDevice device, VkDeviceMemory memory, VkImage image,
                                        uint32_t type, VxmHandle *handle)
{
    PFN_vkGetMemoryFdKHR get = (PFN_vkGetMemoryFdKHR)device->backendCommands[GET_MEMORY_FD];
    VkMemoryGetFdInfoKHR info = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_GET_FD_INFO_KHR,
        .memory = memory,
        .handleType = (VkExternalMemoryHandleTypeFlagBits)type,
    };
    int fd = -1;
    VkResult result;

    (void)image;
    /* A host pointer goes in only: Vulkan has no command that gives one back. */
    if (is_host_pointer(type)) {
        return VK_ERROR_FEATURE_NOT_PRESENT;
    }
    if (get == NULL) {
        return VK_ERROR_EXTENSION_NOT_PRESENT;
    }
    result = get(device->device, &info, &fd);
    if (result != VK_SUCCESS) {
        return result;
    }
    /* Said to have succeeded, but there is nothing to share. */
    if (fd < 0) {
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    }
    *handle = (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = type, .fd = fd};
    return VK_SUCCESS;
}

VkResult vxm__backend_import_semaphore(VxmDevice device, VkSemaphore semaphore,
                                       const VxmHandle *handle, const wchar_t *name,
                                       VkSemaphoreImportFlags flags)
{
    PFN_vkImportSemaphoreFdKHR import =
        (PFN_vkImportSemaphoreFdKHR)device->backendCommands[IMPORT_SEMAPHORE_FD];
    VkImportSemaphoreFdInfoKHR info = {
        .sType = VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_FD_INFO_KHR,
        .semaphore = semaphore,
        .flags = flags,
        .handleType = (VkExternalSemaphoreHandleTypeFlagBits)handle->type,
        .fd = handle->fd,
    };

    (void)name;
    return import != NULL ? import(device->device, &info) : VK_ERROR_EXTENSION_NOT_PRESENT;
}

VkResult vxm__backend_get_semaphore_handle(VxmDevice device, VkSemaphore semaphore, uint32_t type,
                                           VxmHandle *handle)
{
    PFN_vkGetSemaphoreFdKHR get =
        (PFN_vkGetSemaphoreFdKHR)device->backendCommands[GET_SEMAPHORE_FD];
    VkSemaphoreGetFdInfoKHR info = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_GET_FD_INFO_KHR,
        .semaphore = semaphore,
        .handleType = (VkExternalSemaphoreHandleTypeFlagBits)type,
    };
    int fd = -1;
    VkResult result;

    if (get == NULL) {
        return VK_ERROR_EXTENSION_NOT_PRESENT;
    }
    result = get(device->device, &info, &fd);
    if (result != VK_SUCCESS) {
        return result;
    }
    /* A sync fd of -1 means "already signalled"; of any other type there must be one. */
    if (fd < (type == VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT ? -1 : 0)) {
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    }
    *handle = (VxmHandle){.kind = VXM_HANDLE_KIND_SEMAPHORE, .type = type, .fd = fd};
    return VK_SUCCESS;
}

const void *vxm__backend_keyed_mutex_chain(VxmKeyedMutexes *mutexes, const void *next)
{
    (void)mutexes;
    (void)next;
    return NULL;
}
