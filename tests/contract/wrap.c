/*
 * Memory that the app has allocated itself, and imports for resources of the app's own.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/app.h"
#include "contract/exchange.h"

TestSuite(wrap, .init = contract_begin, .fini = contract_end);

/* What an app makes with plain Vulkan. */
struct app {
    VxmDevice device;
    VkDevice vk;
    VkExternalMemoryBufferCreateInfo external;
    VkBufferCreateInfo info;
    VkBuffer buffer;
    VkDeviceMemory memory;
    VkMemoryAllocateInfo allocateInfo;
};

static void app_create_buffer(VxmDevice device, uint32_t handleTypes, struct app *app)
{
    PFN_vkCreateBuffer create = (PFN_vkCreateBuffer)contract_command(device, "vkCreateBuffer");

    app->device = device;
    app->vk = contract_vk_device(device);
    app->external = (VkExternalMemoryBufferCreateInfo){
        .sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO,
        .handleTypes = handleTypes,
    };
    app->info = contract_buffer_info(EXCHANGE_SIZE);
    app->info.pNext = &app->external;
    require(create(app->vk, &app->info, NULL, &app->buffer));
}

/* Dedicated or not; without dedication the buffer lies at an offset. */
static void app_allocate(struct app *app, bool dedicated, uint64_t offset)
{
    PFN_vkGetBufferMemoryRequirements2 requirements =
        (PFN_vkGetBufferMemoryRequirements2)contract_command(app->device,
                                                             "vkGetBufferMemoryRequirements2");
    PFN_vkAllocateMemory allocate =
        (PFN_vkAllocateMemory)contract_command(app->device, "vkAllocateMemory");
    PFN_vkBindBufferMemory2 bind =
        (PFN_vkBindBufferMemory2)contract_command(app->device, "vkBindBufferMemory2");
    VkBufferMemoryRequirementsInfo2 question = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_REQUIREMENTS_INFO_2, .buffer = app->buffer};
    VkMemoryRequirements2 answer = {.sType = VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2};
    VkMemoryDedicatedAllocateInfo dedicatedInfo = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO, .buffer = app->buffer};
    VkExportMemoryAllocateInfo exportInfo = {
        .sType = VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO,
        .pNext = dedicated ? &dedicatedInfo : NULL,
        .handleTypes = app->external.handleTypes,
    };
    VkBindBufferMemoryInfo bindInfo = {.sType = VK_STRUCTURE_TYPE_BIND_BUFFER_MEMORY_INFO,
                                       .buffer = app->buffer,
                                       .memoryOffset = offset};

    requirements(app->vk, &question, &answer);
    app->allocateInfo = (VkMemoryAllocateInfo){
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .pNext = &exportInfo,
        .allocationSize = answer.memoryRequirements.size + offset,
        /* Host visible and allowed for external buffers. */
        .memoryTypeIndex = 2,
    };
    require(allocate(app->vk, &app->allocateInfo, NULL, &app->memory));
    bindInfo.memory = app->memory;
    require(bind(app->vk, 1, &bindInfo));
}

static void app_destroy(struct app *app)
{
    PFN_vkDestroyBuffer destroy =
        (PFN_vkDestroyBuffer)contract_command(app->device, "vkDestroyBuffer");
    PFN_vkFreeMemory release = (PFN_vkFreeMemory)contract_command(app->device, "vkFreeMemory");

    destroy(app->vk, app->buffer, NULL);
    release(app->vk, app->memory, NULL);
}

static VxmMemoryWrapInfo wrap_info(const struct app *app, bool dedicated, uint64_t offset)
{
    return (VxmMemoryWrapInfo){
        .buffer = app->buffer,
        .bufferCreateInfo = &app->info,
        .handleTypes = app->external.handleTypes,
        .dedicated = dedicated,
        .memoryCount = 1,
        .memories[0] = {.memory = app->memory,
                        .allocationSize = app->allocateInfo.allocationSize,
                        .offset = offset,
                        .memoryTypeIndex = app->allocateInfo.memoryTypeIndex},
    };
}

