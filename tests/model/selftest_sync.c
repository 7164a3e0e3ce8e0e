/*
 * Self-test of the rules on semaphores and on hand-over.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "selftest.h"

#include <fcntl.h>
#include <unistd.h>

#define OPAQUE      VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT
#define SYNC        VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT
#define MEMORY_TYPE VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT

static void destroy(VkSemaphore semaphore)
{
    DEVICE_CALL(DestroySemaphore)(context.device, semaphore, NULL);
}

static VkResult submit(VkSemaphore wait, uint64_t waitValue, VkSemaphore signal,
                       uint64_t signalValue)
{
    VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    VkTimelineSemaphoreSubmitInfo values = {VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
                                            NULL,
                                            wait != VK_NULL_HANDLE,
                                            &waitValue,
                                            signal != VK_NULL_HANDLE,
                                            &signalValue};
    VkSubmitInfo info = {
        VK_STRUCTURE_TYPE_SUBMIT_INFO, &values, wait != VK_NULL_HANDLE, &wait, &stage, 0, NULL,
        signal != VK_NULL_HANDLE,      &signal};

    return DEVICE_CALL(QueueSubmit)(context.queue, 1, &info, VK_NULL_HANDLE);
}

static void timelines(void)
{
    VkSemaphore timeline, imported;
    VkSemaphoreSignalInfo signal = {VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO, NULL, VK_NULL_HANDLE,
                                    5};
    VkSemaphoreWaitInfo wait = {VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO, NULL, 0, 1, NULL, NULL};
    uint64_t value = 6;
    int fd = -1;

    begin(NULL);
    timeline = make_semaphore(context.device, true, OPAQUE);
    imported = make_semaphore(context.device, true, OPAQUE);
    CHECK(get_semaphore_fd(timeline, OPAQUE, &fd) == VK_SUCCESS);
    CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
    CHECK(import_semaphore_fd(context.device, imported, OPAQUE, fd, true) < 0);
    EXPECT_BREACH("03323");
    CHECK(import_semaphore_fd(context.device, imported, OPAQUE, fd, false) == VK_SUCCESS);
    CHECK(model_semaphore_fd(imported) == fd);

    signal.semaphore = timeline;
    wait.pSemaphores = &imported;
    wait.pValues = &value;
    CHECK(DEVICE_CALL(SignalSemaphore)(context.device, &signal) == VK_SUCCESS);
    CHECK(DEVICE_CALL(SignalSemaphore)(context.device, &signal) < 0);
    EXPECT_BREACH("03258");
    CHECK(DEVICE_CALL(WaitSemaphores)(context.device, &wait, 1000) == VK_TIMEOUT);
    CHECK(submit(imported, 6, timeline, 7) == VK_SUCCESS);
    DEVICE_CALL(DestroySemaphore)(context.device, make_semaphore(context.device, false, 0), NULL);
    signal.value = 6;
    CHECK(DEVICE_CALL(SignalSemaphore)(context.device, &signal) == VK_SUCCESS);
    CHECK(DEVICE_CALL(WaitSemaphores)(context.device, &wait, 0) == VK_SUCCESS);
    CHECK(DEVICE_CALL(GetSemaphoreCounterValue)(context.device, imported, &value) == VK_SUCCESS);
    CHECK(value == 7);
    destroy(timeline);
    destroy(imported);
    end();
}

static void binaries(void)
{
    VkSemaphore semaphore, timeline, bare, other;
    VkSemaphoreSignalInfo signal = {VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO, NULL, VK_NULL_HANDLE,
                                    1};
    int fd = -1, sync = -1;

    begin(NULL);
    semaphore = make_semaphore(context.device, false, OPAQUE | SYNC);
    timeline = make_semaphore(context.device, true, OPAQUE);
    bare = make_semaphore(context.device, false, 0);
    other = make_semaphore(context.other, false, 0);
    CHECK(get_semaphore_fd(bare, OPAQUE, &fd) < 0);
    EXPECT_BREACH("01132");
    CHECK(get_semaphore_fd(semaphore, SYNC, &sync) < 0);
    EXPECT_BREACH("01135");
    CHECK(get_semaphore_fd(timeline, SYNC, &sync) < 0);
    EXPECT_BREACH("01132");
    signal.semaphore = semaphore;
    CHECK(DEVICE_CALL(SignalSemaphore)(context.device, &signal) < 0);
    EXPECT_BREACH("03257");

    CHECK(submit(VK_NULL_HANDLE, 0, semaphore, 0) == VK_SUCCESS);
    CHECK(model_semaphore_signalled(semaphore));
    CHECK(get_semaphore_fd(semaphore, SYNC, &sync) == VK_SUCCESS && sync >= 0);
    CHECK(!model_semaphore_signalled(semaphore));
    CHECK(import_semaphore_fd(context.device, bare, SYNC, sync, false) < 0);
    EXPECT_BREACH("07307");
    CHECK(import_semaphore_fd(context.device, timeline, SYNC, sync, true) < 0);
    EXPECT_BREACH("03323");
    CHECK(import_semaphore_fd(context.device, bare, SYNC, sync, true) == VK_SUCCESS);
    CHECK(model_semaphore_signalled(bare));
    CHECK(submit(bare, 0, VK_NULL_HANDLE, 0) == VK_SUCCESS);
    CHECK(!model_semaphore_signalled(bare) && model_semaphore_fd(bare) == -1);
    CHECK(import_semaphore_fd(context.device, bare, SYNC, -1, true) == VK_SUCCESS);
    CHECK(model_semaphore_signalled(bare));
    CHECK(submit(bare, 0, VK_NULL_HANDLE, 0) == VK_SUCCESS);
    CHECK(submit(bare, 0, VK_NULL_HANDLE, 0) == VK_SUCCESS);
    EXPECT_BREACH("03238");
    CHECK(submit(VK_NULL_HANDLE, 0, bare, 0) == VK_SUCCESS);

    CHECK(get_semaphore_fd(semaphore, OPAQUE, &fd) == VK_SUCCESS);
    CHECK(import_semaphore_fd(context.device, timeline, OPAQUE, fd, false) < 0);
    EXPECT_BREACH("03264");
    CHECK(import_semaphore_fd(context.other, other, OPAQUE, fd, false) < 0);
    EXPECT_BREACH("01544");
    CHECK(import_semaphore_fd(context.device, bare, OPAQUE, -1, false) ==
          VK_ERROR_INVALID_EXTERNAL_HANDLE);
    close(fd);
    destroy(semaphore);
    destroy(timeline);
    destroy(bare);
    OTHER_CALL(DestroySemaphore)(context.other, other, NULL);
    end();
}

/* A sync fd may be taken while its signal is still to come. */
static void pending_sync(void)
{
    VkSemaphore semaphore, gate, waiter;
    VkSemaphoreSignalInfo open = {VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO, NULL, VK_NULL_HANDLE, 1};
    int sync = -1;

    begin(NULL);
    semaphore = make_semaphore(context.device, false, SYNC);
    waiter = make_semaphore(context.device, false, 0);
    gate = make_semaphore(context.device, true, 0);
    CHECK(submit(gate, 1, semaphore, 0) == VK_SUCCESS);
    CHECK(get_semaphore_fd(semaphore, SYNC, &sync) == VK_SUCCESS);
    CHECK(import_semaphore_fd(context.device, waiter, SYNC, sync, true) == VK_SUCCESS);
    CHECK(!model_semaphore_signalled(waiter));
    destroy(gate);
    EXPECT_BREACH("01137");
    gate = make_semaphore(context.device, true, 0);
    CHECK(submit(gate, 1, VK_NULL_HANDLE, 0) == VK_SUCCESS);
    open.semaphore = gate;
    CHECK(DEVICE_CALL(SignalSemaphore)(context.device, &open) == VK_SUCCESS);
    destroy(gate);
    destroy(semaphore);
    destroy(waiter);
    DEVICE_CALL(DestroyDevice)(context.device, NULL);
    EXPECT_BREACH("pending");
    model_reset(NULL);
}

