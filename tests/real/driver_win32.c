/*
 * On Windows itself, and under Wine from version 11 on, the loader offers
 * VK_KHR_external_memory_win32. Elsewhere the tests that need it are skipped, and those below hold
 * the library to a clear answer.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "real/fixture.h"

#define EXTENSION "VK_KHR_external_memory_win32"

/* A device of any kind, and what the library says of OPAQUE_WIN32 memory on it. */
static VkResult ask(VxmDevice *device, VxmQueryResult *answer)
{
    const VkBufferCreateInfo info = gpu_buffer_info(65536);
    const VxmQueryInfo question = {.handleType = REAL_TYPE, .buffer = &info};
    VkResult result = vxmCreateDevice(NULL, device);

    if (result == VK_SUCCESS) {
        VXM(vxmQuery(*device, &question, answer));
    }
    return result;
}

bool real_need_driver(void)
{
    VxmDevice device = NULL;
    VxmQueryResult answer;
    VxmError error;

    if (ask(&device, &answer) != VK_SUCCESS) {
        vxmGetLastError(&error);
        cr_skip_test("there is no Vulkan device: %s", error.message);
    }
    vxmDestroyDevice(device);
    if (strstr(answer.reason, EXTENSION) != NULL) {
        cr_skip_test("the loader offers no " EXTENSION
                     " (Wine 11 or later by VXM_WINE, or Windows, "
                     "is needed)");
    }
    return false;
}

TestSuite(driver, .init = support_begin);

static void expect_sentence(const char *text)
{
    cr_expect_gt(strlen(text), 40, "\"%s\"", text);
}

/* There is a device, or a sentence that says why not. */
Test(driver, device_or_sentence)
{
    VxmDevice device = NULL;
    VkResult result = vxmCreateDevice(NULL, &device);
    VxmError error;

    if (result == VK_SUCCESS) {
        vxmDestroyDevice(device);
    } else {
        vxmGetLastError(&error);
        cr_expect_null(device);
        cr_expect_eq(error.result, result);
        expect_sentence(error.message);
    }
}

/* What the query answers is what creation does. */
Test(driver, query_and_creation_agree)
{
    const VkBufferCreateInfo info = gpu_buffer_info(65536);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    VxmDevice device = NULL;
    VxmMemory memory = NULL;
    VxmQueryResult answer;
    VxmError error;

    if (ask(&device, &answer) != VK_SUCCESS) {
        vxmGetLastError(&error);
        cr_skip_test("there is no Vulkan device: %s", error.message);
    }
    VkResult result = vxmCreateBuffer(device, &info, &how, &memory);
    if (answer.exportable) {
        cr_expect_eq(result, VK_SUCCESS);
    } else {
        vxmGetLastError(&error);
        cr_expect(result == VK_ERROR_EXTENSION_NOT_PRESENT ||
                      result == VK_ERROR_FEATURE_NOT_PRESENT,
                  "%s", vxmResultName(result));
        cr_expect_null(memory);
        expect_sentence(answer.reason);
        cr_expect_not_null(strstr(answer.reason, REAL_NAME), "%s", answer.reason);
        cr_expect_not_null(strstr(error.message, REAL_NAME), "%s", error.message);
    }
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}
