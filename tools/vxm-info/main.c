/*
 * vxm-info: says what a machine can share, and, if asked, whether that is true.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "peer.h"
#include "probe.h"
#include "probe_protocol.h"
#include "process.h"
#include "report_json.h"
#include "text.h"

struct run {
    const char *program;
    struct options options;
    struct report report;
    struct peer peer;
    bool hasPeer;
    bool failed;  /* something claimed fails */
    bool printed; /* some device was */
    char firstFailure[1024];
};

static bool wants_colours(const struct options *options)
{
    const char *never = getenv("NO_COLOR");

    if (options->json || options->colour == COLOUR_NEVER) {
        return false;
    }
    if (options->colour == COLOUR_ALWAYS) {
        output_is_terminal(); /* which also turns colours on, where that is needed */
        return true;
    }
    return (never == NULL || never[0] == '\0') && output_is_terminal();
}

static void print_one(struct run *run, const struct device_report *report)
{
    if (run->printed) {
        putchar('\n');
    }
    run->printed = true;
    print_device(&run->report, report, run->options.why, run->options.modifiers);
    fflush(stdout);
}

/* With a peer the answer is about both sides; what a probe has found is said all the same, since
 * the status tells of it. */
static bool prints_devices(const struct run *run)
{
    return !run->options.json && (!run->hasPeer || run->options.probe);
}

static void report_device(struct run *run, VxmDevice device, struct device_report *report)
{
    const struct options *options = &run->options;

    query_device(device, &options->subject, report);
    query_modifiers(device, &options->subject, options->modifiers, report);
    if (run->hasPeer) {
        peer_compare(&run->peer, device, report, &options->subject);
    }
    if (options->probe) {
        probe_device(run->program, options->seconds, device, &options->subject, report);
        run->failed = run->failed || probe_failed(report);
    }
    if (prints_devices(run)) {
        print_one(run, report);
    }
}

/* A device that can't be opened has its line, too. */
static void report_failure(struct run *run, const VxmError *error, struct device_report *report)
{
    snprintf(report->failure, sizeof(report->failure), "%s", error->message);
    if (run->firstFailure[0] == '\0') {
        memcpy(run->firstFailure, report->failure, sizeof(run->firstFailure));
    }
}

static void say_if_more(uint32_t index)
{
    const VxmDeviceCreateInfo create = {.deviceIndex = index};
    VxmDevice device = NULL;

    if (vxmCreateDevice(&create, &device) == VK_SUCCESS) {
        fprintf(stderr, "vxm-info: there are more than %d devices; --device shows the others.\n",
                MAX_DEVICES);
    }
    vxmDestroyDevice(device);
}

/* Devices are opened by index until there are no more: the library then says that the criteria are
 * at fault, and nothing else. */
static uint32_t report_devices(struct run *run)
{
    uint32_t opened = 0;
    uint32_t lost = 0;     /* devices whose opening no process lives through, one after the other */
    uint32_t failures = 0; /* without Vulkan, for one, there is no end of them */

    for (uint32_t index = 0; lost < 2 && failures < MAX_DEVICES; index++) {
        if (run->report.count == MAX_DEVICES) {
            say_if_more(index);
            break;
        }
        struct device_report *report = &run->report.devices[run->report.count];
        const VxmDeviceCreateInfo create = {.deviceIndex = index};
        VxmDevice device = NULL;
        VxmDeviceInfo info;
        VxmError error;
        memset(report, 0, sizeof(*report));
        report->index = index;
        if (run->options.probe && !probe_survives(run->program, run->options.seconds, report)) {
            run->report.count++;
            run->failed = true;
            lost++;
            continue;
        }
        lost = 0;
        if (vxmCreateDevice(&create, &device) != VK_SUCCESS) {
            vxmGetLastError(&error);
            if (error.reason == VXM_ERROR_REASON_ARGUMENT) {
                break;
            }
            report_failure(run, &error, report);
            failures++;
            /* With a filter nobody can tell whether this one is meant. */
            run->report.count += run->options.device.text == NULL ? 1 : 0;
            continue;
        }
        if (vxmGetDeviceInfo(device, &info) == VK_SUCCESS &&
            filter_meets(&run->options.device, index, info.identity)) {
            report_device(run, device, report);
            run->report.count++;
            opened++;
        }
        vxmDestroyDevice(device);
    }
    return opened;
}

static const char *none_error(struct run *run, bool *vulkan)
{
    static char text[1280];

    *vulkan = run->firstFailure[0] == '\0';
    if (!*vulkan) {
        snprintf(text, sizeof(text), "%s", run->firstFailure);
    } else {
        snprintf(text, sizeof(text),
                 "there is no device \"%s\": give the index, a part of the name "
                 "or the UUID that vxm-info shows.",
                 run->options.device.text);
    }
    return text;
}

static int run_none(struct run *run)
{
    bool vulkan;
    const char *error = none_error(run, &vulkan);

    run->report.count = 0;
    if (run->options.json) {
        print_json(&run->report, error, run->hasPeer ? &run->peer : NULL);
    }
    if (vulkan) {
        fprintf(stderr, "vxm-info: %s\n", error);
    } else {
        print_no_vulkan(error);
    }
    return EXIT_NO_GPU;
}

static void print_rest(struct run *run)
{
    const struct report *report = &run->report;

    if (run->options.json) {
        print_json(report, NULL, run->hasPeer ? &run->peer : NULL);
        return;
    }
    for (uint32_t i = 0; prints_devices(run) && i < report->count; i++) {
        if (!report->devices[i].opened) {
            print_one(run, &report->devices[i]);
        }
    }
    if (run->hasPeer) {
        if (run->printed) {
            putchar('\n');
        }
        print_peer(&run->peer, report);
    }
    putchar('\n');
    print_subject(&report->subject);
}

static int finish(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("vxm-info: the output can't be written.\n", stderr);
        return EXIT_USAGE;
    }
    return status;
}

int main(int argc, char **argv)
{
    static struct run run;

    process_begin();
    if (argc == 4 && strcmp(argv[1], "--probe-child") == 0) {
        return probe_child(argv[2], argv[3]);
    }
    run.program = argc > 0 ? argv[0] : "vxm-info";
    switch (read_options(argc, argv, &run.options)) {
    case OPTIONS_DONE:
        return finish(EXIT_WORKS);
    case OPTIONS_WRONG:
        return EXIT_USAGE;
    case OPTIONS_GO:
        break;
    }
    if (run.options.peer != NULL) {
        if (!peer_open(run.options.peer, &run.options.subject, &run.peer)) {
            return EXIT_USAGE;
        }
        run.hasPeer = true;
    }
    run.report.subject = run.options.subject;
    run.report.probed = run.options.probe;
    text_use_colours(wants_colours(&run.options));

    int status = EXIT_WORKS;
    if (report_devices(&run) == 0 && !run.failed) {
        status = run_none(&run);
    } else {
        print_rest(&run);
        status = run.failed || (run.hasPeer && !peer_shares(&run.peer)) ? EXIT_FAILS : EXIT_WORKS;
    }
    if (run.hasPeer) {
        peer_close(&run.peer);
    }
    for (uint32_t i = 0; i < MAX_DEVICES; i++) {
        free_modifiers(&run.report.devices[i]);
    }
    return finish(status);
}
