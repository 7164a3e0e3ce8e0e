/*
 * The plan layer: the app creates, allocates and binds by itself with what the library says.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "contract/app.h"
#include "contract/exchange.h"

TestSuite(plan, .init = contract_begin, .fini = contract_end);

static const struct backend_type *opaque(void)
{
    return backend_opaque_type();
}

static VkExternalMemoryHandleTypeFlagBits opaque_bit(void)
{
    return (VkExternalMemoryHandleTypeFlagBits)backend_opaque_type()->type;
}

/* The whole of it, and the object that comes out can be shared as one of the library's own. */
static void plan_create_share(VxmDevice device, const struct backend_type *type,
                              VxmResourceType resourceType, VkBool32 takeObjects)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VkImageCreateInfo image = exchange_image(type);
    VxmMemoryCreateInfo info = contract_mappable_info(type->type);
    VxmPlanResult result = {.takeObjects = takeObjects};
    VxmMemory memory = NULL;
    VxmMemory import = NULL;
    struct made made = {0};
    uint32_t live = model_live_total();
    VxmMemoryInfo got;
    VxmShared shared;
    VxmPlan plan;

    if (resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        require(vxmPlanBuffer(device, &buffer, &info, &plan));
    } else if (resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        info = contract_memory_info(type->type);
        require(vxmPlanImage(device, &image, &info, &plan));
    } else {
        info.memoryTypeBits = model_config()->devices[0].externalBufferTypeBits;
        require(vxmPlanMemory(device, EXCHANGE_SIZE, &info, &plan));
    }
    cr_expect_eq(model_live_total(), live, "planning left something of Vulkan's behind");
    cr_expect_eq(plan.resourceType, resourceType);
    cr_expect_eq(plan.memoryCount, 1);
    cr_expect_eq(plan.handleTypes & type->type, type->type);
    require(app_make(device, &plan, &made));
    made_result(&made, &result);
    require(vxmFinishPlan(&plan, &result, &memory));
    cr_assert_not_null(memory);
    require(vxmGetMemoryInfo(memory, &got));
    cr_expect_eq(got.resourceType, resourceType);
    cr_expect_eq(got.buffer, made.buffer);
    cr_expect_eq(got.image, made.image);
    cr_expect_eq(got.memories[0].memory, made.memories[0]);
    cr_expect_eq(got.memories[0].allocationSize, made.allocation.allocationSize);
    cr_expect_eq(got.memories[0].memoryTypeIndex, made.allocation.memoryTypeIndex);
    cr_expect_eq(got.dedicated, made.allocation.dedicatedBuffer != VK_NULL_HANDLE ||
                                    made.allocation.dedicatedImage != VK_NULL_HANDLE);
    require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)type->type, &shared));
    cr_expect_eq(shared.resourceType, resourceType);
    require(vxmImportMemory(device, &shared, NULL, &import));
    vxmDestroyMemory(import);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    if (!takeObjects) {
        app_unmake(device, &made);
    }
    cr_expect_eq(model_live_total(), live);
    cr_expect_eq(model_breach_count(), 0);
}

Test(plan, app_creates_allocates_and_binds)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        for (int i = 0; type->exportable && i < 3; i++) {
            if (!type_can(type, (VxmResourceType)i)) {
                continue;
            }
            contract_note("%s, resource type %d", type->name, i);
            plan_create_share(device, type, (VxmResourceType)i, VK_FALSE);
            plan_create_share(device, type, (VxmResourceType)i, VK_TRUE);
        }
    }
    vxmDestroyDevice(device);
}

