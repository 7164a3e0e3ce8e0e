/*
 * Prints what the headers say of the structs and numbers that the Python package mirrors:
 *
 *   struct VxmPeer 32
 *   field VxmPeer processId 8 8
 *   cuda CUDA_EXTERNAL_MEMORY_BUFFER_DESC size 88 8 8
 *   number Tiling LINEAR 1
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <stdio.h>

#include <cuda.h>

#include <vxm/vxm.h>

/* A struct's size; a member's offset and size. */
#define STRUCT(name) printf("struct %s %zu\n", #name, sizeof(name))
#define FIELD(name, member)                                                                        \
    printf("field %s %s %zu %zu\n", #name, #member, offsetof(name, member),                        \
           sizeof(((name *)0)->member))
/* VxmMemoryInfo::memories has no name of its own. */
#define PART(member)                                                                               \
    printf("field VxmMemoryInfoMemory %s %zu %zu\n", #member,                                      \
           offsetof(VxmMemoryInfo, memories[0].member) - offsetof(VxmMemoryInfo, memories),        \
           sizeof(((VxmMemoryInfo *)0)->memories[0].member))
#define CUDA(name, field, member)                                                                  \
    printf("cuda %s %s %zu %zu %zu\n", #name, #field, sizeof(name), offsetof(name, member),        \
           sizeof(((name *)0)->member))
#define NUMBER(group, name, value) printf("number %s %s %lld\n", #group, #name, (long long)(value))

static void print_structs_of_vulkan(void)
{
    STRUCT(VkExtent3D);
    FIELD(VkExtent3D, width);
    FIELD(VkExtent3D, height);
    FIELD(VkExtent3D, depth);
    STRUCT(VkBufferCreateInfo);
    FIELD(VkBufferCreateInfo, sType);
    FIELD(VkBufferCreateInfo, pNext);
    FIELD(VkBufferCreateInfo, flags);
    FIELD(VkBufferCreateInfo, size);
    FIELD(VkBufferCreateInfo, usage);
    FIELD(VkBufferCreateInfo, sharingMode);
    FIELD(VkBufferCreateInfo, queueFamilyIndexCount);
    FIELD(VkBufferCreateInfo, pQueueFamilyIndices);
    STRUCT(VkImageCreateInfo);
    FIELD(VkImageCreateInfo, sType);
    FIELD(VkImageCreateInfo, pNext);
    FIELD(VkImageCreateInfo, flags);
    FIELD(VkImageCreateInfo, imageType);
    FIELD(VkImageCreateInfo, format);
    FIELD(VkImageCreateInfo, extent);
    FIELD(VkImageCreateInfo, mipLevels);
    FIELD(VkImageCreateInfo, arrayLayers);
    FIELD(VkImageCreateInfo, samples);
    FIELD(VkImageCreateInfo, tiling);
    FIELD(VkImageCreateInfo, usage);
    FIELD(VkImageCreateInfo, sharingMode);
    FIELD(VkImageCreateInfo, queueFamilyIndexCount);
    FIELD(VkImageCreateInfo, pQueueFamilyIndices);
    FIELD(VkImageCreateInfo, initialLayout);
}

