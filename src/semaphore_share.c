/*
 * Semaphores between places: from the object to a handle, and from a handle to an object.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "internal.h"

/* ---- export ---- */

static VkResult get_handle(const char *caller, VxmSemaphore semaphore, uint32_t handleType,
                           VxmHandle *handle)
{
    VxmDevice device = semaphore->device;
    const struct vxm_handle_type *type = NULL;
    char names[128];
    VkResult result = vxm__require_type(caller, VXM_HANDLE_KIND_SEMAPHORE, handleType, &type);
    if (result != VK_SUCCESS) {
        return result;
    }
    if ((semaphore->exportHandleTypes & handleType) == 0) {
        vxm__type_names(VXM_HANDLE_KIND_SEMAPHORE, semaphore->exportHandleTypes, names,
                        sizeof names);
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: the semaphore was made to be exported as %s, not as %s "
                         "(VUID 01132, 01126). Add the type to "
                         "handleTypes at creation, or to reexportHandleTypes at import.",
                         caller, semaphore->exportHandleTypes != 0 ? names : "nothing", type->name);
    }
    if ((semaphore->payloadHandleTypes & handleType) == 0) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: the semaphore has an imported payload, which this driver can't "
                         "export again as %s (VUID 01133, 01127, 01128). Pass on a duplicate of "
                         "the handle that was imported instead.",
                         caller, type->name);
    }
    const VxmHandle *kept = vxm__find_kept(&semaphore->kept, handleType);
    if (kept) {
        return vxm__duplicate(kept, handle);
    }
    VxmHandle got = {0};
    result = vxm__backend_get_semaphore_handle(device, semaphore->semaphore, handleType, &got);
    if (result != VK_SUCCESS) {
        return vxm__fail(
            result, VXM_ERROR_REASON_DRIVER, result,
            "%s: the driver was asked for the semaphore's handle of type %s and answered %s%s.",
            caller, type->name, vxmResultName(result),
            (type->flags & VXM_TYPE_PAYLOAD_COPY) != 0
                ? "; such a copy needs a signal that is done or submitted (03254)"
                : "");
    }
    return vxm__give_export(type, &got, &semaphore->kept, handle);
}

VkResult vxmGetSemaphoreHandle(VxmSemaphore semaphore,
                               VkExternalSemaphoreHandleTypeFlagBits handleType, VxmHandle *handle)
{
    if (!semaphore || !handle) {
        return vxm__fail_argument("vxmGetSemaphoreHandle: %s must not be NULL.",
                                  semaphore ? "handle" : "semaphore");
    }
    return get_handle("vxmGetSemaphoreHandle", semaphore, (uint32_t)handleType, handle);
}

VkResult vxmExportSemaphore(VxmSemaphore semaphore,
                            VkExternalSemaphoreHandleTypeFlagBits handleType,
                            VxmSharedSemaphore *shared)
{
    VxmSharedSemaphore made = {0};
    if (!semaphore || !shared) {
        return vxm__fail_argument("vxmExportSemaphore: %s must not be NULL.",
                                  semaphore ? "shared" : "semaphore");
    }
    VkResult result =
        get_handle("vxmExportSemaphore", semaphore, (uint32_t)handleType, &made.handle);
    if (result != VK_SUCCESS) {
        return result;
    }
    made.handleType = (uint32_t)handleType;
    made.semaphoreType = semaphore->semaphoreType;
    memcpy(made.deviceUUID, semaphore->device->identity.deviceUUID, sizeof made.deviceUUID);
    memcpy(made.driverUUID, semaphore->device->identity.driverUUID, sizeof made.driverUUID);
    made.deviceLUIDValid = semaphore->device->identity.deviceLUIDValid;
    if (made.deviceLUIDValid) {
        memcpy(made.deviceLUID, semaphore->device->identity.deviceLUID, sizeof made.deviceLUID);
    }
    *shared = made;
    return VK_SUCCESS;
}

void vxmCloseSharedSemaphore(VxmSharedSemaphore *shared)
{
    if (shared) {
        vxmCloseHandle(&shared->handle);
    }
}

/* ---- import ---- */

