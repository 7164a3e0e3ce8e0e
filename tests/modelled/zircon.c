/*
 * The modelled calls of Zircon's. Messages lie in a pool of their own, in the order of arrival;
 * what they carry is held, so that it lives while nobody has a handle of it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "modelled/zircon.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#define MAX_PAIRS    128u
#define MAX_MESSAGES 1024u
#define PAGE         4096u
#define USER_SIGNALS 0xff000000u

/* What the table's kinds are to Zircon. The model driver's payloads are VMOs and events. */
static const struct {
    uint32_t kind;
    zx_obj_type_t type;
    zx_rights_t rights;
} kinds[] = {
    {'m', ZX_OBJ_TYPE_VMO, ZX_DEFAULT_VMO_RIGHTS},
    {'s', ZX_OBJ_TYPE_EVENT, ZX_DEFAULT_EVENT_RIGHTS},
    {'e', ZX_OBJ_TYPE_EVENT, ZX_DEFAULT_EVENT_RIGHTS},
    {'c', ZX_OBJ_TYPE_CHANNEL, ZX_DEFAULT_CHANNEL_RIGHTS},
    {'f', ZX_OBJ_TYPE_PORT, (ZX_RIGHTS_BASIC & ~ZX_RIGHT_WAIT) | ZX_RIGHTS_IO},
};

struct message {
    struct message *next;
    uint32_t size;
    uint32_t handleCount;
    uint64_t identities[ZX_CHANNEL_MAX_MSG_HANDLES][2];
    uint32_t rights[ZX_CHANNEL_MAX_MSG_HANDLES];
    unsigned char bytes[ZX_CHANNEL_MAX_MSG_BYTES];
};

struct pair {
    bool open[2];
    struct message *first[2]; /* of those that go to side i */
    struct message *last[2];
    zx_signals_t user[2]; /* signals of side i that were set by call */
};

struct end {
    uint32_t pair;
    uint32_t side;
};

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    size_t messages;
    struct message *unused;
    struct pair pairs[MAX_PAIRS];
    struct message pool[MAX_MESSAGES];
} zircon = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static pthread_once_t begun = PTHREAD_ONCE_INIT;

/* ---- inside ---------------------------------------------------------------------------------- */

static void drop(struct message *message)
{
    for (uint32_t i = 0; i < message->handleCount; i++) {
        modelled_release(message->identities[i]);
    }
    pthread_mutex_lock(&zircon.mutex);
    message->next = zircon.unused;
    zircon.unused = message;
    zircon.messages--;
    pthread_mutex_unlock(&zircon.mutex);
}

static void end_is_gone(const uint64_t identity[2], const void *info)
{
    const struct end *end = info;
    struct pair *pair = &zircon.pairs[end->pair];
    struct message *message;

    (void)identity;
    pthread_mutex_lock(&zircon.mutex);
    pair->open[end->side] = false;
    message = pair->first[end->side];
    pair->first[end->side] = pair->last[end->side] = NULL;
    pthread_cond_broadcast(&zircon.changed);
    pthread_mutex_unlock(&zircon.mutex);
    /* Without the lock: what a message carries may be the end of another channel. */
    while (message != NULL) {
        struct message *next = message->next;

        drop(message);
        message = next;
    }
}

static void empty(void)
{
    memset(zircon.pairs, 0, sizeof(zircon.pairs));
    zircon.messages = 0;
    zircon.unused = NULL;
    for (size_t i = 0; i < MAX_MESSAGES; i++) {
        zircon.pool[i].next = zircon.unused;
        zircon.unused = &zircon.pool[i];
    }
}

static void begin(void)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&zircon.changed, &attributes);
    pthread_condattr_destroy(&attributes);
    empty();
    modelled_on_gone('c', end_is_gone);
}

static void lock(void)
{
    pthread_once(&begun, begin);
    pthread_mutex_lock(&zircon.mutex);
}

static void unlock(void)
{
    pthread_mutex_unlock(&zircon.mutex);
}

static zx_obj_type_t type_of(zx_handle_t handle, zx_rights_t *rights)
{
    uint32_t kind = 0;

    *rights = 0;
    if (modelled_info(handle, &kind, NULL, NULL) == NULL) {
        return 0;
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (kinds[i].kind == kind) {
            *rights = kinds[i].rights & modelled_rights(handle);
            return kinds[i].type;
        }
    }
    return 0;
}

/* Of a channel that has those rights; *end is the table's. */
static zx_status_t find_end(zx_handle_t handle, zx_rights_t rights, const struct end **end)
{
    zx_rights_t present;
    zx_obj_type_t type = type_of(handle, &present);

    if (type == 0) {
        return ZX_ERR_BAD_HANDLE;
    }
    if (type != ZX_OBJ_TYPE_CHANNEL) {
        return ZX_ERR_WRONG_TYPE;
    }
    *end = modelled_info(handle, NULL, NULL, NULL);
    return (present & rights) == rights ? ZX_OK : ZX_ERR_ACCESS_DENIED;
}