static void print_structs(void)
{
    STRUCT(VxmError);
    FIELD(VxmError, result);
    FIELD(VxmError, reason);
    FIELD(VxmError, code);
    FIELD(VxmError, message);
    STRUCT(VxmHandle);
    FIELD(VxmHandle, kind);
    FIELD(VxmHandle, type);
    FIELD(VxmHandle, ptr);
    STRUCT(VxmIdentity);
    FIELD(VxmIdentity, deviceUUID);
    FIELD(VxmIdentity, driverUUID);
    FIELD(VxmIdentity, deviceLUID);
    FIELD(VxmIdentity, deviceNodeMask);
    FIELD(VxmIdentity, deviceLUIDValid);
    FIELD(VxmIdentity, pciValid);
    FIELD(VxmIdentity, pciDomain);
    FIELD(VxmIdentity, pciBus);
    FIELD(VxmIdentity, pciDevice);
    FIELD(VxmIdentity, pciFunction);
    FIELD(VxmIdentity, drmPrimaryValid);
    FIELD(VxmIdentity, drmRenderValid);
    FIELD(VxmIdentity, drmPrimaryMajor);
    FIELD(VxmIdentity, drmPrimaryMinor);
    FIELD(VxmIdentity, drmRenderMajor);
    FIELD(VxmIdentity, drmRenderMinor);
    FIELD(VxmIdentity, vendorID);
    FIELD(VxmIdentity, deviceID);
    FIELD(VxmIdentity, apiVersion);
    FIELD(VxmIdentity, driverVersion);
    FIELD(VxmIdentity, driverID);
    FIELD(VxmIdentity, deviceName);
    FIELD(VxmIdentity, driverName);
    FIELD(VxmIdentity, driverInfo);
    STRUCT(VxmDeviceCreateInfo);
    FIELD(VxmDeviceCreateInfo, deviceIndex);
    FIELD(VxmDeviceCreateInfo, deviceName);
    FIELD(VxmDeviceCreateInfo, deviceUUID);
    FIELD(VxmDeviceCreateInfo, deviceLUID);
    FIELD(VxmDeviceCreateInfo, getInstanceProcAddr);
    FIELD(VxmDeviceCreateInfo, allocator);
    FIELD(VxmDeviceCreateInfo, apiVersion);
    FIELD(VxmDeviceCreateInfo, instanceLayerCount);
    FIELD(VxmDeviceCreateInfo, instanceLayers);
    FIELD(VxmDeviceCreateInfo, instanceExtensionCount);
    FIELD(VxmDeviceCreateInfo, instanceExtensions);
    FIELD(VxmDeviceCreateInfo, deviceExtensionCount);
    FIELD(VxmDeviceCreateInfo, deviceExtensions);
    FIELD(VxmDeviceCreateInfo, instanceNext);
    FIELD(VxmDeviceCreateInfo, deviceNext);
    STRUCT(VxmDeviceInfo);
    FIELD(VxmDeviceInfo, instance);
    FIELD(VxmDeviceInfo, physicalDevice);
    FIELD(VxmDeviceInfo, device);
    FIELD(VxmDeviceInfo, queue);
    FIELD(VxmDeviceInfo, queueFamilyIndex);
    FIELD(VxmDeviceInfo, apiVersion);
    FIELD(VxmDeviceInfo, timelineSemaphore);
    FIELD(VxmDeviceInfo, synchronization2);
    FIELD(VxmDeviceInfo, samplerYcbcrConversion);
    FIELD(VxmDeviceInfo, getInstanceProcAddr);
    FIELD(VxmDeviceInfo, getDeviceProcAddr);
    FIELD(VxmDeviceInfo, identity);
    STRUCT(VxmSharedMemory);
    FIELD(VxmSharedMemory, handle);
    FIELD(VxmSharedMemory, name);
    FIELD(VxmSharedMemory, allocationSize);
    FIELD(VxmSharedMemory, offset);
    FIELD(VxmSharedMemory, memoryTypeBits);
    FIELD(VxmSharedMemory, propertyFlags);
    STRUCT(VxmPlaneLayout);
    FIELD(VxmPlaneLayout, memoryIndex);
    FIELD(VxmPlaneLayout, offset);
    FIELD(VxmPlaneLayout, rowPitch);
    FIELD(VxmPlaneLayout, arrayPitch);
    FIELD(VxmPlaneLayout, depthPitch);
    STRUCT(VxmBufferDescription);
    FIELD(VxmBufferDescription, flags);
    FIELD(VxmBufferDescription, size);
    FIELD(VxmBufferDescription, usage);
    FIELD(VxmBufferDescription, sharingMode);
    STRUCT(VxmImageDescription);
    FIELD(VxmImageDescription, flags);
    FIELD(VxmImageDescription, imageType);
    FIELD(VxmImageDescription, format);
    FIELD(VxmImageDescription, extent);
    FIELD(VxmImageDescription, mipLevels);
    FIELD(VxmImageDescription, arrayLayers);
    FIELD(VxmImageDescription, samples);
    FIELD(VxmImageDescription, tiling);
    FIELD(VxmImageDescription, usage);
    FIELD(VxmImageDescription, stencilUsage);
    FIELD(VxmImageDescription, sharingMode);
    FIELD(VxmImageDescription, viewFormatCount);
    FIELD(VxmImageDescription, viewFormats);
    FIELD(VxmImageDescription, drmFormatModifier);
    FIELD(VxmImageDescription, planeCount);
    FIELD(VxmImageDescription, planes);
    STRUCT(VxmShared);
    FIELD(VxmShared, resourceType);
    FIELD(VxmShared, handleType);
    FIELD(VxmShared, handleTypes);
    FIELD(VxmShared, dedicated);
    FIELD(VxmShared, memoryCount);
    FIELD(VxmShared, memories);
    FIELD(VxmShared, buffer);
    FIELD(VxmShared, image);
    FIELD(VxmShared, deviceUUID);
    FIELD(VxmShared, driverUUID);
    FIELD(VxmShared, deviceLUID);
    FIELD(VxmShared, deviceNodeMask);
    FIELD(VxmShared, deviceLUIDValid);
    STRUCT(VxmQueryInfo);
    FIELD(VxmQueryInfo, kind);
    FIELD(VxmQueryInfo, handleType);
    FIELD(VxmQueryInfo, buffer);
    FIELD(VxmQueryInfo, image);
    FIELD(VxmQueryInfo, semaphoreType);
    FIELD(VxmQueryInfo, peer);
    FIELD(VxmQueryInfo, peerShared);
    STRUCT(VxmQueryResult);
    FIELD(VxmQueryResult, exportable);
    FIELD(VxmQueryResult, importable);
    FIELD(VxmQueryResult, dedicatedOnly);
    FIELD(VxmQueryResult, reexportable);
    FIELD(VxmQueryResult, compatibleHandleTypes);
    FIELD(VxmQueryResult, exportFromImportedHandleTypes);
    FIELD(VxmQueryResult, reason);
    STRUCT(VxmMemoryCreateInfo);
    FIELD(VxmMemoryCreateInfo, handleTypes);
    FIELD(VxmMemoryCreateInfo, requiredFlags);
    FIELD(VxmMemoryCreateInfo, preferredFlags);
    FIELD(VxmMemoryCreateInfo, memoryTypeBits);
    FIELD(VxmMemoryCreateInfo, dedicated);
    FIELD(VxmMemoryCreateInfo, next);
    STRUCT(VxmImportInfo);
    FIELD(VxmImportInfo, flags);
    FIELD(VxmImportInfo, reexportHandleTypes);
    FIELD(VxmImportInfo, requiredFlags);
    FIELD(VxmImportInfo, preferredFlags);
    FIELD(VxmImportInfo, queueFamilyIndexCount);
    FIELD(VxmImportInfo, queueFamilyIndices);
    FIELD(VxmImportInfo, dedicatedBuffer);
    FIELD(VxmImportInfo, dedicatedImage);
    FIELD(VxmImportInfo, next);
    printf("struct VxmMemoryInfoMemory %zu\n", sizeof(((VxmMemoryInfo *)0)->memories[0]));
    PART(memory);
    PART(allocationSize);
    PART(offset);
    PART(memoryTypeIndex);
    PART(propertyFlags);
    STRUCT(VxmMemoryInfo);
    FIELD(VxmMemoryInfo, device);
    FIELD(VxmMemoryInfo, resourceType);
    FIELD(VxmMemoryInfo, buffer);
    FIELD(VxmMemoryInfo, image);
    FIELD(VxmMemoryInfo, dedicated);
    FIELD(VxmMemoryInfo, imported);
    FIELD(VxmMemoryInfo, importHandleType);
    FIELD(VxmMemoryInfo, exportHandleTypes);
    FIELD(VxmMemoryInfo, drmFormatModifier);
    FIELD(VxmMemoryInfo, planeCount);
    FIELD(VxmMemoryInfo, planes);
    FIELD(VxmMemoryInfo, memoryCount);
    FIELD(VxmMemoryInfo, memories);
    STRUCT(VxmSemaphoreCreateInfo);
    FIELD(VxmSemaphoreCreateInfo, semaphoreType);
    FIELD(VxmSemaphoreCreateInfo, initialValue);
    FIELD(VxmSemaphoreCreateInfo, handleTypes);
    FIELD(VxmSemaphoreCreateInfo, next);
    STRUCT(VxmSharedSemaphore);
    FIELD(VxmSharedSemaphore, handleType);
    FIELD(VxmSharedSemaphore, handle);
    FIELD(VxmSharedSemaphore, name);
    FIELD(VxmSharedSemaphore, semaphoreType);
    FIELD(VxmSharedSemaphore, deviceUUID);
    FIELD(VxmSharedSemaphore, driverUUID);
    FIELD(VxmSharedSemaphore, deviceLUID);
    FIELD(VxmSharedSemaphore, deviceLUIDValid);
    STRUCT(VxmHandover);
    FIELD(VxmHandover, layout);
    FIELD(VxmHandover, queueFamilyIndex);
    FIELD(VxmHandover, flags);
    FIELD(VxmHandover, semaphoreValue);
    STRUCT(VxmUse);
    FIELD(VxmUse, stageMask);
    FIELD(VxmUse, accessMask);
    FIELD(VxmUse, layout);
    FIELD(VxmUse, queueFamilyIndex);
    STRUCT(VxmListenInfo);
    FIELD(VxmListenInfo, mode);
    FIELD(VxmListenInfo, securityDescriptor);
    STRUCT(VxmPeer);
    FIELD(VxmPeer, processIdValid);
    FIELD(VxmPeer, processId);
    FIELD(VxmPeer, userIdValid);
    FIELD(VxmPeer, userId);
    FIELD(VxmPeer, groupId);
}

