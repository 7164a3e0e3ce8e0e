/*
 * Scenarios of the sweep: the memory object, descriptions, questions.
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

static VkExternalMemoryHandleTypeFlagBits bit_of(const struct world *world)
{
    return (VkExternalMemoryHandleTypeFlagBits)world->type->type;
}

static void destroy_memory(struct world *world)
{
    vxmDestroyMemory(world->out.memory);
}

/* ---- creation ---- */

static VkResult create_buffer(struct world *world)
{
    VxmMemoryCreateInfo info = contract_memory_info(world->type->type);
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);

    return vxmCreateBuffer(world->device, &buffer, &info, &world->out.memory);
}

/* A linear one takes a question more. */
static VkImageCreateInfo sweep_image(const struct backend_type *type)
{
    VkImageCreateInfo image = contract_image_info(16, 16);

    image.tiling =
        type->sizeIgnored || type->sizeZero ? VK_IMAGE_TILING_OPTIMAL : VK_IMAGE_TILING_LINEAR;
    return image;
}

static VkResult create_image(struct world *world)
{
    VxmMemoryCreateInfo info = contract_memory_info(world->type->type);
    VkImageCreateInfo image = sweep_image(world->type);

    return vxmCreateImage(world->device, &image, &info, &world->out.memory);
}

static VkResult create_memory(struct world *world)
{
    VxmMemoryCreateInfo info = contract_memory_info(world->type->type);

    return vxmCreateMemory(world->device, EXCHANGE_SIZE, &info, &world->out.memory);
}

/* ---- import ---- */

static void open_raw(struct world *world)
{
    source_open(world->device, world->type, VXM_RESOURCE_TYPE_MEMORY, &world->source);
}

static void open_buffer(struct world *world)
{
    source_open(world->device, world->type, VXM_RESOURCE_TYPE_BUFFER, &world->source);
}

static void open_any(struct world *world)
{
    source_open(world->device, world->type, type_resource(world->type), &world->source);
}

/* Not exported yet. */
static void open_made(struct world *world)
{
    world->source.memory = source_make(world->device, world->type, type_resource(world->type));
}

static void open_image(struct world *world)
{
    VxmMemoryCreateInfo info = contract_memory_info(world->type->type);
    VkImageCreateInfo image = sweep_image(world->type);

    require(vxmCreateImage(world->device, &image, &info, &world->source.memory));
    require(vxmExportMemory(world->source.memory, bit_of(world), &world->source.shared));
}

static void close_source(struct world *world)
{
    vxmDestroyMemory(world->memory);
    source_close(&world->source);
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

/* To be handed over on success only. */
static VkResult import_taking(struct world *world)
{
    VxmImportInfo info = {.flags = VXM_IMPORT_TAKE_HANDLES_BIT};

    return vxmImportMemory(world->device, &world->source.shared, &info, &world->out.memory);
}

/* The handle is gone, and with a host allocation the pointer to it. */
static void take_back(struct world *world)
{
    vxmDestroyMemory(world->out.memory);
    cr_expect_eq(world->source.shared.memories[0].handle.type, 0);
    world->source.shared.memories[0].handle = world->source.foreign;
    if (world->type->closable) {
        world->source.shared.memories[0].handle = (VxmHandle){0};
    }
}

/* A driver that closes what it doesn't import. */
static void open_with_bad_driver(struct world *world)
{
    open_any(world);
    model_config()->habits.closeFdOnFailedImport = true;
}

static VkResult check(struct world *world)
{
    return vxmCheckShared(world->device, &world->source.shared);
}

static VkResult check_description(struct world *world)
{
    return vxmCheckDescription(&world->source.shared);
}

/* ---- wrap ---- */

static VkResult wrap(struct world *world)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemoryWrapInfo info = {
        .buffer = vxmGetVkBuffer(world->source.memory),
        .bufferCreateInfo = &buffer,
        .handleTypes = world->type->type,
        .dedicated = world->source.shared.dedicated,
        .memoryCount = 1,
        .memories[0] = {.memory = vxmGetVkDeviceMemory(world->source.memory, 0),
                        .allocationSize = world->source.shared.memories[0].allocationSize},
    };

    return vxmWrapMemory(world->device, &info, &world->out.memory);
}

/* With a handle that the app has taken already. */
static VkResult wrap_with_handle(struct world *world)
{
    VxmMemoryWrapInfo info = {
        .handleTypes = world->type->type,
        .dedicated = world->source.shared.dedicated,
        .memoryCount = 1,
        .memories[0] = {.memory = vxmGetVkDeviceMemory(world->source.memory, 0),
                        .allocationSize = world->source.shared.memories[0].allocationSize,
                        .handle = world->source.shared.memories[0].handle},
    };

    return vxmWrapMemory(world->device, &info, &world->out.memory);
}

/* ---- export ---- */

static VkResult export_memory(struct world *world)
{
    return vxmExportMemory(world->source.memory, bit_of(world), &world->out.shared);
}

