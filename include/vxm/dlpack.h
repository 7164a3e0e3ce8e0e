/*
 * vxm and DLPack: shared memory as a tensor of NumPy, PyTorch, JAX, CuPy and others.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#ifndef VXM_DLPACK_H_
#define VXM_DLPACK_H_ 1

/**
 * @file dlpack.h
 * @brief The adapter to DLPack, the struct by which array libraries hand tensors to each other.
 *
 * Memory that the CPU has mapped:
 *
 * @code
 * const int64_t shape[] = {512, 512};
 * VxmDlpackInfo info = {.dtype = {kDLFloat, 32, 1}, .ndim = 2, .shape = shape};
 * vxmDlpackMapMemory(memory, NULL, &info, &tensor);   // kDLCPU; its deleter unmaps
 * @endcode
 *
 * Memory that CUDA has imported (vxm/cuda.h, or any other way to a device pointer):
 *
 * @code
 * DLDevice device = {kDLCUDA, ordinal};
 * info.release = endSharing;   // vxmCudaDestroyMemory() and free(), say
 * info.user = cudaMemory;
 * vxmDlpackWrap(&shared, (void *)(uintptr_t)cudaMemory->pointer, device, &info, &tensor);
 * @endcode
 *
 * The header includes dlpack/dlpack.h of DLPack 0.6 or later, and nothing of CUDA's. What vxm.h
 * says about outputs, failures and optional parameters holds here too, and moreover:
 *
 * - **Ownership.** A tensor ends by its deleter, called once by whoever has it at last: it ends the
 *   mapping, then the VxmMemory if that was given to it, then calls VxmDlpackInfo::release. Until
 *   then what it stands on must stay. A call that fails takes nothing and calls nothing.
 * - **Bounds.** Every element is checked to lie within the resource, as its description has it;
 *   what is mapped here, within the memory as it is.
 * - **Order.** DLPack carries no semaphore. Wait for the other side before the tensor is read, and
 *   for the tensor's last use before the memory is handed back.
 * - **Direction.** Vulkan allocates, tensors view. A tensor that another library has allocated
 *   can't be given to Vulkan by the extensions that vxm uses.
 * - **Threads.** A tensor's deleter may be called on any thread; what it ends is ended there.
 *
 * Spec: DLPack's C API, dlpack/dlpack.h.
 */

#include <stdlib.h>
#include <string.h>

#include <dlpack/dlpack.h>

#include <vxm/vxm.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Dimensions that a tensor here has at most. */
#define VXM_DLPACK_MAX_DIMENSIONS 8

/** Flags of a tensor. */
typedef enum VxmDlpackFlagBits {
    /** vxmDlpackMapMemory(): the memory is the tensor's from then on, and its deleter calls
     * vxmDestroyMemory(). */
    VXM_DLPACK_TAKE_MEMORY_BIT = 0x1,
    VXM_DLPACK_FLAG_BITS_MAX_ENUM = 0x7FFFFFFF
} VxmDlpackFlagBits;
/** VxmDlpackFlagBits together. */
typedef uint32_t VxmDlpackFlags;

/** What the tensor is to be. All zero is a good start: a buffer's bytes in one dimension, or an
 * image's height x width x channels of its format's type. */
typedef struct VxmDlpackInfo {
    /** Type of an element. All zero: kDLUInt of 8 bits, or what an image's format has. */
    DLDataType dtype;
    /** Dimensions; 0: as many elements as there are, in one. Images have their own shape: 0. */
    int32_t ndim;
    /** ndim extents, outermost first. Copied. */
    const int64_t *shape;
    /** Optional: ndim strides, in elements, not negative; NULL: compact, the last dimension
     * innermost. Copied. */
    const int64_t *strides;
    /** Where the first element lies in a buffer or raw memory, in bytes: a multiple of an element's
     * size. */
    uint64_t offset;
    VxmDlpackFlags flags; /**< VxmDlpackFlagBits. */
    /** Optional: called last by the deleter. */
    void (*release)(void *user);
    void *user; /**< For release. */
} VxmDlpackInfo;