Test(wrap, buffer_of_the_apps_own_is_shared)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        for (int dedicated = 0; dedicated < 2; dedicated++) {
            uint64_t offset = dedicated ? 0 : 1024;
            VxmMemoryWrapInfo info;
            VxmMemory memory = NULL;
            VxmMemory import = NULL;
            struct app app;
            VxmMemoryInfo got;
            VxmShared shared;
            void *data;

            if (!type->exportable || !type_can(type, VXM_RESOURCE_TYPE_BUFFER) ||
                (type->dedicatedRequired && !dedicated)) {
                continue;
            }
            app_create_buffer(device, type->type, &app);
            app_allocate(&app, dedicated != 0, offset);
            info = wrap_info(&app, dedicated != 0, offset);
            require(vxmWrapMemory(device, &info, &memory));
            require(vxmGetMemoryInfo(memory, &got));
            cr_expect_eq(got.buffer, app.buffer);
            cr_expect_eq(got.memories[0].memory, app.memory);
            cr_expect_eq(got.memories[0].allocationSize, app.allocateInfo.allocationSize);
            cr_expect_eq(got.memories[0].offset, offset);
            cr_expect_eq(got.dedicated, (VkBool32)dedicated);
            cr_expect_not(got.imported);

            require(
                vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type->type, &shared));
            cr_expect_eq(shared.memories[0].offset, offset);
            cr_expect_eq(shared.memories[0].allocationSize, app.allocateInfo.allocationSize);
            require(vxmImportMemory(device, &shared, NULL, &import));
            require(vxmMapMemory(import, 0, &data));
            ((unsigned char *)data)[3] = 99;
            cr_expect_eq(((unsigned char *)model_memory_data(app.memory))[offset + 3], 99);

            /* The app's allocation may be mapped by the app already. */
            fill(data);
            expect_error(vxmMapMemory(memory, 0, &data), VK_ERROR_VALIDATION_FAILED_EXT,
                         VXM_ERROR_REASON_ARGUMENT, "takeObjects");
            expect_untouched(data);
            vxmDestroyMemory(import);
            vxmCloseShared(&shared);
            vxmDestroyMemory(memory);
            /* Nothing of the app's was destroyed: it still can be. */
            app_destroy(&app);
            cr_expect_eq(model_breach_count(), 0);
        }
    }
    vxmDestroyDevice(device);
}

/* As with NT handles, of which a driver gives one only. */
Test(wrap, given_handle_is_what_is_exported)
{
    const struct backend_type *type = backend_opaque_type();
    VkExternalMemoryHandleTypeFlagBits bit = (VkExternalMemoryHandleTypeFlagBits)type->type;
    VxmDevice device = contract_device();
    VxmMemoryWrapInfo info;
    VxmMemory memory = NULL;
    VxmMemory import = NULL;
    VxmHandle taken;
    VxmHandle handle;
    VxmShared shared;
    struct app app;
    uint32_t calls;
    size_t open;

    app_create_buffer(device, type->type, &app);
    app_allocate(&app, true, 0);
    info = wrap_info(&app, true, 0);
    require(vxmWrapMemory(device, &info, &memory));
    require(vxmGetMemoryHandle(memory, 0, bit, &taken));
    vxmDestroyMemory(memory);

    open = backend_handle_count();
    info.memories[0].handle = taken;
    require(vxmWrapMemory(device, &info, &memory));
    cr_expect_eq(backend_handle_count(), open + 1, "the library has a duplicate of its own");
    vxmCloseHandle(&taken);
    calls = model_result_calls();
    require(vxmGetMemoryHandle(memory, 0, bit, &handle));
    require(vxmExportMemory(memory, bit, &shared));
    cr_expect_eq(model_result_calls(), calls, "the driver was asked");
    cr_expect(backend_is_private(&handle));
    require(vxmImportMemory(device, &shared, NULL, &import));
    vxmDestroyMemory(import);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);

    /* Whatever is wrong with it, nothing is wrapped and it stays the caller's. */
    for (uint32_t i = 0; i < (type->counted ? 3u : 4u); i++) {
        VxmHandle wrong = handle;
        VxmHandle closed = handle;

        if (i == 0) {
            wrong.kind = VXM_HANDLE_KIND_SEMAPHORE;
        } else if (i == 1) {
            wrong.type = type_other_than(type)->type;
        } else if (i == 2) {
            wrong.type = backend_other_types[0];
        } else {
            require(vxmDuplicateHandle(&handle, &closed));
            wrong = closed;
            vxmCloseHandle(&closed);
        }
        info.memories[0].handle = wrong;
        open = backend_handle_count();
        fill(memory);
        expect_failure(vxmWrapMemory(device, &info, &memory));
        expect_untouched(memory);
        cr_expect_eq(backend_handle_count(), open);
        cr_expect(backend_is_open(&handle));
    }
    vxmCloseHandle(&handle);
    app_destroy(&app);
    vxmDestroyDevice(device);
}

