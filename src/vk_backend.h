/*
 * Seam B: what each operating system must put into Vulkan's structs. One back end implements it in
 * its vk.c, which makes no system call: every vk.c compiles on every system.
 *
 * These functions only fill structs and call device commands; they return the driver's own result
 * and set no error text. Shared code checks, rolls back and words the errors.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_VK_BACKEND_H_
#define VXM_VK_BACKEND_H_ 1

#include "vxm/vxm.h"

/* What differs by handle type is said here, and shared code goes by these flags. */
enum {
    VXM_TYPE_IMPORT_CONSUMES = 0x0001,  /* a successful import takes the native handle */
    VXM_TYPE_CLOSABLE = 0x0002,         /* the system has a close and a duplicate for it */
    VXM_TYPE_PROPERTIES_QUERY = 0x0004, /* memory types come from a query, which must be made */
    VXM_TYPE_SAME_DRIVER = 0x0008,      /* driver UUID must match */
    VXM_TYPE_SAME_DEVICE = 0x0010,      /* device UUID must match */
    VXM_TYPE_EXACT_ALLOCATION = 0x0020, /* size and memory type equal to the exporter's (01742) */
    VXM_TYPE_PAYLOAD_SIZE = 0x0040,     /* the system can tell the payload's size */
    VXM_TYPE_DEDICATED_FORBIDDEN = 0x0080, /* never dedicated (02806) */
    VXM_TYPE_DEDICATED_WANTED = 0x0100,    /* dedicated unless it is turned off */
    VXM_TYPE_HOST_POINTER = 0x0200,        /* a pointer of this process; aligned; can't travel */
    VXM_TYPE_PAYLOAD_COPY = 0x0400,        /* semaphore: temporary import, binary only (sync fd) */
    VXM_TYPE_FOREIGN = 0x0800              /* ownership goes to FOREIGN where the device has it */
};

#define VXM_TYPE_MAX_EXTENSIONS 3

struct vxm_handle_type {
    VxmHandleKind kind;
    uint32_t type;
    const char *name;                                /* without its prefix: "OPAQUE_FD" */
    uint32_t flags;                                  /* VXM_TYPE_... */
    const char *extensions[VXM_TYPE_MAX_EXTENSIONS]; /* device extensions, all of them needed */
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

/* Bytes of one import struct at most; the size of VxmPlan::importInfo's elements. */
#define VXM_IMPORT_INFO_SIZE 96

/* Fills the import struct of the handle's type in storage, chains next behind it, returns it. */
const void *vxm__backend_import_chain(const VxmHandle *handle, void *storage, const void *next);

/* The memory types that an import of this handle may use. For types with
 * VXM_TYPE_PROPERTIES_QUERY only: for others the query is illegal (00674). */
VkResult vxm__backend_memory_type_bits(VxmDevice device, const VxmHandle *handle, uint32_t *bits);

/* One native handle of a memory. */
VkResult vxm__backend_get_memory_handle(VxmDevice device, VkDeviceMemory memory, uint32_t type,
                                        VxmHandle *handle);

/* Puts a handle's payload into a semaphore. */
VkResult vxm__backend_import_semaphore(VxmDevice device, VkSemaphore semaphore,
                                       const VxmHandle *handle, VkSemaphoreImportFlags flags);

/* One native handle of a semaphore. */
VkResult vxm__backend_get_semaphore_handle(VxmDevice device, VkSemaphore semaphore, uint32_t type,
                                           VxmHandle *handle);

#endif /* VXM_VK_BACKEND_H_ */
