/*
 * vxm: one object for GPU memory that is used from two places.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_H_
#define VXM_H_ 1

/**
 * @file vxm.h
 * @brief The whole core API of vxm, the Vulkan eXternal Memory library.
 *
 * What holds for every function, and is not repeated below:
 *
 * - **Ownership.** Import borrows: a handle that you pass in stays yours, whether the call succeeds
 *   or fails, unless you set VXM_IMPORT_TAKE_HANDLES_BIT. A handle that you receive is yours: close
 *   it once with vxmCloseHandle() (or vxmCloseShared(), vxmCloseSharedSemaphore()). One exception:
 *   on Fuchsia the end of a channel has one owner, so that vxmExportChannel() and
 *   vxmImportChannel() move it.
 * - **Failure.** Outputs are written on success only. A call that fails leaves no leak, closes no
 *   handle of yours and changes no object. vxmGetLastError() then has a sentence about it.
 * - **Errors.** VK_ERROR_VALIDATION_FAILED_EXT: an argument breaks the rules written here; the
 *   sentence names it. VK_ERROR_OUT_OF_HOST_MEMORY: no memory for the library's own data. Both can
 *   come from every function that returns VkResult. What the driver answers is passed on as it is.
 * - **Threads.** Distinct objects may be used from distinct threads at once. Calls on one object
 *   are yours to put in order, except that a VxmDevice does not change after its creation and may
 *   be used by any number of threads. Nothing global changes but the calling thread's last error.
 * - **Strings and structs** that you pass in are read during the call only, unless it says
 *   otherwise.
 * - **Time limits** are in nanoseconds from the call on; 0 asks once and does not wait,
 *   UINT64_MAX waits for ever. When time runs out the result is VK_TIMEOUT.
 * - **Optional parameters** say so; every other pointer must not be NULL.
 *
 * The header includes `<vulkan/vulkan_core.h>` and nothing of the operating system's. With volk,
 * include volk.h first, or define VK_NO_PROTOTYPES.
 */

#include <stddef.h>
#include <stdint.h>

#include <vulkan/vulkan_core.h>

