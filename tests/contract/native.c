/*
 * What native handles have of their own, by type: mere values, names, one export only, facts that
 * the object tells by itself, a way into another process.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <wchar.h>

#include "contract/exchange.h"

TestSuite(native, .init = contract_begin, .fini = contract_end);

#define SECOND 1000000000ull

/* ---- values: KMT numbers ---- */

Test(native, value_is_copied_and_nothing_to_close)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmHandle duplicate = {0};
        VxmHandle closed;
        VxmMemory import = NULL;
        struct source source;
        size_t open;

        if (!type->value) {
            continue;
        }
        source_open(device, type, type_resource(type), &source);
        open = backend_handle_count();
        require(vxmDuplicateHandle(&source.shared.memories[0].handle, &duplicate));
        cr_expect_eq(duplicate.ptr, source.shared.memories[0].handle.ptr);
        cr_expect_eq(duplicate.type, type->type);
        closed = source.shared.memories[0].handle;
        vxmCloseHandle(&closed);
        cr_expect_eq(closed.type, 0);
        vxmCloseHandle(&duplicate);
        cr_expect_eq(backend_handle_count(), open, "a number counts as a handle");
        /* As good as before. */
        require(vxmImportMemory(device, &source.shared, NULL, &import));
        vxmDestroyMemory(import);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

/* Who exported it has to outlive every import. */
Test(native, value_does_not_keep_the_payload)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        struct source source;
        VxmMemory import;

        if (!type->value) {
            continue;
        }
        source_open(device, type, type_resource(type), &source);
        vxmDestroyMemory(source.memory);
        source.memory = NULL;
        fill(import);
        expect_failure(vxmImportMemory(device, &source.shared, NULL, &import));
        expect_untouched(import);
        cr_expect_eq(source.shared.memories[0].handle.type, type->type);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

Test(native, value_travels_in_the_message)
{
    VxmDevice device = contract_device();
    VxmChannel pair[2];

    require(vxmCreateChannelPair(pair));
    FOR_EACH_TYPE(type)
    {
        VxmMemory import = NULL;
        struct source source;
        VxmShared received;
        size_t open;

        if (!type->value) {
            continue;
        }
        source_open(device, type, type_resource(type), &source);
        open = backend_handle_count();
        require(vxmSendMemory(pair[0], &source.shared, SECOND));
        require(vxmReceiveMemory(pair[1], &received, SECOND));
        cr_expect_eq(backend_handle_count(), open);
        cr_expect_eq(received.memories[0].handle.kind, VXM_HANDLE_KIND_MEMORY);
        cr_expect_eq(received.memories[0].handle.type, type->type);
        cr_expect_eq(received.memories[0].handle.ptr, source.shared.memories[0].handle.ptr);
        require(vxmImportMemory(device, &received, NULL, &import));
        expect_aliases(source.memory, import);
        vxmDestroyMemory(import);
        vxmCloseShared(&received);
        source_close(&source);
    }
    vxmCloseChannel(pair[0]);
    vxmCloseChannel(pair[1]);
    vxmDestroyDevice(device);
}

/* ---- one export (00663, 01127) ---- */

Test(native, driver_is_asked_once_for_a_handle_that_it_gives_once)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmHandle first = {0};
        VxmHandle second = {0};
        VxmShared third;
        VxmMemory memory;
        uint32_t calls;
        size_t open;

        if (!type->singleExport) {
            continue;
        }
        open = backend_handle_count();
        memory = source_make(device, type, type_resource(type));
        require(vxmGetMemoryHandle(memory, 0, type_bit(type), &first));
        calls = model_result_calls();
        require(vxmGetMemoryHandle(memory, 0, type_bit(type), &second));
        require(vxmExportMemory(memory, type_bit(type), &third));
        cr_expect_eq(model_result_calls(), calls, "the driver was asked again");
        /* Each is the caller's, to close once. */
        cr_expect_neq(first.ptr, second.ptr);
        cr_expect(backend_same(&first, &second));
        cr_expect(backend_same(&first, &third.memories[0].handle));
        vxmCloseHandle(&first);
        cr_expect(backend_is_open(&second));
        vxmCloseHandle(&second);
        vxmDestroyMemory(memory);
        cr_expect(backend_is_open(&third.memories[0].handle));
        vxmCloseShared(&third);
        cr_expect_eq(backend_handle_count(), open);
    }
    vxmDestroyDevice(device);
}

