/*
 * The question: yes and no, reasons in words, and what the other side changes about the answer.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"

TestSuite(query, .init = contract_begin, .fini = contract_end);

static VxmQueryResult ask(VxmDevice device, const VxmQueryInfo *info)
{
    VxmQueryResult result;

    fill(result);
    require(vxmQuery(device, info, &result));
    cr_assert_not_null(memchr(result.reason, 0, sizeof(result.reason)), "the reason has no end");
    cr_expect_leq(result.exportable, 1);
    cr_expect_leq(result.importable, 1);
    cr_expect_leq(result.dedicatedOnly, 1);
    cr_expect_leq(result.reexportable, 1);
    /* A reason is given exactly where there is a "no". */
    cr_expect_eq(result.exportable && result.importable, result.reason[0] == '\0',
                 "exportable %u, importable %u, reason \"%s\"", result.exportable,
                 result.importable, result.reason);
    return result;
}

static void expect_no(VxmDevice device, const VxmQueryInfo *info, const char *word)
{
    VxmQueryResult result = ask(device, info);
    size_t length = strlen(result.reason);

    cr_expect_not(result.exportable);
    cr_expect_not(result.importable);
    cr_expect_not(result.dedicatedOnly);
    cr_expect_not(result.reexportable);
    cr_expect(strstr(result.reason, word) != NULL, "the reason \"%s\" doesn't hold \"%s\"",
              result.reason, word);
    cr_expect(length > 20 && result.reason[length - 1] == '.', "\"%s\" is no sentence",
              result.reason);
}

static VxmQueryInfo about(uint32_t handleType)
{
    return (VxmQueryInfo){.kind = VXM_HANDLE_KIND_MEMORY, .handleType = handleType};
}

static VxmQueryInfo about_semaphore(uint32_t handleType, VkSemaphoreType semaphoreType)
{
    return (VxmQueryInfo){.kind = VXM_HANDLE_KIND_SEMAPHORE,
                          .handleType = handleType,
                          .semaphoreType = semaphoreType};
}

Test(query, answer_is_the_drivers)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmDevice device = contract_device();

    image.tiling = VK_IMAGE_TILING_LINEAR;
    FOR_EACH_TYPE(type)
    {
        for (int i = 0; i < 3; i++) {
            if (!type_can(type, i == 0   ? VXM_RESOURCE_TYPE_MEMORY
                                : i == 1 ? VXM_RESOURCE_TYPE_BUFFER
                                         : VXM_RESOURCE_TYPE_IMAGE) ||
                type->atCreation || type->nativeFirst) {
                continue;
            }
            ModelDeviceConfig *config = &model_config()->devices[0];
            ModelExternal *row =
                model_external(i == 2 ? config->images : config->buffers, type->type);
            VxmQueryInfo info = about(type->type);
            VxmQueryResult result;

            info.buffer = i == 1 ? &buffer : NULL;
            info.image = i == 2 ? &image : NULL;
            result = ask(device, &info);
            cr_expect_eq(result.exportable, type->exportable);
            cr_expect(result.importable);
            cr_expect_eq(result.compatibleHandleTypes, row->compatible);
            cr_expect_eq(result.exportFromImportedHandleTypes, row->exportFromImported);
            cr_expect_eq(result.reexportable,
                         type->closable || (row->exportFromImported & type->type) != 0);
            cr_expect_eq(result.dedicatedOnly,
                         (row->features & VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT) != 0);

            row->features |= VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT;
            row->exportFromImported = 0;
            result = ask(device, &info);
            cr_expect(result.dedicatedOnly);
            cr_expect_eq(result.exportFromImportedHandleTypes, 0);

            row->features = 0;
            expect_no(device, &info, type->name);
            row->features = VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT;
            if (type->exportable) {
                result = ask(device, &info);
                cr_expect(result.exportable);
                cr_expect_not(result.importable);
                cr_expect(strstr(result.reason, "import") != NULL);
            } else {
                /* NVIDIA's driver claims it of host pointers, which no command gives. */
                expect_no(device, &info, type->name);
            }
            row->features = VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT;
            result = ask(device, &info);
            cr_expect_not(result.exportable);
            cr_expect(result.importable);
            cr_expect(strstr(result.reason, "export") != NULL);
            *row = model_external(i == 2 ? model_default_config().devices[0].images
                                         : model_default_config().devices[0].buffers,
                                  type->type)[0];
        }
    }
    vxmDestroyDevice(device);
}

/* What the question says yes to can be done, and what it says no to can't. */
Test(query, creation_keeps_the_answer)
{
    static const VkImageTiling tilings[] = {VK_IMAGE_TILING_OPTIMAL, VK_IMAGE_TILING_LINEAR};
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        for (int i = 0; i < 2; i++) {
            VxmMemoryCreateInfo create = contract_memory_info(type->type);
            VkImageCreateInfo image = contract_image_info(16, 16);
            VxmQueryInfo info = about(type->type);
            VxmMemory memory = NULL;
            VkResult result;

            image.tiling = tilings[i];
            info.image = &image;
            result = vxmCreateImage(device, &image, &create, &memory);
            cr_expect_eq(ask(device, &info).exportable, result == VK_SUCCESS);
            vxmDestroyMemory(memory);
        }
    }
    vxmDestroyDevice(device);
}

