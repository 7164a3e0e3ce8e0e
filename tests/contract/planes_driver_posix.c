/*
 * Drivers that have no modifier for an image, or answer something else than they should.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/app.h"
#include "contract/plane_images.h"

TestSuite(planes_driver, .init = contract_begin, .fini = contract_end);

#define RGBA VK_FORMAT_R8G8B8A8_UNORM

Test(planes_driver, driver_that_answers_another_modifier)
{
    VxmMemoryCreateInfo create = contract_memory_info(type_modifier()->type);
    VxmDevice device = contract_device();
    struct modifier_image image;
    VxmMemory memory;

    model_config()->habits.strangeModifier = true;
    modifier_image(&image, RGBA, 64, 64);
    fill(memory);
    expect_error(vxmCreateImage(device, &image.info, &create, &memory),
                 VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_DRIVER, "0x7f000000000000ff");
    expect_untouched(memory);
    cr_expect_eq(model_live_objects(MODEL_IMAGE), 0);
    vxmDestroyDevice(device);
}

Test(planes_driver, driver_that_knows_the_first_list_only)
{
    VxmDevice device = contract_device();
    struct modifier_image image;
    VxmModifiers modifiers;
    VxmMemory memory;

    model_config()->habits.forgetsModifierList2 = true;
    modifier_image(&image, NV12, 128, 64);
    require(vxmGetModifiers(device, &image.info, type_bit(type_modifier()), &modifiers));
    cr_expect_eq(modifiers.modifierCount, 4);
    cr_expect_eq(modifiers.modifiers[0].planeCount, 4);
    memory = planes_create(device, &image.info, type_modifier()->type);
    cr_expect_eq(planes_modifier(memory), MODEL_MODIFIER_COMPRESSED);
    expect_planes_travel(device, memory);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(planes_driver, no_modifier_can_be_exported)
{
    VxmMemoryCreateInfo create = contract_memory_info(type_modifier()->type);
    VxmDevice device = contract_device();
    struct modifier_image image;
    VxmMemory memory;

    for (uint32_t i = 0; i < model_config()->devices[0].modifierCount; i++) {
        model_config()->devices[0].modifiers[i].features =
            VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT;
    }
    modifier_image(&image, RGBA, 64, 64);
    fill(memory);
    expect_error(vxmCreateImage(device, &image.info, &create, &memory),
                 VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, "export");
    expect_untouched(memory);
    cr_expect_eq(model_call_count("vkCreateImage"), 0);
    vxmDestroyDevice(device);
}

Test(planes_driver, device_without_modifiers_says_so)
{
    VxmMemoryCreateInfo create = contract_memory_info(type_modifier()->type);
    ModelConfig config = model_default_config();
    struct modifier_image image;
    struct frame frame;
    VxmDevice device;
    VxmMemory memory;

    model_drop_extension(&config.devices[0], VK_EXT_IMAGE_DRM_FORMAT_MODIFIER_EXTENSION_NAME);
    device = contract_device_with(&config);
    modifier_image(&image, RGBA, 64, 64);
    fill(memory);
    expect_error(vxmCreateImage(device, &image.info, &create, &memory),
                 VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 VK_EXT_IMAGE_DRM_FORMAT_MODIFIER_EXTENSION_NAME);
    frame_open(&frame, NV12, 64, 64, 1, 16384);
    expect_error(vxmImportMemory(device, &frame.shared, NULL, &memory),
                 VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 VK_EXT_IMAGE_DRM_FORMAT_MODIFIER_EXTENSION_NAME);
    expect_untouched(memory);
    frame_close(&frame);
    vxmDestroyDevice(device);
}

/* It lists the modifier, but nobody offered it. */
Test(planes_driver, driver_that_takes_what_was_not_offered)
{
    VxmMemoryCreateInfo create = contract_memory_info(type_modifier()->type);
    VxmDevice device = contract_device();
    struct modifier_image image;
    VxmMemory memory;

    model_config()->devices[0].modifiers[2].modifier = MODEL_MODIFIER_STRANGE;
    model_config()->habits.strangeModifier = true;
    modifier_image(&image, RGBA, 64, 64);
    fill(memory);
    expect_error(vxmCreateImage(device, &image.info, &create, &memory),
                 VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_DRIVER, "not offered");
    expect_untouched(memory);
    vxmDestroyDevice(device);
}

Test(planes_driver, modifier_that_is_dedicated_only)
{
    const struct backend_type *type = type_modifier();
    VxmMemoryCreateInfo create = contract_memory_info(type->type);
    VxmDevice device = contract_device();
    struct modifier_image image;
    VxmMemory memory = NULL;
    VxmMemoryInfo info;

    model_config()->habits.untoldDedicated = true;
    model_external(model_config()->devices[0].images, type->type)->features |=
        VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT;
    modifier_image(&image, NV12, 128, 64);
    require(vxmCreateImage(device, &image.info, &create, &memory));
    require(vxmGetMemoryInfo(memory, &info));
    cr_expect(info.dedicated);
    expect_planes_travel(device, memory);
    vxmDestroyMemory(memory);
    fill(memory);
    create.dedicated = VXM_DEDICATED_OFF;
    expect_failure(vxmCreateImage(device, &image.info, &create, &memory));
    expect_untouched(memory);
    vxmDestroyDevice(device);
}

