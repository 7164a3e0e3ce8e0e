/*
 * How a plan begins and how its structs hang together.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "plan.h"

#include <stdio.h>

VkResult vxm__plan_check_next(const char *caller, const void *next, uint32_t handleTypes)
{
    /* Chained by the library itself, and a struct type may stand in a chain only once. */
    static const VkStructureType refused[] = {
        VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO,
        VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO,
        VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR,
        VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT,
        VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR,
        VK_STRUCTURE_TYPE_IMPORT_MEMORY_ZIRCON_HANDLE_INFO_FUCHSIA,
        (VkStructureType)1000602000, /* VkImportMemoryMetalHandleInfoEXT, since 1.4.306 */
    };

    VkResult result = vxm__check_chain(caller, "info->next", next);

    if (result != VK_SUCCESS) {
        return result;
    }
    for (const VkBaseInStructure *base = next; base != NULL; base = base->pNext) {
        const char *misplaced;

        for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
            if (base->sType == refused[i]) {
                return vxm__fail_argument("%s: info->next holds a struct with sType %d, which the "
                                          "library chains itself. Leave it out.",
                                          caller, (int)base->sType);
            }
        }
        misplaced = vxm__backend_misplaced(base, VXM_HANDLE_KIND_MEMORY, handleTypes);
        if (misplaced != NULL) {
            char names[128];

            vxm__type_names(VXM_HANDLE_KIND_MEMORY, handleTypes, names, sizeof names);
            return vxm__fail_argument("%s: info->next holds a %s, which has no place with the "
                                      "handle types %s (VUID-VkExportMemoryWin32HandleInfoKHR-"
                                      "handleType-00657). Leave it out, or add a type that it is "
                                      "for.",
                                      caller, misplaced, names);
        }
    }
    return VK_SUCCESS;
}

VkResult vxm__plan_check_families(const char *caller, VxmDevice device, uint32_t count,
                                  const uint32_t *families)
{
    if (count > device->queueFamilyCount) {
        return vxm__fail_argument("%s: queueFamilyIndexCount is %u, but the device has %u families "
                                  "(01419, 01420).",
                                  caller, count, device->queueFamilyCount);
    }
    for (uint32_t i = 0; i < count; i++) {
        bool twice = false;

        for (uint32_t j = 0; j < i; j++) {
            twice = twice || families[j] == families[i];
        }
        if (twice || families[i] >= device->queueFamilyCount) {
            return vxm__fail_argument("%s: queue family %u, at %u of the queue family indices, is "
                                      "%s; the device has %u (01419, 01420).",
                                      caller, families[i], i,
                                      twice ? "named twice" : "not the device's",
                                      device->queueFamilyCount);
        }
    }
    return VK_SUCCESS;
}

static VkResult describe(const char *caller, const struct vxm_request *request, VxmPlan *plan)
{
    const uint32_t *families = NULL;
    uint32_t count = 0;
    VkResult result;

    if (request->buffer != NULL) {
        plan->resourceType = VXM_RESOURCE_TYPE_BUFFER;
        plan->bufferCreateInfo = *request->buffer;
        result = vxm__describe_buffer(caller, request->buffer, false, &plan->state.buffer);
        if (request->buffer->sharingMode == VK_SHARING_MODE_CONCURRENT) {
            families = request->buffer->pQueueFamilyIndices;
            count = request->buffer->queueFamilyIndexCount;
        }
    } else if (request->image != NULL) {
        plan->resourceType = VXM_RESOURCE_TYPE_IMAGE;
        plan->imageCreateInfo = *request->image;
        result = vxm__describe_image(caller, request->image, false, &plan->state.image);
        if (request->image->sharingMode == VK_SHARING_MODE_CONCURRENT) {
            families = request->image->pQueueFamilyIndices;
            count = request->image->queueFamilyIndexCount;
        }
    } else {
        plan->resourceType = VXM_RESOURCE_TYPE_MEMORY;
        plan->state.rawSize = request->size;
        return request->size != 0 ? VK_SUCCESS
                                  : vxm__fail_argument("%s: size is 0 "
                                                       "(VUID-VkMemoryAllocateInfo-pNext-01874).",
                                                       caller);
    }
    return result == VK_SUCCESS
               ? vxm__plan_check_families(caller, plan->state.device, count, families)
               : result;
}

