/*
 * What Fuchsia puts into Vulkan's structs: VMOs, events and host pointers. Fills structs and calls
 * device commands only; no system call, so it compiles on every system.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <assert.h>

#include "fuchsia/vulkan.h"
#include "internal.h"

#define MEMORY_BIT(name)    VK_EXTERNAL_MEMORY_HANDLE_TYPE_##name
#define SEMAPHORE_BIT(name) VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_##name

static const char host_leaving[] =
    "It is an address of this process: share by a type that is a handle, such as ZIRCON_VMO.";

const struct vxm_handle_type vxm__handle_types[] = {
    {VXM_HANDLE_KIND_MEMORY,
     MEMORY_BIT(ZIRCON_VMO_BIT_FUCHSIA),
     "ZIRCON_VMO",
     VXM_TYPE_IMPORT_CONSUMES | VXM_TYPE_CLOSABLE | VXM_TYPE_PROPERTIES_QUERY |
         VXM_TYPE_PAYLOAD_SIZE | VXM_TYPE_SAME_DEDICATED | VXM_TYPE_FOREIGN,
     {VK_FUCHSIA_EXTERNAL_MEMORY_EXTENSION_NAME},
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
     SEMAPHORE_BIT(ZIRCON_EVENT_BIT_FUCHSIA),
     "ZIRCON_EVENT",
     VXM_TYPE_IMPORT_CONSUMES | VXM_TYPE_CLOSABLE | VXM_TYPE_BINARY_ONLY,
     {VK_FUCHSIA_EXTERNAL_SEMAPHORE_EXTENSION_NAME},
     0,
     NULL},
};
const uint32_t vxm__handle_type_count = sizeof(vxm__handle_types) / sizeof(vxm__handle_types[0]);

enum {
    GET_MEMORY_ZIRCON_HANDLE,
    GET_MEMORY_ZIRCON_HANDLE_PROPERTIES,
    GET_MEMORY_HOST_POINTER_PROPERTIES,
    GET_SEMAPHORE_ZIRCON_HANDLE,
    IMPORT_SEMAPHORE_ZIRCON_HANDLE,
    COMMAND_COUNT
};

const char *const vxm__backend_commands[COMMAND_COUNT] = {
    [GET_MEMORY_ZIRCON_HANDLE] = "vkGetMemoryZirconHandleFUCHSIA",
    [GET_MEMORY_ZIRCON_HANDLE_PROPERTIES] = "vkGetMemoryZirconHandlePropertiesFUCHSIA",
    [GET_MEMORY_HOST_POINTER_PROPERTIES] = "vkGetMemoryHostPointerPropertiesEXT",
    [GET_SEMAPHORE_ZIRCON_HANDLE] = "vkGetSemaphoreZirconHandleFUCHSIA",
    [IMPORT_SEMAPHORE_ZIRCON_HANDLE] = "vkImportSemaphoreZirconHandleFUCHSIA",
};
const uint32_t vxm__backend_command_count = COMMAND_COUNT;

static_assert(COMMAND_COUNT <= VXM_MAX_BACKEND_COMMANDS, "the device has room for every command");
static_assert(sizeof(VkImportMemoryZirconHandleInfoFUCHSIA) <= VXM_CHAIN_SIZE &&
                  sizeof(VkImportMemoryHostPointerInfoEXT) <= VXM_CHAIN_SIZE,
              "a plan has room for every import struct");
static_assert(sizeof(zx_handle_t) == sizeof(((VxmHandle *)0)->zircon),
              "a VxmHandle holds a handle of Zircon's");

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
        VkImportMemoryZirconHandleInfoFUCHSIA *info = storage;

        *info = (VkImportMemoryZirconHandleInfoFUCHSIA){
            .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_ZIRCON_HANDLE_INFO_FUCHSIA,
            .pNext = next,
            .handleType = (VkExternalMemoryHandleTypeFlagBits)handle->type,
            .handle = handle->zircon,
        };
    }
    return storage;
}

static VkResult ask_zircon_handle(VxmDevice device, const VxmHandle *handle, uint32_t *bits)
{
    PFN_vkGetMemoryZirconHandlePropertiesFUCHSIA get =
        (PFN_vkGetMemoryZirconHandlePropertiesFUCHSIA)
            device->backendCommands[GET_MEMORY_ZIRCON_HANDLE_PROPERTIES];
    VkMemoryZirconHandlePropertiesFUCHSIA properties = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ZIRCON_HANDLE_PROPERTIES_FUCHSIA};
    VkResult result;

    if (get == NULL) {
        return VK_ERROR_EXTENSION_NOT_PRESENT;
    }
    result = get(device->device, (VkExternalMemoryHandleTypeFlagBits)handle->type, handle->zircon,
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
                                         : ask_zircon_handle(device, handle, bits);
}

VkResult vxm__backend_get_memory_handle(VxmDevice device, VkDeviceMemory memory, VkImage image,
                                        uint32_t type, VxmHandle *handle)
{
    PFN_vkGetMemoryZirconHandleFUCHSIA get =
        (PFN_vkGetMemoryZirconHandleFUCHSIA)device->backendCommands[GET_MEMORY_ZIRCON_HANDLE];
    VkMemoryGetZirconHandleInfoFUCHSIA info = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_GET_ZIRCON_HANDLE_INFO_FUCHSIA,
        .memory = memory,
        .handleType = (VkExternalMemoryHandleTypeFlagBits)type,
    };
    zx_handle_t zircon = 0;
    VkResult result;

    (void)image;
    /* A host pointer goes in only: Vulkan has no command that gives one back. */
    if (is_host_pointer(type)) {
        return VK_ERROR_FEATURE_NOT_PRESENT;
    }
    if (get == NULL) {
        return VK_ERROR_EXTENSION_NOT_PRESENT;
    }
    result = get(device->device, &info, &zircon);
    if (result != VK_SUCCESS) {
        return result;
    }
    /* Said to have succeeded, but there is nothing to share. */
    if (zircon == 0) {
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    }
    *handle = (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = type, .zircon = zircon};
    return VK_SUCCESS;
}

