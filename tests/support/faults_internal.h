/*
 * Between faults.c and what stands for a system's calls in faults_<system>.c.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_SUPPORT_FAULTS_INTERNAL_H_
#define VXM_TESTS_SUPPORT_FAULTS_INTERNAL_H_ 1

#include "support/faults.h"

/* Of each kind, and of FAULT_ANY: its name, and the error that it usually fails with. */
extern const struct fault_kind_facts {
    const char *name;
    int error;
} faults_kinds[FAULT_KINDS + 1];

/* Leaves the error where a failed call of this system does. */
void faults_set_error(int error);

/* Counts the call; true, with its error set, if it is to fail. */
bool faults_fails(enum fault_kind kind);

/* Whether this call, which may wait, is to be interrupted: every other one, with that switch on. */
bool faults_interrupts(enum fault_kind kind);

/* Whether one byte at most is to be sent or received. */
bool faults_in_pieces(void);

#endif /* VXM_TESTS_SUPPORT_FAULTS_INTERNAL_H_ */
