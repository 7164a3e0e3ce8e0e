/*
 * What the benchmarks share.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

void bench_check(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error);
        fprintf(stderr, "%s\n%s: %s\n", call, vxmResultName(result), error.message);
        exit(EXIT_FAILURE);
    }
}

void bench_check_system(long result, const char *call)
{
    if (result < 0) {
        perror(call);
        exit(EXIT_FAILURE);
    }
}

void *bench_allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (memory == NULL) {
        perror("calloc");
        exit(EXIT_FAILURE);
    }
    return memory;
}

const char *bench_option(int argc, char **argv, const char *name)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], name) == 0) {
            return argv[i + 1];
        }
    }
    return NULL;
}

uint64_t bench_number(int argc, char **argv, const char *name, uint64_t otherwise)
{
    const char *text = bench_option(argc, argv, name);
    unsigned int shift = 0;
    uint64_t number;
    char *end;

    if (text == NULL) {
        return otherwise;
    }
    number = strtoull(text, &end, 10);
    if (*end == 'K' || *end == 'M' || *end == 'G') {
        shift = *end == 'K' ? 10 : *end == 'M' ? 20 : 30;
        end++;
    }
    if (end == text || *end != '\0' || number == 0 || number > UINT64_MAX >> shift) {
        fprintf(stderr, "%s: %s is no number from 1 on, such as 4000, 64M or 16G\n", name, text);
        exit(2);
    }
    return number << shift;
}

void bench_only_options(int argc, char **argv, const char *const *names)
{
    for (int i = 1; i < argc; i += 2) {
        size_t known = 0;

        while (names[known] != NULL && strcmp(names[known], argv[i]) != 0) {
            known++;
        }
        if (names[known] == NULL || i + 1 == argc) {
            fprintf(stderr, "usage: %s", argv[0]);
            for (known = 0; names[known] != NULL; known++) {
                fprintf(stderr, " [%s %s]", names[known],
                        strcmp(names[known], "--json") == 0 ? "FILE" : "N");
            }
            fputs("\n", stderr);
            exit(2);
        }
    }
}

double bench_microseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_tenth(double *values, size_t count, unsigned int tenths)
{
    qsort(values, count, sizeof(double), by_value);
    return values[(count - 1) * tenths / 10];
}

double bench_median(double *values, size_t count)
{
    return bench_tenth(values, count, 5);
}

const char *bench_size(uint64_t bytes, char text[32])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB"};
    size_t unit = 0;

    while (bytes % 1024 == 0 && unit < 3) {
        bytes /= 1024;
        unit++;
    }
    snprintf(text, 32, "%llu %s", (unsigned long long)bytes, units[unit]);
    return text;
}

/* Names of devices and drivers, which are plain text: quotes and controls are left out. */
static void write_string(FILE *file, const char *text)
{
    fputc('"', file);
    for (; *text != '\0'; text++) {
        if (*text != '"' && *text != '\\' && (unsigned char)*text >= 0x20) {
            fputc(*text, file);
        }
    }
    fputc('"', file);
}

void bench_open(struct bench_report *report, const char *path, const char *bench,
                const VxmIdentity *identity)
{
    time_t now = time(NULL);
    struct tm day;
    char date[32];

    *report = (struct bench_report){0};
    if (path == NULL) {
        return;
    }
    report->file = fopen(path, "w");
    if (report->file == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    strftime(date, sizeof date, "%Y-%m-%d", gmtime_r(&now, &day));
    fprintf(report->file, "{\n  \"bench\": \"%s\",\n  \"date\": \"%s\",\n", bench, date);
    if (identity != NULL) {
        fputs("  \"device\": ", report->file);
        write_string(report->file, identity->deviceName);
        fputs(",\n  \"driver\": ", report->file);
        write_string(report->file, identity->driverName);
        fputs(",\n  \"driverInfo\": ", report->file);
        write_string(report->file, identity->driverInfo);
        fputs(",\n", report->file);
    }
    fputs("  \"rows\": [", report->file);
}

void bench_begin_row(struct bench_report *report)
{
    if (report->file != NULL) {
        fprintf(report->file, "%s\n    {", report->rows++ > 0 ? "," : "");
        report->values = false;
    }
}

static void write_name(struct bench_report *report, const char *name)
{
    fprintf(report->file, "%s\"%s\": ", report->values ? ", " : "", name);
    report->values = true;
}

void bench_text(struct bench_report *report, const char *name, const char *text)
{
    if (report->file != NULL) {
        write_name(report, name);
        write_string(report->file, text);
    }
}

void bench_value(struct bench_report *report, const char *name, double value)
{
    if (report->file != NULL) {
        write_name(report, name);
        /* Bytes to the last one; of what was measured, no more digits than it is good for. */
        fprintf(report->file, value == (double)(uint64_t)value ? "%.0f" : "%.5g", value);
    }
}

void bench_end_row(struct bench_report *report)
{
    if (report->file != NULL) {
        fputs("}", report->file);
        fflush(report->file); /* for whoever loses patience */
    }
}

void bench_close(struct bench_report *report)
{
    if (report->file != NULL) {
        fputs("\n  ]\n}\n", report->file);
        if (fclose(report->file) != 0) {
            perror("writing the JSON file");
            exit(EXIT_FAILURE);
        }
    }
}
