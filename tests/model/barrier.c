/*
 * The rules of barriers: who may hand a resource over to whom, and in which layouts.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

static bool outside(uint32_t family)
{
    return family == VK_QUEUE_FAMILY_EXTERNAL || family == VK_QUEUE_FAMILY_FOREIGN_EXT;
}

static void check_family(const struct model_device *device, uint32_t family, const char *rule)
{
    if (family == VK_QUEUE_FAMILY_FOREIGN_EXT) {
        model__require_extension(device, "VK_EXT_queue_family_foreign");
    } else if (family != VK_QUEUE_FAMILY_IGNORED && family != VK_QUEUE_FAMILY_EXTERNAL &&
               family >= model__device_config(device)->queueFamilyCount) {
        model__breach(rule, "queue family %u of %u", family,
                      model__device_config(device)->queueFamilyCount);
    }
}

static void check_exclusive(const struct model_command_buffer *commands, uint32_t src, uint32_t dst)
{
    uint32_t own = commands->pool->family;

    if (src == dst) {
        if (outside(src))
            model__breach("10387 10388", "from and to the same outside queue family");
        return;
    }
    if (src == VK_QUEUE_FAMILY_IGNORED || dst == VK_QUEUE_FAMILY_IGNORED)
        model__breach(src == VK_QUEUE_FAMILY_IGNORED ? "10387" : "10388",
                      "an EXCLUSIVE resource changes its family, and one of the two is IGNORED");
    else if (outside(src) && dst != own)
        model__breach("10388", "an acquire from outside names family %u, and its pool is of %u",
                      dst, own);
    else if (outside(dst) && src != own)
        model__breach("10387", "a release to outside names family %u, and its pool is of %u", src,
                      own);
    else if (src != own && dst != own)
        model__breach("10387 10388", "neither family %u nor %u is that of the pool, %u", src, dst,
                      own);
}

static void check_concurrent(const struct model_device *device, uint32_t src, uint32_t dst)
{
    if (!device->synchronization2) {
        if (src != VK_QUEUE_FAMILY_IGNORED && dst != VK_QUEUE_FAMILY_IGNORED)
            model__breach("09049 to 09052",
                          "a CONCURRENT resource without synchronization2: one family is IGNORED");
        if ((src != VK_QUEUE_FAMILY_IGNORED && src != VK_QUEUE_FAMILY_EXTERNAL) ||
            (dst != VK_QUEUE_FAMILY_IGNORED && dst != VK_QUEUE_FAMILY_EXTERNAL))
            model__breach("09050 to 09054", "a CONCURRENT resource without synchronization2: "
                                            "IGNORED and EXTERNAL only");
    } else if (src != dst && !outside(src) && !outside(dst)) {
        model__breach("04071 04088", "a CONCURRENT resource goes from family %u to %u", src, dst);
    }
}

static void check_image(const struct model_image *image, const ModelBarrier *barrier)
{
    const VkImageSubresourceRange *range = &barrier->subresourceRange;
    VkImageAspectFlags known = model__format_aspects(image->format);

    for (uint32_t i = 0; i < image->planeCount; i++) {
        if (!image->planes[i].memory && (i == 0 || (image->flags & VK_IMAGE_CREATE_DISJOINT_BIT)))
            model__breach("01932", "the image, or a plane of it, is not bound to memory");
    }
    if (range->aspectMask == 0 || (range->aspectMask & ~known))
        model__breach("aspectMask", "aspect %#x of a format with %#x", range->aspectMask, known);
    if ((known & VK_IMAGE_ASPECT_STENCIL_BIT) && (known & VK_IMAGE_ASPECT_DEPTH_BIT) &&
        range->aspectMask != known)
        model__breach("03320", "a depth and stencil image needs both aspects");
    if (model__format_planes(image->format) > 1 && !(image->flags & VK_IMAGE_CREATE_DISJOINT_BIT) &&
        range->aspectMask != VK_IMAGE_ASPECT_COLOR_BIT)
        model__breach("01671", "a multi-planar image that is not disjoint has aspect COLOR");
    if (range->baseMipLevel >= image->mipLevels || range->levelCount == 0 ||
        (range->levelCount != VK_REMAINING_MIP_LEVELS &&
         range->levelCount > image->mipLevels - range->baseMipLevel))
        model__breach("01486 01724", "%u mip levels from %u of %u", range->levelCount,
                      range->baseMipLevel, image->mipLevels);
    if (range->baseArrayLayer >= image->arrayLayers || range->layerCount == 0 ||
        (range->layerCount != VK_REMAINING_ARRAY_LAYERS &&
         range->layerCount > image->arrayLayers - range->baseArrayLayer))
        model__breach("01488 01725", "%u layers from %u of %u", range->layerCount,
                      range->baseArrayLayer, image->arrayLayers);
    if (barrier->newLayout == VK_IMAGE_LAYOUT_UNDEFINED ||
        barrier->newLayout == VK_IMAGE_LAYOUT_PREINITIALIZED)
        model__breach("01198", "the new layout is %d", (int)barrier->newLayout);
}

static void check_buffer(const struct model_buffer *buffer, const ModelBarrier *barrier)
{
    if (!buffer->memory)
        model__breach("01931", "the buffer is not bound to memory");
    if (barrier->offset >= buffer->size || barrier->size == 0 ||
        (barrier->size != VK_WHOLE_SIZE && barrier->size > buffer->size - barrier->offset))
        model__breach("01187 to 01189", "%llu bytes from %llu of %llu",
                      (unsigned long long)barrier->size, (unsigned long long)barrier->offset,
                      (unsigned long long)buffer->size);
}

void model__check_barrier(const struct model_command_buffer *commands, const ModelBarrier *barrier)
{
    struct model_device *device = commands->object.device;
    uint32_t src = barrier->srcQueueFamilyIndex, dst = barrier->dstQueueFamilyIndex;
    struct model_buffer *buffer = NULL;
    struct model_image *image = NULL;
    VkSharingMode sharing;

    if (barrier->image)
        image = model__find_child(device, MODEL_ID(barrier->image), MODEL_IMAGE);
    else
        buffer = model__find_child(device, MODEL_ID(barrier->buffer), MODEL_BUFFER);
    if (!image && !buffer)
        return;
    sharing = image ? image->sharingMode : buffer->sharingMode;
    check_family(device, src, "09095 09117");
    check_family(device, dst, "09096 09118");
    if (sharing == VK_SHARING_MODE_EXCLUSIVE)
        check_exclusive(commands, src, dst);
    else
        check_concurrent(device, src, dst);
    if (image)
        check_image(image, barrier);
    else
        check_buffer(buffer, barrier);
    if (!device->synchronization2 && ((barrier->srcStageMask | barrier->dstStageMask |
                                       barrier->srcAccessMask | barrier->dstAccessMask) >>
                                      32))
        model__breach("parameter", "stages or accesses above 32 bits without synchronization2");
}

/* ---- when it is executed ---- */

