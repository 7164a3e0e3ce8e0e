/*
 * vxm and Direct3D 11 and 12: textures, buffers, heaps and fences shared both ways.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_D3D_H_
#define VXM_D3D_H_ 1

/**
 * @file d3d.h
 * @brief Direct3D 11 and 12: shared handles in and out.
 *
 * Inline functions over Direct3D's own headers (the Windows SDK's or mingw-w64's), in C and in C++.
 * Nothing has to be loaded or linked for it: COM objects bring their functions with them. Define
 * VXM_D3D11 or VXM_D3D12 before including this header to have one of the two parts alone; with
 * neither defined both are there.
 *
 * **Direct3D made it, Vulkan imports it** is the way that most drivers of Windows have. A texture,
 * resource, heap or fence becomes a VxmShared or VxmSharedSemaphore, with a handle that is yours to
 * close:
 *
 *     uint8_t luid[VK_LUID_SIZE];
 *     VxmDeviceCreateInfo info = {.deviceLUID = luid};
 *     vxmD3D11GetDeviceLuid(d3dDevice, luid);         // the same GPU on both sides
 *     vxmCreateDevice(&info, &device);
 *     vxmD3D11ShareTexture(texture, NULL, &shared);   // describes it, takes a handle
 *     vxmImportMemory(device, &shared, NULL, &memory);
 *     vxmCloseShared(&shared);                        // importing borrows
 *
 * **Vulkan made it, Direct3D opens it**: vxmD3D11ImportMemory(), vxmD3D12ImportMemory(), where the
 * driver can export Direct3D's types (vxmQuery()).
 *
 * What holds for every function here:
 *
 * - **Ownership.** COM objects that you pass in are borrowed: their reference counts are as before
 *   when the call returns. One that you receive has one reference, yours to Release(). Direct3D
 *   never takes a handle, and one that is in a VxmShared is closed by vxmCloseShared().
 * - **The GPU** is compared by its LUID, which is all that Direct3D knows of it, before a handle is
 *   opened.
 * - **Errors** are as in vxm.h, with a sentence in vxmGetLastError(). Where Direct3D refuses,
 *   reason is VXM_ERROR_REASON_FOREIGN and code the HRESULT; the result is VK_ERROR_DEVICE_LOST,
 *   VK_ERROR_OUT_OF_HOST_MEMORY, or what the function's documentation says.
 * - **Threads.** As the COM objects that are passed in: Direct3D's devices are free-threaded, a
 *   Direct3D 11 context is not.
 *
 * Before the other API uses what one has written, it must be handed over: by a keyed mutex
 * (Direct3D 11 textures made with one), by a shared fence, or by waiting for the GPU. On Vulkan's
 * side vxmCmdAcquireMemory() and vxmCmdReleaseMemory() go with each of them, in layout GENERAL.
 */

#include <stdint.h>
#include <string.h>

#include <vxm/vxm.h>

#if !defined(VXM_D3D11) && !defined(VXM_D3D12)
/** The part for Direct3D 11 is wanted. */
#define VXM_D3D11 1
/** The part for Direct3D 12 is wanted. */
#define VXM_D3D12 1
#endif

#include <dxgi1_2.h>
#ifdef VXM_D3D11
#include <d3d11_4.h>
#endif
#ifdef VXM_D3D12
#include <d3d12.h>
#endif

/** @cond INTERNAL */
/* A method of a COM object, in C through its table, in C++ as it is. Undefined at the end. */
#if defined(__cplusplus) && !defined(CINTERFACE)
#define VXM__D3D_CALL(object, method, ...) ((object)->method(__VA_ARGS__))
#else
#define VXM__D3D_CALL(object, method, ...) ((object)->lpVtbl->method((object), __VA_ARGS__))
#endif
#ifdef __cplusplus
#define VXM__D3D_IID(iid) (iid)
#else
#define VXM__D3D_IID(iid) (&(iid))
#endif
/** @endcond */

/* ---------------------------------------------------------------------------------------------- */
/* Formats                                                                                        */
/* ---------------------------------------------------------------------------------------------- */

/** @cond INTERNAL */
/* A row of the table of formats. */
typedef struct vxm__D3DFormat {
    DXGI_FORMAT dxgi;
    VkFormat vk;
    DXGI_FORMAT typeless; /* the family's; dxgi itself in its row, UNKNOWN without a family */
} vxm__D3DFormat;

#define VXM__D3D_ROW(dxgi, vk, typeless)                                                           \
    {                                                                                              \
        DXGI_FORMAT_##dxgi, VK_FORMAT_##vk, DXGI_FORMAT_##typeless                                 \
    }

/* The table. Of several rows with one format, the first is the one to translate it by. */
static inline const vxm__D3DFormat *vxm__d3d_formats(uint32_t *count)
{
    static const vxm__D3DFormat formats[] = {
        VXM__D3D_ROW(R32G32B32A32_TYPELESS, R32G32B32A32_SFLOAT, R32G32B32A32_TYPELESS),
        VXM__D3D_ROW(R32G32B32A32_FLOAT, R32G32B32A32_SFLOAT, R32G32B32A32_TYPELESS),
        VXM__D3D_ROW(R32G32B32A32_UINT, R32G32B32A32_UINT, R32G32B32A32_TYPELESS),
        VXM__D3D_ROW(R32G32B32A32_SINT, R32G32B32A32_SINT, R32G32B32A32_TYPELESS),
        VXM__D3D_ROW(R32G32B32_TYPELESS, R32G32B32_SFLOAT, R32G32B32_TYPELESS),
        VXM__D3D_ROW(R32G32B32_FLOAT, R32G32B32_SFLOAT, R32G32B32_TYPELESS),
        VXM__D3D_ROW(R32G32B32_UINT, R32G32B32_UINT, R32G32B32_TYPELESS),
        VXM__D3D_ROW(R32G32B32_SINT, R32G32B32_SINT, R32G32B32_TYPELESS),
        VXM__D3D_ROW(R16G16B16A16_TYPELESS, R16G16B16A16_UNORM, R16G16B16A16_TYPELESS),
        VXM__D3D_ROW(R16G16B16A16_FLOAT, R16G16B16A16_SFLOAT, R16G16B16A16_TYPELESS),
        VXM__D3D_ROW(R16G16B16A16_UNORM, R16G16B16A16_UNORM, R16G16B16A16_TYPELESS),
        VXM__D3D_ROW(R16G16B16A16_UINT, R16G16B16A16_UINT, R16G16B16A16_TYPELESS),
        VXM__D3D_ROW(R16G16B16A16_SNORM, R16G16B16A16_SNORM, R16G16B16A16_TYPELESS),
        VXM__D3D_ROW(R16G16B16A16_SINT, R16G16B16A16_SINT, R16G16B16A16_TYPELESS),
        VXM__D3D_ROW(R32G32_TYPELESS, R32G32_SFLOAT, R32G32_TYPELESS),
        VXM__D3D_ROW(R32G32_FLOAT, R32G32_SFLOAT, R32G32_TYPELESS),
        VXM__D3D_ROW(R32G32_UINT, R32G32_UINT, R32G32_TYPELESS),
        VXM__D3D_ROW(R32G32_SINT, R32G32_SINT, R32G32_TYPELESS),
        VXM__D3D_ROW(R32G8X24_TYPELESS, D32_SFLOAT_S8_UINT, R32G8X24_TYPELESS),
        VXM__D3D_ROW(D32_FLOAT_S8X24_UINT, D32_SFLOAT_S8_UINT, R32G8X24_TYPELESS),
        VXM__D3D_ROW(R10G10B10A2_TYPELESS, A2B10G10R10_UNORM_PACK32, R10G10B10A2_TYPELESS),
        VXM__D3D_ROW(R10G10B10A2_UNORM, A2B10G10R10_UNORM_PACK32, R10G10B10A2_TYPELESS),
        VXM__D3D_ROW(R10G10B10A2_UINT, A2B10G10R10_UINT_PACK32, R10G10B10A2_TYPELESS),
        VXM__D3D_ROW(R11G11B10_FLOAT, B10G11R11_UFLOAT_PACK32, UNKNOWN),
        VXM__D3D_ROW(R8G8B8A8_TYPELESS, R8G8B8A8_UNORM, R8G8B8A8_TYPELESS),
        VXM__D3D_ROW(R8G8B8A8_UNORM, R8G8B8A8_UNORM, R8G8B8A8_TYPELESS),
        VXM__D3D_ROW(R8G8B8A8_UNORM_SRGB, R8G8B8A8_SRGB, R8G8B8A8_TYPELESS),
        VXM__D3D_ROW(R8G8B8A8_UINT, R8G8B8A8_UINT, R8G8B8A8_TYPELESS),
        VXM__D3D_ROW(R8G8B8A8_SNORM, R8G8B8A8_SNORM, R8G8B8A8_TYPELESS),
        VXM__D3D_ROW(R8G8B8A8_SINT, R8G8B8A8_SINT, R8G8B8A8_TYPELESS),
        VXM__D3D_ROW(R8G8B8A8_UNORM, A8B8G8R8_UNORM_PACK32, R8G8B8A8_TYPELESS),
        VXM__D3D_ROW(R8G8B8A8_UNORM_SRGB, A8B8G8R8_SRGB_PACK32, R8G8B8A8_TYPELESS),
        VXM__D3D_ROW(R8G8B8A8_UINT, A8B8G8R8_UINT_PACK32, R8G8B8A8_TYPELESS),
        VXM__D3D_ROW(R8G8B8A8_SNORM, A8B8G8R8_SNORM_PACK32, R8G8B8A8_TYPELESS),
        VXM__D3D_ROW(R8G8B8A8_SINT, A8B8G8R8_SINT_PACK32, R8G8B8A8_TYPELESS),
        VXM__D3D_ROW(R16G16_TYPELESS, R16G16_UNORM, R16G16_TYPELESS),
        VXM__D3D_ROW(R16G16_FLOAT, R16G16_SFLOAT, R16G16_TYPELESS),
        VXM__D3D_ROW(R16G16_UNORM, R16G16_UNORM, R16G16_TYPELESS),
        VXM__D3D_ROW(R16G16_UINT, R16G16_UINT, R16G16_TYPELESS),
        VXM__D3D_ROW(R16G16_SNORM, R16G16_SNORM, R16G16_TYPELESS),
        VXM__D3D_ROW(R16G16_SINT, R16G16_SINT, R16G16_TYPELESS),
        VXM__D3D_ROW(R32_TYPELESS, R32_SFLOAT, R32_TYPELESS),
        VXM__D3D_ROW(R32_FLOAT, R32_SFLOAT, R32_TYPELESS),
        VXM__D3D_ROW(D32_FLOAT, D32_SFLOAT, R32_TYPELESS),
        VXM__D3D_ROW(R32_UINT, R32_UINT, R32_TYPELESS),
        VXM__D3D_ROW(R32_SINT, R32_SINT, R32_TYPELESS),
        VXM__D3D_ROW(R24G8_TYPELESS, D24_UNORM_S8_UINT, R24G8_TYPELESS),
        VXM__D3D_ROW(D24_UNORM_S8_UINT, D24_UNORM_S8_UINT, R24G8_TYPELESS),
        VXM__D3D_ROW(R8G8_TYPELESS, R8G8_UNORM, R8G8_TYPELESS),
        VXM__D3D_ROW(R8G8_UNORM, R8G8_UNORM, R8G8_TYPELESS),
        VXM__D3D_ROW(R8G8_UINT, R8G8_UINT, R8G8_TYPELESS),
        VXM__D3D_ROW(R8G8_SNORM, R8G8_SNORM, R8G8_TYPELESS),
        VXM__D3D_ROW(R8G8_SINT, R8G8_SINT, R8G8_TYPELESS),
        VXM__D3D_ROW(R16_TYPELESS, R16_UNORM, R16_TYPELESS),
        VXM__D3D_ROW(R16_FLOAT, R16_SFLOAT, R16_TYPELESS),
        VXM__D3D_ROW(D16_UNORM, D16_UNORM, R16_TYPELESS),
        VXM__D3D_ROW(R16_UNORM, R16_UNORM, R16_TYPELESS),
        VXM__D3D_ROW(R16_UINT, R16_UINT, R16_TYPELESS),
        VXM__D3D_ROW(R16_SNORM, R16_SNORM, R16_TYPELESS),
        VXM__D3D_ROW(R16_SINT, R16_SINT, R16_TYPELESS),
        VXM__D3D_ROW(R8_TYPELESS, R8_UNORM, R8_TYPELESS),
        VXM__D3D_ROW(R8_UNORM, R8_UNORM, R8_TYPELESS),
        VXM__D3D_ROW(R8_UINT, R8_UINT, R8_TYPELESS),
        VXM__D3D_ROW(R8_SNORM, R8_SNORM, R8_TYPELESS),
        VXM__D3D_ROW(R8_SINT, R8_SINT, R8_TYPELESS),
        VXM__D3D_ROW(R9G9B9E5_SHAREDEXP, E5B9G9R9_UFLOAT_PACK32, UNKNOWN),
        VXM__D3D_ROW(BC1_TYPELESS, BC1_RGBA_UNORM_BLOCK, BC1_TYPELESS),
        VXM__D3D_ROW(BC1_UNORM, BC1_RGBA_UNORM_BLOCK, BC1_TYPELESS),
        VXM__D3D_ROW(BC1_UNORM_SRGB, BC1_RGBA_SRGB_BLOCK, BC1_TYPELESS),
        VXM__D3D_ROW(BC2_TYPELESS, BC2_UNORM_BLOCK, BC2_TYPELESS),
        VXM__D3D_ROW(BC2_UNORM, BC2_UNORM_BLOCK, BC2_TYPELESS),
        VXM__D3D_ROW(BC2_UNORM_SRGB, BC2_SRGB_BLOCK, BC2_TYPELESS),
        VXM__D3D_ROW(BC3_TYPELESS, BC3_UNORM_BLOCK, BC3_TYPELESS),
        VXM__D3D_ROW(BC3_UNORM, BC3_UNORM_BLOCK, BC3_TYPELESS),
        VXM__D3D_ROW(BC3_UNORM_SRGB, BC3_SRGB_BLOCK, BC3_TYPELESS),
        VXM__D3D_ROW(BC4_TYPELESS, BC4_UNORM_BLOCK, BC4_TYPELESS),
        VXM__D3D_ROW(BC4_UNORM, BC4_UNORM_BLOCK, BC4_TYPELESS),
        VXM__D3D_ROW(BC4_SNORM, BC4_SNORM_BLOCK, BC4_TYPELESS),
        VXM__D3D_ROW(BC5_TYPELESS, BC5_UNORM_BLOCK, BC5_TYPELESS),
        VXM__D3D_ROW(BC5_UNORM, BC5_UNORM_BLOCK, BC5_TYPELESS),
        VXM__D3D_ROW(BC5_SNORM, BC5_SNORM_BLOCK, BC5_TYPELESS),
        VXM__D3D_ROW(B5G6R5_UNORM, R5G6B5_UNORM_PACK16, UNKNOWN),
        VXM__D3D_ROW(B5G5R5A1_UNORM, A1R5G5B5_UNORM_PACK16, UNKNOWN),
        VXM__D3D_ROW(B4G4R4A4_UNORM, A4R4G4B4_UNORM_PACK16, UNKNOWN),
        VXM__D3D_ROW(B8G8R8A8_TYPELESS, B8G8R8A8_UNORM, B8G8R8A8_TYPELESS),
        VXM__D3D_ROW(B8G8R8A8_UNORM, B8G8R8A8_UNORM, B8G8R8A8_TYPELESS),
        VXM__D3D_ROW(B8G8R8A8_UNORM_SRGB, B8G8R8A8_SRGB, B8G8R8A8_TYPELESS),
        VXM__D3D_ROW(B8G8R8X8_TYPELESS, B8G8R8A8_UNORM, B8G8R8X8_TYPELESS),
        VXM__D3D_ROW(B8G8R8X8_UNORM, B8G8R8A8_UNORM, B8G8R8X8_TYPELESS),
        VXM__D3D_ROW(B8G8R8X8_UNORM_SRGB, B8G8R8A8_SRGB, B8G8R8X8_TYPELESS),
        VXM__D3D_ROW(BC6H_TYPELESS, BC6H_UFLOAT_BLOCK, BC6H_TYPELESS),
        VXM__D3D_ROW(BC6H_UF16, BC6H_UFLOAT_BLOCK, BC6H_TYPELESS),
        VXM__D3D_ROW(BC6H_SF16, BC6H_SFLOAT_BLOCK, BC6H_TYPELESS),
        VXM__D3D_ROW(BC7_TYPELESS, BC7_UNORM_BLOCK, BC7_TYPELESS),
        VXM__D3D_ROW(BC7_UNORM, BC7_UNORM_BLOCK, BC7_TYPELESS),
        VXM__D3D_ROW(BC7_UNORM_SRGB, BC7_SRGB_BLOCK, BC7_TYPELESS),
        VXM__D3D_ROW(NV12, G8_B8R8_2PLANE_420_UNORM, UNKNOWN),
        VXM__D3D_ROW(P010, G10X6_B10X6R10X6_2PLANE_420_UNORM_3PACK16, UNKNOWN),
        VXM__D3D_ROW(P016, G16_B16R16_2PLANE_420_UNORM, UNKNOWN),
        VXM__D3D_ROW(YUY2, G8B8G8R8_422_UNORM, UNKNOWN),
        VXM__D3D_ROW(Y210, G10X6B10X6G10X6R10X6_422_UNORM_4PACK16, UNKNOWN),
        VXM__D3D_ROW(Y216, G16B16G16R16_422_UNORM, UNKNOWN),
#ifdef VK_KHR_maintenance5
        VXM__D3D_ROW(A8_UNORM, A8_UNORM_KHR, UNKNOWN),
#endif
    };

    *count = (uint32_t)(sizeof(formats) / sizeof(formats[0]));
    return formats;
}

