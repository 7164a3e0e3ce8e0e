/*
 * What export, import and query of memory have in common in every system.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <string.h>

const struct model_import *const model__memory_imports[] = {
    &model__import_fd,     &model__import_host_pointer, &model__import_win32,
    &model__import_zircon, &model__import_metal,        NULL,
};

struct model_memory *model__exported_memory(struct model_device *device,
                                            const struct model_import *words, VkDeviceMemory memory,
                                            uint32_t handleType, const struct model_rule **rule)
{
    struct model_memory *found = model__find_child(device, MODEL_ID(memory), MODEL_MEMORY);
    size_t before;

    *rule = model__memory_rule(handleType);
    if (!found)
        return NULL;
    if (!*rule || (*rule)->import != words->sType) {
        model__breach(words->vuidGetType, "handle type %#x is no %s", handleType, words->what);
        return NULL;
    }
    model__require_extension(device, (*rule)->extension);
    before = model_breach_count();
    if (!(found->exportTypes & handleType))
        model__breach(words->vuidGetExport, "export as %s of memory allocated for export as %#x",
                      (*rule)->name, found->exportTypes);
    else if (((*rule)->flags & MODEL_RULE_SINGLE_EXPORT) && (found->exportedTypes & handleType))
        model__breach(words->vuidGetAgain, "a second %s of the same memory", (*rule)->name);
    return model_breach_count() == before ? found : NULL;
}

void model__check_alive(const struct model_memory *memory)
{
    const struct model_rule *rule = model__memory_rule(memory->importType);

    if (rule && (rule->flags & MODEL_RULE_NUMBER) && memory->payload->orphaned)
        model__breach("lifetime", "the payload of this %s went with who exported it", rule->name);
}

const struct model_rule *model__queried_type(const struct model_device *device,
                                             const struct model_import *words, uint32_t handleType)
{
    const struct model_rule *rule = model__memory_rule(handleType);

    if (!rule || rule->import != words->sType) {
        model__breach("handleType-parameter", "handle type %#x is no %s", handleType, words->what);
        return NULL;
    }
    if (rule->flags & MODEL_RULE_QUERY_FORBIDDEN) {
        model__breach(rule->vuidQuery, "the properties of an %s can't be asked for", rule->name);
        return NULL;
    }
    model__require_extension(device, rule->extension);
    return rule;
}

/* ---- for tests ---- */

#define MAX_OWNERS 64

/* A number keeps nothing alive, so that somebody must. */
static struct {
    uintptr_t number;
    union model_native native;
} owners[MAX_OWNERS];

static bool own_number(union model_native *native)
{
    for (size_t i = 0; i < MAX_OWNERS; i++) {
        uintptr_t number;

        if (owners[i].number)
            continue;
        number = model__native_number(*native);
        if (!number)
            return false;
        owners[i].number = number;
        owners[i].native = *native;
        *native = model__native_of_pointer((const void *)number);
        return true;
    }
    return false;
}

bool model_make_foreign(uint32_t handleType, uint64_t size, union model_native *native)
{
    const struct model_rule *rule = model__memory_rule(handleType);
    const ModelDeviceConfig *device = &model_config()->devices[0];
    struct model_payload_info info = {0};
    bool made;

    if (!rule || !(rule->flags & MODEL_RULE_FOREIGN_OK) ||
        rule->import == VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT)
        return false;
    info.kind = MODEL_PAYLOAD_MEMORY;
    info.handleTypes = handleType;
    info.size = size;
    info.foreign = true;
    memcpy(info.deviceUUID, device->deviceUUID, VK_UUID_SIZE);
    memcpy(info.driverUUID, device->driverUUID, VK_UUID_SIZE);
    model__lock();
    made = model__native_create(&info, native) == VK_SUCCESS;
    if (made && (rule->flags & MODEL_RULE_NUMBER) && !own_number(native)) {
        model__native_close(*native);
        made = false;
    }
    model__unlock();
    return made;
}

void model_free_foreign(uint32_t handleType, union model_native native)
{
    const struct model_rule *rule = model__memory_rule(handleType);

    model__lock();
    if (rule && (rule->flags & MODEL_RULE_NUMBER)) {
        for (size_t i = 0; i < MAX_OWNERS; i++) {
            if (owners[i].number != (uintptr_t)native.pointer || !native.pointer)
                continue;
            model__native_end_number(owners[i].native);
            model__native_close(owners[i].native);
            owners[i].number = 0;
        }
    } else {
        model__native_close(native);
    }
    model__unlock();
}

bool model_is_payload_native(union model_native native)
{
    struct model_payload_info info;
    uint64_t identity[2];

    return model__native_read(native, &info, identity);
}
