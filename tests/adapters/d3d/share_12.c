/*
 * What Direct3D 12 made, described and imported into Vulkan.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "model_d3d.h"

TestSuite(share_12, .init = d3d_begin, .fini = d3d_end);

#define SHARED D3D12_HEAP_FLAG_SHARED
#define MOVES  (VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT)
#define SIZE   65536

static VxmShared share(const D3D12_RESOURCE_DESC *desc)
{
    ID3D12Device *device = d3d12_device(0);
    ID3D12Resource *resource = d3d12_resource(device, desc, SHARED);
    VxmShared shared;

    require(vxmD3D12ShareResource(resource, NULL, &shared));
    cr_expect(d3d_references(resource) == 1 && d3d_references(device) == 1);
    return shared;
}

Test(share_12, texture_is_described)
{
    const D3D12_RESOURCE_DESC desc = d3d12_texture_desc();
    VxmShared shared = share(&desc);

    cr_expect_eq(shared.resourceType, VXM_RESOURCE_TYPE_IMAGE);
    cr_expect_eq(shared.handleType, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT);
    cr_expect_eq(shared.handleTypes, shared.handleType);
    cr_expect(shared.dedicated && shared.memoryCount == 1);
    cr_expect_eq(shared.image.imageType, VK_IMAGE_TYPE_2D);
    cr_expect_eq(shared.image.format, VK_FORMAT_R8G8B8A8_UNORM);
    cr_expect(shared.image.extent.width == 64 && shared.image.extent.height == 32 &&
              shared.image.extent.depth == 1);
    cr_expect(shared.image.mipLevels == 1 && shared.image.arrayLayers == 1);
    cr_expect_eq(shared.image.samples, VK_SAMPLE_COUNT_1_BIT);
    cr_expect_eq(shared.image.tiling, VK_IMAGE_TILING_OPTIMAL);
    cr_expect_eq(shared.image.usage, MOVES | VK_IMAGE_USAGE_SAMPLED_BIT);
    cr_expect(shared.deviceLUIDValid && shared.deviceNodeMask == 1);
    cr_expect_eq(memcmp(shared.deviceLUID, model_config()->devices[0].deviceLUID, VK_LUID_SIZE), 0);
    vxmCloseShared(&shared);
}

Test(share_12, dimensions_and_flags)
{
    D3D12_RESOURCE_DESC desc = d3d12_texture_desc();
    VxmShared shared;

    desc.Dimension = D3D12_RESOURCE_DIMENSION_TEXTURE3D;
    desc.DepthOrArraySize = 7;
    desc.Flags =
        D3D12_RESOURCE_FLAG_ALLOW_RENDER_TARGET | D3D12_RESOURCE_FLAG_ALLOW_UNORDERED_ACCESS;
    shared = share(&desc);
    cr_expect(shared.image.imageType == VK_IMAGE_TYPE_3D && shared.image.extent.depth == 7 &&
              shared.image.arrayLayers == 1);
    cr_expect_eq(shared.image.usage, MOVES | VK_IMAGE_USAGE_SAMPLED_BIT |
                                         VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT |
                                         VK_IMAGE_USAGE_STORAGE_BIT);
    vxmCloseShared(&shared);
    desc = d3d12_texture_desc();
    desc.Dimension = D3D12_RESOURCE_DIMENSION_TEXTURE1D;
    desc.Height = 1;
    desc.DepthOrArraySize = 5;
    shared = share(&desc);
    cr_expect(shared.image.imageType == VK_IMAGE_TYPE_1D && shared.image.extent.height == 1 &&
              shared.image.arrayLayers == 5 && shared.image.extent.depth == 1);
    vxmCloseShared(&shared);
    desc = d3d12_texture_desc();
    desc.Format = DXGI_FORMAT_R24G8_TYPELESS;
    desc.Flags = D3D12_RESOURCE_FLAG_ALLOW_DEPTH_STENCIL | D3D12_RESOURCE_FLAG_DENY_SHADER_RESOURCE;
    shared = share(&desc);
    cr_expect_eq(shared.image.format, VK_FORMAT_D24_UNORM_S8_UINT);
    cr_expect_eq(shared.image.usage, MOVES | VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT);
    cr_expect_eq(shared.image.flags, 0);
    vxmCloseShared(&shared);
    desc.Flags = D3D12_RESOURCE_FLAG_NONE;
    desc.Format = DXGI_FORMAT_R8G8B8A8_TYPELESS;
    shared = share(&desc);
    cr_expect_eq(shared.image.flags, VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT);
    vxmCloseShared(&shared);
}

Test(share_12, buffer_is_described)
{
    D3D12_RESOURCE_DESC desc = d3d12_buffer_desc(SIZE);
    VxmShared shared = share(&desc);

    cr_expect_eq(shared.resourceType, VXM_RESOURCE_TYPE_BUFFER);
    cr_expect_eq(shared.buffer.size, SIZE);
    cr_expect((shared.buffer.usage & VK_BUFFER_USAGE_STORAGE_BUFFER_BIT) != 0 &&
              (shared.buffer.usage & VK_BUFFER_USAGE_STORAGE_TEXEL_BUFFER_BIT) == 0);
    vxmCloseShared(&shared);
    desc.Flags = D3D12_RESOURCE_FLAG_ALLOW_UNORDERED_ACCESS;
    shared = share(&desc);
    cr_expect((shared.buffer.usage & VK_BUFFER_USAGE_STORAGE_TEXEL_BUFFER_BIT) != 0);
    vxmCloseShared(&shared);
}

/* Vulkan has the object's own memory. */
static void expect_import(void *object, VxmShared *shared)
{
    VxmDevice device = contract_device();
    VxmMemory memory = NULL;
    union model_native native;

    require(vxmCheckShared(device, shared));
    require(vxmImportMemory(device, shared, NULL, &memory));
    cr_assert(model_memory_native(vxmGetVkDeviceMemory(memory, 0), &native));
    cr_expect(d3d_is_payload(object, native.pointer));
    vxmCloseShared(shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(share_12, vulkan_imports_texture_and_buffer)
{
    const D3D12_RESOURCE_DESC descs[] = {d3d12_texture_desc(), d3d12_buffer_desc(SIZE)};

    for (int i = 0; i < 2; i++) {
        ID3D12Resource *resource = d3d12_resource(d3d12_device(0), &descs[i], SHARED);
        VxmShared shared;

        require(vxmD3D12ShareResource(resource, NULL, &shared));
        expect_import(resource, &shared);
    }
}

Test(share_12, heap_is_raw_memory_or_holds_a_buffer)
{
    D3D12_HEAP_DESC desc = d3d12_heap_desc(4 * SIZE);
    ID3D12Heap *heap = d3d12_heap(d3d12_device(0), &desc);
    VxmShared shared;

    require(vxmD3D12ShareHeap(heap, NULL, &shared));
    cr_expect_eq(shared.resourceType, VXM_RESOURCE_TYPE_MEMORY);
    cr_expect_eq(shared.handleType, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT);
    cr_expect_eq(shared.memories[0].allocationSize, 4 * SIZE);
    cr_expect(!shared.dedicated && shared.deviceNodeMask == 1);
    expect_import(heap, &shared);
    require(vxmD3D12ShareHeap(heap, NULL, &shared));
    shared.resourceType = VXM_RESOURCE_TYPE_BUFFER;
    shared.buffer.size = SIZE;
    shared.buffer.usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT;
    shared.memories[0].offset = 2 * SIZE;
    expect_import(heap, &shared);
    desc.Properties.CreationNodeMask = 2;
    require(vxmD3D12ShareHeap(d3d12_heap(d3d12_device(0), &desc), NULL, &shared));
    cr_expect_eq(shared.deviceNodeMask, 2);
    vxmCloseShared(&shared);
}

Test(share_12, name_and_attributes)
{
    SECURITY_ATTRIBUTES attributes = {.nLength = sizeof(attributes)};
    const VxmD3DShareInfo info = {.attributes = &attributes, .name = L"vxm-heap"};
    const D3D12_HEAP_DESC desc = d3d12_heap_desc(SIZE);
    VxmShared shared;

    require(vxmD3D12ShareHeap(d3d12_heap(d3d12_device(0), &desc), &info, &shared));
    cr_expect(d3d_last_name() == info.name && d3d_last_attributes() == info.attributes);
    vxmCloseShared(&shared);
}

Test(share_12, fence_is_a_timeline)
{
    ID3D12Device *d3d = d3d12_device(0);
    ID3D12CommandQueue *queue = d3d12_queue(d3d);
    ID3D12Fence *fence = d3d12_fence(d3d, 5);
    VxmDevice device = contract_device();
    VxmSharedSemaphore shared;
    VxmSemaphore semaphore = NULL;
    uint64_t value = 0;

    require(vxmD3D12ShareFence(fence, NULL, &shared));
    cr_expect(shared.semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE && shared.deviceLUIDValid);
    require(vxmImportSemaphore(device, &shared, 0, 0, &semaphore));
    vxmCloseSharedSemaphore(&shared);
    require(vxmGetSemaphoreValue(semaphore, &value));
    cr_expect_eq(value, 5);
    require(vxmD3D12SignalSemaphore(fence, 6, queue));
    require(vxmWaitSemaphore(semaphore, 6, 0));
    require(vxmD3D12WaitSemaphore(fence, 7, queue));
    cr_expect(d3d_last_fence_use().fence == (void *)fence && d3d_last_fence_use().value == 7 &&
              !d3d_last_fence_use().signal);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

/* ---- failures ---- */

Test(share_12, what_cannot_be_shared)
{
    ID3D12Device *device = d3d12_device(0);
    D3D12_RESOURCE_DESC desc = d3d12_texture_desc();
    D3D12_HEAP_DESC heap = d3d12_heap_desc(SIZE);
    VxmShared shared;

    fill(shared);
    heap.Flags = D3D12_HEAP_FLAG_NONE;
    expect_error(vxmD3D12ShareHeap(d3d12_heap(device, &heap), NULL, &shared),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "heap was not made to be shared");
    expect_error(
        vxmD3D12ShareResource(d3d12_resource(device, &desc, D3D12_HEAP_FLAG_NONE), NULL, &shared),
        VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
        "resource was not made to be shared");
    desc.Layout = D3D12_TEXTURE_LAYOUT_ROW_MAJOR;
    expect_error(vxmD3D12ShareResource(d3d12_resource(device, &desc, SHARED), NULL, &shared),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "row-major");
    desc = d3d12_texture_desc();
    desc.Format = DXGI_FORMAT_G8R8_G8B8_UNORM;
    expect_error(vxmD3D12ShareResource(d3d12_resource(device, &desc, SHARED), NULL, &shared),
                 VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, "DXGI_FORMAT 69");
    expect_untouched(shared);
}

struct sharing {
    ID3D12Resource *resource;
    ID3D12Heap *heap;
    ID3D12Fence *fence;
    VxmShared shared;
    VxmSharedSemaphore semaphore;
};

static VkResult share_resource(void *data)
{
    struct sharing *sharing = data;

    return vxmD3D12ShareResource(sharing->resource, NULL, &sharing->shared);
}

static VkResult share_heap(void *data)
{
    struct sharing *sharing = data;

    return vxmD3D12ShareHeap(sharing->heap, NULL, &sharing->shared);
}

static void close_shared(void *data)
{
    vxmCloseShared(&((struct sharing *)data)->shared);
}

static VkResult share_fence(void *data)
{
    struct sharing *sharing = data;

    return vxmD3D12ShareFence(sharing->fence, NULL, &sharing->semaphore);
}

static void close_fence(void *data)
{
    vxmCloseSharedSemaphore(&((struct sharing *)data)->semaphore);
}

Test(share_12, every_call_fails_once)
{
    ID3D12Device *device = d3d12_device(0);
    const D3D12_RESOURCE_DESC desc = d3d12_texture_desc();
    const D3D12_HEAP_DESC heap = d3d12_heap_desc(SIZE);
    struct sharing sharing = {.resource = d3d12_resource(device, &desc, SHARED),
                              .heap = d3d12_heap(device, &heap),
                              .fence = d3d12_fence(device, 0)};

    cr_expect_eq(
        d3d_sweep(share_resource, close_shared, &sharing, &sharing.shared, sizeof(sharing.shared)),
        3);
    cr_expect_eq(
        d3d_sweep(share_heap, close_shared, &sharing, &sharing.shared, sizeof(sharing.shared)), 2);
    cr_expect_eq(d3d_sweep(share_fence, close_fence, &sharing, &sharing.semaphore,
                           sizeof(sharing.semaphore)),
                 2);
    d3d_give_nothing(true);
    expect_error(share_resource(&sharing), VK_ERROR_UNKNOWN, VXM_ERROR_REASON_FOREIGN,
                 "a success without a result");
    cr_expect_eq(d3d_references(device), 1);
}

Test(share_12, queues_that_fail)
{
    ID3D12Device *device = d3d12_device(0);
    ID3D12CommandQueue *queue = d3d12_queue(device);
    ID3D12Fence *fence = d3d12_fence(device, 0);

    d3d_fail(1, DXGI_ERROR_DEVICE_REMOVED);
    expect_error(vxmD3D12SignalSemaphore(fence, 1, queue), VK_ERROR_DEVICE_LOST,
                 VXM_ERROR_REASON_FOREIGN, "ID3D12CommandQueue::Signal");
    d3d_fail(1, E_INVALIDARG);
    expect_error(vxmD3D12WaitSemaphore(fence, 1, queue), VK_ERROR_UNKNOWN, VXM_ERROR_REASON_FOREIGN,
                 "ID3D12CommandQueue::Wait");
}

Test(share_12, null_arguments)
{
    ID3D12Device *device = d3d12_device(0);
    const D3D12_HEAP_DESC heap = d3d12_heap_desc(SIZE);
    VxmSharedSemaphore semaphore;
    VxmShared shared;

    expect_error(vxmD3D12ShareResource(NULL, NULL, &shared), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "resource must not be NULL");
    expect_error(vxmD3D12ShareHeap(NULL, NULL, &shared), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "heap must not be NULL");
    expect_error(vxmD3D12ShareHeap(d3d12_heap(device, &heap), NULL, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "shared must not be NULL");
    expect_error(vxmD3D12ShareFence(NULL, NULL, &semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "fence must not be NULL");
    expect_error(vxmD3D12WaitSemaphore(d3d12_fence(device, 0), 1, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "queue must not be NULL");
    expect_error(vxmD3D12SignalSemaphore(NULL, 1, d3d12_queue(device)),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "fence must not be NULL");
}
