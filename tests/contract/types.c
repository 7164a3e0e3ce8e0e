/*
 * Choosing among the handle types of a back end by what they can do.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/types.h"

bool type_can(const struct backend_type *type, VxmResourceType resourceType)
{
    switch (resourceType) {
    case VXM_RESOURCE_TYPE_IMAGE:
        return !type->bufferOnly;
    case VXM_RESOURCE_TYPE_BUFFER:
        return !type->imageOnly;
    default:
        return !type->imageOnly && !type->dedicatedRequired;
    }
}

VxmResourceType type_resource(const struct backend_type *type)
{
    return type->imageOnly ? VXM_RESOURCE_TYPE_IMAGE : VXM_RESOURCE_TYPE_BUFFER;
}

const struct backend_type *type_for(VxmResourceType resourceType)
{
    const struct backend_type *type = backend_opaque_type();

    if (!type_can(type, resourceType)) {
        type = type_beside(type, resourceType);
    }
    cr_assert_not_null(type, "no type of this back end is exportable for resource type %d",
                       (int)resourceType);
    return type;
}

uint32_t image_type(void)
{
    return type_for(VXM_RESOURCE_TYPE_IMAGE)->type;
}

const struct backend_type *type_exact(void)
{
    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (backend_types[i].exportable && backend_types[i].exact) {
            return &backend_types[i];
        }
    }
    return NULL;
}

const struct backend_type *type_of_told_size(void)
{
    for (uint32_t i = 0; i < backend_type_count; i++) {
        const struct backend_type *type = &backend_types[i];

        if (type->sizeTold && !type->exact && type_can(type, VXM_RESOURCE_TYPE_BUFFER)) {
            return type;
        }
    }
    return NULL;
}

const struct backend_type *type_of_any_device(void)
{
    for (uint32_t i = 0; i < backend_type_count; i++) {
        const struct backend_type *type = &backend_types[i];

        if (type->exportable && !type->sameDevice && type_can(type, VXM_RESOURCE_TYPE_BUFFER)) {
            return type;
        }
    }
    return NULL;
}

const struct backend_type *type_beside(const struct backend_type *type,
                                       VxmResourceType resourceType)
{
    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (backend_types[i].exportable && backend_types[i].type != type->type &&
            type_can(&backend_types[i], resourceType)) {
            return &backend_types[i];
        }
    }
    return NULL;
}

const struct backend_type *type_other_than(const struct backend_type *type)
{
    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (backend_types[i].type != type->type) {
            return &backend_types[i];
        }
    }
    cr_assert_fail("this back end has one type only");
    return NULL;
}

const struct backend_type *type_pointer(void)
{
    for (uint32_t i = 0; i < backend_type_count; i++) {
        if (backend_types[i].pointer) {
            return &backend_types[i];
        }
    }
    return NULL;
}

VkImageTiling type_tiling(const struct backend_type *type)
{
    return type->linear ? VK_IMAGE_TILING_LINEAR : VK_IMAGE_TILING_OPTIMAL;
}

VkExternalMemoryHandleTypeFlagBits type_bit(const struct backend_type *type)
{
    return (VkExternalMemoryHandleTypeFlagBits)type->type;
}

/* ---- semaphores ---- */

const struct backend_semaphore_type *semaphore_reference(void)
{
    return &backend_semaphore_types[0];
}

const struct backend_semaphore_type *semaphore_copy(void)
{
    for (uint32_t i = 0; i < backend_semaphore_type_count; i++) {
        if (backend_semaphore_types[i].temporaryOnly) {
            return &backend_semaphore_types[i];
        }
    }
    return NULL;
}

const struct backend_semaphore_type *semaphore_second(void)
{
    for (uint32_t i = 1; i < backend_semaphore_type_count; i++) {
        const struct backend_semaphore_type *type = &backend_semaphore_types[i];

        if (semaphore_plain() == VK_SEMAPHORE_TYPE_TIMELINE ? type->timeline : !type->noBinary) {
            return type;
        }
    }
    return NULL;
}

bool semaphore_can(VkSemaphoreType semaphoreType)
{
    return semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE ? semaphore_reference()->timeline
                                                       : !semaphore_reference()->noBinary;
}

VkSemaphoreType semaphore_plain(void)
{
    return semaphore_can(VK_SEMAPHORE_TYPE_BINARY) ? VK_SEMAPHORE_TYPE_BINARY
                                                   : VK_SEMAPHORE_TYPE_TIMELINE;
}

VkSemaphoreType semaphore_counting(void)
{
    return semaphore_can(VK_SEMAPHORE_TYPE_TIMELINE) ? VK_SEMAPHORE_TYPE_TIMELINE
                                                     : VK_SEMAPHORE_TYPE_BINARY;
}
