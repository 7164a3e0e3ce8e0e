/*
 * Dma-bufs between real drivers of Vulkan and EGL: every pixel, both ways.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "adapters/egl/real_egl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vxm/dmabuf.h"

TestSuite(real_egl, .init = egl_real_begin, .fini = egl_real_end, .timeout = 300);

#define WIDTH  100
#define HEIGHT 60
#define PIXELS (WIDTH * HEIGHT)

/* ---- Vulkan's images ---- */

/* Those that both have, in all. */
static VxmModifierChoice common_modifiers(VkImageCreateInfo *info, VkBool32 opaque)
{
    VxmModifierChoice choice;
    VxmEglModifiers theirs;
    VxmModifiers ours;

    VXM(vxmGetModifiers(egl_gpu.device, info, DMA_BUF, &ours));
    VXM(vxmEglGetModifiers(&egl_context.egl, vxmGetFormatFourcc(info->format, opaque), VK_FALSE,
                           &theirs));
    VXM(vxmChooseModifiers(&ours, VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT, theirs.modifierCount,
                           theirs.modifiers, &choice));
    cr_assert_geq(choice.modifierCount, 1, "VkFormat %d: %s %s %s", (int)info->format, ours.reason,
                  theirs.reason, choice.reason);
    return choice;
}

static VxmMemory create_image(const VkImageCreateInfo *info, uint64_t modifier, VxmShared *shared)
{
    const VkImageDrmFormatModifierListCreateInfoEXT list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
        .drmFormatModifierCount = 1,
        .pDrmFormatModifiers = &modifier,
    };
    const VxmMemoryCreateInfo how = {.handleTypes = DMA_BUF};
    VkImageCreateInfo one = *info;
    VxmMemory memory = NULL;

    one.pNext = &list;
    VXM(vxmCreateImage(egl_gpu.device, &one, &how, &memory));
    VXM(vxmExportMemory(memory, DMA_BUF, shared));
    return memory;
}

static void compare(const uint8_t *found, const uint8_t *wanted, VkFormat format, VkBool32 opaque,
                    unsigned from, const char *who)
{
    const bool blueFirst = format == VK_FORMAT_B8G8R8A8_UNORM;

    for (unsigned i = from; i < PIXELS; i++) {
        const uint8_t *const memory = wanted + 4 * i, *const rgba = found + 4 * i;

        if (rgba[0] != memory[blueFirst ? 2 : 0] || rgba[1] != memory[1] ||
            rgba[2] != memory[blueFirst ? 0 : 2] || rgba[3] != (opaque ? 255 : memory[3])) {
            cr_assert_fail("%s: VkFormat %d, pixel %u of %u: %02x%02x%02x%02x in memory was read "
                           "as %02x%02x%02x%02x",
                           who, (int)format, i, PIXELS, memory[0], memory[1], memory[2], memory[3],
                           rgba[0], rgba[1], rgba[2], rgba[3]);
        }
    }
}

static void there_and_back(VkFormat format, VkBool32 opaque, uint64_t modifier,
                           VkImageCreateInfo *info)
{
    static const float colour[] = {1.0f, 0.2f, 0.4f, 1.0f}; /* ff 33 66 ff */
    const VxmEglImportInfo how = {.opaque = opaque};
    static uint8_t wanted[4 * PIXELS], found[4 * PIXELS];
    VxmEglImage image = {0};
    VxmHandover handover = {0};
    VxmShared shared;
    VxmMemory memory = create_image(info, modifier, &shared);

    gpu_write(&egl_gpu, memory, &shared, 7, true, &handover);
    gpu_pattern(7, wanted, sizeof(wanted));
    VXM(vxmEglImportShared(&egl_context.egl, &shared, &how, &image));
    cr_expect(image.modifier == modifier);
    egl_read(image.image, WIDTH, HEIGHT, found);
    compare(found, wanted, format, opaque, 0, "OpenGL ES reads");

    egl_fill(image.image, WIDTH, HEIGHT / 2, colour);
    gpu_read(&egl_gpu, memory, &shared, &handover, found);
    for (unsigned i = 0; i < PIXELS / 2; i++) {
        const uint8_t *const pixel = found + 4 * i;
        const bool blueFirst = format == VK_FORMAT_B8G8R8A8_UNORM;

        cr_assert(pixel[blueFirst ? 2 : 0] == 0xff && pixel[1] == 0x33 &&
                      pixel[blueFirst ? 0 : 2] == 0x66,
                  "Vulkan reads %02x%02x%02x", pixel[0], pixel[1], pixel[2]);
    }
    cr_assert_eq(memcmp(found + 2 * PIXELS, wanted + 2 * PIXELS, 2 * PIXELS), 0);

    /* EGL's image keeps the memory. */
    vxmDestroyMemory(memory);
    vxmCloseShared(&shared);
    egl_read(image.image, WIDTH, HEIGHT, found);
    compare(found, wanted, format, opaque, PIXELS / 2, "after Vulkan let go, OpenGL ES reads");
    vxmEglDestroyImage(&egl_context.egl, &image);
}