/** @cond INTERNAL */
/* A tensor with all that belongs to it, in one allocation. */
typedef struct Vxm__Dlpack {
    union {
        DLManagedTensor plain;
#if defined(DLPACK_MAJOR_VERSION) && DLPACK_MAJOR_VERSION >= 1
        DLManagedTensorVersioned versioned;
#endif
    } tensor;
    int64_t shape[VXM_DLPACK_MAX_DIMENSIONS];
    int64_t strides[VXM_DLPACK_MAX_DIMENSIONS];
    VxmMemory mapped; /* to be unmapped */
    VxmMemory taken;  /* to be destroyed */
    void (*release)(void *user);
    void *user;
} Vxm__Dlpack;

/* What can be said of a tensor before there is one. */
typedef struct Vxm__DlpackLayout {
    DLDataType dtype;
    int32_t ndim;
    int64_t shape[VXM_DLPACK_MAX_DIMENSIONS];
    int64_t strides[VXM_DLPACK_MAX_DIMENSIONS];
    uint64_t offset; /* of the first element from the resource's first byte */
    uint64_t itemSize;
} Vxm__DlpackLayout;
/** @endcond */

/* ---------------------------------------------------------------------------------------------- */
/* Formats                                                                                        */
/* ---------------------------------------------------------------------------------------------- */

/**
 * The element type that has a Vulkan format's numbers, in the order in which they lie in memory:
 * B8G8R8A8's first channel is blue. Normalized and sRGB formats are the integers that they are
 * stored as.
 *
 * @param      format    any format.
 * @param[out] dtype     receives the type of one number.
 * @param[out] channels  receives how many of them a texel has.
 *
 * Errors: VK_ERROR_FORMAT_NOT_SUPPORTED for a format that isn't an array of one type of number:
 * packed, depth, stencil, compressed, YCbCr.
 *
 * Spec: VkFormat.
 */
static inline VkResult vxmDlpackGetFormat(VkFormat format, DLDataType *dtype, uint32_t *channels)
{
    /* Vulkan has each group in the order UNORM, SNORM, USCALED, SSCALED, UINT, SINT and then SRGB
     * or SFLOAT; from 32 bits on UINT, SINT, SFLOAT. */
    static const struct {
        int first;
        uint8_t channels;
        uint8_t bits;
    } groups[] = {
        {VK_FORMAT_R8_UNORM, 1, 8},         {VK_FORMAT_R8G8_UNORM, 2, 8},
        {VK_FORMAT_R8G8B8_UNORM, 3, 8},     {VK_FORMAT_B8G8R8_UNORM, 3, 8},
        {VK_FORMAT_R8G8B8A8_UNORM, 4, 8},   {VK_FORMAT_B8G8R8A8_UNORM, 4, 8},
        {VK_FORMAT_R16_UNORM, 1, 16},       {VK_FORMAT_R16G16_UNORM, 2, 16},
        {VK_FORMAT_R16G16B16_UNORM, 3, 16}, {VK_FORMAT_R16G16B16A16_UNORM, 4, 16},
        {VK_FORMAT_R32_UINT, 1, 32},        {VK_FORMAT_R32G32_UINT, 2, 32},
        {VK_FORMAT_R32G32B32_UINT, 3, 32},  {VK_FORMAT_R32G32B32A32_UINT, 4, 32},
        {VK_FORMAT_R64_UINT, 1, 64},        {VK_FORMAT_R64G64_UINT, 2, 64},
        {VK_FORMAT_R64G64B64_UINT, 3, 64},  {VK_FORMAT_R64G64B64A64_UINT, 4, 64},
    };

    if (dtype == NULL || channels == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmDlpackGetFormat: dtype and channels must not be NULL.");
    }
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        const int last = groups[i].bits < 32 ? 6 : 2;
        const int kind = (int)format - groups[i].first;

        if (kind >= 0 && kind <= last) {
            dtype->code = kind % 2 == 1 ? (uint8_t)kDLInt : (uint8_t)kDLUInt;
            if (kind == last && groups[i].bits > 8) {
                dtype->code = (uint8_t)kDLFloat;
            }
            dtype->bits = groups[i].bits;
            dtype->lanes = 1;
            *channels = groups[i].channels;
            return VK_SUCCESS;
        }
    }
    return vxmSetLastError(
        VK_ERROR_FORMAT_NOT_SUPPORTED, VXM_ERROR_REASON_UNSUPPORTED, 0,
        "vxmDlpackGetFormat: VkFormat %d is no array of one type of number, which "
        "is all that a tensor can be. Use a format such as R8G8B8A8_UNORM or "
        "R32_SFLOAT, or let the GPU copy the image into a shared buffer.",
        (int)format);
}

