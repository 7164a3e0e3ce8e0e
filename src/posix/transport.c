/*
 * Channels on POSIX systems: Unix-domain stream sockets, descriptors by SCM_RIGHTS, and every wait
 * against a deadline.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* struct ucred */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "posix/posix.h"

/* The most that Linux lets one message carry. Room for all, so that surplus ones can be closed. */
#define MAX_DESCRIPTORS 253
/* Linux 6.5 has it; older headers don't. */
#if !defined(SCM_PIDFD) && defined(__linux__)
#define SCM_PIDFD 0x04
#endif

/* Apple's systems set it for each socket instead (SO_NOSIGPIPE), in socket.c. */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

/* At least CMSG_SPACE(), which isn't a constant expression everywhere. */
#define CONTROL_SPACE(descriptors)                                                                 \
    (sizeof(struct cmsghdr) + (descriptors) * sizeof(int) + 4 * sizeof(size_t))

/* For control messages that an app has switched on for a socket of its own, such as credentials. */
#define OTHER_CONTROL 256

/* ---- waiting --------------------------------------------------------------------------------- */

int vxm__posix_milliseconds(uint64_t deadline)
{
    uint64_t now;
    uint64_t milliseconds;

    if (deadline == UINT64_MAX) {
        return -1;
    }
    if (deadline == 0) {
        return 0;
    }
    now = vxm__posix_now();
    if (deadline <= now) {
        return 0;
    }
    milliseconds = (deadline - now + 999999) / 1000000;
    return milliseconds < INT_MAX ? (int)milliseconds : INT_MAX;
}

static VkResult time_out(const char *waited)
{
    return vxm__fail(VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, 0, "Time ran out while waiting %s.",
                     waited);
}

VkResult vxm__posix_wait(int fd, short events, uint64_t deadline, const char *waited)
{
    for (;;) {
        struct pollfd entry = {.fd = fd, .events = events};
        int timeout = vxm__posix_milliseconds(deadline);
        int count;

        /* It has been tried just before, so a poll that can't wait has nothing to add. */
        if (timeout == 0) {
            return time_out(waited);
        }
        count = poll(&entry, 1, timeout);
        if (count > 0) {
            return VK_SUCCESS;
        }
        if (count < 0 && errno != EINTR) {
            return vxm__posix_fail(errno, "Waiting %s failed", waited);
        }
    }
}

/* ---- ends ------------------------------------------------------------------------------------ */

VxmHandle vxm__posix_channel(int fd)
{
    return (VxmHandle){
        .kind = VXM_HANDLE_KIND_CHANNEL, .type = VXM_CHANNEL_HANDLE_TYPE_NATIVE, .fd = fd};
}

const bool vxm__os_channels_move = false;

VkResult vxm__os_pair(VxmHandle channels[2])
{
    int fds[2];

    if (vxm__posix_socket_pair(fds) != 0) {
        return vxm__posix_fail(errno, "Making a pair of connected sockets failed");
    }
    channels[0] = vxm__posix_channel(fds[0]);
    channels[1] = vxm__posix_channel(fds[1]);
    return VK_SUCCESS;
}

static VkResult no_channel(const VxmHandle *channel, int error, const char *why)
{
    return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, error,
                     "fd %d %s. A channel needs a connected Unix-domain stream socket.",
                     channel->fd, why);
}

VkResult vxm__os_check_channel(const VxmHandle *channel)
{
    union vxm__posix_address address;
    socklen_t length = sizeof(address);
    int type = 0;
    socklen_t typeLength = sizeof(type);

    if (getsockopt(channel->fd, SOL_SOCKET, SO_TYPE, &type, &typeLength) != 0) {
        return no_channel(channel, errno, errno == EBADF ? "is not open" : "is not a socket");
    }
    if (type != SOCK_STREAM) {
        return no_channel(channel, 0, "is a socket, but not of type SOCK_STREAM");
    }
    if (getsockname(channel->fd, &address.any, &length) != 0) {
        return no_channel(channel, errno, "has no address");
    }
    if (address.any.sa_family != AF_UNIX) {
        return no_channel(channel, 0, "is a stream socket, but not of family AF_UNIX");
    }
    length = sizeof(address);
    if (getpeername(channel->fd, &address.any, &length) != 0) {
        return no_channel(channel, errno, "is a socket that is not connected");
    }
    return VK_SUCCESS;
}

VkResult vxm__os_begin_stream(const VxmHandle *channel, bool imported, struct vxm_os_stream *stream)
{
    (void)channel;
    (void)imported;
    (void)stream;
    return VK_SUCCESS;
}

