/*
 * What the library uses of Apple's <fcntl.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_FCNTL_H_
#define VXM_TESTS_FCNTL_H_ 1

#define O_NONBLOCK 0x0004

#define F_GETFD         1
#define F_SETFD         2
#define F_GETFL         3
#define F_SETFL         4
#define F_DUPFD_CLOEXEC 67
#define FD_CLOEXEC      1

extern int fcntl(int fd, int command, ...);

#endif /* VXM_TESTS_FCNTL_H_ */