/* ---------------------------------------------------------------------------------------------- */
/* Layout                                                                                         */
/* ---------------------------------------------------------------------------------------------- */

/* Bytes of one element; 0: a type that no tensor here can have. */
static inline uint64_t vxm__dlpack_item_size(DLDataType dtype)
{
    const uint64_t bits = (uint64_t)dtype.bits * dtype.lanes;

    return bits % 8 == 0 ? bits / 8 : 0;
}

/* Shape and strides that the caller gives, or one dimension of all that there is. */
static inline VkResult vxm__dlpack_take_shape(const char *caller, const VxmDlpackInfo *info,
                                              uint64_t size, Vxm__DlpackLayout *layout)
{
    int64_t compact = 1;

    layout->offset = info->offset;
    if (info->ndim == 0) {
        const uint64_t rest = info->offset <= size ? size - info->offset : 0;

        if (info->shape != NULL || info->strides != NULL || rest % layout->itemSize != 0 ||
            rest / layout->itemSize > INT64_MAX) {
            return vxmSetLastError(
                VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                "%s: ndim is 0, which means all elements in one dimension, without shape and "
                "strides; %llu bytes must be a whole number of elements of %llu bytes then.",
                caller, (unsigned long long)rest, (unsigned long long)layout->itemSize);
        }
        layout->ndim = 1;
        layout->shape[0] = (int64_t)(rest / layout->itemSize);
        layout->strides[0] = 1;
        return VK_SUCCESS;
    }
    if (info->ndim < 0 || info->ndim > VXM_DLPACK_MAX_DIMENSIONS || info->shape == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: ndim is %d; a tensor has 1 to %d dimensions here, and a shape.",
                               caller, (int)info->ndim, VXM_DLPACK_MAX_DIMENSIONS);
    }
    layout->ndim = info->ndim;
    for (int32_t i = info->ndim; i-- > 0;) {
        layout->shape[i] = info->shape[i];
        layout->strides[i] = info->strides != NULL ? info->strides[i] : compact;
        if (layout->shape[i] < 0 || layout->strides[i] < 0) {
            return vxmSetLastError(
                VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                "%s: dimension %d has extent %lld and stride %lld; neither may be negative.",
                caller, (int)i, (long long)layout->shape[i], (long long)layout->strides[i]);
        }
        /* Too large a product is out of bounds as well, unless another extent is 0. */
        compact = layout->shape[i] > 0 && compact > INT64_MAX / layout->shape[i]
                      ? INT64_MAX
                      : compact * layout->shape[i];
    }
    return VK_SUCCESS;
}

