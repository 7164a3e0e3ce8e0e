/*
 * What the library's own question answers, a line for each: what vxm-info's tables must say.
 *
 *   DEVICE KIND TYPE COLUMN exportable importable dedicatedOnly reexportable compatible
 *   DEVICE modifiers MODIFIER PLACE planeCount exportable importable dedicatedOnly
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define VK_NO_PROTOTYPES
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vxm/vxm.h>

static void ask(VxmDevice device, unsigned index, const VxmQueryInfo *question, const char *column)
{
    VxmQueryResult answer;
    VxmError error;

    if (vxmQuery(device, question, &answer) != VK_SUCCESS) {
        vxmGetLastError(&error);
        fprintf(stderr, "%s\n", error.message);
        exit(EXIT_FAILURE);
    }
    printf("%u %s %s %s %u %u %u %u %u\n", index,
           question->kind == VXM_HANDLE_KIND_MEMORY ? "memory" : "semaphores",
           vxmHandleTypeName(question->kind, question->handleType), column,
           (unsigned)answer.exportable, (unsigned)answer.importable, (unsigned)answer.dedicatedOnly,
           (unsigned)answer.reexportable, (unsigned)answer.compatibleHandleTypes);
}

static void ask_modifiers(VxmDevice device, unsigned index, const VkImageCreateInfo *linear)
{
    VkImageCreateInfo image = *linear;
    VxmModifiers modifiers;
    VxmError error;

    image.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    if (vxmGetModifiers(device, &image, VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
                        &modifiers) != VK_SUCCESS) {
        vxmGetLastError(&error);
        fprintf(stderr, "%s\n", error.message);
        exit(EXIT_FAILURE);
    }
    for (uint32_t i = 0; i < modifiers.modifierCount; i++) {
        const VxmModifierProperties *one = &modifiers.modifiers[i];

        printf("%u modifiers 0x%016llx %u %u %u %u %u\n", index,
               (unsigned long long)one->drmFormatModifier, i, (unsigned)one->planeCount,
               (unsigned)one->exportable, (unsigned)one->importable, (unsigned)one->dedicatedOnly);
    }
}

static void ask_all(VxmDevice device, unsigned index)
{
    const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = 65536,
                                       .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                                VK_BUFFER_USAGE_TRANSFER_DST_BIT |
                                                VK_BUFFER_USAGE_STORAGE_BUFFER_BIT};
    const VkImageCreateInfo image = {.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                                     .imageType = VK_IMAGE_TYPE_2D,
                                     .format = VK_FORMAT_R8G8B8A8_UNORM,
                                     .extent = {64, 64, 1},
                                     .mipLevels = 1,
                                     .arrayLayers = 1,
                                     .samples = VK_SAMPLE_COUNT_1_BIT,
                                     .tiling = VK_IMAGE_TILING_OPTIMAL,
                                     .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT |
                                              VK_IMAGE_USAGE_TRANSFER_DST_BIT |
                                              VK_IMAGE_USAGE_SAMPLED_BIT};

    /* Each bit, whether the system knows it or not: the test looks for those that the tool shows,
     * and that no other can be shared. */
    for (uint32_t type = 1; type != 0; type <<= 1) {
        VxmQueryInfo question = {.kind = VXM_HANDLE_KIND_MEMORY, .handleType = type};
        if (strcmp(vxmHandleTypeName(question.kind, type), "unknown") != 0) {
            question.buffer = &buffer;
            ask(device, index, &question, "buffer");
            question.buffer = NULL;
            question.image = &image;
            ask(device, index, &question, "image");
        }
        question = (VxmQueryInfo){.kind = VXM_HANDLE_KIND_SEMAPHORE, .handleType = type};
        if (strcmp(vxmHandleTypeName(question.kind, type), "unknown") != 0) {
            ask(device, index, &question, "binary");
            question.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
            ask(device, index, &question, "timeline");
        }
    }
    ask_modifiers(device, index, &image);
}

int main(void)
{
    VxmDeviceCreateInfo info = {0};
    VxmDevice device;

    while (vxmCreateDevice(&info, &device) == VK_SUCCESS) {
        ask_all(device, info.deviceIndex);
        vxmDestroyDevice(device);
        info.deviceIndex++;
    }
    return info.deviceIndex > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
