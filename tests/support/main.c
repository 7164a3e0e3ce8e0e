/*
 * The main() of every test program. It is compiled once for each, with the program's own label.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifdef VXM_TEST_CHILD
#include <string.h>
#endif

#include "support/resources.h"
#include "support/test.h"
#include "support/verdict.h"

int main(int argc, char **argv)
{
    verdict_begin();
#ifdef VXM_TEST_CHILD
    if (argc > 1 && strcmp(argv[1], "--child") == 0) {
        /* Its leak check is at its end. */
        support_keep_drivers_loaded();
        return test_child(argc - 2, argv + 2);
    }
#endif
    return verdict_run(argc, argv, VXM_SUITE_LABEL);
}
