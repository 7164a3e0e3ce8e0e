/*
 * vxm: shared GPU memory and semaphores in OpenCL.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_OPENCL_H_
#define VXM_OPENCL_H_ 1

/**
 * @file opencl.h
 * @brief Turns shared memory and semaphores into OpenCL's: cl_mem and cl_semaphore_khr.
 *
 * Vulkan allocates and exports, OpenCL imports; OpenCL's extensions have no way back for memory. In
 * the order of use:
 *
 * 1. vxmOpenClLoad() fills a table with OpenCL's functions, so that nothing needs to be linked.
 * 2. vxmOpenClFindDevice() finds the cl_device_id that is the GPU of a VxmDevice.
 * 3. vxmOpenClImportMemory() makes a cl_mem of a VxmMemory, vxmOpenClImportShared() one of a
 *    VxmShared that came from elsewhere.
 * 4. vxmOpenClAcquireMemory() and vxmOpenClReleaseMemory() stand around the kernels that use it.
 * 5. vxmOpenClImportSemaphore(), vxmOpenClWaitSemaphore() and vxmOpenClSignalSemaphore() put the
 *    two APIs' work in order on the GPU. Without them, wait for a fence in Vulkan before OpenCL
 *    starts, and for clFinish() before Vulkan goes on.
 *
 * What vxm.h says of ownership, failures, errors and threads holds here too. **Import borrows**:
 * OpenCL takes a file descriptor over when an import succeeds, and never a Win32 handle; these
 * functions give it a duplicate where it takes one, so that yours stays yours in any case. Failures
 * of OpenCL's have VXM_ERROR_REASON_FOREIGN and OpenCL's own error number.
 *
 * The device needs cl_khr_device_uuid, cl_khr_external_memory and the extension of the handle type
 * (cl_khr_external_memory_opaque_fd, _win32, _dma_buf). Semaphores need cl_khr_external_semaphore
 * and cl_khr_external_semaphore_opaque_fd or _win32. The headers need to be those of OpenCL 3.0 of
 * October 2021 or later.
 *
 * Spec: the OpenCL API specification 3.0.17 or later, which holds these extensions.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <vxm/vxm.h>

#ifndef CL_TARGET_OPENCL_VERSION
/** The version whose functions the headers declare; yours, if you have defined it before. */
#define CL_TARGET_OPENCL_VERSION 300
#endif
#include <CL/cl.h>
#include <CL/cl_ext.h>

#if CL_TARGET_OPENCL_VERSION < 300
#error "vxm/opencl.h needs CL_TARGET_OPENCL_VERSION 300: clCreateBufferWithProperties is new there"
#elif !defined(cl_khr_external_memory)
#error "vxm/opencl.h needs OpenCL headers that have cl_khr_external_memory (October 2021)"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** @cond INTERNAL */
/* What headers lack or call otherwise, as they are older or newer, with the values of the
 * specification: CL_MEM_DEVICE_HANDLE_LIST_KHR was CL_DEVICE_HANDLE_LIST_KHR until 2023,
 * CL_SEMAPHORE_DEVICE_HANDLE_LIST_KHR is new since then, and the Win32 semaphores hide behind
 * CL_ENABLE_BETA_EXTENSIONS. */
#define VXM__CL_MEM_DEVICE_HANDLE_LIST       0x2051
#define VXM__CL_ASSUME_LINEAR_HANDLE_TYPES   0x2052
#define VXM__CL_SEMAPHORE_DEVICE_HANDLE_LIST 0x2053
#define VXM__CL_SEMAPHORE_OPAQUE_FD          0x2055
#define VXM__CL_SEMAPHORE_OPAQUE_WIN32       0x2056
#define VXM__CL_SEMAPHORE_OPAQUE_WIN32_KMT   0x2057
#define VXM__CL_MEMORY_OPAQUE_FD             0x2060
#define VXM__CL_MEMORY_OPAQUE_WIN32          0x2061
#define VXM__CL_MEMORY_OPAQUE_WIN32_KMT      0x2062
#define VXM__CL_MEMORY_DMA_BUF               0x2067
#define VXM__CL_MAX_PLATFORMS                16u
#define VXM__CL_MAX_DEVICES                  64u
#define VXM__CL_MAX_EXTENSIONS               16384u
/** @endcond */

/* ---------------------------------------------------------------------------------------------- */
/* The table of functions                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/**
 * Looks a function of OpenCL's library up by its name. dlsym() is one, with what dlopen() gave for
 * user; GetProcAddress() wants a function around it.
 *
 * @param user  what vxmOpenClLoad() was given.
 * @param name  such as "clGetPlatformIDs".
 * @return NULL if there is no such function.
 */
typedef void *(*VxmOpenClGetProc)(void *user, const char *name);

/** The library. */
#ifdef _WIN32
#define VXM_OPENCL_LIBRARY_NAME "OpenCL.dll"
#else
#define VXM_OPENCL_LIBRARY_NAME "libOpenCL.so.1"
#endif

/**
 * OpenCL's functions, as far as these adapters call them, each as a member of its own name:
 * `cl.clEnqueueAcquireExternalMemObjectsKHR(...)` is for whoever wants its events. Those of the
 * extensions are NULL before vxmOpenClFindDevice(), and those of semaphores also after it where the
 * platform has none.
 *
 * Begin with `VxmOpenCl cl = {0};`. It does not change after vxmOpenClFindDevice(), and may then be
 * used by any number of threads.
 */
typedef struct VxmOpenCl {
    cl_platform_id platform; /**< Whose extensions these are; NULL before. */
    /** @cond INTERNAL */
    cl_int(CL_API_CALL *clGetPlatformIDs)(cl_uint, cl_platform_id *, cl_uint *);
    cl_int(CL_API_CALL *clGetDeviceIDs)(cl_platform_id, cl_device_type, cl_uint, cl_device_id *,
                                        cl_uint *);
    cl_int(CL_API_CALL *clGetDeviceInfo)(cl_device_id, cl_device_info, size_t, void *, size_t *);
    cl_int(CL_API_CALL *clGetContextInfo)(cl_context, cl_context_info, size_t, void *, size_t *);
    cl_mem(CL_API_CALL *clCreateBufferWithProperties)(cl_context, const cl_mem_properties *,
                                                      cl_mem_flags, size_t, void *, cl_int *);
    cl_mem(CL_API_CALL *clCreateImageWithProperties)(cl_context, const cl_mem_properties *,
                                                     cl_mem_flags, const cl_image_format *,
                                                     const cl_image_desc *, void *, cl_int *);
    cl_mem(CL_API_CALL *clCreateSubBuffer)(cl_mem, cl_mem_flags, cl_buffer_create_type,
                                           const void *, cl_int *);
    cl_int(CL_API_CALL *clReleaseMemObject)(cl_mem);
    cl_int(CL_API_CALL *clFlush)(cl_command_queue);
    void *(CL_API_CALL *clGetExtensionFunctionAddressForPlatform)(cl_platform_id, const char *);
    clEnqueueAcquireExternalMemObjectsKHR_fn clEnqueueAcquireExternalMemObjectsKHR;
    clEnqueueReleaseExternalMemObjectsKHR_fn clEnqueueReleaseExternalMemObjectsKHR;
    clCreateSemaphoreWithPropertiesKHR_fn clCreateSemaphoreWithPropertiesKHR;
    clReleaseSemaphoreKHR_fn clReleaseSemaphoreKHR;
    clEnqueueWaitSemaphoresKHR_fn clEnqueueWaitSemaphoresKHR;
    clEnqueueSignalSemaphoresKHR_fn clEnqueueSignalSemaphoresKHR;
    /** @endcond */
} VxmOpenCl;

/**
 * The name of an OpenCL error as cl.h and cl_ext.h spell it, such as "CL_INVALID_PROPERTY".
 *
 * @param error  what a function of OpenCL's returned.
 * @return a static string. "an error without a name here" for one that none of these calls has, and
 *         "an error that is not OpenCL's" for a positive number: NVIDIA's driver passes on CUDA's,
 *         such as 999, CUDA_ERROR_UNKNOWN.
 */
static inline const char *vxmOpenClErrorName(cl_int error)
{
    static const struct {
        cl_int error;
        const char *name;
    } names[] = {
        {CL_SUCCESS, "CL_SUCCESS"},
        {CL_DEVICE_NOT_FOUND, "CL_DEVICE_NOT_FOUND"},
        {CL_DEVICE_NOT_AVAILABLE, "CL_DEVICE_NOT_AVAILABLE"},
        {CL_MEM_OBJECT_ALLOCATION_FAILURE, "CL_MEM_OBJECT_ALLOCATION_FAILURE"},
        {CL_OUT_OF_RESOURCES, "CL_OUT_OF_RESOURCES"},
        {CL_OUT_OF_HOST_MEMORY, "CL_OUT_OF_HOST_MEMORY"},
        {CL_IMAGE_FORMAT_NOT_SUPPORTED, "CL_IMAGE_FORMAT_NOT_SUPPORTED"},
        {CL_MISALIGNED_SUB_BUFFER_OFFSET, "CL_MISALIGNED_SUB_BUFFER_OFFSET"},
        {CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,
         "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST"},
        {CL_INVALID_VALUE, "CL_INVALID_VALUE"},
        {CL_INVALID_PLATFORM, "CL_INVALID_PLATFORM"},
        {CL_INVALID_DEVICE, "CL_INVALID_DEVICE"},
        {CL_INVALID_CONTEXT, "CL_INVALID_CONTEXT"},
        {CL_INVALID_COMMAND_QUEUE, "CL_INVALID_COMMAND_QUEUE"},
        {CL_INVALID_HOST_PTR, "CL_INVALID_HOST_PTR"},
        {CL_INVALID_MEM_OBJECT, "CL_INVALID_MEM_OBJECT"},
        {CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, "CL_INVALID_IMAGE_FORMAT_DESCRIPTOR"},
        {CL_INVALID_IMAGE_SIZE, "CL_INVALID_IMAGE_SIZE"},
        {CL_INVALID_EVENT_WAIT_LIST, "CL_INVALID_EVENT_WAIT_LIST"},
        {CL_INVALID_OPERATION, "CL_INVALID_OPERATION"},
        {CL_INVALID_BUFFER_SIZE, "CL_INVALID_BUFFER_SIZE"},
        {CL_INVALID_PROPERTY, "CL_INVALID_PROPERTY"},
        {CL_INVALID_IMAGE_DESCRIPTOR, "CL_INVALID_IMAGE_DESCRIPTOR"},
        {CL_PLATFORM_NOT_FOUND_KHR, "CL_PLATFORM_NOT_FOUND_KHR"},
        {-1142, "CL_INVALID_SEMAPHORE_KHR"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].error == error) {
            return names[i].name;
        }
    }
    return error > 0 ? "an error that is not OpenCL's" : "an error without a name here";
}

