/*
 * The model of the kernel: mappings, and the device files that make dma-bufs.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "adapters/dmabuf/model_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/dma-heap.h>
#include <linux/udmabuf.h>

#include "model/model.h"

#define MAX_DEVICES 1024

static const char *devices[MAX_DEVICES]; /* by descriptor: what it was opened as */
static unsigned mappings;

void kernel__reset_memory(void)
{
    memset(devices, 0, sizeof(devices));
    mappings = 0;
}

unsigned kernel__mapping_count(void)
{
    return mappings;
}

int kernel__make_buffer(int fd, unsigned long request, void *argument)
{
    const char *const device =
        fd >= 0 && fd < MAX_DEVICES && devices[fd] != NULL ? devices[fd] : "";
    struct dma_heap_allocation_data *heap = argument;
    struct udmabuf_create *memfd = argument;
    struct stat status;
    int made;

    if (request == DMA_HEAP_IOCTL_ALLOC && strncmp(device, "/dev/dma_heap/", 14) == 0) {
        if (heap->heap_flags != 0 || (heap->fd_flags & O_CLOEXEC) == 0 || heap->fd != 0) {
            kernel__problem("an allocation that is inherited, or with garbage in it");
        }
        made = model_make_dma_buf((heap->len + 4095) / 4096 * 4096);
        heap->fd = (uint32_t)made;
        return made < 0 ? kernel__refuse(ENOMEM) : 0;
    }
    if (request == UDMABUF_CREATE && strcmp(device, "/dev/udmabuf") == 0) {
        if (fstat((int)memfd->memfd, &status) != 0) {
            return kernel__refuse(EBADF);
        }
        if (memfd->size == 0 || memfd->size % 4096 != 0 || memfd->offset % 4096 != 0 ||
            memfd->offset + memfd->size > (uint64_t)status.st_size ||
            (fcntl((int)memfd->memfd, F_GET_SEALS) & F_SEAL_SHRINK) == 0) {
            return kernel__refuse(EINVAL);
        }
        if (memfd->flags != UDMABUF_FLAGS_CLOEXEC) {
            kernel__problem("a buffer that is inherited");
        }
        return model_make_dma_buf(memfd->size);
    }
    return kernel__refuse(ENOTTY);
}

void *kernel_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
    void *data = MAP_FAILED;

    if (kernel__enter("mmap", false)) {
        return MAP_FAILED;
    }
    if (kernel_config()->readOnly && (protection & PROT_WRITE) != 0) {
        errno = EACCES;
        return MAP_FAILED;
    }
    data = mmap(address, size, protection, flags, fd, offset);
    mappings += data != MAP_FAILED;
    return data;
}

int kernel_munmap(void *data, size_t size)
{
    mappings--;
    return munmap(data, size);
}

off_t kernel_lseek(int fd, off_t offset, int whence)
{
    return kernel__enter("lseek", false) ? -1 : lseek(fd, offset, whence);
}

int kernel_open(const char *path, int flags)
{
    static const char *const paths[] = {"/dev/dma_heap/system", "/dev/dma_heap/reserved",
                                        "/dev/udmabuf"};

    if (kernel__enter("open", false)) {
        return -1;
    }
    if ((flags & O_CLOEXEC) == 0) {
        kernel__problem("%s is inherited", path);
    }
    for (size_t i = 0; i < 3; i++) {
        if (strcmp(path, paths[i]) == 0 && !kernel_config()->noDevices &&
            !kernel_config()->noRight) {
            const int fd = open("/dev/null", flags);

            if (fd >= 0 && fd < MAX_DEVICES) {
                devices[fd] = paths[i];
            }
            return fd;
        }
    }
    return kernel__refuse(kernel_config()->noRight ? EACCES : ENOENT);
}
