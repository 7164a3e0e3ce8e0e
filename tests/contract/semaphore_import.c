/*
 * Semaphores that come from elsewhere: what is checked, and whose the handle is afterwards.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/semaphores.h"

TestSuite(semaphore_import, .init = contract_begin, .fini = contract_end);

/* An exported semaphore, and a look at whether its handle stays what it was. */
struct source {
    VxmSemaphore semaphore;
    VxmSharedSemaphore shared;
    VxmHandle kept;
};

static struct source source_open(VxmDevice device, VkSemaphoreType semaphoreType)
{
    struct source source = {
        .semaphore = semaphore_open(device, semaphoreType, SEMAPHORE_REFERENCE),
    };

    require(vxmExportSemaphore(source.semaphore, SEMAPHORE_REFERENCE, &source.shared));
    source.kept = backend_keep(&source.shared.handle);
    return source;
}

static void expect_still_borrowed(const struct source *source)
{
    cr_expect(backend_is_open(&source->shared.handle), "the caller's handle was closed");
    cr_expect(backend_same(&source->shared.handle, &source->kept),
              "the caller's handle stands for something else");
}

static void source_close(struct source *source)
{
    backend_close(&source->kept);
    vxmCloseSharedSemaphore(&source->shared);
    vxmDestroySemaphore(source->semaphore);
}

Test(semaphore_import, timeline_is_one_on_both_sides)
{
    VxmDevice device = contract_device();
    struct source source = source_open(device, VK_SEMAPHORE_TYPE_TIMELINE);
    VxmSemaphore imports[2] = {NULL, NULL};
    uint64_t value = 0;

    for (int i = 0; i < 2; i++) {
        require(vxmImportSemaphore(device, &source.shared, 0, 0, &imports[i]));
        expect_still_borrowed(&source);
    }
    require(vxmSignalSemaphore(source.semaphore, 4));
    require(vxmWaitSemaphore(imports[0], 4, 0));
    require(vxmSignalSemaphore(imports[1], 9));
    require(vxmGetSemaphoreValue(source.semaphore, &value));
    cr_expect_eq(value, 9);
    vxmDestroySemaphore(imports[0]);
    vxmDestroySemaphore(imports[1]);
    source_close(&source);
    vxmDestroyDevice(device);
}

Test(semaphore_import, handle_can_be_given_away)
{
    VxmDevice device = contract_device();
    struct source source = source_open(device, semaphore_plain());
    size_t before = backend_handle_count();
    VxmSemaphore import = NULL;

    require(vxmImportSemaphore(device, &source.shared, VXM_IMPORT_TAKE_HANDLES_BIT, 0, &import));
    cr_expect_eq(source.shared.handle.type, 0);
    vxmDestroySemaphore(import);
    cr_expect_eq(backend_handle_count(), before - 1);
    source_close(&source);
    vxmDestroyDevice(device);
}

/* Binary permanent and temporary, and into a semaphore that exists. */
Test(semaphore_import, payload_replaces_that_of_a_semaphore)
{
    VxmDevice device = contract_device();
    struct source source = source_open(device, VK_SEMAPHORE_TYPE_BINARY);
    VxmSemaphore other = semaphore_open(device, VK_SEMAPHORE_TYPE_BINARY, SEMAPHORE_REFERENCE);

    require(vxmImportSemaphorePayload(other, &source.shared, VXM_IMPORT_TEMPORARY_BIT));
    expect_still_borrowed(&source);
    model_gpu_signal(vxmGetVkSemaphore(source.semaphore), 0);
    cr_expect(model_semaphore_signalled(vxmGetVkSemaphore(other)));
    require(vxmImportSemaphorePayload(other, &source.shared, 0));
    cr_expect(model_semaphore_signalled(vxmGetVkSemaphore(other)));
    expect_still_borrowed(&source);
    require(vxmImportSemaphorePayload(other, &source.shared, VXM_IMPORT_TAKE_HANDLES_BIT));
    cr_expect_eq(source.shared.handle.type, 0);
    vxmDestroySemaphore(other);
    source_close(&source);
    vxmDestroyDevice(device);
}

