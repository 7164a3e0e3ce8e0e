/*
 * What the library costs: one cycle of create, export, import and destroy of a buffer, beside the
 * same by plain Vulkan calls on the same device.
 *
 *   bench-share [--rounds N] [--bytes N] [--json FILE]
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
#include <stdlib.h>
#include <unistd.h>

#include "bench.h"

#define TYPE    VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define ROUNDS  4000
#define WARM_UP 200
#define BYTES   (1 << 20)

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
        CHECK_SYSTEM(fcntl(fd, F_SETFD, FD_CLOEXEC));
        CHECK_SYSTEM(given = fcntl(fd, F_DUPFD_CLOEXEC, 0));
    }
    make_plain(vk, size, given, &buffers[1], &memories[1]); /* takes what it is given */
    if (!bare) {
        CHECK_SYSTEM(close(fd));
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

enum {
    BARE,
    PLAIN,
    LIBRARY,
    WAYS
};
static const char *const names[WAYS] = {"bare", "plain Vulkan", "vxm"};

int main(int argc, char **argv)
{
    static const char *const options[] = {"--rounds", "--bytes", "--json", NULL};
    struct bench_report report;
    double *times[WAYS];
    double medians[WAYS];
    VxmDevice device;
    VxmDeviceInfo info;
    struct plain plain;
    char text[32];

    bench_only_options(argc, argv, options);
    const size_t rounds = (size_t)bench_number(argc, argv, "--rounds", ROUNDS);
    const VkDeviceSize size = bench_number(argc, argv, "--bytes", BYTES);
    for (int way = 0; way < WAYS; way++) {
        times[way] = bench_allocate(rounds, sizeof(double));
    }
    CHECK(vxmCreateDevice(NULL, &device));
    CHECK(vxmGetDeviceInfo(device, &info));
    load_plain(device, size, &plain);

    for (size_t i = 0; i < WARM_UP + rounds; i++) {
        for (size_t turn = 0; turn < WAYS; turn++) {
            const size_t way = (i + turn) % WAYS;
            const double begin = bench_microseconds();

            if (way == LIBRARY) {
                share_by_library(device, size);
            } else {
                share_plainly(&plain, size, way == BARE);
            }
            if (i >= WARM_UP) {
                times[way][i - WARM_UP] = bench_microseconds() - begin;
            }
        }
    }
    for (int way = 0; way < WAYS; way++) {
        medians[way] = bench_median(times[way], rounds);
    }
    printf("%s: create, export, import, destroy a buffer of %s, %zu rounds\n\n",
           info.identity->deviceName, bench_size(size, text), rounds);
    printf("%-14s %10s %10s %10s %10s\n", "microseconds", "tenth", "median", "9 tenths",
           "vxm by it");
    bench_open(&report, bench_option(argc, argv, "--json"), "share", info.identity);
    for (int way = 0; way < WAYS; way++) {
        const double tenth = bench_tenth(times[way], rounds, 1);
        const double most = bench_tenth(times[way], rounds, 9);

        printf("%-14s %10.2f %10.2f %10.2f %10.3f\n", names[way], tenth, medians[way], most,
               medians[LIBRARY] / medians[way]);
        bench_begin_row(&report);
        bench_text(&report, "way", names[way]);
        bench_value(&report, "bytes", (double)size);
        bench_value(&report, "rounds", (double)rounds);
        bench_value(&report, "tenth_us", tenth);
        bench_value(&report, "median_us", medians[way]);
        bench_value(&report, "nine_tenths_us", most);
        bench_value(&report, "vxm_by_it", medians[LIBRARY] / medians[way]);
        bench_end_row(&report);
        free(times[way]);
    }
    bench_close(&report);
    printf("\nshare ratio %.2f\n", medians[LIBRARY] / medians[PLAIN]);

    vxmDestroyDevice(device);
    return EXIT_SUCCESS;
}
