/*
 * What the tests of the Win32 back end share.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_WIN32_WIN32_TEST_H_
#define VXM_TESTS_WIN32_WIN32_TEST_H_ 1

#include "win32/win32.h"

#include <string.h>

#include "support/resources.h"
#include "support/test.h"

#define SECOND 1000000000ull
#define LIMIT  (60 * SECOND)
#define SHORT  (SECOND / 50)

/* For .init, with support_end() for .fini: no handle may be left. */
void win32_begin(void);

/* Prints the sentence if a call fails that must not. */
#define require(call) require_success(call, #call, __FILE__, __LINE__)
void require_success(VkResult result, const char *call, const char *file, int line);

/* The call fails with that result and reason, and each of its sentence's parts ("|" between them)
 * stands there. */
#define expect_error(call, result, reason, parts)                                                  \
    expect_failure(call, #call, result, reason, parts, __FILE__, __LINE__)
void expect_failure(VkResult got, const char *call, VkResult result, VxmErrorReason reason,
                    const char *parts, const char *file, int line);

/* Memory of 64 KiB that processes can share, as an exporter's handle. */
VxmHandle make_section(void);
void close_handle(VxmHandle *handle);
bool is_same(HANDLE a, HANDLE b);
/* Writes a text into a section, or tells whether it is there. */
void write_section(HANDLE section, const char *text);
bool has_text(HANDLE section, const char *text);

/* A channel as channel.c makes it of a handle. */
struct end {
    VxmHandle handle;
    struct vxm_os_stream stream;
};
void begin_end(struct end *end, bool imported);
void close_end(struct end *end);
void make_pair(struct end ends[2]);
VkResult send_some(struct end *end, const void *data, size_t size, const VxmHandle *handles,
                   uint32_t handleCount, uint64_t timeout);
/* Exactly `size` bytes, and the handles that come with them. */
VkResult receive_some(struct end *end, void *data, size_t size,
                      VxmHandle handles[VXM_OS_MAX_HANDLES], uint32_t *handleCount,
                      uint64_t timeout);

/* A name that no other test has. */
const char *new_name(void);

/* This program as a second process, with "--child" and these arguments; what is inheritable is
 * inherited. */
struct child {
    HANDLE process;
    DWORD number;
};
struct child start_child(const char *arguments);
/* Waits until it has ended, and gives its exit status. */
DWORD end_child(struct child *child);

#endif /* VXM_TESTS_WIN32_WIN32_TEST_H_ */
