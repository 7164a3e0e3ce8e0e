/*
 * Scenarios of the sweep: devices and handles.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/sweep.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
    VULKAN = 1u << SWEEP_VULKAN,
    HEAP = 1u << SWEEP_CALLBACK | 1u << SWEEP_MALLOC,
    SYSTEM = 1u << SWEEP_SYSTEM
};

/* ---- vxmCreateDevice ---- */

static VkResult create_device(struct world *world)
{
    static const char *const extensions[] = {"VK_KHR_get_memory_requirements2"};
    VxmDeviceCreateInfo info = {
        .getInstanceProcAddr = model_vkGetInstanceProcAddr,
        .allocator = sweep_allocator(),
        .deviceName = "Model",
        .deviceExtensionCount = 1,
        .deviceExtensions = extensions,
    };

    return vxmCreateDevice(&info, &world->out.device);
}

static void destroy_device(struct world *world)
{
    vxmDestroyDevice(world->out.device);
}

/* ---- vxmWrapDevice ---- */

static void know_device(struct world *world)
{
    require(vxmGetDeviceInfo(world->device, &world->deviceInfo));
}

static VkResult wrap_device(struct world *world)
{
    const char *const extensions[] = {backend_opaque_type()->extension};
    VxmDeviceWrapInfo info = {
        .getInstanceProcAddr = world->deviceInfo.getInstanceProcAddr,
        .instance = world->deviceInfo.instance,
        .physicalDevice = world->deviceInfo.physicalDevice,
        .device = world->deviceInfo.device,
        .apiVersion = world->deviceInfo.apiVersion,
        .enabledExtensionCount = 1,
        .enabledExtensions = extensions,
        .allocator = sweep_allocator(),
    };

    return vxmWrapDevice(&info, &world->out.device);
}

/* ---- vxmGetRequiredExtensions, vxmGetDeviceInfo ---- */

static VkResult get_extensions(struct world *world)
{
    return vxmGetRequiredExtensions(model_vkGetInstanceProcAddr, world->deviceInfo.instance,
                                    world->deviceInfo.physicalDevice, &world->out.extensions);
}

static VkResult get_info(struct world *world)
{
    return vxmGetDeviceInfo(world->device, &world->out.deviceInfo);
}

/* ---- vxmDuplicateHandle ---- */

static void open_source(struct world *world)
{
    source_open(world->device, world->type, type_resource(world->type), &world->source);
}

static void close_source(struct world *world)
{
    source_close(&world->source);
}

static VkResult duplicate(struct world *world)
{
    return vxmDuplicateHandle(&world->source.shared.memories[0].handle, &world->out.handle);
}

static void close_handle(struct world *world)
{
    vxmCloseHandle(&world->out.handle);
}

/* ---- vxmCheckHandle ---- */

static VkResult check(struct world *world)
{
    return vxmCheckHandle(&world->source.shared.memories[0].handle);
}

/* ---- vxmDuplicateHandleTo, into this process ---- */

static VkResult duplicate_to(struct world *world)
{
    return vxmDuplicateHandleTo(&world->source.shared.memories[0].handle, backend_process(),
                                &world->out.handle);
}

/* ---- vxmChainKeyedMutexes ---- */

/* Only an imported texture has one. */
static void open_import(struct world *world)
{
    open_source(world);
    require(vxmImportMemory(world->device, &world->source.shared, NULL, &world->memory));
}

static void close_import(struct world *world)
{
    vxmDestroyMemory(world->memory);
    close_source(world);
}

static VkResult chain_mutexes(struct world *world)
{
    const VxmKeyedMutexUse use = {.memory = world->memory,
                                  .acquire = VK_TRUE,
                                  .timeout = 1,
                                  .release = VK_TRUE,
                                  .releaseKey = 1};

    return vxmChainKeyedMutexes(world->device, 1, &use, NULL, &world->out.mutexes,
                                &world->out.chain);
}

#define CHECK(index)                                                                               \
    {                                                                                              \
        .entry = "vxmCheckHandle", .prepare = open_source, .run = check, .cleanup = close_source,  \
        .expects = SYSTEM, .flags = SWEEP_BY_TYPE, .type = (index)                                 \
    }
#define DUPLICATE_TO(index)                                                                        \
    {                                                                                              \
        .entry = "vxmDuplicateHandleTo", .prepare = open_source, .run = duplicate_to,              \
        .undo = close_handle, .cleanup = close_source, .expects = SYSTEM,                          \
        .flags = SWEEP_BY_TYPE | SWEEP_CLOSABLE | SWEEP_TO_PROCESS, .type = (index)                \
    }
#define CHAIN_MUTEXES(index)                                                                       \
    {                                                                                              \
        .entry = "vxmChainKeyedMutexes", .prepare = open_import, .run = chain_mutexes,             \
        .cleanup = close_import, .flags = SWEEP_BY_TYPE | SWEEP_EXPORTABLE | SWEEP_KEYED_MUTEX,    \
        .type = (index)                                                                            \
    }
#define DUPLICATE(index)                                                                           \
    {                                                                                              \
        .entry = "vxmDuplicateHandle", .prepare = open_source, .run = duplicate,                   \
        .undo = close_handle, .cleanup = close_source, .expects = SYSTEM, .flags = SWEEP_BY_TYPE,  \
        .type = (index)                                                                            \
    }

const struct scenario device_scenarios[] = {
    {.entry = "vxmCreateDevice",
     .run = create_device,
     .undo = destroy_device,
     .expects = VULKAN | HEAP,
     .flags = SWEEP_WITHOUT_DEVICE},
    {.entry = "vxmWrapDevice",
     .prepare = know_device,
     .run = wrap_device,
     .undo = destroy_device,
     .expects = VULKAN | HEAP},
    {.entry = "vxmGetRequiredExtensions",
     .prepare = know_device,
     .run = get_extensions,
     .expects = VULKAN | 1u << SWEEP_MALLOC},
    {.entry = "vxmGetDeviceInfo", .run = get_info},
    SWEEP_EACH_TYPE(CHECK),
    SWEEP_EACH_TYPE(DUPLICATE),
    SWEEP_EACH_TYPE(DUPLICATE_TO),
    SWEEP_EACH_TYPE(CHAIN_MUTEXES),
};
const size_t device_scenario_count = COUNT(device_scenarios);
