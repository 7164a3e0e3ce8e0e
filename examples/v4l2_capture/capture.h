/*
 * A V4L2 device's frames.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef V4L2_CAPTURE_CAPTURE_H_
#define V4L2_CAPTURE_CAPTURE_H_ 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAPTURE_BUFFERS 4u

/* An open device that gives YUYV, with its buffers as dma-bufs. */
struct capture {
    int fd;
    uint32_t width, height, pitch, pixelFormat;
    uint32_t bufferCount;
    int fds[CAPTURE_BUFFERS];
    void *maps[CAPTURE_BUFFERS]; /* as the CPU sees them */
    size_t size;
};

/* False, in words, if there is no such device; what fails later ends the program. */
bool capture_open(struct capture *capture, const char *path);
void capture_start(struct capture *capture);
/* Waits for the next frame: the number of its buffer, which is ours until it is given back. */
uint32_t capture_take(const struct capture *capture);
void capture_give_back(const struct capture *capture, uint32_t buffer);
void capture_close(struct capture *capture);

/* Whether a buffer holds these rows, tightly packed. */
bool capture_compare(const struct capture *capture, uint32_t buffer, const uint8_t *rows);

/* picture.c: YUYV as RGB. */
void write_png(const char *path, const uint8_t *yuyv, uint32_t width, uint32_t height);

#endif /* V4L2_CAPTURE_CAPTURE_H_ */
