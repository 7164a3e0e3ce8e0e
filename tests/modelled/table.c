/*
 * The table of modelled objects and handles: two static arrays behind one mutex.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "modelled/table.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Handles and objects are found by their number, modulo these. With REFERENCES an object has the
 * same number and place in both arrays. */
#define MAX_OBJECTS MODELLED_MAX_OPEN
#define MAX_HANDLES MODELLED_MAX_OPEN
#define MAX_KINDS   8

struct object {
    uint64_t serial; /* 0: the place is free */
    uint32_t kind;
    uint32_t handles;
    uint32_t holders;
    uint64_t size;
    void *data;
    wchar_t name[MODELLED_MAX_NAME];
    _Alignas(16) unsigned char info[MODELLED_MAX_INFO];
};

struct handle {
    modelled_value value; /* 0: the place is free */
    uint32_t rights;
    uint32_t references; /* more than 1 with REFERENCES only */
    struct object *object;
};

static struct {
    pthread_mutex_t mutex;
    enum modelled_style style;
    size_t limit;
    size_t open;
    uint64_t nextSerial;
    uint64_t nextHandle;
    struct object objects[MAX_OBJECTS];
    struct handle handles[MAX_HANDLES];
    struct {
        uint32_t kind;
        modelled_gone gone;
    } hooks[MAX_KINDS];
} table = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void lock(void)
{
    pthread_mutex_lock(&table.mutex);
}

static void unlock(void)
{
    pthread_mutex_unlock(&table.mutex);
}

_Noreturn static void give_up(const char *what, unsigned long long number)
{
    fprintf(stderr, "modelled table: %s (0x%llx)\n", what, number);
    fflush(stderr);
    abort();
}

/* ---- inside, with the mutex ---- */

static struct handle *find(modelled_value value)
{
    struct handle *handle = &table.handles[value / 4 % MAX_HANDLES];
    return value != 0 && handle->value == value ? handle : NULL;
}

static struct object *find_object(const uint64_t identity[2])
{
    struct object *object = &table.objects[identity[0] % MAX_OBJECTS];
    return identity[0] != 0 && identity[1] == 0 && object->serial == identity[0] ? object : NULL;
}

/* One more handle of an object, by the rules of the style; 0 if there are no more. */
static modelled_value new_handle(struct object *object, uint32_t rights)
{
    size_t limit = table.limit != 0 ? table.limit : SIZE_MAX;
    struct handle *handle = NULL;

    if (table.open >= limit) {
        return 0;
    }
    if (table.style == MODELLED_REFERENCES) {
        handle = &table.handles[object->serial % MAX_HANDLES];
        handle->value = (modelled_value)(object->serial * 4);
    } else if (table.open >= MAX_HANDLES) {
        return 0;
    } else {
        do {
            table.nextHandle++;
            handle = &table.handles[table.nextHandle % MAX_HANDLES];
        } while (handle->value != 0);
        handle->value = (modelled_value)(table.nextHandle * 4);
    }
    handle->rights = handle->references == 0 ? rights : handle->rights;
    handle->references++;
    handle->object = object;
    object->handles++;
    table.open++;
    return handle->value;
}

/* What is left to do for an object that is gone, outside of the lock. */
struct end {
    modelled_gone gone;
    uint64_t identity[2];
    void *data;
    uint64_t size;
    _Alignas(16) unsigned char info[MODELLED_MAX_INFO];
};

static void end_if_unused(struct object *object, struct end *end)
{
    memset(end, 0, sizeof(*end));
    if (object->handles > 0 || object->holders > 0) {
        return;
    }
    for (size_t i = 0; i < MAX_KINDS; i++) {
        if (table.hooks[i].gone != NULL && table.hooks[i].kind == object->kind) {
            end->gone = table.hooks[i].gone;
        }
    }
    end->identity[0] = object->serial;
    end->data = object->data;
    end->size = object->size;
    memcpy(end->info, object->info, sizeof(end->info));
    memset(object, 0, sizeof(*object));
}

static void finish(const struct end *end)
{
    if (end->data != NULL) {
        munmap(end->data, (size_t)end->size);
    }
    if (end->gone != NULL) {
        end->gone(end->identity, end->info);
    }
}

static struct object *named(const wchar_t *name)
{
    for (size_t i = 0; i < MAX_OBJECTS; i++) {
        if (table.objects[i].serial != 0 && table.objects[i].name[0] != L'\0' &&
            wcscmp(table.objects[i].name, name) == 0) {
            return &table.objects[i];
        }
    }
    return NULL;
}

/* ---- the whole ---- */

void modelled_set_style(enum modelled_style style)
{
    lock();
    if (table.open > 0 && table.style != style) {
        give_up("the style was changed while handles were open", table.open);
    }
    table.style = style;
    unlock();
}

enum modelled_style modelled_get_style(void)
{
    return table.style;
}

