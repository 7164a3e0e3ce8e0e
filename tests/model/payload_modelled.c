/*
 * Payloads of systems that aren't here: objects of the modelled table. What the model driver must
 * know of one is the object's own info.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <assert.h>
#include <string.h>

#include "modelled/table.h"

#define MAX_NUMBERS  64
#define FIRST_NUMBER 0x40000002u

static const char magic[8] = "vxm-mod";

struct stored {
    char magic[sizeof magic];
    struct model_payload_info info;
};

static_assert(sizeof(struct stored) <= MODELLED_MAX_INFO,
              "an object has room for a payload's info");

/* Which payload a number stands for; a number is never used again. */
static struct {
    uintptr_t number;
    uint64_t identity[2];
} numbers[MAX_NUMBERS];

static modelled_value value_of(union model_native native)
{
    return (modelled_value)native.pointer;
}

static union model_native native_of(modelled_value value)
{
    return model__native_of_pointer((const void *)value);
}

VkResult model__native_create(const struct model_payload_info *info, union model_native *native)
{
    struct stored stored;
    modelled_value value;

    memset(&stored, 0, sizeof stored);
    memcpy(stored.magic, magic, sizeof magic);
    stored.info = *info;
    value = modelled_make(info->kind == MODEL_PAYLOAD_MEMORY ? 'm' : 's', &stored, sizeof stored,
                          info->size);
    if (!value)
        return VK_ERROR_TOO_MANY_OBJECTS;
    if (info->name[0] && !modelled_set_name(value, info->name)) {
        modelled_close(value);
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    }
    *native = native_of(value);
    return VK_SUCCESS;
}

bool model__native_read(union model_native native, struct model_payload_info *info,
                        uint64_t identity[2])
{
    const struct stored *stored = modelled_info(value_of(native), NULL, NULL, identity);

    if (!stored || memcmp(stored->magic, magic, sizeof magic) != 0)
        return false;
    *info = stored->info;
    return true;
}

VkResult model__native_duplicate(union model_native native, bool inherited,
                                 union model_native *duplicate)
{
    modelled_value value;

    (void)inherited;
    if (!modelled_duplicate(value_of(native), &value))
        return VK_ERROR_TOO_MANY_OBJECTS;
    *duplicate = native_of(value);
    return VK_SUCCESS;
}

void model__native_close(union model_native native)
{
    if (native.pointer)
        modelled_close(value_of(native));
}

void *model__native_map(union model_native native, uint64_t size)
{
    (void)size;
    return modelled_map(value_of(native));
}

/* The contents live as long as the object does. */
void model__native_unmap(void *data, uint64_t size)
{
    (void)data;
    (void)size;
}

bool model__native_open_name(const wchar_t *name, union model_native *native)
{
    *native = native_of(modelled_open_name(name));
    return native->pointer != NULL;
}

bool model__native_open_number(uintptr_t number, union model_native *native)
{
    *native = native_of(0);
    for (size_t i = 0; i < MAX_NUMBERS && number; i++) {
        if (numbers[i].number == number)
            *native = native_of(modelled_open(numbers[i].identity, ~0u));
    }
    return native->pointer != NULL;
}

static bool same_identity(size_t i, const uint64_t identity[2])
{
    return numbers[i].number && memcmp(numbers[i].identity, identity, 2 * sizeof identity[0]) == 0;
}

uintptr_t model__native_number(union model_native native)
{
    static uintptr_t next = FIRST_NUMBER;
    uint64_t identity[2];

    if (!modelled_info(value_of(native), NULL, NULL, identity))
        return 0;
    for (size_t i = 0; i < MAX_NUMBERS; i++) {
        if (same_identity(i, identity))
            return numbers[i].number;
    }
    for (size_t i = 0; i < MAX_NUMBERS; i++) {
        if (numbers[i].number && modelled_lives(numbers[i].identity))
            continue;
        memcpy(numbers[i].identity, identity, sizeof identity);
        numbers[i].number = next;
        next += 0x40;
        return numbers[i].number;
    }
    return 0;
}

void model__native_end_number(union model_native native)
{
    uint64_t identity[2];

    if (!modelled_info(value_of(native), NULL, NULL, identity))
        return;
    for (size_t i = 0; i < MAX_NUMBERS; i++) {
        if (same_identity(i, identity))
            numbers[i].number = 0;
    }
}
