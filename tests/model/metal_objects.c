/*
 * VK_EXT_metal_objects: what is declared and imported when an instance, image or semaphore is
 * created, and exported later, if it was declared then.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "metal/vulkan.h"

#include "internal.h"

#include <string.h>

/* What a native says that it is; Vulkan has no bits for these. */
#define SURFACE 0x20000000u
#define EVENT   0x40000000u

/* ---- declared at creation ---- */

static const VkExportMetalObjectCreateInfoEXT *next_declared(const void *chain)
{
    return model__find_struct(chain, VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT);
}

bool model__declares_metal(const void *chain, uint32_t objectType)
{
    const VkExportMetalObjectCreateInfoEXT *info = next_declared(chain);

    while (info && (uint32_t)info->exportObjectType != objectType)
        info = next_declared(info->pNext);
    return info != NULL;
}

bool model__check_metal(const void *chain, uint32_t objectTypes, const char *rule)
{
    bool fine = true;

    for (const VkExportMetalObjectCreateInfoEXT *info = next_declared(chain); info;
         info = next_declared(info->pNext)) {
        if ((uint32_t)info->exportObjectType & objectTypes)
            continue;
        model__breach(rule, "objects of type %#x are declared here",
                      (unsigned)info->exportObjectType);
        fine = false;
    }
    return fine;
}

/* ---- IOSurfaces ---- */

/* "Failure to do so results in undefined behavior." */
static bool check_surface(const struct model_payload_info *surface, const struct model_image *image)
{
    size_t before = model_breach_count();

    if (surface->image.width != image->extent.width ||
        surface->image.height != image->extent.height)
        model__breach("ioSurface", "a surface of %ux%u texels for an image of %ux%u",
                      surface->image.width, surface->image.height, image->extent.width,
                      image->extent.height);
    return model_breach_count() == before;
}

VkResult model__make_surface(struct model_device *device, const VkImageCreateInfo *info,
                             struct model_image *image)
{
    const VkImportMetalIOSurfaceInfoEXT *import =
        model__find_struct(info, VK_STRUCTURE_TYPE_IMPORT_METAL_IO_SURFACE_INFO_EXT);
    const ModelDeviceConfig *config = model__device_config(device);
    struct model_payload_info surface = {0};
    VkResult result;

    image->surfaceDeclared =
        model__declares_metal(info, VK_EXPORT_METAL_OBJECT_TYPE_METAL_IOSURFACE_BIT_EXT);
    if (!import)
        return VK_SUCCESS;
    if (info->imageType != VK_IMAGE_TYPE_2D || info->mipLevels != 1 || info->arrayLayers != 1 ||
        info->samples != VK_SAMPLE_COUNT_1_BIT) {
        model__breach("ioSurface", "a surface under an image that is more than one 2D plane");
        return VK_ERROR_UNKNOWN;
    }
    if (import->ioSurface) {
        union model_native given = model__native_of_pointer(import->ioSurface);

        if (!model__native_read(given, &surface, image->surfaceIdentity) ||
            surface.kind != MODEL_PAYLOAD_MEMORY || surface.handleTypes != SURFACE) {
            model__breach("ioSurface", "the object is no IOSurface");
            return VK_ERROR_UNKNOWN;
        }
        if (!check_surface(&surface, image))
            return VK_ERROR_UNKNOWN;
        result = model__native_duplicate(given, false, &image->surface);
    } else {
        surface.kind = MODEL_PAYLOAD_MEMORY;
        surface.handleTypes = SURFACE;
        surface.size = image->totalSize;
        surface.image = model__image_facts(image);
        memcpy(surface.deviceUUID, config->deviceUUID, VK_UUID_SIZE);
        memcpy(surface.driverUUID, config->driverUUID, VK_UUID_SIZE);
        result = model__native_create(&surface, &image->surface);
        if (result == VK_SUCCESS)
            (void)model__native_read(image->surface, &surface, image->surfaceIdentity);
    }
    image->hasSurface = result == VK_SUCCESS;
    return result;
}

void model__drop_surface(struct model_image *image)
{
    struct model_payload_info info;
    uint64_t identity[2];

    if (!image->hasSurface)
        return;
    image->hasSurface = false;
    if (model__native_read(image->surface, &info, identity) &&
        memcmp(identity, image->surfaceIdentity, sizeof identity) == 0)
        model__native_close(image->surface);
    else
        model__breach("ownership", "an IOSurface was the image's, and somebody has released it");
}

void model__bind_surface(struct model_image *image, struct model_memory *memory)
{
    struct model_payload *payload;
    union model_native native;

    if (!image->hasSurface || memory->mapped || memory->hasNative ||
        model__native_duplicate(image->surface, false, &native) != VK_SUCCESS)
        return;
    payload = model__payload_new(NULL, &native);
    if (!payload || !model__payload_data(payload, &native)) {
        model__payload_release(payload);
        model__native_close(native);
        return;
    }
    model__payload_release(memory->payload);
    memory->payload = payload;
    memory->native = native;
    memory->hasNative = true;
}

