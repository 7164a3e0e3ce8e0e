/*
 * Pairs of pipe ends: bytes, handles, time limits, peers that are gone.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "win32/win32_test.h"

TestSuite(win32_channel, .init = win32_begin, .fini = support_end);

static void close_pair(struct end ends[2])
{
    close_end(&ends[0]);
    close_end(&ends[1]);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

Test(win32_channel, bytes_in_pieces_of_any_size)
{
    static const size_t sizes[] = {1, 7, 1024, 65536, 66560};
    static unsigned char sent[66560];
    static unsigned char received[66560];
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t count = 0;
    struct end ends[2];

    for (size_t i = 0; i < sizeof(sent); i++) {
        sent[i] = (unsigned char)(i * 31 >> 3);
    }
    make_pair(ends);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (int way = 0; way < 2; way++) {
            size_t there = 0;
            size_t piece = 1;

            memset(received, 0, sizeof(received));
            require(send_some(&ends[way], sent, sizes[i], NULL, 0, SECOND));
            require(send_some(&ends[way], "next", 4, NULL, 0, SECOND));
            while (there < sizes[i]) {
                size_t now = 0;

                require(vxm__os_receive(&ends[1 - way].handle, &ends[1 - way].stream,
                                        received + there, piece, &now, handles, &count, 0));
                cr_assert(now > 0 && now <= piece);
                there += now;
                piece = there % 997 + 1;
                piece = piece < sizes[i] - there ? piece : sizes[i] - there;
            }
            cr_expect_arr_eq(received, sent, sizes[i]);
            require(receive_some(&ends[1 - way], received, 4, handles, &count, 0));
            cr_expect_arr_eq(received, "next", 4);
        }
    }
    cr_expect_eq(count, 0u);
    close_pair(ends);
}

Test(win32_channel, receiving_gives_no_more_than_is_there)
{
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t count = 0;
    size_t received = 0;
    struct end ends[2];
    char text[64];

    make_pair(ends);
    require(send_some(&ends[0], "five!", 5, NULL, 0, 0));
    require(send_some(&ends[0], "more", 4, NULL, 0, 0));
    require(vxm__os_receive(&ends[1].handle, &ends[1].stream, text, sizeof(text), &received,
                            handles, &count, 0));
    cr_expect_eq(received, 5u);
    cr_expect_arr_eq(text, "five!", 5);
    close_pair(ends);
}

/* ---- handles --------------------------------------------------------------------------------- */

Test(win32_channel, handles_both_ways)
{
    struct end ends[2];

    make_pair(ends);
    for (uint32_t sent = 1; sent <= VXM_OS_MAX_HANDLES; sent++) {
        VxmHandle handles[VXM_OS_MAX_HANDLES];
        VxmHandle received[VXM_OS_MAX_HANDLES];
        uint32_t count = 0;
        char text[4];

        for (uint32_t i = 0; i < sent; i++) {
            handles[i] = make_section();
        }
        require(send_some(&ends[sent % 2], "text", 4, handles, sent, 0));
        require(receive_some(&ends[1 - sent % 2], text, 4, received, &count, 0));
        cr_assert_eq(count, sent);
        for (uint32_t i = 0; i < sent; i++) {
            cr_expect_eq(received[i].kind, (VxmHandleKind)0);
            cr_expect_eq(received[i].type, 0u);
            cr_expect_neq(received[i].ptr, handles[i].ptr);
            cr_expect(is_same(received[i].ptr, handles[i].ptr), "handle %u is another", i);
            cr_expect(support_is_cloexec((intptr_t)received[i].ptr));
            close_handle(&handles[i]);
            vxm__os_close(&received[i]);
        }
    }
    close_pair(ends);
}

