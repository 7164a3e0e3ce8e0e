/*
 * What the POSIX back end puts into Vulkan's structs, and what it makes of a driver's answers: on a
 * device that consists of nothing but these commands.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/vk_device.h"

TestSuite(vk_posix, .init = contract_begin, .fini = contract_end);

#define DMA_BUF        VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT
#define OPAQUE_FD      VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define HOST           VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT
#define HOST_FOREIGN   VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT
#define SEMAPHORE_FD   VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT
#define SEMAPHORE_SYNC VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_SYNC_FD_BIT

/* What the driver is to answer, and what it was asked. */
static VkResult answer;
static int answeredFd;
static uint32_t askedType;
static int askedFd;
static const void *askedPointer;
static VkSemaphoreImportFlags askedFlags;

static VkResult VKAPI_CALL get_memory_fd(VkDevice device, const VkMemoryGetFdInfoKHR *info, int *fd)
{
    (void)device;
    cr_expect_eq(info->sType, VK_STRUCTURE_TYPE_MEMORY_GET_FD_INFO_KHR);
    askedType = info->handleType;
    *fd = answeredFd;
    return answer;
}

static VkResult VKAPI_CALL get_semaphore_fd(VkDevice device, const VkSemaphoreGetFdInfoKHR *info,
                                            int *fd)
{
    (void)device;
    cr_expect_eq(info->sType, VK_STRUCTURE_TYPE_SEMAPHORE_GET_FD_INFO_KHR);
    askedType = info->handleType;
    *fd = answeredFd;
    return answer;
}

static VkResult VKAPI_CALL import_semaphore_fd(VkDevice device,
                                               const VkImportSemaphoreFdInfoKHR *info)
{
    (void)device;
    cr_expect_eq(info->sType, VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_FD_INFO_KHR);
    askedType = info->handleType;
    askedFd = info->fd;
    askedFlags = info->flags;
    return answer;
}

static VkResult VKAPI_CALL get_fd_properties(VkDevice device,
                                             VkExternalMemoryHandleTypeFlagBits type, int fd,
                                             VkMemoryFdPropertiesKHR *properties)
{
    (void)device;
    askedType = type;
    askedFd = fd;
    properties->memoryTypeBits = 0x0A;
    return answer;
}

static VkResult VKAPI_CALL get_pointer_properties(VkDevice device,
                                                  VkExternalMemoryHandleTypeFlagBits type,
                                                  const void *pointer,
                                                  VkMemoryHostPointerPropertiesEXT *properties)
{
    (void)device;
    askedType = type;
    askedPointer = pointer;
    properties->memoryTypeBits = 0x0C;
    return answer;
}

static struct VxmDevice_T make_device(void)
{
    static const struct vk_command commands[] = {
        {"vkGetMemoryFdKHR", (PFN_vkVoidFunction)get_memory_fd},
        {"vkGetSemaphoreFdKHR", (PFN_vkVoidFunction)get_semaphore_fd},
        {"vkImportSemaphoreFdKHR", (PFN_vkVoidFunction)import_semaphore_fd},
        {"vkGetMemoryFdPropertiesKHR", (PFN_vkVoidFunction)get_fd_properties},
        {"vkGetMemoryHostPointerPropertiesEXT", (PFN_vkVoidFunction)get_pointer_properties},
    };

    answer = VK_SUCCESS;
    return vk_device(commands, sizeof(commands) / sizeof(commands[0]));
}

Test(vk_posix, table_is_sound)
{
    vk_expect_sound_table();
}

Test(vk_posix, import_chains)
{
    union {
        VkImportMemoryFdInfoKHR fd;
        VkImportMemoryHostPointerInfoEXT pointer;
        unsigned char bytes[VXM_CHAIN_SIZE];
    } storage;
    VxmHandle handle = {.type = DMA_BUF, .fd = 42};
    int next = 0;
    int memory = 0;

    cr_expect_eq(vxm__backend_import_chain(&handle, NULL, &storage, &next), (const void *)&storage);
    cr_expect_eq(storage.fd.sType, VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR);
    cr_expect_eq(storage.fd.pNext, (const void *)&next);
    cr_expect_eq(storage.fd.handleType, DMA_BUF);
    cr_expect_eq(storage.fd.fd, 42);
    handle = (VxmHandle){.type = HOST_FOREIGN, .ptr = &memory};
    cr_expect_eq(vxm__backend_import_chain(&handle, NULL, &storage, &next), (const void *)&storage);
    cr_expect_eq(storage.pointer.sType, VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT);
    cr_expect_eq(storage.pointer.pNext, (const void *)&next);
    cr_expect_eq(storage.pointer.handleType, HOST_FOREIGN);
    cr_expect_eq(storage.pointer.pHostPointer, (void *)&memory);
}

Test(vk_posix, memory_type_bits)
{
    struct VxmDevice_T device = make_device();
    VxmHandle handle = {.type = DMA_BUF, .fd = 42};
    uint32_t bits = 0;
    int memory = 0;

    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits), VK_SUCCESS);
    cr_expect(bits == 0x0A && askedType == DMA_BUF && askedFd == 42);
    handle = (VxmHandle){.type = HOST, .ptr = &memory};
    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits), VK_SUCCESS);
    cr_expect(bits == 0x0C && askedType == HOST && askedPointer == &memory);
    answer = VK_ERROR_INVALID_EXTERNAL_HANDLE;
    bits = 7;
    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits), answer);
    cr_expect_eq(bits, 7);
}

