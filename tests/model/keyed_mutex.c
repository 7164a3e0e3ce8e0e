/*
 * VK_KHR_win32_keyed_mutex: taken before a submission, given back after it. A mutex is the
 * payload's, and begins as given back with key 0.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "win32/vulkan.h"

#include "internal.h"

static struct model_payload *find_mutex(struct model_device *device, VkDeviceMemory memory)
{
    const struct model_memory *found = model__find_child(device, MODEL_ID(memory), MODEL_MEMORY);
    const uint32_t textures = VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT |
                              VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT;

    if (found && !(found->importType & textures)) {
        model__breach("00081", "a memory that was not imported as a texture of Direct3D 11");
        return NULL;
    }
    return found ? found->payload : NULL;
}

static void acquire(struct model_payload *payload, uint64_t key)
{
    if (payload->mutexHeld)
        model__breach("keyed mutex", "it is taken, and was not given back before");
    else if (payload->mutexKey != key)
        model__breach("keyed mutex", "waiting for key %llu, where it was given back with %llu",
                      (unsigned long long)key, (unsigned long long)payload->mutexKey);
    payload->mutexHeld = true;
}

static void release(struct model_payload *payload, uint64_t key)
{
    if (!payload->mutexHeld)
        model__breach("keyed mutex", "it is given back, and was not taken before");
    payload->mutexHeld = false;
    payload->mutexKey = key;
}

void model__run_keyed_mutexes(struct model_device *device, const void *chain)
{
    const VkWin32KeyedMutexAcquireReleaseInfoKHR *info =
        model__find_struct(chain, VK_STRUCTURE_TYPE_WIN32_KEYED_MUTEX_ACQUIRE_RELEASE_INFO_KHR);

    for (uint32_t i = 0; info && i < info->acquireCount; i++) {
        struct model_payload *payload = find_mutex(device, info->pAcquireSyncs[i]);

        if (payload)
            acquire(payload, info->pAcquireKeys[i]);
    }
    for (uint32_t i = 0; info && i < info->releaseCount; i++) {
        struct model_payload *payload = find_mutex(device, info->pReleaseSyncs[i]);

        if (payload)
            release(payload, info->pReleaseKeys[i]);
    }
}

/* ---- for tests ---- */

bool model_keyed_mutex(VkDeviceMemory memory, uint64_t *key)
{
    const struct model_memory *found = model__peek_object(MODEL_ID(memory), MODEL_MEMORY);

    if (!found)
        return false;
    *key = found->payload->mutexKey;
    return found->payload->mutexHeld;
}
