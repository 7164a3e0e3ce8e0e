/*
 * d3d12.dll for the examples on the model.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define D3D12CreateDevice declared_elsewhere
#include "runtime.h"
#undef D3D12CreateDevice

__declspec(dllexport) HRESULT WINAPI
    D3D12CreateDevice(IUnknown *adapter, D3D_FEATURE_LEVEL level, REFIID iid, void **device);

HRESULT WINAPI D3D12CreateDevice(IUnknown *adapter, D3D_FEATURE_LEVEL level, REFIID iid,
                                 void **device)
{
    (void)level;
    (void)iid;
    return adapter == NULL ? runtime_create_12(device) : E_INVALIDARG;
}
