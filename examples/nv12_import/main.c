/*
 * Imports video frames as a decoder gives them: NV12, both planes in one dma-buf, rows longer than
 * the picture is wide. Vulkan samples them and converts to RGB; nothing is copied.
 *
 *   cc *.c -o nv12_import $(pkg-config --cflags --libs vxm libpng) -lvulkan
 *   ./nv12_import [--png FILE]
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "nv12.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#define BUFFERS 3u /* the decoder's pool */
#define FRAMES  6u

/* What the decoder says of its frames, as VxmShared has it. The handle is borrowed. */
static VxmShared describe(const struct frame *frame, VkImageTiling tiling, VkImageUsageFlags usage)
{
    return (VxmShared){.resourceType = VXM_RESOURCE_TYPE_IMAGE,
                       .handleType = DMA_BUF,
                       .memoryCount = 1,
                       .memories[0] = {.handle = frame->handle, .allocationSize = BUFFER_SIZE},
                       .image = {.imageType = VK_IMAGE_TYPE_2D,
                                 .format = NV12,
                                 .extent = {WIDTH, HEIGHT, 1},
                                 .mipLevels = 1,
                                 .arrayLayers = 1,
                                 .samples = VK_SAMPLE_COUNT_1_BIT,
                                 .tiling = tiling,
                                 .usage = usage,
                                 .drmFormatModifier = VXM_DRM_FORMAT_MOD_LINEAR,
                                 .planeCount = 2,
                                 .planes = {{.offset = 0, .rowPitch = PITCH},
                                            {.offset = CHROMA_OFFSET, .rowPitch = PITCH}}}};
}

/* With the modifier LINEAR the description says how the rows lie. A driver that has no modifier for
 * NV12 may have LINEAR tiling: the rows must lie then as it would lay them, or the import is
 * refused. */
static VkImageTiling choose_tiling(const struct gpu *gpu)
{
    const uint64_t linear = VXM_DRM_FORMAT_MOD_LINEAR;
    const VkImageDrmFormatModifierListCreateInfoEXT list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
        .drmFormatModifierCount = 1,
        .pDrmFormatModifiers = &linear};
    const VkImageCreateInfo image = {.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                                     .pNext = &list,
                                     .imageType = VK_IMAGE_TYPE_2D,
                                     .format = NV12,
                                     .extent = {WIDTH, HEIGHT, 1},
                                     .mipLevels = 1,
                                     .arrayLayers = 1,
                                     .samples = VK_SAMPLE_COUNT_1_BIT,
                                     .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
                                     .usage = VK_IMAGE_USAGE_SAMPLED_BIT};
    VxmModifiers modifiers;

    CHECK(vxmGetModifiers(gpu->vxm, &image, DMA_BUF, &modifiers));
    return modifiers.modifierCount > 0 && modifiers.modifiers[0].importable
               ? VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT
               : VK_IMAGE_TILING_LINEAR;
}

/* The decoder is no Vulkan device; its frames are in no layout of this device's. */
static VxmHandover from_decoder(void)
{
    return (VxmHandover){.layout = VK_IMAGE_LAYOUT_GENERAL,
                         .queueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT};
}

/* One frame: taken from the decoder, converted, given back. */
static void convert(struct gpu *gpu, const struct texture *texture)
{
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                        .accessMask = VK_ACCESS_SHADER_READ_BIT,
                        .layout = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL,
                        .queueFamilyIndex = gpu->info.queueFamilyIndex};
    VxmHandover handover = from_decoder();

    gpu_begin(gpu);
    CHECK(vxmCmdAcquireMemory(gpu->commands, texture->memory, &handover, &use));
    convert_record(gpu, texture);
    CHECK(vxmCmdReleaseMemory(gpu->commands, texture->memory, &use, &handover));
    gpu_finish(gpu);
}

