/*
 * Self-test of Fuchsia's rules: VMOs and events.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "fuchsia/vulkan.h"

#include "selftest.h"

#include <string.h>

#include "modelled/table.h"

#define VMO   VK_EXTERNAL_MEMORY_HANDLE_TYPE_ZIRCON_VMO_BIT_FUCHSIA
#define FD    VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define EVENT VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_ZIRCON_EVENT_BIT_FUCHSIA

/* ---- what most tests need ---- */

static VkDeviceMemory make(VkDeviceSize size, const void *next)
{
    VkExportMemoryAllocateInfo export = {VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO, next, VMO};
    VkDeviceMemory memory;

    CHECK(allocate(context.device, size, 2, &export, &memory) == VK_SUCCESS);
    return memory;
}

static VkResult get(VkDeviceMemory memory, uint32_t type, zx_handle_t *handle)
{
    VkMemoryGetZirconHandleInfoFUCHSIA info = {
        VK_STRUCTURE_TYPE_MEMORY_GET_ZIRCON_HANDLE_INFO_FUCHSIA, NULL, memory,
        (VkExternalMemoryHandleTypeFlagBits)type};

    return DEVICE_CALL(GetMemoryZirconHandleFUCHSIA)(context.device, &info, handle);
}

static VkResult ask(uint32_t type, zx_handle_t handle, uint32_t *bits)
{
    VkMemoryZirconHandlePropertiesFUCHSIA properties = {
        VK_STRUCTURE_TYPE_MEMORY_ZIRCON_HANDLE_PROPERTIES_FUCHSIA, NULL, 0};
    VkResult result = DEVICE_CALL(GetMemoryZirconHandlePropertiesFUCHSIA)(
        context.device, (VkExternalMemoryHandleTypeFlagBits)type, handle, &properties);

    *bits = properties.memoryTypeBits;
    return result;
}

static VkResult import(uint32_t type, zx_handle_t handle, VkDeviceSize size, uint32_t memoryType,
                       const void *next, VkDeviceMemory *memory)
{
    VkImportMemoryZirconHandleInfoFUCHSIA info = {
        VK_STRUCTURE_TYPE_IMPORT_MEMORY_ZIRCON_HANDLE_INFO_FUCHSIA, next,
        (VkExternalMemoryHandleTypeFlagBits)type, handle};

    return allocate(context.device, size, memoryType, &info, memory);
}

static void free_memory(VkDeviceMemory memory)
{
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
}

static zx_handle_t duplicate(zx_handle_t handle)
{
    modelled_value value = 0;

    CHECK(modelled_duplicate(handle, &value));
    return (zx_handle_t)value;
}

/* ---- memory ---- */

static void round_trip(void)
{
    VkDeviceMemory memory, imported;
    zx_handle_t handle = 0, second = 0;
    uint32_t bits = 0;

    begin(NULL);
    memory = make(4096, NULL);
    CHECK(get(memory, VMO, &handle) == VK_SUCCESS && modelled_is_open(handle));
    CHECK(get(memory, VMO, &second) == VK_SUCCESS && second != handle);
    CHECK(modelled_same(handle, second));
    CHECK(ask(VMO, second, &bits) == VK_SUCCESS && bits == 0xc);
    modelled_close(second);
    /* A successful import takes the handle. */
    CHECK(import(VMO, handle, 4096, 2, NULL, &imported) == VK_SUCCESS);
    CHECK(modelled_is_open(handle));
    memcpy(model_memory_data(memory), "hello", 6);
    CHECK(strcmp(model_memory_data(imported), "hello") == 0);
    free_memory(memory);
    CHECK(strcmp(model_memory_data(imported), "hello") == 0);
    CHECK(import(VMO, handle, 4096, 2, NULL, &memory) < 0);
    EXPECT_BREACH("04772");
    free_memory(imported);
    CHECK(!modelled_is_open(handle));
    end();
}

