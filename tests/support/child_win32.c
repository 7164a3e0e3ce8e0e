/*
 * A child process on Windows: this program, once more.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "support/child_win32.h"

#include <stdio.h>
#include <string.h>

#define ATTEMPTS 3

bool child_start(const char *arguments, DWORD flags, PROCESS_INFORMATION *process)
{
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    char program[MAX_PATH];
    char command[MAX_PATH + 1024];
    char attempted[sizeof(command)];
    DWORD error = ERROR_SUCCESS;

    if (GetModuleFileNameA(NULL, program, sizeof(program)) == 0) {
        fprintf(stderr, "GetModuleFileName: Windows error %lu\n", (unsigned long)GetLastError());
        return false;
    }
    snprintf(command, sizeof(command), "\"%s\" %s", program, arguments);
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        /* CreateProcess may write to the line that it is given. */
        memcpy(attempted, command, sizeof(attempted));
        if (CreateProcessA(program, attempted, NULL, NULL, TRUE, flags, NULL, NULL, &startup,
                           process)) {
            return true;
        }
        error = GetLastError();
        fprintf(stderr, "CreateProcess: Windows error %lu (attempt %d of %d)\n",
                (unsigned long)error, attempt, ATTEMPTS);
        if (error != ERROR_INTERNAL_ERROR) {
            break;
        }
        Sleep(200);
    }
    return false;
}
