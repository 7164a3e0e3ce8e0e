/*
 * What the model driver needs of a POSIX system, whatever its payloads are.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void model__mutex_lock(void)
{
    pthread_mutex_lock(&mutex);
}

void model__mutex_unlock(void)
{
    pthread_mutex_unlock(&mutex);
}

uint64_t model__now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void model__sleep(uint64_t nanoseconds)
{
    struct timespec time = {(time_t)(nanoseconds / 1000000000u), (long)(nanoseconds % 1000000000u)};

    nanosleep(&time, NULL);
}

/* Not malloc(): the fault tests wrap that, and count the library's calls only. */
void *model__host_allocate(size_t size)
{
    void *memory = NULL;

    return posix_memalign(&memory, 64, size) == 0 ? memory : NULL;
}

void model__host_free(void *memory)
{
    free(memory);
}

void *model__private_map(uint64_t size)
{
    void *data = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return data == MAP_FAILED ? NULL : data;
}

void model__private_unmap(void *data, uint64_t size)
{
    munmap(data, (size_t)size);
}

bool model__range_mapped(const void *pointer, uint64_t size)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uintptr_t begin = (uintptr_t)pointer / page * page;
    uintptr_t end = (uintptr_t)pointer + size;
    unsigned char state[1];

    if (!pointer || end < begin)
        return false;
    /* mincore() fails with ENOMEM where nothing is mapped. */
    for (; begin < end; begin += page) {
        if (mincore((void *)begin, (size_t)page, state) != 0)
            return false;
    }
    return true;
}
