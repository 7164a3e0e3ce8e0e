/*
 * The model of the kernel: fences, and the calls about them.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "adapters/dmabuf/model_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/sync_file.h>
#include <linux/udmabuf.h>

#include "model/internal.h"

#define MAX       64
#define MAX_WORKS 2048

/* A sync file: a fence by itself, or one for several. */
struct kernel_work {
    ino_t inode; /* the page's mapping keeps it from being somebody else's */
    struct model_sync_page *page;
    struct kernel_work *parts[MAX];
    unsigned partCount; /* 0: a fence by itself */
    int error;
    uint64_t ends; /* when it ends by itself; 0: it doesn't */
};

/* A dma-buf. */
struct buffer {
    ino_t inode;
    struct {
        struct kernel_work *work;
        uint32_t access;
    } fences[MAX];
    unsigned fenceCount;
    uint32_t accessed; /* by the CPU, between START and END */
};

static const char *const names[] = {"EXPORT",  "IMPORT", "MERGE", "INFO",  "SYNC", "HEAP",
                                    "UDMABUF", "poll",   "mmap",  "lseek", "open", "ioctl"};
#define NAMES (sizeof(names) / sizeof(names[0]))

static struct {
    struct kernel_config config;
    struct kernel_work works[MAX_WORKS];
    unsigned workCount;
    struct buffer buffers[MAX];
    unsigned bufferCount;
    unsigned calls[NAMES], failNth, attempts;
    int failError;
    const char *failed;
    uint64_t now;
    char problems[4096];
    size_t problemCount;
} kernel;

struct kernel_config *kernel_config(void)
{
    return &kernel.config;
}

void kernel_reset(void)
{
    for (unsigned i = 0; i < kernel.workCount; i++) {
        model__native_unmap(kernel.works[i].page, MODEL_SYNC_PAGE_SIZE);
    }
    memset(&kernel, 0, sizeof(kernel));
    kernel.now = 1000000123;
    kernel__reset_memory();
}

void kernel__problem(const char *format, ...)
{
    const size_t used = strlen(kernel.problems);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(kernel.problems + used, sizeof(kernel.problems) - used - 1, format, arguments);
    va_end(arguments);
    strcat(kernel.problems, "\n");
    kernel.problemCount++;
}

size_t kernel_problems(char *text, size_t size)
{
    if (kernel__mapping_count() > 0) {
        kernel__problem("%u mappings are left", kernel__mapping_count());
    }
    for (unsigned i = 0; i < kernel.bufferCount; i++) {
        if (kernel.buffers[i].accessed != 0) {
            kernel__problem("a buffer is accessed by the CPU still");
        }
    }
    snprintf(text, size, "%s", kernel.problems);
    return kernel.problemCount;
}

/* ---- counting and failing ---- */

void kernel_fail(unsigned nth, int error)
{
    kernel.failNth = nth;
    kernel.failError = error;
    kernel.failed = NULL;
}

const char *kernel_failed(void)
{
    return kernel.failed;
}

unsigned kernel_calls(const char *name)
{
    unsigned count = 0;

    for (size_t i = 0; i < NAMES; i++) {
        if (name == NULL || strcmp(name, names[i]) == 0) {
            count += kernel.calls[i];
        }
    }
    return count;
}

bool kernel__enter(const char *name, bool mayWait)
{
    size_t i = 0;

    while (i + 1 < NAMES && strcmp(names[i], name) != 0) {
        i++;
    }
    kernel.calls[i]++;
    if (mayWait && kernel.config.interrupts && ++kernel.attempts % 3 != 0) {
        errno = kernel.attempts % 3 == 1 ? EINTR : EAGAIN;
        return true;
    }
    if (kernel.failNth > 0 && --kernel.failNth == 0) {
        kernel.failed = names[i];
        errno = kernel.failError;
        return true;
    }
    return false;
}

int kernel__refuse(int error)
{
    errno = error;
    return -1;
}

/* ---- what a descriptor is ---- */

