/*
 * What Metal's systems put into Vulkan's structs: Metal objects, IOSurfaces and host pointers, all
 * of them pointers here. Fills structs and calls device commands only; no system call, so it
 * compiles on every system.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <assert.h>

#include "internal.h"

#include "metal/vulkan.h"

#define MEMORY_BIT(name)    VK_EXTERNAL_MEMORY_HANDLE_TYPE_##name
#define SEMAPHORE_BIT(name) VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_##name

static const char raw_leaving[] =
    "Metal can't open a buffer, texture or heap of another process. Share an image as IOSURFACE "
    "(IOSurfaceCreateMachPort() or IOSurfaceCreateXPCObject() on the handle) or as "
    "MTL_SHARED_TEXTURE, through an XPC connection of your own.";
static const char surface_leaving[] =
    "Mach ports don't go through sockets: make one with IOSurfaceCreateMachPort(), or an object "
    "with IOSurfaceCreateXPCObject(), and send that through a connection of your own, beside what "
    "vxmEncodeShared() gives.";
static const char texture_leaving[] =
    "An MTLSharedTextureHandle goes through an XPC connection of your own (NSXPCConnection), "
    "beside what vxmEncodeShared() gives.";
static const char event_leaving[] =
    "Make an MTLSharedEventHandle of it (newSharedEventHandle) and send that through an XPC "
    "connection of your own, beside what vxmEncodeSharedSemaphore() gives.";
static const char host_leaving[] =
    "It is an address of this process: share by a type that can leave it, such as an image of type "
    "IOSURFACE.";

const struct vxm_handle_type vxm__handle_types[] = {
    {VXM_HANDLE_KIND_MEMORY,
     MEMORY_BIT(MTLBUFFER_BIT_EXT),
     "MTLBUFFER",
     VXM_TYPE_CLOSABLE | VXM_TYPE_LOCAL | VXM_TYPE_PAYLOAD_SIZE | VXM_TYPE_NATIVE_FACTS |
         VXM_TYPE_SAME_DEVICE | VXM_TYPE_PROPERTIES_QUERY | VXM_TYPE_BUFFER_ONLY,
     {VK_EXT_EXTERNAL_MEMORY_METAL_EXTENSION_NAME},
     0,
     raw_leaving},
    {VXM_HANDLE_KIND_MEMORY,
     MEMORY_BIT(MTLTEXTURE_BIT_EXT),
     "MTLTEXTURE",
     VXM_TYPE_CLOSABLE | VXM_TYPE_LOCAL | VXM_TYPE_NATIVE_FACTS | VXM_TYPE_SAME_DEVICE |
         VXM_TYPE_PROPERTIES_QUERY | VXM_TYPE_SIZE_ZERO | VXM_TYPE_DEDICATED_REQUIRED |
         VXM_TYPE_IMAGE_ONLY,
     {VK_EXT_EXTERNAL_MEMORY_METAL_EXTENSION_NAME},
     0,
     raw_leaving},
    {VXM_HANDLE_KIND_MEMORY,
     MEMORY_BIT(MTLHEAP_BIT_EXT),
     "MTLHEAP",
     VXM_TYPE_CLOSABLE | VXM_TYPE_LOCAL | VXM_TYPE_PAYLOAD_SIZE | VXM_TYPE_NATIVE_FACTS |
         VXM_TYPE_SAME_DEVICE | VXM_TYPE_PROPERTIES_QUERY,
     {VK_EXT_EXTERNAL_MEMORY_METAL_EXTENSION_NAME},
     0,
     raw_leaving},
    /* Any Metal device, and other APIs, may use the surface. */
    {VXM_HANDLE_KIND_MEMORY,
     VXM_EXTERNAL_MEMORY_HANDLE_TYPE_IOSURFACE_BIT,
     "IOSURFACE",
     VXM_TYPE_CLOSABLE | VXM_TYPE_LOCAL | VXM_TYPE_NATIVE_FACTS | VXM_TYPE_IMAGE_ONLY |
         VXM_TYPE_AT_CREATION | VXM_TYPE_FOREIGN,
     {VK_EXT_METAL_OBJECTS_EXTENSION_NAME},
     0,
     surface_leaving},
    {VXM_HANDLE_KIND_MEMORY,
     VXM_EXTERNAL_MEMORY_HANDLE_TYPE_MTL_SHARED_TEXTURE_BIT,
     "MTL_SHARED_TEXTURE",
     VXM_TYPE_CLOSABLE | VXM_TYPE_LOCAL | VXM_TYPE_NATIVE_FACTS | VXM_TYPE_SAME_DEVICE |
         VXM_TYPE_PROPERTIES_QUERY | VXM_TYPE_SIZE_ZERO | VXM_TYPE_DEDICATED_REQUIRED |
         VXM_TYPE_IMAGE_ONLY | VXM_TYPE_NATIVE_FIRST,
     {VK_EXT_EXTERNAL_MEMORY_METAL_EXTENSION_NAME, VK_EXT_METAL_OBJECTS_EXTENSION_NAME},
     MEMORY_BIT(MTLTEXTURE_BIT_EXT),
     texture_leaving},
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
     VXM_EXTERNAL_SEMAPHORE_HANDLE_TYPE_MTL_SHARED_EVENT_BIT,
     "MTL_SHARED_EVENT",
     VXM_TYPE_CLOSABLE | VXM_TYPE_LOCAL | VXM_TYPE_AT_CREATION | VXM_TYPE_TIMELINE_ONLY,
     {VK_EXT_METAL_OBJECTS_EXTENSION_NAME},
     0,
     event_leaving},
};
const uint32_t vxm__handle_type_count = sizeof(vxm__handle_types) / sizeof(vxm__handle_types[0]);

