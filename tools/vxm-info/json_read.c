/*
 * JSON, read: RFC 8259, within limits.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "json.h"

#define MAX_DEPTH  32
#define MAX_VALUES 100000

struct reader {
    struct json_document *document;
    const char *start;
    char *at;
    unsigned depth;
};

static bool read_value(struct reader *reader, struct json_value *value);

static bool fail(struct reader *reader, const char *what)
{
    struct json_document *document = reader->document;

    if (document->error[0] == '\0') {
        unsigned line = 1;
        for (const char *c = reader->start; c < reader->at; c++) {
            line += *c == '\n' ? 1u : 0u;
        }
        snprintf(document->error, sizeof(document->error), "line %u: %s", line, what);
    }
    return false;
}

static void skip_blanks(struct reader *reader)
{
    reader->at += strspn(reader->at, " \t\r\n");
}

static bool take(struct reader *reader, char character)
{
    skip_blanks(reader);
    if (*reader->at != character) {
        return false;
    }
    reader->at++;
    return true;
}

static struct json_value *add(struct reader *reader)
{
    struct json_document *document = reader->document;

    if (document->count == document->capacity) {
        fail(reader, "more values than vxm-info reads");
        return NULL;
    }
    return &document->values[document->count++];
}

/* ---- strings: unescaped where they stand, which never makes them longer ---- */

static bool read_hex(struct reader *reader, unsigned *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++) {
        char c = *reader->at;
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                : 16u;
        if (digit == 16) {
            return fail(reader, "four hexadecimal digits must follow \\u");
        }
        *code = *code * 16 + digit;
        reader->at++;
    }
    return true;
}

static char *write_character(char *to, unsigned code)
{
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xC0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *to++ = (char)(0xE0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    } else {
        *to++ = (char)(0xF0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3F));
        *to++ = (char)(0x80 | (code >> 6 & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    }
    return to;
}

static bool read_unicode(struct reader *reader, char **to)
{
    unsigned code;
    unsigned low;

    if (!read_hex(reader, &code)) {
        return false;
    }
    if (code >= 0xD800 && code < 0xDC00) {
        if (reader->at[0] != '\\' || reader->at[1] != 'u') {
            return fail(reader, "half of a surrogate pair");
        }
        reader->at += 2;
        if (!read_hex(reader, &low)) {
            return false;
        }
        if (low < 0xDC00 || low >= 0xE000) {
            return fail(reader, "half of a surrogate pair");
        }
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xDC00 && code < 0xE000) {
        return fail(reader, "half of a surrogate pair");
    } else if (code == 0) {
        return fail(reader, "a string with a NUL in it");
    }
    *to = write_character(*to, code);
    return true;
}

static bool read_escape(struct reader *reader, char **to)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    const char *found = *reader->at != '\0' ? strchr(letters, *reader->at) : NULL;

    if (found != NULL) {
        *(*to)++ = meanings[found - letters];
        reader->at++;
        return true;
    }
    if (*reader->at == 'u') {
        reader->at++;
        return read_unicode(reader, to);
    }
    return fail(reader, "an unknown escape in a string");
}

static bool read_string(struct reader *reader, char **text)
{
    char *to;

    if (!take(reader, '"')) {
        return fail(reader, "a string was expected");
    }
    *text = to = reader->at;
    while (*reader->at != '"') {
        if ((unsigned char)*reader->at < 0x20) {
            return fail(reader, "a string that doesn't end, or has a control character in it");
        }
        if (*reader->at != '\\') {
            *to++ = *reader->at++;
            continue;
        }
        reader->at++;
        if (!read_escape(reader, &to)) {
            return false;
        }
    }
    reader->at++;
    *to = '\0';
    return true;
}

/* ---- the other values ---- */

