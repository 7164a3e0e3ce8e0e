/*
 * How two processes find each other on Windows: named pipes, made and opened.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "win32/win32.h"

#include <ntsecapi.h> /* RtlGenRandom() */

#define PREFIX L"\\\\.\\pipe\\"
/* The system's own limit for the whole name. */
#define MAX_NAME 256

struct VxmListener_T {
    HANDLE pipe; /* the instance that the next client gets */
    HANDLE event;
    wchar_t path[MAX_NAME + 1];
};

/* ---- names ----------------------------------------------------------------------------------- */

static bool begins_with(const wchar_t *text, const wchar_t *prefix)
{
    return _wcsnicmp(text, prefix, wcslen(prefix)) == 0;
}

static VkResult make_path(const char *name, wchar_t path[MAX_NAME + 1])
{
    const size_t prefix = wcslen(PREFIX);
    wchar_t wide[MAX_NAME + 1];
    const wchar_t *rest = wide;

    if (name[0] == '\0') {
        return vxm__fail_argument("The name of a listener must not be empty. Give one, with or "
                                  "without \\\\.\\pipe\\ before it.");
    }
    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, name, -1, wide, MAX_NAME + 1) == 0) {
        return GetLastError() == ERROR_INSUFFICIENT_BUFFER
                   ? vxm__fail_argument("The name of a listener has %zu bytes, but this system "
                                        "allows %u characters. Choose a shorter one.",
                                        strlen(name), (unsigned int)(MAX_NAME - prefix))
                   : vxm__fail_argument("The name of a listener is not UTF-8.");
    }
    if (begins_with(wide, PREFIX)) {
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
    if (wcslen(rest) + prefix > MAX_NAME) {
        return vxm__fail_argument("The name of a listener has %zu characters, but this system "
                                  "allows %u. Choose a shorter one.",
                                  wcslen(rest), (unsigned int)(MAX_NAME - prefix));
    }
    (void)swprintf(path, MAX_NAME + 1, L"%ls%ls", PREFIX, rest);
    return VK_SUCCESS;
}

/* ---- who may connect ------------------------------------------------------------------------- */

/* A security descriptor that lets nobody but the current user in. */
struct security {
    SECURITY_ATTRIBUTES attributes;
    SECURITY_DESCRIPTOR descriptor;
    union {
        ACL list;
        unsigned char bytes[256];
    } access;
};

static VkResult current_user_only(struct security *security)
{
    union {
        TOKEN_USER user;
        unsigned char bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } owner;
    HANDLE token = NULL;
    DWORD size;
    DWORD error = ERROR_SUCCESS;

    if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) ||
        !GetTokenInformation(token, TokenUser, &owner, sizeof(owner), &size) ||
        !InitializeAcl(&security->access.list, sizeof(security->access), ACL_REVISION) ||
        !AddAccessAllowedAce(&security->access.list, ACL_REVISION, FILE_ALL_ACCESS,
                             owner.user.User.Sid) ||
        !InitializeSecurityDescriptor(&security->descriptor, SECURITY_DESCRIPTOR_REVISION) ||
        !SetSecurityDescriptorDacl(&security->descriptor, TRUE, &security->access.list, FALSE)) {
        error = GetLastError();
    }
    vxm__win32_close(token);
    if (error != ERROR_SUCCESS) {
        return vxm__win32_fail(error, "Letting the current user and nobody else in failed");
    }
    security->attributes = (SECURITY_ATTRIBUTES){.nLength = sizeof(security->attributes),
                                                 .lpSecurityDescriptor = &security->descriptor};
    return VK_SUCCESS;
}

/* ---- listening ------------------------------------------------------------------------------- */

