/*
 * Displays: Vulkan's images as framebuffers, a display's own buffers in Vulkan.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/drm/real_drm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

TestSuite(kms, .init = drm_real_begin, .fini = drm_real_end);

/* The lowest number is given out first: after this, 1 means that no other handle is open. */
static uint32_t next_handle(int node, int fd)
{
    uint32_t handle = 0;

    cr_assert_eq(drmPrimeFDToHandle(node, fd, &handle), 0);
    drmCloseBufferHandle(node, handle);
    return handle;
}

Test(kms, vulkan_images_as_framebuffers)
{
    const VxmDrmFramebufferInfo info = {.fourcc = DRM_FORMAT_XRGB8888};
    unsigned displays = 0, shown = 0;
    struct drm_node node;

    for (unsigned i = 0; i < NODE_COUNT; i++) {
        if (!drm_open_node(i, &node)) {
            continue;
        }
        if (node.primaryPlane != 0) {
            const VxmModifierChoice choice = drm_choose(&node, 256, 128);
            VxmMemory image = drm_create_image(&choice, 256, 128);
            uint32_t framebuffer = 0;
            VxmError error;
            VxmShared shared;

            displays++;
            if (vxmDrmAddFramebuffer(&drm_table, node.fd, image, &info, &framebuffer) ==
                VK_SUCCESS) {
                shown++;
                VXM(vxmExportMemory(image, DMA_BUF, &shared));
                cr_expect_eq(next_handle(node.fd, shared.memories[0].handle.fd), 1,
                             "%s: a GEM handle is left over", node.driver);
                vxmCloseShared(&shared);
                vxmDrmRemoveFramebuffer(&drm_table, node.fd, &framebuffer);
            } else {
                vxmGetLastError(&error);
                printf("%s: %s\n", node.driver, error.message);
                cr_expect_eq(error.reason, VXM_ERROR_REASON_FOREIGN, "%s", error.message);
                cr_expect_eq(framebuffer, 0);
            }
            vxmDestroyMemory(image);
        }
        drm_close_node(&node);
    }
    printf("%u of %u displays show Vulkan's dma-bufs\n", shown, displays);
    if (shown == 0) {
        cr_skip_test("none of %u displays takes a dma-buf of this Vulkan driver", displays);
    }
}

/* ---- what a display shows ---- */

/* QEMU's cirrus: its driver copies the framebuffer into video memory, which can be read. */
Test(kms, what_vulkan_drew_is_on_the_display)
{
    const VxmDrmFramebufferInfo info = {.fourcc = DRM_FORMAT_XRGB8888};
    const size_t size = (size_t)4 * DRM_WIDTH * DRM_HEIGHT;
    VxmModifierChoice choice;
    VxmHandover handover = {0};
    struct drm_node node;
    uint32_t framebuffer;
    uint32_t seed = 77;
    VxmShared shared;
    VxmMemory image;
    void *video;

    if (!drm_find_display("cirrus", &node)) {
        cr_skip_test("there is no cirrus display, whose memory could be looked at");
    }
    video = drm_map_video_memory("cirrus", size);
    cr_assert_neq(video, MAP_FAILED, "errno %d", errno);
    /* Whoever has run before may have left its picture there. */
    while (drm_holds(video, DRM_WIDTH, DRM_HEIGHT, 4 * DRM_WIDTH, seed)) {
        seed++;
    }
    choice = drm_choose(&node, DRM_WIDTH, DRM_HEIGHT);
    image = drm_create_image(&choice, DRM_WIDTH, DRM_HEIGHT);
    VXM(vxmExportMemory(image, DMA_BUF, &shared));
    gpu_write(&drm_gpu, image, &shared, seed, true, &handover);
    VXM(vxmDrmAddSharedFramebuffer(&drm_table, node.fd, &shared, &info, &framebuffer));
    cr_expect_not(drm_holds(video, DRM_WIDTH, DRM_HEIGHT, 4 * DRM_WIDTH, seed));
    drm_show(node.fd, framebuffer);
    cr_expect(drm_holds(video, DRM_WIDTH, DRM_HEIGHT, 4 * DRM_WIDTH, seed),
              "the display shows something else");

    /* The framebuffer keeps the memory. */
    vxmCloseShared(&shared);
    vxmDestroyMemory(image);
    cr_assert_eq(drmModeDirtyFB(node.fd, framebuffer, NULL, 0), 0);
    cr_expect(drm_holds(video, DRM_WIDTH, DRM_HEIGHT, 4 * DRM_WIDTH, seed));
    vxmDrmRemoveFramebuffer(&drm_table, node.fd, &framebuffer);
    munmap(video, size);
    drm_close_node(&node);
}

