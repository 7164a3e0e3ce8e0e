/*
 * What a test may not leak: native handles, memory, mappings.
 *
 *   Test(suite, name, .init = support_begin, .fini = support_end)
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_SUPPORT_RESOURCES_H_
#define VXM_TESTS_SUPPORT_RESOURCES_H_ 1

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For tests on a real driver, before the first Vulkan call and support_begin(). In the asan build
 * the loader, the driver and the validation layer stay loaded from here on: once they are unloaded,
 * LeakSanitizer takes what their globals held for lost. So no suppression is needed, and a Vulkan
 * object that is left over is found too. */
void support_keep_drivers_loaded(void);

#define SUPPORT_MAX_HANDLES 1024

/* An open native handle of the process: a file descriptor, a HANDLE. */
struct support_handle {
    intptr_t value;
    unsigned long long identity[2]; /* of the object, as far as the system tells */
    char what[96];                  /* "socket:[123]", "/memfd:x (deleted)", "Section" */
};

struct support_handles {
    size_t count;
    struct support_handle items[SUPPORT_MAX_HANDLES];
};

/* Takes the open handles of the process into memory. */
void support_begin(void);

/* Fails the test if another set of handles is open than at support_begin(), saying which, or if
 * LeakSanitizer (in the asan build) finds memory that nothing points to any more. Criterion alone
 * would print such a leak and pass the test. */
void support_end(void);

/* The open handles, in order, without one that the look itself needs. */
void support_take_handles(struct support_handles *handles);
size_t support_handle_count(void);

/* Whether both are the same handles of the same objects; if not, `difference` says in words which
 * came and which went. */
bool support_same_handles(const struct support_handles *before, const struct support_handles *after,
                          char *difference, size_t capacity);

/* A file descriptor, or a HANDLE as a number. */
bool support_is_open(intptr_t handle);
/* Not inherited by child processes: close-on-exec. */
bool support_is_cloexec(intptr_t handle);

/* Mappings of the address space, and the resident set in bytes; to compare before and after a loop.
 */
size_t support_mapping_count(void);
size_t support_resident_bytes(void);

/* Between true and false, what the thread allocates may leak: for a test that leaves a Vulkan
 * object over on purpose. */
void support_leak_on_purpose(bool on);

/* Whether memory is unreachable by now; always false outside of the asan build. It prints what it
 * found. */
bool support_memory_leaked(void);

#endif /* VXM_TESTS_SUPPORT_RESOURCES_H_ */
