/*
 * Packets that no peer of this library sends, and pipes that are no channel's.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "win32/win32_test.h"

TestSuite(win32_hostile, .init = win32_begin, .fini = support_end);

/* As in src/win32/transport.c. */
struct packet {
    uint32_t magic;
    uint32_t size;
    uint32_t handleCount;
    uint32_t process;
    uint64_t creation;
    uint64_t handles[4];
    char data[8];
};
#define MAGIC       0x504D5856u
#define HEADER_SIZE 56

static uint64_t my_creation(void)
{
    FILETIME times[4];

    cr_assert(GetProcessTimes(GetCurrentProcess(), &times[0], &times[1], &times[2], &times[3]));
    return (uint64_t)times[0].dwHighDateTime << 32 | times[0].dwLowDateTime;
}

/* What this library would send. */
static struct packet good_packet(HANDLE handle)
{
    return (struct packet){.magic = MAGIC,
                           .size = 8,
                           .handleCount = handle != NULL ? 1 : 0,
                           .process = GetCurrentProcessId(),
                           .creation = my_creation(),
                           .handles = {(uintptr_t)handle},
                           .data = "eight b"};
}

static void write_raw(const struct end *end, const void *data, DWORD size)
{
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    DWORD bytes = 0;

    cr_assert(WriteFile(end->handle.ptr, data, size, NULL, &overlapped) ||
              GetLastError() == ERROR_IO_PENDING);
    cr_assert(GetOverlappedResult(end->handle.ptr, &overlapped, &bytes, TRUE) && bytes == size);
    CloseHandle(overlapped.hEvent);
}

/* Sends it to a new channel, which refuses it in these words. */
static void expect_refused(const void *data, DWORD size, const char *words)
{
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t count = 0;
    struct end ends[2];
    char text[8];

    make_pair(ends);
    write_raw(&ends[0], data, size);
    expect_error(receive_some(&ends[1], text, 4, handles, &count, SECOND), VXM_ERROR_BAD_MESSAGE,
                 VXM_ERROR_REASON_PEER, words);
    cr_expect_eq(count, 0u);
    close_end(&ends[0]);
    close_end(&ends[1]);
}

Test(win32_hostile, good_packet_is_taken)
{
    VxmHandle section = make_section();
    VxmHandle duplicate = {0};
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    struct packet packet;
    uint32_t count = 0;
    struct end ends[2];
    char text[8];

    require(vxm__os_duplicate(&section, &duplicate));
    packet = good_packet(duplicate.ptr);
    make_pair(ends);
    write_raw(&ends[0], &packet, sizeof(packet));
    require(receive_some(&ends[1], text, 8, handles, &count, 0));
    cr_expect_arr_eq(text, "eight b", 8);
    cr_assert_eq(count, 1u);
    cr_expect_eq(handles[0].ptr, duplicate.ptr);
    close_handle(&handles[0]);
    close_handle(&section);
    close_end(&ends[0]);
    close_end(&ends[1]);
}

Test(win32_hostile, packets_that_can_not_be_are_refused)
{
    static char big[128 * 1024];
    VxmHandle section = make_section();
    struct packet packet = good_packet(section.ptr);
    const DWORD size = sizeof(packet);

    cr_assert_eq(size, HEADER_SIZE + 8);
    expect_refused("", 0, "too short (0)");
    expect_refused("x", 1, "too short (1)");
    expect_refused(&packet, HEADER_SIZE - 1, "too short (55)");
    expect_refused(&packet, HEADER_SIZE, "too short (56)");
    expect_refused(&packet, size - 1, "another size than it says (8)");
    expect_refused(big, sizeof(big), "longer than any");

    packet.magic++;
    expect_refused(&packet, size, "another magic");
    packet.magic--;
    packet.size = 9;
    expect_refused(&packet, size, "another size than it says (9)");
    packet.size = UINT32_MAX;
    expect_refused(&packet, size, "another size");
    packet.size = 8;
    packet.handleCount = 5;
    expect_refused(&packet, size, "so many handles (5)");
    packet.handleCount = UINT32_MAX;
    expect_refused(&packet, size, "so many handles");
    /* What the packets named is open still. */
    close_handle(&section);
}