void vxm__os_end_stream(struct vxm_os_stream *stream)
{
    (void)stream;
}

VkResult vxm__os_peer(const VxmHandle *channel, const struct vxm_os_stream *stream, VxmPeer *peer)
{
    (void)stream;
    VxmPeer found = {0};
#ifdef SO_PEERCRED
    struct ucred credentials;
    socklen_t length = sizeof(credentials);

    if (getsockopt(channel->fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) {
        return vxm__posix_fail(errno, "Asking who is at the other end of a channel failed");
    }
    /* 0: a process that this one's pid namespace doesn't show. */
    found.processIdValid = credentials.pid > 0 ? VK_TRUE : VK_FALSE;
    found.processId = credentials.pid > 0 ? (uint64_t)credentials.pid : 0;
    found.userIdValid = VK_TRUE;
    found.userId = (uint32_t)credentials.uid;
    found.groupId = (uint32_t)credentials.gid;
#elif defined(LOCAL_PEERPID) /* Apple's */
    pid_t process = 0;
    socklen_t length = sizeof(process);
    uid_t user;
    gid_t group;

    if (getpeereid(channel->fd, &user, &group) != 0) {
        return vxm__posix_fail(errno, "Asking who is at the other end of a channel failed");
    }
    found.userIdValid = VK_TRUE;
    found.userId = (uint32_t)user;
    found.groupId = (uint32_t)group;
    if (getsockopt(channel->fd, SOL_LOCAL, LOCAL_PEERPID, &process, &length) == 0 && process > 0) {
        found.processIdValid = VK_TRUE;
        found.processId = (uint64_t)process;
    }
#else
    (void)channel;
#endif
    *peer = found;
    return VK_SUCCESS;
}

/* ---- sending --------------------------------------------------------------------------------- */

union send_control {
    struct cmsghdr align;
    unsigned char bytes[CONTROL_SPACE(VXM_OS_MAX_HANDLES)];
};

static void attach(struct msghdr *message, union send_control *control, const VxmHandle *handles,
                   uint32_t handleCount)
{
    int fds[VXM_OS_MAX_HANDLES];
    struct cmsghdr *header;

    for (uint32_t i = 0; i < handleCount; i++) {
        fds[i] = handles[i].fd;
    }
    memset(control, 0, sizeof(*control));
    message->msg_control = control->bytes;
    message->msg_controllen = (socklen_t)CMSG_SPACE(handleCount * sizeof(int));
    header = CMSG_FIRSTHDR(message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(handleCount * sizeof(int));
    memcpy(CMSG_DATA(header), fds, handleCount * sizeof(int));
}

VkResult vxm__os_send(const VxmHandle *channel, struct vxm_os_stream *stream, const void *data,
                      size_t size, const VxmHandle *handles, uint32_t handleCount,
                      uint64_t deadline, size_t *sent)
{
    (void)stream;
    union send_control control;

    *sent = 0;
    while (*sent < size) {
        struct iovec span = {.iov_base = (unsigned char *)(uintptr_t)data + *sent,
                             .iov_len = size - *sent};
        struct msghdr message = {.msg_iov = &span, .msg_iovlen = 1};
        ssize_t count;
        VkResult result;

        if (*sent == 0 && handleCount > 0) {
            attach(&message, &control, handles, handleCount);
        }
        count = sendmsg(channel->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count >= 0) {
            *sent += (size_t)count;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            result = vxm__posix_wait(channel->fd, POLLOUT, deadline, "for the peer to read");
            if (result != VK_SUCCESS) {
                return result;
            }
        } else if (errno != EINTR) {
            return vxm__posix_fail(errno, "Sending %zu bytes and %u descriptors failed",
                                   size - *sent, *sent == 0 ? (unsigned int)handleCount : 0u);
        }
    }
    return VK_SUCCESS;
}

/* ---- receiving ------------------------------------------------------------------------------- */

union receive_control {
    struct cmsghdr align;
    unsigned char bytes[CONTROL_SPACE(MAX_DESCRIPTORS) + OTHER_CONTROL];
};

/* Closes what the system adds to each message on a socket of the app's own with SO_PASSPIDFD. */
static void close_unasked(struct cmsghdr *header)
{
#ifdef SCM_PIDFD
    int fd;

    if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_PIDFD &&
        header->cmsg_len >= CMSG_LEN(sizeof(fd))) {
        memcpy(&fd, CMSG_DATA(header), sizeof(fd));
        vxm__posix_close(fd);
    }
#else
    (void)header;
#endif
}

/* Without a flag for the call itself (Apple's), right after it. */
#ifndef MSG_CMSG_CLOEXEC
#define MSG_CMSG_CLOEXEC 0
#define SET_CLOEXEC      1
#else
#define SET_CLOEXEC 0
#endif

/* Every descriptor that came along, whatever else did. */
static size_t collect(struct msghdr *message, int fds[MAX_DESCRIPTORS])
{
    size_t count = 0;

    for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header != NULL;
         header = CMSG_NXTHDR(message, header)) {
        size_t arrived;

        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
            header->cmsg_len < CMSG_LEN(0)) {
            close_unasked(header);
            continue;
        }
        arrived = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        if (arrived > MAX_DESCRIPTORS - count) {
            arrived = MAX_DESCRIPTORS - count;
        }
        memcpy(fds + count, CMSG_DATA(header), arrived * sizeof(int));
        for (size_t i = 0; SET_CLOEXEC && i < arrived; i++) {
            (void)fcntl(fds[count + i], F_SETFD, FD_CLOEXEC);
        }
        count += arrived;
    }
    return count;
}

