/*
 * Both sides of a test on real drivers.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/real_gl.h"

#include <stdio.h>
#include <string.h>

#include "real/validation.h"

struct gpu gl_gpu;
struct context gl_context;
static bool opened;

/* Some drivers open descriptors of their own at the first object of a kind. */
static void warm_up(void)
{
    const VxmSemaphoreCreateInfo how = {.handleTypes = REAL_SEMAPHORE};
    VkImageCreateInfo info = gpu_image_info(16, 16, VK_IMAGE_TILING_OPTIMAL);
    VxmMemory memory = gl_new_image(&info, VXM_DEDICATED_AUTO);
    VxmGlSemaphore glSemaphore;
    VxmSemaphore semaphore;
    VxmGlMemory texture;

    VXM(vxmGlImportMemory(&gl_context.gl, memory, NULL, &texture));
    glFinish();
    vxmGlDestroyMemory(&gl_context.gl, &texture);
    vxmDestroyMemory(memory);
    if (vxmCreateSemaphore(gl_gpu.device, &how, &semaphore) == VK_SUCCESS) {
        if (vxmGlImportSemaphore(&gl_context.gl, semaphore, REAL_SEMAPHORE, &glSemaphore) ==
            VK_SUCCESS) {
            vxmGlDestroySemaphore(&gl_context.gl, &glSemaphore);
        }
        vxmDestroySemaphore(semaphore);
    }
}

void gl_real_begin(void)
{
    VxmError error;

    support_keep_drivers_loaded();
    gpu_open(&gl_gpu);
    /* One context for the whole process: ending it unloads the driver, whose globals would then
     * look lost. */
    if (!opened && !context_open(&gl_context, gl_gpu.info.identity)) {
        vxmGetLastError(&error);
        cr_assert_fail("there is no OpenGL for this device: %s", error.message);
    }
    if (!opened) {
        printf("OpenGL: %s, %s\n", (const char *)glGetString(GL_RENDERER),
               (const char *)glGetString(GL_VERSION));
    }
    opened = true;
    warm_up();
    support_begin();
}

void gl_real_end(void)
{
    char text[8192];

    if (!opened) {
        return;
    }
    glFinish();
    support_end();
    gpu_close(&gl_gpu);
    unsigned problems = validation_problems(text, sizeof(text));
    cr_expect_eq(problems, 0, "the validation layer reported %u problems:\n%s", problems, text);
}

VxmMemory gl_new_buffer(VkDeviceSize size, VxmDedicated dedicated)
{
    const VkBufferCreateInfo info = gpu_buffer_info(size);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE, .dedicated = dedicated};
    VxmMemory memory = NULL;

    VXM(vxmCreateBuffer(gl_gpu.device, &info, &how, &memory));
    return memory;
}

VxmMemory gl_new_image(const VkImageCreateInfo *info, VxmDedicated dedicated)
{
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE, .dedicated = dedicated};
    VxmMemory memory = NULL;

    VXM(vxmCreateImage(gl_gpu.device, info, &how, &memory));
    return memory;
}

/* ---- contents ---- */

static uint32_t level_extent(uint32_t extent, uint32_t level)
{
    return extent >> level > 0 ? extent >> level : 1;
}

unsigned gl_parts(const VkImageCreateInfo *info, size_t texelSize, size_t blockSize,
                  struct gl_part parts[16])
{
    size_t offset = 0;

    for (uint32_t level = 0; level < info->mipLevels; level++) {
        struct gl_part *const part = &parts[level];

        *part = (struct gl_part){.level = level,
                                 .width = level_extent(info->extent.width, level),
                                 .height = level_extent(info->extent.height, level),
                                 .depth = level_extent(info->extent.depth, level),
                                 .layers = info->arrayLayers,
                                 .offset = offset};
        part->size = blockSize != 0
                         ? (size_t)((part->width + 3) / 4) * ((part->height + 3) / 4) * blockSize
                         : (size_t)part->width * part->height * texelSize;
        part->size *= (size_t)part->depth * part->layers;
        offset += part->size;
    }
    return info->mipLevels;
}

static VkImageAspectFlags aspect_of(VkFormat format)
{
    return format >= VK_FORMAT_D16_UNORM && format <= VK_FORMAT_D32_SFLOAT
               ? VK_IMAGE_ASPECT_DEPTH_BIT
               : VK_IMAGE_ASPECT_COLOR_BIT;
}

static void record(VxmMemory memory, const VkImageCreateInfo *info, const struct gl_part *parts,
                   unsigned partCount, VkBuffer buffer, bool write)
{
    const VkImage image = vxmGetVkImage(memory);

    for (unsigned i = 0; i < partCount; i++) {
        const VkBufferImageCopy region = {
            .bufferOffset = parts[i].offset,
            .imageSubresource = {aspect_of(info->format), parts[i].level, 0, parts[i].layers},
            .imageExtent = {parts[i].width, parts[i].height, parts[i].depth},
        };

        if (write) {
            vkCmdCopyBufferToImage(gl_gpu.commands, buffer, image, VK_IMAGE_LAYOUT_GENERAL, 1,
                                   &region);
        } else {
            vkCmdCopyImageToBuffer(gl_gpu.commands, image, VK_IMAGE_LAYOUT_GENERAL, buffer, 1,
                                   &region);
        }
    }
}

void gl_upload(VxmMemory memory, const VkImageCreateInfo *info, const struct gl_part *parts,
               unsigned partCount, const void *data, VxmHandover *handover)
{
    const VxmUse use = gpu_use(&gl_gpu);
    const struct gl_part *const last = &parts[partCount - 1];
    const VkImageMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
        .dstAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
        .newLayout = VK_IMAGE_LAYOUT_GENERAL,
        .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .image = vxmGetVkImage(memory),
        .subresourceRange = {aspect_of(info->format), 0, VK_REMAINING_MIP_LEVELS, 0,
                             VK_REMAINING_ARRAY_LAYERS},
    };
    struct staging staging;

    gpu_create_staging(&gl_gpu, last->offset + last->size, &staging);
    memcpy(staging.data, data, last->offset + last->size);
    gpu_begin(&gl_gpu);
    vkCmdPipelineBarrier(gl_gpu.commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                         VK_PIPELINE_STAGE_TRANSFER_BIT, 0, 0, NULL, 0, NULL, 1, &barrier);
    record(memory, info, parts, partCount, staging.buffer, true);
    memset(handover, 0, sizeof(*handover));
    VXM(vxmCmdReleaseMemory(gl_gpu.commands, memory, &use, handover));
    gpu_submit_and_wait(&gl_gpu);
    gpu_destroy_staging(&gl_gpu, &staging);
}

void gl_download(VxmMemory memory, const VkImageCreateInfo *info, const struct gl_part *parts,
                 unsigned partCount, void *data, const VxmHandover *handover)
{
    const VxmUse use = gpu_use(&gl_gpu);
    const struct gl_part *const last = &parts[partCount - 1];
    struct staging staging;

    gpu_create_staging(&gl_gpu, last->offset + last->size, &staging);
    gpu_begin(&gl_gpu);
    VXM(vxmCmdAcquireMemory(gl_gpu.commands, memory, handover, &use));
    validation_acquired(vxmGetVkImage(memory));
    record(memory, info, parts, partCount, staging.buffer, false);
    gpu_barrier(&gl_gpu);
    gpu_submit_and_wait(&gl_gpu);
    memcpy(data, staging.data, last->offset + last->size);
    gpu_destroy_staging(&gl_gpu, &staging);
}
