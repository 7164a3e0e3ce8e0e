/*
 * The model of OpenCL: what is there, what is asked of it, and the objects.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "model_opencl_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct mcl_state mcl;

static struct _cl_platform_id platforms[2] = {{0}, {1}};
static struct _cl_device_id devices[MCL_DEVICES] = {{0}, {1}, {2}};
static struct _cl_context contexts[64];
static struct _cl_command_queue queues[64];
static struct _cl_mem mems[MCL_OBJECTS];
static unsigned contextCount, queueCount, memCount;
static char breaches[4096];
static unsigned breachCount;

static void breach(const char *format, ...)
{
    size_t length = strlen(breaches);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(breaches + length, sizeof(breaches) - length, format, arguments);
    va_end(arguments);
    length = strlen(breaches);
    snprintf(breaches + length, sizeof(breaches) - length, "\n");
    breachCount++;
}

/* A wrong argument is a breach: the adapter should have refused it before. */
cl_int mcl_wrong(cl_int error, const char *what)
{
    breach("%s: %s", vxmOpenClErrorName(error), what);
    return error;
}

void *mcl_nothing(void)
{
    static char junk[sizeof(struct _cl_mem)];

    return mcl.junk ? junk : NULL;
}

bool mcl_fails(void)
{
    mcl.calls++;
    if (mcl.failNth == 0 || --mcl.failNth > 0) {
        return false;
    }
    mcl.failed = true;
    return true;
}

cl_device_id mcl_device(unsigned index)
{
    return &devices[index];
}

cl_context mcl_context(unsigned firstDevice, unsigned count)
{
    cl_context context = &contexts[contextCount++];

    context->first = firstDevice;
    context->count = count;
    return context;
}

cl_command_queue mcl_queue(cl_context context, unsigned device)
{
    cl_command_queue queue = &queues[queueCount++];

    queue->context = context;
    queue->device = &devices[device];
    return queue;
}

static bool in_context(cl_context context, cl_device_id device)
{
    return device->index >= context->first && device->index < context->first + context->count;
}

unsigned mcl_problems(char *text, size_t capacity)
{
    unsigned left = 0;

    for (unsigned i = 0; i < memCount; i++) {
        left += mems[i].alive ? 1 : 0;
    }
    left += mcl_semaphores_left();
    snprintf(text, capacity, "%s%u objects are left", breaches, left);
    return breachCount + left;
}

/* ---- queries ---- */

static cl_int CL_API_CALL get_platform_ids(cl_uint capacity, cl_platform_id *ids, cl_uint *count)
{
    if (mcl_fails()) {
        return mcl.failWith;
    }
    if (mcl.platformCount == 0) {
        return CL_PLATFORM_NOT_FOUND_KHR;
    }
    for (cl_uint i = 0; i < mcl.platformCount && i < capacity; i++) {
        ids[i] = &platforms[i];
    }
    *count = mcl.platformCount;
    return CL_SUCCESS;
}

static cl_int CL_API_CALL get_device_ids(cl_platform_id platform, cl_device_type type,
                                         cl_uint capacity, cl_device_id *ids, cl_uint *count)
{
    const unsigned first = platform->index == 0 ? 0 : 1;
    const unsigned end = platform->index == 0 ? 1 : MCL_DEVICES;

    if (mcl_fails()) {
        return mcl.failWith;
    }
    if (type != CL_DEVICE_TYPE_ALL || capacity < end - first) {
        return mcl_wrong(CL_INVALID_VALUE, "clGetDeviceIDs");
    }
    for (unsigned i = first; i < end; i++) {
        ids[i - first] = &devices[i];
    }
    *count = end - first;
    return CL_SUCCESS;
}

static cl_int answer(const void *value, size_t size, size_t capacity, void *to, size_t *sizeOut)
{
    if (to != NULL) {
        if (capacity < size) {
            return mcl_wrong(CL_INVALID_VALUE, "too little room for an answer");
        }
        memcpy(to, value, size);
    }
    if (sizeOut != NULL) {
        *sizeOut = size;
    }
    return CL_SUCCESS;
}

