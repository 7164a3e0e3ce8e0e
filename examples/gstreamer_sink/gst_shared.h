/*
 * Between GStreamer's dma-buf buffers and VxmShared, both ways round: what to offer, and what came.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef GST_SHARED_H_
#define GST_SHARED_H_ 1

#include <gst/gst.h>

#include <vxm/vxm.h>

/* The caps of dma-bufs that the device can import as such an image; NULL if there is no modifier,
 * with the reason as the last error. The image's tiling is DRM_FORMAT_MODIFIER_EXT. Unref it. */
GstCaps *gst_shared_caps(VxmDevice device, const VkImageCreateInfo *image);

/* Describes a sample whose memories are dma-bufs. The handles are borrowed: the sample keeps them,
 * so that no vxmCloseShared() is needed. */
VkResult gst_shared_from_sample(GstSample *sample, VkImageUsageFlags usage, VxmShared *shared);

#endif /* GST_SHARED_H_ */
