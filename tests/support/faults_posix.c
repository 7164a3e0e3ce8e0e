/*
 * The functions that stand between libvxm and the C library in programs with FAULTS.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "support/faults_internal.h"

const struct fault_kind_facts faults_kinds[FAULT_KINDS + 1] = {
    [FAULT_MALLOC] = {"malloc", ENOMEM},
    [FAULT_FCNTL] = {"fcntl", EMFILE},
    [FAULT_DUP] = {"dup", EMFILE},
    [FAULT_SOCKET] = {"socket", EMFILE},
    [FAULT_SOCKETPAIR] = {"socketpair", EMFILE},
    [FAULT_BIND] = {"bind", EIO},
    [FAULT_LISTEN] = {"listen", EIO},
    [FAULT_ACCEPT] = {"accept", EMFILE},
    [FAULT_CONNECT] = {"connect", EIO},
    [FAULT_SENDMSG] = {"sendmsg", EIO},
    [FAULT_RECVMSG] = {"recvmsg", EIO},
    [FAULT_POLL] = {"poll", EIO},
    [FAULT_FSTAT] = {"fstat", EIO},
    [FAULT_FSTATFS] = {"fstatfs", EIO},
    [FAULT_LSEEK] = {"lseek", EIO},
    [FAULT_GETSOCKOPT] = {"getsockopt", EIO},
    [FAULT_SETSOCKOPT] = {"setsockopt", EIO},
    [FAULT_GETSOCKNAME] = {"getsockname", EIO},
    [FAULT_IOCTL] = {"ioctl", EIO},
    [FAULT_STAT] = {"stat", EIO},
    [FAULT_CHMOD] = {"chmod", EIO},
    [FAULT_UNLINK] = {"unlink", EIO},
    [FAULT_SYSCALL] = {"syscall", EIO},
    [FAULT_OPEN] = {"open", EMFILE},
    [FAULT_DLOPEN] = {"dlopen", ENOENT},
    [FAULT_ANY] = {"any call", EIO},
};

void faults_set_error(int error)
{
    errno = error;
}

/* For calls that may wait. */
static bool fails_waiting(enum fault_kind kind)
{
    if (faults_fails(kind)) {
        return true;
    }
    if (faults_interrupts(kind)) {
        errno = EINTR;
        return true;
    }
    return false;
}

/* ---- descriptors ---- */

int vxm_fault_fcntl(int fd, int command, ...);
int vxm_fault_fcntl(int fd, int command, ...)
{
    va_list arguments;
    void *argument;

    /* Every command's argument is an int, a pointer or absent, and fits a pointer's register. */
    va_start(arguments, command);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    return faults_fails(FAULT_FCNTL) ? -1 : fcntl(fd, command, argument);
}

int vxm_fault_dup(int fd);
int vxm_fault_dup(int fd)
{
    return faults_fails(FAULT_DUP) ? -1 : dup(fd);
}

int vxm_fault_dup3(int from, int to, int flags);
int vxm_fault_dup3(int from, int to, int flags)
{
    return faults_fails(FAULT_DUP) ? -1 : dup3(from, to, flags);
}

int vxm_fault_fstat(int fd, struct stat *status);
int vxm_fault_fstat(int fd, struct stat *status)
{
    return faults_fails(FAULT_FSTAT) ? -1 : fstat(fd, status);
}

/* Which the model driver has changed, where there is one. */
int vxm_fault_fstatfs(int fd, struct statfs *status);
int vxm_fault_fstatfs(int fd, struct statfs *status)
{
    return faults_fails(FAULT_FSTATFS) ? -1 : fstatfs(fd, status);
}

off_t vxm_fault_lseek(int fd, off_t offset, int whence);
off_t vxm_fault_lseek(int fd, off_t offset, int whence)
{
    return faults_fails(FAULT_LSEEK) ? (off_t)-1 : lseek(fd, offset, whence);
}

int vxm_fault_stat(const char *path, struct stat *status);
int vxm_fault_stat(const char *path, struct stat *status)
{
    return faults_fails(FAULT_STAT) ? -1 : stat(path, status);
}

int vxm_fault_lstat(const char *path, struct stat *status);
int vxm_fault_lstat(const char *path, struct stat *status)
{
    return faults_fails(FAULT_STAT) ? -1 : lstat(path, status);
}