/* What failed on its way to the caller is not lost: the driver gives no other. */
Test(native, handle_that_is_given_once_survives_a_failure)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmHandle handle;
        VxmMemory memory;

        if (!type->singleExport) {
            continue;
        }
        memory = source_make(device, type, type_resource(type));
        model_fail(NULL, 1, VK_ERROR_TOO_MANY_OBJECTS, false);
        fill(handle);
        expect_error(vxmGetMemoryHandle(memory, 0, type_bit(type), &handle),
                     VK_ERROR_TOO_MANY_OBJECTS, VXM_ERROR_REASON_DRIVER, type->name);
        model_clear_failures();
        expect_untouched(handle);
        for (int kind = 1; backend_fault_name(kind) != NULL; kind++) {
            fill(handle);
            contract_forget_error();
            backend_fail(kind, 1, true);
            if (vxmGetMemoryHandle(memory, 0, type_bit(type), &handle) == VK_SUCCESS) {
                vxmCloseHandle(&handle);
                (void)backend_failed();
            } else {
                cr_expect(backend_failed());
                expect_untouched(handle);
            }
        }
        require(vxmGetMemoryHandle(memory, 0, type_bit(type), &handle));
        vxmCloseHandle(&handle);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

Test(native, semaphore_s_handle_is_asked_for_once)
{
    VxmDevice device = contract_device();

    for (uint32_t i = 0; i < backend_semaphore_type_count; i++) {
        const struct backend_semaphore_type *type = &backend_semaphore_types[i];
        VkExternalSemaphoreHandleTypeFlagBits bit =
            (VkExternalSemaphoreHandleTypeFlagBits)type->type;
        VxmSemaphoreCreateInfo info = {.semaphoreType = type->noBinary ? VK_SEMAPHORE_TYPE_TIMELINE
                                                                       : VK_SEMAPHORE_TYPE_BINARY,
                                       .handleTypes = type->type};
        VxmSemaphore semaphore = NULL;
        VxmHandle first = {0};
        VxmHandle second = {0};
        uint32_t calls;
        size_t open;

        if (!type->singleExport) {
            continue;
        }
        contract_note("%s", type->name);
        open = backend_handle_count();
        require(vxmCreateSemaphore(device, &info, &semaphore));
        require(vxmGetSemaphoreHandle(semaphore, bit, &first));
        calls = model_result_calls();
        require(vxmGetSemaphoreHandle(semaphore, bit, &second));
        cr_expect_eq(model_result_calls(), calls, "the driver was asked again");
        cr_expect_neq(first.ptr, second.ptr);
        cr_expect(backend_same(&first, &second));
        vxmCloseHandle(&first);
        cr_expect(backend_is_open(&second));
        vxmCloseHandle(&second);
        vxmDestroySemaphore(semaphore);
        cr_expect_eq(backend_handle_count(), open);
    }
    vxmDestroyDevice(device);
}

/* ---- names in place of handles ---- */

static void expect_no_import(VxmDevice device, VxmShared *shared, VkResult result, const char *word)
{
    size_t open = backend_handle_count();
    uint32_t live = model_live_total();
    VxmMemory memory;
    VxmPlan plan;

    fill(memory);
    fill(plan);
    contract_forget_error();
    contract_check_failure(__FILE__, __LINE__, "vxmImportMemory",
                           vxmImportMemory(device, shared, NULL, &memory));
    contract_forget_error();
    if (word != NULL) {
        contract_check_error(__FILE__, __LINE__, "vxmImportMemory",
                             vxmImportMemory(device, shared, NULL, &memory), result,
                             VXM_ERROR_REASON_ARGUMENT, word);
        expect_failure(vxmPlanImport(device, shared, NULL, &plan));
    } else {
        cr_expect_eq(vxmImportMemory(device, shared, NULL, &memory), result);
    }
    expect_untouched(memory);
    expect_untouched(plan);
    cr_expect_eq(backend_handle_count(), open);
    cr_expect_eq(model_live_total(), live);
}

Test(native, name_of_a_type_that_has_none_is_refused)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmShared shared;
        struct source source;

        if (type->names) {
            continue;
        }
        source_open(device, type, type_resource(type), &source);
        shared = source.shared;
        shared.memories[0].name = L"frame";
        expect_no_import(device, &shared, VK_ERROR_VALIDATION_FAILED_EXT, "name");
        shared.memories[0].handle = (VxmHandle){0};
        expect_no_import(device, &shared, VK_ERROR_VALIDATION_FAILED_EXT, "name");
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

