/*
 * What Direct3D 11 made, described and imported into Vulkan.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "model_d3d.h"

TestSuite(share_11, .init = d3d_begin, .fini = d3d_end);

#define NT    (D3D11_RESOURCE_MISC_SHARED_NTHANDLE | D3D11_RESOURCE_MISC_SHARED_KEYEDMUTEX)
#define KMT   D3D11_RESOURCE_MISC_SHARED
#define MOVES (VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT)

static VxmShared share(const D3D11_TEXTURE2D_DESC *desc)
{
    ID3D11Texture2D *texture = d3d11_texture(d3d11_device(0), desc);
    VxmShared shared;

    require(vxmD3D11ShareTexture(texture, NULL, &shared));
    cr_expect_eq(d3d_references(texture), 1);
    return shared;
}

Test(share_11, texture_is_described)
{
    const D3D11_TEXTURE2D_DESC desc = d3d11_texture_desc(NT);
    ID3D11Device *device = d3d11_device(1);
    ID3D11Texture2D *texture = d3d11_texture(device, &desc);
    VxmShared shared;

    require(vxmD3D11ShareTexture(texture, NULL, &shared));
    cr_expect_eq(shared.resourceType, VXM_RESOURCE_TYPE_IMAGE);
    cr_expect_eq(shared.handleType, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT);
    cr_expect_eq(shared.handleTypes, shared.handleType);
    cr_expect(shared.dedicated);
    cr_expect_eq(shared.memoryCount, 1);
    cr_expect_eq(shared.memories[0].handle.type, shared.handleType);
    cr_expect(d3d_is_payload(texture, shared.memories[0].handle.ptr));
    cr_expect_eq(shared.image.imageType, VK_IMAGE_TYPE_2D);
    cr_expect_eq(shared.image.format, VK_FORMAT_R8G8B8A8_UNORM);
    cr_expect(shared.image.extent.width == 64 && shared.image.extent.height == 32 &&
              shared.image.extent.depth == 1);
    cr_expect(shared.image.mipLevels == 1 && shared.image.arrayLayers == 1);
    cr_expect_eq(shared.image.samples, VK_SAMPLE_COUNT_1_BIT);
    cr_expect_eq(shared.image.tiling, VK_IMAGE_TILING_OPTIMAL);
    cr_expect_eq(shared.image.flags, 0);
    cr_expect_eq(shared.image.usage,
                 MOVES | VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT);
    cr_expect(shared.deviceLUIDValid && shared.deviceNodeMask == 1);
    cr_expect_eq(memcmp(shared.deviceLUID, model_config()->devices[1].deviceLUID, VK_LUID_SIZE), 0);
    cr_expect(d3d_references(texture) == 1 && d3d_references(device) == 1);
    vxmCloseShared(&shared);
}

Test(share_11, flags_become_usage)
{
    D3D11_TEXTURE2D_DESC desc = d3d11_texture_desc(NT | D3D11_RESOURCE_MISC_TEXTURECUBE);
    VxmShared shared;

    desc.BindFlags = D3D11_BIND_UNORDERED_ACCESS;
    desc.ArraySize = 6;
    desc.MipLevels = 3;
    desc.Height = desc.Width;
    shared = share(&desc);
    cr_expect_eq(shared.image.usage, MOVES | VK_IMAGE_USAGE_STORAGE_BIT);
    cr_expect_eq(shared.image.flags, VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT);
    cr_expect(shared.image.arrayLayers == 6 && shared.image.mipLevels == 3);
    vxmCloseShared(&shared);
    desc = d3d11_texture_desc(NT);
    desc.BindFlags = D3D11_BIND_DEPTH_STENCIL;
    desc.Format = DXGI_FORMAT_R32_TYPELESS;
    desc.SampleDesc.Count = 4;
    shared = share(&desc);
    cr_expect_eq(shared.image.usage, MOVES | VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT);
    cr_expect_eq(shared.image.format, VK_FORMAT_D32_SFLOAT);
    cr_expect_eq(shared.image.flags, 0);
    cr_expect_eq(shared.image.samples, VK_SAMPLE_COUNT_4_BIT);
    vxmCloseShared(&shared);
    desc.Format = DXGI_FORMAT_R16_TYPELESS;
    shared = share(&desc);
    cr_expect_eq(shared.image.format, VK_FORMAT_D16_UNORM);
    vxmCloseShared(&shared);
}

Test(share_11, typeless_texture_can_be_viewed_in_its_family)
{
    D3D11_TEXTURE2D_DESC desc = d3d11_texture_desc(NT);
    VxmShared shared;

    desc.Format = DXGI_FORMAT_B8G8R8A8_TYPELESS;
    shared = share(&desc);
    cr_expect_eq(shared.image.format, VK_FORMAT_B8G8R8A8_UNORM);
    cr_expect_eq(shared.image.flags, VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT);
    vxmCloseShared(&shared);
    desc.Format = DXGI_FORMAT_B8G8R8A8_UNORM_SRGB;
    shared = share(&desc);
    cr_expect_eq(shared.image.format, VK_FORMAT_B8G8R8A8_SRGB);
    cr_expect_eq(shared.image.flags, 0);
    vxmCloseShared(&shared);
}

/* Vulkan has the texture's own memory, and a keyed mutex to be taken. */
static void expect_import(const D3D11_TEXTURE2D_DESC *desc)
{
    ID3D11Texture2D *texture = d3d11_texture(d3d11_device(0), desc);
    VxmDevice device = contract_device();
    VxmKeyedMutexUse use = {.acquire = VK_TRUE, .release = VK_TRUE};
    VxmKeyedMutexes mutexes;
    const void *chain = NULL;
    union model_native native;
    VxmShared shared;

    require(vxmD3D11ShareTexture(texture, NULL, &shared));
    require(vxmCheckShared(device, &shared));
    require(vxmImportMemory(device, &shared, NULL, &use.memory));
    require(vxmChainKeyedMutexes(device, 1, &use, NULL, &mutexes, &chain));
    if (shared.handleType == VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT) {
        cr_assert(model_memory_native(vxmGetVkDeviceMemory(use.memory, 0), &native));
        cr_expect(d3d_is_payload(texture, native.pointer));
    }
    vxmCloseShared(&shared);
    vxmDestroyMemory(use.memory);
    vxmDestroyDevice(device);
}

