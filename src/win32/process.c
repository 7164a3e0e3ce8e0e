/*
 * Handles in the tables of other processes, which is how they travel on Windows: put there by who
 * sends them, or fetched from there by who receives them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "win32/win32.h"

static HANDLE open_process(DWORD process, uint64_t *creation)
{
    FILETIME times[4] = {{0}};
    HANDLE opened =
        process == GetCurrentProcessId()
            ? GetCurrentProcess()
            : OpenProcess(PROCESS_DUP_HANDLE | PROCESS_QUERY_LIMITED_INFORMATION, FALSE, process);

    if (opened == NULL) {
        return NULL;
    }
    if (!GetProcessTimes(opened, &times[0], &times[1], &times[2], &times[3])) {
        vxm__win32_close(opened);
        return NULL;
    }
    *creation = (uint64_t)times[0].dwHighDateTime << 32 | times[0].dwLowDateTime;
    return opened;
}

/* Takes a handle out of a process, and gives its duplicate here: also the way to close one there
 * that every system understands. */
static HANDLE take_from(HANDLE process, uint64_t value)
{
    HANDLE handle = NULL;

    return DuplicateHandle(process, (HANDLE)(uintptr_t)value, GetCurrentProcess(), &handle, 0,
                           FALSE, DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE)
               ? handle
               : NULL;
}

/* ---- sending --------------------------------------------------------------------------------- */

void vxm__win32_take_back(struct vxm__win32_handles *placed, HANDLE process)
{
    for (uint32_t i = 0; i < placed->count; i++) {
        /* Not out of this process into itself, for which a handle more would have to be had. */
        vxm__win32_close(process == GetCurrentProcess() ? (HANDLE)(uintptr_t)placed->values[i]
                                                        : take_from(process, placed->values[i]));
    }
    placed->count = 0;
}

/* All, or none and the system's error. */
static DWORD place_in(DWORD number, const VxmHandle *handles, uint32_t handleCount,
                      struct vxm__win32_handles *placed, HANDLE *process)
{
    placed->process = number;
    *process = open_process(number, &placed->creation);
    if (*process == NULL) {
        return GetLastError();
    }
    for (uint32_t i = 0; i < handleCount; i++) {
        HANDLE there = NULL;

        if (!DuplicateHandle(GetCurrentProcess(), handles[i].ptr, *process, &there, 0, FALSE,
                             DUPLICATE_SAME_ACCESS)) {
            DWORD error = GetLastError();

            vxm__win32_take_back(placed, *process);
            vxm__win32_close(*process);
            *process = NULL;
            return error;
        }
        placed->values[placed->count++] = (uintptr_t)there;
    }
    return ERROR_SUCCESS;
}

VkResult vxm__win32_place(DWORD peer, const VxmHandle *handles, uint32_t handleCount,
                          struct vxm__win32_handles *placed, HANDLE *process)
{
    DWORD error;

    /* Beforehand: a duplicate that is made in this process may get the number of a closed one. */
    for (uint32_t i = 0; i < handleCount; i++) {
        DWORD flags;

        if (!vxm__win32_is_real(handles[i].ptr) || !GetHandleInformation(handles[i].ptr, &flags)) {
            error = vxm__win32_is_real(handles[i].ptr) ? GetLastError() : ERROR_INVALID_HANDLE;
            return vxm__win32_fail(error, "Sending the %s handle 0x%llx failed",
                                   vxmHandleTypeName(handles[i].kind, handles[i].type),
                                   (unsigned long long)(uintptr_t)handles[i].ptr);
        }
    }
    error = place_in(peer, handles, handleCount, placed, process);
    if (error != ERROR_SUCCESS) {
        error = place_in(GetCurrentProcessId(), handles, handleCount, placed, process);
    }
    return error == ERROR_SUCCESS
               ? VK_SUCCESS
               : vxm__win32_fail(error, "Duplicating %u handles to send them failed",
                                 (unsigned int)handleCount);
}

/* ---- receiving ------------------------------------------------------------------------------- */

VkResult vxm__win32_refuse(const char *why, uint64_t found)
{
    return vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, 0,
                     "What arrived is no packet of this library: %s (%llu). Close the channel, and "
                     "see that the other side uses this library too.",
                     why, (unsigned long long)found);
}

