/*
 * Sockets that no child process inherits, and that raise no signal when the peer is gone: asked for
 * at once where the system can, and put right afterwards where it can't (Apple's).
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* accept4() */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "posix/posix.h"

#ifdef SOCK_CLOEXEC

int vxm__posix_socket(int type)
{
    return socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

int vxm__posix_accept(int listener)
{
    return accept4(listener, NULL, NULL, SOCK_CLOEXEC);
}

int vxm__posix_socket_pair(int fds[2])
{
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds);
}

#else

/* Another thread that forks and executes in between passes the descriptor on: without a flag for
 * the call itself, nothing can be done about that. */
static int put_right(int fd, bool blocks)
{
    int flags = fcntl(fd, F_GETFL);
    bool right = flags >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
                 fcntl(fd, F_SETFL, blocks ? flags & ~O_NONBLOCK : flags | O_NONBLOCK) == 0;
#ifdef SO_NOSIGPIPE
    const int on = 1;

    right = right && setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on)) == 0;
#endif
    if (!right) {
        vxm__posix_close(fd);
        return -1;
    }
    return fd;
}

int vxm__posix_socket(int type)
{
    int fd = socket(AF_UNIX, type, 0);

    return fd >= 0 ? put_right(fd, false) : -1;
}

/* It would block as the listener does, which doesn't. */
int vxm__posix_accept(int listener)
{
    int fd = accept(listener, NULL, NULL);

    return fd >= 0 ? put_right(fd, true) : -1;
}

int vxm__posix_socket_pair(int fds[2])
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0) {
        return -1;
    }
    if (put_right(fds[0], true) < 0) {
        vxm__posix_close(fds[1]);
        return -1;
    }
    if (put_right(fds[1], true) < 0) {
        vxm__posix_close(fds[0]);
        return -1;
    }
    return 0;
}

#endif