/** @cond INTERNAL */
/* The VkResult for an error of OpenCL's: what both APIs know, otherwise what the caller says. */
static inline VkResult vxm__opencl_result(cl_int error, VkResult otherwise)
{
    switch (error) {
    case CL_OUT_OF_HOST_MEMORY:
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    case CL_OUT_OF_RESOURCES:
    case CL_MEM_OBJECT_ALLOCATION_FAILURE:
        return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    case CL_IMAGE_FORMAT_NOT_SUPPORTED:
        return VK_ERROR_FORMAT_NOT_SUPPORTED;
    default:
        return otherwise;
    }
}

/* A function of OpenCL's has failed. `hint` is a sentence, or "". */
static inline VkResult vxm__opencl_failed(const char *caller, const char *function, cl_int error,
                                          VkResult otherwise, const char *hint)
{
    return vxmSetLastError(vxm__opencl_result(error, otherwise), VXM_ERROR_REASON_FOREIGN, error,
                           "%s: %s answered %s (%d).%s%s", caller, function,
                           vxmOpenClErrorName(error), (int)error, hint[0] != '\0' ? " " : "", hint);
}

static inline VkResult vxm__opencl_null(const char *caller, const char *argument)
{
    return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                           "%s: %s must not be NULL.", caller, argument);
}
/** @endcond */

/**
 * Fills the table with the functions of OpenCL's library. Those of the extensions follow when
 * vxmOpenClFindDevice() has found the platform that they are of.
 *
 * @param      getProc  the lookup, such as dlsym(); called during this call only. A program that
 *                      links OpenCL gives a function that returns clGetPlatformIDs and so on.
 * @param      user     its first argument; may be NULL.
 * @param[out] cl       receives the table. There is nothing to end; the library must stay loaded.
 *
 * Errors: VK_ERROR_INITIALIZATION_FAILED if functions are missing, which the sentence names: a
 * loader older than OpenCL 3.0 has no clCreateBufferWithProperties.
 *
 * Thread safety: any thread.
 */
static inline VkResult vxmOpenClLoad(VxmOpenClGetProc getProc, void *user, VxmOpenCl *cl)
{
    static const struct {
        const char *name;
        size_t offset;
    } functions[] = {
        {"clGetPlatformIDs", offsetof(VxmOpenCl, clGetPlatformIDs)},
        {"clGetDeviceIDs", offsetof(VxmOpenCl, clGetDeviceIDs)},
        {"clGetDeviceInfo", offsetof(VxmOpenCl, clGetDeviceInfo)},
        {"clGetContextInfo", offsetof(VxmOpenCl, clGetContextInfo)},
        {"clCreateBufferWithProperties", offsetof(VxmOpenCl, clCreateBufferWithProperties)},
        {"clCreateImageWithProperties", offsetof(VxmOpenCl, clCreateImageWithProperties)},
        {"clCreateSubBuffer", offsetof(VxmOpenCl, clCreateSubBuffer)},
        {"clReleaseMemObject", offsetof(VxmOpenCl, clReleaseMemObject)},
        {"clFlush", offsetof(VxmOpenCl, clFlush)},
        {"clGetExtensionFunctionAddressForPlatform",
         offsetof(VxmOpenCl, clGetExtensionFunctionAddressForPlatform)},
    };
    char missing[320] = "";
    size_t length = 0;
    VxmOpenCl loaded;

    if (getProc == NULL || cl == NULL) {
        return vxm__opencl_null("vxmOpenClLoad", getProc == NULL ? "getProc" : "cl");
    }
    memset(&loaded, 0, sizeof(loaded));
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        void *function = getProc(user, functions[i].name);

        if (function == NULL) {
            snprintf(missing + length, sizeof(missing) - length, "%s%s", length > 0 ? ", " : "",
                     functions[i].name);
            length = strlen(missing);
        }
        memcpy((char *)&loaded + functions[i].offset, &function, sizeof(function));
    }
    if (length > 0) {
        return vxmSetLastError(
            VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "vxmOpenClLoad: getProc knows no %s. They are in an OpenCL 3.0 library: "
            "libOpenCL.so.1 (Debian and Ubuntu: ocl-icd-libopencl1) or OpenCL.dll.",
            missing);
    }
    *cl = loaded;
    return VK_SUCCESS;
}

/* ---------------------------------------------------------------------------------------------- */
/* The device                                                                                     */
/* ---------------------------------------------------------------------------------------------- */

/** @cond INTERNAL */
/* Whether a device has an extension: a whole word of CL_DEVICE_EXTENSIONS. */
static inline VkBool32 vxm__opencl_has(const VxmOpenCl *cl, cl_device_id device, const char *name)
{
    char extensions[VXM__CL_MAX_EXTENSIONS];
    size_t length = strlen(name);

    if (cl->clGetDeviceInfo(device, CL_DEVICE_EXTENSIONS, sizeof(extensions), extensions, NULL) !=
        CL_SUCCESS) {
        return VK_FALSE;
    }
    extensions[sizeof(extensions) - 1] = '\0';
    for (const char *at = strstr(extensions, name); at != NULL; at = strstr(at + length, name)) {
        if ((at == extensions || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0')) {
            return VK_TRUE;
        }
    }
    return VK_FALSE;
}

static inline VkBool32 vxm__opencl_is_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return VK_FALSE;
        }
    }
    return VK_TRUE;
}

/* Whether an identity tells of any GPU. */
static inline VkResult vxm__opencl_check_identity(const char *caller, const VxmIdentity *identity)
{
    if (identity->deviceLUIDValid || !vxm__opencl_is_zero(identity->deviceUUID, VK_UUID_SIZE)) {
        return VK_SUCCESS;
    }
    return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                           "%s: identity has neither a deviceUUID nor a deviceLUID.", caller);
}

/* The device's name for a sentence. */
static inline const char *vxm__opencl_name(const VxmOpenCl *cl, cl_device_id device, char *name,
                                           size_t capacity)
{
    name[0] = '\0';
    if (cl->clGetDeviceInfo(device, CL_DEVICE_NAME, capacity, name, NULL) != CL_SUCCESS) {
        snprintf(name, capacity, "without a name");
    }
    name[capacity - 1] = '\0';
    return name;
}

/* Whether a device is the GPU with this UUID or, where that is unknown, this LUID. Two drivers of
 * one GPU have its UUID both, so that the driver's UUID counts too where both sides know it. NULL:
 * it is; otherwise what is different. */
static inline const char *vxm__opencl_differs(const VxmOpenCl *cl, cl_device_id device,
                                              const uint8_t *deviceUUID, const uint8_t *driverUUID,
                                              const uint8_t *deviceLUID)
{
    uint8_t uuid[CL_UUID_SIZE_KHR], driver[CL_UUID_SIZE_KHR];
    uint8_t luid[CL_LUID_SIZE_KHR];
    cl_bool luidValid = CL_FALSE;

    if (!vxm__opencl_has(cl, device, "cl_khr_device_uuid")) {
        return "has no cl_khr_device_uuid";
    }
    if (vxm__opencl_is_zero(deviceUUID, VK_UUID_SIZE)) {
        if (deviceLUID != NULL &&
            cl->clGetDeviceInfo(device, CL_DEVICE_LUID_VALID_KHR, sizeof(luidValid), &luidValid,
                                NULL) == CL_SUCCESS &&
            luidValid != CL_FALSE &&
            cl->clGetDeviceInfo(device, CL_DEVICE_LUID_KHR, sizeof(luid), luid, NULL) ==
                CL_SUCCESS &&
            memcmp(luid, deviceLUID, sizeof(luid)) == 0) {
            return NULL;
        }
        return "has another LUID or none";
    }
    if (cl->clGetDeviceInfo(device, CL_DEVICE_UUID_KHR, sizeof(uuid), uuid, NULL) != CL_SUCCESS ||
        memcmp(uuid, deviceUUID, sizeof(uuid)) != 0) {
        return "has another UUID";
    }
    /* NVIDIA's driver 580 answers with the device's UUID again, which is no driver's. */
    if (driverUUID != NULL && !vxm__opencl_is_zero(driverUUID, VK_UUID_SIZE) &&
        cl->clGetDeviceInfo(device, CL_DRIVER_UUID_KHR, sizeof(driver), driver, NULL) ==
            CL_SUCCESS &&
        memcmp(driver, uuid, sizeof(driver)) != 0 &&
        memcmp(driver, driverUUID, sizeof(driver)) != 0) {
        return "is the same GPU by another driver";
    }
    return NULL;
}

