/*
 * What the Metal back end puts into Vulkan's structs, and what it makes of a driver's answers: on a
 * device that consists of nothing but these commands.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "metal/vulkan.h"

#include "contract/vk_device.h"

TestSuite(vk_metal, .init = contract_begin, .fini = contract_end);

#define BUFFER  ((uint32_t)VK_EXTERNAL_MEMORY_HANDLE_TYPE_MTLBUFFER_BIT_EXT)
#define HOST    VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT
#define MAPPED  VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_MAPPED_FOREIGN_MEMORY_BIT_EXT
#define SURFACE ((uint32_t)VXM_EXTERNAL_MEMORY_HANDLE_TYPE_IOSURFACE_BIT)
#define EVENT   ((uint32_t)VXM_EXTERNAL_SEMAPHORE_HANDLE_TYPE_MTL_SHARED_EVENT_BIT)

/* What the driver is to answer, and what it was asked. */
static VkResult answer;
static void *answeredObject;
static uint32_t askedType;
static const void *askedObject;
static VkStructureType askedExport;

static VkResult VKAPI_CALL get_memory_handle(VkDevice device,
                                             const VkMemoryGetMetalHandleInfoEXT *info,
                                             void **handle)
{
    (void)device;
    cr_expect_eq(info->sType, VK_STRUCTURE_TYPE_MEMORY_GET_METAL_HANDLE_INFO_EXT);
    cr_expect_null(info->pNext);
    askedType = info->handleType;
    *handle = answeredObject;
    return answer;
}

static VkResult VKAPI_CALL get_handle_properties(VkDevice device,
                                                 VkExternalMemoryHandleTypeFlagBits type,
                                                 const void *handle,
                                                 VkMemoryMetalHandlePropertiesEXT *properties)
{
    (void)device;
    cr_expect_eq(properties->sType, VK_STRUCTURE_TYPE_MEMORY_METAL_HANDLE_PROPERTIES_EXT);
    cr_expect_null(properties->pNext);
    askedType = type;
    askedObject = handle;
    properties->memoryTypeBits = 0x0A;
    return answer;
}

static VkResult VKAPI_CALL get_pointer_properties(VkDevice device,
                                                  VkExternalMemoryHandleTypeFlagBits type,
                                                  const void *pointer,
                                                  VkMemoryHostPointerPropertiesEXT *properties)
{
    (void)device;
    askedType = type;
    askedObject = pointer;
    properties->memoryTypeBits = 0x0C;
    return answer;
}

static void VKAPI_CALL export_objects(VkDevice device, VkExportMetalObjectsInfoEXT *info)
{
    VkBaseOutStructure *item = (void *)(uintptr_t)info->pNext;

    (void)device;
    cr_expect_eq(info->sType, VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECTS_INFO_EXT);
    cr_expect_null(item->pNext);
    askedExport = item->sType;
    if (item->sType == VK_STRUCTURE_TYPE_EXPORT_METAL_DEVICE_INFO_EXT) {
        ((VkExportMetalDeviceInfoEXT *)(void *)item)->mtlDevice = answeredObject;
    } else if (item->sType == VK_STRUCTURE_TYPE_EXPORT_METAL_IO_SURFACE_INFO_EXT) {
        ((VkExportMetalIOSurfaceInfoEXT *)(void *)item)->ioSurface = answeredObject;
    } else {
        ((VkExportMetalSharedEventInfoEXT *)(void *)item)->mtlSharedEvent = answeredObject;
    }
}

static struct VxmDevice_T make_device(void)
{
    static const struct vk_command commands[] = {
        {"vkGetMemoryMetalHandleEXT", (PFN_vkVoidFunction)get_memory_handle},
        {"vkGetMemoryMetalHandlePropertiesEXT", (PFN_vkVoidFunction)get_handle_properties},
        {"vkGetMemoryHostPointerPropertiesEXT", (PFN_vkVoidFunction)get_pointer_properties},
        {"vkExportMetalObjectsEXT", (PFN_vkVoidFunction)export_objects},
    };

    answer = VK_SUCCESS;
    return vk_device(commands, sizeof(commands) / sizeof(commands[0]));
}

