/*
 * Memory: allocation and import.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "metal/vulkan.h"

#include "internal.h"

#include <string.h>

/* What vkAllocateMemory is asked, taken apart. */
struct request {
    struct model_device *device;
    const VkMemoryAllocateInfo *info;
    const struct model_import *import; /* NULL: no import */
    const void *importInfo;            /* the struct that it speaks of */
    uint32_t importType;
    union model_native given;      /* as it stands there */
    const struct model_rule *rule; /* of importType */
    union model_native native;     /* of the payload */
    bool fresh;                    /* that is the driver's already */
    uint64_t payloadSize;
    wchar_t name[MODEL_MAX_NAME]; /* to give the payload */
    uint32_t exportTypes;
    struct model_buffer *buffer; /* dedicated to */
    struct model_image *image;   /* dedicated to */
    uint64_t hash;               /* of that; 0: not dedicated */
};

/* ---- checks of an allocation ---- */

static bool take_apart(struct request *request)
{
    const VkMemoryAllocateInfo *info = request->info;
    const VkExportMemoryAllocateInfo *export =
        model__find_struct(info, VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO);
    const VkMemoryDedicatedAllocateInfo *dedicated =
        model__find_struct(info, VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO);

    request->exportTypes = export ? export->handleTypes : 0;
    for (size_t i = 0; model__memory_imports[i]; i++) {
        const struct model_import *import = model__memory_imports[i];
        const void *item = model__find_struct(info, import->sType);
        uint32_t handleType = 0;
        union model_native given;

        if (item)
            import->read(item, &handleType, &given);
        if (handleType == 0)
            continue;
        if (request->import) {
            model__breach("06657", "two import structs in one chain");
            return false;
        }
        request->import = import;
        request->importInfo = item;
        request->importType = handleType;
        request->given = given;
    }
    request->rule = model__memory_rule(request->importType);
    if (dedicated && dedicated->buffer && dedicated->image) {
        model__breach("01432", "dedicated to a buffer and to an image");
        return false;
    }
    if (dedicated && dedicated->buffer) {
        request->buffer =
            model__find_child(request->device, MODEL_ID(dedicated->buffer), MODEL_BUFFER);
        if (!request->buffer)
            return false;
        request->hash = request->buffer->hash;
    }
    if (dedicated && dedicated->image) {
        request->image =
            model__find_child(request->device, MODEL_ID(dedicated->image), MODEL_IMAGE);
        if (!request->image)
            return false;
        request->hash = request->image->hash;
    }
    return true;
}

static void check_size(const struct request *request)
{
    const ModelDeviceConfig *config = model__device_config(request->device);
    const VkMemoryAllocateInfo *info = request->info;

    if (request->rule && (request->rule->flags & MODEL_RULE_SIZE_ZERO)) {
        if (info->allocationSize != 0)
            model__breach(request->rule->vuidExact, "an import of %s with an allocationSize",
                          request->rule->name);
    } else if (info->allocationSize == 0) {
        model__breach("00638 07899", "an allocation of 0 bytes");
    }
    if (info->memoryTypeIndex >= config->memoryTypeCount)
        model__breach("01714", "memory type %u of %u", info->memoryTypeIndex,
                      config->memoryTypeCount);
    else if (info->allocationSize >
             config->heapSizes[config->memoryTypes[info->memoryTypeIndex].heapIndex])
        model__breach("01713", "%llu bytes, more than the heap has",
                      (unsigned long long)info->allocationSize);
}

static void check_dedicated(const struct request *request)
{
    uint64_t size = 0;

    if (request->buffer)
        size = request->buffer->requirements.size;
    if (request->image)
        size = request->image->totalSize;
    if (request->image && (request->image->flags & VK_IMAGE_CREATE_DISJOINT_BIT))
        model__breach("01797", "dedicated to a disjoint image");
    else if (request->hash && size != request->info->allocationSize &&
             !(request->rule && (request->rule->flags & MODEL_RULE_SIZE_ZERO)))
        model__breach(request->image ? "02964" : "02965",
                      "dedicated, with %llu bytes where the resource asks for %llu",
                      (unsigned long long)request->info->allocationSize, (unsigned long long)size);
}