/* ---- for tests ------------------------------------------------------------------------------- */

void zircon_reset(void)
{
    lock();
    empty();
    unlock();
}

zx_handle_t zircon_make(zx_obj_type_t type, uint64_t size)
{
    uint32_t kind = type == ZX_OBJ_TYPE_VMO ? 'm' : type == ZX_OBJ_TYPE_EVENT ? 'e' : 'f';

    return (zx_handle_t)modelled_make(kind, NULL, 0, size);
}

void zircon_limit_rights(zx_handle_t handle, zx_rights_t rights)
{
    modelled_set_rights(handle, modelled_rights(handle) & rights);
}

size_t zircon_message_count(void)
{
    size_t count;

    lock();
    count = zircon.messages;
    unlock();
    return count;
}

/* ---- handles --------------------------------------------------------------------------------- */

zx_status_t zx_handle_close(zx_handle_t handle)
{
    if (handle != ZX_HANDLE_INVALID) {
        modelled_close(handle);
    }
    return ZX_OK;
}

zx_status_t zx_handle_duplicate(zx_handle_t handle, zx_rights_t rights, zx_handle_t *out)
{
    zx_rights_t present;
    modelled_value duplicate;

    if (type_of(handle, &present) == 0) {
        return ZX_ERR_BAD_HANDLE;
    }
    if ((present & ZX_RIGHT_DUPLICATE) == 0) {
        return ZX_ERR_ACCESS_DENIED;
    }
    if (rights != ZX_RIGHT_SAME_RIGHTS && (rights & ~present) != 0) {
        return ZX_ERR_INVALID_ARGS;
    }
    if (modelled_fault() || !modelled_duplicate(handle, &duplicate)) {
        return ZX_ERR_NO_MEMORY;
    }
    if (rights != ZX_RIGHT_SAME_RIGHTS) {
        modelled_set_rights(duplicate, rights);
    }
    *out = (zx_handle_t)duplicate;
    return ZX_OK;
}

zx_status_t zx_object_get_info(zx_handle_t handle, uint32_t topic, void *buffer, size_t buffer_size,
                               size_t *actual, size_t *avail)
{
    zx_info_handle_basic_t info = {0};
    uint64_t identity[2];

    if (topic != ZX_INFO_HANDLE_BASIC) {
        return ZX_ERR_NOT_SUPPORTED;
    }
    if (buffer_size < sizeof(info)) {
        return ZX_ERR_BUFFER_TOO_SMALL;
    }
    info.type = type_of(handle, &info.rights);
    if (info.type == 0 || modelled_info(handle, NULL, NULL, identity) == NULL) {
        return ZX_ERR_BAD_HANDLE;
    }
    info.koid = 1024 + identity[0];
    memcpy(buffer, &info, sizeof(info));
    if (actual != NULL) {
        *actual = 1;
    }
    if (avail != NULL) {
        *avail = 1;
    }
    return ZX_OK;
}

zx_status_t zx_vmo_get_size(zx_handle_t handle, uint64_t *size)
{
    zx_rights_t present;
    zx_obj_type_t type = type_of(handle, &present);

    if (type != ZX_OBJ_TYPE_VMO) {
        return type == 0 ? ZX_ERR_BAD_HANDLE : ZX_ERR_WRONG_TYPE;
    }
    modelled_info(handle, NULL, size, NULL);
    /* A VMO consists of pages. */
    *size = (*size + PAGE - 1) / PAGE * PAGE;
    return ZX_OK;
}

/* ---- waiting --------------------------------------------------------------------------------- */

zx_time_t zx_clock_get_monotonic(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (zx_time_t)now.tv_sec * 1000000000 + (zx_time_t)now.tv_nsec;
}

static zx_signals_t signals_of(const struct end *end)
{
    const struct pair *pair = &zircon.pairs[end->pair];
    zx_signals_t signals = pair->first[end->side] != NULL ? ZX_CHANNEL_READABLE : 0;

    signals |= pair->user[end->side];
    return signals | (pair->open[1 - end->side] ? ZX_CHANNEL_WRITABLE : ZX_CHANNEL_PEER_CLOSED);
}

