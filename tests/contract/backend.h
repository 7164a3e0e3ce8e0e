/*
 * What the suites must know of a back end: its handle types, how to make a handle of foreign origin
 * or a wrong one, how to count what is open. Each back end has one backend_<name>.c; the suites are
 * written once, and nothing of an operating system's stands in them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CONTRACT_BACKEND_H_
#define VXM_TESTS_CONTRACT_BACKEND_H_ 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vxm/vxm.h"

/* A handle type of memory. All false but `exportable`: buffers, images and raw memory of any size,
 * types of memory by a query. */
struct backend_type {
    uint32_t type; /* VkExternalMemoryHandleTypeFlagBits */
    const char *name;
    const char *extension; /* a device extension that it can't do without */
    bool exportable;       /* made here and exported; otherwise it comes from outside only */

    /* the native handle */
    bool closable;     /* each handle counts, and is closed once */
    bool counted;      /* ... as a reference of one object, which is taken without fail */
    bool value;        /* a number: nothing to close, and it does not keep the payload */
    bool pointer;      /* an address of this process: nothing to close, not to be NULL, aligned */
    bool local;        /* can't leave the process through a channel */
    bool consumed;     /* the driver owns the handle after a successful import */
    bool singleExport; /* the driver gives one per memory */
    bool names;        /* a name may stand in for the handle */
    bool facts;        /* the object tells its class, device and extent by itself */

    /* who imports it, and what */
    bool exact;             /* size and memory type are the exporter's, device and driver too */
    bool sameDevice;        /* device UUID must match (exact types included) */
    bool sameDriver;        /* driver UUID must match (exact types included) */
    bool sameDedicated;     /* dedicated as the exporter's (exact types included) */
    bool byLuid;            /* ... or the LUID alone */
    bool sizeTold;          /* the system tells the payload's size */
    bool sizeIgnored;       /* the driver takes the size from the handle */
    bool sizeZero;          /* ... and wants 0 in its place */
    bool dedicated;         /* dedicated by default */
    bool dedicatedRequired; /* an import is always dedicated, so never raw memory */
    bool neverDedicated;
    bool imageOnly;
    bool bufferOnly; /* buffers and raw memory */
    bool linear;     /* images are linear on the model driver, as in life */
    bool atCreation; /* declared and imported when the image is made, by no import struct */
    bool nativeFirst;

    /* hand-over */
    bool foreign;    /* to VK_QUEUE_FAMILY_FOREIGN_EXT, where the device has it */
    bool general;    /* images in VK_IMAGE_LAYOUT_GENERAL */
    bool keyedMutex; /* a submission takes and gives it back */
};

/* Memory handle types of this system. */
extern const struct backend_type backend_types[];
extern const uint32_t backend_type_count;

/* The one that the suites run with where any will do: exportable, of buffers and raw memory, exact
 * if there is such a type. */
const struct backend_type *backend_opaque_type(void);
/* One that can be made elsewhere and needs no exact size: see backend_make_foreign(). It may be the
 * same. Of those that can leave the process, if there are any. */
const struct backend_type *backend_loose_type(void);

/* A handle type of semaphores. All false but for `timeline`: binary ones too. */
struct backend_semaphore_type {
    uint32_t type; /* VkExternalSemaphoreHandleTypeFlagBits */
    const char *name;
    const char *extension;
    const char *getCommand;    /* the driver's, behind an export; NULL: one that can't fail */
    const char *importCommand; /* NULL: it is imported when the semaphore is made */
    bool timeline;             /* can carry one */
    bool noBinary;             /* can carry nothing else */
    bool temporaryOnly;        /* a copy of the payload */
    bool value;                /* a number: nothing to close, and it does not keep the payload */
    bool counted;              /* as above */
    bool local;                /* as above */
    bool consumed;             /* as above */
    bool singleExport;         /* as above */
    bool names;                /* as above */
    bool anyDevice;            /* no UUID needs to match */
};

/* Semaphore handle types of this system; the first refers to its payload. */
extern const struct backend_semaphore_type backend_semaphore_types[];
extern const uint32_t backend_semaphore_type_count;

/* Types of other systems. */
extern const uint32_t backend_other_types[];
extern const uint32_t backend_other_type_count;
extern const uint32_t backend_other_semaphore_types[];
extern const uint32_t backend_other_semaphore_type_count;

/* "posix" */
extern const char *const backend_name;

/* What the back end needs around each test. */
void backend_begin(void);
void backend_end(void);

/* A handle of that type whose payload was made outside of Vulkan; false if there is no such thing
 * (opaque types). To be ended with backend_free_foreign(). */
bool backend_make_foreign(uint32_t type, uint64_t size, VxmHandle *handle);
void backend_free_foreign(VxmHandle *handle);

/* Handles that are none of the type that they claim to be. The make function says in `what` what it
 * is; index from 0 until it answers false. Ended with backend_free_wrong(). */
bool backend_make_wrong(uint32_t index, VxmHandleKind kind, uint32_t type, VxmHandle *handle,
                        const char **what);
void backend_free_wrong(VxmHandle *handle);

/* Open handles of the process. */
size_t backend_handle_count(void);

bool backend_is_open(const VxmHandle *handle);

/* Not inherited by a child process. */
bool backend_is_private(const VxmHandle *handle);

/* Whether both are the same open object. */
bool backend_same(const VxmHandle *a, const VxmHandle *b);

/* A second handle of the same object, by the system's own means, to tell afterwards whether the
 * first one is still what it was. */
VxmHandle backend_keep(const VxmHandle *handle);

/* Closes a handle by the system's own means. */
void backend_close(VxmHandle *handle);

/* Whether a driver that closes the handle of a failed import, and another thread that takes the
 * number at once, can be played here; if so, puts an object that has nothing to do with it at the
 * value of `closed`, which must be closed, and returns it. */
bool backend_reuse(const VxmHandle *closed, VxmHandle *unrelated);

/* Whether an export moves the native handle out of a channel, and an import takes it. */
extern const bool backend_channels_move;

/* Whether the system has places to listen at, by a name. */
extern const bool backend_has_listeners;

/* Whether a handle can be put into another process by a system call, and the number of this one. */
extern const bool backend_has_duplicate_to;
uint64_t backend_process(void);

/* A name for vxmListen() that nobody else in the system uses. */
const char *backend_channel_name(void);

/* ---- faults: the library's calls of the system ----
 * Kind 0 is the library's heap; 1 and up are the other calls, and a NULL name ends them. */
const char *backend_fault_name(int kind);
void backend_fail(int kind, unsigned nth, bool forGood);
/* Ends the fault; whether a call did fail. */
bool backend_failed(void);
/* The kind that is the search for the Vulkan loader. */
extern const int backend_loader_fault;
/* Entry points that make no system call which could fail here, and do so elsewhere; NULL ends it.
 */
extern const char *const backend_callless[];

/* Takes down which handles are open and what they are, and compares later: whether all is as it
 * was, or else the difference in words. */
void backend_take_handles(void);
bool backend_same_handles(char *difference, size_t capacity);

/* The handle that the model driver was given at its last vkAllocateMemory with an import. */
bool backend_last_imported(VxmHandle *handle);

#endif /* VXM_TESTS_CONTRACT_BACKEND_H_ */
