/*
 * The barriers that hand memory over: which are recorded, and that both halves fit together.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"
#include "contract/recorder.h"

TestSuite(handover, .init = contract_begin, .fini = contract_end);

/* ---- what is recorded ---- */

static void check_buffer(bool synchronization2)
{
    const uint32_t outside = OUTSIDE(backend_opaque_type());
    VxmDevice device = synchronization2 ? contract_device() : device_without_synchronization2();
    VxmMemory memory = make_buffer(device, OPAQUE, VK_SHARING_MODE_EXCLUSIVE);
    struct recorder recorder = recorder_open(device);
    VxmHandover handover = {.flags = VXM_HANDOVER_SEMAPHORE_VALUE_BIT, .semaphoreValue = 7};
    ModelBarrier barrier;

    require(vxmCmdReleaseMemory(recorder.commands, memory, &written, &handover));
    cr_expect_eq(handover.layout, VK_IMAGE_LAYOUT_UNDEFINED);
    cr_expect_eq(handover.queueFamilyIndex, outside);
    cr_expect_eq(handover.flags, VXM_HANDOVER_SEMAPHORE_VALUE_BIT);
    cr_expect_eq(handover.semaphoreValue, 7);
    cr_assert_eq(model_barrier_count(), 1);
    barrier = barrier_at(0);
    cr_expect_eq(barrier.synchronization2, synchronization2);
    cr_expect_neq(barrier.buffer, VK_NULL_HANDLE);
    cr_expect_eq(barrier.offset, 0);
    cr_expect_eq(barrier.size, VK_WHOLE_SIZE);
    cr_expect_eq(barrier.srcStageMask, COPY);
    cr_expect_eq(barrier.srcAccessMask, COPY_WRITE);
    cr_expect_eq(barrier.dstStageMask, synchronization2 ? 0 : VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT);
    cr_expect_eq(barrier.dstAccessMask, 0);
    cr_expect_eq(barrier.srcQueueFamilyIndex, FAMILY);
    cr_expect_eq(barrier.dstQueueFamilyIndex, outside);

    require(vxmCmdAcquireMemory(recorder.commands, memory, &handover, &wanted));
    cr_assert_eq(model_barrier_count(), 2);
    barrier = barrier_at(1);
    cr_expect_eq(barrier.synchronization2, synchronization2);
    cr_expect_eq(barrier.srcStageMask & COPY, COPY, "no chain from the wait for the other side");
    cr_expect_eq(barrier.srcAccessMask, 0);
    cr_expect_eq(barrier.dstStageMask, COPY);
    cr_expect_eq(barrier.dstAccessMask, COPY_READ);
    cr_expect_eq(barrier.srcQueueFamilyIndex, outside);
    cr_expect_eq(barrier.dstQueueFamilyIndex, FAMILY);
    recorder_close(&recorder);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
    expect_idle();
}

Test(handover, buffer_takes_one_barrier_on_each_side)
{
    check_buffer(true);
    check_buffer(false);
}

