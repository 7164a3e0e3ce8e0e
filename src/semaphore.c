/*
 * Semaphores: made, adopted, ended, and waited for or signalled from the CPU.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

VkResult vxm__check_semaphore_export(const char *caller, VxmDevice device,
                                     VkSemaphoreType semaphoreType,
                                     VkExternalSemaphoreHandleTypeFlags handleTypes)
{
    for (uint32_t rest = handleTypes; rest != 0; rest &= rest - 1u) {
        const struct vxm_handle_type *type = NULL;
        VkExternalSemaphoreProperties properties;
        VkResult result =
            vxm__require_type(caller, VXM_HANDLE_KIND_SEMAPHORE, rest & (~rest + 1u), &type);
        if (result == VK_SUCCESS) {
            result =
                vxm__require_semaphore(caller, device, semaphoreType, type,
                                       VK_EXTERNAL_SEMAPHORE_FEATURE_EXPORTABLE_BIT, &properties);
        }
        if (result != VK_SUCCESS) {
            return result;
        }
        uint32_t others = handleTypes & ~(properties.compatibleHandleTypes | type->type);
        if (others != 0) {
            char names[128];
            vxm__type_names(VXM_HANDLE_KIND_SEMAPHORE, others, names, sizeof names);
            return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                             "%s: this driver answers that one semaphore can't be exported as %s "
                             "and as %s (VUID-VkExportSemaphoreCreateInfo-handleTypes-01124). Make "
                             "one semaphore for each.",
                             caller, type->name, names);
        }
    }
    return VK_SUCCESS;
}

VkResult vxm__new_semaphore(VxmDevice device, const VxmSemaphoreCreateInfo *info,
                            const VxmHandle *import, VxmSemaphore *semaphore)
{
    union {
        void *align;
        unsigned char bytes[VXM_CHAIN_SIZE];
    } storage;
    /* What was imported at creation is exported again by a duplicate. */
    const void *declared = vxm__backend_semaphore_chain(import ? 0 : info->handleTypes, import,
                                                        storage.bytes, info->next);
    const VkExportSemaphoreCreateInfo export_info = {
        .sType = VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_CREATE_INFO,
        .pNext = declared,
        .handleTypes = vxm__vulkan_types(VXM_HANDLE_KIND_SEMAPHORE, info->handleTypes),
    };
    const VkSemaphoreTypeCreateInfo timeline = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
        .pNext = export_info.handleTypes != 0 ? &export_info : declared,
        .semaphoreType = info->semaphoreType,
        .initialValue = info->initialValue,
    };
    const VkSemaphoreCreateInfo create = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
        /* Binary ones without the struct, which a device without timelines does not know. */
        .pNext = info->semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE ? (const void *)&timeline
                                                                   : timeline.pNext,
    };
    VxmSemaphore made = vxm__allocate(device->allocator, sizeof *made);
    if (!made) {
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    VkResult result =
        device->vk.CreateSemaphore(device->device, &create, device->allocator, &made->semaphore);
    if (result != VK_SUCCESS) {
        vxm__free(device->allocator, made);
        return vxm__fail_driver(result, "vkCreateSemaphore", "making a semaphore to share", NULL);
    }
    made->device = device;
    made->ownsObject = true;
    made->semaphoreType = info->semaphoreType;
    made->exportHandleTypes = info->handleTypes;
    made->payloadHandleTypes = ~0u;
    *semaphore = made;
    return VK_SUCCESS;
}

/* The library chains its own structs, and a struct may stand in a chain only once. */
static VkResult check_next(const VxmSemaphoreCreateInfo *info)
{
    VkResult result = vxm__check_chain("vxmCreateSemaphore", "info->next", info->next);
    if (result != VK_SUCCESS) {
        return result;
    }
    for (const VkBaseInStructure *base = info->next; base; base = base->pNext) {
        const char *misplaced =
            vxm__backend_misplaced(base, VXM_HANDLE_KIND_SEMAPHORE, info->handleTypes);
        if (base->sType == VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_CREATE_INFO ||
            base->sType == VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO) {
            return vxm__fail_argument("vxmCreateSemaphore: info->next holds a struct with sType "
                                      "%d, which the library chains itself. Leave it out.",
                                      (int)base->sType);
        }
        if (misplaced) {
            char names[128];
            vxm__type_names(VXM_HANDLE_KIND_SEMAPHORE, info->handleTypes, names, sizeof names);
            return vxm__fail_argument(
                "vxmCreateSemaphore: info->next holds a %s, which has no "
                "place with the handle types %s "
                "(VUID-VkExportSemaphoreWin32HandleInfoKHR-handleType-01125). "
                "Leave it out, or add a type that it is for.",
                misplaced, names);
        }
    }
    return VK_SUCCESS;
}

