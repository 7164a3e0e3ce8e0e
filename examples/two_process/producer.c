/*
 * The producer: makes a buffer and an image, fills them on the GPU, shares them, and checks what
 * the consumer has changed in them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "demo.h"

#include <inttypes.h>
#include <stdlib.h>

#define STRIPES 64u

static void create_shared(struct demo *demo)
{
    const VxmMemoryCreateInfo info = {.handleTypes = DEMO_TYPE};
    const VkBufferCreateInfo buffer = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = DEMO_BUFFER_SIZE,
        .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
    };
    const VkImageCreateInfo image = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
        .imageType = VK_IMAGE_TYPE_2D,
        .format = VK_FORMAT_R8G8B8A8_UNORM,
        .extent = {DEMO_WIDTH, DEMO_HEIGHT, 1},
        .mipLevels = 1,
        .arrayLayers = 1,
        .samples = VK_SAMPLE_COUNT_1_BIT,
        .tiling = VK_IMAGE_TILING_OPTIMAL,
        .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT |
                 VK_IMAGE_USAGE_SAMPLED_BIT,
    };

    VXM(vxmCreateBuffer(demo->gpu.vxm, &buffer, &info, &demo->buffer));
    VXM(vxmCreateImage(demo->gpu.vxm, &image, &info, &demo->image));
}

/* A timeline that both processes wait for and signal, where the driver can share one. */
static void create_timeline(struct demo *demo)
{
    const VxmQueryInfo question = {.kind = VXM_HANDLE_KIND_SEMAPHORE,
                                   .handleType = DEMO_SEMAPHORE,
                                   .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE};
    const VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                         .handleTypes = DEMO_SEMAPHORE};
    VxmQueryResult answer;

    VXM(vxmQuery(demo->gpu.vxm, &question, &answer));
    if (answer.exportable && answer.importable) {
        VXM(vxmCreateSemaphore(demo->gpu.vxm, &info, &demo->timeline));
        print_row("order", "one timeline semaphore, shared: the GPUs wait for each other");
    } else {
        print_row("order", "through the channel, after the GPU is done");
        print_row("no semaphore", "%s", answer.reason);
    }
}

static void record_frame(struct demo *demo, const struct scene *scene, VxmHandover handovers[2])
{
    const VxmUse use = demo_use(demo);
    VkBuffer buffer = vxmGetVkBuffer(demo->buffer);

    gpu_begin(&demo->gpu);
    gpu_change_layout(&demo->gpu, vxmGetVkImage(demo->image), VK_IMAGE_LAYOUT_UNDEFINED,
                      VK_IMAGE_LAYOUT_GENERAL);
    for (uint32_t i = 0; i < STRIPES; i++) {
        VkDeviceSize size = DEMO_BUFFER_SIZE / STRIPES;
        vkCmdFillBuffer(demo->gpu.commands, buffer, i * size, size, 0x01010101u * (i + 1));
    }
    scene_draw(&demo->gpu, scene, vxmGetVkImage(demo->image));
    demo_record_views(demo); /* for the checksums */
    VXM(vxmCmdReleaseMemory(demo->gpu.commands, demo->buffer, &use, &handovers[0]));
    VXM(vxmCmdReleaseMemory(demo->gpu.commands, demo->image, &use, &handovers[1]));
}

