/*
 * What every test of vxm/gl.h on the model of OpenGL begins and ends with.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/fixture.h"

#include "support/resources.h"

#define FORGOTTEN "a failure of no call's"

void gl_begin(void)
{
    model_reset(NULL);
    gl_model_reset(NULL);
    support_begin();
}

void gl_end(void)
{
    static char text[8192];
    size_t problems = gl_model_problems(text, sizeof(text));

    cr_expect_eq(problems, 0, "%zu breaches and live objects in the model of OpenGL:\n%s", problems,
                 text);
    problems = model_problems(text, sizeof(text));
    cr_expect_eq(problems, 0, "%zu breaches and live objects in the model of Vulkan:\n%s", problems,
                 text);
    support_end();
}

VxmDevice gl_device(uint32_t index)
{
    const VxmDeviceCreateInfo info = {.deviceIndex = index,
                                      .getInstanceProcAddr = model_vkGetInstanceProcAddr};
    VxmDevice device = NULL;

    REQUIRE(vxmCreateDevice(&info, &device));
    return device;
}

VxmGl gl_load(void)
{
    VxmGl gl = {0};

    REQUIRE(vxmGlLoad(gl_model_get_proc, gl_model_config(), &gl));
    return gl;
}

/* ---- objects ---- */

VkImageCreateInfo gl_image_info(VkFormat format, uint32_t width, uint32_t height)
{
    return (VkImageCreateInfo){
        .sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
        .imageType = VK_IMAGE_TYPE_2D,
        .format = format,
        .extent = {width, height, 1},
        .mipLevels = 1,
        .arrayLayers = 1,
        .samples = VK_SAMPLE_COUNT_1_BIT,
        .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
    };
}

VxmMemory gl_make_buffer(VxmDevice device, VkDeviceSize size)
{
    const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = size,
                                       .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    const VxmMemoryCreateInfo info = {.handleTypes = NATIVE_MEMORY};
    VxmMemory memory = NULL;

    REQUIRE(vxmCreateBuffer(device, &buffer, &info, &memory));
    return memory;
}

VxmMemory gl_make_image(VxmDevice device, const VkImageCreateInfo *image)
{
    const VxmMemoryCreateInfo info = {.handleTypes = NATIVE_MEMORY};
    VxmMemory memory = NULL;

    REQUIRE(vxmCreateImage(device, image, &info, &memory));
    return memory;
}

static VxmShared share(VxmMemory memory)
{
    VxmShared shared;

    REQUIRE(vxmExportMemory(memory, NATIVE_MEMORY, &shared));
    vxmDestroyMemory(memory);
    return shared;
}

VxmShared gl_share_buffer(VxmDevice device, VkDeviceSize size)
{
    return share(gl_make_buffer(device, size));
}

VxmShared gl_share_image(VxmDevice device, const VkImageCreateInfo *info)
{
    return share(gl_make_image(device, info));
}

VxmSharedSemaphore gl_share_semaphore(VxmDevice device, VkSemaphoreType type)
{
    const VxmSemaphoreCreateInfo info = {.semaphoreType = type, .handleTypes = NATIVE_SEMAPHORE};
    VxmSharedSemaphore shared;
    VxmSemaphore semaphore;

    REQUIRE(vxmCreateSemaphore(device, &info, &semaphore));
    REQUIRE(vxmExportSemaphore(semaphore, NATIVE_SEMAPHORE, &shared));
    vxmDestroySemaphore(semaphore);
    return shared;
}

/* ---- assertions ---- */

void gl_require(const char *file, int line, const char *call, VkResult got)
{
    VxmError error;

    if (got != VK_SUCCESS) {
        vxmGetLastError(&error);
        cr_assert_fail("%s:%d: %s: %s: %s", file, line, call, vxmResultName(got), error.message);
    }
}

void gl_forget_error(void)
{
    (void)vxmSetLastError(VK_NOT_READY, VXM_ERROR_REASON_TIMEOUT, 0, FORGOTTEN);
}

void gl_expect_error(const char *file, int line, const char *call, VkResult got, VkResult result,
                     VxmErrorReason reason, const char *words)
{
    VxmError error;

    vxmGetLastError(&error);
    if (got != result || error.result != result || error.reason != reason ||
        strstr(error.message, words) == NULL || error.message[strlen(error.message) - 1] != '.') {
        cr_expect_fail("%s:%d: %s: %s instead of %s; last error %s, reason %d instead of %d, and "
                       "\"%s\" is to be in: %s",
                       file, line, call, vxmResultName(got), vxmResultName(result),
                       vxmResultName(error.result), (int)error.reason, (int)reason, words,
                       error.message);
    }
}

unsigned gl_made(void)
{
    return gl_model_calls("CreateMemoryObjectsEXT") + gl_model_calls("GenSemaphoresEXT") +
           gl_model_calls("CreateSemaphoresNV") + gl_model_calls("GenTextures") +
           gl_model_calls("GenBuffers") + gl_model_calls("WaitSemaphoreEXT") +
           gl_model_calls("SignalSemaphoreEXT") + gl_model_calls("SemaphoreParameterui64vEXT");
}

bool gl_untouched(const void *memory, size_t size)
{
    const unsigned char *const bytes = memory;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0xa5) {
            return false;
        }
    }
    return true;
}
