/*
 * What POSIX systems do with handles, which are file descriptors here: close, duplicate, compare,
 * measure.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE /* syscall(), and the newer commands of fcntl() */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#ifdef __linux__
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#endif
#include <unistd.h>

#include "posix/posix.h"

/* Linux 6.10 has it; older headers don't. F_SETPIPE_SZ is of the same row of Linux's own. */
#if !defined(F_DUPFD_QUERY) && defined(F_SETPIPE_SZ)
#define F_DUPFD_QUERY (F_SETPIPE_SZ - 4)
#endif

static bool is_sync_fd(VxmHandleKind kind, uint32_t type)
{
    return kind == VXM_HANDLE_KIND_SEMAPHORE &&
           type == VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT;
}

/* The one value that stands for no descriptor: a sync fd of -1, already signalled. */
static bool is_minus_one(const VxmHandle *handle)
{
    return is_sync_fd(handle->kind, handle->type) && handle->fd == -1;
}

bool vxm__os_is_value(const VxmHandle *handle, uint64_t *value)
{
    *value = UINT64_MAX;
    return is_minus_one(handle);
}

bool vxm__os_value(VxmHandleKind kind, uint32_t type, uint64_t value, VxmHandle *handle)
{
    *handle = (VxmHandle){.kind = kind, .type = type, .fd = -1};
    return is_sync_fd(kind, type) && value == UINT64_MAX;
}

void vxm__os_close(const VxmHandle *handle)
{
    vxm__posix_close(handle->fd);
}

VkResult vxm__os_duplicate(const VxmHandle *handle, VxmHandle *duplicate)
{
    if (is_minus_one(handle)) {
        *duplicate = *handle;
        return VK_SUCCESS;
    }
    return vxm__posix_duplicate(handle, duplicate);
}

VkResult vxm__os_duplicate_to(const VxmHandle *handle, uint64_t process, VxmHandle *duplicate)
{
    (void)process;
    (void)duplicate;
    return vxm__fail(
        VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
        "This system has no call that puts handles of type %s into another process. Send it "
        "through a channel, or through a Unix-domain socket with SCM_RIGHTS.",
        vxmHandleTypeName(handle->kind, handle->type));
}

/* What /proc shows for a descriptor; "" without /proc. */
static void read_link(int fd, char *target, size_t size)
{
    char path[32];
    ssize_t length;

    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    length = readlink(path, target, size - 1);
    target[length > 0 ? length : 0] = '\0';
}

/* Anonymous inodes that are events and never memory, by the names that Linux shows for them. A
 * driver that reads from what it is given would wait there for ever (lavapipe does). Without /proc
 * there is no telling. */
static const char *event_source(int fd)
{
    static const char *const kinds[][2] = {
        {"anon_inode:[eventfd]", "an eventfd"},
        {"anon_inode:[eventpoll]", "an epoll instance"},
        {"anon_inode:[timerfd]", "a timerfd"},
        {"anon_inode:[signalfd]", "a signalfd"},
        {"anon_inode:inotify", "an inotify instance"},
        {"anon_inode:[fanotify]", "a fanotify group"},
        {"anon_inode:[userfaultfd]", "a userfaultfd"},
    };
    char target[32];

    read_link(fd, target, sizeof(target));
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(target, kinds[i][0]) == 0) {
            return kinds[i][1];
        }
    }
    return NULL;
}

/* Device files that no driver shares memory by: those that everybody has at hand, and those at
 * which a reader may wait for ever. Linux has fixed their numbers, which saves looking for the
 * files in each import of NVIDIA's, whose handles are character devices. Not by isatty(): a
 * driver's device file would get an ioctl() that isn't its own. */
#ifdef __linux__
static const char *which_device(dev_t device)
{
    static const struct {
        unsigned int first, last;
        const char *what;
    } devices[] = {
        {2, 5, "a terminal"},     {13, 13, "an input device"}, {128, 143, "a terminal"},
        {166, 166, "a terminal"}, {188, 188, "a terminal"},
    };

    /* Linux' numbers of the two. */
    if (device == makedev(1, 3) || device == makedev(1, 5)) {
        return "/dev/null or /dev/zero";
    }
    for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
        if (major(device) >= devices[i].first && major(device) <= devices[i].last) {
            return devices[i].what;
        }
    }
    return NULL;
}
#else
static const char *which_device(dev_t device)
{
    static const char *const paths[] = {"/dev/null", "/dev/zero"};

    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct stat other;

        if (stat(paths[i], &other) == 0 && S_ISCHR(other.st_mode) && other.st_rdev == device) {
            return "/dev/null or /dev/zero";
        }
    }
    return NULL;
}
#endif

