/*
 * A model of Direct3D 11, Direct3D 12 and DXGI: COM objects that count their references, keep the
 * rules on shared handles to the letter, and can fail the Nth call. Their payloads are those of the
 * model Vulkan driver, real section objects, so that both sides share.
 *
 *   Test(suite, name, .init = d3d_begin, .fini = d3d_end)
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_TESTS_ADAPTERS_D3D_MODEL_D3D_H_
#define VXM_TESTS_ADAPTERS_D3D_MODEL_D3D_H_ 1

#include <vxm/d3d.h>

#include "contract/common.h"

/* Everything of contract_begin() and contract_end(); at the end each object must have no reference
 * left but the test's own, and every handle be closed. */
void d3d_begin(void);
void d3d_end(void);

/* ---- objects: the model's until d3d_end(), lent to the test ------------------------------------
 */

/* The adapters are the model driver's GPUs, in its order and with its LUIDs. */
IDXGIFactory1 *d3d_factory(void);
IDXGIAdapter *d3d_adapter(unsigned gpu);

ID3D11Device *d3d11_device(unsigned gpu);
ID3D11DeviceContext4 *d3d11_context(ID3D11Device *device);
ID3D11Texture2D *d3d11_texture(ID3D11Device *device, const D3D11_TEXTURE2D_DESC *desc);
ID3D11Fence *d3d11_fence(ID3D11Device *device, uint64_t value);

ID3D12Device *d3d12_device(unsigned gpu);
ID3D12CommandQueue *d3d12_queue(ID3D12Device *device);
ID3D12Resource *d3d12_resource(ID3D12Device *device, const D3D12_RESOURCE_DESC *desc,
                               D3D12_HEAP_FLAGS flags);
ID3D12Heap *d3d12_heap(ID3D12Device *device, const D3D12_HEAP_DESC *desc);
ID3D12Fence *d3d12_fence(ID3D12Device *device, uint64_t value);

/* ---- what a test looks at ----------------------------------------------------------------------
 */

/* References of an object, through any of its interfaces. */
long d3d_references(void *object);
/* Gives back a reference that a call has given to the test. */
void d3d_release(void *object);
/* Whether a handle stands for the object's payload. */
bool d3d_is_payload(void *object, HANDLE handle);

/* Calls since d3d_begin() that can fail, and those of them that opened a handle. */
unsigned d3d_calls(void);
unsigned d3d_opens(void);

/* The name and attributes that the last shared handle was made with. */
const wchar_t *d3d_last_name(void);
const SECURITY_ATTRIBUTES *d3d_last_attributes(void);

/* What the last AcquireSync() was given. */
DWORD d3d_last_milliseconds(void);

/* The last Wait() or Signal() of a queue or context. */
struct d3d_fence_use {
    void *queue;
    void *fence;
    uint64_t value;
    bool signal;
};
struct d3d_fence_use d3d_last_fence_use(void);

/* ---- what a test sets --------------------------------------------------------------------------
 */

/* Fails the Nth call from now on that can fail, once. */
void d3d_fail(unsigned nth, HRESULT code);
/* Calls of that method succeed, and give nothing. */
void d3d_give_nothing(bool on);
/* No object has that interface. */
void d3d_lack(const IID *iid);

/* From now on this name stands for what the handle stands for, which stays the caller's. */
void d3d_name(const wchar_t *name, HANDLE handle);

/* What the next opened handles turn out to be. */
void d3d11_open_as(const D3D11_TEXTURE2D_DESC *desc);
void d3d12_open_as(const D3D12_RESOURCE_DESC *desc);
void d3d12_open_heap_as(const D3D12_HEAP_DESC *desc);

/* ---- create-infos to start from ----------------------------------------------------------------
 */

D3D11_TEXTURE2D_DESC d3d11_texture_desc(UINT miscFlags); /* 64 x 32, R8G8B8A8_UNORM */
D3D12_RESOURCE_DESC d3d12_buffer_desc(UINT64 size);
D3D12_RESOURCE_DESC d3d12_texture_desc(void); /* the same */
D3D12_HEAP_DESC d3d12_heap_desc(UINT64 size);

/* Fails each call of Direct3D's in turn, until `act` succeeds: it must fail with a sentence of
 * Direct3D's, and leave `output` as it was. `undo` ends what came of the success. Returns how many
 * calls were failed. */
unsigned d3d_sweep(VkResult (*act)(void *data), void (*undo)(void *data), void *data, void *output,
                   size_t size);

#endif /* VXM_TESTS_ADAPTERS_D3D_MODEL_D3D_H_ */
