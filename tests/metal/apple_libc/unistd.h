/*
 * What the library uses of Apple's <unistd.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_UNISTD_H_
#define VXM_TESTS_UNISTD_H_ 1

#include <sys/types.h>

extern int close(int fd);
extern int unlink(const char *path);
extern uid_t geteuid(void);
extern int getpeereid(int socket, uid_t *user, gid_t *group);

#endif /* VXM_TESTS_UNISTD_H_ */