enum {
    GET_MEMORY_METAL_HANDLE,
    GET_MEMORY_METAL_HANDLE_PROPERTIES,
    GET_MEMORY_HOST_POINTER_PROPERTIES,
    EXPORT_METAL_OBJECTS,
    COMMAND_COUNT
};

const char *const vxm__backend_commands[COMMAND_COUNT] = {
    [GET_MEMORY_METAL_HANDLE] = "vkGetMemoryMetalHandleEXT",
    [GET_MEMORY_METAL_HANDLE_PROPERTIES] = "vkGetMemoryMetalHandlePropertiesEXT",
    [GET_MEMORY_HOST_POINTER_PROPERTIES] = "vkGetMemoryHostPointerPropertiesEXT",
    [EXPORT_METAL_OBJECTS] = "vkExportMetalObjectsEXT",
};
const uint32_t vxm__backend_command_count = COMMAND_COUNT;

/* What is declared and what is imported, in one storage. */
struct creation_chain {
    VkExportMetalObjectCreateInfoEXT export;
    union {
        VkImportMetalIOSurfaceInfoEXT surface;
        VkImportMetalSharedEventInfoEXT event;
    } import;
};

static_assert(COMMAND_COUNT <= VXM_MAX_BACKEND_COMMANDS, "the device has room for every command");
static_assert(sizeof(struct creation_chain) <= VXM_CHAIN_SIZE &&
                  sizeof(VkImportMemoryMetalHandleInfoEXT) <= VXM_CHAIN_SIZE &&
                  sizeof(VkImportMemoryHostPointerInfoEXT) <= VXM_CHAIN_SIZE,
              "a plan has room for every import struct");

static bool is_host_pointer(uint32_t type)
{
    return type == VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT ||
           type == VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT;
}

static const void *declare(VkExportMetalObjectTypeFlagBitsEXT exportObjectType,
                           VkExportMetalObjectCreateInfoEXT *info, const void *next)
{
    *info = (VkExportMetalObjectCreateInfoEXT){
        .sType = VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT,
        .pNext = next,
        .exportObjectType = exportObjectType,
    };
    return info;
}

const void *vxm__backend_instance_chain(void *storage, const void *next)
{
    return declare(VK_EXPORT_METAL_OBJECT_TYPE_METAL_DEVICE_BIT_EXT, storage, next);
}

