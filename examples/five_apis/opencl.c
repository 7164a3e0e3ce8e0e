/*
 * OpenCL's part.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "five.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dlfcn.h>

#include <vxm/opencl.h>

/* As disc.comp. */
static const char source[] =
    "uint add(uint a, uint b)\n"
    "{\n"
    "    uint even = (a & 0x00ff00ffu) + (b & 0x00ff00ffu);\n"
    "    uint odd = (a >> 8 & 0x00ff00ffu) + (b >> 8 & 0x00ff00ffu);\n"
    "    even |= (even >> 8 & 0x00010001u) * 255u;\n"
    "    odd |= (odd >> 8 & 0x00010001u) * 255u;\n"
    "    return (even & 0x00ff00ffu) | (odd & 0x00ff00ffu) << 8;\n"
    "}\n"
    "kernel void disc(global uint *pixels, uint width, uint height, uint x, uint y, uint radius,\n"
    "                 uint colour)\n"
    "{\n"
    "    uint row = get_global_id(1), column = get_global_id(0);\n"
    "    int dx = (int)(column - x), dy = (int)(row - y);\n"
    "    if (column < width && row < height && dx * dx + dy * dy < (int)(radius * radius)) {\n"
    "        pixels[row * width + column] = add(pixels[row * width + column], colour);\n"
    "    }\n"
    "}\n";

/* OpenCL's functions that are called here, loaded by name. */
static struct {
    cl_context(CL_API_CALL *clCreateContext)(
        const cl_context_properties *, cl_uint, const cl_device_id *,
        void(CL_CALLBACK *)(const char *, const void *, size_t, void *), void *, cl_int *);
    cl_command_queue(CL_API_CALL *clCreateCommandQueueWithProperties)(cl_context, cl_device_id,
                                                                      const cl_queue_properties *,
                                                                      cl_int *);
    cl_program(CL_API_CALL *clCreateProgramWithSource)(cl_context, cl_uint, const char **,
                                                       const size_t *, cl_int *);
    cl_int(CL_API_CALL *clBuildProgram)(cl_program, cl_uint, const cl_device_id *, const char *,
                                        void(CL_CALLBACK *)(cl_program, void *), void *);
    cl_kernel(CL_API_CALL *clCreateKernel)(cl_program, const char *, cl_int *);
    cl_int(CL_API_CALL *clSetKernelArg)(cl_kernel, cl_uint, size_t, const void *);
    cl_int(CL_API_CALL *clEnqueueNDRangeKernel)(cl_command_queue, cl_kernel, cl_uint,
                                                const size_t *, const size_t *, const size_t *,
                                                cl_uint, const cl_event *, cl_event *);
    cl_mem(CL_API_CALL *clCreateBuffer)(cl_context, cl_mem_flags, size_t, void *, cl_int *);
    cl_int(CL_API_CALL *clEnqueueWriteBuffer)(cl_command_queue, cl_mem, cl_bool, size_t, size_t,
                                              const void *, cl_uint, const cl_event *, cl_event *);
    cl_int(CL_API_CALL *clEnqueueReadBuffer)(cl_command_queue, cl_mem, cl_bool, size_t, size_t,
                                             void *, cl_uint, const cl_event *, cl_event *);
    cl_int(CL_API_CALL *clFinish)(cl_command_queue);
    cl_int(CL_API_CALL *clReleaseKernel)(cl_kernel);
    cl_int(CL_API_CALL *clReleaseProgram)(cl_program);
    cl_int(CL_API_CALL *clReleaseCommandQueue)(cl_command_queue);
    cl_int(CL_API_CALL *clReleaseContext)(cl_context);
} api;

static const char *const names[] = {
    "clCreateContext",
    "clCreateCommandQueueWithProperties",
    "clCreateProgramWithSource",
    "clBuildProgram",
    "clCreateKernel",
    "clSetKernelArg",
    "clEnqueueNDRangeKernel",
    "clCreateBuffer",
    "clEnqueueWriteBuffer",
    "clEnqueueReadBuffer",
    "clFinish",
    "clReleaseKernel",
    "clReleaseProgram",
    "clReleaseCommandQueue",
    "clReleaseContext",
};

struct own {
    VxmOpenCl cl;
    cl_device_id device;
    cl_context context;
    cl_command_queue queue;
    cl_program program;
    cl_kernel kernel;
    VxmOpenClMemory picture;
};

static void check_cl(cl_int error, const char *call)
{
    if (error != CL_SUCCESS) {
        fail("%s\nanswered %s (%d)", call, vxmOpenClErrorName(error), (int)error);
    }
}
#define CL(call) check_cl(api.call, #call)