void test_semaphores(void)
{
    timelines();
    binaries();
    pending_sync();
}

/* ---- hand-over ---- */

static VkCommandBuffer record_begin(VkCommandPool *pool)
{
    VkCommandPoolCreateInfo info = {VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, NULL, 0, 1};
    VkCommandBufferAllocateInfo allocateInfo = {VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                                NULL, VK_NULL_HANDLE,
                                                VK_COMMAND_BUFFER_LEVEL_PRIMARY, 1};
    VkCommandBufferBeginInfo beginInfo = {VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO, NULL, 0,
                                          NULL};
    VkCommandBuffer commands = NULL;

    CHECK(DEVICE_CALL(CreateCommandPool)(context.device, &info, NULL, pool) == VK_SUCCESS);
    allocateInfo.commandPool = *pool;
    CHECK(DEVICE_CALL(AllocateCommandBuffers)(context.device, &allocateInfo, &commands) ==
          VK_SUCCESS);
    CHECK(DEVICE_CALL(BeginCommandBuffer)(commands, &beginInfo) == VK_SUCCESS);
    return commands;
}

static void image_barrier(VkCommandBuffer commands, VkImage image, uint32_t src, uint32_t dst,
                          VkImageLayout oldLayout, VkImageLayout newLayout)
{
    VkImageMemoryBarrier barrier = {VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
                                    NULL,
                                    VK_ACCESS_TRANSFER_WRITE_BIT,
                                    0,
                                    oldLayout,
                                    newLayout,
                                    src,
                                    dst,
                                    image,
                                    {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1}};

    DEVICE_CALL(CmdPipelineBarrier)
    (commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, 0, 0, NULL, 0,
     NULL, 1, &barrier);
}

