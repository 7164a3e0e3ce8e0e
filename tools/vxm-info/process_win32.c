/*
 * What the operating system is asked for, on Windows.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "process.h"

#include <stdio.h>
#include <stdlib.h>

#include <windows.h>

void process_begin(void)
{
}

bool process_start(const char *program, const char *role, const VxmHandle *channel,
                   struct process *process, char *why, size_t size)
{
    /* What a driver prints there must not get into the report. */
    STARTUPINFOW startup = {.cb = sizeof(startup),
                            .dwFlags = STARTF_USESTDHANDLES,
                            .hStdInput = GetStdHandle(STD_INPUT_HANDLE),
                            .hStdOutput = GetStdHandle(STD_ERROR_HANDLE),
                            .hStdError = GetStdHandle(STD_ERROR_HANDLE)};
    PROCESS_INFORMATION made;
    wchar_t path[MAX_PATH];
    wchar_t command[MAX_PATH + 128];

    (void)program;
    fflush(NULL);
    DWORD length = GetModuleFileNameW(NULL, path, MAX_PATH);
    if (length == 0 || length == MAX_PATH) {
        snprintf(why, size, "this program's own file can't be found");
        return false;
    }
    _snwprintf(command, sizeof(command) / sizeof(command[0]), L"\"%ls\" --probe-child %hs %llu",
               path, role, (unsigned long long)(uintptr_t)channel->ptr);
    SetHandleInformation(channel->ptr, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    BOOL started = CreateProcessW(path, command, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &made);
    DWORD error = GetLastError();
    SetHandleInformation(channel->ptr, HANDLE_FLAG_INHERIT, 0);
    if (!started) {
        snprintf(why, size, "a child process can't be made: error %lu", (unsigned long)error);
        return false;
    }
    CloseHandle(made.hThread);
    process->running = true;
    process->handle = made.hProcess;
    return true;
}

VxmHandle process_inherited(const char *text)
{
    return (VxmHandle){.kind = VXM_HANDLE_KIND_CHANNEL,
                       .type = VXM_CHANNEL_HANDLE_TYPE_NATIVE,
                       .ptr = (void *)(uintptr_t)strtoull(text, NULL, 10)};
}

bool process_end(struct process *process, unsigned milliseconds, char *how, size_t size)
{
    DWORD status = 0;

    if (!process->running) {
        snprintf(how, size, "was not running");
        return true;
    }
    process->running = false;
    bool in_time = WaitForSingleObject(process->handle, milliseconds) == WAIT_OBJECT_0;
    if (!in_time) {
        TerminateProcess(process->handle, 1);
        WaitForSingleObject(process->handle, 5000);
    }
    GetExitCodeProcess(process->handle, &status);
    CloseHandle(process->handle);
    /* A process that an exception has ended has its code for a status. */
    if (status >= 0xC0000000u) {
        snprintf(how, size, "crashed by exception 0x%08lX%s", (unsigned long)status,
                 status == (DWORD)EXCEPTION_ACCESS_VIOLATION ? " (access violation)" : "");
    } else {
        snprintf(how, size, "ended with status %lu", (unsigned long)status);
    }
    return in_time;
}

/* The exception's code becomes the process' status, and no debugger is asked. */
static LONG WINAPI end_at_once(EXCEPTION_POINTERS *exception)
{
    TerminateProcess(GetCurrentProcess(), exception->ExceptionRecord->ExceptionCode);
    return EXCEPTION_EXECUTE_HANDLER;
}

void process_crash_quietly(void)
{
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    SetUnhandledExceptionFilter(end_at_once);
}

bool output_is_terminal(void)
{
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    DWORD mode;

    /* 4: ENABLE_VIRTUAL_TERMINAL_PROCESSING, which consoles before Windows 10 don't have. */
    return GetConsoleMode(output, &mode) && SetConsoleMode(output, mode | 4u);
}

void boot_id(char *text, size_t size)
{
    (void)size;
    text[0] = '\0';
}
