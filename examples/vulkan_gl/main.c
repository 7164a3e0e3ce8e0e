/*
 * Vulkan draws an image, OpenGL textures from it; no byte is copied between them.
 *
 *   vulkan_gl [--png FILE] [--size PIXELS] [--sync timeline|binary|cpu]
 *
 * Vulkan's compute shader draws eight frames into one image, and OpenGL shows each four times. At
 * the end, every pixel of OpenGL's picture has been compared with Vulkan's own.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define GL_GLEXT_PROTOTYPES 1
#include "example.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <png.h>

#define TYPE           VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define SEMAPHORE_TYPE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT
#define FRAMES         8
#define ROUNDS         9

void fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(EXIT_FAILURE);
}

void check_vxm(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error);
        fail("%s\n%s: %s", call, vxmResultName(result), error.message);
    }
}

void check_vulkan(VkResult result, const char *call)
{
    if (result != VK_SUCCESS) {
        fail("%s\nanswered %s", call, vxmResultName(result));
    }
}

/* ---- who waits for whom ---- */

enum how {
    BY_TIMELINE,
    BY_BINARY,
    BY_CPU
};

/* A semaphore for each direction; of timelines, one for both. */
struct sync {
    enum how how;
    VxmSemaphore semaphores[2];
    VxmGlSemaphore glSemaphores[2];
    uint64_t value;
};

static void sync_close(struct sync *sync, const VxmGl *gl)
{
    for (unsigned i = 0; i < 2; i++) {
        vxmGlDestroySemaphore(gl, &sync->glSemaphores[i]);
        vxmDestroySemaphore(sync->semaphores[i]);
        sync->semaphores[i] = NULL;
    }
}

/* Whether both drivers share semaphores of this kind; if not, vxm's last error says why. */
static bool sync_open(struct sync *sync, enum how how, VxmDevice device, const VxmGl *gl)
{
    const VxmSemaphoreCreateInfo info = {
        .semaphoreType = how == BY_TIMELINE ? VK_SEMAPHORE_TYPE_TIMELINE : VK_SEMAPHORE_TYPE_BINARY,
        .handleTypes = SEMAPHORE_TYPE};
    const unsigned count = how == BY_CPU ? 0 : how == BY_TIMELINE ? 1 : 2;

    *sync = (struct sync){.how = how};
    for (unsigned i = 0; i < count; i++) {
        if (vxmCreateSemaphore(device, &info, &sync->semaphores[i]) != VK_SUCCESS ||
            vxmGlImportSemaphore(gl, sync->semaphores[i], SEMAPHORE_TYPE, &sync->glSemaphores[i]) !=
                VK_SUCCESS) {
            sync_close(sync, gl);
            return false;
        }
    }
    return true;
}

/* The best that there is, or what was asked for. */
static void sync_choose(struct sync *sync, const char *wanted, VxmDevice device, const VxmGl *gl)
{
    static const char *const names[] = {"timeline", "binary", "cpu"};
    static const char *const words[] = {
        "semaphore   one timeline for both directions",
        "semaphore   two binary ones",
        "semaphore   none: Vulkan's fence and glFinish, waited for by the CPU",
    };

    for (unsigned how = BY_TIMELINE; how <= BY_CPU; how++) {
        VxmError error;

        if (wanted != NULL && strcmp(wanted, names[how]) != 0) {
            continue;
        }
        if (sync_open(sync, (enum how)how, device, gl)) {
            printf("%s\n", words[how]);
            return;
        }
        vxmGetLastError(&error);
        printf("no %s semaphore: %s\n", names[how], error.message);
    }
    fail("There is no way to synchronise%s%s.", wanted != NULL ? " by " : "",
         wanted != NULL ? wanted : "");
}

/* ---- one frame ---- */

struct share {
    struct gpu gpu;
    struct context context;
    struct canvas canvas;
    struct sync sync;
    uint32_t size;
    VxmMemory image;
    VxmGlMemory texture;
    unsigned char *picture; /* OpenGL's, of twice the size */
};

