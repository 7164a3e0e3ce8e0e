/*
 * What the Fuchsia back end puts into Vulkan's structs, and what it makes of a driver's answers: on
 * a device that consists of nothing but these commands.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "fuchsia/vulkan.h"

#include "contract/vk_device.h"

TestSuite(vk_fuchsia, .init = contract_begin, .fini = contract_end);

#define VMO          VK_EXTERNAL_MEMORY_HANDLE_TYPE_ZIRCON_VMO_BIT_FUCHSIA
#define HOST         VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT
#define HOST_FOREIGN VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT
#define EVENT        VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_ZIRCON_EVENT_BIT_FUCHSIA

/* What the driver is to answer, and what it was asked. */
static VkResult answer;
static zx_handle_t answeredHandle;
static uint32_t askedType;
static zx_handle_t askedHandle;
static const void *askedPointer;
static VkSemaphoreImportFlags askedFlags;

static VkResult VKAPI_CALL get_memory_handle(VkDevice device,
                                             const VkMemoryGetZirconHandleInfoFUCHSIA *info,
                                             zx_handle_t *handle)
{
    (void)device;
    cr_expect_eq(info->sType, VK_STRUCTURE_TYPE_MEMORY_GET_ZIRCON_HANDLE_INFO_FUCHSIA);
    cr_expect_null(info->pNext);
    askedType = info->handleType;
    *handle = answeredHandle;
    return answer;
}

static VkResult VKAPI_CALL get_semaphore_handle(VkDevice device,
                                                const VkSemaphoreGetZirconHandleInfoFUCHSIA *info,
                                                zx_handle_t *handle)
{
    (void)device;
    cr_expect_eq(info->sType, VK_STRUCTURE_TYPE_SEMAPHORE_GET_ZIRCON_HANDLE_INFO_FUCHSIA);
    cr_expect_null(info->pNext);
    askedType = info->handleType;
    *handle = answeredHandle;
    return answer;
}

static VkResult VKAPI_CALL
import_semaphore_handle(VkDevice device, const VkImportSemaphoreZirconHandleInfoFUCHSIA *info)
{
    (void)device;
    cr_expect_eq(info->sType, VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_ZIRCON_HANDLE_INFO_FUCHSIA);
    cr_expect_null(info->pNext);
    askedType = info->handleType;
    askedHandle = info->zirconHandle;
    askedFlags = info->flags;
    return answer;
}

static VkResult VKAPI_CALL get_handle_properties(VkDevice device,
                                                 VkExternalMemoryHandleTypeFlagBits type,
                                                 zx_handle_t handle,
                                                 VkMemoryZirconHandlePropertiesFUCHSIA *properties)
{
    (void)device;
    cr_expect_eq(properties->sType, VK_STRUCTURE_TYPE_MEMORY_ZIRCON_HANDLE_PROPERTIES_FUCHSIA);
    cr_expect_null(properties->pNext);
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
        {"vkGetMemoryZirconHandleFUCHSIA", (PFN_vkVoidFunction)get_memory_handle},
        {"vkGetSemaphoreZirconHandleFUCHSIA", (PFN_vkVoidFunction)get_semaphore_handle},
        {"vkImportSemaphoreZirconHandleFUCHSIA", (PFN_vkVoidFunction)import_semaphore_handle},
        {"vkGetMemoryZirconHandlePropertiesFUCHSIA", (PFN_vkVoidFunction)get_handle_properties},
        {"vkGetMemoryHostPointerPropertiesEXT", (PFN_vkVoidFunction)get_pointer_properties},
    };

    answer = VK_SUCCESS;
    return vk_device(commands, sizeof(commands) / sizeof(commands[0]));
}

Test(vk_fuchsia, table_is_sound)
{
    vk_expect_sound_table();
    for (uint32_t i = 0; i < vxm__handle_type_count; i++) {
        const struct vxm_handle_type *type = &vxm__handle_types[i];

        /* 04749, 01744 */
        if (type->kind == VXM_HANDLE_KIND_MEMORY)
            cr_expect(type->flags & VXM_TYPE_PROPERTIES_QUERY, "%s", type->name);
        /* 04763, 04768 */
        if (type->kind == VXM_HANDLE_KIND_SEMAPHORE)
            cr_expect(type->flags & VXM_TYPE_BINARY_ONLY, "%s", type->name);
    }
}

