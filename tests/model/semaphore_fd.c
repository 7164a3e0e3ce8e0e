/*
 * VK_KHR_external_semaphore_fd: export and import of semaphores.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

/* ---- export ---- */

/* A sync fd is a copy: the payload moves over, as if somebody had waited for it. */
static VkResult export_copy(struct model_semaphore *semaphore, union model_native *native)
{
    struct model_semaphore_payload *source = model__semaphore_payload(semaphore);
    struct model_semaphore_payload *copy;
    struct model_payload_info info;
    union model_native held;
    VkResult result;

    *native = model__native_of_fd(-1);
    if (model__sync_value(source) && model_config()->habits.syncFdMinusOne) {
        model__semaphore_waited(semaphore);
        return VK_SUCCESS;
    }
    /* What came as a sync fd goes on as that: whoever signals it knows no other. */
    if (source->copy && source->hasNative) {
        result = model__native_duplicate(source->native,
                                         model_config()->habits.exportWithoutCloexec, native);
        if (result == VK_SUCCESS)
            model__semaphore_waited(semaphore);
        return result;
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

const struct model_import model__import_semaphore_fd = {
    .sType = VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_FD_INFO_KHR,
    .what = "fd",
    .vuidType = "01143",
    .vuidFeature = "importable",
    .vuidHandle = "01543",
    .vuidDevice = "01544",
    .vuidPayload = "03264",
    .vuidTemporary = "03323",
    .vuidPending = "01142",
    .vuidGetType = "01136",
    .vuidGetExport = "01132",
    .vuidGetImport = "01133",
    .vuidGetBinary = "03253",
    .vuidGetPending = "01135 03254",
};

static VkResult do_get_fd(struct model_device *device, const VkSemaphoreGetFdInfoKHR *info,
                          int *pFd)
{
    const struct model_rule *rule;
    struct model_semaphore *semaphore = model__exported_semaphore(
        device, &model__import_semaphore_fd, info->semaphore, (uint32_t)info->handleType, &rule);
    struct model_semaphore_payload *payload;
    union model_native native = model__native_of_fd(-1);
    VkResult result = VK_SUCCESS;

    if (!semaphore)
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

static VkResult do_import(struct model_device *device, const VkImportSemaphoreFdInfoKHR *info)
{
    const struct model_rule *rule = model__semaphore_rule((uint32_t)info->handleType);
    struct model_semaphore_import import = {
        .words = &model__import_semaphore_fd,
        .semaphore = info->semaphore,
        .flags = info->flags,
        .handleType = (uint32_t)info->handleType,
        .signalled = rule && (rule->flags & MODEL_RULE_COPY) && info->fd == -1,
        .native = model__native_of_fd(info->fd),
    };

    return model__import_semaphore(device, &import);
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
        model__native_close(model__native_of_fd(pImportSemaphoreFdInfo->fd));
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
    union model_native native = model__native_of_fd(fd);
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

int model_semaphore_fd(VkSemaphore semaphore)
{
    union model_native native;

    return model_semaphore_native(semaphore, &native) ? native.fd : -1;
}