static bool is_payload(int fd, uint32_t kind, uint32_t type, ino_t *inode)
{
    struct model_payload_info info;
    uint64_t identity[2];

    if (!model__native_read(model__native_of_fd(fd), &info, identity) || info.kind != kind ||
        (info.handleTypes & type) == 0) {
        return false;
    }
    *inode = (ino_t)identity[1];
    return true;
}

static struct buffer *buffer_of(int fd)
{
    ino_t inode;

    if (!is_payload(fd, MODEL_PAYLOAD_MEMORY, VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
                    &inode)) {
        return NULL;
    }
    for (unsigned i = 0; i < kernel.bufferCount; i++) {
        if (kernel.buffers[i].inode == inode) {
            return &kernel.buffers[i];
        }
    }
    kernel.buffers[kernel.bufferCount].inode = inode;
    return &kernel.buffers[kernel.bufferCount++];
}

struct kernel_work *kernel_work_of(int fd)
{
    struct kernel_work *work;
    ino_t inode;

    if (!is_payload(fd, MODEL_PAYLOAD_SYNC, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT,
                    &inode)) {
        return NULL;
    }
    for (unsigned i = 0; i < kernel.workCount; i++) {
        if (kernel.works[i].inode == inode) {
            return &kernel.works[i];
        }
    }
    work = &kernel.works[kernel.workCount++];
    work->inode = inode;
    work->page = model__native_map(model__native_of_fd(fd), MODEL_SYNC_PAGE_SIZE);
    return work;
}

/* A file of the kernel's own; *fd is the caller's. */
static struct kernel_work *new_work(bool signalled, int *fd)
{
    *fd = model_make_sync_fd(signalled);
    return kernel_work_of(*fd);
}

/* ---- fences ---- */

static bool is_done(const struct kernel_work *work)
{
    return atomic_load(&work->page->value) != 0;
}

/* What stands for several is signalled with the last of them. */
static void propagate(void)
{
    for (unsigned i = 0; i < kernel.workCount; i++) {
        struct kernel_work *work = &kernel.works[i];
        bool done = work->partCount > 0;

        if (work->ends != 0 && work->ends <= kernel.now) {
            atomic_store(&work->page->value, 1);
        }
        for (unsigned j = 0; j < work->partCount; j++) {
            done = done && is_done(work->parts[j]);
            work->error = work->parts[j]->error != 0 ? work->parts[j]->error : work->error;
        }
        if (done) {
            atomic_store(&work->page->value, 1);
        }
    }
}

static void add_part(struct kernel_work *whole, struct kernel_work *part)
{
    for (unsigned i = 0; i < part->partCount; i++) {
        add_part(whole, part->parts[i]);
    }
    if (part->partCount == 0 && (!is_done(part) || part->error != 0) && whole->partCount < MAX) {
        whole->parts[whole->partCount++] = part;
        atomic_store(&whole->page->value, 0);
    }
}

static void add_fence(struct buffer *buffer, struct kernel_work *work, uint32_t access)
{
    buffer->fences[buffer->fenceCount].work = work;
    buffer->fences[buffer->fenceCount++].access = access;
}

/* Who reads waits for writers, who writes for everybody. */
static bool concerns(uint32_t access, uint32_t fence)
{
    return (access & DMA_BUF_SYNC_WRITE) != 0 || (fence & DMA_BUF_SYNC_WRITE) != 0;
}

static unsigned unfinished(const struct buffer *buffer, uint32_t access, struct kernel_work **last)
{
    unsigned count = 0;

    propagate();
    for (unsigned i = 0; i < buffer->fenceCount; i++) {
        if (concerns(access, buffer->fences[i].access) && !is_done(buffer->fences[i].work)) {
            *last = buffer->fences[i].work;
            count++;
        }
    }
    return count;
}

struct kernel_work *kernel_begin_work(int fd, uint32_t access)
{
    int made;
    struct kernel_work *work = new_work(false, &made);

    close(made);
    add_fence(buffer_of(fd), work, access);
    return work;
}