/* The transfer changes no layout; a barrier before or behind it does, in one chain with it. */
static void check_image(bool synchronization2)
{
    const uint32_t outside = OUTSIDE(type_for(VXM_RESOURCE_TYPE_IMAGE));
    VxmDevice device = synchronization2 ? contract_device() : device_without_synchronization2();
    VxmMemory memory = make_copy_image(device);
    struct recorder recorder = recorder_open(device);
    VxmHandover handover = {0};
    ModelBarrier first, second;

    require(vxmCmdReleaseMemory(recorder.commands, memory, &written, &handover));
    cr_expect_eq(handover.layout, VK_IMAGE_LAYOUT_GENERAL);
    cr_expect_eq(handover.queueFamilyIndex, outside);
    cr_assert_eq(model_barrier_count(), 2);
    first = barrier_at(0);
    second = barrier_at(1);
    cr_expect_eq(first.srcStageMask, COPY);
    cr_expect_eq(first.srcAccessMask, COPY_WRITE);
    cr_expect_eq(first.oldLayout, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL);
    cr_expect_eq(first.newLayout, VK_IMAGE_LAYOUT_GENERAL);
    cr_expect_eq(first.srcQueueFamilyIndex, first.dstQueueFamilyIndex);
    cr_expect_neq(first.dstStageMask & second.srcStageMask, 0, "the two are no chain");
    cr_expect_eq(second.oldLayout, VK_IMAGE_LAYOUT_GENERAL);
    cr_expect_eq(second.newLayout, VK_IMAGE_LAYOUT_GENERAL);
    cr_expect_eq(second.srcQueueFamilyIndex, FAMILY);
    cr_expect_eq(second.dstQueueFamilyIndex, outside);
    cr_expect_eq(second.subresourceRange.aspectMask, VK_IMAGE_ASPECT_COLOR_BIT);
    cr_expect_eq(second.subresourceRange.levelCount, VK_REMAINING_MIP_LEVELS);
    cr_expect_eq(second.subresourceRange.layerCount, VK_REMAINING_ARRAY_LAYERS);

    require(vxmCmdAcquireMemory(recorder.commands, memory, &handover, &wanted));
    cr_assert_eq(model_barrier_count(), 4);
    first = barrier_at(2);
    second = barrier_at(3);
    cr_expect_eq(first.srcStageMask & COPY, COPY, "no chain from the wait for the other side");
    cr_expect_eq(first.srcQueueFamilyIndex, outside);
    cr_expect_eq(first.dstQueueFamilyIndex, FAMILY);
    cr_expect_eq(first.oldLayout, VK_IMAGE_LAYOUT_GENERAL);
    cr_expect_eq(first.newLayout, VK_IMAGE_LAYOUT_GENERAL);
    cr_expect_neq(first.dstStageMask & second.srcStageMask, 0, "the two are no chain");
    cr_expect_eq(second.srcQueueFamilyIndex, second.dstQueueFamilyIndex);
    cr_expect_eq(second.oldLayout, VK_IMAGE_LAYOUT_GENERAL);
    cr_expect_eq(second.newLayout, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL);
    cr_expect_eq(second.dstStageMask, COPY);
    cr_expect_eq(second.dstAccessMask, COPY_READ);
    recorder_close(&recorder);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
    expect_idle();
}

Test(handover, image_changes_its_layout_beside_the_transfer)
{
    check_image(true);
    check_image(false);
}

Test(handover, image_in_the_right_layout_takes_one_barrier)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_copy_image(device);
    struct recorder recorder = recorder_open(device);
    VxmHandover handover = {.layout = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL};
    VxmUse use = written;

    require(vxmCmdReleaseMemory(recorder.commands, memory, &use, &handover));
    cr_assert_eq(model_barrier_count(), 1);
    cr_expect_eq(barrier_at(0).oldLayout, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL);
    cr_expect_eq(barrier_at(0).newLayout, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL);
    cr_expect_eq(barrier_at(0).srcStageMask, COPY);
    cr_expect_eq(barrier_at(0).srcAccessMask, COPY_WRITE);
    cr_expect_eq(handover.layout, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL);
    require(vxmCmdAcquireMemory(recorder.commands, memory, &handover, &use));
    cr_expect_eq(model_barrier_count(), 2);
    recorder_close(&recorder);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* The model driver executes the barriers, and says if one doesn't fit the state that it meets. */