Test(semaphore_import, copy_of_a_signal_is_temporary)
{
    VxmDevice device = contract_device();
    VxmSemaphore source = semaphore_open(device, VK_SEMAPHORE_TYPE_BINARY, SEMAPHORE_COPY);

    for (int minusOne = 0; minusOne < 2; minusOne++) {
        VxmSemaphore import;
        VxmSharedSemaphore shared;

        model_config()->habits.syncFdMinusOne = minusOne != 0;
        model_gpu_signal(vxmGetVkSemaphore(source), 0);
        require(vxmExportSemaphore(source, SEMAPHORE_COPY, &shared));
        /* It may come from another device and driver, known or not. */
        memset(shared.deviceUUID, minusOne ? 0x77 : 0, VK_UUID_SIZE);
        memset(shared.driverUUID, minusOne ? 0x77 : 0, VK_UUID_SIZE);
        fill(import);
        expect_error(vxmImportSemaphore(device, &shared, 0, 0, &import),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                     "VXM_IMPORT_TEMPORARY_BIT");
        expect_untouched(import);
        require(vxmImportSemaphore(device, &shared, VXM_IMPORT_TEMPORARY_BIT, 0, &import));
        cr_expect(model_semaphore_signalled(vxmGetVkSemaphore(import)));
        require(vxmImportSemaphorePayload(import, &shared,
                                          VXM_IMPORT_TEMPORARY_BIT | VXM_IMPORT_TAKE_HANDLES_BIT));
        cr_expect_eq(shared.handle.type, 0);
        vxmDestroySemaphore(import);
    }
    vxmDestroySemaphore(source);
    vxmDestroyDevice(device);
}

Test(semaphore_import, can_be_exported_again_if_asked)
{
    VxmDevice device = contract_device();
    struct source source = source_open(device, semaphore_counting());
    VxmSemaphore import = NULL;
    VxmSemaphore third = NULL;
    VxmSharedSemaphore again;
    ModelExternal *row = semaphore_row(semaphore_counting(), SEMAPHORE_REFERENCE);

    require(vxmImportSemaphore(device, &source.shared, 0, SEMAPHORE_REFERENCE, &import));
    require(vxmExportSemaphore(import, SEMAPHORE_REFERENCE, &again));
    require(vxmImportSemaphore(device, &again, VXM_IMPORT_TAKE_HANDLES_BIT, 0, &third));
    if (semaphore_can(VK_SEMAPHORE_TYPE_TIMELINE)) {
        require(vxmSignalSemaphore(source.semaphore, 2));
        require(vxmWaitSemaphore(third, 2, 0));
    }
    fill(again);
    expect_error(vxmExportSemaphore(third, SEMAPHORE_REFERENCE, &again),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "reexportHandleTypes");
    expect_untouched(again);
    vxmDestroySemaphore(third);
    vxmDestroySemaphore(import);

    /* Of what is imported at creation, the library has a handle itself. */
    if (semaphore_reference()->importCommand != NULL) {
        row->exportFromImported = 0;
        fill(import);
        expect_error(vxmImportSemaphore(device, &source.shared, 0, SEMAPHORE_REFERENCE, &import),
                     VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                     "exportFromImportedHandleTypes");
        expect_untouched(import);
    }
    expect_still_borrowed(&source);
    source_close(&source);
    vxmDestroyDevice(device);
}

/* A payload that came by import can only be exported as the driver says (01133). */
Test(semaphore_import, imported_payload_limits_the_export)
{
    VxmDevice device = contract_device();
    struct source source = source_open(device, VK_SEMAPHORE_TYPE_BINARY);
    VxmSemaphore other = semaphore_open(device, VK_SEMAPHORE_TYPE_BINARY, SEMAPHORE_REFERENCE);
    VxmHandle handle = {0};

    require(vxmGetSemaphoreHandle(other, SEMAPHORE_REFERENCE, &handle));
    vxmCloseHandle(&handle);
    model_external(model_config()->devices[0].binarySemaphores, SEMAPHORE_REFERENCE)
        ->exportFromImported = 0;
    require(vxmImportSemaphorePayload(other, &source.shared, 0));
    if (semaphore_reference()->singleExport) {
        /* The driver has given the one that it gives: from then on the library keeps them. */
        require(vxmGetSemaphoreHandle(other, SEMAPHORE_REFERENCE, &handle));
        cr_expect(backend_same(&handle, &source.shared.handle));
        vxmCloseHandle(&handle);
    } else {
        fill(handle);
        expect_error(vxmGetSemaphoreHandle(other, SEMAPHORE_REFERENCE, &handle),
                     VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "01133");
        expect_untouched(handle);
    }
    vxmDestroySemaphore(other);
    source_close(&source);
    vxmDestroyDevice(device);
}

/* ---- refused before the driver sees it ---- */

static void expect_refused(VxmDevice device, VxmSharedSemaphore *shared, VxmImportFlags flags,
                           VkResult result, VxmErrorReason reason, const char *part)
{
    size_t creations = model_call_count("vkCreateSemaphore");
    VxmSemaphore semaphore;

    fill(semaphore);
    expect_error(vxmImportSemaphore(device, shared, flags, 0, &semaphore), result, reason, part);
    expect_untouched(semaphore);
    cr_expect_eq(model_call_count("vkCreateSemaphore"), creations, "%s", part);
    cr_expect_eq(semaphore_import_calls(), 0, "%s", part);
}

