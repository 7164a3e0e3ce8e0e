/*
 * What Windows puts into Vulkan's structs: NT handles, KMT numbers, names, and host pointers. Fills
 * structs and calls device commands only; no system call, so it compiles on every system.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <assert.h>
#include <stddef.h>

#include "internal.h"

#include "win32/vulkan.h"

#define MEMORY_BIT(name)    VK_EXTERNAL_MEMORY_HANDLE_TYPE_##name
#define SEMAPHORE_BIT(name) VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_##name

/* What NT handles have in common: they are closed and duplicated, can be opened by a name, and a
 * driver gives one of them for each object and type (00663, 01127). No import ever takes one. */
#define NT_HANDLE (VXM_TYPE_CLOSABLE | VXM_TYPE_NAMES | VXM_TYPE_SINGLE_EXPORT)

#define OPAQUE_MEMORY                                                                              \
    (VXM_TYPE_SAME_DRIVER | VXM_TYPE_SAME_DEVICE | VXM_TYPE_EXACT_ALLOCATION |                     \
     VXM_TYPE_SAME_DEDICATED | VXM_TYPE_DEDICATED_WANTED)

/* Direct3D knows of LUIDs, and of no UUIDs. */
#define DIRECT3D (VXM_TYPE_SAME_DRIVER | VXM_TYPE_SAME_DEVICE | VXM_TYPE_BY_LUID)

#define DIRECT3D11_TEXTURE                                                                         \
    (DIRECT3D | VXM_TYPE_PROPERTIES_QUERY | VXM_TYPE_SIZE_IGNORED | VXM_TYPE_DEDICATED_REQUIRED |  \
     VXM_TYPE_IMAGE_ONLY | VXM_TYPE_GENERAL_LAYOUT | VXM_TYPE_KEYED_MUTEX)

static const char host_leaving[] =
    "It is an address of this process: share by a type that is a handle, such as OPAQUE_WIN32.";

const struct vxm_handle_type vxm__handle_types[] = {
    {VXM_HANDLE_KIND_MEMORY,
     MEMORY_BIT(OPAQUE_WIN32_BIT),
     "OPAQUE_WIN32",
     NT_HANDLE | OPAQUE_MEMORY,
     {VK_KHR_EXTERNAL_MEMORY_WIN32_EXTENSION_NAME},
     0,
     NULL},
    {VXM_HANDLE_KIND_MEMORY,
     MEMORY_BIT(OPAQUE_WIN32_KMT_BIT),
     "OPAQUE_WIN32_KMT",
     VXM_TYPE_VALUE | OPAQUE_MEMORY,
     {VK_KHR_EXTERNAL_MEMORY_WIN32_EXTENSION_NAME},
     0,
     NULL},
    {VXM_HANDLE_KIND_MEMORY,
     MEMORY_BIT(D3D11_TEXTURE_BIT),
     "D3D11_TEXTURE",
     NT_HANDLE | DIRECT3D11_TEXTURE,
     {VK_KHR_EXTERNAL_MEMORY_WIN32_EXTENSION_NAME},
     0,
     NULL},
    {VXM_HANDLE_KIND_MEMORY,
     MEMORY_BIT(D3D11_TEXTURE_KMT_BIT),
     "D3D11_TEXTURE_KMT",
     VXM_TYPE_VALUE | DIRECT3D11_TEXTURE,
     {VK_KHR_EXTERNAL_MEMORY_WIN32_EXTENSION_NAME},
     0,
     NULL},
    /* Of Direct3D's types the only one whose size the driver takes from the import: the heap's. */
    {VXM_HANDLE_KIND_MEMORY,
     MEMORY_BIT(D3D12_HEAP_BIT),
     "D3D12_HEAP",
     NT_HANDLE | DIRECT3D | VXM_TYPE_PROPERTIES_QUERY | VXM_TYPE_SAME_DEDICATED,
     {VK_KHR_EXTERNAL_MEMORY_WIN32_EXTENSION_NAME},
     0,
     NULL},
    {VXM_HANDLE_KIND_MEMORY,
     MEMORY_BIT(D3D12_RESOURCE_BIT),
     "D3D12_RESOURCE",
     NT_HANDLE | DIRECT3D | VXM_TYPE_PROPERTIES_QUERY | VXM_TYPE_SIZE_IGNORED |
         VXM_TYPE_DEDICATED_REQUIRED,
     {VK_KHR_EXTERNAL_MEMORY_WIN32_EXTENSION_NAME},
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
     SEMAPHORE_BIT(OPAQUE_WIN32_BIT),
     "OPAQUE_WIN32",
     NT_HANDLE | VXM_TYPE_SAME_DRIVER | VXM_TYPE_SAME_DEVICE,
     {VK_KHR_EXTERNAL_SEMAPHORE_WIN32_EXTENSION_NAME},
     0,
     NULL},
    {VXM_HANDLE_KIND_SEMAPHORE,
     SEMAPHORE_BIT(OPAQUE_WIN32_KMT_BIT),
     "OPAQUE_WIN32_KMT",
     VXM_TYPE_VALUE | VXM_TYPE_SAME_DRIVER | VXM_TYPE_SAME_DEVICE,
     {VK_KHR_EXTERNAL_SEMAPHORE_WIN32_EXTENSION_NAME},
     0,
     NULL},
    {VXM_HANDLE_KIND_SEMAPHORE,
     SEMAPHORE_BIT(D3D12_FENCE_BIT),
     "D3D12_FENCE",
     NT_HANDLE | DIRECT3D | VXM_TYPE_TIMELINE_ONLY,
     {VK_KHR_EXTERNAL_SEMAPHORE_WIN32_EXTENSION_NAME},
     0,
     NULL},
};
const uint32_t vxm__handle_type_count = sizeof(vxm__handle_types) / sizeof(vxm__handle_types[0]);