static bool is_dma_buf_type(const VxmHandle *handle)
{
    return handle->kind == VXM_HANDLE_KIND_MEMORY &&
           handle->type == VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT;
}

/* Dma-bufs have a file system of their own since Linux 5.3. */
static bool is_dma_buf_file(int fd)
{
#ifdef __linux__
    const long magic = 0x444d4142; /* DMA_BUF_MAGIC of <linux/magic.h> */
    struct statfs system;

    return fstatfs(fd, &system) == 0 && (long)system.f_type == magic;
#else
    (void)fd;
    return false;
#endif
}

/* What is no dma-buf; before Linux 5.3 that is an anonymous inode. */
static const char *what_else(int fd, const struct stat *file)
{
    char target[32];

    if (S_ISCHR(file->st_mode)) {
        return "a character device";
    }
    if ((file->st_mode & S_IFMT) != 0) {
        return "a file of another kind, such as a memfd";
    }
    read_link(fd, target, sizeof(target));
    return target[0] == '\0' || strstr(target, "dmabuf") != NULL
               ? NULL
               : "an anonymous inode of another kind";
}

/* What the file is, where that alone rules it out as a handle of this type; otherwise NULL. Opaque
 * handles may be nearly anything: NVIDIA's are character devices, a kernel's synchronisation
 * objects are anonymous inodes, which have no file type at all. */
static const char *what_it_is_instead(const VxmHandle *handle, const struct stat *file)
{
    const char *event = (file->st_mode & S_IFMT) == 0 ? event_source(handle->fd) : NULL;

    if (S_ISFIFO(file->st_mode)) {
        return "a pipe";
    }
    if (S_ISSOCK(file->st_mode)) {
        return "a socket";
    }
    if (S_ISDIR(file->st_mode)) {
        return "a directory";
    }
    if (S_ISBLK(file->st_mode)) {
        return "a block device";
    }
    if (S_ISCHR(file->st_mode) && which_device(file->st_rdev) != NULL) {
        return which_device(file->st_rdev);
    }
    return event == NULL && is_dma_buf_type(handle) ? what_else(handle->fd, file) : event;
}

VkResult vxm__os_check(const VxmHandle *handle)
{
    struct stat file;
    const char *instead;

    if (is_minus_one(handle)) {
        return VK_SUCCESS;
    }
    if (handle->kind == VXM_HANDLE_KIND_CHANNEL) {
        return vxm__os_check_channel(handle);
    }
#ifdef F_GET_SEALS
    /* Only memfds and the like have seals, and none of them is ruled out below. This question is
     * much cheaper than fstat(), which software drivers' users would feel in each import. */
    if (!is_dma_buf_type(handle) && fcntl(handle->fd, F_GET_SEALS) >= 0) {
        return VK_SUCCESS;
    }
    if (!is_dma_buf_type(handle) && errno != EINVAL) { /* which it says of files without seals */
        return vxm__posix_fail_handle(errno, "Looking at", handle);
    }
#endif
    if (is_dma_buf_type(handle) && is_dma_buf_file(handle->fd)) {
        return VK_SUCCESS;
    }
    if (fstat(handle->fd, &file) != 0) {
        return vxm__posix_fail_handle(errno, "Looking at", handle);
    }
    instead = what_it_is_instead(handle, &file);
    if (instead != NULL) {
        return vxm__fail(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                         "fd %d is %s, and so can't be a handle of type %s. Give the descriptor "
                         "that the exporter made.",
                         handle->fd, instead, vxmHandleTypeName(handle->kind, handle->type));
    }
    return VK_SUCCESS;
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0 || errno != EBADF;
}

/* Whether both descriptors are of one opening of a file; -1: the system doesn't tell.
 * F_DUPFD_QUERY answers on Linux from 6.10 on; kcmp() may be left out of a kernel or shut off in a
 * container. */