Test(semaphore_import, description_is_checked_first)
{
    VxmDevice device = contract_device();
    struct source source = source_open(device, semaphore_counting());
    VxmSharedSemaphore wrong = source.shared;

    if (!semaphore_reference()->anyDevice) {
        wrong.deviceUUID[0] ^= 1;
        expect_refused(device, &wrong, 0, VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH,
                       "deviceUUID");
        wrong = source.shared;
        wrong.driverUUID[15] ^= 1;
        expect_refused(device, &wrong, 0, VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH,
                       "driverUUID");
        wrong = source.shared;
        memset(wrong.driverUUID, 0, VK_UUID_SIZE);
        expect_refused(device, &wrong, 0, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                       "driverUUID");
    }
    wrong = source.shared;
    wrong.semaphoreType = (VkSemaphoreType)3;
    expect_refused(device, &wrong, 0, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                   "semaphoreType");
    wrong = source.shared;
    wrong.handleType = 0;
    expect_refused(device, &wrong, 0, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                   "one bit");
    wrong = source.shared;
    wrong.handleType = SEMAPHORE_OTHER_SYSTEM;
    expect_refused(device, &wrong, 0, VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                   SEMAPHORE_OTHER_SYSTEM_NAME);
    if (semaphore_can(VK_SEMAPHORE_TYPE_TIMELINE)) {
        expect_refused(device, &source.shared, VXM_IMPORT_TEMPORARY_BIT,
                       VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "03323");
    }
    expect_refused(device, &source.shared, 0x80, VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "flags");
    wrong = source.shared;
    wrong.handle = (VxmHandle){0};
    expect_refused(device, &wrong, 0, VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT,
                   "empty");
    wrong = source.shared;
    wrong.handle.kind = VXM_HANDLE_KIND_MEMORY;
    expect_refused(device, &wrong, 0, VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT,
                   "kind");
    wrong = source.shared;
    wrong.handle.type <<= 1;
    expect_refused(device, &wrong, 0, VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT,
                   "handleType");
    expect_refused(NULL, &source.shared, 0, VK_ERROR_VALIDATION_FAILED_EXT,
                   VXM_ERROR_REASON_ARGUMENT, "device");
    expect_refused(device, NULL, 0, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                   "shared");
    expect_error(vxmImportSemaphore(device, &source.shared, 0, 0, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "semaphore");
    expect_still_borrowed(&source);
    source_close(&source);
    vxmDestroyDevice(device);
}

/* Also by a driver that closes what it was given when it refuses it. */
Test(semaphore_import, wrong_handles_are_refused)
{
    VxmDevice device = contract_device();
    struct source source = source_open(device, semaphore_plain());
    VxmSharedSemaphore wrong = source.shared;
    const char *what = NULL;
    uint32_t i;

    for (int closes = 0; closes < 2; closes++) {
        model_config()->habits.closeFdOnFailedImport = closes != 0;
        for (i = 0; backend_make_wrong(i, VXM_HANDLE_KIND_SEMAPHORE, SEMAPHORE_REFERENCE,
                                       &wrong.handle, &what);
             i++) {
            bool open = backend_is_open(&wrong.handle);
            size_t before = backend_handle_count();
            VxmSemaphore semaphore;

            contract_note("%s", what);
            fill(semaphore);
            contract_forget_error();
            cr_expect_eq(
                vxmImportSemaphore(device, &wrong, VXM_IMPORT_TAKE_HANDLES_BIT, 0, &semaphore),
                VK_ERROR_INVALID_EXTERNAL_HANDLE, "%s", what);
            expect_untouched(semaphore);
            cr_expect_eq(wrong.handle.type, SEMAPHORE_REFERENCE, "%s was taken", what);
            cr_expect_eq(backend_is_open(&wrong.handle), open, "%s was closed", what);
            cr_expect_eq(backend_handle_count(), before, "%s", what);
            cr_expect_eq(model_live_objects(MODEL_SEMAPHORE), 1, "%s", what);
            backend_free_wrong(&wrong.handle);
        }
        cr_expect_gt(i, 0);
    }
    source_close(&source);
    vxmDestroyDevice(device);
}

Test(semaphore_import, type_must_be_that_of_the_semaphore)
{
    VxmDevice device = contract_device();
    struct source source = source_open(device, VK_SEMAPHORE_TYPE_BINARY);
    VxmSemaphore timeline = semaphore_open(device, VK_SEMAPHORE_TYPE_TIMELINE, SEMAPHORE_REFERENCE);

    expect_error(vxmImportSemaphorePayload(timeline, &source.shared, 0),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "semaphoreType");
    expect_error(vxmImportSemaphorePayload(NULL, &source.shared, 0), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "semaphore");
    expect_error(vxmImportSemaphorePayload(timeline, NULL, 0), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "shared");
    cr_expect_eq(semaphore_import_calls(), 0);
    vxmDestroySemaphore(timeline);
    source_close(&source);
    vxmDestroyDevice(device);
}

Test(semaphore_import, driver_that_can_t_import_is_believed)
{
    VxmDevice device = contract_device();
    struct source source = source_open(device, semaphore_plain());

    semaphore_row(semaphore_plain(), SEMAPHORE_REFERENCE)->features =
        VK_EXTERNAL_SEMAPHORE_FEATURE_EXPORTABLE_BIT;
    expect_refused(device, &source.shared, 0, VK_ERROR_FEATURE_NOT_PRESENT,
                   VXM_ERROR_REASON_UNSUPPORTED, "fence");
    source_close(&source);
    vxmDestroyDevice(device);
}

Test(semaphore_import, another_device_is_refused)
{
    VxmDevice device = contract_device();
    VxmDevice other = contract_device_at(1);
    struct source source = source_open(device, semaphore_plain());

    expect_refused(other, &source.shared, 0, VK_ERROR_INCOMPATIBLE_DRIVER,
                   VXM_ERROR_REASON_MISMATCH, "deviceUUID");
    source_close(&source);
    vxmDestroyDevice(other);
    vxmDestroyDevice(device);
}

/* ---- failures inside ---- */

/* The caller's handle survives a failure at any inner call, also with a driver that closes what it
 * was given when an import fails. */
Test(semaphore_import, every_failing_call_leaves_the_handle)
{
    VxmDevice device = contract_device();
    struct source source = source_open(device, semaphore_counting());

    for (int closes = 0; closes < 2; closes++) {
        model_config()->habits.closeFdOnFailedImport = closes != 0;
        for (uint32_t n = 1;; n++) {
            size_t before = backend_handle_count();
            VxmSemaphore import;
            VkResult result;

            fill(import);
            contract_forget_error();
            model_clear_failures();
            model_fail(NULL, n, VK_ERROR_OUT_OF_HOST_MEMORY, false);
            result =
                vxmImportSemaphore(device, &source.shared, VXM_IMPORT_TAKE_HANDLES_BIT, 0, &import);
            if (model_failures() == 0) {
                model_clear_failures();
                require(result);
                vxmDestroySemaphore(import);
                cr_expect_eq(n, semaphore_reference()->importCommand != NULL ? 3 : 2,
                             "creation and import were to fail, and only they");
                break;
            }
            contract_check_error(__FILE__, __LINE__, "vxmImportSemaphore", result,
                                 VK_ERROR_OUT_OF_HOST_MEMORY, VXM_ERROR_REASON_DRIVER, NULL);
            expect_untouched(import);
            cr_expect_eq(source.shared.handle.type, SEMAPHORE_REFERENCE);
            expect_still_borrowed(&source);
            cr_expect_eq(backend_handle_count(), before);
            cr_expect_eq(model_live_objects(MODEL_SEMAPHORE), 1);
        }
        require(vxmExportSemaphore(source.semaphore, SEMAPHORE_REFERENCE, &source.shared));
        backend_close(&source.kept);
        source.kept = backend_keep(&source.shared.handle);
    }
    source_close(&source);
    vxmDestroyDevice(device);
}

Test(semaphore_import, every_failing_system_call_leaves_the_handle)
{
    VxmDevice device = contract_device();
    struct source source = source_open(device, semaphore_plain());
    unsigned kinds = 0;

    for (int kind = 0; backend_fault_name(kind) != NULL; kind++) {
        for (unsigned n = 1;; n++) {
            size_t before = backend_handle_count();
            VxmSemaphore import;
            VkResult result;

            contract_note("%s %u", backend_fault_name(kind), n);
            fill(import);
            contract_forget_error();
            backend_fail(kind, n, false);
            result = vxmImportSemaphore(device, &source.shared, 0, 0, &import);
            if (!backend_failed()) {
                require(result);
                vxmDestroySemaphore(import);
                kinds += n > 1 ? 1u : 0u;
                break;
            }
            contract_check_failure(__FILE__, __LINE__, "vxmImportSemaphore", result);
            expect_untouched(import);
            expect_still_borrowed(&source);
            cr_expect_eq(backend_handle_count(), before);
            cr_expect_eq(model_live_objects(MODEL_SEMAPHORE), 1);
        }
    }
    contract_note(NULL);
    /* The heap, and what looks at a handle or duplicates it where that can fail. */
    cr_expect_geq(kinds, semaphore_reference()->counted ? 1 : 2);
    source_close(&source);
    vxmDestroyDevice(device);
}