void kernel_finish(struct kernel_work *work)
{
    atomic_store(&work->page->value, 1);
    propagate();
}

void kernel_finish_after(struct kernel_work *work, uint64_t time)
{
    work->ends = kernel.now + time;
}

void kernel_break(struct kernel_work *work, int error)
{
    work->error = error;
    kernel_finish(work);
}

bool kernel_is_done(int fd)
{
    const struct kernel_work *work = fd != -1 ? kernel_work_of(fd) : NULL;

    propagate();
    return fd == -1 || (work != NULL && is_done(work));
}

bool kernel_stands_for(int fd, unsigned count, struct kernel_work *const *works)
{
    const struct kernel_work *work = kernel_work_of(fd);
    unsigned found = 0;

    for (unsigned i = 0; work != NULL && i < count; i++) {
        for (unsigned j = 0; j < work->partCount; j++) {
            found += work->parts[j] == works[i];
        }
    }
    return work != NULL && found == count && work->partCount == count;
}

unsigned kernel_waits(int fd, uint32_t access, struct kernel_work **only)
{
    return unfinished(buffer_of(fd), access, only);
}

uint64_t kernel_now(void)
{
    return kernel.now;
}

/* ---- ioctls ---- */

static int export_sync_file(const struct buffer *buffer, uint32_t access, int32_t *fd)
{
    struct kernel_work *work;
    int made;

    if (access == 0 || (access & ~(uint32_t)DMA_BUF_SYNC_RW) != 0) {
        return kernel__refuse(EINVAL);
    }
    work = new_work(true, &made);
    for (unsigned i = 0; i < buffer->fenceCount; i++) {
        if (concerns(access, buffer->fences[i].access)) {
            add_part(work, buffer->fences[i].work);
        }
    }
    propagate();
    *fd = made;
    return 0;
}

static int import_sync_file(struct buffer *buffer, uint32_t access, int32_t fd)
{
    struct kernel_work *work = fd >= 0 ? kernel_work_of(fd) : NULL;

    if (access == 0 || (access & ~(uint32_t)DMA_BUF_SYNC_RW) != 0 || work == NULL) {
        return kernel__refuse(EINVAL);
    }
    add_fence(buffer, work, access);
    return 0;
}

static int sync_cpu(struct buffer *buffer, uint64_t flags)
{
    const uint32_t access = (uint32_t)flags & DMA_BUF_SYNC_RW;
    struct kernel_work *work;

    if ((flags & ~(uint64_t)DMA_BUF_SYNC_VALID_FLAGS_MASK) != 0 || access == 0) {
        kernel__problem("DMA_BUF_IOCTL_SYNC with flags 0x%llx", (unsigned long long)flags);
        return kernel__refuse(EINVAL);
    }
    if ((flags & DMA_BUF_SYNC_END) != 0) {
        if (buffer->accessed != access) {
            kernel__problem("an END of access 0x%x that began as 0x%x", access, buffer->accessed);
        }
        buffer->accessed = 0;
        return 0;
    }
    if (unfinished(buffer, access, &work) > 0) {
        kernel__problem("DMA_BUF_SYNC_START would wait without a limit");
    }
    buffer->accessed = access;
    return 0;
}

static int merge(struct kernel_work *first, struct sync_merge_data *data)
{
    struct kernel_work *second = kernel_work_of(data->fd2);
    struct kernel_work *whole;
    int made;

    if (second == NULL) {
        return kernel__refuse(ENOENT);
    }
    if (data->flags != 0 || data->pad != 0 || memchr(data->name, 0, sizeof(data->name)) == NULL) {
        kernel__problem("SYNC_IOC_MERGE with flags, padding or an endless name");
    }
    whole = new_work(true, &made);
    add_part(whole, first);
    add_part(whole, second);
    propagate();
    data->fence = made;
    return 0;
}

static int file_info(const struct kernel_work *work, struct sync_file_info *info)
{
    if (info->flags != 0 || info->pad != 0 || info->num_fences != 0) {
        kernel__problem("SYNC_IOC_FILE_INFO with garbage in it");
    }
    propagate();
    info->status = work->error != 0 ? -work->error : is_done(work) ? 1 : 0;
    info->num_fences = 1;
    return 0;
}