/* The create-info that a plan gave has the external struct behind what travels. */
Test(wrap, create_info_of_a_plan_is_understood)
{
    static const VkFormat formats[] = {VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_R8G8B8A8_SRGB};
    const struct backend_type *type = type_for(VXM_RESOURCE_TYPE_IMAGE);
    const VkImageFormatListCreateInfo list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO,
        .viewFormatCount = 2,
        .pViewFormats = formats,
    };
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmMemoryCreateInfo create = contract_memory_info(type->type);
    VxmPlanResult result = {.result = VK_SUCCESS};
    VxmDevice device = contract_device();
    struct made made = {0};
    VxmMemory memory = NULL;
    VxmMemoryWrapInfo info;
    VxmShared shared;
    VxmPlan plan;

    image.pNext = &list;
    image.format = formats[0];
    image.flags = VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT;
    require(vxmPlanImage(device, &image, &create, &plan));
    require(app_make(device, &plan, &made));
    made_result(&made, &result);
    info = (VxmMemoryWrapInfo){
        .image = made.image,
        .imageCreateInfo = &plan.imageCreateInfo,
        .handleTypes = type->type,
        .dedicated = plan.dedicated,
        .memoryCount = 1,
        .memories[0] = result.memories[0],
    };
    require(vxmWrapMemory(device, &info, &memory));
    require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type->type, &shared));
    cr_expect_eq(shared.image.viewFormatCount, 2);
    cr_expect_eq(shared.image.viewFormats[1], formats[1]);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    require(vxmFinishPlan(&plan, &result, NULL));
    app_unmake(device, &made);
    vxmDestroyDevice(device);
}

Test(wrap, taken_objects_are_destroyed_by_the_library)
{
    const struct backend_type *type = backend_opaque_type();
    VxmDevice device = contract_device();
    VxmMemoryWrapInfo info;
    VxmMemory memory = NULL;
    struct app app;
    void *data = NULL;

    app_create_buffer(device, type->type, &app);
    app_allocate(&app, true, 0);
    info = wrap_info(&app, true, 0);
    info.takeObjects = VK_TRUE;
    require(vxmWrapMemory(device, &info, &memory));
    require(vxmMapMemory(memory, 0, &data));
    vxmDestroyMemory(memory);
    cr_expect_eq(model_live_objects(MODEL_BUFFER), 0);
    cr_expect_eq(model_live_objects(MODEL_MEMORY), 0);
    vxmDestroyDevice(device);
}

Test(wrap, raw_memory_of_the_apps_own)
{
    const struct backend_type *type = backend_opaque_type();
    VxmDevice device = contract_device();
    VxmMemoryWrapInfo info;
    VxmMemory memory = NULL;
    VxmMemory import = NULL;
    struct app app;
    VxmShared shared;
    VxmMemoryInfo got;

    app_create_buffer(device, type->type, &app);
    app_allocate(&app, false, 0);
    info = wrap_info(&app, false, 0);
    info.buffer = VK_NULL_HANDLE;
    info.bufferCreateInfo = NULL;
    require(vxmWrapMemory(device, &info, &memory));
    require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type->type, &shared));
    cr_expect_eq(shared.resourceType, VXM_RESOURCE_TYPE_MEMORY);
    require(vxmImportMemory(device, &shared, NULL, &import));
    require(vxmGetMemoryInfo(import, &got));
    cr_expect_eq(got.buffer, VK_NULL_HANDLE);
    cr_expect_eq(got.memories[0].allocationSize, app.allocateInfo.allocationSize);
    vxmDestroyMemory(import);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    app_destroy(&app);
    vxmDestroyDevice(device);
}

