/*
 * The kinds of calls that can be made to fail on POSIX.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_SUPPORT_FAULTS_POSIX_H_
#define VXM_TESTS_SUPPORT_FAULTS_POSIX_H_ 1

enum fault_kind {
    FAULT_MALLOC, /* malloc, calloc and realloc together */
    FAULT_FCNTL,
    FAULT_DUP,
    FAULT_SOCKET,
    FAULT_SOCKETPAIR,
    FAULT_BIND,
    FAULT_LISTEN,
    FAULT_ACCEPT, /* accept and accept4 */
    FAULT_CONNECT,
    FAULT_SENDMSG, /* sendmsg and send */
    FAULT_RECVMSG, /* recvmsg and recv */
    FAULT_POLL,    /* poll and ppoll */
    FAULT_FSTAT,
    FAULT_FSTATFS,
    FAULT_LSEEK,
    FAULT_GETSOCKOPT,
    FAULT_SETSOCKOPT,
    FAULT_GETSOCKNAME, /* getsockname and getpeername */
    FAULT_STAT,        /* stat and lstat */
    FAULT_CHMOD,       /* chmod and fchmod */
    FAULT_UNLINK,
    FAULT_IOCTL,
    FAULT_SYSCALL, /* syscall(), for calls that the C library has no name for */
    FAULT_OPEN,
    FAULT_DLOPEN, /* the Vulkan loader's library */
    FAULT_KINDS,
    FAULT_ANY = FAULT_KINDS /* for faults_arm and faults_count: every kind above */
};

#endif /* VXM_TESTS_SUPPORT_FAULTS_POSIX_H_ */
