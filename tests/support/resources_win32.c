/*
 * What is open and mapped in the test process, by the list of all handles in the system:
 * GetProcessHandleCount() answers 0 in Wine 8, and names nothing.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "support/resources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>
/* after windows.h */
#include <psapi.h>
#include <winternl.h>

#include "support/test.h"

#define SYSTEM_EXTENDED_HANDLE_INFORMATION 64
#define STATUS_LENGTH_MISMATCH             ((NTSTATUS)0xC0000004)
#define FIRST_CAPACITY                     ((SIZE_T)1 << 20)
#define MAX_CAPACITY                       ((SIZE_T)256 << 20)

struct system_handle {
    void *object; /* NULL in Wine, and where the process may not know */
    ULONG_PTR process;
    ULONG_PTR value;
    ULONG access;
    USHORT trace;
    USHORT type;
    ULONG attributes;
    ULONG reserved;
};

struct system_handles {
    ULONG_PTR count;
    ULONG_PTR reserved;
    struct system_handle items[1];
};

/* In pages of its own, not in the heap, which tests watch too. */
static struct system_handles *all_handles(void)
{
    NTSTATUS status = STATUS_LENGTH_MISMATCH;

    for (SIZE_T capacity = FIRST_CAPACITY;
         status == STATUS_LENGTH_MISMATCH && capacity <= MAX_CAPACITY; capacity *= 4) {
        void *handles = VirtualAlloc(NULL, capacity, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
        ULONG length = 0;
        if (handles == NULL) {
            break;
        }
        status =
            NtQuerySystemInformation((SYSTEM_INFORMATION_CLASS)SYSTEM_EXTENDED_HANDLE_INFORMATION,
                                     handles, (ULONG)capacity, &length);
        if (status >= 0) {
            return handles;
        }
        VirtualFree(handles, 0, MEM_RELEASE);
    }
    cr_assert_fail("NtQuerySystemInformation: status %#lx", (unsigned long)status);
    return NULL;
}

/* Each type's name is asked for once: that is a question to another process, under Wine. */
static const char *type_name(const struct system_handle *handle)
{
    static char names[256][sizeof(((struct support_handle *)0)->what)];
    char *name = names[handle->type % 256];
    /* The name stands behind the struct. */
    union {
        PUBLIC_OBJECT_TYPE_INFORMATION type;
        char room[1024];
    } answer;
    ULONG length = 0;

    memset(&answer, 0, sizeof(answer));
    if (name[0] == '\0' && NtQueryObject((HANDLE)handle->value, ObjectTypeInformation, &answer,
                                         sizeof(answer), &length) >= 0) {
        snprintf(name, sizeof(names[0]), "%.*ls",
                 (int)(answer.type.TypeName.Length / sizeof(WCHAR)), answer.type.TypeName.Buffer);
    }
    return name;
}

static void describe(const struct system_handle *handle, struct support_handle *item)
{
    memset(item, 0, sizeof(*item));
    item->value = (intptr_t)handle->value;
    item->identity[0] = (unsigned long long)(uintptr_t)handle->object;
    item->identity[1] = (unsigned long long)handle->access << 16 | handle->type;
    snprintf(item->what, sizeof(item->what), "%s", type_name(handle));
}

static int by_value(const void *a, const void *b)
{
    intptr_t left = ((const struct support_handle *)a)->value;
    intptr_t right = ((const struct support_handle *)b)->value;
    return (left > right) - (left < right);
}

/* With mingw-w64 the first thread-local variable that is touched makes a semaphore for good. */
static void touch_thread_local(void)
{
    static _Thread_local volatile int touched;
    touched = touched + 1;
}

/* The system opens the directory of named objects when the first one is made, and keeps it. */
static void open_directory(void)
{
    static bool open;
    HANDLE event;

    if (!open) {
        event = CreateEventW(NULL, TRUE, FALSE, L"vxm-support");
        open = event != NULL;
        if (open) {
            CloseHandle(event);
        }
    }
}

void support_take_handles(struct support_handles *handles)
{
    open_directory();
    touch_thread_local();
    struct system_handles *all = all_handles();
    ULONG_PTR process = GetCurrentProcessId();

    handles->count = 0;
    for (ULONG_PTR i = 0; i < all->count; i++) {
        if (all->items[i].process != process) {
            continue;
        }
        cr_assert_lt(handles->count, SUPPORT_MAX_HANDLES, "more than %d handles are open",
                     SUPPORT_MAX_HANDLES);
        describe(&all->items[i], &handles->items[handles->count++]);
    }
    VirtualFree(all, 0, MEM_RELEASE);
    qsort(handles->items, handles->count, sizeof(handles->items[0]), by_value);
}

bool support_is_open(intptr_t handle)
{
    DWORD flags = 0;
    return GetHandleInformation((HANDLE)handle, &flags) != 0;
}

bool support_is_cloexec(intptr_t handle)
{
    DWORD flags = 0;
    return GetHandleInformation((HANDLE)handle, &flags) && (flags & HANDLE_FLAG_INHERIT) == 0;
}

size_t support_mapping_count(void)
{
    MEMORY_BASIC_INFORMATION region;
    size_t count = 0;

    for (char *at = NULL; VirtualQuery(at, &region, sizeof(region)) == sizeof(region);
         at = (char *)region.BaseAddress + region.RegionSize) {
        count += region.State != MEM_FREE ? 1u : 0u;
    }
    return count;
}

size_t support_resident_bytes(void)
{
    PROCESS_MEMORY_COUNTERS counters;

    memset(&counters, 0, sizeof(counters));
    cr_assert(GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof(counters)));
    return counters.WorkingSetSize;
}

void support_keep_drivers_loaded(void)
{
    /* There is no LeakSanitizer to be misled. */
}
