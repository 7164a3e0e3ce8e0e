/*
 * Video frames of several planes.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "real/dmabuf/frame.h"

#include <stdio.h>

#include "real/validation.h"

const struct frame_kind frame_kinds[FRAME_KINDS] = {
    {"NV12", VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, 2, {1, 2}},
    {"P010", VK_FORMAT_G10X6_B10X6R10X6_2PLANE_420_UNORM_3PACK16, 2, {2, 4}},
    {"YUV420", VK_FORMAT_G8_B8_R8_3PLANE_420_UNORM, 3, {1, 1, 1}},
};

static uint32_t width_of(uint32_t plane)
{
    return plane == 0 ? FRAME_WIDTH : FRAME_WIDTH / 2;
}

static uint32_t height_of(uint32_t plane)
{
    return plane == 0 ? FRAME_HEIGHT : FRAME_HEIGHT / 2;
}

static size_t plane_size(const struct frame_kind *kind, uint32_t plane)
{
    return (size_t)width_of(plane) * height_of(plane) * kind->bytes[plane];
}

/* P010 has its ten bits at the top of sixteen; a copy need not keep the others. */
static unsigned char byte_of(const struct frame_kind *kind, uint32_t plane, uint32_t seed,
                             size_t index)
{
    const uint32_t word = gpu_pattern_word(seed * 4 + plane, index);
    const bool lowByte = kind->bytes[0] == 2 && index % 2 == 0;

    return (unsigned char)(lowByte ? word & 0xc0u : word & 0xffu);
}

VkImageCreateInfo frame_image_info(const struct frame_kind *kind, VkImageTiling tiling)
{
    VkImageCreateInfo info = gpu_image_info(FRAME_WIDTH, FRAME_HEIGHT, tiling);

    info.format = kind->format;
    return info;
}

bool frame_is_supported(struct gpu *gpu, const struct frame_kind *kind,
                        const VkImageCreateInfo *info)
{
    const VxmQueryInfo question = {.handleType = DMA_BUF, .image = info};
    VxmQueryResult answer;

    VXM(vxmQuery(gpu->device, &question, &answer));
    if (!answer.exportable || !answer.importable) {
        cr_expect_gt(strlen(answer.reason), 40, "\"%s\"", answer.reason);
        fprintf(stderr, "LEFT OUT %s with tiling %d and flags 0x%x: %s\n", kind->name,
                (int)info->tiling, info->flags, answer.reason);
    }
    return answer.exportable && answer.importable;
}

VxmShared frame_describe(struct gpu *gpu, const VkImageCreateInfo *info)
{
    const VxmMemoryCreateInfo how = {.handleTypes = DMA_BUF};
    VxmMemory memory = NULL;
    VxmShared shared;

    VXM(vxmCreateImage(gpu->device, info, &how, &memory));
    VXM(vxmExportMemory(memory, DMA_BUF, &shared));
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    for (uint32_t i = 0; i < shared.memoryCount; i++) {
        shared.memories[i].memoryTypeBits = 0;
        shared.memories[i].propertyFlags = 0;
    }
    memset(shared.deviceUUID, 0, VK_UUID_SIZE);
    memset(shared.driverUUID, 0, VK_UUID_SIZE);
    shared.handleTypes = 0;
    shared.dedicated = VK_FALSE;
    return shared;
}

bool frame_has_modifier(struct gpu *gpu, const struct frame_kind *kind, VkImageCreateFlags flags)
{
    const uint64_t linear = VXM_DRM_FORMAT_MOD_LINEAR;
    const VkImageDrmFormatModifierListCreateInfoEXT list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
        .drmFormatModifierCount = 1,
        .pDrmFormatModifiers = &linear,
    };
    VkImageCreateInfo info = frame_image_info(kind, VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT);
    VxmModifiers modifiers;

    info.pNext = &list;
    info.flags = flags;
    VXM(vxmGetModifiers(gpu->device, &info, DMA_BUF, &modifiers));
    if (modifiers.modifierCount == 0 || !modifiers.modifiers[0].importable) {
        fprintf(stderr, "LEFT OUT %s with the modifier LINEAR and flags 0x%x: %s\n", kind->name,
                flags, modifiers.modifierCount == 0 ? modifiers.reason : "not importable");
        return false;
    }
    cr_expect_eq(modifiers.modifiers[0].planeCount, kind->planeCount);
    return true;
}

