/*
 * vxm/cuda.h on a real GPU: buffers, descriptions that aren't true, who has the handle, semaphores,
 * times.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/cuda/real/real.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SIZE 5000000u

static VkResult try_buffer(struct real *real, VkDeviceSize size, VxmDedicated dedicated,
                           bool mappable, VxmMemory *memory)
{
    const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = size,
                                       .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT};
    const VxmMemoryCreateInfo info = {.handleTypes = OPAQUE,
                                      .dedicated = dedicated,
                                      .requiredFlags =
                                          mappable ? VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                                         VK_MEMORY_PROPERTY_HOST_COHERENT_BIT
                                                   : VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT};

    return vxmCreateBuffer(real->device, &buffer, &info, memory);
}

static VxmMemory make_buffer(struct real *real, VkDeviceSize size, VxmDedicated dedicated,
                             bool mappable)
{
    VxmMemory memory = NULL;

    VK(try_buffer(real, size, dedicated, mappable, &memory));
    return memory;
}

/* A byte that Vulkan's side wrote is read by CUDA, and the other way round. */
static bool same_bytes(struct real *real, VxmMemory memory, const VxmCudaMemory *cuda, size_t at)
{
    unsigned char byte = 0;
    unsigned char *mapped;
    void *data;
    bool same;

    VK(vxmMapMemory(memory, 0, &data));
    mapped = (unsigned char *)data;
    mapped[at] = 0x5a;
    CU(real->driver.memcpyDtoH(&byte, cuda->pointer, 1));
    same = byte == 0x5a;
    CU(real->driver.memsetD8(cuda->pointer, 0xa5, 1));
    CU(real->driver.streamSynchronize(NULL));
    same = same && mapped[at] == 0xa5;
    vxmUnmapMemory(memory, 0);
    return same;
}

/* What CUDA makes of a description whose size or dedication isn't the allocation's. */
static void test_told(struct real *real, VxmDedicated made, bool told, int sizeStep)
{
    static const char *const sizes[] = {"1 byte", "64 KiB less", "exact", "64 KiB more"};
    VxmCudaMemory cuda;
    VxmMemory memory;
    VxmShared shared;
    uint64_t exact;
    bool truth;

    if (try_buffer(real, SIZE, made, true, &memory) != VK_SUCCESS) {
        printf("SKIPPED %s, mappable: %s\n",
               made == VXM_DEDICATED_ON ? "dedicated" : "not dedicated", why());
        return;
    }
    VK(vxmExportMemory(memory, OPAQUE, &shared));
    exact = shared.memories[0].allocationSize;
    truth = (shared.dedicated != VK_FALSE) == told && sizeStep == 2;
    shared.dedicated = told;
    shared.memories[0].allocationSize = sizeStep == 0   ? 1
                                        : sizeStep == 1 ? exact - 65536
                                        : sizeStep == 3 ? exact + 65536
                                                        : exact;
    shared.buffer.size = sizeStep == 0 ? 1 : SIZE - 65536;
    if (vxmCudaImportShared(&real->cuda, &shared, NULL, &cuda) == VK_SUCCESS) {
        const bool same = same_bytes(real, memory, &cuda, 0);

        printf("%s, told %s, size %s: imported, bytes %s\n",
               made == VXM_DEDICATED_ON ? "dedicated" : "not dedicated",
               told ? "dedicated" : "not dedicated", sizes[sizeStep], same ? "same" : "DIFFER");
        expect(real, same || !truth, "bytes differ");
        vxmCudaDestroyMemory(&real->cuda, &cuda);
    } else {
        printf("%s, told %s, size %s: %s\n",
               made == VXM_DEDICATED_ON ? "dedicated" : "not dedicated",
               told ? "dedicated" : "not dedicated", sizes[sizeStep], why());
        expect(real, !truth, "a true description was refused");
    }
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
}

