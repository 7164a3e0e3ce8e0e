/*
 * What Vulkan made, opened in Direct3D 11.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "model_d3d.h"

TestSuite(import_11, .init = d3d_begin, .fini = d3d_end);

#define TEXTURE     VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT
#define TEXTURE_KMT VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT
#define FENCE       VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT

/* An image of 64 x 32, which Direct3D opens as the texture that it is. */
static VxmMemory make_image(VxmDevice device, uint32_t types)
{
    const D3D11_TEXTURE2D_DESC desc = d3d11_texture_desc(D3D11_RESOURCE_MISC_SHARED);
    const VkImageCreateInfo image = contract_image_info(64, 32);
    const VxmMemoryCreateInfo info = contract_memory_info(types);
    VxmMemory memory = NULL;

    require(vxmCreateImage(device, &image, &info, &memory));
    d3d11_open_as(&desc);
    return memory;
}

Test(import_11, image_is_opened)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_image(device, TEXTURE | TEXTURE_KMT);
    ID3D11Device *d3d = d3d11_device(0);
    ID3D11Texture2D *texture = NULL;
    union model_native native;

    require(vxmD3D11ImportMemory(d3d, memory, &texture));
    cr_expect(d3d_references(texture) == 1 && d3d_references(d3d) == 1);
    cr_assert(model_memory_native(vxmGetVkDeviceMemory(memory, 0), &native));
    cr_expect(d3d_is_payload(texture, native.pointer));
    vxmDestroyMemory(memory);
    d3d_release(texture);
    vxmDestroyDevice(device);
}

Test(import_11, image_is_opened_by_its_number)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_image(device, TEXTURE_KMT);
    ID3D11Texture2D *texture = NULL;

    require(vxmD3D11ImportMemory(d3d11_device(0), memory, &texture));
    d3d_release(texture);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* The caller's handle stays the caller's, before and after. */
Test(import_11, import_borrows)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_image(device, TEXTURE);
    ID3D11Device *d3d = d3d11_device(0);
    ID3D11Texture2D *textures[2] = {NULL, NULL};
    VxmShared shared;

    require(vxmExportMemory(memory, TEXTURE, &shared));
    for (int i = 0; i < 2; i++) {
        require(vxmD3D11ImportShared(d3d, &shared, &textures[i]));
        cr_expect(d3d_is_payload(textures[i], shared.memories[0].handle.ptr));
    }
    d3d_release(textures[0]);
    d3d_release(textures[1]);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* In the place of a handle. */
Test(import_11, texture_is_opened_by_its_name)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_image(device, TEXTURE | TEXTURE_KMT);
    ID3D11Device *d3d = d3d11_device(0);
    ID3D11Texture2D *texture = NULL;
    VxmShared shared, kmt;
    VxmHandle handle;

    require(vxmExportMemory(memory, TEXTURE, &shared));
    handle = shared.memories[0].handle;
    d3d_name(L"vxm-frame", handle.ptr);
    shared.memories[0].name = L"vxm-frame";
    expect_error(vxmD3D11ImportShared(d3d, &shared, &texture), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "both a handle and a name");
    shared.memories[0].handle = (VxmHandle){0};
    require(vxmD3D11ImportShared(d3d, &shared, &texture));
    cr_expect(d3d_is_payload(texture, handle.ptr));
    d3d_release(texture);
    shared.memories[0].name = L"nobody's";
    expect_error(vxmD3D11ImportShared(d3d, &shared, &texture), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_FOREIGN, "OpenSharedResourceByName answered E_INVALIDARG");
    require(vxmExportMemory(memory, TEXTURE_KMT, &kmt));
    kmt.memories[0].name = L"vxm-frame";
    expect_error(vxmD3D11ImportShared(d3d, &kmt, &texture), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "has no name");
    vxmCloseHandle(&handle);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* ---- refused before Direct3D sees the handle ---- */

static void expect_refused(ID3D11Device *d3d, const VxmShared *shared, VkResult result,
                           VxmErrorReason reason, const char *part)
{
    const unsigned opens = d3d_opens();
    ID3D11Texture2D *texture;

    fill(texture);
    expect_error(vxmD3D11ImportShared(d3d, shared, &texture), result, reason, part);
    expect_untouched(texture);
    cr_expect_eq(d3d_opens(), opens, "the handle was opened all the same");
}

