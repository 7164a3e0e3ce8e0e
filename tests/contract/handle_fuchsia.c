/*
 * Zircon's handles: what Fuchsia alone has to get right. Rights, object types, whole pages.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"
#include "internal.h"
#include "modelled/zircon.h"

TestSuite(handle_fuchsia, .init = contract_begin, .fini = contract_end);

#define VMO   VK_EXTERNAL_MEMORY_HANDLE_TYPE_ZIRCON_VMO_BIT_FUCHSIA
#define EVENT VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_ZIRCON_EVENT_BIT_FUCHSIA

#define INVALID VK_ERROR_INVALID_EXTERNAL_HANDLE

static VxmHandle vmo_handle(zx_handle_t zircon)
{
    return (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = VMO, .zircon = zircon};
}

static VxmHandle event_handle(zx_handle_t zircon)
{
    return (VxmHandle){.kind = VXM_HANDLE_KIND_SEMAPHORE, .type = EVENT, .zircon = zircon};
}

static zx_rights_t rights_of(const VxmHandle *handle)
{
    zx_info_handle_basic_t info;

    cr_assert_eq(
        zx_object_get_info(handle->zircon, ZX_INFO_HANDLE_BASIC, &info, sizeof(info), NULL, NULL),
        ZX_OK);
    return info.rights;
}

Test(handle_fuchsia, duplicate_keeps_object_and_rights)
{
    VxmHandle handle = vmo_handle(zircon_make(ZX_OBJ_TYPE_VMO, 8192));
    VxmHandle duplicate;

    zircon_limit_rights(handle.zircon, ~(ZX_RIGHT_SET_PROPERTY | ZX_RIGHT_SIGNAL));
    require(vxmDuplicateHandle(&handle, &duplicate));
    cr_expect_neq(duplicate.zircon, handle.zircon);
    cr_expect(vxm__os_same_object(&handle, &duplicate));
    cr_expect_eq(rights_of(&duplicate), rights_of(&handle));
    cr_expect_eq(rights_of(&duplicate) & ZX_RIGHT_SIGNAL, 0);
    vxmCloseHandle(&duplicate);
    cr_expect_eq(duplicate.type, 0);
    vxmCloseHandle(&handle);
}

Test(handle_fuchsia, duplicate_needs_the_right)
{
    VxmHandle handles[] = {
        vmo_handle(zircon_make(ZX_OBJ_TYPE_VMO, 8192)),
        event_handle(zircon_make(ZX_OBJ_TYPE_EVENT, 0)),
    };
    VxmHandle duplicate;
    VxmError error;

    fill(duplicate);
    for (size_t i = 0; i < 2; i++) {
        zircon_limit_rights(handles[i].zircon, ~ZX_RIGHT_DUPLICATE);
        expect_error(vxmDuplicateHandle(&handles[i], &duplicate), INVALID,
                     VXM_ERROR_REASON_ARGUMENT, "ZX_RIGHT_DUPLICATE");
        vxmGetLastError(&error);
        cr_expect_eq(error.code, ZX_ERR_ACCESS_DENIED);
        cr_expect_not_null(strstr(error.message, "ZX_ERR_ACCESS_DENIED"));
        vxmCloseHandle(&handles[i]);
    }
    expect_untouched(duplicate);
}

Test(handle_fuchsia, duplicate_of_what_is_not_open)
{
    VxmHandle handle = vmo_handle(zircon_make(ZX_OBJ_TYPE_VMO, 8192));
    VxmHandle stale = handle;
    VxmHandle duplicate;
    VxmError error;

    vxmCloseHandle(&handle);
    fill(duplicate);
    expect_error(vxmDuplicateHandle(&stale, &duplicate), INVALID, VXM_ERROR_REASON_SYSTEM,
                 "ZX_ERR_BAD_HANDLE");
    vxmGetLastError(&error);
    cr_expect_eq(error.code, ZX_ERR_BAD_HANDLE);
    stale.zircon = ZX_HANDLE_INVALID;
    expect_error(vxmDuplicateHandle(&stale, &duplicate), INVALID, VXM_ERROR_REASON_SYSTEM,
                 "ZX_ERR_BAD_HANDLE");
    expect_untouched(duplicate);
    /* Never a valid handle, and so none to complain of. */
    vxmCloseHandle(&stale);
}

