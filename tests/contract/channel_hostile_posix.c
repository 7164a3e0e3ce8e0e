/*
 * A peer at the other end of a channel that keeps to no rules: raw sockets, the wrong number of
 * descriptors, pieces, junk, and sudden death. contract_end() counts the descriptors each time.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/common.h"
#include "support/resources.h"

TestSuite(channel_hostile_posix, .init = contract_begin, .fini = contract_end);

#define SECOND      1000000000ull
#define HEADER_SIZE 16u
#define DMA_BUF     VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define MOST        253u

/* Linux has it from 6.5 on; older headers don't. */
#ifndef SO_PASSPIDFD
#define SO_PASSPIDFD 76
#endif

/* A channel, and a raw socket at its other end. */
struct hostile {
    VxmChannel channel;
    int raw;
};

/* What stands behind the payload for each handle that is a mere value. */
#define VALUE_SIZE 8u

/* A message as the library itself would send it, without its descriptors. */
struct message {
    unsigned char bytes[HEADER_SIZE + VXM_MAX_ENCODED_SIZE + VALUE_SIZE];
    size_t size;
};

static struct hostile meet(void)
{
    struct hostile hostile;
    VxmHandle handle = {.kind = VXM_HANDLE_KIND_CHANNEL, .type = VXM_CHANNEL_HANDLE_TYPE_NATIVE};
    int ends[2];

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    handle.fd = ends[0];
    require(vxmImportChannel(&handle, &hostile.channel));
    close(ends[0]);
    hostile.raw = ends[1];
    return hostile;
}

static void part(struct hostile *hostile)
{
    vxmCloseChannel(hostile->channel);
    if (hostile->raw >= 0)
        close(hostile->raw);
}

static int open_something(void)
{
    int fd = model_make_dma_buf(4096);

    cr_assert_geq(fd, 0);
    return fd;
}

/* Sends bytes with one descriptor many times over. */
static void send_raw(int raw, const void *bytes, size_t size, int fd, size_t fdCount)
{
    union {
        struct cmsghdr align;
        unsigned char bytes[CMSG_SPACE(MOST * sizeof(int))];
    } control;
    struct iovec span = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &span, .msg_iovlen = 1};
    struct cmsghdr *header;

    if (fdCount > 0) {
        memset(&control, 0, sizeof(control));
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(fdCount * sizeof(int));
        header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(fdCount * sizeof(int));
        for (size_t i = 0; i < fdCount; i++)
            memcpy(CMSG_DATA(header) + i * sizeof(int), &fd, sizeof(fd));
    }
    cr_assert_eq(sendmsg(raw, &message, MSG_NOSIGNAL), (ssize_t)size, "sendmsg: %s",
                 strerror(errno));
}

static VxmShared some_shared(uint32_t memoryCount, int fd)
{
    VxmShared shared;

    memset(&shared, 0, sizeof(shared));
    shared.handleType = DMA_BUF;
    shared.memoryCount = memoryCount;
    for (uint32_t i = 0; i < memoryCount; i++)
        shared.memories[i].handle =
            (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = DMA_BUF, .fd = fd};
    return shared;
}

/* What the library sends for a memory of that many handles. */
static struct message memory_message(uint32_t memoryCount)
{
    struct hostile hostile = meet();
    struct message message;
    int fd = open_something();
    VxmShared shared = some_shared(memoryCount, fd);
    ssize_t count;

    require(vxmSendMemory(hostile.channel, &shared, SECOND));
    count = recv(hostile.raw, message.bytes, sizeof(message.bytes), 0);
    cr_assert_gt(count, (ssize_t)HEADER_SIZE);
    message.size = (size_t)count;
    close(fd);
    part(&hostile);
    return message;
}