Test(wrap, memory_that_was_not_made_to_be_exported)
{
    const struct backend_type *type = backend_opaque_type();
    VxmDevice device = contract_device();
    VxmMemoryWrapInfo info;
    VxmMemory memory = NULL;
    struct app app;
    VxmShared shared;

    app_create_buffer(device, type->type, &app);
    app_allocate(&app, true, 0);
    info = wrap_info(&app, true, 0);
    info.handleTypes = 0;
    require(vxmWrapMemory(device, &info, &memory));
    fill(shared);
    expect_error(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type->type, &shared),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, type->name);
    expect_untouched(shared);
    vxmDestroyMemory(memory);
    app_destroy(&app);
    vxmDestroyDevice(device);
}

/* Missing and contradictory facts, each named. */
Test(wrap, wrong_facts_are_named)
{
    VkBaseInStructure unknown = {.sType = (VkStructureType)1000999000};
    VxmDevice device = contract_device();
    VxmMemoryWrapInfo good;
    VxmMemory memory;
    struct app app;

    app_create_buffer(device, backend_opaque_type()->type, &app);
    app_allocate(&app, true, 0);
    good = wrap_info(&app, true, 0);
    fill(memory);
#define EXPECT_REFUSED(change, word)                                                               \
    do {                                                                                           \
        VxmMemoryWrapInfo info = good;                                                             \
        change;                                                                                    \
        expect_error(vxmWrapMemory(device, &info, &memory), VK_ERROR_VALIDATION_FAILED_EXT,        \
                     VXM_ERROR_REASON_ARGUMENT, word);                                             \
        expect_untouched(memory);                                                                  \
    } while (0)
    EXPECT_REFUSED(info.bufferCreateInfo = NULL, "bufferCreateInfo");
    EXPECT_REFUSED((app.external.pNext = &unknown), "1000999000");
    app.external.pNext = NULL;
    EXPECT_REFUSED(info.image = (VkImage)(uintptr_t)1, "both");
    EXPECT_REFUSED((info.buffer = VK_NULL_HANDLE, info.image = (VkImage)(uintptr_t)1),
                   "imageCreateInfo");
    EXPECT_REFUSED(info.memories[0].memory = VK_NULL_HANDLE, "memories[0].memory");
    EXPECT_REFUSED(info.memories[0].allocationSize = 0, "allocationSize");
    EXPECT_REFUSED(info.memories[0].offset = info.memories[0].allocationSize, "offset");
    EXPECT_REFUSED(info.memories[0].offset = UINT64_MAX, "offset");
    EXPECT_REFUSED(info.memories[0].offset = 256, "offset");
    EXPECT_REFUSED(info.memories[0].memoryTypeIndex = 32, "memoryTypeIndex");
    EXPECT_REFUSED(info.memories[0].memoryTypeIndex = UINT32_MAX, "memoryTypeIndex");
    EXPECT_REFUSED(info.memoryCount = 0, "memoryCount");
    EXPECT_REFUSED(info.memoryCount = VXM_MAX_PLANES + 1, "memoryCount");
    EXPECT_REFUSED(info.memoryCount = UINT32_MAX, "memoryCount");
    /* Too small for its own buffer. */
    EXPECT_REFUSED(info.memories[0].allocationSize = EXCHANGE_SIZE - 1, "allocationSize");
#undef EXPECT_REFUSED
    for (uint32_t i = 0; i < backend_other_type_count; i++) {
        VxmMemoryWrapInfo info = good;

        info.handleTypes |= backend_other_types[i];
        expect_failure(vxmWrapMemory(device, &info, &memory));
        expect_untouched(memory);
    }
    app_destroy(&app);
    vxmDestroyDevice(device);
}

