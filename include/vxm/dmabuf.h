/*
 * vxm with dma-bufs of Linux: implicit synchronisation, CPU access, allocation.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_DMABUF_H_
#define VXM_DMABUF_H_ 1

/**
 * @file dmabuf.h
 * @brief What a dma-buf's other users still do as a semaphore, and this side's work for them.
 *
 * @code{.c}
 * // once: a binary semaphore for each direction, created with handleTypes SYNC_FD
 * vxmDmaBufAcquire(&shared, DMA_BUF_SYNC_READ, limit, before);  // what to wait for
 * ... submit: wait for before, read the image, signal after ...
 * vxmDmaBufRelease(&shared, DMA_BUF_SYNC_READ, limit, after);   // what others wait for
 * @endcode
 *
 * **Why.** Drivers of cameras and displays, OpenGL and most compositors rely on the kernel, which
 * keeps in each dma-buf what is still being done with it: implicit synchronisation. Vulkan neither
 * looks there nor leaves anything there. These functions do both, with sync fds. Where both sides
 * pass semaphores to each other, nothing of it is needed.
 *
 * Inline functions over Linux' own headers; nothing but the C library is linked. What holds for
 * every function here, beside what vxm/vxm.h says:
 *
 * - **Access** is what *this* side does with the buffer, in the kernel's flags: DMA_BUF_SYNC_READ,
 *   DMA_BUF_SYNC_WRITE or both (DMA_BUF_SYNC_RW). Who reads waits for those who write; who writes
 *   waits for everybody.
 * - **Handles** stay yours and open. A buffer's is of kind VXM_HANDLE_KIND_MEMORY and type DMA_BUF,
 *   a sync fd's of kind VXM_HANDLE_KIND_SEMAPHORE and type SYNC_FD; a sync fd of -1 has been
 *   signalled already.
 * - **Not atomic.** Between Acquire and Release, or their parts, the kernel knows nothing of this
 *   side. Whoever else might use the buffer in that time has to be kept from it in another way, as
 *   a frame's owner is by every protocol that passes frames around.
 * - **Errors** of the kernel's have the reason VXM_ERROR_REASON_SYSTEM, and errno as the code.
 * - **Threads.** Any thread, at any time.
 *
 * With strict C11 (-std=c11) define _POSIX_C_SOURCE as 200809L before the first header.
 *
 * Documentation: the kernel's driver-api/dma-buf.rst, linux/dma-buf.h, linux/sync_file.h,
 * linux/dma-heap.h, linux/udmabuf.h.
 */

#ifndef __linux__
#error "vxm/dmabuf.h is for Linux, whose dma-bufs it is about."
#endif

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/sync_file.h>
#include <linux/udmabuf.h>

#include <vxm/vxm.h>

#ifndef CLOCK_MONOTONIC
#error "vxm/dmabuf.h needs POSIX: define _POSIX_C_SOURCE as 200809L before the first header."
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** What implicit synchronisation of a buffer comes to on this kernel and device. */
typedef struct VxmDmaBufSync {
    /** vxmDmaBufAcquire() has the GPU wait; otherwise the CPU waits in its place, or, without
     * SYNC_FD semaphores, only vxmDmaBufWait() is left. */
    VkBool32 acquire;
    /** vxmDmaBufRelease() has others wait for the GPU; otherwise as above, for a fence. */
    VkBool32 release;
    /** "" if both are true; otherwise why not, in words, and what to do instead. */
    char reason[512];
} VxmDmaBufSync;

/** A dma-buf in this process's address space. Empty if data is NULL. */
typedef struct VxmDmaBufMapping {
    void *data;  /**< Its first byte. */
    size_t size; /**< Bytes: the whole buffer. */
} VxmDmaBufMapping;

/* ---------------------------------------------------------------------------------------------- */
/* Inside                                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/** @cond INTERNAL */
/* Of Linux 6.0; older headers don't have them. */
struct vxm__dma_buf_sync_file {
    uint32_t flags;
    int32_t fd;
};
#define VXM__DMA_BUF_EXPORT _IOWR(DMA_BUF_BASE, 2, struct vxm__dma_buf_sync_file)
#define VXM__DMA_BUF_IMPORT _IOW(DMA_BUF_BASE, 3, struct vxm__dma_buf_sync_file)
/** @endcond */

static inline const char *vxm__dma_buf_error_name(int error)
{
    static const struct {
        int error;
        const char *name;
    } names[] = {
        {EACCES, "EACCES"}, {EBADF, "EBADF"},   {EBADFD, "EBADFD"}, {EBUSY, "EBUSY"},
        {EFAULT, "EFAULT"}, {EINVAL, "EINVAL"}, {EIO, "EIO"},       {EMFILE, "EMFILE"},
        {ENFILE, "ENFILE"}, {ENODEV, "ENODEV"}, {ENOENT, "ENOENT"}, {ENOMEM, "ENOMEM"},
        {ENOSYS, "ENOSYS"}, {ENOTTY, "ENOTTY"}, {ENXIO, "ENXIO"},   {EPERM, "EPERM"},
        {ESPIPE, "ESPIPE"},
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (names[i].error == error) {
            return names[i].name;
        }
    }
    return "an error unknown here";
}

