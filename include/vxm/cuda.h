/*
 * vxm and CUDA: shared memory as a device pointer or a mipmapped array, semaphores on a stream.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_CUDA_H_
#define VXM_CUDA_H_ 1

/**
 * @file cuda.h
 * @brief The adapter to CUDA's driver API, which the runtime API (cudaMalloc() and so on) and
 * everything above it shares its contexts, pointers and streams with.
 *
 * @code
 * VxmCuda cuda = {0};
 * vxmCudaLoad(dlsym, dlopen("libcuda.so.1", RTLD_NOW), &cuda);
 * vxmCudaFindDevice(&cuda, deviceInfo.identity, &device);   // after cuInit(0)
 * ... make a context of that device current ...
 * vxmCudaImportMemory(&cuda, buffer, NULL, &memory);        // memory.pointer
 * vxmCudaImportSemaphore(&cuda, timeline, 0, &semaphore);
 * vxmCudaWaitSemaphore(&cuda, &semaphore, 1, stream);
 * ... launch kernels in the stream ...
 * vxmCudaSignalSemaphore(&cuda, &semaphore, 2, stream);
 * @endcode
 *
 * The header includes cuda.h, and links nothing: it calls through VxmCuda. What vxm.h says about
 * outputs, failures and optional parameters holds here too, and moreover:
 *
 * - **Ownership.** Import borrows. CUDA itself takes a file descriptor that it imports (NVIDIA 580
 *   also one that it refuses), and never a Windows handle; here it gets a duplicate where it takes
 *   one, and the caller's handle stays the caller's in any case. What CUDA imported lives on when
 *   Vulkan's side is destroyed, except for KMT numbers.
 * - **Context.** Imports, waits, signals and ends act in the context that is current on the calling
 *   thread. Imports refuse memory and semaphores of another GPU than the context's. End an import
 *   in the context that was current when it was made.
 * - **Errors.** VK_ERROR_VALIDATION_FAILED_EXT for an argument; what CUDA answers becomes
 *   VK_ERROR_OUT_OF_DEVICE_MEMORY, VK_ERROR_INITIALIZATION_FAILED (no cuInit(), no context),
 *   VK_ERROR_INVALID_EXTERNAL_HANDLE, VK_ERROR_FEATURE_NOT_PRESENT or VK_ERROR_UNKNOWN, with
 *   VXM_ERROR_REASON_FOREIGN and the CUresult as code.
 * - **Threads.** As CUDA's: calls on distinct objects from distinct threads are fine. A VxmCuda
 *   does not change once it is loaded.
 * - **Direction.** Vulkan allocates, CUDA imports. What cuMemAlloc() or PyTorch's allocator made
 *   can't be imported into Vulkan by the extensions that vxm uses.
 *
 * HIP is not covered: its memory and semaphore calls are the same by other names, but its UUIDs are
 * not Vulkan's, so that the GPU could not be checked.
 *
 * Spec: CUDA Driver API, External Resource Interoperability.
 */

#include <string.h>

#include <cuda.h>

#include <vxm/vxm.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------------------------------------- */
/* CUDA's functions                                                                               */
/* ---------------------------------------------------------------------------------------------- */

/** The functions of CUDA's driver library that are used here, filled by vxmCudaLoad(). Each is
 * called as the function of that name with `cu` before it. */
typedef struct VxmCuda {
    /** @cond INTERNAL */
    CUresult(CUDAAPI *getErrorName)(CUresult error, const char **text);
    CUresult(CUDAAPI *getErrorString)(CUresult error, const char **text);
    CUresult(CUDAAPI *deviceGetCount)(int *count);
    CUresult(CUDAAPI *deviceGet)(CUdevice *device, int ordinal);
    CUresult(CUDAAPI *deviceGetName)(char *name, int length, CUdevice device);
    CUresult(CUDAAPI *deviceGetUuid)(CUuuid *uuid, CUdevice device);
    CUresult(CUDAAPI *ctxGetDevice)(CUdevice *device);
    CUresult(CUDAAPI *importExternalMemory)(CUexternalMemory *memory,
                                            const CUDA_EXTERNAL_MEMORY_HANDLE_DESC *desc);
    CUresult(CUDAAPI *externalMemoryGetMappedBuffer)(CUdeviceptr *pointer, CUexternalMemory memory,
                                                     const CUDA_EXTERNAL_MEMORY_BUFFER_DESC *desc);
    CUresult(CUDAAPI *externalMemoryGetMappedMipmappedArray)(
        CUmipmappedArray *array, CUexternalMemory memory,
        const CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC *desc);
    CUresult(CUDAAPI *mipmappedArrayGetLevel)(CUarray *level, CUmipmappedArray array,
                                              unsigned int index);
    CUresult(CUDAAPI *mipmappedArrayDestroy)(CUmipmappedArray array);
    CUresult(CUDAAPI *memFree)(CUdeviceptr pointer);
    CUresult(CUDAAPI *destroyExternalMemory)(CUexternalMemory memory);
    CUresult(CUDAAPI *importExternalSemaphore)(CUexternalSemaphore *semaphore,
                                               const CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC *desc);
    CUresult(CUDAAPI *signalExternalSemaphoresAsync)(
        const CUexternalSemaphore *semaphores, const CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS *params,
        unsigned int count, CUstream stream);
    CUresult(CUDAAPI *waitExternalSemaphoresAsync)(
        const CUexternalSemaphore *semaphores, const CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS *params,
        unsigned int count, CUstream stream);
    CUresult(CUDAAPI *destroyExternalSemaphore)(CUexternalSemaphore semaphore);
    /* Those below may be NULL. */
    CUresult(CUDAAPI *deviceGetLuid)(char *luid, unsigned int *nodeMask, CUdevice device);
    CUresult(CUDAAPI *deviceGetGpuUuid)(CUuuid *uuid, CUdevice device);
    /** @endcond */
} VxmCuda;

/** Looks a function up by its name in the driver library. dlsym() is one, with what dlopen() gave
 * for user; GetProcAddress() wants a function around it. NULL: there is none. */
typedef void *(*VxmCudaGetProc)(void *user, const char *name);

/** The library: libcuda.so.1 or nvcuda.dll. */
#ifdef _WIN32
#define VXM_CUDA_LIBRARY_NAME "nvcuda.dll"
#else
#define VXM_CUDA_LIBRARY_NAME "libcuda.so.1"
#endif

/** @cond INTERNAL */
/* A stream of NULL means the thread's own where the app is compiled so, as in cuda.h. */
#ifdef CUDA_API_PER_THREAD_DEFAULT_STREAM
#define VXM__CUDA_STREAM "_ptsz"
#else
#define VXM__CUDA_STREAM ""
#endif

/* The opaque handle type that Vulkan and CUDA have in common, of both enums. */
#ifdef _WIN32
#define VXM__CUDA_OPAQUE 0x2u
#else
#define VXM__CUDA_OPAQUE 0x1u
#endif
/** @endcond */

/**
 * Fills the table of functions.
 *
 * @param      getProc  the lookup; called during this call only.
 * @param      user     its first argument.
 * @param[out] cuda     receives the functions. They are valid as long as the library is loaded.
 *
 * Errors: VK_ERROR_INITIALIZATION_FAILED if a function is missing, which the sentence names.
 * CUDA 10.0 and later have all.
 */
