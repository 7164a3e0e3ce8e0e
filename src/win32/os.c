/*
 * What Windows does with handles: close, duplicate, also into another process, compare, judge. And
 * with KMT numbers, which are no handles at all.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "win32/win32.h"

/* ---- errors ---------------------------------------------------------------------------------- */

struct system_answer {
    DWORD error;
    VkResult result;
    const char *advice;
};

static const struct system_answer answers[] = {
    {ERROR_INVALID_HANDLE, VK_ERROR_INVALID_EXTERNAL_HANDLE,
     " It has been closed, or was never opened in this process."},
    {ERROR_TOO_MANY_OPEN_FILES, VK_ERROR_TOO_MANY_OBJECTS,
     " The process has as many open handles as it may: close those that are no longer needed."},
    {ERROR_NO_SYSTEM_RESOURCES, VK_ERROR_TOO_MANY_OBJECTS,
     " Close handles that are no longer needed."},
    {ERROR_NOT_ENOUGH_MEMORY, VK_ERROR_OUT_OF_HOST_MEMORY, ""},
    {ERROR_OUTOFMEMORY, VK_ERROR_OUT_OF_HOST_MEMORY, ""},
    {ERROR_NOT_ENOUGH_QUOTA, VK_ERROR_OUT_OF_HOST_MEMORY, ""},
    {ERROR_COMMITMENT_LIMIT, VK_ERROR_OUT_OF_HOST_MEMORY, ""},
    {ERROR_BROKEN_PIPE, VXM_ERROR_PEER_LOST, " Close the channel."},
    {ERROR_NO_DATA, VXM_ERROR_PEER_LOST, " Close the channel."},
    {ERROR_PIPE_NOT_CONNECTED, VXM_ERROR_PEER_LOST, " Close the channel."},
};

/* The system's words for an error, without the full stop. In English where the system has them so,
 * since they become part of an English sentence. */
static void describe(DWORD error, char *text, int size)
{
    const DWORD flags =
        FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS | FORMAT_MESSAGE_MAX_WIDTH_MASK;
    const DWORD english = MAKELANGID(LANG_ENGLISH, SUBLANG_ENGLISH_US);
    wchar_t words[256];
    const DWORD room = sizeof(words) / sizeof(words[0]);
    DWORD length = FormatMessageW(flags, NULL, error, english, words, room, NULL);
    int bytes;

    if (length == 0) {
        length = FormatMessageW(flags, NULL, error, 0, words, room, NULL);
    }
    while (length > 0 && wcschr(L" .\r\n", words[length - 1]) != NULL) {
        length--;
    }
    bytes = WideCharToMultiByte(CP_UTF8, 0, words, (int)length, text, size - 1, NULL, NULL);
    text[bytes] = '\0';
    if (bytes == 0) {
        (void)snprintf(text, (size_t)size, "the system has no words for it");
    }
}

VkResult vxm__win32_fail(DWORD error, const char *format, ...)
{
    struct system_answer answer = {error, VK_ERROR_INITIALIZATION_FAILED, ""};
    VxmErrorReason reason = VXM_ERROR_REASON_SYSTEM;
    char sentence[512];
    char words[512];
    va_list arguments;
    int length;

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (answers[i].error == error) {
            answer = answers[i];
        }
    }
    if (answer.result == VXM_ERROR_PEER_LOST) {
        reason = VXM_ERROR_REASON_PEER;
    }
    va_start(arguments, format);
    length = vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    if (length < 0) {
        sentence[0] = '\0';
    }
    describe(error, words, sizeof(words));
    return vxm__fail(answer.result, reason, error, "%s: %s (error %lu).%s", sentence, words,
                     (unsigned long)error, answer.advice);
}

vxm__win32_function vxm__win32_find(const wchar_t *library, const char *name)
{
    HMODULE module = GetModuleHandleW(library);

    return module != NULL ? (vxm__win32_function)GetProcAddress(module, name) : NULL;
}

/* ---- handles --------------------------------------------------------------------------------- */

void vxm__win32_close(HANDLE handle)
{
    DWORD saved = GetLastError();

    if (handle != NULL && handle != INVALID_HANDLE_VALUE) {
        (void)CloseHandle(handle);
    }
    SetLastError(saved);
}

