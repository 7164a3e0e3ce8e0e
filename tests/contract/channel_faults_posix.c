/*
 * Every system call and allocation of every channel function fails once: an error with a sentence,
 * nothing written, nothing left open, and the call works when it is made again.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "contract/common.h"
#include "support/faults.h"
#include "support/resources.h"

TestSuite(channel_faults_posix, .init = contract_begin, .fini = contract_end);

#define SECOND 1000000000ull

struct world {
    char path[64];
    VxmListener listener;
    VxmChannel pair[2];
    VxmHandle native;
    VxmShared shared;
};

/* One call. On success it undoes what came of it, and on failure it looks at the outputs. */
typedef VkResult attempt(struct world *world);

static bool hit;

/* Ends the fault right after the call that it is for, and looks at the sentence. */
static VkResult after(const char *name, VkResult result)
{
    hit = faults_disarm();
    if (result != VK_SUCCESS) {
        cr_expect(hit, "%s failed without a fault", name);
        contract_check_failure(__FILE__, __LINE__, name, result);
    }
    return result;
}
#define AFTER(call) after(#call, call)

static VkResult attempt_pair(struct world *world)
{
    VxmChannel pair[2];
    VkResult result;

    (void)world;
    fill(pair);
    result = AFTER(vxmCreateChannelPair(pair));
    if (result != VK_SUCCESS) {
        expect_untouched(pair);
    } else {
        vxmCloseChannel(pair[0]);
        vxmCloseChannel(pair[1]);
    }
    return result;
}

static VkResult attempt_listen(struct world *world)
{
    char name[80];
    VxmListener listener;
    VkResult result;

    fill(listener);
    snprintf(name, sizeof(name), "%s.second", world->path);
    result = AFTER(vxmListen(name, NULL, &listener));
    if (result != VK_SUCCESS)
        expect_untouched(listener);
    else
        vxmCloseListener(listener);
    cr_expect_neq(access(name, F_OK), 0, "the socket %s was left behind", name);
    return result;
}

/* The other side of the connection waits in the listener. */
static VkResult attempt_connect(struct world *world)
{
    VxmChannel channel;
    VkResult result;

    fill(channel);
    result = AFTER(vxmConnect(world->path, SECOND, &channel));
    if (result != VK_SUCCESS) {
        expect_untouched(channel);
        return result;
    }
    vxmCloseChannel(channel);
    require(vxmAccept(world->listener, SECOND, &channel));
    vxmCloseChannel(channel);
    return result;
}

/* Somebody waits to be accepted, also after a failure. */
static VkResult attempt_accept(struct world *world)
{
    VxmChannel channel;
    VkResult result;

    fill(channel);
    result = AFTER(vxmAccept(world->listener, SECOND, &channel));
    if (result != VK_SUCCESS)
        expect_untouched(channel);
    else
        vxmCloseChannel(channel);
    return result;
}

static VkResult attempt_export(struct world *world)
{
    VxmHandle handle;
    VkResult result;

    fill(handle);
    result = AFTER(vxmExportChannel(world->pair[0], &handle));
    if (result != VK_SUCCESS)
        expect_untouched(handle);
    else
        vxmCloseHandle(&handle);
    return result;
}

static VkResult attempt_import(struct world *world)
{
    VxmChannel channel;
    VkResult result;

    fill(channel);
    result = AFTER(vxmImportChannel(&world->native, &channel));
    cr_expect(support_is_open(world->native.fd));
    if (result != VK_SUCCESS)
        expect_untouched(channel);
    else
        vxmCloseChannel(channel);
    return result;
}

static VkResult attempt_peer(struct world *world)
{
    VxmPeer peer;
    VkResult result;

    fill(peer);
    result = AFTER(vxmGetChannelPeer(world->pair[0], &peer));
    if (result != VK_SUCCESS)
        expect_untouched(peer);
    return result;
}

