/*
 * The other side: the devices that vxm-info --json has printed elsewhere.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_INFO_PEER_H_
#define VXM_INFO_PEER_H_ 1

#include "json.h"
#include "report.h"

/* What two devices can share by one handle type. */
struct sharing {
    bool toPeer;   /* exported here, imported there */
    bool fromPeer; /* exported there, imported here */
    char why[640]; /* "" if both */
};

struct sharing_row {
    const struct handle_type *type;
    struct sharing cells[COLUMNS];
};

struct sharing_table {
    VxmHandleKind kind;
    uint32_t count;
    struct sharing_row rows[MAX_TYPES];
};

/* A device here and one there. */
struct pair {
    uint32_t here;
    uint32_t there;
    VxmIdentity identity; /* of the one there */
    struct sharing_table memory;
    struct sharing_table semaphores;
};

#define MAX_PAIRS (MAX_DEVICES * MAX_DEVICES)

struct peer {
    char *text;
    struct json_document document;
    const char *file;  /* as the user calls it */
    bool elsewhere;    /* another machine, or this one before it was started anew */
    bool otherSubject; /* it was asked about another buffer or image */
    uint32_t pairCount;
    struct pair *pairs;
};

/* Reads FILE; false: it said why on stderr, and there is nothing to close. */
bool peer_open(const char *file, const struct subject *subject, struct peer *peer);
void peer_close(struct peer *peer);

/* Adds a pair for each device there. */
void peer_compare(struct peer *peer, VxmDevice device, const struct device_report *here,
                  const struct subject *subject);
/* Whether anything can be shared by some pair. */
bool peer_shares(const struct peer *peer);

void print_peer(const struct peer *peer, const struct report *report);

#endif /* VXM_INFO_PEER_H_ */