static bool load(struct visit *visit, struct own *own)
{
    void *library = dlopen(VXM_OPENCL_LIBRARY_NAME, RTLD_NOW | RTLD_LOCAL);
    VxmError error;

    if (library == NULL) {
        snprintf(visit->why, sizeof(visit->why),
                 "OpenCL's loader is not installed (Debian and Ubuntu: ocl-icd-libopencl1): %s.",
                 dlerror());
        return false;
    }
    if (vxmOpenClLoad(dlsym, library, &own->cl) != VK_SUCCESS ||
        vxmOpenClFindDevice(&own->cl, visit->identity, &own->device) != VK_SUCCESS) {
        vxmGetLastError(&error);
        snprintf(visit->why, sizeof(visit->why), "%s", error.message);
        return false;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        void *function = dlsym(library, names[i]);

        if (function == NULL) {
            fail("OpenCL has no %s.", names[i]);
        }
        memcpy((char *)&api + i * sizeof(function), &function, sizeof(function));
    }
    return true;
}

static bool opencl_open(struct visit *visit)
{
    struct own *own = calloc(1, sizeof(*own));
    const char *text = source;
    VxmOpenClImportInfo info = {0};
    cl_int error;

    if (own == NULL || !load(visit, own)) {
        free(own);
        return false;
    }
    own->context = api.clCreateContext(NULL, 1, &own->device, NULL, NULL, &error);
    check_cl(error, "clCreateContext");
    own->queue = api.clCreateCommandQueueWithProperties(own->context, own->device, NULL, &error);
    check_cl(error, "clCreateCommandQueueWithProperties");
    own->program = api.clCreateProgramWithSource(own->context, 1, &text, NULL, &error);
    check_cl(error, "clCreateProgramWithSource");
    CL(clBuildProgram(own->program, 1, &own->device, "", NULL, NULL));
    own->kernel = api.clCreateKernel(own->program, "disc", &error);
    check_cl(error, "clCreateKernel");

    info.context = own->context;
    info.device = own->device;
    visit->sharing = milliseconds();
    VXM(vxmOpenClImportMemory(&own->cl, visit->picture, &info, &own->picture));
    visit->sharing = milliseconds() - visit->sharing;
    visit->own = own;
    return true;
}

static void opencl_draw(struct visit *visit)
{
    const struct own *own = visit->own;
    const struct disc *disc = &visit->disc;
    const size_t global[2] = {disc->width, disc->height};
    const uint32_t parameters[6] = {disc->width, disc->height, disc->x,
                                    disc->y,     disc->radius, disc->colour};

    CL(clSetKernelArg(own->kernel, 0, sizeof(own->picture.mem), &own->picture.mem));
    for (cl_uint i = 0; i < 6; i++) {
        CL(clSetKernelArg(own->kernel, i + 1, sizeof(parameters[i]), &parameters[i]));
    }
    VXM(vxmOpenClAcquireMemory(&own->cl, &own->picture, own->queue));
    CL(clEnqueueNDRangeKernel(own->queue, own->kernel, 2, NULL, global, NULL, 0, NULL, NULL));
    VXM(vxmOpenClReleaseMemory(&own->cl, &own->picture, own->queue));
    CL(clFinish(own->queue));
}

static double opencl_copy(struct visit *visit)
{
    const struct own *own = visit->own;
    const size_t size = (size_t)visit->size;
    cl_int error;
    cl_mem copy = api.clCreateBuffer(own->context, CL_MEM_READ_WRITE, size, NULL, &error);
    double begun;

    check_cl(error, "clCreateBuffer");
    CL(clEnqueueWriteBuffer(own->queue, copy, CL_TRUE, 0, size, visit->host, 0, NULL, NULL));
    begun = milliseconds();
    CL(clEnqueueWriteBuffer(own->queue, copy, CL_TRUE, 0, size, visit->host, 0, NULL, NULL));
    CL(clEnqueueReadBuffer(own->queue, copy, CL_TRUE, 0, size, visit->host, 0, NULL, NULL));
    begun = milliseconds() - begun;
    own->cl.clReleaseMemObject(copy);
    return begun;
}

static void opencl_close(struct visit *visit)
{
    struct own *own = visit->own;

    vxmOpenClDestroyMemory(&own->cl, &own->picture);
    CL(clReleaseKernel(own->kernel));
    CL(clReleaseProgram(own->program));
    CL(clReleaseCommandQueue(own->queue));
    CL(clReleaseContext(own->context));
    free(own);
}

const struct visitor visitor_opencl = {"OpenCL", opencl_open, opencl_draw, opencl_copy,
                                       opencl_close};
