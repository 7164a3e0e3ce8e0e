/*
 * How the plan of an import begins and ends: the description's facts, the private handles.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "plan.h"

#include <string.h>

/* What exports are duplicates of. What came by a name has no handle to keep. */
static uint32_t kept_types(const VxmShared *shared, const VxmImportInfo *info,
                           const struct vxm_handle_type *type)
{
    return (type->flags & VXM_TYPE_CLOSABLE) != 0 && shared->memories[0].name == NULL
               ? info->reexportHandleTypes & type->type
               : 0;
}

static VkResult check_info(const char *caller, const VxmShared *shared, const VxmImportInfo *info,
                           const struct vxm_handle_type *type)
{
    const bool dedicatedGiven =
        info->dedicatedBuffer != VK_NULL_HANDLE || info->dedicatedImage != VK_NULL_HANDLE;

    if ((info->flags & ~(VxmImportFlags)VXM_IMPORT_TAKE_HANDLES_BIT) != 0) {
        return vxm__fail_argument("%s: info->flags is 0x%x, but memory knows only "
                                  "VXM_IMPORT_TAKE_HANDLES_BIT.",
                                  caller, info->flags);
    }
    if (info->dedicatedBuffer != VK_NULL_HANDLE && info->dedicatedImage != VK_NULL_HANDLE) {
        return vxm__fail_argument("%s: info has both dedicatedBuffer and dedicatedImage; an "
                                  "allocation is dedicated to one.",
                                  caller);
    }
    if ((info->dedicatedBuffer != VK_NULL_HANDLE &&
         shared->resourceType == VXM_RESOURCE_TYPE_IMAGE) ||
        (info->dedicatedImage != VK_NULL_HANDLE &&
         shared->resourceType == VXM_RESOURCE_TYPE_BUFFER)) {
        return vxm__fail_argument(
            "%s: info->%s is given, but the description is of %s, and the "
            "resource must be identical to the exporter's (VUID 01878, "
            "01879).",
            caller, info->dedicatedBuffer != VK_NULL_HANDLE ? "dedicatedBuffer" : "dedicatedImage",
            info->dedicatedBuffer != VK_NULL_HANDLE ? "an image" : "a buffer");
    }
    if (info->dedicatedImage != VK_NULL_HANDLE && shared->resourceType == VXM_RESOURCE_TYPE_IMAGE &&
        vxm__is_disjoint(&shared->image)) {
        return vxm__fail_argument("%s: info->dedicatedImage is given, but the image is disjoint, "
                                  "and its memories are never dedicated "
                                  "(VUID-VkMemoryDedicatedAllocateInfo-image-01797). Let the "
                                  "library create the image, or plan it (vxmPlanImport).",
                                  caller);
    }
    if (dedicatedGiven && (type->flags & VXM_TYPE_DEDICATED_FORBIDDEN) != 0) {
        return vxm__fail_argument("%s: info names a dedicated resource, but %s memory is never "
                                  "dedicated (VUID-VkMemoryAllocateInfo-pNext-02806).",
                                  caller, type->name);
    }
    if ((type->flags & VXM_TYPE_AT_CREATION) != 0 && dedicatedGiven) {
        return vxm__fail_argument(
            "%s: info names a resource of your own, but a %s is declared when "
            "the image is created. Let the library create it.",
            caller, type->name);
    }
    if ((type->flags & VXM_TYPE_SAME_DEDICATED) != 0 && dedicatedGiven && !shared->dedicated) {
        return vxm__fail_argument("%s: info names a dedicated resource, but the exporter's "
                                  "allocation is not dedicated; for %s both are or neither is "
                                  "(VUID 01876 to 01879, 04751, 04752).",
                                  caller, type->name);
    }
    if ((type->flags & VXM_TYPE_SAME_DEDICATED) != 0 && shared->dedicated && !dedicatedGiven &&
        shared->resourceType == VXM_RESOURCE_TYPE_MEMORY) {
        return vxm__fail_argument("%s: the exporter's allocation is dedicated, so importing it as "
                                  "raw memory needs an identical buffer or image of your own (VUID "
                                  "01876 to 01879, 04751, 04752). Give it as info->dedicatedBuffer "
                                  "or dedicatedImage.",
                                  caller);
    }
    if ((type->flags & VXM_TYPE_DEDICATED_REQUIRED) != 0 && !dedicatedGiven &&
        shared->resourceType == VXM_RESOURCE_TYPE_MEMORY) {
        return vxm__fail_argument(
            "%s: %s memory is always dedicated to its resource, so importing "
            "it as raw memory needs an identical buffer or image of your own. "
            "Give it as info->dedicatedBuffer or dedicatedImage.",
            caller, type->name);
    }
    /* Attributes are of handles that the driver makes. */
    return vxm__plan_check_next(caller, info->next,
                                info->reexportHandleTypes & ~kept_types(shared, info, type));
}

