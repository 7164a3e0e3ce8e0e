/*
 * The consumer: imports what the producer has shared, checks it, changes it on the GPU, gives it
 * back, and writes what it sees as a PNG.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "demo.h"

#include <stdlib.h>

/* A frame with the whole picture in it, mirrored. */
#define FRAME_LEFT   1380
#define FRAME_TOP    60
#define FRAME_WIDTH  480
#define FRAME_HEIGHT 270
#define FRAME_BORDER 6

/* Returns how long the imports took, in milliseconds. */
static double receive(struct demo *demo, VxmHandover handovers[2])
{
    VxmShared buffer;
    VxmShared image;
    VxmSharedSemaphore timeline;
    VxmMessageType type;

    VXM(vxmPeekMessage(demo->channel, TIME_LIMIT, &type));
    if (type == VXM_MESSAGE_TYPE_SEMAPHORE) {
        VXM(vxmReceiveSemaphore(demo->channel, &timeline, TIME_LIMIT));
        VXM(vxmImportSemaphore(demo->gpu.vxm, &timeline, 0, 0, &demo->timeline));
        vxmCloseSharedSemaphore(&timeline);
    }
    VXM(vxmReceiveMemory(demo->channel, &buffer, TIME_LIMIT));
    VXM(vxmReceiveMemory(demo->channel, &image, TIME_LIMIT));
    if (buffer.buffer.size != DEMO_BUFFER_SIZE || image.image.extent.width != DEMO_WIDTH ||
        image.image.extent.height != DEMO_HEIGHT) {
        fail("This is not what the demo's producer shares.");
    }
    double begin = milliseconds();
    VXM(vxmImportMemory(demo->gpu.vxm, &buffer, NULL, &demo->buffer));
    VXM(vxmImportMemory(demo->gpu.vxm, &image, NULL, &demo->image));
    double end = milliseconds();
    vxmCloseShared(&buffer);
    vxmCloseShared(&image);
    VXM(vxmReceiveHandover(demo->channel, &handovers[0], TIME_LIMIT));
    VXM(vxmReceiveHandover(demo->channel, &handovers[1], TIME_LIMIT));
    return end - begin;
}

static void report(const struct demo *demo, double importTime)
{
    VxmMemoryInfo buffer;
    VxmMemoryInfo image;

    VXM(vxmGetMemoryInfo(demo->buffer, &buffer));
    VXM(vxmGetMemoryInfo(demo->image, &image));
    /* What isn't the producer's own memory would have had to be copied here. */
    unsigned shared =
        (buffer.imported ? DEMO_BUFFER_SIZE : 0u) + (image.imported ? DEMO_IMAGE_SIZE : 0u);
    print_title("Consumer");
    print_row("device", "%s", demo->gpu.info.identity->deviceName);
    print_row("handle type", "%s",
              vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, buffer.importHandleType));
    print_row("bytes shared", "%u", shared);
    print_row("bytes copied", "%u", DEMO_BUFFER_SIZE + DEMO_IMAGE_SIZE - shared);
    print_row("time to share", "%.2f ms to import", importTime);
}

/* One submission: look at what came. */
static void look(struct demo *demo, const VxmHandover handovers[2])
{
    const VxmUse use = demo_use(demo);

    gpu_begin(&demo->gpu);
    VXM(vxmCmdAcquireMemory(demo->gpu.commands, demo->buffer, &handovers[0], &use));
    VXM(vxmCmdAcquireMemory(demo->gpu.commands, demo->image, &handovers[1], &use));
    demo_record_views(demo);
    gpu_submit(&demo->gpu, demo->timeline, handovers[0].semaphoreValue, 2);
    gpu_wait(&demo->gpu);
}

