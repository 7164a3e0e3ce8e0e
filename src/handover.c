/*
 * The barriers that give memory to another place, and take it from there.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

/*
 * Release and acquire are two halves of one transfer, and must name the same layouts. Neither side
 * knows the other's layout, so that the transfer itself changes none: both halves name
 * VxmHandover::layout as old and as new, and a barrier of this side alone goes from or to its own
 * layout.
 */

#define EVERY_STAGE ((VkPipelineStageFlags2)VK_PIPELINE_STAGE_ALL_COMMANDS_BIT)
#define EVERY_ACCESS                                                                               \
    ((VkAccessFlags2)(VK_ACCESS_MEMORY_READ_BIT | (uint32_t)VK_ACCESS_MEMORY_WRITE_BIT))
#define HOST_STAGE ((VkPipelineStageFlags2)VK_PIPELINE_STAGE_HOST_BIT)

/* One barrier over the whole resource, before it is put into either struct of Vulkan's. */
struct barrier {
    VkPipelineStageFlags2 srcStageMask;
    VkAccessFlags2 srcAccessMask;
    VkPipelineStageFlags2 dstStageMask;
    VkAccessFlags2 dstAccessMask;
    VkImageLayout oldLayout;
    VkImageLayout newLayout;
    uint32_t srcQueueFamilyIndex;
    uint32_t dstQueueFamilyIndex;
};

/* ---- recording ---- */

static VkImageSubresourceRange whole_image(VxmMemory memory)
{
    const VxmImageDescription *image = &memory->imageDescription;
    return (VkImageSubresourceRange){
        .aspectMask =
            vxm__format_aspects(image->format, (image->flags & VK_IMAGE_CREATE_DISJOINT_BIT) != 0),
        .levelCount = VK_REMAINING_MIP_LEVELS,
        .layerCount = VK_REMAINING_ARRAY_LAYERS,
    };
}

static void record2(VkCommandBuffer commandBuffer, VxmMemory memory, const struct barrier *barrier)
{
    const VkBufferMemoryBarrier2 buffer = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER_2,
        .srcStageMask = barrier->srcStageMask,
        .srcAccessMask = barrier->srcAccessMask,
        .dstStageMask = barrier->dstStageMask,
        .dstAccessMask = barrier->dstAccessMask,
        .srcQueueFamilyIndex = barrier->srcQueueFamilyIndex,
        .dstQueueFamilyIndex = barrier->dstQueueFamilyIndex,
        .buffer = memory->buffer,
        .size = VK_WHOLE_SIZE,
    };
    const VkImageMemoryBarrier2 image = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER_2,
        .srcStageMask = barrier->srcStageMask,
        .srcAccessMask = barrier->srcAccessMask,
        .dstStageMask = barrier->dstStageMask,
        .dstAccessMask = barrier->dstAccessMask,
        .oldLayout = barrier->oldLayout,
        .newLayout = barrier->newLayout,
        .srcQueueFamilyIndex = barrier->srcQueueFamilyIndex,
        .dstQueueFamilyIndex = barrier->dstQueueFamilyIndex,
        .image = memory->image,
        .subresourceRange = whole_image(memory),
    };
    const VkDependencyInfo dependency = {
        .sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO,
        .bufferMemoryBarrierCount = memory->buffer ? 1u : 0u,
        .pBufferMemoryBarriers = &buffer,
        .imageMemoryBarrierCount = memory->image ? 1u : 0u,
        .pImageMemoryBarriers = &image,
    };
    memory->device->vk.CmdPipelineBarrier2(commandBuffer, &dependency);
}

/* Without synchronization2 a stage mask must not be 0; these two wait for nothing. */
static VkPipelineStageFlags stages1(VkPipelineStageFlags2 stages, VkPipelineStageFlags none)
{
    return stages != 0 ? (VkPipelineStageFlags)stages : none;
}