static bool has(const struct mcl_device *device, const char *extension)
{
    const char *at = strstr(device->extensions, extension);
    const size_t length = strlen(extension);

    while (at != NULL && at[length] != ' ' && at[length] != '\0') {
        at = strstr(at + length, extension);
    }
    return at != NULL;
}

static cl_int CL_API_CALL get_device_info(cl_device_id id, cl_device_info what, size_t capacity,
                                          void *value, size_t *size)
{
    const struct mcl_device *device = &mcl.devices[id->index];
    const cl_platform_id platform = &platforms[id->index == 0 ? 0 : 1];
    const cl_bool luidValid = device->luidValid ? CL_TRUE : CL_FALSE;
    size_t count = 0;

    if (mcl_fails()) {
        return mcl.failWith;
    }
    if (what >= CL_DEVICE_UUID_KHR && what <= CL_DEVICE_NODE_MASK_KHR &&
        !has(device, "cl_khr_device_uuid")) {
        return mcl_wrong(CL_INVALID_VALUE, "a question of cl_khr_device_uuid");
    }
    switch (what) {
    case CL_DEVICE_NAME:
        return answer(device->name, strlen(device->name) + 1, capacity, value, size);
    case CL_DEVICE_EXTENSIONS:
        return answer(device->extensions, strlen(device->extensions) + 1, capacity, value, size);
    case CL_DEVICE_PLATFORM:
        return answer(&platform, sizeof(platform), capacity, value, size);
    case CL_DEVICE_UUID_KHR:
        return answer(device->uuid, VK_UUID_SIZE, capacity, value, size);
    case CL_DRIVER_UUID_KHR:
        return answer(device->driverUuid, VK_UUID_SIZE, capacity, value, size);
    case CL_DEVICE_LUID_VALID_KHR:
        return answer(&luidValid, sizeof(luidValid), capacity, value, size);
    case CL_DEVICE_LUID_KHR:
        return answer(device->luid, VK_LUID_SIZE, capacity, value, size);
    case 0x2052: /* ..._ASSUME_LINEAR_IMAGES_HANDLE_TYPES_KHR */
        if (device->noLinearQuery) {
            return CL_INVALID_VALUE;
        }
        while (device->assumeLinear[count] != 0) {
            count++;
        }
        return answer(device->assumeLinear, count * sizeof(cl_uint), capacity, value, size);
    default:
        return mcl_wrong(CL_INVALID_VALUE, "clGetDeviceInfo");
    }
}

static cl_int CL_API_CALL get_context_info(cl_context context, cl_context_info what,
                                           size_t capacity, void *value, size_t *size)
{
    cl_device_id ids[MCL_DEVICES];

    if (mcl_fails()) {
        return mcl.failWith;
    }
    if (what != CL_CONTEXT_DEVICES) {
        return mcl_wrong(CL_INVALID_VALUE, "clGetContextInfo");
    }
    for (unsigned i = 0; i < context->count; i++) {
        ids[i] = &devices[context->first + i];
    }
    return answer(ids, context->count * sizeof(ids[0]), capacity, value, size);
}

/* ---- imports ---- */

static const struct {
    cl_ulong property;
    VxmHandleKind kind;
    uint32_t type;
    bool takes;
    const char *extension;
} handle_types[] = {
    {0x2060, VXM_HANDLE_KIND_MEMORY, VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, true,
     "cl_khr_external_memory_opaque_fd"},
    {0x2061, VXM_HANDLE_KIND_MEMORY, VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT, false,
     "cl_khr_external_memory_win32"},
    {0x2067, VXM_HANDLE_KIND_MEMORY, VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT, true,
     "cl_khr_external_memory_dma_buf"},
    {0x2055, VXM_HANDLE_KIND_SEMAPHORE, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT, true,
     "cl_khr_external_semaphore_opaque_fd"},
    {0x2056, VXM_HANDLE_KIND_SEMAPHORE, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT, false,
     "cl_khr_external_semaphore_win32"},
};

