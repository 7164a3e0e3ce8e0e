/*
 * What sharing saves: the time until a second Vulkan device can read a buffer of the first one's,
 * beside the time that the same takes by a copy through host memory.
 *
 *   bench-transfer [--max BYTES] [--rounds N] [--json FILE]
 *
 * Share: export, import, and the first touch, which is a command that reads the buffer's both ends.
 * Copy: device to host-visible memory, to the other device; in pieces, as staging buffers are. The
 * two processes or devices of a real program have a staging buffer each, and a memcpy() between;
 * that is measured too, but left out of the ratio, as if they had host memory in common. Both ways
 * run in every round, and both are seen to have brought the right bytes.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "side.h"

#define TYPE          VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define STAGING_BYTES ((VkDeviceSize)256 << 20)
#define ROUNDS        7
#define ROUNDS_LARGE  3 /* from LARGE on */
#define LARGE         ((VkDeviceSize)4 << 30)

struct times {
    double *export;
    double *import;
    double *touch;
    double *copy;
    double *hostCopy;
};

static void share_once(const struct side *from, const struct side *to, VxmMemory source,
                       VkDeviceSize size, uint32_t pattern, const struct times *times, size_t round)
{
    const VxmUse usedThere = side_transfer_use(from);
    const VxmUse usedHere = side_transfer_use(to);
    VxmHandover handover = {0};
    VxmMemory imported;
    VxmShared shared;
    double start;

    side_begin(from);
    CHECK(vxmCmdReleaseMemory(from->commands, source, &usedThere, &handover));
    side_submit_and_wait(from);

    start = bench_microseconds();
    CHECK(vxmExportMemory(source, TYPE, &shared));
    times->export[round] = bench_microseconds() - start;

    start = bench_microseconds();
    CHECK(vxmImportMemory(to->device, &shared, NULL, &imported));
    vxmCloseShared(&shared);
    times->import[round] = bench_microseconds() - start;

    start = bench_microseconds();
    side_begin(to);
    CHECK(vxmCmdAcquireMemory(to->commands, imported, &handover, &usedHere));
    side_record_touch(to, vxmGetVkBuffer(imported), size);
    CHECK(vxmCmdReleaseMemory(to->commands, imported, &usedHere, &handover));
    side_submit_and_wait(to);
    times->touch[round] = bench_microseconds() - start;
    side_must_be("sharing", pattern, to->mapped);

    vxmDestroyMemory(imported);
    side_begin(from);
    CHECK(vxmCmdAcquireMemory(from->commands, source, &handover, &usedThere));
    side_submit_and_wait(from);
}

static void copy_once(const struct side *from, const struct side *to, VkBuffer source,
                      VkBuffer destination, VkDeviceSize size, const struct times *times,
                      size_t round)
{
    times->copy[round] = 0;
    times->hostCopy[round] = 0;
    for (VkDeviceSize offset = 0; offset < size; offset += STAGING_BYTES) {
        const VkDeviceSize piece = size - offset < STAGING_BYTES ? size - offset : STAGING_BYTES;
        const VkBufferCopy down = {.srcOffset = offset, .size = piece};
        const VkBufferCopy up = {.dstOffset = offset, .size = piece};
        const double start = bench_microseconds();

        side_begin(from);
        vkCmdCopyBuffer(from->commands, source, from->staging, 1, &down);
        side_submit_and_wait(from);
        const double between = bench_microseconds();
        memcpy(to->mapped, from->mapped, piece);
        const double after = bench_microseconds();
        side_begin(to);
        vkCmdCopyBuffer(to->commands, to->staging, destination, 1, &up);
        side_submit_and_wait(to);
        times->hostCopy[round] += after - between;
        times->copy[round] += bench_microseconds() - start - (after - between);
    }
}

