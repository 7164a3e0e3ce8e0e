/*
 * Fills, copies, clears and blits by the CPU.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "loader/pixels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_RESOURCES 256
#define MAX_STEPS     4096
#define MAX_DIVERTED  32

struct resource {
    uint64_t handle;
    VkDeviceSize size;
    VkExtent3D extent; /* of an image's first level */
    uint32_t texelSize;
    uint32_t levels;
    VkDeviceMemory memory;
    VkDeviceSize offset;
};

enum step_kind {
    FILL,
    COPY,
    UPLOAD,
    DOWNLOAD,
    CLEAR,
    BLIT
};

struct step {
    enum step_kind kind;
    VkCommandBuffer commands;
    const struct resource *from;
    const struct resource *to;
    uint32_t value;
    union {
        VkBufferCopy copy;
        VkBufferImageCopy image;
        VkImageBlit blit;
    } region;
};

static struct resource resources[MAX_RESOURCES];
static size_t resource_count;
static struct step steps[MAX_STEPS];
static size_t step_count;
static struct {
    VkDeviceMemory memory;
    unsigned char *data;
} diverted[MAX_DIVERTED];
static size_t diverted_count;

static void stop(const char *why)
{
    fprintf(stderr, "model driver: %s\n", why);
    abort();
}

/* ---- resources ---- */

static struct resource *add(uint64_t handle)
{
    if (resource_count == MAX_RESOURCES) {
        stop("more buffers and images than there is room for");
    }
    resources[resource_count].handle = handle;
    return &resources[resource_count++];
}

static struct resource *find(uint64_t handle)
{
    for (size_t i = 0; i < resource_count; i++) {
        if (resources[i].handle == handle) {
            return &resources[i];
        }
    }
    stop("an unknown buffer or image");
    return NULL;
}

/* Non-dispatchable handles are pointers on some systems and numbers on others. */
#define ID(handle) ((uint64_t)(uintptr_t)(handle))

static uint32_t width(const struct resource *image, uint32_t level)
{
    return image->extent.width >> level > 0 ? image->extent.width >> level : 1;
}

static uint32_t height(const struct resource *image, uint32_t level)
{
    return image->extent.height >> level > 0 ? image->extent.height >> level : 1;
}

void pixels_add_buffer(VkBuffer buffer, VkDeviceSize size)
{
    add(ID(buffer))->size = size;
}

/* Bytes, of the formats that have colours in one plane. */
static uint32_t texel_size(VkFormat format)
{
    switch (format) {
    case VK_FORMAT_R8_UNORM:
        return 1;
    case VK_FORMAT_R8G8_UNORM:
    case VK_FORMAT_R16_UNORM:
        return 2;
    case VK_FORMAT_R16G16B16A16_SFLOAT:
        return 8;
    case VK_FORMAT_R32G32B32A32_SFLOAT:
        return 16;
    default:
        return 4;
    }
}

void pixels_add_image(VkImage image, const VkImageCreateInfo *info)
{
    struct resource *resource = add(ID(image));

    resource->extent = info->extent;
    resource->texelSize = texel_size(info->format);
    resource->levels = info->mipLevels;
    for (uint32_t level = 0; level < info->mipLevels; level++) {
        resource->size +=
            (VkDeviceSize)resource->texelSize * width(resource, level) * height(resource, level);
    }
    resource->size *= info->arrayLayers;
}

static void bind(struct resource *resource, VkDeviceMemory memory, VkDeviceSize offset)
{
    resource->memory = memory;
    resource->offset = offset;
}

void pixels_bind_buffer(VkBuffer buffer, VkDeviceMemory memory, VkDeviceSize offset)
{
    bind(find(ID(buffer)), memory, offset);
}

void pixels_bind_image(VkImage image, VkDeviceMemory memory, VkDeviceSize offset)
{
    bind(find(ID(image)), memory, offset);
}

void pixels_divert(VkDeviceMemory memory, VkDeviceSize size)
{
    if (diverted_count == MAX_DIVERTED) {
        stop("more memory of its own than there is room for");
    }
    diverted[diverted_count].memory = memory;
    diverted[diverted_count].data = calloc(1, (size_t)size);
    diverted_count++;
}

