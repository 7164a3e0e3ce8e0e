/*
 * One buffer for Vulkan and OpenCL: a Vulkan compute shader computes a field, an OpenCL kernel
 * changes it in place, and a Vulkan shader looks whether each value is what it should be. Binary
 * semaphores order the two on the GPU; where the drivers can't share them, the host does.
 *
 *   vulkan_opencl [--no-semaphores] [part of the GPU's name]
 *
 * It ends with 77, and says why, where no GPU has an OpenCL driver that can import memory.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L /* clock_gettime */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compute.h"
#include "gpu.h"

#define COUNT    (16u << 20) /* values, of 4 bytes */
#define SIZE     (COUNT * sizeof(uint32_t))
#define ROUNDS   20u
#define MEASURES 9u

#define TYPE           VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define SEMAPHORE_TYPE VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT
#define SKIPPED        77

/* A semaphore, and the same one in OpenCL. */
struct semaphore {
    VxmSemaphore vulkan;
    VxmOpenClSemaphore opencl;
};

struct example {
    struct gpu gpu;
    struct compute compute;
    VxmOpenClImportInfo import;
    VxmMemory field;
    VxmOpenClMemory inOpenCl;
    bool semaphores;
    struct semaphore toOpenCl, toVulkan;
};

static double microseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e6 * (double)now.tv_sec + 1e-3 * (double)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

static double median(double values[MEASURES])
{
    qsort(values, MEASURES, sizeof(values[0]), compare);
    return values[MEASURES / 2];
}

/* The first Vulkan device that is an OpenCL device too. */
static bool find_device(struct example *example, const char *name, char *why, size_t capacity)
{
    VxmDeviceCreateInfo info = {.deviceName = name};
    VxmDeviceInfo device;
    VxmError error;

    while (vxmCreateDevice(&info, &example->gpu.vxm) == VK_SUCCESS) {
        CHECK(vxmGetDeviceInfo(example->gpu.vxm, &device));
        if (vxmOpenClFindDevice(&example->compute.cl, device.identity, &example->compute.device) ==
            VK_SUCCESS) {
            printf("%s (%s)\n", device.identity->deviceName, device.identity->driverInfo);
            return true;
        }
        vxmGetLastError(&error);
        snprintf(why, capacity, "%s", error.message);
        vxmDestroyDevice(example->gpu.vxm);
        info.deviceIndex++;
    }
    if (info.deviceIndex == 0) { /* not one device: why */
        vxmGetLastError(&error);
        snprintf(why, capacity, "%s", error.message);
    }
    return false;
}

static VkResult share_semaphore(struct example *example, struct semaphore *semaphore)
{
    const VxmSemaphoreCreateInfo info = {.semaphoreType = VK_SEMAPHORE_TYPE_BINARY,
                                         .handleTypes = SEMAPHORE_TYPE};
    VkResult result = vxmCreateSemaphore(example->gpu.vxm, &info, &semaphore->vulkan);

    if (result == VK_SUCCESS) {
        result = vxmOpenClImportSemaphore(&example->compute.cl, semaphore->vulkan, 0,
                                          &example->import, &semaphore->opencl);
    }
    return result;
}

/* OpenCL's turn, between Vulkan's release and acquire. */
static void run_opencl(struct example *example)
{
    const VxmOpenCl *cl = &example->compute.cl;
    const cl_command_queue queue = example->compute.queue;

    if (example->semaphores) {
        CHECK(vxmOpenClWaitSemaphore(cl, &example->toOpenCl.opencl, queue));
    }
    CHECK(vxmOpenClAcquireMemory(cl, &example->inOpenCl, queue));
    compute_run(&example->compute, example->inOpenCl.mem, COUNT);
    CHECK(vxmOpenClReleaseMemory(cl, &example->inOpenCl, queue));
    if (example->semaphores) {
        CHECK(vxmOpenClSignalSemaphore(cl, &example->toVulkan.opencl, queue));
    } else {
        compute_finish(&example->compute);
    }
}

/* Vulkan computes, OpenCL changes, Vulkan checks. Returns how many values are wrong. */
static uint32_t run_round(struct example *example, uint32_t round)
{
    struct gpu *gpu = &example->gpu;
    const VxmUse use = {.stageMask = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                        .accessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT,
                        .queueFamilyIndex = gpu->info.queueFamilyIndex};
    VxmHandover handover = {0};

    gpu_begin(&gpu->before);
    gpu_dispatch(gpu, &gpu->before, (struct push){COUNT, round, 0});
    CHECK(vxmCmdReleaseMemory(gpu->before.commands, example->field, &use, &handover));
    gpu_submit(gpu, &gpu->before, VK_NULL_HANDLE, vxmGetVkSemaphore(example->toOpenCl.vulkan));
    if (!example->semaphores) {
        gpu_wait(gpu, &gpu->before);
    }
    run_opencl(example);

    gpu_begin(&gpu->after);
    CHECK(vxmCmdAcquireMemory(gpu->after.commands, example->field, &handover, &use));
    gpu_dispatch(gpu, &gpu->after, (struct push){COUNT, round, 1});
    gpu_submit(gpu, &gpu->after, vxmGetVkSemaphore(example->toVulkan.vulkan), VK_NULL_HANDLE);
    gpu_wait(gpu, &gpu->after);
    if (example->semaphores) {
        gpu_wait(gpu, &gpu->before); /* long done: its fence is to be used again */
    }
    return *(const uint32_t *)gpu->wrong.data;
}

