/*
 * The stand-in's runner on Windows: a test's child is the same program, started again with a hidden
 * argument and the memory for its outcome.
 *
 *   program --standin-child SUITE/NAME HANDLE
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "support/child_win32.h"
#include "support/run_standin.h"

#define HIDDEN_ARGUMENT "--standin-child"
/* How the C library's abort() and raise() end a process that has set up nothing else. */
#define ABORT_STATUS 3

static HANDLE outcome_section;

static bool fail(const char *what)
{
    fprintf(stderr, "%s: Windows error %lu\n", what, (unsigned long)GetLastError());
    return false;
}

/* The runner learns of a crash by the exit status; nobody is there to answer a dialog. */
static LONG WINAPI end_by_exception(EXCEPTION_POINTERS *exception)
{
    TerminateProcess(GetCurrentProcess(), exception->ExceptionRecord->ExceptionCode);
    return EXCEPTION_EXECUTE_HANDLER;
}

bool standin_system_begin(int argc, char **argv, struct standin_outcome **outcome,
                          const char **test)
{
    SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};
    bool child = argc == 4 && strcmp(argv[1], HIDDEN_ARGUMENT) == 0;

    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    if (child) {
#ifdef _MSC_VER
        _set_abort_behavior(0, _WRITE_ABORT_MSG | _CALL_REPORTFAULT);
#endif
        SetUnhandledExceptionFilter(end_by_exception);
        outcome_section = (HANDLE)(uintptr_t)strtoull(argv[3], NULL, 10);
        *test = argv[2];
    } else {
        outcome_section = CreateFileMappingA(INVALID_HANDLE_VALUE, &inherited, PAGE_READWRITE, 0,
                                             sizeof(**outcome), NULL);
    }
    *outcome = outcome_section == NULL
                   ? NULL
                   : MapViewOfFile(outcome_section, FILE_MAP_WRITE, 0, 0, sizeof(**outcome));
    if (*outcome == NULL) {
        return fail("The memory for a test's outcome");
    }
    return true;
}

/* A job ends with all processes that its first one has started. */
static HANDLE make_job(void)
{
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
    HANDLE job = CreateJobObjectA(NULL, NULL);

    memset(&limits, 0, sizeof(limits));
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if (job != NULL) {
        SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof(limits));
    }
    return job;
}

static bool start(const char *full_name, PROCESS_INFORMATION *process)
{
    char arguments[640];

    snprintf(arguments, sizeof(arguments), HIDDEN_ARGUMENT " %s %llu", full_name,
             (unsigned long long)(uintptr_t)outcome_section);
    return child_start(arguments, CREATE_SUSPENDED, process);
}

static void judge_status(struct standin_ending *ending)
{
    static const struct {
        DWORD status;
        int signal;
        const char *words;
    } crashes[] = {
        {EXCEPTION_ACCESS_VIOLATION, SIGSEGV, "access violation"},
        {EXCEPTION_STACK_OVERFLOW, SIGSEGV, "stack overflow"},
        {EXCEPTION_ILLEGAL_INSTRUCTION, SIGILL, "illegal instruction"},
        {EXCEPTION_INT_DIVIDE_BY_ZERO, SIGFPE, "division by zero"},
        {ABORT_STATUS, SIGABRT, "aborted"},
    };

    for (size_t i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++) {
        if (ending->status == crashes[i].status) {
            ending->signal = crashes[i].signal;
            ending->signal_words = crashes[i].words;
            return;
        }
    }
    /* What an unhandled exception leaves as its process's status. */
    if (ending->status >= 0xC0000000ul) {
        ending->signal = SIGSEGV;
        ending->signal_words = "ended by an exception";
    }
}

bool standin_system_run(const struct standin_test *test, const char *full_name, double timeout,
                        struct standin_ending *ending)
{
    PROCESS_INFORMATION process;
    DWORD status = 0;

    (void)test; /* the child finds it by its name */
    if (!start(full_name, &process)) {
        return false;
    }
    HANDLE job = make_job();
    AssignProcessToJobObject(job, process.hProcess);
    ResumeThread(process.hThread);
    CloseHandle(process.hThread);
    ending->in_time =
        WaitForSingleObject(process.hProcess, (DWORD)(timeout * 1000.0)) == WAIT_OBJECT_0;
    TerminateJobObject(job, 1);
    CloseHandle(job);
    if (!ending->in_time) {
        WaitForSingleObject(process.hProcess, INFINITE);
    }
    GetExitCodeProcess(process.hProcess, &status);
    CloseHandle(process.hProcess);
    ending->status = status;
    judge_status(ending);
    return true;
}

/* The shell's * and ?. */
bool standin_system_matches(const char *pattern, const char *full_name)
{
    for (; *pattern != '\0'; pattern++, full_name++) {
        if (*pattern == '*') {
            do {
                if (standin_system_matches(pattern + 1, full_name)) {
                    return true;
                }
            } while (*full_name++ != '\0');
            return false;
        }
        if (*full_name == '\0' || (*pattern != '?' && *pattern != *full_name)) {
            return false;
        }
    }
    return *full_name == '\0';
}
