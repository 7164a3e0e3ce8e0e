/*
 * The kinds of memory whose bandwidth is measured.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "cuda_memory.h"

#include <string.h>

#define TYPE VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT

static bool failed(const struct cuda *cuda, CUresult result, const char *call, char why[256])
{
    if (result != CUDA_SUCCESS) {
        snprintf(why, 256, "%s: %s (%d)", call, cuda_name(cuda, result), (int)result);
    }
    return result != CUDA_SUCCESS;
}

static bool create(VxmDevice device, const struct variant *variant, uint64_t size,
                   VxmMemory *memory, char why[256])
{
    const VkMemoryAllocateFlagsInfo flags = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO,
                                             .flags = variant->allocateFlags};
    const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = size,
                                       .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                                VK_BUFFER_USAGE_TRANSFER_DST_BIT | variant->usage};
    const VxmMemoryCreateInfo info = {.handleTypes = TYPE,
                                      .requiredFlags =
                                          VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT | variant->flags,
                                      .dedicated = variant->dedicated,
                                      .next = variant->allocateFlags != 0 ? &flags : NULL};
    VkResult result = vxmCreateBuffer(device, &buffer, &info, memory);
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error);
        snprintf(why, 256, "%.255s", error.message);
        *memory = NULL;
    }
    return result == VK_SUCCESS;
}

static void note_allocation(struct memory *memory, uint32_t index)
{
    VxmMemoryInfo info;

    CHECK(vxmGetMemoryInfo(memory->vulkan[index], &info));
    memory->memoryTypeIndex = info.memories[0].memoryTypeIndex;
    memory->allocationSize = info.memories[0].allocationSize;
}

static bool import(const struct cuda *cuda, struct memory *memory, uint32_t index, char why[256])
{
    VkResult result =
        vxmCudaImportMemory(&cuda->adapter, memory->vulkan[index], NULL, &memory->imported[index]);
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error);
        snprintf(why, 256, "%.255s", error.message);
        return false;
    }
    note_allocation(memory, index);
    memory->pointers[index] = memory->imported[index].pointer;
    return true;
}

/* Maps a handle into a reservation of its own. */
static bool map(const struct cuda *cuda, struct memory *memory, uint32_t index, uint64_t size,
                char why[256])
{
    const CUmemAccessDesc access = {
        .location = {.type = CU_MEM_LOCATION_TYPE_DEVICE, .id = cuda->device},
        .flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE};
    CUresult result = cuda->vmmReserve(&memory->pointers[index], size, 0, 0, 0);

    if (failed(cuda, result, "cuMemAddressReserve", why)) {
        memory->pointers[index] = 0;
        return false;
    }
    result = cuda->vmmMap(memory->pointers[index], size, 0, memory->handles[index], 0);
    if (failed(cuda, result, "cuMemMap", why)) {
        (void)cuda->vmmFree(memory->pointers[index], size);
        memory->pointers[index] = 0;
        return false;
    }
    memory->mapped = size;
    result = cuda->vmmSetAccess(memory->pointers[index], size, &access, 1);
    return !failed(cuda, result, "cuMemSetAccess", why);
}

static bool make_vmm(const struct cuda *cuda, struct memory *memory, uint32_t index, uint64_t size,
                     CUmemAllocationHandleType exported, char why[256])
{
    const CUmemAllocationProp properties = {
        .type = CU_MEM_ALLOCATION_TYPE_PINNED,
        .requestedHandleTypes = exported,
        .location = {.type = CU_MEM_LOCATION_TYPE_DEVICE, .id = cuda->device}};
    size_t granularity = 0;
    CUresult result =
        cuda->vmmGranularity(&granularity, &properties, CU_MEM_ALLOC_GRANULARITY_RECOMMENDED);

    if (failed(cuda, result, "cuMemGetAllocationGranularity", why)) {
        return false;
    }
    size = (size + granularity - 1) / granularity * granularity;
    result = cuda->vmmCreate(&memory->handles[index], size, &properties, 0);
    if (failed(cuda, result, "cuMemCreate", why)) {
        memory->handles[index] = 0;
        return false;
    }
    return map(cuda, memory, index, size, why);
}

