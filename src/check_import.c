/*
 * Whether a description fits a device and its handle type, before the driver is asked: identity,
 * facts that the type can't do without, handles that are open and large enough.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "plan.h"

#include <string.h>

static bool is_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

static VkResult check_uuid(const char *caller, const char *field, const char *type,
                           const uint8_t *theirs, const uint8_t *ours)
{
    if (is_zero(theirs, VK_UUID_SIZE)) {
        return vxm__fail_argument("%s: %s is all zero (unknown), but %s handles can only be "
                                  "imported by the same device and driver, so it must be known. "
                                  "Fill it in from the exporter's VkPhysicalDeviceIDProperties.",
                                  caller, field, type);
    }
    if (memcmp(theirs, ours, VK_UUID_SIZE) != 0) {
        return vxm__fail(
            VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, 0,
            "%s: %s (%02x%02x%02x%02x...) is not this device's (%02x%02x%02x%02x...), "
            "and %s handles can only be imported by the same device and driver. Choose "
            "the device by the exporter's UUID, or share by another handle type.",
            caller, field, theirs[0], theirs[1], theirs[2], theirs[3], ours[0], ours[1], ours[2],
            ours[3], type);
    }
    return VK_SUCCESS;
}

static VkResult check_luid(const char *caller, VxmDevice device, const uint8_t *theirs,
                           const char *type)
{
    const uint8_t *ours = device->identity.deviceLUID;

    if (device->identity.deviceLUIDValid && memcmp(theirs, ours, VK_LUID_SIZE) == 0) {
        return VK_SUCCESS;
    }
    return vxm__fail(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, 0,
                     "%s: deviceLUID (%02x%02x%02x%02x...) is not this device's%s, and %s handles "
                     "can only be imported by the same device. Choose the device by that LUID.",
                     caller, theirs[0], theirs[1], theirs[2], theirs[3],
                     device->identity.deviceLUIDValid ? "" : ", which has none", type);
}

VkResult vxm__check_origin(const char *caller, VxmDevice device, const struct vxm_handle_type *type,
                           const struct vxm_origin *origin)
{
    const bool unknown =
        is_zero(origin->deviceUUID, VK_UUID_SIZE) && is_zero(origin->driverUUID, VK_UUID_SIZE);
    VkResult result = VK_SUCCESS;

    /* Direct3D knows its adapter by a LUID, and nothing of Vulkan's UUIDs. */
    if (unknown && (type->flags & VXM_TYPE_BY_LUID) != 0 && origin->deviceLUID != NULL) {
        return check_luid(caller, device, origin->deviceLUID, type->name);
    }
    /* The handle itself tells. */
    if (unknown && (type->flags & VXM_TYPE_NATIVE_FACTS) != 0) {
        return VK_SUCCESS;
    }
    if ((type->flags & VXM_TYPE_SAME_DEVICE) != 0) {
        result = check_uuid(caller, "deviceUUID", type->name, origin->deviceUUID,
                            device->identity.deviceUUID);
    }
    if (result == VK_SUCCESS && (type->flags & VXM_TYPE_SAME_DRIVER) != 0) {
        result = check_uuid(caller, "driverUUID", type->name, origin->driverUUID,
                            device->identity.driverUUID);
    }
    return result;
}