#undef VXM__D3D_ROW

/* The row of a DXGI format; NULL: it has no equivalent. */
static inline const vxm__D3DFormat *vxm__d3d_find_format(DXGI_FORMAT format)
{
    uint32_t count;
    const vxm__D3DFormat *formats = vxm__d3d_formats(&count);

    for (uint32_t i = 0; i < count; ++i) {
        if (formats[i].dxgi == format) {
            return &formats[i];
        }
    }
    return NULL;
}

/* The row of one of Vulkan's, never a typeless one; NULL: it has no equivalent. */
static inline const vxm__D3DFormat *vxm__d3d_find_vk_format(VkFormat format)
{
    uint32_t count;
    const vxm__D3DFormat *formats = vxm__d3d_formats(&count);

    for (uint32_t i = 0; i < count; ++i) {
        if (formats[i].vk == format && formats[i].dxgi != formats[i].typeless) {
            return &formats[i];
        }
    }
    return NULL;
}

/* A format without equivalent. */
static inline VkResult vxm__d3d_no_format(const char *caller, const char *api, int format,
                                          const char *other)
{
    return vxmSetLastError(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                           "%s: %s %d has no equivalent in %s. Choose another format, or copy into "
                           "an image of one.",
                           caller, api, format, other);
}
/** @endcond */

/**
 * The DXGI format with the same bits as one of Vulkan's; never a typeless one, sRGB where Vulkan's
 * is.
 *
 * @param      format  any.
 * @param[out] out     receives the format.
 *
 * Errors: VK_ERROR_FORMAT_NOT_SUPPORTED for one without equivalent, such as R8G8B8_UNORM and
 * S8_UINT.
 *
 * Thread safety: any thread.
 */
static inline VkResult vxmD3DGetFormat(VkFormat format, DXGI_FORMAT *out)
{
    const vxm__D3DFormat *found = vxm__d3d_find_vk_format(format);

    if (out == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmD3DGetFormat: out must not be NULL.");
    }
    if (found == NULL) {
        return vxm__d3d_no_format("vxmD3DGetFormat", "VkFormat", (int)format, "Direct3D");
    }
    *out = found->dxgi;
    return VK_SUCCESS;
}

/**
 * The Vulkan format with the same bits as one of Direct3D's.
 *
 * @param      format  any. A typeless one gives its family's UNORM format, or where there is none
 *                     its float or depth format: a choice that VxmImageDescription::format may
 *                     change. B8G8R8X8 gives B8G8R8A8, whose views should read alpha as
 *                     VK_COMPONENT_SWIZZLE_ONE.
 * @param[out] out     receives the format.
 *
 * Errors: VK_ERROR_FORMAT_NOT_SUPPORTED for one without equivalent, such as R8G8_B8G8_UNORM and
 * AYUV (other order of components), R1_UNORM, and A8_UNORM with Vulkan headers before
 * VK_KHR_maintenance5.
 *
 * Thread safety: any thread.
 */
static inline VkResult vxmD3DGetVkFormat(DXGI_FORMAT format, VkFormat *out)
{
    const vxm__D3DFormat *found = vxm__d3d_find_format(format);

    if (out == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmD3DGetVkFormat: out must not be NULL.");
    }
    if (found == NULL) {
        return vxm__d3d_no_format("vxmD3DGetVkFormat", "DXGI_FORMAT", (int)format, "Vulkan");
    }
    *out = found->vk;
    return VK_SUCCESS;
}

/**
 * The typeless format of a family: what a texture is made with that Direct3D views in several
 * formats, as Vulkan does with VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT.
 *
 * @param      format  any; a typeless one gives itself.
 * @param[out] out     receives the format.
 *
 * Errors: VK_ERROR_FORMAT_NOT_SUPPORTED for one that has no family, or no equivalent in Vulkan.
 *
 * Thread safety: any thread.
 */
static inline VkResult vxmD3DGetTypelessFormat(DXGI_FORMAT format, DXGI_FORMAT *out)
{
    const vxm__D3DFormat *found = vxm__d3d_find_format(format);

    if (out == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmD3DGetTypelessFormat: out must not be NULL.");
    }
    if (found == NULL || found->typeless == DXGI_FORMAT_UNKNOWN) {
        return vxmSetLastError(VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "vxmD3DGetTypelessFormat: DXGI_FORMAT %d has no typeless format.",
                               (int)format);
    }
    *out = found->typeless;
    return VK_SUCCESS;
}

/* ---------------------------------------------------------------------------------------------- */
/* What both parts need                                                                           */
/* ---------------------------------------------------------------------------------------------- */

/** @cond INTERNAL */
/* The name of an HRESULT. */
static inline const char *vxm__d3d_error_name(HRESULT code)
{
    switch ((uint32_t)code) {
    case 0x80004001u:
        return "E_NOTIMPL";
    case 0x80004002u:
        return "E_NOINTERFACE";
    case 0x80004005u:
        return "E_FAIL";
    case 0x80070005u:
        return "E_ACCESSDENIED";
    case 0x80070006u:
        return "E_HANDLE";
    case 0x8007000eu:
        return "E_OUTOFMEMORY";
    case 0x80070057u:
        return "E_INVALIDARG";
    case 0x887a0001u:
        return "DXGI_ERROR_INVALID_CALL";
    case 0x887a0002u:
        return "DXGI_ERROR_NOT_FOUND";
    case 0x887a0004u:
        return "DXGI_ERROR_UNSUPPORTED";
    case 0x887a0005u:
        return "DXGI_ERROR_DEVICE_REMOVED";
    case 0x887a0006u:
        return "DXGI_ERROR_DEVICE_HUNG";
    case 0x887a0007u:
        return "DXGI_ERROR_DEVICE_RESET";
    case 0x887a0020u:
        return "DXGI_ERROR_DRIVER_INTERNAL_ERROR";
    case 0x887a002bu:
        return "DXGI_ERROR_ACCESS_DENIED";
    case 0x887a002cu:
        return "DXGI_ERROR_NAME_ALREADY_EXISTS";
    default:
        return code < 0 ? "an error" : "a success without a result";
    }
}

/* The last error when Direct3D has failed. `advice` is a sentence, or "". */
static inline VkResult vxm__d3d_fail(const char *caller, const char *call, HRESULT code,
                                     VkResult otherwise, const char *advice)
{
    VkResult result = otherwise;

    switch ((uint32_t)code) {
    case 0x8007000eu: /* E_OUTOFMEMORY */
        result = VK_ERROR_OUT_OF_HOST_MEMORY;
        break;
    case 0x887a0005u: /* DXGI_ERROR_DEVICE_REMOVED */
    case 0x887a0006u: /* DXGI_ERROR_DEVICE_HUNG */
    case 0x887a0007u: /* DXGI_ERROR_DEVICE_RESET */
        result = VK_ERROR_DEVICE_LOST;
        break;
    default:
        break;
    }
    (void)vxmSetLastError(result, VXM_ERROR_REASON_FOREIGN, (int64_t)code,
                          "%s: %s answered %s (0x%08lx).%s%s", caller, call,
                          vxm__d3d_error_name(code), (unsigned long)(uint32_t)code,
                          advice[0] != '\0' ? " " : "", advice);
    return result; /* so that compilers see that it is a failure */
}

/* Pointers of the caller's that must not be NULL; one without a name is not looked at. */
static inline VkResult vxm__d3d_require(const char *caller, const char *first, const void *a,
                                        const char *second, const void *b, const char *third,
                                        const void *c)
{
    const char *missing = NULL;

    if (a == NULL) {
        missing = first;
    } else if (second != NULL && b == NULL) {
        missing = second;
    } else if (third != NULL && c == NULL) {
        missing = third;
    }
    if (missing == NULL) {
        return VK_SUCCESS;
    }
    (void)vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                          "%s: %s must not be NULL.", caller, missing);
    return VK_ERROR_VALIDATION_FAILED_EXT; /* so that compilers see where NULL doesn't get */
}

/* Another interface of an object, with a reference of its own; NULL on failure. */
static inline HRESULT vxm__d3d_query(void *object, const IID *iid, void **out)
{
    HRESULT code;

    *out = NULL;
    code = VXM__D3D_CALL((IUnknown *)object, QueryInterface, VXM__D3D_IID(*iid), out);
    return SUCCEEDED(code) && *out == NULL ? E_NOINTERFACE : code;
}

