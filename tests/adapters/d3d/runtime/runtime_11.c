/*
 * The examples' Direct3D 11.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "runtime.h"

#include <string.h>

struct device {
    const ID3D11DeviceVtbl *lpVtbl;
    struct counted counted;
    const IDXGIDeviceVtbl *dxgi; /* the interface IDXGIDevice */
};

struct adapter {
    const IDXGIAdapterVtbl *lpVtbl;
    struct counted counted;
};

struct context {
    const ID3D11DeviceContextVtbl *lpVtbl;
    struct counted counted;
    struct device *device;
};

struct texture {
    const ID3D11Texture2DVtbl *lpVtbl;
    struct counted counted;
    const IDXGIResource1Vtbl *resource; /* the interface IDXGIResource1 */
    const IDXGIKeyedMutexVtbl *mutex;   /* the interface IDXGIKeyedMutex */
    struct device *device;
    D3D11_TEXTURE2D_DESC desc;
    struct storage storage;
    bool held; /* by Direct3D */
    bool mapped;
};

#define OF(type, member, pointer)                                                                  \
    ((struct type *)((char *)(uintptr_t)(pointer)-offsetof(struct type, member)))
#define COUNTS(Interface, type, member)                                                            \
    static ULONG STDMETHODCALLTYPE Interface##_add(Interface *self)                                \
    {                                                                                              \
        return runtime_add(&OF(type, member, self)->counted);                                      \
    }                                                                                              \
    static ULONG STDMETHODCALLTYPE Interface##_release(Interface *self)                            \
    {                                                                                              \
        return runtime_release(&OF(type, member, self)->counted);                                  \
    }
#define COUNTS_OF(Interface) .AddRef = Interface##_add, .Release = Interface##_release

COUNTS(ID3D11Device, device, lpVtbl)
COUNTS(IDXGIDevice, device, dxgi)
COUNTS(IDXGIAdapter, adapter, lpVtbl)
COUNTS(ID3D11DeviceContext, context, lpVtbl)
COUNTS(ID3D11Texture2D, texture, lpVtbl)
COUNTS(IDXGIResource1, texture, resource)
COUNTS(IDXGIKeyedMutex, texture, mutex)

/* ---- textures ---- */

static void end_texture(struct counted *counted)
{
    struct texture *texture = OF(texture, counted, counted);

    runtime_drop(&texture->storage);
    runtime_release(&texture->device->counted);
}

static HRESULT STDMETHODCALLTYPE query_texture(ID3D11Texture2D *self, REFIID iid, void **out)
{
    struct texture *texture = OF(texture, lpVtbl, self);

    *out = NULL;
    if (IsEqualGUID(iid, &IID_IDXGIResource1)) {
        *out = &texture->resource;
    } else if (IsEqualGUID(iid, &IID_IDXGIKeyedMutex) && texture->storage.shared) {
        *out = &texture->mutex;
    } else {
        return E_NOINTERFACE;
    }
    texture->counted.references++;
    return S_OK;
}

static void STDMETHODCALLTYPE get_device(ID3D11Texture2D *self, ID3D11Device **device)
{
    struct texture *texture = OF(texture, lpVtbl, self);

    texture->device->counted.references++;
    *device = (ID3D11Device *)texture->device;
}

static void STDMETHODCALLTYPE get_desc(ID3D11Texture2D *self, D3D11_TEXTURE2D_DESC *desc)
{
    *desc = OF(texture, lpVtbl, self)->desc;
}

static const ID3D11Texture2DVtbl texture_table = {
    COUNTS_OF(ID3D11Texture2D),
    .QueryInterface = query_texture,
    .GetDevice = get_device,
    .GetDesc = get_desc,
};

static HRESULT STDMETHODCALLTYPE share(IDXGIResource1 *self, const SECURITY_ATTRIBUTES *attributes,
                                       DWORD access, LPCWSTR name, HANDLE *handle)
{
    struct texture *texture = OF(texture, resource, self);

    if (!texture->storage.shared || attributes != NULL || name != NULL ||
        access != (DXGI_SHARED_RESOURCE_READ | DXGI_SHARED_RESOURCE_WRITE)) {
        return E_INVALIDARG;
    }
    return runtime_share(&texture->storage.native, handle);
}

