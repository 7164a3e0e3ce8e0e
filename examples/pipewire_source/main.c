/*
 * Takes a screen's or a camera's dma-bufs out of PipeWire: Vulkan reads the pixel in the middle of
 * each frame. Nothing is copied on the way.
 *
 *   cc *.c -o pipewire_source $(pkg-config --cflags --libs vxm libpipewire-0.3) -lvulkan
 *   ./pipewire_source [FRAMES]
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "pw_shared.h"

#include <stdio.h>
#include <stdlib.h>

#include <pipewire/pipewire.h>
#include <spa/param/video/format-utils.h>
#include <vulkan/vulkan.h>
#include <vxm/dmabuf.h>

#define USAGE      VK_IMAGE_USAGE_TRANSFER_SRC_BIT
#define TIME_LIMIT 1000000000u /* nanoseconds */

struct source {
    VxmDevice vxm;
    VxmDeviceInfo gpu;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VxmMemory output; /* a buffer that the CPU sees */
    uint8_t *bytes;   /* the output's */
    struct pw_main_loop *loop;
    struct pw_stream *stream;
    struct spa_video_info_raw info;
    int frames; /* still to come */
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

static void open_gpu(struct source *source)
{
    const VkBufferCreateInfo output = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = 4,
                                       .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    /* Nobody shares this one; but made so, the library finds memory for it. */
    const VxmMemoryCreateInfo visible = {.handleTypes =
                                             VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
                                         .requiredFlags = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                                          VK_MEMORY_PROPERTY_HOST_COHERENT_BIT};
    void *data;

    CHECK(vxmCreateDevice(NULL, &source->vxm));
    CHECK(vxmGetDeviceInfo(source->vxm, &source->gpu));
    CHECK(vxmCreateBuffer(source->vxm, &output, &visible, &source->output));
    CHECK(vxmMapMemory(source->output, 0, &data));
    source->bytes = data;
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                          .queueFamilyIndex = source->gpu.queueFamilyIndex};
    CHECK(vkCreateCommandPool(source->gpu.device, &pool, NULL, &source->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = source->pool,
        .commandBufferCount = 1};
    CHECK(vkAllocateCommandBuffers(source->gpu.device, &commands, &source->commands));
}

static void read_pixel(struct source *source, VxmMemory frame)
{
    const VxmHandover handover = {.layout = VK_IMAGE_LAYOUT_GENERAL,
                                  .queueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT};
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_TRANSFER_BIT,
                        .accessMask = VK_ACCESS_TRANSFER_READ_BIT,
                        .layout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                        .queueFamilyIndex = source->gpu.queueFamilyIndex};
    const VkBufferImageCopy pixel = {.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                                     .imageOffset = {(int32_t)source->info.size.width / 2,
                                                     (int32_t)source->info.size.height / 2, 0},
                                     .imageExtent = {1, 1, 1}};
    const VkMemoryBarrier toHost = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                    .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
                                    .dstAccessMask = VK_ACCESS_HOST_READ_BIT};
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &source->commands};

    CHECK(vkBeginCommandBuffer(source->commands, &begin));
    CHECK(vxmCmdAcquireMemory(source->commands, frame, &handover, &use));
    vkCmdCopyImageToBuffer(source->commands, vxmGetVkImage(frame), use.layout,
                           vxmGetVkBuffer(source->output), 1, &pixel);
    vkCmdPipelineBarrier(source->commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                         VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &toHost, 0, NULL, 0, NULL);
    CHECK(vkEndCommandBuffer(source->commands));
    CHECK(vkQueueSubmit(source->gpu.queue, 1, &submit, VK_NULL_HANDLE));
    CHECK(vkQueueWaitIdle(source->gpu.queue));
}

