/*
 * --probe: what a driver claims is done, by child processes that may crash or hang.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "probe_protocol.h"
#include "process.h"

#define SECOND UINT64_C(1000000000)

/* A child process, and what it said last that it does. */
struct child {
    const char *role;
    const char *place; /* for sentences */
    struct process process;
    VxmChannel channel;
    char step[160];
};

struct probe {
    const char *program;
    unsigned seconds;
    const struct subject *subject;
    const struct device_report *report;
    struct child maker;
    struct child taker;
    uint32_t seed;
    bool lost; /* the last failure was a child that crashed or hung */
    char why[1536];
};

/* What is passed from the maker to the taker. */
struct parcel {
    bool memory;
    bool semaphore;
    VxmShared shared;
    VxmSharedSemaphore sharedSemaphore;
    VxmHandover handover;
};

static bool failed(struct probe *probe, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(probe->why, sizeof(probe->why), format, arguments);
    va_end(arguments);
    return false;
}

static bool failed_vxm(struct probe *probe, const char *doing)
{
    VxmError error;

    vxmGetLastError(&error);
    return failed(probe, "%s: %s", doing, error.message);
}

static uint64_t limit_of(const struct probe *probe)
{
    return probe->seconds * SECOND;
}

/* ---- children ---- */

static void end_child(struct child *child)
{
    char how[128];

    /* One that lives ends when it sees that its channel is closed. */
    vxmCloseChannel(child->channel);
    child->channel = NULL;
    if (child->process.running) {
        process_end(&child->process, 2000, how, sizeof(how));
    }
}

static void kill_child(struct child *child)
{
    char how[128];

    if (child->process.running) {
        process_end(&child->process, 0, how, sizeof(how));
    }
    end_child(child);
}

/* What became of a child that is heard of no more. */
static bool lost(struct probe *probe, struct child *child, VkResult result)
{
    char how[128];

    probe->lost = true;
    if (result == VK_TIMEOUT) {
        kill_child(child);
        return failed(probe, "no answer within %u s while %s%s.", probe->seconds, child->step,
                      child->place);
    }
    if (!process_end(&child->process, 5000, how, sizeof(how))) {
        snprintf(how, sizeof(how), "closed its channel");
    }
    end_child(child);
    return failed(probe, "the process %s while %s%s.", how, child->step, child->place);
}

static bool receive_answer(struct child *child, uint64_t limit, struct answer *answer,
                           struct parcel *parcel, VkResult *result)
{
    VxmMessageType type;
    size_t size = 0;

    answer->kind = ANSWER_STEP;
    answer->text[0] = '\0';
    *result = vxmPeekMessage(child->channel, limit, &type);
    if (*result != VK_SUCCESS) {
        return false;
    }
    if (type == VXM_MESSAGE_TYPE_MEMORY && parcel != NULL && !parcel->memory) {
        *result = vxmReceiveMemory(child->channel, &parcel->shared, limit);
        parcel->memory = *result == VK_SUCCESS;
    } else if (type == VXM_MESSAGE_TYPE_SEMAPHORE && parcel != NULL && !parcel->semaphore) {
        *result = vxmReceiveSemaphore(child->channel, &parcel->sharedSemaphore, limit);
        parcel->semaphore = *result == VK_SUCCESS;
    } else {
        *result = vxmReceiveBytes(child->channel, sizeof(*answer), answer, &size, limit);
        if (*result == VK_SUCCESS && size != sizeof(*answer)) {
            *result = VXM_ERROR_BAD_MESSAGE;
        }
    }
    return *result == VK_SUCCESS;
}

/* Puts a request and listens until it is answered; with a parcel that it goes with, or that it is
 * to be filled by. */
static bool converse(struct probe *probe, struct child *child, const struct request *request,
                     struct parcel *out, struct parcel *in)
{
    const uint64_t limit = limit_of(probe);
    struct answer answer;
    VkResult result = vxmSendBytes(child->channel, sizeof(*request), request, limit);

    if (result == VK_SUCCESS && out != NULL && out->memory) {
        result = vxmSendMemory(child->channel, &out->shared, limit);
    } else if (result == VK_SUCCESS && out != NULL && out->semaphore) {
        result = vxmSendSemaphore(child->channel, &out->sharedSemaphore, limit);
    }
    if (result != VK_SUCCESS && result != VK_TIMEOUT && result != VXM_ERROR_PEER_LOST) {
        return failed_vxm(probe, "sending the handle to the second process");
    }
    while (result == VK_SUCCESS && receive_answer(child, limit, &answer, in, &result)) {
        if (answer.kind == ANSWER_DONE) {
            if (in != NULL) {
                in->handover = answer.handover;
            }
            return true;
        }
        answer.text[sizeof(answer.text) - 1] = '\0';
        if (answer.kind == ANSWER_FAILED) {
            return failed(probe, "%s", answer.text);
        }
        if (answer.text[0] != '\0') {
            snprintf(child->step, sizeof(child->step), "%.*s", (int)sizeof(child->step) - 1,
                     answer.text);
        }
    }
    return lost(probe, child, result);
}