/* The driver's answer for the resource that this memory is for; raw memory may be for either. */
static uint32_t features_of(const struct request *request, uint32_t type,
                            uint32_t *exportFromImported, bool *dedicatedOnly)
{
    const ModelDeviceConfig *config = model__device_config(request->device);
    ModelExternal buffer = model__buffer_row(config, type);
    ModelExternal image = model__image_row(
        config, type, request->image ? request->image->tiling : VK_IMAGE_TILING_LINEAR);
    uint32_t features = 0;

    *exportFromImported = 0;
    *dedicatedOnly = true;
    if (!request->image) {
        features |= buffer.features;
        *exportFromImported |= buffer.exportFromImported;
        *dedicatedOnly = (buffer.features & VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT) != 0;
    }
    if (!request->buffer) {
        features |= image.features;
        *exportFromImported |= image.exportFromImported;
        if (image.features && !(image.features & VK_EXTERNAL_MEMORY_FEATURE_DEDICATED_ONLY_BIT))
            *dedicatedOnly = false;
    }
    if (request->image && (request->image->flags & VK_IMAGE_CREATE_DISJOINT_BIT))
        *dedicatedOnly = false;
    return features;
}

static void check_export(struct request *request)
{
    const ModelDeviceConfig *config = model__device_config(request->device);
    const ModelExternal *rows = config->buffers;
    uint32_t fromImported, bits = request->exportTypes, missing = bits;
    bool dedicatedOnly;

    model__read_export_name(request->info, MODEL_PAYLOAD_MEMORY, bits, request->name);
    if (bits == 0)
        return;
    for (uint32_t bit = 1; bit; bit <<= 1) {
        if (!(bits & bit))
            continue;
        if (model__buffer_row(config, bit).features & VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT)
            missing &= ~bit;
        (void)features_of(request, bit, &fromImported, &dedicatedOnly);
        if (dedicatedOnly && !request->hash && model__memory_rule(bit))
            model__breach("00639", "type %s needs a dedicated allocation",
                          model__memory_rule(bit)->name);
    }
    if (request->image || (!request->buffer && missing))
        rows = config->images;
    if (!request->importType) {
        model__check_types(request->device, bits, VK_EXTERNAL_MEMORY_FEATURE_EXPORTABLE_BIT, rows,
                           "00656", "memory for export");
        return;
    }
    model__check_types(request->device, bits, ~0u, rows, "00656", "an import for export");
    (void)features_of(request, request->importType, &fromImported, &dedicatedOnly);
    if (bits & ~fromImported)
        model__breach("00656 00671",
                      "an import of type %#x for export as %#x, but exportFromImportedHandleTypes "
                      "is %#x",
                      request->importType, bits, fromImported);
}

