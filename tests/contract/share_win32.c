/*
 * What is Windows' alone: names, one NT handle per object and type, KMT numbers, Direct3D's types,
 * keyed mutexes.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"
#include "win32/vulkan.h"

#include <wchar.h>

TestSuite(share_win32, .init = contract_begin, .fini = contract_end);

#define NT           VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define KMT          VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT
#define TEXTURE      VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT
#define TEXTURE_KMT  VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT
#define HEAP         VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT
#define SEMAPHORE_NT VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define FENCE        VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT

#define NAME           L"vxm-contract"
#define SEMAPHORE_NAME L"vxm-contract-semaphore"

static const VkExportMemoryWin32HandleInfoKHR named = {
    .sType = VK_STRUCTURE_TYPE_EXPORT_MEMORY_WIN32_HANDLE_INFO_KHR, .name = NAME};

static VxmMemory make_buffer(VxmDevice device, uint32_t types, const void *next)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemoryCreateInfo info = contract_mappable_info(types);
    VxmMemory memory = NULL;

    info.next = next;
    require(vxmCreateBuffer(device, &buffer, &info, &memory));
    return memory;
}

/* ---- one NT handle per memory ---- */

Test(share_win32, driver_is_asked_for_one_handle_per_memory_and_type)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device, NT | KMT, NULL);
    VxmHandle handles[3];
    VxmShared shared;

    for (int i = 0; i < 3; i++) {
        require(vxmGetMemoryHandle(memory, 0, NT, &handles[i]));
    }
    require(vxmExportMemory(memory, NT, &shared));
    cr_expect_eq(model_call_count("vkGetMemoryWin32HandleKHR"), 1);
    cr_expect(handles[0].ptr != handles[1].ptr && backend_same(&handles[0], &handles[2]));
    /* The one that is kept is nobody's but the object's. */
    for (int i = 0; i < 3; i++) {
        vxmCloseHandle(&handles[i]);
    }
    vxmCloseShared(&shared);
    require(vxmGetMemoryHandle(memory, 0, NT, &handles[0]));
    vxmCloseHandle(&handles[0]);
    cr_expect_eq(model_call_count("vkGetMemoryWin32HandleKHR"), 1);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* A duplicate that can't be made doesn't lose the one that the driver gave. */
Test(share_win32, failed_duplicate_keeps_the_drivers_handle)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device, NT, NULL);
    VxmHandle handle;

    fill(handle);
    backend_fail(1, 1, false);
    expect_failure(vxmGetMemoryHandle(memory, 0, NT, &handle));
    cr_expect(backend_failed());
    expect_untouched(handle);
    require(vxmGetMemoryHandle(memory, 0, NT, &handle));
    cr_expect_eq(model_call_count("vkGetMemoryWin32HandleKHR"), 1);
    vxmCloseHandle(&handle);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(share_win32, driver_is_asked_for_one_handle_per_semaphore_and_type)
{
    static const VkSemaphoreType types[] = {VK_SEMAPHORE_TYPE_BINARY, VK_SEMAPHORE_TYPE_TIMELINE};
    VxmDevice device = contract_device();

    for (int i = 0; i < 2; i++) {
        VxmSemaphoreCreateInfo info = {.semaphoreType = types[i], .handleTypes = SEMAPHORE_NT};
        const size_t before = model_call_count("vkGetSemaphoreWin32HandleKHR");
        VxmSemaphore semaphore = NULL;
        VxmHandle handles[2];

        require(vxmCreateSemaphore(device, &info, &semaphore));
        require(vxmGetSemaphoreHandle(semaphore, SEMAPHORE_NT, &handles[0]));
        require(vxmGetSemaphoreHandle(semaphore, SEMAPHORE_NT, &handles[1]));
        cr_expect_eq(model_call_count("vkGetSemaphoreWin32HandleKHR"), before + 1);
        cr_expect(backend_same(&handles[0], &handles[1]));
        vxmCloseHandle(&handles[0]);
        vxmCloseHandle(&handles[1]);
        vxmDestroySemaphore(semaphore);
    }
    vxmDestroyDevice(device);
}

/* ---- names ---- */

