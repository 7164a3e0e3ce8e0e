/*
 * The model's DXGI and Direct3D 11.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "object.h"

LUID d3d_luid(unsigned gpu)
{
    LUID luid;

    memcpy(&luid, model_config()->devices[gpu].deviceLUID, sizeof(luid));
    return luid;
}

/* ---- factory and adapters ---- */

UNKNOWN(IDXGIFactory1)
UNKNOWN(IDXGIAdapter1)
UNKNOWN(IDXGIDevice)
UNKNOWN(IDXGIResource1)
UNKNOWN(IDXGIKeyedMutex)
UNKNOWN(ID3D11Device5)
UNKNOWN(ID3D11DeviceContext4)
UNKNOWN(ID3D11Texture2D)
UNKNOWN(ID3D11Fence)

static HRESULT STDMETHODCALLTYPE enumerate(IDXGIFactory1 *self, UINT index, IDXGIAdapter1 **adapter)
{
    struct object *object = d3d_object(self);

    *adapter = NULL;
    ENTER();
    if (index >= model_config()->deviceCount) {
        return DXGI_ERROR_NOT_FOUND;
    }
    object = d3d_new(ADAPTER, NULL);
    object->gpu = index;
    *adapter = (IDXGIAdapter1 *)&object->faces[FACE_MAIN];
    return S_OK;
}

const IDXGIFactory1Vtbl d3d_factory_table = {
    UNKNOWN_OF(IDXGIFactory1),
    .EnumAdapters1 = enumerate,
};

