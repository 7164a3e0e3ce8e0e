/*
 * Payloads, and the seam to the system's own handles of them: payload_<natives>.c, one of which is
 * in each program.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_MODEL_NATIVE_H_
#define VXM_TESTS_MODEL_NATIVE_H_ 1

#include <wchar.h>

#include "model.h"

/* ---- handles in Vulkan's structs ---- */

/* Whole, so that two can be compared: what the smaller members leave is zero. */
static inline union model_native model__native_of_pointer(const void *pointer)
{
    return (union model_native){.pointer = (void *)(uintptr_t)pointer};
}

static inline union model_native model__native_of_fd(int fd)
{
    union model_native native = model__native_of_pointer(NULL);

    native.fd = fd;
    return native;
}

static inline union model_native model__native_of_zircon(uint32_t handle)
{
    union model_native native = model__native_of_pointer(NULL);

    native.zircon = handle;
    return native;
}

static inline bool model__native_equal(union model_native a, union model_native b)
{
    return a.pointer == b.pointer;
}

#define MODEL_MAX_NAME 64

enum {
    MODEL_PAYLOAD_MEMORY = 'm',
    MODEL_PAYLOAD_SEMAPHORE = 's',
    MODEL_PAYLOAD_SYNC = 'y'
};

/* What travels with a payload that leaves the process. */
struct model_payload_info {
    uint32_t kind; /* MODEL_PAYLOAD_... */
    uint32_t handleTypes;
    uint64_t size;
    uint32_t memoryTypeIndex;
    uint64_t resource; /* hash of the dedicated resource's creation; 0: not dedicated */
    bool foreign;      /* no model driver made it */
    uint32_t semaphoreType;
    uint32_t semaphoreFlags;
    uint8_t deviceUUID[VK_UUID_SIZE];
    uint8_t driverUUID[VK_UUID_SIZE];
    ModelImageFacts image;        /* Metal: of a texture or surface; all 0: it is none */
    uint64_t of[2];               /* Metal: the texture that a shared texture handle stands for */
    wchar_t name[MODEL_MAX_NAME]; /* of the object itself; empty: none */
};

struct model_payload {
    struct model_payload *next;
    uint32_t references;
    bool shared;          /* has an identity */
    uint64_t identity[2]; /* the same for every handle of the payload, in every process */
    struct model_payload_info info;
    void *data;        /* mapped when first asked for */
    bool borrowedData; /* data is the app's */
    bool released;     /* by the last queue family release */
    VkImageLayout releaseOld, releaseNew;
    uint32_t releaseFamily; /* EXTERNAL or FOREIGN */
    bool mutexHeld;         /* the keyed mutex */
    uint64_t mutexKey;
    bool orphaned; /* whose it was at first is gone */
};

/* The seam. Natives of a payload; with a name that another object has, creation answers
 * VK_ERROR_INVALID_EXTERNAL_HANDLE. */
VkResult model__native_create(const struct model_payload_info *info, union model_native *native);
/* False if the native is no payload of a model driver's. */
bool model__native_read(union model_native native, struct model_payload_info *info,
                        uint64_t identity[2]);
VkResult model__native_duplicate(union model_native native, bool inherited,
                                 union model_native *duplicate);
void model__native_close(union model_native native);
void *model__native_map(union model_native native, uint64_t size);
void model__native_unmap(void *data, uint64_t size);
/* Another native of the payload with that name, or with that number; false: there is none. */
bool model__native_open_name(const wchar_t *name, union model_native *native);
bool model__native_open_number(uintptr_t number, union model_native *native);
/* The number that stands for the payload in every process (Win32's KMT handles), until it is ended;
 * 0: none. */
uintptr_t model__native_number(union model_native native);
void model__native_end_number(union model_native native);

/* A new payload (without identity if native is NULL), or the one of this identity. NULL: none. */
struct model_payload *model__payload_new(const struct model_payload_info *info,
                                         const union model_native *native);
void model__payload_release(struct model_payload *payload);
void *model__payload_data(struct model_payload *payload, const union model_native *native);

#endif /* VXM_TESTS_MODEL_NATIVE_H_ */