static VkResult check_flags(const char *caller, VkSemaphoreType semaphoreType,
                            const struct vxm_handle_type *type, VxmImportFlags flags)
{
    bool temporary = (flags & VXM_IMPORT_TEMPORARY_BIT) != 0;
    uint32_t unknown = flags & ~(uint32_t)(VXM_IMPORT_TAKE_HANDLES_BIT | VXM_IMPORT_TEMPORARY_BIT);
    if (unknown != 0) {
        return vxm__fail_argument("%s: flags has 0x%x, which no VxmImportFlagBits is.", caller,
                                  unknown);
    }
    if (temporary && semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE) {
        return vxm__fail_argument("%s: a timeline can't be imported temporarily "
                                  "(VUID-VkImportSemaphoreFdInfoKHR-flags-03323). Leave out "
                                  "VXM_IMPORT_TEMPORARY_BIT.",
                                  caller);
    }
    if (!temporary && (type->flags & VXM_TYPE_PAYLOAD_COPY) != 0) {
        return vxm__fail_argument("%s: %s is a copy of one signal, and is imported "
                                  "temporarily only "
                                  "(VUID-VkImportSemaphoreFdInfoKHR-handleType-07307). Set "
                                  "VXM_IMPORT_TEMPORARY_BIT.",
                                  caller, type->name);
    }
    return VK_SUCCESS;
}

/* In place of a handle. */
static VkResult check_name(const char *caller, const VxmSharedSemaphore *shared,
                           const struct vxm_handle_type *type)
{
    if ((type->flags & VXM_TYPE_NAMES) == 0) {
        return vxm__fail_argument("%s: shared->name is given, but a %s has no name. Give the "
                                  "handle.",
                                  caller, type->name);
    }
    if (shared->name[0] == L'\0') {
        return vxm__fail_argument("%s: shared->name is empty.", caller);
    }
    if (shared->handle.type != 0) {
        return vxm__fail_argument("%s: shared has both a handle and a name "
                                  "(VUID-VkImportSemaphoreWin32HandleInfoKHR-handle-01469). Give "
                                  "one of them.",
                                  caller);
    }
    return VK_SUCCESS;
}

static VkResult check_native(const char *caller, VxmDevice device, const VxmSharedSemaphore *shared,
                             const struct vxm_handle_type *type)
{
    if (shared->name) {
        return check_name(caller, shared, type);
    }
    if (shared->handle.type == 0) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "%s: shared->handle is empty. Put the %s handle that travelled beside the "
                         "description there.",
                         caller, type->name);
    }
    if (shared->handle.kind != VXM_HANDLE_KIND_SEMAPHORE || shared->handle.type != type->type) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "%s: shared->handle is of kind %d and type %s, but handleType says %s "
                         "semaphore.",
                         caller, (int)shared->handle.kind,
                         vxmHandleTypeName(shared->handle.kind, shared->handle.type), type->name);
    }
    VkResult result = vxm__check_handle(&shared->handle);
    return result == VK_SUCCESS && (type->flags & VXM_TYPE_NATIVE_FACTS) != 0
               ? vxm__os_check_facts(&shared->handle, device->nativeDevice, NULL)
               : result;
}

/* All that can be told before the driver sees the handle. */
static VkResult check_import(const char *caller, VxmDevice device, const VxmSharedSemaphore *shared,
                             VxmImportFlags flags, const struct vxm_handle_type **type,
                             VkExternalSemaphoreProperties *properties)
{
    VkResult result =
        vxm__require_type(caller, VXM_HANDLE_KIND_SEMAPHORE, shared->handleType, type);
    if (result == VK_SUCCESS) {
        result = vxm__require_semaphore(caller, device, shared->semaphoreType, *type,
                                        VK_EXTERNAL_SEMAPHORE_FEATURE_IMPORTABLE_BIT, properties);
    }
    if (result == VK_SUCCESS) {
        result = check_flags(caller, shared->semaphoreType, *type, flags);
    }
    if (result == VK_SUCCESS) {
        const struct vxm_origin origin = {
            .deviceUUID = shared->deviceUUID,
            .driverUUID = shared->driverUUID,
            .deviceLUID = shared->deviceLUIDValid ? shared->deviceLUID : NULL,
        };
        result = vxm__check_origin(caller, device, *type, &origin);
    }
    return result == VK_SUCCESS ? check_native(caller, device, shared, *type) : result;
}

