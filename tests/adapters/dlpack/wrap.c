/*
 * Tensors over an address: types, shapes, strides, offset, bounds, and the end.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "dlpack.h"

TestSuite(dlpack_wrap, .init = contract_begin, .fini = contract_end);

bool dlpack_no_memory;

void *dlpack_calloc(size_t count, size_t size)
{
    bool fail = dlpack_no_memory;

    dlpack_no_memory = false;
    return fail ? NULL : calloc(count, size);
}

void dlpack_count(void *user)
{
    (*(unsigned *)user)++;
}

VxmShared dlpack_buffer(VkDeviceSize size)
{
    return (VxmShared){
        .resourceType = VXM_RESOURCE_TYPE_BUFFER,
        .memoryCount = 1,
        .memories[0] = {.allocationSize = size + 64, .offset = 32},
        .buffer = {.size = size},
    };
}

static unsigned char bytes[SIZE];
static const DLDevice cuda = {kDLCUDA, 3};
static const DLDevice cpu = {kDLCPU, 0};

Test(dlpack_wrap, flat_bytes_by_default)
{
    VxmShared shared = dlpack_buffer(SIZE);
    DLManagedTensor *tensor = NULL;
    const DLTensor *t;

    require(vxmDlpackWrap(&shared, bytes, cuda, NULL, &tensor));
    t = &tensor->dl_tensor;
    cr_expect_eq(t->data, bytes);
    cr_expect_eq(t->device.device_type, kDLCUDA);
    cr_expect_eq(t->device.device_id, 3);
    cr_expect_eq(t->ndim, 1);
    cr_expect_eq(t->dtype.code, kDLUInt);
    cr_expect_eq(t->dtype.bits, 8);
    cr_expect_eq(t->dtype.lanes, 1);
    cr_expect_eq(t->shape[0], SIZE);
    cr_expect_eq(t->strides[0], 1);
    cr_expect_eq(t->byte_offset, 0);
    tensor->deleter(tensor);
}

Test(dlpack_wrap, shape_strides_and_offset)
{
    const int64_t shape[] = {4, 3, 5};
    const int64_t strides[] = {1, 100, 7};
    VxmShared shared = dlpack_buffer(SIZE);
    VxmDlpackInfo info = {.dtype = {kDLFloat, 32, 1}, .ndim = 3, .shape = shape, .offset = 256};
    DLManagedTensor *tensor = NULL;

    require(vxmDlpackWrap(&shared, bytes, cpu, &info, &tensor));
    cr_expect_eq(tensor->dl_tensor.data, bytes + 256);
    cr_expect_eq(tensor->dl_tensor.ndim, 3);
    cr_expect_arr_eq(tensor->dl_tensor.shape, shape, sizeof(shape));
    cr_expect_eq(tensor->dl_tensor.strides[0], 15);
    cr_expect_eq(tensor->dl_tensor.strides[1], 5);
    cr_expect_eq(tensor->dl_tensor.strides[2], 1);
    tensor->deleter(tensor);

    info.strides = strides;
    require(vxmDlpackWrap(&shared, bytes, cpu, &info, &tensor));
    cr_expect_arr_eq(tensor->dl_tensor.strides, strides, sizeof(strides));
    cr_expect_neq(tensor->dl_tensor.strides, strides, "the caller's array may go");
    tensor->deleter(tensor);
}

Test(dlpack_wrap, the_rest_of_a_buffer)
{
    VxmShared shared = dlpack_buffer(SIZE);
    VxmDlpackInfo info = {.dtype = {kDLComplex, 128, 1}, .offset = 1024};
    DLManagedTensor *tensor = NULL;

    require(vxmDlpackWrap(&shared, bytes, cpu, &info, &tensor));
    cr_expect_eq(tensor->dl_tensor.shape[0], (SIZE - 1024) / 16);
    tensor->deleter(tensor);

    /* Raw memory reaches to the allocation's end. */
    shared.resourceType = VXM_RESOURCE_TYPE_MEMORY;
    shared.memories[0].offset = 0;
    shared.memories[0].allocationSize = 512;
    info = (VxmDlpackInfo){.dtype = {kDLInt, 16, 4}};
    require(vxmDlpackWrap(&shared, bytes, cpu, &info, &tensor));
    cr_expect_eq(tensor->dl_tensor.shape[0], 64);
    cr_expect_eq(tensor->dl_tensor.dtype.lanes, 4);
    tensor->deleter(tensor);
}

