/*
 * Begin, end and assertions of the contract suites.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/common.h"

#include <stdarg.h>
#include <stdlib.h>

#include "contract/backend.h"
#include "support/resources.h"

#define PATTERN 0xa5

static char note[256];

static const char *note_text(void)
{
    return note;
}

void contract_note(const char *format, ...)
{
    va_list arguments;

    note[0] = '\0';
    if (format == NULL) {
        return;
    }
    va_start(arguments, format);
    vsnprintf(note, sizeof(note) - 2, format, arguments);
    va_end(arguments);
    strcat(note, ": ");
}

/* ---- begin and end ---- */

void contract_begin(void)
{
    contract_note(NULL);
    model_reset(NULL);
    support_begin();
    backend_begin();
}

void contract_expect_idle(const char *file, int line)
{
    static char text[8192];
    size_t problems = model_problems(text, sizeof(text));

    cr_expect_eq(problems, 0, "%s%s:%d: %zu breaches and live objects in the model driver:\n%s",
                 note_text(), file, line, problems, text);
    model_take_breaches();
}

void contract_end(void)
{
    contract_note(NULL);
    contract_expect_idle(__FILE__, __LINE__);
    backend_end();
    support_end();
}

/* ---- devices ---- */

VxmDevice contract_device_at(uint32_t index)
{
    VxmDeviceCreateInfo info = {.deviceIndex = index,
                                .getInstanceProcAddr = model_vkGetInstanceProcAddr};
    VxmDevice device = NULL;

    require(vxmCreateDevice(&info, &device));
    cr_assert_not_null(device);
    return device;
}

VxmDevice contract_device(void)
{
    return contract_device_at(0);
}

VxmDevice contract_device_with(const ModelConfig *config)
{
    model_reset(config);
    return contract_device();
}

VkDevice contract_vk_device(VxmDevice device)
{
    VxmDeviceInfo info;

    require(vxmGetDeviceInfo(device, &info));
    return info.device;
}

PFN_vkVoidFunction contract_command(VxmDevice device, const char *name)
{
    PFN_vkVoidFunction command;
    VxmDeviceInfo info;

    require(vxmGetDeviceInfo(device, &info));
    command = info.getDeviceProcAddr(info.device, name);
    cr_assert_not_null(command, "the device has no %s", name);
    return command;
}

/* ---- create-infos ---- */

VkBufferCreateInfo contract_buffer_info(VkDeviceSize size)
{
    return (VkBufferCreateInfo){
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = size,
        .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
        .sharingMode = VK_SHARING_MODE_EXCLUSIVE,
    };
}

VkImageCreateInfo contract_image_info(uint32_t width, uint32_t height)
{
    return (VkImageCreateInfo){
        .sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
        .imageType = VK_IMAGE_TYPE_2D,
        .format = VK_FORMAT_R8G8B8A8_UNORM,
        .extent = {width, height, 1},
        .mipLevels = 1,
        .arrayLayers = 1,
        .samples = VK_SAMPLE_COUNT_1_BIT,
        .tiling = VK_IMAGE_TILING_OPTIMAL,
        .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
        .sharingMode = VK_SHARING_MODE_EXCLUSIVE,
        .initialLayout = VK_IMAGE_LAYOUT_UNDEFINED,
    };
}

VxmMemoryCreateInfo contract_memory_info(VkExternalMemoryHandleTypeFlags handleTypes)
{
    return (VxmMemoryCreateInfo){.handleTypes = handleTypes};
}

VxmMemoryCreateInfo contract_mappable_info(VkExternalMemoryHandleTypeFlags handleTypes)
{
    return (VxmMemoryCreateInfo){
        .handleTypes = handleTypes,
        .requiredFlags = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
    };
}

/* ---- assertions ---- */

/* A NULL argument of a function that nothing else in these suites calls that way. */
#define FORGOTTEN "vxmSignalSemaphore"

void contract_forget_error(void)
{
    VxmError error;

    (void)vxmSignalSemaphore(NULL, UINT64_MAX);
    vxmGetLastError(&error);
    cr_assert_neq(error.result, VK_SUCCESS);
    cr_assert_not_null(strstr(error.message, FORGOTTEN));
}

static bool check_sentence(const char *file, int line, const char *call, VkResult got)
{
    VxmError error;
    size_t length;

    vxmGetLastError(&error);
    length = strlen(error.message);
    if (strstr(call, FORGOTTEN) == NULL && strstr(error.message, FORGOTTEN) != NULL) {
        cr_expect_fail("%s%s:%d: %s returned %s and left no last error", note_text(), file, line,
                       call, vxmResultName(got));
        return false;
    }
    if (error.result != got || length < 20 || error.message[length - 1] != '.') {
        cr_expect_fail("%s%s:%d: %s returned %s, but the last error is %s \"%s\"", note_text(),
                       file, line, call, vxmResultName(got), vxmResultName(error.result),
                       error.message);
        return false;
    }
    if ((error.reason == VXM_ERROR_REASON_SYSTEM && error.code == 0) ||
        error.reason == VXM_ERROR_REASON_NONE) {
        cr_expect_fail("%s%s:%d: %s: the last error has reason %d and code %lld: \"%s\"",
                       note_text(), file, line, call, (int)error.reason, (long long)error.code,
                       error.message);
        return false;
    }
    return true;
}

bool contract_check_failure(const char *file, int line, const char *call, VkResult got)
{
    /* VK_TIMEOUT and VK_INCOMPLETE are no errors to Vulkan, but refusals to a caller. */
    if (got == VK_SUCCESS) {
        cr_expect_fail("%s%s:%d: %s succeeded and should have failed", note_text(), file, line,
                       call);
        return false;
    }
    return check_sentence(file, line, call, got);
}

bool contract_check_error(const char *file, int line, const char *call, VkResult got,
                          VkResult result, VxmErrorReason reason, const char *part)
{
    VxmError error;

    vxmGetLastError(&error);
    if (got != result) {
        cr_expect_fail("%s%s:%d: %s returned %s instead of %s; the last error is \"%s\"",
                       note_text(), file, line, call, vxmResultName(got), vxmResultName(result),
                       error.message);
        return false;
    }
    if (!check_sentence(file, line, call, got)) {
        return false;
    }
    if (error.reason != reason) {
        cr_expect_fail("%s%s:%d: %s gave reason %d instead of %d: \"%s\"", note_text(), file, line,
                       call, (int)error.reason, (int)reason, error.message);
        return false;
    }
    if (part != NULL && strstr(error.message, part) == NULL) {
        cr_expect_fail("%s%s:%d: %s says \"%s\", which doesn't hold \"%s\"", note_text(), file,
                       line, call, error.message, part);
        return false;
    }
    return true;
}

void contract_require(const char *file, int line, const char *call, VkResult got)
{
    VxmError error;

    if (got != VK_SUCCESS) {
        vxmGetLastError(&error);
        cr_assert_fail("%s%s:%d: %s returned %s: \"%s\"", note_text(), file, line, call,
                       vxmResultName(got), error.message);
    }
}

void contract_fill(void *memory, size_t size)
{
    memset(memory, PATTERN, size);
}

bool contract_untouched(const void *memory, size_t size)
{
    const unsigned char *bytes = memory;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != PATTERN) {
            return false;
        }
    }
    return true;
}
