/*
 * CUDA's driver library, loaded at run time.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "cuda_driver.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "cuda_kernels.h"

const char *cuda_name(const struct cuda *cuda, CUresult result)
{
    const char *name = NULL;

    (void)cuda->getErrorName(result, &name);
    return name != NULL ? name : "an unknown CUresult";
}

void cuda_check(const struct cuda *cuda, CUresult result, const char *call)
{
    if (result != CUDA_SUCCESS) {
        fprintf(stderr, "cu %s: %s (%d)\n", call, cuda_name(cuda, result), (int)result);
        exit(EXIT_FAILURE);
    }
}

static void load(struct cuda *cuda)
{
    const struct {
        const char *name;
        void *to;
    } functions[] = {
        {"cuGetErrorName", &cuda->getErrorName},
        {"cuInit", &cuda->init},
        {"cuDriverGetVersion", &cuda->driverGetVersion},
        {"cuDeviceGetAttribute", &cuda->deviceGetAttribute},
        {"cuDevicePrimaryCtxRetain", &cuda->primaryRetain},
        {"cuDevicePrimaryCtxRelease_v2", &cuda->primaryRelease},
        {"cuCtxSetCurrent", &cuda->setCurrent},
        {"cuCtxSynchronize", &cuda->synchronize},
        {"cuModuleLoadData", &cuda->moduleLoad},
        {"cuModuleGetFunction", &cuda->getFunction},
        {"cuLaunchKernel", &cuda->launch},
        {"cuEventCreate", &cuda->eventCreate},
        {"cuEventRecord", &cuda->eventRecord},
        {"cuEventSynchronize", &cuda->eventSynchronize},
        {"cuEventElapsedTime", &cuda->eventElapsed},
        {"cuMemAlloc_v2", &cuda->memAlloc},
        {"cuMemFree_v2", &cuda->memFree},
        {"cuMemAllocHost_v2", &cuda->memAllocHost},
        {"cuMemFreeHost", &cuda->memFreeHost},
        {"cuMemcpyHtoD_v2", &cuda->memcpyHtoD},
        {"cuMemcpyDtoH_v2", &cuda->memcpyDtoH},
        {"cuMemcpyDtoDAsync_v2", &cuda->memcpyDtoD},
        {"cuMemsetD32Async", &cuda->memsetD32},
        {"cuMemGetAllocationGranularity", &cuda->vmmGranularity},
        {"cuMemCreate", &cuda->vmmCreate},
        {"cuMemImportFromShareableHandle", &cuda->vmmImport},
        {"cuMemExportToShareableHandle", &cuda->vmmExport},
        {"cuMemAddressReserve", &cuda->vmmReserve},
        {"cuMemMap", &cuda->vmmMap},
        {"cuMemSetAccess", &cuda->vmmSetAccess},
        {"cuMemUnmap", &cuda->vmmUnmap},
        {"cuMemAddressFree", &cuda->vmmFree},
        {"cuMemRelease", &cuda->vmmRelease},
    };
    void *library = dlopen("libcuda.so.1", RTLD_NOW);

    if (library == NULL) {
        fprintf(stderr, "SKIPPED: NVIDIA's driver library is not here: %s\n", dlerror());
        exit(77);
    }
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        void *function = dlsym(library, functions[i].name);

        if (function == NULL) {
            fprintf(stderr, "libcuda.so.1 has no %s: CUDA 10.2 or later is needed\n",
                    functions[i].name);
            exit(EXIT_FAILURE);
        }
        /* POSIX's way between pointers to data and to functions. */
        memcpy(functions[i].to, &function, sizeof function);
    }
    CHECK(vxmCudaLoad(dlsym, library, &cuda->adapter));
}

static void compile(struct cuda *cuda)
{
    const size_t lines = sizeof cuda_kernels / sizeof cuda_kernels[0];
    char *text = bench_allocate(lines, 100);
    CUmodule module;

    for (size_t i = 0, at = 0; i < lines; i++) {
        at += (size_t)sprintf(text + at, "%s\n", cuda_kernels[i]);
    }
    CHECK_CUDA(cuda, moduleLoad(&module, text));
    free(text);
    CHECK_CUDA(cuda, getFunction(&cuda->read, module, "readAll"));
    CHECK_CUDA(cuda, getFunction(&cuda->write, module, "writeAll"));
    CHECK_CUDA(cuda, getFunction(&cuda->copy, module, "copyHalf"));
    CHECK_CUDA(cuda, getFunction(&cuda->linkChain, module, "linkChain"));
    CHECK_CUDA(cuda, getFunction(&cuda->followChain, module, "followChain"));
}

void cuda_open(struct cuda *cuda, const VxmIdentity *identity)
{
    VxmError error;
    int value = 0;

    *cuda = (struct cuda){0};
    load(cuda);
    CHECK_CUDA(cuda, init(0));
    CHECK_CUDA(cuda, driverGetVersion(&cuda->version));
    if (vxmCudaFindDevice(&cuda->adapter, identity, &cuda->device) != VK_SUCCESS) {
        vxmGetLastError(&error);
        fprintf(stderr, "SKIPPED: %s\n", error.message);
        exit(77);
    }
    CHECK_CUDA(cuda, primaryRetain(&cuda->context, cuda->device));
    CHECK_CUDA(cuda, setCurrent(cuda->context));
    CHECK_CUDA(cuda,
               deviceGetAttribute(&value, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, cuda->device));
    cuda->processors = (unsigned int)value;
    CHECK_CUDA(cuda, eventCreate(&cuda->events[0], CU_EVENT_DEFAULT));
    CHECK_CUDA(cuda, eventCreate(&cuda->events[1], CU_EVENT_DEFAULT));
    CHECK_CUDA(cuda, memAlloc(&cuda->table, (CUDA_MAX_PIECES + 1) * sizeof(CUdeviceptr)));
    compile(cuda);
}

void cuda_close(struct cuda *cuda)
{
    CHECK_CUDA(cuda, memFree(cuda->table));
    CHECK_CUDA(cuda, primaryRelease(cuda->device));
}
