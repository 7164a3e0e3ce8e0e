/*
 * Channels between processes: the handles of one in the table of another.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>

#include "win32/win32_test.h"

/* The first process that a process starts makes it open a key of the registry, which stays. */
static void begin(void)
{
    struct child first = start_child("nothing");

    (void)end_child(&first);
    win32_begin();
}

TestSuite(win32_process, .init = begin, .fini = support_end);

/* ---- the children ---------------------------------------------------------------------------- */

/* The handle that a child has inherited, as the end of a channel. */
static bool take_inherited(const char *value, struct end *end)
{
    VxmHandle inherited = vxm__win32_channel((HANDLE)(uintptr_t)strtoull(value, NULL, 10));

    end->stream = (struct vxm_os_stream){{0}, {0}};
    return vxm__os_check_channel(&inherited) == VK_SUCCESS &&
           vxm__os_duplicate(&inherited, &end->handle) == VK_SUCCESS &&
           CloseHandle(inherited.ptr) &&
           vxm__os_begin_stream(&end->handle, true, &end->stream) == VK_SUCCESS;
}

/* One section, into which a text is written. */
static bool receive_and_write(struct end *end, const char *expected, const char *text)
{
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t count = 0;
    char byte;

    if (receive_some(end, &byte, 1, handles, &count, LIMIT) != VK_SUCCESS || count != 1 ||
        !has_text(handles[0].ptr, expected)) {
        return false;
    }
    write_section(handles[0].ptr, text);
    vxm__os_close(&handles[0]);
    return true;
}

static bool send_section(struct end *end, const char *text)
{
    VxmHandle section = make_section();
    bool good;

    write_section(section.ptr, text);
    good = send_some(end, "s", 1, &section, 1, LIMIT) == VK_SUCCESS;
    vxm__os_close(&section);
    return good;
}

static bool told(struct end *end)
{
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t count = 0;
    char byte;

    return receive_some(end, &byte, 1, handles, &count, LIMIT) == VK_SUCCESS && byte == 't' &&
           count == 0;
}

static bool tell(struct end *end)
{
    return send_some(end, "t", 1, NULL, 0, LIMIT) == VK_SUCCESS;
}

/* Connects, gets a section, gives one, and tells that it is done. */
static bool client(char **argv)
{
    struct end end = {.handle = {0}};
    VxmPeer peer;
    bool good = vxm__os_connect(argv[1], vxm__os_deadline(LIMIT), &end.handle) == VK_SUCCESS &&
                vxm__os_begin_stream(&end.handle, false, &end.stream) == VK_SUCCESS &&
                vxm__os_peer(&end.handle, &end.stream, &peer) == VK_SUCCESS &&
                peer.processId == strtoul(argv[2], NULL, 10) &&
                receive_and_write(&end, "of the server", "the client was here") &&
                send_section(&end, "of the client") && told(&end);

    close_end(&end);
    return good;
}

/* The same with an inherited end, and then waits until it is told to end. */
static bool heir(char **argv)
{
    struct end end = {.handle = {0}};
    bool good = take_inherited(argv[1], &end) &&
                receive_and_write(&end, "of the parent", "the child was here") && tell(&end) &&
                send_section(&end, "of the child") && told(&end);

    close_end(&end);
    return good;
}

/* Sends a section and ends at once. */
static bool hasty(char **argv)
{
    struct end end = {.handle = {0}};
    bool good = take_inherited(argv[1], &end) && send_section(&end, "of who has gone");

    ExitProcess(good ? 0 : 1);
}

/* Sends to whoever has the other end. */
static bool sender(char **argv)
{
    struct end end = {.handle = {0}};
    bool good = take_inherited(argv[1], &end) && send_section(&end, "of a sibling") && told(&end);

    close_end(&end);
    return good;
}

static bool receiver(char **argv)
{
    struct end end = {.handle = {0}};
    bool good = take_inherited(argv[1], &end) &&
                receive_and_write(&end, "of a sibling", "the sibling was here") && tell(&end);

    close_end(&end);
    return good;
}

/* Gets the number of a handle that was put into this process. */
static bool finder(char **argv)
{
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    struct end end = {.handle = {0}};
    uint32_t count = 0;
    uint64_t value = 0;
    bool good = take_inherited(argv[1], &end) && tell(&end) &&
                receive_some(&end, &value, sizeof(value), handles, &count, LIMIT) == VK_SUCCESS &&
                has_text((HANDLE)(uintptr_t)value, "put there");

    if (good) {
        write_section((HANDLE)(uintptr_t)value, "and found");
        good = CloseHandle((HANDLE)(uintptr_t)value) && tell(&end);
    }
    close_end(&end);
    return good;
}

/* Ends without having received what there is. */
static bool quitter(char **argv)
{
    struct end end = {.handle = {0}};
    bool good = take_inherited(argv[1], &end);

    ExitProcess(good ? 0 : 1);
}

