/*
 * Inside the model of the kernel.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_DMABUF_MODEL_INTERNAL_H_
#define VXM_TESTS_ADAPTERS_DMABUF_MODEL_INTERNAL_H_ 1

#include "adapters/dmabuf/model_kernel.h"

/* Counts a call; true: it is to fail, with errno set. */
bool kernel__enter(const char *name, bool mayWait);
/* Sets errno; -1. */
int kernel__refuse(int error);
/* Notes what the caller did wrong. */
void kernel__problem(const char *format, ...);

/* model_memory.c */
void kernel__reset_memory(void);
unsigned kernel__mapping_count(void);
int kernel__make_buffer(int fd, unsigned long request, void *argument);

#endif /* VXM_TESTS_ADAPTERS_DMABUF_MODEL_INTERNAL_H_ */