Test(share_11, vulkan_imports_an_nt_handle)
{
    const D3D11_TEXTURE2D_DESC desc = d3d11_texture_desc(NT);

    expect_import(&desc);
}

Test(share_11, vulkan_imports_a_kmt_number)
{
    const D3D11_TEXTURE2D_DESC desc = d3d11_texture_desc(KMT);

    expect_import(&desc);
}

Test(share_11, vulkan_imports_for_two_queue_families)
{
    static const uint32_t families[] = {0, 1};
    const VxmImportInfo info = {.queueFamilyIndexCount = 2, .queueFamilyIndices = families};
    const D3D11_TEXTURE2D_DESC desc = d3d11_texture_desc(NT);
    VxmDevice device = contract_device();
    VxmMemory memory = NULL;
    VxmShared shared = share(&desc);

    shared.dedicated = VK_FALSE;
    require(vxmImportMemory(device, &shared, &info, &memory));
    vxmDestroyMemory(memory);
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

Test(share_11, vulkan_refuses_the_texture_of_another_gpu)
{
    const D3D11_TEXTURE2D_DESC desc = d3d11_texture_desc(NT);
    VxmDevice device = contract_device_at(1);
    VxmMemory memory;
    VxmShared shared = share(&desc);

    expect_error(vxmImportMemory(device, &shared, NULL, &memory), VK_ERROR_INCOMPATIBLE_DRIVER,
                 VXM_ERROR_REASON_MISMATCH, "deviceLUID");
    vxmCloseShared(&shared);
    vxmDestroyDevice(device);
}

Test(share_11, name_and_attributes_go_with_an_nt_handle)
{
    SECURITY_ATTRIBUTES attributes = {.nLength = sizeof(attributes)};
    const VxmD3DShareInfo info = {.attributes = &attributes, .name = L"vxm-frame"};
    const D3D11_TEXTURE2D_DESC nt = d3d11_texture_desc(NT), kmt = d3d11_texture_desc(KMT);
    ID3D11Device *device = d3d11_device(0);
    VxmShared shared;

    require(vxmD3D11ShareTexture(d3d11_texture(device, &nt), &info, &shared));
    cr_expect(d3d_last_name() == info.name && d3d_last_attributes() == info.attributes);
    cr_expect_null(shared.memories[0].name);
    vxmCloseShared(&shared);
    fill(shared);
    expect_error(vxmD3D11ShareTexture(d3d11_texture(device, &kmt), &info, &shared),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "KMT number");
    expect_untouched(shared);
}

Test(share_11, textures_that_cannot_be_shared)
{
    static const struct {
        UINT miscFlags;
        const char *part;
    } wrong[] = {
        {0, "was not made to be shared"},
        {D3D11_RESOURCE_MISC_TEXTURECUBE, "was not made to be shared"},
        {NT | D3D11_RESOURCE_MISC_HW_PROTECTED, "protected"},
        {NT | D3D11_RESOURCE_MISC_RESTRICTED_CONTENT, "protected"},
        {NT | D3D11_RESOURCE_MISC_GUARDED, "protected"},
        {NT | D3D11_RESOURCE_MISC_TILED, "tiled"},
    };
    ID3D11Device *device = d3d11_device(0);
    D3D11_TEXTURE2D_DESC desc = d3d11_texture_desc(NT);
    VxmShared shared;

    fill(shared);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        desc.MiscFlags = wrong[i].miscFlags;
        expect_error(vxmD3D11ShareTexture(d3d11_texture(device, &desc), NULL, &shared),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, wrong[i].part);
    }
    desc.MiscFlags = NT;
    desc.Format = DXGI_FORMAT_AYUV;
    expect_error(vxmD3D11ShareTexture(d3d11_texture(device, &desc), NULL, &shared),
                 VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, "DXGI_FORMAT 100");
    cr_expect_eq(d3d_calls(), 0, "Direct3D was asked all the same");
    expect_untouched(shared);
}