static const IDXGIResource1Vtbl resource_table = {
    COUNTS_OF(IDXGIResource1),
    .CreateSharedHandle = share,
};

/* The mutex is the payload's, and Vulkan's side has the same. */
static HRESULT STDMETHODCALLTYPE acquire(IDXGIKeyedMutex *self, UINT64 key, DWORD milliseconds)
{
    struct texture *texture = OF(texture, mutex, self);
    struct model_payload *payload = texture->storage.payload;

    (void)milliseconds; /* nothing happens meanwhile that it could wait for */
    if (payload->mutexHeld || payload->mutexKey != key) {
        return (HRESULT)WAIT_TIMEOUT;
    }
    payload->mutexHeld = true;
    texture->held = true;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE release(IDXGIKeyedMutex *self, UINT64 key)
{
    struct texture *texture = OF(texture, mutex, self);

    if (!texture->held) {
        return E_FAIL;
    }
    texture->held = false;
    texture->storage.payload->mutexHeld = false;
    texture->storage.payload->mutexKey = key;
    return S_OK;
}

static const IDXGIKeyedMutexVtbl mutex_table = {
    COUNTS_OF(IDXGIKeyedMutex),
    .AcquireSync = acquire,
    .ReleaseSync = release,
};

/* ---- device ---- */

static HRESULT STDMETHODCALLTYPE create_texture(ID3D11Device *self,
                                                const D3D11_TEXTURE2D_DESC *desc,
                                                const D3D11_SUBRESOURCE_DATA *data,
                                                ID3D11Texture2D **out)
{
    struct device *device = OF(device, lpVtbl, self);
    const bool shared = (desc->MiscFlags & D3D11_RESOURCE_MISC_SHARED_NTHANDLE) != 0;
    struct texture *texture;

    if (data != NULL || desc->Format != DXGI_FORMAT_R8G8B8A8_UNORM || desc->MipLevels != 1 ||
        desc->ArraySize != 1 || desc->SampleDesc.Count != 1 ||
        (shared && (desc->Usage != D3D11_USAGE_DEFAULT ||
                    (desc->MiscFlags & D3D11_RESOURCE_MISC_SHARED_KEYEDMUTEX) == 0)) ||
        (desc->Usage == D3D11_USAGE_STAGING && (desc->BindFlags != 0 || shared))) {
        return E_INVALIDARG;
    }
    texture = runtime_new(sizeof(*texture), end_texture);
    texture->lpVtbl = &texture_table;
    texture->resource = &resource_table;
    texture->mutex = &mutex_table;
    texture->desc = *desc;
    texture->device = device;
    device->counted.references++;
    runtime_store(&texture->storage,
                  shared ? (uint32_t)VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT : 0,
                  (size_t)4 * desc->Width * desc->Height);
    *out = (ID3D11Texture2D *)texture;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE query_device(ID3D11Device *self, REFIID iid, void **out)
{
    struct device *device = OF(device, lpVtbl, self);

    *out = NULL;
    if (!IsEqualGUID(iid, &IID_IDXGIDevice)) {
        return E_NOINTERFACE;
    }
    device->counted.references++;
    *out = &device->dxgi;
    return S_OK;
}

static const ID3D11DeviceVtbl device_table = {
    COUNTS_OF(ID3D11Device),
    .QueryInterface = query_device,
    .CreateTexture2D = create_texture,
};

static HRESULT STDMETHODCALLTYPE get_adapter_desc(IDXGIAdapter *self, DXGI_ADAPTER_DESC *desc)
{
    (void)self;
    memset(desc, 0, sizeof(*desc));
    desc->AdapterLuid = runtime_luid();
    return S_OK;
}

static const IDXGIAdapterVtbl adapter_table = {
    COUNTS_OF(IDXGIAdapter),
    .GetDesc = get_adapter_desc,
};

static HRESULT STDMETHODCALLTYPE get_adapter(IDXGIDevice *self, IDXGIAdapter **out)
{
    struct adapter *adapter = runtime_new(sizeof(*adapter), NULL);

    (void)self;
    adapter->lpVtbl = &adapter_table;
    *out = (IDXGIAdapter *)adapter;
    return S_OK;
}

static const IDXGIDeviceVtbl dxgi_device_table = {
    COUNTS_OF(IDXGIDevice),
    .GetAdapter = get_adapter,
};

/* ---- context ---- */

/* A texture that is shared may be touched only by who has its mutex. */
static struct texture *touch(ID3D11Resource *resource)
{
    struct texture *texture = OF(texture, lpVtbl, resource);

    if (texture->storage.shared && !texture->held) {
        runtime_breach("a texture was used without its keyed mutex");
    }
    if (texture->mapped) {
        runtime_breach("a texture was used while it was mapped");
    }
    return texture;
}

static void STDMETHODCALLTYPE update(ID3D11DeviceContext *self, ID3D11Resource *resource,
                                     UINT subresource, const D3D11_BOX *box, const void *data,
                                     UINT rowPitch, UINT depthPitch)
{
    struct texture *texture = touch(resource);
    const size_t row = (size_t)4 * texture->desc.Width;

    (void)self;
    (void)depthPitch;
    if (subresource != 0 || box != NULL) {
        runtime_breach("UpdateSubresource() of a part, which this model has not");
    }
    for (UINT y = 0; y < texture->desc.Height; y++) {
        memcpy(texture->storage.data + row * y, (const char *)data + (size_t)rowPitch * y, row);
    }
}

static void STDMETHODCALLTYPE copy(ID3D11DeviceContext *self, ID3D11Resource *to,
                                   ID3D11Resource *from)
{
    struct texture *target = touch(to);
    const struct texture *source = touch(from);

    (void)self;
    if (target->storage.size != source->storage.size) {
        runtime_breach("CopyResource() between textures of different sizes");
    }
    memcpy(target->storage.data, source->storage.data, source->storage.size);
}

static HRESULT STDMETHODCALLTYPE map(ID3D11DeviceContext *self, ID3D11Resource *resource,
                                     UINT subresource, D3D11_MAP how, UINT flags,
                                     D3D11_MAPPED_SUBRESOURCE *mapped)
{
    struct texture *texture = touch(resource);

    (void)self;
    if (subresource != 0 || flags != 0 || how != D3D11_MAP_READ ||
        texture->desc.Usage != D3D11_USAGE_STAGING ||
        (texture->desc.CPUAccessFlags & D3D11_CPU_ACCESS_READ) == 0) {
        return E_INVALIDARG;
    }
    texture->mapped = true;
    mapped->pData = texture->storage.data;
    mapped->RowPitch = 4 * texture->desc.Width;
    mapped->DepthPitch = 0;
    return S_OK;
}

static void STDMETHODCALLTYPE unmap(ID3D11DeviceContext *self, ID3D11Resource *resource,
                                    UINT subresource)
{
    struct texture *texture = OF(texture, lpVtbl, resource);

    (void)self;
    if (!texture->mapped || subresource != 0) {
        runtime_breach("Unmap() of what isn't mapped");
    }
    texture->mapped = false;
}

static const ID3D11DeviceContextVtbl context_table = {
    COUNTS_OF(ID3D11DeviceContext),
    .UpdateSubresource = update,
    .CopyResource = copy,
    .Map = map,
    .Unmap = unmap,
};

static void end_context(struct counted *counted)
{
    runtime_release(&OF(context, counted, counted)->device->counted);
}

HRESULT runtime_create_11(ID3D11Device **device, ID3D11DeviceContext **context)
{
    struct device *made = runtime_new(sizeof(*made), NULL);
    struct context *immediate = runtime_new(sizeof(*immediate), end_context);

    made->lpVtbl = &device_table;
    made->dxgi = &dxgi_device_table;
    immediate->lpVtbl = &context_table;
    immediate->device = made;
    made->counted.references++;
    *device = (ID3D11Device *)made;
    *context = (ID3D11DeviceContext *)immediate;
    return S_OK;
}
