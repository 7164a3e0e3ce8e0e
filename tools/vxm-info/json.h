/*
 * JSON, written and read.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_INFO_JSON_H_
#define VXM_INFO_JSON_H_ 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* ---- writing: to stdout, indented. A key is NULL in an array and for the whole. ---- */

void json_open(const char *key, char bracket); /* '{' or '[' */
void json_close(char bracket);                 /* '}' or ']' */
void json_string(const char *key, const char *text);
void json_integer(const char *key, int64_t value);
void json_boolean(const char *key, bool value);
void json_null(const char *key);

/* ---- reading: a document in memory, from whoever wrote it ---- */

enum json_type {
    JSON_NULL,
    JSON_BOOLEAN,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

/* A value lies in the document's array; its members or elements are a list of siblings. */
struct json_value {
    enum json_type type;
    bool boolean;
    double number;
    char *text; /* of a string */
    char *key;  /* of a member */
    struct json_value *first;
    struct json_value *next;
};

struct json_document {
    struct json_value *values;
    size_t count;
    size_t capacity;
    struct json_value *root;
    char error[128];
};

/* Reads it; text is changed, and must live as long as the document. False: error says why, and
 * there is nothing to free. */
bool json_read(char *text, struct json_document *document);
void json_free(struct json_document *document);

/* NULL if there is no such member, or it isn't of that type; value may be NULL. */
const struct json_value *json_member(const struct json_value *value, const char *key,
                                     enum json_type type);
/* "" if there is none. */
const char *json_text(const struct json_value *value, const char *key);
bool json_true(const struct json_value *value, const char *key);

#endif /* VXM_INFO_JSON_H_ */
