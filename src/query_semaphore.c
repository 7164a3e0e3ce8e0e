/*
 * What the driver answers when it is asked whether a semaphore can be shared.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

static const char *type_name(VkSemaphoreType semaphoreType)
{
    return semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE ? "timeline" : "binary";
}

static void ask(VxmDevice device, VkSemaphoreType semaphoreType, uint32_t handleType,
                VkExternalSemaphoreProperties *properties)
{
    const VkSemaphoreTypeCreateInfo timeline = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
        .semaphoreType = semaphoreType,
    };
    const VkPhysicalDeviceExternalSemaphoreInfo info = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_SEMAPHORE_INFO,
        /* Not for binary ones: a device without timelines does not know the struct. */
        .pNext = semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE ? &timeline : NULL,
        .handleType = (VkExternalSemaphoreHandleTypeFlagBits)handleType,
    };
    *properties = (VkExternalSemaphoreProperties){
        .sType = VK_STRUCTURE_TYPE_EXTERNAL_SEMAPHORE_PROPERTIES,
    };
    device->vk.GetPhysicalDeviceExternalSemaphoreProperties(device->physicalDevice, &info,
                                                            properties);
}

VkResult vxm__require_timeline(const char *caller, VxmDevice device)
{
    if (!device->timelineSemaphore) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: a timeline was asked for, but the feature timelineSemaphore is off: "
                         "%s. Use a binary semaphore.",
                         caller,
                         device->owned ? "this driver does not have it"
                                       : "the deviceNext given to vxmWrapDevice() does not turn it "
                                         "on");
    }
    if (!device->vk.WaitSemaphores || !device->vk.SignalSemaphore ||
        !device->vk.GetSemaphoreCounterValue) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: the feature timelineSemaphore is on, but the driver does not give "
                         "vkWaitSemaphores, vkSignalSemaphore and vkGetSemaphoreCounterValue. Use "
                         "a binary semaphore.",
                         caller);
    }
    return VK_SUCCESS;
}

/* Everything before the driver's answer: that the question may be put at all. */
static VkResult check_question(const char *caller, VxmDevice device, VkSemaphoreType semaphoreType,
                               const struct vxm_handle_type *type)
{
    VkResult result = VK_SUCCESS;
    if (semaphoreType != VK_SEMAPHORE_TYPE_BINARY && semaphoreType != VK_SEMAPHORE_TYPE_TIMELINE) {
        return vxm__fail_argument("%s: semaphoreType is %d, and must be VK_SEMAPHORE_TYPE_BINARY "
                                  "or VK_SEMAPHORE_TYPE_TIMELINE.",
                                  caller, (int)semaphoreType);
    }
    if (semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE) {
        result = vxm__require_timeline(caller, device);
    }
    if (result == VK_SUCCESS) {
        result = vxm__require_enabled(device, type);
    }
    if (result == VK_SUCCESS && semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE &&
        (type->flags & VXM_TYPE_BINARY_ONLY) != 0) {
        result = vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                           "%s: %s is one signal, so it can't carry a timeline. Use a binary "
                           "semaphore, or another handle type.",
                           caller, type->name);
    }
    if (result == VK_SUCCESS && semaphoreType == VK_SEMAPHORE_TYPE_BINARY &&
        (type->flags & VXM_TYPE_TIMELINE_ONLY) != 0) {
        result =
            vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                      "%s: %s is a counter, so it can't be a binary semaphore. Use a timeline, "
                      "or another handle type.",
                      caller, type->name);
    }
    return result;
}

VkResult vxm__require_semaphore(const char *caller, VxmDevice device, VkSemaphoreType semaphoreType,
                                const struct vxm_handle_type *type,
                                VkExternalSemaphoreFeatureFlags features,
                                VkExternalSemaphoreProperties *properties)
{
    VkResult result = check_question(caller, device, semaphoreType, type);
    if (result != VK_SUCCESS) {
        return result;
    }
    if ((type->flags & VXM_TYPE_AT_CREATION) != 0) {
        *properties = (VkExternalSemaphoreProperties){
            .sType = VK_STRUCTURE_TYPE_EXTERNAL_SEMAPHORE_PROPERTIES,
            .exportFromImportedHandleTypes = type->type,
            .compatibleHandleTypes = type->type,
            .externalSemaphoreFeatures = VK_EXTERNAL_SEMAPHORE_FEATURE_EXPORTABLE_BIT |
                                         VK_EXTERNAL_SEMAPHORE_FEATURE_IMPORTABLE_BIT,
        };
        return VK_SUCCESS;
    }
    ask(device, semaphoreType, type->type, properties);
    VkExternalSemaphoreFeatureFlags missing = features & ~properties->externalSemaphoreFeatures;
    if (missing != 0) {
        bool no_export = (missing & VK_EXTERNAL_SEMAPHORE_FEATURE_EXPORTABLE_BIT) != 0;
        bool no_import = (missing & VK_EXTERNAL_SEMAPHORE_FEATURE_IMPORTABLE_BIT) != 0;
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: this driver answers that it can't %s %s semaphores as %s "
                         "(vkGetPhysicalDeviceExternalSemaphoreProperties). Wait for the GPU work "
                         "with a fence instead, and then send the hand-over through a channel "
                         "(vxmSendHandover()).",
                         caller,
                         no_export && no_import ? "export or import"
                         : no_export            ? "export"
                                                : "import",
                         type_name(semaphoreType), type->name);
    }
    return VK_SUCCESS;
}

