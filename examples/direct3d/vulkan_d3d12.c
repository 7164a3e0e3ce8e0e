/*
 * A buffer that Direct3D 12 makes and fills, and Vulkan reads without a copy. They wait for each
 * other on the GPU: Direct3D's fence is a timeline semaphore of Vulkan's.
 *
 *   vulkan_d3d12
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INITGUID    /* defines the interfaces' IDs here, so that no library is needed for them */
#define VXM_D3D12 1 /* this part of the header alone */
#include <vxm/d3d.h>

#include "gpu.h"

#define SIZE ((size_t)16 << 20)

/* The fence's values, one after the other. */
enum {
    WRITTEN = 1,
    READ = 2,
    SEEN = 3,
    READ_BACK = 4
};

struct d3d12 {
    ID3D12Device *device;
    ID3D12CommandQueue *queue;
    ID3D12CommandAllocator *allocator;
    ID3D12GraphicsCommandList *list;
    ID3D12Resource *buffer; /* the one that is shared */
    ID3D12Fence *fence;
    HANDLE event;
};

static ID3D12Resource *create_buffer(struct d3d12 *d3d, D3D12_HEAP_TYPE type,
                                     D3D12_HEAP_FLAGS flags, D3D12_RESOURCE_STATES state)
{
    const D3D12_HEAP_PROPERTIES heap = {.Type = type};
    const D3D12_RESOURCE_DESC desc = {.Dimension = D3D12_RESOURCE_DIMENSION_BUFFER,
                                      .Width = SIZE,
                                      .Height = 1,
                                      .DepthOrArraySize = 1,
                                      .MipLevels = 1,
                                      .SampleDesc = {.Count = 1},
                                      .Layout = D3D12_TEXTURE_LAYOUT_ROW_MAJOR};
    ID3D12Resource *buffer = NULL;

    D3D(d3d->device->lpVtbl->CreateCommittedResource(d3d->device, &heap, flags, &desc, state, NULL,
                                                     &IID_ID3D12Resource, (void **)&buffer));
    return buffer;
}

static void open_d3d(struct d3d12 *d3d)
{
    const D3D12_COMMAND_QUEUE_DESC queue = {.Type = D3D12_COMMAND_LIST_TYPE_DIRECT};

    D3D(D3D12CreateDevice(NULL, D3D_FEATURE_LEVEL_11_0, &IID_ID3D12Device, (void **)&d3d->device));
    D3D(d3d->device->lpVtbl->CreateCommandQueue(d3d->device, &queue, &IID_ID3D12CommandQueue,
                                                (void **)&d3d->queue));
    D3D(d3d->device->lpVtbl->CreateCommandAllocator(d3d->device, D3D12_COMMAND_LIST_TYPE_DIRECT,
                                                    &IID_ID3D12CommandAllocator,
                                                    (void **)&d3d->allocator));
    D3D(d3d->device->lpVtbl->CreateCommandList(d3d->device, 0, D3D12_COMMAND_LIST_TYPE_DIRECT,
                                               d3d->allocator, NULL, &IID_ID3D12GraphicsCommandList,
                                               (void **)&d3d->list));
    D3D(d3d->list->lpVtbl->Close(d3d->list));
    D3D(d3d->device->lpVtbl->CreateFence(d3d->device, 0, D3D12_FENCE_FLAG_SHARED, &IID_ID3D12Fence,
                                         (void **)&d3d->fence));
    d3d->event = CreateEventW(NULL, FALSE, FALSE, NULL);
}

/* Lets the queue copy a buffer, and signal the fence then. */
static void copy_buffer(struct d3d12 *d3d, ID3D12Resource *from, ID3D12Resource *to, uint64_t value)
{
    ID3D12CommandList *list = (ID3D12CommandList *)d3d->list;

    D3D(d3d->allocator->lpVtbl->Reset(d3d->allocator));
    D3D(d3d->list->lpVtbl->Reset(d3d->list, d3d->allocator, NULL));
    d3d->list->lpVtbl->CopyBufferRegion(d3d->list, to, 0, from, 0, SIZE);
    D3D(d3d->list->lpVtbl->Close(d3d->list));
    d3d->queue->lpVtbl->ExecuteCommandLists(d3d->queue, 1, &list);
    CHECK(vxmD3D12SignalSemaphore(d3d->fence, value, d3d->queue));
}

static void wait_for(struct d3d12 *d3d, uint64_t value)
{
    D3D(d3d->fence->lpVtbl->SetEventOnCompletion(d3d->fence, value, d3d->event));
    if (WaitForSingleObject(d3d->event, (DWORD)(TIME_LIMIT / 1000000)) != WAIT_OBJECT_0) {
        fprintf(stderr, "The fence did not reach %lu in time.\n", (unsigned long)value);
        exit(EXIT_FAILURE);
    }
}

static void fill_buffer(struct d3d12 *d3d, ID3D12Resource *upload)
{
    const D3D12_RANGE nothing = {0, 0};
    void *data = NULL;

    D3D(upload->lpVtbl->Map(upload, 0, &nothing, &data));
    write_pattern(data, SIZE / 4);
    upload->lpVtbl->Unmap(upload, 0, NULL);
    copy_buffer(d3d, upload, d3d->buffer, WRITTEN);
}