/* A buffer within raw memory. */
static void test_ranges(struct real *real)
{
    static const uint64_t offsets[] = {0, 1, 256, 4096, 65536};
    static const uint64_t sizes[] = {1, 5000, 65536};
    const VxmMemoryCreateInfo info = {.handleTypes = OPAQUE,
                                      .requiredFlags = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                                       VK_MEMORY_PROPERTY_HOST_COHERENT_BIT};
    VxmMemory memory;
    VxmShared shared;

    if (vxmCreateMemory(real->device, 1 << 20, &info, &memory) != VK_SUCCESS) {
        printf("SKIPPED raw memory, mappable: %s\n", why());
        return;
    }
    VK(vxmExportMemory(memory, OPAQUE, &shared));
    shared.resourceType = VXM_RESOURCE_TYPE_BUFFER;
    printf("offset x size (- : refused, same or DIFFER)");
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
        for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
            VxmCudaMemory cuda;
            const char *came = "-";

            shared.memories[0].offset = offsets[i];
            shared.buffer.size = sizes[k];
            if (vxmCudaImportShared(&real->cuda, &shared, NULL, &cuda) == VK_SUCCESS) {
                const bool same = same_bytes(real, memory, &cuda, (size_t)offsets[i]);

                expect(real, same, "bytes at offset %u differ", (unsigned)offsets[i]);
                came = same ? "same" : "DIFFER";
                vxmCudaDestroyMemory(&real->cuda, &cuda);
            }
            printf("; %ux%u %s", (unsigned)offsets[i], (unsigned)sizes[k], came);
        }
    }
    printf("\n");
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
}

/* Two imports of one memory; and one that outlives Vulkan's side. */
static void test_lifetime(struct real *real)
{
    VxmMemory memory = make_buffer(real, SIZE, VXM_DEDICATED_AUTO, false);
    unsigned char byte = 0;
    VxmCudaMemory first;
    VxmCudaMemory second;

    VK(vxmCudaImportMemory(&real->cuda, memory, NULL, &first));
    VK(vxmCudaImportMemory(&real->cuda, memory, NULL, &second));
    vxmDestroyMemory(memory);
    CU(real->driver.memsetD8(first.pointer, 0x33, SIZE));
    CU(real->driver.streamSynchronize(NULL));
    CU(real->driver.memcpyDtoH(&byte, second.pointer + SIZE - 1, 1));
    expect(real, byte == 0x33, "two imports of one memory differ after Vulkan's side is gone");
    vxmCudaDestroyMemory(&real->cuda, &second);
    CU(real->driver.memsetD8(first.pointer, 0x44, SIZE));
    CU(real->driver.memcpyDtoH(&byte, first.pointer, 1));
    expect(real, byte == 0x44, "an import ended with another one");
    vxmCudaDestroyMemory(&real->cuda, &first);
}

void test_buffers(struct real *real)
{
    for (int step = 0; step < 4; step++) {
        test_told(real, VXM_DEDICATED_ON, true, step);
        test_told(real, VXM_DEDICATED_OFF, false, step);
    }
    test_told(real, VXM_DEDICATED_ON, false, 2);
    test_told(real, VXM_DEDICATED_OFF, true, 2);
    test_ranges(real);
    test_lifetime(real);
}

/* ---- who has the handle ---- */

/* What CUDA itself does with a descriptor that it refuses, or imports. */
static void look_at_fd(struct real *real, int fd, uint64_t size, bool dedicated, const char *what)
{
    CUDA_EXTERNAL_MEMORY_HANDLE_DESC desc;
    CUexternalMemory memory = NULL;
    CUresult result;

    memset(&desc, 0, sizeof(desc));
    desc.type = CU_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD;
    desc.handle.fd = fd;
    desc.size = size;
    desc.flags = dedicated ? CUDA_EXTERNAL_MEMORY_DEDICATED : 0;
    result = real->cuda.importExternalMemory(&memory, &desc);
    printf("cuImportExternalMemory of %s: %d, the fd is %s", what, (int)result,
           fcntl(fd, F_GETFD) >= 0 ? "open" : "closed");
    if (result == CUDA_SUCCESS) {
        CU(real->cuda.destroyExternalMemory(memory));
        printf(", and %s after cuDestroyExternalMemory",
               fcntl(fd, F_GETFD) >= 0 ? "open" : "closed");
    }
    printf("\n");
    if (fcntl(fd, F_GETFD) >= 0) {
        close(fd);
    }
}

