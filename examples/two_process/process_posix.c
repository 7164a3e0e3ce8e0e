/*
 * The demo's second process on POSIX.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "demo.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t consumer;

long process_id(void)
{
    return (long)getpid();
}

double milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

void process_start_consumer(const char *program, const VxmHandle *channel, const char *pngPath)
{
    char number[16];

    snprintf(number, sizeof(number), "%d", channel->fd);
    consumer = fork();
    if (consumer < 0) {
        fail("A child process can't be made.");
    }
    if (consumer == 0) {
        fcntl(channel->fd, F_SETFD, 0); /* the only descriptor that the child inherits */
        execlp(program, program, "consumer", "--inherited", number, "--png", pngPath, (char *)NULL);
        perror(program);
        _exit(127);
    }
}

VxmHandle process_channel(const char *inherited)
{
    return (VxmHandle){VXM_HANDLE_KIND_CHANNEL, VXM_CHANNEL_HANDLE_TYPE_NATIVE, {atoi(inherited)}};
}

int process_wait_for_consumer(void)
{
    int status = 0;

    if (waitpid(consumer, &status, 0) != consumer || !WIFEXITED(status)) {
        fail("The consumer did not end by itself.");
    }
    return WEXITSTATUS(status);
}
