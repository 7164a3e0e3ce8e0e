/*
 * The model driver's objects: which handle stands for what, and what is still alive.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <string.h>

#define BUCKETS    4096u
#define FIRST_ID   0x4d000000u
#define ID_STEP    16u
#define BLOCK_SIZE 64u

static struct model_object *buckets[BUCKETS];
static uint64_t nextId = FIRST_ID;
static uint32_t live[MODEL_OBJECT_COUNT];

const char *const model__object_names[MODEL_OBJECT_COUNT] = {
    "VkInstance",      "VkDevice",    "VkBuffer",         "VkImage",
    "VkDeviceMemory",  "VkSemaphore", "VkFence",          "VkCommandPool",
    "VkCommandBuffer", "VkQueue",     "VkPhysicalDevice", "native of a payload",
};

static struct model_object **bucket_of(uint64_t id)
{
    return &buckets[(id / ID_STEP) % BUCKETS];
}

void *model__new_object(ModelObject kind, size_t size, struct model_device *device,
                        const VkAllocationCallbacks *allocator)
{
    struct model_object *object = model__allocate(size);

    if (!object)
        return NULL;
    if (allocator) {
        object->block = allocator->pfnAllocation(allocator->pUserData, BLOCK_SIZE, 16,
                                                 VK_SYSTEM_ALLOCATION_SCOPE_OBJECT);
        if (!object->block) {
            model__free(object);
            return NULL;
        }
        object->hasAllocator = true;
        object->allocator = *allocator;
    }
    object->id = nextId;
    nextId += ID_STEP;
    object->kind = kind;
    object->device = device;
    object->next = *bucket_of(object->id);
    *bucket_of(object->id) = object;
    live[kind]++;
    return object;
}

void *model__peek_object(uint64_t id, ModelObject kind)
{
    for (struct model_object *object = *bucket_of(id); object; object = object->next) {
        if (object->id == id)
            return object->kind == kind ? object : NULL;
    }
    return NULL;
}

void *model__find_object(uint64_t id, ModelObject kind)
{
    void *object = model__peek_object(id, kind);
    const char *what = "never was one";

    if (object)
        return object;
    if (id >= FIRST_ID && id < nextId && id % ID_STEP == 0)
        what = "was destroyed already, or is of another kind";
    if (id == 0)
        what = "is VK_NULL_HANDLE";
    model__breach("parameter", "the %s %#llx %s", model__object_names[kind], (unsigned long long)id,
                  what);
    return NULL;
}

void *model__find_child(struct model_device *device, uint64_t id, ModelObject kind)
{
    struct model_object *object = model__find_object(id, kind);

    if (object && object->device != device) {
        model__breach("parent", "the %s %#llx belongs to another device", model__object_names[kind],
                      (unsigned long long)id);
        return NULL;
    }
    return object;
}

void *model__find_doomed(struct model_device *device, uint64_t id, ModelObject kind,
                         const VkAllocationCallbacks *allocator)
{
    struct model_object *object;

    if (id == 0)
        return NULL;
    object = device ? model__find_child(device, id, kind) : model__find_object(id, kind);
    if (object && object->hasAllocator != (allocator != NULL)) {
        model__breach("allocator", "the %s was created %s allocation callbacks and is destroyed %s",
                      model__object_names[kind], object->hasAllocator ? "with" : "without",
                      allocator ? "with some" : "without");
    }
    return object;
}

void model__delete_object(struct model_object *object)
{
    struct model_object **link = bucket_of(object->id);

    while (*link != object)
        link = &(*link)->next;
    *link = object->next;
    live[object->kind]--;
    if (object->hasAllocator)
        object->allocator.pfnFree(object->allocator.pUserData, object->block);
    model__free(object);
}

/* The cursor is a bucket and a place in it, which holds as long as nothing is made or deleted. */
void *model__next_object(ModelObject kind, uint64_t *cursor)
{
    for (uint64_t bucket = *cursor >> 32; bucket < BUCKETS; bucket++) {
        uint64_t place = 0;

        for (struct model_object *object = buckets[bucket]; object; object = object->next) {
            if (place++ < (*cursor & 0xffffffffu) || object->kind != kind)
                continue;
            *cursor = bucket << 32 | place;
            return object;
        }
        *cursor = (bucket + 1) << 32;
    }
    return NULL;
}

struct model_object *model__any_object(const struct model_device *device, ModelObject kind)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct model_object *object = buckets[i]; object; object = object->next) {
            if (device && object->device != device)
                continue;
            if (object->kind == kind || (kind == MODEL_OBJECT_COUNT && object->kind != MODEL_QUEUE))
                return object;
        }
    }
    return NULL;
}

bool model__physical_in_use(const struct model_physical *physical)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct model_object *object = buckets[i]; object; object = object->next) {
            if (object->kind == MODEL_DEVICE &&
                ((struct model_device *)object)->physical == physical)
                return true;
        }
    }
    return false;
}

uint32_t model__count_objects(const struct model_device *device, ModelObject kind)
{
    uint32_t count = 0;

    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct model_object *object = buckets[i]; object; object = object->next)
            count += object->device == device && object->kind == kind;
    }
    return count;
}

uint32_t model_live_objects(ModelObject kind)
{
    uint32_t count = 0;

    if (kind != MODEL_PAYLOAD_NATIVE)
        return live[kind];
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct model_object *object = buckets[i]; object; object = object->next) {
            if (object->kind == MODEL_MEMORY)
                count += ((struct model_memory *)object)->hasNative;
            if (object->kind == MODEL_SEMAPHORE) {
                const struct model_semaphore *semaphore = (struct model_semaphore *)object;

                count += semaphore->permanent && semaphore->permanent->hasNative;
                count += semaphore->temporary && semaphore->temporary->hasNative;
            }
        }
    }
    return count;
}

uint32_t model_live_total(void)
{
    uint32_t count = 0;

    for (int kind = 0; kind < MODEL_OBJECT_COUNT; kind++) {
        if (kind != MODEL_QUEUE && kind != MODEL_PHYSICAL_DEVICE && kind != MODEL_PAYLOAD_NATIVE)
            count += live[kind];
    }
    return count;
}
