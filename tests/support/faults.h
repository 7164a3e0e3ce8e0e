/*
 * Makes the library's own system calls and allocations fail on purpose.
 *
 * Programs with the word FAULTS in vxm_add_test_program() link a copy of libvxm in which each call
 * in faults_<system>.syms is renamed to vxm_fault_<name>; these functions count the call, fail it
 * if it is its turn, and otherwise pass it on. Only the library's calls pass here: not the test's,
 * the model driver's, the Vulkan loader's or Criterion's.
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

/* enum fault_kind: FAULT_MALLOC (malloc, calloc and realloc together) and FAULT_DLOPEN (the Vulkan
 * loader's library) on every system, then its own; FAULT_KINDS; FAULT_ANY for all of them. */
#ifdef _WIN32
#include "support/faults_win32.h"
#else
#include "support/faults_posix.h"
#endif

enum fault_span {
    FAULT_ONCE,    /* only the nth call */
    FAULT_FOR_GOOD /* the nth call and each one after it */
};

/* From now on the nth call of that kind (counted from 1, from here) fails with this error, an errno
 * or Windows' last error; 0 stands for the usual one of its kind. Sets all counts to 0. */
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
