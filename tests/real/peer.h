/*
 * The second process of a test: this program again, started with fork and exec, at the other end of
 * a channel.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_REAL_PEER_H_
#define VXM_TESTS_REAL_PEER_H_ 1

#include <sys/types.h>

#include "vxm/vxm.h"

struct peer {
    pid_t process;
    VxmChannel channel;
};

/* Roles, each a function in peer.c. `extra` is given on to it, and may be NULL. */
#define PEER_CONSUME  "consume"  /* imports what comes, tells its hash, changes it, gives it back */
#define PEER_PRODUCE  "produce"  /* makes a "buffer" or "image"; the other way round */
#define PEER_TIMELINE "timeline" /* works between values 1 and 2 of a timeline, then 3 and 4 */
#define PEER_BINARY   "binary"   /* waits for one binary semaphore, signals another */
#define PEER_LOOK     "look"     /* fails if one of the descriptors "4,7,9" is open in it */
#define PEER_DIE      "die"      /* receives a description, then is gone */

void peer_start(const char *role, const char *extra, struct peer *peer);
/* Closes the channel, waits, and fails the test if the peer's exit status isn't 0. */
void peer_finish(struct peer *peer);

#endif /* VXM_TESTS_REAL_PEER_H_ */
