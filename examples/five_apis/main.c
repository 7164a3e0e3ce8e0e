/*
 * One buffer on one GPU, visited in turn by Vulkan, CUDA, OpenGL, OpenCL and PyTorch. Vulkan
 * allocates it, fills it and draws a disc; each of the others adds one of its own colour to what is
 * there. The picture at the end shows all five, and every pixel is compared with what the CPU says
 * it should be.
 *
 *   five_apis [--device PART_OF_NAME] [--skip-missing] [--size WIDTHxHEIGHT] [picture.png]
 *
 * The host puts them in order: each API finishes before the next begins. An API that this machine
 * doesn't have is named, and the program fails; with --skip-missing it goes on without.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "five.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <png.h>

#define BACKGROUND 0xff181410u
#define PARTS      5

/* What each adds, from left to right: ABGR. */
static const struct {
    const struct visitor *visitor; /* NULL: Vulkan, which is always there */
    uint32_t colour;
    const char *colourName;
} parts[PARTS] = {
    {NULL, 0x001e1ec8, "red"},
    {&visitor_cuda, 0x0000a83c, "green"},
    {&visitor_opengl, 0x00d25000, "blue"},
    {&visitor_opencl, 0x000082d2, "orange"},
    {&visitor_pytorch, 0x00b400a0, "purple"},
};

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

double milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

/* The i-th disc: they overlap, one up, one down. */
static struct disc place(uint32_t width, uint32_t height, uint32_t i)
{
    return (struct disc){.width = width,
                         .height = height,
                         .x = width * (2 + 2 * i) / 12,
                         .y = height * (i % 2 == 0 ? 5 : 7) / 12,
                         .radius = height * 7 / 24,
                         .colour = parts[i].colour};
}

static bool inside(const struct disc *disc, uint32_t x, uint32_t y)
{
    const int dx = (int)x - (int)disc->x, dy = (int)y - (int)disc->y;

    return dx * dx + dy * dy < (int)(disc->radius * disc->radius);
}

/* What the kernels do, in the plainest way. */
static uint32_t add(uint32_t pixel, uint32_t colour)
{
    uint32_t sum = 0;

    for (uint32_t shift = 0; shift < 32; shift += 8) {
        const uint32_t byte = (pixel >> shift & 255) + (colour >> shift & 255);

        sum |= (byte > 255 ? 255 : byte) << shift;
    }
    return sum;
}

/* FNV-1a of the pixels of one disc. */
static uint64_t checksum(const uint32_t *pixels, const struct disc *disc)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);

    for (uint32_t y = 0; y < disc->height; y++) {
        for (uint32_t x = 0; x < disc->width; x++) {
            if (inside(disc, x, y)) {
                sum = (sum ^ pixels[y * disc->width + x]) * UINT64_C(0x100000001b3);
            }
        }
    }
    return sum;
}

static void write_png(const char *path, uint32_t width, uint32_t height, const void *pixels)
{
    png_image png;

    memset(&png, 0, sizeof(png));
    png.version = PNG_IMAGE_VERSION;
    png.width = width;
    png.height = height;
    png.format = PNG_FORMAT_RGBA;
    if (!png_image_write_to_file(&png, path, 0, pixels, 0, NULL)) {
        fail("%s: %s", path, png.message);
    }
    printf("%s written\n", path);
}

struct options {
    uint32_t width, height;
    bool skipMissing;
    const char *device;
    const char *png;
};

static struct options read_options(int argc, char **argv)
{
    struct options options = {.width = 1920, .height = 1080, .png = "five_apis.png"};

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--skip-missing") == 0) {
            options.skipMissing = true;
        } else if (strcmp(argv[i], "--device") == 0 && i + 1 < argc) {
            options.device = argv[++i];
        } else if (strcmp(argv[i], "--size") == 0 && i + 1 < argc) {
            if (sscanf(argv[++i], "%" SCNu32 "x%" SCNu32, &options.width, &options.height) != 2 ||
                options.width < 64 || options.width > 16384 || options.height < 64 ||
                options.height > 16384) {
                fail("--size takes WIDTHxHEIGHT, from 64x64 to 16384x16384.");
            }
        } else if (argv[i][0] == '-') {
            fail("usage: five_apis [--device PART_OF_NAME] [--skip-missing] "
                 "[--size WIDTHxHEIGHT] [picture.png]");
        } else {
            options.png = argv[i];
        }
    }
    return options;
}

