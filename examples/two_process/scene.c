/*
 * The producer's picture. The CPU makes three small patches of colour; the GPU stretches and
 * assembles them by some 800 blits, so that no shader compiler is needed.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "demo.h"

#define HORIZON    660
#define SUN_RADIUS 270
#define SUN_X      960
#define SUN_Y      510

enum {
    SKY_SIZE = 16,
    SUN_WIDTH = 4,
    SUN_HEIGHT = 2 * SUN_RADIUS,
    FLOOR_WIDTH = 4096, /* a row of tiles, and below it the row between... */
    FLOOR_TILE = 64,
    FLOOR_MISTS = 16, /* ...and so on, from full mist to none */
    FLOOR_HEIGHT = 2 * FLOOR_MISTS,
    SKY_OFFSET = 0,
    SUN_OFFSET = SKY_OFFSET + 4 * SKY_SIZE * SKY_SIZE,
    FLOOR_OFFSET = SUN_OFFSET + 4 * SUN_WIDTH * SUN_HEIGHT,
    COLOURS_SIZE = FLOOR_OFFSET + 4 * FLOOR_WIDTH * FLOOR_HEIGHT
};

struct colour {
    int red, green, blue;
};

static void put(unsigned char *pixel, struct colour from, struct colour to, int step, int steps)
{
    pixel[0] = (unsigned char)(from.red + (to.red - from.red) * step / steps);
    pixel[1] = (unsigned char)(from.green + (to.green - from.green) * step / steps);
    pixel[2] = (unsigned char)(from.blue + (to.blue - from.blue) * step / steps);
    pixel[3] = 255;
}

static void mix_colours(unsigned char *colours)
{
    const struct colour night = {12, 10, 48};
    const struct colour dusk = {236, 98, 122};
    const struct colour top = {255, 232, 110};
    const struct colour bottom = {255, 62, 130};
    const struct colour dark = {24, 14, 62};
    const struct colour light = {66, 196, 214};
    const struct colour mist = {196, 88, 124};

    for (int y = 0; y < SKY_SIZE; y++) {
        for (int x = 0; x < SKY_SIZE; x++) {
            /* darker towards the sides */
            int aside = x < SKY_SIZE / 2 ? SKY_SIZE / 2 - x : x - SKY_SIZE / 2 + 1;
            int step = y * y * (24 - aside);
            put(colours + SKY_OFFSET + 4 * (y * SKY_SIZE + x), night, dusk, step, 15 * 15 * 24);
        }
    }
    for (int i = 0; i < SUN_WIDTH * SUN_HEIGHT; i++) {
        put(colours + SUN_OFFSET + 4 * i, top, bottom, i / SUN_WIDTH, SUN_HEIGHT);
    }
    for (int i = 0; i < FLOOR_WIDTH * FLOOR_HEIGHT; i++) {
        /* half a tile to the left, so that one lies in the middle */
        int tile = (i % FLOOR_WIDTH + FLOOR_TILE / 2) / FLOOR_TILE + i / FLOOR_WIDTH;
        int clear = i / FLOOR_WIDTH / 2;
        put(colours + FLOOR_OFFSET + 4 * i, mist, tile % 2 == 0 ? dark : light, clear,
            FLOOR_MISTS - 1);
    }
}

static void upload(struct gpu *gpu, const struct scene *scene, VkDeviceSize offset, uint32_t width,
                   uint32_t height, VkImage image)
{
    const VkBufferImageCopy copy = {
        .bufferOffset = offset,
        .imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
        .imageExtent = {width, height, 1},
    };

    gpu_change_layout(gpu, image, VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_GENERAL);
    vkCmdCopyBufferToImage(gpu->commands, scene->colours.buffer, image, VK_IMAGE_LAYOUT_GENERAL, 1,
                           &copy);
}

