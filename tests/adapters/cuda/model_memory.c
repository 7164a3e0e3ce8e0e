/*
 * The model of CUDA: external memory and what is mapped of it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "adapters/cuda/model_internal.h"

/* A CUexternalMemoryHandleType that came with CUDA 13. */
#define DMA_BUF 9

static const struct type memory_types[] = {
    {1, VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, true, false, false, false, false},
    {9, VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT, true, false, false, false, false},
    {2, VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_BIT, false, false, true, false, false},
    {3, VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_WIN32_KMT_BIT, false, true, false, false, false},
    {4, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_HEAP_BIT, false, false, true, false, false},
    {5, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D12_RESOURCE_BIT, false, false, true, true, false},
    {6, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_BIT, false, false, true, true, false},
    {7, VK_EXTERNAL_MEMORY_HANDLE_TYPE_D3D11_TEXTURE_KMT_BIT, false, true, false, true, false},
};
static CUresult CUDAAPI import_external_memory(CUexternalMemory *memory,
                                               const CUDA_EXTERNAL_MEMORY_HANDLE_DESC *desc)
{
    const struct type *type = NULL;
    struct model_payload_info info;
    union model_native native;
    uint64_t identity[2];
    struct object *object;
    CUresult result;
    bool dedicated;

    cuda_model.memory = *desc;
    for (size_t i = 0; i < sizeof(memory_types) / sizeof(memory_types[0]); i++) {
        if (memory_types[i].cudaType == (int)desc->type) {
            type = &memory_types[i];
        }
    }
    if (!cuda_called("cuImportExternalMemory", &result) || !cuda_has_context(&result)) {
        if (type != NULL && type->fd) {
            cuda_drop_native(type, model__native_of_fd(desc->handle.fd));
        }
        return result;
    }
    EXPECT_ZERO(desc->reserved);
    if (type == NULL || desc->size == 0 || (desc->flags & ~1u) != 0) {
        cuda_breach("type %d, size %llu or flags %u can't be", (int)desc->type, desc->size,
                    desc->flags);
        return CUDA_ERROR_INVALID_VALUE;
    }
    dedicated = (desc->flags & CUDA_EXTERNAL_MEMORY_DEDICATED) != 0;
    if ((int)desc->type == DMA_BUF && desc->flags != 0) {
        cuda_breach("flags must be zero for a dma-buf");
    }
    if (type->dedicated && !dedicated) {
        cuda_breach("Direct3D's resources must be said to be dedicated");
    }
    if (!cuda_open_native(type, desc->handle.fd, desc->handle.win32.handle, desc->handle.win32.name,
                          &native)) {
        return CUDA_ERROR_INVALID_HANDLE;
    }
    if (!cuda_check_native(native, MODEL_PAYLOAD_MEMORY, type->type, &info, identity)) {
        cuda_drop_native(type, native);
        return CUDA_ERROR_INVALID_HANDLE;
    }
    if (desc->size != info.size ||
        ((int)desc->type != DMA_BUF && dedicated != (info.resource != 0 || type->dedicated))) {
        cuda_drop_native(type, native);
        return CUDA_ERROR_INVALID_VALUE;
    }
    object = cuda_make_object(MEMORY, NULL);
    object->native = native;
    object->info = info;
    memcpy(object->identity, identity, sizeof(identity));
    object->cudaType = (int)desc->type;
    *memory = (CUexternalMemory)(void *)object;
    return CUDA_SUCCESS;
}

static CUresult CUDAAPI get_mapped_buffer(CUdeviceptr *pointer, CUexternalMemory memory,
                                          const CUDA_EXTERNAL_MEMORY_BUFFER_DESC *desc)
{
    struct object *of = cuda_find(memory, MEMORY, "cuExternalMemoryGetMappedBuffer");
    struct object *mapping;
    CUresult result;

    cuda_model.buffer = *desc;
    *pointer = (CUdeviceptr)0xdead;
    if (!cuda_called("cuExternalMemoryGetMappedBuffer", &result) || !cuda_has_context(&result)) {
        return result;
    }
    EXPECT_ZERO(desc->reserved);
    if (of == NULL || desc->flags != 0 || desc->size == 0 || desc->offset > of->info.size ||
        desc->size > of->info.size - desc->offset) {
        cuda_breach("a buffer of %llu bytes from %llu on can't be mapped", desc->size,
                    desc->offset);
        return CUDA_ERROR_INVALID_VALUE;
    }
    mapping = cuda_make_object(MAPPING, of);
    mapping->data = (unsigned char *)model__native_map(of->native, of->info.size);
    cr_assert_not_null(mapping->data);
    mapping->pointer = (CUdeviceptr)(uintptr_t)(mapping->data + desc->offset);
    *pointer = mapping->pointer;
    return CUDA_SUCCESS;
}

