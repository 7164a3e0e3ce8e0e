/*
 * The rules that differ by handle type, as data: one row per type.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "metal/vulkan.h"

#include "internal.h"

/* The other systems' rows go here too: a row says everything that the shared code asks about. */
static const struct model_rule memory_rules[] = {
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, "OPAQUE_FD", "VK_KHR_external_memory_fd",
     VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR,
     MODEL_RULE_CONSUMES | MODEL_RULE_QUERY_FORBIDDEN | MODEL_RULE_EXACT | MODEL_RULE_SAME_DEVICE |
         MODEL_RULE_SAME_DRIVER | MODEL_RULE_DEDICATED_SAME,
     "01742", "01878 01879", "00674"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT, "DMA_BUF", "VK_EXT_external_memory_dma_buf",
     VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR,
     MODEL_RULE_CONSUMES | MODEL_RULE_TYPES_FROM_QUERY | MODEL_RULE_FITS | MODEL_RULE_FOREIGN_OK,
     "allocationSize", "00639", "00648"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT, "HOST_ALLOCATION",
     "VK_EXT_external_memory_host", VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT,
     MODEL_RULE_QUERY_MANDATORY | MODEL_RULE_TYPES_FROM_QUERY | MODEL_RULE_DEDICATED_NEVER |
         MODEL_RULE_ALIGNED | MODEL_RULE_FOREIGN_OK,
     "01745", "02806", "01744"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT, "HOST_MAPPED_FOREIGN",
     "VK_EXT_external_memory_host", VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT,
     MODEL_RULE_QUERY_MANDATORY | MODEL_RULE_TYPES_FROM_QUERY | MODEL_RULE_DEDICATED_NEVER |
         MODEL_RULE_ALIGNED | MODEL_RULE_FOREIGN_OK,
     "01745", "02806", "01744"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT, "OPAQUE_WIN32",
     "VK_KHR_external_memory_win32", VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR,
     MODEL_RULE_QUERY_FORBIDDEN | MODEL_RULE_EXACT | MODEL_RULE_SAME_DEVICE |
         MODEL_RULE_SAME_DRIVER | MODEL_RULE_DEDICATED_SAME | MODEL_RULE_SINGLE_EXPORT |
         MODEL_RULE_NAMES,
     "01743", "01876 01877", "00666"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT, "OPAQUE_WIN32_KMT",
     "VK_KHR_external_memory_win32", VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR,
     MODEL_RULE_QUERY_FORBIDDEN | MODEL_RULE_EXACT | MODEL_RULE_SAME_DEVICE |
         MODEL_RULE_SAME_DRIVER | MODEL_RULE_DEDICATED_SAME | MODEL_RULE_NUMBER,
     "01743", "01876 01877", "00666"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT, "D3D11_TEXTURE",
     "VK_KHR_external_memory_win32", VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR,
     MODEL_RULE_TYPES_FROM_QUERY | MODEL_RULE_SIZE_IGNORED | MODEL_RULE_DEDICATED_NEEDED |
         MODEL_RULE_DEDICATED_KNOWN | MODEL_RULE_SAME_DEVICE | MODEL_RULE_SAME_DRIVER |
         MODEL_RULE_SINGLE_EXPORT | MODEL_RULE_NAMES | MODEL_RULE_FOREIGN_OK,
     "allocationSize", "01876 01877", "00645"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT, "D3D11_TEXTURE_KMT",
     "VK_KHR_external_memory_win32", VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR,
     MODEL_RULE_TYPES_FROM_QUERY | MODEL_RULE_SIZE_IGNORED | MODEL_RULE_DEDICATED_NEEDED |
         MODEL_RULE_DEDICATED_KNOWN | MODEL_RULE_SAME_DEVICE | MODEL_RULE_SAME_DRIVER |
         MODEL_RULE_NUMBER | MODEL_RULE_FOREIGN_OK,
     "allocationSize", "01876 01877", "00645"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT, "D3D12_HEAP", "VK_KHR_external_memory_win32",
     VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR,
     MODEL_RULE_TYPES_FROM_QUERY | MODEL_RULE_SIZE_SAME | MODEL_RULE_DEDICATED_KNOWN |
         MODEL_RULE_SAME_DEVICE | MODEL_RULE_SAME_DRIVER | MODEL_RULE_SINGLE_EXPORT |
         MODEL_RULE_NAMES | MODEL_RULE_FOREIGN_OK,
     "00647", "01876 01877", "00645"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT, "D3D12_RESOURCE",
     "VK_KHR_external_memory_win32", VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR,
     MODEL_RULE_TYPES_FROM_QUERY | MODEL_RULE_SIZE_IGNORED | MODEL_RULE_DEDICATED_NEEDED |
         MODEL_RULE_DEDICATED_KNOWN | MODEL_RULE_SAME_DEVICE | MODEL_RULE_SAME_DRIVER |
         MODEL_RULE_SINGLE_EXPORT | MODEL_RULE_NAMES | MODEL_RULE_FOREIGN_OK,
     "allocationSize", "01876 01877", "00645"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_ZIRCON_VMO_BIT_FUCHSIA, "ZIRCON_VMO",
     "VK_FUCHSIA_external_memory", VK_STRUCTURE_TYPE_IMPORT_MEMORY_ZIRCON_HANDLE_INFO_FUCHSIA,
     MODEL_RULE_CONSUMES | MODEL_RULE_QUERY_MANDATORY | MODEL_RULE_TYPES_FROM_QUERY |
         MODEL_RULE_FITS | MODEL_RULE_PAGES | MODEL_RULE_DEDICATED_SAME | MODEL_RULE_FOREIGN_OK,
     "07902 07903", "04751 04752", "04749"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLBUFFER_BIT_EXT, "MTLBUFFER", "VK_EXT_external_memory_metal",
     VK_STRUCTURE_TYPE_IMPORT_MEMORY_METAL_HANDLE_INFO_EXT,
     MODEL_RULE_QUERY_MANDATORY | MODEL_RULE_TYPES_FROM_QUERY | MODEL_RULE_FITS |
         MODEL_RULE_SAME_DEVICE | MODEL_RULE_FOREIGN_OK,
     "allocationSize", "dedicated", "properties"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLTEXTURE_BIT_EXT, "MTLTEXTURE",
     "VK_EXT_external_memory_metal", VK_STRUCTURE_TYPE_IMPORT_MEMORY_METAL_HANDLE_INFO_EXT,
     MODEL_RULE_QUERY_MANDATORY | MODEL_RULE_TYPES_FROM_QUERY | MODEL_RULE_SIZE_ZERO |
         MODEL_RULE_DEDICATED_NEEDED | MODEL_RULE_SAME_DEVICE | MODEL_RULE_FOREIGN_OK,
     "10397", "10395", "properties"},
    {VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLHEAP_BIT_EXT, "MTLHEAP", "VK_EXT_external_memory_metal",
     VK_STRUCTURE_TYPE_IMPORT_MEMORY_METAL_HANDLE_INFO_EXT,
     MODEL_RULE_QUERY_MANDATORY | MODEL_RULE_TYPES_FROM_QUERY | MODEL_RULE_FITS |
         MODEL_RULE_SAME_DEVICE | MODEL_RULE_FOREIGN_OK,
     "allocationSize", "dedicated", "properties"},
};

