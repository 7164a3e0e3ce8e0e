/*
 * What the POSIX back end's own files share.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_POSIX_H_
#define VXM_POSIX_H_ 1

#include "internal.h"

/* A system call failed with `error` (an errno): chooses the result, and words the error as
 * "<sentence>: <the system's words>. <what to change>". The sentence has no full stop. */
VkResult vxm__posix_fail(int error, const char *format, ...) VXM_PRINTF(2, 3);

/* Close, without touching errno. A negative descriptor is ignored. */
void vxm__posix_close(int fd);

#endif /* VXM_POSIX_H_ */
