/*
 * A child process on Windows, and on what passes for it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CHILD_WIN32_H
#define VXM_TESTS_CHILD_WIN32_H

#include <stdbool.h>

#include <windows.h>

/*
 * Starts this program again with `arguments` after its name; inheritable handles are inherited.
 * Wine's server now and then loses a process before its first instruction and calls that
 * ERROR_INTERNAL_ERROR. Nothing of a test has run then, so it is started again, twice at most and
 * aloud. False: said on standard error why there is none.
 */
bool child_start(const char *arguments, DWORD flags, PROCESS_INFORMATION *process);

#endif
