/*
 * Plans of imports: private duplicates for the driver, and who owns what at the end.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/app.h"
#include "contract/exchange.h"

TestSuite(plan_import, .init = contract_begin, .fini = contract_end);

static void import_by_plan(VxmDevice device, const struct backend_type *type, VxmImportFlags flags)
{
    VxmImportInfo info = {.flags = flags};
    VxmPlanResult result = {.takeObjects = VK_TRUE};
    struct made made = {0};
    VxmMemory memory = NULL;
    VxmMemory again = NULL;
    struct source source;
    struct watch watch;
    VxmMemoryInfo got;
    VxmPlan plan;

    source_open(device, type, type_resource(type), &source);
    if (flags == 0) {
        watch_begin(&source.shared.memories[0].handle, type, &watch);
    }
    require(vxmImportMemory(device, &source.shared, NULL, &again));
    require(vxmPlanImport(device, &source.shared, &info, &plan));
    cr_expect_eq(plan.handleTypes, 0);
    cr_expect_eq(plan.dedicated, source.shared.dedicated || type->dedicatedRequired);
    require(app_make(device, &plan, &made));
    if (!type->atCreation && !type->nativeFirst) {
        cr_expect_eq(made.allocation.importHandleType, type->type);
    }
    made_result(&made, &result);
    require(vxmFinishPlan(&plan, &result, &memory));
    require(vxmGetMemoryInfo(memory, &got));
    cr_expect(got.imported);
    cr_expect_eq(got.importHandleType, type->type);
    expect_aliases(memory, again);
    if (flags == 0) {
        expect_borrowed(&watch, &source.shared.memories[0].handle);
    } else {
        cr_expect_eq(source.shared.memories[0].handle.type, 0, "the handle was not taken");
    }
    vxmDestroyMemory(memory);
    vxmDestroyMemory(again);
    if (!type->closable) {
        source.shared.memories[0].handle = source.foreign;
    }
    source_close(&source);
}

Test(plan_import, app_allocates_what_it_imports)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        import_by_plan(device, type, 0);
        import_by_plan(device, type, VXM_IMPORT_TAKE_HANDLES_BIT);
    }
    vxmDestroyDevice(device);
}

/* The duplicate is private, and not the caller's handle. */
Test(plan_import, plan_holds_a_private_duplicate)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmPlanResult failed = {.result = VK_ERROR_UNKNOWN};
        struct source source;
        struct watch watch;
        VxmPlan plan;
        size_t open;

        source_open(device, type, type_resource(type), &source);
        watch_begin(&source.shared.memories[0].handle, type, &watch);
        open = backend_handle_count();
        require(vxmPlanImport(device, &source.shared, NULL, &plan));
        cr_expect_eq(backend_handle_count(), open + (type->consumed || type->nativeFirst ? 1 : 0));
        require(vxmFinishPlan(&plan, &failed, NULL));
        cr_expect_eq(backend_handle_count(), open);
        expect_borrowed(&watch, &source.shared.memories[0].handle);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

/* The app's vkAllocateMemory fails, with and without the handle's being closed by the driver; or it
 * succeeds and the bind fails; or the plan is given up before. */
static void failed_plan(VxmDevice device, const struct backend_type *type, const char *command)
{
    VxmImportInfo info = {.flags = VXM_IMPORT_TAKE_HANDLES_BIT};
    VxmPlanResult result = {.result = VK_ERROR_OUT_OF_DEVICE_MEMORY};
    struct made made = {0};
    VxmMemory memory;
    VxmMemory import = NULL;
    struct source source;
    struct watch watch;
    VxmPlan plan;
    size_t open;

    contract_note("%s, %s fails", type->name, command);
    source_open(device, type, type_resource(type), &source);
    watch_begin(&source.shared.memories[0].handle, type, &watch);
    open = backend_handle_count();
    require(vxmPlanImport(device, &source.shared, &info, &plan));
    model_fail(command, 1, VK_ERROR_OUT_OF_DEVICE_MEMORY, false);
    cr_expect_eq(app_make(device, &plan, &made), VK_ERROR_OUT_OF_DEVICE_MEMORY);
    cr_expect_eq(model_failures(), 1);
    model_clear_failures();
    /* Where only the bind failed, the driver had the handle already. */
    result.memoryCount = strncmp(command, "vkBind", 6) == 0 ? 1 : 0;
    fill(memory);
    require(vxmFinishPlan(&plan, &result, &memory));
    expect_untouched(memory);
    cr_expect_eq(backend_handle_count(), open);
    require(vxmImportMemory(device, &source.shared, NULL, &import));
    vxmDestroyMemory(import);
    expect_borrowed(&watch, &source.shared.memories[0].handle);
    source_close(&source);
}

Test(plan_import, failed_plan_borrows)
{
    for (int closes = 0; closes < 2; closes++) {
        ModelConfig config = model_default_config();
        VxmDevice device;

        config.habits.closeFdOnFailedImport = closes != 0;
        device = contract_device_with(&config);
        FOR_EACH_TYPE(type)
        {
            failed_plan(device, type, type->imageOnly ? "vkCreateImage" : "vkCreateBuffer");
            failed_plan(device, type, "vkAllocateMemory");
            failed_plan(device, type,
                        type->imageOnly ? "vkBindImageMemory2" : "vkBindBufferMemory2");
        }
        vxmDestroyDevice(device);
        expect_idle();
    }
}

