/*
 * What the library uses of Apple's <sys/uio.h>, with Apple's numbers. A test header.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_SYS_UIO_H_
#define VXM_TESTS_SYS_UIO_H_ 1

#include <stddef.h>

struct iovec {
    void *iov_base;
    size_t iov_len;
};

#endif /* VXM_TESTS_SYS_UIO_H_ */
