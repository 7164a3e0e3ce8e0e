/*
 * The main() of every test program. It is compiled once for each, with the program's own label.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "support/verdict.h"

int main(int argc, char **argv)
{
    verdict_select_driver();
    return verdict_run(argc, argv, VXM_SUITE_LABEL);
}
