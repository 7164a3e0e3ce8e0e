/*
 * CUDA's bandwidth into memory that Vulkan has allocated, beside memory of CUDA's own.
 *
 *   bench-cuda-bandwidth [--max BYTES] [--rounds N] [--json FILE]
 *
 * Every kind of memory is measured in turns with memory from cuMemAlloc() of the same size, and
 * what is printed is its bandwidth by that. The last two columns say what pages it is mapped by:
 * the time of a step along a chain of pointers that are 64 KiB and 2 MiB apart. Where pages are of
 * 2 MiB, 32 steps of 64 KiB need one translation, and are that much faster than in pages of 64 KiB.
 *
 * Exit status 77: there is no NVIDIA GPU here.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "cuda_memory.h"

#define MIB     ((uint64_t)1 << 20)
#define TILE    ((uint64_t)32768)
#define THREADS 512u
#define ROUNDS  7
/* Small memory is gone through so often that this much is moved in a measurement. */
#define AT_LEAST ((uint64_t)2 << 30)
#define CHAIN    32768u

static const struct variant native = {.name = "cuMemAlloc", .source = SOURCE_CUDA};

static const struct variant variants[] = {
    /* what the comparison itself is worth */
    {.name = "cuMemAlloc again", .source = SOURCE_CUDA},
    {.name = "cuMemAlloc, 512 MiB each", .source = SOURCE_CUDA, .piece = 512 * MIB},
    {.name = "cuMemCreate", .source = SOURCE_CUDA_VMM},
    {.name = "import, dedicated", .source = SOURCE_IMPORT, .dedicated = VXM_DEDICATED_ON},
    {.name = "import, not dedicated", .source = SOURCE_IMPORT, .dedicated = VXM_DEDICATED_OFF},
    {.name = "import, 64 KiB more", .source = SOURCE_IMPORT, .extra = 65536},
    {.name = "import, storage buffer",
     .source = SOURCE_IMPORT,
     .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT},
    {.name = "import, device address",
     .source = SOURCE_IMPORT,
     .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT,
     .allocateFlags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT},
    {.name = "import, host-visible",
     .source = SOURCE_IMPORT,
     .flags = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT},
    {.name = "import, 512 MiB each", .source = SOURCE_IMPORT, .piece = 512 * MIB},
    {.name = "import, 64 MiB each", .source = SOURCE_IMPORT, .piece = 64 * MIB},
    {.name = "import by cuMem...", .source = SOURCE_IMPORT_VMM},
    {.name = "cuMemCreate, to Vulkan", .source = SOURCE_EXPORT_VMM},
};

enum operation {
    READ,
    READ_PARTS,
    WRITE,
    COPY,
    COPY_PARTS,
    SET,
    COPY_CALL,
    OPERATIONS
};
static const char *const operation_names[OPERATIONS] = {"read",       "read_parts", "write", "copy",
                                                        "copy_parts", "memset",     "memcpy"};

/* The pieces' addresses are in the table on the GPU; bytes may be fewer than there are. */
static void launch(const struct cuda *cuda, const struct memory *memory, int operation,
                   uint64_t bytes)
{
    const CUfunction kernel = operation == READ || operation == READ_PARTS ? cuda->read
                              : operation == WRITE                         ? cuda->write
                                                                           : cuda->copy;
    CUdeviceptr table = cuda->table;
    CUdeviceptr sink = cuda->table + CUDA_MAX_PIECES * sizeof(CUdeviceptr);
    unsigned int shift = memory->shift;
    unsigned int parts = operation == READ_PARTS || operation == COPY_PARTS;
    unsigned long long tiles = bytes / TILE;
    void *parameters[] = {&table, &shift, &tiles, &parts, &sink};

    if (operation == SET) {
        CHECK_CUDA(cuda, memsetD32(memory->pointers[0], 0x01010101u, bytes / 4, NULL));
    } else if (operation == COPY_CALL) {
        CHECK_CUDA(cuda, memcpyDtoD(memory->pointers[0] + bytes / 2, memory->pointers[0], bytes / 2,
                                    NULL));
    } else {
        CHECK_CUDA(cuda, launch(kernel, cuda->processors * 4, 1, 1, THREADS, 1, 1, 0, NULL,
                                parameters, NULL));
    }
}

