/*
 * Inside the modelled system's transport: what its two files share.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_MODELLED_TRANSPORT_H_
#define VXM_TESTS_MODELLED_TRANSPORT_H_ 1

#include "modelled/os.h"

#define MODELLED_LINKS 64

/* One side of a link: what stands behind the handle of a channel. */
struct modelled_end {
    uint32_t link;
    uint32_t side;
};

void modelled_net_lock(void);
void modelled_net_unlock(void);

/* With the lock: wakes those who wait. */
void modelled_net_changed(void);
/* With the lock. False: time has run out. */
bool modelled_net_wait(uint64_t deadline);

/* With the lock; a link of which both sides are open. MODELLED_LINKS: there are no more. */
uint32_t modelled_new_link(void);
/* A handle of one side; the side is left if there is none. */
VkResult modelled_open_end(uint32_t link, uint32_t side, const char *doing, VxmHandle *channel);
/* The last handle of an end is closed, or nobody accepts it any more. */
void modelled_leave(const struct modelled_end *end);

VkResult modelled_time_out(const char *waited);
VkResult modelled_call_failed(const char *doing);
VkResult modelled_too_many(const char *doing);

#endif /* VXM_TESTS_MODELLED_TRANSPORT_H_ */
