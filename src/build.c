/*
 * Creates, allocates and binds everything of a plan; what vxmCreate* and vxmImportMemory() share.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "plan.h"

static VkResult create_resource(const char *caller, const VxmPlan *plan, VxmMemory memory)
{
    const VxmDevice device = plan->state.device;
    VkResult result;

    if (vxm__plan_creates_buffer(plan)) {
        result = device->vk.CreateBuffer(device->device, &plan->bufferCreateInfo, device->allocator,
                                         &memory->buffer);
        if (result != VK_SUCCESS) {
            memory->buffer = VK_NULL_HANDLE;
            return vxm__plan_fail(result, "vkCreateBuffer", caller, plan);
        }
    } else if (vxm__plan_creates_image(plan)) {
        result = device->vk.CreateImage(device->device, &plan->imageCreateInfo, device->allocator,
                                        &memory->image);
        if (result != VK_SUCCESS) {
            memory->image = VK_NULL_HANDLE;
            return vxm__plan_fail_image(result, caller, plan);
        }
    }
    return VK_SUCCESS;
}

static VkResult allocate(const char *caller, const VxmPlan *plan, VxmMemory memory)
{
    const VxmDevice device = plan->state.device;

    for (uint32_t i = 0; i < plan->memoryCount; i++) {
        const VxmPlanMemory *planned = &plan->memories[i];
        struct vxm_memory_part *part = &memory->memories[i];
        VkResult result = device->vk.AllocateMemory(device->device, &planned->allocateInfo,
                                                    device->allocator, &part->memory);

        if (result != VK_SUCCESS) {
            part->memory = VK_NULL_HANDLE;
            return vxm__plan_fail(result, "vkAllocateMemory", caller, plan);
        }
        memory->memoryCount = i + 1;
        part->allocationSize = planned->allocateInfo.allocationSize;
        part->memoryTypeIndex = planned->allocateInfo.memoryTypeIndex;
        part->offset = planned->offset;
    }
    return VK_SUCCESS;
}

/* All planes of a disjoint image in one call (02858). */
static VkResult bind_image(const VxmPlan *plan, VxmMemory memory)
{
    VkBindImagePlaneMemoryInfo planes[VXM_MAX_PLANES];
    VkBindImageMemoryInfo infos[VXM_MAX_PLANES];

    for (uint32_t i = 0; i < memory->memoryCount; i++) {
        const VkImageAspectFlagBits planeAspect = plan->memories[i].planeAspect;

        planes[i] = (VkBindImagePlaneMemoryInfo){
            .sType = VK_STRUCTURE_TYPE_BIND_IMAGE_PLANE_MEMORY_INFO,
            .planeAspect = planeAspect,
        };
        infos[i] = (VkBindImageMemoryInfo){
            .sType = VK_STRUCTURE_TYPE_BIND_IMAGE_MEMORY_INFO,
            .pNext = planeAspect != 0 ? &planes[i] : NULL,
            .image = memory->image,
            .memory = memory->memories[i].memory,
            .memoryOffset = memory->memories[i].offset,
        };
    }
    return memory->device->vk.BindImageMemory2(memory->device->device, memory->memoryCount, infos);
}

static VkResult bind_resource(const char *caller, const VxmPlan *plan, VxmMemory memory)
{
    const VxmDevice device = memory->device;
    const VkBindBufferMemoryInfo bufferInfo = {
        .sType = VK_STRUCTURE_TYPE_BIND_BUFFER_MEMORY_INFO,
        .buffer = memory->buffer,
        .memory = memory->memories[0].memory,
        .memoryOffset = memory->memories[0].offset,
    };
    VkResult result = VK_SUCCESS;

    if (memory->buffer != VK_NULL_HANDLE) {
        result = device->vk.BindBufferMemory2(device->device, 1, &bufferInfo);
        if (result != VK_SUCCESS) {
            return vxm__plan_fail(result, "vkBindBufferMemory2", caller, plan);
        }
    } else if (memory->image != VK_NULL_HANDLE) {
        result = bind_image(plan, memory);
        if (result != VK_SUCCESS) {
            return vxm__plan_fail(result, "vkBindImageMemory2", caller, plan);
        }
    }
    return VK_SUCCESS;
}

/* What an import of a LINEAR image that this driver lays out otherwise can be done with instead. */
static const char *advise_on_layout(VxmDevice device, const VxmPlan *plan)
{
    VxmImageDescription image = plan->state.image;
    struct vxm_capability capability = {0};
    struct vxm_modifier modifier;

    if (image.tiling == VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT) {
        return "Only the layout of one level can be told to a driver: share an image with 1 of "
               "mipLevels.";
    }
    image.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    if (vxm__find_modifier(device, image.format, VXM_DRM_FORMAT_MOD_LINEAR, &modifier) &&
        vxm__ask_memory(device, VXM_RESOURCE_TYPE_IMAGE, NULL, &image, plan->state.importHandleType,
                        &capability) == VK_SUCCESS &&
        (capability.features & VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT) != 0) {
        return "Import it with tiling DRM_FORMAT_MODIFIER_EXT and the modifier LINEAR: then the "
               "driver is told how it lies.";
    }
    return vxm__format_plane_count(image.format) > 1 && device->drmFormatModifier
               ? "Import each plane as an image of its own (vxmDescribePlane), with tiling "
                 "DRM_FORMAT_MODIFIER_EXT and the modifier LINEAR: then the driver is told how it "
                 "lies."
               : "Import it as a buffer and copy with the exporter's pitch.";
}

