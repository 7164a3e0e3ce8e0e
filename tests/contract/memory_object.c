/*
 * The memory object seen from outside: memory types, exact sizes, mapping, accessors, the app's own
 * chain.
 *
 * Copyright (c) 2026 The vxm authors
 * SPDX-License-Identifier: MIT
 */
#include "contract/exchange.h"

TestSuite(memory_object, .init = contract_begin, .fini = contract_end);

/* ---- memory types ---- */

static uint32_t type_of_new_buffer(VxmDevice device, const VxmMemoryCreateInfo *info)
{
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmMemory memory = NULL;
    VxmMemoryInfo got;

    require(vxmCreateBuffer(device, &buffer, info, &memory));
    require(vxmGetMemoryInfo(memory, &got));
    vxmDestroyMemory(memory);
    return got.memories[0].memoryTypeIndex;
}

/* Type 0 exists, is host visible, and may not hold an external resource. */
Test(memory_object, memory_type_is_asked_for_not_guessed)
{
    const struct backend_type *type = backend_opaque_type();

    for (uint32_t i = 0; i < MODEL_DEVICE_COUNT; i++) {
        const ModelDeviceConfig *config = &model_config()->devices[i];
        VxmMemoryCreateInfo info = contract_memory_info(type->type);
        VxmDevice device = contract_device_at(i);
        uint32_t index = type_of_new_buffer(device, &info);

        cr_assert_neq(config->externalBufferTypeBits & 1u, 1u);
        cr_expect_neq(config->externalBufferTypeBits & (1u << index), 0);
        /* Nothing asked for: device-local. */
        cr_expect(config->memoryTypes[index].propertyFlags & VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);

        info.requiredFlags = VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
        index = type_of_new_buffer(device, &info);
        cr_expect(config->memoryTypes[index].propertyFlags & VK_MEMORY_PROPERTY_HOST_CACHED_BIT);

        info.requiredFlags = 0;
        info.preferredFlags = VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
        index = type_of_new_buffer(device, &info);
        cr_expect(config->memoryTypes[index].propertyFlags & VK_MEMORY_PROPERTY_HOST_CACHED_BIT);

        info.requiredFlags = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT;
        info.preferredFlags = VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
        index = type_of_new_buffer(device, &info);
        cr_expect(config->memoryTypes[index].propertyFlags & VK_MEMORY_PROPERTY_HOST_CACHED_BIT);

        /* What is preferred and not there is no obstacle. */
        info.preferredFlags = VK_MEMORY_PROPERTY_LAZILY_ALLOCATED_BIT;
        index = type_of_new_buffer(device, &info);
        cr_expect(config->memoryTypes[index].propertyFlags & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT);
        vxmDestroyDevice(device);
    }
}

Test(memory_object, memory_type_bits_limit_the_choice)
{
    VxmMemoryCreateInfo info = contract_memory_info(backend_opaque_type()->type);
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmDevice device = contract_device();
    VxmMemory memory;

    for (uint32_t i = 1; i < model_config()->devices[0].memoryTypeCount; i++) {
        info.memoryTypeBits = 1u << i;
        cr_expect_eq(type_of_new_buffer(device, &info), i);
    }
    /* Type 0 is not among the buffer's. */
    fill(memory);
    info.memoryTypeBits = 1;
    expect_failure(vxmCreateBuffer(device, &buffer, &info, &memory));
    info.memoryTypeBits = 0x80000000u;
    expect_failure(vxmCreateBuffer(device, &buffer, &info, &memory));
    info.memoryTypeBits = 0;
    info.requiredFlags = VK_MEMORY_PROPERTY_LAZILY_ALLOCATED_BIT;
    expect_error(vxmCreateBuffer(device, &buffer, &info, &memory), VK_ERROR_FEATURE_NOT_PRESENT,
                 VXM_ERROR_REASON_UNSUPPORTED, "none has the required property flags");
    expect_untouched(memory);
    vxmDestroyDevice(device);
}

