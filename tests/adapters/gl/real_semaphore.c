/*
 * Semaphores, between real drivers.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/gl/real_gl.h"

#include <stdlib.h>
#include <string.h>

TestSuite(real_semaphore, .init = gl_real_begin, .fini = gl_real_end);

#define ROUNDS 20

static void need(VkSemaphoreType type)
{
    real_need_semaphore(type);
    if (!gl_context.gl.semaphoreFd) {
        cr_skip_test("this OpenGL has no GL_EXT_semaphore_fd");
    }
    if (type == VK_SEMAPHORE_TYPE_TIMELINE && !gl_context.gl.timelineSemaphore) {
        cr_skip_test("this OpenGL has no GL_NV_timeline_semaphore");
    }
}

/* Vulkan writes, OpenGL changes one texel and gives the image back, Vulkan reads; nobody waits on
 * the CPU in between but for Vulkan's own fence. */
static void take_turns(VkSemaphoreType type)
{
    const VxmSemaphoreCreateInfo how = {.semaphoreType = type, .handleTypes = REAL_SEMAPHORE};
    const bool binary = type == VK_SEMAPHORE_TYPE_BINARY;
    VkImageCreateInfo info = gpu_image_info(256, 256, VK_IMAGE_TILING_OPTIMAL);
    const VxmUse use = gpu_use(&gl_gpu);
    const VxmGl *const gl = &gl_context.gl;
    VxmSemaphore semaphores[2] = {NULL, NULL};
    VxmGlSemaphore glSemaphores[2];
    struct gl_part parts[16];
    uint64_t value = 0;
    VxmGlMemory texture;
    struct staging out;
    VxmMemory memory;

    info.usage |= VK_IMAGE_USAGE_SAMPLED_BIT;
    memory = gl_new_image(&info, VXM_DEDICATED_AUTO);
    (void)gl_parts(&info, 4, 0, parts);
    gpu_create_staging(&gl_gpu, parts[0].size, &out);
    VXM(vxmGlImportMemory(gl, memory, NULL, &texture));
    for (unsigned i = 0; i < (binary ? 2 : 1); i++) {
        VXM(vxmCreateSemaphore(gl_gpu.device, &how, &semaphores[i]));
        VXM(vxmGlImportSemaphore(gl, semaphores[i], REAL_SEMAPHORE, &glSemaphores[i]));
    }
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const VkClearColorValue colour = {.float32 = {(float)(round & 1), 1.0f, 0.0f, 1.0f}};
        const VkImageSubresourceRange whole = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
        const VkBufferImageCopy region = {
            .imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
            .imageExtent = {256, 256, 1},
        };
        const unsigned char texel[4] = {1, 2, 3, (unsigned char)round};
        const unsigned char *const found = out.data;
        VxmHandover handover = {0};

        gpu_begin(&gl_gpu);
        gpu_layout(&gl_gpu, vxmGetVkImage(memory), VK_IMAGE_LAYOUT_UNDEFINED,
                   VK_IMAGE_LAYOUT_GENERAL);
        vkCmdClearColorImage(gl_gpu.commands, vxmGetVkImage(memory), VK_IMAGE_LAYOUT_GENERAL,
                             &colour, 1, &whole);
        VXM(vxmCmdReleaseMemory(gl_gpu.commands, memory, &use, &handover));
        gpu_submit(&gl_gpu, NULL, 0, semaphores[0], ++value);

        const VxmGlBarrier barrier = {.texture = texture.texture, .layout = handover.layout};
        VXM(vxmGlWaitSemaphore(gl, &glSemaphores[0], value, 1, &barrier));
        glBindTexture(GL_TEXTURE_2D, texture.texture);
        glTexSubImage2D(GL_TEXTURE_2D, 0, (GLint)round, 7, 1, 1, GL_RGBA, GL_UNSIGNED_BYTE, texel);
        VXM(vxmGlSignalSemaphore(gl, &glSemaphores[binary ? 1 : 0], ++value, 1, &barrier));
        gpu_wait(&gl_gpu);

        gpu_begin(&gl_gpu);
        VXM(vxmCmdAcquireMemory(gl_gpu.commands, memory, &handover, &use));
        vkCmdCopyImageToBuffer(gl_gpu.commands, vxmGetVkImage(memory), VK_IMAGE_LAYOUT_GENERAL,
                               out.buffer, 1, &region);
        gpu_barrier(&gl_gpu);
        gpu_submit(&gl_gpu, semaphores[binary ? 1 : 0], value, NULL, 0);
        gpu_wait(&gl_gpu);
        const unsigned char *const changed = found + 4 * (7 * 256 + round);
        cr_assert_eq(memcmp(changed, texel, 4), 0, "round %u: OpenGL's texel is missing", round);
        cr_assert(changed[4] == 255 * (round & 1) && changed[5] == 255,
                  "round %u: Vulkan's texels are missing", round);
    }
    GL_CLEAN();
    for (unsigned i = 0; i < (binary ? 2 : 1); i++) {
        vxmGlDestroySemaphore(gl, &glSemaphores[i]);
        vxmDestroySemaphore(semaphores[i]);
    }
    vxmGlDestroyMemory(gl, &texture);
    gpu_destroy_staging(&gl_gpu, &out);
    vxmDestroyMemory(memory);
}

Test(real_semaphore, binary)
{
    need(VK_SEMAPHORE_TYPE_BINARY);
    take_turns(VK_SEMAPHORE_TYPE_BINARY);
}

Test(real_semaphore, timeline)
{
    need(VK_SEMAPHORE_TYPE_TIMELINE);
    take_turns(VK_SEMAPHORE_TYPE_TIMELINE);
}

/* Where OpenGL has none, it says so before anything else. */
Test(real_semaphore, absent_is_said)
{
    const VxmSharedSemaphore shared = {.handleType = REAL_SEMAPHORE};
    VxmGlSemaphore semaphore;
    VxmGl gl = gl_context.gl;

    gl.semaphoreFd = VK_FALSE;
    FAILS(vxmGlImportSharedSemaphore(&gl, &shared, &semaphore), VK_ERROR_EXTENSION_NOT_PRESENT,
          "no GL_EXT_semaphore_fd");
}