/* Gives a reference back; NULL is ignored. */
static inline void vxm__d3d_release(void *object)
{
    if (object != NULL) {
        IUnknown *unknown = (IUnknown *)object;
#if defined(__cplusplus) && !defined(CINTERFACE)
        unknown->Release();
#else
        unknown->lpVtbl->Release(unknown);
#endif
    }
}

/* A LUID in digits. */
static inline void vxm__d3d_print_luid(const uint8_t *luid, char text[2 * VK_LUID_SIZE + 1])
{
    for (uint32_t i = 0; i < VK_LUID_SIZE; ++i) {
        text[2 * i] = "0123456789abcdef"[luid[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[luid[i] & 15];
    }
    text[2 * VK_LUID_SIZE] = '\0';
}

/* Compares a LUID of Direct3D's with a Vulkan device's; one that isn't valid is unknown. */
static inline VkResult vxm__d3d_compare_luid(const char *caller, const uint8_t *here,
                                             const uint8_t *theirs, VkBool32 valid)
{
    char texts[2][2 * VK_LUID_SIZE + 1];

    if (!valid || memcmp(here, theirs, VK_LUID_SIZE) == 0) {
        return VK_SUCCESS;
    }
    vxm__d3d_print_luid(here, texts[0]);
    vxm__d3d_print_luid(theirs, texts[1]);
    return vxmSetLastError(
        VK_ERROR_INCOMPATIBLE_DRIVER, VXM_ERROR_REASON_MISMATCH, 0,
        "%s: the Direct3D device is on the adapter with the LUID %s, and the Vulkan device on the "
        "one with %s. Both must be the same GPU: choose the adapter with vxmD3DFindAdapter(), or "
        "the Vulkan device by VxmDeviceCreateInfo::deviceLUID.",
        caller, texts[0], texts[1]);
}

/* Direct3D knows a GPU by its LUID, and by nothing else. */
static inline VkResult vxm__d3d_require_luid(const char *caller, const VxmIdentity *identity)
{
    return identity->deviceLUIDValid
               ? VK_SUCCESS
               : vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                                 "%s: the Vulkan device %.256s tells no LUID (deviceLUIDValid is "
                                 "false), and Direct3D knows a GPU by nothing else. Use another "
                                 "driver.",
                                 caller, identity->deviceName);
}
/** @endcond */

/**
 * The LUID of an adapter, such as for VxmDeviceCreateInfo::deviceLUID.
 *
 * @param      adapter  borrowed.
 * @param[out] luid     receives VK_LUID_SIZE bytes.
 *
 * Errors: VK_ERROR_UNKNOWN if Direct3D refuses.
 */
static inline VkResult vxmD3DGetAdapterLuid(IDXGIAdapter *adapter, uint8_t luid[VK_LUID_SIZE])
{
    static const char caller[] = "vxmD3DGetAdapterLuid";
    DXGI_ADAPTER_DESC desc;
    VkResult result = vxm__d3d_require(caller, "adapter", adapter, "luid", luid, NULL, NULL);
    HRESULT code;

    if (result != VK_SUCCESS) {
        return result;
    }
    code = VXM__D3D_CALL(adapter, GetDesc, &desc);
    if (FAILED(code)) {
        return vxm__d3d_fail(caller, "IDXGIAdapter::GetDesc", code, VK_ERROR_UNKNOWN, "");
    }
    memcpy(luid, &desc.AdapterLuid, VK_LUID_SIZE);
    return VK_SUCCESS;
}

/**
 * The adapter that is a Vulkan device's GPU, to make a Direct3D device on.
 *
 * @param      factory   borrowed.
 * @param[in]  identity  the Vulkan device's (VxmDeviceInfo::identity).
 * @param[out] adapter   receives it; yours to Release().
 *
 * Errors: VK_ERROR_FEATURE_NOT_PRESENT if the Vulkan device tells no LUID;
 * VK_ERROR_INITIALIZATION_FAILED if no adapter has it (a software driver of Vulkan's, such as
 * lavapipe, is none of Direct3D's), or Direct3D refuses.
 */
static inline VkResult vxmD3DFindAdapter(IDXGIFactory1 *factory, const VxmIdentity *identity,
                                         IDXGIAdapter1 **adapter)
{
    static const char caller[] = "vxmD3DFindAdapter";
    VkResult result =
        vxm__d3d_require(caller, "factory", factory, "identity", identity, "adapter", adapter);
    char text[2 * VK_LUID_SIZE + 1];
    uint32_t seen = 0;
    HRESULT code;

    if (result == VK_SUCCESS) {
        result = vxm__d3d_require_luid(caller, identity);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    for (;; ++seen) {
        IDXGIAdapter1 *found = NULL;
        DXGI_ADAPTER_DESC1 desc;

        code = VXM__D3D_CALL(factory, EnumAdapters1, seen, &found);
        if (FAILED(code)) {
            break;
        }
        code = VXM__D3D_CALL(found, GetDesc1, &desc);
        if (SUCCEEDED(code) && memcmp(&desc.AdapterLuid, identity->deviceLUID, VK_LUID_SIZE) == 0) {
            *adapter = found;
            return VK_SUCCESS;
        }
        vxm__d3d_release(found);
        if (FAILED(code)) {
            return vxm__d3d_fail(caller, "IDXGIAdapter1::GetDesc1", code,
                                 VK_ERROR_INITIALIZATION_FAILED, "");
        }
    }
    if (code != DXGI_ERROR_NOT_FOUND) {
        return vxm__d3d_fail(caller, "IDXGIFactory1::EnumAdapters1", code,
                             VK_ERROR_INITIALIZATION_FAILED, "");
    }
    vxm__d3d_print_luid(identity->deviceLUID, text);
    return vxmSetLastError(
        VK_ERROR_INITIALIZATION_FAILED, VXM_ERROR_REASON_MISMATCH, 0,
        "%s: none of Direct3D's %u adapters has the LUID of %.256s, %s. Choose the "
        "Vulkan device by the LUID of an adapter instead "
        "(VxmDeviceCreateInfo::deviceLUID).",
        caller, seen, identity->deviceName, text);
}

/** What the shared handle of a Direct3D object is made with. All zero is a good start. */
typedef struct VxmD3DShareInfo {
    /** Optional: who may open the handle by its name, and whether child processes inherit it. */
    const SECURITY_ATTRIBUTES *attributes;
    /** Optional: a name that other processes open it by, such as L"Local\\frame". */
    const wchar_t *name;
} VxmD3DShareInfo;

/** @cond INTERNAL */
/* What every description of a Direct3D object begins with. */
static inline void vxm__d3d_begin(VxmShared *shared, VxmResourceType type,
                                  VkExternalMemoryHandleTypeFlagBits handleType, VkBool32 dedicated)
{
    memset(shared, 0, sizeof(*shared));
    shared->resourceType = type;
    shared->handleType = (uint32_t)handleType;
    shared->handleTypes = (VkExternalMemoryHandleTypeFlags)handleType;
    shared->dedicated = dedicated;
    shared->memoryCount = 1;
    shared->deviceLUIDValid = VK_TRUE;
    shared->deviceNodeMask = 1;
}

/* Format, mips, layers and samples of a texture; depth: it is used as depth and stencil. */
static inline VkResult vxm__d3d_describe_image(const char *caller, DXGI_FORMAT format,
                                               VkBool32 depth, const DXGI_SAMPLE_DESC *samples,
                                               VxmImageDescription *image)
{
    const vxm__D3DFormat *found = vxm__d3d_find_format(format);

    if (found == NULL) {
        return vxm__d3d_no_format(caller, "the texture's DXGI_FORMAT", (int)format, "Vulkan");
    }
    image->format = found->vk;
    /* The two families whose depth formats aren't the only ones with so many bits. */
    if (depth && format == DXGI_FORMAT_R32_TYPELESS) {
        image->format = VK_FORMAT_D32_SFLOAT;
    } else if (depth && format == DXGI_FORMAT_R16_TYPELESS) {
        image->format = VK_FORMAT_D16_UNORM;
    } else if (!depth && format == found->typeless) {
        image->flags |= VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT;
    }
    /* Vulkan's bit for n samples is n. */
    image->samples = (VkSampleCountFlagBits)(samples->Count != 0 ? samples->Count : 1);
    image->tiling = VK_IMAGE_TILING_OPTIMAL;
    image->sharingMode = VK_SHARING_MODE_EXCLUSIVE;
    return VK_SUCCESS;
}

/* A handle of that kind and type, or a name in its place. */
static inline VkResult vxm__d3d_check_handle(const char *caller, const char *what,
                                             const VxmHandle *handle, VxmHandleKind kind,
                                             uint32_t type, const wchar_t *name)
{
    const VkBool32 empty = handle->type == 0 || handle->ptr == NULL;

    if (name != NULL && handle->type != 0) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: shared has both a handle and a name. Give one of them.",
                               caller);
    }
    if (name != NULL && name[0] == L'\0') {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: shared's name is empty.", caller);
    }
    if (name == NULL && (empty || handle->kind != kind || handle->type != type)) {
        return vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: %s is %s, but shared->handleType is %s. Put the handle that "
                               "belongs to the description there.",
                               caller, what,
                               empty ? "empty" : vxmHandleTypeName(handle->kind, handle->type),
                               vxmHandleTypeName(kind, type));
    }
    return VK_SUCCESS;
}

/* The one memory of a description, before any handle is opened. */
static inline VkResult vxm__d3d_check_shared(const char *caller, const VxmShared *shared,
                                             uint32_t handleTypes, const char *names)
{
    if ((shared->handleType & handleTypes) == 0) {
        return vxmSetLastError(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: shared->handleType is %s, and this opens handles of the type %s only. Make and "
            "export the memory for that type.",
            caller, vxmHandleTypeName(VXM_HANDLE_KIND_MEMORY, shared->handleType), names);
    }
    if (shared->memoryCount != 1) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: shared->memoryCount is %u, but an object of Direct3D's has one "
                               "memory.",
                               caller, shared->memoryCount);
    }
    if (shared->memories[0].name != NULL &&
        shared->handleType == VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: memories[0].name is given, but a D3D11_TEXTURE_KMT has no "
                               "name. Give the handle.",
                               caller);
    }
    return vxm__d3d_check_handle(caller, "memories[0].handle", &shared->memories[0].handle,
                                 VXM_HANDLE_KIND_MEMORY, shared->handleType,
                                 shared->memories[0].name);
}

/* Whether Direct3D can read an image like this at all. */
static inline VkResult vxm__d3d_check_image(const char *caller, const VxmImageDescription *image)
{
    if (image->tiling != VK_IMAGE_TILING_OPTIMAL) {
        return vxmSetLastError(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: the image's tiling is %s, and Direct3D shares textures of its own, OPTIMAL tiling "
            "only. Create the image with VK_IMAGE_TILING_OPTIMAL, or share a buffer.",
            caller, image->tiling == VK_IMAGE_TILING_LINEAR ? "LINEAR" : "a DRM modifier's");
    }
    if (vxm__d3d_find_vk_format(image->format) == NULL) {
        return vxm__d3d_no_format(caller, "the image's VkFormat", (int)image->format, "Direct3D");
    }
    return VK_SUCCESS;
}

/* The object that was opened isn't the one that was described. */
static inline VkResult vxm__d3d_mismatch(const char *caller)
{
    return vxmSetLastError(VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_MISMATCH, 0,
                           "%s: what Direct3D opened by the handle is of another kind or size than "
                           "the description says. Handle and description don't belong together.",
                           caller);
}

/* A description of a fence. */
static inline void vxm__d3d_describe_fence(HANDLE handle, const uint8_t *luid,
                                           VxmSharedSemaphore *shared)
{
    memset(shared, 0, sizeof(*shared));
    shared->handleType = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT;
    shared->handle.kind = VXM_HANDLE_KIND_SEMAPHORE;
    shared->handle.type = shared->handleType;
    shared->handle.ptr = handle;
    shared->semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
    memcpy(shared->deviceLUID, luid, VK_LUID_SIZE);
    shared->deviceLUIDValid = VK_TRUE;
}

/* The semaphore of a description, before its handle is opened. */
static inline VkResult vxm__d3d_check_fence(const char *caller, const VxmSharedSemaphore *shared)
{
    if (shared->handleType != VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT) {
        return vxmSetLastError(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: shared->handleType is %s, and Direct3D opens fences by handles of the type "
            "D3D12_FENCE only. Create the semaphore, a timeline, for that type.",
            caller, vxmHandleTypeName(VXM_HANDLE_KIND_SEMAPHORE, shared->handleType));
    }
    return vxm__d3d_check_handle(caller, "shared->handle", &shared->handle,
                                 VXM_HANDLE_KIND_SEMAPHORE, shared->handleType, shared->name);
}
/** @endcond */

/* ---------------------------------------------------------------------------------------------- */
/* Keyed mutexes                                                                                  */
/* ---------------------------------------------------------------------------------------------- */

