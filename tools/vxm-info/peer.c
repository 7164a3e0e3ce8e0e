/*
 * What can be shared with the devices of a file.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "peer.h"

#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "process.h"
#include "text.h"

#define MAX_FILE (4u << 20)

/* ---- reading ---- */

static char *read_all(FILE *file, const char **problem)
{
    char *text = malloc(MAX_FILE + 1);
    size_t size;

    if (text == NULL) {
        return NULL;
    }
    size = fread(text, 1, MAX_FILE + 1, file);
    if (size > MAX_FILE || ferror(file) || memchr(text, '\0', size) != NULL) {
        if (size >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\0{", 2) == 0 ||
                          memcmp(text, "{", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0)) {
            *problem = "it is UTF-16, as older PowerShells write behind '>': use cmd, or "
                       "| Out-File -Encoding utf8";
        }
        free(text);
        return NULL;
    }
    text[size] = '\0';
    return text;
}

static bool has_name(const struct json_value *list, const char *name)
{
    const struct json_value *item = list != NULL ? list->first : NULL;

    while (item != NULL && (item->type != JSON_STRING || strcmp(item->text, name) != 0)) {
        item = item->next;
    }
    return item != NULL;
}

static bool same_usages(const struct json_value *list, const char *(*name)(uint32_t, unsigned),
                        uint32_t usage)
{
    unsigned wanted = 0;
    unsigned there = 0;

    if (list == NULL) {
        return false;
    }
    for (const struct json_value *item = list->first; item != NULL; item = item->next) {
        there++;
    }
    for (const char *text; (text = name(usage, wanted)) != NULL; wanted++) {
        if (!has_name(list, text)) {
            return false;
        }
    }
    return wanted == there;
}

static bool same_subject(const struct json_value *root, const struct subject *subject)
{
    const struct json_value *image = json_member(root, "image", JSON_OBJECT);
    const struct json_value *buffer = json_member(root, "buffer", JSON_OBJECT);

    return strcmp(json_text(image, "format"), format_name(subject->image.format)) == 0 &&
           strcmp(json_text(image, "tiling"), tiling_name(subject->image.tiling)) == 0 &&
           same_usages(json_member(image, "usage", JSON_ARRAY), image_usage_name,
                       subject->image.usage) &&
           same_usages(json_member(buffer, "usage", JSON_ARRAY), buffer_usage_name,
                       subject->buffer.usage);
}

/* Whether it is what this program prints, in the version that is known here. */
static const char *check_root(const struct json_value *root)
{
    const struct json_value *version = json_member(root, "schemaVersion", JSON_NUMBER);
    const struct json_value *devices = json_member(root, "devices", JSON_ARRAY);
    unsigned count = 0;

    if (version == NULL || devices == NULL) {
        return "it has no schemaVersion and devices, so vxm-info --json did not print it";
    }
    if (version->number != 1.0) {
        return "it has another schemaVersion than 1: use the same version of vxm-info on both "
               "sides";
    }
    for (const struct json_value *device = devices->first; device != NULL; device = device->next) {
        if (json_member(device, "opened", JSON_BOOLEAN) == NULL) {
            return "one of its devices has no \"opened\"";
        }
        const struct json_value *identity = json_member(device, "identity", JSON_OBJECT);
        uint8_t uuid[VK_UUID_SIZE];
        if (json_true(device, "opened") && identity == NULL) {
            return "one of its devices has no identity";
        }
        if (json_true(device, "opened") && (!uuid_read(json_text(identity, "deviceUUID"), uuid) ||
                                            !uuid_read(json_text(identity, "driverUUID"), uuid))) {
            return "one of its devices has no UUID, or its driver none";
        }
        if (++count > MAX_DEVICES) {
            return "it has more devices than vxm-info prints";
        }
    }
    return count == 0 ? "it has no devices" : NULL;
}

bool peer_open(const char *file, const struct subject *subject, struct peer *peer)
{
    bool standard = strcmp(file, "-") == 0;
    FILE *stream = standard ? stdin : fopen(file, "rb");
    const char *problem = NULL;
    char here[64];

    memset(peer, 0, sizeof(*peer));
    peer->file = standard ? "standard input" : file;
    if (stream == NULL) {
        fprintf(stderr, "vxm-info: --peer: %s can't be opened.\n", file);
        return false;
    }
    peer->text = read_all(stream, &problem);
    if (!standard) {
        fclose(stream);
    }
    peer->pairs = calloc(MAX_PAIRS, sizeof(*peer->pairs));
    if (peer->text == NULL || peer->pairs == NULL) {
        problem = problem != NULL ? problem
                                  : "it can't be read, is longer than 4 MiB, or has a NUL in it";
    } else if (!json_read(peer->text, &peer->document)) {
        problem = peer->document.error;
    } else {
        problem = check_root(peer->document.root);
    }
    if (problem != NULL) {
        fprintf(stderr, "vxm-info: --peer: %s: %s.\n", peer->file, problem);
        peer_close(peer);
        return false;
    }
    boot_id(here, sizeof(here));
    const char *there =
        json_text(json_member(peer->document.root, "system", JSON_OBJECT), "bootId");
    peer->elsewhere = here[0] != '\0' && there[0] != '\0' && strcmp(here, there) != 0;
    peer->otherSubject = !same_subject(peer->document.root, subject);
    return true;
}

void peer_close(struct peer *peer)
{
    json_free(&peer->document);
    free(peer->text);
    free(peer->pairs);
    peer->text = NULL;
    peer->pairs = NULL;
}

/* ---- comparing ---- */

static void read_identity(const struct json_value *value, VxmIdentity *identity)
{
    const char *luid = json_text(value, "deviceLUID");

    memset(identity, 0, sizeof(*identity));
    snprintf(identity->deviceName, sizeof(identity->deviceName), "%s",
             json_text(value, "deviceName"));
    (void)uuid_read(json_text(value, "deviceUUID"), identity->deviceUUID);
    (void)uuid_read(json_text(value, "driverUUID"), identity->driverUUID);
    if (strlen(luid) == 2 * VK_LUID_SIZE) {
        uint8_t bytes[VK_UUID_SIZE];
        char padded[2 * VK_UUID_SIZE + 1];
        snprintf(padded, sizeof(padded), "%s0000000000000000", luid);
        if (uuid_read(padded, bytes)) {
            memcpy(identity->deviceLUID, bytes, VK_LUID_SIZE);
            identity->deviceLUIDValid = VK_TRUE;
        }
    }
}

/* What the device there claims of a type; NULL: its system has no such type. */
static const struct json_value *claim_there(const struct json_value *device, VxmHandleKind kind,
                                            uint32_t type, unsigned column)
{
    const struct json_value *rows =
        json_member(device, kind == VXM_HANDLE_KIND_MEMORY ? "memory" : "semaphores", JSON_ARRAY);

    for (const struct json_value *row = rows != NULL ? rows->first : NULL; row != NULL;
         row = row->next) {
        if (strcmp(json_text(row, "handleType"), vxmHandleTypeName(kind, type)) == 0) {
            return json_member(row, column_name(kind, column), JSON_OBJECT);
        }
    }
    return NULL;
}

static void compare_cell(const struct cell *here, const VxmQueryResult *with,
                         const struct handle_type *type, const struct json_value *there,
                         struct sharing *sharing)
{
    bool possible = there != NULL && (type->flags & TYPE_LOCAL) == 0;

    sharing->toPeer = possible && with->exportable && json_true(there, "importable");
    sharing->fromPeer = possible && with->importable && json_true(there, "exportable");
    if (sharing->toPeer && sharing->fromPeer) {
        return;
    }
    if ((type->flags & TYPE_LOCAL) != 0) {
        snprintf(sharing->why, sizeof(sharing->why),
                 "It is an address or object of one process, and can't be sent to another.");
    } else if (!here->claim.exportable && !here->claim.importable) {
        snprintf(sharing->why, sizeof(sharing->why), "Here: %s", here->claim.reason);
    } else if (!with->exportable && !with->importable) {
        snprintf(sharing->why, sizeof(sharing->why), "%s", with->reason);
    } else if (there == NULL) {
        snprintf(sharing->why, sizeof(sharing->why), "The peer's system has no such type.");
    } else if (!json_true(there, "exportable") && !json_true(there, "importable")) {
        snprintf(sharing->why, sizeof(sharing->why), "There: %.560s", json_text(there, "reason"));
    } else {
        snprintf(sharing->why, sizeof(sharing->why),
                 "Here it can be %s, there %s, which fits in one direction only at best.",
                 with->exportable ? (with->importable ? "exported and imported" : "exported")
                                  : "imported",
                 json_true(there, "exportable")
                     ? (json_true(there, "importable") ? "exported and imported" : "exported")
                     : "imported");
    }
}

static void compare_table(VxmDevice device, const struct subject *subject, const struct table *here,
                          const struct json_value *there, const VxmIdentity *identity,
                          struct sharing_table *table)
{
    table->kind = here->kind;
    table->count = here->count;
    for (uint32_t i = 0; i < here->count; i++) {
        const struct handle_type *type = here->rows[i].type;
        table->rows[i].type = type;
        for (unsigned column = 0; column < COLUMNS; column++) {
            VxmQueryResult with;
            query_cell(device, subject, here->kind, type->type, column, identity, &with);
            compare_cell(&here->rows[i].cells[column], &with, type,
                         claim_there(there, here->kind, type->type, column),
                         &table->rows[i].cells[column]);
        }
    }
}

void peer_compare(struct peer *peer, VxmDevice device, const struct device_report *here,
                  const struct subject *subject)
{
    const struct json_value *there = json_member(peer->document.root, "devices", JSON_ARRAY)->first;

    for (uint32_t index = 0; there != NULL && peer->pairCount < MAX_PAIRS;
         index++, there = there->next) {
        if (!json_true(there, "opened")) {
            continue;
        }
        struct pair *pair = &peer->pairs[peer->pairCount++];
        pair->here = here->index;
        pair->there = index;
        read_identity(json_member(there, "identity", JSON_OBJECT), &pair->identity);
        compare_table(device, subject, &here->memory, there, &pair->identity, &pair->memory);
        compare_table(device, subject, &here->semaphores, there, &pair->identity,
                      &pair->semaphores);
    }
}

bool peer_shares(const struct peer *peer)
{
    for (uint32_t i = 0; !peer->elsewhere && i < peer->pairCount; i++) {
        const struct sharing_table *memory = &peer->pairs[i].memory;
        for (uint32_t j = 0; j < memory->count; j++) {
            for (unsigned column = 0; column < COLUMNS; column++) {
                const struct sharing *cell = &memory->rows[j].cells[column];
                if (cell->toPeer || cell->fromPeer) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* ---- printing ---- */

static const char *way_text(const struct sharing *cell)
{
    return cell->toPeer && cell->fromPeer ? "both ways"
           : cell->toPeer                 ? "from here to the peer"
           : cell->fromPeer               ? "from the peer to here"
                                          : "no";
}

static void print_line(const char *type, const char *column, const struct sharing *cell)
{
    bool shared = cell->toPeer || cell->fromPeer;

    printf("  ");
    text_cell(PLAIN, 29, type);
    text_cell(PLAIN, 11, column);
    text_cell(shared ? GOOD : FAINT, 0, way_text(cell));
    if (cell->why[0] == '\0') {
        putchar('\n');
        return;
    }
    printf("\n      ");
    text_wrap(stdout, 6, 6, cell->why);
}

static void print_sharing(const struct sharing_table *table)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct sharing_row *row = &table->rows[i];
        const char *type = vxmHandleTypeName(table->kind, row->type->type);
        char both[24];
        snprintf(both, sizeof(both), "%s, %s", column_name(table->kind, 0),
                 column_name(table->kind, 1));
        if (strcmp(way_text(&row->cells[0]), way_text(&row->cells[1])) == 0 &&
            strcmp(row->cells[0].why, row->cells[1].why) == 0) {
            print_line(type, "", &row->cells[0]);
            continue;
        }
        print_line(type, column_name(table->kind, 0), &row->cells[0]);
        print_line("", column_name(table->kind, 1), &row->cells[1]);
    }
}

void print_peer(const struct peer *peer, const struct report *report)
{
    if (peer->elsewhere) {
        text_wrap(stdout, 0, 0,
                  "The peer is another machine, or this one before it was started anew. No handle "
                  "leaves a machine, so nothing can be shared. Were they one machine:");
        putchar('\n');
    }
    if (peer->otherSubject) {
        text_wrap(stdout, 0, 0,
                  "The peer was asked about another buffer or image: give both sides the same "
                  "--format, --usage and --tiling.");
        putchar('\n');
    }
    for (uint32_t i = 0; i < peer->pairCount; i++) {
        const struct pair *pair = &peer->pairs[i];
        const char *name = "";
        char text[64];
        for (uint32_t j = 0; j < report->count; j++) {
            if (report->devices[j].index == pair->here) {
                name = report->devices[j].identity.deviceName;
            }
        }
        snprintf(text, sizeof(text), "%sDevice %u here: ", i > 0 ? "\n" : "", (unsigned)pair->here);
        text_cell(BOLD, 0, text);
        text_cell(BOLD, 0, name);
        snprintf(text, sizeof(text), "\nDevice %u there: ", (unsigned)pair->there);
        text_cell(BOLD, 0, text);
        text_cell(BOLD, 0, pair->identity.deviceName);
        printf("\n\n");
        text_cell(BOLD, 0, "  memory\n");
        print_sharing(&pair->memory);
        text_cell(BOLD, 0, "\n  semaphores\n");
        print_sharing(&pair->semaphores);
    }
}
