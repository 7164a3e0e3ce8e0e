/*
 * The sweep's engine.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/sweep.h"

#include "contract/plane_images.h"

#include <stdlib.h>

/* More steps than any entry point has inner calls: a sweep that doesn't end is a failure. */
#define MAX_STEPS 400u

static struct world world;
static struct world before;

/* ---- the app's allocator: fails its nth allocation, and counts ---- */

static struct {
    bool on;
    unsigned nth; /* 0: none fails */
    bool forGood;
    unsigned calls;
    unsigned hits;
    long outstanding;
} callbacks;

/* The size stands in front of the memory, for realloc. */
union header {
    size_t size;
    max_align_t align;
};

static bool callback_fails(void)
{
    callbacks.calls++;
    if (callbacks.nth == 0 || callbacks.calls < callbacks.nth ||
        (callbacks.calls > callbacks.nth && !callbacks.forGood)) {
        return false;
    }
    callbacks.hits++;
    return true;
}

static VKAPI_ATTR void *VKAPI_CALL callback_allocate(void *data, size_t size, size_t alignment,
                                                     VkSystemAllocationScope scope)
{
    union header *header;

    (void)scope;
    cr_expect_eq(data, &callbacks);
    cr_expect_leq(alignment, sizeof(max_align_t));
    if (callback_fails()) {
        return NULL;
    }
    header = malloc(sizeof(*header) + size);
    if (header == NULL) {
        return NULL;
    }
    header->size = size;
    callbacks.outstanding++;
    return header + 1;
}

static VKAPI_ATTR void VKAPI_CALL callback_free(void *data, void *memory)
{
    cr_expect_eq(data, &callbacks);
    if (memory != NULL) {
        callbacks.outstanding--;
        free((union header *)memory - 1);
    }
}

static VKAPI_ATTR void *VKAPI_CALL callback_reallocate(void *data, void *original, size_t size,
                                                       size_t alignment,
                                                       VkSystemAllocationScope scope)
{
    void *memory = size != 0 ? callback_allocate(data, size, alignment, scope) : NULL;

    if (original != NULL && memory != NULL) {
        size_t old = ((union header *)original - 1)->size;

        memcpy(memory, original, old < size ? old : size);
    }
    if (original != NULL && (memory != NULL || size == 0)) {
        callback_free(data, original);
    }
    return memory;
}

const VkAllocationCallbacks *sweep_allocator(void)
{
    static const VkAllocationCallbacks allocator = {
        .pUserData = &callbacks,
        .pfnAllocation = callback_allocate,
        .pfnReallocation = callback_reallocate,
        .pfnFree = callback_free,
    };

    return callbacks.on ? &allocator : NULL;
}

VxmDevice sweep_device(void)
{
    VxmDeviceCreateInfo info = {.getInstanceProcAddr = model_vkGetInstanceProcAddr,
                                .allocator = sweep_allocator()};
    VxmDevice device = NULL;

    require(vxmCreateDevice(&info, &device));
    return device;
}

/* ---- one fault ---- */

struct fault {
    enum sweep_kind kind;
    VkResult result; /* of a Vulkan command */
    int system;      /* which system call */
    unsigned nth;
    bool forGood;
};

static void arm(const struct fault *fault)
{
    callbacks.calls = 0;
    callbacks.hits = 0;
    callbacks.nth = 0;
    switch (fault->kind) {
    case SWEEP_VULKAN:
        model_clear_failures();
        model_fail(NULL, fault->nth, fault->result, fault->forGood);
        break;
    case SWEEP_CALLBACK:
        callbacks.nth = fault->nth;
        callbacks.forGood = fault->forGood;
        break;
    default:
        backend_fail(fault->system, fault->nth, fault->forGood);
        break;
    }
}

/* Whether a call did fail. */
static bool disarm(const struct fault *fault)
{
    bool hit;

    switch (fault->kind) {
    case SWEEP_VULKAN:
        hit = model_failures() > 0;
        model_clear_failures();
        return hit;
    case SWEEP_CALLBACK:
        hit = callbacks.hits > 0;
        callbacks.nth = 0;
        return hit;
    default:
        return backend_failed();
    }
}