/* Names a process that is none of the channel's, as if its handles had come from there. */
static bool liar(char **argv)
{
    struct {
        uint32_t magic, size, count, process;
        uint64_t creation, values[4];
        char data[8];
    } packet = {0x504D5856u, 8, 1, (uint32_t)strtoul(argv[2], NULL, 10), 0, {0x40}, "seven c"};
    OVERLAPPED overlapped = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
    VxmHandle channel = {0};
    DWORD bytes = 0;
    bool good = vxm__os_connect(argv[1], vxm__os_deadline(LIMIT), &channel) == VK_SUCCESS &&
                (WriteFile(channel.ptr, &packet, sizeof(packet), NULL, &overlapped) ||
                 GetLastError() == ERROR_IO_PENDING) &&
                GetOverlappedResult(channel.ptr, &overlapped, &bytes, TRUE) &&
                bytes == sizeof(packet);

    ExitProcess(good ? 0 : 1);
}

int test_child(int argc, char **argv)
{
    static const struct {
        const char *name;
        bool (*run)(char **argv);
    } children[] = {
        {"client", client}, {"heir", heir},         {"hasty", hasty},     {"sender", sender},
        {"finder", finder}, {"receiver", receiver}, {"quitter", quitter}, {"liar", liar},
    };

    for (size_t i = 0; argc > 1 && i < sizeof(children) / sizeof(children[0]); i++) {
        if (strcmp(argv[0], children[i].name) == 0) {
            VxmError error;
            size_t before;
            bool good;

            vxmGetLastError(&error); /* as in win32_begin() */
            before = support_handle_count();
            good = children[i].run(argv);
            vxmGetLastError(&error);
            /* What was inherited has been closed, and nothing else is open. */
            before -= children[i].run != client ? 1u : 0u;
            if (good && support_handle_count() != before) {
                fprintf(stderr, "child %s: %zu handles before and %zu after\n", argv[0], before,
                        support_handle_count());
                good = false;
            }
            if (!good && error.message[0] != '\0') {
                fprintf(stderr, "child %s: %s\n", argv[0], error.message);
            }
            return good ? 0 : 1;
        }
    }
    return 2;
}

/* ---- the tests ------------------------------------------------------------------------------- */

/* A child that inherits this end of a pair; here it is closed. */
static struct child start_heir(const char *name, struct end *end)
{
    char arguments[64];
    VxmHandle handle = {0};
    struct child child;

    require(vxm__os_duplicate(&end->handle, &handle));
    cr_assert(SetHandleInformation(handle.ptr, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT));
    (void)snprintf(arguments, sizeof(arguments), "%s %llu", name,
                   (unsigned long long)(uintptr_t)handle.ptr);
    child = start_child(arguments);
    close_handle(&handle);
    close_end(end);
    return child;
}

static VxmHandle receive_section(struct end *end, const char *text)
{
    VxmHandle handles[VXM_OS_MAX_HANDLES] = {{0}};
    uint32_t count = 0;
    char byte;

    require(receive_some(end, &byte, 1, handles, &count, LIMIT));
    cr_assert_eq(count, 1u);
    cr_expect(has_text(handles[0].ptr, text), "the section is another's");
    cr_expect(support_is_cloexec((intptr_t)handles[0].ptr));
    return handles[0];
}

Test(win32_process, client_and_server)
{
    static const VxmListenInfo nobody_else;
    char arguments[96];
    const char *name = new_name();
    VxmHandle section = make_section();
    VxmHandle received;
    VxmListener listener;
    struct child child;
    struct end end;
    VxmPeer peer;

    write_section(section.ptr, "of the server");
    require(vxm__os_listen(name, &nobody_else, &listener));
    (void)snprintf(arguments, sizeof(arguments), "client %s %lu", name,
                   (unsigned long)GetCurrentProcessId());
    child = start_child(arguments);
    require(vxm__os_accept(listener, vxm__os_deadline(LIMIT), &end.handle));
    begin_end(&end, false);
    require(vxm__os_peer(&end.handle, &end.stream, &peer));
    cr_expect_eq(peer.processId, child.number);
    require(send_some(&end, "s", 1, &section, 1, LIMIT));
    received = receive_section(&end, "of the client");
    cr_expect(has_text(section.ptr, "the client was here"));
    cr_expect(tell(&end));
    cr_expect_eq(end_child(&child), 0u);
    close_handle(&received);
    close_handle(&section);
    close_end(&end);
    vxm__os_close_listener(listener);
}

/* What is sent before the child has begun is in this process's table until the child fetches it. */
Test(win32_process, pair_with_a_child)
{
    VxmHandle section = make_section();
    VxmHandle received;
    struct child child;
    struct end ends[2];
    size_t before;

    for (int inherited = 0; inherited < 2; inherited++) {
        write_section(section.ptr, "of the parent");
        make_pair(ends);
        before = support_handle_count();
        require(send_some(&ends[1 - inherited], "s", 1, &section, 1, LIMIT));
        cr_expect_eq(support_handle_count(), before + 1);
        child = start_heir("heir", &ends[inherited]);
        cr_expect(told(&ends[1 - inherited]));
        cr_expect(has_text(section.ptr, "the child was here"));
        received = receive_section(&ends[1 - inherited], "of the child");
        cr_expect(tell(&ends[1 - inherited]));
        cr_expect_eq(end_child(&child), 0u);
        close_handle(&received);
        close_end(&ends[1 - inherited]);
    }
    close_handle(&section);
}

