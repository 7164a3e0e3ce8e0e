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

#include "bench.h"

#define TYPE          VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define STAGING_BYTES ((VkDeviceSize)256 << 20)
#define ROUNDS        7
#define ROUNDS_LARGE  3 /* from LARGE on */
#define LARGE         ((VkDeviceSize)4 << 30)

/* A device with what copying needs. */
struct side {
    VxmDevice device;
    VxmDeviceInfo info;
    VkPhysicalDeviceMemoryProperties memory;
    VkCommandPool pool;
    VkCommandBuffer commands;
    VkFence fence;
    VkBuffer staging;
    VkDeviceMemory stagingMemory;
    unsigned char *mapped;
};

static uint32_t choose_type(const struct side *side, uint32_t bits, VkMemoryPropertyFlags required,
                            VkMemoryPropertyFlags unwanted)
{
    uint32_t second = UINT32_MAX;

    for (uint32_t i = 0; i < side->memory.memoryTypeCount; i++) {
        const VkMemoryPropertyFlags flags = side->memory.memoryTypes[i].propertyFlags;

        if ((bits & (1u << i)) != 0 && (flags & required) == required) {
            if ((flags & unwanted) == 0) {
                return i;
            }
            second = second == UINT32_MAX ? i : second;
        }
    }
    if (second == UINT32_MAX) {
        fprintf(stderr, "no memory type of 0x%x has the flags 0x%x\n", bits, required);
        exit(EXIT_FAILURE);
    }
    return second;
}

static VkResult make_buffer(const struct side *side, VkDeviceSize size,
                            VkMemoryPropertyFlags required, VkMemoryPropertyFlags unwanted,
                            VkBuffer *buffer, VkDeviceMemory *memory)
{
    const VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                     .size = size,
                                     .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                              VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    const VkDevice device = side->info.device;
    VkMemoryRequirements needs;
    VkResult result;

    CHECK(vkCreateBuffer(device, &info, NULL, buffer));
    vkGetBufferMemoryRequirements(device, *buffer, &needs);
    const VkMemoryAllocateInfo allocate = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = needs.size,
        .memoryTypeIndex = choose_type(side, needs.memoryTypeBits, required, unwanted)};
    result = vkAllocateMemory(device, &allocate, NULL, memory);
    if (result != VK_SUCCESS) {
        vkDestroyBuffer(device, *buffer, NULL);
        return result;
    }
    CHECK(vkBindBufferMemory(device, *buffer, *memory, 0));
    return VK_SUCCESS;
}

/* cached: the host reads from it, otherwise writes to it. */
static void open_side(struct side *side, VkDeviceSize stagingSize, bool cached)
{
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};

    CHECK(vxmCreateDevice(NULL, &side->device));
    CHECK(vxmGetDeviceInfo(side->device, &side->info));
    vkGetPhysicalDeviceMemoryProperties(side->info.physicalDevice, &side->memory);
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                          .queueFamilyIndex = side->info.queueFamilyIndex};
    CHECK(vkCreateCommandPool(side->info.device, &pool, NULL, &side->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = side->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1};
    CHECK(vkAllocateCommandBuffers(side->info.device, &commands, &side->commands));
    CHECK(vkCreateFence(side->info.device, &fence, NULL, &side->fence));
    CHECK(make_buffer(side, stagingSize,
                      VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT |
                          (cached ? (VkMemoryPropertyFlags)VK_MEMORY_PROPERTY_HOST_CACHED_BIT : 0),
                      VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, &side->staging, &side->stagingMemory));
    CHECK(vkMapMemory(side->info.device, side->stagingMemory, 0, VK_WHOLE_SIZE, 0,
                      (void **)&side->mapped));
    memset(side->mapped, 0, stagingSize);
}

static void close_side(struct side *side)
{
    vkDestroyBuffer(side->info.device, side->staging, NULL);
    vkFreeMemory(side->info.device, side->stagingMemory, NULL);
    vkDestroyFence(side->info.device, side->fence, NULL);
    vkDestroyCommandPool(side->info.device, side->pool, NULL);
    vxmDestroyDevice(side->device);
}

static void begin(const struct side *side)
{
    const VkCommandBufferBeginInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                           .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};

    CHECK(vkBeginCommandBuffer(side->commands, &info));
}

/* What was written is seen by the host and by the commands that come later. */
static void submit_and_wait(const struct side *side)
{
    const VkMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                     .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
                                     .dstAccessMask = VK_ACCESS_HOST_READ_BIT |
                                                      VK_ACCESS_TRANSFER_READ_BIT |
                                                      VK_ACCESS_TRANSFER_WRITE_BIT};
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &side->commands};

    vkCmdPipelineBarrier(side->commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                         VK_PIPELINE_STAGE_HOST_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 1,
                         &barrier, 0, NULL, 0, NULL);
    CHECK(vkEndCommandBuffer(side->commands));
    CHECK(vkQueueSubmit(side->info.queue, 1, &submit, side->fence));
    CHECK(vkWaitForFences(side->info.device, 1, &side->fence, VK_TRUE, UINT64_MAX));
    CHECK(vkResetFences(side->info.device, 1, &side->fence));
}