/* No extension of Vulkan's speaks of it, but NVIDIA's driver takes CUDA's descriptors as its own.
 */
static bool export_vmm(const struct cuda *cuda, VxmDevice device, struct memory *memory,
                       uint32_t index, char why[256])
{
    const uint64_t size = memory->mapped;
    VxmShared shared = {
        .resourceType = VXM_RESOURCE_TYPE_BUFFER,
        .handleType = TYPE,
        .memoryCount = 1,
        .buffer = {.size = size,
                   .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT}};
    VkPhysicalDeviceMemoryProperties properties;
    VxmDeviceInfo info;
    CUresult result;
    VxmError error;
    uint32_t type = 0;
    int fd = -1;

    CHECK(vxmGetDeviceInfo(device, &info));
    vkGetPhysicalDeviceMemoryProperties(info.physicalDevice, &properties);
    while (type + 1 < properties.memoryTypeCount &&
           properties.memoryTypes[type].propertyFlags != VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT) {
        type++;
    }
    result =
        cuda->vmmExport(&fd, memory->handles[index], CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR, 0);
    if (failed(cuda, result, "cuMemExportToShareableHandle", why)) {
        return false;
    }
    memory->memoryTypeIndex = type;
    memory->allocationSize = size;
    memcpy(shared.deviceUUID, info.identity->deviceUUID, VK_UUID_SIZE);
    memcpy(shared.driverUUID, info.identity->driverUUID, VK_UUID_SIZE);
    shared.memories[0] =
        (VxmSharedMemory){.handle = {.kind = VXM_HANDLE_KIND_MEMORY, .type = TYPE, .fd = fd},
                          .allocationSize = size,
                          .memoryTypeBits = 1u << type};
    if (vxmImportMemory(device, &shared, NULL, &memory->vulkan[index]) != VK_SUCCESS) {
        vxmGetLastError(&error);
        snprintf(why, 256, "%.255s", error.message);
        memory->vulkan[index] = NULL;
    }
    vxmCloseShared(&shared);
    return memory->vulkan[index] != NULL;
}

/* Whether it is the same memory: Vulkan fills it, and CUDA sees that at both ends. */
static bool is_shared(const struct cuda *cuda, VxmDevice device, const struct memory *memory,
                      uint32_t index, char why[256])
{
    const uint32_t word = 0x5eed0000u + index;
    const VkCommandBufferBeginInfo once = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    const uint64_t size = memory->size / memory->count;
    VkCommandBuffer commands;
    VkCommandPool pool;
    VxmDeviceInfo info;
    uint32_t seen[2] = {0, 0};

    CHECK(vxmGetDeviceInfo(device, &info));
    const VkCommandPoolCreateInfo poolInfo = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                              .queueFamilyIndex = info.queueFamilyIndex};
    CHECK(vkCreateCommandPool(info.device, &poolInfo, NULL, &pool));
    const VkCommandBufferAllocateInfo allocate = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1};
    CHECK(vkAllocateCommandBuffers(info.device, &allocate, &commands));
    CHECK(vkBeginCommandBuffer(commands, &once));
    vkCmdFillBuffer(commands, vxmGetVkBuffer(memory->vulkan[index]), 0, size, word);
    CHECK(vkEndCommandBuffer(commands));
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &commands};
    CHECK(vkQueueSubmit(info.queue, 1, &submit, VK_NULL_HANDLE));
    CHECK(vkQueueWaitIdle(info.queue));
    vkDestroyCommandPool(info.device, pool, NULL);
    CHECK_CUDA(cuda, memcpyDtoH(&seen[0], memory->pointers[index], 4));
    CHECK_CUDA(cuda, memcpyDtoH(&seen[1], memory->pointers[index] + size - 4, 4));
    if (seen[0] != word || seen[1] != word) {
        snprintf(why, 256, "not the same memory: Vulkan wrote %08x, CUDA reads %08x and %08x", word,
                 seen[0], seen[1]);
    }
    return seen[0] == word && seen[1] == word;
}

