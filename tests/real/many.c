/*
 * Many times, and many threads: nothing grows, nothing gets mixed up.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>

#include "real/fixture.h"
#include "real/validation.h"

#define SIZE    ((VkDeviceSize)1 << 16)
#define ROUNDS  4096
#define WARM_UP 256
#define THREADS 4
#define CYCLES  64

TestSuite(many, .init = real_begin, .fini = real_end);

static void export_and_import(VxmDevice device, VxmMemory memory)
{
    VxmMemory imported = NULL;
    VxmShared shared;

    VXM(vxmExportMemory(memory, REAL_TYPE, &shared));
    VXM(vxmImportMemory(device, &shared, NULL, &imported));
    vxmCloseShared(&shared);
    vxmDestroyMemory(imported);
}

/* Without the validation layer, which keeps notes of its own of every object. */
static void repeat(bool image)
{
    const VkBufferCreateInfo buffer = gpu_buffer_info(SIZE);
    const VkImageCreateInfo picture = gpu_image_info(128, 128, VK_IMAGE_TILING_OPTIMAL);
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE};
    VxmDevice device = NULL;
    VxmMemory memory = NULL;
    size_t fds = 0;
    size_t mappings = 0;
    size_t resident = 0;

    /* Where the system makes pages huge by itself, two mebibytes come at once, and at any time. */
    cr_assert_eq(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0), 0);
    VXM(vxmCreateDevice(NULL, &device));
    if (image) {
        VXM(vxmCreateImage(device, &picture, &how, &memory));
    } else {
        VXM(vxmCreateBuffer(device, &buffer, &how, &memory));
    }
    for (int i = 0; i < WARM_UP + ROUNDS; i++) {
        if (i == WARM_UP) {
            fds = support_handle_count();
            mappings = support_mapping_count();
            resident = support_resident_bytes();
        }
        export_and_import(device, memory);
    }
    cr_expect_eq(support_handle_count(), fds);
    /* One leaked import in 64 would show. */
    cr_expect_lt(support_mapping_count(), mappings + ROUNDS / 64, "%zu mappings have become %zu",
                 mappings, support_mapping_count());
#ifndef __SANITIZE_ADDRESS__ /* which keeps freed memory for a while */
    cr_expect_lt(support_resident_bytes(), resident + (2u << 20), "%zu bytes have become %zu",
                 resident, support_resident_bytes());
#endif
    (void)resident;
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

Test(many, buffers_4096_times)
{
    repeat(false);
}

Test(many, images_4096_times)
{
    repeat(true);
}

/* Each thread its own memory on the one device, with refusals among the successes: the last error
 * is each thread's own. */
struct worker {
    VxmDevice device;
    uint32_t number;
    const char *problem;
};

static void *work(void *argument)
{
    struct worker *worker = argument;
    const VkMemoryPropertyFlags visible =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    const VxmMemoryCreateInfo how = {.handleTypes = REAL_TYPE, .requiredFlags = visible};

    for (uint32_t i = 0; i < CYCLES && worker->problem == NULL; i++) {
        /* Its own size, so that its own number is in the error. */
        const VkBufferCreateInfo info = gpu_buffer_info(SIZE + 4096 * worker->number);
        VxmMemory memory = NULL;
        VxmMemory imported = NULL;
        VxmShared shared;
        VxmShared wrong;
        VxmError error;
        void *here = NULL;
        void *there = NULL;

        if (vxmCreateBuffer(worker->device, &info, &how, &memory) != VK_SUCCESS ||
            vxmExportMemory(memory, REAL_TYPE, &shared) != VK_SUCCESS) {
            worker->problem = "it can't be made";
            return NULL;
        }
        wrong = shared;
        wrong.deviceUUID[0] = (uint8_t)(0xa0 + worker->number);
        wrong.deviceUUID[1] ^= 0xffu;
        char wanted[16] = "(a0";
        wanted[2] = (char)('0' + worker->number);
        if (vxmImportMemory(worker->device, &wrong, NULL, &imported) !=
            VK_ERROR_INCOMPATIBLE_DRIVER) {
            worker->problem = "a wrong description was not refused";
        }
        vxmGetLastError(&error);
        if (strstr(error.message, wanted) == NULL) {
            worker->problem = "the last error is of another thread";
        }
        if (vxmImportMemory(worker->device, &shared, NULL, &imported) != VK_SUCCESS ||
            vxmMapMemory(memory, 0, &here) != VK_SUCCESS ||
            vxmMapMemory(imported, 0, &there) != VK_SUCCESS) {
            worker->problem = "it can't be imported or mapped";
        } else {
            memset(here, (int)(worker->number * 16 + i % 16), SIZE);
            if (memcmp(here, there, SIZE) != 0) {
                worker->problem = "another thread's memory was imported";
            }
        }
        vxmCloseShared(&shared);
        vxmDestroyMemory(imported);
        vxmDestroyMemory(memory);
    }
    return NULL;
}

Test(many, threads_on_one_device)
{
    struct worker workers[THREADS];
    pthread_t threads[THREADS];
    struct gpu gpu;

    gpu_open(&gpu);
    validation_numbers_reused(true);
    for (uint32_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.device = gpu.device, .number = i};
        cr_assert_eq(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        cr_assert_eq(pthread_join(threads[i], NULL), 0);
        cr_expect_null(workers[i].problem, "thread %u: %s", i,
                       workers[i].problem != NULL ? workers[i].problem : "");
    }
    validation_numbers_reused(false);
    gpu_close(&gpu);
}