/* Any device and any driver takes a VMO or an event; dedicated as the exporter's (04751, 04752). */
Test(vk_fuchsia, what_must_be_the_same)
{
    const struct vxm_handle_type *vmo = vxm__find_type(VXM_HANDLE_KIND_MEMORY, VMO);
    const struct vxm_handle_type *event = vxm__find_type(VXM_HANDLE_KIND_SEMAPHORE, EVENT);
    const uint32_t same =
        VXM_TYPE_SAME_DEVICE | VXM_TYPE_SAME_DRIVER | VXM_TYPE_BY_LUID | VXM_TYPE_EXACT_ALLOCATION;

    cr_expect_eq(vmo->flags & same, 0);
    cr_expect_eq(event->flags & same, 0);
    cr_expect(vmo->flags & VXM_TYPE_SAME_DEDICATED);
    cr_expect(vmo->flags & VXM_TYPE_PAYLOAD_SIZE);
    cr_expect_str_eq(vmo->extensions[0], VK_FUCHSIA_EXTERNAL_MEMORY_EXTENSION_NAME);
    cr_expect_str_eq(event->extensions[0], VK_FUCHSIA_EXTERNAL_SEMAPHORE_EXTENSION_NAME);
}

Test(vk_fuchsia, import_chains)
{
    union {
        VkImportMemoryZirconHandleInfoFUCHSIA zircon;
        VkImportMemoryHostPointerInfoEXT pointer;
        unsigned char bytes[VXM_CHAIN_SIZE];
    } storage;
    VxmHandle handle = {.type = VMO, .zircon = 42};
    int next = 0;
    int memory = 0;

    cr_expect_eq(vxm__backend_import_chain(&handle, NULL, &storage, &next), (const void *)&storage);
    cr_expect_eq(storage.zircon.sType, VK_STRUCTURE_TYPE_IMPORT_MEMORY_ZIRCON_HANDLE_INFO_FUCHSIA);
    cr_expect_eq(storage.zircon.pNext, (const void *)&next);
    cr_expect_eq(storage.zircon.handleType, VMO);
    cr_expect_eq(storage.zircon.handle, 42);
    handle = (VxmHandle){.type = HOST_FOREIGN, .ptr = &memory};
    cr_expect_eq(vxm__backend_import_chain(&handle, NULL, &storage, &next), (const void *)&storage);
    cr_expect_eq(storage.pointer.sType, VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT);
    cr_expect_eq(storage.pointer.pNext, (const void *)&next);
    cr_expect_eq(storage.pointer.handleType, HOST_FOREIGN);
    cr_expect_eq(storage.pointer.pHostPointer, (void *)&memory);
}

/* Nothing is said of a handle type when something is created. */
Test(vk_fuchsia, creation_chains_add_nothing)
{
    unsigned char storage[VXM_CHAIN_SIZE];
    VkBaseInStructure next = {.sType = VK_STRUCTURE_TYPE_EXPORT_MEMORY_WIN32_HANDLE_INFO_KHR};

    cr_expect_eq(vxm__backend_instance_chain(storage, &next), (const void *)&next);
    cr_expect_eq(vxm__backend_image_chain(VMO, NULL, storage, &next), (const void *)&next);
    cr_expect_eq(vxm__backend_semaphore_chain(EVENT, NULL, storage, &next), (const void *)&next);
    cr_expect_null(vxm__backend_misplaced(&next, VXM_HANDLE_KIND_MEMORY, VMO));
    cr_expect_null(vxm__backend_keyed_mutex_chain(NULL, &next));
}

Test(vk_fuchsia, memory_type_bits)
{
    struct VxmDevice_T device = make_device();
    VxmHandle handle = {.type = VMO, .zircon = 42};
    uint32_t bits = 0;
    int memory = 0;

    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits), VK_SUCCESS);
    cr_expect(bits == 0x0A && askedType == VMO && askedHandle == 42);
    handle = (VxmHandle){.type = HOST, .ptr = &memory};
    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits), VK_SUCCESS);
    cr_expect(bits == 0x0C && askedType == HOST && askedPointer == &memory);
    answer = VK_ERROR_INVALID_EXTERNAL_HANDLE;
    bits = 7;
    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits), answer);
    handle = (VxmHandle){.type = VMO, .zircon = 42};
    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits), answer);
    cr_expect_eq(bits, 7);
}