/* Whether the resource must be the exporter's twin. A texture of Direct3D's own is no Vulkan
 * resource, and nobody calls it dedicated. */
static bool is_identical(const VxmShared *shared, const struct vxm_handle_type *type)
{
    return (type->flags & VXM_TYPE_SAME_DEDICATED) != 0 ||
           ((type->flags & VXM_TYPE_DEDICATED_REQUIRED) != 0 && shared->dedicated);
}

/* The families of a CONCURRENT resource can't travel: they are the importer's own. */
static VkResult choose_families(const char *caller, VxmDevice device, const VxmShared *shared,
                                const VxmImportInfo *info, const struct vxm_handle_type *type,
                                VkSharingMode theirs, VkSharingMode *mode)
{
    if (info->queueFamilyIndexCount != 0 &&
        (info->queueFamilyIndexCount < 2 || info->queueFamilyIndices == NULL)) {
        return vxm__fail_argument("%s: info->queueFamilyIndexCount is %u, but a CONCURRENT "
                                  "resource needs at least two families.",
                                  caller, info->queueFamilyIndexCount);
    }
    if (shared->resourceType != VXM_RESOURCE_TYPE_MEMORY && is_identical(shared, type) &&
        (theirs == VK_SHARING_MODE_CONCURRENT) != (info->queueFamilyIndexCount != 0)) {
        return vxm__fail_argument("%s: the exporter's sharingMode is %s, and %s memory needs the "
                                  "same on both sides (VUID 01878), but "
                                  "info->queueFamilyIndexCount is %u.",
                                  caller,
                                  theirs == VK_SHARING_MODE_CONCURRENT ? "CONCURRENT" : "EXCLUSIVE",
                                  type->name, info->queueFamilyIndexCount);
    }
    *mode =
        info->queueFamilyIndexCount != 0 ? VK_SHARING_MODE_CONCURRENT : VK_SHARING_MODE_EXCLUSIVE;
    return vxm__plan_check_families(caller, device, info->queueFamilyIndexCount,
                                    info->queueFamilyIndices);
}

static VkResult describe_resource(const char *caller, const VxmShared *shared,
                                  const VxmImportInfo *info, const struct vxm_handle_type *type,
                                  VxmPlan *plan)
{
    VkSharingMode mode = VK_SHARING_MODE_EXCLUSIVE;
    VkResult result = choose_families(caller, plan->state.device, shared, info, type,
                                      shared->resourceType == VXM_RESOURCE_TYPE_IMAGE
                                          ? shared->image.sharingMode
                                          : shared->buffer.sharingMode,
                                      &mode);

    if (result != VK_SUCCESS) {
        return result;
    }
    plan->resourceType = shared->resourceType;
    if (shared->resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        plan->state.buffer = shared->buffer;
        plan->state.buffer.sharingMode = mode;
        plan->bufferCreateInfo = (VkBufferCreateInfo){
            .flags = shared->buffer.flags,
            .size = shared->buffer.size,
            .usage = shared->buffer.usage,
            .sharingMode = mode,
            .queueFamilyIndexCount = info->queueFamilyIndexCount,
            .pQueueFamilyIndices = info->queueFamilyIndices,
        };
        return vxm__plan_check_size(caller, plan->state.device, "buffer.size", shared->buffer.size);
    }
    if (shared->resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        plan->state.image = shared->image;
        plan->state.image.sharingMode = mode;
        plan->imageCreateInfo = (VkImageCreateInfo){
            .flags = shared->image.flags,
            .imageType = shared->image.imageType,
            .format = shared->image.format,
            .extent = shared->image.extent,
            .mipLevels = shared->image.mipLevels,
            .arrayLayers = shared->image.arrayLayers,
            .samples = shared->image.samples,
            .tiling = shared->image.tiling,
            .usage = shared->image.usage,
            .sharingMode = mode,
            .queueFamilyIndexCount = info->queueFamilyIndexCount,
            .pQueueFamilyIndices = info->queueFamilyIndices,
            .initialLayout = VK_IMAGE_LAYOUT_UNDEFINED,
        };
        vxm__plan_take_layouts(plan);
    }
    return result == VK_SUCCESS ? vxm__plan_check_disjoint(caller, plan, type->type) : result;
}