Test(win32_process, what_was_sent_outlives_its_sender)
{
    VxmHandle received;
    struct child child;
    struct end ends[2];

    make_pair(ends);
    child = start_heir("hasty", &ends[1]);
    cr_expect_eq(end_child(&child), 0u);
    received = receive_section(&ends[0], "of who has gone");
    close_handle(&received);
    close_end(&ends[0]);
}

/* Both ends of a pair have been passed on: the system still names this process as their end. */
Test(win32_process, siblings)
{
    struct child children[2];
    struct end ends[2];

    make_pair(ends);
    children[0] = start_heir("sender", &ends[0]);
    children[1] = start_heir("receiver", &ends[1]);
    cr_expect_eq(end_child(&children[0]), 0u);
    cr_expect_eq(end_child(&children[1]), 0u);
}

Test(win32_process, peer_that_ends_is_lost)
{
    VxmHandle section = make_section();
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    uint32_t count = 0;
    struct child child;
    struct end ends[2];
    char byte;

    make_pair(ends);
    child = start_heir("quitter", &ends[1]);
    expect_error(receive_some(&ends[0], &byte, 1, handles, &count, LIMIT), VXM_ERROR_PEER_LOST,
                 VXM_ERROR_REASON_PEER, "ended");
    expect_error(send_some(&ends[0], "s", 1, &section, 1, LIMIT), VXM_ERROR_PEER_LOST,
                 VXM_ERROR_REASON_PEER, "Close the channel");
    cr_expect_eq(end_child(&child), 0u);
    close_end(&ends[0]);
    close_handle(&section);
}

/* The process that the system names has ended, but somebody keeps it as an object. */
Test(win32_process, client_that_has_ended_is_lost)
{
    static const VxmListenInfo nobody_else;
    char arguments[96];
    const char *name = new_name();
    VxmHandle section = make_section();
    VxmListener listener;
    struct child child;
    struct end end;

    require(vxm__os_listen(name, &nobody_else, &listener));
    /* It takes this process for another, and ends. */
    (void)snprintf(arguments, sizeof(arguments), "client %s 1", name);
    child = start_child(arguments);
    require(vxm__os_accept(listener, vxm__os_deadline(LIMIT), &end.handle));
    begin_end(&end, false);
    cr_assert_eq(WaitForSingleObject(child.process, 60000), WAIT_OBJECT_0);
    expect_error(send_some(&end, "s", 1, &section, 1, LIMIT), VXM_ERROR_PEER_LOST,
                 VXM_ERROR_REASON_PEER, "Sending |Close the channel");
    cr_expect_eq(end_child(&child), 1u);
    close_end(&end);
    close_handle(&section);
    vxm__os_close_listener(listener);
}

/* A service must not be talked into reaching into the table of any process that it may open. */
Test(win32_process, handles_of_a_third_process_are_refused)
{
    static const VxmListenInfo nobody_else;
    VxmHandle handles[VXM_OS_MAX_HANDLES];
    char arguments[96];
    const char *name = new_name();
    uint32_t count = 0;
    VxmListener listener;
    struct child child;
    struct end end;
    char byte;

    require(vxm__os_listen(name, &nobody_else, &listener));
    (void)snprintf(arguments, sizeof(arguments), "liar %s %lu", name, 0x7FFFFFF0ul);
    child = start_child(arguments);
    require(vxm__os_accept(listener, vxm__os_deadline(LIMIT), &end.handle));
    begin_end(&end, false);
    expect_error(receive_some(&end, &byte, 1, handles, &count, LIMIT), VXM_ERROR_BAD_MESSAGE,
                 VXM_ERROR_REASON_PEER, "process that is no end of this channel (2147483632)");
    cr_expect_eq(count, 0u);
    cr_expect_eq(end_child(&child), 0u);
    close_end(&end);
    vxm__os_close_listener(listener);
}

Test(win32_process, duplicate_to_another_process)
{
    VxmHandle section = make_section();
    VxmHandle there = {0};
    uint64_t value;
    struct child child;
    struct end ends[2];

    write_section(section.ptr, "put there");
    make_pair(ends);
    child = start_heir("finder", &ends[1]);
    cr_expect(told(&ends[0]));
    require(vxmDuplicateHandleTo(&section, child.number, &there));
    cr_expect_eq(there.type, section.type);
    value = (uintptr_t)there.ptr;
    require(send_some(&ends[0], &value, sizeof(value), NULL, 0, LIMIT));
    cr_expect(told(&ends[0]));
    cr_expect(has_text(section.ptr, "and found"));
    cr_expect_eq(end_child(&child), 0u);
    close_end(&ends[0]);
    close_handle(&section);
}
