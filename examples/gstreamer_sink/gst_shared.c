/*
 * Between GStreamer's dma-buf buffers and VxmShared. For copying.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "gst_shared.h"

#include <gst/allocators/gstdmabuf.h>
#include <gst/video/video.h>

#define DMA_BUF VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT

GstCaps *gst_shared_caps(VxmDevice device, const VkImageCreateInfo *image)
{
    const guint32 fourcc = vxmGetFormatFourcc(image->format, VK_FALSE);
    GValue formats = G_VALUE_INIT;
    GValue format = G_VALUE_INIT;
    VxmModifiers modifiers;

    if (vxmGetModifiers(device, image, DMA_BUF, &modifiers) != VK_SUCCESS) {
        return NULL;
    }
    g_value_init(&formats, GST_TYPE_LIST);
    g_value_init(&format, G_TYPE_STRING);
    for (uint32_t i = 0; i < modifiers.modifierCount; i++) {
        if (modifiers.modifiers[i].importable) { /* "NV12" if LINEAR, otherwise "NV12:0x..." */
            g_value_take_string(&format, gst_video_dma_drm_fourcc_to_string(
                                             fourcc, modifiers.modifiers[i].drmFormatModifier));
            gst_value_list_append_value(&formats, &format);
        }
    }
    g_value_unset(&format);
    if (gst_value_list_get_size(&formats) == 0) {
        g_value_unset(&formats);
        vxmSetLastError(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                        "No dma-buf of this format can be imported. %s", modifiers.reason);
        return NULL;
    }
    GstCaps *caps = gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, "DMA_DRM", "width",
                                        G_TYPE_INT, (gint)image->extent.width, "height", G_TYPE_INT,
                                        (gint)image->extent.height, NULL);
    gst_caps_set_features_simple(caps, gst_caps_features_new(GST_CAPS_FEATURE_MEMORY_DMABUF, NULL));
    gst_caps_set_value(caps, "drm-format", &formats);
    g_value_unset(&formats);
    return caps;
}

/* Which memory of the buffer a plane lies in, and where. */
static VkResult find_plane(GstBuffer *buffer, const GstVideoMeta *meta, uint32_t plane,
                           VxmShared *shared)
{
    guint index;
    guint length;
    gsize skip;

    if (!gst_buffer_find_memory(buffer, meta->offset[plane], 1, &index, &length, &skip)) {
        return vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN, 0,
                               "Plane %u begins behind the buffer's end.", plane);
    }
    GstMemory *memory = gst_buffer_peek_memory(buffer, index);
    if (!gst_is_dmabuf_memory(memory)) {
        return vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN, 0,
                               "Plane %u is in no dma-buf, but in memory of the allocator %s.",
                               plane, memory->allocator->mem_type);
    }
    /* A handle for each plane: those of one dma-buf count as one memory. */
    shared->memories[plane].handle = (VxmHandle){
        .kind = VXM_HANDLE_KIND_MEMORY, .type = DMA_BUF, .fd = gst_dmabuf_memory_get_fd(memory)};
    shared->image.planes[plane] = (VxmPlaneLayout){.memoryIndex = plane,
                                                   .offset = memory->offset + skip,
                                                   .rowPitch = (VkDeviceSize)meta->stride[plane]};
    return VK_SUCCESS;
}

VkResult gst_shared_from_sample(GstSample *sample, VkImageUsageFlags usage, VxmShared *shared)
{
    GstBuffer *buffer = gst_sample_get_buffer(sample);
    const GstVideoMeta *meta = buffer != NULL ? gst_buffer_get_video_meta(buffer) : NULL;
    VxmShared made = {.resourceType = VXM_RESOURCE_TYPE_IMAGE, .handleType = DMA_BUF};
    GstVideoInfoDmaDrm info;
    VxmFourccFormat format;

    if (meta == NULL || meta->n_planes > VXM_MAX_PLANES ||
        !gst_video_info_dma_drm_from_caps(&info, gst_sample_get_caps(sample))) {
        return vxmSetLastError(
            VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_FOREIGN, 0,
            "The sample has no GstVideoMeta, which says where its planes lie, or "
            "its caps are not video/x-raw(memory:DMABuf).");
    }
    VkResult result = vxmGetFourccFormat(info.drm_fourcc, &format);
    made.image = (VxmImageDescription){.imageType = VK_IMAGE_TYPE_2D,
                                       .format = format.format,
                                       .extent = {(uint32_t)GST_VIDEO_INFO_WIDTH(&info.vinfo),
                                                  (uint32_t)GST_VIDEO_INFO_HEIGHT(&info.vinfo), 1},
                                       .mipLevels = 1,
                                       .arrayLayers = 1,
                                       .samples = VK_SAMPLE_COUNT_1_BIT,
                                       .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                                       .usage = usage,
                                       .drmFormatModifier = info.drm_modifier,
                                       .planeCount = meta->n_planes};
    made.memoryCount = meta->n_planes;
    for (uint32_t plane = 0; result == VK_SUCCESS && plane < meta->n_planes; plane++) {
        result = find_plane(buffer, meta, plane, &made);
    }
    if (result == VK_SUCCESS) {
        *shared = made;
    }
    return result;
}
