/*
 * What a child process of the probe's is: a channel to the parent, and its devices.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_INFO_PROBE_CHILD_H_
#define VXM_INFO_PROBE_CHILD_H_ 1

#include "probe_gpu.h"

struct child {
    bool taker;
    VxmChannel channel;
    struct gpu gpus[2]; /* the taker has one */
    VxmMemory memory;   /* the maker's, while the taker has it */
    VxmSemaphore semaphore;
    char step[160];
    char why[1100]; /* of the last failure */
};

/* Tells the parent what is done next. False: nobody listens any more. */
bool child_step(struct child *child, const char *text);
/* After a failure of the library's. */
bool child_failed(struct child *child);

/* The operations; the answer's handover is that of what was written last. False: why says so. */
bool make_memory(struct child *child, const struct request *request, VxmHandover *handover);
bool import_memory(struct child *child, const struct request *request, VxmHandover *handover);
bool check_memory(struct child *child, const struct request *request);

bool make_semaphore(struct child *child, const struct request *request);
bool import_semaphore(struct child *child, const struct request *request);
bool check_semaphore(struct child *child, const struct request *request);

#endif /* VXM_INFO_PROBE_CHILD_H_ */