static VkResult check_exact(const char *caller, VxmDevice device, const VxmShared *shared,
                            uint32_t index, const char *type)
{
    const VxmSharedMemory *memory = &shared->memories[index];
    uint32_t bits = memory->memoryTypeBits;
    uint32_t typeIndex = 0;

    if (memory->allocationSize == 0) {
        return vxm__fail_argument(
            "%s: memories[%u].allocationSize is 0 (unknown), but %s memory is "
            "imported with the exporter's exact size (VUID 01742, 01743). Fill in "
            "the exporter's VkMemoryAllocateInfo::allocationSize.",
            caller, index, type);
    }
    if (bits == 0 || (bits & (bits - 1)) != 0) {
        return vxm__fail_argument(
            "%s: memories[%u].memoryTypeBits is 0x%x, but %s memory is "
            "imported with the exporter's memory type (VUID 01742, 01743). Give "
            "exactly one bit, 1u << memoryTypeIndex.",
            caller, index, bits, type);
    }
    while ((bits >> typeIndex) != 1u) {
        typeIndex++;
    }
    if (typeIndex >= device->memoryProperties.memoryTypeCount) {
        return vxm__fail(
            VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, 0,
            "%s: memories[%u].memoryTypeBits names memory type %u, but this device has "
            "only %u. The description is not of this device.",
            caller, index, typeIndex, device->memoryProperties.memoryTypeCount);
    }
    if (memory->propertyFlags != 0 &&
        memory->propertyFlags != device->memoryProperties.memoryTypes[typeIndex].propertyFlags) {
        return vxm__fail(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, 0,
                         "%s: memories[%u].propertyFlags is 0x%x, but memory type %u has 0x%x on "
                         "this device. The description is not of this device.",
                         caller, index, memory->propertyFlags, typeIndex,
                         device->memoryProperties.memoryTypes[typeIndex].propertyFlags);
    }
    return VK_SUCCESS;
}

static VkResult check_host_pointer(const char *caller, VxmDevice device, const VxmShared *shared,
                                   uint32_t index, const char *type)
{
    const VxmSharedMemory *memory = &shared->memories[index];
    const VkDeviceSize alignment = device->minImportedHostPointerAlignment;

    if (memory->allocationSize == 0 || memory->allocationSize % alignment != 0) {
        return vxm__fail_argument(
            "%s: memories[%u].allocationSize is %llu, but for %s it must be a "
            "multiple of the device's minImportedHostPointerAlignment, %llu, and "
            "not 0 (VUID-VkMemoryAllocateInfo-allocationSize-01745).",
            caller, index, (unsigned long long)memory->allocationSize, type,
            (unsigned long long)alignment);
    }
    if (memory->handle.type != 0 &&
        ((uintptr_t)memory->handle.ptr % alignment != 0 || memory->handle.ptr == NULL)) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "%s: memories[%u].handle.ptr is %p, but for %s it must be a multiple of "
                         "the device's minImportedHostPointerAlignment, %llu, and not NULL "
                         "(VUID-VkImportMemoryHostPointerInfoEXT-pHostPointer-01749).",
                         caller, index, memory->handle.ptr, type, (unsigned long long)alignment);
    }
    if (memory->handle.type != 0 &&
        memory->allocationSize - 1 > UINTPTR_MAX - (uintptr_t)memory->handle.ptr) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "%s: memories[%u].allocationSize is %llu, which from handle.ptr %p on "
                         "goes beyond all addresses "
                         "(VUID-VkImportMemoryHostPointerInfoEXT-handleType-01750).",
                         caller, index, (unsigned long long)memory->allocationSize,
                         memory->handle.ptr);
    }
    return VK_SUCCESS;
}

/* In place of a handle. */
static VkResult check_name(const char *caller, const VxmSharedMemory *memory, uint32_t index,
                           const struct vxm_handle_type *type)
{
    if ((type->flags & VXM_TYPE_NAMES) == 0) {
        return vxm__fail_argument("%s: memories[%u].name is given, but a %s has no name. Give the "
                                  "handle.",
                                  caller, index, type->name);
    }
    if (memory->name[0] == L'\0') {
        return vxm__fail_argument("%s: memories[%u].name is empty.", caller, index);
    }
    if (memory->handle.type != 0) {
        return vxm__fail_argument("%s: memories[%u] has both a handle and a name "
                                  "(VUID-VkImportMemoryWin32HandleInfoKHR-handle-01441). "
                                  "Give one of them.",
                                  caller, index);
    }
    if ((type->flags & VXM_TYPE_PROPERTIES_QUERY) != 0 && memory->memoryTypeBits == 0) {
        return vxm__fail_argument("%s: memories[%u].memoryTypeBits is 0 (unknown), and the driver "
                                  "can be asked about a %s handle only, not about a name "
                                  "(VUID-VkMemoryAllocateInfo-memoryTypeIndex-00645). "
                                  "Fill it in, or import by a handle.",
                                  caller, index, type->name);
    }
    return VK_SUCCESS;
}