/* The system dropped descriptors for want of room, here or in this process's table. */
static VkResult fail_truncated(const VxmHandle *channel)
{
    int probe = fcntl(channel->fd, F_DUPFD_CLOEXEC, 0);
    /* EINVAL: the limit is 0. */
    int error = probe >= 0 ? 0 : errno == EINVAL ? EMFILE : errno;

    vxm__posix_close(probe);
    if (error == 0) {
        return vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, 0,
                         "A message came with more descriptors or other control data than any "
                         "message of this library has. All were closed. Close the channel.");
    }
    return vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_SYSTEM, error,
                     "Descriptors of a message were lost, since this process can't have more: %s. "
                     "Close handles that are no longer needed, or raise RLIMIT_NOFILE; the channel "
                     "has to be closed.",
                     strerror(error));
}

static VkResult take(const VxmHandle *channel, struct msghdr *message,
                     VxmHandle handles[VXM_OS_MAX_HANDLES], uint32_t *handleCount)
{
    int fds[MAX_DESCRIPTORS];
    size_t count = collect(message, fds);
    bool truncated = (message->msg_flags & MSG_CTRUNC) != 0;

    if (truncated || count > VXM_OS_MAX_HANDLES - *handleCount) {
        /* Before the descriptors make room: why it was, is to be found out. */
        VkResult result =
            truncated ? fail_truncated(channel)
                      : vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, 0,
                                  "A message came with %zu descriptors, but has %u at most. All "
                                  "were closed. Close the channel.",
                                  count + *handleCount, (unsigned int)VXM_OS_MAX_HANDLES);

        for (size_t i = 0; i < count; i++) {
            vxm__posix_close(fds[i]);
        }
        return result;
    }
    for (size_t i = 0; i < count; i++) {
        handles[(*handleCount)++] = (VxmHandle){.fd = fds[i]};
    }
    return VK_SUCCESS;
}

VkResult vxm__os_receive(const VxmHandle *channel, struct vxm_os_stream *stream, void *data,
                         size_t size, size_t *received, VxmHandle handles[VXM_OS_MAX_HANDLES],
                         uint32_t *handleCount, uint64_t deadline)
{
    (void)stream;
    for (;;) {
        union receive_control control;
        struct iovec span = {.iov_base = data, .iov_len = size};
        struct msghdr message = {.msg_iov = &span,
                                 .msg_iovlen = 1,
                                 .msg_control = control.bytes,
                                 .msg_controllen = sizeof(control.bytes)};
        ssize_t count = recvmsg(channel->fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
        VkResult result;

        if (count >= 0) {
            result = take(channel, &message, handles, handleCount);
            if (result != VK_SUCCESS) {
                return result;
            }
            if (count == 0) {
                return vxm__fail(VXM_ERROR_PEER_LOST, VXM_ERROR_REASON_PEER, 0,
                                 "The process at the other end has closed the channel, or ended.");
            }
            *received = (size_t)count;
            return VK_SUCCESS;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            result = vxm__posix_wait(channel->fd, POLLIN, deadline, "for the peer to send");
            if (result != VK_SUCCESS) {
                return result;
            }
        } else if (errno != EINTR) {
            return vxm__posix_fail(errno, "Receiving from a channel failed");
        }
    }
}