Test(share_11, fence_is_a_timeline)
{
    ID3D11Device *d3d = d3d11_device(0);
    ID3D11DeviceContext4 *context = d3d11_context(d3d);
    ID3D11Fence *fence = d3d11_fence(d3d, 3);
    VxmDevice device = contract_device();
    VxmSharedSemaphore shared;
    VxmSemaphore semaphore = NULL;
    uint64_t value = 0;

    require(vxmD3D11ShareFence(fence, NULL, &shared));
    cr_expect(shared.semaphoreType == VK_SEMAPHORE_TYPE_TIMELINE && shared.deviceLUIDValid);
    require(vxmImportSemaphore(device, &shared, 0, 0, &semaphore));
    vxmCloseSharedSemaphore(&shared);
    require(vxmGetSemaphoreValue(semaphore, &value));
    cr_expect_eq(value, 3);
    require(vxmD3D11SignalSemaphore(fence, 8, context));
    require(vxmWaitSemaphore(semaphore, 8, 0));
    require(vxmD3D11WaitSemaphore(fence, 9, context));
    cr_expect(d3d_last_fence_use().fence == (void *)fence && d3d_last_fence_use().value == 9 &&
              !d3d_last_fence_use().signal);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

/* ---- failures ---- */

struct sharing {
    ID3D11Texture2D *texture;
    ID3D11Fence *fence;
    ID3D11DeviceContext4 *context;
    VxmShared shared;
    VxmSharedSemaphore semaphore;
};

static VkResult share_texture(void *data)
{
    struct sharing *sharing = data;

    return vxmD3D11ShareTexture(sharing->texture, NULL, &sharing->shared);
}

static void close_texture(void *data)
{
    vxmCloseShared(&((struct sharing *)data)->shared);
}

static VkResult share_fence(void *data)
{
    struct sharing *sharing = data;

    return vxmD3D11ShareFence(sharing->fence, NULL, &sharing->semaphore);
}

static void close_fence(void *data)
{
    vxmCloseSharedSemaphore(&((struct sharing *)data)->semaphore);
}

Test(share_11, every_call_fails_once)
{
    static const UINT flags[] = {NT, KMT};
    ID3D11Device *device = d3d11_device(0);
    struct sharing sharing = {.fence = d3d11_fence(device, 0)};

    for (int i = 0; i < 2; i++) {
        const D3D11_TEXTURE2D_DESC desc = d3d11_texture_desc(flags[i]);

        sharing.texture = d3d11_texture(device, &desc);
        cr_expect_eq(d3d_sweep(share_texture, close_texture, &sharing, &sharing.shared,
                               sizeof(sharing.shared)),
                     5);
        cr_expect(d3d_references(sharing.texture) == 1 && d3d_references(device) == 1);
    }
    cr_expect_eq(d3d_sweep(share_fence, close_fence, &sharing, &sharing.semaphore,
                           sizeof(sharing.semaphore)),
                 4);
}

Test(share_11, what_errors_become)
{
    static const struct {
        HRESULT code;
        VkResult result;
    } errors[] = {
        {E_OUTOFMEMORY, VK_ERROR_OUT_OF_HOST_MEMORY},
        {DXGI_ERROR_DEVICE_REMOVED, VK_ERROR_DEVICE_LOST},
        {DXGI_ERROR_DEVICE_RESET, VK_ERROR_DEVICE_LOST},
        {DXGI_ERROR_DEVICE_HUNG, VK_ERROR_DEVICE_LOST},
        {E_INVALIDARG, VK_ERROR_UNKNOWN},
        {E_NOTIMPL, VK_ERROR_UNKNOWN},
    };
    ID3D11Device *device = d3d11_device(0);
    struct sharing sharing = {.fence = d3d11_fence(device, 0), .context = d3d11_context(device)};
    const D3D11_TEXTURE2D_DESC desc = d3d11_texture_desc(NT);

    sharing.texture = d3d11_texture(device, &desc);
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
        VxmError error;

        d3d_fail(5, errors[i].code);
        expect_error(share_texture(&sharing), errors[i].result, VXM_ERROR_REASON_FOREIGN,
                     "IDXGIResource1::CreateSharedHandle");
        vxmGetLastError(&error);
        cr_expect_eq(error.code, (int64_t)errors[i].code);
        d3d_fail(1, errors[i].code);
        expect_error(vxmD3D11SignalSemaphore(sharing.fence, 1, sharing.context), errors[i].result,
                     VXM_ERROR_REASON_FOREIGN, "ID3D11DeviceContext4::Signal");
        d3d_fail(1, errors[i].code);
        expect_error(vxmD3D11WaitSemaphore(sharing.fence, 1, sharing.context), errors[i].result,
                     VXM_ERROR_REASON_FOREIGN, "ID3D11DeviceContext4::Wait");
    }
    d3d_give_nothing(true);
    expect_error(share_texture(&sharing), VK_ERROR_UNKNOWN, VXM_ERROR_REASON_FOREIGN,
                 "a success without a result");
    expect_error(share_fence(&sharing), VK_ERROR_UNKNOWN, VXM_ERROR_REASON_FOREIGN,
                 "a success without a result");
}

Test(share_11, null_arguments)
{
    ID3D11Device *device = d3d11_device(0);
    const D3D11_TEXTURE2D_DESC desc = d3d11_texture_desc(NT);
    VxmSharedSemaphore semaphore;
    VxmShared shared;

    expect_error(vxmD3D11ShareTexture(NULL, NULL, &shared), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "texture must not be NULL");
    expect_error(vxmD3D11ShareTexture(d3d11_texture(device, &desc), NULL, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "shared must not be NULL");
    expect_error(vxmD3D11ShareFence(NULL, NULL, &semaphore), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "fence must not be NULL");
    expect_error(vxmD3D11WaitSemaphore(d3d11_fence(device, 0), 1, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "context must not be NULL");
    expect_error(vxmD3D11SignalSemaphore(NULL, 1, d3d11_context(device)),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "fence must not be NULL");
}
