/*
 * Stands for a video decoder: memory from a dma-heap, filled by the CPU.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "nv12.h"

#include <string.h>

/* ---- memory ---- */

/* Where the kernel has no heap: pages of a memfd, which must not shrink. */
static VkResult from_memfd(VxmHandle *handle)
{
    const int memory = memfd_create("nv12", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (memory < 0 || ftruncate(memory, BUFFER_SIZE) != 0 ||
        fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK) != 0) {
        fail("There is no memfd: %s.", strerror(errno));
    }
    const VkResult result = vxmDmaBufFromMemfd(memory, 0, BUFFER_SIZE, handle);
    close(memory); /* the dma-buf keeps its pages */
    return result;
}

void frame_allocate(struct frame *frame)
{
    if (vxmDmaBufAllocate(NULL, BUFFER_SIZE, &frame->handle) != VK_SUCCESS) {
        CHECK(from_memfd(&frame->handle));
    }
    CHECK(vxmDmaBufMap(&frame->handle, DMA_BUF_SYNC_RW, &frame->mapping));
}

void frame_free(struct frame *frame)
{
    vxmDmaBufUnmap(&frame->mapping);
    vxmCloseHandle(&frame->handle);
}

/* ---- pictures ---- */

static uint8_t to_byte(float value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5f);
}

/* Colour bars that get darker downwards, and a disc that moves to the right. */
static void scene(uint32_t number, uint32_t x, uint32_t y, float rgb[3])
{
    const uint32_t bar = (7 - x * 8 / WIDTH + number) % 8;
    const float light = 1.0f - (float)y / (2 * HEIGHT);
    const float dx = (float)x - 80 - 65 * (float)number;
    const float dy = (float)y - (float)HEIGHT / 2;
    const bool disc = dx * dx + dy * dy < 50 * 50;

    rgb[0] = disc ? 1.0f : light * (float)(bar >> 1 & 1);
    rgb[1] = disc ? 0.5f : light * (float)(bar >> 2 & 1);
    rgb[2] = disc ? 0.1f : light * (float)(bar & 1);
}

/* BT.709, narrow range. */
void frame_decode(const struct frame *frame, uint32_t number)
{
    uint8_t *const data = frame->mapping.data;
    float rgb[3];

    CHECK(vxmDmaBufBeginCpuAccess(&frame->handle, DMA_BUF_SYNC_WRITE, TIME_LIMIT));
    memset(data, 0xee, BUFFER_SIZE); /* the padding is no part of the picture */
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            scene(number, x, y, rgb);
            const float luma = 0.2126f * rgb[0] + 0.7152f * rgb[1] + 0.0722f * rgb[2];
            data[y * PITCH + x] = to_byte(16 + 219 * luma);
            if (x % 2 == 0 && y % 2 == 0) {
                uint8_t *chroma = data + CHROMA_OFFSET + y / 2 * PITCH + x;
                chroma[0] = to_byte(128 + 224 * (rgb[2] - luma) / 1.8556f);
                chroma[1] = to_byte(128 + 224 * (rgb[0] - luma) / 1.5748f);
            }
        }
    }
    CHECK(vxmDmaBufEndCpuAccess(&frame->handle, DMA_BUF_SYNC_WRITE));
}

uint32_t frame_compare(const struct frame *frame, const uint8_t *pixels)
{
    const uint8_t *const data = frame->mapping.data;
    uint32_t greatest = 0;

    CHECK(vxmDmaBufBeginCpuAccess(&frame->handle, DMA_BUF_SYNC_READ, TIME_LIMIT));
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++) {
        const uint32_t x = i % WIDTH;
        const uint32_t y = i / WIDTH;
        const uint8_t *chroma = data + CHROMA_OFFSET + y / 2 * PITCH + (x & ~1u);
        const float luma = ((float)data[y * PITCH + x] - 16) / 219;
        const float red = luma + 1.5748f * ((float)chroma[1] - 128) / 224;
        const float blue = luma + 1.8556f * ((float)chroma[0] - 128) / 224;
        const float green = (luma - 0.2126f * red - 0.0722f * blue) / 0.7152f;
        const uint8_t rgb[3] = {to_byte(255 * red), to_byte(255 * green), to_byte(255 * blue)};

        for (uint32_t c = 0; c < 3; c++) {
            const uint8_t other = pixels[4 * i + c];
            const uint32_t difference = rgb[c] > other ? rgb[c] - other : other - rgb[c];
            greatest = difference > greatest ? difference : greatest;
        }
    }
    CHECK(vxmDmaBufEndCpuAccess(&frame->handle, DMA_BUF_SYNC_READ));
    return greatest;
}

bool frame_has_plane(const struct frame *frame, uint32_t plane, const uint8_t *bytes)
{
    const uint8_t *data = (const uint8_t *)frame->mapping.data + (plane == 0 ? 0 : CHROMA_OFFSET);
    const uint32_t rows = plane == 0 ? HEIGHT : HEIGHT / 2; /* of WIDTH bytes, both */
    bool same = true;

    CHECK(vxmDmaBufBeginCpuAccess(&frame->handle, DMA_BUF_SYNC_READ, TIME_LIMIT));
    for (uint32_t y = 0; y < rows; y++) {
        same &= memcmp(data + y * PITCH, bytes + y * WIDTH, WIDTH) == 0;
    }
    CHECK(vxmDmaBufEndCpuAccess(&frame->handle, DMA_BUF_SYNC_READ));
    return same;
}