static void record1(VkCommandBuffer commandBuffer, VxmMemory memory, const struct barrier *barrier)
{
    const VkBufferMemoryBarrier buffer = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER,
        .srcAccessMask = (VkAccessFlags)barrier->srcAccessMask,
        .dstAccessMask = (VkAccessFlags)barrier->dstAccessMask,
        .srcQueueFamilyIndex = barrier->srcQueueFamilyIndex,
        .dstQueueFamilyIndex = barrier->dstQueueFamilyIndex,
        .buffer = memory->buffer,
        .size = VK_WHOLE_SIZE,
    };
    const VkImageMemoryBarrier image = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
        .srcAccessMask = (VkAccessFlags)barrier->srcAccessMask,
        .dstAccessMask = (VkAccessFlags)barrier->dstAccessMask,
        .oldLayout = barrier->oldLayout,
        .newLayout = barrier->newLayout,
        .srcQueueFamilyIndex = barrier->srcQueueFamilyIndex,
        .dstQueueFamilyIndex = barrier->dstQueueFamilyIndex,
        .image = memory->image,
        .subresourceRange = whole_image(memory),
    };
    memory->device->vk.CmdPipelineBarrier(
        commandBuffer, stages1(barrier->srcStageMask, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT),
        stages1(barrier->dstStageMask, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT), 0, 0, NULL,
        memory->buffer ? 1u : 0u, &buffer, memory->image ? 1u : 0u, &image);
}

static bool has_synchronization2(VxmDevice device)
{
    return device->synchronization2 && device->vk.CmdPipelineBarrier2;
}

static void record(VkCommandBuffer commandBuffer, VxmMemory memory, const struct barrier *barrier)
{
    if (has_synchronization2(memory->device)) {
        record2(commandBuffer, memory, barrier);
    } else {
        record1(commandBuffer, memory, barrier);
    }
}

/* ---- what can be asked ---- */

static VkSharingMode sharing_mode(VxmMemory memory)
{
    return memory->image ? memory->imageDescription.sharingMode
                         : memory->bufferDescription.sharingMode;
}

static VkResult check_use(const char *caller, VxmMemory memory, const VxmUse *use)
{
    if (use->queueFamilyIndex >= memory->device->queueFamilyCount) {
        return vxm__fail_argument("%s: use->queueFamilyIndex is 0x%x, but must be the device's own "
                                  "family that the command buffer is for, below %u (10387, 10388).",
                                  caller, use->queueFamilyIndex, memory->device->queueFamilyCount);
    }
    if (!has_synchronization2(memory->device) && ((use->stageMask | use->accessMask) >> 32) != 0) {
        return vxm__fail_argument("%s: use->stageMask 0x%llx or accessMask 0x%llx goes beyond 32 "
                                  "bits, which needs the feature synchronization2, and that is "
                                  "off. Use the stages and accesses of vkCmdPipelineBarrier, such "
                                  "as VK_PIPELINE_STAGE_TRANSFER_BIT.",
                                  caller, (unsigned long long)use->stageMask,
                                  (unsigned long long)use->accessMask);
    }
    return VK_SUCCESS;
}

/* Whether ownership of this memory goes to places that may be another driver's. */
static bool is_foreign(VxmMemory memory)
{
    return vxm__types_with(VXM_HANDLE_KIND_MEMORY,
                           memory->exportHandleTypes | memory->importHandleType,
                           VXM_TYPE_FOREIGN) != 0;
}

static VkResult choose_family(const char *caller, VxmMemory memory, uint32_t asked,
                              uint32_t *family)
{
    /* 09050 to 09054: then only IGNORED and EXTERNAL may stand in a barrier. */
    bool external_only =
        sharing_mode(memory) == VK_SHARING_MODE_CONCURRENT && !has_synchronization2(memory->device);
    if (asked == 0) {
        *family = is_foreign(memory) && memory->device->queueFamilyForeign && !external_only
                      ? VK_QUEUE_FAMILY_FOREIGN_EXT
                      : VK_QUEUE_FAMILY_EXTERNAL;
        return VK_SUCCESS;
    }
    if (asked != VK_QUEUE_FAMILY_EXTERNAL && asked != VK_QUEUE_FAMILY_FOREIGN_EXT) {
        return vxm__fail_argument("%s: handover->queueFamilyIndex is 0x%x, but must be "
                                  "VK_QUEUE_FAMILY_EXTERNAL, VK_QUEUE_FAMILY_FOREIGN_EXT or 0.",
                                  caller, asked);
    }
    if (asked == VK_QUEUE_FAMILY_FOREIGN_EXT && !memory->device->queueFamilyForeign) {
        return vxm__fail(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                         "%s: handover->queueFamilyIndex is VK_QUEUE_FAMILY_FOREIGN_EXT, but "
                         "VK_EXT_queue_family_foreign is not enabled on this device. Between "
                         "places of the same device and driver use VK_QUEUE_FAMILY_EXTERNAL.",
                         caller);
    }
    if (asked == VK_QUEUE_FAMILY_FOREIGN_EXT && external_only) {
        return vxm__fail_argument("%s: the resource is VK_SHARING_MODE_CONCURRENT and the feature "
                                  "synchronization2 is off: then a barrier may name "
                                  "VK_QUEUE_FAMILY_EXTERNAL only (09050 to 09054). Use that, or an "
                                  "EXCLUSIVE resource.",
                                  caller);
    }
    *family = asked;
    return VK_SUCCESS;
}

