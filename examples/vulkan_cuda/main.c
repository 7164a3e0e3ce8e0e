/*
 * Vulkan and CUDA take turns at one field of floats, which lies in one piece of GPU memory: a
 * compute shader fills it, a CUDA kernel changes it in place, a compute shader looks at what came
 * of it. A timeline semaphore, which both wait for and signal, tells whose turn it is. Nothing is
 * copied.
 *
 *   cmake -B build && cmake --build build && build/examples/vulkan_cuda/vulkan_cuda
 *
 *   --two-processes   CUDA in a process of its own, which gets memory and semaphore by a channel
 *   --size MIB        of the field, up to 4095; 64 otherwise
 *   --rounds N        turns; 10 otherwise
 *   --device NAME     a part of the Vulkan device's name; the first one otherwise
 *   --cuda FILE       the CUDA driver's library; libcuda.so.1 otherwise
 *
 * Exit status: 0, or 1 after a failure, or 77 where there is no CUDA.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gpu.h"
#include "worker.h"

/* Sharing and copying are measured this often, in turns; the medians count. */
#define MEASUREMENTS 5

struct options {
    bool twoProcesses;
    bool child;
    unsigned long mebibytes;
    unsigned long rounds;
    const char *device;
    const char *library;
};

/* What the other process is told first. */
struct job {
    uint8_t uuid[VK_UUID_SIZE];
    uint32_t count;
    uint32_t rounds;
};

struct times {
    double share[MEASUREMENTS];
    double toHost[MEASUREMENTS];
    double fromHost[MEASUREMENTS];
};

static int compare(const void *a, const void *b)
{
    const double difference = *(const double *)a - *(const double *)b;

    return (difference > 0) - (difference < 0);
}

static double median(double values[MEASUREMENTS])
{
    qsort(values, MEASUREMENTS, sizeof(values[0]), compare);
    return values[MEASUREMENTS / 2];
}

static void export_both(struct gpu *gpu, VxmShared *field, VxmSharedSemaphore *timeline)
{
    VXM(vxmExportMemory(gpu->field, VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, field));
    VXM(vxmExportSemaphore(gpu->timeline, VK_EXTERNAL_SEMAPHORE_HANDLE_TYPE_OPAQUE_FD_BIT,
                           timeline));
}

/* Vulkan's turns, and what they were good for. */
static uint32_t take_turns(struct gpu *gpu, uint32_t rounds)
{
    uint32_t wrong = 0;

    for (uint32_t round = 0; round < rounds; round++) {
        wrong += gpu_run(gpu, round);
    }
    return wrong;
}

static int report(const struct gpu *gpu, const struct options *options, uint32_t wrong,
                  struct times *times)
{
    const double share = median(times->share);
    const double toHost = median(times->toHost);
    const double fromHost = median(times->fromHost);

    printf("device                 %s\n", gpu->info.identity->deviceName);
    printf("processes              %s\n", options->twoProcesses ? "two" : "one");
    printf("field                  %lu MiB, %lu rounds of Vulkan, CUDA, Vulkan\n",
           options->mebibytes, options->rounds);
    printf("wrong values           %u\n", wrong);
    printf("bytes copied           0\n");
    printf("time to share          %.3f ms, field and timeline\n", share);
    printf("copy by host memory    %.3f ms (%.3f to it, %.3f from it)\n", toHost + fromHost, toHost,
           fromHost);
    printf("copy / share           %.1f\n", (toHost + fromHost) / share);
    printf(wrong == 0 ? "Vulkan agrees with every value.\n" : "Vulkan DISAGREES.\n");
    return wrong == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* ---- one process ---- */

static int run_alone(const struct options *options, uint32_t count)
{
    struct times times;
    struct worker worker;
    struct gpu gpu;
    uint32_t wrong;
    int status;

    worker_load(&worker, options->library);
    gpu_open(&gpu, options->device, count);
    worker_open(&worker, gpu.info.identity->deviceUUID);
    for (int i = 0; i < MEASUREMENTS; i++) {
        VxmSharedSemaphore timeline;
        VxmShared field;
        double begun;

        worker_end_import(&worker); /* the last measurement's */
        begun = milliseconds();
        export_both(&gpu, &field, &timeline);
        worker_import(&worker, &field, &timeline);
        vxmCloseShared(&field); /* importing borrows: the handles are still ours */
        vxmCloseSharedSemaphore(&timeline);
        times.share[i] = milliseconds() - begun;
        times.toHost[i] = gpu_copy_time(&gpu);
        times.fromHost[i] = worker_copy_time(&worker, count);
    }
    worker_start(&worker, count, (uint32_t)options->rounds);
    wrong = take_turns(&gpu, (uint32_t)options->rounds);
    worker_finish(&worker);
    status = report(&gpu, options, wrong, &times);
    worker_close(&worker);
    gpu_close(&gpu);
    return status;
}

/* ---- two processes ---- */

/* This program once more, for CUDA. It is started before Vulkan is, and not forked off: neither
 * driver survives a fork. Its standard input is its end of the channel. */
static pid_t start_child(const struct options *options, VxmChannel *channel)
{
    char *const arguments[] = {(char *)"vulkan_cuda", (char *)"--child", (char *)"--cuda",
                               (char *)options->library, NULL};
    extern char **environ;
    posix_spawn_file_actions_t actions;
    VxmChannel ends[2];
    VxmHandle handle;
    pid_t child;

    VXM(vxmCreateChannelPair(ends));
    VXM(vxmExportChannel(ends[1], &handle));
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, handle.fd, STDIN_FILENO);
    if (posix_spawn(&child, "/proc/self/exe", &actions, NULL, arguments, environ) != 0) {
        fprintf(stderr, "A child process can't be started.\n");
        exit(EXIT_FAILURE);
    }
    posix_spawn_file_actions_destroy(&actions);
    vxmCloseHandle(&handle);
    vxmCloseChannel(ends[1]);
    *channel = ends[0];
    return child;
}

