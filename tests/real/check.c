/*
 * The validation layer itself: whether it is on, and whether its messages reach the tests.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "real/fixture.h"
#include "real/validation.h"

TestSuite(validation, .init = real_begin, .fini = real_end);

static void need_layer(void)
{
    if (!validation_is_there()) {
        cr_skip_test("the validation layer is not installed: no call is checked in this run");
    }
}

Test(validation, reports_a_broken_rule)
{
    struct gpu gpu;
    struct staging staging;
    char text[4096];

    need_layer();
    gpu_open(&gpu);
    gpu_create_staging(&gpu, 64, &staging);
    cr_assert_eq(validation_problems(text, sizeof(text)), 0, "%s", text);
    gpu_begin(&gpu);
    vkCmdFillBuffer(gpu.commands, staging.buffer, 0, 6, 0); /* not a multiple of 4 */
    VK(vkEndCommandBuffer(gpu.commands));
    cr_expect_eq(validation_problems(text, sizeof(text)), 1, "%s", text);
    cr_expect(validation_take("VUID-vkCmdFillBuffer-size-00028"), "it reported: %s", text);
    gpu_destroy_staging(&gpu, &staging);
    gpu_close(&gpu);
}

Test(validation, reports_a_race_on_the_gpu)
{
    const VkBufferCopy whole = {0, 0, 64};
    struct gpu gpu;
    struct staging staging;
    struct staging other;
    char text[4096];

    need_layer();
    gpu_open(&gpu);
    gpu_create_staging(&gpu, 64, &staging);
    gpu_create_staging(&gpu, 64, &other);
    gpu_begin(&gpu);
    vkCmdFillBuffer(gpu.commands, staging.buffer, 0, 64, 0);
    vkCmdCopyBuffer(gpu.commands, staging.buffer, other.buffer, 1, &whole); /* no barrier */
    VK(vkEndCommandBuffer(gpu.commands));
    cr_expect_eq(validation_problems(text, sizeof(text)), 1, "%s", text);
    cr_expect(validation_take("SYNC-HAZARD-READ_AFTER_WRITE") ||
                  validation_take("SYNC-HAZARD-READ-AFTER-WRITE"),
              "it reported: %s", text);
    gpu_destroy_staging(&gpu, &other);
    gpu_destroy_staging(&gpu, &staging);
    gpu_close(&gpu);
}

Test(validation, reports_an_object_that_outlives_its_device)
{
    const VkBufferCreateInfo info = gpu_buffer_info(64);
    struct gpu gpu;
    VkBuffer buffer;
    char text[4096];

    need_layer();
    gpu_open(&gpu);
    support_leak_on_purpose(true);
    VK(vkCreateBuffer(gpu.vk, &info, NULL, &buffer));
    support_leak_on_purpose(false);
    gpu_close(&gpu);
    cr_expect_eq(validation_problems(text, sizeof(text)), 1, "%s", text);
    cr_expect(validation_take("VUID-vkDestroyDevice-device-00378") ||
                  validation_take("VUID-vkDestroyDevice-device-05137"),
              "it reported: %s", text);
}

/* The message that is known to be false is so only after an acquire. The image is a plain one,
 * since later layers believe every first layout of an external one. */
Test(validation, reports_a_layout_that_nobody_set)
{
    const VkImageCreateInfo info = gpu_image_info(16, 16, VK_IMAGE_TILING_OPTIMAL);
    const VkClearColorValue black = {.uint32 = {0}};
    const VkImageSubresourceRange whole = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    struct gpu gpu;
    VkImage image;
    VkDeviceMemory memory;
    VkMemoryRequirements needs;
    char text[4096];

    need_layer();
    gpu_open(&gpu);
    VK(vkCreateImage(gpu.vk, &info, NULL, &image));
    vkGetImageMemoryRequirements(gpu.vk, image, &needs);
    const VkMemoryAllocateInfo allocate = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = needs.size,
        .memoryTypeIndex = gpu_memory_type(&gpu, needs.memoryTypeBits, 0),
    };
    VK(vkAllocateMemory(gpu.vk, &allocate, NULL, &memory));
    VK(vkBindImageMemory(gpu.vk, image, memory, 0));
    gpu_begin(&gpu);
    vkCmdClearColorImage(gpu.commands, image, VK_IMAGE_LAYOUT_GENERAL, &black, 1,
                         &whole); /* it is still UNDEFINED */
    gpu_submit_and_wait(&gpu);
    cr_expect_eq(validation_problems(text, sizeof(text)), 1, "%s", text);
    cr_expect(validation_take("UNASSIGNED-CoreValidation-DrawState-InvalidImageLayout") ||
                  validation_take("VUID-vkCmdDraw-None-09600"),
              "it reported: %s", text);
    vkDestroyImage(gpu.vk, image, NULL);
    vkFreeMemory(gpu.vk, memory, NULL);
    gpu_close(&gpu);
}