/* 02260 is of the modifier's features, which the other question need not look at. */
Test(planes_driver, disjoint_image_of_a_modifier_that_can)
{
    VxmMemoryCreateInfo create = contract_memory_info(type_modifier()->type);
    VxmDevice device = contract_device();
    struct modifier_image image;
    VxmMemory memory;

    for (int untold = 0; untold < 2; untold++) {
        contract_note("untold %d", untold);
        model_config()->habits.untoldDisjoint = untold != 0;
        modifier_image(&image, NV12, 128, 64);
        image.info.flags = VK_IMAGE_CREATE_DISJOINT_BIT;
        memory = planes_create(device, &image.info, type_modifier()->type);
        cr_expect_eq(planes_modifier(memory), MODEL_MODIFIER_TILED);
        expect_planes_travel(device, memory);
        vxmDestroyMemory(memory);
    }
    for (uint32_t i = 0; i < model_config()->devices[0].modifierCount; i++) {
        model_config()->devices[0].modifiers[i].disjoint = false;
    }
    fill(memory);
    expect_error(vxmCreateImage(device, &image.info, &create, &memory),
                 VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, "flags 0x200");
    expect_untouched(memory);
    vxmDestroyDevice(device);
}

/* What is left of the modifiers must be for all the types together (00656). */
Test(planes_driver, several_handle_types)
{
    const uint32_t types = backend_opaque_type()->type | type_modifier()->type;
    VxmMemoryCreateInfo create = contract_memory_info(types);
    VxmDevice device = contract_device();
    struct modifier_image image;
    VxmMemory memory;

    modifier_image(&image, NV12, 128, 64);
    memory = planes_create(device, &image.info, types);
    expect_planes_travel(device, memory);
    vxmDestroyMemory(memory);
    model_external(model_config()->devices[0].images, type_modifier()->type)->features =
        VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT;
    fill(memory);
    expect_error(vxmCreateImage(device, &image.info, &create, &memory),
                 VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, "modifier");
    expect_untouched(memory);
    cr_expect_eq(model_call_count("vkCreateImage"), 2);
    vxmDestroyDevice(device);
}

/* Its own images can't be described then; those of others can, since they were. */
Test(planes_driver, driver_that_tells_the_first_plane_for_all)
{
    static const uint64_t linear[] = {VXM_DRM_FORMAT_MOD_LINEAR};
    VxmMemoryCreateInfo create = contract_memory_info(type_modifier()->type);
    VxmDevice device = contract_device();
    struct modifier_image image;
    struct made made = {0};
    VxmPlanResult done = {0};
    struct frame frame;
    VxmMemoryInfo info;
    VxmMemory memory;
    VxmPlan plan;

    model_config()->habits.firstPlaneAlways = true;
    modifier_image(&image, NV12, 128, 64);
    modifier_image_list(&image, 1, linear);
    fill(memory);
    expect_error(vxmCreateImage(device, &image.info, &create, &memory),
                 VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_DRIVER, "planes 0 and 1");
    expect_untouched(memory);
    cr_expect_eq(model_live_objects(MODEL_IMAGE), 0);
    cr_expect_eq(model_live_objects(MODEL_MEMORY), 0);

    frame_open(&frame, NV12, 128, 64, 1, 16384);
    require(vxmImportMemory(device, &frame.shared, NULL, &memory));
    require(vxmGetMemoryInfo(memory, &info));
    cr_expect_eq(info.planes[1].offset, frame.shared.image.planes[1].offset);
    vxmDestroyMemory(memory);
    require(vxmPlanImport(device, &frame.shared, NULL, &plan));
    require(app_make(device, &plan, &made));
    made_result(&made, &done);
    require(vxmFinishPlan(&plan, &done, &memory));
    require(vxmGetMemoryInfo(memory, &info));
    cr_expect_eq(info.planes[1].offset, frame.shared.image.planes[1].offset);
    vxmDestroyMemory(memory);
    app_unmake(device, &made);
    frame_close(&frame);
    vxmDestroyDevice(device);
}