Test(real_egl, every_modifier_in_common)
{
    static const VkFormat formats[] = {VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_B8G8R8A8_UNORM};
    unsigned count = 0;

    for (unsigned i = 0; i < 4; i++) {
        const VkBool32 opaque = i % 2;
        VkImageCreateInfo info =
            gpu_image_info(WIDTH, HEIGHT, VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT);
        VxmModifierChoice choice;

        info.format = formats[i / 2];
        choice = common_modifiers(&info, opaque);
        for (uint32_t at = 0; at < choice.modifierCount; at++) {
            there_and_back(formats[i / 2], opaque, choice.modifiers[at], &info);
            count++;
        }
    }
    printf("%u images of RGBA, RGBX, BGRA and BGRX, both ways\n", count);
}

/* ---- EGL's images ---- */

Test(real_egl, export_of_a_texture)
{
    const PFNEGLCREATEIMAGEKHRPROC createImage =
        (PFNEGLCREATEIMAGEKHRPROC)eglGetProcAddress("eglCreateImageKHR");
    const VxmEglExportInfo info = {.extent = {WIDTH, HEIGHT},
                                   .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT |
                                            VK_IMAGE_USAGE_TRANSFER_DST_BIT};
    VxmHandover handover = {.layout = VK_IMAGE_LAYOUT_GENERAL,
                            .queueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT};
    static uint8_t wanted[4 * PIXELS], found[4 * PIXELS];
    VxmFourccFormat format;
    VxmEglImage image = {0};
    VxmMemory memory = NULL;
    VxmShared shared;
    GLuint texture;

    if (!egl_context.egl.exports) {
        cr_skip_test("this EGL has no EGL_MESA_image_dma_buf_export");
    }
    glGenTextures(1, &texture);
    glBindTexture(GL_TEXTURE_2D, texture);
    glTexStorage2D(GL_TEXTURE_2D, 1, GL_RGBA8, WIDTH, HEIGHT);
    image.image = createImage(egl_context.display, egl_context.context, EGL_GL_TEXTURE_2D_KHR,
                              (EGLClientBuffer)(uintptr_t)texture, NULL);
    cr_assert(image.image != EGL_NO_IMAGE_KHR);
    gpu_pattern(3, wanted, sizeof(wanted));
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, WIDTH, HEIGHT, GL_RGBA, GL_UNSIGNED_BYTE, wanted);
    glFinish();
    VXM(vxmEglExportImage(&egl_context.egl, image.image, &info, &shared, &format));
    printf("OpenGL's texture: modifier 0x%016llx, %u planes, pitch %llu\n",
           (unsigned long long)shared.image.drmFormatModifier, shared.image.planeCount,
           (unsigned long long)shared.image.planes[0].rowPitch);
    cr_expect_eq(format.format, VK_FORMAT_R8G8B8A8_UNORM);
    cr_expect(support_is_cloexec(shared.memories[0].handle.fd));
    VXM(vxmImportMemory(egl_gpu.device, &shared, NULL, &memory));
    gpu_read(&egl_gpu, memory, &shared, &handover, found);
    cr_assert_eq(memcmp(found, wanted, sizeof(found)), 0, "Vulkan reads something else");

    /* It is the same memory, not a copy: what either writes now the other sees. */
    gpu_pattern(4, wanted, sizeof(wanted));
    glBindTexture(GL_TEXTURE_2D, texture);
    glTexSubImage2D(GL_TEXTURE_2D, 0, 0, 0, WIDTH, HEIGHT, GL_RGBA, GL_UNSIGNED_BYTE, wanted);
    glFinish();
    gpu_read(&egl_gpu, memory, &shared, &handover, found);
    cr_assert_eq(memcmp(found, wanted, sizeof(found)), 0, "Vulkan doesn't see the second picture");
    gpu_write(&egl_gpu, memory, &shared, 5, false, &handover);
    gpu_pattern(5, wanted, sizeof(wanted));
    egl_read(image.image, WIDTH, HEIGHT, found);
    cr_assert_eq(memcmp(found, wanted, sizeof(found)), 0, "OpenGL ES doesn't see Vulkan's");

    /* Vulkan's image keeps the memory. */
    vxmEglDestroyImage(&egl_context.egl, &image);
    glDeleteTextures(1, &texture);
    glFinish();
    gpu_read(&egl_gpu, memory, &shared, &handover, found);
    cr_assert_eq(memcmp(found, wanted, sizeof(found)), 0, "the memory went with the texture");
    vxmDestroyMemory(memory);
    vxmCloseShared(&shared);
    GL_CLEAN();
}

