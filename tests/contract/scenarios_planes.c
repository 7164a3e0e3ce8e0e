/*
 * Scenarios of the sweep: disjoint images, images with DRM format modifiers, and the questions
 * about these.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/plane_images.h"
#include "contract/sweep.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
    VULKAN = 1u << SWEEP_VULKAN,
    CALLBACK = 1u << SWEEP_CALLBACK,
    HEAP = CALLBACK | 1u << SWEEP_MALLOC,
    SYSTEM = 1u << SWEEP_SYSTEM
};

static void destroy_memory(struct world *world)
{
    vxmDestroyMemory(world->out.memory);
}

static void close_shared(struct world *world)
{
    vxmCloseShared(&world->out.shared);
}

static void close_source(struct world *world)
{
    vxmCloseShared(&world->source.shared);
    vxmDestroyMemory(world->source.memory);
}

/* What a plan's call has made. */
static void end_plan(struct world *world)
{
    VxmPlanResult failed = {.result = VK_ERROR_UNKNOWN};

    require(vxmFinishPlan(&world->out.plan, &failed, NULL));
}

static VkResult create(struct world *world, const VkImageCreateInfo *image, VxmMemory *memory)
{
    VxmMemoryCreateInfo info = contract_memory_info(world->type->type);

    return vxmCreateImage(world->device, image, &info, memory);
}

static VkResult import(struct world *world)
{
    return vxmImportMemory(world->device, &world->source.shared, NULL, &world->out.memory);
}

static VkResult import_for_again(struct world *world)
{
    VxmImportInfo info = {.reexportHandleTypes = world->type->type};

    return vxmImportMemory(world->device, &world->source.shared, &info, &world->out.memory);
}

static VkResult check(struct world *world)
{
    return vxmCheckShared(world->device, &world->source.shared);
}

static VkResult export_memory(struct world *world)
{
    return vxmExportMemory(world->source.memory, type_bit(world->type), &world->out.shared);
}

static VkResult plan_import(struct world *world)
{
    return vxmPlanImport(world->device, &world->source.shared, NULL, &world->out.plan);
}

/* The app makes what the plan says, and the library adopts it. */
static VkResult finish_plan(struct world *world)
{
    VxmPlanResult result = {.result = VK_SUCCESS};

    made_result(&world->made, &result);
    return vxmFinishPlan(&world->plan, &result, &world->out.memory);
}

static void unmake(struct world *world)
{
    app_unmake(world->device, &world->made);
    close_source(world);
}

/* ---- disjoint images ---- */

static void make_disjoint(struct world *world)
{
    VkImageCreateInfo image = disjoint_info(world->type);

    require(create(world, &image, &world->source.memory));
}

static void open_disjoint(struct world *world)
{
    make_disjoint(world);
    planes_export(world->source.memory, world->type, &world->source.shared);
}

static void open_disjoint_with_bad_driver(struct world *world)
{
    open_disjoint(world);
    model_config()->habits.closeFdOnFailedImport = true;
}

static VkResult create_disjoint(struct world *world)
{
    VkImageCreateInfo image = disjoint_info(world->type);

    return create(world, &image, &world->out.memory);
}

static VkResult plan_disjoint(struct world *world)
{
    VxmMemoryCreateInfo info = contract_memory_info(world->type->type);
    VkImageCreateInfo image = disjoint_info(world->type);

    return vxmPlanImage(world->device, &image, &info, &world->out.plan);
}

static void make_disjoint_plan(struct world *world)
{
    open_disjoint(world);
    require(vxmPlanImport(world->device, &world->source.shared, NULL, &world->plan));
    require(app_make(world->device, &world->plan, &world->made));
}

static VkResult wrap_disjoint(struct world *world)
{
    VkImageCreateInfo image = disjoint_info(world->type);
    VxmMemoryWrapInfo info = {
        .image = vxmGetVkImage(world->source.memory),
        .imageCreateInfo = &image,
        .handleTypes = world->type->type,
        .memoryCount = 2,
    };

    for (uint32_t i = 0; i < 2; i++) {
        info.memories[i] = (VxmWrappedMemory){
            .memory = vxmGetVkDeviceMemory(world->source.memory, i),
            .allocationSize = world->source.shared.memories[i].allocationSize,
            .handle = world->source.shared.memories[i].handle,
        };
    }
    return vxmWrapMemory(world->device, &info, &world->out.memory);
}