/* Puts the functions of a device's platform into the table, or says what the device lacks. */
static inline VkResult vxm__opencl_use(VxmOpenCl *cl, const char *caller, cl_device_id device)
{
    static const struct {
        const char *name;
        size_t offset;
    } functions[] = {
        {"clEnqueueAcquireExternalMemObjectsKHR",
         offsetof(VxmOpenCl, clEnqueueAcquireExternalMemObjectsKHR)},
        {"clEnqueueReleaseExternalMemObjectsKHR",
         offsetof(VxmOpenCl, clEnqueueReleaseExternalMemObjectsKHR)},
        {"clCreateSemaphoreWithPropertiesKHR",
         offsetof(VxmOpenCl, clCreateSemaphoreWithPropertiesKHR)},
        {"clReleaseSemaphoreKHR", offsetof(VxmOpenCl, clReleaseSemaphoreKHR)},
        {"clEnqueueWaitSemaphoresKHR", offsetof(VxmOpenCl, clEnqueueWaitSemaphoresKHR)},
        {"clEnqueueSignalSemaphoresKHR", offsetof(VxmOpenCl, clEnqueueSignalSemaphoresKHR)},
    };
    VxmOpenCl loaded = *cl;
    char name[128];
    cl_int error;

    if (!vxm__opencl_has(cl, device, "cl_khr_external_memory")) {
        return vxmSetLastError(
            VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: the OpenCL device \"%s\" is this GPU, but has no cl_khr_external_memory. NVIDIA's "
            "driver has it from 510 on; a driver without it can't share memory with Vulkan.",
            caller, vxm__opencl_name(cl, device, name, sizeof(name)));
    }
    error = cl->clGetDeviceInfo(device, CL_DEVICE_PLATFORM, sizeof(loaded.platform),
                                &loaded.platform, NULL);
    if (error != CL_SUCCESS) {
        return vxm__opencl_failed(caller, "clGetDeviceInfo(CL_DEVICE_PLATFORM)", error,
                                  VK_ERROR_INITIALIZATION_FAILED, "");
    }
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        void *function =
            cl->clGetExtensionFunctionAddressForPlatform(loaded.platform, functions[i].name);

        memcpy((char *)&loaded + functions[i].offset, &function, sizeof(function));
    }
    if (loaded.clEnqueueAcquireExternalMemObjectsKHR == NULL ||
        loaded.clEnqueueReleaseExternalMemObjectsKHR == NULL) {
        return vxmSetLastError(
            VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: the OpenCL device \"%s\" has cl_khr_external_memory, but its platform gives no "
            "%s.",
            caller, vxm__opencl_name(cl, device, name, sizeof(name)),
            loaded.clEnqueueAcquireExternalMemObjectsKHR == NULL
                ? "clEnqueueAcquireExternalMemObjectsKHR"
                : "clEnqueueReleaseExternalMemObjectsKHR");
    }
    *cl = loaded;
    return VK_SUCCESS;
}
/** @endcond */

/**
 * Finds the OpenCL device that is a Vulkan device's GPU, on any platform, and puts the extensions'
 * functions of its platform into the table. A table serves one platform: for a device of another
 * one, make a second table.
 *
 * @param[in,out] cl        the table, loaded.
 * @param[in]     identity  VxmDeviceInfo::identity, or what a peer sent.
 * @param[out]    device    receives the device; it is OpenCL's, and nothing to release.
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER if no device has that UUID (or, if that is unknown, that
 * LUID) and driver: the sentence lists those that there are; VK_ERROR_EXTENSION_NOT_PRESENT if it
 * has no cl_khr_external_memory; VK_ERROR_INITIALIZATION_FAILED if OpenCL has no platform at all;
 * VK_ERROR_VALIDATION_FAILED_EXT for an identity without UUID and LUID.
 *
 * Thread safety: the table must not be in use by another thread.
 *
 * Spec: cl_khr_device_uuid.
 */
static inline VkResult vxmOpenClFindDevice(VxmOpenCl *cl, const VxmIdentity *identity,
                                           cl_device_id *device)
{
    static const char caller[] = "vxmOpenClFindDevice";
    cl_platform_id platforms[VXM__CL_MAX_PLATFORMS];
    cl_device_id devices[VXM__CL_MAX_DEVICES];
    cl_uint platformCount = 0;
    char others[512] = "";
    size_t length = 0;
    cl_int error;

    if (cl == NULL || identity == NULL || device == NULL) {
        return vxm__opencl_null(caller, cl == NULL         ? "cl"
                                        : identity == NULL ? "identity"
                                                           : "device");
    }
    if (cl->clGetPlatformIDs == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: the table is empty; call vxmOpenClLoad() first.", caller);
    }
    if (vxm__opencl_check_identity(caller, identity) != VK_SUCCESS) {
        return VK_ERROR_VALIDATION_FAILED_EXT;
    }
    error = cl->clGetPlatformIDs(VXM__CL_MAX_PLATFORMS, platforms, &platformCount);
    if (error != CL_SUCCESS || platformCount == 0) {
        return vxm__opencl_failed(
            caller, "clGetPlatformIDs", error == CL_SUCCESS ? CL_PLATFORM_NOT_FOUND_KHR : error,
            VK_ERROR_INITIALIZATION_FAILED,
            "OpenCL's loader finds its drivers by the files in /etc/OpenCL/vendors or, on Windows, "
            "in the registry: install the GPU's OpenCL driver.");
    }
    if (platformCount > VXM__CL_MAX_PLATFORMS) {
        platformCount = VXM__CL_MAX_PLATFORMS;
    }
    for (cl_uint i = 0; i < platformCount; i++) {
        cl_uint count = 0;

        /* A platform whose hardware isn't there answers CL_DEVICE_NOT_FOUND. */
        if (cl->clGetDeviceIDs(platforms[i], CL_DEVICE_TYPE_ALL, VXM__CL_MAX_DEVICES, devices,
                               &count) != CL_SUCCESS) {
            continue;
        }
        for (cl_uint j = 0; j < count && j < VXM__CL_MAX_DEVICES; j++) {
            const char *difference =
                vxm__opencl_differs(cl, devices[j], identity->deviceUUID, identity->driverUUID,
                                    identity->deviceLUIDValid ? identity->deviceLUID : NULL);
            char name[128];

            if (difference == NULL) {
                VkResult result = vxm__opencl_use(cl, caller, devices[j]);

                if (result == VK_SUCCESS) {
                    *device = devices[j];
                }
                return result;
            }
            snprintf(others + length, sizeof(others) - length, "%s\"%s\" %s",
                     length > 0 ? ", " : "", vxm__opencl_name(cl, devices[j], name, sizeof(name)),
                     difference);
            length = strlen(others);
        }
    }
    return vxmSetLastError(
        VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, 0,
        "%s: no OpenCL device is the GPU \"%.256s\": %s. Memory can be shared on one "
        "GPU and by one maker's drivers only.",
        caller, identity->deviceName, length > 0 ? others : "there is no device on any platform");
}

/**
 * Looks whether an OpenCL device that you have chosen yourself is a Vulkan device's GPU, and puts
 * the extensions' functions of its platform into the table.
 *
 * @param[in,out] cl        the table, loaded.
 * @param[in]     identity  as for vxmOpenClFindDevice().
 * @param         device    yours.
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER if it is another GPU or driver, or can't tell;
 * VK_ERROR_EXTENSION_NOT_PRESENT if it has no cl_khr_external_memory;
 * VK_ERROR_VALIDATION_FAILED_EXT for an identity without UUID and LUID.
 *
 * Thread safety: as vxmOpenClFindDevice().
 *
 * Spec: cl_khr_device_uuid.
 */
static inline VkResult vxmOpenClCheckDevice(VxmOpenCl *cl, const VxmIdentity *identity,
                                            cl_device_id device)
{
    static const char caller[] = "vxmOpenClCheckDevice";
    const char *difference;
    char name[128];

    if (cl == NULL || identity == NULL || device == NULL) {
        return vxm__opencl_null(caller, cl == NULL         ? "cl"
                                        : identity == NULL ? "identity"
                                                           : "device");
    }
    if (cl->clGetPlatformIDs == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: the table is empty; call vxmOpenClLoad() first.", caller);
    }
    if (vxm__opencl_check_identity(caller, identity) != VK_SUCCESS) {
        return VK_ERROR_VALIDATION_FAILED_EXT;
    }
    difference = vxm__opencl_differs(cl, device, identity->deviceUUID, identity->driverUUID,
                                     identity->deviceLUIDValid ? identity->deviceLUID : NULL);
    if (difference != NULL) {
        return vxmSetLastError(
            VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, 0,
            "%s: the OpenCL device \"%s\" can't be taken for the GPU \"%.256s\": it "
            "%s. vxmOpenClFindDevice() looks for the right one.",
            caller, vxm__opencl_name(cl, device, name, sizeof(name)), identity->deviceName,
            difference);
    }
    return vxm__opencl_use(cl, caller, device);
}

/* ---------------------------------------------------------------------------------------------- */
/* Formats                                                                                        */
/* ---------------------------------------------------------------------------------------------- */

