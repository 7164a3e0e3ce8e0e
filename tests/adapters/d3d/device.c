/*
 * The same GPU on both sides: LUIDs, adapters, devices.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "model_d3d.h"

TestSuite(device, .init = d3d_begin, .fini = d3d_end);

static const VxmIdentity *identity_of(VxmDevice device)
{
    VxmDeviceInfo info;

    require(vxmGetDeviceInfo(device, &info));
    return info.identity;
}

Test(device, vulkan_device_by_a_luid_of_direct3d)
{
    for (unsigned gpu = 0; gpu < 2; gpu++) {
        uint8_t luids[3][VK_LUID_SIZE];

        require(vxmD3DGetAdapterLuid(d3d_adapter(gpu), luids[0]));
        require(vxmD3D11GetDeviceLuid(d3d11_device(gpu), luids[1]));
        require(vxmD3D12GetDeviceLuid(d3d12_device(gpu), luids[2]));
        for (int i = 0; i < 3; i++) {
            const VxmDeviceCreateInfo info = {.getInstanceProcAddr = model_vkGetInstanceProcAddr,
                                              .deviceLUID = luids[i]};
            VxmDevice device = NULL;

            require(vxmCreateDevice(&info, &device));
            cr_expect_str_eq(identity_of(device)->deviceName, model_config()->devices[gpu].name);
            vxmDestroyDevice(device);
        }
    }
}

Test(device, adapter_of_a_vulkan_device)
{
    IDXGIFactory1 *factory = d3d_factory();

    for (unsigned gpu = 0; gpu < 2; gpu++) {
        VxmDevice device = contract_device_at(gpu);
        IDXGIAdapter1 *adapter = NULL;
        uint8_t luid[VK_LUID_SIZE];

        require(vxmD3DFindAdapter(factory, identity_of(device), &adapter));
        cr_expect_eq(d3d_references(adapter), 1);
        require(vxmD3DGetAdapterLuid((IDXGIAdapter *)adapter, luid));
        cr_expect_eq(memcmp(luid, identity_of(device)->deviceLUID, VK_LUID_SIZE), 0);
        d3d_release(adapter);
        vxmDestroyDevice(device);
    }
}

Test(device, no_adapter_has_it)
{
    VxmDevice device = contract_device();
    VxmIdentity identity = *identity_of(device);
    IDXGIFactory1 *factory = d3d_factory();
    IDXGIAdapter1 *adapter;

    fill(adapter);
    identity.deviceLUID[0] ^= 1;
    expect_error(vxmD3DFindAdapter(factory, &identity, &adapter), VK_ERROR_INITIALIZATION_FAILED,
                 VXM_ERROR_REASON_MISMATCH, "none of Direct3D's 2 adapters");
    identity.deviceLUIDValid = VK_FALSE;
    expect_error(vxmD3DFindAdapter(factory, &identity, &adapter), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "no LUID");
    expect_untouched(adapter);
    vxmDestroyDevice(device);
}

Test(device, same_gpu_or_not)
{
    VxmDevice device = contract_device_at(1);
    VxmIdentity identity = *identity_of(device);

    require(vxmD3D11CheckDevice(d3d11_device(1), &identity));
    require(vxmD3D12CheckDevice(d3d12_device(1), &identity));
    expect_error(vxmD3D11CheckDevice(d3d11_device(0), &identity), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "LUID a0a0a0a0a0a0a0a0");
    expect_error(vxmD3D12CheckDevice(d3d12_device(0), &identity), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "a1a1a1a1");
    identity.deviceLUIDValid = VK_FALSE;
    expect_error(vxmD3D11CheckDevice(d3d11_device(1), &identity), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "no LUID");
    expect_error(vxmD3D12CheckDevice(d3d12_device(1), &identity), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "no LUID");
    vxmDestroyDevice(device);
}

/* ---- each call of Direct3D's fails once ---- */

struct search {
    IDXGIFactory1 *factory;
    IDXGIAdapter *given;
    ID3D11Device *device;
    VxmIdentity identity;
    IDXGIAdapter1 *found;
    uint8_t luid[VK_LUID_SIZE];
};

static VkResult find(void *data)
{
    struct search *search = data;

    return vxmD3DFindAdapter(search->factory, &search->identity, &search->found);
}

static void give_back(void *data)
{
    d3d_release(((struct search *)data)->found);
}

static VkResult read_adapter(void *data)
{
    struct search *search = data;

    return vxmD3DGetAdapterLuid(search->given, search->luid);
}

static VkResult read_device(void *data)
{
    struct search *search = data;

    return vxmD3D11GetDeviceLuid(search->device, search->luid);
}

static void nothing(void *data)
{
    (void)data;
}

Test(device, every_call_fails_once)
{
    VxmDevice device = contract_device_at(1);
    struct search search = {.factory = d3d_factory(),
                            .given = d3d_adapter(1),
                            .device = d3d11_device(1),
                            .identity = *identity_of(device)};

    cr_expect_eq(d3d_sweep(find, give_back, &search, &search.found, sizeof(search.found)), 4);
    cr_expect_eq(d3d_sweep(read_adapter, nothing, &search, search.luid, VK_LUID_SIZE), 1);
    cr_expect_eq(d3d_sweep(read_device, nothing, &search, search.luid, VK_LUID_SIZE), 3);
    vxmDestroyDevice(device);
}

Test(device, null_arguments)
{
    uint8_t luid[VK_LUID_SIZE];
    VxmIdentity identity = {0};
    IDXGIAdapter1 *adapter;

    expect_error(vxmD3DGetAdapterLuid(NULL, luid), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "adapter must not be NULL");
    expect_error(vxmD3DGetAdapterLuid(d3d_adapter(0), NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "luid must not be NULL");
    expect_error(vxmD3DFindAdapter(NULL, &identity, &adapter), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "factory must not be NULL");
    expect_error(vxmD3DFindAdapter(d3d_factory(), NULL, &adapter), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "identity must not be NULL");
    expect_error(vxmD3DFindAdapter(d3d_factory(), &identity, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "adapter must not be NULL");
    expect_error(vxmD3D11GetDeviceLuid(NULL, luid), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "device must not be NULL");
    expect_error(vxmD3D12GetDeviceLuid(NULL, luid), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "device must not be NULL");
    expect_error(vxmD3D11CheckDevice(NULL, &identity), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "device must not be NULL");
    expect_error(vxmD3D12CheckDevice(d3d12_device(0), NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "identity must not be NULL");
}