/* ---- a display's own buffers ---- */

struct dumb {
    uint32_t handle, pitch;
    uint64_t size;
    void *data;
    int fd;
};

static struct dumb create_dumb(const struct drm_node *node, uint32_t width, uint32_t height)
{
    struct drm_mode_create_dumb create = {.width = width, .height = height, .bpp = 32};
    struct drm_mode_map_dumb map = {0};
    struct dumb dumb = {.fd = -1};

    cr_assert_eq(drmIoctl(node->fd, DRM_IOCTL_MODE_CREATE_DUMB, &create), 0);
    map.handle = create.handle;
    cr_assert_eq(drmIoctl(node->fd, DRM_IOCTL_MODE_MAP_DUMB, &map), 0);
    dumb.handle = create.handle;
    dumb.pitch = create.pitch;
    dumb.size = create.size;
    dumb.data =
        mmap(NULL, create.size, PROT_READ | PROT_WRITE, MAP_SHARED, node->fd, (off_t)map.offset);
    cr_assert_neq(dumb.data, MAP_FAILED);
    cr_assert_eq(drmPrimeHandleToFD(node->fd, dumb.handle, DRM_CLOEXEC | DRM_RDWR, &dumb.fd), 0);
    return dumb;
}

static void destroy_dumb(const struct drm_node *node, struct dumb *dumb)
{
    munmap(dumb->data, dumb->size);
    close(dumb->fd);
    cr_expect_eq(drmModeDestroyDumbBuffer(node->fd, dumb->handle), 0,
                 "%s: the buffer's handle was closed by somebody else", node->driver);
}

/* The CPU writes and Vulkan reads, and the other way round; then the display takes it. */
static bool exchange(const struct drm_node *node)
{
    const VxmDrmFramebufferInfo info = {.fourcc = DRM_FORMAT_XRGB8888, .keepHandles = VK_TRUE};
    struct dumb dumb = create_dumb(node, 250, 100);
    VxmShared shared = drm_describe_image(250, 100, dumb.pitch, dumb.fd);
    VxmHandover handover = drm_foreign_handover();
    uint32_t framebuffer = 0;
    VxmMemory image;

    drm_fill(dumb.data, 250, 100, dumb.pitch, 5);
    const bool imported = drm_import(node, &shared, &image);
    if (imported) {
        cr_expect(gpu_holds(&drm_gpu, image, &shared, &handover, 5),
                  "%s: Vulkan reads something else", node->driver);
        gpu_write(&drm_gpu, image, &shared, 6, false, &handover);
        cr_expect(drm_holds(dumb.data, 250, 100, dumb.pitch, 6), "%s: the CPU reads something else",
                  node->driver);
        vxmDestroyMemory(image);
    }
    if (node->primaryPlane != 0) {
        VXM(vxmDrmAddSharedFramebuffer(&drm_table, node->fd, &shared, &info, &framebuffer));
        vxmDrmRemoveFramebuffer(&drm_table, node->fd, &framebuffer);
    }
    destroy_dumb(node, &dumb);
    return imported;
}

Test(kms, dumb_buffers_in_vulkan)
{
    unsigned count = 0;
    struct drm_node node;

    for (unsigned i = 0; i < NODE_COUNT; i++) {
        if (drm_open_node(i, &node)) {
            if (node.dumbBuffers) {
                count += exchange(&node);
            }
            drm_close_node(&node);
        }
    }
    if (count == 0) {
        cr_skip_test("no node here has dumb buffers that this Vulkan driver takes");
    }
}