/* `*payload` gets the payload's size where the system can tell it. */
static VkResult check_handle(const char *caller, VxmDevice device, const VxmShared *shared,
                             uint32_t index, const struct vxm_handle_type *type, uint64_t *payload)
{
    const VxmSharedMemory *memory = &shared->memories[index];
    VkResult result;

    if (memory->name != NULL) {
        return check_name(caller, memory, index, type);
    }

    if (memory->handle.type == 0) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "%s: memories[%u].handle is empty. Put the %s handle that travelled "
                         "beside the description there.",
                         caller, index, type->name);
    }
    if (memory->handle.kind != VXM_HANDLE_KIND_MEMORY || memory->handle.type != type->type) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "%s: memories[%u].handle is of kind %d and type %s, but handleType is "
                         "%s memory.",
                         caller, index, (int)memory->handle.kind,
                         vxmHandleTypeName(memory->handle.kind, memory->handle.type), type->name);
    }
    result = vxm__check_handle(&memory->handle);
    if (result != VK_SUCCESS) {
        return vxm__fail_of_handle(caller, index);
    }
    if ((type->flags & VXM_TYPE_NATIVE_FACTS) != 0) {
        result = vxm__os_check_facts(
            &memory->handle, device->nativeDevice,
            shared->resourceType == VXM_RESOURCE_TYPE_IMAGE ? &shared->image : NULL);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    if ((type->flags & VXM_TYPE_PAYLOAD_SIZE) != 0) {
        *payload = vxm__os_payload_size(&memory->handle);
    }
    if (*payload != 0 && memory->allocationSize > *payload) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, 0,
                         "%s: memories[%u].allocationSize is %llu bytes, but the %s handle's "
                         "payload has only %llu.",
                         caller, index, (unsigned long long)memory->allocationSize, type->name,
                         (unsigned long long)*payload);
    }
    return VK_SUCCESS;
}

/* A heap of Direct3D's is imported with its own size, which nobody but its maker knows. */
static VkResult check_size_known(const char *caller, const VxmShared *shared, uint32_t index,
                                 const struct vxm_handle_type *type)
{
    const uint32_t elsewhere = VXM_TYPE_PAYLOAD_SIZE | VXM_TYPE_SIZE_IGNORED | VXM_TYPE_SIZE_ZERO |
                               VXM_TYPE_AT_CREATION | VXM_TYPE_NATIVE_FIRST;

    if (shared->memories[index].allocationSize == 0 && (type->flags & elsewhere) == 0) {
        return vxm__fail_argument("%s: memories[%u].allocationSize is 0 (unknown), but %s memory "
                                  "is imported with its own size, which neither system nor driver "
                                  "can tell. Fill it in.",
                                  caller, index, type->name);
    }
    return VK_SUCCESS;
}

static VkResult check_memory(const char *caller, VxmDevice device, const VxmShared *shared,
                             uint32_t index, const struct vxm_handle_type *type, uint64_t *payload)
{
    static const char *const fields[VXM_MAX_PLANES] = {
        "memories[0].allocationSize",
        "memories[1].allocationSize",
        "memories[2].allocationSize",
        "memories[3].allocationSize",
    };
    VkResult result =
        vxm__plan_check_size(caller, device, fields[index], shared->memories[index].allocationSize);

    if (result == VK_SUCCESS && (type->flags & VXM_TYPE_EXACT_ALLOCATION) != 0) {
        result = check_exact(caller, device, shared, index, type->name);
    }
    if (result == VK_SUCCESS && (type->flags & VXM_TYPE_HOST_POINTER) != 0) {
        result = check_host_pointer(caller, device, shared, index, type->name);
    }
    if (result == VK_SUCCESS) {
        result = check_size_known(caller, shared, index, type);
    }
    return result == VK_SUCCESS ? check_handle(caller, device, shared, index, type, payload)
                                : result;
}

