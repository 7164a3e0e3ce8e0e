/*
 * The driver's choice on POSIX: by what the Vulkan loader reads in the environment.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "support/verdict.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

const char verdict_default_driver[] = "lavapipe";

void verdict_begin(void)
{
    /* Mesa's threads open and close the files of its shader cache when they like: a test that
     * begins or ends meanwhile would count them as its own. */
    setenv("MESA_SHADER_CACHE_DISABLE", "true", 0);
    /* Where the kernel gives huge pages unasked, a process grows by 2 MiB at the touch of a byte:
     * what support_resident_bytes() says would depend on luck. */
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    if (strcmp(verdict_driver_name(), "lavapipe") != 0 || getenv("VK_DRIVER_FILES") != NULL ||
        getenv("VK_ICD_FILENAMES") != NULL) {
        return;
    }
    /* The first is the loader's name for it from 1.3.207 on, the second the older one. */
    setenv("VK_DRIVER_FILES", VXM_LAVAPIPE_ICD, 1);
    setenv("VK_ICD_FILENAMES", VXM_LAVAPIPE_ICD, 1);
}