static VxmUse transfer_use(const struct side *side)
{
    return (VxmUse){.stageMask = VK_PIPELINE_STAGE_2_TRANSFER_BIT,
                    .accessMask = VK_ACCESS_2_TRANSFER_READ_BIT | VK_ACCESS_2_TRANSFER_WRITE_BIT,
                    .queueFamilyIndex = side->info.queueFamilyIndex};
}

static void must_be(const char *way, uint32_t pattern, const unsigned char *bytes)
{
    uint32_t words[2];

    memcpy(words, bytes, sizeof words);
    if (words[0] != pattern || words[1] != pattern) {
        fprintf(stderr, "%s brought %08x and %08x, not %08x\n", way, words[0], words[1], pattern);
        exit(EXIT_FAILURE);
    }
}

/* Both ends of a buffer, into the staging buffer's first bytes. */
static void record_touch(const struct side *side, VkBuffer buffer, VkDeviceSize size)
{
    const VkBufferCopy ends[2] = {{.srcOffset = 0, .dstOffset = 0, .size = 4},
                                  {.srcOffset = size - 4, .dstOffset = 4, .size = 4}};

    vkCmdCopyBuffer(side->commands, buffer, side->staging, 2, ends);
}

struct times {
    double *share;
    double *touch;
    double *copy;
    double *hostCopy;
};

static void share_once(const struct side *from, const struct side *to, VxmMemory source,
                       VkDeviceSize size, uint32_t pattern, const struct times *times, size_t round)
{
    const VxmUse usedThere = transfer_use(from);
    const VxmUse usedHere = transfer_use(to);
    VxmHandover handover = {0};
    VxmMemory imported;
    VxmShared shared;
    double start;

    begin(from);
    CHECK(vxmCmdReleaseMemory(from->commands, source, &usedThere, &handover));
    submit_and_wait(from);

    start = bench_microseconds();
    CHECK(vxmExportMemory(source, TYPE, &shared));
    CHECK(vxmImportMemory(to->device, &shared, NULL, &imported));
    vxmCloseShared(&shared);
    times->share[round] = bench_microseconds() - start;

    start = bench_microseconds();
    begin(to);
    CHECK(vxmCmdAcquireMemory(to->commands, imported, &handover, &usedHere));
    record_touch(to, vxmGetVkBuffer(imported), size);
    CHECK(vxmCmdReleaseMemory(to->commands, imported, &usedHere, &handover));
    submit_and_wait(to);
    times->touch[round] = bench_microseconds() - start;
    must_be("sharing", pattern, to->mapped);

    vxmDestroyMemory(imported);
    begin(from);
    CHECK(vxmCmdAcquireMemory(from->commands, source, &handover, &usedThere));
    submit_and_wait(from);
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

        begin(from);
        vkCmdCopyBuffer(from->commands, source, from->staging, 1, &down);
        submit_and_wait(from);
        const double between = bench_microseconds();
        memcpy(to->mapped, from->mapped, piece);
        const double after = bench_microseconds();
        begin(to);
        vkCmdCopyBuffer(to->commands, to->staging, destination, 1, &up);
        submit_and_wait(to);
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
    const struct times times = {.share = bench_allocate(rounds, sizeof(double)),
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
        result = make_buffer(&sides[1], size, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT,
                             VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT, &destination, &memory);
        if (result != VK_SUCCESS) {
            printf("SKIPPED %s: no memory for the copy, %s\n", bench_size(size, text),
                   vxmResultName(result));
        }
    }
    for (size_t i = 0; result == VK_SUCCESS && i <= rounds; i++) {
        const uint32_t pattern = 0x5a000000u + (uint32_t)i;
        const size_t round = i > 0 ? i - 1 : 0; /* the first round is a rehearsal */

        begin(&sides[0]);
        vkCmdFillBuffer(sides[0].commands, vxmGetVkBuffer(source), 0, VK_WHOLE_SIZE, pattern);
        submit_and_wait(&sides[0]);
        share_once(&sides[0], &sides[1], source, size, pattern, &times, round);
        copy_once(&sides[0], &sides[1], vxmGetVkBuffer(source), destination, size, &times, round);
        begin(&sides[1]);
        record_touch(&sides[1], destination, size);
        submit_and_wait(&sides[1]);
        must_be("the copy", pattern, sides[1].mapped);
    }
    if (result == VK_SUCCESS) {
        const double share = bench_median(times.share, rounds);
        const double touch = bench_median(times.touch, rounds);
        const double copy = bench_median(times.copy, rounds);
        const double hostCopy = bench_median(times.hostCopy, rounds);

        printf("%10s %12.1f %12.1f %12.1f %12.1f %12.1f\n", bench_size(size, text), share, touch,
               copy, hostCopy, copy / (share + touch));
        bench_begin_row(report);
        bench_value(report, "bytes", (double)size);
        bench_value(report, "rounds", (double)rounds);
        bench_value(report, "share_us", share);
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
    free(times.share);
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
    open_side(&sides[0], staging, true);
    open_side(&sides[1], staging, false);
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
    close_side(&sides[1]);
    close_side(&sides[0]);
    return EXIT_SUCCESS;
}