Test(vk_posix, memory_handles)
{
    struct VxmDevice_T device = make_device();
    VxmHandle handle;

    answeredFd = 0;
    cr_expect_eq(
        vxm__backend_get_memory_handle(&device, VK_NULL_HANDLE, VK_NULL_HANDLE, OPAQUE_FD, &handle),
        VK_SUCCESS);
    cr_expect_eq(handle.kind, VXM_HANDLE_KIND_MEMORY);
    cr_expect(handle.type == OPAQUE_FD && handle.fd == 0 && askedType == OPAQUE_FD);
    fill(handle);
    cr_expect_eq(
        vxm__backend_get_memory_handle(&device, VK_NULL_HANDLE, VK_NULL_HANDLE, HOST, &handle),
        VK_ERROR_FEATURE_NOT_PRESENT);
    answer = VK_ERROR_TOO_MANY_OBJECTS;
    cr_expect_eq(
        vxm__backend_get_memory_handle(&device, VK_NULL_HANDLE, VK_NULL_HANDLE, DMA_BUF, &handle),
        answer);
    /* A driver that says that it has succeeded, and gives nothing. */
    answer = VK_SUCCESS;
    answeredFd = -1;
    cr_expect_eq(
        vxm__backend_get_memory_handle(&device, VK_NULL_HANDLE, VK_NULL_HANDLE, DMA_BUF, &handle),
        VK_ERROR_INVALID_EXTERNAL_HANDLE);
    expect_untouched(handle);
}

Test(vk_posix, semaphore_handles)
{
    struct VxmDevice_T device = make_device();
    VxmHandle handle = {.type = SEMAPHORE_SYNC, .fd = -1};

    cr_expect_eq(vxm__backend_import_semaphore(&device, VK_NULL_HANDLE, &handle, NULL,
                                               VK_SEMAPHORE_IMPORT_TEMPORARY_BIT),
                 VK_SUCCESS);
    cr_expect(askedType == SEMAPHORE_SYNC && askedFd == -1 &&
              askedFlags == VK_SEMAPHORE_IMPORT_TEMPORARY_BIT);
    answeredFd = -1; /* signalled already */
    cr_expect_eq(
        vxm__backend_get_semaphore_handle(&device, VK_NULL_HANDLE, SEMAPHORE_SYNC, &handle),
        VK_SUCCESS);
    cr_expect(handle.kind == VXM_HANDLE_KIND_SEMAPHORE && handle.type == SEMAPHORE_SYNC &&
              handle.fd == -1);
    fill(handle);
    cr_expect_eq(vxm__backend_get_semaphore_handle(&device, VK_NULL_HANDLE, SEMAPHORE_FD, &handle),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE);
    answeredFd = -2;
    cr_expect_eq(
        vxm__backend_get_semaphore_handle(&device, VK_NULL_HANDLE, SEMAPHORE_SYNC, &handle),
        VK_ERROR_INVALID_EXTERNAL_HANDLE);
    expect_untouched(handle);
}

/* Loaded from a device whose extensions are off. */
Test(vk_posix, missing_commands_are_told)
{
    VxmHandle handle = {.type = DMA_BUF, .fd = 42};
    struct VxmDevice_T device = vk_empty_device();
    uint32_t bits;

    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits),
                 VK_ERROR_EXTENSION_NOT_PRESENT);
    cr_expect_eq(
        vxm__backend_get_memory_handle(&device, VK_NULL_HANDLE, VK_NULL_HANDLE, DMA_BUF, &handle),
        VK_ERROR_EXTENSION_NOT_PRESENT);
    cr_expect_eq(vxm__backend_import_semaphore(&device, VK_NULL_HANDLE, &handle, NULL, 0),
                 VK_ERROR_EXTENSION_NOT_PRESENT);
    cr_expect_eq(vxm__backend_get_semaphore_handle(&device, VK_NULL_HANDLE, SEMAPHORE_FD, &handle),
                 VK_ERROR_EXTENSION_NOT_PRESENT);
    handle.type = HOST;
    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits),
                 VK_ERROR_EXTENSION_NOT_PRESENT);
}

/* An extension is of no use without those that it builds on, and must not be enabled then (01387).
 */
Test(vk_posix, extensions_of_dma_bufs_go_with_those_that_they_build_on)
{
    ModelConfig config = model_default_config();
    VxmQueryInfo query = {.kind = VXM_HANDLE_KIND_MEMORY,
                          .handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT};
    VxmQueryResult result;
    VxmDevice device;

    model_drop_extension(&config.devices[0], "VK_KHR_external_memory_fd");
    device = contract_device_with(&config);
    require(vxmQuery(device, &query, &result));
    cr_expect_not(result.exportable);
    cr_expect_not_null(strstr(result.reason, "VK_KHR_external_memory_fd"));
    vxmDestroyDevice(device);
    expect_idle();
}
