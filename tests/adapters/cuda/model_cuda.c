/*
 * The model of CUDA's driver library: its objects, calls, devices, and what is in it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdarg.h>

#include "adapters/cuda/model_internal.h"

struct cuda_model cuda_model;

#define MAX_OBJECTS 1024
#define MAX_NAMES   32

static struct object objects[MAX_OBJECTS];
static size_t object_count;
static unsigned countdown;
static CUresult failure;
static bool failed;
static struct {
    const char *name;
    unsigned count;
} calls[MAX_NAMES];

void cuda_breach(const char *format, ...)
{
    char text[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    cr_expect_fail("CUDA's rules were broken: %s", text);
}

/* Takes a call down; false if it is to fail. */
bool cuda_called(const char *name, CUresult *result)
{
    size_t i = 0;

    while (calls[i].name != NULL && strcmp(calls[i].name, name) != 0) {
        i++;
    }
    cr_assert_lt(i, MAX_NAMES - 1);
    calls[i].name = name;
    calls[i].count++;
    *result = CUDA_SUCCESS;
    if (countdown > 0 && --countdown == 0) {
        failed = true;
        *result = failure;
    } else if (!cuda_model.initialized) {
        *result = CUDA_ERROR_NOT_INITIALIZED;
    }
    return *result == CUDA_SUCCESS;
}

bool cuda_has_context(CUresult *result)
{
    if (cuda_model.current < 0) {
        *result = CUDA_ERROR_INVALID_CONTEXT;
    }
    return *result == CUDA_SUCCESS;
}

struct object *cuda_make_object(enum kind kind, struct object *of)
{
    cr_assert_lt(object_count, MAX_OBJECTS);
    objects[object_count] = (struct object){.kind = kind, .live = true, .of = of};
    return &objects[object_count++];
}

/* The object behind a handle, which must be live and of that kind. */
struct object *cuda_find(const void *handle, enum kind kind, const char *caller)
{
    for (size_t i = 0; i < object_count; i++) {
        if ((const void *)&objects[i] == handle && objects[i].live && objects[i].kind == kind) {
            return &objects[i];
        }
    }
    cuda_breach("%s got a handle that is none, or none any more", caller);
    return NULL;
}

void cuda_expect_zero(const unsigned int *words, size_t count, const char *what)
{
    for (size_t i = 0; i < count; i++) {
        if (words[i] != 0) {
            cuda_breach("%s[%u] is not zero", what, (unsigned)i);
        }
    }
}
struct object *cuda_object(size_t index)
{
    return index < object_count ? &objects[index] : NULL;
}

CUresult cuda_end_object(struct object *object)
{
    if (object == NULL) {
        return CUDA_ERROR_INVALID_HANDLE;
    }
    object->live = false;
    return cuda_model.current < 0 ? CUDA_ERROR_INVALID_CONTEXT : CUDA_SUCCESS;
}

/* Opens what a description's handle, number or name stands for; natives that stay the caller's are
 * duplicated, and an fd is taken when it is clear that nothing fails any more. */
bool cuda_open_native(const struct type *type, int fd, void *handle, const void *name,
                      union model_native *native)
{
    if (type->fd) {
        /* The union holds nothing but the descriptor. */
        if ((uintptr_t)handle != (uintptr_t)(unsigned)fd || name != NULL) {
            cuda_breach("there is more than an fd in the handle");
        }
        *native = model__native_of_fd(fd);
        return true;
    }
    if ((handle == NULL) == (name == NULL)) {
        cuda_breach("exactly one of handle and name must be non-NULL");
        return false;
    }
    if (name != NULL) {
        if (!type->name) {
            cuda_breach("name must be NULL for this type");
            return false;
        }
        return model__native_open_name((const wchar_t *)name, native);
    }
    if (type->number) {
        return model__native_open_number((uintptr_t)handle, native);
    }
    return model__native_duplicate(model__native_of_pointer(handle), false, native) == VK_SUCCESS;
}