/* What sharing costs, once, and what it saves each time. */
static void measure(struct example *example)
{
    struct gpu *gpu = &example->gpu;
    const VkBufferCopy all = {0, 0, SIZE};
    double share[MEASURES], copy[MEASURES];

    for (unsigned i = 0; i < MEASURES; i++) {
        VxmOpenClMemory again = {0};
        double start = microseconds();

        CHECK(
            vxmOpenClImportMemory(&example->compute.cl, example->field, &example->import, &again));
        share[i] = microseconds() - start;
        vxmOpenClDestroyMemory(&example->compute.cl, &again);

        start = microseconds();
        gpu_begin(&gpu->before);
        vkCmdCopyBuffer(gpu->before.commands, vxmGetVkBuffer(example->field), gpu->staging.buffer,
                        1, &all);
        gpu_submit(gpu, &gpu->before, VK_NULL_HANDLE, VK_NULL_HANDLE);
        gpu_wait(gpu, &gpu->before);
        compute_write_copy(&example->compute, gpu->staging.data, SIZE);
        copy[i] = microseconds() - start;
    }
    printf("bytes copied between the APIs: 0 of %zu\n", SIZE);
    printf("time to share: %.0f us, once (median of %u)\n", median(share), MEASURES);
    printf("a copy through host memory: %.0f us, each time and each way (median of %u)\n",
           median(copy), MEASURES);
}

int main(int argc, char **argv)
{
    const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = SIZE,
                                       .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                                VK_BUFFER_USAGE_TRANSFER_SRC_BIT};
    const VxmMemoryCreateInfo memory = {.handleTypes = TYPE};
    const bool byHost = argc > 1 && strcmp(argv[1], "--no-semaphores") == 0;
    const char *name = argc > (byHost ? 2 : 1) ? argv[byHost ? 2 : 1] : NULL;
    struct example example;
    uint32_t wrong = 0;
    VxmError error;
    char why[1024] = "";

    if (argc > (byHost ? 3 : 2) || (name != NULL && name[0] == '-')) {
        fputs("usage: vulkan_opencl [--no-semaphores] [part of the GPU's name]\n", stderr);
        return EXIT_FAILURE;
    }
    memset(&example, 0, sizeof(example));
    if (!compute_load(&example.compute, why, sizeof(why)) ||
        !find_device(&example, name, why, sizeof(why))) {
        printf(
            "SKIPPED vulkan_opencl: %s It needs a GPU that is the same in Vulkan and OpenCL, with "
            "cl_khr_external_memory_opaque_fd: NVIDIA's driver 510 or later, its OpenCL driver "
            "(Debian: nvidia-opencl-icd) and OpenCL's loader (ocl-icd-libopencl1).\n",
            why);
        return SKIPPED;
    }
    CHECK(vxmCreateBuffer(example.gpu.vxm, &buffer, &memory, &example.field));
    gpu_open(&example.gpu, vxmGetVkBuffer(example.field), SIZE);
    compute_open(&example.compute, SIZE);

    /* The two calls that share: from here on it is one memory. */
    example.import =
        (VxmOpenClImportInfo){.context = example.compute.context, .device = example.compute.device};
    CHECK(vxmOpenClImportMemory(&example.compute.cl, example.field, &example.import,
                                &example.inOpenCl));
    example.semaphores = !byHost && share_semaphore(&example, &example.toOpenCl) == VK_SUCCESS &&
                         share_semaphore(&example, &example.toVulkan) == VK_SUCCESS;
    if (example.semaphores) {
        printf("order: binary semaphores, on the GPU\n");
    } else {
        vxmGetLastError(&error); /* empty if nothing has failed */
        printf("order: by the host, with a fence and clFinish(). %s\n", error.message);
        vxmDestroySemaphore(example.toOpenCl.vulkan);
        vxmDestroySemaphore(example.toVulkan.vulkan);
        example.toOpenCl.vulkan = example.toVulkan.vulkan = NULL;
    }

    for (uint32_t round = 0; round < ROUNDS && wrong == 0; round++) {
        wrong = run_round(&example, round);
    }
    printf("%u rounds of Vulkan, OpenCL and Vulkan over %u values: %u wrong\n", ROUNDS, COUNT,
           wrong);
    measure(&example);

    compute_finish(&example.compute);
    vxmOpenClDestroySemaphore(&example.compute.cl, &example.toOpenCl.opencl);
    vxmOpenClDestroySemaphore(&example.compute.cl, &example.toVulkan.opencl);
    vxmOpenClDestroyMemory(&example.compute.cl, &example.inOpenCl);
    vxmDestroySemaphore(example.toOpenCl.vulkan);
    vxmDestroySemaphore(example.toVulkan.vulkan);
    gpu_close(&example.gpu);
    vxmDestroyMemory(example.field);
    vxmDestroyDevice(example.gpu.vxm);
    compute_close(&example.compute);
    return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
