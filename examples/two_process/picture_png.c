/*
 * Writes the picture with libpng.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "demo.h"

#include <string.h>

#include <png.h>

void write_png(const char *path, const void *pixels)
{
    png_image png;

    memset(&png, 0, sizeof(png));
    png.version = PNG_IMAGE_VERSION;
    png.width = DEMO_WIDTH;
    png.height = DEMO_HEIGHT;
    png.format = PNG_FORMAT_RGBA;
    if (!png_image_write_to_file(&png, path, 0, pixels, 0, NULL)) {
        fail("%s: %s", path, png.message);
    }
}
