/*
 * How two processes find each other on POSIX systems: listening and connecting at a path, or at an
 * abstract name where the system has those.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* lstat() and others that strict C hides */

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "posix/posix.h"

struct VxmListener_T {
    int fd;
    char path[sizeof(((struct sockaddr_un *)0)->sun_path)]; /* "": an abstract name */
    dev_t device;                                           /* of the path, to know it again */
    ino_t inode;
};

static VkResult make_address(const char *name, union vxm__posix_address *address, socklen_t *length)
{
    const size_t room = sizeof(address->local.sun_path);
    size_t size = strlen(name);
    bool abstract = name[0] == '@';

    if (size == 0 || (abstract && size == 1)) {
        return vxm__fail_argument("The name of a listener must not be empty. Give a path, or '@' "
                                  "and an abstract name.");
    }
#ifndef __linux__
    if (abstract) {
        return vxm__fail_argument("The name of a listener begins with '@', but only Linux has "
                                  "abstract names. Give a path.");
    }
#endif
    /* An abstract name has no NUL at its end; a path needs one. */
    if (size > (abstract ? room : room - 1)) {
        return vxm__fail_argument("The name of a listener has %zu bytes, but this system allows "
                                  "%zu. Choose a shorter one.",
                                  size, abstract ? room : room - 1);
    }
    memset(address, 0, sizeof(*address));
    address->local.sun_family = AF_UNIX;
    memcpy(address->local.sun_path, name, size);
    if (abstract) {
        address->local.sun_path[0] = '\0';
    }
    *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (abstract ? size : size + 1));
    return VK_SUCCESS;
}

/* ---- listening ------------------------------------------------------------------------------- */

static VkResult fail_taken(const char *name, const char *why)
{
    return vxm__fail(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_SYSTEM, EADDRINUSE,
                     "Listening at %s failed: %s. Choose another name, or remove what is there.",
                     name, why);
}

/* Removes a socket that a process has left behind. Asked with the wrong socket type, the system
 * tells one that somebody holds from one that nobody does, and nobody sees a connection. */
static VkResult remove_stale(const char *name, const union vxm__posix_address *address,
                             socklen_t length)
{
    struct stat before;
    struct stat after;
    int fd;
    int error;

    if (lstat(name, &before) != 0) {
        return errno == ENOENT ? VK_SUCCESS
                               : vxm__posix_fail(errno, "Looking at what is at %s failed", name);
    }
    if (!S_ISSOCK(before.st_mode)) {
        return fail_taken(name, "there is a file that is no socket");
    }
    if (before.st_uid != geteuid()) {
        return fail_taken(name, "there is a socket of another user");
    }
    fd = vxm__posix_socket(SOCK_DGRAM);
    if (fd < 0) {
        return vxm__posix_fail(errno, "Making a socket failed");
    }
    error = connect(fd, &address->any, length) == 0 ? 0 : errno;
    vxm__posix_close(fd);
    if (error != ECONNREFUSED) {
        return fail_taken(name, "another process listens there");
    }
    if (lstat(name, &after) == 0 && after.st_dev == before.st_dev &&
        after.st_ino == before.st_ino && unlink(name) != 0) {
        return vxm__posix_fail(errno, "Removing the left-over socket %s failed", name);
    }
    return VK_SUCCESS;
}

static bool still_own_path(VxmListener listener)
{
    struct stat file;

    return lstat(listener->path, &file) == 0 && file.st_dev == listener->device &&
           file.st_ino == listener->inode;
}

static VkResult bind_path(VxmListener listener, const char *name, mode_t mode,
                          const union vxm__posix_address *address, socklen_t length)
{
    struct stat file;
    VkResult result;

    /* Linux gives the path the socket's own mode. Elsewhere it is set below, still before listen(),
     * until which nobody can connect. */
    (void)fchmod(listener->fd, mode);
    if (bind(listener->fd, &address->any, length) != 0) {
        if (errno != EADDRINUSE) {
            return vxm__posix_fail(errno, "Listening at %s failed", name);
        }
        result = remove_stale(name, address, length);
        if (result != VK_SUCCESS) {
            return result;
        }
        if (bind(listener->fd, &address->any, length) != 0) {
            return vxm__posix_fail(errno, "Listening at %s failed", name);
        }
    }
    if (lstat(name, &file) != 0) {
        result = vxm__posix_fail(errno, "Looking at the new socket %s failed", name);
        (void)unlink(name);
        return result;
    }
    memcpy(listener->path, name, strlen(name) + 1);
    listener->device = file.st_dev;
    listener->inode = file.st_ino;
    if ((file.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO)) != mode && chmod(name, mode) != 0) {
        return vxm__posix_fail(errno, "Giving the socket %s the mode %o failed", name,
                               (unsigned int)mode);
    }
    return VK_SUCCESS;
}

static VkResult check_listen_info(const char *name, const VxmListenInfo *info)
{
    if (info->securityDescriptor != NULL) {
        return vxm__fail_argument(
            "vxmListen: info->securityDescriptor is given, which only Windows "
            "has. Set info->mode.");
    }
    if ((info->mode & ~(uint32_t)(S_IRWXU | S_IRWXG | S_IRWXO)) != 0) {
        return vxm__fail_argument("vxmListen: info->mode is %o, but permission bits go up to 0777.",
                                  (unsigned int)info->mode);
    }
    if (info->mode != 0 && name[0] == '@') {
        return vxm__fail_argument("vxmListen: info->mode is %o, but an abstract name has no "
                                  "permissions. Listen at a path, or judge who connects by "
                                  "vxmGetChannelPeer().",
                                  (unsigned int)info->mode);
    }
    return VK_SUCCESS;
}

