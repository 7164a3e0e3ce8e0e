/*
 * Where no child process can be started yet: the probe says so, all else works.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "process.h"

#include <stdio.h>

void process_begin(void)
{
}

bool process_start(const char *program, const char *role, const VxmHandle *channel,
                   struct process *process, char *why, size_t size)
{
    (void)program;
    (void)role;
    (void)channel;
    process->running = false;
    snprintf(why, size, "vxm-info can't start a second process on this system yet");
    return false;
}

VxmHandle process_inherited(const char *text)
{
    (void)text;
    return (VxmHandle){.kind = VXM_HANDLE_KIND_CHANNEL, .type = 0};
}

bool process_end(struct process *process, unsigned milliseconds, char *how, size_t size)
{
    (void)process;
    (void)milliseconds;
    snprintf(how, size, "was not running");
    return true;
}

void process_crash_quietly(void)
{
}

bool output_is_terminal(void)
{
    return false;
}

void boot_id(char *text, size_t size)
{
    (void)size;
    text[0] = '\0';
}
