/*
 * What every test of vxm/egl.h on the model of EGL begins and ends with.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/egl/fixture.h"

#include "support/resources.h"

#define FORGOTTEN "a failure of no call's"
#define PLANE     16384 /* from one plane to the next in a dma-buf */

void egl_begin(void)
{
    model_reset(NULL);
    egl_model_reset();
    support_begin();
}

void egl_end(void)
{
    static char text[8192];
    size_t problems = egl_model_problems(text, sizeof(text));

    cr_expect_eq(problems, 0, "%zu breaches and live objects in the model of EGL:\n%s", problems,
                 text);
    egl_model_reset();
    problems = model_problems(text, sizeof(text));
    cr_expect_eq(problems, 0, "%zu breaches and live objects in the model of Vulkan:\n%s", problems,
                 text);
    support_end();
}

VxmDevice egl_device(void)
{
    const VxmDeviceCreateInfo info = {.getInstanceProcAddr = model_vkGetInstanceProcAddr};
    VxmDevice device = NULL;

    REQUIRE(vxmCreateDevice(&info, &device));
    return device;
}

VxmEgl egl_load(void)
{
    VxmEgl egl = {0};

    REQUIRE(vxmEglLoad(egl_model_get_proc, egl_model_config(), EGL_MODEL_DISPLAY, &egl));
    return egl;
}

VxmShared egl_shared(VkFormat format, uint64_t modifier, uint32_t planeCount, uint32_t memoryCount)
{
    const bool yuv = planeCount > 1 && format != VK_FORMAT_B8G8R8A8_UNORM;
    VxmShared shared = {
        .resourceType = VXM_RESOURCE_TYPE_IMAGE, .handleType = DMA_BUF, .memoryCount = memoryCount};

    shared.image = (VxmImageDescription){
        .imageType = VK_IMAGE_TYPE_2D,
        .format = format,
        .extent = {64, 32, 1},
        .mipLevels = 1,
        .arrayLayers = 1,
        .samples = VK_SAMPLE_COUNT_1_BIT,
        .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
        .usage = VK_IMAGE_USAGE_SAMPLED_BIT,
        .drmFormatModifier = modifier,
        .planeCount = planeCount,
    };
    for (uint32_t i = 0; i < planeCount; i++) {
        const bool own = memoryCount > 1;

        shared.image.planes[i].memoryIndex = own ? i : 0;
        shared.image.planes[i].offset = own ? 0 : (VkDeviceSize)i * PLANE;
        shared.image.planes[i].rowPitch = yuv ? 64 : 256;
    }
    for (uint32_t i = 0; i < memoryCount; i++) {
        VxmHandle *const handle = &shared.memories[i].handle;

        handle->kind = VXM_HANDLE_KIND_MEMORY;
        handle->type = DMA_BUF;
        handle->fd = model_make_dma_buf(PLANE * (memoryCount > 1 ? 1 : planeCount));
        cr_assert_geq(handle->fd, 0);
    }
    return shared;
}

VxmShared egl_shared_rgb(void)
{
    return egl_shared(VK_FORMAT_B8G8R8A8_UNORM, VXM_DRM_FORMAT_MOD_LINEAR, 1, 1);
}

/* ---- assertions ---- */

void egl_require(const char *file, int line, const char *call, VkResult got)
{
    VxmError error;

    if (got != VK_SUCCESS) {
        vxmGetLastError(&error);
        cr_assert_fail("%s:%d: %s: %s: %s", file, line, call, vxmResultName(got), error.message);
    }
}

void egl_forget_error(void)
{
    (void)vxmSetLastError(VK_NOT_READY, VXM_ERROR_REASON_TIMEOUT, 0, FORGOTTEN);
}

void egl_expect_error(const char *file, int line, const char *call, VkResult got, VkResult result,
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

unsigned egl_made(void)
{
    return egl_model_calls("eglCreateImageKHR") + egl_model_calls("eglExportDMABUFImageMESA") +
           egl_model_calls("eglCreateSyncKHR");
}

bool egl_untouched(const void *memory, size_t size)
{
    const unsigned char *const bytes = memory;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0xa5) {
            return false;
        }
    }
    return true;
}
