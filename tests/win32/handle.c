/*
 * Handles of Windows: close, duplicate, judge, compare, and the words of the system's errors.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "win32/win32_test.h"

TestSuite(win32_handle, .init = win32_begin, .fini = support_end);

#define MEMORY(name)    VK_EXTERNAL_MEMORY_HANDLE_TYPE_##name
#define SEMAPHORE(name) VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_##name

static VxmHandle of_type(VxmHandleKind kind, uint32_t type, void *value)
{
    return (VxmHandle){.kind = kind, .type = type, .ptr = value};
}

static VxmHandle opaque(HANDLE handle)
{
    return of_type(VXM_HANDLE_KIND_MEMORY, MEMORY(OPAQUE_WIN32_BIT), handle);
}

/* ---- errors ---------------------------------------------------------------------------------- */

Test(win32_handle, errors_have_result_number_and_words)
{
    static const struct {
        DWORD error;
        VkResult result;
        VxmErrorReason reason;
    } rows[] = {
        {ERROR_INVALID_HANDLE, VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_SYSTEM},
        {ERROR_TOO_MANY_OPEN_FILES, VK_ERROR_TOO_MANY_OBJECTS, VXM_ERROR_REASON_SYSTEM},
        {ERROR_NO_SYSTEM_RESOURCES, VK_ERROR_TOO_MANY_OBJECTS, VXM_ERROR_REASON_SYSTEM},
        {ERROR_NOT_ENOUGH_MEMORY, VK_ERROR_OUT_OF_HOST_MEMORY, VXM_ERROR_REASON_SYSTEM},
        {ERROR_OUTOFMEMORY, VK_ERROR_OUT_OF_HOST_MEMORY, VXM_ERROR_REASON_SYSTEM},
        {ERROR_NOT_ENOUGH_QUOTA, VK_ERROR_OUT_OF_HOST_MEMORY, VXM_ERROR_REASON_SYSTEM},
        {ERROR_BROKEN_PIPE, VXM_ERROR_PEER_LOST, VXM_ERROR_REASON_PEER},
        {ERROR_NO_DATA, VXM_ERROR_PEER_LOST, VXM_ERROR_REASON_PEER},
        {ERROR_PIPE_NOT_CONNECTED, VXM_ERROR_PEER_LOST, VXM_ERROR_REASON_PEER},
        {ERROR_ACCESS_DENIED, VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_SYSTEM},
    };
    VxmError error;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        expect_error(vxm__win32_fail(rows[i].error, "Asking for %s of %d", "one", 2),
                     rows[i].result, rows[i].reason, "Asking for one of 2: |(error ");
        vxmGetLastError(&error);
        cr_expect_eq(error.code, rows[i].error);
    }
    expect_error(vxm__win32_fail(ERROR_ACCESS_DENIED, "Opening"), VK_ERROR_INITIALIZATION_FAILED,
                 VXM_ERROR_REASON_SYSTEM, "Opening: Access denied (error 5).");
    /* One that the system knows nothing of. */
    expect_error(vxm__win32_fail(0x2FFFFFFF, "Trying"), VK_ERROR_INITIALIZATION_FAILED,
                 VXM_ERROR_REASON_SYSTEM,
                 "Trying: the system has no words for it (error 805306367)");
}

/* ---- duplicates ------------------------------------------------------------------------------ */