static bool result_is_right(const struct fault *fault, VkResult result)
{
    switch (fault->kind) {
    case SWEEP_VULKAN:
        return result == fault->result;
    case SWEEP_CALLBACK:
    case SWEEP_MALLOC:
        return result == VK_ERROR_OUT_OF_HOST_MEMORY;
    default:
        return result != VK_SUCCESS;
    }
}

/* ---- one step ---- */

/* The driver gives one handle only, so that it isn't given back; and a plan's own end with it. */
static bool keeps_handle(const struct scenario *scenario)
{
    if ((scenario->flags & SWEEP_ENDS_INPUT) != 0 && backend_types[scenario->type].nativeFirst) {
        return true;
    }
    return (scenario->flags & SWEEP_EXPORTS) != 0 &&
           ((scenario->flags & SWEEP_OF_SEMAPHORE) != 0
                ? semaphore_reference()->singleExport
                : backend_types[scenario->type].singleExport);
}

static void expect_nothing_changed(const struct scenario *scenario, uint32_t live, long outstanding)
{
    static char text[4096];

    if ((scenario->flags & SWEEP_ENDS_INPUT) != 0) {
        static const VxmPlan empty;

        cr_expect_eq(memcmp(&world.plan, &empty, sizeof(empty)), 0,
                     "%s: the plan is not empty after it failed", scenario->entry);
        before.plan = empty;
    }
    cr_expect_eq(memcmp(&world, &before, sizeof(world)), 0,
                 "%s wrote an output or changed an input although it failed", scenario->entry);
    cr_expect_eq(model_live_total(), live, "%s: %u Vulkan objects before and %u after it failed",
                 scenario->entry, live, model_live_total());
    /* A plan that ends lets go of the payload that it has opened by itself. */
    cr_expect((scenario->flags & SWEEP_ARRIVES) != 0 || keeps_handle(scenario) ||
                  ((scenario->flags & SWEEP_ENDS_INPUT) != 0 && world.type->nativeFirst) ||
                  backend_same_handles(text, sizeof(text)),
              "%s failed and changed the handles: %s", scenario->entry, text);
    cr_expect_eq(callbacks.outstanding, outstanding,
                 "%s: %ld allocations before and %ld after it failed", scenario->entry, outstanding,
                 callbacks.outstanding);
}

static void run_again(const struct scenario *scenario, enum sweep_kind kind)
{
    VkResult result;

    if ((scenario->flags & SWEEP_NO_RETRY) != 0 ||
        ((scenario->flags & SWEEP_BREAKS) != 0 && kind == SWEEP_SYSTEM)) {
        return;
    }
    result = scenario->run(&world);
    if (result == VK_SUCCESS) {
        if (scenario->undo != NULL) {
            scenario->undo(&world);
        }
        return;
    }
    VxmError error;
    vxmGetLastError(&error);
    cr_expect_fail("%s, made again after a failure, returned %s: \"%s\"", scenario->entry,
                   vxmResultName(result), error.message);
}

static const char *name_of(const struct scenario *scenario)
{
    static char name[128];
    const char *type =
        (scenario->flags & SWEEP_BY_TYPE) != 0 ? backend_types[scenario->type].name : "";

    snprintf(name, sizeof(name), "%s%s%s%s%s", scenario->entry, type[0] != '\0' ? " " : "", type,
             scenario->what != NULL ? ", " : "", scenario->what != NULL ? scenario->what : "");
    return name;
}

/* The Vulkan command that was made to fail. */
static const char *injected_command(void)
{
    ModelCall call;

    for (size_t i = 0; model_call(NULL, i, &call); i++) {
        if (call.injected) {
            return call.name;
        }
    }
    return "no command";
}

