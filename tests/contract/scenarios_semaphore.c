/*
 * Scenarios of the sweep: semaphores and hand-overs.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/sweep.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
    VULKAN = 1u << SWEEP_VULKAN,
    CALLBACK = 1u << SWEEP_CALLBACK,
    HEAP = CALLBACK | 1u << SWEEP_MALLOC,
    SYSTEM = 1u << SWEEP_SYSTEM
};

/* The first type refers to the payload. */
static VkExternalSemaphoreHandleTypeFlagBits opaque(void)
{
    return (VkExternalSemaphoreHandleTypeFlagBits)backend_semaphore_types[0].type;
}

/* ---- making ---- */

static VkResult create_binary(struct world *world)
{
    VxmSemaphoreCreateInfo info = {.handleTypes = opaque()};

    return vxmCreateSemaphore(world->device, &info, &world->out.semaphore);
}

static VkResult create_timeline(struct world *world)
{
    VxmSemaphoreCreateInfo info = {
        .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE, .initialValue = 5, .handleTypes = opaque()};

    return vxmCreateSemaphore(world->device, &info, &world->out.semaphore);
}

static void destroy_made(struct world *world)
{
    vxmDestroySemaphore(world->out.semaphore);
}

/* A timeline where there are such; not exported yet. */
static void open_made(struct world *world)
{
    VxmSemaphoreCreateInfo info = {.semaphoreType = semaphore_counting(),
                                   .initialValue =
                                       semaphore_counting() == VK_SEMAPHORE_TYPE_TIMELINE ? 5 : 0,
                                   .handleTypes = opaque()};

    require(vxmCreateSemaphore(world->device, &info, &world->semaphore));
}

static void open_reference(struct world *world)
{
    open_made(world);
    require(vxmExportSemaphore(world->semaphore, opaque(), &world->sharedSemaphore));
}

/* A binary one with a signal in it, as a copy. */
static void open_copy(struct world *world)
{
    VkExternalSemaphoreHandleTypeFlagBits bit =
        (VkExternalSemaphoreHandleTypeFlagBits)semaphore_copy()->type;
    VxmSemaphoreCreateInfo info = {.handleTypes = bit};

    require(vxmCreateSemaphore(world->device, &info, &world->semaphore));
    model_gpu_signal(vxmGetVkSemaphore(world->semaphore), 0);
    require(vxmExportSemaphore(world->semaphore, bit, &world->sharedSemaphore));
}

static void close_semaphore(struct world *world)
{
    vxmCloseSharedSemaphore(&world->sharedSemaphore);
    vxmDestroySemaphore(world->semaphore);
}

static VkResult wrap(struct world *world)
{
    VxmSemaphoreWrapInfo info = {.semaphore = vxmGetVkSemaphore(world->semaphore),
                                 .semaphoreType = semaphore_counting(),
                                 .handleTypes = opaque()};

    return vxmWrapSemaphore(world->device, &info, &world->out.semaphore);
}

/* ---- sharing ---- */

static VkResult export_semaphore(struct world *world)
{
    return vxmExportSemaphore(world->semaphore, opaque(), &world->out.sharedSemaphore);
}

static void close_exported(struct world *world)
{
    vxmCloseSharedSemaphore(&world->out.sharedSemaphore);
}

static VkResult get_handle(struct world *world)
{
    return vxmGetSemaphoreHandle(world->semaphore, opaque(), &world->out.handle);
}

static void close_handle(struct world *world)
{
    vxmCloseHandle(&world->out.handle);
}

static VkResult import(struct world *world)
{
    return vxmImportSemaphore(world->device, &world->sharedSemaphore, 0, 0, &world->out.semaphore);
}

static VkResult import_taking(struct world *world)
{
    return vxmImportSemaphore(world->device, &world->sharedSemaphore, VXM_IMPORT_TAKE_HANDLES_BIT,
                              0, &world->out.semaphore);
}

static VkResult import_copy(struct world *world)
{
    return vxmImportSemaphore(world->device, &world->sharedSemaphore, VXM_IMPORT_TEMPORARY_BIT, 0,
                              &world->out.semaphore);
}

static VkResult import_payload(struct world *world)
{
    return vxmImportSemaphorePayload(world->semaphore, &world->sharedSemaphore, 0);
}

static void open_with_bad_driver(struct world *world)
{
    open_reference(world);
    model_config()->habits.closeFdOnFailedImport = true;
}

/* ---- on the CPU ---- */

static VkResult wait_for(struct world *world)
{
    return vxmWaitSemaphore(world->semaphore, 5, 1000000000u);
}

static VkResult signal_value(struct world *world)
{
    return vxmSignalSemaphore(world->semaphore, 6);
}

static VkResult get_value(struct world *world)
{
    return vxmGetSemaphoreValue(world->semaphore, &world->out.value);
}

static VkResult query(struct world *world)
{
    VxmQueryInfo info = {.kind = VXM_HANDLE_KIND_SEMAPHORE, .handleType = opaque()};

    return vxmQuery(world->device, &info, &world->out.query);
}

static VkResult encode(struct world *world)
{
    return vxmEncodeSharedSemaphore(&world->sharedSemaphore, sizeof(world->out.bytes),
                                    world->out.bytes, &world->out.size);
}

