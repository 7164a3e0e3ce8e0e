/*
 * What the library costs: one cycle of create, export, import and destroy of a buffer, beside the
 * same by plain Vulkan calls on the same device.
 *
 *   bench-share [ROUNDS [BYTES]]
 *
 * The ways run in every round, each first in turn, and the medians are compared. The last line
 * reads "share ratio 1.02": the library's time by that of plain calls that keep the same promises,
 * an fd that no child inherits and that is still the caller's after the import. "bare" makes none
 * of them: its fd is inherited by whatever is started meanwhile, and is gone once it is imported.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <vulkan/vulkan.h>

#include "vxm/vxm.h"

#define TYPE    VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define ROUNDS  4000
#define WARM_UP 200
#define BYTES   (1 << 20)

static void check(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error);
        fprintf(stderr, "%s\n%s: %s\n", call, vxmResultName(result), error.message);
        exit(EXIT_FAILURE);
    }
}
#define CHECK(call) check(call, #call)

static void check_system(int result, const char *call)
{
    if (result < 0) {
        perror(call);
        exit(EXIT_FAILURE);
    }
}

/* The device's own functions, without the loader in between, as the library has them. */
struct plain {
    VkDevice device;
    uint32_t memoryTypeIndex;
    PFN_vkCreateBuffer CreateBuffer;
    PFN_vkGetBufferMemoryRequirements2 GetBufferMemoryRequirements2;
    PFN_vkAllocateMemory AllocateMemory;
    PFN_vkBindBufferMemory BindBufferMemory;
    PFN_vkGetMemoryFdKHR GetMemoryFdKHR;
    PFN_vkDestroyBuffer DestroyBuffer;
    PFN_vkFreeMemory FreeMemory;
};

static VkBufferCreateInfo buffer_info(VkDeviceSize size)
{
    return (VkBufferCreateInfo){
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = size,
        .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
    };
}

static void share_by_library(VxmDevice device, VkDeviceSize size)
{
    const VkBufferCreateInfo buffer = buffer_info(size);
    const VxmMemoryCreateInfo info = {.handleTypes = TYPE};
    VxmMemory memory;
    VxmMemory imported;
    VxmShared shared;

    CHECK(vxmCreateBuffer(device, &buffer, &info, &memory));
    CHECK(vxmExportMemory(memory, TYPE, &shared));
    CHECK(vxmImportMemory(device, &shared, NULL, &imported));
    vxmCloseShared(&shared);
    vxmDestroyMemory(imported);
    vxmDestroyMemory(memory);
}

/* One buffer with memory: made for export, or imported from fd. */
static void make_plain(const struct plain *vk, VkDeviceSize size, int fd, VkBuffer *buffer,
                       VkDeviceMemory *memory)
{
    const VkExternalMemoryBufferCreateInfo external = {
        .sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO, .handleTypes = TYPE};
    VkBufferCreateInfo info = buffer_info(size);
    VkMemoryRequirements2 needs = {.sType = VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2};

    info.pNext = &external;
    CHECK(vk->CreateBuffer(vk->device, &info, NULL, buffer));
    const VkBufferMemoryRequirementsInfo2 which = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_REQUIREMENTS_INFO_2, .buffer = *buffer};
    vk->GetBufferMemoryRequirements2(vk->device, &which, &needs);
    const VkMemoryDedicatedAllocateInfo dedicated = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO, .buffer = *buffer};
    const VkExportMemoryAllocateInfo exported = {.sType =
                                                     VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO,
                                                 .pNext = &dedicated,
                                                 .handleTypes = TYPE};
    const VkImportMemoryFdInfoKHR imported = {.sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR,
                                              .pNext = &dedicated,
                                              .handleType = TYPE,
                                              .fd = fd};
    const VkMemoryAllocateInfo allocate = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                           .pNext = fd < 0 ? (const void *)&exported
                                                           : (const void *)&imported,
                                           .allocationSize = needs.memoryRequirements.size,
                                           .memoryTypeIndex = vk->memoryTypeIndex};
    CHECK(vk->AllocateMemory(vk->device, &allocate, NULL, memory));
    CHECK(vk->BindBufferMemory(vk->device, *buffer, *memory, 0));
}