static VkResult check_values(const struct vxm__win32_handles *placed)
{
    if (placed->count > VXM_OS_MAX_HANDLES) {
        return vxm__win32_refuse("no packet has so many handles", placed->count);
    }
    for (uint32_t i = 0; i < placed->count; i++) {
        /* The system doesn't look at the lowest two bits, so two values could be one handle. */
        if (placed->values[i] > (uint64_t)INTPTR_MAX || placed->values[i] % 4 != 0 ||
            placed->values[i] == 0) {
            return vxm__win32_refuse("it names a handle that can't be", placed->values[i]);
        }
        for (uint32_t j = 0; j < i; j++) {
            if (placed->values[i] == placed->values[j]) {
                return vxm__win32_refuse("it names a handle twice", placed->values[i]);
            }
        }
    }
    return VK_SUCCESS;
}

/* Handles that are in this process's table already. Nothing is closed if one is not open: the
 * others may be the app's own, whose numbers somebody has guessed. */
static VkResult fetch_here(const struct vxm__win32_handles *placed,
                           HANDLE fetched[VXM_OS_MAX_HANDLES])
{
    uint64_t creation = placed->creation;

    (void)open_process(placed->process, &creation);
    if (creation != placed->creation) {
        return vxm__win32_refuse("its handles are of a process that has ended", placed->process);
    }
    for (uint32_t i = 0; i < placed->count; i++) {
        DWORD flags;

        fetched[i] = (HANDLE)(uintptr_t)placed->values[i];
        if (!GetHandleInformation(fetched[i], &flags) && GetLastError() == ERROR_INVALID_HANDLE) {
            return vxm__win32_refuse("it names a handle that is not open", placed->values[i]);
        }
    }
    return VK_SUCCESS;
}

static VkResult fail_fetch(DWORD error, DWORD process, uint64_t value)
{
    return vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, error,
                     "A packet came with handle 0x%llx of process %lu, but it can't be had from "
                     "there (error %lu): that process has closed it or ended, or does not let "
                     "itself be opened with PROCESS_DUP_HANDLE. Close the channel.",
                     (unsigned long long)value, (unsigned long)process, (unsigned long)error);
}

static VkResult fetch_from(HANDLE process, const struct vxm__win32_handles *placed,
                           HANDLE fetched[VXM_OS_MAX_HANDLES])
{
    uint32_t missing = placed->count;
    DWORD error = ERROR_SUCCESS;

    for (uint32_t i = 0; i < placed->count; i++) {
        fetched[i] = take_from(process, placed->values[i]);
        if (fetched[i] == NULL) {
            error = GetLastError();
            missing = i;
        }
    }
    if (missing == placed->count) {
        return VK_SUCCESS;
    }
    for (uint32_t i = 0; i < placed->count; i++) {
        vxm__win32_close(fetched[i]);
    }
    return fail_fetch(error, placed->process, placed->values[missing]);
}

VkResult vxm__win32_fetch(const DWORD ends[2], const struct vxm__win32_handles *placed,
                          HANDLE fetched[VXM_OS_MAX_HANDLES])
{
    uint64_t creation = 0;
    HANDLE process;
    VkResult result = check_values(placed);

    if (result != VK_SUCCESS || placed->count == 0) {
        return result;
    }
    if (placed->process == GetCurrentProcessId()) {
        return fetch_here(placed, fetched);
    }
    /* Nobody else's word is taken for whose table to reach into than the system's. But both ends of
     * a pair began in one process that trusts them, and may have gone to others since. */
    if (placed->process != ends[0] && placed->process != ends[1] &&
        (ends[0] != ends[1] || ends[0] == 0)) {
        return vxm__win32_refuse("its handles are of a process that is no end of this channel",
                                 placed->process);
    }
    process = open_process(placed->process, &creation);
    if (process == NULL) {
        return fail_fetch(GetLastError(), placed->process, placed->values[0]);
    }
    result =
        creation == placed->creation
            ? fetch_from(process, placed, fetched)
            : vxm__win32_refuse("its handles are of a process that has ended", placed->process);
    vxm__win32_close(process);
    return result;
}