static unsigned char *data_of(VkDeviceMemory memory)
{
    for (size_t i = 0; i < diverted_count; i++) {
        if (diverted[i].memory == memory) {
            return diverted[i].data;
        }
    }
    return model_memory_data(memory);
}

static unsigned char *bytes(const struct resource *resource)
{
    unsigned char *data = data_of(resource->memory);

    if (data == NULL) {
        stop("a buffer or image without memory");
    }
    return data + resource->offset;
}

static unsigned char *pixel(const struct resource *image, uint32_t level, uint32_t layer,
                            uint32_t x, uint32_t y)
{
    size_t before = 0; /* pixels */

    for (uint32_t i = 0; i < image->levels; i++) {
        size_t size = (size_t)width(image, i) * height(image, i);
        before += size * layer + (i < level ? size : 0);
    }
    return bytes(image) + image->texelSize * (before + (size_t)y * width(image, level) + x);
}

/* ---- recording ---- */

static struct step *record(enum step_kind kind, VkCommandBuffer commands, uint64_t from,
                           uint64_t to)
{
    struct step *step = &steps[step_count];

    if (step_count == MAX_STEPS) {
        stop("more commands than there is room for");
    }
    step_count++;
    step->kind = kind;
    step->commands = commands;
    step->from = from != 0 ? find(from) : NULL;
    step->to = find(to);
    return step;
}

void pixels_begin(VkCommandBuffer commands)
{
    size_t kept = 0;

    for (size_t i = 0; i < step_count; i++) {
        if (steps[i].commands != commands) {
            steps[kept++] = steps[i];
        }
    }
    step_count = kept;
}

VKAPI_ATTR void VKAPI_CALL pixels_fill(VkCommandBuffer commands, VkBuffer buffer,
                                       VkDeviceSize offset, VkDeviceSize size, uint32_t value)
{
    struct step *step = record(FILL, commands, 0, ID(buffer));

    step->value = value;
    step->region.copy.dstOffset = offset;
    step->region.copy.size = size == VK_WHOLE_SIZE ? step->to->size - offset : size;
}

VKAPI_ATTR void VKAPI_CALL pixels_copy_buffer(VkCommandBuffer commands, VkBuffer from, VkBuffer to,
                                              uint32_t count, const VkBufferCopy *regions)
{
    for (uint32_t i = 0; i < count; i++) {
        record(COPY, commands, ID(from), ID(to))->region.copy = regions[i];
    }
}

VKAPI_ATTR void VKAPI_CALL pixels_upload(VkCommandBuffer commands, VkBuffer from, VkImage to,
                                         VkImageLayout layout, uint32_t count,
                                         const VkBufferImageCopy *regions)
{
    (void)layout;
    for (uint32_t i = 0; i < count; i++) {
        record(UPLOAD, commands, ID(from), ID(to))->region.image = regions[i];
    }
}

VKAPI_ATTR void VKAPI_CALL pixels_download(VkCommandBuffer commands, VkImage from,
                                           VkImageLayout layout, VkBuffer to, uint32_t count,
                                           const VkBufferImageCopy *regions)
{
    (void)layout;
    for (uint32_t i = 0; i < count; i++) {
        record(DOWNLOAD, commands, ID(from), ID(to))->region.image = regions[i];
    }
}

VKAPI_ATTR void VKAPI_CALL pixels_clear(VkCommandBuffer commands, VkImage image,
                                        VkImageLayout layout, const VkClearColorValue *colour,
                                        uint32_t count, const VkImageSubresourceRange *ranges)
{
    struct step *step = record(CLEAR, commands, 0, ID(image));

    (void)layout;
    (void)count;
    (void)ranges;
    for (int i = 3; i >= 0; i--) {
        step->value = step->value << 8 | (uint32_t)(colour->float32[i] * 255.0f + 0.5f);
    }
}

