/*
 * The modelled system's channels: two queues of bytes between two ends in one process, with the
 * objects that ride on a byte. Handles that are references don't travel.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"
#include "modelled/transport.h"

#define KIND        ((uint32_t)'c')
#define QUEUE_BYTES 150000u /* no multiple of a message's size */
#define QUEUE_LOADS 256u

/* Objects on their way, on the byte at this place of the stream. */
struct load {
    uint64_t place;
    uint32_t count;
    uint64_t identities[VXM_OS_MAX_HANDLES][2];
    uint32_t rights[VXM_OS_MAX_HANDLES];
};

/* One direction. Places count from the stream's first byte. */
struct queue {
    uint64_t written;
    uint64_t read;
    uint32_t firstLoad;
    uint32_t loadCount;
    struct load loads[QUEUE_LOADS];
    unsigned char bytes[QUEUE_BYTES];
};

struct link {
    bool used;
    bool open[2];       /* side i has a handle, or waits to be accepted */
    struct queue to[2]; /* what goes to side i */
};

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct link links[MODELLED_LINKS];
} net = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static pthread_once_t begun = PTHREAD_ONCE_INIT;

/* ---- inside ---------------------------------------------------------------------------------- */

static void drop_loads(struct queue *queue)
{
    for (; queue->loadCount > 0; queue->loadCount--, queue->firstLoad++) {
        const struct load *load = &queue->loads[queue->firstLoad % QUEUE_LOADS];

        for (uint32_t i = 0; i < load->count; i++) {
            modelled_release(load->identities[i]);
        }
    }
}

/* The last handle of an end is closed, or nobody accepts it any more. */
void modelled_leave(const struct modelled_end *end)
{
    struct link *link = &net.links[end->link];

    pthread_mutex_lock(&net.mutex);
    link->open[end->side] = false;
    drop_loads(&link->to[end->side]);
    if (!link->open[0] && !link->open[1]) {
        link->used = false;
    }
    pthread_cond_broadcast(&net.changed);
    pthread_mutex_unlock(&net.mutex);
}

static void end_is_gone(const uint64_t identity[2], const void *info)
{
    (void)identity;
    modelled_leave(info);
}

static void begin(void)
{
    pthread_condattr_t attributes;

    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&net.changed, &attributes);
    pthread_condattr_destroy(&attributes);
    modelled_on_gone(KIND, end_is_gone);
}

void modelled_net_lock(void)
{
    pthread_once(&begun, begin);
    pthread_mutex_lock(&net.mutex);
}

void modelled_net_unlock(void)
{
    pthread_mutex_unlock(&net.mutex);
}

void modelled_net_changed(void)
{
    pthread_cond_broadcast(&net.changed);
}

/* With the lock. False: time has run out. */
bool modelled_net_wait(uint64_t deadline)
{
    struct timespec until = {.tv_sec = (time_t)(deadline / 1000000000u),
                             .tv_nsec = (long)(deadline % 1000000000u)};

    if (deadline == 0) {
        return false;
    }
    if (deadline == UINT64_MAX) {
        pthread_cond_wait(&net.changed, &net.mutex);
        return true;
    }
    return pthread_cond_timedwait(&net.changed, &net.mutex, &until) == 0;
}

VkResult modelled_time_out(const char *waited)
{
    return vxm__fail(VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, 0, "Time ran out while waiting %s.",
                     waited);
}

static VkResult peer_lost(void)
{
    return vxm__fail(VXM_ERROR_PEER_LOST, VXM_ERROR_REASON_PEER, 0,
                     "The process at the other end has closed the channel, or ended.");
}

VkResult modelled_call_failed(const char *doing)
{
    return modelled_fail_call(VK_ERROR_INITIALIZATION_FAILED, MODELLED_ERROR_CALL, "%s failed",
                              doing);
}

VkResult modelled_too_many(const char *doing)
{
    return modelled_fail_call(VK_ERROR_TOO_MANY_OBJECTS, MODELLED_ERROR_MANY, "%s failed", doing);
}

static const struct modelled_end *end_of(const VxmHandle *channel)
{
    uint32_t kind = 0;
    const void *info = modelled_info(modelled_native(channel), &kind, NULL, NULL);

    return info != NULL && kind == KIND ? info : NULL;
}

/* With the lock; a link of which both sides are open. MODELLED_LINKS: there are no more. */
uint32_t modelled_new_link(void)
{
    for (uint32_t i = 0; i < MODELLED_LINKS; i++) {
        struct link *link = &net.links[i];

        if (!link->used) {
            link->used = true;
            for (int side = 0; side < 2; side++) {
                link->open[side] = true;
                link->to[side].written = 0;
                link->to[side].read = 0;
                link->to[side].firstLoad = 0;
                link->to[side].loadCount = 0;
            }
            return i;
        }
    }
    return MODELLED_LINKS;
}