/* Height x width x channels of a LINEAR image. */
static inline VkResult vxm__dlpack_take_image(const char *caller, const VxmShared *shared,
                                              const VxmDlpackInfo *info, Vxm__DlpackLayout *layout)
{
    const VxmImageDescription *image = &shared->image;
    DLDataType own;
    uint32_t channels = 0;
    VkResult result;

    if (image->tiling != VK_IMAGE_TILING_LINEAR) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the image's tiling is %d and not VK_IMAGE_TILING_LINEAR, so "
                               "that its texels are in "
                               "no order that a tensor can have. Create it LINEAR, or let the GPU "
                               "copy it into a shared "
                               "buffer.",
                               caller, (int)image->tiling);
    }
    if (image->imageType != VK_IMAGE_TYPE_2D || image->mipLevels != 1 || image->arrayLayers != 1 ||
        image->samples != VK_SAMPLE_COUNT_1_BIT) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: a tensor is made of a 2D image of one mip level, layer and "
                               "sample.",
                               caller);
    }
    result = vxmDlpackGetFormat(image->format, &own, &channels);
    if (result != VK_SUCCESS) {
        return result;
    }
    if (info->ndim != 0 || info->shape != NULL || info->strides != NULL || info->offset != 0) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: ndim, shape, strides and offset of an image are its own: leave "
                               "them 0.",
                               caller);
    }
    if (info->dtype.bits != 0 && (info->dtype.code != own.code || info->dtype.bits != own.bits ||
                                  info->dtype.lanes != own.lanes)) {
        return vxmSetLastError(
            VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
            "%s: the image's texels have numbers of DLPack's type code %d with %d "
            "bits, and dtype asks for code %d with %d bits. Leave it 0.",
            caller, (int)own.code, (int)own.bits, (int)info->dtype.code, (int)info->dtype.bits);
    }
    layout->dtype = own;
    layout->itemSize = vxm__dlpack_item_size(own);
    if (image->planeCount != 1 || image->planes[0].rowPitch == 0 ||
        image->planes[0].rowPitch % layout->itemSize != 0 ||
        image->planes[0].rowPitch / layout->itemSize > INT64_MAX ||
        image->planes[0].rowPitch / layout->itemSize / channels < image->extent.width) {
        return vxmSetLastError(
            VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
            "%s: the description has %u planes, the first with a row pitch of %llu bytes. A tensor "
            "needs one, whose row pitch is at least a row's %u texels and a multiple of %llu "
            "bytes.",
            caller, (unsigned)image->planeCount, (unsigned long long)image->planes[0].rowPitch,
            (unsigned)image->extent.width, (unsigned long long)layout->itemSize);
    }
    layout->ndim = 3;
    layout->shape[0] = image->extent.height;
    layout->shape[1] = image->extent.width;
    layout->shape[2] = channels;
    layout->strides[0] = (int64_t)(image->planes[0].rowPitch / layout->itemSize);
    layout->strides[1] = channels;
    layout->strides[2] = 1;
    return VK_SUCCESS;
}

/* Whether all elements lie within so many bytes. */
static inline int vxm__dlpack_in_bounds(const Vxm__DlpackLayout *layout, uint64_t size)
{
    uint64_t last = 0; /* the last element, counted from the first */

    if (layout->offset > size) {
        return 0;
    }
    for (int32_t i = 0; i < layout->ndim; i++) {
        if (layout->shape[i] == 0) {
            return 1;
        }
    }
    for (int32_t i = 0; i < layout->ndim; i++) {
        const uint64_t steps = (uint64_t)layout->shape[i] - 1;
        const uint64_t stride = (uint64_t)layout->strides[i];

        if (steps != 0 && stride > (UINT64_MAX - last) / steps) {
            return 0;
        }
        last += steps * stride;
    }
    return last < (size - layout->offset) / layout->itemSize;
}

/* Everything that can be said before there is a tensor. `begin` receives how many bytes after the
 * memory's offset the first texel of an image lies; 0 for the rest. */