Test(import_11, descriptions_that_cannot_be)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_image(device, TEXTURE);
    ID3D11Device *d3d = d3d11_device(0);
    VxmShared good, shared;

    require(vxmExportMemory(memory, TEXTURE, &good));
    expect_refused(d3d11_device(1), &good, VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH,
                   "Both must be the same GPU");
    shared = good;
    shared.handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT;
    expect_refused(d3d, &shared, VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                   "OPAQUE_WIN32, and this opens");
    shared = good;
    shared.image.tiling = VK_IMAGE_TILING_LINEAR;
    expect_refused(d3d, &shared, VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                   "tiling is LINEAR");
    shared = good;
    shared.image.format = VK_FORMAT_R8G8B8_UNORM;
    expect_refused(d3d, &shared, VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED,
                   "VkFormat 23 has no equivalent");
    shared = good;
    shared.image.imageType = VK_IMAGE_TYPE_3D;
    expect_refused(d3d, &shared, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                   "no 2D image");
    shared = good;
    shared.resourceType = VXM_RESOURCE_TYPE_BUFFER;
    expect_refused(d3d, &shared, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                   "no 2D image");
    shared = good;
    shared.memoryCount = 2;
    expect_refused(d3d, &shared, VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                   "memoryCount is 2");
    shared = good;
    shared.memories[0].handle = (VxmHandle){0};
    expect_refused(d3d, &shared, VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT,
                   "handle is empty");
    shared = good;
    shared.memories[0].handle.type = TEXTURE_KMT;
    expect_refused(d3d, &shared, VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT,
                   "handle is D3D11_TEXTURE_KMT");
    vxmCloseShared(&good);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* Whether the GPU is the same isn't known then, and Direct3D decides. */
Test(import_11, unknown_luid_is_let_through)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_image(device, TEXTURE);
    ID3D11Texture2D *texture = NULL;
    VxmShared shared;

    require(vxmExportMemory(memory, TEXTURE, &shared));
    shared.deviceLUIDValid = VK_FALSE;
    require(vxmD3D11ImportShared(d3d11_device(0), &shared, &texture));
    d3d_release(texture);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(import_11, memory_of_another_type)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_image(device, VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT);
    ID3D11Texture2D *texture;

    fill(texture);
    expect_error(vxmD3D11ImportMemory(d3d11_device(0), memory, &texture),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "D3D11_TEXTURE");
    expect_failure(vxmD3D11ImportMemory(d3d11_device(0), NULL, &texture));
    expect_untouched(texture);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* ---- refused by Direct3D, or by what it opened ---- */

Test(import_11, handle_and_description_of_different_textures)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_image(device, TEXTURE);
    ID3D11Texture2D *texture;

    fill(texture);
    for (int i = 0; i < 4; i++) {
        D3D11_TEXTURE2D_DESC desc = d3d11_texture_desc(D3D11_RESOURCE_MISC_SHARED);

        desc.Width += i == 0;
        desc.Height += i == 1;
        desc.MipLevels += i == 2;
        desc.ArraySize += i == 3;
        d3d11_open_as(&desc);
        expect_error(vxmD3D11ImportMemory(d3d11_device(0), memory, &texture),
                     VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH,
                     "don't belong together");
    }
    expect_untouched(texture);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(import_11, handle_that_is_none_of_direct3ds)
{
    VxmDevice device = contract_device();
    VxmMemory memory = make_image(device, TEXTURE);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    ID3D11Texture2D *texture;
    VxmHandle own;
    VxmShared shared;

    require(vxmExportMemory(memory, TEXTURE, &shared));
    own = shared.memories[0].handle;
    shared.memories[0].handle.ptr = event;
    expect_error(vxmD3D11ImportShared(d3d11_device(0), &shared, &texture),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN,
                 "OpenSharedResource1 answered E_INVALIDARG");
    cr_expect(CloseHandle(event), "the caller's handle was closed");
    vxmCloseHandle(&own);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(import_11, devices_of_old_systems)
{
    const VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                         .handleTypes = FENCE};
    VxmDevice device = contract_device();
    VxmMemory memory = make_image(device, TEXTURE);
    VxmSemaphore semaphore = NULL;
    ID3D11Texture2D *texture;
    ID3D11Fence *fence;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    d3d_lack(&IID_ID3D11Device1);
    expect_error(vxmD3D11ImportMemory(d3d11_device(0), memory, &texture),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_FOREIGN, "Direct3D 11.1");
    d3d_lack(&IID_ID3D11Device5);
    expect_error(vxmD3D11ImportSemaphore(d3d11_device(0), semaphore, &fence),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_FOREIGN, "Direct3D 11.4");
    vxmDestroySemaphore(semaphore);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* ---- fences ---- */

Test(import_11, timeline_is_opened)
{
    const VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                         .handleTypes = FENCE};
    ID3D11Device *d3d = d3d11_device(0);
    VxmDevice device = contract_device();
    VxmSemaphore semaphore = NULL;
    ID3D11Fence *fence = NULL;
    union model_native native;

    require(vxmCreateSemaphore(device, &info, &semaphore));
    require(vxmD3D11ImportSemaphore(d3d, semaphore, &fence));
    cr_expect(d3d_references(fence) == 1 && d3d_references(d3d) == 1);
    cr_assert(model_semaphore_native(vxmGetVkSemaphore(semaphore), &native));
    cr_expect(d3d_is_payload(fence, native.pointer));
    require(vxmD3D11SignalSemaphore(fence, 4, d3d11_context(d3d)));
    cr_expect(d3d_last_fence_use().fence == (void *)fence && d3d_last_fence_use().value == 4 &&
              d3d_last_fence_use().signal);
    d3d_release(fence);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

Test(import_11, semaphores_that_are_no_fences)
{
    const VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                         .handleTypes = FENCE};
    VxmDevice device = contract_device();
    VxmSemaphore semaphore = NULL;
    VxmSharedSemaphore good, shared;
    ID3D11Fence *fence;

    fill(fence);
    require(vxmCreateSemaphore(device, &info, &semaphore));
    require(vxmExportSemaphore(semaphore, FENCE, &good));
    expect_error(vxmD3D11ImportSharedSemaphore(d3d11_device(1), &good, &fence),
                 VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, "same GPU");
    shared = good;
    shared.handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_WIN32_BIT;
    expect_error(vxmD3D11ImportSharedSemaphore(d3d11_device(0), &shared, &fence),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "OPAQUE_WIN32");
    shared = good;
    shared.handle.ptr = NULL;
    expect_error(vxmD3D11ImportSharedSemaphore(d3d11_device(0), &shared, &fence),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, "empty");
    shared.handle = (VxmHandle){0};
    shared.name = L"vxm-fence";
    expect_error(vxmD3D11ImportSharedSemaphore(d3d11_device(0), &shared, &fence),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED,
                 "no fence by its name");
    cr_expect_eq(d3d_opens(), 0, "the handle was opened all the same");
    expect_untouched(fence);
    vxmCloseSharedSemaphore(&good);
    vxmDestroySemaphore(semaphore);
    vxmDestroyDevice(device);
}

