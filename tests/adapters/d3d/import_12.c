/*
 * What Vulkan made, opened in Direct3D 12.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "model_d3d.h"

TestSuite(import_12, .init = d3d_begin, .fini = d3d_end);

#define RESOURCE VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT
#define HEAP     VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT
#define TEXTURE  VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT
#define FENCE    VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT
#define SIZE     65536

static VxmMemory make_image(VxmDevice device, uint32_t types)
{
    const D3D12_RESOURCE_DESC desc = d3d12_texture_desc();
    const VkImageCreateInfo image = contract_image_info(64, 32);
    const VxmMemoryCreateInfo info = contract_memory_info(types);
    VxmMemory memory = NULL;

    require(vxmCreateImage(device, &image, &info, &memory));
    d3d12_open_as(&desc);
    return memory;
}

static VxmMemory make_buffer(VxmDevice device, uint32_t types)
{
    const D3D12_RESOURCE_DESC desc = d3d12_buffer_desc(SIZE);
    const VkBufferCreateInfo buffer = contract_buffer_info(SIZE);
    const VxmMemoryCreateInfo info = contract_memory_info(types);
    const D3D12_HEAP_DESC heap = d3d12_heap_desc(SIZE);
    VxmMemory memory = NULL;

    require(vxmCreateBuffer(device, &buffer, &info, &memory));
    d3d12_open_as(&desc);
    d3d12_open_heap_as(&heap);
    return memory;
}

static void expect_payload(VxmMemory memory, void *object)
{
    union model_native native;

    cr_expect_eq(d3d_references(object), 1);
    cr_assert(model_memory_native(vxmGetVkDeviceMemory(memory, 0), &native));
    cr_expect(d3d_is_payload(object, native.pointer));
}

Test(import_12, image_and_buffer_are_opened)
{
    VxmDevice device = contract_device();
    ID3D12Device *d3d = d3d12_device(0);
    ID3D12Resource *resource = NULL;
    VxmMemory memories[3];

    for (int i = 0; i < 3; i++) {
        memories[i] = i == 2 ? make_buffer(device, RESOURCE)
                             : make_image(device, i == 0 ? RESOURCE : TEXTURE);
        require(vxmD3D12ImportMemory(d3d, memories[i], &resource));
        expect_payload(memories[i], resource);
        d3d_release(resource);
        vxmDestroyMemory(memories[i]);
    }
    cr_expect_eq(d3d_references(d3d), 1);
    vxmDestroyDevice(device);
}

Test(import_12, heap_is_opened)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device, HEAP);
    ID3D12Heap *heap = NULL;

    require(vxmD3D12ImportHeap(d3d12_device(0), memory, &heap));
    expect_payload(memory, heap);
    d3d_release(heap);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(import_12, import_borrows)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device, RESOURCE);
    ID3D12Device *d3d = d3d12_device(0);
    ID3D12Resource *resources[2] = {NULL, NULL};
    VxmShared shared;

    require(vxmExportMemory(memory, RESOURCE, &shared));
    for (int i = 0; i < 2; i++) {
        require(vxmD3D12ImportShared(d3d, &shared, &resources[i]));
        cr_expect(d3d_is_payload(resources[i], shared.memories[0].handle.ptr));
    }
    d3d_release(resources[0]);
    d3d_release(resources[1]);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* In the place of a handle; the one that Direct3D makes of it is gone after each call. */
Test(import_12, resource_is_opened_by_its_name)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device, RESOURCE);
    ID3D12Device *d3d = d3d12_device(0);
    ID3D12Resource *resource = NULL;
    VxmShared shared;
    VxmHandle handle;

    require(vxmExportMemory(memory, RESOURCE, &shared));
    handle = shared.memories[0].handle;
    d3d_name(L"vxm-buffer", handle.ptr);
    shared.memories[0].name = L"vxm-buffer";
    expect_error(vxmD3D12ImportShared(d3d, &shared, &resource), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "both a handle and a name");
    shared.memories[0].handle = (VxmHandle){0};
    require(vxmD3D12ImportShared(d3d, &shared, &resource));
    cr_expect(d3d_is_payload(resource, handle.ptr));
    d3d_release(resource);
    d3d_fail(2, E_FAIL);
    expect_error(vxmD3D12ImportShared(d3d, &shared, &resource), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_FOREIGN, "ID3D12Device::OpenSharedHandle answered E_FAIL");
    shared.memories[0].name = L"nobody's";
    expect_error(vxmD3D12ImportShared(d3d, &shared, &resource), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_FOREIGN, "OpenSharedHandleByName answered E_INVALIDARG");
    vxmCloseHandle(&handle);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* ---- refused before Direct3D sees the handle ---- */