/* What is 0 in the exporter's layout is unknown. */
static bool is_other(uint64_t theirs, uint64_t ours)
{
    return theirs != 0 && theirs != ours;
}

static VkResult compare_planes(const char *caller, const VxmPlan *plan, VxmMemory memory)
{
    const VxmImageDescription *given = &plan->state.image;
    const VxmImageDescription *image = &memory->imageDescription;

    for (uint32_t i = 0; i < image->planeCount && i < given->planeCount; i++) {
        const VxmPlaneLayout *theirs = &given->planes[i];
        const VxmPlaneLayout *ours = &image->planes[i];

        if (theirs->rowPitch != 0 &&
            (theirs->rowPitch != ours->rowPitch || theirs->offset != ours->offset ||
             is_other(image->arrayLayers > 1 ? theirs->arrayPitch : 0, ours->arrayPitch) ||
             is_other(image->extent.depth > 1 ? theirs->depthPitch : 0, ours->depthPitch))) {
            return vxm__fail(
                VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, 0,
                "%s: image.planes[%u] says offset %llu, rowPitch %llu, arrayPitch %llu and "
                "depthPitch %llu, but this driver lays such an image out with %llu, %llu, %llu and "
                "%llu. %s",
                caller, i, (unsigned long long)theirs->offset, (unsigned long long)theirs->rowPitch,
                (unsigned long long)theirs->arrayPitch, (unsigned long long)theirs->depthPitch,
                (unsigned long long)ours->offset, (unsigned long long)ours->rowPitch,
                (unsigned long long)ours->arrayPitch, (unsigned long long)ours->depthPitch,
                advise_on_layout(memory->device, plan));
        }
    }
    return VK_SUCCESS;
}

/* A linear image's row pitch is the driver's choice; when the exporter tells its own, both must
 * agree, or every row but the first is read askew. With a modifier the driver was told. */
static VkResult settle_planes(const char *caller, const VxmPlan *plan, VxmMemory memory)
{
    VkDeviceSize offsets[VXM_MAX_PLANES] = {0};

    if (plan->state.modifierLayouts.drmFormatModifierPlaneCount != 0) {
        return VK_SUCCESS;
    }
    for (uint32_t i = 0; i < memory->memoryCount; i++) {
        offsets[i] = memory->memories[i].offset;
    }
    vxm__read_planes(memory->device, memory->image, offsets, &memory->imageDescription);
    return plan->state.importHandleType != 0 ? compare_planes(caller, plan, memory) : VK_SUCCESS;
}

/* Some drivers take an import that is also to be exported for a new allocation (NVIDIA 580), so
 * that the type of the import itself is left to no driver. */
static VkResult keep_handles(const VxmPlan *plan, VxmMemory memory)
{
    VkResult result = VK_SUCCESS;

    for (uint32_t i = 0;
         plan->state.keptHandleTypes != 0 && result == VK_SUCCESS && i < memory->memoryCount; i++) {
        result = vxm__keep_duplicate(&memory->memories[i].kept, &plan->state.source[i].handle);
    }
    return result;
}

VkResult vxm__plan_build(const char *caller, VxmPlan *plan, VxmMemory *memory)
{
    const bool imported = plan->state.givenHandleType != 0;
    VxmMemory made;
    VkResult result;

    made = vxm__allocate(plan->state.device->allocator, sizeof *made);
    if (made == NULL) {
        vxm__plan_release(plan, 0, false);
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    made->device = plan->state.device;
    made->ownsObjects = true;
    made->importHandleType = plan->state.givenHandleType;
    made->exportHandleTypes = plan->handleTypes;
    made->bufferDescription = plan->state.buffer;
    if (vxm__plan_creates_buffer(plan) || vxm__plan_creates_image(plan)) {
        made->resourceType = plan->resourceType;
        made->resourceHandleTypes = plan->state.externalBuffer.handleTypes;
    }
    result = create_resource(caller, plan, made);
    if (result == VK_SUCCESS) {
        result = vxm__plan_settle(caller, plan, made->buffer, made->image);
    }
    if (plan->resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        made->imageDescription = plan->state.image;
    }
    if (result == VK_SUCCESS) {
        made->dedicated = plan->dedicated;
        result = allocate(caller, plan, made);
    }
    if (result == VK_SUCCESS) {
        result = bind_resource(caller, plan, made);
    }
    if (result == VK_SUCCESS && made->image != VK_NULL_HANDLE) {
        result = settle_planes(caller, plan, made);
    }
    if (result == VK_SUCCESS) {
        result = keep_handles(plan, made);
    }
    vxm__plan_release(plan, made->memoryCount, result == VK_SUCCESS && imported);
    if (result == VK_SUCCESS) {
        *memory = made;
    } else {
        vxmDestroyMemory(made);
    }
    return result;
}
