/*
 * The model's Direct3D 12.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "object.h"

#include "contract/natives_win32.h"

UNKNOWN(ID3D12Device)
UNKNOWN(ID3D12CommandQueue)
UNKNOWN(ID3D12Resource)
UNKNOWN(ID3D12Heap)
UNKNOWN(ID3D12Fence)

static HRESULT give_device(void *self, REFIID iid, void **device)
{
    struct object *owner = d3d_object(self)->device;

    *device = NULL;
    ENTER();
    if (memcmp(iid, &IID_ID3D12Device, sizeof(IID)) != 0) {
        breach("GetDevice() for something else");
        return E_NOINTERFACE;
    }
    owner->references++;
    *device = &owner->faces[FACE_MAIN];
    return S_OK;
}

/* ---- device ---- */

static LUID *STDMETHODCALLTYPE get_luid(ID3D12Device *self, LUID *luid)
{
    *luid = d3d_luid(d3d_object(self)->gpu);
    return luid;
}

static HRESULT STDMETHODCALLTYPE share(ID3D12Device *self, ID3D12DeviceChild *child,
                                       const SECURITY_ATTRIBUTES *attributes, DWORD access,
                                       const WCHAR *name, HANDLE *handle)
{
    struct object *device = d3d_object(self);
    struct object *object = d3d_object(child);

    *handle = (HANDLE)(intptr_t)0xdead;
    ENTER();
    if (object->device != device) {
        breach("CreateSharedHandle() on another device than the object's");
        return E_INVALIDARG;
    }
    if (access != GENERIC_ALL) {
        breach("CreateSharedHandle() for the access 0x%lx", access);
        return E_INVALIDARG;
    }
    if (object->kind != FENCE12 && (object->heap.Flags & D3D12_HEAP_FLAG_SHARED) == 0) {
        breach("CreateSharedHandle() of what was made without D3D12_HEAP_FLAG_SHARED");
        return E_INVALIDARG;
    }
    return d3d_share(object, attributes, name, handle);
}

