/*
 * The names of formats, usages and tilings, as the options and the output have them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_INFO_NAMES_H_
#define VXM_INFO_NAMES_H_ 1

#include "report.h"

struct format {
    const char *name; /* without VK_FORMAT_ */
    VkFormat format;
    uint32_t texelSize;
};
extern const struct format formats[];
extern const size_t format_count;

/* Letters of either case, with VK_FORMAT_ or without; NULL: no such format. */
const struct format *find_format(const char *name);
const char *format_name(VkFormat format);

/* Adds what a list of names means, such as "SAMPLED,STORAGE_BUFFER". False: *end is the name that
 * isn't known, and its length. */
bool read_usages(const char *list, VkBufferUsageFlags *buffer, VkImageUsageFlags *image,
                 const char **unknown, size_t *length);
/* The index-th name of the usages of a buffer or an image; NULL past the last. */
const char *buffer_usage_name(VkBufferUsageFlags usage, unsigned index);
const char *image_usage_name(VkImageUsageFlags usage, unsigned index);
/* For the help: every name that read_usages() knows; NULL past the last. */
const char *usage_name(unsigned index);

bool read_tiling(const char *name, VkImageTiling *tiling);
const char *tiling_name(VkImageTiling tiling);

/* "AB24", and with `opaque` "XB24" or, where there is no such one, ""; "" if DRM has none. */
#define FOURCC_TEXT_SIZE 5
void fourcc_text(VkFormat format, bool opaque, char text[FOURCC_TEXT_SIZE]);

/* Whose a DRM format modifier is; NULL: everybody's, or not known. */
const char *modifier_vendor(uint64_t modifier);

/* ASCII letters of either case are equal. */
bool same_name(const char *a, const char *b, size_t length);

#endif /* VXM_INFO_NAMES_H_ */