zx_status_t zx_object_wait_one(zx_handle_t handle, zx_signals_t signals, zx_time_t deadline,
                               zx_signals_t *observed)
{
    const struct end *end = NULL;
    zx_status_t status = find_end(handle, ZX_RIGHT_WAIT, &end);
    struct timespec until = {.tv_sec = (time_t)(deadline / 1000000000),
                             .tv_nsec = (long)(deadline % 1000000000)};
    int error = 0;

    if (status != ZX_OK || modelled_fault()) {
        return status == ZX_ERR_WRONG_TYPE ? ZX_ERR_NOT_SUPPORTED
               : status != ZX_OK           ? status
                                           : ZX_ERR_NO_MEMORY;
    }
    lock();
    while ((signals_of(end) & signals) == 0 && error == 0) {
        error = deadline == ZX_TIME_INFINITE
                    ? pthread_cond_wait(&zircon.changed, &zircon.mutex)
                    : pthread_cond_timedwait(&zircon.changed, &zircon.mutex, &until);
    }
    if (observed != NULL) {
        *observed = signals_of(end);
    }
    status = (signals_of(end) & signals) != 0 ? ZX_OK : ZX_ERR_TIMED_OUT;
    unlock();
    return status;
}

static zx_status_t set_signals(zx_handle_t handle, bool peer, uint32_t clear, uint32_t set)
{
    const struct end *end = NULL;
    zx_status_t status = find_end(handle, peer ? ZX_RIGHT_SIGNAL_PEER : ZX_RIGHT_SIGNAL, &end);
    struct pair *pair;
    uint32_t side;

    if (status != ZX_OK) {
        return status;
    }
    if (((clear | set) & ~USER_SIGNALS) != 0) {
        return ZX_ERR_INVALID_ARGS;
    }
    if (modelled_fault()) {
        return ZX_ERR_NO_MEMORY;
    }
    lock();
    pair = &zircon.pairs[end->pair];
    side = peer ? 1 - end->side : end->side;
    if (!pair->open[side]) {
        status = ZX_ERR_PEER_CLOSED;
    } else {
        pair->user[side] = (pair->user[side] & ~clear) | set;
        pthread_cond_broadcast(&zircon.changed);
    }
    unlock();
    return status;
}

zx_status_t zx_object_signal(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask)
{
    return set_signals(handle, false, clear_mask, set_mask);
}

zx_status_t zx_object_signal_peer(zx_handle_t handle, uint32_t clear_mask, uint32_t set_mask)
{
    return set_signals(handle, true, clear_mask, set_mask);
}

/* ---- channels -------------------------------------------------------------------------------- */

zx_status_t zx_channel_create(uint32_t options, zx_handle_t *out0, zx_handle_t *out1)
{
    struct end ends[2] = {{0, 0}, {0, 1}};
    modelled_value made[2] = {0, 0};

    if (options != 0) {
        return ZX_ERR_INVALID_ARGS;
    }
    if (modelled_fault()) {
        return ZX_ERR_NO_MEMORY;
    }
    lock();
    while (ends[0].pair < MAX_PAIRS &&
           (zircon.pairs[ends[0].pair].open[0] || zircon.pairs[ends[0].pair].open[1])) {
        ends[0].pair++;
    }
    if (ends[0].pair < MAX_PAIRS) {
        zircon.pairs[ends[0].pair].open[0] = zircon.pairs[ends[0].pair].open[1] = true;
        zircon.pairs[ends[0].pair].user[0] = zircon.pairs[ends[0].pair].user[1] = 0;
    }
    unlock();
    if (ends[0].pair == MAX_PAIRS) {
        return ZX_ERR_NO_MEMORY;
    }
    ends[1].pair = ends[0].pair;
    for (int i = 0; i < 2; i++) {
        made[i] = modelled_make('c', &ends[i], sizeof(ends[i]), 0);
    }
    if (made[0] == 0 || made[1] == 0) {
        for (int i = 0; i < 2; i++) {
            if (made[i] != 0) {
                modelled_close(made[i]);
            } else {
                end_is_gone(NULL, &ends[i]);
            }
        }
        return ZX_ERR_NO_MEMORY;
    }
    *out0 = (zx_handle_t)made[0];
    *out1 = (zx_handle_t)made[1];
    return ZX_OK;
}

/* Holds what a message is to carry. */
static zx_status_t load(struct message *message, zx_handle_t channel, const zx_handle_t *handles,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        zx_rights_t present;

        if (handles[i] == channel) {
            return ZX_ERR_NOT_SUPPORTED;
        }
        if (type_of(handles[i], &present) == 0) {
            return ZX_ERR_BAD_HANDLE;
        }
        if ((present & ZX_RIGHT_TRANSFER) == 0) {
            return ZX_ERR_ACCESS_DENIED;
        }
        if (modelled_info(handles[i], NULL, NULL, message->identities[i]) == NULL ||
            !modelled_hold(message->identities[i])) {
            return ZX_ERR_BAD_HANDLE;
        }
        message->rights[i] = modelled_rights(handles[i]);
        message->handleCount++;
    }
    return ZX_OK;
}