Test(dlpack_wrap, release_is_called_once_and_last)
{
    unsigned released = 0;
    VxmShared shared = dlpack_buffer(SIZE);
    VxmDlpackInfo info = {.release = dlpack_count, .user = &released};
    DLManagedTensor *tensor = NULL;

    require(vxmDlpackWrap(&shared, bytes, cpu, &info, &tensor));
    cr_expect_eq(released, 0);
    tensor->deleter(tensor);
    cr_expect_eq(released, 1);
    vxm__dlpack_delete(NULL);
    cr_expect_eq(released, 1);
}

/* Each reaches beyond the 4096 bytes, some only if a product wraps around; or has no meaning. */
Test(dlpack_wrap, out_of_bounds)
{
    static const struct {
        const char *what;
        DLDataType dtype;
        int32_t ndim;
        int64_t shape[3];
        int64_t strides[3]; /* {0}: none */
        uint64_t offset;
    } cases[] = {
        {"one element too many", {kDLFloat, 32, 1}, 1, {1025}, {0}, 0},
        {"moved by one element", {kDLFloat, 32, 1}, 1, {1024}, {0}, 4},
        {"a stride too long", {kDLFloat, 32, 1}, 2, {32, 32}, {33, 1}, 0},
        {"begins at the end", {kDLUInt, 8, 1}, 1, {1}, {0}, SIZE},
        {"begins beyond the end", {kDLUInt, 8, 1}, 1, {1}, {0}, UINT64_MAX},
        {"nothing, beyond the end", {kDLUInt, 8, 1}, 1, {0}, {0}, SIZE + 1},
        {"a compact product that wraps", {kDLUInt, 8, 1}, 3, {2, INT64_MAX, 4}, {0}, 0},
        {"2^64 elements", {kDLUInt, 8, 1}, 3, {INT64_C(1) << 32, INT64_C(1) << 32, 1}, {0}, 0},
        {"steps times stride wraps", {kDLUInt, 8, 1}, 1, {5}, {INT64_C(1) << 62}, 0},
        {"a sum that wraps",
         {kDLUInt, 8, 1},
         3,
         {3, 3, 3},
         {INT64_MAX / 2, INT64_MAX / 2, INT64_MAX / 2},
         0},
        {"a negative extent", {kDLUInt, 8, 1}, 1, {-1}, {0}, 0},
        {"a negative stride", {kDLUInt, 8, 1}, 1, {4}, {-1}, 64},
        {"an odd offset", {kDLFloat, 32, 1}, 1, {4}, {0}, 2},
        {"half a byte", {kDLUInt, 4, 1}, 1, {4}, {0}, 0},
        {"no bits", {kDLFloat, 0, 1}, 1, {4}, {0}, 0},
        {"no lanes", {kDLFloat, 32, 0}, 1, {4}, {0}, 0},
        {"too many dimensions", {kDLUInt, 8, 1}, VXM_DLPACK_MAX_DIMENSIONS + 1, {1}, {0}, 0},
        {"less than no dimension", {kDLUInt, 8, 1}, -1, {1}, {0}, 0},
        {"no whole number of elements", {kDLFloat, 64, 1}, 0, {0}, {0}, 4},
    };
    unsigned released = 0;
    VxmShared shared = dlpack_buffer(SIZE);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        VxmDlpackInfo info = {
            .dtype = cases[i].dtype,
            .ndim = cases[i].ndim,
            .shape = cases[i].ndim != 0 ? cases[i].shape : NULL,
            .strides = cases[i].strides[0] != 0 ? cases[i].strides : NULL,
            .offset = cases[i].offset,
            .release = dlpack_count,
            .user = &released,
        };
        DLManagedTensor *tensor;

        contract_note("%s", cases[i].what);
        fill(tensor);
        expect_error(vxmDlpackWrap(&shared, bytes, cpu, &info, &tensor),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "vxmDlpackWrap");
        expect_untouched(tensor);
    }
    cr_expect_eq(released, 0, "a call that fails calls nothing");
}

