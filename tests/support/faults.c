/*
 * The functions that stand between libvxm and the C library in programs with FAULTS.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "support/faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct state {
    bool armed;
    enum fault_kind kind;
    unsigned nth;
    enum fault_span span;
    int error;
    unsigned any; /* calls of every kind */
    unsigned calls[FAULT_KINDS];
    unsigned hits[FAULT_KINDS];
    bool one_byte_pieces;
    bool interrupt;
    bool interrupted[FAULT_KINDS]; /* the last such call has answered EINTR */
};

static _Thread_local struct state state;

static const struct {
    const char *name;
    int error;
} kinds[FAULT_KINDS + 1] = {
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

void faults_reset(void)
{
    state.any = 0;
    for (int i = 0; i < FAULT_KINDS; i++) {
        state.calls[i] = 0;
        state.hits[i] = 0;
        state.interrupted[i] = false;
    }
}

void faults_arm(enum fault_kind kind, unsigned nth, enum fault_span span, int error)
{
    faults_reset();
    state.armed = true;
    state.kind = kind;
    state.nth = nth;
    state.span = span;
    state.error = error;
}

bool faults_disarm(void)
{
    bool hit = faults_hits(FAULT_ANY) > 0;
    state.armed = false;
    state.one_byte_pieces = false;
    state.interrupt = false;
    return hit;
}

unsigned faults_count(enum fault_kind kind)
{
    return kind == FAULT_ANY ? state.any : state.calls[kind];
}

unsigned faults_hits(enum fault_kind kind)
{
    unsigned sum = 0;
    if (kind != FAULT_ANY) {
        return state.hits[kind];
    }
    for (int i = 0; i < FAULT_KINDS; i++) {
        sum += state.hits[i];
    }
    return sum;
}

const char *fault_kind_name(enum fault_kind kind)
{
    return kinds[kind].name;
}

void faults_one_byte_pieces(bool on)
{
    state.one_byte_pieces = on;
}

void faults_interrupt(bool on)
{
    state.interrupt = on;
}

/* Counts the call; true, with errno set, if it is to fail. */
static bool fails(enum fault_kind kind)
{
    state.any++;
    state.calls[kind]++;
    if (!state.armed || (state.kind != FAULT_ANY && state.kind != kind)) {
        return false;
    }
    unsigned count = state.kind == FAULT_ANY ? state.any : state.calls[kind];
    if (state.span == FAULT_ONCE ? count != state.nth : count < state.nth) {
        return false;
    }
    state.hits[kind]++;
    errno = state.error != 0 ? state.error : kinds[kind].error;
    return true;
}

/* As above, for calls that may wait: every other one is interrupted if that switch is on. */
static bool fails_waiting(enum fault_kind kind)
{
    if (fails(kind)) {
        return true;
    }
    if (!state.interrupt) {
        return false;
    }
    state.interrupted[kind] = !state.interrupted[kind];
    if (state.interrupted[kind]) {
        errno = EINTR;
    }
    return state.interrupted[kind];
}

/* ---- memory ---- */

void *vxm_fault_malloc(size_t size);
void *vxm_fault_malloc(size_t size)
{
    return fails(FAULT_MALLOC) ? NULL : malloc(size);
}

void *vxm_fault_calloc(size_t count, size_t size);
void *vxm_fault_calloc(size_t count, size_t size)
{
    return fails(FAULT_MALLOC) ? NULL : calloc(count, size);
}

void *vxm_fault_realloc(void *memory, size_t size);
void *vxm_fault_realloc(void *memory, size_t size)
{
    return fails(FAULT_MALLOC) ? NULL : realloc(memory, size);
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
    return fails(FAULT_FCNTL) ? -1 : fcntl(fd, command, argument);
}

int vxm_fault_dup(int fd);
int vxm_fault_dup(int fd)
{
    return fails(FAULT_DUP) ? -1 : dup(fd);
}

int vxm_fault_dup3(int from, int to, int flags);
int vxm_fault_dup3(int from, int to, int flags)
{
    return fails(FAULT_DUP) ? -1 : dup3(from, to, flags);
}

int vxm_fault_fstat(int fd, struct stat *status);
int vxm_fault_fstat(int fd, struct stat *status)
{
    return fails(FAULT_FSTAT) ? -1 : fstat(fd, status);
}

off_t vxm_fault_lseek(int fd, off_t offset, int whence);
off_t vxm_fault_lseek(int fd, off_t offset, int whence)
{
    return fails(FAULT_LSEEK) ? (off_t)-1 : lseek(fd, offset, whence);
}

int vxm_fault_stat(const char *path, struct stat *status);
int vxm_fault_stat(const char *path, struct stat *status)
{
    return fails(FAULT_STAT) ? -1 : stat(path, status);
}

int vxm_fault_lstat(const char *path, struct stat *status);
int vxm_fault_lstat(const char *path, struct stat *status)
{
    return fails(FAULT_STAT) ? -1 : lstat(path, status);
}

int vxm_fault_chmod(const char *path, mode_t mode);
int vxm_fault_chmod(const char *path, mode_t mode)
{
    return fails(FAULT_CHMOD) ? -1 : chmod(path, mode);
}

int vxm_fault_fchmod(int fd, mode_t mode);
int vxm_fault_fchmod(int fd, mode_t mode)
{
    return fails(FAULT_CHMOD) ? -1 : fchmod(fd, mode);
}

int vxm_fault_unlink(const char *path);
int vxm_fault_unlink(const char *path)
{
    return fails(FAULT_UNLINK) ? -1 : unlink(path);
}

int vxm_fault_ioctl(int fd, unsigned long request, ...);
int vxm_fault_ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;
    void *argument;

    va_start(arguments, request);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    return fails(FAULT_IOCTL) ? -1 : ioctl(fd, request, argument);
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
    return fails(FAULT_SYSCALL) ? -1 : syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int vxm_fault_open(const char *path, int flags, ...);
int vxm_fault_open(const char *path, int flags, ...)
{
    va_list arguments;
    int mode;

    va_start(arguments, flags);
    mode = (flags & O_CREAT) != 0 ? va_arg(arguments, int) : 0;
    va_end(arguments);
    return fails(FAULT_OPEN) ? -1 : open(path, flags, mode);
}

void *vxm_fault_dlopen(const char *file, int mode);
void *vxm_fault_dlopen(const char *file, int mode)
{
    return fails(FAULT_DLOPEN) ? NULL : dlopen(file, mode);
}

/* The names that the C library's headers turn them into where files may be large. */
#define ALIAS(name) __attribute__((alias(name)))
int vxm_fault_fcntl64(int fd, int command, ...) ALIAS("vxm_fault_fcntl");
int vxm_fault_fstat64(int fd, struct stat *status) ALIAS("vxm_fault_fstat");
int vxm_fault_stat64(const char *path, struct stat *status) ALIAS("vxm_fault_stat");
int vxm_fault_lstat64(const char *path, struct stat *status) ALIAS("vxm_fault_lstat");
off_t vxm_fault_lseek64(int fd, off_t offset, int whence) ALIAS("vxm_fault_lseek");
int vxm_fault_open64(const char *path, int flags, ...) ALIAS("vxm_fault_open");

/* ---- sockets ---- */

int vxm_fault_socket(int domain, int type, int protocol);
int vxm_fault_socket(int domain, int type, int protocol)
{
    return fails(FAULT_SOCKET) ? -1 : socket(domain, type, protocol);
}

int vxm_fault_socketpair(int domain, int type, int protocol, int fds[2]);
int vxm_fault_socketpair(int domain, int type, int protocol, int fds[2])
{
    return fails(FAULT_SOCKETPAIR) ? -1 : socketpair(domain, type, protocol, fds);
}

int vxm_fault_bind(int fd, const struct sockaddr *address, socklen_t length);
int vxm_fault_bind(int fd, const struct sockaddr *address, socklen_t length)
{
    return fails(FAULT_BIND) ? -1 : bind(fd, address, length);
}

int vxm_fault_listen(int fd, int backlog);
int vxm_fault_listen(int fd, int backlog)
{
    return fails(FAULT_LISTEN) ? -1 : listen(fd, backlog);
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
    if (!state.one_byte_pieces) {
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
    return send(fd, data, state.one_byte_pieces && size > 1 ? 1 : size, flags);
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
    if (!state.one_byte_pieces) {
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
    return recv(fd, data, state.one_byte_pieces && size > 1 ? 1 : size, flags);
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
    return fails(FAULT_GETSOCKOPT) ? -1 : getsockopt(fd, level, option, value, length);
}

int vxm_fault_setsockopt(int fd, int level, int option, const void *value, socklen_t length);
int vxm_fault_setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
    return fails(FAULT_SETSOCKOPT) ? -1 : setsockopt(fd, level, option, value, length);
}

int vxm_fault_getsockname(int fd, struct sockaddr *address, socklen_t *length);
int vxm_fault_getsockname(int fd, struct sockaddr *address, socklen_t *length)
{
    return fails(FAULT_GETSOCKNAME) ? -1 : getsockname(fd, address, length);
}

int vxm_fault_getpeername(int fd, struct sockaddr *address, socklen_t *length);
int vxm_fault_getpeername(int fd, struct sockaddr *address, socklen_t *length)
{
    return fails(FAULT_GETSOCKNAME) ? -1 : getpeername(fd, address, length);
}
