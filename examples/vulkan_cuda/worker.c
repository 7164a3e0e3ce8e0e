/*
 * The CUDA side, through the driver library that is loaded when the program runs.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "worker.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "gpu.h"
#include "kernel.h"

#define BLOCK 256u

static void check_cuda(const VxmCuda *cuda, CUresult result, const char *call)
{
    const char *name = "an unknown error";

    if (result != CUDA_SUCCESS) {
        cuda->getErrorName(result, &name);
        fprintf(stderr, "%s\nanswered %s (%d)\n", call, name, (int)result);
        exit(EXIT_FAILURE);
    }
}
#define CU(call) check_cuda(&worker->cuda, worker->driver.call, #call)

static void load(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);

    if (symbol == NULL) {
        fprintf(stderr, "The CUDA driver has no %s.\n", name);
        exit(EXIT_FAILURE);
    }
    memcpy(function, &symbol, sizeof(symbol)); /* C has no cast for it */
}

static void load_driver(void *library, struct driver *driver)
{
    load(library, "cuInit", &driver->init);
    load(library, "cuDevicePrimaryCtxRetain", &driver->primaryCtxRetain);
    load(library, "cuDevicePrimaryCtxRelease_v2", &driver->primaryCtxRelease);
    load(library, "cuCtxSetCurrent", &driver->ctxSetCurrent);
    load(library, "cuModuleLoadData", &driver->moduleLoadData);
    load(library, "cuModuleGetFunction", &driver->moduleGetFunction);
    load(library, "cuModuleUnload", &driver->moduleUnload);
    load(library, "cuStreamCreate", &driver->streamCreate);
    load(library, "cuStreamSynchronize", &driver->streamSynchronize);
    load(library, "cuStreamDestroy_v2", &driver->streamDestroy);
    load(library, "cuLaunchKernel", &driver->launchKernel);
    load(library, "cuMemAlloc_v2", &driver->memAlloc);
    load(library, "cuMemAllocHost_v2", &driver->memAllocHost);
    load(library, "cuMemFreeHost", &driver->memFreeHost);
    load(library, "cuMemcpyHtoD_v2", &driver->memcpyHtoD);
}

void worker_load(struct worker *worker, const char *library)
{
    void *loaded = dlopen(library, RTLD_NOW);
    CUresult result;

    *worker = (struct worker){0};
    if (loaded == NULL) {
        fprintf(stderr,
                "SKIPPED vulkan_cuda: this machine has no CUDA driver, which comes with NVIDIA's "
                "graphics driver (%s)\n",
                dlerror());
        exit(EXIT_SKIPPED);
    }
    VXM(vxmCudaLoad(dlsym, loaded, &worker->cuda));
    load_driver(loaded, &worker->driver);
    result = worker->driver.init(0);
    if (result == CUDA_ERROR_NO_DEVICE) {
        fprintf(stderr, "SKIPPED vulkan_cuda: this machine has a CUDA driver and no GPU for it\n");
        exit(EXIT_SKIPPED);
    }
    check_cuda(&worker->cuda, result, "cuInit(0)");
}

void worker_open(struct worker *worker, const uint8_t uuid[VK_UUID_SIZE])
{
    VxmIdentity identity = {0};
    CUcontext context = NULL;

    memcpy(identity.deviceUUID, uuid, VK_UUID_SIZE);
    VXM(vxmCudaFindDevice(&worker->cuda, &identity, &worker->device));
    CU(primaryCtxRetain(&context, worker->device));
    CU(ctxSetCurrent(context));
    CU(moduleLoadData(&worker->module, kernel_code));
    CU(moduleGetFunction(&worker->halve, worker->module, "halve"));
    CU(streamCreate(&worker->stream, CU_STREAM_NON_BLOCKING));
}

void worker_close(struct worker *worker)
{
    worker_end_import(worker);
    CU(streamDestroy(worker->stream));
    CU(moduleUnload(worker->module));
    CU(ctxSetCurrent(NULL));
    CU(primaryCtxRelease(worker->device));
}

void worker_import(struct worker *worker, const VxmShared *field,
                   const VxmSharedSemaphore *timeline)
{
    VXM(vxmCudaImportShared(&worker->cuda, field, NULL, &worker->field));
    VXM(vxmCudaImportSharedSemaphore(&worker->cuda, timeline, &worker->timeline));
}

void worker_end_import(struct worker *worker)
{
    vxmCudaDestroySemaphore(&worker->cuda, &worker->timeline);
    vxmCudaDestroyMemory(&worker->cuda, &worker->field);
}

void worker_start(struct worker *worker, uint32_t count, uint32_t rounds)
{
    void *parameters[] = {&worker->field.pointer, &count};

    for (uint32_t round = 0; round < rounds; round++) {
        VXM(vxmCudaWaitSemaphore(&worker->cuda, &worker->timeline, 2u * round + 1u,
                                 worker->stream));
        CU(launchKernel(worker->halve, (count + BLOCK - 1) / BLOCK, 1, 1, BLOCK, 1, 1, 0,
                        worker->stream, parameters, NULL));
        VXM(vxmCudaSignalSemaphore(&worker->cuda, &worker->timeline, 2u * round + 2u,
                                   worker->stream));
    }
}

void worker_finish(struct worker *worker)
{
    CU(streamSynchronize(worker->stream));
}

double worker_copy_time(struct worker *worker, uint32_t count)
{
    const size_t size = (size_t)count * sizeof(float);
    CUdeviceptr to = 0;
    void *from = NULL;
    double begun;

    CU(memAllocHost(&from, size));
    CU(memAlloc(&to, size));
    memset(from, 0, size);
    begun = milliseconds();
    CU(memcpyHtoD(to, from, size));
    begun = milliseconds() - begun;
    check_cuda(&worker->cuda, worker->cuda.memFree(to), "cuMemFree");
    CU(memFreeHost(from));
    return begun;
}