Test(win32_hostile, handles_that_can_not_be_are_refused_and_nothing_is_closed)
{
    VxmHandle section = make_section();
    struct packet packet = good_packet(section.ptr);
    const DWORD size = sizeof(packet);
    const uint64_t open = packet.handles[0];
    const struct {
        uint64_t value;
        const char *words;
    } second[] = {
        {0, "a handle that can't be (0)"},
        {UINT64_MAX, "a handle that can't be"},
        {(uintptr_t)GetCurrentThread(), "a handle that can't be"},
        {1ull << 63, "a handle that can't be"},
        {open | 1, "a handle that can't be"},
        {open, "a handle twice"},
        {0x7FFFFFF0, "a handle that is not open"},
    };

    packet.handleCount = 2;
    for (size_t i = 0; i < sizeof(second) / sizeof(second[0]); i++) {
        for (int order = 0; order < 2; order++) {
            packet.handles[order] = open;
            packet.handles[1 - order] = second[i].value;
            expect_refused(&packet, size, second[i].words);
        }
    }
    packet = good_packet(section.ptr);
    packet.creation++;
    expect_refused(&packet, size, "of a process that has ended");
    cr_expect(is_same(section.ptr, section.ptr));
    close_handle(&section);
}

/* Its number was once given to a process that is no more, or never to any. */
Test(win32_hostile, handles_of_nobody_can_not_be_had)
{
    struct packet packet = good_packet((HANDLE)(uintptr_t)0x40);

    packet.process = 0x7FFFFFF0;
    expect_refused(&packet, sizeof(packet), "handle 0x40 of process 2147483632|can't be had");
    packet.process = 0;
    expect_refused(&packet, sizeof(packet), "of process 0|can't be had");
}

/* Without the system's word for who is there, nobody's table is reached into. */
Test(win32_hostile, handles_of_others_need_ends_that_are_known)
{
    struct packet packet = good_packet((HANDLE)(uintptr_t)0x40);
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t count = 0;
    struct end ends[2];
    VxmPeer peer = {0};
    char text[8];

    make_pair(ends);
    ends[1].stream.sending[1] = 0;
    packet.process = 0x7FFFFFF0;
    write_raw(&ends[0], &packet, sizeof(packet));
    expect_error(receive_some(&ends[1], text, 4, handles, &count, SECOND), VXM_ERROR_BAD_MESSAGE,
                 VXM_ERROR_REASON_PEER, "process that is no end of this channel");
    require(vxm__os_peer(&ends[1].handle, &ends[1].stream, &peer));
    cr_expect_eq(peer.processIdValid, VK_FALSE);
    /* And this process's own are put aside here. */
    {
        VxmHandle section = make_section();

        require(send_some(&ends[1], "x", 1, &section, 1, 0));
        require(receive_some(&ends[0], text, 1, handles, &count, 0));
        cr_assert_eq(count, 1u);
        cr_expect(is_same(handles[0].ptr, section.ptr));
        close_handle(&handles[0]);
        close_handle(&section);
    }
    close_end(&ends[0]);
    close_end(&ends[1]);
}

/* ---- what is no channel ---------------------------------------------------------------------- */

static HANDLE raw_pipe(const char *name, DWORD open, DWORD type)
{
    char path[128] = "\\\\.\\pipe\\";
    HANDLE pipe;

    strcat(path, name);
    pipe = CreateNamedPipeA(path, PIPE_ACCESS_DUPLEX | open, type, 1, 4096, 4096, 0, NULL);
    cr_assert_neq(pipe, INVALID_HANDLE_VALUE);
    return pipe;
}

static HANDLE raw_client(const char *name, DWORD flags)
{
    char path[128] = "\\\\.\\pipe\\";
    HANDLE pipe;

    strcat(path, name);
    pipe = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, flags, NULL);
    cr_assert_neq(pipe, INVALID_HANDLE_VALUE);
    return pipe;
}