/* Hands the driver what it may take: a private duplicate where a success consumes the handle. */
static VkResult import_payload(const char *caller, VxmDevice device, VkSemaphore semaphore,
                               VxmSharedSemaphore *shared, const struct vxm_handle_type *type,
                               VxmImportFlags flags)
{
    const VkSemaphoreImportFlags importFlags = (flags & VXM_IMPORT_TEMPORARY_BIT) != 0
                                                   ? VK_SEMAPHORE_IMPORT_TEMPORARY_BIT
                                                   : (VkSemaphoreImportFlags)0;
    bool consumes = (type->flags & VXM_TYPE_IMPORT_CONSUMES) != 0;
    VxmHandle given = {.kind = VXM_HANDLE_KIND_SEMAPHORE, .type = type->type};
    VkResult result = VK_SUCCESS;
    if (consumes) {
        result = vxm__duplicate(&shared->handle, &given);
    } else if (!shared->name) {
        given = shared->handle;
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    result = vxm__backend_import_semaphore(device, semaphore, &given, shared->name, importFlags);
    if (result != VK_SUCCESS) {
        if (consumes) {
            vxm__close_unless_taken(&shared->handle, &given);
        }
        return vxm__fail(
            result, VXM_ERROR_REASON_DRIVER, result,
            "%s: the driver was given a handle of type %s for a semaphore and answered %s. "
            "See whether it was exported from a semaphore of this type and driver.",
            caller, type->name, vxmResultName(result));
    }
    if ((flags & VXM_IMPORT_TAKE_HANDLES_BIT) != 0) {
        vxm__close(&shared->handle);
    }
    return VK_SUCCESS;
}

static uint32_t kept_types(VxmSemaphore semaphore)
{
    uint32_t types = 0;
    for (uint32_t i = 0; i < semaphore->kept.count; ++i) {
        types |= semaphore->kept.handles[i].type;
    }
    return types;
}

/* A temporary payload goes with the next wait, which the library does not see: what may be exported
 * until then is the app's to know. Only a handle that the driver gives once must not be asked for
 * now, since later exports would be duplicates of the temporary payload's. */
static void note_temporary(VxmSemaphore semaphore)
{
    semaphore->payloadHandleTypes &=
        ~vxm__types_with(VXM_HANDLE_KIND_SEMAPHORE, UINT32_MAX, VXM_TYPE_SINGLE_EXPORT) |
        kept_types(semaphore);
}

/* Of a payload that is declared when the semaphore is created, and kept for exports. */
static VkResult create_imported(VxmDevice device, VxmSharedSemaphore *shared, VxmImportFlags flags,
                                VkExternalSemaphoreHandleTypeFlags reexportHandleTypes,
                                VxmSemaphore *semaphore)
{
    const VxmSemaphoreCreateInfo create = {
        .semaphoreType = shared->semaphoreType,
        .initialValue = vxm__os_semaphore_value(&shared->handle),
        .handleTypes = reexportHandleTypes,
    };
    VxmSemaphore made = NULL;
    VkResult result = vxm__new_semaphore(device, &create, &shared->handle, &made);
    if (result == VK_SUCCESS && reexportHandleTypes != 0) {
        result = vxm__keep_duplicate(&made->kept, &shared->handle);
    }
    if (result != VK_SUCCESS) {
        vxmDestroySemaphore(made);
        return result;
    }
    if ((flags & VXM_IMPORT_TAKE_HANDLES_BIT) != 0) {
        vxm__close(&shared->handle);
    }
    *semaphore = made;
    return VK_SUCCESS;
}

VkResult vxmImportSemaphore(VxmDevice device, VxmSharedSemaphore *shared, VxmImportFlags flags,
                            VkExternalSemaphoreHandleTypeFlags reexportHandleTypes,
                            VxmSemaphore *semaphore)
{
    static const char caller[] = "vxmImportSemaphore";
    const struct vxm_handle_type *type = NULL;
    VkExternalSemaphoreProperties properties;
    VxmSemaphore made = NULL;
    if (!device || !shared || !semaphore) {
        return vxm__fail_argument("%s: %s must not be NULL.", caller,
                                  !device   ? "device"
                                  : !shared ? "shared"
                                            : "semaphore");
    }
    VkResult result = check_import(caller, device, shared, flags, &type, &properties);
    if (result == VK_SUCCESS) {
        result =
            vxm__check_semaphore_export(caller, device, shared->semaphoreType, reexportHandleTypes);
    }
    if (result == VK_SUCCESS &&
        (reexportHandleTypes & ~properties.exportFromImportedHandleTypes) != 0) {
        char names[128];
        vxm__type_names(VXM_HANDLE_KIND_SEMAPHORE,
                        reexportHandleTypes & ~properties.exportFromImportedHandleTypes, names,
                        sizeof names);
        result = vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                           "%s: this driver answers that what is imported as %s can't be exported "
                           "again as %s (exportFromImportedHandleTypes). Pass on a duplicate of "
                           "the handle instead.",
                           caller, type->name, names);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    if ((type->flags & VXM_TYPE_AT_CREATION) != 0) {
        return create_imported(device, shared, flags, reexportHandleTypes, semaphore);
    }
    const VxmSemaphoreCreateInfo create = {.semaphoreType = shared->semaphoreType,
                                           .handleTypes = reexportHandleTypes};
    result = vxm__new_semaphore(device, &create, NULL, &made);
    if (result != VK_SUCCESS) {
        return result;
    }
    result = import_payload(caller, device, made->semaphore, shared, type, flags);
    if (result != VK_SUCCESS) {
        vxmDestroySemaphore(made);
        return result;
    }
    if ((flags & VXM_IMPORT_TEMPORARY_BIT) != 0) {
        note_temporary(made);
    }
    *semaphore = made;
    return VK_SUCCESS;
}

VkResult vxmImportSemaphorePayload(VxmSemaphore semaphore, VxmSharedSemaphore *shared,
                                   VxmImportFlags flags)
{
    static const char caller[] = "vxmImportSemaphorePayload";
    const struct vxm_handle_type *type = NULL;
    VkExternalSemaphoreProperties properties;
    if (!semaphore || !shared) {
        return vxm__fail_argument("%s: %s must not be NULL.", caller,
                                  semaphore ? "shared" : "semaphore");
    }
    if (shared->semaphoreType != semaphore->semaphoreType) {
        return vxm__fail_argument("%s: shared->semaphoreType is %d, but the semaphore was made "
                                  "with %d, and both must be equal "
                                  "(VUID-VkImportSemaphoreFdInfoKHR-handleType-03264).",
                                  caller, (int)shared->semaphoreType,
                                  (int)semaphore->semaphoreType);
    }
    VkResult result = check_import(caller, semaphore->device, shared, flags, &type, &properties);
    if (result == VK_SUCCESS && (type->flags & VXM_TYPE_AT_CREATION) != 0) {
        result = vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                           "%s: a %s is imported when a semaphore is created, not into one that "
                           "exists. Use vxmImportSemaphore().",
                           caller, type->name);
    }
    /* Its handles are of the old payload, and of a type that is given once the driver gives no
     * other: then exports of the new payload are duplicates of what it came from. */
    const uint32_t taken = kept_types(semaphore);
    const uint32_t given = taken | semaphore->spentHandleTypes;
    const bool permanent = (flags & VXM_IMPORT_TEMPORARY_BIT) == 0;
    struct vxm_kept kept = {0};
    if (result == VK_SUCCESS && permanent && (given & type->type) != 0 && !shared->name) {
        result = vxm__keep_duplicate(&kept, &shared->handle);
    }
    if (result == VK_SUCCESS) {
        result =
            import_payload(caller, semaphore->device, semaphore->semaphore, shared, type, flags);
    }
    if (result != VK_SUCCESS) {
        vxm__drop_kept(&kept);
        return result;
    }
    if (!permanent) {
        note_temporary(semaphore);
        return VK_SUCCESS;
    }
    vxm__drop_kept(&semaphore->kept);
    semaphore->kept = kept;
    semaphore->payloadHandleTypes =
        (properties.exportFromImportedHandleTypes & ~given) | kept_types(semaphore);
    semaphore->spentHandleTypes = given;
    return VK_SUCCESS;
}