/* That nothing is received, now and later, and that the descriptors are closed at once. */
#define EXPECT_REFUSED(hostile_, before_, words_)                                                  \
    do {                                                                                           \
        VxmShared untouched;                                                                       \
                                                                                                   \
        fill(untouched);                                                                           \
        expect_error(vxmReceiveMemory((hostile_).channel, &untouched, 0), VXM_ERROR_BAD_MESSAGE,   \
                     VXM_ERROR_REASON_PEER, words_);                                               \
        expect_error(vxmReceiveMemory((hostile_).channel, &untouched, SECOND),                     \
                     VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, "before");                      \
        expect_untouched(untouched);                                                               \
        cr_expect_eq(support_handle_count(), before_, "descriptors were kept");                    \
    } while (0)

/* ---- descriptors ---- */

Test(channel_hostile_posix, another_number_of_descriptors_is_refused)
{
    static const size_t counts[] = {0, 1, 2, 3, 4, 5, 6, 64, MOST};
    int fd = open_something();

    for (uint32_t expected = 1; expected <= VXM_MAX_PLANES; expected++) {
        struct message message = memory_message(expected);

        for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
            struct hostile hostile = meet();
            size_t before = support_handle_count();
            VxmShared received;

            contract_note("%zu descriptors instead of %u", counts[i], expected);
            send_raw(hostile.raw, message.bytes, message.size, fd, counts[i]);
            if (counts[i] == expected) {
                require(vxmReceiveMemory(hostile.channel, &received, 0));
                cr_expect_eq(support_handle_count(), before + expected);
                vxmCloseShared(&received);
            } else {
                EXPECT_REFUSED(hostile, before, "descriptors");
            }
            part(&hostile);
        }
    }
    close(fd);
}

/* More than one message of the system's can carry: the last one comes with the second byte. */
Test(channel_hostile_posix, two_hundred_and_fifty_four_descriptors_are_refused)
{
    struct message message = memory_message(4);
    struct hostile hostile = meet();
    int fd = open_something();
    size_t before = support_handle_count();

    send_raw(hostile.raw, message.bytes, 1, fd, MOST);
    send_raw(hostile.raw, message.bytes + 1, message.size - 1, fd, 1);
    EXPECT_REFUSED(hostile, before, "253 descriptors");
    part(&hostile);
    close(fd);
}

Test(channel_hostile_posix, descriptors_in_the_middle_are_refused)
{
    struct message message = memory_message(2);
    size_t places[] = {1, HEADER_SIZE - 1, HEADER_SIZE, HEADER_SIZE + 1, message.size - 1};
    int fd = open_something();

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        for (size_t count = 1; count <= 6; count += 5) {
            struct hostile hostile = meet();
            size_t before = support_handle_count();
            VxmMessageType type;

            contract_note("%zu descriptors at byte %zu", count, places[i]);
            send_raw(hostile.raw, message.bytes, places[i], fd, 2);
            /* Received to here, so that the system doesn't put the two together. */
            cr_expect_eq(vxmPeekMessage(hostile.channel, 0, &type), VK_TIMEOUT);
            send_raw(hostile.raw, message.bytes + places[i], message.size - places[i], fd, count);
            EXPECT_REFUSED(hostile, before, "descriptors");
            part(&hostile);
        }
    }
    close(fd);
}

Test(channel_hostile_posix, descriptors_with_a_kind_that_has_none_are_refused)
{
    struct hostile receiver = meet();
    struct hostile sender = meet();
    unsigned char bytes[HEADER_SIZE + 4];
    int fd = open_something();
    size_t before = support_handle_count();

    require(vxmSendBytes(sender.channel, 4, "text", SECOND));
    cr_assert_eq(recv(sender.raw, bytes, sizeof(bytes), 0), (ssize_t)sizeof(bytes));
    send_raw(receiver.raw, bytes, sizeof(bytes), fd, 1);
    EXPECT_REFUSED(receiver, before, "descriptors");
    part(&receiver);
    part(&sender);
    close(fd);
}

