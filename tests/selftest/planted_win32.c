/*
 * Planted defects that need Windows: handles.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <windows.h>

#include "support/test.h"

Test(planted, leaves_a_section_open)
{
    cr_assert_not_null(
        CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, NULL));
}

Test(planted, leaves_a_duplicate_open)
{
    HANDLE self = GetCurrentProcess();
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE duplicate = NULL;

    cr_assert_not_null(event);
    cr_assert(DuplicateHandle(self, event, self, &duplicate, 0, FALSE, DUPLICATE_SAME_ACCESS));
    CloseHandle(event);
}

Test(planted, closes_a_handle_of_others)
{
    cr_assert(CloseHandle(GetStdHandle(STD_INPUT_HANDLE)));
}

/* Another object under the same number is another handle. */
Test(planted, puts_an_event_in_the_place_of_a_file)
{
    HANDLE input = GetStdHandle(STD_INPUT_HANDLE);
    HANDLE spare[64];
    unsigned count = 0;
    bool replaced = false;

    cr_assert(CloseHandle(input));
    /* Windows gives the number out again soon. */
    while (!replaced && count < 64) {
        spare[count] = CreateEventA(NULL, TRUE, FALSE, NULL);
        replaced = spare[count] == input;
        count += replaced ? 0u : 1u;
    }
    while (count > 0) {
        CloseHandle(spare[--count]);
    }
    cr_assert(replaced, "this system gives numbers out again late");
}

static DWORD WINAPI never(void *event)
{
    return WaitForSingleObject(event, INFINITE);
}

Test(planted, leaves_a_thread_behind)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);

    cr_assert_not_null(event);
    cr_assert_not_null(CreateThread(NULL, 0, never, event, 0, NULL));
}

/* As a leaked reference to a process would be. */
Test(planted, leaves_a_process_open)
{
    cr_assert_not_null(
        OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, FALSE, GetCurrentProcessId()));
}