/* A type of images stands for no buffer: the driver would be asked for a handle of what isn't. */
Test(wrap, type_that_the_object_cant_be)
{
    VxmDevice device = contract_device();
    VxmMemory memory;
    struct app app;

    app_create_buffer(device, backend_opaque_type()->type, &app);
    app_allocate(&app, true, 0);
    FOR_EACH_TYPE(type)
    {
        VxmMemoryWrapInfo info = wrap_info(&app, true, 0);

        if (!type->imageOnly) {
            continue;
        }
        info.handleTypes |= type->type;
        fill(memory);
        expect_error(vxmWrapMemory(device, &info, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "images only");
        info.buffer = VK_NULL_HANDLE;
        expect_error(vxmWrapMemory(device, &info, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "raw memory");
        expect_untouched(memory);
    }
    app_destroy(&app);
    vxmDestroyDevice(device);
}

/* ---- imports for a resource of the app's own ---- */

Test(wrap, import_for_the_apps_own_buffer)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        PFN_vkBindBufferMemory2 bind =
            (PFN_vkBindBufferMemory2)contract_command(device, "vkBindBufferMemory2");
        PFN_vkDestroyBuffer destroy =
            (PFN_vkDestroyBuffer)contract_command(device, "vkDestroyBuffer");
        VkBindBufferMemoryInfo bindInfo = {.sType = VK_STRUCTURE_TYPE_BIND_BUFFER_MEMORY_INFO};
        VxmImportInfo info = {0};
        VxmMemory import = NULL;
        ModelAllocation allocation;
        struct source source;
        VxmMemoryInfo got;
        struct app app;

        if (!type->exportable || !type_can(type, VXM_RESOURCE_TYPE_BUFFER) ||
            (type->sameDedicated && !type->dedicated)) {
            continue;
        }
        source_open(device, type, VXM_RESOURCE_TYPE_BUFFER, &source);
        app_create_buffer(device, type->type, &app);
        info.dedicatedBuffer = app.buffer;
        require(vxmImportMemory(device, &source.shared, &info, &import));
        cr_assert(model_last_allocation(&allocation));
        cr_expect_eq(allocation.dedicatedBuffer, app.buffer);
        require(vxmGetMemoryInfo(import, &got));
        cr_expect_eq(got.buffer, VK_NULL_HANDLE, "the buffer is the app's, not the object's");
        cr_expect(got.dedicated);
        /* It is not bound yet: the app can. */
        bindInfo.buffer = app.buffer;
        bindInfo.memory = got.memories[0].memory;
        require(bind(app.vk, 1, &bindInfo));
        cr_expect_eq(model_breach_count(), 0);
        expect_aliases(source.memory, import);
        destroy(app.vk, app.buffer, NULL);
        vxmDestroyMemory(import);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

Test(wrap, import_for_the_apps_own_buffer_is_refused_where_it_cant_be)
{
    const struct backend_type *type = backend_opaque_type();
    VxmDevice device = contract_device();
    VxmImportInfo info = {0};
    struct source source;
    VxmMemory import;
    struct app app;

    app_create_buffer(device, type->type, &app);
    fill(import);
    /* The exporter's allocation isn't dedicated: neither may this one be (01878, 01879). */
    info.dedicatedBuffer = app.buffer;
    if (type->sameDedicated) {
        source_open(device, type, VXM_RESOURCE_TYPE_MEMORY, &source);
        expect_error(vxmImportMemory(device, &source.shared, &info, &import),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "dedicated");
        source_close(&source);
    }

    source_open(device, type, VXM_RESOURCE_TYPE_BUFFER, &source);
    info.dedicatedImage = (VkImage)(uintptr_t)1;
    expect_error(vxmImportMemory(device, &source.shared, &info, &import),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "dedicatedImage");
    /* A buffer's memory is not for an image. */
    info.dedicatedBuffer = VK_NULL_HANDLE;
    expect_error(vxmImportMemory(device, &source.shared, &info, &import),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "dedicatedImage");
    expect_untouched(import);
    source_close(&source);

    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (!backend_types[i].neverDedicated) {
            continue;
        }
        contract_note("%s", backend_types[i].name);
        info = (VxmImportInfo){.dedicatedBuffer = app.buffer};
        source_open(device, &backend_types[i], VXM_RESOURCE_TYPE_MEMORY, &source);
        expect_error(vxmImportMemory(device, &source.shared, &info, &import),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "dedicated");
        expect_untouched(import);
        source_close(&source);
    }
    PFN_vkDestroyBuffer destroy = (PFN_vkDestroyBuffer)contract_command(device, "vkDestroyBuffer");
    destroy(app.vk, app.buffer, NULL);
    vxmDestroyDevice(device);
}
