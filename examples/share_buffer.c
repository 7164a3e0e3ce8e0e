/*
 * Shares a buffer with a child process: both see the same bytes, and nothing is copied.
 *
 *   cc share_buffer.c -o share_buffer $(pkg-config --cflags --libs vxm)
 *   ./share_buffer
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vxm/vxm.h>

#define TYPE       VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT
#define TIME_LIMIT 30000000000u /* nanoseconds: a peer that hangs must not hang us */

static void check(VkResult result, const char *call)
{
    VxmError error;

    if (result != VK_SUCCESS) {
        vxmGetLastError(&error);
        fprintf(stderr, "%s\n%s: %s\n", call, vxmResultName(result), error.message);
        exit(EXIT_FAILURE);
    }
}
#define CHECK(call) check(call, #call)

/* The child is this program again, with the number of its end of the channel. */
static pid_t start_child(const char *program, VxmChannel end)
{
    VxmHandle handle;
    char number[16];

    CHECK(vxmExportChannel(end, &handle));
    pid_t child = fork();
    if (child == 0) {
        snprintf(number, sizeof(number), "%d", handle.fd);
        fcntl(handle.fd, F_SETFD, 0); /* it is close-on-exec otherwise */
        execlp(program, program, number, (char *)NULL);
        _exit(127);
    }
    vxmCloseHandle(&handle);
    return child;
}

static int child_main(int fd)
{
    VxmHandle handle = {VXM_HANDLE_KIND_CHANNEL, VXM_CHANNEL_HANDLE_TYPE_NATIVE, {fd}};
    VxmChannel channel;
    VxmDevice device;
    VxmShared shared;
    VxmMemory memory;
    void *data;

    CHECK(vxmImportChannel(&handle, &channel));
    vxmCloseHandle(&handle); /* the channel has a duplicate */
    CHECK(vxmCreateDevice(NULL, &device));
    CHECK(vxmReceiveMemory(channel, &shared, TIME_LIMIT));
    CHECK(vxmImportMemory(device, &shared, NULL, &memory));
    vxmCloseShared(&shared); /* importing borrows: the handle is still ours */

    CHECK(vxmMapMemory(memory, 0, &data));
    printf("child %ld reads:  %s\n", (long)getpid(), (const char *)data);
    snprintf(data, 64, "written by process %ld", (long)getpid());
    CHECK(vxmSendBytes(channel, 4, "done", TIME_LIMIT));

    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
    vxmCloseChannel(channel);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = 1 << 20,
                                       .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT};
    const VxmMemoryCreateInfo info = {.handleTypes = TYPE,
                                      .requiredFlags = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT |
                                                       VK_MEMORY_PROPERTY_HOST_COHERENT_BIT};
    VxmChannel ends[2];
    VxmDevice device;
    VxmMemory memory;
    VxmShared shared;
    void *data;
    char answer[16];
    size_t size;
    int status;

    if (argc > 1) {
        return child_main(atoi(argv[1]));
    }
    CHECK(vxmCreateChannelPair(ends));
    pid_t child = start_child(argv[0], ends[1]);
    vxmCloseChannel(ends[1]); /* so that we notice if the child dies */

    CHECK(vxmCreateDevice(NULL, &device));
    CHECK(vxmCreateBuffer(device, &buffer, &info, &memory));
    CHECK(vxmMapMemory(memory, 0, &data));
    snprintf(data, 64, "written by process %ld", (long)getpid());

    CHECK(vxmExportMemory(memory, TYPE, &shared));
    CHECK(vxmSendMemory(ends[0], &shared, TIME_LIMIT));
    vxmCloseShared(&shared); /* sent: the child has its own handle */
    CHECK(vxmReceiveBytes(ends[0], sizeof(answer), answer, &size, TIME_LIMIT));
    printf("parent %ld reads: %s\n", (long)getpid(), (const char *)data);

    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
    vxmCloseChannel(ends[0]);
    return waitpid(child, &status, 0) == child && status == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