static HRESULT STDMETHODCALLTYPE get_adapter_desc(IDXGIAdapter1 *self, DXGI_ADAPTER_DESC *desc)
{
    const struct object *object = d3d_object(self);

    memset(desc, 0xcc, sizeof(*desc));
    ENTER();
    desc->AdapterLuid = d3d_luid(object->gpu);
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE get_adapter_desc1(IDXGIAdapter1 *self, DXGI_ADAPTER_DESC1 *desc)
{
    const struct object *object = d3d_object(self);

    memset(desc, 0xcc, sizeof(*desc));
    ENTER();
    desc->AdapterLuid = d3d_luid(object->gpu);
    return S_OK;
}

const IDXGIAdapter1Vtbl d3d_adapter_table = {
    UNKNOWN_OF(IDXGIAdapter1),
    .GetDesc = get_adapter_desc,
    .GetDesc1 = get_adapter_desc1,
};

IDXGIFactory1 *d3d_factory(void)
{
    return d3d_lend(d3d_new(FACTORY, NULL));
}

IDXGIAdapter *d3d_adapter(unsigned gpu)
{
    struct object *object = d3d_new(ADAPTER, NULL);

    object->gpu = gpu;
    return d3d_lend(object);
}

/* ---- device ---- */

static HRESULT STDMETHODCALLTYPE get_adapter(IDXGIDevice *self, IDXGIAdapter **adapter)
{
    const struct object *device = d3d_object(self);
    struct object *object;

    *adapter = NULL;
    ENTER();
    object = d3d_new(ADAPTER, NULL);
    object->gpu = device->gpu;
    *adapter = (IDXGIAdapter *)&object->faces[FACE_MAIN];
    return S_OK;
}

const IDXGIDeviceVtbl d3d_dxgi_device_table = {
    UNKNOWN_OF(IDXGIDevice),
    .GetAdapter = get_adapter,
};

static HRESULT open_texture(struct object *device, uint32_t handleType, HANDLE handle, REFIID iid,
                            void **out)
{
    struct object *object;

    *out = NULL;
    ENTER();
    if (memcmp(iid, &IID_ID3D11Texture2D, sizeof(IID)) != 0) {
        breach("a texture is opened as something else");
        return E_INVALIDARG;
    }
    if (d3d_state.giveNothing) {
        return S_OK;
    }
    object = d3d_new(TEXTURE, device);
    object->texture = d3d_state.open11;
    if (!d3d_open_payload(object, handleType, handle)) {
        object->references = 0;
        return E_INVALIDARG;
    }
    *out = &object->faces[FACE_MAIN];
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE open_number(ID3D11Device5 *self, HANDLE handle, REFIID iid,
                                             void **out)
{
    return open_texture(d3d_object(self), VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT,
                        handle, iid, out);
}

static HRESULT STDMETHODCALLTYPE open_handle(ID3D11Device5 *self, HANDLE handle, REFIID iid,
                                             void **out)
{
    return open_texture(d3d_object(self), VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT, handle,
                        iid, out);
}

static HRESULT STDMETHODCALLTYPE open_name(ID3D11Device5 *self, LPCWSTR name, DWORD access,
                                           REFIID iid, void **out)
{
    *out = NULL;
    if (access != (DXGI_SHARED_RESOURCE_READ | DXGI_SHARED_RESOURCE_WRITE)) {
        breach("OpenSharedResourceByName() for the access 0x%lx", access);
        return E_INVALIDARG;
    }
    return open_texture(d3d_object(self), VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT,
                        d3d_named(name), iid, out);
}

static HRESULT STDMETHODCALLTYPE open_fence(ID3D11Device5 *self, HANDLE handle, REFIID iid,
                                            void **out)
{
    struct object *device = d3d_object(self);
    struct object *object;

    *out = NULL;
    ENTER();
    if (memcmp(iid, &IID_ID3D11Fence, sizeof(IID)) != 0) {
        breach("a fence is opened as something else");
        return E_INVALIDARG;
    }
    if (d3d_state.giveNothing) {
        return S_OK;
    }
    object = d3d_new(FENCE11, device);
    if (!d3d_open_payload(object, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT, handle)) {
        object->references = 0;
        return E_INVALIDARG;
    }
    *out = &object->faces[FACE_MAIN];
    return S_OK;
}

const ID3D11Device5Vtbl d3d11_device_table = {
    UNKNOWN_OF(ID3D11Device5),          .OpenSharedResource = open_number,
    .OpenSharedResource1 = open_handle, .OpenSharedResourceByName = open_name,
    .OpenSharedFence = open_fence,
};

ID3D11Device *d3d11_device(unsigned gpu)
{
    struct object *object = d3d_new(DEVICE11, NULL);

    object->gpu = gpu;
    return d3d_lend(object);
}

void d3d11_open_as(const D3D11_TEXTURE2D_DESC *desc)
{
    d3d_state.open11 = *desc;
}

static void give_device(struct object *device, ID3D11Device **out)
{
    device->references++;
    *out = (ID3D11Device *)&device->faces[FACE_MAIN];
}

/* ---- context ---- */

static HRESULT STDMETHODCALLTYPE context_signal(ID3D11DeviceContext4 *self, ID3D11Fence *fence,
                                                UINT64 value)
{
    const struct object *object = d3d_object(fence);

    ENTER();
    d3d_state.fenceUse = (struct d3d_fence_use){d3d_object(self), fence, value, true};
    /* Vulkan's own are signalled by Vulkan's model only. */
    return object->opened || model_signal_foreign(object->payload, value) ? S_OK : E_FAIL;
}

static HRESULT STDMETHODCALLTYPE context_wait(ID3D11DeviceContext4 *self, ID3D11Fence *fence,
                                              UINT64 value)
{
    d3d_object(fence);
    ENTER();
    d3d_state.fenceUse = (struct d3d_fence_use){d3d_object(self), fence, value, false};
    return S_OK;
}

const ID3D11DeviceContext4Vtbl d3d11_context_table = {
    UNKNOWN_OF(ID3D11DeviceContext4),
    .Signal = context_signal,
    .Wait = context_wait,
};

ID3D11DeviceContext4 *d3d11_context(ID3D11Device *device)
{
    return d3d_lend(d3d_new(CONTEXT11, d3d_object(device)));
}

/* ---- texture ---- */

static void STDMETHODCALLTYPE texture_device(ID3D11Texture2D *self, ID3D11Device **device)
{
    give_device(d3d_object(self)->device, device);
}

static void STDMETHODCALLTYPE texture_desc(ID3D11Texture2D *self, D3D11_TEXTURE2D_DESC *desc)
{
    *desc = d3d_object(self)->texture;
}

const ID3D11Texture2DVtbl d3d11_texture_table = {
    UNKNOWN_OF(ID3D11Texture2D),
    .GetDevice = texture_device,
    .GetDesc = texture_desc,
};

static HRESULT STDMETHODCALLTYPE share_number(IDXGIResource1 *self, HANDLE *handle)
{
    struct object *object = d3d_object(self);

    *handle = (HANDLE)(intptr_t)0xdead;
    ENTER();
    if ((object->texture.MiscFlags & D3D11_RESOURCE_MISC_SHARED_NTHANDLE) != 0) {
        breach("GetSharedHandle() of a texture made with SHARED_NTHANDLE");
        return E_INVALIDARG;
    }
    return d3d_share(object, NULL, NULL, handle);
}

static HRESULT STDMETHODCALLTYPE share_handle(IDXGIResource1 *self,
                                              const SECURITY_ATTRIBUTES *attributes, DWORD access,
                                              LPCWSTR name, HANDLE *handle)
{
    struct object *object = d3d_object(self);

    *handle = (HANDLE)(intptr_t)0xdead;
    ENTER();
    if ((object->texture.MiscFlags & D3D11_RESOURCE_MISC_SHARED_NTHANDLE) == 0) {
        breach("CreateSharedHandle() of a texture made without SHARED_NTHANDLE");
        return E_INVALIDARG;
    }
    if (access != (DXGI_SHARED_RESOURCE_READ | DXGI_SHARED_RESOURCE_WRITE)) {
        breach("CreateSharedHandle() for the access 0x%lx", access);
        return E_INVALIDARG;
    }
    return d3d_share(object, attributes, name, handle);
}

const IDXGIResource1Vtbl d3d_dxgi_resource_table = {
    UNKNOWN_OF(IDXGIResource1),
    .GetSharedHandle = share_number,
    .CreateSharedHandle = share_handle,
};

ID3D11Texture2D *d3d11_texture(ID3D11Device *device, const D3D11_TEXTURE2D_DESC *desc)
{
    struct object *object = d3d_new(TEXTURE, d3d_object(device));

    object->texture = *desc;
    d3d_make_payload(object,
                     (desc->MiscFlags & D3D11_RESOURCE_MISC_SHARED_NTHANDLE) != 0
                         ? VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT
                         : VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT,
                     1 << 20);
    return d3d_lend(object);
}

D3D11_TEXTURE2D_DESC d3d11_texture_desc(UINT miscFlags)
{
    return (D3D11_TEXTURE2D_DESC){
        .Width = 64,
        .Height = 32,
        .MipLevels = 1,
        .ArraySize = 1,
        .Format = DXGI_FORMAT_R8G8B8A8_UNORM,
        .SampleDesc = {1, 0},
        .BindFlags = D3D11_BIND_SHADER_RESOURCE | D3D11_BIND_RENDER_TARGET,
        .MiscFlags = miscFlags,
    };
}

/* ---- keyed mutex ---- */

static HRESULT STDMETHODCALLTYPE acquire(IDXGIKeyedMutex *self, UINT64 key, DWORD milliseconds)
{
    struct object *object = d3d_object(self);

    d3d_state.milliseconds = milliseconds;
    ENTER();
    if (object->mutexHeld) {
        return E_FAIL;
    }
    if (object->mutexKey != key) {
        return (HRESULT)WAIT_TIMEOUT;
    }
    object->mutexHeld = true;
    return S_OK;
}

static HRESULT STDMETHODCALLTYPE release(IDXGIKeyedMutex *self, UINT64 key)
{
    struct object *object = d3d_object(self);

    ENTER();
    if (!object->mutexHeld) {
        return E_FAIL;
    }
    object->mutexHeld = false;
    object->mutexKey = key;
    return S_OK;
}

const IDXGIKeyedMutexVtbl d3d_mutex_table = {
    UNKNOWN_OF(IDXGIKeyedMutex),
    .AcquireSync = acquire,
    .ReleaseSync = release,
};

/* ---- fence ---- */

static void STDMETHODCALLTYPE fence_device(ID3D11Fence *self, ID3D11Device **device)
{
    give_device(d3d_object(self)->device, device);
}

static HRESULT STDMETHODCALLTYPE share_fence(ID3D11Fence *self,
                                             const SECURITY_ATTRIBUTES *attributes, DWORD access,
                                             const WCHAR *name, HANDLE *handle)
{
    struct object *object = d3d_object(self);

    *handle = (HANDLE)(intptr_t)0xdead;
    ENTER();
    if (access != GENERIC_ALL) {
        breach("CreateSharedHandle() of a fence for the access 0x%lx", access);
        return E_INVALIDARG;
    }
    return d3d_share(object, attributes, name, handle);
}

const ID3D11FenceVtbl d3d11_fence_table = {
    UNKNOWN_OF(ID3D11Fence),
    .GetDevice = fence_device,
    .CreateSharedHandle = share_fence,
};

ID3D11Fence *d3d11_fence(ID3D11Device *device, uint64_t value)
{
    struct object *object = d3d_new(FENCE11, d3d_object(device));

    d3d_make_payload(object, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT, value);
    return d3d_lend(object);
}
