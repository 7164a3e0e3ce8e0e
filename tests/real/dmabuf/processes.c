/*
 * Dma-bufs between two processes; also when the one that made them is gone.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include "real/fixture.h"
#include "real/peer.h"

TestSuite(processes, .init = real_begin, .fini = real_end);

/* What the peer read, by its hash. */
static void expect_hash(struct peer *peer, const VxmShared *shared, uint32_t seed)
{
    const size_t size = gpu_content_size(shared);
    unsigned char *const data = malloc(size);
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

/* Made here, read and changed there: a buffer, and images of every tiling. */
Test(processes, read_and_changed_by_the_peer)
{
    const VkImageTiling tilings[] = {VK_IMAGE_TILING_OPTIMAL, VK_IMAGE_TILING_LINEAR,
                                     VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT};
    const VkBufferCreateInfo buffer = gpu_buffer_info(1 << 16);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    struct gpu gpu;
    struct peer peer;

    peer_start(PEER_CONSUME, NULL, &peer);
    gpu_open(&gpu);
    for (uint32_t i = 0; i < 4; i++) {
        const VkImageCreateInfo image = gpu_image_info(129, 65, tilings[i % 3]);
        const VxmQueryInfo question = {.handleType = REAL_TYPE,
                                       .image = i < 3 ? &image : NULL,
                                       .buffer = i < 3 ? NULL : &buffer};
        VxmMemory memory = NULL;
        VxmQueryResult answer;
        VxmHandover handover;
        VxmShared shared;

        VXM(vxmQuery(gpu.device, &question, &answer));
        if (!answer.exportable || !answer.importable) {
            fprintf(stderr, "LEFT OUT tiling %d: %s\n", (int)tilings[i % 3], answer.reason);
            continue;
        }
        VXM(i < 3 ? vxmCreateImage(gpu.device, &image, &how, &memory)
                  : vxmCreateBuffer(gpu.device, &buffer, &how, &memory));
        VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
        gpu_write(&gpu, memory, &shared, 51 + i, true, &handover);
        VXM(vxmSendMemory(peer.channel, &shared, TIME_LIMIT));
        vxmCloseShared(&shared);
        VXM(vxmSendHandover(peer.channel, &handover, TIME_LIMIT));
        expect_hash(&peer, &shared, 51 + i);
        VXM(vxmReceiveHandover(peer.channel, &handover, TIME_LIMIT));
        cr_expect(gpu_holds(&gpu, memory, &shared, &handover, 100 + i), "number %u", i);
        vxmDestroyMemory(memory);
    }
    peer_finish(&peer);
    gpu_close(&gpu);
}

/* The kernel keeps what a dma-buf holds. */
Test(processes, exporter_was_killed)
{
    struct gpu gpu;
    struct peer peer;
    VxmMemory memory = NULL;
    VxmShared shared;
    VxmHandover handover;

    peer_start(PEER_PRODUCE, "image", &peer);
    VXM(vxmReceiveMemory(peer.channel, &shared, TIME_LIMIT));
    VXM(vxmReceiveHandover(peer.channel, &handover, TIME_LIMIT));
    cr_assert_eq(kill((pid_t)peer.process, SIGKILL), 0);
    cr_expect_eq(peer_wait(&peer), PEER_KILLED);
    gpu_open(&gpu);
    VXM(vxmImportMemory(gpu.device, &shared, NULL, &memory));
    cr_expect(gpu_holds(&gpu, memory, &shared, &handover, 61));
    gpu_write(&gpu, memory, &shared, 62, false, &handover);
    cr_expect(gpu_holds(&gpu, memory, &shared, &handover, 62));
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    gpu_close(&gpu);
}
