/*
 * Vulkan's Metal declarations, and those of VK_EXT_external_memory_metal where the Vulkan headers
 * are older than it (it came with 1.4.306).
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_METAL_VULKAN_H_
#define VXM_METAL_VULKAN_H_ 1

#include <vulkan/vulkan_core.h>

#include <vulkan/vulkan_metal.h>

#ifndef VK_EXT_external_memory_metal
#define VK_EXT_external_memory_metal                1
#define VK_EXT_EXTERNAL_MEMORY_METAL_SPEC_VERSION   1
#define VK_EXT_EXTERNAL_MEMORY_METAL_EXTENSION_NAME "VK_EXT_external_memory_metal"

#define VK_STRUCTURE_TYPE_IMPORT_MEMORY_METAL_HANDLE_INFO_EXT ((VkStructureType)1000602000)
#define VK_STRUCTURE_TYPE_MEMORY_METAL_HANDLE_PROPERTIES_EXT  ((VkStructureType)1000602001)
#define VK_STRUCTURE_TYPE_MEMORY_GET_METAL_HANDLE_INFO_EXT    ((VkStructureType)1000602002)

#define VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLBUFFER_BIT_EXT                                           \
    ((VkExternalMemoryHandleTypeFlagBits)0x00010000)
#define VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLTEXTURE_BIT_EXT                                          \
    ((VkExternalMemoryHandleTypeFlagBits)0x00020000)
#define VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLHEAP_BIT_EXT                                             \
    ((VkExternalMemoryHandleTypeFlagBits)0x00040000)

typedef struct VkImportMemoryMetalHandleInfoEXT {
    VkStructureType sType;
    const void *pNext;
    VkExternalMemoryHandleTypeFlagBits handleType;
    void *handle;
} VkImportMemoryMetalHandleInfoEXT;

typedef struct VkMemoryMetalHandlePropertiesEXT {
    VkStructureType sType;
    void *pNext;
    uint32_t memoryTypeBits;
} VkMemoryMetalHandlePropertiesEXT;

typedef struct VkMemoryGetMetalHandleInfoEXT {
    VkStructureType sType;
    const void *pNext;
    VkDeviceMemory memory;
    VkExternalMemoryHandleTypeFlagBits handleType;
} VkMemoryGetMetalHandleInfoEXT;

typedef VkResult(VKAPI_PTR *PFN_vkGetMemoryMetalHandleEXT)(
    VkDevice device, const VkMemoryGetMetalHandleInfoEXT *pGetMetalHandleInfo, void **pHandle);
typedef VkResult(VKAPI_PTR *PFN_vkGetMemoryMetalHandlePropertiesEXT)(
    VkDevice device, VkExternalMemoryHandleTypeFlagBits handleType, const void *pHandle,
    VkMemoryMetalHandlePropertiesEXT *pMemoryMetalHandleProperties);
#endif

#endif /* VXM_METAL_VULKAN_H_ */
