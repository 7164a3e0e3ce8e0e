/*
 * What the operating system is asked for: a child process, a terminal.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_INFO_PROCESS_H_
#define VXM_INFO_PROCESS_H_ 1

#include "report.h"

struct process {
    bool running;
#ifdef _WIN32
    void *handle;
#else
    int id;
#endif
};

/* Before all else. Descriptors 0 to 2 that are closed would become the driver's or a channel's, and
 * be written to; and children that the system clears away by itself would tell nothing. */
void process_begin(void);
/* Starts this program once more: `--probe-child ROLE HANDLE`. It inherits the channel's end, which
 * stays the caller's, and has standard error for its output, too. On Linux it ends with this one,
 * however that ends. False: why says so. */
bool process_start(const char *program, const char *role, const VxmHandle *channel,
                   struct process *process, char *why, size_t size);
/* The end of the channel that HANDLE names, in the child. */
VxmHandle process_inherited(const char *text);
/* Waits until it has ended, and says how, such as "crashed by signal 11 (Segmentation fault)".
 * After the time limit it is killed, and the result is false. */
bool process_end(struct process *process, unsigned milliseconds, char *how, size_t size);
/* In the child: a crash is the parent's to report, without a dialogue or a core file. */
void process_crash_quietly(void);

/* Whether standard output is a terminal that shows colours. */
bool output_is_terminal(void);
/* What is the same for all programs that run on this machine now, and differs elsewhere; "" if the
 * system doesn't tell. */
void boot_id(char *text, size_t size);

#endif /* VXM_INFO_PROCESS_H_ */