/* Received without a fault afterwards: whole, or not there at all. */
static VkResult attempt_send(struct world *world)
{
    VkResult result = AFTER(vxmSendMemory(world->pair[0], &world->shared, SECOND));
    VxmShared received;

    cr_expect(support_is_open(world->shared.memories[0].handle.fd));
    cr_expect_eq(vxmReceiveMemory(world->pair[1], &received, 0),
                 result == VK_SUCCESS ? VK_SUCCESS : VK_TIMEOUT);
    if (result == VK_SUCCESS)
        vxmCloseShared(&received);
    return result;
}

static VkResult attempt_send_much(struct world *world)
{
    char *data = calloc(1, VXM_MAX_MESSAGE_SIZE);
    VkResult result;
    size_t size;

    cr_assert_not_null(data);
    result = AFTER(vxmSendBytes(world->pair[0], 5000, data, SECOND));
    cr_expect_eq(vxmReceiveBytes(world->pair[1], VXM_MAX_MESSAGE_SIZE, data, &size, 0),
                 result == VK_SUCCESS ? VK_SUCCESS : VK_TIMEOUT);
    free(data);
    return result;
}

static VkResult attempt_receive(struct world *world)
{
    VxmShared received;
    VkResult result;

    fill(received);
    result = AFTER(vxmReceiveMemory(world->pair[1], &received, SECOND));
    if (result != VK_SUCCESS)
        expect_untouched(received);
    else
        vxmCloseShared(&received);
    return result;
}

static void begin_world(struct world *world)
{
    memset(world, 0, sizeof(*world));
    snprintf(world->path, sizeof(world->path), "/tmp/vxm-faults-%ld", (long)getpid());
    world->shared.handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT;
    world->shared.memoryCount = 1;
    world->shared.memories[0].handle = (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY,
                                                   .type = world->shared.handleType,
                                                   .fd = model_make_dma_buf(4096)};
    require(vxmListen(world->path, NULL, &world->listener));
    require(vxmCreateChannelPair(world->pair));
    require(vxmExportChannel(world->pair[1], &world->native));
}

static void end_world(struct world *world)
{
    vxmCloseHandle(&world->native);
    vxmCloseChannel(world->pair[0]);
    vxmCloseChannel(world->pair[1]);
    vxmCloseListener(world->listener);
    vxmCloseShared(&world->shared);
}

/* `prepare` comes before the fault. A call that fails has to say so; one that gets over it may
 * succeed. Made again, it works: also what has arrived is there still. */
static void sweep(const char *name, attempt *make, VkResult (*prepare)(struct world *world))
{
    hit = true;
    for (unsigned n = 1; hit; n++) {
        struct world world;

        cr_assert_lt(n, 100u, "%s makes no end of calls", name);
        contract_note("call %u failing", n);
        begin_world(&world);
        if (prepare != NULL)
            require(prepare(&world));
        contract_forget_error();
        faults_arm(FAULT_ANY, n, FAULT_ONCE, 0);
        if (make(&world) != VK_SUCCESS) {
            require(make(&world));
            hit = true;
        }
        end_world(&world);
        cr_expect(hit || n > 1, "%s makes no call that could fail", name);
    }
}

static VkResult send_one(struct world *world)
{
    return vxmSendMemory(world->pair[0], &world->shared, SECOND);
}

static VkResult connect_one(struct world *world)
{
    VxmChannel channel;
    VkResult result = vxmConnect(world->path, SECOND, &channel);

    if (result == VK_SUCCESS)
        vxmCloseChannel(channel);
    return result;
}

/* contract_end() counts descriptors and memory. */
Test(channel_faults_posix, making_channels)
{
    sweep("vxmCreateChannelPair", attempt_pair, NULL);
    sweep("vxmListen", attempt_listen, NULL);
    sweep("vxmConnect", attempt_connect, NULL);
    sweep("vxmAccept", attempt_accept, connect_one);
    sweep("vxmExportChannel", attempt_export, NULL);
    sweep("vxmImportChannel", attempt_import, NULL);
    sweep("vxmGetChannelPeer", attempt_peer, NULL);
}

Test(channel_faults_posix, sending_and_receiving)
{
    sweep("vxmSendMemory", attempt_send, NULL);
    sweep("vxmSendBytes", attempt_send_much, NULL);
    sweep("vxmReceiveMemory", attempt_receive, send_one);
}