static void close_shared(struct world *world)
{
    vxmCloseShared(&world->out.shared);
}

static VkResult get_handle(struct world *world)
{
    return vxmGetMemoryHandle(world->source.memory, 0, bit_of(world), &world->out.handle);
}

static void open_import(struct world *world)
{
    VxmImportInfo info = {.reexportHandleTypes = world->type->type};

    open_any(world);
    require(vxmImportMemory(world->device, &world->source.shared, &info, &world->memory));
}

static VkResult export_again(struct world *world)
{
    return vxmExportMemory(world->memory, bit_of(world), &world->out.shared);
}

/* A driver that forgets close-on-exec: one call more of the system's. */
static void open_forgetful(struct world *world)
{
    open_made(world);
    model_config()->habits.exportWithoutCloexec = true;
}

static void close_handle(struct world *world)
{
    vxmCloseHandle(&world->out.handle);
}

/* ---- look ---- */

static VkResult map(struct world *world)
{
    return vxmMapMemory(world->source.memory, 0, &world->out.data);
}

static void unmap(struct world *world)
{
    vxmUnmapMemory(world->source.memory, 0);
}

static VkResult get_info(struct world *world)
{
    return vxmGetMemoryInfo(world->source.memory, &world->out.memoryInfo);
}

static VkResult query_image(struct world *world)
{
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmQueryInfo info = {.handleType = world->type->type, .image = &image};

    return vxmQuery(world->device, &info, &world->out.query);
}

static VkResult query_buffer(struct world *world)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmQueryInfo info = {.handleType = world->type->type, .buffer = &buffer};

    return vxmQuery(world->device, &info, &world->out.query);
}

static VkResult encode(struct world *world)
{
    return vxmEncodeShared(&world->source.shared, sizeof(world->out.bytes), world->out.bytes,
                           &world->out.size);
}

static VkResult decode(struct world *world)
{
    unsigned char bytes[VXM_MAX_ENCODED_SIZE];
    size_t size = 0;

    require(vxmEncodeShared(&world->source.shared, sizeof(bytes), bytes, &size));
    return vxmDecodeShared(size, bytes, &world->out.shared);
}

/* ---- the table ---- */

#define ROW(index, entry_, what_, prepare_, run_, undo_, expects_, flags_)                         \
    {                                                                                              \
        .entry = (entry_), .what = (what_), .prepare = (prepare_), .run = (run_), .undo = (undo_), \
        .cleanup = close_source, .expects = (expects_), .flags = SWEEP_BY_TYPE | (flags_),         \
        .type = (index)                                                                            \
    }
#define CREATE_BUFFER(i)                                                                           \
    ROW(i, "vxmCreateBuffer", NULL, NULL, create_buffer, destroy_memory, VULKAN | HEAP,            \
        SWEEP_EXPORTABLE | SWEEP_OF_BUFFER)
#define CREATE_IMAGE(i)                                                                            \
    ROW(i, "vxmCreateImage", NULL, NULL, create_image, destroy_memory, VULKAN | HEAP,              \
        SWEEP_EXPORTABLE | SWEEP_OF_IMAGE)
#define CREATE_MEMORY(i)                                                                           \
    ROW(i, "vxmCreateMemory", NULL, NULL, create_memory, destroy_memory, VULKAN | HEAP,            \
        SWEEP_EXPORTABLE | SWEEP_OF_RAW)
#define IMPORT_RAW(i)                                                                              \
    ROW(i, "vxmImportMemory", "raw", open_raw, import, destroy_memory, VULKAN | HEAP | SYSTEM,     \
        SWEEP_MAY_PASS | SWEEP_OF_RAW)
#define IMPORT_BUFFER(i)                                                                           \
    ROW(i, "vxmImportMemory", "a buffer", open_buffer, import, destroy_memory,                     \
        VULKAN | HEAP | SYSTEM, SWEEP_MAY_PASS | SWEEP_OF_BUFFER)
#define IMPORT_IMAGE(i)                                                                            \
    ROW(i, "vxmImportMemory", "an image", open_image, import, destroy_memory,                      \
        VULKAN | HEAP | SYSTEM, SWEEP_MAY_PASS | SWEEP_EXPORTABLE | SWEEP_OF_IMAGE)
#define IMPORT_TAKING(i)                                                                           \
    ROW(i, "vxmImportMemory", "taking the handle", open_any, import_taking, take_back,             \
        VULKAN | HEAP | SYSTEM, SWEEP_MAY_PASS)
#define IMPORT_BAD_DRIVER(i)                                                                       \
    ROW(i, "vxmImportMemory", "on a driver that closes", open_with_bad_driver, import,             \
        destroy_memory, VULKAN | HEAP | SYSTEM, SWEEP_MAY_PASS)
