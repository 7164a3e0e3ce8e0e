/*
 * Handles: duplicated, closed once, refused when they are none, on any system.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/types.h"

TestSuite(handle, .init = contract_begin, .fini = contract_end);

static VxmHandle make_handle(void)
{
    VxmHandle handle;

    cr_assert(backend_make_foreign(backend_loose_type()->type, 65536, &handle));
    return handle;
}

Test(handle, duplicate_is_another_handle_of_the_same)
{
    VxmHandle handle = make_handle();
    VxmHandle duplicate;

    fill(duplicate);
    require(vxmDuplicateHandle(&handle, &duplicate));
    cr_expect_eq(duplicate.kind, handle.kind);
    cr_expect_eq(duplicate.type, handle.type);
    cr_expect(backend_is_open(&handle));
    cr_expect(backend_is_open(&duplicate));
    cr_expect(backend_is_private(&duplicate));
    cr_expect(backend_same(&handle, &duplicate));
    vxmCloseHandle(&duplicate);
    cr_expect(backend_is_open(&handle), "closing the duplicate closed the original");
    backend_free_foreign(&handle);
}

Test(handle, closing_empties_and_is_done_once)
{
    VxmHandle handle = make_handle();
    VxmHandle closed = handle;
    VxmHandle unrelated;

    vxmCloseHandle(&handle);
    cr_expect_eq(handle.type, 0);
    cr_expect_not(backend_is_open(&closed));
    /* Where handles are numbers, somebody else may have this one now. */
    if (backend_reuse(&closed, &unrelated)) {
        vxmCloseHandle(&handle);
        cr_expect(backend_is_open(&unrelated), "the second close closed what isn't its own");
        backend_close(&unrelated);
    }
    vxmCloseHandle(&handle);
    vxmCloseHandle(NULL);
}

Test(handle, duplicate_that_another_api_refused_is_closed_unless_taken)
{
    VxmHandle handle = make_handle();
    VxmHandle duplicate = {0};
    VxmHandle seen;
    VxmHandle unrelated;

    require(vxmDuplicateHandle(&handle, &duplicate));
    vxmCloseUnlessTaken(&handle, &duplicate);
    cr_expect_eq(duplicate.type, 0);
    cr_expect(backend_is_open(&handle));

    require(vxmDuplicateHandle(&handle, &duplicate));
    seen = duplicate;
    backend_close(&seen);
    seen = duplicate;
    if (backend_reuse(&seen, &unrelated)) {
        vxmCloseUnlessTaken(&handle, &duplicate);
        cr_expect_eq(duplicate.type, 0);
        cr_expect(backend_is_open(&unrelated), "a handle of somebody else's was closed");
        backend_close(&unrelated);
    }
    backend_free_foreign(&handle);
}

Test(handle, empty_handle_is_refused)
{
    VxmHandle empty = {0};
    VxmHandle duplicate;

    fill(duplicate);
    expect_error(vxmDuplicateHandle(&empty, &duplicate), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "empty");
    expect_error(vxmCheckHandle(&empty), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "empty");
    expect_error(vxmDuplicateHandleTo(&empty, 1, &duplicate), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "empty");
    expect_untouched(duplicate);
}

/* A type that this system doesn't have says nothing about what is in the union. */
Test(handle, other_systems_types_are_refused_and_never_closed)
{
    VxmHandle handle = make_handle();
    VxmHandle duplicate;

    fill(duplicate);
    for (uint32_t i = 0; i < backend_other_type_count; i++) {
        VxmHandle other = handle;

        contract_note("type 0x%x", backend_other_types[i]);
        other.type = backend_other_types[i];
        expect_error(vxmDuplicateHandle(&other, &duplicate), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                     VXM_ERROR_REASON_ARGUMENT, "type");
        expect_error(vxmCheckHandle(&other), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                     VXM_ERROR_REASON_ARGUMENT, "type");
        expect_untouched(duplicate);
        vxmCloseHandle(&other);
        cr_expect_eq(other.type, 0);
        cr_expect(backend_is_open(&handle));
    }
    backend_free_foreign(&handle);
}