static void draw_frame(struct share *share, float time)
{
    const VkImage image = vxmGetVkImage(share->image);
    const VxmUse draws = {.stageMask = VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT,
                          .accessMask = VK_ACCESS_2_SHADER_WRITE_BIT,
                          .layout = VK_IMAGE_LAYOUT_GENERAL,
                          .queueFamilyIndex = share->gpu.info.queueFamilyIndex};
    const VxmUse reads = {.stageMask = VK_PIPELINE_STAGE_2_TRANSFER_BIT,
                          .accessMask = VK_ACCESS_2_TRANSFER_READ_BIT,
                          .layout = VK_IMAGE_LAYOUT_GENERAL,
                          .queueFamilyIndex = share->gpu.info.queueFamilyIndex};
    struct sync *const sync = &share->sync;
    const bool binary = sync->how == BY_BINARY;
    const VxmGl *const gl = &share->context.gl;
    VxmHandover handover = {0};

    /* Vulkan draws, and gives the image away. */
    gpu_begin(&share->gpu);
    gpu_draw(&share->gpu, image, share->size, time);
    VXM(vxmCmdReleaseMemory(share->gpu.commands, share->image, &draws, &handover));
    gpu_submit(&share->gpu, NULL, 0, sync->semaphores[0], ++sync->value);

    /* OpenGL takes it, draws with it, and gives it back. */
    const VxmGlBarrier barrier = {.texture = share->texture.texture, .layout = handover.layout};
    if (sync->how == BY_CPU) {
        gpu_wait(&share->gpu);
        canvas_draw(&share->canvas, share->texture.texture);
        glFinish();
    } else {
        VXM(vxmGlWaitSemaphore(gl, &sync->glSemaphores[0], sync->value, 1, &barrier));
        canvas_draw(&share->canvas, share->texture.texture);
        VXM(vxmGlSignalSemaphore(gl, &sync->glSemaphores[binary ? 1 : 0], ++sync->value, 1,
                                 &barrier));
        gpu_wait(&share->gpu); /* only since the command buffer is used again */
    }

    /* Vulkan takes it, and reads its own pixels. */
    gpu_begin(&share->gpu);
    VXM(vxmCmdAcquireMemory(share->gpu.commands, share->image, &handover, &reads));
    gpu_read(&share->gpu, image, share->size);
    gpu_submit(&share->gpu, sync->semaphores[binary ? 1 : 0], sync->value, NULL, 0);
    gpu_wait(&share->gpu);
}

/* Pixels of OpenGL's four squares that aren't those of Vulkan's image. */
static size_t compare(const struct share *share)
{
    const uint32_t n = share->size;
    const unsigned char *const drawn = share->gpu.data;
    size_t different = 0;

    for (uint32_t y = 0; y < n; y++) {
        for (uint32_t x = 0; x < n; x++) {
            const uint32_t from[4][2] = {
                {x, y},                 /* upright */
                {y, n - 1 - x},         /* turned once */
                {n - 1 - y, x},         /* three times */
                {n - 1 - x, n - 1 - y}, /* twice */
            };
            for (uint32_t square = 0; square < 4; square++) {
                const size_t column = x + (square & 1) * n;
                const size_t row = y + (square >> 1) * n;
                const size_t source = (size_t)from[square][1] * n + from[square][0];

                different +=
                    memcmp(share->picture + 4 * (row * 2 * n + column), drawn + 4 * source, 4) != 0;
            }
        }
    }
    return different;
}

/* ---- what it takes ---- */

static double milliseconds(void)
{
    struct timespec now;

    timespec_get(&now, TIME_UTC);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec * 1e-6;
}

static int compare_times(const void *a, const void *b)
{
    const double *const left = a, *const right = b;

    return (*left > *right) - (*left < *right);
}

static double median(double times[ROUNDS])
{
    qsort(times, ROUNDS, sizeof(times[0]), compare_times);
    return times[ROUNDS / 2];
}

/* Sharing, and the copy that it saves, in turn. */
static void measure(struct share *share)
{
    const VkImage image = vxmGetVkImage(share->image);
    const GLuint copy = canvas_copy_open(share->size);
    double shares[ROUNDS], copies[ROUNDS];

    for (unsigned i = 0; i < ROUNDS; i++) {
        VxmGlMemory texture;
        double start = milliseconds();

        VXM(vxmGlImportMemory(&share->context.gl, share->image, NULL, &texture));
        glFinish();
        shares[i] = milliseconds() - start;
        vxmGlDestroyMemory(&share->context.gl, &texture);

        start = milliseconds();
        gpu_begin(&share->gpu);
        gpu_read(&share->gpu, image, share->size);
        gpu_submit(&share->gpu, NULL, 0, NULL, 0);
        gpu_wait(&share->gpu);
        canvas_copy(copy, share->size, share->gpu.data);
        copies[i] = milliseconds() - start;
    }
    glDeleteTextures(1, &copy);
    printf("copied      0 bytes between Vulkan and OpenGL\n"
           "to share    %.3f ms, once (median of %d)\n"
           "to copy     %.3f ms, in each frame, through host memory (median of %d)\n",
           median(shares), ROUNDS, median(copies), ROUNDS);
}

