/*
 * What sharing with CUDA saves: the time until CUDA can read a buffer that Vulkan has filled,
 * beside the time that the same takes by a copy through host memory.
 *
 *   bench-cuda-transfer [--max BYTES] [--rounds N] [--json FILE]
 *
 * Share: vxmCudaImportMemory(), which exports, imports and maps, and the first touch, which reads
 * the buffer's both ends. Copy: Vulkan's device to its staging buffer, and from pinned memory of
 * CUDA's to CUDA's own, in pieces; the memcpy() from one staging buffer to the other is measured
 * too, but left out of the ratio. Both ways run in every round, and both are seen to have brought
 * the right bytes.
 *
 * Exit status 77: there is no NVIDIA GPU here.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "cuda_driver.h"
#include "side.h"

#define TYPE          VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define STAGING_BYTES ((VkDeviceSize)256 << 20)
#define ROUNDS        7

struct times {
    double *share;
    double *touch;
    double *copy;
    double *hostCopy;
    double *end;
};

static void touch(const struct cuda *cuda, CUdeviceptr pointer, VkDeviceSize size,
                  unsigned char words[8])
{
    CHECK_CUDA(cuda, memcpyDtoH(words, pointer, 4));
    CHECK_CUDA(cuda, memcpyDtoH(words + 4, pointer + size - 4, 4));
}

static void share_once(const struct side *side, const struct cuda *cuda, VxmMemory source,
                       VkDeviceSize size, uint32_t pattern, const struct times *times, size_t round)
{
    const VxmUse use = side_transfer_use(side);
    VxmHandover handover = {0};
    VxmCudaMemory imported = {0};
    unsigned char words[8];
    double start;

    side_begin(side);
    CHECK(vxmCmdReleaseMemory(side->commands, source, &use, &handover));
    side_submit_and_wait(side);

    start = bench_microseconds();
    CHECK(vxmCudaImportMemory(&cuda->adapter, source, NULL, &imported));
    times->share[round] = bench_microseconds() - start;
    start = bench_microseconds();
    touch(cuda, imported.pointer, size, words);
    times->touch[round] = bench_microseconds() - start;
    side_must_be("sharing", pattern, words);
    start = bench_microseconds();
    vxmCudaDestroyMemory(&cuda->adapter, &imported);
    times->end[round] = bench_microseconds() - start;

    side_begin(side);
    CHECK(vxmCmdAcquireMemory(side->commands, source, &handover, &use));
    side_submit_and_wait(side);
}

static void copy_once(const struct side *side, const struct cuda *cuda, VkBuffer source,
                      CUdeviceptr destination, void *pinned, VkDeviceSize size,
                      const struct times *times, size_t round)
{
    times->copy[round] = 0;
    times->hostCopy[round] = 0;
    for (VkDeviceSize offset = 0; offset < size; offset += STAGING_BYTES) {
        const VkDeviceSize piece = size - offset < STAGING_BYTES ? size - offset : STAGING_BYTES;
        const VkBufferCopy down = {.srcOffset = offset, .size = piece};
        const double start = bench_microseconds();

        side_begin(side);
        vkCmdCopyBuffer(side->commands, source, side->staging, 1, &down);
        side_submit_and_wait(side);
        const double between = bench_microseconds();
        memcpy(pinned, side->mapped, piece);
        const double after = bench_microseconds();
        CHECK_CUDA(cuda, memcpyHtoD(destination + offset, pinned, piece));
        CHECK_CUDA(cuda, synchronize());
        times->hostCopy[round] += after - between;
        times->copy[round] += bench_microseconds() - start - (after - between);
    }
}

static void report_row(struct bench_report *report, const struct times *times, VkDeviceSize size,
                       size_t rounds)
{
    const double share = bench_median(times->share, rounds);
    const double touched = bench_median(times->touch, rounds);
    const double copy = bench_median(times->copy, rounds);
    const double hostCopy = bench_median(times->hostCopy, rounds);
    const double end = bench_median(times->end, rounds);
    char text[32];

    printf("%10s %12.1f %12.1f %12.1f %12.1f %12.1f %12.1f\n", bench_size(size, text), share,
           touched, end, copy, hostCopy, copy / (share + touched));
    bench_begin_row(report);
    bench_value(report, "bytes", (double)size);
    bench_value(report, "rounds", (double)rounds);
    bench_value(report, "share_us", share);
    bench_value(report, "touch_us", touched);
    bench_value(report, "end_us", end);
    bench_value(report, "copy_us", copy);
    bench_value(report, "memcpy_us", hostCopy);
    bench_value(report, "copy_by_share", copy / (share + touched));
    bench_end_row(report);
}

/* false: there is not enough memory. */
static bool measure(const struct side *side, const struct cuda *cuda, void *pinned,
                    VkDeviceSize size, size_t rounds, struct bench_report *report)
{
    const VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                     .size = size,
                                     .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                              VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    const VxmMemoryCreateInfo how = {.handleTypes = TYPE};
    CUdeviceptr destination = 0;
    VxmMemory source = NULL;
    unsigned char words[8];
    char text[32];

    if (vxmCreateBuffer(side->device, &info, &how, &source) != VK_SUCCESS ||
        cuda->memAlloc(&destination, size) != CUDA_SUCCESS) {
        printf("SKIPPED %s: there is no memory for it\n", bench_size(size, text));
        vxmDestroyMemory(source);
        return false;
    }
    const struct times times = {.share = bench_allocate(rounds, sizeof(double)),
                                .touch = bench_allocate(rounds, sizeof(double)),
                                .copy = bench_allocate(rounds, sizeof(double)),
                                .hostCopy = bench_allocate(rounds, sizeof(double)),
                                .end = bench_allocate(rounds, sizeof(double))};
    for (size_t i = 0; i <= rounds; i++) {
        const uint32_t pattern = 0x5a000000u + (uint32_t)i;
        const size_t round = i > 0 ? i - 1 : 0; /* the first round is a rehearsal */

        side_begin(side);
        vkCmdFillBuffer(side->commands, vxmGetVkBuffer(source), 0, VK_WHOLE_SIZE, pattern);
        side_submit_and_wait(side);
        share_once(side, cuda, source, size, pattern, &times, round);
        copy_once(side, cuda, vxmGetVkBuffer(source), destination, pinned, size, &times, round);
        touch(cuda, destination, size, words);
        side_must_be("the copy", pattern, words);
    }
    report_row(report, &times, size, rounds);
    CHECK_CUDA(cuda, memFree(destination));
    vxmDestroyMemory(source);
    free(times.share);
    free(times.touch);
    free(times.copy);
    free(times.hostCopy);
    free(times.end);
    return true;
}