/* The plan says what the library itself would have done. */
Test(plan, plan_and_creation_agree)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmMemoryCreateInfo info = contract_memory_info(type->type);
        VxmPlanResult failed = {.result = VK_ERROR_OUT_OF_DEVICE_MEMORY};
        VxmMemory memory = NULL;
        VxmMemoryInfo got;
        VxmPlan plan;

        if (!type->exportable || !type_can(type, VXM_RESOURCE_TYPE_BUFFER)) {
            continue;
        }
        require(vxmCreateBuffer(device, &buffer, &info, &memory));
        require(vxmGetMemoryInfo(memory, &got));
        require(vxmPlanBuffer(device, &buffer, &info, &plan));
        cr_expect_eq(plan.dedicated, got.dedicated);
        cr_expect_eq(plan.memories[0].allocateInfo.allocationSize, got.memories[0].allocationSize);
        cr_expect_eq(plan.memories[0].allocateInfo.memoryTypeIndex,
                     got.memories[0].memoryTypeIndex);
        cr_expect_neq(plan.memories[0].memoryTypeBits &
                          (1u << plan.memories[0].allocateInfo.memoryTypeIndex),
                      0);
        cr_expect_eq(plan.memories[0].memoryTypeBits,
                     model_config()->devices[0].externalBufferTypeBits);
        cr_expect_eq(plan.memories[0].alignment, model_config()->devices[0].alignment);
        cr_expect_eq(plan.memories[0].requiredSize, got.memories[0].allocationSize);
        cr_expect_eq(plan.memories[0].offset, 0);
        cr_expect_eq(plan.memories[0].planeAspect, 0);
        cr_expect_eq(plan.bufferCreateInfo.size, EXCHANGE_SIZE);
        require(vxmFinishPlan(&plan, &failed, NULL));
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

/* Allocators such as VMA chain the dedicated struct themselves and take the rest as it is. */
Test(plan, chain_for_allocators_leaves_out_the_dedicated_struct)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemoryCreateInfo info = contract_memory_info(opaque()->type);
    PFN_vkCreateBuffer create;
    PFN_vkAllocateMemory allocate;
    VkMemoryDedicatedAllocateInfo dedicated = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO};
    VxmDevice device = contract_device();
    VxmPlanResult result = {.takeObjects = VK_TRUE, .memoryCount = 1};
    VkMemoryAllocateInfo allocateInfo;
    VkDevice vk = contract_vk_device(device);
    VxmMemory memory = NULL;
    VxmPlan plan;

    info.dedicated = VXM_DEDICATED_ON;
    create = (PFN_vkCreateBuffer)contract_command(device, "vkCreateBuffer");
    allocate = (PFN_vkAllocateMemory)contract_command(device, "vkAllocateMemory");
    require(vxmPlanBuffer(device, &buffer, &info, &plan));
    cr_assert(plan.dedicated);
    for (const VkBaseInStructure *next = plan.memories[0].next; next != NULL; next = next->pNext) {
        cr_expect_neq((int)next->sType, (int)VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO);
    }
    require(create(vk, &plan.bufferCreateInfo, NULL, &result.buffer));
    dedicated.buffer = result.buffer;
    dedicated.pNext = plan.memories[0].next;
    allocateInfo = plan.memories[0].allocateInfo;
    allocateInfo.pNext = &dedicated;
    require(allocate(vk, &allocateInfo, NULL, &result.memories[0].memory));
    cr_expect(
        model_chain_contains("vkAllocateMemory", VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO));
    require(vxmFinishPlan(&plan, &result, &memory));
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* An allocator may give a part of a larger block. */
Test(plan, allocation_larger_than_planned_is_told)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemoryCreateInfo info = contract_mappable_info(opaque()->type);
    VxmDevice device = contract_device();
    VxmPlanResult result = {.takeObjects = VK_TRUE};
    struct made made = {.extraSize = 4096, .offset = 2048};
    VxmMemory memory = NULL;
    VxmMemory import = NULL;
    VxmShared shared;
    VxmPlan plan;

    info.dedicated = VXM_DEDICATED_OFF;
    require(vxmPlanBuffer(device, &buffer, &info, &plan));
    require(app_make(device, &plan, &made));
    made_result(&made, &result);
    require(vxmFinishPlan(&plan, &result, &memory));
    require(vxmExportMemory(memory, opaque_bit(), &shared));
    cr_expect_eq(shared.memories[0].allocationSize, made.allocation.allocationSize);
    cr_expect_eq(shared.memories[0].offset, 2048);
    require(vxmImportMemory(device, &shared, NULL, &import));
    expect_aliases(memory, import);
    vxmDestroyMemory(import);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* ---- the end of a plan ---- */

