/*
 * The model of CUDA: external semaphores.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/cuda/model_internal.h"

static const struct type semaphore_types[] = {
    {1, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT, true, false, false, false, false},
    {9, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT, true, false, false, false, true},
    {2, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT, false, false, true, false, false},
    {10, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT, false, false, true, false, true},
    {3, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT, false, true, false, false, false},
    {4, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT, false, false, true, false, true},
};

/* ---- semaphores ---- */

static CUresult CUDAAPI import_external_semaphore(CUexternalSemaphore *semaphore,
                                                  const CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC *desc)
{
    const struct type *type = NULL;
    struct model_payload_info info;
    union model_native native;
    uint64_t identity[2];
    struct object *object;
    CUresult result;

    cuda_model.semaphore = *desc;
    for (size_t i = 0; i < sizeof(semaphore_types) / sizeof(semaphore_types[0]); i++) {
        if (semaphore_types[i].cudaType == (int)desc->type) {
            type = &semaphore_types[i];
        }
    }
    if (!cuda_called("cuImportExternalSemaphore", &result) || !cuda_has_context(&result)) {
        if (type != NULL && type->fd) {
            cuda_drop_native(type, model__native_of_fd(desc->handle.fd));
        }
        return result;
    }
    EXPECT_ZERO(desc->reserved);
    if (type == NULL || desc->flags != 0) {
        cuda_breach("type %d or flags %u can't be", (int)desc->type, desc->flags);
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (!cuda_open_native(type, desc->handle.fd, desc->handle.win32.handle, desc->handle.win32.name,
                          &native)) {
        return CUDA_ERROR_INVALID_HANDLE;
    }
    if (!cuda_check_native(native, MODEL_PAYLOAD_SEMAPHORE, type->type, &info, identity) ||
        type->timeline != (info.semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE)) {
        cuda_drop_native(type, native);
        return CUDA_ERROR_INVALID_HANDLE;
    }
    object = cuda_make_object(SEMAPHORE, NULL);
    object->native = native;
    object->info = info;
    memcpy(object->identity, identity, sizeof(identity));
    *semaphore = (CUexternalSemaphore)(void *)object;
    return CUDA_SUCCESS;
}

/* The semaphore of a wait or signal, whose value must be 0 if it is binary. */
static struct object *operand(const CUexternalSemaphore *semaphores, unsigned int count,
                              unsigned long long value, const char *caller)
{
    struct object *object = cuda_find(semaphores[0], SEMAPHORE, caller);

    cr_expect_eq(count, 1);
    if (object != NULL && object->info.semaphoreType == VK_SEMAPHORE_TYPE_BINARY && value != 0) {
        cuda_breach("%s of a binary semaphore has a value", caller);
    }
    return object;
}

static CUresult CUDAAPI signal_semaphores(const CUexternalSemaphore *semaphores,
                                          const CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS *params,
                                          unsigned int count, CUstream stream)
{
    const unsigned long long value = params->params.fence.value;
    uint64_t *counter;
    struct object *object = operand(semaphores, count, value, "cuSignalExternalSemaphoresAsync");
    CUresult result;

    if (!cuda_called("cuSignalExternalSemaphoresAsync", &result) || !cuda_has_context(&result)) {
        return result;
    }
    EXPECT_ZERO(params->reserved);
    EXPECT_ZERO(params->params.reserved);
    cr_expect(params->flags == 0 && params->params.nvSciSync.reserved == 0 &&
              params->params.keyedMutex.key == 0);
    cuda_model.signalled = value;
    cuda_model.stream = stream;
    if (object == NULL) {
        return CUDA_ERROR_INVALID_HANDLE;
    }
    /* The model driver's counter, which its own semaphores read. */
    counter = (uint64_t *)model__native_map(object->native, object->info.size);
    cr_assert_not_null(counter);
    if (object->info.semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE) {
        if (value <= *counter) {
            cuda_breach("a signal of %llu when it is %llu already", value,
                        (unsigned long long)*counter);
        }
        *counter = value;
    } else {
        *counter = 1;
    }
    model__native_unmap(counter, object->info.size);
    return CUDA_SUCCESS;
}

static CUresult CUDAAPI wait_semaphores(const CUexternalSemaphore *semaphores,
                                        const CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS *params,
                                        unsigned int count, CUstream stream)
{
    const unsigned long long value = params->params.fence.value;
    struct object *object = operand(semaphores, count, value, "cuWaitExternalSemaphoresAsync");
    CUresult result;

    if (!cuda_called("cuWaitExternalSemaphoresAsync", &result) || !cuda_has_context(&result)) {
        return result;
    }
    EXPECT_ZERO(params->reserved);
    EXPECT_ZERO(params->params.reserved);
    cr_expect(params->flags == 0 && params->params.nvSciSync.reserved == 0 &&
              params->params.keyedMutex.key == 0 && params->params.keyedMutex.timeoutMs == 0);
    cuda_model.waited = value;
    cuda_model.stream = stream;
    return object == NULL ? CUDA_ERROR_INVALID_HANDLE : CUDA_SUCCESS;
}

static CUresult CUDAAPI destroy_external_semaphore(CUexternalSemaphore semaphore)
{
    struct object *object = cuda_find(semaphore, SEMAPHORE, "cuDestroyExternalSemaphore");

    if (object != NULL) {
        cuda_close_native(object);
    }
    return cuda_end_object(object);
}

const struct cuda_named cuda_semaphore_functions[] = {
    {"cuImportExternalSemaphore", (cuda_function)import_external_semaphore},
    {"cuSignalExternalSemaphoresAsync", (cuda_function)signal_semaphores},
    {"cuWaitExternalSemaphoresAsync", (cuda_function)wait_semaphores},
    {"cuDestroyExternalSemaphore", (cuda_function)destroy_external_semaphore},
    {NULL, NULL},
};
