/*
 * vxm/cuda.h on a real GPU: images as arrays. Vulkan writes each texel of each level and layer,
 * CUDA reads them all, writes others, and Vulkan reads those.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/cuda/real/real.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_LEVELS 8
#define USAGE                                                                                      \
    (VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT)

struct image_case {
    const char *name;
    VkImageType type;
    VkFormat format;
    uint32_t texel; /* bytes */
    VkExtent3D extent;
    uint32_t levels, layers;
    VkImageUsageFlags usage; /* beyond USAGE */
    VkImageCreateFlags flags;
    VxmDedicated dedicated;
};

static const struct image_case cases[] = {
    {"RGBA8", VK_IMAGE_TYPE_2D, VK_FORMAT_R8G8B8A8_UNORM, 4, {256, 192, 1}, 1, 1, 0, 0, 0},
    {"RGBA8 not dedicated",
     VK_IMAGE_TYPE_2D,
     VK_FORMAT_R8G8B8A8_UNORM,
     4,
     {256, 192, 1},
     1,
     1,
     0,
     0,
     VXM_DEDICATED_OFF},
    {"BGRA8 of odd size",
     VK_IMAGE_TYPE_2D,
     VK_FORMAT_B8G8R8A8_UNORM,
     4,
     {37, 23, 1},
     1,
     1,
     0,
     0,
     0},
    {"R8", VK_IMAGE_TYPE_2D, VK_FORMAT_R8_UNORM, 1, {1920, 1080, 1}, 1, 1, 0, 0, 0},
    {"RGBA8 storage",
     VK_IMAGE_TYPE_2D,
     VK_FORMAT_R8G8B8A8_UNORM,
     4,
     {1920, 1080, 1},
     1,
     1,
     VK_IMAGE_USAGE_STORAGE_BIT,
     0,
     0},
    {"RGBA8 attachment",
     VK_IMAGE_TYPE_2D,
     VK_FORMAT_R8G8B8A8_UNORM,
     4,
     {1920, 1080, 1},
     1,
     1,
     VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT,
     0,
     0},
    {"RGBA16F storage and attachment",
     VK_IMAGE_TYPE_2D,
     VK_FORMAT_R16G16B16A16_SFLOAT,
     8,
     {640, 480, 1},
     1,
     1,
     VK_IMAGE_USAGE_STORAGE_BIT | VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT,
     0,
     0},
    {"R32F, 8 levels", VK_IMAGE_TYPE_2D, VK_FORMAT_R32_SFLOAT, 4, {640, 480, 1}, 8, 1, 0, 0, 0},
    {"RG16, 3 layers", VK_IMAGE_TYPE_2D, VK_FORMAT_R16G16_UNORM, 4, {200, 100, 1}, 1, 3, 0, 0, 0},
    {"RGBA8, 5 layers, 4 levels",
     VK_IMAGE_TYPE_2D,
     VK_FORMAT_R8G8B8A8_UNORM,
     4,
     {256, 256, 1},
     4,
     5,
     VK_IMAGE_USAGE_STORAGE_BIT,
     0,
     0},
    {"cube, 4 levels",
     VK_IMAGE_TYPE_2D,
     VK_FORMAT_R8G8B8A8_UNORM,
     4,
     {128, 128, 1},
     4,
     6,
     0,
     VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT,
     0},
    {"2 cubes",
     VK_IMAGE_TYPE_2D,
     VK_FORMAT_R8G8B8A8_UNORM,
     4,
     {128, 128, 1},
     1,
     12,
     0,
     VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT,
     0},
    {"3D RGBA8, 3 levels",
     VK_IMAGE_TYPE_3D,
     VK_FORMAT_R8G8B8A8_UNORM,
     4,
     {64, 32, 16},
     3,
     1,
     VK_IMAGE_USAGE_STORAGE_BIT,
     0,
     0},
    {"1D RGBA32F", VK_IMAGE_TYPE_1D, VK_FORMAT_R32G32B32A32_SFLOAT, 16, {512, 1, 1}, 1, 1, 0, 0, 0},
    {"1D R32UI, 4 layers", VK_IMAGE_TYPE_1D, VK_FORMAT_R32_UINT, 4, {512, 1, 1}, 1, 4, 0, 0, 0},
};