/* Which of the exporter's types an identical resource can be made for on this device; the driver's
 * compatibleHandleTypes need not be of exactly this resource (00920, 00990). */
static VkResult add_others_here(const char *caller, const VxmShared *shared, const VxmPlan *plan,
                                uint32_t handleType, uint32_t compatible,
                                VkExternalMemoryHandleTypeFlags *types)
{
    const VxmDevice device = plan->state.device;

    for (uint32_t rest = shared->handleTypes & compatible & device->memoryTypes & ~handleType;
         rest != 0; rest &= rest - 1) {
        const uint32_t bit = rest & (~rest + 1u);
        struct vxm_capability capability;
        VkResult result = vxm__ask_memory(device, plan->resourceType, &plan->state.buffer,
                                          &plan->state.image, bit, &capability);

        if (result != VK_SUCCESS && result != VK_ERROR_FORMAT_NOT_SUPPORTED) {
            return vxm__fail_driver(result, "vkGetPhysicalDeviceImageFormatProperties2", caller,
                                    NULL);
        }
        if (capability.features != 0) {
            *types |= bit;
        }
    }
    return VK_SUCCESS;
}

/* What the driver is to export the import as, it must be able to with this very resource (00656,
 * 00990), and an identical one has been made for that by the exporter. */
static VkResult check_others_again(const char *caller, const VxmShared *shared,
                                   const struct vxm_handle_type *type, uint32_t others,
                                   VxmPlan *plan)
{
    const uint32_t all = vxm__vulkan_types(VXM_HANDLE_KIND_MEMORY, type->type | others);
    const uint32_t made = type->type | shared->handleTypes;
    const bool twin = shared->dedicated && is_identical(shared, type) &&
                      (vxm__plan_creates_buffer(plan) || vxm__plan_creates_image(plan));
    char names[128];

    for (uint32_t rest = others; rest != 0; rest &= rest - 1) {
        const uint32_t bit = rest & (~rest + 1u);
        struct vxm_capability capability;
        VkResult result = vxm__plan_ask(caller, plan, vxm__find_type(VXM_HANDLE_KIND_MEMORY, bit),
                                        VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT, &capability);

        if (result != VK_SUCCESS) {
            return result;
        }
        if ((all & ~(capability.compatible | bit)) != 0) {
            vxm__type_names(VXM_HANDLE_KIND_MEMORY, all & ~(capability.compatible | bit), names,
                            sizeof names);
            return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                             "%s: info->reexportHandleTypes has %s, but the driver's "
                             "compatibleHandleTypes say that one allocation can't be %s too (VUID "
                             "00656). Leave one of them out.",
                             caller, vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, bit), names);
        }
    }
    if (twin && (others & ~made) != 0) {
        vxm__type_names(VXM_HANDLE_KIND_MEMORY, others & ~made, names, sizeof names);
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: info->reexportHandleTypes has %s, which the exporter's resource was "
                         "not made for (shared->handleTypes), and for dedicated %s memory both "
                         "must be identical (VUID 01876 to 01879). Let the exporter add it to "
                         "handleTypes.",
                         caller, names, type->name);
    }
    return VK_SUCCESS;
}

static VkResult check_driver(const char *caller, const VxmShared *shared, const VxmImportInfo *info,
                             const struct vxm_handle_type *type, VxmPlan *plan)
{
    const VkExternalMemoryHandleTypeFlags again = info->reexportHandleTypes;
    const uint32_t kept = kept_types(shared, info, type);
    VkExternalMemoryHandleTypeFlags resource;
    struct vxm_capability capability;
    VkResult result =
        vxm__plan_ask(caller, plan, type, VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT, &capability);

    if (result != VK_SUCCESS) {
        return result;
    }
    if ((again & ~kept & ~(capability.exportFromImported & plan->state.device->memoryTypes)) != 0) {
        char names[128];

        vxm__type_names(VXM_HANDLE_KIND_MEMORY, again, names, sizeof names);
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: info->reexportHandleTypes has %s, but the driver's "
                         "exportFromImportedHandleTypes for %s is 0x%x (VUID 00671). Duplicate and "
                         "pass on the handle that you have instead (vxmDuplicateHandle).",
                         caller, names, type->name, capability.exportFromImported);
    }
    result = check_others_again(caller, shared, type, again & ~kept, plan);
    /* An identical resource has the exporter's types (01878), as far as this device has them. */
    resource = type->type | again;
    if (result == VK_SUCCESS && is_identical(shared, type)) {
        result =
            add_others_here(caller, shared, plan, type->type, capability.compatible, &resource);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    plan->handleTypes = again;
    plan->state.keptHandleTypes = kept;
    plan->state.externalBuffer.handleTypes = vxm__vulkan_types(VXM_HANDLE_KIND_MEMORY, resource);
    plan->state.externalImage.handleTypes = plan->state.externalBuffer.handleTypes;
    return VK_SUCCESS;
}

