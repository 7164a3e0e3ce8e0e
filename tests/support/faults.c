/*
 * Which calls of the library fail, and its heap. The calls that a system has for it are in
 * faults_<system>.c.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <stdlib.h>

#include "support/faults_internal.h"

struct state {
    bool armed;
    enum fault_kind kind;
    unsigned nth;
    enum fault_span span;
    int error;
    unsigned any; /* calls of every kind */
    unsigned calls[FAULT_KINDS];
    unsigned hits[FAULT_KINDS];
    bool one_byte_pieces;
    bool interrupt;
    bool interrupted[FAULT_KINDS]; /* the last such call has answered EINTR */
};

static _Thread_local struct state state;

void faults_reset(void)
{
    state.any = 0;
    for (int i = 0; i < FAULT_KINDS; i++) {
        state.calls[i] = 0;
        state.hits[i] = 0;
        state.interrupted[i] = false;
    }
}

void faults_arm(enum fault_kind kind, unsigned nth, enum fault_span span, int error)
{
    faults_reset();
    state.armed = true;
    state.kind = kind;
    state.nth = nth;
    state.span = span;
    state.error = error;
}

bool faults_disarm(void)
{
    bool hit = faults_hits(FAULT_ANY) > 0;
    state.armed = false;
    state.one_byte_pieces = false;
    state.interrupt = false;
    return hit;
}

unsigned faults_count(enum fault_kind kind)
{
    return kind == FAULT_ANY ? state.any : state.calls[kind];
}

unsigned faults_hits(enum fault_kind kind)
{
    unsigned sum = 0;
    if (kind != FAULT_ANY) {
        return state.hits[kind];
    }
    for (int i = 0; i < FAULT_KINDS; i++) {
        sum += state.hits[i];
    }
    return sum;
}

const char *fault_kind_name(enum fault_kind kind)
{
    return faults_kinds[kind].name;
}

void faults_one_byte_pieces(bool on)
{
    state.one_byte_pieces = on;
}

void faults_interrupt(bool on)
{
    state.interrupt = on;
}

bool faults_fails(enum fault_kind kind)
{
    state.any++;
    state.calls[kind]++;
    if (!state.armed || (state.kind != FAULT_ANY && state.kind != kind)) {
        return false;
    }
    unsigned count = state.kind == FAULT_ANY ? state.any : state.calls[kind];
    if (state.span == FAULT_ONCE ? count != state.nth : count < state.nth) {
        return false;
    }
    state.hits[kind]++;
    faults_set_error(state.error != 0 ? state.error : faults_kinds[kind].error);
    return true;
}

bool faults_interrupts(enum fault_kind kind)
{
    if (!state.interrupt) {
        return false;
    }
    state.interrupted[kind] = !state.interrupted[kind];
    return state.interrupted[kind];
}

bool faults_in_pieces(void)
{
    return state.one_byte_pieces;
}

/* ---- memory ---- */

void *vxm_fault_malloc(size_t size);
void *vxm_fault_malloc(size_t size)
{
    return faults_fails(FAULT_MALLOC) ? NULL : malloc(size);
}

void *vxm_fault_calloc(size_t count, size_t size);
void *vxm_fault_calloc(size_t count, size_t size)
{
    return faults_fails(FAULT_MALLOC) ? NULL : calloc(count, size);
}

void *vxm_fault_realloc(void *memory, size_t size);
void *vxm_fault_realloc(void *memory, size_t size)
{
    return faults_fails(FAULT_MALLOC) ? NULL : realloc(memory, size);
}
