/*
 * The examples' Direct3D 12.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "runtime.h"

#include <string.h>

#define TIME_LIMIT UINT64_C(10000000000)
#define MAX_COPIES 8

struct device {
    const ID3D12DeviceVtbl *lpVtbl;
    struct counted counted;
};

struct queue {
    const ID3D12CommandQueueVtbl *lpVtbl;
    struct counted counted;
};

struct allocator {
    const ID3D12CommandAllocatorVtbl *lpVtbl;
    struct counted counted;
};

struct buffer {
    const ID3D12ResourceVtbl *lpVtbl;
    struct counted counted;
    struct device *device;
    D3D12_RESOURCE_DESC desc;
    D3D12_HEAP_PROPERTIES heap;
    D3D12_HEAP_FLAGS flags;
    struct storage storage;
    bool mapped;
};

struct copy {
    struct buffer *to;
    const struct buffer *from;
    UINT64 toOffset, fromOffset, size;
};

struct list {
    const ID3D12GraphicsCommandListVtbl *lpVtbl;
    struct counted counted;
    bool recording;
    unsigned count;
    struct copy copies[MAX_COPIES];
};

struct fence {
    const ID3D12FenceVtbl *lpVtbl;
    struct counted counted;
    struct device *device;
    bool shared;
    struct model_semaphore_payload *payload; /* holds the native */
    union model_native native;
};

#define OF(type, member, pointer)                                                                  \
    ((struct type *)((char *)(uintptr_t)(pointer)-offsetof(struct type, member)))
#define COUNTS(Interface, type)                                                                    \
    static ULONG STDMETHODCALLTYPE Interface##_add(Interface *self)                                \
    {                                                                                              \
        return runtime_add(&OF(type, lpVtbl, self)->counted);                                      \
    }                                                                                              \
    static ULONG STDMETHODCALLTYPE Interface##_release(Interface *self)                            \
    {                                                                                              \
        return runtime_release(&OF(type, lpVtbl, self)->counted);                                  \
    }
#define COUNTS_OF(Interface) .AddRef = Interface##_add, .Release = Interface##_release

COUNTS(ID3D12Device, device)
COUNTS(ID3D12CommandQueue, queue)
COUNTS(ID3D12CommandAllocator, allocator)
COUNTS(ID3D12GraphicsCommandList, list)
COUNTS(ID3D12Resource, buffer)
COUNTS(ID3D12Fence, fence)

static HRESULT give_device(struct device *device, REFIID iid, void **out)
{
    *out = NULL;
    if (!IsEqualGUID(iid, &IID_ID3D12Device)) {
        return E_NOINTERFACE;
    }
    device->counted.references++;
    *out = device;
    return S_OK;
}

/* ---- fence ---- */

static HRESULT STDMETHODCALLTYPE fence_device(ID3D12Fence *self, REFIID iid, void **out)
{
    return give_device(OF(fence, lpVtbl, self)->device, iid, out);
}

/* The model's queues are done when they return, so that it must have come so far. */
static HRESULT STDMETHODCALLTYPE set_event(ID3D12Fence *self, UINT64 value, HANDLE event)
{
    if (model__sync_value(OF(fence, lpVtbl, self)->payload) >= value) {
        SetEvent(event);
    }
    return S_OK;
}

static const ID3D12FenceVtbl fence_table = {
    COUNTS_OF(ID3D12Fence),
    .GetDevice = fence_device,
    .SetEventOnCompletion = set_event,
};

static void end_fence(struct counted *counted)
{
    struct fence *fence = OF(fence, counted, counted);

    model__sync_payload_release(fence->payload);
    runtime_release(&fence->device->counted);
}

static HRESULT STDMETHODCALLTYPE create_fence(ID3D12Device *self, UINT64 value,
                                              D3D12_FENCE_FLAGS flags, REFIID iid, void **out)
{
    struct fence *fence = runtime_new(sizeof(*fence), end_fence);

    (void)iid;
    fence->lpVtbl = &fence_table;
    fence->device = OF(device, lpVtbl, self);
    fence->device->counted.references++;
    fence->shared = (flags & D3D12_FENCE_FLAG_SHARED) != 0;
    if (!model_make_foreign_semaphore(VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT, value,
                                      &fence->native)) {
        runtime_breach("no memory");
    }
    fence->payload = model__sync_payload_new(NULL, &fence->native);
    *out = fence;
    return S_OK;
}

/* ---- buffers ---- */

static HRESULT STDMETHODCALLTYPE buffer_device(ID3D12Resource *self, REFIID iid, void **out)
{
    return give_device(OF(buffer, lpVtbl, self)->device, iid, out);
}

static D3D12_RESOURCE_DESC *STDMETHODCALLTYPE buffer_desc(ID3D12Resource *self,
                                                          D3D12_RESOURCE_DESC *desc)
{
    *desc = OF(buffer, lpVtbl, self)->desc;
    return desc;
}

