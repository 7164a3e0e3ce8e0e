/*
 * A modelled operating system behind seam A (src/os.h), over the table of modelled handles: for
 * win32-modelled (each handle has a value of its own) and metal-modelled (handles are counted
 * references).
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_MODELLED_OS_H_
#define VXM_TESTS_MODELLED_OS_H_ 1

#include "modelled/table.h"
#include "vxm/vxm.h"

/* What the system can tell of an object by itself. */
struct modelled_facts {
    const char *what;                 /* in words: "an MTLTexture" */
    uint32_t memoryTypes;             /* handle types that it can be, of memory */
    uint32_t semaphoreTypes;          /* and of semaphores */
    const void *nativeDevice;         /* that it was made on; NULL: not known, or any */
    const VxmImageDescription *image; /* NULL: it is no image; valid while the object lives */
    uint64_t value;                   /* of a shared event */
};

/* Set by who makes such objects (backend_<system>.c, the model driver); each may be NULL. */
struct modelled_objects {
    /* False: the object is none that can be a handle of the library's at all. */
    bool (*read)(modelled_value value, struct modelled_facts *facts);
    /* The native payload of an image, as an object of the type that Vulkan imports; 0: no more. */
    modelled_value (*makeImage)(uint32_t type, const void *nativeDevice,
                                const VxmImageDescription *image);
    /* A new handle of an object of the other type, with the same payload; 0: no more. */
    modelled_value (*convert)(modelled_value value, const void *nativeDevice, uint32_t type);
};

void modelled_set_objects(const struct modelled_objects *objects);

/* ---- between the files of the modelled system ---- */

/* Error numbers; Windows' own where it has one. */
enum {
    MODELLED_ERROR_MANY = 4,
    MODELLED_ERROR_NOT_OPEN = 6,
    MODELLED_ERROR_CALL = 31,
    MODELLED_ERROR_NO_PROCESS = 87
};

modelled_value modelled_native(const VxmHandle *handle);
void *modelled_pointer(modelled_value value);

/* The sentence of a modelled system call that fails: "... failed: error 8, the modelled ...". */
VkResult modelled_fail_call(VkResult result, int error, const char *format, ...);

#endif /* VXM_TESTS_MODELLED_OS_H_ */