bool vxm__backend_instance_declares(const void *next)
{
    for (const VkBaseInStructure *base = next; base != NULL; base = base->pNext) {
        const VkExportMetalObjectCreateInfoEXT *info =
            (const VkExportMetalObjectCreateInfoEXT *)(const void *)base;

        if (base->sType == VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT &&
            info->exportObjectType == VK_EXPORT_METAL_OBJECT_TYPE_METAL_DEVICE_BIT_EXT) {
            return true;
        }
    }
    return false;
}

const void *vxm__backend_image_chain(uint32_t exportTypes, const VxmHandle *import, void *storage,
                                     const void *next)
{
    const uint32_t type = (uint32_t)VXM_EXTERNAL_MEMORY_HANDLE_TYPE_IOSURFACE_BIT;
    const bool exports = (exportTypes & type) != 0;
    const bool imports = import != NULL && import->type == type;
    struct creation_chain *chain = storage;

    if (exports || imports) {
        /* Without a surface, the driver makes one: else the image would have none to export. */
        chain->import.surface = (VkImportMetalIOSurfaceInfoEXT){
            .sType = VK_STRUCTURE_TYPE_IMPORT_METAL_IO_SURFACE_INFO_EXT,
            .pNext = next,
            .ioSurface = imports ? (IOSurfaceRef)import->ptr : NULL,
        };
        next = &chain->import.surface;
    }
    return exports
               ? declare(VK_EXPORT_METAL_OBJECT_TYPE_METAL_IOSURFACE_BIT_EXT, &chain->export, next)
               : next;
}

const void *vxm__backend_semaphore_chain(uint32_t exportTypes, const VxmHandle *import,
                                         void *storage, const void *next)
{
    const uint32_t type = (uint32_t)VXM_EXTERNAL_SEMAPHORE_HANDLE_TYPE_MTL_SHARED_EVENT_BIT;
    struct creation_chain *chain = storage;

    if (import != NULL && import->type == type) {
        chain->import.event = (VkImportMetalSharedEventInfoEXT){
            .sType = VK_STRUCTURE_TYPE_IMPORT_METAL_SHARED_EVENT_INFO_EXT,
            .pNext = next,
            .mtlSharedEvent = import->ptr,
        };
        next = &chain->import.event;
    }
    return (exportTypes & type) != 0
               ? declare(VK_EXPORT_METAL_OBJECT_TYPE_METAL_SHARED_EVENT_BIT_EXT, &chain->export,
                         next)
               : next;
}

/* vkExportMetalObjectsEXT returns nothing: an object that it can't give stays NULL. */
static VkResult export_objects(VxmDevice device, const void *wanted)
{
    PFN_vkExportMetalObjectsEXT get =
        (PFN_vkExportMetalObjectsEXT)device->backendCommands[EXPORT_METAL_OBJECTS];
    VkExportMetalObjectsInfoEXT info = {.sType = VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECTS_INFO_EXT,
                                        .pNext = wanted};

    if (get == NULL) {
        return VK_ERROR_EXTENSION_NOT_PRESENT;
    }
    get(device->device, &info);
    return VK_SUCCESS;
}

void *vxm__backend_native_device(VxmDevice device)
{
    VkExportMetalDeviceInfoEXT info = {.sType = VK_STRUCTURE_TYPE_EXPORT_METAL_DEVICE_INFO_EXT};

    return export_objects(device, &info) == VK_SUCCESS ? info.mtlDevice : NULL;
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
    /* The image has it. */
    if (handle->type == (uint32_t)VXM_EXTERNAL_MEMORY_HANDLE_TYPE_IOSURFACE_BIT) {
        return next;
    }
    if (is_host_pointer(handle->type)) {
        VkImportMemoryHostPointerInfoEXT *info = storage;

        *info = (VkImportMemoryHostPointerInfoEXT){
            .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT,
            .pNext = next,
            .handleType = (VkExternalMemoryHandleTypeFlagBits)handle->type,
            .pHostPointer = handle->ptr,
        };
    } else {
        VkImportMemoryMetalHandleInfoEXT *info = storage;

        *info = (VkImportMemoryMetalHandleInfoEXT){
            .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_METAL_HANDLE_INFO_EXT,
            .pNext = next,
            .handleType = (VkExternalMemoryHandleTypeFlagBits)handle->type,
            .handle = handle->ptr,
        };
    }
    return storage;
}