static VkResult get_second_handle(struct world *world)
{
    return vxmGetMemoryHandle(world->source.memory, 1, type_bit(world->type), &world->out.handle);
}

static void close_handle(struct world *world)
{
    vxmCloseHandle(&world->out.handle);
}

/* ---- modifiers ---- */

static const uint64_t modifiers[] = {VXM_DRM_FORMAT_MOD_LINEAR, MODEL_MODIFIER_TILED};

static VkResult create_modifier(struct world *world)
{
    struct modifier_image image;

    modifier_image(&image, NV12, 64, 64);
    return create(world, &image.info, &world->out.memory);
}

static VkResult create_listed(struct world *world)
{
    struct modifier_image image;

    modifier_image(&image, NV12, 64, 64);
    modifier_image_list(&image, 2, modifiers);
    image.info.flags = VK_IMAGE_CREATE_DISJOINT_BIT;
    return create(world, &image.info, &world->out.memory);
}

static VkResult create_explicit(struct world *world)
{
    static const VkSubresourceLayout layouts[] = {{.rowPitch = 64},
                                                  {.rowPitch = 64, .offset = 4096}};
    struct modifier_image image;

    modifier_image(&image, NV12, 64, 64);
    modifier_image_explicit(&image, VXM_DRM_FORMAT_MOD_LINEAR, 2, layouts);
    return create(world, &image.info, &world->out.memory);
}

static VkResult plan_modifier(struct world *world)
{
    VxmMemoryCreateInfo info = contract_memory_info(world->type->type);
    struct modifier_image image;

    modifier_image(&image, NV12, 64, 64);
    return vxmPlanImage(world->device, &image.info, &info, &world->out.plan);
}

static void make_modifier(struct world *world)
{
    struct modifier_image image;

    modifier_image(&image, NV12, 64, 64);
    require(create(world, &image.info, &world->source.memory));
}

static void open_modifier(struct world *world)
{
    make_modifier(world);
    planes_export(world->source.memory, world->type, &world->source.shared);
}

/* A handle for each plane, of one payload or of one each; the source owns them. */
static void open_frame(struct world *world, bool spread)
{
    struct frame frame;

    frame_open(&frame, NV12, 64, 64, spread ? 1 : 2, 16384);
    if (spread) {
        frame_spread(&frame);
    }
    world->source.shared = frame.shared;
}

static void open_spread(struct world *world)
{
    open_frame(world, true);
}

static void open_several(struct world *world)
{
    open_frame(world, false);
}

static void open_several_with_bad_driver(struct world *world)
{
    open_frame(world, false);
    model_config()->habits.closeFdOnFailedImport = true;
}

static VkResult import_taking(struct world *world)
{
    VxmImportInfo info = {.flags = VXM_IMPORT_TAKE_HANDLES_BIT};

    return vxmImportMemory(world->device, &world->source.shared, &info, &world->out.memory);
}

static void make_plan_of_several(struct world *world)
{
    open_several(world);
    require(vxmPlanImport(world->device, &world->source.shared, NULL, &world->plan));
    require(app_make(world->device, &world->plan, &world->made));
}

static VkResult wrap_modifier(struct world *world)
{
    struct modifier_image image;
    VxmMemoryWrapInfo info = {
        .image = vxmGetVkImage(world->source.memory),
        .handleTypes = world->type->type,
        .dedicated = world->source.shared.dedicated,
        .memoryCount = 1,
        .memories[0] = {.memory = vxmGetVkDeviceMemory(world->source.memory, 0),
                        .allocationSize = world->source.shared.memories[0].allocationSize},
    };

    modifier_image(&image, NV12, 64, 64);
    modifier_image_list(&image, 2, modifiers);
    info.imageCreateInfo = &image.info;
    return vxmWrapMemory(world->device, &info, &world->out.memory);
}

static VkResult describe_plane(struct world *world)
{
    return vxmDescribePlane(&world->source.shared, 1, &world->out.shared);
}