static inline VkResult vxmCudaLoad(VxmCudaGetProc getProc, void *user, VxmCuda *cuda)
{
    VxmCuda table;
    /* The functions, by the name that has had this signature for the longest time; then another
     * that will do; then whether it may be missing. */
    const struct {
        void *target;
        const char *name;
        const char *other;
        int optional;
    } functions[] = {
        {&table.getErrorName, "cuGetErrorName", NULL, 0},
        {&table.getErrorString, "cuGetErrorString", NULL, 0},
        {&table.deviceGetCount, "cuDeviceGetCount", NULL, 0},
        {&table.deviceGet, "cuDeviceGet", NULL, 0},
        {&table.deviceGetName, "cuDeviceGetName", NULL, 0},
        /* Version 2 (CUDA 11.4) tells a MIG instance's own UUID, version 1 the whole GPU's. */
        {&table.deviceGetUuid, "cuDeviceGetUuid_v2", "cuDeviceGetUuid", 0},
        {&table.ctxGetDevice, "cuCtxGetDevice", NULL, 0},
        {&table.importExternalMemory, "cuImportExternalMemory", NULL, 0},
        {&table.externalMemoryGetMappedBuffer, "cuExternalMemoryGetMappedBuffer", NULL, 0},
        {&table.externalMemoryGetMappedMipmappedArray, "cuExternalMemoryGetMappedMipmappedArray",
         NULL, 0},
        {&table.mipmappedArrayGetLevel, "cuMipmappedArrayGetLevel", NULL, 0},
        {&table.mipmappedArrayDestroy, "cuMipmappedArrayDestroy", NULL, 0},
        /* Version 1 of this one takes 32-bit pointers: never that. */
        {&table.memFree, "cuMemFree_v2", NULL, 0},
        {&table.destroyExternalMemory, "cuDestroyExternalMemory", NULL, 0},
        {&table.importExternalSemaphore, "cuImportExternalSemaphore", NULL, 0},
        {&table.signalExternalSemaphoresAsync, "cuSignalExternalSemaphoresAsync" VXM__CUDA_STREAM,
         NULL, 0},
        {&table.waitExternalSemaphoresAsync, "cuWaitExternalSemaphoresAsync" VXM__CUDA_STREAM, NULL,
         0},
        {&table.destroyExternalSemaphore, "cuDestroyExternalSemaphore", NULL, 0},
        {&table.deviceGetLuid, "cuDeviceGetLuid", NULL, 1},
        {&table.deviceGetGpuUuid, "cuDeviceGetUuid", NULL, 1},
    };

    if (getProc == NULL || cuda == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmCudaLoad: %s must not be NULL.",
                               getProc == NULL ? "getProc" : "cuda");
    }
    memset(&table, 0, sizeof(table));
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        void *symbol = getProc(user, functions[i].name);

        if (symbol == NULL && functions[i].other != NULL) {
            symbol = getProc(user, functions[i].other);
        }
        if (symbol == NULL && !functions[i].optional) {
            return vxmSetLastError(VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                                   "vxmCudaLoad: %s was not found. It should be in %s, which the "
                                   "NVIDIA driver installs; all that is needed here came with CUDA "
                                   "10.0, so a newer driver has it.",
                                   functions[i].name, VXM_CUDA_LIBRARY_NAME);
        }
        /* C has no cast between pointers to objects and to functions. */
        memcpy(functions[i].target, &symbol, sizeof(symbol));
    }
    *cuda = table;
    return VK_SUCCESS;
}

/* Whether a table was loaded; a sentence if not. */
static inline VkResult vxm__cuda_check_table(const char *caller, const VxmCuda *cuda)
{
    if (cuda == NULL || cuda->importExternalMemory == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: cuda is %s; vxmCudaLoad() fills it.", caller,
                               cuda == NULL ? "NULL" : "empty");
    }
    return VK_SUCCESS;
}

/* What CUDA answered, as Vulkan's and the library's errors. advice: a sentence, or "". */
static inline VkResult vxm__cuda_failed(const char *caller, const VxmCuda *cuda, CUresult error,
                                        const char *call, const char *advice)
{
    const char *name = NULL;
    const char *text = NULL;
    VkResult result = VK_ERROR_UNKNOWN;

    switch ((int)error) {
    case CUDA_ERROR_OUT_OF_MEMORY:
        result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
        break;
    case CUDA_ERROR_NOT_INITIALIZED:
        result = VK_ERROR_INITIALIZATION_FAILED;
        advice = "Call cuInit(0) first.";
        break;
    case CUDA_ERROR_INVALID_CONTEXT:
        result = VK_ERROR_INITIALIZATION_FAILED;
        advice = "No context is current on this thread: make one of this GPU current, such as its "
                 "primary one (cuDevicePrimaryCtxRetain, cuCtxSetCurrent).";
        break;
    case CUDA_ERROR_DEINITIALIZED:
    case CUDA_ERROR_NO_DEVICE:
        result = VK_ERROR_INITIALIZATION_FAILED;
        break;
    case CUDA_ERROR_INVALID_HANDLE:
    case CUDA_ERROR_OPERATING_SYSTEM:
        result = VK_ERROR_INVALID_EXTERNAL_HANDLE;
        break;
    case CUDA_ERROR_NOT_SUPPORTED:
        result = VK_ERROR_FEATURE_NOT_PRESENT;
        break;
    default:
        break;
    }
    if (cuda->getErrorName(error, &name) != CUDA_SUCCESS || name == NULL) {
        name = "an error of no name";
    }
    if (cuda->getErrorString(error, &text) != CUDA_SUCCESS || text == NULL) {
        text = "unknown to this driver";
    }
    return vxmSetLastError(result, VXM_ERROR_REASON_FOREIGN, (int64_t)error,
                           "%s: %s answered %s (%d: %s).%s%s", caller, call, name, (int)error, text,
                           advice[0] != '\0' ? " " : "", advice);
}

/* ---------------------------------------------------------------------------------------------- */
/* Device                                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/** @cond INTERNAL */
/* A UUID in 32 digits, as the library prints it. */
typedef struct Vxm__CudaUuidText {
    char text[2 * VK_UUID_SIZE + 1];
} Vxm__CudaUuidText;
/** @endcond */

/* Writes it. */
static inline Vxm__CudaUuidText vxm__cuda_uuid_text(const void *uuid)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *bytes = (const unsigned char *)uuid;
    Vxm__CudaUuidText result;
    size_t length = 0;

    for (size_t i = 0; i < VK_UUID_SIZE; i++) {
        result.text[length++] = digits[bytes[i] >> 4];
        result.text[length++] = digits[bytes[i] & 15];
    }
    result.text[length] = '\0';
    return result;
}

/* Whether a UUID is known. */
static inline int vxm__cuda_known(const uint8_t uuid[VK_UUID_SIZE])
{
    static const uint8_t unknown[VK_UUID_SIZE] = {0};

    return memcmp(uuid, unknown, sizeof(unknown)) != 0;
}

/* Whether CUDA's device is the one of that UUID or, where that is unknown, of that LUID (NULL:
 * none) and node mask (0: any). A device without LUID (TCC mode, Linux) is not. */
static inline CUresult vxm__cuda_matches(const VxmCuda *cuda, CUdevice device, const uint8_t *uuid,
                                         const uint8_t *luid, uint32_t nodeMask, int *matches)
{
    CUresult result = CUDA_SUCCESS;
    CUuuid own;

    *matches = 0;
    if (vxm__cuda_known(uuid)) {
        memset(&own, 0, sizeof(own));
        result = cuda->deviceGetUuid(&own, device);
        *matches = result == CUDA_SUCCESS && memcmp(&own, uuid, VK_UUID_SIZE) == 0;
    } else if (luid != NULL && cuda->deviceGetLuid != NULL) {
        char ownLuid[VK_LUID_SIZE] = {0};
        unsigned int ownMask = 0;

        if (cuda->deviceGetLuid(ownLuid, &ownMask, device) == CUDA_SUCCESS) {
            *matches = memcmp(ownLuid, luid, VK_LUID_SIZE) == 0 &&
                       (nodeMask == 0 || (nodeMask & ownMask) != 0);
        }
    }
    return result;
}

