/*
 * Metal's objects of the modelled table, and what they tell of themselves.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE
#include "contract/natives_metal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/backend.h"
#include "metal/vulkan.h"
#include "model/internal.h"
#include "modelled/os.h"
#include "modelled/table.h"
#include "support/faults.h"

static struct modelled_taken taken;

static modelled_value value_of(const VxmHandle *handle)
{
    return (modelled_value)handle->ptr;
}

/* ---- devices --------------------------------------------------------------------------------- */

static const char devices[MODEL_DEVICE_COUNT];

const void *model__native_device(uint32_t index)
{
    return &devices[index];
}

static uint32_t index_of(const void *nativeDevice)
{
    return (uint32_t)((const char *)nativeDevice - devices);
}

static const void *device_of(const uint8_t *deviceUUID)
{
    for (uint32_t i = 0; i < MODEL_DEVICE_COUNT; i++) {
        if (memcmp(model_config()->devices[i].deviceUUID, deviceUUID, VK_UUID_SIZE) == 0) {
            return &devices[i];
        }
    }
    return NULL;
}

/* ---- shared textures ------------------------------------------------------------------------- */

#define TEXTURE ((uint32_t)VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLTEXTURE_BIT_EXT)
#define SURFACE ((uint32_t)VXM_EXTERNAL_MEMORY_HANDLE_TYPE_IOSURFACE_BIT)
#define SHARED  ((uint32_t)VXM_EXTERNAL_MEMORY_HANDLE_TYPE_MTL_SHARED_TEXTURE_BIT)

/* Which the table shows as 'h'. */
struct shared_handle {
    uint64_t texture[2]; /* its identity, which the handle holds */
    const void *device;
};

static const struct shared_handle *shared_handle_of(modelled_value value)
{
    uint32_t kind = 0;
    const void *info = modelled_info(value, &kind, NULL, NULL);

    return kind == 'h' ? info : NULL;
}

static void end_shared_handle(const uint64_t identity[2], const void *info)
{
    (void)identity;
    modelled_release(((const struct shared_handle *)info)->texture);
}

static modelled_value make_image(uint32_t type, const void *nativeDevice,
                                 const VxmImageDescription *image)
{
    const uint32_t index = index_of(nativeDevice);
    const ModelImageFacts facts = {.width = image->extent.width,
                                   .height = image->extent.height,
                                   .depth = image->extent.depth,
                                   .mipLevels = image->mipLevels,
                                   .arrayLayers = image->arrayLayers,
                                   .samples = (uint32_t)image->samples,
                                   .format = image->format};
    union model_native native;

    return type == SHARED && model_make_foreign_image(TEXTURE, index, &facts, &native)
               ? (modelled_value)native.pointer
               : 0;
}

static modelled_value share(modelled_value texture)
{
    struct shared_handle handle = {{0, 0}, NULL};
    struct model_payload_info info;
    modelled_value made;

    if (!model__native_read(model__native_of_pointer((const void *)texture), &info,
                            handle.texture) ||
        info.handleTypes != TEXTURE || !info.foreign) {
        return 0;
    }
    handle.device = device_of(info.deviceUUID);
    made = modelled_make('h', &handle, sizeof(handle), 0);
    if (made != 0) {
        (void)modelled_hold(handle.texture);
    }
    return made;
}

static modelled_value convert(modelled_value value, const void *nativeDevice, uint32_t type)
{
    const struct shared_handle *handle = shared_handle_of(value);

    if (type == SHARED) {
        return share(value);
    }
    return handle != NULL && (nativeDevice == NULL || nativeDevice == handle->device)
               ? modelled_open(handle->texture, ~0u)
               : 0;
}

/* ---- what an object tells -------------------------------------------------------------------- */

static const char *class_of(uint32_t kind, uint32_t handleTypes)
{
    return kind != MODEL_PAYLOAD_MEMORY ? "an MTLSharedEvent"
           : handleTypes == TEXTURE     ? "an MTLTexture"
           : handleTypes == SURFACE     ? "an IOSurface"
           : handleTypes == (uint32_t)VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLHEAP_BIT_EXT
               ? "an MTLHeap"
               : "an MTLBuffer";
}

static const VxmImageDescription *describe(const ModelImageFacts *facts, uint32_t handleTypes)
{
    static _Thread_local VxmImageDescription image;

    image = (VxmImageDescription){
        .extent = {facts->width, facts->height, facts->depth},
        .mipLevels = facts->mipLevels,
        .arrayLayers = facts->arrayLayers,
        .samples = (VkSampleCountFlagBits)facts->samples,
        /* Of its format, a surface tells nothing that Vulkan would know. */
        .format = handleTypes != SURFACE ? facts->format : VK_FORMAT_UNDEFINED,
    };
    return &image;
}

