/*
 * What the suites of vxm/opencl.h have in common.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "support/test.h"

#include <stdio.h>
#include <string.h>

#include "model_opencl.h"
#include "support/resources.h"

void mcl_begin(void)
{
    model_reset(NULL);
    support_begin();
    mcl_reset();
}

void mcl_end(void)
{
    char text[8192];
    unsigned problems = mcl_problems(text, sizeof(text));
    size_t modelProblems;

    cr_expect_eq(problems, 0, "OpenCL's model: %s", text);
    modelProblems = model_problems(text, sizeof(text));
    cr_expect_eq(modelProblems, 0, "Vulkan's model: %s", text);
    support_end();
}

void mcl_open(struct mcl_fixture *fixture)
{
    const VxmDeviceCreateInfo info = {.getInstanceProcAddr = model_vkGetInstanceProcAddr};

    memset(fixture, 0, sizeof(*fixture));
    require(vxmCreateDevice(&info, &fixture->device));
    require(vxmGetDeviceInfo(fixture->device, &fixture->info));
    require(vxmOpenClLoad(mcl_get_proc, NULL, &fixture->cl));
    require(vxmOpenClFindDevice(&fixture->cl, fixture->info.identity, &fixture->clDevice));
    fixture->import.context = mcl_context(1, 1);
    fixture->import.device = fixture->clDevice;
    fixture->queue = mcl_queue(fixture->import.context, 1);
}

void mcl_close(struct mcl_fixture *fixture)
{
    vxmDestroyDevice(fixture->device);
    memset(fixture, 0, sizeof(*fixture));
}

VxmMemory mcl_buffer(const struct mcl_fixture *fixture, VkDeviceSize size)
{
    const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = size,
                                       .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    const VxmMemoryCreateInfo info = {.handleTypes = MCL_MEMORY_TYPE};
    VxmMemory memory = NULL;

    require(vxmCreateBuffer(fixture->device, &buffer, &info, &memory));
    return memory;
}

VkImageCreateInfo mcl_image_info(void)
{
    return (VkImageCreateInfo){.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                               .imageType = VK_IMAGE_TYPE_2D,
                               .format = VK_FORMAT_R8G8B8A8_UNORM,
                               .extent = {33, 17, 1},
                               .mipLevels = 1,
                               .arrayLayers = 1,
                               .samples = VK_SAMPLE_COUNT_1_BIT,
                               .tiling = VK_IMAGE_TILING_OPTIMAL,
                               .usage = VK_IMAGE_USAGE_TRANSFER_DST_BIT};
}

VxmMemory mcl_image(const struct mcl_fixture *fixture, const VkImageCreateInfo *image)
{
    const VxmMemoryCreateInfo info = {.handleTypes = MCL_MEMORY_TYPE};
    VxmMemory memory = NULL;

    require(vxmCreateImage(fixture->device, image, &info, &memory));
    return memory;
}

VxmSemaphore mcl_semaphore(const struct mcl_fixture *fixture, VkSemaphoreType type)
{
    const VxmSemaphoreCreateInfo info = {.semaphoreType = type, .handleTypes = MCL_SEMAPHORE_TYPE};
    VxmSemaphore semaphore = NULL;

    require(vxmCreateSemaphore(fixture->device, &info, &semaphore));
    return semaphore;
}

void mcl_require(const char *file, int line, const char *call, VkResult got)
{
    VxmError error;

    if (got != VK_SUCCESS) {
        vxmGetLastError(&error);
        cr_assert_fail("%s:%d: %s returned %s: \"%s\"", file, line, call, vxmResultName(got),
                       error.message);
    }
}

void mcl_expect_error(const char *file, int line, const char *call, VkResult got, VkResult result,
                      VxmErrorReason reason, const char *part)
{
    VxmError error;
    size_t length;

    vxmGetLastError(&error);
    length = strlen(error.message);
    cr_expect(got == result && error.result == got && error.reason == reason && length > 20 &&
                  error.message[length - 1] == '.' && strstr(error.message, part) != NULL,
              "%s:%d: %s returned %s instead of %s, reason %d instead of %d, saying \"%s\", not "
              "\"%s\"",
              file, line, call, vxmResultName(got), vxmResultName(result), (int)error.reason,
              (int)reason, error.message, part);
    cr_expect((reason == VXM_ERROR_REASON_FOREIGN) == (error.code < 0),
              "%s:%d: %s: the code is %lld", file, line, call, (long long)error.code);
}
