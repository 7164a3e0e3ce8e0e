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

void text_cell(enum ink ink, unsigned width, const char *text)
{
    static const char *const codes[] = {
        [PLAIN] = "",        [BOLD] = "\033[1m",   [FAINT] = "\033[2m",
        [GOOD] = "\033[32m", [BAD] = "\033[1;31m", [DOUBTFUL] = "\033[33m",
    };
    bool coloured = colours && codes[ink][0] != '\0';
    size_t length = strlen(text);

    printf("%s%s%s", coloured ? codes[ink] : "", text, coloured ? "\033[0m" : "");
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
        fwrite(words, 1, length, to);
        cursor += (unsigned)length;
        words += length;
        words += strspn(words, " \n");
        first = false;
    }
    putc('\n', to);
}
