/*
 * Stands in for the Fuchsia SDK's header of this name: points in time, in nanoseconds. The SDK's
 * own drops in.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ZIRCON_TIME_H_
#define VXM_TESTS_ZIRCON_TIME_H_ 1

#include <stdint.h>

typedef int64_t zx_time_t;

#define ZX_TIME_INFINITE INT64_MAX

#endif /* VXM_TESTS_ZIRCON_TIME_H_ */
