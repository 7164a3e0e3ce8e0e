/*
 * The kinds of calls that can be made to fail on Windows.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_SUPPORT_FAULTS_WIN32_H_
#define VXM_TESTS_SUPPORT_FAULTS_WIN32_H_ 1

enum fault_kind {
    FAULT_MALLOC, /* malloc, calloc and realloc together */
    FAULT_DUPLICATE_HANDLE,
    FAULT_HANDLE_INFORMATION, /* GetHandleInformation and SetHandleInformation */
    FAULT_FILE_INFORMATION,   /* GetFileInformationByHandle */
    FAULT_OPEN_PROCESS,
    FAULT_PROCESS_TIMES, /* GetProcessTimes */
    FAULT_TOKEN,         /* OpenProcessToken and GetTokenInformation */
    FAULT_SECURITY,      /* security descriptors and their lists */
    FAULT_RANDOM,        /* RtlGenRandom */
    FAULT_CREATE_EVENT,
    FAULT_CREATE_NAMED_PIPE,
    FAULT_CREATE_FILE,
    FAULT_CONNECT_NAMED_PIPE,
    FAULT_PIPE_STATE, /* GetNamedPipeInfo, Get- and SetNamedPipeHandleState, PeekNamedPipe */
    FAULT_PIPE_PEER,  /* GetNamedPipeClientProcessId and GetNamedPipeServerProcessId */
    FAULT_WRITE_FILE,
    FAULT_READ_FILE,
    FAULT_OVERLAPPED_RESULT, /* GetOverlappedResult */
    FAULT_WAIT,              /* WaitForSingleObject and WaitForMultipleObjects */
    FAULT_CHARACTERS,        /* MultiByteToWideChar */
    FAULT_DLOPEN,            /* LoadLibrary, for the Vulkan loader's library */
    FAULT_KINDS,
    FAULT_ANY = FAULT_KINDS /* for faults_arm and faults_count: every kind above */
};

#endif /* VXM_TESTS_SUPPORT_FAULTS_WIN32_H_ */