Test(plan, plan_given_up_leaves_nothing)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemoryCreateInfo info = contract_memory_info(opaque()->type);
    VxmPlanResult failed = {.result = VK_ERROR_OUT_OF_DEVICE_MEMORY};
    VxmDevice device = contract_device();
    VxmMemory memory;
    VxmPlan plan;

    require(vxmPlanBuffer(device, &buffer, &info, &plan));
    fill(memory);
    require(vxmFinishPlan(&plan, &failed, &memory));
    expect_untouched(memory);
    vxmDestroyDevice(device);
}

Test(plan, plan_ends_once)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemoryCreateInfo info = contract_memory_info(opaque()->type);
    VxmDevice device = contract_device();
    VxmPlanResult result = {.takeObjects = VK_TRUE};
    static const VxmPlan empty;
    struct made made = {0};
    VxmMemory memory = NULL;
    VxmMemory second;
    VxmPlan plan;

    require(vxmPlanBuffer(device, &buffer, &info, &plan));
    require(app_make(device, &plan, &made));
    made_result(&made, &result);
    require(vxmFinishPlan(&plan, &result, &memory));
    cr_expect_eq(memcmp(&plan, &empty, sizeof(plan)), 0, "the plan is not empty");
    fill(second);
    require(vxmFinishPlan(&plan, &result, &second));
    expect_untouched(second);
    fill(plan);
    expect_failure(vxmSetPlanResource(NULL, made.buffer, VK_NULL_HANDLE));
    plan = empty;
    expect_error(vxmSetPlanResource(&plan, made.buffer, VK_NULL_HANDLE),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "plan");
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* The object is optional: the app may want the settlement only. */
Test(plan, finish_without_an_object)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemoryCreateInfo info = contract_memory_info(opaque()->type);
    VxmDevice device = contract_device();
    VxmPlanResult result = {.takeObjects = VK_TRUE};
    struct made made = {0};
    VxmPlan plan;

    require(vxmPlanBuffer(device, &buffer, &info, &plan));
    require(app_make(device, &plan, &made));
    made_result(&made, &result);
    require(vxmFinishPlan(&plan, &result, NULL));
    app_unmake(device, &made);
    vxmDestroyDevice(device);
}

Test(plan, contradictory_results_are_refused_and_end_the_plan)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemoryCreateInfo info = contract_memory_info(opaque()->type);
    VxmDevice device = contract_device();

    for (int i = 0; i < 6; i++) {
        static const char *const words[] = {"memoryCount", "memoryCount",        "buffer",
                                            "image",       "memories[0].memory", "offset"};
        static const VxmPlan empty;
        VxmPlanResult result = {0};
        struct made made = {0};
        VxmMemory memory;
        VxmPlan plan;

        contract_note("contradiction %d", i);
        require(vxmPlanBuffer(device, &buffer, &info, &plan));
        require(app_make(device, &plan, &made));
        made_result(&made, &result);
        if (i == 0) {
            result.memoryCount = 0;
        } else if (i == 1) {
            result.memoryCount = UINT32_MAX;
        } else if (i == 2) {
            result.buffer = VK_NULL_HANDLE;
        } else if (i == 3) {
            result.image = (VkImage)(uintptr_t)1;
        } else if (i == 4) {
            result.memories[0].memory = VK_NULL_HANDLE;
        } else {
            result.memories[0].offset = UINT64_MAX;
        }
        fill(memory);
        expect_error(vxmFinishPlan(&plan, &result, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, words[i]);
        expect_untouched(memory);
        cr_expect_eq(memcmp(&plan, &empty, sizeof(plan)), 0, "the plan is not empty");
        app_unmake(device, &made);
    }
    vxmDestroyDevice(device);
}