static int end_child(pid_t child)
{
    int status = 0;

    if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
        fprintf(stderr, "The CUDA process did not end by itself.\n");
        return EXIT_FAILURE;
    }
    return WEXITSTATUS(status);
}

/* A number from the child. If it is gone, it has said why: this process ends as it did. */
static double receive_number(VxmChannel channel, pid_t child)
{
    double number = 0;
    size_t size;
    VkResult result = vxmReceiveBytes(channel, sizeof(number), &number, &size, TIME_LIMIT);

    if (result == VXM_ERROR_PEER_LOST) {
        int status = end_child(child);

        exit(status != EXIT_SUCCESS ? status : EXIT_FAILURE);
    }
    VXM(result);
    return number;
}

static void send_number(VxmChannel channel, double number)
{
    VXM(vxmSendBytes(channel, sizeof(number), &number, TIME_LIMIT));
}

static int run_parent(const struct options *options, uint32_t count)
{
    struct job job = {.count = count, .rounds = (uint32_t)options->rounds};
    struct times times;
    VxmChannel channel;
    struct gpu gpu;
    uint32_t wrong;
    pid_t child = start_child(options, &channel);
    int status;

    (void)receive_number(channel, child); /* it has found CUDA */
    gpu_open(&gpu, options->device, count);
    memcpy(job.uuid, gpu.info.identity->deviceUUID, VK_UUID_SIZE);
    VXM(vxmSendBytes(channel, sizeof(job), &job, TIME_LIMIT));
    (void)receive_number(channel, child); /* it has a context on this GPU */
    for (int i = 0; i < MEASUREMENTS; i++) {
        VxmSharedSemaphore timeline;
        VxmShared field;
        double begun = milliseconds();

        export_both(&gpu, &field, &timeline);
        VXM(vxmSendMemory(channel, &field, TIME_LIMIT));
        VXM(vxmSendSemaphore(channel, &timeline, TIME_LIMIT));
        vxmCloseShared(&field); /* sent: the child has its own handles */
        vxmCloseSharedSemaphore(&timeline);
        (void)receive_number(channel, child);
        times.share[i] = milliseconds() - begun;
        times.fromHost[i] = receive_number(channel, child);
        times.toHost[i] = gpu_copy_time(&gpu);
    }
    wrong = take_turns(&gpu, job.rounds);
    status = report(&gpu, options, wrong, &times);
    vxmCloseChannel(channel);
    if (end_child(child) != EXIT_SUCCESS) {
        status = EXIT_FAILURE;
    }
    gpu_close(&gpu);
    return status;
}

static int run_child(const struct options *options)
{
    const VxmHandle handle = {
        VXM_HANDLE_KIND_CHANNEL, VXM_CHANNEL_HANDLE_TYPE_NATIVE, {STDIN_FILENO}};
    struct worker worker;
    VxmChannel channel;
    struct job job;
    size_t size;

    VXM(vxmImportChannel(&handle, &channel));
    worker_load(&worker, options->library);
    send_number(channel, 0);
    VXM(vxmReceiveBytes(channel, sizeof(job), &job, &size, TIME_LIMIT));
    worker_open(&worker, job.uuid);
    send_number(channel, 0);
    for (int i = 0; i < MEASUREMENTS; i++) {
        VxmSharedSemaphore timeline;
        VxmShared field;

        worker_end_import(&worker); /* the last measurement's */
        VXM(vxmReceiveMemory(channel, &field, TIME_LIMIT));
        VXM(vxmReceiveSemaphore(channel, &timeline, TIME_LIMIT));
        worker_import(&worker, &field, &timeline);
        vxmCloseShared(&field);
        vxmCloseSharedSemaphore(&timeline);
        send_number(channel, 0);
        send_number(channel, worker_copy_time(&worker, job.count));
    }
    worker_start(&worker, job.count, job.rounds);
    worker_finish(&worker);
    worker_close(&worker);
    vxmCloseChannel(channel);
    return EXIT_SUCCESS;
}

/* ---- */

static int usage(void)
{
    fprintf(stderr, "usage: vulkan_cuda [--two-processes] [--size MIB] [--rounds N] "
                    "[--device NAME] [--cuda FILE]\n");
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct options options = {.mebibytes = 64, .rounds = 10, .library = VXM_CUDA_LIBRARY_NAME};

    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;

        if (strcmp(argv[i], "--two-processes") == 0) {
            options.twoProcesses = true;
            continue;
        }
        if (strcmp(argv[i], "--child") == 0) {
            options.child = true;
            continue;
        }
        if (value == NULL) {
            return usage();
        }
        if (strcmp(argv[i], "--size") == 0) {
            options.mebibytes = strtoul(value, NULL, 10);
        } else if (strcmp(argv[i], "--rounds") == 0) {
            options.rounds = strtoul(value, NULL, 10);
        } else if (strcmp(argv[i], "--device") == 0) {
            options.device = value;
        } else if (strcmp(argv[i], "--cuda") == 0) {
            options.library = value;
        } else {
            return usage();
        }
        i++;
    }
    if (options.mebibytes < 1 || options.mebibytes > 4095 || options.rounds < 1 ||
        options.rounds > 1000000) {
        return usage();
    }

    uint32_t count = (uint32_t)(options.mebibytes << 18);
    if (options.child) {
        return run_child(&options);
    }
    return options.twoProcesses ? run_parent(&options, count) : run_alone(&options, count);
}