/* The system drops what doesn't fit into the process's table, and says that it did. */
Test(channel_hostile_posix, truncated_control_data_is_refused)
{
    struct message message = memory_message(4);
    struct hostile hostile = meet();
    struct rlimit limit;
    struct rlimit lowered;
    VxmShared received;
    int fd = open_something();
    int top = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    size_t before;

    fill(received);
    send_raw(hostile.raw, message.bytes, message.size, fd, 4);
    close(top);
    before = support_handle_count();
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    lowered = limit;
    lowered.rlim_cur = (rlim_t)top + 2; /* room for two of the four */
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &lowered), 0);
    expect_error(vxmReceiveMemory(hostile.channel, &received, 0), VXM_ERROR_BAD_MESSAGE,
                 VXM_ERROR_REASON_SYSTEM, "RLIMIT_NOFILE");
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(support_handle_count(), before, "descriptors were kept");
    cr_expect_eq(vxmReceiveMemory(hostile.channel, &received, 0), VXM_ERROR_BAD_MESSAGE);
    expect_untouched(received);
    part(&hostile);
    close(fd);
}

/* ---- pieces ---- */

Test(channel_hostile_posix, one_byte_pieces_make_a_message)
{
    struct message message = memory_message(3);
    struct hostile hostile = meet();
    int fd = open_something();
    size_t before = support_handle_count();
    VxmShared received;

    fill(received);
    for (size_t i = 0; i < message.size; i++) {
        /* What has come stays, however often time runs out. */
        cr_assert_eq(vxmReceiveMemory(hostile.channel, &received, i % 2), VK_TIMEOUT);
        send_raw(hostile.raw, message.bytes + i, 1, fd, i == 0 ? 3 : 0);
    }
    expect_untouched(received);
    require(vxmReceiveMemory(hostile.channel, &received, 0));
    cr_expect_eq(received.memoryCount, 3);
    cr_expect_eq(support_handle_count(), before + 3);
    vxmCloseShared(&received);
    part(&hostile);
    close(fd);
}

Test(channel_hostile_posix, end_in_the_middle_is_a_lost_peer)
{
    struct message message = memory_message(2);
    int fd = open_something();

    for (size_t size = 0; size < message.size; size += size < 20 ? 1 : 17) {
        struct hostile hostile = meet();
        size_t before = support_handle_count();
        VxmShared received;

        contract_note("after %zu of %zu bytes", size, message.size);
        fill(received);
        if (size > 0)
            send_raw(hostile.raw, message.bytes, size, fd, 2);
        cr_expect_eq(vxmReceiveMemory(hostile.channel, &received, 0), VK_TIMEOUT);
        close(hostile.raw);
        hostile.raw = -1;
        expect_error(vxmReceiveMemory(hostile.channel, &received, UINT64_MAX), VXM_ERROR_PEER_LOST,
                     VXM_ERROR_REASON_PEER, "ended");
        cr_expect_eq(support_handle_count(), before - 1, "descriptors were kept");
        expect_untouched(received);
        part(&hostile);
    }
    close(fd);
}

/* A child is killed before, in, and after its message. */
Test(channel_hostile_posix, killed_peer_is_lost)
{
    struct message message = memory_message(2);
    const size_t sizes[] = {0, 1, HEADER_SIZE, message.size - 1, message.size};
    int fd = open_something();

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct hostile hostile = meet();
        VxmShared received;
        int status;
        pid_t child;

        contract_note("killed after %zu of %zu bytes", sizes[i], message.size);
        fill(received);
        child = fork();
        cr_assert_geq(child, 0);
        if (child == 0) {
            if (sizes[i] > 0)
                send_raw(hostile.raw, message.bytes, sizes[i], fd, 2);
            raise(SIGKILL);
        }
        close(hostile.raw);
        hostile.raw = -1;
        if (sizes[i] == message.size) {
            require(vxmReceiveMemory(hostile.channel, &received, 60 * SECOND));
            vxmCloseShared(&received);
            fill(received);
        }
        expect_error(vxmReceiveMemory(hostile.channel, &received, 60 * SECOND), VXM_ERROR_PEER_LOST,
                     VXM_ERROR_REASON_PEER, "ended");
        expect_untouched(received);
        cr_assert_eq(waitpid(child, &status, 0), child);
        cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
        part(&hostile);
    }
    close(fd);
}

