/*
 * CUDA's part, by the driver library that is loaded when the program runs.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "five.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dlfcn.h>

#include <vxm/cuda.h>

#include "disc_ptx.h"

/* CUDA's functions that are called here, loaded by name. */
static struct {
    CUresult(CUDAAPI *init)(unsigned int);
    CUresult(CUDAAPI *primaryCtxRetain)(CUcontext *, CUdevice);
    CUresult(CUDAAPI *primaryCtxRelease)(CUdevice);
    CUresult(CUDAAPI *ctxSetCurrent)(CUcontext);
    CUresult(CUDAAPI *ctxSynchronize)(void);
    CUresult(CUDAAPI *moduleLoadData)(CUmodule *, const void *);
    CUresult(CUDAAPI *moduleGetFunction)(CUfunction *, CUmodule, const char *);
    CUresult(CUDAAPI *moduleUnload)(CUmodule);
    CUresult(CUDAAPI *launchKernel)(CUfunction, unsigned int, unsigned int, unsigned int,
                                    unsigned int, unsigned int, unsigned int, unsigned int,
                                    CUstream, void **, void **);
    CUresult(CUDAAPI *memAlloc)(CUdeviceptr *, size_t);
    CUresult(CUDAAPI *memFree)(CUdeviceptr);
    CUresult(CUDAAPI *memcpyHtoD)(CUdeviceptr, const void *, size_t);
    CUresult(CUDAAPI *memcpyDtoH)(void *, CUdeviceptr, size_t);
} api;

static const char *const names[] = {
    "cuInit",
    "cuDevicePrimaryCtxRetain",
    "cuDevicePrimaryCtxRelease_v2",
    "cuCtxSetCurrent",
    "cuCtxSynchronize",
    "cuModuleLoadData",
    "cuModuleGetFunction",
    "cuModuleUnload",
    "cuLaunchKernel",
    "cuMemAlloc_v2",
    "cuMemFree_v2",
    "cuMemcpyHtoD_v2",
    "cuMemcpyDtoH_v2",
};

struct own {
    VxmCuda cuda;
    CUdevice device;
    CUmodule module;
    CUfunction kernel;
    VxmCudaMemory picture;
};

static void check_cuda(CUresult result, const char *call)
{
    if (result != CUDA_SUCCESS) {
        fail("%s\nanswered CUDA's error %d", call, (int)result);
    }
}
#define CU(call) check_cuda(api.call, #call)

static bool load(struct visit *visit, struct own *own)
{
    void *library = dlopen(VXM_CUDA_LIBRARY_NAME, RTLD_NOW | RTLD_LOCAL);
    VxmError error;
    CUresult result;

    if (library == NULL) {
        snprintf(visit->why, sizeof(visit->why),
                 "CUDA's driver is not installed; it comes with NVIDIA's graphics driver: %s.",
                 dlerror());
        return false;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        void *function = dlsym(library, names[i]);

        if (function == NULL) {
            fail("CUDA has no %s.", names[i]);
        }
        memcpy((char *)&api + i * sizeof(function), &function, sizeof(function));
    }
    result = api.init(0);
    if (result != CUDA_SUCCESS) {
        snprintf(visit->why, sizeof(visit->why), "cuInit() answered %d: there is no GPU for CUDA.",
                 (int)result);
        return false;
    }
    if (vxmCudaLoad(dlsym, library, &own->cuda) != VK_SUCCESS ||
        vxmCudaFindDevice(&own->cuda, visit->identity, &own->device) != VK_SUCCESS) {
        vxmGetLastError(&error);
        snprintf(visit->why, sizeof(visit->why), "%s", error.message);
        return false;
    }
    return true;
}

static bool cuda_open(struct visit *visit)
{
    struct own *own = calloc(1, sizeof(*own));
    CUcontext context = NULL;

    if (own == NULL || !load(visit, own)) {
        free(own);
        return false;
    }
    CU(primaryCtxRetain(&context, own->device));
    CU(ctxSetCurrent(context));
    CU(moduleLoadData(&own->module, disc_ptx));
    CU(moduleGetFunction(&own->kernel, own->module, "disc"));

    visit->sharing = milliseconds();
    VXM(vxmCudaImportMemory(&own->cuda, visit->picture, NULL, &own->picture));
    visit->sharing = milliseconds() - visit->sharing;
    visit->own = own;
    return true;
}

static void cuda_draw(struct visit *visit)
{
    const struct own *own = visit->own;
    struct disc disc = visit->disc;
    CUdeviceptr pixels = own->picture.pointer;
    void *parameters[] = {&pixels, &disc.width,  &disc.height, &disc.x,
                          &disc.y, &disc.radius, &disc.colour};

    CU(launchKernel(own->kernel, (disc.width + 63) / 64, disc.height, 1, 64, 1, 1, 0, NULL,
                    parameters, NULL));
    CU(ctxSynchronize());
}

static double cuda_copy(struct visit *visit)
{
    const size_t size = (size_t)visit->size;
    CUdeviceptr copy = 0;
    double begun;

    CU(memAlloc(&copy, size));
    CU(memcpyHtoD(copy, visit->host, size));
    begun = milliseconds();
    CU(memcpyHtoD(copy, visit->host, size));
    CU(memcpyDtoH(visit->host, copy, size));
    begun = milliseconds() - begun;
    CU(memFree(copy));
    return begun;
}

static void cuda_close(struct visit *visit)
{
    struct own *own = visit->own;

    vxmCudaDestroyMemory(&own->cuda, &own->picture);
    CU(moduleUnload(own->module));
    CU(ctxSetCurrent(NULL));
    CU(primaryCtxRelease(own->device));
    free(own);
}

const struct visitor visitor_cuda = {"CUDA", cuda_open, cuda_draw, cuda_copy, cuda_close};