static bool read_list(struct reader *reader, struct json_value *value, bool object)
{
    struct json_value **end = &value->first;
    const char closing = object ? '}' : ']';

    value->type = object ? JSON_OBJECT : JSON_ARRAY;
    if (++reader->depth > MAX_DEPTH) {
        return fail(reader, "brackets deeper than vxm-info reads");
    }
    if (!take(reader, closing)) {
        do {
            struct json_value *member = add(reader);
            if (member == NULL || (object && !read_string(reader, &member->key))) {
                return false;
            }
            if (object && !take(reader, ':')) {
                return fail(reader, "':' was expected");
            }
            if (!read_value(reader, member)) {
                return false;
            }
            *end = member;
            end = &member->next;
        } while (take(reader, ','));
        if (!take(reader, closing)) {
            return fail(reader, object ? "',' or '}' was expected" : "',' or ']' was expected");
        }
    }
    reader->depth--;
    return true;
}

static bool read_word(struct reader *reader, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(reader->at, word, length) != 0) {
        return fail(reader, "a value was expected");
    }
    reader->at += length;
    return true;
}

static bool skip_digits(char **at)
{
    size_t count = strspn(*at, "0123456789");

    *at += count;
    return count > 0;
}

/* strtod() takes more than JSON has. */
static bool read_number(struct reader *reader, struct json_value *value)
{
    char *at = reader->at + (*reader->at == '-' ? 1 : 0);
    bool well = true;

    value->type = JSON_NUMBER;
    value->number = strtod(reader->at, NULL);
    if (*at == '0') {
        at++;
    } else {
        well = skip_digits(&at);
    }
    if (*at == '.') {
        at++;
        well = skip_digits(&at) && well;
    }
    if (*at == 'e' || *at == 'E') {
        at += at[1] == '+' || at[1] == '-' ? 2 : 1;
        well = skip_digits(&at) && well;
    }
    if (!well) {
        return fail(reader, "a value was expected");
    }
    reader->at = at;
    return true;
}

static bool read_value(struct reader *reader, struct json_value *value)
{
    skip_blanks(reader);
    switch (*reader->at) {
    case '{':
    case '[':
        return read_list(reader, value, *reader->at++ == '{');
    case '"':
        value->type = JSON_STRING;
        return read_string(reader, &value->text);
    case 't':
        value->type = JSON_BOOLEAN;
        value->boolean = true;
        return read_word(reader, "true");
    case 'f':
        value->type = JSON_BOOLEAN;
        return read_word(reader, "false");
    case 'n':
        return read_word(reader, "null");
    default:
        return read_number(reader, value);
    }
}

bool json_read(char *text, struct json_document *document)
{
    struct reader reader = {document, text, text, 0};

    memset(document, 0, sizeof(*document));
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) {
        reader.at += 3; /* a byte order mark, as editors on Windows set it */
    }
    /* Every value but the first is behind one of these. */
    document->capacity = 1;
    for (const char *c = text; *c != '\0'; c++) {
        document->capacity += *c == ',' || *c == '{' || *c == '[' ? 1u : 0u;
    }
    if (document->capacity > MAX_VALUES) {
        document->capacity = MAX_VALUES;
    }
    document->values = calloc(document->capacity, sizeof(*document->values));
    if (document->values == NULL) {
        return fail(&reader, "no memory to read it");
    }
    document->root = add(&reader);
    if (!read_value(&reader, document->root)) {
        json_free(document);
        return false;
    }
    skip_blanks(&reader);
    if (*reader.at != '\0') {
        fail(&reader, "there is more behind the end");
        json_free(document);
        return false;
    }
    return true;
}

void json_free(struct json_document *document)
{
    free(document->values);
    document->values = NULL;
    document->root = NULL;
}

const struct json_value *json_member(const struct json_value *value, const char *key,
                                     enum json_type type)
{
    if (value == NULL || value->type != JSON_OBJECT) {
        return NULL;
    }
    for (const struct json_value *member = value->first; member != NULL; member = member->next) {
        if (strcmp(member->key, key) == 0) {
            return member->type == type ? member : NULL;
        }
    }
    return NULL;
}

const char *json_text(const struct json_value *value, const char *key)
{
    const struct json_value *member = json_member(value, key, JSON_STRING);

    return member != NULL ? member->text : "";
}

bool json_true(const struct json_value *value, const char *key)
{
    const struct json_value *member = json_member(value, key, JSON_BOOLEAN);

    return member != NULL && member->boolean;
}