Test(handle_fuchsia, no_more_handles)
{
    VxmHandle handle = vmo_handle(zircon_make(ZX_OBJ_TYPE_VMO, 8192));
    VxmHandle duplicate;

    fill(duplicate);
    modelled_limit(modelled_open_count());
    expect_error(vxmDuplicateHandle(&handle, &duplicate), VK_ERROR_OUT_OF_HOST_MEMORY,
                 VXM_ERROR_REASON_SYSTEM, "ZX_ERR_NO_MEMORY");
    modelled_limit(0);
    expect_untouched(duplicate);
    vxmCloseHandle(&handle);
}

Test(handle_fuchsia, nothing_goes_into_another_process)
{
    VxmHandle handle = vmo_handle(zircon_make(ZX_OBJ_TYPE_VMO, 8192));
    VxmHandle duplicate;

    fill(duplicate);
    expect_error(vxmDuplicateHandleTo(&handle, 1, &duplicate), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "zx_channel_write");
    expect_untouched(duplicate);
    vxmCloseHandle(&handle);
}

/* Each right that an import takes, missing one at a time: refused by name, nothing closed. */
static void expect_right(const VxmHandle *made, zx_rights_t right, const char *name)
{
    VxmHandle handle = *made;

    zircon_limit_rights(handle.zircon, ~right);
    expect_error(vxm__check_handle(&handle), INVALID, VXM_ERROR_REASON_ARGUMENT, name);
    vxmCloseHandle(&handle);
}

Test(handle_fuchsia, rights_are_asked_for_by_name)
{
    static const struct {
        zx_rights_t right;
        const char *name;
        bool ofMemory;
        bool ofSemaphores;
    } rights[] = {
        {ZX_RIGHT_DUPLICATE, "lacks ZX_RIGHT_DUPLICATE,", true, true},
        {ZX_RIGHT_TRANSFER, "lacks ZX_RIGHT_TRANSFER,", true, true},
        {ZX_RIGHT_READ, "lacks ZX_RIGHT_READ,", true, false},
        {ZX_RIGHT_WRITE, "lacks ZX_RIGHT_WRITE,", true, false},
        {ZX_RIGHT_MAP, "lacks ZX_RIGHT_MAP,", true, false},
        {ZX_RIGHT_WAIT, "lacks ZX_RIGHT_WAIT,", false, true},
        {ZX_RIGHT_INSPECT, "lacks ZX_RIGHT_INSPECT,", false, true},
        {ZX_RIGHT_SIGNAL, "lacks ZX_RIGHT_SIGNAL,", false, true},
    };

    for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
        VxmHandle memory = vmo_handle(zircon_make(ZX_OBJ_TYPE_VMO, 8192));
        VxmHandle semaphore = event_handle(zircon_make(ZX_OBJ_TYPE_EVENT, 0));

        if (rights[i].ofMemory) {
            expect_right(&memory, rights[i].right, rights[i].name);
        } else {
            zircon_limit_rights(memory.zircon, ~rights[i].right);
            cr_expect_eq(vxm__check_handle(&memory), VK_SUCCESS, "%s of a VMO", rights[i].name);
            vxmCloseHandle(&memory);
        }
        if (rights[i].ofSemaphores) {
            expect_right(&semaphore, rights[i].right, rights[i].name);
        } else {
            zircon_limit_rights(semaphore.zircon, ~rights[i].right);
            cr_expect_eq(vxm__check_handle(&semaphore), VK_SUCCESS, "%s of an event",
                         rights[i].name);
            vxmCloseHandle(&semaphore);
        }
    }
}

/* The same through an import: before the driver is asked, and the caller's VMO is as it was. */
Test(handle_fuchsia, vmo_without_rights_is_not_imported)
{
    VxmDevice device = contract_device();
    VxmMemory import = NULL;
    struct source source;
    VxmHandle *handle;
    size_t calls;

    source_open(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &source);
    handle = &source.shared.memories[0].handle;
    zircon_limit_rights(handle->zircon, ~(ZX_RIGHT_WRITE | ZX_RIGHT_MAP));
    calls = model_call_count("vkGetMemoryZirconHandlePropertiesFUCHSIA") +
            model_call_count("vkAllocateMemory");
    expect_error(vxmImportMemory(device, &source.shared, NULL, &import), INVALID,
                 VXM_ERROR_REASON_ARGUMENT, "ZX_RIGHT_WRITE, ZX_RIGHT_MAP");
    cr_expect_null(import);
    cr_expect_eq(model_call_count("vkGetMemoryZirconHandlePropertiesFUCHSIA") +
                     model_call_count("vkAllocateMemory"),
                 calls);
    cr_expect(modelled_is_open(handle->zircon));
    source_close(&source);
    vxmDestroyDevice(device);
}