void test_failures(struct real *real)
{
    VxmMemory memory = make_buffer(real, SIZE, VXM_DEDICATED_AUTO, false);
    VxmCudaMemory cuda;
    VxmShared shared;
    size_t before;

    VK(vxmExportMemory(memory, OPAQUE, &shared));
    const uint64_t size = shared.memories[0].allocationSize;
    look_at_fd(real, fcntl(shared.memories[0].handle.fd, F_DUPFD_CLOEXEC, 0), size,
               shared.dedicated, "an exported fd");
    look_at_fd(real, fcntl(shared.memories[0].handle.fd, F_DUPFD_CLOEXEC, 0), size * 16,
               shared.dedicated, "the same with 16 times the size");
    look_at_fd(real, open("/dev/null", O_RDWR | O_CLOEXEC), size, false, "/dev/null");

    /* Through vxm: as many files are open as before, and the caller's is. */
    before = open_files();
    for (int i = 0; i < 3; i++) {
        VK(vxmCudaImportShared(&real->cuda, &shared, NULL, &cuda));
        vxmCudaDestroyMemory(&real->cuda, &cuda);
    }
    expect(real, open_files() == before, "imports left %zu files open, before %zu", open_files(),
           before);
    expect(real, fcntl(shared.memories[0].handle.fd, F_GETFD) >= 0, "the handle was taken");

    VxmShared bad = shared;
    bad.memories[0].handle.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    before = open_files();
    for (int i = 0; i < 3; i++) {
        expect(real, vxmCudaImportShared(&real->cuda, &bad, NULL, &cuda) != VK_SUCCESS,
               "/dev/null was imported");
    }
    printf("/dev/null: %s\n", why());
    expect(real, open_files() == before, "failures left %zu files open, before %zu", open_files(),
           before);
    expect(real, fcntl(bad.memories[0].handle.fd, F_GETFD) >= 0,
           "the handle was taken by a failure");
    vxmCloseHandle(&bad.memories[0].handle);
    vxmCloseShared(&shared);
    vxmDestroyMemory(memory);
}

/* ---- semaphores ---- */

static void submit_signal(struct real *real, VxmSemaphore semaphore)
{
    const VkSemaphore signal = vxmGetVkSemaphore(semaphore);
    const VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                               .signalSemaphoreCount = 1,
                               .pSignalSemaphores = &signal};

    VK(vkQueueSubmit(real->info.queue, 1, &info, real->fence));
    VK(vkWaitForFences(real->info.device, 1, &real->fence, VK_TRUE, 10000000000ull));
    VK(vkResetFences(real->info.device, 1, &real->fence));
}

static VkResult submit_wait(struct real *real, VxmSemaphore semaphore)
{
    const VkSemaphore wait = vxmGetVkSemaphore(semaphore);
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    const VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                               .waitSemaphoreCount = 1,
                               .pWaitSemaphores = &wait,
                               .pWaitDstStageMask = &stage};
    VkResult result;

    VK(vkQueueSubmit(real->info.queue, 1, &info, real->fence));
    result = vkWaitForFences(real->info.device, 1, &real->fence, VK_TRUE, 5000000000ull);
    if (result == VK_SUCCESS) {
        VK(vkResetFences(real->info.device, 1, &real->fence));
    }
    return result;
}