VkResult vxmCreateSemaphore(VxmDevice device, const VxmSemaphoreCreateInfo *info,
                            VxmSemaphore *semaphore)
{
    if (!device || !info || !semaphore) {
        return vxm__fail_argument("vxmCreateSemaphore: %s must not be NULL.", !device ? "device"
                                                                              : !info
                                                                                  ? "info"
                                                                                  : "semaphore");
    }
    if (info->handleTypes == 0) {
        return vxm__fail_argument("vxmCreateSemaphore: info->handleTypes is 0. Name at least one "
                                  "type to export it as.");
    }
    if (info->semaphoreType == VK_SEMAPHORE_TYPE_BINARY && info->initialValue != 0) {
        return vxm__fail_argument(
            "vxmCreateSemaphore: info->initialValue must be 0 for a binary "
            "semaphore (VUID-VkSemaphoreTypeCreateInfo-semaphoreType-03279).");
    }
    VkResult result = check_next(info);
    if (result == VK_SUCCESS) {
        result = vxm__check_semaphore_export("vxmCreateSemaphore", device, info->semaphoreType,
                                             info->handleTypes);
    }
    return result == VK_SUCCESS ? vxm__new_semaphore(device, info, NULL, semaphore) : result;
}

/* The handle that exports of its type will be duplicates of, if the app has given one. */
static VkResult check_given_handle(const VxmSemaphoreWrapInfo *info)
{
    const VxmHandle *handle = &info->handle;
    const struct vxm_handle_type *type = vxm__find_type(handle->kind, handle->type);
    if (handle->type == 0) {
        return VK_SUCCESS;
    }
    if (handle->kind != VXM_HANDLE_KIND_SEMAPHORE || (info->handleTypes & handle->type) == 0 ||
        !type || (type->flags & VXM_TYPE_CLOSABLE) == 0 ||
        (type->flags & VXM_TYPE_PAYLOAD_COPY) != 0) {
        return vxm__fail_argument("vxmWrapSemaphore: info->handle is of kind %d and type %s, but "
                                  "must be a semaphore handle of one of handleTypes that refers to "
                                  "the payload, or empty.",
                                  (int)handle->kind, vxmHandleTypeName(handle->kind, handle->type));
    }
    return vxm__os_check(handle);
}

