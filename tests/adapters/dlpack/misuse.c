/*
 * vxm/dlpack.h: descriptions that aren't true or don't tell, which would let a tensor reach beyond
 * the mapping or be empty without a word.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "dlpack.h"

TestSuite(dlpack_misuse, .init = contract_begin, .fini = contract_end);

static unsigned char bytes[SIZE];
static const DLDevice cpu = {kDLCPU, 0};

/* Of an allocation of unknown size, which dma-bufs allow, a buffer still has its own. */
Test(dlpack_misuse, size_unknown)
{
    VxmShared shared = dlpack_buffer(SIZE);
    DLManagedTensor *tensor = NULL;

    shared.memories[0].allocationSize = 0;
    shared.memories[0].offset = 0;
    require(vxmDlpackWrap(&shared, bytes, cpu, NULL, &tensor));
    cr_expect_eq(tensor->dl_tensor.shape[0], SIZE);
    tensor->deleter(tensor);

    fill(tensor);
    shared.resourceType = VXM_RESOURCE_TYPE_MEMORY;
    expect_error(vxmDlpackWrap(&shared, bytes, cpu, NULL, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "allocationSize is 0");
    shared = dlpack_image(5, 7);
    shared.memories[0].allocationSize = 0;
    expect_error(vxmDlpackWrap(&shared, bytes, cpu, NULL, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "allocationSize is 0");
    shared = dlpack_buffer(SIZE);
    shared.resourceType = (VxmResourceType)3;
    expect_error(vxmDlpackWrap(&shared, bytes, cpu, NULL, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "resourceType");
    expect_untouched(tensor);
}

/* What is mapped is known: a description of more than that is not the memory's. */
Test(dlpack_misuse, description_of_another_memory)
{
    VxmMemoryCreateInfo create = contract_mappable_info(backend_opaque_type()->type);
    VkBufferCreateInfo buffer = contract_buffer_info(SIZE);
    VxmDlpackInfo info = {.flags = 0x80};
    VxmDevice device = contract_device();
    DLManagedTensor *tensor;
    VxmMemory memory = NULL;
    VxmShared good, shared;

    require(vxmCreateBuffer(device, &buffer, &create, &memory));
    require(vxmExportMemory(memory, (VkExternalMemoryHandleTypeFlagBits)backend_opaque_type()->type,
                            &good));
    vxmCloseShared(&good);
    fill(tensor);
    shared = good;
    shared.memories[0].allocationSize += 1;
    expect_error(vxmDlpackMapMemory(memory, &shared, NULL, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_MISMATCH, "allocationSize");
    shared.memories[0].allocationSize = UINT64_MAX;
    shared.buffer.size = UINT64_MAX / 2;
    expect_error(vxmDlpackMapMemory(memory, &shared, NULL, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_MISMATCH, "allocationSize");
    shared = good;
    shared.memories[0].offset = 64;
    expect_error(vxmDlpackMapMemory(memory, &shared, NULL, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_MISMATCH, "offset");
    expect_error(vxmDlpackMapMemory(memory, &good, &info, &tensor), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "flags");
    expect_untouched(tensor);

    /* The size that the description doesn't know is the memory's. */
    shared = good;
    shared.memories[0].allocationSize = 0;
    shared.buffer.size = UINT64_MAX;
    require(vxmDlpackMapMemory(memory, &shared, NULL, &tensor));
    cr_expect_eq(tensor->dl_tensor.shape[0], (int64_t)good.memories[0].allocationSize);
    tensor->deleter(tensor);
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}