/* Of an image's plan and of raw memory's, too. */
Test(plan, results_go_with_the_plan)
{
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmMemoryCreateInfo info = contract_memory_info(opaque()->type);
    VxmPlanResult wrong = {.buffer = (VkBuffer)(uintptr_t)1, .memoryCount = 1};
    VxmDevice device = contract_device();
    VxmMemory memory;
    VxmPlan plan;

    fill(memory);
    require(vxmPlanMemory(device, EXCHANGE_SIZE, &info, &plan));
    expect_error(vxmFinishPlan(&plan, &wrong, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "memory without a resource");
    if (!opaque()->bufferOnly) {
        require(vxmPlanImage(device, &image, &info, &plan));
        expect_error(vxmFinishPlan(&plan, &wrong, &memory), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "which is for an image");
    }
    expect_untouched(memory);
    vxmDestroyDevice(device);
}

/* The header forbids it, since the app's own vkAllocateMemory would follow the old pointers. The
 * library does not. */
Test(plan, end_of_a_plan_that_was_moved_reads_no_old_storage)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemoryCreateInfo info = contract_memory_info(opaque()->type);
    VxmDevice device = contract_device();
    VxmPlan *first = malloc(sizeof(*first));
    VxmPlanResult result = {0};
    struct made made = {0};
    VxmMemory memory = NULL;
    VxmPlan plan;

    cr_assert_not_null(first);
    require(vxmPlanBuffer(device, &buffer, &info, first));
    require(app_make(device, first, &made));
    made_result(&made, &result);
    plan = *first;
    memset(first, 0xa5, sizeof(*first));
    free(first);
    require(vxmFinishPlan(&plan, &result, &memory));
    vxmDestroyMemory(memory);
    app_unmake(device, &made);
    vxmDestroyDevice(device);
}

Test(plan, resource_must_be_the_plans)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VkImageCreateInfo image = contract_image_info(8, 8);
    VxmMemoryCreateInfo info = contract_memory_info(opaque()->type);
    VxmMemoryCreateInfo imageInfo = contract_memory_info(image_type());
    VxmPlanResult failed = {.result = VK_ERROR_UNKNOWN};
    VxmDevice device = contract_device();
    const VkBuffer aBuffer = (VkBuffer)(uintptr_t)1;
    const VkImage anImage = (VkImage)(uintptr_t)1;
    VxmPlan plan;

    require(vxmPlanBuffer(device, &buffer, &info, &plan));
    expect_error(vxmSetPlanResource(&plan, VK_NULL_HANDLE, VK_NULL_HANDLE),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "buffer");
    expect_error(vxmSetPlanResource(&plan, VK_NULL_HANDLE, anImage), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "buffer");
    expect_error(vxmSetPlanResource(&plan, aBuffer, anImage), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "buffer");
    require(vxmSetPlanResource(&plan, aBuffer, VK_NULL_HANDLE));
    require(vxmFinishPlan(&plan, &failed, NULL));

    require(vxmPlanImage(device, &image, &imageInfo, &plan));
    expect_error(vxmSetPlanResource(&plan, aBuffer, VK_NULL_HANDLE), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "image");
    require(vxmFinishPlan(&plan, &failed, NULL));

    require(vxmPlanMemory(device, EXCHANGE_SIZE, &info, &plan));
    expect_error(vxmSetPlanResource(&plan, aBuffer, VK_NULL_HANDLE), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "without a resource");
    require(vxmSetPlanResource(&plan, VK_NULL_HANDLE, VK_NULL_HANDLE));
    require(vxmFinishPlan(&plan, &failed, NULL));
    vxmDestroyDevice(device);
}

/* ---- images: what travels is in the plan's chain ---- */

Test(plan, image_chain_holds_what_travels)
{
    static const VkFormat views[] = {VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_R8G8B8A8_SRGB};
    VkImageFormatListCreateInfo list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO,
        .viewFormatCount = 2,
        .pViewFormats = views,
    };
    VkImageCreateInfo image = contract_image_info(8, 8);
    VxmMemoryCreateInfo info = contract_memory_info(image_type());
    VxmPlanResult result = {.takeObjects = VK_TRUE};
    VxmDevice device = contract_device();
    struct made made = {0};
    VxmMemory memory = NULL;
    VxmShared shared;
    VxmPlan plan;

    image.flags = VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT;
    image.pNext = &list;
    require(vxmPlanImage(device, &image, &info, &plan));
    require(app_make(device, &plan, &made));
    cr_expect(model_chain_contains("vkCreateImage", list.sType));
    made_result(&made, &result);
    require(vxmFinishPlan(&plan, &result, &memory));
    require(vxmExportMemory(memory, type_bit(type_for(VXM_RESOURCE_TYPE_IMAGE)), &shared));
    cr_expect_eq(shared.image.viewFormatCount, 2);
    cr_expect_eq(shared.image.viewFormats[1], views[1]);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}
