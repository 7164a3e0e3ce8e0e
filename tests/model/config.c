/*
 * The model driver's configuration: what it offers, by default and as a test wants it.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

static ModelConfig active;
static bool configured;

/* What every system has; a device offers of it what its configuration lists. */
static const struct model_extension extensions[] = {
    {"VK_KHR_external_memory", VK_API_VERSION_1_1, {NULL}},
    {"VK_KHR_external_semaphore", VK_API_VERSION_1_1, {NULL}},
    {"VK_KHR_external_fence", VK_API_VERSION_1_1, {NULL}},
    {"VK_KHR_dedicated_allocation", VK_API_VERSION_1_1, {"VK_KHR_get_memory_requirements2"}},
    {"VK_KHR_get_memory_requirements2", VK_API_VERSION_1_1, {NULL}},
    {"VK_KHR_bind_memory2", VK_API_VERSION_1_1, {NULL}},
    {"VK_KHR_sampler_ycbcr_conversion", VK_API_VERSION_1_1, {"VK_KHR_bind_memory2"}},
    {"VK_KHR_image_format_list", VK_API_VERSION_1_2, {NULL}},
    {"VK_KHR_timeline_semaphore", VK_API_VERSION_1_2, {NULL}},
    {"VK_KHR_driver_properties", VK_API_VERSION_1_2, {NULL}},
    {"VK_EXT_separate_stencil_usage", VK_API_VERSION_1_2, {NULL}},
    {"VK_KHR_synchronization2", VK_API_VERSION_1_3, {NULL}},
    {"VK_KHR_maintenance4", VK_API_VERSION_1_3, {NULL}},
    {"VK_EXT_external_memory_host", 0, {"VK_KHR_external_memory"}},
    {"VK_EXT_queue_family_foreign", 0, {"VK_KHR_external_memory"}},
    {"VK_KHR_format_feature_flags2", VK_API_VERSION_1_3, {NULL}},
    {"VK_EXT_memory_priority", 0, {NULL}},
    {"VK_EXT_pci_bus_info", 0, {NULL}},
    {"VK_EXT_physical_device_drm", 0, {NULL}},
    {"VK_KHR_portability_subset", 0, {NULL}},
};

/* What some system has: in which it is, its config_<system>.c says. */
static const struct model_extension systemExtensions[] = {
    {"VK_KHR_external_memory_fd", 0, {"VK_KHR_external_memory"}},
    {"VK_EXT_external_memory_dma_buf", 0, {"VK_KHR_external_memory_fd"}},
    {"VK_EXT_image_drm_format_modifier",
     0,
     {"VK_KHR_bind_memory2", "VK_KHR_image_format_list", "VK_KHR_sampler_ycbcr_conversion"}},
    {"VK_KHR_external_semaphore_fd", 0, {"VK_KHR_external_semaphore"}},
    {"VK_KHR_external_fence_fd", 0, {"VK_KHR_external_fence"}},
    {"VK_KHR_external_memory_win32", 0, {"VK_KHR_external_memory"}},
    {"VK_KHR_external_semaphore_win32", 0, {"VK_KHR_external_semaphore"}},
    {"VK_KHR_win32_keyed_mutex", 0, {"VK_KHR_external_memory_win32"}},
    {"VK_FUCHSIA_external_memory", 0, {"VK_KHR_external_memory"}},
    {"VK_FUCHSIA_external_semaphore", 0, {"VK_KHR_external_semaphore"}},
    {"VK_EXT_external_memory_metal", 0, {"VK_KHR_external_memory"}},
    {"VK_EXT_metal_objects", 0, {NULL}},
};

const struct model_extension *model__find_extension(const char *name)
{
    for (size_t i = 0; i < MODEL_COUNT(extensions); i++) {
        if (strcmp(extensions[i].name, name) == 0)
            return &extensions[i];
    }
    for (size_t i = 0; i < MODEL_COUNT(systemExtensions); i++) {
        if (strcmp(systemExtensions[i].name, name) == 0)
            return &systemExtensions[i];
    }
    return NULL;
}