void test_semaphores(struct real *real)
{
    VxmSemaphoreCreateInfo info = {.handleTypes = VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT};
    VxmCudaSemaphore cuda;
    VxmSemaphore semaphore;
    uint64_t value = 0;

    VK(vxmCreateSemaphore(real->device, &info, &semaphore));
    VK(vxmCudaImportSemaphore(&real->cuda, semaphore, 0, &cuda));
    for (int i = 0; i < 3; i++) {
        submit_signal(real, semaphore);
        VK(vxmCudaWaitSemaphore(&real->cuda, &cuda, 0, NULL));
        VK(vxmCudaSignalSemaphore(&real->cuda, &cuda, 0, NULL));
        CU(real->driver.streamSynchronize(NULL));
        expect(real, submit_wait(real, semaphore) == VK_SUCCESS, "CUDA's signal did not arrive");
    }
    vxmCudaDestroySemaphore(&real->cuda, &cuda);
    vxmDestroySemaphore(semaphore);

    info.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
    VK(vxmCreateSemaphore(real->device, &info, &semaphore));
    VK(vxmCudaImportSemaphore(&real->cuda, semaphore, 0, &cuda));
    /* CUDA waits for what Vulkan hasn't signalled yet. */
    VK(vxmCudaWaitSemaphore(&real->cuda, &cuda, 5, NULL));
    VK(vxmCudaSignalSemaphore(&real->cuda, &cuda, 6, NULL));
    VK(vxmGetSemaphoreValue(semaphore, &value));
    expect(real, value == 0, "the timeline is at %u before anybody signalled", (unsigned)value);
    VK(vxmSignalSemaphore(semaphore, 5));
    expect(real, vxmWaitSemaphore(semaphore, 6, 5000000000ull) == VK_SUCCESS,
           "CUDA's timeline value did not arrive");
    CU(real->driver.streamSynchronize(NULL));
    vxmCudaDestroySemaphore(&real->cuda, &cuda);
    vxmDestroySemaphore(semaphore);
}

/* ---- times ---- */

static int compare(const void *a, const void *b)
{
    const double difference = *(const double *)a - *(const double *)b;

    return (difference > 0) - (difference < 0);
}

#define TIMES 7

static void time_semaphores(struct real *real)
{
    const VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                         .handleTypes =
                                             VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT};
    double import[TIMES];
    VxmSemaphore semaphore;

    if (vxmCreateSemaphore(real->device, &info, &semaphore) != VK_SUCCESS) {
        printf("SKIPPED timeline: %s\n", why());
        return;
    }
    for (int k = 0; k < TIMES; k++) {
        const double begun = milliseconds();
        VxmCudaSemaphore cuda = {0};

        VK(vxmCudaImportSemaphore(&real->cuda, semaphore, 0, &cuda));
        import[k] = milliseconds() - begun;
        vxmCudaDestroySemaphore(&real->cuda, &cuda);
    }
    qsort(import, TIMES, sizeof(import[0]), compare);
    printf("timeline: export and import %.3f ms (median of %d)\n", import[TIMES / 2], TIMES);
    vxmDestroySemaphore(semaphore);
}

void test_times(struct real *real)
{
    static const unsigned sizes[] = {1, 64, 1024, 4096};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        double import[TIMES];
        double end[TIMES];
        VxmMemory memory;

        if (try_buffer(real, (VkDeviceSize)sizes[i] << 20, VXM_DEDICATED_AUTO, false, &memory) !=
            VK_SUCCESS) {
            printf("SKIPPED %u MiB: %s\n", sizes[i], why());
            continue;
        }

        for (int k = 0; k < TIMES; k++) {
            VxmCudaMemory cuda;
            double begun = milliseconds();

            VK(vxmCudaImportMemory(&real->cuda, memory, NULL, &cuda));
            import[k] = milliseconds() - begun;
            begun = milliseconds();
            vxmCudaDestroyMemory(&real->cuda, &cuda);
            end[k] = milliseconds() - begun;
        }
        qsort(import, TIMES, sizeof(import[0]), compare);
        qsort(end, TIMES, sizeof(end[0]), compare);
        printf("%u MiB: export, import and map %.3f ms, end %.3f ms (medians of %d)\n", sizes[i],
               import[TIMES / 2], end[TIMES / 2], TIMES);
        vxmDestroyMemory(memory);
    }
    time_semaphores(real);
}
