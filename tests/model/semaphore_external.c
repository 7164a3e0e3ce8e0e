/*
 * What export and import of semaphores have in common in every system.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <string.h>

/* ---- export ---- */

static bool check_export(struct model_semaphore *semaphore, const struct model_import *words,
                         uint32_t handleType, const struct model_rule *rule)
{
    const struct model_semaphore_payload *payload = model__semaphore_payload(semaphore);
    const ModelDeviceConfig *config = model__device_config(semaphore->object.device);
    size_t before = model_breach_count();

    if (!(semaphore->exportTypes & handleType))
        model__breach(words->vuidGetExport, "export as %s of a semaphore created for export as %#x",
                      rule->name, semaphore->exportTypes);
    if (payload->importType &&
        !(model__semaphore_row(config, payload->importType, semaphore->type).exportFromImported &
          handleType))
        model__breach(words->vuidGetImport, "export as %s of a payload imported as %#x", rule->name,
                      payload->importType);
    if ((rule->flags & MODEL_RULE_SINGLE_EXPORT) && (payload->exportedTypes & handleType))
        model__breach(words->vuidGetAgain, "a second %s of the same semaphore", rule->name);
    if ((rule->flags & MODEL_RULE_BINARY_ONLY) && semaphore->type == VK_SEMAPHORE_TYPE_TIMELINE)
        model__breach(words->vuidGetBinary, "export of a timeline as %s", rule->name);
    else if ((rule->flags & MODEL_RULE_COPY) && !model__sync_value(payload) &&
             !payload->elsewhere && !model__signal_pending(payload))
        model__breach(words->vuidGetPending, "%s of a semaphore that nothing signals", rule->name);
    return model_breach_count() == before;
}

struct model_semaphore *model__exported_semaphore(struct model_device *device,
                                                  const struct model_import *words,
                                                  VkSemaphore semaphore, uint32_t handleType,
                                                  const struct model_rule **rule)
{
    struct model_semaphore *found = model__find_child(device, MODEL_ID(semaphore), MODEL_SEMAPHORE);

    *rule = model__semaphore_rule(handleType);
    if (!found)
        return NULL;
    if (!*rule || (*rule)->import != words->sType) {
        model__breach(words->vuidGetType, "handle type %#x is no %s", handleType, words->what);
        return NULL;
    }
    model__run_all();
    return check_export(found, words, handleType, *rule) ? found : NULL;
}

/* ---- import ---- */

static bool taken_already(union model_native native)
{
    uint64_t cursor = 0;
    struct model_semaphore *semaphore;

    while ((semaphore = model__next_object(MODEL_SEMAPHORE, &cursor)) != NULL) {
        const struct model_semaphore_payload *payload = model__semaphore_payload(semaphore);

        if (payload->hasNative && model__native_equal(payload->native, native))
            return true;
    }
    return false;
}

static bool check_import(struct model_semaphore *semaphore,
                         const struct model_semaphore_import *import, const struct model_rule *rule)
{
    const ModelDeviceConfig *config = model__device_config(semaphore->object.device);
    bool temporary = (import->flags & VK_SEMAPHORE_IMPORT_TEMPORARY_BIT) != 0;
    bool timeline = semaphore->type == VK_SEMAPHORE_TYPE_TIMELINE;
    size_t before = model_breach_count();

    if ((rule->flags & MODEL_RULE_COPY) && !temporary)
        model__breach("07307", "a %s is imported temporarily only", rule->name);
    if (timeline && temporary)
        model__breach(import->words->vuidTemporary, "a temporary import into a timeline");
    if (rule->flags & (timeline ? MODEL_RULE_BINARY_ONLY : MODEL_RULE_TIMELINE_ONLY))
        model__breach(import->words->vuidPayload, "a %s imported into a %s", rule->name,
                      timeline ? "timeline" : "binary semaphore");
    else if (!(model__semaphore_row(config, import->handleType, semaphore->type).features &
               VK_EXTERNAL_SEMAPHORE_FEATURE_IMPORTABLE_BIT))
        model__breach(import->words->vuidFeature,
                      "%s can't be imported into a semaphore of this type", rule->name);
    if (import->flags & ~(VkSemaphoreImportFlags)VK_SEMAPHORE_IMPORT_TEMPORARY_BIT)
        model__breach("flags-parameter", "the flags are %#x", import->flags);
    if (model__semaphore_pending(semaphore))
        model__breach(import->words->vuidPending,
                      "the semaphore is in use by a submission that is not done");
    return model_breach_count() == before;
}

