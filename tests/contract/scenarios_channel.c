/*
 * Scenarios of the sweep: channels.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/sweep.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LIMIT        1000000000u

enum {
    MALLOC = 1u << SWEEP_MALLOC,
    SYSTEM = 1u << SWEEP_SYSTEM
};

/* ---- making ---- */

static VkResult pair(struct world *world)
{
    return vxmCreateChannelPair(world->out.channels);
}

static void close_both(struct world *world)
{
    vxmCloseChannel(world->out.channels[0]);
    vxmCloseChannel(world->out.channels[1]);
}

static void choose_name(struct world *world)
{
    snprintf(world->name, sizeof(world->name), "%s", backend_channel_name());
}

static void listen_there(struct world *world)
{
    choose_name(world);
    require(vxmListen(world->name, NULL, &world->listener));
}

/* Somebody waits to be accepted. */
static void connect_there(struct world *world)
{
    listen_there(world);
    require(vxmConnect(world->name, LIMIT, &world->channels[0]));
}

static VkResult listen_new(struct world *world)
{
    return vxmListen(world->name, NULL, &world->out.listener);
}

static void close_listener(struct world *world)
{
    vxmCloseListener(world->out.listener);
}

static VkResult accept_one(struct world *world)
{
    return vxmAccept(world->listener, LIMIT, &world->out.channels[0]);
}

static VkResult connect_one(struct world *world)
{
    return vxmConnect(world->name, LIMIT, &world->out.channels[0]);
}

static void close_one(struct world *world)
{
    vxmCloseChannel(world->out.channels[0]);
}

static void close_all(struct world *world)
{
    vxmCloseHandle(&world->handle);
    vxmCloseChannel(world->channels[0]);
    vxmCloseChannel(world->channels[1]);
    vxmCloseListener(world->listener);
    vxmCloseSharedSemaphore(&world->sharedSemaphore);
    vxmDestroySemaphore(world->semaphore);
    source_close(&world->source);
}

/* ---- a pair, and its native handle ---- */

static void open_pair(struct world *world)
{
    require(vxmCreateChannelPair(world->channels));
}

static void open_native(struct world *world)
{
    open_pair(world);
    require(vxmExportChannel(world->channels[0], &world->handle));
}

static VkResult export_channel(struct world *world)
{
    return vxmExportChannel(world->channels[0], &world->out.handle);
}

static void close_handle(struct world *world)
{
    vxmCloseHandle(&world->out.handle);
}

static VkResult import_channel(struct world *world)
{
    return vxmImportChannel(&world->handle, &world->out.channels[0]);
}

static void close_imported(struct world *world)
{
    close_one(world);
    if (backend_channels_move) {
        world->handle = (VxmHandle){0};
    }
}

static VkResult get_peer(struct world *world)
{
    return vxmGetChannelPeer(world->channels[0], &world->out.peer);
}

/* ---- messages ---- */

static void open_message(struct world *world)
{
    open_pair(world);
    require(vxmSendBytes(world->channels[0], 5, "bytes", LIMIT));
}

static VkResult peek(struct world *world)
{
    return vxmPeekMessage(world->channels[1], LIMIT, &world->out.messageType);
}

static VkResult send_bytes(struct world *world)
{
    return vxmSendBytes(world->channels[0], 5, "bytes", LIMIT);
}

static VkResult receive_bytes(struct world *world)
{
    return vxmReceiveBytes(world->channels[1], sizeof(world->out.bytes), world->out.bytes,
                           &world->out.size, LIMIT);
}

static void open_memory(struct world *world)
{
    open_pair(world);
    source_open(world->device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &world->source);
}

static void send_memory_first(struct world *world)
{
    open_memory(world);
    require(vxmSendMemory(world->channels[0], &world->source.shared, LIMIT));
}

/* The handles in flight are nobody's until they are received. */
static VkResult send_memory(struct world *world)
{
    return vxmSendMemory(world->channels[0], &world->source.shared, LIMIT);
}

static VkResult receive_memory(struct world *world)
{
    return vxmReceiveMemory(world->channels[1], &world->out.shared, LIMIT);
}

static void close_shared(struct world *world)
{
    vxmCloseShared(&world->out.shared);
}

static void open_semaphore(struct world *world)
{
    VkExternalSemaphoreHandleTypeFlagBits bit =
        (VkExternalSemaphoreHandleTypeFlagBits)backend_semaphore_types[0].type;
    VxmSemaphoreCreateInfo info = {.semaphoreType = semaphore_plain(), .handleTypes = bit};

    open_pair(world);
    require(vxmCreateSemaphore(world->device, &info, &world->semaphore));
    require(vxmExportSemaphore(world->semaphore, bit, &world->sharedSemaphore));
}