/* What a call of the kernel's that failed comes to. `hint` is a sentence, or "". */
static inline VkResult vxm__dma_buf_fail(const char *caller, VkResult result, const char *call,
                                         int fd, const char *hint)
{
    const int error = errno;

    if (error == EMFILE || error == ENFILE) {
        result = VK_ERROR_TOO_MANY_OBJECTS;
    } else if (error == ENOMEM) {
        result = VK_ERROR_OUT_OF_HOST_MEMORY;
    } else if (error == EBADF) {
        result = VK_ERROR_INVALID_EXTERNAL_HANDLE;
    }
    return vxmSetLastError(result, VXM_ERROR_REASON_SYSTEM, error,
                           "%s: %s on fd %d failed with %s (%d).%s%s", caller, call, fd,
                           vxm__dma_buf_error_name(error), error, hint[0] != '\0' ? " " : "", hint);
}

/* A system call that may be interrupted, or asks to be called again. */
static inline int vxm__dma_buf_ioctl(int fd, unsigned long request, void *argument)
{
    int result;

    do {
        result = ioctl(fd, request, argument);
    } while (result < 0 && (errno == EINTR || errno == EAGAIN));
    return result;
}

/* ---- arguments ---- */

static inline VkResult vxm__dma_buf_check_handle(const char *caller, VxmHandleKind kind,
                                                 const VxmHandle *handle, const char *name)
{
    const uint32_t type = kind == VXM_HANDLE_KIND_MEMORY
                              ? (uint32_t)VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
                              : (uint32_t)VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT;
    VxmError error;

    if (handle == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: %s must not be NULL.", caller, name);
    }
    if (handle->type == 0) {
        return vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: %s is empty.", caller, name);
    }
    if (handle->kind != kind || handle->type != type) {
        return vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: %s is a handle of type %s, and must be a %s.", caller, name,
                               vxmHandleTypeName(handle->kind, handle->type),
                               vxmHandleTypeName(kind, type));
    }
    if (vxmCheckHandle(handle) == VK_SUCCESS) {
        return VK_SUCCESS;
    }
    vxmGetLastError(&error);
    return vxmSetLastError(error.result, error.reason, error.code, "%s: %s can't be used. %s",
                           caller, name, error.message);
}

static inline VkResult vxm__dma_buf_check_named(const char *caller, const VxmHandle *buffer,
                                                const char *name, uint32_t access)
{
    if (access == 0 || (access & ~(uint32_t)DMA_BUF_SYNC_RW) != 0) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: access is 0x%x, and must be DMA_BUF_SYNC_READ, "
                               "DMA_BUF_SYNC_WRITE or DMA_BUF_SYNC_RW.",
                               caller, (unsigned)access);
    }
    return vxm__dma_buf_check_handle(caller, VXM_HANDLE_KIND_MEMORY, buffer, name);
}

static inline VkResult vxm__dma_buf_check(const char *caller, const VxmHandle *buffer,
                                          uint32_t access)
{
    return vxm__dma_buf_check_named(caller, buffer, "buffer", access);
}

static inline VkResult vxm__dma_buf_check_pointer(const char *caller, const void *pointer,
                                                  const char *name)
{
    if (pointer != NULL) {
        return VK_SUCCESS;
    }
    (void)vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                          "%s: %s must not be NULL.", caller, name);
    return VK_ERROR_VALIDATION_FAILED_EXT;
}

/* An empty handle with a descriptor of its own. */
static inline void vxm__dma_buf_set_handle(VxmHandle *handle, VxmHandleKind kind, int fd)
{
    memset(handle, 0, sizeof(*handle));
    handle->kind = kind;
    handle->type = kind == VXM_HANDLE_KIND_MEMORY
                       ? (uint32_t)VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
                       : (uint32_t)VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT;
    handle->fd = fd;
}

/* ---- waiting ---- */

static inline uint64_t vxm__dma_buf_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* UINT64_MAX: never. */
static inline uint64_t vxm__dma_buf_deadline(uint64_t timeout)
{
    const uint64_t now = vxm__dma_buf_now();

    return timeout > UINT64_MAX - now ? UINT64_MAX : now + timeout;
}

/* Waits for one event. A limit between two milliseconds is the later one. */
static inline VkResult vxm__dma_buf_poll(const char *caller, int fd, short events,
                                         uint64_t deadline, const char *what)
{
    struct pollfd entry;
    int ready;

    memset(&entry, 0, sizeof(entry));
    entry.fd = fd;
    entry.events = events;
    do {
        const uint64_t now = vxm__dma_buf_now();
        const uint64_t left = deadline > now ? (deadline - now - 1) / 1000000u + 1 : 0;
        const int most = 1000 * 1000;

        ready = poll(&entry, 1, left > (uint64_t)most ? most : (int)left);
        if (ready == 0 && left <= (uint64_t)most) {
            return vxmSetLastError(VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, 0,
                                   "%s: %s (fd %d) was not done within the time limit.", caller,
                                   what, fd);
        }
    } while (ready == 0 || (ready < 0 && (errno == EINTR || errno == EAGAIN)));
    if (ready > 0 && (entry.revents & (POLLNVAL | POLLERR)) != 0) {
        errno = (entry.revents & POLLNVAL) != 0 ? EBADF : EIO;
        ready = -1;
    }
    if (ready < 0) {
        return vxm__dma_buf_fail(caller, VK_ERROR_UNKNOWN, "poll", fd, "");
    }
    return VK_SUCCESS;
}

