/*
 * Buffers and raw memory, shared between two devices of one process.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "real/fixture.h"

#define SIZE ((VkDeviceSize)1 << 20)

TestSuite(buffer, .init = real_begin, .fini = real_end);

/* Written on one device, read on another that has imported it; then the other way round. */
static void share_buffer(VxmDedicated dedicated)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE, .dedicated = dedicated};
    struct gpu here;
    struct gpu there;
    VxmMemory memory = NULL;
    VxmMemory imported = NULL;
    VxmShared shared;
    VxmHandover handover;

    gpu_open(&here);
    gpu_open(&there);
    VXM(vxmCreateBuffer(here.device, &info, &how, &memory));
    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    cr_expect_eq(shared.dedicated, dedicated == VXM_DEDICATED_OFF ? VK_FALSE : VK_TRUE);
    cr_expect(support_is_cloexec(REAL_NATIVE(shared.memories[0].handle)));
    gpu_write(&here, memory, &shared, 1, true, &handover);

    VXM(vxmCheckShared(there.device, &shared));
    VXM(vxmImportMemory(there.device, &shared, NULL, &imported));
    cr_expect(support_is_open(REAL_NATIVE(shared.memories[0].handle)), "an import borrows");
    vxmCloseShared(&shared);
    cr_expect(gpu_holds(&there, imported, &shared, &handover, 1));

    gpu_write(&there, imported, &shared, 2, false, &handover);
    cr_expect(gpu_holds(&here, memory, &shared, &handover, 2));

    vxmDestroyMemory(memory);
    /* The payload outlives the exporter's memory and device. */
    gpu_close(&here);
    cr_expect(gpu_holds(&there, imported, &shared, &handover, 2));
    vxmDestroyMemory(imported);
    gpu_close(&there);
}

Test(buffer, dedicated_by_the_librarys_choice)
{
    share_buffer(VXM_DEDICATED_AUTO);
}

Test(buffer, dedicated)
{
    share_buffer(VXM_DEDICATED_ON);
}

Test(buffer, not_dedicated)
{
    share_buffer(VXM_DEDICATED_OFF);
}

Test(buffer, two_imports_are_aliases)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    struct gpu gpu;
    VxmMemory memory = NULL;
    VxmMemory first = NULL;
    VxmMemory second = NULL;
    VxmShared shared;
    VxmHandover handover;

    gpu_open(&gpu);
    VXM(vxmCreateBuffer(gpu.device, &info, &how, &memory));
    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    VXM(vxmImportMemory(gpu.device, &shared, NULL, &first));
    VXM(vxmImportMemory(gpu.device, &shared, NULL, &second));
    vxmCloseShared(&shared);

    gpu_write(&gpu, first, &shared, 3, true, &handover);
    cr_expect(gpu_holds(&gpu, second, &shared, &handover, 3));
    gpu_write(&gpu, second, &shared, 4, false, &handover);
    cr_expect(gpu_holds(&gpu, first, &shared, &handover, 4));
    cr_expect(gpu_holds(&gpu, memory, &shared, &handover, 4));

    vxmDestroyMemory(memory);
    vxmDestroyMemory(second);
    cr_expect(gpu_holds(&gpu, first, &shared, &handover, 4));
    vxmDestroyMemory(first);
    gpu_close(&gpu);
}