static VkResult decode(struct world *world)
{
    unsigned char bytes[VXM_MAX_ENCODED_SIZE];
    size_t size = 0;

    require(vxmEncodeSharedSemaphore(&world->sharedSemaphore, sizeof(bytes), bytes, &size));
    return vxmDecodeSharedSemaphore(size, bytes, &world->out.sharedSemaphore);
}

/* ---- hand-overs ---- */

static void open_commands(struct world *world)
{
    VxmDeviceInfo info;

    require(vxmGetDeviceInfo(world->device, &info));
    source_open(world->device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &world->source);
    world->commandBuffer = fixture_begin_commands(world->device, &world->pool);
    world->use = (VxmUse){.stageMask = VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT,
                          .accessMask = VK_ACCESS_2_TRANSFER_WRITE_BIT,
                          .queueFamilyIndex = info.queueFamilyIndex};
    world->handover.queueFamilyIndex = VK_QUEUE_FAMILY_EXTERNAL;
}

static void close_commands(struct world *world)
{
    fixture_end_commands(world->device, world->pool);
    source_close(&world->source);
}

static VkResult release(struct world *world)
{
    return vxmCmdReleaseMemory(world->commandBuffer, world->source.memory, &world->use,
                               &world->handover);
}

static VkResult acquire(struct world *world)
{
    return vxmCmdAcquireMemory(world->commandBuffer, world->source.memory, &world->handover,
                               &world->use);
}

static VkResult encode_handover(struct world *world)
{
    return vxmEncodeHandover(&world->handover, sizeof(world->out.bytes), world->out.bytes,
                             &world->out.size);
}

static VkResult decode_handover(struct world *world)
{
    unsigned char bytes[VXM_MAX_ENCODED_SIZE];
    size_t size = 0;

    require(vxmEncodeHandover(&world->handover, sizeof(bytes), bytes, &size));
    return vxmDecodeHandover(size, bytes, &world->out.handover);
}

#define ROW(entry_, what_, prepare_, run_, undo_, cleanup_, expects_, flags_)                      \
    {                                                                                              \
        .entry = (entry_), .what = (what_), .prepare = (prepare_), .run = (run_), .undo = (undo_), \
        .cleanup = (cleanup_), .expects = (expects_), .flags = SWEEP_OF_SEMAPHORE | (flags_)       \
    }

const struct scenario semaphore_scenarios[] = {
    ROW("vxmCreateSemaphore", "binary", NULL, create_binary, destroy_made, NULL, VULKAN | HEAP,
        SWEEP_BINARY),
    ROW("vxmCreateSemaphore", "timeline", NULL, create_timeline, destroy_made, NULL, VULKAN | HEAP,
        SWEEP_TIMELINE),
    ROW("vxmWrapSemaphore", NULL, open_reference, wrap, destroy_made, close_semaphore, HEAP, 0),
    ROW("vxmExportSemaphore", NULL, open_made, export_semaphore, close_exported, close_semaphore,
        VULKAN | SYSTEM, SWEEP_EXPORTS),
    ROW("vxmGetSemaphoreHandle", NULL, open_made, get_handle, close_handle, close_semaphore,
        VULKAN | SYSTEM, SWEEP_EXPORTS),
    ROW("vxmImportSemaphore", "whole", open_reference, import, destroy_made, close_semaphore,
        VULKAN | HEAP | SYSTEM, 0),
    ROW("vxmImportSemaphore", "taking the handle", open_reference, import_taking, destroy_made,
        close_semaphore, VULKAN | HEAP | SYSTEM, 0),
    ROW("vxmImportSemaphore", "on a driver that closes", open_with_bad_driver, import, destroy_made,
        close_semaphore, VULKAN | HEAP | SYSTEM, 0),
    ROW("vxmImportSemaphore", "a copy", open_copy, import_copy, destroy_made, close_semaphore,
        VULKAN | HEAP | SYSTEM, SWEEP_COPY),
    ROW("vxmImportSemaphorePayload", NULL, open_reference, import_payload, NULL, close_semaphore,
        VULKAN | SYSTEM, SWEEP_REPLACE),
    ROW("vxmWaitSemaphore", NULL, open_reference, wait_for, NULL, close_semaphore, VULKAN,
        SWEEP_TIMELINE),
    ROW("vxmSignalSemaphore", NULL, open_reference, signal_value, NULL, close_semaphore, VULKAN,
        SWEEP_TIMELINE),
    ROW("vxmGetSemaphoreValue", NULL, open_reference, get_value, NULL, close_semaphore, VULKAN,
        SWEEP_TIMELINE),
    ROW("vxmQuery", "a semaphore", NULL, query, NULL, NULL, 0, 0),
    ROW("vxmEncodeSharedSemaphore", NULL, open_reference, encode, NULL, close_semaphore, 0, 0),
    ROW("vxmDecodeSharedSemaphore", NULL, open_reference, decode, NULL, close_semaphore, 0, 0),
    ROW("vxmCmdReleaseMemory", NULL, open_commands, release, NULL, close_commands, 0, 0),
    ROW("vxmCmdAcquireMemory", NULL, open_commands, acquire, NULL, close_commands, 0, 0),
    ROW("vxmEncodeHandover", NULL, open_commands, encode_handover, NULL, close_commands, 0, 0),
    ROW("vxmDecodeHandover", NULL, open_commands, decode_handover, NULL, close_commands, 0, 0),
};
const size_t semaphore_scenario_count = COUNT(semaphore_scenarios);
