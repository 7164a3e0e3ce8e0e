/*
 * The modelled system's handles: close, duplicate, compare, judge.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "modelled/os.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

static struct modelled_objects objects;

void modelled_set_objects(const struct modelled_objects *given)
{
    objects = given != NULL ? *given : (struct modelled_objects){0};
}

/* ---- errors ---------------------------------------------------------------------------------- */

VkResult modelled_fail_call(VkResult result, int error, const char *format, ...)
{
    const char *words = error == MODELLED_ERROR_MANY ? "The process has as many handles as it may."
                        : error == MODELLED_ERROR_NOT_OPEN
                            ? "It has been closed, or was never opened in "
                              "this process."
                            : "A system call was made to fail.";
    char sentence[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    return vxm__fail(result, VXM_ERROR_REASON_SYSTEM, error, "%s: error %d. %s", sentence, error,
                     words);
}

static VkResult fail_handle(int error, const char *asked, const VxmHandle *handle)
{
    return modelled_fail_call(error == MODELLED_ERROR_NOT_OPEN ? VK_ERROR_INVALID_EXTERNAL_HANDLE
                              : error == MODELLED_ERROR_MANY   ? VK_ERROR_TOO_MANY_OBJECTS
                                                               : VK_ERROR_INITIALIZATION_FAILED,
                              error, "%s the %s handle 0x%llx failed", asked,
                              vxmHandleTypeName(handle->kind, handle->type),
                              (unsigned long long)modelled_native(handle));
}

/* ---- handles --------------------------------------------------------------------------------- */

modelled_value modelled_native(const VxmHandle *handle)
{
    return (modelled_value)handle->ptr;
}

void *modelled_pointer(modelled_value value)
{
    return (void *)value; /* NOLINT */
}

static bool has_flag(const VxmHandle *handle, uint32_t flag)
{
    const struct vxm_handle_type *type = vxm__find_type(handle->kind, handle->type);

    return type != NULL && (type->flags & flag) != 0;
}

static bool counts_references(void)
{
    return modelled_get_style() == MODELLED_REFERENCES;
}

/* NULL and INVALID_HANDLE_VALUE. */
static bool is_nothing(modelled_value value)
{
    return value == 0 || value == UINTPTR_MAX;
}

/* An object that is gone can't be told from one that lives by its address: who touches it ends
 * somewhere in the weeds. */
static void touch(modelled_value value)
{
    if (counts_references() && !modelled_is_open(value)) {
        fprintf(stderr, "modelled system: an object was used that is gone (0x%llx)\n",
                (unsigned long long)value);
        fflush(stderr);
        abort();
    }
}

void vxm__os_close(const VxmHandle *handle)
{
    if (!is_nothing(modelled_native(handle))) {
        modelled_close(modelled_native(handle));
    }
}

VkResult vxm__os_duplicate(const VxmHandle *handle, VxmHandle *duplicate)
{
    const modelled_value value = modelled_native(handle);
    modelled_value made = 0;

    if (is_nothing(value)) {
        return fail_handle(MODELLED_ERROR_NOT_OPEN, "Duplicating", handle);
    }
    touch(value);
    /* To retain an object never fails; a channel is none. */
    if ((!counts_references() || handle->kind == VXM_HANDLE_KIND_CHANNEL) && modelled_fault()) {
        return fail_handle(MODELLED_ERROR_CALL, "Duplicating", handle);
    }
    if (!modelled_duplicate(value, &made)) {
        return fail_handle(modelled_is_open(value) ? MODELLED_ERROR_MANY : MODELLED_ERROR_NOT_OPEN,
                           "Duplicating", handle);
    }
    *duplicate =
        (VxmHandle){.kind = handle->kind, .type = handle->type, .ptr = modelled_pointer(made)};
    return VK_SUCCESS;
}

VkResult vxm__os_duplicate_to(const VxmHandle *handle, uint64_t process, VxmHandle *duplicate)
{
    if (counts_references()) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "This system has no call that puts handles of type %s into another "
                         "process.",
                         vxmHandleTypeName(handle->kind, handle->type));
    }
    /* There is this process only. */
    if (modelled_fault() || process != (uint64_t)getpid()) {
        return modelled_fail_call(VK_ERROR_INITIALIZATION_FAILED, MODELLED_ERROR_NO_PROCESS,
                                  "Opening the process %llu failed", (unsigned long long)process);
    }
    return vxm__os_duplicate(handle, duplicate);
}

