/*
 * On POSIX every driver that the tests run on shares memory by opaque fd: one that doesn't fails
 * them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "real/fixture.h"

bool real_need_driver(void)
{
    return false;
}