bool vxm__win32_is_real(HANDLE handle)
{
    return (intptr_t)handle > 0;
}

static bool is_kmt(VxmHandleKind kind, uint32_t type)
{
    return kind == VXM_HANDLE_KIND_SEMAPHORE
               ? type == VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT
               : kind == VXM_HANDLE_KIND_MEMORY &&
                     (type == VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT ||
                      type == VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT);
}

bool vxm__os_is_value(const VxmHandle *handle, uint64_t *value)
{
    *value = (uintptr_t)handle->ptr;
    return is_kmt(handle->kind, handle->type);
}

/* A KMT number has 32 bits, also in a program of 64. -1 is what a failed call would have given. */
static bool is_kmt_number(uint64_t value)
{
    return value != 0 && value < UINT32_MAX;
}

bool vxm__os_value(VxmHandleKind kind, uint32_t type, uint64_t value, VxmHandle *handle)
{
    *handle = (VxmHandle){.kind = kind, .type = type, .ptr = (void *)(uintptr_t)value};
    return is_kmt(kind, type) && is_kmt_number(value);
}

void vxm__os_close(const VxmHandle *handle)
{
    vxm__win32_close(handle->ptr);
}

static VkResult fail_handle(DWORD error, const char *asked, const VxmHandle *handle)
{
    return vxm__win32_fail(error, "%s the %s handle 0x%llx failed", asked,
                           vxmHandleTypeName(handle->kind, handle->type),
                           (unsigned long long)(uintptr_t)handle->ptr);
}

/* The system would duplicate a pseudo-handle such as GetCurrentProcess(), whose value is that of
 * INVALID_HANDLE_VALUE, and give a handle of this process. */
static VkResult check_real(const VxmHandle *handle)
{
    if (vxm__win32_is_real(handle->ptr)) {
        return VK_SUCCESS;
    }
    return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT,
                     ERROR_INVALID_HANDLE,
                     "The %s handle is %s. Give the handle that the exporter made.",
                     vxmHandleTypeName(handle->kind, handle->type),
                     handle->ptr == NULL                   ? "NULL"
                     : handle->ptr == INVALID_HANDLE_VALUE ? "INVALID_HANDLE_VALUE"
                                                           : "a pseudo-handle of this process");
}

VkResult vxm__os_duplicate(const VxmHandle *handle, VxmHandle *duplicate)
{
    HANDLE native = NULL;
    VkResult result = check_real(handle);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (!DuplicateHandle(GetCurrentProcess(), handle->ptr, GetCurrentProcess(), &native, 0, FALSE,
                         DUPLICATE_SAME_ACCESS)) {
        return fail_handle(GetLastError(), "Duplicating", handle);
    }
    *duplicate = (VxmHandle){.kind = handle->kind, .type = handle->type, .ptr = native};
    return VK_SUCCESS;
}

static VkResult fail_process(DWORD error, uint64_t process, const char *advice)
{
    return vxm__win32_fail(error, "Opening process %llu with PROCESS_DUP_HANDLE failed%s",
                           (unsigned long long)process, advice);
}

VkResult vxm__os_duplicate_to(const VxmHandle *handle, uint64_t process, VxmHandle *duplicate)
{
    HANDLE target;
    HANDLE native = NULL;
    VkResult result = check_real(handle);

    if (result != VK_SUCCESS) {
        return result;
    }
    if (handle->kind == VXM_HANDLE_KIND_CHANNEL) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "A channel's pipe is not put into another process: the system goes on "
                         "naming this process as its end. Let the other process connect.");
    }
    target = process <= UINT32_MAX ? OpenProcess(PROCESS_DUP_HANDLE, FALSE, (DWORD)process) : NULL;
    if (target == NULL) {
        DWORD error = process <= UINT32_MAX ? GetLastError() : ERROR_INVALID_PARAMETER;

        return fail_process(error, process,
                            error == ERROR_INVALID_PARAMETER ? " (there is no such process)" : "");
    }
    if (DuplicateHandle(GetCurrentProcess(), handle->ptr, target, &native, 0, FALSE,
                        DUPLICATE_SAME_ACCESS)) {
        *duplicate = (VxmHandle){.kind = handle->kind, .type = handle->type, .ptr = native};
    } else {
        result = vxm__win32_fail(
            GetLastError(), "Duplicating the %s handle 0x%llx into process %llu failed",
            vxmHandleTypeName(handle->kind, handle->type),
            (unsigned long long)(uintptr_t)handle->ptr, (unsigned long long)process);
    }
    vxm__win32_close(target);
    return result;
}

