/*
 * Shows an image of Vulkan's on a display, without a window system and without a copy: the image
 * has a layout that both understand, and KMS scans it out. Run it from a text console.
 *
 *   cc *.c -o kms_framebuffer $(pkg-config --cflags --libs vxm libdrm) -lvulkan
 *   ./kms_framebuffer [SECONDS]
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "display.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <drm_fourcc.h>
#include <vulkan/vulkan.h>
#include <vxm/drm.h>

#define DMA_BUF     VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define CHECK(call) check((call), #call)

static void check(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error); /* empty if it was a call of Vulkan's own that failed */
        fprintf(stderr, "%s\n%s: %s\n", call, vxmResultName(result), error.message);
        exit(EXIT_FAILURE);
    }
}

/* An image as large as the display, with the best layout that both sides have. */
static VxmMemory create_image(VxmDevice device, const VxmDrm *drm, const struct display *display)
{
    VkImageDrmFormatModifierListCreateInfoEXT list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT};
    VkImageCreateInfo info = {.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                              .imageType = VK_IMAGE_TYPE_2D,
                              .format = VK_FORMAT_B8G8R8A8_UNORM,
                              .extent = {display->mode.hdisplay, display->mode.vdisplay, 1},
                              .mipLevels = 1,
                              .arrayLayers = 1,
                              .samples = VK_SAMPLE_COUNT_1_BIT,
                              .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                              .usage = VK_IMAGE_USAGE_TRANSFER_DST_BIT};
    const VxmMemoryCreateInfo how = {.handleTypes = DMA_BUF};
    VxmDrmModifiers theirs;
    VxmModifierChoice choice;
    VxmModifiers ours;
    VxmMemory image;

    CHECK(vxmGetModifiers(device, &info, DMA_BUF, &ours));
    CHECK(vxmDrmGetModifiers(drm, display->fd, display->plane, DRM_FORMAT_XRGB8888, &theirs));
    CHECK(vxmChooseModifiers(&ours, VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT, theirs.modifierCount,
                             theirs.modifiers, &choice));
    if (choice.modifierCount == 0) {
        /* A display that names no modifiers shows LINEAR as a rule; KMS will tell. */
        printf("%s %s\n", theirs.reason, choice.reason);
        choice.modifiers[choice.modifierCount++] = VXM_DRM_FORMAT_MOD_LINEAR;
    }
    list.drmFormatModifierCount = choice.modifierCount;
    list.pDrmFormatModifiers = choice.modifiers;
    info.pNext = &list;
    CHECK(vxmCreateImage(device, &info, &how, &image));
    return image;
}

/* Clears the image and gives it away; the CPU waits, so that KMS needs no fence. */
static void draw(const VxmDeviceInfo *vulkan, VxmMemory image)
{
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .queueFamilyIndex = vulkan->queueFamilyIndex};
    VkCommandBufferAllocateInfo allocate = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                            .commandBufferCount = 1};
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    const VkImageSubresourceRange whole = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    const VkImageMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
                                          .dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
                                          .newLayout = VK_IMAGE_LAYOUT_GENERAL,
                                          .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
                                          .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
                                          .image = vxmGetVkImage(image),
                                          .subresourceRange = whole};
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_TRANSFER_BIT,
                        .accessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
                        .layout = VK_IMAGE_LAYOUT_GENERAL,
                        .queueFamilyIndex = vulkan->queueFamilyIndex};
    const VkClearColorValue orange = {.float32 = {1.0f, 0.5f, 0.1f, 1.0f}};
    VxmHandover handover = {0}; /* to FOREIGN: a display is no Vulkan device */
    VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO, .commandBufferCount = 1};
    VkCommandBuffer commands;

    CHECK(vkCreateCommandPool(vulkan->device, &pool, NULL, &allocate.commandPool));
    CHECK(vkAllocateCommandBuffers(vulkan->device, &allocate, &commands));
    CHECK(vkBeginCommandBuffer(commands, &begin));
    vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT,
                         VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, NULL, 0, NULL, 1, &barrier);
    vkCmdClearColorImage(commands, barrier.image, VK_IMAGE_LAYOUT_GENERAL, &orange, 1, &whole);
    CHECK(vxmCmdReleaseMemory(commands, image, &use, &handover));
    CHECK(vkEndCommandBuffer(commands));
    submit.pCommandBuffers = &commands;
    CHECK(vkQueueSubmit(vulkan->queue, 1, &submit, VK_NULL_HANDLE));
    CHECK(vkQueueWaitIdle(vulkan->queue));
    vkDestroyCommandPool(vulkan->device, allocate.commandPool, NULL);
}

/* False, in words, if this display can't show the image or is somebody else's. */
static bool show(const VxmDrm *drm, struct display *display, VxmMemory image, unsigned seconds)
{
    const VxmDrmFramebufferInfo info = {.fourcc = DRM_FORMAT_XRGB8888};
    drmModeCrtc *before = drmModeGetCrtc(display->fd, display->crtc);
    uint32_t framebuffer = 0;
    VxmError error;
    int answer = -1;

    if (vxmDrmAddFramebuffer(drm, display->fd, image, &info, &framebuffer) != VK_SUCCESS) {
        vxmGetLastError(&error);
        printf("%s\n", error.message);
    } else {
        answer = drmModeSetCrtc(display->fd, display->crtc, framebuffer, 0, 0, &display->connector,
                                1, &display->mode);
        printf("drmModeSetCrtc(%ux%u): %s\n", display->mode.hdisplay, display->mode.vdisplay,
               answer == 0 ? "shown" : strerror(-answer));
    }
    if (answer == 0) {
        nanosleep(&(struct timespec){.tv_sec = (time_t)seconds}, NULL);
    }
    if (answer == 0 && before != NULL) {
        drmModeSetCrtc(display->fd, before->crtc_id, before->buffer_id, before->x, before->y,
                       &display->connector, 1, &before->mode);
    }
    vxmDrmRemoveFramebuffer(drm, display->fd, &framebuffer);
    drmModeFreeCrtc(before);
    return answer == 0;
}

int main(int argc, char **argv)
{
    const unsigned seconds = argc > 1 ? (unsigned)atoi(argv[1]) : 5;
    bool shown = false;
    VxmDeviceInfo vulkan;
    VxmDevice device;
    VxmDrm drm = {0};

    CHECK(vxmDrmLoad(dlsym, NULL, &drm));
    CHECK(vxmCreateDevice(NULL, &device));
    CHECK(vxmGetDeviceInfo(device, &vulkan));
    for (unsigned card = 0; card < 16 && !shown; card++) {
        struct display display;

        if (find_display(card, &display)) {
            VxmMemory image = create_image(device, &drm, &display);

            printf("/dev/dri/card%u: ", card);
            draw(&vulkan, image);
            shown = show(&drm, &display, image, seconds);
            vxmDestroyMemory(image);
            close(display.fd);
        }
    }
    vxmDestroyDevice(device);
    if (!shown) {
        printf("There is no display here that is free and shows Vulkan's dma-bufs. Run it from a "
               "text console, as a user who may open /dev/dri/card*.\n");
        return 77;
    }
    return 0;
}
