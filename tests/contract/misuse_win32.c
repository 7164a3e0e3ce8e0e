/*
 * What only an app on Windows can get wrong: attributes without an export, mutexes chained twice,
 * payloads that come and go.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"
#include "win32/vulkan.h"

TestSuite(misuse_win32, .init = contract_begin, .fini = contract_end);

#define NT           VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define TEXTURE      VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT
#define SEMAPHORE_NT VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT
#define KMT          VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT

#define NAME L"vxm-misuse"

/* What the library keeps, the driver isn't told to export: then nobody makes an NT handle that the
 * attributes could be of (00657). */
Test(misuse_win32, attributes_of_a_handle_that_is_kept)
{
    static const VkExportMemoryWin32HandleInfoKHR attributes = {
        .sType = VK_STRUCTURE_TYPE_EXPORT_MEMORY_WIN32_HANDLE_INFO_KHR, .name = NAME};
    const VxmImportInfo info = {.reexportHandleTypes = NT, .next = &attributes};
    VxmDevice device = contract_device();
    struct source source;
    VxmMemory import;

    source_open(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &source);
    fill(import);
    expect_error(vxmImportMemory(device, &source.shared, &info, &import),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "VkExportMemoryWin32HandleInfoKHR");
    expect_untouched(import);
    source_close(&source);
    vxmDestroyDevice(device);
}

static VxmSemaphore make_semaphore(VxmDevice device, const void *next)
{
    const VxmSemaphoreCreateInfo info = {.handleTypes = SEMAPHORE_NT | KMT, .next = next};
    VxmSemaphore semaphore = NULL;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    return semaphore;
}

static void expect_exports(VxmSemaphore semaphore, const VxmHandle *payload)
{
    VxmHandle handle = {0};

    require(vxmGetSemaphoreHandle(semaphore, SEMAPHORE_NT, &handle));
    cr_expect(backend_same(&handle, payload));
    vxmCloseHandle(&handle);
}

/* The driver has given its one handle long ago, also when other payloads came in between. */
Test(misuse_win32, payload_after_payload_is_exported)
{
    static const VkExportSemaphoreWin32HandleInfoKHR named = {
        .sType = VK_STRUCTURE_TYPE_EXPORT_SEMAPHORE_WIN32_HANDLE_INFO_KHR, .name = NAME};
    VxmDevice device = contract_device();
    VxmSemaphore semaphore = make_semaphore(device, NULL);
    VxmSemaphore other = make_semaphore(device, &named);
    VxmSharedSemaphore own, number, handle, name;

    require(vxmExportSemaphore(semaphore, SEMAPHORE_NT, &own));
    require(vxmExportSemaphore(other, SEMAPHORE_NT, &handle));
    require(vxmExportSemaphore(other, KMT, &number));
    name = handle;
    name.handle = (VxmHandle){0};
    name.name = NAME;
    require(vxmImportSemaphorePayload(semaphore, &number, 0));
    require(vxmImportSemaphorePayload(semaphore, &handle, 0));
    expect_exports(semaphore, &handle.handle);
    require(vxmImportSemaphorePayload(semaphore, &name, 0));
    require(vxmImportSemaphorePayload(semaphore, &own, VXM_IMPORT_TAKE_HANDLES_BIT));
    cr_expect_eq(own.handle.type, 0);
    require(vxmImportSemaphorePayload(semaphore, &handle, 0));
    expect_exports(semaphore, &handle.handle);
    vxmCloseSharedSemaphore(&handle);
    vxmDestroySemaphore(semaphore);
    vxmDestroySemaphore(other);
    vxmDestroyDevice(device);
}

/* A handle that is given once would stay that of a payload which goes with the next wait. */
Test(misuse_win32, nothing_is_kept_of_a_temporary_payload)
{
    VxmDevice device = contract_device();
    VxmSemaphore fresh = make_semaphore(device, NULL);
    VxmSemaphore exported = make_semaphore(device, NULL);
    VxmSemaphore other = make_semaphore(device, NULL);
    VxmSharedSemaphore own, handle;
    VxmHandle got = {0};

    require(vxmExportSemaphore(exported, SEMAPHORE_NT, &own));
    require(vxmExportSemaphore(other, SEMAPHORE_NT, &handle));
    require(vxmImportSemaphorePayload(fresh, &handle, VXM_IMPORT_TEMPORARY_BIT));
    expect_error(vxmGetSemaphoreHandle(fresh, SEMAPHORE_NT, &got), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "imported payload");
    require(vxmImportSemaphorePayload(exported, &handle, VXM_IMPORT_TEMPORARY_BIT));
    expect_exports(exported, &own.handle);
    vxmCloseSharedSemaphore(&own);
    vxmCloseSharedSemaphore(&handle);
    vxmDestroySemaphore(fresh);
    vxmDestroySemaphore(exported);
    vxmDestroySemaphore(other);
    vxmDestroyDevice(device);
}

/* As when the output of one submission is taken for the rest of the next one's chain. */
Test(misuse_win32, mutexes_are_chained_once)
{
    VxmDevice device = contract_device();
    const struct backend_type *type = backend_types;
    VxmMemory import = NULL;
    VxmKeyedMutexUse use = {.acquire = VK_TRUE, .release = VK_TRUE};
    VxmKeyedMutexes mutexes, others;
    const void *chain = NULL;
    const void *longer;
    struct source source;

    while (type->type != TEXTURE) {
        type++;
    }
    source_open(device, type, VXM_RESOURCE_TYPE_IMAGE, &source);
    require(vxmImportMemory(device, &source.shared, NULL, &import));
    use.memory = import;
    require(vxmChainKeyedMutexes(device, 1, &use, NULL, &mutexes, &chain));
    fill(others);
    fill(longer);
    expect_error(vxmChainKeyedMutexes(device, 1, &use, chain, &others, &longer),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "next");
    expect_untouched(others);
    expect_untouched(longer);
    expect_error(vxmChainKeyedMutexes(device, 1, &use, chain, &mutexes, &chain),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "next");
    vxmDestroyMemory(import);
    source_close(&source);
    vxmDestroyDevice(device);
}