/* Another: change it in place, and give it back. */
static void change(struct demo *demo)
{
    const VkClearColorValue white = {.float32 = {1.0f, 1.0f, 1.0f, 1.0f}};
    const VkImageSubresourceRange whole = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    const struct area screen = {0, 0, (int)DEMO_WIDTH, (int)DEMO_HEIGHT};
    const struct area small = {0, 0, FRAME_WIDTH, FRAME_HEIGHT};
    const struct area mirrored = {FRAME_LEFT + FRAME_WIDTH, FRAME_TOP, FRAME_LEFT,
                                  FRAME_TOP + FRAME_HEIGHT};
    const struct area frame = {FRAME_LEFT - FRAME_BORDER, FRAME_TOP - FRAME_BORDER,
                               FRAME_LEFT + FRAME_WIDTH + FRAME_BORDER,
                               FRAME_TOP + FRAME_HEIGHT + FRAME_BORDER};
    const VxmUse use = demo_use(demo);
    struct gpu *gpu = &demo->gpu;
    VkImage image = vxmGetVkImage(demo->image);
    struct picture thumbnail;
    struct picture border;
    VxmHandover handovers[2] = {{0}, {0}};

    gpu_create_picture(gpu, FRAME_WIDTH, FRAME_HEIGHT, &thumbnail);
    gpu_create_picture(gpu, 1, 1, &border);
    gpu_begin(gpu);
    vkCmdFillBuffer(gpu->commands, vxmGetVkBuffer(demo->buffer), DEMO_BUFFER_SIZE / 4,
                    DEMO_BUFFER_SIZE / 2, 0xc0ffee00u);
    gpu_change_layout(gpu, thumbnail.image, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL);
    gpu_change_layout(gpu, border.image, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL);
    vkCmdClearColorImage(gpu->commands, border.image, VK_IMAGE_LAYOUT_GENERAL, &white, 1, &whole);
    gpu_blit(gpu, image, VK_IMAGE_LAYOUT_GENERAL, screen, thumbnail.image, small, VK_FILTER_LINEAR);
    gpu_barrier(gpu);
    gpu_blit(gpu, border.image, VK_IMAGE_LAYOUT_GENERAL, (struct area){0, 0, 1, 1}, image, frame,
             VK_FILTER_NEAREST);
    gpu_barrier(gpu);
    gpu_blit(gpu, thumbnail.image, VK_IMAGE_LAYOUT_GENERAL, small, image, mirrored,
             VK_FILTER_NEAREST);
    demo_record_views(demo);
    VXM(vxmCmdReleaseMemory(gpu->commands, demo->buffer, &use, &handovers[0]));
    VXM(vxmCmdReleaseMemory(gpu->commands, demo->image, &use, &handovers[1]));
    gpu_submit(gpu, demo->timeline, 2, 3);
    if (demo->timeline != NULL) {
        demo_send_handovers(demo, handovers, 3); /* the GPU may still be drawing */
        gpu_wait(gpu);
    } else {
        gpu_wait(gpu);
        demo_send_handovers(demo, handovers, 0);
    }
    gpu_destroy_picture(gpu, &border);
    gpu_destroy_picture(gpu, &thumbnail);
}

int run_consumer(VxmChannel channel, const char *pngPath)
{
    struct demo demo = {.channel = channel};
    VxmHandover handovers[2];

    gpu_open(&demo.gpu);
    gpu_create_staging(&demo.gpu, DEMO_BUFFER_SIZE, &demo.bufferView);
    gpu_create_staging(&demo.gpu, DEMO_IMAGE_SIZE, &demo.imageView);
    double importTime = receive(&demo, handovers);
    look(&demo, handovers);
    struct checksums theirs = demo_receive_checksums(channel);

    report(&demo, importTime);
    bool agreed = demo_compare("the producer", demo_checksums(&demo), theirs);
    change(&demo);
    print_row("changed", "half of the buffer, and a frame in the image, both in place");
    write_png(pngPath, demo.imageView.data);
    print_row("image written to", "%s", pngPath);
    demo_send_checksums(channel, demo_checksums(&demo));

    gpu_destroy_staging(&demo.gpu, &demo.imageView);
    gpu_destroy_staging(&demo.gpu, &demo.bufferView);
    vxmDestroySemaphore(demo.timeline);
    vxmDestroyMemory(demo.image);
    vxmDestroyMemory(demo.buffer);
    gpu_close(&demo.gpu);
    return agreed ? EXIT_SUCCESS : EXIT_FAILURE;
}
