/*
 * VK_KHR_external_semaphore_fd: export and import of semaphores.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <string.h>

/* ---- export ---- */

/* A sync fd is a copy: the payload moves over, as if somebody had waited for it. */
static VkResult export_copy(struct model_semaphore *semaphore, union model_native *native)
{
    struct model_semaphore_payload *source = model__semaphore_payload(semaphore);
    struct model_semaphore_payload *copy;
    struct model_payload_info info;
    union model_native held;
    VkResult result;

    native->fd = -1;
    if (model__sync_value(source) && model_config()->habits.syncFdMinusOne) {
        model__semaphore_waited(semaphore);
        return VK_SUCCESS;
    }
    model__describe_semaphore(semaphore->object.device, MODEL_PAYLOAD_SYNC, semaphore->type,
                              VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT, &info);
    result = model__native_create(&info, &held);
    if (result != VK_SUCCESS)
        return result;
    result = model__native_duplicate(held, model_config()->habits.exportWithoutCloexec, native);
    copy = result == VK_SUCCESS ? model__sync_payload_new(&info, &held) : NULL;
    if (!copy) {
        model__native_close(held);
        model__native_close(*native);
        return result == VK_SUCCESS ? VK_ERROR_OUT_OF_HOST_MEMORY : result;
    }
    if (model__sync_value(source))
        model__sync_signal(copy, semaphore->type, 1);
    else
        model__retarget_signals(source, copy);
    model__semaphore_waited(semaphore);
    model__sync_payload_release(copy);
    return VK_SUCCESS;
}

static bool check_export(struct model_semaphore *semaphore, uint32_t handleType,
                         const struct model_rule *rule)
{
    const struct model_semaphore_payload *payload = model__semaphore_payload(semaphore);
    const ModelDeviceConfig *config = model__device_config(semaphore->object.device);
    size_t before = model_breach_count();

    if (!(semaphore->exportTypes & handleType))
        model__breach("01132", "export as %s of a semaphore created for export as %#x", rule->name,
                      semaphore->exportTypes);
    if (payload->importType &&
        !(model__semaphore_row(config, payload->importType, semaphore->type).exportFromImported &
          handleType))
        model__breach("01133", "export as %s of a payload imported as %#x", rule->name,
                      payload->importType);
    if ((rule->flags & MODEL_RULE_BINARY_ONLY) && semaphore->type == VK_SEMAPHORE_TYPE_TIMELINE)
        model__breach("03253", "export of a timeline as %s", rule->name);
    else if ((rule->flags & MODEL_RULE_COPY) && !model__sync_value(payload) &&
             !payload->elsewhere && !model__signal_pending(payload))
        model__breach("01135 03254", "%s of a semaphore that nothing signals", rule->name);
    return model_breach_count() == before;
}

static VkResult do_get_fd(struct model_device *device, const VkSemaphoreGetFdInfoKHR *info,
                          int *pFd)
{
    const struct model_rule *rule = model__semaphore_rule((uint32_t)info->handleType);
    struct model_semaphore *semaphore =
        model__find_child(device, MODEL_ID(info->semaphore), MODEL_SEMAPHORE);
    struct model_semaphore_payload *payload;
    union model_native native = {.fd = -1};
    VkResult result = VK_SUCCESS;

    if (!semaphore)
        return VK_ERROR_UNKNOWN;
    if (!rule || rule->import != VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_FD_INFO_KHR) {
        model__breach("01136", "handle type %#x is no fd", (unsigned)info->handleType);
        return VK_ERROR_UNKNOWN;
    }
    model__run_all();
    if (!check_export(semaphore, (uint32_t)info->handleType, rule))
        return VK_ERROR_UNKNOWN;
    payload = model__semaphore_payload(semaphore);
    if (model_config()->habits.exportMinusOne) {
        *pFd = -1;
        return VK_SUCCESS;
    }
    if (rule->flags & MODEL_RULE_COPY)
        result = export_copy(semaphore, &native);
    else
        result = model__native_duplicate(payload->native,
                                         model_config()->habits.exportWithoutCloexec, &native);
    if (result == VK_SUCCESS) {
        if (!(rule->flags & MODEL_RULE_COPY))
            payload->elsewhere = true;
        *pFd = native.fd;
    }
    return result;
}