static void write_png(const char *path, uint32_t size, const void *pixels)
{
    png_image png;

    memset(&png, 0, sizeof(png));
    png.version = PNG_IMAGE_VERSION;
    png.width = size;
    png.height = size;
    png.format = PNG_FORMAT_RGBA;
    if (!png_image_write_to_file(&png, path, 0, pixels, 0, NULL)) {
        fail("%s: %s", path, png.message);
    }
    printf("picture     %s\n", path);
}

/* ---- the whole ---- */

static void open_share(struct share *share, const char *how)
{
    /* OpenGL can't be told an image's usage, so the specification wants all that its format has,
     * and a mutable format. */
    const VkImageCreateInfo image = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
        .flags = VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT,
        .imageType = VK_IMAGE_TYPE_2D,
        .format = VK_FORMAT_R8G8B8A8_UNORM,
        .extent = {share->size, share->size, 1},
        .mipLevels = 1,
        .arrayLayers = 1,
        .samples = VK_SAMPLE_COUNT_1_BIT,
        .usage = VK_IMAGE_USAGE_STORAGE_BIT | VK_IMAGE_USAGE_SAMPLED_BIT |
                 VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_INPUT_ATTACHMENT_BIT |
                 VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT,
    };
    const VxmMemoryCreateInfo memory = {.handleTypes = TYPE};

    gpu_open(&share->gpu);
    printf("Vulkan      %s\n", share->gpu.info.identity->deviceName);
    if (!context_open(&share->context, share->gpu.info.identity)) {
        VxmError error;

        vxmGetLastError(&error);
        fail("There is no OpenGL that can share with that device. %s",
             error.message[0] != '\0' ? error.message : "EGL has no display for it.");
    }
    printf("OpenGL      %s, %s\n"
           "            %s\n",
           (const char *)glGetString(GL_RENDERER), (const char *)glGetString(GL_VERSION),
           share->context.platform);
    VXM(vxmCreateImage(share->gpu.vxm, &image, &memory, &share->image));
    VXM(vxmGlImportMemory(&share->context.gl, share->image, NULL, &share->texture));
    printf("image       %u x %u, RGBA8, %" PRIu64 " bytes\n", share->size, share->size,
           share->texture.size);
    sync_choose(&share->sync, how, share->gpu.vxm, &share->context.gl);

    gpu_prepare(&share->gpu, vxmGetVkImage(share->image), share->size);
    canvas_open(&share->canvas, 2 * share->size);
    share->picture = malloc((size_t)16 * share->size * share->size);
    if (share->picture == NULL) {
        fail("There is no memory for the picture.");
    }
}

static void close_share(struct share *share)
{
    free(share->picture);
    canvas_close(&share->canvas);
    sync_close(&share->sync, &share->context.gl);
    vxmGlDestroyMemory(&share->context.gl, &share->texture);
    context_close(&share->context);
    vxmDestroyMemory(share->image);
    gpu_close(&share->gpu);
}

int main(int argc, char **argv)
{
    struct share share = {.size = 512};
    const char *png = NULL, *how = NULL;
    size_t different = 0;

    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--png") == 0) {
            png = argv[i + 1];
        } else if (strcmp(argv[i], "--size") == 0) {
            share.size = (uint32_t)strtoul(argv[i + 1], NULL, 10);
        } else if (strcmp(argv[i], "--sync") == 0) {
            how = argv[i + 1];
        }
    }
    if (argc % 2 == 0 || share.size == 0 || share.size > 8192) {
        fail("usage: vulkan_gl [--png FILE] [--size PIXELS] [--sync timeline|binary|cpu]");
    }
    open_share(&share, how);
    for (unsigned frame = 0; frame < FRAMES; frame++) {
        draw_frame(&share, 2.4f + 0.25f * (float)frame);
        canvas_read(&share.canvas, share.picture);
        different += compare(&share);
    }
    printf("compared    %d frames, 4 x %u pixels each: %zu differ\n", FRAMES,
           share.size * share.size, different);
    measure(&share);
    if (png != NULL) {
        write_png(png, 2 * share.size, share.picture);
    }
    close_share(&share);
    printf("%s\n", different == 0 ? "OpenGL saw what Vulkan drew." : "The pictures DIFFER.");
    return different == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
