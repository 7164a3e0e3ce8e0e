/*
 * Handles of any system: what is public about them, and what happens to the private duplicate of an
 * import.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

struct type_name {
    uint32_t type;
    const char *name;
};

static const struct type_name memory_names[] = {
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, "OPAQUE_FD"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT, "OPAQUE_WIN32"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT, "OPAQUE_WIN32_KMT"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT, "D3D11_TEXTURE"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT, "D3D11_TEXTURE_KMT"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT, "D3D12_HEAP"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT, "D3D12_RESOURCE"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT, "DMA_BUF"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_ANDROID_HARDWARE_BUFFER_BIT_ANDROID, "ANDROID_HARDWARE_BUFFER"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT, "HOST_ALLOCATION"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT,
     "HOST_MAPPED_FOREIGN_MEMORY"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_ZIRCON_VMO_BIT_FUCHSIA, "ZIRCON_VMO"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_RDMA_ADDRESS_BIT_NV, "RDMA_ADDRESS"},
    /* By value: they came after the oldest headers that the library is built with. */
    {0x00004000, "SCREEN_BUFFER"},
    {0x00010000, "MTLBUFFER"},
    {0x00020000, "MTLTEXTURE"},
    {0x00040000, "MTLHEAP"},
    {VXM_EXTERNAL_MEMORY_HANDLE_TYPE_IOSURFACE_BIT, "IOSURFACE"},
    {VXM_EXTERNAL_MEMORY_HANDLE_TYPE_MTL_SHARED_TEXTURE_BIT, "MTL_SHARED_TEXTURE"},
};

static const struct type_name semaphore_names[] = {
    {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT, "OPAQUE_FD"},
    {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT, "OPAQUE_WIN32"},
    {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT, "OPAQUE_WIN32_KMT"},
    {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT, "D3D12_FENCE"},
    {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT, "SYNC_FD"},
    {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_ZIRCON_EVENT_BIT_FUCHSIA, "ZIRCON_EVENT"},
    {VXM_EXTERNAL_SEMAPHORE_HANDLE_TYPE_MTL_SHARED_EVENT_BIT, "MTL_SHARED_EVENT"},
};

static const struct type_name channel_names[] = {
    {VXM_CHANNEL_HANDLE_TYPE_NATIVE, "channel"},
};

#define NAMES(array)                                                                               \
    {                                                                                              \
        array, sizeof(array) / sizeof(array[0])                                                    \
    }

static const struct {
    const struct type_name *names;
    size_t count;
} names_by_kind[] = {
    [VXM_HANDLE_KIND_MEMORY] = NAMES(memory_names),
    [VXM_HANDLE_KIND_SEMAPHORE] = NAMES(semaphore_names),
    [VXM_HANDLE_KIND_CHANNEL] = NAMES(channel_names),
};

const char *vxmHandleTypeName(VxmHandleKind kind, uint32_t type)
{
    if ((size_t)kind < sizeof(names_by_kind) / sizeof(names_by_kind[0])) {
        for (size_t i = 0; i < names_by_kind[kind].count; i++) {
            if (names_by_kind[kind].names[i].type == type) {
                return names_by_kind[kind].names[i].name;
            }
        }
    }
    return "unknown";
}

static bool is_closable(const VxmHandle *handle)
{
    const struct vxm_handle_type *type;

    if (handle->kind == VXM_HANDLE_KIND_CHANNEL) {
        return handle->type == VXM_CHANNEL_HANDLE_TYPE_NATIVE;
    }
    type = vxm__find_type(handle->kind, handle->type);
    return type != NULL && (type->flags & VXM_TYPE_CLOSABLE) != 0;
}

/* Whether there is something that could be duplicated at all. */
static VkResult check_handle(const char *caller, const VxmHandle *handle)
{
    if (handle->type == 0) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "%s: handle is empty (its type is 0). Give it a kind, a type and a value.",
                         caller);
    }
    if (!is_closable(handle) && vxm__find_type(handle->kind, handle->type) == NULL) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "%s: handle has kind %d and type 0x%x (%s), which this system does not "
                         "have. A type is one bit of its kind's enum.",
                         caller, (int)handle->kind, (unsigned int)handle->type,
                         vxmHandleTypeName(handle->kind, handle->type));
    }
    return VK_SUCCESS;
}

VkResult vxm__duplicate(const VxmHandle *handle, VxmHandle *duplicate)
{
    if (is_closable(handle)) {
        return vxm__os_duplicate(handle, duplicate);
    }
    *duplicate = *handle;
    return VK_SUCCESS;
}

void vxm__close(VxmHandle *handle)
{
    if (handle->type != 0 && is_closable(handle)) {
        vxm__os_close(handle);
    }
    *handle = (VxmHandle){0};
}

void vxm__close_unless_taken(const VxmHandle *original, VxmHandle *duplicate)
{
    if (duplicate->type != 0 && is_closable(duplicate) &&
        vxm__os_same_object(original, duplicate)) {
        vxm__os_close(duplicate);
    }
    *duplicate = (VxmHandle){0};
}

VkResult vxm__check_handle(const VxmHandle *handle)
{
    const struct vxm_handle_type *type = vxm__find_type(handle->kind, handle->type);

    return type != NULL && (type->flags & (VXM_TYPE_CLOSABLE | VXM_TYPE_VALUE)) != 0
               ? vxm__os_check(handle)
               : VK_SUCCESS;
}

VkResult vxmDuplicateHandle(const VxmHandle *handle, VxmHandle *duplicate)
{
    VkResult result;

    if (handle == NULL || duplicate == NULL) {
        return vxm__fail_argument("vxmDuplicateHandle: %s must not be NULL.",
                                  handle == NULL ? "handle" : "duplicate");
    }
    result = check_handle("vxmDuplicateHandle", handle);
    return result == VK_SUCCESS ? vxm__duplicate(handle, duplicate) : result;
}

VkResult vxmDuplicateHandleTo(const VxmHandle *handle, uint64_t process, VxmHandle *duplicate)
{
    const struct vxm_handle_type *type;
    VkResult result;

    if (handle == NULL || duplicate == NULL) {
        return vxm__fail_argument("vxmDuplicateHandleTo: %s must not be NULL.",
                                  handle == NULL ? "handle" : "duplicate");
    }
    result = check_handle("vxmDuplicateHandleTo", handle);
    if (result != VK_SUCCESS) {
        return result;
    }
    type = vxm__find_type(handle->kind, handle->type);
    if (type != NULL && (type->flags & VXM_TYPE_LOCAL) != 0) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "vxmDuplicateHandleTo: a %s means nothing in another process. %s",
                         type->name, type->leaving);
    }
    if (!is_closable(handle)) {
        *duplicate = *handle;
        return VK_SUCCESS;
    }
    return vxm__os_duplicate_to(handle, process, duplicate);
}

void vxmCloseHandle(VxmHandle *handle)
{
    if (handle != NULL) {
        vxm__close(handle);
    }
}

VkResult vxmCheckHandle(const VxmHandle *handle)
{
    VkResult result;

    if (handle == NULL) {
        return vxm__fail_argument("vxmCheckHandle: handle must not be NULL.");
    }
    result = check_handle("vxmCheckHandle", handle);
    if (result == VK_SUCCESS) {
        result = handle->kind == VXM_HANDLE_KIND_CHANNEL ? vxm__os_check_channel(handle)
                                                         : vxm__check_handle(handle);
    }
    return result;
}

void vxmCloseUnlessTaken(const VxmHandle *original, VxmHandle *duplicate)
{
    if (original != NULL && duplicate != NULL) {
        vxm__close_unless_taken(original, duplicate);
    }
}