/* Of CUDA's, by the names that vxm/cuda.py has. */
static void print_structs_of_cuda(void)
{
    typedef CUDA_EXTERNAL_SEMAPHORE_SIGNAL_PARAMS Signal;
    typedef CUDA_EXTERNAL_SEMAPHORE_WAIT_PARAMS Wait;

    CUDA(CUDA_EXTERNAL_MEMORY_HANDLE_DESC, size, size);
    CUDA(CUDA_EXTERNAL_MEMORY_HANDLE_DESC, handle, handle);
    CUDA(CUDA_EXTERNAL_MEMORY_HANDLE_DESC, flags, flags);
    CUDA(CUDA_EXTERNAL_MEMORY_HANDLE_DESC, reserved, reserved);
    CUDA(CUDA_EXTERNAL_MEMORY_BUFFER_DESC, size, size);
    CUDA(CUDA_EXTERNAL_MEMORY_BUFFER_DESC, reserved, reserved);
    CUDA(CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC, handle, handle);
    CUDA(CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC, flags, flags);
    CUDA(CUDA_EXTERNAL_SEMAPHORE_HANDLE_DESC, reserved, reserved);
    CUDA(Signal, value, params.fence.value);
    CUDA(Signal, flags, flags);
    CUDA(Signal, reserved, reserved);
    CUDA(Wait, value, params.fence.value);
    CUDA(Wait, flags, flags);
    CUDA(Wait, reserved, reserved);
}