static const struct model_rule semaphore_rules[] = {
    {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT, "OPAQUE_FD", "VK_KHR_external_semaphore_fd",
     VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_FD_INFO_KHR,
     MODEL_RULE_CONSUMES | MODEL_RULE_SAME_DEVICE | MODEL_RULE_SAME_DRIVER, NULL, NULL, NULL},
    {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT, "SYNC_FD", "VK_KHR_external_semaphore_fd",
     VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_FD_INFO_KHR,
     MODEL_RULE_CONSUMES | MODEL_RULE_COPY | MODEL_RULE_BINARY_ONLY | MODEL_RULE_FOREIGN_OK, NULL,
     NULL, NULL},
    {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT, "OPAQUE_WIN32",
     "VK_KHR_external_semaphore_win32", VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR,
     MODEL_RULE_SAME_DEVICE | MODEL_RULE_SAME_DRIVER | MODEL_RULE_SINGLE_EXPORT | MODEL_RULE_NAMES,
     NULL, NULL, NULL},
    {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT, "OPAQUE_WIN32_KMT",
     "VK_KHR_external_semaphore_win32", VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR,
     MODEL_RULE_SAME_DEVICE | MODEL_RULE_SAME_DRIVER | MODEL_RULE_NUMBER, NULL, NULL, NULL},
    {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT, "D3D12_FENCE",
     "VK_KHR_external_semaphore_win32", VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR,
     MODEL_RULE_SAME_DEVICE | MODEL_RULE_SAME_DRIVER | MODEL_RULE_SINGLE_EXPORT | MODEL_RULE_NAMES |
         MODEL_RULE_TIMELINE_ONLY | MODEL_RULE_FOREIGN_OK,
     NULL, NULL, NULL},
    {VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_ZIRCON_EVENT_BIT_FUCHSIA, "ZIRCON_EVENT",
     "VK_FUCHSIA_external_semaphore", VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_ZIRCON_HANDLE_INFO_FUCHSIA,
     MODEL_RULE_CONSUMES | MODEL_RULE_BINARY_ONLY | MODEL_RULE_FOREIGN_OK, NULL, NULL, NULL},
};

