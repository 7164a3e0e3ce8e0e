/*
 * Import borrows: the caller's handle is open and the same after success and after failure, unless
 * it was handed over; also on drivers with bad habits.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"

TestSuite(ownership, .init = contract_begin, .fini = contract_end);

/* Each command that an import of a buffer or an image goes through, failed in turn. */
static const char *const import_commands[][2] = {
    {"vkCreateBuffer", "vkCreateImage"},
    {"vkAllocateMemory", "vkAllocateMemory"},
    {"vkBindBufferMemory2", "vkBindImageMemory2"},
};
#define IMPORT_COMMAND_COUNT (sizeof(import_commands) / sizeof(import_commands[0]))

static void failed_import_leaves_the_handle(VxmDevice device, const struct backend_type *type,
                                            const char *command, VxmImportFlags flags)
{
    VxmImportInfo info = {.flags = flags};
    VxmMemory import = NULL;
    struct source source;
    struct watch watch;
    uint32_t live;
    size_t open;

    source_open(device, type, type_resource(type), &source);
    watch_begin(&source.shared.memories[0].handle, type, &watch);
    open = backend_handle_count();
    live = model_live_total();

    fill(import);
    model_fail(command, 1, VK_ERROR_OUT_OF_DEVICE_MEMORY, false);
    expect_error(vxmImportMemory(device, &source.shared, &info, &import),
                 VK_ERROR_OUT_OF_DEVICE_MEMORY, VXM_ERROR_REASON_DRIVER, command);
    cr_expect_eq(model_failures(), 1, "%s was not called", command);
    model_clear_failures();
    expect_untouched(import);
    cr_expect_eq(backend_handle_count(), open, "after %s failed", command);
    cr_expect_eq(model_live_total(), live, "after %s failed", command);

    /* The handle is as good as before. */
    info.flags = 0;
    require(vxmImportMemory(device, &source.shared, &info, &import));
    vxmDestroyMemory(import);
    expect_borrowed(&watch, &source.shared.memories[0].handle);
    source_close(&source);
}

static void every_command_fails(VxmDevice device)
{
    FOR_EACH_TYPE(type)
    {
        for (size_t i = 0; i < IMPORT_COMMAND_COUNT; i++) {
            const char *command = import_commands[i][type->imageOnly ? 1 : 0];

            failed_import_leaves_the_handle(device, type, command, 0);
            failed_import_leaves_the_handle(device, type, command, VXM_IMPORT_TAKE_HANDLES_BIT);
        }
    }
}

Test(ownership, failed_import_borrows)
{
    VxmDevice device = contract_device();

    every_command_fails(device);
    vxmDestroyDevice(device);
}

/* lavapipe up to 25.0 closes the fd that it refuses. */
Test(ownership, failed_import_borrows_from_a_driver_that_closes)
{
    ModelConfig config = model_default_config();
    VxmDevice device;

    config.habits.closeFdOnFailedImport = true;
    device = contract_device_with(&config);
    every_command_fails(device);
    vxmDestroyDevice(device);
}

/* The number of the handle that the driver closed may belong to somebody else by the time that the
 * library looks: closing it would hit an unrelated file. */