/* A type that needs no exact match crosses devices whose memory types stand in another order. */
Test(memory_object, import_on_another_device_takes_that_devices_memory_type)
{
    const struct backend_type *type = type_of_any_device();
    VxmDevice devices[2] = {contract_device_at(0), contract_device_at(1)};
    VxmMemory import = NULL;
    struct source source;
    VxmMemoryInfo info;

    cr_assert_not_null(type);
    source_open(devices[0], type, VXM_RESOURCE_TYPE_BUFFER, &source);
    require(vxmImportMemory(devices[1], &source.shared, NULL, &import));
    require(vxmGetMemoryInfo(import, &info));
    cr_expect_neq(1u << info.memories[0].memoryTypeIndex, source.shared.memories[0].memoryTypeBits);
    cr_expect_neq(
        (1u << info.memories[0].memoryTypeIndex) & model_config()->devices[1].dmaBufTypeBits, 0);
    expect_aliases(source.memory, import);
    vxmDestroyMemory(import);
    source_close(&source);
    vxmDestroyDevice(devices[0]);
    vxmDestroyDevice(devices[1]);
}

/* Where the driver leaves a choice, the importer's wishes count. */
Test(memory_object, import_takes_the_memory_type_that_is_wished_for)
{
    const struct backend_type *type = backend_loose_type();
    const VkMemoryPropertyFlags wishes[] = {VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT,
                                            VK_MEMORY_PROPERTY_HOST_CACHED_BIT};
    VxmDevice device = contract_device();
    struct source source;

    source_open(device, type, VXM_RESOURCE_TYPE_BUFFER, &source);
    for (int i = 0; i < 4; i++) {
        VxmImportInfo info = {.requiredFlags = i < 2 ? wishes[i] : 0,
                              .preferredFlags = i < 2 ? 0 : wishes[i - 2]};
        VxmMemory import = NULL;
        VxmMemoryInfo got;

        require(vxmImportMemory(device, &source.shared, &info, &import));
        require(vxmGetMemoryInfo(import, &got));
        cr_expect_eq(got.memories[0].propertyFlags & wishes[i % 2], wishes[i % 2]);
        vxmDestroyMemory(import);
    }
    VxmImportInfo impossible = {.requiredFlags = VK_MEMORY_PROPERTY_LAZILY_ALLOCATED_BIT};
    VxmMemory import;
    fill(import);
    expect_error(vxmImportMemory(device, &source.shared, &impossible, &import),
                 VK_ERROR_FEATURE_NOT_PRESENT, VXM_ERROR_REASON_UNSUPPORTED, "required");
    expect_untouched(import);
    source_close(&source);
    vxmDestroyDevice(device);
}

/* ---- exact sizes ---- */

/* The size travels as it was allocated, whatever the driver's granularity. */
Test(memory_object, size_is_the_allocations_exactly)
{
    static const uint64_t granularities[] = {1, 4096, 65536};
    const struct backend_type *type = backend_opaque_type();

    for (size_t i = 0; i < 3; i++) {
        ModelConfig config = model_default_config();
        VxmMemory import = NULL;
        VxmMemoryInfo made;
        VxmMemoryInfo got;
        struct source source;
        VxmDevice device;

        config.devices[0].sizeGranularity = granularities[i];
        device = contract_device_with(&config);
        source_open(device, type, VXM_RESOURCE_TYPE_BUFFER, &source);
        require(vxmGetMemoryInfo(source.memory, &made));
        require(vxmImportMemory(device, &source.shared, NULL, &import));
        require(vxmGetMemoryInfo(import, &got));
        cr_expect_eq(got.memories[0].allocationSize, made.memories[0].allocationSize);
        cr_expect_eq(made.memories[0].allocationSize % granularities[i], 0);
        cr_expect_geq(made.memories[0].allocationSize, EXCHANGE_SIZE);
        vxmDestroyMemory(import);
        source_close(&source);
        vxmDestroyDevice(device);
        expect_idle();
    }
}

/* Importers of memory that isn't dedicated to a resource need the exporter's size, not theirs. */
Test(memory_object, size_is_exact_without_dedication)
{
    VkBufferCreateInfo small = contract_buffer_info(100);
    const struct backend_type *type = backend_opaque_type();
    VxmDevice device = contract_device();
    VxmMemory import = NULL;
    struct source source;
    VxmMemoryInfo got;

    source_open(device, type, VXM_RESOURCE_TYPE_MEMORY, &source);
    cr_assert_not(source.shared.dedicated);
    source.shared.resourceType = VXM_RESOURCE_TYPE_BUFFER;
    source.shared.buffer.size = small.size;
    source.shared.buffer.usage = small.usage;
    source.shared.memories[0].offset = 1024;
    require(vxmImportMemory(device, &source.shared, NULL, &import));
    require(vxmGetMemoryInfo(import, &got));
    cr_expect_eq(got.memories[0].allocationSize, EXCHANGE_SIZE);
    cr_expect_eq(got.memories[0].offset, 1024);
    /* The mapping begins where the resource does. */
    void *whole = NULL;
    void *part = NULL;
    require(vxmMapMemory(source.memory, 0, &whole));
    require(vxmMapMemory(import, 0, &part));
    memcpy((unsigned char *)whole + 1024, "here", 5);
    cr_expect_str_eq((const char *)part, "here");
    vxmDestroyMemory(import);
    source_close(&source);
    vxmDestroyDevice(device);
}

