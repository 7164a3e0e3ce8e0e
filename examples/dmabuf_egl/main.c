/*
 * A dma-buf from Vulkan to OpenGL ES, and one back; no byte is copied between them.
 *
 *   cc *.c -o dmabuf_egl $(pkg-config --cflags --libs vxm egl glesv2 libpng) -lvulkan
 *   ./dmabuf_egl [FILE.png]
 *
 * Vulkan makes an image with a modifier that EGL has, too, and fills it; OpenGL ES draws it
 * mirrored into a texture of its own, which EGL exports and Vulkan imports. Every pixel is compared
 * on both sides.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "example.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <png.h>

void fail(const char *format, ...)
{
    va_list arguments;

    fflush(stdout); /* what was said before comes before */
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(EXIT_FAILURE);
}

/* ---- the image that both can use ---- */

static VxmMemory create_image(VxmDevice device, const VxmEgl *egl)
{
    VkImageCreateInfo image = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
        .imageType = VK_IMAGE_TYPE_2D,
        .format = FORMAT,
        .extent = {SIZE, SIZE, 1},
        .mipLevels = 1,
        .arrayLayers = 1,
        .samples = VK_SAMPLE_COUNT_1_BIT,
        .tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT,
        .usage = VK_IMAGE_USAGE_TRANSFER_DST_BIT,
    };
    const VxmMemoryCreateInfo memory = {.handleTypes = DMA_BUF};
    VxmModifierChoice choice;
    VxmEglModifiers theirs;
    VxmModifiers ours;
    VxmMemory made;

    VXM(vxmGetModifiers(device, &image, DMA_BUF, &ours));
    VXM(vxmEglGetModifiers(egl, vxmGetFormatFourcc(FORMAT, VK_FALSE), VK_FALSE, &theirs));
    VXM(vxmChooseModifiers(&ours, VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT, theirs.modifierCount,
                           theirs.modifiers, &choice));
    if (choice.modifierCount == 0) {
        fail("No modifier in common. %s %s", choice.reason, theirs.reason);
    }
    printf("modifiers: %u of Vulkan's, %u of EGL's, %u in common\n", ours.modifierCount,
           theirs.modifierCount, choice.modifierCount);

    /* The driver takes the best for this image. */
    const VkImageDrmFormatModifierListCreateInfoEXT list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
        .drmFormatModifierCount = choice.modifierCount,
        .pDrmFormatModifiers = choice.modifiers,
    };
    image.pNext = &list;
    VXM(vxmCreateImage(device, &image, &memory, &made));
    return made;
}

/* ---- pixels ---- */

/* What Vulkan writes, and OpenGL ES reads. */
static uint32_t pattern(uint32_t x, uint32_t y)
{
    const uint32_t ring = ((x - 90) * (x - 90) + (y - 160) * (y - 160)) >> 4 & 0xff;

    return x | y << 8 | ring << 16 | 0xff000000u;
}

/* What OpenGL ES draws, and Vulkan reads. */
static uint32_t mirrored(uint32_t x, uint32_t y)
{
    const uint32_t pixel = pattern(SIZE - 1 - x, y);

    return (pixel & 0xff00ff00u) | (pixel & 0xffu) << 16 | (pixel >> 16 & 0xffu);
}

static void compare(const char *who, const uint32_t *pixels,
                    uint32_t (*expected)(uint32_t, uint32_t))
{
    uint32_t same = 0;

    for (uint32_t i = 0; i < SIZE * SIZE; i++) {
        same += pixels[i] == expected(i % SIZE, i / SIZE);
    }
    printf("%s: %u of %u pixels\n", who, same, SIZE * SIZE);
    if (same != SIZE * SIZE) {
        fail("Pixels differ.");
    }
}

static void write_picture(const char *file, const uint32_t *pixels)
{
    png_image picture = {
        .version = PNG_IMAGE_VERSION, .width = SIZE, .height = SIZE, .format = PNG_FORMAT_RGBA};

    if (!png_image_write_to_file(&picture, file, 0, pixels, 0, NULL)) {
        fail("%s: %s", file, picture.message);
    }
    printf("%s is what came back\n", file);
}

/* One for each direction, if both sides know sync files; otherwise the CPU waits. */
static bool create_semaphores(VxmDevice device, const VxmEgl *egl, VxmSemaphore semaphores[2])
{
    const VxmSemaphoreCreateInfo info = {.handleTypes =
                                             VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT};
    const bool made = egl->waits && egl->signals &&
                      vxmCreateSemaphore(device, &info, &semaphores[0]) == VK_SUCCESS &&
                      vxmCreateSemaphore(device, &info, &semaphores[1]) == VK_SUCCESS;

    printf("synchronised by %s\n", made ? "sync files" : "the CPU");
    return made;
}

int main(int argc, char **argv)
{
    const VxmEglExportInfo back = {.extent = {SIZE, SIZE},
                                   .usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT};
    static uint32_t seen[SIZE * SIZE];
    VxmSemaphore semaphores[2] = {NULL, NULL};
    VxmMemory image, drawn;
    struct context context;
    struct canvas canvas;
    VxmEglImage imported = {0};
    VxmShared shared;
    struct gpu gpu;
    VxmError error;

    gpu_open(&gpu);
    if (!context_open(&context, gpu.info.identity)) {
        vxmGetLastError(&error); /* of the display that was tried last, if any was */
        fail("No display of EGL's imports dma-bufs on %s. %s", gpu.info.identity->deviceName,
             error.message);
    }
    canvas_open(&canvas);
    const VxmEgl *const egl = &context.egl;
    const bool syncFiles = create_semaphores(gpu.vxm, egl, semaphores);

    /* There: Vulkan's image in EGL. */
    image = create_image(gpu.vxm, egl);
    VXM(vxmEglImportMemory(egl, image, NULL, &imported));
    printf("the image has modifier 0x%016" PRIx64 "\n", imported.modifier);
    for (uint32_t i = 0; i < SIZE * SIZE; i++) {
        gpu.pixels[i] = pattern(i % SIZE, i / SIZE);
    }
    gpu_upload(&gpu, image, syncFiles ? semaphores[0] : NULL);
    if (syncFiles) {
        VXM(vxmEglWaitSemaphore(egl, semaphores[0]));
    }
    canvas_draw(&canvas, imported.image);
    if (syncFiles) {
        VXM(vxmEglSignalSemaphore(egl, semaphores[1]));
    } else {
        canvas_finish();
    }

    /* And back: OpenGL's texture in Vulkan. */
    VXM(vxmEglExportImage(egl, canvas.image, &back, &shared, NULL));
    printf("the texture has modifier 0x%016" PRIx64 "\n", shared.image.drmFormatModifier);
    VXM(vxmImportMemory(gpu.vxm, &shared, NULL, &drawn));
    vxmCloseShared(&shared); /* importing borrows */
    gpu_download(&gpu, drawn, syncFiles ? semaphores[1] : NULL);

    canvas_read(imported.image, seen);
    compare("OpenGL ES reads what Vulkan wrote", seen, pattern);
    compare("Vulkan reads what OpenGL ES drew", gpu.pixels, mirrored);
    if (argc > 1) {
        write_picture(argv[1], gpu.pixels);
    }

    vxmDestroyMemory(drawn);
    vxmEglDestroyImage(egl, &imported);
    vxmDestroyMemory(image);
    vxmDestroySemaphore(semaphores[0]);
    vxmDestroySemaphore(semaphores[1]);
    canvas_close(&canvas);
    context_close(&context);
    gpu_close(&gpu);
    return EXIT_SUCCESS;
}
