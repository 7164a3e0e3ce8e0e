/*
 * Both sides of a test on real devices.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/drm/real_drm.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "real/validation.h"

struct gpu drm_gpu;
VxmDrm drm_table;
static bool opened;

static void need_dma_bufs(void)
{
    const VkImageCreateInfo image = drm_image_info(64, 64);
    VxmModifiers modifiers;

    VXM(vxmGetModifiers(drm_gpu.device, &image, DMA_BUF, &modifiers));
    if (modifiers.modifierCount == 0) {
        gpu_close(&drm_gpu);
        cr_skip_test("this Vulkan driver shares no dma-buf images: %s", modifiers.reason);
    }
}

static void need_nodes(void)
{
    struct drm_node node;

    for (unsigned i = 0; i < NODE_COUNT; i++) {
        if (drm_open_node(i, &node)) {
            drm_close_node(&node);
            return;
        }
    }
    gpu_close(&drm_gpu);
    cr_skip_test("there is no /dev/dri/card* that this process may open");
}

void drm_real_begin(void)
{
    opened = false;
    real_need_driver();
    support_keep_drivers_loaded();
    gpu_open(&drm_gpu);
    need_dma_bufs();
    need_nodes();
    VXM(vxmDrmLoad(dlsym, NULL, &drm_table));
    cr_assert(drm_table.gbm && drm_table.kms, "libgbm or libdrm is not linked");
    opened = true;
    support_begin();
}

void drm_real_end(void)
{
    char text[8192];

    if (!opened) {
        return;
    }
    support_end();
    gpu_close(&drm_gpu);
    unsigned problems = validation_problems(text, sizeof(text));
    cr_expect_eq(problems, 0, "the validation layer reported %u problems:\n%s", problems, text);
}

/* ---- nodes ---- */

static uint32_t find_primary_plane(int fd)
{
    drmModePlaneResPtr planes;
    uint32_t found = 0;

    if (drmSetClientCap(fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1) != 0) {
        return 0;
    }
    planes = drmModeGetPlaneResources(fd);
    for (uint32_t i = 0; planes != NULL && i < planes->count_planes && found == 0; i++) {
        drmModeObjectPropertiesPtr properties =
            drmModeObjectGetProperties(fd, planes->planes[i], DRM_MODE_OBJECT_PLANE);

        for (uint32_t p = 0; p < properties->count_props; p++) {
            drmModePropertyPtr property = drmModeGetProperty(fd, properties->props[p]);

            if (strcmp(property->name, "type") == 0 &&
                properties->prop_values[p] == DRM_PLANE_TYPE_PRIMARY) {
                found = planes->planes[i];
            }
            drmModeFreeProperty(property);
        }
        drmModeFreeObjectProperties(properties);
    }
    drmModeFreePlaneResources(planes);
    return found;
}

bool drm_open_node(unsigned index, struct drm_node *node)
{
    drmVersionPtr version;
    uint64_t dumb = 0;
    char path[64];

    memset(node, 0, sizeof(*node));
    snprintf(path, sizeof(path), "/dev/dri/card%u", index);
    node->fd = open(path, O_RDWR | O_CLOEXEC);
    if (node->fd < 0) {
        return false;
    }
    version = drmGetVersion(node->fd);
    if (version != NULL) {
        snprintf(node->driver, sizeof(node->driver), "%s", version->name);
        drmFreeVersion(version);
    }
    node->dumbBuffers = drmGetCap(node->fd, DRM_CAP_DUMB_BUFFER, &dumb) == 0 && dumb != 0;
    node->primaryPlane = find_primary_plane(node->fd);
    return true;
}

void drm_close_node(struct drm_node *node)
{
    close(node->fd);
    node->fd = -1;
}

/* ---- images ---- */

VkImageCreateInfo drm_image_info(uint32_t width, uint32_t height)
{
    VkImageCreateInfo info = gpu_image_info(width, height, VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT);

    info.format = VK_FORMAT_B8G8R8A8_UNORM;
    return info;
}

VxmShared drm_describe_image(uint32_t width, uint32_t height, uint32_t pitch, int fd)
{
    return (VxmShared){
        .resourceType = VXM_RESOURCE_TYPE_IMAGE,
        .handleType = DMA_BUF,
        .memoryCount = 1,
        .memories = {{.handle = {.kind = VXM_HANDLE_KIND_MEMORY, .type = DMA_BUF, .fd = fd}}},
        .image = {.imageType = VK_IMAGE_TYPE_2D,
                  .format = VK_FORMAT_B8G8R8A8_UNORM,
                  .extent = {width, height, 1},
                  .mipLevels = 1,
                  .arrayLayers = 1,
                  .samples = VK_SAMPLE_COUNT_1_BIT,
                  .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                  .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
                  .drmFormatModifier = VXM_DRM_FORMAT_MOD_LINEAR,
                  .planeCount = 1,
                  .planes = {{.rowPitch = pitch}}},
    };
}

bool drm_import(const struct drm_node *node, VxmShared *shared, VxmMemory *memory)
{
    const VxmIdentity *const identity = drm_gpu.info.identity;
    const bool must = !identity->drmPrimaryValid ||
                      vxmDrmCheckDevice(&drm_table, node->fd, identity) == VK_SUCCESS;
    const VkResult result = vxmImportMemory(drm_gpu.device, shared, NULL, memory);
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error);
        cr_assert_not(must, "%s: %s", node->driver, error.message);
        printf("%s: %s\n", node->driver, error.message);
    }
    return result == VK_SUCCESS;
}

VxmHandover drm_foreign_handover(void)
{
    return (VxmHandover){.layout = VK_IMAGE_LAYOUT_GENERAL,
                         .queueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT};
}

void drm_fill(void *rows, uint32_t width, uint32_t height, uint32_t pitch, uint32_t seed)
{
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            const uint32_t word = gpu_pattern_word(seed, (size_t)y * width + x);

            memcpy((char *)rows + (size_t)y * pitch + (size_t)4 * x, &word, 4);
        }
    }
}

bool drm_holds(const void *rows, uint32_t width, uint32_t height, uint32_t pitch, uint32_t seed)
{
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            const uint32_t word = gpu_pattern_word(seed, (size_t)y * width + x);
            const char *const texel = (const char *)rows + (size_t)y * pitch + (size_t)4 * x;

            if (memcmp(texel, &word, 4) != 0) {
                return false;
            }
        }
    }
    return true;
}
