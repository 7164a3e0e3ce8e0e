/*
 * Seam B: what each operating system must put into Vulkan's structs. One back end implements it in
 * its vk.c, which makes no system call: every vk.c compiles on every system.
 *
 * These functions only fill structs and call device commands; they return the driver's own result
 * and set no error text. Shared code checks, rolls back and words the errors.
 *
 * The four vk.c read as siblings: the table, the commands, then the functions in the order below.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_VK_BACKEND_H_
#define VXM_VK_BACKEND_H_ 1

#include <stdbool.h>

#include "vxm/vxm.h"

/* What differs by handle type is said here, and shared code goes by these flags. */
enum {
    /* the native handle */
    VXM_TYPE_IMPORT_CONSUMES = 0x00000001, /* a successful import takes the native handle */
    VXM_TYPE_CLOSABLE = 0x00000002,        /* the system has a close and a duplicate for it */
    VXM_TYPE_VALUE = 0x00000004,           /* a number that is valid in every process (KMT) */
    VXM_TYPE_HOST_POINTER = 0x00000008,    /* an address of this process; aligned */
    VXM_TYPE_LOCAL = 0x00000010,           /* can't leave the process; `leaving` says what can */
    VXM_TYPE_NAMES = 0x00000020,           /* can be imported by a name in place of a handle */
    VXM_TYPE_SINGLE_EXPORT = 0x00000040,   /* one get per object and type (00663, 01127), then
                                              duplicates of that */
    VXM_TYPE_PAYLOAD_SIZE = 0x00000080,    /* the system can tell the payload's size */
    VXM_TYPE_NATIVE_FACTS = 0x00000100,    /* ... and whether it is of this device and extent; the
                                              exporter's UUID may then be unknown */
    VXM_TYPE_ONE_PAYLOAD = 0x40000000,     /* handles of one payload count as one memory (dma-buf)
                                            */

    /* who must be the same */
    VXM_TYPE_SAME_DRIVER = 0x00000200, /* driver UUID must match */
    VXM_TYPE_SAME_DEVICE = 0x00000400, /* device UUID must match */
    VXM_TYPE_BY_LUID = 0x00000800,     /* a LUID that matches stands for unknown UUIDs (Direct3D) */

    /* an import of memory */
    VXM_TYPE_PROPERTIES_QUERY = 0x00001000, /* memory types come from a query, which must be made */
    VXM_TYPE_EXACT_ALLOCATION = 0x00002000, /* size and memory type equal to the exporter's (01742,
                                               01743) */
    VXM_TYPE_SAME_DEDICATED = 0x00004000,   /* dedicated as the exporter's, to an identical resource
                                               (01876 to 01879, 04751, 04752) */
    VXM_TYPE_SIZE_IGNORED = 0x00008000, /* the driver takes the size from the handle: whatever the
                                           resource requires */
    VXM_TYPE_SIZE_ZERO = 0x00010000,    /* allocationSize must be 0 (10397) */
    VXM_TYPE_DEDICATED_FORBIDDEN = 0x00020000, /* never dedicated (02806) */
    VXM_TYPE_DEDICATED_REQUIRED = 0x00040000,  /* an import is always dedicated (10395) */
    VXM_TYPE_DEDICATED_WANTED = 0x00080000,    /* dedicated unless it is turned off */
    VXM_TYPE_IMAGE_ONLY = 0x00100000,          /* images only */
    VXM_TYPE_BUFFER_ONLY = 0x00200000,         /* buffers and raw memory only */
    VXM_TYPE_AT_CREATION = 0x00400000, /* import and export are declared when the image or semaphore
                                          is created, and Vulkan can't be asked whether it can */
    VXM_TYPE_NATIVE_FIRST = 0x00800000, /* made by the system, then imported as `importAs` */

    /* semaphores */
    VXM_TYPE_PAYLOAD_COPY = 0x01000000, /* temporary import, binary only (sync fd) */
    VXM_TYPE_BINARY_ONLY = 0x02000000,
    VXM_TYPE_TIMELINE_ONLY = 0x04000000,

    /* hand-over */
    VXM_TYPE_FOREIGN = 0x08000000,        /* ownership goes to FOREIGN where the device has it */
    VXM_TYPE_GENERAL_LAYOUT = 0x10000000, /* images are handed over in GENERAL (12331, 12332) */
    VXM_TYPE_KEYED_MUTEX = 0x20000000     /* a submission may take and give back its mutex */
};