/**
 * Takes a keyed mutex on Direct3D's side, on the CPU's time line; what Direct3D does with the
 * texture then waits on the GPU as need be. The other side is VxmKeyedMutexUse with
 * vxmChainKeyedMutexes(): where Direct3D acquires with 0 and releases with 1, Vulkan acquires with
 * 1 and releases with 0. A new texture's mutex is acquired with 0 first.
 *
 * @param mutex    borrowed; of vxmD3D11GetKeyedMutex() or QueryInterface().
 * @param key      wait until it was released with this key.
 * @param timeout  nanoseconds, rounded up to milliseconds; UINT64_MAX: for ever.
 *
 * Errors: VK_TIMEOUT; VK_ERROR_INVALID_EXTERNAL_HANDLE if the other side ended while it had the
 * mutex, or made its device anew: share the texture again; VK_ERROR_UNKNOWN if Direct3D refuses.
 *
 * Thread safety: as the mutex's device. Spec: IDXGIKeyedMutex::AcquireSync.
 */
static inline VkResult vxmD3DAcquireKeyedMutex(IDXGIKeyedMutex *mutex, uint64_t key,
                                               uint64_t timeout)
{
    static const char caller[] = "vxmD3DAcquireKeyedMutex";
    const uint64_t rounded = timeout / 1000000u + (timeout % 1000000u != 0 ? 1u : 0u);
    DWORD milliseconds = INFINITE;
    VkResult result = vxm__d3d_require(caller, "mutex", mutex, NULL, NULL, NULL, NULL);
    HRESULT code;

    if (result != VK_SUCCESS) {
        return result;
    }
    if (timeout != UINT64_MAX) {
        milliseconds = rounded < INFINITE ? (DWORD)rounded : INFINITE - 1;
    }
    code = VXM__D3D_CALL(mutex, AcquireSync, key, milliseconds);
    /* Of no error's shape, so that SUCCEEDED() takes both for a mutex that was acquired. */
    if (code == (HRESULT)WAIT_TIMEOUT) {
        return vxmSetLastError(VK_TIMEOUT, VXM_ERROR_REASON_TIMEOUT, (int64_t)code,
                               "%s: nobody released the mutex with key %llu within %lu ms.", caller,
                               (unsigned long long)key, (unsigned long)milliseconds);
    }
    if (code == (HRESULT)WAIT_ABANDONED) {
        return vxmSetLastError(
            VK_ERROR_INVALID_EXTERNAL_HANDLE, VXM_ERROR_REASON_FOREIGN, (int64_t)code,
            "%s: IDXGIKeyedMutex::AcquireSync answered WAIT_ABANDONED: who had the mutex has "
            "ended, "
            "and the texture's contents are of no use. Make the texture anew and share it again.",
            caller);
    }
    if (code != S_OK) {
        return vxm__d3d_fail(caller, "IDXGIKeyedMutex::AcquireSync", code, VK_ERROR_UNKNOWN, "");
    }
    return VK_SUCCESS;
}

/**
 * Gives a keyed mutex back, for the side that acquires it with the same key next.
 *
 * @param mutex  borrowed.
 * @param key    the next acquire's.
 *
 * Errors: VK_ERROR_UNKNOWN if Direct3D refuses, such as when it was not taken.
 *
 * Thread safety: as the mutex's device. Spec: IDXGIKeyedMutex::ReleaseSync.
 */
static inline VkResult vxmD3DReleaseKeyedMutex(IDXGIKeyedMutex *mutex, uint64_t key)
{
    static const char caller[] = "vxmD3DReleaseKeyedMutex";
    VkResult result = vxm__d3d_require(caller, "mutex", mutex, NULL, NULL, NULL, NULL);
    HRESULT code;

    if (result != VK_SUCCESS) {
        return result;
    }
    code = VXM__D3D_CALL(mutex, ReleaseSync, key);
    return code == S_OK
               ? VK_SUCCESS
               : vxm__d3d_fail(caller, "IDXGIKeyedMutex::ReleaseSync", code, VK_ERROR_UNKNOWN,
                               "Only who has acquired the mutex can release it.");
}

#ifdef VXM_D3D11
/* ---------------------------------------------------------------------------------------------- */
/* Direct3D 11                                                                                    */
/* ---------------------------------------------------------------------------------------------- */

/** @cond INTERNAL */
/* The LUID of a device's adapter. */
static inline VkResult vxm__d3d11_read_luid(const char *caller, ID3D11Device *device, uint8_t *luid)
{
    static const IID iid = {
        0x54ec77fa, 0x1377, 0x44e6, {0x8c, 0x32, 0x88, 0xfd, 0x5f, 0x44, 0xc8, 0x4c}};
    const char *call = "ID3D11Device::QueryInterface(IDXGIDevice)";
    IDXGIDevice *dxgi = NULL;
    IDXGIAdapter *adapter = NULL;
    DXGI_ADAPTER_DESC desc;
    void *found = NULL;
    HRESULT code = vxm__d3d_query(device, &iid, &found);

    if (SUCCEEDED(code)) {
        dxgi = (IDXGIDevice *)found;
        call = "IDXGIDevice::GetAdapter";
        code = VXM__D3D_CALL(dxgi, GetAdapter, &adapter);
    }
    if (SUCCEEDED(code)) {
        call = "IDXGIAdapter::GetDesc";
        code = VXM__D3D_CALL(adapter, GetDesc, &desc);
    }
    if (SUCCEEDED(code)) {
        memcpy(luid, &desc.AdapterLuid, VK_LUID_SIZE);
    }
    vxm__d3d_release(adapter);
    vxm__d3d_release(dxgi);
    return SUCCEEDED(code) ? VK_SUCCESS : vxm__d3d_fail(caller, call, code, VK_ERROR_UNKNOWN, "");
}

/* The same of the device that an object was made on. */
static inline VkResult vxm__d3d11_read_child_luid(const char *caller, ID3D11DeviceChild *child,
                                                  uint8_t *luid)
{
    ID3D11Device *device = NULL;
    VkResult result;

    VXM__D3D_CALL(child, GetDevice, &device);
    result = vxm__d3d11_read_luid(caller, device, luid);
    vxm__d3d_release(device);
    return result;
}

/* What the texture was made for, before a handle is asked for. */
static inline VkResult vxm__d3d11_check_texture(const char *caller,
                                                const D3D11_TEXTURE2D_DESC *desc,
                                                const VxmD3DShareInfo *info)
{
    const UINT shared = D3D11_RESOURCE_MISC_SHARED | D3D11_RESOURCE_MISC_SHARED_KEYEDMUTEX;
    const UINT guarded = D3D11_RESOURCE_MISC_RESTRICTED_CONTENT | D3D11_RESOURCE_MISC_GUARDED |
                         D3D11_RESOURCE_MISC_HW_PROTECTED;
    const char *why = NULL;

    if ((desc->MiscFlags & shared) == 0) {
        why = "the texture was not made to be shared. Create it with "
              "D3D11_RESOURCE_MISC_SHARED_NTHANDLE and D3D11_RESOURCE_MISC_SHARED_KEYEDMUTEX "
              "or D3D11_RESOURCE_MISC_SHARED";
    } else if ((desc->MiscFlags & guarded) != 0) {
        why =
            "its content is protected (RESTRICTED_CONTENT, GUARDED or HW_PROTECTED), which Vulkan "
            "can't be let see. Create the texture without";
    } else if ((desc->MiscFlags & D3D11_RESOURCE_MISC_TILED) != 0) {
        why = "a tiled resource has no memory of its own to share. Create the texture without "
              "D3D11_RESOURCE_MISC_TILED";
    } else if ((desc->MiscFlags & D3D11_RESOURCE_MISC_SHARED_NTHANDLE) == 0 && info != NULL &&
               (info->attributes != NULL || info->name != NULL)) {
        why = "info gives a name or attributes, and the texture has a KMT number, which knows of "
              "neither. Create the texture with D3D11_RESOURCE_MISC_SHARED_NTHANDLE";
    }
    return why == NULL ? VK_SUCCESS
                       : vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT,
                                         0, "%s: %s (D3D11_TEXTURE2D_DESC::MiscFlags is 0x%x).",
                                         caller, why, desc->MiscFlags);
}

/* Fills the description of a texture, but for LUID and handle. */
static inline VkResult vxm__d3d11_describe(const char *caller, const D3D11_TEXTURE2D_DESC *desc,
                                           VxmShared *shared)
{
    VxmImageDescription *image = &shared->image;

    vxm__d3d_begin(shared, VXM_RESOURCE_TYPE_IMAGE,
                   (desc->MiscFlags & D3D11_RESOURCE_MISC_SHARED_NTHANDLE) != 0
                       ? VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT
                       : VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT,
                   VK_TRUE);
    if ((desc->MiscFlags & D3D11_RESOURCE_MISC_TEXTURECUBE) != 0) {
        image->flags |= VK_IMAGE_CREATE_CUBE_COMPATIBLE_BIT;
    }
    image->imageType = VK_IMAGE_TYPE_2D;
    image->extent.width = desc->Width;
    image->extent.height = desc->Height;
    image->extent.depth = 1;
    image->mipLevels = desc->MipLevels;
    image->arrayLayers = desc->ArraySize;
    /* Direct3D copies every texture, and asks for no flag. */
    image->usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    if ((desc->BindFlags & D3D11_BIND_SHADER_RESOURCE) != 0) {
        image->usage |= VK_IMAGE_USAGE_SAMPLED_BIT;
    }
    if ((desc->BindFlags & D3D11_BIND_RENDER_TARGET) != 0) {
        image->usage |= VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT;
    }
    if ((desc->BindFlags & D3D11_BIND_DEPTH_STENCIL) != 0) {
        image->usage |= VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT;
    }
    if ((desc->BindFlags & D3D11_BIND_UNORDERED_ACCESS) != 0) {
        image->usage |= VK_IMAGE_USAGE_STORAGE_BIT;
    }
    return vxm__d3d_describe_image(caller, desc->Format,
                                   (desc->BindFlags & D3D11_BIND_DEPTH_STENCIL) != 0,
                                   &desc->SampleDesc, image);
}

/* Asks for the handle, of the type that the description has. */
static inline VkResult vxm__d3d11_take_handle(const char *caller, ID3D11Texture2D *texture,
                                              const VxmD3DShareInfo *info, VxmShared *shared)
{
    static const IID iid = {
        0x035f3ab4, 0x482e, 0x4e50, {0xb4, 0x1f, 0x8a, 0x7f, 0x8b, 0xd8, 0x96, 0x0b}};
    static const IID iid1 = {
        0x30961379, 0x4609, 0x4a41, {0x99, 0x8e, 0x54, 0xfe, 0x56, 0x7e, 0xe0, 0xc1}};
    const VkBool32 nt = shared->handleType == VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT;
    const char *call = nt ? "ID3D11Texture2D::QueryInterface(IDXGIResource1)"
                          : "ID3D11Texture2D::QueryInterface(IDXGIResource)";
    HANDLE handle = NULL;
    void *found = NULL;
    HRESULT code = vxm__d3d_query(texture, nt ? &iid1 : &iid, &found);

    if (SUCCEEDED(code) && nt) {
        call = "IDXGIResource1::CreateSharedHandle";
        code = VXM__D3D_CALL((IDXGIResource1 *)found, CreateSharedHandle,
                             info != NULL ? info->attributes : NULL,
                             DXGI_SHARED_RESOURCE_READ | DXGI_SHARED_RESOURCE_WRITE,
                             info != NULL ? info->name : NULL, &handle);
    } else if (SUCCEEDED(code)) {
        call = "IDXGIResource::GetSharedHandle";
        code = VXM__D3D_CALL((IDXGIResource *)found, GetSharedHandle, &handle);
    }
    vxm__d3d_release(found);
    if (FAILED(code) || handle == NULL) {
        return vxm__d3d_fail(caller, call, code, VK_ERROR_UNKNOWN,
                             code == E_INVALIDARG ? "A name that is taken is one reason." : "");
    }
    shared->memories[0].handle.kind = VXM_HANDLE_KIND_MEMORY;
    shared->memories[0].handle.type = shared->handleType;
    shared->memories[0].handle.ptr = handle;
    return VK_SUCCESS;
}
/** @endcond */

/**
 * The LUID of a device's adapter, such as for VxmDeviceCreateInfo::deviceLUID.
 *
 * @param      device  borrowed.
 * @param[out] luid    receives VK_LUID_SIZE bytes.
 *
 * Errors: VK_ERROR_UNKNOWN if Direct3D refuses.
 */
static inline VkResult vxmD3D11GetDeviceLuid(ID3D11Device *device, uint8_t luid[VK_LUID_SIZE])
{
    static const char caller[] = "vxmD3D11GetDeviceLuid";
    VkResult result = vxm__d3d_require(caller, "device", device, "luid", luid, NULL, NULL);

    return result == VK_SUCCESS ? vxm__d3d11_read_luid(caller, device, luid) : result;
}