/**
 * Finds the CUDA device that is the same GPU as a Vulkan device. Their orders differ, and
 * CUDA_VISIBLE_DEVICES changes CUDA's: never go by the index.
 *
 * @param[in]  cuda      loaded; cuInit(0) must have been called.
 * @param[in]  identity  VxmDeviceInfo::identity. The UUID counts; if that is unknown, the LUID.
 * @param[out] device    receives CUDA's device.
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER if CUDA does not see that GPU; the sentence lists what it
 * sees. On a GPU in MIG mode CUDA sees an instance with a UUID of its own, which is none of
 * Vulkan's.
 *
 * Spec: cuDeviceGetUuid, cuDeviceGetLuid; VkPhysicalDeviceIDProperties.
 */
static inline VkResult vxmCudaFindDevice(const VxmCuda *cuda, const VxmIdentity *identity,
                                         CUdevice *device)
{
    static const char caller[] = "vxmCudaFindDevice";
    const char *mig = "";
    char seen[512] = "";
    size_t length = 0;
    int count = 0;
    VkResult valid = vxm__cuda_check_table(caller, cuda);
    CUresult result;

    if (valid != VK_SUCCESS) {
        return valid;
    }
    if (identity == NULL || device == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: %s must not be NULL.", caller,
                               identity == NULL ? "identity" : "device");
    }
    if (!vxm__cuda_known(identity->deviceUUID) && !identity->deviceLUIDValid) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: identity has neither a deviceUUID nor a deviceLUID.", caller);
    }
    result = cuda->deviceGetCount(&count);
    if (result != CUDA_SUCCESS) {
        return vxm__cuda_failed(caller, cuda, result, "cuDeviceGetCount", "");
    }
    for (int i = 0; i < count; i++) {
        Vxm__CudaUuidText uuid;
        char name[128] = "";
        CUdevice candidate = 0;
        int matches = 0;
        CUuuid own;

        memset(&own, 0, sizeof(own));
        result = cuda->deviceGet(&candidate, i);
        if (result != CUDA_SUCCESS) {
            return vxm__cuda_failed(caller, cuda, result, "cuDeviceGet", "");
        }
        result = vxm__cuda_matches(cuda, candidate, identity->deviceUUID,
                                   identity->deviceLUIDValid ? identity->deviceLUID : NULL,
                                   identity->deviceNodeMask, &matches);
        if (result != CUDA_SUCCESS) {
            return vxm__cuda_failed(caller, cuda, result, "cuDeviceGetUuid", "");
        }
        if (matches) {
            *device = candidate;
            return VK_SUCCESS;
        }
        if (cuda->deviceGetGpuUuid != NULL && vxm__cuda_known(identity->deviceUUID) &&
            cuda->deviceGetGpuUuid(&own, candidate) == CUDA_SUCCESS &&
            memcmp(&own, identity->deviceUUID, VK_UUID_SIZE) == 0) {
            mig = " That GPU is in MIG mode: CUDA has an instance of it, with a UUID of its own, "
                  "which can't share with the whole.";
        }
        /* A name or UUID that can't be had is left out of the list. */
        (void)cuda->deviceGetName(name, (int)sizeof(name) - 1, candidate);
        (void)cuda->deviceGetUuid(&own, candidate);
        uuid = vxm__cuda_uuid_text(&own);
        if (length + strlen(name) + sizeof(uuid.text) + 4 < sizeof(seen)) {
            if (length > 0) {
                memcpy(seen + length, ", ", 2);
                length += 2;
            }
            memcpy(seen + length, name, strlen(name));
            length += strlen(name);
            seen[length++] = ' ';
            memcpy(seen + length, uuid.text, sizeof(uuid.text));
            length += sizeof(uuid.text) - 1;
        }
    }
    return vxmSetLastError(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, 0,
                           "%s: CUDA does not see Vulkan's device%s%.128s, %s. It sees %d%s%s.%s "
                           "Choose another Vulkan "
                           "device, or look whether CUDA_VISIBLE_DEVICES hides this one.",
                           caller, identity->deviceName[0] != '\0' ? " " : "", identity->deviceName,
                           vxm__cuda_uuid_text(identity->deviceUUID).text, count,
                           count > 0 ? ": " : "", seen, mig);
}

/* Whether the current context is of the GPU that a description comes from, as far as that tells. */
static inline VkResult vxm__cuda_check_device(const char *caller, const VxmCuda *cuda,
                                              const uint8_t *uuid, const uint8_t *luid,
                                              uint32_t nodeMask)
{
    CUdevice device = 0;
    int matches = 0;
    CUuuid own;
    CUresult result = cuda->ctxGetDevice(&device);

    if (result != CUDA_SUCCESS) {
        return vxm__cuda_failed(caller, cuda, result, "cuCtxGetDevice", "");
    }
    if (!vxm__cuda_known(uuid) && (luid == NULL || cuda->deviceGetLuid == NULL)) {
        return VK_SUCCESS;
    }
    result = vxm__cuda_matches(cuda, device, uuid, luid, nodeMask, &matches);
    if (result != CUDA_SUCCESS) {
        return vxm__cuda_failed(caller, cuda, result, "cuDeviceGetUuid", "");
    }
    if (matches) {
        return VK_SUCCESS;
    }
    memset(&own, 0, sizeof(own));
    (void)cuda->deviceGetUuid(&own, device);
    return vxmSetLastError(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, 0,
                           "%s: what is to be imported is of the GPU with %s %s, and the current "
                           "CUDA context is of %s. vxmCudaFindDevice() finds the right one.",
                           caller,
                           vxm__cuda_known(uuid) ? "the UUID" : "another LUID, UUID unknown,",
                           vxm__cuda_known(uuid) ? vxm__cuda_uuid_text(uuid).text : "",
                           vxm__cuda_uuid_text(&own).text);
}

/* ---------------------------------------------------------------------------------------------- */
/* Memory                                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/** What CUDA is to make of imported memory. */
typedef enum VxmCudaMapFlagBits {
    /** A device pointer. To a buffer, to raw memory, to the rows of a LINEAR image; to the texels
     * of an OPTIMAL one in the driver's own order. */
    VXM_CUDA_MAP_POINTER_BIT = 0x1,
    /** A mipmapped array, for texture and surface objects: an OPTIMAL image only. */
    VXM_CUDA_MAP_ARRAY_BIT = 0x2,
    VXM_CUDA_MAP_FLAG_BITS_MAX_ENUM = 0x7FFFFFFF
} VxmCudaMapFlagBits;
/** VxmCudaMapFlagBits together. */
typedef uint32_t VxmCudaMapFlags;

/** How memory is imported into CUDA. All zero is a good start. */
typedef struct VxmCudaImportInfo {
    /** VxmCudaMapFlagBits; 0: an array of an image whose tiling isn't LINEAR, a pointer of the
     * rest.
     */
    VxmCudaMapFlags map;
    /** CUDA_ARRAY3D_* flags beyond those that follow from the image (see vxmCudaDescribeArray()),
     * such as CUDA_ARRAY3D_TEXTURE_GATHER. */
    unsigned int arrayFlags;
    /** vxmCudaImportMemory() only: the type to export as, one of those that the memory was made
     * for; 0: OPAQUE_FD, on Windows OPAQUE_WIN32. */
    uint32_t handleType;
} VxmCudaImportInfo;

/** Memory in CUDA. Everything in it is its own, and ends with vxmCudaDestroyMemory(). */
typedef struct VxmCudaMemory {
    CUexternalMemory externalMemory; /**< NULL: empty. */
    CUdeviceptr pointer;             /**< Of the resource's first byte; 0: not asked for. */
    uint64_t size; /**< Bytes at pointer: the buffer's, otherwise to the allocation's end. */
    /** LINEAR image: bytes from one row to the next, as Vulkan's driver lays it out; otherwise 0.
     */
    uint64_t rowPitch;
    uint64_t arrayPitch;             /**< ... from one layer to the next; 0: one layer. */
    uint64_t depthPitch;             /**< ... from one slice to the next; 0: one slice. */
    CUmipmappedArray mipmappedArray; /**< NULL: not asked for. */
    CUarray array;                   /**< Its level 0. */
} VxmCudaMemory;

