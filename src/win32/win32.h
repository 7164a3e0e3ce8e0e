/*
 * What the Win32 back end's own files share.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_WIN32_H_
#define VXM_WIN32_H_ 1

#ifndef WIN32_LEAN_AND_MEAN
#define WIN32_LEAN_AND_MEAN
#endif
#include <windows.h>

#include "internal.h"

/* A system call failed with `error` (of GetLastError()): chooses the result, and words the error as
 * "<sentence>: <the system's words> (error <number>). <what to change>". The sentence has no full
 * stop. */
VkResult vxm__win32_fail(DWORD error, const char *format, ...) VXM_PRINTF(2, 3);

/* Close, without touching the thread's last error. NULL and INVALID_HANDLE_VALUE are ignored. */
void vxm__win32_close(HANDLE handle);

/* Whether it is the value of a handle at all: neither NULL nor one of the negative values that
 * stand for INVALID_HANDLE_VALUE, this process, this thread, their tokens. The system's calls take
 * those for handles of this process's own. */
bool vxm__win32_is_real(HANDLE handle);

/* A function of a system library that is loaded in any case; NULL where the system is older. */
typedef void (*vxm__win32_function)(void);
vxm__win32_function vxm__win32_find(const wchar_t *library, const char *name);

/* How many handles of this object there are, in all processes; 0: the system doesn't tell. */
uint32_t vxm__win32_handle_count(HANDLE handle);

/* The handle of a channel. */
VxmHandle vxm__win32_channel(HANDLE pipe);

/* Nanoseconds of the clock that deadlines are of. */
uint64_t vxm__win32_now(void);

/* Milliseconds until the deadline, as waits take them: rounded up; 0: past; INFINITE: for ever. */
DWORD vxm__win32_milliseconds(uint64_t deadline);

/* Waits for a call that has been started with this OVERLAPPED, which has an event of its own, and
 * withdraws it when time runs out. `started`: what the call returned. Gives ERROR_SUCCESS and the
 * bytes that were moved, or the call's error; WAIT_TIMEOUT: it was withdrawn, and moved none. */
DWORD vxm__win32_finish(HANDLE pipe, BOOL started, OVERLAPPED *overlapped, uint64_t deadline,
                        DWORD *bytes);

/* VK_TIMEOUT: "Time ran out while waiting <waited>." */
VkResult vxm__win32_time_out(const char *waited);

/* Bytes that are under way in each direction before a sender has to wait. */
#define VXM_WIN32_PIPE_SIZE (256u * 1024u)

#endif /* VXM_WIN32_H_ */