/**
 * Whether a Direct3D device is on a Vulkan device's GPU.
 *
 * @param     device    borrowed.
 * @param[in] identity  the Vulkan device's (VxmDeviceInfo::identity).
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER if it isn't; VK_ERROR_FEATURE_NOT_PRESENT if the Vulkan
 * device tells no LUID; VK_ERROR_UNKNOWN if Direct3D refuses.
 */
static inline VkResult vxmD3D11CheckDevice(ID3D11Device *device, const VxmIdentity *identity)
{
    static const char caller[] = "vxmD3D11CheckDevice";
    uint8_t luid[VK_LUID_SIZE] = {0};
    VkResult result = vxm__d3d_require(caller, "device", device, "identity", identity, NULL, NULL);

    if (result == VK_SUCCESS) {
        result = vxm__d3d_require_luid(caller, identity);
    }
    if (result == VK_SUCCESS) {
        result = vxm__d3d11_read_luid(caller, device, luid);
    }
    if (result == VK_SUCCESS) {
        result = vxm__d3d_compare_luid(caller, luid, identity->deviceLUID, VK_TRUE);
    }
    return result;
}

/**
 * Describes a texture that Direct3D 11 made, with a new handle, for vxmImportMemory() and whoever
 * else takes a VxmShared.
 *
 * A texture made with D3D11_RESOURCE_MISC_SHARED_NTHANDLE gives a D3D11_TEXTURE, any other shared
 * one a D3D11_TEXTURE_KMT: a number that doesn't keep the texture alive. The image's usage comes
 * from D3D11_TEXTURE2D_DESC::BindFlags (SHADER_RESOURCE: SAMPLED, RENDER_TARGET: COLOR_ATTACHMENT,
 * DEPTH_STENCIL: DEPTH_STENCIL_ATTACHMENT, UNORDERED_ACCESS: STORAGE) and is for transfers always;
 * a cube is CUBE_COMPATIBLE. A typeless colour format becomes one of its family's with
 * VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT. Before the import you may change what you know better, such
 * as shared->image.usage where the Vulkan driver has less for the format. The description is
 * dedicated, which CUDA and OpenGL are told; for an import with VK_SHARING_MODE_CONCURRENT say
 * VK_FALSE there: the texture is no Vulkan resource that the import must equal.
 *
 * @param      texture  borrowed; made with D3D11_RESOURCE_MISC_SHARED or SHARED_KEYEDMUTEX.
 * @param[in]  info     optional; NULL is the same as all zero. Not for a KMT number.
 * @param[out] shared   receives description and handle. Yours: end it with vxmCloseShared().
 *
 * Errors: VK_ERROR_VALIDATION_FAILED_EXT for a texture that isn't shared, is protected or tiled;
 * VK_ERROR_FORMAT_NOT_SUPPORTED for a format without equivalent; VK_ERROR_UNKNOWN if Direct3D
 * refuses.
 *
 * Thread safety: as the texture's device. Spec: IDXGIResource1::CreateSharedHandle,
 * IDXGIResource::GetSharedHandle, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT.
 */
static inline VkResult vxmD3D11ShareTexture(ID3D11Texture2D *texture, const VxmD3DShareInfo *info,
                                            VxmShared *shared)
{
    static const char caller[] = "vxmD3D11ShareTexture";
    D3D11_TEXTURE2D_DESC desc;
    VxmShared made;
    VkResult result = vxm__d3d_require(caller, "texture", texture, "shared", shared, NULL, NULL);

    if (result != VK_SUCCESS) {
        return result;
    }
    VXM__D3D_CALL(texture, GetDesc, &desc);
    result = vxm__d3d11_check_texture(caller, &desc, info);
    if (result == VK_SUCCESS) {
        result = vxm__d3d11_describe(caller, &desc, &made);
    }
    if (result == VK_SUCCESS) {
        result = vxm__d3d11_read_child_luid(caller, (ID3D11DeviceChild *)texture, made.deviceLUID);
    }
    if (result == VK_SUCCESS) {
        result = vxm__d3d11_take_handle(caller, texture, info, &made);
    }
    if (result == VK_SUCCESS) {
        *shared = made;
    }
    return result;
}

/**
 * Opens an image of Vulkan's (or another device's texture) as a texture of Direct3D 11.
 *
 * @param      device   borrowed; ID3D11Device1 (Windows 8) for a D3D11_TEXTURE.
 * @param[in]  shared   description, and a handle of type D3D11_TEXTURE or D3D11_TEXTURE_KMT or the
 * name of a D3D11_TEXTURE, borrowed.
 * @param[out] texture  receives the texture; yours to Release(). It keeps the memory alive, except
 *                      that of a KMT number.
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER on another GPU; VK_ERROR_FEATURE_NOT_PRESENT for another
 * handle type or LINEAR tiling; VK_ERROR_FORMAT_NOT_SUPPORTED for a format without equivalent;
 * VK_ERROR_INVALID_EXTERNAL_HANDLE for a handle that is missing, that Direct3D refuses, or that
 * doesn't belong to the description; VK_ERROR_VALIDATION_FAILED_EXT for what is no 2D image, and as
 * vxmCheckDescription().
 *
 * Thread safety: as the device. Spec: ID3D11Device1::OpenSharedResource1 and
 * OpenSharedResourceByName, ID3D11Device::OpenSharedResource.
 */
static inline VkResult vxmD3D11ImportShared(ID3D11Device *device, const VxmShared *shared,
                                            ID3D11Texture2D **texture)
{
    static const char caller[] = "vxmD3D11ImportShared";
    static const IID iidDevice = {
        0xa04bfb29, 0x08ef, 0x43d6, {0xa4, 0x9c, 0xa9, 0xbd, 0xbd, 0xcb, 0xe6, 0x86}};
    static const IID iidTexture = {
        0x6f15aaf2, 0xd208, 0x4e89, {0x9a, 0xb4, 0x48, 0x95, 0x35, 0xd3, 0x4f, 0x9c}};
    const char *call = "ID3D11Device::OpenSharedResource";
    uint8_t luid[VK_LUID_SIZE] = {0};
    D3D11_TEXTURE2D_DESC desc;
    ID3D11Texture2D *opened = NULL;
    void *device1 = NULL;
    void *found = NULL;
    HANDLE handle;
    HRESULT code;
    VkResult result =
        vxm__d3d_require(caller, "device", device, "shared", shared, "texture", texture);

    if (result == VK_SUCCESS) {
        result = vxm__d3d_check_shared(caller, shared,
                                       VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT |
                                           VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT,
                                       "D3D11_TEXTURE and D3D11_TEXTURE_KMT");
    }
    if (result == VK_SUCCESS && (shared->resourceType != VXM_RESOURCE_TYPE_IMAGE ||
                                 shared->image.imageType != VK_IMAGE_TYPE_2D)) {
        result = vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                                 "%s: shared is no 2D image, and Direct3D 11 shares only those. "
                                 "Direct3D 12 shares buffers and other images.",
                                 caller);
    }
    if (result == VK_SUCCESS) {
        result = vxm__d3d_check_image(caller, &shared->image);
    }
    if (result == VK_SUCCESS) {
        result = vxmCheckDescription(shared);
    }
    if (result == VK_SUCCESS) {
        result = vxm__d3d11_read_luid(caller, device, luid);
    }
    if (result == VK_SUCCESS) {
        result = vxm__d3d_compare_luid(caller, luid, shared->deviceLUID, shared->deviceLUIDValid);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    handle = shared->memories[0].handle.ptr;
    if (shared->handleType == VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT) {
        code = vxm__d3d_query(device, &iidDevice, &device1);
        if (FAILED(code)) {
            return vxm__d3d_fail(caller, "ID3D11Device::QueryInterface(ID3D11Device1)", code,
                                 VK_ERROR_FEATURE_NOT_PRESENT,
                                 "NT handles need Direct3D 11.1 (Windows 8).");
        }
        if (shared->memories[0].name != NULL) {
            call = "ID3D11Device1::OpenSharedResourceByName";
            code = VXM__D3D_CALL((ID3D11Device1 *)device1, OpenSharedResourceByName,
                                 shared->memories[0].name,
                                 DXGI_SHARED_RESOURCE_READ | DXGI_SHARED_RESOURCE_WRITE,
                                 VXM__D3D_IID(iidTexture), &found);
        } else {
            call = "ID3D11Device1::OpenSharedResource1";
            code = VXM__D3D_CALL((ID3D11Device1 *)device1, OpenSharedResource1, handle,
                                 VXM__D3D_IID(iidTexture), &found);
        }
    } else {
        code = VXM__D3D_CALL(device, OpenSharedResource, handle, VXM__D3D_IID(iidTexture), &found);
    }
    vxm__d3d_release(device1);
    if (FAILED(code) || found == NULL) {
        return vxm__d3d_fail(
            caller, call, code, VK_ERROR_INVALID_EXTERNAL_HANDLE,
            "It takes handles and names of textures that are shared on its own adapter.");
    }
    opened = (ID3D11Texture2D *)found;
    VXM__D3D_CALL(opened, GetDesc, &desc);
    if (desc.Width != shared->image.extent.width || desc.Height != shared->image.extent.height ||
        desc.MipLevels != shared->image.mipLevels || desc.ArraySize != shared->image.arrayLayers) {
        vxm__d3d_release(opened);
        return vxm__d3d_mismatch(caller);
    }
    *texture = opened;
    return VK_SUCCESS;
}

/**
 * Opens an image of Vulkan's as a texture of Direct3D 11: exports, opens and closes the handle.
 *
 * @param      device   borrowed.
 * @param      memory   an image made or imported for the type D3D11_TEXTURE, or else
 *                      D3D11_TEXTURE_KMT. It stays yours; with a KMT number it must outlive the
 *                      texture.
 * @param[out] texture  receives the texture; yours to Release().
 *
 * Errors: as vxmExportMemory() and vxmD3D11ImportShared().
 *
 * Thread safety: as the device and the memory.
 */
static inline VkResult vxmD3D11ImportMemory(ID3D11Device *device, VxmMemory memory,
                                            ID3D11Texture2D **texture)
{
    VkExternalMemoryHandleTypeFlagBits type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT;
    VxmMemoryInfo info;
    VxmShared shared;
    VkResult result = vxmGetMemoryInfo(memory, &info);

    if (result == VK_SUCCESS && (info.exportHandleTypes & type) == 0 &&
        (info.exportHandleTypes & VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT) != 0) {
        type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT;
    }
    if (result == VK_SUCCESS) {
        result = vxmExportMemory(memory, type, &shared);
    }
    if (result == VK_SUCCESS) {
        result = vxmD3D11ImportShared(device, &shared, texture);
        vxmCloseShared(&shared);
    }
    return result;
}

/**
 * The keyed mutex of a texture, for vxmD3DAcquireKeyedMutex().
 *
 * @param      texture  borrowed; made with D3D11_RESOURCE_MISC_SHARED_KEYEDMUTEX.
 * @param[out] mutex    receives it; yours to Release().
 *
 * Errors: VK_ERROR_FEATURE_NOT_PRESENT for a texture without.
 */
static inline VkResult vxmD3D11GetKeyedMutex(ID3D11Texture2D *texture, IDXGIKeyedMutex **mutex)
{
    static const char caller[] = "vxmD3D11GetKeyedMutex";
    static const IID iid = {
        0x9d8e1289, 0xd7b3, 0x465f, {0x81, 0x26, 0x25, 0x0e, 0x34, 0x9a, 0xf8, 0x5d}};
    void *found = NULL;
    VkResult result = vxm__d3d_require(caller, "texture", texture, "mutex", mutex, NULL, NULL);
    HRESULT code;

    if (result != VK_SUCCESS) {
        return result;
    }
    code = vxm__d3d_query(texture, &iid, &found);
    if (FAILED(code)) {
        return vxm__d3d_fail(caller, "ID3D11Texture2D::QueryInterface(IDXGIKeyedMutex)", code,
                             VK_ERROR_FEATURE_NOT_PRESENT,
                             "Create the texture with D3D11_RESOURCE_MISC_SHARED_KEYEDMUTEX.");
    }
    *mutex = (IDXGIKeyedMutex *)found;
    return VK_SUCCESS;
}

/**
 * Describes a fence that Direct3D 11 made, with a new handle, for vxmImportSemaphore(): a timeline.
 *
 * @param      fence   borrowed; made with D3D11_FENCE_FLAG_SHARED.
 * @param[in]  info    optional; NULL is the same as all zero.
 * @param[out] shared  receives description and handle. Yours: end it with
 *                     vxmCloseSharedSemaphore().
 *
 * Errors: VK_ERROR_UNKNOWN if Direct3D refuses.
 *
 * Thread safety: as the fence's device. Spec: ID3D11Fence::CreateSharedHandle,
 * VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D11_FENCE_BIT.
 */
