/*
 * The names of formats, usages and tilings, as the options and the output have them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "names.h"

#include <string.h>

#define BUFFER_USAGE(name) VK_BUFFER_USAGE_##name##_BIT
#define IMAGE_USAGE(name)  VK_IMAGE_USAGE_##name##_BIT

/* A name stands for a buffer's usage, for an image's, or for both. */
static const struct usage {
    const char *name;
    VkBufferUsageFlags buffer;
    VkImageUsageFlags image;
} usages[] = {
    {"TRANSFER_SRC", BUFFER_USAGE(TRANSFER_SRC), IMAGE_USAGE(TRANSFER_SRC)},
    {"TRANSFER_DST", BUFFER_USAGE(TRANSFER_DST), IMAGE_USAGE(TRANSFER_DST)},
    {"SAMPLED", 0, IMAGE_USAGE(SAMPLED)},
    {"STORAGE", 0, IMAGE_USAGE(STORAGE)},
    {"COLOR_ATTACHMENT", 0, IMAGE_USAGE(COLOR_ATTACHMENT)},
    {"DEPTH_STENCIL_ATTACHMENT", 0, IMAGE_USAGE(DEPTH_STENCIL_ATTACHMENT)},
    {"TRANSIENT_ATTACHMENT", 0, IMAGE_USAGE(TRANSIENT_ATTACHMENT)},
    {"INPUT_ATTACHMENT", 0, IMAGE_USAGE(INPUT_ATTACHMENT)},
    {"UNIFORM_TEXEL_BUFFER", BUFFER_USAGE(UNIFORM_TEXEL_BUFFER), 0},
    {"STORAGE_TEXEL_BUFFER", BUFFER_USAGE(STORAGE_TEXEL_BUFFER), 0},
    {"UNIFORM_BUFFER", BUFFER_USAGE(UNIFORM_BUFFER), 0},
    {"STORAGE_BUFFER", BUFFER_USAGE(STORAGE_BUFFER), 0},
    {"INDEX_BUFFER", BUFFER_USAGE(INDEX_BUFFER), 0},
    {"VERTEX_BUFFER", BUFFER_USAGE(VERTEX_BUFFER), 0},
    {"INDIRECT_BUFFER", BUFFER_USAGE(INDIRECT_BUFFER), 0},
};
#define USAGE_COUNT (sizeof(usages) / sizeof(usages[0]))

static char upper(char letter)
{
    return letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : letter;
}

bool same_name(const char *a, const char *b, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (upper(a[i]) != upper(b[i])) {
            return false;
        }
        if (a[i] == '\0') {
            return true;
        }
    }
    return true;
}

/* The name behind a prefix that may be left out. */
static const char *without(const char *name, const char *prefix)
{
    return same_name(name, prefix, strlen(prefix)) ? name + strlen(prefix) : name;
}

const struct format *find_format(const char *name)
{
    const char *wanted = without(name, "VK_FORMAT_");

    for (size_t i = 0; i < format_count; i++) {
        if (same_name(formats[i].name, wanted, strlen(formats[i].name) + 1)) {
            return &formats[i];
        }
    }
    return NULL;
}

const char *format_name(VkFormat format)
{
    for (size_t i = 0; i < format_count; i++) {
        if (formats[i].format == format) {
            return formats[i].name;
        }
    }
    return "unknown";
}

bool read_usages(const char *list, VkBufferUsageFlags *buffer, VkImageUsageFlags *image,
                 const char **unknown, size_t *length)
{
    const char *at = list;

    for (;;) {
        size_t size = strcspn(at, ",|");
        const struct usage *found = NULL;

        for (size_t i = 0; found == NULL && i < USAGE_COUNT; i++) {
            if (strlen(usages[i].name) == size && same_name(usages[i].name, at, size)) {
                found = &usages[i];
            }
        }
        if (found == NULL) {
            *unknown = at;
            *length = size;
            return false;
        }
        *buffer |= found->buffer;
        *image |= found->image;
        if (at[size] == '\0') {
            return true;
        }
        at += size + 1;
    }
}

const char *buffer_usage_name(VkBufferUsageFlags usage, unsigned index)
{
    for (size_t i = 0; i < USAGE_COUNT; i++) {
        if ((usages[i].buffer & usage) != 0 && index-- == 0) {
            return usages[i].name;
        }
    }
    return NULL;
}

const char *image_usage_name(VkImageUsageFlags usage, unsigned index)
{
    for (size_t i = 0; i < USAGE_COUNT; i++) {
        if ((usages[i].image & usage) != 0 && index-- == 0) {
            return usages[i].name;
        }
    }
    return NULL;
}

const char *usage_name(unsigned index)
{
    return index < USAGE_COUNT ? usages[index].name : NULL;
}

bool read_tiling(const char *name, VkImageTiling *tiling)
{
    if (same_name(name, "OPTIMAL", sizeof("OPTIMAL"))) {
        *tiling = VK_IMAGE_TILING_OPTIMAL;
        return true;
    }
    if (same_name(name, "LINEAR", sizeof("LINEAR"))) {
        *tiling = VK_IMAGE_TILING_LINEAR;
        return true;
    }
    return false;
}

const char *tiling_name(VkImageTiling tiling)
{
    return tiling == VK_IMAGE_TILING_LINEAR ? "LINEAR" : "OPTIMAL";
}

/* ---- DRM ---- */

void fourcc_text(VkFormat format, bool opaque, char text[FOURCC_TEXT_SIZE])
{
    const uint32_t plain = vxmGetFormatFourcc(format, VK_FALSE);
    const uint32_t code = vxmGetFormatFourcc(format, opaque);

    for (unsigned i = 0; i < FOURCC_TEXT_SIZE; i++) {
        text[i] = '\0';
        if (i < FOURCC_TEXT_SIZE - 1 && !(opaque && code == plain)) {
            text[i] = (char)(code >> (8 * i) & 0xff);
        }
    }
    /* Codes such as "R8" are filled up with blanks. */
    for (unsigned i = FOURCC_TEXT_SIZE - 1; i > 0 && text[i - 1] == ' '; i--) {
        text[i - 1] = '\0';
    }
}

const char *modifier_vendor(uint64_t modifier)
{
    static const char *const names[] = {
        NULL,       "Intel", "AMD",       "NVIDIA",  "Samsung",  "Qualcomm", "Vivante",
        "Broadcom", "Arm",   "Allwinner", "Amlogic", "MediaTek", "Apple",
    };
    const uint64_t vendor = modifier >> 56;

    return vendor < sizeof(names) / sizeof(names[0]) ? names[vendor] : NULL;
}