static void query_is_mandatory(void)
{
    VkDeviceMemory memory, imported;
    zx_handle_t handle = 0;
    uint32_t bits;

    begin(NULL);
    memory = make(4096, NULL);
    CHECK(get(memory, VMO, &handle) == VK_SUCCESS);
    CHECK(import(VMO, handle, 4096, 2, NULL, &imported) == VK_ERROR_INVALID_EXTERNAL_HANDLE);
    EXPECT_BREACH("04749");
    /* Still the caller's. */
    CHECK(modelled_is_open(handle));
    CHECK(ask(VMO, handle, &bits) == VK_SUCCESS);
    CHECK(import(VMO, handle, 4096, 1, NULL, &imported) < 0);
    EXPECT_BREACH("04749");
    CHECK(ask(FD, handle, &bits) < 0);
    EXPECT_BREACH("handleType-parameter");
    CHECK(import(VMO, handle, 4096, 3, NULL, &imported) == VK_SUCCESS);
    free_memory(imported);
    free_memory(memory);
    end();
}

static void sizes(void)
{
    VkDeviceMemory memory, imported;
    zx_handle_t handle = 0;
    uint32_t bits;

    begin(NULL);
    memory = make(5000, NULL);
    CHECK(get(memory, VMO, &handle) == VK_SUCCESS && ask(VMO, handle, &bits) == VK_SUCCESS);
    CHECK(import(VMO, handle, 0, 2, NULL, &imported) < 0);
    EXPECT_BREACH("07899");
    CHECK(import(VMO, handle, 8193, 2, NULL, &imported) < 0);
    EXPECT_BREACH("07903");
    CHECK(modelled_is_open(handle));
    /* Whole pages, and less is fine. */
    CHECK(import(VMO, duplicate(handle), 8192, 2, NULL, &imported) == VK_SUCCESS);
    free_memory(imported);
    CHECK(import(VMO, handle, 1, 2, NULL, &imported) == VK_SUCCESS);
    free_memory(imported);
    free_memory(memory);
    end();
}

static void dedicated(void)
{
    VkMemoryDedicatedAllocateInfo info = {VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO, NULL,
                                          VK_NULL_HANDLE, VK_NULL_HANDLE};
    VkBuffer buffer, stranger;
    VkDeviceMemory memory, imported;
    zx_handle_t handle = 0;
    uint32_t bits;

    begin(NULL);
    buffer = make_buffer(context.device, 4096, VMO);
    stranger = make_buffer(context.device, 4095, VMO);
    info.buffer = buffer;
    memory = make(4096, &info);
    CHECK(get(memory, VMO, &handle) == VK_SUCCESS && ask(VMO, handle, &bits) == VK_SUCCESS);
    CHECK(import(VMO, handle, 4096, 2, NULL, &imported) < 0);
    EXPECT_BREACH("04752");
    info.buffer = stranger;
    CHECK(import(VMO, handle, 4096, 2, &info, &imported) < 0);
    EXPECT_BREACH("04752");
    info.buffer = buffer;
    CHECK(import(VMO, handle, 4096, 2, &info, &imported) == VK_SUCCESS);
    free_memory(imported);
    free_memory(memory);
    /* And the other way round. */
    memory = make(4096, NULL);
    CHECK(get(memory, VMO, &handle) == VK_SUCCESS && ask(VMO, handle, &bits) == VK_SUCCESS);
    CHECK(import(VMO, handle, 4096, 2, &info, &imported) < 0);
    EXPECT_BREACH("04752");
    modelled_close(handle);
    free_memory(memory);
    DEVICE_CALL(DestroyBuffer)(context.device, buffer, NULL);
    DEVICE_CALL(DestroyBuffer)(context.device, stranger, NULL);
    end();
}

