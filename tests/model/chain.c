/*
 * pNext chains: which struct may stand where, and which extension it needs.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "metal/vulkan.h"

#include "internal.h"

static const struct {
    VkStructureType sType;
    const char *extension;
} owners[] = {
    {VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR, "VK_KHR_external_memory_fd"},
    {VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT, "VK_EXT_external_memory_host"},
    {VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR, "VK_KHR_external_memory_win32"},
    {VK_STRUCTURE_TYPE_EXPORT_MEMORY_WIN32_HANDLE_INFO_KHR, "VK_KHR_external_memory_win32"},
    {VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR, "VK_KHR_external_semaphore_win32"},
    {VK_STRUCTURE_TYPE_WIN32_KEYED_MUTEX_ACQUIRE_RELEASE_INFO_KHR, "VK_KHR_win32_keyed_mutex"},
    {VK_STRUCTURE_TYPE_IMPORT_MEMORY_ZIRCON_HANDLE_INFO_FUCHSIA, "VK_FUCHSIA_external_memory"},
    {VK_STRUCTURE_TYPE_IMPORT_MEMORY_METAL_HANDLE_INFO_EXT, "VK_EXT_external_memory_metal"},
    {VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT, "VK_EXT_metal_objects"},
    {VK_STRUCTURE_TYPE_IMPORT_METAL_IO_SURFACE_INFO_EXT, "VK_EXT_metal_objects"},
    {VK_STRUCTURE_TYPE_IMPORT_METAL_SHARED_EVENT_INFO_EXT, "VK_EXT_metal_objects"},
    {VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO, "VK_KHR_image_format_list"},
    {VK_STRUCTURE_TYPE_IMAGE_STENCIL_USAGE_CREATE_INFO, "VK_EXT_separate_stencil_usage"},
    {VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
     "VK_EXT_image_drm_format_modifier"},
    {VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_EXPLICIT_CREATE_INFO_EXT,
     "VK_EXT_image_drm_format_modifier"},
    {VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO, "VK_KHR_timeline_semaphore"},
    {VK_STRUCTURE_TYPE_MEMORY_PRIORITY_ALLOCATE_INFO_EXT, "VK_EXT_memory_priority"},
    {VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO, "VK_KHR_timeline_semaphore"},
};

const void *model__find_struct(const void *chain, VkStructureType sType)
{
    const VkBaseInStructure *item = chain;

    while (item && item->sType != sType)
        item = item->pNext;
    return item;
}

static bool contains(const VkStructureType *list, size_t count, VkStructureType sType)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == sType)
            return true;
    }
    return false;
}

static bool check_extension(const struct model_device *device, VkStructureType sType)
{
    for (size_t i = 0; i < MODEL_COUNT(owners); i++) {
        if (owners[i].sType != sType || model__enabled(device, owners[i].extension))
            continue;
        model__breach("pNext", "the struct %d is in the chain, but %s is not enabled", (int)sType,
                      owners[i].extension);
        return false;
    }
    return true;
}

bool model__check_chain(const struct model_device *device, const void *chain, VkStructureType head,
                        const VkStructureType *allowed, size_t allowedCount)
{
    const VkBaseInStructure *first = chain;
    bool fine = true;

    if (!first) {
        model__breach("parameter", "a required struct is NULL");
        return false;
    }
    if (first->sType != head) {
        model__breach("sType-sType", "the struct has sType %d and not %d", (int)first->sType,
                      (int)head);
        return false;
    }
    for (const VkBaseInStructure *item = first->pNext; item; item = item->pNext) {
        if (!contains(allowed, allowedCount, item->sType)) {
            model__breach("pNext-pNext", "the struct %d has no place in the chain of %d",
                          (int)item->sType, (int)head);
            fine = false;
        } else if (item->sType != VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT &&
                   model__find_struct(item->pNext, item->sType)) {
            model__breach("sType-unique", "the struct %d is in the chain twice", (int)item->sType);
            fine = false;
        } else if (device && !check_extension(device, item->sType)) {
            fine = false;
        }
    }
    return fine;
}