/* Of messages, whose sizes the reader sees, and never from another machine. */
static HANDLE make_pipe(const wchar_t *path, DWORD openMode, DWORD instances,
                        SECURITY_ATTRIBUTES *attributes)
{
    return CreateNamedPipeW(path, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | openMode,
                            PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT |
                                PIPE_REJECT_REMOTE_CLIENTS,
                            instances, VXM_WIN32_PIPE_SIZE, VXM_WIN32_PIPE_SIZE, 0, attributes);
}

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
    struct security security;
    VxmListener made;
    DWORD instances = 0;
    VkResult result = check_listen_info(info);

    if (result != VK_SUCCESS) {
        return result;
    }
    made = vxm__allocate(NULL, sizeof(*made));
    if (made == NULL) {
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    result = make_path(name, made->path);
    if (result == VK_SUCCESS) {
        result = current_user_only(&security);
    }
    if (result != VK_SUCCESS) {
        goto fail;
    }
    if (info->securityDescriptor != NULL) {
        security.attributes.lpSecurityDescriptor = (void *)(uintptr_t)info->securityDescriptor;
    }
    made->event = CreateEventW(NULL, TRUE, FALSE, NULL);
    if (made->event == NULL) {
        result = vxm__win32_fail(GetLastError(), "Making an event for a listener failed");
        goto fail;
    }
    made->pipe = make_pipe(made->path, FILE_FLAG_FIRST_PIPE_INSTANCE, PIPE_UNLIMITED_INSTANCES,
                           &security.attributes);
    if (made->pipe == INVALID_HANDLE_VALUE) {
        DWORD error = GetLastError();

        result = error == ERROR_ACCESS_DENIED || error == ERROR_PIPE_BUSY
                     ? fail_taken(name, error)
                     : vxm__win32_fail(error, "Listening at %s failed", name);
        goto fail;
    }
    /* Wine overlooks FILE_FLAG_FIRST_PIPE_INSTANCE. */
    if (GetNamedPipeHandleStateW(made->pipe, NULL, &instances, NULL, NULL, NULL, 0) &&
        instances > 1) {
        result = fail_taken(name, ERROR_ACCESS_DENIED);
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
    vxm__win32_close(listener->pipe);
    vxm__win32_close(listener->event);
    vxm__free(NULL, listener);
}

VkResult vxm__os_accept(VxmListener listener, uint64_t deadline, VxmHandle *channel)
{
    OVERLAPPED overlapped = {.hEvent = listener->event};
    BOOL started = ConnectNamedPipe(listener->pipe, &overlapped);
    DWORD bytes;
    DWORD error = vxm__win32_finish(listener->pipe, started, &overlapped, deadline, &bytes);
    HANDLE next;

    if (error == WAIT_TIMEOUT) {
        return vxm__win32_time_out("for somebody to connect");
    }
    /* The latter: somebody has connected and gone since, and may have left messages. */
    if (error != ERROR_SUCCESS && error != ERROR_PIPE_CONNECTED && error != ERROR_NO_DATA) {
        return vxm__win32_fail(error, "Accepting a connection failed");
    }
    /* Before this one is given away: without it, it stays the listener's, to be accepted again. */
    next = make_pipe(listener->path, 0, PIPE_UNLIMITED_INSTANCES, NULL);
    if (next == INVALID_HANDLE_VALUE) {
        return vxm__win32_fail(GetLastError(), "Making room for the next client failed");
    }
    *channel = vxm__win32_channel(listener->pipe);
    listener->pipe = next;
    return VK_SUCCESS;
}

/* ---- connecting ------------------------------------------------------------------------------ */

static HANDLE open_pipe(const wchar_t *path)
{
    /* Not GENERIC_WRITE, which asks for the right to make instances too. The server learns who
     * connects, but can't act in this user's name. */
    return CreateFileW(path, GENERIC_READ | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES | SYNCHRONIZE,
                       0, NULL, OPEN_EXISTING,
                       FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION,
                       NULL);
}

static bool may_come_yet(DWORD error)
{
    return error == ERROR_FILE_NOT_FOUND || error == ERROR_PIPE_BUSY ||
           error == ERROR_PIPE_NOT_CONNECTED;
}

VkResult vxm__os_connect(const char *name, uint64_t deadline, VxmHandle *channel)
{
    wchar_t path[MAX_NAME + 1];
    DWORD pause = 1; /* milliseconds */
    DWORD mode = PIPE_READMODE_MESSAGE;
    VkResult result = make_path(name, path);

    while (result == VK_SUCCESS) {
        HANDLE pipe = open_pipe(path);
        DWORD error = pipe != INVALID_HANDLE_VALUE ? ERROR_SUCCESS : GetLastError();
        DWORD remaining;

        if (error == ERROR_SUCCESS) {
            if (SetNamedPipeHandleState(pipe, &mode, NULL, NULL)) {
                *channel = vxm__win32_channel(pipe);
                return VK_SUCCESS;
            }
            error = GetLastError();
            vxm__win32_close(pipe);
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

/* ---- pairs ----------------------------------------------------------------------------------- */

/* Windows has no pipes of messages without a name, so this one has a name that nobody can guess,
 * and room for one client, who is there at once. */
VkResult vxm__os_pair(VxmHandle channels[2])
{
    struct security security;
    wchar_t path[MAX_NAME + 1];
    uint32_t random[4];
    DWORD mode = PIPE_READMODE_MESSAGE;
    HANDLE server;
    HANDLE client;
    VkResult result = current_user_only(&security);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (!RtlGenRandom(random, sizeof(random))) {
        return vxm__win32_fail(GetLastError(), "Making a name for a pipe failed");
    }
    (void)swprintf(path, MAX_NAME + 1, L"%lsvxm-%lu-%08lx%08lx%08lx%08lx", PREFIX,
                   (unsigned long)GetCurrentProcessId(), (unsigned long)random[0],
                   (unsigned long)random[1], (unsigned long)random[2], (unsigned long)random[3]);
    server = make_pipe(path, FILE_FLAG_FIRST_PIPE_INSTANCE, 1, &security.attributes);
    if (server == INVALID_HANDLE_VALUE) {
        return vxm__win32_fail(GetLastError(), "Making a pipe failed");
    }
    client = open_pipe(path);
    if (client == INVALID_HANDLE_VALUE || !SetNamedPipeHandleState(client, &mode, NULL, NULL)) {
        result = vxm__win32_fail(GetLastError(), "Connecting the ends of a pipe failed");
        vxm__win32_close(client);
        vxm__win32_close(server);
        return result;
    }
    channels[0] = vxm__win32_channel(server);
    channels[1] = vxm__win32_channel(client);
    return VK_SUCCESS;
}
