/*
 * What the model driver needs of Windows.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "win32/vulkan.h"

#include "internal.h"

static SRWLOCK mutex = SRWLOCK_INIT;

void model__mutex_lock(void)
{
    AcquireSRWLockExclusive(&mutex);
}

void model__mutex_unlock(void)
{
    ReleaseSRWLockExclusive(&mutex);
}

uint64_t model__now(void)
{
    LARGE_INTEGER frequency, counter;
    uint64_t ticks, rate;

    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&counter);
    ticks = (uint64_t)counter.QuadPart;
    rate = (uint64_t)frequency.QuadPart;
    return ticks / rate * 1000000000u + ticks % rate * 1000000000u / rate;
}

/* Whole milliseconds, rounded up. */
void model__sleep(uint64_t nanoseconds)
{
    Sleep((DWORD)((nanoseconds + 999999u) / 1000000u));
}

/* Not malloc(): the fault tests wrap that, and count the library's calls only. */
void *model__host_allocate(size_t size)
{
    return HeapAlloc(GetProcessHeap(), 0, size);
}

void model__host_free(void *memory)
{
    HeapFree(GetProcessHeap(), 0, memory);
}

void *model__private_map(uint64_t size)
{
    if (size > SIZE_MAX)
        return NULL;
    return VirtualAlloc(NULL, (SIZE_T)size, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
}

void model__private_unmap(void *data, uint64_t size)
{
    (void)size;
    VirtualFree(data, 0, MEM_RELEASE);
}

bool model__range_mapped(const void *pointer, uint64_t size)
{
    const char *at = pointer;
    const char *end = at + size;

    if (!pointer || (uintptr_t)end < (uintptr_t)at)
        return false;
    while (at < end) {
        MEMORY_BASIC_INFORMATION region;

        if (VirtualQuery(at, &region, sizeof region) == 0 || region.State != MEM_COMMIT)
            return false;
        at = (const char *)region.BaseAddress + region.RegionSize;
    }
    return true;
}
