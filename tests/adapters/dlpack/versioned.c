/*
 * The struct with a version, where DLPack's header has it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "dlpack.h"

TestSuite(dlpack_versioned, .init = contract_begin, .fini = contract_end);

static unsigned char bytes[SIZE];
static const DLDevice cuda = {kDLCUDA, 1};

Test(dlpack_versioned, wrap)
{
    const int64_t shape[] = {8, 16};
    unsigned released = 0;
    VxmShared shared = dlpack_buffer(SIZE);
    VxmDlpackInfo info = {.dtype = {kDLFloat, 32, 1},
                          .ndim = 2,
                          .shape = shape,
                          .offset = 64,
                          .release = dlpack_count,
                          .user = &released};
    DLManagedTensorVersioned *tensor = NULL;

    require(vxmDlpackWrapVersioned(&shared, bytes, cuda, &info, &tensor));
    cr_expect_eq(tensor->version.major, 1);
    cr_expect_eq(tensor->version.minor, 0);
    cr_expect_eq(tensor->flags, 0);
    cr_expect_eq(tensor->dl_tensor.data, bytes + 64);
    cr_expect_eq(tensor->dl_tensor.device.device_id, 1);
    cr_expect_arr_eq(tensor->dl_tensor.shape, shape, sizeof(shape));
    cr_expect_eq(tensor->dl_tensor.strides[0], 16);
    tensor->deleter(tensor);
    cr_expect_eq(released, 1);
}

Test(dlpack_versioned, map)
{
    VxmMemoryCreateInfo create = contract_mappable_info(backend_opaque_type()->type);
    VxmDlpackInfo info = {.flags = VXM_DLPACK_TAKE_MEMORY_BIT};
    VkBufferCreateInfo buffer = contract_buffer_info(SIZE);
    VxmDevice device = contract_device();
    DLManagedTensorVersioned *tensor = NULL;
    VxmMemory memory = NULL;

    require(vxmCreateBuffer(device, &buffer, &create, &memory));
    require(vxmDlpackMapMemoryVersioned(memory, NULL, &info, &tensor));
    memset(tensor->dl_tensor.data, 1, (size_t)tensor->dl_tensor.shape[0]);
    tensor->deleter(tensor);
    vxm__dlpack_delete_versioned(NULL);
    vxmDestroyDevice(device);
}

Test(dlpack_versioned, refused)
{
    VxmShared shared = dlpack_buffer(SIZE);
    DLManagedTensorVersioned *tensor;

    fill(tensor);
    expect_failure(vxmDlpackWrapVersioned(NULL, bytes, cuda, NULL, &tensor));
    expect_failure(vxmDlpackWrapVersioned(&shared, bytes, cuda, NULL, NULL));
    expect_failure(vxmDlpackMapMemoryVersioned(NULL, NULL, NULL, &tensor));
    expect_untouched(tensor);
}