/* The layouts that an image can have while nobody owns it, with the usages (any of them) and the
 * aspects (all of the image's) that they go with; 0: any (01208 to 01213, 01658, 01659, 03938,
 * 03939). Those of depth or stencil alone need a feature that is not known to be on. */
static const struct {
    VkImageLayout layout;
    VkImageUsageFlags usage;
    VkImageAspectFlags aspects;
    bool synchronization2;
} layouts[] = {
#define COLOR   VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT
#define DEPTH   VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT
#define SAMPLED VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_INPUT_ATTACHMENT_BIT
#define BOTH    VK_IMAGE_ASPECT_DEPTH_BIT | VK_IMAGE_ASPECT_STENCIL_BIT
    {VK_IMAGE_LAYOUT_GENERAL, 0, 0, false},
    {VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, COLOR, 0, false},
    {VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, SAMPLED, 0, false},
    {VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, VK_IMAGE_USAGE_TRANSFER_SRC_BIT, 0, false},
    {VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, VK_IMAGE_USAGE_TRANSFER_DST_BIT, 0, false},
    {VK_IMAGE_LAYOUT_DEPTH_STENCIL_ATTACHMENT_OPTIMAL, DEPTH, BOTH, false},
    {VK_IMAGE_LAYOUT_DEPTH_STENCIL_READ_ONLY_OPTIMAL, DEPTH | SAMPLED, BOTH, false},
    {VK_IMAGE_LAYOUT_DEPTH_READ_ONLY_STENCIL_ATTACHMENT_OPTIMAL, DEPTH, BOTH, false},
    {VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_STENCIL_READ_ONLY_OPTIMAL, DEPTH, BOTH, false},
    {VK_IMAGE_LAYOUT_READ_ONLY_OPTIMAL, DEPTH | SAMPLED, 0, true},
    {VK_IMAGE_LAYOUT_ATTACHMENT_OPTIMAL, COLOR | DEPTH, 0, true},
#undef COLOR
#undef DEPTH
#undef SAMPLED
#undef BOTH
};

static bool layout_fits(VxmMemory memory, VkImageLayout layout)
{
    const VxmImageDescription *image = &memory->imageDescription;
    VkImageUsageFlags usage = image->usage | image->stencilUsage;
    VkImageAspectFlags aspects = vxm__format_aspects(image->format, false);
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; ++i) {
        if (layouts[i].layout == layout) {
            return (layouts[i].usage == 0 || (layouts[i].usage & usage) != 0) &&
                   (layouts[i].aspects == 0 || (aspects & ~layouts[i].aspects) == 0) &&
                   (!layouts[i].synchronization2 || memory->device->synchronization2);
        }
    }
    return false;
}