/* Until nobody uses the buffer any more in a way that this access has to wait for. */
static inline VkResult vxm__dma_buf_wait(const char *caller, const VxmHandle *buffer,
                                         uint32_t access, uint64_t deadline)
{
    /* One event only: with both, the first of them would end the wait. */
    return vxm__dma_buf_poll(caller, buffer->fd,
                             (access & DMA_BUF_SYNC_WRITE) != 0 ? POLLOUT : POLLIN, deadline,
                             "what others do with the dma-buf");
}

/* Until a sync fd is signalled. Work that failed signals it, too, and says so. */
static inline VkResult vxm__dma_buf_wait_sync_file(const char *caller, const VxmHandle *syncFd,
                                                   uint64_t deadline)
{
    struct sync_file_info info;
    VkResult result;

    if (syncFd->fd == -1) {
        return VK_SUCCESS;
    }
    result = vxm__dma_buf_poll(caller, syncFd->fd, POLLIN, deadline, "the work behind the sync fd");
    if (result != VK_SUCCESS) {
        return result;
    }
    memset(&info, 0, sizeof(info));
    if (vxm__dma_buf_ioctl(syncFd->fd, SYNC_IOC_FILE_INFO, &info) < 0) {
        return vxm__dma_buf_fail(caller, VK_ERROR_INVALID_EXTERNAL_HANDLE, "SYNC_IOC_FILE_INFO",
                                 syncFd->fd, "It is no sync fd.");
    }
    if (info.status < 0) {
        return vxmSetLastError(VK_ERROR_DEVICE_LOST, VXM_ERROR_REASON_SYSTEM, -info.status,
                               "%s: the work behind the sync fd %d ended with %s (%d): its GPU or "
                               "driver gave it up, and what it was to write is not there.",
                               caller, syncFd->fd, vxm__dma_buf_error_name(-info.status),
                               -info.status);
    }
    return VK_SUCCESS;
}

/* ---- sync files ---- */

/* What the kernel lacks, where it answers ENOTTY to a dma-buf. */
static inline VkResult vxm__dma_buf_fail_sync_file(const char *caller, const char *call, int fd)
{
    if (errno == ENOTTY) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, ENOTTY,
                               "%s: the kernel answers ENOTTY (%d) to %s on fd %d: Linux has it "
                               "from 6.0 on, if it is built with CONFIG_SYNC_FILE. Wait on the CPU "
                               "in its place (vxmDmaBufWait()).",
                               caller, ENOTTY, call, fd);
    }
    return vxm__dma_buf_fail(caller, VK_ERROR_INVALID_EXTERNAL_HANDLE, call, fd, "");
}

static inline VkResult vxm__dma_buf_export(const char *caller, const VxmHandle *buffer,
                                           uint32_t access, VxmHandle *syncFd)
{
    struct vxm__dma_buf_sync_file file;

    file.flags = access;
    file.fd = -1;
    if (vxm__dma_buf_ioctl(buffer->fd, VXM__DMA_BUF_EXPORT, &file) < 0) {
        return vxm__dma_buf_fail_sync_file(caller, "DMA_BUF_IOCTL_EXPORT_SYNC_FILE", buffer->fd);
    }
    vxm__dma_buf_set_handle(syncFd, VXM_HANDLE_KIND_SEMAPHORE, file.fd);
    return VK_SUCCESS;
}

static inline VkResult vxm__dma_buf_import(const char *caller, const VxmHandle *buffer,
                                           uint32_t access, const VxmHandle *syncFd)
{
    struct vxm__dma_buf_sync_file file;

    if (syncFd->fd == -1) {
        return VK_SUCCESS; /* nothing that anybody would have to wait for */
    }
    file.flags = access;
    file.fd = syncFd->fd;
    if (vxm__dma_buf_ioctl(buffer->fd, VXM__DMA_BUF_IMPORT, &file) < 0) {
        if (errno == EINVAL) { /* access has been checked */
            return vxm__dma_buf_fail(caller, VK_ERROR_INVALID_EXTERNAL_HANDLE,
                                     "DMA_BUF_IOCTL_IMPORT_SYNC_FILE", syncFd->fd,
                                     "It is no sync fd.");
        }
        return vxm__dma_buf_fail_sync_file(caller, "DMA_BUF_IOCTL_IMPORT_SYNC_FILE", buffer->fd);
    }
    return VK_SUCCESS;
}

/* Makes *merged, which may be empty, stand for both; *more is empty then. */
static inline VkResult vxm__dma_buf_merge(const char *caller, VxmHandle *merged, VxmHandle *more)
{
    struct sync_merge_data merge;

    if (merged->type == 0) {
        *merged = *more;
        memset(more, 0, sizeof(*more));
        return VK_SUCCESS;
    }
    memset(&merge, 0, sizeof(merge));
    memcpy(merge.name, "vxm", sizeof("vxm"));
    merge.fd2 = more->fd;
    if (vxm__dma_buf_ioctl(merged->fd, SYNC_IOC_MERGE, &merge) < 0) {
        return vxm__dma_buf_fail(caller, VK_ERROR_UNKNOWN, "SYNC_IOC_MERGE", merged->fd, "");
    }
    vxmCloseHandle(more);
    vxmCloseHandle(merged);
    vxm__dma_buf_set_handle(merged, VXM_HANDLE_KIND_SEMAPHORE, merge.fence);
    return VK_SUCCESS;
}

