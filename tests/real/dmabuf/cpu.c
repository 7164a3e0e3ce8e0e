/*
 * Dma-bufs between Vulkan and the CPU.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "real/dmabuf/dmabuf.h"

#include <stdlib.h>

#define SIZE ((VkDeviceSize)1 << 16)

TestSuite(cpu, .init = real_begin, .fini = real_end);

/* A dma-buf of the kernel's, filled by the CPU, read and written by Vulkan, read by the CPU. */
Test(cpu, buffer_of_the_kernels)
{
    VxmShared shared = {
        .resourceType = VXM_RESOURCE_TYPE_BUFFER,
        .handleType = DMA_BUF,
        .memoryCount = 1,
        .buffer = {.size = SIZE,
                   .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT},
    };
    VxmHandover handover = {.queueFamilyIndex = VK_QUEUE_FAMILY_FOREIGN_EXT};
    unsigned char *const wanted = malloc(SIZE);
    VxmDmaBufMapping mapping = {0};
    VxmMemory memory = NULL;
    struct gpu gpu;

    cr_assert_not_null(wanted);
    shared.memories[0].handle = dmabuf_allocate(SIZE);
    const VxmHandle *const buffer = &shared.memories[0].handle;
    VXM(vxmDmaBufMap(buffer, READ | WRITE, &mapping));
    cr_assert_eq(mapping.size, SIZE);
    VXM(vxmDmaBufBeginCpuAccess(buffer, WRITE, TIME_LIMIT));
    gpu_pattern(71, mapping.data, SIZE);
    VXM(vxmDmaBufEndCpuAccess(buffer, WRITE));

    gpu_open(&gpu);
    VXM(vxmImportMemory(gpu.device, &shared, NULL, &memory));
    cr_expect(gpu_holds(&gpu, memory, &shared, &handover, 71));
    gpu_write(&gpu, memory, &shared, 72, false, &handover);
    VXM(vxmDmaBufBeginCpuAccess(buffer, READ, TIME_LIMIT));
    gpu_pattern(72, wanted, SIZE);
    cr_expect_arr_eq(mapping.data, wanted, SIZE);
    VXM(vxmDmaBufEndCpuAccess(buffer, READ));

    vxmDestroyMemory(memory);
    gpu_close(&gpu);
    vxmDmaBufUnmap(&mapping);
    vxmCloseShared(&shared);
    free(wanted);
}

/* Vulkan's own memory, mapped through the dma-buf that it was exported as. */
Test(cpu, buffer_of_vulkans)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VxmMemoryCreateInfo how = {.handleTypes = DMA_BUF};
    unsigned char *const wanted = malloc(SIZE);
    VxmDmaBufMapping mapping = {0};
    VxmMemory memory = NULL;
    VxmHandover handover;
    VxmShared shared;
    struct gpu gpu;

    cr_assert_not_null(wanted);
    gpu_open(&gpu);
    VXM(vxmCreateBuffer(gpu.device, &info, &how, &memory));
    VXM(vxmExportMemory(memory, DMA_BUF, &shared));
    const VxmHandle *const buffer = &shared.memories[0].handle;
    gpu_write(&gpu, memory, &shared, 73, true, &handover);
    VXM(vxmDmaBufMap(buffer, READ, &mapping));
    cr_assert_geq(mapping.size, SIZE);
    VXM(vxmDmaBufBeginCpuAccess(buffer, READ, TIME_LIMIT));
    gpu_pattern(73, wanted, SIZE);
    cr_expect_arr_eq((unsigned char *)mapping.data + shared.memories[0].offset, wanted, SIZE);
    VXM(vxmDmaBufEndCpuAccess(buffer, READ));
    vxmDmaBufUnmap(&mapping);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
    gpu_close(&gpu);
    free(wanted);
}