Test(native, name_is_looked_at_before_the_driver_sees_it)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmShared shared;
        struct source source;

        if (!type->names) {
            continue;
        }
        source_open(device, type, type_resource(type), &source);
        shared = source.shared;
        shared.memories[0].name = L"both";
        expect_no_import(device, &shared, VK_ERROR_VALIDATION_FAILED_EXT, "both");
        shared.memories[0].handle = (VxmHandle){0};
        shared.memories[0].name = L"";
        expect_no_import(device, &shared, VK_ERROR_VALIDATION_FAILED_EXT, "empty");
        shared.memories[0].name = NULL;
        expect_no_import(device, &shared, VK_ERROR_INVALID_EXTERNAL_HANDLE, "empty");
        /* Nobody has that one: the driver says so. It can't be asked for memory types by a name. */
        shared.memories[0].name = L"vxm-contract-nobody";
        if (!type->exact) {
            shared.memories[0].memoryTypeBits = model_config()->devices[0].dmaBufTypeBits &
                                                (~model_config()->devices[0].dmaBufTypeBits + 1u);
        }
        expect_no_import(device, &shared, VK_ERROR_INVALID_EXTERNAL_HANDLE, NULL);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

Test(native, name_of_a_semaphore_is_looked_at_first)
{
    VxmDevice device = contract_device();

    for (uint32_t i = 0; i < backend_semaphore_type_count; i++) {
        const struct backend_semaphore_type *type = &backend_semaphore_types[i];
        VkSemaphoreType semaphoreType =
            type->noBinary ? VK_SEMAPHORE_TYPE_TIMELINE : VK_SEMAPHORE_TYPE_BINARY;
        VxmImportFlags flags = type->temporaryOnly ? VXM_IMPORT_TEMPORARY_BIT : 0;
        VxmSharedSemaphore shared = {
            .handleType = type->type, .semaphoreType = semaphoreType, .name = L""};
        const ModelDeviceConfig *model = &model_config()->devices[0];
        uint32_t live = model_live_total();
        VxmSemaphore semaphore;

        contract_note("%s", type->name);
        memcpy(shared.deviceUUID, model->deviceUUID, VK_UUID_SIZE);
        memcpy(shared.driverUUID, model->driverUUID, VK_UUID_SIZE);
        fill(semaphore);
        expect_error(vxmImportSemaphore(device, &shared, flags, 0, &semaphore),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "name");
        shared.name = L"vxm-contract-nobody";
        if (type->names) {
            expect_error(vxmImportSemaphore(device, &shared, flags, 0, &semaphore),
                         VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_DRIVER, NULL);
        } else {
            expect_error(vxmImportSemaphore(device, &shared, flags, 0, &semaphore),
                         VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "name");
        }
        expect_untouched(semaphore);
        cr_expect_eq(model_live_total(), live);
    }
    vxmDestroyDevice(device);
}

/* ---- facts: what the object tells by itself ---- */

Test(native, image_that_differs_from_the_object_is_refused)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        if (!type->facts || !type->imageOnly) {
            continue;
        }
        for (int i = 0; i < 4; i++) {
            VxmShared shared;
            struct source source;
            struct watch watch;
            VxmMemory import;
            uint32_t live;

            source_open(device, type, VXM_RESOURCE_TYPE_IMAGE, &source);
            watch_begin(&source.shared.memories[0].handle, type, &watch);
            shared = source.shared;
            shared.image.extent.width += i == 0 ? 1u : 0u;
            shared.image.extent.height -= i == 1 ? 1u : 0u;
            shared.image.mipLevels += i == 2 ? 1u : 0u;
            shared.image.arrayLayers += i == 3 ? 1u : 0u;
            contract_note("%s, difference %d", type->name, i);
            live = model_live_total();
            fill(import);
            if (i < 2 || (!type->atCreation && !type->nativeFirst)) {
                expect_error(vxmImportMemory(device, &shared, NULL, &import),
                             VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, NULL);
            } else {
                /* Of these there is only one mip, or one layer, in any. */
                expect_failure(vxmImportMemory(device, &shared, NULL, &import));
            }
            expect_untouched(import);
            cr_expect_eq(model_live_total(), live);
            expect_borrowed(&watch, &source.shared.memories[0].handle);
            source_close(&source);
        }
    }
    vxmDestroyDevice(device);
}

