/*
 * The second process of a test: what it does there, by its role.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "real/peer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "real/fixture.h"
#include "real/validation.h"

/* ---- the test's side ---- */

void peer_start(const char *role, const char *extra, struct peer *peer)
{
    VxmChannel ends[2] = {NULL, NULL};
    VxmHandle handle;

    VXM(vxmCreateChannelPair(ends));
    VXM(vxmExportChannel(ends[1], &handle));
    fflush(NULL);
    peer->process = peer_system_start(role, &handle, extra != NULL ? extra : "");
    cr_assert_neq(peer->process, 0, "no second process");
    vxmCloseHandle(&handle);
    vxmCloseChannel(ends[1]);
    peer->channel = ends[0];
}

int peer_wait(struct peer *peer)
{
    vxmCloseChannel(peer->channel);
    return peer_system_wait(peer->process);
}

void peer_finish(struct peer *peer)
{
    int status = peer_wait(peer);

    cr_assert_neq(status, PEER_KILLED, "the peer was ended from outside");
    cr_assert_eq(status, 0, "the peer ended with status %d", status);
}

/* ---- the peer's side ---- */

static void require(bool condition, const char *text)
{
    if (!condition) {
        real_fail(__FILE__, __LINE__, text);
    }
}

static void send_hash(VxmChannel channel, struct gpu *gpu, VxmMemory memory,
                      const VxmShared *shared, VxmHandover *handover)
{
    size_t size = gpu_content_size(shared);
    void *data = malloc(size);
    char text[32];

    require(data != NULL, "no memory for the test itself");
    gpu_read(gpu, memory, shared, handover, data);
    int length = snprintf(text, sizeof(text), "%016" PRIx64, gpu_hash(data, size));
    free(data);
    VXM(vxmSendBytes(channel, (size_t)length, text, TIME_LIMIT));
}

static void consume(VxmChannel channel, const char *extra)
{
    struct gpu gpu;
    VxmMemory memory = NULL;
    VxmMessageType type = VXM_MESSAGE_TYPE_MEMORY;
    uint32_t seed = 100;

    (void)extra;
    gpu_open(&gpu);
    /* Until the other side closes. */
    while (vxmPeekMessage(channel, TIME_LIMIT, &type) == VK_SUCCESS) {
        VxmShared shared;
        VxmHandover handover;
        VXM(vxmReceiveMemory(channel, &shared, TIME_LIMIT));
        VXM(vxmReceiveHandover(channel, &handover, TIME_LIMIT));
        require(support_is_cloexec(REAL_NATIVE(shared.memories[0].handle)),
                "received without close-on-exec");
        VXM(vxmCheckShared(gpu.device, &shared));
        VXM(vxmImportMemory(gpu.device, &shared, NULL, &memory));
        vxmCloseShared(&shared);
        send_hash(channel, &gpu, memory, &shared, &handover);
        gpu_write(&gpu, memory, &shared, seed++, false, &handover);
        VXM(vxmSendHandover(channel, &handover, TIME_LIMIT));
        vxmDestroyMemory(memory);
        memory = NULL;
    }
    gpu_close(&gpu);
}

static void produce(VxmChannel channel, const char *extra)
{
    const VkBufferCreateInfo buffer = gpu_buffer_info(1 << 20);
    const VkImageCreateInfo image = gpu_image_info(320, 200, VK_IMAGE_TILING_OPTIMAL);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    struct gpu gpu;
    VxmMemory memory = NULL;
    VxmShared shared;
    VxmHandover handover;

    gpu_open(&gpu);
    if (strcmp(extra, "image") == 0) {
        VXM(vxmCreateImage(gpu.device, &image, &how, &memory));
    } else {
        VXM(vxmCreateBuffer(gpu.device, &buffer, &how, &memory));
    }
    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    gpu_write(&gpu, memory, &shared, 61, true, &handover);
    VXM(vxmSendMemory(channel, &shared, TIME_LIMIT));
    vxmCloseShared(&shared);
    VXM(vxmSendHandover(channel, &handover, TIME_LIMIT));
    VXM(vxmReceiveHandover(channel, &handover, TIME_LIMIT));
    send_hash(channel, &gpu, memory, &shared, &handover);
    vxmDestroyMemory(memory);
    gpu_close(&gpu);
}

/* Changes the buffer on the GPU between two values of the timeline, twice; the CPU waits for
 * nothing in between. */