/**
 * The cl_image_format whose texels have the bits of a VkFormat: the colour formats of 8, 16 and 32
 * bits a channel with one, two or four channels, sRGB, and R5G6B5.
 *
 * @param      format    Vulkan's.
 * @param[out] clFormat  receives OpenCL's. Whether a context has it for a kind of image, read or
 *                       written, is what clGetSupportedImageFormats() says.
 *
 * Errors: VK_ERROR_FORMAT_NOT_SUPPORTED if OpenCL has no such format: three channels, compressed,
 * depth and stencil, several planes, packed ones.
 *
 * Spec: image format descriptor.
 */
static inline VkResult vxmOpenClGetFormat(VkFormat format, cl_image_format *clFormat)
{
    static const struct {
        VkFormat format;
        cl_channel_order order;
        cl_channel_type type;
    } formats[] = {
        {VK_FORMAT_R8_UNORM, CL_R, CL_UNORM_INT8},
        {VK_FORMAT_R8_SNORM, CL_R, CL_SNORM_INT8},
        {VK_FORMAT_R8_UINT, CL_R, CL_UNSIGNED_INT8},
        {VK_FORMAT_R8_SINT, CL_R, CL_SIGNED_INT8},
        {VK_FORMAT_R8G8_UNORM, CL_RG, CL_UNORM_INT8},
        {VK_FORMAT_R8G8_SNORM, CL_RG, CL_SNORM_INT8},
        {VK_FORMAT_R8G8_UINT, CL_RG, CL_UNSIGNED_INT8},
        {VK_FORMAT_R8G8_SINT, CL_RG, CL_SIGNED_INT8},
        {VK_FORMAT_R8G8B8A8_UNORM, CL_RGBA, CL_UNORM_INT8},
        {VK_FORMAT_R8G8B8A8_SNORM, CL_RGBA, CL_SNORM_INT8},
        {VK_FORMAT_R8G8B8A8_UINT, CL_RGBA, CL_UNSIGNED_INT8},
        {VK_FORMAT_R8G8B8A8_SINT, CL_RGBA, CL_SIGNED_INT8},
        {VK_FORMAT_R8G8B8A8_SRGB, CL_sRGBA, CL_UNORM_INT8},
        {VK_FORMAT_B8G8R8A8_UNORM, CL_BGRA, CL_UNORM_INT8},
        {VK_FORMAT_B8G8R8A8_SNORM, CL_BGRA, CL_SNORM_INT8},
        {VK_FORMAT_B8G8R8A8_UINT, CL_BGRA, CL_UNSIGNED_INT8},
        {VK_FORMAT_B8G8R8A8_SINT, CL_BGRA, CL_SIGNED_INT8},
        {VK_FORMAT_B8G8R8A8_SRGB, CL_sBGRA, CL_UNORM_INT8},
        {VK_FORMAT_R5G6B5_UNORM_PACK16, CL_RGB, CL_UNORM_SHORT_565},
        {VK_FORMAT_R16_UNORM, CL_R, CL_UNORM_INT16},
        {VK_FORMAT_R16_SNORM, CL_R, CL_SNORM_INT16},
        {VK_FORMAT_R16_UINT, CL_R, CL_UNSIGNED_INT16},
        {VK_FORMAT_R16_SINT, CL_R, CL_SIGNED_INT16},
        {VK_FORMAT_R16_SFLOAT, CL_R, CL_HALF_FLOAT},
        {VK_FORMAT_R16G16_UNORM, CL_RG, CL_UNORM_INT16},
        {VK_FORMAT_R16G16_SNORM, CL_RG, CL_SNORM_INT16},
        {VK_FORMAT_R16G16_UINT, CL_RG, CL_UNSIGNED_INT16},
        {VK_FORMAT_R16G16_SINT, CL_RG, CL_SIGNED_INT16},
        {VK_FORMAT_R16G16_SFLOAT, CL_RG, CL_HALF_FLOAT},
        {VK_FORMAT_R16G16B16A16_UNORM, CL_RGBA, CL_UNORM_INT16},
        {VK_FORMAT_R16G16B16A16_SNORM, CL_RGBA, CL_SNORM_INT16},
        {VK_FORMAT_R16G16B16A16_UINT, CL_RGBA, CL_UNSIGNED_INT16},
        {VK_FORMAT_R16G16B16A16_SINT, CL_RGBA, CL_SIGNED_INT16},
        {VK_FORMAT_R16G16B16A16_SFLOAT, CL_RGBA, CL_HALF_FLOAT},
        {VK_FORMAT_R32_UINT, CL_R, CL_UNSIGNED_INT32},
        {VK_FORMAT_R32_SINT, CL_R, CL_SIGNED_INT32},
        {VK_FORMAT_R32_SFLOAT, CL_R, CL_FLOAT},
        {VK_FORMAT_R32G32_UINT, CL_RG, CL_UNSIGNED_INT32},
        {VK_FORMAT_R32G32_SINT, CL_RG, CL_SIGNED_INT32},
        {VK_FORMAT_R32G32_SFLOAT, CL_RG, CL_FLOAT},
        {VK_FORMAT_R32G32B32A32_UINT, CL_RGBA, CL_UNSIGNED_INT32},
        {VK_FORMAT_R32G32B32A32_SINT, CL_RGBA, CL_SIGNED_INT32},
        {VK_FORMAT_R32G32B32A32_SFLOAT, CL_RGBA, CL_FLOAT},
    };

    if (clFormat == NULL) {
        return vxm__opencl_null("vxmOpenClGetFormat", "clFormat");
    }
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (formats[i].format == format) {
            clFormat->image_channel_order = formats[i].order;
            clFormat->image_channel_data_type = formats[i].type;
            return VK_SUCCESS;
        }
    }
    return vxmSetLastError(
        VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
        "vxmOpenClGetFormat: OpenCL has no image format with the bits of VkFormat %d. It has "
        "one, two and four channels of 8, 16 and 32 bits; another image can be imported as a "
        "buffer if its tiling is LINEAR.",
        (int)format);
}

/* ---------------------------------------------------------------------------------------------- */
/* Memory                                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/** Where an import goes. */
typedef struct VxmOpenClImportInfo {
    cl_context context;  /**< Not optional. With this one device, if you can choose. */
    cl_device_id device; /**< Not optional: of the context, from vxmOpenClFindDevice(). */
    /** CL_MEM_READ_WRITE (also 0), CL_MEM_READ_ONLY or CL_MEM_WRITE_ONLY, as kernels see it, and
     * the host's access. None of the host pointer flags. Semaphores ignore it. */
    cl_mem_flags flags;
    /** Of an image with LINEAR tiling, import the bytes as a buffer: its rows are
     * VxmShared::image.planes[0].rowPitch bytes apart. Semaphores ignore it. */
    VkBool32 imageAsBuffer;
} VxmOpenClImportInfo;

/** Shared memory in OpenCL. Begin with `VxmOpenClMemory memory = {0};`. */
typedef struct VxmOpenClMemory {
    cl_mem mem; /**< The buffer or image, for clSetKernelArg(). */
    /** What mem is a part of, if the resource doesn't begin where its allocation does; otherwise
     * NULL. */
    cl_mem allocation;
    size_t size; /**< Bytes of a buffer, those of the VkBuffer at least; 0 for an image. */
} VxmOpenClMemory;

/** @cond INTERNAL */
/* The handle types that OpenCL and Vulkan both have. */
typedef struct vxm__opencl_type {
    uint32_t vulkan;       /* VkExternalMemoryHandleTypeFlagBits or ...SemaphoreHandleType... */
    cl_uint opencl;        /* CL_EXTERNAL_MEMORY_HANDLE_... or CL_SEMAPHORE_HANDLE_... */
    const char *extension; /* that a device has it by */
    VkBool32 descriptor;   /* a file descriptor, which a successful import takes over */
    VkBool32 sameDriver;   /* Vulkan: device and driver UUID of both sides must be equal */
} vxm__opencl_type;

/* The types of a kind, with the ones to prefer first. */
static inline const vxm__opencl_type *vxm__opencl_types(VxmHandleKind kind, size_t *count)
{
    static const vxm__opencl_type memories[] = {
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, VXM__CL_MEMORY_OPAQUE_FD,
         "cl_khr_external_memory_opaque_fd", VK_TRUE, VK_TRUE},
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT, VXM__CL_MEMORY_DMA_BUF,
         "cl_khr_external_memory_dma_buf", VK_TRUE, VK_FALSE},
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT, VXM__CL_MEMORY_OPAQUE_WIN32,
         "cl_khr_external_memory_win32", VK_FALSE, VK_TRUE},
        {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT, VXM__CL_MEMORY_OPAQUE_WIN32_KMT,
         "cl_khr_external_memory_win32", VK_FALSE, VK_TRUE},
    };
    static const vxm__opencl_type semaphores[] = {
        {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT, VXM__CL_SEMAPHORE_OPAQUE_FD,
         "cl_khr_external_semaphore_opaque_fd", VK_TRUE, VK_TRUE},
        {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT, VXM__CL_SEMAPHORE_OPAQUE_WIN32,
         "cl_khr_external_semaphore_win32", VK_FALSE, VK_TRUE},
        {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT, VXM__CL_SEMAPHORE_OPAQUE_WIN32_KMT,
         "cl_khr_external_semaphore_win32", VK_FALSE, VK_TRUE},
    };

    *count = kind == VXM_HANDLE_KIND_MEMORY ? sizeof(memories) / sizeof(memories[0])
                                            : sizeof(semaphores) / sizeof(semaphores[0]);
    return kind == VXM_HANDLE_KIND_MEMORY ? memories : semaphores;
}

