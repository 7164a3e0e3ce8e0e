/*
 * Win32's handles as the tests deal with them by themselves: real ones on Windows
 * (natives_win32.c), or those of the modelled table (natives_win32_modelled.c).
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_CONTRACT_NATIVES_WIN32_H_
#define VXM_TESTS_CONTRACT_NATIVES_WIN32_H_ 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Open handles of the process. */
size_t natives_count(void);

bool natives_is_open(void *handle);
bool natives_is_private(void *handle); /* not inherited */
bool natives_same(void *a, void *b);   /* open, and of one object */
void *natives_duplicate(void *handle); /* NULL: no */
bool natives_close(void *handle);      /* false: it was not open */

/* Objects that are no payload, from index 0 until it answers NULL for `what`. Those that are open
 * are to be closed. */
void *natives_make_wrong(unsigned index, const char **what);

/* An object that has nothing to do with it at the value of a handle that was closed. */
bool natives_reuse(void *closed, void **unrelated);

/* A name for vxmListen() that nobody else uses. */
const char *natives_channel_name(void);

/* Takes down what is open, and compares later. */
void natives_take(void);
bool natives_same_taken(char *difference, size_t capacity);

/* As backend_fault_name(), backend_fail() and backend_failed(). */
const char *natives_fault_name(int kind);
void natives_fail(int kind, unsigned nth, bool forGood);
bool natives_failed(void);

/* Memory whose address is a multiple of 65536. */
void *natives_allocate(size_t size);
void natives_free(void *memory);

/* This process's number. */
uint64_t natives_process(void);

#endif /* VXM_TESTS_CONTRACT_NATIVES_WIN32_H_ */
