/*
 * What the Windows back end puts into Vulkan's structs, and what it makes of a driver's answers: on
 * a device that consists of nothing but these commands.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/vk_device.h"
#include "win32/vulkan.h"

TestSuite(vk_win32, .init = contract_begin, .fini = contract_end);

#define OPAQUE_NT       VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define TEXTURE         VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT
#define TEXTURE_KMT     VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT
#define HOST            VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT
#define HOST_FOREIGN    VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT
#define SEMAPHORE_NT    VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define SEMAPHORE_KMT   VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT
#define SEMAPHORE_FENCE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT

/* Of any value but none: no call reaches the system. */
#define HANDLE_42 ((HANDLE)(uintptr_t)42)
/* INVALID_HANDLE_VALUE, which Windows' own headers alone define. */
#define INVALID ((HANDLE)(intptr_t)-1)

/* What the driver is to answer, and what it was asked. */
static VkResult answer;
static HANDLE answeredHandle;
static uint32_t askedType;
static HANDLE askedHandle;
static LPCWSTR askedName;
static const void *askedPointer;
static VkSemaphoreImportFlags askedFlags;

static VkResult VKAPI_CALL get_memory_handle(VkDevice device,
                                             const VkMemoryGetWin32HandleInfoKHR *info,
                                             HANDLE *handle)
{
    (void)device;
    cr_expect_eq(info->sType, VK_STRUCTURE_TYPE_MEMORY_GET_WIN32_HANDLE_INFO_KHR);
    askedType = info->handleType;
    *handle = answeredHandle;
    return answer;
}

static VkResult VKAPI_CALL get_semaphore_handle(VkDevice device,
                                                const VkSemaphoreGetWin32HandleInfoKHR *info,
                                                HANDLE *handle)
{
    (void)device;
    cr_expect_eq(info->sType, VK_STRUCTURE_TYPE_SEMAPHORE_GET_WIN32_HANDLE_INFO_KHR);
    askedType = info->handleType;
    *handle = answeredHandle;
    return answer;
}

static VkResult VKAPI_CALL import_semaphore_handle(VkDevice device,
                                                   const VkImportSemaphoreWin32HandleInfoKHR *info)
{
    (void)device;
    cr_expect_eq(info->sType, VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR);
    askedType = info->handleType;
    askedHandle = info->handle;
    askedName = info->name;
    askedFlags = info->flags;
    return answer;
}

static VkResult VKAPI_CALL get_handle_properties(VkDevice device,
                                                 VkExternalMemoryHandleTypeFlagBits type,
                                                 HANDLE handle,
                                                 VkMemoryWin32HandlePropertiesKHR *properties)
{
    (void)device;
    askedType = type;
    askedHandle = handle;
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
        {"vkGetMemoryWin32HandleKHR", (PFN_vkVoidFunction)get_memory_handle},
        {"vkGetSemaphoreWin32HandleKHR", (PFN_vkVoidFunction)get_semaphore_handle},
        {"vkImportSemaphoreWin32HandleKHR", (PFN_vkVoidFunction)import_semaphore_handle},
        {"vkGetMemoryWin32HandlePropertiesKHR", (PFN_vkVoidFunction)get_handle_properties},
        {"vkGetMemoryHostPointerPropertiesEXT", (PFN_vkVoidFunction)get_pointer_properties},
    };

    answer = VK_SUCCESS;
    return vk_device(commands, sizeof(commands) / sizeof(commands[0]));
}

Test(vk_win32, table_is_sound)
{
    vk_expect_sound_table();
}

Test(vk_win32, nothing_is_said_at_creation)
{
    int next = 0;
    int storage = 0;

    cr_expect_eq(vxm__backend_instance_chain(&storage, &next), (const void *)&next);
    cr_expect_not(vxm__backend_instance_declares(NULL));
    cr_expect_eq(vxm__backend_image_chain(OPAQUE_NT, NULL, &storage, &next), (const void *)&next);
    cr_expect_eq(vxm__backend_semaphore_chain(SEMAPHORE_NT, NULL, &storage, &next),
                 (const void *)&next);
    cr_expect_null(vxm__backend_native_device(NULL));
}

Test(vk_win32, import_chains)
{
    union {
        VkImportMemoryWin32HandleInfoKHR win32;
        VkImportMemoryHostPointerInfoEXT pointer;
        unsigned char bytes[VXM_CHAIN_SIZE];
    } storage;
    VxmHandle handle = {.type = TEXTURE, .ptr = HANDLE_42};
    const wchar_t name[] = L"name";
    int next = 0;
    int memory = 0;

    cr_expect_eq(vxm__backend_import_chain(&handle, NULL, &storage, &next), (const void *)&storage);
    cr_expect_eq(storage.win32.sType, VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR);
    cr_expect_eq(storage.win32.pNext, (const void *)&next);
    cr_expect_eq(storage.win32.handleType, TEXTURE);
    cr_expect_eq(storage.win32.handle, HANDLE_42);
    cr_expect_null(storage.win32.name);
    /* One of both (00661). */
    cr_expect_eq(vxm__backend_import_chain(&handle, name, &storage, &next), (const void *)&storage);
    cr_expect_null(storage.win32.handle);
    cr_expect_eq(storage.win32.name, name);
    handle = (VxmHandle){.type = HOST_FOREIGN, .ptr = &memory};
    cr_expect_eq(vxm__backend_import_chain(&handle, NULL, &storage, &next), (const void *)&storage);
    cr_expect_eq(storage.pointer.sType, VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT);
    cr_expect_eq(storage.pointer.pNext, (const void *)&next);
    cr_expect_eq(storage.pointer.handleType, HOST_FOREIGN);
    cr_expect_eq(storage.pointer.pHostPointer, (void *)&memory);
}

