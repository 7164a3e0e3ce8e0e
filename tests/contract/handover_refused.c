/*
 * Hand-overs that can't be: refused before anything is recorded.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/recorder.h"

TestSuite(handover_refused, .init = contract_begin, .fini = contract_end);

Test(handover_refused, layouts_must_suit_the_image)
{
    static const struct {
        VkFormat format;
        VkImageUsageFlags usage;
        VkImageLayout layout;
        bool fits;
    } cases[] = {
        {VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_USAGE_SAMPLED_BIT, VK_IMAGE_LAYOUT_GENERAL, true},
        {VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_USAGE_SAMPLED_BIT,
         VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, true},
        {VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_USAGE_SAMPLED_BIT, VK_IMAGE_LAYOUT_READ_ONLY_OPTIMAL,
         true},
        {VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_USAGE_SAMPLED_BIT,
         VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL, false},
        {VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_USAGE_SAMPLED_BIT, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
         false},
        {VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_USAGE_TRANSFER_SRC_BIT,
         VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, true},
        {VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_USAGE_TRANSFER_SRC_BIT,
         VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, false},
        {VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_USAGE_SAMPLED_BIT,
         VK_IMAGE_LAYOUT_DEPTH_STENCIL_READ_ONLY_OPTIMAL, false},
        {VK_FORMAT_D24_UNORM_S8_UINT, VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT,
         VK_IMAGE_LAYOUT_DEPTH_STENCIL_ATTACHMENT_OPTIMAL, true},
        {VK_FORMAT_D24_UNORM_S8_UINT, VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT,
         VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL, false},
        {VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_USAGE_SAMPLED_BIT, VK_IMAGE_LAYOUT_PREINITIALIZED,
         false},
        {VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_USAGE_SAMPLED_BIT, VK_IMAGE_LAYOUT_PRESENT_SRC_KHR,
         false},
        {VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_USAGE_SAMPLED_BIT, (VkImageLayout)0x7000, false},
    };
    VxmDevice device = contract_device();

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        VxmMemory memory = make_image(device, cases[i].format, cases[i].usage);
        struct recorder recorder = recorder_open(device);
        VxmHandover handover = {.layout = cases[i].layout};
        VxmHandover before = handover;
        VxmUse use = {.stageMask = EVERY_STAGE,
                      .layout = VK_IMAGE_LAYOUT_GENERAL,
                      .queueFamilyIndex = FAMILY};

        contract_note("case %zu", i);
        if (cases[i].fits) {
            require(vxmCmdReleaseMemory(recorder.commands, memory, &use, &handover));
            require(vxmCmdAcquireMemory(recorder.commands, memory, &handover, &use));
        } else {
            size_t count = model_barrier_count();

            expect_error(vxmCmdReleaseMemory(recorder.commands, memory, &use, &handover),
                         VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "layout");
            expect_error(vxmCmdAcquireMemory(recorder.commands, memory, &handover, &use),
                         VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "layout");
            cr_expect_arr_eq(&handover, &before, sizeof(handover));
            cr_expect_eq(model_barrier_count(), count);
        }
        recorder_close(&recorder);
        vxmDestroyMemory(memory);
    }
    vxmDestroyDevice(device);
}

/* It came with synchronization2. */
Test(handover_refused, layout_that_needs_a_feature)
{
    VxmDevice device = device_without_synchronization2();
    VxmMemory memory =
        make_image(device, VK_FORMAT_R8G8B8A8_UNORM, VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT);
    struct recorder recorder = recorder_open(device);
    VxmHandover handover = {.layout = VK_IMAGE_LAYOUT_ATTACHMENT_OPTIMAL};
    VxmUse use = {
        .stageMask = EVERY_STAGE, .layout = VK_IMAGE_LAYOUT_GENERAL, .queueFamilyIndex = FAMILY};

    expect_error(vxmCmdReleaseMemory(recorder.commands, memory, &use, &handover),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "layout");
    recorder_close(&recorder);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(handover_refused, arguments_are_checked)
{
    VxmDevice device = contract_device();
    VxmMemory image = make_copy_image(device);
    VxmMemory buffer = make_buffer(device, OPAQUE, VK_SHARING_MODE_EXCLUSIVE);
    VxmMemoryCreateInfo memoryInfo = contract_memory_info(OPAQUE);
    struct recorder recorder = recorder_open(device);
    static const uint32_t families[] = {VK_QUEUE_FAMILY_IGNORED, VK_QUEUE_FAMILY_EXTERNAL,
                                        VK_QUEUE_FAMILY_FOREIGN_EXT, 2};
    VxmHandover handover = {0};
    VxmMemory raw = NULL;
    VxmUse use = written;

    /* Each is an error of both, before anything is recorded. */
#define REFUSED(memory, part)                                                                      \
    do {                                                                                           \
        VxmHandover copy = handover;                                                               \
        expect_error(vxmCmdReleaseMemory(recorder.commands, memory, &use, &copy),                  \
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, part);             \
        cr_expect_arr_eq(&copy, &handover, sizeof(copy));                                          \
        expect_error(vxmCmdAcquireMemory(recorder.commands, memory, &handover, &use),              \
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, part);             \
    } while (0)
    require(vxmCreateMemory(device, 4096, &memoryInfo, &raw));
    REFUSED(raw, "raw");
    REFUSED(NULL, "memory");
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
        use.queueFamilyIndex = families[i];
        REFUSED(buffer, "use->queueFamilyIndex");
    }
    use = written;
    handover.queueFamilyIndex = VK_QUEUE_FAMILY_IGNORED;
    REFUSED(buffer, "handover->queueFamilyIndex");
    handover.queueFamilyIndex = 1;
    REFUSED(buffer, "handover->queueFamilyIndex");
    handover.queueFamilyIndex = 0;
    handover.layout = VK_IMAGE_LAYOUT_GENERAL;
    REFUSED(buffer, "layout");
    handover = (VxmHandover){.flags = 0x100};
    REFUSED(buffer, "flags");
#undef REFUSED
    handover = (VxmHandover){0};
    expect_error(vxmCmdReleaseMemory(NULL, buffer, &written, &handover),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "commandBuffer");
    expect_error(vxmCmdReleaseMemory(recorder.commands, buffer, NULL, &handover),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "use");
    expect_error(vxmCmdReleaseMemory(recorder.commands, buffer, &written, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "handover");
    expect_error(vxmCmdAcquireMemory(NULL, buffer, &handover, &written),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "commandBuffer");
    expect_error(vxmCmdAcquireMemory(recorder.commands, buffer, NULL, &written),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "handover");
    /* Without a layout an acquire would lose the contents. */
    expect_error(vxmCmdAcquireMemory(recorder.commands, image, &handover, &written),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "layout");
    handover.layout = VK_IMAGE_LAYOUT_GENERAL;
    use.layout = VK_IMAGE_LAYOUT_UNDEFINED;
    expect_error(vxmCmdAcquireMemory(recorder.commands, image, &handover, &use),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "use->layout");
    use.layout = VK_IMAGE_LAYOUT_PREINITIALIZED;
    expect_error(vxmCmdAcquireMemory(recorder.commands, image, &handover, &use),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "use->layout");
    cr_expect_eq(model_barrier_count(), 0);
    recorder_close(&recorder);
    vxmDestroyMemory(raw);
    vxmDestroyMemory(buffer);
    vxmDestroyMemory(image);
    vxmDestroyDevice(device);
}

Test(handover_refused, stages_above_32_bits_need_synchronization2)
{
    VxmUse use = {.stageMask = VK_PIPELINE_STAGE_2_COPY_BIT,
                  .accessMask = COPY_WRITE,
                  .queueFamilyIndex = FAMILY};

    for (int run = 0; run < 2; run++) {
        VxmDevice device = run == 0 ? contract_device() : device_without_synchronization2();
        VxmMemory memory = make_buffer(device, OPAQUE, VK_SHARING_MODE_EXCLUSIVE);
        struct recorder recorder = recorder_open(device);
        VxmHandover handover = {0};

        if (run == 0) {
            require(vxmCmdReleaseMemory(recorder.commands, memory, &use, &handover));
            cr_expect_eq(barrier_at(0).srcStageMask, VK_PIPELINE_STAGE_2_COPY_BIT);
        } else {
            VxmUse access = written;

            expect_error(vxmCmdReleaseMemory(recorder.commands, memory, &use, &handover),
                         VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "32 bits");
            access.accessMask = VK_ACCESS_2_SHADER_STORAGE_WRITE_BIT;
            expect_error(vxmCmdReleaseMemory(recorder.commands, memory, &access, &handover),
                         VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "32 bits");
            cr_expect_eq(handover.queueFamilyIndex, 0);
            cr_expect_eq(model_barrier_count(), 0);
        }
        recorder_close(&recorder);
        vxmDestroyMemory(memory);
        vxmDestroyDevice(device);
        expect_idle();
    }
}
