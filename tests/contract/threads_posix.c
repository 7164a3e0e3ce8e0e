/*
 * One device and many threads, each with objects and a last error of its own. Worth most under
 * ThreadSanitizer.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <pthread.h>

#include "contract/exchange.h"

TestSuite(threads_posix, .init = contract_begin, .fini = contract_end);

#define THREADS 4
#define CYCLES  50

/* Assertions end a test by a jump, which no thread but the test's own may make: they count. */
struct worker {
    pthread_t thread;
    VxmDevice device;
    const struct backend_type *type;
    VxmShared *shared; /* of the test's own, which only this thread imports */
    VxmHandleKind wrongKind;
    unsigned problems;
};

static void count(struct worker *worker, bool right)
{
    worker->problems += right ? 0 : 1;
}

static void share_once(struct worker *worker)
{
    VkExternalMemoryHandleTypeFlagBits bit = (VkExternalMemoryHandleTypeFlagBits)worker->type->type;
    VxmMemoryCreateInfo info = contract_mappable_info(worker->type->type);
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmQueryInfo question = {.handleType = worker->type->type, .buffer = &buffer};
    VxmQueryResult answer;
    VxmMemory memory = NULL;
    VxmMemory import = NULL;
    VxmShared shared = {0};
    void *written = NULL;
    void *read = NULL;

    count(worker, vxmQuery(worker->device, &question, &answer) == VK_SUCCESS && answer.exportable);
    count(worker, vxmCreateBuffer(worker->device, &buffer, &info, &memory) == VK_SUCCESS);
    count(worker, vxmExportMemory(memory, bit, &shared) == VK_SUCCESS);
    count(worker, vxmImportMemory(worker->device, &shared, NULL, &import) == VK_SUCCESS);
    if (vxmMapMemory(memory, 0, &written) == VK_SUCCESS &&
        vxmMapMemory(import, 0, &read) == VK_SUCCESS) {
        memset(written, (int)worker->problems + 33, EXCHANGE_SIZE);
        count(worker, memcmp(written, read, EXCHANGE_SIZE) == 0);
    } else {
        count(worker, false);
    }
    vxmDestroyMemory(import);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
}

/* Each thread fails in a way of its own, and must find its own sentence. */
static void fail_once(struct worker *worker)
{
    VxmHandle handle = {.kind = worker->wrongKind, .type = 0x40000000};
    VxmHandle duplicate;
    char number[32];
    VxmError error;

    count(worker, vxmDuplicateHandle(&handle, &duplicate) == VK_ERROR_INVALID_EXTERNAL_HANDLE);
    vxmGetLastError(&error);
    snprintf(number, sizeof(number), "kind %d", (int)worker->wrongKind);
    count(worker, strstr(error.message, number) != NULL);
}

static void *work(void *argument)
{
    struct worker *worker = argument;

    for (int i = 0; i < CYCLES; i++) {
        VxmMemory import = NULL;

        fail_once(worker);
        share_once(worker);
        count(worker, vxmImportMemory(worker->device, worker->shared, NULL, &import) == VK_SUCCESS);
        vxmDestroyMemory(import);
        fail_once(worker);
    }
    return NULL;
}

Test(threads_posix, distinct_objects_on_distinct_threads)
{
    struct worker workers[THREADS];
    VxmDevice device = contract_device();
    struct source source;
    VxmShared copies[THREADS];

    /* All import the same handle, each from a description of its own. */
    source_open(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &source);
    for (int i = 0; i < THREADS; i++) {
        copies[i] = source.shared;
        workers[i] = (struct worker){
            .device = device,
            .type = i % 2 == 0 ? backend_opaque_type() : backend_loose_type(),
            .shared = &copies[i],
            .wrongKind = (VxmHandleKind)(10 + i),
        };
        cr_assert_eq(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        cr_assert_eq(pthread_join(workers[i].thread, NULL), 0);
        cr_expect_eq(workers[i].problems, 0, "thread %d saw %u problems", i, workers[i].problems);
    }
    source_close(&source);
    vxmDestroyDevice(device);
}