#define VXM_TYPE_MAX_EXTENSIONS 3

struct vxm_handle_type {
    VxmHandleKind kind;
    uint32_t type;
    const char *name;                                /* without its prefix: "OPAQUE_FD" */
    uint32_t flags;                                  /* VXM_TYPE_... */
    const char *extensions[VXM_TYPE_MAX_EXTENSIONS]; /* device extensions, all of them needed */
    uint32_t importAs;   /* the type of Vulkan's that it is converted to; 0: it is one itself */
    const char *leaving; /* with VXM_TYPE_LOCAL: a sentence, how it gets into another process */
};

/* The handle types of this system. */
extern const struct vxm_handle_type vxm__handle_types[];
extern const uint32_t vxm__handle_type_count;

/* The device commands of this system; shared code loads them into VxmDevice_T::backendCommands, in
 * this order. One that is missing is NULL, and what needs it answers
 * VK_ERROR_EXTENSION_NOT_PRESENT. */
#define VXM_MAX_BACKEND_COMMANDS 8
extern const char *const vxm__backend_commands[];
extern const uint32_t vxm__backend_command_count;

/* Bytes of one struct (or the few) that a chain function below puts into its storage, at most; the
 * storage is aligned for pointers. */
#define VXM_CHAIN_SIZE 96

/* ---- creation: each chains its structs, if it has any, before `next`, and returns the first ----
 */

/* For vkCreateInstance: declares that vxm__backend_native_device() will be called. */
const void *vxm__backend_instance_chain(void *storage, const void *next);

/* Whether a chain that an app has given to vkCreateInstance does the same. */
bool vxm__backend_instance_declares(const void *next);

/* For vkCreateImage and vkCreateSemaphore, about types with VXM_TYPE_AT_CREATION: those among
 * `exportTypes`, and the import (NULL: none). */
const void *vxm__backend_image_chain(uint32_t exportTypes, const VxmHandle *import, void *storage,
                                     const void *next);
const void *vxm__backend_semaphore_chain(uint32_t exportTypes, const VxmHandle *import,
                                         void *storage, const void *next);

/* The system's own object that the device is made of, of an instance that declared it, for
 * vxm__os_check_facts() and its siblings; NULL where there is none. It lives as long as the device.
 */
void *vxm__backend_native_device(VxmDevice device);

/* Whether a struct of the app's own chain has no place with these handle types (such as security
 * attributes without an NT handle, 00657): its name, otherwise NULL. */
const char *vxm__backend_misplaced(const VkBaseInStructure *chained, VxmHandleKind kind,
                                   uint32_t types);

/* ---- memory ---- */

/* Fills the import struct of the handle's type. `name` in place of the handle where that is empty
 * but for its type. */
const void *vxm__backend_import_chain(const VxmHandle *handle, const wchar_t *name, void *storage,
                                      const void *next);

/* The memory types that an import of this handle may use. For types with
 * VXM_TYPE_PROPERTIES_QUERY only: for others the query is illegal (00674). */
VkResult vxm__backend_memory_type_bits(VxmDevice device, const VxmHandle *handle, uint32_t *bits);

/* One native handle of a memory; `image` is its image, or VK_NULL_HANDLE. */
VkResult vxm__backend_get_memory_handle(VxmDevice device, VkDeviceMemory memory, VkImage image,
                                        uint32_t type, VxmHandle *handle);

/* ---- semaphores ---- */

/* Puts a handle's payload, or that of a name, into a semaphore. Not for VXM_TYPE_AT_CREATION. */
VkResult vxm__backend_import_semaphore(VxmDevice device, VkSemaphore semaphore,
                                       const VxmHandle *handle, const wchar_t *name,
                                       VkSemaphoreImportFlags flags);

/* One native handle of a semaphore. */
VkResult vxm__backend_get_semaphore_handle(VxmDevice device, VkSemaphore semaphore, uint32_t type,
                                           VxmHandle *handle);

/* ---- submissions ---- */

/* The struct that takes and gives back keyed mutexes around a submission, which points into
 * `mutexes`; NULL where this system has none. */
const void *vxm__backend_keyed_mutex_chain(VxmKeyedMutexes *mutexes, const void *next);

#endif /* VXM_VK_BACKEND_H_ */
