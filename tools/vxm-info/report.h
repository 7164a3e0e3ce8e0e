/*
 * What is known of this machine: what its drivers claim, and what the probe found.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_INFO_REPORT_H_
#define VXM_INFO_REPORT_H_ 1

#include <stdbool.h>

#ifndef VK_NO_PROTOTYPES
#define VK_NO_PROTOTYPES
#endif
#include <vxm/vxm.h>

#define MAX_DEVICES 16
#define MAX_TYPES   12

enum {
    EXIT_WORKS = 0,  /* all that is claimed works, or nothing was probed */
    EXIT_FAILS = 1,  /* something claimed fails, or nothing can be shared with the peer */
    EXIT_USAGE = 2,  /* an option, or the peer's file */
    EXIT_NO_GPU = 3, /* no Vulkan, no device, or none that was asked for */
};

enum {
    TYPE_LOCAL = 0x1,    /* an address or object: it can't leave the process by a channel */
    TYPE_HOST = 0x8,     /* an address of the program's own memory, which nothing exports */
    TYPE_FOREIGN = 0x2,  /* only something that Vulkan has not made can be imported as it */
    TYPE_SNAPSHOT = 0x4, /* a semaphore's payload is copied once there is a signal, and once only */
};

/* A handle type of this system. */
struct handle_type {
    uint32_t type;
    unsigned flags;
};

/* Ended by type 0. */
extern const struct handle_type memory_types[];
extern const struct handle_type semaphore_types[];
extern const char system_name[];

/* The buffer and the image that the drivers are asked about. */
struct subject {
    VkBufferCreateInfo buffer;
    VkImageCreateInfo image;
    uint32_t texelSize; /* bytes; 0: not a colour format that the probe can copy */
};

enum verdict {
    VERDICT_NONE, /* nobody has probed it */
    VERDICT_WORKS,
    VERDICT_FAILS,
    VERDICT_ABSENT,
    VERDICT_UNPROBED, /* claimed, and the probe can't tell */
};

/* What a driver says of one handle type and one kind of thing. */
struct cell {
    VxmQueryResult claim;
    enum verdict verdict;
    char why[1536]; /* of VERDICT_FAILS and VERDICT_UNPROBED; what a VERDICT_WORKS leaves out */
};

/* The two columns of a table. */
enum {
    BUFFER = 0,
    IMAGE = 1,
    BINARY = 0,
    TIMELINE = 1,
    COLUMNS = 2,
};

struct row {
    const struct handle_type *type;
    struct cell cells[COLUMNS];
};

struct table {
    VxmHandleKind kind;
    uint32_t count;
    struct row rows[MAX_TYPES];
};

/* The DRM format modifiers with which images of one format can be shared as dma-bufs. */
struct format_modifiers {
    VkFormat format;
    uint32_t texelSize; /* as subject's */
    VxmModifiers found;
    struct cell *cells; /* of each modifier; NULL: there is none. free() */
};

struct device_report {
    uint32_t index;
    bool opened;
    char failure[1024]; /* why it was not opened */
    VxmIdentity identity;
    struct table memory;
    struct table semaphores;
    uint32_t formatCount;
    struct format_modifiers *formats; /* free_modifiers() */
};

struct report {
    struct subject subject;
    bool probed;
    uint32_t count;
    struct device_report devices[MAX_DEVICES];
};

/* Whether a device is the one that --device names. */
struct device_filter {
    const char *text; /* NULL: every device */
};
bool filter_meets(const struct device_filter *filter, uint32_t index, const VxmIdentity *identity);

/* What the driver claims. The device stays open for the caller, who destroys it. */
void query_device(VxmDevice device, const struct subject *subject, struct device_report *report);

/* Asks about one cell; with a peer, about sharing with it. */
void query_cell(VxmDevice device, const struct subject *subject, VxmHandleKind kind, uint32_t type,
                unsigned column, const VxmIdentity *peer, VxmQueryResult *answer);

/* The modifiers of the subject's format; of every format that has any and that DRM has a code for,
 * if all are asked for. */
void query_modifiers(VxmDevice device, const struct subject *subject, bool all,
                     struct device_report *report);
void free_modifiers(struct device_report *report);

#define UUID_TEXT_SIZE 37
void uuid_text(const uint8_t uuid[VK_UUID_SIZE], char text[UUID_TEXT_SIZE]);
/* With or without hyphens. */
bool uuid_read(const char *text, uint8_t uuid[VK_UUID_SIZE]);

#endif /* VXM_INFO_REPORT_H_ */