Test(vk_win32, memory_type_bits)
{
    struct VxmDevice_T device = make_device();
    VxmHandle handle = {.type = TEXTURE_KMT, .ptr = HANDLE_42};
    uint32_t bits = 0;
    int memory = 0;

    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits), VK_SUCCESS);
    cr_expect(bits == 0x0A && askedType == TEXTURE_KMT && askedHandle == HANDLE_42);
    answer = VK_ERROR_INVALID_EXTERNAL_HANDLE;
    bits = 7;
    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits), answer);
    answer = VK_SUCCESS;
    handle = (VxmHandle){.type = HOST, .ptr = &memory};
    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits), VK_SUCCESS);
    cr_expect(bits == 0x0C && askedType == HOST && askedPointer == &memory);
    answer = VK_ERROR_INVALID_EXTERNAL_HANDLE;
    bits = 7;
    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits), answer);
    cr_expect_eq(bits, 7);
}

Test(vk_win32, memory_handles)
{
    static const HANDLE none[] = {NULL, INVALID};
    struct VxmDevice_T device = make_device();
    VxmHandle handle;

    answeredHandle = HANDLE_42;
    cr_expect_eq(
        vxm__backend_get_memory_handle(&device, VK_NULL_HANDLE, VK_NULL_HANDLE, OPAQUE_NT, &handle),
        VK_SUCCESS);
    cr_expect_eq(handle.kind, VXM_HANDLE_KIND_MEMORY);
    cr_expect(handle.type == OPAQUE_NT && handle.ptr == HANDLE_42 && askedType == OPAQUE_NT);
    fill(handle);
    cr_expect_eq(
        vxm__backend_get_memory_handle(&device, VK_NULL_HANDLE, VK_NULL_HANDLE, HOST, &handle),
        VK_ERROR_FEATURE_NOT_PRESENT);
    answer = VK_ERROR_TOO_MANY_OBJECTS;
    cr_expect_eq(
        vxm__backend_get_memory_handle(&device, VK_NULL_HANDLE, VK_NULL_HANDLE, OPAQUE_NT, &handle),
        answer);
    /* A driver that says that it has succeeded, and gives nothing. */
    answer = VK_SUCCESS;
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        answeredHandle = none[i];
        cr_expect_eq(vxm__backend_get_memory_handle(&device, VK_NULL_HANDLE, VK_NULL_HANDLE,
                                                    OPAQUE_NT, &handle),
                     VK_ERROR_INVALID_EXTERNAL_HANDLE);
    }
    expect_untouched(handle);
}

Test(vk_win32, semaphore_handles)
{
    static const HANDLE none[] = {NULL, INVALID};
    struct VxmDevice_T device = make_device();
    VxmHandle handle = {.type = SEMAPHORE_FENCE, .ptr = HANDLE_42};
    const wchar_t name[] = L"name";

    cr_expect_eq(vxm__backend_import_semaphore(&device, VK_NULL_HANDLE, &handle, NULL,
                                               VK_SEMAPHORE_IMPORT_TEMPORARY_BIT),
                 VK_SUCCESS);
    cr_expect(askedType == SEMAPHORE_FENCE && askedHandle == HANDLE_42 && askedName == NULL &&
              askedFlags == VK_SEMAPHORE_IMPORT_TEMPORARY_BIT);
    cr_expect_eq(vxm__backend_import_semaphore(&device, VK_NULL_HANDLE, &handle, name, 0),
                 VK_SUCCESS);
    cr_expect(askedHandle == NULL && askedName == name && askedFlags == 0);
    answeredHandle = HANDLE_42;
    cr_expect_eq(vxm__backend_get_semaphore_handle(&device, VK_NULL_HANDLE, SEMAPHORE_NT, &handle),
                 VK_SUCCESS);
    cr_expect(handle.kind == VXM_HANDLE_KIND_SEMAPHORE && handle.type == SEMAPHORE_NT &&
              handle.ptr == HANDLE_42);
    fill(handle);
    answer = VK_ERROR_TOO_MANY_OBJECTS;
    cr_expect_eq(vxm__backend_get_semaphore_handle(&device, VK_NULL_HANDLE, SEMAPHORE_NT, &handle),
                 answer);
    answer = VK_SUCCESS;
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        answeredHandle = none[i];
        cr_expect_eq(
            vxm__backend_get_semaphore_handle(&device, VK_NULL_HANDLE, SEMAPHORE_NT, &handle),
            VK_ERROR_INVALID_EXTERNAL_HANDLE);
    }
    expect_untouched(handle);
}