static const char *request_name(unsigned long request)
{
    return request == DMA_BUF_IOCTL_EXPORT_SYNC_FILE   ? "EXPORT"
           : request == DMA_BUF_IOCTL_IMPORT_SYNC_FILE ? "IMPORT"
           : request == SYNC_IOC_MERGE                 ? "MERGE"
           : request == SYNC_IOC_FILE_INFO             ? "INFO"
           : request == DMA_BUF_IOCTL_SYNC             ? "SYNC"
           : request == DMA_HEAP_IOCTL_ALLOC           ? "HEAP"
           : request == UDMABUF_CREATE                 ? "UDMABUF"
                                                       : "ioctl";
}

int kernel_ioctl(int fd, unsigned long request, void *argument)
{
    struct dma_buf_export_sync_file *exported = argument;
    const struct dma_buf_import_sync_file *imported = argument;
    struct buffer *buffer = buffer_of(fd);
    struct kernel_work *work = kernel_work_of(fd);

    if (kernel__enter(request_name(request), true)) {
        return -1;
    }
    if (buffer != NULL && request == DMA_BUF_IOCTL_EXPORT_SYNC_FILE && !kernel.config.noSyncFiles) {
        return export_sync_file(buffer, exported->flags, &exported->fd);
    }
    if (buffer != NULL && request == DMA_BUF_IOCTL_IMPORT_SYNC_FILE && !kernel.config.noSyncFiles) {
        return import_sync_file(buffer, imported->flags, imported->fd);
    }
    if (buffer != NULL && request == DMA_BUF_IOCTL_SYNC) {
        return sync_cpu(buffer, ((const struct dma_buf_sync *)argument)->flags);
    }
    if (work != NULL && request == SYNC_IOC_MERGE) {
        return merge(work, argument);
    }
    if (work != NULL && request == SYNC_IOC_FILE_INFO) {
        return file_info(work, argument);
    }
    return kernel__make_buffer(fd, request, argument);
}

/* ---- the other calls ---- */

static bool is_ready(const struct pollfd *entry)
{
    const struct buffer *buffer = buffer_of(entry->fd);
    struct kernel_work *work = kernel_work_of(entry->fd);

    propagate();
    if (buffer != NULL) {
        return unfinished(buffer, entry->events == POLLOUT ? DMA_BUF_SYNC_WRITE : DMA_BUF_SYNC_READ,
                          &work) == 0;
    }
    return work == NULL || is_done(work);
}

int kernel_poll(struct pollfd *entries, nfds_t count, int timeout)
{
    const uint64_t deadline = kernel.now + (uint64_t)(timeout < 0 ? 0 : timeout) * 1000000u;

    if (kernel__enter("poll", true)) {
        return -1;
    }
    if (count != 1 || timeout < 0 ||
        (entries->events != POLLIN && (entries->events != POLLOUT || !buffer_of(entries->fd)))) {
        kernel__problem("a poll of %u descriptors for events 0x%x within %d ms", (unsigned)count,
                        (unsigned)entries->events, timeout);
    }
    while (!is_ready(entries)) {
        uint64_t next = deadline;

        if (kernel.now >= deadline) {
            return 0;
        }
        for (unsigned i = 0; i < kernel.workCount; i++) {
            const uint64_t ends = kernel.works[i].ends;

            next = ends > kernel.now && ends < next ? ends : next;
        }
        kernel.now = next;
    }
    entries->revents = kernel.config.told != 0 ? kernel.config.told : entries->events;
    return 1;
}

int kernel_clock_gettime(clockid_t clock, struct timespec *now)
{
    if (clock != CLOCK_MONOTONIC) {
        kernel__problem("a time limit by clock %d", (int)clock);
    }
    now->tv_sec = (time_t)(kernel.now / 1000000000u);
    now->tv_nsec = (long)(kernel.now % 1000000000u);
    return 0;
}