Test(share_win32, memory_is_imported_by_its_name)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device, NT, &named);
    VxmMemory import = NULL;
    VxmShared shared;

    require(vxmExportMemory(memory, NT, &shared));
    cr_expect_null(shared.memories[0].name);
    vxmCloseHandle(&shared.memories[0].handle);
    shared.memories[0].name = NAME;
    require(vxmCheckShared(device, &shared));
    require(vxmImportMemory(device, &shared, NULL, &import));
    expect_aliases(memory, import);
    cr_expect_eq(shared.memories[0].handle.type, 0);
    cr_expect(model_chain_contains("vkAllocateMemory",
                                   VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR));
    vxmDestroyMemory(import);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(share_win32, name_that_stands_for_nothing)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device, NT | KMT, &named);
    VxmMemory import = NULL;
    VxmShared shared, kmt;

    require(vxmExportMemory(memory, NT, &shared));
    require(vxmExportMemory(memory, KMT, &kmt));
    shared.memories[0].name = NAME;
    expect_error(vxmImportMemory(device, &shared, NULL, &import), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "name");
    vxmCloseHandle(&shared.memories[0].handle);
    shared.memories[0].name = L"";
    expect_error(vxmImportMemory(device, &shared, NULL, &import), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "name");
    shared.memories[0].name = L"nobody's";
    expect_error(vxmImportMemory(device, &shared, NULL, &import), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_DRIVER, NULL);
    kmt.memories[0].handle.type = 0;
    kmt.memories[0].name = NAME;
    expect_error(vxmImportMemory(device, &kmt, NULL, &import), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "OPAQUE_WIN32_KMT");
    cr_expect_null(import);
    vxmDestroyMemory(memory);
    /* The name went with the last handle. */
    shared.memories[0].name = NAME;
    expect_error(vxmImportMemory(device, &shared, NULL, &import), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_DRIVER, NULL);
    vxmDestroyDevice(device);
}

/* Direct3D's memory types come from a query, which takes no name. */
Test(share_win32, name_of_a_direct3d_type_needs_the_memory_types)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device, HEAP, NULL);
    VxmMemory import = NULL;
    VxmShared shared;

    require(vxmExportMemory(memory, HEAP, &shared));
    vxmCloseHandle(&shared.memories[0].handle);
    shared.memories[0].name = L"nobody's";
    shared.memories[0].memoryTypeBits = 0;
    expect_error(vxmImportMemory(device, &shared, NULL, &import), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "memoryTypeBits");
    cr_expect_eq(model_call_count("vkGetMemoryWin32HandlePropertiesKHR"), 0);
    shared.memories[0].memoryTypeBits = model_config()->devices[0].dmaBufTypeBits;
    expect_error(vxmImportMemory(device, &shared, NULL, &import), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_DRIVER, NULL);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(share_win32, names_and_attributes_go_with_opaque_nt_handles_only)
{
    static const uint32_t wrong[] = {KMT, HEAP};
    VxmDevice device = contract_device();
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemory memory = NULL;

    for (int i = 0; i < 2; i++) {
        VxmMemoryCreateInfo info = contract_mappable_info(wrong[i]);

        info.next = &named;
        expect_error(vxmCreateBuffer(device, &buffer, &info, &memory),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                     "VkExportMemoryWin32HandleInfoKHR");
    }
    memory = make_buffer(device, NT, &named);
    cr_expect(model_chain_contains("vkAllocateMemory",
                                   VK_STRUCTURE_TYPE_EXPORT_MEMORY_WIN32_HANDLE_INFO_KHR));
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(share_win32, semaphore_is_imported_by_its_name)
{
    const VkExportSemaphoreWin32HandleInfoKHR name = {
        .sType = VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR, .name = SEMAPHORE_NAME};
    VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                   .initialValue = 7,
                                   .handleTypes = SEMAPHORE_NT,
                                   .next = &name};
    VxmDevice device = contract_device();
    VxmSemaphore semaphore = NULL, import = NULL;
    VxmSharedSemaphore shared;
    uint64_t value = 0;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    require(vxmExportSemaphore(semaphore, SEMAPHORE_NT, &shared));
    shared.name = SEMAPHORE_NAME;
    expect_error(vxmImportSemaphore(device, &shared, 0, 0, &import), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "name");
    vxmCloseHandle(&shared.handle);
    require(vxmImportSemaphore(device, &shared, 0, 0, &import));
    require(vxmGetSemaphoreValue(import, &value));
    cr_expect_eq(value, 7);
    vxmDestroySemaphore(import);
    import = NULL;
    shared.name = L"nobody's";
    expect_error(vxmImportSemaphore(device, &shared, 0, 0, &import),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_DRIVER, NULL);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

/* ---- KMT numbers ---- */

Test(share_win32, number_is_no_handle_and_keeps_nothing_alive)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device, KMT, NULL);
    VxmMemory import = NULL;
    VxmHandle handle, second;
    const size_t before = backend_handle_count();
    VxmShared shared;

    require(vxmGetMemoryHandle(memory, 0, KMT, &handle));
    require(vxmDuplicateHandle(&handle, &second));
    require(vxmExportMemory(memory, KMT, &shared));
    cr_expect_eq(second.ptr, handle.ptr);
    cr_expect_eq(shared.memories[0].handle.ptr, handle.ptr);
    cr_expect_eq(backend_handle_count(), before);
    require(vxmImportMemory(device, &shared, NULL, &import));
    expect_aliases(memory, import);
    vxmDestroyMemory(import);
    import = NULL;
    vxmCloseHandle(&second);
    vxmCloseHandle(&handle);
    vxmDestroyMemory(memory);
    expect_error(vxmImportMemory(device, &shared, NULL, &import), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_DRIVER, NULL);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