static void check_array(const CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC *desc)
{
    const CUDA_ARRAY3D_DESCRIPTOR *array = &desc->arrayDesc;
    const bool cube = (array->Flags & CUDA_ARRAY3D_CUBEMAP) != 0;
    const bool layered = (array->Flags & CUDA_ARRAY3D_LAYERED) != 0;
    size_t largest = array->Width > array->Height ? array->Width : array->Height;
    unsigned int levels = 1;

    EXPECT_ZERO(desc->reserved);
    if (!layered && array->Depth > largest) {
        largest = array->Depth;
    }
    while (largest >> levels != 0) {
        levels++;
    }
    if (array->Width == 0 || desc->numLevels == 0 || desc->numLevels > levels) {
        cuda_breach("a width of %u with %u levels can't be", (unsigned)array->Width,
                    desc->numLevels);
    }
    if (array->NumChannels != 1 && array->NumChannels != 2 && array->NumChannels != 4) {
        cuda_breach("%u channels can't be", array->NumChannels);
    }
    if (cube && (array->Width != array->Height || array->Depth % 6 != 0 ||
                 layered != (array->Depth > 6) || array->Depth == 0)) {
        cuda_breach("a cubemap of %u by %u, depth %u, can't be", (unsigned)array->Width,
                    (unsigned)array->Height, (unsigned)array->Depth);
    }
    if (layered && array->Depth == 0) {
        cuda_breach("layered without layers");
    }
    if (!layered && array->Height == 0 && array->Depth != 0) {
        cuda_breach("a depth without a height");
    }
}

static CUresult CUDAAPI get_mapped_array(CUmipmappedArray *array, CUexternalMemory memory,
                                         const CUDA_EXTERNAL_MEMORY_MIPMAPPED_ARRAY_DESC *desc)
{
    struct object *of = cuda_find(memory, MEMORY, "cuExternalMemoryGetMappedMipmappedArray");
    struct object *object;
    CUresult result;

    cuda_model.array = *desc;
    *array = (CUmipmappedArray)(void *)&cuda_model; /* nothing to rely on */
    if (!cuda_called("cuExternalMemoryGetMappedMipmappedArray", &result) ||
        !cuda_has_context(&result)) {
        return result;
    }
    if (of == NULL || desc->offset >= of->info.size || of->cudaType == DMA_BUF) {
        cuda_breach("an array at offset %llu can't be", desc->offset);
        return CUDA_ERROR_INVALID_VALUE;
    }
    check_array(desc);
    object = cuda_make_object(ARRAY, of);
    *array = (CUmipmappedArray)(void *)object;
    return CUDA_SUCCESS;
}

static CUresult CUDAAPI get_level(CUarray *level, CUmipmappedArray array, unsigned int index)
{
    struct object *object = cuda_find(array, ARRAY, "cuMipmappedArrayGetLevel");
    CUresult result;

    if (cuda_called("cuMipmappedArrayGetLevel", &result)) {
        cr_expect_eq(index, 0);
        *level = (CUarray)(void *)((unsigned char *)object + 1);
    }
    return result;
}

/* ---- ends ---- */

static CUresult CUDAAPI mipmapped_array_destroy(CUmipmappedArray array)
{
    return cuda_end_object(cuda_find(array, ARRAY, "cuMipmappedArrayDestroy"));
}

static CUresult CUDAAPI mem_free_v2(CUdeviceptr pointer)
{
    struct object *other;

    for (size_t i = 0; (other = cuda_object(i)) != NULL; i++) {
        if (other->kind == MAPPING && other->live && other->pointer == pointer) {
            model__native_unmap(other->data, other->of->info.size);
            return cuda_end_object(other);
        }
    }
    cuda_breach("cuMemFree got a pointer that is none, or none any more");
    return CUDA_ERROR_INVALID_VALUE;
}

/* For 32-bit pointers: nobody should ask for it. */
static CUresult CUDAAPI mem_free(unsigned int pointer)
{
    (void)pointer;
    cuda_breach("cuMemFree was called in its first version");
    return CUDA_ERROR_INVALID_VALUE;
}

static CUresult CUDAAPI destroy_external_memory(CUexternalMemory memory)
{
    struct object *object = cuda_find(memory, MEMORY, "cuDestroyExternalMemory");
    struct object *other;

    for (size_t i = 0; object != NULL && (other = cuda_object(i)) != NULL; i++) {
        if (other->live && other->of == object) {
            cuda_breach("an external memory was destroyed before what is mapped of it");
        }
    }
    if (object != NULL) {
        cuda_close_native(object);
    }
    return cuda_end_object(object);
}

const struct cuda_named cuda_memory_functions[] = {
    {"cuImportExternalMemory", (cuda_function)import_external_memory},
    {"cuExternalMemoryGetMappedBuffer", (cuda_function)get_mapped_buffer},
    {"cuExternalMemoryGetMappedMipmappedArray", (cuda_function)get_mapped_array},
    {"cuMipmappedArrayGetLevel", (cuda_function)get_level},
    {"cuMipmappedArrayDestroy", (cuda_function)mipmapped_array_destroy},
    {"cuMemFree", (cuda_function)mem_free},
    {"cuMemFree_v2", (cuda_function)mem_free_v2},
    {"cuDestroyExternalMemory", (cuda_function)destroy_external_memory},
    {NULL, NULL},
};