static void expect_refused(ID3D12Device *d3d, const VxmShared *shared, VkResult result,
                           VxmErrorReason reason, const char *part)
{
    const unsigned opens = d3d_opens();
    ID3D12Resource *resource;

    fill(resource);
    expect_error(vxmD3D12ImportShared(d3d, shared, &resource), result, reason, part);
    expect_untouched(resource);
    cr_expect_eq(d3d_opens(), opens, "the handle was opened all the same");
}

Test(import_12, descriptions_that_cannot_be)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_image(device, RESOURCE);
    ID3D12Device *d3d = d3d12_device(0);
    VxmShared good, shared;

    require(vxmExportMemory(memory, RESOURCE, &good));
    expect_refused(d3d12_device(1), &good, VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH,
                   "Both must be the same GPU");
    shared = good;
    shared.handleType = HEAP;
    expect_refused(d3d, &shared, VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                   "handleType is D3D12_HEAP");
    shared = good;
    shared.image.tiling = VK_IMAGE_TILING_LINEAR;
    expect_refused(d3d, &shared, VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                   "tiling is LINEAR");
    shared = good;
    shared.image.format = VK_FORMAT_ASTC_4x4_UNORM_BLOCK;
    expect_refused(d3d, &shared, VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED,
                   "has no equivalent");
    shared = good;
    shared.resourceType = VXM_RESOURCE_TYPE_MEMORY;
    expect_refused(d3d, &shared, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                   "raw memory");
    shared = good;
    shared.memories[0].handle.ptr = NULL;
    expect_refused(d3d, &shared, VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT,
                   "handle is empty");
    vxmCloseShared(&good);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* Only what is laid out alike on both sides. */
Test(import_12, image_in_a_heap)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_image(device, HEAP);
    ID3D12Heap *heap;

    fill(heap);
    expect_error(vxmD3D12ImportHeap(d3d12_device(0), memory, &heap), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "D3D12_RESOURCE");
    cr_expect_eq(d3d_opens(), 0);
    expect_untouched(heap);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(import_12, memory_of_another_type)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device, VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT);
    ID3D12Resource *resource;
    ID3D12Heap *heap;

    expect_error(vxmD3D12ImportMemory(d3d12_device(0), memory, &resource),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "D3D12_RESOURCE");
    expect_error(vxmD3D12ImportHeap(d3d12_device(0), memory, &heap), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "D3D12_HEAP");
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* ---- refused by Direct3D, or by what it opened ---- */

Test(import_12, handle_and_description_of_different_resources)
{
    VxmDevice device = contract_device();
    VxmMemory image = make_image(device, RESOURCE);
    VxmMemory buffer = make_buffer(device, RESOURCE);
    VxmMemory heap = make_buffer(device, HEAP);
    D3D12_RESOURCE_DESC desc = d3d12_buffer_desc(SIZE - 1);
    D3D12_HEAP_DESC heapDesc = d3d12_heap_desc(SIZE - 1);
    ID3D12Device *d3d = d3d12_device(0);
    ID3D12Resource *resource;
    ID3D12Heap *opened;

    fill(resource);
    d3d12_open_as(&desc);
    expect_error(vxmD3D12ImportMemory(d3d, buffer, &resource), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_MISMATCH, "don't belong together");
    expect_error(vxmD3D12ImportMemory(d3d, image, &resource), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_MISMATCH, "don't belong together");
    for (int i = 0; i < 4; i++) {
        desc = d3d12_texture_desc();
        desc.Width += i == 0;
        desc.Height += i == 1;
        desc.DepthOrArraySize = (UINT16)(i == 2 ? 2 : 1);
        desc.MipLevels = (UINT16)(i == 3 ? 2 : 1);
        d3d12_open_as(&desc);
        expect_error(vxmD3D12ImportMemory(d3d, image, &resource), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                     VXM_ERROR_REASON_MISMATCH, "don't belong together");
    }
    expect_error(vxmD3D12ImportMemory(d3d, buffer, &resource), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_MISMATCH, "don't belong together");
    expect_untouched(resource);
    fill(opened);
    d3d12_open_heap_as(&heapDesc);
    expect_error(vxmD3D12ImportHeap(d3d, heap, &opened), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_MISMATCH, "don't belong together");
    expect_untouched(opened);
    vxmDestroyMemory(heap);
    vxmDestroyMemory(buffer);
    vxmDestroyMemory(image);
    vxmDestroyDevice(device);
}