Test(win32_channel, handles_are_put_behind_those_that_are_there)
{
    VxmHandle section = make_section();
    VxmHandle five[VXM_OS_MAX_HANDLES];
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t count = 0;
    struct end ends[2];
    char byte;

    for (uint32_t i = 0; i < VXM_OS_MAX_HANDLES; i++) {
        five[i] = section;
    }
    make_pair(ends);
    require(send_some(&ends[0], "a", 1, &section, 1, 0));
    require(send_some(&ends[0], "b", 1, &section, 1, 0));
    require(send_some(&ends[0], "c", 1, five, 3, 0));
    require(receive_some(&ends[1], &byte, 1, handles, &count, 0));
    require(receive_some(&ends[1], &byte, 1, handles, &count, 0));
    cr_expect_eq(count, 2u);
    /* Room for two, and three come: they are closed, as support_end() counts. */
    expect_error(receive_some(&ends[1], &byte, 1, handles, &count, 0), VXM_ERROR_BAD_MESSAGE,
                 VXM_ERROR_REASON_PEER, "5 handles, but has 4 at most");
    cr_expect_eq(count, 2u);
    cr_expect_eq(receive_some(&ends[1], &byte, 1, handles, &count, 0), VK_TIMEOUT);
    close_handle(&handles[0]);
    close_handle(&handles[1]);
    close_handle(&section);
    close_pair(ends);
}

Test(win32_channel, handle_that_is_not_open_is_not_sent)
{
    VxmHandle handles[3] = {make_section(), make_section(), make_section()};
    VxmHandle received[VXM_OS_MAX_HANDLES];
    uint32_t count = 0;
    struct end ends[2];
    char byte;

    make_pair(ends);
    CloseHandle(handles[1].ptr);
    expect_error(send_some(&ends[0], "x", 1, handles, 3, SECOND), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_SYSTEM, "Sending the OPAQUE_WIN32 handle|closed");
    handles[1].ptr = GetCurrentProcess();
    expect_error(send_some(&ends[0], "x", 1, handles, 3, SECOND), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_SYSTEM, "OPAQUE_WIN32 handle 0xffffffffffffffff");
    handles[1].ptr = NULL;
    expect_error(send_some(&ends[0], "x", 1, handles, 3, SECOND), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_SYSTEM, "OPAQUE_WIN32 handle 0x0");
    /* Nothing has left, and the channel is of use. */
    cr_expect_eq(receive_some(&ends[1], &byte, 1, received, &count, 0), VK_TIMEOUT);
    require(send_some(&ends[0], "x", 1, NULL, 0, 0));
    require(receive_some(&ends[1], &byte, 1, received, &count, 0));
    close_handle(&handles[0]);
    close_handle(&handles[2]);
    close_pair(ends);
}

Test(win32_channel, the_last_end_closes_what_nobody_received)
{
    VxmHandle section = make_section();
    struct end ends[2];

    for (int first = 0; first < 2; first++) {
        make_pair(ends);
        for (int i = 0; i < 5; i++) {
            require(send_some(&ends[0], "x", 1, &section, 1, 0));
            require(send_some(&ends[1], "x", 1, &section, 1, 0));
        }
        close_end(&ends[first]);
        close_end(&ends[1 - first]);
    }
    close_handle(&section);
}

/* A process makes a pair, passes one end on and closes its own handle of that. */
Test(win32_channel, an_end_that_somebody_else_has_too_keeps_its_messages)
{
    VxmHandle section = make_section();
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t count = 0;
    struct end other;
    struct end ends[2];
    char text[4];

    make_pair(ends);
    require(send_some(&ends[0], "text", 4, &section, 1, 0));
    require(vxm__os_duplicate(&ends[1].handle, &other.handle));
    close_end(&ends[1]);
    require(vxm__os_check_channel(&other.handle));
    begin_end(&other, true);
    require(receive_some(&other, text, 4, handles, &count, 0));
    cr_assert_eq(count, 1u);
    cr_expect(is_same(handles[0].ptr, section.ptr));
    close_handle(&handles[0]);
    require(send_some(&other, "back", 4, &section, 1, 0));
    require(receive_some(&ends[0], text, 4, handles, &count, 0));
    cr_assert_eq(count, 2u);
    close_handle(&handles[1]);
    close_handle(&section);
    close_end(&other);
    close_end(&ends[0]);
}