/* What holds for an import of every type. */
static void check_import(const struct request *request)
{
    const ModelDeviceConfig *config = model__device_config(request->device);
    uint32_t typeBits, fromImported, features;
    bool dedicatedOnly;

    if (!request->rule || request->rule->import != request->import->sType) {
        model__breach(request->import->vuidType, "handle type %#x in this import struct",
                      request->importType);
        return;
    }
    model__require_extension(request->device, request->rule->extension);
    features = features_of(request, request->importType, &fromImported, &dedicatedOnly);
    if (!(features & VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT))
        model__breach(request->import->vuidFeature, "%s can't be imported here",
                      request->rule->name);
    if (request->hash && (request->rule->flags & MODEL_RULE_DEDICATED_NEVER))
        model__breach(request->rule->vuidDedicated, "a dedicated import of %s",
                      request->rule->name);
    else if (!request->hash &&
             (dedicatedOnly || (request->rule->flags & MODEL_RULE_DEDICATED_NEEDED)))
        model__breach("00639", "%s is DEDICATED_ONLY, and this import is not", request->rule->name);
    typeBits = request->import->hostPointer ? config->hostTypeBits : config->dmaBufTypeBits;
    if ((request->rule->flags & MODEL_RULE_TYPES_FROM_QUERY) &&
        (request->info->memoryTypeIndex >= 32 ||
         !(typeBits & 1u << request->info->memoryTypeIndex)))
        model__breach(request->rule->vuidQuery, "memory type %u, where the query of %s answers %#x",
                      request->info->memoryTypeIndex, request->rule->name, typeBits);
    if ((request->buffer && !(request->buffer->handleTypes & request->importType)) ||
        (request->image && !(request->image->handleTypes & request->importType)))
        model__breach(request->buffer ? "02985" : "02989",
                      "dedicated to a resource that was not created for %s", request->rule->name);
}

static void check_host(const struct request *request)
{
    uint64_t alignment = model__device_config(request->device)->minImportedHostPointerAlignment;
    const void *pointer = request->given.pointer;
    bool asked = false;

    if (!(request->rule->flags & MODEL_RULE_ALIGNED))
        alignment = 1;
    if ((uintptr_t)pointer % alignment != 0)
        model__breach("01749", "the pointer is no multiple of %llu", (unsigned long long)alignment);
    else if (!model__range_mapped(pointer, request->info->allocationSize))
        model__breach("01750", "the host range is not mapped");
    if (request->info->allocationSize % alignment != 0)
        model__breach(request->rule->vuidExact, "%llu bytes are no multiple of %llu",
                      (unsigned long long)request->info->allocationSize,
                      (unsigned long long)alignment);
    for (uint32_t i = 0; i < request->device->queriedPointerCount; i++)
        asked = asked || request->device->queriedPointers[i % MODEL_MAX_QUERIES] == pointer;
    if (!asked && (request->rule->flags & MODEL_RULE_QUERY_MANDATORY))
        model__breach(request->rule->vuidQuery,
                      "vkGetMemoryHostPointerPropertiesEXT was not asked about this pointer");
}

/* Whether some object of the driver's holds that very native. */
static bool taken_already(union model_native native)
{
    uint64_t cursor = 0;
    const struct model_memory *memory;

    while ((memory = model__next_object(MODEL_MEMORY, &cursor)) != NULL) {
        if (memory->hasNative && model__native_equal(memory->native, native))
            return true;
    }
    return false;
}

static bool queried(const struct model_device *device, uint64_t identity)
{
    for (uint32_t i = 0; i < device->queriedPayloadCount && i < MODEL_MAX_QUERIES; i++) {
        if (device->queriedPayloads[i] == identity)
            return true;
    }
    return false;
}