/* ---- shared events ---- */

VkResult model__make_event(const struct model_device *device, const VkSemaphoreCreateInfo *info,
                           const struct model_payload_info *payload, bool *asked,
                           union model_native *native)
{
    const VkImportMetalSharedEventInfoEXT *import =
        model__find_struct(info, VK_STRUCTURE_TYPE_IMPORT_METAL_SHARED_EVENT_INFO_EXT);
    struct model_payload_info event = *payload;
    uint64_t identity[2];

    (void)device;
    *asked = true;
    if (import) {
        union model_native given = model__native_of_pointer(import->mtlSharedEvent);

        if (!import->mtlSharedEvent || !model__native_read(given, &event, identity) ||
            event.kind != MODEL_PAYLOAD_SEMAPHORE || event.handleTypes != EVENT) {
            model__breach("mtlSharedEvent", "the object is no MTLSharedEvent");
            return VK_ERROR_UNKNOWN;
        }
        return model__native_duplicate(given, false, native);
    }
    *asked = model__declares_metal(info, VK_EXPORT_METAL_OBJECT_TYPE_METAL_SHARED_EVENT_BIT_EXT);
    event.handleTypes = EVENT;
    return *asked ? model__native_create(&event, native) : VK_SUCCESS;
}

/* ---- export ---- */

static void give_device(struct model_device *device, VkExportMetalDeviceInfoEXT *info)
{
    if (!device->physical->instance->metalDevice)
        model__breach("06791", "the MTLDevice, which was not declared at vkCreateInstance");
    else if (model__system.nativeDevice)
        info->mtlDevice = (void *)(uintptr_t)model__system.nativeDevice(device->physical->index);
}

static void give_surface(struct model_device *device, VkExportMetalIOSurfaceInfoEXT *info)
{
    struct model_image *image = model__find_child(device, MODEL_ID(info->image), MODEL_IMAGE);

    if (!image)
        return;
    if (!image->surfaceDeclared)
        model__breach("06803", "the IOSurface, which was not declared at vkCreateImage");
    else
        info->ioSurface = image->hasSurface ? image->surface.pointer : NULL;
}

static void give_event(struct model_device *device, VkExportMetalSharedEventInfoEXT *info)
{
    struct model_semaphore *semaphore;

    if ((info->semaphore != VK_NULL_HANDLE) == (info->event != VK_NULL_HANDLE)) {
        model__breach("06804", "exactly one of semaphore and event is needed");
        return;
    }
    semaphore = model__find_child(device, MODEL_ID(info->semaphore), MODEL_SEMAPHORE);
    if (!semaphore)
        return;
    if (!semaphore->eventDeclared)
        model__breach("06805", "the MTLSharedEvent, which was not declared at vkCreateSemaphore");
    else
        info->mtlSharedEvent = semaphore->permanent->native.pointer;
}

static VKAPI_ATTR void VKAPI_CALL export_objects(VkDevice device,
                                                 VkExportMetalObjectsInfoEXT *pMetalObjectsInfo)
{
    static const VkStructureType allowed[] = {
        VK_STRUCTURE_TYPE_EXPORT_METAL_DEVICE_INFO_EXT,
        VK_STRUCTURE_TYPE_EXPORT_METAL_IO_SURFACE_INFO_EXT,
        VK_STRUCTURE_TYPE_EXPORT_METAL_SHARED_EVENT_INFO_EXT,
    };
    struct model_device *owner;
    void *first;

    model__enter_void("vkExportMetalObjectsEXT", pMetalObjectsInfo);
    owner = model__device(device);
    if (owner && model__require_extension(owner, "VK_EXT_metal_objects") &&
        model__check_chain(owner, pMetalObjectsInfo,
                           VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECTS_INFO_EXT, allowed,
                           MODEL_COUNT(allowed)) &&
        !model_config()->habits.exportNull) {
        first = (void *)(uintptr_t)pMetalObjectsInfo->pNext;
        for (VkBaseOutStructure *item = first; item; item = item->pNext) {
            if (item->sType == VK_STRUCTURE_TYPE_EXPORT_METAL_DEVICE_INFO_EXT)
                give_device(owner, (VkExportMetalDeviceInfoEXT *)(void *)item);
            else if (item->sType == VK_STRUCTURE_TYPE_EXPORT_METAL_IO_SURFACE_INFO_EXT)
                give_surface(owner, (VkExportMetalIOSurfaceInfoEXT *)(void *)item);
            else
                give_event(owner, (VkExportMetalSharedEventInfoEXT *)(void *)item);
        }
    }
    model__leave(VK_SUCCESS);
}

const struct model_command model__metal_objects_commands[] = {
    MODEL_COMMAND("ExportMetalObjectsEXT", export_objects, MODEL_OF_DEVICE, 0,
                  "VK_EXT_metal_objects"),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};
