/*
 * The calling thread's last error, and the names of results.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "internal.h"

static _Thread_local VxmError last_error;

/* vsnprintf cuts between bytes; a reader of UTF-8 must not find half a character at the end. */
static void cut_at_character(char *text)
{
    size_t length = strlen(text);
    size_t start = length;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0u) == 0x80u) {
        --start;
    }
    if (start == 0) {
        return;
    }
    unsigned char lead = (unsigned char)text[start - 1];
    size_t wanted = lead >= 0xF0u ? 4u : lead >= 0xE0u ? 3u : lead >= 0xC0u ? 2u : 1u;
    if (length - start + 1u < wanted) {
        text[start - 1] = '\0';
    }
}

/* The bytes of the character that begins here; 0 if they are no UTF-8. */
static size_t character_size(const unsigned char *text)
{
    size_t size = text[0] < 0x80u                        ? 1u
                  : text[0] >= 0xC2u && text[0] < 0xE0u  ? 2u
                  : text[0] >= 0xE0u && text[0] < 0xF0u  ? 3u
                  : text[0] >= 0xF0u && text[0] <= 0xF4u ? 4u
                                                         : 0u;
    for (size_t i = 1; i < size; ++i) {
        if ((text[i] & 0xC0u) != 0x80u) {
            return 0;
        }
    }
    /* Overlong ones, surrogates, and what lies beyond Unicode. */
    if ((text[0] == 0xE0u && text[1] < 0xA0u) || (text[0] == 0xEDu && text[1] >= 0xA0u) ||
        (text[0] == 0xF0u && text[1] < 0x90u) || (text[0] == 0xF4u && text[1] >= 0x90u)) {
        return 0;
    }
    return size;
}

/* A name that somebody gave may be any bytes; the sentence around it is UTF-8. */
static void replace_other_bytes(char *text)
{
    while (*text != '\0') {
        size_t size = character_size((const unsigned char *)text);
        if (size == 0) {
            *text = '?';
        }
        text += size > 0 ? size : 1u;
    }
}

static void print(char *text, size_t size, const char *format, va_list arguments)
{
    int length = vsnprintf(text, size, format, arguments);
    if (length < 0) {
        text[0] = '\0';
    } else if ((size_t)length >= size) {
        cut_at_character(text);
    }
    replace_other_bytes(text);
}

void vxm__append(char *text, size_t size, const char *format, ...)
{
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    print(text + length, size - length, format, arguments);
    va_end(arguments);
}

static void set_last(VkResult result, VxmErrorReason reason, int64_t code, const char *format,
                     va_list arguments)
{
    /* Not straight into last_error: an argument may be the message that stands there. */
    char message[sizeof last_error.message];
    print(message, sizeof message, format, arguments);

    last_error.result = result;
    last_error.reason = reason;
    last_error.code = code;
    memcpy(last_error.message, message, sizeof message);
}

VkResult vxm__fail(VkResult result, VxmErrorReason reason, int64_t code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_last(result, reason, code, format, arguments);
    va_end(arguments);
    return result;
}

VkResult vxm__fail_of_handle(const char *caller, uint32_t index)
{
    const VxmError error = last_error;

    return vxm__fail(error.result, error.reason, error.code,
                     "%s: memories[%u].handle can't be used. %s", caller, index, error.message);
}

VkResult vxmSetLastError(VkResult result, VxmErrorReason reason, int64_t code, const char *format,
                         ...)
{
    va_list arguments;
    va_start(arguments, format);
    set_last(result, reason, code, format ? format : "", arguments);
    va_end(arguments);
    return result;
}

VkResult vxm__fail_driver(VkResult result, const char *command, const char *doing,
                          const char *advice)
{
    return vxm__fail(result, VXM_ERROR_REASON_DRIVER, result, "%s answered %s while %s%s%s.",
                     command, vxmResultName(result), doing, advice ? "; " : "",
                     advice ? advice : "");
}

void vxmGetLastError(VxmError *error)
{
    if (error) {
        *error = last_error;
    }
}

uint32_t vxmGetVersion(void)
{
    return VXM_VERSION;
}