static VkResult ask_metal(VxmDevice device, const VxmHandle *handle, uint32_t *bits)
{
    PFN_vkGetMemoryMetalHandlePropertiesEXT get =
        (PFN_vkGetMemoryMetalHandlePropertiesEXT)
            device->backendCommands[GET_MEMORY_METAL_HANDLE_PROPERTIES];
    VkMemoryMetalHandlePropertiesEXT properties = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_METAL_HANDLE_PROPERTIES_EXT};
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
                                         : ask_metal(device, handle, bits);
}

static VkResult get_surface(VxmDevice device, VkImage image, void **object)
{
    VkExportMetalIOSurfaceInfoEXT info = {
        .sType = VK_STRUCTURE_TYPE_EXPORT_METAL_IO_SURFACE_INFO_EXT,
        .image = image,
    };
    VkResult result = export_objects(device, &info);

    *object = info.ioSurface;
    return result;
}

static VkResult get_metal(VxmDevice device, VkDeviceMemory memory, uint32_t type, void **object)
{
    PFN_vkGetMemoryMetalHandleEXT get =
        (PFN_vkGetMemoryMetalHandleEXT)device->backendCommands[GET_MEMORY_METAL_HANDLE];
    VkMemoryGetMetalHandleInfoEXT info = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_GET_METAL_HANDLE_INFO_EXT,
        .memory = memory,
        .handleType = (VkExternalMemoryHandleTypeFlagBits)type,
    };

    return get != NULL ? get(device->device, &info, object) : VK_ERROR_EXTENSION_NOT_PRESENT;
}

VkResult vxm__backend_get_memory_handle(VxmDevice device, VkDeviceMemory memory, VkImage image,
                                        uint32_t type, VxmHandle *handle)
{
    void *object = NULL;
    VkResult result;

    /* A host pointer goes in only: Vulkan has no command that gives one back. */
    if (is_host_pointer(type)) {
        return VK_ERROR_FEATURE_NOT_PRESENT;
    }
    result = type == (uint32_t)VXM_EXTERNAL_MEMORY_HANDLE_TYPE_IOSURFACE_BIT
                 ? get_surface(device, image, &object)
                 : get_metal(device, memory, type, &object);
    if (result != VK_SUCCESS) {
        return result;
    }
    /* Said to have succeeded, but there is nothing to share. */
    if (object == NULL) {
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    }
    *handle = (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = type, .ptr = object};
    return VK_SUCCESS;
}

VkResult vxm__backend_import_semaphore(VxmDevice device, VkSemaphore semaphore,
                                       const VxmHandle *handle, const wchar_t *name,
                                       VkSemaphoreImportFlags flags)
{
    (void)device;
    (void)semaphore;
    (void)handle;
    (void)name;
    (void)flags;
    /* Declared at creation only: Vulkan has no command for it. */
    return VK_ERROR_FEATURE_NOT_PRESENT;
}

VkResult vxm__backend_get_semaphore_handle(VxmDevice device, VkSemaphore semaphore, uint32_t type,
                                           VxmHandle *handle)
{
    VkExportMetalSharedEventInfoEXT info = {
        .sType = VK_STRUCTURE_TYPE_EXPORT_METAL_SHARED_EVENT_INFO_EXT,
        .semaphore = semaphore,
    };
    VkResult result = export_objects(device, &info);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (info.mtlSharedEvent == NULL) {
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    }
    *handle = (VxmHandle){
        .kind = VXM_HANDLE_KIND_SEMAPHORE, .type = type, .ptr = (void *)info.mtlSharedEvent};
    return VK_SUCCESS;
}

const void *vxm__backend_keyed_mutex_chain(VxmKeyedMutexes *mutexes, const void *next)
{
    (void)mutexes;
    (void)next;
    return NULL;
}
