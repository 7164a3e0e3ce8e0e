/*
 * Prints what the library knows of formats, to be compared with the registries: of each format
 * whose number stands in the input, a line for each plane, and of each code in hexadecimal what it
 * is.
 *
 *   number  ->  name NUMBER NAME, and for each plane
 *               plane NUMBER PLANE BYTES BLOCKWIDTH BLOCKHEIGHT DIVIDEX DIVIDEY FORMAT
 *   0xCODE  ->  code 0xCODE NUMBER PLANES OPAQUE SWAPPED
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static void print_code(uint32_t code)
{
    VxmFourccFormat format;

    if (vxmGetFourccFormat(code, &format) == VK_SUCCESS) {
        printf("code 0x%08" PRIx32 " %d %" PRIu32 " %d %d\n", code, (int)format.format,
               format.planeCount, format.opaque && format.components.a == VK_COMPONENT_SWIZZLE_ONE,
               format.components.r == VK_COMPONENT_SWIZZLE_B &&
                   format.components.b == VK_COMPONENT_SWIZZLE_R);
    }
}

static void print_planes(VkFormat format)
{
    printf("name %d %s\n", (int)format, vxm__format_name(format).text);
    for (uint32_t plane = 0; plane < VXM_MAX_PLANES; plane++) {
        struct vxm_format_plane facts;

        if (vxm__format_plane(format, plane, &facts)) {
            printf("plane %d %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32 " %" PRIu32
                   " %d\n",
                   (int)format, plane, facts.bytes, facts.blockWidth, facts.blockHeight,
                   facts.divideX, facts.divideY, (int)vxmGetPlaneFormat(format, plane));
        }
    }
}

int main(void)
{
    char word[32];

    while (scanf("%31s", word) == 1) {
        const unsigned long number = strtoul(word, NULL, 0);

        if (strncmp(word, "0x", 2) == 0) {
            print_code((uint32_t)number);
        } else {
            print_planes((VkFormat)number);
        }
    }
    return 0;
}