/* One type; NULL if OpenCL hasn't got it. */
static inline const vxm__opencl_type *vxm__opencl_find_type(VxmHandleKind kind, uint32_t type)
{
    size_t count;
    const vxm__opencl_type *types = vxm__opencl_types(kind, &count);

    for (size_t i = 0; i < count; i++) {
        if (types[i].vulkan == type) {
            return &types[i];
        }
    }
    return NULL;
}

/* What every import asks of table, context and device. `multiple` receives whether the context has
 * other devices too. */
static inline VkResult vxm__opencl_check_target(const VxmOpenCl *cl, const char *caller,
                                                const VxmOpenClImportInfo *info, VkBool32 *multiple)
{
    cl_device_id devices[VXM__CL_MAX_DEVICES];
    size_t bytes = 0;
    size_t count;
    cl_platform_id platform = NULL;
    cl_int error;

    if (info->context == NULL || info->device == NULL) {
        return vxm__opencl_null(caller, info->context == NULL ? "info->context" : "info->device");
    }
    if (cl->platform == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: the table has no platform yet; call vxmOpenClFindDevice() "
                               "or vxmOpenClCheckDevice() first.",
                               caller);
    }
    error =
        cl->clGetContextInfo(info->context, CL_CONTEXT_DEVICES, sizeof(devices), devices, &bytes);
    if (error != CL_SUCCESS) {
        return vxm__opencl_failed(caller, "clGetContextInfo(CL_CONTEXT_DEVICES)", error,
                                  VK_ERROR_VALIDATION_FAILED_EXT, "");
    }
    count = bytes < sizeof(devices) ? bytes / sizeof(devices[0]) : VXM__CL_MAX_DEVICES;
    *multiple = count > 1 ? VK_TRUE : VK_FALSE;
    while (count > 0 && devices[count - 1] != info->device) {
        count--;
    }
    if (count == 0) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: info->device is none of info->context's devices; create the "
                               "context for the device of vxmOpenClFindDevice().",
                               caller);
    }
    error =
        cl->clGetDeviceInfo(info->device, CL_DEVICE_PLATFORM, sizeof(platform), &platform, NULL);
    if (error != CL_SUCCESS) {
        return vxm__opencl_failed(caller, "clGetDeviceInfo(CL_DEVICE_PLATFORM)", error,
                                  VK_ERROR_VALIDATION_FAILED_EXT, "");
    }
    if (platform != cl->platform) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: info->device is of another platform than the table's; use one "
                               "table for each platform.",
                               caller);
    }
    return VK_SUCCESS;
}

/* Whether the device is where the handle came from, as far as its type cares. */
static inline VkResult vxm__opencl_check_origin(const VxmOpenCl *cl, const char *caller,
                                                cl_device_id device, const vxm__opencl_type *type,
                                                const uint8_t *deviceUUID,
                                                const uint8_t *driverUUID,
                                                const uint8_t *deviceLUID)
{
    const char *difference;
    char name[128];

    if (!vxm__opencl_has(cl, device, type->extension)) {
        return vxmSetLastError(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the OpenCL device \"%s\" has no %s.", caller,
                               vxm__opencl_name(cl, device, name, sizeof(name)), type->extension);
    }
    if (!type->sameDriver) {
        return VK_SUCCESS;
    }
    if (deviceLUID == NULL && vxm__opencl_is_zero(deviceUUID, VK_UUID_SIZE)) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: the description names no device (deviceUUID is zero), and an "
                               "opaque handle is of use on its own device only.",
                               caller);
    }
    difference = vxm__opencl_differs(cl, device, deviceUUID, driverUUID, deviceLUID);
    if (difference != NULL) {
        return vxmSetLastError(
            VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, 0,
            "%s: the handle is not of the OpenCL device \"%s\", which %s. Opaque "
            "handles can be imported on the same GPU by the same driver only: "
            "see vxmOpenClFindDevice().",
            caller, vxm__opencl_name(cl, device, name, sizeof(name)), difference);
    }
    return VK_SUCCESS;
}

/* Whether this device takes imported images of a handle type for LINEAR ones: the query is of
 * cl_khr_external_memory 0.9.3, and an older driver's answer is no. */
static inline VkBool32 vxm__opencl_assumes_linear(const VxmOpenCl *cl, cl_device_id device,
                                                  cl_uint type)
{
    cl_uint types[16];
    size_t size = 0;

    if (cl->clGetDeviceInfo(device, VXM__CL_ASSUME_LINEAR_HANDLE_TYPES, sizeof(types), types,
                            &size) != CL_SUCCESS) {
        return VK_FALSE;
    }
    for (size_t i = 0; i < size / sizeof(types[0]) && i < sizeof(types) / sizeof(types[0]); i++) {
        if (types[i] == type) {
            return VK_TRUE;
        }
    }
    return VK_FALSE;
}

/* Format and shape of an image, or which of its properties OpenCL has no way to be told. */
static inline VkResult vxm__opencl_describe_image(const VxmOpenCl *cl, const char *caller,
                                                  const VxmShared *shared,
                                                  const VxmOpenClImportInfo *info,
                                                  const vxm__opencl_type *type,
                                                  cl_image_format *format, cl_image_desc *desc)
{
    const VxmImageDescription *image = &shared->image;
    const char *handleType = vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, shared->handleType);
    VkBool32 linear = vxm__opencl_assumes_linear(cl, info->device, type->opencl);
    VkBool32 layered = image->arrayLayers > 1 ? VK_TRUE : VK_FALSE;
    const char *what = NULL;
    char name[128];
    VkResult result;

    if (image->mipLevels > 1) {
        what = "has mip levels; OpenCL imports one level";
    } else if (image->samples > VK_SAMPLE_COUNT_1_BIT) {
        what = "is multisampled; OpenCL imports one sample";
    } else if (image->tiling != VK_IMAGE_TILING_OPTIMAL &&
               image->tiling != VK_IMAGE_TILING_LINEAR) {
        what = "has a DRM format modifier, which OpenCL can't be told; use OPTIMAL or LINEAR";
    } else if (shared->memories[0].offset != 0 || image->planes[0].offset != 0) {
        what = "does not begin where its allocation does; make it dedicated";
    }
    if (what != NULL) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the image %s.", caller, what);
    }
    if ((image->tiling == VK_IMAGE_TILING_LINEAR) != (linear == VK_TRUE)) {
        return vxmSetLastError(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: the image's tiling is %s, and the OpenCL device \"%s\" reads images of %s %s "
            "(CL_DEVICE_EXTERNAL_MEMORY_IMPORT_ASSUME_LINEAR_IMAGES_HANDLE_TYPES_KHR). Create it "
            "with tiling %s%s.",
            caller, linear ? "OPTIMAL" : "LINEAR",
            vxm__opencl_name(cl, info->device, name, sizeof(name)), handleType,
            linear ? "as LINEAR ones" : "in the GPU's own tiling", linear ? "LINEAR" : "OPTIMAL",
            linear ? "" : ", or import its bytes with imageAsBuffer");
    }
    if (linear && (image->planeCount == 0 || image->planes[0].rowPitch == 0)) {
        return vxmSetLastError(
            VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
            "%s: image.planes[0].rowPitch of a LINEAR image is unknown (or "
            "planeCount is 0), and OpenCL would take one of its own. Fill it in.",
            caller);
    }
    result = vxmOpenClGetFormat(image->format, format);
    if (result != VK_SUCCESS) {
        return result;
    }
    memset(desc, 0, sizeof(*desc));
    desc->image_width = image->extent.width;
    if (layered) {
        desc->image_array_size = image->arrayLayers;
    }
    switch (image->imageType) {
    case VK_IMAGE_TYPE_1D:
        desc->image_type = layered ? CL_MEM_OBJECT_IMAGE1D_ARRAY : CL_MEM_OBJECT_IMAGE1D;
        break;
    case VK_IMAGE_TYPE_3D:
        desc->image_type = CL_MEM_OBJECT_IMAGE3D;
        desc->image_height = image->extent.height;
        desc->image_depth = image->extent.depth;
        break;
    default:
        desc->image_type = layered ? CL_MEM_OBJECT_IMAGE2D_ARRAY : CL_MEM_OBJECT_IMAGE2D;
        desc->image_height = image->extent.height;
        break;
    }
    if (linear) {
        desc->image_row_pitch = (size_t)image->planes[0].rowPitch;
        desc->image_slice_pitch =
            (size_t)(layered ? image->planes[0].arrayPitch : image->planes[0].depthPitch);
    }
    return VK_SUCCESS;
}

/* Where in the allocation the bytes of a buffer are, and how many. */
static inline VkResult vxm__opencl_describe_buffer(const char *caller, const VxmShared *shared,
                                                   const vxm__opencl_type *type, uint64_t *offset,
                                                   uint64_t *size, uint64_t *whole)
{
    const VxmSharedMemory *memory = &shared->memories[0];
    VkBool32 image = shared->resourceType == VXM_RESOURCE_TYPE_IMAGE ? VK_TRUE : VK_FALSE;

    if (image && shared->image.tiling != VK_IMAGE_TILING_LINEAR) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: imageAsBuffer is for LINEAR tiling; the bytes of any other are "
                               "in an order that only the driver knows. Leave imageAsBuffer out.",
                               caller);
    }
    *whole = memory->allocationSize;
    *offset = image ? shared->image.planes[0].offset : memory->offset;
    if (shared->resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        *size = shared->buffer.size;
        if (*whole == 0 && !type->sameDriver) { /* unknown, which dma-bufs allow */
            *whole = *offset + *size;
        }
    } else {
        *size = *whole > *offset ? *whole - *offset : 0;
    }
    if (*whole == 0 || *offset >= *whole || *size > *whole - *offset) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: OpenCL needs the size of the allocation, and the description "
                               "has %llu bytes of it with %llu bytes used from offset %llu on.",
                               caller, (unsigned long long)memory->allocationSize,
                               (unsigned long long)*size, (unsigned long long)*offset);
    }
    if (*whole > SIZE_MAX) {
        return vxmSetLastError(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: the allocation's %llu bytes are more than this program's size_t "
            "can tell OpenCL.",
            caller, (unsigned long long)*whole);
    }
    return VK_SUCCESS;
}

