/*
 * What both parts of the examples' Direct3D need: objects that are counted, and shared memory.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define INITGUID
#include "runtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long objects;

void runtime_breach(const char *what)
{
    fprintf(stderr, "model of Direct3D: rules were broken: %s\n", what);
    exit(EXIT_FAILURE);
}

static void look_at_the_end(void)
{
    if (objects != 0) {
        fprintf(stderr, "model of Direct3D: rules were broken: %ld objects are left\n", objects);
    }
}

void *runtime_new(size_t size, void (*end)(struct counted *))
{
    static bool watched;
    void *object = calloc(1, size);
    struct counted *counted;

    if (object == NULL) {
        runtime_breach("no memory");
    }
    if (!watched) {
        watched = true;
        atexit(look_at_the_end);
    }
    /* The methods' table stands first, as an interface has it. */
    counted = (struct counted *)((void **)object + 1);
    counted->references = 1;
    counted->end = end;
    objects++;
    return object;
}

ULONG runtime_add(struct counted *object)
{
    return (ULONG)++object->references;
}

ULONG runtime_release(struct counted *object)
{
    if (object->references < 1) {
        runtime_breach("a reference too many was given back");
    }
    if (--object->references > 0) {
        return (ULONG)object->references;
    }
    if (object->end != NULL) {
        object->end(object);
    }
    objects--;
    free((void **)object - 1);
    return 0;
}

void runtime_store(struct storage *storage, uint32_t handleType, size_t size)
{
    storage->size = size;
    storage->shared = handleType != 0;
    if (!storage->shared) {
        storage->data = malloc(size);
    } else if (model_make_foreign(handleType, size, &storage->native)) {
        storage->payload = model__payload_new(NULL, &storage->native);
        storage->data = model__payload_data(storage->payload, &storage->native);
    }
    if (storage->data == NULL) {
        runtime_breach("no memory");
    }
}

void runtime_drop(struct storage *storage)
{
    if (storage->shared) {
        model__payload_release(storage->payload);
        model__native_close(storage->native);
    } else {
        free(storage->data);
    }
}

HRESULT runtime_share(const union model_native *native, HANDLE *handle)
{
    union model_native duplicate;

    if (model__native_duplicate(*native, false, &duplicate) != VK_SUCCESS) {
        return E_FAIL;
    }
    *handle = duplicate.pointer;
    return S_OK;
}

LUID runtime_luid(void)
{
    LUID luid;

    memcpy(&luid, model_config()->devices[0].deviceLUID, sizeof(luid));
    return luid;
}