#define OBJECT_TYPE_INFORMATION 2

/* The name of the object's type, such as "Section"; "" where the system doesn't tell. */
static void read_object_type(HANDLE handle, wchar_t *name, size_t capacity)
{
    vxm__win32_query_object query =
        (vxm__win32_query_object)vxm__win32_find(L"ntdll.dll", "NtQueryObject");
    union {
        struct {
            USHORT bytes;
            USHORT capacity;
            const wchar_t *text;
        } name;
        unsigned char room[512];
    } answer;

    name[0] = L'\0';
    if (query != NULL &&
        query(handle, OBJECT_TYPE_INFORMATION, &answer, sizeof(answer), NULL) >= 0 &&
        answer.name.bytes / sizeof(wchar_t) < capacity) {
        memcpy(name, answer.name.text, answer.name.bytes);
        name[answer.name.bytes / sizeof(wchar_t)] = L'\0';
    }
}

/* What the object is, where that alone rules it out as a payload; otherwise NULL. What drivers
 * share are kernel objects of types of their own, sections, events, and under some emulations
 * device files, so a file is ruled out only where the system knows it as a pipe, a console or one
 * on a disk. GetFileType() alone can't tell that: some systems call a section a file on a disk. */
static const char *what_it_is_instead(HANDLE handle)
{
    static const struct {
        const wchar_t *type;
        const char *what;
    } others[] = {
        {L"Process", "a process"},
        {L"Thread", "a thread"},
        {L"Token", "an access token"},
        {L"Key", "a registry key"},
        {L"Job", "a job"},
        {L"IoCompletion", "a completion port"},
        {L"Directory", "a directory"},
        {L"Desktop", "a desktop"},
        {L"WindowStation", "a window station"},
    };
    BY_HANDLE_FILE_INFORMATION file;
    wchar_t type[32];

    read_object_type(handle, type, sizeof(type) / sizeof(type[0]));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (wcscmp(type, others[i].type) == 0) {
            return others[i].what;
        }
    }
    if (wcscmp(type, L"File") != 0) {
        return NULL;
    }
    switch (GetFileType(handle)) {
    case FILE_TYPE_PIPE:
        return "a pipe or socket";
    case FILE_TYPE_CHAR:
        return "a console or another character device";
    case FILE_TYPE_DISK:
        return GetFileInformationByHandle(handle, &file) ? "a file" : NULL;
    default:
        return NULL;
    }
}

static VkResult check_kmt(const VxmHandle *handle)
{
    if (is_kmt_number((uintptr_t)handle->ptr)) {
        return VK_SUCCESS;
    }
    return vxm__fail(
        VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, ERROR_INVALID_HANDLE,
        "0x%llx can't be a handle of type %s: that is a number of 32 bits, neither 0 "
        "nor -1. Give the number that the exporter got.",
        (unsigned long long)(uintptr_t)handle->ptr, vxmHandleTypeName(handle->kind, handle->type));
}

VkResult vxm__os_check(const VxmHandle *handle)
{
    const char *instead;
    DWORD flags;
    VkResult result;

    if (is_kmt(handle->kind, handle->type)) {
        return check_kmt(handle);
    }
    if (handle->kind == VXM_HANDLE_KIND_CHANNEL) {
        return vxm__os_check_channel(handle);
    }
    result = check_real(handle);
    if (result != VK_SUCCESS) {
        return result;
    }
    if (!GetHandleInformation(handle->ptr, &flags)) {
        return fail_handle(GetLastError(), "Looking at", handle);
    }
    instead = what_it_is_instead(handle->ptr);
    if (instead != NULL) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "Handle 0x%llx is %s, and so can't be one of type %s. Give the handle "
                         "that the exporter made.",
                         (unsigned long long)(uintptr_t)handle->ptr, instead,
                         vxmHandleTypeName(handle->kind, handle->type));
    }
    return VK_SUCCESS;
}