/* false: there is not enough memory. */
static bool measure(struct side sides[2], VkDeviceSize size, size_t rounds,
                    struct bench_report *report)
{
    const VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                     .size = size,
                                     .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                              VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    const VxmMemoryCreateInfo how = {.handleTypes = TYPE};
    const struct times times = {.export = bench_allocate(rounds, sizeof(double)),
                                .import = bench_allocate(rounds, sizeof(double)),
                                .touch = bench_allocate(rounds, sizeof(double)),
                                .copy = bench_allocate(rounds, sizeof(double)),
                                .hostCopy = bench_allocate(rounds, sizeof(double))};
    VkDeviceMemory memory = VK_NULL_HANDLE;
    VkBuffer destination = VK_NULL_HANDLE;
    VxmMemory source = NULL;
    VxmError error;
    char text[32];
    VkResult result = vxmCreateBuffer(sides[0].device, &info, &how, &source);

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error);
        printf("SKIPPED %s: %s\n", bench_size(size, text), error.message);
    } else {
        result = side_make_buffer(&sides[1], size, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT,
                                  VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT, &destination, &memory);
        if (result != VK_SUCCESS) {
            printf("SKIPPED %s: no memory for the copy, %s\n", bench_size(size, text),
                   vxmResultName(result));
        }
    }
    for (size_t i = 0; result == VK_SUCCESS && i <= rounds; i++) {
        const uint32_t pattern = 0x5a000000u + (uint32_t)i;
        const size_t round = i > 0 ? i - 1 : 0; /* the first round is a rehearsal */

        side_begin(&sides[0]);
        vkCmdFillBuffer(sides[0].commands, vxmGetVkBuffer(source), 0, VK_WHOLE_SIZE, pattern);
        side_submit_and_wait(&sides[0]);
        share_once(&sides[0], &sides[1], source, size, pattern, &times, round);
        copy_once(&sides[0], &sides[1], vxmGetVkBuffer(source), destination, size, &times, round);
        side_begin(&sides[1]);
        side_record_touch(&sides[1], destination, size);
        side_submit_and_wait(&sides[1]);
        side_must_be("the copy", pattern, sides[1].mapped);
    }
    if (result == VK_SUCCESS) {
        const double export = bench_median(times.export, rounds);
        const double import = bench_median(times.import, rounds);
        const double touch = bench_median(times.touch, rounds);
        const double copy = bench_median(times.copy, rounds);
        const double hostCopy = bench_median(times.hostCopy, rounds);
        const double share = export + import;

        printf("%10s %12.1f %12.1f %12.1f %12.1f %12.1f\n", bench_size(size, text), share, touch,
               copy, hostCopy, copy / (share + touch));
        bench_begin_row(report);
        bench_value(report, "bytes", (double)size);
        bench_value(report, "rounds", (double)rounds);
        bench_value(report, "share_us", share);
        bench_value(report, "export_us", export);
        bench_value(report, "import_us", import);
        bench_value(report, "touch_us", touch);
        bench_value(report, "copy_us", copy);
        bench_value(report, "memcpy_us", hostCopy);
        bench_value(report, "copy_by_share", copy / (share + touch));
        bench_end_row(report);
    }
    if (source != NULL && destination != VK_NULL_HANDLE && result == VK_SUCCESS) {
        vkDestroyBuffer(sides[1].info.device, destination, NULL);
        vkFreeMemory(sides[1].info.device, memory, NULL);
    }
    vxmDestroyMemory(source);
    free(times.export);
    free(times.import);
    free(times.touch);
    free(times.copy);
    free(times.hostCopy);
    return result == VK_SUCCESS;
}

int main(int argc, char **argv)
{
    static const char *const options[] = {"--max", "--rounds", "--json", NULL};
    struct bench_report report;
    VkPhysicalDeviceProperties properties;
    struct side sides[2];
    bool enough = true;

    bench_only_options(argc, argv, options);
    uint64_t max = bench_number(argc, argv, "--max", (uint64_t)16 << 30);
    const VkDeviceSize staging = max < STAGING_BYTES ? max : STAGING_BYTES;
    side_open(&sides[0], staging, true);
    side_open(&sides[1], staging, false);
    vkGetPhysicalDeviceProperties(sides[0].info.physicalDevice, &properties);
    if (properties.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU && max > (uint64_t)1 << 30) {
        max = (uint64_t)1 << 30;
    }
    printf("%s: a buffer of one device, until another one has read it\n\n",
           sides[0].info.identity->deviceName);
    printf("%10s %12s %12s %12s %12s %12s\n", "", "share", "first touch", "copy", "and memcpy",
           "copy by");
    printf("%10s %12s %12s %12s %12s %12s\n", "bytes", "us", "us", "us", "us", "share, touch");
    bench_open(&report, bench_option(argc, argv, "--json"), "transfer", sides[0].info.identity);
    for (uint64_t size = 1 << 20; enough && size <= max; size *= 4) {
        enough = measure(
            sides, size,
            (size_t)bench_number(argc, argv, "--rounds", size < LARGE ? ROUNDS : ROUNDS_LARGE),
            &report);
    }
    bench_close(&report);
    side_close(&sides[1]);
    side_close(&sides[0]);
    return EXIT_SUCCESS;
}
