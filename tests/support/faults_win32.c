/*
 * The functions that stand between libvxm and Windows in programs with FAULTS.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <windows.h>

#include "support/faults_internal.h"

const struct fault_kind_facts faults_kinds[FAULT_KINDS + 1] = {
    [FAULT_MALLOC] = {"malloc", ERROR_NOT_ENOUGH_MEMORY},
    [FAULT_DUPLICATE_HANDLE] = {"DuplicateHandle", ERROR_NO_SYSTEM_RESOURCES},
    [FAULT_HANDLE_INFORMATION] = {"GetHandleInformation", ERROR_GEN_FAILURE},
    [FAULT_FILE_INFORMATION] = {"GetFileInformationByHandle", ERROR_GEN_FAILURE},
    [FAULT_OPEN_PROCESS] = {"OpenProcess", ERROR_ACCESS_DENIED},
    [FAULT_PROCESS_TIMES] = {"GetProcessTimes", ERROR_GEN_FAILURE},
    [FAULT_TOKEN] = {"OpenProcessToken", ERROR_ACCESS_DENIED},
    [FAULT_SECURITY] = {"security descriptor", ERROR_NOT_ENOUGH_MEMORY},
    [FAULT_RANDOM] = {"RtlGenRandom", ERROR_GEN_FAILURE},
    [FAULT_CREATE_EVENT] = {"CreateEvent", ERROR_NO_SYSTEM_RESOURCES},
    [FAULT_CREATE_NAMED_PIPE] = {"CreateNamedPipe", ERROR_NO_SYSTEM_RESOURCES},
    [FAULT_CREATE_FILE] = {"CreateFile", ERROR_NO_SYSTEM_RESOURCES},
    [FAULT_CONNECT_NAMED_PIPE] = {"ConnectNamedPipe", ERROR_GEN_FAILURE},
    [FAULT_PIPE_STATE] = {"SetNamedPipeHandleState", ERROR_GEN_FAILURE},
    [FAULT_PIPE_PEER] = {"GetNamedPipeClientProcessId", ERROR_GEN_FAILURE},
    [FAULT_WRITE_FILE] = {"WriteFile", ERROR_GEN_FAILURE},
    [FAULT_READ_FILE] = {"ReadFile", ERROR_GEN_FAILURE},
    [FAULT_OVERLAPPED_RESULT] = {"GetOverlappedResult", ERROR_GEN_FAILURE},
    [FAULT_WAIT] = {"WaitForSingleObject", ERROR_GEN_FAILURE},
    [FAULT_CHARACTERS] = {"MultiByteToWideChar", ERROR_NOT_ENOUGH_MEMORY},
    [FAULT_DLOPEN] = {"LoadLibrary", ERROR_MOD_NOT_FOUND},
    [FAULT_ANY] = {"any call", ERROR_GEN_FAILURE},
};

void faults_set_error(int error)
{
    SetLastError((DWORD)error);
}

/* What is sent or received at a time. */
static DWORD piece(DWORD size)
{
    return faults_in_pieces() && size > 1 ? 1 : size;
}

/* Calls into a DLL go through a pointer, __imp_<name>. In the library it is renamed to this one, as
 * faults_win32.syms says. */