static void timeline(VxmChannel channel, const char *extra)
{
    struct gpu gpu;
    VxmShared shared;
    VxmSharedSemaphore sharedTimeline;
    VxmMemory memory = NULL;
    VxmSemaphore semaphore = NULL;

    (void)extra;
    gpu_open(&gpu);
    const VxmUse use = gpu_use(&gpu);
    VXM(vxmReceiveSemaphore(channel, &sharedTimeline, TIME_LIMIT));
    VXM(vxmImportSemaphore(gpu.device, &sharedTimeline, 0, 0, &semaphore));
    vxmCloseSharedSemaphore(&sharedTimeline);
    VXM(vxmReceiveMemory(channel, &shared, TIME_LIMIT));
    VXM(vxmImportMemory(gpu.device, &shared, NULL, &memory));
    vxmCloseShared(&shared);
    for (uint32_t round = 0; round < 2; round++) {
        VxmHandover handover;
        VXM(vxmReceiveHandover(channel, &handover, TIME_LIMIT));
        require((handover.flags & VXM_HANDOVER_SEMAPHORE_VALUE_BIT) != 0, "no value travelled");
        gpu_begin(&gpu);
        VXM(vxmCmdAcquireMemory(gpu.commands, memory, &handover, &use));
        vkCmdFillBuffer(gpu.commands, vxmGetVkBuffer(memory), 0, shared.buffer.size / 2,
                        0x70u + round);
        VxmHandover back = {.flags = VXM_HANDOVER_SEMAPHORE_VALUE_BIT,
                            .semaphoreValue = handover.semaphoreValue + 1};
        VXM(vxmCmdReleaseMemory(gpu.commands, memory, &use, &back));
        gpu_submit(&gpu, semaphore, handover.semaphoreValue, semaphore, back.semaphoreValue);
        VXM(vxmSendHandover(channel, &back, TIME_LIMIT));
        gpu_wait(&gpu);
    }
    vxmDestroySemaphore(semaphore);
    vxmDestroyMemory(memory);
    gpu_close(&gpu);
}

static void binary(VxmChannel channel, const char *extra)
{
    struct gpu gpu;
    VxmSharedSemaphore shared;
    VxmSemaphore semaphores[2] = {NULL, NULL};
    char go[4];
    size_t size;

    (void)extra;
    gpu_open(&gpu);
    for (int i = 0; i < 2; i++) {
        VXM(vxmReceiveSemaphore(channel, &shared, TIME_LIMIT));
        VXM(vxmImportSemaphore(gpu.device, &shared, 0, 0, &semaphores[i]));
        vxmCloseSharedSemaphore(&shared);
    }
    /* A wait may be submitted only after the signal has been. */
    VXM(vxmReceiveBytes(channel, sizeof(go), go, &size, TIME_LIMIT));
    gpu_begin(&gpu);
    gpu_submit(&gpu, semaphores[0], 0, semaphores[1], 0);
    gpu_wait(&gpu);
    VXM(vxmSendBytes(channel, 2, "go", TIME_LIMIT));
    /* The semaphores live until the other side is done. */
    (void)vxmReceiveBytes(channel, sizeof(go), go, &size, TIME_LIMIT);
    vxmDestroySemaphore(semaphores[0]);
    vxmDestroySemaphore(semaphores[1]);
    gpu_close(&gpu);
}

static void look(VxmChannel channel, const char *extra)
{
    (void)channel;
    require(extra[0] != '\0', "no handles are named");
    while (*extra != '\0') {
        char *end = NULL;
        intptr_t native = (intptr_t)strtoll(extra, &end, 10);
        require(!support_is_open(native), "a handle was inherited");
        extra = *end == ',' ? end + 1 : end;
    }
}

static void die(VxmChannel channel, const char *extra)
{
    VxmShared shared;

    (void)extra;
    VXM(vxmReceiveMemory(channel, &shared, TIME_LIMIT));
    peer_system_die();
}

int test_child(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*function)(VxmChannel channel, const char *extra);
    } roles[] = {
        {PEER_CONSUME, consume}, {PEER_PRODUCE, produce}, {PEER_TIMELINE, timeline},
        {PEER_BINARY, binary},   {PEER_LOOK, look},       {PEER_DIE, die},
    };
    VxmHandle handle;
    VxmChannel channel = NULL;
    char text[8192];

    real_is_peer = true;
    require(argc == 3, "arguments: role, handle, extra");
    handle = peer_system_channel(argv[1]);
    VXM(vxmImportChannel(&handle, &channel));
    vxmCloseHandle(&handle);
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (strcmp(argv[0], roles[i].name) == 0) {
            roles[i].function(channel, argv[2]);
            vxmCloseChannel(channel);
            require(validation_problems(text, sizeof(text)) == 0, text);
            return EXIT_SUCCESS;
        }
    }
    real_fail(__FILE__, __LINE__, "an unknown role");
    return EXIT_FAILURE;
}
