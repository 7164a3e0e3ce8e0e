/*
 * Text for people: columns, colours, lines that end before the margin.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_INFO_TEXT_H_
#define VXM_INFO_TEXT_H_ 1

#include <stdio.h>

#include "report.h"

enum ink {
    PLAIN,
    BOLD,
    FAINT,
    GOOD,
    BAD,
    DOUBTFUL,
};

/* Once, before anything is printed. */
void text_use_colours(bool on);

/* The text, and blanks up to the width. */
void text_cell(enum ink ink, unsigned width, const char *text);
/* Words from the column on where the cursor stands; further lines begin at `indent`. */
void text_wrap(FILE *to, unsigned cursor, unsigned indent, const char *words);

/* Bytes of the UTF-8 character that the text begins with; 0: it is none. */
size_t text_character(const char *text);

/* What a device is, and what its driver claims or the probe found. Why it has no modifiers is said
 * with `why`, and with `modifiers` where no format has any. */
void print_device(const struct report *report, const struct device_report *device, bool why,
                  bool modifiers);
/* What the tables' "image" and "buffer" are. */
void print_subject(const struct subject *subject);
/* That there is no Vulkan here, and how to get it; to stderr. */
void print_no_vulkan(const char *reason);

/* The claim in few words, such as "export import dedicated". */
void claim_text(const VxmQueryResult *claim, char *text, size_t size);
/* "works", "fails", "absent", "not-probed"; NULL for VERDICT_NONE. */
const char *verdict_name(enum verdict verdict);
const char *column_name(VxmHandleKind kind, unsigned column);

#endif /* VXM_INFO_TEXT_H_ */