void modelled_reset(void)
{
    lock();
    for (size_t i = 0; i < MAX_OBJECTS; i++) {
        if (table.objects[i].data != NULL) {
            munmap(table.objects[i].data, (size_t)table.objects[i].size);
        }
    }
    memset(table.objects, 0, sizeof(table.objects));
    memset(table.handles, 0, sizeof(table.handles));
    table.open = 0;
    table.limit = 0;
    unlock();
    modelled_failed();
}

void modelled_limit(size_t handles)
{
    lock();
    table.limit = handles;
    unlock();
}

/* ---- handles ---- */

modelled_value modelled_make(uint32_t kind, const void *info, size_t infoSize, uint64_t size)
{
    struct object *object = NULL;
    modelled_value value = 0;

    if (infoSize > MODELLED_MAX_INFO) {
        give_up("more facts than an object has room for", infoSize);
    }
    lock();
    for (size_t i = 0; i < MAX_OBJECTS && object == NULL; i++) {
        table.nextSerial++;
        if (table.objects[table.nextSerial % MAX_OBJECTS].serial == 0) {
            object = &table.objects[table.nextSerial % MAX_OBJECTS];
        }
    }
    if (object != NULL) {
        object->serial = table.nextSerial;
        object->kind = kind;
        object->size = size;
        value = new_handle(object, UINT32_MAX);
    }
    if (value != 0 && infoSize > 0) {
        memcpy(object->info, info, infoSize);
    } else if (value == 0 && object != NULL) {
        object->serial = 0;
    }
    unlock();
    return value;
}

bool modelled_duplicate(modelled_value value, modelled_value *duplicate)
{
    modelled_value made = 0;

    lock();
    struct handle *handle = find(value);
    if (handle != NULL) {
        made = new_handle(handle->object, handle->rights);
    }
    unlock();
    if (made != 0) {
        *duplicate = made;
    }
    return made != 0;
}

void modelled_close(modelled_value value)
{
    struct end end;

    lock();
    struct handle *handle = find(value);
    if (handle == NULL) {
        unlock();
        give_up("a handle is closed that is not open: double close, or none at all",
                (unsigned long long)value);
    }
    struct object *object = handle->object;
    object->handles--;
    table.open--;
    if (--handle->references == 0) {
        memset(handle, 0, sizeof(*handle));
    }
    end_if_unused(object, &end);
    unlock();
    finish(&end);
}

bool modelled_is_open(modelled_value value)
{
    lock();
    bool open = find(value) != NULL;
    unlock();
    return open;
}

bool modelled_same(modelled_value a, modelled_value b)
{
    lock();
    const struct handle *first = find(a);
    const struct handle *second = find(b);
    bool same = first != NULL && second != NULL && first->object == second->object;
    unlock();
    return same;
}

const void *modelled_info(modelled_value value, uint32_t *kind, uint64_t *size,
                          uint64_t identity[2])
{
    const void *info = NULL;

    lock();
    const struct handle *handle = find(value);
    if (handle != NULL) {
        info = handle->object->info;
        if (kind != NULL) {
            *kind = handle->object->kind;
        }
        if (size != NULL) {
            *size = handle->object->size;
        }
        if (identity != NULL) {
            identity[0] = handle->object->serial;
            identity[1] = 0;
        }
    }
    unlock();
    return info;
}