/* ---- junk ---- */

Test(channel_hostile_posix, junk_is_refused)
{
    uint32_t state = 12345;

    for (int round = 0; round < 200; round++) {
        struct hostile hostile = meet();
        size_t before = support_handle_count();
        unsigned char junk[100];

        for (size_t i = 0; i < sizeof(junk); i++) {
            state = state * 1664525u + 1013904223u;
            junk[i] = (unsigned char)(state >> 24);
        }
        send_raw(hostile.raw, junk, sizeof(junk), -1, 0);
        EXPECT_REFUSED(hostile, before, "magic");
        part(&hostile);
    }
}

/* Each byte of a header, each value: refused, or the same message, or one that waits for more of a
 * payload that is longer. */
Test(channel_hostile_posix, every_changed_header_is_refused)
{
    struct message message = memory_message(2);
    int fd = open_something();

    for (size_t at = 0; at < HEADER_SIZE; at++) {
        for (unsigned value = 0; value < 256; value++) {
            struct message changed = message;
            struct hostile hostile = meet();
            VxmShared received;
            VkResult result;

            changed.bytes[at] = (unsigned char)value;
            send_raw(hostile.raw, changed.bytes, changed.size, fd, 2);
            result = vxmReceiveMemory(hostile.channel, &received, 0);
            if (value == message.bytes[at]) {
                cr_expect_eq(result, VK_SUCCESS);
                vxmCloseShared(&received);
            } else if (result == VK_TIMEOUT) {
                cr_expect(at >= 8 && at < 12, "byte %zu with value %u is waited for", at, value);
            } else {
                cr_expect_eq(result, VXM_ERROR_BAD_MESSAGE, "byte %zu with value %u: %d", at, value,
                             (int)result);
            }
            part(&hostile);
        }
    }
    close(fd);
}

Test(channel_hostile_posix, junk_after_a_valid_header_is_refused)
{
    struct message message = memory_message(2);
    int fd = open_something();

    for (size_t at = HEADER_SIZE; at < message.size; at++) {
        struct hostile hostile = meet();
        size_t before = support_handle_count();
        struct message changed = message;

        memset(changed.bytes + HEADER_SIZE, (int)at, at - HEADER_SIZE + 1);
        send_raw(hostile.raw, changed.bytes, changed.size, fd, 2);
        EXPECT_REFUSED(hostile, before, NULL);
        part(&hostile);
    }
    close(fd);
}

/* The payload describes four memories, the header announces two descriptors. */
Test(channel_hostile_posix, description_with_other_handles_is_refused)
{
    struct message message = memory_message(4);
    struct hostile hostile = meet();
    int fd = open_something();
    size_t before = support_handle_count();

    cr_assert_eq(message.bytes[12], 4);
    message.bytes[12] = 2;
    send_raw(hostile.raw, message.bytes, message.size, fd, 2);
    EXPECT_REFUSED(hostile, before, "number of handles");
    part(&hostile);
    close(fd);
}

/* "This handle is a value only" may be said of sync fds alone, and only of handles that there
 * are: otherwise a descriptor would be missing where the count seems right. */
Test(channel_hostile_posix, value_in_place_of_a_descriptor_is_refused)
{
    static const struct {
        unsigned char mask;
        const char *words;
    } cases[] = {{0x02, "can't be a mere value"}, {0x04, "does not have"}, {0x80, "does not have"}};
    struct message message = memory_message(2);
    int fd = open_something();

    memset(message.bytes + message.size, 0xff, VALUE_SIZE);
    message.size += VALUE_SIZE;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hostile hostile = meet();
        size_t before = support_handle_count();

        message.bytes[13] = cases[i].mask;
        send_raw(hostile.raw, message.bytes, message.size, fd, 1);
        EXPECT_REFUSED(hostile, before, cases[i].words);
        part(&hostile);
    }
    close(fd);
}

