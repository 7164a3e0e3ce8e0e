/*
 * Takes a camera's dma-bufs out of GStreamer and reads them with Vulkan: nothing is copied on the
 * way. Each frame as Vulkan sees it is compared with what GStreamer's mapping of it says.
 *
 *   cc *.c -o gstreamer_sink $(pkg-config --cflags --libs vxm gstreamer-app-1.0 \
 *       gstreamer-video-1.0 gstreamer-allocators-1.0) -lvulkan
 *   ./gstreamer_sink "v4l2src device=/dev/video0 num-buffers=10"
 *
 * The source may be any that gives YUYV in dma-bufs, as cameras do, of 640 x 360 here.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "gst_shared.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gst/app/gstappsink.h>
#include <gst/video/video.h>
#include <vulkan/vulkan.h>

#define WIDTH    640u
#define HEIGHT   360u
#define FORMAT   VK_FORMAT_G8B8G8R8_422_UNORM /* YUYV */
#define USAGE    VK_IMAGE_USAGE_TRANSFER_SRC_BIT
#define ROW_SIZE (2u * WIDTH)

struct gpu {
    VxmDevice vxm;
    VxmDeviceInfo info;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VxmMemory output;
    uint8_t *bytes; /* the output's: a frame without padding */
};

static void check(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error); /* empty if it was a call of Vulkan's own that failed */
        fprintf(stderr, "%s\n%s: %s\n", call, vxmResultName(result), error.message);
        exit(EXIT_FAILURE);
    }
}
#define CHECK(call) check(call, #call)

static void open_gpu(struct gpu *gpu)
{
    const VkBufferCreateInfo output = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = ROW_SIZE * HEIGHT,
                                       .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    /* Nobody shares this one; but made so, the library finds memory for it. */
    const VxmMemoryCreateInfo visible = {.handleTypes =
                                             VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
                                         .requiredFlags = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                                          VK_MEMORY_PROPERTY_HOST_COHERENT_BIT};
    void *data;

    CHECK(vxmCreateDevice(NULL, &gpu->vxm));
    CHECK(vxmGetDeviceInfo(gpu->vxm, &gpu->info));
    CHECK(vxmCreateBuffer(gpu->vxm, &output, &visible, &gpu->output));
    CHECK(vxmMapMemory(gpu->output, 0, &data));
    gpu->bytes = data;
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                          .queueFamilyIndex = gpu->info.queueFamilyIndex};
    CHECK(vkCreateCommandPool(gpu->info.device, &pool, NULL, &gpu->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = gpu->pool,
        .commandBufferCount = 1};
    CHECK(vkAllocateCommandBuffers(gpu->info.device, &commands, &gpu->commands));
}

/* Reads a frame, which is done when it arrives: V4L2 gives it out no earlier. */
static void read_frame(struct gpu *gpu, VxmMemory frame)
{
    const VxmHandover handover = {.layout = VK_IMAGE_LAYOUT_GENERAL,
                                  .queueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT};
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_TRANSFER_BIT,
                        .accessMask = VK_ACCESS_TRANSFER_READ_BIT,
                        .layout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                        .queueFamilyIndex = gpu->info.queueFamilyIndex};
    const VkBufferImageCopy copy = {.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                                    .imageExtent = {WIDTH, HEIGHT, 1}};
    const VkMemoryBarrier toHost = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                    .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
                                    .dstAccessMask = VK_ACCESS_HOST_READ_BIT};
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &gpu->commands};

    CHECK(vkBeginCommandBuffer(gpu->commands, &begin));
    CHECK(vxmCmdAcquireMemory(gpu->commands, frame, &handover, &use));
    vkCmdCopyImageToBuffer(gpu->commands, vxmGetVkImage(frame), use.layout,
                           vxmGetVkBuffer(gpu->output), 1, &copy);
    vkCmdPipelineBarrier(gpu->commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT,
                         0, 1, &toHost, 0, NULL, 0, NULL);
    CHECK(vkEndCommandBuffer(gpu->commands));
    CHECK(vkQueueSubmit(gpu->info.queue, 1, &submit, VK_NULL_HANDLE));
    CHECK(vkQueueWaitIdle(gpu->info.queue));
}

/* Whether the CPU sees the same through GStreamer's own mapping. */
static bool is_same(GstBuffer *buffer, const uint8_t *bytes)
{
    GstVideoMeta *meta = gst_buffer_get_video_meta(buffer);
    GstMapInfo map;
    gpointer data;
    gint stride;
    bool same = true;

    if (!gst_video_meta_map(meta, 0, &map, &data, &stride, GST_MAP_READ)) {
        return false;
    }
    for (uint32_t y = 0; same && y < HEIGHT; y++) {
        const uint8_t *row = (const uint8_t *)data + (size_t)y * (size_t)stride;
        same = memcmp(row, bytes + (size_t)y * ROW_SIZE, ROW_SIZE) == 0;
    }
    gst_video_meta_unmap(meta, 0, &map);
    return same;
}

int main(int argc, char **argv)
{
    const VkImageCreateInfo image = {.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                                     .imageType = VK_IMAGE_TYPE_2D,
                                     .format = FORMAT,
                                     .extent = {WIDTH, HEIGHT, 1},
                                     .mipLevels = 1,
                                     .arrayLayers = 1,
                                     .samples = VK_SAMPLE_COUNT_1_BIT,
                                     .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                                     .usage = USAGE};
    GError *error = NULL;
    struct gpu gpu;
    GstSample *sample;
    unsigned frames = 0;
    unsigned wrong = 0;

    gst_init(&argc, &argv);
    open_gpu(&gpu);
    GstCaps *caps = gst_shared_caps(gpu.vxm, &image);
    check(caps != NULL ? VK_SUCCESS : VK_ERROR_FORMAT_NOT_SUPPORTED, "gst_shared_caps()");
    char *text = gst_caps_to_string(caps);
    char *line = g_strdup_printf("%s ! %s ! appsink name=sink sync=false",
                                 argc > 1 ? argv[1] : "v4l2src num-buffers=10", text);
    GstElement *pipeline = gst_parse_launch(line, &error);
    if (pipeline == NULL) {
        fprintf(stderr, "%s\n%s\n", line, error->message);
        return EXIT_FAILURE;
    }
    GstElement *sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    while ((sample = gst_app_sink_try_pull_sample(GST_APP_SINK(sink), 30 * GST_SECOND)) != NULL) {
        VxmShared shared;
        VxmMemory frame;

        CHECK(gst_shared_from_sample(sample, USAGE, &shared));
        CHECK(vxmImportMemory(gpu.vxm, &shared, NULL, &frame));
        read_frame(&gpu, frame);
        wrong += is_same(gst_sample_get_buffer(sample), gpu.bytes) ? 0 : 1;
        frames++;
        vxmDestroyMemory(frame);
        gst_sample_unref(sample); /* V4L2 may now write to it again */
    }
    GstMessage *failed = gst_bus_pop_filtered(GST_ELEMENT_BUS(pipeline), GST_MESSAGE_ERROR);
    if (failed != NULL) {
        gst_message_parse_error(failed, &error, NULL);
        fprintf(stderr, "%s\n%s\n", line, error->message);
    }
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(sink);
    gst_object_unref(pipeline);
    gst_caps_unref(caps);
    printf("%s: %u frames, %u wrong\n", gpu.info.identity->deviceName, frames, wrong);
    vkDestroyCommandPool(gpu.info.device, gpu.pool, NULL);
    vxmDestroyMemory(gpu.output);
    vxmDestroyDevice(gpu.vxm);
    return failed == NULL && frames > 0 && wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
