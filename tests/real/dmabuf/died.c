/*
 * An exporter that is gone: the kernel keeps what its dma-buf holds.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <sys/types.h>

#include "real/fixture.h"
#include "real/peer.h"

TestSuite(died, .init = real_begin, .fini = real_end);

Test(died, exporter_was_killed)
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