static struct request begin_request(const struct probe *probe, enum operation operation)
{
    struct request request;

    memset(&request, 0, sizeof(request));
    request.operation = operation;
    request.deviceIndex = probe->report->index;
    memcpy(request.deviceUUID, probe->report->identity.deviceUUID, VK_UUID_SIZE);
    /* A child that waits in vain says so itself, before the parent has enough of it. */
    request.limit = limit_of(probe) / 4 * 3;
    return request;
}

/* One that is there already serves on. */
static bool start_child(struct probe *probe, struct child *child)
{
    const struct request request = begin_request(probe, OPERATION_OPEN);
    VxmChannel ends[2] = {NULL, NULL};
    VxmHandle handle = {0};
    char why[256];

    if (child->process.running) {
        return true;
    }
    snprintf(child->step, sizeof(child->step), "starting");
    if (vxmCreateChannelPair(ends) != VK_SUCCESS ||
        vxmExportChannel(ends[1], &handle) != VK_SUCCESS) {
        failed_vxm(probe, "making a channel");
    } else if (!process_start(probe->program, child->role, &handle, &child->process, why,
                              sizeof(why))) {
        failed(probe, "%s.", why);
    } else {
        child->channel = ends[0];
        ends[0] = NULL;
    }
    vxmCloseHandle(&handle);
    vxmCloseChannel(ends[0]);
    vxmCloseChannel(ends[1]);
    return child->process.running && converse(probe, child, &request, NULL, NULL);
}

/* The last failure's sentence, which begins with a step. */
static const char *capitalised(struct probe *probe)
{
    if (probe->why[0] >= 'a' && probe->why[0] <= 'z') {
        probe->why[0] = (char)(probe->why[0] - 'a' + 'A');
    }
    return probe->why;
}

/* ---- one cell ---- */

static bool share(struct probe *probe, const struct request *wanted)
{
    struct request request = *wanted;
    struct parcel parcel;
    struct parcel back;
    bool works;

    memset(&parcel, 0, sizeof(parcel));
    memset(&back, 0, sizeof(back));
    request.operation = OPERATION_MAKE;
    works = converse(probe, &probe->maker, &request, NULL, &parcel);
    if (works && (parcel.memory || parcel.semaphore)) {
        request.operation = OPERATION_IMPORT;
        request.handover = parcel.handover;
        works = start_child(probe, &probe->taker) &&
                converse(probe, &probe->taker, &request, &parcel, &back);
        if (works) {
            request.operation = OPERATION_CHECK;
            request.handover = back.handover;
            works = converse(probe, &probe->maker, &request, NULL, NULL);
        }
    }
    vxmCloseShared(&parcel.shared);
    vxmCloseSharedSemaphore(&parcel.sharedSemaphore);
    return works;
}

/* What is probed is copied to and from, so it has the usages for that, too. */
static struct subject with_transfers(const struct subject *subject)
{
    struct subject probed = *subject;

    probed.buffer.usage |= VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
    probed.image.usage |= VK_IMAGE_USAGE_TRANSFER_SRC_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT;
    return probed;
}

/* Why the probe can't tell; NULL: it can. */
static const char *not_probed(VxmHandleKind kind, const struct handle_type *type, unsigned column,
                              const struct cell *cell, const struct subject *subject,
                              const VxmQueryResult *probed)
{
    bool memory = kind == VXM_HANDLE_KIND_MEMORY;

    if ((type->flags & TYPE_FOREIGN) != 0) {
        return "It is memory that another device has mapped, which the probe doesn't make.";
    }
    if ((type->flags & TYPE_HOST) == 0 && !cell->claim.exportable) {
        return "It can be imported only, and the probe has nothing that another API has exported.";
    }
    if (memory && column == IMAGE && subject->texelSize == 0) {
        return "The probe copies colour formats of one plane and whole texels only.";
    }
    if (memory && probed->exportable != cell->claim.exportable) {
        return "The probe copies, and with the usages for that the driver doesn't claim it.";
    }
    return NULL;
}

