/*
 * Keyed mutexes of Direct3D 11 textures, taken and given back around a submission.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#define NANOSECONDS_PER_MILLISECOND 1000000u

static VkResult check_use(VxmDevice device, const VxmKeyedMutexUse *use, uint32_t index)
{
    static const char caller[] = "vxmChainKeyedMutexes";
    uint32_t types;

    if (use->memory == NULL) {
        return vxm__fail_argument("%s: uses[%u].memory must not be NULL.", caller, index);
    }
    if (use->memory->device != device) {
        return vxm__fail_argument("%s: uses[%u].memory is of another device than the submission.",
                                  caller, index);
    }
    if (!use->acquire && !use->release) {
        return vxm__fail_argument("%s: uses[%u] neither acquires nor releases. Leave it out.",
                                  caller, index);
    }
    types = use->memory->importHandleType;
    if (vxm__types_with(VXM_HANDLE_KIND_MEMORY, types, VXM_TYPE_KEYED_MUTEX) == 0) {
        char names[128];

        vxm__type_names(VXM_HANDLE_KIND_MEMORY, types, names, sizeof names);
        return vxm__fail_argument("%s: uses[%u].memory was imported as %s, and only imported "
                                  "textures of Direct3D 11 have a keyed mutex "
                                  "(VUID-VkWin32KeyedMutexAcquireReleaseInfoKHR-pAcquireSyncs-"
                                  "00081). Synchronise it with a semaphore.",
                                  caller, index, names);
    }
    return VK_SUCCESS;
}

/* A struct type stands in a chain once, and a struct that is its own next has no end. */
static VkResult check_next(const void *next)
{
    VkResult result = vxm__check_chain("vxmChainKeyedMutexes", "next", next);

    if (result != VK_SUCCESS) {
        return result;
    }
    for (const VkBaseInStructure *base = next; base != NULL; base = base->pNext) {
        if (base->sType == VK_STRUCTURE_TYPE_WIN32_KEYED_MUTEX_ACQUIRE_RELEASE_INFO_KHR) {
            return vxm__fail_argument("vxmChainKeyedMutexes: next holds a "
                                      "VkWin32KeyedMutexAcquireReleaseInfoKHR already, and a chain "
                                      "has one at most (VUID-VkSubmitInfo-sType-unique). Give all "
                                      "memories of the submission in one call, and in next what "
                                      "the chain has besides.");
        }
    }
    return VK_SUCCESS;
}

/* Vulkan counts in milliseconds; UINT32_MAX is for ever there. */
static uint32_t milliseconds(uint64_t nanoseconds)
{
    const uint64_t rounded = nanoseconds / NANOSECONDS_PER_MILLISECOND +
                             (nanoseconds % NANOSECONDS_PER_MILLISECOND != 0 ? 1u : 0u);

    if (nanoseconds == UINT64_MAX) {
        return UINT32_MAX;
    }
    return rounded < UINT32_MAX ? (uint32_t)rounded : UINT32_MAX - 1u;
}

static void add_use(VxmKeyedMutexes *mutexes, const VxmKeyedMutexUse *use)
{
    const VkDeviceMemory memory = use->memory->memories[0].memory;

    if (use->acquire) {
        const uint32_t i = mutexes->acquireCount++;

        mutexes->acquireMemories[i] = memory;
        mutexes->acquireKeys[i] = use->acquireKey;
        mutexes->acquireTimeouts[i] = milliseconds(use->timeout);
    }
    if (use->release) {
        const uint32_t i = mutexes->releaseCount++;

        mutexes->releaseMemories[i] = memory;
        mutexes->releaseKeys[i] = use->releaseKey;
    }
}

VkResult vxmChainKeyedMutexes(VxmDevice device, uint32_t useCount, const VxmKeyedMutexUse *uses,
                              const void *next, VxmKeyedMutexes *mutexes, const void **chain)
{
    static const char caller[] = "vxmChainKeyedMutexes";
    VkResult result;

    if (device == NULL || uses == NULL || mutexes == NULL || chain == NULL) {
        return vxm__fail_argument("%s: %s must not be NULL.", caller,
                                  device == NULL    ? "device"
                                  : uses == NULL    ? "uses"
                                  : mutexes == NULL ? "mutexes"
                                                    : "chain");
    }
    if (useCount == 0 || useCount > VXM_MAX_KEYED_MUTEXES) {
        return vxm__fail_argument("%s: useCount is %u, but must be from 1 to %u.", caller, useCount,
                                  VXM_MAX_KEYED_MUTEXES);
    }
    if (vxm__types_with(VXM_HANDLE_KIND_MEMORY, UINT32_MAX, VXM_TYPE_KEYED_MUTEX) == 0) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: this system has no keyed mutexes, which are Direct3D 11's. "
                         "Synchronise with a semaphore.",
                         caller);
    }
    if (!device->keyedMutex) {
        return vxm__fail(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: VK_KHR_win32_keyed_mutex is not enabled on this device: %s.", caller,
                         device->owned ? "this driver does not have it"
                                       : "enable it, and name it in enabledExtensions");
    }
    result = check_next(next);
    for (uint32_t i = 0; result == VK_SUCCESS && i < useCount; ++i) {
        result = check_use(device, &uses[i], i);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    *mutexes = (VxmKeyedMutexes){0};
    for (uint32_t i = 0; i < useCount; ++i) {
        add_use(mutexes, &uses[i]);
    }
    *chain = vxm__backend_keyed_mutex_chain(mutexes, next);
    return VK_SUCCESS;
}
