/*
 * Semaphores: made, adopted, exported, and used from the CPU.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/semaphores.h"

TestSuite(semaphore, .init = contract_begin, .fini = contract_end);

static const VkSemaphoreType both_types[] = {VK_SEMAPHORE_TYPE_BINARY, VK_SEMAPHORE_TYPE_TIMELINE};

Test(semaphore, both_types_are_made_and_ended)
{
    VxmDevice device = contract_device();

    for (size_t i = 0; i < 2; i++) {
        VxmSemaphore semaphore;

        if (!semaphore_can(both_types[i])) {
            continue;
        }
        semaphore = semaphore_open(device, both_types[i], SEMAPHORE_REFERENCE);
        cr_expect_neq(vxmGetVkSemaphore(semaphore), VK_NULL_HANDLE);
        cr_expect_eq(model_live_objects(MODEL_SEMAPHORE), 1);
        cr_expect_eq(model_chain_contains("vkCreateSemaphore",
                                          VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_CREATE_INFO),
                     semaphore_reference()->importCommand != NULL);
        vxmDestroySemaphore(semaphore);
        cr_expect_eq(model_live_objects(MODEL_SEMAPHORE), 0);
    }
    vxmDestroySemaphore(NULL);
    cr_expect_eq(vxmGetVkSemaphore(NULL), VK_NULL_HANDLE);
    vxmDestroyDevice(device);
}

/* A device without timelines knows none of their structs, and still shares binary ones. */
Test(semaphore, binary_needs_no_timelines)
{
    ModelConfig config = model_default_config();
    VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                   .handleTypes = SEMAPHORE_REFERENCE};
    VxmSemaphore semaphore;
    VxmDevice device;

    config.devices[0].timelineSemaphore = false;
    config.devices[0].apiVersion = VK_API_VERSION_1_1;
    model_drop_extension(&config.devices[0], "VK_KHR_timeline_semaphore");
    device = contract_device_with(&config);
    semaphore = semaphore_open(device, VK_SEMAPHORE_TYPE_BINARY, SEMAPHORE_REFERENCE);
    vxmDestroySemaphore(semaphore);
    fill(semaphore);
    expect_error(vxmCreateSemaphore(device, &info, &semaphore), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "timelineSemaphore");
    expect_untouched(semaphore);
    vxmDestroyDevice(device);
}