static void send_semaphore_first(struct world *world)
{
    open_semaphore(world);
    require(vxmSendSemaphore(world->channels[0], &world->sharedSemaphore, LIMIT));
}

static VkResult send_semaphore(struct world *world)
{
    return vxmSendSemaphore(world->channels[0], &world->sharedSemaphore, LIMIT);
}

static VkResult receive_semaphore(struct world *world)
{
    return vxmReceiveSemaphore(world->channels[1], &world->out.sharedSemaphore, LIMIT);
}

static void close_shared_semaphore(struct world *world)
{
    vxmCloseSharedSemaphore(&world->out.sharedSemaphore);
}

static VkResult send_handover(struct world *world)
{
    return vxmSendHandover(world->channels[0], &world->handover, LIMIT);
}

static void open_handover(struct world *world)
{
    world->handover.queueFamilyIndex = VK_QUEUE_FAMILY_EXTERNAL;
    open_pair(world);
}

static void send_handover_first(struct world *world)
{
    open_handover(world);
    require(vxmSendHandover(world->channels[0], &world->handover, LIMIT));
}

static VkResult receive_handover(struct world *world)
{
    return vxmReceiveHandover(world->channels[1], &world->out.handover, LIMIT);
}

#define ROW(entry_, prepare_, run_, undo_, expects_, flags_)                                       \
    {                                                                                              \
        .entry = (entry_), .prepare = (prepare_), .run = (run_), .undo = (undo_),                  \
        .cleanup = close_all, .expects = (expects_), .flags = (flags_)                             \
    }
#define ALONE   SWEEP_WITHOUT_DEVICE
#define MESSAGE (SWEEP_BREAKS | SWEEP_MAY_PASS)
#define ARRIVAL (SWEEP_BREAKS | SWEEP_MAY_PASS | SWEEP_ARRIVES)

const struct scenario channel_scenarios[] = {
    ROW("vxmCreateChannelPair", NULL, pair, close_both, MALLOC | SYSTEM, ALONE | SWEEP_MAY_PASS),
    ROW("vxmListen", choose_name, listen_new, close_listener, MALLOC | SYSTEM,
        ALONE | SWEEP_LISTENER | SWEEP_MAY_PASS),
    ROW("vxmAccept", connect_there, accept_one, close_one, MALLOC | SYSTEM,
        ALONE | SWEEP_LISTENER | SWEEP_MAY_PASS),
    ROW("vxmConnect", listen_there, connect_one, close_one, MALLOC | SYSTEM,
        ALONE | SWEEP_LISTENER | SWEEP_MAY_PASS),
    ROW("vxmExportChannel", open_pair, export_channel, close_handle, SYSTEM, ALONE),
    ROW("vxmImportChannel", open_native, import_channel, close_imported, MALLOC | SYSTEM, ALONE),
    ROW("vxmGetChannelPeer", open_pair, get_peer, NULL, SYSTEM, ALONE),
    ROW("vxmPeekMessage", open_message, peek, NULL, MALLOC | SYSTEM, ALONE | ARRIVAL),
    ROW("vxmSendBytes", open_pair, send_bytes, NULL, SYSTEM, ALONE | MESSAGE),
    ROW("vxmReceiveBytes", open_message, receive_bytes, NULL, MALLOC | SYSTEM, ALONE | ARRIVAL),
    ROW("vxmSendMemory", open_memory, send_memory, NULL, SYSTEM, MESSAGE | SWEEP_SENDS_MEMORY),
    ROW("vxmReceiveMemory", send_memory_first, receive_memory, close_shared, MALLOC | SYSTEM,
        ARRIVAL | SWEEP_SENDS_MEMORY),
    ROW("vxmSendSemaphore", open_semaphore, send_semaphore, NULL, SYSTEM,
        MESSAGE | SWEEP_SENDS_SEMAPHORE),
    ROW("vxmReceiveSemaphore", send_semaphore_first, receive_semaphore, close_shared_semaphore,
        MALLOC | SYSTEM, ARRIVAL | SWEEP_SENDS_SEMAPHORE),
    ROW("vxmSendHandover", open_handover, send_handover, NULL, SYSTEM, ALONE | MESSAGE),
    ROW("vxmReceiveHandover", send_handover_first, receive_handover, NULL, MALLOC | SYSTEM,
        ALONE | ARRIVAL),
};
const size_t channel_scenario_count = COUNT(channel_scenarios);
