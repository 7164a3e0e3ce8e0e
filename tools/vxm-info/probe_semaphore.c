/*
 * The probe's semaphores: signalled on one side, waited for on the other.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "probe_child.h"

#include <inttypes.h>
#include <string.h>

#define SEND_LIMIT UINT64_C(10000000000)

static bool is_timeline(const struct request *request)
{
    return request->column == TIMELINE;
}

/* Its payload is copied: there must be a signal before, and none comes after. */
static bool is_snapshot(const struct request *request)
{
    return (request->typeFlags & TYPE_SNAPSHOT) != 0;
}

static bool create(struct child *child, const struct request *request)
{
    const VxmSemaphoreCreateInfo info = {
        .semaphoreType =
            is_timeline(request) ? VK_SEMAPHORE_TYPE_TIMELINE : VK_SEMAPHORE_TYPE_BINARY,
        .handleTypes = request->handleType,
    };
    return vxmCreateSemaphore(child->gpus[0].device, &info, &child->semaphore) == VK_SUCCESS ||
           child_failed(child);
}

static bool export(struct child *child, const struct request *request, VxmSharedSemaphore *shared)
{
    return vxmExportSemaphore(child->semaphore,
                              (VkExternalSemaphoreHandleTypeFlagBits)request->handleType,
                              shared) == VK_SUCCESS ||
           child_failed(child);
}

static bool import(struct child *child, const struct request *request, struct gpu *gpu,
                   VxmSharedSemaphore *shared, VxmSemaphore *semaphore)
{
    VxmImportFlags flags = is_snapshot(request) ? VXM_IMPORT_TEMPORARY_BIT : 0;

    return vxmImportSemaphore(gpu->device, shared, flags, 0, semaphore) == VK_SUCCESS ||
           child_failed(child);
}

/* A timeline must not be ahead of those who signal it. */
static bool is_before(struct gpu *gpu, const struct request *request, VxmSemaphore semaphore,
                      uint64_t value)
{
    uint64_t now = 0;

    if (!is_timeline(request)) {
        return true;
    }
    if (vxmGetSemaphoreValue(semaphore, &now) != VK_SUCCESS) {
        return gpu_failed_vxm(gpu);
    }
    return now < value ||
           gpu_failed(gpu, "it has the value %" PRIu64 " before anybody has signalled %" PRIu64 ".",
                      now, value);
}

/* The CPU's signal and wait, which timelines alone have. */
static bool signal_by_host(struct gpu *gpu, VxmSemaphore semaphore, uint64_t value)
{
    return vxmSignalSemaphore(semaphore, value) == VK_SUCCESS || gpu_failed_vxm(gpu);
}

static bool wait_by_host(struct gpu *gpu, VxmSemaphore semaphore, uint64_t value)
{
    VkResult result = vxmWaitSemaphore(semaphore, value, gpu->limit);

    if (result == VK_TIMEOUT) {
        return gpu_failed(gpu, "it never came to the value %" PRIu64 ".", value);
    }
    return result == VK_SUCCESS || gpu_failed_vxm(gpu);
}

static bool share_with_device(struct child *child, const struct request *request,
                              VxmSharedSemaphore *shared)
{
    struct gpu *first = &child->gpus[0];
    struct gpu *second = &child->gpus[1];
    bool timeline = is_timeline(request);
    VxmSemaphore semaphore = NULL;
    bool works = child_step(child, "importing it in a second device") &&
                 import(child, request, second, shared, &semaphore) &&
                 is_before(second, request, semaphore, 1);

    if (works && !is_snapshot(request)) {
        works = child_step(child, "signalling it for the second device") &&
                gpu_signal(first, child->semaphore, timeline, 1);
    }
    works = works && child_step(child, "waiting for it in the second device") &&
            gpu_wait(second, semaphore, timeline, 1);
    if (works && timeline) {
        works = child_step(child, "signalling it in the second device") &&
                signal_by_host(second, semaphore, 2) &&
                child_step(child, "waiting for the second device's signal") &&
                wait_by_host(first, child->semaphore, 2);
    }
    if (works) {
        vxmDestroySemaphore(semaphore);
    }
    return works;
}

static bool share_with_process(struct child *child, const struct request *request,
                               VxmSharedSemaphore *shared)
{
    struct gpu *gpu = &child->gpus[0];
    bool works = true;

    if (is_snapshot(request)) {
        works =
            child_step(child, "signalling it again") && gpu_signal(gpu, child->semaphore, false, 0);
    }
    works = works && child_step(child, "exporting it again") && export(child, request, shared);
    if (works && !is_snapshot(request)) {
        works = child_step(child, "signalling it for the second process") &&
                gpu_signal(gpu, child->semaphore, is_timeline(request), 3);
    }
    return works && child_step(child, "sending it to the second process") &&
           (vxmSendSemaphore(child->channel, shared, SEND_LIMIT) == VK_SUCCESS ||
            child_failed(child));
}

bool make_semaphore(struct child *child, const struct request *request)
{
    struct gpu *gpu = &child->gpus[0];
    VxmSharedSemaphore shared;

    memset(&shared, 0, sizeof(shared));
    bool works = child_step(child, "creating it") && create(child, request);
    if (works && is_snapshot(request)) {
        works = child_step(child, "signalling it") && gpu_signal(gpu, child->semaphore, false, 0);
    }
    works = works && child_step(child, "exporting it") && export(child, request, &shared);
    if (works && request->importable) {
        works = share_with_device(child, request, &shared);
    }
    vxmCloseSharedSemaphore(&shared);
    if (works && request->importable && (request->typeFlags & TYPE_LOCAL) == 0) {
        works = share_with_process(child, request, &shared);
    } else if (works) {
        vxmDestroySemaphore(child->semaphore);
        child->semaphore = NULL;
    }
    vxmCloseSharedSemaphore(&shared);
    return works;
}

bool import_semaphore(struct child *child, const struct request *request)
{
    struct gpu *gpu = &child->gpus[0];
    bool timeline = is_timeline(request);
    VxmSharedSemaphore shared;
    VxmSemaphore semaphore = NULL;

    memset(&shared, 0, sizeof(shared));
    if (!child_step(child, "receiving it")) {
        return false;
    }
    if (vxmReceiveSemaphore(child->channel, &shared, SEND_LIMIT) != VK_SUCCESS) {
        return child_failed(child);
    }
    bool works =
        child_step(child, "importing it") && import(child, request, gpu, &shared, &semaphore);
    vxmCloseSharedSemaphore(&shared);
    works = works && child_step(child, "waiting for it") && gpu_wait(gpu, semaphore, timeline, 3);
    if (works && timeline) {
        works = is_before(gpu, request, semaphore, 4) && child_step(child, "signalling it") &&
                signal_by_host(gpu, semaphore, 4);
    }
    if (works) {
        vxmDestroySemaphore(semaphore);
    }
    return works;
}

bool check_semaphore(struct child *child, const struct request *request)
{
    if (is_timeline(request) && (!child_step(child, "waiting for the second process's signal") ||
                                 !wait_by_host(&child->gpus[0], child->semaphore, 4))) {
        return false;
    }
    vxmDestroySemaphore(child->semaphore);
    child->semaphore = NULL;
    return true;
}
