/*
 * A Vulkan device with what copying through host memory needs.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_BENCH_SIDE_H_
#define VXM_BENCH_SIDE_H_ 1

#include "bench.h"

struct side {
    VxmDevice device;
    VxmDeviceInfo info;
    VkPhysicalDeviceMemoryProperties memory;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VkFence fence;
    VkBuffer staging;
    VkDeviceMemory stagingMemory;
    unsigned char *mapped; /* the staging buffer */
};

/* With a staging buffer of so many bytes. cached: the host reads from it, otherwise writes to it.
 */
void side_open(struct side *side, VkDeviceSize stagingSize, bool cached);
void side_close(struct side *side);

/* A buffer that is not shared. */
VkResult side_make_buffer(const struct side *side, VkDeviceSize size,
                          VkMemoryPropertyFlags required, VkMemoryPropertyFlags unwanted,
                          VkBuffer *buffer, VkDeviceMemory *memory);

/* Commands, one after the other; what they write is seen by the host and by those that come later.
 */
void side_begin(const struct side *side);
void side_submit_and_wait(const struct side *side);

/* Both ends of a buffer, into the staging buffer's first bytes. */
void side_record_touch(const struct side *side, VkBuffer buffer, VkDeviceSize size);

/* Ends the program if the two words there aren't the pattern. */
void side_must_be(const char *way, uint32_t pattern, const unsigned char *bytes);

VxmUse side_transfer_use(const struct side *side);

#endif /* VXM_BENCH_SIDE_H_ */