/* ---- questions ---- */

static VkResult get_modifiers(struct world *world)
{
    struct modifier_image image;

    modifier_image(&image, NV12, 64, 64);
    return vxmGetModifiers(world->device, &image.info, type_bit(world->type),
                           &world->out.modifiers);
}

static void ask_modifiers(struct world *world)
{
    struct modifier_image image;
    VxmModifiers *found = calloc(1, sizeof(*found));

    cr_assert_not_null(found);
    modifier_image(&image, NV12, 64, 64);
    require(vxmGetModifiers(world->device, &image.info, type_bit(world->type), found));
    world->modifiers = found;
}

static void forget_modifiers(struct world *world)
{
    free(world->modifiers);
}

static VkResult choose_modifiers(struct world *world)
{
    return vxmChooseModifiers(world->modifiers, 0, 2, modifiers, &world->out.choice);
}

static VkResult get_fourcc_format(struct world *world)
{
    return vxmGetFourccFormat(0x3231564e /* NV12 */, &world->out.fourcc);
}

/* ---- the table ---- */

#define ROW(index, entry_, what_, prepare_, run_, undo_, cleanup_, expects_, flags_)               \
    {                                                                                              \
        .entry = (entry_), .what = (what_), .prepare = (prepare_), .run = (run_), .undo = (undo_), \
        .cleanup = (cleanup_), .expects = (expects_), .flags = SWEEP_BY_TYPE | (flags_),           \
        .type = (index)                                                                            \
    }
#define DISJOINT(i, entry, what, prepare, run, undo, cleanup, expects, flags)                      \
    ROW(i, entry, what, prepare, run, undo, cleanup, expects,                                      \
        SWEEP_EXPORTABLE | SWEEP_DISJOINT | (flags))
#define MODIFIER(i, entry, what, prepare, run, undo, cleanup, expects, flags)                      \
    ROW(i, entry, what, prepare, run, undo, cleanup, expects,                                      \
        SWEEP_EXPORTABLE | SWEEP_MODIFIER | (flags))

#define CREATE_DISJOINT(i)                                                                         \
    DISJOINT(i, "vxmCreateImage", "disjoint", NULL, create_disjoint, destroy_memory, NULL,         \
             VULKAN | HEAP, 0)
#define IMPORT_DISJOINT(i)                                                                         \
    DISJOINT(i, "vxmImportMemory", "a disjoint image", open_disjoint, import, destroy_memory,      \
             close_source, VULKAN | HEAP | SYSTEM, SWEEP_MAY_PASS)
#define IMPORT_DISJOINT_AGAIN(i)                                                                   \
    DISJOINT(i, "vxmImportMemory", "a disjoint image, to be exported again", open_disjoint,        \
             import_for_again, destroy_memory, close_source, VULKAN | HEAP | SYSTEM,               \
             SWEEP_MAY_PASS)
#define IMPORT_DISJOINT_BAD_DRIVER(i)                                                              \
    DISJOINT(i, "vxmImportMemory", "a disjoint image on a driver that closes",                     \
             open_disjoint_with_bad_driver, import, destroy_memory, close_source,                  \
             VULKAN | HEAP | SYSTEM, SWEEP_MAY_PASS)
#define EXPORT_DISJOINT(i)                                                                         \
    DISJOINT(i, "vxmExportMemory", "a disjoint image", make_disjoint, export_memory, close_shared, \
             close_source, VULKAN | SYSTEM, SWEEP_EXPORTS)
#define GET_SECOND_HANDLE(i)                                                                       \
    DISJOINT(i, "vxmGetMemoryHandle", "of the second plane", make_disjoint, get_second_handle,     \
             close_handle, close_source, VULKAN | SYSTEM, SWEEP_EXPORTS)
#define CHECK_DISJOINT(i)                                                                          \
    DISJOINT(i, "vxmCheckShared", "a disjoint image", open_disjoint, check, NULL, close_source,    \
             VULKAN | SYSTEM, SWEEP_MAY_PASS)