/* A handle of one side; VK_ERROR_TOO_MANY_OBJECTS leaves the side. */
VkResult modelled_open_end(uint32_t link, uint32_t side, const char *doing, VxmHandle *channel)
{
    const struct modelled_end end = {link, side};
    modelled_value value = modelled_make(KIND, &end, sizeof(end), 0);

    if (value == 0) {
        modelled_leave(&end);
        return modelled_too_many(doing);
    }
    *channel = (VxmHandle){.kind = VXM_HANDLE_KIND_CHANNEL,
                           .type = VXM_CHANNEL_HANDLE_TYPE_NATIVE,
                           .ptr = modelled_pointer(value)};
    return VK_SUCCESS;
}

/* ---- ends ------------------------------------------------------------------------------------ */

const bool vxm__os_channels_move = false;

VkResult vxm__os_pair(VxmHandle channels[2])
{
    static const char doing[] = "Making a pair of connected channels";
    VxmHandle made[2];
    VkResult result;
    uint32_t link;

    if (modelled_fault()) {
        return modelled_call_failed(doing);
    }
    modelled_net_lock();
    link = modelled_new_link();
    modelled_net_unlock();
    if (link == MODELLED_LINKS) {
        return modelled_too_many(doing);
    }
    result = modelled_open_end(link, 0, doing, &made[0]);
    if (result != VK_SUCCESS) {
        modelled_leave(&(struct modelled_end){link, 1});
        return result;
    }
    result = modelled_open_end(link, 1, doing, &made[1]);
    if (result != VK_SUCCESS) {
        vxm__os_close(&made[0]);
        return result;
    }
    channels[0] = made[0];
    channels[1] = made[1];
    return VK_SUCCESS;
}

VkResult vxm__os_check_channel(const VxmHandle *channel)
{
    if (modelled_fault()) {
        return modelled_call_failed("Looking at the handle of a channel");
    }
    if (end_of(channel) == NULL) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "The handle 0x%llx is %s. A channel needs a handle that "
                         "vxmExportChannel() gave.",
                         (unsigned long long)modelled_native(channel),
                         modelled_is_open(modelled_native(channel)) ? "no channel" : "not open");
    }
    return VK_SUCCESS;
}

VkResult vxm__os_begin_stream(const VxmHandle *channel, bool imported, struct vxm_os_stream *stream)
{
    (void)channel;
    (void)imported;
    (void)stream;
    return VK_SUCCESS;
}

void vxm__os_end_stream(struct vxm_os_stream *stream)
{
    (void)stream;
}

VkResult vxm__os_peer(const VxmHandle *channel, const struct vxm_os_stream *stream, VxmPeer *peer)
{
    (void)channel;
    (void)stream;
    if (modelled_fault()) {
        return modelled_call_failed("Asking who is at the other end of a channel");
    }
    *peer = (VxmPeer){.processIdValid = VK_TRUE, .processId = (uint64_t)getpid()};
    return VK_SUCCESS;
}

/* ---- sending --------------------------------------------------------------------------------- */

static VkResult hold_all(const VxmHandle *handles, uint32_t handleCount, struct load *load)
{
    load->count = 0;
    for (uint32_t i = 0; i < handleCount; i++) {
        modelled_value value = modelled_native(&handles[i]);
        uint64_t *identity = load->identities[i];
        /* As descriptors by a socket, whatever they are of; an object doesn't. */
        const bool travels =
            modelled_get_style() == MODELLED_HANDLES || handles[i].kind == VXM_HANDLE_KIND_CHANNEL;

        load->rights[i] = modelled_rights(value);
        if (!travels || modelled_fault() || modelled_info(value, NULL, NULL, identity) == NULL ||
            !modelled_hold(identity)) {
            while (load->count > 0) {
                modelled_release(load->identities[--load->count]);
            }
            return modelled_fail_call(
                VK_ERROR_INVALID_EXTERNAL_HANDLE,
                modelled_is_open(value) ? MODELLED_ERROR_CALL : MODELLED_ERROR_NOT_OPEN,
                "Sending the handle 0x%llx failed", (unsigned long long)value);
        }
        load->count++;
    }
    return VK_SUCCESS;
}

/* With the lock: as much as there is room for. A small message leaves as a whole or not at all. */
static size_t put(struct queue *queue, const unsigned char *data, size_t size, struct load *load)
{
    size_t room = (size_t)(QUEUE_BYTES - (queue->written - queue->read));

    if (size > room && size <= 4096) {
        return 0;
    }
    size = size < room ? size : room;
    if (size == 0 || (load->count > 0 && queue->loadCount == QUEUE_LOADS)) {
        return 0;
    }
    if (load->count > 0) {
        load->place = queue->written;
        queue->loads[(queue->firstLoad + queue->loadCount++) % QUEUE_LOADS] = *load;
        load->count = 0;
    }
    for (size_t i = 0; i < size; i++) {
        queue->bytes[(queue->written + i) % QUEUE_BYTES] = data[i];
    }
    queue->written += size;
    pthread_cond_broadcast(&net.changed);
    return size;
}