/* The array format of a Vulkan format; a sentence if there is none. */
static inline VkResult vxm__cuda_find_format(const char *caller, VkFormat format,
                                             CUarray_format *array, unsigned int *channels)
{
    static const struct {
        VkFormat format;
        CUarray_format array;
        unsigned int channels;
    } formats[] = {
        {VK_FORMAT_R8_UNORM, CU_AD_FORMAT_UNSIGNED_INT8, 1},
        {VK_FORMAT_R8_UINT, CU_AD_FORMAT_UNSIGNED_INT8, 1},
        {VK_FORMAT_R8_SRGB, CU_AD_FORMAT_UNSIGNED_INT8, 1},
        {VK_FORMAT_R8_SNORM, CU_AD_FORMAT_SIGNED_INT8, 1},
        {VK_FORMAT_R8_SINT, CU_AD_FORMAT_SIGNED_INT8, 1},
        {VK_FORMAT_R8G8_UNORM, CU_AD_FORMAT_UNSIGNED_INT8, 2},
        {VK_FORMAT_R8G8_UINT, CU_AD_FORMAT_UNSIGNED_INT8, 2},
        {VK_FORMAT_R8G8_SRGB, CU_AD_FORMAT_UNSIGNED_INT8, 2},
        {VK_FORMAT_R8G8_SNORM, CU_AD_FORMAT_SIGNED_INT8, 2},
        {VK_FORMAT_R8G8_SINT, CU_AD_FORMAT_SIGNED_INT8, 2},
        {VK_FORMAT_R8G8B8A8_UNORM, CU_AD_FORMAT_UNSIGNED_INT8, 4},
        {VK_FORMAT_R8G8B8A8_UINT, CU_AD_FORMAT_UNSIGNED_INT8, 4},
        {VK_FORMAT_R8G8B8A8_SRGB, CU_AD_FORMAT_UNSIGNED_INT8, 4},
        {VK_FORMAT_R8G8B8A8_SNORM, CU_AD_FORMAT_SIGNED_INT8, 4},
        {VK_FORMAT_R8G8B8A8_SINT, CU_AD_FORMAT_SIGNED_INT8, 4},
        {VK_FORMAT_B8G8R8A8_UNORM, CU_AD_FORMAT_UNSIGNED_INT8, 4},
        {VK_FORMAT_B8G8R8A8_UINT, CU_AD_FORMAT_UNSIGNED_INT8, 4},
        {VK_FORMAT_B8G8R8A8_SRGB, CU_AD_FORMAT_UNSIGNED_INT8, 4},
        {VK_FORMAT_B8G8R8A8_SNORM, CU_AD_FORMAT_SIGNED_INT8, 4},
        {VK_FORMAT_B8G8R8A8_SINT, CU_AD_FORMAT_SIGNED_INT8, 4},
        {VK_FORMAT_A8B8G8R8_UNORM_PACK32, CU_AD_FORMAT_UNSIGNED_INT8, 4},
        {VK_FORMAT_A8B8G8R8_UINT_PACK32, CU_AD_FORMAT_UNSIGNED_INT8, 4},
        {VK_FORMAT_A8B8G8R8_SRGB_PACK32, CU_AD_FORMAT_UNSIGNED_INT8, 4},
        {VK_FORMAT_A8B8G8R8_SNORM_PACK32, CU_AD_FORMAT_SIGNED_INT8, 4},
        {VK_FORMAT_A8B8G8R8_SINT_PACK32, CU_AD_FORMAT_SIGNED_INT8, 4},
        {VK_FORMAT_R16_UNORM, CU_AD_FORMAT_UNSIGNED_INT16, 1},
        {VK_FORMAT_R16_UINT, CU_AD_FORMAT_UNSIGNED_INT16, 1},
        {VK_FORMAT_R16_SNORM, CU_AD_FORMAT_SIGNED_INT16, 1},
        {VK_FORMAT_R16_SINT, CU_AD_FORMAT_SIGNED_INT16, 1},
        {VK_FORMAT_R16_SFLOAT, CU_AD_FORMAT_HALF, 1},
        {VK_FORMAT_R16G16_UNORM, CU_AD_FORMAT_UNSIGNED_INT16, 2},
        {VK_FORMAT_R16G16_UINT, CU_AD_FORMAT_UNSIGNED_INT16, 2},
        {VK_FORMAT_R16G16_SNORM, CU_AD_FORMAT_SIGNED_INT16, 2},
        {VK_FORMAT_R16G16_SINT, CU_AD_FORMAT_SIGNED_INT16, 2},
        {VK_FORMAT_R16G16_SFLOAT, CU_AD_FORMAT_HALF, 2},
        {VK_FORMAT_R16G16B16A16_UNORM, CU_AD_FORMAT_UNSIGNED_INT16, 4},
        {VK_FORMAT_R16G16B16A16_UINT, CU_AD_FORMAT_UNSIGNED_INT16, 4},
        {VK_FORMAT_R16G16B16A16_SNORM, CU_AD_FORMAT_SIGNED_INT16, 4},
        {VK_FORMAT_R16G16B16A16_SINT, CU_AD_FORMAT_SIGNED_INT16, 4},
        {VK_FORMAT_R16G16B16A16_SFLOAT, CU_AD_FORMAT_HALF, 4},
        {VK_FORMAT_R32_UINT, CU_AD_FORMAT_UNSIGNED_INT32, 1},
        {VK_FORMAT_R32_SINT, CU_AD_FORMAT_SIGNED_INT32, 1},
        {VK_FORMAT_R32_SFLOAT, CU_AD_FORMAT_FLOAT, 1},
        {VK_FORMAT_R32G32_UINT, CU_AD_FORMAT_UNSIGNED_INT32, 2},
        {VK_FORMAT_R32G32_SINT, CU_AD_FORMAT_SIGNED_INT32, 2},
        {VK_FORMAT_R32G32_SFLOAT, CU_AD_FORMAT_FLOAT, 2},
        {VK_FORMAT_R32G32B32A32_UINT, CU_AD_FORMAT_UNSIGNED_INT32, 4},
        {VK_FORMAT_R32G32B32A32_SINT, CU_AD_FORMAT_SIGNED_INT32, 4},
        {VK_FORMAT_R32G32B32A32_SFLOAT, CU_AD_FORMAT_FLOAT, 4},
    };

    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        if (formats[i].format == format) {
            *array = formats[i].array;
            *channels = formats[i].channels;
            return VK_SUCCESS;
        }
    }
    return vxmSetLastError(
        VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
        "%s: VkFormat %d has no equal among CUDA's array formats, which have 1, "
        "2 or 4 channels of 8, 16 or 32 bits each. Use such a format, or a buffer.",
        caller, (int)format);
}

/**
 * The array format that has a Vulkan format's texels: same size, same channels, in the order in
 * which they lie in memory, so that B8G8R8A8's first channel is blue. CUDA's integer formats stand
 * for Vulkan's integer and normalized ones (read those with CU_TRSF_READ_AS_INTEGER off), and for
 * sRGB (CU_TRSF_SRGB).
 *
 * @param      format    Vulkan's.
 * @param[out] array     receives CUDA's.
 * @param[out] channels  receives 1, 2 or 4.
 *
 * Errors: VK_ERROR_FORMAT_NOT_SUPPORTED for formats without equivalent: three channels, packed,
 * 64-bit, depth and stencil, compressed and multi-planar ones.
 */
