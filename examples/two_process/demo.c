/*
 * The demo's table and checksums.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "demo.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

VxmUse demo_use(const struct demo *demo)
{
    return (VxmUse){
        .stageMask = VK_PIPELINE_STAGE_TRANSFER_BIT,
        .accessMask = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
        .layout = VK_IMAGE_LAYOUT_GENERAL,
        .queueFamilyIndex = demo->gpu.info.queueFamilyIndex,
    };
}

void demo_record_views(struct demo *demo)
{
    const VkBufferCopy whole = {0, 0, DEMO_BUFFER_SIZE};

    gpu_barrier(&demo->gpu);
    vkCmdCopyBuffer(demo->gpu.commands, vxmGetVkBuffer(demo->buffer), demo->bufferView.buffer, 1,
                    &whole);
    gpu_copy_image(&demo->gpu, vxmGetVkImage(demo->image), DEMO_WIDTH, DEMO_HEIGHT,
                   demo->imageView.buffer);
    gpu_barrier(&demo->gpu);
}

void demo_send_handovers(struct demo *demo, VxmHandover handovers[2], uint64_t value)
{
    for (int i = 0; i < 2; i++) {
        if (value > 0) {
            handovers[i].flags |= VXM_HANDOVER_SEMAPHORE_VALUE_BIT;
            handovers[i].semaphoreValue = value;
        }
        VXM(vxmSendHandover(demo->channel, &handovers[i], TIME_LIMIT));
    }
}

/* FNV-1a, 64 bits. */
static uint64_t checksum(const unsigned char *bytes, size_t size)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < size; i++) {
        sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    return sum;
}

struct checksums demo_checksums(const struct demo *demo)
{
    return (struct checksums){
        .buffer = checksum(demo->bufferView.data, DEMO_BUFFER_SIZE),
        .image = checksum(demo->imageView.data, DEMO_IMAGE_SIZE),
    };
}

void demo_send_checksums(VxmChannel channel, struct checksums checksums)
{
    char text[64];
    int length = snprintf(text, sizeof(text), "%016" PRIx64 " %016" PRIx64, checksums.buffer,
                          checksums.image);

    VXM(vxmSendBytes(channel, (size_t)length, text, TIME_LIMIT));
}

struct checksums demo_receive_checksums(VxmChannel channel)
{
    struct checksums checksums;
    char text[64];
    size_t size;

    VXM(vxmReceiveBytes(channel, sizeof(text) - 1, text, &size, TIME_LIMIT));
    text[size] = '\0';
    if (sscanf(text, "%" SCNx64 " %" SCNx64, &checksums.buffer, &checksums.image) != 2) {
        fail("The other process sent \"%s\" instead of its checksums.", text);
    }
    return checksums;
}

bool demo_compare(const char *whose, struct checksums mine, struct checksums theirs)
{
    bool same = mine.buffer == theirs.buffer && mine.image == theirs.image;

    print_row("buffer checksum", "%016" PRIx64 ", %s has %016" PRIx64 ": %s", mine.buffer, whose,
              theirs.buffer, mine.buffer == theirs.buffer ? "agrees" : "DIFFERS");
    print_row("image checksum", "%016" PRIx64 ", %s has %016" PRIx64 ": %s", mine.image, whose,
              theirs.image, mine.image == theirs.image ? "agrees" : "DIFFERS");
    return same;
}

void print_title(const char *role)
{
    printf("\n%s (process %ld)\n", role, process_id());
    fflush(stdout);
}

void print_row(const char *name, const char *format, ...)
{
    va_list arguments;

    printf("  %-18s ", name);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    fflush(stdout); /* two processes write to one terminal */
}
