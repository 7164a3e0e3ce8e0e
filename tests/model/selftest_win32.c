/*
 * Self-test of Win32's rules: NT handles, KMT numbers, names, Direct3D's types, keyed mutexes.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "win32/vulkan.h"

#include "selftest.h"

#include <string.h>

#include "contract/natives_win32.h"

#define NT       VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define KMT      VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT
#define TEXTURE  VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT
#define TEXTURE2 VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT
#define HEAP     VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT
#define RESOURCE VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT
#define SEM_NT   VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define SEM_KMT  VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT
#define FENCE    VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT

/* ---- what most tests need ---- */

static VkDeviceMemory make(uint32_t types, const void *next)
{
    VkExportMemoryAllocateInfo export = {VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO, next,
                                         types};
    VkDeviceMemory memory;

    CHECK(allocate(context.device, 4096, 2, &export, &memory) == VK_SUCCESS);
    return memory;
}

static VkResult get(VkDeviceMemory memory, uint32_t type, HANDLE *handle)
{
    VkMemoryGetWin32HandleInfoKHR info = {VK_STRUCTURE_TYPE_MEMORY_GET_WIN32_HANDLE_INFO_KHR, NULL,
                                          memory, (VkExternalMemoryHandleTypeFlagBits)type};

    return DEVICE_CALL(GetMemoryWin32HandleKHR)(context.device, &info, handle);
}

static VkResult import(uint32_t type, HANDLE handle, const wchar_t *name, VkDeviceSize size,
                       const void *next, VkDeviceMemory *memory)
{
    VkImportMemoryWin32HandleInfoKHR info = {VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR,
                                             next, (VkExternalMemoryHandleTypeFlagBits)type, handle,
                                             name};

    return allocate(context.device, size, 2, &info, memory);
}

static void free_memory(VkDeviceMemory memory)
{
    DEVICE_CALL(FreeMemory)(context.device, memory, NULL);
}

static VkDeviceSize image_size(VkImage image)
{
    VkMemoryRequirements requirements;

    DEVICE_CALL(GetImageMemoryRequirements)(context.device, image, &requirements);
    return requirements.size;
}

/* A texture that Direct3D made, and its image here. */
static VkImage make_texture(uint32_t type, union model_native *native,
                            VkMemoryDedicatedAllocateInfo *dedicated)
{
    VkImage image = make_image(context.device, VK_IMAGE_TILING_OPTIMAL, type);

    CHECK(image != VK_NULL_HANDLE && model_make_foreign(type, 100000, native));
    memset(dedicated, 0, sizeof *dedicated);
    dedicated->sType = VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO;
    dedicated->image = image;
    return image;
}

/* ---- memory ---- */