/* The handle that OpenCL is to see: its own where it takes it over, otherwise the caller's. */
static inline VkResult vxm__opencl_lend(const VxmHandle *handle, const vxm__opencl_type *type,
                                        VxmHandle *lent, cl_ulong *value)
{
    VkResult result = vxmCheckHandle(handle);

    memset(lent, 0, sizeof(*lent));
    if (result == VK_SUCCESS && type->descriptor) {
        result = vxmDuplicateHandle(handle, lent);
        *value = (cl_ulong)lent->fd;
    } else if (result == VK_SUCCESS) {
        *value = (cl_ulong)(uintptr_t)handle->ptr;
    }
    return result;
}

/* A table before vxmOpenClFindDevice() has no extension's functions. */
static inline VkResult vxm__opencl_no_platform(const char *caller)
{
    return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                           "%s: the table has no platform yet; call vxmOpenClFindDevice() "
                           "or vxmOpenClCheckDevice() first.",
                           caller);
}

static inline VkResult vxm__opencl_both(const char *caller)
{
    return vxmSetLastError(
        VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
        "%s: there are both a handle and a name, which OpenCL 3.0's headers have "
        "no way to pass. Give the handle alone.",
        caller);
}

static inline VkResult vxm__opencl_no_semaphores(const char *caller)
{
    return vxmSetLastError(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                           "%s: OpenCL's platform has no functions for semaphores. Wait for a "
                           "fence and with clFinish() instead.",
                           caller);
}
/** @endcond */

/**
 * Ends shared memory in OpenCL: releases what the import made, and empties the struct, so that a
 * second call does nothing. Kernels that use it must be done.
 *
 * @param[in]     cl      the table; with none nothing is ended, and memory stays as it is.
 * @param[in,out] memory  NULL or an empty one is ignored.
 *
 * Spec: clReleaseMemObject.
 */
static inline void vxmOpenClDestroyMemory(const VxmOpenCl *cl, VxmOpenClMemory *memory)
{
    if (cl == NULL || cl->clReleaseMemObject == NULL || memory == NULL) {
        return;
    }
    if (memory->mem != NULL) {
        cl->clReleaseMemObject(memory->mem);
    }
    if (memory->allocation != NULL) {
        cl->clReleaseMemObject(memory->allocation);
    }
    memset(memory, 0, sizeof(*memory));
}

/**
 * Makes a cl_mem of shared memory: a buffer of a buffer or of raw memory, an image of an image.
 *
 * A buffer gets the whole allocation, which is what drivers check; where the VkBuffer begins later,
 * mem is a sub-buffer of it. An image must be of one memory, level and sample and of a format that
 * OpenCL has. Its tiling must be what the device reads: OPTIMAL (NVIDIA), or LINEAR where it says
 * that it takes images of this handle type for linear.
 *
 * @param[in]  cl      the table, with a platform.
 * @param[in]  shared  the description with its handle: OPAQUE_FD, DMA_BUF, OPAQUE_WIN32 or
 *                     OPAQUE_WIN32_KMT. Borrowed: the handle stays yours.
 * @param[in]  info    context and device.
 * @param[out] memory  receives it; end it with vxmOpenClDestroyMemory(). Acquire it before kernels
 *                     use it.
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER for a handle of another GPU or driver;
 * VK_ERROR_EXTENSION_NOT_PRESENT if the device can't import the type; VK_ERROR_FEATURE_NOT_PRESENT
 * for a type or an image that OpenCL has no way to import; VK_ERROR_FORMAT_NOT_SUPPORTED;
 * VK_ERROR_INVALID_EXTERNAL_HANDLE if the handle is missing or closed, or OpenCL refuses it: the
 * sentence has its error, and so has VxmError::code.
 *
 * Spec: clCreateBufferWithProperties, clCreateImageWithProperties, clCreateSubBuffer.
 */
static inline VkResult vxmOpenClImportShared(const VxmOpenCl *cl, const VxmShared *shared,
                                             const VxmOpenClImportInfo *info,
                                             VxmOpenClMemory *memory)
{
    static const char caller[] = "vxmOpenClImportShared";
    const cl_mem_flags forbidden =
        CL_MEM_USE_HOST_PTR | CL_MEM_ALLOC_HOST_PTR | CL_MEM_COPY_HOST_PTR;
    cl_mem_properties properties[8];
    const char *function = "clCreateBufferWithProperties";
    const vxm__opencl_type *type;
    uint64_t offset = 0, size = 0, whole = 0;
    VkBool32 multiple = VK_FALSE;
    VkBool32 isImage;
    cl_mem_flags flags;
    cl_image_format format;
    cl_image_desc desc;
    VxmOpenClMemory made;
    cl_int error = CL_SUCCESS;
    cl_ulong value = 0;
    VxmHandle lent;
    VkResult result;
    size_t count = 0;

    if (cl == NULL || shared == NULL || info == NULL || memory == NULL) {
        return vxm__opencl_null(caller, cl == NULL       ? "cl"
                                        : shared == NULL ? "shared"
                                        : info == NULL   ? "info"
                                                         : "memory");
    }
    memset(&made, 0, sizeof(made));
    isImage = shared->resourceType == VXM_RESOURCE_TYPE_IMAGE && !info->imageAsBuffer;
    flags = info->flags != 0 ? info->flags : CL_MEM_READ_WRITE;

    result = vxm__opencl_check_target(cl, caller, info, &multiple);
    if (result != VK_SUCCESS) {
        return result;
    }
    if ((flags & forbidden) != 0) {
        return vxmSetLastError(
            VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
            "%s: info->flags holds CL_MEM_USE_HOST_PTR, CL_MEM_ALLOC_HOST_PTR or "
            "CL_MEM_COPY_HOST_PTR, which memory from outside can't have.",
            caller);
    }
    type = vxm__opencl_find_type(VXM_HANDLE_KIND_MEMORY, shared->handleType);
    if (type == NULL) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: OpenCL can't import memory by a handle of type %s; it has "
                               "OPAQUE_FD, DMA_BUF, OPAQUE_WIN32 and OPAQUE_WIN32_KMT.",
                               caller,
                               vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, shared->handleType));
    }
    if (shared->memoryCount != 1) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the description has %u memories, and OpenCL imports one. A "
                               "disjoint image can't be imported.",
                               caller, (unsigned)shared->memoryCount);
    }
    if (shared->memories[0].name != NULL && shared->memories[0].handle.type != 0) {
        return vxm__opencl_both(caller);
    }
    if (shared->memories[0].handle.type != shared->handleType ||
        shared->memories[0].handle.kind != VXM_HANDLE_KIND_MEMORY) {
        return vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: the description has no handle of type %s%s.", caller,
                               vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, shared->handleType),
                               shared->memories[0].name != NULL
                                   ? ", but a name, which OpenCL 3.0's headers have no way to pass"
                                   : "");
    }
    result = vxm__opencl_check_origin(cl, caller, info->device, type, shared->deviceUUID,
                                      shared->driverUUID,
                                      shared->deviceLUIDValid ? shared->deviceLUID : NULL);
    if (result != VK_SUCCESS) {
        return result;
    }
    result = isImage ? vxm__opencl_describe_image(cl, caller, shared, info, type, &format, &desc)
                     : vxm__opencl_describe_buffer(caller, shared, type, &offset, &size, &whole);
    if (result == VK_SUCCESS) {
        result = vxmCheckDescription(shared);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    result = vxm__opencl_lend(&shared->memories[0].handle, type, &lent, &value);
    if (result != VK_SUCCESS) {
        return result;
    }

    properties[count++] = type->opencl;
    properties[count++] = value;
    if (multiple) {
        properties[count++] = VXM__CL_MEM_DEVICE_HANDLE_LIST;
        properties[count++] = (cl_mem_properties)(uintptr_t)info->device;
        properties[count++] = 0; /* the list's own end */
    }
    properties[count++] = 0;
    /* With an error NVIDIA's driver may answer an object that is none: the error decides. */
    if (isImage) {
        function = "clCreateImageWithProperties";
        made.mem = cl->clCreateImageWithProperties(info->context, properties, flags, &format, &desc,
                                                   NULL, &error);
    } else {
        made.mem = cl->clCreateBufferWithProperties(info->context, properties, flags, (size_t)whole,
                                                    NULL, &error);
        made.size = (size_t)(whole - offset);
    }
    if (made.mem == NULL || error != CL_SUCCESS) {
        vxmCloseUnlessTaken(&shared->memories[0].handle, &lent);
        return vxm__opencl_failed(
            caller, function, error != CL_SUCCESS ? error : CL_INVALID_VALUE,
            VK_ERROR_INVALID_EXTERNAL_HANDLE,
            error == CL_INVALID_BUFFER_SIZE
                ? "Look at CL_DEVICE_MAX_MEM_ALLOC_SIZE: OpenCL limits one buffer's size."
                : "");
    }
    if (!isImage && offset != 0) {
        cl_buffer_region region;

        region.origin = (size_t)offset;
        region.size = (size_t)size;
        made.allocation = made.mem;
        made.size = (size_t)size;
        made.mem = cl->clCreateSubBuffer(made.allocation, 0, CL_BUFFER_CREATE_TYPE_REGION, &region,
                                         &error);
        if (made.mem == NULL || error != CL_SUCCESS) {
            made.mem = NULL;
            result = vxm__opencl_failed(
                caller, "clCreateSubBuffer", error != CL_SUCCESS ? error : CL_INVALID_VALUE,
                VK_ERROR_FEATURE_NOT_PRESENT,
                error == CL_MISALIGNED_SUB_BUFFER_OFFSET
                    ? "The VkBuffer's offset in its allocation must be a multiple of "
                      "CL_DEVICE_MEM_BASE_ADDR_ALIGN bits."
                    : "");
            vxmOpenClDestroyMemory(cl, &made);
            return result;
        }
    }
    *memory = made;
    return VK_SUCCESS;
}

