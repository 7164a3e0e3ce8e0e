/*
 * Metal's objects as the tests deal with them by themselves: those of the modelled table
 * (natives_metal_modelled.c), or Objective-C's (natives_metal_objc.c). A handle is a counted
 * reference, except that a channel is what it is to the back end.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CONTRACT_NATIVES_METAL_H_
#define VXM_TESTS_CONTRACT_NATIVES_METAL_H_ 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vxm/vxm.h"

void natives_begin(void);
void natives_end(void);

/* References that are held, and channels that are open. */
size_t natives_count(void);

bool natives_is_open(const VxmHandle *handle);
bool natives_is_private(const VxmHandle *handle);            /* not inherited */
bool natives_same(const VxmHandle *a, const VxmHandle *b);   /* open, and one object */
bool natives_keep(const VxmHandle *handle, VxmHandle *kept); /* one more reference */
bool natives_close(const VxmHandle *handle);                 /* false: it was not open */

/* An object that is none of the library's; one reference. */
void *natives_make_other(void);

/* A name for vxmListen() that nobody else uses. */
const char *natives_channel_name(void);

/* Takes down what is open, and compares later. */
void natives_take(void);
bool natives_same_taken(char *difference, size_t capacity);

/* As backend_fault_name(), backend_fail() and backend_failed(). */
const char *natives_fault_name(int kind);
void natives_fail(int kind, unsigned nth, bool forGood);
bool natives_failed(void);

#endif /* VXM_TESTS_CONTRACT_NATIVES_METAL_H_ */
