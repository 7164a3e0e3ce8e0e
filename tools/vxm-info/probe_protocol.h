/*
 * What the probe's parent and its child processes say to each other.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_INFO_PROBE_PROTOCOL_H_
#define VXM_INFO_PROBE_PROTOCOL_H_ 1

#include "report.h"

/*
 * Two children do what a driver might not survive: the maker exports, the taker imports. Each has a
 * channel to the parent, which passes from one to the other what is shared. A child answers each
 * request with any number of ANSWER_STEPs, so that the parent knows what it was doing when it is
 * heard of no more, with what it shares, if anything, and with ANSWER_DONE or ANSWER_FAILED.
 *
 * Both sides are one program, so the structs travel as they are.
 */

#define ROLE_MAKER "maker"
#define ROLE_TAKER "taker"

enum operation {
    OPERATION_OPEN,   /* open the device; the maker opens it twice */
    OPERATION_MAKE,   /* maker: share with its own second device, then with the taker */
    OPERATION_IMPORT, /* taker: import what follows, look at it, change it */
    OPERATION_CHECK,  /* maker: look at what the taker has changed, and end it */
};

struct request {
    uint32_t operation; /* enum operation */
    uint32_t deviceIndex;
    uint8_t deviceUUID[VK_UUID_SIZE]; /* all zero: whichever it is */
    uint64_t limit;                   /* nanoseconds, for each wait */
    uint32_t kind;                    /* VxmHandleKind */
    uint32_t handleType;
    uint32_t typeFlags; /* TYPE_... */
    uint32_t column;
    uint32_t importable;
    uint32_t bufferUsage;
    uint64_t bufferSize;
    uint32_t format;
    uint32_t tiling;
    uint32_t imageUsage;
    uint64_t modifier; /* with DRM_FORMAT_MODIFIER tiling */
    uint32_t width;
    uint32_t height;
    uint32_t texelSize;
    uint32_t seed;        /* of the patterns that are written */
    VxmHandover handover; /* of what follows, or is looked at */
};

enum answer_kind {
    ANSWER_STEP,   /* text: what is done now, such as "importing it" */
    ANSWER_DONE,   /* handover: of what was written last */
    ANSWER_FAILED, /* text: a sentence */
};

struct answer {
    uint32_t kind; /* enum answer_kind */
    VxmHandover handover;
    char text[1400];
};

/* The child's whole life; its exit status. */
int probe_child(const char *role, const char *handle);

#endif /* VXM_INFO_PROBE_PROTOCOL_H_ */
