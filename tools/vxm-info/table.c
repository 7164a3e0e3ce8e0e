/*
 * The tables: a row for each handle type, a column for each thing that can be shared.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "names.h"

#define INDENT 2
#define GAP    3

const char *verdict_name(enum verdict verdict)
{
    static const char *const names[] = {
        [VERDICT_NONE] = NULL,       [VERDICT_WORKS] = "works",         [VERDICT_FAILS] = "fails",
        [VERDICT_ABSENT] = "absent", [VERDICT_UNPROBED] = "not-probed",
    };
    return names[verdict];
}

const char *column_name(VxmHandleKind kind, unsigned column)
{
    if (kind == VXM_HANDLE_KIND_MEMORY) {
        return column == BUFFER ? "buffer" : "image";
    }
    return column == BINARY ? "binary" : "timeline";
}

void claim_text(const VxmQueryResult *claim, char *text, size_t size)
{
    const char *ways = claim->exportable && claim->importable ? "export import"
                       : claim->exportable                    ? "export"
                       : claim->importable                    ? "import"
                                                              : "-";
    snprintf(text, size, "%s%s", ways,
             claim->dedicatedOnly && (claim->exportable || claim->importable) ? " dedicated" : "");
}

static enum ink cell_text(const struct cell *cell, char *text, size_t size)
{
    const VxmQueryResult *claim = &cell->claim;

    switch (cell->verdict) {
    case VERDICT_WORKS:
        snprintf(text, size, "works%s",
                 claim->exportable && claim->importable ? ""
                 : claim->importable                    ? " (import)"
                                                        : " (export)");
        return GOOD;
    case VERDICT_FAILS:
        snprintf(text, size, "claimed but fails");
        return BAD;
    case VERDICT_ABSENT:
        snprintf(text, size, "absent");
        return FAINT;
    case VERDICT_UNPROBED:
        snprintf(text, size, "not probed");
        return DOUBTFUL;
    case VERDICT_NONE:
        break;
    }
    claim_text(claim, text, size);
    return claim->exportable || claim->importable ? PLAIN : FAINT;
}

static bool is_claimed(const struct cell *cell)
{
    return cell->claim.exportable || cell->claim.importable;
}

/* The other types that one allocation can be exported as together with this one. */
static void also_text(const struct table *table, const struct row *row, char *text, size_t size)
{
    char names[COLUMNS][200] = {"", ""};

    for (unsigned column = 0; column < COLUMNS; column++) {
        uint32_t others = row->cells[column].claim.compatibleHandleTypes & ~row->type->type;
        size_t length = 0;
        for (uint32_t bit = 1; bit != 0; bit <<= 1) {
            if ((others & bit) != 0 && length < sizeof(names[column])) {
                length +=
                    (size_t)snprintf(names[column] + length, sizeof(names[column]) - length, "%s%s",
                                     length > 0 ? " " : "", vxmHandleTypeName(table->kind, bit));
            }
        }
    }
    /* Where one column has nothing to share, what is said is the other's. */
    bool shares[COLUMNS] = {names[0][0] != '\0' || is_claimed(&row->cells[0]),
                            names[1][0] != '\0' || is_claimed(&row->cells[1])};
    text[0] = '\0';
    if (strcmp(names[0], names[1]) == 0 || !shares[0] || !shares[1]) {
        snprintf(text, size, "%s", names[0][0] != '\0' ? names[0] : names[1]);
        return;
    }
    for (unsigned column = 0; column < COLUMNS; column++) {
        size_t length = strlen(text);
        if (names[column][0] != '\0') {
            snprintf(text + length, size - length, "%s%s (%s)", length > 0 ? ", " : "",
                     names[column], column_name(table->kind, column));
        }
    }
}