/* Vulkan's GPU waits for Direct3D's fence, and signals it. */
static void read_buffer(struct gpu *gpu, VxmMemory memory, VxmSemaphore semaphore,
                        struct buffer *staging)
{
    const uint64_t written = WRITTEN;
    const uint64_t read = READ;
    const VkTimelineSemaphoreSubmitInfo values = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .waitSemaphoreValueCount = 1,
        .pWaitSemaphoreValues = &written,
        .signalSemaphoreValueCount = 1,
        .pSignalSemaphoreValues = &read};
    const VkBufferCopy whole = {.size = SIZE};
    const VxmUse use = gpu_use(gpu);
    VxmHandover handover = {.queueFamilyIndex = VK_QUEUE_FAMILY_EXTERNAL};

    gpu_begin(gpu);
    CHECK(vxmCmdAcquireMemory(gpu->commands, memory, &handover, &use));
    vkCmdCopyBuffer(gpu->commands, vxmGetVkBuffer(memory), staging->buffer, 1, &whole);
    CHECK(vxmCmdReleaseMemory(gpu->commands, memory, &use, &handover));
    gpu_submit(gpu, &values, vxmGetVkSemaphore(semaphore), vxmGetVkSemaphore(semaphore));
    gpu_wait(gpu);
}

/* What the sharing saves: out of Direct3D's buffer to the CPU, and from there to Vulkan's GPU. */
static double copy_by_host(struct d3d12 *d3d, struct gpu *gpu, struct buffer *staging)
{
    const D3D12_RANGE whole = {0, SIZE}, nothing = {0, 0};
    ID3D12Resource *readable = create_buffer(d3d, D3D12_HEAP_TYPE_READBACK, D3D12_HEAP_FLAG_NONE,
                                             D3D12_RESOURCE_STATE_COPY_DEST);
    struct buffer target;
    void *data = NULL;
    double begin;

    gpu_create_buffer(gpu, SIZE, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, &target);
    begin = seconds();
    copy_buffer(d3d, d3d->buffer, readable, READ_BACK);
    wait_for(d3d, READ_BACK);
    D3D(readable->lpVtbl->Map(readable, 0, &whole, &data));
    memcpy(staging->data, data, SIZE);
    readable->lpVtbl->Unmap(readable, 0, &nothing);
    gpu_begin(gpu);
    vkCmdCopyBuffer(gpu->commands, staging->buffer, target.buffer, 1,
                    &(const VkBufferCopy){.size = SIZE});
    gpu_submit(gpu, NULL, VK_NULL_HANDLE, VK_NULL_HANDLE);
    gpu_wait(gpu);
    begin = seconds() - begin;

    gpu_destroy_buffer(gpu, &target);
    readable->lpVtbl->Release(readable);
    return begin;
}

static void close_d3d(struct d3d12 *d3d)
{
    CloseHandle(d3d->event);
    d3d->fence->lpVtbl->Release(d3d->fence);
    d3d->buffer->lpVtbl->Release(d3d->buffer);
    d3d->list->lpVtbl->Release(d3d->list);
    d3d->allocator->lpVtbl->Release(d3d->allocator);
    d3d->queue->lpVtbl->Release(d3d->queue);
    d3d->device->lpVtbl->Release(d3d->device);
}

int main(void)
{
    const VkBufferCreateInfo wanted = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = SIZE,
                                       .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT};
    uint8_t luid[VK_LUID_SIZE];
    struct d3d12 d3d = {0};
    struct gpu gpu = {0};
    struct buffer staging;
    ID3D12Resource *upload;
    VxmShared shared;
    VxmSharedSemaphore sharedFence;
    VxmMemory memory;
    VxmSemaphore semaphore;
    size_t wrong;
    double share, copy;

    /* The same GPU on both sides. */
    open_d3d(&d3d);
    CHECK(vxmD3D12GetDeviceLuid(d3d.device, luid));
    gpu_open(&gpu, luid, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT, &wanted, NULL);

    d3d.buffer = create_buffer(&d3d, D3D12_HEAP_TYPE_DEFAULT, D3D12_HEAP_FLAG_SHARED,
                               D3D12_RESOURCE_STATE_COMMON);
    upload = create_buffer(&d3d, D3D12_HEAP_TYPE_UPLOAD, D3D12_HEAP_FLAG_NONE,
                           D3D12_RESOURCE_STATE_GENERIC_READ);
    fill_buffer(&d3d, upload);

    share = seconds();
    CHECK(vxmD3D12ShareResource(d3d.buffer, NULL, &shared));
    CHECK(vxmImportMemory(gpu.vxm, &shared, NULL, &memory));
    CHECK(vxmD3D12ShareFence(d3d.fence, NULL, &sharedFence));
    CHECK(vxmImportSemaphore(gpu.vxm, &sharedFence, 0, 0, &semaphore));
    vxmCloseShared(&shared); /* importing borrows: the handles are still ours */
    vxmCloseSharedSemaphore(&sharedFence);
    share = seconds() - share;

    gpu_create_buffer(&gpu, SIZE,
                      VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
                      &staging);
    read_buffer(&gpu, memory, semaphore, &staging);
    wrong = compare_pattern(staging.data, SIZE / 4);

    /* And back: Direct3D's queue goes on when Vulkan has read. */
    CHECK(vxmD3D12WaitSemaphore(d3d.fence, READ, d3d.queue));
    CHECK(vxmD3D12SignalSemaphore(d3d.fence, SEEN, d3d.queue));
    wait_for(&d3d, SEEN);
    copy = copy_by_host(&d3d, &gpu, &staging);
    const int status =
        report(&gpu, "Direct3D's fence, a timeline semaphore: the GPUs wait for each other", SIZE,
               wrong, share, copy);

    gpu_destroy_buffer(&gpu, &staging);
    vxmDestroySemaphore(semaphore);
    vxmDestroyMemory(memory);
    gpu_close(&gpu);
    upload->lpVtbl->Release(upload);
    close_d3d(&d3d);
    return status;
}
