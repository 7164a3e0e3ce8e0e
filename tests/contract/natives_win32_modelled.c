/*
 * Win32's handles of the modelled table.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "contract/natives_win32.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "contract/backend.h"
#include "modelled/table.h"
#include "support/faults.h"

static struct modelled_taken taken;

static modelled_value value_of(void *handle)
{
    return (modelled_value)handle;
}

size_t natives_count(void)
{
    return modelled_open_count();
}

bool natives_is_open(void *handle)
{
    return modelled_is_open(value_of(handle));
}

/* The table has no child processes. */
bool natives_is_private(void *handle)
{
    return modelled_is_open(value_of(handle));
}

bool natives_same(void *a, void *b)
{
    return modelled_same(value_of(a), value_of(b));
}

void *natives_duplicate(void *handle)
{
    modelled_value duplicate;

    return modelled_duplicate(value_of(handle), &duplicate) ? (void *)duplicate : NULL;
}

bool natives_close(void *handle)
{
    const bool open = modelled_is_open(value_of(handle));

    if (open) {
        modelled_close(value_of(handle));
    }
    return open;
}

static void *make_other(uint32_t kind)
{
    return (void *)modelled_make(kind, NULL, 0, 1 << 20);
}

void *natives_make_wrong(unsigned index, const char **what)
{
    static const char *const names[] = {
        "an event",
        "a file",
        "memory that is no payload",
        "a closed value",
        "a NULL handle",
        "INVALID_HANDLE_VALUE",
        "the value -2",
        "a number of no one",
    };
    void *handle = NULL;

    *what = index < sizeof(names) / sizeof(names[0]) ? names[index] : NULL;
    switch (index) {
    case 0:
        return make_other('e');
    case 1:
        return make_other('f');
    case 2:
        return make_other('m');
    case 3:
        handle = make_other('f');
        natives_close(handle);
        return handle;
    case 5:
        return (void *)(intptr_t)-1;
    case 6:
        return (void *)(intptr_t)-2;
    case 7:
        return (void *)(intptr_t)0x7ffffff0;
    default:
        return NULL;
    }
}

bool natives_reuse(void *closed, void **unrelated)
{
    void *other = make_other('f');
    bool fine = other != NULL && modelled_put(value_of(closed), value_of(other));

    *unrelated = closed;
    if (other != NULL) {
        natives_close(other);
    }
    return fine;
}

const char *natives_channel_name(void)
{
    static char name[64];
    static unsigned count;

    snprintf(name, sizeof(name), "vxm-contract-%u", count++);
    return name;
}

void natives_take(void)
{
    modelled_take(&taken);
}

bool natives_same_taken(char *difference, size_t capacity)
{
    static struct modelled_taken now;

    modelled_take(&now);
    return modelled_same_taken(&taken, &now, difference, capacity);
}

/* ---- faults ---- */

enum {
    HEAP,
    SYSTEM,
    LOADER,
    KINDS
};

const int backend_loader_fault = LOADER;
const char *const backend_callless[] = {NULL};

const char *natives_fault_name(int kind)
{
    static const char *const names[KINDS] = {"malloc", "a modelled system call", "dlopen"};

    return kind < KINDS ? names[kind] : NULL;
}

void natives_fail(int kind, unsigned nth, bool forGood)
{
    if (kind == SYSTEM) {
        modelled_fail(nth, forGood);
    } else {
        faults_arm(kind == HEAP ? FAULT_MALLOC : FAULT_DLOPEN, nth,
                   forGood ? FAULT_FOR_GOOD : FAULT_ONCE, 0);
    }
}

bool natives_failed(void)
{
    const bool failed = modelled_failed();

    return faults_disarm() || failed;
}

/* ---- the rest ---- */

void *natives_allocate(size_t size)
{
    void *memory = NULL;

    return posix_memalign(&memory, 65536, size) == 0 ? memory : NULL;
}

void natives_free(void *memory)
{
    free(memory);
}

uint64_t natives_process(void)
{
    return (uint64_t)getpid();
}