const char *vxmResultName(VkResult result)
{
    /* By value, not by switch: the library's own are no members of the enum. */
    static const struct {
        VkResult result;
        const char *name;
    } names[] = {
#define NAMED(name) {name, #name}
        NAMED(VK_SUCCESS),
        NAMED(VK_NOT_READY),
        NAMED(VK_TIMEOUT),
        NAMED(VK_EVENT_SET),
        NAMED(VK_EVENT_RESET),
        NAMED(VK_INCOMPLETE),
        NAMED(VK_ERROR_OUT_OF_HOST_MEMORY),
        NAMED(VK_ERROR_OUT_OF_DEVICE_MEMORY),
        NAMED(VK_ERROR_INITIALIZATION_FAILED),
        NAMED(VK_ERROR_DEVICE_LOST),
        NAMED(VK_ERROR_MEMORY_MAP_FAILED),
        NAMED(VK_ERROR_LAYER_NOT_PRESENT),
        NAMED(VK_ERROR_EXTENSION_NOT_PRESENT),
        NAMED(VK_ERROR_FEATURE_NOT_PRESENT),
        NAMED(VK_ERROR_INCOMPATIBLE_DRIVER),
        NAMED(VK_ERROR_TOO_MANY_OBJECTS),
        NAMED(VK_ERROR_FORMAT_NOT_SUPPORTED),
        NAMED(VK_ERROR_FRAGMENTED_POOL),
        NAMED(VK_ERROR_UNKNOWN),
        NAMED(VK_ERROR_OUT_OF_POOL_MEMORY),
        NAMED(VK_ERROR_INVALID_EXTERNAL_HANDLE),
        NAMED(VK_ERROR_FRAGMENTATION),
        NAMED(VK_ERROR_INVALID_OPAQUE_CAPTURE_ADDRESS),
        NAMED(VK_PIPELINE_COMPILE_REQUIRED),
        NAMED(VK_ERROR_SURFACE_LOST_KHR),
        NAMED(VK_ERROR_NATIVE_WINDOW_IN_USE_KHR),
        NAMED(VK_SUBOPTIMAL_KHR),
        NAMED(VK_ERROR_OUT_OF_DATE_KHR),
        NAMED(VK_ERROR_INCOMPATIBLE_DISPLAY_KHR),
        NAMED(VK_ERROR_VALIDATION_FAILED_EXT),
        NAMED(VK_ERROR_INVALID_SHADER_NV),
        NAMED(VK_ERROR_IMAGE_USAGE_NOT_SUPPORTED_KHR),
        NAMED(VK_ERROR_VIDEO_PICTURE_LAYOUT_NOT_SUPPORTED_KHR),
        NAMED(VK_ERROR_VIDEO_PROFILE_OPERATION_NOT_SUPPORTED_KHR),
        NAMED(VK_ERROR_VIDEO_PROFILE_FORMAT_NOT_SUPPORTED_KHR),
        NAMED(VK_ERROR_VIDEO_PROFILE_CODEC_NOT_SUPPORTED_KHR),
        NAMED(VK_ERROR_VIDEO_STD_VERSION_NOT_SUPPORTED_KHR),
        NAMED(VK_ERROR_INVALID_DRM_FORMAT_MODIFIER_PLANE_LAYOUT_EXT),
        NAMED(VK_ERROR_NOT_PERMITTED_KHR),
        NAMED(VK_ERROR_FULL_SCREEN_EXCLUSIVE_MODE_LOST_EXT),
        NAMED(VK_THREAD_IDLE_KHR),
        NAMED(VK_THREAD_DONE_KHR),
        NAMED(VK_OPERATION_DEFERRED_KHR),
        NAMED(VK_OPERATION_NOT_DEFERRED_KHR),
        NAMED(VK_ERROR_COMPRESSION_EXHAUSTED_EXT),
        NAMED(VXM_ERROR_PEER_LOST),
        NAMED(VXM_ERROR_BAD_MESSAGE),
        NAMED(VXM_ERROR_UNEXPECTED_MESSAGE),
#undef NAMED
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; ++i) {
        if (names[i].result == result) {
            return names[i].name;
        }
    }
    return "a VkResult that this version does not know";
}
