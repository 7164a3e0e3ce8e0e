/*
 * The second process of a test: this program again, at the other end of a channel.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_REAL_PEER_H_
#define VXM_TESTS_REAL_PEER_H_ 1

#include <stdint.h>

#include "vxm/vxm.h"

struct peer {
    intptr_t process; /* the system's own */
    VxmChannel channel;
};

/* Roles, each a function in peer.c. `extra` is given on to it, and may be NULL. */
#define PEER_CONSUME  "consume"  /* imports what comes, tells its hash, changes it, gives it back */
#define PEER_PRODUCE  "produce"  /* makes a "buffer" or "image"; the other way round */
#define PEER_TIMELINE "timeline" /* works between values 1 and 2 of a timeline, then 3 and 4 */
#define PEER_BINARY   "binary"   /* waits for one binary semaphore, signals another */
#define PEER_LOOK     "look"     /* fails if one of the handles "4,7,9" is open in it */
#define PEER_DIE      "die"      /* receives a description, then is gone */

void peer_start(const char *role, const char *extra, struct peer *peer);
/* Closes the channel, waits, and fails the test if the peer's exit status isn't 0. */
void peer_finish(struct peer *peer);
/* Closes the channel, waits, and gives the exit status. */
#define PEER_KILLED (-1)
int peer_wait(struct peer *peer);

/* The system's part: peer_posix.c, peer_win32.c. Gives the process, or 0. */
intptr_t peer_system_start(const char *role, const VxmHandle *channel, const char *extra);
int peer_system_wait(intptr_t process);
/* In the peer: the end of the channel, by the argument that stands for it. */
VxmHandle peer_system_channel(const char *argument);
/* Ends this process at once, as if from outside. */
void peer_system_die(void);

#endif /* VXM_TESTS_REAL_PEER_H_ */
