/*
 * Tests of the handle and memory counters and of the fault injection on Windows.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "support/faults.h"
#include "support/resources.h"
#include "support/test.h"
#include "vxm/vxm.h"

TestSuite(harness, .init = support_begin, .fini = support_end);

static HANDLE new_section(void)
{
    HANDLE section = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 65536, NULL);
    cr_assert_not_null(section);
    return section;
}

Test(harness, names_the_handles_that_came_and_went)
{
    static struct support_handles before;
    static struct support_handles after;
    char difference[512];
    HANDLE first = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE second;

    cr_assert_not_null(first);
    support_take_handles(&before);
    cr_assert(support_same_handles(&before, &before, difference, sizeof(difference)));

    second = new_section();
    support_take_handles(&after);
    cr_assert_eq(after.count, before.count + 1);
    cr_assert_eq(support_handle_count(), after.count);
    cr_assert_not(support_same_handles(&before, &after, difference, sizeof(difference)));
    cr_assert_not_null(strstr(difference, "left open:"));
    cr_assert_not_null(strstr(difference, "Section"));

    CloseHandle(first);
    CloseHandle(second);
    support_take_handles(&after);
    cr_assert_eq(after.count, before.count - 1);
    cr_assert_not(support_same_handles(&before, &after, difference, sizeof(difference)));
    cr_assert_not_null(strstr(difference, "closed:"));
    cr_assert_not_null(strstr(difference, "Event"));
}

Test(harness, sees_what_is_inherited)
{
    SECURITY_ATTRIBUTES inherited = {sizeof(inherited), NULL, TRUE};
    HANDLE private = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE public = CreateEventA(&inherited, TRUE, FALSE, NULL);

    cr_assert(support_is_cloexec((intptr_t) private));
    cr_assert_not(support_is_cloexec((intptr_t) public));
    cr_assert(support_is_open((intptr_t) private));
    CloseHandle(private);
    CloseHandle(public);
    cr_assert_not(support_is_open((intptr_t) private));
}

Test(harness, counts_mappings_and_resident_memory)
{
    const size_t size = (size_t)64 << 20;
    size_t mappings = support_mapping_count();
    size_t resident = support_resident_bytes();
    char *memory = VirtualAlloc(NULL, size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);

    cr_assert_not_null(memory);
    memset(memory, 1, size);
    cr_assert_gt(support_mapping_count(), mappings);
    cr_assert_gt(support_resident_bytes(), resident + size / 2);
    VirtualFree(memory, 0, MEM_RELEASE);
}

Test(harness, fails_the_nth_call_of_the_library_only)
{
    VxmHandle handle = {.kind = VXM_HANDLE_KIND_MEMORY,
                        .type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT,
                        .ptr = new_section()};
    VxmHandle copy = {0};
    HANDLE own = NULL;

    faults_arm(FAULT_DUPLICATE_HANDLE, 1, FAULT_ONCE, 0);
    /* The test's own call is not touched. */
    cr_assert(DuplicateHandle(GetCurrentProcess(), handle.ptr, GetCurrentProcess(), &own, 0, FALSE,
                              DUPLICATE_SAME_ACCESS));
    CloseHandle(own);
    cr_assert_eq(faults_count(FAULT_DUPLICATE_HANDLE), 0);
    cr_assert_neq(vxmDuplicateHandle(&handle, &copy), VK_SUCCESS);
    cr_assert_eq(faults_hits(FAULT_DUPLICATE_HANDLE), 1);
    cr_assert_eq(copy.type, 0);
    cr_assert(faults_disarm());

    /* Once is once, and without a fault the call goes through. */
    faults_reset();
    cr_assert_eq(vxmDuplicateHandle(&handle, &copy), VK_SUCCESS);
    cr_assert_gt(faults_count(FAULT_DUPLICATE_HANDLE), 0);
    cr_assert_not(faults_disarm());
    vxmCloseHandle(&copy);

    /* A fault far away is not hit. */
    faults_arm(FAULT_ANY, 1000, FAULT_FOR_GOOD, 0);
    cr_assert_eq(vxmDuplicateHandle(&handle, &copy), VK_SUCCESS);
    cr_assert_not(faults_disarm());
    vxmCloseHandle(&copy);
    vxmCloseHandle(&handle);
}

Test(harness, fails_the_librarys_heap)
{
    VxmChannel ends[2] = {NULL, NULL};

    faults_arm(FAULT_MALLOC, 1, FAULT_FOR_GOOD, 0);
    void *own = malloc(16);
    cr_assert_not_null(own);
    free(own);
    cr_assert_neq(vxmCreateChannelPair(ends), VK_SUCCESS);
    cr_assert(faults_disarm());
    cr_assert_null(ends[0]);
    cr_assert_eq(vxmCreateChannelPair(ends), VK_SUCCESS);
    vxmCloseChannel(ends[0]);
    vxmCloseChannel(ends[1]);
}