/* ---- mapping ---- */

Test(memory_object, mapping_nests)
{
    VxmDevice device = contract_device();
    struct source source;
    void *first = NULL;
    void *second = NULL;

    source_open(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &source);
    require(vxmMapMemory(source.memory, 0, &first));
    require(vxmMapMemory(source.memory, 0, &second));
    cr_expect_eq(first, second);
    cr_expect_eq(model_call_count("vkMapMemory"), 1);
    vxmUnmapMemory(source.memory, 0);
    cr_expect_eq(model_call_count("vkUnmapMemory"), 0);
    ((unsigned char *)second)[0] = 1;
    vxmUnmapMemory(source.memory, 0);
    cr_expect_eq(model_call_count("vkUnmapMemory"), 1);
    /* Once more than mapped, a wrong index and no memory at all are ignored. */
    vxmUnmapMemory(source.memory, 0);
    vxmUnmapMemory(source.memory, 1);
    vxmUnmapMemory(source.memory, UINT32_MAX);
    vxmUnmapMemory(NULL, 0);
    cr_expect_eq(model_call_count("vkUnmapMemory"), 1);
    require(vxmMapMemory(source.memory, 0, &first));
    cr_expect_eq(model_call_count("vkMapMemory"), 2);
    source_close(&source);
    cr_expect_eq(model_call_count("vkUnmapMemory"), 2, "the end of the object unmaps it");
    vxmDestroyDevice(device);
}

Test(memory_object, mapping_is_refused_with_reason)
{
    VxmMemoryCreateInfo info = contract_memory_info(backend_opaque_type()->type);
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmDevice device = contract_device();
    VxmMemory memory = NULL;
    void *data;

    info.memoryTypeBits = 1u << 1;
    require(vxmCreateBuffer(device, &buffer, &info, &memory));
    fill(data);
    expect_error(vxmMapMemory(memory, 0, &data), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "HOST_VISIBLE");
    expect_error(vxmMapMemory(memory, 1, &data), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "memoryIndex");
    expect_error(vxmMapMemory(memory, UINT32_MAX, &data), VK_ERROR_VALIDATION_FAILED_EXT,
                 VXM_ERROR_REASON_ARGUMENT, "memoryIndex");
    expect_untouched(data);
    vxmDestroyMemory(memory);

    info.memoryTypeBits = 1u << 2;
    require(vxmCreateBuffer(device, &buffer, &info, &memory));
    model_fail("vkMapMemory", 1, VK_ERROR_MEMORY_MAP_FAILED, false);
    fill(data);
    expect_error(vxmMapMemory(memory, 0, &data), VK_ERROR_MEMORY_MAP_FAILED,
                 VXM_ERROR_REASON_DRIVER, "vkMapMemory");
    expect_untouched(data);
    require(vxmMapMemory(memory, 0, &data));
    vxmDestroyMemory(memory);
    vxmDestroyDevice(device);
}

/* ---- accessors ---- */