Test(semaphore, creation_says_why_not)
{
    VxmDevice device = contract_device();
    VxmSemaphoreCreateInfo info = {.semaphoreType = semaphore_plain(),
                                   .handleTypes = SEMAPHORE_REFERENCE};
    VxmSemaphore semaphore;

    fill(semaphore);
    expect_error(vxmCreateSemaphore(NULL, &info, &semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "device");
    expect_error(vxmCreateSemaphore(device, NULL, &semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "info");
    expect_error(vxmCreateSemaphore(device, &info, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "semaphore");
    info.handleTypes = 0;
    expect_error(vxmCreateSemaphore(device, &info, &semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "handleTypes");
    info.handleTypes = SEMAPHORE_OTHER_SYSTEM;
    expect_error(vxmCreateSemaphore(device, &info, &semaphore), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, SEMAPHORE_OTHER_SYSTEM_NAME);
    info.handleTypes = SEMAPHORE_REFERENCE;
    info.semaphoreType = (VkSemaphoreType)7;
    expect_error(vxmCreateSemaphore(device, &info, &semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "semaphoreType");
    info.semaphoreType = VK_SEMAPHORE_TYPE_BINARY;
    info.initialValue = 1;
    expect_error(vxmCreateSemaphore(device, &info, &semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "initialValue");
    for (uint32_t i = 0; i < backend_semaphore_type_count; i++) {
        const struct backend_semaphore_type *type = &backend_semaphore_types[i];

        info = (VxmSemaphoreCreateInfo){.handleTypes = type->type};
        if (type->noBinary) {
            expect_error(vxmCreateSemaphore(device, &info, &semaphore),
                         VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "timeline");
        }
        info.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
        if (!type->timeline) {
            expect_error(vxmCreateSemaphore(device, &info, &semaphore),
                         VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "timeline");
        }
    }
    expect_untouched(semaphore);
    vxmDestroyDevice(device);
}

/* The library's own structs, and behind one that is passed on. */
Test(semaphore, chain_of_the_apps_own_is_passed_on_or_refused)
{
    static const VkStructureType own[] = {VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_CREATE_INFO,
                                          VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO};
    VxmDevice device = contract_device();

    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        VkBaseInStructure refused = {.sType = own[i]};
        VkBaseInStructure other = {.sType = (VkStructureType)1000999000, .pNext = &refused};
        VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                       .handleTypes = SEMAPHORE_REFERENCE,
                                       .next = &other};
        VxmSemaphore semaphore;

        fill(semaphore);
        expect_error(vxmCreateSemaphore(device, &info, &semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                     VXM_ERROR_REASON_ARGUMENT, "chains itself");
        expect_untouched(semaphore);
    }
    vxmDestroyDevice(device);
}

/* The driver's answer counts, separately for both types, and the way out is said. */
Test(semaphore, driver_that_can_t_share_is_believed)
{
    VxmSemaphoreCreateInfo info = {.handleTypes = SEMAPHORE_REFERENCE};
    VxmDevice device = contract_device();
    VxmSemaphore semaphore;

    for (size_t i = 0; i < 2; i++) {
        if (!semaphore_can(both_types[i])) {
            continue;
        }
        semaphore_row(both_types[i], SEMAPHORE_REFERENCE)->features =
            VK_EXTERNAL_SEMAPHORE_FEATURE_IMPORTABLE_BIT;
        fill(semaphore);
        info.semaphoreType = both_types[i];
        expect_error(vxmCreateSemaphore(device, &info, &semaphore), VK_ERROR_FEATURE_NOT_PRESENT,
                     VXM_ERROR_REASON_UNSUPPORTED, "fence");
        expect_untouched(semaphore);
        info.semaphoreType = both_types[1 - i];
        if (i == 0 && semaphore_can(both_types[1])) {
            require(vxmCreateSemaphore(device, &info, &semaphore));
            vxmDestroySemaphore(semaphore);
        }
    }
    vxmDestroyDevice(device);
}

Test(semaphore, types_must_go_together)
{
    VxmSemaphoreCreateInfo info = {.semaphoreType = semaphore_plain(),
                                   .handleTypes = SEMAPHORE_REFERENCE | SEMAPHORE_SECOND};
    VxmDevice device = contract_device();
    VxmSemaphore semaphore = NULL;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    vxmDestroySemaphore(semaphore);
    semaphore_row(semaphore_plain(), SEMAPHORE_REFERENCE)->compatible = SEMAPHORE_REFERENCE;
    fill(semaphore);
    expect_error(vxmCreateSemaphore(device, &info, &semaphore), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "01124");
    expect_untouched(semaphore);
    vxmDestroyDevice(device);
}

/* ---- adopted ---- */

/* What declares an export when the semaphore is made, where no bit of Vulkan's stands for its type:
 * VkExportMetalObjectCreateInfoEXT, which not every Vulkan header has. */
struct object_export {
    VkStructureType sType;
    const void *pNext;
    VkFlags exportObjectType;
};

static VkSemaphore raw_semaphore(VxmDevice device)
{
    VkExportSemaphoreCreateInfo export = {.sType = VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_CREATE_INFO,
                                          .handleTypes = SEMAPHORE_REFERENCE};
    struct object_export object = {.sType = (VkStructureType)1000311000, .exportObjectType = 0x20};
    VkSemaphoreTypeCreateInfo timeline = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
                                          .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE};
    VkSemaphoreCreateInfo create = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO};
    VkSemaphore semaphore = VK_NULL_HANDLE;

    create.pNext = semaphore_reference()->importCommand != NULL ? (const void *)&export : &object;
    if (semaphore_plain() == VK_SEMAPHORE_TYPE_TIMELINE) {
        timeline.pNext = create.pNext;
        create.pNext = &timeline;
    }
    cr_assert_eq(((PFN_vkCreateSemaphore)contract_command(device, "vkCreateSemaphore"))(
                     contract_vk_device(device), &create, NULL, &semaphore),
                 VK_SUCCESS);
    return semaphore;
}

Test(semaphore, adopted_stays_the_app_s_unless_taken)
{
    VxmDevice device = contract_device();

    for (VkBool32 take = VK_FALSE; take <= VK_TRUE; take++) {
        VxmSemaphoreWrapInfo info = {.takeObject = take,
                                     .semaphore = raw_semaphore(device),
                                     .semaphoreType = semaphore_plain(),
                                     .handleTypes = SEMAPHORE_REFERENCE};
        VxmSemaphore semaphore = NULL;
        VxmHandle handle = {0};

        require(vxmWrapSemaphore(device, &info, &semaphore));
        cr_expect_eq(vxmGetVkSemaphore(semaphore), info.semaphore);
        require(vxmGetSemaphoreHandle(semaphore, SEMAPHORE_REFERENCE, &handle));
        vxmCloseHandle(&handle);
        vxmDestroySemaphore(semaphore);
        cr_expect_eq(model_live_objects(MODEL_SEMAPHORE), take ? 0 : 1);
        if (!take) {
            ((PFN_vkDestroySemaphore)contract_command(device, "vkDestroySemaphore"))(
                contract_vk_device(device), info.semaphore, NULL);
        }
    }
    vxmDestroyDevice(device);
}

/* The driver gives some handles once, and the app may have taken that one. */
Test(semaphore, adopted_with_a_handle_is_exported_by_duplicates_of_it)
{
    VxmDevice device = contract_device();
    VxmSemaphoreWrapInfo info = {.semaphore = raw_semaphore(device),
                                 .semaphoreType = semaphore_plain(),
                                 .handleTypes = SEMAPHORE_REFERENCE};
    VxmSemaphore first = NULL;
    VxmSemaphore semaphore = NULL;
    VxmHandle taken = {0};
    VxmHandle handle = {0};

    require(vxmWrapSemaphore(device, &info, &first));
    require(vxmGetSemaphoreHandle(first, SEMAPHORE_REFERENCE, &taken));
    vxmDestroySemaphore(first);
    info.handle = taken;
    info.handle.kind = VXM_HANDLE_KIND_MEMORY;
    fill(semaphore);
    expect_error(vxmWrapSemaphore(device, &info, &semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "info->handle");
    info.handle = taken;
    info.handleTypes = 0;
    expect_error(vxmWrapSemaphore(device, &info, &semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "info->handle");
    expect_untouched(semaphore);
    info.handleTypes = SEMAPHORE_REFERENCE;
    require(vxmWrapSemaphore(device, &info, &semaphore));
    vxmCloseHandle(&taken);
    /* Nothing that the driver could be asked by would do. */
    model_fail(NULL, 1, VK_ERROR_DEVICE_LOST, true);
    require(vxmGetSemaphoreHandle(semaphore, SEMAPHORE_REFERENCE, &handle));
    cr_expect_eq(model_failures(), 0, "the driver was asked");
    model_clear_failures();
    vxmCloseHandle(&handle);
    vxmDestroySemaphore(semaphore);
    ((PFN_vkDestroySemaphore)contract_command(device, "vkDestroySemaphore"))(
        contract_vk_device(device), info.semaphore, NULL);
    vxmDestroyDevice(device);
}

Test(semaphore, adoption_checks_what_it_is_told)
{
    VxmDevice device = contract_device();
    VkSemaphore raw = raw_semaphore(device);
    VxmSemaphoreWrapInfo info = {.semaphoreType = semaphore_plain(),
                                 .handleTypes = SEMAPHORE_REFERENCE};
    VxmSemaphore semaphore;

    fill(semaphore);
    expect_error(vxmWrapSemaphore(device, &info, &semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "info->semaphore");
    info.semaphore = raw;
    expect_error(vxmWrapSemaphore(NULL, &info, &semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "device");
    expect_error(vxmWrapSemaphore(device, NULL, &semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "info");
    expect_error(vxmWrapSemaphore(device, &info, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "semaphore");
    info.semaphoreType = (VkSemaphoreType)9;
    expect_error(vxmWrapSemaphore(device, &info, &semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "semaphoreType");
    info.semaphoreType = semaphore_plain();
    info.handleTypes = SEMAPHORE_OTHER_SYSTEM;
    expect_error(vxmWrapSemaphore(device, &info, &semaphore), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, SEMAPHORE_OTHER_SYSTEM_NAME);
    info.handleTypes = SEMAPHORE_REFERENCE;
    backend_fail(0, 1, false);
    expect_error(vxmWrapSemaphore(device, &info, &semaphore), VK_ERROR_OUT_OF_HOST_MEMORY,
                 VXM_ERROR_REASON_OUT_OF_MEMORY, NULL);
    backend_failed();
    expect_untouched(semaphore);
    /* One that was made for nothing can't be exported, and can be used. */
    info.handleTypes = 0;
    require(vxmWrapSemaphore(device, &info, &semaphore));
    expect_error(vxmGetSemaphoreHandle(semaphore, SEMAPHORE_REFERENCE, &(VxmHandle){0}),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "nothing");
    vxmDestroySemaphore(semaphore);
    ((PFN_vkDestroySemaphore)contract_command(device, "vkDestroySemaphore"))(
        contract_vk_device(device), raw, NULL);
    vxmDestroyDevice(device);
}

/* ---- exported ---- */

Test(semaphore, export_describes_and_gives_a_handle_of_its_own)
{
    VxmDevice device = contract_device();
    VxmDeviceInfo info;

    require(vxmGetDeviceInfo(device, &info));
    for (size_t i = 0; i < 2; i++) {
        VxmSemaphore semaphore = NULL;
        VxmSharedSemaphore shared;
        VxmHandle second = {0};
        size_t before;

        if (!semaphore_can(both_types[i])) {
            continue;
        }
        semaphore = semaphore_open(device, both_types[i], SEMAPHORE_REFERENCE);
        before = backend_handle_count();
        /* Some drivers forget it. */
        model_config()->habits.exportWithoutCloexec = true;
        require(vxmExportSemaphore(semaphore, SEMAPHORE_REFERENCE, &shared));
        require(vxmGetSemaphoreHandle(semaphore, SEMAPHORE_REFERENCE, &second));
        /* Of a type that is given once, the library keeps the first. */
        cr_expect_eq(backend_handle_count(),
                     before + 2 + (semaphore_reference()->singleExport ? 1 : 0));
        cr_expect_eq(shared.handleType, SEMAPHORE_REFERENCE);
        cr_expect_eq(shared.handle.kind, VXM_HANDLE_KIND_SEMAPHORE);
        cr_expect_eq(shared.handle.type, SEMAPHORE_REFERENCE);
        cr_expect_eq(shared.semaphoreType, both_types[i]);
        cr_expect_arr_eq(shared.deviceUUID, info.identity->deviceUUID, VK_UUID_SIZE);
        cr_expect_arr_eq(shared.driverUUID, info.identity->driverUUID, VK_UUID_SIZE);
        cr_expect(backend_is_private(&shared.handle), "inherited by child processes");
        cr_expect(backend_is_private(&second), "inherited by child processes");
        vxmCloseHandle(&second);
        vxmCloseSharedSemaphore(&shared);
        cr_expect_eq(shared.handle.type, 0);
        vxmCloseSharedSemaphore(&shared);
        vxmCloseSharedSemaphore(NULL);
        cr_expect_eq(backend_handle_count(),
                     before + (semaphore_reference()->singleExport ? 1 : 0));
        vxmDestroySemaphore(semaphore);
    }
    vxmDestroyDevice(device);
}

Test(semaphore, export_says_why_not)
{
    VxmDevice device = contract_device();
    VxmSemaphore semaphore = semaphore_open(device, semaphore_plain(), SEMAPHORE_REFERENCE);
    VxmSharedSemaphore shared;
    VxmHandle handle;

    fill(shared);
    fill(handle);
    expect_error(vxmExportSemaphore(NULL, SEMAPHORE_REFERENCE, &shared),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "semaphore");
    expect_error(vxmExportSemaphore(semaphore, SEMAPHORE_REFERENCE, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "shared");
    expect_error(vxmGetSemaphoreHandle(semaphore, SEMAPHORE_REFERENCE, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "handle");
    if (SEMAPHORE_SECOND != 0) {
        expect_error(vxmExportSemaphore(semaphore, SEMAPHORE_SECOND, &shared),
                     VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "01132");
    }
    expect_error(vxmExportSemaphore(semaphore, SEMAPHORE_OTHER_SYSTEM, &shared),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 SEMAPHORE_OTHER_SYSTEM_NAME);
    expect_error(vxmExportSemaphore(semaphore, 0, &shared), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "one bit");
    expect_error(vxmExportSemaphore(semaphore,
                                    (semaphore_bit)(SEMAPHORE_REFERENCE | SEMAPHORE_OTHER_SYSTEM),
                                    &shared),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "one bit");
    /* A command that returns nothing can't fail. */
    if (semaphore_reference()->getCommand != NULL) {
        model_fail(semaphore_reference()->getCommand, 1, VK_ERROR_TOO_MANY_OBJECTS, false);
        expect_error(vxmGetSemaphoreHandle(semaphore, SEMAPHORE_REFERENCE, &handle),
                     VK_ERROR_TOO_MANY_OBJECTS, VXM_ERROR_REASON_DRIVER,
                     semaphore_reference()->name);
    }
    expect_untouched(shared);
    expect_untouched(handle);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

/* A copy of the payload: it needs a signal, takes it away, and may be no descriptor at all. */
Test(semaphore, copy_of_the_payload_is_exported)
{
    VxmDevice device = contract_device();

    for (int minusOne = 0; minusOne < 2; minusOne++) {
        VxmSemaphore semaphore = semaphore_open(device, VK_SEMAPHORE_TYPE_BINARY, SEMAPHORE_COPY);
        VxmSharedSemaphore shared;

        model_config()->habits.syncFdMinusOne = minusOne != 0;
        model_gpu_signal(vxmGetVkSemaphore(semaphore), 0);
        require(vxmExportSemaphore(semaphore, SEMAPHORE_COPY, &shared));
        cr_expect_eq(shared.handle.type, SEMAPHORE_COPY);
        cr_expect_not(model_semaphore_signalled(vxmGetVkSemaphore(semaphore)));
        vxmCloseSharedSemaphore(&shared);
        cr_expect_eq(shared.handle.type, 0);
        /* What a driver answers where nothing was submitted that signals it. */
        model_fail(semaphore_copy()->getCommand, 1, VK_ERROR_INVALID_EXTERNAL_HANDLE, false);
        fill(shared);
        expect_error(vxmExportSemaphore(semaphore, SEMAPHORE_COPY, &shared),
                     VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_DRIVER, "03254");
        expect_untouched(shared);
        vxmDestroySemaphore(semaphore);
    }
    vxmDestroyDevice(device);
}

/* ---- from the CPU ---- */

Test(semaphore, timeline_counts)
{
    VxmDevice device = contract_device();
    VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                   .initialValue = 5,
                                   .handleTypes = SEMAPHORE_REFERENCE};
    VxmSemaphore semaphore = NULL;
    uint64_t value = 0;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    require(vxmGetSemaphoreValue(semaphore, &value));
    cr_expect_eq(value, 5);
    require(vxmWaitSemaphore(semaphore, 5, 0));
    expect_error(vxmWaitSemaphore(semaphore, 6, 0), VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, "6");
    require(vxmSignalSemaphore(semaphore, 6));
    require(vxmWaitSemaphore(semaphore, 6, UINT64_MAX));
    model_gpu_signal(vxmGetVkSemaphore(semaphore), 1ull << 40);
    require(vxmGetSemaphoreValue(semaphore, &value));
    cr_expect_eq(value, 1ull << 40);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

Test(semaphore, timeline_only_grows)
{
    VxmDevice device = contract_device();
    VxmSemaphore semaphore =
        semaphore_open(device, VK_SEMAPHORE_TYPE_TIMELINE, SEMAPHORE_REFERENCE);
    uint64_t value = 0;

    require(vxmSignalSemaphore(semaphore, 10));
    expect_error(vxmSignalSemaphore(semaphore, 10), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "03258");
    expect_error(vxmSignalSemaphore(semaphore, 9), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "10");
    require(vxmGetSemaphoreValue(semaphore, &value));
    cr_expect_eq(value, 10);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

Test(semaphore, binary_is_not_for_the_cpu)
{
    VxmDevice device = contract_device();
    VxmSemaphore semaphore = semaphore_open(device, VK_SEMAPHORE_TYPE_BINARY, SEMAPHORE_REFERENCE);
    uint64_t value;

    fill(value);
    expect_error(vxmWaitSemaphore(semaphore, 1, 0), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "binary");
    expect_error(vxmSignalSemaphore(semaphore, 1), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "binary");
    expect_error(vxmGetSemaphoreValue(semaphore, &value), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "binary");
    expect_error(vxmGetSemaphoreValue(NULL, &value), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "NULL");
    expect_error(vxmWaitSemaphore(NULL, 1, 0), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "NULL");
    expect_untouched(value);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

Test(semaphore, driver_failures_of_the_cpu_s_calls_are_passed_on)
{
    VxmDevice device = contract_device();
    VxmSemaphore semaphore =
        semaphore_open(device, VK_SEMAPHORE_TYPE_TIMELINE, SEMAPHORE_REFERENCE);
    uint64_t value;

    fill(value);
    model_fail("vkWaitSemaphores", 1, VK_ERROR_DEVICE_LOST, false);
    expect_error(vxmWaitSemaphore(semaphore, 1, 0), VK_ERROR_DEVICE_LOST, VXM_ERROR_REASON_DRIVER,
                 "vkWaitSemaphores");
    model_fail("vkGetSemaphoreCounterValue", 1, VK_ERROR_DEVICE_LOST, false);
    expect_error(vxmGetSemaphoreValue(semaphore, &value), VK_ERROR_DEVICE_LOST,
                 VXM_ERROR_REASON_DRIVER, "vkGetSemaphoreCounterValue");
    model_fail("vkGetSemaphoreCounterValue", 1, VK_ERROR_DEVICE_LOST, false);
    expect_error(vxmSignalSemaphore(semaphore, 1), VK_ERROR_DEVICE_LOST, VXM_ERROR_REASON_DRIVER,
                 "vkGetSemaphoreCounterValue");
    model_fail("vkSignalSemaphore", 1, VK_ERROR_OUT_OF_DEVICE_MEMORY, false);
    expect_error(vxmSignalSemaphore(semaphore, 1), VK_ERROR_OUT_OF_DEVICE_MEMORY,
                 VXM_ERROR_REASON_DRIVER, "vkSignalSemaphore");
    expect_untouched(value);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}
