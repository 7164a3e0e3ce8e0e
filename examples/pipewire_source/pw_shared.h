/*
 * Between PipeWire's dma-buf buffers and VxmShared: what to offer, and what came.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef PW_SHARED_H_
#define PW_SHARED_H_ 1

#include <spa/buffer/buffer.h>
#include <spa/param/video/raw.h>
#include <spa/pod/builder.h>

#include <vxm/vxm.h>

/* Writes an EnumFormat parameter: dma-bufs that the device can import as such an image, with the
 * modifiers for them. The image's tiling is DRM_FORMAT_MODIFIER_EXT, its extent what is preferred.
 * NULL, with the reason as the last error: PipeWire has no such format, or the device no modifier.
 */
const struct spa_pod *pw_shared_format(VxmDevice device, const VkImageCreateInfo *image,
                                       struct spa_pod_builder *builder);

/* Describes a buffer of the format that was agreed upon. The handles are borrowed: the stream keeps
 * them, so that no vxmCloseShared() is needed. */
VkResult pw_shared_from_buffer(const struct spa_video_info_raw *info,
                               const struct spa_buffer *buffer, VkImageUsageFlags usage,
                               VxmShared *shared);

#endif /* PW_SHARED_H_ */
