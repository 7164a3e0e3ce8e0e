/*
 * Between PipeWire's dma-buf buffers and VxmShared. For copying.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "pw_shared.h"

#include <stdbool.h>

#include <spa/param/format.h>
#include <spa/param/param.h>
#include <spa/pod/iter.h>

#define DMA_BUF VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT

/* PipeWire has an enum of its own, of the bytes' order in memory, where others have DRM's codes. */
static const struct {
    enum spa_video_format spa;
    VkFormat vulkan;
} formats[] = {
    {SPA_VIDEO_FORMAT_BGRx, VK_FORMAT_B8G8R8A8_UNORM},
    {SPA_VIDEO_FORMAT_RGBx, VK_FORMAT_R8G8B8A8_UNORM},
    {SPA_VIDEO_FORMAT_BGRA, VK_FORMAT_B8G8R8A8_UNORM},
    {SPA_VIDEO_FORMAT_RGBA, VK_FORMAT_R8G8B8A8_UNORM},
    {SPA_VIDEO_FORMAT_YUY2, VK_FORMAT_G8B8G8R8_422_UNORM},
    {SPA_VIDEO_FORMAT_NV12, VK_FORMAT_G8_B8R8_2PLANE_420_UNORM},
    {SPA_VIDEO_FORMAT_I420, VK_FORMAT_G8_B8_R8_3PLANE_420_UNORM},
};

static enum spa_video_format spa_format(VkFormat vulkan)
{
    for (size_t i = 0; i < SPA_N_ELEMENTS(formats); i++) {
        if (formats[i].vulkan == vulkan) {
            return formats[i].spa;
        }
    }
    return SPA_VIDEO_FORMAT_UNKNOWN;
}

/* An EnumFormat; of several modifiers the first is the preferred one. */
static const struct spa_pod *build(struct spa_pod_builder *builder, const VkImageCreateInfo *image,
                                   bool anySize, uint32_t flags, uint32_t count,
                                   const uint64_t *modifiers)
{
    const struct spa_rectangle size = {image->extent.width, image->extent.height};
    const struct spa_rectangle least = {1, 1};
    const struct spa_rectangle most = {16384, 16384};
    struct spa_pod_frame frames[2];

    spa_pod_builder_push_object(builder, &frames[0], SPA_TYPE_OBJECT_Format, SPA_PARAM_EnumFormat);
    spa_pod_builder_add(builder, SPA_FORMAT_mediaType, SPA_POD_Id(SPA_MEDIA_TYPE_video),
                        SPA_FORMAT_mediaSubtype, SPA_POD_Id(SPA_MEDIA_SUBTYPE_raw),
                        SPA_FORMAT_VIDEO_format, SPA_POD_Id(spa_format(image->format)), 0);
    if (anySize) {
        spa_pod_builder_add(builder, SPA_FORMAT_VIDEO_size,
                            SPA_POD_CHOICE_RANGE_Rectangle(&size, &least, &most), 0);
    } else {
        spa_pod_builder_add(builder, SPA_FORMAT_VIDEO_size, SPA_POD_Rectangle(&size), 0);
    }
    /* Mandatory: who knows no modifiers must not take this format. */
    spa_pod_builder_prop(builder, SPA_FORMAT_VIDEO_modifier, SPA_POD_PROP_FLAG_MANDATORY | flags);
    if (flags == 0) {
        spa_pod_builder_long(builder, (int64_t)modifiers[0]);
    } else {
        spa_pod_builder_push_choice(builder, &frames[1], SPA_CHOICE_Enum, 0);
        spa_pod_builder_long(builder, (int64_t)modifiers[0]);
        for (uint32_t i = 0; i < count; i++) {
            spa_pod_builder_long(builder, (int64_t)modifiers[i]);
        }
        spa_pod_builder_pop(builder, &frames[1]);
    }
    return spa_pod_builder_pop(builder, &frames[0]);
}

const struct spa_pod *pw_shared_format(VxmDevice device, const VkImageCreateInfo *image,
                                       VkExternalMemoryFeatureFlags feature,
                                       struct spa_pod_builder *builder)
{
    const bool import = feature == VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT;
    uint64_t offered[VXM_MAX_MODIFIERS];
    VxmModifiers modifiers;
    uint32_t count = 0;

    if (vxmGetModifiers(device, image, DMA_BUF, &modifiers) != VK_SUCCESS) {
        return NULL;
    }
    for (uint32_t i = 0; i < modifiers.modifierCount; i++) {
        const VxmModifierProperties *one = &modifiers.modifiers[i];

        if (import ? one->importable : one->exportable) {
            offered[count++] = one->drmFormatModifier;
        }
    }
    if (spa_format(image->format) == SPA_VIDEO_FORMAT_UNKNOWN || count == 0) {
        vxmSetLastError(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                        "No dma-buf of VkFormat %d can be offered. %s", (int)image->format,
                        modifiers.reason);
        return NULL;
    }
    /* Not to be fixated: the producer tries which of them it can allocate. */
    return build(builder, image, import, SPA_POD_PROP_FLAG_DONT_FIXATE, count, offered);
}