cl_int mcl_read_properties(cl_context context, VxmHandleKind kind, const cl_ulong *properties,
                           struct mcl_import *import)
{
    const cl_ulong list = kind == VXM_HANDLE_KIND_MEMORY ? 0x2051 : 0x2053;
    bool handle = false, listed = false;

    memset(import, 0, sizeof(*import));
    mcl.lastListed = 0;
    while (*properties != 0) {
        const cl_ulong property = *properties++;
        bool known = false;

        if (property == list) {
            if (listed) {
                return mcl_wrong(CL_INVALID_PROPERTY, "two device lists");
            }
            listed = true;
            for (; *properties != 0; properties++) {
                if (!in_context(context, (cl_device_id)(uintptr_t)*properties)) {
                    return mcl_wrong(CL_INVALID_DEVICE, "a device of another context is listed");
                }
                mcl.lastListed++;
            }
            properties++; /* the list's end */
            continue;
        }
        if (property == CL_SEMAPHORE_TYPE_KHR && kind == VXM_HANDLE_KIND_SEMAPHORE) {
            if (import->typed || *properties++ != CL_SEMAPHORE_TYPE_BINARY_KHR) {
                return mcl_wrong(CL_INVALID_PROPERTY, "CL_SEMAPHORE_TYPE_KHR");
            }
            import->typed = true;
            continue;
        }
        for (size_t i = 0; i < sizeof(handle_types) / sizeof(handle_types[0]); i++) {
            if (property != handle_types[i].property || kind != handle_types[i].kind) {
                continue;
            }
            known = true;
            if (handle) {
                return mcl_wrong(CL_INVALID_PROPERTY, "two handles");
            }
            handle = true;
            if (!has(&mcl.devices[context->first], handle_types[i].extension)) {
                return mcl_wrong(CL_INVALID_DEVICE, "a type that the device can't import");
            }
            mcl.lastHandle = (uintptr_t)*properties;
            import->takes = handle_types[i].takes;
            import->handle.kind = kind;
            import->handle.type = handle_types[i].type;
            if (import->takes) {
                import->handle.fd = (int)*properties++;
            } else {
                import->handle.ptr = (void *)(uintptr_t)*properties++;
            }
        }
        if (!known) {
            return mcl_wrong(CL_INVALID_PROPERTY, "a property that isn't known");
        }
    }
    if (!handle) {
        return mcl_wrong(CL_INVALID_PROPERTY, "no handle");
    }
    if (kind == VXM_HANDLE_KIND_SEMAPHORE && !import->typed) {
        return mcl_wrong(CL_INVALID_VALUE, "no CL_SEMAPHORE_TYPE_KHR");
    }
    if (kind == VXM_HANDLE_KIND_SEMAPHORE && context->count > 1 && mcl.lastListed != 1) {
        return mcl_wrong(CL_INVALID_PROPERTY,
                         "a semaphore of several devices without its one device");
    }
    return CL_SUCCESS;
}

/* The reference to the payload that an object keeps. A refused descriptor stays the caller's. */
cl_int mcl_take(const struct mcl_import *import, VxmHandle *own)
{
    VxmHandle duplicate;

    if (mcl_fails()) {
        if (import->takes && mcl.stranger.type != 0) {
            VxmHandle lost = import->handle;

            /* The lowest number that is free is the one that is closed here. */
            vxmCloseHandle(&lost);
            vxmDuplicateHandle(&mcl.stranger, &mcl.unrelated);
        }
        return mcl.failWith;
    }
    if (vxmDuplicateHandle(&import->handle, &duplicate) != VK_SUCCESS) {
        return CL_INVALID_VALUE;
    }
    if (import->takes) {
        vxmCloseHandle(&duplicate);
        duplicate = import->handle;
    }
    *own = duplicate;
    mcl.imports++;
    return CL_SUCCESS;
}

static cl_mem new_mem(cl_context context, const struct mcl_import *import, cl_int *error)
{
    cl_mem mem = &mems[memCount];

    memset(mem, 0, sizeof(*mem));
    *error = mcl_take(import, &mem->own);
    if (*error != CL_SUCCESS) {
        return mcl_nothing();
    }
    memCount++;
    mem->alive = true;
    mem->context = context;
    return mem;
}