/**
 * Makes a cl_mem of a memory object of this process: exports it, imports it, and closes the handle.
 *
 * @param[in]  cl      the table, with a platform.
 * @param      memory  the memory object. It may be destroyed before the import: the import keeps
 *                     the allocation, except one of OPAQUE_WIN32_KMT.
 * @param[in]  info    context and device.
 * @param[out] out     receives it; end it with vxmOpenClDestroyMemory().
 *
 * Errors: as vxmOpenClImportShared() and vxmExportMemory(); VK_ERROR_FEATURE_NOT_PRESENT if the
 * memory was not made for a handle type that this device imports.
 *
 * Spec: as vxmOpenClImportShared().
 */
static inline VkResult vxmOpenClImportMemory(const VxmOpenCl *cl, VxmMemory memory,
                                             const VxmOpenClImportInfo *info, VxmOpenClMemory *out)
{
    static const char caller[] = "vxmOpenClImportMemory";
    const vxm__opencl_type *type = NULL;
    const vxm__opencl_type *types;
    VxmMemoryInfo memoryInfo;
    VxmShared description;
    VkBool32 multiple;
    VkResult result;
    char name[128];
    size_t count;

    if (cl == NULL || memory == NULL || info == NULL || out == NULL) {
        return vxm__opencl_null(caller, cl == NULL       ? "cl"
                                        : memory == NULL ? "memory"
                                        : info == NULL   ? "info"
                                                         : "out");
    }
    result = vxm__opencl_check_target(cl, caller, info, &multiple);
    if (result == VK_SUCCESS) {
        result = vxmGetMemoryInfo(memory, &memoryInfo);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    types = vxm__opencl_types(VXM_HANDLE_KIND_MEMORY, &count);
    for (size_t i = 0; i < count && type == NULL; i++) {
        if ((memoryInfo.exportHandleTypes & types[i].vulkan) != 0 &&
            vxm__opencl_has(cl, info->device, types[i].extension)) {
            type = &types[i];
        }
    }
    if (type == NULL) {
        return vxmSetLastError(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: the memory can be exported as types 0x%x, and the OpenCL device \"%s\" imports "
            "none of those. Create it with OPAQUE_FD or, on Windows, OPAQUE_WIN32 in handleTypes.",
            caller, (unsigned)memoryInfo.exportHandleTypes,
            vxm__opencl_name(cl, info->device, name, sizeof(name)));
    }
    result =
        vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type->vulkan, &description);
    if (result != VK_SUCCESS) {
        return result;
    }
    result = vxmOpenClImportShared(cl, &description, info, out);
    vxmCloseShared(&description);
    return result;
}

/** @cond INTERNAL */
/* Acquire and release: `function` is the one of the two, under the name `call`. */
static inline VkResult vxm__opencl_pass_memory(const char *caller, const VxmOpenCl *cl,
                                               const VxmOpenClMemory *memory,
                                               cl_command_queue queue,
                                               clEnqueueAcquireExternalMemObjectsKHR_fn function,
                                               const char *call)
{
    const cl_mem *object;
    cl_int error;

    if (cl == NULL || queue == NULL || memory == NULL || memory->mem == NULL) {
        return vxm__opencl_null(caller, cl == NULL      ? "cl"
                                        : queue == NULL ? "queue"
                                                        : "memory (or an empty one)");
    }
    if (function == NULL) {
        return vxm__opencl_no_platform(caller);
    }
    /* A sub-buffer was not created from the handle; what it is a part of was. */
    object = memory->allocation != NULL ? &memory->allocation : &memory->mem;
    error = function(queue, 1, object, 0, NULL, NULL);
    return error == CL_SUCCESS ? VK_SUCCESS
                               : vxm__opencl_failed(caller, call, error, VK_ERROR_UNKNOWN, "");
}
/** @endcond */

/**
 * Enqueues OpenCL's acquire: kernels that come after it may use the memory, whose contents are what
 * Vulkan wrote before its release (vxmCmdReleaseMemory()). Nothing waits here for that release: let
 * vxmOpenClWaitSemaphore() or the host do it first. For several objects at once or with events,
 * call clEnqueueAcquireExternalMemObjectsKHR in the table.
 *
 * @param[in] cl      the table.
 * @param[in] memory  the memory, not acquired yet.
 * @param     queue   of the context and device of the import.
 *
 * Errors: what clEnqueueAcquireExternalMemObjectsKHR answers.
 *
 * Spec: clEnqueueAcquireExternalMemObjectsKHR.
 */
static inline VkResult vxmOpenClAcquireMemory(const VxmOpenCl *cl, const VxmOpenClMemory *memory,
                                              cl_command_queue queue)
{
    return vxm__opencl_pass_memory("vxmOpenClAcquireMemory", cl, memory, queue,
                                   cl != NULL ? cl->clEnqueueAcquireExternalMemObjectsKHR : NULL,
                                   "clEnqueueAcquireExternalMemObjectsKHR");
}

/**
 * Enqueues OpenCL's release: what kernels before it wrote is there for Vulkan, which may go on when
 * the release is done: let vxmOpenClSignalSemaphore() or clFinish() follow. Otherwise as
 * vxmOpenClAcquireMemory().
 *
 * @param[in] cl      the table.
 * @param[in] memory  the memory, acquired.
 * @param     queue   of the context and device of the import.
 *
 * Errors: what clEnqueueReleaseExternalMemObjectsKHR answers.
 *
 * Spec: clEnqueueReleaseExternalMemObjectsKHR.
 */
static inline VkResult vxmOpenClReleaseMemory(const VxmOpenCl *cl, const VxmOpenClMemory *memory,
                                              cl_command_queue queue)
{
    return vxm__opencl_pass_memory("vxmOpenClReleaseMemory", cl, memory, queue,
                                   cl != NULL ? cl->clEnqueueReleaseExternalMemObjectsKHR : NULL,
                                   "clEnqueueReleaseExternalMemObjectsKHR");
}

/* ---------------------------------------------------------------------------------------------- */
/* Semaphores                                                                                     */
/* ---------------------------------------------------------------------------------------------- */

/** A shared semaphore in OpenCL. Begin with `VxmOpenClSemaphore semaphore = {0};`. */
typedef struct VxmOpenClSemaphore {
    cl_semaphore_khr semaphore; /**< Binary. */
} VxmOpenClSemaphore;

/**
 * Makes a cl_semaphore_khr with the payload of a shared binary semaphore. OpenCL has no timelines:
 * CL_SEMAPHORE_TYPE_BINARY_KHR is all that cl_khr_semaphore defines.
 *
 * @param[in]  cl         the table, with a platform.
 * @param[in]  shared     the description with its handle: OPAQUE_FD, OPAQUE_WIN32 or
 *                        OPAQUE_WIN32_KMT. Borrowed: the handle stays yours.
 * @param[in]  info       context and device.
 * @param[out] semaphore  receives it; end it with vxmOpenClDestroySemaphore(). OpenCL can't export
 *                        it again.
 *
 * Errors: VK_ERROR_FEATURE_NOT_PRESENT for a timeline or a type that OpenCL doesn't have;
 * VK_ERROR_EXTENSION_NOT_PRESENT if device or platform has no semaphores: let the host order the
 * work then; otherwise as vxmOpenClImportShared().
 *
 * Spec: clCreateSemaphoreWithPropertiesKHR.
 */