VkResult vxm__plan_ask(const char *caller, VxmPlan *plan, const struct vxm_handle_type *type,
                       VkExternalMemoryFeatureFlags needed, struct vxm_capability *capability)
{
    VkResult result =
        vxm__require_capability(caller, plan->state.device, plan->resourceType, &plan->state.buffer,
                                &plan->state.image, type, needed, capability);

    if ((capability->features & VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT) != 0) {
        plan->state.dedicatedOnly = VK_TRUE;
    }
    return result;
}

/* Every type must be exportable, and all of them together (VUID-VkExportMemoryAllocateInfo-
 * handleTypes-00656). */
static VkResult check_export_type(const char *caller, VxmPlan *plan,
                                  const struct vxm_handle_type *type,
                                  VkExternalMemoryHandleTypeFlags handleTypes)
{
    struct vxm_capability capability = {0};
    VkResult result =
        vxm__plan_ask(caller, plan, type, VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT, &capability);

    if (result == VK_SUCCESS && (handleTypes & ~(capability.compatible | type->type)) != 0) {
        char others[128];

        vxm__type_names(VXM_HANDLE_KIND_MEMORY, handleTypes & ~(capability.compatible | type->type),
                        others, sizeof others);
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: info->handleTypes has %s together with %s, but the driver's "
                         "compatibleHandleTypes say that one allocation can't be both (VUID "
                         "00656). Make one object for each.",
                         caller, type->name, others);
    }
    return result;
}

static VkResult check_export_types(const char *caller, VxmPlan *plan, const void *imageNext,
                                   VkExternalMemoryHandleTypeFlags handleTypes)
{
    const bool byModifier = plan->resourceType == VXM_RESOURCE_TYPE_IMAGE &&
                            plan->state.image.tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;

    if (handleTypes == 0) {
        return vxm__fail_argument("%s: info->handleTypes is 0: name at least one type to export "
                                  "as.",
                                  caller);
    }
    for (uint32_t rest = handleTypes; rest != 0; rest &= rest - 1) {
        const uint32_t bit = rest & (~rest + 1u);
        const struct vxm_handle_type *type = NULL;
        VkResult result = vxm__require_type(caller, VXM_HANDLE_KIND_MEMORY, bit, &type);

        if (result == VK_SUCCESS) {
            result = vxm__require_enabled(plan->state.device, type);
        }
        /* With modifiers it is asked for each of these. */
        if (result == VK_SUCCESS && !byModifier) {
            result = check_export_type(caller, plan, type, handleTypes);
        }
        if (result != VK_SUCCESS) {
            return result;
        }
    }
    if (byModifier) {
        return vxm__plan_offer_modifiers(caller, plan, imageNext, handleTypes);
    }
    return vxm__plan_is_disjoint(plan) ? vxm__check_layout(caller, plan->state.device,
                                                           &vxm__create_words, &plan->state.image)
                                       : VK_SUCCESS;
}

/* No memory is larger than the largest heap (VUID-vkAllocateMemory-pAllocateInfo-01713); said
 * before a driver has to cope with such a size. */
VkResult vxm__plan_check_size(const char *caller, VxmDevice device, const char *field,
                              VkDeviceSize size)
{
    VkDeviceSize largest = 0;

    for (uint32_t i = 0; i < device->memoryProperties.memoryHeapCount; i++) {
        if (device->memoryProperties.memoryHeaps[i].size > largest) {
            largest = device->memoryProperties.memoryHeaps[i].size;
        }
    }
    if (size > largest) {
        return vxm__fail(VK_ERROR_OUT_OF_DEVICE_MEMORY, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: %s is %llu bytes, but the device's largest memory heap has %llu "
                         "(VUID-vkAllocateMemory-pAllocateInfo-01713).",
                         caller, field, (unsigned long long)size, (unsigned long long)largest);
    }
    return VK_SUCCESS;
}

/* What the driver itself can't make shareable is made by the system, and then imported: from here
 * on the plan is one of an import whose handle is its own. */