Test(memory_object, accessors_give_what_is_there)
{
    VxmMemoryCreateInfo info = contract_memory_info(backend_opaque_type()->type);
    VxmMemoryCreateInfo imageInfo = contract_memory_info(image_type());
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VkImageCreateInfo image = contract_image_info(16, 16);
    VxmDevice device = contract_device();
    VxmMemory memories[3] = {NULL, NULL, NULL};

    require(vxmCreateMemory(device, EXCHANGE_SIZE, &info, &memories[0]));
    require(vxmCreateBuffer(device, &buffer, &info, &memories[1]));
    require(vxmCreateImage(device, &image, &imageInfo, &memories[2]));
    for (int i = 0; i < 3; i++) {
        VxmMemoryInfo got;

        require(vxmGetMemoryInfo(memories[i], &got));
        cr_expect_eq(got.device, device);
        cr_expect_eq((int)got.resourceType, i);
        cr_expect_not(got.imported);
        cr_expect_eq(got.importHandleType, 0);
        cr_expect_eq(got.exportHandleTypes, i == 2 ? image_type() : backend_opaque_type()->type);
        cr_expect_eq(got.memoryCount, 1);
        cr_expect_eq(got.buffer, vxmGetVkBuffer(memories[i]));
        cr_expect_eq(got.image, vxmGetVkImage(memories[i]));
        cr_expect_eq(got.memories[0].memory, vxmGetVkDeviceMemory(memories[i], 0));
        cr_expect_neq(vxmGetVkDeviceMemory(memories[i], 0), VK_NULL_HANDLE);
        cr_expect_eq(vxmGetVkDeviceMemory(memories[i], 1), VK_NULL_HANDLE);
        cr_expect_eq(vxmGetVkDeviceMemory(memories[i], UINT32_MAX), VK_NULL_HANDLE);
        cr_expect_eq(vxmGetVkBuffer(memories[i]) != VK_NULL_HANDLE, i == 1);
        cr_expect_eq(vxmGetVkImage(memories[i]) != VK_NULL_HANDLE, i == 2);
        vxmDestroyMemory(memories[i]);
    }
    cr_expect_eq(vxmGetVkBuffer(NULL), VK_NULL_HANDLE);
    cr_expect_eq(vxmGetVkImage(NULL), VK_NULL_HANDLE);
    cr_expect_eq(vxmGetVkDeviceMemory(NULL, 0), VK_NULL_HANDLE);
    vxmDestroyMemory(NULL);
    vxmDestroyDevice(device);
}

/* ---- the app's own chain ---- */

Test(memory_object, chain_of_the_apps_own_is_passed_on_or_refused)
{
    VkMemoryAllocateFlagsInfo own = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO};
    static const VkStructureType refused[] = {
        VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO,
        VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO,
        VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR,
        VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT,
        (VkStructureType)1000073000, /* ..._IMPORT_MEMORY_WIN32_HANDLE_INFO_KHR */
        (VkStructureType)1000364000, /* ..._IMPORT_MEMORY_ZIRCON_HANDLE_INFO_FUCHSIA */
        (VkStructureType)1000602000, /* ..._IMPORT_MEMORY_METAL_HANDLE_INFO_EXT */
    };
    VxmMemoryCreateInfo info = contract_memory_info(backend_opaque_type()->type);
    VkBufferCreateInfo buffer = contract_buffer_info(EXCHANGE_SIZE);
    VxmDevice device = contract_device();
    VxmMemory memory = NULL;

    info.next = &own;
    require(vxmCreateBuffer(device, &buffer, &info, &memory));
    cr_expect(model_chain_contains("vkAllocateMemory", own.sType));
    cr_expect(
        model_chain_contains("vkAllocateMemory", VK_STRUCTURE_TYPE_EXPORT_MEMORY_ALLOCATE_INFO));
    vxmDestroyMemory(memory);
    cr_expect_null(own.pNext);

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        VkBaseInStructure bad = {.sType = refused[i]};

        own.pNext = &bad;
        fill(memory);
        expect_error(vxmCreateBuffer(device, &buffer, &info, &memory),
                     VK_ERROR_VALIDATION_FAILED_EXT, VXM_ERROR_REASON_ARGUMENT, "next");
        expect_untouched(memory);
    }
    vxmDestroyDevice(device);
}

/* ---- many ---- */

/* Nothing grows: as many exports and imports as a program makes in a minute. */
Test(memory_object, thousand_cycles_leave_nothing)
{
    VxmDevice device = contract_device();
    struct source source;
    size_t before;

    source_open(device, backend_opaque_type(), VXM_RESOURCE_TYPE_BUFFER, &source);
    before = backend_handle_count();
    for (int i = 0; i < 1000; i++) {
        VxmMemory import = NULL;
        VxmShared shared;

        require(vxmExportMemory(source.memory,
                                (VkExternalMemoryHandleTypeFlagBits)backend_opaque_type()->type,
                                &shared));
        require(vxmImportMemory(device, &shared, NULL, &import));
        vxmCloseShared(&shared);
        vxmDestroyMemory(import);
    }
    cr_expect_eq(backend_handle_count(), before);
    source_close(&source);
    vxmDestroyDevice(device);
}