/* The handle that the driver is given: a duplicate where it takes it, the same object as a type of
 * Vulkan's where it doesn't know the given one, otherwise the caller's own. */
static VkResult prepare_handle(VxmPlan *plan, uint32_t index, const struct vxm_handle_type *type)
{
    VxmSharedMemory *source = &plan->state.source[index];
    VxmHandle *handle = &plan->state.importHandles[index];
    const void *nativeDevice = plan->state.device->nativeDevice;
    VkResult result;

    if (source->name != NULL) {
        *handle = (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = type->type};
        return VK_SUCCESS;
    }
    if ((type->flags & VXM_TYPE_IMPORT_CONSUMES) != 0) {
        return vxm__duplicate(&source->handle, handle);
    }
    if (type->importAs == 0) {
        *handle = source->handle;
        return VK_SUCCESS;
    }
    result = vxm__os_convert(&source->handle, nativeDevice, type->importAs, handle);
    if (result == VK_SUCCESS) {
        result = vxm__os_check_facts(handle, nativeDevice, &plan->state.image);
    }
    return result;
}

static VkResult prepare_handles(VxmPlan *plan, const struct vxm_handle_type *type)
{
    VkResult result = VK_SUCCESS;

    for (uint32_t i = 0; result == VK_SUCCESS && i < plan->memoryCount; i++) {
        result = prepare_handle(plan, i, type);
    }
    if (result != VK_SUCCESS) {
        vxm__plan_release(plan, 0, false);
    }
    return result;
}

VkResult vxm__plan_begin_import(const char *caller, VxmDevice device, VxmShared *given,
                                const VxmImportInfo *info, VxmPlan *plan)
{
    static const VxmImportInfo none;
    const struct vxm_handle_type *type = NULL;
    const VxmShared *shared;
    VxmShared storage;
    VkResult result;

    if (info == NULL) {
        info = &none;
    }
    *plan = (VxmPlan){0};
    result = vxm__check_import(caller, device, given, &type, &storage, &shared);
    if (result == VK_SUCCESS) {
        result = check_info(caller, shared, info, type);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    plan->state.device = device;
    plan->state.shared = given;
    plan->state.importFlags = info->flags;
    memcpy(plan->state.source, shared->memories, sizeof plan->state.source);
    plan->state.givenHandleType = type->type;
    plan->state.importHandleType = type->importAs != 0 ? type->importAs : type->type;
    plan->state.ownsHandles = type->importAs != 0;
    plan->state.dedicatedBuffer = info->dedicatedBuffer;
    plan->state.dedicatedImage = info->dedicatedImage;
    plan->state.requiredFlags = info->requiredFlags;
    plan->state.preferredFlags =
        info->preferredFlags != 0 ? info->preferredFlags : shared->memories[0].propertyFlags;
    plan->state.allowedTypeBits = UINT32_MAX;
    plan->state.appNext = info->next;
    plan->memoryCount = shared->memoryCount;
    if ((type->flags & VXM_TYPE_SAME_DEDICATED) != 0) {
        plan->state.dedicatedMode = shared->dedicated ? VXM_DEDICATED_ON : VXM_DEDICATED_OFF;
    }
    result = describe_resource(caller, shared, info, type, plan);
    if (result == VK_SUCCESS) {
        result = check_driver(caller, shared, info, type, plan);
    }
    if (result == VK_SUCCESS) {
        result = prepare_handles(plan, type);
    }
    if (result == VK_SUCCESS) {
        vxm__plan_link_resource(plan);
    }
    return result;
}

VkResult vxm__plan_import_types(const char *caller, const VxmPlan *plan, uint32_t index,
                                uint32_t *bits)
{
    const VxmSharedMemory *memory = &plan->state.source[index];
    const struct vxm_handle_type *type =
        vxm__find_type(VXM_HANDLE_KIND_MEMORY, plan->state.importHandleType);
    VkResult result;

    if ((type->flags & VXM_TYPE_AT_CREATION) != 0) {
        *bits = UINT32_MAX;
        return VK_SUCCESS;
    }
    /* The query takes a handle only (00645): of a name the caller has to know. */
    if ((type->flags & VXM_TYPE_PROPERTIES_QUERY) == 0 || memory->name != NULL) {
        *bits = memory->memoryTypeBits;
        return VK_SUCCESS;
    }
    result =
        vxm__backend_memory_type_bits(plan->state.device, &plan->state.importHandles[index], bits);
    if (result != VK_SUCCESS) {
        return vxm__fail(result, VXM_ERROR_REASON_DRIVER, result,
                         "%s: the driver was asked which memory types the %s handle in "
                         "memories[%u].handle may be imported with, and answered %s. It is no %s "
                         "that this driver knows.",
                         caller, type->name, index, vxmResultName(result), type->name);
    }
    if (*bits == 0) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_DRIVER, 0,
                         "%s: the driver answers that the %s handle in memories[%u].handle may be "
                         "imported with no memory type at all.",
                         caller, type->name, index);
    }
    return VK_SUCCESS;
}

