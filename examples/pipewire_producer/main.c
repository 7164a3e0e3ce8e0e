/*
 * Gives frames of Vulkan's to PipeWire as dma-bufs, as a compositor or an emulator does: a video
 * source that others can take, such as pipewire_source or OBS. Nothing is copied on the way.
 *
 *   cc *.c ../pipewire_source/pw_shared.c -I../pipewire_source -o pipewire_producer \
 *       $(pkg-config --cflags --libs vxm libpipewire-0.3) -lvulkan
 *   ./pipewire_producer              ends when the first who took its frames takes no more
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "draw.h"
#include "pw_shared.h"

#include <stdio.h>
#include <stdlib.h>

#include <pipewire/pipewire.h>
#include <spa/param/video/format-utils.h>

struct producer {
    struct drawer drawer;
    VkImageCreateInfo image;
    VkImageDrmFormatModifierListCreateInfoEXT list; /* of the one that was agreed upon */
    uint64_t modifier;
    struct pw_main_loop *loop;
    struct pw_stream *stream;
    struct spa_source *timer;
    uint64_t frame; /* its number */
};

static void on_state_changed(void *data, enum pw_stream_state old, enum pw_stream_state state,
                             const char *error)
{
    struct producer *producer = data;
    struct timespec rate = {.tv_nsec = state == PW_STREAM_STATE_STREAMING ? 33333333 : 0};

    if (state == PW_STREAM_STATE_ERROR) {
        fprintf(stderr, "PipeWire: %s\n", error);
        exit(EXIT_FAILURE);
    }
    pw_loop_update_timer(pw_main_loop_get_loop(producer->loop), producer->timer, &rate, &rate,
                         false);
    if (old == PW_STREAM_STATE_CONNECTING && state == PW_STREAM_STATE_PAUSED) {
        printf("node %u\n", pw_stream_get_node_id(producer->stream));
        fflush(stdout);
    } else if (old == PW_STREAM_STATE_STREAMING) {
        pw_main_loop_quit(producer->loop);
    }
}

static void on_param_changed(void *data, uint32_t id, const struct spa_pod *param)
{
    struct producer *producer = data;
    uint8_t space[4096];
    struct spa_pod_builder builder = SPA_POD_BUILDER_INIT(space, sizeof(space));
    const struct spa_pod *params[2];
    struct spa_video_info_raw info;
    VxmModifiers modifiers;

    if (param == NULL || id != SPA_PARAM_Format || spa_format_video_raw_parse(param, &info) < 0) {
        return;
    }
    const struct spa_pod_prop *prop = spa_pod_find_prop(param, NULL, SPA_FORMAT_VIDEO_modifier);
    producer->image.pNext = NULL;
    /* Which, it is ours to say. */
    if (prop == NULL || (prop->flags & SPA_POD_PROP_FLAG_DONT_FIXATE) != 0) {
        params[0] = pw_shared_fixate(producer->drawer.vxm, &producer->image, param, &builder);
        check(params[0] != NULL ? VK_SUCCESS : VK_ERROR_FORMAT_NOT_SUPPORTED, "pw_shared_fixate()");
        params[1] = pw_shared_format(producer->drawer.vxm, &producer->image,
                                     VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT, &builder);
        pw_stream_update_params(producer->stream, params, 2);
        return;
    }
    producer->modifier = info.modifier;
    producer->image.pNext = &producer->list;
    CHECK(vxmGetModifiers(producer->drawer.vxm, &producer->image, DMA_BUF, &modifiers));
    check(modifiers.modifierCount == 1 ? VK_SUCCESS : VK_ERROR_FORMAT_NOT_SUPPORTED,
          "the modifier that was agreed upon");
    params[0] = spa_pod_builder_add_object(
        &builder, SPA_TYPE_OBJECT_ParamBuffers, SPA_PARAM_Buffers, SPA_PARAM_BUFFERS_buffers,
        SPA_POD_CHOICE_RANGE_Int(4, 2, 16), SPA_PARAM_BUFFERS_blocks,
        SPA_POD_Int((int32_t)modifiers.modifiers[0].planeCount), SPA_PARAM_BUFFERS_dataType,
        SPA_POD_CHOICE_FLAGS_Int(1 << SPA_DATA_DmaBuf));
    params[1] = spa_pod_builder_add_object(&builder, SPA_TYPE_OBJECT_ParamMeta, SPA_PARAM_Meta,
                                           SPA_PARAM_META_type, SPA_POD_Id(SPA_META_Header),
                                           SPA_PARAM_META_size,
                                           SPA_POD_Int(sizeof(struct spa_meta_header)));
    pw_stream_update_params(producer->stream, params, 2);
}

