/*
 * Asks the drivers what they claim.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_no_capital(const char *word)
{
    while (*word >= 'a' && *word <= 'z') {
        word++;
    }
    return *word < 'A' || *word > 'Z';
}

/* The library's sentences begin with the function that was called, which is nothing to a reader who
 * called none. */
static void without_caller(const char *caller, char *reason)
{
    const size_t length = strlen(caller);

    if (strncmp(reason, caller, length) == 0) {
        memmove(reason, reason + length, strlen(reason) - length + 1);
    }
    /* The name of a field stays as it is. */
    if (reason[0] >= 'a' && reason[0] <= 'z' && has_no_capital(reason)) {
        reason[0] = (char)(reason[0] - 'a' + 'A');
    }
}

void query_cell(VxmDevice device, const struct subject *subject, VxmHandleKind kind, uint32_t type,
                unsigned column, const VxmIdentity *peer, VxmQueryResult *answer)
{
    const bool memory = kind == VXM_HANDLE_KIND_MEMORY;
    const VxmQueryInfo question = {
        .kind = kind,
        .handleType = type,
        .buffer = memory && column == BUFFER ? &subject->buffer : NULL,
        .image = memory && column == IMAGE ? &subject->image : NULL,
        .semaphoreType =
            !memory && column == TIMELINE ? VK_SEMAPHORE_TYPE_TIMELINE : VK_SEMAPHORE_TYPE_BINARY,
        .peer = peer,
    };
    VxmError error;

    memset(answer, 0, sizeof(*answer));
    if (vxmQuery(device, &question, answer) != VK_SUCCESS) {
        vxmGetLastError(&error);
        memset(answer, 0, sizeof(*answer));
        snprintf(answer->reason, sizeof(answer->reason), "%.*s", (int)sizeof(answer->reason) - 1,
                 error.message);
    }
    without_caller("vxmQuery: ", answer->reason);
}

static void query_table(VxmDevice device, const struct subject *subject, VxmHandleKind kind,
                        const struct handle_type *types, struct table *table)
{
    table->kind = kind;
    for (table->count = 0; types[table->count].type != 0; table->count++) {
        struct row *row = &table->rows[table->count];
        row->type = &types[table->count];
        for (unsigned column = 0; column < COLUMNS; column++) {
            query_cell(device, subject, kind, row->type->type, column, NULL,
                       &row->cells[column].claim);
        }
    }
}

void query_device(VxmDevice device, const struct subject *subject, struct device_report *report)
{
    VxmDeviceInfo info;

    if (vxmGetDeviceInfo(device, &info) == VK_SUCCESS) {
        report->identity = *info.identity;
    }
    query_table(device, subject, VXM_HANDLE_KIND_MEMORY, memory_types, &report->memory);
    query_table(device, subject, VXM_HANDLE_KIND_SEMAPHORE, semaphore_types, &report->semaphores);
    report->opened = true;
}

/* What is claimed of each modifier, and room for what the probe finds; without memory for that the
 * format has none. */
static void make_cells(struct format_modifiers *modifiers)
{
    const uint32_t count = modifiers->found.modifierCount;

    modifiers->cells = count != 0 ? calloc(count, sizeof(*modifiers->cells)) : NULL;
    if (count != 0 && modifiers->cells == NULL) {
        modifiers->found = (VxmModifiers){.reason = "There is no memory for them."};
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const VxmModifierProperties *one = &modifiers->found.modifiers[i];

        modifiers->cells[i].claim = (VxmQueryResult){.exportable = one->exportable,
                                                     .importable = one->importable,
                                                     .dedicatedOnly = one->dedicatedOnly};
    }
}

static bool query_format(VxmDevice device, const struct subject *subject, VkFormat format,
                         uint32_t texelSize, struct format_modifiers *modifiers)
{
    VkImageCreateInfo image = subject->image;
    VxmError error;

    image.format = format;
    image.tiling = VK_IMAGE_TILING_DRM_FORMAT_MODIFIER_EXT;
    *modifiers = (struct format_modifiers){.format = format, .texelSize = texelSize};
    if (vxmGetModifiers(device, &image, VK_EXTERNAL_MEMORY_HANDLE_TYPE_DMA_BUF_BIT_EXT,
                        &modifiers->found) != VK_SUCCESS) {
        vxmGetLastError(&error);
        snprintf(modifiers->found.reason, sizeof(modifiers->found.reason), "%.*s",
                 (int)sizeof(modifiers->found.reason) - 1, error.message);
    }
    without_caller("vxmGetModifiers: ", modifiers->found.reason);
    make_cells(modifiers);
    return modifiers->found.modifierCount != 0;
}

void query_modifiers(VxmDevice device, const struct subject *subject, bool all,
                     struct device_report *report)
{
    report->formats = calloc(all ? format_count + 1 : 1, sizeof(*report->formats));
    if (report->formats == NULL) {
        return;
    }
    query_format(device, subject, subject->image.format, subject->texelSize,
                 &report->formats[report->formatCount++]);
    for (size_t i = 0; all && i < format_count; i++) {
        const VkFormat format = formats[i].format;

        if (format != subject->image.format && vxmGetFormatFourcc(format, VK_FALSE) != 0 &&
            query_format(device, subject, format, formats[i].texelSize,
                         &report->formats[report->formatCount])) {
            report->formatCount++;
        }
    }
}

void free_modifiers(struct device_report *report)
{
    for (uint32_t i = 0; i < report->formatCount; i++) {
        free(report->formats[i].cells);
    }
    free(report->formats);
    report->formats = NULL;
    report->formatCount = 0;
}

/* ---- which device ---- */

static int hex(char letter)
{
    if (letter >= '0' && letter <= '9') {
        return letter - '0';
    }
    if (letter >= 'a' && letter <= 'f') {
        return letter - 'a' + 10;
    }
    return letter >= 'A' && letter <= 'F' ? letter - 'A' + 10 : -1;
}

bool uuid_read(const char *text, uint8_t uuid[VK_UUID_SIZE])
{
    uint8_t bytes[VK_UUID_SIZE];
    size_t count = 0;

    while (*text != '\0') {
        if (*text == '-') {
            text++;
            continue;
        }
        if (count == VK_UUID_SIZE || hex(text[0]) < 0 || hex(text[1]) < 0) {
            return false;
        }
        bytes[count++] = (uint8_t)(hex(text[0]) * 16 + hex(text[1]));
        text += 2;
    }
    if (count != VK_UUID_SIZE) {
        return false;
    }
    memcpy(uuid, bytes, VK_UUID_SIZE);
    return true;
}

void uuid_text(const uint8_t uuid[VK_UUID_SIZE], char text[UUID_TEXT_SIZE])
{
    for (size_t i = 0; i < VK_UUID_SIZE; i++) {
        bool hyphen = i == 4 || i == 6 || i == 8 || i == 10;
        text += snprintf(text, 4, "%s%02x", hyphen ? "-" : "", uuid[i]);
    }
}

bool filter_meets(const struct device_filter *filter, uint32_t index, const VxmIdentity *identity)
{
    uint8_t uuid[VK_UUID_SIZE];
    char *end;

    if (filter->text == NULL) {
        return true;
    }
    if (uuid_read(filter->text, uuid)) {
        return memcmp(uuid, identity->deviceUUID, VK_UUID_SIZE) == 0;
    }
    unsigned long number = strtoul(filter->text, &end, 10);
    if (*end == '\0' && end != filter->text) {
        return number == index;
    }
    return strstr(identity->deviceName, filter->text) != NULL;
}
