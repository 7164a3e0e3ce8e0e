/*
 * Semaphores: between two processes where the driver can, refused in words where it can't.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "real/fixture.h"
#include "real/peer.h"

#define SIZE ((VkDeviceSize)1 << 20)

TestSuite(semaphore, .init = real_begin, .fini = real_end);

/* Whatever the driver answers, query and create agree, and a "no" has its words. */
Test(semaphore, query_and_creation_agree)
{
    const uint32_t types[] = {REAL_SEMAPHORE, REAL_OTHER_SEMAPHORE};
    const VkSemaphoreType kinds[] = {VK_SEMAPHORE_TYPE_BINARY, VK_SEMAPHORE_TYPE_TIMELINE};
    struct gpu gpu;

    gpu_open(&gpu);
    for (int i = 0; i < 4; i++) {
        const VxmQueryInfo question = {.kind = VXM_HANDLE_KIND_SEMAPHORE,
                                       .handleType = types[i % 2],
                                       .semaphoreType = kinds[i / 2]};
        const VxmSemaphoreCreateInfo info = {.semaphoreType = kinds[i / 2],
                                             .handleTypes = types[i % 2]};
        VxmQueryResult answer;
        VxmSemaphore semaphore = NULL;
        VXM(vxmQuery(gpu.device, &question, &answer));
        VkResult result = vxmCreateSemaphore(gpu.device, &info, &semaphore);
        if (answer.exportable) {
            VXM(result);
            vxmDestroySemaphore(semaphore);
        } else {
            VxmError error;
            vxmGetLastError(&error);
            cr_expect(result == VK_ERROR_FEATURE_NOT_PRESENT ||
                          result == VK_ERROR_EXTENSION_NOT_PRESENT,
                      "%s", vxmResultName(result));
            cr_expect_null(semaphore);
            cr_expect_gt(strlen(answer.reason), 40, "\"%s\"", answer.reason);
            cr_expect_gt(strlen(error.message), 40, "\"%s\"", error.message);
            cr_expect_not_null(
                strstr(answer.reason, vxmHandleTypeName(VXM_HANDLE_KIND_SEMAPHORE, types[i % 2])),
                "names no type: %s", answer.reason);
        }
    }
    gpu_close(&gpu);
}

/* The words that a user of Debian 12's lavapipe reads. */
Test(semaphore, refused_in_words)
{
    const VxmQueryInfo question = {.kind = VXM_HANDLE_KIND_SEMAPHORE,
                                   .handleType = REAL_SEMAPHORE,
                                   .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE};
    VxmQueryResult answer;
    struct gpu gpu;

    gpu_open(&gpu);
    VXM(vxmQuery(gpu.device, &question, &answer));
    gpu_close(&gpu);
    if (answer.exportable) {
        cr_skip_test("this driver shares semaphores, so there is nothing to refuse");
    }
    cr_expect_eq(answer.importable, VK_FALSE);
    cr_expect_not_null(strstr(answer.reason, REAL_NAME), "%s", answer.reason);
    cr_expect_not_null(strstr(answer.reason, "channel"), "no way out is named: %s", answer.reason);
}

Test(semaphore, timeline_of_the_apps_own)
{
    const VkSemaphoreTypeCreateInfo type = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
                                            .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                            .initialValue = 5};
    const VkSemaphoreCreateInfo info = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
                                        .pNext = &type};
    VxmSemaphoreWrapInfo wrap = {.takeObject = VK_TRUE,
                                 .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE};
    struct gpu gpu;
    VxmSemaphore semaphore = NULL;
    VxmSharedSemaphore none;
    uint64_t value = 0;

    gpu_open(&gpu);
    VK(vkCreateSemaphore(gpu.vk, &info, NULL, &wrap.semaphore));
    VXM(vxmWrapSemaphore(gpu.device, &wrap, &semaphore));
    VXM(vxmGetSemaphoreValue(semaphore, &value));
    cr_expect_eq(value, 5);
    cr_expect_eq(vxmWaitSemaphore(semaphore, 6, 1000000), VK_TIMEOUT);
    VXM(vxmSignalSemaphore(semaphore, 6));
    VXM(vxmWaitSemaphore(semaphore, 6, TIME_LIMIT));
    FAILS(vxmExportSemaphore(semaphore, REAL_SEMAPHORE, &none), VK_ERROR_FEATURE_NOT_PRESENT, "");

    gpu_begin(&gpu);
    gpu_submit(&gpu, semaphore, 7, semaphore, 9);
    VXM(vxmSignalSemaphore(semaphore, 7));
    VXM(vxmWaitSemaphore(semaphore, 9, TIME_LIMIT));
    gpu_wait(&gpu);
    vxmDestroySemaphore(semaphore);
    gpu_close(&gpu);
}

