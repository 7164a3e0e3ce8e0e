/*
 * vxm/cuda.h on a real GPU, where there is one: contents in both directions, who has the handle,
 * what CUDA makes of a description that isn't true. It prints what it finds; what vxm promises is
 * expected. Exit status 77: no CUDA here.
 *
 *   cuda-real [--device NAME]
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "adapters/cuda/real/real.h"

#include <dirent.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

bool expect(struct real *real, bool holds, const char *format, ...)
{
    va_list arguments;

    if (holds) {
        real->passed++;
        return true;
    }
    real->failed++;
    printf("FAILED ");
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    return false;
}

void need_vulkan(VkResult result, const char *call)
{
    if (result != VK_SUCCESS) {
        printf("FAILED %s answered %s: %s\n", call, vxmResultName(result), why());
        exit(EXIT_FAILURE);
    }
}

void need_cuda(CUresult result, const char *call)
{
    if (result != CUDA_SUCCESS) {
        printf("FAILED %s answered %d\n", call, (int)result);
        exit(EXIT_FAILURE);
    }
}

const char *why(void)
{
    static VxmError error;
    char *stop;

    vxmGetLastError(&error);
    stop = strstr(error.message, ". ");
    if (stop != NULL) {
        stop[1] = '\0';
    }
    return error.message;
}

double milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

size_t open_files(void)
{
    DIR *directory = opendir("/proc/self/fd");
    size_t count = 0;

    while (directory != NULL && readdir(directory) != NULL) {
        count++;
    }
    if (directory != NULL) {
        closedir(directory);
    }
    return count;
}

void begin_commands(struct real *real)
{
    const VkCommandBufferBeginInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};

    VK(vkBeginCommandBuffer(real->commands, &info));
}

void run_commands(struct real *real)
{
    const VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                               .commandBufferCount = 1,
                               .pCommandBuffers = &real->commands};

    VK(vkEndCommandBuffer(real->commands));
    VK(vkQueueSubmit(real->info.queue, 1, &info, real->fence));
    VK(vkWaitForFences(real->info.device, 1, &real->fence, VK_TRUE, 10000000000ull));
    VK(vkResetFences(real->info.device, 1, &real->fence));
}

static void load(void *library, const char *name, void *function)
{
    void *symbol = dlsym(library, name);

    if (symbol == NULL) {
        printf("FAILED the CUDA driver has no %s\n", name);
        exit(EXIT_FAILURE);
    }
    memcpy(function, &symbol, sizeof(symbol));
}

static void open_cuda(struct real *real)
{
    void *library = dlopen(VXM_CUDA_LIBRARY_NAME, RTLD_NOW);
    CUresult result;

    if (library == NULL) {
        printf("SKIPPED cuda-real: this machine has no CUDA driver (%s)\n", dlerror());
        exit(77);
    }
    VK(vxmCudaLoad(dlsym, library, &real->cuda));
    load(library, "cuInit", &real->driver.init);
    load(library, "cuDriverGetVersion", &real->driver.getVersion);
    load(library, "cuDevicePrimaryCtxRetain", &real->driver.primaryCtxRetain);
    load(library, "cuDevicePrimaryCtxRelease_v2", &real->driver.primaryCtxRelease);
    load(library, "cuCtxSetCurrent", &real->driver.ctxSetCurrent);
    load(library, "cuStreamSynchronize", &real->driver.streamSynchronize);
    load(library, "cuMemsetD8_v2", &real->driver.memsetD8);
    load(library, "cuMemcpyDtoH_v2", &real->driver.memcpyDtoH);
    load(library, "cuMemcpy3D_v2", &real->driver.memcpy3D);
    result = real->driver.init(0);
    if (result == CUDA_ERROR_NO_DEVICE) {
        printf("SKIPPED cuda-real: this machine has a CUDA driver and no GPU for it\n");
        exit(77);
    }
    need_cuda(result, "cuInit");
}

static void open_vulkan(struct real *real, const char *name)
{
    const VxmDeviceCreateInfo info = {.deviceName = name};

    VK(vxmCreateDevice(&info, &real->device));
    VK(vxmGetDeviceInfo(real->device, &real->info));
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                          .queueFamilyIndex = real->info.queueFamilyIndex};
    VK(vkCreateCommandPool(real->info.device, &pool, NULL, &real->pool));
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = real->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1};
    VK(vkAllocateCommandBuffers(real->info.device, &commands, &real->commands));
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    VK(vkCreateFence(real->info.device, &fence, NULL, &real->fence));
}

/* The same GPU, by either version of the call, and in a context. */
static void find_device(struct real *real)
{
    const VxmIdentity *identity = real->info.identity;
    VxmIdentity other = *identity;
    CUcontext context = NULL;
    VxmCudaMemory memory;
    VxmShared shared = {.handleType = OPAQUE, .memoryCount = 1};
    CUuuid uuid;
    CUdevice device;
    int version = 0;

    CU(real->driver.getVersion(&version));
    VK(vxmCudaFindDevice(&real->cuda, identity, &real->cudaDevice));
    printf("%s; CUDA %d.%d; its device %d\n", identity->deviceName, version / 1000,
           version % 1000 / 10, (int)real->cudaDevice);
    if (real->cuda.deviceGetGpuUuid != NULL) {
        CU(real->cuda.deviceGetGpuUuid(&uuid, real->cudaDevice));
        printf("uuid: the first version of cuDeviceGetUuid tells %s UUID\n",
               memcmp(&uuid, identity->deviceUUID, VK_UUID_SIZE) == 0 ? "the same" : "ANOTHER");
    }
    other.deviceUUID[0] ^= 1;
    expect(real, vxmCudaFindDevice(&real->cuda, &other, &device) == VK_ERROR_INCOMPATIBLE_DRIVER,
           "a GPU that isn't there was found");
    printf("another UUID: %s\n", why());

    shared.memories[0].allocationSize = 4096;
    shared.memories[0].handle = (VxmHandle){.type = OPAQUE, .fd = 0};
    memcpy(shared.deviceUUID, identity->deviceUUID, VK_UUID_SIZE);
    expect(real,
           vxmCudaImportShared(&real->cuda, &shared, NULL, &memory) ==
               VK_ERROR_INITIALIZATION_FAILED,
           "an import without a context succeeded");
    printf("no context: %s\n", why());
    CU(real->driver.primaryCtxRetain(&context, real->cudaDevice));
    CU(real->driver.ctxSetCurrent(context));
}

int main(int argc, char **argv)
{
    struct real real = {0};

    setvbuf(stdout, NULL, _IOLBF, 0);
    open_cuda(&real);
    open_vulkan(&real, argc == 3 && strcmp(argv[1], "--device") == 0 ? argv[2] : NULL);
    find_device(&real);
    test_buffers(&real);
    test_failures(&real);
    test_images(&real);
    test_times(&real);
    test_semaphores(&real); /* the last: what never signals hangs CUDA */
    CU(real.driver.ctxSetCurrent(NULL));
    CU(real.driver.primaryCtxRelease(real.cudaDevice));
    vkDestroyFence(real.info.device, real.fence, NULL);
    vkDestroyCommandPool(real.info.device, real.pool, NULL);
    vxmDestroyDevice(real.device);
    printf("adapter cuda on a GPU: %u passed, %u failed, 0 skipped\n", real.passed, real.failed);
    return real.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