/* The last error is of what failed, whatever is found while it is put away. */
Test(win32_channel, closing_leaves_the_last_error_alone)
{
    struct end ends[2];
    VxmError before;
    VxmError after;

    make_pair(ends);
    require(send_some(&ends[0], "x", 1, NULL, 0, 0));
    vxm__win32_fail(ERROR_ACCESS_DENIED, "Something that failed");
    vxmGetLastError(&before);
    close_pair(ends);
    vxmGetLastError(&after);
    cr_expect_str_eq(after.message, before.message);
    cr_expect_eq(after.result, before.result);
    cr_expect_eq(after.code, before.code);
    /* What never began is ended too. */
    ends[0].stream = (struct vxm_os_stream){{0}, {0}};
    vxm__os_end_stream(&ends[0].stream);
}

/* ---- time limits ----------------------------------------------------------------------------- */

Test(win32_channel, nothing_to_receive_is_a_timeout)
{
    static const uint64_t timeouts[] = {0, 1, SHORT};
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t count = 0;
    struct end ends[2];
    char byte;

    make_pair(ends);
    for (size_t i = 0; i < 3; i++) {
        uint64_t begin = vxm__win32_now();
        uint64_t took;

        expect_error(receive_some(&ends[0], &byte, 1, handles, &count, timeouts[i]), VK_TIMEOUT,
                     VXM_ERROR_REASON_TIMEOUT, "while waiting for the peer to send");
        took = vxm__win32_now() - begin;
        cr_expect(took >= timeouts[i] && took < 10 * SECOND, "%llu ns became %llu",
                  (unsigned long long)timeouts[i], (unsigned long long)took);
    }
    require(send_some(&ends[1], "x", 1, NULL, 0, 0));
    require(receive_some(&ends[0], &byte, 1, handles, &count, UINT64_MAX));
    close_pair(ends);
}

static struct end *late_sender;

static DWORD WINAPI send_late(void *parameter)
{
    (void)parameter;
    Sleep(30);
    return (DWORD)send_some(late_sender, "late", 4, NULL, 0, LIMIT);
}

Test(win32_channel, receiving_waits_for_what_comes_late)
{
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t count = 0;
    struct end ends[2];
    HANDLE thread;
    char text[4];

    make_pair(ends);
    late_sender = &ends[0];
    thread = CreateThread(NULL, 0, send_late, NULL, 0, NULL);
    require(receive_some(&ends[1], text, 4, handles, &count, LIMIT));
    cr_expect_arr_eq(text, "late", 4);
    cr_expect_eq(WaitForSingleObject(thread, 10000), WAIT_OBJECT_0);
    CloseHandle(thread);
    close_pair(ends);
}

/* Each packet leaves as a whole or not at all, with its handles. */
Test(win32_channel, full_pipe_is_a_timeout_and_loses_nothing)
{
    static unsigned char data[50000];
    VxmHandle section = make_section();
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t sent = 0;
    uint32_t count = 0;
    struct end ends[2];
    VkResult result;

    make_pair(ends);
    do {
        memcpy(data, &sent, sizeof(sent));
        result = send_some(&ends[0], data, sizeof(data), &section, 1, sent % 2 == 0 ? 0 : SHORT);
        sent += result == VK_SUCCESS;
    } while (result == VK_SUCCESS);
    cr_expect_geq(sent, 3u);
    expect_error(result, VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, "for the peer to read");
    for (uint32_t i = 0; i < sent; i++) {
        uint32_t number;

        count = 0;
        require(receive_some(&ends[1], data, sizeof(data), handles, &count, 0));
        memcpy(&number, data, sizeof(number));
        cr_assert(number == i && count == 1, "packet %u became %u with %u handles", i, number,
                  count);
        close_handle(&handles[0]);
    }
    cr_expect_eq(receive_some(&ends[1], data, 1, handles, &count, 0), VK_TIMEOUT);
    require(send_some(&ends[0], "x", 1, &section, 1, 0));
    require(receive_some(&ends[1], data, 1, handles, &count, 0));
    close_handle(&handles[count - 1]);
    close_handle(&section);
    close_pair(ends);
}

