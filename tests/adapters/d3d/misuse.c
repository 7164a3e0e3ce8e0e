/*
 * vxm/d3d.h: descriptions that can't be, or that aren't of what Direct3D opens; identities whose
 * name does not end.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "model_d3d.h"

TestSuite(misuse, .init = d3d_begin, .fini = d3d_end);

#define RESOURCE VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT
#define HEAP     VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT
#define TEXTURE  VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT

/* Both versions refuse it, and no handle is opened. */
#define EXPECT_REFUSED(change, part)                                                               \
    do {                                                                                           \
        VxmShared shared = good;                                                                   \
        change;                                                                                    \
        contract_note("%s", #change);                                                              \
        fill(resource);                                                                            \
        fill(texture);                                                                             \
        expect_error(vxmD3D12ImportShared(d3d12_device(0), &shared, &resource),                    \
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, part);             \
        expect_error(vxmD3D11ImportShared(d3d11_device(0), &shared, &texture),                     \
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, part);             \
        expect_untouched(resource);                                                                \
        expect_untouched(texture);                                                                 \
        cr_expect_eq(d3d_opens(), 0);                                                              \
        contract_note(NULL);                                                                       \
    } while (0)

Test(misuse, descriptions_that_cannot_be)
{
    const VkImageCreateInfo image = contract_image_info(64, 32);
    const VxmMemoryCreateInfo info = contract_memory_info(TEXTURE);
    VxmDevice device = contract_device();
    VxmMemory memory = NULL;
    ID3D11Texture2D *texture;
    ID3D12Resource *resource;
    VxmShared good;

    require(vxmCreateImage(device, &image, &info, &memory));
    require(vxmExportMemory(memory, TEXTURE, &good));
    /* Several types at once, on both the description and the handle. */
    EXPECT_REFUSED((shared.handleType |= VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT,
                    shared.memories[0].handle.type = shared.handleType),
                   "handleType");
    EXPECT_REFUSED((shared.handleType = UINT32_MAX, shared.memories[0].handle.type = UINT32_MAX),
                   "handleType");
    EXPECT_REFUSED(shared.image.extent.width = 0, "extent");
    EXPECT_REFUSED(shared.image.extent.depth = 2, "extent");
    EXPECT_REFUSED(shared.image.mipLevels = 0, "mipLevels");
    EXPECT_REFUSED(shared.image.arrayLayers = 0, "arrayLayers");
    EXPECT_REFUSED(shared.image.samples = (VkSampleCountFlagBits)3, "samples");
    EXPECT_REFUSED((shared.memories[0].handle = (VxmHandle){0}, shared.memories[0].name = L""),
                   "name is empty");
    vxmCloseShared(&good);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* As many slices as there would be layers. */
Test(misuse, texture_of_another_dimension)
{
    const VkImageCreateInfo image = contract_image_info(64, 32);
    const VxmMemoryCreateInfo info = contract_memory_info(RESOURCE);
    D3D12_RESOURCE_DESC desc = d3d12_texture_desc();
    VxmDevice device = contract_device();
    VxmMemory memory = NULL;
    ID3D12Resource *resource;

    require(vxmCreateImage(device, &image, &info, &memory));
    fill(resource);
    desc.DepthOrArraySize = 1;
    desc.Dimension = D3D12_RESOURCE_DIMENSION_TEXTURE3D;
    d3d12_open_as(&desc);
    expect_error(vxmD3D12ImportMemory(d3d12_device(0), memory, &resource),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH,
                 "don't belong together");
    expect_untouched(resource);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* A heap whose size the description doesn't tell, and a buffer that goes beyond it. */
Test(misuse, buffer_beyond_its_heap)
{
    const VkBufferCreateInfo buffer = contract_buffer_info(65536);
    const VxmMemoryCreateInfo info = contract_memory_info(HEAP);
    const D3D12_HEAP_DESC desc = d3d12_heap_desc(65536);
    VxmDevice device = contract_device();
    ID3D12Device *d3d = d3d12_device(0);
    VxmMemory memory = NULL;
    ID3D12Heap *heap;
    VxmShared shared;

    require(vxmCreateBuffer(device, &buffer, &info, &memory));
    require(vxmExportMemory(memory, HEAP, &shared));
    d3d12_open_heap_as(&desc);
    fill(heap);
    shared.dedicated = VK_FALSE;
    shared.memories[0].allocationSize = 0;
    shared.memories[0].offset = 1;
    expect_error(vxmD3D12ImportSharedHeap(d3d, &shared, &heap), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_MISMATCH, "don't belong together");
    shared.memories[0].offset = UINT64_MAX;
    shared.buffer.size = 2;
    expect_error(vxmD3D12ImportSharedHeap(d3d, &shared, &heap), VK_ERROR_INVALID_EXTERNAL_HANDLE,
                 VXM_ERROR_REASON_MISMATCH, "don't belong together");
    shared.resourceType = (VxmResourceType)3;
    expect_error(vxmD3D12ImportSharedHeap(d3d, &shared, &heap), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "resourceType");
    expect_untouched(heap);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* What a peer sent need not end: the field that comes after is not read. */
Test(misuse, identity_without_an_end)
{
    VxmIdentity identity;
    IDXGIAdapter1 *adapter;
    VxmError error;

    memset(&identity, 'x', sizeof(identity));
    memset(identity.driverName, '!', sizeof(identity.driverName));
    fill(adapter);
    expect_error(vxmD3DFindAdapter(d3d_factory(), &identity, &adapter),
                 VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_MISMATCH, "xxxx");
    vxmGetLastError(&error);
    cr_expect_null(strchr(error.message, '!'));
    identity.deviceLUIDValid = VK_FALSE;
    expect_error(vxmD3DFindAdapter(d3d_factory(), &identity, &adapter),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "xxxx");
    vxmGetLastError(&error);
    cr_expect_null(strchr(error.message, '!'));
    expect_untouched(adapter);
}