/* ---- several planes ---- */

/* As a decoder gives it: one dma-buf, two planes. */
static VxmShared make_nv12(const VxmHandle *buffer, uint64_t size)
{
    VxmShared shared = {
        .resourceType = VXM_RESOURCE_TYPE_IMAGE, .handleType = DMA_BUF, .memoryCount = 1};

    VXM(vxmDuplicateHandle(buffer, &shared.memories[0].handle));
    shared.memories[0].allocationSize = size;
    shared.image = (VxmImageDescription){
        .imageType = VK_IMAGE_TYPE_2D,
        .format = VK_FORMAT_G8_B8R8_2PLANE_420_UNORM,
        .extent = {64, 32, 1},
        .mipLevels = 1,
        .arrayLayers = 1,
        .samples = VK_SAMPLE_COUNT_1_BIT,
        .tiling = VK_IMAGE_TILING_LINEAR,
        .usage = VK_IMAGE_USAGE_SAMPLED_BIT,
        .planeCount = 2,
        .planes = {{.rowPitch = 128}, {.offset = 4096, .rowPitch = 128}},
    };
    return shared;
}

Test(real_egl, nv12_as_one_image_or_plane_by_plane)
{
    static const unsigned widths[] = {64, 32}, heights[] = {32, 16}, bytes[] = {1, 2};
    static uint8_t found[4 * 64 * 32];
    VxmDmaBufMapping mapping = {0};
    VxmEglImage image = {0};
    VxmShared shared, plane;
    VxmHandle buffer = {0};
    VxmError error;

    if (vxmDmaBufAllocate(NULL, 8192, &buffer) != VK_SUCCESS) {
        vxmGetLastError(&error);
        cr_skip_test("no dma-buf to be had: %s", error.message);
    }
    VXM(vxmDmaBufMap(&buffer, DMA_BUF_SYNC_WRITE, &mapping));
    for (unsigned i = 0; i < 8192; i++) {
        ((uint8_t *)mapping.data)[i] = (uint8_t)(i * 7 + i / 128);
    }
    vxmDmaBufUnmap(&mapping);
    shared = make_nv12(&buffer, 8192);
    if (vxmEglImportShared(&egl_context.egl, &shared, NULL, &image) == VK_SUCCESS) {
        printf("NV12 is one EGL image%s\n", image.externalOnly ? ", external only" : "");
        vxmEglDestroyImage(&egl_context.egl, &image);
    } else {
        vxmGetLastError(&error);
        printf("NV12 is refused as one image: %s\n", error.message);
    }
    for (unsigned i = 0; i < 2; i++) {
        VXM(vxmDescribePlane(&shared, i, &plane));
        VXM(vxmEglImportShared(&egl_context.egl, &plane, NULL, &image));
        egl_read(image.image, (GLsizei)widths[i], (GLsizei)heights[i], found);
        for (unsigned at = 0; at < widths[i] * heights[i]; at++) {
            const unsigned x = at % widths[i], y = at / widths[i];
            const unsigned offset = 4096 * i + 128 * y + bytes[i] * x;
            const uint8_t red = (uint8_t)(offset * 7 + offset / 128);
            const uint8_t green = (uint8_t)((offset + 1) * 7 + (offset + 1) / 128);

            cr_assert(found[4 * at] == red && (i == 0 || found[4 * at + 1] == green),
                      "plane %u at %u, %u: %02x %02x in place of %02x %02x", i, x, y, found[4 * at],
                      found[4 * at + 1], red, green);
        }
        vxmEglDestroyImage(&egl_context.egl, &image);
        vxmCloseShared(&plane);
    }
    vxmCloseShared(&shared);
    vxmCloseHandle(&buffer);
}