static void print_table(const struct table *table, const char *title)
{
    unsigned widths[1 + COLUMNS] = {(unsigned)strlen(title)};
    bool also = false;
    char text[512];

    for (unsigned column = 0; column < COLUMNS; column++) {
        widths[1 + column] = (unsigned)strlen(column_name(table->kind, column));
    }
    for (uint32_t i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        unsigned length = (unsigned)strlen(vxmHandleTypeName(table->kind, row->type->type));
        widths[0] = length > widths[0] ? length : widths[0];
        for (unsigned column = 0; column < COLUMNS; column++) {
            cell_text(&row->cells[column], text, sizeof(text));
            length = (unsigned)strlen(text);
            widths[1 + column] = length > widths[1 + column] ? length : widths[1 + column];
        }
        also_text(table, row, text, sizeof(text));
        also = also || text[0] != '\0';
    }
    printf("\n%*s", INDENT, "");
    text_cell(BOLD, widths[0] + GAP, title);
    text_cell(BOLD, widths[1] + GAP, column_name(table->kind, 0));
    text_cell(BOLD, also ? widths[2] + GAP : 0, column_name(table->kind, 1));
    text_cell(BOLD, 0, also ? "also as" : "");
    putchar('\n');
    for (uint32_t i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        char other[512];
        also_text(table, row, other, sizeof(other));
        printf("%*s", INDENT, "");
        text_cell(PLAIN, widths[0] + GAP, vxmHandleTypeName(table->kind, row->type->type));
        enum ink ink = cell_text(&row->cells[0], text, sizeof(text));
        text_cell(ink, widths[1] + GAP, text);
        ink = cell_text(&row->cells[1], text, sizeof(text));
        text_cell(ink, other[0] != '\0' ? widths[2] + GAP : 0, text);
        unsigned cursor = INDENT + widths[0] + widths[1] + widths[2] + 3 * GAP;
        text_wrap(stdout, cursor, cursor, other);
    }
}

/* ---- sentences under the tables ---- */

static void print_sentence(VxmHandleKind kind, const char *type, const char *column,
                           const char *words)
{
    printf("    ");
    text_cell(PLAIN, 0, type);
    printf(", %s%s%s: ", column, kind == VXM_HANDLE_KIND_SEMAPHORE ? " semaphore" : "", "");
    text_wrap(stdout,
              (unsigned)(4 + strlen(type) + 2 + strlen(column) +
                         (kind == VXM_HANDLE_KIND_SEMAPHORE ? 10 : 0) + 2),
              6, words);
}

static const char *words_of(const struct cell *cell, enum verdict verdict)
{
    return verdict == VERDICT_FAILS || verdict == VERDICT_UNPROBED ? cell->why : cell->claim.reason;
}

static bool belongs(const struct cell *cell, enum verdict verdict)
{
    if (verdict == VERDICT_FAILS || verdict == VERDICT_UNPROBED) {
        return cell->verdict == verdict;
    }
    return cell->claim.reason[0] != '\0';
}

static void begin_sentences(enum ink ink, const char *heading, bool *begun)
{
    if (!*begun) {
        printf("\n%*s", INDENT, "");
        text_cell(ink, 0, heading);
        putchar('\n');
        *begun = true;
    }
}

static void modifier_text(uint64_t modifier, char *text, size_t size)
{
    const char *vendor = modifier_vendor(modifier);

    if (modifier == VXM_DRM_FORMAT_MOD_LINEAR) {
        snprintf(text, size, "LINEAR");
    } else {
        snprintf(text, size, "0x%016" PRIx64 "%s%s", modifier, vendor != NULL ? " " : "",
                 vendor != NULL ? vendor : "");
    }
}

/* How many modifiers the same is said of; 0: it has been said of one before this. */
static unsigned count_alike(const struct device_report *device, const struct cell *cell)
{
    unsigned count = 0;

    for (uint32_t i = 0; i < device->formatCount; i++) {
        for (uint32_t j = 0; j < device->formats[i].found.modifierCount; j++) {
            const struct cell *other = &device->formats[i].cells[j];

            if (other->verdict == cell->verdict && strcmp(other->why, cell->why) == 0) {
                if (count++ == 0 && other != cell) {
                    return 0;
                }
            }
        }
    }
    return count;
}

