/*
 * Keyed mutexes on Direct3D's side.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "model_d3d.h"

TestSuite(keyed_mutex, .init = d3d_begin, .fini = d3d_end);

#define NT (D3D11_RESOURCE_MISC_SHARED_NTHANDLE | D3D11_RESOURCE_MISC_SHARED_KEYEDMUTEX)

static ID3D11Texture2D *make_texture(UINT miscFlags)
{
    const D3D11_TEXTURE2D_DESC desc = d3d11_texture_desc(miscFlags);

    return d3d11_texture(d3d11_device(0), &desc);
}

Test(keyed_mutex, taken_and_given_back)
{
    ID3D11Texture2D *texture = make_texture(NT);
    IDXGIKeyedMutex *mutex = NULL;

    require(vxmD3D11GetKeyedMutex(texture, &mutex));
    cr_expect_eq(d3d_references(texture), 2);
    require(vxmD3DAcquireKeyedMutex(mutex, 0, 0));
    require(vxmD3DReleaseKeyedMutex(mutex, 7));
    require(vxmD3DAcquireKeyedMutex(mutex, 7, UINT64_MAX));
    require(vxmD3DReleaseKeyedMutex(mutex, 0));
    d3d_release(mutex);
}

Test(keyed_mutex, time_is_rounded_up_to_milliseconds)
{
    static const struct {
        uint64_t nanoseconds;
        DWORD milliseconds;
    } times[] = {
        {0, 0},
        {1, 1},
        {999999, 1},
        {1000000, 1},
        {1000001, 2},
        {UINT64_C(4294967294) * 1000000, INFINITE - 1},
        {UINT64_C(4294967295) * 1000000, INFINITE - 1},
        {UINT64_MAX - 1, INFINITE - 1},
        {UINT64_MAX, INFINITE},
    };
    IDXGIKeyedMutex *mutex = NULL;

    require(vxmD3D11GetKeyedMutex(make_texture(NT), &mutex));
    for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
        require(vxmD3DAcquireKeyedMutex(mutex, 0, times[i].nanoseconds));
        cr_expect_eq(d3d_last_milliseconds(), times[i].milliseconds, "row %zu: %lu ms", i,
                     d3d_last_milliseconds());
        require(vxmD3DReleaseKeyedMutex(mutex, 0));
    }
    d3d_release(mutex);
}

/* WAIT_TIMEOUT and WAIT_ABANDONED are no errors for SUCCEEDED(). */
Test(keyed_mutex, not_acquired)
{
    IDXGIKeyedMutex *mutex = NULL;

    require(vxmD3D11GetKeyedMutex(make_texture(NT), &mutex));
    expect_error(vxmD3DAcquireKeyedMutex(mutex, 5, 2500000), VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT,
                 "key 5 within 3 ms");
    d3d_fail(1, (HRESULT)WAIT_ABANDONED);
    expect_error(vxmD3DAcquireKeyedMutex(mutex, 0, 0), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_FOREIGN, "WAIT_ABANDONED");
    d3d_fail(1, DXGI_ERROR_DEVICE_REMOVED);
    expect_error(vxmD3DAcquireKeyedMutex(mutex, 0, 0), VK_ERROR_DEVICE_LOST,
                 VXM_ERROR_REASON_FOREIGN, "DXGI_ERROR_DEVICE_REMOVED");
    expect_error(vxmD3DReleaseKeyedMutex(mutex, 0), VK_ERROR_UNKNOWN, VXM_ERROR_REASON_FOREIGN,
                 "E_FAIL");
    require(vxmD3DAcquireKeyedMutex(mutex, 0, 0));
    expect_error(vxmD3DAcquireKeyedMutex(mutex, 0, 0), VK_ERROR_UNKNOWN, VXM_ERROR_REASON_FOREIGN,
                 "E_FAIL");
    d3d_release(mutex);
}

Test(keyed_mutex, texture_without)
{
    IDXGIKeyedMutex *mutex;

    fill(mutex);
    expect_error(vxmD3D11GetKeyedMutex(make_texture(D3D11_RESOURCE_MISC_SHARED), &mutex),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_FOREIGN,
                 "D3D11_RESOURCE_MISC_SHARED_KEYEDMUTEX");
    expect_error(vxmD3D11GetKeyedMutex(NULL, &mutex), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "texture must not be NULL");
    expect_error(vxmD3DAcquireKeyedMutex(NULL, 0, 0), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "mutex must not be NULL");
    expect_error(vxmD3DReleaseKeyedMutex(NULL, 0), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "mutex must not be NULL");
    expect_untouched(mutex);
}