#if defined(_WIN32) && defined(VXM_SHARED)
#ifdef VXM_BUILDING
#define VXM_API __declspec(dllexport)
#else
#define VXM_API __declspec(dllimport)
#endif
#elif defined(__GNUC__) && defined(VXM_SHARED)
#define VXM_API __attribute__((visibility("default")))
#else
#define VXM_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** @name Version
 * @{ */
/** Changes with what breaks programs. */
#define VXM_VERSION_MAJOR 0
/** Changes with what is added; before 1.0 also with what breaks. */
#define VXM_VERSION_MINOR 1
/** Changes with what is mended. */
#define VXM_VERSION_PATCH 0
/** The version of this header, packed as Vulkan packs versions. */
#define VXM_VERSION VK_MAKE_API_VERSION(0, VXM_VERSION_MAJOR, VXM_VERSION_MINOR, VXM_VERSION_PATCH)
/** @} */

/** @name Limits
 * @{ */
/** Memories, handles and planes that one shared object has at most (as in Vulkan's own limit for
 * disjoint and DRM-modifier images). */
#define VXM_MAX_PLANES 4u
/** Formats that a VkImageFormatListCreateInfo may list when it has to travel. */
#define VXM_MAX_VIEW_FORMATS 16u
/** No encoding of a description, semaphore or hand-over is longer, in bytes. */
#define VXM_MAX_ENCODED_SIZE 1024u
/** Payload of one vxmSendBytes() message at most, in bytes. */
#define VXM_MAX_MESSAGE_SIZE 65536u
/** Extensions that vxmGetRequiredExtensions() reports at most. */
#define VXM_MAX_EXTENSIONS 32u
/** DRM format modifiers that a list holds at most; drivers have up to some thirty for a format. */
#define VXM_MAX_MODIFIERS 64u
/** Keyed mutexes that one submission takes and gives back at most. */
#define VXM_MAX_KEYED_MUTEXES 8u
/** @} */

/** @name Results of the library's own
 * VkResult values outside of Vulkan's ranges, used where a Vulkan code would mislead.
 * @{ */
/** The process at the other end of a channel has closed it, died, or stopped reading in the middle
 * of a message. The channel is of no more use: close it. */
#define VXM_ERROR_PEER_LOST ((VkResult)-2000000001)
/** What arrived, or what was to be decoded, is not a message of this library: wrong magic, unknown
 * version, wrong length, a field out of range, or the wrong number of handles. A channel that has
 * reported it is of no more use: close it. */
#define VXM_ERROR_BAD_MESSAGE ((VkResult)-2000000002)
/** A message of another kind is next in the channel. It stays there; vxmPeekMessage() tells its
 * kind. */
#define VXM_ERROR_UNEXPECTED_MESSAGE ((VkResult)-2000000003)
/** @} */

/* ---------------------------------------------------------------------------------------------- */
/* Errors                                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/** Who stood in the way. */
typedef enum VxmErrorReason {
    VXM_ERROR_REASON_NONE = 0,        /**< Nothing has failed on this thread yet. */
    VXM_ERROR_REASON_ARGUMENT = 1,    /**< An argument breaks this header's or the spec's rules. */
    VXM_ERROR_REASON_UNSUPPORTED = 2, /**< Driver, device or system does not offer it. */
    VXM_ERROR_REASON_MISMATCH = 3,    /**< A description or handle does not fit this device. */
    VXM_ERROR_REASON_DRIVER = 4,      /**< A Vulkan command failed; code is its VkResult. */
    VXM_ERROR_REASON_SYSTEM = 5,      /**< A system call failed; code is errno or the like. */
    VXM_ERROR_REASON_PEER = 6,        /**< The other end of a channel. */
    VXM_ERROR_REASON_OUT_OF_MEMORY = 7, /**< A host allocation of the library's own failed. */
    VXM_ERROR_REASON_TIMEOUT = 8,       /**< Time ran out. */
    VXM_ERROR_REASON_FOREIGN = 9,       /**< Another API that shares with Vulkan, such as CUDA; code
                                             is its own error. */
    VXM_ERROR_REASON_MAX_ENUM = 0x7FFFFFFF
} VxmErrorReason;

/** A thread's last failure. */
typedef struct VxmError {
    VkResult result;       /**< What the failed call returned. */
    VxmErrorReason reason; /**< Who stood in the way. */
    int64_t code;          /**< The driver's, the system's or the other API's error number, or 0. */
    char message[1016];    /**< English sentences for a person, UTF-8, ended by NUL: what was asked,
                                what was answered, which rule it is, what to change. */
} VxmError;

/**
 * Copies the calling thread's last failure.
 *
 * A later success does not clear it, so look at it only after a result other than VK_SUCCESS. All
 * that a program branches on is in the return values; this is for people and logs.
 *
 * @param[out] error  receives a copy. NULL is ignored.
 *
 * Thread safety: any thread; each has its own.
 */
VXM_API void vxmGetLastError(VxmError *error);

#if defined(__GNUC__) && !defined(__MINGW32__)
#define VXM_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define VXM_PRINTF(text, first)
#endif

/**
 * Makes a failure of your own the calling thread's last one: for code built on this library whose
 * callers look for the sentence where the library's own sentences are. The adapters (vxm/cuda.h and
 * the others) do so.
 *
 * @param result  what the failed call is going to return.
 * @param reason  who stood in the way.
 * @param code    the driver's, the system's or the other API's error number, otherwise 0.
 * @param format  the message, as for printf() in C11, with its arguments; cut where
 *                VxmError::message ends. Bytes that are no UTF-8 become question marks.
 * @return result, so that `return vxmSetLastError(...)` is all there is to write. No call fails.
 *
 * Thread safety: any thread; each has its own.
 */
VXM_API VkResult vxmSetLastError(VkResult result, VxmErrorReason reason, int64_t code,
                                 const char *format, ...) VXM_PRINTF(4, 5);

/**
 * The name of a result as the specification or this header spells it, such as
 * "VK_ERROR_INVALID_EXTERNAL_HANDLE".
 *
 * @param result  any value.
 * @return a static string, never NULL.
 */
VXM_API const char *vxmResultName(VkResult result);

/** The version of the library that is linked, packed as VXM_VERSION is. */
VXM_API uint32_t vxmGetVersion(void);

/* ---------------------------------------------------------------------------------------------- */
/* Handles                                                                                        */
/* ---------------------------------------------------------------------------------------------- */

/** What a handle stands for. Vulkan's bits of the two enums overlap (0x80 is a host allocation in
 * one and a Zircon event in the other), so a type means nothing without its kind. */
typedef enum VxmHandleKind {
    VXM_HANDLE_KIND_MEMORY = 0,    /**< type is a VkExternalMemoryHandleTypeFlagBits. */
    VXM_HANDLE_KIND_SEMAPHORE = 1, /**< type is a VkExternalSemaphoreHandleTypeFlagBits. */
    VXM_HANDLE_KIND_CHANNEL = 2,   /**< type is VXM_CHANNEL_HANDLE_TYPE_NATIVE. */
    VXM_HANDLE_KIND_MAX_ENUM = 0x7FFFFFFF
} VxmHandleKind;

/** The one type of a handle of kind VXM_HANDLE_KIND_CHANNEL: a connected stream socket on POSIX and
 * Apple's systems, a named pipe on Windows, a Zircon channel on Fuchsia. */
#define VXM_CHANNEL_HANDLE_TYPE_NATIVE 0x00000001u

/** @name Handle types that Vulkan has no bit for
 * They stand wherever a bit of Vulkan's does, and are never given to the driver.
 * @{ */
/** Memory, Metal: an IOSurfaceRef, counted as a Core Foundation object. For a 2D image of one mip
 * and layer whose creation declares it (VK_EXT_metal_objects); such an image can leave the process:
 * IOSurfaceCreateMachPort() or IOSurfaceCreateXPCObject() on `ptr` make what the app's own XPC or
 * Mach connection sends. */
#define VXM_EXTERNAL_MEMORY_HANDLE_TYPE_IOSURFACE_BIT                                              \
    ((VkExternalMemoryHandleTypeFlagBits)0x20000000)
/** Memory, Metal: an MTLSharedTextureHandle, which the app's own XPC connection can send. The image
 * is made by Metal as a shared texture and then imported into Vulkan, on both sides. */
#define VXM_EXTERNAL_MEMORY_HANDLE_TYPE_MTL_SHARED_TEXTURE_BIT                                     \
    ((VkExternalMemoryHandleTypeFlagBits)0x40000000)
/** Semaphore, Metal: an MTLSharedEvent, as a timeline. Declared at the semaphore's creation, so it
 * can't be imported into one that exists (vxmImportSemaphorePayload()). */
#define VXM_EXTERNAL_SEMAPHORE_HANDLE_TYPE_MTL_SHARED_EVENT_BIT                                    \
    ((VkExternalSemaphoreHandleTypeFlagBits)0x40000000)
/** @} */

/**
 * A native handle of any operating system.
 *
 * A handle whose type is 0 is empty, and type 0 alone means empty: fd 0 is a valid descriptor, and
 * a sync fd of -1 is a valid handle that means "already signalled". `VxmHandle handle = {0};` makes
 * an empty one.
 */
typedef struct VxmHandle {
    VxmHandleKind kind; /**< What it stands for. */
    uint32_t type;      /**< Vulkan's own bit for the handle type; 0: empty. */
    union {
        int fd;          /**< POSIX file descriptor. */
        void *ptr;       /**< Win32 HANDLE or KMT number, Metal object, or host pointer. */
        uint32_t zircon; /**< Fuchsia's zx_handle_t. */
    };
} VxmHandle;

/**
 * Makes a second handle of the same payload.
 *
 * @param[in]  handle     the handle to duplicate; it stays yours and open. A host allocation and a
 *                        KMT number have nothing to duplicate: the value itself is copied, and
 *                        neither keeps the payload alive. A Metal object is retained once more.
 * @param[out] duplicate  receives the new handle, close-on-exec where the system knows that. Yours:
 *                        close it with vxmCloseHandle().
 *
 * Errors: VK_ERROR_INVALID_EXTERNAL_HANDLE if the handle is empty, closed, or of a type that this
 * system does not have; VK_ERROR_TOO_MANY_OBJECTS if the process has no more handles.
 */
VXM_API VkResult vxmDuplicateHandle(const VxmHandle *handle, VxmHandle *duplicate);

/**
 * Makes a handle that is valid in another process, for apps with a transport of their own.
 *
 * @param[in]  handle     the handle to duplicate; it stays yours.
 * @param      process    the system's process id of the receiver.
 * @param[out] duplicate  receives the value that is valid in that process. It is that process's to
 *                        close, and means nothing in this one.
 *
 * Windows has it (DuplicateHandle with the other process as target, which must let itself be opened
 * with PROCESS_DUP_HANDLE). Not for a named pipe that is a channel's: let the other process
 * connect.
 *
 * Errors: VK_ERROR_FEATURE_NOT_PRESENT where the system has no such call. POSIX has none: send the
 * descriptor through a channel or with SCM_RIGHTS. Fuchsia sends handles through channels only.
 * VK_ERROR_INITIALIZATION_FAILED if there is no such process, or it can't be opened.
 */
VXM_API VkResult vxmDuplicateHandleTo(const VxmHandle *handle, uint64_t process,
                                      VxmHandle *duplicate);

/**
 * Closes a handle and sets it to empty, so that a second call does nothing.
 *
 * @param[in,out] handle  NULL or an empty handle is ignored. A host allocation is not freed, since
 *                        it is yours; a KMT number is nothing to close; a Metal object is released.
 */
VXM_API void vxmCloseHandle(VxmHandle *handle);

/**
 * Whether a handle can be what its type says, as far as the system can tell without a driver: that
 * it is open, and not a pipe, a terminal or another thing that is never memory or a semaphore.
 *
 * The library's own imports do this first. For imports of your own by another API: drivers have
 * been seen to wait for ever, or to be of no more use to the process, after such a handle.
 *
 * @param[in] handle  stays yours.
 *
 * Errors: VK_ERROR_INVALID_EXTERNAL_HANDLE; the sentence says what it is instead.
 */
VXM_API VkResult vxmCheckHandle(const VxmHandle *handle);

/**
 * Closes a duplicate that a driver or another API was given and has refused, unless it took it.
 *
 * For imports of your own by an API that owns a handle after success only: give it a duplicate, and
 * after a failure call this. Some drivers close the handle although they refused it; its number may
 * by then be another thread's, and closing it again would hit that. So the duplicate is closed only
 * if it still stands for the same open object as the original.
 *
 * @param[in]     original   what the duplicate was made of; it must be open, and stays so.
 * @param[in,out] duplicate  from vxmDuplicateHandle(); set to empty. NULL or an empty handle is
 *                           ignored.
 */
VXM_API void vxmCloseUnlessTaken(const VxmHandle *original, VxmHandle *duplicate);

/**
 * The name of a handle type without its prefix, such as "OPAQUE_FD".
 *
 * @param kind  memory, semaphore or channel.
 * @param type  one bit.
 * @return a static string; "unknown" for a type that this header's Vulkan does not have.
 */
VXM_API const char *vxmHandleTypeName(VxmHandleKind kind, uint32_t type);

/* ---------------------------------------------------------------------------------------------- */
/* Device                                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/** A Vulkan device together with what the library asked of it once. It does not change. */
typedef struct VxmDevice_T *VxmDevice;

/** Which GPU and which driver; what two places compare before they share.
 * Spec: VkPhysicalDeviceIDProperties, VkPhysicalDeviceDriverProperties,
 * VkPhysicalDevicePCIBusInfoPropertiesEXT, VkPhysicalDeviceDrmPropertiesEXT. */
typedef struct VxmIdentity {
    uint8_t deviceUUID[VK_UUID_SIZE]; /**< All zero: unknown. */
    uint8_t driverUUID[VK_UUID_SIZE]; /**< All zero: unknown. */
    uint8_t deviceLUID[VK_LUID_SIZE]; /**< Only if deviceLUIDValid. */
    uint32_t deviceNodeMask;          /**< Only if deviceLUIDValid. */
    VkBool32 deviceLUIDValid;         /**< Windows only, as a rule. */
    VkBool32 pciValid;                /**< Whether the PCI address below is known. */
    uint32_t pciDomain;               /**< PCI domain. */
    uint32_t pciBus;                  /**< PCI bus. */
    uint32_t pciDevice;               /**< PCI device. */
    uint32_t pciFunction;             /**< PCI function. */
    VkBool32 drmPrimaryValid;         /**< Whether the primary node below is known. */
    VkBool32 drmRenderValid;          /**< Whether the render node below is known. */
    int64_t drmPrimaryMajor;          /**< Device number of /dev/dri/cardN. */
    int64_t drmPrimaryMinor;          /**< Device number of /dev/dri/cardN. */
    int64_t drmRenderMajor;           /**< Device number of /dev/dri/renderDN. */
    int64_t drmRenderMinor;           /**< Device number of /dev/dri/renderDN. */
    uint32_t vendorID;                /**< VkPhysicalDeviceProperties::vendorID. */
    uint32_t deviceID;                /**< VkPhysicalDeviceProperties::deviceID. */
    uint32_t apiVersion;              /**< Of the physical device. */
    uint32_t driverVersion;           /**< In the driver's own packing. */
    VkDriverId driverID;              /**< 0 if the driver does not tell. */
    char deviceName[VK_MAX_PHYSICAL_DEVICE_NAME_SIZE]; /**< For people. */
    char driverName[VK_MAX_DRIVER_NAME_SIZE];          /**< For people; "" if not told. */
    char driverInfo[VK_MAX_DRIVER_INFO_SIZE];          /**< For people; "" if not told. */
} VxmIdentity;

/** How vxmCreateDevice() chooses and makes a device. All zero is a good start: the loader's first
 * device. Every criterion that is given must hold. */
typedef struct VxmDeviceCreateInfo {
    /** Which of the devices that meet the other criteria, in the driver's order. */
    uint32_t deviceIndex;
    /** Optional: a part of the device's name, letter for letter. */
    const char *deviceName;
    /** Optional: VK_UUID_SIZE bytes. */
    const uint8_t *deviceUUID;
    /** Optional: VK_LUID_SIZE bytes. */
    const uint8_t *deviceLUID;
    /** Optional: the driver to use instead of the system's loader. Must stay valid as long as the
     * device does. */
    PFN_vkGetInstanceProcAddr getInstanceProcAddr;
    /** Optional: for Vulkan's host allocations and the library's own. The struct is copied; what
     * it points to must stay valid as long as the device does. */
    const VkAllocationCallbacks *allocator;
    /** Vulkan version to ask for; 0: the highest of 1.1 to 1.3 that the instance has. */
    uint32_t apiVersion;
    /** Layers of the instance, such as "VK_LAYER_KHRONOS_validation". */
    uint32_t instanceLayerCount;
    const char *const *instanceLayers; /**< instanceLayerCount names. */
    /** Instance extensions beyond the library's own; each must exist. */
    uint32_t instanceExtensionCount;
    const char *const *instanceExtensions; /**< instanceExtensionCount names. */
    /** Device extensions beyond the library's own; each must exist. */
    uint32_t deviceExtensionCount;
    const char *const *deviceExtensions; /**< deviceExtensionCount names. */
    /** Optional: chained to VkInstanceCreateInfo, such as a debug messenger's create info. */
    const void *instanceNext;
    /** Optional: chained to VkDeviceCreateInfo. Feature structs here must not be those that the
     * library chains itself (timeline semaphores, synchronization2, sampler YCbCr conversion). */
    const void *deviceNext;
} VxmDeviceCreateInfo;

/** An app's own device, for vxmWrapDevice(). */
typedef struct VxmDeviceWrapInfo {
    PFN_vkGetInstanceProcAddr getInstanceProcAddr; /**< That made the instance. Not optional. */
    VkInstance instance;                           /**< Stays the app's. */
    VkPhysicalDevice physicalDevice;               /**< Of that instance. */
    VkDevice device;                               /**< Stays the app's. */
    /** VkApplicationInfo::apiVersion that the instance was made with; at least 1.1. */
    uint32_t apiVersion;
    /** The extensions that were enabled at vkCreateDevice, as they were given there. */
    uint32_t enabledExtensionCount;
    const char *const *enabledExtensions; /**< enabledExtensionCount names. */
    /** Optional: the pNext chain that was given to vkCreateInstance. Metal: with
     * VkExportMetalObjectCreateInfoEXT for the MTLDevice in it, the library can see whether a Metal
     * object is of this device, and make shared textures. */
    const void *instanceNext;
    /** Optional: the pNext chain that was given to vkCreateDevice. The library reads which of its
     * features (timelineSemaphore, synchronization2, samplerYcbcrConversion) are on; a feature that
     * isn't in the chain counts as off. */
    const void *deviceNext;
    /** Optional: a queue of the app's, for vxmGetDeviceInfo() only. */
    VkQueue queue;
    uint32_t queueFamilyIndex; /**< That queue's family; ignored without a queue. */
    /** Optional: as in VxmDeviceCreateInfo. */
    const VkAllocationCallbacks *allocator;
} VxmDeviceWrapInfo;

/** What a VxmDevice is made of. Everything stays the device's own. */
typedef struct VxmDeviceInfo {
    VkInstance instance;             /**< The instance. */
    VkPhysicalDevice physicalDevice; /**< The GPU. */
    VkDevice device;                 /**< The device. */
    VkQueue queue;                   /**< A graphics and compute queue where there is one. */
    uint32_t queueFamilyIndex;       /**< Of queue. */
    uint32_t apiVersion;             /**< The version that instance and GPU have in common. */
    VkBool32 timelineSemaphore;      /**< Whether the feature is on. */
    VkBool32 synchronization2;       /**< Whether the feature is on. */
    VkBool32 samplerYcbcrConversion; /**< Whether the feature is on. */
    PFN_vkGetInstanceProcAddr getInstanceProcAddr; /**< To load more commands. */
    PFN_vkGetDeviceProcAddr getDeviceProcAddr;     /**< To load more commands. */
    const VxmIdentity *identity;                   /**< Lives as long as the device. */
} VxmDeviceInfo;

/** What an app enables so that vxmWrapDevice() finds everything that the driver has. The strings
 * are static. */
typedef struct VxmRequiredExtensions {
    uint32_t instanceExtensionCount;                    /**< Names in instanceExtensions. */
    const char *instanceExtensions[VXM_MAX_EXTENSIONS]; /**< For VkInstanceCreateInfo. */
    VkInstanceCreateFlags instanceFlags;                /**< Portability, where needed. */
    uint32_t deviceExtensionCount;                      /**< Names in deviceExtensions. */
    const char *deviceExtensions[VXM_MAX_EXTENSIONS];   /**< For VkDeviceCreateInfo. */
    VkBool32 timelineSemaphore;      /**< The device has the feature: worth enabling. */
    VkBool32 synchronization2;       /**< The device has the feature: worth enabling. */
    VkBool32 samplerYcbcrConversion; /**< The device has the feature: worth enabling. */
} VxmRequiredExtensions;

/**
 * Makes an instance and a device with every external-memory and synchronisation extension that the
 * driver has.
 *
 * @param[in]  info    optional; NULL is the same as all zero.
 * @param[out] device  receives the device; end it with vxmDestroyDevice().
 *
 * Errors: VK_ERROR_INITIALIZATION_FAILED if there is no Vulkan loader or no device at all, or none
 * that meets the criteria (the sentence lists those that there are); VK_ERROR_INCOMPATIBLE_DRIVER
 * if it does not have Vulkan 1.1; VK_ERROR_EXTENSION_NOT_PRESENT, VK_ERROR_LAYER_NOT_PRESENT for
 * what the caller asked for by name; what vkCreateInstance and vkCreateDevice answer.
 *
 * Spec: vkCreateInstance, vkCreateDevice.
 */
VXM_API VkResult vxmCreateDevice(const VxmDeviceCreateInfo *info, VxmDevice *device);

/**
 * Uses an app's own device. Nothing is created in Vulkan.
 *
 * @param[in]  info    the device, and how it was made.
 * @param[out] device  receives the wrapper; end it with vxmDestroyDevice() before the app destroys
 *                     its VkDevice. The app's objects stay the app's.
 *
 * Errors: VK_ERROR_VALIDATION_FAILED_EXT for a missing object; VK_ERROR_INCOMPATIBLE_DRIVER below
 * Vulkan 1.1 or if a core command can't be loaded.
 */
VXM_API VkResult vxmWrapDevice(const VxmDeviceWrapInfo *info, VxmDevice *device);

/**
 * Ends a device, with its VkDevice and VkInstance if vxmCreateDevice() made them. Every object made
 * from it must be gone, and the GPU idle.
 *
 * @param device  NULL is ignored.
 */
VXM_API void vxmDestroyDevice(VxmDevice device);

/**
 * What the device is made of.
 *
 * @param      device  the device.
 * @param[out] info    receives a copy; the objects stay the device's.
 */
VXM_API VkResult vxmGetDeviceInfo(VxmDevice device, VxmDeviceInfo *info);

/**
 * What an app should enable on its own instance and device. Call it without a physical device for
 * the instance's part, and with one for both.
 *
 * @param      getInstanceProcAddr  optional; NULL: the system's loader.
 * @param      instance             optional; needed with a physical device.
 * @param      physicalDevice       optional.
 * @param[out] extensions           receives the names that exist on this system, so that enabling
 *                                  all of them never fails.
 *
 * Errors: VK_ERROR_INITIALIZATION_FAILED without a loader; what the enumeration answers.
 */
VXM_API VkResult vxmGetRequiredExtensions(PFN_vkGetInstanceProcAddr getInstanceProcAddr,
                                          VkInstance instance, VkPhysicalDevice physicalDevice,
                                          VxmRequiredExtensions *extensions);

/* ---------------------------------------------------------------------------------------------- */
/* Shared description                                                                             */
/* ---------------------------------------------------------------------------------------------- */

/** What is shared. */
typedef enum VxmResourceType {
    VXM_RESOURCE_TYPE_MEMORY = 0, /**< Raw memory, without a resource. */
    VXM_RESOURCE_TYPE_BUFFER = 1, /**< A VkBuffer and its memory. */
    VXM_RESOURCE_TYPE_IMAGE = 2,  /**< A VkImage and its memory or memories. */
    VXM_RESOURCE_TYPE_MAX_ENUM = 0x7FFFFFFF
} VxmResourceType;

/** One VkDeviceMemory of a shared object, as the exporter allocated it.
 *
 * What a hand-filled one needs beside the handle depends on its type: opaque types everything;
 * dma-bufs, VMOs, MTLBUFFER and MTLHEAP nothing that is 0 for unknown; D3D11_TEXTURE and
 * D3D12_RESOURCE nothing, since their own size is taken; D3D12_HEAP the heap's size; MTLTEXTURE and
 * IOSURFACE nothing. */
typedef struct VxmSharedMemory {
    /** The native handle; of type VxmShared::handleType, or empty right after decoding. */
    VxmHandle handle;
    /** Windows, for an import: the name that the exporter gave (VkExportMemoryWin32HandleInfoKHR in
     * VxmMemoryCreateInfo::next), in place of a handle, which is then empty. NULL: none. It stays
     * yours, isn't encoded, and doesn't travel; an export leaves it NULL. */
    const wchar_t *name;
    /** Exact VkMemoryAllocateInfo::allocationSize in bytes. 0: unknown, which dma-bufs allow.
     * OpenGL and CUDA need this size, not the resource's. */
    VkDeviceSize allocationSize;
    /** Where in the allocation the resource begins, in bytes; 0 for dedicated ones. */
    VkDeviceSize offset;
    /** One bit for the exporter's memory type, 1u << memoryTypeIndex. 0: unknown, which opaque
     * types don't allow. Dma-bufs and host allocations ask the driver, and don't need it; nor do
     * Direct3D's types, except that a name can't be asked about. */
    uint32_t memoryTypeBits;
    /** Flags of the exporter's memory type; 0: unknown. */
    VkMemoryPropertyFlags propertyFlags;
} VxmSharedMemory;

/** Where one plane of an image lies: with VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT a memory plane of
 * the modifier, with LINEAR tiling a plane of the format. A hand-filled description of a modifier
 * image needs it; of a LINEAR image it is compared with the driver's own layout; for an OPTIMAL
 * image there is none. */
typedef struct VxmPlaneLayout {
    uint32_t memoryIndex;    /**< Which of VxmShared::memories. */
    VkDeviceSize offset;     /**< Bytes from the allocation's begin. */
    VkDeviceSize rowPitch;   /**< Bytes from one row to the next; 0: unknown. */
    VkDeviceSize arrayPitch; /**< Bytes from one layer to the next; 0: one layer or unknown,
                                which a modifier doesn't allow. */
    VkDeviceSize depthPitch; /**< Bytes from one slice to the next; 0: one slice or unknown,
                                which a modifier doesn't allow. */
} VxmPlaneLayout;

/** The creation data of a shared buffer. Spec: VkBufferCreateInfo. */
typedef struct VxmBufferDescription {
    VkBufferCreateFlags flags; /**< As created. */
    VkDeviceSize size;         /**< Bytes. */
    VkBufferUsageFlags usage;  /**< As created. */
    VkSharingMode sharingMode; /**< As created. */
} VxmBufferDescription;

/** The creation data of a shared image. Spec: VkImageCreateInfo. */
typedef struct VxmImageDescription {
    VkImageCreateFlags flags;       /**< As created. */
    VkImageType imageType;          /**< As created. */
    VkFormat format;                /**< As created. */
    VkExtent3D extent;              /**< In texels. */
    uint32_t mipLevels;             /**< As created. */
    uint32_t arrayLayers;           /**< As created. */
    VkSampleCountFlagBits samples;  /**< As created. */
    VkImageTiling tiling;           /**< As created. */
    VkImageUsageFlags usage;        /**< As created. */
    VkImageUsageFlags stencilUsage; /**< VkImageStencilUsageCreateInfo; 0: none was chained. */
    VkSharingMode sharingMode;      /**< As created. */
    uint32_t viewFormatCount;       /**< VkImageFormatListCreateInfo; 0: none was chained. */
    VkFormat viewFormats[VXM_MAX_VIEW_FORMATS]; /**< viewFormatCount formats. */
    /** With VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT, otherwise 0. VXM_DRM_FORMAT_MOD_INVALID, which
     * says that nobody knows the layout, can't be imported. Depth and stencil formats have no
     * modifiers, and an image of several levels is for the exporter's device and driver only, since
     * the layouts in planes are those of the first level. */
    uint64_t drmFormatModifier;
    /** Layouts in planes: as many as the modifier has memory planes, or, with LINEAR tiling, as the
     * format has; 0: OPTIMAL tiling, no layout to tell. */
    uint32_t planeCount;
    VxmPlaneLayout planes[VXM_MAX_PLANES]; /**< planeCount layouts. */
} VxmImageDescription;

/**
 * Everything that the other side needs: the description of a shared object, and its handles.
 *
 * vxmExportMemory() fills it; for a handle of foreign origin (V4L2, PipeWire, GBM, CUDA, Direct3D)
 * fill it by hand, beginning with `VxmShared shared = {0};`. Zero means unknown where the handle
 * type allows that; a missing fact that the type can't do without is named in the error.
 */
typedef struct VxmShared {
    VxmResourceType resourceType; /**< Which of buffer and image below counts. */
    /** One VkExternalMemoryHandleTypeFlagBits: the type of every handle here. */
    uint32_t handleType;
    /** All the types that the exporter's resource and allocation were made for; 0: handleType. */
    VkExternalMemoryHandleTypeFlags handleTypes;
    /** Whether the allocation is dedicated to the buffer or image. */
    VkBool32 dedicated;
    /** 1; for a disjoint image one for each plane, memories[i] being plane i's. A hand-filled
     * description may give a handle for each plane, as EGL, GStreamer and PipeWire do: those that
     * stand for one payload (dma-bufs of one inode) count as one memory, and the image is disjoint
     * only if there are several then, whatever image.flags says of that. */
    uint32_t memoryCount;
    VxmSharedMemory memories[VXM_MAX_PLANES]; /**< memoryCount memories with their handles. */
    VxmBufferDescription buffer;              /**< For VXM_RESOURCE_TYPE_BUFFER. */
    VxmImageDescription image;                /**< For VXM_RESOURCE_TYPE_IMAGE. */
    uint8_t deviceUUID[VK_UUID_SIZE];         /**< The exporter's; all zero: unknown. */
    uint8_t driverUUID[VK_UUID_SIZE];         /**< The exporter's; all zero: unknown. */
    /** The exporter's, only if deviceLUIDValid. For Direct3D's types it is enough, with unknown
     * UUIDs: DXGI_ADAPTER_DESC::AdapterLuid. */
    uint8_t deviceLUID[VK_LUID_SIZE];
    uint32_t deviceNodeMask;  /**< The exporter's, only if deviceLUIDValid. */
    VkBool32 deviceLUIDValid; /**< Whether the exporter has a LUID. */
} VxmShared;

/**
 * Writes a description in the library's versioned, little-endian encoding, all but the handles.
 * For apps with a transport of their own; a channel does it by itself.
 *
 * @param[in]  shared    the description. Its handles are not looked at.
 * @param      capacity  bytes that data has room for; VXM_MAX_ENCODED_SIZE is always enough.
 * @param[out] data      receives the encoding.
 * @param[out] size      receives the bytes written.
 *
 * Errors: VK_ERROR_VALIDATION_FAILED_EXT if a count is out of range; VK_INCOMPLETE if data is too
 * small: nothing is written.
 */
VXM_API VkResult vxmEncodeShared(const VxmShared *shared, size_t capacity, void *data,
                                 size_t *size);

/**
 * Reads what vxmEncodeShared() wrote. Bytes from a stranger are safe to give: whatever is out of
 * range is refused.
 *
 * @param      size    bytes in data.
 * @param[in]  data    the encoding.
 * @param[out] shared  receives the description; its handles are empty. Put those that travelled
 *                     beside it into memories[].handle before importing.
 *
 * Errors: VXM_ERROR_BAD_MESSAGE if it is truncated, too long, of another version, or has a field
 * out of range; the sentence names the field.
 */
VXM_API VkResult vxmDecodeShared(size_t size, const void *data, VxmShared *shared);

/**
 * Closes the handles of a description and sets them to empty. A dma-buf's descriptor that stands in
 * several memories is closed once.
 *
 * @param[in,out] shared  NULL is ignored.
 */
VXM_API void vxmCloseShared(VxmShared *shared);

/**
 * Whether a description makes sense by itself, wherever it is to be imported: counts, sizes,
 * extents and enums in range, creation data that go together, and everything within the allocation
 * as far as its size is known.
 *
 * The library's own imports do this first. For imports of your own by another API, which may take
 * what can't be without a word.
 *
 * @param[in] shared  the description. Its handles and whom it comes from are not looked at; usage
 *                    may be 0, since nobody but Vulkan asks for it.
 *
 * Errors: VK_ERROR_VALIDATION_FAILED_EXT; the sentence names the field.
 *
 * Spec: the valid usage of VkImageCreateInfo and VkBufferCreateInfo.
 */
VXM_API VkResult vxmCheckDescription(const VxmShared *shared);

/**
 * Describes one plane of a multi-planar image as an image of its own, such as the two of NV12 as R8
 * and R8G8, for who samples planes rather than a YCbCr format.
 *
 * @param[in]  shared  an image of a multi-planar format with LINEAR or DRM_FORMAT_MODIFIER tiling,
 *                     whose planes are those of the format; its handles stay yours.
 * @param      plane   which; less than the format's plane count.
 * @param[out] single  receives the description: the plane's format, extent and layout, one memory,
 *                     a duplicate of its handle. Yours: end it with vxmCloseShared(). Not `shared`.
 *
 * Errors: VK_ERROR_VALIDATION_FAILED_EXT for another image or plane, and for a dedicated allocation
 * of an opaque type, which no other image than the exporter's may be bound to (01878);
 * VK_ERROR_INVALID_EXTERNAL_HANDLE for a closed handle; VK_ERROR_TOO_MANY_OBJECTS.
 *
 * Spec: compatible formats of planes of multi-planar formats.
 */
VXM_API VkResult vxmDescribePlane(const VxmShared *shared, uint32_t plane, VxmShared *single);

/**
 * Whether a description and its handles can be imported on a device: everything that
 * vxmImportMemory() would check before it creates anything.
 *
 * @param      device  the importing device.
 * @param[in]  shared  the description with its handles.
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER if the type needs the same device and driver and they are
 * not; VK_ERROR_EXTENSION_NOT_PRESENT, VK_ERROR_FEATURE_NOT_PRESENT and
 * VK_ERROR_FORMAT_NOT_SUPPORTED if this device can't import it;
 * VK_ERROR_INVALID_EXTERNAL_HANDLE if a handle is missing, closed, or smaller than it should be.
 *
 * Spec: the external memory capabilities of VkExternalBufferProperties and
 * VkExternalImageFormatProperties.
 */
VXM_API VkResult vxmCheckShared(VxmDevice device, const VxmShared *shared);

/* ---------------------------------------------------------------------------------------------- */
/* Question                                                                                       */
/* ---------------------------------------------------------------------------------------------- */

/** What vxmQuery() is asked. */
typedef struct VxmQueryInfo {
    VxmHandleKind kind;  /**< Memory or semaphore. */
    uint32_t handleType; /**< One bit of the kind's enum. */
    /** For memory: ask for this buffer. NULL with image NULL: raw memory. */
    const VkBufferCreateInfo *buffer;
    /** For memory: ask for this image. With tiling DRM_FORMAT_MODIFIER_EXT: about the modifiers
     * that its pNext lists, or about any; exportable and importable if one of them is, and the
     * other types are those that go with all of them. */
    const VkImageCreateInfo *image;
    /** For semaphores: binary or timeline; drivers answer differently. */
    VkSemaphoreType semaphoreType;
    /** Optional: the other side's identity. */
    const VxmIdentity *peer;
    /** Optional: a description that came from the other side, instead of buffer and image. Its
     * handles are not looked at. */
    const VxmShared *peerShared;
} VxmQueryInfo;

/** What vxmQuery() answers. */
typedef struct VxmQueryResult {
    VkBool32 exportable;    /**< Can be exported from here (and, with a peer, imported there). */
    VkBool32 importable;    /**< Can be imported here. */
    VkBool32 dedicatedOnly; /**< Only with a dedicated allocation. */
    /** An import of this type can be exported again as this type. */
    VkBool32 reexportable;
    uint32_t compatibleHandleTypes;         /**< Types that one allocation can have together. */
    uint32_t exportFromImportedHandleTypes; /**< Types that an import can be exported as. */
    /** "" if it can be both exported and imported; otherwise why not, in words, and what to do
     * instead. */
    char reason[512];
} VxmQueryResult;

/**
 * What can be done with a handle type, for exactly this resource, on this device and, if given,
 * with that peer.
 *
 * @param      device  the device.
 * @param[in]  info    the question.
 * @param[out] result  the answer. A "no" is an answer: the call still succeeds, and result->reason
 *                     says why.
 *
 * Spec: vkGetPhysicalDeviceExternalBufferProperties, vkGetPhysicalDeviceImageFormatProperties2,
 * vkGetPhysicalDeviceExternalSemaphoreProperties.
 */
VXM_API VkResult vxmQuery(VxmDevice device, const VxmQueryInfo *info, VxmQueryResult *result);

/* ---------------------------------------------------------------------------------------------- */
/* Formats and modifiers of DRM                                                                   */
/* ---------------------------------------------------------------------------------------------- */

/** @name Modifiers that mean the same to every vendor
 * As drm_fourcc.h defines them.
 * @{ */
/** Rows after one another, as a CPU expects them. */
#define VXM_DRM_FORMAT_MOD_LINEAR UINT64_C(0)
/** The layout is not known, or agreed upon in another way: never LINEAR by itself. */
#define VXM_DRM_FORMAT_MOD_INVALID UINT64_C(0x00ffffffffffffff)
/** @} */

/** One DRM format modifier that a device has for an image. */
typedef struct VxmModifierProperties {
    uint64_t drmFormatModifier;           /**< The modifier. */
    uint32_t planeCount;                  /**< Memory planes: the format's, and what is compressed
                                               may have more. */
    VkFormatFeatureFlags2 formatFeatures; /**< What an image with it can be used for. */
    VkBool32 exportable;                  /**< Can be exported from here. */
    VkBool32 importable;                  /**< Can be imported here. */
    VkBool32 dedicatedOnly;               /**< Only with a dedicated allocation. */
    VkExtent3D maxExtent;                 /**< In texels. */
} VxmModifierProperties;

/** The modifiers that a device has for an image. */
typedef struct VxmModifiers {
    uint32_t modifierCount;                             /**< Entries of modifiers. */
    VxmModifierProperties modifiers[VXM_MAX_MODIFIERS]; /**< In the driver's order. */
    uint32_t leftOut; /**< More than there is room for: the driver's last ones, not looked at. */
    char reason[512]; /**< "", or why there is none, in words, and what to do instead. */
} VxmModifiers;

/**
 * The DRM format modifiers with which this device can share an image: those to offer to the other
 * side, such as to PipeWire or EGL.
 *
 * @param      device      the device.
 * @param[in]  image       the image, with tiling DRM_FORMAT_MODIFIER_EXT; as for vxmCreateImage().
 *                         A list of modifiers in its pNext leaves those in it.
 * @param      handleType  as a rule DMA_BUF.
 * @param[out] modifiers   receives those that can be exported or imported. None is an answer: the
 *                         call still succeeds, and modifiers->reason says why.
 *
 * Spec: VkDrmFormatModifierPropertiesList2EXT, VkPhysicalDeviceImageDrmFormatModifierInfoEXT.
 */
VXM_API VkResult vxmGetModifiers(VxmDevice device, const VkImageCreateInfo *image,
                                 VkExternalMemoryHandleTypeFlagBits handleType,
                                 VxmModifiers *modifiers);

/** What two sides have in common. */
typedef struct VxmModifierChoice {
    uint32_t modifierCount;                /**< Entries of modifiers. */
    uint64_t modifiers[VXM_MAX_MODIFIERS]; /**< The best first, LINEAR last. */
    char reason[512]; /**< "", or why there is none, in words, and what to do instead. */
} VxmModifierChoice;

/**
 * The modifiers that both sides have, the best first: the order is that of ours, which drivers give
 * with the fastest first, and LINEAR is the last resort.
 *
 * To allocate on this side give all of them to vxmCreateImage() (VkImageDrmFormatModifierList-
 * CreateInfoEXT), and the driver takes the best; where one has to be named, name the first.
 *
 * @param[in]  ours        from vxmGetModifiers().
 * @param      features    what this side must be able to do: EXPORTABLE to allocate, IMPORTABLE to
 *                         receive, or both; 0: either.
 * @param      theirCount  entries of theirs.
 * @param[in]  theirs      what the other side has. VXM_DRM_FORMAT_MOD_INVALID, unknown, is never
 *                         chosen, since Vulkan can't be told of it. NULL if theirCount is 0.
 * @param[out] choice      receives them. None is an answer: the call still succeeds, and
 *                         choice->reason says why.
 */
VXM_API VkResult vxmChooseModifiers(const VxmModifiers *ours, VkExternalMemoryFeatureFlags features,
                                    uint32_t theirCount, const uint64_t *theirs,
                                    VxmModifierChoice *choice);

/** A format of DRM, as a VkFormat. */
typedef struct VxmFourccFormat {
    uint32_t fourcc;     /**< DRM's code. */
    VkFormat format;     /**< Vulkan's; UNORM where there is an SRGB one, too. */
    uint32_t planeCount; /**< Planes of the format, 1 to 3. */
    VkBool32 opaque;     /**< Has an X channel: what the image holds as alpha means nothing. */
    /** For VkImageViewCreateInfo or VkSamplerYcbcrConversionCreateInfo: alpha ONE for an X channel,
     * r and b changed over where DRM's order of Cb and Cr is the other one (NV21, YVU420). */
    VkComponentMapping components;
} VxmFourccFormat;

/**
 * The VkFormat of a format code of DRM's (drm_fourcc.h), which EGL, GBM, PipeWire and V4L2 use as
 * well.
 *
 * @param      fourcc  such as DRM_FORMAT_XRGB8888, little-endian.
 * @param[out] format  receives what it is for Vulkan.
 *
 * Errors: VK_ERROR_FORMAT_NOT_SUPPORTED if Vulkan has none with the same bytes, or one that says
 * RGB of what is Y'CbCr (AYUV, Y410).
 */
VXM_API VkResult vxmGetFourccFormat(uint32_t fourcc, VxmFourccFormat *format);

/**
 * The format code of DRM's with the same bytes.
 *
 * @param format  Vulkan's; SRGB formats have the code of the UNORM one.
 * @param opaque  the one with an X in place of the alpha channel, where there is one.
 * @return 0 if DRM has none.
 */
VXM_API uint32_t vxmGetFormatFourcc(VkFormat format, VkBool32 opaque);

/**
 * The format of one plane of a multi-planar format, such as R8G8_UNORM for the second of
 * G8_B8R8_2PLANE_420_UNORM.
 *
 * @param format  Vulkan's.
 * @param plane   which.
 * @return the format itself for plane 0 of one that isn't multi-planar; UNDEFINED if there is no
 *         such plane.
 */
VXM_API VkFormat vxmGetPlaneFormat(VkFormat format, uint32_t plane);

/* ---------------------------------------------------------------------------------------------- */
/* Memory                                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/** The one object: raw memory, a buffer or an image, made here, imported, or adopted. */
typedef struct VxmMemory_T *VxmMemory;

/** Whether an allocation is dedicated to its buffer or image. */
typedef enum VxmDedicated {
    /** Dedicated if the driver requires or prefers it, and for opaque types always (desktop NVIDIA
     * drivers want it there even where they report neither, and map by small pages what isn't: from
     * 4 GiB on, CUDA is slower on it, see docs/performance.md). Never for disjoint images and host
     * allocations, which can't be. */
    VXM_DEDICATED_AUTO = 0,
    VXM_DEDICATED_ON = 1,  /**< Or an error, if that can't be. */
    VXM_DEDICATED_OFF = 2, /**< Or an error, if the driver requires it. */
    VXM_DEDICATED_MAX_ENUM = 0x7FFFFFFF
} VxmDedicated;

/** How the memory for a new shared object is allocated. */
typedef struct VxmMemoryCreateInfo {
    /** The types it will be exported as; at least one. All must be in each other's
     * compatibleHandleTypes. */
    VkExternalMemoryHandleTypeFlags handleTypes;
    /** Flags that the memory type must have. 0 is fine. */
    VkMemoryPropertyFlags requiredFlags;
    /** Flags that it should have; device-local is preferred if this and requiredFlags are 0. */
    VkMemoryPropertyFlags preferredFlags;
    /** Memory types to choose from; 0: all. */
    uint32_t memoryTypeBits;
    /** Dedicated or not; must not be ON for raw memory. */
    VxmDedicated dedicated;
    /** Optional: chained to VkMemoryAllocateInfo: priority, or on Windows
     * VkExportMemoryWin32HandleInfoKHR (security attributes, access, name), which goes with
     * OPAQUE_WIN32 only (00657). Must not hold the structs that the library chains itself: export,
     * import, dedicated. */
    const void *next;
} VxmMemoryCreateInfo;

/** Flags of an import. */
typedef enum VxmImportFlagBits {
    /** On success the library closes the caller's handles and sets them to empty; on failure they
     * stay the caller's. Without it they stay the caller's in any case. */
    VXM_IMPORT_TAKE_HANDLES_BIT = 0x1,
    /** Semaphores: the payload is restored after the next wait. */
    VXM_IMPORT_TEMPORARY_BIT = 0x2,
    VXM_IMPORT_FLAG_BITS_MAX_ENUM = 0x7FFFFFFF
} VxmImportFlagBits;
/** VxmImportFlagBits together. */
typedef uint32_t VxmImportFlags;

/** How memory is imported. All zero is a good start. */
typedef struct VxmImportInfo {
    VxmImportFlags flags; /**< VxmImportFlagBits. */
    /** The types that the import will be exported as again; 0: none. For the type that it is
     * imported as, the library keeps a duplicate of the handle and gives duplicates of that: every
     * driver can do it. Any other must be in exportFromImportedHandleTypes. */
    VkExternalMemoryHandleTypeFlags reexportHandleTypes;
    /** Where the driver leaves a choice of memory type: flags it must have. */
    VkMemoryPropertyFlags requiredFlags;
    /** Where the driver leaves a choice: flags it should have. */
    VkMemoryPropertyFlags preferredFlags;
    /** The queue families of a CONCURRENT resource, at least two; they are this device's own and
     * can't travel. 0 with an EXCLUSIVE one. */
    uint32_t queueFamilyIndexCount;
    const uint32_t *queueFamilyIndices; /**< queueFamilyIndexCount families. */
    /** Optional: import the memory only, for this buffer of the app's own. It must be identical to
     * the exporter's; it stays the app's and is not bound. Not for an IOSURFACE, which an image is
     * created of. */
    VkBuffer dedicatedBuffer;
    /** Optional: as dedicatedBuffer, for an image. */
    VkImage dedicatedImage;
    /** Optional: as VxmMemoryCreateInfo::next. */
    const void *next;
} VxmImportInfo;

/** One VkDeviceMemory of an app's own, for vxmWrapMemory(). */
typedef struct VxmWrappedMemory {
    VkDeviceMemory memory;       /**< Not optional. */
    VkDeviceSize allocationSize; /**< Exactly as it was allocated, in bytes. */
    VkDeviceSize offset;         /**< Where the resource is bound, in bytes. */
    uint32_t memoryTypeIndex;    /**< As it was allocated. */
    /** Optional: a handle of this memory that the app has already taken, of one of handleTypes.
     * Exports of that type then give duplicates of it and don't ask the driver: Win32 gives only
     * one NT handle per memory and type. Borrowed: the library makes a duplicate. */
    VxmHandle handle;
} VxmWrappedMemory;

/** A shared object of an app's own, with everything that can't be asked of Vulkan. */
typedef struct VxmMemoryWrapInfo {
    /** The library destroys buffer, image and memories in vxmDestroyMemory(), with the device's
     * allocator: create them with that. VK_FALSE: they stay the app's, which destroys them after
     * vxmDestroyMemory(). */
    VkBool32 takeObjects;
    VkBuffer buffer; /**< The buffer, or VK_NULL_HANDLE. */
    VkImage image;   /**< The image, or VK_NULL_HANDLE. With neither: raw memory. */
    /** With a buffer: what it was created with. */
    const VkBufferCreateInfo *bufferCreateInfo;
    /** With an image: what it was created with. */
    const VkImageCreateInfo *imageCreateInfo;
    /** VkExportMemoryAllocateInfo::handleTypes of the allocation; 0: can't be exported. */
    VkExternalMemoryHandleTypeFlags handleTypes;
    VkBool32 dedicated;                        /**< Whether it was allocated dedicated. */
    uint32_t memoryCount;                      /**< 1, or one for each plane if disjoint. */
    VxmWrappedMemory memories[VXM_MAX_PLANES]; /**< memoryCount memories. */
} VxmMemoryWrapInfo;

/** What a VxmMemory is made of. The objects stay its own (or the app's, if wrapped). */
typedef struct VxmMemoryInfo {
    VxmDevice device;             /**< The device it belongs to. */
    VxmResourceType resourceType; /**< Raw, buffer or image. */
    VkBuffer buffer;              /**< Or VK_NULL_HANDLE. */
    VkImage image;                /**< Or VK_NULL_HANDLE. */
    VkBool32 dedicated;           /**< Whether it is a dedicated allocation. */
    VkBool32 imported;            /**< Whether it came from a handle. */
    uint32_t importHandleType;    /**< The type it was imported from; 0: not imported. */
    /** The types it can be exported as. */
    VkExternalMemoryHandleTypeFlags exportHandleTypes;
    /** For an image, as in its description: modifier and where its planes lie. */
    uint64_t drmFormatModifier;
    uint32_t planeCount;                   /**< Layouts in planes. */
    VxmPlaneLayout planes[VXM_MAX_PLANES]; /**< planeCount layouts. */
    uint32_t memoryCount;                  /**< Memories below. */
    struct {
        VkDeviceMemory memory;               /**< The allocation. */
        VkDeviceSize allocationSize;         /**< Bytes; what OpenGL and CUDA ask for. */
        VkDeviceSize offset;                 /**< Where the resource is bound, in bytes. */
        uint32_t memoryTypeIndex;            /**< Its memory type. */
        VkMemoryPropertyFlags propertyFlags; /**< Of that memory type. */
    } memories[VXM_MAX_PLANES];              /**< memoryCount memories. */
} VxmMemoryInfo;

/**
 * Creates a buffer with memory that can be exported.
 *
 * @param      device   the device; must outlive the memory.
 * @param[in]  buffer   Vulkan's own create-info. The library adds VkExternalMemoryBufferCreateInfo.
 *                      A pNext of your own is refused, since it would have to travel.
 * @param[in]  info     handle types and memory.
 * @param[out] memory   receives the object; end it with vxmDestroyMemory().
 *
 * Errors: VK_ERROR_EXTENSION_NOT_PRESENT or VK_ERROR_FEATURE_NOT_PRESENT if the driver can't export
 * this; VK_ERROR_OUT_OF_DEVICE_MEMORY; what vkCreateBuffer, vkAllocateMemory and vkBindBufferMemory
 * answer.
 *
 * Spec: VkExternalMemoryBufferCreateInfo, VkExportMemoryAllocateInfo,
 * VkMemoryDedicatedAllocateInfo.
 */
VXM_API VkResult vxmCreateBuffer(VxmDevice device, const VkBufferCreateInfo *buffer,
                                 const VxmMemoryCreateInfo *info, VxmMemory *memory);

/**
 * Creates an image with memory that can be exported.
 *
 * @param      device  the device; must outlive the memory.
 * @param[in]  image   Vulkan's own create-info, with initialLayout UNDEFINED. The library adds
 *                     VkExternalMemoryImageCreateInfo. VkImageFormatListCreateInfo and
 *                     VkImageStencilUsageCreateInfo in its pNext travel; so does what comes of
 *                     VkImageDrmFormatModifierListCreateInfoEXT or
 *                     VkImageDrmFormatModifierExplicitCreateInfoEXT with tiling
 *                     DRM_FORMAT_MODIFIER_EXT (with neither, every modifier that can be exported is
 *                     offered to the driver, which takes the best); any other is refused. With
 *                     VK_IMAGE_CREATE_DISJOINT_BIT there is a memory for each plane.
 * @param[in]  info    handle types and memory.
 * @param[out] memory  receives the object; end it with vxmDestroyMemory().
 *
 * Errors: as vxmCreateBuffer(), and VK_ERROR_FORMAT_NOT_SUPPORTED.
 *
 * Spec: VkExternalMemoryImageCreateInfo, VkExportMemoryAllocateInfo, VkMemoryDedicatedAllocateInfo.
 */
VXM_API VkResult vxmCreateImage(VxmDevice device, const VkImageCreateInfo *image,
                                const VxmMemoryCreateInfo *info, VxmMemory *memory);

/**
 * Allocates raw memory that can be exported. Resources that you bind to it must be created with the
 * same external handle types.
 *
 * @param      device  the device; must outlive the memory.
 * @param      size    bytes, not 0.
 * @param[in]  info    handle types and memory; memoryTypeBits should be those of the resources.
 * @param[out] memory  receives the object; end it with vxmDestroyMemory().
 *
 * Errors: as vxmCreateBuffer().
 *
 * Spec: VkExportMemoryAllocateInfo.
 */
VXM_API VkResult vxmCreateMemory(VxmDevice device, VkDeviceSize size,
                                 const VxmMemoryCreateInfo *info, VxmMemory *memory);

/**
 * Imports memory, and creates the buffer or image that belongs to it.
 *
 * Everything is checked against this device before the driver sees the handle. The contents are
 * undefined until vxmCmdAcquireMemory() or another proper acquire, after the exporter's release.
 *
 * @param         device  the device; must outlive the memory.
 * @param[in,out] shared  the description with its handles. They stay yours, except with
 *                        VXM_IMPORT_TAKE_HANDLES_BIT: then they are closed and set to empty on
 *                        success. A host allocation must live until vxmDestroyMemory().
 * @param[in]     info    optional; NULL is the same as all zero.
 * @param[out]    memory  receives the object; end it with vxmDestroyMemory().
 *
 * Errors: as vxmCheckShared(); VK_ERROR_INVALID_EXTERNAL_HANDLE if the driver refuses the handle;
 * VK_ERROR_INVALID_DRM_FORMAT_MODIFIER_PLANE_LAYOUT_EXT if it can't read planes that lie so; what
 * vkCreateBuffer, vkCreateImage, vkAllocateMemory and the bind answer.
 *
 * Spec: VkImportMemoryFdInfoKHR, VkImportMemoryWin32HandleInfoKHR,
 * VkImportMemoryZirconHandleInfoFUCHSIA, VkImportMemoryMetalHandleInfoEXT,
 * VkImportMetalIOSurfaceInfoEXT, VkImportMemoryHostPointerInfoEXT, and the queries of their
 * properties.
 */
VXM_API VkResult vxmImportMemory(VxmDevice device, VxmShared *shared, const VxmImportInfo *info,
                                 VxmMemory *memory);

/**
 * Adopts memory that the app has allocated itself, so that it can be exported and handed over.
 *
 * @param      device  the wrapper of the device it belongs to; must outlive the memory.
 * @param[in]  info    the objects and how they were made. What it says is believed: Vulkan can't be
 *                     asked for it.
 * @param[out] memory  receives the object; end it with vxmDestroyMemory() before the app destroys
 *                     what it kept.
 *
 * Errors: VK_ERROR_VALIDATION_FAILED_EXT for a missing or contradictory fact.
 */
VXM_API VkResult vxmWrapMemory(VxmDevice device, const VxmMemoryWrapInfo *info, VxmMemory *memory);

/**
 * Ends a shared object: frees what the library made, forgets what the app kept. Exported handles
 * stay valid, and keep the payload alive where their type does that: all do but KMT numbers
 * (OPAQUE_WIN32_KMT, D3D11_TEXTURE_KMT), whose exporter must outlive every use by an importer. The
 * GPU must be done with it.
 *
 * @param memory  NULL is ignored.
 */
VXM_API void vxmDestroyMemory(VxmMemory memory);

/**
 * Describes a shared object for another place, with new handles.
 *
 * @param      memory      the object.
 * @param      handleType  one of the types that it was made for.
 * @param[out] shared      receives description and handles. Yours: end them with vxmCloseShared().
 *
 * Errors: VK_ERROR_FEATURE_NOT_PRESENT if it was not made for that type;
 * VK_ERROR_TOO_MANY_OBJECTS if the process has no more handles.
 *
 * Spec: vkGetMemoryFdKHR, vkGetMemoryWin32HandleKHR, vkGetMemoryZirconHandleFUCHSIA,
 * vkGetMemoryMetalHandleEXT, vkExportMetalObjectsEXT.
 */
VXM_API VkResult vxmExportMemory(VxmMemory memory, VkExternalMemoryHandleTypeFlagBits handleType,
                                 VxmShared *shared);

/**
 * One new native handle, without the description.
 *
 * @param      memory       the object.
 * @param      memoryIndex  which of its memories; 0 unless it is a disjoint image.
 * @param      handleType   one of the types that it was made for.
 * @param[out] handle       receives the handle, close-on-exec where the system knows that. Yours:
 *                          close it with vxmCloseHandle(), or give it to an API that takes it.
 *
 * Errors: as vxmExportMemory().
 *
 * Spec: vkGetMemoryFdKHR, vkGetMemoryWin32HandleKHR, vkGetMemoryZirconHandleFUCHSIA,
 * vkGetMemoryMetalHandleEXT, vkExportMetalObjectsEXT.
 */
VXM_API VkResult vxmGetMemoryHandle(VxmMemory memory, uint32_t memoryIndex,
                                    VkExternalMemoryHandleTypeFlagBits handleType,
                                    VxmHandle *handle);

/**
 * Maps a whole allocation for the CPU. Calls nest: the memory is unmapped with the last
 * vxmUnmapMemory(), or with vxmDestroyMemory().
 *
 * Memory that isn't HOST_COHERENT needs vkFlushMappedMemoryRanges and
 * vkInvalidateMappedMemoryRanges on the VkDeviceMemory.
 *
 * @param      memory       the object; not one whose allocation stays an app's (wrapped without
 *                          takeObjects), which may be mapped there.
 * @param      memoryIndex  which of its memories; 0 unless it is a disjoint image.
 * @param[out] data         receives the address of the resource's first byte: the allocation's
 *                          begin plus its offset. Valid until unmapped.
 *
 * Errors: VK_ERROR_MEMORY_MAP_FAILED; VK_ERROR_VALIDATION_FAILED_EXT if its memory type is not
 * HOST_VISIBLE.
 *
 * Spec: vkMapMemory.
 */
VXM_API VkResult vxmMapMemory(VxmMemory memory, uint32_t memoryIndex, void **data);

/**
 * Undoes one vxmMapMemory().
 *
 * @param memory       NULL is ignored.
 * @param memoryIndex  as for vxmMapMemory(); one that isn't mapped is ignored.
 */
VXM_API void vxmUnmapMemory(VxmMemory memory, uint32_t memoryIndex);

/**
 * What a shared object is made of.
 *
 * @param      memory  the object.
 * @param[out] info    receives a copy; the objects stay the memory's.
 */
VXM_API VkResult vxmGetMemoryInfo(VxmMemory memory, VxmMemoryInfo *info);

/** The buffer, still the memory's own; VK_NULL_HANDLE for NULL or another resource type. */
VXM_API VkBuffer vxmGetVkBuffer(VxmMemory memory);

/** The image, still the memory's own; VK_NULL_HANDLE for NULL or another resource type. */
VXM_API VkImage vxmGetVkImage(VxmMemory memory);

/** One allocation, still the memory's own; VK_NULL_HANDLE for NULL or an index out of range. */
VXM_API VkDeviceMemory vxmGetVkDeviceMemory(VxmMemory memory, uint32_t memoryIndex);

/* ---------------------------------------------------------------------------------------------- */
/* Plan: the thin layer                                                                           */
/* ---------------------------------------------------------------------------------------------- */

/** One allocation of a plan. */
typedef struct VxmPlanMemory {
    /** Ready for vkAllocateMemory, once the resource is set (vxmSetPlanResource()): size, memory
     * type and the whole chain. memoryTypeIndex is the library's choice out of memoryTypeBits. */
    VkMemoryAllocateInfo allocateInfo;
    /** The same chain without VkMemoryDedicatedAllocateInfo, for allocators such as VMA that chain
     * that one themselves. */
    const void *next;
    VkDeviceSize alignment;            /**< Of the resource's offset in the allocation, in bytes. */
    VkDeviceSize requiredSize;         /**< Bytes that the resource takes up. */
    VkDeviceSize offset;               /**< Where to bind the resource, in bytes. */
    uint32_t memoryTypeBits;           /**< The memory types that are allowed. */
    VkImageAspectFlagBits planeAspect; /**< Of a disjoint image; otherwise 0. */
} VxmPlanMemory;

/**
 * What to create and allocate, in the caller's own storage. The structs point at each other: do not
 * copy or move a plan between its making and vxmFinishPlan().
 *
 * The fields up to `memories` are for the app to read; what comes after is the library's.
 */
typedef struct VxmPlan {
    VxmResourceType resourceType;                /**< Which of the create-infos counts. */
    VkBufferCreateInfo bufferCreateInfo;         /**< For vkCreateBuffer. */
    VkImageCreateInfo imageCreateInfo;           /**< For vkCreateImage. */
    VkBool32 dedicated;                          /**< Whether the allocation must be dedicated. */
    VkExternalMemoryHandleTypeFlags handleTypes; /**< Types it can be exported as. */
    uint32_t memoryCount;                        /**< Allocations to make. */
    VxmPlanMemory memories[VXM_MAX_PLANES];      /**< memoryCount allocations. */

    /** @cond INTERNAL */
    struct {
        VxmDevice device;
        VxmShared *shared;
        VxmSharedMemory source[VXM_MAX_PLANES];
        VxmImportFlags importFlags;
        uint32_t givenHandleType;
        uint32_t importHandleType;
        VkExternalMemoryHandleTypeFlags keptHandleTypes;
        VkBool32 ownsHandles;
        VxmHandle importHandles[VXM_MAX_PLANES];
        VxmBufferDescription buffer;
        VxmImageDescription image;
        VkDeviceSize rawSize;
        VxmDedicated dedicatedMode;
        VkBool32 dedicatedOnly;
        VkBuffer dedicatedBuffer;
        VkImage dedicatedImage;
        VkMemoryPropertyFlags requiredFlags;
        VkMemoryPropertyFlags preferredFlags;
        uint32_t allowedTypeBits;
        const void *appNext;
        VkExternalMemoryBufferCreateInfo externalBuffer;
        VkExternalMemoryImageCreateInfo externalImage;
        VkImageFormatListCreateInfo formatList;
        VkImageStencilUsageCreateInfo stencilUsage;
        uint32_t modifierCount;
        uint64_t modifiers[VXM_MAX_MODIFIERS];
        uint64_t dedicatedOnlyModifiers; /* a bit for each */
        VkImageDrmFormatModifierListCreateInfoEXT modifierList;
        VkImageDrmFormatModifierExplicitCreateInfoEXT modifierLayouts;
        VkSubresourceLayout planeLayouts[VXM_MAX_PLANES];
        VkMemoryDedicatedAllocateInfo dedicatedInfo[VXM_MAX_PLANES];
        VkExportMemoryAllocateInfo exportInfo[VXM_MAX_PLANES];
        union {
            uint64_t align;
            void *pointers[8];
            unsigned char bytes[96];
        } importInfo[VXM_MAX_PLANES], imageInfo;
    } state;
    /** @endcond */
} VxmPlan;

/** What came of a plan, for vxmFinishPlan(). */
typedef struct VxmPlanResult {
    /** VK_SUCCESS, or what vkAllocateMemory answered when it failed; any error for a plan that was
     * given up before. */
    VkResult result;
    /** As in VxmMemoryWrapInfo: who destroys the objects if a VxmMemory is made. */
    VkBool32 takeObjects;
    VkBuffer buffer; /**< What was created, or VK_NULL_HANDLE. */
    VkImage image;   /**< What was created, or VK_NULL_HANDLE. */
    /** How many of the plan's memories were allocated, in their order. On failure the import
     * handles of those count as taken by the driver. */
    uint32_t memoryCount;
    /** What was allocated: memory, size, offset and memory type as they became (an allocator may
     * have taken more than planned). Sizes of 0 mean: as planned. handle is not used. */
    VxmWrappedMemory memories[VXM_MAX_PLANES];
} VxmPlanResult;

/**
 * Plans a buffer that the app creates and allocates itself. Nothing of Vulkan's is left behind.
 *
 * @param      device  the device, made or wrapped.
 * @param[in]  buffer  as for vxmCreateBuffer(); queue family indices must stay valid as long as the
 *                     plan.
 * @param[in]  info    as for vxmCreateBuffer(); info->next must stay valid as long as the plan.
 * @param[out] plan    receives the plan. End it with vxmFinishPlan().
 *
 * Errors: as vxmCreateBuffer().
 */
VXM_API VkResult vxmPlanBuffer(VxmDevice device, const VkBufferCreateInfo *buffer,
                               const VxmMemoryCreateInfo *info, VxmPlan *plan);

/** Plans an image; otherwise as vxmPlanBuffer() and vxmCreateImage(). */
VXM_API VkResult vxmPlanImage(VxmDevice device, const VkImageCreateInfo *image,
                              const VxmMemoryCreateInfo *info, VxmPlan *plan);

/** Plans raw memory; otherwise as vxmPlanBuffer() and vxmCreateMemory(). */
VXM_API VkResult vxmPlanMemory(VxmDevice device, VkDeviceSize size, const VxmMemoryCreateInfo *info,
                               VxmPlan *plan);

/**
 * Plans an import. The chain holds private duplicates of the handles, so that the driver may take
 * them; vxmFinishPlan() settles who owns what.
 *
 * @param         device  the device, made or wrapped.
 * @param[in,out] shared  the description with its handles; must stay valid until vxmFinishPlan().
 *                        The handles stay yours, except with VXM_IMPORT_TAKE_HANDLES_BIT and a plan
 *                        that ends in success.
 * @param[in]     info    optional; as for vxmImportMemory(), and valid as long as the plan.
 * @param[out]    plan    receives the plan. End it with vxmFinishPlan() in any case.
 *
 * Errors: as vxmCheckShared(), and VK_ERROR_TOO_MANY_OBJECTS if a handle can't be duplicated;
 * VK_ERROR_INVALID_EXTERNAL_HANDLE also for a LINEAR image that this driver lays out otherwise.
 */
VXM_API VkResult vxmPlanImport(VxmDevice device, VxmShared *shared, const VxmImportInfo *info,
                               VxmPlan *plan);

/**
 * Puts the resource that the app has created into the plan's dedicated infos. Needed before
 * vkAllocateMemory where the plan is dedicated; harmless otherwise.
 *
 * @param[in,out] plan    the plan.
 * @param         buffer  what was created with plan->bufferCreateInfo, or VK_NULL_HANDLE.
 * @param         image   what was created with plan->imageCreateInfo, or VK_NULL_HANDLE.
 */
VXM_API VkResult vxmSetPlanResource(VxmPlan *plan, VkBuffer buffer, VkImage image);

/**
 * Ends a plan, after success or failure: settles who owns the handles and, if wanted, makes a
 * VxmMemory of the result. The plan is empty after it, whatever the result; a second call does
 * nothing.
 *
 * @param[in,out] plan    the plan.
 * @param[in]     result  what came of it.
 * @param[out]    memory  optional: receives the object. Ignored if result->result is an error.
 *
 * Bind an image of LINEAR tiling with several planes before: its layouts are read here, and
 * lavapipe tells them only then.
 *
 * Errors: as vxmWrapMemory(); VK_ERROR_INVALID_EXTERNAL_HANDLE if the planes of an import with
 * LINEAR tiling lie otherwise than its description says. The handles are settled also then, and the
 * objects stay the app's.
 */
VXM_API VkResult vxmFinishPlan(VxmPlan *plan, const VxmPlanResult *result, VxmMemory *memory);

/* ---------------------------------------------------------------------------------------------- */
/* Semaphores                                                                                     */
/* ---------------------------------------------------------------------------------------------- */

/** A binary or timeline semaphore that is, or can be, shared. */
typedef struct VxmSemaphore_T *VxmSemaphore;

/** How a semaphore is made. */
typedef struct VxmSemaphoreCreateInfo {
    VkSemaphoreType semaphoreType; /**< Binary (0) or timeline. */
    uint64_t initialValue;         /**< Of a timeline; 0 for a binary one. */
    /** The types it will be exported as; at least one. */
    VkExternalSemaphoreHandleTypeFlags handleTypes;
    /** Optional: chained to VkSemaphoreCreateInfo, such as VkExportSemaphoreWin32HandleInfoKHR
     * (security attributes, access, name). Must not hold the structs that the library chains
     * itself: export, type. */
    const void *next;
} VxmSemaphoreCreateInfo;

/** A semaphore of an app's own, for vxmWrapSemaphore(). */
typedef struct VxmSemaphoreWrapInfo {
    VkBool32 takeObject;           /**< The library destroys it in vxmDestroySemaphore(). */
    VkSemaphore semaphore;         /**< Not optional. */
    VkSemaphoreType semaphoreType; /**< As it was created. */
    /** VkExportSemaphoreCreateInfo::handleTypes; 0: can't be exported. */
    VkExternalSemaphoreHandleTypeFlags handleTypes;
    /** Optional: as VxmWrappedMemory::handle, a handle of this semaphore that the app has already
     * taken. Borrowed. */
    VxmHandle handle;
} VxmSemaphoreWrapInfo;

/** A semaphore's description, and its handle. */
typedef struct VxmSharedSemaphore {
    uint32_t handleType;              /**< One VkExternalSemaphoreHandleTypeFlagBits. */
    VxmHandle handle;                 /**< Of that type; empty right after decoding. */
    const wchar_t *name;              /**< As VxmSharedMemory::name. */
    VkSemaphoreType semaphoreType;    /**< The exporter's; must equal the importer's. */
    uint8_t deviceUUID[VK_UUID_SIZE]; /**< The exporter's; all zero: unknown. */
    uint8_t driverUUID[VK_UUID_SIZE]; /**< The exporter's; all zero: unknown. */
    uint8_t deviceLUID[VK_LUID_SIZE]; /**< As VxmShared::deviceLUID, for a D3D12_FENCE. */
    VkBool32 deviceLUIDValid;         /**< Whether the exporter has a LUID. */
} VxmSharedSemaphore;

/**
 * Creates a semaphore that can be exported.
 *
 * @param      device     the device; must outlive the semaphore.
 * @param[in]  info       type and handle types.
 * @param[out] semaphore  receives it; end it with vxmDestroySemaphore().
 *
 * Errors: VK_ERROR_EXTENSION_NOT_PRESENT or VK_ERROR_FEATURE_NOT_PRESENT if the driver can't export
 * it, or has no timelines.
 *
 * Spec: VkExportSemaphoreCreateInfo, VkSemaphoreTypeCreateInfo.
 */
VXM_API VkResult vxmCreateSemaphore(VxmDevice device, const VxmSemaphoreCreateInfo *info,
                                    VxmSemaphore *semaphore);

/**
 * Adopts a semaphore of the app's own.
 *
 * @param      device     the wrapper of its device; must outlive the semaphore.
 * @param[in]  info       the semaphore and how it was made.
 * @param[out] semaphore  receives it; end it with vxmDestroySemaphore().
 */
VXM_API VkResult vxmWrapSemaphore(VxmDevice device, const VxmSemaphoreWrapInfo *info,
                                  VxmSemaphore *semaphore);

/**
 * Ends a semaphore. No submission may still use it.
 *
 * @param semaphore  NULL is ignored.
 */
VXM_API void vxmDestroySemaphore(VxmSemaphore semaphore);

/**
 * Describes a semaphore for another place, with a new handle.
 *
 * @param      semaphore   the semaphore.
 * @param      handleType  one of the types it was made for. A sync fd is a copy of the payload:
 *                         exporting it acts like a wait, and needs a signal that is pending or
 *                         done.
 * @param[out] shared      receives description and handle. Yours: end it with
 *                         vxmCloseSharedSemaphore().
 *
 * Errors: VK_ERROR_FEATURE_NOT_PRESENT if it was not made for that type.
 *
 * Spec: vkGetSemaphoreFdKHR, vkGetSemaphoreWin32HandleKHR, vkGetSemaphoreZirconHandleFUCHSIA,
 * vkExportMetalObjectsEXT.
 */
VXM_API VkResult vxmExportSemaphore(VxmSemaphore semaphore,
                                    VkExternalSemaphoreHandleTypeFlagBits handleType,
                                    VxmSharedSemaphore *shared);

/** One new native handle, without the description; otherwise as vxmExportSemaphore(). Close it with
 * vxmCloseHandle(). */
VXM_API VkResult vxmGetSemaphoreHandle(VxmSemaphore semaphore,
                                       VkExternalSemaphoreHandleTypeFlagBits handleType,
                                       VxmHandle *handle);

/** Closes the handle of a description and sets it to empty. NULL is ignored. */
VXM_API void vxmCloseSharedSemaphore(VxmSharedSemaphore *shared);

/**
 * Makes a new semaphore that has the payload of a handle.
 *
 * @param         device               the device; must outlive the semaphore.
 * @param[in,out] shared               the description with its handle; the handle stays yours
 *                                     except with VXM_IMPORT_TAKE_HANDLES_BIT and success.
 * @param         flags                VXM_IMPORT_TAKE_HANDLES_BIT; VXM_IMPORT_TEMPORARY_BIT, which
 *                                     sync fds need and timelines forbid.
 * @param         reexportHandleTypes  types that it will be exported as again; 0: none.
 * @param[out]    semaphore            receives it; end it with vxmDestroySemaphore().
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER for another device or driver;
 * VK_ERROR_FEATURE_NOT_PRESENT if this device can't import it; VK_ERROR_INVALID_EXTERNAL_HANDLE if
 * the handle is missing, closed, or refused by the driver.
 *
 * A Metal shared event is declared at the semaphore's creation, which sets it to a value: the
 * library gives the value that it has. Import it while nobody signals it.
 *
 * Spec: vkImportSemaphoreFdKHR, vkImportSemaphoreWin32HandleKHR,
 * vkImportSemaphoreZirconHandleFUCHSIA, VkImportMetalSharedEventInfoEXT.
 */
VXM_API VkResult vxmImportSemaphore(VxmDevice device, VxmSharedSemaphore *shared,
                                    VxmImportFlags flags,
                                    VkExternalSemaphoreHandleTypeFlags reexportHandleTypes,
                                    VxmSemaphore *semaphore);

/**
 * Puts the payload of a handle into a semaphore that exists, such as a sync fd of each frame. No
 * submission may be pending on it.
 *
 * @param         semaphore  the semaphore.
 * @param[in,out] shared     as for vxmImportSemaphore().
 * @param         flags      as for vxmImportSemaphore().
 *
 * Errors: as vxmImportSemaphore(); VK_ERROR_FEATURE_NOT_PRESENT for a Metal shared event, which is
 * imported when a semaphore is created.
 *
 * On Windows a driver gives the NT handle of a semaphore and type once. If it was exported before,
 * exports of the new payload are duplicates of the handle that it came from; what came by a name is
 * then refused. One that was not exported before a temporary import can't be afterwards.
 *
 * Spec: vkImportSemaphoreFdKHR, vkImportSemaphoreWin32HandleKHR,
 * vkImportSemaphoreZirconHandleFUCHSIA.
 */
VXM_API VkResult vxmImportSemaphorePayload(VxmSemaphore semaphore, VxmSharedSemaphore *shared,
                                           VxmImportFlags flags);

/**
 * Waits on the CPU until a timeline reaches a value.
 *
 * @param semaphore  a timeline.
 * @param value      to reach.
 * @param timeout    nanoseconds. Don't wait for ever on a peer: it can stop signalling.
 *
 * Errors: VK_TIMEOUT; VK_ERROR_DEVICE_LOST; VK_ERROR_VALIDATION_FAILED_EXT for a binary semaphore,
 * which the CPU can't wait for.
 *
 * Spec: vkWaitSemaphores.
 */
VXM_API VkResult vxmWaitSemaphore(VxmSemaphore semaphore, uint64_t value, uint64_t timeout);

/**
 * Signals a timeline from the CPU.
 *
 * @param semaphore  a timeline.
 * @param value      greater than its current value.
 *
 * Spec: vkSignalSemaphore.
 */
VXM_API VkResult vxmSignalSemaphore(VxmSemaphore semaphore, uint64_t value);

/**
 * A timeline's current value.
 *
 * @param      semaphore  a timeline.
 * @param[out] value      receives it.
 *
 * Spec: vkGetSemaphoreCounterValue.
 */
VXM_API VkResult vxmGetSemaphoreValue(VxmSemaphore semaphore, uint64_t *value);

/** The VkSemaphore, for submissions; still the semaphore's own. VK_NULL_HANDLE for NULL. */
VXM_API VkSemaphore vxmGetVkSemaphore(VxmSemaphore semaphore);

/** Writes a semaphore's description, all but the handle; otherwise as vxmEncodeShared(). */
VXM_API VkResult vxmEncodeSharedSemaphore(const VxmSharedSemaphore *shared, size_t capacity,
                                          void *data, size_t *size);

/** Reads what vxmEncodeSharedSemaphore() wrote; otherwise as vxmDecodeShared(). */
VXM_API VkResult vxmDecodeSharedSemaphore(size_t size, const void *data,
                                          VxmSharedSemaphore *shared);

/* ---------------------------------------------------------------------------------------------- */
/* Hand-over                                                                                      */
/* ---------------------------------------------------------------------------------------------- */

/** Flags of a hand-over. */
typedef enum VxmHandoverFlagBits {
    /** The contents need not be kept: the acquire starts from UNDEFINED. */
    VXM_HANDOVER_DISCARD_BIT = 0x1,
    /** semaphoreValue is set: wait for it on the shared timeline before the acquire. */
    VXM_HANDOVER_SEMAPHORE_VALUE_BIT = 0x2,
    VXM_HANDOVER_FLAG_BITS_MAX_ENUM = 0x7FFFFFFF
} VxmHandoverFlagBits;
/** VxmHandoverFlagBits together. */
typedef uint32_t VxmHandoverFlags;

/**
 * What changes each frame, and travels with the frame.
 *
 * The side that created the memory owns it at first, and acquires nothing before its first use (an
 * image is UNDEFINED then, as any new one). From there on owners take turns: each
 * vxmCmdReleaseMemory() goes with one vxmCmdAcquireMemory() on the other side, with the same
 * hand-over.
 */
typedef struct VxmHandover {
    /** The image's layout while nobody owns it, the same in release and acquire; UNDEFINED:
     * vxmCmdReleaseMemory() writes GENERAL. UNDEFINED for a buffer. */
    VkImageLayout layout;
    /** VK_QUEUE_FAMILY_EXTERNAL (same device and driver) or VK_QUEUE_FAMILY_FOREIGN_EXT (any
     * other); 0: vxmCmdReleaseMemory() writes what the handle types need. */
    uint32_t queueFamilyIndex;
    VxmHandoverFlags flags;  /**< VxmHandoverFlagBits. */
    uint64_t semaphoreValue; /**< With VXM_HANDOVER_SEMAPHORE_VALUE_BIT. */
} VxmHandover;

/** How this side uses the memory: before a release, or after an acquire. */
typedef struct VxmUse {
    /** Stages that used it, or will; 0: none. Above 32 bits only with synchronization2. */
    VkPipelineStageFlags2 stageMask;
    VkAccessFlags2 accessMask; /**< Accesses of those stages. */
    VkImageLayout layout;      /**< The image's layout on this side; ignored for buffers. */
    /** The app's own queue family that the command buffer is for; never IGNORED, since an ownership
     * transfer names both families (10387, 10388). */
    uint32_t queueFamilyIndex;
} VxmUse;

/**
 * Records the release of a buffer or image to the other side. Submit it, and let the other side
 * know only when it is done: by a semaphore, or, where the driver can't share those, by waiting for
 * a fence and then sending the hand-over through a channel.
 *
 * @param         commandBuffer  recording; used from this thread only during the call.
 * @param         memory         a buffer or image.
 * @param[in]     use            how this side has used it.
 * @param[in,out] handover       layout, family and flags wanted; what is 0 is filled in. Send it to
 *                               the other side.
 *
 * Errors: VK_ERROR_VALIDATION_FAILED_EXT for raw memory (bind a resource and record its barrier),
 * for a family that is IGNORED, EXTERNAL or FOREIGN in use, for stages above 32 bits without
 * synchronization2; VK_ERROR_EXTENSION_NOT_PRESENT for FOREIGN without
 * VK_EXT_queue_family_foreign.
 *
 * Spec: queue family ownership transfer; vkCmdPipelineBarrier2, vkCmdPipelineBarrier.
 */
VXM_API VkResult vxmCmdReleaseMemory(VkCommandBuffer commandBuffer, VxmMemory memory,
                                     const VxmUse *use, VxmHandover *handover);

/**
 * Records the acquire of a buffer or image from the other side. To be submitted after the release
 * is done there. If the submission waits for a semaphore, let it wait in use->stageMask, or in all
 * commands: the acquire begins where those stages do.
 *
 * @param      commandBuffer  recording.
 * @param      memory         a buffer or image.
 * @param[in]  handover       what came from the other side.
 * @param[in]  use            how this side will use it.
 *
 * Errors: as vxmCmdReleaseMemory(); VK_ERROR_VALIDATION_FAILED_EXT also for a hand-over whose
 * layout or family can't be.
 *
 * Spec: queue family ownership transfer; vkCmdPipelineBarrier2, vkCmdPipelineBarrier.
 */
VXM_API VkResult vxmCmdAcquireMemory(VkCommandBuffer commandBuffer, VxmMemory memory,
                                     const VxmHandover *handover, const VxmUse *use);

/** Writes a hand-over; otherwise as vxmEncodeShared(). */
VXM_API VkResult vxmEncodeHandover(const VxmHandover *handover, size_t capacity, void *data,
                                   size_t *size);

/** Reads what vxmEncodeHandover() wrote; otherwise as vxmDecodeShared(). */
VXM_API VkResult vxmDecodeHandover(size_t size, const void *data, VxmHandover *handover);

/* ---------------------------------------------------------------------------------------------- */
/* Channel                                                                                        */
/* ---------------------------------------------------------------------------------------------- */

/** A connection between two processes (or two parts of one) that carries bytes, descriptions with
 * their handles, and hand-overs, in order. One thread may send while another receives. */
typedef struct VxmChannel_T *VxmChannel;

/** A place that channels can be made to. */
typedef struct VxmListener_T *VxmListener;

/** What a message holds. */
typedef enum VxmMessageType {
    VXM_MESSAGE_TYPE_BYTES = 1,     /**< For vxmReceiveBytes(). */
    VXM_MESSAGE_TYPE_MEMORY = 2,    /**< For vxmReceiveMemory(). */
    VXM_MESSAGE_TYPE_SEMAPHORE = 3, /**< For vxmReceiveSemaphore(). */
    VXM_MESSAGE_TYPE_HANDOVER = 4,  /**< For vxmReceiveHandover(). */
    VXM_MESSAGE_TYPE_MAX_ENUM = 0x7FFFFFFF
} VxmMessageType;

/** Who is at the other end, as the system vouches for it at the time of connecting. */
typedef struct VxmPeer {
    VkBool32 processIdValid; /**< Whether processId is known. */
    uint64_t processId;      /**< The system's process id. */
    VkBool32 userIdValid;    /**< Whether userId and groupId are known (POSIX). */
    uint32_t userId;         /**< Effective user id. */
    uint32_t groupId;        /**< Effective group id. */
} VxmPeer;

/**
 * Makes two connected ends, such as for a child process.
 *
 * @param[out] channels  receives two channels; close each with vxmCloseChannel().
 *
 * Errors: VK_ERROR_TOO_MANY_OBJECTS if the process has no more handles.
 */
VXM_API VkResult vxmCreateChannelPair(VxmChannel channels[2]);

/** Who may connect. All zero is a good start: the current user only. */
typedef struct VxmListenInfo {
    /** POSIX, for a path: the permission bits of the socket, such as 0660 for a group; 0: 0600. */
    uint32_t mode;
    /** Windows: a SECURITY_DESCRIPTOR, for a service that other users connect to; NULL: the current
     * user. Read during the call only. */
    const void *securityDescriptor;
} VxmListenInfo;

/**
 * Opens a place that others can connect to.
 *
 * @param      name      on POSIX and Apple's systems the path of a socket in the file system, which
 *                       must not exist yet (a left-over socket that nobody listens on is replaced);
 *                       or, if it begins with '@', a name in Linux's abstract namespace, which any
 *                       local user can connect to: check vxmGetChannelPeer(). On Windows the name
 *                       of a pipe, UTF-8, with or without the `\\.\pipe\` before it; never one of
 *                       another machine.
 * @param[in]  info      optional; NULL is the same as all zero.
 * @param[out] listener  receives it; close it with vxmCloseListener(), which removes the path.
 *
 * Errors: VK_ERROR_VALIDATION_FAILED_EXT for an empty or too long name, or info that this system
 * has no use for; VK_ERROR_INITIALIZATION_FAILED if the name is taken or the system refuses it;
 * VK_ERROR_FEATURE_NOT_PRESENT on Fuchsia, which has no names for channels: give the other
 * component one end of a pair.
 */
VXM_API VkResult vxmListen(const char *name, const VxmListenInfo *info, VxmListener *listener);

/**
 * Waits for somebody to connect.
 *
 * @param      listener  the listener.
 * @param      timeout   nanoseconds.
 * @param[out] channel   receives the channel; close it with vxmCloseChannel().
 *
 * Errors: VK_TIMEOUT; VK_ERROR_TOO_MANY_OBJECTS.
 */
VXM_API VkResult vxmAccept(VxmListener listener, uint64_t timeout, VxmChannel *channel);

/**
 * Connects to a listener, waiting for it to appear within the time limit.
 *
 * @param      name     as for vxmListen().
 * @param      timeout  nanoseconds.
 * @param[out] channel  receives the channel; close it with vxmCloseChannel().
 *
 * Errors: VK_TIMEOUT if nobody listens there until then; VK_ERROR_INITIALIZATION_FAILED if the
 * system refuses, such as for lack of permission.
 */
VXM_API VkResult vxmConnect(const char *name, uint64_t timeout, VxmChannel *channel);

/** Closes a listener, and removes its path if it is still its own. NULL is ignored. */
VXM_API void vxmCloseListener(VxmListener listener);

/** Closes a channel, with every handle that arrived and was not received. NULL is ignored. */
VXM_API void vxmCloseChannel(VxmChannel channel);

/**
 * A native handle of a channel, to pass to a child process or to wait on in an event loop.
 *
 * @param      channel  the channel; it stays open.
 * @param[out] handle   receives a duplicate, close-on-exec: a child that is to inherit it must have
 *                      that cleared, or get it by dup2. Yours: close it with vxmCloseHandle().
 *
 * On Fuchsia the end of a channel can't be duplicated: the handle is moved out of the channel,
 * which is of no more use then but to be closed. VK_ERROR_VALIDATION_FAILED_EXT while a message is
 * there that has not been received.
 */
VXM_API VkResult vxmExportChannel(VxmChannel channel, VxmHandle *handle);

/**
 * Makes a channel of a native handle: an inherited one, or a connected stream socket of the app's
 * own.
 *
 * @param[in]  handle   of kind VXM_HANDLE_KIND_CHANNEL. It stays yours: a duplicate is used. On
 *                      Fuchsia, where there are none, it is the channel's after success: don't
 *                      close it.
 * @param[out] channel  receives the channel; close it with vxmCloseChannel().
 *
 * Errors: VK_ERROR_INVALID_EXTERNAL_HANDLE if it is not a connected Unix-domain stream socket.
 */
VXM_API VkResult vxmImportChannel(const VxmHandle *handle, VxmChannel *channel);

/**
 * Who is at the other end.
 *
 * @param      channel  the channel.
 * @param[out] peer     receives what the system knows. For a pair it is the process that made it.
 */
VXM_API VkResult vxmGetChannelPeer(VxmChannel channel, VxmPeer *peer);

/**
 * Waits for the next message and tells its type. The message stays.
 *
 * @param      channel  the channel.
 * @param      timeout  nanoseconds.
 * @param[out] type     receives the type of the next message.
 *
 * Errors: VK_TIMEOUT; VXM_ERROR_PEER_LOST; VXM_ERROR_BAD_MESSAGE.
 */
VXM_API VkResult vxmPeekMessage(VxmChannel channel, uint64_t timeout, VxmMessageType *type);

/**
 * Sends bytes as one message.
 *
 * @param     channel  the channel.
 * @param     size     bytes, 1 to VXM_MAX_MESSAGE_SIZE.
 * @param[in] data     the bytes.
 * @param     timeout  nanoseconds.
 *
 * Errors: VK_TIMEOUT if nothing could be sent: the message is not sent, and the channel is as
 * before; VXM_ERROR_PEER_LOST if the peer is gone, or stopped reading in the middle of the message.
 */
VXM_API VkResult vxmSendBytes(VxmChannel channel, size_t size, const void *data, uint64_t timeout);

/**
 * Receives one message of bytes.
 *
 * @param      channel   the channel.
 * @param      capacity  bytes that data has room for.
 * @param[out] data      receives the bytes.
 * @param[out] size      receives how many.
 * @param      timeout   nanoseconds.
 *
 * Errors: VK_TIMEOUT; VK_INCOMPLETE if data is too small: the message stays, size is unchanged;
 * VXM_ERROR_UNEXPECTED_MESSAGE if another kind of message is next; VXM_ERROR_PEER_LOST;
 * VXM_ERROR_BAD_MESSAGE.
 */
VXM_API VkResult vxmReceiveBytes(VxmChannel channel, size_t capacity, void *data, size_t *size,
                                 uint64_t timeout);

/**
 * Sends a description with its handles.
 *
 * @param     channel  the channel.
 * @param[in] shared   stays yours, with its handles; close them with vxmCloseShared() when you
 *                     don't need them any more, also right after this call.
 * @param     timeout  nanoseconds.
 *
 * Errors: as vxmSendBytes(); VK_ERROR_INVALID_EXTERNAL_HANDLE if a handle is missing or closed;
 * VK_ERROR_FEATURE_NOT_PRESENT for a type that can't leave the process (a host allocation);
 * VK_ERROR_TOO_MANY_OBJECTS if too many descriptors are in flight.
 */
VXM_API VkResult vxmSendMemory(VxmChannel channel, const VxmShared *shared, uint64_t timeout);

/**
 * Receives a description with its handles.
 *
 * @param      channel  the channel.
 * @param[out] shared   receives them; yours: end them with vxmCloseShared().
 * @param      timeout  nanoseconds.
 *
 * Errors: as vxmReceiveBytes().
 */
VXM_API VkResult vxmReceiveMemory(VxmChannel channel, VxmShared *shared, uint64_t timeout);

/** Sends a semaphore's description with its handle; otherwise as vxmSendMemory(). */
VXM_API VkResult vxmSendSemaphore(VxmChannel channel, const VxmSharedSemaphore *shared,
                                  uint64_t timeout);

/** Receives a semaphore's description with its handle, to be ended with vxmCloseSharedSemaphore();
 * otherwise as vxmReceiveMemory(). */
VXM_API VkResult vxmReceiveSemaphore(VxmChannel channel, VxmSharedSemaphore *shared,
                                     uint64_t timeout);

/**
 * Sends a hand-over. Without a shared semaphore, wait for the GPU to finish the release first.
 *
 * @param     channel   the channel.
 * @param[in] handover  what vxmCmdReleaseMemory() filled in.
 * @param     timeout   nanoseconds.
 *
 * Errors: as vxmSendBytes().
 */
VXM_API VkResult vxmSendHandover(VxmChannel channel, const VxmHandover *handover, uint64_t timeout);

/** Receives a hand-over; otherwise as vxmReceiveBytes(). */
VXM_API VkResult vxmReceiveHandover(VxmChannel channel, VxmHandover *handover, uint64_t timeout);

/* ---------------------------------------------------------------------------------------------- */
/* Keyed mutexes (Direct3D 11)                                                                    */
/* ---------------------------------------------------------------------------------------------- */

/** What a submission does with the keyed mutex of one memory. */
typedef struct VxmKeyedMutexUse {
    VxmMemory memory;    /**< Imported as D3D11_TEXTURE or D3D11_TEXTURE_KMT. */
    VkBool32 acquire;    /**< Take it before the submission. */
    uint64_t acquireKey; /**< Wait until it was given back with this key. */
    uint64_t timeout;    /**< Nanoseconds, rounded up to milliseconds; UINT64_MAX: for ever. */
    VkBool32 release;    /**< Give it back after the submission. */
    uint64_t releaseKey; /**< With this key. */
} VxmKeyedMutexUse;

/** Storage of the caller's for vxmChainKeyedMutexes(). The struct in it points into it: don't move
 * it until the submission call has returned. */
typedef struct VxmKeyedMutexes {
    /** @cond INTERNAL */
    uint32_t acquireCount;
    VkDeviceMemory acquireMemories[VXM_MAX_KEYED_MUTEXES];
    uint64_t acquireKeys[VXM_MAX_KEYED_MUTEXES];
    uint32_t acquireTimeouts[VXM_MAX_KEYED_MUTEXES];
    uint32_t releaseCount;
    VkDeviceMemory releaseMemories[VXM_MAX_KEYED_MUTEXES];
    uint64_t releaseKeys[VXM_MAX_KEYED_MUTEXES];
    union {
        void *pointers[9];
        unsigned char bytes[96];
    } info;
    /** @endcond */
} VxmKeyedMutexes;

/**
 * Makes the struct that takes keyed mutexes before a submission, and gives them back after it, to
 * be chained to VkSubmitInfo or VkSubmitInfo2. Direct3D 11 textures made with a keyed mutex are
 * synchronised by it, and by nothing else.
 *
 * @param      device    the device that the memories are of.
 * @param      useCount  1 to VXM_MAX_KEYED_MUTEXES.
 * @param[in]  uses      what to do with the mutex of each memory.
 * @param[in]  next      optional: the rest of the submission's chain.
 * @param[out] mutexes   receives what the struct points to.
 * @param[out] chain     receives the first struct, for VkSubmitInfo::pNext.
 *
 * Errors: VK_ERROR_FEATURE_NOT_PRESENT where the system has no keyed mutexes;
 * VK_ERROR_EXTENSION_NOT_PRESENT without VK_KHR_win32_keyed_mutex;
 * VK_ERROR_VALIDATION_FAILED_EXT for a memory that didn't come from Direct3D 11.
 *
 * Spec: VkWin32KeyedMutexAcquireReleaseInfoKHR.
 */
VXM_API VkResult vxmChainKeyedMutexes(VxmDevice device, uint32_t useCount,
                                      const VxmKeyedMutexUse *uses, const void *next,
                                      VxmKeyedMutexes *mutexes, const void **chain);

#ifdef __cplusplus
}
#endif

#endif /* VXM_H_ */
