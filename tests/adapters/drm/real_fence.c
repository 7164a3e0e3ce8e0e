/*
 * A display and Vulkan wait for each other, by sync files: IN_FENCE_FD and OUT_FENCE_PTR of an
 * atomic commit.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/drm/real_drm.h"

#include <string.h>
#include <sys/mman.h>

TestSuite(fence, .init = drm_real_begin, .fini = drm_real_end);

#define SYNC_FD VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT

/* The number of an object's property. */
static uint32_t find_property(int fd, uint32_t object, uint32_t type, const char *name)
{
    drmModeObjectPropertiesPtr all = drmModeObjectGetProperties(fd, object, type);
    uint32_t found = 0;

    cr_assert_not_null(all);
    for (uint32_t i = 0; i < all->count_props; i++) {
        drmModePropertyPtr property = drmModeGetProperty(fd, all->props[i]);

        if (strcmp(property->name, name) == 0) {
            found = property->prop_id;
        }
        drmModeFreeProperty(property);
    }
    drmModeFreeObjectProperties(all);
    cr_assert_neq(found, 0, "there is no property %s", name);
    return found;
}

/* Shows a framebuffer when the sync file is signalled; the answer is signalled when it is shown. */
static int flip(const struct drm_node *node, uint32_t framebuffer, int fence)
{
    drmModeResPtr resources = drmModeGetResources(node->fd);
    const uint32_t crtc = resources->crtcs[0];
    drmModeAtomicReqPtr request = drmModeAtomicAlloc();
    int32_t shown = -1;

    drmModeAtomicAddProperty(
        request, node->primaryPlane,
        find_property(node->fd, node->primaryPlane, DRM_MODE_OBJECT_PLANE, "FB_ID"), framebuffer);
    drmModeAtomicAddProperty(
        request, node->primaryPlane,
        find_property(node->fd, node->primaryPlane, DRM_MODE_OBJECT_PLANE, "IN_FENCE_FD"),
        (uint64_t)(int64_t)fence);
    drmModeAtomicAddProperty(request, crtc,
                             find_property(node->fd, crtc, DRM_MODE_OBJECT_CRTC, "OUT_FENCE_PTR"),
                             (uint64_t)(uintptr_t)&shown);
    cr_assert_eq(drmModeAtomicCommit(node->fd, request, DRM_MODE_ATOMIC_NONBLOCK, NULL), 0,
                 "errno %d", errno);
    drmModeAtomicFree(request);
    drmModeFreeResources(resources);
    return shown;
}

/* Draws, without waiting for it; `ready` is signalled when it is done. */
static void draw(VxmMemory image, struct staging *staging, VxmSemaphore ready)
{
    const VkBufferImageCopy whole = {.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                                     .imageExtent = {DRM_WIDTH, DRM_HEIGHT, 1}};
    const VxmUse use = gpu_use(&drm_gpu);
    VxmHandover handover = {0};

    gpu_begin(&drm_gpu);
    gpu_layout(&drm_gpu, vxmGetVkImage(image), VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL);
    vkCmdCopyBufferToImage(drm_gpu.commands, staging->buffer, vxmGetVkImage(image),
                           VK_IMAGE_LAYOUT_GENERAL, 1, &whole);
    VXM(vxmCmdReleaseMemory(drm_gpu.commands, image, &use, &handover));
    gpu_submit(&drm_gpu, NULL, 0, ready, 0);
}

Test(fence, both_ways)
{
    const VxmDrmFramebufferInfo info = {.fourcc = DRM_FORMAT_XRGB8888};
    const VxmSemaphoreCreateInfo how = {.handleTypes = SYNC_FD};
    const size_t size = (size_t)4 * DRM_WIDTH * DRM_HEIGHT;
    uint32_t framebuffers[2];
    VxmSemaphore ready, shown;
    VxmSharedSemaphore fence;
    struct staging staging;
    VxmMemory images[2];
    struct drm_node node;
    void *video;

    if (!drm_find_display("cirrus", &node)) {
        cr_skip_test("there is no cirrus display, whose memory could be looked at");
    }
    cr_assert_eq(drmSetClientCap(node.fd, DRM_CLIENT_CAP_ATOMIC, 1), 0);
    video = drm_map_video_memory("cirrus", size);
    cr_assert_neq(video, MAP_FAILED, "errno %d", errno);
    for (unsigned i = 0; i < 2; i++) {
        const VxmModifierChoice choice = drm_choose(&node, DRM_WIDTH, DRM_HEIGHT);

        images[i] = drm_create_image(&choice, DRM_WIDTH, DRM_HEIGHT);
        VXM(vxmDrmAddFramebuffer(&drm_table, node.fd, images[i], &info, &framebuffers[i]));
    }
    drm_show(node.fd, framebuffers[0]);

    gpu_create_staging(&drm_gpu, size, &staging);
    gpu_pattern(31, staging.data, size);
    VXM(vxmCreateSemaphore(drm_gpu.device, &how, &ready));
    draw(images[1], &staging, ready);
    VXM(vxmExportSemaphore(ready, SYNC_FD, &fence));
    const int answer = flip(&node, framebuffers[1], fence.handle.fd);
    vxmCloseSharedSemaphore(&fence);
    gpu_wait(&drm_gpu);

    /* Vulkan's next work waits for the display. */
    cr_assert_geq(answer, 0, "the display gave no fence");
    fence = (VxmSharedSemaphore){
        .handleType = SYNC_FD,
        .handle = {.kind = VXM_HANDLE_KIND_SEMAPHORE, .type = SYNC_FD, .fd = answer}};
    VXM(vxmImportSemaphore(drm_gpu.device, &fence,
                           VXM_IMPORT_TEMPORARY_BIT | VXM_IMPORT_TAKE_HANDLES_BIT, 0, &shown));
    gpu_begin(&drm_gpu);
    gpu_submit(&drm_gpu, shown, 0, NULL, 0);
    gpu_wait(&drm_gpu);
    cr_expect(drm_holds(video, DRM_WIDTH, DRM_HEIGHT, 4 * DRM_WIDTH, 31),
              "the display shows something else");

    vxmDestroySemaphore(shown);
    vxmDestroySemaphore(ready);
    gpu_destroy_staging(&drm_gpu, &staging);
    for (unsigned i = 0; i < 2; i++) {
        vxmDrmRemoveFramebuffer(&drm_table, node.fd, &framebuffers[i]);
        vxmDestroyMemory(images[i]);
    }
    munmap(video, size);
    drm_close_node(&node);
}