void scene_create(struct gpu *gpu, struct scene *scene)
{
    gpu_create_staging(gpu, COLOURS_SIZE, &scene->colours);
    mix_colours(scene->colours.data);
    gpu_create_picture(gpu, SKY_SIZE, SKY_SIZE, &scene->sky);
    gpu_create_picture(gpu, SUN_WIDTH, SUN_HEIGHT, &scene->sun);
    gpu_create_picture(gpu, FLOOR_WIDTH, FLOOR_HEIGHT, &scene->floor);
}

void scene_destroy(struct gpu *gpu, struct scene *scene)
{
    gpu_destroy_picture(gpu, &scene->floor);
    gpu_destroy_picture(gpu, &scene->sun);
    gpu_destroy_picture(gpu, &scene->sky);
    gpu_destroy_staging(gpu, &scene->colours);
}

/* One line of pixels at a time, as wide as the disc is there, with gaps towards the bottom. */
static void draw_sun(struct gpu *gpu, const struct scene *scene, VkImage image)
{
    int half = 0;

    for (int line = 0; line < SUN_HEIGHT && SUN_Y - SUN_RADIUS + line < HORIZON; line++) {
        int down = line - SUN_RADIUS;
        while ((half + 1) * (half + 1) + down * down <= SUN_RADIUS * SUN_RADIUS) {
            half++;
        }
        while (half > 0 && half * half + down * down > SUN_RADIUS * SUN_RADIUS) {
            half--;
        }
        bool gap = down > 0 && down % 32 < down / 10;
        if (half == 0 || gap) {
            continue;
        }
        int y = SUN_Y + down;
        gpu_blit(gpu, scene->sun.image, VK_IMAGE_LAYOUT_GENERAL,
                 (struct area){0, line, SUN_WIDTH, line + 1}, image,
                 (struct area){SUN_X - half, y, SUN_X + half, y + 1}, VK_FILTER_NEAREST);
    }
}

/* The nearer to the horizon, the more tiles go into one line of pixels, and the more mist. */
static void draw_floor(struct gpu *gpu, const struct scene *scene, VkImage image)
{
    const int depth = (int)DEMO_HEIGHT - HORIZON;

    for (int line = 0; line < depth; line++) {
        int half = 256 * depth / (line + 1);
        int row = 16 * depth / (line + 4) % 8 / 4;
        int clear = line * line / 600;
        if (half > FLOOR_WIDTH / 2) {
            half = FLOOR_WIDTH / 2;
        }
        if (clear > FLOOR_MISTS - 1) {
            clear = FLOOR_MISTS - 1;
        }
        row += 2 * clear;
        gpu_blit(gpu, scene->floor.image, VK_IMAGE_LAYOUT_GENERAL,
                 (struct area){FLOOR_WIDTH / 2 - half, row, FLOOR_WIDTH / 2 + half, row + 1}, image,
                 (struct area){0, HORIZON + line, (int)DEMO_WIDTH, HORIZON + line + 1},
                 VK_FILTER_NEAREST);
    }
}

void scene_draw(struct gpu *gpu, const struct scene *scene, VkImage image)
{
    const VkClearColorValue black = {.float32 = {0.0f, 0.0f, 0.0f, 1.0f}};
    const VkImageSubresourceRange whole = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};

    upload(gpu, scene, SKY_OFFSET, SKY_SIZE, SKY_SIZE, scene->sky.image);
    upload(gpu, scene, SUN_OFFSET, SUN_WIDTH, SUN_HEIGHT, scene->sun.image);
    upload(gpu, scene, FLOOR_OFFSET, FLOOR_WIDTH, FLOOR_HEIGHT, scene->floor.image);
    vkCmdClearColorImage(gpu->commands, image, VK_IMAGE_LAYOUT_GENERAL, &black, 1, &whole);
    gpu_barrier(gpu);
    gpu_blit(gpu, scene->sky.image, VK_IMAGE_LAYOUT_GENERAL,
             (struct area){0, 0, SKY_SIZE, SKY_SIZE}, image,
             (struct area){0, 0, (int)DEMO_WIDTH, HORIZON}, VK_FILTER_LINEAR);
    gpu_barrier(gpu);
    draw_sun(gpu, scene, image);
    draw_floor(gpu, scene, image);
}