static inline VkResult vxmCudaGetFormat(VkFormat format, CUarray_format *array,
                                        unsigned int *channels)
{
    if (array == NULL || channels == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmCudaGetFormat: %s must not be NULL.",
                               array == NULL ? "array" : "channels");
    }
    return vxm__cuda_find_format("vxmCudaGetFormat", format, array, channels);
}

/* The description of an image as an array; a sentence if it can be none. */
static inline VkResult vxm__cuda_describe_array(const char *caller, const VxmShared *shared,
                                                unsigned int flags,
                                                CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC *desc)
{
    const VxmImageDescription *image = &shared->image;
    const char *refused = NULL;
    CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC made;
    VkResult result;

    if (shared->resourceType != VXM_RESOURCE_TYPE_IMAGE) {
        refused = "it is no image; take VXM_CUDA_MAP_POINTER_BIT";
    } else if (shared->handleType == (uint32_t)VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT) {
        refused = "CUDA makes no arrays of dma-bufs; take VXM_CUDA_MAP_POINTER_BIT";
    } else if (shared->memoryCount != 1) {
        refused = "it is disjoint, and an array is of one memory";
    } else if (image->tiling == VK_IMAGE_TILING_LINEAR) {
        refused = "its tiling is LINEAR, and CUDA's arrays have the driver's own; create it with "
                  "VK_IMAGE_TILING_OPTIMAL, or take VXM_CUDA_MAP_POINTER_BIT with "
                  "VxmCudaMemory::rowPitch";
    } else if (image->tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT) {
        refused = "it has a DRM modifier, which CUDA knows nothing of; create it with "
                  "VK_IMAGE_TILING_OPTIMAL";
    } else if (image->samples > VK_SAMPLE_COUNT_1_BIT) {
        refused = "it is multisampled, and CUDA's arrays are not; resolve it into another image";
    }
    if (refused != NULL) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: this can't be a mipmapped array: %s.", caller, refused);
    }
    memset(&made, 0, sizeof(made));
    result = vxm__cuda_find_format(caller, image->format, &made.arrayDesc.Format,
                                   &made.arrayDesc.NumChannels);
    if (result == VK_SUCCESS) {
        result = vxmCheckDescription(shared);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    made.offset = shared->memories[0].offset;
    made.numLevels = image->mipLevels;
    made.arrayDesc.Width = image->extent.width;
    made.arrayDesc.Height = image->imageType == VK_IMAGE_TYPE_1D ? 0 : image->extent.height;
    made.arrayDesc.Depth = image->imageType == VK_IMAGE_TYPE_3D ? image->extent.depth : 0;
    made.arrayDesc.Flags = flags;
    if (image->arrayLayers > 1) {
        const int cubes = (image->flags & VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT) != 0 &&
                          image->arrayLayers % 6 == 0;

        made.arrayDesc.Depth = image->arrayLayers;
        if (cubes) {
            made.arrayDesc.Flags |= CUDA_ARRAY3D_CUBEMAP;
        }
        if (!cubes || image->arrayLayers > 6) {
            made.arrayDesc.Flags |= CUDA_ARRAY3D_LAYERED;
        }
    }
    if ((image->usage & VK_IMAGE_USAGE_STORAGE_BIT) != 0) {
        made.arrayDesc.Flags |= CUDA_ARRAY3D_SURFACE_LDST;
    }
    if ((image->usage & VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT) != 0) {
        made.arrayDesc.Flags |= CUDA_ARRAY3D_COLOR_ATTACHMENT;
    }
    *desc = made;
    return VK_SUCCESS;
}

/**
 * Describes an image as cuExternalMemoryGetMappedMipmappedArray() wants it: for code that calls
 * that itself. The import functions do it by themselves.
 *
 * A 1D image has height 0, a 1D or 2D image depth 0; layers are CUDA_ARRAY3D_LAYERED with their
 * number as depth; six layers that VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT lets a cube be made of are
 * CUDA_ARRAY3D_CUBEMAP, and a multiple of six both. VK_IMAGE_USAGE_STORAGE_BIT becomes
 * CUDA_ARRAY3D_SURFACE_LDST, VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT CUDA_ARRAY3D_COLOR_ATTACHMENT: so
 * give the image VK_IMAGE_USAGE_STORAGE_BIT if a kernel is to write it.
 *
 * @param[in]  shared  of an image, with its handleType; the handle itself is not looked at.
 * @param      flags   more CUDA_ARRAY3D_* flags.
 * @param[out] desc    receives the description, reserved fields zero.
 *
 * Errors: VK_ERROR_FEATURE_NOT_PRESENT for what is no image, is LINEAR (its rows can be read
 * through a pointer), has a DRM modifier, is multisampled, disjoint, or a dma-buf; as
 * vxmCudaGetFormat() and vxmCheckDescription().
 *
 * Spec: CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC, cuMipmappedArrayCreate.
 */
static inline VkResult vxmCudaDescribeArray(const VxmShared *shared, unsigned int flags,
                                            CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC *desc)
{
    if (shared == NULL || desc == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmCudaDescribeArray: %s must not be NULL.",
                               shared == NULL ? "shared" : "desc");
    }
    return vxm__cuda_describe_array("vxmCudaDescribeArray", shared, flags, desc);
}

/** @cond INTERNAL */
/* A handle type as CUDA has it; type 0 is none. By number: older cuda.h lack the later ones. */
typedef struct Vxm__CudaType {
    uint32_t type; /* Vulkan's bit */
    int cudaType;  /* CUexternalMemoryHandleType, CUexternalSemaphoreHandleType */
    int timeline;  /* of semaphores: the same for timelines; 0: none */
    int isFd;      /* CUDA takes it when it imports it */
    int isName;    /* a name may stand in for the handle */
    int dedicated; /* CUDA wants to be told so: 1 in any case, -1 never, 0 as it is */
} Vxm__CudaType;
/** @endcond */

/* The memory handle types that CUDA has on this system. */
static inline Vxm__CudaType vxm__cuda_memory_type(uint32_t type)
{
    static const Vxm__CudaType types[] = {
#ifdef _WIN32
        {0x02u, 2, 0, 0, 1, 0}, /* OPAQUE_WIN32 */
        {0x04u, 3, 0, 0, 0, 0}, /* OPAQUE_WIN32_KMT */
        {0x08u, 6, 0, 0, 1, 1}, /* D3D11_TEXTURE */
        {0x10u, 7, 0, 0, 0, 1}, /* D3D11_TEXTURE_KMT */
        {0x20u, 4, 0, 0, 1, 0}, /* D3D12_HEAP */
        {0x40u, 5, 0, 0, 1, 1}, /* D3D12_RESOURCE */
#else
        {0x001u, 1, 0, 1, 0, 0},  /* OPAQUE_FD */
        {0x200u, 9, 0, 1, 0, -1}, /* DMA_BUF, on Jetson Thor */
#endif
        {0, 0, 0, 0, 0, 0},
    };
    size_t i = 0;

    while (types[i].type != 0 && types[i].type != type) {
        i++;
    }
    return types[i];
}

/* The same for semaphores. */
static inline Vxm__CudaType vxm__cuda_semaphore_type(uint32_t type)
{
    static const Vxm__CudaType types[] = {
#ifdef _WIN32
        {0x2u, 2, 10, 0, 1, 0}, /* OPAQUE_WIN32 */
        {0x4u, 3, 0, 0, 0, 0},  /* OPAQUE_WIN32_KMT */
        {0x8u, 0, 4, 0, 1, 0},  /* D3D12_FENCE */
#else
        {0x1u, 1, 9, 1, 0, 0},    /* OPAQUE_FD */
#endif
        {0, 0, 0, 0, 0, 0},
    };
    size_t i = 0;

    while (types[i].type != 0 && types[i].type != type) {
        i++;
    }
    return types[i];
}

