/*
 * vxmDescribePlane(): one plane of a multi-planar image as an image of its own.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

static const char caller[] = "vxmDescribePlane";

static VkResult check(const VxmShared *shared, uint32_t plane)
{
    const VxmImageDescription *image = &shared->image;
    const uint32_t count = vxm__format_plane_count(image->format);
    VxmShared copy = *shared;
    VkResult result;

    if (shared->resourceType != VXM_RESOURCE_TYPE_IMAGE || count == 1) {
        return vxm__fail_argument(
            "%s: shared is not an image of a multi-planar format (resourceType "
            "%d, format %s), and has no planes to be described alone.",
            caller, (int)shared->resourceType, vxm__format_name(image->format).text);
    }
    if (plane >= count) {
        return vxm__fail_argument("%s: plane is %u, but format %s has %u planes.", caller, plane,
                                  vxm__format_name(image->format).text, count);
    }
    if (image->planeCount != count) {
        return vxm__fail_argument(
            "%s: image.planeCount is %u, but format %s has %u planes. %s", caller,
            image->planeCount, vxm__format_name(image->format).text, count,
            image->planeCount == 0 ? "Where they lie is told by LINEAR or DRM_FORMAT_MODIFIER "
                                     "tiling only."
                                   : "A modifier with planes beyond those of the format can't be "
                                     "taken apart.");
    }
    if (image->mipLevels != 1) {
        return vxm__fail_argument(
            "%s: mipLevels of the image are %u, but a multi-planar format has "
            "1 (06410).",
            caller, image->mipLevels);
    }
    copy.image.usage |= copy.image.usage == 0 ? VK_IMAGE_USAGE_SAMPLED_BIT : 0u;
    result = vxm__check_description(caller, &copy);
    if (result == VK_SUCCESS && image->tiling == VK_IMAGE_TILING_OPTIMAL) {
        return vxm__fail_argument("%s: tiling of the image is OPTIMAL, in which nobody knows where "
                                  "a plane lies.",
                                  caller);
    }
    return result;
}

VkResult vxmDescribePlane(const VxmShared *shared, uint32_t plane, VxmShared *single)
{
    struct vxm_format_plane facts;
    const struct vxm_handle_type *type = NULL;
    const VxmSharedMemory *memory;
    VxmShared out;
    VkResult result;

    if (shared == NULL || single == NULL) {
        return vxm__fail_argument("%s: %s must not be NULL.", caller,
                                  shared == NULL ? "shared" : "single");
    }
    if (shared == single) {
        return vxm__fail_argument("%s: single is shared itself, whose handles would be lost. Give "
                                  "another VxmShared.",
                                  caller);
    }
    result = check(shared, plane);
    if (result == VK_SUCCESS) {
        result = vxm__require_type(caller, VXM_HANDLE_KIND_MEMORY, shared->handleType, &type);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    if (shared->dedicated && (type->flags & VXM_TYPE_SAME_DEDICATED) != 0) {
        return vxm__fail_argument(
            "%s: the memory is dedicated to the image, and as %s can be "
            "imported for an identical one only (01876 to 01879), never for a "
            "plane of it. Export it as another type, or not dedicated.",
            caller, type->name);
    }
    memory = &shared->memories[shared->image.planes[plane].memoryIndex];
    if ((memory->handle.kind != VXM_HANDLE_KIND_MEMORY ||
         memory->handle.type != shared->handleType) &&
        (memory->name == NULL || memory->handle.type != 0)) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "%s: memories[%u], where plane %u lies, has no handle of type %s.", caller,
                         shared->image.planes[plane].memoryIndex, plane, type->name);
    }
    if (!vxm__format_plane(shared->image.format, plane, &facts)) {
        return vxm__fail_argument("%s: the planes of format %s are not known.", caller,
                                  vxm__format_name(shared->image.format).text);
    }

    out = *shared;
    out.dedicated = VK_FALSE;
    out.memoryCount = 1;
    out.memories[0] = *memory;
    out.memories[0].handle = (VxmHandle){0};
    for (uint32_t i = 1; i < VXM_MAX_PLANES; i++) {
        out.memories[i] = (VxmSharedMemory){0};
        out.image.planes[i] = (VxmPlaneLayout){0};
    }
    out.image.flags = 0;
    out.image.format = vxmGetPlaneFormat(shared->image.format, plane);
    out.image.extent.width = (shared->image.extent.width + facts.divideX - 1) / facts.divideX;
    out.image.extent.height = (shared->image.extent.height + facts.divideY - 1) / facts.divideY;
    out.image.stencilUsage = 0;
    out.image.viewFormatCount = 0;
    out.image.planeCount = 1;
    out.image.planes[0] = shared->image.planes[plane];
    out.image.planes[0].memoryIndex = 0;
    /* No layout can be given for a LINEAR image: it begins where it is bound. */
    if (shared->image.tiling == VK_IMAGE_TILING_LINEAR) {
        out.memories[0].offset = out.image.planes[0].offset;
    }
    if (memory->handle.type != 0) {
        result = vxm__check_handle(&memory->handle);
        if (result == VK_SUCCESS) {
            result = vxm__duplicate(&memory->handle, &out.memories[0].handle);
        }
        if (result != VK_SUCCESS) {
            return vxm__fail_of_handle(caller, shared->image.planes[plane].memoryIndex);
        }
    }
    *single = out;
    return VK_SUCCESS;
}