bool model__offers(const ModelDeviceConfig *config, const char *name)
{
    const struct model_extension *known = model__find_extension(name);

    if (known && known->promoted && config->apiVersion >= known->promoted)
        return true;
    for (size_t i = 0; i < MODEL_MAX_EXTENSIONS && config->extensions[i]; i++) {
        if (strcmp(config->extensions[i], name) == 0)
            return true;
    }
    return false;
}

void model_add_extension(ModelDeviceConfig *device, const char *name)
{
    size_t i = 0;

    while (i < MODEL_MAX_EXTENSIONS - 1 && device->extensions[i]) {
        if (strcmp(device->extensions[i++], name) == 0)
            return;
    }
    device->extensions[i] = name;
}

void model_drop_extension(ModelDeviceConfig *device, const char *name)
{
    size_t kept = 0;

    for (size_t i = 0; i < MODEL_MAX_EXTENSIONS && device->extensions[i]; i++) {
        if (strcmp(device->extensions[i], name) != 0)
            device->extensions[kept++] = device->extensions[i];
    }
    if (kept < MODEL_MAX_EXTENSIONS)
        device->extensions[kept] = NULL;
}

ModelExternal *model_external(ModelExternal rows[MODEL_MAX_EXTERNAL], uint32_t handleType)
{
    size_t i = 0;

    while (i < MODEL_MAX_EXTERNAL - 1 && rows[i].handleType && rows[i].handleType != handleType)
        i++;
    rows[i].handleType = handleType;
    return &rows[i];
}

/* ---- defaults ---- */

enum {
    LOCAL = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT,
    VISIBLE = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
    CACHED = VK_MEMORY_PROPERTY_HOST_CACHED_BIT,
    BOTH_WAYS =
        VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT | VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT
};

static const ModelModifier modifiers[] = {
    {MODEL_MODIFIER_COMPRESSED, true, false, BOTH_WAYS, 1, 1, 512, 4096},
    {MODEL_MODIFIER_TILED, false, true, BOTH_WAYS, 15, 2048, 512, 4096},
    {MODEL_MODIFIER_IMPORT_ONLY, false, false, VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT, 1, 1, 512,
     4096},
    {0, false, true, BOTH_WAYS, 1, 1, 64, 64}, /* LINEAR */
};

static void set_device(ModelDeviceConfig *device, uint32_t index)
{
    size_t count = 0;

    memset(device, 0, sizeof *device);
    snprintf(device->name, sizeof device->name, "Model GPU %u", index);
    device->apiVersion = VK_API_VERSION_1_3;
    device->vendorID = 0x10005;
    device->deviceID = 0x100 + index;
    device->driverVersion = VK_MAKE_API_VERSION(0, 1, 0, 0);
    device->driverID = VK_DRIVER_ID_MESA_LLVMPIPE;
    memset(device->deviceUUID, (int)(0xd0 + index), VK_UUID_SIZE);
    memset(device->driverUUID, 0xd7, VK_UUID_SIZE);
    device->pciDomain = 0;
    device->pciBus = 3 + index;
    device->pciDevice = 1;
    device->pciFunction = 0;
    device->drmRenderValid = true;
    device->drmRenderMajor = 226;
    device->drmRenderMinor = 128 + (int64_t)index;
    for (size_t i = 0; i < MODEL_COUNT(extensions); i++) {
        if (strcmp(extensions[i].name, "VK_KHR_portability_subset") != 0)
            device->extensions[count++] = extensions[i].name;
    }
    for (size_t i = 0; model__system.extensions[i]; i++)
        device->extensions[count++] = model__system.extensions[i];
    device->timelineSemaphore = true;
    device->synchronization2 = true;
    device->samplerYcbcrConversion = true;
    device->maintenance4 = true;

    device->memoryTypeCount = 4;
    device->memoryTypes[0] = (VkMemoryType){VISIBLE, 1};
    device->memoryTypes[1] = (VkMemoryType){LOCAL, 0};
    device->memoryTypes[2] = (VkMemoryType){LOCAL | VISIBLE, 0};
    device->memoryTypes[3] = (VkMemoryType){VISIBLE | CACHED, 1};
    if (index == 1) {
        device->memoryTypes[1] = (VkMemoryType){VISIBLE | CACHED, 1};
        device->memoryTypes[2] = (VkMemoryType){LOCAL, 0};
        device->memoryTypes[3] = (VkMemoryType){LOCAL | VISIBLE, 0};
    }
    device->heapSizes[0] = 4ull << 30;
    device->heapSizes[1] = 8ull << 30;
    device->bufferTypeBits = 0xf;
    device->imageTypeBits = index == 1 ? 0xc : 0x6;
    device->linearTypeBits = 0xf;
    device->externalBufferTypeBits = 0xe;
    device->externalImageTypeBits = index == 1 ? 0xc : 0x6;
    device->externalLinearTypeBits = 0xe;
    device->dmaBufTypeBits = index == 1 ? 0xa : 0xc;
    device->hostTypeBits = index == 1 ? 0x2 : 0x8;
    device->alignment = 256;
    device->sizeGranularity = 1024;
    device->minImportedHostPointerAlignment = 4096;
    device->maxMemoryAllocationCount = 8192;
    device->queueFamilyCount = 2;
    device->queueFlags[0] = VK_QUEUE_TRANSFER_BIT;
    device->queueFlags[1] = VK_QUEUE_GRAPHICS_BIT | VK_QUEUE_COMPUTE_BIT | VK_QUEUE_TRANSFER_BIT;
    memcpy(device->buffers, model__system.buffers, sizeof device->buffers);
    memcpy(device->images, model__system.images, sizeof device->images);
    memcpy(device->binarySemaphores, model__system.binarySemaphores,
           sizeof device->binarySemaphores);
    memcpy(device->timelineSemaphores, model__system.timelineSemaphores,
           sizeof device->timelineSemaphores);
    device->modifierCount = MODEL_COUNT(modifiers);
    memcpy(device->modifiers, modifiers, sizeof modifiers);
    memcpy(device->fences, model__system.fenceTypes, sizeof device->fences);
    if (model__system.adjust)
        model__system.adjust(device, index);
}

