/*
 * Results have names, and a failure leaves a sentence on the thread that it happened on.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "contract/types.h"
#include "support/thread.h"

TestSuite(errors, .init = contract_begin, .fini = contract_end);

static VxmError last(void)
{
    VxmError error;

    vxmGetLastError(&error);
    return error;
}

Test(errors, every_result_has_the_name_that_it_is_spelled_by)
{
#define NAMED(name)                                                                                \
    {                                                                                              \
        name, #name                                                                                \
    }
    static const struct {
        VkResult result;
        const char *name;
    } names[] = {
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
        NAMED(VK_SUBOPTIMAL_KHR),
        NAMED(VK_ERROR_VALIDATION_FAILED_EXT),
        NAMED(VK_ERROR_INVALID_DRM_FORMAT_MODIFIER_PLANE_LAYOUT_EXT),
        NAMED(VK_ERROR_NOT_PERMITTED_KHR),
        NAMED(VK_OPERATION_NOT_DEFERRED_KHR),
        NAMED(VXM_ERROR_PEER_LOST),
        NAMED(VXM_ERROR_BAD_MESSAGE),
        NAMED(VXM_ERROR_UNEXPECTED_MESSAGE),
    };
#undef NAMED

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        cr_expect_str_eq(vxmResultName(names[i].result), names[i].name);
    }
    cr_assert_not_null(vxmResultName((VkResult)12345));
    cr_expect_null(strstr(vxmResultName((VkResult)12345), "VK_"));
}

Test(errors, version_is_the_header_s)
{
    cr_expect_eq(vxmGetVersion(), VXM_VERSION);
}

Test(errors, code_built_on_the_library_can_set_the_last_one)
{
    VkResult result = vxmSetLastError(VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_FOREIGN, -7,
                                      "asked %s for %zu bytes", "another API", sizeof(uint32_t));

    cr_expect_eq(result, VK_ERROR_INCOMPATIBLE_DRIVER);
    cr_expect_eq(last().result, VK_ERROR_INCOMPATIBLE_DRIVER);
    cr_expect_eq(last().reason, VXM_ERROR_REASON_FOREIGN);
    cr_expect_eq(last().code, -7);
    cr_expect_str_eq(last().message, "asked another API for 4 bytes");

    /* An argument may be the message that stands there; what is too long is cut. */
    VxmError before = last();
    vxmSetLastError(VK_ERROR_UNKNOWN, VXM_ERROR_REASON_SYSTEM, 1, "%s, and again %s%2000s",
                    before.message, before.message, "");
    cr_expect_eq(strlen(last().message), sizeof(before.message) - 1);
    cr_expect_eq(strncmp(last().message, before.message, strlen(before.message)), 0);

    const char *none = NULL;
    vxmSetLastError(VK_ERROR_UNKNOWN, VXM_ERROR_REASON_SYSTEM, 1, none);
    cr_expect_str_eq(last().message, "");
}

Test(errors, success_keeps_the_last_failure)
{
    VxmError before;
    VxmError after;
    VxmDevice device;

    expect_error(vxmSignalSemaphore(NULL, 1), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "semaphore");
    before = last();
    device = contract_device();
    vxmDestroyDevice(device);
    after = last();
    cr_expect_eq(after.result, before.result);
    cr_expect_str_eq(after.message, before.message);
    vxmGetLastError(NULL);
}

Test(errors, driver_s_answer_is_passed_on)
{
    static const VkResult answers[] = {VK_ERROR_OUT_OF_DEVICE_MEMORY, VK_ERROR_DEVICE_LOST,
                                       VK_ERROR_UNKNOWN, (VkResult)-77};
    VxmSemaphoreCreateInfo info = {.semaphoreType = semaphore_plain(),
                                   .handleTypes = semaphore_reference()->type};
    VxmDevice device = contract_device();

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        VxmSemaphore semaphore;

        fill(semaphore);
        model_fail("vkCreateSemaphore", 1, answers[i], false);
        expect_error(vxmCreateSemaphore(device, &info, &semaphore), answers[i],
                     VXM_ERROR_REASON_DRIVER, "vkCreateSemaphore");
        cr_expect_eq(last().code, answers[i]);
        cr_expect_not_null(strstr(last().message, vxmResultName(answers[i])));
        expect_untouched(semaphore);
    }
    vxmDestroyDevice(device);
}

/* ---- threads ---- */

static void look_and_fail(void *argument)
{
    VxmError *errors = argument;

    vxmGetLastError(&errors[0]);
    (void)vxmSignalSemaphore(NULL, 1);
    vxmGetLastError(&errors[1]);
}

