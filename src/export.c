/*
 * From the object to native handles, and to the description that travels with them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <string.h>

static VkResult check_type(const char *caller, VxmMemory memory, uint32_t handleType)
{
    const struct vxm_handle_type *type = NULL;
    VkResult result = vxm__require_type(caller, VXM_HANDLE_KIND_MEMORY, handleType, &type);
    char names[128];

    if (result != VK_SUCCESS) {
        return result;
    }
    if ((memory->exportHandleTypes & handleType) != 0) {
        return VK_SUCCESS;
    }
    vxm__type_names(VXM_HANDLE_KIND_MEMORY, memory->exportHandleTypes, names, sizeof names);
    return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                     "%s: the memory was made to be exported as %s, not as %s "
                     "(VUID 00671, 00662). Add the type to handleTypes at "
                     "creation, or to reexportHandleTypes at import.",
                     caller, memory->exportHandleTypes != 0 ? names : "nothing", type->name);
}

static VkResult get_handle(const char *caller, VxmMemory memory, uint32_t index,
                           uint32_t handleType, VxmHandle *handle)
{
    const struct vxm_handle_type *type = vxm__find_type(VXM_HANDLE_KIND_MEMORY, handleType);
    struct vxm_memory_part *part = &memory->memories[index];
    const VxmHandle *kept = vxm__find_kept(&part->kept, handleType);
    VxmHandle got = {0};
    VkResult result;

    if (kept != NULL) {
        return vxm__duplicate(kept, handle);
    }
    kept = type->importAs != 0 ? vxm__find_kept(&part->kept, type->importAs) : NULL;
    if (kept != NULL) {
        return vxm__os_convert(kept, memory->device->nativeDevice, handleType, handle);
    }
    if (type->importAs != 0) {
        return vxm__fail(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: the memory was adopted without its %s handle, which one of %s is made "
            "of. Give it in VxmWrappedMemory::handle.",
            caller, vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, type->importAs), type->name);
    }
    result = vxm__backend_get_memory_handle(memory->device, part->memory, memory->image, handleType,
                                            &got);
    if (result != VK_SUCCESS) {
        return vxm__fail(
            result, VXM_ERROR_REASON_DRIVER, result,
            "%s: the driver was asked for a handle of type %s of the memory and answered %s.",
            caller, type->name, vxmResultName(result));
    }
    return vxm__give_export(type, &got, &part->kept, handle);
}

VkResult vxmGetMemoryHandle(VxmMemory memory, uint32_t memoryIndex,
                            VkExternalMemoryHandleTypeFlagBits handleType, VxmHandle *handle)
{
    VkResult result;

    if (memory == NULL || handle == NULL) {
        return vxm__fail_argument("vxmGetMemoryHandle: %s must not be NULL.",
                                  memory == NULL ? "memory" : "handle");
    }
    if (memoryIndex >= memory->memoryCount) {
        return vxm__fail_argument("vxmGetMemoryHandle: memoryIndex is %u, but the object has %u "
                                  "memories.",
                                  memoryIndex, memory->memoryCount);
    }
    result = check_type("vxmGetMemoryHandle", memory, handleType);
    return result == VK_SUCCESS
               ? get_handle("vxmGetMemoryHandle", memory, memoryIndex, handleType, handle)
               : result;
}

static void describe_identity(const VxmIdentity *identity, VxmShared *shared)
{
    memcpy(shared->deviceUUID, identity->deviceUUID, sizeof shared->deviceUUID);
    memcpy(shared->driverUUID, identity->driverUUID, sizeof shared->driverUUID);
    shared->deviceLUIDValid = identity->deviceLUIDValid;
    if (identity->deviceLUIDValid) {
        memcpy(shared->deviceLUID, identity->deviceLUID, sizeof shared->deviceLUID);
        shared->deviceNodeMask = identity->deviceNodeMask;
    }
}

VkResult vxmExportMemory(VxmMemory memory, VkExternalMemoryHandleTypeFlagBits handleType,
                         VxmShared *shared)
{
    const VkPhysicalDeviceMemoryProperties *properties;
    VxmHandle handles[VXM_MAX_PLANES] = {{0}};
    VkResult result;

    if (memory == NULL || shared == NULL) {
        return vxm__fail_argument("vxmExportMemory: %s must not be NULL.",
                                  memory == NULL ? "memory" : "shared");
    }
    result = check_type("vxmExportMemory", memory, handleType);
    for (uint32_t i = 0; result == VK_SUCCESS && i < memory->memoryCount; i++) {
        result = get_handle("vxmExportMemory", memory, i, handleType, &handles[i]);
    }
    if (result != VK_SUCCESS) {
        for (uint32_t i = 0; i < memory->memoryCount; i++) {
            vxm__close(&handles[i]);
        }
        return result;
    }
    properties = &memory->device->memoryProperties;
    *shared = (VxmShared){0};
    shared->resourceType = memory->resourceType;
    shared->handleType = handleType;
    shared->handleTypes =
        memory->exportHandleTypes | memory->importHandleType | memory->resourceHandleTypes;
    shared->dedicated = memory->dedicated;
    shared->memoryCount = memory->memoryCount;
    for (uint32_t i = 0; i < memory->memoryCount; i++) {
        const struct vxm_memory_part *part = &memory->memories[i];

        shared->memories[i].handle = handles[i];
        shared->memories[i].allocationSize = part->allocationSize;
        shared->memories[i].offset = part->offset;
        shared->memories[i].memoryTypeBits = 1u << part->memoryTypeIndex;
        shared->memories[i].propertyFlags =
            properties->memoryTypes[part->memoryTypeIndex].propertyFlags;
    }
    shared->buffer = memory->bufferDescription;
    if (memory->resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        shared->image = memory->imageDescription;
    }
    describe_identity(&memory->device->identity, shared);
    return VK_SUCCESS;
}

/* A hand-filled description may give one dma-buf's one descriptor for each plane. */
static void empty_others(VxmShared *shared, uint32_t index)
{
    const VxmHandle *handle = &shared->memories[index].handle;
    const struct vxm_handle_type *type = vxm__find_type(handle->kind, handle->type);

    for (uint32_t i = index + 1; i < VXM_MAX_PLANES; i++) {
        VxmHandle *other = &shared->memories[i].handle;

        if (type != NULL && (type->flags & VXM_TYPE_ONE_PAYLOAD) != 0 &&
            other->kind == handle->kind && other->type == handle->type &&
            vxm__os_same_number(handle, other)) {
            *other = (VxmHandle){0};
        }
    }
}

void vxmCloseShared(VxmShared *shared)
{
    for (uint32_t i = 0; shared != NULL && i < VXM_MAX_PLANES; i++) {
        empty_others(shared, i);
        vxmCloseHandle(&shared->memories[i].handle);
    }
}

VkResult vxmCheckShared(VxmDevice device, const VxmShared *shared)
{
    const struct vxm_handle_type *type = NULL;
    struct vxm_capability capability;
    const VxmShared *resolved;
    VxmShared storage;
    VkResult result;

    if (device == NULL || shared == NULL) {
        return vxm__fail_argument("vxmCheckShared: %s must not be NULL.",
                                  device == NULL ? "device" : "shared");
    }
    result = vxm__check_import("vxmCheckShared", device, shared, &type, &storage, &resolved);
    if (result != VK_SUCCESS) {
        return result;
    }
    return vxm__require_capability("vxmCheckShared", device, resolved->resourceType,
                                   &resolved->buffer, &resolved->image, type,
                                   VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT, &capability);
}