/* The same bytes once more, each plane as an image of its own: R8, and R8G8 of half the size. */
static void check_planes(struct gpu *gpu, const struct frame *frame)
{
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_TRANSFER_BIT,
                        .accessMask = VK_ACCESS_TRANSFER_READ_BIT,
                        .layout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
                        .queueFamilyIndex = gpu->info.queueFamilyIndex};
    VxmShared shared =
        describe(frame, VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT, VK_IMAGE_USAGE_TRANSFER_SRC_BIT);

    for (uint32_t plane = 0; plane < shared.image.planeCount; plane++) {
        const VxmHandover handover = from_decoder();
        VxmShared single;
        VxmMemory memory;

        CHECK(vxmDescribePlane(&shared, plane, &single));
        const VkBufferImageCopy copy = {.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                                        .imageExtent = single.image.extent};
        CHECK(vxmImportMemory(gpu->vxm, &single, NULL, &memory));
        gpu_begin(gpu);
        CHECK(vxmCmdAcquireMemory(gpu->commands, memory, &handover, &use));
        vkCmdCopyImageToBuffer(gpu->commands, vxmGetVkImage(memory),
                               VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, vxmGetVkBuffer(gpu->output), 1,
                               &copy);
        gpu_finish(gpu);
        if (!frame_has_plane(frame, plane, gpu->pixels)) {
            fail("Plane %u by itself has other bytes than the decoder wrote.", plane);
        }
        vxmDestroyMemory(memory);
        vxmCloseShared(&single);
    }
}

static void write_png(const char *path, const void *pixels)
{
    png_image png;

    memset(&png, 0, sizeof(png));
    png.version = PNG_IMAGE_VERSION;
    png.width = WIDTH;
    png.height = HEIGHT;
    png.format = PNG_FORMAT_RGBA;
    if (!png_image_write_to_file(&png, path, 0, pixels, 0, NULL)) {
        fail("%s: %s", path, png.message);
    }
}

int main(int argc, char **argv)
{
    const char *path = argc == 3 && strcmp(argv[1], "--png") == 0 ? argv[2] : "nv12_import.png";
    struct frame pool[BUFFERS];
    struct texture textures[BUFFERS];
    struct gpu gpu = {0};
    uint32_t greatest = 0;

    gpu_open(&gpu);
    convert_open(&gpu, BUFFERS);
    const VkImageTiling tiling = choose_tiling(&gpu);
    for (uint32_t i = 0; i < BUFFERS; i++) { /* once, not for each frame */
        frame_allocate(&pool[i]);
        VxmShared shared = describe(&pool[i], tiling, VK_IMAGE_USAGE_SAMPLED_BIT);
        CHECK(vxmImportMemory(gpu.vxm, &shared, NULL, &textures[i].memory));
        convert_prepare(&gpu, &textures[i]);
    }

    for (uint32_t number = 0; number < FRAMES; number++) {
        const struct frame *frame = &pool[number % BUFFERS];

        frame_decode(frame, number);
        convert(&gpu, &textures[number % BUFFERS]);
        const uint32_t difference = frame_compare(frame, gpu.pixels);
        greatest = difference > greatest ? difference : greatest;
    }
    write_png(path, gpu.pixels);
    check_planes(&gpu, &pool[0]);
    printf("%s, %s: %u frames in %u dma-bufs, greatest difference from the CPU's conversion %u of "
           "255, at most %u is right; the planes by themselves are equal\n",
           gpu.info.identity->deviceName,
           tiling == VK_IMAGE_TILING_LINEAR ? "LINEAR tiling" : "modifier LINEAR", FRAMES, BUFFERS,
           greatest, TOLERANCE);

    for (uint32_t i = 0; i < BUFFERS; i++) {
        vkDestroyImageView(gpu.info.device, textures[i].view, NULL);
        vxmDestroyMemory(textures[i].memory);
        frame_free(&pool[i]);
    }
    convert_close(&gpu);
    gpu_close(&gpu);
    return greatest <= TOLERANCE ? EXIT_SUCCESS : EXIT_FAILURE;
}