static void on_add_buffer(void *data, struct pw_buffer *buffer)
{
    const VxmMemoryCreateInfo exported = {.handleTypes = DMA_BUF};
    struct producer *producer = data;
    struct frame *frame = calloc(1, sizeof(*frame));

    check(frame != NULL ? VK_SUCCESS : VK_ERROR_OUT_OF_HOST_MEMORY, "calloc()");
    CHECK(vxmCreateImage(producer->drawer.vxm, &producer->image, &exported, &frame->image));
    CHECK(vxmExportMemory(frame->image, DMA_BUF, &frame->shared));
    CHECK(pw_shared_to_buffer(&frame->shared, buffer->buffer));
    buffer->user_data = frame;
}

static void on_remove_buffer(void *data, struct pw_buffer *buffer)
{
    struct producer *producer = data;
    struct frame *frame = buffer->user_data;

    CHECK(vkQueueWaitIdle(producer->drawer.gpu.queue));
    vxmCloseShared(&frame->shared);
    vxmDestroyMemory(frame->image);
    free(frame);
}

static void on_process(void *data)
{
    struct producer *producer = data;
    struct pw_buffer *buffer = pw_stream_dequeue_buffer(producer->stream);

    if (buffer == NULL) { /* the others still have all of them */
        return;
    }
    drawer_draw(&producer->drawer, buffer->user_data, producer->frame);
    struct spa_meta_header *header =
        spa_buffer_find_meta_data(buffer->buffer, SPA_META_Header, sizeof(*header));
    if (header != NULL) {
        *header = (struct spa_meta_header){.pts = -1, .seq = producer->frame};
    }
    pw_stream_queue_buffer(producer->stream, buffer);
    producer->frame++;
}

static void on_timeout(void *data, uint64_t expirations)
{
    struct producer *producer = data;

    (void)expirations;
    if (pw_stream_is_driving(producer->stream)) {
        pw_stream_trigger_process(producer->stream);
    }
}

int main(int argc, char **argv)
{
    static const struct pw_stream_events events = {.version = PW_VERSION_STREAM_EVENTS,
                                                   .state_changed = on_state_changed,
                                                   .param_changed = on_param_changed,
                                                   .add_buffer = on_add_buffer,
                                                   .remove_buffer = on_remove_buffer,
                                                   .process = on_process};
    uint8_t space[2048];
    struct spa_pod_builder builder = SPA_POD_BUILDER_INIT(space, sizeof(space));
    struct producer producer = {
        .image = {.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                  .imageType = VK_IMAGE_TYPE_2D,
                  .format = VK_FORMAT_B8G8R8A8_UNORM,
                  .extent = {WIDTH, HEIGHT, 1},
                  .mipLevels = 1,
                  .arrayLayers = 1,
                  .samples = VK_SAMPLE_COUNT_1_BIT,
                  .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                  .usage = VK_IMAGE_USAGE_TRANSFER_DST_BIT},
        .list = {.sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
                 .drmFormatModifierCount = 1,
                 .pDrmFormatModifiers = &producer.modifier}};

    drawer_open(&producer.drawer);
    const struct spa_pod *format = pw_shared_format(
        producer.drawer.vxm, &producer.image, VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT, &builder);
    check(format != NULL ? VK_SUCCESS : VK_ERROR_FORMAT_NOT_SUPPORTED, "pw_shared_format()");
    pw_init(&argc, &argv);
    producer.loop = pw_main_loop_new(NULL);
    struct pw_loop *loop = pw_main_loop_get_loop(producer.loop);
    producer.timer = pw_loop_add_timer(loop, on_timeout, &producer);
    producer.stream = pw_stream_new_simple(
        loop, "vxm", pw_properties_new(PW_KEY_MEDIA_CLASS, "Video/Source", NULL), &events,
        &producer);
    if (producer.stream == NULL ||
        pw_stream_connect(producer.stream, PW_DIRECTION_OUTPUT, PW_ID_ANY,
                          PW_STREAM_FLAG_DRIVER | PW_STREAM_FLAG_ALLOC_BUFFERS, &format, 1) < 0) {
        fprintf(stderr, "There is no PipeWire to connect to.\n");
        return EXIT_FAILURE;
    }
    pw_main_loop_run(producer.loop);
    pw_stream_destroy(producer.stream);
    pw_loop_destroy_source(loop, producer.timer);
    pw_main_loop_destroy(producer.loop);
    drawer_close(&producer.drawer);
    printf("%llu frames\n", (unsigned long long)producer.frame);
    return EXIT_SUCCESS;
}