VkResult vxm__os_send(const VxmHandle *channel, struct vxm_os_stream *stream, const void *data,
                      size_t size, const VxmHandle *handles, uint32_t handleCount,
                      uint64_t deadline, size_t *sent)
{
    const struct modelled_end *end = end_of(channel);
    const unsigned char *bytes = data;
    struct load load;
    VkResult result;

    (void)stream;
    *sent = 0;
    if (end == NULL) {
        return vxm__os_check_channel(channel);
    }
    result = hold_all(handles, handleCount, &load);
    if (result != VK_SUCCESS) {
        return result;
    }
    modelled_net_lock();
    while (result == VK_SUCCESS && *sent < size) {
        struct link *link = &net.links[end->link];
        size_t count = 0;

        if (!link->open[1 - end->side]) {
            result = peer_lost();
        } else if (modelled_fault()) {
            result = modelled_call_failed("Writing to a channel");
        } else {
            count = put(&link->to[1 - end->side], bytes + *sent, size - *sent, &load);
            *sent += count;
            if (count == 0 && !modelled_net_wait(deadline)) {
                result = modelled_time_out("for the peer to read");
            }
        }
    }
    modelled_net_unlock();
    while (load.count > 0) {
        modelled_release(load.identities[--load.count]);
    }
    return result;
}

/* ---- receiving ------------------------------------------------------------------------------- */

/* The load on the next byte. All of it, or none is left. */
static VkResult take_load(const struct load *load, VxmHandle handles[VXM_OS_MAX_HANDLES],
                          uint32_t *handleCount)
{
    const uint32_t before = *handleCount;
    VkResult result = VK_SUCCESS;

    if (load->count > VXM_OS_MAX_HANDLES - *handleCount) {
        result = vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_PEER, 0,
                           "A message came with %u handles, but has %u at most. All were closed. "
                           "Close the channel.",
                           load->count + *handleCount, (unsigned int)VXM_OS_MAX_HANDLES);
    }
    for (uint32_t i = 0; result == VK_SUCCESS && i < load->count; i++) {
        modelled_value value = modelled_open(load->identities[i], load->rights[i]);

        if (value == 0) {
            result = vxm__fail(VXM_ERROR_BAD_MESSAGE, VXM_ERROR_REASON_SYSTEM, MODELLED_ERROR_MANY,
                               "Handles of a message were lost, since this process can't have "
                               "more: close handles that are no longer needed, and the channel.");
        } else {
            handles[(*handleCount)++] = (VxmHandle){.ptr = modelled_pointer(value)};
        }
    }
    while (result != VK_SUCCESS && *handleCount > before) {
        modelled_close(modelled_native(&handles[--*handleCount]));
    }
    for (uint32_t i = 0; i < load->count; i++) {
        modelled_release(load->identities[i]);
    }
    return result;
}

/* With the lock, and at least one byte there: up to the next byte that has a load. */
static size_t get(struct queue *queue, unsigned char *data, size_t size, struct load *load)
{
    size_t there = (size_t)(queue->written - queue->read);

    load->count = 0;
    if (queue->loadCount > 0 && queue->loads[queue->firstLoad % QUEUE_LOADS].place == queue->read) {
        *load = queue->loads[queue->firstLoad++ % QUEUE_LOADS];
        queue->loadCount--;
    }
    if (queue->loadCount > 0 &&
        queue->loads[queue->firstLoad % QUEUE_LOADS].place - queue->read < there) {
        there = (size_t)(queue->loads[queue->firstLoad % QUEUE_LOADS].place - queue->read);
    }
    size = size < there ? size : there;
    for (size_t i = 0; i < size; i++) {
        data[i] = queue->bytes[(queue->read + i) % QUEUE_BYTES];
    }
    queue->read += size;
    pthread_cond_broadcast(&net.changed);
    return size;
}

VkResult vxm__os_receive(const VxmHandle *channel, struct vxm_os_stream *stream, void *data,
                         size_t size, size_t *received, VxmHandle handles[VXM_OS_MAX_HANDLES],
                         uint32_t *handleCount, uint64_t deadline)
{
    const struct modelled_end *end = end_of(channel);
    struct load load = {.count = 0};
    VkResult result = VK_SUCCESS;
    size_t count = 0;

    (void)stream;
    if (end == NULL) {
        return vxm__os_check_channel(channel);
    }
    modelled_net_lock();
    while (result == VK_SUCCESS && count == 0) {
        struct link *link = &net.links[end->link];
        struct queue *queue = &link->to[end->side];

        if (modelled_fault()) {
            result = modelled_call_failed("Reading from a channel");
        } else if (queue->written != queue->read) {
            count = get(queue, data, size, &load);
        } else if (!link->open[1 - end->side]) {
            result = peer_lost();
        } else if (!modelled_net_wait(deadline)) {
            result = modelled_time_out("for the peer to send");
        }
    }
    modelled_net_unlock();
    if (result == VK_SUCCESS) {
        result = take_load(&load, handles, handleCount);
    }
    if (result == VK_SUCCESS) {
        *received = count;
    }
    return result;
}
