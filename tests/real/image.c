/*
 * Images, shared between two devices of one process.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "real/fixture.h"

TestSuite(image, .init = real_begin, .fini = real_end);

/* Written on one device, read on another that has imported it; then the other way round. */
static void share_image(const VkImageCreateInfo *info, VxmDedicated dedicated)
{
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE, .dedicated = dedicated};
    const VxmQueryInfo question = {.handleType = REAL_TYPE, .image = info};
    VxmQueryResult answer;
    struct gpu here;
    struct gpu there;
    VxmMemory memory = NULL;
    VxmMemory imported = NULL;
    VxmShared shared;
    VxmHandover handover;

    gpu_open(&here);
    VXM(vxmQuery(here.device, &question, &answer));
    cr_assert(answer.exportable && answer.importable, "%s", answer.reason);
    if (answer.dedicatedOnly && dedicated == VXM_DEDICATED_OFF) {
        FAILS(vxmCreateImage(here.device, info, &how, &memory), VK_ERROR_FEATURE_NOT_PRESENT,
              "dedicated");
        cr_expect_null(memory);
        gpu_close(&here);
        return;
    }
    gpu_open(&there);
    VXM(vxmCreateImage(here.device, info, &how, &memory));
    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    cr_expect_eq(shared.dedicated, dedicated == VXM_DEDICATED_OFF ? VK_FALSE : VK_TRUE);
    cr_expect(support_is_cloexec(REAL_NATIVE(shared.memories[0].handle)));
    gpu_write(&here, memory, &shared, 11, true, &handover);
    cr_expect_eq(handover.layout, VK_IMAGE_LAYOUT_GENERAL);

    VXM(vxmImportMemory(there.device, &shared, NULL, &imported));
    vxmCloseShared(&shared);
    cr_expect(gpu_holds(&there, imported, &shared, &handover, 11));
    gpu_write(&there, imported, &shared, 12, false, &handover);
    cr_expect(gpu_holds(&here, memory, &shared, &handover, 12));

    vxmDestroyMemory(memory);
    gpu_close(&here);
    cr_expect(gpu_holds(&there, imported, &shared, &handover, 12));
    vxmDestroyMemory(imported);
    gpu_close(&there);
}

Test(image, optimal_dedicated_by_the_librarys_choice)
{
    const VkImageCreateInfo info = gpu_image_info(640, 480, VK_IMAGE_TILING_OPTIMAL);
    share_image(&info, VXM_DEDICATED_AUTO);
}

Test(image, optimal_dedicated)
{
    const VkImageCreateInfo info = gpu_image_info(640, 480, VK_IMAGE_TILING_OPTIMAL);
    share_image(&info, VXM_DEDICATED_ON);
}

Test(image, optimal_not_dedicated)
{
    const VkImageCreateInfo info = gpu_image_info(640, 480, VK_IMAGE_TILING_OPTIMAL);
    share_image(&info, VXM_DEDICATED_OFF);
}

Test(image, linear)
{
    const VkImageCreateInfo info = gpu_image_info(333, 77, VK_IMAGE_TILING_LINEAR);
    share_image(&info, VXM_DEDICATED_AUTO);
}

Test(image, levels_and_layers)
{
    VkImageCreateInfo info = gpu_image_info(256, 128, VK_IMAGE_TILING_OPTIMAL);
    info.mipLevels = 5;
    info.arrayLayers = 3;
    share_image(&info, VXM_DEDICATED_AUTO);
}

Test(image, with_a_format_list)
{
    const VkFormat formats[] = {VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_R8G8B8A8_SRGB};
    const VkImageFormatListCreateInfo list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_FORMAT_LIST_CREATE_INFO,
        .viewFormatCount = 2,
        .pViewFormats = formats,
    };
    VkImageCreateInfo info = gpu_image_info(64, 64, VK_IMAGE_TILING_OPTIMAL);
    info.flags = VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT;
    info.usage |= VK_IMAGE_USAGE_SAMPLED_BIT;
    info.pNext = &list;
    share_image(&info, VXM_DEDICATED_AUTO);
}

Test(image, two_imports_are_aliases)
{
    const VkImageCreateInfo info = gpu_image_info(300, 200, VK_IMAGE_TILING_OPTIMAL);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    struct gpu gpu;
    VxmMemory memory = NULL;
    VxmMemory first = NULL;
    VxmMemory second = NULL;
    VxmShared shared;
    VxmHandover handover;

    gpu_open(&gpu);
    VXM(vxmCreateImage(gpu.device, &info, &how, &memory));
    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    VXM(vxmImportMemory(gpu.device, &shared, NULL, &first));
    VXM(vxmImportMemory(gpu.device, &shared, NULL, &second));
    vxmCloseShared(&shared);

    gpu_write(&gpu, first, &shared, 13, true, &handover);
    cr_expect(gpu_holds(&gpu, second, &shared, &handover, 13));
    gpu_write(&gpu, second, &shared, 14, false, &handover);
    cr_expect(gpu_holds(&gpu, memory, &shared, &handover, 14));

    vxmDestroyMemory(memory);
    vxmDestroyMemory(second);
    cr_expect(gpu_holds(&gpu, first, &shared, &handover, 14));
    vxmDestroyMemory(first);
    gpu_close(&gpu);
}

/* A clear of the import, handed over in another layout than GENERAL. */
Test(image, cleared_by_the_importer)
{
    const VkImageCreateInfo info = gpu_image_info(128, 128, VK_IMAGE_TILING_OPTIMAL);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    const VkClearColorValue colour = {.float32 = {1.0f, 0.0f, 1.0f, 0.0f}};
    const VkImageSubresourceRange whole = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
    struct gpu gpu;
    VxmMemory memory = NULL;
    VxmMemory imported = NULL;
    VxmShared shared;
    VxmHandover handover = {.layout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL};
    uint32_t *pixels = malloc(128 * 128 * 4);

    gpu_open(&gpu);
    VxmUse use = gpu_use(&gpu);
    use.layout = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL;
    VXM(vxmCreateImage(gpu.device, &info, &how, &memory));
    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    VXM(vxmImportMemory(gpu.device, &shared, NULL, &imported));
    vxmCloseShared(&shared);

    gpu_begin(&gpu);
    gpu_layout(&gpu, vxmGetVkImage(imported), VK_IMAGE_LAYOUT_UNDEFINED,
               VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL);
    vkCmdClearColorImage(gpu.commands, vxmGetVkImage(imported),
                         VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, &colour, 1, &whole);
    VXM(vxmCmdReleaseMemory(gpu.commands, imported, &use, &handover));
    gpu_submit_and_wait(&gpu);
    cr_expect_eq(handover.layout, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL);
    cr_expect_eq(handover.queueFamilyIndex, VK_QUEUE_FAMILY_EXTERNAL);

    gpu_read(&gpu, memory, &shared, &handover, pixels);
    for (int i = 0; i < 128 * 128; i++) {
        cr_assert_eq(pixels[i], 0x00ff00ffu, "pixel %d is %08x", i, pixels[i]);
    }
    free(pixels);
    vxmDestroyMemory(imported);
    vxmDestroyMemory(memory);
    gpu_close(&gpu);
}