int vxm_fault_chmod(const char *path, mode_t mode);
int vxm_fault_chmod(const char *path, mode_t mode)
{
    return faults_fails(FAULT_CHMOD) ? -1 : chmod(path, mode);
}

int vxm_fault_fchmod(int fd, mode_t mode);
int vxm_fault_fchmod(int fd, mode_t mode)
{
    return faults_fails(FAULT_CHMOD) ? -1 : fchmod(fd, mode);
}

int vxm_fault_unlink(const char *path);
int vxm_fault_unlink(const char *path)
{
    return faults_fails(FAULT_UNLINK) ? -1 : unlink(path);
}

int vxm_fault_ioctl(int fd, unsigned long request, ...);
int vxm_fault_ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;
    void *argument;

    va_start(arguments, request);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    return faults_fails(FAULT_IOCTL) ? -1 : ioctl(fd, request, argument);
}

long vxm_fault_syscall(long number, ...);
long vxm_fault_syscall(long number, ...)
{
    va_list arguments;
    long a[6];

    va_start(arguments, number);
    for (int i = 0; i < 6; i++) {
        a[i] = va_arg(arguments, long);
    }
    va_end(arguments);
    return faults_fails(FAULT_SYSCALL) ? -1 : syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int vxm_fault_open(const char *path, int flags, ...);
int vxm_fault_open(const char *path, int flags, ...)
{
    va_list arguments;
    int mode;

    va_start(arguments, flags);
    mode = (flags & O_CREAT) != 0 ? va_arg(arguments, int) : 0;
    va_end(arguments);
    return faults_fails(FAULT_OPEN) ? -1 : open(path, flags, mode);
}

void *vxm_fault_dlopen(const char *file, int mode);
void *vxm_fault_dlopen(const char *file, int mode)
{
    return faults_fails(FAULT_DLOPEN) ? NULL : dlopen(file, mode);
}

/* The names that the C library's headers turn them into where files may be large. */
#define ALIAS(name) __attribute__((alias(name)))
int vxm_fault_fcntl64(int fd, int command, ...) ALIAS("vxm_fault_fcntl");
int vxm_fault_fstat64(int fd, struct stat *status) ALIAS("vxm_fault_fstat");
int vxm_fault_fstatfs64(int fd, struct statfs *status) ALIAS("vxm_fault_fstatfs");
int vxm_fault_stat64(const char *path, struct stat *status) ALIAS("vxm_fault_stat");
int vxm_fault_lstat64(const char *path, struct stat *status) ALIAS("vxm_fault_lstat");
off_t vxm_fault_lseek64(int fd, off_t offset, int whence) ALIAS("vxm_fault_lseek");
int vxm_fault_open64(const char *path, int flags, ...) ALIAS("vxm_fault_open");

/* ---- sockets ---- */

int vxm_fault_socket(int domain, int type, int protocol);
int vxm_fault_socket(int domain, int type, int protocol)
{
    return faults_fails(FAULT_SOCKET) ? -1 : socket(domain, type, protocol);
}

int vxm_fault_socketpair(int domain, int type, int protocol, int fds[2]);
int vxm_fault_socketpair(int domain, int type, int protocol, int fds[2])
{
    return faults_fails(FAULT_SOCKETPAIR) ? -1 : socketpair(domain, type, protocol, fds);
}

int vxm_fault_bind(int fd, const struct sockaddr *address, socklen_t length);
int vxm_fault_bind(int fd, const struct sockaddr *address, socklen_t length)
{
    return faults_fails(FAULT_BIND) ? -1 : bind(fd, address, length);
}

int vxm_fault_listen(int fd, int backlog);
int vxm_fault_listen(int fd, int backlog)
{
    return faults_fails(FAULT_LISTEN) ? -1 : listen(fd, backlog);
}

int vxm_fault_accept(int fd, struct sockaddr *address, socklen_t *length);
int vxm_fault_accept(int fd, struct sockaddr *address, socklen_t *length)
{
    return fails_waiting(FAULT_ACCEPT) ? -1 : accept(fd, address, length);
}

int vxm_fault_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
int vxm_fault_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags)
{
    return fails_waiting(FAULT_ACCEPT) ? -1 : accept4(fd, address, length, flags);
}