#define IMPORT_AGAIN(i)                                                                            \
    ROW(i, "vxmImportMemory", "to be exported again", open_any, import_for_again, destroy_memory,  \
        VULKAN | HEAP | SYSTEM, SWEEP_MAY_PASS | SWEEP_EXPORTABLE)
#define EXPORT_AGAIN(i)                                                                            \
    ROW(i, "vxmExportMemory", "an import", open_import, export_again, close_shared, SYSTEM,        \
        SWEEP_EXPORTABLE | SWEEP_CLOSABLE)
#define WRAP_WITH_HANDLE(i)                                                                        \
    ROW(i, "vxmWrapMemory", "with a handle", open_buffer, wrap_with_handle, destroy_memory,        \
        HEAP | SYSTEM, SWEEP_EXPORTABLE | SWEEP_CLOSABLE | SWEEP_OF_BUFFER)
#define CHECK(i)                                                                                   \
    ROW(i, "vxmCheckShared", "an image", open_image, check, NULL, VULKAN | SYSTEM,                 \
        SWEEP_MAY_PASS | SWEEP_EXPORTABLE | SWEEP_OF_IMAGE)
#define CHECK_DESCRIPTION(i)                                                                       \
    ROW(i, "vxmCheckDescription", NULL, open_any, check_description, NULL, 0, 0)
#define WRAP(i)                                                                                    \
    ROW(i, "vxmWrapMemory", NULL, open_buffer, wrap, destroy_memory, HEAP,                         \
        SWEEP_EXPORTABLE | SWEEP_OF_BUFFER)
#define EXPORT(i)                                                                                  \
    ROW(i, "vxmExportMemory", NULL, open_made, export_memory, close_shared, VULKAN | SYSTEM,       \
        SWEEP_EXPORTABLE | SWEEP_EXPORTS)
#define EXPORT_FORGETFUL(i)                                                                        \
    ROW(i, "vxmExportMemory", "on a driver that forgets close-on-exec", open_forgetful,            \
        export_memory, close_shared, VULKAN | SYSTEM, SWEEP_EXPORTABLE | SWEEP_EXPORTS)
#define GET_HANDLE(i)                                                                              \
    ROW(i, "vxmGetMemoryHandle", NULL, open_made, get_handle, close_handle, VULKAN | SYSTEM,       \
        SWEEP_EXPORTABLE | SWEEP_EXPORTS)
#define MAP(i)                                                                                     \
    ROW(i, "vxmMapMemory", NULL, open_buffer, map, unmap, VULKAN,                                  \
        SWEEP_EXPORTABLE | SWEEP_OF_BUFFER)
#define GET_INFO(i) ROW(i, "vxmGetMemoryInfo", NULL, open_any, get_info, NULL, 0, SWEEP_EXPORTABLE)
#define QUERY_IMAGE(i)                                                                             \
    ROW(i, "vxmQuery", "an image", NULL, query_image, NULL, VULKAN, SWEEP_OF_IMAGE)
#define QUERY_BUFFER(i) ROW(i, "vxmQuery", "a buffer", NULL, query_buffer, NULL, 0, SWEEP_OF_BUFFER)
#define ENCODE(i)       ROW(i, "vxmEncodeShared", NULL, open_any, encode, NULL, 0, 0)
#define DECODE(i)       ROW(i, "vxmDecodeShared", NULL, open_any, decode, NULL, 0, 0)

const struct scenario memory_scenarios[] = {
    SWEEP_EACH_TYPE(CREATE_BUFFER),
    SWEEP_EACH_TYPE(CREATE_IMAGE),
    SWEEP_EACH_TYPE(CREATE_MEMORY),
    SWEEP_EACH_TYPE(IMPORT_RAW),
    SWEEP_EACH_TYPE(IMPORT_BUFFER),
    SWEEP_EACH_TYPE(IMPORT_IMAGE),
    SWEEP_EACH_TYPE(IMPORT_TAKING),
    SWEEP_EACH_TYPE(IMPORT_BAD_DRIVER),
    SWEEP_EACH_TYPE(IMPORT_AGAIN),
    SWEEP_EACH_TYPE(EXPORT_AGAIN),
    SWEEP_EACH_TYPE(WRAP_WITH_HANDLE),
    SWEEP_EACH_TYPE(CHECK),
    SWEEP_EACH_TYPE(CHECK_DESCRIPTION),
    SWEEP_EACH_TYPE(WRAP),
    SWEEP_EACH_TYPE(EXPORT),
    SWEEP_EACH_TYPE(EXPORT_FORGETFUL),
    SWEEP_EACH_TYPE(GET_HANDLE),
    SWEEP_EACH_TYPE(MAP),
    SWEEP_EACH_TYPE(GET_INFO),
    SWEEP_EACH_TYPE(QUERY_IMAGE),
    SWEEP_EACH_TYPE(QUERY_BUFFER),
    SWEEP_EACH_TYPE(ENCODE),
    SWEEP_EACH_TYPE(DECODE),
};
const size_t memory_scenario_count = COUNT(memory_scenarios);
