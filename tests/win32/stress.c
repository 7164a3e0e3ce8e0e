/*
 * Time limits that run out just when a call is done: nothing is lost, nothing comes twice, and
 * every handle has one owner.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "win32/win32_test.h"

TestSuite(win32_stress, .init = win32_begin, .fini = support_end);

#define PACKETS 400

static struct end sender_end;
static VxmHandle sender_section;

/* Sends each packet until it has left, most with a limit that is too short for a full pipe. */
static DWORD WINAPI send_all(void *parameter)
{
    static unsigned char data[60000];
    uint64_t timeouts = 0;

    (void)parameter;
    for (uint32_t i = 0; i < PACKETS; i++) {
        VkResult result = VK_TIMEOUT;

        memcpy(data, &i, sizeof(i));
        while (result == VK_TIMEOUT) {
            result = send_some(&sender_end, data, i % 3 == 0 ? 4 : sizeof(data), &sender_section, 1,
                               timeouts % 5 == 0 ? 0 : timeouts % 5 * 200000);
            timeouts += result == VK_TIMEOUT;
        }
        if (result != VK_SUCCESS) {
            return 0;
        }
    }
    return (DWORD)(timeouts + 1);
}

Test(win32_stress, time_limits_lose_nothing, .timeout = 120)
{
    static unsigned char data[60000];
    DWORD timeouts = 0;
    struct end ends[2];
    HANDLE thread;
    unsigned empty = 0;

    make_pair(ends);
    sender_end = ends[0];
    sender_section = make_section();
    thread = CreateThread(NULL, 0, send_all, NULL, 0, NULL);
    for (uint32_t i = 0; i < PACKETS; i++) {
        VxmHandle handles[VXM_OS_MAX_HANDLES];
        uint32_t count = 0;
        size_t received = 0;
        uint32_t number = 0;
        VkResult result = VK_TIMEOUT;

        if (i % 50 == 0) {
            Sleep(20);
        }
        while (result == VK_TIMEOUT) {
            result = vxm__os_receive(&ends[1].handle, &ends[1].stream, data, sizeof(data),
                                     &received, handles, &count,
                                     vxm__os_deadline(i % 4 == 0 ? 0 : 100000 * (i % 4)));
            empty += result == VK_TIMEOUT;
        }
        require(result);
        memcpy(&number, data, sizeof(number));
        cr_assert_eq(number, i, "packet %u became %u", i, number);
        cr_assert_eq(received, i % 3 == 0 ? 4 : sizeof(data));
        cr_assert_eq(count, 1u);
        close_handle(&handles[0]);
    }
    cr_assert_eq(WaitForSingleObject(thread, 60000), WAIT_OBJECT_0);
    GetExitCodeThread(thread, &timeouts);
    CloseHandle(thread);
    cr_expect_gt(timeouts, 1u, "no time limit ran out, so this has shown nothing");
    close_handle(&sender_section);
    close_end(&ends[0]);
    close_end(&ends[1]);
}

/* Time runs out, and in that moment the call is done: it can't be withdrawn any more, and what it
 * has moved counts. Played by an event that was reset after it had told so. */
Test(win32_stress, call_that_is_done_when_time_runs_out_is_done)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    struct end ends[2];
    DWORD bytes = 0;
    char data[128];
    BOOL started;

    make_pair(ends);
    started = ReadFile(ends[1].handle.ptr, data, sizeof(data), NULL, &overlapped);
    cr_assert_not(started);
    cr_assert_eq(GetLastError(), (DWORD)ERROR_IO_PENDING);
    require(send_some(&ends[0], "x", 1, NULL, 0, 0));
    cr_assert_eq(WaitForSingleObject(overlapped.hEvent, 10000), WAIT_OBJECT_0);
    ResetEvent(overlapped.hEvent);
    SetLastError(ERROR_IO_PENDING);
    cr_expect_eq(vxm__win32_finish(ends[1].handle.ptr, started, &overlapped, 0, &bytes),
                 (DWORD)ERROR_SUCCESS);
    cr_expect_eq(bytes, 57u);

    /* One that is not done is withdrawn, and what comes later is for the next. */
    started = ReadFile(ends[1].handle.ptr, data, sizeof(data), NULL, &overlapped);
    cr_expect_eq(vxm__win32_finish(ends[1].handle.ptr, started, &overlapped, 0, &bytes),
                 (DWORD)WAIT_TIMEOUT);
    cr_expect_eq(bytes, 0u);
    require(send_some(&ends[0], "y", 1, NULL, 0, 0));
    started = ReadFile(ends[1].handle.ptr, data, sizeof(data), NULL, &overlapped);
    cr_expect_eq(vxm__win32_finish(ends[1].handle.ptr, started, &overlapped, 0, &bytes),
                 (DWORD)ERROR_SUCCESS);
    cr_expect_eq(data[56], 'y');
    CloseHandle(overlapped.hEvent);
    close_end(&ends[0]);
    close_end(&ends[1]);
}

/* As many bytes as one call may have, in many packets: the frame layer has to be told how far it
 * came. */
#define WHOLE (1u << 20)

static DWORD WINAPI send_whole(void *parameter)
{
    static unsigned char data[WHOLE];

    (void)parameter;
    for (uint32_t i = 0; i < WHOLE; i++) {
        data[i] = (unsigned char)(i * 7 >> 4);
    }
    return (DWORD)send_some(&sender_end, data, WHOLE, &sender_section, 1, LIMIT);
}

Test(win32_stress, more_than_a_packet)
{
    static unsigned char data[WHOLE];
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t count = 0;
    size_t sent = 0;
    DWORD result = 1;
    struct end ends[2];
    HANDLE thread;

    make_pair(ends);
    sender_end = ends[0];
    sender_section = make_section();
    thread = CreateThread(NULL, 0, send_whole, NULL, 0, NULL);
    require(receive_some(&ends[1], data, 1, handles, &count, LIMIT));
    cr_expect_eq(count, 1u);
    require(receive_some(&ends[1], data + 1, WHOLE - 1, handles, &count, LIMIT));
    cr_expect_eq(count, 1u, "its handle came again");
    cr_assert_eq(WaitForSingleObject(thread, 60000), WAIT_OBJECT_0);
    GetExitCodeThread(thread, &result);
    cr_expect_eq(result, (DWORD)VK_SUCCESS);
    CloseHandle(thread);
    for (uint32_t i = 0; i < WHOLE; i++) {
        cr_assert_eq(data[i], (unsigned char)(i * 7 >> 4), "byte %u", i);
    }
    close_handle(&handles[0]);
    /* Nobody reads: some packets leave, and how many bytes that were is told. */
    expect_error(vxm__os_send(&ends[0].handle, &ends[0].stream, data, WHOLE, &sender_section, 1,
                              vxm__os_deadline(SHORT), &sent),
                 VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, "peer to read");
    cr_expect(sent > 0 && sent < WHOLE, "%zu bytes", sent);
    count = 0;
    require(receive_some(&ends[1], data, sent, handles, &count, 0));
    cr_expect_eq(count, 1u);
    cr_expect_eq(receive_some(&ends[1], data, 1, handles, &count, 0), VK_TIMEOUT);
    close_handle(&handles[0]);
    close_handle(&sender_section);
    close_end(&ends[0]);
    close_end(&ends[1]);
}
