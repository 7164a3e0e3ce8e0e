/*
 * How two processes find each other on Windows: listening and connecting at the
 * name of a pipe.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "win32/win32.h"

/* Clients that can be there before somebody accepts them. The next ones find no end, and wait. */
#define BACKLOG 4

struct VxmListener_T {
    HANDLE pipes[BACKLOG]; /* ends that the next clients get */
    HANDLE events[BACKLOG];
    wchar_t path[VXM_WIN32_MAX_PIPE_NAME + 1];
};

/* ---- names ----------------------------------------------------------------------------------- */

static bool begins_with(const wchar_t *text, const wchar_t *prefix)
{
    return _wcsnicmp(text, prefix, wcslen(prefix)) == 0;
}

static VkResult make_path(const char *name, wchar_t path[VXM_WIN32_MAX_PIPE_NAME + 1])
{
    const size_t prefix = wcslen(VXM_WIN32_PIPE_PREFIX);
    wchar_t wide[VXM_WIN32_MAX_PIPE_NAME + 1];
    const wchar_t *rest = wide;

    if (name[0] == '\0') {
        return vxm__fail_argument("The name of a listener must not be empty. Give one, with or "
                                  "without \\\\.\\pipe\\ before it.");
    }
    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, name, -1, wide,
                            VXM_WIN32_MAX_PIPE_NAME + 1) == 0) {
        return GetLastError() == ERROR_INSUFFICIENT_BUFFER
                   ? vxm__fail_argument("The name of a listener has %zu bytes, but this system "
                                        "allows %u characters. Choose a shorter one.",
                                        strlen(name),
                                        (unsigned int)(VXM_WIN32_MAX_PIPE_NAME - prefix))
                   : vxm__fail_argument("The name of a listener is not UTF-8.");
    }
    if (begins_with(wide, VXM_WIN32_PIPE_PREFIX)) {
        rest = wide + prefix;
    } else if (begins_with(wide, L"\\\\")) {
        return vxm__fail_argument("The name %s is of another machine, or is no pipe's. GPU memory "
                                  "can't go there. Give a name, with or without \\\\.\\pipe\\ "
                                  "before it.",
                                  name);
    }
    if (rest[0] == L'\0' || wcspbrk(rest, L"\\/") != NULL) {
        return vxm__fail_argument("The name %s is no pipe's: there must be something behind "
                                  "\\\\.\\pipe\\, and no slash in it.",
                                  name);
    }
    if (wcslen(rest) + prefix > VXM_WIN32_MAX_PIPE_NAME) {
        return vxm__fail_argument("The name of a listener has %zu characters, but this system "
                                  "allows %u. Choose a shorter one.",
                                  wcslen(rest), (unsigned int)(VXM_WIN32_MAX_PIPE_NAME - prefix));
    }
    (void)swprintf(path, VXM_WIN32_MAX_PIPE_NAME + 1, L"%ls%ls", VXM_WIN32_PIPE_PREFIX, rest);
    return VK_SUCCESS;
}

/* ---- listening ------------------------------------------------------------------------------- */

static VkResult fail_taken(const char *name, DWORD error)
{
    return vxm__fail(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_SYSTEM, error,
                     "Listening at %s failed: another listener has the name, or the system keeps "
                     "it from this user (error %lu). Choose another name.",
                     name, (unsigned long)error);
}

static VkResult check_listen_info(const VxmListenInfo *info)
{
    /* The system's own parameter isn't const, but it only reads. */
    SECURITY_DESCRIPTOR *descriptor = (SECURITY_DESCRIPTOR *)(uintptr_t)info->securityDescriptor;

    if (info->mode != 0) {
        return vxm__fail_argument("vxmListen: info->mode is %o, but permission bits are of files, "
                                  "which Windows' pipes are not. Set info->securityDescriptor.",
                                  (unsigned int)info->mode);
    }
    if (descriptor != NULL && !IsValidSecurityDescriptor(descriptor)) {
        return vxm__fail_argument("vxmListen: info->securityDescriptor is none that "
                                  "IsValidSecurityDescriptor() takes for one.");
    }
    return VK_SUCCESS;
}