Test(handle_fuchsia, objects_of_another_type_are_named)
{
    VxmHandle event = vmo_handle(zircon_make(ZX_OBJ_TYPE_EVENT, 0));
    VxmHandle vmo = event_handle(zircon_make(ZX_OBJ_TYPE_VMO, 4096));
    VxmHandle port = vmo_handle(zircon_make(ZX_OBJ_TYPE_PORT, 0));
    VxmHandle none = vmo_handle(ZX_HANDLE_INVALID);

    expect_error(vxm__check_handle(&event), INVALID, VXM_ERROR_REASON_ARGUMENT, "an event");
    expect_error(vxm__check_handle(&vmo), INVALID, VXM_ERROR_REASON_ARGUMENT, "a VMO");
    expect_error(vxm__check_handle(&port), INVALID, VXM_ERROR_REASON_ARGUMENT, "a port");
    expect_error(vxm__check_handle(&none), INVALID, VXM_ERROR_REASON_ARGUMENT,
                 "ZX_HANDLE_INVALID (0)");
    cr_expect_eq(vxm__os_payload_size(&event), 0);
    zircon_limit_rights(vmo.zircon, ZX_RIGHT_NONE);
    vmo.kind = VXM_HANDLE_KIND_MEMORY;
    vmo.type = VMO;
    expect_error(vxm__check_handle(&vmo), INVALID, VXM_ERROR_REASON_ARGUMENT, "none of the kind");
    vxmCloseHandle(&event);
    vxmCloseHandle(&vmo);
    vxmCloseHandle(&port);
}

Test(handle_fuchsia, same_object_is_told_by_its_number)
{
    VxmHandle a = vmo_handle(zircon_make(ZX_OBJ_TYPE_VMO, 4096));
    VxmHandle b = vmo_handle(zircon_make(ZX_OBJ_TYPE_VMO, 4096));
    VxmHandle stale = b;

    cr_expect(vxm__os_same_object(&a, &a));
    cr_expect_not(vxm__os_same_object(&a, &b));
    vxmCloseHandle(&b);
    cr_expect_not(vxm__os_same_object(&a, &stale));
    cr_expect_not(vxm__os_same_object(&stale, &stale));
    vxmCloseHandle(&a);
}

/* A VMO has whole pages (07903 goes by zx_vmo_get_size()); a description must not say more. */
Test(handle_fuchsia, size_is_the_vmo_s)
{
    VxmDevice device = contract_device();
    VxmMemory import = NULL;
    VxmMemoryInfo info;
    struct source source;
    uint64_t whole;

    source_open(device, backend_opaque_type(), VXM_RESOURCE_TYPE_MEMORY, &source);
    whole = vxm__os_payload_size(&source.shared.memories[0].handle);
    cr_expect_eq(whole % 4096, 0);
    cr_expect_geq(whole, source.shared.memories[0].allocationSize);
    source.shared.memories[0].allocationSize = whole + 1;
    expect_error(vxmImportMemory(device, &source.shared, NULL, &import), INVALID,
                 VXM_ERROR_REASON_MISMATCH, "payload has only");
    cr_expect_null(import);
    source.shared.memories[0].allocationSize = whole;
    require(vxmImportMemory(device, &source.shared, NULL, &import));
    vxmDestroyMemory(import);
    /* Unknown: the VMO tells it. */
    source.shared.memories[0].allocationSize = 0;
    require(vxmImportMemory(device, &source.shared, NULL, &import));
    require(vxmGetMemoryInfo(import, &info));
    cr_expect_eq(info.memories[0].allocationSize, whole);
    vxmDestroyMemory(import);
    source_close(&source);
    vxmDestroyDevice(device);
}
