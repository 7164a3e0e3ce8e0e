/*
 * Makes the library's own system calls and allocations fail on purpose.
 *
 * Programs with the word FAULTS in vxm_add_test_program() link a copy of libvxm in which each call
 * in faults.syms is renamed to vxm_fault_<name>; these functions count the call, fail it if it is
 * its turn, and otherwise pass it on. Only the library's calls pass here: not the test's, the
 * model driver's, the Vulkan loader's or Criterion's.
 *
 * Everything is per thread: a thread that arms nothing sees no fault.
 *
 *   for (unsigned n = 1;; n++) {
 *       faults_arm(FAULT_MALLOC, n, FAULT_ONCE, 0);
 *       VkResult result = vxmSomething(...);
 *       bool hit = faults_disarm();
 *       ... if (!hit) break;   // n calls are made no more: the sweep is through
 *   }
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_SUPPORT_FAULTS_H_
#define VXM_TESTS_SUPPORT_FAULTS_H_ 1

#include <stdbool.h>

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

enum fault_span {
    FAULT_ONCE,    /* only the nth call */
    FAULT_FOR_GOOD /* the nth call and each one after it */
};

/* From now on the nth call of that kind (counted from 1, from here) fails with this errno; 0 stands
 * for the usual one: ENOMEM for memory, EMFILE for what makes descriptors, EIO otherwise. Sets all
 * counts to 0. */
void faults_arm(enum fault_kind kind, unsigned nth, enum fault_span span, int error);

/* Ends all faults and switches of this thread; returns whether an armed call did fail. */
bool faults_disarm(void);

/* Calls of that kind since the last faults_arm() or faults_reset() on this thread. */
unsigned faults_count(enum fault_kind kind);
void faults_reset(void);

/* Calls of that kind that were failed since then. */
unsigned faults_hits(enum fault_kind kind);

const char *fault_kind_name(enum fault_kind kind);

/* Switches; faults_disarm() sets them back to false. */

/* recvmsg gives one byte at most, sendmsg takes one byte at most. */
void faults_one_byte_pieces(bool on);
/* Each call that may wait (poll, recvmsg, sendmsg, accept, connect) first answers EINTR once. */
void faults_interrupt(bool on);

#endif /* VXM_TESTS_SUPPORT_FAULTS_H_ */