static void print_numbers(void)
{
    NUMBER(HandleType, OPAQUE_FD, VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT);
    NUMBER(HandleType, OPAQUE_WIN32, VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT);
    NUMBER(HandleType, DMA_BUF, VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT);
    NUMBER(SemaphoreHandleType, OPAQUE_FD, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT);
    NUMBER(SemaphoreHandleType, OPAQUE_WIN32, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT);
    NUMBER(SemaphoreHandleType, SYNC_FD, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT);
    NUMBER(ResourceType, MEMORY, VXM_RESOURCE_TYPE_MEMORY);
    NUMBER(ResourceType, BUFFER, VXM_RESOURCE_TYPE_BUFFER);
    NUMBER(ResourceType, IMAGE, VXM_RESOURCE_TYPE_IMAGE);
    NUMBER(Reason, NONE, VXM_ERROR_REASON_NONE);
    NUMBER(Reason, ARGUMENT, VXM_ERROR_REASON_ARGUMENT);
    NUMBER(Reason, UNSUPPORTED, VXM_ERROR_REASON_UNSUPPORTED);
    NUMBER(Reason, MISMATCH, VXM_ERROR_REASON_MISMATCH);
    NUMBER(Reason, DRIVER, VXM_ERROR_REASON_DRIVER);
    NUMBER(Reason, SYSTEM, VXM_ERROR_REASON_SYSTEM);
    NUMBER(Reason, PEER, VXM_ERROR_REASON_PEER);
    NUMBER(Reason, OUT_OF_MEMORY, VXM_ERROR_REASON_OUT_OF_MEMORY);
    NUMBER(Reason, TIMEOUT, VXM_ERROR_REASON_TIMEOUT);
    NUMBER(Reason, FOREIGN, VXM_ERROR_REASON_FOREIGN);
    NUMBER(MessageType, BYTES, VXM_MESSAGE_TYPE_BYTES);
    NUMBER(MessageType, MEMORY, VXM_MESSAGE_TYPE_MEMORY);
    NUMBER(MessageType, SEMAPHORE, VXM_MESSAGE_TYPE_SEMAPHORE);
    NUMBER(MessageType, HANDOVER, VXM_MESSAGE_TYPE_HANDOVER);
    NUMBER(MemoryProperty, DEVICE_LOCAL, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
    NUMBER(MemoryProperty, HOST_VISIBLE, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT);
    NUMBER(MemoryProperty, HOST_COHERENT, VK_MEMORY_PROPERTY_HOST_COHERENT_BIT);
    NUMBER(MemoryProperty, HOST_CACHED, VK_MEMORY_PROPERTY_HOST_CACHED_BIT);
    NUMBER(BufferUsage, TRANSFER_SRC, VK_BUFFER_USAGE_TRANSFER_SRC_BIT);
    NUMBER(BufferUsage, TRANSFER_DST, VK_BUFFER_USAGE_TRANSFER_DST_BIT);
    NUMBER(BufferUsage, UNIFORM_BUFFER, VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT);
    NUMBER(BufferUsage, STORAGE_BUFFER, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT);
    NUMBER(BufferUsage, INDEX_BUFFER, VK_BUFFER_USAGE_INDEX_BUFFER_BIT);
    NUMBER(BufferUsage, VERTEX_BUFFER, VK_BUFFER_USAGE_VERTEX_BUFFER_BIT);
    NUMBER(ImageUsage, TRANSFER_SRC, VK_IMAGE_USAGE_TRANSFER_SRC_BIT);
    NUMBER(ImageUsage, TRANSFER_DST, VK_IMAGE_USAGE_TRANSFER_DST_BIT);
    NUMBER(ImageUsage, SAMPLED, VK_IMAGE_USAGE_SAMPLED_BIT);
    NUMBER(ImageUsage, STORAGE, VK_IMAGE_USAGE_STORAGE_BIT);
    NUMBER(ImageUsage, COLOR_ATTACHMENT, VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT);
    NUMBER(Tiling, OPTIMAL, VK_IMAGE_TILING_OPTIMAL);
    NUMBER(Tiling, LINEAR, VK_IMAGE_TILING_LINEAR);
    NUMBER(Layout, UNDEFINED, VK_IMAGE_LAYOUT_UNDEFINED);
    NUMBER(Layout, GENERAL, VK_IMAGE_LAYOUT_GENERAL);
    NUMBER(Layout, COLOR_ATTACHMENT_OPTIMAL, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL);
    NUMBER(Layout, SHADER_READ_ONLY_OPTIMAL, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL);
    NUMBER(Layout, TRANSFER_SRC_OPTIMAL, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL);
    NUMBER(Layout, TRANSFER_DST_OPTIMAL, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL);
    NUMBER(Format, R8_UNORM, VK_FORMAT_R8_UNORM);
    NUMBER(Format, R8_SNORM, VK_FORMAT_R8_SNORM);
    NUMBER(Format, R8_UINT, VK_FORMAT_R8_UINT);
    NUMBER(Format, R8_SINT, VK_FORMAT_R8_SINT);
    NUMBER(Format, R8G8_UNORM, VK_FORMAT_R8G8_UNORM);
    NUMBER(Format, R8G8_SNORM, VK_FORMAT_R8G8_SNORM);
    NUMBER(Format, R8G8_UINT, VK_FORMAT_R8G8_UINT);
    NUMBER(Format, R8G8_SINT, VK_FORMAT_R8G8_SINT);
    NUMBER(Format, R8G8B8_UNORM, VK_FORMAT_R8G8B8_UNORM);
    NUMBER(Format, B8G8R8_UNORM, VK_FORMAT_B8G8R8_UNORM);
    NUMBER(Format, R8G8B8A8_UNORM, VK_FORMAT_R8G8B8A8_UNORM);
    NUMBER(Format, R8G8B8A8_SNORM, VK_FORMAT_R8G8B8A8_SNORM);
    NUMBER(Format, R8G8B8A8_UINT, VK_FORMAT_R8G8B8A8_UINT);
    NUMBER(Format, R8G8B8A8_SINT, VK_FORMAT_R8G8B8A8_SINT);
    NUMBER(Format, R8G8B8A8_SRGB, VK_FORMAT_R8G8B8A8_SRGB);
    NUMBER(Format, B8G8R8A8_UNORM, VK_FORMAT_B8G8R8A8_UNORM);
    NUMBER(Format, B8G8R8A8_SRGB, VK_FORMAT_B8G8R8A8_SRGB);
    NUMBER(Format, R16_UNORM, VK_FORMAT_R16_UNORM);
    NUMBER(Format, R16_UINT, VK_FORMAT_R16_UINT);
    NUMBER(Format, R16_SINT, VK_FORMAT_R16_SINT);
    NUMBER(Format, R16_SFLOAT, VK_FORMAT_R16_SFLOAT);
    NUMBER(Format, R16G16_UNORM, VK_FORMAT_R16G16_UNORM);
    NUMBER(Format, R16G16_UINT, VK_FORMAT_R16G16_UINT);
    NUMBER(Format, R16G16_SINT, VK_FORMAT_R16G16_SINT);
    NUMBER(Format, R16G16_SFLOAT, VK_FORMAT_R16G16_SFLOAT);
    NUMBER(Format, R16G16B16A16_UNORM, VK_FORMAT_R16G16B16A16_UNORM);
    NUMBER(Format, R16G16B16A16_UINT, VK_FORMAT_R16G16B16A16_UINT);
    NUMBER(Format, R16G16B16A16_SINT, VK_FORMAT_R16G16B16A16_SINT);
    NUMBER(Format, R16G16B16A16_SFLOAT, VK_FORMAT_R16G16B16A16_SFLOAT);
    NUMBER(Format, R32_UINT, VK_FORMAT_R32_UINT);
    NUMBER(Format, R32_SINT, VK_FORMAT_R32_SINT);
    NUMBER(Format, R32_SFLOAT, VK_FORMAT_R32_SFLOAT);
    NUMBER(Format, R32G32_UINT, VK_FORMAT_R32G32_UINT);
    NUMBER(Format, R32G32_SINT, VK_FORMAT_R32G32_SINT);
    NUMBER(Format, R32G32_SFLOAT, VK_FORMAT_R32G32_SFLOAT);
    NUMBER(Format, R32G32B32_SFLOAT, VK_FORMAT_R32G32B32_SFLOAT);
    NUMBER(Format, R32G32B32A32_UINT, VK_FORMAT_R32G32B32A32_UINT);
    NUMBER(Format, R32G32B32A32_SINT, VK_FORMAT_R32G32B32A32_SINT);
    NUMBER(Format, R32G32B32A32_SFLOAT, VK_FORMAT_R32G32B32A32_SFLOAT);
    NUMBER(_structs, MAX_PLANES, VXM_MAX_PLANES);
    NUMBER(_structs, MAX_VIEW_FORMATS, VXM_MAX_VIEW_FORMATS);
    NUMBER(channel, _MAX_MESSAGE_SIZE, VXM_MAX_MESSAGE_SIZE);
    NUMBER(channel, _KIND_CHANNEL, VXM_HANDLE_KIND_CHANNEL);
    NUMBER(_api, _VXM_ERROR_PEER_LOST, VXM_ERROR_PEER_LOST);
    NUMBER(_api, _VK_TIMEOUT, VK_TIMEOUT);
}

int main(void)
{
    print_structs_of_vulkan();
    print_structs();
    print_structs_of_cuda();
    print_numbers();
    return 0;
}