static HRESULT STDMETHODCALLTYPE heap_properties(ID3D12Resource *self,
                                                 D3D12_HEAP_PROPERTIES *properties,
                                                 D3D12_HEAP_FLAGS *flags)
{
    *properties = OF(buffer, lpVtbl, self)->heap;
    *flags = OF(buffer, lpVtbl, self)->flags;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE map(ID3D12Resource *self, UINT subresource,
                                     const D3D12_RANGE *range, void **data)
{
    struct buffer *buffer = OF(buffer, lpVtbl, self);

    (void)range;
    if (subresource != 0 || buffer->heap.Type == D3D12_HEAP_TYPE_DEFAULT || buffer->mapped) {
        return E_INVALIDARG;
    }
    buffer->mapped = true;
    *data = buffer->storage.data;
    return S_OK;
}

static void STDMETHODCALLTYPE unmap(ID3D12Resource *self, UINT subresource,
                                    const D3D12_RANGE *range)
{
    struct buffer *buffer = OF(buffer, lpVtbl, self);

    (void)range;
    if (!buffer->mapped || subresource != 0) {
        runtime_breach("Unmap() of what isn't mapped");
    }
    buffer->mapped = false;
}

static const ID3D12ResourceVtbl buffer_table = {
    COUNTS_OF(ID3D12Resource),
    .GetDevice = buffer_device,
    .GetDesc = buffer_desc,
    .GetHeapProperties = heap_properties,
    .Map = map,
    .Unmap = unmap,
};

static void end_buffer(struct counted *counted)
{
    struct buffer *buffer = OF(buffer, counted, counted);

    runtime_drop(&buffer->storage);
    runtime_release(&buffer->device->counted);
}

/* The states that each type of heap wants. */
static bool is_state(D3D12_HEAP_TYPE type, D3D12_RESOURCE_STATES state)
{
    return type == D3D12_HEAP_TYPE_UPLOAD     ? state == D3D12_RESOURCE_STATE_GENERIC_READ
           : type == D3D12_HEAP_TYPE_READBACK ? state == D3D12_RESOURCE_STATE_COPY_DEST
                                              : state == D3D12_RESOURCE_STATE_COMMON;
}

static HRESULT STDMETHODCALLTYPE
create_resource(ID3D12Device *self, const D3D12_HEAP_PROPERTIES *heap, D3D12_HEAP_FLAGS flags,
                const D3D12_RESOURCE_DESC *desc, D3D12_RESOURCE_STATES state,
                const D3D12_CLEAR_VALUE *clear, REFIID iid, void **out)
{
    const bool shared = (flags & D3D12_HEAP_FLAG_SHARED) != 0;
    struct buffer *buffer;

    (void)iid;
    if (desc->Dimension != D3D12_RESOURCE_DIMENSION_BUFFER || clear != NULL || desc->Height != 1 ||
        desc->DepthOrArraySize != 1 || desc->MipLevels != 1 || desc->SampleDesc.Count != 1 ||
        desc->Layout != D3D12_TEXTURE_LAYOUT_ROW_MAJOR || desc->Format != DXGI_FORMAT_UNKNOWN ||
        !is_state(heap->Type, state) || (shared && heap->Type != D3D12_HEAP_TYPE_DEFAULT)) {
        return E_INVALIDARG;
    }
    buffer = runtime_new(sizeof(*buffer), end_buffer);
    buffer->lpVtbl = &buffer_table;
    buffer->device = OF(device, lpVtbl, self);
    buffer->device->counted.references++;
    buffer->desc = *desc;
    buffer->heap = *heap;
    buffer->flags = flags;
    runtime_store(&buffer->storage,
                  shared ? (uint32_t)VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT : 0,
                  (size_t)desc->Width);
    *out = buffer;
    return S_OK;
}

/* ---- command lists ---- */

static HRESULT STDMETHODCALLTYPE reset_allocator(ID3D12CommandAllocator *self)
{
    (void)self;
    return S_OK;
}

static const ID3D12CommandAllocatorVtbl allocator_table = {
    COUNTS_OF(ID3D12CommandAllocator),
    .Reset = reset_allocator,
};

static HRESULT STDMETHODCALLTYPE reset_list(ID3D12GraphicsCommandList *self,
                                            ID3D12CommandAllocator *allocator,
                                            ID3D12PipelineState *state)
{
    struct list *list = OF(list, lpVtbl, self);

    (void)allocator;
    (void)state;
    if (list->recording) {
        return E_FAIL;
    }
    list->recording = true;
    list->count = 0;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE close_list(ID3D12GraphicsCommandList *self)
{
    struct list *list = OF(list, lpVtbl, self);

    if (!list->recording) {
        return E_FAIL;
    }
    list->recording = false;
    return S_OK;
}

static void STDMETHODCALLTYPE copy_region(ID3D12GraphicsCommandList *self, ID3D12Resource *to,
                                          UINT64 toOffset, ID3D12Resource *from, UINT64 fromOffset,
                                          UINT64 size)
{
    struct list *list = OF(list, lpVtbl, self);
    struct buffer *target = OF(buffer, lpVtbl, to);
    const struct buffer *source = OF(buffer, lpVtbl, from);

    if (!list->recording || list->count == MAX_COPIES) {
        runtime_breach("CopyBufferRegion() on a list that isn't recording");
    }
    if (toOffset + size > target->storage.size || fromOffset + size > source->storage.size) {
        runtime_breach("CopyBufferRegion() beyond a buffer's end");
    }
    list->copies[list->count++] = (struct copy){target, source, toOffset, fromOffset, size};
}

static const ID3D12GraphicsCommandListVtbl list_table = {
    COUNTS_OF(ID3D12GraphicsCommandList),
    .Reset = reset_list,
    .Close = close_list,
    .CopyBufferRegion = copy_region,
};

/* ---- queue ---- */

static void STDMETHODCALLTYPE execute(ID3D12CommandQueue *self, UINT count,
                                      ID3D12CommandList *const *lists)
{
    (void)self;
    for (UINT i = 0; i < count; i++) {
        const struct list *list = OF(list, lpVtbl, lists[i]);

        if (list->recording) {
            runtime_breach("a command list was executed before it was closed");
        }
        for (unsigned j = 0; j < list->count; j++) {
            const struct copy *copy = &list->copies[j];

            memcpy(copy->to->storage.data + copy->toOffset,
                   copy->from->storage.data + copy->fromOffset, (size_t)copy->size);
        }
    }
}

static HRESULT STDMETHODCALLTYPE queue_signal(ID3D12CommandQueue *self, ID3D12Fence *fence,
                                              UINT64 value)
{
    const struct fence *signalled = OF(fence, lpVtbl, fence);

    (void)self;
    if (model__sync_value(signalled->payload) >= value) {
        runtime_breach("a fence was signalled with a value that it had already");
    }
    return model_signal_foreign(signalled->native, value) ? S_OK : E_FAIL;
}

static HRESULT STDMETHODCALLTYPE queue_wait(ID3D12CommandQueue *self, ID3D12Fence *fence,
                                            UINT64 value)
{
    const uint64_t deadline = model__deadline(TIME_LIMIT);

    (void)self;
    while (model__sync_value(OF(fence, lpVtbl, fence)->payload) < value) {
        if (!model__poll(deadline)) {
            runtime_breach("a queue waits for a value that nobody signals");
        }
    }
    return S_OK;
}

static const ID3D12CommandQueueVtbl queue_table = {
    COUNTS_OF(ID3D12CommandQueue),
    .ExecuteCommandLists = execute,
    .Signal = queue_signal,
    .Wait = queue_wait,
};

/* ---- device ---- */

static HRESULT STDMETHODCALLTYPE create_queue(ID3D12Device *self,
                                              const D3D12_COMMAND_QUEUE_DESC *desc, REFIID iid,
                                              void **out)
{
    struct queue *queue = runtime_new(sizeof(*queue), NULL);

    (void)self;
    (void)desc;
    (void)iid;
    queue->lpVtbl = &queue_table;
    *out = queue;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE create_allocator(ID3D12Device *self, D3D12_COMMAND_LIST_TYPE type,
                                                  REFIID iid, void **out)
{
    struct allocator *allocator = runtime_new(sizeof(*allocator), NULL);

    (void)self;
    (void)type;
    (void)iid;
    allocator->lpVtbl = &allocator_table;
    *out = allocator;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE create_list(ID3D12Device *self, UINT nodeMask,
                                             D3D12_COMMAND_LIST_TYPE type,
                                             ID3D12CommandAllocator *allocator,
                                             ID3D12PipelineState *state, REFIID iid, void **out)
{
    struct list *list = runtime_new(sizeof(*list), NULL);

    (void)self;
    (void)nodeMask;
    (void)type;
    (void)allocator;
    (void)state;
    (void)iid;
    list->lpVtbl = &list_table;
    list->recording = true;
    *out = list;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE share(ID3D12Device *self, ID3D12DeviceChild *child,
                                       const SECURITY_ATTRIBUTES *attributes, DWORD access,
                                       const WCHAR *name, HANDLE *handle)
{
    const struct fence *fence = OF(fence, lpVtbl, child);
    const struct buffer *buffer = OF(buffer, lpVtbl, child);
    const bool isFence = fence->lpVtbl == &fence_table;

    (void)self;
    if (attributes != NULL || name != NULL || access != GENERIC_ALL ||
        !(isFence ? fence->shared : buffer->storage.shared)) {
        return E_INVALIDARG;
    }
    return runtime_share(isFence ? &fence->native : &buffer->storage.native, handle);
}

static LUID *STDMETHODCALLTYPE get_luid(ID3D12Device *self, LUID *luid)
{
    (void)self;
    *luid = runtime_luid();
    return luid;
}

static const ID3D12DeviceVtbl device_table = {
    COUNTS_OF(ID3D12Device),
    .CreateCommandQueue = create_queue,
    .CreateCommandAllocator = create_allocator,
    .CreateCommandList = create_list,
    .CreateCommittedResource = create_resource,
    .CreateFence = create_fence,
    .CreateSharedHandle = share,
    .GetAdapterLuid = get_luid,
};

HRESULT runtime_create_12(void **device)
{
    struct device *made = runtime_new(sizeof(*made), NULL);

    made->lpVtbl = &device_table;
    *device = made;
    return S_OK;
}