static double elapsed(const struct cuda *cuda)
{
    float milliseconds = 0;

    CHECK_CUDA(cuda, eventRecord(cuda->events[1], NULL));
    CHECK_CUDA(cuda, eventSynchronize(cuda->events[1]));
    CHECK_CUDA(cuda, eventElapsed(&milliseconds, cuda->events[0], cuda->events[1]));
    return (double)milliseconds * 1e3;
}

static void set_table(const struct cuda *cuda, const struct memory *memory)
{
    CHECK_CUDA(cuda,
               memcpyHtoD(cuda->table, memory->pointers, memory->count * sizeof(CUdeviceptr)));
}

/* Bytes read and written per nanosecond: 10^9 bytes per second. */
static double bandwidth(const struct cuda *cuda, const struct memory *memory, int operation)
{
    const uint64_t times = memory->size < AT_LEAST ? AT_LEAST / memory->size : 1;

    set_table(cuda, memory);
    CHECK_CUDA(cuda, eventRecord(cuda->events[0], NULL));
    for (uint64_t i = 0; i < times; i++) {
        launch(cuda, memory, operation, memory->size);
    }
    return (double)(memory->size * times) / (elapsed(cuda) * 1e3);
}

/* Nanoseconds for a step of so many bytes. */
static double step(const struct cuda *cuda, const struct memory *memory, uint64_t stride)
{
    unsigned long long count = memory->size / stride < CHAIN ? memory->size / stride : CHAIN;
    unsigned long long bytes = stride;
    unsigned int shift = memory->shift;
    CUdeviceptr table = cuda->table;
    CUdeviceptr sink = cuda->table + CUDA_MAX_PIECES * sizeof(CUdeviceptr);
    void *link[] = {&table, &shift, &count, &bytes};
    void *follow[] = {&table, &count, &sink};
    double least = 0;

    set_table(cuda, memory);
    CHECK_CUDA(cuda, launch(cuda->linkChain, (unsigned int)(count + 255) / 256, 1, 1, 256, 1, 1, 0,
                            NULL, link, NULL));
    /* The first goes to bring the lines into the cache: then translations make the difference. */
    for (int i = 0; i < 4; i++) {
        CHECK_CUDA(cuda, eventRecord(cuda->events[0], NULL));
        CHECK_CUDA(cuda, launch(cuda->followChain, 1, 1, 1, 1, 1, 1, 0, NULL, follow, NULL));
        const double time = elapsed(cuda) * 1e3 / (double)count;
        least = i == 0 || time < least ? time : least;
    }
    return least;
}

/* The least and the most bandwidth of a 512 MiB part of it, read alone. */
static void spread(const struct cuda *cuda, const struct memory *memory, double *least,
                   double *most)
{
    const uint64_t part = 512 * MIB;

    *least = 0;
    *most = 0;
    for (uint64_t offset = 0; memory->count == 1 && offset + part <= memory->size; offset += part) {
        struct memory view = {.size = part, .count = 1, .shift = 63};
        double values[5];

        view.pointers[0] = memory->pointers[0] + offset;
        for (int i = 0; i < 5; i++) {
            values[i] = bandwidth(cuda, &view, READ);
        }
        const double median = bench_median(values, 5);
        *least = offset == 0 || median < *least ? median : *least;
        *most = median > *most ? median : *most;
    }
}

static void compare(const struct cuda *cuda, const struct memory *base, const struct memory *memory,
                    size_t rounds, struct bench_report *report)
{
    double *values[2] = {bench_allocate(rounds, sizeof(double)),
                         bench_allocate(rounds, sizeof(double))};
    double least, most;
    char name[32];

    /* So that what is read is noise. */
    bandwidth(cuda, base, WRITE);
    bandwidth(cuda, memory, WRITE);
    for (int operation = 0; operation < OPERATIONS; operation++) {
        if (memory->count > 1 && operation >= SET) {
            printf(" %6s", "");
            continue;
        }
        for (size_t i = 0; i <= rounds; i++) {
            const size_t round = i > 0 ? i - 1 : 0; /* the first is a rehearsal */

            for (size_t turn = 0; turn < 2; turn++) {
                const size_t which = (i + turn) % 2;

                values[which][round] = bandwidth(cuda, which == 0 ? base : memory, operation);
            }
        }
        const double theirs = bench_median(values[0], rounds);
        const double ours = bench_median(values[1], rounds);
        printf(" %6.3f", ours / theirs);
        bench_value(report, operation_names[operation], ours / theirs);
        snprintf(name, sizeof name, "%s_native_GBs", operation_names[operation]);
        bench_value(report, name, theirs);
    }
    free(values[0]);
    free(values[1]);
    bench_value(report, "step_64K_ns", step(cuda, memory, 65536));
    bench_value(report, "step_2M_ns", step(cuda, memory, 2 * MIB));
    printf(" %7.0f %7.0f", step(cuda, memory, 65536), step(cuda, memory, 2 * MIB));
    spread(cuda, memory, &least, &most);
    if (most > 0) {
        bench_value(report, "part_least_GBs", least);
        bench_value(report, "part_most_GBs", most);
    }
    printf("\n");
}

