/*
 * Vulkan's part of pipewire_source.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef READ_H_
#define READ_H_ 1

#include <vulkan/vulkan.h>
#include <vxm/vxm.h>

struct reader {
    VxmDevice vxm;
    VxmDeviceInfo gpu;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VxmMemory output; /* a buffer that the CPU sees */
    uint8_t *bytes;   /* the output's: four for each of three pixels */
};

void check(VkResult result, const char *call);
#define CHECK(call) check(call, #call)

void reader_open(struct reader *reader);
void reader_close(struct reader *reader);

/* Reads a frame's first pixel, the one in the middle and the last. The GPU is done with the frame,
 * and it is the other side's again, when this returns. */
void reader_read(struct reader *reader, VxmMemory frame, uint32_t width, uint32_t height);

#endif /* READ_H_ */