VkResult vxm__os_listen(const char *name, const VxmListenInfo *info, VxmListener *listener)
{
    VxmListener made;
    DWORD error;
    VkResult result = check_listen_info(info);

    if (result != VK_SUCCESS) {
        return result;
    }
    made = vxm__allocate(NULL, sizeof(*made));
    if (made == NULL) {
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    result = make_path(name, made->path);
    if (result != VK_SUCCESS) {
        goto fail;
    }
    error = vxm__win32_make_pipe(made->path, PIPE_UNLIMITED_INSTANCES, info->securityDescriptor,
                                 &made->pipes[0]);
    if (error == ERROR_ACCESS_DENIED || error == ERROR_PIPE_BUSY) {
        result = fail_taken(name, error);
        goto fail;
    }
    for (int i = 0; error == ERROR_SUCCESS && i < BACKLOG; i++) {
        if (i > 0) {
            error = vxm__win32_make_next_pipe(made->path, &made->pipes[i]);
        }
        if (error == ERROR_SUCCESS) {
            made->events[i] = CreateEventW(NULL, TRUE, FALSE, NULL);
            error = made->events[i] != NULL ? ERROR_SUCCESS : GetLastError();
        }
    }
    if (error != ERROR_SUCCESS) {
        result = vxm__win32_fail(error, "Listening at %s failed", name);
        goto fail;
    }
    *listener = made;
    return VK_SUCCESS;

fail:
    vxm__os_close_listener(made);
    return result;
}

void vxm__os_close_listener(VxmListener listener)
{
    for (int i = 0; i < BACKLOG; i++) {
        vxm__win32_close(listener->pipes[i]);
        vxm__win32_close(listener->events[i]);
    }
    vxm__free(NULL, listener);
}

/* Waits for a client at any of the ends. A call that can't be withdrawn any more has found one too,
 * which the next accept finds there. */
static DWORD wait_for_client(VxmListener listener, uint64_t deadline, int *found)
{
    OVERLAPPED overlapped[BACKLOG];
    DWORD errors[BACKLOG];
    DWORD result = WAIT_TIMEOUT;
    DWORD milliseconds = INFINITE;
    DWORD waited = WAIT_TIMEOUT;
    bool pending = true;

    for (int i = 0; i < BACKLOG; i++) {
        overlapped[i] = (OVERLAPPED){.hEvent = listener->events[i]};
        errors[i] =
            ConnectNamedPipe(listener->pipes[i], &overlapped[i]) ? ERROR_SUCCESS : GetLastError();
        pending = pending && errors[i] == ERROR_IO_PENDING;
    }
    /* A wait may end a little early, by the system's own clock. */
    while (pending && waited == WAIT_TIMEOUT && milliseconds != 0) {
        milliseconds = vxm__win32_milliseconds(deadline);
        waited = WaitForMultipleObjects(BACKLOG, listener->events, FALSE, milliseconds);
    }
    if (waited == WAIT_FAILED) {
        result = GetLastError();
    }
    for (int i = BACKLOG - 1; i >= 0; i--) {
        DWORD bytes;

        if (errors[i] == ERROR_IO_PENDING) {
            (void)CancelIoEx(listener->pipes[i], &overlapped[i]);
            errors[i] = GetOverlappedResult(listener->pipes[i], &overlapped[i], &bytes, TRUE)
                            ? ERROR_SUCCESS
                            : GetLastError();
        }
        /* With ERROR_NO_DATA, the client has gone since, and may have left messages. */
        if (errors[i] == ERROR_SUCCESS || errors[i] == ERROR_PIPE_CONNECTED ||
            errors[i] == ERROR_NO_DATA) {
            *found = i;
            result = ERROR_SUCCESS;
        } else if (errors[i] != ERROR_OPERATION_ABORTED && result == WAIT_TIMEOUT) {
            result = errors[i];
        }
    }
    return result;
}

VkResult vxm__os_accept(VxmListener listener, uint64_t deadline, VxmHandle *channel)
{
    HANDLE next = NULL;
    int found = 0;
    DWORD error = wait_for_client(listener, deadline, &found);

    if (error == WAIT_TIMEOUT) {
        return vxm__win32_time_out("for somebody to connect");
    }
    if (error != ERROR_SUCCESS) {
        return vxm__win32_fail(error, "Accepting a connection failed");
    }
    /* Before this one is given away: without it, it stays the listener's, to be accepted again. */
    error = vxm__win32_make_next_pipe(listener->path, &next);
    if (error != ERROR_SUCCESS) {
        return vxm__win32_fail(error, "Making a pipe for the next client failed");
    }
    *channel = vxm__win32_channel(listener->pipes[found]);
    /* Behind those at which somebody may wait already. */
    memmove(&listener->pipes[found], &listener->pipes[found + 1],
            (size_t)(BACKLOG - 1 - found) * sizeof(listener->pipes[0]));
    listener->pipes[BACKLOG - 1] = next;
    return VK_SUCCESS;
}

/* ---- connecting ------------------------------------------------------------------------------ */

static bool may_come_yet(DWORD error)
{
    return error == ERROR_FILE_NOT_FOUND || error == ERROR_PIPE_BUSY ||
           error == ERROR_PIPE_NOT_CONNECTED;
}

VkResult vxm__os_connect(const char *name, uint64_t deadline, VxmHandle *channel)
{
    wchar_t path[VXM_WIN32_MAX_PIPE_NAME + 1];
    DWORD pause = 1; /* milliseconds */
    VkResult result = make_path(name, path);

    while (result == VK_SUCCESS) {
        HANDLE pipe = NULL;
        DWORD error = vxm__win32_open_pipe(path, &pipe);
        DWORD remaining;

        if (error == ERROR_SUCCESS) {
            *channel = vxm__win32_channel(pipe);
            return VK_SUCCESS;
        }
        if (!may_come_yet(error)) {
            return vxm__win32_fail(error, "Connecting to %s failed%s", name,
                                   error == ERROR_INVALID_PARAMETER
                                       ? " (what listens there is not of this library)"
                                       : "");
        }
        remaining = vxm__win32_milliseconds(deadline);
        if (remaining == 0) {
            return vxm__fail(VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, error,
                             "%s at %s within the time limit (error %lu). Start the other side "
                             "first, or allow more time.",
                             error == ERROR_PIPE_BUSY ? "The listener took none of those who wait"
                                                      : "Nobody came to listen",
                             name, (unsigned long)error);
        }
        Sleep(remaining < pause ? remaining : pause);
        if (pause < 16) {
            pause *= 2;
        }
    }
    return result;
}
