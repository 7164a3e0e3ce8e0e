/*
 * Two processes, one piece of GPU memory, no copy.
 *
 *   two_process [--png FILE]                   both, the consumer as a child process
 *   two_process producer NAME                  the same in two terminals: NAME is the path of a
 *   two_process consumer NAME [--png FILE]     socket, or @name
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "demo.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* The consumer as a child process: it inherits its end of the channel as this descriptor. */
static int consumer_with(int fd, const char *pngPath)
{
    VxmHandle handle = {VXM_HANDLE_KIND_CHANNEL, VXM_CHANNEL_HANDLE_TYPE_NATIVE, {fd}};
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
    char number[16];
    int childStatus = 0;

    VXM(vxmCreateChannelPair(ends));
    VXM(vxmExportChannel(ends[1], &handle));
    snprintf(number, sizeof(number), "%d", handle.fd);
    pid_t child = fork();
    if (child < 0) {
        fail("A child process can't be made.");
    }
    if (child == 0) {
        fcntl(handle.fd, F_SETFD, 0); /* the only descriptor that the child inherits */
        execlp(program, program, "consumer", "--fd", number, "--png", pngPath, (char *)NULL);
        perror(program);
        _exit(127);
    }
    vxmCloseHandle(&handle);
    vxmCloseChannel(ends[1]);

    int status = run_producer(ends[0]);
    vxmCloseChannel(ends[0]);
    if (waitpid(child, &childStatus, 0) != child || !WIFEXITED(childStatus)) {
        fail("The consumer did not end by itself.");
    }
    if (WEXITSTATUS(childStatus) != 0) {
        fail("The consumer ended with status %d.", WEXITSTATUS(childStatus));
    }
    return status;
}

int main(int argc, char **argv)
{
    const char *role = NULL;
    const char *name = NULL;
    const char *pngPath = "two_process.png";
    int fd = -1;

    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--png") == 0 && more) {
            pngPath = argv[++i];
        } else if (strcmp(argv[i], "--fd") == 0 && more) {
            fd = atoi(argv[++i]);
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
    if (strcmp(role, "consumer") == 0 && fd >= 0) {
        return consumer_with(fd, pngPath);
    }
    if (strcmp(role, "producer") == 0 && name != NULL) {
        return producer_at(name);
    }
    if (strcmp(role, "consumer") == 0 && name != NULL) {
        return consumer_at(name, pngPath);
    }
    return usage(argv[0]);
}