static void print_modifier_sentences(const struct device_report *device, enum verdict verdict,
                                     enum ink ink, const char *heading, bool *begun)
{
    for (uint32_t i = 0; i < device->formatCount; i++) {
        const struct format_modifiers *format = &device->formats[i];

        for (uint32_t j = 0; j < format->found.modifierCount; j++) {
            const struct cell *cell = &format->cells[j];
            const unsigned count = cell->verdict == verdict ? count_alike(device, cell) : 0;
            char name[64], more[32] = "", what[192];

            if (count == 0) {
                continue;
            }
            modifier_text(format->found.modifiers[j].drmFormatModifier, name, sizeof(name));
            if (count > 1) {
                snprintf(more, sizeof(more), " and %u more", count - 1);
            }
            snprintf(what, sizeof(what), "modifier %s of %s%s", name, format_name(format->format),
                     more);
            begin_sentences(ink, heading, begun);
            print_sentence(VXM_HANDLE_KIND_MEMORY, "DMA_BUF", what, cell->why);
        }
    }
}

/* Every sentence that belongs to the heading; two columns with the same one share it. */
static bool print_sentences(const struct device_report *device, enum verdict verdict, enum ink ink,
                            const char *heading)
{
    const struct table *tables[] = {&device->memory, &device->semaphores};
    bool begun = false;

    for (size_t i = 0; i < 2; i++) {
        for (uint32_t j = 0; j < tables[i]->count; j++) {
            const struct row *row = &tables[i]->rows[j];
            const char *type = vxmHandleTypeName(tables[i]->kind, row->type->type);
            bool here[COLUMNS] = {belongs(&row->cells[0], verdict),
                                  belongs(&row->cells[1], verdict)};
            bool same =
                here[0] && here[1] &&
                strcmp(words_of(&row->cells[0], verdict), words_of(&row->cells[1], verdict)) == 0;
            if (here[0] || here[1]) {
                begin_sentences(ink, heading, &begun);
            }
            for (unsigned column = 0; column < COLUMNS; column++) {
                char both[32];
                snprintf(both, sizeof(both), "%s and %s", column_name(tables[i]->kind, 0),
                         column_name(tables[i]->kind, 1));
                if (here[column] && !(same && column == 1)) {
                    print_sentence(tables[i]->kind, type,
                                   same ? both : column_name(tables[i]->kind, column),
                                   words_of(&row->cells[column], verdict));
                }
            }
        }
    }
    if (verdict != VERDICT_NONE) {
        print_modifier_sentences(device, verdict, ink, heading, &begun);
    }
    return begun;
}

/* ---- modifiers ---- */

static void print_modifiers_of(const struct format_modifiers *modifiers)
{
    char plain[FOURCC_TEXT_SIZE], opaque[FOURCC_TEXT_SIZE];
    char text[64];

    fourcc_text(modifiers->format, false, plain);
    fourcc_text(modifiers->format, true, opaque);
    printf("%*s%s%s%s%s%s\n", INDENT + 2, "", format_name(modifiers->format),
           plain[0] != '\0' ? ", " : "", plain, opaque[0] != '\0' ? " " : "", opaque);
    for (uint32_t i = 0; i < modifiers->found.modifierCount; i++) {
        const VxmModifierProperties *one = &modifiers->found.modifiers[i];
        enum ink ink;

        modifier_text(one->drmFormatModifier, text, sizeof(text));
        printf("%*s", INDENT + 4, "");
        text_cell(PLAIN, 28 + GAP, text);
        snprintf(text, sizeof(text), "%u plane%s", one->planeCount,
                 one->planeCount == 1 ? "" : "s");
        text_cell(PLAIN, 8 + GAP, text);
        ink = cell_text(&modifiers->cells[i], text, sizeof(text));
        text_cell(ink, 0, text);
        putchar('\n');
    }
    if (modifiers->found.leftOut != 0) {
        printf("%*sand %u more\n", INDENT + 4, "", (unsigned)modifiers->found.leftOut);
    }
}

static void print_modifiers(const struct device_report *device)
{
    bool begun = false;

    for (uint32_t i = 0; i < device->formatCount; i++) {
        if (device->formats[i].found.modifierCount == 0) {
            continue;
        }
        if (!begun) {
            printf("\n%*s", INDENT, "");
            text_cell(BOLD, 0, "DRM format modifiers, as DMA_BUF");
            putchar('\n');
            begun = true;
        }
        print_modifiers_of(&device->formats[i]);
    }
}