/* A fill and a copy within the imported buffer, seen by the exporter. */
Test(buffer, fills_and_copies_in_place)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    const VkBufferCopy copy = {0, SIZE / 2, SIZE / 4};
    struct gpu gpu;
    VxmMemory memory = NULL;
    VxmMemory imported = NULL;
    VxmShared shared;
    VxmHandover handover;
    uint32_t *words = malloc(SIZE);

    gpu_open(&gpu);
    const VxmUse use = gpu_use(&gpu);
    VXM(vxmCreateBuffer(gpu.device, &info, &how, &memory));
    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    VXM(vxmImportMemory(gpu.device, &shared, NULL, &imported));
    vxmCloseShared(&shared);
    gpu_write(&gpu, memory, &shared, 5, true, &handover);

    gpu_begin(&gpu);
    VXM(vxmCmdAcquireMemory(gpu.commands, imported, &handover, &use));
    vkCmdFillBuffer(gpu.commands, vxmGetVkBuffer(imported), 0, SIZE / 4, 0xfeedbeefu);
    gpu_barrier(&gpu);
    vkCmdCopyBuffer(gpu.commands, vxmGetVkBuffer(imported), vxmGetVkBuffer(imported), 1, &copy);
    VXM(vxmCmdReleaseMemory(gpu.commands, imported, &use, &handover));
    gpu_submit_and_wait(&gpu);

    gpu_read(&gpu, memory, &shared, &handover, words);
    for (size_t i = 0; i < SIZE / 4; i++) {
        size_t quarter = i / (SIZE / 16);
        uint32_t wanted = quarter % 2 == 0 ? 0xfeedbeefu : gpu_pattern_word(5, i);
        cr_assert_eq(words[i], wanted, "word %zu is %08x instead of %08x", i, words[i], wanted);
    }
    free(words);
    vxmDestroyMemory(imported);
    vxmDestroyMemory(memory);
    gpu_close(&gpu);
}

Test(buffer, mapped_on_both_sides)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VkMemoryPropertyFlags flags =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE, .requiredFlags = flags};
    struct gpu gpu;
    VxmMemory memory = NULL;
    VxmMemory imported = NULL;
    VxmMemoryInfo facts;
    VxmShared shared;
    void *here = NULL;
    void *there = NULL;

    gpu_open(&gpu);
    VXM(vxmCreateBuffer(gpu.device, &info, &how, &memory));
    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    cr_expect_eq(shared.memories[0].propertyFlags & flags, flags);
    VXM(vxmImportMemory(gpu.device, &shared, NULL, &imported));
    VXM(vxmGetMemoryInfo(imported, &facts));
    cr_expect_eq(facts.imported, VK_TRUE);
    cr_expect_eq(facts.importHandleType, REAL_TYPE);
    cr_expect_eq(facts.memories[0].allocationSize, shared.memories[0].allocationSize);
    cr_expect_eq(1u << facts.memories[0].memoryTypeIndex, shared.memories[0].memoryTypeBits);
    vxmCloseShared(&shared);

    VXM(vxmMapMemory(memory, 0, &here));
    VXM(vxmMapMemory(imported, 0, &there));
    gpu_pattern(6, here, SIZE);
    cr_expect_arr_eq(here, there, SIZE);
    memset(there, 0x5a, SIZE);
    cr_expect_eq(((unsigned char *)here)[SIZE - 1], 0x5a);
    vxmUnmapMemory(imported, 0);
    vxmUnmapMemory(memory, 0);
    vxmDestroyMemory(imported);
    vxmDestroyMemory(memory);
    gpu_close(&gpu);
}