/* What vxmDmaBufAcquire() and vxmDmaBufRelease() are given. */
static inline VkResult vxm__dma_buf_check_shared(const char *caller, const VxmShared *shared,
                                                 uint32_t access, VxmSemaphore semaphore)
{
    static const char *const names[VXM_MAX_PLANES] = {"memories[0].handle", "memories[1].handle",
                                                      "memories[2].handle", "memories[3].handle"};
    VkResult result = vxm__dma_buf_check_pointer(caller, shared, "shared");

    if (result == VK_SUCCESS) {
        result = vxm__dma_buf_check_pointer(caller, semaphore, "semaphore");
    }
    if (result == VK_SUCCESS &&
        (shared->memoryCount == 0 || shared->memoryCount > VXM_MAX_PLANES)) {
        result = vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                                 "%s: memoryCount is %u, and must be 1 to %u.", caller,
                                 shared->memoryCount, VXM_MAX_PLANES);
    }
    for (uint32_t i = 0; result == VK_SUCCESS && i < shared->memoryCount; i++) {
        result = vxm__dma_buf_check_named(caller, &shared->memories[i].handle, names[i], access);
    }
    return result;
}

/* ---------------------------------------------------------------------------------------------- */
/* With Vulkan                                                                                    */
/* ---------------------------------------------------------------------------------------------- */

/**
 * Makes a semaphore stand for what others still do with a buffer, so that the next submission can
 * wait for it.
 *
 * Where the kernel can't tell (before Linux 6.0) the CPU waits, and the semaphore is signalled;
 * vxmDmaBufQuerySync() says so beforehand.
 *
 * @param[in] shared     the buffer or image, as it was exported or imported, with its handles of
 *                       type DMA_BUF; all its memories count.
 * @param     access     what this side is going to do with it.
 * @param     timeout    nanoseconds, should the CPU have to wait.
 * @param     semaphore  binary; its payload is replaced until the next wait, as by
 *                       vxmImportSemaphorePayload(). No submission may be pending on it, and one
 *                       has to wait for it before the next vxmDmaBufAcquire().
 *
 * Errors: VK_ERROR_INVALID_EXTERNAL_HANDLE if a handle is missing, closed or no dma-buf;
 * VK_ERROR_FEATURE_NOT_PRESENT if the device can't import SYNC_FD semaphores; VK_TIMEOUT;
 * VK_ERROR_TOO_MANY_OBJECTS.
 *
 * Spec: DMA_BUF_IOCTL_EXPORT_SYNC_FILE, SYNC_IOC_MERGE, vkImportSemaphoreFdKHR.
 */
static inline VkResult vxmDmaBufAcquire(const VxmShared *shared, uint32_t access, uint64_t timeout,
                                        VxmSemaphore semaphore)
{
    const char *const caller = "vxmDmaBufAcquire";
    const uint64_t deadline = vxm__dma_buf_deadline(timeout);
    VxmSharedSemaphore payload;
    VxmHandle one;
    VkResult result = vxm__dma_buf_check_shared(caller, shared, access, semaphore);

    memset(&payload, 0, sizeof(payload));
    payload.handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT;
    payload.semaphoreType = VK_SEMAPHORE_TYPE_BINARY;
    for (uint32_t i = 0; result == VK_SUCCESS && i < shared->memoryCount; i++) {
        const VxmHandle *const buffer = &shared->memories[i].handle;

        memset(&one, 0, sizeof(one));
        result = vxm__dma_buf_export(caller, buffer, access, &one);
        if (result == VK_SUCCESS) {
            result = vxm__dma_buf_merge(caller, &payload.handle, &one);
            vxmCloseHandle(&one);
        } else if (result == VK_ERROR_FEATURE_NOT_PRESENT) {
            result = vxm__dma_buf_wait(caller, buffer, access, deadline);
        }
    }
    if (result == VK_SUCCESS && payload.handle.type == 0) {
        vxm__dma_buf_set_handle(&payload.handle, VXM_HANDLE_KIND_SEMAPHORE, -1);
    }
    if (result == VK_SUCCESS) {
        result = vxmImportSemaphorePayload(semaphore, &payload, VXM_IMPORT_TEMPORARY_BIT);
    }
    vxmCloseSharedSemaphore(&payload);
    return result;
}

/**
 * Lets the buffer's other users wait for what this side has submitted.
 *
 * Where the kernel can't do that (before Linux 6.0) the CPU waits until it is done.
 *
 * @param[in] shared     as for vxmDmaBufAcquire().
 * @param     access     what this side does with it.
 * @param     timeout    nanoseconds, should the CPU have to wait.
 * @param     semaphore  binary, created for export as SYNC_FD; the submission that signals it has
 *                       been made. Success acts like a wait for it: it can be signalled again.
 *                       After a failure the signal is still in it, and the call can be repeated,
 *                       or a submission wait for it.
 *
 * Errors: as vxmDmaBufAcquire(), and vxmGetSemaphoreHandle(); VK_ERROR_DEVICE_LOST if the CPU
 * waited for work that failed. Of several memories some may have been told already.
 *
 * Spec: vkGetSemaphoreFdKHR, DMA_BUF_IOCTL_IMPORT_SYNC_FILE.
 */
