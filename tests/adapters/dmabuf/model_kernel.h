/*
 * A model of the kernel: what vxm/dmabuf.h asks Linux for, in the test process. The model Vulkan
 * driver's dma-bufs and sync fds get what real ones have: fences, and the ioctls about them. Time
 * is the model's own. It tells who asks for what the kernel would refuse, or wait for without end.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_DMABUF_MODEL_KERNEL_H_
#define VXM_TESTS_ADAPTERS_DMABUF_MODEL_KERNEL_H_ 1

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct kernel_config {
    bool noSyncFiles; /* Linux before 6.0: the two ioctls are unknown */
    bool interrupts;  /* every other call that may wait says EINTR or EAGAIN */
    bool noDevices;   /* neither heaps nor udmabuf */
    bool noRight;     /* ... or they are root's */
    short told;       /* what poll() tells in place of what it was asked; 0: that */
    bool readOnly;    /* the exporter doesn't let its buffers be written */
};
struct kernel_config *kernel_config(void);
void kernel_reset(void);

/* ---- the kernel's calls ---- */

int kernel_ioctl(int fd, unsigned long request, void *argument);
int kernel_poll(struct pollfd *entries, nfds_t count, int timeout);
void *kernel_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
int kernel_munmap(void *data, size_t size);
off_t kernel_lseek(int fd, off_t offset, int whence);
int kernel_open(const char *path, int flags);
int kernel_clock_gettime(clockid_t clock, struct timespec *now);

/* ---- for tests ---- */

/* The nth call (1: the next one) fails with this error, and does nothing else; 0: none will. */
void kernel_fail(unsigned nth, int error);
/* What was failed so; NULL: nothing. */
const char *kernel_failed(void);

/* Calls so far; NULL: of all but clock_gettime. "EXPORT", "IMPORT", "MERGE", "INFO", "SYNC",
 * "HEAP", "UDMABUF", "poll", "mmap", "lseek", "open". */
unsigned kernel_calls(const char *name);

/* Somebody's work with a buffer, which goes on until kernel_finish(). */
struct kernel_work;
struct kernel_work *kernel_begin_work(int buffer, uint32_t access);
void kernel_finish(struct kernel_work *work);
/* It ends by itself at that time from now on, in nanoseconds. */
void kernel_finish_after(struct kernel_work *work, uint64_t time);
/* It ends in failure. */
void kernel_break(struct kernel_work *work, int error);

/* Whether a sync fd is signalled, and whether that work is all that it stands for. */
bool kernel_is_done(int syncFd);
bool kernel_stands_for(int syncFd, unsigned count, struct kernel_work *const *works);
/* What unfinished work users with this access have to wait for; *only is it, if it is one. */
unsigned kernel_waits(int buffer, uint32_t access, struct kernel_work **only);
/* The work that a sync fd of Vulkan's stands for, as the kernel sees it. */
struct kernel_work *kernel_work_of(int syncFd);

uint64_t kernel_now(void);

/* What was done wrong, as lines in text; and whatever is mapped or being accessed still. */
size_t kernel_problems(char *text, size_t size);

#endif /* VXM_TESTS_ADAPTERS_DMABUF_MODEL_KERNEL_H_ */