static HRESULT STDMETHODCALLTYPE open(ID3D12Device *self, HANDLE handle, REFIID iid, void **out)
{
    static const struct {
        const IID *iid;
        enum kind kind;
        uint32_t handleType;
    } kinds[] = {
        {&IID_ID3D12Resource, RESOURCE, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT},
        {&IID_ID3D12Heap, HEAP, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT},
        {&IID_ID3D12Fence, FENCE12, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT},
    };
    struct object *device = d3d_object(self);
    struct object *object;
    size_t i = 0;

    *out = NULL;
    ENTER();
    while (i < 3 && memcmp(iid, kinds[i].iid, sizeof(IID)) != 0) {
        i++;
    }
    if (i == 3) {
        breach("OpenSharedHandle() as something else than a resource, heap or fence");
        return E_INVALIDARG;
    }
    if (d3d_state.giveNothing) {
        return S_OK;
    }
    object = d3d_new(kinds[i].kind, device);
    object->resource = d3d_state.open12;
    object->heap = d3d_state.openHeap;
    if (!d3d_open_payload(object, kinds[i].handleType, handle)) {
        object->references = 0;
        return E_INVALIDARG;
    }
    *out = &object->faces[FACE_MAIN];
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE open_name(ID3D12Device *self, const WCHAR *name, DWORD access,
                                           HANDLE *handle)
{
    d3d_object(self);
    *handle = (HANDLE)(intptr_t)0xdead;
    ENTER();
    if (access != GENERIC_ALL) {
        breach("OpenSharedHandleByName() for the access 0x%lx", access);
        return E_INVALIDARG;
    }
    *handle = natives_duplicate(d3d_named(name));
    return *handle != NULL ? S_OK : E_INVALIDARG;
}

const ID3D12DeviceVtbl d3d12_device_table = {
    UNKNOWN_OF(ID3D12Device), .GetAdapterLuid = get_luid,          .CreateSharedHandle = share,
    .OpenSharedHandle = open, .OpenSharedHandleByName = open_name,
};

ID3D12Device *d3d12_device(unsigned gpu)
{
    struct object *object = d3d_new(DEVICE12, NULL);

    object->gpu = gpu;
    return d3d_lend(object);
}

void d3d12_open_as(const D3D12_RESOURCE_DESC *desc)
{
    d3d_state.open12 = *desc;
}

void d3d12_open_heap_as(const D3D12_HEAP_DESC *desc)
{
    d3d_state.openHeap = *desc;
}

/* ---- queue ---- */

static HRESULT STDMETHODCALLTYPE queue_signal(ID3D12CommandQueue *self, ID3D12Fence *fence,
                                              UINT64 value)
{
    const struct object *object = d3d_object(fence);

    ENTER();
    d3d_state.fenceUse = (struct d3d_fence_use){d3d_object(self), fence, value, true};
    /* Vulkan's own are signalled by Vulkan's model only. */
    return object->opened || model_signal_foreign(object->payload, value) ? S_OK : E_FAIL;
}

static HRESULT STDMETHODCALLTYPE queue_wait(ID3D12CommandQueue *self, ID3D12Fence *fence,
                                            UINT64 value)
{
    d3d_object(fence);
    ENTER();
    d3d_state.fenceUse = (struct d3d_fence_use){d3d_object(self), fence, value, false};
    return S_OK;
}

const ID3D12CommandQueueVtbl d3d12_queue_table = {
    UNKNOWN_OF(ID3D12CommandQueue),
    .Signal = queue_signal,
    .Wait = queue_wait,
};

ID3D12CommandQueue *d3d12_queue(ID3D12Device *device)
{
    return d3d_lend(d3d_new(QUEUE, d3d_object(device)));
}

/* ---- resource ---- */

static HRESULT STDMETHODCALLTYPE resource_device(ID3D12Resource *self, REFIID iid, void **device)
{
    return give_device(self, iid, device);
}

static D3D12_RESOURCE_DESC *STDMETHODCALLTYPE resource_desc(ID3D12Resource *self,
                                                            D3D12_RESOURCE_DESC *desc)
{
    *desc = d3d_object(self)->resource;
    return desc;
}

static HRESULT STDMETHODCALLTYPE heap_properties(ID3D12Resource *self,
                                                 D3D12_HEAP_PROPERTIES *properties,
                                                 D3D12_HEAP_FLAGS *flags)
{
    const struct object *object = d3d_object(self);

    ENTER();
    *properties = object->heap.Properties;
    *flags = object->heap.Flags;
    return S_OK;
}

const ID3D12ResourceVtbl d3d12_resource_table = {
    UNKNOWN_OF(ID3D12Resource),
    .GetDevice = resource_device,
    .GetDesc = resource_desc,
    .GetHeapProperties = heap_properties,
};

ID3D12Resource *d3d12_resource(ID3D12Device *device, const D3D12_RESOURCE_DESC *desc,
                               D3D12_HEAP_FLAGS flags)
{
    struct object *object = d3d_new(RESOURCE, d3d_object(device));

    object->resource = *desc;
    object->heap.Flags = flags;
    object->heap.Properties.Type = D3D12_HEAP_TYPE_DEFAULT;
    d3d_make_payload(object, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT, 1 << 20);
    return d3d_lend(object);
}

D3D12_RESOURCE_DESC d3d12_buffer_desc(UINT64 size)
{
    return (D3D12_RESOURCE_DESC){
        .Dimension = D3D12_RESOURCE_DIMENSION_BUFFER,
        .Width = size,
        .Height = 1,
        .DepthOrArraySize = 1,
        .MipLevels = 1,
        .SampleDesc = {1, 0},
        .Layout = D3D12_TEXTURE_LAYOUT_ROW_MAJOR,
    };
}

D3D12_RESOURCE_DESC d3d12_texture_desc(void)
{
    return (D3D12_RESOURCE_DESC){
        .Dimension = D3D12_RESOURCE_DIMENSION_TEXTURE2D,
        .Width = 64,
        .Height = 32,
        .DepthOrArraySize = 1,
        .MipLevels = 1,
        .Format = DXGI_FORMAT_R8G8B8A8_UNORM,
        .SampleDesc = {1, 0},
    };
}

/* ---- heap ---- */

static HRESULT STDMETHODCALLTYPE heap_device(ID3D12Heap *self, REFIID iid, void **device)
{
    return give_device(self, iid, device);
}

static D3D12_HEAP_DESC *STDMETHODCALLTYPE heap_desc(ID3D12Heap *self, D3D12_HEAP_DESC *desc)
{
    *desc = d3d_object(self)->heap;
    return desc;
}

const ID3D12HeapVtbl d3d12_heap_table = {
    UNKNOWN_OF(ID3D12Heap),
    .GetDevice = heap_device,
    .GetDesc = heap_desc,
};

ID3D12Heap *d3d12_heap(ID3D12Device *device, const D3D12_HEAP_DESC *desc)
{
    struct object *object = d3d_new(HEAP, d3d_object(device));

    object->heap = *desc;
    d3d_make_payload(object, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT, desc->SizeInBytes);
    return d3d_lend(object);
}

D3D12_HEAP_DESC d3d12_heap_desc(UINT64 size)
{
    return (D3D12_HEAP_DESC){
        .SizeInBytes = size,
        .Properties = {.Type = D3D12_HEAP_TYPE_DEFAULT},
        .Flags = D3D12_HEAP_FLAG_SHARED,
    };
}

/* ---- fence ---- */

static HRESULT STDMETHODCALLTYPE fence_device(ID3D12Fence *self, REFIID iid, void **device)
{
    return give_device(self, iid, device);
}

const ID3D12FenceVtbl d3d12_fence_table = {
    UNKNOWN_OF(ID3D12Fence),
    .GetDevice = fence_device,
};

ID3D12Fence *d3d12_fence(ID3D12Device *device, uint64_t value)
{
    struct object *object = d3d_new(FENCE12, d3d_object(device));

    d3d_make_payload(object, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT, value);
    return d3d_lend(object);
}