Test(errors, each_thread_has_its_own)
{
    VxmError theirs[2];
    struct support_thread thread;

    expect_failure(vxmGetDeviceInfo(NULL, NULL));
    support_start_thread(&thread, look_and_fail, theirs);
    support_join_thread(&thread);
    cr_expect_eq(theirs[0].result, VK_SUCCESS);
    cr_expect_eq(theirs[0].reason, VXM_ERROR_REASON_NONE);
    cr_expect_str_empty(theirs[0].message);
    cr_expect_not_null(strstr(theirs[1].message, "vxmSignalSemaphore"));
    cr_expect_not_null(strstr(last().message, "vxmGetDeviceInfo"));
}

/* ---- text ---- */

/* Whether the text ends within its field, and no character of UTF-8 is cut in it. */
static bool is_utf8(const char *text, size_t capacity)
{
    const unsigned char *byte = (const unsigned char *)text;
    size_t more;

    if (memchr(text, 0, capacity) == NULL) {
        return false;
    }
    for (; *byte != 0; byte++) {
        more = *byte >= 0xf0 ? 3 : *byte >= 0xe0 ? 2 : *byte >= 0xc0 ? 1 : 0;
        if (*byte >= 0x80 && more == 0) {
            return false;
        }
        for (; more > 0; more--) {
            if ((*++byte & 0xc0) != 0x80) {
                return false;
            }
        }
    }
    return true;
}

/* Every length around the field's end, with characters of one to four bytes. */
Test(errors, long_text_is_cut_between_characters)
{
    static const char *const characters[] = {"a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    char *name = malloc(4096);

    cr_assert_not_null(name);
    for (size_t i = 0; i < sizeof(characters) / sizeof(characters[0]); i++) {
        for (size_t shift = 0; shift < 5; shift++) {
            VxmDeviceCreateInfo info = {.getInstanceProcAddr = model_vkGetInstanceProcAddr,
                                        .deviceExtensionCount = 1};
            VxmDevice device = NULL;

            memset(name, 'x', shift);
            name[shift] = '\0';
            while (strlen(name) < 4000) {
                strcat(name, characters[i]);
            }
            info.deviceExtensions = (const char *const *)&name;
            cr_expect_eq(vxmCreateDevice(&info, &device), VK_ERROR_EXTENSION_NOT_PRESENT);
            cr_expect(is_utf8(last().message, sizeof(last().message)), "%zu-byte characters",
                      strlen(characters[i]));
            cr_expect_gt(strlen(last().message), sizeof(last().message) - 5);

            info.deviceExtensionCount = 0;
            info.deviceName = name;
            cr_expect_eq(vxmCreateDevice(&info, &device), VK_ERROR_INITIALIZATION_FAILED);
            cr_expect(is_utf8(last().message, sizeof(last().message)), "%zu-byte characters",
                      strlen(characters[i]));
        }
    }
    free(name);
}

/* A name may be any bytes; the sentence around it is text. */
Test(errors, other_bytes_are_replaced)
{
    static const char *const names[] = {
        "\xff\xfe",     "\x80",     "a\xc3(",           "\xc0\x80",         "\xe0\x80\x80",
        "\xed\xa0\x80", "\xe2\x82", "\xf0\x80\x80\x80", "\xf5\x80\x80\x80", "\xf4\x90\x80\x80",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        VxmDeviceCreateInfo info = {.getInstanceProcAddr = model_vkGetInstanceProcAddr,
                                    .deviceExtensionCount = 1,
                                    .deviceExtensions = &names[i]};
        VxmDevice device = NULL;

        cr_expect_eq(vxmCreateDevice(&info, &device), VK_ERROR_EXTENSION_NOT_PRESENT);
        cr_expect(is_utf8(last().message, sizeof(last().message)), "name %zu", i);
        cr_expect(strstr(last().message, "?") != NULL && strstr(last().message, names[i]) == NULL,
                  "name %zu: %s", i, last().message);
    }
}

/* The first and the last character of each length, and those beside the surrogates. */
Test(errors, characters_are_kept)
{
    static const char *const names[] = {
        "\x7f",         "\xc2\x80",     "\xdf\xbf",         "\xe0\xa0\x80",     "\xed\x9f\xbf",
        "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        VxmDeviceCreateInfo info = {.getInstanceProcAddr = model_vkGetInstanceProcAddr,
                                    .deviceExtensionCount = 1,
                                    .deviceExtensions = &names[i]};
        VxmDevice device = NULL;

        cr_expect_eq(vxmCreateDevice(&info, &device), VK_ERROR_EXTENSION_NOT_PRESENT);
        cr_expect_not_null(strstr(last().message, names[i]), "name %zu: %s", i, last().message);
    }
}