static void expect_no_channel(HANDLE handle, const char *words)
{
    VxmHandle channel = vxm__win32_channel(handle);
    VxmChannel made = (VxmChannel)(uintptr_t)77;

    expect_error(vxm__os_check_channel(&channel), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, words);
    expect_error(vxmImportChannel(&channel, &made), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "A channel needs a connected end of a named pipe");
    cr_expect_eq(made, (VxmChannel)(uintptr_t)77);
}

Test(win32_hostile, what_is_no_channel_is_refused)
{
    const char *name = new_name();
    VxmHandle section = make_section();
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    HANDLE anonymous[2];
    HANDLE server;
    HANDLE client;

    cr_assert(CreatePipe(&anonymous[0], &anonymous[1], NULL, 0));
    expect_no_channel(NULL, "is NULL or a pseudo-handle");
    expect_no_channel(INVALID_HANDLE_VALUE, "is NULL or a pseudo-handle");
    expect_no_channel((HANDLE)(uintptr_t)0xDEA0, "0xdea0 is not open");
    expect_no_channel(section.ptr, "is not a named pipe");
    expect_no_channel(event, "is not a named pipe");
    expect_no_channel(anonymous[0], "of bytes without messages");
    server = raw_pipe(name, FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE);
    expect_no_channel(server, "of bytes without messages");
    CloseHandle(server);
    server = raw_pipe(name, 0, PIPE_TYPE_MESSAGE);
    expect_no_channel(server, "without FILE_FLAG_OVERLAPPED");
    CloseHandle(server);
    server = raw_pipe(name, FILE_FLAG_OVERLAPPED, PIPE_TYPE_MESSAGE);
    expect_no_channel(server, "is a pipe that is not connected");
    client = raw_client(name, 0);
    expect_no_channel(client, "without FILE_FLAG_OVERLAPPED");
    CloseHandle(client);
    CloseHandle(server);
    CloseHandle(anonymous[0]);
    CloseHandle(anonymous[1]);
    CloseHandle(event);
    close_handle(&section);
}

/* An app's own pipe of messages does, also one whose ends read bytes so far. */
Test(win32_hostile, pipe_of_the_apps_own_is_a_channel)
{
    const char *name = new_name();
    HANDLE pipes[2];
    VxmChannel channels[2];
    VxmHandle handle;
    char text[8];
    size_t size = 0;

    pipes[0] = raw_pipe(name, FILE_FLAG_OVERLAPPED, PIPE_TYPE_MESSAGE);
    pipes[1] = raw_client(name, FILE_FLAG_OVERLAPPED);
    for (int i = 0; i < 2; i++) {
        handle = vxm__win32_channel(pipes[i]);
        require(vxmImportChannel(&handle, &channels[i]));
        CloseHandle(pipes[i]);
    }
    for (int i = 0; i < 2; i++) {
        require(vxmSendBytes(channels[i], 3, "one", 0));
        require(vxmSendBytes(channels[i], 3, "two", 0));
        require(vxmReceiveBytes(channels[1 - i], 8, text, &size, 0));
        require(vxmReceiveBytes(channels[1 - i], 8, text, &size, 0));
        cr_expect_arr_eq(text, "two", 3);
    }
    vxmCloseChannel(channels[0]);
    vxmCloseChannel(channels[1]);
}

/* An end that was passed on is of use also when the other has gone since. */
Test(win32_hostile, end_whose_peer_has_gone_gives_what_was_sent)
{
    struct end ends[2];
    VxmChannel channel;
    VxmChannel sender;
    VxmHandle handle;
    char text[8];
    size_t size = 0;

    make_pair(ends);
    handle = ends[0].handle;
    require(vxmImportChannel(&handle, &sender));
    require(vxmSendBytes(sender, 3, "bye", 0));
    vxmCloseChannel(sender);
    close_end(&ends[0]);
    require(vxmImportChannel(&ends[1].handle, &channel));
    require(vxmReceiveBytes(channel, 8, text, &size, 0));
    expect_error(vxmReceiveBytes(channel, 8, text, &size, 0), VXM_ERROR_PEER_LOST,
                 VXM_ERROR_REASON_PEER, "closed the channel");
    vxmCloseChannel(channel);
    require(vxmImportChannel(&ends[1].handle, &channel));
    vxmCloseChannel(channel);
    close_end(&ends[1]);
}