/* Whether it is a payload of that type, of the current device. */
void cuda_drop_native(const struct type *type, union model_native native)
{
    if (!type->fd || cuda_model.closesOnFailure) {
        model__native_close(native);
    }
    if (type->fd && cuda_model.closesOnFailure) {
        const VxmHandle closed = {
            .kind = VXM_HANDLE_KIND_MEMORY, .type = type->type, .fd = native.fd};

        cr_assert(backend_reuse(&closed, &cuda_model.unrelated));
    }
}

void cuda_close_native(struct object *object)
{
    struct model_payload_info info;
    uint64_t identity[2];

    if (!model__native_read(object->native, &info, identity) ||
        memcmp(identity, object->identity, sizeof(identity)) != 0) {
        cuda_breach("a handle that CUDA had taken was closed");
        return;
    }
    model__native_close(object->native);
}

bool cuda_check_native(union model_native native, uint32_t kind, uint32_t type,
                       struct model_payload_info *info, uint64_t identity[2])
{
    if (!model__native_read(native, info, identity) || info->kind != kind ||
        (info->handleTypes & type) == 0) {
        return false;
    }
    if (memcmp(info->deviceUUID, &cuda_model.devices[cuda_model.current].gpuUuid, VK_UUID_SIZE) !=
        0) {
        cuda_breach("what is of another GPU came to be imported");
        return false;
    }
    return true;
}

/* ---- errors ---- */

static CUresult CUDAAPI get_error_name(CUresult error, const char **text)
{
    *text = NULL;
    if (error == CUDA_ERROR_UNKNOWN) { /* one that the library has no name for */
        return CUDA_ERROR_INVALID_VALUE;
    }
    *text = error == CUDA_ERROR_OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY" : "CUDA_ERROR_MODEL";
    return CUDA_SUCCESS;
}

static CUresult CUDAAPI get_error_string(CUresult error, const char **text)
{
    *text = NULL;
    if (error == CUDA_ERROR_UNKNOWN) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    *text = "said by the model";
    return CUDA_SUCCESS;
}

/* ---- devices ---- */

static CUresult CUDAAPI device_get_count(int *count)
{
    CUresult result;

    if (cuda_called("cuDeviceGetCount", &result)) {
        *count = cuda_model.deviceCount;
    }
    return result;
}

/* A CUdevice is no index. */
#define DEVICE_BASE 40

static CUresult CUDAAPI device_get(CUdevice *device, int ordinal)
{
    CUresult result;

    if (cuda_called("cuDeviceGet", &result)) {
        if (ordinal < 0 || ordinal >= cuda_model.deviceCount) {
            return CUDA_ERROR_INVALID_DEVICE;
        }
        *device = DEVICE_BASE + ordinal;
    }
    return result;
}

static struct cuda_model_device *device_of(CUdevice device)
{
    cr_assert(device >= DEVICE_BASE && device < DEVICE_BASE + cuda_model.deviceCount);
    return &cuda_model.devices[device - DEVICE_BASE];
}

static CUresult CUDAAPI device_get_name(char *name, int length, CUdevice device)
{
    snprintf(name, (size_t)length, "%s", device_of(device)->name);
    return CUDA_SUCCESS;
}

static CUresult CUDAAPI device_get_uuid_v2(CUuuid *uuid, CUdevice device)
{
    CUresult result;

    if (cuda_called("cuDeviceGetUuid_v2", &result)) {
        *uuid = device_of(device)->uuid;
    }
    return result;
}

static CUresult CUDAAPI device_get_uuid(CUuuid *uuid, CUdevice device)
{
    CUresult result;

    if (cuda_called("cuDeviceGetUuid", &result)) {
        *uuid = device_of(device)->gpuUuid;
    }
    return result;
}

static CUresult CUDAAPI device_get_luid(char *luid, unsigned int *nodeMask, CUdevice device)
{
    CUresult result;

    if (cuda_called("cuDeviceGetLuid", &result)) {
        if (!device_of(device)->hasLuid) {
            return CUDA_ERROR_NOT_SUPPORTED;
        }
        memcpy(luid, device_of(device)->luid, VK_LUID_SIZE);
        *nodeMask = device_of(device)->nodeMask;
    }
    return result;
}