static inline VkResult vxmD3D11ShareFence(ID3D11Fence *fence, const VxmD3DShareInfo *info,
                                          VxmSharedSemaphore *shared)
{
    static const char caller[] = "vxmD3D11ShareFence";
    uint8_t luid[VK_LUID_SIZE] = {0};
    HANDLE handle = NULL;
    VkResult result = vxm__d3d_require(caller, "fence", fence, "shared", shared, NULL, NULL);
    HRESULT code;

    if (result == VK_SUCCESS) {
        result = vxm__d3d11_read_child_luid(caller, (ID3D11DeviceChild *)fence, luid);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    code = VXM__D3D_CALL(fence, CreateSharedHandle, info != NULL ? info->attributes : NULL,
                         GENERIC_ALL, info != NULL ? info->name : NULL, &handle);
    if (FAILED(code) || handle == NULL) {
        return vxm__d3d_fail(caller, "ID3D11Fence::CreateSharedHandle", code, VK_ERROR_UNKNOWN,
                             "The fence must be created with D3D11_FENCE_FLAG_SHARED, and a name "
                             "must be free.");
    }
    vxm__d3d_describe_fence(handle, luid, shared);
    return VK_SUCCESS;
}

/**
 * Opens a timeline of Vulkan's (or another device's fence) as a fence of Direct3D 11.
 *
 * @param      device  borrowed; ID3D11Device5 (Windows 10 1703).
 * @param[in]  shared  description and handle of type D3D12_FENCE, borrowed.
 * @param[out] fence   receives the fence; yours to Release().
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER on another GPU; VK_ERROR_FEATURE_NOT_PRESENT for another
 * handle type, or a device without fences; VK_ERROR_INVALID_EXTERNAL_HANDLE for a handle that is
 * missing or that Direct3D refuses.
 *
 * Thread safety: as the device. Spec: ID3D11Device5::OpenSharedFence.
 */
static inline VkResult vxmD3D11ImportSharedSemaphore(ID3D11Device *device,
                                                     const VxmSharedSemaphore *shared,
                                                     ID3D11Fence **fence)
{
    static const char caller[] = "vxmD3D11ImportSharedSemaphore";
    static const IID iidDevice = {
        0x8ffde202, 0xa0e7, 0x45df, {0x9e, 0x01, 0xe8, 0x37, 0x80, 0x1b, 0x5e, 0xa0}};
    static const IID iidFence = {
        0xaffde9d1, 0x1df7, 0x4bb7, {0x8a, 0x34, 0x0f, 0x46, 0x25, 0x1d, 0xab, 0x80}};
    uint8_t luid[VK_LUID_SIZE] = {0};
    void *device5 = NULL;
    void *found = NULL;
    VkResult result = vxm__d3d_require(caller, "device", device, "shared", shared, "fence", fence);
    HRESULT code;

    if (result == VK_SUCCESS) {
        result = vxm__d3d_check_fence(caller, shared);
    }
    if (result == VK_SUCCESS && shared->name != NULL) {
        result = vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                                 "%s: shared->name is given, but Direct3D 11 opens no fence by its "
                                 "name. Give the handle.",
                                 caller);
    }
    if (result == VK_SUCCESS) {
        result = vxm__d3d11_read_luid(caller, device, luid);
    }
    if (result == VK_SUCCESS) {
        result = vxm__d3d_compare_luid(caller, luid, shared->deviceLUID, shared->deviceLUIDValid);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    code = vxm__d3d_query(device, &iidDevice, &device5);
    if (FAILED(code)) {
        return vxm__d3d_fail(caller, "ID3D11Device::QueryInterface(ID3D11Device5)", code,
                             VK_ERROR_FEATURE_NOT_PRESENT,
                             "Fences need Direct3D 11.4 (Windows 10 1703).");
    }
    code = VXM__D3D_CALL((ID3D11Device5 *)device5, OpenSharedFence, shared->handle.ptr,
                         VXM__D3D_IID(iidFence), &found);
    vxm__d3d_release(device5);
    if (FAILED(code) || found == NULL) {
        return vxm__d3d_fail(caller, "ID3D11Device5::OpenSharedFence", code,
                             VK_ERROR_INVALID_EXTERNAL_HANDLE,
                             "It takes handles of fences that are shared on its own adapter.");
    }
    *fence = (ID3D11Fence *)found;
    return VK_SUCCESS;
}

/**
 * Opens a timeline of Vulkan's as a fence of Direct3D 11: exports, opens and closes the handle.
 *
 * @param      device     borrowed; ID3D11Device5.
 * @param      semaphore  a timeline made for the type D3D12_FENCE. It stays yours.
 * @param[out] fence      receives the fence; yours to Release().
 *
 * Errors: as vxmExportSemaphore() and vxmD3D11ImportSharedSemaphore().
 *
 * Thread safety: as the device and the semaphore.
 */
static inline VkResult vxmD3D11ImportSemaphore(ID3D11Device *device, VxmSemaphore semaphore,
                                               ID3D11Fence **fence)
{
    VxmSharedSemaphore shared;
    VkResult result =
        vxmExportSemaphore(semaphore, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT, &shared);

    if (result == VK_SUCCESS) {
        result = vxmD3D11ImportSharedSemaphore(device, &shared, fence);
        vxmCloseSharedSemaphore(&shared);
    }
    return result;
}

/**
 * Lets the GPU wait until a fence reaches a value, before what the context does next.
 *
 * @param fence    borrowed.
 * @param value    to reach.
 * @param context  borrowed.
 *
 * Errors: VK_ERROR_UNKNOWN if Direct3D refuses.
 *
 * Thread safety: none: as every call on a context. Spec: ID3D11DeviceContext4::Wait.
 */
static inline VkResult vxmD3D11WaitSemaphore(ID3D11Fence *fence, uint64_t value,
                                             ID3D11DeviceContext4 *context)
{
    static const char caller[] = "vxmD3D11WaitSemaphore";
    VkResult result = vxm__d3d_require(caller, "fence", fence, "context", context, NULL, NULL);
    HRESULT code;

    if (result != VK_SUCCESS) {
        return result;
    }
    code = VXM__D3D_CALL(context, Wait, fence, value);
    return SUCCEEDED(code)
               ? VK_SUCCESS
               : vxm__d3d_fail(caller, "ID3D11DeviceContext4::Wait", code, VK_ERROR_UNKNOWN, "");
}

/** Lets the GPU signal a fence with a value, after what the context has done so far (ID3D11Device's
 * immediate context sends it off with Flush() at the latest); otherwise as
 * vxmD3D11WaitSemaphore(). */
static inline VkResult vxmD3D11SignalSemaphore(ID3D11Fence *fence, uint64_t value,
                                               ID3D11DeviceContext4 *context)
{
    static const char caller[] = "vxmD3D11SignalSemaphore";
    VkResult result = vxm__d3d_require(caller, "fence", fence, "context", context, NULL, NULL);
    HRESULT code;

    if (result != VK_SUCCESS) {
        return result;
    }
    code = VXM__D3D_CALL(context, Signal, fence, value);
    return SUCCEEDED(code)
               ? VK_SUCCESS
               : vxm__d3d_fail(caller, "ID3D11DeviceContext4::Signal", code, VK_ERROR_UNKNOWN, "");
}
#endif /* VXM_D3D11 */

#ifdef VXM_D3D12
/* ---------------------------------------------------------------------------------------------- */
/* Direct3D 12                                                                                    */
/* ---------------------------------------------------------------------------------------------- */

/** @cond INTERNAL */
/* Methods that return a struct: Direct3D takes the address to write to as their first parameter.
 * Declarations for MSVC leave that to the compiler in C++, others show it, and some for C say what
 * no C compiler does. */
typedef D3D12_RESOURCE_DESC *(STDMETHODCALLTYPE *vxm__D3D12GetResourceDesc)(ID3D12Resource *,
                                                                            D3D12_RESOURCE_DESC *);
typedef D3D12_HEAP_DESC *(STDMETHODCALLTYPE *vxm__D3D12GetHeapDesc)(ID3D12Heap *,
                                                                    D3D12_HEAP_DESC *);
typedef LUID *(STDMETHODCALLTYPE *vxm__D3D12GetAdapterLuid)(ID3D12Device *, LUID *);
#if defined(__cplusplus) && !defined(CINTERFACE) && defined(_MSC_VER)
#define VXM__D3D12_GET(type, object, method, out) ((void)(*(out) = (object)->method()))
#elif defined(__cplusplus) && !defined(CINTERFACE)
#define VXM__D3D12_GET(type, object, method, out) ((void)(object)->method(out))
#else
#define VXM__D3D12_GET(type, object, method, out)                                                  \
    ((void)((type)(void (*)(void))(object)->lpVtbl->method)((object), (out)))
#endif

/* The LUID of a device's adapter. */
static inline void vxm__d3d12_read_luid(ID3D12Device *device, uint8_t *luid)
{
    LUID found;

    VXM__D3D12_GET(vxm__D3D12GetAdapterLuid, device, GetAdapterLuid, &found);
    memcpy(luid, &found, VK_LUID_SIZE);
}

/* A shared handle of an object, and the LUID of its device. */
static inline VkResult vxm__d3d12_take_handle(const char *caller, ID3D12DeviceChild *object,
                                              const VxmD3DShareInfo *info, const char *advice,
                                              uint8_t *luid, HANDLE *handle)
{
    static const IID iid = {
        0x189819f1, 0x1db6, 0x4b57, {0xbe, 0x54, 0x18, 0x21, 0x33, 0x9b, 0x85, 0xf7}};
    const char *call = "ID3D12DeviceChild::GetDevice";
    void *device = NULL;
    HANDLE made = NULL;
    HRESULT code = VXM__D3D_CALL(object, GetDevice, VXM__D3D_IID(iid), &device);

    if (SUCCEEDED(code) && device != NULL) {
        vxm__d3d12_read_luid((ID3D12Device *)device, luid);
        call = "ID3D12Device::CreateSharedHandle";
        code = VXM__D3D_CALL((ID3D12Device *)device, CreateSharedHandle, object,
                             info != NULL ? info->attributes : NULL, GENERIC_ALL,
                             info != NULL ? info->name : NULL, &made);
        vxm__d3d_release(device);
    }
    if (FAILED(code) || made == NULL) {
        return vxm__d3d_fail(caller, call, code, VK_ERROR_UNKNOWN, advice);
    }
    *handle = made;
    return VK_SUCCESS;
}

/* Puts a handle into a description's one memory. */
static inline void vxm__d3d12_set_handle(VxmShared *shared, HANDLE handle)
{
    shared->memories[0].handle.kind = VXM_HANDLE_KIND_MEMORY;
    shared->memories[0].handle.type = shared->handleType;
    shared->memories[0].handle.ptr = handle;
}

/* Refuses a heap that was not made to be shared. */
static inline VkResult vxm__d3d12_check_flags(const char *caller, const char *what,
                                              D3D12_HEAP_FLAGS flags)
{
    if (((UINT)flags & (UINT)D3D12_HEAP_FLAG_SHARED) != 0) {
        return VK_SUCCESS;
    }
    return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                           "%s: the %s was not made to be shared (its D3D12_HEAP_FLAGS are 0x%x). "
                           "Create it with D3D12_HEAP_FLAG_SHARED.",
                           caller, what, (unsigned)flags);
}

/* Fills the description of a buffer. */
static inline void vxm__d3d12_describe_buffer(const D3D12_RESOURCE_DESC *desc,
                                              VxmBufferDescription *buffer)
{
    buffer->size = desc->Width;
    /* Direct3D asks for no flag for any of these. */
    buffer->usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT |
                    VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT | VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                    VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT | VK_BUFFER_USAGE_INDEX_BUFFER_BIT |
                    VK_BUFFER_USAGE_VERTEX_BUFFER_BIT | VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT;
    if (((UINT)desc->Flags & (UINT)D3D12_RESOURCE_FLAG_ALLOW_UNORDERED_ACCESS) != 0) {
        buffer->usage |= VK_BUFFER_USAGE_STORAGE_TEXEL_BUFFER_BIT;
    }
    buffer->sharingMode = VK_SHARING_MODE_EXCLUSIVE;
}