Test(ownership, unrelated_handle_with_the_same_number_stays_open)
{
    ModelConfig config = model_default_config();
    VxmDeviceCreateInfo deviceInfo = {.getInstanceProcAddr = interposed_vkGetInstanceProcAddr};
    VxmDevice device = NULL;

    config.habits.closeFdOnFailedImport = true;
    model_reset(&config);
    require(vxmCreateDevice(&deviceInfo, &device));
    FOR_EACH_TYPE(type)
    {
        VxmHandle unrelated = {0};
        VxmMemory import = NULL;
        struct source source;
        struct watch watch;

        if (!type->consumed) {
            continue;
        }
        source_open(device, type, type_resource(type), &source);
        watch_begin(&source.shared.memories[0].handle, type, &watch);
        interpose_begin();
        model_fail("vkAllocateMemory", 1, VK_ERROR_OUT_OF_DEVICE_MEMORY, false);
        expect_failure(vxmImportMemory(device, &source.shared, NULL, &import));
        model_clear_failures();
        cr_assert(interpose_unrelated(&unrelated), "the driver did not close the handle");
        cr_expect(backend_is_open(&unrelated), "an unrelated handle was closed");
        cr_expect_not(backend_same(&unrelated, &source.shared.memories[0].handle));
        if (backend_is_open(&unrelated)) {
            backend_close(&unrelated);
        }
        expect_borrowed(&watch, &source.shared.memories[0].handle);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

/* The driver refuses the handle itself. */
Test(ownership, refused_handle_is_borrowed)
{
    for (int closes = 0; closes < 2; closes++) {
        ModelConfig config = model_default_config();
        VxmDevice device;

        config.habits.closeFdOnFailedImport = closes != 0;
        device = contract_device_with(&config);
        FOR_EACH_TYPE(type)
        {
            VxmMemory import;
            struct source source;
            struct watch watch;

            source_open(device, type, type_resource(type), &source);
            watch_begin(&source.shared.memories[0].handle, type, &watch);
            fill(import);
            model_fail("vkAllocateMemory", 1, VK_ERROR_INVALID_EXTERNAL_HANDLE, false);
            expect_error(vxmImportMemory(device, &source.shared, NULL, &import),
                         VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_DRIVER,
                         "vkAllocateMemory");
            model_clear_failures();
            expect_untouched(import);
            expect_borrowed(&watch, &source.shared.memories[0].handle);
            source_close(&source);
        }
        vxmDestroyDevice(device);
        expect_idle();
    }
}

Test(ownership, handed_over_handle_is_closed_on_success)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmImportInfo info = {.flags = VXM_IMPORT_TAKE_HANDLES_BIT};
        VxmMemory import = NULL;
        VxmMemory second = NULL;
        struct source source;
        VxmHandle before;
        size_t open;

        source_open(device, type, type_resource(type), &source);
        before = source.shared.memories[0].handle;
        open = backend_handle_count();
        require(vxmImportMemory(device, &source.shared, &info, &import));
        cr_expect_eq(source.shared.memories[0].handle.type, 0, "the handle is not empty");
        if (type->closable && !type->counted) {
            cr_expect_not(backend_is_open(&before));
        }
        expect_error(vxmImportMemory(device, &source.shared, NULL, &second),
                     VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "empty");
        vxmDestroyMemory(import);
        /* One closed, and whatever the driver held is gone. */
        cr_expect(backend_handle_count() == open - (type->closable ? 1 : 0) ||
                  (type->nativeFirst && backend_handle_count() < open));
        if (!type->closable) {
            if (type->pointer) {
                /* A host allocation is not freed by anybody but its owner. */
                ((unsigned char *)before.ptr)[0] = 1;
            }
            source.shared.memories[0].handle = before;
        }
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

Test(ownership, destroyed_import_leaves_the_handle)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmMemory import = NULL;
        struct source source;
        struct watch watch;

        source_open(device, type, type_resource(type), &source);
        watch_begin(&source.shared.memories[0].handle, type, &watch);
        for (int i = 0; i < 3; i++) {
            require(vxmImportMemory(device, &source.shared, NULL, &import));
            vxmDestroyMemory(import);
        }
        expect_borrowed(&watch, &source.shared.memories[0].handle);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

/* ---- payloads from outside ---- */

Test(ownership, foreign_payload_is_borrowed)
{
    static const VxmResourceType resourceTypes[] = {
        VXM_RESOURCE_TYPE_MEMORY, VXM_RESOURCE_TYPE_BUFFER, VXM_RESOURCE_TYPE_IMAGE};
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        for (int i = 0; i < 3; i++) {
            VxmMemory imports[2] = {NULL, NULL};
            struct source source;
            struct watch watch;

            if (!type_can(type, resourceTypes[i]) ||
                !source_open_foreign(type, resourceTypes[i], 65536, &source)) {
                continue;
            }
            watch_begin(&source.shared.memories[0].handle, type, &watch);
            require(vxmImportMemory(device, &source.shared, NULL, &imports[0]));
            require(vxmImportMemory(device, &source.shared, NULL, &imports[1]));
            expect_aliases(imports[0], imports[1]);
            vxmDestroyMemory(imports[0]);
            vxmDestroyMemory(imports[1]);
            expect_borrowed(&watch, &source.shared.memories[0].handle);
            source_close(&source);
        }
    }
    vxmDestroyDevice(device);
}

/* A camera's description knows next to nothing; the system tells the payload's size. */
Test(ownership, foreign_payload_of_unknown_size)
{
    const struct backend_type *type = type_of_told_size();
    VxmDevice device = contract_device();
    VxmMemory import = NULL;
    struct source source;
    VxmMemoryInfo info;

    cr_assert_not_null(type);
    cr_assert(source_open_foreign(type, VXM_RESOURCE_TYPE_BUFFER, 12288, &source));
    source.shared.memories[0].allocationSize = 0;
    require(vxmImportMemory(device, &source.shared, NULL, &import));
    require(vxmGetMemoryInfo(import, &info));
    cr_expect_leq(info.memories[0].allocationSize, 12288);
    cr_expect_geq(info.memories[0].allocationSize, EXCHANGE_SIZE);
    vxmDestroyMemory(import);

    /* What it can't hold is refused, and so is a size beyond its end. */
    fill(import);
    source.shared.buffer.size = 12289;
    expect_error(vxmImportMemory(device, &source.shared, NULL, &import),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, "12288");
    source.shared.buffer.size = EXCHANGE_SIZE;
    source.shared.memories[0].allocationSize = 12289;
    expect_error(vxmImportMemory(device, &source.shared, NULL, &import),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, "allocationSize");
    expect_untouched(import);
    source_close(&source);
    vxmDestroyDevice(device);
}

/* The alignment is the driver's to name: pointer and size are multiples of it. */
Test(ownership, host_allocation_is_aligned_as_the_driver_says)
{
    static const uint64_t alignments[] = {4096, 16384};
    const struct backend_type *type = type_pointer();

    cr_assert_not_null(type);
    for (size_t i = 0; i < 2; i++) {
        ModelConfig config = model_default_config();
        VxmMemory import = NULL;
        struct source source;
        VxmDevice device;

        config.devices[0].minImportedHostPointerAlignment = alignments[i];
        device = contract_device_with(&config);
        cr_assert(source_open_foreign(type, VXM_RESOURCE_TYPE_BUFFER, 65536, &source));
        fill(import);
        source.shared.memories[0].handle.ptr = (unsigned char *)source.foreign.ptr + 1;
        expect_error(vxmImportMemory(device, &source.shared, NULL, &import),
                     VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "multiple");
        source.shared.memories[0].handle.ptr =
            (unsigned char *)source.foreign.ptr + alignments[i] / 2;
        expect_error(vxmImportMemory(device, &source.shared, NULL, &import),
                     VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "multiple");
        source.shared.memories[0].handle.ptr = NULL;
        expect_error(vxmImportMemory(device, &source.shared, NULL, &import),
                     VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "NULL");
        source.shared.memories[0].handle = source.foreign;
        source.shared.memories[0].allocationSize = 65536 - alignments[i] / 2;
        expect_error(vxmImportMemory(device, &source.shared, NULL, &import),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "allocationSize");
        source.shared.memories[0].allocationSize = 0;
        expect_error(vxmImportMemory(device, &source.shared, NULL, &import),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "allocationSize");
        expect_untouched(import);
        source.shared.memories[0].allocationSize = 65536 - alignments[i];
        require(vxmImportMemory(device, &source.shared, NULL, &import));
        vxmDestroyMemory(import);
        source_close(&source);
        vxmDestroyDevice(device);
        expect_idle();
    }
}

/* ---- drivers with bad habits on the exporter's side ---- */

Test(ownership, export_is_private_on_a_driver_that_forgets_it)
{
    ModelConfig config = model_default_config();
    VxmDevice device;

    config.habits.exportWithoutCloexec = true;
    device = contract_device_with(&config);
    FOR_EACH_TYPE(type)
    {
        VxmHandle handle = {0};
        struct source source;

        if (!type->exportable || !type->closable) {
            continue;
        }
        source_open(device, type, type_resource(type), &source);
        cr_expect(backend_is_private(&source.shared.memories[0].handle));
        require(vxmGetMemoryHandle(source.memory, 0, (VkExternalMemoryHandleTypeFlagBits)type->type,
                                   &handle));
        cr_expect(backend_is_private(&handle));
        vxmCloseHandle(&handle);
        source_close(&source);
    }
    vxmDestroyDevice(device);
}

Test(ownership, success_without_a_handle_is_a_failure)
{
    VxmDevice device = contract_device();

    FOR_EACH_TYPE(type)
    {
        VxmMemory memory;
        VxmHandle handle;
        VxmShared shared;

        /* The handle of a payload that was made first is known without the driver. */
        if (!type->exportable || type->nativeFirst) {
            continue;
        }
        memory = source_make(device, type, type_resource(type));
        model_config()->habits.exportMinusOne = true;
        model_config()->habits.exportNull = true;
        fill(shared);
        fill(handle);
        expect_error(vxmExportMemory(memory, type_bit(type), &shared),
                     VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_DRIVER, type->name);
        if (!type->singleExport) {
            expect_error(vxmGetMemoryHandle(memory, 0, type_bit(type), &handle),
                         VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_DRIVER, type->name);
        }
        expect_untouched(shared);
        expect_untouched(handle);
        model_config()->habits.exportMinusOne = false;
        model_config()->habits.exportNull = false;
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

Test(ownership, handle_that_fits_no_memory_type_is_refused)
{
    const struct backend_type *type = backend_loose_type();
    VxmDevice device = contract_device();
    VxmMemory import;
    struct source source;
    struct watch watch;

    source_open(device, type, type_resource(type), &source);
    watch_begin(&source.shared.memories[0].handle, type, &watch);
    model_config()->habits.unlikelyTypeBits = true;
    fill(import);
    expect_error(vxmImportMemory(device, &source.shared, NULL, &import),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_DRIVER, "memory type");
    expect_untouched(import);
    model_config()->habits.unlikelyTypeBits = false;
    expect_borrowed(&watch, &source.shared.memories[0].handle);
    source_close(&source);
    vxmDestroyDevice(device);
}
