/*
 * What the benchmarks share: options, time, medians, and results as JSON.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_BENCH_H_
#define VXM_BENCH_H_ 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <vulkan/vulkan.h>

#include "vxm/vxm.h"

/* Ends the program with the sentence, or with the system's. */
void bench_check(VkResult result, const char *call);
void bench_check_system(long result, const char *call);
#define CHECK(call)        bench_check(call, #call)
#define CHECK_SYSTEM(call) bench_check_system(call, #call)

/* Zeroed memory, or the end of the program. */
void *bench_allocate(size_t count, size_t size);

/* The value behind an option such as "--json"; NULL if it isn't there. */
const char *bench_option(int argc, char **argv, const char *name);

/* The same as a number, with K, M or G for powers of 1024. Ends the program if it is none. */
uint64_t bench_number(int argc, char **argv, const char *name, uint64_t otherwise);

/* Ends the program, in words, if there is an argument that is none of these options with a value.
 */
void bench_only_options(int argc, char **argv, const char *const *names);

double bench_microseconds(void);

/* Sorts the values; the one that stands at so many tenths of them. */
double bench_tenth(double *values, size_t count, unsigned int tenths);
double bench_median(double *values, size_t count);

/* "512 MiB" */
const char *bench_size(uint64_t bytes, char text[32]);

/* Results in a file of JSON: what was measured on what, and rows of named values. */
struct bench_report {
    FILE *file;  /* NULL: nobody asked for it */
    int rows;    /* so far */
    bool values; /* whether the row has any */
};

/* path may be NULL, and identity where no device is used. */
void bench_open(struct bench_report *report, const char *path, const char *bench,
                const VxmIdentity *identity);
void bench_begin_row(struct bench_report *report);
void bench_text(struct bench_report *report, const char *name, const char *text);
void bench_value(struct bench_report *report, const char *name, double value);
void bench_end_row(struct bench_report *report);
void bench_close(struct bench_report *report);

#endif /* VXM_BENCH_H_ */