VkResult vxm__os_listen(const char *name, const VxmListenInfo *info, VxmListener *listener)
{
    const mode_t mode = info->mode != 0 ? (mode_t)info->mode : S_IRUSR | S_IWUSR;
    union vxm__posix_address address;
    socklen_t length;
    VxmListener made;
    VkResult result = check_listen_info(name, info);

    if (result == VK_SUCCESS) {
        result = make_address(name, &address, &length);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    made = vxm__allocate(NULL, sizeof(*made));
    if (made == NULL) {
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    made->fd = vxm__posix_socket(SOCK_STREAM);
    if (made->fd < 0) {
        result = vxm__posix_fail(errno, "Making a socket failed");
        goto fail;
    }
    if (name[0] != '@') {
        result = bind_path(made, name, mode, &address, length);
    } else if (bind(made->fd, &address.any, length) != 0) {
        result = vxm__posix_fail(errno, "Listening at %s failed", name);
    }
    if (result != VK_SUCCESS) {
        goto fail;
    }
    if (listen(made->fd, SOMAXCONN) != 0) {
        result = vxm__posix_fail(errno, "Listening at %s failed", name);
        goto fail;
    }
    /* Another process may have begun to listen at the same moment and taken this for left over. */
    if (made->path[0] != '\0' && !still_own_path(made)) {
        result = fail_taken(name, "another process has just taken the name");
        goto fail;
    }
    *listener = made;
    return VK_SUCCESS;

fail:
    vxm__os_close_listener(made);
    return result;
}

void vxm__os_close_listener(VxmListener listener)
{
    if (listener->path[0] != '\0' && still_own_path(listener)) {
        (void)unlink(listener->path);
    }
    vxm__posix_close(listener->fd);
    vxm__free(NULL, listener);
}

VkResult vxm__os_accept(VxmListener listener, uint64_t deadline, VxmHandle *channel)
{
    for (;;) {
        int fd = vxm__posix_accept(listener->fd);
        VkResult result;

        if (fd >= 0) {
            *channel = vxm__posix_channel(fd);
            return VK_SUCCESS;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            result = vxm__posix_wait(listener->fd, POLLIN, deadline, "for somebody to connect");
            if (result != VK_SUCCESS) {
                return result;
            }
        } else if (errno != EINTR && errno != ECONNABORTED) {
            return vxm__posix_fail(errno, "Accepting a connection failed");
        }
    }
}

/* ---- connecting ------------------------------------------------------------------------------ */

/* One attempt. *error is the errno of a connection that was not made. */
static VkResult try_to_connect(const union vxm__posix_address *address, socklen_t length, int *fd,
                               int *error)
{
    int flags;

    *error = 0;
    /* Not blocking: with a full backlog, connect() would wait for as long as it likes. */
    *fd = vxm__posix_socket(SOCK_STREAM);
    if (*fd < 0) {
        return vxm__posix_fail(errno, "Making a socket failed");
    }
    if (connect(*fd, &address->any, length) != 0) {
        *error = errno;
        vxm__posix_close(*fd);
        return VK_SUCCESS;
    }
    /* Like every other channel's, in case the app takes the descriptor for its own use. */
    flags = fcntl(*fd, F_GETFL);
    if (flags >= 0) {
        (void)fcntl(*fd, F_SETFL, flags & ~O_NONBLOCK);
    }
    return VK_SUCCESS;
}

/* It refuses connections as a socket does that nobody listens at, but nobody ever will. */
static bool is_no_socket(const char *name)
{
    struct stat file;

    return name[0] != '@' && stat(name, &file) == 0 && !S_ISSOCK(file.st_mode);
}

static bool may_come_yet(int error)
{
    return error == ENOENT || error == ECONNREFUSED || error == EAGAIN || error == EINTR;
}

VkResult vxm__os_connect(const char *name, uint64_t deadline, VxmHandle *channel)
{
    union vxm__posix_address address;
    socklen_t length;
    int pause = 1; /* milliseconds */
    int remaining;
    int error;
    int fd;
    VkResult result = make_address(name, &address, &length);

    while (result == VK_SUCCESS) {
        result = try_to_connect(&address, length, &fd, &error);
        if (result != VK_SUCCESS) {
            return result;
        }
        if (error == 0) {
            *channel = vxm__posix_channel(fd);
            return VK_SUCCESS;
        }
        if (error == ECONNREFUSED && is_no_socket(name)) {
            return vxm__fail(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_SYSTEM, error,
                             "Connecting to %s failed: there is a file that is no socket. Give the "
                             "name that the other side listens at.",
                             name);
        }
        if (!may_come_yet(error)) {
            return vxm__posix_fail(error, "Connecting to %s failed", name);
        }
        remaining = vxm__posix_milliseconds(deadline);
        if (remaining == 0) {
            return vxm__fail(VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, error,
                             "%s at %s within the time "
                             "limit: %s. Start the other side first, or allow more time.",
                             error == EAGAIN ? "The listener took none of those who wait"
                                             : "Nobody came to listen",
                             name, strerror(error));
        }
        (void)poll(NULL, 0, remaining > 0 && remaining < pause ? remaining : pause);
        if (pause < 16) {
            pause *= 2;
        }
    }
    return result;
}