static void wrong_handles(void)
{
    VkExportMemoryAllocateInfo export = {VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO, NULL, FD};
    modelled_value other;
    VkDeviceMemory memory;
    zx_handle_t handle = 0;
    uint32_t bits;

    begin(NULL);
    other = modelled_make('f', NULL, 0, 0);
    CHECK(ask(VMO, (zx_handle_t)other, &bits) == VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(import(VMO, (zx_handle_t)other, 4096, 2, NULL, &memory) ==
          VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(import(VMO, 0, 4096, 2, NULL, &memory) == VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(model_breach_count() == 0);
    CHECK(import(FD, (zx_handle_t)other, 4096, 2, NULL, &memory) < 0);
    EXPECT_BREACH("04771");
    CHECK(modelled_is_open(other));
    modelled_close(other);
    CHECK(allocate(context.device, 4096, 2, NULL, &memory) == VK_SUCCESS);
    CHECK(get(memory, VMO, &handle) < 0);
    EXPECT_BREACH("04776");
    CHECK(get(memory, FD, &handle) < 0);
    EXPECT_BREACH("04775");
    free_memory(memory);
    CHECK(allocate(context.device, 4096, 2, &export, &memory) < 0);
    model_take_breaches();
    end();
}

/* Any device, and what Vulkan did not make. */
static void from_elsewhere(void)
{
    VkImportMemoryZirconHandleInfoFUCHSIA info = {
        VK_STRUCTURE_TYPE_IMPORT_MEMORY_ZIRCON_HANDLE_INFO_FUCHSIA, NULL, VMO, 0};
    VkMemoryZirconHandlePropertiesFUCHSIA properties = {
        VK_STRUCTURE_TYPE_MEMORY_ZIRCON_HANDLE_PROPERTIES_FUCHSIA, NULL, 0};
    union model_native native;
    VkDeviceMemory memory, imported;
    uint32_t bits = 0, type = 0;

    begin(NULL);
    memory = make(4096, NULL);
    CHECK(get(memory, VMO, &info.handle) == VK_SUCCESS);
    CHECK(OTHER_CALL(GetMemoryZirconHandlePropertiesFUCHSIA)(context.other, VMO, info.handle,
                                                             &properties) == VK_SUCCESS);
    while (!(properties.memoryTypeBits >> type & 1u))
        type++;
    CHECK(allocate(context.other, 4096, type, &info, &imported) == VK_SUCCESS);
    OTHER_CALL(FreeMemory)(context.other, imported, NULL);
    free_memory(memory);
    CHECK(model_make_foreign(VMO, 8192, &native));
    CHECK(ask(VMO, native.zircon, &bits) == VK_SUCCESS && bits == 0xc);
    CHECK(import(VMO, duplicate(native.zircon), 8192, 2, NULL, &imported) == VK_SUCCESS);
    free_memory(imported);
    model_free_foreign(VMO, native);
    CHECK(model_breach_count() == 0);
    end();
}

static void habits(void)
{
    ModelConfig config = model_default_config();
    VkSemaphore semaphore;
    VkDeviceMemory memory;
    zx_handle_t handle = 7;
    VkSemaphoreGetZirconHandleInfoFUCHSIA info = {
        VK_STRUCTURE_TYPE_SEMAPHORE_GET_ZIRCON_HANDLE_INFO_FUCHSIA, NULL, VK_NULL_HANDLE, EVENT};

    config.habits.exportNull = true;
    begin(&config);
    memory = make(4096, NULL);
    CHECK(get(memory, VMO, &handle) == VK_SUCCESS && handle == 0);
    semaphore = make_semaphore(context.device, false, EVENT);
    info.semaphore = semaphore;
    handle = 7;
    CHECK(DEVICE_CALL(GetSemaphoreZirconHandleFUCHSIA)(context.device, &info, &handle) ==
              VK_SUCCESS &&
          handle == 0);
    model_config()->habits.exportNull = false;
    model_config()->habits.closeFdOnFailedImport = true;
    CHECK(get(memory, VMO, &handle) == VK_SUCCESS);
    model_fail("vkAllocateMemory", 1, VK_ERROR_OUT_OF_DEVICE_MEMORY, false);
    {
        VkDeviceMemory imported;

        CHECK(import(VMO, handle, 4096, 2, NULL, &imported) == VK_ERROR_OUT_OF_DEVICE_MEMORY);
    }
    CHECK(!modelled_is_open(handle));
    DEVICE_CALL(DestroySemaphore)(context.device, semaphore, NULL);
    free_memory(memory);
    end();
}

/* ---- semaphores ---- */

static VkResult get_event(VkSemaphore semaphore, uint32_t type, zx_handle_t *handle)
{
    VkSemaphoreGetZirconHandleInfoFUCHSIA info = {
        VK_STRUCTURE_TYPE_SEMAPHORE_GET_ZIRCON_HANDLE_INFO_FUCHSIA, NULL, semaphore,
        (VkExternalSemaphoreHandleTypeFlagBits)type};

    return DEVICE_CALL(GetSemaphoreZirconHandleFUCHSIA)(context.device, &info, handle);
}

static VkResult put_event(VkSemaphore semaphore, uint32_t type, zx_handle_t handle,
                          VkSemaphoreImportFlags flags)
{
    VkImportSemaphoreZirconHandleInfoFUCHSIA info = {
        VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_ZIRCON_HANDLE_INFO_FUCHSIA,
        NULL,
        semaphore,
        flags,
        (VkExternalSemaphoreHandleTypeFlagBits)type,
        handle};

    return DEVICE_CALL(ImportSemaphoreZirconHandleFUCHSIA)(context.device, &info);
}

static void events(void)
{
    const uint32_t fd = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT;
    modelled_value other;
    VkSemaphore made, plain, imported, timeline;
    zx_handle_t handle = 0, second = 0, none;

    begin(NULL);
    other = modelled_make('f', NULL, 0, 0);
    made = make_semaphore(context.device, false, EVENT);
    plain = make_semaphore(context.device, false, 0);
    imported = make_semaphore(context.device, false, 0);
    timeline = make_semaphore(context.device, true, 0);
    CHECK(get_event(made, EVENT, &handle) == VK_SUCCESS && modelled_is_open(handle));
    CHECK(get_event(made, EVENT, &second) == VK_SUCCESS && modelled_same(handle, second));
    CHECK(get_event(plain, EVENT, &none) < 0);
    EXPECT_BREACH("04758");
    CHECK(get_event(made, fd, &none) < 0);
    EXPECT_BREACH("04762");
    CHECK(put_event(imported, fd, handle, 0) < 0);
    EXPECT_BREACH("04765");
    CHECK(put_event(timeline, EVENT, handle, 0) < 0);
    EXPECT_BREACH("04768");
    CHECK(put_event(imported, EVENT, (zx_handle_t)other, 0) == VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(model_breach_count() == 0);
    CHECK(modelled_is_open(handle) && modelled_is_open(other));
    modelled_set_rights(handle, ~0x1000u);
    CHECK(put_event(imported, EVENT, handle, 0) < 0);
    EXPECT_BREACH("04767");
    modelled_set_rights(handle, ~0u);
    /* Taken by success, for good and for once. */
    CHECK(put_event(imported, EVENT, handle, 0) == VK_SUCCESS);
    CHECK(put_event(plain, EVENT, handle, 0) < 0);
    EXPECT_BREACH("04766");
    CHECK(put_event(plain, EVENT, second, VK_SEMAPHORE_IMPORT_TEMPORARY_BIT) == VK_SUCCESS);
    model_gpu_signal(made, 1);
    CHECK(model_semaphore_signalled(imported) && model_semaphore_signalled(plain));
    DEVICE_CALL(DestroySemaphore)(context.device, made, NULL);
    DEVICE_CALL(DestroySemaphore)(context.device, plain, NULL);
    DEVICE_CALL(DestroySemaphore)(context.device, imported, NULL);
    DEVICE_CALL(DestroySemaphore)(context.device, timeline, NULL);
    CHECK(!modelled_is_open(handle) && !modelled_is_open(second));
    modelled_close(other);
    end();
}

/* ---- the program ---- */

static uint32_t open_natives(void)
{
    return (uint32_t)modelled_open_count();
}

static const char *const extensions[] = {
    "VK_FUCHSIA_external_memory",
    "VK_EXT_external_memory_host",
    "VK_FUCHSIA_external_semaphore",
};

const struct selftest_system selftest_system = {
    .extensions = extensions,
    .extensionCount = sizeof extensions / sizeof extensions[0],
    .open_natives = open_natives,
    .tests = {round_trip, query_is_mandatory, sizes, dedicated, wrong_handles, from_elsewhere,
              habits, events},
};
