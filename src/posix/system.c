/*
 * What the system calls of POSIX need in every file here: words for their errors, descriptors that
 * are closed and duplicated, one-time initialisation, time. Metal's back end uses it too.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* clock_gettime() and others that strict C hides */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "posix/posix.h"

/* ---- errors ---------------------------------------------------------------------------------- */

struct system_answer {
    int error;
    VkResult result;
    const char *advice;
};

static const struct system_answer answers[] = {
    {EBADF, VK_ERROR_INVALID_EXTERNAL_HANDLE,
     " It has been closed, or was never opened in this process."},
    {EMFILE, VK_ERROR_TOO_MANY_OBJECTS,
     " The process has as many open descriptors as it may: close handles that are no longer needed,"
     " or raise RLIMIT_NOFILE."},
    {ENFILE, VK_ERROR_TOO_MANY_OBJECTS, " The whole system has as many open files as it may."},
    {ETOOMANYREFS, VK_ERROR_TOO_MANY_OBJECTS,
     " More descriptors are on their way through sockets than RLIMIT_NOFILE allows: let the other"
     " side receive what was sent, or raise the limit."},
    {ENOMEM, VK_ERROR_OUT_OF_HOST_MEMORY, ""},
    {ENOBUFS, VK_ERROR_OUT_OF_HOST_MEMORY, ""},
    {EPIPE, VXM_ERROR_PEER_LOST, " Close the channel."},
    {ECONNRESET, VXM_ERROR_PEER_LOST, " Close the channel."},
};

VkResult vxm__posix_fail(int error, const char *format, ...)
{
    struct system_answer answer = {error, VK_ERROR_INITIALIZATION_FAILED, ""};
    VxmErrorReason reason = VXM_ERROR_REASON_SYSTEM;
    char sentence[512];
    va_list arguments;
    int length;

    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (answers[i].error == error) {
            answer = answers[i];
        }
    }
    if (answer.result == VXM_ERROR_PEER_LOST) {
        reason = VXM_ERROR_REASON_PEER;
    }
    va_start(arguments, format);
    length = vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    if (length < 0) {
        sentence[0] = '\0';
    }
    return vxm__fail(answer.result, reason, error, "%s: %s.%s", sentence, strerror(error),
                     answer.advice);
}

/* ---- descriptors ----------------------------------------------------------------------------- */

void vxm__posix_close(int fd)
{
    int saved = errno;

    /* Not repeated after EINTR: the descriptor is gone then, and its number may be another's. */
    if (fd >= 0) {
        (void)close(fd);
    }
    errno = saved;
}

VkResult vxm__posix_fail_handle(int error, const char *asked, const VxmHandle *handle)
{
    return vxm__posix_fail(error, "%s the %s handle with fd %d failed", asked,
                           vxmHandleTypeName(handle->kind, handle->type), handle->fd);
}

VkResult vxm__posix_duplicate(const VxmHandle *handle, VxmHandle *duplicate)
{
    int fd = fcntl(handle->fd, F_DUPFD_CLOEXEC, 0);

    if (fd < 0) {
        /* EINVAL is about the 0 above, which a limit of 0 descriptors leaves no room for. */
        return vxm__posix_fail_handle(errno == EINVAL ? EMFILE : errno, "Duplicating", handle);
    }
    *duplicate = (VxmHandle){.kind = handle->kind, .type = handle->type, .fd = fd};
    return VK_SUCCESS;
}

/* ---- one-time initialisation, time ----------------------------------------------------------- */

void vxm__posix_once(void (*function)(void))
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, function);
}

uint64_t vxm__posix_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t vxm__posix_deadline(uint64_t timeout)
{
    uint64_t now;

    if (timeout == 0 || timeout == UINT64_MAX) {
        return timeout;
    }
    now = vxm__posix_now();
    return timeout > UINT64_MAX - now ? UINT64_MAX : now + timeout;
}