int vxm_fault_connect(int fd, const struct sockaddr *address, socklen_t length);
int vxm_fault_connect(int fd, const struct sockaddr *address, socklen_t length)
{
    return fails_waiting(FAULT_CONNECT) ? -1 : connect(fd, address, length);
}

/* The message with its first byte only; control data stays whole. */
static struct msghdr first_byte(const struct msghdr *message, struct iovec *piece)
{
    struct msghdr shortened = *message;
    for (size_t i = 0; i < message->msg_iovlen; i++) {
        if (message->msg_iov[i].iov_len > 0) {
            piece->iov_base = message->msg_iov[i].iov_base;
            piece->iov_len = 1;
            shortened.msg_iov = piece;
            shortened.msg_iovlen = 1;
            break;
        }
    }
    return shortened;
}

ssize_t vxm_fault_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t vxm_fault_sendmsg(int fd, const struct msghdr *message, int flags)
{
    struct iovec piece;
    struct msghdr shortened;

    if (fails_waiting(FAULT_SENDMSG)) {
        return -1;
    }
    if (!faults_in_pieces()) {
        return sendmsg(fd, message, flags);
    }
    shortened = first_byte(message, &piece);
    return sendmsg(fd, &shortened, flags);
}

ssize_t vxm_fault_send(int fd, const void *data, size_t size, int flags);
ssize_t vxm_fault_send(int fd, const void *data, size_t size, int flags)
{
    if (fails_waiting(FAULT_SENDMSG)) {
        return -1;
    }
    return send(fd, data, faults_in_pieces() && size > 1 ? 1 : size, flags);
}

ssize_t vxm_fault_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t vxm_fault_recvmsg(int fd, struct msghdr *message, int flags)
{
    struct iovec piece;
    struct msghdr shortened;
    ssize_t received;

    if (fails_waiting(FAULT_RECVMSG)) {
        return -1;
    }
    if (!faults_in_pieces()) {
        return recvmsg(fd, message, flags);
    }
    shortened = first_byte(message, &piece);
    received = recvmsg(fd, &shortened, flags);
    message->msg_namelen = shortened.msg_namelen;
    message->msg_controllen = shortened.msg_controllen;
    message->msg_flags = shortened.msg_flags;
    return received;
}

ssize_t vxm_fault_recv(int fd, void *data, size_t size, int flags);
ssize_t vxm_fault_recv(int fd, void *data, size_t size, int flags)
{
    if (fails_waiting(FAULT_RECVMSG)) {
        return -1;
    }
    return recv(fd, data, faults_in_pieces() && size > 1 ? 1 : size, flags);
}

int vxm_fault_poll(struct pollfd *fds, nfds_t count, int timeout);
int vxm_fault_poll(struct pollfd *fds, nfds_t count, int timeout)
{
    return fails_waiting(FAULT_POLL) ? -1 : poll(fds, count, timeout);
}

int vxm_fault_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                    const sigset_t *mask);
int vxm_fault_ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
                    const sigset_t *mask)
{
    return fails_waiting(FAULT_POLL) ? -1 : ppoll(fds, count, timeout, mask);
}

int vxm_fault_getsockopt(int fd, int level, int option, void *value, socklen_t *length);
int vxm_fault_getsockopt(int fd, int level, int option, void *value, socklen_t *length)
{
    return faults_fails(FAULT_GETSOCKOPT) ? -1 : getsockopt(fd, level, option, value, length);
}

int vxm_fault_setsockopt(int fd, int level, int option, const void *value, socklen_t length);
int vxm_fault_setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
    return faults_fails(FAULT_SETSOCKOPT) ? -1 : setsockopt(fd, level, option, value, length);
}

int vxm_fault_getsockname(int fd, struct sockaddr *address, socklen_t *length);
int vxm_fault_getsockname(int fd, struct sockaddr *address, socklen_t *length)
{
    return faults_fails(FAULT_GETSOCKNAME) ? -1 : getsockname(fd, address, length);
}

int vxm_fault_getpeername(int fd, struct sockaddr *address, socklen_t *length);
int vxm_fault_getpeername(int fd, struct sockaddr *address, socklen_t *length)
{
    return faults_fails(FAULT_GETSOCKNAME) ? -1 : getpeername(fd, address, length);
}
