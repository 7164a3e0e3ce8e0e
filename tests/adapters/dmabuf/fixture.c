/*
 * What every test of vxm/dmabuf.h on the model of the kernel begins and ends with.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/dmabuf/fixture.h"

#include "support/resources.h"

#define FORGOTTEN "a failure of no call's"

void dmabuf_begin(void)
{
    model_reset(NULL);
    kernel_reset();
    support_begin();
}

void dmabuf_end(void)
{
    static char text[8192];
    size_t problems = kernel_problems(text, sizeof(text));

    cr_expect_eq(problems, 0, "%zu breaches in the model of the kernel:\n%s", problems, text);
    problems = model_problems(text, sizeof(text));
    cr_expect_eq(problems, 0, "%zu breaches and live objects in the model of Vulkan:\n%s", problems,
                 text);
    kernel_reset();
    support_end();
}

/* ---- objects ---- */

VxmDevice dmabuf_device(void)
{
    const VxmDeviceCreateInfo info = {.getInstanceProcAddr = model_vkGetInstanceProcAddr};
    VxmDevice device = NULL;

    REQUIRE(vxmCreateDevice(&info, &device));
    return device;
}

VxmHandle dmabuf_handle(uint64_t size)
{
    const int fd = model_make_dma_buf(size);

    cr_assert_geq(fd, 0);
    return (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = DMA_BUF, .fd = fd};
}

VxmShared dmabuf_shared(uint32_t count)
{
    VxmShared shared = {.resourceType = VXM_RESOURCE_TYPE_BUFFER,
                        .handleType = DMA_BUF,
                        .memoryCount = count,
                        .buffer = {.size = 4096}};

    for (uint32_t i = 0; i < count; i++) {
        shared.memories[i].handle = dmabuf_handle(4096);
    }
    return shared;
}

VxmSemaphore dmabuf_semaphore(VxmDevice device)
{
    const VxmSemaphoreCreateInfo info = {.handleTypes = SYNC_FD};
    VxmSemaphore semaphore = NULL;

    REQUIRE(vxmCreateSemaphore(device, &info, &semaphore));
    return semaphore;
}

VxmHandle dmabuf_sync_fd(bool signalled)
{
    const int fd = model_make_sync_fd(signalled);

    cr_assert_geq(fd, 0);
    return (VxmHandle){.kind = VXM_HANDLE_KIND_SEMAPHORE, .type = SYNC_FD, .fd = fd};
}

void dmabuf_submit(VxmDevice device, VxmSemaphore wait, VxmSemaphore signal)
{
    const VkSemaphore semaphores[] = {vxmGetVkSemaphore(wait), vxmGetVkSemaphore(signal)};
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .waitSemaphoreCount = wait != NULL,
                                 .pWaitSemaphores = &semaphores[0],
                                 .pWaitDstStageMask = &stage,
                                 .signalSemaphoreCount = signal != NULL,
                                 .pSignalSemaphores = &semaphores[1]};
    PFN_vkQueueSubmit queueSubmit;
    PFN_vkVoidFunction function;
    VxmDeviceInfo info;

    REQUIRE(vxmGetDeviceInfo(device, &info));
    function = info.getDeviceProcAddr(info.device, "vkQueueSubmit");
    memcpy(&queueSubmit, &function, sizeof(function));
    REQUIRE(queueSubmit(info.queue, 1, &submit, VK_NULL_HANDLE));
}

/* ---- assertions ---- */

void dmabuf_require(const char *file, int line, const char *call, VkResult got)
{
    VxmError error;

    if (got != VK_SUCCESS) {
        vxmGetLastError(&error);
        cr_assert_fail("%s:%d: %s: %s: %s", file, line, call, vxmResultName(got), error.message);
    }
}

void dmabuf_forget_error(void)
{
    (void)vxmSetLastError(VK_NOT_READY, VXM_ERROR_REASON_TIMEOUT, 0, FORGOTTEN);
}

void dmabuf_expect_no_error(void)
{
    VxmError error;

    vxmGetLastError(&error);
    cr_expect_str_eq(error.message, FORGOTTEN);
}

void dmabuf_expect_error(const char *file, int line, const char *call, VkResult got,
                         VkResult result, VxmErrorReason reason, const char *words)
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

bool dmabuf_untouched(const void *memory, size_t size)
{
    const unsigned char *const bytes = memory;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0xa5) {
            return false;
        }
    }
    return true;
}