Test(query, asks_exactly_and_makes_nothing)
{
    static const VkFormat views[] = {VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_R8G8B8A8_SRGB};
    VkImageStencilUsageCreateInfo stencil = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_STENCIL_USAGE_CREATE_INFO,
        .stencilUsage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT,
    };
    VkImageFormatListCreateInfo list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO,
        .pNext = &stencil,
        .viewFormatCount = 2,
        .pViewFormats = views,
    };
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmQueryInfo info = about(image_type());
    VxmDevice device = contract_device();
    uint32_t live = model_live_total();

    image.flags = VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT;
    image.pNext = &list;
    info.image = &image;
    ask(device, &info);
    cr_expect(model_chain_contains("vkGetPhysicalDeviceImageFormatProperties2",
                                   VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_IMAGE_FORMAT_INFO));
    cr_expect(model_chain_contains("vkGetPhysicalDeviceImageFormatProperties2", list.sType));
    cr_expect(model_chain_contains("vkGetPhysicalDeviceImageFormatProperties2", stencil.sType));
    cr_expect_eq(model_live_total(), live);
    cr_expect_eq(model_call_count("vkCreateImage"), 0);
    vxmDestroyDevice(device);
}

Test(query, type_of_another_system)
{
    VxmDevice device = contract_device();

    for (uint32_t i = 0; i < backend_other_type_count; i++) {
        VxmQueryInfo info = about(backend_other_types[i]);

        contract_note("type 0x%x", backend_other_types[i]);
        expect_no(device, &info, "system");
    }
    VxmQueryInfo semaphore = about_semaphore(backend_other_semaphore_types[0], semaphore_plain());
    expect_no(device, &semaphore, "system");
    vxmDestroyDevice(device);
}

Test(query, extension_that_is_not_there_is_named)
{
    FOR_EACH_TYPE(type)
    {
        ModelConfig config = model_default_config();
        VxmQueryInfo info = about(type->type);
        VxmDevice device;

        model_drop_extension(&config.devices[0], type->extension);
        device = contract_device_with(&config);
        expect_no(device, &info, type->extension);
        vxmDestroyDevice(device);
        expect_idle();
    }
}

/* A "no" is an answer: it is not the thread's last failure. */
Test(query, answer_leaves_the_last_error_alone)
{
    VxmQueryInfo info = about(backend_other_types[0]);
    VxmDevice device = contract_device();
    VxmError before;
    VxmError after;

    (void)vxmMapMemory(NULL, 0, NULL);
    vxmGetLastError(&before);
    expect_no(device, &info, "system");
    vxmGetLastError(&after);
    cr_expect_str_eq(after.message, before.message);
    cr_expect_eq(after.result, before.result);
    cr_expect_eq(after.reason, before.reason);
    vxmDestroyDevice(device);
}

Test(query, format_that_the_driver_lacks)
{
    VxmQueryInfo info = about(image_type());
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmDevice device = contract_device();

    info.image = &image;
    image.extent.width = UINT32_MAX;
    expect_no(device, &info, "image");
    vxmDestroyDevice(device);
}

/* ---- peers ---- */

Test(query, peer_on_another_device_or_driver)
{
    VxmDevice devices[2] = {contract_device_at(0), contract_device_at(1)};
    VxmDeviceInfo other;
    VxmDeviceInfo same;

    require(vxmGetDeviceInfo(devices[0], &same));
    require(vxmGetDeviceInfo(devices[1], &other));
    FOR_EACH_TYPE(type)
    {
        VxmQueryInfo info = about(type->type);
        VkImageCreateInfo image = exchange_image(type);
        VxmIdentity peer = *same.identity;

        info.image = type->imageOnly ? &image : NULL;
        info.peer = same.identity;
        cr_expect_eq(ask(devices[0], &info).exportable, type->exportable);
        cr_expect(ask(devices[0], &info).importable);

        info.peer = other.identity;
        if (type->sameDevice) {
            expect_no(devices[0], &info, "device");
        } else {
            cr_expect(ask(devices[0], &info).importable);
        }
        info.peer = &peer;
        memset(peer.driverUUID, 0x11, VK_UUID_SIZE);
        if (type->sameDriver) {
            expect_no(devices[0], &info, "driverUUID");
        } else {
            cr_expect(ask(devices[0], &info).importable);
        }
        memset(peer.driverUUID, 0, VK_UUID_SIZE);
        if (type->exact) {
            expect_no(devices[0], &info, "driverUUID");
        }
    }
    vxmDestroyDevice(devices[0]);
    vxmDestroyDevice(devices[1]);
}

