/*
 * PyTorch's part: a Python process, which gets the buffer through a channel. torch_part.py is the
 * other end.
 *
 *   VXM_PYTHON          the interpreter; otherwise python3
 *   FIVE_APIS_SCRIPT    torch_part.py, if it has been moved
 *   PYTHONPATH, VXM_LIBRARY   where the package vxm and libvxm.so are, if they aren't installed
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "five.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct own {
    VxmChannel channel;
    pid_t process;
};

static const char *environment(const char *name, const char *otherwise)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0' ? value : otherwise;
}

static void start(struct own *own)
{
    const char *python = environment("VXM_PYTHON", "python3");
    const char *script = environment("FIVE_APIS_SCRIPT", FIVE_APIS_SCRIPT);
    VxmChannel ends[2];
    VxmHandle inherited;
    char number[16];

    VXM(vxmCreateChannelPair(ends));
    VXM(vxmExportChannel(ends[1], &inherited));
    snprintf(number, sizeof(number), "%d", inherited.fd);
    own->process = fork();
    if (own->process < 0) {
        fail("A child process can't be made.");
    }
    if (own->process == 0) {
        fcntl(inherited.fd, F_SETFD, 0); /* the only descriptor that the child inherits */
        execlp(python, python, script, number, (char *)NULL);
        perror(python);
        _exit(127);
    }
    vxmCloseHandle(&inherited);
    vxmCloseChannel(ends[1]);
    own->channel = ends[0];
}

/* Its exit status; it ends when its channel does. */
static int end(struct own *own)
{
    int status = 0;

    vxmCloseChannel(own->channel);
    if (waitpid(own->process, &status, 0) != own->process) {
        fail("The Python process is not to be waited for.");
    }
    free(own);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Sends a word and receives the answer, a number. */
static VkResult ask(const struct own *own, const char *word, double *answer)
{
    char text[64] = "";
    size_t size = 0;
    VkResult result = vxmSendBytes(own->channel, strlen(word), word, TIME_LIMIT);

    if (result == VK_SUCCESS) {
        result = vxmReceiveBytes(own->channel, sizeof(text) - 1, text, &size, TIME_LIMIT);
        *answer = strtod(text, NULL);
    }
    return result;
}

static bool pytorch_open(struct visit *visit)
{
    struct own *own = calloc(1, sizeof(*own));
    const struct disc *disc = &visit->disc;
    VxmShared shared;
    VkResult result;
    char text[128];

    if (own == NULL) {
        return false;
    }
    start(own);
    VXM(vxmExportMemory(visit->picture, VK_EXTERNAL_MEMORY_HANDLE_TYPE_OPAQUE_FD_BIT, &shared));
    result = vxmSendMemory(own->channel, &shared, TIME_LIMIT);
    vxmCloseShared(&shared);
    if (result == VK_SUCCESS) {
        snprintf(text, sizeof(text), "%u %u %u %u %u %u", disc->width, disc->height, disc->x,
                 disc->y, disc->radius, disc->colour);
        result = ask(own, text, &visit->sharing);
    }
    if (result != VK_SUCCESS) {
        snprintf(
            visit->why, sizeof(visit->why),
            "the Python process ended with %d, and said why above. It needs PyTorch with CUDA, "
            "and the package vxm (PYTHONPATH, VXM_LIBRARY).",
            end(own));
        return false;
    }
    visit->own = own;
    return true;
}

static void pytorch_draw(struct visit *visit)
{
    double answer = 0;

    VXM(ask(visit->own, "draw", &answer));
}

static double pytorch_copy(struct visit *visit)
{
    double answer = 0;

    VXM(ask(visit->own, "copy", &answer));
    return answer;
}

static void pytorch_close(struct visit *visit)
{
    const int status = end(visit->own);

    if (status != 0) {
        fail("The Python process ended with %d.", status);
    }
}

const struct visitor visitor_pytorch = {"PyTorch", pytorch_open, pytorch_draw, pytorch_copy,
                                        pytorch_close};