static int is_same_opening(int a, int b)
{
    if (a == b) {
        return 1;
    }
#ifdef F_DUPFD_QUERY
    {
        int same = fcntl(a, F_DUPFD_QUERY, b);

        if (same >= 0) {
            return same == 1;
        }
    }
#endif
#ifdef SYS_kcmp
    {
        const int kcmpFile = 0; /* KCMP_FILE of <linux/kcmp.h> */
        pid_t self = getpid();
        long order = syscall(SYS_kcmp, self, self, kcmpFile, a, b);

        if (order >= 0) {
            return order == 0;
        }
    }
#endif
    return -1;
}

static bool is_same_inode(int a, int b)
{
    struct stat fileA;
    struct stat fileB;

    return fstat(a, &fileA) == 0 && fstat(b, &fileB) == 0 && fileA.st_dev == fileB.st_dev &&
           fileA.st_ino == fileB.st_ino;
}

/* Best knowledge first. Device and inode are the last resort, and can be wrong in one direction:
 * descriptors of anonymous inodes share one inode, as do all openings of a device file. To be
 * misled by that, another thread would have had to open such a file within the failed call and to
 * be given the very number that the driver closed. */
bool vxm__os_same_object(const VxmHandle *a, const VxmHandle *b)
{
    int same;

    if (!is_open(a->fd) || !is_open(b->fd)) {
        return false;
    }
    same = is_same_opening(a->fd, b->fd);
    return same >= 0 ? same == 1 : is_same_inode(a->fd, b->fd);
}

/* On their own file system each dma-buf has an inode of its own, whoever opened it. */
bool vxm__os_same_payload(const VxmHandle *a, const VxmHandle *b)
{
    return is_same_opening(a->fd, b->fd) == 1 ||
           (is_dma_buf_file(a->fd) && is_dma_buf_file(b->fd) && is_same_inode(a->fd, b->fd));
}

bool vxm__os_same_number(const VxmHandle *a, const VxmHandle *b)
{
    return a->fd == b->fd;
}

uint64_t vxm__os_payload_size(const VxmHandle *handle)
{
    off_t position = lseek(handle->fd, 0, SEEK_CUR);
    off_t end = lseek(handle->fd, 0, SEEK_END);

    /* A dma-buf has no position to lose, and refuses to tell one; a memfd shares it with others. */
    if (position >= 0 && end >= 0) {
        (void)lseek(handle->fd, position, SEEK_SET);
    }
    return end > 0 ? (uint64_t)end : 0;
}

uint64_t vxm__os_semaphore_value(const VxmHandle *handle)
{
    (void)handle;
    return 0;
}

VkResult vxm__os_check_facts(const VxmHandle *handle, const void *nativeDevice,
                             const VxmImageDescription *image)
{
    (void)handle;
    (void)nativeDevice;
    (void)image;
    return VK_SUCCESS;
}

VkResult vxm__os_make_payload(uint32_t type, const void *nativeDevice,
                              const VxmImageDescription *image, VxmHandle *handle)
{
    (void)type;
    (void)nativeDevice;
    (void)image;
    (void)handle;
    return VK_ERROR_FEATURE_NOT_PRESENT;
}

VkResult vxm__os_convert(const VxmHandle *handle, const void *nativeDevice, uint32_t type,
                         VxmHandle *converted)
{
    (void)handle;
    (void)nativeDevice;
    (void)type;
    (void)converted;
    return VK_ERROR_FEATURE_NOT_PRESENT;
}

VkResult vxm__os_settle(VxmHandle *handle)
{
    if (is_minus_one(handle)) {
        return VK_SUCCESS;
    }
    /* Without asking first: a new descriptor has no other flag to keep, and every system call
     * counts beside a driver's export. */
    if (fcntl(handle->fd, F_SETFD, FD_CLOEXEC) != 0) {
        return vxm__posix_fail_handle(errno, "Setting close-on-exec on", handle);
    }
    return VK_SUCCESS;
}

/* ---- one-time initialisation, time ----------------------------------------------------------- */

void vxm__os_once(void (*function)(void))
{
    vxm__posix_once(function);
}

uint64_t vxm__os_deadline(uint64_t timeout)
{
    return vxm__posix_deadline(timeout);
}
