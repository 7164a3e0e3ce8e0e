/*
 * The kinds of memory whose bandwidth is measured.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "cuda_memory.h"

#include <unistd.h>

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

/* The descriptor is CUDA's once it is imported. */
static bool import(const struct cuda *cuda, struct memory *memory, uint32_t index, char why[256])
{
    CUDA_EXTERNAL_MEMORY_HANDLE_DESC desc = {.type = CU_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD};
    CUDA_EXTERNAL_MEMORY_BUFFER_DESC buffer = {.offset = 0};
    VxmMemoryInfo info;
    VxmHandle handle;
    CUresult result;

    CHECK(vxmGetMemoryInfo(memory->vulkan[index], &info));
    CHECK(vxmGetMemoryHandle(memory->vulkan[index], 0, TYPE, &handle));
    memory->memoryTypeIndex = info.memories[0].memoryTypeIndex;
    memory->allocationSize = info.memories[0].allocationSize;
    desc.handle.fd = handle.fd;
    desc.size = info.memories[0].allocationSize;
    desc.flags = info.dedicated ? CUDA_EXTERNAL_MEMORY_DEDICATED : 0;
    result = cuda->importMemory(&memory->imported[index], &desc);
    if (failed(cuda, result, "cuImportExternalMemory", why)) {
        memory->imported[index] = NULL;
        vxmCloseHandle(&handle);
        return false;
    }
    buffer.size = memory->size / memory->count;
    result = cuda->mapBuffer(&memory->pointers[index], memory->imported[index], &buffer);
    return !failed(cuda, result, "cuExternalMemoryGetMappedBuffer", why);
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
                     char why[256])
{
    const CUmemAllocationProp properties = {
        .type = CU_MEM_ALLOCATION_TYPE_PINNED,
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

/* Not what the fd is documented to be for; where CUDA takes it, the mapping is of its own choice.
 */
static bool import_vmm(const struct cuda *cuda, struct memory *memory, uint32_t index,
                       char why[256])
{
    VxmMemoryInfo info;
    VxmHandle handle;
    CUresult result;

    CHECK(vxmGetMemoryInfo(memory->vulkan[index], &info));
    CHECK(vxmGetMemoryHandle(memory->vulkan[index], 0, TYPE, &handle));
    memory->memoryTypeIndex = info.memories[0].memoryTypeIndex;
    memory->allocationSize = info.memories[0].allocationSize;
    result = cuda->vmmImport(&memory->handles[index], (void *)(intptr_t)handle.fd,
                             CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR);
    vxmCloseHandle(&handle); /* which this import leaves to its caller */
    if (failed(cuda, result, "cuMemImportFromShareableHandle", why)) {
        memory->handles[index] = 0;
        return false;
    }
    return map(cuda, memory, index, info.memories[0].allocationSize, why);
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
            made = make_vmm(cuda, memory, i, piece + variant->extra, why);
            break;
        case SOURCE_IMPORT:
            made = create(device, variant, piece + variant->extra, &memory->vulkan[i], why) &&
                   import(cuda, memory, i, why);
            break;
        case SOURCE_IMPORT_VMM:
            made = create(device, variant, piece + variant->extra, &memory->vulkan[i], why) &&
                   import_vmm(cuda, memory, i, why);
            break;
        }
    }
    return made;
}

void memory_free(const struct cuda *cuda, struct memory *memory)
{
    for (uint32_t i = 0; i < memory->count; i++) {
        const bool reserved = memory->variant->source == SOURCE_CUDA_VMM ||
                              memory->variant->source == SOURCE_IMPORT_VMM;

        if (memory->pointers[i] != 0 && reserved) {
            CHECK_CUDA(cuda, vmmUnmap(memory->pointers[i], memory->mapped));
            CHECK_CUDA(cuda, vmmFree(memory->pointers[i], memory->mapped));
        } else if (memory->pointers[i] != 0) {
            CHECK_CUDA(cuda, memFree(memory->pointers[i]));
        }
        if (memory->handles[i] != 0) {
            CHECK_CUDA(cuda, vmmRelease(memory->handles[i]));
        }
        if (memory->imported[i] != NULL) {
            CHECK_CUDA(cuda, destroyMemory(memory->imported[i]));
        }
        vxmDestroyMemory(memory->vulkan[i]);
    }
    *memory = (struct memory){0};
}
