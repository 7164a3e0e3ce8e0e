/*
 * What Fuchsia does with handles, which are Zircon's here: close, duplicate, compare, measure. What
 * a handle may be used for is told by its rights.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>

#include "fuchsia/fuchsia.h"

/* ---- errors ---------------------------------------------------------------------------------- */

struct system_answer {
    zx_status_t status;
    const char *name;
    VkResult result;
    const char *advice;
};

static const struct system_answer answers[] = {
    {ZX_ERR_INTERNAL, "ZX_ERR_INTERNAL", VK_ERROR_INITIALIZATION_FAILED, ""},
    {ZX_ERR_NOT_SUPPORTED, "ZX_ERR_NOT_SUPPORTED", VK_ERROR_INITIALIZATION_FAILED, ""},
    {ZX_ERR_NO_RESOURCES, "ZX_ERR_NO_RESOURCES", VK_ERROR_TOO_MANY_OBJECTS,
     " Close handles that are no longer needed."},
    {ZX_ERR_NO_MEMORY, "ZX_ERR_NO_MEMORY", VK_ERROR_OUT_OF_HOST_MEMORY, ""},
    {ZX_ERR_INVALID_ARGS, "ZX_ERR_INVALID_ARGS", VK_ERROR_INITIALIZATION_FAILED, ""},
    {ZX_ERR_BAD_HANDLE, "ZX_ERR_BAD_HANDLE", VK_ERROR_INVALID_EXTERNAL_HANDLE,
     " It has been closed, or was never opened in this process."},
    {ZX_ERR_WRONG_TYPE, "ZX_ERR_WRONG_TYPE", VK_ERROR_INVALID_EXTERNAL_HANDLE,
     " It is of an object of another type."},
    {ZX_ERR_OUT_OF_RANGE, "ZX_ERR_OUT_OF_RANGE", VK_ERROR_INITIALIZATION_FAILED, ""},
    {ZX_ERR_BAD_STATE, "ZX_ERR_BAD_STATE", VK_ERROR_INITIALIZATION_FAILED, ""},
    {ZX_ERR_CANCELED, "ZX_ERR_CANCELED", VK_ERROR_INVALID_EXTERNAL_HANDLE,
     " It was closed during the call."},
    {ZX_ERR_PEER_CLOSED, "ZX_ERR_PEER_CLOSED", VXM_ERROR_PEER_LOST, " Close the channel."},
    {ZX_ERR_ACCESS_DENIED, "ZX_ERR_ACCESS_DENIED", VK_ERROR_INVALID_EXTERNAL_HANDLE,
     " It lacks a right that this takes."},
};

VkResult vxm__fuchsia_fail(zx_status_t status, const char *format, ...)
{
    struct system_answer answer = {status, "a zx_status_t that this version does not know",
                                   VK_ERROR_INITIALIZATION_FAILED, ""};
    VxmErrorReason reason = VXM_ERROR_REASON_SYSTEM;
    char sentence[512];
    va_list arguments;
    int length;

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (answers[i].status == status) {
            answer = answers[i];
        }
    }
    if (answer.result == VXM_ERROR_PEER_LOST) {
        reason = VXM_ERROR_REASON_PEER;
    }
    va_start(arguments, format);
    length = vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    if (length < 0) {
        sentence[0] = '\0';
    }
    return vxm__fail(answer.result, reason, status, "%s: %s.%s", sentence, answer.name,
                     answer.advice);
}

/* ---- handles --------------------------------------------------------------------------------- */

bool vxm__fuchsia_look(zx_handle_t zircon, zx_info_handle_basic_t *info)
{
    const zx_info_handle_basic_t none = {0};

    *info = none;
    return zx_object_get_info(zircon, ZX_INFO_HANDLE_BASIC, info, sizeof(*info), NULL, NULL) ==
           ZX_OK;
}

static void name_rights(zx_rights_t rights, char *text, size_t size)
{
    static const struct {
        zx_rights_t right;
        const char *name;
    } names[] = {
        {ZX_RIGHT_DUPLICATE, "ZX_RIGHT_DUPLICATE"},
        {ZX_RIGHT_TRANSFER, "ZX_RIGHT_TRANSFER"},
        {ZX_RIGHT_READ, "ZX_RIGHT_READ"},
        {ZX_RIGHT_WRITE, "ZX_RIGHT_WRITE"},
        {ZX_RIGHT_MAP, "ZX_RIGHT_MAP"},
        {ZX_RIGHT_SIGNAL, "ZX_RIGHT_SIGNAL"},
        {ZX_RIGHT_WAIT, "ZX_RIGHT_WAIT"},
        {ZX_RIGHT_INSPECT, "ZX_RIGHT_INSPECT"},
    };

    text[0] = '\0';
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if ((rights & names[i].right) != 0) {
            vxm__append(text, size, "%s%s", text[0] != '\0' ? ", " : "", names[i].name);
        }
    }
}

