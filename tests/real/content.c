/*
 * What the tests write into shared buffers and images, by copies on the GPU, and read back.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "real/gpu.h"
#include "real/validation.h"

#define MAX_LEVELS 16

VkBufferCreateInfo gpu_buffer_info(VkDeviceSize size)
{
    return (VkBufferCreateInfo){
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = size,
        .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
    };
}

VkImageCreateInfo gpu_image_info(uint32_t width, uint32_t height, VkImageTiling tiling)
{
    return (VkImageCreateInfo){
        .sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
        .imageType = VK_IMAGE_TYPE_2D,
        .format = VK_FORMAT_R8G8B8A8_UNORM,
        .extent = {width, height, 1},
        .mipLevels = 1,
        .arrayLayers = 1,
        .samples = VK_SAMPLE_COUNT_1_BIT,
        .tiling = tiling,
        .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
    };
}

static uint32_t level_extent(uint32_t extent, uint32_t level)
{
    return extent >> level > 0 ? extent >> level : 1;
}

size_t gpu_content_size(const VxmShared *description)
{
    const VxmImageDescription *image = &description->image;
    size_t size = 0;

    if (description->resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        return (size_t)description->buffer.size;
    }
    for (uint32_t level = 0; level < image->mipLevels; level++) {
        size += (size_t)4 * level_extent(image->extent.width, level) *
                level_extent(image->extent.height, level) * image->arrayLayers;
    }
    return size;
}

uint32_t gpu_pattern_word(uint32_t seed, size_t index)
{
    uint32_t word = (uint32_t)index * 2654435761u + seed * 40503u + 1u;
    word ^= word >> 15;
    return word * 2246822519u;
}

void gpu_pattern(uint32_t seed, void *data, size_t size)
{
    unsigned char *bytes = data;

    for (size_t i = 0; i < size; i += 4) {
        uint32_t word = gpu_pattern_word(seed, i / 4);
        memcpy(bytes + i, &word, size - i < 4 ? size - i : 4);
    }
}

/* FNV-1a, 64 bits. */
uint64_t gpu_hash(const void *data, size_t size)
{
    const unsigned char *bytes = data;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}

/* One region for each level, tightly packed one after the other. */
static uint32_t image_regions(const VxmImageDescription *image, VkBufferImageCopy *regions)
{
    VkDeviceSize offset = 0;

    for (uint32_t level = 0; level < image->mipLevels && level < MAX_LEVELS; level++) {
        uint32_t width = level_extent(image->extent.width, level);
        uint32_t height = level_extent(image->extent.height, level);
        regions[level] = (VkBufferImageCopy){
            .bufferOffset = offset,
            .imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, level, 0, image->arrayLayers},
            .imageExtent = {width, height, 1},
        };
        offset += (VkDeviceSize)4 * width * height * image->arrayLayers;
    }
    return image->mipLevels;
}

void gpu_write(struct gpu *gpu, VxmMemory memory, const VxmShared *shared, uint32_t seed,
               bool first, VxmHandover *handover)
{
    const VxmUse use = gpu_use(gpu);
    size_t size = gpu_content_size(shared);
    VkImage image = vxmGetVkImage(memory);
    struct staging staging;

    gpu_create_staging(gpu, size, &staging);
    gpu_pattern(seed, staging.data, size);
    gpu_begin(gpu);
    if (!first) {
        VXM(vxmCmdAcquireMemory(gpu->commands, memory, handover, &use));
        validation_acquired(image);
    } else if (image != VK_NULL_HANDLE) {
        gpu_layout(gpu, image, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL);
    }
    if (image != VK_NULL_HANDLE) {
        VkBufferImageCopy regions[MAX_LEVELS];
        uint32_t count = image_regions(&shared->image, regions);
        vkCmdCopyBufferToImage(gpu->commands, staging.buffer, image, VK_IMAGE_LAYOUT_GENERAL, count,
                               regions);
    } else {
        const VkBufferCopy whole = {0, 0, size};
        vkCmdCopyBuffer(gpu->commands, staging.buffer, vxmGetVkBuffer(memory), 1, &whole);
    }
    memset(handover, 0, sizeof(*handover));
    VXM(vxmCmdReleaseMemory(gpu->commands, memory, &use, handover));
    gpu_submit_and_wait(gpu);
    gpu_destroy_staging(gpu, &staging);
}

void gpu_read(struct gpu *gpu, VxmMemory memory, const VxmShared *shared, VxmHandover *handover,
              void *data)
{
    const VxmUse use = gpu_use(gpu);
    size_t size = gpu_content_size(shared);
    VkImage image = vxmGetVkImage(memory);
    struct staging staging;

    gpu_create_staging(gpu, size, &staging);
    gpu_begin(gpu);
    VXM(vxmCmdAcquireMemory(gpu->commands, memory, handover, &use));
    validation_acquired(image);
    if (image != VK_NULL_HANDLE) {
        VkBufferImageCopy regions[MAX_LEVELS];
        uint32_t count = image_regions(&shared->image, regions);
        vkCmdCopyImageToBuffer(gpu->commands, image, VK_IMAGE_LAYOUT_GENERAL, staging.buffer, count,
                               regions);
    } else {
        const VkBufferCopy whole = {0, 0, size};
        vkCmdCopyBuffer(gpu->commands, vxmGetVkBuffer(memory), staging.buffer, 1, &whole);
    }
    gpu_barrier(gpu);
    memset(handover, 0, sizeof(*handover));
    VXM(vxmCmdReleaseMemory(gpu->commands, memory, &use, handover));
    gpu_submit_and_wait(gpu);
    memcpy(data, staging.data, size);
    gpu_destroy_staging(gpu, &staging);
}

bool gpu_holds(struct gpu *gpu, VxmMemory memory, const VxmShared *shared, VxmHandover *handover,
               uint32_t seed)
{
    size_t size = gpu_content_size(shared);
    unsigned char *found = malloc(size);
    unsigned char *wanted = malloc(size);
    bool same = false;

    if (found == NULL || wanted == NULL) {
        real_fail(__FILE__, __LINE__, "no memory for the test itself");
    } else {
        gpu_read(gpu, memory, shared, handover, found);
        gpu_pattern(seed, wanted, size);
        same = memcmp(found, wanted, size) == 0;
    }
    free(found);
    free(wanted);
    return same;
}