/* All NULL: no peer. */
static struct vxm_origin peer_of(const VxmQueryInfo *info)
{
    struct vxm_origin peer = {NULL, NULL, NULL};
    if (info->peer) {
        peer.deviceUUID = info->peer->deviceUUID;
        peer.driverUUID = info->peer->driverUUID;
        peer.deviceLUID = info->peer->deviceLUIDValid ? info->peer->deviceLUID : NULL;
    } else if (info->peerShared) {
        peer.deviceUUID = info->peerShared->deviceUUID;
        peer.driverUUID = info->peerShared->driverUUID;
        peer.deviceLUID = info->peerShared->deviceLUIDValid ? info->peerShared->deviceLUID : NULL;
    }
    return peer;
}

static VkResult answer_query(VxmDevice device, const VxmQueryInfo *info, VxmQueryResult *answer)
{
    const VkExternalSemaphoreFeatureFlags both =
        VK_EXTERNAL_SEMAPHORE_FEATURE_EXPORTABLE_BIT | VK_EXTERNAL_SEMAPHORE_FEATURE_IMPORTABLE_BIT;
    const struct vxm_origin peer = peer_of(info);
    const struct vxm_handle_type *type = NULL;
    VkExternalSemaphoreProperties properties = {0};
    VkResult result =
        vxm__require_type("vxmQuery", VXM_HANDLE_KIND_SEMAPHORE, info->handleType, &type);
    if (result == VK_SUCCESS && peer.deviceUUID) {
        result = vxm__check_origin("vxmQuery", device, type, &peer);
    }
    if (result == VK_SUCCESS) {
        result = vxm__require_semaphore("vxmQuery", device, info->semaphoreType, type, both,
                                        &properties);
    }
    /* Half a yes is one, too, with the sentence about the other half. */
    answer->exportable =
        (properties.externalSemaphoreFeatures & VK_EXTERNAL_SEMAPHORE_FEATURE_EXPORTABLE_BIT) != 0;
    answer->importable =
        (properties.externalSemaphoreFeatures & VK_EXTERNAL_SEMAPHORE_FEATURE_IMPORTABLE_BIT) != 0;
    answer->compatibleHandleTypes = properties.compatibleHandleTypes;
    answer->exportFromImportedHandleTypes = properties.exportFromImportedHandleTypes;
    answer->reexportable = (properties.exportFromImportedHandleTypes & info->handleType) != 0;
    return result;
}

VkResult vxm__query_semaphore(VxmDevice device, const VxmQueryInfo *info, VxmQueryResult *result)
{
    VxmQueryResult answer = {0};
    VxmError before;
    if (info->buffer || info->image) {
        return vxm__fail_argument("vxmQuery: info->buffer and info->image must be NULL when "
                                  "semaphores are asked about.");
    }
    if (info->semaphoreType != VK_SEMAPHORE_TYPE_BINARY &&
        info->semaphoreType != VK_SEMAPHORE_TYPE_TIMELINE) {
        return vxm__fail_argument("vxmQuery: info->semaphoreType is %d, and must be "
                                  "VK_SEMAPHORE_TYPE_BINARY or VK_SEMAPHORE_TYPE_TIMELINE.",
                                  (int)info->semaphoreType);
    }
    vxmGetLastError(&before);
    if (answer_query(device, info, &answer) != VK_SUCCESS) {
        /* The reason of a "no" is an answer, not the thread's last failure. */
        VxmError why;
        vxmGetLastError(&why);
        vxm__append(answer.reason, sizeof answer.reason, "%s", why.message);
        (void)vxm__fail(before.result, before.reason, before.code, "%s", before.message);
    }
    *result = answer;
    return VK_SUCCESS;
}
