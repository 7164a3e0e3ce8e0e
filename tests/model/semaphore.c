/*
 * Semaphores: creation, payloads, host wait and signal.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "metal/vulkan.h"

#include "internal.h"

#include <string.h>

#define POLL_NANOSECONDS 100000u

/* ---- payloads ---- */

struct model_semaphore_payload *model__sync_payload_new(const struct model_payload_info *info,
                                                        const union model_native *native)
{
    struct model_semaphore_payload *made = model__allocate(sizeof *made);

    if (!made)
        return NULL;
    made->references = 1;
    made->payload = model__payload_new(info, native);
    if (made->payload)
        made->page = model__payload_data(made->payload, native);
    if (!made->page) {
        model__payload_release(made->payload);
        model__free(made);
        return NULL;
    }
    if (native) {
        made->hasNative = true;
        made->native = *native;
    }
    return made;
}

struct model_semaphore_payload *
model__sync_payload_reference(struct model_semaphore_payload *payload)
{
    payload->references++;
    return payload;
}

void model__sync_payload_release(struct model_semaphore_payload *payload)
{
    if (!payload || --payload->references > 0)
        return;
    if (payload->hasNative && !payload->importType)
        model__native_end_number(payload->native);
    if (payload->hasNative)
        model__check_held(&payload->native, payload->payload);
    model__payload_release(payload->payload);
    model__free(payload);
}

void model__describe_semaphore(const struct model_device *device, uint32_t kind,
                               VkSemaphoreType type, uint32_t handleTypes,
                               struct model_payload_info *info)
{
    const ModelDeviceConfig *config = model__device_config(device);

    memset(info, 0, sizeof *info);
    info->kind = kind;
    info->handleTypes = handleTypes;
    info->size = MODEL_SYNC_PAGE_SIZE;
    info->semaphoreType = (uint32_t)type;
    memcpy(info->deviceUUID, config->deviceUUID, VK_UUID_SIZE);
    memcpy(info->driverUUID, config->driverUUID, VK_UUID_SIZE);
}

struct model_semaphore_payload *model__semaphore_payload(struct model_semaphore *semaphore)
{
    return semaphore->temporary ? semaphore->temporary : semaphore->permanent;
}

uint64_t model__sync_value(const struct model_semaphore_payload *payload)
{
    return atomic_load(&payload->page->value);
}

bool model__sync_ready(const struct model_semaphore_payload *payload, VkSemaphoreType type,
                       uint64_t value)
{
    return model__sync_value(payload) >= (type == VK_SEMAPHORE_TYPE_TIMELINE ? value : 1);
}

void model__sync_signal(struct model_semaphore_payload *payload, VkSemaphoreType type,
                        uint64_t value)
{
    atomic_store(&payload->page->value, type == VK_SEMAPHORE_TYPE_TIMELINE ? value : 1);
}

/* ---- create and destroy ---- */

