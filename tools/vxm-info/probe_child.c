/*
 * A child process of the probe's: does what it is asked for, until the channel closes.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "probe_child.h"

#include <stdio.h>
#include <string.h>

#include "process.h"

#define SEND_LIMIT UINT64_C(10000000000)

static bool answer(struct child *child, enum answer_kind kind, const char *text,
                   const VxmHandover *handover)
{
    struct answer message;

    memset(&message, 0, sizeof(message));
    message.kind = kind;
    message.handover = *handover;
    snprintf(message.text, sizeof(message.text), "%s", text);
    return vxmSendBytes(child->channel, sizeof(message), &message, SEND_LIMIT) == VK_SUCCESS;
}

bool child_step(struct child *child, const char *text)
{
    const VxmHandover none = {0};

    snprintf(child->step, sizeof(child->step), "%s", text);
    return answer(child, ANSWER_STEP, text, &none);
}

bool child_failed(struct child *child)
{
    VxmError error;

    vxmGetLastError(&error);
    snprintf(child->why, sizeof(child->why), "%s", error.message);
    return false;
}

static bool open_devices(struct child *child, const struct request *request)
{
    return child_step(child, "opening the device") &&
           gpu_open(&child->gpus[0], request, child->why, sizeof(child->why)) &&
           (child->taker || (child_step(child, "opening the device a second time") &&
                             gpu_open(&child->gpus[1], request, child->why, sizeof(child->why))));
}

static bool perform(struct child *child, const struct request *request, VxmHandover *handover)
{
    bool memory = request->kind == VXM_HANDLE_KIND_MEMORY;

    switch ((enum operation)request->operation) {
    case OPERATION_OPEN:
        return open_devices(child, request);
    case OPERATION_MAKE:
        return memory ? make_memory(child, request, handover) : make_semaphore(child, request);
    case OPERATION_IMPORT:
        return memory ? import_memory(child, request, handover) : import_semaphore(child, request);
    case OPERATION_CHECK:
        return memory ? check_memory(child, request) : check_semaphore(child, request);
    }
    return false;
}

/* Until nobody asks any more. */
static void serve(struct child *child)
{
    struct request request;
    size_t size;

    while (vxmReceiveBytes(child->channel, sizeof(request), &request, &size, UINT64_MAX) ==
               VK_SUCCESS &&
           size == sizeof(request)) {
        VxmHandover handover = {0};
        char text[1400];
        child->why[0] = '\0';
        if (perform(child, &request, &handover)) {
            answer(child, ANSWER_DONE, "", &handover);
        } else {
            snprintf(text, sizeof(text), "%s%s: %s", child->step,
                     child->taker ? " in the second process" : "", child->why);
            answer(child, ANSWER_FAILED, text, &handover);
        }
    }
}

int probe_child(const char *role, const char *handle)
{
    static struct child child;
    VxmHandle inherited = process_inherited(handle);

    process_crash_quietly();
    child.taker = strcmp(role, ROLE_TAKER) == 0;
    if (vxmImportChannel(&inherited, &child.channel) != VK_SUCCESS) {
        child_failed(&child);
        fprintf(stderr, "vxm-info: --probe-child is for vxm-info itself: %s\n", child.why);
        return EXIT_USAGE;
    }
    vxmCloseHandle(&inherited);
    serve(&child);
    /* After a failure the GPU may be at work still: the system ends it. */
    if (child.why[0] == '\0') {
        for (int i = 0; i < 2; i++) {
            gpu_close(&child.gpus[i]);
        }
    }
    vxmCloseChannel(child.channel);
    return EXIT_WORKS;
}
