/*
 * Planted defects that need POSIX: descriptors, threads.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "support/test.h"

Test(planted, leaves_a_descriptor_open)
{
    cr_assert_geq(open("/dev/null", O_RDONLY | O_CLOEXEC), 0);
}

Test(planted, closes_a_descriptor_of_others)
{
    cr_assert_eq(close(STDIN_FILENO), 0);
}

static int raced;

static void *write_raced(void *unused)
{
    raced++;
    return unused;
}

Test(planted, races)
{
    pthread_t threads[2];

    for (int i = 0; i < 2; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, write_raced, NULL), 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
    }
}