/* Whether the handle of a description is there, of the kind and type that it should be. */
static inline VkResult vxm__cuda_check_handle(const char *caller, const VxmHandle *handle,
                                              const wchar_t *name, VxmHandleKind kind,
                                              const Vxm__CudaType *type)
{
    if (name != NULL && (handle->type != 0 || name[0] == L'\0')) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: the name is %s. Give either a handle or a name.", caller,
                               handle->type != 0 ? "given, and so is a handle" : "empty");
    }
    if (handle->type == 0 && (name == NULL || !type->isName)) {
        return vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: the handle is empty. After decoding, put in the one that "
                               "travelled beside.",
                               caller);
    }
    if (handle->type != 0 && (handle->type != type->type || handle->kind != kind)) {
        return vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: handleType is %s, but the handle is of %s.", caller,
                               vxmHandleTypeName(kind, type->type),
                               handle->kind != kind ? "another kind"
                                                    : vxmHandleTypeName(kind, handle->type));
    }
    return VK_SUCCESS;
}

/* A handle that CUDA may take: a duplicate where it does, otherwise the caller's own. */
static inline VkResult vxm__cuda_borrow(const VxmHandle *handle, const Vxm__CudaType *type,
                                        VxmHandle *borrowed)
{
    VkResult result = vxmCheckHandle(handle);

    if (result == VK_SUCCESS && type->isFd) {
        result = vxmDuplicateHandle(handle, borrowed);
    } else if (result == VK_SUCCESS) {
        *borrowed = *handle;
    }
    return result;
}

/**
 * Ends memory in CUDA: frees the pointer, the array and the import, and empties the struct. The
 * context that was current at the import must be current, and no kernel may still use it;
 * cuMemFree() waits for those anyway.
 *
 * @param[in]     cuda    loaded; with none nothing is ended, and memory stays as it is.
 * @param[in,out] memory  NULL or empty is fine.
 *
 * Spec: cuMemFree, cuMipmappedArrayDestroy, cuDestroyExternalMemory.
 */
static inline void vxmCudaDestroyMemory(const VxmCuda *cuda, VxmCudaMemory *memory)
{
    if (cuda == NULL || cuda->destroyExternalMemory == NULL || memory == NULL) {
        return;
    }
    /* What is mapped goes first. An error here is one of earlier work, which CUDA will tell again.
     */
    if (memory->pointer != 0) {
        (void)cuda->memFree(memory->pointer);
    }
    if (memory->mipmappedArray != NULL) {
        (void)cuda->mipmappedArrayDestroy(memory->mipmappedArray);
    }
    if (memory->externalMemory != NULL) {
        (void)cuda->destroyExternalMemory(memory->externalMemory);
    }
    memset(memory, 0, sizeof(*memory));
}

/* Where the resource lies in its allocation, and how much of that a pointer spans. */
static inline VkResult vxm__cuda_find_range(const char *caller, const VxmShared *shared,
                                            VxmCudaMemory *memory,
                                            CUDA_EXTERNAL_MEMORY_BUFFER_DESC *range)
{
    const uint64_t allocationSize = shared->memories[0].allocationSize;
    const VxmPlaneLayout *plane = &shared->image.planes[0];
    uint64_t offset = shared->memories[0].offset;

    memset(range, 0, sizeof(*range));
    if (shared->resourceType == VXM_RESOURCE_TYPE_IMAGE && shared->image.planeCount > 0) {
        offset = plane->offset;
        memory->rowPitch = plane->rowPitch;
        memory->arrayPitch = plane->arrayPitch;
        memory->depthPitch = plane->depthPitch;
    }
    memory->size = offset < allocationSize ? allocationSize - offset : 0;
    if (shared->resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        memory->size = shared->buffer.size <= memory->size ? shared->buffer.size : 0;
    }
    if (memory->size == 0) {
        return vxmSetLastError(
            VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
            "%s: a resource of %llu bytes from offset %llu on does not lie within the allocation's "
            "allocationSize of %llu.",
            caller,
            shared->resourceType == VXM_RESOURCE_TYPE_BUFFER
                ? (unsigned long long)shared->buffer.size
                : 1ull,
            (unsigned long long)offset, (unsigned long long)allocationSize);
    }
    range->offset = offset;
    range->size = memory->size;
    return VK_SUCCESS;
}

/**
 * Imports memory that comes from Vulkan, of this process or another, and maps it.
 *
 * @param[in]  cuda    loaded.
 * @param[in]  shared  the description with its handle, which stays yours.
 * @param[in]  info    optional; NULL is the same as all zero.
 * @param[out] memory  receives it; end it with vxmCudaDestroyMemory().
 *
 * CUDA is told the allocation's size and, by CUDA_EXTERNAL_MEMORY_DEDICATED, whether it is
 * dedicated, both from the description. NVIDIA 580 was seen to check neither, so a description that
 * isn't true is not noticed: take it from vxm. It does not see Vulkan's synchronisation: let Vulkan
 * release the memory (vxmCmdReleaseMemory(), VK_QUEUE_FAMILY_EXTERNAL, an image in
 * VK_IMAGE_LAYOUT_GENERAL), and order both sides by a semaphore.
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER if the current context is of another GPU;
 * VK_ERROR_FEATURE_NOT_PRESENT for a handle type that CUDA doesn't have here, a disjoint image, and
 * as vxmCudaDescribeArray(); VK_ERROR_FORMAT_NOT_SUPPORTED; VK_ERROR_INVALID_EXTERNAL_HANDLE for a
 * handle that is missing, closed, or refused by CUDA; VK_ERROR_TOO_MANY_OBJECTS if it can't be
 * duplicated; as vxmCheckDescription(). All but CUDA's own answers come before CUDA sees the
 * handle.
 *
 * Spec: cuImportExternalMemory, cuExternalMemoryGetMappedBuffer,
 * cuExternalMemoryGetMappedMipmappedArray.
 */
