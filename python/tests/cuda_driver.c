/*
 * A model of CUDA's driver library for the tests of vxm.cuda, under its name (libcuda.so.1): one
 * device, whose memory is the descriptor's own pages, so that a device pointer can be read by the
 * test. It takes a descriptor over when an import succeeds, and only then; wants a current context;
 * counts what lives; and notes what the real one would not forgive.
 *
 * It stands on how the model Vulkan driver keeps payloads: a file of the payload's size, and of a
 * semaphore with the value in its first 8 bytes.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cuda.h>

#define EXPORT   __attribute__((visibility("default")))
#define STACK    16
#define MAPPINGS 64
#define DEVICE   7 /* a number that is not the ordinal */

struct CUctx_st {
    int retained;
};

struct CUextMemory_st {
    void *pages;
    size_t size;
    int mapped;
};

struct CUextSemaphore_st {
    _Atomic uint64_t *value;
    size_t size;
};

static struct CUctx_st primary;
static CUcontext stack[STACK];
static int depth;
static struct CUextMemory_st *mappings[MAPPINGS]; /* by what cuMemFree() is given: their pages */
static char fail_name[64];
static char note[256];
static int live;

/* ---- for the tests ---- */

/* Objects and retained contexts that have not been ended. */
EXPORT int model_cuda_live(void)
{
    return live + primary.retained + depth;
}

/* The first thing that was done wrong; "" if nothing was. */
EXPORT const char *model_cuda_note(void)
{
    return note;
}

/* The next call of that function fails. */
EXPORT void model_cuda_fail(const char *name)
{
    snprintf(fail_name, sizeof(fail_name), "%s", name);
}

static void wrong(const char *what)
{
    if (note[0] == '\0') {
        snprintf(note, sizeof(note), "%s", what);
    }
}

static bool fails(const char *name)
{
    bool it = strcmp(name, fail_name) == 0;

    if (it) {
        fail_name[0] = '\0';
    }
    return it;
}

static CUresult begin(const char *name)
{
    if (depth == 0) {
        return CUDA_ERROR_INVALID_CONTEXT;
    }
    return fails(name) ? CUDA_ERROR_UNKNOWN : CUDA_SUCCESS;
}

/* ---- errors, device, context ---- */

EXPORT CUresult cuInit(unsigned int flags)
{
    return flags == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

EXPORT CUresult cuGetErrorName(CUresult error, const char **text)
{
    *text = error == CUDA_ERROR_UNKNOWN           ? "CUDA_ERROR_UNKNOWN"
            : error == CUDA_ERROR_INVALID_CONTEXT ? "CUDA_ERROR_INVALID_CONTEXT"
                                                  : "CUDA_ERROR_INVALID_VALUE";
    return CUDA_SUCCESS;
}

EXPORT CUresult cuGetErrorString(CUresult error, const char **text)
{
    *text = error == CUDA_ERROR_UNKNOWN ? "unknown error" : "invalid something";
    return CUDA_SUCCESS;
}

EXPORT CUresult cuDeviceGetCount(int *count)
{
    *count = 1;
    return CUDA_SUCCESS;
}

EXPORT CUresult cuDeviceGet(CUdevice *device, int ordinal)
{
    if (ordinal != 0) {
        return CUDA_ERROR_INVALID_DEVICE;
    }
    *device = DEVICE;
    return CUDA_SUCCESS;
}

/* The test says which in MODEL_CUDA_UUID, as 32 digits. */
EXPORT CUresult cuDeviceGetUuid(CUuuid *uuid, CUdevice device)
{
    const char *text = getenv("MODEL_CUDA_UUID");
    unsigned value;

    memset(uuid, 0, sizeof(*uuid));
    if (device != DEVICE) {
        return CUDA_ERROR_INVALID_DEVICE;
    }
    for (size_t i = 0; text != NULL && strlen(text) == 32 && i < 16; i++) {
        sscanf(text + 2 * i, "%2x", &value);
        uuid->bytes[i] = (char)value;
    }
    return CUDA_SUCCESS;
}

EXPORT CUresult cuDevicePrimaryCtxRetain(CUcontext *context, CUdevice device)
{
    if (device != DEVICE || fails("cuDevicePrimaryCtxRetain")) {
        return CUDA_ERROR_INVALID_DEVICE;
    }
    primary.retained++;
    *context = &primary;
    return CUDA_SUCCESS;
}

EXPORT CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device)
{
    if (device != DEVICE || primary.retained == 0) {
        wrong("cuDevicePrimaryCtxRelease: it is not retained");
        return CUDA_ERROR_INVALID_CONTEXT;
    }
    if (--primary.retained == 0 && live != 0) {
        wrong("cuDevicePrimaryCtxRelease: objects of the context are left");
    }
    return CUDA_SUCCESS;
}

