/*
 * What shared code asks the back end's table of handle types, and sentences about it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"

const struct vxm_handle_type *vxm__find_type(VxmHandleKind kind, uint32_t type)
{
    for (uint32_t i = 0; i < vxm__handle_type_count; ++i) {
        if (vxm__handle_types[i].kind == kind && vxm__handle_types[i].type == type) {
            return &vxm__handle_types[i];
        }
    }
    return NULL;
}

uint32_t vxm__types_with(VxmHandleKind kind, uint32_t types, uint32_t flags)
{
    uint32_t found = 0;

    for (uint32_t i = 0; i < vxm__handle_type_count; ++i) {
        if (vxm__handle_types[i].kind == kind && (vxm__handle_types[i].flags & flags) != 0) {
            found |= vxm__handle_types[i].type & types;
        }
    }
    return found;
}

/* Both are asked several times of each import, mostly about one type: so by bits, not by rows. */
uint32_t vxm__flags_of_types(VxmHandleKind kind, uint32_t types)
{
    uint32_t flags = 0;

    for (uint32_t rest = types; rest != 0; rest &= rest - 1u) {
        const struct vxm_handle_type *type = vxm__find_type(kind, rest & (~rest + 1u));
        flags |= type != NULL ? type->flags : 0;
    }
    return flags;
}

uint32_t vxm__vulkan_types(VxmHandleKind kind, uint32_t types)
{
    uint32_t told = 0;

    for (uint32_t rest = types; rest != 0; rest &= rest - 1u) {
        const uint32_t bit = rest & (~rest + 1u);
        const struct vxm_handle_type *type = vxm__find_type(kind, bit);
        if (type != NULL && type->importAs != 0) {
            told |= type->importAs;
        } else if (type == NULL || (type->flags & VXM_TYPE_AT_CREATION) == 0) {
            told |= bit;
        }
    }
    return told;
}

static const char *kind_name(VxmHandleKind kind)
{
    return kind == VXM_HANDLE_KIND_SEMAPHORE ? "semaphore" : "memory";
}

void vxm__type_names(VxmHandleKind kind, uint32_t types, char *text, size_t size)
{
    text[0] = '\0';
    for (uint32_t rest = types, bit; rest != 0; rest &= rest - 1u) {
        bit = rest & (~rest + 1u);
        const char *name = vxmHandleTypeName(kind, bit);
        char number[32];
        if (strcmp(name, "unknown") == 0) {
            (void)snprintf(number, sizeof number, "0x%x", bit);
            name = number;
        }
        if (bit != (types & (~types + 1u))) {
            vxm__append(text, size, "%s", (rest & (rest - 1u)) == 0 ? " and " : ", ");
        }
        vxm__append(text, size, "%s", name);
    }
    if (types == 0) {
        vxm__append(text, size, "none");
    }
}

static void word_missing_type(VxmHandleKind kind, uint32_t type, char *text, size_t size)
{
    uint32_t here = 0;
    for (uint32_t i = 0; i < vxm__handle_type_count; ++i) {
        if (vxm__handle_types[i].kind == kind) {
            here |= vxm__handle_types[i].type;
        }
    }
    char asked[64];
    char names[256];
    vxm__type_names(kind, type, asked, sizeof asked);
    vxm__type_names(kind, here, names, sizeof names);
    (void)snprintf(text, size,
                   "%s is no %s handle type of this system, which has %s. Use one of these.", asked,
                   kind_name(kind), names);
}

VkResult vxm__require_type(const char *caller, VxmHandleKind kind, uint32_t type,
                           const struct vxm_handle_type **found)
{
    const struct vxm_handle_type *row = vxm__find_type(kind, type);
    char text[400];

    if (row != NULL) {
        *found = row;
        return VK_SUCCESS;
    }
    if (type == 0 || (type & (type - 1u)) != 0) {
        return vxm__fail_argument("%s: a %s handle type must be exactly one bit, and 0x%x is %s.",
                                  caller, kind_name(kind), type,
                                  type == 0 ? "none" : "more than one");
    }
    word_missing_type(kind, type, text, sizeof text);
    return vxm__fail(VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0, "%s: %s",
                     caller, text);
}

bool vxm__is_enabled(VxmDevice device, const struct vxm_handle_type *type)
{
    uint32_t enabled =
        type->kind == VXM_HANDLE_KIND_SEMAPHORE ? device->semaphoreTypes : device->memoryTypes;
    return (enabled & type->type) != 0;
}

static void word_disabled_type(VxmDevice device, const struct vxm_handle_type *type, char *text,
                               size_t size)
{
    (void)snprintf(text, size, "%s %s handles need the device extension%s ", type->name,
                   kind_name(type->kind), type->extensions[1] ? "s" : "");
    for (uint32_t i = 0; i < VXM_TYPE_MAX_EXTENSIONS && type->extensions[i]; ++i) {
        if (i > 0) {
            vxm__append(text, size, " and ");
        }
        vxm__append(text, size, "%s", type->extensions[i]);
    }
    const char *instead =
        type->kind == VXM_HANDLE_KIND_SEMAPHORE
            ? ", which this driver does not have. Wait for the GPU work with a fence instead, and "
              "then send the hand-over through a channel (vxmSendHandover())."
            : ", which this driver does not have. Choose another handle type.";
    vxm__append(text, size, "%s",
                device->owned
                    ? instead
                    : ", which this device was not created with. Enable what "
                      "vxmGetRequiredExtensions() lists, and name it in enabledExtensions.");
}

VkResult vxm__require_enabled(VxmDevice device, const struct vxm_handle_type *type)
{
    if (vxm__is_enabled(device, type)) {
        return VK_SUCCESS;
    }
    char text[512];
    word_disabled_type(device, type, text, sizeof text);
    return vxm__fail(VK_ERROR_EXTENSION_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, 0, "%s", text);
}
