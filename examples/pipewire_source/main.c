/*
 * Takes a screen's or a camera's dma-bufs out of PipeWire: Vulkan reads three pixels of each frame,
 * the first, the one in the middle and the last. Nothing is copied on the way.
 *
 *   cc *.c -o pipewire_source $(pkg-config --cflags --libs vxm libpipewire-0.3) -lvulkan
 *   ./pipewire_source [FRAMES]
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "pw_shared.h"
#include "read.h"

#include <stdio.h>
#include <stdlib.h>

#include <pipewire/pipewire.h>
#include <spa/param/video/format-utils.h>
#include <vxm/dmabuf.h>

#define USAGE      VK_IMAGE_USAGE_TRANSFER_SRC_BIT
#define TIME_LIMIT 1000000000u /* nanoseconds */

struct source {
    struct reader reader;
    struct pw_main_loop *loop;
    struct pw_stream *stream;
    struct spa_video_info_raw info;
    unsigned frames, limit;
};

static void on_state_changed(void *data, enum pw_stream_state old, enum pw_stream_state state,
                             const char *error)
{
    (void)data;
    (void)old;
    if (state == PW_STREAM_STATE_ERROR) { /* such as no format in common */
        fprintf(stderr, "PipeWire: %s\n", error);
        exit(EXIT_FAILURE);
    }
}

static void on_param_changed(void *data, uint32_t id, const struct spa_pod *param)
{
    struct source *source = data;
    uint8_t space[256];
    struct spa_pod_builder builder = SPA_POD_BUILDER_INIT(space, sizeof(space));
    const struct spa_pod *params[2];

    if (param == NULL || id != SPA_PARAM_Format ||
        spa_format_video_raw_parse(param, &source->info) < 0) {
        return;
    }
    params[0] = spa_pod_builder_add_object(&builder, SPA_TYPE_OBJECT_ParamBuffers,
                                           SPA_PARAM_Buffers, SPA_PARAM_BUFFERS_dataType,
                                           SPA_POD_CHOICE_FLAGS_Int(1 << SPA_DATA_DmaBuf));
    /* the frames' numbers */
    params[1] = spa_pod_builder_add_object(&builder, SPA_TYPE_OBJECT_ParamMeta, SPA_PARAM_Meta,
                                           SPA_PARAM_META_type, SPA_POD_Id(SPA_META_Header),
                                           SPA_PARAM_META_size,
                                           SPA_POD_Int(sizeof(struct spa_meta_header)));
    pw_stream_update_params(source->stream, params, 2);
}

static void on_remove_buffer(void *data, struct pw_buffer *buffer)
{
    (void)data;
    vxmDestroyMemory(buffer->user_data);
    buffer->user_data = NULL;
}

static void on_process(void *data)
{
    struct source *source = data;
    const uint8_t *bytes = source->reader.bytes;
    struct pw_buffer *buffer = pw_stream_dequeue_buffer(source->stream);
    VxmShared shared;
    VxmMemory frame;

    if (buffer == NULL) {
        return;
    }
    CHECK(pw_shared_from_buffer(&source->info, buffer->buffer, USAGE, &shared));
    if (buffer->user_data == NULL) { /* once for each buffer: they come again and again */
        CHECK(vxmImportMemory(source->reader.vxm, &shared, NULL, &frame));
        buffer->user_data = frame;
    }
    for (uint32_t i = 0; i < shared.memoryCount; i++) { /* a compositor may still be drawing */
        CHECK(vxmDmaBufWait(&shared.memories[i].handle, DMA_BUF_SYNC_READ, TIME_LIMIT));
    }
    reader_read(&source->reader, buffer->user_data, source->info.size.width,
                source->info.size.height);
    const struct spa_meta_header *header =
        spa_buffer_find_meta_data(buffer->buffer, SPA_META_Header, sizeof(*header));
    printf("frame %llu, %u x %u: first %02x %02x %02x, middle %02x %02x %02x, "
           "last %02x %02x %02x\n",
           header != NULL ? (unsigned long long)header->seq : 0, source->info.size.width,
           source->info.size.height, bytes[0], bytes[1], bytes[2], bytes[4], bytes[5], bytes[6],
           bytes[8], bytes[9], bytes[10]);
    pw_stream_queue_buffer(source->stream, buffer);
    if (++source->frames == source->limit) {
        pw_main_loop_quit(source->loop);
    }
}

int main(int argc, char **argv)
{
    static const struct pw_stream_events events = {.version = PW_VERSION_STREAM_EVENTS,
                                                   .state_changed = on_state_changed,
                                                   .param_changed = on_param_changed,
                                                   .remove_buffer = on_remove_buffer,
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
    struct source source = {.limit = argc > 1 ? (unsigned)atoi(argv[1]) : 10};

    reader_open(&source.reader);
    const struct spa_pod *format = pw_shared_format(
        source.reader.vxm, &image, VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT, &builder);
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
    reader_close(&source.reader);
    return EXIT_SUCCESS;
}
