/*
 * Disjoint images: a memory for each plane, on every back end.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/app.h"
#include "contract/fixture.h"
#include "contract/plane_images.h"

TestSuite(disjoint, .init = contract_begin, .fini = contract_end);

static bool suits(const struct backend_type *type)
{
    return type->exportable && type_can_be_disjoint(type);
}

static void expect_two_memories(VxmMemory memory)
{
    ModelImagePlanes planes;
    VxmMemoryInfo info;

    require(vxmGetMemoryInfo(memory, &info));
    cr_assert_eq(info.memoryCount, 2);
    cr_expect_not(info.dedicated);
    cr_assert(model_image_planes(info.image, &planes));
    cr_assert_eq(planes.planeCount, 2);
    cr_expect_neq(info.memories[0].memory, info.memories[1].memory);
    for (uint32_t i = 0; i < 2; i++) {
        cr_expect_eq(planes.planes[i].memory, info.memories[i].memory, "plane %u", i);
        cr_expect_eq(planes.planes[i].memoryOffset, info.memories[i].offset);
        cr_expect_eq(vxmGetVkDeviceMemory(memory, i), info.memories[i].memory);
    }
    cr_expect_eq(vxmGetVkDeviceMemory(memory, 2), VK_NULL_HANDLE);
}

Test(disjoint, each_plane_has_a_memory)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VkImageCreateInfo image = disjoint_info(type);
        VxmImportInfo info = {.reexportHandleTypes = type->type};
        VxmMemory import = NULL;
        VxmMemory memory;
        VxmShared shared;
        VxmShared again;

        if (!suits(type)) {
            continue;
        }
        memory = planes_create(device, &image, type->type);
        expect_two_memories(memory);
        planes_export(memory, type, &shared);
        cr_expect_eq(shared.memoryCount, 2);
        cr_expect_not(shared.dedicated);
        cr_expect_eq(shared.image.flags, VK_IMAGE_CREATE_DISJOINT_BIT);
        cr_expect_eq(shared.image.planeCount, type->linear ? 2 : 0);
        for (uint32_t i = 0; i < shared.image.planeCount; i++) {
            cr_expect_eq(shared.image.planes[i].memoryIndex, i);
            cr_expect_eq(shared.image.planes[i].offset, 0);
        }
        cr_expect_neq(shared.memories[0].allocationSize, shared.memories[1].allocationSize);
        require(vxmCheckDescription(&shared));
        require(vxmCheckShared(device, &shared));
        require(vxmImportMemory(device, &shared, &info, &import));
        expect_two_memories(import);
        expect_same_planes(memory, import);
        planes_export(import, type, &again);
        cr_expect_eq(again.memoryCount, 2);
        vxmCloseShared(&again);
        vxmDestroyMemory(import);
        vxmCloseShared(&shared);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

Test(disjoint, one_handle_of_each_memory)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VkImageCreateInfo image = disjoint_info(type);
        VxmHandle handles[2];
        VxmHandle none;
        VxmMemory memory;

        if (!suits(type)) {
            continue;
        }
        memory = planes_create(device, &image, type->type);
        require(vxmGetMemoryHandle(memory, 0, type_bit(type), &handles[0]));
        require(vxmGetMemoryHandle(memory, 1, type_bit(type), &handles[1]));
        cr_expect_not(backend_same(&handles[0], &handles[1]));
        fill(none);
        expect_error(vxmGetMemoryHandle(memory, 2, type_bit(type), &none),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "memoryIndex");
        expect_untouched(none);
        vxmCloseHandle(&handles[0]);
        vxmCloseHandle(&handles[1]);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

Test(disjoint, each_memory_is_mapped)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmMemoryCreateInfo create = contract_mappable_info(type->type);
        VkImageCreateInfo image = disjoint_info(type);
        VxmMemory memory = NULL;
        void *data[3];

        if (!suits(type)) {
            continue;
        }
        require(vxmCreateImage(device, &image, &create, &memory));
        require(vxmMapMemory(memory, 0, &data[0]));
        require(vxmMapMemory(memory, 1, &data[1]));
        cr_expect_eq(data[0], model_memory_data(vxmGetVkDeviceMemory(memory, 0)));
        cr_expect_eq(data[1], model_memory_data(vxmGetVkDeviceMemory(memory, 1)));
        fill(data[2]);
        expect_error(vxmMapMemory(memory, 2, &data[2]), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "memoryIndex");
        expect_untouched(data[2]);
        vxmUnmapMemory(memory, 0);
        /* The second is unmapped with the object. */
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

