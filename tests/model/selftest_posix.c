/*
 * The self-test on POSIX: file descriptors.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "selftest.h"

#include <dirent.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

static uint32_t open_natives(void)
{
    DIR *folder = opendir("/proc/self/fd");
    uint32_t count = 0;

    if (!folder)
        return 0;
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

VkDeviceMemory make_exported(uint32_t handleTypes, uint32_t handleType, int *fd)
{
    VkExportMemoryAllocateInfo export = {VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO, NULL,
                                         handleTypes};
    VkMemoryGetFdInfoKHR get = {VK_STRUCTURE_TYPE_MEMORY_GET_FD_INFO_KHR, NULL, VK_NULL_HANDLE,
                                (VkExternalMemoryHandleTypeFlagBits)handleType};

    CHECK(allocate(context.device, 4096, 2, &export, &get.memory) == VK_SUCCESS);
    if (fd)
        CHECK(DEVICE_CALL(GetMemoryFdKHR)(context.device, &get, fd) == VK_SUCCESS);
    return get.memory;
}

VkResult import_fd(VkDevice device, uint32_t handleType, int fd, VkDeviceSize size, uint32_t type,
                   const void *next, VkDeviceMemory *memory)
{
    VkImportMemoryFdInfoKHR info = {VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR, next,
                                    (VkExternalMemoryHandleTypeFlagBits)handleType, fd};

    return allocate(device, size, type, &info, memory);
}

VkResult get_semaphore_fd(VkSemaphore semaphore, uint32_t handleType, int *fd)
{
    VkSemaphoreGetFdInfoKHR info = {VK_STRUCTURE_TYPE_SEMAPHORE_GET_FD_INFO_KHR, NULL, semaphore,
                                    (VkExternalSemaphoreHandleTypeFlagBits)handleType};

    return DEVICE_CALL(GetSemaphoreFdKHR)(context.device, &info, fd);
}

VkResult import_semaphore_fd(VkDevice device, VkSemaphore semaphore, uint32_t handleType, int fd,
                             bool temporary)
{
    VkImportSemaphoreFdInfoKHR info = {VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_FD_INFO_KHR,
                                       NULL,
                                       semaphore,
                                       temporary ? VK_SEMAPHORE_IMPORT_TEMPORARY_BIT : 0u,
                                       (VkExternalSemaphoreHandleTypeFlagBits)handleType,
                                       fd};

    return DEVICE_CALL(ImportSemaphoreFdKHR)(device, &info);
}

/* What a dma-buf is on, and others aren't. */
static void file_systems(void)
{
    int fds[4];
    bool dmaBuf[4] = {true, true, false, false};

    begin(NULL);
    fds[0] = model_make_dma_buf(4096);
    make_exported(VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT |
                      VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
                  VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, &fds[1]);
    make_exported(VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT,
                  VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, &fds[2]);
    fds[3] = memfd_create("plain", MFD_CLOEXEC);
    for (int i = 0; i < 4; i++) {
        struct statfs status;

        CHECK(fstatfs(fds[i], &status) == 0);
        CHECK((status.f_type == 0x444d4142) == dmaBuf[i]);
        close(fds[i]);
        CHECK(fstatfs(fds[i], &status) == -1);
    }
    model_reset(NULL);
}

static const char *const extensions[] = {
    "VK_KHR_external_memory_fd",   "VK_EXT_external_memory_dma_buf",
    "VK_EXT_external_memory_host", "VK_KHR_external_semaphore_fd",
    "VK_EXT_queue_family_foreign", "VK_EXT_image_drm_format_modifier",
};

const struct selftest_system selftest_system = {
    .extensions = extensions,
    .extensionCount = sizeof extensions / sizeof extensions[0],
    .open_natives = open_natives,
    .tests = {test_memory, test_resources, test_planes, test_semaphores, test_handover, test_driver,
              file_systems},
};
