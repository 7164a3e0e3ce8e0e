/*
 * The CUDA side, which knows nothing of Vulkan but the two descriptions that it gets.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VULKAN_CUDA_WORKER_H_
#define VULKAN_CUDA_WORKER_H_ 1

#include <stdbool.h>

#include <vxm/cuda.h>

/* The exit status on a machine that has no CUDA; CTest's word for "skipped". */
#define EXIT_SKIPPED 77

/* The driver's functions that vxm/cuda.h doesn't need. */
struct driver {
    CUresult(CUDAAPI *init)(unsigned int flags);
    CUresult(CUDAAPI *primaryCtxRetain)(CUcontext *context, CUdevice device);
    CUresult(CUDAAPI *primaryCtxRelease)(CUdevice device);
    CUresult(CUDAAPI *ctxSetCurrent)(CUcontext context);
    CUresult(CUDAAPI *moduleLoadData)(CUmodule *module, const void *image);
    CUresult(CUDAAPI *moduleGetFunction)(CUfunction *function, CUmodule module, const char *name);
    CUresult(CUDAAPI *moduleUnload)(CUmodule module);
    CUresult(CUDAAPI *streamCreate)(CUstream *stream, unsigned int flags);
    CUresult(CUDAAPI *streamSynchronize)(CUstream stream);
    CUresult(CUDAAPI *streamDestroy)(CUstream stream);
    CUresult(CUDAAPI *launchKernel)(CUfunction function, unsigned int gridX, unsigned int gridY,
                                    unsigned int gridZ, unsigned int blockX, unsigned int blockY,
                                    unsigned int blockZ, unsigned int sharedBytes, CUstream stream,
                                    void **parameters, void **extra);
    CUresult(CUDAAPI *memAlloc)(CUdeviceptr *pointer, size_t size);
    CUresult(CUDAAPI *memAllocHost)(void **pointer, size_t size);
    CUresult(CUDAAPI *memFreeHost)(void *pointer);
    CUresult(CUDAAPI *memcpyHtoD)(CUdeviceptr to, const void *from, size_t size);
};

struct worker {
    VxmCuda cuda;
    struct driver driver;
    CUdevice device;
    CUmodule module;
    CUfunction halve;
    CUstream stream;
    VxmCudaMemory field;
    VxmCudaSemaphore timeline;
};

/* Loads the driver. Exits with EXIT_SKIPPED if this machine has no CUDA. */
void worker_load(struct worker *worker, const char *library);

/* Goes to work on the device that has this UUID in Vulkan. */
void worker_open(struct worker *worker, const uint8_t uuid[VK_UUID_SIZE]);
void worker_close(struct worker *worker);

/* Takes the field and the timeline. The handles stay the caller's. */
void worker_import(struct worker *worker, const VxmShared *field,
                   const VxmSharedSemaphore *timeline);
void worker_end_import(struct worker *worker);

/* Puts all the work into the stream at once: each round waits for Vulkan by itself. */
void worker_start(struct worker *worker, uint32_t count, uint32_t rounds);
void worker_finish(struct worker *worker);

/* Milliseconds in which CUDA copies a field from host memory, page-locked, the fastest there is. */
double worker_copy_time(struct worker *worker, uint32_t count);

#endif /* VULKAN_CUDA_WORKER_H_ */