static inline VkResult vxm__dlpack_plan(const char *caller, const VxmShared *shared,
                                        const VxmDlpackInfo *info, Vxm__DlpackLayout *layout,
                                        uint64_t *begin)
{
    const VxmSharedMemory *memory = &shared->memories[0];
    const int isImage = shared->resourceType == VXM_RESOURCE_TYPE_IMAGE;
    const uint64_t offset = isImage ? shared->image.planes[0].offset : memory->offset;
    uint64_t size = offset <= memory->allocationSize ? memory->allocationSize - offset : 0;
    VkResult result;

    memset(layout, 0, sizeof(*layout));
    layout->dtype = info->dtype;
    if (info->dtype.code == 0 && info->dtype.bits == 0 && info->dtype.lanes == 0) {
        layout->dtype.code = (uint8_t)kDLUInt;
        layout->dtype.bits = 8;
        layout->dtype.lanes = 1;
    }
    layout->itemSize = vxm__dlpack_item_size(layout->dtype);
    if (shared->memoryCount != 1) {
        return vxmSetLastError(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0,
                               "%s: the resource has %u memories, and a tensor can have one.",
                               caller, (unsigned)shared->memoryCount);
    }
    if (layout->itemSize == 0) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: dtype has %d bits and %d lanes, which is no whole number of "
                               "bytes.",
                               caller, (int)info->dtype.bits, (int)info->dtype.lanes);
    }
    if (shared->resourceType != VXM_RESOURCE_TYPE_MEMORY &&
        shared->resourceType != VXM_RESOURCE_TYPE_BUFFER && !isImage) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: resourceType %d is none of MEMORY, BUFFER and IMAGE.", caller,
                               (int)shared->resourceType);
    }
    if (memory->allocationSize == 0 && shared->resourceType != VXM_RESOURCE_TYPE_BUFFER) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: memories[0].allocationSize is 0 (unknown), so that nothing can "
                               "be said to lie within it. Fill it in.",
                               caller);
    }
    if (shared->resourceType == VXM_RESOURCE_TYPE_BUFFER &&
        (shared->buffer.size < size || memory->allocationSize == 0)) {
        size = shared->buffer.size;
    }
    result = isImage ? vxm__dlpack_take_image(caller, shared, info, layout)
                     : vxm__dlpack_take_shape(caller, info, size, layout);
    if (result != VK_SUCCESS) {
        return result;
    }
    if (layout->offset % layout->itemSize != 0 || !vxm__dlpack_in_bounds(layout, size)) {
        return vxmSetLastError(
            VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
            "%s: the tensor's elements of %llu bytes, from byte %llu on, don't lie within the "
            "resource's %llu bytes, or the first isn't at a multiple of its size. Look at shape, "
            "strides (in elements) and offset (in bytes).",
            caller, (unsigned long long)layout->itemSize, (unsigned long long)layout->offset,
            (unsigned long long)size);
    }
    if (isImage && offset < memory->offset) {
        return vxmSetLastError(
            VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
            "%s: the image begins at byte %llu of the memory, and its first plane "
            "before that, at byte %llu.",
            caller, (unsigned long long)memory->offset, (unsigned long long)offset);
    }
    *begin = offset - memory->offset;
    return VK_SUCCESS;
}

/* ---------------------------------------------------------------------------------------------- */
/* Tensors                                                                                        */
/* ---------------------------------------------------------------------------------------------- */

/* Ends what a tensor stands on. */
static inline void vxm__dlpack_end(Vxm__Dlpack *own)
{
    void (*release)(void *user) = own->release;
    void *user = own->user;

    if (own->mapped != NULL) {
        vxmUnmapMemory(own->mapped, 0);
    }
    vxmDestroyMemory(own->taken);
    free(own);
    if (release != NULL) {
        release(user);
    }
}

/* The tensor is the first member of its allocation. */
static inline void vxm__dlpack_delete(DLManagedTensor *tensor)
{
    if (tensor != NULL) {
        vxm__dlpack_end((Vxm__Dlpack *)tensor->manager_ctx);
    }
}

/* Fills in a tensor whose storage is `own`. */
static inline void vxm__dlpack_fill(Vxm__Dlpack *own, const Vxm__DlpackLayout *layout, void *data,
                                    DLDevice device, const VxmDlpackInfo *info, DLTensor *tensor)
{
    memcpy(own->shape, layout->shape, sizeof(own->shape));
    memcpy(own->strides, layout->strides, sizeof(own->strides));
    own->release = info->release;
    own->user = info->user;
    /* The offset goes into data: PyTorch doesn't read byte_offset. */
    tensor->data = (char *)data + layout->offset;
    tensor->device = device;
    tensor->ndim = layout->ndim;
    tensor->dtype = layout->dtype;
    tensor->shape = own->shape;
    tensor->strides = own->strides;
    tensor->byte_offset = 0;
}

