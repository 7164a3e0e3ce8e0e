/*
 * Images of several planes, with DRM format modifiers or a memory for each plane.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CONTRACT_PLANE_IMAGES_H_
#define VXM_TESTS_CONTRACT_PLANE_IMAGES_H_ 1

#include "contract/exchange.h"

#define NV12   VK_FORMAT_G8_B8R8_2PLANE_420_UNORM
#define P010   VK_FORMAT_G10X6_B10X6R10X6_2PLANE_420_UNORM_3PACK16
#define YUV420 VK_FORMAT_G8_B8_R8_3PLANE_420_UNORM

/* The handle type that images with a modifier are shared by; NULL: the devices have no modifiers.
 */
const struct backend_type *type_modifier(void);

/* Whether images may have a memory for each plane: not where the type is always dedicated (01797),
 * or an object of the system's underlies the whole image. */
bool type_can_be_disjoint(const struct backend_type *type);

/* A disjoint image of two planes of different sizes, with the tiling that the type can have. */
VkImageCreateInfo disjoint_info(const struct backend_type *type);

/* A create-info with a modifier, and what is chained to it; its parts point at each other. */
struct modifier_image {
    VkImageCreateInfo info;
    VkImageDrmFormatModifierListCreateInfoEXT list;
    VkImageDrmFormatModifierExplicitCreateInfoEXT explicit;
    uint64_t modifiers[8];
    VkSubresourceLayout layouts[VXM_MAX_PLANES];
};
/* Without either struct: any modifier. */
void modifier_image(struct modifier_image *image, VkFormat format, uint32_t width, uint32_t height);
void modifier_image_list(struct modifier_image *image, uint32_t count, const uint64_t *modifiers);
void modifier_image_explicit(struct modifier_image *image, uint64_t modifier, uint32_t planeCount,
                             const VkSubresourceLayout *layouts);

VxmMemory planes_create(VxmDevice device, const VkImageCreateInfo *info, uint32_t handleType);
void planes_export(VxmMemory memory, const struct backend_type *type, VxmShared *shared);

/* Both images lie alike, and what is written to each plane's first byte is read in the other. */
void expect_same_planes(VxmMemory a, VxmMemory b);

/* The modifier of an image, which the object must describe as the driver has it. */
uint64_t planes_modifier(VxmMemory memory);

/* Exports, imports, compares, and exports again. */
void expect_planes_travel(VxmDevice device, VxmMemory memory);

/* A foreign frame: of that format with LINEAR rows, described by hand. `memories` payloads of
 * `size` bytes each: 1 for all planes one after the other, or one for each. To be ended with
 * frame_close(). */
struct frame {
    VxmShared shared;
    VxmHandle handles[VXM_MAX_PLANES];
    uint32_t handleCount;
};
void frame_open(struct frame *frame, VkFormat format, uint32_t width, uint32_t height,
                uint32_t memories, uint64_t size);
void frame_close(struct frame *frame);
/* A further handle of the first payload for each plane, as other APIs give them. */
void frame_spread(struct frame *frame);

#endif /* VXM_TESTS_CONTRACT_PLANE_IMAGES_H_ */