static cl_mem CL_API_CALL create_buffer(cl_context context, const cl_mem_properties *properties,
                                        cl_mem_flags flags, size_t size, void *host, cl_int *error)
{
    struct mcl_import import;
    cl_mem mem;

    *error = mcl_read_properties(context, VXM_HANDLE_KIND_MEMORY, properties, &import);
    if (*error == CL_SUCCESS && size == 0) {
        *error = mcl_wrong(CL_INVALID_BUFFER_SIZE, "size 0");
    }
    if (*error == CL_SUCCESS &&
        (host != NULL ||
         (flags & (CL_MEM_USE_HOST_PTR | CL_MEM_ALLOC_HOST_PTR | CL_MEM_COPY_HOST_PTR)) != 0)) {
        *error = mcl_wrong(CL_INVALID_HOST_PTR, "a host pointer");
    }
    if (*error != CL_SUCCESS) {
        return NULL;
    }
    mem = new_mem(context, &import, error);
    if (*error == CL_SUCCESS) {
        mem->size = mcl.lastSize = size;
        mcl.lastFlags = flags;
    }
    return mem;
}

static cl_mem CL_API_CALL create_image(cl_context context, const cl_mem_properties *properties,
                                       cl_mem_flags flags, const cl_image_format *format,
                                       const cl_image_desc *desc, void *host, cl_int *error)
{
    struct mcl_import import;
    cl_mem mem;

    *error = mcl_read_properties(context, VXM_HANDLE_KIND_MEMORY, properties, &import);
    if (*error == CL_SUCCESS && (host != NULL || desc->image_width == 0 ||
                                 desc->num_mip_levels != 0 || desc->num_samples != 0)) {
        *error = mcl_wrong(CL_INVALID_IMAGE_DESCRIPTOR, "clCreateImageWithProperties");
    }
    if (*error != CL_SUCCESS) {
        return NULL;
    }
    mem = new_mem(context, &import, error);
    if (*error == CL_SUCCESS) {
        mem->image = true;
        mcl.lastFlags = flags;
        mcl.lastFormat = *format;
        mcl.lastDesc = *desc;
    }
    return mem;
}

static cl_mem CL_API_CALL create_sub_buffer(cl_mem parent, cl_mem_flags flags,
                                            cl_buffer_create_type type, const void *info,
                                            cl_int *error)
{
    const cl_buffer_region *region = info;
    cl_mem mem = &mems[memCount];

    if (mcl_fails()) {
        *error = mcl.failWith;
        return mcl_nothing();
    }
    if (!parent->alive || parent->image || parent->parent != NULL || flags != 0 ||
        type != CL_BUFFER_CREATE_TYPE_REGION || region->size == 0 ||
        region->origin + region->size > parent->size) {
        *error = mcl_wrong(CL_INVALID_VALUE, "clCreateSubBuffer");
        return NULL;
    }
    if (region->origin % 256 != 0) { /* CL_DEVICE_MEM_BASE_ADDR_ALIGN is 2048 bits */
        *error = CL_MISALIGNED_SUB_BUFFER_OFFSET;
        return NULL;
    }
    memset(mem, 0, sizeof(*mem));
    memCount++;
    mem->alive = true;
    mem->parent = parent;
    mem->context = parent->context;
    mem->size = mcl.lastSize = region->size;
    *error = CL_SUCCESS;
    return mem;
}

/* The reference goes; a caller that has closed it before is found out. */
void mcl_give_up(VxmHandle *own)
{
    VxmHandle probe;

    if (own->type != 0 && vxmDuplicateHandle(own, &probe) != VK_SUCCESS) {
        breach("a handle that OpenCL owns was closed behind its back");
        memset(own, 0, sizeof(*own));
        return;
    }
    if (own->type != 0) {
        vxmCloseHandle(&probe);
    }
    vxmCloseHandle(own);
}