/* The result contradicts the plan: the handles are settled all the same, and none is taken. */
Test(plan_import, refused_result_settles_the_handles)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmImportInfo info = {.flags = VXM_IMPORT_TAKE_HANDLES_BIT};
        VxmPlanResult result = {0};
        struct made made = {0};
        struct source source;
        struct watch watch;
        VxmMemory memory;
        VxmPlan plan;

        source_open(device, type, type_resource(type), &source);
        watch_begin(&source.shared.memories[0].handle, type, &watch);
        require(vxmPlanImport(device, &source.shared, &info, &plan));
        require(app_make(device, &plan, &made));
        made_result(&made, &result);
        result.buffer = VK_NULL_HANDLE;
        result.image = VK_NULL_HANDLE;
        fill(memory);
        expect_failure(vxmFinishPlan(&plan, &result, &memory));
        expect_untouched(memory);
        app_unmake(device, &made);
        expect_borrowed(&watch, &source.shared.memories[0].handle);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

/* It says success and names no allocation: the duplicates went to nobody, and are closed. */
Test(plan_import, refused_result_without_an_allocation_closes_the_duplicates)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmPlanResult result = {.result = VK_SUCCESS};
        struct source source;
        struct watch watch;
        VxmMemory memory;
        VxmPlan plan;
        size_t open;

        source_open(device, type, type_resource(type), &source);
        watch_begin(&source.shared.memories[0].handle, type, &watch);
        open = backend_handle_count();
        require(vxmPlanImport(device, &source.shared, NULL, &plan));
        fill(memory);
        expect_error(vxmFinishPlan(&plan, &result, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "memoryCount");
        expect_untouched(memory);
        cr_expect_eq(backend_handle_count(), open);
        expect_borrowed(&watch, &source.shared.memories[0].handle);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

/* A plan that ended holds nothing: a second end closes nothing of anybody's. */
Test(plan_import, second_end_closes_nothing)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmPlanResult failed = {.result = VK_ERROR_UNKNOWN};
        struct source source;
        VxmHandle taker = {0};
        VxmPlan plan;

        if (!type->closable) {
            continue;
        }
        source_open(device, type, type_resource(type), &source);
        require(vxmPlanImport(device, &source.shared, NULL, &plan));
        require(vxmFinishPlan(&plan, &failed, NULL));
        /* This one gets the number that the duplicate had. */
        require(vxmDuplicateHandle(&source.shared.memories[0].handle, &taker));
        require(vxmFinishPlan(&plan, &failed, NULL));
        cr_expect(backend_is_open(&taker));
        vxmCloseHandle(&taker);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

Test(plan_import, reexport_is_planned)
{
    const struct backend_type *type = backend_opaque_type();
    VkExternalMemoryHandleTypeFlagBits bit = (VkExternalMemoryHandleTypeFlagBits)type->type;
    VxmImportInfo info = {.reexportHandleTypes = type->type};
    VxmPlanResult result = {.takeObjects = VK_TRUE};
    VxmDevice device = contract_device();
    struct made made = {0};
    VxmMemory memory = NULL;
    struct source source;
    VxmShared shared;
    VxmPlan plan;

    source_open(device, type, type_resource(type), &source);
    require(vxmPlanImport(device, &source.shared, &info, &plan));
    cr_expect_eq(plan.handleTypes, type->type);
    require(app_make(device, &plan, &made));
    /* The library keeps a duplicate; the driver isn't asked. */
    cr_expect_eq(made.allocation.exportHandleTypes, 0);
    made_result(&made, &result);
    require(vxmFinishPlan(&plan, &result, &memory));
    require(vxmExportMemory(memory, bit, &shared));
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    source_close(&source);
    vxmDestroyDevice(device);
}

/* An image of foreign origin, through the thin layer. */
Test(plan_import, image_is_imported_by_plan)
{
    const struct backend_type *type = type_for(VXM_RESOURCE_TYPE_IMAGE);
    VkImageCreateInfo image = contract_image_info(24, 24);
    VxmMemoryCreateInfo create = contract_memory_info(type->type);
    VxmPlanResult result = {.takeObjects = VK_TRUE};
    VxmDevice device = contract_device();
    struct made made = {0};
    VxmMemory memory = NULL;
    VxmMemory import = NULL;
    VxmMemoryInfo got;
    VxmShared shared;
    VxmPlan plan;

    image.tiling = type_tiling(type);
    require(vxmCreateImage(device, &image, &create, &memory));
    require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type->type, &shared));
    require(vxmPlanImport(device, &shared, NULL, &plan));
    cr_expect_eq(plan.imageCreateInfo.extent.width, 24);
    require(app_make(device, &plan, &made));
    made_result(&made, &result);
    require(vxmFinishPlan(&plan, &result, &import));
    require(vxmGetMemoryInfo(import, &got));
    cr_expect_eq(got.image, made.image);
    vxmDestroyMemory(import);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}