/* Types of another system, and host pointers, mean nothing here. */
Test(channel_hostile_posix, description_of_another_system_is_refused)
{
    static const struct {
        uint32_t type;
        const char *words;
    } cases[] = {
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT, "none of this system"},
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT, "can't leave a process"},
    };
    struct message message = memory_message(1);
    unsigned char encoded[VXM_MAX_ENCODED_SIZE];
    int fd = open_something();
    size_t size;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct hostile hostile = meet();
        size_t before = support_handle_count();
        VxmShared shared = some_shared(1, fd);

        shared.handleType = cases[i].type;
        require(vxmEncodeShared(&shared, sizeof(encoded), encoded, &size));
        cr_assert_eq(size, message.size - HEADER_SIZE);
        memcpy(message.bytes + HEADER_SIZE, encoded, size);
        send_raw(hostile.raw, message.bytes, message.size, fd, 1);
        EXPECT_REFUSED(hostile, before, cases[i].words);
        part(&hostile);
    }
    close(fd);
}

/* Other control data, which an app has switched on for a socket of its own, is no concern. */
Test(channel_hostile_posix, credentials_beside_a_message_are_ignored)
{
    struct message message = memory_message(2);
    struct hostile hostile = meet();
    int fd = open_something();
    const int on = 1;
    VxmHandle handle;
    VxmShared received;

    require(vxmExportChannel(hostile.channel, &handle));
    cr_assert_eq(setsockopt(handle.fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)), 0);
    vxmCloseHandle(&handle);
    send_raw(hostile.raw, message.bytes, message.size, fd, 2);
    require(vxmReceiveMemory(hostile.channel, &received, 0));
    vxmCloseShared(&received);
    part(&hostile);
    close(fd);
}

/* A socket of an app's own may have it switched on that the system makes a descriptor for each
 * message (Linux 6.5). */
Test(channel_hostile_posix, pidfds_beside_a_message_are_closed)
{
    struct message message = memory_message(1);
    struct hostile hostile = meet();
    int fd = open_something();
    const int on = 1;
    VxmHandle handle;
    VxmShared received;
    size_t before;
    bool known;

    require(vxmExportChannel(hostile.channel, &handle));
    known = setsockopt(handle.fd, SOL_SOCKET, SO_PASSPIDFD, &on, sizeof(on)) == 0;
    vxmCloseHandle(&handle);
    before = support_handle_count();
    for (int i = 0; i < 3; i++) {
        send_raw(hostile.raw, message.bytes, message.size, fd, 1);
        require(vxmReceiveMemory(hostile.channel, &received, 0));
        vxmCloseShared(&received);
    }
    cr_expect_eq(support_handle_count(), before);
    part(&hostile);
    close(fd);
    if (!known)
        cr_skip_test("this kernel has no SO_PASSPIDFD");
}

/* ---- what is no channel ---- */

Test(channel_hostile_posix, other_sockets_are_refused)
{
    VxmHandle handle = {.kind = VXM_HANDLE_KIND_CHANNEL, .type = VXM_CHANNEL_HANDLE_TYPE_NATIVE};
    VxmChannel channel;
    int ends[2];

    fill(channel);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends), 0);
    handle.fd = ends[0];
    expect_error(vxmImportChannel(&handle, &channel), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "SOCK_STREAM");
    close(ends[0]);
    close(ends[1]);
    handle.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    expect_error(vxmImportChannel(&handle, &channel), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_ARGUMENT, "not connected");
    close(handle.fd);
    handle.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (handle.fd >= 0) {
        expect_error(vxmImportChannel(&handle, &channel), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                     VXM_ERROR_REASON_ARGUMENT, "AF_UNIX");
        close(handle.fd);
    }
    expect_untouched(channel);
}
