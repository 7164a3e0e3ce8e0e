/*
 * The sweep: one call of one entry point, made again and again with its 1st, 2nd, 3rd ... inner
 * call failing, until it passes without a fault.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CONTRACT_SWEEP_H_
#define VXM_TESTS_CONTRACT_SWEEP_H_ 1

#include "contract/app.h"
#include "contract/fixture.h"

/* Everything that a scenario stands on, and what its call writes. It is zeroed before each step,
 * and after a call that failed not one byte of it may differ from before. */
struct world {
    const struct backend_type *type; /* with SWEEP_BY_TYPE */
    VxmDevice device;
    VxmMemory memory;
    struct source source;
    VxmSemaphore semaphore;
    VxmSharedSemaphore sharedSemaphore;
    VxmChannel channels[2];
    VxmListener listener;
    char name[80];
    VxmHandle handle;
    VxmPlan plan;
    struct made made;
    VkCommandPool pool;
    VkCommandBuffer commandBuffer;
    VxmUse use;
    VxmHandover handover;
    /* The app's own, for vxmWrapDevice(). */
    VxmDeviceInfo deviceInfo;
    VxmModifiers *modifiers;
    struct outputs out;
};

/* What fails. */
enum sweep_kind {
    SWEEP_VULKAN,   /* a Vulkan command that returns VkResult */
    SWEEP_CALLBACK, /* VkAllocationCallbacks::pfnAllocation of the device */
    SWEEP_MALLOC,   /* the library's malloc, calloc, realloc */
    SWEEP_SYSTEM,   /* each of the library's other system calls */
    SWEEP_KINDS
};

enum {
    SWEEP_NO_RETRY = 1,   /* after a failure the same call can't be made again: a plan has ended */
    SWEEP_ENDS_INPUT = 2, /* the plan is empty after the call, whatever its result */
    SWEEP_MAY_PASS = 4,   /* a failed system call in it may be no obstacle */
    SWEEP_WITHOUT_DEVICE = 8, /* prepare makes what it needs itself */
    SWEEP_BY_TYPE = 16,       /* once for each handle type; system calls for closable ones only */
    SWEEP_EXPORTABLE = 32,    /* of these only the exportable ones */
    SWEEP_BREAKS = 64,        /* a channel is of no more use after a failed system call */
    SWEEP_ARRIVES = 128,      /* handles may have arrived in a channel, which keeps them */
    /* For types that can be of that only. */
    SWEEP_OF_RAW = 0x100,
    SWEEP_OF_BUFFER = 0x200,
    SWEEP_OF_IMAGE = 0x400,
    SWEEP_CLOSABLE = 0x800,
    SWEEP_EXPORTS = 0x1000, /* of a type that is given once, the object keeps a handle */
    /* With the reference type of semaphores; of the others only where it, or the system, can. */
    SWEEP_OF_SEMAPHORE = 0x2000,
    SWEEP_BINARY = 0x4000,
    SWEEP_TIMELINE = 0x8000,
    SWEEP_COPY = 0x10000,
    SWEEP_REPLACE = 0x20000, /* a payload in a semaphore that exists */
    SWEEP_LISTENER = 0x40000,
    SWEEP_SENDS_MEMORY = 0x80000,
    SWEEP_SENDS_SEMAPHORE = 0x100000,
    SWEEP_TO_PROCESS = 0x200000,
    SWEEP_KEYED_MUTEX = 0x400000,
    SWEEP_DISJOINT = 0x800000, /* of types whose images may have a memory for each plane */
    SWEEP_MODIFIER = 0x1000000 /* of the type that images with a modifier are shared by */
};

struct scenario {
    unsigned flags;
    unsigned type;     /* with SWEEP_BY_TYPE: index in backend_types */
    const char *entry; /* the function that is called */
    const char *what;  /* of that function, where there are several */
    void (*prepare)(struct world *world);
    VkResult (*run)(struct world *world);
    void (*undo)(struct world *world);    /* what came of a success */
    void (*cleanup)(struct world *world); /* what prepare made, without the device */
    /* Kinds of which at least one fault must have been injected: 1u << SWEEP_... */
    unsigned expects;
};

/* Every handle type that a back end may have, each a scenario; f(index) is one. */
#define SWEEP_EACH_TYPE(f) f(0), f(1), f(2), f(3), f(4), f(5), f(6), f(7)

/* The callbacks that a device of a scenario is made with while SWEEP_CALLBACK is on; NULL else. */
const VkAllocationCallbacks *sweep_allocator(void);

/* The model's entry, or the test's own in front of it. */
VxmDevice sweep_device(void);

/* Sweeps one scenario with one kind of fault, and reports what is wrong. */
void sweep(const struct scenario *scenario, enum sweep_kind kind);

extern const struct scenario device_scenarios[];
extern const size_t device_scenario_count;
extern const struct scenario memory_scenarios[];
extern const size_t memory_scenario_count;
extern const struct scenario plan_scenarios[];
extern const size_t plan_scenario_count;
extern const struct scenario planes_scenarios[];
extern const size_t planes_scenario_count;
extern const struct scenario semaphore_scenarios[];
extern const size_t semaphore_scenario_count;
extern const struct scenario channel_scenarios[];
extern const size_t channel_scenario_count;

#endif /* VXM_TESTS_CONTRACT_SWEEP_H_ */