/* False: the handle is not of that type at all, which is an error and no breach. */
static bool check_native(struct request *request)
{
    const ModelDeviceConfig *config = model__device_config(request->device);
    const struct model_import *import = request->import;
    const struct model_rule *rule = request->rule;
    struct model_payload_info payload;
    uint64_t identity[2];

    if (!model__native_read(request->native, &payload, identity) ||
        payload.kind != MODEL_PAYLOAD_MEMORY ||
        (payload.foreign && !(rule->flags & MODEL_RULE_FOREIGN_OK)))
        return false;
    if (rule->flags & MODEL_RULE_PAGES)
        payload.size = (payload.size + MODEL_PAGE - 1) / MODEL_PAGE * MODEL_PAGE;
    request->payloadSize = payload.size;
    if ((rule->flags & MODEL_RULE_QUERY_MANDATORY) && !queried(request->device, identity[0]))
        model__breach(rule->vuidQuery, "the properties of this %s were not asked for", rule->name);
    if ((rule->flags & MODEL_RULE_CONSUMES) && taken_already(request->native))
        model__breach(import->vuidHandle, "this %s is the driver's already", import->what);
    if (!(payload.handleTypes & request->importType))
        model__breach(import->vuidHandle, "a handle of types %#x imported as %s",
                      payload.handleTypes, rule->name);
    if (((rule->flags & MODEL_RULE_SAME_DEVICE) &&
         memcmp(payload.deviceUUID, config->deviceUUID, VK_UUID_SIZE) != 0) ||
        ((rule->flags & MODEL_RULE_SAME_DRIVER) &&
         memcmp(payload.driverUUID, config->driverUUID, VK_UUID_SIZE) != 0))
        model__breach(import->vuidDevice, "%s comes from another device or driver", rule->name);
    if ((rule->flags & MODEL_RULE_EXACT) &&
        (payload.size != request->info->allocationSize ||
         payload.memoryTypeIndex != request->info->memoryTypeIndex))
        model__breach(
            rule->vuidExact,
            "%s was exported with %llu bytes of memory type %u, and is imported with %llu "
            "of %u",
            rule->name, (unsigned long long)payload.size, payload.memoryTypeIndex,
            (unsigned long long)request->info->allocationSize, request->info->memoryTypeIndex);
    if ((rule->flags & MODEL_RULE_SIZE_SAME) && payload.size != request->info->allocationSize)
        model__breach(rule->vuidExact, "%s has %llu bytes, and is imported with %llu", rule->name,
                      (unsigned long long)payload.size,
                      (unsigned long long)request->info->allocationSize);
    if ((rule->flags & MODEL_RULE_FITS) && request->info->allocationSize > payload.size)
        model__breach(rule->vuidExact, "%s has %llu bytes, and %llu are imported", rule->name,
                      (unsigned long long)payload.size,
                      (unsigned long long)request->info->allocationSize);
    if (((rule->flags & MODEL_RULE_DEDICATED_SAME) ||
         ((rule->flags & MODEL_RULE_DEDICATED_KNOWN) && !payload.foreign)) &&
        payload.resource != request->hash)
        model__breach(rule->vuidDedicated, "%s was exported %s, and is imported %s", rule->name,
                      payload.resource ? "dedicated" : "without dedication",
                      !request->hash      ? "without"
                      : !payload.resource ? "dedicated"
                                          : "dedicated to another kind of resource");
    if (import->check)
        import->check(rule, &payload, request->image);
    return true;
}

/* The native of the payload that the import struct speaks of. False: there is none. */
static bool open_native(struct request *request)
{
    const struct model_import *import = request->import;

    request->native = request->given;
    return !import->open ||
           import->open(request->rule, request->importInfo, &request->native, &request->fresh);
}

/* ---- allocation ---- */