Test(handover, image_goes_round)
{
    for (int run = 0; run < 2; run++) {
        VxmDevice device = run == 0 ? contract_device() : device_without_synchronization2();
        VxmMemory memory = make_copy_image(device);
        VxmHandover first = {.flags = VXM_HANDOVER_DISCARD_BIT};
        VxmUse unused = {.queueFamilyIndex = FAMILY};
        VxmMemory other = NULL;
        VxmShared shared;

        require(vxmExportMemory(memory, type_bit(type_for(VXM_RESOURCE_TYPE_IMAGE)), &shared));
        require(vxmImportMemory(device, &shared, NULL, &other));
        for (int frame = 0; frame < 3; frame++) {
            VxmHandover handover = {0};
            struct recorder recorder = recorder_open(device);

            /* The first time there is nothing in it yet. */
            require(vxmCmdReleaseMemory(recorder.commands, memory, frame == 0 ? &unused : &written,
                                        frame == 0 ? &first : &handover));
            recorder_submit(&recorder);
            recorder = recorder_open(device);
            require(vxmCmdAcquireMemory(recorder.commands, other, frame == 0 ? &first : &handover,
                                        &wanted));
            handover = (VxmHandover){.layout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL};
            require(vxmCmdReleaseMemory(recorder.commands, other, &wanted, &handover));
            recorder_submit(&recorder);
            recorder = recorder_open(device);
            require(vxmCmdAcquireMemory(recorder.commands, memory, &handover, &written));
            recorder_submit(&recorder);
        }
        vxmDestroyMemory(other);
        vxmDestroyMemory(memory);
        vxmCloseShared(&shared);
        vxmDestroyDevice(device);
        expect_idle();
    }
}

/* ---- to whom ---- */

/* In one layout throughout, so that there is one barrier on each side. */
static const VxmUse moved = {.stageMask = COPY,
                             .accessMask = COPY_WRITE,
                             .layout = VK_IMAGE_LAYOUT_GENERAL,
                             .queueFamilyIndex = FAMILY};

static void check_family(const struct backend_type *type, uint32_t types, bool extension)
{
    const uint32_t family =
        type->foreign && extension ? VK_QUEUE_FAMILY_FOREIGN_EXT : VK_QUEUE_FAMILY_EXTERNAL;
    ModelConfig config = model_default_config();
    VxmHandover handover = {0};
    struct recorder recorder;
    VxmMemory import = NULL;
    VxmMemory memory = NULL;
    VxmShared shared;
    VxmDevice device;

    contract_note("%s of types 0x%x", type->name, types);
    if (!extension) {
        model_drop_extension(&config.devices[0], "VK_EXT_queue_family_foreign");
    }
    device = contract_device_with(&config);
    if (type->imageOnly) {
        memory = source_make(device, type, VXM_RESOURCE_TYPE_IMAGE);
    } else {
        memory = make_buffer(device, types, VK_SHARING_MODE_EXCLUSIVE);
    }
    require(vxmExportMemory(memory, type_bit(type), &shared));
    require(vxmImportMemory(device, &shared, NULL, &import));
    recorder = recorder_open(device);
    require(vxmCmdReleaseMemory(recorder.commands, memory, &moved, &handover));
    cr_expect_eq(handover.queueFamilyIndex, family);
    cr_expect_eq(barrier_at(model_barrier_count() - 1).dstQueueFamilyIndex, family);
    /* The importer knows it by the type that it imported, if it has to choose. */
    handover.queueFamilyIndex = 0;
    require(vxmCmdAcquireMemory(recorder.commands, import, &handover, &moved));
    cr_expect_eq(handover.queueFamilyIndex, 0);
    cr_expect_eq(barrier_at(model_barrier_count() - 1).srcQueueFamilyIndex, family);
    recorder_close(&recorder);
    vxmDestroyMemory(import);
    vxmDestroyMemory(memory);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
    expect_idle();
}

Test(handover, family_follows_the_handle_types)
{
    FOR_EACH_TYPE(type)
    {
        const ModelExternal *row = model_external(model_config()->devices[0].buffers, type->type);

        if (!type->exportable) {
            continue;
        }
        check_family(type, type->type, true);
        check_family(type, type->type, false);
        /* One of several types is enough. */
        if (type->foreign && !type->imageOnly && (row->compatible & OPAQUE) != 0) {
            check_family(type, type->type | OPAQUE, true);
        }
    }
}

