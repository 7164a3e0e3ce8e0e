/*
 * Frames of a V4L2 device (a camera, a capture card) in Vulkan, without a copy: each of the
 * device's buffers is exported as a dma-buf and imported once, and then goes back and forth.
 *
 *   cc *.c -o v4l2_capture $(pkg-config --cflags --libs vxm libpng) -lvulkan
 *   ./v4l2_capture [/dev/videoN [FILE.png]]
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vulkan/vulkan.h>
#include <vxm/vxm.h>

#define FRAMES 10u

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

/* A device, and memory that the CPU reads its results in. */
struct gpu {
    VxmDevice vxm;
    VxmDeviceInfo info;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VxmMemory output;
    uint8_t *pixels;
};

static void gpu_open(struct gpu *gpu, size_t size)
{
    const VkBufferCreateInfo output = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = size,
                                       .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    const VxmMemoryCreateInfo visible = {.handleTypes =
                                             VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
                                         .requiredFlags = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                                          VK_MEMORY_PROPERTY_HOST_COHERENT_BIT};
    VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                    .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT};
    VkCommandBufferAllocateInfo commands = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                            .commandBufferCount = 1};
    void *data;

    CHECK(vxmCreateDevice(NULL, &gpu->vxm));
    CHECK(vxmGetDeviceInfo(gpu->vxm, &gpu->info));
    CHECK(vxmCreateBuffer(gpu->vxm, &output, &visible, &gpu->output));
    CHECK(vxmMapMemory(gpu->output, 0, &data));
    gpu->pixels = data;
    pool.queueFamilyIndex = gpu->info.queueFamilyIndex;
    CHECK(vkCreateCommandPool(gpu->info.device, &pool, NULL, &gpu->pool));
    commands.commandPool = gpu->pool;
    CHECK(vkAllocateCommandBuffers(gpu->info.device, &commands, &gpu->commands));
}

/* What V4L2 says of a buffer, as VxmShared has it. The descriptor is borrowed. */
static VxmMemory import_buffer(struct gpu *gpu, const struct capture *capture, int fd)
{
    const VxmHandle handle = {.kind = VXM_HANDLE_KIND_MEMORY,
                              .type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
                              .fd = fd};
    VxmFourccFormat format;
    VxmMemory memory;

    /* For YUYV and other YCbCr formats V4L2's codes are DRM's. */
    CHECK(vxmGetFourccFormat(capture->pixelFormat, &format));
    VxmShared shared = {.resourceType = VXM_RESOURCE_TYPE_IMAGE,
                        .handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
                        .memoryCount = 1,
                        .memories = {{.handle = handle}},
                        .image = {.imageType = VK_IMAGE_TYPE_2D,
                                  .format = format.format,
                                  .extent = {capture->width, capture->height, 1},
                                  .mipLevels = 1,
                                  .arrayLayers = 1,
                                  .samples = VK_SAMPLE_COUNT_1_BIT,
                                  .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                                  .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT,
                                  .drmFormatModifier = VXM_DRM_FORMAT_MOD_LINEAR,
                                  .planeCount = 1,
                                  .planes = {{.rowPitch = capture->pitch}}}};
    CHECK(vxmImportMemory(gpu->vxm, &shared, NULL, &memory));
    return memory;
}

/* The GPU reads a frame; here it copies, where an application would sample (see nv12_import). V4L2
 * has no fences: the frame was complete when it came, and goes back when the GPU is done. */
static void read_frame(struct gpu *gpu, const struct capture *capture, VxmMemory frame)
{
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    const VkBufferImageCopy copy = {.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                                    .imageExtent = {capture->width, capture->height, 1}};
    const VkMemoryBarrier toHost = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                    .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
                                    .dstAccessMask = VK_ACCESS_HOST_READ_BIT};
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_TRANSFER_BIT,
                        .accessMask = VK_ACCESS_TRANSFER_READ_BIT,
                        .layout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                        .queueFamilyIndex = gpu->info.queueFamilyIndex};
    VxmHandover handover = {.layout = VK_IMAGE_LAYOUT_GENERAL,
                            .queueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT};
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &gpu->commands};

    CHECK(vkBeginCommandBuffer(gpu->commands, &begin));
    CHECK(vxmCmdAcquireMemory(gpu->commands, frame, &handover, &use));
    vkCmdCopyImageToBuffer(gpu->commands, vxmGetVkImage(frame), use.layout,
                           vxmGetVkBuffer(gpu->output), 1, &copy);
    CHECK(vxmCmdReleaseMemory(gpu->commands, frame, &use, &handover));
    vkCmdPipelineBarrier(gpu->commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT,
                         0, 1, &toHost, 0, NULL, 0, NULL);
    CHECK(vkEndCommandBuffer(gpu->commands));
    CHECK(vkQueueSubmit(gpu->info.queue, 1, &submit, VK_NULL_HANDLE));
    CHECK(vkQueueWaitIdle(gpu->info.queue));
}

int main(int argc, char **argv)
{
    const char *const device = argc > 1 ? argv[1] : "/dev/video0";
    const char *const path = argc > 2 ? argv[2] : "v4l2_capture.png";
    VxmMemory frames[CAPTURE_BUFFERS];
    struct capture capture;
    struct gpu gpu = {0};
    bool same = true;

    if (!capture_open(&capture, device)) {
        return 77;
    }
    const size_t size = (size_t)2 * capture.width * capture.height; /* YUYV */
    gpu_open(&gpu, size);
    for (uint32_t i = 0; i < capture.bufferCount; i++) {
        frames[i] = import_buffer(&gpu, &capture, capture.fds[i]);
    }
    capture_start(&capture);
    for (unsigned number = 0; number < FRAMES; number++) {
        const uint32_t i = capture_take(&capture);

        read_frame(&gpu, &capture, frames[i]);
        same = same && capture_compare(&capture, i, gpu.pixels);
        capture_give_back(&capture, i);
    }
    write_png(path, gpu.pixels, capture.width, capture.height);
    printf("%s: %u frames of %ux%u, imported into %s without a copy: %s. The last: %s\n", device,
           FRAMES, capture.width, capture.height, gpu.info.identity->deviceName,
           same ? "what the CPU sees" : "OTHER THAN THE CPU SEES", path);
    for (uint32_t i = 0; i < capture.bufferCount; i++) {
        vxmDestroyMemory(frames[i]);
    }
    capture_close(&capture);
    vkDestroyCommandPool(gpu.info.device, gpu.pool, NULL);
    vxmDestroyMemory(gpu.output);
    vxmDestroyDevice(gpu.vxm);
    return same ? EXIT_SUCCESS : EXIT_FAILURE;
}