static bool can_be(const struct modelled_facts *facts, const VxmHandle *handle)
{
    const uint32_t types =
        handle->kind == VXM_HANDLE_KIND_MEMORY ? facts->memoryTypes : facts->semaphoreTypes;

    return (types & handle->type) != 0;
}

VkResult vxm__os_check(const VxmHandle *handle)
{
    const modelled_value value = modelled_native(handle);
    struct modelled_facts facts = {.what = "an object of another class"};

    if (is_nothing(value)) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "A handle of type %s is %s, and so stands for nothing. Give the handle "
                         "that the exporter made.",
                         vxmHandleTypeName(handle->kind, handle->type),
                         value == 0 ? "NULL" : "INVALID_HANDLE_VALUE");
    }
    if (handle->kind == VXM_HANDLE_KIND_CHANNEL) {
        return vxm__os_check_channel(handle);
    }
    if (has_flag(handle, VXM_TYPE_VALUE)) {
        return VK_SUCCESS;
    }
    touch(value);
    if (!counts_references() && modelled_fault()) {
        return fail_handle(MODELLED_ERROR_CALL, "Looking at", handle);
    }
    if (!modelled_is_open(value)) {
        return fail_handle(MODELLED_ERROR_NOT_OPEN, "Looking at", handle);
    }
    /* What stands behind an NT handle, the driver alone can say. An object tells its class. */
    if (!counts_references() || objects.read == NULL) {
        return VK_SUCCESS;
    }
    if (!objects.read(value, &facts) || !can_be(&facts, handle)) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "The object at 0x%llx is %s, and so can't be a handle of type %s. Give "
                         "the object that the exporter made.",
                         (unsigned long long)value, facts.what,
                         vxmHandleTypeName(handle->kind, handle->type));
    }
    return VK_SUCCESS;
}

bool vxm__os_same_object(const VxmHandle *a, const VxmHandle *b)
{
    return modelled_same(modelled_native(a), modelled_native(b));
}

bool vxm__os_same_payload(const VxmHandle *a, const VxmHandle *b)
{
    return vxm__os_same_object(a, b);
}

bool vxm__os_same_number(const VxmHandle *a, const VxmHandle *b)
{
    return modelled_native(a) == modelled_native(b);
}

uint64_t vxm__os_payload_size(const VxmHandle *handle)
{
    uint64_t size = 0;

    modelled_info(modelled_native(handle), NULL, &size, NULL);
    return size;
}

static bool read_facts(const VxmHandle *handle, struct modelled_facts *facts)
{
    *facts = (struct modelled_facts){0};
    return objects.read != NULL && objects.read(modelled_native(handle), facts);
}

uint64_t vxm__os_semaphore_value(const VxmHandle *handle)
{
    struct modelled_facts facts;

    return read_facts(handle, &facts) ? facts.value : 0;
}

static VkResult check_extent(const struct modelled_facts *facts, const VxmImageDescription *image)
{
    const VxmImageDescription *own = facts->image;

    if (own == NULL ||
        (own->extent.width == image->extent.width && own->extent.height == image->extent.height &&
         own->extent.depth == image->extent.depth && own->mipLevels == image->mipLevels &&
         own->arrayLayers == image->arrayLayers && own->samples == image->samples)) {
        return VK_SUCCESS;
    }
    return vxm__fail(
        VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, 0,
        "The texture has %ux%ux%u texels, %u mips, %u layers and %d samples, but the image is "
        "described with %ux%ux%u, %u, %u and %d, which must be the same "
        "(VUID-VkMemoryAllocateInfo-pNext-10396).",
        own->extent.width, own->extent.height, own->extent.depth, own->mipLevels, own->arrayLayers,
        (int)own->samples, image->extent.width, image->extent.height, image->extent.depth,
        image->mipLevels, image->arrayLayers, (int)image->samples);
}

static VkResult check_format(const struct modelled_facts *facts, const VxmImageDescription *image)
{
    const VxmImageDescription *own = facts->image;

    if (own == NULL || own->format == VK_FORMAT_UNDEFINED || own->format == image->format) {
        return VK_SUCCESS;
    }
    return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, 0,
                     "The texture has the pixel format of VkFormat %d, but the image is described "
                     "with %d.",
                     (int)own->format, (int)image->format);
}