Test(handover, foreign_needs_its_extension)
{
    ModelConfig config = model_default_config();
    VxmHandover handover = {.queueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT};
    VxmHandover before = handover;
    struct recorder recorder;
    VxmMemory memory;
    VxmDevice device;

    model_drop_extension(&config.devices[0], "VK_EXT_queue_family_foreign");
    device = contract_device_with(&config);
    memory = make_buffer(device, OPAQUE, VK_SHARING_MODE_EXCLUSIVE);
    recorder = recorder_open(device);
    expect_error(vxmCmdReleaseMemory(recorder.commands, memory, &written, &handover),
                 VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 "VK_EXT_queue_family_foreign");
    expect_error(vxmCmdAcquireMemory(recorder.commands, memory, &handover, &wanted),
                 VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 "VK_EXT_queue_family_foreign");
    cr_expect_arr_eq(&handover, &before, sizeof(handover));
    cr_expect_eq(model_barrier_count(), 0);
    recorder_close(&recorder);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* A CONCURRENT resource has no owner: one side of each barrier is IGNORED, and without
 * synchronization2 the other is EXTERNAL. */
Test(handover, concurrent_names_no_family_of_its_own)
{
    for (int run = 0; run < 2; run++) {
        VxmDevice device = run == 0 ? contract_device() : device_without_synchronization2();
        VxmMemory memory =
            make_buffer(device, backend_loose_type()->type, VK_SHARING_MODE_CONCURRENT);
        struct recorder recorder = recorder_open(device);
        uint32_t outside = run == 0 ? OUTSIDE(backend_loose_type()) : VK_QUEUE_FAMILY_EXTERNAL;
        VxmHandover handover = {0};

        require(vxmCmdReleaseMemory(recorder.commands, memory, &written, &handover));
        cr_expect_eq(barrier_at(0).srcQueueFamilyIndex, VK_QUEUE_FAMILY_IGNORED);
        cr_expect_eq(barrier_at(0).dstQueueFamilyIndex, outside);
        require(vxmCmdAcquireMemory(recorder.commands, memory, &handover, &wanted));
        cr_expect_eq(barrier_at(1).srcQueueFamilyIndex, outside);
        cr_expect_eq(barrier_at(1).dstQueueFamilyIndex, VK_QUEUE_FAMILY_IGNORED);
        handover.queueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT;
        if (run == 1) {
            expect_error(vxmCmdReleaseMemory(recorder.commands, memory, &written, &handover),
                         VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                         "synchronization2");
        }
        recorder_close(&recorder);
        vxmDestroyMemory(memory);
        vxmDestroyDevice(device);
        expect_idle();
    }
}

/* ---- special cases ---- */

Test(handover, discard_starts_from_undefined)
{
    VxmDevice device = contract_device();
    VxmMemory image = make_copy_image(device);
    VxmMemory buffer = make_buffer(device, OPAQUE, VK_SHARING_MODE_EXCLUSIVE);
    struct recorder recorder = recorder_open(device);
    VxmHandover handover = {.flags = VXM_HANDOVER_DISCARD_BIT};
    VxmUse unused = {.queueFamilyIndex = FAMILY};

    require(vxmCmdAcquireMemory(recorder.commands, image, &handover, &written));
    require(vxmCmdAcquireMemory(recorder.commands, buffer, &handover, &written));
    cr_assert_eq(model_barrier_count(), 2);
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(barrier_at(i).srcQueueFamilyIndex, barrier_at(i).dstQueueFamilyIndex);
        cr_expect_eq(barrier_at(i).srcStageMask & COPY, COPY);
        cr_expect_eq(barrier_at(i).dstStageMask, COPY);
        cr_expect_eq(barrier_at(i).dstAccessMask, COPY_WRITE);
    }
    cr_expect_eq(barrier_at(0).oldLayout, VK_IMAGE_LAYOUT_UNDEFINED);
    cr_expect_eq(barrier_at(0).newLayout, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL);
    /* A release of what was never written says so, or is a mistake. */
    require(vxmCmdReleaseMemory(recorder.commands, image, &unused, &handover));
    handover = (VxmHandover){0};
    expect_error(vxmCmdReleaseMemory(recorder.commands, image, &unused, &handover),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "UNDEFINED");
    recorder_close(&recorder);
    vxmDestroyMemory(buffer);
    vxmDestroyMemory(image);
    vxmDestroyDevice(device);
}

