/*
 * A V4L2 device's frames: its own buffers, exported as dma-bufs. Nothing of vxm is needed for it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/videodev2.h>

/* For cameras that have planes of one buffer; MPLANE devices want
 * V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE and a VIDIOC_EXPBUF for each plane. */
#define TYPE V4L2_BUF_TYPE_VIDEO_CAPTURE

#define CALL(capture, request, argument) call((capture)->fd, request, argument, #request)

static void call(int fd, unsigned long request, void *argument, const char *name)
{
    if (ioctl(fd, request, argument) != 0) {
        fprintf(stderr, "%s: %s\n", name, strerror(errno));
        exit(EXIT_FAILURE);
    }
}

static struct v4l2_buffer buffer_number(uint32_t index)
{
    return (struct v4l2_buffer){.type = TYPE, .memory = V4L2_MEMORY_MMAP, .index = index};
}

static void export_buffers(struct capture *capture)
{
    struct v4l2_requestbuffers request = {
        .type = TYPE, .memory = V4L2_MEMORY_MMAP, .count = CAPTURE_BUFFERS};

    CALL(capture, VIDIOC_REQBUFS, &request);
    capture->bufferCount = request.count < CAPTURE_BUFFERS ? request.count : CAPTURE_BUFFERS;
    for (uint32_t i = 0; i < capture->bufferCount; i++) {
        struct v4l2_exportbuffer exported = {.type = TYPE, .index = i, .flags = O_RDWR | O_CLOEXEC};
        struct v4l2_buffer facts = buffer_number(i);

        CALL(capture, VIDIOC_EXPBUF, &exported);
        CALL(capture, VIDIOC_QUERYBUF, &facts);
        capture->fds[i] = exported.fd;
        capture->size = facts.length;
        capture->maps[i] =
            mmap(NULL, facts.length, PROT_READ, MAP_SHARED, capture->fd, (off_t)facts.m.offset);
        if (capture->maps[i] == MAP_FAILED) {
            fprintf(stderr, "mmap: %s\n", strerror(errno));
            exit(EXIT_FAILURE);
        }
    }
}

bool capture_open(struct capture *capture, const char *path)
{
    struct v4l2_format format = {.type = TYPE};
    struct v4l2_capability facts;

    memset(capture, 0, sizeof(*capture));
    capture->fd = open(path, O_RDWR | O_CLOEXEC);
    if (capture->fd < 0 || ioctl(capture->fd, VIDIOC_QUERYCAP, &facts) != 0 ||
        (facts.device_caps & V4L2_CAP_VIDEO_CAPTURE) == 0 ||
        (facts.device_caps & V4L2_CAP_STREAMING) == 0) {
        printf("%s: %s. Name a camera: v4l2_capture /dev/videoN\n", path,
               capture->fd < 0 ? strerror(errno) : "no V4L2 device that captures and streams");
        return false;
    }
    format.fmt.pix.width = 640;
    format.fmt.pix.height = 480;
    format.fmt.pix.pixelformat = V4L2_PIX_FMT_YUYV;
    CALL(capture, VIDIOC_S_FMT, &format);
    if (format.fmt.pix.pixelformat != V4L2_PIX_FMT_YUYV) {
        printf("%s (%s) has no YUYV, which is all that this example reads. Name another camera.\n",
               path, (const char *)facts.card);
        close(capture->fd);
        return false;
    }
    capture->width = format.fmt.pix.width;
    capture->height = format.fmt.pix.height;
    capture->pitch = format.fmt.pix.bytesperline;
    capture->pixelFormat = format.fmt.pix.pixelformat;
    export_buffers(capture);
    return true;
}

void capture_start(struct capture *capture)
{
    int type = TYPE;

    for (uint32_t i = 0; i < capture->bufferCount; i++) {
        capture_give_back(capture, i);
    }
    CALL(capture, VIDIOC_STREAMON, &type);
}

uint32_t capture_take(const struct capture *capture)
{
    struct v4l2_buffer buffer = buffer_number(0);
    struct pollfd ready = {.fd = capture->fd, .events = POLLIN};

    if (poll(&ready, 1, 10000) != 1) {
        fprintf(stderr, "No frame has come for ten seconds.\n");
        exit(EXIT_FAILURE);
    }
    CALL(capture, VIDIOC_DQBUF, &buffer);
    return buffer.index;
}

void capture_give_back(const struct capture *capture, uint32_t index)
{
    struct v4l2_buffer buffer = buffer_number(index);

    CALL(capture, VIDIOC_QBUF, &buffer);
}

void capture_close(struct capture *capture)
{
    int type = TYPE;

    CALL(capture, VIDIOC_STREAMOFF, &type);
    for (uint32_t i = 0; i < capture->bufferCount; i++) {
        munmap(capture->maps[i], capture->size);
        close(capture->fds[i]);
    }
    close(capture->fd);
}

bool capture_compare(const struct capture *capture, uint32_t buffer, const uint8_t *rows)
{
    const uint8_t *const data = capture->maps[buffer];
    const size_t row = (size_t)2 * capture->width;
    bool same = true;

    for (uint32_t y = 0; y < capture->height; y++) {
        same = same && memcmp(data + (size_t)y * capture->pitch, rows + y * row, row) == 0;
    }
    return same;
}