VxmShared frame_allocate(const struct frame_kind *kind, uint32_t memoryCount)
{
    VxmShared shared = {
        .resourceType = VXM_RESOURCE_TYPE_IMAGE,
        .handleType = DMA_BUF,
        .memoryCount = memoryCount,
        .image = {.imageType = VK_IMAGE_TYPE_2D,
                  .format = kind->format,
                  .extent = {FRAME_WIDTH, FRAME_HEIGHT, 1},
                  .mipLevels = 1,
                  .arrayLayers = 1,
                  .samples = VK_SAMPLE_COUNT_1_BIT,
                  .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                  .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
                  .drmFormatModifier = VXM_DRM_FORMAT_MOD_LINEAR,
                  .planeCount = kind->planeCount},
    };
    uint64_t sizes[VXM_MAX_PLANES] = {0};

    for (uint32_t i = 0; i < kind->planeCount; i++) {
        VxmPlaneLayout *const plane = &shared.image.planes[i];

        plane->memoryIndex = memoryCount > 1 ? i : 0;
        plane->offset = sizes[plane->memoryIndex];
        /* Other than a driver's own, which may be the least. */
        plane->rowPitch = ((uint64_t)width_of(i) * kind->bytes[i] + 255) / 256 * 256 + 256;
        /* A page more: the driver may pad rows, or planes. */
        sizes[plane->memoryIndex] += (plane->rowPitch * height_of(i) + 8191) / 4096 * 4096;
    }
    for (uint32_t i = 0; i < memoryCount; i++) {
        /* For a plane by itself some want what the whole image takes (lavapipe). */
        shared.memories[i].allocationSize = memoryCount > 1 ? 4 * sizes[0] : sizes[0];
        shared.memories[i].handle = dmabuf_allocate(shared.memories[i].allocationSize);
    }
    return shared;
}

/* ---- the CPU ---- */

/* Writes each byte of the planes, or compares it. */
static bool visit(const struct frame_kind *kind, const VxmShared *shared, uint32_t seed, bool write)
{
    const uint32_t access = write ? WRITE : READ;
    bool same = true;

    for (uint32_t i = 0; i < kind->planeCount; i++) {
        const VxmPlaneLayout *const plane = &shared->image.planes[i];
        const VxmHandle *const buffer = &shared->memories[plane->memoryIndex].handle;
        const size_t row = (size_t)width_of(i) * kind->bytes[i];
        VxmDmaBufMapping mapping = {0};

        VXM(vxmDmaBufMap(buffer, READ | WRITE, &mapping));
        cr_assert_geq(mapping.size, plane->offset + (height_of(i) - 1) * plane->rowPitch + row);
        VXM(vxmDmaBufBeginCpuAccess(buffer, access, TIME_LIMIT));
        for (size_t index = 0; index < plane_size(kind, i); index++) {
            unsigned char *const place = (unsigned char *)mapping.data + plane->offset +
                                         index / row * plane->rowPitch + index % row;

            if (write) {
                *place = byte_of(kind, i, seed, index);
            }
            same = same && *place == byte_of(kind, i, seed, index);
        }
        VXM(vxmDmaBufEndCpuAccess(buffer, access));
        vxmDmaBufUnmap(&mapping);
    }
    return same;
}

void frame_fill(const struct frame_kind *kind, const VxmShared *shared, uint32_t seed)
{
    (void)visit(kind, shared, seed, true);
}

bool frame_is_filled(const struct frame_kind *kind, const VxmShared *shared, uint32_t seed)
{
    return visit(kind, shared, seed, false);
}

/* ---- Vulkan ---- */