void *modelled_map(modelled_value value)
{
    void *data = NULL;

    lock();
    const struct handle *handle = find(value);
    if (handle != NULL && handle->object->size > 0) {
        struct object *object = handle->object;

        if (object->data == NULL && object->size <= SIZE_MAX) {
            data = mmap(NULL, (size_t)object->size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
            object->data = data != MAP_FAILED ? data : NULL;
        }
        data = object->data;
    }
    unlock();
    return data;
}

uint32_t modelled_rights(modelled_value value)
{
    lock();
    const struct handle *handle = find(value);
    uint32_t rights = handle != NULL ? handle->rights : 0;
    unlock();
    return rights;
}

void modelled_set_rights(modelled_value value, uint32_t rights)
{
    lock();
    struct handle *handle = find(value);
    if (handle != NULL) {
        handle->rights = rights;
    }
    unlock();
}

bool modelled_put(modelled_value closed, modelled_value of)
{
    bool done = false;

    lock();
    struct handle *place = &table.handles[closed / 4 % MAX_HANDLES];
    const struct handle *source = find(of);
    if (table.style == MODELLED_HANDLES && closed != 0 && closed % 4 == 0 && place->value == 0 &&
        source != NULL) {
        *place = *source;
        place->value = closed;
        place->object->handles++;
        table.open++;
        done = true;
    }
    unlock();
    return done;
}

/* ---- objects ---- */

bool modelled_hold(const uint64_t identity[2])
{
    lock();
    struct object *object = find_object(identity);
    if (object != NULL) {
        object->holders++;
    }
    unlock();
    return object != NULL;
}

void modelled_release(const uint64_t identity[2])
{
    struct end end;

    lock();
    struct object *object = find_object(identity);
    if (object == NULL || object->holders == 0) {
        unlock();
        give_up("an object is released that nobody holds", identity[0]);
    }
    object->holders--;
    end_if_unused(object, &end);
    unlock();
    finish(&end);
}

bool modelled_lives(const uint64_t identity[2])
{
    lock();
    bool lives = find_object(identity) != NULL;
    unlock();
    return lives;
}

modelled_value modelled_open(const uint64_t identity[2], uint32_t rights)
{
    lock();
    struct object *object = find_object(identity);
    modelled_value value = object != NULL ? new_handle(object, rights) : 0;
    unlock();
    return value;
}

bool modelled_set_name(modelled_value value, const wchar_t *name)
{
    lock();
    struct handle *handle = find(value);
    bool free = handle != NULL && name[0] != L'\0' && wcslen(name) < MODELLED_MAX_NAME &&
                named(name) == NULL;
    if (free) {
        wcscpy(handle->object->name, name);
    }
    unlock();
    return free;
}

modelled_value modelled_open_name(const wchar_t *name)
{
    lock();
    struct object *object = name[0] != L'\0' ? named(name) : NULL;
    modelled_value value = object != NULL ? new_handle(object, UINT32_MAX) : 0;
    unlock();
    return value;
}

bool modelled_name_exists(const wchar_t *name)
{
    lock();
    bool exists = name[0] != L'\0' && named(name) != NULL;
    unlock();
    return exists;
}

void modelled_on_gone(uint32_t kind, modelled_gone gone)
{
    lock();
    size_t i = 0;
    while (i < MAX_KINDS && table.hooks[i].gone != NULL && table.hooks[i].kind != kind) {
        i++;
    }
    if (i == MAX_KINDS) {
        give_up("hooks for too many kinds", kind);
    }
    table.hooks[i].kind = kind;
    table.hooks[i].gone = gone;
    unlock();
}

/* ---- what is open ---- */

size_t modelled_open_count(void)
{
    lock();
    size_t open = table.open;
    unlock();
    return open;
}

size_t modelled_object_count(void)
{
    size_t count = 0;

    lock();
    for (size_t i = 0; i < MAX_OBJECTS; i++) {
        count += table.objects[i].serial != 0 ? 1u : 0u;
    }
    unlock();
    return count;
}

void modelled_take(struct modelled_taken *taken)
{
    taken->count = 0;
    lock();
    for (size_t i = 0; i < MAX_HANDLES; i++) {
        const struct handle *handle = &table.handles[i];

        if (handle->value != 0) {
            taken->items[taken->count].value = handle->value;
            taken->items[taken->count].identity[0] = handle->object->serial;
            taken->items[taken->count].identity[1] = 0;
            taken->items[taken->count].kind = handle->object->kind;
            taken->items[taken->count].references = handle->references;
            taken->count++;
        }
    }
    unlock();
}

static void append(char *text, size_t capacity, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void append(char *text, size_t capacity, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;

    if (used + 1 < capacity) {
        va_start(arguments, format);
        vsnprintf(text + used, capacity - used, format, arguments);
        va_end(arguments);
    }
}

/* Appends what is in `these` and not in `those`; whether there was anything. */
static bool list_missing(const struct modelled_taken *these, const struct modelled_taken *those,
                         const char *what, char *text, size_t capacity)
{
    bool any = false;

    for (size_t i = 0; i < these->count; i++) {
        uint32_t others = 0;

        for (size_t j = 0; j < those->count; j++) {
            if (those->items[j].value == these->items[i].value &&
                those->items[j].identity[0] == these->items[i].identity[0]) {
                others = those->items[j].references;
            }
        }
        if (others < these->items[i].references) {
            any = true;
            append(text, capacity, "%s %u of handle 0x%llx (kind '%c', object %llu); ", what,
                   these->items[i].references - others, (unsigned long long)these->items[i].value,
                   (int)these->items[i].kind, (unsigned long long)these->items[i].identity[0]);
        }
    }
    return any;
}

bool modelled_same_taken(const struct modelled_taken *before, const struct modelled_taken *after,
                         char *difference, size_t capacity)
{
    difference[0] = '\0';
    bool went = list_missing(before, after, "gone:", difference, capacity);
    bool came = list_missing(after, before, "new:", difference, capacity);
    return !went && !came;
}

/* ---- faults ---- */

static _Thread_local struct {
    bool armed;
    bool forGood;
    unsigned nth;
    unsigned calls;
    unsigned hits;
} fault;

void modelled_fail(unsigned nth, bool forGood)
{
    fault.armed = true;
    fault.forGood = forGood;
    fault.nth = nth;
    fault.calls = 0;
    fault.hits = 0;
}

bool modelled_failed(void)
{
    bool hit = fault.hits > 0;

    memset(&fault, 0, sizeof(fault));
    return hit;
}

bool modelled_fault(void)
{
    fault.calls++;
    if (!fault.armed || (fault.forGood ? fault.calls < fault.nth : fault.calls != fault.nth)) {
        return false;
    }
    fault.hits++;
    return true;
}

unsigned modelled_calls(void)
{
    return fault.calls;
}