static void share(struct demo *demo, VxmHandover handovers[2])
{
    VxmShared buffer;
    VxmShared image;
    VxmSharedSemaphore timeline;
    double begin = milliseconds();

    if (demo->timeline != NULL) {
        VXM(vxmExportSemaphore(demo->timeline, DEMO_SEMAPHORE, &timeline));
        VXM(vxmSendSemaphore(demo->channel, &timeline, TIME_LIMIT));
        vxmCloseSharedSemaphore(&timeline);
    }
    VXM(vxmExportMemory(demo->buffer, DEMO_TYPE, &buffer));
    VXM(vxmExportMemory(demo->image, DEMO_TYPE, &image));
    VXM(vxmSendMemory(demo->channel, &buffer, TIME_LIMIT));
    VXM(vxmSendMemory(demo->channel, &image, TIME_LIMIT));
    demo_send_handovers(demo, handovers, demo->timeline != NULL ? 1 : 0);

    print_row("handle type", "%s, %s", vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, buffer.handleType),
              buffer.dedicated ? "dedicated allocations" : "plain allocations");
    print_row("bytes shared", "%u (buffer) + %u (image)", DEMO_BUFFER_SIZE, DEMO_IMAGE_SIZE);
    /* What went as a handle didn't have to go as bytes. */
    print_row("bytes copied", "%u",
              (buffer.memories[0].handle.type != 0 ? 0u : DEMO_BUFFER_SIZE) +
                  (image.memories[0].handle.type != 0 ? 0u : DEMO_IMAGE_SIZE));
    print_row("time to share", "%.2f ms to export and send", milliseconds() - begin);
    vxmCloseShared(&buffer);
    vxmCloseShared(&image);
}

/* The consumer gives both back, changed; the producer looks with its own eyes. */
static bool take_back(struct demo *demo)
{
    const VxmUse use = demo_use(demo);
    VxmHandover handovers[2];

    VXM(vxmReceiveHandover(demo->channel, &handovers[0], TIME_LIMIT));
    VXM(vxmReceiveHandover(demo->channel, &handovers[1], TIME_LIMIT));
    gpu_begin(&demo->gpu);
    VXM(vxmCmdAcquireMemory(demo->gpu.commands, demo->buffer, &handovers[0], &use));
    VXM(vxmCmdAcquireMemory(demo->gpu.commands, demo->image, &handovers[1], &use));
    demo_record_views(demo);
    gpu_submit(&demo->gpu, demo->timeline, handovers[0].semaphoreValue,
               handovers[0].semaphoreValue + 1);
    gpu_wait(&demo->gpu);

    struct checksums theirs = demo_receive_checksums(demo->channel);
    print_title("Producer, after the consumer has changed both");
    return demo_compare("the consumer", demo_checksums(demo), theirs);
}

int run_producer(VxmChannel channel)
{
    struct demo demo = {.channel = channel};
    struct scene scene;
    VxmHandover handovers[2] = {{0}, {0}};

    print_title("Producer");
    gpu_open(&demo.gpu);
    print_row("device", "%s", demo.gpu.info.identity->deviceName);
    print_row("driver", "%s, %s", demo.gpu.info.identity->driverName,
              demo.gpu.info.identity->driverInfo);
    create_shared(&demo);
    create_timeline(&demo);
    gpu_create_staging(&demo.gpu, DEMO_BUFFER_SIZE, &demo.bufferView);
    gpu_create_staging(&demo.gpu, DEMO_IMAGE_SIZE, &demo.imageView);
    scene_create(&demo.gpu, &scene);

    record_frame(&demo, &scene, handovers);
    gpu_submit(&demo.gpu, demo.timeline, 0, 1);
    if (demo.timeline != NULL) {
        share(&demo, handovers); /* the GPU may still be drawing */
        gpu_wait(&demo.gpu);
    } else {
        gpu_wait(&demo.gpu);
        share(&demo, handovers);
    }
    struct checksums mine = demo_checksums(&demo);
    print_row("buffer checksum", "%016" PRIx64, mine.buffer);
    print_row("image checksum", "%016" PRIx64, mine.image);
    demo_send_checksums(channel, mine);

    bool agreed = take_back(&demo);

    scene_destroy(&demo.gpu, &scene);
    gpu_destroy_staging(&demo.gpu, &demo.imageView);
    gpu_destroy_staging(&demo.gpu, &demo.bufferView);
    vxmDestroySemaphore(demo.timeline);
    vxmDestroyMemory(demo.image);
    vxmDestroyMemory(demo.buffer);
    gpu_close(&demo.gpu);
    return agreed ? EXIT_SUCCESS : EXIT_FAILURE;
}