/* Why there is VxmDrmFramebufferInfo::keepHandles. */
Test(kms, the_handle_of_a_buffer_is_one)
{
    const VxmDrmFramebufferInfo info = {.fourcc = DRM_FORMAT_XRGB8888};
    struct drm_node node, again;

    for (unsigned i = 0; i < NODE_COUNT; i++) {
        if (drm_open_node(i, &node) && node.dumbBuffers && node.primaryPlane != 0) {
            struct dumb dumb = create_dumb(&node, 64, 64);
            const VxmShared shared = drm_describe_image(64, 64, dumb.pitch, dumb.fd);
            uint32_t framebuffer;

            /* Another opening of the node has handles of its own: nothing is taken. */
            cr_assert(drm_open_node(i, &again));
            VXM(vxmDrmAddSharedFramebuffer(&drm_table, again.fd, &shared, &info, &framebuffer));
            vxmDrmRemoveFramebuffer(&drm_table, again.fd, &framebuffer);
            drm_close_node(&again);
            cr_expect_eq(next_handle(node.fd, dumb.fd), dumb.handle);
            /* By now it is closed: next_handle() has taken it from its owner, as the adapter would
             * without keepHandles. */
            cr_expect_neq(drmModeDestroyDumbBuffer(node.fd, dumb.handle), 0);
            munmap(dumb.data, dumb.size);
            close(dumb.fd);
            drm_close_node(&node);
            return;
        }
        if (node.fd >= 0) {
            drm_close_node(&node);
        }
    }
    cr_skip_test("no node here has a display and dumb buffers");
}

/* ---- planes and nodes ---- */

Test(kms, each_format_of_each_primary_plane)
{
    unsigned planes = 0;
    struct drm_node node;

    for (unsigned i = 0; i < NODE_COUNT; i++) {
        if (!drm_open_node(i, &node)) {
            continue;
        }
        if (node.primaryPlane != 0) {
            drmModePlanePtr plane = drmModeGetPlane(node.fd, node.primaryPlane);
            VxmDrmModifiers modifiers;

            planes++;
            for (uint32_t f = 0; f < plane->count_formats; f++) {
                VXM(vxmDrmGetModifiers(&drm_table, node.fd, node.primaryPlane, plane->formats[f],
                                       &modifiers));
                cr_expect_gt(modifiers.modifierCount, 0, "%s, %.4s: %s", node.driver,
                             (const char *)&plane->formats[f], modifiers.reason);
            }
            VXM(vxmDrmGetModifiers(&drm_table, node.fd, node.primaryPlane, 0x20202020, &modifiers));
            cr_expect_eq(modifiers.modifierCount, 0);
            cr_expect_gt(strlen(modifiers.reason), 30);
            FAILS(vxmDrmGetModifiers(&drm_table, node.fd, 999999, DRM_FORMAT_XRGB8888, &modifiers),
                  VK_ERROR_INITIALIZATION_FAILED, "plane must be the number of a plane");
            drmModeFreePlane(plane);
        }
        drm_close_node(&node);
    }
    if (planes == 0) {
        cr_skip_test("no node here has a display");
    }
}

Test(kms, the_vulkan_devices_own_node)
{
    const VxmIdentity *const identity = drm_gpu.info.identity;
    unsigned same = 0, others = 0;
    struct drm_node node;

    for (unsigned i = 0; i < NODE_COUNT; i++) {
        if (!drm_open_node(i, &node)) {
            continue;
        }
        if (!identity->drmPrimaryValid) {
            FAILS(vxmDrmCheckDevice(&drm_table, node.fd, identity), VK_ERROR_FEATURE_NOT_PRESENT,
                  identity->deviceName);
        } else if (vxmDrmCheckDevice(&drm_table, node.fd, identity) == VK_SUCCESS) {
            same++;
        } else {
            others++;
        }
        drm_close_node(&node);
    }
    cr_expect_eq(same, identity->drmPrimaryValid ? 1 : 0, "%u nodes are the device's, %u aren't",
                 same, others);
    FAILS(vxmDrmCheckDevice(&drm_table, 0, identity), VK_ERROR_VALIDATION_FAILED_EXT,
          "fd must be an open DRM node");
}
