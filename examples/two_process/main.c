/*
 * Two processes, one piece of GPU memory, no copy.
 *
 *   two_process [--png FILE]                   both, the consumer as a child process
 *   two_process producer NAME                  the same in two terminals: NAME is the path of a
 *   two_process consumer NAME [--png FILE]     socket, or @name; on Windows the name of a pipe
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "demo.h"

#include <stdio.h>
#include <string.h>

static int usage(const char *program)
{
    fprintf(stderr,
            "usage: %s [--png FILE]\n"
            "       %s producer NAME\n"
            "       %s consumer NAME [--png FILE]\n",
            program, program, program);
    return 2;
}

static int producer_at(const char *name)
{
    VxmListener listener;
    VxmChannel channel;

    VXM(vxmListen(name, NULL, &listener));
    printf("Waiting for a consumer at %s\n", name);
    fflush(stdout);
    VXM(vxmAccept(listener, 10 * TIME_LIMIT, &channel));
    vxmCloseListener(listener);
    int status = run_producer(channel);
    vxmCloseChannel(channel);
    return status;
}

static int consumer_at(const char *name, const char *pngPath)
{
    VxmChannel channel;

    VXM(vxmConnect(name, 10 * TIME_LIMIT, &channel));
    int status = run_consumer(channel, pngPath);
    vxmCloseChannel(channel);
    return status;
}

/* The consumer as a child process, with the end of the channel that it has inherited. */
static int consumer_with(const char *inherited, const char *pngPath)
{
    VxmHandle handle = process_channel(inherited);
    VxmChannel channel;

    VXM(vxmImportChannel(&handle, &channel));
    vxmCloseHandle(&handle);
    int status = run_consumer(channel, pngPath);
    vxmCloseChannel(channel);
    return status;
}

static int both(const char *program, const char *pngPath)
{
    VxmChannel ends[2];
    VxmHandle handle;

    VXM(vxmCreateChannelPair(ends));
    VXM(vxmExportChannel(ends[1], &handle));
    process_start_consumer(program, &handle, pngPath);
    vxmCloseHandle(&handle);
    vxmCloseChannel(ends[1]);

    int status = run_producer(ends[0]);
    vxmCloseChannel(ends[0]);
    int consumerStatus = process_wait_for_consumer();
    if (consumerStatus != 0) {
        fail("The consumer ended with status %d.", consumerStatus);
    }
    return status;
}

int main(int argc, char **argv)
{
    const char *role = NULL;
    const char *name = NULL;
    const char *pngPath = "two_process.png";
    const char *inherited = NULL;

    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--png") == 0 && more) {
            pngPath = argv[++i];
        } else if (strcmp(argv[i], "--inherited") == 0 && more) {
            inherited = argv[++i];
        } else if (role == NULL && argv[i][0] != '-') {
            role = argv[i];
        } else if (name == NULL && argv[i][0] != '-') {
            name = argv[i];
        } else {
            return usage(argv[0]);
        }
    }
    if (role == NULL) {
        return both(argv[0], pngPath);
    }
    if (strcmp(role, "consumer") == 0 && inherited != NULL) {
        return consumer_with(inherited, pngPath);
    }
    if (strcmp(role, "producer") == 0 && name != NULL) {
        return producer_at(name);
    }
    if (strcmp(role, "consumer") == 0 && name != NULL) {
        return consumer_at(name, pngPath);
    }
    return usage(argv[0]);
}
