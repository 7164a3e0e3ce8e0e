/*
 * What the suites about hand-overs share: a command buffer, memory to hand over, what was recorded.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CONTRACT_RECORDER_H_
#define VXM_TESTS_CONTRACT_RECORDER_H_ 1

#include "contract/types.h"

/* Buffers are made to be exported as this, images as image_type(). */
#define OPAQUE (backend_opaque_type()->type)
/* Where a buffer or image of the types that were named last is handed over to. */
#define OUTSIDE(type) ((type)->foreign ? VK_QUEUE_FAMILY_FOREIGN_EXT : VK_QUEUE_FAMILY_EXTERNAL)

#define COPY        ((VkPipelineStageFlags2)VK_PIPELINE_STAGE_TRANSFER_BIT)
#define COPY_READ   ((VkAccessFlags2)VK_ACCESS_TRANSFER_READ_BIT)
#define COPY_WRITE  ((VkAccessFlags2)VK_ACCESS_TRANSFER_WRITE_BIT)
#define EVERY_STAGE ((VkPipelineStageFlags2)VK_PIPELINE_STAGE_ALL_COMMANDS_BIT)
#define FAMILY      1u

struct recorder {
    VxmDevice device;
    VkDevice vk;
    VkCommandPool pool;
    VkCommandBuffer commands;
};

/* A command buffer that records, for the queue family FAMILY. */
struct recorder recorder_open(VxmDevice device);
/* Ends it unsubmitted. */
void recorder_close(struct recorder *recorder);
/* Submits it, and ends it. */
void recorder_submit(struct recorder *recorder);

/* The barrier that was recorded as the index-th; ends the test if there is none. */
ModelBarrier barrier_at(size_t index);

VxmMemory make_buffer(VxmDevice device, uint32_t handleType, VkSharingMode sharing);
VxmMemory make_image(VxmDevice device, VkFormat format, VkImageUsageFlags usage);
VxmMemory make_copy_image(VxmDevice device);
VxmDevice device_without_synchronization2(void);

/* A side that has written by a copy, and one that will read by a copy. */
extern const VxmUse written;
extern const VxmUse wanted;

#endif /* VXM_TESTS_CONTRACT_RECORDER_H_ */