/* Two GPU programs in two processes take turns on one buffer, ordered by the timeline alone. */
Test(semaphore, timeline_between_two_processes)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    const VxmSemaphoreCreateInfo type = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                         .handleTypes = REAL_SEMAPHORE};
    const VkBufferCopy whole = {0, 0, SIZE};
    struct gpu gpu;
    struct peer peer;
    struct staging staging;
    VxmMemory memory = NULL;
    VxmSemaphore semaphore = NULL;
    VxmShared shared;
    VxmSharedSemaphore sharedSemaphore;

    real_need_semaphore(VK_SEMAPHORE_TYPE_TIMELINE);
    peer_start(PEER_TIMELINE, NULL, &peer);
    gpu_open(&gpu);
    const VxmUse use = gpu_use(&gpu);
    gpu_create_staging(&gpu, SIZE, &staging);
    VXM(vxmCreateBuffer(gpu.device, &info, &how, &memory));
    VXM(vxmCreateSemaphore(gpu.device, &type, &semaphore));
    VXM(vxmExportSemaphore(semaphore, REAL_SEMAPHORE, &sharedSemaphore));
    VXM(vxmSendSemaphore(peer.channel, &sharedSemaphore, TIME_LIMIT));
    vxmCloseSharedSemaphore(&sharedSemaphore);
    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    VXM(vxmSendMemory(peer.channel, &shared, TIME_LIMIT));
    vxmCloseShared(&shared);

    uint64_t value = 0;
    for (uint32_t round = 0; round < 2; round++) {
        VxmHandover handover = {.flags = VXM_HANDOVER_SEMAPHORE_VALUE_BIT,
                                .semaphoreValue = value + 1};
        gpu_begin(&gpu);
        vkCmdFillBuffer(gpu.commands, vxmGetVkBuffer(memory), 0, SIZE, 0x60u + round);
        VXM(vxmCmdReleaseMemory(gpu.commands, memory, &use, &handover));
        gpu_submit(&gpu, NULL, 0, semaphore, handover.semaphoreValue);
        VXM(vxmSendHandover(peer.channel, &handover, TIME_LIMIT));
        gpu_wait(&gpu);

        VXM(vxmReceiveHandover(peer.channel, &handover, TIME_LIMIT));
        gpu_begin(&gpu);
        VXM(vxmCmdAcquireMemory(gpu.commands, memory, &handover, &use));
        vkCmdCopyBuffer(gpu.commands, vxmGetVkBuffer(memory), staging.buffer, 1, &whole);
        gpu_barrier(&gpu);
        value = handover.semaphoreValue + 1;
        gpu_submit(&gpu, semaphore, handover.semaphoreValue, semaphore, value);
        gpu_wait(&gpu);
        const uint32_t *words = staging.data;
        cr_expect_eq(words[0], 0x70u + round);
        cr_expect_eq(words[SIZE / 8 - 1], 0x70u + round);
        cr_expect_eq(words[SIZE / 8], 0x60u + round);
        cr_expect_eq(words[SIZE / 4 - 1], 0x60u + round);
    }
    uint64_t found = 0;
    VXM(vxmGetSemaphoreValue(semaphore, &found));
    cr_expect_eq(found, value);
    peer_finish(&peer);
    vxmDestroySemaphore(semaphore);
    vxmDestroyMemory(memory);
    gpu_destroy_staging(&gpu, &staging);
    gpu_close(&gpu);
}

Test(semaphore, binary_between_two_processes)
{
    const VxmSemaphoreCreateInfo type = {.semaphoreType = VK_SEMAPHORE_TYPE_BINARY,
                                         .handleTypes = REAL_SEMAPHORE};
    struct gpu gpu;
    struct peer peer;
    VxmSemaphore semaphores[2] = {NULL, NULL};
    char answer[4];
    size_t size = 0;

    real_need_semaphore(VK_SEMAPHORE_TYPE_BINARY);
    peer_start(PEER_BINARY, NULL, &peer);
    gpu_open(&gpu);
    for (int i = 0; i < 2; i++) {
        VxmSharedSemaphore shared;
        VXM(vxmCreateSemaphore(gpu.device, &type, &semaphores[i]));
        VXM(vxmExportSemaphore(semaphores[i], REAL_SEMAPHORE, &shared));
        cr_expect(support_is_cloexec(REAL_NATIVE(shared.handle)));
        VXM(vxmSendSemaphore(peer.channel, &shared, TIME_LIMIT));
        vxmCloseSharedSemaphore(&shared);
    }
    gpu_begin(&gpu);
    gpu_submit(&gpu, NULL, 0, semaphores[0], 0);
    VXM(vxmSendBytes(peer.channel, 2, "go", TIME_LIMIT));
    gpu_wait(&gpu);
    VXM(vxmReceiveBytes(peer.channel, sizeof(answer), answer, &size, TIME_LIMIT));
    gpu_begin(&gpu);
    gpu_submit(&gpu, semaphores[1], 0, NULL, 0);
    gpu_wait(&gpu);
    VXM(vxmSendBytes(peer.channel, 3, "end", TIME_LIMIT));
    peer_finish(&peer);
    vxmDestroySemaphore(semaphores[0]);
    vxmDestroySemaphore(semaphores[1]);
    gpu_close(&gpu);
}