/* Why there is none for the format that was asked about. */
static void print_no_modifiers(const struct device_report *device, bool begun)
{
    const struct format_modifiers *first = device->formats;
    char what[96];

    if (device->formatCount == 0 || first->found.modifierCount != 0) {
        return;
    }
    if (!begun) {
        printf("\n%*s", INDENT, "");
        text_cell(BOLD, 0, "why not");
        putchar('\n');
    }
    snprintf(what, sizeof(what), "modifiers of %s", format_name(first->format));
    print_sentence(VXM_HANDLE_KIND_MEMORY, "DMA_BUF", what, first->found.reason);
}

/* ---- who it is ---- */

static void print_fact(const char *name, const char *value)
{
    printf("%*s", INDENT, "");
    text_cell(FAINT, 14, name);
    printf("%s\n", value);
}

static void print_identity(const struct device_report *device)
{
    const VxmIdentity *identity = &device->identity;
    static const uint8_t unknown[VK_UUID_SIZE];
    char text[2 * VK_MAX_DRIVER_INFO_SIZE + 64];

    snprintf(text, sizeof(text), "%s%s%s", identity->driverName,
             identity->driverName[0] != '\0' && identity->driverInfo[0] != '\0' ? ", " : "",
             identity->driverInfo);
    if (text[0] != '\0') {
        print_fact("driver", text);
    }
    snprintf(text, sizeof(text), "%u.%u.%u", VK_API_VERSION_MAJOR(identity->apiVersion),
             VK_API_VERSION_MINOR(identity->apiVersion),
             VK_API_VERSION_PATCH(identity->apiVersion));
    print_fact("Vulkan", text);
    if (memcmp(identity->deviceUUID, unknown, VK_UUID_SIZE) != 0) {
        uuid_text(identity->deviceUUID, text);
        print_fact("device UUID", text);
    }
    if (memcmp(identity->driverUUID, unknown, VK_UUID_SIZE) != 0) {
        uuid_text(identity->driverUUID, text);
        print_fact("driver UUID", text);
    }
    if (identity->deviceLUIDValid) {
        for (size_t i = 0; i < VK_LUID_SIZE; i++) {
            snprintf(text + 2 * i, 3, "%02x", identity->deviceLUID[i]);
        }
        print_fact("LUID", text);
    }
    if (identity->pciValid) {
        snprintf(text, sizeof(text), "%04x:%02x:%02x.%x", identity->pciDomain, identity->pciBus,
                 identity->pciDevice, identity->pciFunction);
        print_fact("PCI", text);
    }
    if (identity->drmRenderValid) {
        snprintf(text, sizeof(text), "device %" PRId64 ":%" PRId64, identity->drmRenderMajor,
                 identity->drmRenderMinor);
        print_fact("render node", text);
    }
}

void print_device(const struct report *report, const struct device_report *device, bool why,
                  bool modifiers)
{
    char title[64];

    snprintf(title, sizeof(title), "Device %u: ", (unsigned)device->index);
    text_cell(BOLD, 0, title);
    if (!device->opened) {
        text_wrap(stdout, (unsigned)strlen(title), 2, device->failure);
        return;
    }
    text_cell(BOLD, 0, device->identity.deviceName);
    putchar('\n');
    print_identity(device);
    print_table(&device->memory, "memory");
    print_table(&device->semaphores, "semaphores");
    print_modifiers(device);
    if (report->probed) {
        print_sentences(device, VERDICT_FAILS, BAD, "claimed but fails");
        print_sentences(device, VERDICT_UNPROBED, DOUBTFUL, "not probed");
    }
    if (why) {
        print_no_modifiers(device, print_sentences(device, VERDICT_NONE, BOLD, "why not"));
    } else if (modifiers && device->formatCount == 1) {
        print_no_modifiers(device, false);
    }
}

static void print_usages(const char *(*name)(uint32_t, unsigned), uint32_t usage)
{
    const char *text;

    for (unsigned i = 0; (text = name(usage, i)) != NULL; i++) {
        printf("%s%s", i > 0 ? " " : "", text);
    }
    putchar('\n');
}

void print_subject(const struct subject *subject)
{
    text_cell(FAINT, INDENT + 14, "The buffer");
    print_usages(buffer_usage_name, subject->buffer.usage);
    text_cell(FAINT, INDENT + 14, "The image");
    printf("%s, %s, ", format_name(subject->image.format), tiling_name(subject->image.tiling));
    print_usages(image_usage_name, subject->image.usage);
}