/* An empty tensor. */
static inline VkResult vxm__dlpack_allocate(const char *caller, Vxm__Dlpack **own)
{
    Vxm__Dlpack *made = (Vxm__Dlpack *)calloc(1, sizeof(*made));

    if (made == NULL) {
        return vxmSetLastError(VK_ERROR_OUT_OF_HOST_MEMORY, VXM_ERROR_REASON_OUT_OF_MEMORY, 0,
                               "%s: no host memory for a tensor of %u bytes.", caller,
                               (unsigned)sizeof(*made));
    }
    made->tensor.plain.manager_ctx = made;
    made->tensor.plain.deleter = vxm__dlpack_delete;
    *own = made;
    return VK_SUCCESS;
}

/* What vxmDlpackWrap() is without its last step. */
static inline VkResult vxm__dlpack_wrap(const char *caller, const VxmShared *shared, void *data,
                                        const VxmDlpackInfo *info, Vxm__DlpackLayout *layout,
                                        Vxm__Dlpack **own)
{
    uint64_t begin;
    VkResult result;

    if (shared == NULL || data == NULL || (info != NULL && info->flags != 0)) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: shared, data and tensor must not be NULL, and flags must be 0: "
                               "there is no VxmMemory to take.",
                               caller);
    }
    result = vxm__dlpack_plan(caller, shared, info, layout, &begin);
    if (result == VK_SUCCESS && ((uintptr_t)data + layout->offset) % layout->itemSize != 0) {
        result = vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                                 "%s: data is not at a multiple of an element's %llu bytes.",
                                 caller, (unsigned long long)layout->itemSize);
    }
    return result == VK_SUCCESS ? vxm__dlpack_allocate(caller, own) : result;
}

/**
 * Makes a tensor of shared memory that another API, or the app itself, has given an address.
 *
 * @param[in]  shared  the description. Its handles are not looked at.
 * @param      data    the address, in the device's own terms, of the buffer's or raw memory's first
 *                     byte or the LINEAR image's first texel: VxmCudaMemory::pointer, or what
 *                     vxmMapMemory() gave of a buffer. It stays the caller's, and must be valid
 *                     until info->release is called.
 * @param      device  where that is: {kDLCUDA, ordinal}, {kDLCPU, 0}.
 * @param[in]  info    optional; NULL is the same as all zero.
 * @param[out] tensor  receives the tensor; end it with tensor->deleter(tensor), once.
 *
 * Errors: VK_ERROR_VALIDATION_FAILED_EXT for what lies outside of the resource, and for a shape or
 * type that doesn't fit; VK_ERROR_FEATURE_NOT_PRESENT for an image whose tiling isn't LINEAR, or of
 * several memories, mip levels, layers or samples; VK_ERROR_FORMAT_NOT_SUPPORTED.
 *
 * Spec: DLManagedTensor.
 */
static inline VkResult vxmDlpackWrap(const VxmShared *shared, void *data, DLDevice device,
                                     const VxmDlpackInfo *info, DLManagedTensor **tensor)
{
    Vxm__DlpackLayout layout;
    VxmDlpackInfo none;
    Vxm__Dlpack *own = NULL;
    VkResult result;

    memset(&none, 0, sizeof(none));
    info = info != NULL ? info : &none;
    result = vxm__dlpack_wrap("vxmDlpackWrap", tensor != NULL ? shared : NULL, data, info, &layout,
                              &own);
    if (own == NULL) {
        return result;
    }
    vxm__dlpack_fill(own, &layout, data, device, info, &own->tensor.plain.dl_tensor);
    *tensor = &own->tensor.plain;
    return VK_SUCCESS;
}

