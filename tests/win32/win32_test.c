/*
 * What the tests of the Win32 back end share.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "win32/win32_test.h"

#include <stdio.h>

#include "support/child_win32.h"

void win32_begin(void)
{
    /* The first use of a thread-local variable makes a semaphore that stays (mingw-w64). */
    vxmGetLastError(&(VxmError){0});
    support_begin();
}

void require_success(VkResult result, const char *call, const char *file, int line)
{
    VxmError error;

    vxmGetLastError(&error);
    cr_assert_eq(result, VK_SUCCESS, "%s:%d: %s: %s: %s", file, line, call, vxmResultName(result),
                 error.message);
}

void expect_failure(VkResult got, const char *call, VkResult result, VxmErrorReason reason,
                    const char *parts, const char *file, int line)
{
    VxmError error;
    char part[256];

    cr_expect_eq(got, result, "%s:%d: %s: %s, not %s", file, line, call, vxmResultName(got),
                 vxmResultName(result));
    if (got == VK_SUCCESS) {
        return;
    }
    vxmGetLastError(&error);
    cr_expect_eq(error.result, got, "%s:%d: %s: the last error is of another call: %s", file, line,
                 call, error.message);
    cr_expect_eq(error.reason, reason, "%s:%d: %s: reason %d: %s", file, line, call,
                 (int)error.reason, error.message);
    while (*parts != '\0') {
        size_t length = strcspn(parts, "|");

        cr_assert_lt(length, sizeof(part));
        memcpy(part, parts, length);
        part[length] = '\0';
        cr_expect_not_null(strstr(error.message, part), "%s:%d: %s: no \"%s\" in \"%s\"", file,
                           line, call, part, error.message);
        parts += length + (parts[length] == '|' ? 1 : 0);
    }
}

/* ---- handles --------------------------------------------------------------------------------- */

VxmHandle make_section(void)
{
    HANDLE section = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 65536, NULL);

    cr_assert_not_null(section);
    return (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY,
                       .type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT,
                       .ptr = section};
}

void close_handle(VxmHandle *handle)
{
    cr_expect(CloseHandle(handle->ptr), "0x%llx was not open",
              (unsigned long long)(uintptr_t)handle->ptr);
    *handle = (VxmHandle){0};
}

bool is_same(HANDLE a, HANDLE b)
{
    /* By the bytes: what is written through one is read through the other. */
    static LONG number;
    volatile LONG *viewA = MapViewOfFile(a, FILE_MAP_WRITE, 0, 0, 0);
    volatile LONG *viewB = MapViewOfFile(b, FILE_MAP_WRITE, 0, 0, 0);
    bool same = false;

    if (viewA != NULL && viewB != NULL) {
        viewA[1000] = ++number;
        same = viewB[1000] == number;
    }
    if (viewA != NULL) {
        UnmapViewOfFile((void *)(uintptr_t)viewA);
    }
    if (viewB != NULL) {
        UnmapViewOfFile((void *)(uintptr_t)viewB);
    }
    return same;
}

void write_section(HANDLE section, const char *text)
{
    char *view = MapViewOfFile(section, FILE_MAP_WRITE, 0, 0, 0);

    cr_assert_not_null(view);
    memcpy(view, text, strlen(text) + 1);
    UnmapViewOfFile(view);
}

bool has_text(HANDLE section, const char *text)
{
    char *view = MapViewOfFile(section, FILE_MAP_READ, 0, 0, 0);
    bool has = view != NULL && strcmp(view, text) == 0;

    if (view != NULL) {
        UnmapViewOfFile(view);
    }
    return has;
}

/* ---- channels -------------------------------------------------------------------------------- */

void begin_end(struct end *end, bool imported)
{
    end->stream = (struct vxm_os_stream){{0}, {0}};
    require(vxm__os_begin_stream(&end->handle, imported, &end->stream));
}

void close_end(struct end *end)
{
    vxm__os_end_stream(&end->stream);
    vxm__os_close(&end->handle);
}

void make_pair(struct end ends[2])
{
    VxmHandle handles[2];

    require(vxm__os_pair(handles));
    for (int i = 0; i < 2; i++) {
        ends[i].handle = handles[i];
        begin_end(&ends[i], false);
    }
}

VkResult send_some(struct end *end, const void *data, size_t size, const VxmHandle *handles,
                   uint32_t handleCount, uint64_t timeout)
{
    size_t sent = 77;
    VkResult result = vxm__os_send(&end->handle, &end->stream, data, size, handles, handleCount,
                                   vxm__os_deadline(timeout), &sent);

    cr_expect_eq(sent, result == VK_SUCCESS ? size : 0, "%zu of %zu bytes have left", sent, size);
    return result;
}

VkResult receive_some(struct end *end, void *data, size_t size,
                      VxmHandle handles[VXM_OS_MAX_HANDLES], uint32_t *handleCount,
                      uint64_t timeout)
{
    uint64_t deadline = vxm__os_deadline(timeout);
    size_t there = 0;
    VkResult result = VK_SUCCESS;

    while (result == VK_SUCCESS && there < size) {
        size_t received = 0;

        result = vxm__os_receive(&end->handle, &end->stream, (char *)data + there, size - there,
                                 &received, handles, handleCount, deadline);
        there += received;
    }
    return result;
}

const char *new_name(void)
{
    static char name[64];
    static unsigned count;

    (void)snprintf(name, sizeof(name), "vxm-test-%lu-%u", (unsigned long)GetCurrentProcessId(),
                   count++);
    return name;
}

/* ---- processes ------------------------------------------------------------------------------- */

struct child start_child(const char *arguments)
{
    PROCESS_INFORMATION process;
    char command[512];

    (void)snprintf(command, sizeof(command), "--child %s", arguments);
    cr_assert(child_start(command, 0, &process));
    CloseHandle(process.hThread);
    return (struct child){process.hProcess, process.dwProcessId};
}

DWORD end_child(struct child *child)
{
    DWORD status = 99;

    cr_expect_eq(WaitForSingleObject(child->process, 60000), WAIT_OBJECT_0);
    GetExitCodeProcess(child->process, &status);
    CloseHandle(child->process);
    return status;
}