static void on_param_changed(void *data, uint32_t id, const struct spa_pod *param)
{
    struct source *source = data;
    uint8_t space[256];
    struct spa_pod_builder builder = SPA_POD_BUILDER_INIT(space, sizeof(space));

    if (param == NULL || id != SPA_PARAM_Format ||
        spa_format_video_raw_parse(param, &source->info) < 0) {
        return;
    }
    const struct spa_pod *buffers = spa_pod_builder_add_object(
        &builder, SPA_TYPE_OBJECT_ParamBuffers, SPA_PARAM_Buffers, SPA_PARAM_BUFFERS_dataType,
        SPA_POD_CHOICE_FLAGS_Int(1 << SPA_DATA_DmaBuf));
    pw_stream_update_params(source->stream, &buffers, 1);
}

static void on_process(void *data)
{
    struct source *source = data;
    struct pw_buffer *buffer = pw_stream_dequeue_buffer(source->stream);
    VxmShared shared;
    VxmMemory frame;

    if (buffer == NULL) {
        return;
    }
    CHECK(pw_shared_from_buffer(&source->info, buffer->buffer, USAGE, &shared));
    for (uint32_t i = 0; i < shared.memoryCount; i++) { /* a compositor may still be drawing */
        CHECK(vxmDmaBufWait(&shared.memories[i].handle, DMA_BUF_SYNC_READ, TIME_LIMIT));
    }
    CHECK(vxmImportMemory(source->vxm, &shared, NULL, &frame)); /* better once for each buffer */
    read_pixel(source, frame);
    printf("%u x %u, in the middle %02x %02x %02x\n", source->info.size.width,
           source->info.size.height, source->bytes[0], source->bytes[1], source->bytes[2]);
    vxmDestroyMemory(frame);
    pw_stream_queue_buffer(source->stream, buffer);
    if (--source->frames == 0) {
        pw_main_loop_quit(source->loop);
    }
}

int main(int argc, char **argv)
{
    static const struct pw_stream_events events = {.version = PW_VERSION_STREAM_EVENTS,
                                                   .param_changed = on_param_changed,
                                                   .process = on_process};
    const VkImageCreateInfo image = {.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                                     .imageType = VK_IMAGE_TYPE_2D,
                                     .format = VK_FORMAT_B8G8R8A8_UNORM,
                                     .extent = {1280, 720, 1},
                                     .mipLevels = 1,
                                     .arrayLayers = 1,
                                     .samples = VK_SAMPLE_COUNT_1_BIT,
                                     .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                                     .usage = USAGE};
    uint8_t space[2048];
    struct spa_pod_builder builder = SPA_POD_BUILDER_INIT(space, sizeof(space));
    struct source source = {.frames = argc > 1 ? atoi(argv[1]) : 10};

    open_gpu(&source);
    const struct spa_pod *format = pw_shared_format(source.vxm, &image, &builder);
    check(format != NULL ? VK_SUCCESS : VK_ERROR_FORMAT_NOT_SUPPORTED, "pw_shared_format()");
    pw_init(&argc, &argv);
    source.loop = pw_main_loop_new(NULL);
    source.stream = pw_stream_new_simple(
        pw_main_loop_get_loop(source.loop), "vxm",
        pw_properties_new(PW_KEY_MEDIA_TYPE, "Video", PW_KEY_MEDIA_CATEGORY, "Capture", NULL),
        &events, &source);
    if (source.stream == NULL || pw_stream_connect(source.stream, PW_DIRECTION_INPUT, PW_ID_ANY,
                                                   PW_STREAM_FLAG_AUTOCONNECT, &format, 1) < 0) {
        fprintf(stderr, "There is no PipeWire to connect to.\n");
        return EXIT_FAILURE;
    }
    pw_main_loop_run(source.loop);
    pw_stream_destroy(source.stream);
    pw_main_loop_destroy(source.loop);
    vkDestroyCommandPool(source.gpu.device, source.pool, NULL);
    vxmDestroyMemory(source.output);
    vxmDestroyDevice(source.vxm);
    return EXIT_SUCCESS;
}
