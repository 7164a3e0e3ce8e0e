/*
 * Objects of test classes that conform to Metal's protocols, so that retain, release and dealloc
 * really count: payloads of the model driver, shared texture handles, devices.
 *
 * Each object is in a register while it lives. Its address is never used again, so that whoever
 * touches one that is gone is told so, and ends the process.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_METAL_GNUSTEP_OBJECTS_H_
#define VXM_TESTS_METAL_GNUSTEP_OBJECTS_H_ 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

enum object_class {
    OBJECT_BUFFER,
    OBJECT_TEXTURE,
    OBJECT_HEAP,
    OBJECT_HEAP_AND_BUFFER, /* Metal has two objects, of one memory */
    OBJECT_EVENT,
    OBJECT_SURFACE
};

/* What an object is made of, and tells of itself. */
struct object_description {
    enum object_class is;
    uint64_t size;
    uint32_t device; /* index of the physical device; MODEL_DEVICE_COUNT: none */
    bool shareable;  /* a texture that Metal made to be shared */
    ModelImageFacts image;
};

/* All false or 0 for an object that isn't in the register. */
struct object_facts {
    bool lives;
    const void *payload; /* as it was given, valid while the object lives; NULL: it is none */
    uint64_t identity[2];
};
void objects_look(const void *object, struct object_facts *facts);

/* A payload, of which the model driver knows what it has put there; one reference. NULL: no memory.
 */
void *objects_make(const struct object_description *description, const void *payload,
                   size_t payloadSize);
/* One of no class of Metal's; one reference. */
void *objects_make_other(void);
void objects_retain(const void *object);
void objects_release(const void *object);
/* The contents of a payload, all zero at first; NULL: no memory. */
void *objects_map(const void *object);

/* The MTLDevice of a physical device: there for good, and not counted. */
const void *objects_device(uint32_t index);

/* ---- what lives ---- */

size_t objects_reference_count(void);

#define OBJECTS_MAX 2048

struct objects_taken {
    size_t count;
    struct {
        const void *object;
        uint64_t identity[2];
        size_t references;
        const char *className;
    } items[OBJECTS_MAX];
};
void objects_take(struct objects_taken *taken);
/* As support_same_handles(). */
bool objects_same_taken(const struct objects_taken *before, const struct objects_taken *after,
                        char *difference, size_t capacity);

/* ---- faults: a method that makes an object answers nil ---- */
void objects_fail(unsigned nth, bool forGood);
bool objects_failed(void);

#endif /* VXM_TESTS_METAL_GNUSTEP_OBJECTS_H_ */
