/*
 * Metal's objects as Objective-C has them, and channels that are sockets.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "contract/natives_metal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/backend.h"
#include "metal/gnustep/objects.h"
#include "support/faults.h"
#include "support/resources.h"
#include "support/test.h"

static struct objects_taken taken;
static struct support_handles files;

static bool is_channel(const VxmHandle *handle)
{
    return handle->kind == VXM_HANDLE_KIND_CHANNEL;
}

static struct objects_taken begun;

void natives_begin(void)
{
    objects_take(&begun);
}

/* Descriptors are counted for every back end. */
void natives_end(void)
{
    static struct objects_taken now;
    char difference[1024];

    objects_take(&now);
    cr_expect(objects_same_taken(&begun, &now, difference, sizeof(difference)),
              "the test left or lost references: %s", difference);
}

size_t natives_count(void)
{
    return objects_reference_count() + support_handle_count();
}

bool natives_is_open(const VxmHandle *handle)
{
    struct object_facts facts;

    if (is_channel(handle)) {
        return support_is_open(handle->fd);
    }
    objects_look(handle->ptr, &facts);
    return facts.lives;
}

bool natives_is_private(const VxmHandle *handle)
{
    return is_channel(handle) ? support_is_cloexec(handle->fd) : natives_is_open(handle);
}

bool natives_same(const VxmHandle *a, const VxmHandle *b)
{
    struct stat fileA;
    struct stat fileB;

    if (!is_channel(a)) {
        return a->ptr == b->ptr && natives_is_open(a);
    }
    return fstat(a->fd, &fileA) == 0 && fstat(b->fd, &fileB) == 0 && fileA.st_dev == fileB.st_dev &&
           fileA.st_ino == fileB.st_ino;
}

bool natives_keep(const VxmHandle *handle, VxmHandle *kept)
{
    *kept = *handle;
    if (is_channel(handle)) {
        kept->fd = fcntl(handle->fd, F_DUPFD_CLOEXEC, 0);
        return kept->fd >= 0;
    }
    if (natives_is_open(handle)) {
        objects_retain(handle->ptr);
        return true;
    }
    return false;
}

bool natives_close(const VxmHandle *handle)
{
    if (is_channel(handle)) {
        return close(handle->fd) == 0;
    }
    if (!natives_is_open(handle)) {
        return false;
    }
    objects_release(handle->ptr);
    return true;
}

void *natives_make_other(void)
{
    return objects_make_other();
}

const char *natives_channel_name(void)
{
    static char name[64];
    static unsigned count;

    snprintf(name, sizeof(name), "@vxm-metal-%ld-%u", (long)getpid(), count++);
    return name;
}

void natives_take(void)
{
    objects_take(&taken);
    support_take_handles(&files);
}

bool natives_same_taken(char *difference, size_t capacity)
{
    static struct objects_taken now;
    static struct support_handles filesNow;
    bool same;

    objects_take(&now);
    same = objects_same_taken(&taken, &now, difference, capacity);
    support_take_handles(&filesNow);
    return same && support_same_handles(&files, &filesNow, difference, capacity);
}

/* ---- faults: those of the C library, and behind them Objective-C's ------------------------------
 */

const int backend_loader_fault = FAULT_DLOPEN;
/* To retain an object is no call that fails. */
const char *const backend_callless[] = {"vxmExportMemory",    "vxmGetMemoryHandle",
                                        "vxmExportSemaphore", "vxmGetSemaphoreHandle",
                                        "vxmDuplicateHandle", NULL};

const char *natives_fault_name(int kind)
{
    return kind < FAULT_KINDS    ? fault_kind_name((enum fault_kind)kind)
           : kind == FAULT_KINDS ? "an Objective-C method"
                                 : NULL;
}

void natives_fail(int kind, unsigned nth, bool forGood)
{
    if (kind == FAULT_KINDS) {
        objects_fail(nth, forGood);
    } else {
        faults_arm((enum fault_kind)kind, nth, forGood ? FAULT_FOR_GOOD : FAULT_ONCE, 0);
    }
}

bool natives_failed(void)
{
    const bool failed = objects_failed();

    return faults_disarm() || failed;
}
