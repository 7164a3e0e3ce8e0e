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

/* NtQueryObject() of ntdll.dll. It and its numbers are documented, but their declarations differ
 * from one SDK to the next. */
typedef LONG(NTAPI *vxm__win32_query_object)(HANDLE handle, int what, void *answer, ULONG size,
                                             ULONG *needed);

/* Nanoseconds of the clock that deadlines are of. */
uint64_t vxm__win32_now(void);

/* ---- pipe.c ---- */

#define VXM_WIN32_PIPE_PREFIX L"\\\\.\\pipe\\"
/* The system's own limit for a pipe's name, with the prefix. */
#define VXM_WIN32_MAX_PIPE_NAME 256

/* The next three give the system's error, or ERROR_SUCCESS and an end of a pipe of messages that
 * children don't inherit. */

/* A server's first end, which it is an error to make where another has the name. descriptor: who
 * may connect; NULL: the current user. */
DWORD vxm__win32_make_pipe(const wchar_t *path, DWORD instances, const void *descriptor,
                           HANDLE *pipe);

/* One for the next client of a pipe that was made for any number of them. */
DWORD vxm__win32_make_next_pipe(const wchar_t *path, HANDLE *pipe);

/* A client's end. */
DWORD vxm__win32_open_pipe(const wchar_t *path, HANDLE *pipe);

/* Whether calls on it can be withdrawn, as far as the system tells. */
bool vxm__win32_is_overlapped(HANDLE pipe);

/* Whether this is the only handle of this end, in all processes. */
bool vxm__win32_is_last(HANDLE pipe);

/* Milliseconds until the deadline, as waits take them: rounded up; 0: past; INFINITE: for ever. */
DWORD vxm__win32_milliseconds(uint64_t deadline);

/* VK_TIMEOUT: "Time ran out while waiting <waited>." */
VkResult vxm__win32_time_out(const char *waited);

/* Waits for a call that has been started with this OVERLAPPED, which has an event of its own, and
 * withdraws it when time runs out. `started`: what the call returned. Gives ERROR_SUCCESS and the
 * bytes that were moved, or the call's error; WAIT_TIMEOUT: it was withdrawn, and moved none. */
DWORD vxm__win32_finish(HANDLE pipe, BOOL started, OVERLAPPED *overlapped, uint64_t deadline,
                        DWORD *bytes);

/* ---- process.c ---- */

/* Handles in the table of a process, as a packet names them. */
struct vxm__win32_handles {
    uint32_t count;
    uint32_t process;  /* its number */
    uint64_t creation; /* when it was made, since its number may be given again */
    uint64_t values[VXM_OS_MAX_HANDLES];
};

/* Puts duplicates into the process that the system names as the other end. If it doesn't let them
 * in, such as a service one of its clients, or has ended and left its end to a child, they are put
 * aside in this process, and whoever receives the packet fetches them from here. All or none.
 * *process is what they are in, to be closed. */
VkResult vxm__win32_place(DWORD peer, const VxmHandle *handles, uint32_t handleCount,
                          struct vxm__win32_handles *placed, HANDLE *process);

/* Closes them over there again. */
void vxm__win32_take_back(struct vxm__win32_handles *placed, HANDLE process);

/* What came with a packet, as handles of this process's own: all, or none and
 * VXM_ERROR_BAD_MESSAGE. ends: the processes that the system names as the channel's. */
VkResult vxm__win32_fetch(const DWORD ends[2], const struct vxm__win32_handles *placed,
                          HANDLE fetched[VXM_OS_MAX_HANDLES]);

/* VXM_ERROR_BAD_MESSAGE: "What arrived is no packet of this library: <why> (<found>)." */
VkResult vxm__win32_refuse(const char *why, uint64_t found);

/* ---- transport.c ---- */

/* The handle of a channel. */
VxmHandle vxm__win32_channel(HANDLE pipe);

#endif /* VXM_WIN32_H_ */
