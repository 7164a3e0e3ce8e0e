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
                         "(VUID-VkSemaphoreGetFdInfoKHR-handleType-01132). Add the type to "
                         "handleTypes at creation, or to reexportHandleTypes at import.",
                         caller, semaphore->exportHandleTypes != 0 ? names : "nothing", type->name);
    }
    if ((semaphore->payloadHandleTypes & handleType) == 0) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: the semaphore has an imported payload, which this driver can't "
                         "export again as %s (VUID-VkSemaphoreGetFdInfoKHR-semaphore-01133). Pass "
                         "on a duplicate of the handle that was imported instead.",
                         caller, type->name);
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
    if ((type->flags & VXM_TYPE_CLOSABLE) != 0) {
        result = vxm__os_settle(&got);
        if (result != VK_SUCCESS) {
            vxm__close(&got);
            return result;
        }
    }
    *handle = got;
    return VK_SUCCESS;
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

static VkResult check_native(const char *caller, const VxmSharedSemaphore *shared,
                             const struct vxm_handle_type *type)
{
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
    return (type->flags & VXM_TYPE_CLOSABLE) != 0 ? vxm__os_check(&shared->handle) : VK_SUCCESS;
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
        result =
            vxm__check_same_driver(caller, device, *type, shared->deviceUUID, shared->driverUUID);
    }
    return result == VK_SUCCESS ? check_native(caller, shared, *type) : result;
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
    VxmHandle given = shared->handle;
    VkResult result = consumes ? vxm__duplicate(&shared->handle, &given) : VK_SUCCESS;
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
    if (result == VK_SUCCESS) {
        result = vxm__new_semaphore(device, shared->semaphoreType, 0, reexportHandleTypes, &made);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    result = import_payload(caller, device, made->semaphore, shared, type, flags);
    if (result != VK_SUCCESS) {
        vxmDestroySemaphore(made);
        return result;
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
    if (result == VK_SUCCESS) {
        result =
            import_payload(caller, semaphore->device, semaphore->semaphore, shared, type, flags);
    }
    /* A temporary payload goes with the next wait, which the library does not see: what may be
     * exported until then is the app's to know. */
    if (result == VK_SUCCESS && (flags & VXM_IMPORT_TEMPORARY_BIT) == 0) {
        semaphore->payloadHandleTypes = properties.exportFromImportedHandleTypes;
    }
    return result;
}
