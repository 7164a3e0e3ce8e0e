/*
 * What the library uses of Apple's <errno.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ERRNO_H_
#define VXM_TESTS_ERRNO_H_ 1

extern int *__error(void);
#define errno (*__error())

#define ENOENT       2
#define EINTR        4
#define EBADF        9
#define ENOMEM       12
#define EACCES       13
#define EINVAL       22
#define ENFILE       23
#define EMFILE       24
#define EPIPE        32
#define EAGAIN       35
#define EWOULDBLOCK  EAGAIN
#define EADDRINUSE   48
#define ECONNABORTED 53
#define ECONNRESET   54
#define ENOBUFS      55
#define ETOOMANYREFS 59
#define ECONNREFUSED 61

#endif /* VXM_TESTS_ERRNO_H_ */