static inline VkResult vxmOpenClImportSharedSemaphore(const VxmOpenCl *cl,
                                                      const VxmSharedSemaphore *shared,
                                                      const VxmOpenClImportInfo *info,
                                                      VxmOpenClSemaphore *semaphore)
{
    static const char caller[] = "vxmOpenClImportSharedSemaphore";
    cl_semaphore_properties_khr properties[10];
    const vxm__opencl_type *type;
    cl_semaphore_khr made;
    VkBool32 multiple = VK_FALSE;
    cl_int error = CL_SUCCESS;
    cl_ulong value = 0;
    VxmHandle lent;
    VkResult result;
    size_t count = 0;

    if (cl == NULL || shared == NULL || info == NULL || semaphore == NULL) {
        return vxm__opencl_null(caller, cl == NULL       ? "cl"
                                        : shared == NULL ? "shared"
                                        : info == NULL   ? "info"
                                                         : "semaphore");
    }
    result = vxm__opencl_check_target(cl, caller, info, &multiple);
    if (result != VK_SUCCESS) {
        return result;
    }
    if (shared->semaphoreType != VK_SEMAPHORE_TYPE_BINARY &&
        shared->semaphoreType != VK_SEMAPHORE_TYPE_TIMELINE) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: semaphoreType is %d, neither BINARY nor TIMELINE.", caller,
                               (int)shared->semaphoreType);
    }
    if (shared->name != NULL && shared->handle.type != 0) {
        return vxm__opencl_both(caller);
    }
    if (shared->semaphoreType != VK_SEMAPHORE_TYPE_BINARY) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: OpenCL's semaphores are binary (cl_khr_semaphore has "
                               "CL_SEMAPHORE_TYPE_BINARY_KHR only), and this is a timeline. Create "
                               "one binary semaphore for each direction.",
                               caller);
    }
    type = vxm__opencl_find_type(VXM_HANDLE_KIND_SEMAPHORE, shared->handleType);
    if (type == NULL) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: a semaphore of type %s can't be imported here; OPAQUE_FD, "
                               "OPAQUE_WIN32 and OPAQUE_WIN32_KMT can.",
                               caller,
                               vxmHandleTypeName(VXM_HANDLE_KIND_SEMAPHORE, shared->handleType));
    }
    if (shared->handle.type != shared->handleType ||
        shared->handle.kind != VXM_HANDLE_KIND_SEMAPHORE) {
        return vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: the description has no handle of type %s.", caller,
                               vxmHandleTypeName(VXM_HANDLE_KIND_SEMAPHORE, shared->handleType));
    }
    result = vxm__opencl_check_origin(cl, caller, info->device, type, shared->deviceUUID,
                                      shared->driverUUID,
                                      shared->deviceLUIDValid ? shared->deviceLUID : NULL);
    if (result != VK_SUCCESS) {
        return result;
    }
    if (cl->clCreateSemaphoreWithPropertiesKHR == NULL || cl->clReleaseSemaphoreKHR == NULL ||
        cl->clEnqueueWaitSemaphoresKHR == NULL || cl->clEnqueueSignalSemaphoresKHR == NULL) {
        return vxm__opencl_no_semaphores(caller);
    }
    result = vxm__opencl_lend(&shared->handle, type, &lent, &value);
    if (result != VK_SUCCESS) {
        return result;
    }

    properties[count++] = CL_SEMAPHORE_TYPE_KHR;
    properties[count++] = CL_SEMAPHORE_TYPE_BINARY_KHR;
    properties[count++] = type->opencl;
    properties[count++] = value;
    if (multiple) {
        properties[count++] = VXM__CL_SEMAPHORE_DEVICE_HANDLE_LIST;
        properties[count++] = (cl_semaphore_properties_khr)(uintptr_t)info->device;
        properties[count++] = 0; /* the list's own end */
    }
    properties[count++] = 0;
    made = cl->clCreateSemaphoreWithPropertiesKHR(info->context, properties, &error);
    if (made == NULL || error != CL_SUCCESS) {
        vxmCloseUnlessTaken(&shared->handle, &lent);
        return vxm__opencl_failed(
            caller, "clCreateSemaphoreWithPropertiesKHR",
            error != CL_SUCCESS ? error : CL_INVALID_VALUE, VK_ERROR_INVALID_EXTERNAL_HANDLE,
            error == CL_INVALID_PROPERTY && multiple
                ? "Drivers from before cl_khr_semaphore 1.0 know another name for the device "
                  "list: create the context for this one device."
                : "");
    }
    semaphore->semaphore = made;
    return VK_SUCCESS;
}

/**
 * Makes a cl_semaphore_khr of a binary semaphore of this process: exports it, imports it, and
 * closes the handle.
 *
 * @param[in]  cl          the table, with a platform.
 * @param      semaphore   the semaphore, binary, made for a handle type that OpenCL imports.
 * @param      handleType  the VkExternalSemaphoreHandleTypeFlagBits to export as; 0: OPAQUE_FD, on
 *                         Windows OPAQUE_WIN32.
 * @param[in]  info        context and device.
 * @param[out] out         receives it; end it with vxmOpenClDestroySemaphore().
 *
 * Errors: as vxmOpenClImportSharedSemaphore() and vxmExportSemaphore().
 *
 * Spec: as vxmOpenClImportSharedSemaphore().
 */
static inline VkResult vxmOpenClImportSemaphore(const VxmOpenCl *cl, VxmSemaphore semaphore,
                                                uint32_t handleType,
                                                const VxmOpenClImportInfo *info,
                                                VxmOpenClSemaphore *out)
{
    static const char caller[] = "vxmOpenClImportSemaphore";
#ifdef _WIN32
    const uint32_t opaque = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT;
#else
    const uint32_t opaque = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT;
#endif
    const uint32_t type = handleType != 0 ? handleType : opaque;
    VxmSharedSemaphore description;
    VkBool32 multiple;
    VkResult result;

    if (cl == NULL || semaphore == NULL || info == NULL || out == NULL) {
        return vxm__opencl_null(caller, cl == NULL          ? "cl"
                                        : semaphore == NULL ? "semaphore"
                                        : info == NULL      ? "info"
                                                            : "out");
    }
    result = vxm__opencl_check_target(cl, caller, info, &multiple);
    if (result == VK_SUCCESS) {
        result = vxmExportSemaphore(semaphore, (VkExternalSemaphoreHandleTypeFlagBits)type,
                                    &description);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    result = vxmOpenClImportSharedSemaphore(cl, &description, info, out);
    vxmCloseSharedSemaphore(&description);
    return result;
}

/**
 * Enqueues a wait: commands after it in an in-order queue begin when the semaphore is signalled,
 * which unsignals it. As in Vulkan, submit the signal first, and wait once for each signal.
 *
 * @param[in] cl         the table.
 * @param[in] semaphore  the semaphore.
 * @param     queue      of the context and device of the import.
 *
 * Errors: what clEnqueueWaitSemaphoresKHR answers.
 *
 * Spec: clEnqueueWaitSemaphoresKHR.
 */
static inline VkResult vxmOpenClWaitSemaphore(const VxmOpenCl *cl,
                                              const VxmOpenClSemaphore *semaphore,
                                              cl_command_queue queue)
{
    static const char caller[] = "vxmOpenClWaitSemaphore";
    cl_int error;

    if (cl == NULL || queue == NULL || semaphore == NULL || semaphore->semaphore == NULL) {
        return vxm__opencl_null(caller, cl == NULL      ? "cl"
                                        : queue == NULL ? "queue"
                                                        : "semaphore (or an empty one)");
    }
    if (cl->clEnqueueWaitSemaphoresKHR == NULL) {
        return vxm__opencl_no_semaphores(caller);
    }
    error = cl->clEnqueueWaitSemaphoresKHR(queue, 1, &semaphore->semaphore, NULL, 0, NULL, NULL);
    return error == CL_SUCCESS ? VK_SUCCESS
                               : vxm__opencl_failed(caller, "clEnqueueWaitSemaphoresKHR", error,
                                                    VK_ERROR_UNKNOWN, "");
}

/**
 * Enqueues a signal and flushes the queue: the semaphore is signalled when the commands before it
 * in an in-order queue are done. Vulkan may be told to wait for it as soon as this has returned,
 * and not before, since a wait must not come before its signal.
 *
 * @param[in] cl         the table.
 * @param[in] semaphore  the semaphore, unsignalled.
 * @param     queue      of the context and device of the import.
 *
 * Errors: what clEnqueueSignalSemaphoresKHR and clFlush answer.
 *
 * Spec: clEnqueueSignalSemaphoresKHR, clFlush.
 */
static inline VkResult vxmOpenClSignalSemaphore(const VxmOpenCl *cl,
                                                const VxmOpenClSemaphore *semaphore,
                                                cl_command_queue queue)
{
    static const char caller[] = "vxmOpenClSignalSemaphore";
    cl_int error;

    if (cl == NULL || queue == NULL || semaphore == NULL || semaphore->semaphore == NULL) {
        return vxm__opencl_null(caller, cl == NULL      ? "cl"
                                        : queue == NULL ? "queue"
                                                        : "semaphore (or an empty one)");
    }
    if (cl->clEnqueueSignalSemaphoresKHR == NULL) {
        return vxm__opencl_no_semaphores(caller);
    }
    error = cl->clEnqueueSignalSemaphoresKHR(queue, 1, &semaphore->semaphore, NULL, 0, NULL, NULL);
    if (error != CL_SUCCESS) {
        return vxm__opencl_failed(caller, "clEnqueueSignalSemaphoresKHR", error, VK_ERROR_UNKNOWN,
                                  "");
    }
    error = cl->clFlush(queue);
    return error == CL_SUCCESS ? VK_SUCCESS
                               : vxm__opencl_failed(caller, "clFlush", error, VK_ERROR_UNKNOWN, "");
}

/**
 * Ends a shared semaphore in OpenCL and empties the struct, so that a second call does nothing.
 *
 * @param[in]     cl         the table; with none nothing is ended, and semaphore stays as it is.
 * @param[in,out] semaphore  NULL or an empty one is ignored.
 *
 * Spec: clReleaseSemaphoreKHR.
 */
static inline void vxmOpenClDestroySemaphore(const VxmOpenCl *cl, VxmOpenClSemaphore *semaphore)
{
    if (cl == NULL || cl->clReleaseSemaphoreKHR == NULL || semaphore == NULL ||
        semaphore->semaphore == NULL) {
        return;
    }
    cl->clReleaseSemaphoreKHR(semaphore->semaphore);
    semaphore->semaphore = NULL;
}

#ifdef __cplusplus
}
#endif

#endif /* VXM_OPENCL_H_ */
