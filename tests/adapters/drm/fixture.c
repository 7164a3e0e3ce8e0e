/*
 * What every test of vxm/drm.h on the models of libgbm and libdrm begins and ends with.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/drm/fixture.h"

#include "support/resources.h"

#define FORGOTTEN "a failure of no call's"

void drm_begin(void)
{
    model_reset(NULL);
    drm_model_reset(NULL);
    support_begin();
}

void drm_end(void)
{
    static char text[8192];
    size_t problems = drm_model_problems(text, sizeof(text));

    cr_expect_eq(problems, 0, "%zu breaches and live objects in libgbm and libdrm:\n%s", problems,
                 text);
    problems = model_problems(text, sizeof(text));
    cr_expect_eq(problems, 0, "%zu breaches and live objects in the model of Vulkan:\n%s", problems,
                 text);
    drm_model_reset(NULL);
    support_end();
}

VxmDevice drm_device(void)
{
    const VxmDeviceCreateInfo info = {.getInstanceProcAddr = model_vkGetInstanceProcAddr};
    VxmDevice device = NULL;

    REQUIRE(vxmCreateDevice(&info, &device));
    return device;
}

VxmDrm drm_load(void)
{
    VxmDrm drm = {0};

    REQUIRE(vxmDrmLoad(drm_model_get_proc, drm_model_config(), &drm));
    return drm;
}

/* ---- descriptions ---- */

static void give_dma_buf(VxmSharedMemory *memory)
{
    memory->handle.kind = VXM_HANDLE_KIND_MEMORY;
    memory->handle.type = DMA_BUF;
    memory->handle.fd = model_make_dma_buf(65536);
    cr_assert_geq(memory->handle.fd, 0);
}

VxmShared drm_describe(VkFormat format, uint64_t modifier)
{
    VxmShared shared = {
        .resourceType = VXM_RESOURCE_TYPE_IMAGE,
        .handleType = DMA_BUF,
        .memoryCount = 1,
        .image = {.imageType = VK_IMAGE_TYPE_2D,
                  .format = format,
                  .extent = {64, 32, 1},
                  .mipLevels = 1,
                  .arrayLayers = 1,
                  .samples = VK_SAMPLE_COUNT_1_BIT,
                  .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                  .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT,
                  .drmFormatModifier = modifier,
                  .planeCount = 1,
                  .planes = {{.rowPitch = 256}}},
    };

    if (format == VK_FORMAT_G8_B8R8_2PLANE_420_UNORM) {
        shared.image.planeCount = 2;
        shared.image.planes[1].offset = 8192;
        shared.image.planes[1].rowPitch = 256;
    }
    give_dma_buf(&shared.memories[0]);
    return shared;
}

void drm_split(VxmShared *shared, bool sameBuffer)
{
    if (sameBuffer) {
        REQUIRE(vxmDuplicateHandle(&shared->memories[0].handle, &shared->memories[1].handle));
    } else {
        give_dma_buf(&shared->memories[1]);
    }
    shared->memoryCount = 2;
    shared->image.planes[1].memoryIndex = 1;
}

struct drm_model_bo drm_bo_info(uint32_t fourcc, uint64_t modifier)
{
    return (struct drm_model_bo){
        .width = 64,
        .height = 32,
        .fourcc = fourcc,
        .modifier = modifier,
        .planeCount = 1,
        .planes = {{.buffer = 0, .offset = 0, .stride = 256}},
    };
}

/* ---- assertions ---- */

void drm_require(const char *file, int line, const char *call, VkResult got)
{
    VxmError error;

    if (got != VK_SUCCESS) {
        vxmGetLastError(&error);
        cr_assert_fail("%s:%d: %s: %s: %s", file, line, call, vxmResultName(got), error.message);
    }
}

void drm_forget_error(void)
{
    (void)vxmSetLastError(VK_NOT_READY, VXM_ERROR_REASON_TIMEOUT, 0, FORGOTTEN);
}

void drm_expect_error(const char *file, int line, const char *call, VkResult got, VkResult result,
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

bool drm_untouched(const void *memory, size_t size)
{
    const unsigned char *const bytes = memory;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0xa5) {
            return false;
        }
    }
    return true;
}
