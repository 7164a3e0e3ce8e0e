/*
 * One device of the probe's: copies patterns to and from what is shared.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_INFO_PROBE_GPU_H_
#define VXM_INFO_PROBE_GPU_H_ 1

#include "probe_protocol.h"

#define STAGING_SIZE 131072

#define GPU_COMMANDS(X)                                                                            \
    X(CreateCommandPool)                                                                           \
    X(DestroyCommandPool)                                                                          \
    X(AllocateCommandBuffers)                                                                      \
    X(BeginCommandBuffer)                                                                          \
    X(EndCommandBuffer)                                                                            \
    X(CreateFence)                                                                                 \
    X(DestroyFence)                                                                                \
    X(ResetFences)                                                                                 \
    X(WaitForFences)                                                                               \
    X(QueueSubmit)                                                                                 \
    X(CreateBuffer)                                                                                \
    X(DestroyBuffer)                                                                               \
    X(GetBufferMemoryRequirements2)                                                                \
    X(AllocateMemory)                                                                              \
    X(FreeMemory)                                                                                  \
    X(BindBufferMemory2)                                                                           \
    X(MapMemory)                                                                                   \
    X(CmdCopyBuffer)                                                                               \
    X(CmdCopyBufferToImage)                                                                        \
    X(CmdCopyImageToBuffer)                                                                        \
    X(CmdPipelineBarrier)

struct gpu {
    VxmDevice device;
    VxmDeviceInfo info;
#define GPU_MEMBER(name) PFN_vk##name name;
    GPU_COMMANDS(GPU_MEMBER)
#undef GPU_MEMBER
    uint64_t limit; /* nanoseconds, of each wait */
    VkCommandPool pool;
    VkCommandBuffer commands;
    VkFence fence;
    VkBuffer staging;
    VkDeviceMemory stagingMemory;
    unsigned char *data; /* of staging */
    char *why;           /* of the last failure, in words */
    size_t whySize;
};

/* All return false after a failure, and why has a sentence. Nothing is cleaned up then but by the
 * end of the process: what a driver does after a failure is not the probe's business. */
bool gpu_open(struct gpu *gpu, const struct request *request, char *why, size_t size);
/* After success only. One that was never opened is fine. */
void gpu_close(struct gpu *gpu);

/* Writes the seed's pattern, and releases it. fresh: it was never written nor acquired. */
bool gpu_write(struct gpu *gpu, const struct request *request, VxmMemory memory, bool fresh,
               uint32_t seed, VxmHandover *handover);
/* Acquires it, and compares it with the seed's pattern. */
bool gpu_read(struct gpu *gpu, const struct request *request, VxmMemory memory,
              const VxmHandover *handover, uint32_t seed);
/* Whether these bytes are the seed's pattern. */
bool gpu_compare(struct gpu *gpu, const unsigned char *data, size_t size, uint32_t seed);

/* By the queue, and waits until it is done. The value is a timeline's. */
bool gpu_signal(struct gpu *gpu, VxmSemaphore semaphore, bool timeline, uint64_t value);
bool gpu_wait(struct gpu *gpu, VxmSemaphore semaphore, bool timeline, uint64_t value);

bool gpu_failed(struct gpu *gpu, const char *format, ...);
/* With the library's own sentence. */
bool gpu_failed_vxm(struct gpu *gpu);

#endif /* VXM_INFO_PROBE_GPU_H_ */