static VkResult check_origin_and_type(const char *caller, VxmDevice device, const VxmShared *shared,
                                      const struct vxm_handle_type *type)
{
    const struct vxm_origin origin = {
        .deviceUUID = shared->deviceUUID,
        .driverUUID = shared->driverUUID,
        .deviceLUID = shared->deviceLUIDValid ? shared->deviceLUID : NULL,
    };
    VkResult result = vxm__require_enabled(device, type);

    if (result == VK_SUCCESS) {
        result = vxm__check_origin(caller, device, type, &origin);
    }
    if (result == VK_SUCCESS && shared->dedicated &&
        (type->flags & VXM_TYPE_DEDICATED_FORBIDDEN) != 0) {
        result = vxm__fail_argument("%s: dedicated is set, but %s memory is never dedicated "
                                    "(VUID-VkMemoryAllocateInfo-pNext-02806).",
                                    caller, type->name);
    }
    return result;
}

/* The planes of a modifier tell where level 0 is. The same driver puts the others where it has put
 * them in the exporter's image. */
static VkResult check_levels(const char *caller, VxmDevice device, const VxmShared *shared)
{
    const VxmImageDescription *image = &shared->image;

    if (image->tiling != VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT || image->mipLevels == 1 ||
        (memcmp(shared->deviceUUID, device->identity.deviceUUID, VK_UUID_SIZE) == 0 &&
         memcmp(shared->driverUUID, device->identity.driverUUID, VK_UUID_SIZE) == 0)) {
        return VK_SUCCESS;
    }
    return vxm__fail(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, 0,
                     "%s: the image has %u mipLevels, but a DRM format modifier and its planes "
                     "tell where level 0 lies, and the exporter is not known to be this device and "
                     "driver (deviceUUID, driverUUID), which would put the others in the same "
                     "places. Share an image of one level.",
                     caller, image->mipLevels);
}

VkResult vxm__check_import(const char *caller, VxmDevice device, const VxmShared *shared,
                           const struct vxm_handle_type **type, VxmShared *storage,
                           const VxmShared **resolved)
{
    uint64_t payloads[VXM_MAX_PLANES] = {0};
    VkResult result = vxm__check_description(caller, shared);

    if (result == VK_SUCCESS) {
        result = vxm__require_type(caller, VXM_HANDLE_KIND_MEMORY, shared->handleType, type);
    }
    if (result == VK_SUCCESS) {
        result = check_origin_and_type(caller, device, shared, *type);
    }
    for (uint32_t i = 0; result == VK_SUCCESS && i < shared->memoryCount; i++) {
        result = check_memory(caller, device, shared, i, *type, &payloads[i]);
    }
    if (result != VK_SUCCESS || shared->resourceType != VXM_RESOURCE_TYPE_IMAGE) {
        *resolved = shared;
        return result;
    }
    if (shared->image.planeCount != 0 && ((*type)->flags & VXM_TYPE_PAYLOAD_SIZE) != 0) {
        result = vxm__check_shared_planes(caller, shared, payloads);
    }
    if (result == VK_SUCCESS) {
        result = vxm__resolve_memories(caller, shared, *type, storage, resolved);
    }
    if (result == VK_SUCCESS) {
        result = vxm__check_layout(caller, device, &vxm__shared_words, &(*resolved)->image);
    }
    return result == VK_SUCCESS ? check_levels(caller, device, shared) : result;
}