/* The planes one after the other in a buffer; returns how many regions. */
static uint32_t regions_of(const struct frame_kind *kind, int32_t single,
                           VkBufferImageCopy regions[3], VkDeviceSize *size)
{
    const VkImageAspectFlags aspects[] = {VK_IMAGE_ASPECT_PLANE_0_BIT, VK_IMAGE_ASPECT_PLANE_1_BIT,
                                          VK_IMAGE_ASPECT_PLANE_2_BIT};
    const uint32_t first = single >= 0 ? (uint32_t)single : 0;
    const uint32_t count = single >= 0 ? 1 : kind->planeCount;

    *size = 0;
    for (uint32_t i = 0; i < count; i++) {
        regions[i] = (VkBufferImageCopy){
            .bufferOffset = *size,
            .imageSubresource = {single >= 0 ? (VkImageAspectFlags)VK_IMAGE_ASPECT_COLOR_BIT
                                             : aspects[i],
                                 0, 0, 1},
            .imageExtent = {width_of(first + i), height_of(first + i), 1},
        };
        /* bufferOffset must be a multiple of the plane's texel. */
        *size += (plane_size(kind, first + i) + 15) / 16 * 16;
    }
    return count;
}

static unsigned char *plane_in(const struct staging *staging, const VkBufferImageCopy *region)
{
    return (unsigned char *)staging->data + region->bufferOffset;
}

void frame_write(struct gpu *gpu, const struct frame_kind *kind, VxmMemory memory, uint32_t seed,
                 bool first, VxmHandover *handover)
{
    const VxmUse use = gpu_use(gpu);
    VkBufferImageCopy regions[3];
    struct staging staging;
    VkDeviceSize size;
    const uint32_t count = regions_of(kind, -1, regions, &size);

    gpu_create_staging(gpu, size, &staging);
    for (uint32_t i = 0; i < count; i++) {
        for (size_t index = 0; index < plane_size(kind, i); index++) {
            plane_in(&staging, &regions[i])[index] = byte_of(kind, i, seed, index);
        }
    }
    gpu_begin(gpu);
    if (first) {
        gpu_layout(gpu, vxmGetVkImage(memory), VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL);
    } else {
        VXM(vxmCmdAcquireMemory(gpu->commands, memory, handover, &use));
        validation_acquired(vxmGetVkImage(memory));
    }
    vkCmdCopyBufferToImage(gpu->commands, staging.buffer, vxmGetVkImage(memory),
                           VK_IMAGE_LAYOUT_GENERAL, count, regions);
    memset(handover, 0, sizeof(*handover));
    VXM(vxmCmdReleaseMemory(gpu->commands, memory, &use, handover));
    gpu_submit_and_wait(gpu);
    gpu_destroy_staging(gpu, &staging);
}

bool frame_holds(struct gpu *gpu, const struct frame_kind *kind, VxmMemory memory, int32_t single,
                 uint32_t seed, VxmHandover *handover)
{
    const VxmUse use = gpu_use(gpu);
    VkBufferImageCopy regions[3];
    struct staging staging;
    VkDeviceSize size;
    const uint32_t count = regions_of(kind, single, regions, &size);
    bool same = true;

    gpu_create_staging(gpu, size, &staging);
    gpu_begin(gpu);
    VXM(vxmCmdAcquireMemory(gpu->commands, memory, handover, &use));
    validation_acquired(vxmGetVkImage(memory));
    vkCmdCopyImageToBuffer(gpu->commands, vxmGetVkImage(memory), VK_IMAGE_LAYOUT_GENERAL,
                           staging.buffer, count, regions);
    gpu_barrier(gpu);
    memset(handover, 0, sizeof(*handover));
    VXM(vxmCmdReleaseMemory(gpu->commands, memory, &use, handover));
    gpu_submit_and_wait(gpu);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t plane = single >= 0 ? (uint32_t)single : i;

        for (size_t index = 0; index < plane_size(kind, plane); index++) {
            same =
                same && plane_in(&staging, &regions[i])[index] == byte_of(kind, plane, seed, index);
        }
    }
    gpu_destroy_staging(gpu, &staging);
    return same;
}