static void measure(const struct cuda *cuda, VxmDevice device, uint64_t size, size_t rounds,
                    struct bench_report *report)
{
    struct memory base;
    char why[256] = "";
    char text[32];

    if (!memory_make(cuda, device, &native, size, &base, why)) {
        printf("%s: %s\n", bench_size(size, text), why);
        memory_free(cuda, &base);
        return;
    }
    printf("\n%-24s", bench_size(size, text));
    for (int operation = 0; operation < OPERATIONS; operation++) {
        static const char *const heads[OPERATIONS] = {"read",  "parts",  "write", "copy",
                                                      "parts", "memset", "memcpy"};
        printf(" %6s", heads[operation]);
    }
    printf(" %7s %7s\n%-24s", "64K ns", "2M ns", native.name);
    for (int operation = 0; operation < OPERATIONS; operation++) {
        bandwidth(cuda, &base, operation);
        printf(" %6.0f", bandwidth(cuda, &base, operation));
    }
    printf(" %7.0f %7.0f  GB/s\n", step(cuda, &base, 65536), step(cuda, &base, 2 * MIB));
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++) {
        struct memory memory;

        if (variants[i].piece != 0 && variants[i].piece >= size) {
            continue;
        }
        bench_begin_row(report);
        bench_value(report, "bytes", (double)size);
        bench_text(report, "memory", variants[i].name);
        printf("%-24s", variants[i].name);
        if (memory_make(cuda, device, &variants[i], size, &memory, why)) {
            bench_value(report, "memory_type", (double)memory.memoryTypeIndex);
            bench_value(report, "allocation", (double)memory.allocationSize);
            bench_value(report, "pointer_below_2M", (double)(memory.pointers[0] % (2 * MIB)));
            compare(cuda, &base, &memory, rounds, report);
        } else {
            printf(" can't be had: %s\n", why);
            bench_text(report, "why_not", why);
        }
        bench_end_row(report);
        memory_free(cuda, &memory);
        fflush(stdout);
    }
    memory_free(cuda, &base);
}

/* With device addresses on, where there are any. */
static void make_device(VxmDevice *device)
{
    const VkPhysicalDeviceBufferDeviceAddressFeatures addresses = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_BUFFER_DEVICE_ADDRESS_FEATURES,
        .bufferDeviceAddress = VK_TRUE};
    const VxmDeviceCreateInfo info = {.deviceNext = &addresses};

    if (vxmCreateDevice(&info, device) != VK_SUCCESS) {
        CHECK(vxmCreateDevice(NULL, device));
    }
}

int main(int argc, char **argv)
{
    static const char *const options[] = {"--max", "--rounds", "--json", NULL};
    static const uint64_t sizes[] = {64 * MIB, 512 * MIB, 4096 * MIB, 16384 * MIB};
    struct bench_report report;
    struct cuda cuda;
    VxmDevice device;
    VxmDeviceInfo info;

    bench_only_options(argc, argv, options);
    const uint64_t max = bench_number(argc, argv, "--max", 16384 * MIB);
    const size_t rounds = (size_t)bench_number(argc, argv, "--rounds", ROUNDS);
    make_device(&device);
    CHECK(vxmGetDeviceInfo(device, &info));
    cuda_open(&cuda, info.identity);
    printf("%s, %s, CUDA %d.%d: bandwidth by that of cuMemAlloc()'s memory\n",
           info.identity->deviceName, info.identity->driverInfo, cuda.version / 1000,
           cuda.version / 10 % 100);
    bench_open(&report, bench_option(argc, argv, "--json"), "cuda_bandwidth", info.identity);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0] && sizes[i] <= max; i++) {
        measure(&cuda, device, sizes[i], rounds, &report);
    }
    bench_close(&report);
    cuda_close(&cuda);
    vxmDestroyDevice(device);
    return EXIT_SUCCESS;
}