Test(query, description_from_the_other_side)
{
    VxmDevice devices[2] = {contract_device_at(0), contract_device_at(1)};

    FOR_EACH_TYPE(type)
    {
        VxmQueryInfo info = about(type->type);
        struct source source;

        source_open(devices[0], type, type_resource(type), &source);
        /* The handles are not looked at. */
        VxmShared decoded = source.shared;
        memset(&decoded.memories[0].handle, 0, sizeof(decoded.memories[0].handle));
        info.peerShared = &decoded;
        cr_expect(ask(devices[0], &info).importable);
        if (type->sameDevice && source.memory != NULL) {
            expect_no(devices[1], &info, "device");
        } else {
            cr_expect(ask(devices[1], &info).importable);
        }
        source_close(&source);
    }
    vxmDestroyDevice(devices[0]);
    vxmDestroyDevice(devices[1]);
}

/* ---- semaphores ---- */

Test(query, semaphores_binary_and_timeline)
{
    const uint32_t opaque = backend_semaphore_types[0].type;
    VxmDevice device = contract_device();
    VxmQueryInfo binary = about_semaphore(opaque, VK_SEMAPHORE_TYPE_BINARY);
    VxmQueryInfo timeline = about_semaphore(opaque, VK_SEMAPHORE_TYPE_TIMELINE);
    ModelDeviceConfig *config = &model_config()->devices[0];

    cr_expect(ask(device, &binary).exportable);
    cr_expect(ask(device, &timeline).importable);
    /* Asked apart from each other. */
    *model_external(config->timelineSemaphores, opaque) = (ModelExternal){.handleType = opaque};
    cr_expect(ask(device, &binary).exportable);
    expect_no(device, &timeline, "timeline");
    *model_external(config->binarySemaphores, opaque) = (ModelExternal){.handleType = opaque};
    /* Where none can be shared, the sentence tells the way out. */
    expect_no(device, &binary, "channel");
    vxmDestroyDevice(device);
}

Test(query, timelines_that_the_device_lacks)
{
    VxmQueryInfo timeline =
        about_semaphore(backend_semaphore_types[0].type, VK_SEMAPHORE_TYPE_TIMELINE);
    ModelConfig config = model_default_config();
    VxmDevice device;

    config.devices[0].timelineSemaphore = false;
    device = contract_device_with(&config);
    expect_no(device, &timeline, "timelineSemaphore");
    vxmDestroyDevice(device);
}

/* ---- questions that are none ---- */

Test(query, contradictory_questions_are_refused)
{
    const uint32_t type = backend_opaque_type()->type;
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VkImageCreateInfo image = contract_image_info(16, 16);
    VkBaseInStructure unknown = {.sType = (VkStructureType)1000999000};
    VxmShared shared = {.handleType = type, .memoryCount = 1};
    VxmDevice device = contract_device();
    VxmQueryResult result;

#define EXPECT_REFUSED(change, word)                                                               \
    do {                                                                                           \
        VxmQueryInfo info = about(type);                                                           \
        contract_note("%s", #change);                                                              \
        change;                                                                                    \
        fill(result);                                                                              \
        expect_error(vxmQuery(device, &info, &result), VK_ERROR_VALIDATION_FAILED_EXT,             \
                     VXM_ERROR_REASON_ARGUMENT, word);                                             \
        expect_untouched(result);                                                                  \
    } while (0)
    EXPECT_REFUSED(info.handleType = 0, "handleType");
    EXPECT_REFUSED(info.handleType = UINT32_MAX, "handleType");
    EXPECT_REFUSED(info.handleType = type | type_other_than(backend_opaque_type())->type,
                   "handleType");
    EXPECT_REFUSED(info.kind = VXM_HANDLE_KIND_CHANNEL, "kind");
    EXPECT_REFUSED(info.kind = (VxmHandleKind)-1, "kind");
    EXPECT_REFUSED(info.kind = VXM_HANDLE_KIND_MAX_ENUM, "kind");
    EXPECT_REFUSED((info.buffer = &buffer, info.image = &image), "image");
    EXPECT_REFUSED((info.buffer = &buffer, info.peerShared = &shared), "peerShared");
    EXPECT_REFUSED((info.image = &image, info.peerShared = &shared), "peerShared");
    EXPECT_REFUSED((info.kind = VXM_HANDLE_KIND_SEMAPHORE, info.buffer = &buffer), "buffer");
    EXPECT_REFUSED((info.kind = VXM_HANDLE_KIND_SEMAPHORE, info.image = &image), "image");
    EXPECT_REFUSED((info.kind = VXM_HANDLE_KIND_SEMAPHORE, info.semaphoreType = 2),
                   "semaphoreType");
    EXPECT_REFUSED((buffer.pNext = &unknown, info.buffer = &buffer), "1000999000");
    EXPECT_REFUSED((buffer.pNext = NULL, buffer.size = 0, info.buffer = &buffer), "size");
    EXPECT_REFUSED((image.mipLevels = 0, info.image = &image), "mipLevels");
    EXPECT_REFUSED((shared.memoryCount = 0, info.peerShared = &shared), "memoryCount");
#undef EXPECT_REFUSED
    vxmDestroyDevice(device);
}