/* A host buffer that holds all texels: level by level, in each the layers one after another. */
struct host {
    VkBuffer buffer;
    VkDeviceMemory memory;
    unsigned char *data;
    VkDeviceSize size;
};

static void make_host(struct real *real, VkDeviceSize size, struct host *host)
{
    const VkMemoryPropertyFlags wanted =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    const VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                     .size = size,
                                     .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                              VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    VkMemoryAllocateInfo allocation = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO};
    VkPhysicalDeviceMemoryProperties types;
    VkMemoryRequirements needs;
    void *data;

    VK(vkCreateBuffer(real->info.device, &info, NULL, &host->buffer));
    vkGetBufferMemoryRequirements(real->info.device, host->buffer, &needs);
    vkGetPhysicalDeviceMemoryProperties(real->info.physicalDevice, &types);
    while ((needs.memoryTypeBits & 1u << allocation.memoryTypeIndex) == 0 ||
           (types.memoryTypes[allocation.memoryTypeIndex].propertyFlags & wanted) != wanted) {
        allocation.memoryTypeIndex++;
    }
    allocation.allocationSize = needs.size;
    VK(vkAllocateMemory(real->info.device, &allocation, NULL, &host->memory));
    VK(vkBindBufferMemory(real->info.device, host->buffer, host->memory, 0));
    VK(vkMapMemory(real->info.device, host->memory, 0, VK_WHOLE_SIZE, 0, &data));
    host->data = (unsigned char *)data;
    host->size = size;
}

static void end_host(struct real *real, struct host *host)
{
    vkDestroyBuffer(real->info.device, host->buffer, NULL);
    vkFreeMemory(real->info.device, host->memory, NULL);
}

static uint32_t at_level(uint32_t extent, uint32_t level)
{
    return extent >> level > 0 ? extent >> level : 1;
}

/* Where each level begins, and the bytes of all. */
static VkDeviceSize find_levels(const struct image_case *c, VkBufferImageCopy copies[MAX_LEVELS])
{
    VkDeviceSize offset = 0;

    for (uint32_t i = 0; i < c->levels; i++) {
        const VkExtent3D extent = {at_level(c->extent.width, i), at_level(c->extent.height, i),
                                   at_level(c->extent.depth, i)};

        copies[i] =
            (VkBufferImageCopy){.bufferOffset = offset,
                                .imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, i, 0, c->layers},
                                .imageExtent = extent};
        offset += (VkDeviceSize)extent.width * extent.height * extent.depth * c->layers * c->texel;
        offset = (offset + 15) / 16 * 16;
    }
    return offset;
}

static void to_layout(struct real *real, VkImage image, VkImageLayout from, VkImageLayout to)
{
    const VkImageMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
                                          .dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
                                          .oldLayout = from,
                                          .newLayout = to,
                                          .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
                                          .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
                                          .image = image,
                                          .subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0,
                                                               VK_REMAINING_MIP_LEVELS, 0,
                                                               VK_REMAINING_ARRAY_LAYERS}};

    vkCmdPipelineBarrier(real->commands, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT,
                         VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, NULL, 0, NULL, 1, &barrier);
}