static inline VkResult vxmDmaBufRelease(const VxmShared *shared, uint32_t access, uint64_t timeout,
                                        VxmSemaphore semaphore)
{
    const char *const caller = "vxmDmaBufRelease";
    const uint64_t deadline = vxm__dma_buf_deadline(timeout);
    VxmSharedSemaphore payload;
    VxmError error;
    VkResult result = vxm__dma_buf_check_shared(caller, shared, access, semaphore);

    if (result == VK_SUCCESS) {
        result =
            vxmExportSemaphore(semaphore, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT, &payload);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    for (uint32_t i = 0; result == VK_SUCCESS && i < shared->memoryCount; i++) {
        result = vxm__dma_buf_import(caller, &shared->memories[i].handle, access, &payload.handle);
    }
    if (result == VK_ERROR_FEATURE_NOT_PRESENT) {
        result = vxm__dma_buf_wait_sync_file(caller, &payload.handle, deadline);
    }
    if (result != VK_SUCCESS) {
        /* The export took the signal out of the semaphore; the failure to tell of is the first. */
        vxmGetLastError(&error);
        (void)vxmImportSemaphorePayload(semaphore, &payload, VXM_IMPORT_TEMPORARY_BIT);
        (void)vxmSetLastError(error.result, error.reason, error.code, "%s", error.message);
    }
    vxmCloseSharedSemaphore(&payload);
    return result;
}

/* A system's part of the answer: whether the kernel knows the request. It asks for what a dma-buf
 * refuses, or gives without harm. */
static inline VkBool32 vxm__dma_buf_knows(const VxmHandle *buffer, unsigned long request)
{
    struct vxm__dma_buf_sync_file file;

    file.flags = 0; /* which the kernel answers with EINVAL */
    file.fd = -1;
    return vxm__dma_buf_ioctl(buffer->fd, request, &file) >= 0 || errno != ENOTTY;
}

/**
 * Whether implicit synchronisation is effective for a buffer, here and with this device.
 *
 * It can't tell whether the *other* users keep to it: drivers that leave nothing in the buffer and
 * don't look (NVIDIA's, llvmpipe and everything else that draws by the CPU) synchronise by what
 * they pass to each other, or not at all.
 *
 * @param      device  optional; NULL: only the kernel's part.
 * @param[in]  buffer  of type DMA_BUF.
 * @param[out] sync    the answer. A "no" is an answer: the call still succeeds, and sync->reason
 *                     says why.
 *
 * Errors: VK_ERROR_INVALID_EXTERNAL_HANDLE if the handle is missing, closed or no dma-buf.
 *
 * Spec: VkExternalSemaphoreProperties.
 */
static inline VkResult vxmDmaBufQuerySync(VxmDevice device, const VxmHandle *buffer,
                                          VxmDmaBufSync *sync)
{
    const char *const caller = "vxmDmaBufQuerySync";
    static const char old[] =
        "The kernel answers ENOTTY to DMA_BUF_IOCTL_EXPORT_SYNC_FILE or "
        "DMA_BUF_IOCTL_IMPORT_SYNC_FILE: Linux has them from 6.0 on, if it is built with "
        "CONFIG_SYNC_FILE. vxmDmaBufAcquire() and vxmDmaBufRelease() wait on the CPU.";
    VxmQueryInfo question;
    VxmQueryResult answer;
    VxmDmaBufSync found;
    VkResult result = vxm__dma_buf_check_pointer(caller, sync, "sync");

    if (result == VK_SUCCESS) {
        result = vxm__dma_buf_check_handle(caller, VXM_HANDLE_KIND_MEMORY, buffer, "buffer");
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    memset(&found, 0, sizeof(found));
    found.acquire = vxm__dma_buf_knows(buffer, VXM__DMA_BUF_EXPORT);
    found.release = vxm__dma_buf_knows(buffer, VXM__DMA_BUF_IMPORT);
    if (!found.acquire || !found.release) {
        memcpy(found.reason, old, sizeof(old));
    }
    if (device != NULL) {
        memset(&question, 0, sizeof(question));
        question.kind = VXM_HANDLE_KIND_SEMAPHORE;
        question.handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT;
        result = vxmQuery(device, &question, &answer);
        if (result != VK_SUCCESS) {
            return result;
        }
        if (!answer.importable || !answer.exportable) {
            /* The worse of the two, since nothing but the CPU is left then. */
            memcpy(found.reason, answer.reason, sizeof(found.reason));
        }
        found.acquire = found.acquire && answer.importable;
        found.release = found.release && answer.exportable;
    }
    *sync = found;
    return VK_SUCCESS;
}

/* ---------------------------------------------------------------------------------------------- */
/* Sync fds                                                                                       */
/* ---------------------------------------------------------------------------------------------- */

/**
 * A sync fd for what others still do with a buffer, as it is now.
 *
 * @param[in]  buffer  of type DMA_BUF.
 * @param      access  what this side is going to do with it.
 * @param[out] syncFd  receives it, close-on-exec. Yours: close it with vxmCloseHandle(). One that
 *                     has been signalled already if there is nothing to wait for.
 *
 * Errors: VK_ERROR_INVALID_EXTERNAL_HANDLE if the buffer's handle is missing, closed or no dma-buf;
 * VK_ERROR_FEATURE_NOT_PRESENT before Linux 6.0; VK_ERROR_TOO_MANY_OBJECTS.
 *
 * Spec: DMA_BUF_IOCTL_EXPORT_SYNC_FILE.
 */
static inline VkResult vxmDmaBufExportSyncFile(const VxmHandle *buffer, uint32_t access,
                                               VxmHandle *syncFd)
{
    const char *const caller = "vxmDmaBufExportSyncFile";
    VkResult result = vxm__dma_buf_check_pointer(caller, syncFd, "syncFd");

    if (result == VK_SUCCESS) {
        result = vxm__dma_buf_check(caller, buffer, access);
    }
    return result == VK_SUCCESS ? vxm__dma_buf_export(caller, buffer, access, syncFd) : result;
}

/**
 * Lets a buffer's other users wait for a sync fd.
 *
 * @param[in] buffer  of type DMA_BUF.
 * @param     access  what the work behind the sync fd does with it.
 * @param[in] syncFd  stays yours; one of -1 leaves nothing in the buffer.
 *
 * Errors: as vxmDmaBufExportSyncFile(); VK_ERROR_INVALID_EXTERNAL_HANDLE also for what is no sync
 * fd.
 *
 * Spec: DMA_BUF_IOCTL_IMPORT_SYNC_FILE.
 */
static inline VkResult vxmDmaBufImportSyncFile(const VxmHandle *buffer, uint32_t access,
                                               const VxmHandle *syncFd)
{
    const char *const caller = "vxmDmaBufImportSyncFile";
    VkResult result = vxm__dma_buf_check(caller, buffer, access);

    if (result == VK_SUCCESS) {
        result = vxm__dma_buf_check_handle(caller, VXM_HANDLE_KIND_SEMAPHORE, syncFd, "syncFd");
    }
    return result == VK_SUCCESS ? vxm__dma_buf_import(caller, buffer, access, syncFd) : result;
}

/**
 * Waits on the CPU for what a sync fd stands for.
 *
 * @param[in] syncFd   stays yours.
 * @param     timeout  nanoseconds; rounded up to milliseconds.
 *
 * Errors: VK_TIMEOUT; VK_ERROR_DEVICE_LOST if the work failed; VK_ERROR_INVALID_EXTERNAL_HANDLE if
 * it is missing, closed or no sync fd.
 *
 * Spec: poll(), SYNC_IOC_FILE_INFO.
 */
static inline VkResult vxmDmaBufWaitSyncFile(const VxmHandle *syncFd, uint64_t timeout)
{
    const char *const caller = "vxmDmaBufWaitSyncFile";
    const uint64_t deadline = vxm__dma_buf_deadline(timeout);
    VkResult result =
        vxm__dma_buf_check_handle(caller, VXM_HANDLE_KIND_SEMAPHORE, syncFd, "syncFd");

    return result == VK_SUCCESS ? vxm__dma_buf_wait_sync_file(caller, syncFd, deadline) : result;
}

/* ---------------------------------------------------------------------------------------------- */
/* On the CPU                                                                                     */
/* ---------------------------------------------------------------------------------------------- */

/**
 * Waits on the CPU until others are done with a buffer. Every kernel with dma-bufs can do it.
 *
 * @param[in] buffer   of type DMA_BUF.
 * @param     access   what this side is going to do with it.
 * @param     timeout  nanoseconds; rounded up to milliseconds.
 *
 * Errors: VK_TIMEOUT; VK_ERROR_INVALID_EXTERNAL_HANDLE if the handle is missing, closed or no
 * dma-buf.
 *
 * Spec: poll().
 */
static inline VkResult vxmDmaBufWait(const VxmHandle *buffer, uint32_t access, uint64_t timeout)
{
    const char *const caller = "vxmDmaBufWait";
    const uint64_t deadline = vxm__dma_buf_deadline(timeout);
    VkResult result = vxm__dma_buf_check(caller, buffer, access);

    return result == VK_SUCCESS ? vxm__dma_buf_wait(caller, buffer, access, deadline) : result;
}

/* What vxmDmaBufBeginCpuAccess() and vxmDmaBufEndCpuAccess() have in common. */
static inline VkResult vxm__dma_buf_sync(const char *caller, const VxmHandle *buffer,
                                         uint64_t flags)
{
    struct dma_buf_sync sync;

    sync.flags = flags;
    if (vxm__dma_buf_ioctl(buffer->fd, DMA_BUF_IOCTL_SYNC, &sync) < 0) {
        return vxm__dma_buf_fail(caller, VK_ERROR_INVALID_EXTERNAL_HANDLE, "DMA_BUF_IOCTL_SYNC",
                                 buffer->fd, "");
    }
    return VK_SUCCESS;
}

/**
 * Waits until others are done with a buffer, and makes what they wrote visible to the CPU. To be
 * called before reading or writing a mapping, and ended soon.
 *
 * Not for memory of Vulkan's that vxmMapMemory() mapped: there Vulkan's own rules hold.
 *
 * @param[in] buffer   of type DMA_BUF, mapped.
 * @param     access   what the CPU is going to do.
 * @param     timeout  nanoseconds; rounded up to milliseconds. DMA_BUF_IOCTL_SYNC waits without a
 *                     limit by itself, and so is called when there is nothing to wait for.
 *
 * Errors: VK_TIMEOUT; VK_ERROR_INVALID_EXTERNAL_HANDLE as for vxmDmaBufWait().
 *
 * Spec: DMA_BUF_IOCTL_SYNC.
 */
static inline VkResult vxmDmaBufBeginCpuAccess(const VxmHandle *buffer, uint32_t access,
                                               uint64_t timeout)
{
    const char *const caller = "vxmDmaBufBeginCpuAccess";
    const uint64_t deadline = vxm__dma_buf_deadline(timeout);
    VkResult result = vxm__dma_buf_check(caller, buffer, access);

    if (result == VK_SUCCESS) {
        result = vxm__dma_buf_wait(caller, buffer, access, deadline);
    }
    return result == VK_SUCCESS ? vxm__dma_buf_sync(caller, buffer, DMA_BUF_SYNC_START | access)
                                : result;
}

/**
 * Ends vxmDmaBufBeginCpuAccess(): what the CPU wrote is visible to devices.
 *
 * @param[in] buffer  the same.
 * @param     access  the same.
 *
 * Errors: as vxmDmaBufBeginCpuAccess(), without VK_TIMEOUT.
 *
 * Spec: DMA_BUF_IOCTL_SYNC.
 */
static inline VkResult vxmDmaBufEndCpuAccess(const VxmHandle *buffer, uint32_t access)
{
    const char *const caller = "vxmDmaBufEndCpuAccess";
    VkResult result = vxm__dma_buf_check(caller, buffer, access);

    return result == VK_SUCCESS ? vxm__dma_buf_sync(caller, buffer, DMA_BUF_SYNC_END | access)
                                : result;
}

/**
 * Maps a whole buffer.
 *
 * @param[in]  buffer   of type DMA_BUF; the mapping keeps the memory, and not the handle.
 * @param      access   what the mapping lets the CPU do.
 * @param[out] mapping  receives it; end it with vxmDmaBufUnmap(). Use it between
 *                      vxmDmaBufBeginCpuAccess() and vxmDmaBufEndCpuAccess().
 *
 * Errors: VK_ERROR_MEMORY_MAP_FAILED if its exporter doesn't let it be mapped, or not with this
 * access; VK_ERROR_INVALID_EXTERNAL_HANDLE as for vxmDmaBufWait().
 *
 * Spec: lseek(), mmap().
 */
static inline VkResult vxmDmaBufMap(const VxmHandle *buffer, uint32_t access,
                                    VxmDmaBufMapping *mapping)
{
    const char *const caller = "vxmDmaBufMap";
    const int protection = ((access & DMA_BUF_SYNC_READ) != 0 ? PROT_READ : 0) |
                           ((access & DMA_BUF_SYNC_WRITE) != 0 ? PROT_WRITE : 0);
    VkResult result = vxm__dma_buf_check_pointer(caller, mapping, "mapping");
    void *data;
    off_t end;

    if (result == VK_SUCCESS) {
        result = vxm__dma_buf_check(caller, buffer, access);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    end = lseek(buffer->fd, 0, SEEK_END); /* a dma-buf has no position to lose */
    if (end <= 0) {
        return vxm__dma_buf_fail(caller, VK_ERROR_MEMORY_MAP_FAILED, "lseek", buffer->fd, "");
    }
    if ((off_t)(size_t)end != end) {
        return vxmSetLastError(
            VK_ERROR_MEMORY_MAP_FAILED, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: the dma-buf has %lld bytes, more than a 32-bit process can map.", caller,
            (long long)end);
    }
    data = mmap(NULL, (size_t)end, protection, MAP_SHARED, buffer->fd, 0);
    if (data == MAP_FAILED) {
        return vxm__dma_buf_fail(caller, VK_ERROR_MEMORY_MAP_FAILED, "mmap", buffer->fd,
                                 "Not every exporter lets the CPU map its buffers, or write them: "
                                 "copy on the GPU then.");
    }
    mapping->data = data;
    mapping->size = (size_t)end;
    return VK_SUCCESS;
}

/**
 * Ends a mapping, and sets it to empty.
 *
 * @param[in,out] mapping  NULL or an empty one is ignored.
 */
static inline void vxmDmaBufUnmap(VxmDmaBufMapping *mapping)
{
    if (mapping == NULL) {
        return;
    }
    if (mapping->data != NULL) {
        (void)munmap(mapping->data, mapping->size);
    }
    memset(mapping, 0, sizeof(*mapping));
}

/* ---------------------------------------------------------------------------------------------- */
/* Buffers without a GPU                                                                          */
/* ---------------------------------------------------------------------------------------------- */

/* Opens the device file that makes buffers. */
static inline VkResult vxm__dma_buf_open(const char *caller, const char *path, int *fd)
{
    const int opened = open(path, O_RDWR | O_CLOEXEC);

    if (opened < 0) {
        const int error = errno;

        return vxmSetLastError(
            error == EMFILE || error == ENFILE ? VK_ERROR_TOO_MANY_OBJECTS
                                               : VK_ERROR_FEATURE_NOT_PRESENT,
            VXM_ERROR_REASON_SYSTEM, error, "%s: %s can't be opened: %s (%d). %s", caller, path,
            vxm__dma_buf_error_name(error), error,
            error == ENOENT
                ? "The kernel doesn't have it, its module is not loaded, or this container "
                  "was not given it."
                : "Ask for the right to it: by default root alone has it, or a group.");
    }
    *fd = opened;
    return VK_SUCCESS;
}

/**
 * Makes a dma-buf of one of the kernel's heaps, such as for frames that the CPU fills.
 *
 * @param      heap    optional: a name in /dev/dma_heap; NULL: "system", ordinary memory.
 * @param      size    bytes; the kernel rounds up to whole pages.
 * @param[out] buffer  receives it, zeroed, close-on-exec. Yours: close it with vxmCloseHandle().
 *
 * Errors: VK_ERROR_FEATURE_NOT_PRESENT if there is no such heap or no right to it;
 * VK_ERROR_OUT_OF_HOST_MEMORY, also for more than the machine has, before the kernel is asked;
 * VK_ERROR_TOO_MANY_OBJECTS.
 *
 * Spec: DMA_HEAP_IOCTL_ALLOC.
 */
static inline VkResult vxmDmaBufAllocate(const char *heap, uint64_t size, VxmHandle *buffer)
{
    const char *const caller = "vxmDmaBufAllocate";
    const char folder[] = "/dev/dma_heap/";
    const char *const name = heap != NULL ? heap : "system";
    struct dma_heap_allocation_data wanted;
    const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    char path[256];
    VkResult result = vxm__dma_buf_check_pointer(caller, buffer, "buffer");
    int fd = -1;

    if (result != VK_SUCCESS) {
        return result;
    }
    if (size == 0 || name[0] == '\0' || strlen(name) > sizeof(path) - sizeof(folder) ||
        strchr(name, '/') != NULL) {
        return vxmSetLastError(
            VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0, "%s: %s.", caller,
            size == 0                   ? "size is 0"
            : strchr(name, '/') != NULL ? "heap has a '/', and must be a name in /dev/dma_heap"
                                        : "heap is empty or too long a name");
    }
    if (pages > 0 && page > 0 && size / (uint64_t)page >= (uint64_t)pages) {
        return vxmSetLastError(VK_ERROR_OUT_OF_HOST_MEMORY, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: size is %llu bytes, but the machine has %llu. The kernel would "
                               "try, and end programs to make room.",
                               caller, (unsigned long long)size,
                               (unsigned long long)pages * (unsigned long long)page);
    }
    memcpy(path, folder, sizeof(folder));
    memcpy(path + sizeof(folder) - 1, name, strlen(name) + 1);
    result = vxm__dma_buf_open(caller, path, &fd);
    if (result != VK_SUCCESS) {
        return result;
    }
    memset(&wanted, 0, sizeof(wanted));
    wanted.len = size;
    wanted.fd_flags = O_RDWR | O_CLOEXEC;
    if (vxm__dma_buf_ioctl(fd, DMA_HEAP_IOCTL_ALLOC, &wanted) < 0) {
        result = vxm__dma_buf_fail(caller, VK_ERROR_OUT_OF_DEVICE_MEMORY, "DMA_HEAP_IOCTL_ALLOC",
                                   fd, "");
    } else {
        vxm__dma_buf_set_handle(buffer, VXM_HANDLE_KIND_MEMORY, (int)wanted.fd);
    }
    (void)close(fd);
    return result;
}

/**
 * Makes a dma-buf of a memfd's pages, so that what is in shared memory reaches a GPU without a
 * copy.
 *
 * @param      memfd   sealed with F_SEAL_SHRINK, and not with F_SEAL_WRITE; stays yours, and may be
 *                     closed.
 * @param      offset  bytes; whole pages.
 * @param      size    bytes; whole pages, not 0.
 * @param[out] buffer  receives it, close-on-exec. Yours: close it with vxmCloseHandle().
 *
 * Errors: VK_ERROR_FEATURE_NOT_PRESENT if there is no /dev/udmabuf or no right to it;
 * VK_ERROR_INVALID_EXTERNAL_HANDLE if the kernel refuses the memfd; VK_ERROR_TOO_MANY_OBJECTS.
 *
 * Spec: UDMABUF_CREATE.
 */
static inline VkResult vxmDmaBufFromMemfd(int memfd, uint64_t offset, uint64_t size,
                                          VxmHandle *buffer)
{
    const char *const caller = "vxmDmaBufFromMemfd";
    struct udmabuf_create wanted;
    VkResult result = vxm__dma_buf_check_pointer(caller, buffer, "buffer");
    int fd = -1, made;

    if (result == VK_SUCCESS && memfd < 0) {
        result = vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                                 "%s: memfd is %d.", caller, memfd);
    }
    if (result == VK_SUCCESS) {
        result = vxm__dma_buf_open(caller, "/dev/udmabuf", &fd);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    memset(&wanted, 0, sizeof(wanted));
    wanted.memfd = (uint32_t)memfd;
    wanted.flags = UDMABUF_FLAGS_CLOEXEC;
    wanted.offset = offset;
    wanted.size = size;
    made = vxm__dma_buf_ioctl(fd, UDMABUF_CREATE, &wanted);
    if (made < 0) {
        result =
            vxm__dma_buf_fail(caller, VK_ERROR_INVALID_EXTERNAL_HANDLE, "UDMABUF_CREATE", memfd,
                              "It takes a memfd with F_SEAL_SHRINK and without F_SEAL_WRITE, "
                              "and whole pages within it.");
    } else {
        vxm__dma_buf_set_handle(buffer, VXM_HANDLE_KIND_MEMORY, made);
    }
    (void)close(fd);
    return result;
}

#ifdef __cplusplus
}
#endif

#endif /* VXM_DMABUF_H_ */
