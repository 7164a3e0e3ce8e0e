/*
 * The model of OpenCL: acquire and release, semaphores.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "model_opencl_internal.h"

#include <string.h>

static struct _cl_semaphore_khr semaphores[MCL_OBJECTS];
static unsigned semaphoreCount;

void mcl_reset_semaphores(void)
{
    memset(semaphores, 0, sizeof(semaphores));
    semaphoreCount = 0;
}

unsigned mcl_semaphores_left(void)
{
    unsigned left = 0;

    for (unsigned i = 0; i < semaphoreCount; i++) {
        left += semaphores[i].alive ? 1 : 0;
    }
    return left;
}

/* ---- acquire and release ---- */

static cl_int hand_over(cl_command_queue queue, cl_uint count, const cl_mem *objects,
                        cl_uint eventCount, const cl_event *events, bool acquire)
{
    if (mcl_fails()) {
        return mcl.failWith;
    }
    if (count != 1 || eventCount != 0 || events != NULL) {
        return mcl_wrong(CL_INVALID_VALUE, "acquire or release");
    }
    if (!objects[0]->alive || objects[0]->parent != NULL || objects[0]->own.type == 0) {
        return mcl_wrong(CL_INVALID_MEM_OBJECT, "not an object made of a handle");
    }
    if (objects[0]->context != queue->context) {
        return mcl_wrong(CL_INVALID_COMMAND_QUEUE, "a queue of another context");
    }
    if (objects[0]->acquired == acquire) {
        return mcl_wrong(CL_INVALID_OPERATION, acquire ? "acquired twice" : "released twice");
    }
    objects[0]->acquired = acquire;
    mcl.acquired += acquire ? 1u : -1u;
    return CL_SUCCESS;
}

cl_int CL_API_CALL mcl_acquire(cl_command_queue queue, cl_uint count, const cl_mem *objects,
                               cl_uint eventCount, const cl_event *events, cl_event *event)
{
    (void)event;
    return hand_over(queue, count, objects, eventCount, events, true);
}

cl_int CL_API_CALL mcl_release(cl_command_queue queue, cl_uint count, const cl_mem *objects,
                               cl_uint eventCount, const cl_event *events, cl_event *event)
{
    (void)event;
    return hand_over(queue, count, objects, eventCount, events, false);
}

/* ---- semaphores ---- */

cl_semaphore_khr CL_API_CALL mcl_create_semaphore(cl_context context,
                                                  const cl_semaphore_properties_khr *properties,
                                                  cl_int *error)
{
    cl_semaphore_khr semaphore = &semaphores[semaphoreCount];
    struct mcl_import import;

    *error = mcl_read_properties(context, VXM_HANDLE_KIND_SEMAPHORE, properties, &import);
    if (*error == CL_SUCCESS) {
        *error = mcl_take(&import, &semaphore->own);
    }
    if (*error != CL_SUCCESS) {
        return mcl_nothing();
    }
    semaphoreCount++;
    semaphore->alive = true;
    return semaphore;
}

cl_int CL_API_CALL mcl_release_semaphore(cl_semaphore_khr semaphore)
{
    if (!semaphore->alive) {
        return mcl_wrong(-1142, "clReleaseSemaphoreKHR of what was released");
    }
    semaphore->alive = false;
    mcl_give_up(&semaphore->own);
    return CL_SUCCESS;
}

static cl_int enqueue_semaphore(cl_uint count, const cl_semaphore_khr *list,
                                const cl_semaphore_payload_khr *payloads, bool signal)
{
    if (mcl_fails()) {
        return mcl.failWith;
    }
    if (count != 1 || payloads != NULL || !list[0]->alive) {
        return mcl_wrong(CL_INVALID_VALUE, "a wait or signal");
    }
    if (mcl.signalled == signal) {
        return mcl_wrong(CL_INVALID_OPERATION,
                         signal ? "signalled twice" : "waited before a signal");
    }
    mcl.signalled = signal;
    return CL_SUCCESS;
}

cl_int CL_API_CALL mcl_wait_semaphores(cl_command_queue queue, cl_uint count,
                                       const cl_semaphore_khr *list,
                                       const cl_semaphore_payload_khr *payloads, cl_uint eventCount,
                                       const cl_event *events, cl_event *event)
{
    (void)queue, (void)eventCount, (void)events, (void)event;
    return enqueue_semaphore(count, list, payloads, false);
}

cl_int CL_API_CALL mcl_signal_semaphores(cl_command_queue queue, cl_uint count,
                                         const cl_semaphore_khr *list,
                                         const cl_semaphore_payload_khr *payloads,
                                         cl_uint eventCount, const cl_event *events,
                                         cl_event *event)
{
    (void)queue, (void)eventCount, (void)events, (void)event;
    return enqueue_semaphore(count, list, payloads, true);
}

cl_int CL_API_CALL mcl_flush(cl_command_queue queue)
{
    (void)queue;
    mcl.flushes++;
    return mcl_fails() ? mcl.failWith : CL_SUCCESS;
}