#define PLAN_DISJOINT(i)                                                                           \
    DISJOINT(i, "vxmPlanImage", "disjoint", NULL, plan_disjoint, end_plan, NULL,                   \
             VULKAN | CALLBACK, 0)
#define PLAN_IMPORT_DISJOINT(i)                                                                    \
    DISJOINT(i, "vxmPlanImport", "a disjoint image", open_disjoint, plan_import, end_plan,         \
             close_source, VULKAN | CALLBACK | SYSTEM, SWEEP_MAY_PASS)
#define FINISH_DISJOINT(i)                                                                         \
    DISJOINT(i, "vxmFinishPlan", "a disjoint image", make_disjoint_plan, finish_plan,              \
             destroy_memory, unmake, HEAP, SWEEP_NO_RETRY | SWEEP_ENDS_INPUT)
#define WRAP_DISJOINT(i)                                                                           \
    DISJOINT(i, "vxmWrapMemory", "a disjoint image with its handles", open_disjoint,               \
             wrap_disjoint, destroy_memory, close_source, HEAP | SYSTEM,                           \
             SWEEP_CLOSABLE | SWEEP_MAY_PASS)

#define CREATE_MODIFIER(i)                                                                         \
    MODIFIER(i, "vxmCreateImage", "with a modifier", NULL, create_modifier, destroy_memory, NULL,  \
             VULKAN | HEAP, 0)
#define CREATE_LISTED(i)                                                                           \
    MODIFIER(i, "vxmCreateImage", "with one of a list, disjoint", NULL, create_listed,             \
             destroy_memory, NULL, VULKAN | HEAP, 0)
#define CREATE_EXPLICIT(i)                                                                         \
    MODIFIER(i, "vxmCreateImage", "with layouts of the app's", NULL, create_explicit,              \
             destroy_memory, NULL, VULKAN | HEAP, 0)
#define IMPORT_MODIFIER(i)                                                                         \
    MODIFIER(i, "vxmImportMemory", "with a modifier", open_modifier, import, destroy_memory,       \
             close_source, VULKAN | HEAP | SYSTEM, SWEEP_MAY_PASS)
#define IMPORT_SPREAD(i)                                                                           \
    MODIFIER(i, "vxmImportMemory", "handles of one payload", open_spread, import, destroy_memory,  \
             close_source, VULKAN | HEAP | SYSTEM, SWEEP_MAY_PASS)
#define IMPORT_SPREAD_TAKING(i)                                                                    \
    MODIFIER(i, "vxmImportMemory", "taking handles of one payload", open_spread, import_taking,    \
             destroy_memory, close_source, VULKAN | HEAP | SYSTEM, SWEEP_MAY_PASS)
#define IMPORT_SEVERAL(i)                                                                          \
    MODIFIER(i, "vxmImportMemory", "handles of several payloads", open_several, import,            \
             destroy_memory, close_source, VULKAN | HEAP | SYSTEM, SWEEP_MAY_PASS)
#define IMPORT_SEVERAL_AGAIN(i)                                                                    \
    MODIFIER(i, "vxmImportMemory", "handles of several payloads, to be exported again",            \
             open_several, import_for_again, destroy_memory, close_source, VULKAN | HEAP | SYSTEM, \
             SWEEP_MAY_PASS)
#define IMPORT_SEVERAL_BAD_DRIVER(i)                                                               \
    MODIFIER(i, "vxmImportMemory", "several payloads on a driver that closes",                     \
             open_several_with_bad_driver, import, destroy_memory, close_source,                   \
             VULKAN | HEAP | SYSTEM, SWEEP_MAY_PASS)
#define CHECK_SPREAD(i)                                                                            \
    MODIFIER(i, "vxmCheckShared", "handles of one payload", open_spread, check, NULL,              \
             close_source, VULKAN | SYSTEM, SWEEP_MAY_PASS)
#define PLAN_MODIFIER(i)                                                                           \
    MODIFIER(i, "vxmPlanImage", "with a modifier", NULL, plan_modifier, end_plan, NULL,            \
             VULKAN | CALLBACK, 0)
#define PLAN_IMPORT_SPREAD(i)                                                                      \
    MODIFIER(i, "vxmPlanImport", "handles of one payload", open_spread, plan_import, end_plan,     \
             close_source, VULKAN | CALLBACK | SYSTEM, SWEEP_MAY_PASS)
