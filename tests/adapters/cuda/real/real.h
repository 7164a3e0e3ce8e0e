/*
 * vxm/cuda.h on a real GPU: what the parts of the program share.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_CUDA_REAL_H_
#define VXM_TESTS_ADAPTERS_CUDA_REAL_H_ 1

#include <stdbool.h>

#include <vxm/cuda.h>

#define OPAQUE VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT

/* The driver's functions that vxm/cuda.h doesn't need. */
struct driver {
    CUresult(CUDAAPI *init)(unsigned int flags);
    CUresult(CUDAAPI *getVersion)(int *version);
    CUresult(CUDAAPI *primaryCtxRetain)(CUcontext *context, CUdevice device);
    CUresult(CUDAAPI *primaryCtxRelease)(CUdevice device);
    CUresult(CUDAAPI *ctxSetCurrent)(CUcontext context);
    CUresult(CUDAAPI *streamSynchronize)(CUstream stream);
    CUresult(CUDAAPI *memsetD8)(CUdeviceptr pointer, unsigned char value, size_t count);
    CUresult(CUDAAPI *memcpyDtoH)(void *to, CUdeviceptr from, size_t count);
    CUresult(CUDAAPI *memcpy3D)(const CUDA_MEMCPY3D *copy);
};

struct real {
    VxmDevice device;
    VxmDeviceInfo info;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VkFence fence;
    VxmCuda cuda;
    struct driver driver;
    CUdevice cudaDevice;
    unsigned passed, failed;
};

/* Takes down whether something holds, and prints it if not. */
bool expect(struct real *real, bool holds, const char *format, ...);

/* Ends the program if a call of Vulkan's, vxm's or CUDA's fails that is only a means here. */
void need_vulkan(VkResult result, const char *call);
void need_cuda(CUresult result, const char *call);
#define VK(call) need_vulkan(call, #call)
#define CU(call) need_cuda(call, #call)

/* The sentence of the last failure, up to its first stop. */
const char *why(void);

double milliseconds(void);
size_t open_files(void);

void begin_commands(struct real *real);
/* Submits and waits until it is done. */
void run_commands(struct real *real);

void test_buffers(struct real *real);
void test_failures(struct real *real);
void test_semaphores(struct real *real);
void test_times(struct real *real);
void test_images(struct real *real);

#endif /* VXM_TESTS_ADAPTERS_CUDA_REAL_H_ */
