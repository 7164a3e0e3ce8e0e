/*
 * Scenarios of the sweep: plans.
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

/* ---- making ---- */

static VkResult plan_buffer(struct world *world)
{
    VxmMemoryCreateInfo info = contract_memory_info(world->type->type);
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);

    return vxmPlanBuffer(world->device, &buffer, &info, &world->out.plan);
}

static VkResult plan_image(struct world *world)
{
    VxmMemoryCreateInfo info = contract_memory_info(world->type->type);
    VkImageCreateInfo image = exchange_image(world->type);

    return vxmPlanImage(world->device, &image, &info, &world->out.plan);
}

static VkResult plan_memory(struct world *world)
{
    VxmMemoryCreateInfo info = contract_memory_info(world->type->type);

    return vxmPlanMemory(world->device, EXCHANGE_SIZE, &info, &world->out.plan);
}

static void open_any(struct world *world)
{
    source_open(world->device, world->type, type_resource(world->type), &world->source);
}

static VkResult plan_import(struct world *world)
{
    return vxmPlanImport(world->device, &world->source.shared, NULL, &world->out.plan);
}

static void give_up(struct world *world)
{
    VxmPlanResult failed = {.result = VK_ERROR_UNKNOWN};

    require(vxmFinishPlan(&world->out.plan, &failed, NULL));
}

static void close_source(struct world *world)
{
    source_close(&world->source);
}

/* ---- setting and ending ---- */

static void make_by_plan(struct world *world)
{
    VxmMemoryCreateInfo info = contract_memory_info(world->type->type);
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);

    require(vxmPlanBuffer(world->device, &buffer, &info, &world->plan));
    require(app_make(world->device, &world->plan, &world->made));
}

static void import_by_plan(struct world *world)
{
    VxmImportInfo info = {.flags = VXM_IMPORT_TAKE_HANDLES_BIT};

    open_any(world);
    require(vxmPlanImport(world->device, &world->source.shared, &info, &world->plan));
    require(app_make(world->device, &world->plan, &world->made));
}

static VkResult finish(struct world *world)
{
    VxmPlanResult result = {0};

    made_result(&world->made, &result);
    return vxmFinishPlan(&world->plan, &result, &world->out.memory);
}

static void destroy_memory(struct world *world)
{
    vxmDestroyMemory(world->out.memory);
}

static void unmake(struct world *world)
{
    app_unmake(world->device, &world->made);
    if (!world->type->closable) {
        world->source.shared.memories[0].handle = world->source.foreign;
    }
    source_close(&world->source);
}

static VkResult set_resource(struct world *world)
{
    return vxmSetPlanResource(&world->plan, world->made.buffer, VK_NULL_HANDLE);
}

static void unmake_and_end(struct world *world)
{
    VxmPlanResult failed = {.result = VK_ERROR_UNKNOWN};

    require(vxmFinishPlan(&world->plan, &failed, NULL));
    app_unmake(world->device, &world->made);
}

#define ROW(index, entry_, what_, prepare_, run_, undo_, cleanup_, expects_, flags_)               \
    {                                                                                              \
        .entry = (entry_), .what = (what_), .prepare = (prepare_), .run = (run_), .undo = (undo_), \
        .cleanup = (cleanup_), .expects = (expects_), .flags = SWEEP_BY_TYPE | (flags_),           \
        .type = (index)                                                                            \
    }
#define PLAN_BUFFER(i)                                                                             \
    ROW(i, "vxmPlanBuffer", NULL, NULL, plan_buffer, give_up, NULL, VULKAN | CALLBACK,             \
        SWEEP_EXPORTABLE | SWEEP_OF_BUFFER)
#define PLAN_IMAGE(i)                                                                              \
    ROW(i, "vxmPlanImage", NULL, NULL, plan_image, give_up, NULL, VULKAN | CALLBACK,               \
        SWEEP_EXPORTABLE | SWEEP_OF_IMAGE)
#define PLAN_MEMORY(i)                                                                             \
    ROW(i, "vxmPlanMemory", NULL, NULL, plan_memory, give_up, NULL, 0,                             \
        SWEEP_EXPORTABLE | SWEEP_OF_RAW)
#define PLAN_IMPORT(i)                                                                             \
    ROW(i, "vxmPlanImport", NULL, open_any, plan_import, give_up, close_source,                    \
        VULKAN | CALLBACK | SYSTEM, SWEEP_MAY_PASS)
#define FINISH(i)                                                                                  \
    ROW(i, "vxmFinishPlan", NULL, make_by_plan, finish, destroy_memory, unmake, HEAP,              \
        SWEEP_EXPORTABLE | SWEEP_OF_BUFFER | SWEEP_ENDS_INPUT | SWEEP_NO_RETRY)
#define FINISH_IMPORT(i)                                                                           \
    ROW(i, "vxmFinishPlan", "an import", import_by_plan, finish, destroy_memory, unmake, HEAP,     \
        SWEEP_ENDS_INPUT | SWEEP_NO_RETRY)
#define SET_RESOURCE(i)                                                                            \
    ROW(i, "vxmSetPlanResource", NULL, make_by_plan, set_resource, NULL, unmake_and_end, 0,        \
        SWEEP_EXPORTABLE | SWEEP_OF_BUFFER)

const struct scenario plan_scenarios[] = {
    SWEEP_EACH_TYPE(PLAN_BUFFER),  SWEEP_EACH_TYPE(PLAN_IMAGE), SWEEP_EACH_TYPE(PLAN_MEMORY),
    SWEEP_EACH_TYPE(PLAN_IMPORT),  SWEEP_EACH_TYPE(FINISH),     SWEEP_EACH_TYPE(FINISH_IMPORT),
    SWEEP_EACH_TYPE(SET_RESOURCE),
};
const size_t plan_scenario_count = COUNT(plan_scenarios);