/* Attributes are those of an NT handle (00657, 01125), wherever they stand in the chain. */
Test(vk_win32, misplaced_attributes_are_named)
{
    VkExportSemaphoreWin32HandleInfoKHR semaphore = {
        .sType = VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR};
    VkExportMemoryWin32HandleInfoKHR memory = {
        .sType = VK_STRUCTURE_TYPE_EXPORT_MEMORY_WIN32_HANDLE_INFO_KHR, .pNext = &semaphore};
    const VkBaseInStructure *both = (const void *)&memory;
    const VkBaseInStructure *second = (const void *)&semaphore;
    VkBaseInStructure other = {.sType = (VkStructureType)1000999000, .pNext = both};

    cr_expect_null(vxm__backend_misplaced(NULL, VXM_HANDLE_KIND_MEMORY, OPAQUE_NT));
    cr_expect_null(
        vxm__backend_misplaced(second, VXM_HANDLE_KIND_SEMAPHORE, SEMAPHORE_NT | SEMAPHORE_KMT));
    cr_expect_null(vxm__backend_misplaced(second, VXM_HANDLE_KIND_SEMAPHORE, SEMAPHORE_FENCE));
    cr_expect_str_eq(vxm__backend_misplaced(second, VXM_HANDLE_KIND_SEMAPHORE, SEMAPHORE_KMT),
                     "VkExportSemaphoreWin32HandleInfoKHR");
    cr_expect_str_eq(vxm__backend_misplaced(&other, VXM_HANDLE_KIND_MEMORY, OPAQUE_NT),
                     "VkExportSemaphoreWin32HandleInfoKHR");
    cr_expect_str_eq(vxm__backend_misplaced(&other, VXM_HANDLE_KIND_MEMORY, TEXTURE_KMT),
                     "VkExportMemoryWin32HandleInfoKHR");
    cr_expect_str_eq(vxm__backend_misplaced(both, VXM_HANDLE_KIND_SEMAPHORE, SEMAPHORE_NT),
                     "VkExportMemoryWin32HandleInfoKHR");
    memory.pNext = NULL;
    cr_expect_null(vxm__backend_misplaced(&other, VXM_HANDLE_KIND_MEMORY, OPAQUE_NT));
}

Test(vk_win32, keyed_mutexes)
{
    VxmKeyedMutexes mutexes = {.acquireCount = 2, .releaseCount = 3};
    const VkWin32KeyedMutexAcquireReleaseInfoKHR *info;
    int next = 0;

    info = vxm__backend_keyed_mutex_chain(&mutexes, &next);
    cr_assert_not_null(info);
    cr_expect_eq(info->sType, VK_STRUCTURE_TYPE_WIN32_KEYED_MUTEX_ACQUIRE_RELEASE_INFO_KHR);
    cr_expect_eq(info->pNext, (const void *)&next);
    cr_expect(info->acquireCount == 2 && info->releaseCount == 3);
    cr_expect_eq(info->pAcquireSyncs, (const VkDeviceMemory *)mutexes.acquireMemories);
    cr_expect_eq(info->pAcquireKeys, (const uint64_t *)mutexes.acquireKeys);
    cr_expect_eq(info->pAcquireTimeouts, (const uint32_t *)mutexes.acquireTimeouts);
    cr_expect_eq(info->pReleaseSyncs, (const VkDeviceMemory *)mutexes.releaseMemories);
    cr_expect_eq(info->pReleaseKeys, (const uint64_t *)mutexes.releaseKeys);
}

/* Loaded from a device whose extensions are off. */
Test(vk_win32, missing_commands_are_told)
{
    VxmHandle handle = {.type = TEXTURE, .ptr = HANDLE_42};
    struct VxmDevice_T device = vk_empty_device();
    uint32_t bits;

    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits),
                 VK_ERROR_EXTENSION_NOT_PRESENT);
    cr_expect_eq(
        vxm__backend_get_memory_handle(&device, VK_NULL_HANDLE, VK_NULL_HANDLE, OPAQUE_NT, &handle),
        VK_ERROR_EXTENSION_NOT_PRESENT);
    cr_expect_eq(vxm__backend_import_semaphore(&device, VK_NULL_HANDLE, &handle, NULL, 0),
                 VK_ERROR_EXTENSION_NOT_PRESENT);
    cr_expect_eq(vxm__backend_get_semaphore_handle(&device, VK_NULL_HANDLE, SEMAPHORE_NT, &handle),
                 VK_ERROR_EXTENSION_NOT_PRESENT);
    handle.type = HOST;
    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits),
                 VK_ERROR_EXTENSION_NOT_PRESENT);
}
