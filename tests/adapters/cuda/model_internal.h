/*
 * What the parts of the model of CUDA share.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_CUDA_MODEL_INTERNAL_H_
#define VXM_TESTS_ADAPTERS_CUDA_MODEL_INTERNAL_H_ 1

#include "adapters/cuda/model_cuda.h"
#include "model/native.h"

enum kind {
    NOTHING,
    MEMORY,
    ARRAY,
    MAPPING,
    SEMAPHORE
};

/* Whatever CUDA has made. A slot is never used again, so that a stale handle is always noticed. */
struct object {
    enum kind kind;
    bool live;
    struct object *of; /* an array or mapping: the memory */
    union model_native native;
    struct model_payload_info info;
    uint64_t identity[2];
    unsigned char *data; /* a mapping */
    CUdeviceptr pointer;
    int cudaType;
};

/* A rule was broken: fails the test. */
void cuda_breach(const char *format, ...);

/* Takes a call down; false, and what to answer, if it is to fail. */
bool cuda_called(const char *name, CUresult *result);
bool cuda_has_context(CUresult *result);

struct object *cuda_make_object(enum kind kind, struct object *of);
/* The object behind a handle, which must be live and of that kind; NULL, and a breach, if not. */
struct object *cuda_find(const void *handle, enum kind kind, const char *caller);
/* The index-th object of all, live or not; NULL past the end. */
struct object *cuda_object(size_t index);
CUresult cuda_end_object(struct object *object);

void cuda_expect_zero(const unsigned int *words, size_t count, const char *what);
#define EXPECT_ZERO(words) cuda_expect_zero(words, sizeof(words) / sizeof((words)[0]), #words)

/* What a type stands for: Vulkan's bit, and how it is given. */
struct type {
    int cudaType;
    uint32_t type;
    bool fd, number, name, dedicated, timeline;
};

/* Opens what a description's handle, number or name stands for: the fd itself, which becomes CUDA's
 * when nothing fails any more, or a native of CUDA's own. */
bool cuda_open_native(const struct type *type, int fd, void *handle, const void *name,
                      union model_native *native);
/* Whether it is a payload of that kind and type, of the current device. */
bool cuda_check_native(union model_native native, uint32_t kind, uint32_t type,
                       struct model_payload_info *info, uint64_t identity[2]);
/* After a failure: an fd stays the caller's, unless the model has that bad habit. */
void cuda_drop_native(const struct type *type, union model_native native);
/* When the object ends: its native must still be what was taken. */
void cuda_close_native(struct object *object);

/* The functions of the parts, by name; NULL: not of this part. */
typedef void (*cuda_function)(void);
struct cuda_named {
    const char *name;
    cuda_function function;
};
extern const struct cuda_named cuda_memory_functions[];
extern const struct cuda_named cuda_semaphore_functions[];

#endif /* VXM_TESTS_ADAPTERS_CUDA_MODEL_INTERNAL_H_ */