static void share_plainly(const struct plain *vk, VkDeviceSize size, bool bare)
{
    VkBuffer buffers[2];
    VkDeviceMemory memories[2];
    int fd = -1;
    int given = -1;

    make_plain(vk, size, -1, &buffers[0], &memories[0]);
    const VkMemoryGetFdInfoKHR get = {.sType = VK_STRUCTURE_TYPE_MEMORY_GET_FD_INFO_KHR,
                                      .memory = memories[0],
                                      .handleType = TYPE};
    CHECK(vk->GetMemoryFdKHR(vk->device, &get, &fd));
    given = fd;
    if (!bare) {
        check_system(fcntl(fd, F_SETFD, FD_CLOEXEC), "fcntl(F_SETFD)");
        given = fcntl(fd, F_DUPFD_CLOEXEC, 0);
        check_system(given, "fcntl(F_DUPFD_CLOEXEC)");
    }
    make_plain(vk, size, given, &buffers[1], &memories[1]); /* takes what it is given */
    if (!bare) {
        check_system(close(fd), "close");
    }
    for (int i = 1; i >= 0; i--) {
        vk->DestroyBuffer(vk->device, buffers[i], NULL);
        vk->FreeMemory(vk->device, memories[i], NULL);
    }
}

#define LOAD(plain, name)                                                                          \
    ((plain)->name = (PFN_vk##name)vkGetDeviceProcAddr((plain)->device, "vk" #name))

static void load_plain(VxmDevice device, VkDeviceSize size, struct plain *plain)
{
    const VkBufferCreateInfo buffer = buffer_info(size);
    const VxmMemoryCreateInfo info = {.handleTypes = TYPE};
    VxmDeviceInfo deviceInfo;
    VxmMemoryInfo memoryInfo;
    VxmMemory memory;

    CHECK(vxmGetDeviceInfo(device, &deviceInfo));
    plain->device = deviceInfo.device;
    LOAD(plain, CreateBuffer);
    LOAD(plain, GetBufferMemoryRequirements2);
    LOAD(plain, AllocateMemory);
    LOAD(plain, BindBufferMemory);
    LOAD(plain, GetMemoryFdKHR);
    LOAD(plain, DestroyBuffer);
    LOAD(plain, FreeMemory);
    /* The same memory type for both ways. */
    CHECK(vxmCreateBuffer(device, &buffer, &info, &memory));
    CHECK(vxmGetMemoryInfo(memory, &memoryInfo));
    plain->memoryTypeIndex = memoryInfo.memories[0].memoryTypeIndex;
    vxmDestroyMemory(memory);
}

static double microseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

enum {
    BARE,
    PLAIN,
    LIBRARY,
    WAYS
};
static const char *const names[WAYS] = {"bare", "plain Vulkan", "vxm"};

int main(int argc, char **argv)
{
    size_t rounds = argc > 1 ? strtoull(argv[1], NULL, 10) : ROUNDS;
    VkDeviceSize size = argc > 2 ? strtoull(argv[2], NULL, 10) : BYTES;
    double *times[WAYS];
    double medians[WAYS];
    VxmDevice device;
    VxmDeviceInfo info;
    struct plain plain;

    if (rounds == 0 || size == 0) {
        fprintf(stderr, "usage: %s [ROUNDS [BYTES]]\n", argv[0]);
        return 2;
    }
    for (int way = 0; way < WAYS; way++) {
        times[way] = calloc(rounds, sizeof(double));
        if (times[way] == NULL) {
            perror("calloc");
            return EXIT_FAILURE;
        }
    }
    CHECK(vxmCreateDevice(NULL, &device));
    CHECK(vxmGetDeviceInfo(device, &info));
    load_plain(device, size, &plain);

    for (size_t i = 0; i < WARM_UP + rounds; i++) {
        for (size_t turn = 0; turn < WAYS; turn++) {
            size_t way = (i + turn) % WAYS;
            double begin = microseconds();
            if (way == LIBRARY) {
                share_by_library(device, size);
            } else {
                share_plainly(&plain, size, way == BARE);
            }
            if (i >= WARM_UP) {
                times[way][i - WARM_UP] = microseconds() - begin;
            }
        }
    }
    printf("%s: create, export, import, destroy a buffer of %llu bytes, %zu rounds\n\n",
           info.identity->deviceName, (unsigned long long)size, rounds);
    printf("%-14s %10s %10s %10s %10s\n", "microseconds", "tenth", "median", "9 tenths",
           "vxm by it");
    for (int way = 0; way < WAYS; way++) {
        qsort(times[way], rounds, sizeof(double), by_value);
        medians[way] = times[way][rounds / 2];
    }
    for (int way = 0; way < WAYS; way++) {
        printf("%-14s %10.2f %10.2f %10.2f %10.2f\n", names[way], times[way][rounds / 10],
               medians[way], times[way][rounds - 1 - rounds / 10], medians[LIBRARY] / medians[way]);
        free(times[way]);
    }
    printf("\nshare ratio %.2f\n", medians[LIBRARY] / medians[PLAIN]);

    vxmDestroyDevice(device);
    return EXIT_SUCCESS;
}