Test(disjoint, description_survives_its_encoding)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        unsigned char bytes[VXM_MAX_ENCODED_SIZE];
        VkImageCreateInfo image = disjoint_info(type);
        VxmMemory import = NULL;
        VxmMemory memory;
        VxmShared shared;
        VxmShared decoded;
        size_t size = 0;

        if (!suits(type)) {
            continue;
        }
        memory = planes_create(device, &image, type->type);
        planes_export(memory, type, &shared);
        require(vxmEncodeShared(&shared, sizeof(bytes), bytes, &size));
        require(vxmDecodeShared(size, bytes, &decoded));
        cr_expect_eq(memcmp(&decoded.image, &shared.image, sizeof(shared.image)), 0);
        for (int i = 0; i < 2; i++) {
            cr_expect_eq(decoded.memories[i].allocationSize, shared.memories[i].allocationSize);
            decoded.memories[i].handle = shared.memories[i].handle;
        }
        require(vxmImportMemory(device, &decoded, NULL, &import));
        expect_same_planes(memory, import);
        vxmDestroyMemory(import);
        vxmCloseShared(&shared);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

Test(disjoint, travels_through_a_channel)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VkImageCreateInfo image = disjoint_info(type);
        VxmChannel channels[2];
        VxmMemory import = NULL;
        VxmMemory memory;
        VxmShared shared;
        VxmShared received;

        if (!suits(type) || type->local) {
            continue;
        }
        memory = planes_create(device, &image, type->type);
        planes_export(memory, type, &shared);
        require(vxmCreateChannelPair(channels));
        require(vxmSendMemory(channels[0], &shared, UINT64_MAX));
        require(vxmReceiveMemory(channels[1], &received, UINT64_MAX));
        require(vxmImportMemory(device, &received, NULL, &import));
        expect_same_planes(memory, import);
        vxmDestroyMemory(import);
        vxmCloseShared(&received);
        vxmCloseChannel(channels[0]);
        vxmCloseChannel(channels[1]);
        vxmCloseShared(&shared);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

/* 01797 */
Test(disjoint, never_dedicated)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmMemoryCreateInfo create = {.handleTypes = type->type, .dedicated = VXM_DEDICATED_ON};
        VkImageCreateInfo image = disjoint_info(type);
        VxmMemory memory = NULL;
        VxmMemory import = NULL;
        VxmShared shared;

        if (!suits(type)) {
            continue;
        }
        fill(memory);
        expect_error(vxmCreateImage(device, &image, &create, &memory),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "01797");
        expect_untouched(memory);
        create.dedicated = VXM_DEDICATED_OFF;
        require(vxmCreateImage(device, &image, &create, &memory));
        planes_export(memory, type, &shared);
        shared.dedicated = VK_TRUE;
        if (type->exact || type->sameDedicated) {
            fill(import);
            expect_error(vxmImportMemory(device, &shared, NULL, &import),
                         VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "dedicated");
            expect_untouched(import);
        }
        vxmDestroyMemory(memory);
        vxmCloseShared(&shared);
    }
    vxmDestroyDevice(device);
}

/* Where each import is of one resource, planes have no memory of their own. */
Test(disjoint, type_that_is_always_dedicated)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmMemoryCreateInfo create = contract_memory_info(type->type);
        VkImageCreateInfo image = disjoint_info(type);
        VxmMemory memory;

        if (!type->exportable || !type_can(type, VXM_RESOURCE_TYPE_IMAGE) ||
            type_can_be_disjoint(type)) {
            continue;
        }
        fill(memory);
        expect_failure(vxmCreateImage(device, &image, &create, &memory));
        expect_untouched(memory);
        cr_expect_eq(model_live_objects(MODEL_IMAGE), 0);
        cr_expect_eq(model_live_objects(MODEL_MEMORY), 0);
    }
    vxmDestroyDevice(device);
}

Test(disjoint, count_of_memories_is_that_of_the_planes)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VkImageCreateInfo image = disjoint_info(type);
        VxmMemory memory;
        VxmMemory import;
        VxmShared shared;

        if (!suits(type)) {
            continue;
        }
        memory = planes_create(device, &image, type->type);
        planes_export(memory, type, &shared);
        fill(import);
        shared.memoryCount = 3;
        expect_error(vxmImportMemory(device, &shared, NULL, &import),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "mem");
        shared.memoryCount = 2;
        shared.image.format = YUV420;
        expect_failure(vxmImportMemory(device, &shared, NULL, &import));
        shared.image.format = VK_FORMAT_R8G8B8A8_UNORM;
        expect_failure(vxmImportMemory(device, &shared, NULL, &import));
        expect_untouched(import);
        shared.image.format = NV12;
        require(vxmCheckShared(device, &shared));
        vxmCloseShared(&shared);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

/* ---- an app that creates and allocates itself ---- */