int main(int argc, char **argv)
{
    static const char *const options[] = {"--max", "--rounds", "--json", NULL};
    struct bench_report report;
    struct side side;
    struct cuda cuda;
    void *pinned = NULL;
    bool enough = true;

    bench_only_options(argc, argv, options);
    const uint64_t max = bench_number(argc, argv, "--max", (uint64_t)16 << 30);
    const size_t rounds = (size_t)bench_number(argc, argv, "--rounds", ROUNDS);
    const VkDeviceSize staging = max < STAGING_BYTES ? max : STAGING_BYTES;
    side_open(&side, staging, true);
    cuda_open(&cuda, side.info.identity);
    CHECK_CUDA(&cuda, memAllocHost(&pinned, staging));
    memset(pinned, 0, staging);
    printf("%s: a buffer of Vulkan's, until CUDA has read it\n\n", side.info.identity->deviceName);
    printf("%10s %12s %12s %12s %12s %12s %12s\n", "", "share", "first touch", "end", "copy",
           "and memcpy", "copy by");
    printf("%10s %12s %12s %12s %12s %12s %12s\n", "bytes", "us", "us", "us", "us", "us",
           "share, touch");
    bench_open(&report, bench_option(argc, argv, "--json"), "cuda_transfer", side.info.identity);
    for (uint64_t size = 1 << 20; enough && size <= max; size *= 4) {
        enough = measure(&side, &cuda, pinned, size, rounds, &report);
    }
    bench_close(&report);
    CHECK_CUDA(&cuda, memFreeHost(pinned));
    cuda_close(&cuda);
    side_close(&side);
    return EXIT_SUCCESS;
}