/* Copies each level between the array and host memory, which lies as find_levels() says. */
static CUresult copy_array(struct real *real, const struct image_case *c,
                           const VxmCudaMemory *memory, const VkBufferImageCopy *copies,
                           unsigned char *data, bool toHost)
{
    for (uint32_t i = 0; i < c->levels; i++) {
        const VkExtent3D *extent = &copies[i].imageExtent;
        CUDA_MEMCPY3D copy;
        CUarray level;
        CUresult result;

        result = real->cuda.mipmappedArrayGetLevel(&level, memory->mipmappedArray, i);
        if (result != CUDA_SUCCESS) {
            return result;
        }
        memset(&copy, 0, sizeof(copy));
        copy.WidthInBytes = (size_t)extent->width * c->texel;
        copy.Height = extent->height;
        copy.Depth = c->layers > 1 ? c->layers : extent->depth;
        if (toHost) {
            copy.srcMemoryType = CU_MEMORYTYPE_ARRAY;
            copy.srcArray = level;
            copy.dstMemoryType = CU_MEMORYTYPE_HOST;
            copy.dstHost = data + copies[i].bufferOffset;
            copy.dstPitch = copy.WidthInBytes;
            copy.dstHeight = copy.Height;
        } else {
            copy.dstMemoryType = CU_MEMORYTYPE_ARRAY;
            copy.dstArray = level;
            copy.srcMemoryType = CU_MEMORYTYPE_HOST;
            copy.srcHost = data + copies[i].bufferOffset;
            copy.srcPitch = copy.WidthInBytes;
            copy.srcHeight = copy.Height;
        }
        result = real->driver.memcpy3D(&copy);
        if (result != CUDA_SUCCESS) {
            return result;
        }
    }
    return real->driver.streamSynchronize(NULL);
}

static size_t count_differences(const struct image_case *c, const VkBufferImageCopy *copies,
                                const unsigned char *a, const unsigned char *b)
{
    size_t count = 0;

    for (uint32_t i = 0; i < c->levels; i++) {
        const VkExtent3D *extent = &copies[i].imageExtent;
        const size_t size =
            (size_t)extent->width * extent->height * extent->depth * c->layers * c->texel;

        for (size_t k = 0; k < size; k++) {
            count += a[copies[i].bufferOffset + k] != b[copies[i].bufferOffset + k];
        }
    }
    return count;
}

static void exchange(struct real *real, const struct image_case *c, VxmMemory memory,
                     const VxmCudaMemory *cuda)
{
    const VkImage image = vxmGetVkImage(memory);
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT,
                        .accessMask =
                            VK_ACCESS_2_TRANSFER_READ_BIT | VK_ACCESS_2_TRANSFER_WRITE_BIT,
                        .layout = VK_IMAGE_LAYOUT_GENERAL,
                        .queueFamilyIndex = real->info.queueFamilyIndex};
    VkBufferImageCopy copies[MAX_LEVELS];
    const VkDeviceSize size = find_levels(c, copies);
    unsigned char *data = (unsigned char *)calloc(1, (size_t)size);
    VxmHandover handover = {0};
    struct host host;
    size_t read = 0;
    size_t written = 0;
    CUresult result;

    make_host(real, size, &host);
    for (size_t i = 0; i < (size_t)size; i++) {
        /* Halves and floats stay finite: no byte is 0x7c or above. */
        host.data[i] = (unsigned char)((i * 7 + i / 251) % 0x60);
    }
    begin_commands(real);
    to_layout(real, image, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL);
    vkCmdCopyBufferToImage(real->commands, host.buffer, image, VK_IMAGE_LAYOUT_GENERAL, c->levels,
                           copies);
    VK(vxmCmdReleaseMemory(real->commands, memory, &use, &handover));
    run_commands(real);

    result = copy_array(real, c, cuda, copies, data, true);
    if (result == CUDA_SUCCESS) {
        read = count_differences(c, copies, data, host.data);
        for (size_t i = 0; i < (size_t)size; i++) {
            data[i] = (unsigned char)((i * 11 + i / 241) % 0x60);
        }
        result = copy_array(real, c, cuda, copies, data, false);
    }
    begin_commands(real);
    VK(vxmCmdAcquireMemory(real->commands, memory, &handover, &use));
    vkCmdCopyImageToBuffer(real->commands, image, VK_IMAGE_LAYOUT_GENERAL, host.buffer, c->levels,
                           copies);
    run_commands(real);
    if (result == CUDA_SUCCESS) {
        written = count_differences(c, copies, data, host.data);
    }
    if (expect(real, result == CUDA_SUCCESS && read == 0 && written == 0,
               "%s: CUDA %d; %zu bytes read wrong, %zu written wrong of %zu", c->name, (int)result,
               read, written, (size_t)size)) {
        printf("%s: same; ", c->name);
    }
    end_host(real, &host);
    free(data);
}