#define PLAN_IMPORT_SEVERAL(i)                                                                     \
    MODIFIER(i, "vxmPlanImport", "handles of several payloads", open_several, plan_import,         \
             end_plan, close_source, VULKAN | CALLBACK | SYSTEM, SWEEP_MAY_PASS)
#define FINISH_SEVERAL(i)                                                                          \
    MODIFIER(i, "vxmFinishPlan", "handles of several payloads", make_plan_of_several, finish_plan, \
             destroy_memory, unmake, VULKAN | HEAP, SWEEP_NO_RETRY | SWEEP_ENDS_INPUT)
#define WRAP_MODIFIER(i)                                                                           \
    MODIFIER(i, "vxmWrapMemory", "with a modifier", open_modifier, wrap_modifier, destroy_memory,  \
             close_source, VULKAN | HEAP, 0)
#define DESCRIBE_PLANE(i)                                                                          \
    MODIFIER(i, "vxmDescribePlane", NULL, open_several, describe_plane, close_shared,              \
             close_source, SYSTEM, 0)
#define GET_MODIFIERS(i)                                                                           \
    MODIFIER(i, "vxmGetModifiers", NULL, NULL, get_modifiers, NULL, NULL, VULKAN, 0)
#define CHOOSE_MODIFIERS(i)                                                                        \
    MODIFIER(i, "vxmChooseModifiers", NULL, ask_modifiers, choose_modifiers, NULL,                 \
             forget_modifiers, 0, 0)

const struct scenario planes_scenarios[] = {
    SWEEP_EACH_TYPE(CREATE_DISJOINT),
    SWEEP_EACH_TYPE(IMPORT_DISJOINT),
    SWEEP_EACH_TYPE(IMPORT_DISJOINT_AGAIN),
    SWEEP_EACH_TYPE(IMPORT_DISJOINT_BAD_DRIVER),
    SWEEP_EACH_TYPE(EXPORT_DISJOINT),
    SWEEP_EACH_TYPE(GET_SECOND_HANDLE),
    SWEEP_EACH_TYPE(CHECK_DISJOINT),
    SWEEP_EACH_TYPE(PLAN_DISJOINT),
    SWEEP_EACH_TYPE(PLAN_IMPORT_DISJOINT),
    SWEEP_EACH_TYPE(FINISH_DISJOINT),
    SWEEP_EACH_TYPE(WRAP_DISJOINT),
    SWEEP_EACH_TYPE(CREATE_MODIFIER),
    SWEEP_EACH_TYPE(CREATE_LISTED),
    SWEEP_EACH_TYPE(CREATE_EXPLICIT),
    SWEEP_EACH_TYPE(IMPORT_MODIFIER),
    SWEEP_EACH_TYPE(IMPORT_SPREAD),
    SWEEP_EACH_TYPE(IMPORT_SPREAD_TAKING),
    SWEEP_EACH_TYPE(IMPORT_SEVERAL),
    SWEEP_EACH_TYPE(IMPORT_SEVERAL_AGAIN),
    SWEEP_EACH_TYPE(IMPORT_SEVERAL_BAD_DRIVER),
    SWEEP_EACH_TYPE(CHECK_SPREAD),
    SWEEP_EACH_TYPE(PLAN_MODIFIER),
    SWEEP_EACH_TYPE(PLAN_IMPORT_SPREAD),
    SWEEP_EACH_TYPE(PLAN_IMPORT_SEVERAL),
    SWEEP_EACH_TYPE(FINISH_SEVERAL),
    SWEEP_EACH_TYPE(WRAP_MODIFIER),
    SWEEP_EACH_TYPE(DESCRIBE_PLANE),
    SWEEP_EACH_TYPE(GET_MODIFIERS),
    SWEEP_EACH_TYPE(CHOOSE_MODIFIERS),
    {.entry = "vxmGetFourccFormat", .run = get_fourcc_format, .flags = SWEEP_WITHOUT_DEVICE},
};
const size_t planes_scenario_count = COUNT(planes_scenarios);
