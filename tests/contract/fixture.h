/*
 * One of everything: what a call needs so that only one of its arguments is wrong.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CONTRACT_FIXTURE_H_
#define VXM_TESTS_CONTRACT_FIXTURE_H_ 1

#include "contract/exchange.h"

struct fixture {
    VxmDevice device;
    VxmDeviceInfo deviceInfo;
    VkBufferCreateInfo buffer;
    VkImageCreateInfo image;
    VxmMemoryCreateInfo create;
    struct source source;   /* of the opaque type: source.memory and source.shared */
    VxmSemaphore semaphore; /* a timeline, where there are such */
    VxmSharedSemaphore sharedSemaphore;
    VxmChannel channels[2];
    VxmListener listener;
    VxmChannel exported; /* to the other end of channelHandle */
    VxmHandle channelHandle;
    VxmPlan plan;
    VkCommandPool pool;
    VkCommandBuffer commandBuffer; /* recording */
    VxmUse use;
    VxmHandover handover;
    unsigned char encoded[VXM_MAX_ENCODED_SIZE];
    size_t encodedSize;
};

void fixture_open(struct fixture *fixture);
void fixture_close(struct fixture *fixture);

/* A command buffer in the recording state, on the device's own queue family. */
VkCommandBuffer fixture_begin_commands(VxmDevice device, VkCommandPool *pool);
void fixture_end_commands(VxmDevice device, VkCommandPool pool);

/* The outputs of every call together, to be filled before and looked at after. */
struct outputs {
    VxmDevice device;
    VxmDeviceInfo deviceInfo;
    VxmRequiredExtensions extensions;
    VxmHandle handle;
    VxmShared shared;
    VxmQueryResult query;
    VxmModifiers modifiers;
    VxmModifierChoice choice;
    VxmFourccFormat fourcc;
    VxmMemory memory;
    VxmMemoryInfo memoryInfo;
    void *data;
    VxmPlan plan;
    VxmSemaphore semaphore;
    VxmSharedSemaphore sharedSemaphore;
    uint64_t value;
    VxmHandover handover;
    VxmChannel channels[2];
    VxmListener listener;
    VxmPeer peer;
    VxmMessageType messageType;
    VxmKeyedMutexes mutexes;
    const void *chain;
    unsigned char bytes[VXM_MAX_ENCODED_SIZE];
    size_t size;
};

#endif /* VXM_TESTS_CONTRACT_FIXTURE_H_ */