static VkResult check_layout(const char *caller, VxmMemory memory, VkImageLayout layout)
{
    if (memory->buffer) {
        return layout == VK_IMAGE_LAYOUT_UNDEFINED
                   ? VK_SUCCESS
                   : vxm__fail_argument("%s: handover->layout is %d, but a buffer has none: it "
                                        "must be VK_IMAGE_LAYOUT_UNDEFINED.",
                                        caller, (int)layout);
    }
    if (layout != VK_IMAGE_LAYOUT_GENERAL &&
        vxm__types_with(VXM_HANDLE_KIND_MEMORY,
                        memory->exportHandleTypes | memory->importHandleType,
                        VXM_TYPE_GENERAL_LAYOUT) != 0) {
        return vxm__fail_argument("%s: handover->layout is %d, but images shared with Direct3D 11 "
                                  "are handed over in VK_IMAGE_LAYOUT_GENERAL (12331, 12332).",
                                  caller, (int)layout);
    }
    return layout_fits(memory, layout)
               ? VK_SUCCESS
               : vxm__fail_argument("%s: handover->layout is %d, which an image of this format and "
                                    "usage can't be left in. Use VK_IMAGE_LAYOUT_GENERAL, which "
                                    "always can be.",
                                    caller, (int)layout);
}

static VkResult check_objects(const char *caller, VkCommandBuffer commandBuffer, VxmMemory memory,
                              const VxmUse *use, const VxmHandover *handover)
{
    const char *missing = !commandBuffer ? "commandBuffer"
                          : !memory      ? "memory"
                          : !use         ? "use"
                          : !handover    ? "handover"
                                         : NULL;
    if (missing) {
        return vxm__fail_argument("%s: %s must not be NULL.", caller, missing);
    }
    if (!memory->buffer && !memory->image) {
        return vxm__fail_argument("%s: the memory is raw, and a barrier needs a resource. Record "
                                  "that of the buffer or image that you bound to it.",
                                  caller);
    }
    uint32_t known = VXM_HANDOVER_DISCARD_BIT | VXM_HANDOVER_SEMAPHORE_VALUE_BIT;
    if ((handover->flags & ~known) != 0) {
        return vxm__fail_argument("%s: handover->flags has 0x%x, which no VxmHandoverFlagBits is.",
                                  caller, handover->flags & ~known);
    }
    return check_use(caller, memory, use);
}

/* ---- release and acquire ---- */

/* Whether a barrier of this side alone must stand beside the transfer: for a layout of its own, and
 * for the host stage, which a transfer must not name (03851). */
static bool needs_own_barrier(VxmMemory memory, const VxmUse *use, VkImageLayout layout)
{
    return (memory->image && use->layout != layout) || (use->stageMask & HOST_STAGE) != 0;
}

VkResult vxmCmdReleaseMemory(VkCommandBuffer commandBuffer, VxmMemory memory, const VxmUse *use,
                             VxmHandover *handover)
{
    static const char caller[] = "vxmCmdReleaseMemory";
    VkResult result = check_objects(caller, commandBuffer, memory, use, handover);
    if (result != VK_SUCCESS) {
        return result;
    }
    VkImageLayout layout = handover->layout;
    uint32_t family = 0;
    if (memory->image && layout == VK_IMAGE_LAYOUT_UNDEFINED) {
        layout = VK_IMAGE_LAYOUT_GENERAL;
    }
    result = check_layout(caller, memory, layout);
    if (result == VK_SUCCESS) {
        result = choose_family(caller, memory, handover->queueFamilyIndex, &family);
    }
    if (result == VK_SUCCESS && memory->image && use->layout == VK_IMAGE_LAYOUT_UNDEFINED &&
        (handover->flags & VXM_HANDOVER_DISCARD_BIT) == 0) {
        result = vxm__fail_argument("%s: use->layout is VK_IMAGE_LAYOUT_UNDEFINED, which would "
                                    "lose the contents. Name the layout that the image is in, or "
                                    "set VXM_HANDOVER_DISCARD_BIT.",
                                    caller);
    }
    if (result != VK_SUCCESS) {
        return result;
    }

    struct barrier release = {
        .srcStageMask = use->stageMask,
        .srcAccessMask = use->accessMask,
        .oldLayout = layout,
        .newLayout = layout,
        .srcQueueFamilyIndex = sharing_mode(memory) == VK_SHARING_MODE_CONCURRENT
                                   ? VK_QUEUE_FAMILY_IGNORED
                                   : use->queueFamilyIndex,
        .dstQueueFamilyIndex = family,
    };
    if (needs_own_barrier(memory, use, layout)) {
        const struct barrier own = {
            .srcStageMask = use->stageMask,
            .srcAccessMask = use->accessMask,
            .dstStageMask = EVERY_STAGE,
            .dstAccessMask = EVERY_ACCESS,
            .oldLayout = use->layout,
            .newLayout = layout,
            .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
            .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        };
        record(commandBuffer, memory, &own);
        /* What the one waits with, the other begins with: they make one chain. */
        release.srcStageMask = EVERY_STAGE;
        release.srcAccessMask = EVERY_ACCESS;
    }
    record(commandBuffer, memory, &release);
    handover->layout = layout;
    handover->queueFamilyIndex = family;
    return VK_SUCCESS;
}