VkResult vxm__os_check_facts(const VxmHandle *handle, const void *nativeDevice,
                             const VxmImageDescription *image)
{
    struct modelled_facts facts;
    VkResult result;

    if (!read_facts(handle, &facts)) {
        return VK_SUCCESS;
    }
    if (nativeDevice != NULL && facts.nativeDevice != NULL && facts.nativeDevice != nativeDevice) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, 0,
                         "The %s was made on another Metal device than this VkDevice is: %p and "
                         "%p. Make it on the same one.",
                         vxmHandleTypeName(handle->kind, handle->type), facts.nativeDevice,
                         nativeDevice);
    }
    if (image == NULL) {
        return VK_SUCCESS;
    }
    result = check_extent(&facts, image);
    return result == VK_SUCCESS ? check_format(&facts, image) : result;
}

VkResult vxm__os_make_payload(uint32_t type, const void *nativeDevice,
                              const VxmImageDescription *image, VxmHandle *handle)
{
    const struct vxm_handle_type *found = vxm__find_type(VXM_HANDLE_KIND_MEMORY, type);
    modelled_value made;

    if (nativeDevice == NULL || found == NULL || objects.makeImage == NULL) {
        return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "An image of type %s is made by the system's own device, which is not "
                         "known of this VkDevice.",
                         vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, type));
    }
    made = modelled_fault() ? 0 : objects.makeImage(type, nativeDevice, image);
    if (made == 0) {
        return modelled_fail_call(VK_ERROR_OUT_OF_DEVICE_MEMORY, MODELLED_ERROR_CALL,
                                  "Making a native image of %ux%u texels failed",
                                  image->extent.width, image->extent.height);
    }
    *handle = (VxmHandle){
        .kind = VXM_HANDLE_KIND_MEMORY, .type = found->importAs, .ptr = modelled_pointer(made)};
    return VK_SUCCESS;
}

VkResult vxm__os_convert(const VxmHandle *handle, const void *nativeDevice, uint32_t type,
                         VxmHandle *converted)
{
    modelled_value made = 0;

    touch(modelled_native(handle));
    if (objects.convert != NULL && !modelled_fault()) {
        made = objects.convert(modelled_native(handle), nativeDevice, type);
    }
    if (made == 0) {
        return modelled_fail_call(VK_ERROR_INVALID_EXTERNAL_HANDLE, MODELLED_ERROR_CALL,
                                  "Making a %s of the %s at 0x%llx failed",
                                  vxmHandleTypeName(handle->kind, type),
                                  vxmHandleTypeName(handle->kind, handle->type),
                                  (unsigned long long)modelled_native(handle));
    }
    *converted = (VxmHandle){.kind = handle->kind, .type = type, .ptr = modelled_pointer(made)};
    return VK_SUCCESS;
}

VkResult vxm__os_settle(VxmHandle *handle)
{
    modelled_value same;

    /* A handle is the caller's already, an object still the driver's. */
    if (counts_references()) {
        touch(modelled_native(handle));
        (void)modelled_duplicate(modelled_native(handle), &same);
    }
    return VK_SUCCESS;
}

bool vxm__os_is_value(const VxmHandle *handle, uint64_t *value)
{
    *value = (uint64_t)modelled_native(handle);
    return has_flag(handle, VXM_TYPE_VALUE);
}

bool vxm__os_value(VxmHandleKind kind, uint32_t type, uint64_t value, VxmHandle *handle)
{
    *handle =
        (VxmHandle){.kind = kind, .type = type, .ptr = modelled_pointer((modelled_value)value)};
    return has_flag(handle, VXM_TYPE_VALUE) && value != 0 && value < UINT32_MAX;
}

/* ---- one-time initialisation, time ----------------------------------------------------------- */

void vxm__os_once(void (*function)(void))
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, function);
}

uint64_t vxm__os_deadline(uint64_t timeout)
{
    struct timespec now;
    uint64_t nanoseconds;

    if (timeout == 0 || timeout == UINT64_MAX) {
        return timeout;
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    nanoseconds = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    return timeout > UINT64_MAX - nanoseconds ? UINT64_MAX : nanoseconds + timeout;
}