Test(disjoint, plan_has_an_allocation_for_each_plane)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmMemoryCreateInfo create = contract_memory_info(type->type);
        VkImageCreateInfo image = disjoint_info(type);
        VxmPlanResult result = {.takeObjects = VK_TRUE};
        VxmPlanResult second = {.takeObjects = VK_TRUE};
        struct made made = {0};
        VxmMemory memory = NULL;
        VxmMemory import = NULL;
        VxmShared shared;
        VxmPlan plan;

        if (!suits(type)) {
            continue;
        }
        require(vxmPlanImage(device, &image, &create, &plan));
        cr_assert_eq(plan.memoryCount, 2);
        cr_expect_not(plan.dedicated);
        cr_expect_eq(plan.memories[0].planeAspect, VK_IMAGE_ASPECT_PLANE_0_BIT);
        cr_expect_eq(plan.memories[1].planeAspect, VK_IMAGE_ASPECT_PLANE_1_BIT);
        require(app_make(device, &plan, &made));
        made_result(&made, &result);
        require(vxmFinishPlan(&plan, &result, &memory));
        expect_two_memories(memory);
        planes_export(memory, type, &shared);

        require(vxmPlanImport(device, &shared, NULL, &plan));
        cr_assert_eq(plan.memoryCount, 2);
        require(app_make(device, &plan, &made));
        made_result(&made, &second);
        require(vxmFinishPlan(&plan, &second, &import));
        expect_two_memories(import);
        expect_same_planes(memory, import);
        vxmDestroyMemory(import);
        vxmCloseShared(&shared);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

Test(disjoint, wrapped_with_a_memory_for_each_plane)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VkImageCreateInfo image = disjoint_info(type);
        VxmMemoryWrapInfo wrap = {.imageCreateInfo = &image, .handleTypes = type->type};
        VxmMemory import = NULL;
        VxmMemory memory;
        VxmMemory wrapped = NULL;
        VxmMemoryInfo info;
        VxmShared shared;

        if (!suits(type) || type->singleExport) {
            continue;
        }
        memory = planes_create(device, &image, type->type);
        require(vxmGetMemoryInfo(memory, &info));
        wrap.image = info.image;
        wrap.memoryCount = 2;
        for (int i = 0; i < 2; i++) {
            wrap.memories[i] =
                (VxmWrappedMemory){.memory = info.memories[i].memory,
                                   .allocationSize = info.memories[i].allocationSize,
                                   .memoryTypeIndex = info.memories[i].memoryTypeIndex};
        }
        require(vxmWrapMemory(device, &wrap, &wrapped));
        expect_two_memories(wrapped);
        planes_export(wrapped, type, &shared);
        require(vxmImportMemory(device, &shared, NULL, &import));
        expect_same_planes(wrapped, import);
        vxmDestroyMemory(import);
        vxmCloseShared(&shared);
        vxmDestroyMemory(wrapped);

        fill(wrapped);
        wrap.memoryCount = 1;
        expect_error(vxmWrapMemory(device, &wrap, &wrapped), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "memoryCount");
        wrap.memoryCount = 3;
        wrap.memories[2] = wrap.memories[1];
        expect_error(vxmWrapMemory(device, &wrap, &wrapped), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "memoryCount");
        wrap.memoryCount = 2;
        wrap.dedicated = VK_TRUE;
        expect_error(vxmWrapMemory(device, &wrap, &wrapped), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "01797");
        wrap.dedicated = VK_FALSE;
        wrap.memories[1].memory = VK_NULL_HANDLE;
        expect_error(vxmWrapMemory(device, &wrap, &wrapped), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "memories[1].memory");
        expect_untouched(wrapped);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

/* ---- hand-over ---- */

/* One barrier for the whole image, whatever its planes. */
Test(disjoint, handed_over_as_one)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VkImageCreateInfo image = disjoint_info(type);
        VxmHandover handover = {.layout = VK_IMAGE_LAYOUT_GENERAL};
        VxmUse use = {.stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT,
                      .accessMask = VK_ACCESS_2_MEMORY_WRITE_BIT,
                      .layout = VK_IMAGE_LAYOUT_GENERAL};
        VkCommandPool pool = VK_NULL_HANDLE;
        VkCommandBuffer commands;
        ModelBarrier barrier;
        VxmDeviceInfo info;
        VxmMemory memory;

        if (!suits(type)) {
            continue;
        }
        require(vxmGetDeviceInfo(device, &info));
        use.queueFamilyIndex = info.queueFamilyIndex;
        memory = planes_create(device, &image, type->type);
        commands = fixture_begin_commands(device, &pool);
        require(vxmCmdReleaseMemory(commands, memory, &use, &handover));
        cr_assert(model_barrier(model_barrier_count() - 1, &barrier));
        cr_expect_eq(barrier.image, vxmGetVkImage(memory));
        fixture_end_commands(device, pool);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}
