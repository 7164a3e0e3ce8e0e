/*
 * A YUYV frame as a PNG: BT.601, as most cameras have it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

static uint8_t to_byte(float value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value + 0.5f);
}

void write_png(const char *path, const uint8_t *yuyv, uint32_t width, uint32_t height)
{
    uint8_t *const rgb = malloc((size_t)3 * width * height);
    png_image png;

    memset(&png, 0, sizeof(png));
    png.version = PNG_IMAGE_VERSION;
    png.width = width;
    png.height = height;
    png.format = PNG_FORMAT_RGB;
    for (size_t i = 0; rgb != NULL && i < (size_t)width * height; i++) {
        const uint8_t *const pair = yuyv + 4 * (i / 2);
        const float luma = 1.164f * ((float)pair[i % 2 * 2] - 16);
        const float blue = (float)pair[1] - 128;
        const float red = (float)pair[3] - 128;

        rgb[3 * i] = to_byte(luma + 1.596f * red);
        rgb[3 * i + 1] = to_byte(luma - 0.392f * blue - 0.813f * red);
        rgb[3 * i + 2] = to_byte(luma + 2.017f * blue);
    }
    if (rgb == NULL || !png_image_write_to_file(&png, path, 0, rgb, 0, NULL)) {
        fprintf(stderr, "%s: %s\n", path, png.message);
        exit(EXIT_FAILURE);
    }
    free(rgb);
}