/* ---- refused ---- */

/* What was imported can be exported, or EGL can't, and that is noticed: Mesa 25 says "true" and
 * gives no descriptor. */
static void export_an_import(const VxmShared *shared)
{
    const VxmEglExportInfo back = {.extent = {WIDTH, HEIGHT},
                                   .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT};
    VxmEglImage image = {0};
    struct stat one, other;
    VxmShared again;
    VkResult result;
    VxmError error;

    VXM(vxmEglImportShared(&egl_context.egl, shared, NULL, &image));
    result = vxmEglExportImage(&egl_context.egl, image.image, &back, &again, NULL);
    if (result == VK_SUCCESS) {
        cr_assert_eq(fstat(shared->memories[0].handle.fd, &one), 0);
        cr_assert_eq(fstat(again.memories[0].handle.fd, &other), 0);
        cr_expect_eq(one.st_ino, other.st_ino);
        cr_expect(again.image.drmFormatModifier == shared->image.drmFormatModifier);
        vxmCloseShared(&again);
        printf("an import is exported as the same dma-buf\n");
    } else {
        vxmGetLastError(&error);
        cr_expect(result == VK_ERROR_INVALID_EXTERNAL_HANDLE ||
                      result == VK_ERROR_EXTENSION_NOT_PRESENT,
                  "%s", error.message);
        printf("an import can't be exported: %s\n", error.message);
    }
    vxmEglDestroyImage(&egl_context.egl, &image);
}

Test(real_egl, what_is_wrong_is_refused_or_noticed)
{
    VkImageCreateInfo info = gpu_image_info(WIDTH, HEIGHT, VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT);
    VxmModifierChoice choice = common_modifiers(&info, VK_FALSE);
    VxmShared shared, wrong;
    VxmMemory memory = create_image(&info, choice.modifiers[0], &shared);
    const int right = shared.memories[0].handle.fd;
    VxmEglImage image;

    wrong = shared;
    wrong.image.drmFormatModifier = UINT64_C(0x0b00000000000123);
    FAILS(vxmEglImportShared(&egl_context.egl, &wrong, NULL, &image), VK_ERROR_FORMAT_NOT_SUPPORTED,
          "0x0b00000000000123");
    wrong.image.drmFormatModifier = VXM_DRM_FORMAT_MOD_INVALID;
    FAILS(vxmEglImportShared(&egl_context.egl, &wrong, NULL, &image),
          VK_ERROR_VALIDATION_FAILED_EXT, "INVALID");
    wrong = shared;
    wrong.memories[0].allocationSize = 0;
    wrong.image.drmFormatModifier = VXM_DRM_FORMAT_MOD_LINEAR;
    wrong.image.planes[0].offset = (VkDeviceSize)lseek(right, 0, SEEK_END) - 400;
    FAILS(vxmEglImportShared(&egl_context.egl, &wrong, NULL, &image),
          VK_ERROR_VALIDATION_FAILED_EXT, "planes[0]");
    wrong = shared;
    wrong.memories[0].handle.fd = memfd_create("no dma-buf", MFD_CLOEXEC);
    FAILS(vxmEglImportShared(&egl_context.egl, &wrong, NULL, &image),
          VK_ERROR_INVALID_EXTERNAL_HANDLE, "DMA_BUF");
    close(wrong.memories[0].handle.fd);
    export_an_import(&shared);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
}
