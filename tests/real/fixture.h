/*
 * What every test on a real driver does before and after: descriptors, memory, validation.
 *
 *   TestSuite(name, .init = real_begin, .fini = real_end);
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_REAL_FIXTURE_H_
#define VXM_TESTS_REAL_FIXTURE_H_ 1

#include "real/gpu.h"
#include "support/resources.h"
#include "support/test.h"

void real_begin(void);
/* Skips the test where the system's loader can't offer what it is about: driver_<system>.c. Whether
 * it has opened a device for that. */
bool real_need_driver(void);
/* Set in the second process, which has no test to fail: it prints and exits instead. */
extern bool real_is_peer;
/* Fails the test for an open descriptor, leaked memory or a message of the validation layer. */
void real_end(void);

/* A call that must fail with this result and a sentence that has these words in it. */
#define FAILS(call, result, words) real_check_failure((call), (result), (words), #call, __LINE__)
void real_check_failure(VkResult result, VkResult wanted, const char *words, const char *call,
                        int line);

/* Exports, and describes for gpu_write() and the like; the handles are closed. */
void real_describe(VxmMemory memory, VxmShared *shared);

/* Skips the test, with the query's own words, if the driver can't share semaphores of this type. */
void real_need_semaphore(VkSemaphoreType type);

#endif /* VXM_TESTS_REAL_FIXTURE_H_ */