Test(win32_handle, duplicate_is_the_same_object_and_private)
{
    VxmHandle section = make_section();
    VxmHandle duplicate = {0};

    cr_assert(SetHandleInformation(section.ptr, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
    require(vxm__os_duplicate(&section, &duplicate));
    cr_expect_neq(duplicate.ptr, section.ptr);
    cr_expect_eq(duplicate.kind, section.kind);
    cr_expect_eq(duplicate.type, section.type);
    cr_expect(is_same(section.ptr, duplicate.ptr));
    cr_expect(support_is_cloexec((intptr_t)duplicate.ptr));
    cr_expect_not(support_is_cloexec((intptr_t)section.ptr));
    vxm__os_close(&section);
    cr_expect_not(support_is_open((intptr_t)section.ptr));
    write_section(duplicate.ptr, "it holds");
    vxm__os_close(&duplicate);
}

Test(win32_handle, duplicate_has_the_same_access)
{
    VxmHandle section = make_section();
    VxmHandle weak = section;
    VxmHandle duplicate = {0};
    void *view;

    cr_assert(DuplicateHandle(GetCurrentProcess(), section.ptr, GetCurrentProcess(), &weak.ptr,
                              SECTION_MAP_READ | SECTION_QUERY, FALSE, 0));
    require(vxm__os_duplicate(&weak, &duplicate));
    view = MapViewOfFile(duplicate.ptr, FILE_MAP_READ, 0, 0, 0);
    cr_expect_not_null(view);
    UnmapViewOfFile(view);
    cr_expect_null(MapViewOfFile(duplicate.ptr, FILE_MAP_WRITE, 0, 0, 0));
    close_handle(&duplicate);
    close_handle(&weak);
    close_handle(&section);
}

Test(win32_handle, what_is_not_open_is_not_duplicated)
{
    static const struct {
        intptr_t value;
        const char *words;
    } rows[] = {
        {0, "OPAQUE_WIN32 handle is NULL"},
        {-1, "INVALID_HANDLE_VALUE"},
        {-2, "pseudo-handle"},
        {-4, "pseudo-handle"},
        {-6, "pseudo-handle"},
        {0xDEA0, "Duplicating the OPAQUE_WIN32 handle 0xdea0 failed|(error 6)|closed"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        VxmHandle handle = opaque((HANDLE)rows[i].value);
        VxmHandle duplicate = {.type = 77};
        VxmErrorReason reason =
            rows[i].value > 0 ? VXM_ERROR_REASON_SYSTEM : VXM_ERROR_REASON_ARGUMENT;

        expect_error(vxm__os_duplicate(&handle, &duplicate), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                     reason, rows[i].words);
        cr_expect_eq(duplicate.type, 77u);
        if (rows[i].value <= 0) {
            expect_error(vxm__os_duplicate_to(&handle, GetCurrentProcessId(), &duplicate),
                         VK_ERROR_INVALID_EXTERNAL_HANDLE, reason, rows[i].words);
        }
    }
    /* Closing what is none does nothing, and not to this process either. */
    vxm__win32_close(NULL);
    vxm__win32_close(INVALID_HANDLE_VALUE);
}

Test(win32_handle, duplicate_to_says_what_stands_in_the_way)
{
    VxmHandle section = make_section();
    VxmHandle closed = opaque((HANDLE)(intptr_t)0xDEA0);
    VxmHandle channel = vxm__win32_channel(section.ptr);
    VxmHandle duplicate = {.type = 77};
    static const uint64_t nobody[] = {0, 0x7FFFFFF0, 0x100000000ull, UINT64_MAX};

    for (size_t i = 0; i < sizeof(nobody) / sizeof(nobody[0]); i++) {
        expect_error(vxm__os_duplicate_to(&section, nobody[i], &duplicate),
                     VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_SYSTEM,
                     "Opening process|PROCESS_DUP_HANDLE|no such process");
    }
    expect_error(vxm__os_duplicate_to(&closed, GetCurrentProcessId(), &duplicate),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_SYSTEM, "0xdea0 into process");
    expect_error(vxm__os_duplicate_to(&channel, GetCurrentProcessId(), &duplicate),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "connect");
    cr_expect_eq(duplicate.type, 77u);
    require(vxm__os_duplicate_to(&section, GetCurrentProcessId(), &duplicate));
    cr_expect_eq(duplicate.type, section.type);
    cr_expect(is_same(section.ptr, duplicate.ptr));
    cr_expect(support_is_cloexec((intptr_t)duplicate.ptr));
    close_handle(&duplicate);
    close_handle(&section);
}

/* ---- judging --------------------------------------------------------------------------------- */

Test(win32_handle, payloads_pass_and_other_objects_do_not)
{
    HANDLE thread = NULL;
    HANDLE process = OpenProcess(PROCESS_DUP_HANDLE, FALSE, GetCurrentProcessId());
    HANDLE token = NULL;
    HANDLE pipe[2];
    HANDLE null = CreateFileA("NUL", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    char program[MAX_PATH];
    HANDLE file;
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    VxmHandle section = make_section();
    VxmHandle semaphore = of_type(VXM_HANDLE_KIND_SEMAPHORE, SEMAPHORE(OPAQUE_WIN32_BIT), event);

    cr_assert(GetModuleFileNameA(NULL, program, sizeof(program)) > 0);
    file = CreateFileA(program, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    cr_assert(CreatePipe(&pipe[0], &pipe[1], NULL, 0));
    cr_assert(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(), &thread,
                              0, FALSE, DUPLICATE_SAME_ACCESS));
    cr_assert(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
    {
        const struct {
            HANDLE handle;
            const char *what;
        } rows[] = {
            {pipe[0], " is a pipe"}, {pipe[1], " is a pipe"},    {null, "character device"},
            {file, " is a file"},    {process, " is a process"}, {thread, " is a thread"},
            {token, "access token"},
        };

        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            VxmHandle handle = opaque(rows[i].handle);

            cr_assert(vxm__win32_is_real(rows[i].handle), "row %zu", i);
            expect_error(vxm__os_check(&handle), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                         VXM_ERROR_REASON_ARGUMENT, rows[i].what);
        }
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            cr_expect(CloseHandle(rows[i].handle), "row %zu was closed", i);
        }
    }
    require(vxm__os_check(&section));
    require(vxm__os_check(&semaphore));
    close_handle(&section);
    close_handle(&semaphore);
}

Test(win32_handle, what_is_no_open_handle_is_refused)
{
    VxmHandle handle = opaque(NULL);

    expect_error(vxm__os_check(&handle), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "NULL");
    handle.ptr = INVALID_HANDLE_VALUE;
    expect_error(vxm__os_check(&handle), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "INVALID_HANDLE_VALUE");
    handle.ptr = GetCurrentThread();
    expect_error(vxm__os_check(&handle), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "pseudo-handle");
    handle = make_section();
    CloseHandle(handle.ptr);
    expect_error(vxm__os_check(&handle), VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_SYSTEM,
                 "Looking at the OPAQUE_WIN32 handle|(error 6)|closed");
}

Test(win32_handle, kmt_numbers_are_values)
{
    const struct {
        VxmHandleKind kind;
        uint32_t type;
        bool kmt;
    } rows[] = {
        {VXM_HANDLE_KIND_MEMORY, MEMORY(OPAQUE_WIN32_KMT_BIT), true},
        {VXM_HANDLE_KIND_MEMORY, MEMORY(D3D11_TEXTURE_KMT_BIT), true},
        {VXM_HANDLE_KIND_SEMAPHORE, SEMAPHORE(OPAQUE_WIN32_KMT_BIT), true},
        {VXM_HANDLE_KIND_MEMORY, MEMORY(OPAQUE_WIN32_BIT), false},
        {VXM_HANDLE_KIND_MEMORY, MEMORY(D3D11_TEXTURE_BIT), false},
        {VXM_HANDLE_KIND_MEMORY, MEMORY(D3D12_HEAP_BIT), false},
        {VXM_HANDLE_KIND_SEMAPHORE, SEMAPHORE(OPAQUE_WIN32_BIT), false},
        {VXM_HANDLE_KIND_SEMAPHORE, SEMAPHORE(D3D12_FENCE_BIT), false},
        /* The bit of a D3D11_TEXTURE_KMT, but of the other kind. */
        {VXM_HANDLE_KIND_SEMAPHORE, SEMAPHORE(SYNC_FD_BIT), false},
        {VXM_HANDLE_KIND_CHANNEL, VXM_CHANNEL_HANDLE_TYPE_NATIVE, false},
    };
    static const uint64_t good[] = {1, 0x40000002, 0x80000002, 0xFFFFFFFE};
    static const uint64_t bad[] = {0, 0xFFFFFFFF, 0x100000000ull, UINT64_MAX};

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        for (size_t j = 0; j < 4; j++) {
            VxmHandle handle;
            uint64_t value = 0;

            cr_expect_eq(vxm__os_value(rows[i].kind, rows[i].type, good[j], &handle), rows[i].kmt,
                         "row %zu", i);
            cr_expect_not(vxm__os_value(rows[i].kind, rows[i].type, bad[j], &handle), "row %zu", i);
            handle = of_type(rows[i].kind, rows[i].type, (void *)(uintptr_t)good[j]);
            cr_expect_eq(vxm__os_is_value(&handle, &value), rows[i].kmt, "row %zu", i);
            cr_expect_eq(value, good[j]);
            if (rows[i].kmt) {
                require(vxm__os_check(&handle));
                require(vxm__os_settle(&handle));
                handle.ptr = (void *)(uintptr_t)bad[j];
                expect_error(vxm__os_check(&handle), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                             VXM_ERROR_REASON_ARGUMENT, "_KMT|32 bits");
            }
        }
    }
}

Test(win32_handle, same_object)
{
    VxmHandle a = make_section();
    VxmHandle b = make_section();
    VxmHandle duplicate = {0};
    VxmHandle self = opaque(GetCurrentProcess());

    require(vxm__os_duplicate(&a, &duplicate));
    cr_expect(vxm__os_same_object(&a, &a));
    cr_expect(vxm__os_same_object(&a, &duplicate));
    cr_expect_not(vxm__os_same_object(&a, &b));
    cr_expect_not(vxm__os_same_object(&self, &self));
    close_handle(&b);
    b = duplicate;
    close_handle(&duplicate);
    cr_expect_not(vxm__os_same_object(&a, &b));
    cr_expect_not(vxm__os_same_object(&b, &b));
    cr_expect_eq(vxm__os_payload_size(&a), 0u);
    close_handle(&a);
}

Test(win32_handle, settled_handles_are_not_inherited)
{
    VxmHandle section = make_section();
    VxmHandle closed = section;

    cr_assert(SetHandleInformation(section.ptr, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
    require(vxm__os_settle(&section));
    cr_expect(support_is_cloexec((intptr_t)section.ptr));
    close_handle(&section);
    expect_error(vxm__os_settle(&closed), VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_SYSTEM,
                 "inheriting the OPAQUE_WIN32 handle");
}

/* ---- once, time ------------------------------------------------------------------------------ */

static LONG runs;

static void count_slowly(void)
{
    Sleep(20);
    InterlockedIncrement(&runs);
}

static DWORD WINAPI run_once_here(void *parameter)
{
    (void)parameter;
    vxm__os_once(count_slowly);
    return (DWORD)runs;
}

Test(win32_handle, once_is_once_for_all_threads)
{
    HANDLE threads[8];

    for (int i = 0; i < 8; i++) {
        threads[i] = CreateThread(NULL, 0, run_once_here, NULL, 0, NULL);
    }
    for (int i = 0; i < 8; i++) {
        DWORD seen = 0;

        cr_assert_eq(WaitForSingleObject(threads[i], 10000), WAIT_OBJECT_0);
        GetExitCodeThread(threads[i], &seen);
        cr_expect_eq(seen, 1u, "a thread went on before it was done");
        CloseHandle(threads[i]);
    }
    cr_expect_eq(runs, 1);
}

Test(win32_handle, deadlines)
{
    uint64_t before = vxm__win32_now();
    uint64_t deadline = vxm__os_deadline(SECOND);
    uint64_t after = vxm__win32_now();

    cr_expect_geq(deadline, before + SECOND);
    cr_expect_leq(deadline, after + SECOND);
    cr_expect_eq(vxm__os_deadline(0), 0u);
    cr_expect_eq(vxm__os_deadline(UINT64_MAX), UINT64_MAX);
    cr_expect_eq(vxm__os_deadline(UINT64_MAX - 1), UINT64_MAX);
    cr_expect_eq(vxm__win32_milliseconds(0), 0u);
    cr_expect_eq(vxm__win32_milliseconds(UINT64_MAX), INFINITE);
    cr_expect_eq(vxm__win32_milliseconds(before), 0u);
    cr_expect_eq(vxm__win32_milliseconds(UINT64_MAX - 1), INFINITE - 1);
    cr_expect_leq(vxm__win32_milliseconds(vxm__win32_now() + 50 * SECOND + 1), 50001u);
    cr_expect_geq(vxm__win32_milliseconds(vxm__win32_now() + 50 * SECOND + 1), 40000u);
    Sleep(50);
    after = vxm__win32_now();
    cr_expect(after - before > SECOND / 50 && after - before < 30 * SECOND, "50 ms became %llu ns",
              (unsigned long long)(after - before));
}