static inline VkResult vxmCudaImportShared(const VxmCuda *cuda, const VxmShared *shared,
                                           const VxmCudaImportInfo *info, VxmCudaMemory *memory)
{
    static const char caller[] = "vxmCudaImportShared";
    CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC array;
    CUDA_EXTERNAL_MEMORY_BUFFER_DESC range;
    CUDA_EXTERNAL_MEMORY_HANDLE_DESC handle;
    const VxmSharedMemory *source;
    VxmHandle borrowed;
    VxmCudaMemory made;
    Vxm__CudaType type;
    VxmCudaMapFlags map;
    VkResult result;
    CUresult answer;

    memset(&borrowed, 0, sizeof(borrowed));
    memset(&made, 0, sizeof(made));
    memset(&array, 0, sizeof(array));
    memset(&handle, 0, sizeof(handle));
    result = vxm__cuda_check_table(caller, cuda);
    if (result != VK_SUCCESS) {
        return result;
    }
    if (shared == NULL || memory == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: %s must not be NULL.", caller,
                               shared == NULL ? "shared" : "memory");
    }
    source = &shared->memories[0];
    map = info != NULL ? info->map : 0;
    if (map == 0) {
        map = shared->resourceType == VXM_RESOURCE_TYPE_IMAGE &&
                      shared->image.tiling != VK_IMAGE_TILING_LINEAR
                  ? VXM_CUDA_MAP_ARRAY_BIT
                  : VXM_CUDA_MAP_POINTER_BIT;
    }
    if ((map & ~(VxmCudaMapFlags)(VXM_CUDA_MAP_POINTER_BIT | VXM_CUDA_MAP_ARRAY_BIT)) != 0) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: info->map is 0x%x, which is not made of VxmCudaMapFlagBits.",
                               caller, (unsigned)map);
    }
    type = vxm__cuda_memory_type(shared->handleType);
    if (type.type == 0) {
        return vxmSetLastError(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: CUDA can't import %s on this system. Export the memory as %s%s.", caller,
            vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, shared->handleType),
            vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, VXM__CUDA_OPAQUE),
            shared->handleType == (uint32_t)VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT
                ? "; for memory of the program's own there is cuMemHostRegister()"
                : "");
    }
    if (shared->memoryCount != 1) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the description has %u memories. A disjoint image is more than "
                               "one import to CUDA: share it as buffers, or not disjoint.",
                               caller, shared->memoryCount);
    }
    if (source->allocationSize == 0) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: allocationSize is 0, and CUDA must be told the allocation's "
                               "exact size.",
                               caller);
    }
    if ((map & VXM_CUDA_MAP_ARRAY_BIT) != 0) {
        result =
            vxm__cuda_describe_array(caller, shared, info != NULL ? info->arrayFlags : 0, &array);
    }
    if (result == VK_SUCCESS) {
        result = vxmCheckDescription(shared);
    }
    if (result == VK_SUCCESS) {
        result = vxm__cuda_find_range(caller, shared, &made, &range);
    }
    if (result == VK_SUCCESS) {
        result = vxm__cuda_check_handle(caller, &source->handle, source->name,
                                        VXM_HANDLE_KIND_MEMORY, &type);
    }
    if (result == VK_SUCCESS) {
        result = vxm__cuda_check_device(caller, cuda, shared->deviceUUID,
                                        shared->deviceLUIDValid ? shared->deviceLUID : NULL,
                                        shared->deviceNodeMask);
    }
    if (result == VK_SUCCESS && source->handle.type != 0) {
        result = vxm__cuda_borrow(&source->handle, &type, &borrowed);
    }
    if (result != VK_SUCCESS) {
        return result;
    }

    handle.type = (CUexternalMemoryHandleType)type.cudaType;
    handle.size = source->allocationSize;
    handle.flags = type.dedicated > 0 || (type.dedicated == 0 && shared->dedicated)
                       ? CUDA_EXTERNAL_MEMORY_DEDICATED
                       : 0;
    if (type.isFd) {
        handle.handle.fd = borrowed.fd;
    } else if (source->handle.type != 0) {
        handle.handle.win32.handle = borrowed.ptr;
    } else {
        handle.handle.win32.name = source->name;
    }
    answer = cuda->importExternalMemory(&made.externalMemory, &handle);
    if (answer != CUDA_SUCCESS) {
        if (type.isFd) {
            /* The documentation leaves it to the caller; NVIDIA 580 has closed it by itself. */
            vxmCloseUnlessTaken(&source->handle, &borrowed);
        }
        return vxm__cuda_failed(
            caller, cuda, answer, "cuImportExternalMemory",
            "The handle must be one that Vulkan's driver for this GPU exported, with the same size "
            "and dedicated or not as the description says.");
    }

    if ((map & VXM_CUDA_MAP_POINTER_BIT) != 0) {
        answer = cuda->externalMemoryGetMappedBuffer(&made.pointer, made.externalMemory, &range);
        if (answer != CUDA_SUCCESS) {
            made.pointer = 0;
            result = vxm__cuda_failed(caller, cuda, answer, "cuExternalMemoryGetMappedBuffer", "");
            goto fail;
        }
    } else {
        made.size = 0;
    }
    if ((map & VXM_CUDA_MAP_ARRAY_BIT) != 0) {
        answer = cuda->externalMemoryGetMappedMipmappedArray(&made.mipmappedArray,
                                                             made.externalMemory, &array);
        if (answer != CUDA_SUCCESS) {
            made.mipmappedArray = NULL;
            result = vxm__cuda_failed(
                caller, cuda, answer, "cuExternalMemoryGetMappedMipmappedArray",
                "CUDA's limits for a texture or surface of this kind may be lower than Vulkan's.");
            goto fail;
        }
        answer = cuda->mipmappedArrayGetLevel(&made.array, made.mipmappedArray, 0);
        if (answer != CUDA_SUCCESS) {
            result = vxm__cuda_failed(caller, cuda, answer, "cuMipmappedArrayGetLevel", "");
            goto fail;
        }
    }
    *memory = made;
    return VK_SUCCESS;

fail:
    vxmCudaDestroyMemory(cuda, &made);
    return result;
}

/**
 * Imports memory of this process: exports it, imports it, closes the handle.
 *
 * @param[in]  cuda    loaded.
 * @param      memory  made or imported with a handle type that CUDA has; may be destroyed while
 *                     CUDA still uses it, unless it is shared by a KMT number.
 * @param[in]  info    optional; NULL is the same as all zero.
 * @param[out] out     receives it; end it with vxmCudaDestroyMemory().
 *
 * Errors: as vxmExportMemory() and vxmCudaImportShared().
 */
static inline VkResult vxmCudaImportMemory(const VxmCuda *cuda, VxmMemory memory,
                                           const VxmCudaImportInfo *info, VxmCudaMemory *out)
{
    const uint32_t type =
        info != NULL && info->handleType != 0 ? info->handleType : (uint32_t)VXM__CUDA_OPAQUE;
    VxmShared shared;
    VkResult result = vxm__cuda_check_table("vxmCudaImportMemory", cuda);

    if (result == VK_SUCCESS && out == NULL) {
        result = vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                                 "vxmCudaImportMemory: out must not be NULL.");
    }
    if (result == VK_SUCCESS) {
        result = vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type, &shared);
    }
    if (result == VK_SUCCESS) {
        result = vxmCudaImportShared(cuda, &shared, info, out);
        vxmCloseShared(&shared);
    }
    return result;
}

/* ---------------------------------------------------------------------------------------------- */
/* Semaphores                                                                                     */
/* ---------------------------------------------------------------------------------------------- */

/** A semaphore in CUDA. */
typedef struct VxmCudaSemaphore {
    CUexternalSemaphore semaphore; /**< NULL: empty. */
    VkSemaphoreType semaphoreType; /**< Whether values count. */
} VxmCudaSemaphore;

/**
 * Imports a semaphore that comes from Vulkan, of this process or another.
 *
 * @param[in]  cuda       loaded.
 * @param[in]  shared     the description with its handle, which stays yours: OPAQUE_FD or
 *                        OPAQUE_WIN32, binary or timeline; OPAQUE_WIN32_KMT, binary; D3D12_FENCE.
 * @param[out] semaphore  receives it; end it with vxmCudaDestroySemaphore().
 *
 * Timelines came with CUDA 11.2.
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER if the current context is of another GPU;
 * VK_ERROR_FEATURE_NOT_PRESENT for a handle type that CUDA doesn't have (a sync fd, or a timeline
 * as KMT number); VK_ERROR_INVALID_EXTERNAL_HANDLE for a handle that is missing, closed, or refused
 * by CUDA.
 *
 * Spec: cuImportExternalSemaphore.
 */
