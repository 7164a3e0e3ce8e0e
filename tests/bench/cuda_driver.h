/*
 * The functions of CUDA's driver library that the bandwidth is measured with, beside those of the
 * adapter, and the kernels.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_BENCH_CUDA_DRIVER_H_
#define VXM_BENCH_CUDA_DRIVER_H_ 1

#include "bench.h"

#include "vxm/cuda.h"

struct cuda {
    VxmCuda adapter;
    CUresult(CUDAAPI *getErrorName)(CUresult error, const char **name);
    CUresult(CUDAAPI *init)(unsigned int flags);
    CUresult(CUDAAPI *driverGetVersion)(int *version);
    CUresult(CUDAAPI *deviceGetAttribute)(int *value, CUdevice_attribute attribute,
                                          CUdevice device);
    CUresult(CUDAAPI *primaryRetain)(CUcontext *context, CUdevice device);
    CUresult(CUDAAPI *primaryRelease)(CUdevice device);
    CUresult(CUDAAPI *setCurrent)(CUcontext context);
    CUresult(CUDAAPI *synchronize)(void);
    CUresult(CUDAAPI *moduleLoad)(CUmodule *module, const void *image);
    CUresult(CUDAAPI *getFunction)(CUfunction *function, CUmodule module, const char *name);
    CUresult(CUDAAPI *launch)(CUfunction function, unsigned int gridX, unsigned int gridY,
                              unsigned int gridZ, unsigned int blockX, unsigned int blockY,
                              unsigned int blockZ, unsigned int shared, CUstream stream,
                              void **parameters, void **extra);
    CUresult(CUDAAPI *eventCreate)(CUevent *event, unsigned int flags);
    CUresult(CUDAAPI *eventRecord)(CUevent event, CUstream stream);
    CUresult(CUDAAPI *eventSynchronize)(CUevent event);
    CUresult(CUDAAPI *eventElapsed)(float *milliseconds, CUevent start, CUevent end);
    CUresult(CUDAAPI *memAlloc)(CUdeviceptr *pointer, size_t size);
    CUresult(CUDAAPI *memFree)(CUdeviceptr pointer);
    CUresult(CUDAAPI *memAllocHost)(void **memory, size_t size);
    CUresult(CUDAAPI *memFreeHost)(void *memory);
    CUresult(CUDAAPI *memcpyHtoD)(CUdeviceptr to, const void *from, size_t size);
    CUresult(CUDAAPI *memcpyDtoH)(void *to, CUdeviceptr from, size_t size);
    CUresult(CUDAAPI *memcpyDtoD)(CUdeviceptr to, CUdeviceptr from, size_t size, CUstream stream);
    CUresult(CUDAAPI *memsetD32)(CUdeviceptr to, unsigned int value, size_t count, CUstream stream);
    CUresult(CUDAAPI *vmmGranularity)(size_t *size, const CUmemAllocationProp *properties,
                                      CUmemAllocationGranularity_flags option);
    CUresult(CUDAAPI *vmmCreate)(CUmemGenericAllocationHandle *handle, size_t size,
                                 const CUmemAllocationProp *properties, unsigned long long flags);
    CUresult(CUDAAPI *vmmImport)(CUmemGenericAllocationHandle *handle, void *osHandle,
                                 CUmemAllocationHandleType type);
    CUresult(CUDAAPI *vmmExport)(void *osHandle, CUmemGenericAllocationHandle handle,
                                 CUmemAllocationHandleType type, unsigned long long flags);
    CUresult(CUDAAPI *vmmReserve)(CUdeviceptr *pointer, size_t size, size_t alignment,
                                  CUdeviceptr address, unsigned long long flags);
    CUresult(CUDAAPI *vmmMap)(CUdeviceptr pointer, size_t size, size_t offset,
                              CUmemGenericAllocationHandle handle, unsigned long long flags);
    CUresult(CUDAAPI *vmmSetAccess)(CUdeviceptr pointer, size_t size, const CUmemAccessDesc *access,
                                    size_t count);
    CUresult(CUDAAPI *vmmUnmap)(CUdeviceptr pointer, size_t size);
    CUresult(CUDAAPI *vmmFree)(CUdeviceptr pointer, size_t size);
    CUresult(CUDAAPI *vmmRelease)(CUmemGenericAllocationHandle handle);

    CUdevice device;
    CUcontext context;
    CUfunction read, write, copy, linkChain, followChain;
    CUevent events[2];
    unsigned int processors;
    CUdeviceptr table; /* room for the pieces' addresses, and behind them the kernels' sink */
    int version;
};

/* Loads the library, takes the GPU with this identity, compiles the kernels. Ends the program in
 * words if that can't be done. */
void cuda_open(struct cuda *cuda, const VxmIdentity *identity);
void cuda_close(struct cuda *cuda);

/* "CUDA_ERROR_OUT_OF_MEMORY" */
const char *cuda_name(const struct cuda *cuda, CUresult result);

/* Ends the program in words. */
void cuda_check(const struct cuda *cuda, CUresult result, const char *call);
#define CHECK_CUDA(cuda, call) cuda_check(cuda, (cuda)->call, #call)

#define CUDA_MAX_PIECES 64

#endif /* VXM_BENCH_CUDA_DRIVER_H_ */