/* Maps for a tensor, and describes what is mapped. */
static inline VkResult vxm__dlpack_map(const char *caller, VxmMemory memory,
                                       const VxmShared *shared, const VxmDlpackInfo *info,
                                       Vxm__DlpackLayout *layout, Vxm__Dlpack **own, void **data)
{
    const uint32_t coherent =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    VxmMemoryInfo memoryInfo;
    VxmShared described;
    void *mapped = NULL;
    uint64_t begin = 0;
    VkResult result;

    memset(&described, 0, sizeof(described));
    result = vxmGetMemoryInfo(memory, &memoryInfo);
    if (result != VK_SUCCESS) {
        return result;
    }
    if ((info->flags & ~(VxmDlpackFlags)VXM_DLPACK_TAKE_MEMORY_BIT) != 0) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "%s: flags is 0x%x, which is not made of VxmDlpackFlagBits.", caller,
                               (unsigned)info->flags);
    }
    if ((memoryInfo.memories[0].propertyFlags & coherent) != coherent) {
        return vxmSetLastError(
            VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
            "%s: the memory's type is not HOST_VISIBLE and HOST_COHERENT: whoever has the tensor "
            "couldn't flush it. Ask for both in VxmMemoryCreateInfo::requiredFlags.",
            caller);
    }
    if (shared == NULL) {
        const VkExternalMemoryHandleTypeFlags types = memoryInfo.exportHandleTypes;

        if (types == 0) {
            return vxmSetLastError(
                VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                "%s: the memory can't be exported, so that it can't be described from here: give "
                "the description that it was imported with as shared.",
                caller);
        }
        result = vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)(types & (~types + 1)),
                                 &described);
        if (result != VK_SUCCESS) {
            return result;
        }
        vxmCloseShared(&described); /* the handles; the rest stays readable */
    } else {
        described = *shared;
    }
    shared = &described;
    /* What is mapped is the memory's, whatever a description says. */
    if (described.memories[0].allocationSize == 0) {
        described.memories[0].allocationSize = memoryInfo.memories[0].allocationSize;
    }
    if (described.memories[0].allocationSize > memoryInfo.memories[0].allocationSize ||
        described.memories[0].offset != memoryInfo.memories[0].offset) {
        return vxmSetLastError(
            VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_MISMATCH, 0,
            "%s: the description is not the memory's: it has an allocationSize of %llu and an "
            "offset of %llu, and the memory %llu and %llu.",
            caller, (unsigned long long)described.memories[0].allocationSize,
            (unsigned long long)described.memories[0].offset,
            (unsigned long long)memoryInfo.memories[0].allocationSize,
            (unsigned long long)memoryInfo.memories[0].offset);
    }
    result = vxm__dlpack_plan(caller, shared, info, layout, &begin);
    if (result != VK_SUCCESS) {
        return result;
    }
    result = vxm__dlpack_allocate(caller, own);
    if (result != VK_SUCCESS) {
        return result;
    }
    result = vxmMapMemory(memory, 0, &mapped);
    if (result == VK_SUCCESS &&
        ((uintptr_t)mapped + begin + layout->offset) % layout->itemSize != 0) {
        vxmUnmapMemory(memory, 0);
        result =
            vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                            "%s: the resource does not begin at a multiple of an element's %llu "
                            "bytes.",
                            caller, (unsigned long long)layout->itemSize);
    }
    if (result != VK_SUCCESS) {
        free(*own);
        *own = NULL;
        return result;
    }
    (*own)->mapped = memory;
    (*own)->taken = (info->flags & VXM_DLPACK_TAKE_MEMORY_BIT) != 0 ? memory : NULL;
    *data = (char *)mapped + begin;
    return VK_SUCCESS;
}

/**
 * Maps memory for the CPU and makes a tensor of it (kDLCPU).
 *
 * @param      memory  the object: host visible and coherent, of one memory. It must outlive the
 *                     tensor, or be given to it by VXM_DLPACK_TAKE_MEMORY_BIT.
 * @param[in]  shared  optional: its description, such as it was imported with. Its handles are not
 *                     looked at. NULL: vxmExportMemory() gives it.
 * @param[in]  info    optional; NULL is the same as all zero.
 * @param[out] tensor  receives the tensor; end it with tensor->deleter(tensor), once.
 *
 * Errors: as vxmDlpackWrap(), vxmExportMemory() and vxmMapMemory();
 * VK_ERROR_VALIDATION_FAILED_EXT for a description of more than the memory, or of another offset.
 *
 * Spec: DLManagedTensor, vkMapMemory.
 */
