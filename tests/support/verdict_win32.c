/*
 * What scripts read is the same on every system: lines end with one character. The driver is the
 * loader's choice; under Wine scripts/wine.sh makes it, outside of this process.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "support/verdict.h"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>

const char verdict_default_driver[] = "win32";

void verdict_begin(void)
{
    _setmode(_fileno(stdout), _O_BINARY);
    _setmode(_fileno(stderr), _O_BINARY);
}
