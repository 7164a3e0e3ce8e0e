/*
 * The example's plain OpenCL, loaded at run time: a context for one device, a queue, one kernel.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VULKAN_OPENCL_COMPUTE_H_
#define VULKAN_OPENCL_COMPUTE_H_ 1

#include <stdbool.h>

#include <vxm/opencl.h>

struct compute {
    void *library;
    VxmOpenCl cl; /* what vxm's adapter calls */
    cl_device_id device;
    cl_context context;
    cl_command_queue queue;
    cl_program program;
    cl_kernel kernel;
    cl_mem copy; /* OpenCL's own memory, to measure the copy through the host with */
};

/* Prints what failed and ends the program. */
void check_cl(cl_int error, const char *call);
#define CHECK_CL(call) check_cl(call, #call)

/* Loads OpenCL's library and fills in library and cl. False: `why` says what to install. */
bool compute_load(struct compute *compute, char *why, size_t capacity);
/* The rest, once the device is found. */
void compute_open(struct compute *compute, size_t size);
void compute_close(struct compute *compute);

/* Enqueues the kernel over `count` values of the buffer. */
void compute_run(const struct compute *compute, cl_mem field, cl_uint count);
/* Waits until the queue is empty. */
void compute_finish(const struct compute *compute);
/* Fills OpenCL's own memory from the host's, and waits. */
void compute_write_copy(const struct compute *compute, const void *data, size_t size);

#endif /* VULKAN_OPENCL_COMPUTE_H_ */
