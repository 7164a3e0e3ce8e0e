/*
 * Named pipes as channels and listeners need them: made, opened, and waited for.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "win32/win32.h"

/* Bytes that are under way in each direction before a sender has to wait. */
#define PIPE_SIZE (256u * 1024u)

/* ---- who may connect ------------------------------------------------------------------------- */

/* A security descriptor that lets nobody but the current user in. */
struct security {
    SECURITY_DESCRIPTOR descriptor;
    union {
        ACL list;
        unsigned char bytes[256];
    } access;
};

static DWORD current_user_only(struct security *security)
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
    return error;
}

/* ---- ends ------------------------------------------------------------------------------------ */

static DWORD make_instance(const wchar_t *path, DWORD openMode, DWORD instances,
                           SECURITY_ATTRIBUTES *attributes, HANDLE *pipe)
{
    HANDLE made = CreateNamedPipeW(path, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | openMode,
                                   PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT |
                                       PIPE_REJECT_REMOTE_CLIENTS,
                                   instances, PIPE_SIZE, PIPE_SIZE, 0, attributes);

    if (made == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    *pipe = made;
    return ERROR_SUCCESS;
}

DWORD vxm__win32_make_pipe(const wchar_t *path, DWORD instances, const void *descriptor,
                           HANDLE *pipe)
{
    struct security security;
    /* The system's own member isn't const, but it only reads. */
    SECURITY_ATTRIBUTES attributes = {.nLength = sizeof(attributes),
                                      .lpSecurityDescriptor = (void *)(uintptr_t)descriptor};
    DWORD count = 0;
    DWORD error = ERROR_SUCCESS;

    if (descriptor == NULL) {
        error = current_user_only(&security);
        attributes.lpSecurityDescriptor = &security.descriptor;
    }
    if (error == ERROR_SUCCESS) {
        error = make_instance(path, FILE_FLAG_FIRST_PIPE_INSTANCE, instances, &attributes, pipe);
    }
    /* Wine 8 overlooks FILE_FLAG_FIRST_PIPE_INSTANCE. */
    if (error == ERROR_SUCCESS &&
        GetNamedPipeHandleStateW(*pipe, NULL, &count, NULL, NULL, NULL, 0) && count > 1) {
        vxm__win32_close(*pipe);
        *pipe = NULL;
        error = ERROR_ACCESS_DENIED;
    }
    return error;
}

DWORD vxm__win32_make_next_pipe(const wchar_t *path, HANDLE *pipe)
{
    return make_instance(path, 0, PIPE_UNLIMITED_INSTANCES, NULL, pipe);
}

DWORD vxm__win32_open_pipe(const wchar_t *path, HANDLE *pipe)
{
    /* Not GENERIC_WRITE, which asks for the right to make instances too. The server learns who
     * connects, but can't act in this user's name. */
    HANDLE opened =
        CreateFileW(path, GENERIC_READ | FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES | SYNCHRONIZE, 0,
                    NULL, OPEN_EXISTING,
                    FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION, NULL);
    DWORD mode = PIPE_READMODE_MESSAGE;
    DWORD error;

    if (opened == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    if (!SetNamedPipeHandleState(opened, &mode, NULL, NULL)) {
        error = GetLastError();
        vxm__win32_close(opened);
        return error;
    }
    *pipe = opened;
    return ERROR_SUCCESS;
}

bool vxm__win32_is_overlapped(HANDLE pipe)
{
    typedef LONG(NTAPI * query_file)(HANDLE, void *, void *, ULONG, int);
    const int fileModeInformation = 16;
    const ULONG synchronous = 0x30; /* FILE_SYNCHRONOUS_IO_ALERT, FILE_SYNCHRONOUS_IO_NONALERT */
    query_file query = (query_file)vxm__win32_find(L"ntdll.dll", "NtQueryInformationFile");
    void *status[2];
    ULONG mode = 0;

    return query == NULL || query(pipe, status, &mode, sizeof(mode), fileModeInformation) < 0 ||
           (mode & synchronous) == 0;
}

bool vxm__win32_is_last(HANDLE pipe)
{
    const int objectBasicInformation = 0;
    vxm__win32_query_object query =
        (vxm__win32_query_object)vxm__win32_find(L"ntdll.dll", "NtQueryObject");
    struct {
        ULONG attributes;
        ULONG access;
        ULONG handleCount;
        ULONG pointerCount;
        ULONG rest[10];
    } answer = {0};

    return query != NULL &&
           query(pipe, objectBasicInformation, &answer, sizeof(answer), NULL) >= 0 &&
           answer.handleCount == 1;
}

/* ---- waiting --------------------------------------------------------------------------------- */

DWORD vxm__win32_milliseconds(uint64_t deadline)
{
    uint64_t now;
    uint64_t milliseconds;

    if (deadline == UINT64_MAX) {
        return INFINITE;
    }
    if (deadline == 0) {
        return 0;
    }
    now = vxm__win32_now();
    if (deadline <= now) {
        return 0;
    }
    milliseconds = (deadline - now + 999999) / 1000000;
    return milliseconds < INFINITE ? (DWORD)milliseconds : INFINITE - 1;
}

VkResult vxm__win32_time_out(const char *waited)
{
    return vxm__fail(VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, 0, "Time ran out while waiting %s.",
                     waited);
}

DWORD vxm__win32_finish(HANDLE pipe, BOOL started, OVERLAPPED *overlapped, uint64_t deadline,
                        DWORD *bytes)
{
    DWORD error = started ? ERROR_SUCCESS : GetLastError();
    DWORD withdrawn = WAIT_TIMEOUT;
    DWORD milliseconds = INFINITE;
    DWORD waited = WAIT_TIMEOUT;

    *bytes = 0;
    if (started) {
        *bytes = (DWORD)overlapped->InternalHigh;
        return ERROR_SUCCESS;
    }
    if (error != ERROR_IO_PENDING) {
        return error;
    }
    /* A wait may end a little early, by the system's own clock. */
    while (waited == WAIT_TIMEOUT && milliseconds != 0) {
        milliseconds = vxm__win32_milliseconds(deadline);
        waited = WaitForSingleObject(overlapped->hEvent, milliseconds);
    }
    if (waited != WAIT_OBJECT_0) {
        withdrawn = waited == WAIT_TIMEOUT ? WAIT_TIMEOUT : GetLastError();
        /* It may be done in this moment, and then can't be withdrawn. What counts is how it ended,
         * which also has to be awaited: the system writes into the OVERLAPPED until then. */
        (void)CancelIoEx(pipe, overlapped);
    }
    if (GetOverlappedResult(pipe, overlapped, bytes, TRUE)) {
        return ERROR_SUCCESS;
    }
    error = GetLastError();
    return error == ERROR_OPERATION_ABORTED ? withdrawn : error;
}
