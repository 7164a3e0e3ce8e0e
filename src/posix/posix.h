/*
 * What the POSIX back end's own files share, and Metal's takes from them: system.c, socket.c,
 * transport.c and listen.c.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_POSIX_H_
#define VXM_POSIX_H_ 1

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "internal.h"

/* A system call failed with `error` (an errno): chooses the result, and words the error as
 * "<sentence>: <the system's words>. <what to change>". The sentence has no full stop. */
VkResult vxm__posix_fail(int error, const char *format, ...) VXM_PRINTF(2, 3);

/* Close, without touching errno. A negative descriptor is ignored. */
void vxm__posix_close(int fd);

/* A call with a handle's descriptor failed: "<asked> the OPAQUE_FD handle with fd 7 failed". */
VkResult vxm__posix_fail_handle(int error, const char *asked, const VxmHandle *handle);

/* A second descriptor of the same open file, close-on-exec, as a handle of the same type. */
VkResult vxm__posix_duplicate(const VxmHandle *handle, VxmHandle *duplicate);

/* Sockets that no child process inherits; -1 and errno when there is none. One that is made to
 * listen or to connect doesn't block, all others do. */
int vxm__posix_socket(int type);
int vxm__posix_accept(int listener);
int vxm__posix_socket_pair(int fds[2]);

/* A Unix-domain address as the socket calls want it. */
union vxm__posix_address {
    struct sockaddr any;
    struct sockaddr_un local;
    struct sockaddr_storage room;
};

/* The handle of a channel. */
VxmHandle vxm__posix_channel(int fd);

/* vxm__os_once() and vxm__os_deadline(), for the back ends that have them so. */
void vxm__posix_once(void (*function)(void));
uint64_t vxm__posix_deadline(uint64_t timeout);

/* Nanoseconds of the clock that deadlines are of. */
uint64_t vxm__posix_now(void);

/* Milliseconds until the deadline, as poll() takes them: rounded up; 0: past; -1: for ever. */
int vxm__posix_milliseconds(uint64_t deadline);

/* Until the descriptor is ready or broken, which the next call on it tells apart. VK_TIMEOUT:
 * "Time ran out while waiting <waited>." */
VkResult vxm__posix_wait(int fd, short events, uint64_t deadline, const char *waited);

#endif /* VXM_POSIX_H_ */