static CUresult CUDAAPI ctx_get_device(CUdevice *device)
{
    CUresult result;

    if (cuda_called("cuCtxGetDevice", &result) && cuda_has_context(&result)) {
        *device = DEVICE_BASE + cuda_model.current;
    }
    return result;
}

/* ---- the library ---- */

static const struct cuda_named device_functions[] = {
    {"cuGetErrorName", (cuda_function)get_error_name},
    {"cuGetErrorString", (cuda_function)get_error_string},
    {"cuDeviceGetCount", (cuda_function)device_get_count},
    {"cuDeviceGet", (cuda_function)device_get},
    {"cuDeviceGetName", (cuda_function)device_get_name},
    {"cuDeviceGetUuid", (cuda_function)device_get_uuid},
    {"cuDeviceGetUuid_v2", (cuda_function)device_get_uuid_v2},
    {"cuDeviceGetLuid", (cuda_function)device_get_luid},
    {"cuCtxGetDevice", (cuda_function)ctx_get_device},
    {NULL, NULL},
};

static const struct cuda_named *const parts[] = {device_functions, cuda_memory_functions,
                                                 cuda_semaphore_functions};

/* The index-th of all parts; NULL past the end. */
static const struct cuda_named *function_at(size_t index)
{
    for (size_t part = 0; part < sizeof(parts) / sizeof(parts[0]); part++) {
        for (size_t i = 0; parts[part][i].name != NULL; i++) {
            if (index-- == 0) {
                return &parts[part][i];
            }
        }
    }
    return NULL;
}

void *cuda_model_get_proc(void *user, const char *name)
{
    cr_expect_eq(user, &cuda_model, "the loader's first argument did not come through");
    if ((cuda_model.missing != NULL && strcmp(name, cuda_model.missing) == 0) ||
        (cuda_model.missingToo != NULL && strcmp(name, cuda_model.missingToo) == 0)) {
        return NULL;
    }
    const struct cuda_named *function;

    for (size_t i = 0; (function = function_at(i)) != NULL; i++) {
        if (strcmp(function->name, name) == 0) {
            void *symbol;

            memcpy(&symbol, &function->function, sizeof(symbol));
            return symbol;
        }
    }
    cr_expect_fail("CUDA has no %s", name);
    return NULL;
}

const char *cuda_model_function(size_t index)
{
    const struct cuda_named *function = function_at(index);

    return function != NULL ? function->name : NULL;
}

VxmCuda cuda_model_load(void)
{
    VxmCuda cuda;

    require(vxmCudaLoad(cuda_model_get_proc, &cuda_model, &cuda));
    return cuda;
}

void cuda_model_fail(unsigned nth, CUresult result)
{
    countdown = nth;
    failure = result;
    failed = false;
}

bool cuda_model_failed(void)
{
    return failed;
}

unsigned cuda_model_calls(const char *name)
{
    for (size_t i = 0; calls[i].name != NULL; i++) {
        if (strcmp(calls[i].name, name) == 0) {
            return calls[i].count;
        }
    }
    return 0;
}

void cuda_model_begin(void)
{
    contract_begin();
    cuda_model =
        (struct cuda_model){.initialized = true, .deviceCount = 2, .current = 1, .stream = NULL};
    for (int i = 0; i < 2; i++) {
        const ModelDeviceConfig *device = &model_config()->devices[1 - i];

        cuda_model.devices[i].name = device->name;
        memcpy(&cuda_model.devices[i].uuid, device->deviceUUID, VK_UUID_SIZE);
        memcpy(&cuda_model.devices[i].gpuUuid, device->deviceUUID, VK_UUID_SIZE);
        memcpy(cuda_model.devices[i].luid, device->deviceLUID, VK_LUID_SIZE);
        cuda_model.devices[i].hasLuid = device->deviceLUIDValid;
        cuda_model.devices[i].nodeMask = device->deviceNodeMask;
    }
    memset(calls, 0, sizeof(calls));
    object_count = 0;
    cuda_model_fail(0, CUDA_SUCCESS);
}

void cuda_model_end(void)
{
    for (size_t i = 0; i < object_count; i++) {
        cr_expect_not(objects[i].live, "CUDA still has an object of kind %d", (int)objects[i].kind);
    }
    contract_end();
}
