/*
 * The program's own memory, imported.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "real/fixture.h"

#define HOST VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT
#define SIZE ((VkDeviceSize)1 << 20)

TestSuite(host, .init = real_begin, .fini = real_end);

static VxmShared describe(void *memory)
{
    VxmShared shared = {
        .resourceType = VXM_RESOURCE_TYPE_BUFFER,
        .handleType = HOST,
        .memoryCount = 1,
        .buffer = {.size = SIZE,
                   .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT},
    };
    shared.memories[0].handle =
        (VxmHandle){.kind = VXM_HANDLE_KIND_MEMORY, .type = HOST, .ptr = memory};
    shared.memories[0].allocationSize = SIZE;
    return shared;
}

Test(host, read_and_written_by_the_gpu)
{
    const VxmImportInfo info = {.requiredFlags = VK_MEMORY_PROPERTY_HOST_COHERENT_BIT};
    struct gpu gpu;
    struct staging staging;
    VxmMemory imported = NULL;
    const VkBufferCopy half = {0, 0, SIZE / 2};
    unsigned char *memory = aligned_alloc(65536, SIZE);
    unsigned char *pattern = malloc(SIZE);

    gpu_open(&gpu);
    gpu_create_staging(&gpu, SIZE, &staging);
    VxmShared shared = describe(memory);
    gpu_pattern(21, memory, SIZE);
    gpu_pattern(21, pattern, SIZE);
    VXM(vxmCheckShared(gpu.device, &shared));
    VXM(vxmImportMemory(gpu.device, &shared, &info, &imported));

    gpu_begin(&gpu);
    vkCmdCopyBuffer(gpu.commands, vxmGetVkBuffer(imported), staging.buffer, 1, &half);
    vkCmdFillBuffer(gpu.commands, vxmGetVkBuffer(imported), SIZE / 2, SIZE / 2, 0xabababab);
    gpu_barrier(&gpu);
    gpu_submit_and_wait(&gpu);
    cr_expect_arr_eq(staging.data, pattern, SIZE / 2);
    cr_expect_arr_eq(memory, pattern, SIZE / 2);
    for (size_t i = SIZE / 2; i < SIZE; i++) {
        cr_assert_eq(memory[i], 0xab, "byte %zu is %02x", i, memory[i]);
    }

    vxmDestroyMemory(imported);
    memory[0] ^= 1; /* still the program's own */
    gpu_destroy_staging(&gpu, &staging);
    gpu_close(&gpu);
    free(pattern);
    free(memory);
}

Test(host, refused_where_it_can_not_be)
{
    struct gpu gpu;
    VxmMemory none = NULL;
    unsigned char *memory = aligned_alloc(65536, 2 * SIZE);

    gpu_open(&gpu);
    VxmShared shared = describe(memory + 16);
    FAILS(vxmImportMemory(gpu.device, &shared, NULL, &none), VK_ERROR_INVALID_EXTERNAL_HANDLE,
          "minImportedHostPointerAlignment");
    shared = describe(memory);
    shared.memories[0].allocationSize = SIZE - 16;
    FAILS(vxmImportMemory(gpu.device, &shared, NULL, &none), VK_ERROR_VALIDATION_FAILED_EXT,
          "allocationSize");
    shared = describe(NULL);
    cr_assert_lt(vxmImportMemory(gpu.device, &shared, NULL, &none), 0);
    shared = describe(memory);
    shared.dedicated = VK_TRUE;
    cr_assert_lt(vxmImportMemory(gpu.device, &shared, NULL, &none), 0, "VUID 02806 forbids it");
    cr_expect_null(none);

    /* A pointer means nothing in another process. */
    shared = describe(memory);
    VxmChannel ends[2] = {NULL, NULL};
    VXM(vxmCreateChannelPair(ends));
    FAILS(vxmSendMemory(ends[0], &shared, 0), VK_ERROR_FEATURE_NOT_PRESENT, "");
    vxmCloseChannel(ends[0]);
    vxmCloseChannel(ends[1]);
    gpu_close(&gpu);
    free(memory);
}