static const char *name_object(zx_obj_type_t type)
{
    static const struct {
        zx_obj_type_t type;
        const char *name;
    } names[] = {
        {ZX_OBJ_TYPE_VMO, "a VMO"},         {ZX_OBJ_TYPE_EVENT, "an event"},
        {ZX_OBJ_TYPE_CHANNEL, "a channel"}, {ZX_OBJ_TYPE_EVENTPAIR, "an event pair"},
        {ZX_OBJ_TYPE_SOCKET, "a socket"},   {ZX_OBJ_TYPE_FIFO, "a FIFO"},
        {ZX_OBJ_TYPE_STREAM, "a stream"},   {ZX_OBJ_TYPE_PORT, "a port"},
        {ZX_OBJ_TYPE_TIMER, "a timer"},     {ZX_OBJ_TYPE_VMAR, "an address region"},
        {ZX_OBJ_TYPE_PROCESS, "a process"}, {ZX_OBJ_TYPE_THREAD, "a thread"},
        {ZX_OBJ_TYPE_JOB, "a job"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].type == type) {
            return names[i].name;
        }
    }
    return "another object";
}

static VkResult fail_handle(zx_status_t status, const char *asked, const VxmHandle *handle)
{
    return vxm__fuchsia_fail(status, "%s the %s handle 0x%x failed", asked,
                             vxmHandleTypeName(handle->kind, handle->type),
                             (unsigned int)handle->zircon);
}

bool vxm__os_is_value(const VxmHandle *handle, uint64_t *value)
{
    (void)handle;
    *value = 0;
    return false;
}

bool vxm__os_value(VxmHandleKind kind, uint32_t type, uint64_t value, VxmHandle *handle)
{
    (void)value;
    *handle = (VxmHandle){.kind = kind, .type = type, .zircon = ZX_HANDLE_INVALID};
    return false;
}

void vxm__os_close(const VxmHandle *handle)
{
    (void)zx_handle_close(handle->zircon);
}

VkResult vxm__os_duplicate(const VxmHandle *handle, VxmHandle *duplicate)
{
    zx_handle_t zircon = ZX_HANDLE_INVALID;
    zx_status_t status = zx_handle_duplicate(handle->zircon, ZX_RIGHT_SAME_RIGHTS, &zircon);

    if (status == ZX_ERR_ACCESS_DENIED) {
        return vxm__fail(
            VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, status,
            "Duplicating the %s handle 0x%x failed: ZX_ERR_ACCESS_DENIED. It has no "
            "ZX_RIGHT_DUPLICATE, and rights can't be added: %s.",
            vxmHandleTypeName(handle->kind, handle->type), (unsigned int)handle->zircon,
            handle->kind == VXM_HANDLE_KIND_CHANNEL ? "the end of a channel has one owner"
                                                    : "let whoever gave it give one that has it");
    }
    if (status != ZX_OK) {
        return fail_handle(status, "Duplicating", handle);
    }
    *duplicate = (VxmHandle){.kind = handle->kind, .type = handle->type, .zircon = zircon};
    return VK_SUCCESS;
}

VkResult vxm__os_duplicate_to(const VxmHandle *handle, uint64_t process, VxmHandle *duplicate)
{
    (void)process;
    (void)duplicate;
    return vxm__fail(
        VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
        "This system has no call that puts handles of type %s into another process. Send it "
        "through a channel, or with zx_channel_write() or FIDL.",
        vxmHandleTypeName(handle->kind, handle->type));
}