/* One call with one fault. Whether the fault came about. */
static bool step(const struct scenario *scenario, const struct fault *fault)
{
    VkResult result;
    uint32_t live;
    long outstanding;
    size_t open;
    bool hit;

    model_reset(NULL);
    open = backend_handle_count();
    memset(&world, 0, sizeof(world));
    world.type = (scenario->flags & SWEEP_BY_TYPE) != 0 ? &backend_types[scenario->type] : NULL;
    if ((scenario->flags & SWEEP_WITHOUT_DEVICE) == 0) {
        world.device = sweep_device();
    }
    if (scenario->prepare != NULL) {
        scenario->prepare(&world);
    }
    fill(world.out);
    memcpy(&before, &world, sizeof(before));
    live = model_live_total();
    outstanding = callbacks.outstanding;
    backend_take_handles();
    contract_forget_error();

    arm(fault);
    result = scenario->run(&world);
    hit = disarm(fault);

    if (result == VK_SUCCESS) {
        cr_expect(!hit || (fault->kind == SWEEP_SYSTEM && (scenario->flags & SWEEP_MAY_PASS) != 0),
                  "%s succeeded although %s in it failed", name_of(scenario),
                  fault->kind == SWEEP_VULKAN ? injected_command() : "a call");
        if (scenario->undo != NULL) {
            scenario->undo(&world);
        }
    } else if (!hit) {
        VxmError error;

        vxmGetLastError(&error);
        cr_expect_fail("%s failed without a fault: %s, \"%s\"", name_of(scenario),
                       vxmResultName(result), error.message);
    } else {
        contract_check_failure(__FILE__, __LINE__, scenario->entry, result);
        cr_expect(result_is_right(fault, result), "%s returned %s", scenario->entry,
                  vxmResultName(result));
        expect_nothing_changed(scenario, live, outstanding);
        run_again(scenario, fault->kind);
    }
    if (scenario->cleanup != NULL) {
        scenario->cleanup(&world);
    }
    vxmDestroyDevice(world.device);
    expect_idle();
    cr_expect_eq(backend_handle_count(), open, "%s: %zu handles before and %zu after all",
                 scenario->entry, open, backend_handle_count());
    cr_expect_eq(callbacks.outstanding, 0, "%s: %ld allocations of the callbacks were left",
                 scenario->entry, callbacks.outstanding);
    return hit;
}

/* Steps until one passes without a fault; returns how many had one. */
static unsigned sweep_fault(const struct scenario *scenario, struct fault fault, const char *name)
{
    for (fault.nth = 1; fault.nth < MAX_STEPS; fault.nth++) {
        contract_note("%s, %s %u%s", name_of(scenario), name, fault.nth,
                      fault.forGood ? " and after" : "");
        if (!step(scenario, &fault)) {
            return fault.nth - 1;
        }
    }
    cr_expect_fail("%s: the sweep did not end", scenario->entry);
    return 0;
}

static bool type_applies(unsigned flags, const struct backend_type *type)
{
    return ((flags & SWEEP_EXPORTABLE) == 0 || type->exportable) &&
           ((flags & SWEEP_CLOSABLE) == 0 || type->closable) &&
           ((flags & SWEEP_KEYED_MUTEX) == 0 || type->keyedMutex) &&
           ((flags & SWEEP_DISJOINT) == 0 || type_can_be_disjoint(type)) &&
           ((flags & SWEEP_MODIFIER) == 0 || type == type_modifier()) &&
           ((flags & SWEEP_OF_RAW) == 0 || type_can(type, VXM_RESOURCE_TYPE_MEMORY)) &&
           ((flags & SWEEP_OF_BUFFER) == 0 || type_can(type, VXM_RESOURCE_TYPE_BUFFER)) &&
           ((flags & SWEEP_OF_IMAGE) == 0 || type_can(type, VXM_RESOURCE_TYPE_IMAGE));
}