static struct model_payload *payload_of(uint64_t memory)
{
    struct model_memory *found = model__peek_object(memory, MODEL_MEMORY);

    if (!found)
        model__breach("02699 10994", "the memory of a resource in use was freed");
    return found ? found->payload : NULL;
}

static void check_pair(const ModelBarrier *barrier, struct model_payload *payload)
{
    /* An acquire from UNDEFINED keeps no contents, so nothing has to agree with it. */
    if (!payload->released || !model_config()->checkLayoutPairs ||
        barrier->oldLayout == VK_IMAGE_LAYOUT_UNDEFINED)
        return;
    if (barrier->oldLayout != payload->releaseOld || barrier->newLayout != payload->releaseNew)
        model__breach("layout pair",
                      "released with the layouts %d to %d, and acquired with %d to %d",
                      (int)payload->releaseOld, (int)payload->releaseNew, (int)barrier->oldLayout,
                      (int)barrier->newLayout);
}

static void execute_image(const ModelBarrier *barrier, struct model_image *image)
{
    bool acquire = outside(barrier->srcQueueFamilyIndex);
    bool release = outside(barrier->dstQueueFamilyIndex);
    struct model_payload *payload = payload_of(image->planes[0].memory);

    if (!payload)
        return;
    if (acquire && !release) {
        check_pair(barrier, payload);
        payload->released = false;
    } else if (barrier->oldLayout != VK_IMAGE_LAYOUT_UNDEFINED &&
               barrier->oldLayout != image->layout) {
        model__breach("01197", "the old layout is %d, and the image is in %d",
                      (int)barrier->oldLayout, (int)image->layout);
    }
    if (release && !acquire) {
        payload->released = true;
        payload->releaseOld = barrier->oldLayout;
        payload->releaseNew = barrier->newLayout;
        payload->releaseFamily = barrier->dstQueueFamilyIndex;
    }
    image->layout = barrier->newLayout;
}

void model__execute_barrier(const ModelBarrier *barrier)
{
    struct model_buffer *buffer;
    struct model_image *image;

    if (barrier->image) {
        image = model__find_object(MODEL_ID(barrier->image), MODEL_IMAGE);
        if (image)
            execute_image(barrier, image);
    } else {
        buffer = model__find_object(MODEL_ID(barrier->buffer), MODEL_BUFFER);
        if (buffer)
            (void)payload_of(buffer->memory);
    }
}