static VkResult begin_native(const char *caller, VxmPlan *plan)
{
    const struct vxm_handle_type *type;
    VkResult result;

    if ((vxm__flags_of_types(VXM_HANDLE_KIND_MEMORY, plan->handleTypes) & VXM_TYPE_NATIVE_FIRST) ==
        0) {
        return VK_SUCCESS;
    }
    type = vxm__find_type(
        VXM_HANDLE_KIND_MEMORY,
        vxm__types_with(VXM_HANDLE_KIND_MEMORY, plan->handleTypes, VXM_TYPE_NATIVE_FIRST));
    if (type == NULL) {
        return VK_SUCCESS;
    }
    if (plan->state.device->nativeDevice == NULL) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: a %s is made by the system's own device, which is not known of this "
                         "VxmDevice. Make it with vxmCreateDevice().",
                         caller, type->name);
    }
    result = vxm__os_make_payload(type->type, plan->state.device->nativeDevice, &plan->state.image,
                                  &plan->state.importHandles[0]);
    if (result != VK_SUCCESS) {
        return result;
    }
    plan->handleTypes |= type->importAs;
    plan->state.importHandleType = type->importAs;
    plan->state.keptHandleTypes = plan->handleTypes;
    plan->state.ownsHandles = VK_TRUE;
    plan->state.source[0].handle = plan->state.importHandles[0];
    return VK_SUCCESS;
}

VkResult vxm__plan_begin_export(const char *caller, VxmDevice device,
                                const struct vxm_request *request, const VxmMemoryCreateInfo *info,
                                VxmPlan *plan)
{
    VkResult result;

    *plan = (VxmPlan){0};
    plan->state.device = device;
    plan->state.dedicatedMode = info->dedicated;
    plan->state.requiredFlags = info->requiredFlags;
    plan->state.preferredFlags = info->preferredFlags;
    if (info->requiredFlags == 0 && info->preferredFlags == 0) {
        plan->state.preferredFlags = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
    }
    plan->state.allowedTypeBits = info->memoryTypeBits != 0 ? info->memoryTypeBits : UINT32_MAX;
    plan->state.appNext = info->next;
    plan->handleTypes = info->handleTypes;
    plan->memoryCount = 1;
    if ((uint32_t)info->dedicated > VXM_DEDICATED_OFF) {
        return vxm__fail_argument("%s: info->dedicated is %d, which is none of AUTO, ON and OFF.",
                                  caller, (int)info->dedicated);
    }
    result = vxm__plan_check_next(caller, info->next, info->handleTypes);
    if (result == VK_SUCCESS) {
        result = describe(caller, request, plan);
    }
    if (result == VK_SUCCESS) {
        result = vxm__plan_check_size(
            caller, device, request->buffer != NULL ? "size of the buffer" : "size",
            request->buffer != NULL ? request->buffer->size : request->size);
    }
    if (result == VK_SUCCESS) {
        result = vxm__plan_check_disjoint(caller, plan, info->handleTypes);
    }
    if (result == VK_SUCCESS) {
        result = check_export_types(
            caller, plan, request->image != NULL ? request->image->pNext : NULL, info->handleTypes);
    }
    if (result == VK_SUCCESS) {
        result = begin_native(caller, plan);
    }
    if (result == VK_SUCCESS) {
        plan->state.externalBuffer.handleTypes =
            vxm__vulkan_types(VXM_HANDLE_KIND_MEMORY, plan->handleTypes);
        plan->state.externalImage.handleTypes = plan->state.externalBuffer.handleTypes;
        vxm__plan_link_resource(plan);
    }
    return result;
}

VkResult vxm__plan_fail(VkResult result, const char *command, const char *caller,
                        const VxmPlan *plan)
{
    const bool import = plan->state.givenHandleType != 0;
    const VkExtent3D *extent = &plan->state.image.extent;
    char doing[256];
    char what[96];
    char types[64];

    vxm__type_names(VXM_HANDLE_KIND_MEMORY,
                    import ? plan->state.givenHandleType : plan->handleTypes, types, sizeof types);
    if (plan->resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        snprintf(what, sizeof what, "a buffer of %llu bytes",
                 (unsigned long long)plan->state.buffer.size);
    } else if (plan->resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        snprintf(what, sizeof what, "a %ux%ux%u image of format %s", extent->width, extent->height,
                 extent->depth, vxm__format_name(plan->state.image.format).text);
    } else {
        snprintf(what, sizeof what, "raw memory");
    }
    snprintf(doing, sizeof doing, "%s was %s %s as %s (allocation of %llu bytes, memory type %u)",
             caller, import ? "importing" : "making", what, types,
             (unsigned long long)plan->memories[0].allocateInfo.allocationSize,
             plan->memories[0].allocateInfo.memoryTypeIndex);
    return vxm__fail_driver(result, command, doing,
                            import ? "if memory isn't short, the handle is of another device, "
                                     "driver, type or size than its description says"
                                   : NULL);
}