static VkResult make_payload(struct request *request, struct model_memory *memory)
{
    const ModelDeviceConfig *config = model__device_config(request->device);
    struct model_payload_info info = {0};
    VkResult result;

    if (request->import && !request->import->hostPointer) {
        memory->native = request->native;
        if (!(request->rule->flags & MODEL_RULE_CONSUMES) && !request->fresh) {
            result = model__native_duplicate(request->native, false, &memory->native);
            if (result != VK_SUCCESS)
                return result;
        }
        memory->payload = model__payload_new(NULL, &memory->native);
        memory->hasNative = memory->payload != NULL;
        if (!memory->payload && !(request->rule->flags & MODEL_RULE_CONSUMES))
            model__native_close(memory->native);
        request->fresh = false;
        return memory->payload ? VK_SUCCESS : VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    info.kind = MODEL_PAYLOAD_MEMORY;
    info.handleTypes = request->exportTypes;
    info.size = memory->size;
    info.memoryTypeIndex = memory->typeIndex;
    info.resource = request->hash;
    if (request->image)
        info.image = model__image_facts(request->image);
    memcpy(info.deviceUUID, config->deviceUUID, VK_UUID_SIZE);
    memcpy(info.driverUUID, config->driverUUID, VK_UUID_SIZE);
    memcpy(info.name, request->name, sizeof info.name);
    if (request->exportTypes && !request->import) {
        result = model__native_create(&info, &memory->native);
        if (result != VK_SUCCESS)
            return result;
        memory->hasNative = true;
    }
    memory->payload = model__payload_new(&info, memory->hasNative ? &memory->native : NULL);
    if (!memory->payload) {
        if (memory->hasNative)
            model__native_close(memory->native);
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    if (request->import && request->import->hostPointer) {
        memory->payload->data = request->given.pointer;
        memory->payload->borrowedData = true;
    }
    return VK_SUCCESS;
}

static VkResult do_allocate(struct request *request, const VkAllocationCallbacks *allocator,
                            VkDeviceMemory *pMemory)
{
    VkResult refusal = request->importType ? VK_ERROR_INVALID_EXTERNAL_HANDLE : VK_ERROR_UNKNOWN;
    size_t before = model_breach_count();
    struct model_memory *memory;
    VkResult result;

    check_size(request);
    check_dedicated(request);
    if (request->importType)
        check_import(request);
    check_export(request);
    if (request->rule && request->import->hostPointer)
        check_host(request);
    else if (request->rule && request->rule->import == request->import->sType &&
             (!open_native(request) || !check_native(request)))
        return VK_ERROR_INVALID_EXTERNAL_HANDLE;
    if (model_breach_count() != before)
        return refusal;
    if (request->exportTypes && model_config()->habits.importForExportIsNew && request->import &&
        !request->import->hostPointer)
        request->import = NULL;
    if (model__count_objects(request->device, MODEL_MEMORY) >=
        model__device_config(request->device)->maxMemoryAllocationCount)
        return VK_ERROR_TOO_MANY_OBJECTS;
    memory = model__new_object(MODEL_MEMORY, sizeof *memory, request->device, allocator);
    if (!memory)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    memory->size = request->info->allocationSize;
    if (request->import &&
        (request->rule->flags & (MODEL_RULE_SIZE_IGNORED | MODEL_RULE_SIZE_ZERO)))
        memory->size = request->payloadSize;
    memory->typeIndex = request->info->memoryTypeIndex;
    memory->exportTypes = request->exportTypes;
    memory->importType = request->importType;
    memory->dedicatedBuffer = request->buffer ? request->buffer->object.id : 0;
    memory->dedicatedImage = request->image ? request->image->object.id : 0;
    result = make_payload(request, memory);
    if (result != VK_SUCCESS) {
        model__delete_object(&memory->object);
        return result;
    }
    *pMemory = MODEL_HANDLE(VkDeviceMemory, memory);
    return VK_SUCCESS;
}

static void note_allocation(const VkMemoryAllocateInfo *info, const struct request *request,
                            VkResult result, const VkDeviceMemory *pMemory)
{
    const VkMemoryDedicatedAllocateInfo *dedicated =
        model__find_struct(info, VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO);
    ModelAllocation note;

    memset(&note, 0, sizeof note);
    if (result == VK_SUCCESS)
        note.memory = *pMemory;
    note.allocationSize = info->allocationSize;
    note.memoryTypeIndex = info->memoryTypeIndex;
    note.importHandleType = request->importType;
    note.importNative = request->given;
    note.exportHandleTypes = request->exportTypes;
    note.dedicatedBuffer = dedicated ? dedicated->buffer : VK_NULL_HANDLE;
    note.dedicatedImage = dedicated ? dedicated->image : VK_NULL_HANDLE;
    model__set_last_allocation(&note);
}

static VKAPI_ATTR VkResult VKAPI_CALL allocate_memory(VkDevice device,
                                                      const VkMemoryAllocateInfo *pAllocateInfo,
                                                      const VkAllocationCallbacks *pAllocator,
                                                      VkDeviceMemory *pMemory)
{
    static const VkStructureType allowed[] = {
        VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO,
        VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR,
        VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT,
        VK_STRUCTURE_TYPE_IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR,
        VK_STRUCTURE_TYPE_EXPORT_MEMORY_WIN32_HANDLE_INFO_KHR,
        VK_STRUCTURE_TYPE_IMPORT_MEMORY_ZIRCON_HANDLE_INFO_FUCHSIA,
        VK_STRUCTURE_TYPE_IMPORT_MEMORY_METAL_HANDLE_INFO_EXT,
        VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO,
        VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO,
        VK_STRUCTURE_TYPE_MEMORY_PRIORITY_ALLOCATE_INFO_EXT,
    };
    VkResult result = model__enter("vkAllocateMemory", pAllocateInfo);
    struct request request = {0};
    bool valid;

    request.device = model__device(device);
    request.info = pAllocateInfo;
    valid =
        request.device &&
        model__check_chain(request.device, pAllocateInfo, VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                           allowed, MODEL_COUNT(allowed)) &&
        take_apart(&request);
    if (result == VK_SUCCESS)
        result = valid ? do_allocate(&request, pAllocator, pMemory) : VK_ERROR_UNKNOWN;
    note_allocation(pAllocateInfo, &request, result, pMemory);
    if (request.fresh)
        model__native_close(request.native);
    if (result != VK_SUCCESS && request.rule && (request.rule->flags & MODEL_RULE_CONSUMES) &&
        model_config()->habits.closeFdOnFailedImport)
        model__native_close(request.given);
    model__garbage(result, pMemory, sizeof *pMemory);
    return model__leave(result);
}

/* The driver's own handle must still be what it was. */
static void check_held(const union model_native *native, const struct model_payload *payload,
                       const char *what)
{
    struct model_payload_info info;
    uint64_t identity[2];

    if (model__native_read(*native, &info, identity) &&
        memcmp(identity, payload->identity, sizeof identity) == 0) {
        model__native_close(*native);
        return;
    }
    model__breach("ownership", "a native of a %s was the driver's, and somebody has closed it",
                  what);
}

void model__memory_drop(struct model_memory *memory)
{
    if (memory->hasNative && !memory->importType) {
        model__native_end_number(memory->native);
        memory->payload->orphaned = true;
    }
    if (memory->hasNative)
        check_held(&memory->native, memory->payload, "VkDeviceMemory");
    if (memory->payload->borrowedData && !model__range_mapped(memory->payload->data, memory->size))
        model__breach("ownership", "the imported host range was unmapped before vkFreeMemory");
    model__payload_release(memory->payload);
}

void model__check_held(const union model_native *native, const struct model_payload *payload)
{
    check_held(native, payload, "VkSemaphore");
}

static VKAPI_ATTR void VKAPI_CALL free_memory(VkDevice device, VkDeviceMemory memory,
                                              const VkAllocationCallbacks *pAllocator)
{
    struct model_device *owner;
    struct model_memory *doomed;

    model__enter_void("vkFreeMemory", NULL);
    owner = model__device(device);
    doomed = model__find_doomed(owner, MODEL_ID(memory), MODEL_MEMORY, pAllocator);
    if (doomed) {
        model__memory_drop(doomed);
        model__delete_object(&doomed->object);
    }
    model__leave(VK_SUCCESS);
}

const struct model_command model__memory_commands[] = {
    MODEL_COMMAND("AllocateMemory", allocate_memory, MODEL_OF_DEVICE, VK_API_VERSION_1_0, NULL),
    MODEL_COMMAND("FreeMemory", free_memory, MODEL_OF_DEVICE, VK_API_VERSION_1_0, NULL),
    {NULL, NULL, MODEL_GLOBAL, 0, NULL},
};
