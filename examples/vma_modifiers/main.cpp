/*
 * The Vulkan Memory Allocator allocates what is shared: an image whose DRM format modifier the
 * driver chooses, and an NV12 image with an allocation for each plane, which come back as images of
 * their own.
 *
 *   c++ -std=c++17 *.cpp -o vma_modifiers $(pkg-config --cflags --libs vxm) -lvulkan
 *   ./vma_modifiers
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "app.h"

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#define DMA_BUF VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT

static const VkExtent3D extent = {200, 120, 1};
static const uint32_t texels = extent.width * extent.height;

static bool hasModifier(App &app, const VkImageCreateInfo &image)
{
    VxmModifiers modifiers;
    bool found = false;

    CHECK(vxmGetModifiers(app.vxm, &image, DMA_BUF, &modifiers));
    for (uint32_t i = 0; i < modifiers.modifierCount; i++) {
        found = found || (modifiers.modifiers[i].exportable && modifiers.modifiers[i].importable);
    }
    return found;
}

/* A new image. Without a list of modifiers the driver takes the best that can be shared. Where it
 * has none for the format there is LINEAR tiling. */
static Image create(App &app, VkFormat format, VkImageCreateFlags flags, const void *list)
{
    VkImageCreateInfo image = {};
    VxmMemoryCreateInfo info = {};
    VxmPlan plan;

    image.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO;
    image.pNext = list;
    image.flags = flags;
    image.imageType = VK_IMAGE_TYPE_2D;
    image.format = format;
    image.extent = extent;
    image.mipLevels = 1;
    image.arrayLayers = 1;
    image.samples = VK_SAMPLE_COUNT_1_BIT;
    image.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    image.usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    if (!hasModifier(app, image)) {
        image.flags = 0; /* not every driver has disjoint ones */
        if (flags == 0 || !hasModifier(app, image)) {
            image.flags = flags;
            image.pNext = nullptr;
            image.tiling = VK_IMAGE_TILING_LINEAR;
        }
    }
    info.handleTypes = DMA_BUF;
    CHECK(vxmPlanImage(app.vxm, &image, &info, &plan));
    return make(app, plan);
}

static Image import(App &app, VxmShared &shared)
{
    VxmPlan plan;

    CHECK(vxmPlanImport(app.vxm, &shared, nullptr, &plan));
    return make(app, plan);
}

/* ---- contents ---- */

/* One plane of an image, and where its texels lie in the staging buffer. */
static VkBufferImageCopy planeCopy(VkImageAspectFlags aspect, uint32_t divide, VkDeviceSize offset)
{
    VkBufferImageCopy copy = {};
    copy.bufferOffset = offset;
    copy.imageSubresource = {aspect, 0, 0, 1};
    copy.imageExtent = {extent.width / divide, extent.height / divide, 1};
    return copy;
}

static VxmUse useByCopies(VkImageLayout layout)
{
    VxmUse use = {};
    use.stageMask = VK_PIPELINE_STAGE_TRANSFER_BIT;
    use.accessMask = VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
    use.layout = layout;
    return use;
}

/* Puts the staging buffer's bytes into a new image, and gives it away. */
static VxmHandover write(App &app, const Image &image, const std::vector<VkBufferImageCopy> &copies)
{
    const VxmUse use = useByCopies(VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL);
    VkImageMemoryBarrier first = {};
    VxmHandover handover = {};

    first.sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER;
    first.dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT;
    first.newLayout = use.layout;
    first.srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    first.dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    first.image = image.image;
    first.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    begin(app);
    vkCmdPipelineBarrier(app.commands, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT,
                         VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, nullptr, 0, nullptr, 1, &first);
    vkCmdCopyBufferToImage(app.commands, app.staging, image.image, use.layout,
                           static_cast<uint32_t>(copies.size()), copies.data());
    CHECK(vxmCmdReleaseMemory(app.commands, image.memory, &use, &handover));
    finish(app);
    return handover;
}

/* Imports what was shared, and compares it with what was written. */
static void compare(App &app, VxmShared &shared, const VxmHandover &handover,
                    const uint8_t *expected, size_t size)
{
    const VxmUse use = useByCopies(VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL);
    VkBufferImageCopy copy = planeCopy(VK_IMAGE_ASPECT_COLOR_BIT, 1, 0);
    Image image = import(app, shared);

    copy.imageExtent = shared.image.extent;
    begin(app);
    CHECK(vxmCmdAcquireMemory(app.commands, image.memory, &handover, &use));
    vkCmdCopyImageToBuffer(app.commands, image.image, use.layout, app.staging, 1, &copy);
    finish(app);
    const bool equal = std::memcmp(app.bytes, expected, size) == 0;
    std::printf("format %d, %u x %u, modifier 0x%016" PRIx64 ", pitch %" PRIu64 ": %s\n",
                static_cast<int>(shared.image.format), shared.image.extent.width,
                shared.image.extent.height, shared.image.drmFormatModifier,
                shared.image.planes[0].rowPitch, equal ? "equal" : "NOT EQUAL");
    if (!equal) {
        std::exit(EXIT_FAILURE);
    }
    destroy(app, image);
}

int main()
{
    /* By any other modifier a plane might not be an image of its own. */
    const uint64_t linear = VXM_DRM_FORMAT_MOD_LINEAR;
    VkImageDrmFormatModifierListCreateInfoEXT list = {};
    std::vector<uint8_t> bytes(4 * texels);
    App app = {};
    VxmShared shared;

    list.sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT;
    list.drmFormatModifierCount = 1;
    list.pDrmFormatModifiers = &linear;
    openApp(app, bytes.size());
    for (size_t i = 0; i < bytes.size(); i++) {
        bytes[i] = static_cast<uint8_t>(i * 2654435761u >> 24);
    }

    std::memcpy(app.bytes, bytes.data(), bytes.size());
    Image image = create(app, VK_FORMAT_R8G8B8A8_UNORM, 0, nullptr);
    VxmHandover handover = write(app, image, {planeCopy(VK_IMAGE_ASPECT_COLOR_BIT, 1, 0)});
    CHECK(vxmExportMemory(image.memory, DMA_BUF, &shared));
    compare(app, shared, handover, bytes.data(), bytes.size());
    vxmCloseShared(&shared);
    destroy(app, image);

    std::memcpy(app.bytes, bytes.data(), bytes.size());
    image = create(app, VK_FORMAT_G8_B8R8_2PLANE_420_UNORM, VK_IMAGE_CREATE_DISJOINT_BIT, &list);
    handover = write(app, image,
                     {planeCopy(VK_IMAGE_ASPECT_PLANE_0_BIT, 1, 0),
                      planeCopy(VK_IMAGE_ASPECT_PLANE_1_BIT, 2, texels)});
    CHECK(vxmExportMemory(image.memory, DMA_BUF, &shared));
    for (uint32_t plane = 0; plane < 2; plane++) {
        VxmShared single;
        CHECK(vxmDescribePlane(&shared, plane, &single));
        compare(app, single, handover, bytes.data() + plane * texels, texels / (plane + 1));
        vxmCloseShared(&single);
    }
    vxmCloseShared(&shared);
    destroy(app, image);
    closeApp(app);
    return EXIT_SUCCESS;
}
