/*
 * A model of CUDA's driver library inside the test process: it keeps the rules of its documentation
 * to the letter, takes real handles of the model driver's payloads, and fails the test that breaks
 * a rule or leaves something behind.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_CUDA_MODEL_CUDA_H_
#define VXM_TESTS_ADAPTERS_CUDA_MODEL_CUDA_H_ 1

#include <stdbool.h>

#include "contract/exchange.h"
#include "vxm/cuda.h"

#define CUDA_MODEL_DEVICES 3

struct cuda_model_device {
    const char *name;
    CUuuid uuid;    /* version 2 of the call: of a MIG instance its own */
    CUuuid gpuUuid; /* version 1 */
    char luid[VK_LUID_SIZE];
    bool hasLuid;
    unsigned int nodeMask;
};

/* What it is like, to be changed by a test; and what it was told last. */
struct cuda_model {
    bool initialized; /* cuInit() was called */
    int deviceCount;
    /* By default the first two are the model driver's, in the other order. */
    struct cuda_model_device devices[CUDA_MODEL_DEVICES];
    int current;         /* the device of the current context; -1: there is none */
    const char *missing; /* a function that the library lacks; NULL: none */
    const char *missingToo;
    /* NVIDIA 580: an fd that it refuses is closed. An unrelated object takes its number at once, as
     * it may in another thread; the test closes that. */
    bool closesOnFailure;
    VxmHandle unrelated;

    CUDA_EXTERNAL_MEMORY_HANDLE_DESC memory;
    CUDA_EXTERNAL_MEMORY_BUFFER_DESC buffer;
    CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC array;
    CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC semaphore;
    unsigned long long waited, signalled; /* the last values */
    CUstream stream;                      /* of the last wait or signal */
};
extern struct cuda_model cuda_model;

/* A VxmCudaGetProc. */
void *cuda_model_get_proc(void *user, const char *name);

/* Each function that vxmCudaLoad() may ask for; NULL past the end. */
const char *cuda_model_function(size_t index);

/* The table, loaded. */
VxmCuda cuda_model_load(void);

/* Makes the nth call of any function fail, counted from now; 0: none. Names, errors' texts and what
 * destroys don't count. */
void cuda_model_fail(unsigned nth, CUresult result);
bool cuda_model_failed(void);

/* Calls of that function since the test began. */
unsigned cuda_model_calls(const char *name);

/* Around each test: those of the contract suites, and the model's own. */
void cuda_model_begin(void);
void cuda_model_end(void);

#endif /* VXM_TESTS_ADAPTERS_CUDA_MODEL_CUDA_H_ */