/* ---- each call of Direct3D's fails once ---- */

struct opening {
    ID3D11Device *d3d;
    VxmMemory memory;
    VxmSemaphore semaphore;
    ID3D11Texture2D *texture;
    ID3D11Fence *fence;
};

static VkResult open_texture(void *data)
{
    struct opening *opening = data;

    return vxmD3D11ImportMemory(opening->d3d, opening->memory, &opening->texture);
}

static void release_texture(void *data)
{
    d3d_release(((struct opening *)data)->texture);
}

static VkResult open_fence(void *data)
{
    struct opening *opening = data;

    return vxmD3D11ImportSemaphore(opening->d3d, opening->semaphore, &opening->fence);
}

static void release_fence(void *data)
{
    d3d_release(((struct opening *)data)->fence);
}

Test(import_11, every_call_fails_once)
{
    static const uint32_t types[] = {TEXTURE, TEXTURE_KMT};
    const VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                         .handleTypes = FENCE};
    VxmDevice device = contract_device();
    struct opening opening = {.d3d = d3d11_device(0)};

    for (unsigned i = 0; i < 2; i++) {
        opening.memory = make_image(device, types[i]);
        cr_expect_eq(d3d_sweep(open_texture, release_texture, &opening, &opening.texture,
                               sizeof(opening.texture)),
                     5 - i);
        d3d_give_nothing(true);
        expect_error(open_texture(&opening), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                     VXM_ERROR_REASON_FOREIGN, "a success without a result");
        d3d_give_nothing(false);
        vxmDestroyMemory(opening.memory);
    }
    require(vxmCreateSemaphore(device, &info, &opening.semaphore));
    cr_expect_eq(
        d3d_sweep(open_fence, release_fence, &opening, &opening.fence, sizeof(opening.fence)), 5);
    d3d_give_nothing(true);
    expect_error(open_fence(&opening), VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN,
                 "a success without a result");
    cr_expect_eq(d3d_references(opening.d3d), 1);
    vxmDestroySemaphore(opening.semaphore);
    vxmDestroyDevice(device);
}

Test(import_11, null_arguments)
{
    VxmSharedSemaphore semaphore = {0};
    VxmShared shared = {0};
    ID3D11Texture2D *texture;
    ID3D11Fence *fence;

    expect_error(vxmD3D11ImportShared(NULL, &shared, &texture), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "device must not be NULL");
    expect_error(vxmD3D11ImportShared(d3d11_device(0), NULL, &texture),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "shared must not be NULL");
    expect_error(vxmD3D11ImportShared(d3d11_device(0), &shared, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "texture must not be NULL");
    expect_error(vxmD3D11ImportSharedSemaphore(NULL, &semaphore, &fence),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "device must not be NULL");
    expect_error(vxmD3D11ImportSharedSemaphore(d3d11_device(0), &semaphore, NULL),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                 "fence must not be NULL");
}