VkResult vxm__plan_import_size(const char *caller, const VxmPlan *plan, uint32_t index,
                               VkDeviceSize required, VkDeviceSize *size)
{
    const VxmSharedMemory *memory = &plan->state.source[index];
    const struct vxm_handle_type *type =
        vxm__find_type(VXM_HANDLE_KIND_MEMORY, plan->state.importHandleType);
    VkDeviceSize whole = memory->allocationSize;

    if ((type->flags & VXM_TYPE_SIZE_ZERO) != 0) {
        *size = 0;
        return VK_SUCCESS;
    }
    if ((type->flags & (VXM_TYPE_SIZE_IGNORED | VXM_TYPE_AT_CREATION)) != 0 && required != 0) {
        *size = required;
        return VK_SUCCESS;
    }
    if ((type->flags & VXM_TYPE_PAYLOAD_SIZE) != 0) {
        const uint64_t payload = vxm__os_payload_size(&memory->handle);

        /* The payload may be larger than the exporter's allocation, such as by whole pages. */
        whole = payload != 0 && (whole == 0 || whole - memory->offset < required) ? payload : whole;
    }
    if (plan->dedicated && required != 0) {
        if ((type->flags & VXM_TYPE_EXACT_ALLOCATION) != 0 && whole != required) {
            return vxm__fail(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, 0,
                             "%s: memories[%u].allocationSize is %llu, but a dedicated allocation "
                             "for this resource has %llu bytes on this device "
                             "(VUID-VkMemoryDedicatedAllocateInfo-image-01433, buffer-01435). The "
                             "description and the resource don't belong together.",
                             caller, index, (unsigned long long)whole,
                             (unsigned long long)required);
        }
        /* The size of a dedicated allocation is the requirement's, not the file's. */
        *size = required;
    } else {
        *size = whole != 0 ? whole : required;
    }
    if (*size == 0) {
        return vxm__fail_argument("%s: memories[%u].allocationSize is 0 (unknown), and the system "
                                  "can't tell it for this handle. Fill it in.",
                                  caller, index);
    }
    if (whole != 0 && required > whole) {
        return vxm__fail(
            VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, 0,
            "%s: the payload in memories[%u] has %llu bytes, but %s takes %llu on this "
            "device.%s",
            caller, index, (unsigned long long)whole,
            plan->memoryCount > 1 ? "a plane of this disjoint image" : "this resource",
            (unsigned long long)required,
            plan->memoryCount > 1 ? " Import each plane as an image of its own (vxmDescribePlane)."
                                  : "");
    }
    return VK_SUCCESS;
}

void vxm__plan_release(VxmPlan *plan, uint32_t allocated, bool success)
{
    const struct vxm_handle_type *type =
        plan->state.importHandleType != 0
            ? vxm__find_type(VXM_HANDLE_KIND_MEMORY, plan->state.importHandleType)
            : NULL;

    if (type != NULL && (type->flags & VXM_TYPE_IMPORT_CONSUMES) != 0) {
        for (uint32_t i = allocated; i < plan->memoryCount; i++) {
            vxm__close_unless_taken(&plan->state.source[i].handle, &plan->state.importHandles[i]);
        }
    }
    for (uint32_t i = 0; plan->state.ownsHandles && i < plan->memoryCount; i++) {
        vxm__close(&plan->state.importHandles[i]);
    }
    if (success && type != NULL && (plan->state.importFlags & VXM_IMPORT_TAKE_HANDLES_BIT) != 0) {
        vxmCloseShared(plan->state.shared);
    }
    /* Not all of it: it is large, and of an ended plan nothing else is looked at. */
    plan->state.device = NULL;
    plan->state.importHandleType = 0;
}