Test(vk_metal, table_is_sound)
{
    vk_expect_sound_table();
    for (uint32_t i = 0; i < vxm__handle_type_count; i++) {
        const struct vxm_handle_type *type = &vxm__handle_types[i];

        /* Mach ports don't go through sockets, and no import takes a reference. */
        cr_expect(type->flags & VXM_TYPE_LOCAL, "%s", type->name);
        cr_expect_not(type->flags & VXM_TYPE_IMPORT_CONSUMES, "%s", type->name);
        /* Only Vulkan's own types are asked about, and all of those are. */
        cr_expect_eq((type->flags & VXM_TYPE_PROPERTIES_QUERY) != 0,
                     type->kind == VXM_HANDLE_KIND_MEMORY &&
                         (type->flags & VXM_TYPE_AT_CREATION) == 0,
                     "%s", type->name);
    }
}

Test(vk_metal, import_chains)
{
    union {
        VkImportMemoryMetalHandleInfoEXT metal;
        VkImportMemoryHostPointerInfoEXT pointer;
        unsigned char bytes[VXM_CHAIN_SIZE];
    } storage;
    int object = 0;
    int next = 0;
    VxmHandle handle = {.type = BUFFER, .ptr = &object};

    cr_expect_eq(vxm__backend_import_chain(&handle, NULL, &storage, &next), (const void *)&storage);
    cr_expect_eq(storage.metal.sType, VK_STRUCTURE_TYPE_IMPORT_MEMORY_METAL_HANDLE_INFO_EXT);
    cr_expect_eq(storage.metal.pNext, (const void *)&next);
    cr_expect_eq(storage.metal.handleType, BUFFER);
    cr_expect_eq(storage.metal.handle, (void *)&object);
    handle.type = MAPPED;
    cr_expect_eq(vxm__backend_import_chain(&handle, NULL, &storage, &next), (const void *)&storage);
    cr_expect_eq(storage.pointer.sType, VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT);
    cr_expect_eq(storage.pointer.pNext, (const void *)&next);
    cr_expect_eq(storage.pointer.handleType, MAPPED);
    cr_expect_eq(storage.pointer.pHostPointer, (void *)&object);
    /* The image has it. */
    handle.type = SURFACE;
    cr_expect_eq(vxm__backend_import_chain(&handle, NULL, &storage, &next), (const void *)&next);
}

static const VkExportMetalObjectCreateInfoEXT *expect_declared(const void *chain,
                                                               uint32_t objectType)
{
    const VkExportMetalObjectCreateInfoEXT *info = chain;

    cr_assert_eq(info->sType, VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT);
    cr_expect_eq((uint32_t)info->exportObjectType, objectType);
    return info;
}

Test(vk_metal, images_declare_their_surface)
{
    union {
        void *align;
        unsigned char bytes[VXM_CHAIN_SIZE];
    } storage;
    int object = 0;
    int next = 0;
    const VxmHandle surface = {.type = SURFACE, .ptr = &object};
    const VxmHandle other = {.type = BUFFER, .ptr = &object};
    const VkImportMetalIOSurfaceInfoEXT *import;
    const VkExportMetalObjectCreateInfoEXT *declared;

    cr_expect_eq(vxm__backend_image_chain(BUFFER, NULL, &storage, &next), (const void *)&next);
    cr_expect_eq(vxm__backend_image_chain(0, &other, &storage, &next), (const void *)&next);
    /* Made by the driver, to be exported. */
    declared = expect_declared(vxm__backend_image_chain(SURFACE | BUFFER, NULL, &storage, &next),
                               VK_EXPORT_METAL_OBJECT_TYPE_METAL_IOSURFACE_BIT_EXT);
    import = declared->pNext;
    cr_expect_eq(import->sType, VK_STRUCTURE_TYPE_IMPORT_METAL_IO_SURFACE_INFO_EXT);
    cr_expect_null(import->ioSurface);
    cr_expect_eq(import->pNext, (const void *)&next);
    /* Given, and exported again. */
    declared = expect_declared(vxm__backend_image_chain(SURFACE, &surface, &storage, &next),
                               VK_EXPORT_METAL_OBJECT_TYPE_METAL_IOSURFACE_BIT_EXT);
    import = declared->pNext;
    cr_expect_eq((void *)import->ioSurface, (void *)&object);
    /* Given. */
    import = vxm__backend_image_chain(0, &surface, &storage, &next);
    cr_expect_eq(import->sType, VK_STRUCTURE_TYPE_IMPORT_METAL_IO_SURFACE_INFO_EXT);
    cr_expect_eq((void *)import->ioSurface, (void *)&object);
    cr_expect_eq(import->pNext, (const void *)&next);
}

