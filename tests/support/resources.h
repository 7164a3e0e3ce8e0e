/*
 * What a test may not leak: file descriptors, memory, mappings.
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

/* For tests on a real driver, before the first Vulkan call and support_begin(). In the asan build
 * the loader, the driver and the validation layer stay loaded from here on: once they are unloaded,
 * LeakSanitizer takes what their globals held for lost. So no suppression is needed, and a Vulkan
 * object that is left over is found too. */
void support_keep_drivers_loaded(void);

#define SUPPORT_MAX_FDS 1024

struct support_fd {
    int fd;
    unsigned long long device;
    unsigned long long inode;
    char target[96]; /* what /proc says that it is: "socket:[123]", "/memfd:x (deleted)" */
};

struct support_fds {
    size_t count;
    struct support_fd items[SUPPORT_MAX_FDS];
};

/* Takes the open descriptors of the process into memory. */
void support_begin(void);

/* Fails the test if another set of descriptors is open than at support_begin(), saying which, or if
 * LeakSanitizer (in the asan build) finds memory that nothing points to any more. Criterion alone
 * would print such a leak and pass the test. */
void support_end(void);

/* The open descriptors, in order, without the one that the look itself needs. */
void support_take_fds(struct support_fds *fds);
size_t support_fd_count(void);

/* Whether both are the same descriptors of the same files; if not, `difference` says in words which
 * came and which went. */
bool support_same_fds(const struct support_fds *before, const struct support_fds *after,
                      char *difference, size_t capacity);

bool support_is_open(int fd);
bool support_is_cloexec(int fd);

/* Lines of /proc/self/maps, and the resident set in bytes; to compare before and after a loop. */
size_t support_mapping_count(void);
size_t support_resident_bytes(void);

/* Between true and false, what the thread allocates may leak: for a test that leaves a Vulkan
 * object over on purpose. */
void support_leak_on_purpose(bool on);

/* Whether memory is unreachable by now; always false outside of the asan build. It prints what it
 * found. */
bool support_memory_leaked(void);

#endif /* VXM_TESTS_SUPPORT_RESOURCES_H_ */