const struct model_rule *model__memory_rule(uint32_t handleType)
{
    for (size_t i = 0; i < MODEL_COUNT(memory_rules); i++) {
        if (memory_rules[i].handleType == handleType)
            return &memory_rules[i];
    }
    return NULL;
}

const struct model_rule *model__semaphore_rule(uint32_t handleType)
{
    for (size_t i = 0; i < MODEL_COUNT(semaphore_rules); i++) {
        if (semaphore_rules[i].handleType == handleType)
            return &semaphore_rules[i];
    }
    return NULL;
}

bool model__type_exists(const ModelDeviceConfig *config, const struct model_rule *rule)
{
    return rule && model__offers(config, rule->extension);
}

static ModelExternal find_row(const ModelExternal *rows, uint32_t handleType)
{
    ModelExternal none = {0};

    for (size_t i = 0; i < MODEL_MAX_EXTERNAL && rows[i].handleType; i++) {
        if (rows[i].handleType == handleType)
            return rows[i];
    }
    none.handleType = handleType;
    return none;
}

ModelExternal model__buffer_row(const ModelDeviceConfig *config, uint32_t handleType)
{
    return find_row(model__type_exists(config, model__memory_rule(handleType))
                        ? config->buffers
                        : &(ModelExternal){0},
                    handleType);
}

ModelExternal model__image_row(const ModelDeviceConfig *config, uint32_t handleType,
                               VkImageTiling tiling)
{
    ModelExternal none = {0}, row;

    none.handleType = handleType;
    if (!model__type_exists(config, model__memory_rule(handleType)))
        return none;
    row = find_row(config->images, handleType);
    return row.linearOnly && tiling == VK_IMAGE_TILING_OPTIMAL ? none : row;
}

ModelExternal model__semaphore_row(const ModelDeviceConfig *config, uint32_t handleType,
                                   VkSemaphoreType type)
{
    const struct model_rule *rule = model__semaphore_rule(handleType);
    ModelExternal none = {0};

    none.handleType = handleType;
    if (!model__type_exists(config, rule) ||
        (type == VK_SEMAPHORE_TYPE_TIMELINE &&
         (!config->timelineSemaphore || (rule->flags & MODEL_RULE_BINARY_ONLY))) ||
        (type != VK_SEMAPHORE_TYPE_TIMELINE && (rule->flags & MODEL_RULE_TIMELINE_ONLY)))
        return none;
    return find_row(type == VK_SEMAPHORE_TYPE_TIMELINE ? config->timelineSemaphores
                                                       : config->binarySemaphores,
                    handleType);
}

bool model__check_types(const struct model_device *device, uint32_t handleTypes,
                        uint32_t anyFeature, const ModelExternal *rows, const char *rule,
                        const char *what)
{
    bool semaphores = rows == model__device_config(device)->binarySemaphores ||
                      rows == model__device_config(device)->timelineSemaphores;
    bool fine = true;

    for (uint32_t bit = 1; bit; bit <<= 1) {
        const struct model_rule *type;
        ModelExternal row;

        if (!(handleTypes & bit))
            continue;
        type = semaphores ? model__semaphore_rule(bit) : model__memory_rule(bit);
        if (!type) {
            model__breach(rule, "handle type %#x is unknown here", bit);
            fine = false;
            continue;
        }
        if (!model__enabled(device, type->extension)) {
            model__breach("extension", "%s of type %s, but %s is not enabled", what, type->name,
                          type->extension);
            fine = false;
        }
        row = find_row(rows, bit);
        if (!(row.features & anyFeature)) {
            model__breach(rule, "%s of type %s, which this device can't do", what, type->name);
            fine = false;
        } else if (handleTypes & ~row.compatible & ~bit) {
            model__breach(rule, "%s of types %#x, but %s is compatible with %#x only", what,
                          handleTypes, type->name, row.compatible);
            fine = false;
        }
    }
    return fine;
}