EXPORT CUresult cuCtxPushCurrent_v2(CUcontext context)
{
    if (context != &primary || primary.retained == 0 || depth == STACK) {
        wrong("cuCtxPushCurrent: no such context");
        return CUDA_ERROR_INVALID_CONTEXT;
    }
    stack[depth++] = context;
    return CUDA_SUCCESS;
}

EXPORT CUresult cuCtxPopCurrent_v2(CUcontext *context)
{
    if (depth == 0) {
        wrong("cuCtxPopCurrent: nothing to pop");
        return CUDA_ERROR_INVALID_CONTEXT;
    }
    *context = stack[--depth];
    return CUDA_SUCCESS;
}

EXPORT CUresult cuCtxSynchronize(void)
{
    return begin("cuCtxSynchronize");
}

/* ---- memory ---- */

static bool reserved_is_zero(const unsigned int *reserved)
{
    for (int i = 0; i < 16; i++) {
        if (reserved[i] != 0) {
            return false;
        }
    }
    return true;
}

/* Maps what the descriptor stands for; it stays open. */
static CUresult map(int fd, uint64_t size, void **pages, size_t *length)
{
    struct stat status;

    if (fstat(fd, &status) != 0 || (size != 0 && (uint64_t)status.st_size != size)) {
        return CUDA_ERROR_INVALID_VALUE; /* CUDA wants the allocation's size, exactly */
    }
    *length = (size_t)status.st_size;
    *pages = mmap(NULL, *length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return *pages == MAP_FAILED ? CUDA_ERROR_OPERATING_SYSTEM : CUDA_SUCCESS;
}

EXPORT CUresult cuImportExternalMemory(CUexternalMemory *memory,
                                       const CUDA_EXTERNAL_MEMORY_HANDLE_DESC *desc)
{
    CUresult result = begin("cuImportExternalMemory");
    CUexternalMemory made;

    if (result != CUDA_SUCCESS) {
        /* as NVIDIA's driver 580 does, also with what it refuses */
        close(desc->handle.fd);
        return result;
    }
    if (desc->type != CU_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD || desc->size == 0 ||
        (desc->flags & ~1u) != 0 || !reserved_is_zero(desc->reserved)) {
        wrong("cuImportExternalMemory: type, size, flags or reserved");
        return CUDA_ERROR_INVALID_VALUE;
    }
    if ((fcntl(desc->handle.fd, F_GETFD) & FD_CLOEXEC) == 0) {
        wrong("cuImportExternalMemory: a descriptor that children inherit");
    }
    made = calloc(1, sizeof(*made));
    result = map(desc->handle.fd, desc->size, &made->pages, &made->size);
    if (result != CUDA_SUCCESS) {
        free(made);
        return result;
    }
    close(desc->handle.fd);
    live++;
    *memory = made;
    return CUDA_SUCCESS;
}

EXPORT CUresult cuExternalMemoryGetMappedBuffer(CUdeviceptr *pointer, CUexternalMemory memory,
                                                const CUDA_EXTERNAL_MEMORY_BUFFER_DESC *desc)
{
    CUresult result = begin("cuExternalMemoryGetMappedBuffer");

    if (result != CUDA_SUCCESS) {
        return result;
    }
    if (desc->flags != 0 || !reserved_is_zero(desc->reserved) || desc->size == 0 ||
        desc->offset + desc->size > memory->size) {
        wrong("cuExternalMemoryGetMappedBuffer: range, flags or reserved");
        return CUDA_ERROR_INVALID_VALUE;
    }
    for (int i = 0; i < MAPPINGS; i++) {
        if (mappings[i] == NULL) {
            mappings[i] = memory;
            memory->mapped++;
            live++;
            *pointer = (CUdeviceptr)(uintptr_t)memory->pages + desc->offset;
            return CUDA_SUCCESS;
        }
    }
    return CUDA_ERROR_OUT_OF_MEMORY;
}

EXPORT CUresult cuMemFree_v2(CUdeviceptr pointer)
{
    CUresult result = begin("cuMemFree");

    for (int i = 0; result == CUDA_SUCCESS && i < MAPPINGS; i++) {
        if (mappings[i] != NULL && (CUdeviceptr)(uintptr_t)mappings[i]->pages == pointer) {
            mappings[i]->mapped--;
            mappings[i] = NULL;
            live--;
            return CUDA_SUCCESS;
        }
    }
    wrong("cuMemFree: nothing is mapped there, or no context is current");
    return CUDA_ERROR_INVALID_VALUE;
}

EXPORT CUresult cuDestroyExternalMemory(CUexternalMemory memory)
{
    CUresult result = begin("cuDestroyExternalMemory");

    if (result != CUDA_SUCCESS || memory->mapped != 0) {
        wrong("cuDestroyExternalMemory: still mapped, or no context is current");
        return CUDA_ERROR_INVALID_VALUE;
    }
    munmap(memory->pages, memory->size);
    free(memory);
    live--;
    return CUDA_SUCCESS;
}

/* ---- semaphores ---- */

EXPORT CUresult cuImportExternalSemaphore(CUexternalSemaphore *semaphore,
                                          const CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC *desc)
{
    CUresult result = begin("cuImportExternalSemaphore");
    CUexternalSemaphore made;
    void *page;

    if (result != CUDA_SUCCESS) {
        return result;
    }
    /* 9: a timeline's descriptor */
    if (((int)desc->type != 1 && (int)desc->type != 9) || desc->flags != 0 ||
        !reserved_is_zero(desc->reserved)) {
        wrong("cuImportExternalSemaphore: type, flags or reserved");
        return CUDA_ERROR_INVALID_VALUE;
    }
    made = calloc(1, sizeof(*made));
    result = map(desc->handle.fd, 0, &page, &made->size);
    if (result != CUDA_SUCCESS) {
        free(made);
        return result;
    }
    close(desc->handle.fd);
    made->value = page;
    live++;
    *semaphore = made;
    return CUDA_SUCCESS;
}

/* The one stream is always empty: whatever is queued happens at once. */
EXPORT CUresult cuSignalExternalSemaphoresAsync(const CUexternalSemaphore *semaphores,
                                                const CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS *params,
                                                unsigned int count, CUstream stream)
{
    CUresult result = begin("cuSignalExternalSemaphoresAsync");

    (void)stream;
    if (result != CUDA_SUCCESS || count != 1 || params->flags != 0 ||
        !reserved_is_zero(params->reserved) || params->params.keyedMutex.key != 0) {
        wrong("cuSignalExternalSemaphoresAsync: count, flags, reserved, or no context is current");
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (params->params.fence.value <= atomic_load(semaphores[0]->value)) {
        wrong("cuSignalExternalSemaphoresAsync: the timeline is there already");
    }
    atomic_store(semaphores[0]->value, params->params.fence.value);
    return CUDA_SUCCESS;
}

EXPORT CUresult cuWaitExternalSemaphoresAsync(const CUexternalSemaphore *semaphores,
                                              const CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS *params,
                                              unsigned int count, CUstream stream)
{
    CUresult result = begin("cuWaitExternalSemaphoresAsync");

    (void)stream;
    if (result != CUDA_SUCCESS || count != 1 || params->flags != 0 ||
        !reserved_is_zero(params->reserved) || params->params.keyedMutex.key != 0) {
        wrong("cuWaitExternalSemaphoresAsync: count, flags, reserved, or no context is current");
        return CUDA_ERROR_INVALID_VALUE;
    }
    for (int i = 0; atomic_load(semaphores[0]->value) < params->params.fence.value; i++) {
        if (i == 5000) {
            wrong("cuWaitExternalSemaphoresAsync: nobody signalled within 5 s");
            return CUDA_ERROR_UNKNOWN;
        }
        usleep(1000);
    }
    return CUDA_SUCCESS;
}

EXPORT CUresult cuDestroyExternalSemaphore(CUexternalSemaphore semaphore)
{
    CUresult result = begin("cuDestroyExternalSemaphore");

    if (result != CUDA_SUCCESS) {
        wrong("cuDestroyExternalSemaphore: no context is current");
        return result;
    }
    munmap(semaphore->value, semaphore->size);
    free(semaphore);
    live--;
    return CUDA_SUCCESS;
}