#define POINTER(name)                                                                              \
    extern void (*const __imp_vxm_fault_##name)(void);                                             \
    void (*const __imp_vxm_fault_##name)(void) = (void (*)(void))vxm_fault_##name;

#define CALL(kind, result, failure, name, parameters, arguments)                                   \
    result WINAPI vxm_fault_##name parameters;                                                     \
    result WINAPI vxm_fault_##name parameters                                                      \
    {                                                                                              \
        return faults_fails(kind) ? (failure) : name arguments;                                    \
    }                                                                                              \
    POINTER(name)

/* Windows' headers declare it by this name, and its documentation by RtlGenRandom. */
BOOLEAN WINAPI SystemFunction036(void *bytes, ULONG size);

/* ---- handles ---- */

CALL(FAULT_DUPLICATE_HANDLE, BOOL, FALSE, DuplicateHandle,
     (HANDLE fromProcess, HANDLE from, HANDLE toProcess, HANDLE *to, DWORD access, BOOL inherited,
      DWORD options),
     (fromProcess, from, toProcess, to, access, inherited, options))
CALL(FAULT_HANDLE_INFORMATION, BOOL, FALSE, GetHandleInformation, (HANDLE handle, DWORD *flags),
     (handle, flags))
CALL(FAULT_HANDLE_INFORMATION, BOOL, FALSE, SetHandleInformation,
     (HANDLE handle, DWORD mask, DWORD flags), (handle, mask, flags))
CALL(FAULT_FILE_INFORMATION, BOOL, FALSE, GetFileInformationByHandle,
     (HANDLE handle, BY_HANDLE_FILE_INFORMATION *information), (handle, information))

/* ---- processes, and who may do what ---- */

CALL(FAULT_OPEN_PROCESS, HANDLE, NULL, OpenProcess, (DWORD access, BOOL inherited, DWORD process),
     (access, inherited, process))
CALL(FAULT_PROCESS_TIMES, BOOL, FALSE, GetProcessTimes,
     (HANDLE process, FILETIME *created, FILETIME *ended, FILETIME *kernel, FILETIME *user),
     (process, created, ended, kernel, user))
CALL(FAULT_TOKEN, BOOL, FALSE, OpenProcessToken, (HANDLE process, DWORD access, HANDLE *token),
     (process, access, token))
CALL(FAULT_TOKEN, BOOL, FALSE, GetTokenInformation,
     (HANDLE token, TOKEN_INFORMATION_CLASS what, void *information, DWORD size, DWORD *needed),
     (token, what, information, size, needed))
CALL(FAULT_SECURITY, BOOL, FALSE, InitializeSecurityDescriptor,
     (PSECURITY_DESCRIPTOR descriptor, DWORD revision), (descriptor, revision))
CALL(FAULT_SECURITY, BOOL, FALSE, SetSecurityDescriptorDacl,
     (PSECURITY_DESCRIPTOR descriptor, BOOL present, PACL list, BOOL defaulted),
     (descriptor, present, list, defaulted))
CALL(FAULT_SECURITY, BOOL, FALSE, InitializeAcl, (PACL list, DWORD size, DWORD revision),
     (list, size, revision))
CALL(FAULT_SECURITY, BOOL, FALSE, AddAccessAllowedAce,
     (PACL list, DWORD revision, DWORD access, PSID user), (list, revision, access, user))
CALL(FAULT_RANDOM, BOOLEAN, FALSE, SystemFunction036, (void *bytes, ULONG size), (bytes, size))

/* ---- pipes ---- */

CALL(FAULT_CREATE_EVENT, HANDLE, NULL, CreateEventW,
     (SECURITY_ATTRIBUTES * attributes, BOOL manual, BOOL set, const WCHAR *name),
     (attributes, manual, set, name))
CALL(FAULT_CREATE_NAMED_PIPE, HANDLE, INVALID_HANDLE_VALUE, CreateNamedPipeW,
     (const WCHAR *name, DWORD open, DWORD mode, DWORD instances, DWORD out, DWORD in,
      DWORD timeout, SECURITY_ATTRIBUTES *attributes),
     (name, open, mode, instances, out, in, timeout, attributes))
CALL(FAULT_CREATE_FILE, HANDLE, INVALID_HANDLE_VALUE, CreateFileW,
     (const WCHAR *name, DWORD access, DWORD share, SECURITY_ATTRIBUTES *attributes,
      DWORD disposition, DWORD flags, HANDLE model),
     (name, access, share, attributes, disposition, flags, model))
CALL(FAULT_CONNECT_NAMED_PIPE, BOOL, FALSE, ConnectNamedPipe, (HANDLE pipe, OVERLAPPED *overlapped),
     (pipe, overlapped))
CALL(FAULT_PIPE_STATE, BOOL, FALSE, GetNamedPipeInfo,
     (HANDLE pipe, DWORD *flags, DWORD *out, DWORD *in, DWORD *instances),
     (pipe, flags, out, in, instances))
CALL(FAULT_PIPE_STATE, BOOL, FALSE, GetNamedPipeHandleStateW,
     (HANDLE pipe, DWORD *state, DWORD *instances, DWORD *count, DWORD *delay, WCHAR *user,
      DWORD size),
     (pipe, state, instances, count, delay, user, size))
CALL(FAULT_PIPE_STATE, BOOL, FALSE, SetNamedPipeHandleState,
     (HANDLE pipe, DWORD *mode, DWORD *count, DWORD *delay), (pipe, mode, count, delay))
CALL(FAULT_PIPE_STATE, BOOL, FALSE, PeekNamedPipe,
     (HANDLE pipe, void *data, DWORD size, DWORD *got, DWORD *available, DWORD *left),
     (pipe, data, size, got, available, left))
CALL(FAULT_PIPE_PEER, BOOL, FALSE, GetNamedPipeClientProcessId, (HANDLE pipe, ULONG *process),
     (pipe, process))
CALL(FAULT_PIPE_PEER, BOOL, FALSE, GetNamedPipeServerProcessId, (HANDLE pipe, ULONG *process),
     (pipe, process))
CALL(FAULT_WRITE_FILE, BOOL, FALSE, WriteFile,
     (HANDLE file, const void *data, DWORD size, DWORD *done, OVERLAPPED *overlapped),
     (file, data, piece(size), done, overlapped))
CALL(FAULT_READ_FILE, BOOL, FALSE, ReadFile,
     (HANDLE file, void *data, DWORD size, DWORD *done, OVERLAPPED *overlapped),
     (file, data, piece(size), done, overlapped))
CALL(FAULT_OVERLAPPED_RESULT, BOOL, FALSE, GetOverlappedResult,
     (HANDLE file, OVERLAPPED *overlapped, DWORD *done, BOOL wait), (file, overlapped, done, wait))
CALL(FAULT_WAIT, DWORD, WAIT_FAILED, WaitForSingleObject, (HANDLE handle, DWORD timeout),
     (handle, timeout))
CALL(FAULT_WAIT, DWORD, WAIT_FAILED, WaitForMultipleObjects,
     (DWORD count, const HANDLE *handles, BOOL all, DWORD timeout), (count, handles, all, timeout))

/* ---- others ---- */

CALL(FAULT_CHARACTERS, int, 0, MultiByteToWideChar,
     (UINT page, DWORD flags, const char *from, int fromSize, WCHAR *to, int toSize),
     (page, flags, from, fromSize, to, toSize))
CALL(FAULT_DLOPEN, HMODULE, NULL, LoadLibraryA, (const char *name), (name))

/* ---- memory, where the C library is a DLL and its headers say so ---- */

void *vxm_fault_malloc(size_t size);
void *vxm_fault_calloc(size_t count, size_t size);
void *vxm_fault_realloc(void *memory, size_t size);
POINTER(malloc)
POINTER(calloc)
POINTER(realloc)