static inline VkResult vxmCudaImportSharedSemaphore(const VxmCuda *cuda,
                                                    const VxmSharedSemaphore *shared,
                                                    VxmCudaSemaphore *semaphore)
{
    static const char caller[] = "vxmCudaImportSharedSemaphore";
    CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC handle;
    CUexternalSemaphore made = NULL;
    VxmHandle borrowed;
    Vxm__CudaType type;
    VkResult result;
    CUresult answer;
    int cudaType;

    memset(&borrowed, 0, sizeof(borrowed));
    memset(&handle, 0, sizeof(handle));
    result = vxm__cuda_check_table(caller, cuda);
    if (result != VK_SUCCESS) {
        return result;
    }
    if (shared == NULL || semaphore == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: %s must not be NULL.", caller,
                               shared == NULL ? "shared" : "semaphore");
    }
    if (shared->semaphoreType != VK_SEMAPHORE_TYPE_BINARY &&
        shared->semaphoreType != VK_SEMAPHORE_TYPE_TIMELINE) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: semaphoreType is %d, neither BINARY nor TIMELINE.", caller,
                               (int)shared->semaphoreType);
    }
    type = vxm__cuda_semaphore_type(shared->handleType);
    cudaType = shared->semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE ? type.timeline : type.cudaType;
    if (cudaType == 0) {
        return vxmSetLastError(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: CUDA can't import a %s semaphore as %s on this system. Export it as %s.", caller,
            shared->semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE ? "timeline" : "binary",
            vxmHandleTypeName(VXM_HANDLE_KIND_SEMAPHORE, shared->handleType),
            vxmHandleTypeName(VXM_HANDLE_KIND_SEMAPHORE, VXM__CUDA_OPAQUE));
    }
    result = vxm__cuda_check_handle(caller, &shared->handle, shared->name,
                                    VXM_HANDLE_KIND_SEMAPHORE, &type);
    if (result == VK_SUCCESS) {
        result = vxm__cuda_check_device(caller, cuda, shared->deviceUUID,
                                        shared->deviceLUIDValid ? shared->deviceLUID : NULL, 0);
    }
    if (result == VK_SUCCESS && shared->handle.type != 0) {
        result = vxm__cuda_borrow(&shared->handle, &type, &borrowed);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    handle.type = (CUexternalSemaphoreHandleType)cudaType;
    if (type.isFd) {
        handle.handle.fd = borrowed.fd;
    } else if (shared->handle.type != 0) {
        handle.handle.win32.handle = borrowed.ptr;
    } else {
        handle.handle.win32.name = shared->name;
    }
    answer = cuda->importExternalSemaphore(&made, &handle);
    if (answer != CUDA_SUCCESS) {
        if (type.isFd) {
            vxmCloseUnlessTaken(&shared->handle, &borrowed);
        }
        return vxm__cuda_failed(caller, cuda, answer, "cuImportExternalSemaphore",
                                "The handle must be one that Vulkan's driver for this GPU "
                                "exported; timelines need CUDA 11.2.");
    }
    semaphore->semaphore = made;
    semaphore->semaphoreType = shared->semaphoreType;
    return VK_SUCCESS;
}

/**
 * Imports a semaphore of this process: exports it, imports it, closes the handle.
 *
 * @param[in]  cuda        loaded.
 * @param      semaphore   made or imported with a handle type that CUDA has.
 * @param      handleType  the VkExternalSemaphoreHandleTypeFlagBits to export as; 0: OPAQUE_FD, on
 *                         Windows OPAQUE_WIN32.
 * @param[out] out         receives it; end it with vxmCudaDestroySemaphore().
 *
 * Errors: as vxmExportSemaphore() and vxmCudaImportSharedSemaphore().
 */
static inline VkResult vxmCudaImportSemaphore(const VxmCuda *cuda, VxmSemaphore semaphore,
                                              uint32_t handleType, VxmCudaSemaphore *out)
{
    const uint32_t type = handleType != 0 ? handleType : (uint32_t)VXM__CUDA_OPAQUE;
    VxmSharedSemaphore shared;
    VkResult result = vxm__cuda_check_table("vxmCudaImportSemaphore", cuda);

    if (result == VK_SUCCESS && out == NULL) {
        result = vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                                 "vxmCudaImportSemaphore: out must not be NULL.");
    }
    if (result == VK_SUCCESS) {
        result =
            vxmExportSemaphore(semaphore, (VkExternalSemaphoreHandleTypeFlagBits)type, &shared);
    }
    if (result == VK_SUCCESS) {
        result = vxmCudaImportSharedSemaphore(cuda, &shared, out);
        vxmCloseSharedSemaphore(&shared);
    }
    return result;
}

/* Whether a semaphore can be waited for or signalled; a sentence if not. */
static inline VkResult vxm__cuda_check_semaphore(const char *caller, const VxmCuda *cuda,
                                                 const VxmCudaSemaphore *semaphore)
{
    VkResult result = vxm__cuda_check_table(caller, cuda);

    if (result == VK_SUCCESS && (semaphore == NULL || semaphore->semaphore == NULL)) {
        result =
            vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                            "%s: semaphore is %s.", caller, semaphore == NULL ? "NULL" : "empty");
    }
    return result;
}

/**
 * Lets a stream wait for a semaphore: what is put into the stream after it begins when Vulkan has
 * signalled. The call itself does not wait.
 *
 * @param[in] cuda       loaded.
 * @param[in] semaphore  imported.
 * @param     value      a timeline's value to reach; of no account for a binary one, whose signal
 *                       must have been submitted before, and which is unsignalled by the wait.
 * @param     stream     of the current context; NULL: the default one.
 *
 * CUDA's wait has no time limit: a peer that never signals blocks the stream.
 *
 * Spec: cuWaitExternalSemaphoresAsync.
 */
static inline VkResult vxmCudaWaitSemaphore(const VxmCuda *cuda, const VxmCudaSemaphore *semaphore,
                                            uint64_t value, CUstream stream)
{
    static const char caller[] = "vxmCudaWaitSemaphore";
    CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS params;
    VkResult result = vxm__cuda_check_semaphore(caller, cuda, semaphore);
    CUresult answer;

    if (result != VK_SUCCESS) {
        return result;
    }
    memset(&params, 0, sizeof(params));
    params.params.fence.value = semaphore->semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE ? value : 0;
    answer = cuda->waitExternalSemaphoresAsync(&semaphore->semaphore, &params, 1, stream);
    if (answer != CUDA_SUCCESS) {
        return vxm__cuda_failed(caller, cuda, answer, "cuWaitExternalSemaphoresAsync", "");
    }
    return VK_SUCCESS;
}

/**
 * Lets a stream signal a semaphore when all that was put into the stream before is done.
 *
 * @param[in] cuda       loaded.
 * @param[in] semaphore  imported.
 * @param     value      a timeline's new value, greater than its current one; of no account for a
 *                       binary one.
 * @param     stream     of the current context; NULL: the default one.
 *
 * Spec: cuSignalExternalSemaphoresAsync.
 */
static inline VkResult vxmCudaSignalSemaphore(const VxmCuda *cuda,
                                              const VxmCudaSemaphore *semaphore, uint64_t value,
                                              CUstream stream)
{
    static const char caller[] = "vxmCudaSignalSemaphore";
    CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS params;
    VkResult result = vxm__cuda_check_semaphore(caller, cuda, semaphore);
    CUresult answer;

    if (result != VK_SUCCESS) {
        return result;
    }
    memset(&params, 0, sizeof(params));
    params.params.fence.value = semaphore->semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE ? value : 0;
    answer = cuda->signalExternalSemaphoresAsync(&semaphore->semaphore, &params, 1, stream);
    if (answer != CUDA_SUCCESS) {
        return vxm__cuda_failed(caller, cuda, answer, "cuSignalExternalSemaphoresAsync", "");
    }
    return VK_SUCCESS;
}

/**
 * Ends a semaphore in CUDA, and empties the struct. No stream may still have a wait or signal of it
 * to do.
 *
 * @param[in]     cuda       loaded; with none nothing is ended, and semaphore stays as it is.
 * @param[in,out] semaphore  NULL or empty is fine.
 *
 * Spec: cuDestroyExternalSemaphore.
 */
static inline void vxmCudaDestroySemaphore(const VxmCuda *cuda, VxmCudaSemaphore *semaphore)
{
    if (cuda == NULL || cuda->destroyExternalSemaphore == NULL || semaphore == NULL) {
        return;
    }
    if (semaphore->semaphore != NULL) {
        (void)cuda->destroyExternalSemaphore(semaphore->semaphore);
    }
    memset(semaphore, 0, sizeof(*semaphore));
}

#ifdef __cplusplus
}
#endif

#endif /* VXM_CUDA_H_ */