static bool applies(const struct scenario *scenario)
{
    const unsigned flags = scenario->flags;

    if ((flags & SWEEP_BY_TYPE) != 0 && (scenario->type >= backend_type_count ||
                                         !type_applies(flags, &backend_types[scenario->type]))) {
        return false;
    }
    return ((flags & SWEEP_BINARY) == 0 || semaphore_can(VK_SEMAPHORE_TYPE_BINARY)) &&
           ((flags & SWEEP_TIMELINE) == 0 || semaphore_can(VK_SEMAPHORE_TYPE_TIMELINE)) &&
           ((flags & SWEEP_COPY) == 0 || semaphore_copy() != NULL) &&
           ((flags & SWEEP_REPLACE) == 0 || semaphore_reference()->importCommand != NULL) &&
           ((flags & SWEEP_LISTENER) == 0 || backend_has_listeners) &&
           ((flags & SWEEP_SENDS_MEMORY) == 0 || !backend_loose_type()->local) &&
           ((flags & SWEEP_SENDS_SEMAPHORE) == 0 || !semaphore_reference()->local) &&
           ((flags & SWEEP_TO_PROCESS) == 0 || backend_has_duplicate_to);
}

static bool is_callless(const char *entry)
{
    for (size_t i = 0; backend_callless[i] != NULL; i++) {
        if (strcmp(backend_callless[i], entry) == 0) {
            return true;
        }
    }
    return false;
}

static bool expects(const struct scenario *scenario, enum sweep_kind kind)
{
    const unsigned flags = scenario->flags;
    const struct backend_type *type =
        (flags & SWEEP_BY_TYPE) != 0 ? &backend_types[scenario->type] : NULL;

    if (kind == SWEEP_SYSTEM &&
        ((type != NULL && (!type->closable || type->counted)) ||
         ((flags & SWEEP_OF_SEMAPHORE) != 0 && semaphore_reference()->counted) ||
         (is_callless(scenario->entry) && (flags & SWEEP_CLOSABLE) == 0))) {
        return false;
    }
    if (kind == SWEEP_VULKAN && (flags & SWEEP_EXPORTS) != 0 && (flags & SWEEP_OF_SEMAPHORE) != 0 &&
        semaphore_reference()->getCommand == NULL) {
        return false;
    }
    return (scenario->expects & (1u << kind)) != 0;
}

/* What the library does for these by itself, it does by commands and calls that others don't need.
 */
static bool is_special(const struct scenario *scenario)
{
    const struct backend_type *type = &backend_types[scenario->type];

    return (scenario->flags & SWEEP_BY_TYPE) != 0 && (type->atCreation || type->nativeFirst);
}

static unsigned sweep_vulkan(const struct scenario *scenario, struct fault fault)
{
    static const VkResult results[] = {VK_ERROR_OUT_OF_DEVICE_MEMORY, VK_ERROR_DEVICE_LOST};
    unsigned injected = 0;

    for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        fault.result = results[i];
        injected += sweep_fault(scenario, fault, vxmResultName(results[i]));
    }
    return injected;
}

static unsigned sweep_system(const struct scenario *scenario, struct fault fault)
{
    unsigned injected = 0;
    const char *name;

    for (fault.system = 1; (name = backend_fault_name(fault.system)) != NULL; fault.system++) {
        injected += sweep_fault(scenario, fault, name);
    }
    return injected;
}

void sweep(const struct scenario *scenario, enum sweep_kind kind)
{
    static const char *const names[SWEEP_KINDS] = {"Vulkan command", "allocation callback",
                                                   "malloc", "system call"};
    unsigned injected = 0;

    cr_assert_leq(backend_type_count, 8, "SWEEP_EACH_TYPE is too short");
    if (!applies(scenario)) {
        return;
    }
    callbacks.on = kind == SWEEP_CALLBACK;
    for (int forGood = 0; forGood < 2; forGood++) {
        struct fault fault = {.kind = kind, .forGood = forGood != 0};

        if (kind == SWEEP_VULKAN) {
            injected += sweep_vulkan(scenario, fault);
        } else if (kind == SWEEP_SYSTEM) {
            injected += sweep_system(scenario, fault);
        } else {
            injected += sweep_fault(scenario, fault, names[kind]);
        }
    }
    callbacks.on = false;
    contract_note(NULL);
    cr_expect(is_special(scenario) || (injected > 0) == expects(scenario, kind),
              "%s: %u faults of kind \"%s\" were injected, and %s was expected", name_of(scenario),
              injected, names[kind], expects(scenario, kind) ? "at least one" : "none");
}