static void nt_handles(void)
{
    VkMemoryWin32HandlePropertiesKHR properties = {
        VK_STRUCTURE_TYPE_MEMORY_WIN32_HANDLE_PROPERTIES_KHR, NULL, 0};
    VkMemoryDedicatedAllocateInfo dedicated = {VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO,
                                               NULL, VK_NULL_HANDLE, VK_NULL_HANDLE};
    VkDeviceMemory memory, imported, twice;
    HANDLE handle = NULL, second = NULL;
    const char *what;
    void *wrong;

    begin(NULL);
    memory = make(NT, NULL);
    CHECK(get(memory, NT, &handle) == VK_SUCCESS && natives_is_open(handle));
    CHECK(model_is_payload_native((union model_native){.pointer = handle}));
    CHECK(get(memory, NT, &second) < 0);
    EXPECT_BREACH("00663");
    CHECK(get(memory, KMT, &second) < 0);
    EXPECT_BREACH("00662");
    CHECK(get(memory, VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, &second) < 0);
    EXPECT_BREACH("00664");
    /* Not taken, as often as it is imported. */
    CHECK(import(NT, handle, NULL, 4096, NULL, &imported) == VK_SUCCESS);
    CHECK(import(NT, handle, NULL, 4096, NULL, &twice) == VK_SUCCESS);
    CHECK(natives_is_open(handle));
    CHECK(natives_close(handle));
    free_memory(memory);
    memcpy(model_memory_data(imported), "hello", 6);
    CHECK(strcmp(model_memory_data(twice), "hello") == 0);
    free_memory(imported);
    free_memory(twice);

    memory = make(NT, NULL);
    CHECK(get(memory, NT, &handle) == VK_SUCCESS);
    CHECK(import(NT, handle, NULL, 8192, NULL, &imported) < 0);
    EXPECT_BREACH("01743");
    CHECK(natives_is_open(handle));
    CHECK(import(KMT | NT, handle, NULL, 4096, NULL, &imported) < 0);
    EXPECT_BREACH("00660");
    CHECK(import(VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, handle, NULL, 4096, NULL,
                 &imported) < 0);
    EXPECT_BREACH("00660");
    dedicated.image = make_image(context.device, VK_IMAGE_TILING_LINEAR, NT);
    CHECK(import(NT, handle, NULL, image_size(dedicated.image), &dedicated, &imported) < 0);
    CHECK(model_breach_contains("01743") && model_breach_contains("01876"));
    model_take_breaches();
    DEVICE_CALL(DestroyImage)(context.device, dedicated.image, NULL);
    dedicated.image = VK_NULL_HANDLE;
    dedicated.buffer = make_buffer(context.device, 4096, NT);
    CHECK(import(NT, handle, NULL, 4096, &dedicated, &imported) < 0);
    EXPECT_BREACH("01877");
    DEVICE_CALL(DestroyBuffer)(context.device, dedicated.buffer, NULL);
    CHECK(import(HEAP, handle, NULL, 4096, NULL, &imported) < 0);
    EXPECT_BREACH("01518");
    CHECK(import(NT, NULL, NULL, 4096, NULL, &imported) < 0);
    EXPECT_BREACH("00661");
    CHECK(DEVICE_CALL(GetMemoryWin32HandlePropertiesKHR)(context.device, NT, handle, &properties) <
          0);
    EXPECT_BREACH("00666");
    for (unsigned i = 0; (wrong = natives_make_wrong(i, &what), what != NULL); i++) {
        if (!wrong)
            continue;
        CHECK(import(NT, wrong, NULL, 4096, NULL, &imported) == VK_ERROR_INVALID_EXTERNAL_HANDLE);
        CHECK(model_breach_count() == 0);
        natives_close(wrong);
    }
    CHECK(natives_close(handle));
    free_memory(memory);
    end();
}

static void other_device(void)
{
    VkImportMemoryWin32HandleInfoKHR info = {VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR,
                                             NULL, NT, NULL, NULL};
    VkDeviceMemory memory, imported;

    begin(NULL);
    memory = make(NT, NULL);
    CHECK(get(memory, NT, &info.handle) == VK_SUCCESS);
    CHECK(allocate(context.other, 4096, 2, &info, &imported) < 0);
    EXPECT_BREACH("00659");
    natives_close(info.handle);
    free_memory(memory);
    end();
}