Test(handle, two_types_at_once_or_no_such_kind_are_refused)
{
    VxmHandle handle = make_handle();
    VxmHandle wrong = handle;
    VxmHandle duplicate;

    fill(duplicate);
    wrong.type |= type_other_than(backend_loose_type())->type;
    expect_error(vxmDuplicateHandle(&wrong, &duplicate), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "one bit");
    wrong = handle;
    wrong.kind = (VxmHandleKind)3;
    expect_error(vxmDuplicateHandle(&wrong, &duplicate), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "kind");
    wrong.kind = (VxmHandleKind)-1;
    expect_error(vxmDuplicateHandle(&wrong, &duplicate), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "kind");
    expect_untouched(duplicate);
    backend_free_foreign(&handle);
}

Test(handle, closed_handle_is_refused)
{
    VxmHandle handle = make_handle();
    VxmHandle closed = handle;
    VxmHandle duplicate;

    fill(duplicate);
    require(vxmCheckHandle(&handle));
    backend_close(&handle);
    expect_error(vxmCheckHandle(&closed), VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_SYSTEM,
                 "closed");
    expect_error(vxmDuplicateHandle(&closed, &duplicate), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_SYSTEM, "closed");
    expect_untouched(duplicate);
}

Test(handle, host_allocation_is_copied_and_never_freed)
{
    char memory[64] = "mine";
    VxmHandle handle = {.kind = VXM_HANDLE_KIND_MEMORY,
                        .type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT,
                        .ptr = memory};
    VxmHandle duplicate = {0};

    require(vxmDuplicateHandle(&handle, &duplicate));
    cr_expect_eq(duplicate.ptr, (void *)memory);
    cr_expect_eq(duplicate.type, handle.type);
    vxmCloseHandle(&duplicate);
    vxmCloseHandle(&handle);
    cr_expect_eq(handle.type, 0);
    cr_expect_str_eq(memory, "mine");
}

Test(handle, null_pointers_are_named)
{
    VxmHandle handle = make_handle();
    VxmHandle duplicate;

    expect_error(vxmDuplicateHandle(NULL, &duplicate), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, ": handle must not be NULL");
    expect_error(vxmDuplicateHandle(&handle, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, ": duplicate must not be NULL");
    expect_error(vxmDuplicateHandleTo(NULL, 1, &duplicate), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, ": handle must not be NULL");
    expect_error(vxmDuplicateHandleTo(&handle, 1, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, ": duplicate must not be NULL");
    backend_free_foreign(&handle);
}

Test(handle, types_have_the_specifications_names)
{
    for (uint32_t i = 0; i < backend_type_count; i++)
        cr_expect_str_eq(vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, backend_types[i].type),
                         backend_types[i].name);
    /* One bit, two meanings. */
    cr_expect_str_eq(vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, 0x80), "HOST_ALLOCATION");
    cr_expect_str_eq(vxmHandleTypeName(VXM_HANDLE_KIND_SEMAPHORE, 0x80), "ZIRCON_EVENT");
    cr_expect_str_eq(vxmHandleTypeName(VXM_HANDLE_KIND_SEMAPHORE, 0x10), "SYNC_FD");
    cr_expect_str_eq(vxmHandleTypeName(VXM_HANDLE_KIND_CHANNEL, VXM_CHANNEL_HANDLE_TYPE_NATIVE),
                     "channel");
    cr_expect_str_eq(vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, 0), "unknown");
    cr_expect_str_eq(vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, 3), "unknown");
    cr_expect_str_eq(vxmHandleTypeName(VXM_HANDLE_KIND_SEMAPHORE, 0x10000000), "unknown");
    cr_expect_str_eq(vxmHandleTypeName((VxmHandleKind)3, 1), "unknown");
    cr_expect_str_eq(vxmHandleTypeName((VxmHandleKind)-1, 1), "unknown");
}
