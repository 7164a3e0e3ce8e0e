/*
 * The second process on POSIX.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "real/peer.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

intptr_t peer_system_start(const char *role, const VxmHandle *channel, const char *extra)
{
    char number[16];

    snprintf(number, sizeof(number), "%d", channel->fd);
    pid_t process = fork();
    if (process == 0) {
        fcntl(channel->fd, F_SETFD, 0);
        unsetenv("BXFI_MAP"); /* Criterion's: it would take the child for a worker of its own */
        execl("/proc/self/exe", "real", "--child", role, number, extra, (char *)NULL);
        _exit(127);
    }
    return process > 0 ? process : 0;
}

int peer_system_wait(intptr_t process)
{
    int status = 0;

    if (waitpid((pid_t)process, &status, 0) != (pid_t)process || !WIFEXITED(status)) {
        return PEER_KILLED;
    }
    return WEXITSTATUS(status);
}

VxmHandle peer_system_channel(const char *argument)
{
    return (VxmHandle){VXM_HANDLE_KIND_CHANNEL, VXM_CHANNEL_HANDLE_TYPE_NATIVE, {atoi(argument)}};
}

void peer_system_die(void)
{
    raise(SIGKILL);
}
