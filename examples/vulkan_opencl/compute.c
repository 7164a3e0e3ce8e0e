/*
 * The example's plain OpenCL.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "compute.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dlfcn.h>

/* field.comp checks that each value has become this. */
static const char source[] = "kernel void change(global uint *field, uint count)\n"
                             "{\n"
                             "    size_t i = get_global_id(0);\n"
                             "    if (i < count) {\n"
                             "        uint value = field[i];\n"
                             "        field[i] = (value ^ (value >> 7)) + 1u;\n"
                             "    }\n"
                             "}\n";

/* OpenCL's functions that are called here. A program that links OpenCL just calls them. */
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
    cl_int(CL_API_CALL *clGetProgramBuildInfo)(cl_program, cl_device_id, cl_program_build_info,
                                               size_t, void *, size_t *);
    cl_kernel(CL_API_CALL *clCreateKernel)(cl_program, const char *, cl_int *);
    cl_int(CL_API_CALL *clSetKernelArg)(cl_kernel, cl_uint, size_t, const void *);
    cl_int(CL_API_CALL *clEnqueueNDRangeKernel)(cl_command_queue, cl_kernel, cl_uint,
                                                const size_t *, const size_t *, const size_t *,
                                                cl_uint, const cl_event *, cl_event *);
    cl_mem(CL_API_CALL *clCreateBuffer)(cl_context, cl_mem_flags, size_t, void *, cl_int *);
    cl_int(CL_API_CALL *clEnqueueWriteBuffer)(cl_command_queue, cl_mem, cl_bool, size_t, size_t,
                                              const void *, cl_uint, const cl_event *, cl_event *);
    cl_int(CL_API_CALL *clFinish)(cl_command_queue);
    cl_int(CL_API_CALL *clReleaseMemObject)(cl_mem);
    cl_int(CL_API_CALL *clReleaseKernel)(cl_kernel);
    cl_int(CL_API_CALL *clReleaseProgram)(cl_program);
    cl_int(CL_API_CALL *clReleaseCommandQueue)(cl_command_queue);
    cl_int(CL_API_CALL *clReleaseContext)(cl_context);
} api;

void check_cl(cl_int error, const char *call)
{
    if (error != CL_SUCCESS) {
        fprintf(stderr, "%s\n%s (%d)\n", call, vxmOpenClErrorName(error), (int)error);
        exit(EXIT_FAILURE);
    }
}

bool compute_load(struct compute *compute, char *why, size_t capacity)
{
    /* In the order of the struct. */
    static const char *const names[] = {
        "clCreateContext",
        "clCreateCommandQueueWithProperties",
        "clCreateProgramWithSource",
        "clBuildProgram",
        "clGetProgramBuildInfo",
        "clCreateKernel",
        "clSetKernelArg",
        "clEnqueueNDRangeKernel",
        "clCreateBuffer",
        "clEnqueueWriteBuffer",
        "clFinish",
        "clReleaseMemObject",
        "clReleaseKernel",
        "clReleaseProgram",
        "clReleaseCommandQueue",
        "clReleaseContext",
    };
    VxmError error;

    compute->library = dlopen(VXM_OPENCL_LIBRARY_NAME, RTLD_NOW | RTLD_LOCAL);
    if (compute->library == NULL) {
        snprintf(why, capacity, "there is no OpenCL: %s.", dlerror());
        return false;
    }
    if (vxmOpenClLoad(dlsym, compute->library, &compute->cl) != VK_SUCCESS) {
        vxmGetLastError(&error);
        snprintf(why, capacity, "%s", error.message);
        return false;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        void *function = dlsym(compute->library, names[i]);

        if (function == NULL) {
            snprintf(why, capacity, "OpenCL's loader has no %s.", names[i]);
            return false;
        }
        memcpy((char *)&api + i * sizeof(function), &function, sizeof(function));
    }
    return true;
}

void compute_open(struct compute *compute, size_t size)
{
    const char *text = source;
    char log[4096] = "";
    cl_int error;

    compute->context = api.clCreateContext(NULL, 1, &compute->device, NULL, NULL, &error);
    check_cl(error, "clCreateContext");
    compute->queue =
        api.clCreateCommandQueueWithProperties(compute->context, compute->device, NULL, &error);
    check_cl(error, "clCreateCommandQueueWithProperties");
    compute->program = api.clCreateProgramWithSource(compute->context, 1, &text, NULL, &error);
    check_cl(error, "clCreateProgramWithSource");
    error = api.clBuildProgram(compute->program, 1, &compute->device, "", NULL, NULL);
    if (error != CL_SUCCESS) {
        api.clGetProgramBuildInfo(compute->program, compute->device, CL_PROGRAM_BUILD_LOG,
                                  sizeof(log) - 1, log, NULL);
        fprintf(stderr, "%s\n", log);
    }
    check_cl(error, "clBuildProgram");
    compute->kernel = api.clCreateKernel(compute->program, "change", &error);
    check_cl(error, "clCreateKernel");
    compute->copy = api.clCreateBuffer(compute->context, CL_MEM_READ_WRITE, size, NULL, &error);
    check_cl(error, "clCreateBuffer");
}

void compute_close(struct compute *compute)
{
    api.clReleaseMemObject(compute->copy);
    api.clReleaseKernel(compute->kernel);
    api.clReleaseProgram(compute->program);
    api.clReleaseCommandQueue(compute->queue);
    api.clReleaseContext(compute->context);
    dlclose(compute->library);
}

void compute_run(const struct compute *compute, cl_mem field, cl_uint count)
{
    const size_t global = count;

    CHECK_CL(api.clSetKernelArg(compute->kernel, 0, sizeof(field), &field));
    CHECK_CL(api.clSetKernelArg(compute->kernel, 1, sizeof(count), &count));
    CHECK_CL(api.clEnqueueNDRangeKernel(compute->queue, compute->kernel, 1, NULL, &global, NULL, 0,
                                        NULL, NULL));
}

void compute_finish(const struct compute *compute)
{
    CHECK_CL(api.clFinish(compute->queue));
}

void compute_write_copy(const struct compute *compute, const void *data, size_t size)
{
    CHECK_CL(api.clEnqueueWriteBuffer(compute->queue, compute->copy, CL_TRUE, 0, size, data, 0,
                                      NULL, NULL));
}