static void run(VkCommandBuffer commands)
{
    VkSubmitInfo info = {VK_STRUCTURE_TYPE_SUBMIT_INFO, NULL, 0, NULL, NULL, 1, &commands, 0, NULL};
    VkFenceCreateInfo fenceInfo = {VK_STRUCTURE_TYPE_FENCE_CREATE_INFO, NULL, 0};
    VkFence fence;

    CHECK(DEVICE_CALL(EndCommandBuffer)(commands) == VK_SUCCESS);
    CHECK(DEVICE_CALL(CreateFence)(context.device, &fenceInfo, NULL, &fence) == VK_SUCCESS);
    CHECK(DEVICE_CALL(QueueSubmit)(context.queue, 1, &info, fence) == VK_SUCCESS);
    CHECK(DEVICE_CALL(WaitForFences)(context.device, 1, &fence, VK_TRUE, 0) == VK_SUCCESS);
    DEVICE_CALL(DestroyFence)(context.device, fence, NULL);
}

static void pairs(void)
{
    const VkImageLayout general = VK_IMAGE_LAYOUT_GENERAL;
    const VkImageLayout source = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL;
    const uint32_t outside = VK_QUEUE_FAMILY_EXTERNAL, ignored = VK_QUEUE_FAMILY_IGNORED;
    VkMemoryRequirements requirements;
    VkExportMemoryAllocateInfo export = {VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO, NULL,
                                         MEMORY_TYPE};
    VkCommandBuffer commands;
    VkCommandPool pool;
    VkDeviceMemory memory;
    ModelBarrier barrier;
    VkImage image;

    begin(NULL);
    image = make_image(context.device, VK_IMAGE_TILING_OPTIMAL, MEMORY_TYPE);
    commands = record_begin(&pool);
    image_barrier(commands, image, 1, outside, VK_IMAGE_LAYOUT_UNDEFINED, general);
    EXPECT_BREACH("01932");
    DEVICE_CALL(GetImageMemoryRequirements)(context.device, image, &requirements);
    CHECK(allocate(context.device, requirements.size, 1, &export, &memory) == VK_SUCCESS);
    CHECK(DEVICE_CALL(BindImageMemory)(context.device, image, memory, 0) == VK_SUCCESS);
    DEVICE_CALL(DestroyCommandPool)(context.device, pool, NULL);

    commands = record_begin(&pool);
    image_barrier(commands, image, ignored, ignored, VK_IMAGE_LAYOUT_UNDEFINED, general);
    image_barrier(commands, image, 1, outside, general, source);
    image_barrier(commands, image, outside, 1, general, source);
    CHECK(model_barrier(3, &barrier) && barrier.srcQueueFamilyIndex == outside);
    run(commands);
    CHECK(model_breach_count() == 0);
    DEVICE_CALL(DestroyCommandPool)(context.device, pool, NULL);

    commands = record_begin(&pool);
    image_barrier(commands, image, 1, outside, source, general);
    image_barrier(commands, image, outside, 1, general, source);
    run(commands);
    EXPECT_BREACH("layout pair");
    image_barrier(commands, image, 1, outside, source, general);
    EXPECT_BREACH("commandBuffer-recording");
    DEVICE_CALL(DestroyCommandPool)(context.device, pool, NULL);

    commands = record_begin(&pool);
    image_barrier(commands, image, 1, outside, VK_IMAGE_LAYOUT_PRESENT_SRC_KHR, general);
    run(commands);
    EXPECT_BREACH("01197");
    DEVICE_CALL(DestroyCommandPool)(context.device, pool, NULL);

    commands = record_begin(&pool);
    image_barrier(commands, image, ignored, outside, general, general);
    EXPECT_BREACH("10387");
    image_barrier(commands, image, outside, ignored, general, general);
    EXPECT_BREACH("10388");
    image_barrier(commands, image, outside, 0, general, general);
    EXPECT_BREACH("10388");
    image_barrier(commands, image, 1, outside, general, VK_IMAGE_LAYOUT_UNDEFINED);
    EXPECT_BREACH("01198");
    DEVICE_CALL(DestroyCommandPool)(context.device, pool, NULL);
    DEVICE_CALL(DestroyImage)(context.device, image, NULL);
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
    end();
}

