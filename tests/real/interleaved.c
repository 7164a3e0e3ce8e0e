/*
 * A real driver and the model driver in one process, taking turns: each device's commands are its
 * own.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "real/fixture.h"

#include "model/model.h"

#define SIZE ((VkDeviceSize)1 << 20)

TestSuite(interleaved, .init = real_begin, .fini = real_end);

Test(interleaved, real_and_model)
{
    const ModelConfig config = model_default_config();
    const VkBufferCreateInfo info = gpu_buffer_info(SIZE);
    const VkMemoryPropertyFlags visible =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE, .requiredFlags = visible};
    const VxmDeviceCreateInfo modelled = {.getInstanceProcAddr = model_vkGetInstanceProcAddr};
    struct gpu real;
    VxmDevice devices[2] = {NULL, NULL};
    VxmMemory memories[2] = {NULL, NULL};
    VxmMemory imported[2] = {NULL, NULL};
    VxmShared shared[2];
    void *here[2] = {NULL, NULL};
    void *there[2] = {NULL, NULL};
    VxmMemory none = NULL;
    char text[4096];

    model_reset(&config);
    gpu_open(&real);
    devices[0] = real.device;
    VXM(vxmCreateDevice(&modelled, &devices[1]));
    /* The second device is the last that was loaded; the first must not notice. */
    for (int i = 0; i < 2; i++) {
        VXM(vxmCreateBuffer(devices[i], &info, &how, &memories[i]));
    }
    for (int i = 0; i < 2; i++) {
        VXM(vxmExportMemory(memories[i], REAL_TYPE, &shared[i]));
    }
    /* Neither takes the other's. */
    FAILS(vxmImportMemory(devices[0], &shared[1], NULL, &none), VK_ERROR_INCOMPATIBLE_DRIVER,
          "UUID");
    FAILS(vxmImportMemory(devices[1], &shared[0], NULL, &none), VK_ERROR_INCOMPATIBLE_DRIVER,
          "UUID");
    for (int i = 0; i < 2; i++) {
        VXM(vxmImportMemory(devices[i], &shared[i], NULL, &imported[i]));
    }
    for (int i = 0; i < 2; i++) {
        vxmCloseShared(&shared[i]);
        VXM(vxmMapMemory(memories[i], 0, &here[i]));
        VXM(vxmMapMemory(imported[i], 0, &there[i]));
        gpu_pattern(70 + (uint32_t)i, here[i], SIZE);
    }
    for (int i = 0; i < 2; i++) {
        cr_expect_arr_eq(here[i], there[i], SIZE, "device %d", i);
    }
    for (int i = 0; i < 2; i++) {
        vxmDestroyMemory(imported[i]);
        vxmDestroyMemory(memories[i]);
    }
    vxmDestroyDevice(devices[1]);
    gpu_close(&real);
    cr_expect_eq(model_problems(text, sizeof(text)), 0, "%s", text);
}