/* False: an error and no breach; breaches are counted by the caller. */
static bool check_native(struct model_semaphore *semaphore,
                         const struct model_semaphore_import *import, const struct model_rule *rule)
{
    const ModelDeviceConfig *config = model__device_config(semaphore->object.device);
    uint32_t kind = rule->flags & MODEL_RULE_COPY ? MODEL_PAYLOAD_SYNC : MODEL_PAYLOAD_SEMAPHORE;
    struct model_payload_info payload;
    uint64_t identity[2];

    if (!model__native_read(import->native, &payload, identity) || payload.kind != kind)
        return false;
    if ((rule->flags & MODEL_RULE_CONSUMES) && taken_already(import->native))
        model__breach(import->words->vuidHandle, "this %s is the driver's already",
                      import->words->what);
    if (((rule->flags & MODEL_RULE_SAME_DEVICE) &&
         memcmp(payload.deviceUUID, config->deviceUUID, VK_UUID_SIZE) != 0) ||
        ((rule->flags & MODEL_RULE_SAME_DRIVER) &&
         memcmp(payload.driverUUID, config->driverUUID, VK_UUID_SIZE) != 0))
        model__breach(import->words->vuidDevice, "%s comes from another device or driver",
                      rule->name);
    if (!(payload.handleTypes & import->handleType))
        model__breach(import->words->vuidHandle, "a handle of types %#x imported as %s",
                      payload.handleTypes, rule->name);
    if (payload.semaphoreType != (uint32_t)semaphore->type)
        model__breach(import->words->vuidPayload,
                      "exported with semaphore type %u and imported with %d", payload.semaphoreType,
                      (int)semaphore->type);
    return true;
}

static VkResult put_in(struct model_device *device, struct model_semaphore *semaphore,
                       const struct model_semaphore_import *import, const struct model_rule *rule)
{
    bool own = import->fresh || (rule->flags & MODEL_RULE_CONSUMES);
    union model_native native = import->native;
    struct model_semaphore_payload *payload;
    struct model_payload_info local;
    VkResult result = VK_SUCCESS;

    if (!own && !import->signalled)
        result = model__native_duplicate(import->native, false, &native);
    if (result != VK_SUCCESS)
        return result;
    model__describe_semaphore(device, MODEL_PAYLOAD_SYNC, semaphore->type, 0, &local);
    payload = model__sync_payload_new(&local, import->signalled ? NULL : &native);
    if (!payload) {
        if (!own && !import->signalled)
            model__native_close(native);
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    if (import->signalled)
        model__sync_signal(payload, semaphore->type, 1);
    payload->importType = import->handleType;
    payload->elsewhere = true;
    payload->copy = (rule->flags & MODEL_RULE_COPY) != 0;
    model__sync_payload_release(semaphore->temporary);
    semaphore->temporary = NULL;
    if (import->flags & VK_SEMAPHORE_IMPORT_TEMPORARY_BIT) {
        semaphore->temporary = payload;
    } else {
        model__sync_payload_release(semaphore->permanent);
        semaphore->permanent = payload;
    }
    return VK_SUCCESS;
}

VkResult model__import_semaphore(struct model_device *device,
                                 const struct model_semaphore_import *import)
{
    const struct model_rule *rule = model__semaphore_rule(import->handleType);
    struct model_semaphore *semaphore =
        model__find_child(device, MODEL_ID(import->semaphore), MODEL_SEMAPHORE);
    VkResult result = VK_ERROR_INVALID_EXTERNAL_HANDLE;
    size_t before = model_breach_count();

    if (!semaphore) {
        result = VK_ERROR_UNKNOWN;
    } else if (!rule || rule->import != import->words->sType) {
        model__breach(import->words->vuidType, "handle type %#x is no %s", import->handleType,
                      import->words->what);
    } else {
        model__run_all();
        if (check_import(semaphore, import, rule) &&
            (import->signalled || check_native(semaphore, import, rule)) &&
            model_breach_count() == before)
            result = put_in(device, semaphore, import, rule);
    }
    if (result != VK_SUCCESS && import->fresh)
        model__native_close(import->native);
    return result;
}

/* ---- for tests ---- */

static bool set_value(union model_native native, uint64_t value)
{
    struct model_sync_page *page = model__native_map(native, MODEL_SYNC_PAGE_SIZE);

    if (!page)
        return false;
    atomic_store(&page->value, value);
    model__native_unmap(page, MODEL_SYNC_PAGE_SIZE);
    return true;
}

bool model_make_foreign_semaphore(uint32_t handleType, uint64_t value, union model_native *native)
{
    const struct model_rule *rule = model__semaphore_rule(handleType);
    const ModelDeviceConfig *device = &model_config()->devices[0];
    struct model_payload_info info = {0};

    if (!rule || !(rule->flags & MODEL_RULE_FOREIGN_OK) ||
        !(rule->flags & MODEL_RULE_TIMELINE_ONLY))
        return false;
    info.kind = MODEL_PAYLOAD_SEMAPHORE;
    info.handleTypes = handleType;
    info.size = MODEL_SYNC_PAGE_SIZE;
    info.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
    info.foreign = true;
    memcpy(info.deviceUUID, device->deviceUUID, VK_UUID_SIZE);
    memcpy(info.driverUUID, device->driverUUID, VK_UUID_SIZE);
    if (model__native_create(&info, native) != VK_SUCCESS)
        return false;
    if (set_value(*native, value))
        return true;
    model__native_close(*native);
    return false;
}

bool model_signal_foreign(union model_native native, uint64_t value)
{
    struct model_payload_info info;
    uint64_t identity[2];

    return model__native_read(native, &info, identity) && info.foreign && set_value(native, value);
}