static void names(void)
{
    VkExportMemoryWin32HandleInfoKHR export = {
        VK_STRUCTURE_TYPE_EXPORT_MEMORY_WIN32_HANDLE_INFO_KHR, NULL, NULL, 0, L"vxm-selftest"};
    VkExportMemoryAllocateInfo types = {VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO, &export,
                                        NT | KMT};
    VkDeviceMemory memory, imported;
    HANDLE handle = NULL, number = NULL;

    begin(NULL);
    CHECK(import(NT, NULL, L"vxm-selftest", 4096, NULL, &imported) ==
          VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(model_breach_count() == 0);
    memory = make(NT | KMT, &export);
    CHECK(allocate(context.device, 4096, 2, &types, &imported) == VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(model_breach_count() == 0);
    CHECK(import(NT, NULL, L"vxm-selftest", 4096, NULL, &imported) == VK_SUCCESS);
    free_memory(imported);
    CHECK(import(NT, NULL, L"vxm-selftest", 8192, NULL, &imported) < 0);
    EXPECT_BREACH("01743");
    CHECK(import(KMT, NULL, L"vxm-selftest", 4096, NULL, &imported) < 0);
    EXPECT_BREACH("01439");
    CHECK(get(memory, NT, &handle) == VK_SUCCESS);
    CHECK(import(NT, handle, L"vxm-selftest", 4096, NULL, &imported) < 0);
    EXPECT_BREACH("01441");
    /* A number may stand for what has a name, too. */
    CHECK(get(memory, KMT, &number) == VK_SUCCESS);
    CHECK(import(KMT, number, NULL, 4096, NULL, &imported) == VK_SUCCESS);
    memcpy(model_memory_data(memory), "named", 6);
    CHECK(strcmp(model_memory_data(imported), "named") == 0);
    free_memory(imported);
    /* The name lives as long as the payload does. */
    free_memory(memory);
    CHECK(import(NT, NULL, L"vxm-selftest", 4096, NULL, &imported) == VK_SUCCESS);
    free_memory(imported);
    natives_close(handle);
    CHECK(import(NT, NULL, L"vxm-selftest", 4096, NULL, &imported) ==
          VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(import(KMT, number, NULL, 4096, NULL, &imported) == VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(model_breach_count() == 0);
    types.handleTypes = KMT;
    CHECK(allocate(context.device, 4096, 2, &types, &imported) < 0);
    EXPECT_BREACH("00657");
    types.handleTypes = HEAP;
    CHECK(allocate(context.device, 4096, 2, &types, &imported) < 0);
    EXPECT_BREACH("00657");
    end();
}

static void numbers(void)
{
    VkDeviceMemory memory, imported;
    HANDLE number = NULL, again = NULL;
    void *data;
    size_t count;

    begin(NULL);
    memory = make(KMT, NULL);
    count = natives_count();
    CHECK(get(memory, KMT, &number) == VK_SUCCESS && number != NULL);
    CHECK(get(memory, KMT, &again) == VK_SUCCESS && again == number);
    CHECK(natives_count() == count && !natives_is_open(number));
    CHECK(import(KMT, number, NULL, 8192, NULL, &imported) < 0);
    EXPECT_BREACH("01743");
    CHECK(import(KMT, number, NULL, 4096, NULL, &imported) == VK_SUCCESS);
    memcpy(model_memory_data(memory), "number", 7);
    CHECK(strcmp(model_memory_data(imported), "number") == 0);
    free_memory(memory);
    CHECK(DEVICE_CALL(MapMemory)(context.device, imported, 0, VK_WHOLE_SIZE, 0, &data) < 0);
    EXPECT_BREACH("lifetime");
    free_memory(imported);
    CHECK(import(KMT, number, NULL, 4096, NULL, &imported) == VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(import(KMT, (char *)number + 64, NULL, 4096, NULL, &imported) ==
          VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(model_breach_count() == 0);
    end();
}

static void direct3d(void)
{
    static const uint32_t textures[] = {TEXTURE, TEXTURE2};
    VkMemoryWin32HandlePropertiesKHR properties = {
        VK_STRUCTURE_TYPE_MEMORY_WIN32_HANDLE_PROPERTIES_KHR, NULL, 0};
    VkMemoryDedicatedAllocateInfo dedicated;
    union model_native native;
    VkDeviceMemory memory;
    VkImage image;

    begin(NULL);
    for (size_t i = 0; i < 2; i++) {
        image = make_texture(textures[i], &native, &dedicated);
        CHECK(DEVICE_CALL(GetMemoryWin32HandlePropertiesKHR)(
                  context.device, (VkExternalMemoryHandleTypeFlagBits)textures[i], native.pointer,
                  &properties) == VK_SUCCESS);
        CHECK(properties.memoryTypeBits == 0xc);
        CHECK(import(textures[i], native.pointer, NULL, image_size(image), NULL, &memory) < 0);
        EXPECT_BREACH("00639");
        CHECK(import(NT, native.pointer, NULL, image_size(image), &dedicated, &memory) < 0);
        model_take_breaches();
        CHECK(import(textures[i], native.pointer, NULL, image_size(image), &dedicated, &memory) ==
              VK_SUCCESS);
        free_memory(memory);
        DEVICE_CALL(DestroyImage)(context.device, image, NULL);
        model_free_foreign(textures[i], native);
    }
    CHECK(model_make_foreign(HEAP, 65536, &native));
    CHECK(import(HEAP, native.pointer, NULL, 4096, NULL, &memory) < 0);
    EXPECT_BREACH("00647");
    CHECK(import(HEAP, native.pointer, NULL, 65536, NULL, &memory) == VK_SUCCESS);
    free_memory(memory);
    model_config()->devices[0].dmaBufTypeBits = 0x8;
    CHECK(import(HEAP, native.pointer, NULL, 65536, NULL, &memory) < 0);
    EXPECT_BREACH("00645");
    model_free_foreign(HEAP, native);
    CHECK(!model_make_foreign(NT, 4096, &native) && !model_make_foreign(KMT, 4096, &native));
    end();
}

static void direct3d_resource(void)
{
    VkExportMemoryAllocateInfo export = {VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO, NULL,
                                         RESOURCE};
    VkMemoryDedicatedAllocateInfo dedicated = {VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO,
                                               &export, VK_NULL_HANDLE, VK_NULL_HANDLE};
    VkBuffer buffer, stranger;
    VkDeviceMemory memory, imported;
    HANDLE handle = NULL;

    begin(NULL);
    buffer = make_buffer(context.device, 4096, RESOURCE);
    stranger = make_buffer(context.device, 4095, RESOURCE);
    CHECK(allocate(context.device, 4096, 2, &export, &memory) < 0);
    EXPECT_BREACH("00639");
    dedicated.buffer = buffer;
    CHECK(allocate(context.device, 4096, 2, &dedicated, &memory) == VK_SUCCESS);
    CHECK(get(memory, RESOURCE, &handle) == VK_SUCCESS);
    dedicated.pNext = NULL;
    CHECK(import(RESOURCE, handle, NULL, 4096, NULL, &imported) < 0);
    CHECK(model_breach_contains("00639"));
    model_take_breaches();
    dedicated.buffer = stranger;
    CHECK(import(RESOURCE, handle, NULL, 4096, &dedicated, &imported) < 0);
    EXPECT_BREACH("01877");
    dedicated.buffer = buffer;
    CHECK(import(RESOURCE, handle, NULL, 4096, &dedicated, &imported) == VK_SUCCESS);
    free_memory(imported);
    free_memory(memory);
    natives_close(handle);
    DEVICE_CALL(DestroyBuffer)(context.device, buffer, NULL);
    DEVICE_CALL(DestroyBuffer)(context.device, stranger, NULL);
    end();
}

static void habits(void)
{
    ModelConfig config = model_default_config();
    VkDeviceMemory memory;
    VkSemaphore semaphore;
    HANDLE handle = &memory;
    VkSemaphoreGetWin32HandleInfoKHR info = {VK_STRUCTURE_TYPE_SEMAPHORE_GET_WIN32_HANDLE_INFO_KHR,
                                             NULL, VK_NULL_HANDLE, SEM_NT};

    config.habits.exportNull = true;
    begin(&config);
    memory = make(NT, NULL);
    CHECK(get(memory, NT, &handle) == VK_SUCCESS && handle == NULL);
    free_memory(memory);
    info.semaphore = semaphore = make_semaphore(context.device, false, SEM_NT);
    handle = &memory;
    CHECK(DEVICE_CALL(GetSemaphoreWin32HandleKHR)(context.device, &info, &handle) == VK_SUCCESS);
    CHECK(handle == NULL);
    DEVICE_CALL(DestroySemaphore)(context.device, semaphore, NULL);
    end();
}

/* ---- semaphores ---- */

static VkResult get_semaphore(VkSemaphore semaphore, uint32_t type, HANDLE *handle)
{
    VkSemaphoreGetWin32HandleInfoKHR info = {VK_STRUCTURE_TYPE_SEMAPHORE_GET_WIN32_HANDLE_INFO_KHR,
                                             NULL, semaphore,
                                             (VkExternalSemaphoreHandleTypeFlagBits)type};

    return DEVICE_CALL(GetSemaphoreWin32HandleKHR)(context.device, &info, handle);
}

static VkResult import_semaphore(VkSemaphore semaphore, uint32_t type, HANDLE handle,
                                 const wchar_t *name, bool temporary)
{
    VkImportSemaphoreWin32HandleInfoKHR info = {
        VK_STRUCTURE_TYPE_IMPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR,
        NULL,
        semaphore,
        temporary ? VK_SEMAPHORE_IMPORT_TEMPORARY_BIT : 0u,
        (VkExternalSemaphoreHandleTypeFlagBits)type,
        handle,
        name};

    return DEVICE_CALL(ImportSemaphoreWin32HandleKHR)(context.device, &info);
}

static void destroy_semaphore(VkSemaphore semaphore)
{
    DEVICE_CALL(DestroySemaphore)(context.device, semaphore, NULL);
}

static void binary_semaphores(void)
{
    VkSemaphore semaphore, other, timeline;
    HANDLE handle = NULL, number = NULL, second = NULL;

    begin(NULL);
    semaphore = make_semaphore(context.device, false, SEM_NT | SEM_KMT);
    other = make_semaphore(context.device, false, SEM_NT);
    timeline = make_semaphore(context.device, true, 0);
    CHECK(get_semaphore(semaphore, SEM_NT, &handle) == VK_SUCCESS && natives_is_open(handle));
    CHECK(get_semaphore(semaphore, SEM_NT, &second) < 0);
    EXPECT_BREACH("01127");
    CHECK(get_semaphore(other, SEM_KMT, &second) < 0);
    EXPECT_BREACH("01126");
    CHECK(get_semaphore(other, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT, &second) < 0);
    EXPECT_BREACH("01131");
    CHECK(get_semaphore(semaphore, SEM_KMT, &number) == VK_SUCCESS && !natives_is_open(number));
    CHECK(import_semaphore(timeline, SEM_NT, handle, NULL, false) < 0);
    EXPECT_BREACH("03262");
    CHECK(import_semaphore(timeline, SEM_NT, handle, NULL, true) < 0);
    EXPECT_BREACH("03322");
    CHECK(import_semaphore(other, SEM_NT, NULL, NULL, false) < 0);
    EXPECT_BREACH("01467");
    CHECK(import_semaphore(other, SEM_NT, handle, L"name", false) < 0);
    EXPECT_BREACH("01469");
    CHECK(import_semaphore(other, SEM_KMT, NULL, L"name", false) < 0);
    EXPECT_BREACH("01466");
    CHECK(import_semaphore(other, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT, handle, NULL,
                           false) < 0);
    EXPECT_BREACH("01140");
    CHECK(import_semaphore(other, SEM_NT, NULL, L"nobody's", false) ==
          VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(model_breach_count() == 0);
    /* Two references of the driver's own, neither of them the caller's. */
    CHECK(import_semaphore(other, SEM_NT, handle, NULL, false) == VK_SUCCESS);
    CHECK(import_semaphore(other, SEM_NT, handle, NULL, true) == VK_SUCCESS);
    CHECK(natives_is_open(handle) && natives_close(handle));
    model_gpu_signal(semaphore, 0);
    CHECK(model_semaphore_signalled(other));
    CHECK(get_semaphore(other, SEM_NT, &handle) == VK_SUCCESS);
    natives_close(handle);
    destroy_semaphore(other);
    other = make_semaphore(context.device, false, 0);
    CHECK(import_semaphore(other, SEM_KMT, number, NULL, false) == VK_SUCCESS);
    CHECK(model_semaphore_signalled(other));
    destroy_semaphore(other);
    destroy_semaphore(semaphore);
    other = make_semaphore(context.device, false, 0);
    CHECK(import_semaphore(other, SEM_KMT, number, NULL, false) ==
          VK_ERROR_INVALID_EXTERNAL_HANDLE);
    CHECK(model_breach_count() == 0);
    destroy_semaphore(other);
    destroy_semaphore(timeline);
    end();
}

static void fences_of_direct3d(void)
{
    VkSemaphore semaphore, binary;
    union model_native native;
    uint64_t value = 0;

    begin(NULL);
    semaphore = make_semaphore(context.device, true, 0);
    binary = make_semaphore(context.device, false, 0);
    CHECK(model_make_foreign_semaphore(FENCE, 7, &native));
    CHECK(import_semaphore(binary, FENCE, native.pointer, NULL, false) < 0);
    EXPECT_BREACH("03262");
    CHECK(import_semaphore(semaphore, FENCE, native.pointer, NULL, false) == VK_SUCCESS);
    CHECK(DEVICE_CALL(GetSemaphoreCounterValue)(context.device, semaphore, &value) == VK_SUCCESS);
    CHECK(value == 7 && model_signal_foreign(native, 9));
    CHECK(DEVICE_CALL(GetSemaphoreCounterValue)(context.device, semaphore, &value) == VK_SUCCESS);
    CHECK(value == 9);
    CHECK(make_semaphore(context.device, false, FENCE) == VK_NULL_HANDLE);
    EXPECT_BREACH("01124");
    natives_close(native.pointer);
    destroy_semaphore(semaphore);
    destroy_semaphore(binary);
    end();
}

static void named_semaphores(void)
{
    VkExportSemaphoreWin32HandleInfoKHR name = {
        VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR, NULL, NULL, 0, L"vxm-semaphore"};
    VkExportSemaphoreCreateInfo export = {VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_CREATE_INFO, &name,
                                          SEM_NT};
    VkSemaphoreCreateInfo info = {VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, &export, 0};
    VkSemaphore semaphore, other;

    begin(NULL);
    CHECK(DEVICE_CALL(CreateSemaphore)(context.device, &info, NULL, &semaphore) == VK_SUCCESS);
    other = make_semaphore(context.device, false, 0);
    CHECK(import_semaphore(other, SEM_NT, NULL, L"vxm-semaphore", true) == VK_SUCCESS);
    model_gpu_signal(semaphore, 0);
    CHECK(model_semaphore_signalled(other));
    destroy_semaphore(semaphore);
    destroy_semaphore(other);
    export.handleTypes = SEM_KMT;
    CHECK(DEVICE_CALL(CreateSemaphore)(context.device, &info, NULL, &semaphore) < 0);
    EXPECT_BREACH("01125");
    end();
}

/* ---- submissions ---- */

static void submit(VkWin32KeyedMutexAcquireReleaseInfoKHR *mutexes, bool second)
{
    VkSubmitInfo info = {VK_STRUCTURE_TYPE_SUBMIT_INFO, mutexes, 0, NULL, NULL, 0, NULL, 0, NULL};
    VkSubmitInfo2 info2 = {VK_STRUCTURE_TYPE_SUBMIT_INFO_2, mutexes, 0, 0, NULL, 0, NULL, 0, NULL};

    if (second)
        CHECK(DEVICE_CALL(QueueSubmit2)(context.queue, 1, &info2, VK_NULL_HANDLE) == VK_SUCCESS);
    else
        CHECK(DEVICE_CALL(QueueSubmit)(context.queue, 1, &info, VK_NULL_HANDLE) == VK_SUCCESS);
}

static void keyed_mutexes(void)
{
    uint64_t key = 0, next = 5;
    uint32_t timeout = 100;
    VkMemoryDedicatedAllocateInfo dedicated;
    union model_native native;
    VkDeviceMemory memory, plain;
    VkWin32KeyedMutexAcquireReleaseInfoKHR mutexes = {
        VK_STRUCTURE_TYPE_WIN32_KEYED_MUTEX_ACQUIRE_RELEASE_INFO_KHR,
        NULL,
        1,
        &memory,
        &key,
        &timeout,
        1,
        &memory,
        &next};
    VkImage image;

    begin(NULL);
    image = make_texture(TEXTURE, &native, &dedicated);
    CHECK(import(TEXTURE, native.pointer, NULL, image_size(image), &dedicated, &memory) ==
          VK_SUCCESS);
    submit(&mutexes, false);
    CHECK(model_breach_count() == 0);
    CHECK(!model_keyed_mutex(memory, &key) && key == 5);
    submit(&mutexes, true);
    CHECK(model_breach_count() == 0);
    key = 6;
    submit(&mutexes, true);
    EXPECT_BREACH("keyed mutex");
    mutexes.acquireCount = 0;
    submit(&mutexes, false);
    EXPECT_BREACH("keyed mutex");
    mutexes.acquireCount = 1;
    mutexes.releaseCount = 0;
    key = 5;
    submit(&mutexes, false);
    CHECK(model_breach_count() == 0 && model_keyed_mutex(memory, &key));
    submit(&mutexes, false);
    EXPECT_BREACH("keyed mutex");
    CHECK(allocate(context.device, 4096, 2, NULL, &plain) == VK_SUCCESS);
    mutexes.pAcquireSyncs = &plain;
    submit(&mutexes, false);
    EXPECT_BREACH("00081");
    free_memory(plain);
    free_memory(memory);
    DEVICE_CALL(DestroyImage)(context.device, image, NULL);
    model_free_foreign(TEXTURE, native);
    end();
}

/* ---- the program ---- */

static uint32_t open_natives(void)
{
    return (uint32_t)natives_count();
}

static const char *const extensions[] = {
    "VK_KHR_external_memory_win32",
    "VK_EXT_external_memory_host",
    "VK_KHR_external_semaphore_win32",
    "VK_KHR_win32_keyed_mutex",
};

const struct selftest_system selftest_system = {
    .extensions = extensions,
    .extensionCount = sizeof extensions / sizeof extensions[0],
    .open_natives = open_natives,
    .tests = {nt_handles, other_device, names, numbers, direct3d, direct3d_resource, habits,
              binary_semaphores, fences_of_direct3d, named_semaphores, keyed_mutexes},
};