/* Even if the description doesn't tell. */
Test(native, object_of_another_device_is_refused)
{
    VxmDevice devices[2] = {contract_device_at(0), contract_device_at(1)};

    FOR_EACH_TYPE(type)
    {
        VxmMemory import = NULL;
        struct source source;
        struct watch watch;

        if (!type->facts || !type->sameDevice) {
            continue;
        }
        source_open(devices[0], type, type_resource(type), &source);
        watch_begin(&source.shared.memories[0].handle, type, &watch);
        memset(source.shared.deviceUUID, 0, VK_UUID_SIZE);
        memset(source.shared.driverUUID, 0, VK_UUID_SIZE);
        require(vxmImportMemory(devices[0], &source.shared, NULL, &import));
        vxmDestroyMemory(import);
        fill(import);
        expect_error(vxmImportMemory(devices[1], &source.shared, NULL, &import),
                     VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, "device");
        expect_untouched(import);
        expect_borrowed(&watch, &source.shared.memories[0].handle);
        source_close(&source);
    }
    vxmDestroyDevice(devices[0]);
    vxmDestroyDevice(devices[1]);
}

/* ---- into another process, by the system itself ---- */

Test(native, handle_is_duplicated_into_a_process)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmHandle duplicate;
        struct source source;
        size_t open;

        source_open(device, type, type_resource(type), &source);
        open = backend_handle_count();
        fill(duplicate);
        if (type->value) {
            /* It is valid there as it is. */
            require(vxmDuplicateHandleTo(&source.shared.memories[0].handle, backend_process(),
                                         &duplicate));
            cr_expect_eq(duplicate.ptr, source.shared.memories[0].handle.ptr);
        } else if (!type->closable) {
            expect_error(vxmDuplicateHandleTo(&source.shared.memories[0].handle, backend_process(),
                                              &duplicate),
                         VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, type->name);
            expect_untouched(duplicate);
        } else {
            require(vxmDuplicateHandleTo(&source.shared.memories[0].handle, backend_process(),
                                         &duplicate));
            cr_expect_eq(backend_handle_count(), open + 1);
            cr_expect(backend_same(&duplicate, &source.shared.memories[0].handle));
            vxmCloseHandle(&duplicate);
            fill(duplicate);
            expect_failure(vxmDuplicateHandleTo(&source.shared.memories[0].handle, UINT32_MAX - 3u,
                                                &duplicate));
            expect_untouched(duplicate);
        }
        cr_expect_eq(backend_handle_count(), open);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

Test(native, system_without_that_says_so)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmHandle duplicate;
        struct source source;

        source_open(device, type, type_resource(type), &source);
        fill(duplicate);
        expect_error(
            vxmDuplicateHandleTo(&source.shared.memories[0].handle, backend_process(), &duplicate),
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, type->name);
        expect_untouched(duplicate);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

/* ---- keyed mutexes, and the layout that goes with them ---- */

Test(native, keyed_mutex_is_a_texture_s)
{
    VxmDevice device = contract_device();
    bool any = false;

    for (uint32_t i = 0; i < backend_type_count; i++) {
        any = any || backend_types[i].keyedMutex;
    }
    FOR_EACH_TYPE(type)
    {
        VxmKeyedMutexUse use = {.acquire = VK_TRUE, .release = VK_TRUE, .timeout = SECOND};
        VxmKeyedMutexes mutexes;
        VxmMemory import = NULL;
        const void *chain;
        struct source source;

        if (!type_can(type, VXM_RESOURCE_TYPE_IMAGE)) {
            continue;
        }
        source_open(device, type, VXM_RESOURCE_TYPE_IMAGE, &source);
        require(vxmImportMemory(device, &source.shared, NULL, &import));
        use.memory = import;
        fill(mutexes);
        fill(chain);
        if (type->keyedMutex) {
            require(vxmChainKeyedMutexes(device, 1, &use, NULL, &mutexes, &chain));
            cr_expect_not_null(chain);
        } else {
            expect_error(vxmChainKeyedMutexes(device, 1, &use, NULL, &mutexes, &chain),
                         any ? VK_ERROR_VALIDATION_FAILED_EXT : VK_ERROR_FEATURE_NOT_PRESENT,
                         any ? VXM_ERROR_REASON_ARGUMENT : VXM_ERROR_REASON_UNSUPPORTED,
                         "semaphore");
            expect_untouched(mutexes);
            expect_untouched(chain);
        }
        vxmDestroyMemory(import);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}
