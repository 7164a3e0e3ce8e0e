/*
 * Host memory of the library's own, through the app's callbacks where it gave some.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "internal.h"

/* max_align_t by hand: not every C library has it in C. */
union strictest {
    long long integer;
    long double real;
    void *pointer;
    void (*function)(void);
};

void *vxm__allocate(const VkAllocationCallbacks *allocator, size_t size)
{
    /* Not calloc(): glibc's passes its per-thread cache by, which shows beside a software driver.
     */
    void *memory =
        allocator ? allocator->pfnAllocation(allocator->pUserData, size, _Alignof(union strictest),
                                             VK_SYSTEM_ALLOCATION_SCOPE_OBJECT)
                  : malloc(size);
    if (memory) {
        memset(memory, 0, size);
    }
    if (!memory) {
        (void)vxm__fail(VK_ERROR_OUT_OF_HOST_MEMORY, VXM_ERROR_REASON_OUT_OF_MEMORY, 0,
                        "%s has no %llu bytes for the library's own data.",
                        allocator ? "The VkAllocationCallbacks given for this device" : "The heap",
                        (unsigned long long)size);
    }
    return memory;
}

void vxm__free(const VkAllocationCallbacks *allocator, void *memory)
{
    if (allocator && memory) {
        allocator->pfnFree(allocator->pUserData, memory);
    } else if (!allocator) {
        free(memory);
    }
}