enum {
    GET_MEMORY_WIN32_HANDLE,
    GET_MEMORY_WIN32_HANDLE_PROPERTIES,
    GET_MEMORY_HOST_POINTER_PROPERTIES,
    GET_SEMAPHORE_WIN32_HANDLE,
    IMPORT_SEMAPHORE_WIN32_HANDLE,
    COMMAND_COUNT
};

const char *const vxm__backend_commands[COMMAND_COUNT] = {
    [GET_MEMORY_WIN32_HANDLE] = "vkGetMemoryWin32HandleKHR",
    [GET_MEMORY_WIN32_HANDLE_PROPERTIES] = "vkGetMemoryWin32HandlePropertiesKHR",
    [GET_MEMORY_HOST_POINTER_PROPERTIES] = "vkGetMemoryHostPointerPropertiesEXT",
    [GET_SEMAPHORE_WIN32_HANDLE] = "vkGetSemaphoreWin32HandleKHR",
    [IMPORT_SEMAPHORE_WIN32_HANDLE] = "vkImportSemaphoreWin32HandleKHR",
};
const uint32_t vxm__backend_command_count = COMMAND_COUNT;

static_assert(COMMAND_COUNT <= VXM_MAX_BACKEND_COMMANDS, "the device has room for every command");
static_assert(sizeof(VkImportMemoryWin32HandleInfoKHR) <= VXM_CHAIN_SIZE &&
                  sizeof(VkImportMemoryHostPointerInfoEXT) <= VXM_CHAIN_SIZE,
              "a plan has room for every import struct");
static_assert(sizeof(VkWin32KeyedMutexAcquireReleaseInfoKHR) <=
                  sizeof(((VxmKeyedMutexes *)0)->info),
              "the caller's storage has room for the struct of keyed mutexes");

/* A driver reads these structs by the layout of Windows, 32 bits or 64, where a HANDLE is a
 * pointer and a DWORD has 32 bits. Declarations of other shapes would put handles elsewhere. */
static_assert(sizeof(HANDLE) == sizeof(void *) && sizeof(LPCWSTR) == sizeof(void *) &&
                  sizeof(DWORD) == 4,
              "the system's types have the shape that they have on Windows");
static_assert(offsetof(VkImportMemoryWin32HandleInfoKHR, handle) == 3 * sizeof(void *) &&
                  sizeof(VkImportMemoryWin32HandleInfoKHR) == 5 * sizeof(void *),
              "the handle of an import of memory sits right");
