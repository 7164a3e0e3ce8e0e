/*
 * What the model driver doesn't do and the demo looks at: fills, copies, clears and blits, by the
 * CPU, when the command buffer is submitted.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_LOADER_PIXELS_H_
#define VXM_TESTS_LOADER_PIXELS_H_ 1

#include "model/model.h"

/* Where a resource lies. Images are taken for rows of 4-byte pixels, level after level, layer after
 * layer. */
void pixels_add_buffer(VkBuffer buffer, VkDeviceSize size);
void pixels_add_image(VkImage image, const VkImageCreateInfo *info);
void pixels_bind_buffer(VkBuffer buffer, VkDeviceMemory memory, VkDeviceSize offset);
void pixels_bind_image(VkImage image, VkDeviceMemory memory, VkDeviceSize offset);

/* From now on this memory's contents are others, which nobody shares. */
void pixels_divert(VkDeviceMemory memory, VkDeviceSize size);

void pixels_begin(VkCommandBuffer commands);
/* Whether nothing was recorded. */
bool pixels_idle(VkCommandBuffer commands);
/* Does all that was. */
void pixels_execute(VkCommandBuffer commands);

/* The commands; loader.c gives them their names. */
VKAPI_ATTR void VKAPI_CALL pixels_fill(VkCommandBuffer commands, VkBuffer buffer,
                                       VkDeviceSize offset, VkDeviceSize size, uint32_t value);
VKAPI_ATTR void VKAPI_CALL pixels_copy_buffer(VkCommandBuffer commands, VkBuffer from, VkBuffer to,
                                              uint32_t count, const VkBufferCopy *regions);
VKAPI_ATTR void VKAPI_CALL pixels_upload(VkCommandBuffer commands, VkBuffer from, VkImage to,
                                         VkImageLayout layout, uint32_t count,
                                         const VkBufferImageCopy *regions);
VKAPI_ATTR void VKAPI_CALL pixels_download(VkCommandBuffer commands, VkImage from,
                                           VkImageLayout layout, VkBuffer to, uint32_t count,
                                           const VkBufferImageCopy *regions);
VKAPI_ATTR void VKAPI_CALL pixels_clear(VkCommandBuffer commands, VkImage image,
                                        VkImageLayout layout, const VkClearColorValue *colour,
                                        uint32_t count, const VkImageSubresourceRange *ranges);
/* The nearest pixel, whatever the filter. */
VKAPI_ATTR void VKAPI_CALL pixels_blit(VkCommandBuffer commands, VkImage from,
                                       VkImageLayout fromLayout, VkImage to, VkImageLayout toLayout,
                                       uint32_t count, const VkImageBlit *regions, VkFilter filter);

#endif /* VXM_TESTS_LOADER_PIXELS_H_ */
