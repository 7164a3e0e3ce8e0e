/*
 * The second process on Windows.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "real/peer.h"

#include <stdio.h>
#include <stdlib.h>

#include <windows.h>

#include "support/child_win32.h"

/* What nothing else ends with. */
#define KILLED_STATUS 0xdead

intptr_t peer_system_start(const char *role, const VxmHandle *channel, const char *extra)
{
    PROCESS_INFORMATION process;
    char arguments[512];

    snprintf(arguments, sizeof(arguments), "--child %s %llu \"%s\"", role,
             (unsigned long long)(uintptr_t)channel->ptr, extra);
    SetHandleInformation(channel->ptr, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    if (!child_start(arguments, 0, &process)) {
        return 0;
    }
    CloseHandle(process.hThread);
    return (intptr_t)process.hProcess;
}

int peer_system_wait(intptr_t process)
{
    DWORD status = KILLED_STATUS;

    WaitForSingleObject((HANDLE)process, INFINITE);
    GetExitCodeProcess((HANDLE)process, &status);
    CloseHandle((HANDLE)process);
    return status == KILLED_STATUS ? PEER_KILLED : (int)status;
}

VxmHandle peer_system_channel(const char *argument)
{
    return (VxmHandle){.kind = VXM_HANDLE_KIND_CHANNEL,
                       .type = VXM_CHANNEL_HANDLE_TYPE_NATIVE,
                       .ptr = (void *)(uintptr_t)strtoull(argument, NULL, 10)};
}

void peer_system_die(void)
{
    TerminateProcess(GetCurrentProcess(), KILLED_STATUS);
}