Test(vk_metal, semaphores_declare_their_event)
{
    union {
        void *align;
        unsigned char bytes[VXM_CHAIN_SIZE];
    } storage;
    int object = 0;
    int next = 0;
    const VxmHandle event = {.type = EVENT, .ptr = &object};
    const VxmHandle other = {.type = 1, .ptr = &object};
    const VkImportMetalSharedEventInfoEXT *import;
    const VkExportMetalObjectCreateInfoEXT *declared;

    cr_expect_eq(vxm__backend_semaphore_chain(0, NULL, &storage, &next), (const void *)&next);
    cr_expect_eq(vxm__backend_semaphore_chain(0, &other, &storage, &next), (const void *)&next);
    declared = expect_declared(vxm__backend_semaphore_chain(EVENT, NULL, &storage, &next),
                               VK_EXPORT_METAL_OBJECT_TYPE_METAL_SHARED_EVENT_BIT_EXT);
    cr_expect_eq(declared->pNext, (const void *)&next);
    declared = expect_declared(vxm__backend_semaphore_chain(EVENT, &event, &storage, &next),
                               VK_EXPORT_METAL_OBJECT_TYPE_METAL_SHARED_EVENT_BIT_EXT);
    import = declared->pNext;
    cr_expect_eq(import->sType, VK_STRUCTURE_TYPE_IMPORT_METAL_SHARED_EVENT_INFO_EXT);
    cr_expect_eq((const void *)import->mtlSharedEvent, (const void *)&object);
    cr_expect_eq(import->pNext, (const void *)&next);
}

Test(vk_metal, instances_declare_the_device)
{
    VkExportMetalObjectCreateInfoEXT storage;
    VkExportMetalObjectCreateInfoEXT queue = {
        .sType = VK_STRUCTURE_TYPE_EXPORT_METAL_OBJECT_CREATE_INFO_EXT,
        .exportObjectType = VK_EXPORT_METAL_OBJECT_TYPE_METAL_COMMAND_QUEUE_BIT_EXT};
    VkBaseInStructure other = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO};

    cr_expect_eq(expect_declared(vxm__backend_instance_chain(&storage, &other),
                                 VK_EXPORT_METAL_OBJECT_TYPE_METAL_DEVICE_BIT_EXT)
                     ->pNext,
                 (const void *)&other);
    cr_expect(vxm__backend_instance_declares(&storage));
    cr_expect_not(vxm__backend_instance_declares(NULL));
    cr_expect_not(vxm__backend_instance_declares(&other));
    cr_expect_not(vxm__backend_instance_declares(&queue));
    queue.pNext = &storage;
    cr_expect(vxm__backend_instance_declares(&queue));
    cr_expect_null(vxm__backend_misplaced(&other, VXM_HANDLE_KIND_MEMORY, BUFFER));
    cr_expect_null(vxm__backend_keyed_mutex_chain(NULL, &other));
}

Test(vk_metal, memory_type_bits)
{
    struct VxmDevice_T device = make_device();
    int object = 0;
    VxmHandle handle = {.type = BUFFER, .ptr = &object};
    uint32_t bits = 0;

    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits), VK_SUCCESS);
    cr_expect(bits == 0x0A && askedType == BUFFER && askedObject == &object);
    handle.type = HOST;
    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits), VK_SUCCESS);
    cr_expect(bits == 0x0C && askedType == HOST && askedObject == &object);
    answer = VK_ERROR_INVALID_EXTERNAL_HANDLE;
    bits = 7;
    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits), answer);
    handle.type = BUFFER;
    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits), answer);
    cr_expect_eq(bits, 7);
}

static VkResult get_memory(struct VxmDevice_T *device, uint32_t type, VxmHandle *handle)
{
    return vxm__backend_get_memory_handle(device, VK_NULL_HANDLE, VK_NULL_HANDLE, type, handle);
}