const struct spa_pod *pw_shared_fixate(VxmDevice device, const VkImageCreateInfo *image,
                                       const struct spa_pod *format,
                                       struct spa_pod_builder *builder)
{
    const VxmMemoryCreateInfo exported = {.handleTypes = DMA_BUF};
    const struct spa_pod_prop *prop = spa_pod_find_prop(format, NULL, SPA_FORMAT_VIDEO_modifier);
    VkImageDrmFormatModifierListCreateInfoEXT list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT};
    VkImageCreateInfo tried = *image;
    uint32_t kind, count = 0;
    VxmModifierChoice choice;
    VxmModifiers ours;
    VxmMemoryInfo made;
    VxmMemory memory;

    const struct spa_pod *values =
        prop != NULL ? spa_pod_get_values(&prop->value, &count, &kind) : NULL;
    if (values != NULL && values->type != SPA_TYPE_Long) {
        count = 0; /* what the other side has sent is no modifiers */
    }
    if (vxmGetModifiers(device, image, DMA_BUF, &ours) != VK_SUCCESS ||
        vxmChooseModifiers(&ours, VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT, count,
                           count > 0 ? SPA_POD_BODY_CONST(values) : NULL, &choice) != VK_SUCCESS) {
        return NULL;
    }
    if (choice.modifierCount == 0) {
        vxmSetLastError(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_MISMATCH, 0, "%s",
                        choice.reason);
        return NULL;
    }
    /* An image for trial: of those in common the driver takes the best. */
    list.drmFormatModifierCount = choice.modifierCount;
    list.pDrmFormatModifiers = choice.modifiers;
    tried.pNext = &list;
    if (vxmCreateImage(device, &tried, &exported, &memory) != VK_SUCCESS) {
        return NULL;
    }
    const VkResult result = vxmGetMemoryInfo(memory, &made);
    vxmDestroyMemory(memory);
    return result == VK_SUCCESS ? build(builder, image, false, 0, 1, &made.drmFormatModifier)
                                : NULL;
}

VkResult pw_shared_from_buffer(const struct spa_video_info_raw *info,
                               const struct spa_buffer *buffer, VkImageUsageFlags usage,
                               VxmShared *shared)
{
    VxmShared made = {.resourceType = VXM_RESOURCE_TYPE_IMAGE,
                      .handleType = DMA_BUF,
                      .memoryCount = buffer->n_datas};

    made.image = (VxmImageDescription){.imageType = VK_IMAGE_TYPE_2D,
                                       .extent = {info->size.width, info->size.height, 1},
                                       .mipLevels = 1,
                                       .arrayLayers = 1,
                                       .samples = VK_SAMPLE_COUNT_1_BIT,
                                       .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                                       .usage = usage,
                                       .drmFormatModifier = info->modifier,
                                       .planeCount = buffer->n_datas};
    for (size_t i = 0; i < SPA_N_ELEMENTS(formats); i++) {
        if (formats[i].spa == info->format) {
            made.image.format = formats[i].vulkan;
        }
    }
    if (made.image.format == VK_FORMAT_UNDEFINED || buffer->n_datas > VXM_MAX_PLANES) {
        return vxmSetLastError(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_FOREIGN, 0,
                               "PipeWire's format %d with %u planes is none of those known here.",
                               (int)info->format, buffer->n_datas);
    }
    for (uint32_t i = 0; i < buffer->n_datas; i++) { /* a handle for each plane */
        const struct spa_data *data = &buffer->datas[i];

        if (data->type != SPA_DATA_DmaBuf) {
            return vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN, 0,
                                   "Plane %u is in no dma-buf, but in memory of type %u.", i,
                                   data->type);
        }
        made.memories[i].handle =
            (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = DMA_BUF, .fd = (int)data->fd};
        made.image.planes[i] = (VxmPlaneLayout){.memoryIndex = i,
                                                .offset = data->chunk->offset,
                                                .rowPitch = (VkDeviceSize)data->chunk->stride};
    }
    *shared = made;
    return VK_SUCCESS;
}

VkResult pw_shared_to_buffer(const VxmShared *shared, struct spa_buffer *buffer)
{
    if (buffer->n_datas != shared->image.planeCount) {
        return vxmSetLastError(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_MISMATCH, 0,
                               "The buffer has %u blocks, and the image %u planes.",
                               buffer->n_datas, shared->image.planeCount);
    }
    for (uint32_t i = 0; i < buffer->n_datas; i++) {
        const VxmPlaneLayout *plane = &shared->image.planes[i];
        const VxmSharedMemory *memory = &shared->memories[plane->memoryIndex];
        struct spa_data *data = &buffer->datas[i];

        data->type = SPA_DATA_DmaBuf;
        data->flags = SPA_DATA_FLAG_READABLE;
        data->fd = memory->handle.fd;
        data->mapoffset = 0;
        data->maxsize = (uint32_t)memory->allocationSize;
        data->chunk->offset = (uint32_t)plane->offset;
        data->chunk->size = (uint32_t)(memory->allocationSize - plane->offset);
        data->chunk->stride = (int32_t)plane->rowPitch;
    }
    return VK_SUCCESS;
}