/* Compares each disc, and then the whole picture: how many parts are wrong. */
static unsigned compare(const uint32_t *pixels, const uint32_t *expected, const struct disc *discs,
                        const bool *there)
{
    const size_t count = (size_t)discs[0].width * discs[0].height;
    unsigned wrong = 0;

    for (uint32_t i = 0; i < PARTS; i++) {
        if (there[i]) {
            const uint64_t sum = checksum(pixels, &discs[i]);
            const bool right = sum == checksum(expected, &discs[i]);

            printf("  %-8s %-7s %016" PRIx64 " %s\n",
                   parts[i].visitor == NULL ? "Vulkan" : parts[i].visitor->name,
                   parts[i].colourName, sum, right ? "as the CPU says" : "WRONG");
            wrong += right ? 0 : 1;
        }
    }
    if (memcmp(pixels, expected, count * sizeof(*pixels)) != 0 && wrong == 0) {
        printf("  outside of the discs: WRONG\n");
        wrong++;
    }
    return wrong;
}

int main(int argc, char **argv)
{
    const struct options options = read_options(argc, argv);
    const size_t count = (size_t)options.width * options.height;
    uint32_t *expected = malloc(count * sizeof(*expected));
    void *host = calloc(count, sizeof(uint32_t));
    double vulkanCopy, copies = 0, sharing = 0;
    struct visit visits[PARTS] = {0};
    struct disc discs[PARTS];
    bool there[PARTS] = {true};
    unsigned missing = 0, wrong = 1;
    struct vulkan vulkan;

    if (expected == NULL || host == NULL) {
        fail("There is not enough memory.");
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    vulkan_open(&vulkan, count * sizeof(uint32_t), options.device);
    printf("Vulkan   %s allocates %zu bytes\n", vulkan.info.identity->deviceName,
           count * sizeof(uint32_t));

    /* Everybody imports the same memory. */
    for (uint32_t i = 0; i < PARTS; i++) {
        const struct visitor *visitor = parts[i].visitor;

        discs[i] = place(options.width, options.height, i);
        visits[i] = (struct visit){.identity = vulkan.info.identity,
                                   .picture = vulkan.picture,
                                   .size = vulkan.size,
                                   .disc = discs[i],
                                   .host = host};
        if (visitor == NULL) {
            continue;
        }
        there[i] = visitor->open(&visits[i]);
        if (there[i]) {
            printf("%-8s shares it in %.3f ms\n", visitor->name, visits[i].sharing);
            sharing += visits[i].sharing;
        } else {
            printf("%-8s MISSING: %s\n", visitor->name, visits[i].why);
            missing++;
        }
    }

    if (missing == 0 || options.skipMissing) {
        /* The visits, in turn. */
        for (size_t i = 0; i < count; i++) {
            expected[i] = BACKGROUND;
        }
        for (uint32_t i = 0; i < PARTS; i++) {
            if (parts[i].visitor == NULL) {
                vulkan_draw(&vulkan, BACKGROUND, discs[i]);
            } else if (there[i]) {
                parts[i].visitor->draw(&visits[i]);
            }
            for (uint32_t y = 0; there[i] && y < options.height; y++) {
                for (uint32_t x = 0; x < options.width; x++) {
                    if (inside(&discs[i], x, y)) {
                        uint32_t *pixel = &expected[y * options.width + x];

                        *pixel = add(*pixel, discs[i].colour);
                    }
                }
            }
        }
        vulkan_read(&vulkan);
        printf("The pixels of each disc, %ux%u:\n", options.width, options.height);
        wrong = compare(vulkan.pixels, expected, discs, there);
        write_png(options.png, options.width, options.height, vulkan.pixels);

        /* Without sharing, each visit is a copy out of Vulkan, into the API, and back again. */
        vulkanCopy = vulkan_copy(&vulkan);
        vulkanCopy = vulkan_copy(&vulkan); /* the first one is slower */
        for (uint32_t i = 0; i < PARTS; i++) {
            if (there[i] && parts[i].visitor != NULL) {
                copies += parts[i].visitor->copy(&visits[i]) + vulkanCopy;
            }
        }
        printf("bytes copied between the APIs: 0\n");
        printf("time to share with all, once: %.3f ms\n", sharing);
        printf("copies through host memory, each time: %.3f ms\n", copies);
    }

    for (uint32_t i = 0; i < PARTS; i++) {
        if (there[i] && parts[i].visitor != NULL) {
            parts[i].visitor->close(&visits[i]);
        }
    }
    vulkan_close(&vulkan);
    free(host);
    free(expected);
    if (missing > 0) {
        printf("%u of the five APIs are missing here%s\n", missing,
               options.skipMissing ? "; the picture is without them"
                                   : ", so nothing was drawn; --skip-missing goes on without them");
    }
    return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