/* ---- Direct3D ---- */

static void describe_texture(uint32_t type, VxmHandle *handle, VxmShared *shared)
{
    const VkImageCreateInfo image = contract_image_info(16, 16);

    cr_assert(backend_make_foreign(type, 1 << 20, handle));
    *shared = (VxmShared){.resourceType = VXM_RESOURCE_TYPE_IMAGE,
                          .handleType = type,
                          .dedicated = VK_TRUE,
                          .memoryCount = 1,
                          .deviceLUIDValid = VK_TRUE};
    shared->memories[0].handle = *handle;
    shared->image = (VxmImageDescription){.imageType = image.imageType,
                                          .format = image.format,
                                          .extent = image.extent,
                                          .mipLevels = 1,
                                          .arrayLayers = 1,
                                          .samples = image.samples,
                                          .tiling = image.tiling,
                                          .usage = image.usage};
    memcpy(shared->deviceLUID, model_config()->devices[0].deviceLUID, VK_LUID_SIZE);
}

/* Direct3D knows a LUID, no size and no UUIDs. */
Test(share_win32, texture_of_direct3d_is_imported_by_its_luid)
{
    static const uint32_t types[] = {TEXTURE, TEXTURE_KMT};
    VxmDevice device = contract_device();

    for (int i = 0; i < 2; i++) {
        VxmMemory import = NULL;
        ModelAllocation last;
        VxmHandle handle;
        VxmShared shared;

        describe_texture(types[i], &handle, &shared);
        require(vxmImportMemory(device, &shared, NULL, &import));
        cr_assert(model_last_allocation(&last));
        cr_expect(last.dedicatedImage != VK_NULL_HANDLE);
        cr_expect_eq(last.importNative.pointer, handle.ptr);
        cr_expect_eq(model_call_count("vkGetMemoryWin32HandlePropertiesKHR"), (size_t)i + 1);
        vxmDestroyMemory(import);
        import = NULL;
        shared.deviceLUID[0] ^= 1u;
        expect_error(vxmImportMemory(device, &shared, NULL, &import), VK_ERROR_INCOMPATIBLE_DRIVER,
                     VXM_ERROR_REASON_MISMATCH, "LUID");
        cr_expect_null(import);
        backend_free_foreign(&handle);
    }
    vxmDestroyDevice(device);
}

