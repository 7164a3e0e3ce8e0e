/*
 * d3d11.dll for the examples on the model.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define D3D11CreateDevice declared_elsewhere
#include "runtime.h"
#undef D3D11CreateDevice

__declspec(dllexport) HRESULT WINAPI
    D3D11CreateDevice(IDXGIAdapter *adapter, D3D_DRIVER_TYPE type, HMODULE software, UINT flags,
                      const D3D_FEATURE_LEVEL *levels, UINT levelCount, UINT version,
                      ID3D11Device **device, D3D_FEATURE_LEVEL *level,
                      ID3D11DeviceContext **context);

HRESULT WINAPI D3D11CreateDevice(IDXGIAdapter *adapter, D3D_DRIVER_TYPE type, HMODULE software,
                                 UINT flags, const D3D_FEATURE_LEVEL *levels, UINT levelCount,
                                 UINT version, ID3D11Device **device, D3D_FEATURE_LEVEL *level,
                                 ID3D11DeviceContext **context)
{
    (void)flags;
    (void)levels;
    (void)levelCount;
    (void)level;
    return adapter == NULL && type == D3D_DRIVER_TYPE_HARDWARE && software == NULL &&
                   version == D3D11_SDK_VERSION
               ? runtime_create_11(device, context)
               : E_INVALIDARG;
}