Test(dlpack_wrap, just_within_bounds)
{
    const int64_t whole[] = {1024};
    const int64_t spread[] = {2, 2};
    const int64_t strides[] = {1022, 1};
    const int64_t nothing[] = {0, INT64_MAX, INT64_MAX};
    VxmShared shared = dlpack_buffer(SIZE);
    VxmDlpackInfo info = {.dtype = {kDLFloat, 32, 1}, .ndim = 1, .shape = whole};
    DLManagedTensor *tensor = NULL;

    require(vxmDlpackWrap(&shared, bytes, cpu, &info, &tensor));
    tensor->deleter(tensor);
    info =
        (VxmDlpackInfo){.dtype = {kDLFloat, 32, 1}, .ndim = 2, .shape = spread, .strides = strides};
    require(vxmDlpackWrap(&shared, bytes, cpu, &info, &tensor));
    tensor->deleter(tensor);
    info = (VxmDlpackInfo){.ndim = 3, .shape = nothing, .offset = SIZE};
    require(vxmDlpackWrap(&shared, bytes, cpu, &info, &tensor));
    cr_expect_eq(tensor->dl_tensor.shape[0], 0);
    tensor->deleter(tensor);
}

Test(dlpack_wrap, refused)
{
    VxmDlpackInfo take = {.flags = VXM_DLPACK_TAKE_MEMORY_BIT};
    VxmDlpackInfo wide = {.dtype = {kDLFloat, 64, 1}, .ndim = 0};
    VxmShared shared = dlpack_buffer(SIZE);
    DLManagedTensor *tensor;

    fill(tensor);
    expect_error(vxmDlpackWrap(NULL, bytes, cpu, NULL, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "NULL");
    expect_error(vxmDlpackWrap(&shared, NULL, cpu, NULL, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "NULL");
    expect_error(vxmDlpackWrap(&shared, bytes, cpu, NULL, NULL), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "NULL");
    expect_error(vxmDlpackWrap(&shared, bytes, cpu, &take, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "flags");
    expect_error(vxmDlpackWrap(&shared, (void *)(uintptr_t)4100, cpu, &wide, &tensor),
                 VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "multiple");
    shared.memoryCount = 2;
    expect_error(vxmDlpackWrap(&shared, bytes, cpu, NULL, &tensor), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "2 memories");
    shared = dlpack_buffer(SIZE);
    dlpack_no_memory = true;
    expect_error(vxmDlpackWrap(&shared, bytes, cpu, NULL, &tensor), VK_ERROR_OUT_OF_HOST_MEMORY,
                 VXM_ERROR_REASON_OUT_OF_MEMORY, "vxmDlpackWrap");
    expect_untouched(tensor);
}

/* A hand-filled description can say a buffer that is larger than its allocation. */
Test(dlpack_wrap, the_allocation_bounds_the_buffer)
{
    VxmShared shared = dlpack_buffer(SIZE);
    DLManagedTensor *tensor = NULL;

    shared.memories[0].allocationSize = 132;
    require(vxmDlpackWrap(&shared, bytes, cpu, NULL, &tensor));
    cr_expect_eq(tensor->dl_tensor.shape[0], 100);
    tensor->deleter(tensor);
    shared.memories[0].offset = 200;
    require(vxmDlpackWrap(&shared, bytes, cpu, NULL, &tensor));
    cr_expect_eq(tensor->dl_tensor.shape[0], 0);
    tensor->deleter(tensor);
}