Test(vk_metal, memory_handles)
{
    struct VxmDevice_T device = make_device();
    VxmHandle handle;
    int object = 0;

    answeredObject = &object;
    cr_expect_eq(get_memory(&device, BUFFER, &handle), VK_SUCCESS);
    cr_expect(handle.kind == VXM_HANDLE_KIND_MEMORY && handle.type == BUFFER &&
              handle.ptr == &object && askedType == BUFFER);
    cr_expect_eq(get_memory(&device, SURFACE, &handle), VK_SUCCESS);
    cr_expect(handle.kind == VXM_HANDLE_KIND_MEMORY && handle.type == SURFACE &&
              handle.ptr == &object);
    cr_expect_eq(askedExport, VK_STRUCTURE_TYPE_EXPORT_METAL_IO_SURFACE_INFO_EXT);
    fill(handle);
    cr_expect_eq(get_memory(&device, HOST, &handle), VK_ERROR_FEATURE_NOT_PRESENT);
    answer = VK_ERROR_TOO_MANY_OBJECTS;
    cr_expect_eq(get_memory(&device, BUFFER, &handle), answer);
    /* A driver that says that it has succeeded, and gives nothing. */
    answer = VK_SUCCESS;
    answeredObject = NULL;
    cr_expect_eq(get_memory(&device, BUFFER, &handle), VK_ERROR_INVALID_EXTERNAL_HANDLE);
    cr_expect_eq(get_memory(&device, SURFACE, &handle), VK_ERROR_INVALID_EXTERNAL_HANDLE);
    expect_untouched(handle);
}

Test(vk_metal, semaphore_handles_and_devices)
{
    struct VxmDevice_T device = make_device();
    VxmHandle handle = {.type = EVENT};
    int object = 0;

    cr_expect_eq(vxm__backend_import_semaphore(&device, VK_NULL_HANDLE, &handle, NULL, 0),
                 VK_ERROR_FEATURE_NOT_PRESENT);
    answeredObject = &object;
    cr_expect_eq(vxm__backend_native_device(&device), (void *)&object);
    cr_expect_eq(askedExport, VK_STRUCTURE_TYPE_EXPORT_METAL_DEVICE_INFO_EXT);
    cr_expect_eq(vxm__backend_get_semaphore_handle(&device, VK_NULL_HANDLE, EVENT, &handle),
                 VK_SUCCESS);
    cr_expect(handle.kind == VXM_HANDLE_KIND_SEMAPHORE && handle.type == EVENT &&
              handle.ptr == &object);
    cr_expect_eq(askedExport, VK_STRUCTURE_TYPE_EXPORT_METAL_SHARED_EVENT_INFO_EXT);
    fill(handle);
    answeredObject = NULL;
    cr_expect_null(vxm__backend_native_device(&device));
    cr_expect_eq(vxm__backend_get_semaphore_handle(&device, VK_NULL_HANDLE, EVENT, &handle),
                 VK_ERROR_INVALID_EXTERNAL_HANDLE);
    expect_untouched(handle);
}

/* Loaded from a device whose extensions are off. */
Test(vk_metal, missing_commands_are_told)
{
    int object = 0;
    VxmHandle handle = {.type = BUFFER, .ptr = &object};
    struct VxmDevice_T device = vk_empty_device();
    uint32_t bits;

    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits),
                 VK_ERROR_EXTENSION_NOT_PRESENT);
    cr_expect_eq(get_memory(&device, BUFFER, &handle), VK_ERROR_EXTENSION_NOT_PRESENT);
    cr_expect_eq(get_memory(&device, SURFACE, &handle), VK_ERROR_EXTENSION_NOT_PRESENT);
    cr_expect_eq(vxm__backend_get_semaphore_handle(&device, VK_NULL_HANDLE, EVENT, &handle),
                 VK_ERROR_EXTENSION_NOT_PRESENT);
    cr_expect_null(vxm__backend_native_device(&device));
    handle.type = HOST;
    cr_expect_eq(vxm__backend_memory_type_bits(&device, &handle, &bits),
                 VK_ERROR_EXTENSION_NOT_PRESENT);
}