ModelConfig model_default_config(void)
{
    static const char *const instance[] = {
        "VK_KHR_get_physical_device_properties2", "VK_KHR_external_memory_capabilities",
        "VK_KHR_external_semaphore_capabilities", "VK_KHR_external_fence_capabilities",
        "VK_KHR_portability_enumeration",
    };
    ModelConfig config;

    memset(&config, 0, sizeof config);
    config.instanceVersion = VK_API_VERSION_1_3;
    memcpy(config.instanceExtensions, instance, sizeof instance);
    config.deviceCount = MODEL_DEVICE_COUNT;
    for (uint32_t i = 0; i < MODEL_DEVICE_COUNT; i++)
        set_device(&config.devices[i], i);
    config.checkLayoutPairs = true;
    return config;
}

ModelConfig *model_config(void)
{
    if (!configured) {
        active = model_default_config();
        configured = true;
    }
    return &active;
}

/* ---- starting afresh ---- */

static void drop_all(ModelObject kind)
{
    struct model_object *object;

    while ((object = model__any_object(NULL, kind)) != NULL) {
        if (kind == MODEL_MEMORY)
            model__memory_drop((struct model_memory *)object);
        if (kind == MODEL_IMAGE)
            model__drop_surface((struct model_image *)object);
        if (kind == MODEL_SEMAPHORE)
            model__semaphore_drop((struct model_semaphore *)object);
        if (kind == MODEL_COMMAND_BUFFER)
            model__forget_command_buffer((struct model_command_buffer *)object);
        /* The app's allocator may be gone by now. */
        object->hasAllocator = false;
        model__delete_object(object);
    }
}

void model_reset(const ModelConfig *config)
{
    ModelConfig fresh = config ? *config : model_default_config();
    struct model_device *device;
    uint64_t cursor = 0;

    model__lock();
    /* Submissions hold on to semaphores, so they go first. */
    while ((device = model__next_object(MODEL_DEVICE, &cursor)) != NULL)
        model__drop_pending(device);
    for (int kind = 0; kind < MODEL_PAYLOAD_NATIVE; kind++)
        drop_all((ModelObject)kind);
    active = fresh;
    configured = true;
    model__clear_report();
    model__unlock();
}
