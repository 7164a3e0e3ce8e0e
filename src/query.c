/*
 * vxmQuery(): what can be shared here and with whom, or why not, in words.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

struct question {
    VxmResourceType resourceType;
    VxmBufferDescription buffer;
    VxmImageDescription image;
    bool anyModifier; /* the image's is not chosen yet: one of these, or any if they are none */
    uint32_t modifierCount;
    const uint64_t *modifiers;
    bool hasPeer;
    struct vxm_origin peer;
};

static VkResult read_question(const VxmQueryInfo *info, struct question *question)
{
    const VxmShared *shared = info->peerShared;
    VkResult result = VK_SUCCESS;

    if ((info->buffer != NULL) + (info->image != NULL) + (shared != NULL) > 1) {
        return vxm__fail_argument("vxmQuery: give at most one of info->buffer, info->image and "
                                  "info->peerShared.");
    }
    if (shared != NULL) {
        result = vxm__check_description("vxmQuery", shared);
        question->resourceType = shared->resourceType;
        question->buffer = shared->buffer;
        question->image = shared->image;
        question->hasPeer = true;
        question->peer.deviceUUID = shared->deviceUUID;
        question->peer.driverUUID = shared->driverUUID;
        question->peer.deviceLUID = shared->deviceLUIDValid ? shared->deviceLUID : NULL;
    } else if (info->buffer != NULL) {
        result = vxm__describe_buffer("vxmQuery", info->buffer, false, &question->buffer);
        question->resourceType = VXM_RESOURCE_TYPE_BUFFER;
    } else if (info->image != NULL) {
        result = vxm__describe_image("vxmQuery", info->image, false, &question->image);
        question->resourceType = VXM_RESOURCE_TYPE_IMAGE;
        question->anyModifier = info->image->tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
        if (result == VK_SUCCESS && question->anyModifier) {
            question->modifierCount =
                vxm__named_modifiers(info->image->pNext, &question->modifiers);
        }
    }
    if (info->peer != NULL) {
        question->hasPeer = true;
        question->peer.deviceUUID = info->peer->deviceUUID;
        question->peer.driverUUID = info->peer->driverUUID;
        question->peer.deviceLUID = info->peer->deviceLUIDValid ? info->peer->deviceLUID : NULL;
    }
    return result;
}

/* The driver chooses among the modifiers: what one of them can do can be done, and what is to be
 * true whichever it chooses must hold for all. */
static VkResult ask_modifiers(VxmDevice device, const struct question *question,
                              const struct vxm_handle_type *type, struct vxm_capability *capability)
{
    VxmImageDescription image = question->image;
    VxmModifiers found;
    VkResult result = vxm__shareable_modifiers(device, &image, type, question->modifierCount,
                                               question->modifiers, &found);

    if (result == VK_SUCCESS && found.modifierCount == 0) {
        return vxm__fail(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "vxmQuery: %s", found.reason);
    }
    for (uint32_t i = 0; result == VK_SUCCESS && i < found.modifierCount; i++) {
        struct vxm_capability one;

        image.drmFormatModifier = found.modifiers[i].drmFormatModifier;
        result = vxm__ask_memory(device, VXM_RESOURCE_TYPE_IMAGE, NULL, &image, type->type, &one);
        if (result != VK_SUCCESS) {
            return vxm__fail_driver(result, "vkGetPhysicalDeviceImageFormatProperties2",
                                    "asking about an image with one of its modifiers", NULL);
        }
        if (i == 0) {
            *capability = one;
        }
        capability->features |= one.features;
        capability->compatible &= one.compatible;
        capability->exportFromImported &= one.exportFromImported;
    }
    return result;
}

/* Asks the driver; what a create call would have failed with becomes the reason. */
static VkResult ask(VxmDevice device, const struct question *question,
                    const struct vxm_handle_type *type, VxmQueryResult *answer)
{
    struct vxm_capability capability;
    VkResult result = vxm__require_enabled(device, type);

    if (result == VK_SUCCESS && question->hasPeer) {
        result = vxm__check_origin("vxmQuery", device, type, &question->peer);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    result = question->anyModifier
                 ? ask_modifiers(device, question, type, &capability)
                 : vxm__require_capability("vxmQuery", device, question->resourceType,
                                           &question->buffer, &question->image, type,
                                           VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT |
                                               VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT,
                                           &capability);
    if (result != VK_SUCCESS) {
        return result;
    }
    answer->exportable = (capability.features & VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT) != 0;
    answer->importable = (capability.features & VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT) != 0;
    answer->dedicatedOnly =
        (capability.features & VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT) != 0;
    /* By a duplicate that is kept, where the type has duplicates: see VxmImportInfo. */
    answer->reexportable =
        answer->importable && ((type->flags & VXM_TYPE_CLOSABLE) != 0 ||
                               (capability.exportFromImported & type->type) != 0);
    answer->compatibleHandleTypes = capability.compatible;
    answer->exportFromImportedHandleTypes = capability.exportFromImported;
    if (!answer->exportable || !answer->importable) {
        snprintf(answer->reason, sizeof answer->reason,
                 "The driver can %s this as %s, but not %s it.",
                 answer->exportable ? "export" : "import", type->name,
                 answer->exportable ? "import" : "export");
    }
    return VK_SUCCESS;
}

static VkResult query_memory(VxmDevice device, const VxmQueryInfo *info, VxmQueryResult *result)
{
    const struct vxm_handle_type *type = NULL;
    struct question question = {.resourceType = VXM_RESOURCE_TYPE_MEMORY};
    VxmQueryResult answer = {0};
    VxmError before, why;
    VkResult asked = read_question(info, &question);

    if (asked != VK_SUCCESS) {
        return asked;
    }
    vxmGetLastError(&before);
    asked = vxm__require_type("vxmQuery", VXM_HANDLE_KIND_MEMORY, info->handleType, &type);
    if (asked == VK_SUCCESS) {
        asked = ask(device, &question, type, &answer);
    }
    if (asked != VK_SUCCESS) {
        vxmGetLastError(&why);
        /* The driver did not answer at all. */
        if (why.reason == VXM_ERROR_REASON_DRIVER) {
            return asked;
        }
        /* The reason of a "no" is an answer, not the thread's last failure. */
        vxm__append(answer.reason, sizeof answer.reason, "%s", why.message);
        vxm__fail(before.result, before.reason, before.code, "%s", before.message);
    }
    *result = answer;
    return VK_SUCCESS;
}

VkResult vxmQuery(VxmDevice device, const VxmQueryInfo *info, VxmQueryResult *result)
{
    if (device == NULL || info == NULL || result == NULL) {
        return vxm__fail_argument("vxmQuery: %s must not be NULL.", device == NULL ? "device"
                                                                    : info == NULL ? "info"
                                                                                   : "result");
    }
    if (info->handleType == 0 || (info->handleType & (info->handleType - 1)) != 0) {
        return vxm__fail_argument("vxmQuery: info->handleType is 0x%x, but must be one bit.",
                                  info->handleType);
    }
    if (info->kind == VXM_HANDLE_KIND_MEMORY) {
        return query_memory(device, info, result);
    }
    if (info->kind == VXM_HANDLE_KIND_SEMAPHORE) {
        return vxm__query_semaphore(device, info, result);
    }
    return vxm__fail_argument("vxmQuery: info->kind is %d, but only memory and semaphores can be "
                              "asked about.",
                              (int)info->kind);
}
