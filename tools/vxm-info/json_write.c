/*
 * JSON, written.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "json.h"

#include <inttypes.h>

#include "text.h"

static unsigned depth;
static bool begun; /* something stands before, in the same brackets */

static void begin(const char *key)
{
    if (depth > 0) {
        printf("%s\n%*s", begun ? "," : "", (int)(2 * depth), "");
    }
    if (key != NULL) {
        printf("\"%s\": ", key);
    }
    begun = true;
}

void json_open(const char *key, char bracket)
{
    begin(key);
    putchar(bracket);
    depth++;
    begun = false;
}

void json_close(char bracket)
{
    depth--;
    if (begun) {
        printf("\n%*s", (int)(2 * depth), "");
    }
    putchar(bracket);
    begun = true;
    if (depth == 0) {
        putchar('\n');
        begun = false;
    }
}

void json_string(const char *key, const char *text)
{
    const char *at = text;

    begin(key);
    putchar('"');
    while (*at != '\0') {
        size_t size = text_character(at);
        if (size == 0) {
            /* A driver may call itself what it likes. */
            putchar('?');
            size = 1;
        } else if (*at == '"' || *at == '\\') {
            printf("\\%c", *at);
        } else if ((unsigned char)*at < 0x20) {
            printf("\\u%04x", (unsigned)*at);
        } else {
            fwrite(at, 1, size, stdout);
        }
        at += size;
    }
    putchar('"');
}

void json_integer(const char *key, int64_t value)
{
    begin(key);
    printf("%" PRId64, value);
}

void json_boolean(const char *key, bool value)
{
    begin(key);
    fputs(value ? "true" : "false", stdout);
}

void json_null(const char *key)
{
    begin(key);
    fputs("null", stdout);
}
