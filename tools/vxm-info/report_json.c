/*
 * The report for programs. Every key is always there, so that a reader needs no defaults.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "report_json.h"

#include <inttypes.h>
#include <string.h>

#include "names.h"
#include "process.h"
#include "text.h"

#define SCHEMA_VERSION 1

static void print_types(const char *key, VxmHandleKind kind, uint32_t types)
{
    json_open(key, '[');
    for (uint32_t bit = 1; bit != 0; bit <<= 1) {
        if ((types & bit) != 0) {
            json_string(NULL, vxmHandleTypeName(kind, bit));
        }
    }
    json_close(']');
}

static void print_probe(const struct cell *cell)
{
    if (cell->verdict == VERDICT_NONE) {
        json_null("probe");
        return;
    }
    json_open("probe", '{');
    json_string("verdict", verdict_name(cell->verdict));
    json_string("reason", cell->why);
    json_close('}');
}

static void print_cell(VxmHandleKind kind, unsigned column, const struct cell *cell)
{
    const VxmQueryResult *claim = &cell->claim;

    json_open(column_name(kind, column), '{');
    json_boolean("exportable", claim->exportable);
    json_boolean("importable", claim->importable);
    json_boolean("dedicatedOnly", claim->dedicatedOnly);
    json_boolean("reexportable", claim->reexportable);
    print_types("compatibleHandleTypes", kind, claim->compatibleHandleTypes);
    json_string("reason", claim->reason);
    print_probe(cell);
    json_close('}');
}

static void print_rows(const char *key, const struct table *table)
{
    json_open(key, '[');
    for (uint32_t i = 0; i < table->count; i++) {
        const struct row *row = &table->rows[i];
        json_open(NULL, '{');
        json_string("handleType", vxmHandleTypeName(table->kind, row->type->type));
        json_integer("bit", row->type->type);
        for (unsigned column = 0; column < COLUMNS; column++) {
            print_cell(table->kind, column, &row->cells[column]);
        }
        json_close('}');
    }
    json_close(']');
}

static void print_modifiers(const struct device_report *device)
{
    json_open("modifiers", '[');
    for (uint32_t i = 0; i < device->formatCount; i++) {
        const struct format_modifiers *modifiers = &device->formats[i];
        char text[32];

        json_open(NULL, '{');
        json_string("format", format_name(modifiers->format));
        json_open("fourcc", '[');
        for (int opaque = 0; opaque <= 1; opaque++) {
            fourcc_text(modifiers->format, opaque != 0, text);
            if (text[0] != '\0') {
                json_string(NULL, text);
            }
        }
        json_close(']');
        json_open("modifiers", '[');
        for (uint32_t j = 0; j < modifiers->found.modifierCount; j++) {
            const VxmModifierProperties *one = &modifiers->found.modifiers[j];

            json_open(NULL, '{');
            snprintf(text, sizeof(text), "0x%016" PRIx64, one->drmFormatModifier);
            json_string("modifier", text);
            if (modifier_vendor(one->drmFormatModifier) != NULL) {
                json_string("vendor", modifier_vendor(one->drmFormatModifier));
            } else {
                json_null("vendor");
            }
            json_integer("planeCount", one->planeCount);
            json_boolean("exportable", one->exportable);
            json_boolean("importable", one->importable);
            json_boolean("dedicatedOnly", one->dedicatedOnly);
            print_probe(&modifiers->cells[j]);
            json_close('}');
        }
        json_close(']');
        json_integer("leftOut", modifiers->found.leftOut);
        json_string("reason", modifiers->found.reason);
        json_close('}');
    }
    json_close(']');
}

static void print_uuid(const char *key, const uint8_t uuid[VK_UUID_SIZE])
{
    static const uint8_t unknown[VK_UUID_SIZE];
    char text[UUID_TEXT_SIZE];

    if (memcmp(uuid, unknown, VK_UUID_SIZE) == 0) {
        json_null(key);
        return;
    }
    uuid_text(uuid, text);
    json_string(key, text);
}

static void print_node(const char *key, bool valid, int64_t major, int64_t minor)
{
    if (!valid) {
        json_null(key);
        return;
    }
    json_open(key, '{');
    json_integer("major", major);
    json_integer("minor", minor);
    json_close('}');
}

static void print_identity(const VxmIdentity *identity)
{
    char text[64];

    json_open("identity", '{');
    json_string("deviceName", identity->deviceName);
    print_uuid("deviceUUID", identity->deviceUUID);
    print_uuid("driverUUID", identity->driverUUID);
    if (identity->deviceLUIDValid) {
        for (size_t i = 0; i < VK_LUID_SIZE; i++) {
            snprintf(text + 2 * i, 3, "%02x", identity->deviceLUID[i]);
        }
        json_string("deviceLUID", text);
        json_integer("deviceNodeMask", identity->deviceNodeMask);
    } else {
        json_null("deviceLUID");
        json_null("deviceNodeMask");
    }
    if (identity->pciValid) {
        snprintf(text, sizeof(text), "%04x:%02x:%02x.%x", identity->pciDomain, identity->pciBus,
                 identity->pciDevice, identity->pciFunction);
        json_string("pci", text);
    } else {
        json_null("pci");
    }
    print_node("drmPrimary", identity->drmPrimaryValid, identity->drmPrimaryMajor,
               identity->drmPrimaryMinor);
    print_node("drmRender", identity->drmRenderValid, identity->drmRenderMajor,
               identity->drmRenderMinor);
    json_integer("vendorID", identity->vendorID);
    json_integer("deviceID", identity->deviceID);
    snprintf(text, sizeof(text), "%u.%u.%u", VK_API_VERSION_MAJOR(identity->apiVersion),
             VK_API_VERSION_MINOR(identity->apiVersion),
             VK_API_VERSION_PATCH(identity->apiVersion));
    json_string("apiVersion", text);
    json_integer("driverVersion", identity->driverVersion);
    json_integer("driverID", identity->driverID);
    json_string("driverName", identity->driverName);
    json_string("driverInfo", identity->driverInfo);
    json_close('}');
}

static void print_devices(const struct report *report)
{
    json_open("devices", '[');
    for (uint32_t i = 0; i < report->count; i++) {
        const struct device_report *device = &report->devices[i];
        json_open(NULL, '{');
        json_integer("index", device->index);
        json_boolean("opened", device->opened);
        json_string("failure", device->failure);
        if (device->opened) {
            print_identity(&device->identity);
        } else {
            json_null("identity");
        }
        print_rows("memory", &device->memory);
        print_rows("semaphores", &device->semaphores);
        print_modifiers(device);
        json_close('}');
    }
    json_close(']');
}

static void print_usages(const char *(*name)(uint32_t, unsigned), uint32_t usage)
{
    const char *text;

    json_open("usage", '[');
    for (unsigned i = 0; (text = name(usage, i)) != NULL; i++) {
        json_string(NULL, text);
    }
    json_close(']');
}

/* ---- the peer ---- */