static cl_int CL_API_CALL release_mem(cl_mem mem)
{
    if (!mem->alive) {
        return mcl_wrong(CL_INVALID_MEM_OBJECT, "clReleaseMemObject of what was released");
    }
    mem->alive = false;
    mcl_give_up(&mem->own);
    return CL_SUCCESS;
}

/* ---- names ---- */

static void *CL_API_CALL get_extension_function(cl_platform_id platform, const char *name);

typedef void(CL_API_CALL *function)(void);

static void *look_up(const char *name, bool extensions)
{
    static const struct {
        const char *name;
        function function;
        bool extension;
    } functions[] = {
        {"clGetPlatformIDs", (function)get_platform_ids, false},
        {"clGetDeviceIDs", (function)get_device_ids, false},
        {"clGetDeviceInfo", (function)get_device_info, false},
        {"clGetContextInfo", (function)get_context_info, false},
        {"clCreateBufferWithProperties", (function)create_buffer, false},
        {"clCreateImageWithProperties", (function)create_image, false},
        {"clCreateSubBuffer", (function)create_sub_buffer, false},
        {"clReleaseMemObject", (function)release_mem, false},
        {"clFlush", (function)mcl_flush, false},
        {"clGetExtensionFunctionAddressForPlatform", (function)get_extension_function, false},
        {"clEnqueueAcquireExternalMemObjectsKHR", (function)mcl_acquire, true},
        {"clEnqueueReleaseExternalMemObjectsKHR", (function)mcl_release, true},
        {"clCreateSemaphoreWithPropertiesKHR", (function)mcl_create_semaphore, true},
        {"clReleaseSemaphoreKHR", (function)mcl_release_semaphore, true},
        {"clEnqueueWaitSemaphoresKHR", (function)mcl_wait_semaphores, true},
        {"clEnqueueSignalSemaphoresKHR", (function)mcl_signal_semaphores, true},
    };
    void *address = NULL;

    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (functions[i].extension == extensions && strcmp(functions[i].name, name) == 0 &&
            (mcl.missing == NULL || strcmp(mcl.missing, name) != 0)) {
            memcpy(&address, &functions[i].function, sizeof(address));
        }
    }
    return address;
}

static void *CL_API_CALL get_extension_function(cl_platform_id platform, const char *name)
{
    return platform == &platforms[1] ? look_up(name, true) : NULL;
}

void *mcl_get_proc(void *user, const char *name)
{
    (void)user;
    return look_up(name, false);
}

void mcl_reset(void)
{
    const ModelConfig config = model_default_config();

    memset(&mcl, 0, sizeof(mcl));
    memset(contexts, 0, sizeof(contexts));
    memset(queues, 0, sizeof(queues));
    memset(mems, 0, sizeof(mems));
    mcl_reset_semaphores();
    contextCount = queueCount = memCount = breachCount = 0;
    breaches[0] = '\0';
    mcl.platformCount = 2;
    mcl.failWith = CL_OUT_OF_RESOURCES;
    mcl.devices[0].name = "a processor";
    mcl.devices[0].extensions = "cl_khr_fp64 cl_khr_il_program";
    for (unsigned i = 1; i < MCL_DEVICES; i++) {
        const ModelDeviceConfig *from = &config.devices[i - 1];
        struct mcl_device *device = &mcl.devices[i];

        device->name = i == 1 ? "the first GPU" : "the second GPU";
        device->extensions =
            "cl_khr_fp64 cl_khr_device_uuid cl_khr_external_memory_opaque_fd "
            "cl_khr_external_memory_win32 cl_khr_external_memory_dma_buf cl_khr_external_memory "
            "cl_khr_external_semaphore cl_khr_external_semaphore_opaque_fd "
            "cl_khr_external_semaphore_win32 cl_khr_semaphore";
        memcpy(device->uuid, from->deviceUUID, VK_UUID_SIZE);
        memcpy(device->driverUuid, from->driverUUID, VK_UUID_SIZE);
        memcpy(device->luid, from->deviceLUID, VK_LUID_SIZE);
        device->luidValid = from->deviceLUIDValid;
    }
}
