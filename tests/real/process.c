/*
 * Two processes: buffers and images go over a channel, in both directions, and their contents are
 * compared by hash.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "real/fixture.h"
#include "real/peer.h"

#define SIZE ((VkDeviceSize)1 << 20)

TestSuite(process, .init = real_begin, .fini = real_end);

static void expect_hash(struct peer *peer, const VxmShared *shared, uint32_t seed)
{
    size_t size = gpu_content_size(shared);
    void *data = malloc(size);
    char wanted[32];
    char found[32];
    size_t length = 0;

    cr_assert_not_null(data);
    gpu_pattern(seed, data, size);
    snprintf(wanted, sizeof(wanted), "%016" PRIx64, gpu_hash(data, size));
    free(data);
    VXM(vxmReceiveBytes(peer->channel, sizeof(found) - 1, found, &length, TIME_LIMIT));
    found[length] = '\0';
    cr_expect_str_eq(found, wanted);
}

/* Made here, read and changed there. */
static void send_one(struct gpu *gpu, struct peer *peer, VxmMemory memory, uint32_t seed,
                     uint32_t theirSeed)
{
    VxmShared shared;
    VxmHandover handover;

    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    gpu_write(gpu, memory, &shared, seed, true, &handover);
    VXM(vxmSendMemory(peer->channel, &shared, TIME_LIMIT));
    vxmCloseShared(&shared);
    VXM(vxmSendHandover(peer->channel, &handover, TIME_LIMIT));
    expect_hash(peer, &shared, seed);
    VXM(vxmReceiveHandover(peer->channel, &handover, TIME_LIMIT));
    cr_expect(gpu_holds(gpu, memory, &shared, &handover, theirSeed));
}

Test(process, buffers_read_and_changed_by_the_peer)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VxmDedicated dedicated[] = {VXM_DEDICATED_AUTO, VXM_DEDICATED_ON, VXM_DEDICATED_OFF};
    struct gpu gpu;
    struct peer peer;

    peer_start(PEER_CONSUME, NULL, &peer);
    gpu_open(&gpu);
    for (uint32_t i = 0; i < 3; i++) {
        const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE, .dedicated = dedicated[i]};
        VxmMemory memory = NULL;
        VXM(vxmCreateBuffer(gpu.device, &info, &how, &memory));
        send_one(&gpu, &peer, memory, 51 + i, 100 + i);
        vxmDestroyMemory(memory);
    }
    peer_finish(&peer);
    gpu_close(&gpu);
}

Test(process, images_read_and_changed_by_the_peer)
{
    VkImageCreateInfo infos[3] = {
        gpu_image_info(640, 360, VK_IMAGE_TILING_OPTIMAL),
        gpu_image_info(129, 65, VK_IMAGE_TILING_LINEAR),
        gpu_image_info(64, 64, VK_IMAGE_TILING_OPTIMAL),
    };
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    struct gpu gpu;
    struct peer peer;

    infos[2].mipLevels = 4;
    infos[2].arrayLayers = 2;
    peer_start(PEER_CONSUME, NULL, &peer);
    gpu_open(&gpu);
    for (uint32_t i = 0; i < 3; i++) {
        VxmMemory memory = NULL;
        VXM(vxmCreateImage(gpu.device, &infos[i], &how, &memory));
        send_one(&gpu, &peer, memory, 54 + i, 100 + i);
        vxmDestroyMemory(memory);
    }
    peer_finish(&peer);
    gpu_close(&gpu);
}

/* Made there, read and changed here. */
static void receive_one(const char *what)
{
    struct gpu gpu;
    struct peer peer;
    VxmMemory memory = NULL;
    VxmShared shared;
    VxmHandover handover;

    peer_start(PEER_PRODUCE, what, &peer);
    gpu_open(&gpu);
    VXM(vxmReceiveMemory(peer.channel, &shared, TIME_LIMIT));
    VXM(vxmReceiveHandover(peer.channel, &handover, TIME_LIMIT));
    cr_expect_eq(shared.resourceType,
                 strcmp(what, "image") == 0 ? VXM_RESOURCE_TYPE_IMAGE : VXM_RESOURCE_TYPE_BUFFER);
    VXM(vxmImportMemory(gpu.device, &shared, NULL, &memory));
    vxmCloseShared(&shared);
    cr_expect(gpu_holds(&gpu, memory, &shared, &handover, 61));
    gpu_write(&gpu, memory, &shared, 62, false, &handover);
    VXM(vxmSendHandover(peer.channel, &handover, TIME_LIMIT));
    expect_hash(&peer, &shared, 62);
    vxmDestroyMemory(memory);
    peer_finish(&peer);
    gpu_close(&gpu);
}

Test(process, buffer_made_by_the_peer)
{
    receive_one("buffer");
}

Test(process, image_made_by_the_peer)
{
    receive_one("image");
}

/* Lavapipe exports without close-on-exec; the library sets it. */
Test(process, handles_are_not_inherited)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    struct gpu gpu;
    struct peer peer;
    VxmMemory memory = NULL;
    VxmShared shared;
    VxmHandle single;
    VxmHandle duplicate;
    char numbers[64];

    gpu_open(&gpu);
    VXM(vxmCreateBuffer(gpu.device, &info, &how, &memory));
    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    VXM(vxmGetMemoryHandle(memory, 0, REAL_TYPE, &single));
    VXM(vxmDuplicateHandle(&single, &duplicate));
    snprintf(numbers, sizeof(numbers), "%lld,%lld,%lld",
             (long long)REAL_NATIVE(shared.memories[0].handle), (long long)REAL_NATIVE(single),
             (long long)REAL_NATIVE(duplicate));
    peer_start(PEER_LOOK, numbers, &peer);
    peer_finish(&peer);
    vxmCloseHandle(&duplicate);
    vxmCloseHandle(&single);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    gpu_close(&gpu);
}

/* A peer that is killed must not look like a lost device. */
Test(process, killed_peer_is_noticed)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    struct gpu gpu;
    struct peer peer;
    VxmMemory memory = NULL;
    VxmShared shared;
    VxmHandover handover;

    gpu_open(&gpu);
    VXM(vxmCreateBuffer(gpu.device, &info, &how, &memory));
    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    gpu_write(&gpu, memory, &shared, 63, true, &handover);
    peer_start(PEER_DIE, NULL, &peer);
    VXM(vxmSendMemory(peer.channel, &shared, TIME_LIMIT));
    FAILS(vxmReceiveHandover(peer.channel, &handover, TIME_LIMIT), VXM_ERROR_PEER_LOST, "");
    cr_expect_eq(peer_wait(&peer), PEER_KILLED);
    /* What was shared is unharmed. */
    cr_expect(gpu_holds(&gpu, memory, &shared, &handover, 63));
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    gpu_close(&gpu);
}
