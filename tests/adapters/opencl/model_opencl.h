/*
 * A model of OpenCL in the test process: the functions that vxm/opencl.h calls, which look at every
 * argument as cl_khr_external_memory and cl_khr_semaphore want it, take over a descriptor when an
 * import succeeds, and tell who broke a rule. Two platforms: one maker's without external memory,
 * and one with the model Vulkan driver's two GPUs.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_OPENCL_MODEL_OPENCL_H_
#define VXM_TESTS_ADAPTERS_OPENCL_MODEL_OPENCL_H_ 1

#include <stdbool.h>

#include "model/model.h"

#include "vxm/opencl.h"

#define MCL_DEVICES 3

/* What each device is and has. To be changed after mcl_reset(). */
struct mcl_device {
    const char *name;
    const char *extensions;
    uint8_t uuid[VK_UUID_SIZE];
    uint8_t driverUuid[VK_UUID_SIZE];
    uint8_t luid[VK_LUID_SIZE];
    bool luidValid;
    /* Types that images are taken for linear with; 0 ends it. noLinearQuery: a driver that has not
     * heard of the question. */
    cl_uint assumeLinear[4];
    bool noLinearQuery;
};

struct mcl_state {
    struct mcl_device devices[MCL_DEVICES]; /* 0 on platform 0, the others on platform 1 */
    cl_uint platformCount;
    const char *missing; /* a function that neither the library nor the platform has */

    /* The nth call that returns an error (1: the next) answers this; 0: none. */
    unsigned failNth;
    cl_int failWith;
    bool failed; /* it has come to that */
    bool junk;   /* a driver's bad habit: with the error comes an object that is none */

    /* A driver's bad habit, if this is not empty: it closes the descriptor of an import that it
     * refuses, and another thread, which opens this, gets its number. */
    VxmHandle stranger;
    VxmHandle unrelated; /* what has that number now; the test closes both */

    /* What was seen. */
    unsigned calls; /* that return an error */
    unsigned imports;
    uintptr_t lastHandle; /* as it stood in the properties */
    unsigned lastListed;  /* devices in the list */
    size_t lastSize;      /* of a buffer */
    cl_mem_flags lastFlags;
    cl_image_format lastFormat;
    cl_image_desc lastDesc;
    unsigned flushes;
    unsigned acquired; /* objects that are acquired now */
    bool signalled;    /* of the semaphores, which all share one payload here */
};
extern struct mcl_state mcl;

/* Afresh, with everything there. */
void mcl_reset(void);

/* The library's functions, as dlsym() gives them. */
void *mcl_get_proc(void *user, const char *name);

cl_device_id mcl_device(unsigned index);
/* Of the first `count` GPUs; and a context's queue. They live until mcl_reset(). */
cl_context mcl_context(unsigned firstDevice, unsigned count);
cl_command_queue mcl_queue(cl_context context, unsigned device);

/* How many rules were broken and objects are left; the text has a sentence for each. */
unsigned mcl_problems(char *text, size_t capacity);

/* ---- what the suites have in common ---- */

#ifdef _WIN32
#define MCL_MEMORY_TYPE    VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define MCL_SEMAPHORE_TYPE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define MCL_CL_TYPE        0x2061u
#define MCL_TAKES          false /* OpenCL takes the handle over */
#else
#define MCL_MEMORY_TYPE    VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define MCL_SEMAPHORE_TYPE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT
#define MCL_CL_TYPE        0x2060u
#define MCL_TAKES          true
#endif

/* Both models, a Vulkan device of the first GPU, and the same one in OpenCL. */
struct mcl_fixture {
    VxmDevice device;
    VxmDeviceInfo info;
    VxmOpenCl cl;
    cl_device_id clDevice;
    cl_command_queue queue;
    VxmOpenClImportInfo import; /* with a context of that device alone */
};

void mcl_begin(void); /* for .init */
void mcl_end(void);   /* for .fini: no breach, nothing left */
void mcl_open(struct mcl_fixture *fixture);
void mcl_close(struct mcl_fixture *fixture);

/* A buffer, an image, a semaphore that can be shared. */
VxmMemory mcl_buffer(const struct mcl_fixture *fixture, VkDeviceSize size);
VxmMemory mcl_image(const struct mcl_fixture *fixture, const VkImageCreateInfo *info);
VkImageCreateInfo mcl_image_info(void);
VxmSemaphore mcl_semaphore(const struct mcl_fixture *fixture, VkSemaphoreType type);

/* Ends the test if a call fails, with its sentence. */
void mcl_require(const char *file, int line, const char *call, VkResult got);
#define require(call) mcl_require(__FILE__, __LINE__, #call, (call))

/* Expects a result, and a last error of that reason whose sentence holds `part`. */
void mcl_expect_error(const char *file, int line, const char *call, VkResult got, VkResult result,
                      VxmErrorReason reason, const char *part);
#define expect_error(call, result, reason, part)                                                   \
    mcl_expect_error(__FILE__, __LINE__, #call, (call), result, reason, part)

#endif /* VXM_TESTS_ADAPTERS_OPENCL_MODEL_OPENCL_H_ */