static VKAPI_ATTR VkResult VKAPI_CALL get_semaphore_fd(VkDevice device,
                                                       const VkSemaphoreGetFdInfoKHR *pGetFdInfo,
                                                       int *pFd)
{
    VkResult result = model__enter("vkGetSemaphoreFdKHR", pGetFdInfo);
    struct model_device *owner = model__device(device);

    if (result == VK_SUCCESS) {
        if (owner && model__require_extension(owner, "VK_KHR_external_semaphore_fd") &&
            model__check_chain(owner, pGetFdInfo, VK_STRUCTURE_TYPE_SEMAPHORE_GET_FD_INFO_KHR, NULL,
                               0))
            result = do_get_fd(owner, pGetFdInfo, pFd);
        else
            result = VK_ERROR_UNKNOWN;
    }
    model__garbage(result, pFd, sizeof *pFd);
    return model__leave(result);
}

/* ---- import ---- */

static bool taken_already(int fd)
{
    uint64_t cursor = 0;
    struct model_semaphore *semaphore;

    while ((semaphore = model__next_object(MODEL_SEMAPHORE, &cursor)) != NULL) {
        const struct model_semaphore_payload *payload = model__semaphore_payload(semaphore);

        if (payload->hasNative && payload->native.fd == fd)
            return true;
    }
    return false;
}

static bool check_import(struct model_semaphore *semaphore, const VkImportSemaphoreFdInfoKHR *info,
                         const struct model_rule *rule)
{
    const ModelDeviceConfig *config = model__device_config(semaphore->object.device);
    bool temporary = (info->flags & VK_SEMAPHORE_IMPORT_TEMPORARY_BIT) != 0;
    bool timeline = semaphore->type == VK_SEMAPHORE_TYPE_TIMELINE;
    size_t before = model_breach_count();

    if ((rule->flags & MODEL_RULE_COPY) && !temporary)
        model__breach("07307", "a %s is imported temporarily only", rule->name);
    if (timeline && temporary)
        model__breach("03323", "a temporary import into a timeline");
    if (timeline && (rule->flags & MODEL_RULE_BINARY_ONLY))
        model__breach("03264", "a %s imported into a timeline", rule->name);
    else if (!(model__semaphore_row(config, (uint32_t)info->handleType, semaphore->type).features &
               VK_EXTERNAL_SEMAPHORE_FEATURE_IMPORTABLE_BIT))
        model__breach("importable", "%s can't be imported into a semaphore of this type",
                      rule->name);
    if (info->flags & ~(VkSemaphoreImportFlags)VK_SEMAPHORE_IMPORT_TEMPORARY_BIT)
        model__breach("flags-parameter", "the flags are %#x", info->flags);
    if (model__semaphore_pending(semaphore))
        model__breach("01142", "the semaphore is in use by a submission that is not done");
    return model_breach_count() == before;
}

/* False: an error and no breach; breaches are counted by the caller. */
static bool check_native(struct model_semaphore *semaphore, const VkImportSemaphoreFdInfoKHR *info,
                         const struct model_rule *rule)
{
    const ModelDeviceConfig *config = model__device_config(semaphore->object.device);
    uint32_t kind = rule->flags & MODEL_RULE_COPY ? MODEL_PAYLOAD_SYNC : MODEL_PAYLOAD_SEMAPHORE;
    struct model_payload_info payload;
    uint64_t identity[2];

    if (!model__native_read((union model_native){.fd = info->fd}, &payload, identity) ||
        payload.kind != kind)
        return false;
    if (taken_already(info->fd))
        model__breach("01543", "fd %d is the driver's already", info->fd);
    if (((rule->flags & MODEL_RULE_SAME_DEVICE) &&
         memcmp(payload.deviceUUID, config->deviceUUID, VK_UUID_SIZE) != 0) ||
        ((rule->flags & MODEL_RULE_SAME_DRIVER) &&
         memcmp(payload.driverUUID, config->driverUUID, VK_UUID_SIZE) != 0))
        model__breach("01544", "%s comes from another device or driver", rule->name);
    if (!(payload.handleTypes & (uint32_t)info->handleType))
        model__breach("01543", "a handle of types %#x imported as %s", payload.handleTypes,
                      rule->name);
    if (payload.semaphoreType != (uint32_t)semaphore->type)
        model__breach("03264", "exported with semaphore type %u and imported with %d",
                      payload.semaphoreType, (int)semaphore->type);
    return true;
}

