/*
 * The register of living objects, and Core Foundation's counting on top of it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#import "metal/gnustep/classes.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#import <IOSurface/IOSurface.h>
#import <objc/runtime.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct object_entry entries[OBJECTS_MAX];
static uint64_t made;

static struct object_entry *require(const char *doing, const void *object)
{
    struct object_entry *found = objects_find(object);

    if (found == NULL) {
        fprintf(stderr, "test objects: %s %p, which is gone or never was one\n", doing, object);
        fflush(stderr);
        abort();
    }
    return found;
}

bool objects_add(id object, const struct object_description *description, const void *payload,
                 size_t payloadSize)
{
    void *copy = payload != NULL ? malloc(payloadSize) : NULL;
    bool added = false;

    if (copy != NULL) {
        memcpy(copy, payload, payloadSize);
    }
    pthread_mutex_lock(&mutex);
    for (size_t i = 0; i < OBJECTS_MAX && !added && (copy != NULL || payload == NULL); i++) {
        if (entries[i].object == nil) {
            entries[i] = (struct object_entry){
                .object = object, .identity = {++made, 0x0b1ec7}, .payload = copy};
            if (description != NULL) {
                entries[i].description = *description;
            }
            added = true;
        }
    }
    pthread_mutex_unlock(&mutex);
    if (!added) {
        free(copy);
    }
    return added;
}

/* Dead objects whose memory is never freed, for leak checks to find. */
#define GRAVES (1u << 18)
static id graves[GRAVES];

void objects_remove(id object)
{
    static size_t dead;

    pthread_mutex_lock(&mutex);
    graves[dead++ % GRAVES] = object;
    for (size_t i = 0; i < OBJECTS_MAX; i++) {
        if (entries[i].object != object) {
            continue;
        }
        if (entries[i].contents != NULL) {
            munmap(entries[i].contents, (size_t)entries[i].description.size);
        }
        free(entries[i].payload);
        entries[i] = (struct object_entry){.object = nil};
    }
    pthread_mutex_unlock(&mutex);
}

struct object_entry *objects_find(const void *object)
{
    struct object_entry *found = NULL;

    pthread_mutex_lock(&mutex);
    for (size_t i = 0; i < OBJECTS_MAX && object != NULL; i++) {
        if ((const void *)entries[i].object == object) {
            found = &entries[i];
        }
    }
    pthread_mutex_unlock(&mutex);
    return found;
}

void objects_look(const void *object, struct object_facts *facts)
{
    const struct object_entry *found = objects_find(object);

    memset(facts, 0, sizeof(*facts));
    if (found == NULL) {
        return;
    }
    facts->lives = true;
    facts->payload = found->payload;
    memcpy(facts->identity, found->identity, sizeof(facts->identity));
}

void objects_retain(const void *object)
{
    (void)[require("retaining", object)->object retain];
}

void objects_release(const void *object)
{
    [require("releasing", object)->object release];
}

void *objects_map(const void *object)
{
    struct object_entry *found = require("looking into", object);

    pthread_mutex_lock(&mutex);
    if (found->contents == NULL && found->payload != NULL) {
        void *mapped = mmap(NULL, (size_t)found->description.size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        found->contents = mapped != MAP_FAILED ? mapped : NULL;
    }
    pthread_mutex_unlock(&mutex);
    return found->contents;
}

/* ---- Core Foundation ------------------------------------------------------------------------- */

CFTypeRef CFRetain(CFTypeRef cf)
{
    objects_retain(cf);
    return cf;
}

void CFRelease(CFTypeRef cf)
{
    objects_release(cf);
}

CFTypeID IOSurfaceGetTypeID(void)
{
    return 2;
}

CFTypeID CFGetTypeID(CFTypeRef cf)
{
    return [require("asking for the type of", cf)->object isKindOfClass:[VxmTestSurface class]]
               ? IOSurfaceGetTypeID()
               : 1;
}

static const ModelImageFacts *surface_facts(IOSurfaceRef surface)
{
    return &require("asking for the extent of", surface)->description.image;
}

size_t IOSurfaceGetWidth(IOSurfaceRef buffer)
{
    return surface_facts(buffer)->width;
}

size_t IOSurfaceGetHeight(IOSurfaceRef buffer)
{
    return surface_facts(buffer)->height;
}

/* ---- what lives ------------------------------------------------------------------------------ */

size_t objects_reference_count(void)
{
    size_t count = 0;

    pthread_mutex_lock(&mutex);
    for (size_t i = 0; i < OBJECTS_MAX; i++) {
        if (entries[i].object == nil) {
            continue;
        }
        count += [entries[i].object retainCount];
        /* Its texture's reference is its own. */
        count -= [entries[i].object isKindOfClass:[VxmTestSharedHandle class]] ? 1 : 0;
    }
    pthread_mutex_unlock(&mutex);
    return count;
}

void objects_take(struct objects_taken *taken)
{
    taken->count = 0;
    pthread_mutex_lock(&mutex);
    for (size_t i = 0; i < OBJECTS_MAX; i++) {
        size_t at = taken->count;

        if (entries[i].object == nil) {
            continue;
        }
        /* By age. */
        while (at > 0 && taken->items[at - 1].identity[0] > entries[i].identity[0]) {
            taken->items[at] = taken->items[at - 1];
            at--;
        }
        taken->items[at].object = entries[i].object;
        memcpy(taken->items[at].identity, entries[i].identity, sizeof(entries[i].identity));
        taken->items[at].references = [entries[i].object retainCount];
        taken->items[at].className = object_getClassName(entries[i].object);
        taken->count++;
    }
    pthread_mutex_unlock(&mutex);
}

bool objects_same_taken(const struct objects_taken *before, const struct objects_taken *after,
                        char *difference, size_t capacity)
{
    size_t i = 0, j = 0, length = 0;

    difference[0] = '\0';
    while (i < before->count || j < after->count) {
        const uint64_t old = i < before->count ? before->items[i].identity[0] : UINT64_MAX;
        const uint64_t now = j < after->count ? after->items[j].identity[0] : UINT64_MAX;
        const size_t was = old <= now ? before->items[i].references : 0;
        const size_t is = now <= old ? after->items[j].references : 0;
        const char *name = old <= now ? before->items[i].className : after->items[j].className;

        if (was != is && length < capacity) {
            const int written =
                snprintf(difference + length, capacity - length,
                         "%s%s number %llu had %zu references and has %zu", length > 0 ? "; " : "",
                         name, (unsigned long long)(old <= now ? old : now), was, is);

            length += written > 0 ? (size_t)written : 0;
        }
        i += old <= now;
        j += now <= old;
    }
    return length == 0;
}