/* Fills the description of a texture. */
static inline VkResult vxm__d3d12_describe_texture(const char *caller,
                                                   const D3D12_RESOURCE_DESC *desc,
                                                   VxmImageDescription *image)
{
    const UINT flags = (UINT)desc->Flags;
    const VkBool32 is3d = desc->Dimension == D3D12_RESOURCE_DIMENSION_TEXTURE3D;

    if (desc->Layout != D3D12_TEXTURE_LAYOUT_UNKNOWN) {
        return vxmSetLastError(
            VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
            "%s: the texture's layout is %d (row-major or a standard swizzle), which Vulkan's "
            "OPTIMAL tiling is not. Create it with D3D12_TEXTURE_LAYOUT_UNKNOWN, or share a "
            "buffer.",
            caller, (int)desc->Layout);
    }
    image->imageType = VK_IMAGE_TYPE_2D;
    if (is3d) {
        image->imageType = VK_IMAGE_TYPE_3D;
    } else if (desc->Dimension == D3D12_RESOURCE_DIMENSION_TEXTURE1D) {
        image->imageType = VK_IMAGE_TYPE_1D;
    }
    image->extent.width = (uint32_t)desc->Width; /* of a texture at most 16384 */
    image->extent.height = desc->Height;
    image->extent.depth = is3d ? desc->DepthOrArraySize : 1u;
    image->arrayLayers = is3d ? 1u : desc->DepthOrArraySize;
    image->mipLevels = desc->MipLevels;
    /* Direct3D copies every texture, and asks for no flag. */
    image->usage = VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    if ((flags & (UINT)D3D12_RESOURCE_FLAG_DENY_SHADER_RESOURCE) == 0) {
        image->usage |= VK_IMAGE_USAGE_SAMPLED_BIT;
    }
    if ((flags & (UINT)D3D12_RESOURCE_FLAG_ALLOW_RENDER_TARGET) != 0) {
        image->usage |= VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT;
    }
    if ((flags & (UINT)D3D12_RESOURCE_FLAG_ALLOW_DEPTH_STENCIL) != 0) {
        image->usage |= VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT;
    }
    if ((flags & (UINT)D3D12_RESOURCE_FLAG_ALLOW_UNORDERED_ACCESS) != 0) {
        image->usage |= VK_IMAGE_USAGE_STORAGE_BIT;
    }
    return vxm__d3d_describe_image(caller, desc->Format,
                                   (flags & (UINT)D3D12_RESOURCE_FLAG_ALLOW_DEPTH_STENCIL) != 0,
                                   &desc->SampleDesc, image);
}

/* Whether what was opened is what was described. */
static inline VkBool32 vxm__d3d12_is_described(const D3D12_RESOURCE_DESC *desc,
                                               const VxmShared *shared)
{
    const VxmImageDescription *image = &shared->image;

    if (shared->resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        return desc->Dimension == D3D12_RESOURCE_DIMENSION_BUFFER &&
               desc->Width >= shared->buffer.size;
    }
    /* Direct3D's numbers for the dimensions are Vulkan's and two. */
    return desc->Dimension == (D3D12_RESOURCE_DIMENSION)((int)D3D12_RESOURCE_DIMENSION_TEXTURE1D +
                                                         (int)image->imageType) &&
           desc->Width == image->extent.width && desc->Height == image->extent.height &&
           desc->DepthOrArraySize ==
               (image->imageType == VK_IMAGE_TYPE_3D ? image->extent.depth : image->arrayLayers) &&
           desc->MipLevels == image->mipLevels;
}

/* Opens a handle, or a name, on the GPU that it is of. */
static inline VkResult vxm__d3d12_open(const char *caller, ID3D12Device *device, HANDLE handle,
                                       const wchar_t *name, const uint8_t *luid, VkBool32 luidValid,
                                       const IID *iid, void **opened)
{
    uint8_t here[VK_LUID_SIZE] = {0};
    HANDLE named = NULL;
    void *found = NULL;
    VkResult result;
    HRESULT code;

    vxm__d3d12_read_luid(device, here);
    result = vxm__d3d_compare_luid(caller, here, luid, luidValid);
    if (result != VK_SUCCESS) {
        return result;
    }
    if (name != NULL) {
        code = VXM__D3D_CALL(device, OpenSharedHandleByName, name, GENERIC_ALL, &named);
        if (FAILED(code) || named == NULL) {
            return vxm__d3d_fail(caller, "ID3D12Device::OpenSharedHandleByName", code,
                                 VK_ERROR_INVALID_EXTERNAL_HANDLE,
                                 "The name must be of something that is still shared.");
        }
        handle = named;
    }
    code = VXM__D3D_CALL(device, OpenSharedHandle, handle, VXM__D3D_IID(*iid), &found);
    if (named != NULL) {
        CloseHandle(named);
    }
    if (FAILED(code) || found == NULL) {
        return vxm__d3d_fail(caller, "ID3D12Device::OpenSharedHandle", code,
                             VK_ERROR_INVALID_EXTERNAL_HANDLE,
                             "It takes NT handles of what is shared on its own adapter, each as "
                             "what it is: resource, heap or fence.");
    }
    *opened = found;
    return VK_SUCCESS;
}
/** @endcond */

/**
 * The LUID of a device's adapter, such as for VxmDeviceCreateInfo::deviceLUID.
 *
 * @param      device  borrowed.
 * @param[out] luid    receives VK_LUID_SIZE bytes.
 */
static inline VkResult vxmD3D12GetDeviceLuid(ID3D12Device *device, uint8_t luid[VK_LUID_SIZE])
{
    static const char caller[] = "vxmD3D12GetDeviceLuid";
    VkResult result = vxm__d3d_require(caller, "device", device, "luid", luid, NULL, NULL);

    if (result == VK_SUCCESS) {
        vxm__d3d12_read_luid(device, luid);
    }
    return result;
}

/**
 * Whether a Direct3D device is on a Vulkan device's GPU.
 *
 * @param     device    borrowed.
 * @param[in] identity  the Vulkan device's (VxmDeviceInfo::identity).
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER if it isn't; VK_ERROR_FEATURE_NOT_PRESENT if the Vulkan
 * device tells no LUID.
 */
static inline VkResult vxmD3D12CheckDevice(ID3D12Device *device, const VxmIdentity *identity)
{
    static const char caller[] = "vxmD3D12CheckDevice";
    uint8_t luid[VK_LUID_SIZE] = {0};
    VkResult result = vxm__d3d_require(caller, "device", device, "identity", identity, NULL, NULL);

    if (result == VK_SUCCESS) {
        result = vxm__d3d_require_luid(caller, identity);
    }
    if (result == VK_SUCCESS) {
        vxm__d3d12_read_luid(device, luid);
        result = vxm__d3d_compare_luid(caller, luid, identity->deviceLUID, VK_TRUE);
    }
    return result;
}

/**
 * Describes a buffer or texture that Direct3D 12 made, with a new handle of type D3D12_RESOURCE,
 * for vxmImportMemory() and whoever else takes a VxmShared.
 *
 * An image's usage comes from D3D12_RESOURCE_DESC::Flags (SAMPLED without DENY_SHADER_RESOURCE,
 * ALLOW_RENDER_TARGET: COLOR_ATTACHMENT, ALLOW_DEPTH_STENCIL: DEPTH_STENCIL_ATTACHMENT,
 * ALLOW_UNORDERED_ACCESS: STORAGE) and is for transfers always. A buffer's is everything that
 * Direct3D does with any buffer, and STORAGE_TEXEL_BUFFER with ALLOW_UNORDERED_ACCESS. A typeless
 * colour format becomes one of its family's with VK_IMAGE_CREATE_MUTABLE_FORMAT_BIT. Before the
 * import you may change what you know better, such as CUBE_COMPATIBLE in shared->image.flags, which
 * Direct3D 12 has no flag for.
 *
 * @param      resource  borrowed; a committed resource made with D3D12_HEAP_FLAG_SHARED. Of placed
 *                       resources share the heap.
 * @param[in]  info      optional; NULL is the same as all zero.
 * @param[out] shared    receives description and handle. Yours: end it with vxmCloseShared().
 *
 * Errors: VK_ERROR_VALIDATION_FAILED_EXT for a resource that isn't shared;
 * VK_ERROR_FEATURE_NOT_PRESENT for a row-major or standard-swizzle texture;
 * VK_ERROR_FORMAT_NOT_SUPPORTED for a format without equivalent; VK_ERROR_UNKNOWN if Direct3D
 * refuses.
 *
 * Thread safety: any thread. Spec: ID3D12Device::CreateSharedHandle,
 * VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT.
 */
static inline VkResult vxmD3D12ShareResource(ID3D12Resource *resource, const VxmD3DShareInfo *info,
                                             VxmShared *shared)
{
    static const char caller[] = "vxmD3D12ShareResource";
    D3D12_HEAP_PROPERTIES properties;
    D3D12_HEAP_FLAGS flags;
    D3D12_RESOURCE_DESC desc;
    HANDLE handle = NULL;
    VxmShared made;
    VkResult result = vxm__d3d_require(caller, "resource", resource, "shared", shared, NULL, NULL);
    HRESULT code;

    if (result != VK_SUCCESS) {
        return result;
    }
    code = VXM__D3D_CALL(resource, GetHeapProperties, &properties, &flags);
    if (FAILED(code)) {
        return vxm__d3d_fail(caller, "ID3D12Resource::GetHeapProperties", code, VK_ERROR_UNKNOWN,
                             "A reserved resource has no memory of its own to share. Create a "
                             "committed one.");
    }
    VXM__D3D12_GET(vxm__D3D12GetResourceDesc, resource, GetDesc, &desc);
    vxm__d3d_begin(&made,
                   desc.Dimension == D3D12_RESOURCE_DIMENSION_BUFFER ? VXM_RESOURCE_TYPE_BUFFER
                                                                     : VXM_RESOURCE_TYPE_IMAGE,
                   VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT, VK_TRUE);
    if (properties.CreationNodeMask != 0) {
        made.deviceNodeMask = properties.CreationNodeMask;
    }
    result = vxm__d3d12_check_flags(caller, "resource", flags);
    if (result == VK_SUCCESS && made.resourceType == VXM_RESOURCE_TYPE_BUFFER) {
        vxm__d3d12_describe_buffer(&desc, &made.buffer);
    } else if (result == VK_SUCCESS) {
        result = vxm__d3d12_describe_texture(caller, &desc, &made.image);
    }
    if (result == VK_SUCCESS) {
        result = vxm__d3d12_take_handle(caller, (ID3D12DeviceChild *)resource, info,
                                        "Committed resources can be shared, placed ones through "
                                        "their heap only; a name must be "
                                        "free.",
                                        made.deviceLUID, &handle);
    }
    if (result == VK_SUCCESS) {
        vxm__d3d12_set_handle(&made, handle);
        *shared = made;
    }
    return result;
}

/**
 * Describes a heap that Direct3D 12 made, with a new handle of type D3D12_HEAP, as raw memory of
 * the heap's size.
 *
 * For a buffer that lies in it, say so before the import: shared->resourceType =
 * VXM_RESOURCE_TYPE_BUFFER, size and usage in shared->buffer, and where it begins in
 * shared->memories[0].offset. For a texture share a committed resource (vxmD3D12ShareResource()):
 * nothing promises that both APIs lay out a placed one alike.
 *
 * @param      heap    borrowed; made with D3D12_HEAP_FLAG_SHARED.
 * @param[in]  info    optional; NULL is the same as all zero.
 * @param[out] shared  receives description and handle. Yours: end it with vxmCloseShared().
 *
 * Errors: VK_ERROR_VALIDATION_FAILED_EXT for a heap that isn't shared; VK_ERROR_UNKNOWN if Direct3D
 * refuses.
 *
 * Thread safety: any thread. Spec: ID3D12Device::CreateSharedHandle,
 * VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT.
 */
static inline VkResult vxmD3D12ShareHeap(ID3D12Heap *heap, const VxmD3DShareInfo *info,
                                         VxmShared *shared)
{
    static const char caller[] = "vxmD3D12ShareHeap";
    D3D12_HEAP_DESC desc;
    HANDLE handle = NULL;
    VxmShared made;
    VkResult result = vxm__d3d_require(caller, "heap", heap, "shared", shared, NULL, NULL);

    if (result != VK_SUCCESS) {
        return result;
    }
    VXM__D3D12_GET(vxm__D3D12GetHeapDesc, heap, GetDesc, &desc);
    vxm__d3d_begin(&made, VXM_RESOURCE_TYPE_MEMORY, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT,
                   VK_FALSE);
    made.memories[0].allocationSize = desc.SizeInBytes;
    if (desc.Properties.CreationNodeMask != 0) {
        made.deviceNodeMask = desc.Properties.CreationNodeMask;
    }
    result = vxm__d3d12_check_flags(caller, "heap", desc.Flags);
    if (result == VK_SUCCESS) {
        result =
            vxm__d3d12_take_handle(caller, (ID3D12DeviceChild *)heap, info,
                                   "A name that is taken is one reason.", made.deviceLUID, &handle);
    }
    if (result == VK_SUCCESS) {
        vxm__d3d12_set_handle(&made, handle);
        *shared = made;
    }
    return result;
}

/**
 * Describes a fence that Direct3D 12 made, with a new handle, for vxmImportSemaphore(): a timeline.
 *
 * @param      fence   borrowed; made with D3D12_FENCE_FLAG_SHARED.
 * @param[in]  info    optional; NULL is the same as all zero.
 * @param[out] shared  receives description and handle. Yours: end it with
 *                     vxmCloseSharedSemaphore().
 *
 * Errors: VK_ERROR_UNKNOWN if Direct3D refuses.
 *
 * Thread safety: any thread. Spec: ID3D12Device::CreateSharedHandle,
 * VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT.
 */
static inline VkResult vxmD3D12ShareFence(ID3D12Fence *fence, const VxmD3DShareInfo *info,
                                          VxmSharedSemaphore *shared)
{
    static const char caller[] = "vxmD3D12ShareFence";
    uint8_t luid[VK_LUID_SIZE] = {0};
    HANDLE handle = NULL;
    VkResult result = vxm__d3d_require(caller, "fence", fence, "shared", shared, NULL, NULL);

    if (result == VK_SUCCESS) {
        result = vxm__d3d12_take_handle(
            caller, (ID3D12DeviceChild *)fence, info,
            "The fence must be created with D3D12_FENCE_FLAG_SHARED, and a name must be free.",
            luid, &handle);
    }
    if (result == VK_SUCCESS) {
        vxm__d3d_describe_fence(handle, luid, shared);
    }
    return result;
}