VKAPI_ATTR void VKAPI_CALL pixels_blit(VkCommandBuffer commands, VkImage from,
                                       VkImageLayout fromLayout, VkImage to, VkImageLayout toLayout,
                                       uint32_t count, const VkImageBlit *regions, VkFilter filter)
{
    (void)fromLayout;
    (void)toLayout;
    (void)filter;
    for (uint32_t i = 0; i < count; i++) {
        record(BLIT, commands, ID(from), ID(to))->region.blit = regions[i];
    }
}

/* ---- doing it ---- */

static void fill(unsigned char *data, VkDeviceSize size, uint32_t value)
{
    for (VkDeviceSize i = 0; i + 4 <= size; i += 4) {
        memcpy(data + i, &value, 4);
    }
}

/* Between rows that lie close together in a buffer and those of an image. */
static void copy_rows(const struct step *step)
{
    const VkBufferImageCopy *region = &step->region.image;
    bool up = step->kind == UPLOAD;
    const struct resource *image = up ? step->to : step->from;
    unsigned char *buffer = bytes(up ? step->from : step->to) + region->bufferOffset;
    size_t row = image->texelSize * (size_t)region->imageExtent.width;

    for (uint32_t i = 0; i < region->imageSubresource.layerCount; i++) {
        for (uint32_t y = 0; y < region->imageExtent.height; y++) {
            unsigned char *there =
                pixel(image, region->imageSubresource.mipLevel,
                      region->imageSubresource.baseArrayLayer + i, (uint32_t)region->imageOffset.x,
                      (uint32_t)region->imageOffset.y + y);
            memcpy(up ? there : buffer, up ? buffer : there, row);
            buffer += row;
        }
    }
}

/* The source's coordinate for one of the target's; either range may be reversed. */
static uint32_t source_of(int32_t at, int32_t to0, int32_t to1, int32_t from0, int32_t from1)
{
    int64_t from = (2 * ((int64_t)at - to0) + 1) * (from1 - from0);
    int64_t length = 2 * ((int64_t)to1 - to0);
    /* rounded down, also where both are negative */
    int64_t steps_in = from / length - (from % length != 0 && (from < 0) != (length < 0) ? 1 : 0);

    return (uint32_t)(from0 + steps_in);
}

static void blit(const struct step *step)
{
    const VkOffset3D *from = step->region.blit.srcOffsets;
    const VkOffset3D *to = step->region.blit.dstOffsets;
    int32_t left = to[0].x < to[1].x ? to[0].x : to[1].x;
    int32_t right = to[0].x < to[1].x ? to[1].x : to[0].x;
    int32_t top = to[0].y < to[1].y ? to[0].y : to[1].y;
    int32_t bottom = to[0].y < to[1].y ? to[1].y : to[0].y;

    for (int32_t y = top; y < bottom; y++) {
        uint32_t fromY = source_of(y, to[0].y, to[1].y, from[0].y, from[1].y);
        for (int32_t x = left; x < right; x++) {
            uint32_t fromX = source_of(x, to[0].x, to[1].x, from[0].x, from[1].x);
            memcpy(pixel(step->to, 0, 0, (uint32_t)x, (uint32_t)y),
                   pixel(step->from, 0, 0, fromX, fromY), 4);
        }
    }
}

bool pixels_idle(VkCommandBuffer commands)
{
    for (size_t i = 0; i < step_count; i++) {
        if (steps[i].commands == commands) {
            return false;
        }
    }
    return true;
}

void pixels_execute(VkCommandBuffer commands)
{
    for (size_t i = 0; i < step_count; i++) {
        const struct step *step = &steps[i];
        const VkBufferCopy *copy = &step->region.copy;

        if (step->commands != commands) {
            continue;
        }
        switch (step->kind) {
        case FILL:
            fill(bytes(step->to) + copy->dstOffset, copy->size, step->value);
            break;
        case COPY:
            memcpy(bytes(step->to) + copy->dstOffset, bytes(step->from) + copy->srcOffset,
                   (size_t)copy->size);
            break;
        case UPLOAD:
        case DOWNLOAD:
            copy_rows(step);
            break;
        case CLEAR:
            fill(bytes(step->to), step->to->size, step->value);
            break;
        case BLIT:
            blit(step);
            break;
        }
    }
}
