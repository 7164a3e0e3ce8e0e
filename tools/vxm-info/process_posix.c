/*
 * What the operating system is asked for, on POSIX.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

void process_begin(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
            /* The wrong way round, so that what should be read or written there fails still. It is
             * the lowest number that is free. */
            (void)open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
        }
    }
    (void)signal(SIGCHLD, SIG_DFL);
}

bool process_start(const char *program, const char *role, const VxmHandle *channel,
                   struct process *process, char *why, size_t size)
{
    char number[16];
    const pid_t parent = getpid();

    snprintf(number, sizeof(number), "%d", channel->fd);
    fflush(NULL);
    pid_t child = fork();
    if (child < 0) {
        snprintf(why, size, "a child process can't be made: %s", strerror(errno));
        return false;
    }
    if (child == 0) {
#if defined(__linux__)
        /* A driver that hangs there doesn't see that its channel is closed. */
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
        if (getppid() != parent) {
            _exit(127);
        }
        fcntl(channel->fd, F_SETFD, 0); /* the only descriptor that it inherits */
        /* What a driver prints there must not get into the report. */
        dup2(STDERR_FILENO, STDOUT_FILENO);
#if defined(__linux__)
        /* Itself, whatever has become of its file. */
        execl("/proc/self/exe", program, "--probe-child", role, number, (char *)NULL);
#endif
        execlp(program, program, "--probe-child", role, number, (char *)NULL);
        fprintf(stderr, "vxm-info: %s: %s\n", program, strerror(errno));
        _exit(127);
    }
    process->running = true;
    process->id = (int)child;
    return true;
}

VxmHandle process_inherited(const char *text)
{
    return (VxmHandle){
        .kind = VXM_HANDLE_KIND_CHANNEL, .type = VXM_CHANNEL_HANDLE_TYPE_NATIVE, .fd = atoi(text)};
}

bool process_end(struct process *process, unsigned milliseconds, char *how, size_t size)
{
    const struct timespec pause = {0, 5000000};
    bool in_time = true;
    int status = 0;
    pid_t ended = 0;

    if (!process->running) {
        snprintf(how, size, "was not running");
        return true;
    }
    process->running = false;
    for (unsigned waited = 0;; waited += 5) {
        ended = waitpid(process->id, &status, WNOHANG);
        if (ended != 0 && !(ended < 0 && errno == EINTR)) {
            break;
        }
        if (waited >= milliseconds) {
            in_time = false;
            kill(process->id, SIGKILL);
            while ((ended = waitpid(process->id, &status, 0)) < 0 && errno == EINTR) {
            }
            break;
        }
        nanosleep(&pause, NULL);
    }
    if (ended == process->id && WIFSIGNALED(status)) {
        snprintf(how, size, "crashed by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    } else {
        snprintf(how, size, "ended with status %d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    return in_time;
}

void process_crash_quietly(void)
{
    const struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
}

bool output_is_terminal(void)
{
    const char *terminal = getenv("TERM");

    return isatty(STDOUT_FILENO) && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

void boot_id(char *text, size_t size)
{
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "r");

    text[0] = '\0';
    if (file != NULL) {
        if (fgets(text, (int)size, file) != NULL) {
            text[strcspn(text, "\n")] = '\0';
        }
        fclose(file);
    }
}