bool vxm__plan_creates_buffer(const VxmPlan *plan)
{
    return plan->resourceType == VXM_RESOURCE_TYPE_BUFFER &&
           plan->state.dedicatedBuffer == VK_NULL_HANDLE;
}

bool vxm__plan_creates_image(const VxmPlan *plan)
{
    return plan->resourceType == VXM_RESOURCE_TYPE_IMAGE &&
           plan->state.dedicatedImage == VK_NULL_HANDLE;
}

static bool is_at_creation(const VxmPlan *plan)
{
    return (vxm__flags_of_types(VXM_HANDLE_KIND_MEMORY, plan->state.importHandleType) &
            VXM_TYPE_AT_CREATION) != 0;
}

static void link_buffer(VxmPlan *plan)
{
    plan->state.externalBuffer.sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO;
    plan->bufferCreateInfo.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO;
    plan->bufferCreateInfo.pNext = &plan->state.externalBuffer;
}

static void link_image(VxmPlan *plan)
{
    const void *next;

    plan->state.externalImage.sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_IMAGE_CREATE_INFO;
    plan->state.externalImage.pNext = NULL;
    next = plan->state.externalImage.handleTypes != 0 ? &plan->state.externalImage : NULL;
    if (plan->state.image.viewFormatCount != 0) {
        plan->state.formatList = (VkImageFormatListCreateInfo){
            .sType = VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO,
            .pNext = next,
            .viewFormatCount = plan->state.image.viewFormatCount,
            .pViewFormats = plan->state.image.viewFormats,
        };
        next = &plan->state.formatList;
    }
    next = vxm__plan_link_modifiers(plan, next);
    if (plan->state.image.stencilUsage != 0) {
        plan->state.stencilUsage = (VkImageStencilUsageCreateInfo){
            .sType = VK_STRUCTURE_TYPE_IMAGE_STENCIL_USAGE_CREATE_INFO,
            .pNext = next,
            .stencilUsage = plan->state.image.stencilUsage,
        };
        next = &plan->state.stencilUsage;
    }
    plan->imageCreateInfo.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO;
    plan->imageCreateInfo.pNext = vxm__backend_image_chain(
        plan->handleTypes, is_at_creation(plan) ? &plan->state.importHandles[0] : NULL,
        plan->state.imageInfo.bytes, next);
}

static void link_memory(VxmPlan *plan, uint32_t index)
{
    VxmPlanMemory *memory = &plan->memories[index];
    const VkExternalMemoryHandleTypeFlags exported =
        vxm__vulkan_types(VXM_HANDLE_KIND_MEMORY, plan->handleTypes & ~plan->state.keptHandleTypes);
    const void *next = plan->state.appNext;

    if (exported != 0) {
        plan->state.exportInfo[index] = (VkExportMemoryAllocateInfo){
            .sType = VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO,
            .pNext = next,
            .handleTypes = exported,
        };
        next = &plan->state.exportInfo[index];
    }
    if (plan->state.importHandleType != 0 && !is_at_creation(plan)) {
        next = vxm__backend_import_chain(&plan->state.importHandles[index],
                                         plan->state.source[index].name,
                                         plan->state.importInfo[index].bytes, next);
    }
    memory->next = next;
    if (plan->dedicated) {
        plan->state.dedicatedInfo[index].sType = VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO;
        plan->state.dedicatedInfo[index].pNext = next;
        next = &plan->state.dedicatedInfo[index];
    }
    memory->allocateInfo.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO;
    memory->allocateInfo.pNext = next;
}

void vxm__plan_link_resource(VxmPlan *plan)
{
    if (plan->resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        link_buffer(plan);
    } else if (plan->resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        link_image(plan);
    }
}

void vxm__plan_link_memories(VxmPlan *plan)
{
    for (uint32_t i = 0; i < plan->memoryCount; i++) {
        link_memory(plan, i);
    }
}

void vxm__plan_link(VxmPlan *plan)
{
    vxm__plan_link_resource(plan);
    vxm__plan_link_memories(plan);
}
