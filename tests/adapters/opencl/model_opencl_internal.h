/*
 * Between the files of the model of OpenCL.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_OPENCL_MODEL_OPENCL_INTERNAL_H_
#define VXM_TESTS_ADAPTERS_OPENCL_MODEL_OPENCL_INTERNAL_H_ 1

#include "model_opencl.h"

#define MCL_OBJECTS 4096 /* none is used again, so that a stale one is noticed */

struct _cl_platform_id {
    int index;
};
struct _cl_device_id {
    unsigned index;
};
struct _cl_context {
    unsigned first, count;
};
struct _cl_command_queue {
    cl_context context;
    cl_device_id device;
};
struct _cl_mem {
    bool alive;
    bool image;
    cl_mem parent; /* of a sub-buffer */
    cl_context context;
    size_t size;
    VxmHandle own; /* the reference to the payload */
    bool acquired;
};
struct _cl_semaphore_khr {
    bool alive;
    VxmHandle own;
};

/* A property list: which handle, of which of the types, for which devices. */
struct mcl_import {
    VxmHandle handle;
    bool takes; /* a descriptor, which is ours after success */
    bool typed; /* CL_SEMAPHORE_TYPE_KHR was there */
};

/* A wrong argument is a breach: the adapter should have refused it before. */
cl_int mcl_wrong(cl_int error, const char *what);
/* What a creation answers with its error. */
void *mcl_nothing(void);
/* Counts a call that returns an error; true if it is this one that is to fail. */
bool mcl_fails(void);

cl_int mcl_read_properties(cl_context context, VxmHandleKind kind, const cl_ulong *properties,
                           struct mcl_import *import);
/* The reference to the payload that an object keeps. A refused descriptor stays the caller's. */
cl_int mcl_take(const struct mcl_import *import, VxmHandle *own);
/* The reference goes; a caller that has closed it before is found out. */
void mcl_give_up(VxmHandle *own);

/* ---- what an application enqueues: model_opencl_queue.c ---- */

cl_int CL_API_CALL mcl_acquire(cl_command_queue queue, cl_uint count, const cl_mem *objects,
                               cl_uint eventCount, const cl_event *events, cl_event *event);
cl_int CL_API_CALL mcl_release(cl_command_queue queue, cl_uint count, const cl_mem *objects,
                               cl_uint eventCount, const cl_event *events, cl_event *event);
cl_semaphore_khr CL_API_CALL mcl_create_semaphore(cl_context context,
                                                  const cl_semaphore_properties_khr *properties,
                                                  cl_int *error);
cl_int CL_API_CALL mcl_release_semaphore(cl_semaphore_khr semaphore);
cl_int CL_API_CALL mcl_wait_semaphores(cl_command_queue queue, cl_uint count,
                                       const cl_semaphore_khr *list,
                                       const cl_semaphore_payload_khr *payloads, cl_uint eventCount,
                                       const cl_event *events, cl_event *event);
cl_int CL_API_CALL mcl_signal_semaphores(cl_command_queue queue, cl_uint count,
                                         const cl_semaphore_khr *list,
                                         const cl_semaphore_payload_khr *payloads,
                                         cl_uint eventCount, const cl_event *events,
                                         cl_event *event);
cl_int CL_API_CALL mcl_flush(cl_command_queue queue);
void mcl_reset_semaphores(void);
unsigned mcl_semaphores_left(void);

#endif /* VXM_TESTS_ADAPTERS_OPENCL_MODEL_OPENCL_INTERNAL_H_ */