/* Not what the fd is documented to be for; where CUDA takes it, the mapping is of its own choice.
 */
static bool import_vmm(const struct cuda *cuda, struct memory *memory, uint32_t index,
                       char why[256])
{
    VxmHandle handle;
    CUresult result;

    CHECK(vxmGetMemoryHandle(memory->vulkan[index], 0, TYPE, &handle));
    note_allocation(memory, index);
    result = cuda->vmmImport(&memory->handles[index], (void *)(intptr_t)handle.fd,
                             CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR);
    vxmCloseHandle(&handle); /* which this import leaves to its caller */
    if (failed(cuda, result, "cuMemImportFromShareableHandle", why)) {
        memory->handles[index] = 0;
        return false;
    }
    return map(cuda, memory, index, memory->allocationSize, why);
}

bool memory_make(const struct cuda *cuda, VxmDevice device, const struct variant *variant,
                 uint64_t size, struct memory *memory, char why[256])
{
    const uint64_t piece = variant->piece != 0 && variant->piece < size ? variant->piece : size;
    bool made = true;

    *memory = (struct memory){.variant = variant,
                              .size = size,
                              .count = (uint32_t)(size / piece),
                              .shift = 63,
                              .allocationSize = piece + variant->extra};
    if (memory->count > CUDA_MAX_PIECES) {
        snprintf(why, 256, "more than %d pieces", CUDA_MAX_PIECES);
        memory->count = 0;
        return false;
    }
    if (memory->count > 1) {
        for (memory->shift = 0; (piece >> memory->shift) != 1; memory->shift++) {
        }
    }
    for (uint32_t i = 0; made && i < memory->count; i++) {
        switch (variant->source) {
        case SOURCE_CUDA:
            made = !failed(cuda, cuda->memAlloc(&memory->pointers[i], piece + variant->extra),
                           "cuMemAlloc", why);
            break;
        case SOURCE_CUDA_VMM:
            made = make_vmm(cuda, memory, i, piece + variant->extra, CU_MEM_HANDLE_TYPE_NONE, why);
            break;
        case SOURCE_IMPORT:
            made = create(device, variant, piece + variant->extra, &memory->vulkan[i], why) &&
                   import(cuda, memory, i, why);
            break;
        case SOURCE_IMPORT_VMM:
            made = create(device, variant, piece + variant->extra, &memory->vulkan[i], why) &&
                   import_vmm(cuda, memory, i, why);
            break;
        case SOURCE_EXPORT_VMM:
            made = make_vmm(cuda, memory, i, piece + variant->extra,
                            CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR, why) &&
                   export_vmm(cuda, device, memory, i, why);
            break;
        }
        if (made && memory->vulkan[i] != NULL) {
            made = is_shared(cuda, device, memory, i, why);
        }
    }
    return made;
}

void memory_free(const struct cuda *cuda, struct memory *memory)
{
    for (uint32_t i = 0; i < memory->count; i++) {
        const bool reserved = memory->variant->source == SOURCE_CUDA_VMM ||
                              memory->variant->source == SOURCE_IMPORT_VMM ||
                              memory->variant->source == SOURCE_EXPORT_VMM;

        if (memory->pointers[i] != 0 && reserved) {
            CHECK_CUDA(cuda, vmmUnmap(memory->pointers[i], memory->mapped));
            CHECK_CUDA(cuda, vmmFree(memory->pointers[i], memory->mapped));
        } else if (memory->variant->source == SOURCE_CUDA && memory->pointers[i] != 0) {
            CHECK_CUDA(cuda, memFree(memory->pointers[i]));
        }
        if (memory->handles[i] != 0) {
            CHECK_CUDA(cuda, vmmRelease(memory->handles[i]));
        }
        vxmCudaDestroyMemory(&cuda->adapter, &memory->imported[i]);
        vxmDestroyMemory(memory->vulkan[i]);
    }
    *memory = (struct memory){0};
}
