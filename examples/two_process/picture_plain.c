/*
 * Writes the picture without libpng: a PNG all the same, but not compressed.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "demo.h"

#include <stdio.h>

#define ROW_SIZE (1 + 4 * DEMO_WIDTH) /* a row begins with its filter: none */

static uint32_t crc;

static void put_byte(FILE *file, unsigned value)
{
    crc ^= value & 0xff;
    for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    }
    putc((int)(value & 0xff), file);
}

static void put_number(FILE *file, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        put_byte(file, value >> shift);
    }
}

static void begin_chunk(FILE *file, uint32_t size, const char type[4])
{
    put_number(file, size);
    crc = 0xffffffffu; /* of type and data */
    for (int i = 0; i < 4; i++) {
        put_byte(file, (unsigned char)type[i]);
    }
}

static void end_chunk(FILE *file)
{
    put_number(file, ~crc);
}

/* Each row is one block of zlib's kind that is stored as it is. */
static void put_rows(FILE *file, const unsigned char *pixels)
{
    uint32_t low = 1; /* zlib's own sum */
    uint32_t high = 0;

    begin_chunk(file, 2 + DEMO_HEIGHT * (5 + ROW_SIZE) + 4, "IDAT");
    put_byte(file, 0x78);
    put_byte(file, 0x01);
    for (uint32_t row = 0; row < DEMO_HEIGHT; row++) {
        put_byte(file, row + 1 == DEMO_HEIGHT);
        put_byte(file, ROW_SIZE);
        put_byte(file, ROW_SIZE >> 8);
        put_byte(file, ~ROW_SIZE);
        put_byte(file, ~ROW_SIZE >> 8);
        for (uint32_t i = 0; i < ROW_SIZE; i++) {
            unsigned value = i == 0 ? 0 : pixels[row * (ROW_SIZE - 1) + i - 1];
            low = (low + value) % 65521;
            high = (high + low) % 65521;
            put_byte(file, value);
        }
    }
    put_number(file, high << 16 | low);
    end_chunk(file);
}

void write_png(const char *path, const void *pixels)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL) {
        fail("%s can't be written.", path);
    }
    fputs("\x89PNG\r\n\x1a\n", file);
    begin_chunk(file, 13, "IHDR");
    put_number(file, DEMO_WIDTH);
    put_number(file, DEMO_HEIGHT);
    put_byte(file, 8); /* bits */
    put_byte(file, 6); /* RGBA */
    put_byte(file, 0);
    put_byte(file, 0);
    put_byte(file, 0);
    end_chunk(file);
    put_rows(file, pixels);
    begin_chunk(file, 0, "IEND");
    end_chunk(file);
    if (fclose(file) != 0) {
        fail("%s can't be written.", path);
    }
}