/* ---- peers that are gone --------------------------------------------------------------------- */

Test(win32_channel, closed_peer_is_lost_after_what_it_sent)
{
    VxmHandle section = make_section();
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t count = 0;
    char text[4];

    for (int way = 0; way < 2; way++) {
        struct end ends[2];

        make_pair(ends);
        require(send_some(&ends[way], "bye", 3, &section, 1, 0));
        require(send_some(&ends[1 - way], "unread", 6, NULL, 0, 0));
        close_end(&ends[way]);
        count = 0;
        require(receive_some(&ends[1 - way], text, 3, handles, &count, 0));
        cr_assert_eq(count, 1u);
        close_handle(&handles[0]);
        for (int again = 0; again < 2; again++) {
            expect_error(receive_some(&ends[1 - way], text, 1, handles, &count, UINT64_MAX),
                         VXM_ERROR_PEER_LOST, VXM_ERROR_REASON_PEER,
                         "closed the channel, or ended");
            expect_error(send_some(&ends[1 - way], "x", 1, &section, 1, UINT64_MAX),
                         VXM_ERROR_PEER_LOST, VXM_ERROR_REASON_PEER,
                         "Sending |bytes and 1 handles failed|Close the channel");
        }
        close_end(&ends[1 - way]);
    }
    close_handle(&section);
}

Test(win32_channel, peer_of_a_pair_is_this_process)
{
    VxmPeer peer = {0};
    struct end ends[2];

    make_pair(ends);
    for (int i = 0; i < 2; i++) {
        require(vxm__os_peer(&ends[i].handle, &ends[i].stream, &peer));
        cr_expect_eq(peer.processIdValid, VK_TRUE);
        cr_expect_eq(peer.processId, GetCurrentProcessId());
        cr_expect_eq(peer.userIdValid, VK_FALSE);
    }
    close_pair(ends);
}

/* ---- the whole library ----------------------------------------------------------------------- */

Test(win32_channel, public_calls)
{
    VxmSharedSemaphore received;
    VxmSharedSemaphore shared = {0};
    VxmChannel pair[2];
    VxmChannel again;
    VxmHandle handle = {0};
    char text[8];
    size_t size = 0;

    require(vxmCreateChannelPair(pair));
    require(vxmSendBytes(pair[0], 5, "bytes", 0));
    require(vxmExportChannel(pair[1], &handle));
    vxmCloseChannel(pair[1]);
    cr_expect(support_is_cloexec((intptr_t)handle.ptr));
    require(vxmImportChannel(&handle, &again));
    vxmCloseHandle(&handle);
    require(vxmReceiveBytes(again, sizeof(text), text, &size, 0));
    cr_expect_eq(size, 5u);
    shared.semaphoreType = VK_SEMAPHORE_TYPE_BINARY;
    shared.handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT;
    shared.handle = (VxmHandle){.kind = VXM_HANDLE_KIND_SEMAPHORE,
                                .type = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT,
                                .ptr = (void *)(uintptr_t)0x40000002};
    require(vxmSendSemaphore(again, &shared, 0));
    require(vxmReceiveSemaphore(pair[0], &received, 0));
    cr_expect_eq((uintptr_t)received.handle.ptr, 0x40000002u);
    vxmCloseSharedSemaphore(&received);
    vxmCloseChannel(again);
    vxmCloseChannel(pair[0]);
}