static uint64_t event_value(union model_native native)
{
    const struct model_sync_page *page = model__native_map(native, MODEL_SYNC_PAGE_SIZE);

    return page != NULL ? atomic_load(&page->value) : 0;
}

static bool read_object(modelled_value value, struct modelled_facts *facts)
{
    const union model_native native = model__native_of_pointer((const void *)value);
    const struct shared_handle *handle = shared_handle_of(value);
    struct model_payload_info info;
    uint64_t identity[2];

    if (handle != NULL) {
        *facts = (struct modelled_facts){.what = "an MTLSharedTextureHandle",
                                         .memoryTypes = SHARED,
                                         .nativeDevice = handle->device};
        return true;
    }
    if (!model__native_read(native, &info, identity)) {
        return false;
    }
    *facts = (struct modelled_facts){.what = class_of(info.kind, info.handleTypes)};
    if (info.kind != MODEL_PAYLOAD_MEMORY) {
        facts->semaphoreTypes = info.handleTypes;
        facts->value = event_value(native);
        return true;
    }
    facts->memoryTypes = info.handleTypes;
    facts->nativeDevice = info.handleTypes != SURFACE ? device_of(info.deviceUUID) : NULL;
    facts->image = info.image.width != 0 ? describe(&info.image, info.handleTypes) : NULL;
    return true;
}

void natives_begin(void)
{
    static const struct modelled_objects objects = {
        .read = read_object, .makeImage = make_image, .convert = convert};

    if (modelled_get_style() != MODELLED_REFERENCES) {
        modelled_set_style(MODELLED_REFERENCES);
    }
    modelled_set_objects(&objects);
    modelled_on_gone('h', end_shared_handle);
}

void natives_end(void)
{
}

/* ---- what is open ---------------------------------------------------------------------------- */

size_t natives_count(void)
{
    return modelled_open_count();
}

bool natives_is_open(const VxmHandle *handle)
{
    return modelled_is_open(value_of(handle));
}

/* The table has no child processes. */
bool natives_is_private(const VxmHandle *handle)
{
    return modelled_is_open(value_of(handle));
}

bool natives_same(const VxmHandle *a, const VxmHandle *b)
{
    return modelled_same(value_of(a), value_of(b));
}

bool natives_keep(const VxmHandle *handle, VxmHandle *kept)
{
    modelled_value duplicate;

    *kept = *handle;
    if (!modelled_duplicate(value_of(handle), &duplicate)) {
        return false;
    }
    kept->ptr = (void *)duplicate;
    return true;
}

bool natives_close(const VxmHandle *handle)
{
    const bool open = modelled_is_open(value_of(handle));

    if (open) {
        modelled_close(value_of(handle));
    }
    return open;
}

void *natives_make_other(void)
{
    return (void *)modelled_make('f', NULL, 0, 1 << 20);
}

const char *natives_channel_name(void)
{
    static char name[64];
    static unsigned count;

    snprintf(name, sizeof(name), "vxm-contract-%u", count++);
    return name;
}

void natives_take(void)
{
    modelled_take(&taken);
}

bool natives_same_taken(char *difference, size_t capacity)
{
    static struct modelled_taken now;

    modelled_take(&now);
    return modelled_same_taken(&taken, &now, difference, capacity);
}

/* ---- faults ---------------------------------------------------------------------------------- */

enum {
    HEAP,
    SYSTEM,
    LOADER,
    KINDS
};

const int backend_loader_fault = LOADER;
const char *const backend_callless[] = {NULL};

const char *natives_fault_name(int kind)
{
    static const char *const names[KINDS] = {"malloc", "a modelled system call", "dlopen"};

    return kind < KINDS ? names[kind] : NULL;
}

void natives_fail(int kind, unsigned nth, bool forGood)
{
    if (kind == SYSTEM) {
        modelled_fail(nth, forGood);
    } else {
        faults_arm(kind == HEAP ? FAULT_MALLOC : FAULT_DLOPEN, nth,
                   forGood ? FAULT_FOR_GOOD : FAULT_ONCE, 0);
    }
}

bool natives_failed(void)
{
    const bool failed = modelled_failed();

    return faults_disarm() || failed;
}
