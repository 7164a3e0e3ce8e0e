/*
 * What the library uses of Apple's <sys/un.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_SYS_UN_H_
#define VXM_TESTS_SYS_UN_H_ 1

#include <sys/socket.h>

#define SOL_LOCAL     0
#define LOCAL_PEERPID 0x002

struct sockaddr_un {
    unsigned char sun_len;
    sa_family_t sun_family;
    char sun_path[104];
};

#endif /* VXM_TESTS_SYS_UN_H_ */