static_assert(offsetof(VkExportMemoryWin32HandleInfoKHR, dwAccess) == 3 * sizeof(void *) &&
                  sizeof(VkExportMemoryWin32HandleInfoKHR) == 5 * sizeof(void *),
              "the access mask of an export of memory sits right");
static_assert(offsetof(VkMemoryGetWin32HandleInfoKHR, memory) == 2 * sizeof(void *) &&
                  offsetof(VkMemoryGetWin32HandleInfoKHR, handleType) == 2 * sizeof(void *) + 8,
              "the memory of a get sits right");
static_assert(offsetof(VkImportSemaphoreWin32HandleInfoKHR, handle) == 2 * sizeof(void *) + 16 &&
                  sizeof(VkImportSemaphoreWin32HandleInfoKHR) == 4 * sizeof(void *) + 16,
              "the handle of an import of a semaphore sits right");
static_assert(sizeof(VkWin32KeyedMutexAcquireReleaseInfoKHR) == 9 * sizeof(void *),
              "the arrays of keyed mutexes sit right");
static_assert(sizeof(VxmHandle) == 8 + sizeof(void *), "a handle has room for any pointer");

static bool is_host_pointer(uint32_t type)
{
    return type == VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT ||
           type == VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT;
}

/* NULL and INVALID_HANDLE_VALUE, which Windows' own headers alone define. */
static bool is_no_handle(HANDLE handle)
{
    return handle == NULL || (intptr_t)handle == -1;
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

/* Security attributes, access mask and name are an NT handle's. Of memory the specification allows
 * them with OPAQUE_WIN32 (00657), of semaphores also with D3D12_FENCE (01125). */
const char *vxm__backend_misplaced(const VkBaseInStructure *chained, VxmHandleKind kind,
                                   uint32_t types)
{
    const bool memory =
        kind == VXM_HANDLE_KIND_MEMORY && (types & MEMORY_BIT(OPAQUE_WIN32_BIT)) != 0;
    const bool semaphore =
        kind == VXM_HANDLE_KIND_SEMAPHORE &&
        (types & (SEMAPHORE_BIT(OPAQUE_WIN32_BIT) | SEMAPHORE_BIT(D3D12_FENCE_BIT))) != 0;

    for (; chained != NULL; chained = chained->pNext) {
        if (chained->sType == VK_STRUCTURE_TYPE_EXPORT_MEMORY_WIN32_HANDLE_INFO_KHR && !memory) {
            return "VkExportMemoryWin32HandleInfoKHR";
        }
        if (chained->sType == VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR &&
            !semaphore) {
            return "VkExportSemaphoreWin32HandleInfoKHR";
        }
    }
    return NULL;
}

const void *vxm__backend_import_chain(const VxmHandle *handle, const wchar_t *name, void *storage,
                                      const void *next)
{
    if (is_host_pointer(handle->type)) {
        VkImportMemoryHostPointerInfoEXT *info = storage;

        *info = (VkImportMemoryHostPointerInfoEXT){
            .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT,
            .pNext = next,
            .handleType = (VkExternalMemoryHandleTypeFlagBits)handle->type,
            .pHostPointer = handle->ptr,
        };
    } else {
        VkImportMemoryWin32HandleInfoKHR *info = storage;

        *info = (VkImportMemoryWin32HandleInfoKHR){
            .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR,
            .pNext = next,
            .handleType = (VkExternalMemoryHandleTypeFlagBits)handle->type,
            .handle = name == NULL ? handle->ptr : NULL,
            .name = name,
        };
    }
    return storage;
}

static VkResult ask_win32_handle(VxmDevice device, const VxmHandle *handle, uint32_t *bits)
{
    PFN_vkGetMemoryWin32HandlePropertiesKHR get =
        (PFN_vkGetMemoryWin32HandlePropertiesKHR)
            device->backendCommands[GET_MEMORY_WIN32_HANDLE_PROPERTIES];
    VkMemoryWin32HandlePropertiesKHR properties = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_WIN32_HANDLE_PROPERTIES_KHR};
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
                                         : ask_win32_handle(device, handle, bits);
}

