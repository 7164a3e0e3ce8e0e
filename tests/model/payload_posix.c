/*
 * Payloads on POSIX are memfds: real descriptors, real contents. What another process's model
 * driver must know is in the memfd's name, so that the file has exactly the payload's size.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MAGIC    "vxm-model1:"
#define PREFIX   "/memfd:"
#define UUID_HEX (2 * VK_UUID_SIZE)

/* DMA_BUF_MAGIC of <linux/magic.h>: the file system that every dma-buf is on. */
#define DMA_BUF_FILE_SYSTEM 0x444d4142

static VkResult result_of_errno(void)
{
    return errno == EMFILE || errno == ENFILE ? VK_ERROR_TOO_MANY_OBJECTS
                                              : VK_ERROR_OUT_OF_DEVICE_MEMORY;
}

static void write_hex(char *text, const uint8_t *bytes)
{
    for (size_t i = 0; i < VK_UUID_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

static bool read_hex(const char *text, uint8_t *bytes)
{
    for (size_t i = 0; i < VK_UUID_SIZE; i++) {
        unsigned value;

        if (sscanf(text + 2 * i, "%2x", &value) != 1)
            return false;
        bytes[i] = (uint8_t)value;
    }
    return true;
}

VkResult model__native_create(const struct model_payload_info *info, union model_native *native)
{
    char name[240], deviceUUID[UUID_HEX + 1], driverUUID[UUID_HEX + 1];
    int fd;

    write_hex(deviceUUID, info->deviceUUID);
    write_hex(driverUUID, info->driverUUID);
    snprintf(name, sizeof name, MAGIC "%c:%x:%llx:%x:%llx:%x:%x:%x:%s:%s", (int)info->kind,
             info->handleTypes, (unsigned long long)info->size, info->memoryTypeIndex,
             (unsigned long long)info->resource, (unsigned)info->foreign, info->semaphoreType,
             info->semaphoreFlags, deviceUUID, driverUUID);
    if (info->size > INT64_MAX)
        return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return result_of_errno();
    if (ftruncate(fd, (off_t)info->size) != 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        VkResult result = result_of_errno();

        close(fd);
        return result;
    }
    *native = model__native_of_fd(fd);
    return VK_SUCCESS;
}

bool model__native_read(union model_native native, struct model_payload_info *info,
                        uint64_t identity[2])
{
    char path[64], name[300], deviceUUID[UUID_HEX + 1], driverUUID[UUID_HEX + 1], kind;
    unsigned long long size, resource;
    unsigned foreign;
    struct stat status;
    ssize_t length;

    snprintf(path, sizeof path, "/proc/self/fd/%d", native.fd);
    length = readlink(path, name, sizeof name - 1);
    if (length < 0 || fstat(native.fd, &status) != 0)
        return false;
    name[length] = '\0';
    if (strncmp(name, PREFIX MAGIC, strlen(PREFIX MAGIC)) != 0)
        return false;
    memset(info, 0, sizeof *info);
    if (sscanf(name + strlen(PREFIX MAGIC), "%c:%x:%llx:%x:%llx:%x:%x:%x:%32[0-9a-f]:%32[0-9a-f]",
               &kind, &info->handleTypes, &size, &info->memoryTypeIndex, &resource, &foreign,
               &info->semaphoreType, &info->semaphoreFlags, deviceUUID, driverUUID) != 10)
        return false;
    info->kind = (uint32_t)kind;
    info->size = size;
    info->resource = resource;
    info->foreign = foreign != 0;
    identity[0] = (uint64_t)status.st_dev;
    identity[1] = (uint64_t)status.st_ino;
    return read_hex(deviceUUID, info->deviceUUID) && read_hex(driverUUID, info->driverUUID);
}

VkResult model__native_duplicate(union model_native native, bool inherited,
                                 union model_native *duplicate)
{
    int fd = fcntl(native.fd, inherited ? F_DUPFD : F_DUPFD_CLOEXEC, 0);

    if (fd < 0)
        return result_of_errno();
    *duplicate = model__native_of_fd(fd);
    return VK_SUCCESS;
}

void model__native_close(union model_native native)
{
    if (native.fd >= 0)
        close(native.fd);
}

void *model__native_map(union model_native native, uint64_t size)
{
    void *data = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, native.fd, 0);

    return data == MAP_FAILED ? NULL : data;
}

void model__native_unmap(void *data, uint64_t size)
{
    munmap(data, (size_t)size);
}

/* The C library's own, for the whole program: memfds that stand for dma-bufs are told to be some.
 */
int fstatfs(int fd, struct statfs *status)
{
    struct model_payload_info info;
    uint64_t identity[2];

    if (syscall(SYS_fstatfs, fd, status) != 0)
        return -1;
    if (model__native_read(model__native_of_fd(fd), &info, identity) &&
        info.kind == MODEL_PAYLOAD_MEMORY &&
        (info.handleTypes & VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT))
        status->f_type = DMA_BUF_FILE_SYSTEM;
    return 0;
}

/* Win32 alone has names and numbers for what handles stand for. */

bool model__native_open_name(const wchar_t *name, union model_native *native)
{
    (void)name;
    (void)native;
    return false;
}

bool model__native_open_number(uintptr_t number, union model_native *native)
{
    (void)number;
    (void)native;
    return false;
}

uintptr_t model__native_number(union model_native native)
{
    (void)native;
    return 0;
}

void model__native_end_number(union model_native native)
{
    (void)native;
}