Test(import_12, handle_that_is_none_of_direct3ds)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_buffer(device, RESOURCE);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    ID3D12Resource *resource;
    VxmHandle own;
    VxmShared shared;

    require(vxmExportMemory(memory, RESOURCE, &shared));
    own = shared.memories[0].handle;
    shared.memories[0].handle.ptr = event;
    expect_error(vxmD3D12ImportShared(d3d12_device(0), &shared, &resource),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN,
                 "ID3D12Device::OpenSharedHandle answered E_INVALIDARG");
    cr_expect(CloseHandle(event), "the caller's handle was closed");
    vxmCloseHandle(&own);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* ---- fences ---- */

Test(import_12, timeline_is_opened)
{
    const VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                         .handleTypes = FENCE};
    ID3D12Device *d3d = d3d12_device(0);
    VxmDevice device = contract_device();
    VxmSemaphore semaphore = NULL;
    ID3D12Fence *fence = NULL;
    VxmSharedSemaphore shared;
    union model_native native;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    require(vxmD3D12ImportSemaphore(d3d, semaphore, &fence));
    cr_expect(d3d_references(fence) == 1 && d3d_references(d3d) == 1);
    cr_assert(model_semaphore_native(vxmGetVkSemaphore(semaphore), &native));
    cr_expect(d3d_is_payload(fence, native.pointer));
    require(vxmD3D12SignalSemaphore(fence, 4, d3d12_queue(d3d)));
    cr_expect(d3d_last_fence_use().fence == (void *)fence && d3d_last_fence_use().value == 4 &&
              d3d_last_fence_use().signal);
    d3d_release(fence);
    fill(fence);
    require(vxmExportSemaphore(semaphore, FENCE, &shared));
    expect_error(vxmD3D12ImportSharedSemaphore(d3d12_device(1), &shared, &fence),
                 VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, "same GPU");
    shared.handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT;
    expect_error(vxmD3D12ImportSharedSemaphore(d3d, &shared, &fence), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "OPAQUE_WIN32");
    expect_untouched(fence);
    vxmCloseSharedSemaphore(&shared);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

/* ---- each call of Direct3D's fails once ---- */

struct opening {
    ID3D12Device *d3d;
    VxmMemory memory;
    VxmMemory heapMemory;
    VxmSemaphore semaphore;
    void *opened;
};

static VkResult open_resource(void *data)
{
    struct opening *opening = data;

    return vxmD3D12ImportMemory(opening->d3d, opening->memory, (ID3D12Resource **)&opening->opened);
}

static VkResult open_heap(void *data)
{
    struct opening *opening = data;

    return vxmD3D12ImportHeap(opening->d3d, opening->heapMemory, (ID3D12Heap **)&opening->opened);
}

static VkResult open_fence(void *data)
{
    struct opening *opening = data;

    return vxmD3D12ImportSemaphore(opening->d3d, opening->semaphore,
                                   (ID3D12Fence **)&opening->opened);
}

static void release(void *data)
{
    d3d_release(((struct opening *)data)->opened);
}

Test(import_12, every_call_fails_once)
{
    static VkResult (*const acts[])(void *) = {open_resource, open_heap, open_fence};
    const VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                         .handleTypes = FENCE};
    VxmDevice device = contract_device();
    struct opening opening = {.d3d = d3d12_device(0),
                              .memory = make_buffer(device, RESOURCE),
                              .heapMemory = make_buffer(device, HEAP)};

    require(vxmCreateSemaphore(device, &info, &opening.semaphore));
    for (int i = 0; i < 3; i++) {
        cr_expect_eq(d3d_sweep(acts[i], release, &opening, &opening.opened, sizeof(opening.opened)),
                     1);
        d3d_give_nothing(true);
        expect_error(acts[i](&opening), VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN,
                     "a success without a result");
        d3d_give_nothing(false);
    }
    vxmDestroySemaphore(opening.semaphore);
    vxmDestroyMemory(opening.heapMemory);
    vxmDestroyMemory(opening.memory);
    vxmDestroyDevice(device);
}

Test(import_12, null_arguments)
{
    VxmSharedSemaphore semaphore = {0};
    VxmShared shared = {0};
    ID3D12Resource *resource;
    ID3D12Fence *fence;
    ID3D12Heap *heap;

    expect_error(vxmD3D12ImportShared(NULL, &shared, &resource), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "device must not be NULL");
    expect_error(vxmD3D12ImportShared(d3d12_device(0), &shared, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "resource must not be NULL");
    expect_error(vxmD3D12ImportSharedHeap(d3d12_device(0), NULL, &heap),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "shared must not be NULL");
    expect_error(vxmD3D12ImportSharedSemaphore(NULL, &semaphore, &fence),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "device must not be NULL");
}