VkResult vxm__backend_get_memory_handle(VxmDevice device, VkDeviceMemory memory, VkImage image,
                                        uint32_t type, VxmHandle *handle)
{
    PFN_vkGetMemoryWin32HandleKHR get =
        (PFN_vkGetMemoryWin32HandleKHR)device->backendCommands[GET_MEMORY_WIN32_HANDLE];
    VkMemoryGetWin32HandleInfoKHR info = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_GET_WIN32_HANDLE_INFO_KHR,
        .memory = memory,
        .handleType = (VkExternalMemoryHandleTypeFlagBits)type,
    };
    HANDLE native = NULL;
    VkResult result;

    (void)image;
    /* A host pointer goes in only: Vulkan has no command that gives one back. */
    if (is_host_pointer(type)) {
        return VK_ERROR_FEATURE_NOT_PRESENT;
    }
    if (get == NULL) {
        return VK_ERROR_EXTENSION_NOT_PRESENT;
    }
    result = get(device->device, &info, &native);
    if (result != VK_SUCCESS) {
        return result;
    }
    /* Said to have succeeded, but there is nothing to share. */
    if (is_no_handle(native)) {
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    }
    *handle = (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = type, .ptr = native};
    return VK_SUCCESS;
}

VkResult vxm__backend_import_semaphore(VxmDevice device, VkSemaphore semaphore,
                                       const VxmHandle *handle, const wchar_t *name,
                                       VkSemaphoreImportFlags flags)
{
    PFN_vkImportSemaphoreWin32HandleKHR import =
        (PFN_vkImportSemaphoreWin32HandleKHR)device->backendCommands[IMPORT_SEMAPHORE_WIN32_HANDLE];
    VkImportSemaphoreWin32HandleInfoKHR info = {
        .sType = VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR,
        .semaphore = semaphore,
        .flags = flags,
        .handleType = (VkExternalSemaphoreHandleTypeFlagBits)handle->type,
        .handle = name == NULL ? handle->ptr : NULL,
        .name = name,
    };

    return import != NULL ? import(device->device, &info) : VK_ERROR_EXTENSION_NOT_PRESENT;
}

VkResult vxm__backend_get_semaphore_handle(VxmDevice device, VkSemaphore semaphore, uint32_t type,
                                           VxmHandle *handle)
{
    PFN_vkGetSemaphoreWin32HandleKHR get =
        (PFN_vkGetSemaphoreWin32HandleKHR)device->backendCommands[GET_SEMAPHORE_WIN32_HANDLE];
    VkSemaphoreGetWin32HandleInfoKHR info = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_GET_WIN32_HANDLE_INFO_KHR,
        .semaphore = semaphore,
        .handleType = (VkExternalSemaphoreHandleTypeFlagBits)type,
    };
    HANDLE native = NULL;
    VkResult result;

    if (get == NULL) {
        return VK_ERROR_EXTENSION_NOT_PRESENT;
    }
    result = get(device->device, &info, &native);
    if (result != VK_SUCCESS) {
        return result;
    }
    if (is_no_handle(native)) {
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    }
    *handle = (VxmHandle){.kind = VXM_HANDLE_KIND_SEMAPHORE, .type = type, .ptr = native};
    return VK_SUCCESS;
}

const void *vxm__backend_keyed_mutex_chain(VxmKeyedMutexes *mutexes, const void *next)
{
    VkWin32KeyedMutexAcquireReleaseInfoKHR *info =
        (VkWin32KeyedMutexAcquireReleaseInfoKHR *)(void *)&mutexes->info;

    *info = (VkWin32KeyedMutexAcquireReleaseInfoKHR){
        .sType = VK_STRUCTURE_TYPE_WIN32_KEYED_MUTEX_ACQUIRE_RELEASE_INFO_KHR,
        .pNext = next,
        .acquireCount = mutexes->acquireCount,
        .pAcquireSyncs = mutexes->acquireMemories,
        .pAcquireKeys = mutexes->acquireKeys,
        .pAcquireTimeouts = mutexes->acquireTimeouts,
        .releaseCount = mutexes->releaseCount,
        .pReleaseSyncs = mutexes->releaseMemories,
        .pReleaseKeys = mutexes->releaseKeys,
    };
    return info;
}
