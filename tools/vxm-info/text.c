/*
 * Text for people: columns, colours, lines that end before the margin.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "text.h"

#include <stdio.h>
#include <string.h>

#define MARGIN 96

static bool colours;

void text_use_colours(bool on)
{
    colours = on;
}

size_t text_character(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t size = at[0] < 0x80u                     ? 1u
                  : at[0] >= 0xC2u && at[0] < 0xE0u ? 2u
                  : at[0] >= 0xE0u && at[0] < 0xF0u ? 3u
                  : at[0] >= 0xF0u && at[0] < 0xF5u ? 4u
                                                    : 0u;
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xC0u) != 0x80u) {
            return 0;
        }
    }
    /* Longer than need be, a half of a surrogate pair, or behind the last one. */
    if ((at[0] == 0xE0u && at[1] < 0xA0u) || (at[0] == 0xEDu && at[1] >= 0xA0u) ||
        (at[0] == 0xF0u && at[1] < 0x90u) || (at[0] == 0xF4u && at[1] >= 0x90u)) {
        return 0;
    }
    return size;
}

/* Names and reasons come from drivers and from files of others: nothing in them is an order to the
 * terminal. */
static void put(FILE *to, const char *text, size_t length)
{
    for (size_t size = 0; length > 0; text += size, length -= size) {
        const unsigned char *at = (const unsigned char *)text;
        size = text_character(text);
        if (size == 0 || (at[0] < 0x20u && at[0] != '\t' && at[0] != '\n') || at[0] == 0x7Fu ||
            (at[0] == 0xC2u && at[1] < 0xA0u)) {
            putc('?', to);
            size = size == 0 ? 1 : size;
        } else {
            fwrite(text, 1, size, to);
        }
    }
}

void text_cell(enum ink ink, unsigned width, const char *text)
{
    static const char *const codes[] = {
        [PLAIN] = "",        [BOLD] = "\033[1m",   [FAINT] = "\033[2m",
        [GOOD] = "\033[32m", [BAD] = "\033[1;31m", [DOUBTFUL] = "\033[33m",
    };
    bool coloured = colours && codes[ink][0] != '\0';
    size_t length = strlen(text);

    fputs(coloured ? codes[ink] : "", stdout);
    put(stdout, text, length);
    fputs(coloured ? "\033[0m" : "", stdout);
    if (length < width) {
        printf("%*s", (int)(width - length), "");
    }
}

void text_wrap(FILE *to, unsigned cursor, unsigned indent, const char *words)
{
    bool first = true;

    while (*words != '\0') {
        size_t length = strcspn(words, " \n");
        if (!first && cursor + 1 + length > MARGIN) {
            fprintf(to, "\n%*s", (int)indent, "");
            cursor = indent;
        } else if (!first) {
            putc(' ', to);
            cursor++;
        }
        put(to, words, length);
        cursor += (unsigned)length;
        words += length;
        words += strspn(words, " \n");
        first = false;
    }
    putc('\n', to);
}
