/*
 * Windows' own handles.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/natives_win32.h"

#include <stdio.h>

#include <windows.h>

#include "contract/backend.h"
#include "support/faults.h"
#include "support/resources.h"

static struct support_handles taken;

size_t natives_count(void)
{
    return support_handle_count();
}

bool natives_is_open(void *handle)
{
    return (intptr_t)handle > 0 && support_is_open((intptr_t)handle);
}

bool natives_is_private(void *handle)
{
    return support_is_cloexec((intptr_t)handle);
}

/* Wine 8 has no CompareObjectHandles(). Two sections are the same if what is written into one can
 * be read in the other. */
static bool same_section(HANDLE a, HANDLE b)
{
    volatile unsigned char *left = MapViewOfFile(a, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, 1);
    volatile unsigned char *right = MapViewOfFile(b, FILE_MAP_READ | FILE_MAP_WRITE, 0, 0, 1);
    bool same = left != NULL && right != NULL;

    if (same) {
        const unsigned char before = *left;

        *left = (unsigned char)(before + 1u);
        same = *right == (unsigned char)(before + 1u);
        *left = before;
    }
    if (left != NULL) {
        UnmapViewOfFile((const void *)(uintptr_t)left);
    }
    if (right != NULL) {
        UnmapViewOfFile((const void *)(uintptr_t)right);
    }
    return same;
}

bool natives_same(void *a, void *b)
{
    typedef BOOL(WINAPI * compare_function)(HANDLE, HANDLE);
    union {
        FARPROC address;
        compare_function compare;
    } found;
    HMODULE module = GetModuleHandleW(L"kernelbase.dll");

    found.address = module != NULL ? GetProcAddress(module, "CompareObjectHandles") : NULL;
    if (!natives_is_open(a) || !natives_is_open(b)) {
        return false;
    }
    return a == b || (found.address != NULL ? found.compare(a, b) != FALSE : same_section(a, b));
}

void *natives_duplicate(void *handle)
{
    HANDLE duplicate = NULL;

    return natives_is_open(handle) &&
                   DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &duplicate, 0,
                                   FALSE, DUPLICATE_SAME_ACCESS)
               ? duplicate
               : NULL;
}

bool natives_close(void *handle)
{
    return natives_is_open(handle) && CloseHandle(handle);
}

static HANDLE make_event(void)
{
    return CreateEventW(NULL, TRUE, FALSE, NULL);
}

void *natives_make_wrong(unsigned index, const char **what)
{
    static const char *const names[] = {
        "an event",       "the file NUL",        "a section that is no payload",
        "a closed value", "a NULL handle",       "INVALID_HANDLE_VALUE",
        "the value -2",   "a value of nobody's",
    };
    HANDLE handle;

    *what = index < sizeof(names) / sizeof(names[0]) ? names[index] : NULL;
    switch (index) {
    case 0:
        return make_event();
    case 1:
        return CreateFileW(L"NUL", GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    case 2:
        return CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 1 << 20, NULL);
    case 3:
        handle = make_event();
        CloseHandle(handle);
        return handle;
    case 5:
        return INVALID_HANDLE_VALUE;
    case 6:
        return (void *)(intptr_t)-2;
    case 7:
        return (void *)(intptr_t)0x7ffffff0;
    default:
        return NULL;
    }
}

/* The system gives the lowest free value, so that a few more fill the gaps. */
bool natives_reuse(void *closed, void **unrelated)
{
    HANDLE gaps[256];
    size_t count = 0;
    bool found = false;

    while (!found && count < sizeof(gaps) / sizeof(gaps[0])) {
        gaps[count] = make_event();
        found = gaps[count] == closed;
        count += found ? 0u : 1u;
    }
    for (size_t i = 0; i < count; i++) {
        CloseHandle(gaps[i]);
    }
    *unrelated = closed;
    return found;
}

const char *natives_channel_name(void)
{
    static char name[64];
    static unsigned count;

    snprintf(name, sizeof(name), "vxm-contract-%lu-%u", (unsigned long)GetCurrentProcessId(),
             count++);
    return name;
}

void natives_take(void)
{
    support_take_handles(&taken);
}

bool natives_same_taken(char *difference, size_t capacity)
{
    static struct support_handles now;

    support_take_handles(&now);
    return support_same_handles(&taken, &now, difference, capacity);
}

/* ---- faults ---- */

const int backend_loader_fault = FAULT_DLOPEN;
/* Who is there is asked when a channel begins. */
const char *const backend_callless[] = {"vxmGetChannelPeer", NULL};

const char *natives_fault_name(int kind)
{
    return kind < FAULT_KINDS ? fault_kind_name((enum fault_kind)kind) : NULL;
}

void natives_fail(int kind, unsigned nth, bool forGood)
{
    faults_arm((enum fault_kind)kind, nth, forGood ? FAULT_FOR_GOOD : FAULT_ONCE, 0);
}

bool natives_failed(void)
{
    return faults_disarm();
}

/* ---- the rest ---- */

void *natives_allocate(size_t size)
{
    return VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void natives_free(void *memory)
{
    VirtualFree(memory, 0, MEM_RELEASE);
}

uint64_t natives_process(void)
{
    return GetCurrentProcessId();
}
