/*
 * The demo's second process on Windows.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "demo.h"

#include <stdio.h>
#include <stdlib.h>

#include <windows.h>

static HANDLE consumer;

long process_id(void)
{
    return (long)GetCurrentProcessId();
}

double milliseconds(void)
{
    LARGE_INTEGER now;
    LARGE_INTEGER frequency;

    QueryPerformanceCounter(&now);
    QueryPerformanceFrequency(&frequency);
    return (double)now.QuadPart * 1e3 / (double)frequency.QuadPart;
}

void process_start_consumer(const char *program, const VxmHandle *channel, const char *pngPath)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION process;
    char path[MAX_PATH];
    char command[3 * MAX_PATH];

    (void)program;
    GetModuleFileNameA(NULL, path, sizeof(path));
    snprintf(command, sizeof(command), "\"%s\" consumer --inherited %llu --png \"%s\"", path,
             (unsigned long long)(uintptr_t)channel->ptr, pngPath);
    SetHandleInformation(channel->ptr, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    if (!CreateProcessA(path, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process)) {
        fail("A child process can't be made: error %lu.", (unsigned long)GetLastError());
    }
    CloseHandle(process.hThread);
    consumer = process.hProcess;
}

VxmHandle process_channel(const char *inherited)
{
    return (VxmHandle){.kind = VXM_HANDLE_KIND_CHANNEL,
                       .type = VXM_CHANNEL_HANDLE_TYPE_NATIVE,
                       .ptr = (void *)(uintptr_t)strtoull(inherited, NULL, 10)};
}

int process_wait_for_consumer(void)
{
    DWORD status = 0;

    WaitForSingleObject(consumer, INFINITE);
    GetExitCodeProcess(consumer, &status);
    CloseHandle(consumer);
    return (int)status;
}