VkResult vxm__fuchsia_check(const VxmHandle *handle, zx_obj_type_t type, zx_rights_t rights,
                            const char *why)
{
    const char *name = vxmHandleTypeName(handle->kind, handle->type);
    zx_info_handle_basic_t info;
    char missing[192];
    char present[192];

    if (handle->zircon == ZX_HANDLE_INVALID) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "The %s handle is ZX_HANDLE_INVALID (0). Give %s.", name,
                         name_object(type));
    }
    if (!vxm__fuchsia_look(handle->zircon, &info)) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE,
                         handle->kind == VXM_HANDLE_KIND_CHANNEL ? VXM_ERROR_REASON_ARGUMENT
                                                                 : VXM_ERROR_REASON_SYSTEM,
                         ZX_ERR_BAD_HANDLE,
                         "The %s handle 0x%x is not open (ZX_ERR_BAD_HANDLE). It has been closed, "
                         "or was never opened in this process.",
                         name, (unsigned int)handle->zircon);
    }
    if (info.type != type) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "Handle 0x%x is %s (object type %u), and so can't be a handle of type %s, "
                         "which is %s.",
                         (unsigned int)handle->zircon, name_object(info.type),
                         (unsigned int)info.type, name, name_object(type));
    }
    if ((info.rights & rights) != rights) {
        name_rights(rights & ~info.rights, missing, sizeof(missing));
        name_rights(info.rights, present, sizeof(present));
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT,
                         ZX_ERR_ACCESS_DENIED,
                         "The %s handle 0x%x lacks %s, %s; it has %s. Rights can't be added: let "
                         "whoever gave it give one that has them.",
                         name, (unsigned int)handle->zircon, missing, why,
                         present[0] != '\0' ? present : "none of the kind");
    }
    return VK_SUCCESS;
}

VkResult vxm__os_check(const VxmHandle *handle)
{
    if (handle->kind == VXM_HANDLE_KIND_CHANNEL) {
        return vxm__os_check_channel(handle);
    }
    if (handle->kind == VXM_HANDLE_KIND_SEMAPHORE) {
        return vxm__fuchsia_check(
            handle, ZX_OBJ_TYPE_EVENT, ZX_RIGHTS_BASIC | ZX_RIGHT_SIGNAL,
            "which an import takes (VUID-VkImportSemaphoreZirconHandleInfoFUCHSIA-zirconHandle-"
            "04767)");
    }
    return vxm__fuchsia_check(
        handle, ZX_OBJ_TYPE_VMO,
        ZX_RIGHT_DUPLICATE | ZX_RIGHT_TRANSFER | ZX_RIGHTS_IO | ZX_RIGHT_MAP,
        "which it takes to be passed to a driver that has the GPU read and write it");
}

/* The number of an object, its koid, is never given to another one. */
bool vxm__os_same_object(const VxmHandle *a, const VxmHandle *b)
{
    zx_info_handle_basic_t infoA;
    zx_info_handle_basic_t infoB;

    return vxm__fuchsia_look(a->zircon, &infoA) && vxm__fuchsia_look(b->zircon, &infoB) &&
           infoA.koid == infoB.koid;
}

bool vxm__os_same_payload(const VxmHandle *a, const VxmHandle *b)
{
    return vxm__os_same_object(a, b);
}

bool vxm__os_same_number(const VxmHandle *a, const VxmHandle *b)
{
    return a->zircon == b->zircon;
}

uint64_t vxm__os_payload_size(const VxmHandle *handle)
{
    uint64_t size = 0;

    return zx_vmo_get_size(handle->zircon, &size) == ZX_OK ? size : 0;
}

uint64_t vxm__os_semaphore_value(const VxmHandle *handle)
{
    (void)handle;
    return 0;
}

VkResult vxm__os_check_facts(const VxmHandle *handle, const void *nativeDevice,
                             const VxmImageDescription *image)
{
    (void)handle;
    (void)nativeDevice;
    (void)image;
    return VK_SUCCESS;
}

VkResult vxm__os_make_payload(uint32_t type, const void *nativeDevice,
                              const VxmImageDescription *image, VxmHandle *handle)
{
    (void)type;
    (void)nativeDevice;
    (void)image;
    (void)handle;
    return VK_ERROR_FEATURE_NOT_PRESENT;
}

VkResult vxm__os_convert(const VxmHandle *handle, const void *nativeDevice, uint32_t type,
                         VxmHandle *converted)
{
    (void)handle;
    (void)nativeDevice;
    (void)type;
    (void)converted;
    return VK_ERROR_FEATURE_NOT_PRESENT;
}

VkResult vxm__os_settle(VxmHandle *handle)
{
    /* It is the caller's as it comes: no process inherits handles here. */
    (void)handle;
    return VK_SUCCESS;
}

/* ---- one-time initialisation, time ----------------------------------------------------------- */

void vxm__os_once(void (*function)(void))
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, function);
}

uint64_t vxm__os_deadline(uint64_t timeout)
{
    uint64_t now;

    if (timeout == 0 || timeout == UINT64_MAX) {
        return timeout;
    }
    now = (uint64_t)zx_clock_get_monotonic();
    return timeout > UINT64_MAX - now ? UINT64_MAX : now + timeout;
}