static void acquire_and_use(VkCommandBuffer commandBuffer, VxmMemory memory,
                            const VxmHandover *handover, const VxmUse *use, uint32_t family)
{
    /* The wait for the other side's semaphore is of this side's stages. A chain from it to the
     * acquire needs the same stages here; none at all would begin without waiting. */
    struct barrier acquire = {
        .srcStageMask = use->stageMask,
        .dstStageMask = use->stageMask,
        .dstAccessMask = use->accessMask,
        .oldLayout = handover->layout,
        .newLayout = handover->layout,
        .srcQueueFamilyIndex = family,
        .dstQueueFamilyIndex = sharing_mode(memory) == VK_SHARING_MODE_CONCURRENT
                                   ? VK_QUEUE_FAMILY_IGNORED
                                   : use->queueFamilyIndex,
    };
    const struct barrier own = {
        .srcStageMask = EVERY_STAGE,
        .srcAccessMask = EVERY_ACCESS,
        .dstStageMask = use->stageMask,
        .dstAccessMask = use->accessMask,
        .oldLayout = handover->layout,
        .newLayout = memory->image ? use->layout : VK_IMAGE_LAYOUT_UNDEFINED,
        .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
    };
    bool two = needs_own_barrier(memory, use, handover->layout);
    if (two) {
        acquire.srcStageMask = (use->stageMask & HOST_STAGE) != 0 ? EVERY_STAGE : use->stageMask;
        acquire.dstStageMask = EVERY_STAGE;
        acquire.dstAccessMask = EVERY_ACCESS;
    }
    record(commandBuffer, memory, &acquire);
    if (two) {
        record(commandBuffer, memory, &own);
    }
}

VkResult vxmCmdAcquireMemory(VkCommandBuffer commandBuffer, VxmMemory memory,
                             const VxmHandover *handover, const VxmUse *use)
{
    static const char caller[] = "vxmCmdAcquireMemory";
    VkResult result = check_objects(caller, commandBuffer, memory, use, handover);
    if (result != VK_SUCCESS) {
        return result;
    }
    bool discard = (handover->flags & VXM_HANDOVER_DISCARD_BIT) != 0;
    uint32_t family = 0;
    if (!discard || memory->buffer || handover->layout != VK_IMAGE_LAYOUT_UNDEFINED) {
        result = check_layout(caller, memory, handover->layout);
    }
    if (result == VK_SUCCESS) {
        result = choose_family(caller, memory, handover->queueFamilyIndex, &family);
    }
    if (result == VK_SUCCESS && memory->image &&
        (use->layout == VK_IMAGE_LAYOUT_UNDEFINED ||
         use->layout == VK_IMAGE_LAYOUT_PREINITIALIZED)) {
        result = vxm__fail_argument("%s: use->layout is %d, but no image can be put into that "
                                    "layout (01198). Name the one that it is used in.",
                                    caller, (int)use->layout);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    if (discard) {
        /* Nothing to keep, so nothing to transfer: the contents become undefined either way. */
        const struct barrier begin = {
            .srcStageMask = (use->stageMask & HOST_STAGE) != 0 ? EVERY_STAGE : use->stageMask,
            .dstStageMask = use->stageMask,
            .dstAccessMask = use->accessMask,
            .oldLayout = VK_IMAGE_LAYOUT_UNDEFINED,
            .newLayout = memory->image ? use->layout : VK_IMAGE_LAYOUT_UNDEFINED,
            .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
            .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        };
        record(commandBuffer, memory, &begin);
    } else {
        acquire_and_use(commandBuffer, memory, handover, use, family);
    }
    return VK_SUCCESS;
}