static void test_image(struct real *real, const struct image_case *c)
{
    const VkImageCreateInfo image = {.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                                     .flags = c->flags,
                                     .imageType = c->type,
                                     .format = c->format,
                                     .extent = c->extent,
                                     .mipLevels = c->levels,
                                     .arrayLayers = c->layers,
                                     .samples = VK_SAMPLE_COUNT_1_BIT,
                                     .usage = USAGE | c->usage};
    const VxmMemoryCreateInfo info = {.handleTypes = OPAQUE, .dedicated = c->dedicated};
    VxmCudaMemory cuda;
    VxmMemory memory;

    if (vxmCreateImage(real->device, &image, &info, &memory) != VK_SUCCESS) {
        printf("SKIPPED %s: %s\n", c->name, why());
        return;
    }
    if (expect(real, vxmCudaImportMemory(&real->cuda, memory, NULL, &cuda) == VK_SUCCESS, "%s: %s",
               c->name, why())) {
        exchange(real, c, memory, &cuda);
        vxmCudaDestroyMemory(&real->cuda, &cuda);
    }
    vxmDestroyMemory(memory);
}

/* A LINEAR image's rows through the pointer. */
static void test_linear(struct real *real)
{
    const VkImageCreateInfo image = {.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                                     .imageType = VK_IMAGE_TYPE_2D,
                                     .format = VK_FORMAT_R8G8B8A8_UNORM,
                                     .extent = {37, 23, 1},
                                     .mipLevels = 1,
                                     .arrayLayers = 1,
                                     .samples = VK_SAMPLE_COUNT_1_BIT,
                                     .tiling = VK_IMAGE_TILING_LINEAR,
                                     .usage = USAGE};
    const VkImageSubresource first = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0};
    const VxmMemoryCreateInfo info = {.handleTypes = OPAQUE,
                                      .requiredFlags = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                                       VK_MEMORY_PROPERTY_HOST_COHERENT_BIT};
    VkSubresourceLayout layout;
    unsigned char texel[4] = {0};
    VxmCudaMemory cuda;
    VxmMemory memory;
    void *data;

    if (vxmCreateImage(real->device, &image, &info, &memory) != VK_SUCCESS) {
        printf("\nSKIPPED LINEAR: %s\n", why());
        return;
    }
    vkGetImageSubresourceLayout(real->info.device, vxmGetVkImage(memory), &first, &layout);
    VK(vxmCudaImportMemory(&real->cuda, memory, NULL, &cuda));
    VK(vxmMapMemory(memory, 0, &data));
    memcpy((unsigned char *)data + layout.offset + 22 * layout.rowPitch + 36 * 4, "abcd", 4);
    CU(real->driver.memcpyDtoH(texel, (CUdeviceptr)(cuda.pointer + 22 * cuda.rowPitch + 36 * 4),
                               4));
    expect(real, memcmp(texel, "abcd", 4) == 0, "a LINEAR image's last texel differs");
    printf("\nLINEAR: row pitch %u for 148 bytes\n", (unsigned)cuda.rowPitch);
    vxmCudaDestroyMemory(&real->cuda, &cuda);
    vxmDestroyMemory(memory);
}

void test_images(struct real *real)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        test_image(real, &cases[i]);
    }
    test_linear(real);
}