/* Whatever the description says, and though the driver doesn't ask for it. */
Test(share_win32, texture_of_direct3d_is_dedicated)
{
    ModelConfig config = model_default_config();
    VxmMemory import = NULL;
    ModelAllocation last;
    VxmDevice device;
    VxmHandle handle;
    VxmShared shared;

    model_external(config.devices[0].images, TEXTURE)->features &=
        ~(uint32_t)VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT;
    device = contract_device_with(&config);
    describe_texture(TEXTURE, &handle, &shared);
    shared.dedicated = VK_FALSE;
    require(vxmImportMemory(device, &shared, NULL, &import));
    cr_assert(model_last_allocation(&last));
    cr_expect(last.dedicatedImage != VK_NULL_HANDLE);
    vxmDestroyMemory(import);
    backend_free_foreign(&handle);
    vxmDestroyDevice(device);
}

Test(share_win32, heap_is_imported_with_its_own_size)
{
    VxmDevice device = contract_device();
    VxmMemory import = NULL;
    ModelAllocation last;
    VxmShared shared = {.resourceType = VXM_RESOURCE_TYPE_MEMORY,
                        .handleType = HEAP,
                        .memoryCount = 1,
                        .deviceLUIDValid = VK_TRUE};
    VxmHandle handle;

    memcpy(shared.deviceLUID, model_config()->devices[0].deviceLUID, VK_LUID_SIZE);
    cr_assert(backend_make_foreign(HEAP, 65536, &handle));
    shared.memories[0].handle = handle;
    expect_error(vxmImportMemory(device, &shared, NULL, &import), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "allocationSize");
    shared.memories[0].allocationSize = 65536;
    require(vxmImportMemory(device, &shared, NULL, &import));
    cr_assert(model_last_allocation(&last));
    cr_expect_eq(last.allocationSize, 65536);
    vxmDestroyMemory(import);
    backend_free_foreign(&handle);
    vxmDestroyDevice(device);
}

Test(share_win32, fence_of_direct3d_is_a_timeline)
{
    VxmDevice device = contract_device();
    VxmSharedSemaphore shared = {.handleType = FENCE, .semaphoreType = VK_SEMAPHORE_TYPE_BINARY};
    VxmSemaphore import = NULL;
    union model_native native;
    uint64_t value = 0;

    cr_assert(model_make_foreign_semaphore(FENCE, 3, &native));
    shared.handle =
        (VxmHandle){.kind = VXM_HANDLE_KIND_SEMAPHORE, .type = FENCE, .ptr = native.pointer};
    memcpy(shared.deviceUUID, model_config()->devices[0].deviceUUID, VK_UUID_SIZE);
    memcpy(shared.driverUUID, model_config()->devices[0].driverUUID, VK_UUID_SIZE);
    expect_error(vxmImportSemaphore(device, &shared, 0, 0, &import), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "timeline");
    shared.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
    require(vxmImportSemaphore(device, &shared, 0, 0, &import));
    require(vxmGetSemaphoreValue(import, &value));
    cr_expect_eq(value, 3);
    cr_expect(model_signal_foreign(native, 4));
    require(vxmGetSemaphoreValue(import, &value));
    cr_expect_eq(value, 4);
    vxmDestroySemaphore(import);
    vxmCloseSharedSemaphore(&shared);
    vxmDestroyDevice(device);
}

/* ---- keyed mutexes ---- */

static void submit(VxmDevice device, const void *chain)
{
    PFN_vkQueueSubmit queueSubmit = (PFN_vkQueueSubmit)contract_command(device, "vkQueueSubmit");
    const VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO, .pNext = chain};
    VxmDeviceInfo facts;

    require(vxmGetDeviceInfo(device, &facts));
    cr_expect_eq(queueSubmit(facts.queue, 1, &info, VK_NULL_HANDLE), VK_SUCCESS);
}

static void expect_mutex(VxmMemory memory, bool held, uint64_t key)
{
    VxmMemoryInfo info;
    uint64_t now = 0;

    require(vxmGetMemoryInfo(memory, &info));
    cr_expect_eq(model_keyed_mutex(info.memories[0].memory, &now), held);
    cr_expect_eq(now, key);
}