VkResult vxm__backend_import_semaphore(VxmDevice device, VkSemaphore semaphore,
                                       const VxmHandle *handle, const wchar_t *name,
                                       VkSemaphoreImportFlags flags)
{
    PFN_vkImportSemaphoreZirconHandleFUCHSIA import =
        (PFN_vkImportSemaphoreZirconHandleFUCHSIA)
            device->backendCommands[IMPORT_SEMAPHORE_ZIRCON_HANDLE];
    VkImportSemaphoreZirconHandleInfoFUCHSIA info = {
        .sType = VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_ZIRCON_HANDLE_INFO_FUCHSIA,
        .semaphore = semaphore,
        .flags = flags,
        .handleType = (VkExternalSemaphoreHandleTypeFlagBits)handle->type,
        .zirconHandle = handle->zircon,
    };

    (void)name;
    return import != NULL ? import(device->device, &info) : VK_ERROR_EXTENSION_NOT_PRESENT;
}

VkResult vxm__backend_get_semaphore_handle(VxmDevice device, VkSemaphore semaphore, uint32_t type,
                                           VxmHandle *handle)
{
    PFN_vkGetSemaphoreZirconHandleFUCHSIA get =
        (PFN_vkGetSemaphoreZirconHandleFUCHSIA)device->backendCommands[GET_SEMAPHORE_ZIRCON_HANDLE];
    VkSemaphoreGetZirconHandleInfoFUCHSIA info = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_GET_ZIRCON_HANDLE_INFO_FUCHSIA,
        .semaphore = semaphore,
        .handleType = (VkExternalSemaphoreHandleTypeFlagBits)type,
    };
    zx_handle_t zircon = 0;
    VkResult result;

    if (get == NULL) {
        return VK_ERROR_EXTENSION_NOT_PRESENT;
    }
    result = get(device->device, &info, &zircon);
    if (result != VK_SUCCESS) {
        return result;
    }
    /* As of memory. */
    if (zircon == 0) {
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    }
    *handle = (VxmHandle){.kind = VXM_HANDLE_KIND_SEMAPHORE, .type = type, .zircon = zircon};
    return VK_SUCCESS;
}

const void *vxm__backend_keyed_mutex_chain(VxmKeyedMutexes *mutexes, const void *next)
{
    (void)mutexes;
    (void)next;
    return NULL;
}