static VkResult do_create(struct model_device *device, const VkSemaphoreCreateInfo *info,
                          const VkAllocationCallbacks *allocator, VkSemaphore *pSemaphore)
{
    const VkSemaphoreTypeCreateInfo *type =
        model__find_struct(info, VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO);
    const VkExportSemaphoreCreateInfo *export =
        model__find_struct(info, VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_CREATE_INFO);
    const ModelDeviceConfig *config = model__device_config(device);
    bool timeline = type && type->semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE;
    wchar_t name[MODEL_MAX_NAME];
    uint32_t exportTypes = export ? export->handleTypes : 0;
    struct model_semaphore *semaphore;
    struct model_payload_info payload;
    union model_native native;
    bool hasNative = false;
    VkResult result;

    if (timeline && !device->timelineSemaphore) {
        model__breach("03252", "a timeline, but timelineSemaphore is not enabled");
        return VK_ERROR_UNKNOWN;
    }
    if (type && !timeline && type->initialValue != 0) {
        model__breach("03279", "a binary semaphore with an initial value");
        return VK_ERROR_UNKNOWN;
    }
    if (!model__check_metal(info, VK_EXPORT_METAL_OBJECT_TYPE_METAL_SHARED_EVENT_BIT_EXT, "06789"))
        return VK_ERROR_UNKNOWN;
    if (!model__read_export_name(info, MODEL_PAYLOAD_SEMAPHORE, exportTypes, name))
        return VK_ERROR_UNKNOWN;
    if (exportTypes &&
        !model__check_types(device, exportTypes, VK_EXTERNAL_SEMAPHORE_FEATURE_EXPORTABLE_BIT,
                            timeline ? config->timelineSemaphores : config->binarySemaphores,
                            "01124", "a semaphore for export"))
        return VK_ERROR_UNKNOWN;
    semaphore = model__new_object(MODEL_SEMAPHORE, sizeof *semaphore, device, allocator);
    if (!semaphore)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    semaphore->type = timeline ? VK_SEMAPHORE_TYPE_TIMELINE : VK_SEMAPHORE_TYPE_BINARY;
    semaphore->exportTypes = exportTypes;
    model__describe_semaphore(device, MODEL_PAYLOAD_SEMAPHORE, semaphore->type, exportTypes,
                              &payload);
    memcpy(payload.name, name, sizeof payload.name);
    semaphore->eventDeclared =
        model__declares_metal(info, VK_EXPORT_METAL_OBJECT_TYPE_METAL_SHARED_EVENT_BIT_EXT);
    result = model__make_event(device, info, &payload, &hasNative, &native);
    if (result == VK_SUCCESS && !hasNative && exportTypes) {
        result = model__native_create(&payload, &native);
        hasNative = true;
    }
    if (result == VK_SUCCESS) {
        semaphore->permanent = model__sync_payload_new(&payload, hasNative ? &native : NULL);
        if (!semaphore->permanent) {
            if (hasNative)
                model__native_close(native);
            result = VK_ERROR_OUT_OF_HOST_MEMORY;
        }
    }
    if (result != VK_SUCCESS) {
        model__delete_object(&semaphore->object);
        return result;
    }
    if (timeline)
        atomic_store(&semaphore->permanent->page->value, type->initialValue);
    *pSemaphore = MODEL_HANDLE(VkSemaphore, semaphore);
    return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL create_semaphore(VkDevice device,
                                                       const VkSemaphoreCreateInfo *pCreateInfo,
                                                       const VkAllocationCallbacks *pAllocator,
                                                       VkSemaphore *pSemaphore)
{
    static const VkStructureType allowed[] = {
        VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
        VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_CREATE_INFO,
        VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR,
        VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT,
        VK_STRUCTURE_TYPE_IMPORT_METAL_SHARED_EVENT_INFO_EXT};
    VkResult result = model__enter("vkCreateSemaphore", pCreateInfo);
    struct model_device *owner = model__device(device);

    if (result == VK_SUCCESS) {
        if (owner && model__check_chain(owner, pCreateInfo, VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
                                        allowed, MODEL_COUNT(allowed)))
            result = do_create(owner, pCreateInfo, pAllocator, pSemaphore);
        else
            result = VK_ERROR_UNKNOWN;
    }
    model__garbage(result, pSemaphore, sizeof *pSemaphore);
    return model__leave(result);
}

void model__semaphore_drop(struct model_semaphore *semaphore)
{
    model__sync_payload_release(semaphore->temporary);
    model__sync_payload_release(semaphore->permanent);
    semaphore->temporary = NULL;
    semaphore->permanent = NULL;
}

static VKAPI_ATTR void VKAPI_CALL destroy_semaphore(VkDevice device, VkSemaphore semaphore,
                                                    const VkAllocationCallbacks *pAllocator)
{
    struct model_device *owner;
    struct model_semaphore *doomed;

    model__enter_void("vkDestroySemaphore", NULL);
    owner = model__device(device);
    doomed = model__find_doomed(owner, MODEL_ID(semaphore), MODEL_SEMAPHORE, pAllocator);
    model__run_all();
    if (doomed) {
        if (model__semaphore_pending(doomed))
            model__breach("01137", "the semaphore is in use by a submission that is not done");
        model__semaphore_drop(doomed);
        model__delete_object(&doomed->object);
    }
    model__leave(VK_SUCCESS);
}

/* ---- timelines from the host ---- */

static struct model_semaphore *find_timeline(struct model_device *device, VkSemaphore semaphore,
                                             const char *rule)
{
    struct model_semaphore *found =
        device ? model__find_child(device, MODEL_ID(semaphore), MODEL_SEMAPHORE) : NULL;

    if (found && found->type != VK_SEMAPHORE_TYPE_TIMELINE) {
        model__breach(rule, "the semaphore is a binary one");
        return NULL;
    }
    return found;
}

/* UINT64_MAX: no end. */
uint64_t model__deadline(uint64_t timeout)
{
    uint64_t begin = model__now();

    return timeout > UINT64_MAX - begin ? UINT64_MAX : begin + timeout;
}

bool model__poll(uint64_t deadline)
{
    if (model__now() >= deadline)
        return false;
    model__pause(POLL_NANOSECONDS);
    return true;
}

static VkResult do_wait(struct model_device *device, const VkSemaphoreWaitInfo *info,
                        uint64_t timeout)
{
    uint64_t deadline = model__deadline(timeout);

    for (uint32_t i = 0; i < info->semaphoreCount; i++) {
        if (!find_timeline(device, info->pSemaphores[i], "03256"))
            return VK_ERROR_UNKNOWN;
    }
    do {
        uint32_t reached = 0;

        model__run_all();
        for (uint32_t i = 0; i < info->semaphoreCount; i++) {
            struct model_semaphore *semaphore =
                model__peek_object(MODEL_ID(info->pSemaphores[i]), MODEL_SEMAPHORE);

            reached += semaphore &&
                       model__sync_ready(semaphore->permanent, semaphore->type, info->pValues[i]);
        }
        if (reached == info->semaphoreCount ||
            (reached && (info->flags & VK_SEMAPHORE_WAIT_ANY_BIT)))
            return VK_SUCCESS;
    } while (model__poll(deadline));
    return VK_TIMEOUT;
}

static VKAPI_ATTR VkResult VKAPI_CALL wait_semaphores(VkDevice device,
                                                      const VkSemaphoreWaitInfo *pWaitInfo,
                                                      uint64_t timeout)
{
    VkResult result = model__enter("vkWaitSemaphores", pWaitInfo);
    struct model_device *owner = model__device(device);

    if (result == VK_SUCCESS) {
        if (owner &&
            model__check_chain(owner, pWaitInfo, VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO, NULL, 0))
            result = do_wait(owner, pWaitInfo, timeout);
        else
            result = VK_ERROR_UNKNOWN;
    }
    return model__leave(result);
}

static VKAPI_ATTR VkResult VKAPI_CALL signal_semaphore(VkDevice device,
                                                       const VkSemaphoreSignalInfo *pSignalInfo)
{
    VkResult result = model__enter("vkSignalSemaphore", pSignalInfo);
    struct model_device *owner = model__device(device);
    struct model_semaphore *semaphore = NULL;

    if (result == VK_SUCCESS) {
        if (owner && model__check_chain(owner, pSignalInfo, VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO,
                                        NULL, 0))
            semaphore = find_timeline(owner, pSignalInfo->semaphore, "03257");
        if (!semaphore) {
            result = VK_ERROR_UNKNOWN;
        } else if (pSignalInfo->value <= model__sync_value(semaphore->permanent)) {
            model__breach("03258", "signalling %llu where the value is %llu",
                          (unsigned long long)pSignalInfo->value,
                          (unsigned long long)model__sync_value(semaphore->permanent));
            result = VK_ERROR_UNKNOWN;
        } else {
            model__sync_signal(semaphore->permanent, semaphore->type, pSignalInfo->value);
            model__run_all();
        }
    }
    return model__leave(result);
}

static VKAPI_ATTR VkResult VKAPI_CALL counter_value(VkDevice device, VkSemaphore semaphore,
                                                    uint64_t *pValue)
{
    VkResult result = model__enter("vkGetSemaphoreCounterValue", NULL);
    struct model_semaphore *found = find_timeline(model__device(device), semaphore, "03255");

    if (result == VK_SUCCESS && !found)
        result = VK_ERROR_UNKNOWN;
    if (result == VK_SUCCESS) {
        model__run_all();
        *pValue = model__sync_value(found->permanent);
    }
    model__garbage(result, pValue, sizeof *pValue);
    return model__leave(result);
}

#define TIMELINE(name, function)                                                                   \
    MODEL_COMMAND(name, function, MODEL_OF_DEVICE, VK_API_VERSION_1_2, NULL),                      \
        MODEL_COMMAND(name "KHR", function, MODEL_OF_DEVICE, 0, "VK_KHR_timeline_semaphore")

const struct model_command model__semaphore_commands[] = {
    MODEL_COMMAND("CreateSemaphore", create_semaphore, MODEL_OF_DEVICE, VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("DestroySemaphore", destroy_semaphore, MODEL_OF_DEVICE, VK_API_VERSION_1_0, NULL),
    TIMELINE("WaitSemaphores", wait_semaphores),
    TIMELINE("SignalSemaphore", signal_semaphore),
    TIMELINE("GetSemaphoreCounterValue", counter_value),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};

/* ---- for tests ---- */

bool model_semaphore_native(VkSemaphore semaphore, union model_native *native)
{
    struct model_semaphore *found = model__peek_object(MODEL_ID(semaphore), MODEL_SEMAPHORE);
    const struct model_semaphore_payload *payload = found ? model__semaphore_payload(found) : NULL;

    if (!payload || !payload->hasNative)
        return false;
    *native = payload->native;
    return true;
}

bool model_semaphore_signalled(VkSemaphore semaphore)
{
    struct model_semaphore *found = model__peek_object(MODEL_ID(semaphore), MODEL_SEMAPHORE);

    return found && model__sync_ready(model__semaphore_payload(found), found->type, 1);
}

void model_gpu_signal(VkSemaphore semaphore, uint64_t value)
{
    struct model_semaphore *found;

    model__lock();
    found = model__peek_object(MODEL_ID(semaphore), MODEL_SEMAPHORE);
    if (found)
        model__sync_signal(model__semaphore_payload(found), found->type, value);
    model__run_all();
    model__unlock();
}