/**
 * Opens a buffer or image of Vulkan's (or another device's resource) as a resource of Direct3D 12.
 *
 * @param      device    borrowed.
 * @param[in]  shared    description, and a handle or name of type D3D12_RESOURCE, or of an image of
 *                       type D3D11_TEXTURE; borrowed.
 * @param[out] resource  receives the resource; yours to Release(). It keeps the memory alive.
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER on another GPU; VK_ERROR_FEATURE_NOT_PRESENT for another
 * handle type or LINEAR tiling; VK_ERROR_FORMAT_NOT_SUPPORTED for a format without equivalent;
 * VK_ERROR_INVALID_EXTERNAL_HANDLE for a handle that is missing, that Direct3D refuses, or that
 * doesn't belong to the description; VK_ERROR_VALIDATION_FAILED_EXT for raw memory, and as
 * vxmCheckDescription().
 *
 * Thread safety: any thread. Spec: ID3D12Device::OpenSharedHandle, OpenSharedHandleByName.
 */
static inline VkResult vxmD3D12ImportShared(ID3D12Device *device, const VxmShared *shared,
                                            ID3D12Resource **resource)
{
    static const char caller[] = "vxmD3D12ImportShared";
    static const IID iid = {
        0x696442be, 0xa72e, 0x4059, {0xbc, 0x79, 0x5b, 0x5c, 0x98, 0x04, 0x0f, 0xad}};
    ID3D12Resource *opened = NULL;
    D3D12_RESOURCE_DESC desc;
    void *found = NULL;
    VkResult result =
        vxm__d3d_require(caller, "device", device, "shared", shared, "resource", resource);

    if (result == VK_SUCCESS) {
        result = vxm__d3d_check_shared(caller, shared,
                                       VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT |
                                           VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT,
                                       "D3D12_RESOURCE and D3D11_TEXTURE");
    }
    if (result == VK_SUCCESS && shared->resourceType != VXM_RESOURCE_TYPE_BUFFER &&
        shared->resourceType != VXM_RESOURCE_TYPE_IMAGE) {
        result = vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                                 "%s: shared is raw memory, and a resource of Direct3D's is a "
                                 "buffer or a texture. Share a D3D12_HEAP.",
                                 caller);
    }
    if (result == VK_SUCCESS && shared->resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        result = vxm__d3d_check_image(caller, &shared->image);
    }
    if (result == VK_SUCCESS) {
        result = vxmCheckDescription(shared);
    }
    if (result == VK_SUCCESS) {
        result = vxm__d3d12_open(caller, device, shared->memories[0].handle.ptr,
                                 shared->memories[0].name, shared->deviceLUID,
                                 shared->deviceLUIDValid, &iid, &found);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    opened = (ID3D12Resource *)found;
    VXM__D3D12_GET(vxm__D3D12GetResourceDesc, opened, GetDesc, &desc);
    if (!vxm__d3d12_is_described(&desc, shared)) {
        vxm__d3d_release(opened);
        return vxm__d3d_mismatch(caller);
    }
    *resource = opened;
    return VK_SUCCESS;
}

/**
 * Opens memory of Vulkan's (or another device's heap) as a heap of Direct3D 12. A buffer lies at
 * shared->memories[0].offset in it: place one there with ID3D12Device::CreatePlacedResource().
 *
 * @param      device  borrowed.
 * @param[in]  shared  raw memory or a buffer, with its handle or name of type D3D12_HEAP; borrowed.
 * @param[out] heap    receives the heap; yours to Release(). It keeps the memory alive.
 *
 * Errors: as vxmD3D12ImportShared(); VK_ERROR_FEATURE_NOT_PRESENT also for an image: nothing
 * promises that both APIs lay out one in a heap alike.
 *
 * Thread safety: any thread. Spec: ID3D12Device::OpenSharedHandle, OpenSharedHandleByName.
 */
static inline VkResult vxmD3D12ImportSharedHeap(ID3D12Device *device, const VxmShared *shared,
                                                ID3D12Heap **heap)
{
    static const char caller[] = "vxmD3D12ImportSharedHeap";
    static const IID iid = {
        0x6b3b2502, 0x6e51, 0x45b3, {0x90, 0xee, 0x98, 0x84, 0x26, 0x5e, 0x8d, 0xf3}};
    ID3D12Heap *opened = NULL;
    D3D12_HEAP_DESC desc;
    void *found = NULL;
    VkResult result = vxm__d3d_require(caller, "device", device, "shared", shared, "heap", heap);

    if (result == VK_SUCCESS) {
        result = vxm__d3d_check_shared(caller, shared,
                                       VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT, "D3D12_HEAP");
    }
    if (result == VK_SUCCESS && shared->resourceType == VXM_RESOURCE_TYPE_IMAGE) {
        result = vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                                 "%s: shared is an image, and nothing promises that Vulkan and "
                                 "Direct3D lay out one in a "
                                 "heap alike. Make and export it for the type D3D12_RESOURCE.",
                                 caller);
    }
    if (result == VK_SUCCESS) {
        result = vxmCheckDescription(shared);
    }
    if (result == VK_SUCCESS) {
        result = vxm__d3d12_open(caller, device, shared->memories[0].handle.ptr,
                                 shared->memories[0].name, shared->deviceLUID,
                                 shared->deviceLUIDValid, &iid, &found);
    }
    if (result != VK_SUCCESS) {
        return result;
    }
    opened = (ID3D12Heap *)found;
    VXM__D3D12_GET(vxm__D3D12GetHeapDesc, opened, GetDesc, &desc);
    /* The description's own size may be unknown. */
    if (desc.SizeInBytes < shared->memories[0].allocationSize ||
        desc.SizeInBytes < shared->memories[0].offset ||
        (shared->resourceType == VXM_RESOURCE_TYPE_BUFFER &&
         desc.SizeInBytes - shared->memories[0].offset < shared->buffer.size)) {
        vxm__d3d_release(opened);
        return vxm__d3d_mismatch(caller);
    }
    *heap = opened;
    return VK_SUCCESS;
}

/**
 * Opens a buffer or image of Vulkan's as a resource of Direct3D 12: exports, opens and closes the
 * handle.
 *
 * @param      device    borrowed.
 * @param      memory    made or imported for the type D3D12_RESOURCE, or else D3D11_TEXTURE. It
 *                       stays yours.
 * @param[out] resource  receives the resource; yours to Release().
 *
 * Errors: as vxmExportMemory() and vxmD3D12ImportShared().
 *
 * Thread safety: as the memory.
 */
static inline VkResult vxmD3D12ImportMemory(ID3D12Device *device, VxmMemory memory,
                                            ID3D12Resource **resource)
{
    VkExternalMemoryHandleTypeFlagBits type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT;
    VxmMemoryInfo info;
    VxmShared shared;
    VkResult result = vxmGetMemoryInfo(memory, &info);

    if (result == VK_SUCCESS && (info.exportHandleTypes & type) == 0 &&
        (info.exportHandleTypes & VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT) != 0) {
        type = VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT;
    }
    if (result == VK_SUCCESS) {
        result = vxmExportMemory(memory, type, &shared);
    }
    if (result == VK_SUCCESS) {
        result = vxmD3D12ImportShared(device, &shared, resource);
        vxmCloseShared(&shared);
    }
    return result;
}

/** Opens raw memory or a buffer of Vulkan's, made for the type D3D12_HEAP, as a heap of Direct3D
 * 12, yours to Release(): exports, opens and closes the handle. Errors as vxmExportMemory() and
 * vxmD3D12ImportSharedHeap(); thread safety as the memory. */
static inline VkResult vxmD3D12ImportHeap(ID3D12Device *device, VxmMemory memory, ID3D12Heap **heap)
{
    VxmShared shared;
    VkResult result =
        vxmExportMemory(memory, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT, &shared);

    if (result == VK_SUCCESS) {
        result = vxmD3D12ImportSharedHeap(device, &shared, heap);
        vxmCloseShared(&shared);
    }
    return result;
}

/**
 * Opens a timeline of Vulkan's (or another device's fence) as a fence of Direct3D 12.
 *
 * @param      device  borrowed.
 * @param[in]  shared  description, and a handle or name of type D3D12_FENCE, borrowed.
 * @param[out] fence   receives the fence; yours to Release().
 *
 * Errors: VK_ERROR_INCOMPATIBLE_DRIVER on another GPU; VK_ERROR_FEATURE_NOT_PRESENT for another
 * handle type; VK_ERROR_INVALID_EXTERNAL_HANDLE for a handle that is missing or that Direct3D
 * refuses.
 *
 * Thread safety: any thread. Spec: ID3D12Device::OpenSharedHandle, OpenSharedHandleByName.
 */
static inline VkResult vxmD3D12ImportSharedSemaphore(ID3D12Device *device,
                                                     const VxmSharedSemaphore *shared,
                                                     ID3D12Fence **fence)
{
    static const char caller[] = "vxmD3D12ImportSharedSemaphore";
    static const IID iid = {
        0x0a753dcf, 0xc4d8, 0x4b91, {0xad, 0xf6, 0xbe, 0x5a, 0x60, 0xd9, 0x5a, 0x76}};
    void *found = NULL;
    VkResult result = vxm__d3d_require(caller, "device", device, "shared", shared, "fence", fence);

    if (result == VK_SUCCESS) {
        result = vxm__d3d_check_fence(caller, shared);
    }
    if (result == VK_SUCCESS) {
        result = vxm__d3d12_open(caller, device, shared->handle.ptr, shared->name,
                                 shared->deviceLUID, shared->deviceLUIDValid, &iid, &found);
    }
    if (result == VK_SUCCESS) {
        *fence = (ID3D12Fence *)found;
    }
    return result;
}

/**
 * Opens a timeline of Vulkan's as a fence of Direct3D 12: exports, opens and closes the handle.
 *
 * @param      device     borrowed.
 * @param      semaphore  a timeline made for the type D3D12_FENCE. It stays yours.
 * @param[out] fence      receives the fence; yours to Release().
 *
 * Errors: as vxmExportSemaphore() and vxmD3D12ImportSharedSemaphore().
 *
 * Thread safety: as the semaphore.
 */
static inline VkResult vxmD3D12ImportSemaphore(ID3D12Device *device, VxmSemaphore semaphore,
                                               ID3D12Fence **fence)
{
    VxmSharedSemaphore shared;
    VkResult result =
        vxmExportSemaphore(semaphore, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_D3D12_FENCE_BIT, &shared);

    if (result == VK_SUCCESS) {
        result = vxmD3D12ImportSharedSemaphore(device, &shared, fence);
        vxmCloseSharedSemaphore(&shared);
    }
    return result;
}

/**
 * Lets a queue wait until a fence reaches a value, before what it executes next.
 *
 * @param fence  borrowed.
 * @param value  to reach.
 * @param queue  borrowed.
 *
 * Errors: VK_ERROR_UNKNOWN if Direct3D refuses.
 *
 * Thread safety: any thread. Spec: ID3D12CommandQueue::Wait.
 */
static inline VkResult vxmD3D12WaitSemaphore(ID3D12Fence *fence, uint64_t value,
                                             ID3D12CommandQueue *queue)
{
    static const char caller[] = "vxmD3D12WaitSemaphore";
    VkResult result = vxm__d3d_require(caller, "fence", fence, "queue", queue, NULL, NULL);
    HRESULT code;

    if (result != VK_SUCCESS) {
        return result;
    }
    code = VXM__D3D_CALL(queue, Wait, fence, value);
    return SUCCEEDED(code)
               ? VK_SUCCESS
               : vxm__d3d_fail(caller, "ID3D12CommandQueue::Wait", code, VK_ERROR_UNKNOWN, "");
}

/** Lets a queue signal a fence with a value, after what it has been given so far; otherwise as
 * vxmD3D12WaitSemaphore(). */
static inline VkResult vxmD3D12SignalSemaphore(ID3D12Fence *fence, uint64_t value,
                                               ID3D12CommandQueue *queue)
{
    static const char caller[] = "vxmD3D12SignalSemaphore";
    VkResult result = vxm__d3d_require(caller, "fence", fence, "queue", queue, NULL, NULL);
    HRESULT code;

    if (result != VK_SUCCESS) {
        return result;
    }
    code = VXM__D3D_CALL(queue, Signal, fence, value);
    return SUCCEEDED(code)
               ? VK_SUCCESS
               : vxm__d3d_fail(caller, "ID3D12CommandQueue::Signal", code, VK_ERROR_UNKNOWN, "");
}

#undef VXM__D3D12_GET
#endif /* VXM_D3D12 */

#undef VXM__D3D_CALL
#undef VXM__D3D_IID

#endif /* VXM_D3D_H_ */
