/*
 * What every test on a real driver does before and after.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "real/fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "real/validation.h"

bool real_is_peer;
static bool begun;

void real_fail(const char *file, int line, const char *text)
{
    if (real_is_peer) {
        fprintf(stderr, "peer: %s:%d: %s\n", file, line, text);
        exit(EXIT_FAILURE);
    }
    cr_assert_fail("%s:%d: %s", file, line, text);
}

void real_begin(void)
{
    struct gpu gpu;

    support_keep_drivers_loaded();
    /* Some drivers keep descriptors of their own open from the first device on. */
    if (!real_need_driver()) {
        gpu_open(&gpu);
        gpu_close(&gpu);
    }
    support_begin();
    begun = true;
}

void real_end(void)
{
    char text[8192];

    if (!begun) {
        return;
    }
    unsigned problems = validation_problems(text, sizeof(text));
    cr_expect_eq(problems, 0, "the validation layer reported %u problems:\n%s", problems, text);
    support_end();
}

void real_check_failure(VkResult result, VkResult wanted, const char *words, const char *call,
                        int line)
{
    VxmError error;

    vxmGetLastError(&error);
    cr_assert_eq(result, wanted, "line %d: %s: %s instead of %s (last error: %s)", line, call,
                 vxmResultName(result), vxmResultName(wanted), error.message);
    cr_assert_eq(error.result, wanted, "line %d: %s: the last error is of another call", line,
                 call);
    cr_assert_gt(strlen(error.message), 30, "line %d: %s: no sentence: \"%s\"", line, call,
                 error.message);
    cr_assert_not_null(strstr(error.message, words), "line %d: %s: \"%s\" is not in: %s", line,
                       call, words, error.message);
}

void real_describe(VxmMemory memory, VxmShared *shared)
{
    VXM(vxmExportMemory(memory, REAL_TYPE, shared));
    vxmCloseShared(shared);
}

void real_need_semaphore(VkSemaphoreType type)
{
    const VxmQueryInfo question = {
        .kind = VXM_HANDLE_KIND_SEMAPHORE, .handleType = REAL_SEMAPHORE, .semaphoreType = type};
    VxmQueryResult answer;
    struct gpu gpu;

    gpu_open(&gpu);
    VXM(vxmQuery(gpu.device, &question, &answer));
    gpu_close(&gpu);
    if (!answer.exportable || !answer.importable) {
        cr_skip_test("this driver can't do it: %s", answer.reason);
    }
}