static void print_sharing(const char *key, const struct sharing_table *table)
{
    json_open(key, '[');
    for (uint32_t i = 0; i < table->count; i++) {
        const struct sharing_row *row = &table->rows[i];
        json_open(NULL, '{');
        json_string("handleType", vxmHandleTypeName(table->kind, row->type->type));
        for (unsigned column = 0; column < COLUMNS; column++) {
            json_open(column_name(table->kind, column), '{');
            json_boolean("toPeer", row->cells[column].toPeer);
            json_boolean("fromPeer", row->cells[column].fromPeer);
            json_string("reason", row->cells[column].why);
            json_close('}');
        }
        json_close('}');
    }
    json_close(']');
}

static void print_peer_json(const struct peer *peer)
{
    json_open("peer", '{');
    json_string("file", peer->file);
    json_boolean("elsewhere", peer->elsewhere);
    json_boolean("otherSubject", peer->otherSubject);
    json_open("pairs", '[');
    for (uint32_t i = 0; i < peer->pairCount; i++) {
        const struct pair *pair = &peer->pairs[i];
        json_open(NULL, '{');
        json_integer("here", pair->here);
        json_integer("there", pair->there);
        print_sharing("memory", &pair->memory);
        print_sharing("semaphores", &pair->semaphores);
        json_close('}');
    }
    json_close(']');
    json_close('}');
}

void print_json(const struct report *report, const char *error, const struct peer *peer)
{
    const struct subject *subject = &report->subject;
    char text[64];

    json_open(NULL, '{');
    json_integer("schemaVersion", SCHEMA_VERSION);
    snprintf(text, sizeof(text), "%d.%d.%d", VXM_VERSION_MAJOR, VXM_VERSION_MINOR,
             VXM_VERSION_PATCH);
    json_string("vxmVersion", text);
    json_open("system", '{');
    json_string("name", system_name);
    boot_id(text, sizeof(text));
    if (text[0] != '\0') {
        json_string("bootId", text);
    } else {
        json_null("bootId");
    }
    json_close('}');
    json_open("buffer", '{');
    json_integer("size", (int64_t)subject->buffer.size);
    print_usages(buffer_usage_name, subject->buffer.usage);
    json_close('}');
    json_open("image", '{');
    json_string("format", format_name(subject->image.format));
    json_string("tiling", tiling_name(subject->image.tiling));
    print_usages(image_usage_name, subject->image.usage);
    json_integer("width", subject->image.extent.width);
    json_integer("height", subject->image.extent.height);
    json_close('}');
    json_boolean("probed", report->probed);
    if (error != NULL) {
        json_string("error", error);
    } else {
        json_null("error");
    }
    print_devices(report);
    if (peer != NULL) {
        print_peer_json(peer);
    } else {
        json_null("peer");
    }
    json_close('}');
}