/* modifier: of an image with DRM_FORMAT_MODIFIER tiling. */
static void probe_cell(struct probe *probe, VxmDevice device, const struct subject *wanted,
                       uint64_t modifier, VxmHandleKind kind, const struct handle_type *type,
                       unsigned column, struct cell *cell)
{
    const struct subject subject = with_transfers(wanted);
    struct request request = begin_request(probe, OPERATION_MAKE);
    VxmQueryResult probed;

    if (!cell->claim.exportable && !cell->claim.importable) {
        cell->verdict = VERDICT_ABSENT;
        return;
    }
    query_cell(device, &subject, kind, type->type, column, NULL, &probed);
    const char *why = not_probed(kind, type, column, cell, wanted, &probed);
    if (why != NULL) {
        cell->verdict = VERDICT_UNPROBED;
        snprintf(cell->why, sizeof(cell->why), "%s", why);
        return;
    }
    request.kind = kind;
    request.handleType = type->type;
    request.typeFlags = type->flags;
    request.column = column;
    request.importable = cell->claim.importable;
    request.bufferUsage = subject.buffer.usage;
    request.bufferSize = subject.buffer.size;
    request.format = subject.image.format;
    request.tiling = subject.image.tiling;
    request.imageUsage = subject.image.usage;
    request.modifier = modifier;
    request.width = subject.image.extent.width;
    request.height = subject.image.extent.height;
    request.texelSize = subject.texelSize;
    request.seed = probe->seed += 16;
    if (start_child(probe, &probe->maker) && share(probe, &request)) {
        cell->verdict = VERDICT_WORKS;
        if ((type->flags & TYPE_LOCAL) != 0) {
            snprintf(cell->why, sizeof(cell->why), "It can't be sent to a second process.");
        }
        return;
    }
    cell->verdict = VERDICT_FAILS;
    snprintf(cell->why, sizeof(cell->why), "%s", capitalised(probe));
    /* What is half done in them is nothing to begin the next one with. */
    kill_child(&probe->maker);
    kill_child(&probe->taker);
}

static void probe_table(struct probe *probe, VxmDevice device, struct table *table)
{
    for (uint32_t i = 0; i < table->count; i++) {
        struct row *row = &table->rows[i];
        for (unsigned column = 0; column < COLUMNS; column++) {
            probe_cell(probe, device, probe->subject, 0, table->kind, row->type, column,
                       &row->cells[column]);
        }
    }
}

static void probe_modifiers(struct probe *probe, VxmDevice device, const struct handle_type *type,
                            struct format_modifiers *format)
{
    struct subject subject = *probe->subject;
    VkImageDrmFormatModifierListCreateInfoEXT list = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_DRM_FORMAT_MODIFIER_LIST_CREATE_INFO_EXT,
        .drmFormatModifierCount = 1,
    };

    subject.image.pNext = &list;
    subject.image.format = format->format;
    subject.image.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    subject.texelSize = format->texelSize;
    for (uint32_t i = 0; i < format->found.modifierCount; i++) {
        const uint64_t modifier = format->found.modifiers[i].drmFormatModifier;

        list.pDrmFormatModifiers = &modifier;
        probe_cell(probe, device, &subject, modifier, VXM_HANDLE_KIND_MEMORY, type, IMAGE,
                   &format->cells[i]);
    }
}

/* Of those systems that have the type. */
static void probe_formats(struct probe *probe, VxmDevice device, struct device_report *report)
{
    for (const struct handle_type *type = memory_types; type->type != 0; type++) {
        for (uint32_t i = 0; type->type == VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT &&
                             i < report->formatCount;
             i++) {
            probe_modifiers(probe, device, type, &report->formats[i]);
        }
    }
}

bool probe_survives(const char *program, unsigned seconds, struct device_report *report)
{
    struct probe probe = {
        .program = program,
        .seconds = seconds,
        .report = report,
        .taker = {.role = ROLE_TAKER, .place = ""},
    };

    /* What fails in an orderly way fails in this process, too, with its own sentence. */
    start_child(&probe, &probe.taker);
    end_child(&probe.taker);
    if (probe.lost) {
        snprintf(report->failure, sizeof(report->failure), "%.*s", (int)sizeof(report->failure) - 1,
                 capitalised(&probe));
    }
    return !probe.lost;
}

void probe_device(const char *program, unsigned seconds, VxmDevice device,
                  const struct subject *subject, struct device_report *report)
{
    struct probe probe = {
        .program = program,
        .seconds = seconds,
        .subject = subject,
        .report = report,
        .maker = {.role = ROLE_MAKER, .place = ""},
        .taker = {.role = ROLE_TAKER, .place = " in the second process"},
    };

    probe_table(&probe, device, &report->memory);
    probe_table(&probe, device, &report->semaphores);
    probe_formats(&probe, device, report);
    end_child(&probe.maker);
    end_child(&probe.taker);
}

static bool table_failed(const struct table *table)
{
    for (uint32_t i = 0; i < table->count; i++) {
        for (unsigned column = 0; column < COLUMNS; column++) {
            if (table->rows[i].cells[column].verdict == VERDICT_FAILS) {
                return true;
            }
        }
    }
    return false;
}

static bool modifiers_failed(const struct format_modifiers *format)
{
    for (uint32_t i = 0; i < format->found.modifierCount; i++) {
        if (format->cells[i].verdict == VERDICT_FAILS) {
            return true;
        }
    }
    return false;
}

bool probe_failed(const struct device_report *report)
{
    bool failed = table_failed(&report->memory) || table_failed(&report->semaphores);

    for (uint32_t i = 0; i < report->formatCount; i++) {
        failed = failed || modifiers_failed(&report->formats[i]);
    }
    return failed;
}
