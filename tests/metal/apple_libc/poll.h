/*
 * What the library uses of Apple's <poll.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_POLL_H_
#define VXM_TESTS_POLL_H_ 1

#define POLLIN  0x0001
#define POLLOUT 0x0004

typedef unsigned int nfds_t;
struct pollfd {
    int fd;
    short events;
    short revents;
};

extern int poll(struct pollfd *entries, nfds_t count, int timeout);

#endif /* VXM_TESTS_POLL_H_ */