Test(vk_fuchsia, memory_handles)
{
    struct VxmDevice_T device = make_device();
    VxmHandle handle;

    answeredHandle = 43;
    cr_expect_eq(
        vxm__backend_get_memory_handle(&device, VK_NULL_HANDLE, VK_NULL_HANDLE, VMO, &handle),
        VK_SUCCESS);
    cr_expect_eq(handle.kind, VXM_HANDLE_KIND_MEMORY);
    cr_expect(handle.type == VMO && handle.zircon == 43 && askedType == VMO);
    fill(handle);
    cr_expect_eq(
        vxm__backend_get_memory_handle(&device, VK_NULL_HANDLE, VK_NULL_HANDLE, HOST, &handle),
        VK_ERROR_FEATURE_NOT_PRESENT);
    answer = VK_ERROR_TOO_MANY_OBJECTS;
    cr_expect_eq(
        vxm__backend_get_memory_handle(&device, VK_NULL_HANDLE, VK_NULL_HANDLE, VMO, &handle),
        answer);
    /* A driver that says that it has succeeded, and gives nothing. */
    answer = VK_SUCCESS;
    answeredHandle = 0;
    cr_expect_eq(
        vxm__backend_get_memory_handle(&device, VK_NULL_HANDLE, VK_NULL_HANDLE, VMO, &handle),
        VK_ERROR_INVALID_EXTERNAL_HANDLE);
    expect_untouched(handle);
}

Test(vk_fuchsia, semaphore_handles)
{
    struct VxmDevice_T device = make_device();
    VxmHandle handle = {.type = EVENT, .zircon = 44};

    cr_expect_eq(vxm__backend_import_semaphore(&device, VK_NULL_HANDLE, &handle, NULL,
                                               VK_SEMAPHORE_IMPORT_TEMPORARY_BIT),
                 VK_SUCCESS);
    cr_expect(askedType == EVENT && askedHandle == 44 &&
              askedFlags == VK_SEMAPHORE_IMPORT_TEMPORARY_BIT);
    answeredHandle = 45;
    cr_expect_eq(vxm__backend_get_semaphore_handle(&device, VK_NULL_HANDLE, EVENT, &handle),
                 VK_SUCCESS);
    cr_expect(handle.kind == VXM_HANDLE_KIND_SEMAPHORE && handle.type == EVENT &&
              handle.zircon == 45 && askedType == EVENT);
    fill(handle);
    answeredHandle = 0;
    cr_expect_eq(vxm__backend_get_semaphore_handle(&device, VK_NULL_HANDLE, EVENT, &handle),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE);
    answer = VK_ERROR_TOO_MANY_OBJECTS;
    cr_expect_eq(vxm__backend_get_semaphore_handle(&device, VK_NULL_HANDLE, EVENT, &handle),
                 answer);
    expect_untouched(handle);
}

/* Loaded from a device whose extensions are off. */
Test(vk_fuchsia, missing_commands_are_told)
{
    VxmHandle handle = {.type = VMO, .zircon = 42};
    struct VxmDevice_T device = vk_empty_device();
    uint32_t bits;

    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits),
                 VK_ERROR_EXTENSION_NOT_PRESENT);
    cr_expect_eq(
        vxm__backend_get_memory_handle(&device, VK_NULL_HANDLE, VK_NULL_HANDLE, VMO, &handle),
        VK_ERROR_EXTENSION_NOT_PRESENT);
    cr_expect_eq(vxm__backend_import_semaphore(&device, VK_NULL_HANDLE, &handle, NULL, 0),
                 VK_ERROR_EXTENSION_NOT_PRESENT);
    cr_expect_eq(vxm__backend_get_semaphore_handle(&device, VK_NULL_HANDLE, EVENT, &handle),
                 VK_ERROR_EXTENSION_NOT_PRESENT);
    handle.type = HOST;
    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits),
                 VK_ERROR_EXTENSION_NOT_PRESENT);
}