Test(planes_driver, driver_that_keeps_to_its_own_array_pitch)
{
    static const uint64_t tiled[] = {MODEL_MODIFIER_TILED};
    VxmDevice device = contract_device();
    struct modifier_image image;
    VxmMemory memory;
    VxmMemory imported;
    VxmShared shared;
    VxmPlan plan;

    modifier_image(&image, RGBA, 64, 64);
    modifier_image_list(&image, 1, tiled);
    image.info.arrayLayers = 3;
    memory = planes_create(device, &image.info, type_modifier()->type);
    planes_export(memory, type_modifier(), &shared);
    require(vxmImportMemory(device, &shared, NULL, &imported));
    vxmDestroyMemory(imported);
    model_config()->habits.ownArrayPitch = true;
    fill(imported);
    expect_error(vxmImportMemory(device, &shared, NULL, &imported),
                 VK_ERROR_INVALID_DRM_FORMAT_MODIFIER_PLANE_LAYOUT_EXT, VXM_ERROR_REASON_DRIVER,
                 "with arrayPitch");
    expect_untouched(imported);
    expect_error(vxmPlanImport(device, &shared, NULL, &plan),
                 VK_ERROR_INVALID_DRM_FORMAT_MODIFIER_PLANE_LAYOUT_EXT, VXM_ERROR_REASON_DRIVER,
                 "with arrayPitch");
    cr_expect_eq(model_live_objects(MODEL_IMAGE), 1);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* ---- LINEAR tiling, by plan ---- */

/* Where this driver lays the planes of such a frame. */
static void take_layout(VxmDevice device, struct frame *frame)
{
    VxmMemory memory = NULL;
    VxmMemoryInfo info;

    frame->shared.image.planeCount = 0;
    require(vxmImportMemory(device, &frame->shared, NULL, &memory));
    require(vxmGetMemoryInfo(memory, &info));
    frame->shared.image.planeCount = info.planeCount;
    memcpy(frame->shared.image.planes, info.planes, sizeof(info.planes));
    vxmDestroyMemory(memory);
}

/* The description tells where the last pixel is, the driver wants the rest of that row, too; and
 * the payload has it. */
Test(planes_driver, linear_image_that_ends_with_its_last_row)
{
    VxmDevice device = contract_device();
    VxmMemory memory = NULL;
    struct frame frame;

    frame_open(&frame, RGBA, 33, 64, 1, 65536);
    frame.shared.image.tiling = VK_IMAGE_TILING_LINEAR;
    take_layout(device, &frame);
    for (uint64_t offset = 0; offset <= 8192; offset += 8192) {
        VxmPlaneLayout *plane = &frame.shared.image.planes[0];

        plane->offset = offset;
        cr_assert_gt(plane->rowPitch, 33 * 4);
        frame.shared.memories[0].allocationSize = offset + 63 * plane->rowPitch + 33 * 4;
        require(vxmImportMemory(device, &frame.shared, NULL, &memory));
        vxmDestroyMemory(memory);
    }
    frame_close(&frame);
    vxmDestroyDevice(device);
}

/* The app makes the image, so that it is the plan that has to look whether the pixels would be
 * where the exporter has them: of one plane before, of several once they are bound. */
Test(planes_driver, planned_linear_image_lies_otherwise)
{
    VxmDevice device = contract_device();
    size_t open = backend_handle_count();

    for (int i = 0; i < 3; i++) {
        VxmPlanResult result = {.takeObjects = VK_TRUE};
        struct made made = {0};
        VxmMemory memory = NULL;
        struct frame frame;
        uint32_t last;
        VxmPlan plan;

        contract_note("image %d", i);
        frame_open(&frame, i == 0 ? RGBA : NV12, 64, 64, i == 2 ? 2 : 1, 65536);
        frame.shared.image.tiling = VK_IMAGE_TILING_LINEAR;
        frame.shared.image.flags = i == 2 ? VK_IMAGE_CREATE_DISJOINT_BIT : 0;
        take_layout(device, &frame);
        /* The driver's own layout is right ... */
        require(vxmPlanImport(device, &frame.shared, NULL, &plan));
        require(app_make(device, &plan, &made));
        made_result(&made, &result);
        require(vxmFinishPlan(&plan, &result, &memory));
        vxmDestroyMemory(memory);
        /* ... and any other is refused. */
        last = frame.shared.image.planeCount - 1;
        frame.shared.image.planes[last].rowPitch += 64;
        fill(memory);
        if (i == 0) {
            fill(plan);
            expect_error(vxmPlanImport(device, &frame.shared, NULL, &plan),
                         VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, "planes[0]");
            expect_untouched(plan);
        } else {
            require(vxmPlanImport(device, &frame.shared, NULL, &plan));
            require(app_make(device, &plan, &made));
            made_result(&made, &result);
            expect_error(vxmFinishPlan(&plan, &result, &memory), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                         VXM_ERROR_REASON_MISMATCH, "planes[1]");
            cr_expect_eq(model_live_objects(MODEL_MEMORY), made.memoryCount, "they are the app's");
            app_unmake(device, &made);
        }
        expect_untouched(memory);
        cr_expect_eq(model_live_objects(MODEL_IMAGE), 0);
        frame_close(&frame);
        cr_expect_eq(backend_handle_count(), open);
    }
    vxmDestroyDevice(device);
}
