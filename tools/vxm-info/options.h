/*
 * The command line.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_INFO_OPTIONS_H_
#define VXM_INFO_OPTIONS_H_ 1

#include "report.h"

enum colour_mode {
    COLOUR_AUTO,
    COLOUR_ALWAYS,
    COLOUR_NEVER,
};

struct options {
    bool json;
    bool probe;
    bool why;
    bool modifiers; /* of every format */
    enum colour_mode colour;
    struct device_filter device;
    const char *peer; /* NULL: none */
    unsigned seconds; /* for each step of the probe */
    struct subject subject;
};

enum options_result {
    OPTIONS_GO,
    OPTIONS_DONE,  /* help or version was printed */
    OPTIONS_WRONG, /* and said so on stderr */
};

enum options_result read_options(int argc, char **argv, struct options *options);

#endif /* VXM_INFO_OPTIONS_H_ */
