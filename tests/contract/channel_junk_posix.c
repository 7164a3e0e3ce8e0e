/*
 * Messages with a valid frame around a description of a semaphore or a hand-over that isn't one.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "contract/common.h"
#include "support/resources.h"

TestSuite(channel_junk_posix, .init = contract_begin, .fini = contract_end);

#define SECOND       1000000000ull
#define HEADER_SIZE  16u
#define VALUE_MASK   13u /* in the header: which handles are mere values */
#define SEMAPHORE_FD VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT

/* A channel and a raw socket at its other end. */
struct ends {
    VxmChannel channel;
    int raw;
};

struct message {
    unsigned char bytes[HEADER_SIZE + VXM_MAX_ENCODED_SIZE + 8];
    size_t size;
};

static struct ends meet(void)
{
    VxmHandle handle = {.kind = VXM_HANDLE_KIND_CHANNEL, .type = VXM_CHANNEL_HANDLE_TYPE_NATIVE};
    struct ends ends;
    int fds[2];

    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    handle.fd = fds[0];
    require(vxmImportChannel(&handle, &ends.channel));
    close(fds[0]);
    ends.raw = fds[1];
    return ends;
}

static void part(struct ends *ends)
{
    vxmCloseChannel(ends->channel);
    close(ends->raw);
}

/* What the library has sent, without its descriptor. */
static struct message take_sent(struct ends *ends)
{
    struct message message;
    ssize_t count = recv(ends->raw, message.bytes, sizeof(message.bytes), 0);

    cr_assert_gt(count, (ssize_t)HEADER_SIZE);
    message.size = (size_t)count;
    return message;
}

static struct message semaphore_message(void)
{
    struct ends ends = meet();
    int fd = memfd_create("payload", MFD_CLOEXEC);
    VxmSharedSemaphore shared = {
        .handleType = SEMAPHORE_FD,
        .handle = {.kind = VXM_HANDLE_KIND_SEMAPHORE, .type = SEMAPHORE_FD, .fd = fd}};
    struct message message;

    cr_assert_geq(fd, 0);
    require(vxmSendSemaphore(ends.channel, &shared, SECOND));
    message = take_sent(&ends);
    close(fd);
    part(&ends);
    return message;
}

static struct message handover_message(void)
{
    struct ends ends = meet();
    VxmHandover handover = {.queueFamilyIndex = VK_QUEUE_FAMILY_EXTERNAL};
    struct message message;

    require(vxmSendHandover(ends.channel, &handover, SECOND));
    message = take_sent(&ends);
    part(&ends);
    return message;
}

static void send_with_descriptor(int raw, const struct message *message)
{
    union {
        struct cmsghdr align;
        unsigned char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec span = {.iov_base = (void *)(uintptr_t)message->bytes, .iov_len = message->size};
    struct msghdr header = {.msg_iov = &span,
                            .msg_iovlen = 1,
                            .msg_control = control.bytes,
                            .msg_controllen = sizeof(control.bytes)};
    int fd = memfd_create("payload", MFD_CLOEXEC);
    struct cmsghdr *rights;

    cr_assert_geq(fd, 0);
    memset(&control, 0, sizeof(control));
    rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &fd, sizeof(fd));
    cr_assert_eq(sendmsg(raw, &header, MSG_NOSIGNAL), (ssize_t)message->size);
    close(fd);
}

static void expect_refused(struct ends *ends, size_t before)
{
    VxmSharedSemaphore shared;

    fill(shared);
    expect_error(vxmReceiveSemaphore(ends->channel, &shared, 0), VXM_ERROR_BAD_MESSAGE,
                 VXM_ERROR_REASON_PEER, NULL);
    expect_error(vxmReceiveSemaphore(ends->channel, &shared, 0), VXM_ERROR_BAD_MESSAGE,
                 VXM_ERROR_REASON_PEER, "before");
    expect_untouched(shared);
    cr_expect_eq(support_handle_count(), before, "the descriptor was kept");
}

Test(channel_junk_posix, semaphore_that_is_none_is_refused)
{
    struct message message = semaphore_message();

    for (size_t at = HEADER_SIZE; at < message.size; at++) {
        struct message changed = message;
        struct ends ends = meet();
        size_t before = support_handle_count();

        contract_note("byte %zu", at);
        memset(changed.bytes + HEADER_SIZE, (int)at, at - HEADER_SIZE + 1);
        send_with_descriptor(ends.raw, &changed);
        expect_refused(&ends, before);
        part(&ends);
    }
}

/* An opaque handle is no mere value. */
Test(channel_junk_posix, value_in_place_of_a_semaphore_is_refused)
{
    struct message message = semaphore_message();
    struct ends ends = meet();
    size_t before = support_handle_count();

    cr_assert_eq(message.bytes[VALUE_MASK], 0);
    message.bytes[VALUE_MASK] = 1;
    memset(message.bytes + message.size, 0xFF, 8);
    message.size += 8;
    cr_assert_eq(send(ends.raw, message.bytes, message.size, MSG_NOSIGNAL), (ssize_t)message.size);
    expect_refused(&ends, before);
    part(&ends);
}

Test(channel_junk_posix, handover_that_is_none_is_refused)
{
    struct message message = handover_message();
    struct ends ends = meet();
    VxmHandover handover;

    memset(message.bytes + HEADER_SIZE, 0xA5, message.size - HEADER_SIZE);
    cr_assert_eq(send(ends.raw, message.bytes, message.size, MSG_NOSIGNAL), (ssize_t)message.size);
    fill(handover);
    expect_error(vxmReceiveHandover(ends.channel, &handover, 0), VXM_ERROR_BAD_MESSAGE,
                 VXM_ERROR_REASON_PEER, NULL);
    expect_error(vxmReceiveHandover(ends.channel, &handover, 0), VXM_ERROR_BAD_MESSAGE,
                 VXM_ERROR_REASON_PEER, "before");
    expect_untouched(handover);
    part(&ends);
}