Test(share_win32, submission_takes_and_gives_back_a_keyed_mutex)
{
    VxmDevice device = contract_device();
    VxmMemory import = NULL;
    const void *chain = NULL;
    VxmKeyedMutexes mutexes;
    VxmKeyedMutexUse use;
    VxmHandle handle;
    VxmShared shared;

    describe_texture(TEXTURE, &handle, &shared);
    require(vxmImportMemory(device, &shared, NULL, &import));
    use = (VxmKeyedMutexUse){.memory = import,
                             .acquire = VK_TRUE,
                             .acquireKey = 0,
                             .timeout = 1000000,
                             .release = VK_TRUE,
                             .releaseKey = 5};
    require(vxmChainKeyedMutexes(device, 1, &use, NULL, &mutexes, &chain));
    submit(device, chain);
    expect_mutex(import, false, 5);
    use.acquireKey = 5;
    use.release = VK_FALSE;
    require(vxmChainKeyedMutexes(device, 1, &use, NULL, &mutexes, &chain));
    submit(device, chain);
    expect_mutex(import, true, 5);
    use.acquire = VK_FALSE;
    use.release = VK_TRUE;
    use.releaseKey = 6;
    require(vxmChainKeyedMutexes(device, 1, &use, NULL, &mutexes, &chain));
    submit(device, chain);
    expect_mutex(import, false, 6);
    vxmDestroyMemory(import);
    backend_free_foreign(&handle);
    vxmDestroyDevice(device);
}

/* The timeout is in milliseconds there, and none is lost by rounding. */
Test(share_win32, keyed_mutex_waits_as_long_as_it_is_told)
{
    static const struct {
        uint64_t nanoseconds;
        uint32_t milliseconds;
    } cases[] = {
        {0, 0},
        {1, 1},
        {1000000, 1},
        {1000001, 2},
        {(uint64_t)UINT32_MAX * 1000000u, UINT32_MAX - 1u},
        {UINT64_MAX - 1u, UINT32_MAX - 1u},
        {UINT64_MAX, UINT32_MAX},
    };
    VxmDevice device = contract_device();
    VxmMemory import = NULL;
    const void *chain = NULL;
    VxmKeyedMutexes mutexes;
    VxmHandle handle;
    VxmShared shared;

    describe_texture(TEXTURE_KMT, &handle, &shared);
    require(vxmImportMemory(device, &shared, NULL, &import));
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const VxmKeyedMutexUse use = {
            .memory = import, .acquire = VK_TRUE, .timeout = cases[i].nanoseconds};
        const VkWin32KeyedMutexAcquireReleaseInfoKHR *info;

        require(vxmChainKeyedMutexes(device, 1, &use, &named, &mutexes, &chain));
        info = chain;
        cr_expect_eq(info->pNext, (const void *)&named);
        cr_expect_eq(info->pAcquireTimeouts[0], cases[i].milliseconds, "case %zu", i);
        cr_expect_eq(info->releaseCount, 0);
    }
    vxmDestroyMemory(import);
    backend_free_foreign(&handle);
    vxmDestroyDevice(device);
}

Test(share_win32, keyed_mutex_that_there_is_not)
{
    VxmDevice device = contract_device();
    VxmMemory buffer = make_buffer(device, NT, NULL);
    VxmKeyedMutexUse use = {.memory = buffer, .acquire = VK_TRUE};
    const void *chain = NULL;
    VxmKeyedMutexes mutexes;
    ModelConfig config;

    expect_error(vxmChainKeyedMutexes(device, 1, &use, NULL, &mutexes, &chain),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "00081");
    use.acquire = VK_FALSE;
    expect_error(vxmChainKeyedMutexes(device, 1, &use, NULL, &mutexes, &chain),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "uses[0]");
    expect_error(vxmChainKeyedMutexes(device, 0, &use, NULL, &mutexes, &chain),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "useCount");
    vxmDestroyMemory(buffer);
    vxmDestroyDevice(device);
    config = model_default_config();
    model_drop_extension(&config.devices[0], "VK_KHR_win32_keyed_mutex");
    device = contract_device_with(&config);
    use.memory = buffer = make_buffer(device, NT, NULL);
    use.acquire = VK_TRUE;
    expect_error(vxmChainKeyedMutexes(device, 1, &use, NULL, &mutexes, &chain),
                 VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 "VK_KHR_win32_keyed_mutex");
    cr_expect_null(chain);
    vxmDestroyMemory(buffer);
    vxmDestroyDevice(device);
}