static inline VkResult vxmDlpackMapMemory(VxmMemory memory, const VxmShared *shared,
                                          const VxmDlpackInfo *info, DLManagedTensor **tensor)
{
    const DLDevice cpu = {kDLCPU, 0};
    Vxm__DlpackLayout layout;
    VxmDlpackInfo none;
    Vxm__Dlpack *own = NULL;
    void *data = NULL;
    VkResult result;

    if (memory == NULL || tensor == NULL) {
        return vxmSetLastError(VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, 0,
                               "vxmDlpackMapMemory: memory and tensor must not be NULL.");
    }
    memset(&none, 0, sizeof(none));
    info = info != NULL ? info : &none;
    result = vxm__dlpack_map("vxmDlpackMapMemory", memory, shared, info, &layout, &own, &data);
    if (own == NULL) {
        return result;
    }
    vxm__dlpack_fill(own, &layout, data, cpu, info, &own->tensor.plain.dl_tensor);
    *tensor = &own->tensor.plain;
    return VK_SUCCESS;
}

#if defined(DLPACK_MAJOR_VERSION) && DLPACK_MAJOR_VERSION >= 1
/* As vxm__dlpack_delete(), for the versioned struct. */
static inline void vxm__dlpack_delete_versioned(DLManagedTensorVersioned *tensor)
{
    if (tensor != NULL) {
        vxm__dlpack_end((Vxm__Dlpack *)tensor->manager_ctx);
    }
}

/* The versioned struct in the place of the plain one. */
static inline DLManagedTensorVersioned *vxm__dlpack_make_versioned(Vxm__Dlpack *own)
{
    const DLTensor tensor = own->tensor.plain.dl_tensor;

    memset(&own->tensor, 0, sizeof(own->tensor));
    own->tensor.versioned.version.major = DLPACK_MAJOR_VERSION;
    own->tensor.versioned.version.minor = DLPACK_MINOR_VERSION;
    own->tensor.versioned.manager_ctx = own;
    own->tensor.versioned.deleter = vxm__dlpack_delete_versioned;
    own->tensor.versioned.dl_tensor = tensor;
    return &own->tensor.versioned;
}

/** vxmDlpackWrap() for the struct with a version, which newer consumers ask for. Only where
 * dlpack/dlpack.h has it (DLPack 1.0). */
static inline VkResult vxmDlpackWrapVersioned(const VxmShared *shared, void *data, DLDevice device,
                                              const VxmDlpackInfo *info,
                                              DLManagedTensorVersioned **tensor)
{
    DLManagedTensor *plain = NULL;
    VkResult result = vxmDlpackWrap(tensor != NULL ? shared : NULL, data, device, info, &plain);

    if (result == VK_SUCCESS) {
        *tensor = vxm__dlpack_make_versioned((Vxm__Dlpack *)plain->manager_ctx);
    }
    return result;
}

/** vxmDlpackMapMemory() for the struct with a version. Only where dlpack/dlpack.h has it (DLPack
 * 1.0). */
static inline VkResult vxmDlpackMapMemoryVersioned(VxmMemory memory, const VxmShared *shared,
                                                   const VxmDlpackInfo *info,
                                                   DLManagedTensorVersioned **tensor)
{
    DLManagedTensor *plain = NULL;
    VkResult result = vxmDlpackMapMemory(tensor != NULL ? memory : NULL, shared, info, &plain);

    if (result == VK_SUCCESS) {
        *tensor = vxm__dlpack_make_versioned((Vxm__Dlpack *)plain->manager_ctx);
    }
    return result;
}
#endif

#ifdef __cplusplus
}
#endif

#endif /* VXM_DLPACK_H_ */