/* Raw memory on both sides, with a buffer of the app's own bound to each. */
Test(buffer, raw_memory)
{
    const VkExternalMemoryBufferCreateInfo external = {
        .sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO, .handleTypes = REAL_TYPE};
    VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    struct gpu gpu;
    VkMemoryRequirements needs;
    VkBuffer buffers[2];
    VxmMemory memories[2] = {NULL, NULL};
    VxmShared shared;
    struct staging staging;
    const VkBufferCopy whole = {0, 0, SIZE};

    info.pNext = &external;
    gpu_open(&gpu);
    for (int i = 0; i < 2; i++) {
        VK(vkCreateBuffer(gpu.vk, &info, NULL, &buffers[i]));
    }
    vkGetBufferMemoryRequirements(gpu.vk, buffers[0], &needs);
    how.memoryTypeBits = needs.memoryTypeBits;
    VXM(vxmCreateMemory(gpu.device, needs.size, &how, &memories[0]));
    VXM(vxmExportMemory(memories[0], REAL_TYPE, &shared));
    cr_expect_eq(shared.resourceType, VXM_RESOURCE_TYPE_MEMORY);
    cr_expect_eq(shared.memories[0].allocationSize, needs.size);
    VXM(vxmImportMemory(gpu.device, &shared, NULL, &memories[1]));
    vxmCloseShared(&shared);
    for (int i = 0; i < 2; i++) {
        VK(vkBindBufferMemory(gpu.vk, buffers[i], vxmGetVkDeviceMemory(memories[i], 0), 0));
    }

    gpu_create_staging(&gpu, SIZE, &staging);
    gpu_begin(&gpu);
    vkCmdFillBuffer(gpu.commands, buffers[0], 0, SIZE, 0x12345678u);
    gpu_submit_and_wait(&gpu);
    gpu_begin(&gpu);
    vkCmdCopyBuffer(gpu.commands, buffers[1], staging.buffer, 1, &whole);
    gpu_barrier(&gpu);
    gpu_submit_and_wait(&gpu);
    cr_expect_eq(((uint32_t *)staging.data)[0], 0x12345678u);
    cr_expect_eq(((uint32_t *)staging.data)[SIZE / 4 - 1], 0x12345678u);

    gpu_destroy_staging(&gpu, &staging);
    for (int i = 0; i < 2; i++) {
        vkDestroyBuffer(gpu.vk, buffers[i], NULL);
        vxmDestroyMemory(memories[i]);
    }
    gpu_close(&gpu);
}

Test(buffer, exported_again_from_an_import)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    const VxmImportInfo again = {.reexportHandleTypes = REAL_TYPE};
    const VxmQueryInfo question = {.handleType = REAL_TYPE, .buffer = &info};
    VxmQueryResult answer;
    struct gpu gpu;
    VxmMemory chain[3] = {NULL, NULL, NULL};
    VxmShared shared;
    VxmHandover handover;

    gpu_open(&gpu);
    VXM(vxmQuery(gpu.device, &question, &answer));
    VXM(vxmCreateBuffer(gpu.device, &info, &how, &chain[0]));
    VXM(vxmExportMemory(chain[0], REAL_TYPE, &shared));
    if (answer.reexportable) {
        VXM(vxmImportMemory(gpu.device, &shared, &again, &chain[1]));
        vxmCloseShared(&shared);
        VXM(vxmExportMemory(chain[1], REAL_TYPE, &shared));
        VXM(vxmImportMemory(gpu.device, &shared, NULL, &chain[2]));
        vxmCloseShared(&shared);
        gpu_write(&gpu, chain[2], &shared, 7, true, &handover);
        cr_expect(gpu_holds(&gpu, chain[0], &shared, &handover, 7));
    } else {
        FAILS(vxmImportMemory(gpu.device, &shared, &again, &chain[1]), VK_ERROR_FEATURE_NOT_PRESENT,
              REAL_NAME);
        cr_expect_null(chain[1]);
        vxmCloseShared(&shared);
    }
    for (int i = 0; i < 3; i++) {
        vxmDestroyMemory(chain[i]);
    }
    gpu_close(&gpu);
}

Test(buffer, found_by_the_librarys_own_loader)
{
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    VxmDevice device = NULL;
    struct gpu gpu;
    VxmMemory memory = NULL;
    VxmShared shared;
    VxmHandover handover;

    VXM(vxmCreateDevice(NULL, &device));
    gpu_open_with(device, &gpu);
    VXM(vxmCreateBuffer(device, &info, &how, &memory));
    real_describe(memory, &shared);
    gpu_write(&gpu, memory, &shared, 8, true, &handover);
    cr_expect(gpu_holds(&gpu, memory, &shared, &handover, 8));
    vxmDestroyMemory(memory);
    gpu_close(&gpu);
}