/* The host stage must not stand in a barrier between families (03851). */
Test(handover, host_stage_has_a_barrier_of_its_own)
{
    const VxmUse host = {.stageMask = VK_PIPELINE_STAGE_HOST_BIT,
                         .accessMask = VK_ACCESS_HOST_WRITE_BIT | VK_ACCESS_HOST_READ_BIT,
                         .layout = VK_IMAGE_LAYOUT_GENERAL,
                         .queueFamilyIndex = FAMILY};

    for (int run = 0; run < 2; run++) {
        VxmDevice device = run == 0 ? contract_device() : device_without_synchronization2();
        VxmMemory buffer = make_buffer(device, OPAQUE, VK_SHARING_MODE_EXCLUSIVE);
        VxmMemory image = make_copy_image(device);
        VxmMemory both[2] = {buffer, image};
        bool seen = false;

        for (size_t i = 0; i < 2; i++) {
            struct recorder recorder = recorder_open(device);
            VxmHandover handover = {0};
            VxmHandover discard = {.flags = VXM_HANDOVER_DISCARD_BIT};

            require(vxmCmdReleaseMemory(recorder.commands, both[i], &host, &handover));
            require(vxmCmdAcquireMemory(recorder.commands, both[i], &handover, &host));
            require(vxmCmdAcquireMemory(recorder.commands, both[i], &discard, &host));
            recorder_close(&recorder);
        }
        cr_expect_eq(model_barrier_count(), 10);
        for (size_t i = 0; i < model_barrier_count(); i++) {
            ModelBarrier barrier = barrier_at(i);
            VkPipelineStageFlags2 stages = barrier.srcStageMask | barrier.dstStageMask;
            VkAccessFlags2 accesses = barrier.srcAccessMask | barrier.dstAccessMask;

            if ((stages & VK_PIPELINE_STAGE_HOST_BIT) != 0) {
                seen = true;
                cr_expect_eq(barrier.srcQueueFamilyIndex, barrier.dstQueueFamilyIndex);
            } else {
                cr_expect_eq(accesses & (VK_ACCESS_HOST_WRITE_BIT | VK_ACCESS_HOST_READ_BIT), 0);
            }
        }
        cr_expect(seen);
        vxmDestroyMemory(image);
        vxmDestroyMemory(buffer);
        vxmDestroyDevice(device);
        expect_idle();
    }
}

Test(handover, every_aspect_is_handed_over)
{
    static const struct {
        VkFormat format;
        VkImageAspectFlags aspects;
    } cases[] = {
        {VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_ASPECT_COLOR_BIT},
        {VK_FORMAT_D32_SFLOAT, VK_IMAGE_ASPECT_DEPTH_BIT},
        {VK_FORMAT_S8_UINT, VK_IMAGE_ASPECT_STENCIL_BIT},
        {VK_FORMAT_D24_UNORM_S8_UINT, VK_IMAGE_ASPECT_DEPTH_BIT | VK_IMAGE_ASPECT_STENCIL_BIT},
        {VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, VK_IMAGE_ASPECT_COLOR_BIT},
    };
    VxmDevice device = contract_device();

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        VxmMemoryCreateInfo memoryInfo = contract_memory_info(image_type());
        VkImageCreateInfo info = contract_image_info(64, 64);
        struct recorder recorder = recorder_open(device);
        size_t before = model_barrier_count();
        VxmHandover handover = {0};
        VxmMemory memory = NULL;

        contract_note("case %zu", i);
        info.format = cases[i].format;
        require(vxmCreateImage(device, &info, &memoryInfo, &memory));
        require(vxmCmdReleaseMemory(recorder.commands, memory, &written, &handover));
        cr_assert_eq(model_barrier_count(), before + 2);
        for (size_t j = before; j < before + 2; j++) {
            cr_expect_eq(barrier_at(j).subresourceRange.aspectMask, cases[i].aspects, "case %zu",
                         i);
        }
        recorder_close(&recorder);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}
