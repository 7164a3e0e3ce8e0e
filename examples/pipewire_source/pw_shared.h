/*
 * Between PipeWire's dma-buf buffers and VxmShared: what to offer, what came, and what to give.
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

/* Writes an EnumFormat parameter: dma-bufs that the device can import as such an image (a consumer,
 * of any size) or export (a producer, of its own size), with the modifiers for them. The image's
 * tiling is DRM_FORMAT_MODIFIER_EXT, its extent what is preferred. `feature` is
 * VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT or _EXPORTABLE_BIT.
 * NULL, with the reason as the last error: PipeWire has no such format, or the device no modifier.
 */
const struct spa_pod *pw_shared_format(VxmDevice device, const VkImageCreateInfo *image,
                                       VkExternalMemoryFeatureFlags feature,
                                       struct spa_pod_builder *builder);

/* For a producer, whose format has come back with the modifiers that both sides have: writes the
 * EnumFormat with the one that the driver takes. NULL, with the reason as the last error, if there
 * is none. */
const struct spa_pod *pw_shared_fixate(VxmDevice device, const VkImageCreateInfo *image,
                                       const struct spa_pod *format,
                                       struct spa_pod_builder *builder);

/* Describes a buffer of the format that was agreed upon. The handles are borrowed: the stream keeps
 * them, so that no vxmCloseShared() is needed. */
VkResult pw_shared_from_buffer(const struct spa_video_info_raw *info,
                               const struct spa_buffer *buffer, VkImageUsageFlags usage,
                               VxmShared *shared);

/* For a producer: puts an exported image into a buffer, whose blocks are the image's planes. The
 * handles are borrowed: keep `shared` as long as the stream has the buffer. */
VkResult pw_shared_to_buffer(const VxmShared *shared, struct spa_buffer *buffer);

#endif /* PW_SHARED_H_ */