VkResult vxmWrapSemaphore(VxmDevice device, const VxmSemaphoreWrapInfo *info,
                          VxmSemaphore *semaphore)
{
    VkResult result = VK_SUCCESS;
    if (!device || !info || !semaphore) {
        return vxm__fail_argument("vxmWrapSemaphore: %s must not be NULL.", !device ? "device"
                                                                            : !info ? "info"
                                                                                    : "semaphore");
    }
    if (!info->semaphore) {
        return vxm__fail_argument("vxmWrapSemaphore: info->semaphore must not be VK_NULL_HANDLE.");
    }
    if (info->semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE) {
        result = vxm__require_timeline("vxmWrapSemaphore", device);
    } else if (info->semaphoreType != VK_SEMAPHORE_TYPE_BINARY) {
        result = vxm__fail_argument("vxmWrapSemaphore: info->semaphoreType is %d, and must be "
                                    "VK_SEMAPHORE_TYPE_BINARY or VK_SEMAPHORE_TYPE_TIMELINE.",
                                    (int)info->semaphoreType);
    }
    if (result == VK_SUCCESS) {
        result = vxm__check_semaphore_export("vxmWrapSemaphore", device, info->semaphoreType,
                                             info->handleTypes);
    }
    if (result == VK_SUCCESS) {
        result = check_given_handle(info);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    VxmSemaphore made = vxm__allocate(device->allocator, sizeof *made);
    if (!made) {
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    if (info->handle.type != 0) {
        result = vxm__keep_duplicate(&made->kept, &info->handle);
    }
    if (result != VK_SUCCESS) {
        vxm__free(device->allocator, made);
        return result;
    }
    made->device = device;
    made->ownsObject = info->takeObject != VK_FALSE;
    made->semaphore = info->semaphore;
    made->semaphoreType = info->semaphoreType;
    made->exportHandleTypes = info->handleTypes;
    made->payloadHandleTypes = ~0u;
    *semaphore = made;
    return VK_SUCCESS;
}

void vxmDestroySemaphore(VxmSemaphore semaphore)
{
    if (semaphore) {
        VxmDevice device = semaphore->device;
        vxm__drop_kept(&semaphore->kept);
        if (semaphore->ownsObject) {
            device->vk.DestroySemaphore(device->device, semaphore->semaphore, device->allocator);
        }
        vxm__free(device->allocator, semaphore);
    }
}

VkSemaphore vxmGetVkSemaphore(VxmSemaphore semaphore)
{
    return semaphore ? semaphore->semaphore : VK_NULL_HANDLE;
}

/* The commands are there for every timeline: vxm__require_timeline() looked before it was made. */
static VkResult check_timeline(const char *caller, VxmSemaphore semaphore)
{
    if (!semaphore) {
        return vxm__fail_argument("%s: semaphore must not be NULL.", caller);
    }
    if (semaphore->semaphoreType != VK_SEMAPHORE_TYPE_TIMELINE) {
        return vxm__fail_argument("%s: the semaphore is binary, and the CPU can use timelines "
                                  "only. Wait for a fence of the submission instead.",
                                  caller);
    }
    return VK_SUCCESS;
}

VkResult vxmWaitSemaphore(VxmSemaphore semaphore, uint64_t value, uint64_t timeout)
{
    VkResult result = check_timeline("vxmWaitSemaphore", semaphore);
    if (result != VK_SUCCESS) {
        return result;
    }
    VxmDevice device = semaphore->device;
    const VkSemaphoreWaitInfo wait = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
        .semaphoreCount = 1,
        .pSemaphores = &semaphore->semaphore,
        .pValues = &value,
    };
    result = device->vk.WaitSemaphores(device->device, &wait, timeout);
    if (result == VK_TIMEOUT) {
        return vxm__fail(VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, VK_TIMEOUT,
                         "vxmWaitSemaphore: the timeline did not reach %llu within %llu ns. See "
                         "whether who signals it is still there.",
                         (unsigned long long)value, (unsigned long long)timeout);
    }
    return result == VK_SUCCESS
               ? VK_SUCCESS
               : vxm__fail_driver(result, "vkWaitSemaphores", "waiting for a timeline", NULL);
}

VkResult vxmGetSemaphoreValue(VxmSemaphore semaphore, uint64_t *value)
{
    uint64_t counter = 0;
    VkResult result = VK_SUCCESS;
    if (semaphore && !value) {
        result = vxm__fail_argument("vxmGetSemaphoreValue: value must not be NULL.");
    } else {
        result = check_timeline("vxmGetSemaphoreValue", semaphore);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    VxmDevice device = semaphore->device;
    result = device->vk.GetSemaphoreCounterValue(device->device, semaphore->semaphore, &counter);
    if (result != VK_SUCCESS) {
        return vxm__fail_driver(result, "vkGetSemaphoreCounterValue", "reading a timeline", NULL);
    }
    *value = counter;
    return VK_SUCCESS;
}

VkResult vxmSignalSemaphore(VxmSemaphore semaphore, uint64_t value)
{
    uint64_t current = 0;
    VkResult result = check_timeline("vxmSignalSemaphore", semaphore);
    if (result == VK_SUCCESS) {
        result = vxmGetSemaphoreValue(semaphore, &current);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    if (value <= current) {
        return vxm__fail_argument("vxmSignalSemaphore: value is %llu, but the timeline is at %llu "
                                  "already and can only grow "
                                  "(VUID-VkSemaphoreSignalInfo-value-03258).",
                                  (unsigned long long)value, (unsigned long long)current);
    }
    VxmDevice device = semaphore->device;
    const VkSemaphoreSignalInfo signal = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO,
        .semaphore = semaphore->semaphore,
        .value = value,
    };
    result = device->vk.SignalSemaphore(device->device, &signal);
    return result == VK_SUCCESS
               ? VK_SUCCESS
               : vxm__fail_driver(result, "vkSignalSemaphore", "signalling a timeline", NULL);
}