static bool is_open(HANDLE handle)
{
    DWORD flags;

    return vxm__win32_is_real(handle) && GetHandleInformation(handle, &flags);
}

/* CompareObjectHandles() came with Windows 10. Before it there is no telling, and "no" is the safe
 * answer: a duplicate that is left open costs less than somebody else's handle closed. */
bool vxm__os_same_object(const VxmHandle *a, const VxmHandle *b)
{
    typedef BOOL(WINAPI * compare_objects)(HANDLE, HANDLE);
    compare_objects compare;

    if (!is_open(a->ptr) || !is_open(b->ptr)) {
        return false;
    }
    if (a->ptr == b->ptr) {
        return true;
    }
    compare = (compare_objects)vxm__win32_find(L"kernelbase.dll", "CompareObjectHandles");
    return compare != NULL && compare(a->ptr, b->ptr);
}

bool vxm__os_same_payload(const VxmHandle *a, const VxmHandle *b)
{
    return vxm__os_same_object(a, b);
}

bool vxm__os_same_number(const VxmHandle *a, const VxmHandle *b)
{
    return a->ptr == b->ptr;
}

/* What drivers share has no size that the system knows of. */
uint64_t vxm__os_payload_size(const VxmHandle *handle)
{
    (void)handle;
    return 0;
}

uint64_t vxm__os_semaphore_value(const VxmHandle *handle)
{
    (void)handle;
    return 0;
}

VkResult vxm__os_check_facts(const VxmHandle *handle, const void *nativeDevice,
                             const VxmImageDescription *image)
{
    (void)handle;
    (void)nativeDevice;
    (void)image;
    return VK_SUCCESS;
}

VkResult vxm__os_make_payload(uint32_t type, const void *nativeDevice,
                              const VxmImageDescription *image, VxmHandle *handle)
{
    (void)type;
    (void)nativeDevice;
    (void)image;
    (void)handle;
    return VK_ERROR_FEATURE_NOT_PRESENT;
}

VkResult vxm__os_convert(const VxmHandle *handle, const void *nativeDevice, uint32_t type,
                         VxmHandle *converted)
{
    (void)handle;
    (void)nativeDevice;
    (void)type;
    (void)converted;
    return VK_ERROR_FEATURE_NOT_PRESENT;
}

VkResult vxm__os_settle(VxmHandle *handle)
{
    if (is_kmt(handle->kind, handle->type)) {
        return VK_SUCCESS;
    }
    if (!SetHandleInformation(handle->ptr, HANDLE_FLAG_INHERIT, 0)) {
        return fail_handle(GetLastError(), "Keeping child processes from inheriting", handle);
    }
    return VK_SUCCESS;
}

/* ---- one-time initialisation, time ----------------------------------------------------------- */

static BOOL CALLBACK run_once(INIT_ONCE *once, void *parameter, void **context)
{
    void (*const *function)(void) = parameter;

    (void)once;
    (void)context;
    (*function)();
    return TRUE;
}

void vxm__os_once(void (*function)(void))
{
    static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

    (void)InitOnceExecuteOnce(&once, run_once, &function, NULL);
}

uint64_t vxm__win32_now(void)
{
    LARGE_INTEGER count;
    LARGE_INTEGER perSecond;
    uint64_t whole;
    uint64_t rest;

    (void)QueryPerformanceCounter(&count);
    (void)QueryPerformanceFrequency(&perSecond);
    whole = (uint64_t)count.QuadPart / (uint64_t)perSecond.QuadPart;
    rest = (uint64_t)count.QuadPart % (uint64_t)perSecond.QuadPart;
    return whole * 1000000000u + rest * 1000000000u / (uint64_t)perSecond.QuadPart;
}

uint64_t vxm__os_deadline(uint64_t timeout)
{
    uint64_t now;

    if (timeout == 0 || timeout == UINT64_MAX) {
        return timeout;
    }
    now = vxm__win32_now();
    return timeout > UINT64_MAX - now ? UINT64_MAX : now + timeout;
}