static struct message *new_message(const void *bytes, uint32_t size)
{
    struct message *message;

    lock();
    message = zircon.unused;
    if (message != NULL) {
        zircon.unused = message->next;
        zircon.messages++;
    }
    unlock();
    if (message != NULL) {
        message->next = NULL;
        message->handleCount = 0;
        message->size = size;
        if (size > 0) {
            memcpy(message->bytes, bytes, size);
        }
    }
    return message;
}

static zx_status_t write_message(zx_handle_t handle, const void *bytes, uint32_t size,
                                 const zx_handle_t *handles, uint32_t count)
{
    const struct end *end = NULL;
    zx_status_t status = find_end(handle, ZX_RIGHT_WRITE, &end);
    struct message *message;

    if (status != ZX_OK) {
        return status;
    }
    if (size > ZX_CHANNEL_MAX_MSG_BYTES || count > ZX_CHANNEL_MAX_MSG_HANDLES) {
        return ZX_ERR_OUT_OF_RANGE;
    }
    message = modelled_fault() ? NULL : new_message(bytes, size);
    if (message == NULL) {
        return ZX_ERR_NO_MEMORY;
    }
    status = load(message, handle, handles, count);
    if (status == ZX_OK) {
        struct pair *pair = &zircon.pairs[end->pair];
        uint32_t side = 1 - end->side;

        lock();
        if (!pair->open[side]) {
            status = ZX_ERR_PEER_CLOSED;
        } else {
            *(pair->first[side] != NULL ? &pair->last[side]->next : &pair->first[side]) = message;
            pair->last[side] = message;
            pthread_cond_broadcast(&zircon.changed);
        }
        unlock();
    }
    if (status != ZX_OK) {
        drop(message);
    }
    return status;
}

zx_status_t zx_channel_write(zx_handle_t handle, uint32_t options, const void *bytes,
                             uint32_t num_bytes, const zx_handle_t *handles, uint32_t num_handles)
{
    zx_status_t status = options != 0
                             ? ZX_ERR_INVALID_ARGS
                             : write_message(handle, bytes, num_bytes, handles, num_handles);

    /* They are the channel's now, or gone. */
    for (uint32_t i = 0; i < num_handles; i++) {
        if (modelled_is_open(handles[i])) {
            modelled_close(handles[i]);
        }
    }
    return status;
}

/* New handles of what a message carries: all of them, or none. */
static bool unload(const struct message *message, zx_handle_t *handles)
{
    for (uint32_t i = 0; i < message->handleCount; i++) {
        handles[i] = (zx_handle_t)modelled_open(message->identities[i], message->rights[i]);
        if (handles[i] == ZX_HANDLE_INVALID) {
            while (i > 0) {
                modelled_close(handles[--i]);
            }
            return false;
        }
    }
    return true;
}

zx_status_t zx_channel_read(zx_handle_t handle, uint32_t options, void *bytes, zx_handle_t *handles,
                            uint32_t num_bytes, uint32_t num_handles, uint32_t *actual_bytes,
                            uint32_t *actual_handles)
{
    const struct end *end = NULL;
    zx_status_t status = find_end(handle, ZX_RIGHT_READ, &end);
    struct message *message = NULL;

    if (status != ZX_OK || (options & ~ZX_CHANNEL_READ_MAY_DISCARD) != 0) {
        return status != ZX_OK ? status : ZX_ERR_INVALID_ARGS;
    }
    if (modelled_fault()) {
        return ZX_ERR_NO_MEMORY;
    }
    lock();
    message = zircon.pairs[end->pair].first[end->side];
    if (message == NULL) {
        status =
            zircon.pairs[end->pair].open[1 - end->side] ? ZX_ERR_SHOULD_WAIT : ZX_ERR_PEER_CLOSED;
    } else {
        if (actual_bytes != NULL) {
            *actual_bytes = message->size;
        }
        if (actual_handles != NULL) {
            *actual_handles = message->handleCount;
        }
        if (message->size > num_bytes || message->handleCount > num_handles) {
            status = ZX_ERR_BUFFER_TOO_SMALL;
        } else if (!unload(message, handles)) {
            status = ZX_ERR_NO_MEMORY;
        } else {
            memcpy(bytes, message->bytes, message->size);
        }
        if (status == ZX_OK || (status == ZX_ERR_BUFFER_TOO_SMALL && options != 0)) {
            zircon.pairs[end->pair].first[end->side] = message->next;
        } else {
            message = NULL;
        }
    }
    unlock();
    if (message != NULL) {
        drop(message);
    }
    return status;
}
