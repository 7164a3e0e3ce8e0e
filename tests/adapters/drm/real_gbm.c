/*
 * Buffer objects of the system's GBM in Vulkan, and Vulkan's images as buffer objects.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/drm/real_drm.h"

#include <stdio.h>
#include <string.h>

TestSuite(gbm, .init = drm_real_begin, .fini = drm_real_end);

#define WIDTH  250u
#define HEIGHT 100u

/* A buffer object with one of Vulkan's modifiers, or LINEAR where GBM's driver has none. */
static struct gbm_bo *create_bo(struct gbm_device *gbm)
{
    const VkImageCreateInfo image = drm_image_info(WIDTH, HEIGHT);
    uint64_t modifiers[VXM_MAX_MODIFIERS];
    struct gbm_bo *bo;
    VxmModifiers ours;
    unsigned count = 0;

    VXM(vxmGetModifiers(drm_gpu.device, &image, DMA_BUF, &ours));
    for (uint32_t i = 0; i < ours.modifierCount; i++) {
        if (ours.modifiers[i].importable) {
            modifiers[count++] = ours.modifiers[i].drmFormatModifier;
        }
    }
    bo =
        gbm_bo_create_with_modifiers2(gbm, WIDTH, HEIGHT, GBM_FORMAT_XRGB8888, modifiers, count, 0);
    if (bo == NULL || gbm_bo_get_modifier(bo) == VXM_DRM_FORMAT_MOD_INVALID) {
        if (bo != NULL) {
            gbm_bo_destroy(bo);
        }
        bo = gbm_bo_create(gbm, WIDTH, HEIGHT, GBM_FORMAT_XRGB8888, GBM_BO_USE_LINEAR);
    }
    return bo;
}

static void fill_bo(struct gbm_bo *bo, uint32_t seed)
{
    uint32_t pitch = 0;
    void *map = NULL;
    void *rows = gbm_bo_map(bo, 0, 0, WIDTH, HEIGHT, GBM_BO_TRANSFER_WRITE, &pitch, &map);

    cr_assert_not_null(rows, "gbm_bo_map: errno %d", errno);
    drm_fill(rows, WIDTH, HEIGHT, pitch, seed);
    gbm_bo_unmap(bo, map);
}

static bool bo_holds(struct gbm_bo *bo, uint32_t seed)
{
    uint32_t pitch = 0;
    void *map = NULL;
    void *rows = gbm_bo_map(bo, 0, 0, WIDTH, HEIGHT, GBM_BO_TRANSFER_READ, &pitch, &map);
    bool holds;

    cr_assert_not_null(rows, "gbm_bo_map: errno %d", errno);
    holds = drm_holds(rows, WIDTH, HEIGHT, pitch, seed);
    gbm_bo_unmap(bo, map);
    return holds;
}

/* Both ways through one buffer object. */
static bool exchange(const struct drm_node *node, struct gbm_device *gbm)
{
    const VxmDrmShareInfo info = {.usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT |
                                           VK_IMAGE_USAGE_TRANSFER_DST_BIT,
                                  .linear = VK_TRUE};
    VxmHandover handover = drm_foreign_handover();
    struct gbm_bo *const bo = create_bo(gbm);
    VxmShared shared;
    VxmMemory image;

    if (bo == NULL) {
        printf("%s: gbm_bo_create: errno %d\n", node->driver, errno);
        return false;
    }
    if (gbm_bo_get_modifier(bo) == VXM_DRM_FORMAT_MOD_INVALID) {
        FAILS(vxmDrmShareBo(&drm_table, bo, NULL, &shared), VK_ERROR_FEATURE_NOT_PRESENT,
              "DRM_FORMAT_MOD_INVALID");
    }
    fill_bo(bo, 8);
    VXM(vxmDrmShareBo(&drm_table, bo, &info, &shared));
    printf("%s: %u planes, modifier 0x%016llx, pitch %llu\n", node->driver, shared.image.planeCount,
           (unsigned long long)shared.image.drmFormatModifier,
           (unsigned long long)shared.image.planes[0].rowPitch);
    const bool imported = drm_import(node, &shared, &image);
    if (imported) {
        cr_expect(gpu_holds(&drm_gpu, image, &shared, &handover, 8),
                  "%s: Vulkan reads something else", node->driver);
        gpu_write(&drm_gpu, image, &shared, 9, false, &handover);
        cr_expect(bo_holds(bo, 9), "%s: GBM reads something else", node->driver);
        vxmDestroyMemory(image);
    }
    vxmCloseShared(&shared);
    gbm_bo_destroy(bo);
    return imported;
}

/* Runs on each node that GBM has a driver for. */
static void on_each_node(bool (*run)(const struct drm_node *, struct gbm_device *))
{
    unsigned count = 0;
    struct drm_node node;

    for (unsigned i = 0; i < NODE_COUNT; i++) {
        struct gbm_device *gbm;

        if (!drm_open_node(i, &node)) {
            continue;
        }
        gbm = gbm_create_device(node.fd);
        if (gbm != NULL) {
            count += run(&node, gbm);
            gbm_device_destroy(gbm);
        }
        drm_close_node(&node);
    }
    if (count == 0) {
        cr_skip_test("GBM and Vulkan have nothing in common on any node here");
    }
}

Test(gbm, buffer_objects_in_vulkan)
{
    on_each_node(exchange);
}

/* Mesa's software renderer can't map what it has imported; but it gives out the same dma-buf. */
static void expect_same_dma_buf(struct gbm_bo *bo, int fd)
{
    const int theirs = gbm_bo_get_fd(bo);
    struct stat a, b;

    cr_assert_geq(theirs, 0, "gbm_bo_get_fd: errno %d", errno);
    cr_assert(fstat(theirs, &a) == 0 && fstat(fd, &b) == 0);
    cr_expect(a.st_dev == b.st_dev && a.st_ino == b.st_ino, "GBM has another dma-buf");
    close(theirs);
}

static bool import(const struct drm_node *node, struct gbm_device *gbm)
{
    const VxmDrmImportInfo info = {.fourcc = DRM_FORMAT_XRGB8888};
    const VkImageCreateInfo create = drm_image_info(WIDTH, HEIGHT);
    const VxmMemoryCreateInfo how = {.handleTypes = DMA_BUF};
    struct gbm_bo *bo = NULL;
    VxmMemory image = NULL;
    VxmShared shared;
    VxmError error;
    bool imported;

    VXM(vxmCreateImage(drm_gpu.device, &create, &how, &image));
    VXM(vxmExportMemory(image, DMA_BUF, &shared));
    imported = vxmDrmImportBo(&drm_table, gbm, image, &info, &bo) == VK_SUCCESS;
    if (imported) {
        cr_expect_eq(gbm_bo_get_format(bo), DRM_FORMAT_XRGB8888);
        cr_expect_eq(gbm_bo_get_stride(bo), shared.image.planes[0].rowPitch);
        expect_same_dma_buf(bo, shared.memories[0].handle.fd);
        gbm_bo_destroy(bo);
    } else {
        vxmGetLastError(&error);
        printf("%s: %s\n", node->driver, error.message);
        cr_expect_eq(error.reason, VXM_ERROR_REASON_FOREIGN, "%s", error.message);
    }
    vxmCloseShared(&shared);
    vxmDestroyMemory(image);
    return imported;
}

Test(gbm, vulkan_images_as_buffer_objects)
{
    on_each_node(import);
}
