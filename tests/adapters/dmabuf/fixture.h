/*
 * What every test of vxm/dmabuf.h on the model of the kernel begins and ends with.
 *
 *   TestSuite(name, .init = dmabuf_begin, .fini = dmabuf_end);
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_DMABUF_FIXTURE_H_
#define VXM_TESTS_ADAPTERS_DMABUF_FIXTURE_H_ 1

#define _GNU_SOURCE /* memfd_create() */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "support/test.h"

#include "adapters/dmabuf/model_kernel.h"
#include "model/model.h"
#include "vxm/vxm.h"

/* The header's calls go to the model. */
#define ioctl(fd, request, argument)  kernel_ioctl(fd, request, argument)
#define poll(entries, count, timeout) kernel_poll(entries, count, timeout)
#define mmap(address, size, protection, flags, fd, offset)                                         \
    kernel_mmap(address, size, protection, flags, fd, offset)
#define munmap(data, size)        kernel_munmap(data, size)
#define lseek(fd, offset, whence) kernel_lseek(fd, offset, whence)
#define open(path, flags)         kernel_open(path, flags)
#define clock_gettime(clock, now) kernel_clock_gettime(clock, now)
#include "vxm/dmabuf.h"
#undef ioctl
#undef poll
#undef mmap
#undef munmap
#undef lseek
#undef open
#undef clock_gettime

#define READ      DMA_BUF_SYNC_READ
#define WRITE     DMA_BUF_SYNC_WRITE
#define DMA_BUF   VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define OPAQUE_FD VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define SYNC_FD   VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT
#define SECOND    UINT64_C(1000000000)

/* Fresh models of Vulkan and the kernel; handles are counted. */
void dmabuf_begin(void);
/* Fails the test for a breach in either, for what is alive in either, for handles and memory. */
void dmabuf_end(void);

VxmDevice dmabuf_device(void);
/* A dma-buf of foreign origin, the caller's. */
VxmHandle dmabuf_handle(uint64_t size);
/* A buffer of Vulkan's with `count` dma-bufs in its description, the caller's. */
VxmShared dmabuf_shared(uint32_t count);
VxmSemaphore dmabuf_semaphore(VxmDevice device);
/* A sync fd of somebody's, the caller's. */
VxmHandle dmabuf_sync_fd(bool signalled);

/* Submits to the device's queue; either semaphore may be NULL. */
void dmabuf_submit(VxmDevice device, VxmSemaphore wait, VxmSemaphore signal);

/* A call that must succeed. */
#define REQUIRE(call) dmabuf_require(__FILE__, __LINE__, #call, (call))
void dmabuf_require(const char *file, int line, const char *call, VkResult got);

/* A call that must fail with this result and reason, and a sentence with these words in it. */
#define EXPECT_ERROR(call, result, reason, words)                                                  \
    (dmabuf_forget_error(),                                                                        \
     dmabuf_expect_error(__FILE__, __LINE__, #call, (call), result, reason, words))
void dmabuf_expect_error(const char *file, int line, const char *call, VkResult got,
                         VkResult result, VxmErrorReason reason, const char *words);
/* The same, and the kernel was asked for nothing. */
#define EXPECT_REFUSED(call, result, reason, words)                                                \
    do {                                                                                           \
        const unsigned calls_ = kernel_calls(NULL);                                                \
        EXPECT_ERROR(call, result, reason, words);                                                 \
        cr_expect_eq(kernel_calls(NULL), calls_, "%s:%d: " #call ": the kernel was called",        \
                     __FILE__, __LINE__);                                                          \
    } while (0)
/* Puts a last error in place that no other call leaves. */
void dmabuf_forget_error(void);
/* Fails the test unless it is still there. */
void dmabuf_expect_no_error(void);

/* Outputs of a call that fails are filled before, and looked at after. */
#define FILL(object) memset(&(object), 0xa5, sizeof(object))
#define EXPECT_UNTOUCHED(object)                                                                   \
    cr_expect(dmabuf_untouched(&(object), sizeof(object)), "%s:%d: " #object " was written",       \
              __FILE__, __LINE__)
bool dmabuf_untouched(const void *memory, size_t size);

#endif /* VXM_TESTS_ADAPTERS_DMABUF_FIXTURE_H_ */
