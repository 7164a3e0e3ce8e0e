/*
 * The kinds of memory whose bandwidth is measured.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_BENCH_CUDA_MEMORY_H_
#define VXM_BENCH_CUDA_MEMORY_H_ 1

#include "cuda_driver.h"

enum source {
    SOURCE_CUDA,       /* cuMemAlloc() */
    SOURCE_CUDA_VMM,   /* cuMemCreate(), mapped into a reservation */
    SOURCE_IMPORT,     /* Vulkan's, by cuImportExternalMemory() */
    SOURCE_IMPORT_VMM, /* Vulkan's, by cuMemImportFromShareableHandle(), mapped so */
    SOURCE_EXPORT_VMM, /* cuMemCreate(), and imported by Vulkan */
};

struct variant {
    const char *name;
    enum source source;
    VxmDedicated dedicated;
    uint64_t piece;              /* bytes of each allocation; 0: all in one */
    uint64_t extra;              /* bytes that an allocation is larger than what is used of it */
    VkBufferUsageFlags usage;    /* beyond transfers */
    VkMemoryPropertyFlags flags; /* that the memory type must have, beyond DEVICE_LOCAL */
    VkMemoryAllocateFlags allocateFlags;
};

/* Memory of one variant, and where CUDA sees it. */
struct memory {
    const struct variant *variant;
    uint64_t size;
    uint32_t count;
    unsigned int shift; /* log2 of a piece; 63: all in one */
    CUdeviceptr pointers[CUDA_MAX_PIECES];
    VxmMemory vulkan[CUDA_MAX_PIECES];
    VxmCudaMemory imported[CUDA_MAX_PIECES];
    CUmemGenericAllocationHandle handles[CUDA_MAX_PIECES];
    uint64_t mapped; /* bytes of each mapping */
    uint32_t memoryTypeIndex;
    uint64_t allocationSize;
};

/* false: it can't be had; the reason, in words, is in `why`. End it with memory_free() in any case.
 */
bool memory_make(const struct cuda *cuda, VxmDevice device, const struct variant *variant,
                 uint64_t size, struct memory *memory, char why[256]);
void memory_free(const struct cuda *cuda, struct memory *memory);

#endif /* VXM_BENCH_CUDA_MEMORY_H_ */