/* A device without synchronization2, without FOREIGN, and a CONCURRENT buffer. */
static void concurrent(void)
{
    static const char *const extensions[] = {"VK_KHR_external_memory_fd"};
    static const uint32_t families[] = {0, 1};
    VkExternalMemoryBufferCreateInfo external = {
        VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO, NULL, MEMORY_TYPE};
    VkBufferCreateInfo info = {VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                               &external,
                               0,
                               4096,
                               VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                               VK_SHARING_MODE_CONCURRENT,
                               2,
                               families};
    VkBufferMemoryBarrier barrier = {VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER,
                                     NULL,
                                     0,
                                     0,
                                     VK_QUEUE_FAMILY_IGNORED,
                                     VK_QUEUE_FAMILY_EXTERNAL,
                                     VK_NULL_HANDLE,
                                     0,
                                     VK_WHOLE_SIZE};
    VkDependencyInfo dependency = {
        VK_STRUCTURE_TYPE_DEPENDENCY_INFO, NULL, 0, 0, NULL, 0, NULL, 0, NULL};
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    VkDevice plain, kept;
    VkCommandBuffer commands;
    VkDeviceMemory memory;
    VkCommandPool pool;

    begin(NULL);
    kept = context.device;
    plain = make_device(context.physical[0], false, 1, extensions);
    context.device = plain;
    CHECK(DEVICE_CALL(GetMemoryFdKHR) != NULL && DEVICE_CALL(GetSemaphoreFdKHR) == NULL);
    CHECK(DEVICE_CALL(GetMemoryHostPointerPropertiesEXT) == NULL);
    CHECK(DEVICE_CALL(CreateBuffer)(plain, &info, NULL, &barrier.buffer) == VK_SUCCESS);
    memory = make_exported(MEMORY_TYPE, MEMORY_TYPE, NULL);
    CHECK(DEVICE_CALL(BindBufferMemory)(plain, barrier.buffer, memory, 0) == VK_SUCCESS);
    commands = record_begin(&pool);
    DEVICE_CALL(CmdPipelineBarrier)(commands, stage, stage, 0, 0, NULL, 1, &barrier, 0, NULL);
    CHECK(model_breach_count() == 0);
    barrier.srcQueueFamilyIndex = 1;
    DEVICE_CALL(CmdPipelineBarrier)(commands, stage, stage, 0, 0, NULL, 1, &barrier, 0, NULL);
    EXPECT_BREACH("09049");
    barrier.srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    barrier.dstQueueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT;
    DEVICE_CALL(CmdPipelineBarrier)(commands, stage, stage, 0, 0, NULL, 1, &barrier, 0, NULL);
    CHECK(model_breach_contains("VK_EXT_queue_family_foreign"));
    CHECK(model_breach_contains("09054"));
    model_take_breaches();
    DEVICE_CALL(CmdPipelineBarrier2)(commands, &dependency);
    EXPECT_BREACH("03848");
    DEVICE_CALL(DestroyCommandPool)(plain, pool, NULL);
    DEVICE_CALL(DestroyBuffer)(plain, barrier.buffer, NULL);
    DEVICE_CALL(FreeMemory)(plain, memory, NULL);
    DEVICE_CALL(DestroyDevice)(plain, NULL);
    context.device = kept;
    end();
}

void test_handover(void)
{
    pairs();
    concurrent();
}