static VkResult do_import(struct model_device *device, const VkImportSemaphoreFdInfoKHR *info)
{
    const struct model_rule *rule = model__semaphore_rule((uint32_t)info->handleType);
    struct model_semaphore *semaphore =
        model__find_child(device, MODEL_ID(info->semaphore), MODEL_SEMAPHORE);
    union model_native native = {.fd = info->fd};
    struct model_semaphore_payload *payload;
    struct model_payload_info local;
    size_t before = model_breach_count();
    bool signalled;

    if (!semaphore)
        return VK_ERROR_UNKNOWN;
    if (!rule || rule->import != VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_FD_INFO_KHR) {
        model__breach("01143", "handle type %#x is no fd", (unsigned)info->handleType);
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    }
    model__run_all();
    signalled = (rule->flags & MODEL_RULE_COPY) && info->fd == -1;
    if (!check_import(semaphore, info, rule) ||
        (!signalled && !check_native(semaphore, info, rule)) || model_breach_count() != before)
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    model__describe_semaphore(device, MODEL_PAYLOAD_SYNC, semaphore->type, 0, &local);
    payload = model__sync_payload_new(&local, signalled ? NULL : &native);
    if (!payload)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    if (signalled)
        model__sync_signal(payload, semaphore->type, 1);
    payload->importType = (uint32_t)info->handleType;
    payload->elsewhere = true;
    payload->copy = (rule->flags & MODEL_RULE_COPY) != 0;
    model__sync_payload_release(semaphore->temporary);
    semaphore->temporary = NULL;
    if (info->flags & VK_SEMAPHORE_IMPORT_TEMPORARY_BIT) {
        semaphore->temporary = payload;
    } else {
        model__sync_payload_release(semaphore->permanent);
        semaphore->permanent = payload;
    }
    return VK_SUCCESS;
}

static VKAPI_ATTR VkResult VKAPI_CALL
import_semaphore_fd(VkDevice device, const VkImportSemaphoreFdInfoKHR *pImportSemaphoreFdInfo)
{
    VkResult result = model__enter("vkImportSemaphoreFdKHR", pImportSemaphoreFdInfo);
    struct model_device *owner = model__device(device);

    if (result == VK_SUCCESS) {
        if (owner && model__require_extension(owner, "VK_KHR_external_semaphore_fd") &&
            model__check_chain(owner, pImportSemaphoreFdInfo,
                               VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_FD_INFO_KHR, NULL, 0))
            result = do_import(owner, pImportSemaphoreFdInfo);
        else
            result = VK_ERROR_UNKNOWN;
    }
    if (result != VK_SUCCESS && model_config()->habits.closeFdOnFailedImport)
        model__native_close((union model_native){.fd = pImportSemaphoreFdInfo->fd});
    return model__leave(result);
}

const struct model_command model__semaphore_fd_commands[] = {
    MODEL_COMMAND("GetSemaphoreFdKHR", get_semaphore_fd, MODEL_OF_DEVICE, 0,
                  "VK_KHR_external_semaphore_fd"),
    MODEL_COMMAND("ImportSemaphoreFdKHR", import_semaphore_fd, MODEL_OF_DEVICE, 0,
                  "VK_KHR_external_semaphore_fd"),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};

/* ---- for tests ---- */

int model_make_sync_fd(bool signalled)
{
    struct model_payload_info info = {0};
    struct model_sync_page *page;
    union model_native native;

    info.kind = MODEL_PAYLOAD_SYNC;
    info.handleTypes = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT;
    info.size = MODEL_SYNC_PAGE_SIZE;
    info.foreign = true;
    if (model__native_create(&info, &native) != VK_SUCCESS)
        return -1;
    page = model__native_map(native, MODEL_SYNC_PAGE_SIZE);
    if (!page) {
        model__native_close(native);
        return -1;
    }
    atomic_store(&page->value, signalled);
    model__native_unmap(page, MODEL_SYNC_PAGE_SIZE);
    return native.fd;
}

bool model_signal_sync_fd(int fd)
{
    union model_native native = {.fd = fd};
    struct model_payload_info info;
    struct model_sync_page *page;
    uint64_t identity[2];

    if (!model__native_read(native, &info, identity) || info.kind != MODEL_PAYLOAD_SYNC)
        return false;
    page = model__native_map(native, MODEL_SYNC_PAGE_SIZE);
    if (!page)
        return false;
    atomic_store(&page->value, 1);
    model__native_unmap(page, MODEL_SYNC_PAGE_SIZE);
    return true;
}
